//! A TLS connection that asks its owner.

use std::sync::Arc;

use crate::{
    Alert, ClientConfig, ClientHello, Error, Identity, PeerChain, Protocol, Role, ServerConfig, Session,
    SignatureScheme, Verdict,
};

/// What a connection stops for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Bytes from the peer: see [`Connection::wanted`]. Write `outgoing` first.
    Input,
    /// Server: the ClientHello is here ([`Connection::client_hello`]); answer with
    /// [`Connection::accept`].
    Hello,
    /// A chain that the peer proved to hold the key of ([`Connection::candidate`]) must be judged;
    /// answer with [`Connection::judge`].
    Verdict,
    /// Client: the server asks for a certificate ([`Connection::certificate_request`]); answer
    /// with [`Connection::present`]. Comes after the verdict on the server.
    Certificate,
    /// The handshake is complete, or there is nothing left to do. Write `outgoing`.
    Done,
}

/// What [`Connection::read`] came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Read {
    /// This many bytes of application data were copied out.
    Data(usize),
    /// Something else has to happen first ([`Stop::Input`], or a post-handshake
    /// [`Stop::Certificate`] or [`Stop::Verdict`]).
    Stop(Stop),
    /// The peer sent close_notify.
    Closed,
}

/// What was agreed.
#[derive(Clone, Debug)]
pub struct Established {
    /// Version.
    pub protocol: Protocol,
    /// Cipher suite code point.
    pub suite: u16,
    /// Key exchange group code point; `None` for a resumed TLS 1.2 session.
    pub group: Option<u16>,
    /// A session was resumed.
    pub resumed: bool,
    /// Application protocol.
    pub alpn: Option<Vec<u8>>,
    /// Scheme that the peer signed with (in the handshake or the last post-handshake round).
    pub peer_scheme: Option<SignatureScheme>,
    /// Scheme that we signed with.
    pub own_scheme: Option<SignatureScheme>,
    /// TLS 1.2: extended_master_secret was agreed.
    pub extended_master_secret: bool,
    /// client random.
    pub client_random: [u8; 32],
    /// server random.
    pub server_random: [u8; 32],
    /// A HelloRetryRequest was needed.
    pub hello_retry: bool,
    /// verify_data of our Finished and of the peer's.
    pub finished: (Vec<u8>, Vec<u8>),
}

/// A request for a client certificate, as the client received it.
#[derive(Clone, Debug, Default)]
pub struct CertificateRequest {
    /// certificate_request_context; empty in the handshake.
    pub context: Vec<u8>,
    /// Acceptable CA names, DER of X.501 Name.
    pub authorities: Vec<Vec<u8>>,
    /// Acceptable signature schemes.
    pub schemes: Vec<SignatureScheme>,
    /// TLS 1.2 certificate_types.
    pub certificate_types: Vec<u8>,
    /// It came after the handshake.
    pub post_handshake: bool,
}

/// One TLS connection.
pub struct Connection {}

impl Connection {
    /// A client's connection. `server_name` is sent as SNI as it is; `session` is offered for
    /// resumption.
    pub fn client(
        _config: &Arc<ClientConfig>,
        _server_name: Option<&str>,
        _session: Option<Session>,
    ) -> Result<Self, Error> {
        todo!()
    }

    /// A server's connection; its configuration is chosen at [`Stop::Hello`].
    pub fn server() -> Self {
        todo!()
    }

    /// Client or server.
    pub fn role(&self) -> Role {
        todo!()
    }

    // --- bytes ---

    /// How many bytes may be read from the transport now without taking a whole record more
    /// than is needed, so that a program that polls the descriptor is not left waiting for what
    /// is already here. Never 0. With `greedy`, as many as fit. `exact`: not one byte past the
    /// current record (plain text may follow close_notify).
    pub fn wanted(&self) -> usize {
        todo!()
    }

    /// Room for `len` bytes (at most what `wanted` said, or anything when the owner reads ahead);
    /// tell how many arrived with [`Connection::received`].
    pub fn input(&mut self, _len: usize) -> &mut [u8] {
        todo!()
    }

    /// `len` bytes have been put into [`Connection::input`].
    pub fn received(&mut self, _len: usize) {
        todo!()
    }

    /// Bytes for the peer.
    pub fn outgoing(&self) -> &[u8] {
        todo!()
    }

    /// The first `len` of them have been written.
    pub fn sent(&mut self, _len: usize) {
        todo!()
    }

    // --- handshake ---

    /// Goes on with the handshake, or after it with post-handshake messages that wait in the
    /// input, until it stops. [`Stop::Done`] when the handshake is complete.
    pub fn advance(&mut self) -> Result<Stop, Error> {
        todo!()
    }

    /// The handshake is complete (every verdict given, Finished both ways).
    pub fn is_established(&self) -> bool {
        todo!()
    }

    /// Server: the ClientHello; kept for the life of the handshake.
    pub fn client_hello(&self) -> Option<&ClientHello> {
        todo!()
    }

