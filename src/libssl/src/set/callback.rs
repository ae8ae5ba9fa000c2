//! The program's functions, by their types.

use std::ffi::{c_char, c_int, c_uchar, c_uint, c_void};

use crate::handle::{SSL, SSL_CTX};
use crate::libcrypto::evp::{EVP_CIPHER_CTX, EVP_MAC_CTX, HMAC_CTX};
use crate::libcrypto::{EVP_PKEY, X509, X509_STORE_CTX};
use crate::session::SSL_SESSION;

/// A function of the program's and the pointer that goes with it.
#[derive(Clone, Copy, Debug)]
pub struct Hook<F> {
    /// The function.
    pub call: F,
    /// Its argument.
    pub argument: *mut c_void,
}

pub type InfoCallback = unsafe extern "C" fn(*const SSL, c_int, c_int);
/// SSL_set_record_padding_callback: the content type, the length with it, and the argument.
pub type PaddingCallback = unsafe extern "C" fn(*mut SSL, c_int, usize, *mut c_void) -> usize;
pub type MessageCallback = unsafe extern "C" fn(c_int, c_int, c_int, *const c_void, usize, *mut SSL, *mut c_void);
pub type CertificateCallback = unsafe extern "C" fn(*mut SSL, *mut c_void) -> c_int;
pub type ClientCertificateCallback = unsafe extern "C" fn(*mut SSL, *mut *mut X509, *mut *mut EVP_PKEY) -> c_int;
pub type CertificateVerifyCallback = unsafe extern "C" fn(*mut X509_STORE_CTX, *mut c_void) -> c_int;
pub type KeyLogCallback = unsafe extern "C" fn(*const SSL, *const c_char);
pub type ServerNameCallback = unsafe extern "C" fn(*mut SSL, *mut c_int, *mut c_void) -> c_int;
pub type StatusCallback = unsafe extern "C" fn(*mut SSL, *mut c_void) -> c_int;
pub type AlpnSelectCallback =
    unsafe extern "C" fn(*mut SSL, *mut *const c_uchar, *mut c_uchar, *const c_uchar, c_uint, *mut c_void) -> c_int;
pub type ClientHelloCallback = unsafe extern "C" fn(*mut SSL, *mut c_int, *mut c_void) -> c_int;
pub type TicketKeyCallback =
    unsafe extern "C" fn(*mut SSL, *mut c_uchar, *mut c_uchar, *mut EVP_CIPHER_CTX, *mut HMAC_CTX, c_int) -> c_int;
pub type TicketKeyMacCallback =
    unsafe extern "C" fn(*mut SSL, *mut c_uchar, *mut c_uchar, *mut EVP_CIPHER_CTX, *mut EVP_MAC_CTX, c_int) -> c_int;
pub type NewSessionCallback = unsafe extern "C" fn(*mut SSL, *mut SSL_SESSION) -> c_int;
pub type GetSessionCallback = unsafe extern "C" fn(*mut SSL, *const c_uchar, c_int, *mut c_int) -> *mut SSL_SESSION;
pub type RemoveSessionCallback = unsafe extern "C" fn(*mut SSL_CTX, *mut SSL_SESSION);
pub type TicketDataCallback = unsafe extern "C" fn(*mut SSL, *mut c_void) -> c_int;
pub type TicketUseCallback =
    unsafe extern "C" fn(*mut SSL, *mut SSL_SESSION, *const c_uchar, usize, c_int, *mut c_void) -> c_int;
pub type PskClientCallback =
    unsafe extern "C" fn(*mut SSL, *const c_char, *mut c_char, c_uint, *mut c_uchar, c_uint) -> c_uint;
pub type PskServerCallback = unsafe extern "C" fn(*mut SSL, *const c_char, *mut c_uchar, c_uint) -> c_uint;
pub type PskUseCallback =
    unsafe extern "C" fn(*mut SSL, *const c_void, *mut *const c_uchar, *mut usize, *mut *mut SSL_SESSION) -> c_int;
pub type PskFindCallback = unsafe extern "C" fn(*mut SSL, *const c_uchar, usize, *mut *mut SSL_SESSION) -> c_int;
pub type NotResumableCallback = unsafe extern "C" fn(*mut SSL, c_int) -> c_int;
