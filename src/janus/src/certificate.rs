//! What a certificate says, item by item.

use std::sync::Arc;

use x509_parser::der_parser::asn1_rs::{Any, Tag};
use x509_parser::der_parser::oid::Oid;
use x509_parser::oid_registry::*;
use x509_parser::prelude::{FromDer, X509Certificate, X509Name};

/// An item that can be asked for, see [`Item::named`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// Common name of the subject.
    CommonName,
    /// Organizational unit of the subject.
    OrganizationalUnit,
    /// Organization of the subject.
    Organization,
    /// Locality of the subject.
    Locality,
    /// State or province of the subject.
    State,
    /// Country of the subject.
    Country,
    /// Mail address: of the subject, or else of the alternative names.
    Email,
    /// The subject's whole name.
    Subject,
    /// The issuer's whole name.
    Issuer,
    /// Serial number in hexadecimal.
    SerialNumber,
    /// First moment of validity, ISO 8601 in UTC.
    NotBefore,
    /// Last moment of validity, ISO 8601 in UTC.
    NotAfter,
    /// The certificate itself: DER in base64, on one line.
    Der,
}

/// Each item with its names; the first is the one in the environment of handlers.
pub const ITEMS: [(Item, &[&str]); 13] = [
    (Item::CommonName, &["COMMONNAME", "CN", "CNAME", "COMMONN"]),
    (Item::OrganizationalUnit, &["ORGANIZATIONALUNIT", "ORGU", "ORGANIZATIONALU", "ORGUNIT", "OU"]),
    (Item::Organization, &["ORGANIZATION", "ORG", "O"]),
    (Item::Locality, &["LOCALITY", "LOC", "L"]),
    (Item::State, &["STATE", "ST"]),
    (Item::Country, &["COUNTRY", "C"]),
    (Item::Email, &["EMAIL", "EMAILADDRESS"]),
    (Item::Subject, &["SUBJECT"]),
    (Item::Issuer, &["ISSUER"]),
    (Item::SerialNumber, &["SERIALNUMBER", "SERIAL"]),
    (Item::NotBefore, &["NOTBEFORE"]),
    (Item::NotAfter, &["NOTAFTER"]),
    (Item::Der, &["DER"]),
];

impl Item {
    /// The item of this name, in whatever case.
    pub fn named(name: &str) -> Option<Item> {
        let known = |names: &[&str]| names.iter().any(|known| known.eq_ignore_ascii_case(name));
        ITEMS.iter().find(|(_, names)| known(names)).map(|(item, _)| *item)
    }
}

/// A certificate, read once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    der: Arc<[u8]>,
    /// In the order of [`ITEMS`], without DER.
    values: Vec<Option<String>>,
    not_after: i64,
}

impl Certificate {
    /// Reads a certificate; `None` if it cannot be read.
    pub fn read(der: &[u8]) -> Option<Certificate> {
        let (rest, parsed) = X509Certificate::from_der(der).ok()?;
        if !rest.is_empty() {
            return None;
        }
        let values = ITEMS.iter().map(|(item, _)| value(*item, &parsed)).collect();
        Some(Certificate { der: der.into(), values, not_after: parsed.validity().not_after.timestamp() })
    }

    /// The certificate's bytes.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// What it says for an item; `None` when it says nothing. Control characters are written as `\xx`, so a value is
    /// one line of text without NUL, whatever the certificate holds.
    pub fn info(&self, item: Item) -> Option<String> {
        if item == Item::Der {
            return Some(data_encoding::BASE64.encode(self.der()));
        }
        let index = ITEMS.iter().position(|(known, _)| *known == item)?;
        self.values[index].clone()
    }

    /// Last second of its validity, since the epoch.
    pub fn not_after(&self) -> i64 {
        self.not_after
    }
}

fn value(item: Item, certificate: &X509Certificate<'_>) -> Option<String> {
    let subject = certificate.subject();
    match item {
        Item::CommonName => attribute(subject, &OID_X509_COMMON_NAME),
        Item::OrganizationalUnit => attribute(subject, &OID_X509_ORGANIZATIONAL_UNIT),
        Item::Organization => attribute(subject, &OID_X509_ORGANIZATION_NAME),
        Item::Locality => attribute(subject, &OID_X509_LOCALITY_NAME),
        Item::State => attribute(subject, &OID_X509_STATE_OR_PROVINCE_NAME),
        Item::Country => attribute(subject, &OID_X509_COUNTRY_NAME),
        Item::Email => attribute(subject, &OID_PKCS9_EMAIL_ADDRESS).or_else(|| alternative_mail(certificate)),
        Item::Subject => Some(name(subject)),
        Item::Issuer => Some(name(certificate.issuer())),
        Item::SerialNumber => Some(serial(certificate.raw_serial())),
        Item::NotBefore => Some(time(certificate.validity().not_before.timestamp())),
        Item::NotAfter => Some(time(certificate.validity().not_after.timestamp())),
        Item::Der => None,
    }
}

