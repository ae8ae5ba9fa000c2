//! HMAC for rustls' HKDF, with the key expanded once.
//!
//! aws-lc-rs' own HKDF extracts and expands its key anew for every output. With SHA-384, which has no instructions of
//! its own, that is half of what a key schedule costs.

use aws_lc_rs::hmac::{Algorithm, Context, HMAC_SHA256, HMAC_SHA384, Key};
use rustls::crypto::hmac;

/// HMAC with one hash.
pub(crate) struct KeyedHmac(&'static Algorithm);

pub(crate) static SHA256: KeyedHmac = KeyedHmac(&HMAC_SHA256);
pub(crate) static SHA384: KeyedHmac = KeyedHmac(&HMAC_SHA384);

impl hmac::Hmac for KeyedHmac {
    fn with_key(&self, key: &[u8]) -> Box<dyn hmac::Key> {
        Box::new(ExpandedKey(Key::new(*self.0, key)))
    }

    fn hash_output_len(&self) -> usize {
        self.0.tag_len()
    }
}

struct ExpandedKey(Key);

impl hmac::Key for ExpandedKey {
    fn sign_concat(&self, first: &[u8], middle: &[&[u8]], last: &[u8]) -> hmac::Tag {
        let mut context = Context::with_key(&self.0);
        context.update(first);
        for part in middle {
            context.update(part);
        }
        context.update(last);
        hmac::Tag::new(context.sign().as_ref())
    }

    fn tag_len(&self) -> usize {
        self.0.algorithm().tag_len()
    }
}
