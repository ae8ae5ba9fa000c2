//! Sessions that outlive a connection: data that programs keep, tickets, and stores of theirs.

use std::ffi::{c_int, c_uint, c_void};
use std::fs::File;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::ptr;
use std::sync::{Arc, LazyLock, OnceLock};

use standin_engine::{
    Connection, PeerChain, ServerSessions, Session as Kept, SessionCache, SessionFacts, TicketKey, TicketKeys,
};
use zeroize::Zeroizing;

use crate::error::code;
use crate::priority::Priority;
use crate::session::{Progress, Session, flag, with};
use crate::types::{gnutls_datum_t, gnutls_session_t};

pub type StoreFunction = unsafe extern "C" fn(*mut c_void, gnutls_datum_t, gnutls_datum_t) -> c_int;
pub type RetrieveFunction = unsafe extern "C" fn(*mut c_void, gnutls_datum_t) -> gnutls_datum_t;
pub type RemoveFunction = unsafe extern "C" fn(*mut c_void, gnutls_datum_t) -> c_int;

/// What is set about sessions, and what came of it.
pub struct Resumption {
    /// To be offered (client), or found for the client that is here (server).
    given: Option<Kept>,
    /// The latest that the connection has made.
    latest: Option<Kept>,
    keys: Option<TicketKeys>,
    /// Seconds.
    expiration: c_uint,
    pointer: *mut c_void,
    store: Option<StoreFunction>,
    retrieve: Option<RetrieveFunction>,
    remove: Option<RemoveFunction>,
    /// What was looked up, by the id.
    found: Option<(Vec<u8>, Kept)>,
}

/// gnutls_db_get_default_cache_expiration.
const EXPIRATION: c_uint = 3600;

impl Default for Resumption {
    fn default() -> Self {
        Resumption {
            given: None,
            latest: None,
            keys: None,
            expiration: EXPIRATION * 6,
            pointer: ptr::null_mut(),
            store: None,
            retrieve: None,
            remove: None,
            found: None,
        }
    }
}

/// A program's store as one connection asks it: it was asked beforehand.
struct Looked {
    found: Option<(Vec<u8>, Kept)>,
}

impl SessionCache for Looked {
    fn put(&self, _id: &[u8], _session: Kept) {}

    fn find(&self, id: &[u8]) -> Option<Kept> {
        self.found.as_ref().filter(|(known, _)| known == id).map(|(_, session)| session.clone())
    }

    fn remove(&self, _id: &[u8]) {}
}

impl Resumption {
    /// What a client offers.
    pub fn to_resume(&self) -> Option<Kept> {
        self.given.clone()
    }

    /// Where a server's sessions live.
    pub fn server_sessions(&mut self, priority: Option<&Priority>, flags: c_uint, tls12: bool) -> ServerSessions {
        let tls12 = tls12 && (flags & flag::NO_TICKETS_TLS12 != 0 || priority.is_some_and(|one| one.no_tickets_tls12));
        let refused = flags & flag::NO_TICKETS != 0 || priority.is_some_and(|one| one.no_tickets) || tls12;
        let cache = || Arc::new(Looked { found: self.found.take() }) as Arc<dyn SessionCache>;
        ServerSessions {
            lifetime: self.expiration,
            ticket_keys: self.keys.clone().filter(|_| !refused),
            cache: self.store.is_some().then(cache),
        }
    }
}

/// Asks the program's store for the session that the ClientHello names.
///
/// # Safety
/// `session` is live and not borrowed.
pub unsafe fn look_up(session: gnutls_session_t) {
    // SAFETY: the program's function runs with nothing borrowed; what it gives is ours to free.
    unsafe {
        let asked = with(session, |session| {
            let function = session.resumption.retrieve?;
            let hello = session.hello.as_ref()?;
            let id = hello.stateful_psk().unwrap_or_else(|| hello.session_id.clone());
            (!id.is_empty()).then_some((function, session.resumption.pointer, id))
        });
        let Some(Some((function, pointer, id))) = asked else { return };
        let data = function(pointer, gnutls_datum_t::naming(&id));
        let found = decode(data.bytes());
        crate::types::free(data.data);
        with(session, |session| session.resumption.found = found.map(|found| (id, found)));
    }
}

