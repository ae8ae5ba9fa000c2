//! The handshake messages that go by, for an owner that shows them to somebody.

use std::collections::VecDeque;

use crate::{Role, messages, record};

/// A message, as it was before it was sealed or after it was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// We sent it.
    pub sent: bool,
    /// 22 for handshake messages, 20 for change_cipher_spec.
    pub content_type: u8,
    /// With its four-byte header, if it is a handshake message.
    pub bytes: Vec<u8>,
}

/// Messages on their way to the owner.
#[derive(Default)]
pub(crate) struct Watch {
    seen: VecDeque<Message>,
    /// rustls' last flight of a TLS 1.3 client, which waits for the owner's choice.
    held: Vec<Message>,
    /// TLS 1.2: the server is through, until the client is.
    hello_done: bool,
}

/// What tells whose message one of the transcript is.
pub(crate) struct Situation {
    pub(crate) role: Role,
    pub(crate) is_tls13: bool,
    /// TLS 1.2: the handshake is a full one.
    pub(crate) is_full: bool,
    /// Finished messages before this one.
    pub(crate) finished: usize,
}

impl Watch {
    /// A message has entered the transcript.
    pub(crate) fn message(&mut self, bytes: &[u8], situation: &Situation) {
        let Some(&typ) = bytes.first() else { return };
        self.hello_done |= typ == messages::SERVER_HELLO_DONE;
        let Some(sender) = sender(typ, situation, self.hello_done) else { return };
        let sent = sender == situation.role;
        let message = Message { sent, content_type: record::HANDSHAKE, bytes: bytes.to_vec() };
        if situation.is_tls13 && situation.finished > 0 && situation.role == Role::Client {
            self.held.push(message);
            return;
        }
        // TLS 1.3 has it only for show, RFC 8446 §D.4.
        let changes = if situation.is_tls13 { messages::ENCRYPTED_EXTENSIONS } else { messages::FINISHED };
        if sent && typ == changes {
            self.change_cipher_spec();
        }
        self.seen.push_back(message);
    }

    /// We send change_cipher_spec; the peer's is not shown.
    pub(crate) fn change_cipher_spec(&mut self) {
        self.seen.push_back(Message { sent: true, content_type: record::CHANGE_CIPHER_SPEC, bytes: vec![1] });
    }

    /// The flight that waited is sent.
    pub(crate) fn release(&mut self) {
        self.seen.extend(self.held.drain(..));
    }

    /// Whole messages that are made or read outside of rustls, one after the other.
    pub(crate) fn outside(&mut self, sent: bool, mut flight: &[u8]) {
        self.held.clear();
        while let Ok(Some(len)) = messages::front(flight) {
            let (message, rest) = flight.split_at(len);
            self.seen.push_back(Message { sent, content_type: record::HANDSHAKE, bytes: message.to_vec() });
            flight = rest;
        }
    }

    pub(crate) fn take(&mut self) -> Option<Message> {
        self.seen.pop_front()
    }
}

/// Who sends `typ`; `None` for what is no message on the wire.
fn sender(typ: u8, situation: &Situation, hello_done: bool) -> Option<Role> {
    const MESSAGE_HASH: u8 = 254;
    const CLIENT_KEY_EXCHANGE: u8 = 16;
    let client_after = |turn: bool| if turn { Role::Client } else { Role::Server };
    Some(match typ {
        MESSAGE_HASH => return None,
        // rustls' own tickets are not sent.
        messages::NEW_SESSION_TICKET if situation.is_tls13 => return None,
        messages::CLIENT_HELLO | CLIENT_KEY_EXCHANGE => Role::Client,
        messages::CERTIFICATE if !situation.is_tls13 => client_after(hello_done),
        messages::CERTIFICATE_VERIFY if !situation.is_tls13 => Role::Client,
        messages::FINISHED if !situation.is_tls13 => client_after((situation.finished == 0) == situation.is_full),
        messages::CERTIFICATE | messages::CERTIFICATE_VERIFY | messages::FINISHED => {
            client_after(situation.finished > 0)
        }
        _ => Role::Server,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn senders(types: &[u8], role: Role, is_tls13: bool, is_full: bool) -> Vec<(bool, u8)> {
        let (mut watch, mut finished) = (Watch::default(), 0);
        for &typ in types {
            watch.message(&[typ, 0, 0, 0], &Situation { role, is_tls13, is_full, finished });
            finished += usize::from(typ == messages::FINISHED);
        }
        watch.release();
        std::iter::from_fn(|| watch.take()).map(|message| (message.sent, message.bytes[0])).collect()
    }

    #[test]
    fn whose_message() {
        let full12 = [1, 2, 11, 12, 13, 14, 11, 16, 15, 20, 4, 20];
        let client = [(true, 1), (false, 2), (false, 11), (false, 12), (false, 13), (false, 14), (true, 11)];
        let end = [(true, 16), (true, 15), (true, 1), (true, 20), (false, 4), (false, 20)];
        assert_eq!(senders(&full12, Role::Client, false, true), [&client[..], &end].concat());
        let resumed12 = [(false, 1), (true, 2), (true, 1), (true, 20), (false, 20)];
        assert_eq!(senders(&[1, 2, 20, 20], Role::Server, false, false), resumed12);
        let full13 = [(true, 1), (false, 2), (false, 8), (false, 11), (false, 15), (false, 20), (true, 11), (true, 20)];
        assert_eq!(senders(&[1, 254, 2, 8, 11, 15, 20, 11, 20], Role::Client, true, true), full13);
    }
}
