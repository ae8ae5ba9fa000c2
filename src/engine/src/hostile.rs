//! A peer that holds the keys of an established connection and says what it should not.

use std::sync::Arc;

use crate::messages::{self, CERTIFICATE, CERTIFICATE_REQUEST, FINISHED, KEY_UPDATE, NEW_SESSION_TICKET};
use crate::reader::Writer;
use crate::record::{ALERT, APPLICATION_DATA, Aead, CHANGE_CIPHER_SPEC, HANDSHAKE, Keys, Opener, Sealer};
use crate::schedule::{self, Hash, Secret};
use crate::testing::{Kind, identity};
use crate::{
    Alert, ClientConfig, ClientSettings, Connection, Error, Fault, Identity, Parameters, PeerChain, Protocol, Read,
    Role, ServerConfig, ServerSessions, ServerSettings, Stop, TicketKeys, Verdict,
};

/// One honest side, and the means to write as the other.
struct Victim {
    connection: Connection,
    sealer: Sealer,
    /// What the sealer's keys come from, TLS 1.3.
    secret: Option<Secret>,
    /// Reads what the victim writes, TLS 1.3.
    opener: Option<Opener>,
    /// Whom the victim knows.
    peer: Option<PeerChain>,
}

/// Moves what `from` has to send.
pub(crate) fn carry(from: &mut Connection, to: &mut Connection) -> usize {
    let bytes = from.outgoing().to_vec();
    from.sent(bytes.len());
    give(to, &bytes);
    bytes.len()
}

pub(crate) fn give(to: &mut Connection, bytes: &[u8]) {
    to.input(bytes.len())[..bytes.len()].copy_from_slice(bytes);
    to.received(bytes.len());
}

/// Answers a stop of the handshake; `false`: it waits, or is done.
pub(crate) fn step(connection: &mut Connection, config: &Arc<ServerConfig>, identity: &Identity) -> bool {
    match connection.advance().unwrap() {
        Stop::Hello => connection.accept(config, None).unwrap(),
        Stop::Verdict => connection.judge(Verdict::Accept { code: 0 }).unwrap(),
        Stop::Certificate => connection.present(Some(identity.clone())).unwrap(),
        Stop::Input | Stop::Done | Stop::Ticket | Stop::Extensions => return false,
    }
    true
}

/// Both sides before their first byte, and what the server's owner answers.
pub(crate) fn begin(protocol: Protocol, post_handshake_auth: bool) -> (Connection, Connection, Arc<ServerConfig>) {
    let parameters = Parameters {
        min: protocol,
        max: protocol,
        suites: vec![0x1301, 0xc02b],
        groups: vec![0x001d],
        ..Parameters::default()
    };
    let settings = ClientSettings { parameters: parameters.clone(), post_handshake_auth, ..Default::default() };
    let mut client = Connection::client(&ClientConfig::new(&settings).unwrap(), None, None).unwrap();
    client.log_secrets(true);
    let settings = ServerSettings {
        parameters,
        identities: vec![identity(Kind::P256)],
        request_certificate: true,
        sessions: ServerSessions { lifetime: 300, ticket_keys: Some(TicketKeys::random()), cache: None },
        ..Default::default()
    };
    let mut server = Connection::server();
    server.log_secrets(true);
    (client, server, ServerConfig::new(&settings).unwrap())
}

/// Found by fuzzing: a client of TLS 1.2 that shows a certificate and changes its cipher without a word in between.
#[test]
fn nobody_is_asked_about_a_key_that_is_not_proven() {
    let (mut client, mut server, config) = begin(Protocol::Tls12, false);
    let own = identity(Kind::P256);
    while step(&mut client, &config, &own) {}
    carry(&mut client, &mut server);
    while step(&mut server, &config, &own) {}
    let der = &own.chain[0];
    let length = |len: usize| (len as u32).to_be_bytes()[1..].to_vec();
    let body = [length(der.len() + 3), length(der.len()), der.to_vec()].concat();
    for (content_type, bytes) in [(HANDSHAKE, message(messages::CERTIFICATE, &body)), (CHANGE_CIPHER_SPEC, vec![1])] {
        let mut record = Vec::new();
        crate::record::plain(content_type, 0x0303, &bytes, &mut record);
        give(&mut server, &record);
        match server.advance() {
            Ok(stop) => assert_eq!(stop, Stop::Input),
            Err(error) => assert!(matches!(error, Error::Fatal { .. }) && content_type == CHANGE_CIPHER_SPEC),
        }
        assert!(server.peer().is_none() && server.candidate().is_none());
    }
    assert!(server.advance().is_err());
}

