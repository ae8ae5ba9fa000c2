//! What the fuzzing targets in `fuzz/` run (`--cfg fuzzing`): parsers, and whole connections with a hostile peer.

use std::sync::{Arc, LazyLock};

use crate::extension::{self, Extension, Place};
use crate::hello::ServerHello;
use crate::messages::{self, NewSessionTicket};
use crate::record::{Aead, Sealer};
use crate::schedule::{Hash, Secret};
use crate::testing::{Kind, identity};
use crate::ticket::Envelope;
use crate::{
    ClientConfig, ClientHello, ClientSettings, Connection, Error, Identity, Parameters, Protocol, Read, ServerConfig,
    ServerSessions, ServerSettings, Stop, TicketKeys, Verdict, der, signature, tls12,
};

static OWN: LazyLock<Identity> = LazyLock::new(|| identity(Kind::P256));
const BOTH: [Protocol; 2] = [Protocol::Tls12, Protocol::Tls13];

/// One parser, named by the first byte, on the rest.
pub fn parsers(data: &[u8]) {
    let Some((which, data)) = data.split_first() else { return };
    match which % 17 {
        0 => {
            if let Ok(hello) = ClientHello::parse(data.to_vec()) {
                let _ = (hello.extensions().count(), hello.alpn().count(), hello.authorities().count());
                let _ =
                    (hello.psk_identities().count(), hello.offered_psks(), hello.stateful_psk(), hello.takes_tickets());
            }
        }
        1 => drop(ServerHello::parse(data)),
        2 => drop(messages::Certificate::parse(data, &[5])),
        3 => drop(messages::parse_certificate_request(data, true).map(|request| request.authorities.iter().count())),
        4 => drop(messages::parse_certificate_request12(data).map(|request| request.authorities.iter().count())),
        5 => drop(messages::parse_certificate_verify(data)),
        6 => drop(NewSessionTicket::parse(data)),
        7 => drop(NewSessionTicket::parse12(data)),
        8 => drop(messages::parse_key_update(data)),
        9 => drop(tls12::certificate(data)),
        10 => drop(tls12::certificate_status(data)),
        11 => drop(tls12::server_key_exchange(data)),
        12 => drop((der::public_key_info(data), der::not_after(data))),
        13 => {
            // What is read of an envelope is written the same.
            if let Ok(envelope) = Envelope::decode(data) {
                assert_eq!(envelope.encode().as_deref(), Ok(data));
            }
        }
        14 => drop(signature::verify(Protocol::Tls13, 0x0403, &offered(0x0403), data, b"message", data)),
        15 => drop(crate::key_from_der(data)),
        _ => own_extensions(data),
    }
}

/// A message with extensions of the owner's: what was added comes out again, whatever else is there.
fn own_extensions(message: &[u8]) {
    const KIND: u16 = 0xff5e;
    let places = [Place::ServerHello, Place::EncryptedExtensions, Place::CertificateRequest, Place::Certificate(0)];
    let added = places.map(|place| Extension { place, kind: KIND, body: b"own".to_vec() });
    let without = |message: &[u8]| extension::taken_out(message, &[KIND]);
    let _ = without(message);
    let Ok(Some(whole)) = extension::with_added(message, &added) else { return };
    // A HelloRetryRequest is left alone, and in no certificate there is nothing.
    if let Ok(Some((rest, received))) = without(&whole) {
        assert_eq!(received.extensions.last().map(|own| &own.body[..]), Some(&b"own"[..]));
        assert_eq!(without(&rest), Ok(None));
    }
}

struct Configs {
    client: Arc<ClientConfig>,
    server: Arc<ServerConfig>,
}

static CONFIGS: LazyLock<[Configs; 2]> = LazyLock::new(|| BOTH.map(configs));

fn configs(protocol: Protocol) -> Configs {
    let parameters = Parameters {
        min: protocol,
        max: protocol,
        suites: vec![0x1301, 0xc02b],
        groups: vec![0x001d],
        ..Parameters::default()
    };
    let client =
        ClientSettings { parameters: parameters.clone(), post_handshake_auth: true, ..ClientSettings::default() };
    let server = ServerSettings {
        parameters,
        identities: vec![OWN.clone()],
        request_certificate: true,
        require_certificate: true,
        sessions: ServerSessions { lifetime: 300, ticket_keys: Some(TicketKeys::random()), cache: None },
        ..ServerSettings::default()
    };
    Configs { client: ClientConfig::new(&client).unwrap(), server: ServerConfig::new(&server).unwrap() }
}

/// Answers stops until the connection waits for bytes. Every chain is accepted.
fn run(connection: &mut Connection, configs: &Configs) -> Result<(), Error> {
    let mut buffer = [0; 1024];
    loop {
        let stop = match connection.is_established() {
            false => connection.advance()?,
            true => match connection.read(&mut buffer, false)? {
                Read::Data(_) => continue,
                Read::Closed => return Ok(()),
                Read::Stop(stop) => stop,
            },
        };
        match stop {
            Stop::Hello => connection.accept(&configs.server, None)?,
            Stop::Verdict => connection.judge(Verdict::Accept { code: 0 })?,
            Stop::Certificate => connection.present(Some(OWN.clone()))?,
            Stop::Input => return Ok(()),
            Stop::Extensions => connection.take_extensions()?,
            Stop::Ticket => connection.issue_ticket(None)?,
            Stop::Done if !connection.is_established() => return Ok(()),
            Stop::Done => {}
        }
    }
}

