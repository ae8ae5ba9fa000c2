//! Certificates in words, for people: X509_print_ex and its siblings.

mod extension;
mod name;
mod scts;
mod structure;
mod text;

use std::ffi::{c_char, c_int, c_ulong};

pub use text::Text;

use super::general_name::{GENERAL_NAME, GeneralName, name_der};
use super::{Certificate, Trust, X509, X509_ALGOR, X509_EXTENSION, X509_NAME};
use crate::asn1::{ASN1_STRING, NEGATIVE, print, time};
use crate::bio::{self, BIO};
use crate::der::{Reader, tag};
use crate::err;
use crate::object::{ASN1_OBJECT, nid};
use crate::pem::over_stream;
use crate::pkey;
use crate::stack::OPENSSL_STACK;

/// X509_FLAG_NO_*: what is left out.
#[allow(missing_docs)] // the names are OpenSSL's
mod flags {
    use std::ffi::c_ulong;
    pub const NO_HEADER: c_ulong = 1;
    pub const NO_VERSION: c_ulong = 1 << 1;
    pub const NO_SERIAL: c_ulong = 1 << 2;
    pub const NO_SIGNAME: c_ulong = 1 << 3;
    pub const NO_ISSUER: c_ulong = 1 << 4;
    pub const NO_VALIDITY: c_ulong = 1 << 5;
    pub const NO_SUBJECT: c_ulong = 1 << 6;
    pub const NO_PUBKEY: c_ulong = 1 << 7;
    pub const NO_EXTENSIONS: c_ulong = 1 << 8;
    pub const NO_SIGDUMP: c_ulong = 1 << 9;
    pub const NO_AUX: c_ulong = 1 << 10;
    pub const NO_IDS: c_ulong = 1 << 12;
    pub const EXTENSIONS_ONLY_KID: c_ulong = 1 << 13;
}

fn serial(out: &mut Text, number: &ASN1_STRING) {
    let negative = number.kind & NEGATIVE != 0;
    let bytes = number.bytes();
    out.at(8, "Serial Number:");
    match number.number().filter(|number| *number != -1) {
        Some(small) => {
            let (sign, value) = (if negative { "-" } else { "" }, small.unsigned_abs());
            out.put(format!(" {sign}{value} ({sign}0x{value:x})\n"));
        }
        None => {
            out.put("\n");
            out.at(12, if negative { " (Negative)" } else { "" });
            out.put(text::colons(bytes) + "\n");
        }
    }
}

/// How something is signed, with the parameters of RSASSA-PSS, and with the signature where there is one.
fn signature(out: &mut Text, algorithm: &[u8], bits: Option<&ASN1_STRING>) {
    let (identifier, parameters) = pkey::algorithm(&mut Reader(algorithm)).unwrap_or_default();
    let object = ASN1_OBJECT::from_content(identifier);
    out.at(4, format!("Signature Algorithm: {}", object.text(false)));
    out.put(if bits.is_some() { "\n    Signature Value:" } else { "" });
    if object.nid == nid::RSA_PSS {
        pkey::print::pss_parameters(out, parameters, 8);
    } else {
        out.put("\n");
    }
    if let Some(bits) = bits {
        dump(out, bits, 8);
    }
}

/// Bits in hexadecimal.
fn dump(out: &mut Text, bits: &ASN1_STRING, indent: usize) {
    match bits.bytes() {
        [] => out.put("\n"),
        bytes => out.lines(bytes, 18, indent),
    }
}

/// A name as X509_NAME_print_ex has it; `None` when it cannot be said.
fn whole_name(out: &mut Text, called: &str, name: &X509_NAME, flags: c_ulong) -> Option<()> {
    const LINES: c_ulong = 4 << 16;
    let lines = flags & (0xf << 16) == LINES;
    out.at(8, format!("{called}:{}", if lines { "\n" } else { " " }));
    out.put(super::name::shown(name, if lines { 12 } else { 0 }, flags)?);
    out.put("\n");
    Some(())
}

