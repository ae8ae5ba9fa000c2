//! EVP_CIPHER: AES in CBC, ECB and CTR mode, piece by piece.

use std::ffi::{CStr, c_char, c_int, c_uchar, c_ulong};
use std::ptr;

use aws_lc_rs::cipher::{
    AES_128, AES_192, AES_256, Algorithm, DecryptingKey, DecryptionContext, EncryptingKey, EncryptionContext,
    PaddedBlockDecryptingKey, PaddedBlockEncryptingKey, StreamingEncryptingKey, UnboundCipherKey,
};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::iv::FixedLength;
use zeroize::Zeroizing;

use super::{ENGINE, OSSL_LIB_CTX};
use crate::err::{self, library, reason};
use crate::handle::{self, bytes, give};

const BLOCK: usize = 16;
/// EVP_CIPH_*_MODE.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Ecb = 1,
    Cbc = 2,
    Ctr = 5,
}

/// A cipher algorithm.
pub struct EVP_CIPHER {
    nid: c_int,
    name: &'static CStr,
    /// How else it is found.
    alias: &'static str,
    mode: Mode,
    algorithm: &'static Algorithm,
    key_len: usize,
}

const fn aes(
    nid: c_int,
    name: &'static CStr,
    alias: &'static str,
    mode: Mode,
    algorithm: &'static Algorithm,
    key_len: usize,
) -> EVP_CIPHER {
    EVP_CIPHER { nid, name, alias, mode, algorithm, key_len }
}

static CIPHERS: [EVP_CIPHER; 9] = [
    aes(418, c"AES-128-ECB", "", Mode::Ecb, &AES_128, 16),
    aes(419, c"AES-128-CBC", "AES128", Mode::Cbc, &AES_128, 16),
    aes(904, c"AES-128-CTR", "", Mode::Ctr, &AES_128, 16),
    aes(422, c"AES-192-ECB", "", Mode::Ecb, &AES_192, 24),
    aes(423, c"AES-192-CBC", "AES192", Mode::Cbc, &AES_192, 24),
    aes(905, c"AES-192-CTR", "", Mode::Ctr, &AES_192, 24),
    aes(426, c"AES-256-ECB", "", Mode::Ecb, &AES_256, 32),
    aes(427, c"AES-256-CBC", "AES256", Mode::Cbc, &AES_256, 32),
    aes(906, c"AES-256-CTR", "", Mode::Ctr, &AES_256, 32),
];

impl EVP_CIPHER {
    /// Its name, when keys are encrypted by it.
    pub fn for_keys(&self) -> Option<&'static str> {
        self.name.to_str().ok().filter(|_| self.mode == Mode::Cbc)
    }

    /// How many bytes a key has.
    pub fn key_len(&self) -> usize {
        self.key_len
    }

    /// How many bytes a start value has.
    pub fn iv_len(&self) -> usize {
        if self.mode == Mode::Ecb { 0 } else { BLOCK }
    }

    fn block_len(&self) -> usize {
        if self.mode == Mode::Ctr { 1 } else { BLOCK }
    }
}

/// What is in the making: whole blocks go through AWS-LC as they come, what is left is held.
#[derive(Clone)]
struct Blocks {
    cipher: &'static EVP_CIPHER,
    key: Zeroizing<Vec<u8>>,
    /// The start value, or the last block of ciphertext.
    chain: [u8; BLOCK],
    encrypts: bool,
    held: Zeroizing<Vec<u8>>,
}

impl Blocks {
    fn key(&self) -> Result<UnboundCipherKey, Unspecified> {
        UnboundCipherKey::new(self.cipher.algorithm, &self.key)
    }

    fn encryption(&self) -> EncryptionContext {
        match self.cipher.mode {
            Mode::Ecb => EncryptionContext::None,
            _ => EncryptionContext::Iv128(FixedLength::from(self.chain)),
        }
    }

    fn decryption(&self) -> DecryptionContext {
        match self.cipher.mode {
            Mode::Ecb => DecryptionContext::None,
            _ => DecryptionContext::Iv128(FixedLength::from(self.chain)),
        }
    }

