//! A session brings back who was authenticated, and nobody else.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use standin_engine::{
    Identity, PeerChain, Protocol, SUITES, ServerSessions, ServerSettings, Session, SessionCache, SessionFacts,
    TicketKeys, Verdict,
};

use crate::pair::{
    CLIENT, Configs, Pair, SECOND, SERVER, Split, Tamper, To, Wish, chain, client_settings, server_settings,
};
use crate::random::Random;
use crate::testing::{Kind, identity, identity_until};

/// A cache as an owner may keep it.
#[derive(Default)]
struct Cache(Mutex<HashMap<Vec<u8>, Session>>);

impl SessionCache for Cache {
    fn put(&self, id: &[u8], session: Session) {
        self.0.lock().unwrap().insert(id.to_vec(), session);
    }

    fn find(&self, id: &[u8]) -> Option<Session> {
        self.0.lock().unwrap().get(id).cloned()
    }

    fn remove(&self, id: &[u8]) {
        self.0.lock().unwrap().remove(id);
    }
}

impl Cache {
    /// As if each session had been kept outside of the process.
    fn rewrite(&self) {
        for session in self.0.lock().unwrap().values_mut() {
            *session = rewritten(session);
        }
    }
}

/// Written down and read again.
fn rewritten(session: &Session) -> Session {
    Session::restore(session.facts()).expect("facts of a session")
}

/// Servers that keep sessions in tickets or in a cache, under both protocols.
fn all(wish: Wish) -> Vec<(Protocol, ServerSettings)> {
    let mut all = Vec::new();
    for protocol in [Protocol::Tls12, Protocol::Tls13] {
        let tickets = server_settings(protocol, wish);
        let cache = ServerSettings {
            sessions: ServerSessions {
                ticket_keys: None,
                cache: Some(Arc::new(Cache::default())),
                ..tickets.sessions.clone()
            },
            session_context: b"context".to_vec(),
            ..tickets.clone()
        };
        all.extend([(protocol, tickets), (protocol, cache)]);
    }
    all
}

fn full(configs: &Configs) -> Pair {
    let mut pair = configs.pair();
    pair.run(Split::All);
    assert!(pair.is_sound(), "{:?} {:?}", pair.client.error, pair.server.error);
    assert!(!is_resumed(&pair));
    pair
}

/// The client's latest session.
fn latest(pair: &mut Pair) -> Session {
    std::iter::from_fn(|| pair.client.connection.take_session()).last().expect("a session")
}

fn is_resumed(pair: &Pair) -> bool {
    let [client, server] = [&pair.client, &pair.server].map(|side| side.connection.established().unwrap().resumed);
    assert_eq!(client, server);
    client
}

fn resume(configs: &Configs, session: &Session, split: Split) -> Pair {
    let mut pair = configs.resuming(Some(session));
    pair.run(split);
    assert!(pair.is_sound(), "{:?} {:?}", pair.client.error, pair.server.error);
    pair
}

#[test]
fn the_identity_comes_back_again_and_again() {
    for wish in [Wish::Nothing, Wish::Certificate] {
        for (protocol, server) in all(wish) {
            let configs = Configs::with(&client_settings(protocol), &server);
            let session = latest(&mut full(&configs));
            assert_eq!(session.version(), if protocol == Protocol::Tls13 { 0x0304 } else { 0x0303 });
            // The same session more than once, as OpenSSL's programs do.
            for split in [Split::All, Split::Wanted, Split::Each(3)] {
                let mut pair = resume(&configs, &session, split);
                assert!(is_resumed(&pair), "{protocol:?} {wish:?} {split:?} {}", server.sessions.cache.is_some());
                assert_eq!(pair.server.peer(), configs.expected());
                pair.check(configs.expected().as_ref());
                assert_eq!((pair.server.verdicts, pair.server.certificates, pair.client.certificates), (0, 0, 0));
                assert_eq!(pair.client.connection.write(b"ping", 16384), Ok(4));
                pair.run(split);
                assert_eq!(pair.server.data, b"ping");
            }
            // What a resumed connection hands out, down the generations.
            if protocol == Protocol::Tls13 {
                let mut session = session;
                for _ in 0..4 {
                    let mut pair = resume(&configs, &session, Split::All);
                    assert!(is_resumed(&pair));
                    assert_eq!(pair.server.peer(), configs.expected());
                    session = latest(&mut pair);
                }
            }
        }
    }
}

