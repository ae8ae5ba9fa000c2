//! What a certificate's extensions mean for verification.

use std::ffi::c_int;

use super::certificate::Certificate;
use super::general_name::{GeneralName, parse_names};
use super::{X509_NAME, syntax};
use crate::asn1::ASN1_STRING;
use crate::der::{Reader, tag};
use crate::object::{self, nid};

/// EXFLAG_*.
#[allow(missing_docs)] // the names are OpenSSL's
pub mod flag {
    pub const BCONS: u32 = 0x1;
    pub const KUSAGE: u32 = 0x2;
    pub const XKUSAGE: u32 = 0x4;
    pub const NSCERT: u32 = 0x8;
    pub const CA: u32 = 0x10;
    pub const SELF_ISSUED: u32 = 0x20;
    pub const V1: u32 = 0x40;
    pub const INVALID: u32 = 0x80;
    pub const SET: u32 = 0x100;
    pub const CRITICAL: u32 = 0x200;
    pub const PROXY: u32 = 0x400;
    pub const SELF_SIGNED: u32 = 0x2000;
    pub const BCONS_CRITICAL: u32 = 0x10000;
    pub const AKID_CRITICAL: u32 = 0x20000;
    pub const SKID_CRITICAL: u32 = 0x40000;
    pub const SAN_CRITICAL: u32 = 0x80000;
}

/// KU_*.
#[allow(missing_docs)] // the names are OpenSSL's
pub mod usage {
    pub const DIGITAL_SIGNATURE: u32 = 0x80;
    pub const NON_REPUDIATION: u32 = 0x40;
    pub const KEY_ENCIPHERMENT: u32 = 0x20;
    pub const KEY_AGREEMENT: u32 = 0x08;
    pub const KEY_CERT_SIGN: u32 = 0x04;
    pub const CRL_SIGN: u32 = 0x02;
}

/// XKU_*.
#[allow(missing_docs)] // the names are OpenSSL's
pub mod extended {
    pub const SSL_SERVER: u32 = 0x1;
    pub const SSL_CLIENT: u32 = 0x2;
    pub const SMIME: u32 = 0x4;
    pub const CODE_SIGN: u32 = 0x8;
    pub const SGC: u32 = 0x10;
    pub const OCSP_SIGN: u32 = 0x20;
    pub const TIMESTAMP: u32 = 0x40;
    pub const DVCS: u32 = 0x80;
    pub const ANY: u32 = 0x100;
}

/// NS_*.
const NS_SSL_CLIENT: u32 = 0x80;
const NS_SSL_SERVER: u32 = 0x40;
const NS_SMIME: u32 = 0x20;
const NS_SSL_CA: u32 = 0x04;
const NS_SMIME_CA: u32 = 0x02;
const NS_ANY_CA: u32 = 0x07;

/// What the extensions say.
#[derive(Default)]
pub struct Facts {
    pub flags: u32,
    pub path_len: Option<i64>,
    pub key_usage: u32,
    pub extended_usage: u32,
    netscape: u32,
    pub subject_key: Option<ASN1_STRING>,
    pub authority_key: Option<Authority>,
    pub names: Vec<GeneralName>,
    pub constraints: Option<Constraints>,
}

/// The authority key identifier.
pub struct Authority {
    pub key: Option<ASN1_STRING>,
    pub issuer: Vec<GeneralName>,
    pub serial: Option<ASN1_STRING>,
}

/// Name constraints: subtrees, each with whether it has a minimum or maximum.
#[derive(Default)]
pub struct Constraints {
    pub permitted: Vec<(GeneralName, bool)>,
    pub excluded: Vec<(GeneralName, bool)>,
}

/// Extensions that may be critical.
const SUPPORTED: [c_int; 15] = [
    nid::NETSCAPE_CERT_TYPE,
    nid::KEY_USAGE,
    nid::SUBJECT_ALT_NAME,
    nid::BASIC_CONSTRAINTS,
    nid::CERTIFICATE_POLICIES,
    nid::CRL_DISTRIBUTION_POINTS,
    nid::EXT_KEY_USAGE,
    nid::SBGP_IP_ADDR_BLOCK,
    nid::SBGP_AUTONOMOUS_SYS_NUM,
    369, // id-pkix-ocsp-nocheck
    nid::POLICY_CONSTRAINTS,
    nid::PROXY_CERT_INFO,
    nid::NAME_CONSTRAINTS,
    nid::POLICY_MAPPINGS,
    nid::INHIBIT_ANY_POLICY,
];

/// The first bytes of a BIT STRING, the first lowest.
fn bits(value: &[u8]) -> Option<u32> {
    let string = ASN1_STRING::bit_string(Reader(value).expect(tag::BIT_STRING)?.content)?;
    let at = |index: usize| string.bytes().get(index).copied().map_or(0, u32::from);
    Some(at(0) | at(1) << 8)
}

