//! Why a connection ended.

use crate::Alert;

/// The error that ended a connection; it is final.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The peer sent a fatal alert.
    AlertReceived(Alert),
    /// We refused what the peer sent (or could not go on); `alert` has been put in `outgoing`.
    Fatal {
        /// The alert that tells the peer.
        alert: Alert,
        /// What was wrong.
        fault: Fault,
    },
    /// The owner called something out of order; the connection goes on as it was.
    WrongState,
}

/// What was wrong, in the terms in which OpenSSL and GnuTLS report it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// A record longer than RFC 8446 §5.2 allows.
    RecordOverflow,
    /// A record that does not authenticate.
    BadRecordMac,
    /// Not a TLS record at all (first bytes of the connection).
    NotTls,
    /// Looks like a plain HTTP request.
    HttpRequest,
    /// A message that does not parse.
    Decode,
    /// A well-formed message that may not come now.
    UnexpectedMessage,
    /// A message with contents that are not allowed.
    IllegalParameter,
    /// A mandatory extension is missing.
    MissingExtension,
    /// An extension that was not asked for.
    UnsupportedExtension,
    /// No protocol version in common.
    UnsupportedProtocol,
    /// No cipher suite in common.
    NoSharedCipher,
    /// No key exchange group in common.
    NoSharedGroup,
    /// No signature algorithm in common.
    NoSharedSignatureAlgorithm,
    /// No application protocol in common.
    NoApplicationProtocol,
    /// A signature in CertificateVerify or ServerKeyExchange is wrong.
    BadSignature,
    /// A Finished message is wrong.
    BadFinished,
    /// A certificate was required and none came.
    NoPeerCertificate,
    /// The owner refused the peer's certificate chain.
    CertificateRefused,
    /// The peer's leaf certificate or key cannot be used.
    BadCertificate,
    /// A PSK binder is wrong.
    BadBinder,
    /// The owner gave up (bad configuration, failed signature ...).
    Internal,
    /// More handshake messages than any honest peer sends.
    TooManyMessages,
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Error::AlertReceived(alert) => write!(f, "the peer sent alert {}", alert.0),
            Error::Fatal { alert, fault } => write!(f, "{fault:?} (alert {} sent)", alert.0),
            Error::WrongState => f.write_str("called out of order"),
        }
    }
}

impl std::error::Error for Error {}
