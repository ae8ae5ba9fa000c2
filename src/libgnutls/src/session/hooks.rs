//! The program's functions that are shown what happens.

use std::ffi::{CString, c_char, c_int, c_uint};

use standin_engine::{Connection, Kind, Message};

use super::{Handle, Session, with};
use crate::gnutls::Datum;

type Hook = unsafe extern "C" fn(*mut Handle, c_uint, c_uint, c_uint, *const Datum) -> c_int;
pub type ClientHelloHook = unsafe extern "C" fn(*mut Handle) -> c_int;
type KeyLog = unsafe extern "C" fn(*mut Handle, *const c_char, *const Datum) -> c_int;

/// GNUTLS_HANDSHAKE_ANY.
const ANY: c_uint = c_uint::MAX;
/// GNUTLS_HOOK_*.
const PRE: c_uint = 0;
const POST: c_uint = 1;
const BOTH: c_int = -1;
/// GNUTLS_HANDSHAKE_CERTIFICATE_REQUEST.
const REQUEST: c_uint = 13;
/// GNUTLS_HANDSHAKE_HELLO_RETRY_REQUEST.
const RETRY: c_uint = 1025;
/// No message: what the original says before the first, and again when a handshake is over.
const NOTHING: c_uint = c_uint::MAX;

/// What a program has set.
pub struct Hooks {
    message: Option<(Hook, c_uint, c_int)>,
    pub client_hello: Option<ClientHelloHook>,
    key_log: Option<KeyLog>,
    /// Types of the last messages, in and out.
    last: (c_uint, c_uint),
    /// The program did not let it pass yet.
    again: Option<Message>,
}

impl Default for Hooks {
    fn default() -> Self {
        Hooks { message: None, client_hello: None, key_log: None, last: (NOTHING, NOTHING), again: None }
    }
}

impl Hooks {
    pub fn has_message_hook(&self) -> bool {
        self.message.is_some()
    }

    /// A message of type `kind` has gone by.
    fn note(&mut self, sent: bool, kind: c_uint) {
        let last = if sent { &mut self.last.1 } else { &mut self.last.0 };
        *last = kind;
    }

    /// A handshake is over.
    pub fn forget_messages(&mut self) {
        self.last = (NOTHING, NOTHING);
    }

    /// Is the last message that came of that type?
    pub fn last_came(&self, kind: c_uint) -> bool {
        self.last.0 == kind
    }

    pub fn wants_secrets(&self) -> bool {
        self.key_log.is_some() || key_log_file().is_some()
    }

    /// The hook for a message of that type at that moment.
    fn hook(&self, kind: c_uint, when: c_uint) -> Option<Hook> {
        let (hook, wanted, at) = self.message?;
        ((wanted == ANY || wanted == kind) && (at == BOTH || at as c_uint == when)).then_some(hook)
    }
}

/// `SSLKEYLOGFILE`, unless the program has privileges that its caller has not.
fn key_log_file() -> Option<std::ffi::OsString> {
    // SAFETY: AT_SECURE is told by the kernel.
    if unsafe { libc::getauxval(libc::AT_SECURE) } != 0 {
        return None;
    }
    std::env::var_os("SSLKEYLOGFILE").filter(|name| !name.is_empty())
}

/// A message that the program does not let pass.
struct Refused {
    error: c_int,
    when: c_uint,
}

impl From<c_int> for Refused {
    fn from(error: c_int) -> Self {
        Refused { error, when: POST }
    }
}

/// Shows one message, before and after it is dealt with: an error of the program's ends the call. What was sent counts
/// as the last message in between.
unsafe fn show(session: *mut Handle, kind: c_uint, sent: bool, body: &[u8]) -> Result<(), Refused> {
    // SAFETY: the callers' promise; the program's function runs with nothing borrowed.
    unsafe {
        for when in [PRE, POST] {
            let hook = with(session, |session| {
                if sent == (when == POST) {
                    session.hooks.note(sent, kind);
                }
                // With a request on a live connection the program is called away before it is dealt with.
                let puts_off = kind == REQUEST && !sent && when == POST && session.is_established();
                session.hooks.hook(kind, when).filter(|_| !puts_off)
            })?;
            if let Some(hook) = hook {
                match hook(session, kind, when, c_uint::from(!sent), &Datum::lent(body)) {
                    0.. => {}
                    error => return Err(Refused { error, when }),
                }
            }
        }
        Ok(())
    }
}

