//! What is set on an SSL_CTX and goes over to its SSLs.

use std::ffi::{c_int, c_void};
use std::sync::Arc;

use super::SSL_METHOD;
use super::callback::*;
use super::credentials::Credentials;
use super::security::Security;
use crate::cipher::CipherList;
use crate::libcrypto::pem::PasswordCallback;
use crate::libcrypto::store::VerifyCallback;
use crate::libcrypto::{Owned, X509_STORE};

/// SSL_OP_NO_COMPRESSION, SSL_OP_ENABLE_MIDDLEBOX_COMPAT.
const DEFAULT_OPTIONS: u64 = 1 << 17 | 1 << 20;
/// SSL_MODE_AUTO_RETRY.
const DEFAULT_MODE: u32 = 4;
/// SSL_MAX_CERT_LIST_DEFAULT.
const DEFAULT_MAX_CERT_LIST: usize = 100 * 1024;
/// SSL3_RT_MAX_PLAIN_LENGTH.
pub const MAX_PLAIN: usize = 16_384;

/// What a new SSL copies from its SSL_CTX: cheap to copy.
#[derive(Clone, Copy, Debug)]
pub struct Switches {
    /// SSL_OP_*.
    pub options: u64,
    /// SSL_MODE_*.
    pub mode: u32,
    /// Lowest protocol, 0 for the lowest there is.
    pub min_version: c_int,
    /// Highest protocol, 0 for the highest there is.
    pub max_version: c_int,
    /// SSL_VERIFY_*.
    pub verify_mode: c_int,
    /// SSL_set_verify's function.
    pub verify_callback: Option<VerifyCallback>,
    /// SSL_set_info_callback.
    pub info_callback: Option<InfoCallback>,
    /// SSL_set_msg_callback and its argument.
    pub message_callback: Option<MessageCallback>,
    /// ... and its argument.
    pub message_argument: *mut c_void,
    /// SSL_set_cert_cb.
    pub certificate_callback: Option<Hook<CertificateCallback>>,
    /// SSL_set_default_passwd_cb.
    pub password_callback: Option<PasswordCallback>,
    /// ... and its argument.
    pub password_argument: *mut c_void,
    /// The security level.
    pub security: Security,
    /// SSL_set_session_id_context.
    pub session_context: SessionContext,
    /// Largest record to send.
    pub max_send_fragment: usize,
    /// Larger writes are split.
    pub split_send_fragment: usize,
    /// SSL_set_record_padding_callback.
    pub padding_callback: Option<PaddingCallback>,
    /// ... and its argument.
    pub padding_argument: *mut c_void,
    /// Records are padded to a multiple of this; 0 for not at all.
    pub block_padding: usize,
    /// Longest certificate chain in bytes.
    pub max_cert_list: usize,
    /// Read as much as comes.
    pub read_ahead: bool,
    /// SSL_CTX_set_max_pipelines: more than one. All that it does where no suite seals several records at once is that
    /// connections read ahead.
    pub pipelined: bool,
    /// Shut down without close_notify.
    pub quiet_shutdown: c_int,
    /// TLS 1.3 tickets to send.
    pub tickets: usize,
    /// Offer post-handshake authentication.
    pub post_handshake_auth: bool,
    /// TLSEXT_STATUSTYPE_*: -1 for none.
    pub status_type: c_int,
    /// SSL_CERT_FLAG_*.
    pub certificate_flags: u32,
    /// SSL_set_not_resumable_session_callback.
    pub not_resumable: Option<NotResumableCallback>,
    /// SSL_set_psk_client_callback.
    pub psk_client: Option<PskClientCallback>,
    /// SSL_set_psk_server_callback.
    pub psk_server: Option<PskServerCallback>,
    /// SSL_set_psk_use_session_callback.
    pub psk_use: Option<PskUseCallback>,
    /// SSL_set_psk_find_session_callback.
    pub psk_find: Option<PskFindCallback>,
}

