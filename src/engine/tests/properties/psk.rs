//! Pre-shared keys agreed on outside of TLS.

use standin_engine::{Alert, Error, ExternalPsk, Identity, Protocol, SUITES, ServerSettings, TicketKeys};

use crate::pair::{CLIENT, Configs, Pair, SECOND, Split, Tamper, To, Wish, chain, client_settings, server_settings};

const KEY: &[u8] = b"sixteen bytes or";

fn psk(identity: &[u8], key: &[u8], suite: u16) -> ExternalPsk {
    ExternalPsk::new(identity, key, suite).unwrap()
}

/// A server without a certificate.
fn bare() -> ServerSettings {
    ServerSettings { identities: Vec::new(), ..server_settings(Protocol::Tls13, Wish::Nothing) }
}

fn run(configs: &Configs, client: &ExternalPsk, server: &[ExternalPsk], split: Split) -> Pair {
    let mut pair = configs.offering(None, Some(client));
    pair.server.psks = server.to_vec();
    pair.run(split);
    pair
}

fn identities(pair: &Pair) -> [Option<Vec<u8>>; 2] {
    [&pair.client, &pair.server]
        .map(|side| side.connection.established().and_then(|agreed| agreed.psk_identity.clone()))
}

fn refused(pair: &Pair, expected: Alert) {
    assert!(
        matches!(&pair.server.error, Some(Error::Fatal { alert, .. }) if *alert == expected),
        "{:?}",
        pair.server.error
    );
    assert_eq!(pair.client.error, Some(Error::AlertReceived(expected)));
    assert!(!pair.client.connection.is_established() && !pair.server.connection.is_established());
}

#[test]
fn every_suite_and_length() {
    let configs = Configs::with(&client_settings(Protocol::Tls13), &bare());
    for suite in SUITES.iter().filter(|suite| suite.protocol == Protocol::Tls13) {
        for len in [1, 16, 32, 33, 64, 65, 300] {
            let (identity, key) = (vec![b'i'; len], vec![7; len]);
            let mut pair =
                run(&configs, &psk(&identity, &key, suite.code), &[psk(&identity, &key, suite.code)], Split::All);
            assert!(pair.is_sound(), "{suite:?} {len} {:?} {:?}", pair.client.error, pair.server.error);
            assert_eq!(identities(&pair), [Some(identity.clone()), Some(identity)]);
            assert_eq!(
                (pair.client.verdicts, pair.server.verdicts, pair.client.peer(), pair.server.peer()),
                (0, 0, None, None)
            );
            pair.client.connection.write(b"hello", 16384).unwrap();
            pair.run(Split::All);
            assert_eq!(pair.server.data, b"hello");
        }
    }
}

#[test]
fn every_split_and_a_second_hello() {
    let mut server = bare();
    for groups in [vec![0x001d], vec![0x0017]] {
        server.parameters.groups = groups;
        let mut client = client_settings(Protocol::Tls13);
        client.parameters.groups = vec![0x001d, 0x0017];
        let configs = Configs::with(&client, &server);
        for split in [Split::All, Split::Wanted, Split::Each(1), Split::Each(7)] {
            let pair = run(&configs, &psk(b"me", KEY, 0x1301), &[psk(b"me", KEY, 0x1301)], split);
            assert!(pair.is_sound(), "{:?} {:?}", pair.client.error, pair.server.error);
            assert_eq!(identities(&pair), [Some(b"me".to_vec()), Some(b"me".to_vec())]);
        }
    }
}

#[test]
fn a_wrong_key_is_refused() {
    for server in [bare(), server_settings(Protocol::Tls13, Wish::Nothing)] {
        let configs = Configs::with(&client_settings(Protocol::Tls13), &server);
        let pair = run(&configs, &psk(b"me", KEY, 0x1301), &[psk(b"me", b"another", 0x1301)], Split::All);
        refused(&pair, Alert::ILLEGAL_PARAMETER);
    }
}

/// Unknown, of another hash than the server has suites for, or not for TLS 1.2: the certificate is used, if there is
/// one.
#[test]
fn keys_that_do_not_fit() {
    let ours = psk(b"me", KEY, 0x1301);
    for (known, suites) in [
        (psk(b"you", KEY, 0x1301), vec![0x1302, 0x1301]),
        (psk(b"me", KEY, 0x1302), vec![0x1301]),
        (psk(b"me", KEY, 0x1301), vec![0x1302]),
    ] {
        let mut server = server_settings(Protocol::Tls13, Wish::Certificate);
        server.parameters.suites = suites;
        let configs = Configs::with(&client_settings(Protocol::Tls13), &server);
        let pair = run(&configs, &ours, std::slice::from_ref(&known), Split::All);
        assert!(pair.is_sound() && pair.client.verdicts == 1, "{known:?}");
        assert_eq!((identities(&pair), pair.server.peer()), ([None, None], configs.expected()));
        server.identities.clear();
        let configs = Configs::with(&client_settings(Protocol::Tls13), &server);
        let pair = run(&configs, &ours, &[known], Split::All);
        assert!(pair.client.error.is_some() && !pair.server.connection.is_established());
    }
    let configs = Configs::new(Protocol::Tls12, Wish::Nothing);
    let pair = run(&configs, &ours, std::slice::from_ref(&ours), Split::All);
    assert!(pair.is_sound() && identities(&pair) == [None, None]);
    // Both would have TLS 1.3, but only one suite, which belongs to the other hash.
    let mut client = client_settings(Protocol::Tls13);
    client.parameters.suites = vec![0x1302];
    let configs = Configs::with(&client, &server_settings(Protocol::Tls13, Wish::Nothing));
    let pair = run(&configs, &ours, std::slice::from_ref(&ours), Split::All);
    assert!(pair.is_sound() && identities(&pair) == [None, None]);
}

