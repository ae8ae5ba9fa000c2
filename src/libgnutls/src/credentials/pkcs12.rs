//! A chain and key from PKCS #12.

use std::ffi::{c_char, c_int, c_uint, c_void};

use super::{Certificate, Certificates, credentials};
use crate::error;
use crate::gnutls::{
    self, Datum, Owned, gnutls_load_file, gnutls_pcert_import_x509, gnutls_pkcs12_deinit, gnutls_pkcs12_import,
    gnutls_pkcs12_init, gnutls_pkcs12_simple_parse, gnutls_pkcs12_verify_mac, gnutls_privkey_import_x509,
    gnutls_privkey_init, gnutls_x509_crt_deinit,
};

/// GNUTLS_PRIVKEY_IMPORT_AUTO_RELEASE.
const AUTO_RELEASE: c_uint = 1;

/// A gnutls_pkcs12_t.
struct Package(*mut c_void);

impl Drop for Package {
    fn drop(&mut self) {
        // SAFETY: ours.
        unsafe { gnutls_pkcs12_deinit(self.0) };
    }
}

/// # Safety
/// The program's pointers.
unsafe fn add(cred: &Certificate, blob: &Datum, kind: c_uint, password: *const c_char) -> Result<c_int, c_int> {
    let checked = |result: c_int| if result < 0 { Err(result) } else { Ok(()) };
    // SAFETY: the caller's promise; what the original makes is freed here.
    unsafe {
        let mut package = std::ptr::null_mut();
        checked(gnutls_pkcs12_init(&mut package))?;
        let package = Package(package);
        checked(gnutls_pkcs12_import(package.0, blob, kind, 0))?;
        if !password.is_null() {
            checked(gnutls_pkcs12_verify_mac(package.0, password))?;
        }
        let (mut key, mut list, mut size, mut crl) =
            (std::ptr::null_mut(), std::ptr::null_mut(), 0, std::ptr::null_mut());
        let none = std::ptr::null_mut();
        checked(gnutls_pkcs12_simple_parse(
            package.0,
            password,
            &mut key,
            &mut list,
            &mut size,
            none,
            none.cast(),
            &mut crl,
            0,
        ))?;
        drop(Owned::from_raw(crl));
        let key = Owned::from_raw(key);
        let certs = if list.is_null() { &[] } else { std::slice::from_raw_parts(list, size as usize) };
        let mut chain = Certificates::default();
        let mut outcome = Ok(());
        for cert in certs {
            let mut pcert = gnutls::Pcert { pubkey: std::ptr::null_mut(), cert: Datum::EMPTY, kind: 0 };
            match gnutls_pcert_import_x509(&mut pcert, *cert, 0) {
                0.. => chain.push(pcert),
                error => outcome = Err(error),
            }
            gnutls_x509_crt_deinit(*cert);
        }
        gnutls::gnutls_free(list.cast());
        outcome?;
        let (Some(key), false) = (key, chain.as_slice().is_empty()) else { return Err(error::INVALID_REQUEST) };
        let private = Owned::made(gnutls_privkey_init)?;
        checked(gnutls_privkey_import_x509(private.as_ptr(), key.as_ptr(), AUTO_RELEASE))?;
        let _the_keys = key.into_raw();
        cred.add(chain, private)
    }
}

versioned! {
    /// A chain and key from PKCS #12 in memory.
    pub unsafe extern "C" fn gnutls_certificate_set_x509_simple_pkcs12_mem(
        cred: *mut Certificate, blob: *const Datum, kind: c_uint, password: *const c_char
    ) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            let Some(blob) = blob.as_ref() else { return error::INVALID_REQUEST };
            let added = credentials(cred).and_then(|cred| add(cred, blob, kind, password));
            added.unwrap_or_else(|error| error)
        }
    }

    /// ... from a file.
    pub unsafe extern "C" fn gnutls_certificate_set_x509_simple_pkcs12_file(
        cred: *mut Certificate, file: *const c_char, kind: c_uint, password: *const c_char
    ) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            let mut data = Datum::EMPTY;
            if file.is_null() || gnutls_load_file(file, &mut data) < 0 {
                return error::FILE_ERROR;
            }
            let added = gnutls_certificate_set_x509_simple_pkcs12_mem(cred, &data, kind, password);
            gnutls::gnutls_free(data.data.cast());
            added
        }
    }
}
