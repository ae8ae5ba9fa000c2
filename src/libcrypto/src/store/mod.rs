//! X509_STORE, X509_STORE_CTX, X509_VERIFY_PARAM: who is trusted, and the verification of certificates (RFC 5280,
//! section 6) in the steps and with the codes that OpenSSL has.

mod chain;
mod constraints;
pub mod context;
pub mod dane;
mod lookup;
mod object;
pub mod param;
mod resources;
mod revocation;
pub mod store_access;
mod suite_b;
mod trust;
mod uri;
mod verify;

use std::collections::HashMap;
use std::ffi::{CString, c_char, c_int, c_long, c_void};
use std::ptr;
use std::sync::{LazyLock, PoisonError, RwLock};

pub use context::{VerifyCallback, X509_STORE_CTX};
pub use lookup::{X509_LOOKUP, X509_LOOKUP_METHOD};
pub use object::X509_OBJECT;
pub use param::X509_VERIFY_PARAM;

use crate::ex_data::{CRYPTO_EX_DATA, Extended, class};
use crate::handle::{Counted, References};
use crate::x509::{self, Certificate, X509, X509_CRL, X509_NAME};
use object::{Held, Object};
use param::Param;

/// X509_V_OK and X509_V_ERR_*.
#[allow(missing_docs)] // the names are OpenSSL's
pub mod verdict {
    use std::ffi::c_int;
    pub const OK: c_int = 0;
    pub const UNSPECIFIED: c_int = 1;
    pub const DANE_NO_MATCH: c_int = 65;
    pub const UNABLE_TO_GET_ISSUER_CERT: c_int = 2;
    pub const UNABLE_TO_GET_CRL: c_int = 3;
    pub const UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY: c_int = 6;
    pub const CERT_SIGNATURE_FAILURE: c_int = 7;
    pub const CRL_SIGNATURE_FAILURE: c_int = 8;
    pub const CERT_NOT_YET_VALID: c_int = 9;
    pub const CERT_HAS_EXPIRED: c_int = 10;
    pub const CRL_NOT_YET_VALID: c_int = 11;
    pub const CRL_HAS_EXPIRED: c_int = 12;
    pub const ERROR_IN_CERT_NOT_BEFORE_FIELD: c_int = 13;
    pub const ERROR_IN_CERT_NOT_AFTER_FIELD: c_int = 14;
    pub const ERROR_IN_CRL_LAST_UPDATE_FIELD: c_int = 15;
    pub const ERROR_IN_CRL_NEXT_UPDATE_FIELD: c_int = 16;
    pub const DEPTH_ZERO_SELF_SIGNED_CERT: c_int = 18;
    pub const SELF_SIGNED_CERT_IN_CHAIN: c_int = 19;
    pub const UNABLE_TO_GET_ISSUER_CERT_LOCALLY: c_int = 20;
    pub const UNABLE_TO_VERIFY_LEAF_SIGNATURE: c_int = 21;
    pub const CERT_CHAIN_TOO_LONG: c_int = 22;
    pub const CERT_REVOKED: c_int = 23;
    pub const NO_ISSUER_PUBLIC_KEY: c_int = 24;
    pub const PATH_LENGTH_EXCEEDED: c_int = 25;
    pub const INVALID_PURPOSE: c_int = 26;
    pub const CERT_REJECTED: c_int = 28;
    pub const SUBJECT_ISSUER_MISMATCH: c_int = 29;
    pub const AKID_SKID_MISMATCH: c_int = 30;
    pub const AKID_ISSUER_SERIAL_MISMATCH: c_int = 31;
    pub const KEYUSAGE_NO_CERTSIGN: c_int = 32;
    pub const UNABLE_TO_GET_CRL_ISSUER: c_int = 33;
    pub const UNHANDLED_CRITICAL_EXTENSION: c_int = 34;
    pub const KEYUSAGE_NO_CRL_SIGN: c_int = 35;
    pub const UNHANDLED_CRITICAL_CRL_EXTENSION: c_int = 36;
    pub const INVALID_NON_CA: c_int = 37;
    pub const KEYUSAGE_NO_DIGITAL_SIGNATURE: c_int = 39;
    pub const PROXY_SUBJECT_NAME_VIOLATION: c_int = 72;
    pub const PROXY_CERTIFICATES_NOT_ALLOWED: c_int = 40;
    pub const INVALID_EXTENSION: c_int = 41;
    pub const INVALID_POLICY_EXTENSION: c_int = 42;
    pub const UNNESTED_RESOURCE: c_int = 46;
    pub const DIFFERENT_CRL_SCOPE: c_int = 44;
    pub const PERMITTED_VIOLATION: c_int = 47;
    pub const EXCLUDED_VIOLATION: c_int = 48;
    pub const SUBTREE_MINMAX: c_int = 49;
    pub const UNSUPPORTED_CONSTRAINT_TYPE: c_int = 51;
    pub const UNSUPPORTED_CONSTRAINT_SYNTAX: c_int = 52;
    pub const UNSUPPORTED_NAME_SYNTAX: c_int = 53;
    pub const INVALID_CA: c_int = 79;
    pub const SUITE_B_INVALID_VERSION: c_int = 56;
    pub const SUITE_B_INVALID_ALGORITHM: c_int = 57;
    pub const SUITE_B_INVALID_CURVE: c_int = 58;
    pub const SUITE_B_INVALID_SIGNATURE_ALGORITHM: c_int = 59;
    pub const SUITE_B_LOS_NOT_ALLOWED: c_int = 60;
    pub const SUITE_B_CANNOT_SIGN_P_384_WITH_P_256: c_int = 61;
    pub const HOSTNAME_MISMATCH: c_int = 62;
    pub const EMAIL_MISMATCH: c_int = 63;
    pub const IP_ADDRESS_MISMATCH: c_int = 64;
    pub const EE_KEY_TOO_SMALL: c_int = 66;
    pub const CA_KEY_TOO_SMALL: c_int = 67;
    pub const CA_MD_TOO_WEAK: c_int = 68;
    pub const INVALID_CALL: c_int = 69;
    pub const UNSUPPORTED_SIGNATURE_ALGORITHM: c_int = 76;
    pub const SIGNATURE_ALGORITHM_MISMATCH: c_int = 77;
    pub const SIGNATURE_ALGORITHM_INCONSISTENCY: c_int = 78;
    pub const EC_KEY_EXPLICIT_PARAMS: c_int = 94;
    pub const PATHLEN_INVALID_FOR_NON_CA: c_int = 80;
    pub const PATHLEN_WITHOUT_KU_KEY_CERT_SIGN: c_int = 81;
    pub const KU_KEY_CERT_SIGN_INVALID_FOR_NON_CA: c_int = 82;
    pub const ISSUER_NAME_EMPTY: c_int = 83;
    pub const SUBJECT_NAME_EMPTY: c_int = 84;
    pub const MISSING_AUTHORITY_KEY_IDENTIFIER: c_int = 85;
    pub const MISSING_SUBJECT_KEY_IDENTIFIER: c_int = 86;
    pub const EMPTY_SUBJECT_ALT_NAME: c_int = 87;
    pub const EMPTY_SUBJECT_SAN_NOT_CRITICAL: c_int = 88;
    pub const CA_BCONS_NOT_CRITICAL: c_int = 89;
    pub const AUTHORITY_KEY_IDENTIFIER_CRITICAL: c_int = 90;
    pub const SUBJECT_KEY_IDENTIFIER_CRITICAL: c_int = 91;
    pub const CA_CERT_MISSING_KEY_USAGE: c_int = 92;
    pub const EXTENSIONS_REQUIRE_VERSION_3: c_int = 93;
}

