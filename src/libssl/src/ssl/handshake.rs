//! The handshake: the engine's stops become I/O and the program's callbacks.

use std::ffi::{CString, c_int};

use standin_engine::{Alert, Connection, Error, Fault, Role, Stop};

use super::fault::Answer;
use super::transport::{clear_system_error, fill, flush, push_through};
use super::{
    Guard, PostHandshake, Progress, SSL, Want, choose, extensions, hello, journal, message, psk, start, steps, verify,
    with,
};
use crate::ctx::cache::Count;
use crate::error::{self, Reason, reason};
use crate::libcrypto::bio::{self, BIO_clear_flags};
use crate::libcrypto::err;

/// Where I/O or a callback has left a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Go {
    /// On.
    On,
    /// The call returns this.
    Return(c_int),
}

impl Go {
    /// Goes on with `next`.
    pub fn then(self, next: impl FnOnce() -> Go) -> Go {
        match self {
            Go::On => next(),
            stop => stop,
        }
    }
}

/// SSL_CB_* of info callbacks.
pub mod event {
    use std::ffi::c_int;
    pub const EXIT: c_int = 0x02;
    pub const HANDSHAKE_START: c_int = 0x10;
    pub const HANDSHAKE_DONE: c_int = 0x20;
    pub const LOOP: c_int = 0x01;
    pub const CONNECT: c_int = 0x1000;
    pub const ACCEPT: c_int = 0x2000;
    pub const READ_ALERT: c_int = 0x4004;
    pub const WRITE_ALERT: c_int = 0x4008;
}

/// The level of an alert, where info callbacks are told of it.
const FATAL: c_int = 0x200;
pub const WARNING: c_int = 0x100;

/// Tells the program's info callback. With a fatal alert the connection's session goes (RFC 5246 §7.2.2).
///
/// # Safety
/// `ssl` is live and not borrowed.
pub unsafe fn inform(ssl: *mut SSL, event: c_int, value: c_int) {
    // SAFETY: the caller's promise; the callback runs with nothing borrowed.
    unsafe {
        let callback = with(ssl, |ssl| {
            ssl.switches.info_callback.or_else(|| ssl.ctx().read(|state| state.switches.info_callback))
        });
        let fatal = value & FATAL != 0;
        if fatal && event == event::WRITE_ALERT {
            super::sessions::withdraw_own(ssl);
        }
        if matches!(event, event::READ_ALERT | event::WRITE_ALERT) {
            message::show_alert(ssl, event == event::WRITE_ALERT, value);
        }
        if let Some(Some(callback)) = callback {
            callback(ssl.cast(), event, value);
        }
        if fatal && event == event::READ_ALERT {
            super::sessions::withdraw_own(ssl);
        }
    }
}

/// Who has been told that the peer closed (SSL_set_shutdown) hears no more of it.
unsafe fn hear(ssl: *mut SSL) -> Go {
    // SAFETY: as for `run`.
    unsafe {
        if with(ssl, |ssl| ssl.shutdown & super::state::RECEIVED_SHUTDOWN != 0) != Some(true) {
            return Go::On;
        }
        with(ssl, |ssl| ssl.want = Want::Reading);
    }
    Go::Return(-1)
}

