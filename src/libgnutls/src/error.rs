//! GNUTLS_E_* as `gnutls/gnutls.h` has them, and what becomes of the engine's errors.

use std::ffi::c_int;

use standin_engine::{Error, Fault};

/// Defines the codes.
macro_rules! codes {
    ($($name:ident = $value:literal),* $(,)?) => { $(pub const $name: c_int = $value;)* };
}

codes! {
    UNSUPPORTED_VERSION_PACKET = -8,
    UNEXPECTED_PACKET_LENGTH = -9,
    INVALID_SESSION = -10,
    FATAL_ALERT_RECEIVED = -12,
    UNEXPECTED_PACKET = -15,
    WARNING_ALERT_RECEIVED = -16,
    ERROR_IN_FINISHED_PACKET = -18,
    UNEXPECTED_HANDSHAKE_PACKET = -19,
    DECRYPTION_FAILED = -24,
    MEMORY_ERROR = -25,
    AGAIN = -28,
    EXPIRED = -29,
    DB_ERROR = -30,
    KEYFILE_ERROR = -31,
    INSUFFICIENT_CREDENTIALS = -32,
    BASE64_DECODING_ERROR = -34,
    REHANDSHAKE = -37,
    GOT_APPLICATION_DATA = -38,
    CERTIFICATE_ERROR = -43,
    PK_SIGN_FAILED = -46,
    NO_CERTIFICATE_FOUND = -49,
    INVALID_REQUEST = -50,
    SHORT_MEMORY_BUFFER = -51,
    INTERRUPTED = -52,
    PUSH_ERROR = -53,
    PULL_ERROR = -54,
    RECEIVED_ILLEGAL_PARAMETER = -55,
    REQUESTED_DATA_NOT_AVAILABLE = -56,
    RECEIVED_ILLEGAL_EXTENSION = -58,
    INTERNAL_ERROR = -59,
    CERTIFICATE_KEY_MISMATCH = -60,
    UNSUPPORTED_CERTIFICATE_TYPE = -61,
    FILE_ERROR = -64,
    UNKNOWN_PK_ALGORITHM = -80,
    TOO_MANY_HANDSHAKE_PACKETS = -81,
    RECEIVED_DISALLOWED_NAME = -82,
    NO_CIPHER_SUITES = -87,
    PK_SIG_VERIFY_FAILED = -89,
    INVALID_PASSWORD = -99,
    CONSTRAINT_ERROR = -101,
    SESSION_EOF = -328,
    UNSUPPORTED_SIGNATURE_ALGORITHM = -106,
    PREMATURE_TERMINATION = -110,
    CERTIFICATE_REQUIRED = -112,
    HANDSHAKE_TOO_LARGE = -210,
    CHANNEL_BINDING_NOT_AVAILABLE = -213,
    PARSING_ERROR = -302,
    TIMEDOUT = -319,
    USER_ERROR = -320,
    NO_PRIORITIES_WERE_SET = -326,
    NO_CERTIFICATE_STATUS = -340,
    NO_APPLICATION_PROTOCOL = -344,
    CERTIFICATE_VERIFICATION_ERROR = -348,
    SESSION_USER_ID_CHANGED = -406,
    UNAVAILABLE_DURING_HANDSHAKE = -408,
    RECORD_OVERFLOW = -417,
    OCSP_MISMATCH_WITH_CERTS = -422,
    NO_COMMON_KEY_SHARE = -423,
    REAUTH_REQUEST = -424,
    MISSING_EXTENSION = -427,
    UNIMPLEMENTED_FEATURE = -1250,
}

/// What a C function returns for an error of the engine.
pub fn code(error: &Error) -> c_int {
    let fault = match error {
        Error::AlertReceived(_) => return FATAL_ALERT_RECEIVED,
        Error::WrongState => return INVALID_REQUEST,
        Error::Fatal { fault, .. } => fault,
    };
    match fault {
        Fault::RecordOverflow | Fault::PlaintextOverflow => RECORD_OVERFLOW,
        Fault::BadRecordMac => DECRYPTION_FAILED,
        Fault::UnsupportedProtocol => UNSUPPORTED_VERSION_PACKET,
        Fault::NotTls | Fault::HttpRequest | Fault::ProxyRequest | Fault::UnexpectedRecord => UNEXPECTED_PACKET,
        Fault::Decode => UNEXPECTED_PACKET_LENGTH,
        Fault::UnexpectedMessage => UNEXPECTED_PACKET,
        Fault::IllegalParameter | Fault::BadBinder => RECEIVED_ILLEGAL_PARAMETER,
        Fault::MissingExtension => MISSING_EXTENSION,
        Fault::UnsupportedExtension => RECEIVED_ILLEGAL_EXTENSION,
        Fault::NoSharedCipher => NO_CIPHER_SUITES,
        Fault::NoSharedGroup => NO_COMMON_KEY_SHARE,
        Fault::NoSharedSignatureAlgorithm => UNSUPPORTED_SIGNATURE_ALGORITHM,
        Fault::NoApplicationProtocol => NO_APPLICATION_PROTOCOL,
        Fault::BadSignature => PK_SIG_VERIFY_FAILED,
        Fault::NotSigned => crate::credentials::key::refusal(),
        Fault::BadFinished | Fault::FinishedLength => ERROR_IN_FINISHED_PACKET,
        Fault::NoPeerCertificate => CERTIFICATE_REQUIRED,
        Fault::CertificateRefused | Fault::BadCertificate => CERTIFICATE_ERROR,
        Fault::TooManyMessages => TOO_MANY_HANDSHAKE_PACKETS,
        _ => INTERNAL_ERROR,
    }
}

/// A C function's result: 0, or the code.
pub fn status(result: Result<(), c_int>) -> c_int {
    result.err().unwrap_or(0)
}
