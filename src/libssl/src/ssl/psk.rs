//! Pre-shared keys agreed on outside of TLS (TLS 1.3 only): the program's callbacks, and what they give.

use std::ffi::{CString, c_char, c_int, c_uint, c_void};
use std::ptr;

use standin_engine::{Alert, Connection, ExternalPsk, Protocol, SUITES};

use super::config;
use super::handshake::{Go, refuse};
use super::{Progress, SSL, with};
use crate::cipher::SSL_CIPHER;
use crate::error::{Reason, reason};
use crate::libcrypto::{Owned, evp, ptr_or_null};
use crate::session::{SSL_SESSION, SessionRef};
use crate::set::callback::{PskClientCallback, PskFindCallback, PskServerCallback, PskUseCallback};

/// PSK_MAX_IDENTITY_LEN, PSK_MAX_PSK_LEN.
pub const MAX_IDENTITY: usize = 256;
const MAX_KEY: usize = 512;
/// TLS_AES_128_GCM_SHA256: what a key is for that comes without a suite.
const AES_128_GCM: u16 = 0x1301;
const TLS1_3: c_int = 0x0304;
/// psk_key_exchange_modes (RFC 8446 §4.2.9), and in it psk_dhe_ke.
const KEY_EXCHANGE_MODES: u16 = 45;
const WITH_KEY_EXCHANGE: u8 = 1;
/// X509_V_ERR_UNSPECIFIED: what a session says before a peer was verified.
const NOT_VERIFIED: i64 = 1;

/// A key that the program has given.
#[derive(Clone, Debug)]
pub struct Given {
    pub key: ExternalPsk,
    /// The X509_V_* code of the session that it came in.
    pub verify_result: i64,
}

impl Given {
    /// A key in a session of the program's making; `None` when it says too little or is not for TLS 1.3.
    fn of_session(session: &SessionRef, identity: &[u8]) -> Option<Given> {
        // SAFETY: the reference keeps it live, and the program does not change what it has given away.
        let content = unsafe { session.as_ptr().as_ref()?.content() };
        if content.version != TLS1_3 {
            return None;
        }
        let key = ExternalPsk::new(identity, &content.secret, content.suite?)?;
        Some(Given { key, verify_result: content.verify_result })
    }

    /// A key without a session.
    fn of_bytes(key: &[u8], identity: &[u8]) -> Option<Given> {
        Some(Given { key: ExternalPsk::new(identity, key, AES_128_GCM)?, verify_result: NOT_VERIFIED })
    }
}

/// How a handshake ends.
type Refusal = (Alert, Reason);
const BAD_PSK: Refusal = (Alert::INTERNAL_ERROR, reason::BAD_PSK);

/// Asks a client's program for a key, before the ClientHello. `false` when it gave one that cannot be used: the
/// handshake has failed.
///
/// # Safety
/// `ssl` is live and not borrowed; a guard keeps it.
pub unsafe fn ask_client(ssl: *mut SSL) -> bool {
    // SAFETY: the callbacks run with nothing borrowed.
    unsafe {
        let asked = with(ssl, |ssl| {
            let starts = ssl.progress == Progress::Before && !ssl.is_server();
            let tls13 = config::versions(ssl).is_some_and(|(_, max)| max == Protocol::Tls13);
            (starts && tls13).then_some((ssl.switches.psk_use, ssl.switches.psk_client))
        });
        let Some(Some((use_session, client))) = asked else { return true };
        match ask_for(ssl, use_session, client, ptr::null()) {
            Ok(given) => {
                with(ssl, |ssl| ssl.psk = given);
                true
            }
            Err((alert, why)) => {
                // Nothing has been sent: what reads the first bytes of a peer can send an alert as well.
                with(ssl, |ssl| ssl.connection = Some(Connection::server()));
                refuse(ssl, alert, why);
                false
            }
        }
    }
}

/// Asks again for a second ClientHello. That has been made: another answer than the first ends the handshake.
///
/// # Safety
/// As for [`ask_client`].
pub unsafe fn ask_again(ssl: *mut SSL) -> Go {
    // SAFETY: as for `ask_client`.
    unsafe {
        let asked = with(ssl, |ssl| {
            let suite = ssl.connection.as_mut()?.take_retried_suite()?;
            let sha384 = SSL_CIPHER::find(suite).is_some_and(|known| known.sha384);
            let name = if sha384 { c"SHA2-384" } else { c"SHA2-256" };
            let library = &ssl.ctx().library;
            let digest = evp::EVP_MD_fetch(library.context, name.as_ptr(), library.properties());
            Some((ssl.switches.psk_use, ssl.switches.psk_client, suite, Owned::from_raw(digest)))
        });
        let Some(Some((use_session, client, suite, digest))) = asked else { return Go::On };
        let refusal = match ask_for(ssl, use_session, client, ptr_or_null(&digest).cast()) {
            Ok(Some(given)) if !given.key.fits(suite) => Some(BAD_PSK),
            Ok(given) => {
                let key = given.map(|given| given.key);
                let same = with(ssl, |ssl| ssl.psk.as_ref().map(|first| &first.key) == key.as_ref());
                (same != Some(true)).then_some((Alert::INTERNAL_ERROR, Reason::INTERNAL_ERROR))
            }
            Err(refusal) => Some(refusal),
        };
        match refusal {
            Some((alert, why)) => {
                with(ssl, |ssl| {
                    // The hello that was made does not leave.
                    let outgoing = ssl.connection.as_ref().map_or(0, |connection| connection.outgoing().len());
                    ssl.connection.as_mut().into_iter().for_each(|connection| connection.sent(outgoing));
                });
                refuse(ssl, alert, why)
            }
            None => Go::On,
        }
    }
}