/// Both sides of a connection on which the client has presented a certificate.
fn establish(protocol: Protocol, post_handshake_auth: bool) -> (Connection, Connection) {
    let (mut client, mut server, config) = begin(protocol, post_handshake_auth);
    let own = identity(Kind::P256);
    loop {
        while step(&mut client, &config, &own) {}
        let moved = carry(&mut client, &mut server);
        while step(&mut server, &config, &own) {}
        if moved + carry(&mut server, &mut client) == 0 {
            break;
        }
    }
    assert!(client.is_established() && server.is_established());
    (client, server)
}

/// The honest side of this role; the other side's keys are ours.
fn victim(role: Role, protocol: Protocol, post_handshake_auth: bool) -> Victim {
    let (mut client, server) = establish(protocol, post_handshake_auth);
    let (sealer, secret, opener) = match protocol {
        Protocol::Tls13 => {
            let secrets: Vec<_> = std::iter::from_fn(|| client.take_secret()).collect();
            let secret = |label: &str| {
                let (.., secret) = secrets.iter().find(|secret| secret.0 == label).unwrap();
                Secret::new(Hash::Sha256, secret).unwrap()
            };
            let (ours, theirs) = match role {
                Role::Server => ("CLIENT_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_0"),
                Role::Client => ("SERVER_TRAFFIC_SECRET_0", "CLIENT_TRAFFIC_SECRET_0"),
            };
            let opener = Opener::new(protocol, &secret(theirs).traffic_keys(Aead::Aes128Gcm), 0).unwrap();
            let ours = secret(ours);
            let sealer = Sealer::new(protocol, &ours.traffic_keys(Aead::Aes128Gcm), 0).unwrap();
            (sealer, Some(ours), Some(opener))
        }
        Protocol::Tls12 => {
            // RFC 5246 §6.3; Finished was the first record under these keys.
            let agreed = client.established().unwrap();
            let mut block = [0; 40];
            let seed = [&agreed.server_random[..], &agreed.client_random];
            schedule::prf(Hash::Sha256, client.master_secret().unwrap(), b"key expansion", &seed, &mut block);
            let (key, iv) = if role == Role::Server { (0, 32) } else { (16, 36) };
            let iv = [&block[iv..iv + 4], b"explicit"].concat();
            let keys = Keys::new(Aead::Aes128Gcm, &block[key..key + 16], &iv).unwrap();
            (Sealer::new(protocol, &keys, 1).unwrap(), None, None)
        }
    };
    let connection = if role == Role::Server { server } else { client };
    let peer = connection.peer().cloned();
    assert!(peer.is_some());
    Victim { connection, sealer, secret, opener, peer }
}

impl Victim {
    fn server() -> Victim {
        victim(Role::Server, Protocol::Tls13, true)
    }

    fn client() -> Victim {
        victim(Role::Client, Protocol::Tls13, true)
    }

    /// One record.
    fn record(&mut self, content_type: u8, payload: &[u8]) -> &mut Self {
        let mut record = Vec::new();
        self.sealer.seal(content_type, payload, &mut record).unwrap();
        give(&mut self.connection, &record);
        self
    }

    /// Handshake messages in records of this size.
    fn pieces(&mut self, messages: &[u8], size: usize) {
        for piece in messages.chunks(size) {
            self.record(HANDSHAKE, piece);
        }
    }

    /// A request for a certificate, and the context it carries.
    fn request(&mut self) -> Vec<u8> {
        self.connection.request_certificate(&[], &[0x0403], false).unwrap();
        let mut record = self.connection.outgoing().to_vec();
        self.connection.sent(record.len());
        let (_, request) = self.opener.as_mut().unwrap().open(&mut record).unwrap();
        let (_, body) = messages::split(&record[request]).unwrap();
        messages::parse_certificate_request(body, true).unwrap().context
    }

