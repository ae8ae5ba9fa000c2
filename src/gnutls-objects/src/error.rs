//! GNUTLS_E_*, their names, texts and alerts.

use std::ffi::{CStr, CString, c_char, c_int};
use std::ptr;
use std::sync::LazyLock;

/// Defines the codes.
macro_rules! codes {
    ($($name:ident = $value:literal),* $(,)?) => { $(pub const $name: c_int = $value;)* };
}

codes! {
    UNKNOWN_CIPHER_TYPE = -6,
    MPI_SCAN_FAILED = -23,
    DECRYPTION_FAILED = -24,
    MEMORY_ERROR = -25,
    EXPIRED = -29,
    HASH_FAILED = -33,
    BASE64_DECODING_ERROR = -34,
    CERTIFICATE_ERROR = -43,
    PK_SIGN_FAILED = -46,
    X509_UNSUPPORTED_CRITICAL_EXTENSION = -47,
    NO_CERTIFICATE_FOUND = -49,
    INVALID_REQUEST = -50,
    SHORT_MEMORY_BUFFER = -51,
    PULL_ERROR = -54,
    REQUESTED_DATA_NOT_AVAILABLE = -56,
    INTERNAL_ERROR = -59,
    UNSUPPORTED_CERTIFICATE_TYPE = -61,
    X509_UNKNOWN_SAN = -62,
    FILE_ERROR = -64,
    ASN1_ELEMENT_NOT_FOUND = -67,
    ASN1_DER_ERROR = -69,
    ASN1_VALUE_NOT_FOUND = -70,
    ASN1_GENERIC_ERROR = -71,
    ASN1_VALUE_NOT_VALID = -72,
    ASN1_TAG_ERROR = -73,
    ASN1_DER_OVERFLOW = -77,
    UNKNOWN_PK_ALGORITHM = -80,
    PK_SIG_VERIFY_FAILED = -89,
    X509_UNSUPPORTED_ATTRIBUTE = -95,
    UNKNOWN_HASH_ALGORITHM = -96,
    INVALID_PASSWORD = -99,
    MAC_VERIFY_FAILED = -100,
    CRL_VERIFICATION_ERROR = -426,
    CONSTRAINT_ERROR = -101,
    UNKNOWN_ALGORITHM = -105,
    UNSUPPORTED_SIGNATURE_ALGORITHM = -106,
    RANDOM_FAILED = -206,
    BASE64_UNEXPECTED_HEADER_ERROR = -207,
    INSUFFICIENT_SECURITY = -217,
    PARSING_ERROR = -302,
    CRYPTO_INIT_FAILED = -318,
    TIMEDOUT = -319,
    ECC_UNSUPPORTED_CURVE = -322,
    CERTIFICATE_LIST_UNSORTED = -324,
    ILLEGAL_PARAMETER = -325,
    X509_UNSUPPORTED_EXTENSION = -327,
    SESSION_EOF = -328,
    OCSP_RESPONSE_ERROR = -341,
    IDNA_ERROR = -404,
    PK_INVALID_PUBKEY = -409,
    PK_INVALID_PRIVKEY = -410,
    INVALID_UTF8_STRING = -412,
    CERTIFICATE_TIME_ERROR = -416,
    INCOMPATIBLE_SIG_WITH_KEY = -419,
    PK_INVALID_PUBKEY_PARAMS = -420,
    OCSP_MISMATCH_WITH_CERTS = -422,
    X509_DUPLICATE_EXTENSION = -430,
    ASN1_TIME_ERROR = -418,
    UNIMPLEMENTED_FEATURE = -1250,
}

/// What a C function that returns a code makes of a result.
pub fn code(result: Result<(), c_int>) -> c_int {
    result.err().unwrap_or(0)
}

/// What is known of a code.
struct Known {
    code: c_int,
    name: CString,
    fatal: bool,
    alert: c_int,
    level: c_int,
    text: CString,
}

static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(|| {
    let line = |line: &'static str| {
        let mut fields = line.split('\t');
        let code = fields.next()?.parse().ok()?;
        let name = CString::new(fields.next()?).ok()?;
        let fatal = fields.next()? == "1";
        let (alert, level) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
        Some(Known { code, name, fatal, alert, level, text: CString::new(fields.next()?).ok()? })
    };
    include_str!("../abi/errors.tsv").lines().filter_map(line).collect()
});

fn known(code: c_int) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.code == code)
}

/// A code's text.
pub fn text(code: c_int) -> &'static CStr {
    known(code).map_or(c"(unknown error code)", |known| &known.text)
}

versioned! {
    /// The text of a code, which stays the library's.
    pub unsafe extern "C" fn gnutls_strerror(error: c_int) -> *const c_char {
        text(error).as_ptr()
    }

    /// The name of a code, which stays the library's; NULL for an unknown one.
    pub unsafe extern "C" fn gnutls_strerror_name(error: c_int) -> *const c_char {
        known(error).map_or(ptr::null(), |known| known.name.as_ptr())
    }

    /// Prints the text of a code to standard error.
    pub unsafe extern "C" fn gnutls_perror(error: c_int) {
        eprintln!("GnuTLS error: {}", text(error).to_string_lossy());
    }

    /// Whether a session is over after this code: 1 or 0. What is positive is no error.
    pub unsafe extern "C" fn gnutls_error_is_fatal(error: c_int) -> c_int {
        c_int::from(error <= 0 && known(error).is_none_or(|known| known.fatal))
    }

    /// The alert that tells the peer of a code, with its level where `level` is not NULL.
    pub unsafe extern "C" fn gnutls_error_to_alert(err: c_int, level: *mut c_int) -> c_int {
        /// internal_error(80), fatal(2).
        const OTHER: (c_int, c_int) = (80, 2);
        let (alert, fatal) = known(err).map_or(OTHER, |known| (known.alert, known.level));
        // SAFETY: the program's variable, or NULL.
        if let Some(out) = unsafe { level.as_mut() } {
            *out = fatal;
        }
        alert
    }
}
