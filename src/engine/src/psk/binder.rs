//! The binders of a ClientHello that is answered by HelloRetryRequest (RFC 8446 §4.2.11.2): rustls looks at those of the
//! second alone.

use super::beside::Offer;
use crate::observe::Notes;
use crate::reader::Reader;
use crate::schedule::{Hash, Secret};
use crate::{ClientHello, Fault};

/// Server: checks the binder of the key or session that would be chosen under `suite`.
pub(crate) fn check_first(hello: &ClientHello, suite: u16, notes: &Notes) -> Result<(), Fault> {
    let Some(hash) = Hash::of_suite(suite) else { return Ok(()) };
    let known = |identity: &[u8]| {
        let fits = |known: &&crate::session::KnownSession| {
            known.envelope.version == 0x0304 && Hash::of_suite(known.envelope.suite) == Some(hash)
        };
        notes.known.iter().filter(fits).find(|known| known.name == identity)
    };
    let chosen = hello.psk_identities().enumerate().find_map(|(at, identity)| Some((at, known(identity)?)));
    let (Some((at, known)), Some(offer)) = (chosen, Offer::find(&hello.raw)?) else { return Ok(()) };
    let secret = &known.envelope.secret;
    let (early, label) = match notes.external_key(secret) {
        Some(key) => (Secret::early(hash, &key), &b"ext binder"[..]),
        None => (Secret::early(hash, secret), &b"res binder"[..]),
    };
    let (bound, binders) = hello.raw.split_at(offer.binders);
    let mut binders = Reader::new(binders).nested(2)?;
    for _ in 0..at {
        binders.vector(1)?;
    }
    let key = early.derive(label, hash.digest(&[]).as_ref())?;
    key.verify_finished(hash.digest(bound).as_ref(), binders.vector(1)?).map_err(|_| Fault::BadBinder)
}
