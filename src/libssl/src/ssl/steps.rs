//! The steps of a handshake, as info callbacks are told of them and SSL_get_state shows them: one for each message, and
//! one where a flight ends. They follow from the messages that have gone by.

use std::ffi::{CStr, c_int};

use standin_engine::{Connection, Passed, Role, Stop};

use super::handshake::{event, inform, role_of};
use super::{Progress, SSL, message, sessions, with};

/// SSL_OP_ENABLE_MIDDLEBOX_COMPAT.
const MIDDLEBOX_COMPAT: u64 = 1 << 20;

/// OSSL_HANDSHAKE_STATE.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct State(pub c_int);

impl State {
    const BEFORE: State = State(0);
    const OK: State = State(1);
    const CLIENT_READS_TICKET: State = State(9);
    const SERVER_READS_FINISHED: State = State(32);
    const SERVER_WRITES_HELLO: State = State(22);
    const SERVER_WRITES_TICKET: State = State(33);
    const CLIENT_READS_KEY_UPDATE: State = State(45);
    const SERVER_READS_KEY_UPDATE: State = State(44);
    const EARLY_DATA: State = State(46);

    /// A message has been sent or has come.
    fn of(role: Role, passed: Passed) -> Option<State> {
        let row = MESSAGES.iter().find(|row| row.0 == passed.typ)?;
        let number = match (role, passed.sent) {
            (Role::Client, false) => row.1,
            (Role::Client, true) => row.2,
            (Role::Server, false) => row.3,
            (Role::Server, true) => row.4,
        };
        (number != 0).then_some(State(number))
    }

    /// A ChangeCipherSpec has.
    const fn of_cipher_change(role: Role, sent: bool) -> State {
        State(match (role, sent) {
            (Role::Client, false) => 10,
            (Role::Client, true) => 16,
            (Role::Server, false) => 31,
            (Role::Server, true) => 35,
        })
    }

    /// What ends with this message, after the handshake.
    fn is_last(self) -> bool {
        const CLIENT_WRITES_FINISHED: c_int = 18;
        const SERVER_WRITES_REQUEST: c_int = 25;
        const WRITE_KEY_UPDATE: [c_int; 2] = [42, 43];
        self.is_last_read()
            || WRITE_KEY_UPDATE.contains(&self.0)
            || matches!(self.0, CLIENT_WRITES_FINISHED | SERVER_WRITES_REQUEST)
            || self == State::SERVER_READS_FINISHED
            || self == State::SERVER_WRITES_TICKET
    }

    /// ... which the peer has sent.
    fn is_last_read(self) -> bool {
        [State::CLIENT_READS_TICKET, State::CLIENT_READS_KEY_UPDATE, State::SERVER_READS_KEY_UPDATE].contains(&self)
    }

    /// In a few letters, and in a sentence.
    pub fn names(self) -> (&'static CStr, &'static CStr) {
        NAMES.iter().find(|row| row.0 == self.0).map_or((c"UNKWN", c"unknown state"), |row| (row.1, row.2))
    }
}

const CLIENT_HELLO: u8 = 1;
const SERVER_HELLO: u8 = 2;
const NEW_SESSION_TICKET: u8 = 4;
const CERTIFICATE: u8 = 11;
const CERTIFICATE_REQUEST: u8 = 13;
const CERTIFICATE_VERIFY: u8 = 15;
const FINISHED: u8 = 20;

/// Type; state when a client reads it, writes it, when a server does.
const MESSAGES: &[(u8, c_int, c_int, c_int, c_int)] = &[
    (CLIENT_HELLO, 0, 12, 20, 0),
    (SERVER_HELLO, 3, 0, 0, 22),
    (NEW_SESSION_TICKET, 9, 0, 0, 33),
    (8, 38, 0, 0, 37), // EncryptedExtensions
    (CERTIFICATE, 4, 13, 27, 23),
    (12, 6, 0, 0, 24), // ServerKeyExchange
    (CERTIFICATE_REQUEST, 7, 0, 0, 25),
    (14, 8, 0, 0, 26), // ServerHelloDone
    (CERTIFICATE_VERIFY, 39, 15, 29, 40),
    (16, 0, 14, 28, 0), // ClientKeyExchange
    (FINISHED, 11, 18, 32, 36),
    (22, 5, 0, 0, 34),    // CertificateStatus
    (24, 45, 43, 44, 42), // KeyUpdate
];

