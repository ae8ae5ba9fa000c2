//! Extensions in words, as in configuration files: `critical,CA:TRUE`.

pub mod list;
mod name;

use std::ffi::{c_char, c_int, c_void};
use std::ptr;

use aws_lc_rs::digest;

use self::list::{Raised, Result, Word, fail, fail_with, identifier, is_space, words};
use self::name::{bad_object, general_name};
use super::encode::named_bits;
use super::{Certificate, X509, X509_CRL, X509_EXTENSION, inside};
use crate::asn1::generate::generate;
use crate::der::{self, tag};
use crate::err::reason::x509v3 as reason;
use crate::err::{self, library};
use crate::handle::{self, give};
use crate::object::{self, ASN1_OBJECT, nid};
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

/// X509V3_CTX_TEST: words are tested without certificates.
const TEST: c_int = 1;

/// What an extension is made for.
#[derive(Clone, Copy)]
struct Setting<'a> {
    /// Is there a context?
    given: bool,
    test: bool,
    subject: *mut X509,
    issuer: Option<&'a Certificate>,
    /// The subject issues itself.
    own: bool,
    /// The key of the issuer, where the program has said so.
    issuer_key: *mut EVP_PKEY,
}

impl Setting<'_> {
    /// # Safety
    /// `ctx` is NULL or the program's context, with its certificates live.
    unsafe fn of(ctx: *const X509V3_CTX) -> Self {
        // SAFETY: the caller's promise.
        unsafe {
            match ctx.as_ref() {
                Some(context) => Setting {
                    given: true,
                    test: context.flags & TEST != 0,
                    subject: context.subject_cert,
                    issuer: inside(context.issuer_cert),
                    own: context.subject_cert == context.issuer_cert,
                    issuer_key: context.issuer_pkey,
                },
                None => Setting {
                    given: false,
                    test: false,
                    subject: ptr::null_mut(),
                    issuer: None,
                    own: false,
                    issuer_key: ptr::null_mut(),
                },
            }
        }
    }

    fn subject(&self) -> Result<&Certificate> {
        // SAFETY: NULL or the program's certificate, as in `of`.
        match unsafe { inside(self.subject) } {
            Some(subject) => Ok(subject),
            None => fail(reason::NO_SUBJECT_DETAILS),
        }
    }

    fn name(&self, word: Word) -> Result<Vec<u8>> {
        general_name(word, false, self.given)
    }
}

fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    der::sequence(&parts)
}

fn oid(object: &ASN1_OBJECT) -> Vec<u8> {
    der::element(tag::OID, &object.der)
}

fn invalid_object(text: &str) -> Raised {
    err::raise_with(library::X509V3, reason::INVALID_OBJECT_IDENTIFIER, Some(text));
    Raised
}

