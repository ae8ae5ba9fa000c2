//! Our certificates as the engine presents them, and what a connection derives from its keys.

use std::ffi::{c_char, c_int, c_uchar};
use std::sync::Arc;

use standin_boundary::memory;
use standin_engine::{Connection, Identity};

use super::{SSL, config, with};
use crate::ctx::chain::ChainSource;
use crate::ctx::identities::Known;
use crate::error::{self, Reason, reason};
use crate::libcrypto::stack;
use crate::libcrypto::store::X509_STORE_get0_objects;
use crate::libcrypto::{Owned, X509, X509_STORE};
use crate::set::credentials::{Kind, Slot};
use crate::set::key;

/// SSL_MODE_NO_AUTO_CHAIN.
const NO_AUTO_CHAIN: u32 = 8;

/// The store that completes chains which were not given.
fn chain_store(ssl: &SSL) -> Option<Owned<X509_STORE>> {
    if ssl.switches.mode & NO_AUTO_CHAIN != 0 {
        return None;
    }
    Some(ssl.settings.chain_store.clone().unwrap_or_else(|| ssl.ctx().read(|state| state.store.clone())))
}

/// How much is in a store. What was found in it once is found again until something is added.
fn count(store: &Owned<X509_STORE>) -> c_int {
    // SAFETY: live; the list is only counted.
    c_int::try_from(unsafe { stack::len(X509_STORE_get0_objects(store.as_ptr())) }).unwrap_or(c_int::MAX)
}

/// How much is in the store that completes the chains of `ssl`.
pub fn trusted_count(ssl: &SSL) -> i32 {
    chain_store(ssl).map_or(0, |store| count(&store))
}

/// The slot's certificate, chain and key; `None` when the key cannot sign in TLS.
pub fn identity(ssl: &SSL, slot: &Slot) -> Option<Identity> {
    let (certificate, key) = (slot.certificate.as_ref()?, slot.key.as_ref()?);
    let explicit = match &slot.chain {
        Some(chain) => Some(chain.clone()),
        None => ssl.ctx().read(|state| state.extra.clone()),
    };
    let store = if explicit.is_some() { None } else { chain_store(ssl).map(|store| (count(&store), store)) };
    // SAFETY: the list keeps its elements live.
    let rest: Vec<Owned<X509>> =
        explicit.iter().flat_map(|chain| chain.iter().filter_map(|x| unsafe { Owned::retained(x) })).collect();

    let same = |known: &Known| {
        known.certificate.as_ptr() == certificate.as_ptr()
            && known.key.as_ptr() == key.as_ptr()
            && known.rest.iter().map(Owned::as_ptr).eq(rest.iter().map(Owned::as_ptr))
            && known.store.as_ref().map(|(store, count)| (store.as_ptr(), *count))
                == store.as_ref().map(|(count, store)| (store.as_ptr(), *count))
    };
    if let Some(found) = ssl.ctx().identities.find(same) {
        return Some(found);
    }
    // With nothing locked: a key's provider and a store's look-up may be the program's.
    let source = ssl.ctx().read(|state| ChainSource::new(state, &ssl.ctx().library, &ssl.switches, &ssl.settings));
    let identity = source.identity(slot)?;
    let store = store.map(|(_, store)| {
        let count = count(&store);
        (store, count)
    });
    let known = Known { certificate: certificate.clone(), key: key.clone(), rest, store, identity: identity.clone() };
    ssl.ctx().identities.keep(known);
    Some(identity)
}

/// The identity with only those schemes that the program allows; `None` when none is left.
pub fn within(identity: Identity, allowed: &[u16]) -> Option<Identity> {
    let key = key::restricted(&identity.key, allowed);
    (!key.schemes().is_empty()).then_some(Identity { key, ..identity })
}

/// A server's identities of these kinds, in the order in which OpenSSL's default schemes prefer them.
pub fn server_identities(ssl: &SSL, kinds: &[Kind]) -> Vec<Identity> {
    let complete = ssl.settings.credentials.complete();
    let mut slots: Vec<(Kind, &Slot)> = complete.filter(|(kind, _)| kinds.contains(kind)).collect();
    slots.sort_by_key(|(kind, _)| match kind {
        Kind::Ec => 0,
        Kind::Ed25519 => 1,
        Kind::Rsa => 2,
        _ => 3,
    });
    let ocsp = ssl.ocsp_response.as_deref().map(Arc::from);
    slots
        .into_iter()
        .filter_map(|(_, slot)| identity(ssl, slot))
        .map(|identity| Identity { ocsp: ocsp.clone(), ..identity })
        .filter_map(|identity| match config::own_schemes(ssl) {
            None => Some(identity),
            Some(allowed) => within(identity, allowed),
        })
        .collect()
}

