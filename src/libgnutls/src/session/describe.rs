//! What was agreed on, in GnuTLS' terms.

use std::ffi::{CStr, c_char, c_int, c_uint};

use standin_engine::{Protocol, SignatureScheme};

use super::{Handle, Session, flag, handshake, with};
use crate::algorithm::{GROUPS, kx, mac, protocol, sign_of_scheme, suite};
use crate::error;
use crate::gnutls::{Datum, gnutls_sign_get_name};

/// GNUTLS_SFLAGS_*.
mod state {
    use std::ffi::c_uint;
    pub const SAFE_RENEGOTIATION: c_uint = 1;
    pub const EXT_MASTER_SECRET: c_uint = 1 << 1;
    pub const SESSION_TICKET: c_uint = 1 << 7;
    pub const POST_HANDSHAKE_AUTH: c_uint = 1 << 8;
    pub const CLI_REQUESTED_OCSP: c_uint = 1 << 11;
    pub const SERV_REQUESTED_OCSP: c_uint = 1 << 12;
}

impl Session {
    fn suite(&self) -> Option<&'static crate::algorithm::Suite> {
        self.agreed().and_then(|agreed| suite(agreed.suite))
    }

    fn group(&self) -> Option<(u32, &'static str)> {
        let code = self.agreed()?.group?;
        GROUPS.iter().find(|group| group.1 == code).map(|group| (group.0, group.2))
    }

    /// The key exchange; TLS 1.3 has no name for it, and the original makes one up.
    fn kx(&self) -> u32 {
        let Some(agreed) = self.agreed() else { return 0 };
        if !self.is_tls13() {
            return self.suite().map_or(0, |suite| suite.kx);
        }
        let by_key = agreed.psk_identity.is_some() || agreed.resumed_psk_identity.is_some();
        // As the original, whatever the key of a certificate.
        agreed.group.map_or(0, |_| if by_key { kx::ECDHE_PSK } else { kx::ECDHE_RSA })
    }

    fn server_scheme(&self) -> Option<SignatureScheme> {
        let agreed = self.agreed()?;
        if self.is_server() { agreed.own_scheme } else { agreed.peer_scheme }
    }

    fn client_scheme(&self) -> Option<SignatureScheme> {
        let agreed = self.agreed()?;
        if self.is_server() { agreed.peer_scheme } else { agreed.own_scheme }
    }

    fn sign(&self, scheme: Option<SignatureScheme>) -> c_int {
        scheme.map_or(0, |scheme| sign_of_scheme(scheme, self.is_tls13()) as c_int)
    }

    /// As in `(TLS1.3)-(ECDHE-SECP256R1)-(ECDSA-SECP256R1-SHA256)-(AES-256-GCM)`.
    fn description(&self) -> Option<String> {
        let suite = self.suite().filter(|_| self.is_established())?;
        let group = self.group().map(|group| group.1);
        let sign = self.sign(self.server_scheme());
        let sign = (sign != 0).then(|| name_of_sign(sign as c_uint)).flatten();
        // Where nobody has signed, the original says nothing of the exchange in TLS 1.3.
        let exchange = match (group, sign) {
            (Some(group), Some(sign)) => format!("(ECDHE-{group})-({sign})"),
            (Some(group), None) if !self.is_tls13() => format!("(ECDHE-{group})"),
            _ => String::new(),
        };
        let version = if self.is_tls13() { "TLS1.3" } else { "TLS1.2" };
        // Told where another type would have been possible.
        let kind = if self.has(flag::ENABLE_RAWPK) { "-X.509" } else { "" };
        Some(format!("({version}{kind})-{exchange}-({})", suite.cipher_name))
    }

    /// Extended master secret: to a server of TLS 1.3, whether the client has offered it.
    fn extends_master_secret(&self) -> bool {
        match self.agreed() {
            Some(_) if self.is_tls13() => self.answering.offers.extended_master_secret,
            Some(agreed) => agreed.extended_master_secret,
            None => false,
        }
    }

    /// The same of RFC 5746, without which the engine agrees on no TLS 1.2.
    fn renegotiates_safely(&self) -> bool {
        self.agreed().is_some() && (!self.is_tls13() || self.answering.offers.renegotiation_info)
    }

    fn state_flags(&self) -> c_uint {
        if self.agreed().is_none() {
            let asked = !self.is_server() && self.connection.is_some() && self.ocsp.asked;
            return if asked { state::CLI_REQUESTED_OCSP } else { 0 };
        }
        let mut flags = 0;
        let mut set = |on: bool, flag: c_uint| flags |= if on { flag } else { 0 };
        set(self.renegotiates_safely(), state::SAFE_RENEGOTIATION);
        set(self.extends_master_secret(), state::EXT_MASTER_SECRET);
        set(self.resume.made.as_ref().is_some_and(|made| made.ticket().is_some()), state::SESSION_TICKET);
        set(handshake::offers_post_handshake_auth(self), state::POST_HANDSHAKE_AUTH);
        let by_client = match self.is_server() {
            // With a session of TLS 1.2 the original does not look at it.
            true if !self.is_tls13() && self.agreed().is_some_and(|agreed| agreed.resumed) => false,
            true => self.answering.offers.status_request,
            false => self.ocsp.asked,
        };
        set(by_client, state::CLI_REQUESTED_OCSP);
        set(false, state::SERV_REQUESTED_OCSP);
        flags
    }
}

