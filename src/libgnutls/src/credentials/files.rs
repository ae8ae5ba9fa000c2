//! Certificates and keys from files, memory and objects.

use std::ffi::{CStr, c_char, c_int, c_uint};

use super::{Certificate, Certificates, credentials, identity};
use crate::error;
use crate::gnutls::{
    self, Datum, Owned, Pcert, PrivateKey, X509PrivateKey, format, gnutls_load_file, gnutls_pcert_import_x509,
    gnutls_pcert_list_import_x509_file, gnutls_privkey_import_url, gnutls_privkey_import_x509,
    gnutls_privkey_import_x509_raw, gnutls_privkey_init, gnutls_privkey_set_pin_function, gnutls_url_is_supported,
    gnutls_x509_crt_deinit, gnutls_x509_crt_list_import2, gnutls_x509_privkey_cpy, gnutls_x509_privkey_init,
};

/// GNUTLS_X509_CRT_LIST_SORT.
const SORT: c_uint = 1 << 2;
/// GNUTLS_PRIVKEY_IMPORT_AUTO_RELEASE.
const AUTO_RELEASE: c_uint = 1;
const MAX_CHAIN: usize = 16;
const NO_CERT: Pcert = Pcert { pubkey: std::ptr::null_mut(), cert: Datum::EMPTY, kind: 0 };

/// A chain from bytes, put into its order.
///
/// # Safety
/// The datum is the program's.
unsafe fn chain_of_bytes(data: &Datum, kind: c_uint) -> Result<Certificates, c_int> {
    let (mut list, mut size) = (std::ptr::null_mut(), 0);
    // SAFETY: the original writes a list of its own, which is ours to free.
    unsafe {
        let sorted = if kind == format::PEM { SORT } else { 0 };
        match gnutls_x509_crt_list_import2(&mut list, &mut size, data, kind, sorted) {
            0.. => {}
            error::NO_CERTIFICATE_FOUND if kind == format::PEM => return Err(error::BASE64_DECODING_ERROR),
            error => return Err(error),
        }
        let certs = std::slice::from_raw_parts(list, size as usize);
        let made = chain_of_objects(certs);
        certs.iter().for_each(|cert| gnutls_x509_crt_deinit(*cert));
        gnutls::gnutls_free(list.cast());
        made
    }
}

/// Copies of a program's certificates.
///
/// # Safety
/// They are live.
unsafe fn chain_of_objects(certs: &[*mut gnutls::Certificate]) -> Result<Certificates, c_int> {
    let mut chain = Certificates::default();
    for cert in certs {
        let mut pcert = NO_CERT;
        // SAFETY: the caller's promise.
        match unsafe { gnutls_pcert_import_x509(&mut pcert, *cert, 0) } {
            0.. => chain.push(pcert),
            error => return Err(error),
        }
    }
    Ok(chain)
}

fn new_key(cred: &Certificate) -> Result<Owned<PrivateKey>, c_int> {
    // SAFETY: the original's constructor.
    let key = unsafe { Owned::made(gnutls_privkey_init) }?;
    if let (pin @ Some(_), data) = cred.read(|state| state.pin) {
        // SAFETY: the key is live.
        unsafe { gnutls_privkey_set_pin_function(key.as_ptr(), pin, data) };
    }
    Ok(key)
}

fn checked(result: c_int) -> Result<(), c_int> {
    if result < 0 { Err(result) } else { Ok(()) }
}

/// A file's contents; freed when dropped.
struct File(Datum);

impl File {
    /// # Safety
    /// `name` is a C string.
    unsafe fn load(name: *const c_char) -> Result<Self, c_int> {
        let mut data = Datum::EMPTY;
        // SAFETY: the caller's promise.
        match unsafe { gnutls_load_file(name, &mut data) } {
            0.. => Ok(File(data)),
            _ => Err(error::FILE_ERROR),
        }
    }
}

impl Drop for File {
    fn drop(&mut self) {
        // SAFETY: the original has allocated it; it may hold a key.
        unsafe {
            if !self.0.data.is_null() {
                std::ptr::write_bytes(self.0.data, 0, self.0.size as usize);
                gnutls::gnutls_free(self.0.data.cast());
            }
        }
    }
}

/// Adds a chain and key given in memory.
unsafe fn add_bytes(
    cred: &Certificate,
    (cert, key): (&Datum, &Datum),
    kind: c_uint,
    password: *const c_char,
    flags: c_uint,
) -> Result<c_int, c_int> {
    // SAFETY: the program's data.
    unsafe {
        let private = new_key(cred)?;
        if key.data.is_null() {
            return Err(error::INVALID_REQUEST);
        }
        checked(gnutls_privkey_import_x509_raw(private.as_ptr(), key, kind, password, flags))?;
        let chain = chain_of_bytes(cert, kind)?;
        cred.add(chain, private)
    }
}

unsafe fn add_files(
    cred: &Certificate,
    (certs, key): (*const c_char, *const c_char),
    kind: c_uint,
    password: *const c_char,
    flags: c_uint,
) -> Result<c_int, c_int> {
    // SAFETY: the program's strings.
    unsafe {
        let private = new_key(cred)?;
        if gnutls_url_is_supported(key) != 0 {
            checked(gnutls_privkey_import_url(private.as_ptr(), key, flags))?;
        } else {
            let file = File::load(key)?;
            checked(gnutls_privkey_import_x509_raw(private.as_ptr(), &file.0, kind, password, flags))?;
        }
        let chain = if gnutls_url_is_supported(certs) != 0 {
            let mut list = [NO_CERT; MAX_CHAIN];
            let mut size = MAX_CHAIN as c_uint;
            let (pin, data) = cred.read(|state| state.pin);
            checked(gnutls_pcert_list_import_x509_file(list.as_mut_ptr(), &mut size, certs, kind, pin, data, 0))?;
            let mut chain = Certificates::default();
            list[..(size as usize).min(MAX_CHAIN)].iter().for_each(|cert| chain.push(*cert));
            chain
        } else {
            chain_of_bytes(&File::load(certs)?.0, kind)?
        };
        cred.add(chain, private)
    }
}