fn subtrees(content: &[u8]) -> Option<Vec<(GeneralName, bool)>> {
    let mut reader = Reader(content);
    let mut out = Vec::new();
    while !reader.is_empty() {
        let mut subtree = reader.enter(tag::SEQUENCE)?;
        let base = GeneralName::parse(subtree.next()?)?;
        // A minimum of 0 is the default, and may be there.
        let mut number = |at| match subtree.optional(tag::context(at))? {
            Some(number) => ASN1_STRING::integer(number.content).map(Some),
            None => Some(None),
        };
        let minimum = number(0)?.is_some_and(|minimum| minimum.number() != Some(0));
        let maximum = number(1)?.is_some();
        if !subtree.is_empty() {
            return None;
        }
        out.push((base, minimum || maximum));
    }
    Some(out)
}

fn constraints(value: &[u8]) -> Option<Constraints> {
    let mut reader = Reader(value).enter(tag::SEQUENCE)?;
    let permitted = reader.optional(tag::constructed(0))?;
    let excluded = reader.optional(tag::constructed(1))?;
    if !reader.is_empty() {
        return None;
    }
    let list = |element: Option<crate::der::Element>| element.map_or(Some(Vec::new()), |found| subtrees(found.content));
    Some(Constraints { permitted: list(permitted)?, excluded: list(excluded)? })
}

pub fn authority(value: &[u8]) -> Option<Authority> {
    let mut reader = Reader(value).enter(tag::SEQUENCE)?;
    let key = reader.optional(tag::context(0))?;
    let issuer = match reader.optional(tag::constructed(1))? {
        Some(names) => parse_names(names.content)?,
        None => Vec::new(),
    };
    let serial = match reader.optional(tag::context(2))? {
        Some(serial) => Some(ASN1_STRING::integer(serial.content)?),
        None => None,
    };
    let key = key.map(|key| ASN1_STRING::new(tag::OCTET_STRING.into(), key.content));
    reader.is_empty().then_some(Authority { key, issuer, serial })
}

fn extended_usage(value: &[u8]) -> Option<u32> {
    let mut list = Reader(value).enter(tag::SEQUENCE)?;
    let mut usage = 0;
    while !list.is_empty() {
        usage |= match object::nid_of(list.expect(tag::OID)?.content) {
            129 => extended::SSL_SERVER,
            130 => extended::SSL_CLIENT,
            131 => extended::CODE_SIGN,
            132 => extended::SMIME,
            133 => extended::TIMESTAMP,
            137 | 139 => extended::SGC,
            180 => extended::OCSP_SIGN,
            297 => extended::DVCS,
            nid::ANY_EXTENDED_KEY_USAGE => extended::ANY,
            _ => 0,
        };
    }
    Some(usage)
}

impl Facts {
    /// Reads a certificate's extensions.
    pub fn of(certificate: &Certificate) -> Self {
        let mut facts = Facts { flags: flag::SET, ..Facts::default() };
        if certificate.version == 0 {
            facts.flags |= flag::V1;
        }
        facts.read_extensions(certificate);
        facts.read_relation(certificate);
        for extension in &certificate.extensions {
            if !extension.is_critical() {
                continue;
            }
            if !SUPPORTED.contains(&extension.nid()) {
                facts.flags |= flag::CRITICAL;
                break;
            }
            match extension.nid() {
                nid::BASIC_CONSTRAINTS => facts.flags |= flag::BCONS_CRITICAL,
                nid::AUTHORITY_KEY_ID => facts.flags |= flag::AKID_CRITICAL,
                nid::SUBJECT_KEY_ID => facts.flags |= flag::SKID_CRITICAL,
                nid::SUBJECT_ALT_NAME => facts.flags |= flag::SAN_CRITICAL,
                _ => {}
            }
        }
        facts
    }

