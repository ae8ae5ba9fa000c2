//! EVP_CIPHER: AES in CBC mode, piece by piece.

use std::ffi::{CStr, c_char, c_int, c_uchar};
use std::ptr;

use aws_lc_rs::cipher::{
    AES_128, AES_256, Algorithm, DecryptionContext, EncryptionContext, StreamingDecryptingKey, StreamingEncryptingKey,
    UnboundCipherKey,
};
use aws_lc_rs::iv::FixedLength;

use super::ENGINE;
use crate::err::{self, library, reason};
use crate::handle::{self, bytes, give};

const BLOCK: usize = 16;

/// A cipher algorithm.
pub struct EVP_CIPHER {
    nid: c_int,
    name: &'static CStr,
    key_len: usize,
    algorithm: &'static Algorithm,
}

static CIPHERS: [EVP_CIPHER; 2] = [
    EVP_CIPHER { nid: 419, name: c"AES-128-CBC", key_len: 16, algorithm: &AES_128 },
    EVP_CIPHER { nid: 427, name: c"AES-256-CBC", key_len: 32, algorithm: &AES_256 },
];

enum Running {
    Encrypting(StreamingEncryptingKey),
    Decrypting(StreamingDecryptingKey),
}

/// A cipher in the making.
#[derive(Default)]
pub struct EVP_CIPHER_CTX {
    cipher: Option<&'static EVP_CIPHER>,
    key: Option<Vec<u8>>,
    encrypts: bool,
    running: Option<Running>,
}

unsafe fn init(
    ctx: *mut EVP_CIPHER_CTX,
    cipher: *const EVP_CIPHER,
    key: *const u8,
    iv: *const u8,
    way: c_int,
) -> c_int {
    // SAFETY: the program's objects and bytes.
    unsafe {
        let Some(context) = ctx.as_mut() else { return 0 };
        if let Some(cipher) = cipher.as_ref() {
            context.cipher = CIPHERS.iter().find(|known| known.nid == cipher.nid);
        }
        if way >= 0 {
            context.encrypts = way != 0;
        }
        let Some(cipher) = context.cipher else {
            err::raise(library::EVP, 131);
            return 0;
        };
        if !key.is_null() {
            context.key = Some(bytes(key, cipher.key_len).to_vec());
        }
        let (Some(key), false) = (&context.key, iv.is_null()) else { return 1 };
        let Ok(iv) = <[u8; BLOCK]>::try_from(bytes(iv, BLOCK)) else { return 0 };
        let Ok(key) = UnboundCipherKey::new(cipher.algorithm, key) else { return 0 };
        let iv = FixedLength::from(iv);
        context.running = if context.encrypts {
            let key = StreamingEncryptingKey::less_safe_cbc_pkcs7(key, EncryptionContext::Iv128(iv));
            key.ok().map(Running::Encrypting)
        } else {
            StreamingDecryptingKey::cbc_pkcs7(key, DecryptionContext::Iv128(iv)).ok().map(Running::Decrypting)
        };
        c_int::from(context.running.is_some())
    }
}

unsafe fn update(ctx: *mut EVP_CIPHER_CTX, out: *mut u8, outl: *mut c_int, input: *const u8, len: c_int) -> c_int {
    // SAFETY: the program's objects, room and bytes.
    unsafe {
        let (Some(context), Some(outl)) = (ctx.as_mut(), outl.as_mut()) else { return 0 };
        let data = bytes(input, usize::try_from(len).unwrap_or(0));
        let mut room = vec![0; data.len() + BLOCK];
        let written = match &mut context.running {
            Some(Running::Encrypting(key)) => key.update(data, &mut room).map(|update| update.written().len()),
            Some(Running::Decrypting(key)) => key.update(data, &mut room).map(|update| update.written().len()),
            None => return 0,
        };
        let Ok(written) = written else { return 0 };
        ptr::copy_nonoverlapping(room.as_ptr(), out, written);
        *outl = c_int::try_from(written).unwrap_or(0);
        1
    }
}