    /// What the victim makes of it: data read, or why it ended.
    fn read(&mut self) -> Result<Vec<u8>, Error> {
        let mut data = Vec::new();
        let mut buffer = [0; 1000];
        loop {
            match self.connection.read(&mut buffer, false)? {
                Read::Data(len) => data.extend_from_slice(&buffer[..len]),
                Read::Stop(_) | Read::Closed => return Ok(data),
            }
        }
    }

    /// It ends the connection for this reason, tells the peer, and knows no one new.
    fn refuses(&mut self, fault: Fault) {
        let expected = Error::from(fault);
        assert_eq!(self.read(), Err(expected.clone()));
        assert_eq!(self.read(), Err(expected.clone()), "an error is final");
        assert_eq!(self.connection.write(b"x", 1), Err(expected));
        assert!(!self.connection.outgoing().is_empty(), "an alert");
        assert!(self.connection.candidate().is_none());
        assert_eq!(self.connection.peer(), self.peer.as_ref());
    }
}

fn empty_certificate(context: &[u8]) -> Vec<u8> {
    messages::certificate(context, &[], None).unwrap()
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    Writer::message(kind, |message| message.bytes(body)).unwrap()
}

#[test]
fn the_harness_speaks_as_the_peer() {
    for role in [Role::Server, Role::Client] {
        for protocol in [Protocol::Tls12, Protocol::Tls13] {
            let mut victim = victim(role, protocol, true);
            assert_eq!(victim.record(APPLICATION_DATA, b"hello").read(), Ok(b"hello".to_vec()));
        }
    }
}

#[test]
fn messages_that_nobody_asked_for() {
    for kind in 0..=254 {
        if kind != KEY_UPDATE && kind != CERTIFICATE {
            Victim::server().record(HANDSHAKE, &message(kind, b"")).refuses(Fault::UnexpectedMessage);
        }
        if ![KEY_UPDATE, CERTIFICATE_REQUEST, NEW_SESSION_TICKET].contains(&kind) {
            Victim::client().record(HANDSHAKE, &message(kind, b"")).refuses(Fault::UnexpectedMessage);
        }
    }
    let signed = messages::certificate_verify(0x0403, b"signature").unwrap();
    for message in [empty_certificate(b""), signed, messages::finished(&[0; 32])] {
        Victim::server().record(HANDSHAKE, &message).refuses(Fault::UnexpectedMessage);
    }
}

#[test]
fn answers_in_the_wrong_order() {
    let chain = identity(Kind::P256).chain;
    let signature = messages::certificate_verify(0x0403, b"signature").unwrap();
    let finished = messages::finished(&[0; 32]);
    for order in 0..5 {
        let mut victim = Victim::server();
        let context = victim.request();
        let certificate = messages::certificate(&context, &[&chain[0]], None).unwrap();
        let (messages, fault) = match order {
            0 => (vec![&certificate, &finished], Fault::UnexpectedMessage),
            1 => (vec![&signature], Fault::UnexpectedMessage),
            2 => (vec![&finished], Fault::UnexpectedMessage),
            3 => (vec![&certificate, &certificate], Fault::UnexpectedMessage),
            _ => (vec![&certificate, &signature], Fault::BadSignature),
        };
        // All in one record, and each in its own.
        let together: Vec<u8> = messages.iter().flat_map(|message| message.iter().copied()).collect();
        victim.record(HANDSHAKE, &together).refuses(fault);
        let mut victim = Victim::server();
        let context = victim.request();
        for message in messages {
            // The context differs, so the certificate is made anew.
            match message[0] {
                CERTIFICATE => {
                    victim.record(HANDSHAKE, &messages::certificate(&context, &[&chain[0]], None).unwrap());
                }
                _ => {
                    victim.record(HANDSHAKE, message);
                }
            }
        }
        victim.refuses(fault);
    }
}

#[test]
fn an_empty_answer_needs_a_right_finished() {
    let mut victim = Victim::server();
    let context = victim.request();
    victim.record(HANDSHAKE, &empty_certificate(&context));
    victim.record(HANDSHAKE, &messages::finished(&[0; 32])).refuses(Fault::BadFinished);
}

