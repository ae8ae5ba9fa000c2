//! A program's gnutls_privkey_t as the engine's key.

use std::cell::Cell;
use std::ffi::c_int;
use std::sync::Arc;

use standin_engine::{Alert, Error, Fault, SignatureScheme};

use crate::algorithm::{pk, sign_of_scheme};
use crate::error;
use crate::gnutls::{
    Datum, Owned, PrivateKey, PublicKey, X509PrivateKey, filled, format, gnutls_privkey_export_x509,
    gnutls_privkey_get_pk_algorithm, gnutls_privkey_get_type, gnutls_privkey_sign_data2,
    gnutls_pubkey_get_pk_algorithm, gnutls_pubkey_verify_data2, gnutls_x509_privkey_export2_pkcs8,
};
use zeroize::Zeroizing;

/// GNUTLS_PRIVKEY_X509.
const X509: u32 = 0;
/// GNUTLS_PKCS_PLAIN.
const PLAIN: u32 = 1;

/// A signer for `key`: imported into the engine when it can be exported, else asked to sign where it is; in that case
/// it has to outlive the signer. `None` for a kind that TLS has no signature scheme for.
///
/// # Safety
/// The key is live, and so is the one of its certificate.
pub unsafe fn signer(key: *mut PrivateKey, public: *mut PublicKey) -> Option<Arc<dyn standin_engine::PrivateKey>> {
    if let Some(imported) = exported(key).and_then(|der| standin_engine::key_from_der(&der).ok()) {
        return Some(imported);
    }
    Some(Arc::new(ForeignKey { key, schemes: schemes(algorithm(key), public)? }))
}

/// What a key of that kind signs with.
fn schemes(kind: u32, public: *mut PublicKey) -> Option<&'static [SignatureScheme]> {
    let mut bits = 0;
    // A key that is elsewhere need not tell its curve. SAFETY: the caller's key is live.
    unsafe { gnutls_pubkey_get_pk_algorithm(public, &mut bits) };
    Some(match (kind, bits) {
        // What every token can; TLS 1.3 leaves the first three out (RFC 8446 §4.2.3).
        (pk::RSA, _) => &[0x0401, 0x0501, 0x0601, 0x0804, 0x0805, 0x0806],
        (pk::ECDSA, 256) => &[0x0403],
        (pk::ECDSA, 384) => &[0x0503],
        (pk::ECDSA, 521) => &[0x0603],
        (pk::ED25519, _) => &[0x0807],
        _ => return None,
    })
}

/// Does the public key verify what the key signs? As in the original, a key that does not sign now is taken at its word.
///
/// # Safety
/// Both are live.
pub unsafe fn is_proven(key: *mut PrivateKey, public: *mut PublicKey) -> bool {
    let text = Datum::lent(b"is it the key of this certificate?");
    // SAFETY: the caller's promise; the text is there for both calls.
    unsafe {
        let public_kind = gnutls_pubkey_get_pk_algorithm(public, std::ptr::null_mut());
        if u32::try_from(public_kind) != Ok(algorithm(key)) {
            return false;
        }
        let id = match algorithm(key) {
            pk::RSA => sign_of_scheme(0x0401, false),
            pk::ECDSA => sign_of_scheme(0x0403, false),
            _ => return true,
        };
        match filled(|out| gnutls_privkey_sign_data2(key, id, 0, &text, out)) {
            Ok(signature) => gnutls_pubkey_verify_data2(public, id, 0, &text, &Datum::lent(&signature)) >= 0,
            Err(_) => true,
        }
    }
}

/// gnutls_pk_algorithm_t.
fn algorithm(key: *mut PrivateKey) -> u32 {
    // SAFETY: the caller's key is live.
    let algorithm = unsafe { gnutls_privkey_get_pk_algorithm(key, std::ptr::null_mut()) };
    u32::try_from(algorithm).unwrap_or(0)
}

/// The key as PKCS #8, if it can be had.
fn exported(key: *mut PrivateKey) -> Option<Zeroizing<Vec<u8>>> {
    // SAFETY: the key is live; what is exported is ours.
    unsafe {
        if gnutls_privkey_get_type(key) != X509 {
            return None;
        }
        let mut inner: *mut X509PrivateKey = std::ptr::null_mut();
        if gnutls_privkey_export_x509(key, &mut inner) < 0 {
            return None;
        }
        let inner = Owned::from_raw(inner)?;
        let der =
            filled(|out| gnutls_x509_privkey_export2_pkcs8(inner.as_ptr(), format::DER, std::ptr::null(), PLAIN, out));
        der.ok().map(Zeroizing::new)
    }
}

thread_local! {
    /// What a key answered that did not sign: the handshake in which it was asked, in this thread, answers the same.
    static REFUSAL: Cell<Option<c_int>> = const { Cell::new(None) };
}

/// Why a key has not signed.
pub fn refusal() -> c_int {
    REFUSAL.get().unwrap_or(error::PK_SIGN_FAILED)
}

/// A key that signs inside the original (on a token, behind callbacks of the program).
#[derive(Debug)]
struct ForeignKey {
    key: *mut PrivateKey,
    schemes: &'static [SignatureScheme],
}

// SAFETY: GnuTLS lets the keys of credentials sign for the sessions of several threads.
unsafe impl Send for ForeignKey {}
// SAFETY: as above.
unsafe impl Sync for ForeignKey {}

impl standin_engine::PrivateKey for ForeignKey {
    fn schemes(&self) -> &[SignatureScheme] {
        self.schemes
    }

    fn sign(&self, scheme: SignatureScheme, message: &[u8]) -> Result<Vec<u8>, Error> {
        let failed = Error::Fatal { alert: Alert::INTERNAL_ERROR, fault: Fault::Internal };
        if !self.schemes.contains(&scheme) {
            return Err(failed);
        }
        // RFC 8446 §4.4.3: what is signed in TLS 1.3 begins like nothing that is signed in TLS 1.2.
        let id = sign_of_scheme(scheme, message.starts_with(&[b' '; 64]));
        let signed = filled(|out| {
            // SAFETY: the key outlives its signer; the message is there for the call.
            unsafe { gnutls_privkey_sign_data2(self.key, id, 0, &Datum::lent(message), out) }
        });
        signed.map_err(|error| {
            REFUSAL.set(Some(error));
            failed
        })
    }
}
