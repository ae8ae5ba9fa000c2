//! SSL_SESSION_*: what a program may ask of a session, and set in one of its own making.

use std::ffi::{CStr, c_char, c_int, c_long, c_uchar, c_uint, c_ulong, c_void};
use std::ptr;

use standin_boundary::memory;

use super::{Content, SSL_SESSION, now};
use crate::cipher::SSL_CIPHER;
use crate::error::{self, Reason, reason};
use crate::libcrypto::{Owned, X509, ptr_or_null};

/// SSL_MAX_SSL_SESSION_ID_LENGTH, SSL_MAX_SID_CTX_LENGTH, TLS13_MAX_RESUMPTION_PSK_LENGTH.
pub const ID_MAX: usize = 32;
pub const CONTEXT_MAX: usize = 32;
pub const SECRET_MAX: usize = 512;
/// What a session of the program's own making is good for, in seconds.
const NEW_TIMEOUT: c_long = 60 * 5 + 4;

/// # Safety
/// `session` is NULL or live, and not changed meanwhile.
pub(super) unsafe fn read<'a>(session: *const SSL_SESSION) -> Option<&'a Content> {
    // SAFETY: the caller's promise.
    unsafe { Some(session.as_ref()?.content()) }
}

/// # Safety
/// `session` is NULL or live, and not used meanwhile.
unsafe fn write<'a>(session: *mut SSL_SESSION) -> Option<&'a mut Content> {
    // SAFETY: the caller's promise.
    unsafe { Some(session.as_ref()?.content_mut()) }
}

/// The same, for what is resumed by: the engine's session is made anew.
unsafe fn change<'a>(session: *mut SSL_SESSION) -> Option<&'a mut Content> {
    // SAFETY: the caller's promise.
    let content = unsafe { write(session) }?;
    content.engine.forget();
    Some(content)
}

/// # Safety
/// `data` is NULL or `len` long.
unsafe fn bytes<'a>(data: *const c_uchar, len: usize) -> &'a [u8] {
    // SAFETY: the caller's promise. What is longer than memory, the fence around the function answers with failure.
    unsafe { memory::items(data, len) }.expect("a length that memory can have")
}

/// Writes through a pointer that may be NULL.
unsafe fn put<T>(place: *mut T, value: T) {
    if !place.is_null() {
        // SAFETY: the caller's place.
        unsafe { place.write(value) };
    }
}

/// Start of a slice; NULL for an empty one.
fn start(bytes: &[u8]) -> *const c_uchar {
    if bytes.is_empty() { ptr::null() } else { bytes.as_ptr() }
}

fn count(bytes: &[u8]) -> c_uint {
    c_uint::try_from(bytes.len()).unwrap_or(0)
}

impl Content {
    /// The peer's certificate, parsed when it is first wanted.
    fn peer(&self) -> *mut X509 {
        let leaf = || self.peer_chain.as_ref().and_then(|chain| chain.0.first());
        ptr_or_null(self.peer.get_or_init(|| Owned::<X509>::from_der(leaf()?)))
    }
}

