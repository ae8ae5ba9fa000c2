//! Someone in the middle who has the handshake's keys (by its key log) and changes the encrypted
//! flights of TLS 1.3. Nobody may be asked to judge what the Finished of such a flight does not
//! cover, and nobody may be established.

use crate::hostile::{begin, carry, give, step};
use crate::messages;
use crate::record::{ALERT, APPLICATION_DATA, Aead, HANDSHAKE, HEADER, Opener, Sealer};
use crate::schedule::{Hash, Secret};
use crate::testing::{Kind, identity};
use crate::{Alert, Connection, Error, Fault, Identity, Protocol, Role, ServerConfig, ServerSettings, Stop, Verdict};

/// A change to the messages of a flight.
#[derive(Clone, Copy, Debug)]
enum Change {
    Nothing,
    Drop(usize),
    Repeat(usize),
    Swap(usize),
    /// A bit of a message.
    Flip(usize, usize),
    /// A message ends so many bytes early and says so.
    Cut(usize, usize),
    /// A message has a byte more and says so.
    Lengthen(usize),
    /// Everything in records of this many bytes.
    Divide(usize),
}

impl Change {
    fn apply(self, messages: &mut Vec<Vec<u8>>) {
        let resize = |message: &mut Vec<u8>, len: usize| {
            message.resize(len, 0);
            message[1..4].copy_from_slice(&(len as u32 - 4).to_be_bytes()[1..]);
        };
        match self {
            Change::Nothing | Change::Divide(_) => {}
            Change::Drop(i) => drop(messages.remove(i)),
            Change::Repeat(i) => messages.insert(i, messages[i].clone()),
            Change::Swap(i) => messages.swap(i, i + 1),
            // Signatures differ in length by a byte or two.
            Change::Flip(i, bit) => {
                let byte = bit / 8 % messages[i].len();
                messages[i][byte] ^= 1 << (bit % 8);
            }
            Change::Cut(i, by) => {
                let len = messages[i].len().saturating_sub(by).max(4);
                resize(&mut messages[i], len);
            }
            Change::Lengthen(i) => {
                let len = messages[i].len() + 1;
                resize(&mut messages[i], len);
            }
        }
    }

    fn piece(self) -> usize {
        if let Change::Divide(size) = self { size } else { 16384 }
    }
}

/// The records, one by one.
fn records(wire: &[u8]) -> Vec<Vec<u8>> {
    let (mut records, mut rest) = (Vec::new(), wire.to_vec());
    while let Some(&[.., high, low]) = rest.first_chunk::<HEADER>() {
        let after = rest.split_off(HEADER + usize::from(u16::from_be_bytes([high, low])));
        records.push(std::mem::replace(&mut rest, after));
    }
    records
}

/// Changes the sealed records in `wire`; what comes before them goes as it is.
fn meddle(wire: &[u8], secret: &Secret, change: Change) -> (Vec<u8>, Vec<Vec<u8>>) {
    let keys = secret.traffic_keys(Aead::Aes128Gcm);
    let mut opener = Opener::new(Protocol::Tls13, &keys, 0).unwrap();
    let (mut out, mut flight) = (Vec::new(), Vec::new());
    for mut record in records(wire) {
        match record[0] {
            APPLICATION_DATA => {
                let (_, plain) = opener.open(&mut record).unwrap();
                flight.extend_from_slice(&record[plain]);
            }
            _ => out.extend_from_slice(&record),
        }
    }
    let mut messages = Vec::new();
    while let Some(len) = messages::front(&flight).unwrap() {
        let after = flight.split_off(len);
        messages.push(std::mem::replace(&mut flight, after));
    }
    let before = messages.clone();
    change.apply(&mut messages);
    let mut sealer = Sealer::new(Protocol::Tls13, &keys, 0).unwrap();
    for piece in messages.concat().chunks(change.piece()) {
        sealer.seal(HANDSHAKE, piece, &mut out).unwrap();
    }
    (out, before)
}

fn handshake_secret(connection: &mut Connection, label: &str) -> Secret {
    let mut secrets = std::iter::from_fn(|| connection.take_secret());
    let (.., secret) = secrets.find(|secret| secret.0 == label).unwrap();
    Secret::new(Hash::Sha256, &secret).unwrap()
}

/// Hands `role` a changed flight: what it stops for then, and the flight before the change.
fn stop(role: Role, own: &Identity, change: Change) -> (Option<Stop>, Vec<Vec<u8>>) {
    let (stop, flight) = outcome(role, own, change);
    (stop.ok(), flight)
}

fn outcome(role: Role, own: &Identity, change: Change) -> (Result<Stop, Error>, Vec<Vec<u8>>) {
    let (mut client, mut server, config) = begin(Protocol::Tls13, true);
    while step(&mut client, &config, own) {}
    carry(&mut client, &mut server);
    while step(&mut server, &config, own) {}
    let wire = server.outgoing().to_vec();
    let (mut victim, wire, secret) = match role {
        Role::Client => {
            let secret = handshake_secret(&mut server, "SERVER_HANDSHAKE_TRAFFIC_SECRET");
            (client, wire, secret)
        }
        Role::Server => {
            give(&mut client, &wire);
            while step(&mut client, &config, own) {}
            assert!(client.is_established());
            let secret = handshake_secret(&mut client, "CLIENT_HANDSHAKE_TRAFFIC_SECRET");
            (server, client.outgoing().to_vec(), secret)
        }
    };
    let (wire, flight) = meddle(&wire, &secret, change);
    give(&mut victim, &wire);
    let stop = victim.advance();
    assert!(stop.is_ok() || !victim.is_established());
    assert!(victim.peer().is_none());
    (stop, flight)
}