impl Default for Switches {
    fn default() -> Self {
        Switches {
            options: DEFAULT_OPTIONS,
            mode: DEFAULT_MODE,
            min_version: 0,
            max_version: 0,
            verify_mode: 0,
            verify_callback: None,
            info_callback: None,
            message_callback: None,
            message_argument: std::ptr::null_mut(),
            certificate_callback: None,
            password_callback: None,
            password_argument: std::ptr::null_mut(),
            security: Security::default(),
            session_context: SessionContext::default(),
            max_send_fragment: MAX_PLAIN,
            split_send_fragment: MAX_PLAIN,
            padding_callback: None,
            padding_argument: std::ptr::null_mut(),
            block_padding: 0,
            max_cert_list: DEFAULT_MAX_CERT_LIST,
            read_ahead: false,
            pipelined: false,
            quiet_shutdown: 0,
            tickets: 2,
            post_handshake_auth: false,
            status_type: -1,
            certificate_flags: 0,
            not_resumable: None,
            psk_client: None,
            psk_server: None,
            psk_use: None,
            psk_find: None,
        }
    }
}

/// SSL_OP_NO_TLSv1_2, SSL_OP_NO_TLSv1_3.
const NO_TLS1_2: u64 = 1 << 27;
const NO_TLS1_3: u64 = 1 << 29;

impl Switches {
    /// Lowest version that may be negotiated, of those that there are.
    pub fn lowest(&self) -> c_int {
        if self.min_version >= 0x0304 || self.options & NO_TLS1_2 != 0 { 0x0304 } else { 0x0303 }
    }

    /// Highest version that may be negotiated, of those that there are; 0 for none.
    pub fn highest(&self) -> c_int {
        match self.max_version {
            0 | 0x0304.. if self.options & NO_TLS1_3 == 0 => 0x0304,
            0 | 0x0303.. if self.options & NO_TLS1_2 == 0 => 0x0303,
            _ => 0,
        }
    }
}

/// A session id context: at most 32 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SessionContext {
    bytes: [u8; 32],
    len: u8,
}

impl SessionContext {
    /// `None` when `bytes` is too long.
    pub fn new(bytes: &[u8]) -> Option<Self> {
        let mut context = SessionContext { bytes: [0; 32], len: u8::try_from(bytes.len()).ok()? };
        context.bytes.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(context)
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }
}

/// What a new SSL shares with its SSL_CTX until one of the two changes it: costly to copy.
#[derive(Debug, Default)]
pub struct Settings {
    /// Certificates and keys.
    pub credentials: Credentials,
    /// The cipher list and suites.
    pub ciphers: Arc<CipherList>,
    /// Groups by code point, when they were set.
    pub groups: Option<Vec<u16>>,
    /// Signature schemes, when they were set.
    pub schemes: Option<Vec<u16>>,
    /// Signature schemes to ask of clients, when they were set.
    pub client_schemes: Option<Vec<u16>>,
    /// ALPN protocols, each behind its length.
    pub alpn: Vec<u8>,
    /// Verifies peers instead of the context's store.
    pub verify_store: Option<Owned<X509_STORE>>,
    /// Completes our chains instead of the context's store.
    pub chain_store: Option<Owned<X509_STORE>>,
}

impl Settings {
    /// The defaults; `None` when there is no memory.
    pub fn new() -> Option<Self> {
        Some(Settings { ciphers: Arc::new(CipherList::defaults()?), ..Settings::default() })
    }

    /// Is all the same as in `other` but for certificates and stores?
    pub fn differs_only_in_credentials(&self, other: &Settings) -> bool {
        self.ciphers == other.ciphers
            && (&self.groups, &self.schemes, &self.client_schemes, &self.alpn)
                == (&other.groups, &other.schemes, &other.client_schemes, &other.alpn)
    }

    /// ALPN protocols one by one.
    pub fn protocols(&self) -> Vec<Vec<u8>> {
        let mut rest = self.alpn.as_slice();
        let mut protocols = Vec::new();
        while let Some((&len, after)) = rest.split_first() {
            let Some((protocol, after)) = after.split_at_checked(usize::from(len)) else { break };
            protocols.push(protocol.to_vec());
            rest = after;
        }
        protocols
    }
}

