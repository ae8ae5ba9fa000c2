//! The key exchange group that rustls' provider lacks: secp521r1 (RFC 8446 §4.2.8.2), by AWS-LC.

use aws_lc_rs::agreement::{ECDH_P521, EphemeralPrivateKey, PublicKey, UnparsedPublicKey, agree_ephemeral};
use aws_lc_rs::rand::SystemRandom;
use rustls::crypto::{ActiveKeyExchange, GetRandomFailed, SharedSecret, SupportedKxGroup};
use rustls::ffdhe_groups::FfdheGroup;
use rustls::{Error, NamedGroup, PeerMisbehaved};

/// secp521r1.
#[derive(Debug)]
pub(crate) struct P521;

struct Exchange {
    key: EphemeralPrivateKey,
    share: PublicKey,
}

/// An uncompressed point: 4, x, y (RFC 8446 §4.2.8.2).
const UNCOMPRESSED: u8 = 4;
const POINT: usize = 1 + 2 * 66;

impl SupportedKxGroup for P521 {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        let key = EphemeralPrivateKey::generate(&ECDH_P521, &SystemRandom::new()).map_err(|_| GetRandomFailed)?;
        let share = key.compute_public_key().map_err(|_| GetRandomFailed)?;
        Ok(Box::new(Exchange { key, share }))
    }

    fn ffdhe_group(&self) -> Option<FfdheGroup<'static>> {
        None
    }

    fn name(&self) -> NamedGroup {
        NamedGroup::secp521r1
    }
}

impl ActiveKeyExchange for Exchange {
    fn complete(self: Box<Self>, peer: &[u8]) -> Result<SharedSecret, Error> {
        let refused = Error::from(PeerMisbehaved::InvalidKeyShare);
        if peer.len() != POINT || peer[0] != UNCOMPRESSED {
            return Err(refused);
        }
        let peer = UnparsedPublicKey::new(&ECDH_P521, peer);
        agree_ephemeral(self.key, peer, refused, |secret| Ok(SharedSecret::from(secret)))
    }

    fn pub_key(&self) -> &[u8] {
        self.share.as_ref()
    }

    fn group(&self) -> NamedGroup {
        NamedGroup::secp521r1
    }

    fn ffdhe_group(&self) -> Option<FfdheGroup<'static>> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_agree() {
        let (one, other) = (P521.start().unwrap(), P521.start().unwrap());
        let (share, others) = (one.pub_key().to_vec(), other.pub_key().to_vec());
        let (one, other) = (one.complete(&others).unwrap(), other.complete(&share).unwrap());
        assert_eq!(one.secret_bytes(), other.secret_bytes());
        assert_eq!(one.secret_bytes().len(), 66);
    }

    #[test]
    fn what_is_no_share() {
        let share = P521.start().unwrap().pub_key().to_vec();
        let mut off_the_curve = share.clone();
        off_the_curve[100] ^= 1;
        let mut compressed = share[..67].to_vec();
        compressed[0] = 2;
        for bad in [&off_the_curve[..], &share[..132], &compressed, &[], &[0; 133]] {
            assert!(P521.start().unwrap().complete(bad).is_err());
        }
    }
}
