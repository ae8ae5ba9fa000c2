//! ERR: the thread's queue of errors.

mod print;
pub use print::drain;
pub mod text;

use std::cell::RefCell;
use std::ffi::{CStr, CString, c_char, c_int, c_ulong};
use std::panic::Location;
use std::ptr;

/// Numbers of libraries (ERR_LIB_*).
#[allow(missing_docs)] // the names are OpenSSL's
pub mod library {
    use std::ffi::c_int;
    pub const SYS: c_int = 2;
    pub const RSA: c_int = 4;
    pub const EVP: c_int = 6;
    pub const OBJ: c_int = 8;
    pub const PEM: c_int = 9;
    pub const X509: c_int = 11;
    pub const ASN1: c_int = 13;
    pub const CONF: c_int = 14;
    pub const CRYPTO: c_int = 15;
    pub const EC: c_int = 16;
    pub const BIO: c_int = 32;
    pub const X509V3: c_int = 34;
    pub const PKCS12: c_int = 35;
    pub const RAND: c_int = 36;
    pub const ENGINE: c_int = 38;
    pub const OCSP: c_int = 39;
    pub const OSSL_STORE: c_int = 44;
    pub const PROV: c_int = 57;
    pub const DECODER: c_int = 60;
}

/// Numbers of reasons: those that all libraries share, and by library.
#[allow(missing_docs)] // the names are OpenSSL's
pub mod reason {
    use std::ffi::c_int;
    const FATAL: c_int = 1 << 18;
    const COMMON: c_int = 2 << 18;
    pub const BIO_LIB: c_int = 32 | COMMON;
    pub const RSA_LIB: c_int = 4 | COMMON;
    pub const ASN1_LIB: c_int = 13 | COMMON;
    pub const PEM_LIB: c_int = 9 | COMMON;
    pub const EVP_LIB: c_int = 6 | COMMON;
    pub const SYS_LIB: c_int = 2 | COMMON;
    pub const BUF_LIB: c_int = 7 | COMMON;
    pub const INTERRUPTED_OR_CANCELLED: c_int = 265 | COMMON;
    pub const NESTED_ASN1_ERROR: c_int = 266 | COMMON;
    pub const UNSUPPORTED: c_int = 268 | COMMON;
    pub const SHOULD_NOT_HAVE_BEEN_CALLED: c_int = 257 | FATAL | COMMON;
    pub const PASSED_NULL_PARAMETER: c_int = 258 | FATAL | COMMON;
    pub const INTERNAL_ERROR: c_int = 259 | FATAL | COMMON;
    pub const DISABLED: c_int = 260 | FATAL | COMMON;
    pub const INIT_FAIL: c_int = 261 | FATAL | COMMON;
    pub const PASSED_INVALID_ARGUMENT: c_int = 262 | COMMON;

    pub const MALLOC_FAILURE: c_int = 256 | FATAL | COMMON;

