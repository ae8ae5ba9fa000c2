//! What an owner sets before a connection starts.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::DistinguishedName;
use rustls::client::{Resumption, Tls12Resumption};
use rustls::version::{TLS12, TLS13};

use crate::provider::provider;
use crate::resumption::Hooks;
use crate::verifier::{CLIENT_RESOLVER, OwnIdentities, ProvisionalClientVerifier, SERVER_VERIFIER};
use crate::{
    Error, ExternalPsk, Fault, ForeignVerifier, Identity, Session, SessionCache, SignatureScheme, TicketKeys, key,
};

/// Client or server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Role {
    /// Connects.
    #[default]
    Client,
    /// Accepts.
    Server,
}

/// A protocol version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// TLS 1.2, RFC 5246.
    Tls12,
    /// TLS 1.3, RFC 8446.
    Tls13,
}

/// A cipher suite that the engine serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suite {
    /// IANA code point.
    pub code: u16,
    /// IANA name.
    pub name: &'static str,
    /// The one protocol that uses it.
    pub protocol: Protocol,
}

/// All suites served, in the default order of preference.
pub const SUITES: &[Suite] = &[
    Suite { code: 0x1302, name: "TLS_AES_256_GCM_SHA384", protocol: Protocol::Tls13 },
    Suite { code: 0x1303, name: "TLS_CHACHA20_POLY1305_SHA256", protocol: Protocol::Tls13 },
    Suite { code: 0x1301, name: "TLS_AES_128_GCM_SHA256", protocol: Protocol::Tls13 },
    Suite { code: 0xc02c, name: "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", protocol: Protocol::Tls12 },
    Suite { code: 0xc030, name: "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", protocol: Protocol::Tls12 },
    Suite { code: 0xcca9, name: "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", protocol: Protocol::Tls12 },
    Suite { code: 0xcca8, name: "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", protocol: Protocol::Tls12 },
    Suite { code: 0xc02b, name: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", protocol: Protocol::Tls12 },
    Suite { code: 0xc02f, name: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", protocol: Protocol::Tls12 },
];

/// What both roles choose from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameters {
    /// Lowest protocol to negotiate.
    pub min: Protocol,
    /// Highest protocol to negotiate.
    pub max: Protocol,
    /// Cipher suites by code point, most wanted first; unknown ones are passed over.
    pub suites: Vec<u16>,
    /// Key exchange groups by code point, most wanted first (0x001d X25519, 0x0017 P-256,
    /// 0x0018 P-384, 0x0019 P-521, 0x11ec X25519MLKEM768); unknown ones are passed over.
    pub groups: Vec<u16>,
    /// Signature schemes that the peer may use; unknown ones are passed over.
    pub schemes: Vec<SignatureScheme>,
    /// Verifies those that the engine cannot.
    pub foreign_verifier: Option<ForeignVerifier>,
}

impl Parameters {
    fn versions(&self) -> &'static [&'static rustls::SupportedProtocolVersion] {
        static BOTH: [&rustls::SupportedProtocolVersion; 2] = [&TLS13, &TLS12];
        match (self.min, self.max) {
            (Protocol::Tls12, Protocol::Tls13) => &BOTH,
            (Protocol::Tls12, Protocol::Tls12) => &BOTH[1..],
            (Protocol::Tls13, Protocol::Tls13) => &BOTH[..1],
            (Protocol::Tls13, Protocol::Tls12) => &[],
        }
    }
}

impl Default for Parameters {
    fn default() -> Self {
        Parameters {
            min: Protocol::Tls12,
            max: Protocol::Tls13,
            suites: SUITES.iter().map(|suite| suite.code).collect(),
            groups: vec![0x11ec, 0x001d, 0x0017, 0x0018, 0x0019],
            schemes: vec![0x0403, 0x0503, 0x0603, 0x0807, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601],
            foreign_verifier: None,
        }
    }
}

