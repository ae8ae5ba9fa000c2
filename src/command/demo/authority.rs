//! A certification authority in memory: it issues certificates and judges chains.

use std::sync::Arc;

use anyhow::{Context, Result};
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
};
use rcgen::{KeyUsagePurpose, SigningKey};
use rustls_pki_types::{CertificateDer, UnixTime};
use standin_engine::{Alert, Error, Fault, Identity, PeerChain, PrivateKey, SignatureScheme};
use webpki::{EndEntityCert, KeyUsage, anchor_from_trusted_cert};

/// Issues certificates, and says whom it issued one to.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

/// An identity and the name that its certificate carries.
#[derive(Clone)]
pub struct Named {
    pub name: String,
    pub identity: Identity,
}

impl Authority {
    pub fn new(name: &str) -> Result<Self> {
        let mut params = CertificateParams::new([])?;
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        Ok(Authority { issuer: CertifiedIssuer::self_signed(params, KeyPair::generate()?)? })
    }

    /// A fresh P-256 key with a certificate for `name`.
    pub fn issue(&self, name: &str) -> Result<Named> {
        let key = KeyPair::generate()?;
        let certificate = self.certify(name, &key)?;
        let chain = vec![Arc::from(certificate.der().as_ref())];
        Ok(Named { name: name.into(), identity: Identity { chain, key: Arc::new(Key(key)), ocsp: None } })
    }

    /// ... as PEM, the key first.
    pub fn issue_pem(&self, name: &str) -> Result<String> {
        let key = KeyPair::generate()?;
        Ok(key.serialize_pem() + &self.certify(name, &key)?.pem())
    }

    /// The authority's own certificate.
    pub fn pem(&self) -> String {
        self.issuer.pem()
    }

    fn certify(&self, name: &str, key: &KeyPair) -> Result<Certificate> {
        let mut params = CertificateParams::new([name.to_owned()])?;
        params.distinguished_name.push(DnType::CommonName, name);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        Ok(params.signed_by(key, &self.issuer)?)
    }

    /// The authority's name as a CertificateRequest gives it (DER).
    pub fn name(&self) -> Result<Vec<u8>> {
        let anchor = anchor_from_trusted_cert(self.issuer.der()).context("the authority's certificate")?;
        let length = u8::try_from(anchor.subject.len()).ok().filter(|length| *length < 0x80);
        let mut name = vec![0x30, length.context("the authority's name is too long")?];
        name.extend_from_slice(&anchor.subject);
        Ok(name)
    }

    /// The name that a peer's chain proves for `usage`.
    pub fn judge(&self, chain: &PeerChain, usage: KeyUsage) -> Result<String, webpki::Error> {
        let certificates: Vec<_> = chain.0.iter().map(|der| CertificateDer::from(der.as_ref())).collect();
        let (leaf, intermediates) = certificates.split_first().ok_or(webpki::Error::BadDer)?;
        let leaf = EndEntityCert::try_from(leaf)?;
        let anchors = [anchor_from_trusted_cert(self.issuer.der())?];
        leaf.verify_for_usage(
            webpki::ALL_VERIFICATION_ALGS,
            &anchors,
            intermediates,
            UnixTime::now(),
            usage,
            None,
            None,
        )?;
        let name = leaf.valid_dns_names().next();
        Ok(name.ok_or(webpki::Error::MalformedExtensions)?.to_owned())
    }
}

/// A key that signs; the engine never sees it.
#[derive(Debug)]
struct Key(KeyPair);

const ECDSA_SECP256R1_SHA256: SignatureScheme = 0x0403;

impl PrivateKey for Key {
    fn schemes(&self) -> &[SignatureScheme] {
        &[ECDSA_SECP256R1_SHA256]
    }

    fn sign(&self, _scheme: SignatureScheme, message: &[u8]) -> Result<Vec<u8>, Error> {
        let internal = Error::Fatal { alert: Alert::INTERNAL_ERROR, fault: Fault::Internal };
        self.0.sign(message).map_err(|_| internal)
    }
}