    pub mod obj {
        use std::ffi::c_int;
        pub const UNKNOWN_OBJECT_NAME: c_int = 103;
    }
    pub mod asn1 {
        use std::ffi::c_int;
        pub const BAD_OBJECT_HEADER: c_int = 102;
        pub const DECODE_ERROR: c_int = 110;
        pub const ILLEGAL_OBJECT: c_int = 183;
        pub const TOO_LONG: c_int = 155;
        pub const TOO_SMALL: c_int = 224;
        pub const WRONG_TAG: c_int = 168;
        pub const UNKNOWN_SIGNATURE_ALGORITHM: c_int = 199;
        pub const WRONG_PUBLIC_KEY_TYPE: c_int = 200;
        pub const NOT_ENOUGH_DATA: c_int = 142;
        pub const BMPSTRING_IS_WRONG_LENGTH: c_int = 214;
        pub const CONTEXT_NOT_INITIALISED: c_int = 217;
        pub const DEPTH_EXCEEDED: c_int = 174;
        pub const FIRST_NUM_TOO_LARGE: c_int = 122;
        pub const ILLEGAL_BITSTRING_FORMAT: c_int = 175;
        pub const ILLEGAL_BOOLEAN: c_int = 176;
        pub const ILLEGAL_CHARACTERS: c_int = 124;
        pub const ILLEGAL_FORMAT: c_int = 177;
        pub const ILLEGAL_HEX: c_int = 178;
        pub const ILLEGAL_IMPLICIT_TAG: c_int = 179;
        pub const ILLEGAL_INTEGER: c_int = 180;
        pub const ILLEGAL_NESTED_TAGGING: c_int = 181;
        pub const ILLEGAL_NULL_VALUE: c_int = 182;
        pub const ILLEGAL_TIME_VALUE: c_int = 184;
        pub const ILLEGAL_ZERO_CONTENT: c_int = 222;
        pub const INTEGER_NOT_ASCII_FORMAT: c_int = 185;
        pub const INVALID_BMPSTRING_LENGTH: c_int = 129;
        pub const INVALID_DIGIT: c_int = 130;
        pub const INVALID_MODIFIER: c_int = 186;
        pub const INVALID_NUMBER: c_int = 187;
        pub const INVALID_SEPARATOR: c_int = 131;
        pub const INVALID_UNIVERSALSTRING_LENGTH: c_int = 133;
        pub const INVALID_UTF8STRING: c_int = 134;
        pub const LIST_ERROR: c_int = 188;
        pub const MISSING_SECOND_NUMBER: c_int = 138;
        pub const MISSING_VALUE: c_int = 189;
        pub const MSTRING_WRONG_TAG: c_int = 140;
        pub const NOT_ASCII_FORMAT: c_int = 190;
        pub const OBJECT_NOT_ASCII_FORMAT: c_int = 191;
        pub const SECOND_NUMBER_TOO_LARGE: c_int = 147;
        pub const SEQUENCE_OR_SET_NEEDS_CONFIG: c_int = 192;
        pub const STRING_TOO_LONG: c_int = 151;
        pub const STRING_TOO_SHORT: c_int = 152;
        pub const TIME_NOT_ASCII_FORMAT: c_int = 193;
        pub const UNIVERSALSTRING_IS_WRONG_LENGTH: c_int = 215;
        pub const UNKNOWN_FORMAT: c_int = 160;
        pub const UNKNOWN_TAG: c_int = 194;
    }
    pub mod bio {
        use std::ffi::c_int;
        pub const BROKEN_PIPE: c_int = 124;
        pub const CONNECT_ERROR: c_int = 103;
        pub const IN_USE: c_int = 123;
        pub const INVALID_ARGUMENT: c_int = 125;
        pub const NO_ACCEPT_ADDR_SPECIFIED: c_int = 143;
        pub const NO_HOSTNAME_OR_SERVICE_SPECIFIED: c_int = 144;
        pub const NO_PORT_DEFINED: c_int = 113;
        pub const NO_SUCH_FILE: c_int = 128;
        pub const UNABLE_TO_BIND_SOCKET: c_int = 117;
        pub const UNABLE_TO_CREATE_SOCKET: c_int = 118;
        pub const UNABLE_TO_LISTEN_SOCKET: c_int = 119;
        pub const UNINITIALIZED: c_int = 120;
        pub const UNSUPPORTED_METHOD: c_int = 121;
        pub const WRITE_TO_READ_ONLY_BIO: c_int = 126;
        pub const BAD_FOPEN_MODE: c_int = 101;
        pub const LOOKUP_RETURNED_NOTHING: c_int = 142;
        pub const ACCEPT_ERROR: c_int = 100;
        pub const AMBIGUOUS_HOST_OR_SERVICE: c_int = 129;
        pub const GETSOCKNAME_ERROR: c_int = 132;
        pub const GETTING_SOCKTYPE: c_int = 134;
        pub const INVALID_SOCKET: c_int = 135;
        pub const LISTEN_V6_ONLY: c_int = 136;
        pub const MALFORMED_HOST_OR_SERVICE: c_int = 130;
        pub const UNABLE_TO_KEEPALIVE: c_int = 137;
        pub const UNABLE_TO_NODELAY: c_int = 138;
        pub const UNABLE_TO_REUSEADDR: c_int = 139;
        pub const UNKNOWN_INFO_TYPE: c_int = 140;
        pub const UNSUPPORTED_PROTOCOL_FAMILY: c_int = 131;
    }
    pub mod evp {
        use std::ffi::c_int;
        pub const BAD_DECRYPT: c_int = 100;
        pub const DIGEST_NOT_ALLOWED: c_int = 174;
        pub const DIFFERENT_KEY_TYPES: c_int = 101;
        pub const DIFFERENT_PARAMETERS: c_int = 153;
        pub const MISSING_PARAMETERS: c_int = 103;
        pub const DECODE_ERROR: c_int = 114;
        pub const NO_KEY_SET: c_int = 154;
        pub const INITIALIZATION_ERROR: c_int = 134;
        pub const UNSUPPORTED_ALGORITHM: c_int = 156;
        pub const EXPECTING_AN_RSA_KEY: c_int = 127;
        pub const EXPECTING_AN_EC_KEY: c_int = 142;
        pub const INVALID_DIGEST: c_int = 152;
        pub const KEY_SETUP_FAILED: c_int = 180;
        pub const NO_CIPHER_SET: c_int = 131;
        pub const INVALID_KEY_LENGTH: c_int = 130;
        pub const GENERATE_ERROR: c_int = 214;
        pub const COMMAND_NOT_SUPPORTED: c_int = 147;
        pub const OPERATION_NOT_SUPPORTED: c_int = 150;
        pub const OPERATION_NOT_INITIALIZED: c_int = 151;
        pub const NO_OPERATION_SET: c_int = 149;
        pub const INVALID_OPERATION: c_int = 148;
        pub const MESSAGE_DIGEST_IS_NULL: c_int = 159;
        pub const NO_DIGEST_SET: c_int = 139;
        pub const NOT_XOF_OR_INVALID_LENGTH: c_int = 178;
    }
    pub mod conf {
        use std::ffi::c_int;
        pub const MISSING_CLOSE_SQUARE_BRACKET: c_int = 100;
        pub const MISSING_EQUAL_SIGN: c_int = 101;
        pub const MODULE_INITIALIZATION_ERROR: c_int = 109;
        pub const NO_CLOSE_BRACE: c_int = 102;
        pub const NO_SUCH_FILE: c_int = 114;
        pub const OPENSSL_CONF_REFERENCES_MISSING_SECTION: c_int = 124;
        pub const SSL_COMMAND_SECTION_EMPTY: c_int = 117;
        pub const SSL_COMMAND_SECTION_NOT_FOUND: c_int = 118;
        pub const SSL_SECTION_EMPTY: c_int = 119;
        pub const SSL_SECTION_NOT_FOUND: c_int = 120;
        pub const UNKNOWN_MODULE_NAME: c_int = 113;
        pub const VARIABLE_EXPANSION_TOO_LONG: c_int = 116;
        pub const VARIABLE_HAS_NO_VALUE: c_int = 104;
        pub const NO_CONF: c_int = 105;
    }
    pub mod ocsp {
        use std::ffi::c_int;
        pub const CERTIFICATE_VERIFY_ERROR: c_int = 101;
        pub const MISSING_OCSPSIGNING_USAGE: c_int = 103;
        pub const NOT_BASIC_RESPONSE: c_int = 104;
        pub const NO_CERTIFICATES_IN_CHAIN: c_int = 105;
        pub const NO_RESPONSE_DATA: c_int = 108;
        pub const RESPONSE_CONTAINS_NO_REVOCATION_DATA: c_int = 111;
        pub const ROOT_CA_NOT_TRUSTED: c_int = 112;
        pub const SIGNATURE_FAILURE: c_int = 117;
        pub const SIGNER_CERTIFICATE_NOT_FOUND: c_int = 118;
        pub const UNKNOWN_MESSAGE_DIGEST: c_int = 119;
        pub const ERROR_IN_NEXTUPDATE_FIELD: c_int = 122;
        pub const ERROR_IN_THISUPDATE_FIELD: c_int = 123;
        pub const NEXTUPDATE_BEFORE_THISUPDATE: c_int = 124;
        pub const STATUS_EXPIRED: c_int = 125;
        pub const STATUS_NOT_YET_VALID: c_int = 126;
        pub const STATUS_TOO_OLD: c_int = 127;
        pub const NO_SIGNER_KEY: c_int = 130;
    }
    pub mod x509v3 {
        use std::ffi::c_int;
        pub const EXTENSION_NOT_FOUND: c_int = 102;
        pub const NO_PUBLIC_KEY: c_int = 114;
        pub const UNKNOWN_OPTION: c_int = 120;
        pub const NO_ISSUER_CERTIFICATE: c_int = 121;
        pub const UNABLE_TO_GET_ISSUER_KEYID: c_int = 123;
        pub const ERROR_IN_EXTENSION: c_int = 128;
        pub const UNKNOWN_EXTENSION: c_int = 129;
        pub const UNKNOWN_EXTENSION_NAME: c_int = 130;
        pub const ERROR_CREATING_EXTENSION: c_int = 144;
        pub const EXTENSION_EXISTS: c_int = 145;
        pub const BAD_IP_ADDRESS: c_int = 118;
        pub const BAD_OBJECT: c_int = 119;
        pub const BN_DEC2BN_ERROR: c_int = 100;
        pub const DIRNAME_ERROR: c_int = 149;
        pub const EXTENSION_NAME_ERROR: c_int = 115;
        pub const EXTENSION_SETTING_NOT_SUPPORTED: c_int = 103;
        pub const EXTENSION_VALUE_ERROR: c_int = 116;
        pub const ILLEGAL_EMPTY_EXTENSION: c_int = 151;
        pub const INVALID_BOOLEAN_STRING: c_int = 104;
        pub const INVALID_EMPTY_NAME: c_int = 108;
        pub const INVALID_EXTENSION_STRING: c_int = 105;
        pub const INVALID_NAME: c_int = 106;
        pub const INVALID_NULL_VALUE: c_int = 109;
        pub const INVALID_OBJECT_IDENTIFIER: c_int = 110;
        pub const INVALID_SYNTAX: c_int = 143;
        pub const ISSUER_DECODE_ERROR: c_int = 126;
        pub const MISSING_VALUE: c_int = 124;
        pub const NO_CONFIG_DATABASE: c_int = 136;
        pub const NO_ISSUER_DETAILS: c_int = 127;
        pub const NO_SUBJECT_DETAILS: c_int = 125;
        pub const OPERATION_NOT_DEFINED: c_int = 148;
        pub const OTHERNAME_ERROR: c_int = 147;
        pub const SECTION_NOT_FOUND: c_int = 150;
        pub const UNKNOWN_BIT_STRING_ARGUMENT: c_int = 111;
        pub const UNSUPPORTED_OPTION: c_int = 117;
    }
    pub mod rsa {
        use std::ffi::c_int;
        pub const KEY_SIZE_TOO_SMALL: c_int = 120;
        pub const MISSING_PRIVATE_KEY: c_int = 179;
        pub const VALUE_MISSING: c_int = 147;
        pub const BAD_SIGNATURE: c_int = 104;
        pub const WRONG_SIGNATURE_LENGTH: c_int = 119;
        pub const DATA_GREATER_THAN_MOD_LEN: c_int = 108;
        pub const DATA_TOO_LARGE_FOR_KEY_SIZE: c_int = 110;
        pub const DATA_TOO_LARGE_FOR_MODULUS: c_int = 132;
        pub const DATA_TOO_SMALL_FOR_KEY_SIZE: c_int = 122;
        pub const INVALID_MESSAGE_LENGTH: c_int = 131;
        pub const INVALID_PADDING: c_int = 138;
        pub const OAEP_DECODING_ERROR: c_int = 121;
        pub const PADDING_CHECK_FAILED: c_int = 114;
        pub const PKCS_DECODING_ERROR: c_int = 159;
        pub const THE_ASN1_OBJECT_IDENTIFIER_IS_NOT_KNOWN_FOR_THIS_MD: c_int = 116;
        pub const UNKNOWN_ALGORITHM_TYPE: c_int = 117;
        pub const UNKNOWN_PADDING_TYPE: c_int = 118;
    }
    pub mod ec {
        use std::ffi::c_int;
        pub const MISSING_PARAMETERS: c_int = 124;
        pub const MISSING_PRIVATE_KEY: c_int = 125;
        pub const OPERATION_NOT_SUPPORTED: c_int = 152;
        pub const INVALID_CURVE: c_int = 141;
    }
    pub mod crypto {
        use std::ffi::c_int;
        pub const ILLEGAL_HEX_DIGIT: c_int = 102;
        pub const ODD_NUMBER_OF_DIGITS: c_int = 103;
        pub const HEX_STRING_TOO_SHORT: c_int = 121;
    }
    pub mod prov {
        use std::ffi::c_int;
        pub const BAD_DECRYPT: c_int = 100;
        pub const DIGEST_NOT_ALLOWED: c_int = 174;
        pub const CIPHER_OPERATION_FAILED: c_int = 102;
        pub const UNABLE_TO_GET_PASSPHRASE: c_int = 159;
        pub const MISMATCHING_DOMAIN_PARAMETERS: c_int = 203;
        pub const MISSING_KEY: c_int = 128;
        pub const NOT_A_PRIVATE_KEY: c_int = 221;
        pub const OUTPUT_BUFFER_TOO_SMALL: c_int = 106;
        pub const WRONG_FINAL_BLOCK_LENGTH: c_int = 107;
        pub const INVALID_DIGEST: c_int = 122;
        pub const NOT_SUPPORTED: c_int = 136;
        pub const INVALID_SALT_LENGTH: c_int = 112;
        pub const PSS_SALTLEN_TOO_SMALL: c_int = 172;
        pub const INVALID_MGF1_MD: c_int = 167;
        pub const INVALID_PADDING_MODE: c_int = 168;
        pub const ILLEGAL_OR_UNSUPPORTED_PADDING_MODE: c_int = 165;
        pub const INVALID_SIGNATURE_SIZE: c_int = 179;
    }
    pub mod pem {
        use std::ffi::c_int;
        pub const BAD_BASE64_DECODE: c_int = 100;
        pub const BAD_DECRYPT: c_int = 101;
        pub const BAD_END_LINE: c_int = 102;
        pub const BAD_PASSWORD_READ: c_int = 104;
        pub const NO_START_LINE: c_int = 108;
        pub const UNSUPPORTED_CIPHER: c_int = 113;
        pub const BAD_IV_CHARS: c_int = 103;
        pub const UNSUPPORTED_ENCRYPTION: c_int = 114;
        pub const UNSUPPORTED_PUBLIC_KEY_TYPE: c_int = 110;
        pub const PROBLEMS_GETTING_PASSWORD: c_int = 109;
    }
    pub mod x509 {
        use std::ffi::c_int;
        pub const BAD_X509_FILETYPE: c_int = 100;
        pub const INVALID_DIRECTORY: c_int = 113;
        pub const INVALID_TRUST: c_int = 123;
        pub const KEY_TYPE_MISMATCH: c_int = 115;
        pub const KEY_VALUES_MISMATCH: c_int = 116;
        pub const LOADING_CERT_DIR: c_int = 103;
        pub const NO_CERTIFICATE_FOUND: c_int = 135;
        pub const NO_CERTIFICATE_OR_CRL_FOUND: c_int = 136;
        pub const NO_CERT_SET_FOR_US_TO_VERIFY: c_int = 105;
        pub const NO_CRL_FOUND: c_int = 137;
        pub const UNABLE_TO_GET_CERTS_PUBLIC_KEY: c_int = 108;
        pub const UNKNOWN_KEY_TYPE: c_int = 117;
        pub const UNKNOWN_PURPOSE_ID: c_int = 121;
        pub const UNKNOWN_TRUST_ID: c_int = 120;
        pub const UNSUPPORTED_ALGORITHM: c_int = 111;
        pub const PUBLIC_KEY_DECODE_ERROR: c_int = 125;
        pub const INVALID_FIELD_NAME: c_int = 119;
        pub const UNKNOWN_NID: c_int = 109;
        pub const UNKNOWN_SIGID_ALGS: c_int = 144;
    }
    pub mod pkcs12 {
        use std::ffi::c_int;
        pub const CIPHERFINAL_ERROR: c_int = 116;
        pub const MAC_VERIFY_FAILURE: c_int = 113;
        pub const PARSE_ERROR: c_int = 114;
        pub const INVALID_NULL_PKCS12_POINTER: c_int = 108;
    }
}

