//! The engine's errors as OpenSSL reports them.

use std::ffi::CString;

use standin_engine::{Alert, Error, Fault};

use super::state::RECEIVED_SHUTDOWN;
use super::{Progress, SSL, Want, journal};
use crate::error::{self, Reason, reason};

/// SSL_AD_REASON_OFFSET: received alerts are reasons from here on.
const ALERT_OFFSET: i32 = 1000;

/// TLS1_2_VERSION.
const TLS1_2: i32 = 0x0303;

/// The reason for a fault.
fn reason_for(fault: Fault) -> Reason {
    match fault {
        Fault::RecordOverflow => reason::ENCRYPTED_LENGTH_TOO_LONG,
        Fault::PlaintextOverflow => reason::DATA_LENGTH_TOO_LONG,
        Fault::BadRecordMac => reason::DECRYPTION_FAILED_OR_BAD_RECORD_MAC,
        Fault::NotTls => reason::WRONG_VERSION_NUMBER,
        Fault::HttpRequest => reason::HTTP_REQUEST,
        Fault::ProxyRequest => reason::HTTPS_PROXY_REQUEST,
        Fault::Decode => reason::LENGTH_MISMATCH,
        Fault::UnexpectedMessage => reason::UNEXPECTED_MESSAGE,
        Fault::UnexpectedRecord => reason::UNEXPECTED_RECORD,
        Fault::BadRecordType => reason::BAD_RECORD_TYPE,
        Fault::EmptyRecord => reason::BAD_LENGTH,
        Fault::InvalidAlert => reason::INVALID_ALERT,
        Fault::BadChangeCipherSpec => reason::BAD_CHANGE_CIPHER_SPEC,
        Fault::InvalidChangeCipherSpec => reason::INVALID_CCS_MESSAGE,
        Fault::MissingGroups => reason::MISSING_SUPPORTED_GROUPS_EXTENSION,
        Fault::MissingKeyShare => reason::NO_SUITABLE_KEY_SHARE,
        Fault::MissingSignatureAlgorithms => reason::MISSING_SIGALGS_EXTENSION,
        Fault::BadLegacyVersion => reason::BAD_LEGACY_VERSION,
        Fault::VersionTooLow => reason::VERSION_TOO_LOW,
        Fault::RecordBoundary => reason::NOT_ON_RECORD_BOUNDARY,
        Fault::IllegalParameter => reason::BAD_EXTENSION,
        Fault::ExcessiveMessage => reason::EXCESSIVE_MESSAGE_SIZE,
        Fault::WrongSignatureScheme => reason::WRONG_SIGNATURE_TYPE,
        Fault::MissingExtension => reason::BAD_EXTENSION,
        Fault::UnsupportedExtension => reason::UNSOLICITED_EXTENSION,
        Fault::UnsupportedProtocol => reason::UNSUPPORTED_PROTOCOL,
        Fault::NoSharedCipher => reason::NO_SHARED_CIPHER,
        Fault::NoSharedGroup => reason::NO_SUITABLE_KEY_SHARE,
        Fault::NoSharedSignatureAlgorithm => reason::NO_SUITABLE_SIGNATURE_ALGORITHM,
        Fault::NoApplicationProtocol => reason::NO_APPLICATION_PROTOCOL,
        Fault::BadSignature => reason::BAD_SIGNATURE,
        Fault::BadFinished => reason::DIGEST_CHECK_FAILED,
        Fault::FinishedLength => reason::BAD_DIGEST_LENGTH,
        Fault::NoPeerCertificate => reason::PEER_DID_NOT_RETURN_A_CERTIFICATE,
        Fault::CertificateRefused => reason::CERTIFICATE_VERIFY_FAILED,
        Fault::BadCertificate => reason::UNABLE_TO_FIND_PUBLIC_KEY_PARAMETERS,
        Fault::BadBinder => reason::BINDER_DOES_NOT_VERIFY,
        Fault::NotSigned => Reason::EVP_LIB,
        Fault::TooManyMessages => reason::TOO_MANY_WARN_ALERTS,
        _ => Reason::INTERNAL_ERROR,
    }
}

/// What the peer is told of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// What the engine has queued.
    Alert,
    /// Nothing: it does not speak TLS, and the program may want to answer in its language.
    Silence,
}

impl SSL {
    /// Not a word of TLS has been heard.
    fn is_no_tls(&self, error: &Error) -> bool {
        use Fault::{HttpRequest, NotTls, ProxyRequest};
        matches!(error, Error::Fatal { fault: HttpRequest | ProxyRequest | NotTls, .. })
            && self.hello.seen.is_none()
            && self.agreed().is_none()
    }

    /// Ends the connection for `error` and puts it on the queue.
    pub fn fail(&mut self, error: &Error) -> Answer {
        let silent = self.is_no_tls(error);
        if let (true, Some(connection)) = (silent, &mut self.connection) {
            connection.sent(connection.outgoing().len());
        }
        self.end(error);
        if silent { Answer::Silence } else { Answer::Alert }
    }

    fn end(&mut self, error: &Error) {
        journal::ended(self, error);
        self.want = match (error, self.progress) {
            // The original's state machine was reading when the alert came.
            (Error::AlertReceived(_), Progress::Handshaking) => Want::Reading,
            _ => Want::Nothing,
        };
        match error {
            Error::AlertReceived(Alert::CLOSE_NOTIFY) => {
                self.shutdown |= RECEIVED_SHUTDOWN;
                self.want = Want::Nothing;
                return;
            }
            Error::AlertReceived(alert) => {
                self.shutdown |= RECEIVED_SHUTDOWN;
                let detail = CString::new(format!("SSL alert number {}", alert.0)).unwrap_or_default();
                error::raise_with(Reason(ALERT_OFFSET + i32::from(alert.0)), Some(&detail));
            }
            Error::Fatal { fault, .. } => {
                error::raise(match fault {
                    // Under TLS 1.2 groups and signatures belong to the suites that need them.
                    Fault::NoSharedGroup | Fault::NoSharedSignatureAlgorithm
                        if self.foreseen_version() == Some(TLS1_2) =>
                    {
                        reason::NO_SHARED_CIPHER
                    }
                    // Nor does the original say more of a ServerKeyExchange that is not signed.
                    Fault::NotSigned if self.is_server() && self.foreseen_version() == Some(TLS1_2) => {
                        Reason::INTERNAL_ERROR
                    }
                    Fault::RecordOverflow if self.agreed().is_none() => reason::PACKET_LENGTH_TOO_LONG,
                    fault => reason_for(*fault),
                });
            }
            Error::WrongState => error::raise(Reason::INTERNAL_ERROR),
        }
        self.progress = Progress::Failed;
        self.session.mark_bad();
    }

    /// Ends the connection with an alert of ours and `why` on the queue.
    pub fn refuse(&mut self, alert: Alert, why: Reason) {
        if let Some(connection) = &mut self.connection {
            connection.refuse(alert);
        }
        journal::refused(self, alert);
        error::raise(why);
        self.want = Want::Nothing;
        self.progress = Progress::Failed;
    }
}
