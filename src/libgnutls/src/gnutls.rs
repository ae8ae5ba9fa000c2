//! The program's real libgnutls: what is used of its certificates, keys, trust lists and utilities, with small owners.

use std::ffi::{c_char, c_int, c_long, c_uint, c_void};

use zeroize::{Zeroize, Zeroizing};

/// Objects of the original, known by their addresses only.
macro_rules! opaque {
    ($($(#[$meta:meta])* $name:ident),*) => {
        $($(#[$meta])* #[repr(C)] pub struct $name { _private: [u8; 0] })*
    };
}
opaque! {
    /// What gnutls_x509_crt_t points to.
    Certificate,
    /// What gnutls_x509_crl_t points to.
    RevocationList,
    /// What gnutls_x509_privkey_t points to.
    X509PrivateKey,
    /// What gnutls_privkey_t points to.
    PrivateKey,
    /// What gnutls_pubkey_t points to.
    PublicKey,
    /// What gnutls_x509_trust_list_t points to.
    TrustList,
    /// What gnutls_ocsp_resp_t points to.
    OcspResponse
}

/// gnutls_datum_t.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Datum {
    pub data: *mut u8,
    pub size: c_uint,
}

/// gnutls_pcert_st.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Pcert {
    pub pubkey: *mut PublicKey,
    pub cert: Datum,
    pub kind: c_uint,
}

/// gnutls_typed_vdata_st.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct TypedData {
    pub kind: c_uint,
    pub data: *mut u8,
    pub size: c_uint,
}

/// gnutls_pin_callback_t.
pub type PinCallback =
    unsafe extern "C" fn(*mut c_void, c_int, *const c_char, *const c_char, c_uint, *mut c_char, usize) -> c_int;

/// GNUTLS_X509_FMT_*.
pub mod format {
    use std::ffi::c_uint;
    pub const DER: c_uint = 0;
    pub const PEM: c_uint = 1;
}

/// GNUTLS_DT_*.
pub mod data {
    use std::ffi::c_uint;
    pub const HOSTNAME: c_uint = 1;
    pub const PURPOSE: c_uint = 2;
    pub const EMAIL: c_uint = 3;
    pub const ADDRESS: c_uint = 4;
}

/// GNUTLS_TL_*.
pub mod trust {
    use std::ffi::c_uint;
    pub const VERIFY_CRL: c_uint = 1;
    pub const USE_IN_TLS: c_uint = 1 << 1;
    pub const NO_DUPLICATES: c_uint = 1 << 2;
    pub const FAIL_ON_INVALID_CRL: c_uint = 1 << 5;
}

/// GNUTLS_PRIVKEY_IMPORT_COPY.
pub const PRIVKEY_IMPORT_COPY: c_uint = 1 << 1;

unsafe extern "C" {
    pub static gnutls_malloc: unsafe extern "C" fn(usize) -> *mut c_void;
    pub static gnutls_free: unsafe extern "C" fn(*mut c_void);

    pub fn gnutls_x509_crt_init(cert: *mut *mut Certificate) -> c_int;
    pub fn gnutls_x509_crt_deinit(cert: *mut Certificate);
    pub fn gnutls_x509_crt_import(cert: *mut Certificate, data: *const Datum, format: c_uint) -> c_int;
    pub fn gnutls_x509_crt_get_dn(cert: *mut Certificate, buf: *mut c_char, size: *mut usize) -> c_int;
    pub fn gnutls_x509_crt_export2(cert: *mut Certificate, format: c_uint, out: *mut Datum) -> c_int;
    pub fn gnutls_x509_crt_get_raw_dn(cert: *mut Certificate, dn: *mut Datum) -> c_int;
    pub fn gnutls_x509_crt_get_raw_issuer_dn(cert: *mut Certificate, dn: *mut Datum) -> c_int;
    pub fn gnutls_x509_crt_get_activation_time(cert: *mut Certificate) -> c_long;
    pub fn gnutls_x509_crt_get_expiration_time(cert: *mut Certificate) -> c_long;
    pub fn gnutls_fips140_mode_enabled() -> c_uint;
    pub fn gnutls_sign_is_secure2(algorithm: c_int, flags: c_uint) -> c_uint;
    pub fn gnutls_x509_crt_get_signature_algorithm(cert: *mut Certificate) -> c_int;
    pub fn gnutls_x509_crt_get_subject_alt_name(
        cert: *mut Certificate,
        index: c_uint,
        out: *mut c_void,
        size: *mut usize,
        critical: *mut c_uint,
    ) -> c_int;
    pub fn gnutls_x509_crt_get_dn_by_oid(
        cert: *mut Certificate,
        oid: *const c_char,
        index: c_uint,
        raw: c_uint,
        out: *mut c_void,
        size: *mut usize,
    ) -> c_int;
    pub fn gnutls_x509_crt_get_key_usage(cert: *mut Certificate, usage: *mut c_uint, critical: *mut c_uint) -> c_int;
    pub fn gnutls_x509_crt_list_import2(
        certs: *mut *mut *mut Certificate,
        size: *mut c_uint,
        data: *const Datum,
        format: c_uint,
        flags: c_uint,
    ) -> c_int;
    pub fn gnutls_x509_crl_init(crl: *mut *mut RevocationList) -> c_int;
    pub fn gnutls_x509_crl_deinit(crl: *mut RevocationList);
    pub fn gnutls_x509_crl_import(crl: *mut RevocationList, data: *const Datum, format: c_uint) -> c_int;
    pub fn gnutls_x509_crl_export2(crl: *mut RevocationList, format: c_uint, out: *mut Datum) -> c_int;

    pub fn gnutls_x509_privkey_init(key: *mut *mut X509PrivateKey) -> c_int;
    pub fn gnutls_x509_privkey_deinit(key: *mut X509PrivateKey);
    pub fn gnutls_x509_privkey_cpy(to: *mut X509PrivateKey, from: *mut X509PrivateKey) -> c_int;
    pub fn gnutls_x509_privkey_export2_pkcs8(
        key: *mut X509PrivateKey,
        format: c_uint,
        password: *const c_char,
        flags: c_uint,
        out: *mut Datum,
    ) -> c_int;

    pub fn gnutls_privkey_init(key: *mut *mut PrivateKey) -> c_int;
    pub fn gnutls_privkey_deinit(key: *mut PrivateKey);
    pub fn gnutls_privkey_set_pin_function(key: *mut PrivateKey, pin: Option<PinCallback>, data: *mut c_void);
    pub fn gnutls_privkey_import_x509_raw(
        key: *mut PrivateKey,
        data: *const Datum,
        format: c_uint,
        password: *const c_char,
        flags: c_uint,
    ) -> c_int;
    pub fn gnutls_privkey_import_x509(key: *mut PrivateKey, from: *mut X509PrivateKey, flags: c_uint) -> c_int;
    pub fn gnutls_privkey_import_url(key: *mut PrivateKey, url: *const c_char, flags: c_uint) -> c_int;
    pub fn gnutls_privkey_export_x509(key: *mut PrivateKey, out: *mut *mut X509PrivateKey) -> c_int;
    pub fn gnutls_privkey_get_pk_algorithm(key: *mut PrivateKey, bits: *mut c_uint) -> c_int;
    pub fn gnutls_privkey_get_type(key: *mut PrivateKey) -> c_uint;
    pub fn gnutls_pubkey_verify_data2(
        key: *mut PublicKey,
        sign: c_uint,
        flags: c_uint,
        data: *const Datum,
        signature: *const Datum,
    ) -> c_int;
    pub fn gnutls_privkey_sign_data2(
        key: *mut PrivateKey,
        algorithm: c_uint,
        flags: c_uint,
        data: *const Datum,
        signature: *mut Datum,
    ) -> c_int;
    pub fn gnutls_pubkey_init(key: *mut *mut PublicKey) -> c_int;
    pub fn gnutls_pubkey_deinit(key: *mut PublicKey);
    pub fn gnutls_pubkey_import_privkey(
        key: *mut PublicKey,
        from: *mut PrivateKey,
        usage: c_uint,
        flags: c_uint,
    ) -> c_int;
    pub fn gnutls_pubkey_get_key_id(key: *mut PublicKey, flags: c_uint, id: *mut u8, size: *mut usize) -> c_int;
    pub fn gnutls_pubkey_get_pk_algorithm(key: *mut PublicKey, bits: *mut c_uint) -> c_int;
    pub fn gnutls_pubkey_export_ecc_raw2(
        key: *mut PublicKey,
        curve: *mut c_uint,
        x: *mut Datum,
        y: *mut Datum,
        flags: c_uint,
    ) -> c_int;

    pub fn gnutls_pcert_import_x509(pcert: *mut Pcert, cert: *mut Certificate, flags: c_uint) -> c_int;
    pub fn gnutls_pcert_import_x509_raw(pcert: *mut Pcert, data: *const Datum, format: c_uint, flags: c_uint) -> c_int;
    pub fn gnutls_pcert_list_import_x509_file(
        list: *mut Pcert,
        size: *mut c_uint,
        file: *const c_char,
        format: c_uint,
        pin: Option<PinCallback>,
        data: *mut c_void,
        flags: c_uint,
    ) -> c_int;
    pub fn gnutls_pcert_deinit(pcert: *mut Pcert);

    pub fn gnutls_x509_trust_list_init(list: *mut *mut TrustList, size: c_uint) -> c_int;
    pub fn gnutls_x509_trust_list_deinit(list: *mut TrustList, all: c_uint);
    pub fn gnutls_x509_trust_list_add_cas(
        list: *mut TrustList,
        certs: *const *mut Certificate,
        size: c_uint,
        flags: c_uint,
    ) -> c_int;
    pub fn gnutls_x509_trust_list_add_crls(
        list: *mut TrustList,
        crls: *const *mut RevocationList,
        size: c_uint,
        flags: c_uint,
        verification: c_uint,
    ) -> c_int;
    pub fn gnutls_x509_trust_list_add_trust_mem(
        list: *mut TrustList,
        cas: *const Datum,
        crls: *const Datum,
        format: c_uint,
        flags: c_uint,
        verify_flags: c_uint,
    ) -> c_int;
    pub fn gnutls_x509_trust_list_add_trust_file(
        list: *mut TrustList,
        cas: *const c_char,
        crls: *const c_char,
        format: c_uint,
        flags: c_uint,
        verify_flags: c_uint,
    ) -> c_int;
    pub fn gnutls_x509_trust_list_add_trust_dir(
        list: *mut TrustList,
        cas: *const c_char,
        crls: *const c_char,
        format: c_uint,
        flags: c_uint,
        verify_flags: c_uint,
    ) -> c_int;
    pub fn gnutls_x509_trust_list_add_system_trust(list: *mut TrustList, flags: c_uint, verify_flags: c_uint) -> c_int;
    pub fn gnutls_x509_trust_list_get_issuer(
        list: *mut TrustList,
        cert: *mut Certificate,
        issuer: *mut *mut Certificate,
        flags: c_uint,
    ) -> c_int;
    pub fn gnutls_x509_trust_list_iter_get_ca(
        list: *mut TrustList,
        iterator: *mut *mut c_void,
        cert: *mut *mut Certificate,
    ) -> c_int;
    pub fn gnutls_x509_trust_list_iter_deinit(iterator: *mut c_void);
    pub fn gnutls_x509_trust_list_verify_crt2(
        list: *mut TrustList,
        certs: *const *mut Certificate,
        size: c_uint,
        data: *mut TypedData,
        elements: c_uint,
        flags: c_uint,
        status: *mut c_uint,
        output: *const c_void,
    ) -> c_int;

    pub fn gnutls_pkcs12_simple_parse(
        p12: *mut c_void,
        password: *const c_char,
        key: *mut *mut X509PrivateKey,
        chain: *mut *mut *mut Certificate,
        chain_len: *mut c_uint,
        extra: *mut *mut *mut Certificate,
        extra_len: *mut c_uint,
        crl: *mut *mut RevocationList,
        flags: c_uint,
    ) -> c_int;
    pub fn gnutls_pkcs12_init(p12: *mut *mut c_void) -> c_int;
    pub fn gnutls_pkcs12_deinit(p12: *mut c_void);
    pub fn gnutls_pkcs12_import(p12: *mut c_void, data: *const Datum, format: c_uint, flags: c_uint) -> c_int;
    pub fn gnutls_pkcs12_verify_mac(p12: *mut c_void, password: *const c_char) -> c_int;

    pub fn gnutls_load_file(name: *const c_char, data: *mut Datum) -> c_int;
    pub fn gnutls_url_is_supported(url: *const c_char) -> c_uint;
    pub fn gnutls_error_is_fatal(error: c_int) -> c_int;
    pub fn gnutls_error_to_alert(error: c_int, level: *mut c_int) -> c_int;
    pub fn gnutls_hash_fast(algorithm: c_uint, data: *const c_void, len: usize, digest: *mut c_void) -> c_int;
    pub fn gnutls_rnd(level: c_uint, data: *mut c_void, len: usize) -> c_int;
    pub fn gnutls_idna_map(input: *const c_char, len: c_uint, out: *mut Datum, flags: c_uint) -> c_int;
    pub fn gnutls_system_recv_timeout(transport: *mut c_void, ms: c_uint) -> c_int;
    pub fn gnutls_sign_get_name(algorithm: c_uint) -> *const c_char;
    pub fn gnutls_cipher_suite_info(
        index: usize,
        id: *mut u8,
        kx: *mut c_uint,
        cipher: *mut c_uint,
        mac: *mut c_uint,
        min: *mut c_uint,
    ) -> *const c_char;
    pub fn gnutls_get_system_config_file() -> *const c_char;
    pub fn gnutls_hex_decode2(hex: *const Datum, out: *mut Datum) -> c_int;

    pub fn gnutls_ocsp_resp_get_status(response: *mut OcspResponse) -> c_int;
    pub fn gnutls_ocsp_resp_check_crt(response: *mut OcspResponse, index: c_uint, cert: *mut Certificate) -> c_int;
    pub fn gnutls_ocsp_resp_verify(
        response: *mut OcspResponse,
        list: *mut TrustList,
        status: *mut c_uint,
        flags: c_uint,
    ) -> c_int;
    pub fn gnutls_ocsp_resp_verify_direct(
        response: *mut OcspResponse,
        issuer: *mut Certificate,
        status: *mut c_uint,
        flags: c_uint,
    ) -> c_int;
    pub fn gnutls_ocsp_resp_get_single(
        response: *mut OcspResponse,
        index: c_uint,
        digest: *mut c_uint,
        name_hash: *mut Datum,
        key_hash: *mut Datum,
        serial: *mut Datum,
        status: *mut c_uint,
        this: *mut c_long,
        next: *mut c_long,
        revoked: *mut c_long,
        reason: *mut c_uint,
    ) -> c_int;
    pub fn gnutls_ocsp_resp_list_import2(
        list: *mut *mut *mut OcspResponse,
        size: *mut c_uint,
        data: *const Datum,
        format: c_uint,
        flags: c_uint,
    ) -> c_int;
    pub fn gnutls_x509_tlsfeatures_init(features: *mut *mut c_void) -> c_int;
    pub fn gnutls_x509_tlsfeatures_deinit(features: *mut c_void);
    pub fn gnutls_x509_tlsfeatures_get(features: *mut c_void, index: c_uint, feature: *mut c_uint) -> c_int;
    pub fn gnutls_x509_crt_get_tlsfeatures(
        cert: *mut Certificate,
        features: *mut c_void,
        flags: c_uint,
        critical: *mut c_uint,
    ) -> c_int;

    pub fn gnutls_ocsp_resp_init(response: *mut *mut OcspResponse) -> c_int;
    pub fn gnutls_ocsp_resp_deinit(response: *mut OcspResponse);
    pub fn gnutls_ocsp_resp_import2(response: *mut OcspResponse, data: *const Datum, format: c_uint) -> c_int;
    pub fn gnutls_ocsp_resp_export2(response: *mut OcspResponse, data: *mut Datum, format: c_uint) -> c_int;
}

/// An object of the original that goes away with its owner.
pub trait Release {
    /// Frees it.
    ///
    /// # Safety
    /// The pointer is live and not used again.
    unsafe fn release(object: *mut Self);
}

macro_rules! released {
    ($($name:ident by $function:ident),*) => {
        $(impl Release for $name {
            unsafe fn release(object: *mut Self) {
                // SAFETY: the caller's promise.
                unsafe { $function(object) }
            }
        })*
    };
}
released! {
    Certificate by gnutls_x509_crt_deinit,
    RevocationList by gnutls_x509_crl_deinit,
    X509PrivateKey by gnutls_x509_privkey_deinit,
    PrivateKey by gnutls_privkey_deinit,
    PublicKey by gnutls_pubkey_deinit,
    OcspResponse by gnutls_ocsp_resp_deinit
}

impl Release for TrustList {
    unsafe fn release(object: *mut Self) {
        // SAFETY: the caller's promise; what is in it is its own.
        unsafe { gnutls_x509_trust_list_deinit(object, 1) }
    }
}

/// Owns an object of the original.
pub struct Owned<T: Release>(*mut T);

// SAFETY: the original's objects may be used by one thread at a time, and those that are shared are only read or sign
// (as GnuTLS documents for credentials that many threads use).
unsafe impl<T: Release> Send for Owned<T> {}
// SAFETY: as above.
unsafe impl<T: Release> Sync for Owned<T> {}

impl<T: Release> Owned<T> {
    /// Takes over `object`; `None` for NULL.
    ///
    /// # Safety
    /// It is live, and ours from here on.
    pub unsafe fn from_raw(object: *mut T) -> Option<Self> {
        if object.is_null() { None } else { Some(Owned(object)) }
    }

    /// Makes one with an `_init` function.
    ///
    /// # Safety
    /// `init` writes a live object, or fails.
    pub unsafe fn made(init: unsafe extern "C" fn(*mut *mut T) -> c_int) -> Result<Self, c_int> {
        let mut object = std::ptr::null_mut();
        // SAFETY: the caller's promise.
        match unsafe { init(&mut object) } {
            0 if !object.is_null() => Ok(Owned(object)),
            0 => Err(crate::error::MEMORY_ERROR),
            error => Err(error),
        }
    }

    pub fn as_ptr(&self) -> *mut T {
        self.0
    }

    /// Gives it to somebody else.
    pub fn into_raw(self) -> *mut T {
        std::mem::ManuallyDrop::new(self).0
    }
}

impl<T: Release> Drop for Owned<T> {
    fn drop(&mut self) {
        // SAFETY: ours, and nobody uses it again.
        unsafe { T::release(self.0) }
    }
}

impl<T: Release> std::fmt::Debug for Owned<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl Datum {
    pub const EMPTY: Datum = Datum { data: std::ptr::null_mut(), size: 0 };

    /// Lends `bytes` to a C function that only reads.
    pub fn lent(bytes: &[u8]) -> Self {
        Datum { data: bytes.as_ptr().cast_mut(), size: c_uint::try_from(bytes.len()).unwrap_or(c_uint::MAX) }
    }

    /// A copy that the program frees with gnutls_free; a NUL byte follows it. `None` when there is no memory.
    pub fn copied(bytes: &[u8]) -> Option<Self> {
        let size = c_uint::try_from(bytes.len()).ok()?;
        // SAFETY: the original's allocator, asked for room enough.
        unsafe {
            let data = gnutls_malloc(bytes.len() + 1).cast::<u8>();
            if data.is_null() {
                return None;
            }
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), data, bytes.len());
            data.add(bytes.len()).write(0);
            Some(Datum { data, size })
        }
    }

    /// The bytes; empty for NULL.
    ///
    /// # Safety
    /// `data` is NULL or points to `size` bytes that stay for as long as the slice is used.
    pub unsafe fn bytes<'a>(&self) -> &'a [u8] {
        if self.data.is_null() {
            return &[];
        }
        // SAFETY: the caller's promise.
        unsafe { std::slice::from_raw_parts(self.data, self.size as usize) }
    }

    /// Takes the bytes out of a datum that the original has allocated.
    ///
    /// # Safety
    /// As for [`Datum::bytes`]; it is not used again.
    pub unsafe fn taken(self) -> Vec<u8> {
        // SAFETY: the caller's promise.
        unsafe {
            let bytes = self.bytes().to_vec();
            gnutls_free(self.data.cast());
            bytes
        }
    }
}

impl Datum {
    /// The same for what is secret: neither copy is left behind.
    ///
    /// # Safety
    /// As for [`Datum::taken`].
    pub unsafe fn taken_secret(self) -> Zeroizing<Vec<u8>> {
        // SAFETY: the caller's promise: the bytes are ours now.
        unsafe {
            let bytes = Zeroizing::new(self.bytes().to_vec());
            if !self.data.is_null() {
                std::slice::from_raw_parts_mut(self.data, self.size as usize).zeroize();
            }
            gnutls_free(self.data.cast());
            bytes
        }
    }
}

/// What a function that fills a datum gives.
pub fn filled(fill: impl FnOnce(*mut Datum) -> c_int) -> Result<Vec<u8>, c_int> {
    let mut datum = Datum::EMPTY;
    match fill(&mut datum) {
        // SAFETY: the original has allocated it for us.
        0.. => Ok(unsafe { datum.taken() }),
        error => Err(error),
    }
}