versioned! {
    /// Keying material, RFC 8446 §7.5 and RFC 5705: 1, 0 or -1.
    pub unsafe extern "C" fn SSL_export_keying_material(
        ssl: *mut SSL,
        out: *mut c_uchar,
        out_len: usize,
        label: *const c_char,
        label_len: usize,
        context: *const c_uchar,
        context_len: usize,
        use_context: c_int,
    ) -> c_int {
        // SAFETY: the program's pointer.
        let established = unsafe {
            with(ssl, |ssl| ssl.connection.as_ref().is_some_and(|connection| connection.is_established()))
        };
        if established != Some(true) {
            return -1; // no session yet
        }
        if out.is_null() || label.is_null() || (use_context != 0 && context.is_null() && context_len != 0) {
            error::raise(Reason::PASSED_NULL_PARAMETER);
            return 0;
        }
        const FORBIDDEN: [&[u8]; 5] =
            [b"client finished", b"server finished", b"master secret", b"extended master secret", b"key expansion"];
        // SAFETY: the program's buffers are as long as it says.
        unsafe {
            let given = use_context != 0;
            let (Some(out), Some(label), Some(context)) = (
                memory::room(out, out_len),
                memory::items(label.cast::<u8>(), label_len),
                memory::items(context, if given { context_len } else { 0 }),
            ) else {
                error::raise(Reason::INTERNAL_ERROR);
                return 0;
            };
            let context = given.then_some(context);
            let exported = with(ssl, |ssl| {
                // What the handshake itself derives (RFC 5705 §4).
                if !ssl.is_tls13() && FORBIDDEN.iter().any(|forbidden| label.starts_with(forbidden)) {
                    return Some(Err(reason::TLS_ILLEGAL_EXPORTER_LABEL));
                }
                let connection = ssl.connection.as_ref()?;
                Some(connection.export(out, label, context).map_err(|_| Reason::INTERNAL_ERROR))
            });
            match exported.flatten() {
                Some(Ok(())) => 1,
                Some(Err(why)) => {
                    error::raise(why);
                    0
                }
                None => -1,
            }
        }
    }

    /// Queues a KeyUpdate (TLS 1.3), to be sent with what is written next.
    pub unsafe extern "C" fn SSL_key_update(ssl: *mut SSL, kind: c_int) -> c_int {
        const NOT_REQUESTED: c_int = 0;
        const REQUESTED: c_int = 1;
        // SAFETY: the program's pointer.
        let result = unsafe { with(ssl, |ssl| {
            if !ssl.is_tls13() {
                return Err(reason::WRONG_SSL_VERSION);
            }
            if kind != NOT_REQUESTED && kind != REQUESTED {
                return Err(reason::INVALID_KEY_UPDATE_TYPE);
            }
            if ssl.in_init() {
                return Err(reason::STILL_IN_INIT);
            }
            if ssl.write.is_some() {
                return Err(reason::BAD_WRITE_RETRY);
            }
            ssl.key_update = Some(kind == REQUESTED);
            Ok(())
        }) };
        match result {
            Some(Ok(())) => 1,
            Some(Err(why)) => {
                error::raise(why);
                0
            }
            None => 0,
        }
    }

    /// The KeyUpdate that waits to be sent.
    pub unsafe extern "C" fn SSL_get_key_update_type(ssl: *const SSL) -> c_int {
        const NONE: c_int = -1;
        // SAFETY: the program's pointer.
        unsafe { with(ssl, |ssl| {
            let owed = ssl.connection.as_ref().is_some_and(Connection::owes_key_update).then_some(false);
            ssl.key_update.or(owed).map_or(NONE, c_int::from)
        }) }
        .unwrap_or(NONE)
    }

    /// client random; its length when `len` is 0.
    pub unsafe extern "C" fn SSL_get_client_random(ssl: *const SSL, out: *mut c_uchar, len: usize) -> usize {
        // SAFETY: the program's buffer.
        unsafe { copy_out(random(ssl, |agreed| agreed.client_random), out, len) }
    }

    /// server random; its length when `len` is 0.
    pub unsafe extern "C" fn SSL_get_server_random(ssl: *const SSL, out: *mut c_uchar, len: usize) -> usize {
        // SAFETY: the program's buffer.
        unsafe { copy_out(random(ssl, |agreed| agreed.server_random), out, len) }
    }

    /// verify_data of our Finished: its length, and as much of it as fits.
    pub unsafe extern "C" fn SSL_get_finished(ssl: *const SSL, out: *mut std::ffi::c_void, len: usize) -> usize {
        // SAFETY: the program's buffer.
        unsafe { finished(ssl, out.cast(), len, |agreed| &agreed.finished.0) }
    }

    /// verify_data of the peer's Finished.
    pub unsafe extern "C" fn SSL_get_peer_finished(ssl: *const SSL, out: *mut std::ffi::c_void, len: usize) -> usize {
        // SAFETY: the program's buffer.
        unsafe { finished(ssl, out.cast(), len, |agreed| &agreed.finished.1) }
    }
}

unsafe fn random(ssl: *const SSL, pick: impl Fn(&standin_engine::Established) -> [u8; 32]) -> [u8; 32] {
    // SAFETY: the caller's promise.
    unsafe { with(ssl, |ssl| ssl.agreed().map(&pick)) }.flatten().unwrap_or_default()
}

unsafe fn copy_out(bytes: [u8; 32], out: *mut c_uchar, len: usize) -> usize {
    if len == 0 {
        return bytes.len();
    }
    let len = len.min(bytes.len());
    // SAFETY: the caller's buffer is at least that long.
    unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), out, len) };
    len
}

unsafe fn finished(
    ssl: *const SSL,
    out: *mut u8,
    len: usize,
    pick: impl Fn(&standin_engine::Established) -> &standin_engine::VerifyData,
) -> usize {
    // SAFETY: the caller's buffer is `len` bytes.
    unsafe {
        with(ssl, |ssl| {
            let Some(agreed) = ssl.agreed() else { return 0 };
            let data = pick(agreed);
            if !out.is_null() {
                std::ptr::copy_nonoverlapping(data.as_ptr(), out, len.min(data.len()));
            }
            data.len()
        })
    }
    .unwrap_or(0)
}