/// What a client sets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientSettings {
    /// Versions, suites, groups, schemes.
    pub parameters: Parameters,
    /// ALPN protocols, most wanted first.
    pub alpn: Vec<Vec<u8>>,
    /// Offer `post_handshake_auth` (RFC 8446 §4.2.6).
    pub post_handshake_auth: bool,
    /// Ask for an OCSP staple.
    pub ask_for_ocsp: bool,
    /// TLS 1.2: take no tickets (RFC 5077); sessions are resumed by their ids alone.
    pub refuse_tickets: bool,
    /// Names of CAs that the server's certificate should come from, DER of X.501 Name (TLS 1.3).
    pub authorities: Vec<Vec<u8>>,
    /// TLS 1.2: do not offer extended_master_secret (RFC 7627).
    pub old_master_secret: bool,
    /// What the request for an OCSP staple says (OCSPStatusRequest, RFC 6066 §8), in the place of nothing.
    pub ocsp_request: Option<Vec<u8>>,
}

/// A client's configuration, built once and shared by connections.
#[derive(Debug)]
pub struct ClientConfig {
    pub(crate) settings: ClientSettings,
    pub(crate) with_sni: Arc<rustls::ClientConfig>,
    pub(crate) without_sni: Arc<rustls::ClientConfig>,
}

impl ClientConfig {
    /// Builds it. Fails with [`Error::WrongState`] when suites, groups or versions leave nothing.
    pub fn new(settings: &ClientSettings) -> Result<Arc<Self>, Error> {
        let parameters = &settings.parameters;
        let hooks = Arc::new(Hooks);
        let mut config = rustls::ClientConfig::builder_with_provider(provider(parameters)?)
            .with_protocol_versions(parameters.versions())
            .map_err(|_| Error::WrongState)?
            .dangerous()
            .with_custom_certificate_verifier(SERVER_VERIFIER.clone())
            .with_client_cert_resolver(CLIENT_RESOLVER.clone());
        config.alpn_protocols = settings.alpn.clone();
        config.resumption = Resumption::store(hooks.clone()).tls12_resumption(match settings.refuse_tickets {
            true => Tls12Resumption::SessionIdOnly,
            false => Tls12Resumption::SessionIdOrTickets,
        });
        config.key_log = hooks.clone();
        config.time_provider = hooks;
        config.enable_secret_extraction = true;
        let mut without_sni = config.clone();
        without_sni.enable_sni = false;
        Ok(Arc::new(ClientConfig {
            settings: settings.clone(),
            with_sni: Arc::new(config),
            without_sni: Arc::new(without_sni),
        }))
    }
}

/// What a server sets.
#[derive(Clone, Default)]
pub struct ServerSettings {
    /// Versions, suites, groups, schemes.
    pub parameters: Parameters,
    /// Our suite order wins over the client's.
    pub prefer_own_order: bool,
    /// ... and the suite of a session of TLS 1.3 that can be resumed wins over either.
    pub prefer_resumption: bool,
    /// Certificates to choose from: the first that the client can verify is used.
    pub identities: Vec<Identity>,
    /// Ask the client for a certificate in the handshake.
    pub request_certificate: bool,
    /// ... and end the connection if there is none.
    pub require_certificate: bool,
    /// A client that was asked in the handshake and has none is a matter for a verdict as well ([`Stop::Verdict`] with
    /// no candidate). To accept it where one is required ends the connection.
    ///
    /// [`Stop::Verdict`]: crate::Stop::Verdict
    pub judge_absence: bool,
    /// Names of the CAs that are acceptable, DER of X.501 Name, sent in CertificateRequest.
    pub authorities: Vec<Vec<u8>>,
    /// Only sessions made under the same context are resumed, and with an empty one none that may
    /// bring an identity back: it could come from where nobody verified it.
    pub session_context: Vec<u8>,
    /// Clients are verified, in the handshake or later.
    pub verifies: bool,
    /// TLS 1.3 tickets to send after a handshake.
    pub tickets: usize,
    /// Where sessions live, unless a connection has a place of its own ([`Acceptance::sessions`]).
    pub sessions: ServerSessions,
}

