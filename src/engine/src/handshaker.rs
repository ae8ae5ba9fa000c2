//! Drives rustls through a handshake, one record at a time.

use std::sync::Arc;

use rustls::client::UnbufferedClientConnection;
use rustls::kernel::KernelConnection;
use rustls::pki_types::ServerName;
use rustls::server::UnbufferedServerConnection;
use rustls::unbuffered::{ConnectionState, EncodeError, EncodeTlsData, UnbufferedStatus};
use rustls::{CommonState, ExtractedSecrets};

use crate::error::from_rustls;
use crate::observe::Notes;
use crate::{Alert, Error};

/// How far a record has brought the handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// More records are needed.
    Blocked,
    /// The handshake is complete.
    Complete,
}

enum Inner {
    Client(UnbufferedClientConnection),
    Server(UnbufferedServerConnection),
}

/// A rustls connection and the records it has not digested yet.
pub(crate) struct Handshaker {
    inner: Inner,
    incoming: Vec<u8>,
}

/// What rustls keeps of a client's connection to file tickets with.
pub(crate) type ClientKernel = KernelConnection<rustls::client::ClientConnectionData>;

/// Runs `process_tls_records` until it blocks; the two roles' types share no trait.
macro_rules! process {
    ($connection:expr, $incoming:expr, $produced:expr) => {
        loop {
            let UnbufferedStatus { discard, state } = $connection.process_tls_records($incoming);
            let outcome = match state {
                Ok(ConnectionState::EncodeTlsData(mut data)) => encode(&mut data, $produced).map(|()| None),
                Ok(ConnectionState::TransmitTlsData(data)) => {
                    data.done();
                    Ok(None)
                }
                Ok(ConnectionState::BlockedHandshake) => Ok(Some(Progress::Blocked)),
                Ok(ConnectionState::WriteTraffic(_)) => Ok(Some(Progress::Complete)),
                Ok(ConnectionState::PeerClosed | ConnectionState::Closed) => {
                    Err(Error::AlertReceived(Alert::CLOSE_NOTIFY))
                }
                // The record that completes the handshake is the last that rustls is fed.
                Ok(_) => Err(Error::WrongState),
                Err(error) => Err(from_rustls(&error)),
            };
            $incoming.drain(..discard);
            match outcome {
                Ok(None) => {}
                Ok(Some(progress)) => break Ok(progress),
                Err(error) => break Err(error),
            }
        }
    };
}

macro_rules! encode_queued {
    ($connection:expr, $incoming:expr, $produced:expr) => {
        while $connection.wants_write() {
            let state = $connection.process_tls_records($incoming).state;
            let Ok(ConnectionState::EncodeTlsData(mut data)) = state else { break };
            if encode(&mut data, $produced).is_err() {
                break;
            }
        }
    };
}

impl Handshaker {
    pub(crate) fn client(
        config: &Arc<rustls::ClientConfig>,
        name: ServerName<'static>,
        notes: &mut Notes,
    ) -> Result<Self, Error> {
        let connection = notes.during(|| UnbufferedClientConnection::new(config.clone(), name));
        let inner = Inner::Client(connection.map_err(|error| from_rustls(&error))?);
        Ok(Handshaker { inner, incoming: Vec::new() })
    }

    pub(crate) fn server(config: &Arc<rustls::ServerConfig>, notes: &mut Notes) -> Result<Self, Error> {
        let connection = notes.during(|| UnbufferedServerConnection::new(config.clone()));
        let inner = Inner::Server(connection.map_err(|error| from_rustls(&error))?);
        Ok(Handshaker { inner, incoming: Vec::new() })
    }

    /// Gives rustls `records` (whole ones, may be none); what it wants to send is appended to
    /// `produced`, also the alert that goes with an error.
    pub(crate) fn feed(
        &mut self,
        notes: &mut Notes,
        records: &[u8],
        produced: &mut Vec<u8>,
    ) -> Result<Progress, Error> {
        self.incoming.extend_from_slice(records);
        let result = self.process(notes, produced);
        if result.is_err() {
            self.encode_queued(notes, produced);
        }
        result
    }

    /// After an error: takes what rustls has queued, which ends with the alert, and not a step
    /// more, for it would go on to read.
    fn encode_queued(&mut self, notes: &mut Notes, produced: &mut Vec<u8>) {
        let incoming = &mut self.incoming[..];
        match &mut self.inner {
            Inner::Client(connection) => notes.during(|| encode_queued!(connection, incoming, produced)),
            Inner::Server(connection) => notes.during(|| encode_queued!(connection, incoming, produced)),
        }
    }

    fn process(&mut self, notes: &mut Notes, produced: &mut Vec<u8>) -> Result<Progress, Error> {
        let incoming = &mut self.incoming;
        match &mut self.inner {
            Inner::Client(connection) => notes.during(|| process!(connection, incoming, produced)),
            Inner::Server(connection) => notes.during(|| process!(connection, incoming, produced)),
        }
    }

    pub(crate) fn common(&self) -> &CommonState {
        match &self.inner {
            Inner::Client(connection) => connection,
            Inner::Server(connection) => connection,
        }
    }

    /// Ends rustls' part: the traffic keys, and for a client what files its tickets.
    pub(crate) fn finish(self, notes: &mut Notes) -> Result<(ExtractedSecrets, Option<ClientKernel>), Error> {
        let secrets = match self.inner {
            Inner::Client(connection) => notes
                .during(|| connection.dangerous_into_kernel_connection())
                .map(|(secrets, kernel)| (secrets, Some(kernel))),
            Inner::Server(connection) => {
                notes.during(|| connection.dangerous_into_kernel_connection()).map(|(secrets, _)| (secrets, None))
            }
        };
        secrets.map_err(|error| from_rustls(&error))
    }
}

fn encode<Data>(data: &mut EncodeTlsData<'_, Data>, produced: &mut Vec<u8>) -> Result<(), Error> {
    let start = produced.len();
    let mut room = 0;
    loop {
        produced.resize(start + room, 0);
        match data.encode(&mut produced[start..]) {
            Ok(len) => {
                produced.truncate(start + len);
                return Ok(());
            }
            Err(EncodeError::InsufficientSize(size)) => room = size.required_size,
            Err(EncodeError::AlreadyEncoded) => {
                produced.truncate(start);
                return Ok(());
            }
        }
    }
}