#[test]
fn something_else_within_an_answer() {
    let chain = identity(Kind::P256).chain;
    let intrusions: [(u8, &[u8]); 3] =
        [(APPLICATION_DATA, b"data"), (HANDSHAKE, &messages::key_update(false)), (APPLICATION_DATA, b"")];
    for (content_type, payload) in intrusions {
        let mut victim = Victim::server();
        let context = victim.request();
        victim.record(HANDSHAKE, &messages::certificate(&context, &[&chain[0]], None).unwrap());
        victim.record(content_type, payload).refuses(Fault::UnexpectedMessage);
    }
}

#[test]
fn the_context_of_another_round() {
    let mut victim = Victim::server();
    victim.request();
    victim.record(HANDSHAKE, &empty_certificate(b"another")).refuses(Fault::IllegalParameter);
    let mut victim = Victim::server();
    let mut context = victim.request();
    context.pop();
    victim.record(HANDSHAKE, &empty_certificate(&context)).refuses(Fault::IllegalParameter);
}

#[test]
fn certificates_that_are_none() {
    let one = identity(Kind::P256).chain.remove(0);
    for case in 0..6 {
        let mut victim = Victim::server();
        let context = victim.request();
        let body = |list: &dyn Fn(&mut Writer)| {
            Writer::message(CERTIFICATE, |message| {
                message.opaque(1, &context);
                message.vector(3, list);
                if case == 0 {
                    message.u8(0);
                }
            })
            .unwrap()
        };
        let entry = |list: &mut Writer, der: &[u8], extensions: &[u8]| {
            list.opaque(3, der);
            list.opaque(2, extensions);
        };
        let (certificate, fault) = match case {
            // Trailing junk behind the list, behind an entry, an empty entry.
            0 => (body(&|list| entry(list, &one, b"")), Fault::Decode),
            1 => (
                body(&|list| {
                    entry(list, &one, b"");
                    list.u8(0);
                }),
                Fault::Decode,
            ),
            2 => (body(&|list| entry(list, b"", b"")), Fault::Decode),
            // A thousand of them; an extension that was not asked for; a message beyond all limits.
            3 => (body(&|list| (0..1000).for_each(|_| entry(list, b"x", b""))), Fault::IllegalParameter),
            4 => (body(&|list| entry(list, &one, b"\0\x05\0\x05\x01\0\0\x01x")), Fault::UnsupportedExtension),
            _ => (message(CERTIFICATE, &[0; 200_000]), Fault::ExcessiveMessage),
        };
        victim.pieces(&certificate, 16384);
        victim.refuses(fault);
    }
}

#[test]
fn key_updates_that_may_not_be() {
    for role in [Role::Server, Role::Client] {
        let victim = || victim(role, Protocol::Tls13, true);
        victim().record(HANDSHAKE, &message(KEY_UPDATE, &[2])).refuses(Fault::IllegalParameter);
        victim().record(HANDSHAKE, &message(KEY_UPDATE, b"")).refuses(Fault::Decode);
        victim().record(HANDSHAKE, &message(KEY_UPDATE, &[0, 0])).refuses(Fault::Decode);
        // RFC 8446 §5.1: nothing behind it in its record.
        let twice = messages::key_update(false).repeat(2);
        victim().record(HANDSHAKE, &twice).refuses(Fault::RecordBoundary);
        // What follows must be under the new keys.
        victim()
            .record(HANDSHAKE, &messages::key_update(false))
            .record(APPLICATION_DATA, b"old")
            .refuses(Fault::BadRecordMac);
    }
}

#[test]
fn floods() {
    for payload in [(APPLICATION_DATA, &b""[..]), (ALERT, &[1, Alert::USER_CANCELED.0])] {
        let mut victim = Victim::server();
        for _ in 0..40 {
            victim.record(payload.0, payload.1);
        }
        victim.refuses(Fault::TooManyMessages);
    }
    // Renegotiation again and again, in one record: the answers do not pile up.
    let mut server = victim(Role::Client, Protocol::Tls12, false);
    server.record(HANDSHAKE, &message(messages::HELLO_REQUEST, b"").repeat(4000)).refuses(Fault::TooManyMessages);
    assert!(server.connection.outgoing().len() < 4000);
}

