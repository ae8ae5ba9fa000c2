//! The rest of the own chain, set or built by the program.

use std::ffi::{CStr, c_int, c_long};

use super::Owner;
use crate::ctx::chain::{Place, find};
use crate::error::{self, Reason, reason};
use crate::libcrypto::stack::{self, Certificates};
use crate::libcrypto::store::X509_STORE_add_cert;
use crate::libcrypto::x509::{EXFLAG_SELF_SIGNED, X509_get_extension_flags, X509_verify_cert_error_string};
use crate::libcrypto::{OPENSSL_STACK, Owned, X509, X509_STORE, err};
use crate::set::credentials::{answer, shared_chain};

/// SSL_BUILD_CHAIN_FLAG_*.
mod flag {
    use std::ffi::c_long;
    pub const UNTRUSTED: c_long = 0x1;
    pub const NO_ROOT: c_long = 0x2;
    pub const CHECK: c_long = 0x4;
    pub const IGNORE_ERROR: c_long = 0x8;
    pub const CLEAR_ERROR: c_long = 0x10;
}

/// SSL_CTRL_CHAIN. With `share` the list stays the program's, else it is taken over.
///
/// # Safety
/// As for [`Owner::look`]; `list` is NULL or a live STACK_OF(X509).
pub unsafe fn set(owner: Owner, list: *mut OPENSSL_STACK, share: bool) -> c_int {
    // SAFETY: the caller's promise.
    unsafe {
        for index in 0..stack::len(list) {
            if let Err(reason) = owner.admits(stack::at(list, index), false) {
                return answer(Err(reason));
            }
        }
        let put = |chain| owner.set(|settings| settings.credentials.current_mut().chain = chain).map_or(0, |()| 1);
        if share || list.is_null() {
            return put(shared_chain(list));
        }
        if owner.look(|_, _| ()).is_none() {
            return 0;
        }
        put(Certificates::from_raw(list))
    }
}

/// SSL_CTRL_CHAIN_CERT. With `share` the certificate stays the program's, else it is taken over.
///
/// # Safety
/// As for [`Owner::look`]; `certificate` is NULL or live.
pub unsafe fn add(owner: Owner, certificate: *mut X509, share: bool) -> c_int {
    // SAFETY: the caller's promise; on failure the reference stays the caller's.
    unsafe {
        if certificate.is_null() {
            error::raise(Reason::PASSED_NULL_PARAMETER);
            return 0;
        }
        if let Err(reason) = owner.admits(certificate, false) {
            return answer(Err(reason));
        }
        let Some(held) = Owned::retained(certificate) else { return 0 };
        let added = owner.set(|settings| {
            let chain = &mut settings.credentials.current_mut().chain;
            if chain.is_none() {
                *chain = Certificates::new();
            }
            chain.as_mut().is_some_and(|chain| chain.push(held))
        });
        if added == Some(true) && !share {
            drop(Owned::from_raw(certificate));
        }
        c_int::from(added == Some(true))
    }
}

/// SSL_CTRL_BUILD_CERT_CHAIN: completes the current chain from the store.
///
/// # Safety
/// As for [`Owner::look`].
pub unsafe fn build(owner: Owner, flags: c_long) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { try_build(owner, flags) }.unwrap_or_else(|reason| answer(Err(reason)))
}

unsafe fn try_build(owner: Owner, flags: c_long) -> Result<c_int, Option<Reason>> {
    // SAFETY: the caller's promise.
    unsafe {
        let (leaf, chain, chain_store) = owner
            .look(|_, settings| {
                let slot = settings.credentials.current();
                (slot.certificate.clone(), slot.chain.clone(), settings.chain_store.clone())
            })
            .ok_or(None)?;
        let leaf = leaf.ok_or(reason::NO_CERTIFICATE_SET)?;
        let context = owner.context().ok_or(None)?;
        let (store, untrusted) = if flags & flag::CHECK != 0 {
            (store_of(&leaf, &chain).ok_or(None)?, None)
        } else {
            let store = chain_store.unwrap_or_else(|| context.read(|state| state.store.clone()));
            (store, chain.filter(|_| flags & flag::UNTRUSTED != 0))
        };
        let found = find(Place::of(&context.library), &store, &leaf, &untrusted)?;
        let mut answer = 1;
        if found.code != 0 || found.failed {
            if flags & flag::IGNORE_ERROR == 0 {
                let text = CStr::from_ptr(X509_verify_cert_error_string(c_long::from(found.code)));
                let detail = [b"Verify error:", text.to_bytes()].concat();
                let detail = std::ffi::CString::new(detail).unwrap_or_default();
                error::raise_with(reason::CERTIFICATE_VERIFY_FAILED, Some(&detail));
                return Ok(0);
            }
            if flags & flag::CLEAR_ERROR != 0 {
                err::clear();
            }
            answer = 2;
        }
        let mut chain = found.chain.ok_or(None)?;
        drop(chain.shift());
        if flags & flag::NO_ROOT != 0 && !chain.is_empty() {
            let last = chain.at(chain.len() - 1);
            if X509_get_extension_flags(last) & EXFLAG_SELF_SIGNED != 0 {
                drop(chain.pop());
            }
        }
        for certificate in chain.iter() {
            owner.admits(certificate, false)?;
            // An error that was ignored is only told of when nothing was left to check after it.
            answer = 1;
        }
        owner.set(|settings| settings.credentials.current_mut().chain = Some(chain)).ok_or(None)?;
        Ok(answer)
    }
}

/// A store of nothing but this chain.
fn store_of(leaf: &Owned<X509>, chain: &Option<Certificates>) -> Option<Owned<X509_STORE>> {
    let store = Owned::<X509_STORE>::new()?;
    let certificates = chain.iter().flat_map(Certificates::iter).chain([leaf.as_ptr()]);
    for certificate in certificates {
        // SAFETY: both are live; the store takes a reference of its own.
        if unsafe { X509_STORE_add_cert(store.as_ptr(), certificate) } == 0 {
            return None;
        }
    }
    Some(store)
}