fn name_of_sign(id: c_uint) -> Option<String> {
    // SAFETY: the original's own strings.
    unsafe {
        let name = gnutls_sign_get_name(id);
        (!name.is_null()).then(|| CStr::from_ptr(name).to_string_lossy().into_owned())
    }
}

unsafe fn number(session: *const Handle, of: impl FnOnce(&Session) -> c_uint) -> c_uint {
    // SAFETY: the program's pointer.
    unsafe { with(session, |session| of(session)) }.unwrap_or(0)
}

versioned! {
    /// gnutls_protocol_t.
    pub unsafe extern "C" fn gnutls_protocol_get_version(session: *mut Handle) -> c_uint {
        // SAFETY: the program's pointer.
        unsafe { number(session, |session| match session.version() {
            Some(Protocol::Tls13) => protocol::TLS1_3,
            Some(Protocol::Tls12) => protocol::TLS1_2,
            // As the original: the one that is most wanted.
            None => {
                let wanted = session.priority.as_ref().and_then(|priority| priority.protocols.first());
                wanted.copied().unwrap_or(protocol::UNKNOWN)
            }
        }) }
    }

    /// gnutls_cipher_algorithm_t.
    pub unsafe extern "C" fn gnutls_cipher_get(session: *mut Handle) -> c_uint {
        // SAFETY: the program's pointer.
        unsafe { number(session, |session| session.suite().map_or(1, |suite| suite.cipher)) }
    }

    /// gnutls_kx_algorithm_t.
    pub unsafe extern "C" fn gnutls_kx_get(session: *mut Handle) -> c_uint {
        // SAFETY: the program's pointer.
        unsafe { number(session, Session::kx) }
    }

    /// GNUTLS_MAC_AEAD.
    pub unsafe extern "C" fn gnutls_mac_get(session: *mut Handle) -> c_uint {
        // SAFETY: the program's pointer.
        unsafe { number(session, |session| if session.suite().is_some() { mac::AEAD } else { 1 }) }
    }

    /// gnutls_group_t.
    pub unsafe extern "C" fn gnutls_group_get(session: *mut Handle) -> c_uint {
        // SAFETY: the program's pointer.
        unsafe { number(session, |session| session.group().map_or(0, |group| group.0)) }
    }

    /// gnutls_ecc_curve_t.
    pub unsafe extern "C" fn gnutls_ecc_curve_get(session: *mut Handle) -> c_uint {
        // SAFETY: the program's pointer.
        unsafe { number(session, |session| session.group().map_or(0, |group| group.0)) }
    }

    /// GNUTLS_COMP_NULL.
    pub unsafe extern "C" fn gnutls_compression_get(_session: *mut Handle) -> c_uint { 1 }

    /// The suite's name by IANA.
    pub unsafe extern "C" fn gnutls_ciphersuite_get(session: *mut Handle) -> *const c_char {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| session.suite().map_or(std::ptr::null(), |suite| suite.iana.as_ptr())) }
            .unwrap_or(std::ptr::null())
    }

    /// The scheme that the server signed with: gnutls_sign_algorithm_t.
    pub unsafe extern "C" fn gnutls_sign_algorithm_get(session: *mut Handle) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| session.sign(session.server_scheme())) }.unwrap_or(0)
    }

    /// The scheme that the client signed with: gnutls_sign_algorithm_t.
    pub unsafe extern "C" fn gnutls_sign_algorithm_get_client(session: *mut Handle) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| session.sign(session.client_scheme())) }.unwrap_or(0)
    }

    /// The `index`th scheme that the peer asks for.
    pub unsafe extern "C" fn gnutls_sign_algorithm_get_requested(
        session: *mut Handle, index: usize, out: *mut c_uint
    ) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            let found = with(session, |session| {
                let schemes = match session.is_server() {
                    true => &session.answering.offers.schemes[..],
                    false => &session.connection.as_ref()?.certificate_request()?.schemes,
                };
                let scheme = schemes.get(index).filter(|scheme| **scheme != 0)?;
                Some(sign_of_scheme(*scheme, session.version() == Some(Protocol::Tls13)))
            });
            match found {
                Ok(Some(id)) if !out.is_null() => {
                    out.write(id);
                    0
                }
                Ok(_) => error::REQUESTED_DATA_NOT_AVAILABLE,
                Err(error) => error,
            }
        }
    }

    /// What was agreed on in a line; the program frees it (gnutls_free).
    pub unsafe extern "C" fn gnutls_session_get_desc(session: *mut Handle) -> *mut c_char {
        // SAFETY: the program's pointer.
        let text = unsafe { with(session, |session| session.description()) }.ok().flatten();
        let copy = text.and_then(|text| Datum::copied(text.as_bytes()));
        copy.map_or(std::ptr::null_mut(), |copy| copy.data.cast())
    }

    /// GNUTLS_SFLAGS_*.
    pub unsafe extern "C" fn gnutls_session_get_flags(session: *mut Handle) -> c_uint {
        // SAFETY: the program's pointer.
        unsafe { number(session, Session::state_flags) }
    }

    /// Is the master secret of TLS 1.2 an extended one?
    pub unsafe extern "C" fn gnutls_session_ext_master_secret_status(session: *mut Handle) -> c_uint {
        // SAFETY: the program's pointer.
        unsafe { number(session, |session| {
            c_uint::from(session.extends_master_secret())
        }) }
    }

    /// Encrypt-then-MAC is for ciphers that are not served.
    pub unsafe extern "C" fn gnutls_session_etm_status(_session: *mut Handle) -> c_uint { 0 }

    /// TLS 1.2 with a safe renegotiation, of which there is none.
    pub unsafe extern "C" fn gnutls_safe_renegotiation_status(session: *mut Handle) -> c_uint {
        // SAFETY: the program's pointer.
        unsafe { number(session, |session| c_uint::from(session.renegotiates_safely())) }
    }

    /// Early data is not served: GNUTLS_CIPHER_UNKNOWN.
    pub unsafe extern "C" fn gnutls_early_cipher_get(_session: *mut Handle) -> c_uint { 0 }

    /// Early data is not served: GNUTLS_DIG_UNKNOWN.
    pub unsafe extern "C" fn gnutls_early_prf_hash_get(_session: *const Handle) -> c_uint { 0 }
}
