//! Bytes that are not what they should be: nothing that reads them panics.

use crate::pkey::Key;
use crate::x509::general_name::kind;
use crate::x509::host::{Wanted, find};
use crate::x509::{Certificate, X509_CRL};

/// A certificate with much in it, its key, and a list of what was revoked.
fn examples() -> [Vec<u8>; 3] {
    use rcgen::{
        BasicConstraints, CertificateParams, CertificateRevocationListParams, CrlIssuingDistributionPoint, DnType,
        ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, KeyIdMethod, KeyPair, KeyUsagePurpose, NameConstraints,
        RevokedCertParams, SanType, SerialNumber, date_time_ymd,
    };
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec!["host.example.org".into(), "*.example.org".into()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, "host.example.org");
    params.distinguished_name.push(DnType::OrganizationName, "Hostile");
    params.subject_alt_names.push(SanType::IpAddress([192, 0, 2, 1].into()));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(2));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
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
        issuing_distribution_point: None::<CrlIssuingDistributionPoint>,
        revoked_certs: vec![RevokedCertParams {
            serial_number: SerialNumber::from(7u64),
            revocation_time: date_time_ymd(2025, 1, 1),
            reason_code: None,
            invalidity_date: None,
        }],
        key_identifier_method: KeyIdMethod::Sha256,
    };
    let issuer = rcgen::Issuer::from_params(&params, &key);
    let list = list.signed_by(&issuer).unwrap();
    [certificate.der().to_vec(), key.serialize_der(), list.der().to_vec()]
}

/// Reads everything that there is to read.
fn read(bytes: &[u8]) -> bool {
    if let Some(key) = Key::private(bytes).or_else(|| Key::public(bytes)) {
        let _ = (key.bits(), key.security_bits(), key.traditional(), key.parameters().len());
    }
    if let Some((list, _)) = X509_CRL::parse(bytes) {
        let _ = (list.is_unhandled(), list.is_delta(), list.covers(true), list.signed().security_bits());
    }
    let Some((certificate, _)) = Certificate::parse(bytes) else { return false };
    let facts = certificate.facts();
    let _ = (facts.authority(), (1..=9).filter(|purpose| facts.purpose(*purpose, true) == Some(1)).count());
    let _ = facts.names.iter().filter(|name| name.kind == kind::DNS).count();
    for wanted in [Wanted::Host(b"host.example.org"), Wanted::Email(b"a@example.org"), Wanted::Address(&[192, 0, 2, 1])]
    {
        find(&certificate, wanted, 0);
    }
    for flags in [0, 0x0082_031f, 0x02a4_0317 | 4 << 16] {
        let _ = certificate.subject.print(0, flags);
    }
    let _ = (certificate.subject.oneline(), certificate.subject.hash(), certificate.fingerprint());
    let _ = (certificate.not_before.moment(false), certificate.not_after.moment(true));
    let _ = crate::store::issued(&certificate, &certificate);
    certificate.key().is_some_and(|key| certificate.signed().verify(key))
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
                assert!(!read(&bytes), "byte {at} of a certificate");
            }
        }
    }
}
