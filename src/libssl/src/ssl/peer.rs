//! The peer, as far as it has proven who it is.

use std::ffi::{c_char, c_int, c_uchar, c_uint, c_void};
use std::ptr;

use standin_engine::{Connection, Established, PeerChain, Protocol};

use super::verify::{self, Judged};
use super::{SSL, with};
use crate::cipher::SSL_CIPHER;
use crate::libcrypto::stack::Certificates;
use crate::libcrypto::{OPENSSL_STACK, Owned, X509};

/// Certificates of the peer.
#[derive(Default)]
pub struct Peer {
    /// Leaf first, as sent.
    chain: Option<Certificates>,
    /// A server's view has the leaf apart.
    rest: Option<Certificates>,
    /// What came, to be parsed when it is wanted.
    presented: Option<PeerChain>,
    /// What was verified, where it is shared with other connections.
    shared: Option<Certificates>,
    /// What is being judged, or was refused.
    candidate: Option<Candidate>,
    /// Leaf to root, as verified.
    pub verified: Option<Certificates>,
    /// Rounds of post-handshake authentication that this follows.
    pub rounds: usize,
}

/// A chain that is not accepted. A client may look at it while the verification is suspended, and after it has failed.
struct Candidate {
    presented: PeerChain,
    list: Option<Certificates>,
}

impl Peer {
    /// `presented` is to be judged.
    pub fn await_verdict(&mut self, presented: &PeerChain) {
        if self.candidate.as_ref().is_none_or(|candidate| candidate.presented != *presented) {
            self.candidate = Some(Candidate { presented: presented.clone(), list: None });
        }
    }

    /// Of a client that has answered with no certificate: its chain is there, and empty.
    pub fn nobody() -> Self {
        Peer { rest: Certificates::new(), ..Peer::default() }
    }

    /// The chain that was accepted.
    pub fn set(&mut self, judged: Judged, presented: &PeerChain) {
        let seen = self.candidate.take().and_then(|candidate| candidate.list);
        self.rest = None;
        self.presented = Some(presented.clone());
        (self.chain, self.shared) = match judged {
            Judged::Own(chain) => (seen.or(Some(chain)), None),
            Judged::Shared(chain) => (seen, Some(chain)),
        };
    }
}

impl SSL {
    /// What is being judged, as X509s of this connection's own: the same ones each time.
    pub fn candidate(&mut self) -> Option<&Certificates> {
        if self.peer.candidate.as_ref()?.list.is_none() {
            let list = verify::parse(&self.ctx().library, &self.peer.candidate.as_ref()?.presented);
            self.peer.candidate.as_mut()?.list = list;
        }
        self.peer.candidate.as_ref()?.list.as_ref()
    }

    /// What was agreed, as far as it was.
    pub fn agreed(&self) -> Option<&Established> {
        self.connection.as_ref()?.established()
    }

    /// The suite protects something: in a full handshake of TLS 1.2 that is only at its end.
    fn keys_are_in_use(&self) -> bool {
        let established = self.connection.as_ref().is_some_and(Connection::is_established);
        self.agreed().is_some_and(|agreed| established || agreed.resumed || agreed.protocol == Protocol::Tls13)
    }

    pub fn is_tls13(&self) -> bool {
        self.agreed().is_some_and(|agreed| agreed.protocol == Protocol::Tls13)
    }

    /// The handshake is through: what a resumed session brings is taken over.
    pub fn established(&mut self) {
        let resumed = self.agreed().is_some_and(|agreed| agreed.resumed);
        let Some(connection) = &self.connection else { return };
        if let Some(given) = self.psk_in_use() {
            if self.is_server() {
                self.verify_result = given.verify_result;
            }
        } else if resumed {
            self.verify_result = connection.peer_code().unwrap_or(self.session.verify_result());
        } else if self.is_server() && self.requests_sent > 0 && connection.peer().is_none() {
            self.peer = Peer::nobody();
        }
    }