/// Where the library's number stands in a packed error, and what a system's error is marked by.
const LIBRARY_SHIFT: c_int = 23;
const SYSTEM: c_ulong = 1 << 31;
const REASON_MASK: c_ulong = 0x7f_ffff;

/// How many errors are kept: one place is always free.
const PLACES: usize = 16;

#[derive(Default)]
struct Entry {
    code: c_ulong,
    file: Option<CString>,
    function: Option<CString>,
    line: c_int,
    text: Option<CString>,
    marks: u32,
}

/// A ring: what was read stays readable in its place until the place is needed.
#[derive(Default)]
struct Queue {
    ring: [Entry; PLACES],
    top: usize,
    bottom: usize,
}

thread_local! {
    static QUEUE: RefCell<Queue> = RefCell::default();
}

fn with<T>(use_it: impl FnOnce(&mut Queue) -> T) -> Option<T> {
    QUEUE.try_with(|queue| use_it(&mut queue.borrow_mut())).ok()
}

/// ERR_TXT_STRING: the entry has a text.
const HAS_TEXT: c_int = 0x02;

#[derive(Clone, Copy)]
enum Which {
    /// The oldest, taken out.
    Taken,
    /// The oldest.
    First,
    /// The latest.
    Last,
}

impl Queue {
    fn fresh(&mut self) -> &mut Entry {
        self.top = (self.top + 1) % PLACES;
        if self.top == self.bottom {
            self.bottom = (self.bottom + 1) % PLACES;
        }
        let entry = &mut self.ring[self.top];
        *entry = Entry::default();
        entry
    }