/// Shows the messages that have gone by, or are about to: those that are sent wait, and do not leave if the program
/// refuses one with an error that is final. After another one it is asked again.
///
/// # Safety
/// `session` is live and not borrowed.
pub unsafe fn show_messages(session: *mut Handle) -> Result<(), c_int> {
    // SAFETY: the callers' promise.
    unsafe {
        while let Some(message) = with(session, Session::next_message)? {
            let (Some(kind), Kind::Handshake) = (message.bytes.first().copied(), message.kind) else { continue };
            let kind = if message.is_retry() { RETRY } else { kind.into() };
            if let Err(refused) = show(session, kind, message.sent, message.bytes.get(4..).unwrap_or_default()) {
                with(session, |session| session.refused_by_hook(&refused, message))?;
                return Err(refused.error);
            }
        }
        // Which they were is known without a hook as well.
        with(session, |session| {
            while let Some(passed) = session.connection.as_mut().and_then(Connection::take_passed) {
                if !session.hooks.has_message_hook() {
                    session.hooks.note(passed.sent, passed.typ.into());
                }
            }
        })
    }
}

impl Session {
    fn next_message(&mut self) -> Option<Message> {
        self.hooks.again.take().or_else(|| self.connection.as_mut().and_then(Connection::take_message))
    }

    fn refused_by_hook(&mut self, refused: &Refused, message: Message) {
        self.note_failure(refused.error);
        if !self.invalid {
            self.hooks.again = Some(message).filter(|message| message.sent && refused.when == PRE);
        } else if let Some(connection) = &mut self.connection {
            connection.retract();
        }
    }
}

/// Hands secrets to the program and to the file that `SSLKEYLOGFILE` names.
///
/// # Safety
/// As for [`show_messages`].
pub unsafe fn log_secrets(session: *mut Handle) -> Result<(), c_int> {
    // SAFETY: the callers' promise; the program's function runs with nothing borrowed.
    unsafe {
        let mut secrets = Vec::new();
        with(session, |session| {
            while let Some(secret) = session.connection.as_mut().and_then(Connection::take_secret) {
                secrets.push(secret);
            }
        })?;
        // In the original's order.
        secrets.sort_by_key(|(label, ..)| label.contains("_TRAFFIC_SECRET_0"));
        for (label, random, secret) in secrets {
            let function = with(session, |session| session.hooks.key_log)?;
            write_secret(label, &random, &secret);
            if let (Some(function), Ok(label)) = (function, CString::new(label)) {
                function(session, label.as_ptr(), &Datum::lent(&secret));
            }
        }
        Ok(())
    }
}

fn write_secret(label: &str, random: &[u8], secret: &[u8]) {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let Some(name) = key_log_file() else { return };
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let line = format!("{label} {} {}\n", hex(random), hex(secret));
    let file = std::fs::OpenOptions::new().append(true).create(true).mode(0o600).open(name);
    let _no_log = file.and_then(|mut file| file.write_all(line.as_bytes()));
}

versioned! {
    /// Shows messages of one type, or GNUTLS_HANDSHAKE_ANY, before or after they are dealt with, or both.
    pub unsafe extern "C" fn gnutls_handshake_set_hook_function(
        session: *mut Handle, kind: c_uint, when: c_int, function: Option<Hook>
    ) {
        // SAFETY: the program's pointer.
        let _null = unsafe { with(session, |session| {
            session.hooks.message = function.map(|function| (function, kind, when));
            if let Some(connection) = &mut session.connection {
                connection.watch_messages(function.is_some());
            }
        }) };
    }

    /// Called once the ClientHello is here, before anything is chosen by it.
    pub unsafe extern "C" fn gnutls_handshake_set_post_client_hello_function(
        session: *mut Handle, function: Option<ClientHelloHook>
    ) {
        // SAFETY: the program's pointer.
        let _null = unsafe { with(session, |session| session.hooks.client_hello = function) };
    }

    /// The type of the last message that came in this handshake; -1 for none, and when it is over.
    pub unsafe extern "C" fn gnutls_handshake_get_last_in(session: *mut Handle) -> c_uint {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| session.hooks.last.0) }.unwrap_or(NOTHING)
    }

    /// The type of the last message that was sent in this handshake; -1 for none, and when it is over.
    pub unsafe extern "C" fn gnutls_handshake_get_last_out(session: *mut Handle) -> c_uint {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| session.hooks.last.1) }.unwrap_or(NOTHING)
    }

    /// Called with each secret, as for an SSLKEYLOGFILE.
    pub unsafe extern "C" fn gnutls_session_set_keylog_function(session: *mut Handle, function: Option<KeyLog>) {
        // SAFETY: the program's pointer.
        let _null = unsafe { with(session, |session| session.hooks.key_log = function) };
    }

    /// The function that was set.
    pub unsafe extern "C" fn gnutls_session_get_keylog_function(session: *const Handle) -> Option<KeyLog> {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| session.hooks.key_log) }.ok().flatten()
    }
}
