//! What programs read of an answer.

use std::ffi::{c_char, c_int, c_long};
use std::ptr;

use super::{OCSP_BASICRESP, OCSP_CERTID, OCSP_SINGLERESP};
use crate::asn1::{ASN1_OCTET_STRING, ASN1_STRING, lend};
use crate::stack::OPENSSL_STACK;
use crate::x509::X509_NAME;

/// A time, of which a pointer is lent.
type ASN1_GENERALIZEDTIME = ASN1_STRING;

/// OCSP_REVOKED_STATUS_NOSTATUS.
const NO_REASON: c_int = -1;

unsafe fn put<T>(out: *mut T, value: T) {
    // SAFETY: NULL or the program's variable.
    if let Some(out) = unsafe { out.as_mut() } {
        *out = value;
    }
}

versioned! {
    /// How many certificates are spoken of; -1 for NULL.
    pub unsafe extern "C" fn OCSP_resp_count(bs: *mut OCSP_BASICRESP) -> c_int {
        // SAFETY: the program's object.
        unsafe { bs.as_ref() }.map_or(-1, |basic| c_int::try_from(basic.singles.len()).unwrap_or(-1))
    }

    /// What is said at `idx`, which stays the answer's; NULL when there is nothing.
    pub unsafe extern "C" fn OCSP_resp_get0(bs: *mut OCSP_BASICRESP, idx: c_int) -> *mut OCSP_SINGLERESP {
        // SAFETY: the program's object.
        let found = unsafe { bs.as_ref() }.and_then(|basic| basic.singles.get(usize::try_from(idx).ok()?));
        found.map_or(ptr::null_mut(), |single| ptr::from_ref(&**single).cast_mut())
    }

    /// Where a certificate is spoken of next, behind `last` (-1: from the start); -1 when it is not.
    pub unsafe extern "C" fn OCSP_resp_find(bs: *mut OCSP_BASICRESP, id: *mut OCSP_CERTID, last: c_int) -> c_int {
        // SAFETY: the program's objects.
        let Some(basic) = (unsafe { bs.as_ref() }) else { return -1 };
        let from = usize::try_from(last.saturating_add(1)).unwrap_or(0);
        let is = |single: &OCSP_SINGLERESP| {
            // SAFETY: as above.
            unsafe { super::id::OCSP_id_cmp(id, &single.id) == 0 }
        };
        let found = basic.singles.iter().enumerate().skip(from).find(|(_, single)| is(single));
        found.map_or(-1, |(at, _)| c_int::try_from(at).unwrap_or(-1))
    }

    /// The status of a certificate, and where variables are given, why and when it was revoked, when that was said, and when
    /// more will be (NULL for never). The times stay the answer's. 0 when it is not spoken of.
    pub unsafe extern "C" fn OCSP_resp_find_status(bs: *mut OCSP_BASICRESP, id: *mut OCSP_CERTID, status: *mut c_int, reason: *mut c_int, revtime: *mut *mut ASN1_GENERALIZEDTIME, thisupd: *mut *mut ASN1_GENERALIZEDTIME, nextupd: *mut *mut ASN1_GENERALIZEDTIME) -> c_int {
        // SAFETY: the program's objects and variables.
        unsafe {
            let at = OCSP_resp_find(bs, id, -1);
            if at < 0 {
                return 0;
            }
            let found = OCSP_single_get0_status(OCSP_resp_get0(bs, at), reason, revtime, thisupd, nextupd);
            put(status, found);
        }
        1
    }

    /// What is said of one certificate: V_OCSP_CERTSTATUS_*, -1 for NULL. The rest as of OCSP_resp_find_status.
    pub unsafe extern "C" fn OCSP_single_get0_status(single: *mut OCSP_SINGLERESP, reason: *mut c_int, revtime: *mut *mut ASN1_GENERALIZEDTIME, thisupd: *mut *mut ASN1_GENERALIZEDTIME, nextupd: *mut *mut ASN1_GENERALIZEDTIME) -> c_int {
        // SAFETY: the program's object and variables.
        unsafe {
            let Some(single) = single.as_ref() else { return -1 };
            if let Some((when, why)) = &single.revoked {
                put(revtime, lend(when));
                put(reason, why.map_or(NO_REASON, |why| c_int::try_from(why).unwrap_or(NO_REASON)));
            }
            put(thisupd, lend(&single.this_update));
            put(nextupd, single.next_update.as_ref().map_or(ptr::null_mut(), lend));
            single.status
        }
    }

    /// Which certificate is meant; stays the answer's.
    pub unsafe extern "C" fn OCSP_SINGLERESP_get0_id(x: *const OCSP_SINGLERESP) -> *const OCSP_CERTID {
        // SAFETY: the program's object.
        unsafe { x.as_ref() }.map_or(ptr::null(), |single| ptr::from_ref(&single.id))
    }

    /// The signature, which stays the answer's.
    pub unsafe extern "C" fn OCSP_resp_get0_signature(bs: *const OCSP_BASICRESP) -> *const ASN1_OCTET_STRING {
        // SAFETY: the program's object.
        unsafe { bs.as_ref() }.map_or(ptr::null(), |basic| ptr::from_ref(&basic.signature))
    }

    /// When the answer was made; stays the answer's.
    pub unsafe extern "C" fn OCSP_resp_get0_produced_at(bs: *const OCSP_BASICRESP) -> *const ASN1_GENERALIZEDTIME {
        // SAFETY: the program's object.
        unsafe { bs.as_ref() }.map_or(ptr::null(), |basic| ptr::from_ref(&basic.produced))
    }

    /// The certificates that came with the answer, which stay its own; NULL for none.
    pub unsafe extern "C" fn OCSP_resp_get0_certs(bs: *const OCSP_BASICRESP) -> *const OPENSSL_STACK {
        // SAFETY: the program's object.
        unsafe { bs.as_ref() }.map_or(ptr::null(), |basic| basic.certificates.cast_const())
    }

    /// Who has signed, by name or by key (the other is NULL); both stay the answer's.
    pub unsafe extern "C" fn OCSP_resp_get0_id(bs: *const OCSP_BASICRESP, pid: *mut *const ASN1_OCTET_STRING, pname: *mut *const X509_NAME) -> c_int {
        // SAFETY: the program's object and variables.
        unsafe {
            let Some(basic) = bs.as_ref() else { return 0 };
            let (name, key) = basic.responder.parts();
            put(pname, name);
            put(pid, key);
            c_int::from(!(name.is_null() && key.is_null()))
        }
    }

    /// OCSP_RESPONSE_STATUS_* in words.
    pub unsafe extern "C" fn OCSP_response_status_str(s: c_long) -> *const c_char {
        let text = match s {
            0 => c"successful",
            1 => c"malformedrequest",
            2 => c"internalerror",
            3 => c"trylater",
            5 => c"sigrequired",
            6 => c"unauthorized",
            _ => c"(UNKNOWN)",
        };
        text.as_ptr()
    }

    /// V_OCSP_CERTSTATUS_* in words.
    pub unsafe extern "C" fn OCSP_cert_status_str(s: c_long) -> *const c_char {
        let text = match s {
            0 => c"good",
            1 => c"revoked",
            2 => c"unknown",
            _ => c"(UNKNOWN)",
        };
        text.as_ptr()
    }

    /// OCSP_REVOKED_STATUS_* in words.
    pub unsafe extern "C" fn OCSP_crl_reason_str(s: c_long) -> *const c_char {
        let text = match s {
            0 => c"unspecified",
            1 => c"keyCompromise",
            2 => c"cACompromise",
            3 => c"affiliationChanged",
            4 => c"superseded",
            5 => c"cessationOfOperation",
            6 => c"certificateHold",
            8 => c"removeFromCRL",
            _ => c"(UNKNOWN)",
        };
        text.as_ptr()
    }
}
