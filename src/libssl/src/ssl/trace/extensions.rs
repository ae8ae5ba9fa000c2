//! Extensions in words.

use super::super::bytes::{Bytes, Cut};
use super::{Page, name};

const CLIENT_HELLO: u8 = 1;
const SERVER_HELLO: u8 = 2;
const NEW_SESSION_TICKET: u8 = 4;

/// The extensions at the end of a message of that type, with their length before them.
pub fn write(page: &mut Page, indent: usize, message: u8, bytes: &mut Bytes<'_>) -> Result<(), Cut> {
    if bytes.is_empty() {
        page.line(indent, "No extensions");
        return Ok(());
    }
    let whole = bytes.number(2);
    if let Ok(0) = whole {
        page.line(indent, "No extensions");
        return Ok(());
    }
    let list = whole.and_then(|whole| Ok((whole, bytes.take(whole)?)));
    let Ok((whole, list)) = list else {
        page.text.push_str(&" ".repeat(indent));
        return Err(Cut);
    };
    let mut list = Bytes(list);
    page.line(indent, format!("extensions, length = {whole}"));
    while !list.is_empty() {
        let front = list;
        let kind = list.code()?;
        let len = list.number(2)?;
        let Ok(body) = list.take(len) else {
            page.line(0, format!("extensions, extype = {kind}, extlen = {len}"));
            page.dump(indent + 2, front.0);
            return Err(Cut);
        };
        page.line(indent + 2, format!("extension_type={}({kind}), length={len}", name("extension", kind)));
        extension(page, indent + 4, message, kind, Bytes(body))?;
    }
    Ok(())
}

/// Numbers of two bytes behind a length of `width`.
fn codes(
    page: &mut Page,
    body: &mut Bytes<'_>,
    width: usize,
    word: impl Fn(u16) -> String,
    indent: usize,
) -> Result<(), Cut> {
    let len = body.number(width)?;
    if len != body.len() || len % 2 != 0 {
        return Err(Cut);
    }
    while !body.is_empty() {
        let code = body.code()?;
        page.line(indent, word(code));
    }
    Ok(())
}

/// A scheme by name and number.
pub fn scheme(code: u16) -> String {
    format!("{} (0x{code:04x})", name("scheme", code))
}

/// A group by name and number.
pub fn group(code: u16) -> String {
    format!("{} ({code})", name("group", code))
}

/// Single bytes behind their count.
fn bytes_of(page: &mut Page, body: &mut Bytes<'_>, words: &[&str], indent: usize) -> Result<(), Cut> {
    let len = body.number(1)?;
    if len != body.len() {
        return Err(Cut);
    }
    for &byte in body.take(len)? {
        page.line(indent, format!("{} ({byte})", words.get(usize::from(byte)).unwrap_or(&"UNKNOWN")));
    }
    Ok(())
}

fn extension(page: &mut Page, indent: usize, message: u8, kind: u16, mut body: Bytes<'_>) -> Result<(), Cut> {
    const POINTS: &[&str] = &["uncompressed", "ansiX962_compressed_prime", "ansiX962_compressed_char2"];
    const MODES: &[&str] = &["psk_ke", "psk_dhe_ke"];
    match kind {
        1 => {
            if body.is_empty() {
                return Err(Cut);
            }
            body.0.iter().for_each(|code| page.line(indent, fragment_length(*code)));
            Ok(())
        }
        10 => codes(page, &mut body, 2, group, indent),
        11 => bytes_of(page, &mut body, POINTS, indent),
        13 => codes(page, &mut body, 2, scheme, indent),
        16 => protocols(page, &mut body, indent),
        35 => {
            if !body.is_empty() {
                page.hex(indent + 2, "ticket", body.0);
            }
            Ok(())
        }
        42 if message == NEW_SESSION_TICKET => {
            page.line(indent, format!("max_early_data={}", body.number(4)?));
            Ok(())
        }
        42 => Ok(()),
        43 if message == CLIENT_HELLO => {
            codes(page, &mut body, 1, |code| format!("{} ({code})", name("version", code)), indent)
        }
        43 if body.len() != 2 => Err(Cut),
        43 => {
            let code = body.code()?;
            page.line(indent + 2, format!("{} ({code})", name("version", code)));
            Ok(())
        }
        45 => bytes_of(page, &mut body, MODES, indent),
        51 => shares(page, &mut body, message, indent),
        0xff01 => renegotiation(page, &mut body, message, indent + 2),
        _ => {
            page.dump(indent, body.0);
            Ok(())
        }
    }
}

fn fragment_length(code: u8) -> String {
    match code {
        0 => "disabled (0)".to_owned(),
        1..=4 => format!("max_fragment_length := 2^{} ({} bytes) ({code})", code + 8, 1 << (code + 8)),
        _ => format!("UNKNOWN ({code})"),
    }
}

fn protocols(page: &mut Page, body: &mut Bytes<'_>, indent: usize) -> Result<(), Cut> {
    let len = body.number(2)?;
    if len != body.len() {
        return Err(Cut);
    }
    while !body.is_empty() {
        let protocol = body.vector(1)?;
        page.line(indent, String::from_utf8_lossy(protocol.0));
    }
    Ok(())
}

fn shares(page: &mut Page, body: &mut Bytes<'_>, message: u8, indent: usize) -> Result<(), Cut> {
    if message == SERVER_HELLO && body.len() == 2 {
        let code = body.code()?;
        page.line(indent + 2, format!("NamedGroup: {}", group(code)));
        return Ok(());
    }
    if message == CLIENT_HELLO {
        let len = body.number(2)?;
        if len != body.len() {
            return Err(Cut);
        }
    }
    while !body.is_empty() {
        let code = body.code()?;
        let key = body.vector(2)?;
        page.line(indent + 2, format!("NamedGroup: {}", group(code)));
        page.hex(indent + 2, "key_exchange: ", key.0);
    }
    Ok(())
}

fn renegotiation(page: &mut Page, body: &mut Bytes<'_>, message: u8, indent: usize) -> Result<(), Cut> {
    let len = body.number(1)?;
    if len != body.len() {
        return Err(Cut);
    }
    if len == 0 {
        page.line(indent, "<EMPTY>");
        return Ok(());
    }
    if message == CLIENT_HELLO {
        page.hex(indent, "client_verify_data", body.0);
        return Ok(());
    }
    if len % 2 != 0 {
        return Err(Cut);
    }
    let (client, server) = body.0.split_at(len / 2);
    page.hex(indent, "client_verify_data", client);
    page.hex(indent, "server_verify_data", server);
    Ok(())
}