fn validity(out: &mut Text, certificate: &Certificate) {
    let moment = |moment| time::printed(moment).unwrap_or_else(|| "Bad time value".into());
    out.at(8, "Validity\n");
    out.at(12, format!("Not Before: {}\n", moment(&certificate.not_before)));
    out.at(12, format!("Not After : {}\n", moment(&certificate.not_after)));
}

fn public_key(out: &mut Text, certificate: &Certificate) {
    let algorithm = Reader(certificate.spki()).enter(tag::SEQUENCE);
    let identifier = algorithm.and_then(|mut key| pkey::algorithm(&mut key)).unwrap_or_default().0;
    out.at(8, "Subject Public Key Info:\n");
    out.at(12, format!("Public Key Algorithm: {}\n", ASN1_OBJECT::from_content(identifier).text(false)));
    let printed = certificate.key().is_some_and(|key| pkey::print::public(out, key, 16));
    if !printed {
        out.at(12, "Unable to load Public Key\n");
        out.put(err::drain());
    }
}

fn unique(out: &mut Text, certificate: &Certificate) {
    let mut reader = Reader(&certificate.unique);
    for (at, called) in [(1, "Issuer"), (2, "Subject")] {
        let found = reader.optional(tag::context(at)).flatten();
        if let Some(bits) = found.and_then(|found| ASN1_STRING::bit_string(found.content)) {
            out.at(8, format!("{called} Unique ID: \n"));
            dump(out, &bits, 12);
        }
    }
}

fn extensions<'a>(
    out: &mut Text,
    title: &str,
    list: impl ExactSizeIterator<Item = &'a X509_EXTENSION>,
    flags: c_ulong,
    indent: usize,
) {
    if list.len() == 0 {
        return;
    }
    let indent = if title.is_empty() {
        indent
    } else {
        out.at(indent, format!("{title}:\n"));
        indent + 4
    };
    for one in list {
        let key = matches!(one.nid(), nid::SUBJECT_KEY_ID | nid::AUTHORITY_KEY_ID);
        if flags & flags::EXTENSIONS_ONLY_KID != 0 && !key {
            continue;
        }
        let critical = if one.is_critical() { "critical" } else { "" };
        out.at(indent, format!("{}: {critical}\n", one.object().text(false)));
        if extension::put(out, one, flags, indent + 4).is_none() {
            out.at(indent + 4, print::plain(one.value()));
        }
        out.put("\n");
    }
}

fn trust(out: &mut Text, trust: &Trust) {
    if trust.is_empty() {
        return;
    }
    for (called, none, list) in [("Trusted", "Trusted", &trust.trusted), ("Rejected", "Rejected", &trust.rejected)] {
        if list.is_empty() {
            out.put(format!("No {none} Uses.\n"));
        } else {
            let names: Vec<String> = list.iter().map(|one| ASN1_OBJECT::from_content(one).text(false)).collect();
            out.put(format!("{called} Uses:\n  {}\n", names.join(", ")));
        }
    }
    if let Some(alias) = &trust.alias {
        out.put("Alias: ");
        out.put(alias.bytes());
        out.put("\n");
    }
    if let Some(id) = &trust.key_id {
        out.put(format!("Key Id: {}\n", text::colons(id.bytes()).to_uppercase()));
    }
}