    fn read_extensions(&mut self, certificate: &Certificate) {
        for extension in &certificate.extensions {
            let kind = extension.nid();
            let value = extension.value();
            // One that is there twice cannot be read. (What follows an encoded value is not looked at, as everywhere.)
            let same = certificate.extensions.iter().filter(|other| other.nid() == kind).count();
            if same > 1 && Self::reads(kind) {
                self.flags |= flag::INVALID;
                continue;
            }
            let valid = match kind {
                nid::BASIC_CONSTRAINTS => self.read_basic_constraints(value),
                nid::KEY_USAGE => bits(value).is_some_and(|usage| {
                    self.flags |= flag::KUSAGE;
                    self.key_usage = usage;
                    usage != 0
                }),
                nid::EXT_KEY_USAGE => extended_usage(value).is_some_and(|usage| {
                    self.flags |= flag::XKUSAGE;
                    self.extended_usage = usage;
                    true
                }),
                nid::NETSCAPE_CERT_TYPE => bits(value).is_some_and(|kinds| {
                    self.flags |= flag::NSCERT;
                    self.netscape = kinds & 0xff;
                    true
                }),
                nid::SUBJECT_KEY_ID => {
                    let key = Reader(value).expect(tag::OCTET_STRING);
                    self.subject_key = key.map(|key| ASN1_STRING::new(tag::OCTET_STRING.into(), key.content));
                    self.subject_key.is_some()
                }
                nid::AUTHORITY_KEY_ID => {
                    self.authority_key = authority(value);
                    self.authority_key.is_some()
                }
                nid::SUBJECT_ALT_NAME => {
                    let names = Reader(value).enter(tag::SEQUENCE).and_then(|inside| parse_names(inside.0));
                    let valid = names.is_some();
                    self.names = names.unwrap_or_default();
                    valid
                }
                nid::NAME_CONSTRAINTS => {
                    self.constraints = constraints(value);
                    self.constraints.is_some()
                }
                nid::CRL_DISTRIBUTION_POINTS => syntax::distribution_points(value),
                nid::SBGP_IP_ADDR_BLOCK => syntax::address_blocks(value),
                nid::SBGP_AUTONOMOUS_SYS_NUM => syntax::autonomous_systems(value),
                nid::PROXY_CERT_INFO => {
                    let valid = syntax::proxy_information(value);
                    self.flags |= if valid { flag::PROXY } else { 0 };
                    valid
                }
                _ => true,
            };
            if !valid {
                self.flags |= flag::INVALID;
            }
        }
        let named = certificate
            .extensions
            .iter()
            .any(|extension| matches!(extension.nid(), nid::SUBJECT_ALT_NAME | nid::ISSUER_ALT_NAME));
        if self.flags & flag::PROXY != 0 && (self.flags & flag::CA != 0 || named) {
            self.flags |= flag::INVALID;
        }
    }

    fn reads(kind: c_int) -> bool {
        matches!(
            kind,
            nid::BASIC_CONSTRAINTS
                | nid::KEY_USAGE
                | nid::EXT_KEY_USAGE
                | nid::NETSCAPE_CERT_TYPE
                | nid::SUBJECT_KEY_ID
                | nid::AUTHORITY_KEY_ID
                | nid::SUBJECT_ALT_NAME
                | nid::NAME_CONSTRAINTS
                | nid::CRL_DISTRIBUTION_POINTS
                | nid::SBGP_IP_ADDR_BLOCK
                | nid::SBGP_AUTONOMOUS_SYS_NUM
                | nid::PROXY_CERT_INFO
        )
    }

    fn read_basic_constraints(&mut self, value: &[u8]) -> bool {
        let parse = || {
            let mut reader = Reader(value).enter(tag::SEQUENCE)?;
            let authority = match reader.optional(tag::BOOLEAN)? {
                Some(boolean) => {
                    let [value] = boolean.content else { return None };
                    *value != 0
                }
                None => false,
            };
            let path_len = match reader.optional(tag::INTEGER)? {
                Some(number) => Some(ASN1_STRING::integer(number.content)?),
                None => None,
            };
            reader.is_empty().then_some((authority, path_len))
        };
        let Some((authority, path_len)) = parse() else { return false };
        self.flags |= flag::BCONS | if authority { flag::CA } else { 0 };
        let Some(path_len) = path_len else { return true };
        if path_len.kind & crate::asn1::NEGATIVE != 0 {
            return false;
        }
        // One that no chain can reach is none.
        self.path_len = path_len.number();
        true
    }

    /// Whether the certificate seems to be its own issuer.
    fn read_relation(&mut self, certificate: &Certificate) {
        if !certificate.is_self_issued() {
            return;
        }
        self.flags |= flag::SELF_ISSUED;
        let identified = match &self.authority_key {
            Some(authority) => authority.matches(certificate, self.subject_key.as_ref()) == 0,
            None => true,
        };
        let Some(kind) = certificate.signed().signing_key() else { return };
        if identified && certificate.key().is_some_and(|key| fits(kind, key.algorithm)) {
            self.flags |= flag::SELF_SIGNED;
        }
    }

    pub fn has(&self, flag: u32) -> bool {
        self.flags & flag != 0
    }

    /// Whether key usage rules out all of these.
    pub fn refuses(&self, usage: u32) -> bool {
        self.has(flag::KUSAGE) && self.key_usage & usage == 0
    }

    fn refuses_extended(&self, usage: u32) -> bool {
        self.has(flag::XKUSAGE) && self.extended_usage & usage == 0
    }

    fn refuses_netscape(&self, kind: u32) -> bool {
        self.has(flag::NSCERT) && self.netscape & kind == 0
    }

