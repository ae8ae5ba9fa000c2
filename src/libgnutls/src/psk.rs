//! Pre-shared keys agreed on outside of TLS, under TLS 1.3.

use std::collections::HashMap;
use std::ffi::{CStr, CString, c_char, c_int, c_uint, c_void};
use std::ptr;
use std::sync::{LazyLock, Mutex, PoisonError};

use standin_engine::ExternalPsk;
use zeroize::Zeroizing;

use crate::error::code;
use crate::session::{Session, credential, with};
use crate::types::{free, gnutls_datum_t, gnutls_session_t};

pub type ServerFunction = unsafe extern "C" fn(gnutls_session_t, *const c_char, *mut gnutls_datum_t) -> c_int;
pub type ServerFunction2 = unsafe extern "C" fn(gnutls_session_t, *const gnutls_datum_t, *mut gnutls_datum_t) -> c_int;
pub type ClientFunction = unsafe extern "C" fn(gnutls_session_t, *mut *mut c_char, *mut gnutls_datum_t) -> c_int;
pub type ClientFunction2 = unsafe extern "C" fn(gnutls_session_t, *mut gnutls_datum_t, *mut gnutls_datum_t) -> c_int;

/// The keys of one connection.
#[derive(Default)]
pub struct Psk {
    pub offered: Option<ExternalPsk>,
    pub accepted: Option<ExternalPsk>,
    /// gnutls_psk_server_get_username.
    username: Option<CString>,
}

/// What was set on credentials: the original's objects tell nothing.
#[derive(Clone, Default)]
struct Given {
    identity: Vec<u8>,
    key: Zeroizing<Vec<u8>>,
    client: Option<ClientFunction>,
    client2: Option<ClientFunction2>,
    server: Option<ServerFunction>,
    server2: Option<ServerFunction2>,
    file: Option<CString>,
}

static GIVEN: LazyLock<Mutex<HashMap<usize, Given>>> = LazyLock::new(Mutex::default);

fn given(cred: *mut c_void) -> Option<Given> {
    GIVEN.lock().unwrap_or_else(PoisonError::into_inner).get(&(cred as usize)).cloned()
}

fn set(cred: *mut c_void, change: impl FnOnce(&mut Given)) {
    if !cred.is_null() {
        change(GIVEN.lock().unwrap_or_else(PoisonError::into_inner).entry(cred as usize).or_default());
    }
}

fn forget(cred: *mut c_void) {
    GIVEN.lock().unwrap_or_else(PoisonError::into_inner).remove(&(cred as usize));
}

/// Keys agreed on outside of TLS go with SHA-256 (RFC 8446 §4.2.11): the first such suite.
fn key(session: &Session, identity: &[u8], key: &[u8]) -> Option<ExternalPsk> {
    let priority = session.priority.as_ref()?;
    let suite = priority.parameters.suites.iter().find(|suite| matches!(suite, 0x1301 | 0x1303))?;
    ExternalPsk::new(identity, key, *suite)
}

impl Session {
    fn takes_psks(&self) -> bool {
        self.priority.as_ref().is_some_and(|priority| priority.by_psk)
    }
}

/// A client's key, before the handshake.
///
/// # Safety
/// `session` is live and not borrowed.
pub unsafe fn prepare_client(session: gnutls_session_t) -> Result<(), c_int> {
    // SAFETY: the program's function runs with nothing borrowed; what it gives is ours to free.
    unsafe {
        let cred = with(session, |session| {
            (!session.is_server() && session.takes_psks()).then(|| session.credentials(credential::PSK))
        });
        let Some(Some(mut given)) = cred.map(|cred| cred.and_then(given)) else { return Ok(()) };
        let (mut name, mut secret) = (gnutls_datum_t::EMPTY, gnutls_datum_t::EMPTY);
        let answer = match (given.client2, given.client) {
            (Some(function), _) => function(session, &mut name, &mut secret),
            (None, Some(function)) => {
                let mut text = ptr::null_mut();
                let answer = function(session, &mut text, &mut secret);
                if answer >= 0 && !text.is_null() {
                    name = gnutls_datum_t { data: text.cast(), size: CStr::from_ptr(text).to_bytes().len() as c_uint };
                }
                answer
            }
            (None, None) => 0,
        };
        if answer < 0 {
            return Err(answer);
        }
        if given.client.is_some() || given.client2.is_some() {
            given.identity = name.bytes().to_vec();
            given.key = secret.bytes().to_vec().into();
            free(name.data);
            free(secret.data);
        }
        with(session, |session| session.psk.offered = key(session, &given.identity, &given.key));
    }
    Ok(())
}