versioned! {
    /// An empty session.
    pub unsafe extern "C" fn SSL_SESSION_new() -> *mut SSL_SESSION {
        error::load_strings();
        // X509_V_ERR_UNSPECIFIED, until a peer has been verified.
        SSL_SESSION::create(Content { verify_result: 1, time: now().into(), timeout: NEW_TIMEOUT.into(), ..Content::default() })
    }

    /// One more reference.
    pub unsafe extern "C" fn SSL_SESSION_up_ref(session: *mut SSL_SESSION) -> c_int {
        if session.is_null() {
            return 0;
        }
        // SAFETY: the program's pointer.
        unsafe { SSL_SESSION::retain(session) };
        1
    }

    /// One reference less.
    pub unsafe extern "C" fn SSL_SESSION_free(session: *mut SSL_SESSION) {
        if !session.is_null() {
            // SAFETY: the program's reference.
            unsafe { SSL_SESSION::release(session) };
        }
    }

    /// A copy, which can be resumed as the original can.
    pub unsafe extern "C" fn SSL_SESSION_dup(session: *const SSL_SESSION) -> *mut SSL_SESSION {
        // SAFETY: the program's pointer; the copy is ours alone.
        unsafe {
            let (Some(from), Some(content)) = (session.as_ref(), read(session)) else { return ptr::null_mut() };
            let copy = SSL_SESSION::create(content.clone());
            if let Some(to) = copy.as_ref()
                && !to.copy_data(from)
            {
                SSL_SESSION::release(copy);
                error::raise(Reason::MALLOC_FAILURE);
                return ptr::null_mut();
            }
            copy
        }
    }

    /// Hangs a pointer of the program's on the session.
    pub unsafe extern "C" fn SSL_SESSION_set_ex_data(session: *mut SSL_SESSION, index: c_int, value: *mut c_void) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { session.as_ref() }.map_or(0, |session| session.set_datum(index, value))
    }

    /// The pointer that was hung there.
    pub unsafe extern "C" fn SSL_SESSION_get_ex_data(session: *const SSL_SESSION, index: c_int) -> *mut c_void {
        // SAFETY: the program's pointer.
        unsafe { session.as_ref() }.map_or(ptr::null_mut(), |session| session.datum(index))
    }

    /// The session id.
    pub unsafe extern "C" fn SSL_SESSION_get_id(session: *const SSL_SESSION, len: *mut c_uint) -> *const c_uchar {
        // SAFETY: the program's pointers.
        unsafe {
            let Some(content) = read(session) else { return ptr::null() };
            put(len, count(&content.id));
            content.id.as_ptr()
        }
    }

    /// Sets the session id.
    pub unsafe extern "C" fn SSL_SESSION_set1_id(session: *mut SSL_SESSION, id: *const c_uchar, len: c_uint) -> c_int {
        // SAFETY: the program's pointers.
        unsafe { set_short(session, id, len, ID_MAX, reason::SSL_SESSION_ID_TOO_LONG, |content| &mut content.id) }
    }

    /// The session id context.
    pub unsafe extern "C" fn SSL_SESSION_get0_id_context(session: *const SSL_SESSION, len: *mut c_uint) -> *const c_uchar {
        // SAFETY: the program's pointers.
        unsafe {
            let Some(content) = read(session) else { return ptr::null() };
            put(len, count(&content.context));
            content.context.as_ptr()
        }
    }

    /// Sets the session id context.
    pub unsafe extern "C" fn SSL_SESSION_set1_id_context(session: *mut SSL_SESSION, context: *const c_uchar, len: c_uint) -> c_int {
        let too_long = reason::SSL_SESSION_ID_CONTEXT_TOO_LONG;
        // SAFETY: the program's pointers.
        unsafe { set_short(session, context, len, CONTEXT_MAX, too_long, |content| &mut content.context) }
    }

    /// There is no compression.
    pub unsafe extern "C" fn SSL_SESSION_get_compress_id(_session: *const SSL_SESSION) -> c_uint {
        0
    }

    /// When it was made.
    pub unsafe extern "C" fn SSL_SESSION_get_time(session: *const SSL_SESSION) -> c_long {
        // SAFETY: the program's pointer.
        unsafe { read(session) }.map_or(0, |content| content.time.get())
    }

    /// Sets when it was made.
    pub unsafe extern "C" fn SSL_SESSION_set_time(session: *mut SSL_SESSION, time: c_long) -> c_long {
        // SAFETY: the program's pointer.
        unsafe { read(session) }.map_or(0, |content| {
            content.time.set(time);
            content.engine.forget();
            time
        })
    }

    /// Seconds that it is good for.
    pub unsafe extern "C" fn SSL_SESSION_get_timeout(session: *const SSL_SESSION) -> c_long {
        // SAFETY: the program's pointer.
        unsafe { read(session) }.map_or(0, |content| content.timeout.get())
    }

    /// Sets the seconds that it is good for.
    pub unsafe extern "C" fn SSL_SESSION_set_timeout(session: *mut SSL_SESSION, seconds: c_long) -> c_long {
        // SAFETY: the program's pointer.
        unsafe { read(session) }.filter(|_| seconds >= 0).map_or(0, |content| {
            content.timeout.set(seconds);
            content.engine.forget();
            1
        })
    }

    /// The protocol's number.
    pub unsafe extern "C" fn SSL_SESSION_get_protocol_version(session: *const SSL_SESSION) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { read(session) }.map_or(0, |content| content.version)
    }

    /// Sets the protocol's number.
    pub unsafe extern "C" fn SSL_SESSION_set_protocol_version(session: *mut SSL_SESSION, version: c_int) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { change(session) }.map_or(0, |content| {
            content.version = version;
            1
        })
    }

    /// The cipher suite.
    pub unsafe extern "C" fn SSL_SESSION_get0_cipher(session: *const SSL_SESSION) -> *const SSL_CIPHER {
        // SAFETY: the program's pointer.
        unsafe { read(session) }
            .and_then(|content| SSL_CIPHER::find(content.suite?))
            .map_or(ptr::null(), ptr::from_ref)
    }

    /// Sets the cipher suite.
    pub unsafe extern "C" fn SSL_SESSION_set_cipher(session: *mut SSL_SESSION, cipher: *const SSL_CIPHER) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            change(session).map_or(0, |content| {
                content.suite = cipher.as_ref().map(|cipher| cipher.code);
                1
            })
        }
    }

    /// The SNI name.
    pub unsafe extern "C" fn SSL_SESSION_get0_hostname(session: *const SSL_SESSION) -> *const c_char {
        // SAFETY: the program's pointer.
        unsafe { read(session) }
            .and_then(|content| content.hostname.as_ref())
            .map_or(ptr::null(), |name| name.as_ptr())
    }

    /// Sets the SNI name.
    pub unsafe extern "C" fn SSL_SESSION_set1_hostname(session: *mut SSL_SESSION, name: *const c_char) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            change(session).map_or(0, |content| {
                content.hostname = (!name.is_null()).then(|| CStr::from_ptr(name).to_owned());
                1
            })
        }
    }

    /// Is there a ticket?
    pub unsafe extern "C" fn SSL_SESSION_has_ticket(session: *const SSL_SESSION) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { read(session) }.map_or(0, |content| c_int::from(!content.ticket.is_empty()))
    }

    /// The lifetime that came with the ticket, in seconds.
    pub unsafe extern "C" fn SSL_SESSION_get_ticket_lifetime_hint(session: *const SSL_SESSION) -> c_ulong {
        // SAFETY: the program's pointer.
        unsafe { read(session) }.map_or(0, |content| c_ulong::from(content.ticket_lifetime))
    }

    /// The ticket.
    pub unsafe extern "C" fn SSL_SESSION_get0_ticket(session: *const SSL_SESSION, ticket: *mut *const c_uchar, len: *mut usize) {
        // SAFETY: the program's pointers.
        unsafe {
            let bytes = read(session).map_or(&[][..], |content| &content.ticket[..]);
            put(len, bytes.len());
            put(ticket, start(bytes));
        }
    }

    /// Early data that may be sent.
    pub unsafe extern "C" fn SSL_SESSION_get_max_early_data(session: *const SSL_SESSION) -> u32 {
        // SAFETY: the program's pointer.
        unsafe { read(session) }.map_or(0, |content| content.max_early_data)
    }

    /// Sets the early data that may be sent: none ever is.
    pub unsafe extern "C" fn SSL_SESSION_set_max_early_data(session: *mut SSL_SESSION, max: u32) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { write(session) }.map_or(0, |content| {
            content.max_early_data = max;
            1
        })
    }

    /// Records are not made shorter by extension.
    pub unsafe extern "C" fn SSL_SESSION_get_max_fragment_length(_session: *const SSL_SESSION) -> u8 {
        0
    }

    /// The application protocol.
    pub unsafe extern "C" fn SSL_SESSION_get0_alpn_selected(session: *const SSL_SESSION, alpn: *mut *const c_uchar, len: *mut usize) {
        // SAFETY: the program's pointers.
        unsafe {
            let bytes = read(session).map_or(&[][..], |content| &content.alpn);
            put(len, bytes.len());
            put(alpn, start(bytes));
        }
    }

    /// Sets the application protocol.
    pub unsafe extern "C" fn SSL_SESSION_set1_alpn_selected(session: *mut SSL_SESSION, alpn: *const c_uchar, len: usize) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            change(session).map_or(0, |content| {
                content.alpn = bytes(alpn, len).to_vec();
                1
            })
        }
    }

    /// The peer's certificate, which stays the session's.
    pub unsafe extern "C" fn SSL_SESSION_get0_peer(session: *mut SSL_SESSION) -> *mut X509 {
        // SAFETY: the program's pointer.
        unsafe { read(session) }.map_or(ptr::null_mut(), Content::peer)
    }

    /// Can it be resumed?
    pub unsafe extern "C" fn SSL_SESSION_is_resumable(session: *const SSL_SESSION) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { read(session) }.map_or(0, |content| {
            c_int::from(!(content.not_resumable.is_set() || content.id.is_empty() && content.ticket.is_empty()))
        })
    }

    /// The master secret, as much as fits; how long it is, when nothing does.
    pub unsafe extern "C" fn SSL_SESSION_get_master_key(session: *const SSL_SESSION, out: *mut c_uchar, len: usize) -> usize {
        // SAFETY: the program's pointers.
        unsafe {
            let Some(content) = read(session) else { return 0 };
            if len == 0 || out.is_null() {
                return content.secret.len();
            }
            let len = len.min(content.secret.len());
            ptr::copy_nonoverlapping(content.secret.as_ptr(), out, len);
            len
        }
    }

    /// Sets the master secret.
    pub unsafe extern "C" fn SSL_SESSION_set1_master_key(session: *mut SSL_SESSION, secret: *const c_uchar, len: usize) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            match change(session).filter(|_| len <= SECRET_MAX) {
                Some(content) => {
                    content.secret = bytes(secret, len).to_vec().into();
                    1
                }
                None => 0,
            }
        }
    }

    /// The program's data in the ticket.
    pub unsafe extern "C" fn SSL_SESSION_get0_ticket_appdata(session: *mut SSL_SESSION, data: *mut *mut c_void, len: *mut usize) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            let Some(content) = read(session) else { return 0 };
            put(len, content.ticket_data.len());
            put(data, start(&content.ticket_data).cast_mut().cast());
        }
        1
    }

    /// Puts data of the program's into the ticket.
    pub unsafe extern "C" fn SSL_SESSION_set1_ticket_appdata(session: *mut SSL_SESSION, data: *const c_void, len: usize) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            write(session).map_or(0, |content| {
                content.ticket_data = bytes(data.cast(), len).to_vec();
                1
            })
        }
    }
}

/// Sets a field that has a greatest length.
unsafe fn set_short(
    session: *mut SSL_SESSION,
    data: *const c_uchar,
    len: c_uint,
    max: usize,
    too_long: Reason,
    field: impl FnOnce(&mut Content) -> &mut Vec<u8>,
) -> c_int {
    let len = usize::try_from(len).unwrap_or(usize::MAX);
    if len > max {
        error::raise(too_long);
        return 0;
    }
    // SAFETY: the program's pointers; the bytes may be the field's own.
    unsafe {
        let value = bytes(data, len).to_vec();
        change(session).map_or(0, |content| {
            *field(content) = value;
            1
        })
    }
}
