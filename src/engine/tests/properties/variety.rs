//! Other keys, groups, suites, sizes: what the rest of the tests keep small.

use std::sync::Arc;

use standin_engine::{Identity, Parameters, Protocol, SUITES, ServerSettings};

use crate::pair::{
    CLIENT, Configs, Pair, SERVER, Split, To, Wish, chain, client_settings, parameters, server_settings,
};
use crate::testing::{KINDS, identity};

const PROTOCOLS: [Protocol; 2] = [Protocol::Tls12, Protocol::Tls13];

fn succeeds(pair: &mut Pair, split: Split) {
    pair.run(split);
    assert_eq!((&pair.client.error, &pair.server.error), (&None, &None), "{split:?}");
    assert!(pair.is_sound());
    let data: Vec<u8> = (0..100_000).map(|i| i as u8).collect();
    assert_eq!(pair.client.connection.write(&data, 16384), Ok(data.len()));
    assert_eq!(pair.server.connection.write(&data, 1000), Ok(data.len()));
    pair.run(split);
    assert!(pair.server.data == data && pair.client.data == data);
}

#[test]
fn every_kind_of_key_on_both_sides() {
    for kind in KINDS {
        let (own, other) = (identity(kind), identity(kind));
        for protocol in PROTOCOLS {
            let server = ServerSettings {
                identities: vec![other.clone()],
                require_certificate: false,
                ..server_settings(protocol, Wish::Optional)
            };
            let mut pair = Configs::with(&client_settings(protocol), &server).pair();
            pair.client.identity = Some(own.clone());
            pair.known(&[&own, &other]);
            succeeds(&mut pair, Split::All);
            assert_eq!((pair.server.peer(), pair.client.peer()), (Some(chain(&own)), Some(chain(&other))));
            let agreed = pair.server.connection.established().unwrap();
            assert!(own.key.schemes().contains(&agreed.peer_scheme.unwrap()));
            assert!(other.key.schemes().contains(&agreed.own_scheme.unwrap()));
        }
    }
}

#[test]
fn every_suite() {
    for suite in SUITES {
        // The server's key is for ECDSA.
        if suite.name.contains("_RSA_") {
            continue;
        }
        let parameters = Parameters { suites: vec![suite.code], ..parameters(suite.protocol) };
        let mut client = client_settings(suite.protocol);
        client.parameters = parameters;
        let mut pair = Configs::with(&client, &server_settings(suite.protocol, Wish::Certificate)).pair();
        succeeds(&mut pair, Split::All);
        assert_eq!(pair.client.connection.established().unwrap().suite, suite.code);
        assert_eq!(pair.server.peer(), Some(chain(&CLIENT)));
    }
}

#[test]
fn every_group_and_a_second_hello() {
    for protocol in PROTOCOLS {
        for group in [0x001d, 0x0017, 0x0018, 0x11ec] {
            // TLS 1.2 has no key encapsulation.
            if protocol == Protocol::Tls12 && group == 0x11ec {
                continue;
            }
            for offered in [vec![group], vec![0x001d, 0x0017, 0x0018, 0x11ec]] {
                let first = offered[0];
                let mut client = client_settings(protocol);
                client.parameters.groups = offered;
                let mut server = server_settings(protocol, Wish::Certificate);
                server.parameters.groups = vec![group];
                let configs = Configs::with(&client, &server);
                for split in [Split::All, Split::Each(5)] {
                    let mut pair = configs.pair();
                    succeeds(&mut pair, split);
                    assert_eq!(pair.server.peer(), Some(chain(&CLIENT)));
                    let agreed = pair.client.connection.established().unwrap();
                    assert_eq!(agreed.group, Some(group));
                    assert_eq!(agreed.hello_retry, protocol == Protocol::Tls13 && group != first);
                }
            }
        }
    }
}

/// Chains that take several records, both ways.
#[test]
fn long_chains() {
    let lengthen = |identity: &Identity| {
        let mut chain = identity.chain.clone();
        chain.extend((1..20).map(|i| Arc::from(vec![0x30; i * 200])));
        Identity { chain, ..identity.clone() }
    };
    let (own, other) = (lengthen(&CLIENT), lengthen(&SERVER));
    for protocol in PROTOCOLS {
        let server = ServerSettings { identities: vec![other.clone()], ..server_settings(protocol, Wish::Certificate) };
        let configs = Configs::with(&client_settings(protocol), &server);
        for split in [Split::All, Split::Wanted, Split::Each(777)] {
            let mut pair = configs.pair();
            pair.client.identity = Some(own.clone());
            pair.known(&[&own, &other]);
            succeeds(&mut pair, split);
            assert_eq!((pair.server.peer(), pair.client.peer()), (Some(chain(&own)), Some(chain(&other))));
        }
    }
}

/// The hellos cut into records of any size.
#[test]
fn hellos_in_small_records() {
    for protocol in PROTOCOLS {
        for size in [1, 2, 3, 50, 100] {
            for to in [To::Server, To::Client] {
                let mut pair = Configs::new(protocol, Wish::Certificate).pair();
                pair.fragment = Some((to, size));
                pair.run(Split::All);
                assert_eq!((&pair.client.error, &pair.server.error), (&None, &None), "{protocol:?} {size} {to:?}");
                assert!(pair.is_sound());
                assert_eq!(pair.server.peer(), Some(chain(&CLIENT)));
            }
        }
    }
}

#[test]
fn nothing_in_common() {
    let cases: [&dyn Fn(&mut Parameters); 4] = [
        &|parameters| parameters.suites = vec![0x1303],
        &|parameters| parameters.groups = vec![0x0018],
        &|parameters| parameters.schemes = vec![0x0804],
        &|parameters| (parameters.min, parameters.max) = (Protocol::Tls12, Protocol::Tls12),
    ];
    for change in cases {
        let mut client = client_settings(Protocol::Tls13);
        change(&mut client.parameters);
        let mut server = server_settings(Protocol::Tls13, Wish::Certificate);
        server.parameters.suites = vec![0x1301];
        let mut pair = Configs::with(&client, &server).pair();
        pair.run(Split::All);
        assert!(pair.server.error.is_some() && pair.client.error.is_some());
        assert!(!pair.server.connection.is_established() && !pair.client.connection.is_established());
        pair.check(Some(&chain(&CLIENT)));
    }
}
