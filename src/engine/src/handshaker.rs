//! Drives rustls through a handshake, one record at a time.

use std::sync::Arc;

use rustls::client::UnbufferedClientConnection;
use rustls::kernel::KernelConnection;
use rustls::pki_types::ServerName;
use rustls::server::UnbufferedServerConnection;
use rustls::unbuffered::{ConnectionState, EncodeError, EncodeTlsData, UnbufferedStatus};
use rustls::{CommonState, ConnectionTrafficSecrets, ExtractedSecrets};

use crate::error::from_rustls;
use crate::observe::Notes;
use crate::record::{Aead, Keys, Opener, Sealer};
use crate::schedule::Secret;
use crate::{Alert, Error, Fault, Protocol, output};

/// How far a record has brought the handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// More records are needed.
    Blocked,
    /// The handshake is complete.
    Complete,
}

/// What rustls is given.
#[derive(Clone, Copy)]
pub(crate) enum Given<'a> {
    /// Whole records; may be none.
    Records(&'a [u8]),
    /// Handshake messages in the clear.
    Messages(&'a [u8]),
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

    /// Gives rustls what has come; what it wants to send is appended to `produced`, also the alert that goes with an
    /// error.
    pub(crate) fn feed(
        &mut self,
        notes: &mut Notes,
        given: Given<'_>,
        produced: &mut Vec<u8>,
    ) -> Result<Progress, Error> {
        match given {
            Given::Records(records) => self.incoming.extend_from_slice(records),
            Given::Messages(messages) => output::plain_handshake(messages, &mut self.incoming),
        }
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

    /// The suite, once it is agreed on.
    pub(crate) fn suite(&self) -> Option<u16> {
        self.common().negotiated_cipher_suite().map(|suite| suite.suite().into())
    }

    pub(crate) fn common(&self) -> &CommonState {
        match &self.inner {
            Inner::Client(connection) => connection,
            Inner::Server(connection) => connection,
        }
    }

    /// Takes over from rustls: the record layer, and for a client what files its tickets. `secrets`: our and the peer's
    /// application traffic secrets, TLS 1.3.
    pub(crate) fn into_record_layer(
        self,
        protocol: Protocol,
        aead: Aead,
        secrets: Option<(&Secret, &Secret)>,
        notes: &mut Notes,
    ) -> Result<(Option<ClientKernel>, Sealer, Opener), Error> {
        let Some((own, peer)) = secrets else {
            let (keys, _) = self.finish(notes)?;
            let tx = Keys::from_rustls(&keys.tx.1).ok_or(Fault::Internal)?;
            let rx = Keys::from_rustls(&keys.rx.1).ok_or(Fault::Internal)?;
            return Ok((None, Sealer::new(protocol, &tx, keys.tx.0)?, Opener::new(protocol, &rx, keys.rx.0)?));
        };
        let (extracted, kernel) = match self.inner {
            Inner::Client(_) => self.finish(notes).map(|(keys, kernel)| (Some(keys), kernel))?,
            Inner::Server(_) => (None, None),
        };
        let keys_of = |secret: &Secret, extracted: Option<&ConnectionTrafficSecrets>| {
            extracted.and_then(Keys::from_rustls).unwrap_or_else(|| notes.traffic_keys(secret, aead))
        };
        let tx = keys_of(own, extracted.as_ref().map(|keys| &keys.tx.1));
        let rx = keys_of(peer, extracted.as_ref().map(|keys| &keys.rx.1));
        // Nothing has been sent or received under these keys: rustls' last flight, if it used them, was dropped.
        Ok((kernel, Sealer::new(protocol, &tx, 0)?, Opener::new(protocol, &rx, 0)?))
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
