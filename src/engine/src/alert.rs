//! Alerts: RFC 8446 §6.

/// An alert's description byte, as it stands on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Alert(pub u8);

#[allow(missing_docs)] // the names are the registry's
impl Alert {
    pub const CLOSE_NOTIFY: Alert = Alert(0);
    pub const UNEXPECTED_MESSAGE: Alert = Alert(10);
    pub const BAD_RECORD_MAC: Alert = Alert(20);
    pub const RECORD_OVERFLOW: Alert = Alert(22);
    pub const HANDSHAKE_FAILURE: Alert = Alert(40);
    pub const BAD_CERTIFICATE: Alert = Alert(42);
    pub const UNSUPPORTED_CERTIFICATE: Alert = Alert(43);
    pub const CERTIFICATE_REVOKED: Alert = Alert(44);
    pub const CERTIFICATE_EXPIRED: Alert = Alert(45);
    pub const CERTIFICATE_UNKNOWN: Alert = Alert(46);
    pub const ILLEGAL_PARAMETER: Alert = Alert(47);
    pub const UNKNOWN_CA: Alert = Alert(48);
    pub const ACCESS_DENIED: Alert = Alert(49);
    pub const DECODE_ERROR: Alert = Alert(50);
    pub const DECRYPT_ERROR: Alert = Alert(51);
    pub const PROTOCOL_VERSION: Alert = Alert(70);
    pub const INSUFFICIENT_SECURITY: Alert = Alert(71);
    pub const INTERNAL_ERROR: Alert = Alert(80);
    pub const USER_CANCELED: Alert = Alert(90);
    pub const NO_RENEGOTIATION: Alert = Alert(100);
    pub const MISSING_EXTENSION: Alert = Alert(109);
    pub const UNSUPPORTED_EXTENSION: Alert = Alert(110);
    pub const UNRECOGNIZED_NAME: Alert = Alert(112);
    pub const UNKNOWN_PSK_IDENTITY: Alert = Alert(115);
    pub const CERTIFICATE_REQUIRED: Alert = Alert(116);
    pub const NO_APPLICATION_PROTOCOL: Alert = Alert(120);
}