    /// The peer's chain; a resumed session's is parsed when it is asked for.
    fn peer_chain(&mut self) -> Option<&Certificates> {
        if self.peer.chain.is_none() {
            let resumed = || self.connection.as_ref().and_then(Connection::peer);
            self.peer.chain = verify::parse(&self.ctx().library, self.peer.presented.as_ref().or_else(resumed)?);
        }
        self.peer.chain.as_ref()
    }

    /// The chain as verified. What was shared for that is replaced by this connection's own when it is wanted.
    fn verified_chain(&mut self) -> *mut OPENSSL_STACK {
        if let Some(shared) = self.peer.shared.take() {
            let verified = self.peer.verified.take();
            self.peer.verified = self.peer_chain().zip(verified).and_then(|(own, verified)| {
                let mut list = Certificates::new()?;
                let mut all = verified.iter().map(|one| match shared.iter().position(|other| other == one) {
                    Some(index) => own.at(index),
                    None => one, // from the program's store
                });
                // SAFETY: both lists are live.
                all.all(|one| unsafe { Owned::retained(one) }.is_some_and(|one| list.push(one))).then_some(list)
            });
        }
        self.peer.verified.as_ref().map_or(ptr::null_mut(), Certificates::as_ptr)
    }

    /// A server's client has resumed a session that was not kept here.
    fn came_back_in_a_ticket(&self) -> bool {
        const SESSION_TICKET: u16 = 35;
        const NO_TICKET: u64 = 1 << 14;
        let resumed = self.agreed().is_some_and(|agreed| agreed.resumed);
        let ticket = self.hello.seen.as_ref().and_then(|hello| hello.extension_body(SESSION_TICKET));
        let offered = self.is_tls13() || ticket.is_some_and(|ticket| !ticket.is_empty());
        resumed && offered && self.switches.options & NO_TICKET == 0
    }

    fn peer_certificate(&mut self) -> *mut X509 {
        self.peer_chain().map_or(ptr::null_mut(), |chain| chain.at(0))
    }

    /// The chain as the role sees it: a server's is without the leaf.
    fn peer_stack(&mut self) -> *mut OPENSSL_STACK {
        if !self.is_server() {
            if let Some(candidate) = self.candidate().map(Certificates::as_ptr) {
                return candidate;
            }
            return self.peer_chain().map_or(ptr::null_mut(), Certificates::as_ptr);
        }
        if self.peer.rest.is_none() {
            if self.peer.rounds == 0 && self.came_back_in_a_ticket() {
                return ptr::null_mut(); // the original's tickets hold the leaf alone
            }
            let Some(chain) = self.peer_chain() else { return ptr::null_mut() };
            // SAFETY: a list of its own that shares the elements.
            let mut rest = unsafe { Certificates::sharing(chain.as_ptr()) };
            if let Some(rest) = &mut rest {
                drop(rest.shift());
            }
            self.peer.rest = rest;
        }
        self.peer.rest.as_ref().map_or(ptr::null_mut(), Certificates::as_ptr)
    }
}

/// A NID for a scheme: the digest it signs.
fn digest_nid(scheme: u16) -> Option<c_int> {
    const SHA1: c_int = 64;
    const SHA256: c_int = 672;
    const SHA384: c_int = 673;
    const SHA512: c_int = 674;
    Some(match scheme {
        0x0201 | 0x0203 => SHA1,
        0x0401 | 0x0403 | 0x0804 | 0x0809 => SHA256,
        0x0501 | 0x0503 | 0x0805 | 0x080a => SHA384,
        0x0601 | 0x0603 | 0x0806 | 0x080b => SHA512,
        0x0807 | 0x0808 => 0,
        _ => return None,
    })
}