impl ServerSettings {
    /// Is there room for the names in a CertificateRequest, beside its other extensions (RFC 8446 §4.3.2)?
    pub(crate) fn check_authorities(&self) -> Result<(), Fault> {
        const ROOM: usize = 65_280;
        let len: usize = self.authorities.iter().map(|name| 2 + name.len()).sum();
        if self.request_certificate && len > ROOM { Err(Fault::Internal) } else { Ok(()) }
    }
}

/// Where a server's sessions come from and go to.
#[derive(Clone, Default)]
pub struct ServerSessions {
    /// Seconds a session may be resumed.
    pub lifetime: u32,
    /// Keys for stateless tickets; `None`: sessions live in `cache` alone.
    pub ticket_keys: Option<TicketKeys>,
    /// Store for stateful sessions; `None`: no stateful resumption.
    pub cache: Option<Arc<dyn SessionCache>>,
}

/// What a server says to a ClientHello beside its configuration: what is for this connection alone.
#[derive(Clone, Default)]
pub struct Acceptance<'a> {
    /// The application protocol chosen.
    pub alpn: Option<&'a [u8]>,
    /// The pre-shared key that one of [`ClientHello::offered_psks`] names, if the owner knows it. A client that does
    /// not hold it is refused (decrypt_error); if no suite in common goes with it, or a session that is named first is
    /// resumed, it is left alone. A client that is known by a key is not asked for a certificate in the handshake, not
    /// even if one is required.
    pub psk: Option<&'a ExternalPsk>,
    /// Where this connection's sessions live; `None`: where the configuration's do.
    pub sessions: Option<ServerSessions>,
    /// Extensions of the ClientHello that the connection goes on without, as if the client had not sent them: with
    /// server_name (0) the name is not acknowledged (RFC 6066 §3), with extended_master_secret (23) the master secret is
    /// an old one. What the owner has read of them stays true.
    pub ignored: &'a [u16],
    /// A second ClientHello (RFC 8446 §4.1.2) is shown to the owner as well, by another [`Stop::Hello`].
    ///
    /// [`Stop::Hello`]: crate::Stop::Hello
    pub shows_second: bool,
    /// The owner opens and makes the tickets, in a format of its own; [`ServerSessions::ticket_keys`] are not used.
    pub tickets: Option<OwnTickets>,
}

/// What an owner that opens and makes tickets itself says of one connection's.
#[derive(Clone, Default)]
pub struct OwnTickets {
    /// Those of the ClientHello ([`ClientHello::tickets`]) that may be used.
    pub opened: Vec<OpenedTicket>,
    /// The client gets tickets with this handshake: under TLS 1.2 if it takes one and resumes no session, under TLS 1.3
    /// as many as the configuration says.
    pub issue: bool,
}

/// A client's ticket, as its owner has opened it.
#[derive(Clone)]
pub struct OpenedTicket {
    /// The ticket, as it came.
    pub ticket: Vec<u8>,
    /// The session in it.
    pub session: Session,
    /// TLS 1.2: what the client gets in its place, if it is used.
    pub renewed: Option<Vec<u8>>,
}

/// A server's configuration, built once and shared by connections.
pub struct ServerConfig {
    pub(crate) settings: ServerSettings,
    rustls: Arc<rustls::ServerConfig>,
    /// The same with one suite of TLS 1.3 alone, made when a pre-shared key asks for it.
    single: Mutex<Vec<(u16, Arc<rustls::ServerConfig>)>>,
}

impl ServerConfig {
    /// Builds it. Fails with [`Error::WrongState`] when suites, groups or versions leave nothing.
    pub fn new(settings: &ServerSettings) -> Result<Arc<Self>, Error> {
        let rustls = Self::build(settings, &settings.parameters)?;
        Ok(Arc::new(ServerConfig { settings: settings.clone(), rustls, single: Mutex::default() }))
    }

