//! Extensions in words, as in configuration files: `critical,CA:TRUE`.

use std::ffi::{c_char, c_int, c_void};
use std::ptr;

use aws_lc_rs::digest;

use super::encode::named_bits;
use super::host::address;
use super::{Certificate, X509, X509_CRL, X509_EXTENSION, inside};
use crate::der::{self, tag};
use crate::err::{self, library, reason};
use crate::handle::{self, give};
use crate::object::{self, nid};
use crate::pkey::EVP_PKEY;

/// A request to certify: not read here.
pub struct X509_REQ;
/// A configuration: none is read.
pub struct CONF;

/// What is extended, and who issues it, as programs see it.
#[repr(C)]
pub struct X509V3_CTX {
    flags: c_int,
    issuer_cert: *mut X509,
    subject_cert: *mut X509,
    subject_req: *mut X509_REQ,
    crl: *mut X509_CRL,
    db_meth: *mut c_void,
    db: *mut c_void,
    issuer_pkey: *mut EVP_PKEY,
}

/// One of the words between commas: what is before the first colon, and what behind it.
type Word<'a> = (&'a str, Option<&'a str>);

fn words(text: &str) -> impl Iterator<Item = Word<'_>> {
    text.split(',').map(|word| match word.trim().split_once(':') {
        Some((name, value)) => (name.trim(), Some(value.trim())),
        None => (word.trim(), None),
    })
}

fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    der::sequence(&parts)
}

fn identifier(name: &str) -> Option<Vec<u8>> {
    object::content_named(name).map(|content| der::element(tag::OID, &content))
}

fn truth(value: &str) -> Option<bool> {
    match value {
        "TRUE" | "true" | "Y" | "y" | "YES" | "yes" => Some(true),
        "FALSE" | "false" | "N" | "n" | "NO" | "no" => Some(false),
        _ => None,
    }
}

fn basic_constraints(text: &str) -> Option<Vec<u8>> {
    let (mut authority, mut path_len) = (false, None);
    for word in words(text) {
        match word {
            ("CA", Some(value)) => authority = truth(value)?,
            ("pathlen", Some(value)) => path_len = Some(value.parse::<u32>().ok()?),
            _ => return None,
        }
    }
    let authority: &[u8] = if authority { &[tag::BOOLEAN, 1, 0xff] } else { &[] };
    let path_len = path_len.map_or(Vec::new(), |len| der::integer(len.into()));
    Some(der::sequence(&[authority, &path_len]))
}

/// Names of bits: each by its short and its long name.
pub const USAGES: [[&str; 2]; 9] = [
    ["digitalSignature", "Digital Signature"],
    ["nonRepudiation", "Non Repudiation"],
    ["keyEncipherment", "Key Encipherment"],
    ["dataEncipherment", "Data Encipherment"],
    ["keyAgreement", "Key Agreement"],
    ["keyCertSign", "Certificate Sign"],
    ["cRLSign", "CRL Sign"],
    ["encipherOnly", "Encipher Only"],
    ["decipherOnly", "Decipher Only"],
];
pub const NETSCAPE: [[&str; 2]; 8] = [
    ["client", "SSL Client"],
    ["server", "SSL Server"],
    ["email", "S/MIME"],
    ["objsign", "Object Signing"],
    ["reserved", "Unused"],
    ["sslCA", "SSL CA"],
    ["emailCA", "S/MIME CA"],
    ["objCA", "Object Signing CA"],
];

fn bits(text: &str, names: &[[&str; 2]]) -> Option<Vec<u8>> {
    let mut bytes = [0u8; 2];
    for (name, _) in words(text) {
        let bit = names.iter().position(|known| known.contains(&name))?;
        bytes[bit / 8] |= 0x80 >> (bit % 8);
    }
    Some(named_bits(&bytes))
}

/// A name of another kind (RFC 5280, section 4.2.1.6).
fn general_name(name: &str, value: &str) -> Option<Vec<u8>> {
    let text = |number| value.is_ascii().then(|| der::element(tag::context(number), value.as_bytes()));
    match name {
        "email" if value != "copy" && value != "move" => text(1),
        "DNS" => text(2),
        "URI" => text(6),
        "IP" => Some(der::element(tag::context(7), &address(value)?)),
        "RID" => Some(der::element(tag::context(8), &object::content_named(value)?)),
        _ => None,
    }
}

fn names(text: &str) -> Option<Vec<Vec<u8>>> {
    words(text).map(|(name, value)| general_name(name, value?)).collect()
}

/// An address and a mask, where names are held to subtrees.
fn subtree(name: &str, value: &str) -> Option<Vec<u8>> {
    match (name, value.split_once('/')) {
        ("IP", Some((start, mask))) => {
            let (start, mask) = (address(start)?, address(mask)?);
            (start.len() == mask.len()).then(|| der::element(tag::context(7), &[start, mask].concat()))
        }
        ("IP", None) => None,
        _ => general_name(name, value),
    }
}

