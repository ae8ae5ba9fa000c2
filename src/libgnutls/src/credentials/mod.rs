//! gnutls_certificate_credentials_t: our certificates, whom we trust, and the program's callbacks.

mod allocate;
mod files;
mod hooks;
pub mod identity;
pub mod key;
mod look;
mod pkcs12;
mod revocation;
mod staple;
mod trust;
pub mod verdicts;

use std::ffi::{c_int, c_uint, c_void};
use std::sync::{Arc, PoisonError, RwLock};

use crate::error;
use crate::gnutls::{Datum, Owned, Pcert, PinCallback, PrivateKey, TrustList};
use crate::session::Handle;
use crate::session::config::Built;

pub use hooks::{Retrieve1, Retrieve2, Retrieve3, RetrieveInfo, Retrieved1};
pub use identity::Entry;

/// gnutls_certificate_verify_function.
pub type VerifyFunction = unsafe extern "C" fn(*mut Handle) -> c_int;
/// gnutls_status_request_ocsp_func.
pub type OcspFunction = unsafe extern "C" fn(*mut Handle, *mut c_void, *mut Datum) -> c_int;

/// GNUTLS_CERTIFICATE_*.
pub mod flag {
    use std::ffi::c_uint;
    pub const SKIP_KEY_CERT_MATCH: c_uint = 1;
    pub const API_V2: c_uint = 1 << 1;
    pub const SKIP_OCSP_RESPONSE_CHECK: c_uint = 1 << 2;
    pub const VERIFY_CRLS: c_uint = 1 << 3;
}

/// What programs hold. Sessions, of several threads perhaps, read it while they run; a program changes it before.
pub struct Certificate {
    state: RwLock<State>,
    /// What sessions with equal settings share.
    pub built: Built,
    /// Chains that were found good.
    pub verdicts: verdicts::Verdicts,
}

/// How a certificate is asked for.
#[derive(Clone, Copy, Default)]
pub enum Retrieve {
    /// Not: it is chosen among those that were set.
    #[default]
    None,
    One(Retrieve1),
    Two(Retrieve2),
    Three(Retrieve3),
}

/// What is in it.
pub struct State {
    /// Counts changes, for what was built from it.
    pub generation: u64,
    pub entries: Vec<Arc<Entry>>,
    pub trust: Owned<TrustList>,
    pub trusted: trust::Trusted,
    /// Names of the CAs, DER, in the order in which they were added.
    pub authorities: Vec<Vec<u8>>,
    pub flags: c_uint,
    pub verify_flags: c_uint,
    pub verify_depth: c_uint,
    pub pin: (Option<PinCallback>, *mut c_void),
    pub retrieve: Retrieve,
    pub verify: Option<VerifyFunction>,
    pub ocsp: Option<(OcspFunction, identity::Pointer)>,
}

// SAFETY: the pointers are the program's, given back to its callbacks only.
unsafe impl Send for State {}
// SAFETY: as above; all changes go through the lock.
unsafe impl Sync for State {}

impl Certificate {
    /// Looks at it, with nothing of the program's called.
    pub fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        state.generation += 1;
        change(&mut state)
    }

    /// Is the key the chain's, where the program has not said that it need not be? A key may be the program's own function,
    /// or ask its PIN function: nothing is locked meanwhile.
    ///
    /// # Safety
    /// All are live.
    unsafe fn check(&self, certs: &[Pcert], key: *mut PrivateKey) -> Result<(), c_int> {
        match self.read(|state| state.flags & flag::SKIP_KEY_CERT_MATCH) {
            // SAFETY: the caller's promise.
            0 => unsafe { identity::check(certs, key) },
            _ => Ok(()),
        }
    }

    /// Takes a chain with its key, which must be the chain's.
    fn add(&self, certs: Certificates, key: Owned<PrivateKey>) -> Result<c_int, c_int> {
        // SAFETY: both are ours.
        unsafe { self.check(certs.as_slice(), key.as_ptr()) }?;
        self.add_checked(certs, key, None)
    }

    /// Takes a chain with its key; its index, or 0 where the program has not asked to be told.
    fn add_checked(
        &self,
        certs: Certificates,
        key: Owned<PrivateKey>,
        names: Option<Vec<Vec<u8>>>,
    ) -> Result<c_int, c_int> {
        let entry = Arc::new(Entry::new(certs, key, names)?);
        self.change(|state| {
            state.entries.push(entry);
            let index = c_int::try_from(state.entries.len() - 1).unwrap_or(0);
            Ok(if state.flags & flag::API_V2 != 0 { index } else { 0 })
        })
    }
}

/// The credentials behind a program's pointer.
///
/// # Safety
/// The pointer is NULL or live.
pub unsafe fn credentials<'a>(pointer: *const Certificate) -> Result<&'a Certificate, c_int> {
    // SAFETY: the caller's promise.
    unsafe { pointer.as_ref() }.ok_or(error::INVALID_REQUEST)
}

/// Parsed certificates that are ours.
#[derive(Default)]
pub struct Certificates(Vec<Pcert>);

// SAFETY: they are only read once they are made.
unsafe impl Send for Certificates {}
// SAFETY: as above.
unsafe impl Sync for Certificates {}

impl Certificates {
    /// Takes over a certificate.
    pub fn push(&mut self, cert: Pcert) {
        self.0.push(cert);
    }

    pub fn as_slice(&self) -> &[Pcert] {
        &self.0
    }
}

impl Drop for Certificates {
    fn drop(&mut self) {
        for cert in &mut self.0 {
            // SAFETY: ours, and not used again.
            unsafe { crate::gnutls::gnutls_pcert_deinit(cert) };
        }
    }
}
