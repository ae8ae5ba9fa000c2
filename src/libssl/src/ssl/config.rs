//! The engine's configurations from a program's settings. What many SSLs of one context share is
//! built once and kept there.

use std::sync::Arc;

use standin_engine::{
    ClientConfig, ClientSettings, Connection, ForeignVerifier, OwnTickets, Parameters, Protocol, ServerConfig,
    ServerSessions, ServerSettings, TicketKeys,
};

use super::sessions::{Lent, Purpose, cache_of};
use super::suite_b::SuiteB;
use super::{SSL, extensions, keys, strength};
use crate::ctx::built::{Key, kept};
use crate::error::{Reason, reason};
use crate::libcrypto::stack::Names;
use crate::libcrypto::x509::name_der;
use crate::set::credentials::Kind;
use crate::set::settings::SessionContext;
use crate::set::{groups as known_groups, key as signing_key, schemes};

/// SSL_OP_*.
const NO_TLS1_2: u64 = 1 << 27;
const NO_TLS1_3: u64 = 1 << 29;
const SERVER_PREFERENCE: u64 = 1 << 22;
const NO_TICKET: u64 = 1 << 14;
pub const NO_EXTENDED_MASTER_SECRET: u64 = 1;

/// SSL_VERIFY_*.
pub mod verify_mode {
    use std::ffi::c_int;
    pub const PEER: c_int = 1;
    pub const FAIL_IF_NO_PEER_CERT: c_int = 2;
    pub const CLIENT_ONCE: c_int = 4;
    pub const POST_HANDSHAKE: c_int = 8;
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
    Parameters {
        min,
        max,
        // A ClientHello names no suites of versions that it does not offer.
        suites: strength::suites(ssl, ssl.settings.ciphers.codes_between(min, max)),
        groups: groups(ssl),
        schemes: allowed_schemes(ssl),
        foreign_verifier: Some(ForeignVerifier(signing_key::verify)),
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
        group: None,
        strength: (strength::least(ssl), strength::prefers_chacha(ssl)),
    }
}

/// A client's connection as `ssl` is set up.
pub fn connect(ssl: &mut SSL) -> Result<Connection, Reason> {
    let versions = versions(ssl).ok_or(reason::NO_PROTOCOLS_AVAILABLE)?;
    let inquiry = ssl.inquiry.encoded();
    let build = || {
        let settings = ClientSettings {
            parameters: parameters(ssl, versions),
            alpn: ssl.settings.protocols(),
            post_handshake_auth: ssl.switches.post_handshake_auth,
            ask_for_ocsp: ssl.switches.status_type == STATUS_TYPE_OCSP,
            refuse_tickets: ssl.switches.options & NO_TICKET != 0,
            authorities: own_authorities(ssl),
            old_master_secret: ssl.switches.options & NO_EXTENDED_MASTER_SECRET != 0,
            ocsp_request: inquiry.clone(),
        };
        ClientConfig::new(&settings).map_err(|_| reason::NO_CIPHERS_AVAILABLE)
    };
    let config = match (&ssl.ca_names, &inquiry) {
        (Some(_), _) | (_, Some(_)) => build()?, // lists of its own
        (None, None) => kept(&ssl.ctx().built.client, &key(ssl, versions), build)?,
    };
    let name = ssl.server_name.as_ref().and_then(|name| name.to_str().ok());
    let session = ssl.session.to_resume();
    let psk = ssl.psk.as_ref().map(|given| &given.key);
    let added = std::mem::take(&mut ssl.own_extensions.hello);
    let read = extensions::kinds(ssl);
    Connection::client_with_extensions(&config, name, session, psk, added, read).map_err(|_| Reason::INTERNAL_ERROR)
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

/// Groups that may be used.
pub fn groups(ssl: &SSL) -> Vec<u16> {
    strength::groups(ssl, own_groups(ssl).map_or_else(|| Parameters::default().groups, <[u16]>::to_vec))
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
    let group = if tls13 { None } else { preferred_group(ssl) };
    let key = Key { group, ..key };
    let build = || {
        let mut parameters = parameters(ssl, versions);
        if let Some(group) = group {
            parameters.groups = vec![group];
        }
        let settings = ServerSettings {
            // What a client may sign with; our own identities keep to `settings.schemes`.
            parameters: Parameters { schemes: client_schemes(ssl), ..parameters },
            prefer_own_order: ssl.switches.options & SERVER_PREFERENCE != 0,
            prefer_resumption: false,
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

/// TLS 1.2: the group that a server prefers of those that the client has, if its own order counts.
fn preferred_group(ssl: &SSL) -> Option<u16> {
    let hello = ssl.hello.seen.as_ref().filter(|_| ssl.switches.options & SERVER_PREFERENCE != 0)?;
    let own = own_groups(ssl).map_or_else(|| known_groups::DEFAULT.to_vec(), <[u16]>::to_vec);
    const HYBRID: u16 = 0x11ec; // of TLS 1.3
    let served = |group: &u16| *group != HYBRID && Parameters::default().groups.contains(group);
    let allowed = strength::groups(ssl, own);
    allowed.into_iter().find(|group| hello.groups.contains(group) && served(group))
}

/// Will what the client brings be resumed? A context that is missing is no matter here.
pub fn foresees_resumption(ssl: &mut SSL, lent: Option<Lent>, tickets: Option<&OwnTickets>) -> bool {
    let Some(versions) = versions(ssl) else { return false };
    let mode = ssl.switches.verify_mode;
    let tls13 = ssl.foreseen_version() == Some(0x0304);
    let request = mode & verify_mode::PEER != 0 && (!tls13 || mode & verify_mode::POST_HANDSHAKE == 0);
    let settings = ServerSettings {
        parameters: Parameters { min: versions.0, max: versions.1, ..Parameters::default() },
        request_certificate: request,
        require_certificate: request && mode & verify_mode::FAIL_IF_NO_PEER_CERT != 0,
        session_context: ssl.switches.session_context.as_bytes().to_vec(),
        ..ServerSettings::default()
    };
    let sessions = sessions_to(ssl, lent, Purpose::Foresee);
    ssl.connection.as_ref().is_some_and(|connection| connection.foresees_resumption(&settings, &sessions, tickets))
}

/// Where the sessions of one connection live: with the context that it was made from, whatever context its
/// configuration is. `lent`: the session that the program has found.
pub fn sessions(ssl: &mut SSL, lent: Option<Lent>) -> ServerSessions {
    sessions_to(ssl, lent, Purpose::Serve)
}

fn sessions_to(ssl: &mut SSL, lent: Option<Lent>, purpose: Purpose) -> ServerSessions {
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
        cache: cache_of(ssl, lent, purpose),
    }
}
