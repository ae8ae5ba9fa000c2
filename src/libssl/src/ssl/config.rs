//! The engine's configurations from a program's settings. What many SSLs of one context share is
//! built once and kept there.

use std::sync::{Arc, Mutex, PoisonError};

use standin_engine::{
    ClientConfig, ClientSettings, Connection, ForeignVerifier, Parameters, Protocol, ServerConfig, ServerSessions,
    ServerSettings, TicketKeys,
};

use super::suite_b::SuiteB;
use super::{SSL, keys, strength};
use crate::ctx::Settings;
use crate::ctx::credentials::Kind;
use crate::ctx::schemes;
use crate::ctx::settings::SessionContext;
use crate::error::{Reason, reason};
use crate::libcrypto::stack::Names;
use crate::libcrypto::x509::name_der;
use crate::session::{Lent, cache_of};

/// SSL_OP_*.
const NO_TLS1_2: u64 = 1 << 27;
const NO_TLS1_3: u64 = 1 << 29;
const SERVER_PREFERENCE: u64 = 1 << 22;
const NO_TICKET: u64 = 1 << 14;

/// SSL_VERIFY_*.
pub mod verify_mode {
    use std::ffi::c_int;
    pub const PEER: c_int = 1;
    pub const FAIL_IF_NO_PEER_CERT: c_int = 2;
    pub const CLIENT_ONCE: c_int = 4;
    pub const POST_HANDSHAKE: c_int = 8;
}

/// What a configuration follows from. Two equal keys give the same configuration.
#[derive(Clone)]
struct Key {
    /// Of the context's state: CA names, store, extra chain, hooks.
    generation: u64,
    settings: Arc<Settings>,
    versions: (Protocol, Protocol),
    options: u64,
    verifies: bool,
    post_handshake_auth: bool,
    status_type: i32,
    request: bool,
    require: bool,
    session_context: SessionContext,
    tickets: usize,
    /// Objects in the store that completes our chains.
    trusted: i32,
    /// Of the certificates that may be used.
    kinds: Vec<Kind>,
    certificate_flags: u32,
    /// What is strong enough, and whether ChaCha20 comes first.
    strength: (i32, bool),
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.settings, &other.settings)
            && (self.generation, self.versions, self.options) == (other.generation, other.versions, other.options)
            && (self.status_type, self.verifies) == (other.status_type, other.verifies)
            && (self.post_handshake_auth, self.request, self.require, self.tickets, self.trusted)
                == (other.post_handshake_auth, other.request, other.require, other.tickets, other.trusted)
            && self.session_context == other.session_context
            && (&self.kinds, self.certificate_flags, self.strength)
                == (&other.kinds, other.certificate_flags, other.strength)
    }
}

/// The configurations that a context's SSLs share.
#[derive(Default)]
pub struct Built {
    client: Mutex<Vec<(Key, Arc<ClientConfig>)>>,
    server: Mutex<Vec<(Key, Arc<ServerConfig>)>>,
}

/// More different settings than a program uses at a time on one context.
const KEPT: usize = 4;

/// Finds what was built from `key`, or builds and keeps it.
fn kept<T>(
    store: &Mutex<Vec<(Key, Arc<T>)>>,
    key: &Key,
    build: impl FnOnce() -> Result<Arc<T>, Reason>,
) -> Result<Arc<T>, Reason> {
    let locked = || store.lock().unwrap_or_else(PoisonError::into_inner);
    let find =
        |store: &Vec<(Key, Arc<T>)>| store.iter().find(|(known, _)| known == key).map(|(_, built)| built.clone());
    if let Some(found) = find(&locked()) {
        return Ok(found);
    }
    // With nothing locked: to build may call into the program, by a key's provider or a store's look-up.
    let built = build()?;
    // Dropped behind the lock, too: with it may go keys and certificates that the program's functions are told of.
    let _gone;
    let mut store = locked();
    if let Some(found) = find(&store) {
        return Ok(found);
    }
    _gone = (store.len() == KEPT).then(|| store.remove(0));
    store.push((key.clone(), built.clone()));
    Ok(built)
}

