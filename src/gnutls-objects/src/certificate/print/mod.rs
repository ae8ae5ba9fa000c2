//! A certificate in words.

mod extension;

use std::ffi::{CStr, c_int, c_uint};
use std::fmt::Write;

use standin_pki::base64;
use standin_pki::key::rsa_public;
use standin_pki::nid;

use super::{Content, inside};
use crate::algorithm::{CURVES, PKS, SIGNS, digest, is_broken, level, level_name, pk};
use crate::datum;
use crate::encoding::hex;
use crate::error::{self, code};
use crate::hash::{algorithm as digest_algorithm, digest_of};
use crate::key::public::{bits, curve_of, kind_of, number};
use crate::name::Name;
use crate::time::calendar;
use crate::types::{gnutls_certificate_print_formats_t, gnutls_datum_t, gnutls_x509_crt_t};

/// GNUTLS_CRT_PRINT_*.
mod format {
    use std::ffi::c_uint;
    pub const FULL: c_uint = 0;
    pub const ONE_LINE: c_uint = 1;
    pub const UNSIGNED: c_uint = 2;
    pub const COMPACT: c_uint = 3;
    pub const FULL_NUMBERS: c_uint = 4;
}

/// An error as it stands among the words.
fn say_error(out: &mut String, function: &str, error: c_int) {
    let _ = writeln!(out, "error: {function}: {}", crate::error::text(error).to_string_lossy());
}

/// Bytes in lines of 16, each behind this.
fn say_bytes(out: &mut String, bytes: &[u8], before: &str) {
    for line in bytes.chunks(16) {
        let pairs: Vec<String> = line.iter().map(|byte| format!("{byte:02x}")).collect();
        let _ = writeln!(out, "{before}{}", pairs.join(":"));
    }
}

fn name(name: &Name) -> Option<String> {
    name.text(0).ok().map(|text| String::from_utf8_lossy(&text).into_owned())
}

fn say_name(out: &mut String, title: &str, what: &Name) {
    let text = name(what).map_or_else(String::new, |text| format!(" {text}"));
    let _ = writeln!(out, "\t{title}:{text}");
}

fn of(text: Option<&CStr>) -> String {
    text.map_or_else(|| "unknown".into(), |text| text.to_string_lossy().into_owned())
}

fn sign_name(content: &Content) -> Option<String> {
    let id = c_uint::try_from(content.signature_algorithm).ok()?;
    Some(of(SIGNS.get(id).map(|row| row.name.as_c_str())))
}

/// The length of the salt of an RSA-PSS signature: that of the digest, since others are not known.
fn salt_length(content: &Content) -> Option<usize> {
    let sign = content.signed().sign().filter(|sign| sign.pk == pk::RSA_PSS)?;
    digest_algorithm(sign.digest).map(aws_lc_rs::digest::Algorithm::output_len)
}

fn key_name(content: &Content) -> String {
    let kind = c_uint::try_from(kind_of(content.spki())).unwrap_or(0);
    PKS.get(kind).map_or_else(|| "unknown".into(), |row| row.name.to_string_lossy().into_owned())
}

