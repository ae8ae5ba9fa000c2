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
    /// A record in the clear longer than RFC 8446 §5.1 allows.
    PlaintextOverflow,
    /// A record that does not authenticate.
    BadRecordMac,
    /// Not a TLS record at all (first bytes of the connection).
    NotTls,
    /// Looks like a plain HTTP request.
    HttpRequest,
    /// Looks like a request to an HTTP proxy.
    ProxyRequest,
    /// A message that does not parse.
    Decode,
    /// A well-formed message that may not come now.
    UnexpectedMessage,
    /// A record of a type that may not come now.
    UnexpectedRecord,
    /// A record in the clear, or of no known type, where records are encrypted.
    BadRecordType,
    /// A record without content, of a type that must have some.
    EmptyRecord,
    /// An alert that is not one.
    InvalidAlert,
    /// A ChangeCipherSpec that is not one, TLS 1.2.
    BadChangeCipherSpec,
    /// ... TLS 1.3 (RFC 8446 §5).
    InvalidChangeCipherSpec,
    /// A message behind one with which the keys change, in the same record (RFC 8446 §5.1).
    RecordBoundary,
    /// A message with contents that are not allowed.
    IllegalParameter,
    /// A message longer than any of its kind.
    ExcessiveMessage,
    /// A signature with a scheme that was not offered (RFC 8446 §4.4.3).
    WrongSignatureScheme,
    /// A mandatory extension is missing.
    MissingExtension,
    /// ... supported_groups (RFC 8446 §9.2).
    MissingGroups,
    /// ... key_share.
    MissingKeyShare,
    /// ... signature_algorithms.
    MissingSignatureAlgorithms,
    /// An extension that was not asked for.
    UnsupportedExtension,
    /// No protocol version in common.
    UnsupportedProtocol,
    /// A ClientHello of TLS 1.3 with the version number of SSL (RFC 8446 §D.5).
    BadLegacyVersion,
    /// A ClientHello of SSL.
    VersionTooLow,
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
    /// ... and has not even the right length.
    FinishedLength,
    /// A certificate was required and none came.
    NoPeerCertificate,
    /// The owner refused the peer's certificate chain.
    CertificateRefused,
    /// The peer's leaf certificate or key cannot be used.
    BadCertificate,
    /// A PSK binder is wrong.
    BadBinder,
    /// A key of the owner's does not sign.
    NotSigned,
    /// The owner gave up (bad configuration ...).
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

impl Error {
    pub(crate) fn fatal(alert: Alert, fault: Fault) -> Self {
        Error::Fatal { alert, fault }
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        Error::Fatal { alert: fault.alert(), fault }
    }
}

impl Fault {
    /// The alert that RFC 8446 §6.2 names for it.
    pub(crate) fn alert(self) -> Alert {
        match self {
            Fault::RecordOverflow | Fault::PlaintextOverflow => Alert::RECORD_OVERFLOW,
            Fault::BadRecordMac => Alert::BAD_RECORD_MAC,
            Fault::NotTls
            | Fault::HttpRequest
            | Fault::ProxyRequest
            | Fault::UnsupportedProtocol
            | Fault::BadLegacyVersion
            | Fault::VersionTooLow => Alert::PROTOCOL_VERSION,
            Fault::Decode | Fault::FinishedLength => Alert::DECODE_ERROR,
            Fault::UnexpectedMessage
            | Fault::UnexpectedRecord
            | Fault::BadRecordType
            | Fault::EmptyRecord
            | Fault::InvalidAlert
            | Fault::BadChangeCipherSpec
            | Fault::RecordBoundary
            | Fault::TooManyMessages => Alert::UNEXPECTED_MESSAGE,
            Fault::IllegalParameter
            | Fault::ExcessiveMessage
            | Fault::WrongSignatureScheme
            | Fault::BadBinder // decrypt_error in RFC 8446 §6.2; OpenSSL and GnuTLS say this
            | Fault::InvalidChangeCipherSpec => Alert::ILLEGAL_PARAMETER,
            Fault::MissingExtension
            | Fault::MissingGroups
            | Fault::MissingKeyShare
            | Fault::MissingSignatureAlgorithms => Alert::MISSING_EXTENSION,
            Fault::UnsupportedExtension => Alert::UNSUPPORTED_EXTENSION,
            Fault::NoSharedCipher | Fault::NoSharedGroup | Fault::NoSharedSignatureAlgorithm => {
                Alert::HANDSHAKE_FAILURE
            }
            Fault::NoApplicationProtocol => Alert::NO_APPLICATION_PROTOCOL,
            Fault::BadSignature | Fault::BadFinished => Alert::DECRYPT_ERROR,
            Fault::NoPeerCertificate => Alert::CERTIFICATE_REQUIRED,
            Fault::CertificateRefused | Fault::BadCertificate => Alert::BAD_CERTIFICATE,
            Fault::NotSigned | Fault::Internal => Alert::INTERNAL_ERROR,
        }
    }
}