/// However often the peer asks, while nothing can be sent one answer waits (RFC 8446 §4.6.3), and it comes before data.
#[test]
fn answers_do_not_pile_up() {
    let mut server = Victim::server();
    server.connection.write(b"half", 4).unwrap();
    let stuck = server.connection.outgoing().len();
    for _ in 0..1000 {
        ask_for_new_keys(&mut server);
        server.record(APPLICATION_DATA, b"x");
        assert_eq!(server.read(), Ok(b"x".to_vec()));
        assert_eq!(server.connection.outgoing().len(), stuck);
    }
    server.connection.write(b"data", 4).unwrap();
    let mut written = server.connection.outgoing().to_vec();
    let opener = server.opener.as_mut().unwrap();
    let mut types = Vec::new();
    for _ in 0..2 {
        let len = 5 + usize::from(u16::from_be_bytes([written[3], written[4]]));
        let mut record: Vec<u8> = written.drain(..len).collect();
        types.push(opener.open(&mut record).unwrap().0);
    }
    assert_eq!(types, [APPLICATION_DATA, HANDSHAKE]);
    // Once all has been sent the next is answered at once.
    server.connection.sent(server.connection.outgoing().len());
    ask_for_new_keys(&mut server);
    assert_eq!(server.read(), Ok(Vec::new()));
    assert!(!server.connection.outgoing().is_empty());
}

/// A KeyUpdate that requests one, and the sender's next keys.
fn ask_for_new_keys(victim: &mut Victim) {
    victim.record(HANDSHAKE, &messages::key_update(true));
    let secret = victim.secret.as_ref().unwrap().next_traffic_secret();
    victim.sealer = Sealer::new(Protocol::Tls13, &secret.traffic_keys(Aead::Aes128Gcm), 0).unwrap();
    victim.secret = Some(secret);
}

#[test]
fn requests_are_bounded() {
    let mut server = Victim::server();
    let asked = (0..100).take_while(|_| server.connection.request_certificate(&[], &[0x0403], false).is_ok()).count();
    assert_eq!((asked, server.connection.outstanding_requests()), (16, 16));
    assert_eq!(server.connection.request_certificate(&[], &[0x0403], false), Err(Error::WrongState));
}

/// Many small records are no flood when they make up one message.
#[test]
fn a_message_in_small_pieces() {
    let mut victim = Victim::client();
    let names = vec![b"\x30\0".to_vec(); 100];
    let request = messages::certificate_request(b"context", &[0x0403], &names).unwrap();
    victim.pieces(&request, 3);
    assert_eq!(victim.read(), Ok(Vec::new()));
    assert!(victim.connection.certificate_request().unwrap().authorities.iter().eq(&names));
}

#[test]
fn messages_that_are_interrupted() {
    for role in [Role::Server, Role::Client] {
        let victim = || victim(role, Protocol::Tls13, true);
        let half = &messages::key_update(false)[..3];
        victim().record(HANDSHAKE, half).record(APPLICATION_DATA, b"x").refuses(Fault::UnexpectedMessage);
        victim().record(HANDSHAKE, b"").refuses(Fault::UnexpectedMessage);
        // A message that never ends is not waited for with more memory.
        victim().record(HANDSHAKE, &[FINISHED, 0xff, 0xff, 0xff]).refuses(Fault::ExcessiveMessage);
    }
}

#[test]
fn content_types_that_may_not_be() {
    for content_type in [0, 1, CHANGE_CIPHER_SPEC, 24, 255] {
        Victim::server().record(content_type, b"\x01").refuses(Fault::UnexpectedMessage);
    }
    victim(Role::Server, Protocol::Tls12, false).record(CHANGE_CIPHER_SPEC, b"\x01").refuses(Fault::UnexpectedMessage);
}