    fn find(&mut self, which: Which) -> Option<&Entry> {
        if self.bottom == self.top {
            return None;
        }
        let at = match which {
            Which::Last => self.top,
            Which::First => (self.bottom + 1) % PLACES,
            Which::Taken => {
                self.bottom = (self.bottom + 1) % PLACES;
                self.bottom
            }
        };
        Some(&self.ring[at])
    }
}

/// Where C wants parts of an entry.
struct Wanted {
    file: *mut *const c_char,
    line: *mut c_int,
    function: *mut *const c_char,
    text: *mut *const c_char,
    flags: *mut c_int,
}

impl Wanted {
    const NOTHING: Wanted = Wanted {
        file: ptr::null_mut(),
        line: ptr::null_mut(),
        function: ptr::null_mut(),
        text: ptr::null_mut(),
        flags: ptr::null_mut(),
    };
}

unsafe fn put<T>(out: *mut T, value: T) {
    if !out.is_null() {
        // SAFETY: writable, by the program's word.
        unsafe { *out = value };
    }
}

fn or_empty(text: &Option<CString>) -> *const c_char {
    text.as_ref().map_or(c"".as_ptr(), |text| text.as_ptr())
}

/// The code of an entry, 0 for none, with the parts that are wanted.
unsafe fn entry(which: Which, wanted: &Wanted) -> c_ulong {
    with(|queue| {
        let Some(entry) = queue.find(which) else { return 0 };
        // SAFETY: the program's pointers.
        unsafe {
            put(wanted.file, or_empty(&entry.file));
            put(wanted.line, entry.line);
            put(wanted.function, or_empty(&entry.function));
            put(wanted.text, or_empty(&entry.text));
            put(wanted.flags, if entry.text.is_some() { HAS_TEXT } else { 0 });
        }
        entry.code
    })
    .unwrap_or(0)
}