/// `digest`: that of the suite, if one has been chosen.
unsafe fn ask_for(
    ssl: *mut SSL,
    use_session: Option<PskUseCallback>,
    client: Option<PskClientCallback>,
    digest: *const c_void,
) -> Result<Option<Given>, Refusal> {
    // SAFETY: as for `ask_client`.
    unsafe {
        match ask_for_session(ssl, use_session, digest) {
            Ok(None) => ask_for_key(ssl, client),
            given => given,
        }
    }
}

unsafe fn ask_for_session(
    ssl: *mut SSL,
    callback: Option<PskUseCallback>,
    digest: *const c_void,
) -> Result<Option<Given>, Refusal> {
    let Some(callback) = callback else { return Ok(None) };
    let (mut identity, mut len, mut session) = (ptr::null(), 0, ptr::null_mut());
    // SAFETY: as for `ask_client`; the session's reference is ours, the identity is the program's and is copied.
    unsafe {
        let answer = callback(ssl.cast(), digest, &mut identity, &mut len, &mut session);
        let session = SessionRef::owned(session);
        if answer == 0 {
            return Err(BAD_PSK);
        }
        if session.as_ptr().is_null() {
            return Ok(None);
        }
        let identity = if identity.is_null() { &[][..] } else { std::slice::from_raw_parts(identity, len) };
        Given::of_session(&session, identity).map(Some).ok_or(BAD_PSK)
    }
}

unsafe fn ask_for_key(ssl: *mut SSL, callback: Option<PskClientCallback>) -> Result<Option<Given>, Refusal> {
    let Some(callback) = callback else { return Ok(None) };
    let mut identity: [c_char; MAX_IDENTITY + 1] = [0; MAX_IDENTITY + 1];
    let mut key = zeroize::Zeroizing::new([0; MAX_KEY]);
    // SAFETY: as for `ask_client`. There is no hint in TLS 1.3.
    let len = unsafe {
        let (name, room) = (identity.as_mut_ptr(), MAX_IDENTITY as c_uint);
        callback(ssl.cast(), ptr::null(), name, room, key.as_mut_ptr(), MAX_KEY as c_uint)
    };
    let key = key.get(..len as usize).ok_or((Alert::HANDSHAKE_FAILURE, Reason::INTERNAL_ERROR))?;
    if key.is_empty() {
        return Ok(None);
    }
    let end = identity.iter().position(|&byte| byte == 0).ok_or((Alert::INTERNAL_ERROR, Reason::INTERNAL_ERROR))?;
    let identity: Vec<u8> = identity[..end].iter().map(|&byte| byte as u8).collect();
    Given::of_bytes(key, &identity).map(Some).ok_or(BAD_PSK)
}

/// Which identities of a ClientHello.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Offered {
    First,
    Others,
}

/// Asks a server's program for the key of an identity that the client offers.
///
/// # Safety
/// As for [`ask_client`].
pub unsafe fn ask_server(ssl: *mut SSL, offered: Offered) -> Go {
    // SAFETY: as for `ask_client`.
    unsafe {
        let Some(Some(asked)) = with(ssl, |ssl| Asked::of(ssl, offered)) else { return Go::On };
        for identity in &asked.identities {
            let given = match find_session(ssl, asked.find, identity) {
                Ok(None) => find_key(ssl, asked.server, identity),
                given => given,
            };
            match given {
                Ok(Some(given)) => {
                    // As the original: one for another hash than the suite's is passed over.
                    if with(ssl, |ssl| ssl.goes_with_suite(&given.key)) != Some(true) {
                        continue;
                    }
                    // To the original it is a session, and this server's are not told from another's.
                    if with(ssl, |ssl| ssl.verifies_without_context()) == Some(true) {
                        return refuse(ssl, Alert::INTERNAL_ERROR, reason::SESSION_ID_CONTEXT_UNINITIALIZED);
                    }
                    with(ssl, |ssl| ssl.psk = Some(given));
                    return Go::On;
                }
                Ok(None) => {}
                Err(why) => return refuse(ssl, Alert::INTERNAL_ERROR, why),
            }
        }
        Go::On
    }
}