/// An owner that opens and makes the tickets itself is asked for each, and what it gives back is resumed.
#[test]
fn tickets_of_the_owner_s_making() {
    for protocol in [Protocol::Tls12, Protocol::Tls13] {
        let configs = Configs::with(&client_settings(protocol), &server_settings(protocol, Wish::Certificate));
        let vault = Arc::new(Mutex::new(Vec::new()));
        let connect = |session: Option<&Session>, vault: &Arc<_>, split| {
            let mut pair = configs.resuming(session);
            pair.server.vault = Some(Arc::clone(vault));
            pair.run(split);
            assert!(pair.is_sound(), "{:?} {:?}", pair.client.error, pair.server.error);
            pair
        };
        for split in [Split::All, Split::Wanted, Split::Each(3)] {
            let mut first = connect(None, &vault, split);
            assert!(!is_resumed(&first));
            let made = vault.lock().unwrap().len();
            assert!(made > 0);
            let session = latest(&mut first);
            let second = connect(Some(&session), &vault, split);
            assert!(is_resumed(&second), "{protocol:?} {split:?}");
            assert_eq!(second.server.peer(), configs.expected());
            second.check(configs.expected().as_ref());
            // One ticket replaces the one that was used; a session of TLS 1.2 goes on in its own.
            assert_eq!(vault.lock().unwrap().len() - made, usize::from(protocol == Protocol::Tls13));
            // Whoever does not know the ticket has no session.
            assert!(!is_resumed(&connect(Some(&session), &Arc::new(Mutex::new(Vec::new())), split)));
        }
    }
}

/// What a session says is enough to resume it, for either role.
#[test]
fn sessions_that_were_written_down() {
    let rsa = identity(Kind::Rsa);
    for (protocol, server) in all(Wish::Certificate) {
        for suite in SUITES.iter().filter(|suite| suite.protocol == protocol) {
            let cache = Arc::new(Cache::default());
            let mut client = client_settings(protocol);
            client.parameters.suites = vec![suite.code];
            let server = ServerSettings {
                sessions: ServerSessions {
                    cache: server.sessions.cache.as_ref().map(|_| cache.clone() as Arc<dyn SessionCache>),
                    ..server.sessions.clone()
                },
                identities: vec![SERVER.clone(), rsa.clone()],
                ..server.clone()
            };
            let configs = Configs::with(&client, &server);
            let run = |session: Option<&Session>| {
                let mut pair = configs.resuming(session);
                pair.known(&[&rsa]);
                pair.run(Split::All);
                assert!(pair.is_sound(), "{suite:?} {:?} {:?}", pair.client.error, pair.server.error);
                pair
            };
            let mut first = run(None);
            let (served, session) = (first.client.peer(), rewritten(&latest(&mut first)));
            cache.rewrite();
            for _ in 0..2 {
                let pair = run(Some(&session));
                assert!(is_resumed(&pair), "{suite:?} {}", server.sessions.cache.is_some());
                assert_eq!((pair.client.peer(), pair.server.peer()), (served.clone(), configs.expected()));
                assert_eq!((pair.client.verdicts, pair.server.verdicts), (0, 0));
            }
            let facts = session.facts();
            let mut secret = facts.secret.clone();
            secret[7] ^= 1;
            let forged = Session::restore(SessionFacts { secret, ..facts }).unwrap();
            let mut pair = configs.resuming(Some(&forged));
            pair.run(Split::All);
            assert!(!pair.server.connection.is_established() && pair.server.peer().is_none(), "{suite:?}");
        }
    }
}

#[test]
fn what_no_session_can_say() {
    for protocol in [Protocol::Tls12, Protocol::Tls13] {
        let configs = Configs::new(protocol, Wish::Nothing);
        let facts = latest(&mut full(&configs)).facts();
        let changes: [fn(&mut SessionFacts); 8] = [
            |facts| facts.suite = 0x1304,
            |facts| facts.suite = if facts.suite < 0x2000 { 0xc02c } else { 0x1302 },
            |facts| facts.version ^= 7,
            |facts| facts.version = 0,
            |facts| facts.secret.clear(),
            |facts| facts.secret.resize(65, 1),
            |facts| facts.id = vec![1; 33],
            |facts| facts.ticket = vec![1; 0xff01].into(),
        ];
        for (number, change) in changes.into_iter().enumerate() {
            let mut facts = facts.clone();
            change(&mut facts);
            assert!(Session::restore(facts).is_none(), "{protocol:?} {number}");
        }
        // Nothing that a server could know it by: the handshake is a full one.
        let bare = SessionFacts { ticket: [].into(), id: Vec::new(), ..facts };
        let pair = resume(&configs, &Session::restore(bare).unwrap(), Split::All);
        assert!(!is_resumed(&pair));
    }
}

/// A client keeps a ticket of TLS 1.3 for a week at most, whatever the server says (RFC 8446 §4.6.1).
#[test]
fn a_ticket_is_kept_for_a_week_at_most() {
    const DAY: u64 = 86_400;
    let configs = Configs::new(Protocol::Tls13, Wish::Certificate);
    let facts = latest(&mut full(&configs)).facts();
    for (days, lifetime, is_kept) in [(0, 14, true), (6, 14, true), (8, 14, false), (1, 2, true), (3, 2, false)] {
        let lifetime = (lifetime * DAY) as u32;
        let old = SessionFacts { created: facts.created - days * DAY, lifetime, ..facts.clone() };
        let pair = resume(&configs, &Session::restore(old).unwrap(), Split::All);
        assert!(is_resumed(&pair) == is_kept, "{days} days old, good for {lifetime} s");
        assert_eq!(pair.server.peer(), configs.expected());
    }
}

