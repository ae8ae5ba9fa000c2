//! Keys in words, for people.

use std::ffi::c_int;

use super::{EVP_PKEY, Key, algorithm, inside, rsa_public};
use crate::asn1::ASN1_STRING;
use crate::bio::{self, BIO};
use crate::der::{Reader, tag};
use crate::object::{self, nid};
use crate::x509::print::Text;

/// How programs would have things printed: not looked at.
pub struct ASN1_PCTX;

/// How many bytes stand on a line.
const WIDTH: usize = 15;

/// A number under its name: a small one behind it, others on lines.
fn labelled(out: &mut Text, label: &str, number: &[u8], indent: usize) {
    match number.len() {
        0 => out.at(indent, format!("{label} 0\n")),
        1..=8 => {
            let value = number.iter().fold(0, |value, byte| value << 8 | u64::from(*byte));
            out.at(indent, format!("{label} {value} (0x{value:x})\n"));
        }
        _ => {
            out.at(indent, format!("{label}\n"));
            let padded = if number[0] & 0x80 != 0 { [&[0], number].concat() } else { number.to_vec() };
            out.lines(&padded, WIDTH, indent + 4);
        }
    }
}

/// A public key; false for one that is not known well enough.
pub fn public(out: &mut Text, key: &Key, indent: usize) -> bool {
    match key.algorithm {
        nid::RSA | nid::RSA_PSS => {
            let Some((modulus, exponent)) = rsa_public(key.point()) else { return false };
            out.at(indent, format!("Public-Key: ({} bit)\n", key.bits()));
            labelled(out, "Modulus:", modulus, indent);
            labelled(out, "Exponent:", exponent, indent);
            if key.algorithm == nid::RSA_PSS {
                restrictions(out, key.parameters(), indent);
            }
        }
        nid::EC if key.bits() > 0 => {
            out.at(indent, format!("Public-Key: ({} bit)\n", key.bits()));
            out.at(indent, "pub:\n");
            out.lines(key.point(), WIDTH, indent + 4);
            curve(out, key.curve, indent);
        }
        nid::ED25519 | nid::ED448 | nid::X25519 | nid::X448 => {
            let name = object::short_name(key.algorithm).unwrap_or_default();
            out.at(indent, format!("{name} Public-Key:\n"));
            out.at(indent, "pub:\n");
            out.lines(key.point(), WIDTH, indent + 4);
        }
        _ => return false,
    }
    true
}

fn curve(out: &mut Text, curve: c_int, indent: usize) {
    out.at(indent, format!("ASN1 OID: {}\n", object::short_name(curve).unwrap_or_default()));
    let nist = match curve {
        nid::P256 => "P-256",
        nid::P384 => "P-384",
        nid::P521 => "P-521",
        _ => return,
    };
    out.at(indent, format!("NIST CURVE: {nist}\n"));
}

/// RSASSA-PSS-params as they are written: NIDs and numbers where there are any.
#[derive(Default)]
struct Pss {
    digest: Option<c_int>,
    mask: Option<(c_int, Option<c_int>)>,
    salt: Option<ASN1_STRING>,
    trailer: Option<ASN1_STRING>,
}

impl Pss {
    fn parse(parameters: &[u8]) -> Option<Self> {
        let mut reader = Reader(parameters).enter(tag::SEQUENCE)?;
        let mut out = Pss::default();
        let number = |content: &[u8]| ASN1_STRING::integer(Reader(content).expect(tag::INTEGER)?.content);
        if let Some(found) = reader.optional(tag::constructed(0))? {
            out.digest = Some(object::nid_of(algorithm(&mut Reader(found.content))?.0));
        }
        if let Some(found) = reader.optional(tag::constructed(1))? {
            let (mask, inner) = algorithm(&mut Reader(found.content))?;
            let digest = algorithm(&mut Reader(inner)).map(|(digest, _)| object::nid_of(digest));
            out.mask = Some((object::nid_of(mask), digest));
        }
        if let Some(found) = reader.optional(tag::constructed(2))? {
            out.salt = Some(number(found.content)?);
        }
        if let Some(found) = reader.optional(tag::constructed(3))? {
            out.trailer = Some(number(found.content)?);
        }
        reader.is_empty().then_some(out)
    }
}

/// The parameters of a signature by RSASSA-PSS (RFC 4055).
pub fn pss_parameters(out: &mut Text, parameters: &[u8], indent: usize) {
    let Some(pss) = Pss::parse(parameters) else {
        out.at(indent, "(INVALID PSS PARAMETERS)\n");
        return;
    };
    let hex = |number: &ASN1_STRING| number.bytes().iter().map(|byte| format!("{byte:02X}")).collect::<String>();
    out.at(indent, "\n");
    let digest = pss.digest.map_or_else(|| "sha1 (default)".to_owned(), object::long_name);
    out.at(indent, format!("Hash Algorithm: {digest}\n"));
    let mask = match pss.mask {
        Some((mask, digest)) => {
            let digest = digest.map_or_else(|| "INVALID".to_owned(), object::long_name);
            format!("{} with {digest}", object::long_name(mask))
        }
        None => "mgf1 with sha1 (default)".to_owned(),
    };
    out.at(indent, format!("Mask Algorithm: {mask}\n"));
    out.at(indent, format!(" Salt Length: 0x{}\n", pss.salt.as_ref().map_or_else(|| "14 (default)".into(), hex)));
    out.at(indent, format!("Trailer Field: 0x{}\n", pss.trailer.as_ref().map_or_else(|| "01 (default)".into(), hex)));
}

/// What a key for RSASSA-PSS may be used for.
fn restrictions(out: &mut Text, parameters: &[u8], indent: usize) {
    if parameters.is_empty() {
        out.at(indent, "No PSS parameter restrictions\n");
        return;
    }
    let pss = Pss::parse(parameters).unwrap_or_default();
    let digest = |digest: Option<c_int>| match digest.unwrap_or(nid::SHA1) {
        nid::SHA1 => "SHA1 (default)",
        nid::SHA224 => "SHA2-224",
        nid::SHA256 => "SHA2-256",
        nid::SHA384 => "SHA2-384",
        nid::SHA512 => "SHA2-512",
        _ => "unknown",
    };
    let number = |number: Option<ASN1_STRING>, usual: i64| number.and_then(|number| number.number()).unwrap_or(usual);
    let usual = |is: bool| if is { " (default)" } else { "" };
    let (salt, trailer) = (number(pss.salt, 20), number(pss.trailer, 1));
    out.at(indent, "PSS parameter restrictions:\n");
    out.at(indent, format!("  Hash Algorithm: {}\n", digest(pss.digest)));
    out.at(indent, format!("  Mask Algorithm: MGF1 with {}\n", digest(pss.mask.and_then(|(_, digest)| digest))));
    out.at(indent, format!("  Minimum Salt Length: {salt}{}\n", usual(salt == 20)));
    out.at(indent, format!("  Trailer Field: 0x{trailer:x}{}\n", usual(trailer == 1)));
}

versioned! {
    /// Writes a public key in words, indented: 1, or 0 for failure.
    pub unsafe extern "C" fn EVP_PKEY_print_public(out: *mut BIO, pkey: *const EVP_PKEY, indent: c_int, _pctx: *mut ASN1_PCTX) -> c_int {
        // SAFETY: the program's pipe and key.
        unsafe {
            let mut text = Text::default();
            let indent = usize::try_from(indent).unwrap_or(0);
            let known = inside(pkey).is_some_and(|key| public(&mut text, key, indent));
            c_int::from(known && bio::write_all(out, &text.0))
        }
    }
}
