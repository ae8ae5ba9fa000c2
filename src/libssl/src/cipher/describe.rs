//! SSL_CIPHER_*: what a program may ask of a suite.

use std::ffi::{CStr, CString, c_char, c_int, c_uchar};
use std::ptr;

use super::{Authentication, Encryption, SSL_CIPHER};
use crate::error::{self, Reason};
use crate::handle::SSL;
use crate::libcrypto::{evp, mem, obj};
use standin_engine::Protocol;

const NONE: &CStr = c"(NONE)";

/// NIDs of what suites are made of.
mod nid {
    use std::ffi::c_int;
    pub const AES_128_GCM: c_int = 895;
    pub const AES_256_GCM: c_int = 901;
    pub const CHACHA20_POLY1305: c_int = 1018;
    pub const KX_ECDHE: c_int = 1038;
    pub const KX_ANY: c_int = 1063;
    pub const AUTH_RSA: c_int = 1046;
    pub const AUTH_ECDSA: c_int = 1047;
    pub const AUTH_ANY: c_int = 1064;
}

/// Shortest buffer that SSL_CIPHER_description takes.
const DESCRIPTION: usize = 128;

impl SSL_CIPHER {
    fn version(&self) -> &'static CStr {
        match self.protocol {
            Protocol::Tls12 => c"TLSv1.2",
            Protocol::Tls13 => c"TLSv1.3",
        }
    }

    fn description(&self) -> String {
        let (exchange, authentication) = match self.authentication {
            Authentication::Any => ("any", "any"),
            Authentication::Rsa => ("ECDH", "RSA"),
            Authentication::Ecdsa => ("ECDH", "ECDSA"),
        };
        let encryption = match self.encryption {
            Encryption::Aes128Gcm => "AESGCM(128)",
            Encryption::Aes256Gcm => "AESGCM(256)",
            Encryption::ChaCha20Poly1305 => "CHACHA20/POLY1305(256)",
        };
        format!(
            "{:<30} {:<7} Kx={exchange:<8} Au={authentication:<5} Enc={encryption:<22} Mac=AEAD\n",
            self.name.to_string_lossy(),
            self.version().to_string_lossy(),
        )
    }
}

/// The suite behind a pointer that a program holds.
///
/// # Safety
/// `cipher` is NULL or came from us.
unsafe fn suite<'a>(cipher: *const SSL_CIPHER) -> Option<&'a SSL_CIPHER> {
    // SAFETY: the caller's promise; the table is static.
    unsafe { cipher.as_ref() }
}