/// What a verdict is called.
pub fn verdict_text(code: c_long) -> *const c_char {
    static TEXTS: LazyLock<HashMap<c_long, CString>> = LazyLock::new(|| {
        let line = |line: &str| {
            let (number, text) = line.split_once('\t')?;
            Some((number.parse().ok()?, CString::new(text).ok()?))
        };
        include_str!("../../abi/verify_errors.tsv").lines().filter_map(line).collect()
    });
    TEXTS.get(&code).map_or(c"unknown certificate verification error".as_ptr(), |text| text.as_ptr())
}

/// 0 when `issuer` may have issued `subject`, else X509_V_ERR_*: by names, key identifiers and the kind of key, not by
/// the signature.
pub fn likely_issued(issuer: &Certificate, subject: &Certificate) -> c_int {
    use x509::facts::{fits, flag};
    if !issuer.subject.same(&subject.issuer) {
        return verdict::SUBJECT_ISSUER_MISMATCH;
    }
    if issuer.facts().has(flag::INVALID) || subject.facts().has(flag::INVALID) {
        return verdict::UNSPECIFIED;
    }
    if let Some(authority) = &subject.facts().authority_key {
        let code = authority.matches(issuer, issuer.facts().subject_key.as_ref());
        if code != verdict::OK {
            return code;
        }
    }
    let Some(key) = issuer.key() else { return verdict::NO_ISSUER_PUBLIC_KEY };
    let Some(kind) = subject.signed().signing_key() else { return verdict::UNSUPPORTED_SIGNATURE_ALGORITHM };
    if fits(kind, key.algorithm) { verdict::OK } else { verdict::SIGNATURE_ALGORITHM_MISMATCH }
}

/// The same, and the issuer may sign certificates.
pub fn issued(issuer: &Certificate, subject: &Certificate) -> c_int {
    let code = likely_issued(issuer, subject);
    if code != verdict::OK {
        return code;
    }
    signing_allowed(issuer, subject)
}

