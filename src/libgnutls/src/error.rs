//! GnuTLS's error codes, and what the engine's errors are among them.

use std::ffi::{c_char, c_int, c_long, c_uint, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};

use standin_engine::{Alert, Error, Fault};

/// GNUTLS_E_*.
pub mod code {
    use std::ffi::c_int;
    pub const SUCCESS: c_int = 0;
    pub const LARGE_PACKET: c_int = -7;
    pub const UNSUPPORTED_VERSION_PACKET: c_int = -8;
    pub const UNEXPECTED_PACKET_LENGTH: c_int = -9;
    pub const INVALID_SESSION: c_int = -10;
    pub const FATAL_ALERT_RECEIVED: c_int = -12;
    pub const UNEXPECTED_PACKET: c_int = -15;
    pub const ERROR_IN_FINISHED_PACKET: c_int = -18;
    pub const DECRYPTION_FAILED: c_int = -24;
    pub const MEMORY_ERROR: c_int = -25;
    pub const AGAIN: c_int = -28;
    pub const INSUFFICIENT_CREDENTIALS: c_int = -32;
    pub const GOT_APPLICATION_DATA: c_int = -38;
    pub const CERTIFICATE_ERROR: c_int = -43;
    pub const NO_CERTIFICATE_FOUND: c_int = -49;
    pub const INVALID_REQUEST: c_int = -50;
    pub const SHORT_MEMORY_BUFFER: c_int = -51;
    pub const INTERRUPTED: c_int = -52;
    pub const PUSH_ERROR: c_int = -53;
    pub const PULL_ERROR: c_int = -54;
    pub const RECEIVED_ILLEGAL_PARAMETER: c_int = -55;
    pub const REQUESTED_DATA_NOT_AVAILABLE: c_int = -56;
    pub const INTERNAL_ERROR: c_int = -59;
    pub const TOO_MANY_HANDSHAKE_PACKETS: c_int = -81;
    pub const RECEIVED_DISALLOWED_NAME: c_int = -82;
    pub const NO_CIPHER_SUITES: c_int = -87;
    pub const PK_SIG_VERIFY_FAILED: c_int = -89;
    pub const UNSUPPORTED_SIGNATURE_ALGORITHM: c_int = -106;
    pub const PREMATURE_TERMINATION: c_int = -110;
    pub const CERTIFICATE_REQUIRED: c_int = -112;
    pub const CHANNEL_BINDING_NOT_AVAILABLE: c_int = -213;
    pub const TIMEDOUT: c_int = -319;
    pub const USER_ERROR: c_int = -320;
    pub const NO_PRIORITIES_WERE_SET: c_int = -326;
    pub const SESSION_EOF: c_int = -328;
    pub const NO_APPLICATION_PROTOCOL: c_int = -344;
    pub const CERTIFICATE_VERIFICATION_ERROR: c_int = -348;
    pub const RECORD_OVERFLOW: c_int = -417;
    pub const NO_COMMON_KEY_SHARE: c_int = -423;
    pub const REAUTH_REQUEST: c_int = -424;
    pub const MISSING_EXTENSION: c_int = -427;
    pub const UNIMPLEMENTED_FEATURE: c_int = -1250;
}

/// What an error of the engine's is called here.
pub fn of(error: &Error) -> c_int {
    match error {
        Error::AlertReceived(Alert::CLOSE_NOTIFY) => code::PREMATURE_TERMINATION,
        Error::AlertReceived(_) => code::FATAL_ALERT_RECEIVED,
        Error::WrongState => code::INVALID_REQUEST,
        Error::Fatal { alert, fault } => of_fault(*fault, *alert),
    }
}

fn of_fault(fault: Fault, alert: Alert) -> c_int {
    match fault {
        Fault::RecordOverflow => code::RECORD_OVERFLOW,
        Fault::BadRecordMac => code::DECRYPTION_FAILED,
        Fault::NotTls | Fault::HttpRequest | Fault::ProxyRequest => code::UNEXPECTED_PACKET_LENGTH,
        Fault::UnsupportedProtocol => code::UNSUPPORTED_VERSION_PACKET,
        Fault::Decode => code::UNEXPECTED_PACKET_LENGTH,
        Fault::UnexpectedMessage | Fault::RecordBoundary => code::UNEXPECTED_PACKET,
        Fault::IllegalParameter | Fault::BadBinder | Fault::UnsupportedExtension => code::RECEIVED_ILLEGAL_PARAMETER,
        Fault::ExcessiveMessage => code::LARGE_PACKET,
        Fault::MissingExtension => code::MISSING_EXTENSION,
        Fault::NoSharedCipher => code::NO_CIPHER_SUITES,
        Fault::NoSharedGroup => code::NO_COMMON_KEY_SHARE,
        Fault::NoSharedSignatureAlgorithm | Fault::WrongSignatureScheme => code::UNSUPPORTED_SIGNATURE_ALGORITHM,
        Fault::NoApplicationProtocol => code::NO_APPLICATION_PROTOCOL,
        Fault::BadSignature => code::PK_SIG_VERIFY_FAILED,
        Fault::BadFinished => code::ERROR_IN_FINISHED_PACKET,
        // TLS 1.2 has no alert of its own for it.
        Fault::NoPeerCertificate if alert == Alert::HANDSHAKE_FAILURE => code::NO_CERTIFICATE_FOUND,
        Fault::NoPeerCertificate => code::CERTIFICATE_REQUIRED,
        Fault::CertificateRefused | Fault::BadCertificate => code::CERTIFICATE_ERROR,
        Fault::TooManyMessages => code::TOO_MANY_HANDSHAKE_PACKETS,
        _ => code::INTERNAL_ERROR,
    }
}

/// A value that a C function returns, with the one that means failure.
pub trait Answer {
    /// What a function of this type answers when it fails.
    const FAILURE: Self;
}

impl Answer for () {
    const FAILURE: Self = ();
}

impl Answer for c_int {
    const FAILURE: Self = code::INTERNAL_ERROR;
}

impl Answer for c_long {
    const FAILURE: Self = code::INTERNAL_ERROR as c_long;
}

impl Answer for isize {
    const FAILURE: Self = code::INTERNAL_ERROR as isize;
}

impl Answer for c_uint {
    const FAILURE: Self = 0;
}

impl Answer for usize {
    const FAILURE: Self = 0;
}

impl Answer for *mut c_void {
    const FAILURE: Self = std::ptr::null_mut();
}

impl Answer for *mut c_char {
    const FAILURE: Self = std::ptr::null_mut();
}

impl<T> Answer for *const T {
    const FAILURE: Self = std::ptr::null();
}

impl<T> Answer for Option<T> {
    const FAILURE: Self = None;
}

/// Runs the body of a C function; a panic in it is a failure, and goes no further.
pub fn fence<T: Answer>(body: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or(T::FAILURE)
}