/// Takes over the sessions that the connection has made, for the program.
///
/// # Safety
/// As for [`look_up`].
pub unsafe fn take_sessions(session: gnutls_session_t) {
    // SAFETY: the program's function runs with nothing borrowed.
    unsafe {
        while let Some(Some(new)) =
            with(session, |session| session.connection.as_mut().and_then(Connection::take_session))
        {
            let filing = with(session, |session| {
                session.resumption.latest = Some(new.clone());
                let by_ticket = session.resumption.keys.is_some();
                session
                    .resumption
                    .store
                    .filter(|_| session.is_server() && !by_ticket)
                    .zip(Some(session.resumption.pointer))
            });
            if let Some(Some((function, pointer))) = filing {
                let data = encode(&new);
                function(pointer, gnutls_datum_t::naming(new.id()), gnutls_datum_t::naming(&data));
            }
        }
    }
}

/// What session data begins with.
const MAGIC: &[u8; 8] = b"standin\x01";

/// A session as programs keep it.
fn encode(session: &Kept) -> Zeroizing<Vec<u8>> {
    let facts = session.facts();
    let mut out = Zeroizing::new(MAGIC.to_vec());
    let mut opaque = |bytes: &[u8]| {
        out.extend_from_slice(&(bytes.len() as u32).to_be_bytes());
        out.extend_from_slice(bytes);
    };
    opaque(&facts.id);
    opaque(&facts.version.to_be_bytes());
    opaque(&facts.suite.to_be_bytes());
    opaque(&facts.secret);
    opaque(&[facts.extended_master_secret.into()]);
    opaque(&facts.group.to_be_bytes());
    opaque(&facts.ticket);
    opaque(&facts.age_add.to_be_bytes());
    opaque(&facts.created.to_be_bytes());
    opaque(&facts.lifetime.to_be_bytes());
    opaque(facts.server_name.unwrap_or_default().as_bytes());
    opaque(&facts.alpn.unwrap_or_default());
    opaque(&facts.context);
    opaque(&facts.code.to_be_bytes());
    for der in facts.peer.iter().flat_map(|peer| peer.0.iter()) {
        opaque(der);
    }
    out
}

/// What [`encode`] made; `None` for anything else.
fn decode(data: &[u8]) -> Option<Kept> {
    let mut rest = data.strip_prefix(MAGIC)?;
    let mut opaque = || {
        let (len, after) = rest.split_first_chunk::<4>()?;
        let (bytes, after) = after.split_at_checked(u32::from_be_bytes(*len) as usize)?;
        rest = after;
        Some(bytes)
    };
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok().filter(|text| !text.is_empty());
    let mut facts = SessionFacts {
        id: opaque()?.to_vec(),
        version: u16::from_be_bytes(opaque()?.try_into().ok()?),
        suite: u16::from_be_bytes(opaque()?.try_into().ok()?),
        secret: opaque()?.to_vec().into(),
        extended_master_secret: opaque()? == [1],
        group: u16::from_be_bytes(opaque()?.try_into().ok()?),
        ticket: opaque()?.to_vec(),
        age_add: u32::from_be_bytes(opaque()?.try_into().ok()?),
        created: u64::from_be_bytes(opaque()?.try_into().ok()?),
        lifetime: u32::from_be_bytes(opaque()?.try_into().ok()?),
        server_name: text(opaque()?),
        alpn: Some(opaque()?.to_vec()).filter(|protocol| !protocol.is_empty()),
        context: opaque()?.to_vec(),
        code: i64::from_be_bytes(opaque()?.try_into().ok()?),
        peer: None,
    };
    let chain: Vec<Arc<[u8]>> = std::iter::from_fn(opaque).map(Arc::from).collect();
    facts.peer = (!chain.is_empty()).then(|| PeerChain(chain.into()));
    Kept::restore(facts)
}

/// The file that `SSLKEYLOGFILE` names.
fn key_log() -> Option<&'static File> {
    static FILE: OnceLock<Option<File>> = OnceLock::new();
    let open = || {
        let name = standin_boundary::environment::variable("SSLKEYLOGFILE").filter(|name| !name.is_empty())?;
        File::options().append(true).create(true).mode(0o600).open(name).ok()
    };
    FILE.get_or_init(open).as_ref()
}

/// Are secrets wanted in a file?
pub fn key_log_wanted() -> bool {
    key_log().is_some()
}

/// Appends a line of secrets.
pub fn log_secret(label: &str, random: &[u8], secret: &[u8]) {
    if let Some(mut file) = key_log() {
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        // One write a line: other processes may append to the same file.
        let _ignored = file.write_all(format!("{label} {} {}\n", hex(random), hex(secret)).as_bytes());
    }
}