/// Each ticket has a fresh ticket_age_add, and a PSK of its own (RFC 8446 §4.6.1).
#[test]
fn no_two_tickets_are_alike() {
    let configs = Configs::new(Protocol::Tls13, Wish::Certificate);
    let mut pair = full(&configs);
    for _ in 0..4 {
        pair.server.connection.send_ticket().unwrap();
    }
    pair.run(Split::All);
    let sessions: Vec<_> = std::iter::from_fn(|| pair.client.connection.take_session()).collect();
    assert!(sessions.len() >= 4);
    for (at, one) in sessions.iter().enumerate() {
        for other in &sessions[at + 1..] {
            assert_ne!(one.age_add(), other.age_add());
            assert_ne!(one.facts().secret, other.facts().secret);
            assert_ne!(one.facts().ticket, other.facts().ticket);
        }
    }
}

#[test]
fn sessions_of_another_server_context_or_protocol() {
    for (protocol, server) in all(Wish::Certificate) {
        let configs = Configs::with(&client_settings(protocol), &server);
        let session = latest(&mut full(&configs));
        let strangers = [
            ServerSettings { session_context: b"another".to_vec(), ..server.clone() },
            ServerSettings {
                sessions: ServerSessions {
                    ticket_keys: server.sessions.ticket_keys.as_ref().map(|_| TicketKeys::random()),
                    cache: server.sessions.cache.as_ref().map(|_| Arc::new(Cache::default()) as Arc<dyn SessionCache>),
                    ..server.sessions.clone()
                },
                ..server.clone()
            },
        ];
        for stranger in strangers {
            let pair = resume(&configs.with_server(&stranger), &session, Split::All);
            assert!(!is_resumed(&pair));
            assert_eq!(pair.server.peer(), Some(chain(&CLIENT)));
        }
    }
}

/// A session made where no certificate was asked for is none where one is required.
#[test]
fn a_session_without_an_identity_is_no_way_around_a_requirement() {
    for (protocol, server) in all(Wish::Nothing) {
        let configs = Configs::with(&client_settings(protocol), &server);
        let session = latest(&mut full(&configs));
        let strict = ServerSettings { request_certificate: true, require_certificate: true, ..server };
        let strict = configs.with_server(&strict);
        let mut pair = strict.resuming(Some(&session));
        pair.client.identity = None;
        pair.run(Split::All);
        assert!(pair.server.error.is_some() && !pair.server.connection.is_established());
        let pair = resume(&strict, &session, Split::All);
        assert_eq!((is_resumed(&pair), pair.server.peer()), (false, Some(chain(&CLIENT))));
    }
}

/// Tickets sent after a round carry what the round came to.
#[test]
fn the_identity_of_the_last_round_comes_back() {
    for (protocol, server) in all(Wish::Optional) {
        if protocol == Protocol::Tls12 {
            continue;
        }
        let configs = Configs::with(&client_settings(protocol), &server);
        let mut pair = full(&configs);
        let rounds: [Option<&Identity>; 4] = [Some(&SECOND), Some(&CLIENT), None, Some(&SECOND)];
        for identity in rounds {
            pair.client.identity = identity.cloned();
            pair.server.connection.request_certificate(&[], &[0x0403, 0x0807], false).unwrap();
            pair.run(Split::All);
            let expected: Option<PeerChain> = identity.map(chain);
            assert_eq!(pair.server.peer(), expected);
            let resumed = resume(&configs, &latest(&mut pair), Split::All);
            assert_eq!((is_resumed(&resumed), resumed.server.peer()), (true, expected));
        }
    }
}

#[test]
fn every_byte_of_a_resumption_flipped() {
    for (protocol, server) in all(Wish::Certificate) {
        let configs = Configs::with(&client_settings(protocol), &server);
        let session = latest(&mut full(&configs));
        let attempt = |tamper| {
            let mut pair = configs.resuming(Some(&session));
            pair.tamper = tamper;
            pair.run(Split::All);
            pair.check(configs.expected().as_ref());
            pair
        };
        let lengths = attempt(Tamper::Nothing).sent.map(|bytes| bytes.len());
        let mut random = Random(4);
        for to in [To::Server, To::Client] {
            for byte in 0..lengths[to as usize] {
                attempt(Tamper::Flip(to, byte * 8 + random.below(8)));
                attempt(Tamper::Cut(to, byte));
            }
        }
    }
}

/// An identity is not resumed beyond the end of its certificate, unless that was overlooked in the first place.
#[test]
fn an_identity_ends_with_its_certificate() {
    for (protocol, server) in all(Wish::Certificate) {
        for (end, code, expected) in
            [(b"99991231235959Z", 0, true), (b"20200101000000Z", 0, false), (b"20200101000000Z", 10, true)]
        {
            let configs = Configs::with(&client_settings(protocol), &server);
            let own = identity_until(Kind::P256, end);
            let prepared = |session: Option<&Session>| {
                let mut pair = configs.resuming(session);
                pair.server.known.push(chain(&own));
                pair.client.identity = Some(own.clone());
                pair.server.verdict = Verdict::Accept { code };
                pair.run(Split::All);
                pair
            };
            let session = latest(&mut prepared(None));
            assert_eq!(is_resumed(&prepared(Some(&session))), expected, "{protocol:?} {code}");
        }
    }
}
