//! Bytes that are not what the peer sent end in an error or in silence, never in anything else.

use standin_engine::{Protocol, Verdict};

use crate::pair::{BOTH, Configs, Pair, SECOND, Split, Tamper, To, Wish, chain};
use crate::random::Random;

/// A handshake, a round of post-handshake authentication where there is one, and some data.
fn life(configs: &Configs, tamper: Tamper) -> Pair {
    let mut pair = configs.pair();
    pair.tamper = tamper;
    pair.run(Split::All);
    pair.check(configs.expected().as_ref());
    if pair.is_sound() {
        let _ = pair.client.connection.write(b"ping", 16384);
        let _ = pair.server.connection.write(b"pong", 16384);
        pair.run(Split::All);
    }
    pair
}

fn is_prefix(pair: &Pair) {
    assert!(b"ping".starts_with(&pair.server.data) && b"pong".starts_with(&pair.client.data));
}

fn configs() -> [Configs; 3] {
    [
        Configs::new(Protocol::Tls12, Wish::Certificate),
        Configs::new(Protocol::Tls13, Wish::Certificate),
        Configs::new(Protocol::Tls13, Wish::Optional),
    ]
}

#[test]
fn every_byte_flipped() {
    for configs in configs() {
        let lengths = life(&configs, Tamper::Nothing).sent.map(|bytes| bytes.len());
        let mut random = Random(1);
        for to in BOTH {
            for byte in 0..lengths[to as usize] {
                let pair = life(&configs, Tamper::Flip(to, byte * 8 + random.below(8)));
                pair.check(configs.expected().as_ref());
                is_prefix(&pair);
            }
        }
    }
}

#[test]
fn every_cut() {
    for configs in configs() {
        let lengths = life(&configs, Tamper::Nothing).sent.map(|bytes| bytes.len());
        for to in BOTH {
            for at in 0..lengths[to as usize] {
                let pair = life(&configs, Tamper::Cut(to, at));
                pair.check(configs.expected().as_ref());
                is_prefix(&pair);
                // Silence is no error.
                assert_eq!((&pair.client.error, &pair.server.error), (&None, &None));
            }
        }
    }
}

/// Nonsense instead of a peer.
#[test]
fn random_bytes() {
    let configs = Configs::new(Protocol::Tls13, Wish::Certificate);
    let mut random = Random(2);
    for _ in 0..2000 {
        for to in BOTH {
            let mut pair = configs.pair();
            pair.client.run();
            let mut bytes: Vec<u8> = (0..1 + random.below(300)).map(|_| random.next() as u8).collect();
            // Most of them look like a handshake record at least.
            if random.below(4) != 0 && bytes.len() > 9 {
                let len = (bytes.len() - 5) as u16;
                bytes[..5].copy_from_slice(&[22, 3, 3, (len >> 8) as u8, len as u8]);
                bytes[5] = [1, 2, 11, 13, 0][random.below(5)];
                bytes[6] = 0;
            }
            let side = pair.side(to);
            side.connection.input(bytes.len())[..bytes.len()].copy_from_slice(&bytes);
            side.connection.received(bytes.len());
            side.run();
            assert!(!side.connection.is_established());
            assert_eq!(side.peer(), None);
        }
    }
}

/// Records of an established connection doubled, left out, swapped, cut off, made longer.
#[test]
fn records_out_of_order() {
    for configs in configs() {
        for change in 0..5 {
            let mut pair = configs.pair();
            pair.run(Split::All);
            for data in [b"one", b"two", b"six"] {
                pair.client.connection.write(data, 16384).unwrap();
            }
            let wire = pair.client.connection.outgoing().to_vec();
            let len = wire.len() / 3;
            let [one, two, six] = [0, 1, 2].map(|i| wire[i * len..(i + 1) * len].to_vec());
            let (bytes, expected) = match change {
                0 => ([&one[..], &one, &two].concat(), &b"one"[..]),
                1 => ([&one[..], &six].concat(), &b"one"[..]),
                2 => ([&two[..], &one].concat(), &b""[..]),
                3 => {
                    let mut short = one.clone();
                    short.pop();
                    short[4] -= 1;
                    (short, &b""[..])
                }
                _ => {
                    let mut long = [&one[..], &two].concat();
                    long.push(0);
                    long[len + 4] += 1;
                    (long, &b"one"[..])
                }
            };
            let server = &mut pair.server;
            server.connection.input(bytes.len())[..bytes.len()].copy_from_slice(&bytes);
            server.connection.received(bytes.len());
            server.run();
            assert_eq!(server.data, expected, "change {change}");
            assert!(
                matches!(
                    server.error,
                    Some(standin_engine::Error::Fatal { alert: standin_engine::Alert::BAD_RECORD_MAC, .. })
                ),
                "{:?}",
                server.error
            );
            // The alert arrives as such.
            pair.run(Split::All);
            let alert = standin_engine::Error::AlertReceived(standin_engine::Alert::BAD_RECORD_MAC);
            assert_eq!(pair.client.error, Some(alert));
        }
    }
}

/// A refusal leaves nobody authenticated, and the peer is told.
#[test]
fn a_refused_peer() {
    let refusal = standin_engine::Alert::UNKNOWN_CA;
    for protocol in [Protocol::Tls12, Protocol::Tls13] {
        for to in BOTH {
            let configs = Configs::new(protocol, Wish::Certificate);
            let mut pair = configs.pair();
            pair.side(to).verdict = Verdict::Refuse(refusal);
            pair.run(Split::All);
            let (judge, judged) = match to {
                To::Server => (&pair.server, &pair.client),
                To::Client => (&pair.client, &pair.server),
            };
            assert!(!judge.connection.is_established());
            assert_eq!(judge.peer(), None);
            assert!(
                matches!(&judge.error, Some(standin_engine::Error::Fatal { alert, .. }) if *alert == refusal),
                "{:?}",
                judge.error
            );
            assert_eq!(judged.error, Some(standin_engine::Error::AlertReceived(refusal)));
        }
    }
}

/// A round whose bytes are tampered with never changes who the client is.
#[test]
fn every_byte_of_a_round_flipped_or_cut() {
    let configs = Configs::new(Protocol::Tls13, Wish::Certificate);
    let round = |tamper: &dyn Fn([usize; 2]) -> Tamper| {
        let mut pair = configs.pair();
        pair.run(Split::All);
        let before = pair.sent.clone().map(|bytes| bytes.len());
        pair.tamper = tamper(before);
        pair.client.identity = Some(SECOND.clone());
        pair.server.connection.request_certificate(&[], &[0x0403, 0x0807], false).unwrap();
        let request = pair.server.connection.outgoing().len();
        pair.run(Split::All);
        (pair, before, request)
    };
    let (pair, before, request) = round(&|_| Tamper::Nothing);
    assert_eq!(pair.server.peer(), Some(chain(&SECOND)));
    let answer = pair.sent[To::Server as usize].len() - before[To::Server as usize];
    let mut random = Random(3);
    // What comes after the request is a ticket, made when the identity is settled.
    for (to, len) in [(To::Server, answer), (To::Client, request)] {
        for byte in 0..len {
            let bit = random.below(8);
            let (pair, ..) = round(&|before| Tamper::Flip(to, (before[to as usize] + byte) * 8 + bit));
            assert_ne!(pair.server.peer(), Some(chain(&SECOND)));
            let (pair, ..) = round(&|before| Tamper::Cut(to, before[to as usize] + byte));
            assert_eq!(pair.server.peer(), configs.expected());
            assert_eq!((&pair.client.error, &pair.server.error), (&None, &None));
        }
    }
}
