//! Sessions: what outlives a connection.

use std::sync::Arc;

use crate::PeerChain;

/// A session that can be resumed. Cheap to clone.
///
/// A client's session holds the ticket and secret; a server's session is what a cache keeps.
#[derive(Clone, Debug)]
pub struct Session(pub(crate) Arc<SessionInner>);

#[derive(Debug)]
pub(crate) struct SessionInner {}

impl Session {
    /// The session id: the TLS 1.2 id, or for TLS 1.3 a digest of the ticket.
    pub fn id(&self) -> &[u8] {
        todo!()
    }
    /// Protocol version code point (0x0303, 0x0304).
    pub fn version(&self) -> u16 {
        todo!()
    }
    /// Cipher suite code point.
    pub fn suite(&self) -> u16 {
        todo!()
    }
    /// The peer's chain, if it had been authenticated.
    pub fn peer(&self) -> Option<&PeerChain> {
        todo!()
    }
    /// The code given with [`crate::Verdict::Accept`].
    pub fn verdict_code(&self) -> i64 {
        todo!()
    }
    /// Seconds since the epoch at which it was made.
    pub fn created(&self) -> u64 {
        todo!()
    }
    /// Seconds that it may be used for (ticket_lifetime or the configured timeout).
    pub fn lifetime(&self) -> u32 {
        todo!()
    }
    /// SNI name the session was made with.
    pub fn server_name(&self) -> Option<&str> {
        todo!()
    }
    /// ALPN protocol the session was made with.
    pub fn alpn(&self) -> Option<&[u8]> {
        todo!()
    }
    /// The server's session id context.
    pub fn context(&self) -> &[u8] {
        todo!()
    }
    /// The ticket, for a client's session that has one.
    pub fn ticket(&self) -> Option<&[u8]> {
        todo!()
    }
    /// TLS 1.2 master secret or TLS 1.3 resumption PSK.
    pub fn secret(&self) -> &[u8] {
        todo!()
    }
}

/// A server's store of sessions, by id. Called with nothing of the connection borrowed.
pub trait SessionCache: Send + Sync {
    /// Keep a session.
    fn put(&self, id: &[u8], session: Session);
    /// Find one.
    fn find(&self, id: &[u8]) -> Option<Session>;
    /// Forget one.
    fn remove(&self, id: &[u8]);
}

/// One key that seals session tickets.
#[derive(Clone)]
pub struct TicketKey {
    /// Put in front of each ticket.
    pub name: [u8; 16],
    /// AES-256 key.
    pub aes: [u8; 32],
    /// HMAC-SHA-256 key.
    pub hmac: [u8; 32],
}

/// The ticket keys of a server: seals with the first, opens with any.
#[derive(Clone)]
pub struct TicketKeys(pub Arc<[TicketKey]>);