/// A server's key for the identity that the client offers.
///
/// # Safety
/// As for [`prepare_client`].
pub unsafe fn prepare_server(session: gnutls_session_t) -> Result<(), c_int> {
    // SAFETY: as for `prepare_client`.
    unsafe {
        let asked = with(session, |session| {
            let given = given(session.credentials(credential::PSK)).filter(|_| session.takes_psks())?;
            // An age of 0 marks a key of outside (RFC 8446 §4.2.11).
            let offered = session.hello.as_ref()?.offered_psks().into_iter().find(|(_, age)| *age == 0)?.0;
            Some((given, offered))
        });
        let Some(Some((given, identity))) = asked else { return Ok(()) };
        let mut secret = gnutls_datum_t::EMPTY;
        let answer = match (given.server2, given.server, CString::new(identity.clone())) {
            (Some(function), ..) => function(session, &gnutls_datum_t::naming(&identity), &mut secret),
            (None, Some(function), Ok(name)) => function(session, name.as_ptr(), &mut secret),
            _ => {
                let found = given.file.as_deref().and_then(|file| in_file(file, &identity));
                return accept(session, &identity, found.as_deref().map(Vec::as_slice));
            }
        };
        if answer < 0 {
            return Ok(()); // not known: the client is left alone with it
        }
        let key = Zeroizing::new(secret.bytes().to_vec());
        free(secret.data);
        accept(session, &identity, Some(&key))
    }
}

unsafe fn accept(session: gnutls_session_t, identity: &[u8], secret: Option<&[u8]>) -> Result<(), c_int> {
    // SAFETY: as for `prepare_client`.
    unsafe {
        with(session, |session| {
            session.psk.accepted = secret.and_then(|secret| key(session, identity, secret));
            session.psk.username = CString::new(identity).ok();
        });
    }
    Ok(())
}

/// A key in a file of psktool's: `name:hex`, or `#hexname:hex`.
fn in_file(file: &CStr, identity: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    use std::os::unix::ffi::OsStrExt;
    let text = Zeroizing::new(std::fs::read_to_string(std::ffi::OsStr::from_bytes(file.to_bytes())).ok()?);
    let line = text.lines().find_map(|line| {
        let (name, key) = line.split_once(':')?;
        let matches = match name.strip_prefix('#') {
            Some(hex) => unhex(hex).is_some_and(|name| *name == identity),
            None => name.as_bytes() == identity,
        };
        matches.then_some(key)
    })?;
    unhex(line.trim())
}

fn unhex(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
    let pairs = text.as_bytes().chunks(2);
    let byte = |pair: &[u8]| Some(digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?);
    pairs.map(byte).collect::<Option<Vec<u8>>>().map(Zeroizing::new)
}

unsafe fn set_client(cred: *mut c_void, identity: &[u8], secret: *const gnutls_datum_t, flags: c_int) -> c_int {
    const HEX: c_int = 1;
    // SAFETY: the program's pointer.
    let Some(secret) = (unsafe { secret.as_ref() }) else { return code::INVALID_REQUEST };
    // SAFETY: as above.
    let bytes = unsafe { secret.bytes() };
    let secret = match flags {
        HEX => std::str::from_utf8(bytes).ok().and_then(unhex),
        _ => Some(Zeroizing::new(bytes.to_vec())),
    };
    let Some(secret) = secret.filter(|secret| !secret.is_empty() && !cred.is_null()) else {
        return code::INVALID_REQUEST;
    };
    set(cred, |given| (given.identity, given.key) = (identity.to_vec(), secret));
    code::SUCCESS
}

