//! Peers that sign with schemes which nobody offered them (RFC 8446 §4.4.3, RFC 5246 §7.4.3 and §7.4.8): rustls with a
//! key that does not ask what is offered.

mod common;

use std::sync::Arc;

use common::{ACCEPT, client_settings, server_settings};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::aws_lc_rs::{default_provider, sign::any_supported_type};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, UnixTime};
use rustls::sign::{CertifiedKey, Signer, SigningKey};
use rustls::{DigitallySignedStruct, SignatureAlgorithm, SignatureScheme};
use standin_engine::{Alert, ClientConfig, Connection, Error, Fault, Protocol, ServerConfig, Stop};

/// Signs with ECDSA over P-256, come what may.
#[derive(Debug)]
struct Stubborn(Arc<dyn SigningKey>);

impl SigningKey for Stubborn {
    fn choose_scheme(&self, _offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        self.0.choose_scheme(&[SignatureScheme::ECDSA_NISTP256_SHA256])
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        self.0.algorithm()
    }
}

fn stubborn() -> Arc<CertifiedKey> {
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = rcgen::CertificateParams::new(vec!["localhost".into()]).unwrap().self_signed(&key).unwrap();
    let der = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let signing = Stubborn(any_supported_type(&der).unwrap());
    Arc::new(CertifiedKey::new(vec![certificate.der().clone()], Arc::new(signing)))
}

#[derive(Debug)]
struct Always(Arc<CertifiedKey>);

impl rustls::client::ResolvesClientCert for Always {
    fn resolve(&self, _authorities: &[&[u8]], _schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(self.0.clone())
    }

    fn has_certs(&self) -> bool {
        true
    }
}

impl rustls::server::ResolvesServerCert for Always {
    fn resolve(&self, _hello: rustls::server::ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.clone())
    }
}

/// Takes any server.
#[derive(Debug)]
struct Gullible;

impl ServerCertVerifier for Gullible {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        default_provider().signature_verification_algorithms.supported_schemes()
    }
}

fn liar(as_client: bool) -> rustls::Connection {
    let provider = Arc::new(default_provider());
    let liar = Arc::new(Always(stubborn()));
    match as_client {
        true => {
            let config = rustls::ClientConfig::builder_with_provider(provider)
                .with_safe_default_protocol_versions()
                .unwrap()
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(Gullible))
                .with_client_cert_resolver(liar);
            rustls::ClientConnection::new(Arc::new(config), ServerName::try_from("localhost").unwrap()).unwrap().into()
        }
        false => {
            let config = rustls::ServerConfig::builder_with_provider(provider)
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_no_client_auth()
                .with_cert_resolver(liar);
            rustls::ServerConnection::new(Arc::new(config)).unwrap().into()
        }
    }
}

/// Runs the handshake: how it ends on our side, and whether anybody was asked to judge the peer.
fn handshake(honest: &mut Connection, config: Option<&Arc<ServerConfig>>) -> (Result<(), Error>, bool) {
    let mut peer = liar(config.is_some());
    let mut judged = false;
    for _ in 0..20 {
        let mut bytes = Vec::new();
        while peer.wants_write() {
            peer.write_tls(&mut bytes).unwrap();
        }
        honest.input(bytes.len())[..bytes.len()].copy_from_slice(&bytes);
        honest.received(bytes.len());
        loop {
            match honest.advance() {
                Ok(Stop::Hello) => honest.accept(config.unwrap(), None).unwrap(),
                Ok(Stop::Verdict) => {
                    judged = true;
                    honest.judge(ACCEPT).unwrap();
                }
                Ok(Stop::Certificate) => honest.present(None).unwrap(),
                Ok(Stop::Input) => break,
                Ok(Stop::Done | Stop::Ticket | Stop::Extensions) => return (Ok(()), judged),
                Err(error) => return (Err(error), judged),
            }
        }
        let bytes = honest.outgoing().to_vec();
        honest.sent(bytes.len());
        peer.read_tls(&mut &bytes[..]).unwrap();
        peer.process_new_packets().unwrap();
    }
    panic!("the handshake does not end");
}

#[test]
fn a_client_refuses_a_scheme_that_it_did_not_offer() {
    for protocol in [Protocol::Tls12, Protocol::Tls13] {
        for (schemes, fine) in [(vec![0x0403, 0x0804], true), (vec![0x0503, 0x0804, 0x0401], false)] {
            let mut settings = client_settings(protocol);
            settings.parameters.schemes = schemes;
            let mut client =
                Connection::client(&ClientConfig::new(&settings).unwrap(), Some("localhost"), None).unwrap();
            let (ended, judged) = handshake(&mut client, None);
            assert_eq!((ended.is_ok(), judged), (fine, fine), "{protocol:?} {ended:?}");
            if let Err(error) = ended {
                assert_eq!(error, Error::Fatal { alert: Alert::ILLEGAL_PARAMETER, fault: Fault::WrongSignatureScheme });
            }
        }
    }
}

#[test]
fn a_server_refuses_a_scheme_that_it_did_not_request() {
    for protocol in [Protocol::Tls12, Protocol::Tls13] {
        for (schemes, fine) in [(vec![0x0403, 0x0804], true), (vec![0x0503, 0x0804, 0x0401], false)] {
            let mut settings = server_settings(protocol);
            settings.parameters.schemes = schemes;
            let config = ServerConfig::new(&settings).unwrap();
            let mut server = Connection::server();
            let (ended, judged) = handshake(&mut server, Some(&config));
            assert_eq!((ended.is_ok(), judged), (fine, fine), "{protocol:?} {ended:?}");
            if let Err(error) = ended {
                assert_eq!(error, Error::Fatal { alert: Alert::ILLEGAL_PARAMETER, fault: Fault::WrongSignatureScheme });
            }
        }
    }
}
