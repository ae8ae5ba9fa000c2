//! Whom to trust.

use std::collections::HashSet;
use std::ffi::{c_char, c_int, c_uint, c_void};

use super::{Certificate, State, credentials};
use crate::error;
use crate::gnutls::{
    self, Datum, Owned, TrustList, filled, format, gnutls_load_file, gnutls_url_is_supported, gnutls_x509_crt_deinit,
    gnutls_x509_crt_export2, gnutls_x509_crt_get_raw_dn, gnutls_x509_crt_list_import2, gnutls_x509_trust_list_add_cas,
    gnutls_x509_trust_list_add_system_trust, gnutls_x509_trust_list_add_trust_dir,
    gnutls_x509_trust_list_add_trust_file, gnutls_x509_trust_list_get_issuer, gnutls_x509_trust_list_iter_get_ca,
    trust,
};

use super::{identity, verdicts};

/// What is known of the trust list beside the names in it.
#[derive(Default)]
pub struct Trusted {
    /// When certificates in it come into force, and when they no longer are.
    pub moments: Vec<i64>,
    /// Not all that is in it is known, or it may change without our being told.
    pub varies: bool,
}

fn name(cert: *mut gnutls::Certificate) -> Option<Vec<u8>> {
    // SAFETY: the certificate is live.
    filled(|out| unsafe { gnutls_x509_crt_get_raw_dn(cert, out) }).ok()
}

impl State {
    /// Trusts these from here on: how many. Those that are refused are freed, or known and not wanted again.
    ///
    /// # Safety
    /// They are live, and given up.
    unsafe fn trust(&mut self, certs: &[*mut gnutls::Certificate], flags: c_uint) -> Result<c_int, c_int> {
        let names: Vec<_> = certs.iter().map(|cert| name(*cert)).collect();
        // SAFETY: the caller's promise.
        self.trusted.moments.extend(certs.iter().flat_map(|cert| unsafe { verdicts::moments(*cert) }));
        // A program may load the same file again and again.
        self.trusted.moments.sort_unstable();
        self.trusted.moments.dedup();
        let size = c_uint::try_from(certs.len()).map_err(|_| error::INVALID_REQUEST)?;
        let flags = flags | trust::USE_IN_TLS;
        // SAFETY: the caller's promise.
        let added = unsafe { gnutls_x509_trust_list_add_cas(self.trust.as_ptr(), certs.as_ptr(), size, flags) };
        let taken = usize::try_from(added).unwrap_or(0).min(certs.len());
        // SAFETY: the list has taken the first ones only.
        certs[taken..].iter().for_each(|cert| unsafe { gnutls_x509_crt_deinit(*cert) });
        for name in names.into_iter().take(taken).flatten() {
            // As the original, which names one twice that it has taken twice.
            if flags & trust::NO_DUPLICATES == 0 || !self.authorities.contains(&name) {
                self.authorities.push(name);
            }
        }
        if added < 0 { Err(added) } else { Ok(added) }
    }

    /// # Safety
    /// The datum is the program's.
    unsafe fn trust_bytes(&mut self, data: &Datum, kind: c_uint) -> Result<c_int, c_int> {
        let (mut list, mut size) = (std::ptr::null_mut(), 0);
        // SAFETY: the original writes a list of its own, which is ours to free.
        unsafe {
            let read = gnutls_x509_crt_list_import2(&mut list, &mut size, data, kind, 0);
            match read {
                error::NO_CERTIFICATE_FOUND => return Ok(0),
                ..0 => return Err(read),
                _ => {}
            }
            let added = match size {
                0 => Ok(0),
                size => self.trust(std::slice::from_raw_parts(list, size as usize), trust::NO_DUPLICATES),
            };
            gnutls::gnutls_free(list.cast());
            added
        }
    }

    /// Names of all that are in the trust list.
    fn names(&self) -> Vec<Vec<u8>> {
        let mut names = Vec::new();
        let mut iterator: *mut c_void = std::ptr::null_mut();
        let mut cert = std::ptr::null_mut();
        // SAFETY: the list is ours; the iterator is freed at the end of the walk, the certificates by us.
        while unsafe { gnutls_x509_trust_list_iter_get_ca(self.trust.as_ptr(), &mut iterator, &mut cert) } == 0 {
            // SAFETY: as above.
            names.extend(unsafe { Owned::from_raw(cert) }.and_then(|cert| name(cert.as_ptr())));
        }
        names
    }
}

fn result(added: Result<c_int, c_int>) -> c_int {
    added.unwrap_or_else(|error| error)
}

unsafe fn change(cred: *mut Certificate, change: impl FnOnce(&mut State) -> Result<c_int, c_int>) -> c_int {
    // SAFETY: the program's pointer.
    result(unsafe { credentials(cred) }.and_then(|cred| cred.change(change)))
}

