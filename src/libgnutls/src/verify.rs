//! Whether the peer's certificate is to be believed: the program's function, or the trust list of the credentials.

use std::ffi::{CStr, CString, c_char, c_int, c_uint};
use std::ptr;

use crate::credentials;
use crate::error::code;
use crate::session::{Session, Wanted, with};
use crate::types::*;

/// What a session is to do about its peer's certificate.
#[derive(Default)]
pub struct Verify {
    pub function: Option<VerifyFunction>,
    /// gnutls_session_set_verify_cert: who the peer has to be.
    own: Option<Own>,
    /// gnutls_session_get_verify_cert_status.
    status: c_uint,
}

/// A verification by the library itself, at the end of the handshake.
#[derive(Clone, Default)]
struct Own {
    hostname: Option<CString>,
    purpose: Option<CString>,
    flags: c_uint,
}

/// Runs what is to be run on the peer's chain, which is known to the session; an error ends the handshake.
///
/// # Safety
/// `session` is live and not borrowed.
pub unsafe fn judge(session: gnutls_session_t) -> Result<(), c_int> {
    // SAFETY: the program's function runs with nothing borrowed.
    unsafe {
        let Some((own, function, cred, asks)) = with(session, |session| {
            session.refresh_peer();
            let asks = !session.is_server() || session.request != Wanted::Nothing;
            (session.verify.own.clone(), session.verify.function(), session.certificate(), asks)
        }) else {
            return Err(code::INVALID_SESSION);
        };
        if let Some(error) = with(session, Session::misses_certificate).flatten() {
            return Err(error);
        }
        if let Some(own) = own {
            let mut status = 0;
            let mut data = own.data();
            let answer = verify(session, &mut data, own.flags, &mut status);
            with(session, |session| session.verify.status = status);
            return match (answer, status) {
                (..0, _) => Err(answer),
                (_, 0) => Ok(()),
                _ => Err(code::CERTIFICATE_VERIFICATION_ERROR),
            };
        }
        match function.or(credentials::callbacks(cred).verify).filter(|_| asks) {
            Some(function) if function(session) != 0 => Err(code::CERTIFICATE_ERROR),
            _ => Ok(()),
        }
    }
}

impl Session {
    /// What a server answers that insists on a certificate, and has got none.
    fn misses_certificate(&mut self) -> Option<c_int> {
        let missing = self.is_server() && self.request == Wanted::Insisted && self.peer.chain().is_none();
        missing.then_some(if self.is_tls13() { code::CERTIFICATE_REQUIRED } else { code::NO_CERTIFICATE_FOUND })
    }
}

impl Own {
    /// The same for the original.
    fn data(&self) -> Vec<gnutls_typed_vdata_st> {
        const DNS_HOSTNAME: c_int = 1;
        const KEY_PURPOSE_OID: c_int = 2;
        let one = |kind, text: &Option<CString>| {
            text.as_ref().map(|text| gnutls_typed_vdata_st { kind, data: text.as_ptr().cast_mut().cast(), size: 0 })
        };
        [one(DNS_HOSTNAME, &self.hostname), one(KEY_PURPOSE_OID, &self.purpose)].into_iter().flatten().collect()
    }
}

/// Verifies the peer's chain against the trust list of the credentials.
unsafe fn verify(
    session: gnutls_session_t,
    data: &mut [gnutls_typed_vdata_st],
    flags: c_uint,
    status: &mut c_uint,
) -> c_int {
    // SAFETY: the program's pointers; the certificates live until the end.
    unsafe {
        let Some((chain, cred)) = with(session, |session| (session.peer.certificates(), session.certificate())) else {
            return code::INVALID_SESSION;
        };
        if cred.is_null() {
            return code::INSUFFICIENT_CREDENTIALS;
        }
        let Some(chain) = chain else { return code::NO_CERTIFICATE_FOUND };
        let mut list: Vec<gnutls_x509_crt_t> = chain.iter().map(|one| one.0).collect();
        let mut trusted = ptr::null_mut();
        gnutls_certificate_get_trust_list(cred, &mut trusted);
        gnutls_x509_trust_list_verify_crt2(
            trusted,
            list.as_mut_ptr(),
            list.len() as c_uint,
            data.as_mut_ptr(),
            data.len() as c_uint,
            flags | gnutls_certificate_get_verify_flags(cred),
            status,
            ptr::null(),
        )
    }
}