/// A key that a program has generated: name, AES key, MAC key.
unsafe fn ticket_keys(key: *const gnutls_datum_t) -> Option<TicketKeys> {
    const LENGTH: usize = 64;
    /// Of servers that were given none.
    static OWN: LazyLock<TicketKeys> = LazyLock::new(TicketKeys::random);
    // SAFETY: the program's pointer.
    let Some(datum) = (unsafe { key.as_ref() }) else { return Some(OWN.clone()) };
    // SAFETY: as above.
    let bytes = unsafe { datum.bytes() };
    if bytes.len() != LENGTH {
        return None;
    }
    let mut key = TicketKey { name: [0; 16], aes: [0; 32], hmac: [0; 32] };
    key.name.copy_from_slice(&bytes[..16]);
    key.aes.copy_from_slice(&bytes[16..48]);
    key.hmac[..16].copy_from_slice(&bytes[48..]);
    Some(TicketKeys::single(key))
}

/// The latest session that can be resumed.
unsafe fn latest(session: gnutls_session_t) -> Option<Zeroizing<Vec<u8>>> {
    // SAFETY: the program's pointer.
    unsafe { with(session, |session| session.resumption.latest.as_ref().map(encode)) }.flatten()
}

versioned! {
    /// Data to resume this session by, for the program to free.
    pub unsafe extern "C" fn gnutls_session_get_data2(session: gnutls_session_t, data: *mut gnutls_datum_t) -> c_int {
        if data.is_null() || session.is_null() {
            return code::INVALID_REQUEST;
        }
        // SAFETY: the program's pointers.
        unsafe {
            if with(session, |session| session.progress != Progress::Established) == Some(true) {
                return code::INVALID_SESSION;
            }
            // Before its ticket a session of TLS 1.3 has data by which nothing is resumed.
            let bytes = latest(session).unwrap_or_else(|| Zeroizing::new(b"\0\0\0\0".to_vec()));
            match gnutls_datum_t::copied(&bytes) {
                Some(copy) => {
                    data.write(copy);
                    code::SUCCESS
                }
                None => code::MEMORY_ERROR,
            }
        }
    }

    /// Data to resume this session by, into the program's room.
    pub unsafe extern "C" fn gnutls_session_get_data(session: gnutls_session_t, session_data: *mut c_void, session_data_size: *mut usize) -> c_int {
        if session_data_size.is_null() || session.is_null() {
            return code::INVALID_REQUEST;
        }
        // SAFETY: the program's pointers; there is as much room as it says.
        unsafe {
            let bytes = latest(session).unwrap_or_else(|| Zeroizing::new(b"\0\0\0\0".to_vec()));
            let room = session_data_size.read();
            session_data_size.write(bytes.len());
            if session_data.is_null() || room < bytes.len() {
                return code::SHORT_MEMORY_BUFFER;
            }
            session_data.cast::<u8>().copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
        }
        code::SUCCESS
    }

    /// A session to offer.
    pub unsafe extern "C" fn gnutls_session_set_data(session: gnutls_session_t, session_data: *const c_void, session_data_size: usize) -> c_int {
        if session.is_null() || session_data.is_null() || session_data_size == 0 {
            return code::INVALID_REQUEST;
        }
        // SAFETY: the program's pointers; the data is as long as it says.
        unsafe {
            let data = std::slice::from_raw_parts(session_data.cast::<u8>(), session_data_size);
            if data == [0, 0, 0, 0] {
                return code::SUCCESS;
            }
            match decode(data) {
                Some(kept) => with(session, |session| session.resumption.given = Some(kept)).map_or(code::INVALID_REQUEST, |()| 0),
                None => code::UNEXPECTED_PACKET_LENGTH,
            }
        }
    }

    /// Was a session resumed?
    pub unsafe extern "C" fn gnutls_session_is_resumed(session: gnutls_session_t) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| session.agreed().is_some_and(|agreed| agreed.resumed && agreed.psk_identity.is_none())) }
            .map_or(0, c_int::from)
    }

    /// Tickets: a client takes them.
    pub unsafe extern "C" fn gnutls_session_ticket_enable_client(session: gnutls_session_t) -> c_int {
        if session.is_null() { code::INVALID_REQUEST } else { code::SUCCESS }
    }

    /// Tickets: a server gives them, sealed by `key` (of gnutls_session_ticket_key_generate).
    pub unsafe extern "C" fn gnutls_session_ticket_enable_server(session: gnutls_session_t, key: *const gnutls_datum_t) -> c_int {
        if session.is_null() || key.is_null() {
            return code::INVALID_REQUEST;
        }
        // SAFETY: the program's pointers.
        unsafe {
            match ticket_keys(key) {
                Some(keys) => with(session, |session| session.resumption.keys = Some(keys)).map_or(code::INVALID_REQUEST, |()| 0),
                None => code::INVALID_REQUEST,
            }
        }
    }

    /// Sends tickets now.
    pub unsafe extern "C" fn gnutls_session_ticket_send(session: gnutls_session_t, nr: c_uint, flags: c_uint) -> c_int {
        if flags != 0 {
            return code::INVALID_REQUEST;
        }
        // SAFETY: the program's pointer.
        unsafe {
            if with(session, |session| session.is_server() && session.is_tls13()) != Some(true) {
                return code::INVALID_REQUEST;
            }
            for _ in 0..nr {
                if let Err(error) = crate::handshake::step(session, Connection::send_ticket) {
                    return error;
                }
            }
            take_sessions(session);
            crate::transport::flush(session).err().unwrap_or(code::SUCCESS)
        }
    }

    /// How long a server's sessions may be resumed, in seconds.
    pub unsafe extern "C" fn gnutls_db_set_cache_expiration(session: gnutls_session_t, seconds: c_int) {
        const MOST: c_int = 604_800;
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| session.resumption.expiration = seconds.clamp(0, MOST) as c_uint) };
    }

    /// What is handed to the store's functions.
    pub unsafe extern "C" fn gnutls_db_set_ptr(session: gnutls_session_t, ptr: *mut c_void) {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| session.resumption.pointer = ptr) };
    }

    /// What is handed to the store's functions.
    pub unsafe extern "C" fn gnutls_db_get_ptr(session: gnutls_session_t) -> *mut c_void {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| session.resumption.pointer) }.unwrap_or(ptr::null_mut())
    }

    /// Keeps a server's session.
    pub unsafe extern "C" fn gnutls_db_set_store_function(session: gnutls_session_t, store_func: Option<StoreFunction>) {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| session.resumption.store = store_func) };
    }

    /// Finds a server's session.
    pub unsafe extern "C" fn gnutls_db_set_retrieve_function(session: gnutls_session_t, retr_func: Option<RetrieveFunction>) {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| session.resumption.retrieve = retr_func) };
    }

    /// Forgets a server's session.
    pub unsafe extern "C" fn gnutls_db_set_remove_function(session: gnutls_session_t, rem_func: Option<RemoveFunction>) {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| session.resumption.remove = rem_func) };
    }

    /// Has the store forget this session.
    pub unsafe extern "C" fn gnutls_db_remove_session(session: gnutls_session_t) {
        // SAFETY: the program's pointer and function.
        unsafe {
            let found = with(session, |session| {
                let id = session.resumption.latest.as_ref()?.id().to_vec();
                Some((session.resumption.remove?, session.resumption.pointer, id))
            });
            if let Some(Some((function, pointer, id))) = found {
                function(pointer, gnutls_datum_t::naming(&id));
            }
        }
    }

    /// The session's id, into the program's room.
    pub unsafe extern "C" fn gnutls_session_get_id(session: gnutls_session_t, session_id: *mut c_void, session_id_size: *mut usize) -> c_int {
        if session_id_size.is_null() {
            return code::INVALID_REQUEST;
        }
        // SAFETY: the program's pointers; there is as much room as it says.
        unsafe {
            let id = with(session, Session::id).unwrap_or_default();
            let room = session_id_size.read();
            session_id_size.write(id.len());
            if session_id.is_null() {
                return code::SUCCESS;
            }
            if room < id.len() {
                return code::SHORT_MEMORY_BUFFER;
            }
            session_id.cast::<u8>().copy_from_nonoverlapping(id.as_ptr(), id.len());
        }
        code::SUCCESS
    }
}

impl Session {
    /// A ticket has come.
    pub fn has_ticket(&self) -> bool {
        self.resumption.latest.as_ref().is_some_and(|latest| latest.ticket().is_some())
    }

    fn id(&mut self) -> Vec<u8> {
        self.resumption.latest.as_ref().map(|latest| latest.id().to_vec()).unwrap_or_default()
    }
}