fn basic_constraints(list: &[Word]) -> Result<Vec<u8>> {
    let (mut authority, mut path_len) = (false, Vec::new());
    for word in list {
        match word.name {
            "CA" => authority = word.truth()?,
            "pathlen" => path_len = word.number()?,
            _ => return word.fail(reason::INVALID_NAME),
        }
    }
    let authority: &[u8] = if authority { &[tag::BOOLEAN, 1, 0xff] } else { &[] };
    Ok(der::sequence(&[authority, &path_len]))
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

fn bits(list: &[Word], names: &[[&str; 2]]) -> Result<Vec<u8>> {
    let mut bytes = [0u8; 2];
    for word in list {
        let Some(bit) = names.iter().position(|known| known.contains(&word.name)) else {
            return fail_with(reason::UNKNOWN_BIT_STRING_ARGUMENT, word.name);
        };
        bytes[bit / 8] |= 0x80 >> (bit % 8);
    }
    Ok(named_bits(&bytes))
}

fn extended_key_usage(list: &[Word]) -> Result<Vec<u8>> {
    let each = list.iter().map(|word| {
        let text = word.text();
        Ok(oid(&identifier(text, || invalid_object(text))?))
    });
    Ok(sequence(&each.collect::<Result<Vec<_>>>()?))
}

/// The subject's addresses for mail, which `taken` takes out of its name.
fn copied_mail(setting: Setting, taken: bool) -> Result<Vec<Vec<u8>>> {
    if setting.test {
        return Ok(Vec::new());
    }
    let subject = setting.subject()?;
    let mail = subject.subject.values(nid::EMAIL_ADDRESS);
    let copied = mail.map(|value| der::element(tag::context(1), value.bytes())).collect();
    if taken {
        // SAFETY: the program's certificate, which nobody else uses while it is extended; its name is the program's to change.
        unsafe {
            let name = super::access::X509_get_subject_name(setting.subject);
            loop {
                let at = super::name::X509_NAME_get_index_by_NID(name, nid::EMAIL_ADDRESS, -1);
                if at < 0 {
                    break;
                }
                super::attribute::X509_NAME_ENTRY_free(super::attribute::X509_NAME_delete_entry(name, at));
            }
        }
    }
    Ok(copied)
}

fn subject_names(list: &[Word], setting: Setting) -> Result<Vec<u8>> {
    let mut names = Vec::new();
    for word in list {
        match word.value {
            Some("copy") if word.is("email") => names.extend(copied_mail(setting, false)?),
            Some("move") if word.is("email") => names.extend(copied_mail(setting, true)?),
            _ => names.push(setting.name(*word)?),
        }
    }
    Ok(sequence(&names))
}

/// The names that the issuer has as subject.
fn copied_issuer(setting: Setting) -> Result<Vec<u8>> {
    if setting.test {
        return Ok(Vec::new());
    }
    let Some(issuer) = setting.issuer else { return fail(reason::NO_ISSUER_DETAILS) };
    match issuer.extensions.iter().find(|extension| extension.nid() == nid::SUBJECT_ALT_NAME) {
        None => Ok(Vec::new()),
        Some(extension) => match der::Reader(extension.value()).expect(tag::SEQUENCE) {
            Some(names) => Ok(names.content.to_vec()),
            None => fail(reason::ISSUER_DECODE_ERROR),
        },
    }
}

fn issuer_names(list: &[Word], setting: Setting) -> Result<Vec<u8>> {
    let each = list.iter().map(|word| match word.value {
        Some("copy") if word.is("issuer") => copied_issuer(setting),
        _ => setting.name(*word),
    });
    Ok(sequence(&each.collect::<Result<Vec<_>>>()?))
}

fn name_constraints(list: &[Word], setting: Setting) -> Result<Vec<u8>> {
    let (mut permitted, mut excluded) = (Vec::new(), Vec::new());
    for word in list {
        let behind = |start: &str| word.name.strip_prefix(start).and_then(|rest| rest.get(1..));
        let (trees, name) = match (behind("permitted"), behind("excluded")) {
            (Some(name), _) => (&mut permitted, name),
            (None, Some(name)) => (&mut excluded, name),
            _ => return fail(reason::INVALID_SYNTAX),
        };
        let name = general_name(Word { name, value: word.value }, true, setting.given)?;
        trees.push(der::sequence(&[&name]));
    }
    let trees = |number, trees: &[Vec<u8>]| match trees.is_empty() {
        true => Vec::new(),
        false => der::element(tag::constructed(number), &trees.concat()),
    };
    Ok(der::sequence(&[&trees(0, &permitted), &trees(1, &excluded)]))
}

fn access(list: &[Word], setting: Setting) -> Result<Vec<u8>> {
    let each = list.iter().map(|word| {
        let Some((method, name)) = word.name.split_once(';') else { return fail(reason::INVALID_SYNTAX) };
        let name = setting.name(Word { name, value: word.value })?;
        Ok(der::sequence(&[&oid(&identifier(method, || bad_object(method))?), &name]))
    });
    Ok(sequence(&each.collect::<Result<Vec<_>>>()?))
}

fn distribution_points(list: &[Word], setting: Setting) -> Result<Vec<u8>> {
    let each = list.iter().map(|word| {
        // A name alone is that of a section of a configuration.
        if word.value.is_none() {
            return fail(reason::OPERATION_NOT_DEFINED);
        }
        let full_name = der::element(tag::constructed(0), &setting.name(*word)?);
        Ok(der::sequence(&[&der::element(tag::constructed(0), &full_name)]))
    });
    Ok(sequence(&each.collect::<Result<Vec<_>>>()?))
}

fn features(list: &[Word]) -> Result<Vec<u8>> {
    let each = list.iter().map(|word| {
        let text = word.text();
        let number = match text.to_ascii_lowercase().as_str() {
            "status_request" => Some(5),
            "status_request_v2" => Some(17),
            number => number.parse::<i64>().ok(),
        };
        // One more than there are, as the original has it.
        match number {
            Some(number @ 0..=0xffff) => Ok(der::integer(number.unsigned_abs())),
            _ => word.fail(reason::INVALID_SYNTAX),
        }
    });
    Ok(sequence(&each.collect::<Result<Vec<_>>>()?))
}

fn policy_constraints(list: &[Word]) -> Result<Vec<u8>> {
    let (mut explicit, mut mapping) = (Vec::new(), Vec::new());
    for word in list {
        let (place, number) = match word.name {
            "requireExplicitPolicy" => (&mut explicit, 0),
            "inhibitPolicyMapping" => (&mut mapping, 1),
            other => return fail_with(reason::INVALID_NAME, other),
        };
        *place = word.number()?;
        place[0] = tag::context(number);
    }
    Ok(der::sequence(&[&explicit, &mapping]))
}

fn policy_mappings(list: &[Word]) -> Result<Vec<u8>> {
    let each = list.iter().map(|word| {
        let Some(to) = word.value else { return Err(invalid_object(word.name)) };
        let from = identifier(word.name, || invalid_object(word.name))?;
        Ok(der::sequence(&[&oid(&from), &oid(&identifier(to, || invalid_object(to))?)]))
    });
    Ok(sequence(&each.collect::<Result<Vec<_>>>()?))
}

fn sha1(bytes: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, bytes).as_ref().to_vec()
}

