//! A client's sessions: gnutls_session_get_data, gnutls_session_set_data.

use std::ffi::{c_int, c_uint, c_void};
use std::sync::Arc;

use standin_boundary::{clock, memory};
use standin_engine::{Connection, PeerChain, Protocol, SessionFacts};

use super::{Handle, Progress, Session, attempt, flag, record, transport, with};
use crate::algorithm::protocol;
use crate::error;
use crate::gnutls::{Datum, gnutls_rnd};

/// What is to be resumed, and what was made.
#[derive(Default)]
pub struct Resume {
    offered: Option<standin_engine::Session>,
    pub made: Option<standin_engine::Session>,
    made_up: Vec<u8>,
}

/// Bytes of an id that is made up, and the kind of randomness for it.
const MADE_UP: usize = 32;
const RND_NONCE: c_uint = 0;

impl Resume {
    /// The session to offer.
    pub fn offered(&self, session: &Session) -> Option<standin_engine::Session> {
        let tls13 = |known: &standin_engine::Session| known.version() == 0x0304;
        let allowed = |known: &standin_engine::Session| {
            session.priority.as_ref().is_none_or(|priority| {
                let off = priority.switches.no_tickets || session.has(flag::NO_TICKETS);
                let off12 = priority.switches.no_tickets_tls12 || session.has(flag::NO_TICKETS_TLS12);
                !(off || off12 && !tls13(known)) || known.ticket().is_none()
            })
        };
        self.offered.clone().filter(allowed)
    }

    /// Keeps the last session that has come up.
    pub fn take_new(&mut self, connection: Option<&mut Connection>) {
        if let Some(connection) = connection {
            while let Some(made) = connection.take_session() {
                self.made = Some(made);
            }
        }
    }
}

/// What marks our encoding; other data is not ours.
const MAGIC: &[u8; 8] = b"standin2";

/// A moment by another clock.
fn rebased(moment: u64, from: u64, to: u64) -> u64 {
    to.saturating_sub(from.saturating_sub(moment)).saturating_add(moment.saturating_sub(from))
}

/// A session as bytes, for the program to keep; by the program's clock.
pub fn encode(session: &standin_engine::Session) -> Vec<u8> {
    let numbers = [
        u64::from(session.version()),
        session.suite().into(),
        session.extended_master_secret().into(),
        session.group().into(),
        session.age_add().into(),
        rebased(session.created(), now(), program_now()),
        session.lifetime().into(),
        session.verdict_code().cast_unsigned(),
    ];
    let numbers = numbers.map(u64::to_be_bytes);
    let fields = [
        session.id(),
        session.secret(),
        session.ticket().map_or(&[], |ticket| &ticket[..]),
        session.server_name().unwrap_or_default().as_bytes(),
        session.alpn().unwrap_or_default(),
        session.context(),
        session.psk_identity().unwrap_or_default(),
        numbers.as_flattened(),
    ];
    let chain = || session.peer().into_iter().flat_map(|peer| peer.0.iter()).map(AsRef::as_ref);
    let opaque = || fields.into_iter().chain(chain());
    let mut out = Vec::with_capacity(MAGIC.len() + opaque().map(|field: &[u8]| 4 + field.len()).sum::<usize>());
    out.extend_from_slice(MAGIC);
    for field in opaque() {
        out.extend_from_slice(&u32::try_from(field.len()).unwrap_or(0).to_be_bytes());
        out.extend_from_slice(field);
    }
    out
}

/// The session again, by the system's clock; `None` for anything else.
pub fn decode(bytes: &[u8]) -> Option<SessionFacts> {
    let facts = decode_as_kept(bytes)?;
    Some(SessionFacts { created: rebased(facts.created, program_now(), now()), ..facts })
}

/// The session again, by the program's clock.
pub fn decode_as_kept(bytes: &[u8]) -> Option<SessionFacts> {
    let mut rest = bytes.strip_prefix(MAGIC)?;
    let mut opaque = || {
        let (len, after) = rest.split_first_chunk::<4>()?;
        let (field, after) = after.split_at_checked(u32::from_be_bytes(*len) as usize)?;
        rest = after;
        Some(field)
    };
    let (id, secret, ticket) = (opaque()?, opaque()?, opaque()?);
    let (server_name, alpn, context) = (opaque()?, opaque()?, opaque()?);
    let (psk_identity, numbers) = (opaque()?, opaque()?);
    let mut certificates: Vec<Arc<[u8]>> = Vec::new();
    while let Some(certificate) = opaque() {
        certificates.push(certificate.into());
    }
    if !rest.is_empty() {
        return None;
    }
    let numbers: &[[u8; 8]; 8] = numbers.as_chunks().0.try_into().ok()?;
    let [version, suite, extended, group, age_add, created, lifetime, code] = numbers.map(u64::from_be_bytes);
    Some(SessionFacts {
        id: id.to_vec(),
        version: version.try_into().ok()?,
        suite: suite.try_into().ok()?,
        secret: secret.to_vec().into(),
        extended_master_secret: extended != 0,
        group: group.try_into().ok()?,
        ticket: ticket.into(),
        age_add: age_add.try_into().ok()?,
        created,
        lifetime: lifetime.try_into().ok()?,
        server_name: Some(std::str::from_utf8(server_name).ok()?).filter(|name| !name.is_empty()).map(str::to_owned),
        alpn: Some(alpn).filter(|name| !name.is_empty()).map(<[u8]>::to_vec),
        context: context.to_vec(),
        peer: (!certificates.is_empty()).then(|| PeerChain(certificates.into())),
        code: code.cast_signed(),
        psk_identity: Some(psk_identity).filter(|identity| !identity.is_empty()).map(<[u8]>::to_vec),
    })
}

