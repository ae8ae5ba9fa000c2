//! rustls' verifiers and resolvers: chains are accepted provisionally and noted, so that the owner
//! can judge them with nothing borrowed; signatures by the peer's key are always checked here.

use std::sync::{Arc, LazyLock};

use rustls::client::ResolvesClientCert;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{CertificateError, DigitallySignedStruct, DistinguishedName, PeerMisbehaved, SignatureScheme};

use crate::observe;
use crate::{Fault, PeerChain, Protocol, Role, signature};

/// The one client-side verifier: rustls resumes only with the very object the session was made with.
pub(crate) static SERVER_VERIFIER: LazyLock<Arc<ProvisionalServerVerifier>> =
    LazyLock::new(|| Arc::new(ProvisionalServerVerifier));

/// The one client-side resolver, likewise.
pub(crate) static CLIENT_RESOLVER: LazyLock<Arc<ChosenIdentity>> = LazyLock::new(|| Arc::new(ChosenIdentity));

#[derive(Debug)]
pub(crate) struct ProvisionalServerVerifier;

impl ServerCertVerifier for ProvisionalServerVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        note_chain(end_entity, intermediates);
        observe::current(|observer| {
            observer.ocsp = (!ocsp_response.is_empty()).then(|| ocsp_response.to_vec());
        });
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify(Protocol::Tls12, message, cert, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify(Protocol::Tls13, message, cert, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        observe::current(|observer| observer.offered.schemes.iter().copied().map(SignatureScheme::from).collect())
            .unwrap_or_default()
    }
}

/// The server-side verifier of one configuration: what it requests.
#[derive(Debug)]
pub(crate) struct ProvisionalClientVerifier {
    pub(crate) request: bool,
    pub(crate) authorities: Vec<DistinguishedName>,
    pub(crate) schemes: Vec<SignatureScheme>,
}

impl ClientCertVerifier for ProvisionalClientVerifier {
    fn offer_client_auth(&self) -> bool {
        self.request
    }

    /// The connection insists later, with the alert and error of its own.
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &self.authorities
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        note_chain(end_entity, intermediates);
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify(Protocol::Tls12, message, cert, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify(Protocol::Tls13, message, cert, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes.clone()
    }
}

/// Presents what the connection's observer holds (TLS 1.2); in TLS 1.3 the engine makes the
/// client's flight itself and rustls is told that there is no certificate.
#[derive(Debug)]
pub(crate) struct ChosenIdentity;

impl ResolvesClientCert for ChosenIdentity {
    fn resolve(&self, _authorities: &[&[u8]], _schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        observe::current(|observer| {
            observer.identity.as_ref().map(|(identity, scheme)| crate::key::rustls_key_for(identity, *scheme))
        })
        .flatten()
    }

    fn has_certs(&self) -> bool {
        true // so that rustls keeps the TLS 1.2 transcript for CertificateVerify
    }
}

/// A server's certificates: the first that the client can verify.
#[derive(Debug)]
pub(crate) struct OwnIdentities(pub(crate) Vec<Arc<CertifiedKey>>);

impl ResolvesServerCert for OwnIdentities {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let fits = |identity: &&Arc<CertifiedKey>| identity.key.choose_scheme(hello.signature_schemes()).is_some();
        self.0.iter().find(fits).cloned().or_else(|| {
            // rustls asks before it looks for tickets and pre-shared keys.
            let external = observe::current(|observer| observer.external.is_some()) == Some(true);
            let nobody = (external || self.0.is_empty()).then(crate::key::nobody);
            observe::current(|observer| observer.no_scheme = nobody.is_none());
            nobody
        })
    }
}

fn note_chain(end_entity: &CertificateDer<'_>, intermediates: &[CertificateDer<'_>]) {
    let chain = std::iter::once(end_entity).chain(intermediates).map(|cert| Arc::from(cert.as_ref())).collect();
    observe::current(|observer| observer.chain = Some(PeerChain(chain)));
}

fn verify(
    protocol: Protocol,
    message: &[u8],
    cert: &CertificateDer<'_>,
    signed: &DigitallySignedStruct,
) -> Result<HandshakeSignatureValid, rustls::Error> {
    let scheme = u16::from(signed.scheme);
    let verified = observe::current(|observer| {
        observer.peer_scheme = Some(scheme);
        let amended = (observer.role == Role::Server && protocol == Protocol::Tls12).then(|| observer.amended(message));
        let message = amended.as_ref().and_then(|message| message.as_deref()).unwrap_or(message);
        match &observer.verified {
            Some((m, s)) if m == message && s == signed.signature() => Ok(()),
            _ => signature::verify(protocol, scheme, &observer.offered, cert, message, signed.signature()),
        }
    });
    match verified {
        Some(Ok(())) => Ok(HandshakeSignatureValid::assertion()),
        Some(Err(Fault::BadSignature)) => Err(CertificateError::BadSignature.into()),
        // rustls sends illegal_parameter with this one.
        Some(Err(Fault::IllegalParameter | Fault::WrongSignatureScheme)) => {
            Err(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme.into())
        }
        _ => Err(rustls::Error::InvalidCertificate(CertificateError::BadEncoding)),
    }
}