const NAMES: &[(c_int, &CStr, &CStr)] = &[
    (0, c"PINIT", c"before SSL initialization"),
    (1, c"SSLOK", c"SSL negotiation finished successfully"),
    (3, c"TRSH", c"SSLv3/TLS read server hello"),
    (4, c"TRSC", c"SSLv3/TLS read server certificate"),
    (5, c"TRCS", c"SSLv3/TLS read certificate status"),
    (6, c"TRSKE", c"SSLv3/TLS read server key exchange"),
    (7, c"TRCR", c"SSLv3/TLS read server certificate request"),
    (8, c"TRSD", c"SSLv3/TLS read server done"),
    (9, c"TRST", c"SSLv3/TLS read server session ticket"),
    (10, c"TRCCS", c"SSLv3/TLS read change cipher spec"),
    (11, c"TRFIN", c"SSLv3/TLS read finished"),
    (12, c"TWCH", c"SSLv3/TLS write client hello"),
    (13, c"TWCC", c"SSLv3/TLS write client certificate"),
    (14, c"TWCKE", c"SSLv3/TLS write client key exchange"),
    (15, c"TWCV", c"SSLv3/TLS write certificate verify"),
    (16, c"TWCCS", c"SSLv3/TLS write change cipher spec"),
    (18, c"TWFIN", c"SSLv3/TLS write finished"),
    (20, c"TRCH", c"SSLv3/TLS read client hello"),
    (22, c"TWSH", c"SSLv3/TLS write server hello"),
    (23, c"TWSC", c"SSLv3/TLS write certificate"),
    (24, c"TWSKE", c"SSLv3/TLS write key exchange"),
    (25, c"TWCR", c"SSLv3/TLS write certificate request"),
    (26, c"TWSD", c"SSLv3/TLS write server done"),
    (27, c"TRCC", c"SSLv3/TLS read client certificate"),
    (28, c"TRCKE", c"SSLv3/TLS read client key exchange"),
    (29, c"TRCV", c"SSLv3/TLS read certificate verify"),
    (31, c"TRCCS", c"SSLv3/TLS read change cipher spec"),
    (32, c"TRFIN", c"SSLv3/TLS read finished"),
    (33, c"TWST", c"SSLv3/TLS write session ticket"),
    (34, c"TWCS", c"SSLv3/TLS write certificate status"),
    (35, c"TWCCS", c"SSLv3/TLS write change cipher spec"),
    (36, c"TWFIN", c"SSLv3/TLS write finished"),
    (37, c"TWEE", c"TLSv1.3 write encrypted extensions"),
    (38, c"TREE", c"TLSv1.3 read encrypted extensions"),
    (39, c"TRSCV", c"TLSv1.3 read server certificate verify"),
    (40, c"TWSCV", c"TLSv1.3 write server certificate verify"),
    (42, c"TWSKU", c"TLSv1.3 write server key update"),
    (43, c"TWCKU", c"TLSv1.3 write client key update"),
    (44, c"TRCKU", c"TLSv1.3 read client key update"),
    (45, c"TRSKU", c"TLSv1.3 read server key update"),
    (46, c"TED", c"TLSv1.3 early data"),
];

/// Where a connection is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Steps {
    pub state: State,
    /// The last message is ours, and its flight has not ended.
    writing: bool,
    /// TLS 1.3: the ChangeCipherSpec for the sake of middleboxes has been told of.
    changed: bool,
    /// After the handshake: in the middle of messages.
    pub within: bool,
}

impl SSL {
    fn told_role(&self) -> Role {
        if self.is_server() { Role::Server } else { Role::Client }
    }

    fn is_past_handshake(&self) -> bool {
        self.progress == Progress::Established
    }