/// A certificate by flags; `None` when a part cannot be said, with what comes before it in `out`.
fn certificate(out: &mut Text, x: &X509, names: c_ulong, flags: c_ulong) -> Option<()> {
    let certificate = x.certificate()?;
    let shown = |flag: c_ulong| flags & flag == 0;
    if shown(flags::NO_HEADER) {
        out.put("Certificate:\n    Data:\n");
    }
    if shown(flags::NO_VERSION) {
        match certificate.version {
            version @ 0..=2 => out.at(8, format!("Version: {} (0x{version:x})\n", version + 1)),
            version => out.at(8, format!("Version: Unknown ({version})\n")),
        }
    }
    if shown(flags::NO_SERIAL) {
        serial(out, &certificate.serial);
    }
    if shown(flags::NO_SIGNAME) {
        out.space(4);
        signature(out, certificate.part(&certificate.inner_algorithm), None);
    }
    if shown(flags::NO_ISSUER) {
        whole_name(out, "Issuer", &certificate.issuer, names)?;
    }
    if shown(flags::NO_VALIDITY) {
        validity(out, certificate);
    }
    if shown(flags::NO_SUBJECT) {
        whole_name(out, "Subject", &certificate.subject, names)?;
    }
    if shown(flags::NO_PUBKEY) {
        public_key(out, certificate);
    }
    if shown(flags::NO_IDS) {
        unique(out, certificate);
    }
    if shown(flags::NO_EXTENSIONS) {
        let list = certificate.extensions.iter().map(|one| &**one);
        extensions(out, "X509v3 extensions", list, flags, 8);
    }
    if shown(flags::NO_SIGDUMP) {
        signature(out, certificate.part(&certificate.algorithm), Some(&certificate.signature));
    }
    if shown(flags::NO_AUX) {
        trust(out, &x.trust);
    }
    Some(())
}

/// Writes what there is; 1 when that is all and the pipe took it.
unsafe fn finish(bp: *mut BIO, out: &Text, whole: Option<()>) -> c_int {
    // SAFETY: the program's pipe.
    c_int::from(unsafe { bio::write_all(bp, &out.0) } && whole.is_some())
}

/// Bytes as the value of every kind of extension, for tests.
#[cfg(any(test, fuzzing))]
pub fn every_kind(bytes: &[u8]) {
    for kind in [71, 72, 82, 83, 84, 85, 86, 87, 88, 89, 90, 103, 126, 140, 141, 177, 369, 398, 401]
        .into_iter()
        .chain([663, 666, 747, 748, 857, 951, 952, 1020])
    {
        let _ = extension::words(kind, bytes, 4);
    }
    pkey::print::pss_parameters(&mut Text::default(), bytes, 4);
}