fn offered(scheme: u16) -> signature::Offered {
    signature::Offered { schemes: vec![scheme], foreign: None }
}

fn give(to: &mut Connection, bytes: &[u8]) {
    to.input(bytes.len())[..bytes.len()].copy_from_slice(bytes);
    to.received(bytes.len());
}

fn pair(configs: &Configs) -> (Connection, Connection) {
    let mut client = Connection::client(&configs.client, Some("localhost"), None).unwrap();
    client.log_secrets(true);
    (client, Connection::server())
}

/// The first byte chooses role and version, the second the size of the pieces; the rest is what the peer says.
pub fn before_keys(data: &[u8]) {
    let [which, piece, data @ ..] = data else { return };
    let configs = &CONFIGS[usize::from(which & 1)];
    let (client, server) = pair(configs);
    let mut victim = if which & 2 == 0 { server } else { client };
    for piece in data.chunks(usize::from(*piece).max(1) * 8) {
        let result = run(&mut victim, configs);
        assert!(!victim.is_established() && victim.peer().is_none(), "nobody proved anything");
        if result.is_err() {
            return;
        }
        give(&mut victim, piece);
    }
    let _ = run(&mut victim, configs);
    assert!(!victim.is_established() && victim.peer().is_none(), "nobody proved anything");
}

/// The first byte chooses the version; then each four say which byte of the wire is changed (two), how, and to whom.
/// Once a connection stands, an identity is the true one or none.
pub fn changed(data: &[u8]) {
    let Some((which, changes)) = data.split_first() else { return };
    let configs = &CONFIGS[usize::from(which & 1)];
    let (mut client, mut server) = pair(configs);
    let mut offsets = [0; 2];
    for _ in 0..12 {
        let results = (run(&mut client, configs), run(&mut server, configs));
        let sent = [client.outgoing().to_vec(), server.outgoing().to_vec()];
        client.sent(sent[0].len());
        server.sent(sent[1].len());
        for (way, mut bytes) in sent.into_iter().enumerate() {
            for change in changes.as_chunks::<4>().0 {
                let at = usize::from(u16::from_be_bytes([change[0], change[1]]));
                if usize::from(change[3] & 1) == way
                    && let Some(byte) = at.checked_sub(offsets[way]).and_then(|at| bytes.get_mut(at))
                {
                    *byte ^= change[2];
                }
            }
            offsets[way] += bytes.len();
            let to = if way == 0 { (&mut server, &results.1) } else { (&mut client, &results.0) };
            if to.1.is_ok() {
                give(to.0, &bytes);
            }
        }
        for side in [&client, &server] {
            let true_one = side.peer().is_none_or(|chain| chain.0[..] == OWN.chain[..]);
            assert!(true_one || !side.is_established());
        }
    }
}

/// TLS 1.3 after an honest handshake. The first byte chooses the victim and whether a server has asked for a certificate;
/// then each record is its type, the length of its payload (two bytes), and the payload.
pub fn after_keys(data: &[u8]) {
    let Some((which, mut data)) = data.split_first() else { return };
    let configs = &CONFIGS[1];
    let (mut client, mut server) = pair(configs);
    for _ in 0..6 {
        run(&mut client, configs).unwrap();
        run(&mut server, configs).unwrap();
        for (from, to) in [(&mut client, &mut server)] {
            let there = from.outgoing().to_vec();
            from.sent(there.len());
            give(to, &there);
            let back = to.outgoing().to_vec();
            to.sent(back.len());
            give(from, &back);
        }
    }
    assert!(client.is_established() && server.is_established());
    let is_server = which & 1 == 0;
    let label = if is_server { "CLIENT_TRAFFIC_SECRET_0" } else { "SERVER_TRAFFIC_SECRET_0" };
    let secrets: Vec<_> = std::iter::from_fn(|| client.take_secret()).collect();
    let (.., secret) = secrets.iter().find(|secret| secret.0 == label).unwrap();
    let secret = Secret::new(Hash::Sha256, secret).unwrap();
    // A server has no records from its client yet, a client has its server's tickets behind it.
    let mut victim = if is_server { server } else { client };
    let sequence = if is_server { 0 } else { u64::from(configs.server.settings.tickets as u32) };
    let mut sealer = Sealer::new(Protocol::Tls13, &secret.traffic_keys(Aead::Aes128Gcm), sequence).unwrap();
    if is_server && which & 2 != 0 {
        victim.request_certificate(&[], &[0x0403], false).unwrap();
    }
    while let [content_type, high, low, rest @ ..] = data {
        let len = usize::from(u16::from_be_bytes([*high, *low])).min(rest.len());
        let (payload, rest) = rest.split_at(len);
        data = rest;
        let mut record = Vec::new();
        if sealer.seal(*content_type, payload, &mut record).is_err() {
            return;
        }
        give(&mut victim, &record);
        let result = run(&mut victim, configs);
        victim.sent(victim.outgoing().len());
        assert!(victim.peer().is_none_or(|chain| chain.0[..] == OWN.chain[..]), "nobody else proved anything");
        if result.is_err() {
            return;
        }
    }
}