/// Runs the handshake as far as it goes: 1, or what the C function returns.
///
/// # Safety
/// `ssl` is live and not borrowed.
pub unsafe fn run(ssl: *mut SSL) -> c_int {
    // SAFETY: the guard keeps the SSL while callbacks run.
    unsafe {
        let _guard = Guard::new(ssl);
        // A method for one role only has nothing to do for the other.
        let method_fits = |ssl: &mut SSL| !ssl.in_init() || ssl.method.role.is_none_or(|role| ssl.role == Some(role));
        if with(ssl, method_fits) == Some(false) {
            error::raise(Reason::SHOULD_NOT_HAVE_BEEN_CALLED);
            return 0;
        }
        // What another connection left in the thread's queue must not be taken for this one's.
        if with(ssl, |ssl| ssl.progress != Progress::Failed && ssl.in_init()) == Some(true) {
            err::clear();
            clear_system_error();
        }
        if let Go::Return(result) = start::tell(ssl) {
            return result;
        }
        if !psk::ask_client(ssl) || !extensions::ask(ssl) {
            return -1;
        }
        let started = with(ssl, |ssl| {
            if let Some(pipe) = &ssl.wbio {
                BIO_clear_flags(pipe.as_ptr(), bio::flags::ANY | bio::flags::SHOULD_RETRY);
            }
            start::start(ssl)
        });
        match started {
            Some(Ok(())) => {}
            Some(Err(start::NotStarted::Now(why))) => {
                let no_ciphers = why == reason::NO_CIPHERS_AVAILABLE;
                return start::fail(
                    ssl,
                    if no_ciphers { Alert::HANDSHAKE_FAILURE } else { Alert::INTERNAL_ERROR },
                    why,
                );
            }
            _ => return -1,
        }
        let has_to_send = with(ssl, |ssl| ssl.progress == Progress::Established && ssl.in_init()) == Some(true);
        let (result, was_handshaking) = match with(ssl, |ssl| ssl.progress) {
            Some(Progress::Established) => (post_handshake(ssl), false),
            Some(Progress::Handshaking) => (advance(ssl), true),
            _ => (-1, false),
        };
        let told = has_to_send && result == 1 && {
            message::show(ssl);
            steps::rest(ssl)
        };
        if !told && (was_handshaking || has_to_send) {
            with(ssl, |ssl| ssl.steps.within = false);
            inform(ssl, role_of(ssl) | event::EXIT, result);
        }
        result
    }
}

/// SSL_ST_ACCEPT or SSL_ST_CONNECT, as info callbacks are told.
///
/// # Safety
/// As for [`inform`].
pub unsafe fn role_of(ssl: *mut SSL) -> c_int {
    // SAFETY: as for `inform`.
    if unsafe { with(ssl, |ssl| ssl.is_server()) } == Some(true) { event::ACCEPT } else { event::CONNECT }
}

/// The loop that every handshake is.
unsafe fn advance(ssl: *mut SSL) -> c_int {
    // SAFETY: as for `run`.
    unsafe {
        loop {
            let stop = with(ssl, |ssl| match &mut ssl.connection {
                Some(connection) => connection.advance(),
                None => Err(Error::WrongState),
            })
            .unwrap_or(Err(Error::WrongState));
            log_secrets(ssl);
            let stop = match stop {
                Ok(stop) => stop,
                Err(error) => return give_up(ssl, &error),
            };
            let last = with(ssl, |ssl| ssl.last_before(stop)).flatten();
            message::show_until(ssl, last);
            if let Go::Return(result) = psk::ask_again(ssl) {
                return result;
            }
            if stop == Stop::Input {
                steps::rest(ssl);
            }
            if let Go::Return(result) = hello::tell_client(ssl) {
                return result;
            }
            // A flight goes out before anything is waited for, but not while a choice is open.
            if matches!(stop, Stop::Input | Stop::Done)
                && let Go::Return(result) = flush_flight(ssl)
            {
                return result;
            }
            let go = match stop {
                Stop::Input => fill(ssl).then(|| hear(ssl)),
                Stop::Hello => hello::answer(ssl),
                Stop::Verdict => verify::judge(ssl),
                Stop::Certificate => choose::present(ssl),
                Stop::Ticket => super::ticket::make(ssl),
                Stop::Extensions => extensions::received(ssl),
                Stop::Done => return complete(ssl),
            };
            if let Go::Return(result) = go {
                return result;
            }
        }
    }
}

/// Writes what waits to be sent, and sees it through a BIO that buffers: the peer's answer may depend on it.
///
/// # Safety
/// As for [`flush`].
pub unsafe fn flush_flight(ssl: *mut SSL) -> Go {
    // SAFETY: as for `run`.
    unsafe {
        if with(ssl, |ssl| ssl.held || ssl.has_outgoing()) != Some(true) {
            return Go::On;
        }
        match flush(ssl) {
            Go::On => push_through(ssl),
            go => go,
        }
    }
}

