//! The records and the handshake messages that go by, for an owner that shows them to somebody.
//!
//! A message is known when it enters the transcript, its record when it is put into the outgoing buffer or taken out of
//! the incoming one. Here they come together: a message that is sent waits for the record that carries its last byte.

use std::collections::VecDeque;

use crate::messages::SERVER_HELLO;
use crate::record::{self, HEADER};
use crate::{Role, hello, messages};

/// What a [`Message`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The five bytes in front of a record.
    Header,
    /// TLS 1.3: one byte, the content type within a sealed record.
    InnerType,
    /// One byte, in the clear. The peer's is shown by its header alone.
    ChangeCipherSpec,
    /// A handshake message with its four-byte header.
    Handshake,
}

/// A message as it was before it was sealed or after it was opened, or what says where a record begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// We sent it.
    pub sent: bool,
    /// What it is.
    pub kind: Kind,
    /// All of it.
    pub bytes: Vec<u8>,
}

impl Message {
    /// Is it a HelloRetryRequest, which looks like a ServerHello (RFC 8446 §4.1.3)?
    pub fn is_retry(&self) -> bool {
        self.kind == Kind::Handshake && self.bytes.first() == Some(&SERVER_HELLO) && hello::is_retry(&self.bytes)
    }
}

/// Messages on their way to the owner.
#[derive(Default)]
pub(crate) struct Watch {
    seen: VecDeque<Message>,
    /// Messages whose records have not been put into the outgoing buffer, or not been looked at there.
    leaving: VecDeque<Vec<u8>>,
    /// Bytes of the first of them that records have carried.
    carried: usize,
    /// rustls' last flight of a TLS 1.3 client, which waits for the owner's choice.
    held: Vec<Vec<u8>>,
}

/// What tells whose message one of the transcript is.
pub(crate) struct Situation {
    pub(crate) is_tls13: bool,
    /// TLS 1.2: the handshake is a full one.
    pub(crate) is_full: bool,
    /// TLS 1.2: the server is through, until the client is.
    pub(crate) hello_done: bool,
    /// Finished messages before this one.
    pub(crate) finished: usize,
}

impl Watch {
    /// A message has entered the transcript. `held`: one of a flight that may be replaced.
    pub(crate) fn message(&mut self, bytes: &[u8], sent: bool, held: bool) {
        match (sent, held) {
            (_, true) => self.held.push(bytes.to_vec()),
            (true, false) => self.leaving.push_back(bytes.to_vec()),
            (false, false) => self.see(false, Kind::Handshake, bytes),
        }
    }

    /// The flight that waited is sent.
    pub(crate) fn release(&mut self) {
        self.leaving.extend(self.held.drain(..));
    }

    /// ... but is replaced.
    pub(crate) fn replace_held(&mut self) {
        self.held.clear();
    }

    /// A record has been put into the outgoing buffer; under TLS 1.3's protection it holds `inner`.
    pub(crate) fn record_sent(&mut self, header: &[u8; HEADER], inner: Option<u8>) {
        const SEALING13: usize = 17;
        self.see(true, Kind::Header, header);
        if let Some(inner) = inner {
            self.see(true, Kind::InnerType, &[inner]);
        }
        match inner.unwrap_or(header[0]) {
            record::CHANGE_CIPHER_SPEC => self.see(true, Kind::ChangeCipherSpec, &[1]),
            record::HANDSHAKE => {
                let len = usize::from(u16::from_be_bytes([header[3], header[4]]));
                self.carried += if inner.is_some() { len.saturating_sub(SEALING13) } else { len };
                self.deliver();
            }
            _ => {}
        }
    }

    /// What has been carried whole.
    fn deliver(&mut self) {
        while self.leaving.front().is_some_and(|message| message.len() <= self.carried) {
            let Some(message) = self.leaving.pop_front() else { return };
            self.carried -= message.len();
            self.seen.push_back(Message { sent: true, kind: Kind::Handshake, bytes: message });
        }
        if self.leaving.is_empty() {
            self.carried = 0; // TLS 1.2 has sealed the last one
        }
    }

