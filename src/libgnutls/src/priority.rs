//! Priority strings. The original reads them; what it understood is asked of its own object.

use std::collections::HashMap;
use std::ffi::{CStr, c_char, c_int, c_uchar, c_uint, c_void};
use std::ptr;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use standin_engine::{Parameters, Protocol, SUITES};

use crate::error::code;
use crate::session::with;
use crate::types::{gnutls_cipher_suite_info, gnutls_session_t};

/// gnutls_priority_t: the original's object.
pub type gnutls_priority_t = *mut c_void;

/// What a session may negotiate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Priority {
    pub parameters: Parameters,
    /// Pre-shared keys are among the key exchanges.
    pub by_psk: bool,
    /// %SERVER_PRECEDENCE
    pub server_precedence: bool,
    /// %NO_TICKETS
    pub no_tickets: bool,
    /// %NO_TICKETS_TLS12
    pub no_tickets_tls12: bool,
}

/// GNUTLS_TLS1_2, GNUTLS_TLS1_3.
const TLS1_2: c_uint = 4;
const TLS1_3: c_uint = 5;

/// IANA's code points for groups, by gnutls_group_t.
pub const GROUPS: [(c_uint, u16); 4] = [(2, 0x0017), (3, 0x0018), (4, 0x0019), (6, 0x001d)];

/// IANA's code points for signature schemes, by gnutls_sign_algorithm_t.
pub const SCHEMES: [(c_uint, u16); 13] = [
    (6, 0x0401),
    (7, 0x0501),
    (8, 0x0601),
    (14, 0x0403),
    (15, 0x0503),
    (16, 0x0603),
    (37, 0x0403),
    (38, 0x0503),
    (39, 0x0603),
    (35, 0x0807),
    (40, 0x0804),
    (41, 0x0805),
    (42, 0x0806),
];

/// What the original's object does not tell of a string, by the object.
static STRINGS: LazyLock<Mutex<HashMap<usize, Words>>> = LazyLock::new(Mutex::default);

/// The special words that matter here.
#[derive(Clone, Copy, Default)]
struct Words {
    server_precedence: bool,
    no_tickets: bool,
    no_tickets_tls12: bool,
}

impl Words {
    fn of(text: &[u8]) -> Words {
        let has = |word: &[u8]| text.split(|&byte| byte == b':').any(|part| part.eq_ignore_ascii_case(word));
        Words {
            server_precedence: has(b"%SERVER_PRECEDENCE"),
            no_tickets: has(b"%NO_TICKETS"),
            no_tickets_tls12: has(b"%NO_TICKETS_TLS12"),
        }
    }
}

/// A list that the original answers by pointer and length.
type Lister = unsafe extern "C" fn(gnutls_priority_t, *mut *const c_uint) -> c_int;

unsafe extern "C" {
    fn gnutls_priority_protocol_list(priority: gnutls_priority_t, list: *mut *const c_uint) -> c_int;
    fn gnutls_priority_group_list(priority: gnutls_priority_t, list: *mut *const c_uint) -> c_int;
    fn gnutls_priority_kx_list(priority: gnutls_priority_t, list: *mut *const c_uint) -> c_int;
    fn gnutls_priority_sign_list(priority: gnutls_priority_t, list: *mut *const c_uint) -> c_int;
    fn gnutls_priority_get_cipher_suite_index(priority: gnutls_priority_t, index: c_uint, suite: *mut c_uint) -> c_int;
}

/// # Safety
/// `priority` is the original's live object.
unsafe fn list<'a>(priority: gnutls_priority_t, of: Lister) -> &'a [c_uint] {
    let mut start = ptr::null();
    // SAFETY: the caller's promise; the list is as long as answered, and as long-lived as the object.
    unsafe {
        let len = of(priority, &mut start);
        match usize::try_from(len) {
            Ok(len) if len > 0 && !start.is_null() => std::slice::from_raw_parts(start, len),
            _ => &[],
        }
    }
}

