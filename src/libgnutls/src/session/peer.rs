//! Who the peer is.

use std::ffi::{c_int, c_long, c_uint};

use standin_engine::PeerChain;

use super::{Handle, Session, with};
use crate::algorithm::{X509, credentials};
use crate::credentials::identity;
use crate::error;
use crate::gnutls::{Datum, gnutls_x509_crt_get_activation_time, gnutls_x509_crt_get_expiration_time};

/// The chain that the program was shown.
#[derive(Default)]
pub struct Peer {
    shown: Option<(PeerChain, Vec<Datum>)>,
    /// The client has answered that it has none, where it had to have one.
    pub absent: bool,
}

// SAFETY: the datums point to the chain beside them.
unsafe impl Send for Peer {}

impl Peer {
    /// Another chain is to come.
    pub fn forget(&mut self) {
        self.shown = None;
    }
}

impl Session {
    /// The chain being judged, or of whom was authenticated.
    pub fn peer_chain(&self) -> Option<&PeerChain> {
        // Who nobody may judge is nobody, unless it is being judged.
        let candidate = self.candidate().filter(|_| self.verification.is_judging() || self.judge().is_ok());
        candidate.or_else(|| self.connection.as_ref()?.peer())
    }

    /// Was there an exchange in which the peer could have shown a certificate?
    fn expects_peer(&self) -> bool {
        self.is_established() && (!self.is_tls13() || self.rounds() > 0 || self.peer.absent || self.answering.requested)
    }

    fn show_peer(&mut self) -> Option<&[Datum]> {
        let chain = self.peer_chain()?.clone();
        if self.peer.shown.as_ref().is_none_or(|(shown, _)| *shown != chain) {
            let list = chain.0.iter().map(|der| Datum::lent(der)).collect();
            self.peer.shown = Some((chain, list));
        }
        self.peer.shown.as_ref().map(|(_, list)| &list[..])
    }

    /// How that side is authenticated: a pre-shared key that both hold, or certificates.
    fn authentication(&self, server: bool) -> c_uint {
        let Some(agreed) = self.agreed() else { return 0 };
        let by_key = agreed.psk_identity.is_some() || agreed.resumed_psk_identity.is_some();
        let later = !server && self.peer_chain().is_some() && self.is_server();
        if by_key && !later { credentials::PSK } else { credentials::CERTIFICATE }
    }
}

/// A time of the peer's certificate.
unsafe fn time(session: *mut Handle, of: unsafe extern "C" fn(*mut crate::gnutls::Certificate) -> c_long) -> c_long {
    // SAFETY: the program's pointer; the certificate is live for the call.
    unsafe {
        let leaf = with(session, |session| {
            let by_certificate = session.authentication(!session.is_server()) == credentials::CERTIFICATE;
            by_certificate.then(|| session.peer_chain().and_then(|chain| chain.0.first().cloned()))
        });
        let Ok(Some(leaf)) = leaf else { return error::INVALID_REQUEST.into() };
        let certificate = leaf.and_then(|leaf| identity::certificate(&leaf).ok());
        certificate.map_or(-1, |certificate| of(certificate.as_ptr()))
    }
}

versioned! {
    /// The peer's chain, leaf first; it stays the session's.
    pub unsafe extern "C" fn gnutls_certificate_get_peers(session: *mut Handle, size: *mut c_uint) -> *const Datum {
        // SAFETY: the program's pointers.
        unsafe {
            let (list, len) = with(session, |session| match session.show_peer() {
                Some(list) => (list.as_ptr(), Some(list.len())),
                // Where nothing was expected of the client, not even a number is told.
                None => (std::ptr::null(), session.expects_peer().then_some(0)),
            }).unwrap_or((std::ptr::null(), None));
            if let (Some(len), false) = (len, size.is_null()) {
                size.write(len as c_uint);
            }
            list
        }
    }

    /// When the peer's certificate comes into force; -1 without one.
    pub unsafe extern "C" fn gnutls_certificate_activation_time_peers(session: *mut Handle) -> c_long {
        // SAFETY: the program's pointer.
        unsafe { time(session, gnutls_x509_crt_get_activation_time) }
    }

    /// When the peer's certificate expires; -1 without one.
    pub unsafe extern "C" fn gnutls_certificate_expiration_time_peers(session: *mut Handle) -> c_long {
        // SAFETY: the program's pointer.
        unsafe { time(session, gnutls_x509_crt_get_expiration_time) }
    }

    /// GNUTLS_CRT_X509.
    pub unsafe extern "C" fn gnutls_certificate_type_get(_session: *mut Handle) -> c_uint { X509 }

    /// GNUTLS_CRT_X509.
    pub unsafe extern "C" fn gnutls_certificate_type_get2(_session: *mut Handle, _target: c_uint) -> c_uint { X509 }

    /// Which credentials the peer is authenticated by.
    pub unsafe extern "C" fn gnutls_auth_get_type(session: *mut Handle) -> c_uint {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| session.authentication(!session.is_server())) }.unwrap_or(0)
    }

    /// Which credentials the server is authenticated by.
    pub unsafe extern "C" fn gnutls_auth_server_get_type(session: *mut Handle) -> c_uint {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| session.authentication(true)) }.unwrap_or(0)
    }

    /// Which credentials the client is authenticated by.
    pub unsafe extern "C" fn gnutls_auth_client_get_type(session: *mut Handle) -> c_uint {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| session.authentication(false)) }.unwrap_or(0)
    }

    /// OpenPGP certificates are not served.
    pub unsafe extern "C" fn gnutls_certificate_get_peers_subkey_id(_session: *mut Handle, _id: *mut Datum) -> c_int {
        error::UNIMPLEMENTED_FEATURE
    }
}
