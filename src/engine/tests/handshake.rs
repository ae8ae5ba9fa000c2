//! Handshakes of both roles with each other.

mod common;

use common::{CLIENT, OTHER, Pair, client_settings, server_settings};
use standin_engine::{Alert, ClientConfig, Error, Fault, PeerChain, Protocol, ServerConfig, Verdict};

const BOTH: [Protocol; 2] = [Protocol::Tls12, Protocol::Tls13];

fn chain(identity: &standin_engine::Identity) -> PeerChain {
    PeerChain(identity.chain.clone().into())
}

#[test]
fn mutual() {
    for protocol in BOTH {
        let mut pair = Pair::default(protocol);
        assert_eq!(pair.handshake(), (Ok(()), Ok(())), "{protocol:?} {:?}", pair.events);
        assert_eq!(pair.events, ["server: hello", "client: verdict", "client: certificate", "server: verdict"]);
        assert_eq!(pair.server.peer(), Some(&chain(&CLIENT)));
        assert_eq!(pair.server.peer_code(), Some(7));
        assert_eq!(pair.client.peer(), Some(&chain(&common::SERVER)));
        pair.client.write(b"from client", 16384).unwrap();
        assert_eq!(pair.server_reads().unwrap(), b"from client");
        pair.server.write(b"from server", 16384).unwrap();
        assert_eq!(pair.client_reads().unwrap(), b"from server");
        let (client, server) = (pair.client.established().unwrap(), pair.server.established().unwrap());
        assert_eq!(client.finished.0, server.finished.1);
        assert_eq!(client.finished.1, server.finished.0);
        assert_eq!(client.client_random, server.client_random);
        let (mut a, mut b) = ([0; 32], [0; 32]);
        pair.client.export(&mut a, b"EXPORTER-test", Some(b"context")).unwrap();
        pair.server.export(&mut b, b"EXPORTER-test", Some(b"context")).unwrap();
        assert_eq!(a, b);
    }
}

#[test]
fn without_a_certificate() {
    for protocol in BOTH {
        let mut pair = Pair::default(protocol);
        pair.identity = None;
        assert_eq!(pair.handshake(), (Ok(()), Ok(())));
        assert_eq!(pair.server.peer(), None);
    }
}

#[test]
fn required_but_missing() {
    for (protocol, alert) in [(BOTH[0], Alert::HANDSHAKE_FAILURE), (BOTH[1], Alert::CERTIFICATE_REQUIRED)] {
        let mut server = server_settings(protocol);
        server.require_certificate = true;
        let mut pair = Pair::new(&client_settings(protocol), &server);
        pair.identity = None;
        let (client, server) = pair.handshake();
        assert_eq!(server, Err(Error::Fatal { alert, fault: Fault::NoPeerCertificate }));
        let client = client.and_then(|()| pair.client_reads().map(|_| ()));
        assert_eq!(client, Err(Error::AlertReceived(alert)));
    }
}

#[test]
fn refused_by_either() {
    for protocol in BOTH {
        let refuse = Verdict::Refuse(Alert::UNKNOWN_CA);
        let mut pair = Pair::default(protocol);
        pair.verdicts.0 = refuse.clone();
        let (client, server) = pair.handshake();
        let refused = Error::Fatal { alert: Alert::UNKNOWN_CA, fault: Fault::CertificateRefused };
        assert_eq!(client, Err(refused.clone()));
        assert_eq!(server, Err(Error::AlertReceived(Alert::UNKNOWN_CA)));
        assert_eq!(pair.events, ["server: hello", "client: verdict"]);

        let mut pair = Pair::default(protocol);
        pair.verdicts.1 = refuse;
        let (client, server) = pair.handshake();
        assert_eq!(server, Err(refused));
        let client = client.and_then(|()| pair.client_reads().map(|_| ()));
        assert_eq!(client, Err(Error::AlertReceived(Alert::UNKNOWN_CA)));
        assert_eq!(pair.server.peer(), None);
    }
}