    fn has_chosen_tls13(&self) -> bool {
        self.connection.as_ref().is_some_and(Connection::is_tls13)
    }

    /// Before this message of ours the cipher changes.
    fn changes_cipher_before(&self, typ: Option<u8>) -> bool {
        // A second hello follows from TLS 1.3 alone.
        if !self.has_chosen_tls13() && typ != Some(CLIENT_HELLO) {
            return typ == Some(FINISHED);
        }
        let due = match self.told_role() {
            Role::Server => self.steps.state == State::SERVER_WRITES_HELLO,
            Role::Client => self.steps.state != State::BEFORE,
        };
        due && !self.steps.changed && self.switches.options & MIDDLEBOX_COMPAT != 0
    }

    /// The last message that is told of before the program is asked for what `stop` needs.
    pub fn last_before(&self, stop: Stop) -> Option<u8> {
        match stop {
            Stop::Verdict => Some(CERTIFICATE),
            Stop::Certificate if self.has_chosen_tls13() && !self.is_past_handshake() => Some(CERTIFICATE_VERIFY),
            Stop::Certificate => Some(CERTIFICATE_REQUEST),
            // Under TLS 1.2 the client's chain is judged when more of its messages have come.
            Stop::Input if self.is_server() && !self.has_chosen_tls13() => Some(CERTIFICATE),
            Stop::Ticket | Stop::Done if self.is_server() && self.has_chosen_tls13() && !self.is_past_handshake() => {
                Some(FINISHED)
            }
            _ => None,
        }
    }

    /// A message of this type is the one that came last.
    pub fn has_just_read(&self, typ: u8) -> bool {
        State::of(self.told_role(), Passed { sent: false, typ }) == Some(self.steps.state)
    }

    /// Messages have gone by that nobody has been told of.
    pub fn has_passed(&self) -> bool {
        self.connection.as_ref().is_some_and(|connection| connection.next_passed().is_some())
    }
}

/// Tells the info callback of a step from where the connection is, then moves on.
unsafe fn tell(ssl: *mut SSL, to: Option<State>) {
    // SAFETY: the callers' promise.
    unsafe {
        inform(ssl, role_of(ssl) | event::LOOP, 1);
        if let Some(to) = to {
            with(ssl, |ssl| ssl.steps.state = to);
        }
    }
}

/// A message goes by.
///
/// # Safety
/// `ssl` is live and not borrowed; a guard keeps it.
pub unsafe fn step(ssl: *mut SSL, passed: Passed) {
    // SAFETY: the caller's promise.
    unsafe {
        let known = with(ssl, |ssl| {
            let to = State::of(ssl.told_role(), passed)?;
            Some((to, ssl.steps, ssl.is_past_handshake(), ssl.told_role()))
        });
        let Some(Some((to, steps, past, role))) = known else { return };
        if past {
            return step_after(ssl, passed, to);
        }
        if !passed.sent && steps.writing {
            tell(ssl, None); // the end of our flight
        }
        let changes = with(ssl, |ssl| match passed.sent {
            true => ssl.changes_cipher_before(Some(passed.typ)),
            false => passed.typ == FINISHED && !ssl.has_chosen_tls13(),
        });
        if changes == Some(true) {
            tell(ssl, Some(State::of_cipher_change(role, passed.sent)));
            with(ssl, |ssl| ssl.steps.changed = true);
        }
        match steps.state == State::BEFORE && passed.sent {
            true => drop(with(ssl, |ssl| ssl.steps.state = to)), // told at the start
            false => tell(ssl, Some(to)),
        }
        with(ssl, |ssl| ssl.steps.writing = passed.sent);
    }
}

