//! rustls' session values, made of what a session says.
//!
//! A server's value is bytes, which are written here as rustls writes them. A client's comes only out of a handshake,
//! so one is run in memory, against a server that stands for the one the session was made with. rustls never sees a
//! key of that server: the tapped provider puts the session's secret in the place of the one agreed on. What is made
//! here proves nothing about anybody; it is as good as the owner's trust in where the session was kept.

use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::rand;
use rustls::client::Tls12ClientSessionValue;
use rustls::pki_types::ServerName;
use zeroize::Zeroizing;

use crate::handshaker::{ClientKernel, Given, Handshaker, Progress};
use crate::messages::{self, EXTENDED_MASTER_SECRET, MESSAGE_HEADER, SESSION_TICKET};
use crate::observe::Notes;
use crate::output::plain_handshake;
use crate::reader::{Reader, Writer};
use crate::record::{self, Sealer};
use crate::schedule::{self, Hash, Transcript};
use crate::ticket::Envelope;
use crate::{
    ClientConfig, ClientSettings, Error, Fault, Identity, Parameters, PrivateKey, Protocol, Role, ServerConfig,
    ServerSettings, SignatureScheme,
};

/// X25519; no key is agreed on with it.
const GROUP: u16 = 0x001d;
const ECDSA: SignatureScheme = 0x0403;
const RSA_PSS: SignatureScheme = 0x0804;
/// The server's signature, which the observer knows as verified: the handshake never leaves this file.
const SIGNATURE: &[u8] = b"rehearsal";
/// Its certificate, which nobody reads.
const CERTIFICATE: &[u8] = &[0x30, 0];

/// rustls' value of a server's session (`ServerSessionValue`), for a ClientHello with `server_name`.
pub(crate) fn server(envelope: &Envelope, server_name: Option<&str>) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let name = envelope.server_name.as_deref().or(server_name).map(str::to_ascii_lowercase);
    let mut value = Writer::default();
    value.u8(name.is_some().into());
    if let Some(name) = name {
        value.opaque(1, name.as_bytes());
    }
    value.u16(envelope.version);
    value.u16(envelope.suite);
    value.opaque(1, &envelope.secret);
    value.u8(envelope.extended_master_secret.into());
    value.u8(0); // the client's chain is in the envelope
    value.u8(envelope.alpn.is_some().into());
    if let Some(alpn) = &envelope.alpn {
        value.opaque(1, alpn);
    }
    value.u16(0); // no data of an application's
    value.u64(envelope.created);
    value.u32(0); // only early data is tied to a ticket's age
    value.finish().map(Zeroizing::new)
}

/// The same value under another name (lower case), as a ClientHello has it: rustls compares them.
pub(crate) fn renamed(value: &[u8], name: Option<&str>) -> Option<Zeroizing<Vec<u8>>> {
    let mut old = Reader::new(value);
    if old.u8().ok()? != 0 {
        old.vector(1).ok()?;
    }
    let mut new = Writer::default();
    new.u8(name.is_some().into());
    if let Some(name) = name {
        new.opaque(1, name.to_ascii_lowercase().as_bytes());
    }
    new.bytes(old.rest());
    new.finish().ok().map(Zeroizing::new)
}

fn parameters(protocol: Protocol, suite: u16) -> Parameters {
    Parameters {
        min: protocol,
        max: protocol,
        suites: vec![suite],
        groups: vec![GROUP],
        schemes: vec![ECDSA],
        foreign_verifier: None,
    }
}

fn client(protocol: Protocol, suite: u16, notes: &mut Notes) -> Result<Handshaker, Error> {
    let settings = ClientSettings { parameters: parameters(protocol, suite), ..ClientSettings::default() };
    let name = ServerName::try_from("nameless").map_err(|_| Fault::Internal)?;
    notes.offered.schemes = vec![ECDSA];
    Handshaker::client(&ClientConfig::new(&settings)?.without_sni, name, notes)
}

// --- TLS 1.3 ---

/// Signs nothing: remembers what it was to sign.
#[derive(Debug, Default)]
struct NoKey(Mutex<Vec<u8>>);