/// The engine has ended the connection: its alert goes out as far as the BIO takes it.
///
/// # Safety
/// As for [`run`].
pub unsafe fn give_up(ssl: *mut SSL, error: &Error) -> c_int {
    // SAFETY: as for `run`.
    unsafe {
        let was_established = with(ssl, |ssl| ssl.progress) == Some(Progress::Established);
        if let Error::Fatal { fault: Fault::NoPeerCertificate, .. } = error {
            let last = with(ssl, |ssl| ssl.last_before(Stop::Verdict)).flatten();
            message::show_until(ssl, last);
            message::forget_received(ssl);
        }
        message::show(ssl);
        match error {
            Error::AlertReceived(Alert::CLOSE_NOTIFY) => inform(ssl, event::READ_ALERT, WARNING),
            Error::AlertReceived(alert) => inform(ssl, event::READ_ALERT, FATAL | c_int::from(alert.0)),
            _ => {}
        }
        if with(ssl, |ssl| ssl.fail(error)) == Some(Answer::Silence) {
            return -1;
        }
        let sent = send_alert(ssl);
        if let Error::Fatal { alert, .. } = error {
            tell_of_alert(ssl, *alert, sent || !was_established);
        }
        match error {
            Error::AlertReceived(_) if was_established => 0,
            _ => -1,
        }
    }
}

/// Ends the handshake with an alert of ours and `why` on the queue.
///
/// # Safety
/// As for [`run`].
pub unsafe fn refuse(ssl: *mut SSL, alert: Alert, why: error::Reason) -> Go {
    // SAFETY: as for `run`.
    unsafe {
        let was_established = with(ssl, |ssl| ssl.progress) == Some(Progress::Established);
        message::forget_received(ssl);
        with(ssl, |ssl| ssl.refuse(alert, why));
        let sent = send_alert(ssl);
        tell_of_alert(ssl, alert, sent || !was_established);
    }
    Go::Return(-1)
}

/// A fatal alert of ours, told of unless the BIO did not take it: in a handshake the original writes into a buffer.
unsafe fn tell_of_alert(ssl: *mut SSL, alert: Alert, told: bool) {
    // SAFETY: as for `run`.
    unsafe {
        if told {
            inform(ssl, event::WRITE_ALERT, FATAL | c_int::from(alert.0));
        } else {
            super::sessions::withdraw_own(ssl);
        }
    }
}

/// Queues an alert that ends nothing, under TLS 1.2.
///
/// # Safety
/// As for [`run`].
pub unsafe fn warn(ssl: *mut SSL, alert: Alert) {
    // SAFETY: as for `run`.
    unsafe {
        with(ssl, |ssl| ssl.connection.as_mut().map(|connection| connection.warn(alert)));
        inform(ssl, event::WRITE_ALERT, WARNING | c_int::from(alert.0));
    }
}

/// Sends a last alert without disturbing what the call reports. Has it gone?
///
/// # Safety
/// As for [`run`].
pub unsafe fn send_alert(ssl: *mut SSL) -> bool {
    // SAFETY: as for `run`.
    unsafe {
        let want = with(ssl, |ssl| ssl.want).unwrap_or(Want::Nothing);
        if with(ssl, |ssl| ssl.wbio.is_some()) == Some(true) {
            flush_flight(ssl);
        }
        with(ssl, |ssl| {
            ssl.want = want;
            !ssl.has_outgoing()
        }) == Some(true)
    }
}

unsafe fn complete(ssl: *mut SSL) -> c_int {
    // SAFETY: as for `run`.
    unsafe { steps::complete(ssl, || establish(ssl)) };
    1
}

/// What is agreed on is the connection's, and its sessions the program's.
unsafe fn establish(ssl: *mut SSL) {
    // SAFETY: as for `run`.
    unsafe {
        with(ssl, |ssl| {
            ssl.progress = Progress::Established;
            ssl.want = Want::Nothing;
            ssl.established();
            let sessions = &ssl.first_ctx().sessions;
            sessions.count(if ssl.is_server() { Count::AcceptGood } else { Count::ConnectGood });
            if ssl.agreed().is_some_and(|agreed| agreed.resumed) {
                sessions.count(Count::Hit);
            }
            journal::established(ssl);
        });
        super::ticket::adopt(ssl);
        super::sessions::leave_refused(ssl);
        super::sessions::withdraw_used(ssl);
        // Those of a server's tickets come with them.
        if with(ssl, |ssl| ssl.is_server() && ssl.is_tls13()) != Some(true) {
            super::sessions::take_new(ssl);
        }
        with(ssl, |ssl| {
            if let Some(connection) = &mut ssl.connection {
                connection.release_buffers();
            }
        });
    }
}

