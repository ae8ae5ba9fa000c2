//! The owner's own extensions.

use super::Connection;
use crate::stage::Stage;
use crate::{ClientHello, Error, Extension, ReceivedExtensions};

impl Connection {
    /// The types of extensions that the owner reads in messages behind the ClientHello: a message that has some is
    /// shown to it by [`Stop::Extensions`], and is as if it had none for everybody else. Not for types that the engine
    /// reads itself. To be said before the handshake goes on.
    ///
    /// [`Stop::Extensions`]: crate::Stop::Extensions
    pub fn read_extensions(&mut self, kinds: Vec<u16>) {
        self.wire.notes.read = kinds;
    }

    /// Extensions that the owner adds. Server: to its first flight, said before [`Connection::accept_with`] or the
    /// answer to a second ClientHello. Client: to its Certificate, said before [`Connection::present`]. A place that
    /// does not come to be, as when a session is resumed, has none.
    pub fn add_extensions(&mut self, added: Vec<Extension>) {
        self.wire.notes.added = added;
    }

    /// Client, at [`Stop::Extensions`] for [`ReceivedExtensions::is_retry`]: what its second ClientHello has in the place
    /// of the owner's extensions in the first.
    pub fn extend_hello(&mut self, extensions: Vec<(u16, Vec<u8>)>) -> Result<(), Error> {
        self.check()?;
        match &mut self.stage {
            Stage::Client(handshake) => handshake.extend_hello(extensions, &mut self.wire.notes),
            _ => Err(Error::WrongState),
        }
    }

    /// At [`Stop::Extensions`]: what has come.
    ///
    /// [`Stop::Extensions`]: crate::Stop::Extensions
    pub fn received_extensions(&self) -> Option<&ReceivedExtensions> {
        match &self.stage {
            Stage::Client(handshake) => handshake.received_extensions(),
            Stage::Server(handshake) => handshake.received_extensions(),
            _ => None,
        }
    }

    /// Answers [`Stop::Extensions`]: the owner has nothing against them. ([`Connection::refuse`] if it has.)
    ///
    /// [`Stop::Extensions`]: crate::Stop::Extensions
    pub fn take_extensions(&mut self) -> Result<(), Error> {
        self.check()?;
        let wire = &mut self.wire;
        let taken = match &mut self.stage {
            Stage::Client(handshake) => handshake.take_extensions(wire),
            Stage::Server(handshake) => handshake.take_extensions(wire),
            _ => Err(Error::WrongState),
        };
        taken.map_err(|error| self.fail(error))
    }
}

impl ClientHello {
    /// Does a server that has these `groups` answer it under TLS 1.3 by asking for a second one (RFC 8446 §4.1.4)?
    pub fn is_asked_again(&self, groups: &[u16]) -> bool {
        // As rustls chooses: the client's first group that is known here.
        let group = self.groups.iter().find(|group| groups.contains(group));
        group.is_some_and(|group| self.share(*group).is_none())
    }
}