/// A NID for a scheme: the kind of signature.
fn type_nid(scheme: u16) -> Option<c_int> {
    const RSA: c_int = 6;
    const RSA_PSS: c_int = 912;
    const EC: c_int = 408;
    const ED25519: c_int = 1087;
    const ED448: c_int = 1088;
    Some(match scheme {
        0x0201 | 0x0401 | 0x0501 | 0x0601 => RSA,
        0x0804..=0x0806 | 0x0809..=0x080b => RSA_PSS,
        0x0203 | 0x0403 | 0x0503 | 0x0603 => EC,
        0x0807 => ED25519,
        0x0808 => ED448,
        _ => return None,
    })
}

/// The suite agreed on, where `shown` says so.
unsafe fn suite(ssl: *const SSL, shown: impl Fn(&SSL) -> bool) -> *const SSL_CIPHER {
    // SAFETY: the program's pointer.
    let suite = unsafe {
        with(ssl, |ssl| {
            let agreed = ssl.agreed().filter(|_| shown(ssl))?;
            SSL_CIPHER::find(agreed.suite)
        })
    };
    suite.flatten().map_or(ptr::null(), ptr::from_ref)
}

unsafe fn scheme_nid(
    ssl: *const SSL,
    out: *mut c_int,
    pick: impl Fn(&Established) -> Option<u16>,
    nid: impl Fn(u16) -> Option<c_int>,
) -> c_int {
    // SAFETY: the callers' pointers.
    unsafe {
        let nid = with(ssl, |ssl| ssl.agreed().and_then(&pick).and_then(&nid));
        match nid {
            Some(Some(nid)) => {
                if !out.is_null() {
                    out.write(nid);
                }
                1
            }
            _ => 0,
        }
    }
}

/// OpenSSL's NID of a group.
fn group_nid(group: u16) -> c_int {
    /// TLSEXT_nid_unknown: groups without a NID.
    const UNKNOWN: c_int = 0x0100_0000;
    match group {
        0x0017 => 415,
        0x0018 => 715,
        0x0019 => 716,
        0x001d => 1034,
        0x001e => 1035,
        other => UNKNOWN | c_int::from(other),
    }
}