    /// A record has come.
    pub(crate) fn record_received(&mut self, header: &[u8; HEADER]) {
        self.see(false, Kind::Header, header);
    }

    /// ... and was opened, under TLS 1.3; or will be by rustls.
    pub(crate) fn inner_received(&mut self, inner: u8) {
        self.see(false, Kind::InnerType, &[inner]);
    }

    /// What rustls has opened last was an alert.
    pub(crate) fn was_alert(&mut self) {
        if let Some(last) = self.seen.back_mut()
            && (last.sent, last.kind) == (false, Kind::InnerType)
        {
            last.bytes = vec![record::ALERT];
        }
    }

    fn see(&mut self, sent: bool, kind: Kind, bytes: &[u8]) {
        self.seen.push_back(Message { sent, kind, bytes: bytes.to_vec() });
    }

    pub(crate) fn take(&mut self) -> Option<Message> {
        self.seen.pop_front()
    }
}

/// Who sends `typ`; `None` for what is no message on the wire.
pub(crate) fn sender(typ: u8, situation: &Situation) -> Option<Role> {
    const MESSAGE_HASH: u8 = 254;
    const CLIENT_KEY_EXCHANGE: u8 = 16;
    let client_after = |turn: bool| if turn { Role::Client } else { Role::Server };
    Some(match typ {
        MESSAGE_HASH => return None,
        // rustls' own tickets are not sent.
        messages::NEW_SESSION_TICKET if situation.is_tls13 => return None,
        messages::CLIENT_HELLO | CLIENT_KEY_EXCHANGE => Role::Client,
        messages::CERTIFICATE if !situation.is_tls13 => client_after(situation.hello_done),
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

    /// By their types, and whether the client sent each.
    fn senders(types: &[u8], is_tls13: bool, is_full: bool) -> Vec<(bool, u8)> {
        let mut situation = Situation { is_tls13, is_full, finished: 0, hello_done: false };
        let mut senders = Vec::new();
        for &typ in types {
            senders.extend(sender(typ, &situation).map(|sender| (sender == Role::Client, typ)));
            situation.finished += usize::from(typ == messages::FINISHED);
            situation.hello_done |= typ == messages::SERVER_HELLO_DONE;
        }
        senders
    }

    #[test]
    fn whose_message() {
        let full12 = [1, 2, 11, 12, 13, 14, 11, 16, 15, 20, 4, 20];
        let server = [(true, 1), (false, 2), (false, 11), (false, 12), (false, 13), (false, 14), (true, 11)];
        let end = [(true, 16), (true, 15), (true, 20), (false, 4), (false, 20)];
        assert_eq!(senders(&full12, false, true), [&server[..], &end].concat());
        assert_eq!(senders(&[1, 2, 20, 20], false, false), [(true, 1), (false, 2), (false, 20), (true, 20)]);
        let full13 = [(true, 1), (false, 2), (false, 8), (false, 11), (false, 15), (false, 20), (true, 11), (true, 20)];
        assert_eq!(senders(&[1, 254, 2, 8, 11, 15, 20, 11, 20], true, true), full13);
    }

    #[test]
    fn a_message_goes_with_its_last_record() {
        let mut watch = Watch::default();
        watch.message(&[&[11, 0, 0, 6][..], &[7; 6]].concat(), true, true);
        watch.message(&[20, 0, 0, 0], true, true);
        watch.release();
        let mut kinds = |len: u8| {
            watch.record_sent(&[record::APPLICATION_DATA, 3, 3, 0, len + 17], Some(record::HANDSHAKE));
            std::iter::from_fn(|| watch.take()).map(|message| message.kind).collect::<Vec<_>>()
        };
        assert_eq!(kinds(9), [Kind::Header, Kind::InnerType]);
        assert_eq!(kinds(5), [Kind::Header, Kind::InnerType, Kind::Handshake, Kind::Handshake]);
    }
}
