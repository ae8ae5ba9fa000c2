//! Signatures that were found to be right.
//!
//! Whether one is follows from the key, the scheme, the message and the signature, and from nothing else: no clock, no
//! store, no policy. The certificates of a peer come with each connection, in objects of their own each time; what was
//! computed for them once holds. Of a signature that is wrong nothing is kept.

use std::collections::{HashSet, VecDeque};
use std::sync::Mutex;

use aws_lc_rs::digest::{Context, SHA256};

use crate::key::{Key, Scheme};

/// So many are remembered, and the oldest go first.
const MOST: usize = 1024;

/// SHA-256 of all that the answer follows from.
type Name = [u8; 32];

#[derive(Default)]
struct Verified {
    names: HashSet<Name>,
    order: VecDeque<Name>,
}

impl Verified {
    fn add(&mut self, name: Name) {
        if !self.names.insert(name) {
            return;
        }
        self.order.push_back(name);
        if self.order.len() > MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.names.remove(&oldest);
        }
    }
}

static VERIFIED: Mutex<Option<Verified>> = Mutex::new(None);

/// Runs `work` on what is remembered, unless somebody else is at it: nobody waits, not even in a process that was forked
/// meanwhile.
fn with<T>(work: impl FnOnce(&mut Verified) -> T) -> Option<T> {
    VERIFIED.try_lock().ok().map(|mut verified| work(verified.get_or_insert_default()))
}

fn name(key: &Key, scheme: Scheme, message: &[u8], signature: &[u8]) -> Name {
    let mut context = Context::new(&SHA256);
    context.update(&scheme.digest.to_be_bytes());
    context.update(&[scheme.pss.into()]);
    for part in [&key.spki, message, signature] {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    context.finish().as_ref().try_into().expect("as long as SHA-256's")
}

impl Key {
    /// [`Key::verify`] for what comes again and again, as certificates do.
    pub fn verify_once(&self, scheme: Scheme, message: &[u8], signature: &[u8]) -> bool {
        let name = name(self, scheme, message, signature);
        if with(|verified| verified.names.contains(&name)) == Some(true) {
            return true;
        }
        let right = self.verify(scheme, message, signature);
        if right {
            with(|verified| verified.add(name));
        }
        right
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nid;

    #[test]
    fn the_same_is_known_and_nothing_else() {
        let key = |()| Key::generate(nid::EC, nid::P256, 0).expect("a key");
        let (key, other) = (key(()), key(()));
        let sha256 = Scheme { digest: nid::SHA256, pss: false };
        let sha384 = Scheme { digest: nid::SHA384, pss: false };
        let signature = key.sign(sha256, b"message").expect("a signature");
        let is_known = |key: &Key, scheme, message: &[u8], signature: &[u8]| {
            let name = name(key, scheme, message, signature);
            with(|verified| verified.names.contains(&name)).expect("nobody else")
        };
        for _ in 0..2 {
            assert!(key.verify_once(sha256, b"message", &signature));
            assert!(is_known(&key, sha256, b"message", &signature));
            let mut wrong = signature.clone();
            *wrong.last_mut().unwrap() ^= 1;
            for (key, scheme, message, signature) in [
                (&other, sha256, &b"message"[..], &signature),
                (&key, sha384, b"message", &signature),
                (&key, sha256, b"massage", &signature),
                (&key, sha256, b"messag", &[b"e", &signature[..]].concat()),
                (&key, sha256, b"message", &wrong),
            ] {
                assert!(!key.verify_once(scheme, message, signature));
                assert!(!is_known(key, scheme, message, signature));
            }
        }
    }

    #[test]
    fn the_oldest_go() {
        let mut verified = Verified::default();
        let name = |number: usize| std::array::from_fn(|at| if at < 8 { number.to_be_bytes()[at] } else { 0 });
        (0..MOST + 5).for_each(|number| verified.add(name(number)));
        verified.add(name(MOST));
        assert_eq!((verified.names.len(), verified.order.len()), (MOST, MOST));
        assert!(!verified.names.contains(&name(4)) && verified.names.contains(&name(5)));
    }
}