fn name_constraints(text: &str) -> Option<Vec<u8>> {
    let (mut permitted, mut excluded) = (Vec::new(), Vec::new());
    for (name, value) in words(text) {
        let (list, name) = match name.split_once(';')? {
            ("permitted", name) => (&mut permitted, name),
            ("excluded", name) => (&mut excluded, name),
            _ => return None,
        };
        list.push(der::sequence(&[&subtree(name, value?)?]));
    }
    let list = |number, trees: &[Vec<u8>]| match trees.is_empty() {
        true => Vec::new(),
        false => der::element(tag::constructed(number), &trees.concat()),
    };
    Some(der::sequence(&[&list(0, &permitted), &list(1, &excluded)]))
}

fn access(text: &str) -> Option<Vec<u8>> {
    let each = words(text).map(|(name, value)| {
        let (method, name) = name.split_once(';')?;
        Some(der::sequence(&[&identifier(method)?, &general_name(name, value?)?]))
    });
    each.collect::<Option<Vec<_>>>().map(|each| sequence(&each))
}

fn distribution_points(text: &str) -> Option<Vec<u8>> {
    let points = names(text)?.into_iter().map(|name| {
        let full_name = der::element(tag::constructed(0), &name);
        der::sequence(&[&der::element(tag::constructed(0), &full_name)])
    });
    Some(sequence(&points.collect::<Vec<_>>()))
}

fn features(text: &str) -> Option<Vec<u8>> {
    let number = |name: &str| match name {
        "status_request" => Some(5),
        "status_request_v2" => Some(17),
        number => number.parse::<u16>().ok(),
    };
    words(text)
        .map(|(name, _)| number(name).map(|number| der::integer(number.into())))
        .collect::<Option<Vec<_>>>()
        .map(|each| sequence(&each))
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text.bytes().filter(|byte| *byte != b':').collect();
    if digits.is_empty() || !digits.len().is_multiple_of(2) {
        return None;
    }
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

fn sha1(bytes: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, bytes).as_ref().to_vec()
}

fn subject_key(text: &str, subject: Option<&Certificate>) -> Option<Vec<u8>> {
    let id = match text {
        "hash" => match subject {
            Some(certificate) if !certificate.key_bits().is_empty() => sha1(certificate.key_bits()),
            _ => {
                err::raise(library::X509V3, reason::x509v3::NO_PUBLIC_KEY);
                return None;
            }
        },
        digits => hex(digits)?,
    };
    Some(der::element(tag::OCTET_STRING, &id))
}

/// The issuer's key by its identifier; its name and number where that is asked for and there is none, or always.
fn authority_key(text: &str, issuer: Option<&Certificate>) -> Option<Vec<u8>> {
    let (mut key, mut name) = (0, 0);
    for (what, how) in words(text) {
        let wanted = if how == Some("always") { 2 } else { 1 };
        match what {
            "keyid" => key = wanted,
            "issuer" => name = wanted,
            _ => {
                err::raise(library::X509V3, reason::x509v3::UNKNOWN_OPTION);
                return None;
            }
        }
    }
    let Some(issuer) = issuer else {
        err::raise(library::X509V3, reason::x509v3::NO_ISSUER_CERTIFICATE);
        return None;
    };
    let found = issuer.extensions.iter().find(|extension| extension.nid() == nid::SUBJECT_KEY_ID);
    let found =
        found.and_then(|extension| der::Reader(extension.value()).expect(tag::OCTET_STRING)).filter(|_| key > 0);
    if key == 2 && found.is_none() {
        err::raise(library::X509V3, reason::x509v3::UNABLE_TO_GET_ISSUER_KEYID);
        return None;
    }
    let key = found.map_or(Vec::new(), |found| der::element(tag::context(0), found.content));
    let mut parts = key;
    if name == 2 || (name == 1 && found.is_none()) {
        let directory = der::element(tag::constructed(4), issuer.issuer.der());
        parts.extend(der::element(tag::constructed(1), &directory));
        let serial = issuer.serial.der();
        parts.extend(der::element(tag::context(2), der::Reader(&serial).next()?.content));
    }
    Some(der::element(tag::SEQUENCE, &parts))
}

