//! gnutls_certificate_credentials_t: the original's object, and what is kept beside it here: the callbacks, and its keys
//! as the engine signs with them.

use std::collections::HashMap;
use std::ffi::{CString, c_char, c_int, c_uint, c_void};
use std::ptr;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use standin_engine::{Identity, PrivateKey, SignatureScheme, key_from_der};

use crate::error::code;
use crate::priority::SCHEMES;
use crate::types::*;

/// What a program has set on credentials, beside certificates and keys.
#[derive(Clone, Copy, Default)]
pub struct Callbacks {
    pub verify: Option<VerifyFunction>,
    pub retrieve: Option<Retrieve>,
}

/// A function that chooses a certificate, in one of its three forms.
#[derive(Clone, Copy)]
pub enum Retrieve {
    First(RetrieveFunction),
    Second(RetrieveFunction2),
    Third(RetrieveFunction3),
}

/// What is kept beside credentials.
#[derive(Default)]
struct Beside {
    callbacks: Callbacks,
    /// Keys that were given as such, by the address of their leaf's DER in the credentials: they may be on a token.
    keys: Vec<(usize, Key)>,
    /// Identities made before, by the address of their leaf.
    identities: Vec<(usize, Identity)>,
}

/// By the address of the credentials.
static BESIDE: LazyLock<Mutex<HashMap<usize, Beside>>> = LazyLock::new(Mutex::default);

fn beside<T>(cred: gnutls_certificate_credentials_t, look: impl FnOnce(&mut Beside) -> T) -> T {
    look(BESIDE.lock().unwrap_or_else(PoisonError::into_inner).entry(cred as usize).or_default())
}

/// The callbacks of credentials.
pub fn callbacks(cred: gnutls_certificate_credentials_t) -> Callbacks {
    if cred.is_null() { Callbacks::default() } else { beside(cred, |beside| beside.callbacks) }
}

/// A private key of the original's that the credentials own.
#[derive(Clone, Copy)]
struct Key(gnutls_privkey_t);

// SAFETY: the original's keys sign from any thread.
unsafe impl Send for Key {}
// SAFETY: as above.
unsafe impl Sync for Key {}

/// Signs through the original: a key on a token, or a function of the program's.
pub struct ForeignKey {
    key: Key,
    owned: bool,
    schemes: Vec<SignatureScheme>,
}

impl ForeignKey {
    /// # Safety
    /// `key` is live as long as this, or `owned` by it.
    pub unsafe fn new(key: gnutls_privkey_t, owned: bool) -> ForeignKey {
        // SAFETY: the caller's promise.
        let algorithm = unsafe { gnutls_privkey_get_pk_algorithm(key, ptr::null_mut()) };
        let schemes = match algorithm {
            pk::RSA => vec![0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601],
            pk::ECDSA => vec![0x0403, 0x0503],
            pk::ED25519 => vec![0x0807],
            _ => Vec::new(),
        };
        ForeignKey { key: Key(key), owned, schemes }
    }
}

/// gnutls_pk_algorithm_t.
pub mod pk {
    use std::ffi::c_int;
    pub const RSA: c_int = 1;
    pub const ECDSA: c_int = 4;
    pub const RSA_PSS: c_int = 6;
    pub const ED25519: c_int = 7;
}

impl Drop for ForeignKey {
    fn drop(&mut self) {
        if self.owned {
            // SAFETY: ours, and not used again.
            unsafe { gnutls_privkey_deinit(self.key.0) };
        }
    }
}

impl std::fmt::Debug for ForeignKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ForeignKey").field("schemes", &self.schemes).finish_non_exhaustive()
    }
}

impl PrivateKey for ForeignKey {
    fn schemes(&self) -> &[SignatureScheme] {
        &self.schemes
    }

    fn sign(&self, scheme: SignatureScheme, message: &[u8]) -> Result<Vec<u8>, standin_engine::Error> {
        let algorithm = SCHEMES.iter().find(|(_, code)| *code == scheme).map(|(algorithm, _)| *algorithm);
        let algorithm = algorithm.ok_or(standin_engine::Error::WrongState)?;
        let (data, mut signature) = (gnutls_datum_t::naming(message), gnutls_datum_t::EMPTY);
        // SAFETY: live; what comes out is ours to free.
        unsafe {
            if gnutls_privkey_sign_data2(self.key.0, algorithm as c_int, 0, &data, &mut signature) < 0 {
                return Err(standin_engine::Error::WrongState);
            }
            let bytes = signature.bytes().to_vec();
            free(signature.data);
            Ok(bytes)
        }
    }
}

/// A key of the original's as the engine signs with it: imported if it can be, else left where it is.
///
/// # Safety
/// `key` is live as long as the result, or `owned` by it.
pub unsafe fn signing_key(key: gnutls_privkey_t, owned: bool) -> Option<Arc<dyn PrivateKey>> {
    // SAFETY: the caller's promise.
    unsafe {
        let mut x509 = ptr::null_mut();
        if gnutls_privkey_export_x509(key, &mut x509) >= 0 {
            let imported = import(x509);
            gnutls_x509_privkey_deinit(x509);
            if let Some(imported) = imported {
                if owned {
                    gnutls_privkey_deinit(key);
                }
                return Some(imported);
            }
        }
        let foreign = ForeignKey::new(key, owned);
        (!foreign.schemes.is_empty()).then(|| Arc::new(foreign) as Arc<dyn PrivateKey>)
    }
}

