//! The program's error queue, as libssl fills it.

pub mod reason;

use std::ffi::{CStr, CString, c_int, c_ulong};
use std::panic::Location;
use std::sync::OnceLock;

use crate::libcrypto::err;

/// Why a call failed: a libssl reason (SSL_R_*) or one of libcrypto's common ones (ERR_R_*).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Reason(pub c_int);

/// ERR_LIB_SSL.
pub const LIBRARY: c_int = 20;
/// Where the library's number stands in a packed error.
const LIBRARY_SHIFT: c_int = 23;
/// ERR_RFLAG_FATAL, ERR_RFLAG_COMMON.
const FATAL: c_int = 1 << 18;
const COMMON: c_int = 2 << 18;

/// Reasons that all libraries share (ERR_R_*).
#[allow(missing_docs)] // the names are OpenSSL's
impl Reason {
    pub const SYS_LIB: Reason = Reason(2 | COMMON);
    pub const EVP_LIB: Reason = Reason(6 | COMMON);
    pub const BUF_LIB: Reason = Reason(7 | COMMON);
    pub const PEM_LIB: Reason = Reason(9 | COMMON);
    pub const X509_LIB: Reason = Reason(11 | COMMON);
    pub const ASN1_LIB: Reason = Reason(13 | COMMON);
    pub const BIO_LIB: Reason = Reason(32 | COMMON);
    pub const MALLOC_FAILURE: Reason = Reason(256 | FATAL | COMMON);
    pub const SHOULD_NOT_HAVE_BEEN_CALLED: Reason = Reason(257 | FATAL | COMMON);
    pub const PASSED_NULL_PARAMETER: Reason = Reason(258 | FATAL | COMMON);
    pub const INTERNAL_ERROR: Reason = Reason(259 | FATAL | COMMON);
    pub const DISABLED: Reason = Reason(260 | FATAL | COMMON);
    pub const PASSED_INVALID_ARGUMENT: Reason = Reason(262 | COMMON);
}

/// Puts `reason` on the error queue.
#[track_caller]
pub fn raise(reason: Reason) {
    raise_with(reason, None);
}

/// Puts `reason` on the error queue with a detail for whoever prints it.
#[track_caller]
pub fn raise_with(reason: Reason, detail: Option<&CStr>) {
    load_strings();
    let location = Location::caller();
    let file = CString::new(location.file()).unwrap_or_default();
    // SAFETY: libcrypto copies the strings; the format takes exactly one string.
    unsafe {
        err::ERR_new();
        err::ERR_set_debug(file.as_ptr(), c_int::try_from(location.line()).unwrap_or(0), std::ptr::null());
        match detail {
            None => err::ERR_set_error(LIBRARY, reason.0, std::ptr::null()),
            Some(detail) => err::ERR_set_error(LIBRARY, reason.0, c"%s".as_ptr(), detail.as_ptr()),
        }
    }
}

/// What [`crate::libcrypto::err::ERR_peek_error`] would say of `reason`.
pub const fn packed(reason: Reason) -> c_ulong {
    ((LIBRARY as c_ulong) << LIBRARY_SHIFT) | reason.0 as c_ulong
}

/// Tells libcrypto the text of every reason, once.
pub fn load_strings() {
    static TABLE: OnceLock<Strings> = OnceLock::new();
    TABLE.get_or_init(|| {
        let strings = Strings::new();
        // SAFETY: the table ends with a zero entry and lives as long as the process.
        unsafe { err::ERR_load_strings_const(strings.entries.as_ptr()) };
        strings
    });
}

/// The table that libcrypto keeps pointing into.
struct Strings {
    entries: Vec<err::ERR_STRING_DATA>,
    _texts: Vec<CString>,
}

// SAFETY: the pointers lead to the strings beside them, which never change.
unsafe impl Send for Strings {}
// SAFETY: as above.
unsafe impl Sync for Strings {}

impl Strings {
    fn new() -> Self {
        let texts: Vec<CString> =
            reason::ALL.iter().map(|(_, name)| CString::new(text(name)).unwrap_or_default()).collect();
        let mut entries: Vec<_> = reason::ALL
            .iter()
            .zip(&texts)
            .map(|((reason, _), text)| err::ERR_STRING_DATA { error: packed(*reason), string: text.as_ptr() })
            .collect();
        entries.push(err::ERR_STRING_DATA { error: 0, string: std::ptr::null() });
        Strings { entries, _texts: texts }
    }
}

/// The text of a reason: its name in small letters, but for a few that read differently.
fn text(name: &str) -> String {
    match name {
        "AT_LEAST_TLS_1_2_NEEDED_IN_SUITEB_MODE" => "at least (D)TLS 1.2 needed in Suite B mode".into(),
        "ILLEGAL_SUITEB_DIGEST" => "illegal Suite B digest".into(),
        "MISSING_SRP_PARAM" => "can't find SRP server param".into(),
        "NO_GOST_CERTIFICATE_SENT_BY_PEER" => {
            "Peer haven't sent GOST certificate, required for selected ciphersuite".into()
        }
        "SRP_A_CALC" => "error with the srp params".into(),
        name => name.to_lowercase().replace('_', " "),
    }
}
