//! Judging a peer's chain: by the program's function, or by its trust list.

use std::ffi::{CStr, CString, c_char, c_int, c_uint, c_void};
use std::sync::Arc;

use standin_boundary::clock;
use standin_engine::{Connection, PeerChain, Verdict};

use super::chain::Chain;
use super::config::request;
use super::{Handle, Session, attempt, flag, ocsp, with};
use crate::credentials::verdicts::Question;
use crate::credentials::{Certificate, VerifyFunction};
use crate::error;
use crate::gnutls::{Owned, TypedData, data, gnutls_x509_trust_list_verify_crt2};

/// What gnutls_session_get_verify_cert_status says before anything was verified.
const UNKNOWN: c_uint = c_uint::MAX;

/// How the peer is to be verified.
pub struct Verification {
    function: Option<VerifyFunction>,
    /// Within the handshake, by the credentials' trust list.
    automatic: bool,
    hostname: Option<CString>,
    /// The program's; they stay where they are.
    data: Vec<TypedData>,
    flags: c_uint,
    status: c_uint,
    output: Option<*const c_void>,
    /// The leaf of whom was verified first.
    known: Option<Arc<[u8]>>,
    /// The program's function is at it: what it calls on the session must not lead back to it.
    judging: bool,
}

impl Default for Verification {
    fn default() -> Self {
        Verification {
            function: None,
            automatic: false,
            hostname: None,
            data: Vec::new(),
            flags: 0,
            status: UNKNOWN,
            output: None,
            known: None,
            judging: false,
        }
    }
}

impl Verification {
    pub fn handshake_begins(&mut self) {
        self.status = UNKNOWN;
    }

    /// The program's function is at it.
    pub fn is_judging(&self) -> bool {
        self.judging
    }
}

/// What judges a chain.
#[derive(Clone, Copy)]
pub(super) enum Judge {
    Nobody,
    Function(VerifyFunction),
    TrustList,
}

/// Judges the chain that waits. A refusal leaves the connection as it is: the program chooses the alert.
///
/// # Safety
/// `session` is live and not borrowed.
pub unsafe fn judge(session: *mut Handle) -> Result<(), c_int> {
    // SAFETY: the callers' promise; the program's function runs with nothing borrowed.
    unsafe {
        let judge = attempt(session, |session| {
            session.stays_the_same()?;
            session.peer.forget();
            session.judge()
        })?;
        ask(session, judge)?;
        attempt(session, |session| session.keeps_credentials())?;
        let judged = with(session, |session| {
            let leaf = session.candidate().and_then(|chain| chain.0.first().cloned());
            let judged = match &mut session.connection {
                Some(connection) => connection.judge(Verdict::Accept { code: 0 }),
                None => Err(standin_engine::Error::WrongState),
            };
            if judged.is_ok() && session.verification.known.is_none() {
                session.verification.known = leaf;
            }
            judged
        })?;
        judged.or_else(|error| Err(with(session, |session| session.failed(&error))?))
    }
}

/// A client was asked on a live connection and has shown no certificate: the program's function is told, and may refuse
/// it for that.
///
/// # Safety
/// As for [`judge`].
pub unsafe fn judge_nobody(session: *mut Handle) -> Result<(), c_int> {
    // SAFETY: the callers' promise; the program's function runs with nothing borrowed.
    unsafe {
        let judge = attempt(session, |session| session.judge())?;
        ask(session, judge)
    }
}

unsafe fn ask(session: *mut Handle, judge: Judge) -> Result<(), c_int> {
    // SAFETY: the callers' promise; the program's function runs with nothing borrowed.
    unsafe {
        match judge {
            Judge::Nobody => Ok(()),
            Judge::TrustList => by_trust_list(session),
            Judge::Function(function) => {
                attempt(session, |session| {
                    // What was presented is known by the credentials, which the function may change.
                    session.own_leaf();
                    match std::mem::replace(&mut session.verification.judging, true) {
                        true => Err(error::UNEXPECTED_PACKET),
                        false => Ok(()),
                    }
                })?;
                let answer = function(session);
                with(session, |session| session.verification.judging = false)?;
                match answer {
                    0 => Ok(()),
                    // -1 says no more than that it is refused.
                    error if error < -1 => Err(error),
                    _ => Err(error::CERTIFICATE_ERROR),
                }
            }
        }
    }
}

impl Session {
    /// The chain that waits for a verdict.
    pub fn candidate(&self) -> Option<&PeerChain> {
        self.connection.as_ref().and_then(Connection::candidate)
    }

