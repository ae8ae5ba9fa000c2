//! Types as C programs name them.

use std::ffi::{c_char, c_int, c_uchar, c_uint, c_void};

use crate::certificate::Certificate;
use crate::key::private::PrivateKey;
use crate::key::public::PublicKey;
use crate::key::x509::X509PrivateKey;
use crate::name::Name;
use crate::ocsp::Response;
use crate::pkcs12::Pkcs12;
use crate::revocation::RevocationList;
use crate::trust::TrustList;

pub type gnutls_x509_crt_t = *mut Certificate;
pub type gnutls_x509_crl_t = *mut RevocationList;
pub type gnutls_x509_privkey_t = *mut X509PrivateKey;
pub type gnutls_privkey_t = *mut PrivateKey;
pub type gnutls_pubkey_t = *mut PublicKey;
pub type gnutls_x509_trust_list_t = *mut TrustList;
pub type gnutls_x509_dn_t = *mut Name;
pub type gnutls_ocsp_resp_t = *mut Response;
pub type gnutls_ocsp_resp_const_t = *const Response;
pub type gnutls_pkcs12_t = *mut Pkcs12;

/// Enumerations, which C passes as numbers. What is none of theirs comes as well.
macro_rules! enumerations {
    ($($name:ident: $type:ty),* $(,)?) => { $(pub type $name = $type;)* };
}
enumerations! {
    gnutls_x509_crt_fmt_t: c_uint,
    gnutls_certificate_print_formats_t: c_uint,
    gnutls_certificate_type_t: c_uint,
    gnutls_certificate_verification_profiles_t: c_uint,
    gnutls_cipher_algorithm_t: c_uint,
    gnutls_compression_method_t: c_int,
    gnutls_digest_algorithm_t: c_uint,
    gnutls_ecc_curve_t: c_uint,
    gnutls_group_t: c_uint,
    gnutls_kx_algorithm_t: c_uint,
    gnutls_mac_algorithm_t: c_uint,
    gnutls_pk_algorithm_t: c_uint,
    gnutls_privkey_type_t: c_uint,
    gnutls_protocol_t: c_uint,
    gnutls_rnd_level_t: c_uint,
    gnutls_sec_param_t: c_uint,
    gnutls_sign_algorithm_t: c_uint,
    gnutls_alert_description_t: c_uint,
    gnutls_transport_ptr_t: *mut c_void,
}

/// gnutls_datum_t.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct gnutls_datum_t {
    pub data: *mut c_uchar,
    pub size: c_uint,
}

/// gnutls_pcert_st.
#[repr(C)]
pub struct gnutls_pcert_st {
    pub pubkey: gnutls_pubkey_t,
    pub cert: gnutls_datum_t,
    pub kind: gnutls_certificate_type_t,
}

/// gnutls_typed_vdata_st.
#[repr(C)]
pub struct gnutls_typed_vdata_st {
    pub kind: c_uint,
    pub data: *mut c_uchar,
    pub size: c_uint,
}

/// gnutls_x509_ava_st.
#[repr(C)]
pub struct gnutls_x509_ava_st {
    pub oid: gnutls_datum_t,
    pub value: gnutls_datum_t,
    pub value_tag: std::ffi::c_ulong,
}

pub type gnutls_pin_callback_t =
    Option<unsafe extern "C" fn(*mut c_void, c_int, *const c_char, *const c_char, c_uint, *mut c_char, usize) -> c_int>;

/// The function that a verification tells of each step.
pub type VerifyOutput = unsafe extern "C" fn(gnutls_x509_crt_t, gnutls_x509_crt_t, gnutls_x509_crl_t, c_uint) -> c_int;
