//! Is the chain that we are to present as strong as the security level wants it? It is asked again when it is sent: the
//! level may have changed since the certificate was set, and what the store adds to it is not known before.

use std::ptr;

use standin_engine::Identity;

use super::{SSL, keys, with};
use crate::error::Reason;
use crate::libcrypto::stack::Certificates;
use crate::libcrypto::{Owned, X509};
use crate::set::credentials::Slot;

/// Up to this level, the default, nothing weak is looked for in what the store adds to a chain.
const USUAL: i32 = 2;

/// The chain of a slot, leaf first; empty where nothing is asked of it.
pub fn of(ssl: &SSL, slot: &Slot, identity: &Identity) -> Vec<Owned<X509>> {
    let security = &ssl.switches.security;
    if security.callback.is_none() && security.level <= 0 {
        return Vec::new();
    }
    let rest = slot.chain.clone().or_else(|| ssl.ctx().read(|state| state.extra.clone()));
    let mut chain: Vec<Owned<X509>> = slot.certificate.iter().cloned().collect();
    match rest {
        // SAFETY: the list keeps its elements live.
        Some(rest) => chain.extend(Certificates::iter(&rest).filter_map(|one| unsafe { Owned::retained(one) })),
        None if security.callback.is_some() || security.level > USUAL => {
            chain.extend(identity.chain.iter().skip(1).filter_map(|der| ssl.ctx().library.certificate(der)));
        }
        None => {}
    }
    chain
}

/// All of the chain of a slot, leaf first.
pub fn whole(ssl: &SSL, slot: &Slot) -> Option<Vec<Owned<X509>>> {
    let identity = keys::identity(ssl, slot)?;
    let rest = slot.chain.clone().or_else(|| ssl.ctx().read(|state| state.extra.clone()));
    let mut chain: Vec<Owned<X509>> = slot.certificate.iter().cloned().collect();
    match rest {
        // SAFETY: the list keeps its elements live.
        Some(rest) => chain.extend(Certificates::iter(&rest).filter_map(|one| unsafe { Owned::retained(one) })),
        None => chain.extend(identity.chain.iter().skip(1).filter_map(|der| ssl.ctx().library.certificate(der))),
    }
    Some(chain)
}

/// # Safety
/// `ssl` is live and not borrowed; a guard keeps it.
pub unsafe fn check(ssl: *mut SSL, chain: &[Owned<X509>]) -> Result<(), Reason> {
    // SAFETY: the caller's promise; the program's callback runs with nothing borrowed.
    unsafe {
        let Some(security) = with(ssl, |ssl| ssl.switches.security) else { return Err(Reason::INTERNAL_ERROR) };
        for (at, certificate) in chain.iter().enumerate() {
            security.admits(ssl.cast_const().cast(), ptr::null(), certificate.as_ptr(), at == 0)?;
        }
    }
    Ok(())
}