/// How long a client of TLS 1.3 waits for the ticket that makes a session, in milliseconds.
const WAIT: c_uint = 60;

/// The session's data. Under TLS 1.3 it comes with a ticket: one that is on its way is waited for.
unsafe fn data(session: *mut Handle) -> Result<Vec<u8>, c_int> {
    // SAFETY: the callers' promise.
    unsafe {
        let wait = attempt(session, |session| {
            session.has_data()?;
            let missing = session.resume.made.is_none() && session.is_tls13() && !session.is_server();
            let missing = missing && session.is_established();
            Ok(missing && !session.invalid && !record::is_nonblocking(session))
        })?;
        if wait && !with(session, |session| session.connection.as_ref().is_some_and(|it| it.pending() > 0))? {
            look_for_ticket(session)?;
        }
        attempt(session, |session| match &session.resume.made {
            _ if !session.is_established() || session.is_server() && session.is_tls13() => Ok(NOTHING.to_vec()),
            Some(made) => Ok(encode(made)),
            // A session that was resumed can be again, unless it was to be used once.
            None if session.is_tls13() => Ok(NOTHING.to_vec()),
            None => match &session.resume.offered {
                Some(offered) if session.agreed().is_some_and(|agreed| agreed.resumed) => Ok(encode(offered)),
                _ => Ok(NOTHING.to_vec()),
            },
        })
    }
}

impl Session {
    /// May it be asked for its data? Before a handshake of TLS 1.3 is over that is nothing, and no error.
    fn has_data(&self) -> Result<(), c_int> {
        let wanted = || self.priority.as_ref().and_then(|priority| priority.protocols.first());
        match self.version() {
            _ if self.is_established() => Ok(()),
            Some(Protocol::Tls13) => Ok(()),
            Some(Protocol::Tls12) if self.agreed().is_some() => Err(error::UNAVAILABLE_DURING_HANDSHAKE),
            None if self.progress == Progress::Before && wanted() == Some(&protocol::TLS1_3) => Ok(()),
            _ => Err(error::INTERNAL_ERROR),
        }
    }
}

/// Stands for a session that cannot be resumed.
const NOTHING: &[u8] = &[0, 0, 0, 0];

/// Reads ahead for a ticket, a short while. Data that comes first stays where it is.
unsafe fn look_for_ticket(session: *mut Handle) -> Result<(), c_int> {
    // SAFETY: the callers' promise.
    unsafe {
        loop {
            let stop =
                with(session, |session| session.connection.as_mut().map(|connection| connection.read(&mut [], true)))?;
            record::after_messages(session)?;
            if with(session, |session| session.resume.made.is_some())? {
                return Ok(());
            }
            match stop {
                Some(Ok(standin_engine::Read::Stop(standin_engine::Stop::Input))) => {}
                _ => return Ok(()),
            }
            // Who cannot wait has no ticket, and loses nothing by it.
            if transport::wait_for_input(session, WAIT).is_err()
                || transport::fill(session, transport::Patience::Transport).is_err()
            {
                return Ok(());
            }
        }
    }
}