    fn build(settings: &ServerSettings, parameters: &Parameters) -> Result<Arc<rustls::ServerConfig>, Error> {
        let verifier = ProvisionalClientVerifier {
            request: settings.request_certificate,
            authorities: settings.authorities.iter().cloned().map(DistinguishedName::from).collect(),
            schemes: parameters.schemes.iter().copied().map(rustls::SignatureScheme::from).collect(),
        };
        let identities = OwnIdentities(settings.identities.iter().map(key::rustls_key).collect());
        let hooks = Arc::new(Hooks);
        let mut config = rustls::ServerConfig::builder_with_provider(provider(parameters)?)
            .with_protocol_versions(parameters.versions())
            .map_err(|_| Error::WrongState)?
            .with_client_cert_verifier(Arc::new(verifier))
            .with_cert_resolver(Arc::new(identities));
        config.ignore_client_order = settings.prefer_own_order;
        config.session_storage = hooks.clone();
        config.ticketer = hooks.clone();
        config.key_log = hooks.clone();
        config.time_provider = hooks;
        // One, which is never sent, shows us rustls' session value: see `reissue.rs`.
        config.send_tls13_tickets = 1;
        config.enable_secret_extraction = true;
        Ok(Arc::new(config))
    }

    /// rustls' configuration with the one protocol that the owner chose.
    pub(crate) fn with_alpn(&self, alpn: Option<&[u8]>) -> Arc<rustls::ServerConfig> {
        speaking(&self.rustls, alpn)
    }

    /// ... and that negotiates no other suite than this one of TLS 1.3.
    pub(crate) fn with_suite(&self, suite: u16, alpn: Option<&[u8]>) -> Result<Arc<rustls::ServerConfig>, Error> {
        let mut made = self.single.lock().unwrap_or_else(PoisonError::into_inner);
        let config = match made.iter().find(|(known, _)| *known == suite) {
            Some((_, config)) => config.clone(),
            None => {
                let parameters =
                    Parameters { min: Protocol::Tls13, suites: vec![suite], ..self.settings.parameters.clone() };
                let config = Self::build(&self.settings, &parameters)?;
                made.push((suite, config.clone()));
                config
            }
        };
        Ok(speaking(&config, alpn))
    }
}

fn speaking(config: &Arc<rustls::ServerConfig>, alpn: Option<&[u8]>) -> Arc<rustls::ServerConfig> {
    match alpn {
        None => config.clone(),
        Some(protocol) => {
            let mut config = rustls::ServerConfig::clone(config);
            config.alpn_protocols = vec![protocol.to_vec()];
            Arc::new(config)
        }
    }
}

/// A ClientHello, parsed; what a server decides by. Lists of small things stand where they came, in `raw`: a stranger
/// must not be able to make much of little.
#[derive(Clone, Debug, Default)]
pub struct ClientHello {
    /// The whole handshake message, with its four-byte header.
    pub raw: Vec<u8>,
    /// legacy_version.
    pub legacy_version: u16,
    /// random.
    pub random: [u8; 32],
    /// legacy_session_id.
    pub session_id: Vec<u8>,
    /// Cipher suites offered.
    pub suites: Vec<u16>,
    /// Compression methods offered.
    pub compressions: Vec<u8>,
    /// Where the list of extensions stands in `raw`: see [`ClientHello::extensions`].
    pub(crate) extensions: std::ops::Range<usize>,
    /// server_name (host_name), as sent.
    pub server_name: Option<String>,
    /// supported_versions.
    pub versions: Vec<u16>,
    /// supported_groups.
    pub groups: Vec<u16>,
    /// signature_algorithms.
    pub schemes: Vec<SignatureScheme>,
    /// The client asks for an OCSP staple.
    pub status_request: bool,
    /// The client offers post-handshake authentication.
    pub post_handshake_auth: bool,
}