#[test]
fn resumption_brings_the_identity_back() {
    for protocol in BOTH {
        let client = ClientConfig::new(&client_settings(protocol)).unwrap();
        let server = ServerConfig::new(&server_settings(protocol)).unwrap();
        let mut pair = Pair::with(&client, &server, None);
        assert_eq!(pair.handshake(), (Ok(()), Ok(())));
        pair.client_reads().unwrap();
        let session = pair.client.take_session().expect("a session");
        for _ in 0..2 {
            let mut pair = Pair::with(&client, &server, Some(session.clone()));
            assert_eq!(pair.handshake(), (Ok(()), Ok(())), "{protocol:?}");
            assert_eq!(pair.events, ["server: hello"], "{protocol:?}");
            assert!(pair.client.established().unwrap().resumed);
            assert!(pair.server.established().unwrap().resumed);
            assert_eq!(pair.server.peer(), Some(&chain(&CLIENT)));
            assert_eq!(pair.server.peer_code(), Some(7));
            assert_eq!(pair.client.peer(), Some(&chain(&common::SERVER)));
            pair.client.write(b"x", 16384).unwrap();
            assert_eq!(pair.server_reads().unwrap(), b"x");
        }
    }
}

#[test]
fn post_handshake_authentication() {
    let mut server = server_settings(Protocol::Tls13);
    server.request_certificate = false;
    let client = ClientConfig::new(&client_settings(Protocol::Tls13)).unwrap();
    let server = ServerConfig::new(&server).unwrap();
    let mut pair = Pair::with(&client, &server, None);
    assert_eq!(pair.handshake(), (Ok(()), Ok(())));
    assert_eq!(pair.server.peer(), None);
    for (round, identity) in [Some(&*CLIENT), Some(&*OTHER), None, Some(&*CLIENT)].into_iter().enumerate() {
        pair.identity = identity.cloned();
        pair.server.request_certificate(&[], &[0x0403], false).unwrap();
        pair.server.update_keys(true).unwrap();
        pair.client.write(b"in between", 16384).unwrap();
        pair.client_reads().unwrap();
        assert_eq!(pair.server_reads().unwrap(), b"in between");
        assert_eq!(pair.server.peer(), identity.map(chain).as_ref());
        assert_eq!(pair.server.rounds(), round + 1);
    }
    pair.client_reads().unwrap();
    let session = std::iter::from_fn(|| pair.client.take_session()).last().unwrap();
    let mut pair = Pair::with(&client, &server, Some(session));
    assert_eq!(pair.handshake(), (Ok(()), Ok(())));
    assert_eq!(pair.server.peer(), Some(&chain(&CLIENT)));
    pair.server.request_certificate(&[], &[0x0403], true).unwrap();
    pair.identity = None;
    pair.client_reads().unwrap();
    let missing = Error::Fatal { alert: Alert::CERTIFICATE_REQUIRED, fault: Fault::NoPeerCertificate };
    assert_eq!(pair.server_reads(), Err(missing));
}

/// The ClientHello is amended; TLS 1.2 has the client sign it as it was sent.
#[test]
fn an_amended_hello_under_tls12() {
    let mut client = client_settings(Protocol::Tls12);
    client.parameters.max = Protocol::Tls13;
    client.authorities = vec![b"\x30\x00".to_vec()];
    for ask_for_ocsp in [false, true] {
        client.ask_for_ocsp = ask_for_ocsp;
        let mut pair = Pair::new(&client, &server_settings(Protocol::Tls12));
        assert_eq!(pair.handshake(), (Ok(()), Ok(())));
        assert_eq!(pair.server.peer(), Some(&chain(&CLIENT)));
    }
}

#[test]
fn close_notify_instead_of_a_hello() {
    for protocol in BOTH {
        let mut pair = Pair::default(protocol);
        let record = [21, 3, 3, 0, 2, 1, 0];
        pair.client.input(record.len()).copy_from_slice(&record);
        pair.client.received(record.len());
        assert_eq!(pair.client.advance(), Err(Error::AlertReceived(Alert::CLOSE_NOTIFY)));
    }
}
