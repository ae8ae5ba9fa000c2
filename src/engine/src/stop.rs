//! What a connection asks its owner for.

#[cfg(doc)]
use crate::{Acceptance, Connection};

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
    /// A message has extensions of types that the owner reads ([`Connection::read_extensions`],
    /// [`Connection::received_extensions`]); answer with [`Connection::take_extensions`].
    Extensions,
    /// Server: a ticket is to be made of [`Connection::ticket_session`]; answer with [`Connection::issue_ticket`]. Only
    /// for an owner that makes its tickets itself ([`Acceptance::tickets`]); under TLS 1.3 it also comes after the
    /// handshake.
    Ticket,
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
