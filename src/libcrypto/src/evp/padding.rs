//! How a key signs: the digest, RSA's padding, and what RSASSA-PSS wants to know.

use std::ffi::c_int;

use super::EVP_PKEY_CTX;
use super::digest::{self, EVP_MD, digest_of};
use super::key::Operation;
use crate::err::{self, library, reason};
use crate::object::nid;
use crate::pkey::{SALT_AS_DIGEST, SALT_AUTO, SALT_MAX};

/// RSA_PKCS1_PADDING, RSA_NO_PADDING, RSA_PKCS1_OAEP_PADDING, RSA_PKCS1_PSS_PADDING.
pub const PKCS1: c_int = 1;
pub const NONE: c_int = 3;
pub const OAEP: c_int = 4;
pub const PSS: c_int = 6;

fn refuse(code: c_int) -> c_int {
    err::raise(library::PROV, code);
    0
}

fn unsupported() -> c_int {
    err::raise(library::EVP, reason::evp::COMMAND_NOT_SUPPORTED);
    -2
}

fn unknown_digest() -> c_int {
    err::raise(library::EVP, reason::UNSUPPORTED);
    refuse(reason::prov::INVALID_DIGEST)
}

/// The object of the program's, when it was begun to sign or verify by RSA.
unsafe fn by_rsa<'a>(ctx: *mut EVP_PKEY_CTX) -> Result<&'a mut EVP_PKEY_CTX, c_int> {
    // SAFETY: the program's object.
    match unsafe { ctx.as_mut() } {
        Some(context) if context.operation == Operation::None => {
            err::raise(library::EVP, reason::evp::NO_OPERATION_SET);
            Err(-1)
        }
        Some(context) if context.encrypts() => Ok(context),
        Some(context)
            if (context.is_signing() || context.operation == Operation::Recover)
                && matches!(context.algorithm, nid::RSA | nid::RSA_PSS) =>
        {
            Ok(context)
        }
        _ => Err(unsupported()),
    }
}

fn set_salt(context: &mut EVP_PKEY_CTX, salt: c_int) -> c_int {
    if !context.pss {
        return refuse(reason::prov::NOT_SUPPORTED);
    }
    if salt < SALT_MAX {
        return refuse(reason::prov::INVALID_SALT_LENGTH);
    }
    if let Some(bound) = context.key().and_then(|key| key.bound()) {
        let len = match salt {
            SALT_AUTO if context.operation == Operation::Verify => {
                return refuse(reason::prov::INVALID_SALT_LENGTH);
            }
            SALT_AS_DIGEST => digest_of(context.digest).map_or(u64::MAX, |digest| digest.algorithm.output_len() as u64),
            salt => u64::try_from(salt).unwrap_or(u64::MAX),
        };
        if len < bound.salt {
            return refuse(reason::prov::PSS_SALTLEN_TOO_SMALL);
        }
    }
    context.salt = salt;
    1
}

fn set_mask(context: &mut EVP_PKEY_CTX, mask: Option<&EVP_MD>) -> c_int {
    if context.encrypts() {
        let Some(mask) = mask.filter(|mask| mask.is_there()) else { return unknown_digest() };
        context.mask = Some(mask.nid);
        return 1;
    }
    if !context.pss {
        return refuse(reason::prov::INVALID_MGF1_MD);
    }
    let Some(mask) = mask.filter(|mask| mask.is_there()) else { return unknown_digest() };
    if context.key().and_then(|key| key.bound()).is_some_and(|bound| bound.mask != mask.nid) {
        return refuse(reason::prov::DIGEST_NOT_ALLOWED);
    }
    context.mask = Some(mask.nid);
    1
}

fn set_padding(context: &mut EVP_PKEY_CTX, padding: c_int) -> c_int {
    if context.encrypts() {
        // One that is none is found out when it is used.
        if padding == PSS {
            return 0;
        }
        context.padding = padding;
        return 1;
    }
    match (context.algorithm, padding) {
        (nid::RSA, PKCS1 | PSS) | (nid::RSA_PSS, PSS) => {
            context.pss = padding == PSS;
            context.padding = padding;
        }
        (nid::RSA, NONE) if context.digest == crate::object::UNDEFINED => {
            (context.pss, context.padding) = (false, NONE);
        }
        (nid::RSA, NONE) => return refuse(reason::prov::INVALID_PADDING_MODE),
        _ => return refuse(reason::prov::ILLEGAL_OR_UNSUPPORTED_PADDING_MODE),
    }
    1
}

