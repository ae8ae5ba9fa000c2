//! X.509 certificates.

pub mod access;
pub mod alternative;
pub mod content;
pub mod extensions;
pub mod host;
pub mod list;
mod names;
pub mod print;
pub mod relation;

use std::ffi::{c_int, c_void};
use std::sync::Arc;

pub use content::Content;

use crate::datum::{self, bytes, object, object_mut};
use crate::encoding::{self, PEM};
use crate::error::{self, code};
use crate::types::{gnutls_datum_t, gnutls_pin_callback_t, gnutls_x509_crt_fmt_t, gnutls_x509_crt_t};

/// What stands behind BEGIN; the second is older.
pub const LABELS: [&str; 2] = ["CERTIFICATE", "X509 CERTIFICATE"];

/// A certificate that a program holds.
#[derive(Default)]
pub struct Certificate {
    content: Option<Arc<Content>>,
}

impl Certificate {
    /// One of this content.
    pub fn of(content: Arc<Content>) -> Self {
        Certificate { content: Some(content) }
    }

    /// What is in it; INVALID_REQUEST when it has not been read.
    pub fn content(&self) -> Result<&Arc<Content>, c_int> {
        self.content.as_ref().ok_or(error::INVALID_REQUEST)
    }

    /// Reads DER or PEM.
    pub fn import(&mut self, bytes: &[u8], format: gnutls_x509_crt_fmt_t) -> Result<(), c_int> {
        let der = match format {
            PEM => encoding::decode_any(bytes, &LABELS)?,
            _ => bytes.to_vec(),
        };
        self.content = Some(Arc::new(Content::parse(&der)?));
        Ok(())
    }
}

/// The content of a program's certificate.
///
/// # Safety
/// `cert` is NULL or live.
pub unsafe fn inside<'a>(cert: *const Certificate) -> Result<&'a Arc<Content>, c_int> {
    // SAFETY: the caller's promise.
    unsafe { object(cert) }.and_then(Certificate::content)
}

versioned! {
    /// A certificate with nothing in it; gnutls_x509_crt_deinit frees it.
    pub unsafe extern "C" fn gnutls_x509_crt_init(cert: *mut gnutls_x509_crt_t) -> c_int {
        // SAFETY: the program's variable.
        code(unsafe { datum::hand_out(cert, Certificate::default()) })
    }

    /// Frees a certificate.
    pub unsafe extern "C" fn gnutls_x509_crt_deinit(cert: gnutls_x509_crt_t) {
        // SAFETY: the program gives it up.
        unsafe { datum::take_back(cert) }
    }

    /// Reads DER or PEM; what was in it before is gone only when that succeeds.
    pub unsafe extern "C" fn gnutls_x509_crt_import(cert: gnutls_x509_crt_t, data: *const gnutls_datum_t, format: gnutls_x509_crt_fmt_t) -> c_int {
        // SAFETY: the program's certificate and data.
        unsafe { code(object_mut(cert).and_then(|cert| cert.import(bytes(data)?, format))) }
    }

    /// The certificate, in the program's room.
    pub unsafe extern "C" fn gnutls_x509_crt_export(cert: gnutls_x509_crt_t, format: gnutls_x509_crt_fmt_t, output_data: *mut c_void, output_data_size: *mut usize) -> c_int {
        // SAFETY: the program's certificate and room.
        unsafe {
            code(inside(cert).and_then(|content| {
                encoding::fill(&content.der, LABELS[0], format, output_data, output_data_size)
            }))
        }
    }

    /// The certificate, for the program to free by gnutls_free.
    pub unsafe extern "C" fn gnutls_x509_crt_export2(cert: gnutls_x509_crt_t, format: gnutls_x509_crt_fmt_t, out: *mut gnutls_datum_t) -> c_int {
        // SAFETY: the program's certificate and variable.
        unsafe { code(inside(cert).and_then(|content| encoding::give(&content.der, LABELS[0], format, out))) }
    }

    /// Notes who is asked for a token's PIN: nobody, since tokens are not served.
    pub unsafe extern "C" fn gnutls_x509_crt_set_pin_function(_cert: gnutls_x509_crt_t, _fun: gnutls_pin_callback_t, _userdata: *mut c_void) {}

    /// Reads a certificate from an address: UNIMPLEMENTED_FEATURE, since tokens are not served.
    pub unsafe extern "C" fn gnutls_x509_crt_import_url(_crt: gnutls_x509_crt_t, _url: *const std::ffi::c_char, _flags: std::ffi::c_uint) -> c_int {
        error::UNIMPLEMENTED_FEATURE
    }
}