/// What a server's program is to be asked.
struct Asked {
    identities: Vec<Vec<u8>>,
    find: Option<PskFindCallback>,
    server: Option<PskServerCallback>,
}

impl Asked {
    fn of(ssl: &mut SSL, offered: Offered) -> Option<Asked> {
        ssl.psk = None;
        let (find, server) = (ssl.switches.psk_find, ssl.switches.psk_server);
        let hello = ssl.hello.seen.as_deref()?;
        let modes = hello.extension_body(KEY_EXCHANGE_MODES)?.get(1..)?;
        if find.is_none() && server.is_none() || ssl.foreseen_version() != Some(TLS1_3) {
            return None;
        }
        let (skipped, taken) = if offered == Offered::First { (0, 1) } else { (1, usize::MAX) };
        let all = hello.offered_psks().into_iter().map(|(identity, _)| identity);
        let identities = all.skip(skipped).take(taken).collect();
        modes.contains(&WITH_KEY_EXCHANGE).then_some(Asked { identities, find, server })
    }
}

unsafe fn find_session(
    ssl: *mut SSL,
    callback: Option<PskFindCallback>,
    identity: &[u8],
) -> Result<Option<Given>, Reason> {
    let Some(callback) = callback else { return Ok(None) };
    let mut session: *mut SSL_SESSION = ptr::null_mut();
    // SAFETY: as for `ask_client`; the session's reference is ours.
    unsafe {
        let answer = callback(ssl.cast(), identity.as_ptr(), identity.len(), &mut session);
        let session = SessionRef::owned(session);
        if answer == 0 {
            return Err(reason::BAD_EXTENSION);
        }
        if session.as_ptr().is_null() {
            return Ok(None);
        }
        Given::of_session(&session, identity).map(Some).ok_or(Reason::INTERNAL_ERROR)
    }
}

unsafe fn find_key(
    ssl: *mut SSL,
    callback: Option<PskServerCallback>,
    identity: &[u8],
) -> Result<Option<Given>, Reason> {
    let Some(callback) = callback.filter(|_| identity.len() <= MAX_IDENTITY) else { return Ok(None) };
    // As a C string it ends at the first NUL; a key is only for the identity that was asked for.
    let Ok(name) = CString::new(identity) else { return Ok(None) };
    let mut key = zeroize::Zeroizing::new([0; MAX_KEY]);
    // SAFETY: as for `ask_client`.
    let len = unsafe { callback(ssl.cast(), name.as_ptr(), key.as_mut_ptr(), MAX_KEY as c_uint) };
    let key = key.get(..len as usize).ok_or(Reason::INTERNAL_ERROR)?;
    Ok(Given::of_bytes(key, identity))
}

impl SSL {
    /// The key, if both sides have proven to hold it.
    pub fn psk_in_use(&self) -> Option<&Given> {
        self.psk.as_ref().filter(|_| self.agreed().is_some_and(|agreed| agreed.psk_identity.is_some()))
    }

    /// Clients are verified, and sessions of this server are not told from another's.
    pub fn verifies_without_context(&self) -> bool {
        self.switches.verify_mode & config::verify_mode::PEER != 0
            && self.switches.session_context.as_bytes().is_empty()
    }

    /// Can a client be served that offers a key or a ticket, without a certificate?
    pub fn asks_for_psks(&self) -> bool {
        self.switches.psk_find.is_some() || self.switches.psk_server.is_some()
    }

    /// Is a key for the hash of the suite that a server will choose?
    fn goes_with_suite(&self, key: &ExternalPsk) -> bool {
        const SERVER_PREFERENCE: u64 = 1 << 22;
        let Some(hello) = &self.hello.seen else { return false };
        let own: Vec<u16> = self.settings.ciphers.iter().map(|suite| suite.code).collect();
        let by_own_order = self.switches.options & SERVER_PREFERENCE != 0;
        let (order, other) = if by_own_order { (&own, &hello.suites) } else { (&hello.suites, &own) };
        let is_tls13 = |code: u16| SUITES.iter().any(|suite| suite.code == code && suite.protocol == Protocol::Tls13);
        let mut common = order.iter().filter(|code| is_tls13(**code) && other.contains(code));
        // With nothing but keys of the old kind to go by, their hash is preferred.
        let only_keys = self.switches.psk_server.is_some() && self.settings.credentials.complete().next().is_none();
        if only_keys && common.clone().any(|code| key.fits(*code)) {
            return true;
        }
        common.next().is_some_and(|code| key.fits(*code))
    }
}

versioned! {
    /// The identity of a handshake of TLS 1.2: as with the original, none under TLS 1.3.
    pub unsafe extern "C" fn SSL_get_psk_identity(_ssl: *const SSL) -> *const c_char {
        ptr::null()
    }

    /// The hint of a server of TLS 1.2: as with the original, none under TLS 1.3.
    pub unsafe extern "C" fn SSL_get_psk_identity_hint(_ssl: *const SSL) -> *const c_char {
        ptr::null()
    }
}
