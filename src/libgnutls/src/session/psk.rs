//! Pre-shared keys in a session.

use std::ffi::{CStr, CString, c_char, c_int, c_uint};

use standin_engine::{ExternalPsk, Role};
use zeroize::Zeroizing;

use super::{Handle, Session, attempt, config, with};
use crate::error;
use crate::gnutls::{Datum, gnutls_free, gnutls_rnd};
use crate::psk::{Client, Server, find_in_file};

/// The suite whose hash a key belongs to unless something else was agreed on: RFC 8446 §4.2.11.
const SUITE: u16 = 0x1301;
/// GNUTLS_RND_NONCE.
const RND_NONCE: c_uint = 0;

/// The key in use.
#[derive(Default)]
pub struct Psk {
    /// Client: what is offered.
    pub given: Option<ExternalPsk>,
    /// Under which name the client is known, once a program has asked.
    user: Option<CString>,
}

/// Asks a client's program for its key.
///
/// # Safety
/// `session` is live and not borrowed.
pub unsafe fn ask_client(session: *mut Handle) -> Result<(), c_int> {
    // SAFETY: the callers' promise; the program's function runs with nothing borrowed.
    unsafe {
        let cred: *mut Client = with(session, |session| match session.role {
            Role::Client if session.allows_psk() => session.held.psk.cast(),
            _ => std::ptr::null_mut(),
        })?;
        let Some(cred) = cred.as_ref() else { return Ok(()) };
        let known = cred.known.as_ref().filter(|(user, key)| !user.is_empty() && !key.is_empty());
        let (user, key) = match (known, cred.ask, cred.ask2) {
            (Some((user, key)), ..) => (user.clone(), key.clone()),
            (None, Some(ask), _) => {
                let (mut user, mut key): (*mut c_char, Datum) = (std::ptr::null_mut(), Datum::EMPTY);
                let answer = ask(session, &mut user, &mut key);
                // They are ours to free, whatever the answer.
                let name = (!user.is_null()).then(|| CStr::from_ptr(user).to_bytes().to_vec());
                gnutls_free(user.cast());
                let key = key.taken_secret();
                match answer {
                    0 => (name.unwrap_or_default(), key),
                    ..0 => return Err(answer),
                    _ => return Err(error::INVALID_PASSWORD),
                }
            }
            (None, None, Some(ask)) => {
                let (mut user, mut key) = (Datum::EMPTY, Datum::EMPTY);
                let answer = ask(session, &mut user, &mut key);
                let (user, key) = (user.taken(), key.taken_secret());
                if answer < 0 {
                    return Err(answer);
                }
                (user, key)
            }
            // Nothing was set, or a key for nobody: nothing is offered.
            (None, None, None) if cred.known.as_ref().is_none_or(|(user, _)| user.is_empty()) => return Ok(()),
            (None, None, None) => return Err(error::INSUFFICIENT_CREDENTIALS),
        };
        if user.is_empty() {
            return Err(error::INVALID_PASSWORD);
        }
        attempt(session, |session| {
            session.psk.given = Some(ExternalPsk::new(&user, &key, SUITE).ok_or(error::INVALID_REQUEST)?);
            Ok(())
        })
    }
}

/// Looks for the key that the ClientHello names: the first that is not a ticket, if none of the tickets is good.
///
/// # Safety
/// As for [`ask_client`].
pub unsafe fn ask_server(session: *mut Handle) -> Result<Option<ExternalPsk>, c_int> {
    // SAFETY: the callers' promise; the program's function runs with nothing borrowed.
    unsafe {
        let (cred, offered) = with(session, |session| {
            let cred: *mut Server = if session.allows_psk() { session.held.psk.cast() } else { std::ptr::null_mut() };
            let hello = session.client_hello().filter(|_| !cred.is_null());
            (cred, hello.map(|hello| hello.offered_psks()).unwrap_or_default())
        })?;
        let Some(cred) = cred.as_ref() else { return Ok(None) };
        // A ticket has an age.
        let named = |(identity, age): &(Vec<u8>, u32)| *age == 0 && !identity.is_empty();
        let Some(place) = offered.iter().position(named) else { return Ok(None) };
        if place > 0 && with(session, |session| config::resumes_by_ticket(session))? {
            return Ok(None);
        }
        let identity = &offered[place].0;
        let key = find(session, cred, identity)?;
        // Nobody's proof is right for a key of no bytes.
        ExternalPsk::new(identity, &key, SUITE).map(Some).ok_or(error::RECEIVED_ILLEGAL_PARAMETER)
    }
}

