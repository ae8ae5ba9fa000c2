//! How far a connection is, and what can be known of it there.

use std::sync::Arc;

use rustls::HandshakeKind;

use crate::client::ClientHandshake;
use crate::server::{HelloReader, ServerHandshake};
use crate::traffic::Traffic;
use crate::wire::Wire;
use crate::{Alert, CertificateRequest, ClientHello, Established, PeerChain, Protocol, Role, Session};

/// How far a connection is.
pub(crate) enum Stage {
    Client(Box<ClientHandshake>),
    /// A server that has not answered the ClientHello.
    Hello(Box<HelloReader>),
    Server(Box<ServerHandshake>),
    Traffic(Box<Traffic>),
}

impl Stage {
    /// Queues an alert, sealed as this stage has it.
    pub(crate) fn alert(&mut self, wire: &mut Wire, alert: Alert) {
        match self {
            Stage::Traffic(traffic) => traffic.alert(wire, alert),
            Stage::Hello(_) => wire.output.alert(alert, None),
            Stage::Client(handshake) => handshake.alert(wire, alert),
            Stage::Server(handshake) => {
                let mut sealer = handshake.alert_sealer(wire);
                wire.output.alert(alert, sealer.as_mut());
            }
        }
    }

    pub(crate) fn client_hello(&self) -> Option<&Arc<ClientHello>> {
        match self {
            Stage::Hello(reader) => reader.hello.as_ref(),
            Stage::Server(handshake) => Some(handshake.client_hello()),
            _ => None,
        }
    }

    /// The chain that waits for a verdict.
    pub(crate) fn candidate(&self) -> Option<&PeerChain> {
        match self {
            Stage::Client(handshake) => handshake.candidate(),
            Stage::Server(handshake) => handshake.candidate(),
            Stage::Traffic(traffic) => traffic.candidate(),
            Stage::Hello(_) => None,
        }
    }

    /// The chain that was accepted.
    pub(crate) fn peer(&self) -> Option<&PeerChain> {
        match self {
            Stage::Traffic(traffic) => traffic.peer().map(|peer| &peer.0),
            Stage::Client(handshake) => handshake.accepted(),
            Stage::Server(handshake) => handshake.accepted(),
            Stage::Hello(_) => None,
        }
    }

    /// Client: the request that is not answered.
    pub(crate) fn request(&self) -> Option<&CertificateRequest> {
        match self {
            Stage::Client(handshake) => handshake.request(),
            Stage::Traffic(traffic) => traffic.request(),
            _ => None,
        }
    }

    /// The client has offered post-handshake authentication.
    pub(crate) fn offers_post_handshake_auth(&self) -> bool {
        match self {
            Stage::Traffic(traffic) => traffic.post_handshake_auth,
            _ => self.client_hello().is_some_and(|hello| hello.post_handshake_auth),
        }
    }

    /// Server: the session that a ticket is to be made of.
    pub(crate) fn ticket_session(&self, wire: &Wire) -> Option<Session> {
        match self {
            Stage::Server(handshake) => handshake.ticket_session(wire),
            Stage::Traffic(traffic) => traffic.ticket_session().cloned(),
            _ => None,
        }
    }

    /// What rustls has agreed with the peer, as far as it has.
    pub(crate) fn agreement(&self, role: Role, wire: &Wire) -> Option<Established> {
        let notes = &wire.notes;
        // A resumption of TLS 1.2 agrees on no key: the group is the session's.
        let (common, resumed, resumed_group) = match self {
            Stage::Client(handshake) => (
                handshake.handshaker().common(),
                handshake.is_resumed(),
                handshake.resumed_session().map(Session::group),
            ),
            Stage::Server(handshake) => {
                (handshake.handshaker().common(), handshake.is_resumed(wire), handshake.resumed_group(wire))
            }
            _ => return None,
        };
        let resumed_psk_identity = match self {
            Stage::Client(handshake) => handshake.resumed_session().and_then(Session::psk_identity).map(<[u8]>::to_vec),
            Stage::Server(handshake) => handshake.resumed_psk_identity().map(<[u8]>::to_vec),
            _ => None,
        };
        // A client that offers a session has a suite in mind before the server has said anything.
        let suite = common.negotiated_cipher_suite().filter(|_| notes.server_random != [0; 32])?;
        let (own, peer) = match role {
            Role::Client => (0, 1),
            Role::Server => (1, 0),
        };
        // Full TLS 1.2: the client's Finished comes first; TLS 1.3 and resumption: the server's.
        let client_first = !notes.is_tls13 && notes.server_scheme.is_some();
        let turn = |side: usize| notes.finished.get(if client_first { side } else { 1 - side });
        let group = common.negotiated_key_exchange_group().map(|group| group.name().into());
        Some(Established {
            protocol: if notes.is_tls13 { Protocol::Tls13 } else { Protocol::Tls12 },
            suite: suite.suite().into(),
            group: group.or_else(|| resumed_group.filter(|&group| group != 0)),
            resumed,
            psk_identity: notes.external.as_ref().filter(|_| resumed).map(|psk| psk.identity().to_vec()),
            resumed_psk_identity,
            alpn: common.alpn_protocol().map(<[u8]>::to_vec),
            peer_scheme: notes.peer_scheme,
            own_scheme: match role {
                Role::Client => notes.client_scheme,
                Role::Server => notes.server_scheme,
            },
            extended_master_secret: notes.extended_master_secret,
            client_random: notes.client_random,
            server_random: notes.server_random,
            hello_retry: common.handshake_kind() == Some(HandshakeKind::FullWithHelloRetryRequest),
            finished: (turn(own).copied().unwrap_or_default(), turn(peer).copied().unwrap_or_default()),
        })
    }
}