    /// Answers [`Stop::Hello`]: go on with `config`; `alpn` is the protocol chosen.
    pub fn accept(&mut self, _config: &Arc<ServerConfig>, _alpn: Option<&[u8]>) -> Result<(), Error> {
        todo!()
    }

    /// The chain to judge at [`Stop::Verdict`].
    pub fn candidate(&self) -> Option<&PeerChain> {
        todo!()
    }

    /// Answers [`Stop::Verdict`].
    pub fn judge(&mut self, _verdict: Verdict) -> Result<(), Error> {
        todo!()
    }

    /// Client: the latest request for a certificate (in the handshake or after it).
    pub fn certificate_request(&self) -> Option<&CertificateRequest> {
        todo!()
    }

    /// Answers [`Stop::Certificate`]: the identity to present, or none. An identity with no
    /// scheme in common with the request is presented as none.
    pub fn present(&mut self, _identity: Option<Identity>) -> Result<(), Error> {
        todo!()
    }

    /// Ends the connection with a fatal alert of the owner's choice (e.g. SNI refused at
    /// [`Stop::Hello`]).
    pub fn refuse(&mut self, _alert: Alert) {
        todo!()
    }

    // --- data ---

    /// Copies application data out (`peek`: and keeps it). Post-handshake messages that come
    /// first are dealt with.
    pub fn read(&mut self, _data: &mut [u8], _peek: bool) -> Result<Read, Error> {
        todo!()
    }

    /// Application data of the record at hand that can be read without more input; whole records
    /// in the input that are not yet opened are opened for it as long as there is none.
    pub fn pending(&mut self) -> usize {
        todo!()
    }

    /// There are unprocessed bytes or readable data.
    pub fn has_pending(&self) -> bool {
        todo!()
    }

    /// Seals `data` into `outgoing`, as one record per 16,384 bytes or less (`max_fragment`).
    /// Takes at most `data.len()`; returns how much was taken.
    pub fn write(&mut self, _data: &[u8], _max_fragment: usize) -> Result<usize, Error> {
        todo!()
    }

    /// Queues close_notify.
    pub fn close(&mut self) -> Result<(), Error> {
        todo!()
    }

    /// The peer sent close_notify.
    pub fn is_closed_by_peer(&self) -> bool {
        todo!()
    }

    /// Queues a KeyUpdate (TLS 1.3), `request`ing one in return or not.
    pub fn update_keys(&mut self, _request: bool) -> Result<(), Error> {
        todo!()
    }

    // --- post-handshake authentication ---

    /// Server: the client offered post-handshake authentication.
    pub fn peer_offers_post_handshake_auth(&self) -> bool {
        todo!()
    }

    /// Server: queues a CertificateRequest. `require`: an empty answer ends the connection.
    /// Fails with [`Error::WrongState`] unless TLS 1.3, offered, established.
    pub fn request_certificate(
        &mut self,
        _authorities: &[Vec<u8>],
        _schemes: &[SignatureScheme],
        _require: bool,
    ) -> Result<(), Error> {
        todo!()
    }

    /// Server: requests sent and not yet answered.
    pub fn outstanding_requests(&self) -> usize {
        todo!()
    }

    // --- what is known ---

    /// The peer's chain, once proven and accepted: in this handshake, in the last round of
    /// post-handshake authentication, or in the session resumed. `None` after a round that was
    /// answered without a certificate.
    pub fn peer(&self) -> Option<&PeerChain> {
        todo!()
    }

    /// The code given with [`Verdict::Accept`] for [`Connection::peer`].
    pub fn peer_code(&self) -> Option<i64> {
        todo!()
    }

    /// Counts answered rounds of post-handshake authentication.
    pub fn rounds(&self) -> usize {
        todo!()
    }

    /// OCSP response stapled by the server.
    pub fn stapled_ocsp(&self) -> Option<&[u8]> {
        todo!()
    }

    /// What was agreed; `None` before the server's hello.
    pub fn established(&self) -> Option<&Established> {
        todo!()
    }

    /// Takes the next session that can be resumed later: TLS 1.2 after the handshake, TLS 1.3
    /// each time a ticket comes (client) or goes (server).
    pub fn take_session(&mut self) -> Option<Session> {
        todo!()
    }

    /// Server: queues another NewSessionTicket (TLS 1.3).
    pub fn send_ticket(&mut self) -> Result<(), Error> {
        todo!()
    }

    /// RFC 8446 §7.5, RFC 5705.
    pub fn export(&self, _out: &mut [u8], _label: &[u8], _context: Option<&[u8]>) -> Result<(), Error> {
        todo!()
    }

    /// Takes the next line for an `SSLKEYLOGFILE`: label, client random, secret.
    pub fn take_secret(&mut self) -> Option<(&'static str, [u8; 32], Vec<u8>)> {
        todo!()
    }

    /// Keep secrets for [`Connection::take_secret`].
    pub fn log_secrets(&mut self, _on: bool) {
        todo!()
    }
}
