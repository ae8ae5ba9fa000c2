//! Stapled OCSP responses, RFC 6066 §8.

use std::ffi::{c_int, c_uint};

use standin_boundary::clock;
use standin_engine::Connection;

use super::chain::Chain;
use super::{Handle, Session, attempt, with};
use crate::error;
use crate::gnutls::{
    Certificate, Datum, OcspResponse, Owned, TrustList, format, gnutls_ocsp_resp_check_crt,
    gnutls_ocsp_resp_get_single, gnutls_ocsp_resp_get_status, gnutls_ocsp_resp_import2, gnutls_ocsp_resp_init,
    gnutls_ocsp_resp_verify, gnutls_ocsp_resp_verify_direct, gnutls_x509_crt_get_tlsfeatures,
    gnutls_x509_tlsfeatures_deinit, gnutls_x509_tlsfeatures_get, gnutls_x509_tlsfeatures_init,
};

/// What a client asks for.
pub struct Stapling {
    pub asked: bool,
    /// A staple was looked at and is good.
    checked: bool,
}

impl Stapling {
    pub fn new(asked: bool) -> Self {
        Stapling { asked, checked: false }
    }
}

/// GNUTLS_CERT_*.
mod status {
    pub const INVALID: u32 = 1 << 1;
    pub const REVOKED: u32 = 1 << 5;
    pub const SUPERSEDED: u32 = 1 << 12;
    pub const MISSING: u32 = 1 << 19;
    pub const BAD: u32 = 1 << 20;
}

/// GNUTLS_VERIFY_DISABLE_CRL_CHECKS.
const NO_CHECKS: c_uint = 1 << 9;

/// What the server's staple says about its chain: GNUTLS_CERT_*.
///
/// # Safety
/// `session` is live and not borrowed; `trust` is live.
pub unsafe fn judge(
    session: *mut Handle,
    chain: &Chain,
    must_staple: bool,
    trust: *mut TrustList,
    flags: c_uint,
) -> Result<c_uint, c_int> {
    // SAFETY: the caller's promise.
    unsafe {
        let (is_client, asked, staple) = with(session, |session| {
            session.ocsp.checked = false;
            (!session.is_server(), session.ocsp.asked, staple(session).map(<[u8]>::to_vec))
        })?;
        if !is_client || flags & NO_CHECKS != 0 {
            return Ok(0);
        }
        let found = match staple {
            None if asked && must_staple => status::INVALID | status::MISSING,
            None => 0,
            Some(staple) => match read(&staple) {
                Some(response) => say(&response, chain.leaf()?, &chain.certificates()?[1..], trust, flags),
                None => status::INVALID | status::BAD,
            },
        };
        with(session, |session| session.ocsp.checked = found == 0 && staple_is_there(session))?;
        Ok(found)
    }
}

fn staple_is_there(session: &Session) -> bool {
    staple(session).is_some()
}

fn read(bytes: &[u8]) -> Option<Owned<OcspResponse>> {
    // SAFETY: the original's constructor; the bytes are there for the call.
    unsafe {
        let response = Owned::made(gnutls_ocsp_resp_init).ok()?;
        (gnutls_ocsp_resp_import2(response.as_ptr(), &Datum::lent(bytes), format::DER) >= 0).then_some(response)
    }
}

