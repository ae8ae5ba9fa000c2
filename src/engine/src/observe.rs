//! What is learned of a handshake while rustls runs it.
//!
//! rustls asks its provider, key log, verifier and resolver synchronously and names no connection
//! when it does. Each call into rustls therefore puts the connection's [`Observer`] into a
//! thread-local for its duration ([`Notes::during`]); the hooks in `provider.rs`, `verifier.rs` and
//! `resumption.rs` find it there. Nothing per connection outlives the call.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::Arc;

use rustls::client::{Tls12ClientSessionValue, Tls13ClientSessionValue};
use zeroize::Zeroizing;

use crate::course::{Course, Passed};
use crate::hello::{self, Amendments, ServerHello};
use crate::hkdf::{Expanded, Expander};
use crate::messages;
use crate::reader::Reader;
use crate::record::{Aead, Keys};
use crate::resumption::Keeping;
use crate::schedule::{Hash, Secret, Transcript};
use crate::session::KnownSession;
use crate::signature::Offered;
use crate::ticket::Envelope;
use crate::watch::{self, Situation, Watch};
use crate::{
    Alert, CertificateRequest, Extension, ExternalPsk, Fault, Identity, PeerChain, Role, SignatureScheme, VerifyData,
    tls12,
};

/// A line of an SSLKEYLOGFILE: label, client random, secret.
pub(crate) type LoggedSecret = (&'static str, [u8; 32], Zeroizing<Vec<u8>>);

/// The notes taken on one connection.
#[derive(Default)]
pub(crate) struct Observer {
    pub(crate) role: Role,
    /// What to change in our ClientHello.
    pub(crate) amendments: Amendments,
    /// Extensions of the owner's to add to our messages.
    pub(crate) added: Vec<Extension>,
    /// Types of extensions of the peer's that are the owner's to read.
    pub(crate) read: Vec<u16>,
    /// Messages as rustls has them, and as they are on the wire, where that differs.
    pub(crate) rewritten: Vec<(Vec<u8>, Vec<u8>)>,
    /// What was to be added does not fit.
    pub(crate) unfit: bool,
    /// Schemes that we let the peer sign with: those of our ClientHello or CertificateRequest.
    pub(crate) offered: Offered,

    // --- from the transcript ---
    /// Client: transcript up to the server's Finished, if a certificate is asked for (TLS 1.3).
    pub(crate) after_server_finished: Option<Transcript>,
    /// Transcript up to the client's Finished: what post-handshake authentication signs over.
    pub(crate) after_client_finished: Option<Transcript>,
    /// The client offers it.
    pub(crate) authenticates_later: bool,
    /// verify_data in the order in which it went by.
    pub(crate) finished: Vec<VerifyData>,
    /// The CertificateRequest that went by (TLS 1.3), or what is wrong with it.
    pub(crate) request: Option<Result<CertificateRequest, Fault>>,
    /// TLS 1.2: the body of the server's Certificate.
    pub(crate) certificate12: Option<Vec<u8>>,
    pub(crate) client_scheme: Option<SignatureScheme>,
    pub(crate) server_scheme: Option<SignatureScheme>,
    pub(crate) client_random: [u8; 32],
    pub(crate) server_random: [u8; 32],
    /// The server's session id.
    pub(crate) session_id: Vec<u8>,
    /// TLS 1.2: the ticket that the server sent, and its lifetime hint.
    pub(crate) ticket12: Option<(Arc<[u8]>, u32)>,
    pub(crate) extended_master_secret: bool,
    /// Server: the ServerHello that went by last was a HelloRetryRequest.
    pub(crate) retried: bool,
    /// The server says that it went by our server_name (RFC 6066 §3).
    pub(crate) server_name_accepted: bool,
    pub(crate) is_tls13: bool,

    // --- from the key schedule ---
    pub(crate) secrets: Secrets,
    /// Keys and IVs that traffic secrets were expanded to (TLS 1.3).
    pub(crate) expanded: Vec<Expanded>,
    /// Expander over the master secret, to derive "res master" again when our flight is our own: where a certificate is
    /// asked for.
    pub(crate) master: Option<Box<Expander>>,
    /// Stands in for the resumption master secret that rustls computed.
    pub(crate) resumption_override: Option<Secret>,
    /// Stands in for the PSK of the next ticket, whatever its nonce.
    pub(crate) psk_override: Option<Zeroizing<Vec<u8>>>,
    /// Stands in for the early secret, from which the handshake's is to be derived.
    pub(crate) early_override: Option<Secret>,
    /// TLS 1.2: stands in for the master secret of a key exchange.
    pub(crate) master_override: Option<Zeroizing<[u8; 48]>>,
    /// The PSK last derived for a ticket.
    pub(crate) ticket_psk: Option<Secret>,
    /// Secrets for an SSLKEYLOGFILE, when wanted.
    pub(crate) log: Option<VecDeque<LoggedSecret>>,

    /// Bytes of the messages that have gone by.
    pub(crate) bytes: usize,
    /// Which messages have gone by.
    pub(crate) course: Course,
    /// TLS 1.2: ServerHelloDone has.
    hello_done: bool,
    /// Messages, when wanted.
    pub(crate) watch: Option<Watch>,
    /// Alerts of the level warning that have come, when they are asked for as well.
    pub(crate) warnings: VecDeque<Alert>,

    // --- from the verifier ---
    /// The peer's chain; its key has signed (or will have, before rustls goes on).
    pub(crate) chain: Option<PeerChain>,
    pub(crate) ocsp: Option<Vec<u8>>,
    pub(crate) peer_scheme: Option<SignatureScheme>,
    /// What the peer has given for the key exchange.
    pub(crate) peer_share: Option<Vec<u8>>,
    /// A ServerKeyExchange signature already verified: signed message and signature.
    pub(crate) verified: Option<(Vec<u8>, Vec<u8>)>,

    // --- for the resolver ---
    /// TLS 1.2: what the client answers a CertificateRequest with.
    pub(crate) identity: Option<(Identity, SignatureScheme)>,
    /// Server: none of its certificates goes with what the client can verify.
    pub(crate) no_scheme: bool,

    // --- resumption ---
    /// The pre-shared key of outside that we offer, or accept if the client proves that it has it.
    pub(crate) external: Option<ExternalPsk>,
    pub(crate) offer12: Option<Box<Tls12ClientSessionValue>>,
    pub(crate) offer13: Option<Box<Tls13ClientSessionValue>>,
    pub(crate) received12: Option<Box<Tls12ClientSessionValue>>,
    pub(crate) received13: Option<Box<Tls13ClientSessionValue>>,
    /// Overrides the clock (seconds since the epoch).
    pub(crate) now: Option<u64>,
    /// Server: sessions that the ClientHello names and that may be resumed, by ticket or id.
    pub(crate) known: Vec<KnownSession>,
    /// Server: index in `known` of the session that rustls asked for last.
    pub(crate) used: Option<usize>,
    /// Server: the name (ticket or id) of the session that was resumed.
    pub(crate) resumed_by: Option<Vec<u8>>,
    /// Server: where sessions of this connection go.
    pub(crate) keeping: Keeping,
    /// Server: rustls' own session value, as it would stand in a ticket or cache.
    pub(crate) template: Option<Zeroizing<Vec<u8>>>,
    /// Server, TLS 1.2: id under which rustls stores the session.
    pub(crate) stored_id: Option<Vec<u8>>,
    /// Server, TLS 1.2: all of the ticket but rustls' value.
    pub(crate) ticket: Option<Box<Envelope>>,
}

/// Traffic secrets, as the key log hands them out.
#[derive(Default)]
pub(crate) struct Secrets {
    pub(crate) client_handshake: Option<Secret>,
    pub(crate) server_handshake: Option<Secret>,
    pub(crate) client_traffic: Option<Secret>,
    pub(crate) server_traffic: Option<Secret>,
    pub(crate) exporter: Option<Secret>,
    /// TLS 1.2 master secret.
    pub(crate) master: Option<Zeroizing<Vec<u8>>>,
    pub(crate) resumption_master: Option<Secret>,
    pub(crate) client_random: [u8; 32],
}

impl Observer {
    /// The handshake is over: gives back what only it needed.
    pub(crate) fn settle(&mut self) {
        self.after_server_finished = None;
        self.after_client_finished = None;
        self.finished = Vec::new();
        self.request = None;
        self.certificate12 = None;
        self.verified = None;
        self.identity = None;
        self.master = None;
        self.expanded = Vec::new();
        self.known = Vec::new();
        self.ticket = None;
        self.added = Vec::new();
        self.rewritten = Vec::new();
        self.amendments.beside = None;
    }

    /// A key and its IV have been expanded.
    pub(crate) fn note_expanded(&mut self, expanded: Option<Expanded>) {
        /// Two for the handshake, two for data.
        const MOST: usize = 4;
        if self.expanded.capacity() == 0 {
            self.expanded.reserve_exact(MOST);
        }
        if self.expanded.len() < MOST {
            self.expanded.extend(expanded);
        }
    }

    /// Key and IV of a traffic secret.
    pub(crate) fn traffic_keys(&self, secret: &Secret, aead: Aead) -> Keys {
        let known = self
            .expanded
            .iter()
            .find_map(|known| Keys::new(aead, known.key_of(secret.bytes(), aead.key_len())?, &known.iv));
        known.unwrap_or_else(|| secret.traffic_keys(aead))
    }

    /// Keeps what the peer has given for the key exchange, if it is one public key.
    pub(crate) fn note_share(&mut self, share: &[u8]) {
        /// An uncompressed point of secp521r1.
        const LONGEST: usize = 133;
        self.peer_share = (share.len() <= LONGEST).then(|| share.to_vec());
    }

    /// A handshake message has entered the transcript, whose state is now `transcript`.
    pub(crate) fn message(&mut self, message: &[u8], transcript: &Transcript) {
        let Ok((typ, body)) = messages::split(message) else { return };
        self.watch(typ, message);
        match typ {
            messages::SERVER_HELLO => {
                if let Ok(hello) = ServerHello::parse(message) {
                    self.server_random = hello.random;
                    self.retried = hello.is_retry;
                    self.is_tls13 = hello.version == 0x0304;
                    self.extended_master_secret = hello.has(messages::EXTENDED_MASTER_SECRET);
                    self.server_name_accepted = hello.has(messages::SERVER_NAME);
                    if let Some(&[_, _, _, _, ref share @ ..]) = hello.extension(message, messages::KEY_SHARE)
                        && self.role == Role::Client
                    {
                        self.note_share(share);
                    }
                    self.session_id = hello.session_id;
                }
            }
            messages::ENCRYPTED_EXTENSIONS => {
                let extensions = Reader::new(body).nested(2).and_then(messages::extensions).unwrap_or_default();
                self.server_name_accepted = extensions.iter().any(|(kind, _)| *kind == messages::SERVER_NAME);
            }
            messages::CERTIFICATE_REQUEST if self.role == Role::Client && self.is_tls13 => {
                self.request = Some(messages::parse_certificate_request(body, false));
            }
            messages::CERTIFICATE if self.role == Role::Client && !self.is_tls13 && self.certificate12.is_none() => {
                self.certificate12 = Some(body.to_vec());
            }
            messages::NEW_SESSION_TICKET if !self.is_tls13 => {
                self.ticket12 = messages::NewSessionTicket::parse12(body).ok().map(|new| (new.ticket, new.lifetime));
            }
            messages::CERTIFICATE_STATUS => self.ocsp = tls12::certificate_status(body).ok(),
            messages::SERVER_KEY_EXCHANGE => {
                self.server_scheme = tls12::server_key_exchange(body).ok().map(|(_, scheme, _)| scheme);
            }
            messages::CERTIFICATE_VERIFY => {
                let scheme = scheme_at(body, 0);
                // TLS 1.3: the server's comes before its Finished; TLS 1.2 has only the client's.
                match self.finished.is_empty() && self.is_tls13 {
                    true => self.server_scheme = scheme,
                    false => self.client_scheme = scheme,
                }
            }
            messages::FINISHED => {
                self.finished.extend(VerifyData::new(body));
                match (self.is_tls13, self.finished.len()) {
                    (true, 1) if self.request.is_some() => self.after_server_finished = Some(transcript.clone()),
                    (true, 2) if self.authenticates_later => self.after_client_finished = Some(transcript.clone()),
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// A message that has entered the transcript.
    fn watch(&mut self, typ: u8, message: &[u8]) {
        let (role, is_tls13) = (self.role, self.is_tls13);
        // What enters it later than it comes, was told of when it came (`watch_outside`).
        match typ {
            messages::CERTIFICATE_REQUEST | messages::SERVER_HELLO_DONE if role == Role::Client && !is_tls13 => return,
            messages::SERVER_HELLO if role == Role::Client && hello::is_retry(message) => return,
            _ => self.hello_done |= typ == messages::SERVER_HELLO_DONE,
        }
        let finished = self.finished.len();
        let is_full = self.server_scheme.is_some();
        let situation = Situation { is_tls13, is_full, finished, hello_done: self.hello_done };
        let Some(sender) = watch::sender(typ, &situation) else { return };
        let sent = sender == role;
        let held = is_tls13 && finished > 0 && role == Role::Client;
        self.bytes = self.bytes.saturating_add(message.len());
        self.course.add(Passed { sent, typ }, held);
        if let Some(watch) = &mut self.watch {
            watch.message(message, sent, held);
        }
    }

    /// The peer has sent an alert that ends nothing.
    pub(crate) fn warned(&mut self, alert: Alert) {
        /// Kept for an owner that does not ask.
        const MAX_WARNINGS: usize = 8;
        if self.warnings.len() < MAX_WARNINGS {
            self.warnings.push_back(alert);
        }
    }

    /// Whole messages, one after the other, that are made or read outside of rustls, or that it does not see yet.
    pub(crate) fn watch_outside(&mut self, sent: bool, mut flight: &[u8]) {
        self.course.replace_held();
        self.watch.iter_mut().for_each(Watch::replace_held);
        while let Ok(Some(len)) = messages::front(flight) {
            let (message, rest) = flight.split_at(len);
            self.hello_done |= message[0] == messages::SERVER_HELLO_DONE;
            self.bytes = self.bytes.saturating_add(message.len());
            self.course.add(Passed { sent, typ: message[0] }, false);
            if let Some(watch) = &mut self.watch {
                watch.message(message, sent, false);
            }
            flight = rest;
        }
    }

    /// The flight that waited for the owner's choice is sent.
    pub(crate) fn release_held(&mut self) {
        self.course.release();
        self.watch.iter_mut().for_each(Watch::release);
    }

    /// TLS 1.2 signs the messages themselves (RFC 5246 §7.4.8), of which rustls keeps a copy of its
    /// own: `messages` with the ClientHello and the ServerHello as they were sent.
    pub(crate) fn amended(&self, messages: &[u8]) -> Option<Vec<u8>> {
        let is_transcript = messages.first() == Some(&messages::CLIENT_HELLO);
        let as_sent = self.amendments.is_empty() && self.rewritten.is_empty();
        if self.is_tls13 || as_sent || !is_transcript {
            return None;
        }
        let (hello, rest) = messages.split_at_checked(messages::announced_len(messages))?;
        let (answer, rest) = rest.split_at_checked(messages::announced_len(rest))?;
        let answer = self.rewritten_as(answer).unwrap_or(answer);
        Some([&self.amendments.apply(hello).ok()?, answer, rest].concat())
    }

    /// The key log's entry `label`.
    pub(crate) fn secret(&mut self, label: &str, client_random: &[u8], secret: &[u8]) {
        let Some(name) = LOGGED.into_iter().find(|name| *name == label) else { return };
        let secrets = &mut self.secrets;
        if let Ok(random) = client_random.try_into() {
            secrets.client_random = random;
        }
        match name {
            CLIENT_HANDSHAKE => secrets.client_handshake = as_secret(secret),
            SERVER_HANDSHAKE => secrets.server_handshake = as_secret(secret),
            CLIENT_TRAFFIC => secrets.client_traffic = as_secret(secret),
            SERVER_TRAFFIC => secrets.server_traffic = as_secret(secret),
            EXPORTER => secrets.exporter = as_secret(secret),
            _ => secrets.master = Some(Zeroizing::new(secret.to_vec())),
        }
        if let Some(log) = &mut self.log {
            log.push_back((name, secrets.client_random, secret.to_vec().into()));
        }
    }
}

const CLIENT_HANDSHAKE: &str = "CLIENT_HANDSHAKE_TRAFFIC_SECRET";
const SERVER_HANDSHAKE: &str = "SERVER_HANDSHAKE_TRAFFIC_SECRET";
const CLIENT_TRAFFIC: &str = "CLIENT_TRAFFIC_SECRET_0";
const SERVER_TRAFFIC: &str = "SERVER_TRAFFIC_SECRET_0";
const EXPORTER: &str = "EXPORTER_SECRET";
const MASTER: &str = "CLIENT_RANDOM";
const LOGGED: [&str; 6] = [CLIENT_HANDSHAKE, SERVER_HANDSHAKE, CLIENT_TRAFFIC, SERVER_TRAFFIC, EXPORTER, MASTER];

/// A secret of the TLS 1.3 key schedule; its length tells its hash.
pub(crate) fn as_secret(bytes: &[u8]) -> Option<Secret> {
    Secret::new(if bytes.len() == Hash::Sha384.len() { Hash::Sha384 } else { Hash::Sha256 }, bytes)
}

fn scheme_at(body: &[u8], at: usize) -> Option<SignatureScheme> {
    body.get(at..at + 2).map(|code| u16::from_be_bytes([code[0], code[1]]))
}

/// Where a connection keeps its observer between calls into rustls.
pub(crate) struct Notes(Option<Box<Observer>>);

impl Notes {
    pub(crate) fn new(role: Role) -> Self {
        Notes(Some(Box::new(Observer { role, ..Observer::default() })))
    }

    /// Runs `work` (a call into rustls) with the observer taking notes.
    pub(crate) fn during<T>(&mut self, work: impl FnOnce() -> T) -> T {
        // An owner's key may sign through foreign code that runs another connection: hence a stack.
        struct Restore<'a> {
            home: &'a mut Option<Box<Observer>>,
            outer: Option<Box<Observer>>,
        }
        impl Drop for Restore<'_> {
            fn drop(&mut self) {
                *self.home = CURRENT.replace(self.outer.take());
            }
        }
        let outer = CURRENT.replace(self.0.take());
        let _restore = Restore { home: &mut self.0, outer };
        work()
    }
}

impl std::ops::Deref for Notes {
    type Target = Observer;

    fn deref(&self) -> &Observer {
        self.0.as_deref().expect("the observer is home between calls into rustls")
    }
}

impl std::ops::DerefMut for Notes {
    fn deref_mut(&mut self) -> &mut Observer {
        self.0.as_deref_mut().expect("the observer is home between calls into rustls")
    }
}

thread_local! {
    static CURRENT: RefCell<Option<Box<Observer>>> = const { RefCell::new(None) };
}

/// Lets a hook use the connection's observer; `None` outside [`Notes::during`].
pub(crate) fn current<T>(work: impl FnOnce(&mut Observer) -> T) -> Option<T> {
    CURRENT.with_borrow_mut(|current| current.as_deref_mut().map(work))
}
