//! A client that offers a pre-shared key behind a session: RFC 8446 §4.2.11.
//!
//! rustls offers one key, the session's. The other is added to its ClientHello, with a binder made here from the same
//! transcript. A server that chooses it is shown to rustls as one that has chosen the first, and the tapped provider
//! gives it this key's early secret to go on from.

use aws_lc_rs::hmac;

use super::{ExternalPsk, MAX_IDENTITY};
use crate::hello::{self, ServerHello};
use crate::messages::{self, PRE_SHARED_KEY};
use crate::observe::Notes;
use crate::reader::Reader;
use crate::schedule::{Hash, Secret, Transcript};
use crate::{Fault, Session};

/// The key, and the binder of the ClientHello that is being made.
pub(crate) struct Beside {
    psk: ExternalPsk,
    early: Secret,
    binder: Option<hmac::Tag>,
}

impl ExternalPsk {
    /// Client: offers it behind `session`. rustls makes a binder for one hash only, and has one early secret: the key is
    /// left out beside a session of another hash, or of TLS 1.2.
    pub(crate) fn offer_beside(&self, session: &Session, suites: &[u16], notes: &mut Notes) {
        let ticket = session.ticket().map_or(0, |ticket| ticket.len());
        let fits = self.fits(session.suite()) && suites.iter().any(|suite| self.fits(*suite));
        let Some(hash) = self.hash().filter(|_| fits && ticket + self.identity().len() <= MAX_IDENTITY) else { return };
        let early = Secret::early(hash, &self.0.key);
        notes.amendments.beside = Some(Box::new(Beside { psk: self.clone(), early, binder: None }));
    }
}

impl Beside {
    fn hash(&self) -> Hash {
        self.early.hash()
    }

    /// The ClientHello with it. One that ends before its binders (§4.2.11.2) does so still.
    pub(crate) fn add_to(&self, mut hello: Vec<u8>) -> Result<Vec<u8>, Fault> {
        let Some(offer) = Offer::find(&hello)? else { return Ok(hello) };
        let (identity, binder) = (self.psk.identity(), self.hash().len());
        let (more_identities, more_binders) = (2 + identity.len() + 4, 1 + binder);
        let more = more_identities + more_binders;
        lengthen(&mut hello[1..4], more)?;
        lengthen(&mut hello[offer.list..offer.list + 2], more)?;
        lengthen(&mut hello[offer.body - 2..offer.body], more)?;
        lengthen(&mut hello[offer.body..offer.body + 2], more_identities)?;
        let binders = hello.split_off(offer.binders);
        hello.extend_from_slice(&(identity.len() as u16).to_be_bytes());
        hello.extend_from_slice(identity);
        hello.extend_from_slice(&[0; 4]); // obfuscated_ticket_age: there is no ticket
        if binders.is_empty() {
            return Ok(hello);
        }
        let at = hello.len();
        hello.extend_from_slice(&binders);
        lengthen(&mut hello[at..at + 2], more_binders)?;
        let mac = self.binder.as_ref().ok_or(Fault::Internal)?;
        hello.push(binder as u8);
        hello.extend_from_slice(mac.as_ref());
        Ok(hello)
    }

    /// `hello` has entered the transcript: if it ended before the binders, ours is over that.
    pub(crate) fn bind(&mut self, hello: &[u8], transcript: &Transcript) {
        if messages::announced_len(hello) > hello.len() {
            let key = self.early.derive(b"ext binder", self.hash().digest(&[]).as_ref());
            self.binder = key.ok().map(|key| key.finished_mac(transcript.current().as_ref()));
        }
    }
}

/// Client: a ServerHello that chooses the second key, as it would choose the first.
pub(crate) fn chosen(message: &[u8], notes: &mut Notes) -> Option<Vec<u8>> {
    const SECOND: [u8; 2] = [0, 1];
    let beside = notes.amendments.beside.as_ref()?;
    let parsed = ServerHello::parse(message).ok().filter(|hello| !hello.is_retry && hello.version == 0x0304)?;
    let (_, at) = parsed.extensions.iter().find(|(kind, _)| *kind == PRE_SHARED_KEY)?;
    let mut first = message.to_vec();
    let selected = first.get_mut(at.clone()).filter(|selected| **selected == SECOND)?;
    selected.fill(0);
    if !beside.psk.fits(parsed.suite) {
        return None;
    }
    // The ClientHello, which it is part of, has still to enter the transcript.
    let (early, psk) = (beside.early.clone(), beside.psk.clone());
    notes.early_override = Some(early);
    notes.external = Some(psk);
    Some(first)
}

/// Where pre_shared_key stands in a ClientHello: the length of the list of extensions, the body, the end of the
/// identities.
pub(super) struct Offer {
    list: usize,
    body: usize,
    pub(super) binders: usize,
}

impl Offer {
    pub(super) fn find(message: &[u8]) -> Result<Option<Offer>, Fault> {
        let list = hello::extensions_at(message)?;
        let mut reader = Reader::new(message);
        reader.take(list + 2)?;
        while !reader.is_empty() {
            if reader.u16()? == PRE_SHARED_KEY {
                reader.take(2)?;
                let body = reader.position();
                reader.vector(2)?;
                return Ok(Some(Offer { list, body, binders: reader.position() }));
            }
            reader.vector(2)?;
        }
        Ok(None)
    }
}

/// Adds to a length on the wire.
fn lengthen(bytes: &mut [u8], more: usize) -> Result<(), Fault> {
    let len = bytes.iter().fold(0, |len, &byte| len << 8 | usize::from(byte)) + more;
    let width = bytes.len();
    if len >> (8 * width) != 0 {
        return Err(Fault::Internal);
    }
    bytes.copy_from_slice(&len.to_be_bytes()[size_of::<usize>() - width..]);
    Ok(())
}