    /// Whole blocks there or back.
    fn pass(&mut self, blocks: &mut [u8]) -> Result<(), Unspecified> {
        let Some(end) = blocks.len().checked_sub(BLOCK) else { return Ok(()) };
        let chained = |blocks: &[u8]| <[u8; BLOCK]>::try_from(&blocks[end..]).map_err(|_| Unspecified);
        let ecb = self.cipher.mode == Mode::Ecb;
        if self.encrypts {
            let key = if ecb { EncryptingKey::ecb(self.key()?)? } else { EncryptingKey::cbc(self.key()?)? };
            key.less_safe_encrypt(blocks, self.encryption())?;
            self.chain = chained(blocks)?;
        } else {
            let next = chained(blocks)?;
            let key = if ecb { DecryptingKey::ecb(self.key()?)? } else { DecryptingKey::cbc(self.key()?)? };
            key.decrypt(blocks, self.decryption())?;
            self.chain = next;
        }
        Ok(())
    }

    /// More bytes: what is ready. Who decrypts what was padded holds the last block back.
    fn update(&mut self, data: &[u8], padded: bool) -> Result<Zeroizing<Vec<u8>>, Unspecified> {
        self.held.extend_from_slice(data);
        let len = self.held.len();
        let mut ready = len / BLOCK * BLOCK;
        if padded && !self.encrypts && ready == len {
            ready = ready.saturating_sub(BLOCK);
        }
        let rest = Zeroizing::new(self.held.split_off(ready));
        let mut out = std::mem::replace(&mut self.held, rest);
        self.pass(&mut out)?;
        Ok(out)
    }

    /// The end: the last bytes, or why there are none (PROV_R_*).
    fn finish(mut self, padded: bool) -> Result<Zeroizing<Vec<u8>>, c_int> {
        let ecb = self.cipher.mode == Mode::Ecb;
        let mut last = std::mem::take(&mut self.held);
        if !padded {
            return if last.is_empty() { Ok(last) } else { Err(reason::prov::WRONG_FINAL_BLOCK_LENGTH) };
        }
        if self.encrypts {
            let mut seal = || {
                let key = self.key()?;
                let key = if ecb {
                    PaddedBlockEncryptingKey::ecb_pkcs7(key)
                } else {
                    PaddedBlockEncryptingKey::cbc_pkcs7(key)
                };
                key?.less_safe_encrypt(&mut *last, self.encryption())
            };
            return seal().map(|_| ()).map(|()| last).map_err(|Unspecified| reason::prov::CIPHER_OPERATION_FAILED);
        }
        if last.len() != BLOCK {
            return Err(reason::prov::WRONG_FINAL_BLOCK_LENGTH);
        }
        let mut open = || {
            let key = self.key()?;
            let key =
                if ecb { PaddedBlockDecryptingKey::ecb_pkcs7(key) } else { PaddedBlockDecryptingKey::cbc_pkcs7(key) };
            key?.decrypt(&mut last, self.decryption()).map(|opened| Zeroizing::new(opened.to_vec()))
        };
        open().map_err(|Unspecified| reason::prov::BAD_DECRYPT)
    }
}

enum Running {
    Blocks(Blocks),
    Stream(StreamingEncryptingKey),
}

/// A cipher in the making.
pub struct EVP_CIPHER_CTX {
    cipher: Option<&'static EVP_CIPHER>,
    key: Option<Zeroizing<Vec<u8>>>,
    iv: [u8; BLOCK],
    encrypts: bool,
    padded: bool,
    running: Option<Running>,
}

impl Default for EVP_CIPHER_CTX {
    fn default() -> Self {
        EVP_CIPHER_CTX { cipher: None, key: None, iv: [0; BLOCK], encrypts: false, padded: true, running: None }
    }
}

impl EVP_CIPHER_CTX {
    /// Starts with the key and the start value that were set.
    fn start(&mut self) -> bool {
        let (Some(cipher), Some(key)) = (self.cipher, &self.key) else { return true };
        self.running = if cipher.mode == Mode::Ctr {
            let start = EncryptionContext::Iv128(FixedLength::from(self.iv));
            let key = UnboundCipherKey::new(cipher.algorithm, key);
            key.and_then(|key| StreamingEncryptingKey::less_safe_ctr(key, start)).ok().map(Running::Stream)
        } else {
            let held = Zeroizing::default();
            Some(Running::Blocks(Blocks { cipher, key: key.clone(), chain: self.iv, encrypts: self.encrypts, held }))
        };
        self.running.is_some()
    }
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
        if way >= 0 {
            context.encrypts = way != 0;
        }
        if let Some(cipher) = cipher.as_ref() {
            let known = CIPHERS.iter().find(|known| known.nid == cipher.nid);
            if context.cipher.is_some_and(|before| before.nid != cipher.nid) {
                (context.key, context.iv, context.running) = (None, [0; BLOCK], None);
            }
            context.cipher = known;
        }
        let Some(cipher) = context.cipher else {
            err::raise(library::EVP, reason::evp::NO_CIPHER_SET);
            return 0;
        };
        if !key.is_null() {
            context.key = Some(Zeroizing::new(bytes(key, cipher.key_len).to_vec()));
        }
        if !iv.is_null() && cipher.iv_len() > 0 {
            context.iv.copy_from_slice(bytes(iv, BLOCK));
        }
        c_int::from(context.start())
    }
}