    /// A peer may not turn into another one on the same connection, unless the program allows it.
    fn stays_the_same(&self) -> Result<(), c_int> {
        let leaf = self.candidate().and_then(|chain| chain.0.first());
        match &self.verification.known {
            Some(known) if !self.has(flag::ALLOW_ID_CHANGE) && leaf != Some(known) => {
                Err(error::SESSION_USER_ID_CHANGED)
            }
            _ => Ok(()),
        }
    }

    /// A function that judges may take the credentials away: then only a server of TLS 1.3 goes on.
    fn keeps_credentials(&self) -> Result<(), c_int> {
        let needless = self.is_established() || self.is_server() && self.is_tls13();
        if needless || self.held.certificate().is_some() { Ok(()) } else { Err(error::INSUFFICIENT_CREDENTIALS) }
    }

    pub(super) fn judge(&self) -> Result<Judge, c_int> {
        let ignores = self.is_server() && self.request == request::IGNORE;
        match (self.held.certificate(), self.verification.function, self.verification.automatic) {
            // Who was asked on a live connection is not taken unseen, whatever was set since.
            (None, ..) if self.is_established() => Err(error::UNEXPECTED_PACKET),
            _ if ignores && self.is_established() => Err(error::UNEXPECTED_PACKET),
            // A client that has only a pre-shared key means that server, and no other.
            (None, ..) => Err(error::INSUFFICIENT_CREDENTIALS),
            _ if ignores => Ok(Judge::Nobody),
            (_, Some(function), _) => Ok(Judge::Function(function)),
            (_, None, true) => Ok(Judge::TrustList),
            (Some(cred), None, false) => Ok(cred.read(|state| state.verify.map_or(Judge::Nobody, Judge::Function))),
        }
    }
}

/// What gnutls_session_set_verify_cert asks for.
unsafe fn by_trust_list(session: *mut Handle) -> Result<(), c_int> {
    // SAFETY: the callers' promise.
    unsafe {
        let (mut data, _name) = with(session, |session| {
            let verification = &session.verification;
            let mut data = verification.data.clone();
            if let Some(name) = &verification.hostname {
                data.push(TypedData { kind: data::HOSTNAME, data: name.as_ptr().cast_mut().cast(), size: 0 });
            }
            (data, verification.hostname.clone())
        })?;
        // As the original: what keeps it from being verified is not told apart.
        let status = verify(session, &mut data).map_err(|_| error::CERTIFICATE_ERROR)?;
        with(session, |session| session.verification.status = status)?;
        if status == 0 { Ok(()) } else { Err(error::CERTIFICATE_VERIFICATION_ERROR) }
    }
}

/// Verifies the peer's chain by the credentials' trust list: GNUTLS_CERT_*.
unsafe fn verify(session: *mut Handle, data: &mut [TypedData]) -> Result<c_uint, c_int> {
    // SAFETY: the callers' promise; the output function of a program runs with nothing borrowed.
    unsafe {
        let (chain, cred, output, flags) = attempt(session, |session| {
            let cred = session.held.certificate;
            let connection = session.connection.as_ref().ok_or(error::INVALID_REQUEST)?;
            if cred.is_null() {
                return Err(error::INSUFFICIENT_CREDENTIALS);
            }
            // Nobody has yet said how it is to be authenticated.
            session.agreed().ok_or(error::INVALID_REQUEST)?;
            let chain = connection.candidate().or(connection.peer()).cloned().ok_or(error::NO_CERTIFICATE_FOUND)?;
            let flags = session.verification.flags
                | session.priority.as_ref().map_or(0, |priority| priority.switches.verify_flags);
            Ok((chain, cred, session.verification.output, flags))
        })?;
        let (question, flags) = (*cred).read(|state| {
            let flags = flags | state.verify_flags;
            // Who wants to be told of every step gets every step.
            let question = output.is_none().then(|| Question::new(state, &chain, data, flags));
            (question.flatten(), flags)
        });
        let begun = clock::now();
        let known = question.as_ref().and_then(|question| (*cred).verdicts.recall(question, begun));
        let chain = Chain::new(chain);
        let (status, must_staple) = match known {
            Some(must_staple) => (0, must_staple),
            None => {
                let status = by_list(&*cred, chain.certificates()?, data, flags, output)?;
                let must_staple = ocsp::must_staple(chain.leaf()?);
                if let (0, Some(question)) = (status, question) {
                    let between = (begun, clock::now());
                    let certs = chain.certificates()?;
                    (*cred).read(|state| (*cred).verdicts.remember(question, state, certs, between, must_staple));
                }
                (status, must_staple)
            }
        };
        let trust = (*cred).read(|state| state.trust.as_ptr());
        Ok(status | ocsp::judge(session, &chain, must_staple, trust, flags)?)
    }
}