versioned! {
    /// A client's identity and key.
    pub unsafe extern "C" fn gnutls_psk_set_client_credentials(res: *mut c_void, username: *const c_char, key: *const gnutls_datum_t, flags: c_int) -> c_int {
        if username.is_null() {
            return code::INVALID_REQUEST;
        }
        // SAFETY: the program's pointers.
        unsafe { set_client(res, CStr::from_ptr(username).to_bytes(), key, flags) }
    }

    /// A client's identity and key.
    pub unsafe extern "C" fn gnutls_psk_set_client_credentials2(res: *mut c_void, username: *const gnutls_datum_t, key: *const gnutls_datum_t, flags: c_int) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            match username.as_ref() {
                Some(username) => set_client(res, username.bytes(), key, flags),
                None => code::INVALID_REQUEST,
            }
        }
    }

    /// Asked for a client's identity and key.
    pub unsafe extern "C" fn gnutls_psk_set_client_credentials_function(cred: *mut c_void, func: Option<ClientFunction>) {
        set(cred, |given| given.client = func);
    }

    /// Asked for a client's identity and key.
    pub unsafe extern "C" fn gnutls_psk_set_client_credentials_function2(cred: *mut c_void, func: Option<ClientFunction2>) {
        set(cred, |given| given.client2 = func);
    }

    /// Asked for the key of a client.
    pub unsafe extern "C" fn gnutls_psk_set_server_credentials_function(cred: *mut c_void, func: Option<ServerFunction>) {
        set(cred, |given| given.server = func);
    }

    /// Asked for the key of a client.
    pub unsafe extern "C" fn gnutls_psk_set_server_credentials_function2(cred: *mut c_void, func: Option<ServerFunction2>) {
        set(cred, |given| given.server2 = func);
    }

    /// A file with the keys of clients.
    pub unsafe extern "C" fn gnutls_psk_set_server_credentials_file(res: *mut c_void, password_file: *const c_char) -> c_int {
        // SAFETY: the program's pointers, handed on.
        unsafe {
            let answer = original!(gnutls_psk_set_server_credentials_file(
                res => *mut c_void, password_file => *const c_char,
            ) -> c_int, or code::INTERNAL_ERROR);
            if answer >= 0 && !password_file.is_null() {
                let file = CStr::from_ptr(password_file).to_owned();
                set(res, |given| given.file = Some(file));
            }
            answer
        }
    }

    /// Frees a client's credentials.
    pub unsafe extern "C" fn gnutls_psk_free_client_credentials(sc: *mut c_void) {
        forget(sc);
        // SAFETY: the program's object, which it does not use again.
        unsafe { original!(gnutls_psk_free_client_credentials(sc => *mut c_void) -> (), or ()) };
    }

    /// Frees a server's credentials.
    pub unsafe extern "C" fn gnutls_psk_free_server_credentials(sc: *mut c_void) {
        forget(sc);
        // SAFETY: the program's object, which it does not use again.
        unsafe { original!(gnutls_psk_free_server_credentials(sc => *mut c_void) -> (), or ()) };
    }

    /// The identity of the client, once its key has been used; NULL for none.
    pub unsafe extern "C" fn gnutls_psk_server_get_username(session: gnutls_session_t) -> *const c_char {
        // SAFETY: the program's pointer.
        unsafe {
            with(session, |session| {
                let used = session.agreed().is_some_and(|agreed| agreed.psk_identity.is_some());
                session.psk.username.as_ref().filter(|_| used).map_or(ptr::null(), |name| name.as_ptr())
            })
        }
        .unwrap_or(ptr::null())
    }
}
