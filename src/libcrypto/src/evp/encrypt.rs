//! RSA that encrypts and decrypts, and signatures that what was signed is taken out of.

use std::ffi::{c_int, c_uchar, c_void};
use std::ptr;

use super::EVP_PKEY_CTX;
use super::digest::EVP_MD;
use super::key::{Operation, begin, begun};
use super::padding::{self, OAEP};
use crate::err::{self, library, reason};
use crate::handle::bytes;
use crate::object::{self, nid};
use crate::pkey::bare::{self, Oaep, Padding};

impl EVP_PKEY_CTX {
    /// Was it begun to encrypt or to decrypt?
    pub(super) fn encrypts(&self) -> bool {
        matches!(self.operation, Operation::Encrypt | Operation::Decrypt)
    }

    fn cipher_padding(&self) -> Option<Padding> {
        match Padding::of(self.padding)? {
            Padding::Oaep(_) => {
                let mask = self.mask.unwrap_or(self.oaep.digest);
                Some(Padding::Oaep(Oaep { mask, ..self.oaep.clone() }))
            }
            other => Some(other),
        }
    }
}

/// Begins what only RSA's keys do.
unsafe fn begin_rsa(ctx: *mut EVP_PKEY_CTX, operation: Operation) -> c_int {
    // SAFETY: the program's object.
    unsafe {
        if ctx.as_ref().is_some_and(|context| context.algorithm != nid::RSA) {
            err::raise(library::EVP, reason::evp::OPERATION_NOT_SUPPORTED);
            return -2;
        }
        begin(ctx, operation)
    }
}

/// Runs an operation into the program's room; for NULL says only how much that has to be. `failed` is the answer when it fails.
unsafe fn run<T: AsRef<[u8]>>(
    context: &EVP_PKEY_CTX,
    out: *mut c_uchar,
    outlen: *mut usize,
    failed: c_int,
    operation: impl FnOnce(&crate::pkey::Key) -> Option<T>,
) -> c_int {
    // SAFETY: the program's room and variable.
    unsafe {
        let (Some(key), Some(len)) = (context.key(), outlen.as_mut()) else { return 0 };
        let size = key.signature_len();
        if out.is_null() {
            *len = size;
            return 1;
        }
        if *len < size {
            err::raise(library::PROV, reason::prov::OUTPUT_BUFFER_TOO_SMALL);
            return 0;
        }
        let Some(made) = operation(key) else { return failed };
        let made = made.as_ref();
        ptr::copy_nonoverlapping(made.as_ptr(), out, made.len());
        *len = made.len();
        1
    }
}

versioned! {
    /// Begins to encrypt for an RSA key. -2 with an error for others.
    pub unsafe extern "C" fn EVP_PKEY_encrypt_init(ctx: *mut EVP_PKEY_CTX) -> c_int {
        // SAFETY: the program's object.
        unsafe { begin_rsa(ctx, Operation::Encrypt) }
    }

    /// Encrypts into room for `*outlen` bytes; for NULL only its length. Not above 0 with an error.
    pub unsafe extern "C" fn EVP_PKEY_encrypt(ctx: *mut EVP_PKEY_CTX, out: *mut c_uchar, outlen: *mut usize, input: *const c_uchar, inlen: usize) -> c_int {
        // SAFETY: the program's object, room, variable and bytes.
        unsafe {
            let context = match begun(ctx, Operation::Encrypt) {
                Ok(context) => context,
                Err(why) => return why,
            };
            let failed = if context.padding == OAEP { 0 } else { -1 };
            run(context, out, outlen, failed, |key| bare::encrypt(key, &context.cipher_padding()?, bytes(input, inlen)))
        }
    }

    /// Begins to decrypt by an RSA key. -2 with an error for others.
    pub unsafe extern "C" fn EVP_PKEY_decrypt_init(ctx: *mut EVP_PKEY_CTX) -> c_int {
        // SAFETY: the program's object.
        unsafe { begin_rsa(ctx, Operation::Decrypt) }
    }

    /// Decrypts into room for `*outlen` bytes; for NULL only its greatest length. Not above 0 with an error.
    pub unsafe extern "C" fn EVP_PKEY_decrypt(ctx: *mut EVP_PKEY_CTX, out: *mut c_uchar, outlen: *mut usize, input: *const c_uchar, inlen: usize) -> c_int {
        // SAFETY: the program's object, room, variable and bytes.
        unsafe {
            let context = match begun(ctx, Operation::Decrypt) {
                Ok(context) => context,
                Err(why) => return why,
            };
            run(context, out, outlen, 0, |key| bare::decrypt(key, &context.cipher_padding()?, bytes(input, inlen)))
        }
    }

    /// Begins to take what was signed out of signatures by an RSA key. -2 with an error for others.
    pub unsafe extern "C" fn EVP_PKEY_verify_recover_init(ctx: *mut EVP_PKEY_CTX) -> c_int {
        // SAFETY: the program's object.
        unsafe { begin_rsa(ctx, Operation::Recover) }
    }

    /// What was signed, into room for `*routlen` bytes: the digest, where one was told of. For NULL only the greatest length.
    /// Not above 0 with an error.
    pub unsafe extern "C" fn EVP_PKEY_verify_recover(ctx: *mut EVP_PKEY_CTX, rout: *mut c_uchar, routlen: *mut usize, sig: *const c_uchar, siglen: usize) -> c_int {
        // SAFETY: the program's object, room, variable and bytes.
        unsafe {
            let context = match begun(ctx, Operation::Recover) {
                Ok(context) => context,
                Err(why) => return why,
            };
            run(context, rout, routlen, 0, |key| {
                let padding = if context.padding == padding::NONE { Padding::None } else { Padding::Pkcs1 };
                let found = bare::recover(key, &padding, bytes(sig, siglen))?;
                if context.digest == object::UNDEFINED {
                    return Some(found);
                }
                let len = super::digest_of(context.digest)?.algorithm.output_len();
                let digest = found.get(found.len().checked_sub(len)?..)?.to_vec();
                if bare::digest_info(context.digest, &digest)? != found {
                    err::raise(library::RSA, reason::rsa::BAD_SIGNATURE);
                    return None;
                }
                Some(digest)
            })
        }
    }

    /// Sets the digest of OAEP.
    pub unsafe extern "C" fn EVP_PKEY_CTX_set_rsa_oaep_md(ctx: *mut EVP_PKEY_CTX, md: *const EVP_MD) -> c_int {
        // SAFETY: the program's object and digest.
        match unsafe { (ctx.as_mut(), md.as_ref()) } {
            (Some(context), digest) if context.encrypts() => padding::set_oaep(context, digest),
            _ => {
                err::raise(library::EVP, reason::evp::COMMAND_NOT_SUPPORTED);
                -2
            }
        }
    }

    /// Sets the label of OAEP, which becomes the context's: memory of OPENSSL_malloc's.
    pub unsafe extern "C" fn EVP_PKEY_CTX_set0_rsa_oaep_label(ctx: *mut EVP_PKEY_CTX, label: *mut c_void, len: c_int) -> c_int {
        // SAFETY: the program's object, and its memory, which it gives up.
        unsafe {
            let Some(context) = ctx.as_mut().filter(|context| context.encrypts()) else {
                err::raise(library::EVP, reason::evp::COMMAND_NOT_SUPPORTED);
                return -2;
            };
            context.oaep.label = bytes(label.cast_const().cast(), usize::try_from(len).unwrap_or(0)).to_vec();
            crate::mem::free(label.cast());
        }
        1
    }
}