/// A moment as `Fri Nov 27 09:04:38 UTC 2026`.
fn long_time(moment: i64) -> String {
    const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let [year, month, date, hour, minute, second, day] = calendar(moment);
    let at = |list: &[&'static str], number: i64| usize::try_from(number).ok().and_then(|at| list.get(at).copied());
    let (day, month) = (at(&DAYS, day).unwrap_or(""), at(&MONTHS, month - 1).unwrap_or(""));
    format!("{day} {month} {date:02} {hour:02}:{minute:02}:{second:02} UTC {year}")
}

/// A moment as `2026-11-27 09:04:38 UTC`.
fn short_time(moment: i64) -> String {
    let [year, month, date, hour, minute, second, _] = calendar(moment);
    format!("{year}-{month:02}-{date:02} {hour:02}:{minute:02}:{second:02} UTC")
}

fn pin(content: &Content) -> String {
    base64::encode(&digest_of(digest::SHA256, content.spki()).unwrap_or_default())
}

fn one_line(content: &Content) -> String {
    let mut out = String::new();
    let _ = match name(&content.subject) {
        Some(subject) => write!(out, "subject `{subject}', "),
        None => write!(out, "no subject,"),
    };
    let _ = match name(&content.issuer) {
        Some(issuer) => write!(out, "issuer `{issuer}', "),
        None => write!(out, "no issuer,"),
    };
    let _ = write!(out, "serial 0x{}, ", hex(&content.serial));
    let length = content.key().map_or(0, bits);
    let _ = write!(out, "{} key {length} bits, ", key_name(content));
    if let Some(algorithm) = sign_name(content) {
        let broken = is_broken(c_uint::try_from(content.signature_algorithm).unwrap_or(0), true);
        let _ = write!(out, "signed using {algorithm}{}, ", if broken { " (broken!)" } else { "" });
    }
    let (from, until) = (short_time(content.not_before), short_time(content.not_after));
    let _ = write!(out, "activated `{from}', expires `{until}', ");
    if let Some(language) = extension::proxy_language(content) {
        let _ = write!(out, "proxy certificate (policy={language}), ");
    }
    let _ = write!(out, "pin-sha256=\"{}\"", pin(content));
    out
}

/// A number of a key: in lines, or whole.
fn say_number(out: &mut String, title: &str, bytes: &[u8], whole: bool) {
    if whole {
        let _ = writeln!(out, "\t\t{title} {}", hex(bytes));
    } else {
        let _ = writeln!(out, "\t\t{title}");
        say_bytes(out, bytes, "\t\t\t");
    }
}

fn say_key(out: &mut String, content: &Content, whole: bool) {
    let _ = writeln!(out, "\tSubject Public Key Algorithm: {}", key_name(content));
    let Some(key) = content.key() else { return };
    let kind = c_uint::try_from(kind_of(content.spki())).unwrap_or(0);
    let (length, strength) = (bits(key), level_name(level(kind, bits(key) as usize)));
    let _ = writeln!(out, "\tAlgorithm Security Level: {} ({length} bits)", strength.to_string_lossy());
    match (key.algorithm, key.point()) {
        (nid::RSA | nid::RSA_PSS, point) => {
            if let Some((modulus, exponent)) = rsa_public(point) {
                say_number(out, &format!("Modulus (bits {length}):"), &number(modulus, 0), whole);
                let exponent = number(exponent, 0);
                say_number(out, &format!("Exponent (bits {}):", exponent.len() * 8), &exponent, whole);
            }
        }
        (nid::EC | nid::ED25519 | nid::ED448, point) => {
            let curve = of(CURVES.get(curve_of(key)).map(|row| row.name.as_c_str()));
            let _ = writeln!(out, "\t\tCurve:\t{curve}");
            match point {
                [4, point @ ..] if key.algorithm == nid::EC => {
                    let (x, y) = point.split_at(point.len() / 2);
                    say_number(out, "X:", &number(x, 0), whole);
                    say_number(out, "Y:", &number(y, 0), whole);
                }
                _ => say_number(out, "X:", point, whole),
            }
        }
        _ => {}
    }
}

fn say_content(out: &mut String, content: &Content, format: c_uint) {
    let _ = writeln!(out, "\tVersion: {}", content.version);
    let _ = writeln!(out, "\tSerial Number (hex): {}", hex(&content.serial));
    if format != format::UNSIGNED {
        say_name(out, "Issuer", &content.issuer);
    }
    let _ = writeln!(out, "\tValidity:\n\t\tNot Before: {}", long_time(content.not_before));
    let _ = writeln!(out, "\t\tNot After: {}", long_time(content.not_after));
    say_name(out, "Subject", &content.subject);
    say_key(out, content, format == format::FULL_NUMBERS);
    if !content.extensions.is_empty() {
        let _ = writeln!(out, "\tExtensions:");
        content.extensions.iter().for_each(|found| extension::say(out, content, found));
    }
    if format != format::UNSIGNED {
        if let Some(algorithm) = sign_name(content) {
            let _ = writeln!(out, "\tSignature Algorithm: {algorithm}");
        }
        if let Some(length) = salt_length(content) {
            let _ = writeln!(out, "\t\tSalt Length: {length}");
        }
        if is_broken(c_uint::try_from(content.signature_algorithm).unwrap_or(0), true) {
            let _ = writeln!(out, "warning: signed using a broken signature algorithm that can be forged.");
        }
        let _ = writeln!(out, "\tSignature:");
        say_bytes(out, content.signed().signature, "\t\t");
    }
}

/// Digests of the certificate.
fn say_fingerprints(out: &mut String, content: &Content) {
    let _ = writeln!(out, "\tFingerprint:");
    for (title, id) in [("sha1", digest::SHA1), ("sha256", digest::SHA256)] {
        let _ = writeln!(out, "\t\t{title}:{}", hex(&digest_of(id, &content.der).unwrap_or_default()));
    }
}

/// Digests of the key.
fn say_key_ids(out: &mut String, content: &Content) {
    let _ = writeln!(out, "\tPublic Key ID:");
    for (title, id) in [("sha1", digest::SHA1), ("sha256", digest::SHA256)] {
        let _ = writeln!(out, "\t\t{title}:{}", hex(&digest_of(id, content.spki()).unwrap_or_default()));
    }
    let _ = writeln!(out, "\tPublic Key PIN:\n\t\tpin-sha256:{}", pin(content));
}

/// A certificate in the words of a format; INVALID_REQUEST for an unknown one.
pub fn print(content: &Content, format: c_uint) -> Result<String, c_int> {
    match format {
        format::ONE_LINE => Ok(one_line(content)),
        format::COMPACT => {
            let mut out = one_line(content) + "\n";
            say_key_ids(&mut out, content);
            Ok(out)
        }
        format::FULL | format::UNSIGNED | format::FULL_NUMBERS => {
            let mut out = String::from("X.509 Certificate Information:\n");
            say_content(&mut out, content, format);
            out += "Other Information:\n";
            if format != format::UNSIGNED {
                say_fingerprints(&mut out, content);
            }
            say_key_ids(&mut out, content);
            Ok(out)
        }
        _ => Err(error::INVALID_REQUEST),
    }
}

versioned! {
    /// A certificate in words (GNUTLS_CRT_PRINT_*), for the program to free by gnutls_free.
    pub unsafe extern "C" fn gnutls_x509_crt_print(cert: gnutls_x509_crt_t, format: gnutls_certificate_print_formats_t, out: *mut gnutls_datum_t) -> c_int {
        // SAFETY: the program's certificate and variable.
        unsafe { code(inside(cert).and_then(|content| datum::give(out, print(content, format)?.as_bytes()))) }
    }
}
