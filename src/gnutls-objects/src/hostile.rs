//! Bytes that are not what they should be: nothing that reads them panics. For tests and the fuzzing target.

use crate::certificate::relation::is_issuer;
use crate::certificate::{self, alternative, extensions, host};
use crate::name::{AS_ENCODED, Name};
use crate::trust::{Link, TrustList, Way, verify};
use crate::{encoding, key, ocsp, pkcs12, revocation};
use std::sync::Arc;

/// Asks a certificate for everything, and verifies it by itself.
fn certificate(bytes: &[u8]) -> bool {
    let Ok(content) = certificate::Content::parse(bytes) else { return false };
    let content = Arc::new(content);
    let _ = (content.key_usage(), content.basic_constraints(), content.purposes(), content.subject_key_id());
    let _ = (content.authority_key().is_ok(), extensions::features(&content), content.signed().oid());
    let _ = (content.subject.text(0), content.issuer.text(AS_ENCODED), content.unique_ids.len());
    for wanted in [&b"host.example.org"[..], b"192.0.2.1", b"::1", b"*"] {
        let _ = (host::has_host(&content, wanted, 0), host::has_mailbox(&content, wanted));
    }
    let link = Link { handle: std::ptr::null_mut(), content: content.clone() };
    let mut list = TrustList::default();
    list.add(link.clone(), true);
    // Itself as authority of itself.
    let way = Way { flags: 1 << 2, host: Some(b"host.example.org"), ..Way::default() };
    let _ = (verify(&list, std::slice::from_ref(&link), &way), verify(&list, &[link.clone(), link], &Way::default()));
    is_issuer(&content, &content) && content.key().is_some_and(|key| content.signed().verify(key).is_ok())
}

/// Reads bytes as everything that they could be: whether they are a certificate that has signed itself.
pub fn read(bytes: &[u8]) -> bool {
    let _ = (Name::parse(bytes).map(|name| name.text(0)), alternative::parse(bytes).is_ok());
    for format in 0..2 {
        let _ = (key::x509::read(bytes, format, None).is_ok(), revocation::read(bytes, format).is_ok());
    }
    if let Ok(list) = revocation::Content::parse(bytes) {
        let _ = (list.revokes(&[1]), list.signed().oid(), list.extensions.len());
    }
    if let Ok(response) = ocsp::Content::parse(bytes) {
        let _ = response.basic.as_ref().map(|basic| response.signed(basic).oid());
    }
    let _ = (pkcs12::is_pkcs12(bytes), encoding::decode(bytes, ""), encoding::unhex(bytes));
    let _ = encoding::blocks(bytes, &["CERTIFICATE", "X509 CRL"]).count();
    certificate(bytes)
}

#[cfg(test)]
mod tests {
    use super::read;

    /// A certificate with much in it, its key, and a list of what was revoked.
    fn examples() -> [Vec<u8>; 3] {
        use rcgen::{
            BasicConstraints, CertificateParams, CertificateRevocationListParams, DnType, ExtendedKeyUsagePurpose,
            GeneralSubtree, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose, NameConstraints, RevokedCertParams,
            SanType, SerialNumber, date_time_ymd,
        };
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec!["host.example.org".into(), "*.example.org".into()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, "host.example.org");
        params.subject_alt_names.push(SanType::IpAddress([192, 0, 2, 1].into()));
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(2));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        params.name_constraints = Some(NameConstraints {
            permitted_subtrees: vec![GeneralSubtree::DnsName("example.org".into())],
            excluded_subtrees: vec![GeneralSubtree::Rfc822Name("example.net".into())],
        });
        let certificate = params.self_signed(&key).unwrap();
        let list = CertificateRevocationListParams {
            this_update: date_time_ymd(2025, 1, 1),
            next_update: date_time_ymd(2026, 1, 1),
            crl_number: SerialNumber::from(1u64),
            issuing_distribution_point: None,
            revoked_certs: vec![RevokedCertParams {
                serial_number: SerialNumber::from(7u64),
                revocation_time: date_time_ymd(2025, 1, 1),
                reason_code: None,
                invalidity_date: None,
            }],
            key_identifier_method: KeyIdMethod::Sha256,
        };
        let list = list.signed_by(&Issuer::from_params(&params, &key)).unwrap();
        [certificate.der().to_vec(), key.serialize_der(), list.der().to_vec()]
    }

    #[test]
    fn cut_bytes_do_no_harm() {
        for example in examples() {
            (0..example.len()).for_each(|len| assert!(!read(&example[..len])));
        }
    }

    #[test]
    fn changed_bytes_do_no_harm() {
        let [certificate, ..] = examples();
        assert!(read(&certificate));
        for example in examples() {
            for at in 0..example.len() {
                for change in [0x01, 0x80, 0xff] {
                    let mut bytes = example.clone();
                    bytes[at] ^= change;
                    // What a signature covers is not taken as signed once it is changed; nor is another signature.
                    assert!(!read(&bytes), "byte {at} of an example");
                }
            }
        }
    }
}
