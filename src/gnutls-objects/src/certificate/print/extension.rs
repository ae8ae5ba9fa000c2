//! Extensions in words.

use std::ffi::c_uint;
use std::fmt::Write;
use std::net::{Ipv4Addr, Ipv6Addr};

use standin_pki::der::{Reader, tag};
use standin_pki::oid::dotted;

use super::say_error;
use crate::certificate::alternative::{Alternative, kind};
use crate::certificate::content::{Content, Extension, extension};
use crate::certificate::{alternative, extensions};
use crate::encoding::hex;
use crate::error;
use crate::name::Name;
use crate::trust::Constraints;

/// GNUTLS_KEY_* in words, in the order in which they are said.
const USAGES: [(c_uint, &str); 9] = [
    (128, "Digital signature"),
    (64, "Non repudiation"),
    (32, "Key encipherment"),
    (16, "Data encipherment"),
    (8, "Key agreement"),
    (4, "Certificate signing"),
    (2, "CRL signing"),
    (1, "Key encipher only"),
    (32768, "Key decipher only"),
];

/// id-pe-proxyCertInfo (RFC 3820).
const PROXY: &str = "1.3.6.1.5.5.7.1.14";

const PURPOSES: [(&str, &str); 9] = [
    ("1.3.6.1.5.5.7.3.1", "TLS WWW Server."),
    ("1.3.6.1.5.5.7.3.2", "TLS WWW Client."),
    ("1.3.6.1.5.5.7.3.3", "Code signing."),
    ("1.3.6.1.5.5.7.3.4", "Email protection."),
    ("1.3.6.1.5.5.7.3.8", "Time stamping."),
    ("1.3.6.1.5.5.7.3.9", "OCSP signing."),
    ("1.3.6.1.5.5.7.3.17", "Ipsec IKE."),
    ("1.3.6.1.4.1.311.20.2.2", "Smart Card Logon."),
    ("2.5.29.37.0", "Any purpose."),
];

/// Bytes as letters, with dots for what is none.
fn letters(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| if matches!(byte, 0x20..=0x7e) { char::from(*byte) } else { '.' }).collect()
}

fn address(bytes: &[u8]) -> String {
    if let Ok(bytes) = <[u8; 4]>::try_from(bytes) {
        Ipv4Addr::from(bytes).to_string()
    } else if let Ok(bytes) = <[u8; 16]>::try_from(bytes) {
        Ipv6Addr::from(bytes).to_string()
    } else {
        hex(bytes)
    }
}

/// A name with its kind; text with zero bytes is warned of.
fn say_name(out: &mut String, name: &Alternative, before: &str, what: &str) {
    let shown = match name.kind {
        kind::ADDRESS => address(&name.value),
        kind::DIRECTORY => {
            let text = Name::parse(&name.value).and_then(|name| name.text(0)).unwrap_or_default();
            String::from_utf8_lossy(&text).into_owned()
        }
        _ => {
            if name.value.contains(&0) {
                let _ = writeln!(out, "warning: {what} contains an embedded NUL, replacing with '!'");
            }
            String::from_utf8_lossy(&name.value).replace('\0', "!")
        }
    };
    let title = match name.kind {
        kind::DNS => "DNSname",
        kind::MAIL => "RFC822Name",
        kind::URI => "URI",
        kind::ADDRESS => "IPAddress",
        kind::DIRECTORY => "directoryName",
        kind::REGISTERED => "Registered ID",
        _ => {
            let _ = writeln!(out, "{before}otherName OID: {}", name.other);
            let _ = writeln!(out, "{before}otherName DER: {}", hex(&name.value));
            let _ = writeln!(out, "{before}otherName ASCII: {}", letters(&name.value));
            return;
        }
    };
    let _ = writeln!(out, "{before}{title}: {shown}");
}

fn say_names(out: &mut String, found: &Extension, what: &str) {
    match alternative::parse(&found.value) {
        Ok(names) => names.iter().for_each(|name| say_name(out, name, "\t\t\t", what)),
        Err(error) => say_error(out, "gnutls_x509_ext_import_subject_alt_names", error),
    }
}

