//! What an EVP_PKEY holds: a key, or an older handle that the program has put in, and which it may complete or change later.

use std::ffi::c_int;
use std::ptr;
use std::sync::{Arc, Mutex, PoisonError};

use super::{EC_KEY, Key, RSA, method, rsa_method};
use crate::handle::Held;
use crate::object::{self, nid};

pub enum Content {
    Empty,
    Key(Arc<Key>),
    /// Parameters without a key: NID of a curve.
    Curve(c_int),
    Rsa(Held<RSA>, Signers),
    Ec(Held<EC_KEY>, Signers),
}

impl Content {
    pub fn rsa(rsa: Held<RSA>) -> Self {
        Content::Rsa(rsa, Signers::default())
    }

    pub fn ec(ec: Held<EC_KEY>) -> Self {
        Content::Ec(ec, Signers::default())
    }

    /// The key as it is now.
    pub fn key(&self) -> Option<&Arc<Key>> {
        match self {
            Content::Empty | Content::Curve(_) => None,
            Content::Key(key) => Some(key),
            Content::Rsa(rsa, signers) if rsa.has_own_method() => {
                signers.of(rsa.shared()?, rsa.method as usize, || rsa_method::elsewhere(rsa))
            }
            Content::Rsa(rsa, _) => rsa.shared(),
            Content::Ec(ec, signers) if ec.has_own_method() => {
                // SAFETY: a reference is held.
                signers.of(ec.shared()?, ec.method as usize, || unsafe { method::elsewhere(ec.as_ptr()) })
            }
            Content::Ec(ec, _) => ec.shared(),
        }
    }

    /// The curve, when there is no key.
    pub fn curve_alone(&self) -> Option<c_int> {
        match self {
            Content::Curve(curve) => Some(*curve),
            Content::Ec(ec, _) if ec.shared().is_none() => Some(ec.curve).filter(|curve| *curve != object::UNDEFINED),
            _ => None,
        }
    }

    /// NID of the kind of key; undefined when there is nothing in it.
    pub fn kind(&self) -> c_int {
        match self {
            Content::Empty => object::UNDEFINED,
            Content::Key(key) => key.algorithm,
            Content::Rsa(rsa, _) => rsa.shared().map_or(nid::RSA, |key| key.algorithm),
            Content::Curve(_) | Content::Ec(..) => nid::EC,
        }
    }
}

/// Keys that sign by the methods of the program's that a handle has had, with what they were made of. None goes before the
/// EVP_PKEY does, since it is lent.
#[derive(Default)]
pub struct Signers(Mutex<Vec<Signer>>);

struct Signer {
    made_of: Arc<Key>,
    method: usize,
    #[expect(clippy::redundant_allocation, reason = "it is lent, and stays where it is when others are added")]
    key: Box<Arc<Key>>,
}

impl Signers {
    /// The key of what the handle has now, which is made the first time.
    fn of(&self, key: &Arc<Key>, method: usize, make: impl FnOnce() -> Option<Key>) -> Option<&Arc<Key>> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known.iter().position(|known| Arc::ptr_eq(&known.made_of, key) && known.method == method);
        let at = match found {
            Some(at) => at,
            None => {
                let signer = make()?;
                known.push(Signer { made_of: key.clone(), method, key: Box::new(Arc::new(signer)) });
                known.len() - 1
            }
        };
        // SAFETY: in a box of its own, which lives as long as this.
        Some(unsafe { &*ptr::from_ref(&*known[at].key) })
    }
}
