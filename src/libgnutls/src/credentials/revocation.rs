//! Revocation lists.

use std::ffi::{c_char, c_int, c_uint};

use super::{Certificate, State, credentials, flag};
use crate::error;
use crate::gnutls::{
    Datum, Owned, RevocationList, filled, format, gnutls_x509_crl_export2, gnutls_x509_crl_import,
    gnutls_x509_crl_init, gnutls_x509_trust_list_add_crls, gnutls_x509_trust_list_add_trust_file,
    gnutls_x509_trust_list_add_trust_mem, trust,
};

/// Flags for lists, as the credentials say.
fn flags(state: &State) -> c_uint {
    let verified = trust::VERIFY_CRL | trust::FAIL_ON_INVALID_CRL;
    if state.flags & flag::VERIFY_CRLS != 0 { trust::USE_IN_TLS | verified } else { trust::USE_IN_TLS }
}

/// Nothing to add is no error.
fn added(result: c_int) -> c_int {
    if result == error::NO_CERTIFICATE_FOUND { 0 } else { result }
}

unsafe fn change(cred: *mut Certificate, change: impl FnOnce(&mut State) -> c_int) -> c_int {
    // SAFETY: the program's pointer.
    unsafe { credentials(cred) }.map_or_else(
        |error| error,
        |cred| {
            cred.change(|state| {
                state.trusted.varies = true;
                change(state)
            })
        },
    )
}

/// Adds copies of revocation lists.
unsafe fn add(state: &State, lists: &[*mut RevocationList]) -> Result<c_int, c_int> {
    let mut copies = Vec::new();
    for list in lists {
        // SAFETY: the program's lists, and our copies.
        unsafe {
            let der = filled(|out| gnutls_x509_crl_export2(*list, format::DER, out))?;
            let copy = Owned::made(gnutls_x509_crl_init)?;
            let read = gnutls_x509_crl_import(copy.as_ptr(), &Datum::lent(&der), format::DER);
            if read < 0 {
                return Err(read);
            }
            copies.push(copy);
        }
    }
    let mut count = 0;
    for copy in copies {
        let list = copy.as_ptr();
        // SAFETY: the trust list takes over what it adds, and nothing else.
        match unsafe { gnutls_x509_trust_list_add_crls(state.trust.as_ptr(), &list, 1, flags(state), 0) } {
            1.. => {
                let _the_lists = copy.into_raw();
                count += 1;
            }
            0 => {}
            error => return Err(error),
        }
    }
    Ok(count)
}

versioned! {
    /// Adds the revocation lists in a file: how many.
    pub unsafe extern "C" fn gnutls_certificate_set_x509_crl_file(
        cred: *mut Certificate, file: *const c_char, kind: c_uint
    ) -> c_int {
        let none = std::ptr::null();
        // SAFETY: the program's pointers.
        unsafe { change(cred, |state| {
            let (list, flags) = (state.trust.as_ptr(), flags(state));
            added(gnutls_x509_trust_list_add_trust_file(list, none, file, kind, flags, 0))
        }) }
    }

    /// Adds the revocation lists in memory: how many.
    pub unsafe extern "C" fn gnutls_certificate_set_x509_crl_mem(
        cred: *mut Certificate, crl: *const Datum, kind: c_uint
    ) -> c_int {
        let none = std::ptr::null();
        // SAFETY: the program's pointers.
        unsafe { change(cred, |state| {
            let (list, flags) = (state.trust.as_ptr(), flags(state));
            added(gnutls_x509_trust_list_add_trust_mem(list, none, crl, kind, flags, 0))
        }) }
    }

    /// Adds copies of these: how many.
    pub unsafe extern "C" fn gnutls_certificate_set_x509_crl(
        cred: *mut Certificate, lists: *mut *mut RevocationList, size: c_int
    ) -> c_int {
        let (Ok(size), false) = (usize::try_from(size), lists.is_null()) else { return error::INVALID_REQUEST };
        // SAFETY: the program's pointers.
        unsafe { change(cred, |state| add(state, std::slice::from_raw_parts(lists, size)).unwrap_or_else(|error| error)) }
    }
}
