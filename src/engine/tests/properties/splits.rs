//! However the bytes are divided, the handshake comes out the same.

use standin_engine::Protocol;

use crate::pair::{BOTH, Configs, Split, Wish};

const WISHES: [Wish; 3] = [Wish::Nothing, Wish::Optional, Wish::Certificate];
const PROTOCOLS: [Protocol; 2] = [Protocol::Tls12, Protocol::Tls13];

fn succeeds(configs: &Configs, split: Split) -> [usize; 2] {
    let mut pair = configs.pair();
    pair.run(split);
    assert_eq!((&pair.client.error, &pair.server.error), (&None, &None), "{split:?}");
    assert!(pair.is_sound(), "{split:?}");
    pair.check(configs.expected().as_ref());
    assert_eq!(pair.server.peer(), configs.expected());
    // Data both ways.
    assert_eq!(pair.client.connection.write(b"ping", 16384), Ok(4));
    assert_eq!(pair.server.connection.write(b"pong!", 16384), Ok(5));
    pair.run(split);
    assert_eq!((&pair.server.data[..], &pair.client.data[..]), (&b"ping"[..], &b"pong!"[..]));
    pair.client.connection.close().unwrap();
    pair.server.connection.close().unwrap();
    pair.run(split);
    assert!(pair.client.closed && pair.server.closed);
    pair.sent.map(|bytes| bytes.len())
}

#[test]
fn all_at_once_bytewise_and_as_wanted() {
    for protocol in PROTOCOLS {
        for wish in WISHES {
            let configs = Configs::new(protocol, wish);
            for split in [Split::All, Split::Wanted, Split::Each(1), Split::Each(2), Split::Each(7), Split::Each(64)] {
                succeeds(&configs, split);
            }
        }
    }
}

#[test]
fn every_single_split() {
    for protocol in PROTOCOLS {
        let configs = Configs::new(protocol, Wish::Certificate);
        let lengths = succeeds(&configs, Split::All);
        for to in BOTH {
            for at in 1..lengths[to as usize] {
                succeeds(&configs, Split::At(to, at));
            }
        }
    }
}

/// A program that polls reads what `wanted` says and then expects that whatever is left is on
/// the socket: no second whole record may be in the connection.
#[test]
fn what_is_wanted_holds_one_record_at_most() {
    for protocol in PROTOCOLS {
        let configs = Configs::new(protocol, Wish::Nothing);
        let mut pair = configs.pair();
        pair.run(Split::All);
        let mut expected = Vec::new();
        for len in [1, 5, 300, 2, 1, 16384, 1, 1, 40, 16000, 3] {
            let data = vec![len as u8; len];
            assert_eq!(pair.server.connection.write(&data, 16384), Ok(len));
            expected.push(data);
        }
        let wire = pair.server.connection.outgoing().to_vec();
        let mut sent = 0;
        let connection = &mut pair.client.connection;
        for data in expected {
            let mut buffer = vec![0; 16384];
            // Until this record is here, each read says that it needs input.
            loop {
                match connection.read(&mut buffer, false).unwrap() {
                    standin_engine::Read::Data(len) => {
                        assert_eq!(buffer[..len], data);
                        break;
                    }
                    standin_engine::Read::Stop(standin_engine::Stop::Input) => {
                        let len = connection.wanted().min(wire.len() - sent);
                        assert!(len > 0);
                        connection.input(len)[..len].copy_from_slice(&wire[sent..sent + len]);
                        connection.received(len);
                        sent += len;
                    }
                    other => panic!("{other:?}"),
                }
            }
            let next = connection.read(&mut buffer, true).unwrap();
            assert_eq!(next, standin_engine::Read::Stop(standin_engine::Stop::Input));
        }
        assert_eq!(sent, wire.len());
    }
}