    /// Whether it is a certificate authority's, and how that is known (X509_check_ca).
    pub fn authority(&self) -> c_int {
        const V1_ROOT: u32 = flag::V1 | flag::SELF_SIGNED;
        if self.refuses(usage::KEY_CERT_SIGN) {
            0
        } else if self.has(flag::BCONS) {
            c_int::from(self.has(flag::CA))
        } else if self.flags & V1_ROOT == V1_ROOT {
            3
        } else if self.has(flag::KUSAGE) {
            4
        } else if self.has(flag::NSCERT) && self.netscape & NS_ANY_CA != 0 {
            5
        } else {
            0
        }
    }

    fn authority_for(&self, netscape: u32) -> c_int {
        match self.authority() {
            5 => c_int::from(self.netscape & netscape != 0),
            authority => authority,
        }
    }

    /// Whether the certificate may be used for a purpose (X509_PURPOSE_*), as an authority's or not; `None` when the
    /// purpose is unknown.
    pub fn purpose(&self, purpose: c_int, authority: bool) -> Option<c_int> {
        use extended::{SGC, SMIME, SSL_CLIENT, SSL_SERVER, TIMESTAMP};
        use usage::{DIGITAL_SIGNATURE, KEY_AGREEMENT, KEY_ENCIPHERMENT, NON_REPUDIATION};
        let server_usage = DIGITAL_SIGNATURE | KEY_ENCIPHERMENT | KEY_AGREEMENT;
        let yes = |answer: bool| c_int::from(answer);
        Some(match purpose {
            1 if self.refuses_extended(SSL_CLIENT) => 0,
            1 if authority => self.authority_for(NS_SSL_CA),
            1 => yes(!self.refuses(DIGITAL_SIGNATURE | KEY_AGREEMENT) && !self.refuses_netscape(NS_SSL_CLIENT)),
            2 | 3 if self.refuses_extended(SSL_SERVER | SGC) => 0,
            2 | 3 if authority => self.authority_for(NS_SSL_CA),
            2 => yes(!self.refuses_netscape(NS_SSL_SERVER) && !self.refuses(server_usage)),
            3 => yes(!self.refuses_netscape(NS_SSL_SERVER)
                && !self.refuses(server_usage)
                && !self.refuses(KEY_ENCIPHERMENT)),
            4 | 5 if self.refuses_extended(SMIME) => 0,
            4 | 5 if authority => self.authority_for(NS_SMIME_CA),
            4 | 5 => {
                let mail = if !self.has(flag::NSCERT) || self.netscape & NS_SMIME != 0 {
                    1
                } else if self.netscape & NS_SSL_CLIENT != 0 {
                    2
                } else {
                    0
                };
                let wanted = if purpose == 4 { DIGITAL_SIGNATURE | NON_REPUDIATION } else { KEY_ENCIPHERMENT };
                if self.refuses(wanted) { 0 } else { mail }
            }
            6 if authority => match self.authority() {
                2 => 0,
                found => found,
            },
            6 => yes(!self.refuses(usage::CRL_SIGN)),
            7 => 1,
            8 if authority => self.authority(),
            8 => 1,
            9 if authority => self.authority(),
            9 => {
                let signs = DIGITAL_SIGNATURE | NON_REPUDIATION;
                let only_signs =
                    !self.has(flag::KUSAGE) || (self.key_usage & !signs == 0 && self.key_usage & signs != 0);
                yes(only_signs && self.has(flag::XKUSAGE) && self.extended_usage == TIMESTAMP)
            }
            _ => return None,
        })
    }
}

impl Authority {
    /// 0 when `issuer` is who is meant, else X509_V_ERR_*.
    pub fn matches(&self, issuer: &Certificate, subject_key: Option<&ASN1_STRING>) -> c_int {
        use crate::store::verdict;
        if let (Some(wanted), Some(has)) = (&self.key, subject_key)
            && wanted.bytes() != has.bytes()
        {
            return verdict::AKID_SKID_MISMATCH;
        }
        if let Some(serial) = &self.serial
            && (serial.bytes() != issuer.serial.bytes() || serial.kind != issuer.serial.kind)
        {
            return verdict::AKID_ISSUER_SERIAL_MISMATCH;
        }
        let named: Option<&X509_NAME> = self.issuer.iter().find_map(GeneralName::directory);
        if named.is_some_and(|named| !named.same(&issuer.issuer)) {
            return verdict::AKID_ISSUER_SERIAL_MISMATCH;
        }
        0
    }
}

/// Whether a key can have signed what keys of this kind sign.
pub fn fits(kind: c_int, key: c_int) -> bool {
    kind == key || (kind == nid::RSA_PSS && key == nid::RSA)
}