/// What a response says about `leaf`, if it is signed by somebody who may: GNUTLS_CERT_*.
fn say(
    response: &Owned<OcspResponse>,
    leaf: &Owned<Certificate>,
    issuers: &[Owned<Certificate>],
    trust: *mut TrustList,
    flags: c_uint,
) -> c_uint {
    const REVOKED: c_uint = 1;
    /// Seconds that a response is good for which does not say when the next one comes.
    const VALIDITY: i64 = 15 * 60 * 60 * 24;
    let response = response.as_ptr();
    // SAFETY: all objects are live; what is not wanted is NULL.
    unsafe {
        if gnutls_ocsp_resp_get_status(response) != 0 {
            return 0; // the responder had nothing to say
        }
        if gnutls_ocsp_resp_check_crt(response, 0, leaf.as_ptr()) < 0 {
            return status::INVALID | status::BAD;
        }
        let mut bad = 0;
        let mut signed = gnutls_ocsp_resp_verify(response, trust, &mut bad, flags) >= 0 && bad == 0;
        for issuer in issuers {
            signed =
                signed || (gnutls_ocsp_resp_verify_direct(response, issuer.as_ptr(), &mut bad, flags) >= 0 && bad == 0);
        }
        let (mut state, mut this, mut next) = (0, 0, 0);
        let (none, no_time, no_reason) = (std::ptr::null_mut(), std::ptr::null_mut(), std::ptr::null_mut());
        let told = gnutls_ocsp_resp_get_single(
            response, 0, no_reason, none, none, none, &mut state, &mut this, &mut next, no_time, no_reason,
        );
        if !signed || told < 0 {
            return status::INVALID | status::BAD;
        }
        let now = clock::now();
        match next {
            _ if state == REVOKED => status::INVALID | status::REVOKED,
            -1 if now - this > VALIDITY => status::INVALID | status::SUPERSEDED,
            next if next != -1 && next < now => status::INVALID | status::SUPERSEDED,
            _ => 0,
        }
    }
}

/// Does the certificate say that it goes with a staple (RFC 7633)?
pub fn must_staple(leaf: &Owned<Certificate>) -> bool {
    const STATUS_REQUEST: c_uint = 5;
    let mut features = std::ptr::null_mut();
    let (mut critical, mut feature) = (0, 0);
    // SAFETY: the features are ours, and freed here.
    unsafe {
        if gnutls_x509_tlsfeatures_init(&mut features) < 0 {
            return true;
        }
        let mut found = false;
        if gnutls_x509_crt_get_tlsfeatures(leaf.as_ptr(), features, 0, &mut critical) >= 0 {
            let mut place = 0;
            while gnutls_x509_tlsfeatures_get(features, place, &mut feature) >= 0 {
                found |= feature == STATUS_REQUEST;
                place += 1;
            }
        }
        gnutls_x509_tlsfeatures_deinit(features);
        found
    }
}

fn staple(session: &Session) -> Option<&[u8]> {
    session.connection.as_ref().and_then(Connection::stapled_ocsp)
}

versioned! {
    /// Has a client ask for a staple. Responders cannot be named.
    pub unsafe extern "C" fn gnutls_ocsp_status_request_enable_client(
        session: *mut Handle, _responders: *mut Datum, _size: usize, _extensions: *mut Datum
    ) -> c_int {
        // SAFETY: the program's pointer.
        error::status(unsafe { attempt(session, |session| {
            if session.is_server() {
                return Err(error::INVALID_REQUEST);
            }
            session.ocsp.asked = true;
            Ok(())
        }) })
    }

    /// The staple that came; it stays the session's.
    pub unsafe extern "C" fn gnutls_ocsp_status_request_get(session: *mut Handle, out: *mut Datum) -> c_int {
        // SAFETY: the program's pointers.
        unsafe { gnutls_ocsp_status_request_get2(session, 0, out) }
    }

    /// ... for a certificate of the chain: only the leaf has one.
    pub unsafe extern "C" fn gnutls_ocsp_status_request_get2(session: *mut Handle, index: c_uint, out: *mut Datum) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            // In TLS 1.3 clients staple as well, but are not asked to.
            match with(session, |session| (session.is_server(), session.is_tls13(), staple(session).map(Datum::lent))) {
                Ok((true, false, _)) => error::INVALID_REQUEST,
                Ok((false, _, Some(found))) if index == 0 && !out.is_null() => {
                    out.write(found);
                    0
                }
                Ok(_) => error::REQUESTED_DATA_NOT_AVAILABLE,
                Err(error) => error,
            }
        }
    }

    /// Was a staple looked at in the verification, and good? With GNUTLS_OCSP_SR_IS_AVAIL: is there one?
    pub unsafe extern "C" fn gnutls_ocsp_status_request_is_checked(session: *mut Handle, flags: c_uint) -> c_uint {
        const IS_AVAILABLE: c_uint = 1;
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| c_uint::from(match flags & IS_AVAILABLE {
            0 => session.ocsp.checked,
            _ => !session.is_server() && staple_is_there(session),
        })) }.unwrap_or(0)
    }
}
