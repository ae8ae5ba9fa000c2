//! The start of a handshake: what info callbacks set when they are told of it still counts.

use std::ffi::c_int;

use standin_engine::{Alert, Connection, Role};

use super::handshake::{Go, event, inform, refuse, role_of};
use super::{Progress, SSL, config, journal, with};
use crate::ctx::cache::Count;
use crate::error::{Reason, reason};

/// Tells info callbacks that a handshake starts, and of its first step. What they set still counts.
///
/// # Safety
/// `ssl` is live and not borrowed; a guard keeps it.
pub unsafe fn tell(ssl: *mut SSL) -> Go {
    // SAFETY: the caller's promise.
    unsafe {
        let starts = with(ssl, |ssl| {
            let starts = ssl.progress == Progress::Before && ssl.start == Start::Unknown;
            if starts {
                ssl.start = Start::Told;
                ssl.shutdown = 0;
                ssl.forget_peer_name();
            }
            starts
        });
        if starts != Some(true) {
            return Go::On;
        }
        inform(ssl, event::HANDSHAKE_START, 1);
        with(ssl, |ssl| ssl.start = Start::Begun);
        if with(ssl, |ssl| config::versions(ssl).is_none()) == Some(true) {
            return Go::Return(fail(ssl, Alert::PROTOCOL_VERSION, reason::NO_PROTOCOLS_AVAILABLE));
        }
        inform(ssl, role_of(ssl) | event::LOOP, 1);
    }
    Go::On
}

/// Ends a handshake that cannot start as things are set.
///
/// # Safety
/// As for [`tell`].
pub unsafe fn fail(ssl: *mut SSL, alert: Alert, why: Reason) -> c_int {
    // SAFETY: the caller's promise.
    unsafe {
        // A connection that has said nothing yet, to say this.
        with(ssl, |ssl| ssl.connection = Some(Connection::server()));
        refuse(ssl, alert, why);
        inform(ssl, role_of(ssl) | event::EXIT, -1);
    }
    -1
}

/// What info callbacks know of the start of a handshake.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Start {
    /// Nothing.
    #[default]
    Unknown,
    /// That it starts; it is still before the handshake.
    Told,
    /// The first step is being taken.
    Begun,
}

/// Why a handshake is not under way.
pub enum NotStarted {
    /// It has failed before.
    Before,
    /// It cannot start as things are set.
    Now(Reason),
}

/// Begins a handshake that has not begun.
pub fn start(ssl: &mut SSL) -> Result<(), NotStarted> {
    match ssl.progress {
        Progress::Before => {}
        Progress::Failed => return Err(NotStarted::Before),
        Progress::Handshaking | Progress::Established => return Ok(()),
    }
    ssl.start = Start::Unknown;
    ssl.first_ctx().sessions.count(if ssl.is_server() { Count::Accept } else { Count::Connect });
    let mut connection = match ssl.role {
        Some(Role::Client) => match config::connect(ssl) {
            Ok(connection) => connection,
            Err(why) => return Err(NotStarted::Now(why)),
        },
        _ => Connection::server(),
    };
    connection.log_secrets(journal::wants_secrets() || ssl.ctx().read(|state| state.hooks.key_log.is_some()));
    connection.watch_messages(ssl.is_watched());
    connection.leave_key_updates();
    connection.pad_records(ssl.switches.block_padding, ssl.switches.max_send_fragment);
    journal::begin(ssl);
    ssl.connection = Some(connection);
    ssl.progress = Progress::Handshaking;
    Ok(())
}
