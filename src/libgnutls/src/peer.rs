//! The peer's certificates, as they came.

use std::ffi::{c_int, c_uint};
use std::ptr;

use standin_engine::PeerChain;

use crate::credentials::Certificate;
use crate::session::{Session, credential, with};
use crate::types::*;

/// The peer's chain, and what programs are given of it.
#[derive(Default)]
pub struct Peer {
    chain: Option<PeerChain>,
    list: Vec<gnutls_datum_t>,
}

impl Peer {
    /// Takes a chain over; `None`: the peer has presented nothing.
    pub fn set(&mut self, chain: Option<PeerChain>) {
        let list = chain.iter().flat_map(|chain| chain.0.iter()).map(|der| gnutls_datum_t::naming(der));
        self.list = list.collect();
        self.chain = chain;
    }

    pub fn chain(&self) -> Option<&PeerChain> {
        self.chain.as_ref()
    }
}

impl Session {
    /// What is known of the peer now: proven in this handshake or round (also while it is judged), or resumed.
    pub fn refresh_peer(&mut self) {
        let Some(connection) = &self.connection else { return };
        let known = connection.candidate().or(connection.peer()).cloned();
        if self.peer.chain() != known.as_ref() {
            self.peer.set(known);
        }
    }

    fn leaf(&self) -> Option<Certificate> {
        Certificate::new(self.peer.chain()?.0.first()?)
    }
}

impl Peer {
    /// The chain as the original's objects; `None` when one does not parse.
    pub fn certificates(&self) -> Option<Vec<Certificate>> {
        self.chain.as_ref()?.0.iter().map(|der| Certificate::new(der)).collect()
    }
}

versioned! {
    /// The peer's chain in DER, leaf first; the session's. NULL when there is none.
    pub unsafe extern "C" fn gnutls_certificate_get_peers(session: gnutls_session_t, list_size: *mut c_uint) -> *const gnutls_datum_t {
        // SAFETY: the program's pointers; the list lives as long as the session, or until its peer changes.
        unsafe {
            let found = with(session, |session| (session.peer.list.as_ptr(), session.peer.list.len() as c_uint));
            let (list, len) = found.unwrap_or((ptr::null(), 0));
            if !list_size.is_null() {
                list_size.write(len);
            }
            if len == 0 { ptr::null() } else { list }
        }
    }

    /// Our own certificate, as it was presented in the handshake; NULL for none.
    pub unsafe extern "C" fn gnutls_certificate_get_ours(session: gnutls_session_t) -> *const gnutls_datum_t {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| session.ours.as_ref().map_or(ptr::null(), ptr::from_ref)) }.unwrap_or(ptr::null())
    }

    /// Has the server asked for a certificate?
    pub unsafe extern "C" fn gnutls_certificate_client_get_request_status(session: gnutls_session_t) -> c_uint {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| c_uint::from(session.was_asked)) }.unwrap_or(0)
    }

    /// From when the peer's certificate is valid; -1 when there is none.
    pub unsafe extern "C" fn gnutls_certificate_activation_time_peers(session: gnutls_session_t) -> libc::time_t {
        // SAFETY: the program's pointer.
        unsafe {
            let leaf = with(session, |session| session.leaf()).flatten();
            leaf.map_or(-1, |leaf| gnutls_x509_crt_get_activation_time(leaf.0))
        }
    }

    /// Until when the peer's certificate is valid; -1 when there is none.
    pub unsafe extern "C" fn gnutls_certificate_expiration_time_peers(session: gnutls_session_t) -> libc::time_t {
        // SAFETY: the program's pointer.
        unsafe {
            let leaf = with(session, |session| session.leaf()).flatten();
            leaf.map_or(-1, |leaf| gnutls_x509_crt_get_expiration_time(leaf.0))
        }
    }

    /// What the peer is, or is to be, authenticated by.
    pub unsafe extern "C" fn gnutls_auth_get_type(session: gnutls_session_t) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { with(session, authentication) }.unwrap_or(0)
    }

    /// What the client is authenticated by.
    pub unsafe extern "C" fn gnutls_auth_client_get_type(session: gnutls_session_t) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { with(session, authentication) }.unwrap_or(0)
    }

    /// What the server is authenticated by.
    pub unsafe extern "C" fn gnutls_auth_server_get_type(session: gnutls_session_t) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { with(session, authentication) }.unwrap_or(0)
    }

    /// X.509 is what there is.
    pub unsafe extern "C" fn gnutls_certificate_type_get(_session: gnutls_session_t) -> c_int {
        CRT_X509
    }

    /// X.509 is what there is, on either side.
    pub unsafe extern "C" fn gnutls_certificate_type_get2(_session: gnutls_session_t, _target: c_int) -> c_int {
        CRT_X509
    }
}

fn authentication(session: &mut Session) -> c_int {
    let by_key = session.agreed().is_some_and(|agreed| agreed.psk_identity.is_some());
    if by_key { credential::PSK } else { credential::CERTIFICATE }
}
