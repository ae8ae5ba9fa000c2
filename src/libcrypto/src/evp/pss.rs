//! New keys for RSASSA-PSS: what they are bound to (RFC 4055, section 3.1).

use std::ffi::c_int;

use super::EVP_PKEY_CTX;
use super::digest::EVP_MD;
use crate::der::{self, tag};
use crate::err::{self, library, reason};
use crate::object::{self, nid};

/// The digest, the one of the mask, and the shortest salt: each where it is told.
#[derive(Clone, Default)]
pub struct Binding {
    digest: Option<c_int>,
    mask: Option<c_int>,
    salt: Option<c_int>,
}

impl Binding {
    /// RSASSA-PSS-params: nothing for a key that is not bound; `None` for numbers that are none.
    pub fn parameters(&self) -> Option<Vec<u8>> {
        if self.digest.is_none() && self.mask.is_none() && self.salt.is_none() {
            return Some(Vec::new());
        }
        let identifier = |kind| der::element(tag::OID, object::der_of(kind));
        let hash = |kind| der::sequence(&[&identifier(kind), &[tag::NULL, 0]]);
        let digest = self.digest.unwrap_or(nid::SHA1);
        let mask = self.mask.unwrap_or(digest);
        let salt = u64::try_from(self.salt.unwrap_or(20)).ok()?;
        // What is usual is left out.
        let part = |number, usual: bool, content: Vec<u8>| match usual {
            true => Vec::new(),
            false => der::element(tag::constructed(number), &content),
        };
        Some(der::sequence(&[
            &part(0, digest == nid::SHA1, hash(digest)),
            &part(1, mask == nid::SHA1, der::sequence(&[&identifier(nid::MGF1), &hash(mask)])),
            &part(2, salt == 20, der::integer(salt)),
        ]))
    }
}

/// Sets a part of what a new key is bound to.
unsafe fn bind(ctx: *mut EVP_PKEY_CTX, set: impl FnOnce(&mut Binding)) -> c_int {
    // SAFETY: the program's object.
    match unsafe { ctx.as_mut() }.filter(|context| context.makes(nid::RSA_PSS)) {
        Some(context) => {
            set(&mut context.binding);
            1
        }
        None => {
            err::raise(library::EVP, reason::evp::COMMAND_NOT_SUPPORTED);
            -2
        }
    }
}

/// Sets what a word names.
pub fn set(context: &mut EVP_PKEY_CTX, word: &str, value: &str) -> c_int {
    let digest = || super::digest::by_name(value).map(|digest| digest.nid);
    match (word, digest(), value.parse()) {
        ("rsa_pss_keygen_md", Some(digest), _) => context.binding.digest = Some(digest),
        ("rsa_pss_keygen_mgf1_md", Some(digest), _) => context.binding.mask = Some(digest),
        ("rsa_pss_keygen_saltlen", _, Ok(salt)) => context.binding.salt = Some(salt),
        ("rsa_pss_keygen_md" | "rsa_pss_keygen_mgf1_md" | "rsa_pss_keygen_saltlen", ..) => return 0,
        _ => {
            err::raise(library::EVP, reason::evp::COMMAND_NOT_SUPPORTED);
            return -2;
        }
    }
    1
}

versioned! {
    /// Binds a new key for RSASSA-PSS to a digest.
    pub unsafe extern "C" fn EVP_PKEY_CTX_set_rsa_pss_keygen_md(ctx: *mut EVP_PKEY_CTX, md: *const EVP_MD) -> c_int {
        // SAFETY: the program's object and digest.
        unsafe { bind(ctx, |binding| binding.digest = md.as_ref().map(|digest| digest.nid)) }
    }

    /// Binds a new key for RSASSA-PSS to a digest of its mask.
    pub unsafe extern "C" fn EVP_PKEY_CTX_set_rsa_pss_keygen_mgf1_md(ctx: *mut EVP_PKEY_CTX, md: *const EVP_MD) -> c_int {
        // SAFETY: the program's object and digest.
        unsafe { bind(ctx, |binding| binding.mask = md.as_ref().map(|digest| digest.nid)) }
    }

    /// Binds a new key for RSASSA-PSS to salts of at least so many bytes.
    pub unsafe extern "C" fn EVP_PKEY_CTX_set_rsa_pss_keygen_saltlen(ctx: *mut EVP_PKEY_CTX, saltlen: c_int) -> c_int {
        // SAFETY: the program's object.
        unsafe { bind(ctx, |binding| binding.salt = Some(saltlen)) }
    }
}