/// SSL_do_handshake on an established connection: sends a request that waits, or goes on with a
/// choice that was put off.
unsafe fn post_handshake(ssl: *mut SSL) -> c_int {
    // SAFETY: as for `run`.
    unsafe {
        if with(ssl, |ssl| ssl.post_handshake) == Some(PostHandshake::RequestPending)
            && with(ssl, SSL::send_request) != Some(true)
        {
            return -1;
        }
        // What only fails on a connection that has ended.
        with(ssl, |ssl| {
            let Some(connection) = &mut ssl.connection else { return };
            if let Some(request) = ssl.key_update.take() {
                drop(connection.update_keys(request));
            }
            for _ in 0..std::mem::take(&mut ssl.extra_tickets) {
                drop(connection.send_ticket());
            }
        });
        message::show(ssl);
        loop {
            let stop = with(ssl, |ssl| match &mut ssl.connection {
                Some(connection) => connection.advance(),
                None => Err(Error::WrongState),
            });
            let go = match stop {
                Some(Ok(Stop::Certificate)) => choose::present(ssl),
                Some(Ok(Stop::Verdict)) => verify::judge(ssl),
                Some(Ok(_)) => {
                    return match flush_flight(ssl) {
                        Go::On => 1,
                        Go::Return(result) => result,
                    };
                }
                Some(Err(error)) => return give_up(ssl, &error),
                None => return -1,
            };
            if let Go::Return(result) = go {
                return result;
            }
        }
    }
}

/// Hands secrets to the program's keylog callback.
///
/// # Safety
/// As for [`run`].
pub unsafe fn log_secrets(ssl: *mut SSL) {
    // SAFETY: as for `run`; the callback runs with nothing borrowed.
    unsafe {
        while let Some(Some((label, random, secret))) =
            with(ssl, |ssl| ssl.connection.as_mut().and_then(Connection::take_secret))
        {
            let callback = with(ssl, |ssl| ssl.ctx().read(|state| state.hooks.key_log)).flatten();
            let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
            let line = format!("{label} {} {}", hex(&random), hex(&secret));
            journal::secret(&line);
            if let (Some(callback), Ok(line)) = (callback, CString::new(line)) {
                callback(ssl.cast(), line.as_ptr());
            }
        }
    }
}

/// # Safety
/// `ssl` is NULL or live.
unsafe fn enter(ssl: *mut SSL, role: Option<Role>) -> c_int {
    // SAFETY: the caller's promise.
    unsafe {
        let ready = with(ssl, |ssl| {
            if ssl.role.is_none() {
                ssl.role = role;
            }
            ssl.role.is_some()
        });
        match ready {
            Some(true) => run(ssl),
            Some(false) => {
                error::raise(reason::CONNECTION_TYPE_NOT_SET);
                -1
            }
            None => -1,
        }
    }
}

versioned! {
    /// The client's handshake.
    pub unsafe extern "C" fn SSL_connect(ssl: *mut SSL) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { enter(ssl, Some(Role::Client)) }
    }

    /// The server's handshake.
    pub unsafe extern "C" fn SSL_accept(ssl: *mut SSL) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { enter(ssl, Some(Role::Server)) }
    }

    /// The handshake of the role that was set.
    pub unsafe extern "C" fn SSL_do_handshake(ssl: *mut SSL) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { enter(ssl, None) }
    }

    /// To be a client.
    pub unsafe extern "C" fn SSL_set_connect_state(ssl: *mut SSL) {
        // SAFETY: the program's pointer.
        unsafe { with(ssl, |ssl| set_role(ssl, Role::Client)) };
    }

    /// To be a server.
    pub unsafe extern "C" fn SSL_set_accept_state(ssl: *mut SSL) {
        // SAFETY: the program's pointer.
        unsafe { with(ssl, |ssl| set_role(ssl, Role::Server)) };
    }
}

fn set_role(ssl: &mut SSL, role: Role) {
    ssl.role = Some(role);
    ssl.shutdown = 0;
    ssl.connection = None;
    ssl.progress = Progress::Before;
    ssl.steps = steps::Steps::default();
    ssl.want = Want::Nothing;
}