/// A constraint: a network with the length of its mask.
fn say_subtree(out: &mut String, tree: &Alternative) {
    if tree.kind == kind::ADDRESS {
        let (base, mask) = tree.value.split_at(tree.value.len() / 2);
        let length: u32 = mask.iter().map(|byte| byte.count_ones()).sum();
        let _ = writeln!(out, "\t\t\t\tIPAddress: {}/{length}", address(base));
    } else {
        say_name(out, tree, "\t\t\t\t", "name");
    }
}

fn say_constraints(out: &mut String, content: &Content) {
    // What cannot be read is passed over.
    let (permitted, excluded) =
        Constraints::of(content).ok().flatten().map(Constraints::into_parts).unwrap_or_default();
    for (title, list) in [("Permitted", permitted), ("Excluded", excluded)] {
        if !list.is_empty() {
            let _ = writeln!(out, "\t\t\t{title}:");
            list.iter().for_each(|tree| say_subtree(out, tree));
        }
    }
}

fn say_basic_constraints(out: &mut String, content: &Content) {
    match content.basic_constraints() {
        Ok(found) => {
            let (authority, length) = found.unwrap_or_default();
            let word = if authority { "TRUE" } else { "FALSE" };
            let _ = writeln!(out, "\t\t\tCertificate Authority (CA): {word}");
            if let Some(length) = length {
                let _ = writeln!(out, "\t\t\tPath Length Constraint: {length}");
            }
        }
        Err(error) => say_error(out, "get_basic_constraints", error),
    }
}

fn say_usage(out: &mut String, content: &Content) {
    match content.key_usage() {
        Ok(found) => {
            let usage = found.map_or(0, |(usage, _)| usage);
            for (_, word) in USAGES.iter().filter(|(bit, _)| usage & bit != 0) {
                let _ = writeln!(out, "\t\t\t{word}.");
            }
        }
        Err(error) => say_error(out, "get_key_usage", error),
    }
}

fn say_purposes(out: &mut String, content: &Content) {
    match content.purposes() {
        Ok(found) => {
            for purpose in found.unwrap_or_default() {
                let word = PURPOSES.iter().find(|(oid, _)| *oid == purpose).map_or(&*purpose, |(_, word)| word);
                let _ = writeln!(out, "\t\t\t{word}");
            }
        }
        Err(error) => say_error(out, "gnutls_x509_ext_import_key_purposes", error),
    }
}

fn say_authority_key(out: &mut String, content: &Content) {
    match content.authority_key() {
        Ok(found) => {
            let authority = found.unwrap_or_default();
            authority.issuer.iter().for_each(|name| say_name(out, name, "\t\t\t", "AKI"));
            if let Some(serial) = authority.serial.filter(|_| !authority.issuer.is_empty()) {
                let _ = writeln!(out, "\t\t\tserial: {}", hex(&serial));
            }
            if let Some(key) = authority.key {
                let _ = writeln!(out, "\t\t\t{}", hex(&key));
            }
        }
        Err(error) => say_error(out, "gnutls_x509_ext_import_authority_key_id", error),
    }
}

fn say_subject_key(out: &mut String, content: &Content) {
    match content.subject_key_id() {
        Ok(id) => {
            let _ = writeln!(out, "\t\t\t{}", hex(&id.unwrap_or_default()));
        }
        Err(error) => say_error(out, "get_subject_key_id", error),
    }
}

fn say_points(out: &mut String, found: &Extension) {
    match extensions::points(&found.value) {
        Some(points) => points.iter().for_each(|(name, _)| say_name(out, name, "\t\t\t", "CRL distribution point")),
        None => say_error(out, "gnutls_x509_ext_import_crl_dist_points", error::ASN1_TAG_ERROR),
    }
}

fn say_access(out: &mut String, found: &Extension) {
    let Some(list) = extensions::descriptions(&found.value) else {
        return say_error(out, "gnutls_x509_ext_import_aia", error::ASN1_DER_ERROR);
    };
    for (method, place) in list {
        let word = match method.as_str() {
            "1.3.6.1.5.5.7.48.1" => "id-ad-ocsp",
            "1.3.6.1.5.5.7.48.2" => "id-ad-caIssuers",
            _ => "unknown",
        };
        let _ = writeln!(out, "\t\t\tAccess Method: {method} ({word})");
        let _ = writeln!(out, "\t\t\tAccess Location URI: {}", String::from_utf8_lossy(&place.value));
    }
}

