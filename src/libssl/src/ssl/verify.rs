//! Judging a peer's chain with the program's libcrypto, as libssl does.

use std::ffi::{c_int, c_long};

use standin_engine::{Alert, Connection, Error, PeerChain, Verdict};

use super::handshake::{Go, give_up};
use super::suite_b::SuiteB;
use super::{SSL, Want, config, message, with};
use crate::ctx::start::SSL_get_ex_data_X509_STORE_CTX_idx;
use crate::ctx::{Library, SSL_CTX};
use crate::error::{self, Reason, reason};
use crate::libcrypto::stack::Certificates;
use crate::libcrypto::store::{
    X509_STORE_CTX_get_error, X509_STORE_CTX_get0_chain, X509_STORE_CTX_get0_param, X509_STORE_CTX_get1_chain,
    X509_STORE_CTX_init, X509_STORE_CTX_new_ex, X509_STORE_CTX_set_default, X509_STORE_CTX_set_ex_data,
    X509_STORE_CTX_set_flags, X509_STORE_CTX_set_verify_cb, X509_STORE_CTX_set0_dane, X509_VERIFY_PARAM_move_peername,
    X509_VERIFY_PARAM_set_auth_level, X509_VERIFY_PARAM_set1, X509_verify_cert,
};
use crate::libcrypto::x509::X509_get_pubkey;
use crate::libcrypto::{Owned, X509_STORE, X509_STORE_CTX, err};
use crate::set::groups;

impl SSL {
    /// The name by which the last peer was known is nobody's.
    pub(super) fn forget_peer_name(&mut self) {
        // SAFETY: the connection's own parameters.
        unsafe { X509_VERIFY_PARAM_move_peername(self.param.as_ptr(), std::ptr::null_mut()) };
    }
}

/// The alert for an X509_V_ERR_* code, RFC 8446 §6.2 as OpenSSL reads it.
pub fn alert_for(code: i64) -> Alert {
    match code {
        8 | 7 => Alert::DECRYPT_ERROR,                       // signature failures
        10 | 12 => Alert::CERTIFICATE_EXPIRED,               // certificate or CRL has expired
        2 | 3 | 18..=22 | 24 | 25 | 33 => Alert::UNKNOWN_CA, // no way to a trusted issuer, or too long
        23 => Alert::CERTIFICATE_REVOKED,
        26 => Alert::UNSUPPORTED_CERTIFICATE,      // wrong purpose
        50 => Alert::HANDSHAKE_FAILURE,            // the application said no
        1 | 17 | 69 | 70 => Alert::INTERNAL_ERROR, // unspecified, memory, call, lookup
        4..=6 | 9 | 11 | 13..=16 | 27..=29 | 62..=68 | 47..=49 | 56..=61 | 94 => Alert::BAD_CERTIFICATE,
        _ => Alert::CERTIFICATE_UNKNOWN,
    }
}

/// The least that a Certificate message with this chain takes (RFC 8446 §4.4.2, RFC 5246 §7.4.2), for
/// SSL_CTX_set_max_cert_list.
fn message_length(chain: &PeerChain, tls13: bool) -> usize {
    let (head, each) = if tls13 { (4, 5) } else { (3, 3) };
    head + chain.0.iter().map(|certificate| each + certificate.len()).sum::<usize>()
}

/// SSL_VERIFY_NONE.
const NONE: c_int = 0;