/// What the original says of the chain: GNUTLS_CERT_*.
unsafe fn by_list(
    cred: &Certificate,
    certs: &[Owned<crate::gnutls::Certificate>],
    data: &mut [TypedData],
    flags: c_uint,
    output: Option<*const c_void>,
) -> Result<c_uint, c_int> {
    let (trust, depth) = cred.read(|state| (state.trust.as_ptr(), state.verify_depth));
    if depth > 0 && certs.len() > depth as usize {
        return Err(error::CONSTRAINT_ERROR);
    }
    let list: Vec<_> = certs.iter().map(Owned::as_ptr).collect();
    let mut status = 0;
    // SAFETY: all objects are live; the data is as the original wants it, and nothing is borrowed of the session.
    let result = unsafe {
        gnutls_x509_trust_list_verify_crt2(
            trust,
            list.as_ptr(),
            list.len() as c_uint,
            data.as_mut_ptr(),
            data.len() as c_uint,
            flags,
            &mut status,
            output.unwrap_or(std::ptr::null()),
        )
    };
    if result < 0 { Err(result) } else { Ok(status) }
}

unsafe fn set(session: *mut Handle, set: impl FnOnce(&mut Verification)) {
    // SAFETY: the program's pointer.
    let _null = unsafe { with(session, |session| set(&mut session.verification)) };
}

/// Verifies, and tells the status.
unsafe fn report(session: *mut Handle, data: &mut [TypedData], status: *mut c_uint) -> c_int {
    // SAFETY: the program's pointers.
    unsafe {
        match verify(session, data) {
            Ok(found) => {
                if !status.is_null() {
                    status.write(found);
                }
                0
            }
            Err(error) => error,
        }
    }
}

versioned! {
    /// Verifies the peer's chain: 0, and what is wrong with it in `status`.
    pub unsafe extern "C" fn gnutls_certificate_verify_peers2(session: *mut Handle, status: *mut c_uint) -> c_int {
        // SAFETY: the program's pointers.
        unsafe { report(session, &mut [], status) }
    }

    /// ... for a host.
    pub unsafe extern "C" fn gnutls_certificate_verify_peers3(
        session: *mut Handle, hostname: *const c_char, status: *mut c_uint
    ) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            let mut data = [TypedData { kind: data::HOSTNAME, data: hostname.cast_mut().cast(), size: 0 }];
            report(session, if hostname.is_null() { &mut [] } else { &mut data }, status)
        }
    }

    /// ... for what the data says.
    pub unsafe extern "C" fn gnutls_certificate_verify_peers(
        session: *mut Handle, data: *mut TypedData, elements: c_uint, status: *mut c_uint
    ) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            let empty = data.is_null() || elements == 0;
            let mut data = if empty { Vec::new() } else { std::slice::from_raw_parts(data, elements as usize).to_vec() };
            report(session, &mut data, status)
        }
    }

    /// Has the program's function judge the peer within the handshake.
    pub unsafe extern "C" fn gnutls_session_set_verify_function(session: *mut Handle, function: Option<VerifyFunction>) {
        // SAFETY: the program's pointer.
        unsafe { set(session, |verification| verification.function = function) }
    }

    /// Has the trust list judge the peer within the handshake, for a host if one is named.
    pub unsafe extern "C" fn gnutls_session_set_verify_cert(session: *mut Handle, hostname: *const c_char, flags: c_uint) {
        // SAFETY: the program's pointers.
        unsafe {
            let name = (!hostname.is_null()).then(|| CStr::from_ptr(hostname).to_owned());
            set(session, |verification| {
                verification.function = None;
                verification.automatic = true;
                verification.hostname = name;
                verification.data.clear();
                verification.flags = flags;
            });
        }
    }

    /// ... for what the data says, which has to stay where it is.
    pub unsafe extern "C" fn gnutls_session_set_verify_cert2(
        session: *mut Handle, data: *mut TypedData, elements: c_uint, flags: c_uint
    ) {
        // SAFETY: the program's pointers.
        unsafe {
            let empty = data.is_null() || elements == 0;
            let data = if empty { Vec::new() } else { std::slice::from_raw_parts(data, elements as usize).to_vec() };
            set(session, |verification| {
                verification.function = None;
                verification.automatic = true;
                verification.hostname = None;
                verification.data = data;
                verification.flags = flags;
            });
        }
    }

    /// What was wrong with the peer's chain; all bits set before it was verified.
    pub unsafe extern "C" fn gnutls_session_get_verify_cert_status(session: *mut Handle) -> c_uint {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| session.verification.status) }.unwrap_or(UNKNOWN)
    }

    /// Tells the program of every step of a verification.
    pub unsafe extern "C" fn gnutls_session_set_verify_output_function(session: *mut Handle, function: *const c_void) {
        // SAFETY: the program's pointer.
        unsafe { set(session, |verification| verification.output = (!function.is_null()).then_some(function)) }
    }
}
