//! The lines around and the letters inside.

use std::ffi::{c_char, c_int};

use crate::bio::{self, BIO};
use crate::err::{self, library, reason};

/// One block: what it is called, the lines before the letters, the bytes.
pub struct Block {
    pub label: String,
    pub headers: String,
    pub bytes: zeroize::Zeroizing<Vec<u8>>,
}

const LINE: usize = 254;

/// One line without what ends it; `None` at the end.
unsafe fn line(bio: *mut BIO) -> Option<String> {
    let mut out = Vec::new();
    let mut room = [0u8; LINE];
    loop {
        // SAFETY: the program's pipe; the room is ours.
        let count = unsafe { bio::BIO_gets(bio, room.as_mut_ptr().cast::<c_char>(), room.len() as c_int) };
        let Ok(count @ 1..) = usize::try_from(count) else { break };
        out.extend_from_slice(&room[..count]);
        if out.ends_with(b"\n") || out.len() > 1 << 16 {
            break;
        }
    }
    if out.is_empty() {
        return None;
    }
    while out.last().is_some_and(|byte| *byte <= b' ') {
        out.pop();
    }
    Some(String::from_utf8_lossy(&out).into_owned())
}

fn label_of<'a>(line: &'a str, start: &str) -> Option<&'a str> {
    line.strip_prefix(start)?.strip_suffix("-----")
}

/// The next block; `None` with an error when there is none.
///
/// # Safety
/// `bio` is NULL or live.
pub unsafe fn read(bio: *mut BIO) -> Option<Block> {
    let fail = |why| {
        err::raise(library::PEM, why);
        None
    };
    let label = loop {
        // SAFETY: the caller's promise.
        let Some(line) = (unsafe { line(bio) }) else { return fail(reason::pem::NO_START_LINE) };
        if let Some(label) = label_of(&line, "-----BEGIN ") {
            break label.to_owned();
        }
    };
    let (mut headers, mut letters) = (String::new(), String::new());
    let mut in_headers = None;
    loop {
        // SAFETY: as above.
        let Some(line) = (unsafe { line(bio) }) else { return fail(reason::pem::BAD_END_LINE) };
        if line.starts_with("-----END ") {
            if label_of(&line, "-----END ") != Some(&label) {
                return fail(reason::pem::BAD_END_LINE);
            }
            break;
        }
        if letters.len() > 1 << 26 {
            return fail(reason::pem::BAD_END_LINE);
        }
        match in_headers {
            None if line.contains(':') => {
                in_headers = Some(true);
                headers += &line;
                headers.push('\n');
            }
            Some(true) if line.is_empty() => in_headers = Some(false),
            Some(true) => {
                headers += &line;
                headers.push('\n');
            }
            _ => {
                in_headers = Some(false);
                letters += &line;
            }
        }
    }
    match decode(letters.as_bytes()) {
        Some(bytes) => Some(Block { label, headers, bytes: zeroize::Zeroizing::new(bytes) }),
        None => fail(reason::pem::BAD_BASE64_DECODE),
    }
}

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Bytes of letters (RFC 4648, section 4); `None` when they are none.
fn decode(letters: &[u8]) -> Option<Vec<u8>> {
    let letters: Vec<u8> = letters.iter().copied().filter(|letter| *letter > b' ').collect();
    if !letters.len().is_multiple_of(4) {
        return None;
    }
    let mut out = Vec::with_capacity(letters.len() / 4 * 3);
    let padding = letters.iter().rev().take_while(|letter| **letter == b'=').count();
    if padding > 2 {
        return None;
    }
    for four in letters[..letters.len() - padding].chunks(4) {
        let mut value = 0u32;
        for letter in four {
            value = (value << 6) | u32::try_from(LETTERS.iter().position(|known| known == letter)?).ok()?;
        }
        value <<= 6 * (4 - four.len());
        out.extend_from_slice(&value.to_be_bytes()[1..four.len()]);
    }
    Some(out)
}

/// A block as text.
pub fn write(label: &str, headers: &str, bytes: &[u8]) -> String {
    let mut out = format!("-----BEGIN {label}-----\n");
    if !headers.is_empty() {
        out += headers;
        out.push('\n');
    }
    for line in bytes.chunks(48) {
        for three in line.chunks(3) {
            let value =
                three.iter().fold(0u32, |value, byte| (value << 8) | u32::from(*byte)) << (8 * (3 - three.len()));
            for at in 0..4 {
                let letter = LETTERS[(value >> (18 - 6 * at)) as usize & 0x3f];
                out.push(if at <= three.len() { char::from(letter) } else { '=' });
            }
        }
        out.push('\n');
    }
    out + &format!("-----END {label}-----\n")
}
