//! Handshake messages in words.

use std::ffi::c_ulong;

use super::super::bytes::{Bytes, Cut};
use super::extensions::{self, group, scheme};
use super::{Known, Page, name};
use crate::libcrypto::x509::{X509_NAME_free, X509_NAME_print_ex, X509_print_ex, d2i_X509, d2i_X509_NAME};
use crate::libcrypto::{Owned, pem};

/// XN_FLAG_ONELINE.
const ONE_LINE: c_ulong = 0x0082_031f;

/// One message, with its header.
pub fn write(page: &mut Page, message: &[u8], known: Known) -> Result<(), Cut> {
    let mut all = Bytes(message);
    if all.len() < 4 {
        return Err(Cut);
    }
    let typ = all.number(1)? as u8;
    let len = all.number(3)?;
    page.line(4, format!("{}, Length={len}", name("message", typ.into())));
    if all.len() < len {
        return Err(Cut);
    }
    let whole = all;
    let body = &mut all;
    let result = match typ {
        1 => return client_hello(page, body),
        2 => return server_hello(page, body),
        3 => return verify_request(page, body),
        4 => ticket(page, body, known),
        8 => return extensions::write(page, 6, typ, body),
        11 => certificate(page, body, known),
        12 => server_key_exchange(page, body),
        13 if known.is_tls13 => return certificate_request13(page, body),
        13 => certificate_request12(page, body),
        14 => {
            if !body.is_empty() {
                page.hex(6, "unexpected value", body.0);
            }
            return Ok(());
        }
        15 => return signature(page, body),
        16 => client_key_exchange(page, body),
        20 => {
            page.hex(6, "verify_data", body.0);
            return Ok(());
        }
        24 => return key_update(page, body),
        _ => {
            page.line(6, "Unsupported, hex dump follows:");
            page.dump(8, whole.0);
            return Ok(());
        }
    };
    result.and(if body.is_empty() { Ok(()) } else { Err(Cut) })
}

fn version_and_random(page: &mut Page, whose: &str, body: &mut Bytes<'_>) -> Result<(), Cut> {
    let version = body.code()?;
    page.line(6, format!("{whose}_version=0x{version:x} ({})", name("version", version)));
    let mut random = Bytes(body.take(32)?);
    page.line(6, "Random:");
    page.line(8, format!("gmt_unix_time=0x{:08X}", random.number(4)?));
    page.hex(8, "random_bytes", random.0);
    Ok(())
}

fn suite(code: u16) -> String {
    let [high, low] = code.to_be_bytes();
    format!("{{0x{high:02X}, 0x{low:02X}}} {}", name("suite", code))
}

fn client_hello(page: &mut Page, body: &mut Bytes<'_>) -> Result<(), Cut> {
    version_and_random(page, "client", body)?;
    page.vector(6, "session_id", body, 1)?;
    let len = body.number(2)?;
    page.line(6, format!("cipher_suites (len={len})"));
    let mut suites = Bytes(body.take(len)?);
    while !suites.is_empty() {
        page.line(8, suite(suites.code()?));
    }
    let methods = body.vector(1)?;
    page.line(6, format!("compression_methods (len={})", methods.len()));
    for &method in methods.0 {
        page.line(8, format!("{} (0x{method:02X})", name("compression", method.into())));
    }
    extensions::write(page, 6, 1, body)
}

fn server_hello(page: &mut Page, body: &mut Bytes<'_>) -> Result<(), Cut> {
    version_and_random(page, "server", body)?;
    page.vector(6, "session_id", body, 1)?;
    page.line(6, format!("cipher_suite {}", suite(body.code()?)));
    let method = body.number(1)?;
    page.line(6, format!("compression_method: {} (0x{method:02X})", name("compression", method as u16)));
    extensions::write(page, 6, 2, body)
}

/// Of DTLS.
fn verify_request(page: &mut Page, body: &mut Bytes<'_>) -> Result<(), Cut> {
    let version = body.code()?;
    page.line(6, format!("server_version=0x{version:x} ({})", name("version", version)));
    page.vector(6, "cookie", body, 1)
}

fn ticket(page: &mut Page, body: &mut Bytes<'_>, known: Known) -> Result<(), Cut> {
    if body.is_empty() {
        page.line(8, "No Ticket");
        return Ok(());
    }
    page.line(8, format!("ticket_lifetime_hint={}", body.number(4)?));
    if known.is_tls13 {
        page.line(8, format!("ticket_age_add={}", body.number(4)?));
        page.vector(8, "ticket_nonce", body, 1)?;
    }
    page.vector(8, "ticket", body, 2)?;
    if known.is_tls13 { extensions::write(page, 8, 4, body) } else { Ok(()) }
}

