//! OCSP responses to staple.

use std::ffi::{c_char, c_int, c_long, c_uint, c_void};
use std::sync::Arc;

use super::identity::{Pointer, certificate};
use super::{Certificate, OcspFunction, State, credentials, flag};
use crate::error;
use crate::gnutls::{
    self, Datum, OcspResponse, Owned, filled, format, gnutls_load_file, gnutls_ocsp_resp_check_crt,
    gnutls_ocsp_resp_deinit, gnutls_ocsp_resp_export2, gnutls_ocsp_resp_get_single, gnutls_ocsp_resp_import2,
    gnutls_ocsp_resp_init, gnutls_ocsp_resp_list_import2,
};

/// Takes the responses for the certificates of a chain: how many.
///
/// # Safety
/// The datum is the program's.
unsafe fn add(state: &State, data: &Datum, index: usize, kind: c_uint) -> Result<c_int, c_int> {
    let (mut list, mut size) = (std::ptr::null_mut(), 0);
    // SAFETY: the original writes a list of its own, which is ours to free.
    unsafe {
        let read = gnutls_ocsp_resp_list_import2(&mut list, &mut size, data, kind, 0);
        if read < 0 {
            return Err(read);
        }
        let responses = std::slice::from_raw_parts(list, size as usize);
        let placed = responses.iter().try_for_each(|response| place(state, *response, index));
        responses.iter().for_each(|response| gnutls_ocsp_resp_deinit(*response));
        gnutls::gnutls_free(list.cast());
        placed.map(|()| c_int::try_from(size).unwrap_or(0))
    }
}

/// Staples a response to the certificate that it is for.
///
/// # Safety
/// The response is live.
unsafe fn place(state: &State, response: *mut OcspResponse, index: usize) -> Result<(), c_int> {
    let entry = state.entries.get(index).ok_or(error::REQUESTED_DATA_NOT_AVAILABLE)?;
    // SAFETY: the caller's promise; the certificates are live for the calls.
    let bytes = filled(|out| unsafe { gnutls_ocsp_resp_export2(response, out, format::DER) })?;
    let is_for = |der: &Arc<[u8]>| {
        // SAFETY: as above.
        certificate(der).is_ok_and(|cert| unsafe { gnutls_ocsp_resp_check_crt(response, 0, cert.as_ptr()) } >= 0)
    };
    let skip = state.flags & flag::SKIP_OCSP_RESPONSE_CHECK != 0;
    let at = entry.identity.chain.iter().position(is_for);
    let at = at.or(skip.then_some(0)).ok_or(error::OCSP_MISMATCH_WITH_CERTS)?;
    let mut list = entry.ocsp.write().map_err(|_| error::INTERNAL_ERROR)?;
    list.retain(|(place, _)| *place != at);
    list.push((at, bytes.into()));
    Ok(())
}

unsafe fn change(cred: *mut Certificate, change: impl FnOnce(&mut State) -> Result<c_int, c_int>) -> c_int {
    // SAFETY: the program's pointer.
    unsafe { credentials(cred) }.and_then(|cred| cred.change(change)).unwrap_or_else(|error| error)
}

/// When the response for the leaf has to be replaced.
fn expiration(response: &[u8]) -> Option<c_long> {
    let none = std::ptr::null_mut();
    let (mut this, mut next, mut state) = (0, 0, 0);
    let (no_time, no_number) = (std::ptr::null_mut(), std::ptr::null_mut());
    // SAFETY: the response is ours; what is not wanted is NULL.
    unsafe {
        let object = Owned::made(gnutls_ocsp_resp_init).ok()?;
        if gnutls_ocsp_resp_import2(object.as_ptr(), &Datum::lent(response), format::DER) < 0 {
            return None;
        }
        let told = gnutls_ocsp_resp_get_single(
            object.as_ptr(),
            0,
            no_number,
            none,
            none,
            none,
            &mut state,
            &mut this,
            &mut next,
            no_time,
            no_number,
        );
        (told >= 0).then_some(next)
    }
}

versioned! {
    /// Staples the response in a file, in DER.
    pub unsafe extern "C" fn gnutls_certificate_set_ocsp_status_request_file(
        cred: *mut Certificate, file: *const c_char, index: c_uint
    ) -> c_int {
        // SAFETY: the program's pointers.
        unsafe { gnutls_certificate_set_ocsp_status_request_file2(cred, file, index, format::DER) }.min(0)
    }

    /// Staples the responses in a file: how many.
    pub unsafe extern "C" fn gnutls_certificate_set_ocsp_status_request_file2(
        cred: *mut Certificate, file: *const c_char, index: c_uint, kind: c_uint
    ) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            let mut data = Datum::EMPTY;
            if file.is_null() || gnutls_load_file(file, &mut data) < 0 {
                return error::FILE_ERROR;
            }
            let added = change(cred, |state| add(state, &data, index as usize, kind));
            gnutls::gnutls_free(data.data.cast());
            added
        }
    }

    /// Staples the responses in memory: how many.
    pub unsafe extern "C" fn gnutls_certificate_set_ocsp_status_request_mem(
        cred: *mut Certificate, data: *const Datum, index: c_uint, kind: c_uint
    ) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            match data.as_ref() {
                Some(data) => change(cred, |state| add(state, data, index as usize, kind)),
                None => error::INVALID_REQUEST,
            }
        }
    }

    /// Asks the program for staples, for any chain.
    pub unsafe extern "C" fn gnutls_certificate_set_ocsp_status_request_function(
        cred: *mut Certificate, function: Option<OcspFunction>, data: *mut c_void
    ) {
        // SAFETY: the program's pointer.
        let _null = unsafe { change(cred, |state| {
            state.ocsp = function.map(|function| (function, Pointer(data)));
            Ok(0)
        }) };
    }

    /// ... for one chain.
    pub unsafe extern "C" fn gnutls_certificate_set_ocsp_status_request_function2(
        cred: *mut Certificate, index: c_uint, function: Option<OcspFunction>, data: *mut c_void
    ) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { change(cred, |state| {
            let entry = state.entries.get(index as usize).ok_or(error::REQUESTED_DATA_NOT_AVAILABLE)?;
            *entry.ocsp_function.write().map_err(|_| error::INTERNAL_ERROR)? =
                function.map(|function| (function, Pointer(data)));
            Ok(0)
        }) }
    }

    /// When the staple of a certificate has to be replaced; -1 if it does not say, -2 if there is none.
    pub unsafe extern "C" fn gnutls_certificate_get_ocsp_expiration(
        cred: *mut Certificate, index: c_uint, place: c_int, _flags: c_uint
    ) -> c_long {
        const NONE: c_long = -2;
        let wanted = usize::try_from(place).unwrap_or(0);
        // SAFETY: the program's pointer.
        let found = unsafe { credentials(cred) }.ok().and_then(|cred| cred.read(|state| {
            let list = state.entries.get(index as usize)?.ocsp.read().ok()?;
            let (_, response) = list.iter().find(|(at, _)| *at == wanted)?;
            expiration(response)
        }));
        found.unwrap_or(NONE)
    }
}