/// A packed error.
pub const fn packed(library: c_int, reason: c_int) -> c_ulong {
    if library == library::SYS {
        return SYSTEM | reason as c_ulong;
    }
    ((library as c_ulong & 0xff) << LIBRARY_SHIFT) | (reason as c_ulong & REASON_MASK)
}

/// The library of a packed error.
pub fn library_of(error: c_ulong) -> c_int {
    if error & SYSTEM != 0 { library::SYS } else { ((error >> LIBRARY_SHIFT) & 0xff) as c_int }
}

/// The reason of a packed error.
pub fn reason_of(error: c_ulong) -> c_int {
    if error & SYSTEM != 0 { (error & !SYSTEM) as c_int } else { (error & REASON_MASK) as c_int }
}

/// Puts an error on the thread's queue.
#[track_caller]
pub fn raise(library: c_int, reason: c_int) {
    raise_with(library, reason, None);
}

/// Puts an error on the thread's queue, with a text for whoever prints it.
#[track_caller]
pub fn raise_with(library: c_int, reason: c_int, text: Option<&str>) {
    let location = Location::caller();
    with(|queue| {
        let entry = queue.fresh();
        entry.file = CString::new(location.file()).ok();
        entry.line = c_int::try_from(location.line()).unwrap_or(0);
        entry.code = packed(library, reason);
        entry.text = text.and_then(|text| CString::new(text).ok());
    });
}