unsafe fn update(ctx: *mut EVP_CIPHER_CTX, out: *mut u8, outl: *mut c_int, input: *const u8, len: c_int) -> c_int {
    // SAFETY: the program's objects, room and bytes.
    unsafe {
        let (Some(context), Some(outl)) = (ctx.as_mut(), outl.as_mut()) else { return 0 };
        *outl = 0;
        let Ok(len) = usize::try_from(len) else { return 0 };
        let data = bytes(input, len);
        let written = match &mut context.running {
            Some(Running::Blocks(blocks)) => blocks.update(data, context.padded),
            Some(Running::Stream(key)) => {
                let mut room = Zeroizing::new(vec![0; data.len() + BLOCK]);
                let written = key.update(data, &mut room).map(|update| update.written().len());
                written.map(|written| {
                    room.truncate(written);
                    room
                })
            }
            None => return 0,
        };
        let Ok(written) = written else { return 0 };
        if !written.is_empty() {
            if out.is_null() {
                return 0;
            }
            ptr::copy_nonoverlapping(written.as_ptr(), out, written.len());
        }
        *outl = c_int::try_from(written.len()).unwrap_or(0);
        1
    }
}

unsafe fn finish(ctx: *mut EVP_CIPHER_CTX, out: *mut u8, outl: *mut c_int) -> c_int {
    // SAFETY: the program's objects and room.
    unsafe {
        let (Some(context), Some(outl)) = (ctx.as_mut(), outl.as_mut()) else { return 0 };
        *outl = 0;
        let last = match context.running.take() {
            Some(Running::Blocks(blocks)) => blocks.finish(context.padded),
            Some(Running::Stream(_)) => Ok(Zeroizing::default()),
            None => return 0,
        };
        match last {
            Ok(last) => {
                if !last.is_empty() {
                    if out.is_null() {
                        return 0;
                    }
                    ptr::copy_nonoverlapping(last.as_ptr(), out, last.len());
                }
                *outl = c_int::try_from(last.len()).unwrap_or(0);
                1
            }
            Err(why) => {
                err::raise(library::PROV, why);
                0
            }
        }
    }
}

fn lend(nid: c_int) -> *const EVP_CIPHER {
    CIPHERS.iter().find(|cipher| cipher.nid == nid).map_or(ptr::null(), ptr::from_ref)
}

fn by_name(name: &str) -> Option<&'static EVP_CIPHER> {
    let named = |cipher: &&EVP_CIPHER| {
        cipher.name.to_str().is_ok_and(|own| own.eq_ignore_ascii_case(name)) || cipher.alias.eq_ignore_ascii_case(name)
    };
    CIPHERS.iter().find(named).filter(|_| !name.is_empty())
}