#[test]
fn flights_that_were_changed() {
    let own = identity(Kind::P256);
    for role in [Role::Client, Role::Server] {
        let (unchanged, flight) = stop(role, &own, Change::Nothing);
        assert_eq!(unchanged, Some(Stop::Verdict));
        for size in [1, 7, 100] {
            assert_eq!(stop(role, &own, Change::Divide(size)).0, Some(Stop::Verdict));
        }
        for (i, message) in flight.iter().enumerate() {
            let mut changes = vec![Change::Drop(i), Change::Repeat(i), Change::Lengthen(i)];
            changes.extend((i + 1 < flight.len()).then_some(Change::Swap(i)));
            changes.extend((0..message.len()).map(|byte| Change::Flip(i, byte * 8 + byte % 8)));
            changes.extend((1..=message.len() - 4).map(|by| Change::Cut(i, by)));
            for change in changes {
                let (stop, _) = stop(role, &own, change);
                // Waiting for more is fine.
                let fine = matches!(stop, None | Some(Stop::Input));
                // A second Finished is only seen when the next record is.
                let unseen = matches!(change, Change::Repeat(last) if last + 1 == flight.len());
                assert!(fine || unseen, "{role:?} {change:?}: {stop:?}");
            }
        }
    }
}

#[test]
fn a_wrong_finished_is_called_so() {
    let own = identity(Kind::P256);
    for role in [Role::Client, Role::Server] {
        let last = stop(role, &own, Change::Nothing).1.len() - 1;
        for (change, fault) in [
            (Change::Flip(last, 8 * 10), Fault::BadFinished),
            (Change::Cut(last, 1), Fault::FinishedLength),
            (Change::Cut(last, 32), Fault::FinishedLength),
            (Change::Lengthen(last), Fault::FinishedLength),
        ] {
            assert_eq!(outcome(role, &own, change).0, Err(fault.into()), "{role:?} {change:?}");
        }
    }
}

/// Whoever ends the connection between its flight and the next step says so under other keys than the flight's: no nonce
/// is used twice.
#[test]
fn an_alert_right_behind_the_flight() {
    let own = identity(Kind::P256);
    for identity in [Some(own.clone()), None] {
        let (mut client, mut server, config) = begin(Protocol::Tls13, true);
        while step(&mut client, &config, &own) {}
        carry(&mut client, &mut server);
        while step(&mut server, &config, &own) {}
        carry(&mut server, &mut client);
        assert_eq!(client.advance(), Ok(Stop::Verdict));
        client.judge(Verdict::Accept { code: 0 }).unwrap();
        assert_eq!(client.advance(), Ok(Stop::Certificate));
        client.present(identity).unwrap();
        client.refuse(Alert::INTERNAL_ERROR);

        let secrets: Vec<_> = std::iter::from_fn(|| client.take_secret()).collect();
        let opener = |label: &str| {
            let (.., secret) = secrets.iter().find(|secret| secret.0 == label).unwrap();
            let keys = Secret::new(Hash::Sha256, secret).unwrap().traffic_keys(Aead::Aes128Gcm);
            Opener::new(Protocol::Tls13, &keys, 0).unwrap()
        };
        let (mut flight, mut behind) = (opener("CLIENT_HANDSHAKE_TRAFFIC_SECRET"), opener("CLIENT_TRAFFIC_SECRET_0"));
        let mut sealed: Vec<Vec<u8>> = records(client.outgoing());
        sealed.retain(|record| record[0] == APPLICATION_DATA);
        let mut alert = sealed.pop().unwrap();
        assert!(!sealed.is_empty());
        assert!(sealed.iter_mut().all(|record| flight.open(record).unwrap().0 == HANDSHAKE));
        assert_eq!(behind.open(&mut alert).unwrap().0, ALERT);
    }
}

/// A request that cannot be read is no request for nothing (RFC 8446 §6.2).
#[test]
fn a_malformed_request_ends_the_handshake() {
    for protocol in [Protocol::Tls12, Protocol::Tls13] {
        let own = identity(Kind::P256);
        let (mut client, mut server, _) = begin(protocol, true);
        let settings = ServerSettings {
            identities: vec![own.clone()],
            request_certificate: true,
            authorities: vec![b"no name".to_vec()],
            ..Default::default()
        };
        let config = ServerConfig::new(&settings).unwrap();
        while step(&mut client, &config, &own) {}
        carry(&mut client, &mut server);
        while step(&mut server, &config, &own) {}
        carry(&mut server, &mut client);
        assert_eq!(client.advance(), Err(Fault::Decode.into()), "{protocol:?}");
    }
}