fn hex(text: &str) -> Result<Vec<u8>> {
    crate::mem::digits(text).map_err(|why| {
        err::raise(library::CRYPTO, why);
        Raised
    })
}

fn subject_key(text: &str, setting: Setting) -> Result<Vec<u8>> {
    let id = match text {
        "none" => Vec::new(),
        "hash" if setting.test => Vec::new(),
        "hash" => sha1(setting.subject()?.key_bits()),
        digits => hex(digits)?,
    };
    Ok(der::element(tag::OCTET_STRING, &id))
}

/// Does the issuer's certificate have the issuer's own key? Then it needs not say whose it is.
fn signs_itself(setting: Setting) -> bool {
    if setting.issuer_key.is_null() {
        return setting.own;
    }
    // SAFETY: the program's certificate and key, as in `Setting::of`.
    err::quietly(|| unsafe { super::X509_check_private_key(setting.subject, setting.issuer_key) == 1 })
}

/// The issuer's key by its identifier; its name and number where that is asked for and there is none, or always.
fn authority_key(list: &[Word], setting: Setting) -> Result<Vec<u8>> {
    let (mut key, mut name) = (0, 0);
    let none = matches!(list, [word] if word.name == "none");
    for word in list.iter().filter(|_| !none) {
        let wanted = if word.value == Some("always") { 2 } else { 1 };
        match word.name {
            "keyid" => key = wanted,
            "issuer" => name = wanted,
            other => return fail_with(reason::UNKNOWN_OPTION, &format!("name={other}")),
        }
    }
    if none || setting.test {
        return Ok(der::sequence(&[]));
    }
    let Some(issuer) = setting.issuer else { return fail(reason::NO_ISSUER_CERTIFICATE) };
    let wanted = key == 2 || (key == 1 && !signs_itself(setting));
    let found = issuer.extensions.iter().find(|extension| wanted && extension.nid() == nid::SUBJECT_KEY_ID);
    let found = found.and_then(|extension| der::Reader(extension.value()).expect(tag::OCTET_STRING));
    let found = found.map(|found| found.content.to_vec());
    if wanted && (key == 2 || name == 0) && found.as_ref().is_none_or(|id| id.len() <= 2) {
        return fail(reason::UNABLE_TO_GET_ISSUER_KEYID);
    }
    let mut parts = found.as_ref().map_or(Vec::new(), |found| der::element(tag::context(0), found));
    if name == 2 || (name == 1 && found.is_none()) {
        let directory = der::element(tag::constructed(4), issuer.issuer.der());
        parts.extend(der::element(tag::constructed(1), &directory));
        let serial = issuer.serial.der();
        parts.extend(der::element(tag::context(2), der::Reader(&serial).next().ok_or(Raised)?.content));
    }
    Ok(der::element(tag::SEQUENCE, &parts))
}

