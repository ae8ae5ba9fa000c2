//! Anything that either side may do after the handshake, in any order.

use standin_engine::{Error, Identity, Protocol, Verdict};

use crate::pair::{BOTH, CLIENT, Configs, SECOND, Split, To, Wish, chain};
use crate::random::Random;

/// Requests, answers, data, new keys and tickets in random order and random pieces.
#[test]
fn any_order_of_events() {
    for wish in [Wish::Nothing, Wish::Certificate] {
        let configs = Configs::new(Protocol::Tls13, wish);
        for seed in 0..150 {
            any_order(&configs, &mut Random(seed));
        }
    }
}

fn any_order(configs: &Configs, random: &mut Random) {
    let mut pair = configs.pair();
    pair.run(Split::All);
    let identities: [Option<&Identity>; 3] = [None, Some(&CLIENT), Some(&SECOND)];
    let mut expected = [Vec::new(), Vec::new()];
    let mut requests = 0;
    for _ in 0..60 {
        let to = BOTH[random.below(2)];
        match random.below(9) {
            0..=2 => {
                let data: Vec<u8> = (0..random.below(2000)).map(|_| random.next() as u8).collect();
                let from = if to == To::Server { To::Client } else { To::Server };
                let fragment = 1 + random.below(2000);
                assert_eq!(pair.side(from).connection.write(&data, fragment), Ok(data.len()));
                expected[to as usize].extend_from_slice(&data);
            }
            3 => pair.side(to).connection.update_keys(random.below(2) == 0).unwrap(),
            4 => {
                pair.client.identity = identities[random.below(3)].cloned();
                // One that was answered may still be on its way; at most a few at a time.
                if pair.server.connection.outstanding_requests() < 3 {
                    pair.server.connection.request_certificate(&[], &[0x0403, 0x0807], false).unwrap();
                    requests += 1;
                }
            }
            5 => pair.server.connection.send_ticket().unwrap(),
            _ => {
                pair.run_once(to, 1 + random.below(3000));
            }
        }
    }
    pair.run(Split::Wanted);
    assert_eq!((&pair.client.error, &pair.server.error), (&None, &None));
    assert!(pair.server.data == expected[To::Server as usize] && pair.client.data == expected[To::Client as usize]);
    assert_eq!((pair.server.connection.rounds(), pair.server.connection.outstanding_requests()), (requests, 0));
    // A last round settles who it is.
    for identity in identities {
        pair.client.identity = identity.cloned();
        pair.server.connection.request_certificate(&[], &[0x0403, 0x0807], false).unwrap();
        pair.run(Split::All);
        assert_eq!(pair.server.peer(), identity.map(chain));
    }
    pair.check(Some(&chain(&SECOND)));
}

#[test]
fn a_round_without_a_certificate() {
    let configs = Configs::new(Protocol::Tls13, Wish::Certificate);
    let mut pair = configs.pair();
    pair.run(Split::All);
    assert_eq!(pair.server.peer(), Some(chain(&CLIENT)));
    pair.client.identity = None;
    pair.server.connection.request_certificate(&[], &[0x0403], false).unwrap();
    pair.run(Split::All);
    // An empty answer never leaves an older identity in place.
    assert_eq!((pair.server.peer(), pair.server.connection.rounds()), (None, 1));
    assert!(pair.is_sound());
    pair.server.connection.request_certificate(&[], &[0x0403], true).unwrap();
    pair.run(Split::All);
    assert_eq!(pair.server.peer(), None);
    let required = standin_engine::Alert::CERTIFICATE_REQUIRED;
    assert!(matches!(pair.server.error, Some(Error::Fatal { alert, .. }) if alert == required));
    assert_eq!(pair.client.error, Some(Error::AlertReceived(required)));
}

#[test]
fn a_round_that_is_refused() {
    let configs = Configs::new(Protocol::Tls13, Wish::Certificate);
    let mut pair = configs.pair();
    pair.run(Split::All);
    pair.client.identity = Some(SECOND.clone());
    pair.server.verdict = Verdict::Refuse(standin_engine::Alert::CERTIFICATE_REVOKED);
    pair.server.connection.request_certificate(&[], &[0x0403, 0x0807], false).unwrap();
    pair.run(Split::All);
    assert_ne!(pair.server.peer(), Some(chain(&SECOND)));
    assert!(pair.server.error.is_some());
    assert_eq!(pair.client.error, Some(Error::AlertReceived(standin_engine::Alert::CERTIFICATE_REVOKED)));
}

/// An identity that cannot sign as asked is presented as none.
#[test]
fn no_scheme_in_common() {
    let configs = Configs::new(Protocol::Tls13, Wish::Nothing);
    let mut pair = configs.pair();
    pair.run(Split::All);
    pair.client.identity = Some(SECOND.clone());
    pair.server.connection.request_certificate(&[], &[0x0403, 0x0804], false).unwrap();
    pair.run(Split::All);
    assert_eq!((pair.server.peer(), pair.server.connection.rounds()), (None, 1));
    assert!(pair.is_sound());
}

#[test]
fn not_in_tls12() {
    let configs = Configs::new(Protocol::Tls12, Wish::Nothing);
    let mut pair = configs.pair();
    pair.run(Split::All);
    assert!(!pair.server.connection.peer_offers_post_handshake_auth());
    let requested = pair.server.connection.request_certificate(&[], &[0x0403], false);
    assert_eq!(requested, Err(Error::WrongState));
    assert_eq!(pair.client.connection.update_keys(true), Err(Error::WrongState));
    assert!(pair.is_sound());
}
