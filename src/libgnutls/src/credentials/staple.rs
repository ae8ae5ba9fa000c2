//! OCSP responses to staple.

use std::ffi::{c_char, c_int, c_long, c_uint, c_void};
use std::sync::Arc;

use standin_boundary::clock;

use super::identity::{Entry, Pointer, Staple, certificate};
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
    let entry = state.entries.get(index).ok_or(error::REQUESTED_DATA_NOT_AVAILABLE)?;
    if state.flags & flag::SKIP_OCSP_RESPONSE_CHECK != 0 && kind == format::DER {
        // SAFETY: the caller's promise.
        return unsafe { keep(entry, 0, data.bytes(), expiration(data.bytes()).unwrap_or(0)) }.map(|()| 0);
    }
    let (mut list, mut size) = (std::ptr::null_mut(), 0);
    // SAFETY: the original writes a list of its own, which is ours to free.
    unsafe {
        let read = gnutls_ocsp_resp_list_import2(&mut list, &mut size, data, kind, 0);
        if read < 0 {
            return Err(read);
        }
        let responses = std::slice::from_raw_parts(list, size as usize);
        let placed = responses.iter().try_for_each(|response| place(state, *response, entry));
        responses.iter().for_each(|response| gnutls_ocsp_resp_deinit(*response));
        gnutls::gnutls_free(list.cast());
        placed.map(|()| c_int::try_from(size).unwrap_or(0))
    }
}

/// Staples a response to the certificate that it is for.
///
/// # Safety
/// The response is live.
unsafe fn place(state: &State, response: *mut OcspResponse, entry: &Entry) -> Result<(), c_int> {
    // SAFETY: the caller's promise; the certificates are live for the calls.
    let bytes = filled(|out| unsafe { gnutls_ocsp_resp_export2(response, out, format::DER) })?;
    if state.flags & flag::SKIP_OCSP_RESPONSE_CHECK != 0 {
        return keep(entry, 0, &bytes, expiration(&bytes).unwrap_or(0));
    }
    let is_for = |der: &Arc<[u8]>| {
        // SAFETY: as above.
        certificate(der).is_ok_and(|cert| unsafe { gnutls_ocsp_resp_check_crt(response, 0, cert.as_ptr()) } >= 0)
    };
    let at = entry.identity.chain.iter().position(is_for).ok_or(error::OCSP_MISMATCH_WITH_CERTS)?;
    match expiration(&bytes) {
        Ok(until) => keep(entry, at, &bytes, until),
        // As the original: nothing is stapled that is of no use.
        Err(Useless::Old) => Ok(()),
        Err(Useless::Bad) => Err(error::EXPIRED),
    }
}

fn keep(entry: &Entry, place: usize, response: &[u8], until: i64) -> Result<(), c_int> {
    let mut list = entry.ocsp.write().map_err(|_| error::INTERNAL_ERROR)?;
    list.retain(|staple| staple.place != place);
    list.push(Staple { place, response: response.into(), until });
    Ok(())
}

unsafe fn change(cred: *mut Certificate, change: impl FnOnce(&mut State) -> Result<c_int, c_int>) -> c_int {
    // SAFETY: the program's pointer.
    unsafe { credentials(cred) }.and_then(|cred| cred.change(change)).unwrap_or_else(|error| error)
}

/// Why a response is not worth stapling.
enum Useless {
    /// It does not say that the certificate is good, or is out of date.
    Bad,
    /// It does not say when there is a newer one, and it has been long.
    Old,
}

/// When a response has to be replaced.
fn expiration(response: &[u8]) -> Result<i64, Useless> {
    /// Seconds that a response is good for which does not say when the next one comes.
    const VALIDITY: i64 = 15 * 60 * 60 * 24;
    const REVOKED: c_uint = 1;
    let none = std::ptr::null_mut();
    let (mut this, mut next, mut state) = (0, 0, 0);
    let (no_time, no_number) = (std::ptr::null_mut(), std::ptr::null_mut());
    // SAFETY: the response is ours; what is not wanted is NULL.
    unsafe {
        let object = Owned::made(gnutls_ocsp_resp_init).map_err(|_| Useless::Bad)?;
        if gnutls_ocsp_resp_import2(object.as_ptr(), &Datum::lent(response), format::DER) < 0 {
            return Err(Useless::Bad);
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
        let now = clock::now();
        match next {
            _ if told < 0 || state == REVOKED => Err(Useless::Bad),
            -1 if now - this > VALIDITY => Err(Useless::Old),
            -1 => Ok(now + VALIDITY),
            next if next < now => Err(Useless::Bad),
            next => Ok(next),
        }
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
            let held = credentials(cred).is_ok_and(|cred| cred.read(|state| (index as usize) < state.entries.len()));
            if !held {
                return error::REQUESTED_DATA_NOT_AVAILABLE;
            }
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

    /// When the staple of a certificate has to be replaced, or the first of all (`place` -1), 0 if that is not known; -1 if
    /// there is none, -2 if there is no such certificate.
    pub unsafe extern "C" fn gnutls_certificate_get_ocsp_expiration(
        cred: *mut Certificate, index: c_uint, place: c_int, _flags: c_uint
    ) -> c_long {
        const NO_STAPLE: c_long = -1;
        const NO_CERTIFICATE: c_long = -2;
        // SAFETY: the program's pointer.
        let found = unsafe { credentials(cred) }.ok().and_then(|cred| cred.read(|state| {
            let entry = state.entries.get(index as usize)?;
            let list = entry.ocsp.read().ok()?;
            let Ok(place) = usize::try_from(place) else {
                return list.iter().map(|staple| staple.until).filter(|until| *until > 0).min().or(Some(0));
            };
            entry.identity.chain.get(place)?;
            Some(list.iter().find(|staple| staple.place == place).map_or(NO_STAPLE, |staple| staple.until))
        }));
        found.unwrap_or(NO_CERTIFICATE)
    }
}
