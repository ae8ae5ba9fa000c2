//! Which certificate is presented: by the program's retrieve function, or the first of the credentials that fits.

use std::ffi::{c_int, c_uint};
use std::ptr;
use std::sync::Arc;

use standin_engine::{Identity, SignatureScheme};

use crate::credentials::{self, ForeignKey, Retrieve, pk, signing_key};
use crate::error::code;
use crate::session::with;
use crate::types::*;

/// What the peer takes.
pub struct Wish {
    pub authorities: Vec<Vec<u8>>,
    pub schemes: Vec<SignatureScheme>,
}

/// The identities to choose from: one when the program chose. An error of the program's ends the handshake.
///
/// # Safety
/// `session` is live and not borrowed.
pub unsafe fn identities(session: gnutls_session_t, wish: &Wish) -> Result<Vec<Identity>, c_int> {
    // SAFETY: the caller's promise; the program's function runs with nothing borrowed.
    unsafe {
        let Some(cred) = with(session, |session| session.certificate()) else { return Err(code::INVALID_SESSION) };
        match credentials::callbacks(cred).retrieve {
            Some(function) => Ok(ask(session, function, cred, wish)?.into_iter().collect()),
            None => Ok(credentials::identities(cred)),
        }
    }
}

/// A client's choice: the first that the server can verify, and that was issued by one of the CAs that it names.
pub fn fitting(identities: Vec<Identity>, wish: &Wish, forced: bool) -> Option<Identity> {
    let signs = |identity: &Identity| identity.key.schemes().iter().any(|scheme| wish.schemes.contains(scheme));
    let issued = |identity: &Identity| {
        let issuer = |der: &Arc<[u8]>| credentials::issuer(der).is_some_and(|name| wish.authorities.contains(&name));
        forced || wish.authorities.is_empty() || identity.chain.iter().any(issuer)
    };
    identities.into_iter().find(|identity| signs(identity) && issued(identity))
}

/// gnutls_pk_algorithm_t of the schemes, each once.
fn algorithms(schemes: &[SignatureScheme]) -> Vec<c_int> {
    let mut algorithms = Vec::new();
    for scheme in schemes {
        let algorithm = match scheme {
            0x0401 | 0x0501 | 0x0601 | 0x0804..=0x0806 => pk::RSA,
            0x0403 | 0x0503 | 0x0603 => pk::ECDSA,
            0x0807 => pk::ED25519,
            0x0809..=0x080b => pk::RSA_PSS,
            _ => continue,
        };
        if !algorithms.contains(&algorithm) {
            algorithms.push(algorithm);
        }
    }
    algorithms
}