/// What a key that does not sign tells rustls.
pub(crate) const NOT_SIGNED: &str = "the key does not sign";

/// rustls' error in our terms; the alert is the one that rustls has sent with it.
pub(crate) fn from_rustls(error: &rustls::Error) -> Error {
    use rustls::{CertificateError, InvalidMessage, PeerIncompatible, PeerMisbehaved};
    let fault = match error {
        rustls::Error::AlertReceived(alert) => return Error::AlertReceived(Alert(u8::from(*alert))),
        rustls::Error::InappropriateMessage { .. } | rustls::Error::InappropriateHandshakeMessage { .. } => {
            Fault::UnexpectedMessage
        }
        rustls::Error::InvalidMessage(InvalidMessage::MessageTooLarge) => Fault::RecordOverflow,
        rustls::Error::InvalidMessage(
            InvalidMessage::HandshakePayloadTooLarge | InvalidMessage::CertificatePayloadTooLarge,
        ) => Fault::ExcessiveMessage,
        rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => Fault::NotTls,
        rustls::Error::InvalidMessage(_) => Fault::Decode,
        rustls::Error::PeerSentOversizedRecord => Fault::RecordOverflow,
        // rustls reports a wrong Finished, too, in this way; a record that does not open is the same alert's sibling.
        rustls::Error::DecryptError => Fault::BadRecordMac,
        rustls::Error::NoCertificatesPresented => Fault::NoPeerCertificate,
        rustls::Error::NoApplicationProtocol => Fault::NoApplicationProtocol,
        rustls::Error::InvalidCertificate(CertificateError::BadSignature) => Fault::BadSignature,
        rustls::Error::InvalidCertificate(_) => Fault::BadCertificate,
        rustls::Error::PeerIncompatible(reason) => match reason {
            PeerIncompatible::NoCipherSuitesInCommon => Fault::NoSharedCipher,
            PeerIncompatible::NoKxGroupsInCommon | PeerIncompatible::NamedGroupsExtensionRequired => {
                Fault::NoSharedGroup
            }
            PeerIncompatible::NoSignatureSchemesInCommon
            | PeerIncompatible::NoCertificateRequestSignatureSchemesInCommon
            | PeerIncompatible::SignatureAlgorithmsExtensionRequired => Fault::NoSharedSignatureAlgorithm,
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
            | PeerIncompatible::SupportedVersionsExtensionRequired
            | PeerIncompatible::Tls12NotOffered
            | PeerIncompatible::Tls12NotOfferedOrEnabled
            | PeerIncompatible::Tls13RequiredForQuic => Fault::UnsupportedProtocol,
            _ => Fault::NoSharedCipher,
        },
        rustls::Error::PeerMisbehaved(reason) => match reason {
            PeerMisbehaved::IncorrectBinder => Fault::BadBinder,
            PeerMisbehaved::MissingKeyShare
            | PeerMisbehaved::MissingPskModesExtension
            | PeerMisbehaved::MissingBinderInPskExtension => Fault::MissingExtension,
            PeerMisbehaved::UnsolicitedServerHelloExtension
            | PeerMisbehaved::UnsolicitedEncryptedExtension
            | PeerMisbehaved::UnexpectedCleartextExtension => Fault::UnsupportedExtension,
            PeerMisbehaved::KeyEpochWithPendingFragment => Fault::RecordBoundary,
            PeerMisbehaved::MessageInterleavedWithHandshakeMessage
            | PeerMisbehaved::TooManyEmptyFragments
            | PeerMisbehaved::IllegalMiddleboxChangeCipherSpec => Fault::UnexpectedMessage,
            PeerMisbehaved::TooManyWarningAlertsReceived => Fault::TooManyMessages,
            PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme | PeerMisbehaved::SignedKxWithWrongAlgorithm => {
                Fault::WrongSignatureScheme
            }
            _ => Fault::IllegalParameter,
        },
        rustls::Error::General(what) if what == NOT_SIGNED => Fault::NotSigned,
        _ => Fault::Internal,
    };
    fault.into()
}