/// Adds in a way of the original's that does not show the names: they are those that are new in the list.
unsafe fn add(cred: *mut Certificate, add: impl FnOnce(*mut TrustList) -> c_int) -> c_int {
    // SAFETY: the program's pointer.
    unsafe {
        change(cred, |state| {
            let known: HashSet<Vec<u8>> = state.names().into_iter().collect();
            state.trusted.varies = true;
            let added = add(state.trust.as_ptr());
            for name in state.names() {
                if !known.contains(&name) && !state.authorities.contains(&name) {
                    state.authorities.push(name);
                }
            }
            Ok(added)
        })
    }
}

versioned! {
    /// Trusts the certificates in a file (or behind a URL): how many.
    pub unsafe extern "C" fn gnutls_certificate_set_x509_trust_file(
        cred: *mut Certificate, file: *const c_char, kind: c_uint
    ) -> c_int {
        if file.is_null() {
            return error::INVALID_REQUEST;
        }
        // SAFETY: the program's pointers.
        unsafe {
            if gnutls_url_is_supported(file) != 0 {
                let none = std::ptr::null();
                return add(cred, |list| {
                    // SAFETY: as above.
                    gnutls_x509_trust_list_add_trust_file(list, file, none, kind, trust::USE_IN_TLS, 0)
                });
            }
            let mut data = Datum::EMPTY;
            if gnutls_load_file(file, &mut data) < 0 {
                return error::FILE_ERROR;
            }
            let added = change(cred, |state| state.trust_bytes(&data, kind));
            gnutls::gnutls_free(data.data.cast());
            added
        }
    }

    /// Trusts the certificates in memory: how many.
    pub unsafe extern "C" fn gnutls_certificate_set_x509_trust_mem(
        cred: *mut Certificate, cas: *const Datum, kind: c_uint
    ) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            match cas.as_ref() {
                Some(cas) => change(cred, |state| state.trust_bytes(cas, kind)),
                None => error::INVALID_REQUEST,
            }
        }
    }

    /// Trusts copies of these: how many.
    pub unsafe extern "C" fn gnutls_certificate_set_x509_trust(
        cred: *mut Certificate, cas: *mut *mut gnutls::Certificate, size: c_int
    ) -> c_int {
        let (Ok(size @ 1..), false) = (usize::try_from(size), cas.is_null()) else { return error::INVALID_REQUEST };
        // SAFETY: the program's pointers.
        unsafe { change(cred, |state| {
            let mut copies = Vec::new();
            for cert in std::slice::from_raw_parts(cas, size) {
                let der = filled(|out| gnutls_x509_crt_export2(*cert, format::DER, out))?;
                copies.push(identity::certificate(&der)?);
            }
            let copies: Vec<_> = copies.into_iter().map(Owned::into_raw).collect();
            state.trust(&copies, 0)
        }) }
    }

    /// Trusts the certificates in the files of a directory: how many.
    pub unsafe extern "C" fn gnutls_certificate_set_x509_trust_dir(
        cred: *mut Certificate, directory: *const c_char, kind: c_uint
    ) -> c_int {
        if directory.is_null() {
            return error::INVALID_REQUEST;
        }
        let none = std::ptr::null();
        // SAFETY: the program's pointers.
        unsafe { add(cred, |list| {
            gnutls_x509_trust_list_add_trust_dir(list, directory, none, kind, trust::USE_IN_TLS, 0)
        }) }
    }

    /// Trusts whom the system trusts: how many.
    pub unsafe extern "C" fn gnutls_certificate_set_x509_system_trust(cred: *mut Certificate) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { add(cred, |list| gnutls_x509_trust_list_add_system_trust(list, 0, 0)) }
    }

    /// Takes over a trust list, in the place of what was trusted before.
    pub unsafe extern "C" fn gnutls_certificate_set_trust_list(
        cred: *mut Certificate, list: *mut TrustList, _flags: c_uint
    ) {
        // SAFETY: the program's pointers, and it gives up the list.
        unsafe {
            if let (Ok(cred), Some(list)) = (credentials(cred), Owned::from_raw(list)) {
                cred.change(|state| {
                    state.trust = list;
                    // A program that makes a list of its own names none of it to peers.
                    state.authorities.clear();
                    state.trusted.varies = true;
                });
            }
        }
    }

    /// The trust list; it stays the credentials'.
    pub unsafe extern "C" fn gnutls_certificate_get_trust_list(cred: *mut Certificate, out: *mut *mut TrustList) {
        // SAFETY: the program's pointers. It may add to the list.
        unsafe {
            if let (Ok(cred), false) = (credentials(cred), out.is_null()) {
                out.write(cred.change(|state| {
                    state.trusted.varies = true;
                    state.trust.as_ptr()
                }));
            }
        }
    }

    /// The trusted issuer of a certificate.
    pub unsafe extern "C" fn gnutls_certificate_get_issuer(
        cred: *mut Certificate, cert: *mut gnutls::Certificate, issuer: *mut *mut gnutls::Certificate, flags: c_uint
    ) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            credentials(cred).map_or_else(|error| error, |cred| cred.read(|state| {
                gnutls_x509_trust_list_get_issuer(state.trust.as_ptr(), cert, issuer, flags)
            }))
        }
    }
}