/// The encoded value of a kind of extension.
fn value(kind: c_int, text: &str, setting: Setting) -> Result<Vec<u8>> {
    let list = || {
        // A section of a configuration, which there is none.
        let found = if text.starts_with('@') {
            err::raise(library::CONF, crate::err::reason::conf::NO_CONF);
            Err(Raised)
        } else {
            words(text)
        };
        found.or_else(|_| {
            let name = object::short_name(kind).unwrap_or_default();
            fail_with(reason::INVALID_EXTENSION_STRING, &format!("name={name},section={text}"))
        })
    };
    match kind {
        object::UNDEFINED => fail(reason::UNKNOWN_EXTENSION_NAME),
        nid::BASIC_CONSTRAINTS => basic_constraints(&list()?),
        nid::KEY_USAGE => bits(&list()?, &USAGES),
        nid::NETSCAPE_CERT_TYPE => bits(&list()?, &NETSCAPE),
        72..=78 => Ok(der::element(tag::IA5, text.as_bytes())),
        nid::EXT_KEY_USAGE => extended_key_usage(&list()?),
        nid::SUBJECT_ALT_NAME => subject_names(&list()?, setting),
        nid::ISSUER_ALT_NAME => issuer_names(&list()?, setting),
        nid::SUBJECT_KEY_ID => subject_key(text, setting),
        nid::AUTHORITY_KEY_ID => authority_key(&list()?, setting),
        nid::INFO_ACCESS | nid::SINFO_ACCESS => access(&list()?, setting),
        nid::CRL_DISTRIBUTION_POINTS | FRESHEST_CRL => distribution_points(&list()?, setting),
        nid::NAME_CONSTRAINTS => name_constraints(&list()?, setting),
        nid::TLS_FEATURE => features(&list()?),
        nid::POLICY_CONSTRAINTS => policy_constraints(&list()?),
        nid::POLICY_MAPPINGS => policy_mappings(&list()?),
        nid::INHIBIT_ANY_POLICY => match list::number(text) {
            Some(number) => Ok(number),
            None => fail(reason::BN_DEC2BN_ERROR),
        },
        nid::OCSP_NO_CHECK => Ok(vec![tag::NULL, 0]),
        // Their words are in sections of a configuration.
        nid::CERTIFICATE_POLICIES | nid::PROXY_CERT_INFO => fail(reason::NO_CONFIG_DATABASE),
        kind if NOT_SET.contains(&kind) => {
            let name = object::short_name(kind).unwrap_or_default();
            fail_with(reason::EXTENSION_SETTING_NOT_SUPPORTED, &format!("name={name}"))
        }
        _ => fail(reason::UNKNOWN_EXTENSION),
    }
}

const FRESHEST_CRL: c_int = 857;
/// Kinds of extensions that are read, and not made of words: those of lists and of OCSP, the period of a private key, signed
/// timestamps, address blocks.
const NOT_SET: [c_int; 19] = [
    nid::CRL_NUMBER,
    nid::DELTA_CRL,
    nid::CRL_REASON,
    nid::ISSUING_DISTRIBUTION_POINT,
    nid::OCSP_NONCE,
    nid::SBGP_IP_ADDR_BLOCK,
    nid::SBGP_AUTONOMOUS_SYS_NUM,
    84,
    142,
    143,
    367,
    368,
    370,
    371,
    430,
    771,
    951,
    952,
    954,
];

/// Which extension is wanted.
enum Kind<'a> {
    Number(c_int),
    Name(&'a str),
}

impl Kind<'_> {
    fn nid(&self) -> c_int {
        match self {
            Kind::Number(number) => *number,
            // By the short name alone.
            Kind::Name(name) => object::short_named(name),
        }
    }

    /// The identifier, which may be in dots where the value says all.
    fn object(&self) -> Result<ASN1_OBJECT> {
        let name = match self {
            Kind::Number(number) => object::short_name(*number).unwrap_or_default(),
            Kind::Name(name) => name,
        };
        identifier(name, || {
            err::raise_with(library::X509V3, reason::EXTENSION_NAME_ERROR, Some(&format!("name={name}")));
            Raised
        })
    }
}