/// Imports an X.509 private key into the engine.
unsafe fn import(key: *mut c_void) -> Option<Arc<dyn PrivateKey>> {
    const PLAIN: c_uint = 1;
    let mut der = gnutls_datum_t::EMPTY;
    // SAFETY: live; what comes out is wiped and freed.
    unsafe {
        if gnutls_x509_privkey_export2_pkcs8(key, DER, ptr::null(), PLAIN, &mut der) < 0 {
            return None;
        }
        let imported = key_from_der(der.bytes()).ok();
        zeroize::Zeroize::zeroize(std::slice::from_raw_parts_mut(der.data, der.size as usize));
        free(der.data);
        imported
    }
}

/// The chains of the credentials, as DER; each with the address of its leaf, which tells it from others.
unsafe fn chains(cred: gnutls_certificate_credentials_t) -> Vec<(usize, Vec<Arc<[u8]>>)> {
    let mut chains = Vec::new();
    for index in 0.. {
        let (mut chain, mut address): (Vec<Arc<[u8]>>, _) = (Vec::new(), 0);
        for place in 0.. {
            let mut der = gnutls_datum_t::EMPTY;
            // SAFETY: the original's live object; what it names stays its own.
            unsafe {
                if gnutls_certificate_get_crt_raw(cred, index, place, &mut der) < 0 {
                    break;
                }
                address = if place == 0 { der.data as usize } else { address };
                chain.push(Arc::from(der.bytes()));
            }
        }
        if chain.is_empty() {
            break;
        }
        chains.push((address, chain));
    }
    chains
}

/// The identities in credentials, in order.
///
/// # Safety
/// `cred` is NULL or the original's live object.
pub unsafe fn identities(cred: gnutls_certificate_credentials_t) -> Vec<Identity> {
    if cred.is_null() {
        return Vec::new();
    }
    // SAFETY: the caller's promise.
    let chains = unsafe { chains(cred) };
    let mut identities = Vec::new();
    for (index, (address, chain)) in chains.into_iter().enumerate() {
        let (kept, given) = beside(cred, |beside| {
            let kept = beside.identities.iter().find(|(known, identity)| *known == address && identity.chain == chain);
            let given = beside.keys.iter().find(|(known, _)| *known == address);
            (kept.map(|(_, identity)| identity.clone()), given.map(|(_, key)| *key))
        });
        if let Some(identity) = kept {
            identities.push(identity);
            continue;
        }
        // SAFETY: as above; the credentials own the key.
        let key = unsafe {
            match given {
                Some(key) => signing_key(key.0, false),
                None => own_key(cred, index),
            }
        };
        if let Some(key) = key {
            let identity = Identity { chain, key, ocsp: None };
            beside(cred, |beside| {
                beside.identities.retain(|(known, _)| *known != address);
                beside.identities.push((address, identity.clone()));
            });
            identities.push(identity);
        }
    }
    identities
}

/// The key at `index`.
unsafe fn own_key(cred: gnutls_certificate_credentials_t, index: usize) -> Option<Arc<dyn PrivateKey>> {
    let mut key = ptr::null_mut();
    // SAFETY: the original's live object; the copy is ours to free.
    unsafe {
        if gnutls_certificate_get_x509_key(cred, c_uint::try_from(index).ok()?, &mut key) < 0 {
            return None;
        }
        let imported = import(key);
        gnutls_x509_privkey_deinit(key);
        imported
    }
}

/// A certificate of the original's, from DER; freed when dropped.
pub struct Certificate(pub gnutls_x509_crt_t);

impl Certificate {
    pub fn new(der: &[u8]) -> Option<Certificate> {
        let (mut certificate, data) = (ptr::null_mut(), gnutls_datum_t::naming(der));
        // SAFETY: a place for the object; the data is only read.
        unsafe {
            if gnutls_x509_crt_init(&mut certificate) < 0 {
                return None;
            }
            let certificate = Certificate(certificate);
            (gnutls_x509_crt_import(certificate.0, &data, DER) >= 0).then_some(certificate)
        }
    }
}

impl Drop for Certificate {
    fn drop(&mut self) {
        // SAFETY: ours.
        unsafe { gnutls_x509_crt_deinit(self.0) };
    }
}

/// Puts the identities that are for `name` first.
pub fn prefer_name(identities: &mut [Identity], name: &[u8]) {
    let Ok(name) = CString::new(name) else { return };
    let is_for = |identity: &Identity| {
        let certificate = identity.chain.first().and_then(|der| Certificate::new(der));
        // SAFETY: live.
        certificate.is_some_and(|one| unsafe { gnutls_x509_crt_check_hostname(one.0, name.as_ptr()) } != 0)
    };
    if identities.len() > 1 {
        identities.sort_by_key(|identity| !is_for(identity));
    }
}