impl PrivateKey for NoKey {
    fn schemes(&self) -> &[SignatureScheme] {
        &[ECDSA]
    }

    fn sign(&self, _scheme: SignatureScheme, message: &[u8]) -> Result<Vec<u8>, Error> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = message.to_vec();
        Ok(SIGNATURE.to_vec())
    }
}

/// What reads NewSessionTicket of TLS 1.3 for `suite`; made once for each.
pub(crate) fn kernel(suite: u16) -> Result<Arc<Mutex<ClientKernel>>, Error> {
    type Made = Vec<(u16, Arc<Mutex<ClientKernel>>)>;
    static MADE: Mutex<Made> = Mutex::new(Vec::new());
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, kernel)) = made.iter().find(|(known, _)| *known == suite) {
        return Ok(kernel.clone());
    }
    let kernel = Arc::new(Mutex::new(rehearse13(suite)?));
    made.push((suite, kernel.clone()));
    Ok(kernel)
}

/// A handshake of two rustls, for what the client's side of it keeps.
fn rehearse13(suite: u16) -> Result<ClientKernel, Error> {
    let key = Arc::new(NoKey::default());
    let server_settings = ServerSettings {
        parameters: parameters(Protocol::Tls13, suite),
        identities: vec![Identity { chain: vec![CERTIFICATE.into()], key: key.clone(), ocsp: None }],
        ..ServerSettings::default()
    };
    let (mut to_server, mut to_client) = (Vec::new(), Vec::new());
    let mut notes = Notes::new(Role::Client);
    let mut client = client(Protocol::Tls13, suite, &mut notes)?;
    client.feed(&mut notes, Given::Records(&[]), &mut to_server)?;

    let mut server_notes = Notes::new(Role::Server);
    let mut server = Handshaker::server(&ServerConfig::new(&server_settings)?.with_alpn(None), &mut server_notes)?;
    server.feed(&mut server_notes, Given::Records(&to_server), &mut to_client)?;

    let signed = std::mem::take(&mut *key.0.lock().unwrap_or_else(PoisonError::into_inner));
    notes.verified = Some((signed, SIGNATURE.to_vec()));
    match client.feed(&mut notes, Given::Records(&to_client), &mut Vec::new())? {
        Progress::Complete => client.finish(&mut notes)?.1.ok_or(Fault::Internal.into()),
        Progress::Blocked => Err(Fault::Internal.into()),
    }
}

// --- TLS 1.2 ---

/// rustls' value of a client's session of TLS 1.2.
pub(crate) fn client12(id: &[u8], ticket: &[u8], envelope: &Envelope) -> Result<Tls12ClientSessionValue, Error> {
    let hash = Hash::of_suite(envelope.suite).ok_or(Fault::Internal)?;
    let secret: Zeroizing<[u8; 48]> = Zeroizing::new(envelope.secret[..].try_into().map_err(|_| Fault::Internal)?);
    let mut rehearsal = Rehearsal {
        id,
        ticket,
        envelope,
        hash,
        transcript: Transcript::new(hash),
        client_random: [0; 32],
        server_random: [0; 32],
    };
    rand::fill(&mut rehearsal.server_random).map_err(|_| Fault::Internal)?;
    let mut notes = Notes::new(Role::Client);
    notes.master_override = Some(secret);
    notes.now = Some(envelope.created);

    let mut client = client(Protocol::Tls12, envelope.suite, &mut notes)?;
    let mut sent = Vec::new();
    client.feed(&mut notes, Given::Records(&[]), &mut sent)?;
    let (hello, signed) = rehearsal.answer(&sent)?;
    notes.verified = Some((signed, SIGNATURE.to_vec()));
    sent.clear();
    client.feed(&mut notes, Given::Messages(&hello), &mut sent)?;
    client.feed(&mut notes, Given::Records(&rehearsal.finish(&sent)?), &mut Vec::new())?;
    notes.received12.take().map(|value| *value).ok_or(Fault::Internal.into())
}

/// The server of a handshake of TLS 1.2 that ends with the session at hand.
struct Rehearsal<'a> {
    id: &'a [u8],
    ticket: &'a [u8],
    envelope: &'a Envelope,
    hash: Hash,
    transcript: Transcript,
    client_random: [u8; 32],
    server_random: [u8; 32],
}