fn result(added: Result<c_int, c_int>) -> c_int {
    added.unwrap_or_else(|error| error)
}

versioned! {
    /// A chain and key from files (or PKCS #11 URLs).
    pub unsafe extern "C" fn gnutls_certificate_set_x509_key_file(
        cred: *mut Certificate, certs: *const c_char, key: *const c_char, kind: c_uint
    ) -> c_int {
        // SAFETY: the program's pointers.
        unsafe { gnutls_certificate_set_x509_key_file2(cred, certs, key, kind, std::ptr::null(), 0) }
    }

    /// ... with a password.
    pub unsafe extern "C" fn gnutls_certificate_set_x509_key_file2(
        cred: *mut Certificate, certs: *const c_char, key: *const c_char, kind: c_uint, password: *const c_char,
        flags: c_uint
    ) -> c_int {
        if certs.is_null() || key.is_null() {
            return error::INVALID_REQUEST;
        }
        // SAFETY: the program's pointers.
        result(unsafe { credentials(cred) }.and_then(|cred| {
            // SAFETY: as above.
            unsafe { add_files(cred, (certs, key), kind, password, flags) }
        }))
    }

    /// A chain and key from memory.
    pub unsafe extern "C" fn gnutls_certificate_set_x509_key_mem(
        cred: *mut Certificate, cert: *const Datum, key: *const Datum, kind: c_uint
    ) -> c_int {
        // SAFETY: the program's pointers.
        unsafe { gnutls_certificate_set_x509_key_mem2(cred, cert, key, kind, std::ptr::null(), 0) }
    }

    /// ... with a password.
    pub unsafe extern "C" fn gnutls_certificate_set_x509_key_mem2(
        cred: *mut Certificate, cert: *const Datum, key: *const Datum, kind: c_uint, password: *const c_char,
        flags: c_uint
    ) -> c_int {
        // SAFETY: the program's pointers.
        let (Some(cert), Some(key)) = (unsafe { (cert.as_ref(), key.as_ref()) }) else { return error::INVALID_REQUEST };
        // SAFETY: as above.
        result(unsafe { credentials(cred) }.and_then(|cred| {
            // SAFETY: as above.
            unsafe { add_bytes(cred, (cert, key), kind, password, flags) }
        }))
    }

    /// Copies of a program's certificates and key.
    pub unsafe extern "C" fn gnutls_certificate_set_x509_key(
        cred: *mut Certificate, certs: *mut *mut gnutls::Certificate, size: c_int, key: *mut X509PrivateKey
    ) -> c_int {
        let Ok(size) = usize::try_from(size) else { return error::INVALID_REQUEST };
        if certs.is_null() || key.is_null() || size == 0 {
            return error::INVALID_REQUEST;
        }
        // SAFETY: the program's pointers; the copy is the new key's own.
        result(unsafe { credentials(cred) }.and_then(|cred| unsafe {
            let copy = Owned::made(gnutls_x509_privkey_init)?;
            checked(gnutls_x509_privkey_cpy(copy.as_ptr(), key))?;
            let private = new_key(cred)?;
            checked(gnutls_privkey_import_x509(private.as_ptr(), copy.as_ptr(), AUTO_RELEASE))?;
            let _the_keys = copy.into_raw();
            let chain = chain_of_objects(std::slice::from_raw_parts(certs, size))?;
            cred.add(chain, private)
        }))
    }

    /// Takes over parsed certificates and a key; on failure they stay the program's.
    pub unsafe extern "C" fn gnutls_certificate_set_key(
        cred: *mut Certificate, names: *const *const c_char, names_size: c_int, certs: *mut Pcert, size: c_int,
        key: *mut PrivateKey
    ) -> c_int {
        let (Ok(size), Ok(names_size)) = (usize::try_from(size), usize::try_from(names_size)) else {
            return error::INVALID_REQUEST;
        };
        if certs.is_null() || key.is_null() {
            return error::INSUFFICIENT_CREDENTIALS;
        }
        // SAFETY: the program's pointers.
        result(unsafe { credentials(cred) }.and_then(|cred| unsafe {
            let names = (!names.is_null()).then(|| {
                let names = std::slice::from_raw_parts(names, names_size).iter().filter(|name| !name.is_null());
                names.map(|name| CStr::from_ptr(*name).to_bytes().to_vec()).collect()
            });
            take(cred, std::slice::from_raw_parts(certs, size), key, names)
        }))
    }
}

/// Takes over a program's objects if all is well.
unsafe fn take(
    cred: &Certificate,
    certs: &[Pcert],
    key: *mut PrivateKey,
    names: Option<Vec<Vec<u8>>>,
) -> Result<c_int, c_int> {
    // SAFETY: the program's objects.
    unsafe { cred.check(certs, key) }?;
    // SAFETY: as above.
    unsafe { identity::identity(certs, key) }?;
    let mut chain = Certificates::default();
    certs.iter().for_each(|cert| chain.push(*cert));
    // SAFETY: the program gives them up now.
    cred.add_checked(chain, unsafe { Owned::from_raw(key) }.ok_or(error::INVALID_REQUEST)?, names)
}
