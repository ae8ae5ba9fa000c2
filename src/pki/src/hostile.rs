//! Bytes that are not what they should be: examples that are right, and every way of cutting and changing them. For the
//! tests of the rooms that read such bytes, and for fuzzing.

use crate::der::{self, Reader};
use crate::key::Key;
use crate::{base64, ocsp, oid, password, pkcs12};

/// Reads bytes as everything that they could be.
pub fn read(bytes: &[u8]) {
    let mut reader = Reader(bytes);
    while let Some(element) = reader.next() {
        let _ = (der::number(element.content), der::bits(element.content), oid::dotted(element.content));
    }
    if let Some(letters) = base64::decode(bytes) {
        assert_eq!(
            base64::decode(base64::encode(&letters).as_bytes()),
            Some(letters),
            "what is written reads the same"
        );
    }
    for key in [Key::public(bytes), Key::private(bytes)].into_iter().flatten() {
        let _ = (key.bits(), key.security_bits(), key.signature_len(), key.parameters().len());
        let again = Key::public(&key.spki).expect("a key has a public key that can be read");
        assert!(key.matches(&again));
        if let Some(inner) = key.traditional() {
            let again = Key::private(key.pkcs8().unwrap_or_default()).expect("what is kept reads the same");
            assert!(again.matches(&key) && again.traditional() == Some(inner));
        }
    }
    let _ = password::open_pkcs8(bytes, b"password");
    if let Some((iv, secret)) = bytes.split_at_checked(16) {
        let _ = password::open_dek("AES-128-CBC", iv, secret, b"password");
    }
    if let Some(response) = ocsp::Response::parse(&mut Reader(bytes)) {
        let _ = response.body.and_then(|(_, body)| ocsp::Basic::parse(body));
    }
    if let Some(basic) = ocsp::Basic::parse(bytes) {
        assert!(bytes.starts_with(basic.whole), "an answer is what it was read from");
    }
    // A file with its seal, and what a seal could have covered.
    for (content, _) in [pkcs12::open(bytes, Some("password")), Some((bytes, true))].into_iter().flatten() {
        let _ = pkcs12::Found::default().read(content, "password");
    }
}

#[cfg(feature = "hostile")]
pub use examples::{changed, cut, examples};

#[cfg(feature = "hostile")]
mod examples {
    use rcgen::{
        BasicConstraints, CertificateParams, CertificateRevocationListParams, DnType, ExtendedKeyUsagePurpose,
        GeneralSubtree, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose, NameConstraints, RevokedCertParams,
        SanType, SerialNumber, date_time_ymd,
    };

    use crate::der::{element, integer, sequence, tag};
    use crate::key::{Key, Scheme};
    use crate::{nid, ocsp};

    /// A responder's answer about one certificate, with what that is signed by.
    fn answer(key: &Key, certificate: &[u8]) -> Vec<u8> {
        let time = |text: &str| element(tag::GENERALIZED_TIME, text.as_bytes());
        let hash = sequence(&[&element(tag::OID, nid::der(nid::SHA1)), &[tag::NULL, 0]]);
        let octets = element(tag::OCTET_STRING, &[7; 20]);
        let id = sequence(&[&hash, &octets, &octets, &integer(7)]);
        let reason = element(tag::constructed(0), &element(tag::ENUMERATED, &[1]));
        let revoked = element(tag::constructed(1), &[time("20250101000000Z"), reason].concat());
        let next = element(tag::constructed(0), &time("20260101000000Z"));
        let single = sequence(&[&id, &revoked, &time("20250101000000Z"), &next]);
        let responder = element(tag::constructed(2), &octets);
        let tbs = sequence(&[&responder, &time("20250101000000Z"), &sequence(&[&single])]);
        let scheme = Scheme { digest: nid::SHA256, pss: false };
        let signature = key.sign(scheme, &tbs).expect("a signature");
        // ecdsa-with-SHA256: 1.2.840.10045.4.3.2.
        let algorithm = sequence(&[&element(tag::OID, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2])]);
        let signature = element(tag::BIT_STRING, &[&[0], &signature[..]].concat());
        let certificates = element(tag::constructed(0), &sequence(&[certificate]));
        let basic = sequence(&[&tbs, &algorithm, &signature, &certificates]);
        let body = sequence(&[&element(tag::OID, ocsp::BASIC), &element(tag::OCTET_STRING, &basic)]);
        sequence(&[&element(tag::ENUMERATED, &[0]), &element(tag::constructed(0), &body)])
    }

    /// A certificate with much in it, its key, a list of what was revoked, and a responder's answer.
    pub fn examples() -> [Vec<u8>; 4] {
        let key = KeyPair::generate().expect("a key");
        let mut params =
            CertificateParams::new(vec!["host.example.org".into(), "*.example.org".into()]).expect("names");
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
        let certificate = params.self_signed(&key).expect("a certificate");
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
        let list = list.signed_by(&Issuer::from_params(&params, &key)).expect("a list");
        let answer = answer(&Key::private(&key.serialize_der()).expect("a key"), certificate.der());
        [certificate.der().to_vec(), key.serialize_der(), list.der().to_vec(), answer]
    }

    /// `read` says whether bytes are a certificate that has signed itself; no example is one when it is cut.
    pub fn cut(read: impl Fn(&[u8]) -> bool) {
        for example in examples() {
            (0..example.len()).for_each(|len| assert!(!read(&example[..len])));
        }
    }

    /// What a signature covers is not taken as signed once it is changed; nor is another signature.
    pub fn changed(read: impl Fn(&[u8]) -> bool) {
        assert!(read(&examples()[0]));
        for example in examples() {
            for at in 0..example.len() {
                for change in [0x01, 0x80, 0xff] {
                    let mut bytes = example.clone();
                    bytes[at] ^= change;
                    assert!(!read(&bytes), "byte {at} of an example");
                }
            }
        }
    }
}