/// `peers*`: of the program's place and data.
unsafe fn verify_peers(session: gnutls_session_t, data: &mut [gnutls_typed_vdata_st], status: *mut c_uint) -> c_int {
    if session.is_null() || status.is_null() {
        return code::INVALID_REQUEST;
    }
    let mut found = 0;
    // SAFETY: the program's pointers.
    unsafe {
        let flags = with(session, |session| {
            session.refresh_peer();
            session.verify.own.as_ref().map_or(0, |own| own.flags)
        });
        let answer = verify(session, data, flags.unwrap_or(0), &mut found);
        status.write(found);
        answer
    }
}

/// A copy of a program's text.
unsafe fn owned(text: *const c_char) -> Option<CString> {
    // SAFETY: NULL or a C string.
    (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_owned())
}

versioned! {
    /// Verifies the peer's chain; `status` is 0 or GNUTLS_CERT_* flags.
    pub unsafe extern "C" fn gnutls_certificate_verify_peers2(session: gnutls_session_t, status: *mut c_uint) -> c_int {
        // SAFETY: the program's pointers.
        unsafe { verify_peers(session, &mut [], status) }
    }

    /// Verifies the peer's chain, which has to be for `hostname`.
    pub unsafe extern "C" fn gnutls_certificate_verify_peers3(session: gnutls_session_t, hostname: *const c_char, status: *mut c_uint) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            let own = Own { hostname: owned(hostname), ..Own::default() };
            verify_peers(session, &mut own.data(), status)
        }
    }

    /// Verifies the peer's chain, with conditions.
    pub unsafe extern "C" fn gnutls_certificate_verify_peers(session: gnutls_session_t, data: *mut gnutls_typed_vdata_st, elements: c_uint, status: *mut c_uint) -> c_int {
        // SAFETY: the program's pointers; `data` has as many elements as it says.
        unsafe {
            let data = if data.is_null() { &mut [] } else { std::slice::from_raw_parts_mut(data, elements as usize) };
            verify_peers(session, data, status)
        }
    }

    /// Verifies the peer in the handshake, which has to be `hostname` if that is not NULL.
    pub unsafe extern "C" fn gnutls_session_set_verify_cert(session: gnutls_session_t, hostname: *const c_char, flags: c_uint) {
        // SAFETY: the program's pointers.
        unsafe {
            let hostname = owned(hostname);
            with(session, |session| session.verify.own = Some(Own { hostname, purpose: None, flags }));
        }
    }

    /// Verifies the peer in the handshake, with conditions.
    pub unsafe extern "C" fn gnutls_session_set_verify_cert2(session: gnutls_session_t, data: *mut gnutls_typed_vdata_st, elements: c_uint, flags: c_uint) {
        // SAFETY: the program's pointers; `data` has as many elements as it says.
        unsafe {
            let data = if data.is_null() { &[] } else { std::slice::from_raw_parts(data, elements as usize) };
            let find = |kind: c_int| data.iter().find(|one| one.kind == kind).and_then(|one| owned(one.data.cast::<c_char>()));
            let own = Own { hostname: find(1), purpose: find(2), flags };
            with(session, |session| session.verify.own = Some(own));
        }
    }

    /// Judges the peer in the handshake and after it; wins over the credentials' function.
    pub unsafe extern "C" fn gnutls_session_set_verify_function(session: gnutls_session_t, func: Option<VerifyFunction>) {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| (session.verify.function, session.verify.own) = (func, None)) };
    }

    /// What the verification in the handshake has found: GNUTLS_CERT_* flags.
    pub unsafe extern "C" fn gnutls_session_get_verify_cert_status(session: gnutls_session_t) -> c_uint {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| session.verify.status) }.unwrap_or(0)
    }
}