/// Identifiers that stand first in each of a list.
fn say_policies(out: &mut String, found: &Extension) {
    let parse = || {
        let mut list = Reader(&found.value).enter(tag::SEQUENCE)?;
        let mut policies = Vec::new();
        while !list.is_empty() {
            policies.push(dotted(list.enter(tag::SEQUENCE)?.expect(tag::OID)?.content));
        }
        Some(policies)
    };
    for policy in parse().unwrap_or_default() {
        let _ = writeln!(out, "\t\t\t{policy}");
    }
}

/// The policy language of a proxy certificate.
pub fn proxy_language(content: &Content) -> Option<String> {
    let mut inside = Reader(&content.extension(PROXY)?.value).enter(tag::SEQUENCE)?;
    inside.optional(tag::INTEGER)?;
    Some(dotted(inside.enter(tag::SEQUENCE)?.expect(tag::OID)?.content))
}

fn say_proxy(out: &mut String, content: &Content) {
    let _ = writeln!(out, "\t\t\tPolicy Language: {}", proxy_language(content).unwrap_or_default());
}

fn say_features(out: &mut String, content: &Content) {
    for feature in extensions::features(content).ok().flatten().unwrap_or_default() {
        // RFC 6066 and RFC 6961.
        let word = match feature {
            5 => "OCSP Status Request",
            17 => "OCSP Status Request v2",
            _ => "(null)",
        };
        let _ = writeln!(out, "\t\t\t{word}({feature})");
    }
}

/// Says what an extension is, and what is in it.
pub fn say(out: &mut String, content: &Content, found: &Extension) {
    let critical = if found.critical { "critical" } else { "not critical" };
    let title = match found.oid.as_str() {
        extension::BASIC_CONSTRAINTS => "Basic Constraints",
        extension::SUBJECT_KEY => "Subject Key Identifier",
        extension::AUTHORITY_KEY => "Authority Key Identifier",
        extension::KEY_USAGE => "Key Usage",
        extension::PURPOSES => "Key Purpose",
        extension::SUBJECT_NAMES => "Subject Alternative Name",
        extension::ISSUER_NAMES => "Issuer Alternative Name",
        extension::NAME_CONSTRAINTS => "Name Constraints",
        extension::DISTRIBUTION_POINTS => "CRL Distribution points",
        extension::AUTHORITY_ACCESS => "Authority Information Access",
        extension::TLS_FEATURES => "TLS Features",
        "2.5.29.32" => "Certificate Policies",
        PROXY => "Proxy Certificate Information",
        oid => {
            let _ = writeln!(out, "\t\tUnknown extension {oid} ({critical}):");
            let _ = writeln!(out, "\t\t\tASCII: {}", letters(&found.value));
            let _ = writeln!(out, "\t\t\tHexdump: {}", hex(&found.value));
            return;
        }
    };
    let _ = writeln!(out, "\t\t{title} ({critical}):");
    match found.oid.as_str() {
        extension::BASIC_CONSTRAINTS => say_basic_constraints(out, content),
        extension::SUBJECT_KEY => say_subject_key(out, content),
        extension::AUTHORITY_KEY => say_authority_key(out, content),
        extension::KEY_USAGE => say_usage(out, content),
        extension::PURPOSES => say_purposes(out, content),
        extension::SUBJECT_NAMES => say_names(out, found, "SAN"),
        extension::ISSUER_NAMES => say_names(out, found, "IAN"),
        extension::NAME_CONSTRAINTS => say_constraints(out, content),
        extension::DISTRIBUTION_POINTS => say_points(out, found),
        extension::AUTHORITY_ACCESS => say_access(out, found),
        extension::TLS_FEATURES => say_features(out, content),
        "2.5.29.32" => say_policies(out, found),
        _ => say_proxy(out, content),
    }
}