/// IANA's code points of the suites, in order.
///
/// # Safety
/// As for [`list`].
unsafe fn suites(priority: gnutls_priority_t) -> Vec<u16> {
    let mut suites = Vec::new();
    for index in 0.. {
        let mut place = 0;
        // SAFETY: the caller's promise.
        match unsafe { gnutls_priority_get_cipher_suite_index(priority, index, &mut place) } {
            0 => {}
            code::REQUESTED_DATA_NOT_AVAILABLE => break,
            _ => continue, // one that the original itself does not have
        }
        let (mut id, nowhere) = ([0 as c_uchar; 2], ptr::null_mut());
        // SAFETY: two bytes; NULL for what is not wanted.
        let name =
            unsafe { gnutls_cipher_suite_info(place as usize, id.as_mut_ptr(), nowhere, nowhere, nowhere, nowhere) };
        if !name.is_null() {
            suites.push(u16::from_be_bytes(id));
        }
    }
    suites
}

impl Priority {
    /// What `priority` says, of what is served; an error when nothing is left.
    ///
    /// # Safety
    /// `priority` is the original's live object.
    unsafe fn read(priority: gnutls_priority_t) -> Result<Priority, c_int> {
        // SAFETY: the caller's promise.
        let (protocols, groups, schemes, suites) = unsafe {
            (
                list(priority, gnutls_priority_protocol_list),
                list(priority, gnutls_priority_group_list),
                list(priority, gnutls_priority_sign_list),
                suites(priority),
            )
        };
        let (min, max) = match (protocols.contains(&TLS1_2), protocols.contains(&TLS1_3)) {
            (true, true) => (Protocol::Tls12, Protocol::Tls13),
            (true, false) => (Protocol::Tls12, Protocol::Tls12),
            (false, true) => (Protocol::Tls13, Protocol::Tls13),
            (false, false) => return Err(code::NO_PRIORITIES_WERE_SET),
        };
        // GNUTLS_KX_PSK, DHE_PSK, ECDHE_PSK: under TLS 1.3 all the same.
        // SAFETY: as above.
        let by_psk = unsafe { list(priority, gnutls_priority_kx_list) }.iter().any(|kx| matches!(kx, 9 | 10 | 14));
        let served =
            |code: &u16| SUITES.iter().any(|suite| suite.code == *code && (min..=max).contains(&suite.protocol));
        let suites: Vec<u16> = suites.into_iter().filter(served).collect();
        let coded = |values: &[c_uint], table: &[(c_uint, u16)]| -> Vec<u16> {
            let mut codes = Vec::new();
            for code in values.iter().filter_map(|value| table.iter().find(|(known, _)| known == value)) {
                if !codes.contains(&code.1) {
                    codes.push(code.1);
                }
            }
            codes
        };
        let groups: Vec<u16> = coded(groups, &GROUPS).into_iter().filter(|&group| group != 0x0019).collect();
        let schemes = coded(schemes, &SCHEMES);
        if suites.is_empty() || groups.is_empty() || schemes.is_empty() {
            return Err(code::NO_PRIORITIES_WERE_SET);
        }
        let strings = STRINGS.lock().unwrap_or_else(PoisonError::into_inner);
        let words = strings.get(&(priority as usize)).copied().unwrap_or_default();
        Ok(Priority {
            parameters: Parameters { min, max, suites, groups, schemes },
            by_psk,
            server_precedence: words.server_precedence,
            no_tickets: words.no_tickets,
            no_tickets_tls12: words.no_tickets_tls12,
        })
    }
}

/// Lets the original read a string.
unsafe fn init(
    priority: *mut gnutls_priority_t,
    text: *const c_char,
    err_pos: *mut *const c_char,
    flags: c_uint,
) -> c_int {
    if priority.is_null() {
        return code::INVALID_REQUEST;
    }
    // SAFETY: the program's pointers, handed on.
    unsafe {
        // The one with flags calls the other, and so comes back to us.
        let answer = match flags {
            0 => original!(gnutls_priority_init(
                priority => *mut gnutls_priority_t, text => *const c_char, err_pos => *mut *const c_char,
            ) -> c_int, or code::INTERNAL_ERROR),
            _ => original!(gnutls_priority_init2(
                priority => *mut gnutls_priority_t, text => *const c_char, err_pos => *mut *const c_char, flags => c_uint,
            ) -> c_int, or code::INTERNAL_ERROR),
        };
        if answer >= 0 {
            let words = if text.is_null() { Words::default() } else { Words::of(CStr::from_ptr(text).to_bytes()) };
            STRINGS.lock().unwrap_or_else(PoisonError::into_inner).insert(*priority as usize, words);
        }
        answer
    }
}