/// Lowest and highest version that may be negotiated.
pub fn versions(ssl: &SSL) -> Option<(Protocol, Protocol)> {
    let allowed = |protocol: Protocol| {
        let (code, off) = match protocol {
            Protocol::Tls12 => (0x0303, NO_TLS1_2),
            Protocol::Tls13 => (0x0304, NO_TLS1_3),
        };
        let switches = &ssl.switches;
        ssl.method.only().is_none_or(|only| only == code)
            && (switches.min_version == 0 || switches.min_version <= code)
            && (switches.max_version == 0 || code <= switches.max_version)
            && switches.options & off == 0
    };
    match (allowed(Protocol::Tls12), allowed(Protocol::Tls13)) {
        (true, true) => Some((Protocol::Tls12, Protocol::Tls13)),
        (true, false) => Some((Protocol::Tls12, Protocol::Tls12)),
        (false, true) => Some((Protocol::Tls13, Protocol::Tls13)),
        (false, false) => None,
    }
}

fn parameters(ssl: &SSL, (min, max): (Protocol, Protocol)) -> Parameters {
    let defaults = Parameters::default();
    Parameters {
        min,
        max,
        // A ClientHello names no suites of versions that it does not offer.
        suites: strength::suites(ssl, ssl.settings.ciphers.codes_between(min, max)),
        groups: strength::groups(ssl, own_groups(ssl).map_or(defaults.groups, <[u16]>::to_vec)),
        schemes: allowed_schemes(ssl),
        foreign_verifier: Some(ForeignVerifier(crate::ctx::key::verify)),
    }
}

fn key(ssl: &SSL, versions: (Protocol, Protocol)) -> Key {
    Key {
        generation: ssl.ctx().generation(),
        settings: ssl.settings.clone(),
        versions,
        options: ssl.switches.options,
        verifies: ssl.switches.verify_mode & verify_mode::PEER != 0,
        post_handshake_auth: ssl.switches.post_handshake_auth,
        status_type: ssl.switches.status_type,
        request: false,
        require: false,
        session_context: SessionContext::default(),
        tickets: 0,
        trusted: 0,
        kinds: Vec::new(),
        certificate_flags: ssl.switches.certificate_flags,
        strength: (strength::least(ssl), strength::prefers_chacha(ssl)),
    }
}

/// A client's connection as `ssl` is set up.
pub fn connect(ssl: &mut SSL) -> Result<Connection, Reason> {
    let versions = versions(ssl).ok_or(reason::NO_PROTOCOLS_AVAILABLE)?;
    let build = || {
        let settings = ClientSettings {
            parameters: parameters(ssl, versions),
            alpn: ssl.settings.protocols(),
            post_handshake_auth: ssl.switches.post_handshake_auth,
            ask_for_ocsp: ssl.switches.status_type == STATUS_TYPE_OCSP,
            refuse_tickets: ssl.switches.options & NO_TICKET != 0,
            authorities: own_authorities(ssl),
        };
        ClientConfig::new(&settings).map_err(|_| reason::NO_CIPHERS_AVAILABLE)
    };
    let config = match ssl.ca_names {
        Some(_) => build()?, // a list of its own
        None => kept(&ssl.ctx().built.client, &key(ssl, versions), build)?,
    };
    let name = ssl.server_name.as_ref().and_then(|name| name.to_str().ok());
    let session = ssl.session.to_resume();
    let psk = ssl.psk.as_ref().map(|given| &given.key);
    let extensions = std::mem::take(&mut ssl.extensions);
    Connection::client_with_psk(&config, name, session, psk, extensions).map_err(|_| Reason::INTERNAL_ERROR)
}

/// TLSEXT_STATUSTYPE_ocsp.
pub const STATUS_TYPE_OCSP: i32 = 1;

fn encode(names: &Names) -> Vec<Vec<u8>> {
    // SAFETY: the list is live and so are its names.
    names.iter().filter_map(|name| unsafe { name_der(name) }).collect()
}

/// What a client says it would like (SSL_set0_CA_list).
fn own_authorities(ssl: &SSL) -> Vec<Vec<u8>> {
    match &ssl.ca_names {
        Some(names) => encode(names),
        None => ssl.ctx().read(|state| state.ca_names.as_ref().map(encode)).unwrap_or_default(),
    }
}

/// Names of acceptable CAs: the SSL's own lists win over the context's.
pub fn authorities(ssl: &SSL) -> Vec<Vec<u8>> {
    let filled = |names: Option<&Names>| names.filter(|names| !names.is_empty()).map(encode);
    filled(ssl.client_ca_names.as_ref())
        .or_else(|| match ssl.client_ca_names {
            Some(_) => None,
            None => ssl.ctx().read(|state| filled(state.client_ca_names.as_ref())),
        })
        .or_else(|| filled(ssl.ca_names.as_ref()))
        .or_else(|| ssl.ctx().read(|state| filled(state.ca_names.as_ref())))
        .unwrap_or_default()
}

