//! The engine's configurations from what a program has set. What many sessions share is built once and kept with the
//! credentials.

use std::ffi::{c_int, c_uint};
use std::sync::{Arc, Mutex, PoisonError};

use standin_engine::{
    ClientConfig, ClientSettings, Identity, ServerConfig, ServerSessions, ServerSettings, SessionCache, TicketKeys,
};

use super::{Session, flag};
use crate::credentials::State;
use crate::error;
use crate::priority::Priority;

/// GNUTLS_CERT_*.
pub mod request {
    use std::ffi::c_uint;
    pub const IGNORE: c_uint = 0;
    pub const REQUEST: c_uint = 1;
    pub const REQUIRE: c_uint = 2;
}

/// Sessions of a program are resumed wherever it uses the same ticket key or database.
const CONTEXT: &[u8] = b"libgnutls";

/// What a client's configuration follows from.
#[derive(Clone, PartialEq)]
struct ClientKey {
    priority: Arc<Priority>,
    alpn: Vec<Vec<u8>>,
    post_handshake_auth: bool,
    ask_for_ocsp: bool,
}

/// What a server's configuration follows from.
#[derive(Clone, PartialEq)]
struct ServerKey {
    priority: Arc<Priority>,
    generation: u64,
    /// Places of the certificates to choose from.
    entries: Vec<usize>,
    /// Which of them have a staple: it may have gone out of date.
    stapled: Vec<bool>,
    request: c_uint,
    hide_authorities: bool,
    tickets: usize,
}

/// The configurations that sessions of the same credentials share.
#[derive(Default)]
pub struct Built {
    client: Mutex<Vec<(ClientKey, Arc<ClientConfig>)>>,
    server: Mutex<Vec<(ServerKey, Arc<ServerConfig>)>>,
}

/// More different settings than a program uses at a time.
const KEPT: usize = 8;

/// Finds what was built from `key`, or builds and keeps it.
fn kept<K: PartialEq, T>(
    store: &Mutex<Vec<(K, Arc<T>)>>,
    key: K,
    build: impl FnOnce(&K) -> Result<Arc<T>, c_int>,
) -> Result<Arc<T>, c_int> {
    let locked = || store.lock().unwrap_or_else(PoisonError::into_inner);
    let find = |store: &Vec<(K, Arc<T>)>| store.iter().find(|(known, _)| *known == key).map(|(_, built)| built.clone());
    if let Some(found) = find(&locked()) {
        return Ok(found);
    }
    // With nothing locked: to build may call into the program, by a key's functions.
    let built = build(&key)?;
    let mut store = locked();
    if let Some(found) = find(&store) {
        return Ok(found);
    }
    if store.len() == KEPT {
        store.remove(0);
    }
    store.push((key, built.clone()));
    Ok(built)
}

/// The configuration of a client.
pub fn client(session: &Session) -> Result<Arc<ClientConfig>, c_int> {
    // What no server reads (RFC 7301 §3.1): the original sends it, and is refused.
    if session.alpn.offered.iter().any(Vec::is_empty) {
        return Err(error::INVALID_REQUEST);
    }
    let key = ClientKey {
        priority: session.priority.clone().ok_or(error::NO_PRIORITIES_WERE_SET)?,
        alpn: session.alpn.offered.clone(),
        // Nobody is asked who could present nothing.
        post_handshake_auth: session.has(flag::POST_HANDSHAKE_AUTH) && !session.held.certificate.is_null(),
        ask_for_ocsp: session.ocsp.asked,
    };
    let build = |key: &ClientKey| {
        let settings = ClientSettings {
            parameters: key.priority.parameters.clone(),
            alpn: key.alpn.clone(),
            post_handshake_auth: key.post_handshake_auth,
            ask_for_ocsp: key.ask_for_ocsp,
            refuse_tickets: false, // what is off is not offered: see `resume`
            ..ClientSettings::default()
        };
        ClientConfig::new(&settings).map_err(|_| error::NO_CIPHER_SUITES)
    };
    match session.held.certificate() {
        Some(cred) => kept(&cred.built.client, key, build),
        None => build(&key),
    }
}

/// Which certificates a server chooses from.
pub enum Candidates {
    /// Those of the credentials in these places.
    Held(Vec<usize>),
    /// These, which callbacks have given or stapled.
    Given(Vec<Identity>),
}

