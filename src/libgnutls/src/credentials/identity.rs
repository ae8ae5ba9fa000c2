//! A certificate chain with its key.

use std::ffi::{CStr, c_int};
use std::sync::{Arc, OnceLock};

use standin_boundary::clock;
use standin_engine::Identity;

use super::{Certificates, key};
use crate::error;
use crate::gnutls::{
    self, Datum, Owned, Pcert, PrivateKey, PublicKey, format, gnutls_pubkey_get_key_id, gnutls_pubkey_get_pk_algorithm,
    gnutls_pubkey_import_privkey, gnutls_pubkey_init, gnutls_x509_crt_get_dn_by_oid, gnutls_x509_crt_get_raw_issuer_dn,
    gnutls_x509_crt_get_subject_alt_name, gnutls_x509_crt_import, gnutls_x509_crt_init,
};

/// GNUTLS_SAN_DNSNAME.
const SAN_DNS_NAME: c_int = 1;

/// A chain with its key, as a program has set it.
pub struct Entry {
    pub certs: Certificates,
    pub key: Owned<PrivateKey>,
    /// Names of servers that it is for: the program's (gnutls_certificate_set_key), else those of the leaf, read when they
    /// are first asked for.
    names: OnceLock<Vec<Vec<u8>>>,
    /// gnutls_pk_algorithm_t of the leaf.
    pub pk: u32,
    /// What the engine presents, without a staple.
    pub identity: Identity,
    /// Who issued the certificates of the chain: names, DER, likewise.
    issuers: OnceLock<Vec<Vec<u8>>>,
    /// Stapled responses.
    pub ocsp: std::sync::RwLock<Vec<Staple>>,
    /// A callback's staples.
    pub ocsp_function: std::sync::RwLock<Option<(super::OcspFunction, Pointer)>>,
}

/// A response for a certificate of a chain.
pub struct Staple {
    /// The certificate's place in the chain.
    pub place: usize,
    pub response: Arc<[u8]>,
    /// When it has to be replaced, in seconds since 1970; 0 if that is not known.
    pub until: i64,
}

/// A pointer that is only given back to the program's callbacks.
#[derive(Clone, Copy)]
pub struct Pointer(pub *mut std::ffi::c_void);

// SAFETY: nothing here follows it.
unsafe impl Send for Pointer {}
// SAFETY: as above.
unsafe impl Sync for Pointer {}

/// Is `key` that of the first of `certs`?
///
/// # Safety
/// All are live.
pub unsafe fn check(certs: &[Pcert], key: *mut PrivateKey) -> Result<(), c_int> {
    let leaf = certs.first().ok_or(error::INVALID_REQUEST)?;
    // SAFETY: the caller's promise.
    if unsafe { belongs(leaf, key)? } { Ok(()) } else { Err(error::CERTIFICATE_KEY_MISMATCH) }
}

/// What the engine presents; a key that cannot be exported has to outlive it.
///
/// # Safety
/// All are live.
pub unsafe fn identity(certs: &[Pcert], key: *mut PrivateKey) -> Result<Identity, c_int> {
    let leaf = certs.first().ok_or(error::INVALID_REQUEST)?;
    // SAFETY: the caller's promise.
    unsafe {
        let chain = certs.iter().map(|cert| Arc::from(cert.cert.bytes())).collect();
        let key = key::signer(key, leaf.pubkey).ok_or(error::UNKNOWN_PK_ALGORITHM)?;
        Ok(Identity { chain, key, ocsp: None })
    }
}

impl Entry {
    /// An entry of a key that belongs to its chain.
    pub fn new(certs: Certificates, key: Owned<PrivateKey>, names: Option<Vec<Vec<u8>>>) -> Result<Self, c_int> {
        let leaf = certs.as_slice().first().ok_or(error::INVALID_REQUEST)?;
        // SAFETY: the certificate is live.
        let pk = unsafe { gnutls_pubkey_get_pk_algorithm(leaf.pubkey, std::ptr::null_mut()) };
        // SAFETY: both are ours.
        let identity = unsafe { identity(certs.as_slice(), key.as_ptr()) }?;
        Ok(Entry {
            pk: u32::try_from(pk).unwrap_or(0),
            certs,
            key,
            names: names.map_or_else(OnceLock::new, OnceLock::from),
            identity,
            issuers: OnceLock::new(),
            ocsp: Default::default(),
            ocsp_function: Default::default(),
        })
    }