fn certificate(page: &mut Page, body: &mut Bytes<'_>, known: Known) -> Result<(), Cut> {
    if known.is_tls13 {
        page.vector(6, "context", body, 1)?;
    }
    let mut list = body.vector(3)?;
    if !body.is_empty() {
        return Err(Cut);
    }
    page.line(6, format!("certificate_list, length={}", list.len()));
    while !list.is_empty() {
        let der = list.vector(3)?;
        print(page, der.0);
        if known.is_tls13 {
            extensions::write(page, 8, 11, &mut list)?;
        }
    }
    Ok(())
}

fn print(page: &mut Page, der: &[u8]) {
    page.text.push_str(&format!("        ASN.1Cert, length={}", der.len()));
    page.flush();
    let mut at = der.as_ptr();
    // SAFETY: libcrypto reads no further than told, and the object is ours.
    unsafe {
        match Owned::from_raw(d2i_X509(std::ptr::null_mut(), &mut at, der.len() as std::ffi::c_long)) {
            None => page.text.push_str("<UNPARSABLE CERTIFICATE>\n"),
            Some(certificate) => {
                page.text.push_str("\n------details-----\n");
                page.flush();
                X509_print_ex(page.out, certificate.as_ptr(), ONE_LINE, 0);
                pem::PEM_write_bio(
                    page.out,
                    c"CERTIFICATE".as_ptr(),
                    c"".as_ptr(),
                    der.as_ptr(),
                    der.len() as std::ffi::c_long,
                );
                page.text.push_str("------------------\n");
            }
        }
    }
    if at as usize != der.as_ptr() as usize + der.len() {
        page.line(0, "<TRAILING GARBAGE AFTER CERTIFICATE>");
    }
}

fn server_key_exchange(page: &mut Page, body: &mut Bytes<'_>) -> Result<(), Cut> {
    const NAMED_CURVE: usize = 3;
    page.line(6, "KeyExchangeAlgorithm=ECDHE");
    if body.number(1)? != NAMED_CURVE {
        return Err(Cut);
    }
    page.text.push_str("        ");
    let curve = body.code()?;
    page.line(0, format!("named_curve: {}", group(curve)));
    page.vector(8, "point", body, 1)?;
    // As the original: what is cut off here is no error.
    let _cut = signature(page, body);
    Ok(())
}

fn client_key_exchange(page: &mut Page, body: &mut Bytes<'_>) -> Result<(), Cut> {
    page.line(6, "KeyExchangeAlgorithm=ECDHE");
    page.vector(8, "ecdh_Yc", body, 1)
}

fn signature(page: &mut Page, body: &mut Bytes<'_>) -> Result<(), Cut> {
    let code = body.code()?;
    page.line(6, format!("Signature Algorithm: {}", scheme(code)));
    page.vector(6, "Signature", body, 2)
}

fn certificate_request13(page: &mut Page, body: &mut Bytes<'_>) -> Result<(), Cut> {
    page.vector(6, "request_context", body, 1)?;
    extensions::write(page, 6, 13, body)
}

fn certificate_request12(page: &mut Page, body: &mut Bytes<'_>) -> Result<(), Cut> {
    let types = body.vector(1)?;
    page.line(6, format!("certificate_types (len={})", types.len()));
    for &typ in types.0 {
        page.line(8, format!("{} ({typ})", name("certificate", typ.into())));
    }
    let mut schemes = body.vector(2)?;
    page.line(6, format!("signature_algorithms (len={})", schemes.len()));
    while !schemes.is_empty() {
        page.line(8, scheme(schemes.code()?));
    }
    let len = body.number(2)?;
    page.text.push_str("      ");
    let mut names = Bytes(body.take(len)?);
    page.line(0, format!("certificate_authorities (len={})", names.len()));
    while !names.is_empty() {
        let der = names.vector(2)?;
        distinguished_name(page, der.0);
    }
    Ok(())
}

fn distinguished_name(page: &mut Page, der: &[u8]) {
    page.text.push_str(&format!("        DistinguishedName (len={}): ", der.len()));
    page.flush();
    let mut at = der.as_ptr();
    // SAFETY: libcrypto reads no further than told, and the object is ours.
    unsafe {
        let name = d2i_X509_NAME(std::ptr::null_mut(), &mut at, der.len() as std::ffi::c_long);
        if name.is_null() {
            page.text.push_str("<UNPARSABLE DN>\n");
        } else {
            X509_NAME_print_ex(page.out, name, 0, ONE_LINE);
            X509_NAME_free(name);
            page.text.push('\n');
        }
    }
}

fn key_update(page: &mut Page, body: &mut Bytes<'_>) -> Result<(), Cut> {
    let &[kind] = body.0 else {
        page.hex(6, "unexpected value", body.0);
        return Err(Cut);
    };
    let word = ["update_not_requested", "update_requested"].get(usize::from(kind)).unwrap_or(&"UNKNOWN");
    page.line(6, format!("{word} ({kind})"));
    Ok(())
}
