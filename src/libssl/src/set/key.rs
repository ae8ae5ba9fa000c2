//! A program's EVP_PKEY as the engine's key.

mod imported;

use std::ffi::c_int;
use std::sync::Arc;

use standin_engine::{Alert, Error, Fault, PrivateKey, SignatureScheme};

use super::groups;
use crate::libcrypto::evp::{
    EVP_DigestSign, EVP_DigestSignInit, EVP_DigestVerify, EVP_DigestVerifyInit, EVP_MD, EVP_MD_CTX, EVP_MD_CTX_new,
    EVP_PKEY_CTX, EVP_PKEY_CTX_set_rsa_padding, EVP_PKEY_CTX_set_rsa_pss_saltlen, EVP_PKEY_get_size, EVP_sha1,
    EVP_sha256, EVP_sha384, EVP_sha512, PSS_SALT_AS_DIGEST, RSA_PSS_PADDING,
};
use crate::libcrypto::x509::X509_get0_pubkey;
use crate::libcrypto::{ENGINE, EVP_PKEY, Owned, X509, err};

/// A signer for `key`: imported into the engine when it can be exported, else asked to sign where
/// it is. `None` for a kind that TLS has no signature scheme for.
pub fn signer(key: &Owned<EVP_PKEY>) -> Option<Arc<dyn PrivateKey>> {
    if let Some(imported) = imported::kept(key) {
        return Some(imported);
    }
    let foreign = ForeignKey::new(key)?;
    match key.pkcs8().and_then(|der| standin_engine::key_from_der(&der).ok()) {
        Some(imported) => {
            imported::keep(key, &imported);
            Some(imported)
        }
        None => Some(Arc::new(foreign)),
    }
}

/// The same key with only the schemes that the program allows (SSL_CTX_set1_sigalgs), in its
/// order.
pub fn restricted(key: &Arc<dyn PrivateKey>, allowed: &[SignatureScheme]) -> Arc<dyn PrivateKey> {
    let schemes = allowed.iter().copied().filter(|scheme| key.schemes().contains(scheme)).collect();
    Arc::new(RestrictedKey { key: key.clone(), schemes })
}

/// A key that may not use all of its schemes.
#[derive(Debug)]
struct RestrictedKey {
    key: Arc<dyn PrivateKey>,
    schemes: Vec<SignatureScheme>,
}

impl PrivateKey for RestrictedKey {
    fn schemes(&self) -> &[SignatureScheme] {
        &self.schemes
    }

    fn sign(&self, scheme: SignatureScheme, message: &[u8]) -> Result<Vec<u8>, Error> {
        if !self.schemes.contains(&scheme) {
            return Err(Error::Fatal { alert: Alert::INTERNAL_ERROR, fault: Fault::Internal });
        }
        self.key.sign(scheme, message)
    }
}

/// A key that signs inside libcrypto (on a token, behind a provider or engine, or of a kind that AWS-LC lacks).
#[derive(Debug)]
struct ForeignKey {
    key: Owned<EVP_PKEY>,
    schemes: Vec<SignatureScheme>,
}

impl ForeignKey {
    fn new(key: &Owned<EVP_PKEY>) -> Option<Self> {
        let schemes = schemes_of(key)?.iter().copied().filter(|&scheme| fits(key, scheme)).collect();
        Some(ForeignKey { key: key.clone(), schemes })
    }
}

/// The schemes of a kind of key; `None` for a kind that TLS has none for.
fn schemes_of(key: &Owned<EVP_PKEY>) -> Option<&'static [SignatureScheme]> {
    Some(match () {
        () if key.is(c"RSA") => &[0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601],
        () if key.is(c"RSA-PSS") => &[0x0809, 0x080a, 0x080b],
        () if key.is(c"EC") => match groups::of_key(key)? {
            0x0017 => &[0x0403],
            0x0018 => &[0x0503],
            0x0019 => &[0x0603],
            _ => return None,
        },
        () if key.is(c"ED25519") => &[0x0807],
        () if key.is(c"ED448") => &[0x0808],
        () => return None,
    })
}

/// Is the scheme of this very key? A key of RSASSA-PSS may be bound to one digest, and a short one does not hold a long
/// digest and its salt (RFC 8017 §9.1.1).
fn fits(key: &Owned<EVP_PKEY>, scheme: SignatureScheme) -> bool {
    let digest_len = match scheme {
        0x0804 | 0x0809 => 32,
        0x0805 | 0x080a => 48,
        0x0806 | 0x080b => 64,
        _ => return true,
    };
    // SAFETY: `key` is live.
    let len = usize::try_from(unsafe { EVP_PKEY_get_size(key.as_ptr()) }).unwrap_or(0);
    // SAFETY: nothing is signed yet.
    let takes_digest = || err::quietly(|| unsafe { begin(EVP_DigestSignInit, key, scheme) }).is_some();
    len >= 2 * digest_len + 2 && (scheme < 0x0809 || takes_digest())
}