versioned! {
    /// Writes a certificate in words: names by `nmflag` (XN_FLAG_*), without what `cflag` (X509_FLAG_NO_*) names, unknown
    /// extensions as it says (X509V3_EXT_*; X509V3_EXT_PARSE_UNKNOWN is taken for X509V3_EXT_DEFAULT). 1, or 0 for failure.
    pub unsafe extern "C" fn X509_print_ex(bp: *mut BIO, x: *mut X509, nmflag: c_ulong, cflag: c_ulong) -> c_int {
        // SAFETY: the program's pipe and certificate.
        unsafe {
            let Some(x) = x.as_ref() else { return 0 };
            let mut out = Text::default();
            let whole = certificate(&mut out, x, nmflag, cflag);
            finish(bp, &out, whole)
        }
    }

    /// Writes a certificate in words.
    pub unsafe extern "C" fn X509_print(bp: *mut BIO, x: *mut X509) -> c_int {
        // SAFETY: the program's pipe and certificate.
        unsafe { X509_print_ex(bp, x, 0, 0) }
    }

    /// Writes a certificate in words to a stream, as X509_print_ex does.
    pub unsafe extern "C" fn X509_print_ex_fp(bp: *mut libc::FILE, x: *mut X509, nmflag: c_ulong, cflag: c_ulong) -> c_int {
        // SAFETY: the program's stream and certificate.
        unsafe { over_stream(bp, |bio| X509_print_ex(bio, x, nmflag, cflag)) }
    }

    /// Writes a certificate in words to a stream.
    pub unsafe extern "C" fn X509_print_fp(bp: *mut libc::FILE, x: *mut X509) -> c_int {
        // SAFETY: the program's stream and certificate.
        unsafe { X509_print_ex_fp(bp, x, 0, 0) }
    }

    /// Writes how something is signed, and the signature where there is one.
    pub unsafe extern "C" fn X509_signature_print(bp: *mut BIO, alg: *const X509_ALGOR, sig: *const ASN1_STRING) -> c_int {
        // SAFETY: the program's pipe, identifier and signature.
        unsafe {
            let Some(algorithm) = alg.as_ref() else { return 0 };
            let mut out = Text::default();
            signature(&mut out, &algorithm.der(), sig.as_ref());
            finish(bp, &out, Some(()))
        }
    }

    /// Writes bytes in hexadecimal on lines, indented.
    pub unsafe extern "C" fn X509_signature_dump(bp: *mut BIO, sig: *const ASN1_STRING, indent: c_int) -> c_int {
        // SAFETY: the program's pipe and bytes.
        unsafe {
            let Some(bits) = sig.as_ref() else { return 0 };
            let mut out = Text::default();
            dump(&mut out, bits, usize::try_from(indent).unwrap_or(0));
            finish(bp, &out, Some(()))
        }
    }

    /// Writes what an extension says, indented: 1, or how many bytes a dump of it has; 0 when it is not known or cannot be read
    /// and `flag` (X509V3_EXT_*) does not say what to do about it.
    pub unsafe extern "C" fn X509V3_EXT_print(out: *mut BIO, ext: *mut X509_EXTENSION, flag: c_ulong, indent: c_int) -> c_int {
        // SAFETY: the program's pipe and extension.
        unsafe {
            let Some(ext) = ext.as_ref() else { return 0 };
            let mut text = Text::default();
            let indent = usize::try_from(indent).unwrap_or(0);
            let Some(dumped) = extension::put(&mut text, ext, flag, indent) else { return 0 };
            match finish(out, &text, Some(())) {
                1 if dumped => c_int::try_from(text.0.len()).unwrap_or(0),
                answer => answer,
            }
        }
    }

    /// Writes what an extension says to a stream, as X509V3_EXT_print does.
    pub unsafe extern "C" fn X509V3_EXT_print_fp(out: *mut libc::FILE, ext: *mut X509_EXTENSION, flag: c_int, indent: c_int) -> c_int {
        // SAFETY: the program's stream and extension.
        unsafe { over_stream(out, |bio| X509V3_EXT_print(bio, ext, c_ulong::try_from(flag).unwrap_or(0), indent)) }
    }

    /// Writes extensions under a title (NULL: none), indented; each as X509V3_EXT_print does, or its bytes.
    pub unsafe extern "C" fn X509V3_extensions_print(out: *mut BIO, title: *const c_char, exts: *const OPENSSL_STACK, flag: c_ulong, indent: c_int) -> c_int {
        // SAFETY: the program's pipe, text and list.
        unsafe {
            let list = crate::stack::elements::<X509_EXTENSION>(exts);
            let mut text = Text::default();
            let title = crate::handle::text(title).unwrap_or_default();
            let found: Vec<&X509_EXTENSION> = list.iter().filter_map(|one| one.as_ref()).collect();
            extensions(&mut text, title, found.into_iter(), flag, usize::try_from(indent).unwrap_or(0));
            finish(out, &text, Some(()))
        }
    }

    /// Writes a name of another kind, like `DNS:example.org`. Returns 1.
    pub unsafe extern "C" fn GENERAL_NAME_print(out: *mut BIO, a: *mut GENERAL_NAME) -> c_int {
        // SAFETY: the program's pipe and name.
        unsafe {
            let encoded = name_der(a);
            let parsed = encoded.as_deref().and_then(|der| GeneralName::parse(Reader(der).next()?));
            let Some(found) = parsed else { return 0 };
            let mut text = Text::default();
            name::put(&mut text, &found);
            finish(out, &text, Some(()))
        }
    }
}