versioned! {
    /// AES-128 in ECB mode.
    pub unsafe extern "C" fn EVP_aes_128_ecb() -> *const EVP_CIPHER {
        lend(418)
    }

    /// AES-128 in CBC mode.
    pub unsafe extern "C" fn EVP_aes_128_cbc() -> *const EVP_CIPHER {
        lend(419)
    }

    /// AES-128 in CTR mode.
    pub unsafe extern "C" fn EVP_aes_128_ctr() -> *const EVP_CIPHER {
        lend(904)
    }

    /// AES-192 in ECB mode.
    pub unsafe extern "C" fn EVP_aes_192_ecb() -> *const EVP_CIPHER {
        lend(422)
    }

    /// AES-192 in CBC mode.
    pub unsafe extern "C" fn EVP_aes_192_cbc() -> *const EVP_CIPHER {
        lend(423)
    }

    /// AES-192 in CTR mode.
    pub unsafe extern "C" fn EVP_aes_192_ctr() -> *const EVP_CIPHER {
        lend(905)
    }

    /// AES-256 in ECB mode.
    pub unsafe extern "C" fn EVP_aes_256_ecb() -> *const EVP_CIPHER {
        lend(426)
    }

    /// AES-256 in CBC mode.
    pub unsafe extern "C" fn EVP_aes_256_cbc() -> *const EVP_CIPHER {
        lend(427)
    }

    /// AES-256 in CTR mode.
    pub unsafe extern "C" fn EVP_aes_256_ctr() -> *const EVP_CIPHER {
        lend(906)
    }

    /// A cipher by name; NULL when it is unknown.
    pub unsafe extern "C" fn EVP_get_cipherbyname(name: *const c_char) -> *const EVP_CIPHER {
        // SAFETY: the program's text.
        unsafe { handle::text(name) }.and_then(by_name).map_or(ptr::null(), ptr::from_ref)
    }

    /// A cipher by name, which EVP_CIPHER_free gives back; NULL with an error when it is unknown.
    pub unsafe extern "C" fn EVP_CIPHER_fetch(ctx: *mut OSSL_LIB_CTX, algorithm: *const c_char, properties: *const c_char) -> *mut EVP_CIPHER {
        // SAFETY: the program's text.
        let served = unsafe { crate::provider::are_served(ctx, properties) };
        // SAFETY: as above.
        let found = if served { unsafe { EVP_get_cipherbyname(algorithm).cast_mut() } } else { ptr::null_mut() };
        if found.is_null() {
            err::raise(library::EVP, reason::UNSUPPORTED);
        }
        found
    }

    /// Gives a cipher back: they stay.
    pub unsafe extern "C" fn EVP_CIPHER_free(_cipher: *mut EVP_CIPHER) {}

    /// EVP_CIPH_*_MODE.
    pub unsafe extern "C" fn EVP_CIPHER_get_mode(cipher: *const EVP_CIPHER) -> c_int {
        // SAFETY: the program's cipher.
        unsafe { cipher.as_ref() }.map_or(0, |cipher| cipher.mode as c_int)
    }

    /// EVP_CIPH_*: the mode, and what else there is to say.
    pub unsafe extern "C" fn EVP_CIPHER_get_flags(cipher: *const EVP_CIPHER) -> c_ulong {
        // SAFETY: the program's cipher.
        unsafe { cipher.as_ref() }.map_or(0, |cipher| cipher.mode as c_ulong)
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
        // SAFETY: the program's cipher.
        unsafe { cipher.as_ref() }.map_or(0, |cipher| c_int::try_from(cipher.iv_len()).unwrap_or(0))
    }

    /// How many bytes the start value of a cipher in the making has.
    pub unsafe extern "C" fn EVP_CIPHER_CTX_get_iv_length(ctx: *const EVP_CIPHER_CTX) -> c_int {
        // SAFETY: the program's object.
        unsafe { ctx.as_ref() }.and_then(|context| context.cipher).map_or(-1, |cipher| c_int::try_from(cipher.iv_len()).unwrap_or(0))
    }

    /// How many bytes a cipher takes at once.
    pub unsafe extern "C" fn EVP_CIPHER_get_block_size(cipher: *const EVP_CIPHER) -> c_int {
        // SAFETY: the program's cipher.
        unsafe { cipher.as_ref() }.map_or(0, |cipher| c_int::try_from(cipher.block_len()).unwrap_or(0))
    }

    /// The cipher that is in use; NULL when there is none.
    pub unsafe extern "C" fn EVP_CIPHER_CTX_get0_cipher(ctx: *const EVP_CIPHER_CTX) -> *const EVP_CIPHER {
        // SAFETY: the program's object.
        unsafe { ctx.as_ref() }.and_then(|context| context.cipher).map_or(ptr::null(), ptr::from_ref)
    }

    /// The cipher that is in use, by its older name; NULL when there is none.
    pub unsafe extern "C" fn EVP_CIPHER_CTX_cipher(ctx: *const EVP_CIPHER_CTX) -> *const EVP_CIPHER {
        // SAFETY: the program's object.
        unsafe { EVP_CIPHER_CTX_get0_cipher(ctx) }
    }

    /// How many bytes the cipher that is in use takes at once.
    pub unsafe extern "C" fn EVP_CIPHER_CTX_get_block_size(ctx: *const EVP_CIPHER_CTX) -> c_int {
        // SAFETY: the program's object.
        unsafe { EVP_CIPHER_get_block_size(EVP_CIPHER_CTX_get0_cipher(ctx)) }
    }

    /// How many bytes the key of the cipher that is in use has.
    pub unsafe extern "C" fn EVP_CIPHER_CTX_get_key_length(ctx: *const EVP_CIPHER_CTX) -> c_int {
        // SAFETY: the program's object.
        unsafe { EVP_CIPHER_get_key_length(EVP_CIPHER_CTX_get0_cipher(ctx)) }
    }

    /// Sets the length of the key: the cipher's, and no other.
    pub unsafe extern "C" fn EVP_CIPHER_CTX_set_key_length(ctx: *mut EVP_CIPHER_CTX, keylen: c_int) -> c_int {
        // SAFETY: the program's object.
        if !ctx.is_null() && unsafe { EVP_CIPHER_CTX_get_key_length(ctx) } == keylen {
            return 1;
        }
        err::raise(library::EVP, reason::evp::INVALID_KEY_LENGTH);
        0
    }

    /// Whether what is encrypted is padded to whole blocks, as it is unless told.
    pub unsafe extern "C" fn EVP_CIPHER_CTX_set_padding(c: *mut EVP_CIPHER_CTX, pad: c_int) -> c_int {
        // SAFETY: the program's object.
        unsafe { c.as_mut() }.map_or(0, |context| {
            context.padded = pad != 0;
            1
        })
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

    /// Copies what is in the making; a stream (CTR) that has begun cannot be copied.
    pub unsafe extern "C" fn EVP_CIPHER_CTX_copy(out: *mut EVP_CIPHER_CTX, input: *const EVP_CIPHER_CTX) -> c_int {
        // SAFETY: the program's objects.
        let (Some(out), Some(from)) = (unsafe { out.as_mut() }, unsafe { input.as_ref() }) else { return 0 };
        let running = match &from.running {
            None => None,
            Some(Running::Blocks(blocks)) => Some(Running::Blocks(blocks.clone())),
            Some(Running::Stream(_)) => {
                err::raise(library::EVP, reason::UNSUPPORTED);
                return 0;
            }
        };
        *out = EVP_CIPHER_CTX { key: from.key.clone(), running, ..*from };
        1
    }

    /// Starts a cipher: `enc` 1 encrypts, 0 decrypts, -1 stays. NULL keeps what was set.
    pub unsafe extern "C" fn EVP_CipherInit(ctx: *mut EVP_CIPHER_CTX, cipher: *const EVP_CIPHER, key: *const c_uchar, iv: *const c_uchar, enc: c_int) -> c_int {
        // SAFETY: the program's objects and bytes.
        unsafe { init(ctx, cipher, key, iv, enc) }
    }

    /// Starts to encrypt.
    pub unsafe extern "C" fn EVP_EncryptInit(ctx: *mut EVP_CIPHER_CTX, cipher: *const EVP_CIPHER, key: *const c_uchar, iv: *const c_uchar) -> c_int {
        // SAFETY: the program's objects and bytes.
        unsafe { init(ctx, cipher, key, iv, 1) }
    }

    /// Starts to decrypt.
    pub unsafe extern "C" fn EVP_DecryptInit(ctx: *mut EVP_CIPHER_CTX, cipher: *const EVP_CIPHER, key: *const c_uchar, iv: *const c_uchar) -> c_int {
        // SAFETY: the program's objects and bytes.
        unsafe { init(ctx, cipher, key, iv, 0) }
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

    /// Ends a cipher: the last bytes go to `out`.
    pub unsafe extern "C" fn EVP_EncryptFinal(ctx: *mut EVP_CIPHER_CTX, out: *mut c_uchar, outl: *mut c_int) -> c_int {
        // SAFETY: the program's objects and room.
        unsafe { finish(ctx, out, outl) }
    }

    /// Ends a cipher: the last bytes go to `outm`; 0 when the padding is wrong.
    pub unsafe extern "C" fn EVP_DecryptFinal(ctx: *mut EVP_CIPHER_CTX, outm: *mut c_uchar, outl: *mut c_int) -> c_int {
        // SAFETY: the program's objects and room.
        unsafe { finish(ctx, outm, outl) }
    }

    /// Ends a cipher: the last bytes go to `outm`; 0 when the padding is wrong.
    pub unsafe extern "C" fn EVP_DecryptFinal_ex(ctx: *mut EVP_CIPHER_CTX, outm: *mut c_uchar, outl: *mut c_int) -> c_int {
        // SAFETY: the program's objects and room.
        unsafe { finish(ctx, outm, outl) }
    }
}
