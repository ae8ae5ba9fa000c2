//! A program's EVP_PKEY as the engine's key.

use std::sync::Arc;

use standin_engine::{Alert, Error, Fault, PrivateKey, SignatureScheme};

use super::groups;
use crate::libcrypto::evp::{
    EVP_DigestSign, EVP_DigestSignInit, EVP_MD, EVP_MD_CTX_new, EVP_PKEY_CTX_set_rsa_padding,
    EVP_PKEY_CTX_set_rsa_pss_saltlen, EVP_sha1, EVP_sha256, EVP_sha384, EVP_sha512, PSS_SALT_AS_DIGEST,
    RSA_PSS_PADDING,
};
use crate::libcrypto::{EVP_PKEY, Owned, err};

/// A signer for `key`: imported into the engine when it can be exported, else asked to sign where
/// it is. `None` for a kind that TLS has no signature scheme for.
pub fn signer(key: &Owned<EVP_PKEY>) -> Option<Arc<dyn PrivateKey>> {
    let foreign = ForeignKey::new(key)?;
    match key.pkcs8().and_then(|der| standin_engine::key_from_der(&der).ok()) {
        Some(imported) => Some(imported),
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

/// A key that signs inside libcrypto (on a token, behind a provider or engine).
#[derive(Debug)]
struct ForeignKey {
    key: Owned<EVP_PKEY>,
    schemes: &'static [SignatureScheme],
}

impl ForeignKey {
    fn new(key: &Owned<EVP_PKEY>) -> Option<Self> {
        let schemes: &[SignatureScheme] = if key.is(c"RSA") {
            &[0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601]
        } else if key.is(c"EC") {
            match groups::of_key(key)? {
                0x0017 => &[0x0403],
                0x0018 => &[0x0503],
                0x0019 => &[0x0603],
                _ => return None,
            }
        } else if key.is(c"ED25519") {
            &[0x0807]
        } else {
            return None;
        };
        Some(ForeignKey { key: key.clone(), schemes })
    }
}

impl PrivateKey for ForeignKey {
    fn schemes(&self) -> &[SignatureScheme] {
        self.schemes
    }

    fn sign(&self, scheme: SignatureScheme, message: &[u8]) -> Result<Vec<u8>, Error> {
        let failed = Error::Fatal { alert: Alert::INTERNAL_ERROR, fault: Fault::Internal };
        if !self.schemes.contains(&scheme) {
            return Err(failed);
        }
        err::quietly(|| sign(&self.key, scheme, message)).ok_or(failed)
    }
}

/// Signs with libcrypto.
fn sign(key: &Owned<EVP_PKEY>, scheme: SignatureScheme, message: &[u8]) -> Option<Vec<u8>> {
    // SAFETY: all objects live through the calls; the signature's buffer is as long as told.
    unsafe {
        let context = Owned::from_raw(EVP_MD_CTX_new())?;
        let mut parameters = std::ptr::null_mut();
        let started =
            EVP_DigestSignInit(context.as_ptr(), &mut parameters, digest(scheme), std::ptr::null_mut(), key.as_ptr());
        if started <= 0 {
            return None;
        }
        // RFC 8446 §4.2.3: the salt is as long as the digest.
        if (0x0804..=0x0806).contains(&scheme)
            && (EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PSS_PADDING) <= 0
                || EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, PSS_SALT_AS_DIGEST) <= 0)
        {
            return None;
        }
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
            0x0401 | 0x0403 | 0x0804 => EVP_sha256(),
            0x0501 | 0x0503 | 0x0805 => EVP_sha384(),
            0x0601 | 0x0603 | 0x0806 => EVP_sha512(),
            _ => std::ptr::null(),
        }
    }
}
