//! The program's callbacks for certificates.

use std::ffi::{c_int, c_uint, c_void};

use super::{Certificate, Retrieve, VerifyFunction, credentials};
use crate::gnutls::{self, Datum, Pcert, PinCallback, PrivateKey, X509PrivateKey};
use crate::session::Handle;

/// gnutls_retr2_st.
#[repr(C)]
pub struct Retrieved1 {
    pub kind: c_uint,
    /// gnutls_privkey_type_t.
    pub key_type: c_uint,
    pub certs: *mut *mut gnutls::Certificate,
    pub size: c_uint,
    pub key: *mut X509PrivateKey,
    pub deinit_all: c_uint,
}

/// struct gnutls_cert_retr_st.
#[repr(C)]
pub struct RetrieveInfo {
    pub version: c_uint,
    pub cred: *const Certificate,
    pub authorities: *const Datum,
    pub authorities_size: c_uint,
    pub pk_algorithms: *const c_uint,
    pub pk_algorithms_size: c_uint,
    pub padding: [u8; 64],
}

/// gnutls_certificate_retrieve_function.
pub type Retrieve1 =
    unsafe extern "C" fn(*mut Handle, *const Datum, c_int, *const c_uint, c_int, *mut Retrieved1) -> c_int;

/// gnutls_certificate_retrieve_function2.
pub type Retrieve2 = unsafe extern "C" fn(
    *mut Handle,
    *const Datum,
    c_int,
    *const c_uint,
    c_int,
    *mut *mut Pcert,
    *mut c_uint,
    *mut *mut PrivateKey,
) -> c_int;

/// gnutls_certificate_retrieve_function3.
pub type Retrieve3 = unsafe extern "C" fn(
    *mut Handle,
    *const RetrieveInfo,
    *mut *mut Pcert,
    *mut c_uint,
    *mut *mut c_void,
    *mut c_uint,
    *mut *mut PrivateKey,
    *mut c_uint,
) -> c_int;

unsafe fn set(cred: *mut Certificate, retrieve: Option<Retrieve>) {
    // SAFETY: the program's pointer.
    if let Ok(cred) = unsafe { credentials(cred) } {
        cred.change(|state| state.retrieve = retrieve.unwrap_or_default());
    }
}

versioned! {
    /// Asks for certificates, as gnutls_x509_crt_t.
    pub unsafe extern "C" fn gnutls_certificate_set_retrieve_function(cred: *mut Certificate, function: Option<Retrieve1>) {
        // SAFETY: the program's pointer.
        unsafe { set(cred, function.map(Retrieve::One)) }
    }

    /// Asks for certificates, as gnutls_pcert_st.
    pub unsafe extern "C" fn gnutls_certificate_set_retrieve_function2(cred: *mut Certificate, function: Option<Retrieve2>) {
        // SAFETY: the program's pointer.
        unsafe { set(cred, function.map(Retrieve::Two)) }
    }

    /// Asks for certificates, with staples.
    pub unsafe extern "C" fn gnutls_certificate_set_retrieve_function3(cred: *mut Certificate, function: Option<Retrieve3>) {
        // SAFETY: the program's pointer.
        unsafe { set(cred, function.map(Retrieve::Three)) }
    }

    /// Has peers' chains verified by the program, within the handshake.
    pub unsafe extern "C" fn gnutls_certificate_set_verify_function(cred: *mut Certificate, function: Option<VerifyFunction>) {
        // SAFETY: the program's pointer.
        if let Ok(cred) = unsafe { credentials(cred) } {
            cred.change(|state| state.verify = function);
        }
    }

    /// Who knows the PINs of tokens.
    pub unsafe extern "C" fn gnutls_certificate_set_pin_function(
        cred: *mut Certificate, function: Option<PinCallback>, data: *mut c_void
    ) {
        // SAFETY: the program's pointer.
        if let Ok(cred) = unsafe { credentials(cred) } {
            cred.change(|state| state.pin = (function, data));
        }
    }

    /// Parameters for a key exchange that is not served: nothing follows from them.
    pub unsafe extern "C" fn gnutls_certificate_set_dh_params(_cred: *mut Certificate, _params: *const c_void) {}

    /// As gnutls_certificate_set_dh_params.
    pub unsafe extern "C" fn gnutls_certificate_set_known_dh_params(_cred: *mut Certificate, _level: c_uint) -> c_int { 0 }

    /// As gnutls_certificate_set_dh_params.
    pub unsafe extern "C" fn gnutls_certificate_set_params_function(_cred: *mut Certificate, _function: *const c_void) {}
}