versioned! {
    /// The session as bytes; the program frees them (gnutls_free).
    pub unsafe extern "C" fn gnutls_session_get_data2(session: *mut Handle, out: *mut Datum) -> c_int {
        if out.is_null() {
            return error::INVALID_REQUEST;
        }
        // SAFETY: the program's pointers.
        unsafe {
            match data(session).and_then(|data| Datum::copied(&data).ok_or(error::MEMORY_ERROR)) {
                Ok(datum) => {
                    out.write(datum);
                    0
                }
                Err(error) => error,
            }
        }
    }

    /// The session as bytes, into the program's room.
    pub unsafe extern "C" fn gnutls_session_get_data(session: *mut Handle, out: *mut c_void, size: *mut usize) -> c_int {
        if size.is_null() {
            return error::INVALID_REQUEST;
        }
        // SAFETY: the program's pointers.
        unsafe {
            match data(session) {
                Ok(data) => copy(&data, out.cast(), size),
                Err(error) => error,
            }
        }
    }

    /// The session to resume. Data that says nothing of use is passed over: the handshake is then a full one.
    pub unsafe extern "C" fn gnutls_session_set_data(session: *mut Handle, data: *const c_void, size: usize) -> c_int {
        // SAFETY: the program's pointers.
        error::status(unsafe { attempt(session, |session| {
            if data.is_null() || size == 0 {
                return Err(error::INVALID_REQUEST);
            }
            let bytes = memory::items(data.cast::<u8>(), size).ok_or(error::MEMORY_ERROR)?;
            if bytes == NOTHING {
                return Ok(());
            }
            let facts = decode(bytes).ok_or(error::PARSING_ERROR)?;
            if facts.lifetime != 0 && facts.created + u64::from(facts.lifetime) < now() {
                return Err(error::EXPIRED);
            }
            session.resume.offered = Some(standin_engine::Session::restore(facts).ok_or(error::PARSING_ERROR)?);
            Ok(())
        }) })
    }

    /// Has the client asked a server to resume a session?
    pub unsafe extern "C" fn gnutls_session_resumption_requested(session: *mut Handle) -> c_int {
        // SAFETY: the program's pointer.
        let requested = unsafe { with(session, |session| {
            session.is_server() && match session.agreed() {
                Some(agreed) if session.is_tls13() => agreed.resumed && agreed.psk_identity.is_none(),
                Some(_) => session.answering.offers.session_id,
                None => session.version() == Some(Protocol::Tls12) && session.answering.offers.session_id,
            }
        }) };
        c_int::from(requested == Ok(true))
    }

    /// The session's id, into the program's room; without one, its size alone.
    pub unsafe extern "C" fn gnutls_session_get_id(session: *mut Handle, out: *mut c_void, size: *mut usize) -> c_int {
        if size.is_null() {
            return error::INVALID_REQUEST;
        }
        // SAFETY: the program's pointers.
        unsafe {
            match with(session, |session| session.id().to_vec()) {
                Ok(id) if out.is_null() => {
                    size.write(id.len());
                    0
                }
                Ok(id) => copy(&id, out.cast(), size),
                Err(error) => error,
            }
        }
    }

    /// The session's id; it stays the session's.
    pub unsafe extern "C" fn gnutls_session_get_id2(session: *mut Handle, out: *mut Datum) -> c_int {
        if out.is_null() {
            return error::INVALID_REQUEST;
        }
        // SAFETY: the program's pointers.
        unsafe {
            match with(session, |session| Datum::lent(session.id())) {
                Ok(id) => {
                    out.write(id);
                    0
                }
                Err(error) => error,
            }
        }
    }
}

impl Session {
    /// TLS 1.3 has no ids, nor has a server of TLS 1.2 that gives a ticket: one is made up for each session.
    pub fn id(&mut self) -> &[u8] {
        if self.agreed().is_none() {
            return &[];
        }
        if self.is_tls13() {
            return self.made_up_id();
        }
        if self.is_server() {
            return match self.connection.as_ref().is_some_and(|connection| !connection.session_id().is_empty()) {
                true => self.connection.as_ref().map_or(&[], Connection::session_id),
                false => self.made_up_id(),
            };
        }
        let resumed = self.resume.offered.as_ref().filter(|_| self.agreed().is_some_and(|agreed| agreed.resumed));
        self.resume.made.as_ref().or(resumed).map_or(&[], |made| made.id())
    }

    fn made_up_id(&mut self) -> &[u8] {
        if self.resume.made_up.is_empty() {
            let mut id = vec![0; MADE_UP];
            // SAFETY: room as long as told.
            if unsafe { gnutls_rnd(RND_NONCE, id.as_mut_ptr().cast(), id.len()) } >= 0 {
                self.resume.made_up = id;
            }
        }
        &self.resume.made_up
    }
}

/// By the program's clock.
pub fn program_now() -> u64 {
    u64::try_from(clock::now()).unwrap_or(0)
}

/// By the engine's, which is the system's.
pub fn now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

/// Copies into a program's room; GNUTLS_E_SHORT_MEMORY_BUFFER, and how much is needed, if there is not enough.
///
/// # Safety
/// `out` is NULL or `size` bytes.
unsafe fn copy(data: &[u8], out: *mut u8, size: *mut usize) -> c_int {
    // SAFETY: the caller's promise.
    unsafe {
        let room = size.replace(data.len());
        if room < data.len() || out.is_null() {
            return error::SHORT_MEMORY_BUFFER;
        }
        std::ptr::copy_nonoverlapping(data.as_ptr(), out, data.len());
        0
    }
}
