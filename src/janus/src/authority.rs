//! The certification authorities of a port, and the judgement of a client's chain by them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use rustls_pki_types::{CertificateDer, TrustAnchor, UnixTime};
use standin_engine::{Alert, PeerChain};
use webpki::{EndEntityCert, KeyUsage, anchor_from_trusted_cert};

use crate::certificate::{Certificate, Item};

/// An authority that was added to a port.
#[derive(Debug)]
pub struct Authority {
    /// File and procedure that it came from.
    pub source: (String, String),
    /// Its certificate.
    pub certificate: Certificate,
    /// How many certificates that it vouches for have been received.
    pub signed: AtomicU64,
    anchor: TrustAnchor<'static>,
}

impl Authority {
    /// Takes an authority's certificate.
    pub fn new(file: &str, procedure: &str, der: &CertificateDer<'static>) -> Result<Self, String> {
        let unusable = || format!("proc {procedure} of file {file} has a certificate in it that no authority can have");
        let certificate = Certificate::read(der).ok_or_else(unusable)?;
        let anchor = anchor_from_trusted_cert(der).map_err(|_| unusable())?.to_owned();
        Ok(Authority { source: (file.into(), procedure.into()), certificate, signed: AtomicU64::new(0), anchor })
    }

    /// The name it goes by: its common name, or else its whole name.
    pub fn name(&self) -> String {
        let name = self.certificate.info(Item::CommonName).or_else(|| self.certificate.info(Item::Subject));
        name.unwrap_or_default()
    }

    /// Its name as a CertificateRequest gives it: DER of X.501 Name.
    pub fn distinguished_name(&self) -> Vec<u8> {
        let content: &[u8] = &self.anchor.subject;
        let length = content.len().to_be_bytes();
        let length = &length[length.iter().position(|&byte| byte != 0).unwrap_or(length.len() - 1)..];
        let mut name = vec![0x30];
        if content.len() >= 0x80 {
            name.push(0x80 | length.len() as u8);
        }
        name.extend_from_slice(length);
        name.extend_from_slice(content);
        name
    }
}

/// A client's certificate with those that vouch for it, up to the port's authority.
#[derive(Debug, PartialEq, Eq)]
pub struct Path {
    levels: Vec<Certificate>,
    sent: PeerChain,
}

impl Path {
    /// Level 0 is the client's certificate, 1 its signer's, and so on. The last is the authority, whether the client
    /// has sent it or not.
    pub fn levels(&self) -> &[Certificate] {
        &self.levels
    }

    /// Is this the path of that chain?
    pub(crate) fn is_of(&self, chain: &PeerChain) -> bool {
        self.sent == *chain
    }

    /// Are all of its certificates still valid?
    pub(crate) fn is_valid_now(&self) -> bool {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(i64::MAX, |now| now.as_secs() as i64);
        self.levels.iter().rev().skip(1).all(|certificate| now <= certificate.not_after())
    }
}

/// Why a chain was refused.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What the client is told.
    pub alert: Alert,
    /// What the journal is told.
    pub reason: String,
}

/// Judges a client's chain: it must lead to one of the authorities, now, with a certificate that is for clients.
pub fn judge(authorities: &[Arc<Authority>], chain: &PeerChain, max_length: usize) -> Result<Path, Refusal> {
    if let Some(long) = chain.0.iter().find(|der| der.len() > max_length) {
        let reason = format!("it has {} bytes, and SSLMAXCERTL allows {max_length}", long.len());
        return Err(Refusal { alert: Alert::BAD_CERTIFICATE, reason });
    }
    let certificates: Vec<_> = chain.0.iter().map(|der| CertificateDer::from(der.as_ref())).collect();
    let anchors: Vec<_> = authorities.iter().map(|authority| authority.anchor.clone()).collect();
    let (leaf, others) = certificates.split_first().ok_or_else(|| refusal(&webpki::Error::BadDer))?;
    let leaf = EndEntityCert::try_from(leaf).map_err(|error| refusal(&error))?;
    let path = leaf.verify_for_usage(
        webpki::ALL_VERIFICATION_ALGS,
        &anchors,
        others,
        UnixTime::now(),
        KeyUsage::client_auth(),
        None,
        None,
    );
    let path = path.map_err(|error| refusal(&error))?;
    let anchor = authorities.iter().find(|authority| {
        let (ours, used) = (&authority.anchor, path.anchor());
        ours.subject == used.subject && ours.subject_public_key_info == used.subject_public_key_info
    });
    let unreadable = || refusal(&webpki::Error::BadDer);
    let anchor = anchor.ok_or_else(unreadable)?;
    let mut levels = vec![Certificate::read(&chain.0[0]).ok_or_else(unreadable)?];
    for intermediate in path.intermediate_certificates() {
        levels.push(Certificate::read(&intermediate.der()).ok_or_else(unreadable)?);
    }
    levels.push(anchor.certificate.clone());
    anchor.signed.fetch_add(1, Ordering::Relaxed);
    Ok(Path { levels, sent: chain.clone() })
}

fn refusal(error: &webpki::Error) -> Refusal {
    use webpki::Error;
    let (alert, reason) = match error {
        Error::CertExpired { .. } => (Alert::CERTIFICATE_EXPIRED, "it has expired".into()),
        Error::CertNotValidYet { .. } => (Alert::BAD_CERTIFICATE, "it is not valid yet".into()),
        Error::UnknownIssuer => (Alert::UNKNOWN_CA, "no CA of the port has issued it".into()),
        Error::RequiredEkuNotFoundContext(_) => (Alert::BAD_CERTIFICATE, "it is not for TLS clients".into()),
        other => (Alert::BAD_CERTIFICATE, format!("it does not verify: {other}")),
    };
    Refusal { alert, reason }
}