impl Rehearsal<'_> {
    /// ServerHello to ServerHelloDone, and what the signature in it is over.
    fn answer(&mut self, sent: &[u8]) -> Result<(Vec<u8>, Vec<u8>), Error> {
        let hello = first_message(sent)?;
        self.transcript.update(hello);
        self.client_random.copy_from_slice(&hello[MESSAGE_HEADER + 2..MESSAGE_HEADER + 34]);
        let mut params = Writer::default();
        params.u8(3); // named_curve, RFC 8422 §5.4
        params.u16(GROUP);
        params.opaque(1, &[9; 32]);
        let params = params.finish()?;
        // ECDSA or RSA, RFC 8422 §2 and RFC 7905 §2.
        let scheme = if matches!(self.envelope.suite, 0xc02b | 0xc02c | 0xcca9) { ECDSA } else { RSA_PSS };
        let key_exchange = Writer::message(messages::SERVER_KEY_EXCHANGE, |message| {
            message.bytes(&params);
            message.u16(scheme);
            message.opaque(2, SIGNATURE);
        })?;
        let certificate = Writer::message(messages::CERTIFICATE, |message| {
            message.vector(3, |list| list.opaque(3, CERTIFICATE));
        })?;
        let done = Writer::message(messages::SERVER_HELLO_DONE, |_| {})?;
        let flight = [self.server_hello()?, certificate, key_exchange, done].concat();
        self.transcript.update(&flight);
        let signed = [&self.client_random[..], &self.server_random, &params].concat();
        Ok((flight, signed))
    }

    fn server_hello(&self) -> Result<Vec<u8>, Fault> {
        Writer::message(messages::SERVER_HELLO, |message| {
            message.u16(self.envelope.version);
            message.bytes(&self.server_random);
            message.opaque(1, self.id);
            message.u16(self.envelope.suite);
            message.u8(0);
            message.vector(2, |extensions| {
                if self.envelope.extended_master_secret {
                    extensions.u16(EXTENDED_MASTER_SECRET);
                    extensions.u16(0);
                }
                if !self.ticket.is_empty() {
                    extensions.u16(SESSION_TICKET);
                    extensions.u16(0);
                }
            });
        })
    }

    /// The last flight, after the client's.
    fn finish(&mut self, sent: &[u8]) -> Result<Vec<u8>, Error> {
        self.transcript.update(first_message(sent)?);
        let client_finished = self.finished(b"client finished");
        self.transcript.update(&client_finished);
        let mut flight = Vec::new();
        if !self.ticket.is_empty() {
            let message = Writer::message(messages::NEW_SESSION_TICKET, |message| {
                message.u32(0); // the owner knows how long it lasts
                message.opaque(2, self.ticket);
            })?;
            self.transcript.update(&message);
            flight.clear();
            plain_handshake(&message, &mut flight);
        }
        record::plain(record::CHANGE_CIPHER_SPEC, 0x0303, &[1], &mut flight);
        let (envelope, randoms) = (self.envelope, (&self.client_random, &self.server_random));
        let keys = schedule::keys12(Role::Server, envelope.suite, &envelope.secret, randoms).ok_or(Fault::Internal)?;
        let finished = self.finished(b"server finished");
        Sealer::new(Protocol::Tls12, &keys, 0)?.seal(record::HANDSHAKE, &finished, &mut flight)?;
        Ok(flight)
    }

    /// Finished, RFC 5246 §7.4.9.
    fn finished(&self, label: &[u8]) -> Vec<u8> {
        let mut verify_data = [0; 12];
        let transcript = self.transcript.current();
        schedule::prf(self.hash, &self.envelope.secret, label, &[transcript.as_ref()], &mut verify_data);
        messages::finished(&verify_data)
    }
}

/// The one message of the record at the front.
fn first_message(records: &[u8]) -> Result<&[u8], Fault> {
    let message = records.get(record::HEADER..).ok_or(Fault::Internal)?;
    message.get(..messages::announced_len(message)).ok_or(Fault::Internal)
}