/// ... after the handshake.
unsafe fn step_after(ssl: *mut SSL, passed: Passed, to: State) {
    // SAFETY: as for `step`.
    unsafe {
        if with(ssl, |ssl| !ssl.has_chosen_tls13()) == Some(true) {
            return; // renegotiation, which is refused
        }
        let Some(steps) = with(ssl, |ssl| ssl.steps) else { return };
        if with(ssl, |ssl| std::mem::take(&mut ssl.steps.writing)) == Some(true) {
            return; // the first ticket of a handshake: told of when that ended
        }
        if steps.state.is_last_read() {
            close(ssl);
        }
        let idle = with(ssl, |ssl| {
            ssl.steps.within = true;
            ssl.steps.state == State::OK
        });
        if idle == Some(true) && !passed.sent {
            tell(ssl, None); // it looks for something to write
        }
        tell(ssl, Some(to));
    }
}

/// What the program is given with a message.
///
/// # Safety
/// As for [`step`].
pub unsafe fn deliver(ssl: *mut SSL, passed: Passed) {
    // SAFETY: as for `step`.
    unsafe {
        let ticket = passed.typ == NEW_SESSION_TICKET;
        if ticket && with(ssl, |ssl| ssl.has_chosen_tls13() && ssl.is_past_handshake()) == Some(true) {
            sessions::take_next(ssl);
        }
    }
}

/// The messages after the handshake are complete.
unsafe fn close(ssl: *mut SSL) {
    // SAFETY: as for `step`.
    unsafe {
        tell(ssl, Some(State::OK));
        with(ssl, |ssl| ssl.steps.within = false);
        inform(ssl, role_of(ssl) | event::EXIT, 1);
    }
}

/// Nothing more is sent, and nothing more is here: a flight has ended. Has this ended what goes on after the handshake?
///
/// # Safety
/// As for [`step`].
pub unsafe fn rest(ssl: *mut SSL) -> bool {
    // SAFETY: as for `step`.
    unsafe {
        let Some((steps, past)) = with(ssl, |ssl| (ssl.steps, ssl.is_past_handshake())) else { return false };
        if past {
            let last = steps.within && steps.state.is_last();
            if last {
                close(ssl);
            }
            return last;
        }
        if !steps.writing {
            return false;
        }
        if with(ssl, |ssl| ssl.is_server() && ssl.has_chosen_tls13()) == Some(true) {
            if with(ssl, |ssl| ssl.changes_cipher_before(None)) == Some(true) {
                tell(ssl, Some(State::of_cipher_change(Role::Server, true)));
                with(ssl, |ssl| ssl.steps.changed = true);
            }
            tell(ssl, Some(State::EARLY_DATA));
        }
        tell(ssl, None);
        with(ssl, |ssl| ssl.steps.writing = false);
    }
    false
}

/// A call ends in the middle of messages after the handshake.
///
/// # Safety
/// As for [`step`].
pub unsafe fn leave(ssl: *mut SSL) {
    // SAFETY: as for `step`.
    unsafe {
        if with(ssl, |ssl| std::mem::take(&mut ssl.steps.within)) == Some(true) {
            inform(ssl, role_of(ssl) | event::EXIT, -1);
        }
    }
}

/// The handshake is complete: its last step, and after it those of a server's tickets.
///
/// # Safety
/// As for [`step`].
pub unsafe fn complete(ssl: *mut SSL, establish: impl FnOnce()) {
    // SAFETY: as for `step`.
    unsafe {
        let tickets = with(ssl, |ssl| {
            let next = ssl.connection.as_ref().and_then(Connection::next_passed);
            next.is_some_and(|next| next.sent && next.typ == NEW_SESSION_TICKET)
        }) == Some(true);
        tell(ssl, Some(if tickets { State::SERVER_WRITES_TICKET } else { State::OK }));
        with(ssl, |ssl| ssl.steps.within = !tickets);
        establish();
        with(ssl, |ssl| ssl.steps.within = false);
        inform(ssl, event::HANDSHAKE_DONE, 1);
        if tickets {
            with(ssl, |ssl| {
                ssl.steps.within = true;
                ssl.steps.writing = true; // the first of them has been told of
            });
            message::show(ssl);
            tell(ssl, Some(State::OK));
            with(ssl, |ssl| ssl.steps.within = false);
        }
        with(ssl, |ssl| ssl.steps.writing = false);
    }
}