/// Asks the program.
unsafe fn ask(
    session: gnutls_session_t,
    function: Retrieve,
    cred: gnutls_certificate_credentials_t,
    wish: &Wish,
) -> Result<Option<Identity>, c_int> {
    let names: Vec<gnutls_datum_t> = wish.authorities.iter().map(|name| gnutls_datum_t::naming(name)).collect();
    let algorithms = algorithms(&wish.schemes);
    let names_at = if names.is_empty() { ptr::null() } else { names.as_ptr() };
    let (names_len, algorithms_len) = (names.len() as c_int, algorithms.len() as c_int);
    // SAFETY: the lists outlive the call; what the program gives is copied, or taken over where it says so.
    unsafe {
        let (mut certificates, mut len, mut key) = (ptr::null_mut(), 0, ptr::null_mut());
        let mut owned = false;
        let answer = match function {
            Retrieve::First(function) => {
                return of_first(session, function, (names_at, names_len), (algorithms.as_ptr(), algorithms_len));
            }
            Retrieve::Second(function) => function(
                session,
                names_at,
                names_len,
                algorithms.as_ptr(),
                algorithms_len,
                &mut certificates,
                &mut len,
                &mut key,
            ),
            Retrieve::Third(function) => {
                let info = gnutls_cert_retr_st {
                    version: 1,
                    cred,
                    req_ca_rdn: names_at,
                    nreqs: names.len() as c_uint,
                    pk_algos: algorithms.as_ptr(),
                    pk_algos_length: algorithms.len() as c_uint,
                    padding: [0; 64],
                };
                let (mut staples, mut staples_len, mut flags) = (ptr::null_mut(), 0, 0);
                let answer = function(
                    session,
                    &info,
                    &mut certificates,
                    &mut len,
                    &mut staples,
                    &mut staples_len,
                    &mut key,
                    &mut flags,
                );
                owned = flags & DEINIT_ALL != 0;
                answer
            }
        };
        if answer < 0 {
            return Err(code::USER_ERROR);
        }
        if certificates.is_null() || len == 0 || key.is_null() {
            return Ok(None);
        }
        let list = std::slice::from_raw_parts(certificates, len as usize);
        let chain: Vec<Arc<[u8]>> = list.iter().map(|one| Arc::from(one.cert.bytes())).collect();
        // A key that stays the program's is only borrowed: it is imported, or outlives the handshake.
        let signing = signing_key(key, owned);
        if owned {
            for index in 0..len as usize {
                gnutls_pcert_deinit(certificates.add(index));
            }
            free(certificates.cast());
        }
        Ok(signing.map(|key| Identity { chain, key, ocsp: None }))
    }
}

/// GNUTLS_CERT_RETR_DEINIT_ALL.
const DEINIT_ALL: c_uint = 1;

unsafe extern "C" {
    fn gnutls_pcert_deinit(pcert: *mut gnutls_pcert_st);
}

/// Asks by the oldest of the functions.
unsafe fn of_first(
    session: gnutls_session_t,
    function: RetrieveFunction,
    (names, names_len): (*const gnutls_datum_t, c_int),
    (algorithms, algorithms_len): (*const c_int, c_int),
) -> Result<Option<Identity>, c_int> {
    const X509: c_int = 0;
    const PKCS11: c_int = 2;
    // SAFETY: all zero is what the original passes; what the program gives is copied, or freed where it says so.
    unsafe {
        let mut given: gnutls_retr2_st = std::mem::zeroed();
        if function(session, names, names_len, algorithms, algorithms_len, &mut given) < 0 {
            return Err(code::USER_ERROR);
        }
        if given.ncerts == 0 || given.cert.is_null() || given.cert_type != CRT_X509 {
            return Ok(None);
        }
        let list = std::slice::from_raw_parts(given.cert, given.ncerts as usize);
        let mut chain: Vec<Arc<[u8]>> = Vec::new();
        for certificate in list {
            let mut der = gnutls_datum_t::EMPTY;
            if gnutls_x509_crt_export2(*certificate, DER, &mut der) >= 0 {
                chain.push(Arc::from(der.bytes()));
                free(der.data);
            }
        }
        let mut key = ptr::null_mut();
        gnutls_privkey_init(&mut key);
        let imported = match given.key_type {
            X509 => gnutls_privkey_import_x509(key, given.key, COPY),
            PKCS11 => gnutls_privkey_import_pkcs11(key, given.key, 0),
            _ => code::INVALID_REQUEST,
        };
        let signing = match imported {
            0.. => signing_key(key, true),
            _ => {
                drop(ForeignKey::new(key, true));
                None
            }
        };
        if given.deinit_all != 0 {
            list.iter().for_each(|certificate| gnutls_x509_crt_deinit(*certificate));
            free(given.cert.cast());
            if given.key_type == X509 {
                gnutls_x509_privkey_deinit(given.key);
            }
        }
        Ok(signing.filter(|_| chain.len() == list.len()).map(|key| Identity { chain, key, ocsp: None }))
    }
}

/// GNUTLS_PRIVKEY_IMPORT_COPY.
const COPY: c_uint = 2;