#[test]
fn alerts() {
    for role in [Role::Server, Role::Client] {
        let victim = || victim(role, Protocol::Tls13, true);
        victim().record(ALERT, &[2]).refuses(Fault::InvalidAlert);
        victim().record(ALERT, &[2, 0, 0]).refuses(Fault::InvalidAlert);
        let mut ended = victim();
        let received = Err(Error::AlertReceived(Alert::BAD_CERTIFICATE));
        assert_eq!(ended.record(ALERT, &[1, Alert::BAD_CERTIFICATE.0]).read(), received);
        assert!(ended.connection.outgoing().is_empty(), "an alert is not answered by one");
        // One that nobody knows is no less of an error (RFC 8446 §6).
        let unknown = Err(Error::AlertReceived(Alert(250)));
        assert_eq!(victim().record(ALERT, &[1, 250]).read(), unknown);
        // What comes after close_notify is not read.
        let mut closed = victim();
        closed.record(APPLICATION_DATA, b"last").record(ALERT, &[1, 0]).record(APPLICATION_DATA, b"more");
        assert_eq!((closed.read(), closed.read()), (Ok(b"last".to_vec()), Ok(Vec::new())));
        assert!(closed.connection.is_closed_by_peer());
    }
}

#[test]
fn requests_that_may_not_be() {
    let good = messages::certificate_request(b"context", &[0x0403], &[]).unwrap();
    victim(Role::Client, Protocol::Tls13, false).record(HANDSHAKE, &good).refuses(Fault::UnexpectedMessage);
    let body = &good[messages::MESSAGE_HEADER..];
    let junk = message(CERTIFICATE_REQUEST, &[body, b"\0"].concat());
    Victim::client().record(HANDSHAKE, &junk).refuses(Fault::Decode);
    Victim::client().record(HANDSHAKE, &message(CERTIFICATE_REQUEST, b"\0\0\0")).refuses(Fault::MissingExtension);
    for len in 0..body.len() {
        Victim::client().record(HANDSHAKE, &message(CERTIFICATE_REQUEST, &body[..len])).refuses(Fault::Decode);
    }
}

/// Whoever has said close_notify says nothing more.
#[test]
fn after_close_notify() {
    let mut client = Victim::client();
    client.connection.close().unwrap();
    client.connection.sent(client.connection.outgoing().len());
    client.record(HANDSHAKE, &messages::certificate_request(b"context", &[0x0403], &[]).unwrap());
    client.record(HANDSHAKE, &messages::key_update(true)).connection.advance().unwrap();
    assert_eq!(client.read(), Ok(Vec::new()));
    assert_eq!(client.connection.advance(), Ok(Stop::Done));
    assert!(client.connection.outgoing().is_empty());
    assert_eq!(client.connection.write(b"x", 1), Err(Error::WrongState));
}

#[test]
fn tickets_that_may_not_be() {
    let new = messages::NewSessionTicket { lifetime: 60, ticket: b"t"[..].into(), ..Default::default() };
    let good = new.encode().unwrap();
    let body = &good[messages::MESSAGE_HEADER..];
    for len in 0..body.len() {
        Victim::client().record(HANDSHAKE, &message(NEW_SESSION_TICKET, &body[..len])).refuses(Fault::Decode);
    }
    let junk = message(NEW_SESSION_TICKET, &[body, b"\0"].concat());
    Victim::client().record(HANDSHAKE, &junk).refuses(Fault::Decode);
    // A server that never stops sending them, with data in between so that it is no flood.
    let mut victim = Victim::client();
    for _ in 0..1000 {
        victim.record(HANDSHAKE, &good).record(APPLICATION_DATA, b"x");
        assert_eq!(victim.read(), Ok(b"x".to_vec()));
    }
    let kept = std::iter::from_fn(|| victim.connection.take_session()).count();
    assert!(kept <= 32, "{kept} sessions kept");
}

#[test]
fn renegotiation_under_tls12_is_declined() {
    for (role, kind) in [(Role::Client, messages::HELLO_REQUEST), (Role::Server, messages::CLIENT_HELLO)] {
        let mut victim = victim(role, Protocol::Tls12, false);
        victim.record(HANDSHAKE, &message(kind, b"")).record(APPLICATION_DATA, b"on");
        assert_eq!(victim.read(), Ok(b"on".to_vec()));
        assert!(!victim.connection.outgoing().is_empty());
        assert_eq!(victim.connection.peer(), victim.peer.as_ref());
    }
    for kind in [CERTIFICATE, CERTIFICATE_REQUEST, KEY_UPDATE, FINISHED, NEW_SESSION_TICKET] {
        let mut victim = victim(Role::Client, Protocol::Tls12, false);
        victim.record(HANDSHAKE, &message(kind, b"")).refuses(Fault::UnexpectedMessage);
    }
}
