//! Blocks under a password: the older lines `DEK-Info` (RFC 1421), and PKCS #8 (RFC 8018).

use std::ffi::{c_int, c_void};

use standin_pki::password;
use zeroize::Zeroizing;

use super::PasswordCallback;
use super::armor::Block;
use crate::err::{self, library, reason};

/// PEM_BUFSIZE: the longest password.
const PASSWORD: usize = 1024;

/// How a password is asked for.
#[derive(Clone, Copy)]
pub struct Ask {
    pub callback: Option<PasswordCallback>,
    pub data: *mut c_void,
}

impl Ask {
    /// The password; `None` with an error when there is none.
    pub fn password(self) -> Option<Zeroizing<Vec<u8>>> {
        self.asked(0)
    }

    /// A password for what is written; `None` with an error when there is none.
    pub fn new_password(self) -> Option<Zeroizing<Vec<u8>>> {
        self.asked(1)
    }

    fn asked(self, writing: c_int) -> Option<Zeroizing<Vec<u8>>> {
        let mut room = Zeroizing::new(vec![0u8; PASSWORD]);
        let size = c_int::try_from(PASSWORD).unwrap_or(0);
        // SAFETY: the program's callback and pointer; the room is as long as told.
        let len = unsafe {
            match self.callback {
                Some(callback) => callback(room.as_mut_ptr().cast(), size, writing, self.data),
                None => super::PEM_def_callback(room.as_mut_ptr().cast(), size, writing, self.data),
            }
        };
        match usize::try_from(len) {
            Ok(len) if len <= PASSWORD => {
                room.truncate(len);
                Some(room)
            }
            _ => {
                err::raise(library::PEM, reason::pem::BAD_PASSWORD_READ);
                None
            }
        }
    }
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim().as_bytes();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

/// Octets of a vector: all ciphers here are of AES.
const AES_BLOCK: usize = 16;

/// Opens a block that its lines say is encrypted; others stay as they are.
pub fn open(block: &mut Block, ask: Ask) -> bool {
    let Some(info) = block.headers.lines().find_map(|line| line.strip_prefix("DEK-Info:")) else { return true };
    let parsed = info.trim().split_once(',').filter(|(name, _)| password::knows(name));
    let Some((name, iv)) = parsed else {
        err::raise(library::PEM, reason::pem::UNSUPPORTED_ENCRYPTION);
        return false;
    };
    let Some(iv) = hex(iv).filter(|iv| iv.len() == AES_BLOCK) else {
        err::raise(library::PEM, reason::pem::BAD_IV_CHARS);
        return false;
    };
    let Some(password) = ask.password() else { return false };
    match password::open_dek(name, &iv, &block.bytes, &password) {
        Some(bytes) => {
            block.bytes = bytes;
            true
        }
        None => {
            err::raise(library::PROV, reason::prov::BAD_DECRYPT);
            err::raise(library::PEM, reason::pem::BAD_DECRYPT);
            false
        }
    }
}

/// Opens an EncryptedPrivateKeyInfo; `None` with an error when that fails.
pub fn open_pkcs8(bytes: &[u8], ask: Ask) -> Option<Zeroizing<Vec<u8>>> {
    let password = match err::quietly(|| ask.password()) {
        Some(password) => password,
        None => {
            // The original has two ways to read a key, and asks for the second as well.
            for _ in 0..2 {
                err::raise(library::CRYPTO, reason::INTERRUPTED_OR_CANCELLED);
            }
            err::raise(library::PROV, reason::prov::UNABLE_TO_GET_PASSPHRASE);
            err::raise(library::CRYPTO, reason::INTERRUPTED_OR_CANCELLED);
            ask.password()?
        }
    };
    let opened = password::open_pkcs8(bytes, &password);
    if opened.is_none() {
        // The original tries twice, as a key of any kind and as one of the kind inside.
        for _ in 0..2 {
            err::raise(library::PROV, reason::evp::BAD_DECRYPT);
            err::raise(library::PKCS12, reason::pkcs12::CIPHERFINAL_ERROR);
        }
    }
    opened
}