/// The configuration of a server, for the ClientHello that it has met.
pub fn server(session: &Session, candidates: Candidates) -> Result<Arc<ServerConfig>, c_int> {
    let cred = session.held.certificate();
    let (entries, given) = match candidates {
        Candidates::Held(entries) => (entries, None),
        Candidates::Given(identities) => (Vec::new(), Some(identities)),
    };
    let key = ServerKey {
        priority: session.priority.clone().ok_or(error::NO_PRIORITIES_WERE_SET)?,
        generation: cred.map_or(0, |cred| cred.read(|state| state.generation)),
        stapled: cred.map_or_else(Vec::new, |cred| cred.read(|state| stapled(state, &entries))),
        entries,
        // Without credentials nothing that a client sent could be looked at.
        request: if cred.is_some() { session.request } else { request::IGNORE },
        hide_authorities: session.hide_authorities,
        tickets: session.tickets.to_send(session),
    };
    let build = |key: &ServerKey| {
        let settings = ServerSettings {
            parameters: key.priority.parameters.clone(),
            prefer_own_order: key.priority.switches.server_precedence,
            prefer_resumption: true,
            identities: match &given {
                Some(given) => given.clone(),
                None => identities(session, &key.entries),
            },
            request_certificate: key.request != request::IGNORE,
            require_certificate: key.request == request::REQUIRE,
            authorities: if key.request == request::IGNORE { Vec::new() } else { authorities(session)? },
            session_context: CONTEXT.to_vec(),
            verifies: key.request != request::IGNORE,
            // Its function is asked about nobody as well. Who has to show a certificate is not asked about.
            judge_absence: key.request != request::REQUIRE,
            tickets: key.tickets,
            sessions: ServerSessions::default(), // each session's own: see `sessions`
        };
        ServerConfig::new(&settings).map_err(|_| error::NO_CIPHER_SUITES)
    };
    match cred {
        Some(cred) if given.is_none() => kept(&cred.built.server, key, build),
        _ => build(&key),
    }
}

/// Does the client bring a ticket that is good, as far as that can be said before anything is chosen?
pub fn resumes_by_ticket(session: &Session) -> bool {
    let (Some(priority), Some(connection)) = (&session.priority, &session.connection) else { return false };
    let request = if session.held.certificate().is_some() { session.request } else { request::IGNORE };
    let settings = ServerSettings {
        parameters: priority.parameters.clone(),
        request_certificate: request != request::IGNORE,
        require_certificate: request == request::REQUIRE,
        session_context: CONTEXT.to_vec(),
        verifies: request != request::IGNORE,
        ..ServerSettings::default()
    };
    connection.foresees_resumption(&settings, &sessions(session, None), None)
}

/// Where the sessions of a server's connection live.
pub fn sessions(session: &Session, cache: Option<Arc<dyn SessionCache>>) -> ServerSessions {
    ServerSessions {
        lifetime: session.db.lifetime,
        ticket_keys: session.tickets.key(session).map(TicketKeys::from_secret),
        cache,
    }
}

fn stapled(state: &State, entries: &[usize]) -> Vec<bool> {
    entries.iter().map(|index| state.entries.get(*index).is_some_and(|entry| entry.staple().is_some())).collect()
}

fn identities(session: &Session, entries: &[usize]) -> Vec<Identity> {
    session.held.certificate().map_or_else(Vec::new, |cred| {
        cred.read(|state| {
            entries.iter().filter_map(|index| state.entries.get(*index)).map(|entry| entry.presented()).collect()
        })
    })
}

/// Bytes of a CertificateRequest, whose extensions have 64 KB together, that its other extensions are left.
const ROOM_FOR_NAMES: usize = 65_280;

/// Names of the CAs that a client may have its certificate from, if they fit into a request.
pub fn authorities(session: &Session) -> Result<Vec<Vec<u8>>, c_int> {
    let names = match session.held.certificate() {
        Some(cred) if !session.hide_authorities => cred.read(|state| state.authorities.clone()),
        _ => Vec::new(),
    };
    let len: usize = names.iter().map(|name| 2 + name.len()).sum();
    if len > ROOM_FOR_NAMES { Err(error::HANDSHAKE_TOO_LARGE) } else { Ok(names) }
}