unsafe fn finish(ctx: *mut EVP_CIPHER_CTX, out: *mut u8, outl: *mut c_int) -> c_int {
    // SAFETY: the program's objects and room.
    unsafe {
        let (Some(context), Some(outl)) = (ctx.as_mut(), outl.as_mut()) else { return 0 };
        let mut room = [0; 2 * BLOCK];
        let written = match context.running.take() {
            Some(Running::Encrypting(key)) => key.finish(&mut room).map(|(_, update)| update.written().len()),
            Some(Running::Decrypting(key)) => key.finish(&mut room).map(|update| update.written().len()),
            None => return 0,
        };
        let Ok(written) = written else {
            err::raise(library::EVP, reason::evp::BAD_DECRYPT);
            return 0;
        };
        ptr::copy_nonoverlapping(room.as_ptr(), out, written);
        *outl = c_int::try_from(written).unwrap_or(0);
        1
    }
}

versioned! {
    /// AES-128 in CBC mode.
    pub unsafe extern "C" fn EVP_aes_128_cbc() -> *const EVP_CIPHER {
        ptr::from_ref(&CIPHERS[0])
    }

    /// AES-256 in CBC mode.
    pub unsafe extern "C" fn EVP_aes_256_cbc() -> *const EVP_CIPHER {
        ptr::from_ref(&CIPHERS[1])
    }

    /// A cipher by name; NULL when it is unknown.
    pub unsafe extern "C" fn EVP_get_cipherbyname(name: *const c_char) -> *const EVP_CIPHER {
        // SAFETY: the program's text.
        let name = unsafe { handle::text(name) }.unwrap_or_default();
        let named = |cipher: &&EVP_CIPHER| cipher.name.to_str().is_ok_and(|own| own.eq_ignore_ascii_case(name));
        CIPHERS.iter().find(named).map_or(ptr::null(), ptr::from_ref)
    }

    /// A cipher's name.
    pub unsafe extern "C" fn EVP_CIPHER_get0_name(cipher: *const EVP_CIPHER) -> *const c_char {
        // SAFETY: the program's cipher.
        unsafe { cipher.as_ref() }.map_or(ptr::null(), |cipher| cipher.name.as_ptr())
    }

    /// A cipher's number.
    pub unsafe extern "C" fn EVP_CIPHER_get_nid(cipher: *const EVP_CIPHER) -> c_int {
        // SAFETY: the program's cipher.
        unsafe { cipher.as_ref() }.map_or(0, |cipher| cipher.nid)
    }

    /// How many bytes a cipher's key has.
    pub unsafe extern "C" fn EVP_CIPHER_get_key_length(cipher: *const EVP_CIPHER) -> c_int {
        // SAFETY: the program's cipher.
        unsafe { cipher.as_ref() }.map_or(0, |cipher| c_int::try_from(cipher.key_len).unwrap_or(0))
    }

    /// How many bytes a cipher's start value has.
    pub unsafe extern "C" fn EVP_CIPHER_get_iv_length(cipher: *const EVP_CIPHER) -> c_int {
        if cipher.is_null() { 0 } else { BLOCK as c_int }
    }

    /// How many bytes the start value of a cipher in the making has.
    pub unsafe extern "C" fn EVP_CIPHER_CTX_get_iv_length(ctx: *const EVP_CIPHER_CTX) -> c_int {
        // SAFETY: the program's object.
        unsafe { ctx.as_ref() }.and_then(|context| context.cipher).map_or(-1, |_| BLOCK as c_int)
    }

    /// How many bytes a cipher takes at once.
    pub unsafe extern "C" fn EVP_CIPHER_get_block_size(cipher: *const EVP_CIPHER) -> c_int {
        if cipher.is_null() { 0 } else { BLOCK as c_int }
    }

    /// A cipher in the making.
    pub unsafe extern "C" fn EVP_CIPHER_CTX_new() -> *mut EVP_CIPHER_CTX {
        give(EVP_CIPHER_CTX::default())
    }

    /// Frees it.
    pub unsafe extern "C" fn EVP_CIPHER_CTX_free(c: *mut EVP_CIPHER_CTX) {
        // SAFETY: the program gives it up.
        unsafe { handle::free(c) }
    }

    /// Forgets what is in the making.
    pub unsafe extern "C" fn EVP_CIPHER_CTX_reset(c: *mut EVP_CIPHER_CTX) -> c_int {
        // SAFETY: the program's object.
        if let Some(context) = unsafe { c.as_mut() } {
            *context = EVP_CIPHER_CTX::default();
        }
        1
    }

    /// Starts a cipher: `enc` 1 encrypts, 0 decrypts, -1 stays. NULL keeps what was set.
    pub unsafe extern "C" fn EVP_CipherInit_ex(ctx: *mut EVP_CIPHER_CTX, cipher: *const EVP_CIPHER, _implementation: *mut ENGINE, key: *const c_uchar, iv: *const c_uchar, enc: c_int) -> c_int {
        // SAFETY: the program's objects and bytes.
        unsafe { init(ctx, cipher, key, iv, enc) }
    }

    /// Starts to encrypt.
    pub unsafe extern "C" fn EVP_EncryptInit_ex(ctx: *mut EVP_CIPHER_CTX, cipher: *const EVP_CIPHER, _implementation: *mut ENGINE, key: *const c_uchar, iv: *const c_uchar) -> c_int {
        // SAFETY: the program's objects and bytes.
        unsafe { init(ctx, cipher, key, iv, 1) }
    }

    /// Starts to decrypt.
    pub unsafe extern "C" fn EVP_DecryptInit_ex(ctx: *mut EVP_CIPHER_CTX, cipher: *const EVP_CIPHER, _implementation: *mut ENGINE, key: *const c_uchar, iv: *const c_uchar) -> c_int {
        // SAFETY: the program's objects and bytes.
        unsafe { init(ctx, cipher, key, iv, 0) }
    }

    /// Adds bytes; what is ready goes to `out`.
    pub unsafe extern "C" fn EVP_CipherUpdate(ctx: *mut EVP_CIPHER_CTX, out: *mut c_uchar, outl: *mut c_int, input: *const c_uchar, inl: c_int) -> c_int {
        // SAFETY: the program's objects, room and bytes.
        unsafe { update(ctx, out, outl, input, inl) }
    }

    /// Adds bytes; what is ready goes to `out`.
    pub unsafe extern "C" fn EVP_EncryptUpdate(ctx: *mut EVP_CIPHER_CTX, out: *mut c_uchar, outl: *mut c_int, input: *const c_uchar, inl: c_int) -> c_int {
        // SAFETY: the program's objects, room and bytes.
        unsafe { update(ctx, out, outl, input, inl) }
    }

    /// Adds bytes; what is ready goes to `out`.
    pub unsafe extern "C" fn EVP_DecryptUpdate(ctx: *mut EVP_CIPHER_CTX, out: *mut c_uchar, outl: *mut c_int, input: *const c_uchar, inl: c_int) -> c_int {
        // SAFETY: the program's objects, room and bytes.
        unsafe { update(ctx, out, outl, input, inl) }
    }

    /// Ends a cipher: the last bytes go to `outm`.
    pub unsafe extern "C" fn EVP_CipherFinal_ex(ctx: *mut EVP_CIPHER_CTX, outm: *mut c_uchar, outl: *mut c_int) -> c_int {
        // SAFETY: the program's objects and room.
        unsafe { finish(ctx, outm, outl) }
    }

    /// Ends a cipher: the last bytes go to `outm`.
    pub unsafe extern "C" fn EVP_EncryptFinal_ex(ctx: *mut EVP_CIPHER_CTX, outm: *mut c_uchar, outl: *mut c_int) -> c_int {
        // SAFETY: the program's objects and room.
        unsafe { finish(ctx, outm, outl) }
    }

    /// Ends a cipher: the last bytes go to `outm`; 0 when the padding is wrong.
    pub unsafe extern "C" fn EVP_DecryptFinal_ex(ctx: *mut EVP_CIPHER_CTX, outm: *mut c_uchar, outl: *mut c_int) -> c_int {
        // SAFETY: the program's objects and room.
        unsafe { finish(ctx, outm, outl) }
    }
}