versioned! {
    /// OpenSSL's name.
    pub unsafe extern "C" fn SSL_CIPHER_get_name(cipher: *const SSL_CIPHER) -> *const c_char {
        // SAFETY: the program's pointer.
        unsafe { suite(cipher) }.map_or(NONE, |suite| suite.name).as_ptr()
    }

    /// IANA's name.
    pub unsafe extern "C" fn SSL_CIPHER_standard_name(cipher: *const SSL_CIPHER) -> *const c_char {
        // SAFETY: the program's pointer.
        unsafe { suite(cipher) }.map_or(NONE, |suite| suite.standard_name).as_ptr()
    }

    /// OpenSSL's name for IANA's.
    pub unsafe extern "C" fn OPENSSL_cipher_name(standard_name: *const c_char) -> *const c_char {
        if standard_name.is_null() {
            return NONE.as_ptr();
        }
        // SAFETY: a C string, by the program's promise.
        let name = unsafe { CStr::from_ptr(standard_name) };
        SSL_CIPHER::by_standard_name(name.to_bytes()).map_or(NONE, |suite| suite.name).as_ptr()
    }

    /// The protocol that uses it.
    pub unsafe extern "C" fn SSL_CIPHER_get_version(cipher: *const SSL_CIPHER) -> *const c_char {
        // SAFETY: the program's pointer.
        unsafe { suite(cipher) }.map_or(NONE, SSL_CIPHER::version).as_ptr()
    }

    /// Strength in bits; the algorithm's in `algorithm`.
    pub unsafe extern "C" fn SSL_CIPHER_get_bits(cipher: *const SSL_CIPHER, algorithm: *mut c_int) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            let Some(suite) = suite(cipher) else { return 0 };
            if !algorithm.is_null() {
                *algorithm = suite.bits();
            }
            suite.bits()
        }
    }

    /// The code point under libssl's prefix.
    pub unsafe extern "C" fn SSL_CIPHER_get_id(cipher: *const SSL_CIPHER) -> u32 {
        // SAFETY: the program's pointer.
        unsafe { suite(cipher) }.map_or(0, |suite| 0x0300_0000 | u32::from(suite.code))
    }

    /// The code point.
    pub unsafe extern "C" fn SSL_CIPHER_get_protocol_id(cipher: *const SSL_CIPHER) -> u16 {
        // SAFETY: the program's pointer.
        unsafe { suite(cipher) }.map_or(0, |suite| suite.code)
    }

    /// NID of the cipher.
    pub unsafe extern "C" fn SSL_CIPHER_get_cipher_nid(cipher: *const SSL_CIPHER) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { suite(cipher) }.map_or(obj::UNDEFINED, |suite| match suite.encryption {
            Encryption::Aes128Gcm => nid::AES_128_GCM,
            Encryption::Aes256Gcm => nid::AES_256_GCM,
            Encryption::ChaCha20Poly1305 => nid::CHACHA20_POLY1305,
        })
    }

    /// NID of the MAC: an AEAD suite has none.
    pub unsafe extern "C" fn SSL_CIPHER_get_digest_nid(_cipher: *const SSL_CIPHER) -> c_int {
        obj::UNDEFINED
    }

    /// NID of the key exchange.
    pub unsafe extern "C" fn SSL_CIPHER_get_kx_nid(cipher: *const SSL_CIPHER) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { suite(cipher) }.map_or(obj::UNDEFINED, |suite| match suite.protocol {
            Protocol::Tls12 => nid::KX_ECDHE,
            Protocol::Tls13 => nid::KX_ANY,
        })
    }

    /// NID of the authentication.
    pub unsafe extern "C" fn SSL_CIPHER_get_auth_nid(cipher: *const SSL_CIPHER) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { suite(cipher) }.map_or(obj::UNDEFINED, |suite| match suite.authentication {
            Authentication::Any => nid::AUTH_ANY,
            Authentication::Rsa => nid::AUTH_RSA,
            Authentication::Ecdsa => nid::AUTH_ECDSA,
        })
    }

    /// The hash of the handshake.
    pub unsafe extern "C" fn SSL_CIPHER_get_handshake_digest(cipher: *const SSL_CIPHER) -> *const evp::EVP_MD {
        // SAFETY: the program's pointer; the digests are libcrypto's static ones.
        unsafe {
            match suite(cipher) {
                None => ptr::null(),
                Some(suite) if suite.sha384 => evp::EVP_sha384(),
                Some(_) => evp::EVP_sha256(),
            }
        }
    }

    /// All of them are.
    pub unsafe extern "C" fn SSL_CIPHER_is_aead(cipher: *const SSL_CIPHER) -> c_int {
        c_int::from(!cipher.is_null())
    }

    /// The suite with the two-byte code point at `code`.
    pub unsafe extern "C" fn SSL_CIPHER_find(_ssl: *mut SSL, code: *const c_uchar) -> *const SSL_CIPHER {
        if code.is_null() {
            return ptr::null();
        }
        // SAFETY: two bytes, by the program's promise.
        let code = unsafe { u16::from_be_bytes([*code, *code.add(1)]) };
        SSL_CIPHER::find(code).map_or(ptr::null(), |suite| suite)
    }

    /// One line about the suite, in `buffer` or in memory that the program frees.
    pub unsafe extern "C" fn SSL_CIPHER_description(
        cipher: *const SSL_CIPHER,
        buffer: *mut c_char,
        size: c_int,
    ) -> *mut c_char {
        // SAFETY: the program's pointer.
        let Some(suite) = (unsafe { suite(cipher) }) else { return ptr::null_mut() };
        let text = CString::new(suite.description()).unwrap_or_default();
        if !buffer.is_null() && usize::try_from(size).unwrap_or(0) < DESCRIPTION {
            return ptr::null_mut();
        }
        // SAFETY: the text is shorter than the buffer, which is the program's or new.
        unsafe {
            let buffer = if buffer.is_null() {
                mem::CRYPTO_malloc(DESCRIPTION, c"standin".as_ptr(), 0).cast::<c_char>()
            } else {
                buffer
            };
            if buffer.is_null() {
                error::raise(Reason::MALLOC_FAILURE);
                return buffer;
            }
            let bytes = text.to_bytes_with_nul();
            ptr::copy_nonoverlapping(bytes.as_ptr().cast(), buffer, bytes.len().min(DESCRIPTION));
            buffer
        }
    }

    /// The default rules for TLS 1.2 and below.
    pub unsafe extern "C" fn OSSL_default_cipher_list() -> *const c_char {
        c"ALL:!COMPLEMENTOFDEFAULT:!eNULL".as_ptr()
    }

    /// The default suites of TLS 1.3.
    pub unsafe extern "C" fn OSSL_default_ciphersuites() -> *const c_char {
        c"TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256".as_ptr()
    }
}