unsafe fn find(session: *mut Handle, cred: &Server, identity: &[u8]) -> Result<Zeroizing<Vec<u8>>, c_int> {
    const UNKNOWN: c_int = 1;
    let mut key = Datum::EMPTY;
    // SAFETY: the program's functions, with nothing borrowed; the key is ours to free.
    unsafe {
        let answer = match (cred.find, cred.find2, &cred.file) {
            (Some(function), ..) => {
                // A C string ends where it ends; who has the key for that is to be known to the program.
                let name = identity.split(|byte| *byte == 0).next().unwrap_or_default();
                let name = CString::new(name).map_err(|_| error::INTERNAL_ERROR)?;
                function(session, name.as_ptr(), &mut key)
            }
            (None, Some(function), _) => function(session, &Datum::lent(identity), &mut key),
            (None, None, Some(file)) => {
                return find_in_file(file, identity)?.map_or_else(nobody_has, Ok);
            }
            (None, None, None) => return Err(error::KEYFILE_ERROR),
        };
        let key = key.taken_secret();
        match answer {
            UNKNOWN => nobody_has(),
            0.. => Ok(key),
            _ => Err(error::KEYFILE_ERROR),
        }
    }
}

/// A key for a name that is not known: a peer shall not learn that it is not.
fn nobody_has() -> Result<Zeroizing<Vec<u8>>, c_int> {
    let mut key = Zeroizing::new(vec![0; 16]);
    // SAFETY: room as long as told.
    match unsafe { gnutls_rnd(RND_NONCE, key.as_mut_ptr().cast(), key.len()) } {
        0.. => Ok(key),
        error => Err(error),
    }
}

impl Session {
    /// The name of the key that both sides have proven to hold, now or when the session was made.
    fn proven_user(&self) -> Option<&[u8]> {
        let agreed = self.agreed()?;
        agreed.psk_identity.as_deref().or(agreed.resumed_psk_identity.as_deref())
    }

    /// ... for who wants it as text.
    fn note_user(&mut self) {
        if self.psk.user.is_none() {
            self.psk.user = self.proven_user().and_then(|user| CString::new(user).ok());
        }
    }

    fn allows_psk(&self) -> bool {
        self.priority.as_ref().is_some_and(|priority| priority.allows_psk())
    }
}

versioned! {
    /// The name that the client is known by; it stays the session's.
    pub unsafe extern "C" fn gnutls_psk_server_get_username(session: *mut Handle) -> *const c_char {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| {
            session.note_user();
            session.psk.user.as_ref().map_or(std::ptr::null(), |user| user.as_ptr())
        }) }.unwrap_or(std::ptr::null())
    }

    /// ... that need not be text.
    pub unsafe extern "C" fn gnutls_psk_server_get_username2(session: *mut Handle, out: *mut Datum) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            let found = with(session, |session| {
                session.proven_user().map(Datum::lent)
            });
            match found {
                Ok(Some(user)) if !out.is_null() => {
                    out.write(user);
                    0
                }
                Ok(_) => error::INVALID_REQUEST,
                Err(error) => error,
            }
        }
    }

    /// TLS 1.3 has no hints.
    pub unsafe extern "C" fn gnutls_psk_client_get_hint(_session: *mut Handle) -> *const c_char { std::ptr::null() }
}