/// Schemes that may be used, most wanted first.
pub fn allowed_schemes(ssl: &SSL) -> Vec<u16> {
    strength::schemes(ssl, own_schemes(ssl).map_or_else(|| schemes::DEFAULT.to_vec(), <[u16]>::to_vec))
}

/// Groups that the program has set, or that Suite B leaves.
pub fn own_groups(ssl: &SSL) -> Option<&[u16]> {
    SuiteB::of(ssl.switches.certificate_flags).groups().or(ssl.settings.groups.as_deref())
}

/// Schemes that the program has set, or that Suite B leaves.
pub fn own_schemes(ssl: &SSL) -> Option<&[u16]> {
    SuiteB::of(ssl.switches.certificate_flags).schemes().or(ssl.settings.schemes.as_deref())
}

/// Schemes to ask of a client.
pub fn client_schemes(ssl: &SSL) -> Vec<u16> {
    if let Some(schemes) = SuiteB::of(ssl.switches.certificate_flags).schemes() {
        return schemes.to_vec();
    }
    let settings = &ssl.settings;
    let schemes = settings.client_schemes.clone().or_else(|| settings.schemes.clone());
    strength::schemes(ssl, schemes.unwrap_or_else(|| schemes::DEFAULT.to_vec()))
}

/// The configuration that answers the ClientHello which `ssl` has met, with certificates of these kinds.
pub fn serve(ssl: &SSL, offers_tls13: bool, kinds: &[Kind]) -> Result<Arc<ServerConfig>, Reason> {
    let versions = versions(ssl).ok_or(reason::UNSUPPORTED_PROTOCOL)?;
    let tls13 = offers_tls13 && versions.1 == Protocol::Tls13;
    let mode = ssl.switches.verify_mode;
    let request = mode & verify_mode::PEER != 0 && (!tls13 || mode & verify_mode::POST_HANDSHAKE == 0);
    let own_lists = ssl.client_ca_names.is_some() || ssl.ca_names.is_some() || ssl.ocsp_response.is_some();
    let key = Key {
        request,
        require: request && mode & verify_mode::FAIL_IF_NO_PEER_CERT != 0,
        session_context: ssl.switches.session_context,
        tickets: ssl.switches.tickets,
        trusted: keys::trusted_count(ssl),
        kinds: kinds.to_vec(),
        ..key(ssl, versions)
    };
    let build = || {
        let settings = ServerSettings {
            // What a client may sign with; our own identities keep to `settings.schemes`.
            parameters: Parameters { schemes: client_schemes(ssl), ..parameters(ssl, versions) },
            prefer_own_order: ssl.switches.options & SERVER_PREFERENCE != 0,
            identities: keys::server_identities(ssl, kinds),
            verifies: mode & verify_mode::PEER != 0,
            request_certificate: request,
            require_certificate: key.require,
            judge_absence: false,
            authorities: if request { authorities(ssl) } else { Vec::new() },
            session_context: ssl.switches.session_context.as_bytes().to_vec(),
            tickets: ssl.switches.tickets,
            sessions: ServerSessions::default(), // each connection's own: see `sessions`
        };
        ServerConfig::new(&settings).map_err(|_| reason::NO_CIPHERS_AVAILABLE)
    };
    if own_lists { build() } else { kept(&ssl.ctx().built.server, &key, build) }
}

/// Where the sessions of one connection live: with the context that it was made from, whatever context its
/// configuration is. `lent`: the session that the program has found.
pub fn sessions(ssl: &mut SSL, lent: Option<Lent>) -> ServerSessions {
    let timeout = ssl.first_ctx().read(|state| state.hooks.session_timeout);
    let stateless = ssl.switches.options & NO_TICKET == 0;
    let keys = stateless.then(|| ssl.first_ctx().ticket_keys());
    if timeout < 0 {
        // What has timed out before it was made is given away, but not resumed.
        let keys = keys.map(|keys| TicketKeys::new(keys.sealing().cloned(), Vec::new()));
        return ServerSessions { lifetime: 0, ticket_keys: keys, cache: None };
    }
    ServerSessions {
        lifetime: u32::try_from(timeout).unwrap_or(u32::MAX),
        ticket_keys: keys,
        cache: cache_of(ssl, lent),
    }
}