/// Judges the chain that waits.
///
/// # Safety
/// `ssl` is live and not borrowed; a guard keeps it.
pub unsafe fn judge(ssl: *mut SSL) -> Go {
    // SAFETY: the verification's callbacks run with nothing borrowed.
    unsafe {
        let chain = with(ssl, |ssl| ssl.connection.as_ref().and_then(Connection::candidate).cloned());
        let Some(Some(chain)) = chain else { return Go::Return(-1) };
        if with(ssl, |ssl| message_length(&chain, ssl.is_tls13()) > ssl.switches.max_cert_list) == Some(true) {
            error::raise(reason::EXCESSIVE_MESSAGE_SIZE);
            return refuse(ssl, Alert::ILLEGAL_PARAMETER);
        }
        let waiting = with(ssl, |ssl| {
            if ssl.want == Want::RetryVerify {
                ssl.want = Want::Nothing;
            }
            ssl.peer.await_verdict(&chain);
            certificates(ssl, &chain)
        });
        let Some(certificates) = waiting.flatten() else {
            error::raise(Reason::ASN1_LIB);
            return refuse(ssl, Alert::BAD_CERTIFICATE);
        };
        let Some(accepted) = verify(ssl, certificates.list()) else {
            error::raise(Reason::MALLOC_FAILURE);
            return refuse(ssl, Alert::INTERNAL_ERROR);
        };
        // The original's servers, having asked no more than whether it is accepted, go on.
        if accepted > 0 && with(ssl, |ssl| !ssl.is_server() && ssl.want == Want::RetryVerify) == Some(true) {
            return Go::Return(-1);
        }
        let Some((mode, code)) = with(ssl, |ssl| (ssl.switches.verify_mode, ssl.verify_result)) else {
            return Go::Return(-1);
        };
        if mode != NONE && accepted <= 0 {
            error::raise(reason::CERTIFICATE_VERIFY_FAILED);
            return refuse(ssl, alert_for(code));
        }
        err::clear(); // of what was overlooked
        // Who is asked for a certificate chooses it first.
        if with(ssl, |ssl| !ssl.is_server() && !ssl.answers_request()) == Some(true)
            && let Go::Return(result) = look_at_staple(ssl)
        {
            return Go::Return(result);
        }
        if with(ssl, |ssl| has_wrong_curve(ssl, certificates.list())) == Some(true) {
            error::raise(reason::WRONG_CURVE);
            return refuse(ssl, Alert::ILLEGAL_PARAMETER);
        }
        let judged = with(ssl, |ssl| {
            ssl.peer.set(certificates, &chain);
            match &mut ssl.connection {
                Some(connection) => connection.judge(Verdict::Accept { code }),
                None => Err(Error::WrongState),
            }
        });
        match judged {
            Some(Ok(())) => {
                with(ssl, |ssl| ssl.want = Want::Nothing);
                Go::On
            }
            Some(Err(error)) => Go::Return(give_up(ssl, &error)),
            None => Go::Return(-1),
        }
    }
}

/// Under TLS 1.2 the curve of a peer's key is one of our groups (RFC 8422 §5.1).
fn has_wrong_curve(ssl: &SSL, certificates: &Certificates) -> bool {
    let Some(own) = config::own_groups(ssl).filter(|_| !ssl.is_tls13()) else { return false };
    // SAFETY: the list keeps its certificates, and the reference is ours.
    let key = unsafe { Owned::from_raw(X509_get_pubkey(certificates.at(0))) };
    key.is_some_and(|key| groups::of_key(&key).is_some_and(|curve| !own.contains(&curve)))
}

/// A client that has asked for an OCSP staple lets the program look at it.
///
/// # Safety
/// As for [`judge`].
pub unsafe fn look_at_staple(ssl: *mut SSL) -> Go {
    const BAD_STATUS_RESPONSE: Alert = Alert(113);
    // SAFETY: as for `judge`.
    unsafe {
        message::show(ssl);
        let hook = with(ssl, |ssl| {
            ssl.ocsp_response = ssl.connection.as_ref().and_then(Connection::stapled_ocsp).map(<[u8]>::to_vec);
            let asked = ssl.switches.status_type == config::STATUS_TYPE_OCSP;
            let hook = ssl.ctx().read(|state| state.hooks.status.map(|call| (call, state.hooks.status_argument)));
            hook.filter(|_| asked)
        });
        let Some(Some((callback, argument))) = hook else { return Go::On };
        match callback(ssl.cast(), argument) {
            0 => super::handshake::refuse(ssl, BAD_STATUS_RESPONSE, reason::INVALID_STATUS_RESPONSE),
            ..0 => super::handshake::refuse(ssl, Alert::INTERNAL_ERROR, reason::OCSP_CALLBACK_FAILURE),
            _ => Go::On,
        }
    }
}

/// The chain to verify. Where functions of the program's look on it is this connection's own, as everywhere that the
/// program sees it: it may hang things on it, or change it.
fn certificates(ssl: &mut SSL, chain: &PeerChain) -> Option<Judged> {
    let looks_on = ssl.switches.verify_callback.is_some()
        || ssl.ctx().read(|state| state.hooks.verify.is_some())
        || store(ssl).has_callbacks();
    match looks_on {
        // SAFETY: a list of its own that shares the elements.
        true => unsafe { Certificates::sharing(ssl.candidate()?.as_ptr()) }.map(Judged::Own),
        false => ssl.ctx().parsed.certificates(&ssl.ctx().library, chain).map(Judged::Shared),
    }
}

/// A chain that is judged.
pub enum Judged {
    /// Of this connection alone.
    Own(Certificates),
    /// Shared with connections that have seen the same: nobody else gets hold of it.
    Shared(Certificates),
}

impl Judged {
    fn list(&self) -> &Certificates {
        let (Judged::Own(list) | Judged::Shared(list)) = self;
        list
    }
}

/// The chain as X509s of its own.
pub fn parse(library: &Library, chain: &PeerChain) -> Option<Certificates> {
    let mut list = Certificates::new()?;
    chain.0.iter().all(|der| library.certificate(der).is_some_and(|one| list.push(one))).then_some(list)
}