/// The suite is one of the key's hash, in the order of whoever's order counts.
#[test]
fn the_suite_goes_with_the_key() {
    for (own, expected) in [(false, 0x1303), (true, 0x1301)] {
        let mut client = client_settings(Protocol::Tls13);
        client.parameters.suites = vec![0x1302, 0x1303, 0x1301];
        let mut server = bare();
        server.parameters.suites = vec![0x1302, 0x1301, 0x1303];
        server.prefer_own_order = own;
        let configs = Configs::with(&client, &server);
        let pair = run(&configs, &psk(b"me", KEY, 0x1301), &[psk(b"me", KEY, 0x1303)], Split::All);
        assert!(pair.is_sound());
        assert_eq!(pair.client.connection.established().unwrap().suite, expected);
    }
}

/// After a handshake by a key the client is asked for a certificate; it resumes as who it is then.
#[test]
fn authentication_afterwards_and_resumption() {
    for required in [Wish::Nothing, Wish::Certificate] {
        let mut server = server_settings(Protocol::Tls13, required);
        server.session_context = b"context".to_vec();
        server.sessions.ticket_keys = Some(TicketKeys::random());
        let configs = Configs::with(&client_settings(Protocol::Tls13), &server);
        let mut pair = run(&configs, &psk(b"me", KEY, 0x1302), &[psk(b"me", KEY, 0x1302)], Split::All);
        // A key is an authentication of its own.
        assert!(pair.is_sound() && pair.server.peer().is_none());
        assert!(pair.server.connection.peer_offers_post_handshake_auth());
        let first = pair.client.connection.take_session().expect("a ticket");
        for identity in [&CLIENT, &SECOND] {
            let identity: &Identity = identity;
            pair.client.identity = Some(identity.clone());
            pair.server.connection.request_certificate(&[], &[0x0403, 0x0807], true).unwrap();
            pair.server.connection.update_keys(true).unwrap();
            pair.run(Split::All);
            assert_eq!(pair.server.peer(), Some(chain(identity)), "{:?}", pair.server.error);
        }
        pair.server.connection.send_ticket().unwrap();
        pair.run(Split::All);
        let mut latest = None;
        while let Some(session) = pair.client.connection.take_session() {
            latest = Some(session);
        }
        for (session, expected) in [(first, None), (latest.unwrap(), Some(chain(&SECOND)))] {
            if required == Wish::Certificate && expected.is_none() {
                continue; // no way around the requirement
            }
            // A session needs no certificate, and goes before a key.
            server.identities.clear();
            let configs = configs.with_server(&server);
            let mut pair = configs.offering(Some(&session), Some(&psk(b"me", b"wrong", 0x1302)));
            pair.server.psks = vec![psk(b"me", KEY, 0x1302)];
            pair.run(Split::All);
            assert!(pair.is_sound(), "{:?} {:?}", pair.client.error, pair.server.error);
            assert_eq!((pair.server.peer(), identities(&pair)), (expected, [None, None]));
            assert!(pair.client.connection.established().unwrap().resumed);
        }
    }
}

/// The key had the suite chosen; a session that came of it is resumed under that suite.
#[test]
fn sessions_of_another_suite_than_the_first() {
    for first in [0x1302, 0x1303, 0x1301] {
        let mut client = client_settings(Protocol::Tls13);
        client.parameters.suites.retain(|suite| *suite != first);
        client.parameters.suites.insert(0, first);
        let configs = Configs::with(&client, &bare());
        for suite in [0x1302, 0x1301] {
            let mut pair = run(&configs, &psk(b"me", KEY, suite), &[psk(b"me", KEY, suite)], Split::All);
            assert!(pair.is_sound());
            let (negotiated, session) =
                (pair.client.connection.established().unwrap().suite, pair.client.connection.take_session().unwrap());
            let mut pair = configs.resuming(Some(&session));
            pair.run(Split::All);
            assert!(pair.is_sound(), "{first:x} {suite:x} {:?} {:?}", pair.client.error, pair.server.error);
            assert_eq!(pair.client.connection.established().unwrap().suite, negotiated);
        }
    }
}