/// The encoded value of a kind of extension.
fn value(kind: c_int, text: &str, subject: Option<&Certificate>, issuer: Option<&Certificate>) -> Option<Vec<u8>> {
    match kind {
        nid::BASIC_CONSTRAINTS => basic_constraints(text),
        nid::KEY_USAGE => bits(text, &USAGES),
        nid::NETSCAPE_CERT_TYPE => bits(text, &NETSCAPE),
        72..=78 => text.is_ascii().then(|| der::element(tag::IA5, text.as_bytes())),
        nid::EXT_KEY_USAGE => {
            let each = words(text).map(|(name, value)| identifier(value.unwrap_or(name)));
            each.collect::<Option<Vec<_>>>().map(|each| sequence(&each))
        }
        nid::SUBJECT_ALT_NAME | nid::ISSUER_ALT_NAME => names(text).map(|names| sequence(&names)),
        nid::SUBJECT_KEY_ID => subject_key(text, subject),
        nid::AUTHORITY_KEY_ID => authority_key(text, issuer),
        nid::INFO_ACCESS | nid::SINFO_ACCESS => access(text),
        nid::CRL_DISTRIBUTION_POINTS => distribution_points(text),
        nid::NAME_CONSTRAINTS => name_constraints(text),
        nid::TLS_FEATURE => features(text),
        nid::OCSP_NO_CHECK => Some(vec![tag::NULL, 0]),
        _ => None,
    }
}

unsafe fn extension(ctx: *const X509V3_CTX, kind: c_int, text: *const c_char) -> *mut X509_EXTENSION {
    // SAFETY: the program's context and text.
    unsafe {
        let (subject, issuer) = match ctx.as_ref() {
            Some(context) => (inside(context.subject_cert), inside(context.issuer_cert)),
            None => (None, None),
        };
        let text = handle::text(text).unwrap_or_default();
        let (critical, text) = match text.strip_prefix("critical,") {
            Some(rest) => (true, rest.trim_start()),
            None => (false, text),
        };
        let encoded = match text.strip_prefix("DER:") {
            Some(digits) => hex(digits.trim_start()),
            None => value(kind, text, subject, issuer),
        };
        match encoded {
            Some(encoded) if object::known(kind).is_some() => give(X509_EXTENSION::new(kind, critical, &encoded)),
            _ => {
                let unknown = object::known(kind).is_none();
                err::raise(
                    library::X509V3,
                    if unknown { reason::x509v3::UNKNOWN_EXTENSION_NAME } else { reason::x509v3::ERROR_IN_EXTENSION },
                );
                ptr::null_mut()
            }
        }
    }
}

/// A configuration that a program gives is none that was read here.
fn refuse(conf: *const c_void) -> bool {
    if !conf.is_null() {
        err::raise(library::CONF, reason::DISABLED);
    }
    !conf.is_null()
}

versioned! {
    /// Says what is extended (`subj`, `req` or `crl`) and who issues it; all stay the program's.
    pub unsafe extern "C" fn X509V3_set_ctx(ctx: *mut X509V3_CTX, issuer: *mut X509, subj: *mut X509, req: *mut X509_REQ, crl: *mut X509_CRL, flags: c_int) {
        // SAFETY: the program's structure.
        if let Some(context) = unsafe { ctx.as_mut() } {
            (context.flags, context.issuer_cert, context.subject_cert) = (flags, issuer, subj);
            (context.subject_req, context.crl, context.issuer_pkey) = (req, crl, ptr::null_mut());
        }
    }

    /// An extension of a kind, in words or as `DER:` and digits; the caller frees it. NULL with an error when the words are not
    /// understood. Sections of a configuration are not: `conf` is NULL.
    pub unsafe extern "C" fn X509V3_EXT_conf_nid(conf: *mut c_void, ctx: *mut X509V3_CTX, ext_nid: c_int, value: *const c_char) -> *mut X509_EXTENSION {
        if refuse(conf) {
            return ptr::null_mut();
        }
        // SAFETY: the program's context and text.
        unsafe { extension(ctx, ext_nid, value) }
    }

    /// The same for the newer kind of configuration.
    pub unsafe extern "C" fn X509V3_EXT_nconf_nid(conf: *mut CONF, ctx: *mut X509V3_CTX, ext_nid: c_int, value: *const c_char) -> *mut X509_EXTENSION {
        // SAFETY: the program's context and text.
        unsafe { X509V3_EXT_conf_nid(conf.cast(), ctx, ext_nid, value) }
    }

    /// The same by the short name of the kind.
    pub unsafe extern "C" fn X509V3_EXT_conf(conf: *mut c_void, ctx: *mut X509V3_CTX, name: *const c_char, value: *const c_char) -> *mut X509_EXTENSION {
        // SAFETY: the program's context and texts.
        unsafe { X509V3_EXT_conf_nid(conf, ctx, object::OBJ_sn2nid(name), value) }
    }

    /// The same by the short name of the kind, for the newer kind of configuration.
    pub unsafe extern "C" fn X509V3_EXT_nconf(conf: *mut CONF, ctx: *mut X509V3_CTX, name: *const c_char, value: *const c_char) -> *mut X509_EXTENSION {
        // SAFETY: the program's context and texts.
        unsafe { X509V3_EXT_conf_nid(conf.cast(), ctx, object::OBJ_sn2nid(name), value) }
    }
}