unsafe fn deinit(priority: gnutls_priority_t) {
    if priority.is_null() {
        return;
    }
    STRINGS.lock().unwrap_or_else(PoisonError::into_inner).remove(&(priority as usize));
    // SAFETY: the program's object, which it does not use again.
    unsafe { original!(gnutls_priority_deinit(priority => gnutls_priority_t) -> (), or ()) };
}

unsafe fn set(session: gnutls_session_t, priority: gnutls_priority_t) -> c_int {
    if priority.is_null() {
        return code::NO_CIPHER_SUITES;
    }
    // SAFETY: the program's pointers.
    match unsafe { Priority::read(priority) } {
        Ok(read) => {
            let read = Arc::new(read);
            // SAFETY: as above.
            unsafe { with(session, |session| session.priority = Some(read)) }.map_or(code::INVALID_REQUEST, |()| 0)
        }
        Err(error) => error,
    }
}

unsafe fn set_text(
    session: gnutls_session_t,
    text: *const c_char,
    err_pos: *mut *const c_char,
    flags: c_uint,
) -> c_int {
    let mut priority = ptr::null_mut();
    // SAFETY: the program's pointers; the object is ours until it is freed here.
    unsafe {
        let answer = init(&mut priority, text, err_pos, flags);
        if answer < 0 {
            return answer;
        }
        let answer = set(session, priority);
        deinit(priority);
        answer
    }
}

/// GNUTLS_PRIORITY_INIT_DEF_APPEND.
const DEFAULT_APPEND: c_uint = 1;

versioned! {
    /// Reads a priority string; NULL: the default.
    pub unsafe extern "C" fn gnutls_priority_init(priority_cache: *mut gnutls_priority_t, priorities: *const c_char, err_pos: *mut *const c_char) -> c_int {
        // SAFETY: the program's pointers.
        unsafe { init(priority_cache, priorities, err_pos, 0) }
    }

    /// Reads a priority string, on its own or behind the default.
    pub unsafe extern "C" fn gnutls_priority_init2(priority_cache: *mut gnutls_priority_t, priorities: *const c_char, err_pos: *mut *const c_char, flags: c_uint) -> c_int {
        // SAFETY: the program's pointers.
        unsafe { init(priority_cache, priorities, err_pos, flags) }
    }

    /// Frees what was read.
    pub unsafe extern "C" fn gnutls_priority_deinit(priority_cache: gnutls_priority_t) {
        // SAFETY: the program's pointer.
        unsafe { deinit(priority_cache) };
    }

    /// What the session may negotiate.
    pub unsafe extern "C" fn gnutls_priority_set(session: gnutls_session_t, priority: gnutls_priority_t) -> c_int {
        // SAFETY: the program's pointers.
        unsafe { set(session, priority) }
    }

    /// What the session may negotiate, from a string.
    pub unsafe extern "C" fn gnutls_priority_set_direct(session: gnutls_session_t, priorities: *const c_char, err_pos: *mut *const c_char) -> c_int {
        // SAFETY: the program's pointers.
        unsafe { set_text(session, priorities, err_pos, 0) }
    }

    /// The default.
    pub unsafe extern "C" fn gnutls_set_default_priority(session: gnutls_session_t) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { set_text(session, ptr::null(), ptr::null_mut(), 0) }
    }

    /// The default with something behind it.
    pub unsafe extern "C" fn gnutls_set_default_priority_append(session: gnutls_session_t, add_prio: *const c_char, err_pos: *mut *const c_char, _flags: c_uint) -> c_int {
        // SAFETY: the program's pointers.
        unsafe { set_text(session, add_prio, err_pos, DEFAULT_APPEND) }
    }
}