/// The issuer of a certificate, DER of X.501 Name.
pub fn issuer(der: &[u8]) -> Option<Vec<u8>> {
    let certificate = Certificate::new(der)?;
    let mut name = gnutls_datum_t::EMPTY;
    // SAFETY: live; what comes out is ours to free.
    unsafe {
        if gnutls_x509_crt_get_raw_issuer_dn(certificate.0, &mut name) < 0 {
            return None;
        }
        let der = name.bytes().to_vec();
        free(name.data);
        Some(der)
    }
}

/// The names of the CAs in the credentials' trust list, DER of X.501 Name.
///
/// # Safety
/// `cred` is NULL or the original's live object.
pub unsafe fn authorities(cred: gnutls_certificate_credentials_t) -> Vec<Vec<u8>> {
    let mut names: Vec<Vec<u8>> = Vec::new();
    if cred.is_null() {
        return names;
    }
    let (mut list, mut iterator) = (ptr::null_mut(), ptr::null_mut());
    // SAFETY: the caller's promise; each certificate that comes is ours to free.
    unsafe {
        gnutls_certificate_get_trust_list(cred, &mut list);
        if list.is_null() {
            return names;
        }
        loop {
            let mut certificate = ptr::null_mut();
            if gnutls_x509_trust_list_iter_get_ca(list, &mut iterator, &mut certificate) < 0 {
                break;
            }
            let certificate = Certificate(certificate);
            let mut name = gnutls_datum_t::EMPTY;
            if gnutls_x509_crt_get_raw_dn(certificate.0, &mut name) >= 0 {
                let der = name.bytes().to_vec();
                free(name.data);
                if !names.contains(&der) {
                    names.push(der);
                }
            }
        }
    }
    names
}

unsafe fn set(cred: gnutls_certificate_credentials_t, change: impl FnOnce(&mut Callbacks)) {
    if !cred.is_null() {
        beside(cred, |beside| change(&mut beside.callbacks));
    }
}

versioned! {
    /// Frees the credentials.
    pub unsafe extern "C" fn gnutls_certificate_free_credentials(sc: gnutls_certificate_credentials_t) {
        BESIDE.lock().unwrap_or_else(PoisonError::into_inner).remove(&(sc as usize));
        // SAFETY: the program's object, which it does not use again.
        unsafe { original!(gnutls_certificate_free_credentials(sc => gnutls_certificate_credentials_t) -> (), or ()) };
    }

    /// Adds a chain with its key, which may be anywhere; the credentials take the key over.
    pub unsafe extern "C" fn gnutls_certificate_set_key(
        res: gnutls_certificate_credentials_t,
        names: *mut *const c_char,
        names_size: c_int,
        pcert_list: *mut gnutls_pcert_st,
        pcert_list_size: c_int,
        key: gnutls_privkey_t,
    ) -> c_int {
        // SAFETY: the program's pointers, handed on.
        unsafe {
            let before = chains(res).len();
            let answer = original!(gnutls_certificate_set_key(
                res => gnutls_certificate_credentials_t, names => *mut *const c_char, names_size => c_int,
                pcert_list => *mut gnutls_pcert_st, pcert_list_size => c_int, key => gnutls_privkey_t,
            ) -> c_int, or code::INTERNAL_ERROR);
            if answer >= 0 && let Some((address, _)) = chains(res).get(before) {
                beside(res, |beside| beside.keys.push((*address, Key(key))));
            }
            answer
        }
    }

    /// Judges the peer's certificate in the handshake and after it.
    pub unsafe extern "C" fn gnutls_certificate_set_verify_function(cred: gnutls_certificate_credentials_t, func: Option<VerifyFunction>) {
        // SAFETY: the program's object.
        unsafe { set(cred, |callbacks| callbacks.verify = func) };
    }

    /// Chooses the certificate to present.
    pub unsafe extern "C" fn gnutls_certificate_set_retrieve_function(cred: gnutls_certificate_credentials_t, func: Option<RetrieveFunction>) {
        // SAFETY: the program's object.
        unsafe { set(cred, |callbacks| callbacks.retrieve = func.map(Retrieve::First)) };
    }

    /// Chooses the certificate to present.
    pub unsafe extern "C" fn gnutls_certificate_set_retrieve_function2(cred: gnutls_certificate_credentials_t, func: Option<RetrieveFunction2>) {
        // SAFETY: the program's object.
        unsafe { set(cred, |callbacks| callbacks.retrieve = func.map(Retrieve::Second)) };
    }

    /// Chooses the certificate to present.
    pub unsafe extern "C" fn gnutls_certificate_set_retrieve_function3(cred: gnutls_certificate_credentials_t, func: Option<RetrieveFunction3>) {
        // SAFETY: the program's object.
        unsafe { set(cred, |callbacks| callbacks.retrieve = func.map(Retrieve::Third)) };
    }
}