/// Puts the system's last error on the queue, for a call of this name.
#[track_caller]
pub fn raise_system(call: &str) {
    let number = std::io::Error::last_os_error().raw_os_error().unwrap_or(0);
    raise_with(library::SYS, number, Some(call));
}

/// Runs `attempt` and forgets the errors that it raised.
pub fn quietly<T>(attempt: impl FnOnce() -> T) -> T {
    // SAFETY: mark and pop touch only the calling thread's queue and are balanced.
    unsafe { ERR_set_mark() };
    let result = attempt();
    // SAFETY: as above.
    unsafe { ERR_pop_to_mark() };
    result
}

/// The latest error, 0 for none.
pub fn last() -> c_ulong {
    // SAFETY: nothing is wanted but the code.
    unsafe { entry(Which::Last, &Wanted::NOTHING) }
}

// Names that are not for programs do not leave the library.
std::arch::global_asm!(".hidden standin_err_raise", ".hidden standin_err_add_text");

/// Sets library, reason and text of the entry that ERR_new opened: called by `variadic.c`.
///
/// # Safety
/// `text` is NULL or a C string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn standin_err_raise(library: c_int, reason: c_int, text: *const c_char) {
    // SAFETY: the caller's promise.
    let text = (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_owned());
    with(|queue| {
        let entry = &mut queue.ring[queue.top];
        entry.code = packed(library, reason);
        entry.text = text;
    });
}