impl Clone for Settings {
    fn clone(&self) -> Self {
        Settings {
            credentials: self.credentials.clone(),
            ciphers: self.ciphers.clone(),
            groups: self.groups.clone(),
            schemes: self.schemes.clone(),
            client_schemes: self.client_schemes.clone(),
            alpn: self.alpn.clone(),
            verify_store: self.verify_store.clone(),
            chain_store: self.chain_store.clone(),
        }
    }
}

/// The settings behind `shared`, to be changed; others that share them keep them as they are. The
/// result always has a new address when others do, so that what was made from the old settings
/// can be told by it.
pub fn change(shared: &mut Arc<Settings>) -> &mut Settings {
    if Arc::get_mut(shared).is_none() {
        *shared = Arc::new((**shared).clone());
    }
    Arc::get_mut(shared).expect("just made")
}

/// Callbacks and keys that only an SSL_CTX has.
#[derive(Clone, Copy, Debug)]
pub struct Hooks {
    /// SSL_CTX_set_client_cert_cb.
    pub client_certificate: Option<ClientCertificateCallback>,
    /// SSL_CTX_set_cert_verify_callback.
    pub verify: Option<Hook<CertificateVerifyCallback>>,
    /// SSL_CTX_set_keylog_callback.
    pub key_log: Option<KeyLogCallback>,
    /// SSL_CTX_set_tlsext_servername_callback.
    pub server_name: Option<ServerNameCallback>,
    /// ... and its argument.
    pub server_name_argument: *mut c_void,
    /// SSL_CTX_set_tlsext_status_cb.
    pub status: Option<StatusCallback>,
    /// ... and its argument.
    pub status_argument: *mut c_void,
    /// SSL_CTX_set_alpn_select_cb.
    pub alpn_select: Option<Hook<AlpnSelectCallback>>,
    /// SSL_CTX_set_client_hello_cb.
    pub client_hello: Option<Hook<ClientHelloCallback>>,
    /// SSL_CTX_set_tlsext_ticket_key_cb.
    pub ticket_key: Option<TicketKeyCallback>,
    /// SSL_CTX_set_tlsext_ticket_key_evp_cb.
    pub ticket_key_mac: Option<TicketKeyMacCallback>,
    /// SSL_CTX_sess_set_new_cb.
    pub new_session: Option<NewSessionCallback>,
    /// SSL_CTX_sess_set_get_cb.
    pub get_session: Option<GetSessionCallback>,
    /// SSL_CTX_sess_set_remove_cb.
    pub remove_session: Option<RemoveSessionCallback>,
    /// SSL_CTX_set_session_ticket_cb: both functions share the argument.
    pub ticket_data: Option<TicketDataCallback>,
    /// ... when a ticket comes back.
    pub ticket_use: Option<TicketUseCallback>,
    /// ... their argument.
    pub ticket_argument: *mut c_void,
    /// SSL_SESS_CACHE_*.
    pub cache_mode: c_int,
    /// Most sessions to keep; 0 for no limit.
    pub cache_size: usize,
    /// Seconds that a session is good for.
    pub session_timeout: std::ffi::c_long,
}

/// SSL_SESS_CACHE_SERVER.
const CACHE_SERVER: c_int = 2;
/// SSL_SESSION_CACHE_MAX_SIZE_DEFAULT.
const CACHE_SIZE: usize = 1024 * 20;
/// Two hours, as for TLS methods.
const SESSION_TIMEOUT: std::ffi::c_long = 7200;

impl Hooks {
    /// None set.
    pub fn new(_method: &SSL_METHOD) -> Self {
        Hooks {
            client_certificate: None,
            verify: None,
            key_log: None,
            server_name: None,
            server_name_argument: std::ptr::null_mut(),
            status: None,
            status_argument: std::ptr::null_mut(),
            alpn_select: None,
            client_hello: None,
            ticket_key: None,
            ticket_key_mac: None,
            new_session: None,
            get_session: None,
            remove_session: None,
            ticket_data: None,
            ticket_use: None,
            ticket_argument: std::ptr::null_mut(),
            cache_mode: CACHE_SERVER,
            cache_size: CACHE_SIZE,
            session_timeout: SESSION_TIMEOUT,
        }
    }
}