/// Without the zero byte that keeps a number positive.
fn serial(mut bytes: &[u8]) -> String {
    while let [0, rest @ ..] = bytes
        && !rest.is_empty()
    {
        bytes = rest;
    }
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

/// The last attribute of this type: the most specific one.
fn attribute(name: &X509Name<'_>, oid: &Oid<'_>) -> Option<String> {
    let values = name.iter_by_oid(oid).map(|attribute| visible(&raw_text(attribute.attr_value())));
    values.last().filter(|value| !value.is_empty())
}

/// Text of whatever kind a name may hold it in (X.520 DirectoryString, IA5String).
fn raw_text(value: &Any<'_>) -> String {
    match value.tag() {
        Tag::BmpString => {
            let units = value.data.chunks(2).map(|unit| u16::from_be_bytes([unit[0], *unit.get(1).unwrap_or(&0)]));
            char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        Tag::T61String => value.data.iter().map(|&byte| char::from(byte)).collect(),
        _ => String::from_utf8_lossy(value.data).into_owned(),
    }
}

/// With control characters shown, so that nobody takes a part of it for the whole.
fn visible(text: &str) -> String {
    shown(text, |_| false)
}

/// With control characters in hexadecimal, and a backslash in front of others that are `special`.
fn shown(text: &str, special: impl Fn(char) -> bool) -> String {
    let mut shown = String::new();
    for c in text.chars() {
        if c.is_control() {
            let mut bytes = [0; 4];
            c.encode_utf8(&mut bytes).bytes().for_each(|byte| shown.push_str(&format!("\\{byte:02X}")));
            continue;
        }
        if special(c) {
            shown.push('\\');
        }
        shown.push(c);
    }
    shown
}

/// A name as RFC 4514 writes it, but beginning with the least specific part, as programs show it.
fn name(name: &X509Name<'_>) -> String {
    let part = |oid: &Oid<'_>, value: &Any<'_>| {
        let known = [
            (&OID_X509_COMMON_NAME, "CN"),
            (&OID_X509_ORGANIZATIONAL_UNIT, "OU"),
            (&OID_X509_ORGANIZATION_NAME, "O"),
            (&OID_X509_LOCALITY_NAME, "L"),
            (&OID_X509_STATE_OR_PROVINCE_NAME, "ST"),
            (&OID_X509_COUNTRY_NAME, "C"),
            (&OID_PKCS9_EMAIL_ADDRESS, "emailAddress"),
            (&OID_DOMAIN_COMPONENT, "DC"),
        ];
        let kind = known.iter().find(|(known, _)| *known == oid);
        let kind = kind.map_or_else(|| oid.to_id_string(), |(_, kind)| (*kind).to_owned());
        let value = shown(&raw_text(value), |c| matches!(c, ',' | '+' | '"' | '<' | '>' | ';' | '=' | '\\'));
        format!("{kind}={value}")
    };
    let set = |attributes: Vec<String>| attributes.join("+");
    let parts = name.iter_rdn().map(|rdn| set(rdn.iter().map(|at| part(at.attr_type(), at.attr_value())).collect()));
    parts.collect::<Vec<_>>().join(", ")
}

fn alternative_mail(certificate: &X509Certificate<'_>) -> Option<String> {
    use x509_parser::extensions::GeneralName;
    let names = certificate.subject_alternative_name().ok().flatten()?;
    names.value.general_names.iter().find_map(|name| match name {
        GeneralName::RFC822Name(mail) => Some(visible(mail)),
        _ => None,
    })
}

/// Seconds since the epoch as ISO 8601 in UTC.
pub(crate) fn time(seconds: i64) -> String {
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Days from the civil calendar, in eras of 400 years that begin in March.
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let (day, month) = (day - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
    let year = year + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, DnType, KeyPair};

    #[test]
    fn times() {
        assert_eq!(time(0), "1970-01-01T00:00:00Z");
        assert_eq!(time(951_782_399), "2000-02-28T23:59:59Z");
        assert_eq!(time(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(time(4_102_444_799), "2099-12-31T23:59:59Z");
        assert_eq!(time(-1), "1969-12-31T23:59:59Z");
    }

    #[test]
    fn items_and_their_synonyms() {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name = rcgen::DistinguishedName::new();
        let name = &mut params.distinguished_name;
        name.push(DnType::CountryName, "DE");
        name.push(DnType::StateOrProvinceName, "Hessen");
        name.push(DnType::LocalityName, "Kassel");
        name.push(DnType::OrganizationName, "Ex, Inc");
        name.push(DnType::OrganizationalUnitName, "Unit");
        name.push(DnType::CommonName, "alice\0.evil");
        params.serial_number = Some(255.into());
        params.subject_alt_names = vec![rcgen::SanType::Rfc822Name("a@b.example".try_into().unwrap())];
        let der = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
        let certificate = Certificate::read(der.der()).unwrap();
        let info = |name: &str| Item::named(name).and_then(|item| certificate.info(item));
        for name in ["COMMONNAME", "cn", "CName", "COMMONN"] {
            assert_eq!(info(name).as_deref(), Some("alice\\00.evil"));
        }
        for name in ["ORGANIZATIONALUNIT", "ORGU", "ORGANIZATIONALU", "ORGUNIT"] {
            assert_eq!(info(name).as_deref(), Some("Unit"));
        }
        for name in ["ORGANIZATION", "ORG"] {
            assert_eq!(info(name).as_deref(), Some("Ex, Inc"));
        }
        assert_eq!(info("LOCALITY"), info("LOC"));
        assert_eq!(info("STATE").as_deref(), Some("Hessen"));
        assert_eq!(info("COUNTRY").as_deref(), Some("DE"));
        assert_eq!(info("EMAIL").as_deref(), Some("a@b.example"));
        assert_eq!(info("SERIAL").as_deref(), Some("FF"));
        assert_eq!(info("SUBJECT"), info("ISSUER"));
        assert_eq!(info("SUBJECT").unwrap(), "C=DE, ST=Hessen, L=Kassel, O=Ex\\, Inc, OU=Unit, CN=alice\\00.evil");
        assert!(info("DER").unwrap().starts_with("MII"));
        assert_eq!(info("SHOESIZE"), None);
        assert!(Certificate::read(&der.der()[..20]).is_none());
    }
}