    /// Is it for a server of that name? As the original takes it: letter for letter, and a wildcard is a name like others.
    pub fn serves(&self, name: &str) -> bool {
        let of_leaf = || self.identity.chain.first().and_then(|der| certificate(der).ok()).map(|leaf| names_in(&leaf));
        self.names.get_or_init(|| of_leaf().unwrap_or_default()).iter().any(|known| known == name.as_bytes())
    }

    /// Was one of its certificates issued by this one?
    pub fn is_issued_by(&self, authority: &[u8]) -> bool {
        let issuers = self.issuers.get_or_init(|| self.identity.chain.iter().filter_map(|der| issuer(der)).collect());
        issuers.iter().any(|issuer| issuer == authority)
    }

    /// Was a response stapled to one of its certificates?
    pub fn has_staple(&self) -> bool {
        self.ocsp.read().is_ok_and(|list| !list.is_empty())
    }

    /// The response for the leaf, unless it is out of date.
    pub fn staple(&self) -> Option<Arc<[u8]>> {
        let timely = |staple: &&Staple| staple.place == 0 && (staple.until == 0 || clock::now() < staple.until);
        self.ocsp.read().ok()?.iter().find(timely).map(|staple| staple.response.clone())
    }

    /// With its staple.
    pub fn presented(&self) -> Identity {
        Identity { ocsp: self.staple(), ..self.identity.clone() }
    }
}

/// The name of who issued a certificate.
fn issuer(der: &[u8]) -> Option<Vec<u8>> {
    let certificate = certificate(der).ok()?;
    // SAFETY: the certificate is live.
    gnutls::filled(|out| unsafe { gnutls_x509_crt_get_raw_issuer_dn(certificate.as_ptr(), out) }).ok()
}

/// Parses a certificate.
pub fn certificate(der: &[u8]) -> Result<Owned<gnutls::Certificate>, c_int> {
    // SAFETY: the original's constructor; the bytes are there for the call.
    unsafe {
        let certificate = Owned::made(gnutls_x509_crt_init)?;
        match gnutls_x509_crt_import(certificate.as_ptr(), &Datum::lent(der), format::DER) {
            0.. => Ok(certificate),
            error => Err(error),
        }
    }
}

/// Is it the certificate's key?
///
/// # Safety
/// Both are live.
unsafe fn belongs(cert: &Pcert, key: *mut PrivateKey) -> Result<bool, c_int> {
    // SAFETY: the caller's promise.
    unsafe {
        let public = Owned::made(gnutls_pubkey_init)?;
        match gnutls_pubkey_import_privkey(public.as_ptr(), key, 0, 0) {
            0.. => Ok(id(public.as_ptr())? == id(cert.pubkey)?),
            _of_the_programs_own => Ok(key::is_proven(key, cert.pubkey)),
        }
    }
}

/// A digest of a public key.
///
/// # Safety
/// The key is live.
unsafe fn id(key: *mut PublicKey) -> Result<Vec<u8>, c_int> {
    let mut id = vec![0; 64];
    let mut len = id.len();
    // SAFETY: room as long as told.
    match unsafe { gnutls_pubkey_get_key_id(key, 0, id.as_mut_ptr(), &mut len) } {
        0.. => {
            id.truncate(len);
            Ok(id)
        }
        error => Err(error),
    }
}

/// Names of servers in a certificate: DNS names, or where it has none the common name.
fn names_in(cert: &Owned<gnutls::Certificate>) -> Vec<Vec<u8>> {
    const COMMON_NAME: &CStr = c"2.5.4.3";
    let mut room = [0; 256];
    let mut names = Vec::new();
    for index in 0.. {
        let mut size = room.len();
        let at = room.as_mut_ptr().cast();
        // SAFETY: the certificate is live; room as long as told.
        match unsafe { gnutls_x509_crt_get_subject_alt_name(cert.as_ptr(), index, at, &mut size, std::ptr::null_mut()) }
        {
            SAN_DNS_NAME => names.push(room[..size.min(room.len())].to_vec()),
            0.. => {}
            _ => break,
        }
    }
    if names.is_empty() {
        let mut size = room.len();
        let at = room.as_mut_ptr().cast();
        // SAFETY: as above.
        if unsafe { gnutls_x509_crt_get_dn_by_oid(cert.as_ptr(), COMMON_NAME.as_ptr(), 0, 0, at, &mut size) } >= 0 {
            names.push(room[..size.min(room.len())].to_vec());
        }
    }
    names
}