/// Whether key usage lets a certificate sign others; a proxy's issuer signs as it does anything.
fn signing_allowed(issuer: &Certificate, subject: &Certificate) -> c_int {
    if subject.facts().has(x509::facts::flag::PROXY) {
        let refused = issuer.facts().refuses(x509::facts::usage::DIGITAL_SIGNATURE);
        return if refused { verdict::KEYUSAGE_NO_DIGITAL_SIGNATURE } else { verdict::OK };
    }
    if issuer.facts().refuses(x509::facts::usage::KEY_CERT_SIGN) { verdict::KEYUSAGE_NO_CERTSIGN } else { verdict::OK }
}

/// Who is trusted, what was revoked.
pub struct X509_STORE {
    references: References,
    contents: RwLock<Contents>,
    param: *mut X509_VERIFY_PARAM,
    verify_callback: RwLock<Option<VerifyCallback>>,
    /// Directories and files, as X509_LOOKUPs that belong to this.
    lookups: RwLock<Vec<*mut X509_LOOKUP>>,
    extra: CRYPTO_EX_DATA,
}

// SAFETY: what changes is behind locks; the objects count their references atomically.
unsafe impl Send for X509_STORE {}
// SAFETY: as above.
unsafe impl Sync for X509_STORE {}

/// Certificates and lists by the hash of the name they are found by.
#[derive(Default)]
struct Contents {
    // Each in its place, which programs hold, when others are added.
    #[allow(clippy::vec_box)]
    objects: Vec<Box<X509_OBJECT>>,
    by_name: HashMap<Vec<u8>, Vec<usize>>,
    /// The list that programs were given, with what it was made of.
    listed: usize,
    list: Option<*mut crate::stack::OPENSSL_STACK>,
}

impl Counted for X509_STORE {
    fn references(&self) -> &References {
        &self.references
    }
}

impl Extended for X509_STORE {
    const CLASS: c_int = class::X509_STORE;

    fn extra(&mut self) -> &mut CRYPTO_EX_DATA {
        &mut self.extra
    }
}

impl X509_STORE {
    fn new() -> Self {
        X509_STORE {
            references: References::one(),
            contents: RwLock::default(),
            param: crate::handle::give(X509_VERIFY_PARAM(Param::default())),
            verify_callback: RwLock::new(None),
            lookups: RwLock::default(),
            extra: CRYPTO_EX_DATA::empty(),
        }
    }

    /// Adds what is not there yet.
    fn add(&self, object: Object) {
        let mut contents = self.contents.write().unwrap_or_else(PoisonError::into_inner);
        let name = object.name().canonical().to_vec();
        let held = contents.by_name.get(&name).map(Vec::as_slice).unwrap_or_default();
        if held.iter().any(|at| contents.objects[*at].object().same(&object)) {
            return;
        }
        let at = contents.objects.len();
        contents.objects.push(Box::new(X509_OBJECT::of(object)));
        contents.by_name.entry(name).or_default().push(at);
    }

    /// What is here under a name.
    fn held<T>(&self, name: &X509_NAME, pick: impl Fn(&Object) -> Option<T>) -> Vec<T> {
        let contents = self.contents.read().unwrap_or_else(PoisonError::into_inner);
        let places = contents.by_name.get(name.canonical()).map(Vec::as_slice).unwrap_or_default();
        places.iter().filter_map(|at| pick(contents.objects[*at].object())).collect()
    }

    /// Certificates with this subject; directories are asked when there is none here.
    pub(self) fn certificates(&self, subject: &X509_NAME) -> Vec<Held<X509>> {
        let here = self.held(subject, Object::certificate);
        if !here.is_empty() {
            return here;
        }
        self.ask(subject, false);
        self.held(subject, Object::certificate)
    }

    /// Lists of this issuer; directories are asked too, since a newer one may be there.
    pub(self) fn lists(&self, issuer: &X509_NAME) -> Vec<Held<X509_CRL>> {
        self.ask(issuer, true);
        self.held(issuer, Object::list)
    }

    fn ask(&self, name: &X509_NAME, lists: bool) {
        let lookups = self.lookups.read().unwrap_or_else(PoisonError::into_inner).clone();
        for lookup in lookups {
            // SAFETY: a store's lookups live as long as it.
            unsafe { (*lookup).find(self, name, lists) };
        }
    }

    fn param(&self) -> &Param {
        // SAFETY: made with the store and freed with it; programs set it before they verify.
        unsafe { &(*self.param).0 }
    }
}

impl Drop for X509_STORE {
    fn drop(&mut self) {
        let object: *mut c_void = ptr::from_mut(self).cast();
        // SAFETY: all of it is this store's own.
        unsafe {
            self.extra.close(class::X509_STORE, object);
            crate::handle::free(self.param);
            for lookup in self.lookups.get_mut().unwrap_or_else(PoisonError::into_inner).drain(..) {
                crate::handle::free(lookup);
            }
            let contents = self.contents.get_mut().unwrap_or_else(PoisonError::into_inner);
            if let Some(list) = contents.list.take() {
                crate::handle::free(list);
            }
        }
    }
}