versioned! {
    /// The peer's certificate, with a reference for the caller.
    pub unsafe extern "C" fn SSL_get1_peer_certificate(ssl: *const SSL) -> *mut X509 {
        // SAFETY: the program's pointer.
        unsafe {
            let certificate = with(ssl, SSL::peer_certificate).unwrap_or(ptr::null_mut());
            Owned::retained(certificate).map_or(ptr::null_mut(), Owned::into_raw)
        }
    }

    /// The peer's certificate, still the SSL's.
    pub unsafe extern "C" fn SSL_get0_peer_certificate(ssl: *const SSL) -> *mut X509 {
        // SAFETY: the program's pointer.
        unsafe { with(ssl, SSL::peer_certificate) }.unwrap_or(ptr::null_mut())
    }

    /// The peer's chain, still the SSL's; on a server without the leaf.
    pub unsafe extern "C" fn SSL_get_peer_cert_chain(ssl: *const SSL) -> *mut OPENSSL_STACK {
        // SAFETY: the program's pointer.
        unsafe { with(ssl, SSL::peer_stack) }.unwrap_or(ptr::null_mut())
    }

    /// The chain as verified, still the SSL's.
    pub unsafe extern "C" fn SSL_get0_verified_chain(ssl: *const SSL) -> *mut OPENSSL_STACK {
        // SAFETY: the program's pointer.
        unsafe { with(ssl, SSL::verified_chain) }.unwrap_or(ptr::null_mut())
    }

    /// The kind of the peer's signature.
    pub unsafe extern "C" fn SSL_get_peer_signature_type_nid(ssl: *const SSL, out: *mut c_int) -> c_int {
        // SAFETY: the program's pointers.
        unsafe { scheme_nid(ssl, out, |agreed| agreed.peer_scheme, type_nid) }
    }

    /// The kind of our signature.
    pub unsafe extern "C" fn SSL_get_signature_type_nid(ssl: *const SSL, out: *mut c_int) -> c_int {
        // SAFETY: the program's pointers.
        unsafe { scheme_nid(ssl, out, |agreed| agreed.own_scheme, type_nid) }
    }

    /// The cipher suite agreed; NULL before.
    pub unsafe extern "C" fn SSL_get_current_cipher(ssl: *const SSL) -> *const SSL_CIPHER {
        // SAFETY: the program's pointer; what a session says does not change while it is held.
        unsafe {
            let known = |ssl: &mut SSL| ssl.session.as_ptr().as_ref().and_then(|session| session.content().suite);
            match with(ssl, |ssl| if ssl.agreed().is_none() { known(ssl) } else { None }) {
                Some(Some(code)) => SSL_CIPHER::find(code).map_or(ptr::null(), ptr::from_ref),
                _ => suite(ssl, SSL::keys_are_in_use),
            }
        }
    }

    /// The cipher suite that is being agreed.
    pub unsafe extern "C" fn SSL_get_pending_cipher(ssl: *const SSL) -> *const SSL_CIPHER {
        // SAFETY: the program's pointer.
        unsafe { suite(ssl, |_| true) }
    }

    /// The protocol's name.
    pub unsafe extern "C" fn SSL_get_version(ssl: *const SSL) -> *const c_char {
        // SAFETY: the program's pointer.
        match unsafe { SSL_version(ssl) } {
            0x0303 => c"TLSv1.2",
            0x0304 => c"TLSv1.3",
            0x0302 => c"TLSv1.1",
            0x0301 => c"TLSv1",
            _ => c"unknown",
        }
        .as_ptr()
    }

    /// The protocol's number: the one agreed, or the highest that may be.
    pub unsafe extern "C" fn SSL_version(ssl: *const SSL) -> c_int {
        const TLS1_3: c_int = 0x0304;
        // SAFETY: the program's pointer.
        unsafe { with(ssl, |ssl| match ssl.agreed() {
            Some(agreed) if agreed.protocol == Protocol::Tls12 => 0x0303,
            Some(_) => TLS1_3,
            None => ssl.foreseen_version().or(ssl.method.only()).unwrap_or(TLS1_3),
        }) }
        .unwrap_or(0)
    }

    /// Was a session resumed?
    pub unsafe extern "C" fn SSL_session_reused(ssl: *const SSL) -> c_int {
        // SAFETY: the program's pointer.
        let resumed = unsafe { with(ssl, |ssl| ssl.agreed().is_some_and(|agreed| agreed.resumed)) };
        c_int::from(resumed.unwrap_or(false))
    }

    /// The application protocol agreed.
    pub unsafe extern "C" fn SSL_get0_alpn_selected(ssl: *const SSL, out: *mut *const c_uchar, len: *mut c_uint) {
        // SAFETY: the program's pointers.
        unsafe {
            let found = with(ssl, |ssl| {
                let alpn = ssl.agreed().and_then(|agreed| agreed.alpn.as_deref());
                alpn.map(|alpn| (alpn.as_ptr(), c_uint::try_from(alpn.len()).unwrap_or(0)))
            });
            let (data, count) = found.flatten().unwrap_or((ptr::null(), 0));
            if !out.is_null() {
                out.write(data);
            }
            if !len.is_null() {
                len.write(count);
            }
        }
    }
}

/// SSL_get_negotiated_group.
pub fn negotiated_group(ssl: &SSL) -> c_int {
    ssl.agreed().and_then(|agreed| agreed.group).map_or(0, group_nid)
}

/// A pointer for a command that gives one.
pub type Out = *mut c_void;

/// The digest that the peer signed (SSL_get_peer_signature_nid).
///
/// # Safety
/// The program's pointers.
pub unsafe fn peer_signature_nid(ssl: *const SSL, out: *mut c_int) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { scheme_nid(ssl, out, |agreed| agreed.peer_scheme, digest_nid) }
}

/// The digest that we signed (SSL_get_signature_nid).
///
/// # Safety
/// The program's pointers.
pub unsafe fn signature_nid(ssl: *const SSL, out: *mut c_int) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { scheme_nid(ssl, out, |agreed| agreed.own_scheme, digest_nid) }
}