fn store(ssl: &SSL) -> Owned<X509_STORE> {
    ssl.settings.verify_store.clone().unwrap_or_else(|| ssl.ctx().read(|state| state.store.clone()))
}

impl SSL {
    /// A client's certificate is asked for in this handshake.
    fn answers_request(&self) -> bool {
        self.connection.as_ref().is_some_and(|connection| connection.certificate_request().is_some())
    }
}

/// The chain is refused; its reason is on the queue.
unsafe fn refuse(ssl: *mut SSL, alert: Alert) -> Go {
    // SAFETY: as for `judge`.
    unsafe {
        message::forget_received(ssl);
        with(ssl, |ssl| {
            if let Some(connection) = &mut ssl.connection {
                let _refused = connection.judge(Verdict::Refuse(alert));
            }
            ssl.want = Want::Nothing;
            ssl.progress = super::Progress::Failed;
            ssl.session.mark_bad();
        });
        super::handshake::send_alert(ssl);
        super::handshake::inform(ssl, super::handshake::event::WRITE_ALERT, 0x200 | c_int::from(alert.0));
    }
    Go::Return(-1)
}

/// Runs the verification: what it (or the program's own) says; `None` when there is no memory.
unsafe fn verify(ssl: *mut SSL, certificates: &Certificates) -> Option<c_int> {
    // SAFETY: all objects outlive the verification; callbacks run with nothing borrowed.
    unsafe {
        let (verification, context) = prepare(ssl, certificates)?;
        let run = verification.as_ptr();
        let own = (*context).read(|state| state.hooks.verify);
        let accepted = match own {
            Some(hook) => (hook.call)(run, hook.argument),
            None => X509_verify_cert(run).max(0),
        };
        with(ssl, |ssl| {
            ssl.verify_result = i64::from(X509_STORE_CTX_get_error(run));
            ssl.peer.verified = match X509_STORE_CTX_get0_chain(run).is_null() {
                true => None,
                false => Certificates::from_raw(X509_STORE_CTX_get1_chain(run)),
            };
            X509_VERIFY_PARAM_move_peername(ssl.param.as_ptr(), X509_STORE_CTX_get0_param(run));
        });
        Some(accepted)
    }
}

/// Sets a verification up.
unsafe fn prepare(ssl: *mut SSL, certificates: &Certificates) -> Option<(Owned<X509_STORE_CTX>, *mut SSL_CTX)> {
    // SAFETY: as for `verify`.
    unsafe {
        let (context, store, level, suite_b, is_server, callback, param, dane) = with(ssl, |ssl| {
            (
                ssl.context,
                store(ssl),
                ssl.switches.security.level,
                SuiteB::of(ssl.switches.certificate_flags),
                ssl.is_server(),
                ssl.switches.verify_callback,
                ssl.param.as_ptr(),
                ssl.dane.is_enabled().then(|| std::ptr::from_mut(&mut *ssl.dane).cast()),
            )
        })?;
        let library = &(*context).library;
        let verification = Owned::from_raw(X509_STORE_CTX_new_ex(library.context, library.properties()))?;
        let run = verification.as_ptr();
        if X509_STORE_CTX_init(run, store.as_ptr(), certificates.at(0), certificates.as_ptr()) == 0 {
            return None;
        }
        let own = X509_STORE_CTX_get0_param(run);
        X509_VERIFY_PARAM_set_auth_level(own, level);
        X509_STORE_CTX_set_flags(run, suite_b.verification_flags());
        if X509_STORE_CTX_set_ex_data(run, SSL_get_ex_data_X509_STORE_CTX_idx(), ssl.cast()) == 0 {
            return None;
        }
        if let Some(dane) = dane {
            X509_STORE_CTX_set0_dane(run, dane);
        }
        // The peer's purpose: a server verifies clients.
        let purpose = if is_server { c"ssl_client" } else { c"ssl_server" };
        X509_STORE_CTX_set_default(run, purpose.as_ptr());
        X509_VERIFY_PARAM_set1(own, param);
        if callback.is_some() {
            X509_STORE_CTX_set_verify_cb(run, callback);
        }
        // `store` is kept by the verification only as a pointer; the context or settings hold it.
        drop(store);
        Some((verification, context))
    }
}

versioned! {
    /// The X509_V_* code of the peer's chain.
    pub unsafe extern "C" fn SSL_get_verify_result(ssl: *const SSL) -> c_long {
        // SAFETY: the program's pointer.
        unsafe { with(ssl, |ssl| ssl.verify_result as c_long) }.unwrap_or(0)
    }

    /// Sets it.
    pub unsafe extern "C" fn SSL_set_verify_result(ssl: *mut SSL, result: c_long) {
        // SAFETY: the program's pointer.
        unsafe { with(ssl, |ssl| ssl.verify_result = result) };
    }
}