fn set_digest(context: &mut EVP_PKEY_CTX, digest: Option<&EVP_MD>) -> c_int {
    let Some(digest) = digest else {
        unknown_digest();
        return refuse(reason::prov::DIGEST_NOT_ALLOWED);
    };
    if context.key().and_then(|key| key.bound()).is_some_and(|bound| bound.digest != digest.nid) {
        return refuse(reason::prov::DIGEST_NOT_ALLOWED);
    }
    context.digest = digest.nid;
    1
}

pub fn set_oaep(context: &mut EVP_PKEY_CTX, digest: Option<&EVP_MD>) -> c_int {
    let Some(digest) = digest.filter(|digest| digest.is_there()) else { return unknown_digest() };
    context.oaep.digest = digest.nid;
    1
}

/// Sets what a word names, for a key that signs or verifies.
pub fn set(context: &mut EVP_PKEY_CTX, word: &str, value: &str) -> c_int {
    let by_rsa = matches!(context.algorithm, nid::RSA | nid::RSA_PSS);
    match (word, value) {
        ("digest", name) => set_digest(context, digest::by_name(name)),
        ("rsa_padding_mode", "pss") if by_rsa => set_padding(context, PSS),
        ("rsa_padding_mode", "pkcs1") if by_rsa => set_padding(context, PKCS1),
        ("rsa_padding_mode", "oaep") if by_rsa && context.encrypts() => set_padding(context, OAEP),
        ("rsa_padding_mode", "none") if by_rsa => set_padding(context, NONE),
        ("rsa_padding_mode", _) if by_rsa => set_padding(context, 0),
        ("rsa_pss_saltlen", "digest") if by_rsa => set_salt(context, SALT_AS_DIGEST),
        ("rsa_pss_saltlen", "max") if by_rsa => set_salt(context, SALT_MAX),
        ("rsa_pss_saltlen", "auto") if by_rsa => set_salt(context, SALT_AUTO),
        // As atoi reads it.
        ("rsa_pss_saltlen", number) if by_rsa => set_salt(context, number.parse().unwrap_or(0)),
        ("rsa_oaep_md", name) if by_rsa && context.encrypts() => set_oaep(context, digest::by_name(name)),
        ("rsa_mgf1_md", name) if by_rsa => set_mask(context, digest::by_name(name)),
        _ => unsupported(),
    }
}

versioned! {
    /// Sets the digest that is signed.
    pub unsafe extern "C" fn EVP_PKEY_CTX_set_signature_md(ctx: *mut EVP_PKEY_CTX, md: *const EVP_MD) -> c_int {
        // SAFETY: the program's object and digest.
        match unsafe { (ctx.as_mut(), md.as_ref()) } {
            (Some(context), digest) if context.is_signing() || context.operation == Operation::Recover => set_digest(context, digest),
            _ => unsupported(),
        }
    }

    /// Sets how RSA signs: RSA_PKCS1_PADDING or RSA_PKCS1_PSS_PADDING; 0 for what is not served.
    pub unsafe extern "C" fn EVP_PKEY_CTX_set_rsa_padding(ctx: *mut EVP_PKEY_CTX, pad_mode: c_int) -> c_int {
        // SAFETY: the program's object.
        match unsafe { by_rsa(ctx) } {
            Ok(context) => set_padding(context, pad_mode),
            Err(why) => why,
        }
    }

    /// Sets the length of the salt for RSASSA-PSS, in bytes, or RSA_PSS_SALTLEN_DIGEST, RSA_PSS_SALTLEN_AUTO, RSA_PSS_SALTLEN_MAX.
    pub unsafe extern "C" fn EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx: *mut EVP_PKEY_CTX, saltlen: c_int) -> c_int {
        // SAFETY: the program's object.
        match unsafe { by_rsa(ctx) } {
            Ok(context) => set_salt(context, saltlen),
            Err(why) => why,
        }
    }

    /// Sets the digest of the mask of RSASSA-PSS.
    pub unsafe extern "C" fn EVP_PKEY_CTX_set_rsa_mgf1_md(ctx: *mut EVP_PKEY_CTX, md: *const EVP_MD) -> c_int {
        // SAFETY: the program's object and digest.
        match unsafe { by_rsa(ctx) } {
            Ok(context) => {
                // SAFETY: as above.
                set_mask(context, unsafe { md.as_ref() })
            }
            Err(why) => why,
        }
    }
}