/// The server takes whichever it knows first; of a session that it does not know nothing stays.
#[test]
fn a_key_beside_a_session() {
    for groups in [vec![0x001d], vec![0x0017]] {
        for suite in [0x1301, 0x1302, 0x1303] {
            let mut client = client_settings(Protocol::Tls13);
            client.parameters.groups = vec![0x001d, 0x0017];
            client.parameters.suites = vec![suite];
            let mut server = server_settings(Protocol::Tls13, Wish::Certificate);
            server.parameters.groups = groups.clone();
            let configs = Configs::with(&client, &server);
            let mut first = configs.resuming(None);
            first.run(Split::All);
            let session = first.client.connection.take_session().unwrap();
            assert!(session.peer().is_some());
            let ours = psk(b"me", KEY, suite);
            let attempt = |configs: &Configs, known: &[ExternalPsk], split| {
                let mut pair = configs.offering(Some(&session), Some(&ours));
                pair.server.psks = known.to_vec();
                pair.run(split);
                pair
            };
            let knows_session = attempt(&configs, &[psk(b"me", b"wrong", suite)], Split::Each(1));
            assert!(knows_session.is_sound() && identities(&knows_session) == [None, None]);
            assert_eq!(knows_session.server.peer(), Some(chain(&CLIENT)));

            server.sessions.ticket_keys = Some(TicketKeys::random());
            let other = configs.with_server(&server);
            for split in [Split::All, Split::Each(1)] {
                let pair = attempt(&other, std::slice::from_ref(&ours), split);
                assert!(pair.is_sound(), "{suite:x} {:?} {:?}", pair.client.error, pair.server.error);
                assert_eq!(identities(&pair), [Some(b"me".to_vec()), Some(b"me".to_vec())]);
                assert_eq!((pair.client.peer(), pair.server.peer(), pair.client.verdicts), (None, None, 0));
            }
            refused(&attempt(&other, &[psk(b"me", b"wrong", suite)], Split::All), Alert::ILLEGAL_PARAMETER);
            let neither = attempt(&other, &[], Split::All);
            assert!(neither.is_sound() && identities(&neither) == [None, None] && neither.client.verdicts == 1);
        }
    }
}

/// Beside a session of the other hash, or of TLS 1.2, it is left out.
#[test]
fn a_key_that_does_not_go_with_the_session() {
    for (protocol, suite) in [(Protocol::Tls13, 0x1302), (Protocol::Tls12, 0xc02c)] {
        let mut client = client_settings(protocol);
        client.parameters.suites = vec![suite];
        let configs = Configs::with(&client, &server_settings(protocol, Wish::Nothing));
        let mut first = configs.resuming(None);
        first.run(Split::All);
        let session = first.client.connection.take_session().unwrap();
        let mut client = client_settings(Protocol::Tls13);
        client.parameters.min = Protocol::Tls12;
        let mut server = server_settings(Protocol::Tls13, Wish::Nothing);
        server.parameters.min = Protocol::Tls12;
        let mut pair = Configs::with(&client, &server).offering(Some(&session), Some(&psk(b"me", KEY, 0x1301)));
        pair.server.psks = vec![psk(b"me", KEY, 0x1301)];
        pair.run(Split::All);
        assert!(pair.is_sound() && identities(&pair) == [None, None]);
    }
}

/// No bit of the client's hello can be changed, and none of the server's answer, with a session or without.
#[test]
fn every_bit_counts() {
    let server = server_settings(Protocol::Tls13, Wish::Nothing);
    let configs = Configs::with(&client_settings(Protocol::Tls13), &server);
    let mut first = configs.resuming(None);
    first.run(Split::All);
    let session = first.client.connection.take_session().unwrap();
    // To another server.
    let configs = configs.with_server(&bare());
    let (ours, theirs) = (psk(b"me", KEY, 0x1302), [psk(b"me", KEY, 0x1302)]);
    for session in [None, Some(&session)] {
        let attempt = |tamper| {
            let mut pair = configs.offering(session, Some(&ours));
            pair.server.psks = theirs.to_vec();
            pair.tamper = tamper;
            pair.run(Split::All);
            pair
        };
        let whole = attempt(Tamper::Nothing);
        assert!(whole.is_sound());
        for to in [To::Server, To::Client] {
            for bit in (0..whole.sent[to as usize].len() * 8).step_by(11) {
                let pair = attempt(Tamper::Flip(to, bit));
                let established = [&pair.client, &pair.server].map(|side| side.connection.is_established());
                if established == [true, true] && pair.is_sound() {
                    assert_eq!(identities(&pair), [Some(b"me".to_vec()), Some(b"me".to_vec())], "{to:?} {bit}");
                }
            }
        }
    }
}

#[test]
fn what_is_no_key() {
    assert!(ExternalPsk::new(b"me", b"", 0x1301).is_none());
    assert!(ExternalPsk::new(b"", KEY, 0x1301).is_none());
    assert!(ExternalPsk::new(&[1; 0xff01], KEY, 0x1301).is_none());
    for suite in [0, 0x1304, 0xc02f] {
        assert!(ExternalPsk::new(b"me", KEY, suite).is_none());
    }
    assert!(!format!("{:?}", psk(b"me", KEY, 0x1301)).contains("sixteen"));
}