/// Verifies for the engine what it cannot: [`standin_engine::ForeignVerifier`].
pub fn verify(scheme: SignatureScheme, certificate: &[u8], message: &[u8], signature: &[u8]) -> Option<bool> {
    err::quietly(|| {
        let certificate = Owned::<X509>::from_der(certificate)?;
        // SAFETY: the certificate is live; the key counts its references.
        let key = unsafe { Owned::<EVP_PKEY>::retained(X509_get0_pubkey(certificate.as_ptr())) }?;
        if !schemes_of(&key)?.contains(&scheme) {
            return None;
        }
        // SAFETY: all objects live through the calls; the lengths are those of the slices.
        unsafe {
            let context = begin(EVP_DigestVerifyInit, &key, scheme)?;
            let (signature, message) = ((signature.as_ptr(), signature.len()), (message.as_ptr(), message.len()));
            Some(EVP_DigestVerify(context.as_ptr(), signature.0, signature.1, message.0, message.1) == 1)
        }
    })
}

impl PrivateKey for ForeignKey {
    fn schemes(&self) -> &[SignatureScheme] {
        &self.schemes
    }

    fn sign(&self, scheme: SignatureScheme, message: &[u8]) -> Result<Vec<u8>, Error> {
        let failed = Error::Fatal { alert: Alert::INTERNAL_ERROR, fault: Fault::Internal };
        if !self.schemes.contains(&scheme) {
            return Err(failed);
        }
        err::quietly(|| sign(&self.key, scheme, message)).ok_or(failed)
    }
}

/// EVP_DigestSignInit and EVP_DigestVerifyInit.
type Init =
    unsafe extern "C" fn(*mut EVP_MD_CTX, *mut *mut EVP_PKEY_CTX, *const EVP_MD, *mut ENGINE, *mut EVP_PKEY) -> c_int;

/// Begins to sign or to verify; `None` when the key does not go with the scheme.
unsafe fn begin(init: Init, key: &Owned<EVP_PKEY>, scheme: SignatureScheme) -> Option<Owned<EVP_MD_CTX>> {
    // SAFETY: all objects live through the calls.
    unsafe {
        let context = Owned::from_raw(EVP_MD_CTX_new())?;
        let mut parameters = std::ptr::null_mut();
        if init(context.as_ptr(), &mut parameters, digest(scheme), std::ptr::null_mut(), key.as_ptr()) <= 0 {
            return None;
        }
        // RFC 8446 §4.2.3: the salt is as long as the digest.
        let pss = matches!(scheme, 0x0804..=0x0806 | 0x0809..=0x080b);
        let set = !pss
            || EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PSS_PADDING) > 0
                && EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, PSS_SALT_AS_DIGEST) > 0;
        set.then_some(context)
    }
}

/// Signs with libcrypto.
fn sign(key: &Owned<EVP_PKEY>, scheme: SignatureScheme, message: &[u8]) -> Option<Vec<u8>> {
    // SAFETY: all objects live through the calls; the signature's buffer is as long as told.
    unsafe {
        let context = begin(EVP_DigestSignInit, key, scheme)?;
        let mut len = 0;
        let sizing = std::ptr::null_mut();
        if EVP_DigestSign(context.as_ptr(), sizing, &mut len, message.as_ptr(), message.len()) <= 0 {
            return None;
        }
        let mut signature = vec![0; len];
        if EVP_DigestSign(context.as_ptr(), signature.as_mut_ptr(), &mut len, message.as_ptr(), message.len()) <= 0 {
            return None;
        }
        signature.truncate(len);
        Some(signature)
    }
}

/// The digest of a scheme; NULL for those that have their own.
fn digest(scheme: SignatureScheme) -> *const EVP_MD {
    // SAFETY: libcrypto's static digests.
    unsafe {
        match scheme {
            0x0201 | 0x0203 => EVP_sha1(),
            0x0401 | 0x0403 | 0x0804 | 0x0809 => EVP_sha256(),
            0x0501 | 0x0503 | 0x0805 | 0x080a => EVP_sha384(),
            0x0601 | 0x0603 | 0x0806 | 0x080b => EVP_sha512(),
            _ => std::ptr::null(),
        }
    }
}