/// Adds to the text of the latest entry: called by `variadic.c`.
///
/// # Safety
/// `text` is a C string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn standin_err_add_text(text: *const c_char) {
    // SAFETY: the caller's promise.
    let more = unsafe { CStr::from_ptr(text) };
    with(|queue| {
        let entry = &mut queue.ring[queue.top];
        let mut text = entry.text.take().map(CString::into_bytes).unwrap_or_default();
        text.extend_from_slice(more.to_bytes());
        entry.text = CString::new(text).ok();
    });
}

versioned! {
    /// Opens a new entry; ERR_set_debug and ERR_set_error fill it.
    pub unsafe extern "C" fn ERR_new() {
        with(|queue| {
            queue.fresh();
        });
    }

    /// Says where the error of the entry was raised.
    pub unsafe extern "C" fn ERR_set_debug(file: *const c_char, line: c_int, func: *const c_char) {
        // SAFETY: the program's texts.
        let copy = |text: *const c_char| (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_owned());
        let (file, function) = (copy(file), copy(func));
        with(|queue| {
            let entry = &mut queue.ring[queue.top];
            (entry.file, entry.line, entry.function) = (file, line, function);
        });
    }

    /// Forgets the thread's errors.
    pub unsafe extern "C" fn ERR_clear_error() {
        with(|queue| *queue = Queue::default());
    }

    /// Takes the oldest error out; 0 for none.
    pub unsafe extern "C" fn ERR_get_error() -> c_ulong {
        // SAFETY: nothing is wanted but the code.
        unsafe { entry(Which::Taken, &Wanted::NOTHING) }
    }

    /// Takes the oldest error out, with where it was raised and its text. The pointers are good until the next error.
    pub unsafe extern "C" fn ERR_get_error_all(file: *mut *const c_char, line: *mut c_int, func: *mut *const c_char, data: *mut *const c_char, flags: *mut c_int) -> c_ulong {
        // SAFETY: the program's pointers.
        unsafe { entry(Which::Taken, &Wanted { file, line, function: func, text: data, flags }) }
    }

    /// Takes the oldest error out, with where it was raised.
    pub unsafe extern "C" fn ERR_get_error_line(file: *mut *const c_char, line: *mut c_int) -> c_ulong {
        // SAFETY: the program's pointers.
        unsafe { entry(Which::Taken, &Wanted { file, line, ..Wanted::NOTHING }) }
    }

    /// Takes the oldest error out, with where it was raised and its text.
    pub unsafe extern "C" fn ERR_get_error_line_data(file: *mut *const c_char, line: *mut c_int, data: *mut *const c_char, flags: *mut c_int) -> c_ulong {
        // SAFETY: the program's pointers.
        unsafe { entry(Which::Taken, &Wanted { file, line, text: data, flags, ..Wanted::NOTHING }) }
    }

    /// The oldest error; 0 for none.
    pub unsafe extern "C" fn ERR_peek_error() -> c_ulong {
        // SAFETY: nothing is wanted but the code.
        unsafe { entry(Which::First, &Wanted::NOTHING) }
    }

    /// The oldest error, with where it was raised.
    pub unsafe extern "C" fn ERR_peek_error_line(file: *mut *const c_char, line: *mut c_int) -> c_ulong {
        // SAFETY: the program's pointers.
        unsafe { entry(Which::First, &Wanted { file, line, ..Wanted::NOTHING }) }
    }

    /// The oldest error, with its text.
    pub unsafe extern "C" fn ERR_peek_error_data(data: *mut *const c_char, flags: *mut c_int) -> c_ulong {
        // SAFETY: the program's pointers.
        unsafe { entry(Which::First, &Wanted { text: data, flags, ..Wanted::NOTHING }) }
    }

    /// The oldest error, with where it was raised and its text.
    pub unsafe extern "C" fn ERR_peek_error_line_data(file: *mut *const c_char, line: *mut c_int, data: *mut *const c_char, flags: *mut c_int) -> c_ulong {
        // SAFETY: the program's pointers.
        unsafe { entry(Which::First, &Wanted { file, line, text: data, flags, ..Wanted::NOTHING }) }
    }

    /// The latest error; 0 for none.
    pub unsafe extern "C" fn ERR_peek_last_error() -> c_ulong {
        last()
    }

    /// The latest error, with where it was raised.
    pub unsafe extern "C" fn ERR_peek_last_error_line(file: *mut *const c_char, line: *mut c_int) -> c_ulong {
        // SAFETY: the program's pointers.
        unsafe { entry(Which::Last, &Wanted { file, line, ..Wanted::NOTHING }) }
    }

    /// The latest error, with its text.
    pub unsafe extern "C" fn ERR_peek_last_error_data(data: *mut *const c_char, flags: *mut c_int) -> c_ulong {
        // SAFETY: the program's pointers.
        unsafe { entry(Which::Last, &Wanted { text: data, flags, ..Wanted::NOTHING }) }
    }

    /// The latest error, with where it was raised and its text.
    pub unsafe extern "C" fn ERR_peek_last_error_line_data(file: *mut *const c_char, line: *mut c_int, data: *mut *const c_char, flags: *mut c_int) -> c_ulong {
        // SAFETY: the program's pointers.
        unsafe { entry(Which::Last, &Wanted { file, line, text: data, flags, ..Wanted::NOTHING }) }
    }

    /// The latest error, with all that is known of it.
    pub unsafe extern "C" fn ERR_peek_last_error_all(file: *mut *const c_char, line: *mut c_int, func: *mut *const c_char, data: *mut *const c_char, flags: *mut c_int) -> c_ulong {
        // SAFETY: the program's pointers.
        unsafe { entry(Which::Last, &Wanted { file, line, function: func, text: data, flags }) }
    }

    /// Marks the latest error; 0 when there is none.
    pub unsafe extern "C" fn ERR_set_mark() -> c_int {
        with(|queue| {
            if queue.bottom == queue.top {
                return 0;
            }
            queue.ring[queue.top].marks += 1;
            1
        })
        .unwrap_or(0)
    }

    /// Forgets errors up to the latest mark, and the mark; 0 when there is none.
    pub unsafe extern "C" fn ERR_pop_to_mark() -> c_int {
        with(|queue| {
            while queue.bottom != queue.top && queue.ring[queue.top].marks == 0 {
                queue.ring[queue.top] = Entry::default();
                queue.top = (queue.top + PLACES - 1) % PLACES;
            }
            if queue.bottom == queue.top {
                return 0;
            }
            queue.ring[queue.top].marks -= 1;
            1
        })
        .unwrap_or(0)
    }

    /// Forgets the latest mark and no error; 0 when there is none.
    pub unsafe extern "C" fn ERR_clear_last_mark() -> c_int {
        with(|queue| {
            let mut at = queue.top;
            while queue.bottom != at && queue.ring[at].marks == 0 {
                at = (at + PLACES - 1) % PLACES;
            }
            if queue.bottom == at {
                return 0;
            }
            queue.ring[at].marks -= 1;
            1
        })
        .unwrap_or(0)
    }

    /// A number of a program's own library.
    pub unsafe extern "C" fn ERR_get_next_error_library() -> c_int {
        use std::sync::atomic::{AtomicI32, Ordering};
        static NEXT: AtomicI32 = AtomicI32::new(128);
        NEXT.fetch_add(1, Ordering::Relaxed)
    }

    /// Forgets another thread's errors, which it does by itself.
    pub unsafe extern "C" fn ERR_remove_thread_state(_arg: *mut std::ffi::c_void) {}

    /// Forgets another thread's errors, which it does by itself.
    pub unsafe extern "C" fn ERR_remove_state(_pid: c_ulong) {}
}