fn made(kind: &Kind, text: &str, setting: Setting) -> Result<X509_EXTENSION> {
    let (critical, text) = match text.strip_prefix("critical,") {
        Some(rest) => (true, rest.trim_start_matches(is_space)),
        None => (false, text),
    };
    let whole = ["DER:", "ASN1:"].into_iter().find_map(|start| Some((start, text.strip_prefix(start)?)));
    if let Some((start, digits)) = whole {
        let object = kind.object()?;
        let digits = digits.trim_start_matches(is_space);
        let value = match start {
            "DER:" => hex(digits).ok(),
            _ => generate(digits, setting.given),
        };
        let Some(value) = value else {
            return fail_with(reason::EXTENSION_VALUE_ERROR, &format!("value={digits}"));
        };
        return Ok(X509_EXTENSION::of(object, critical, &value));
    }
    let nid = kind.nid();
    match value(nid, text, setting) {
        Ok(value) => Ok(X509_EXTENSION::new(nid, critical, &value)),
        Err(Raised) => match kind {
            Kind::Name(name) => fail_with(reason::ERROR_IN_EXTENSION, &format!("name={name}, value={text}")),
            Kind::Number(_) => Err(Raised),
        },
    }
}

unsafe fn extension(
    conf: *const c_void,
    ctx: *const X509V3_CTX,
    kind: Kind,
    text: *const c_char,
) -> *mut X509_EXTENSION {
    // A configuration that a program gives is none that was read here.
    if !conf.is_null() {
        err::raise(library::CONF, crate::err::reason::DISABLED);
        return ptr::null_mut();
    }
    // SAFETY: the program's context and text.
    unsafe {
        let Some(text) = handle::text(text) else {
            err::raise(library::X509V3, reason::INVALID_NULL_VALUE);
            return ptr::null_mut();
        };
        made(&kind, text, Setting::of(ctx)).map_or(ptr::null_mut(), give)
    }
}

/// The same by name.
unsafe fn named(
    conf: *const c_void,
    ctx: *const X509V3_CTX,
    name: *const c_char,
    text: *const c_char,
) -> *mut X509_EXTENSION {
    // SAFETY: the program's context and texts.
    unsafe { extension(conf, ctx, Kind::Name(handle::text(name).unwrap_or_default()), text) }
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

    /// An extension of a kind, in words, as `DER:` and digits, or as `ASN1:` and a value in words; the caller frees it. NULL with an error when the words are not
    /// understood. Sections of a configuration are not: `conf` is NULL.
    pub unsafe extern "C" fn X509V3_EXT_conf_nid(conf: *mut c_void, ctx: *mut X509V3_CTX, ext_nid: c_int, value: *const c_char) -> *mut X509_EXTENSION {
        // SAFETY: the program's context and text.
        unsafe { extension(conf, ctx, Kind::Number(ext_nid), value) }
    }

    /// The same for the newer kind of configuration.
    pub unsafe extern "C" fn X509V3_EXT_nconf_nid(conf: *mut CONF, ctx: *mut X509V3_CTX, ext_nid: c_int, value: *const c_char) -> *mut X509_EXTENSION {
        // SAFETY: the program's context and text.
        unsafe { X509V3_EXT_conf_nid(conf.cast(), ctx, ext_nid, value) }
    }

    /// The same by the short name of the kind.
    pub unsafe extern "C" fn X509V3_EXT_conf(conf: *mut c_void, ctx: *mut X509V3_CTX, name: *const c_char, value: *const c_char) -> *mut X509_EXTENSION {
        // SAFETY: the program's context and texts.
        unsafe { named(conf, ctx, name, value) }
    }

    /// The same by the short name of the kind, for the newer kind of configuration.
    pub unsafe extern "C" fn X509V3_EXT_nconf(conf: *mut CONF, ctx: *mut X509V3_CTX, name: *const c_char, value: *const c_char) -> *mut X509_EXTENSION {
        // SAFETY: the program's context and texts.
        unsafe { named(conf.cast(), ctx, name, value) }
    }
}
