//! The lines around and the letters inside.

use std::ffi::{c_char, c_int};

use standin_pki::base64;
use zeroize::Zeroizing;

use crate::bio::{self, BIO};
use crate::err::{self, library, reason};

/// One block: what it is called, the lines before the letters, the bytes.
pub struct Block {
    pub label: String,
    pub headers: String,
    pub bytes: Zeroizing<Vec<u8>>,
}

const LINE: usize = 254;
/// What some editors put in front of a text in UTF-8.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// One line without what ends it; `None` at the end.
unsafe fn line(bio: *mut BIO) -> Option<Zeroizing<String>> {
    let mut out = Zeroizing::new(Vec::new());
    let mut room = Zeroizing::new([0u8; LINE]);
    loop {
        // SAFETY: the program's pipe; the room is ours.
        let count = unsafe { bio::BIO_gets(bio, room.as_mut_ptr().cast::<c_char>(), room.len() as c_int) };
        let Ok(count @ 1..) = usize::try_from(count) else { break };
        append(&mut out, &room[..count]);
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
    Some(Zeroizing::new(String::from_utf8_lossy(&out).into_owned()))
}

/// Appends what may be part of a key: a block that becomes too short is wiped.
fn append(out: &mut Zeroizing<Vec<u8>>, more: &[u8]) {
    if out.capacity() - out.len() < more.len() {
        let mut longer = Zeroizing::new(Vec::with_capacity(2 * (out.len() + more.len())));
        longer.extend_from_slice(out);
        *out = longer;
    }
    out.extend_from_slice(more);
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
    let mut is_first = true;
    let label = loop {
        // SAFETY: the caller's promise.
        let Some(line) = (unsafe { line(bio) }) else { return fail(reason::pem::NO_START_LINE) };
        let text =
            if std::mem::take(&mut is_first) { line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&line) } else { &line };
        if let Some(label) = label_of(text, "-----BEGIN ") {
            break label.to_owned();
        }
    };
    let (mut headers, mut letters) = (String::new(), Zeroizing::new(Vec::<u8>::new()));
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
                append(&mut letters, line.as_bytes());
            }
        }
    }
    // The original says nothing of it.
    if letters.is_empty() {
        return None;
    }
    match base64::decode(&letters) {
        Some(bytes) => Some(Block { label, headers, bytes: Zeroizing::new(bytes) }),
        None => fail(reason::pem::BAD_BASE64_DECODE),
    }
}

/// A block as text.
pub fn write(label: &str, headers: &str, bytes: &[u8]) -> String {
    let mut out = format!("-----BEGIN {label}-----\n");
    if !headers.is_empty() {
        out += headers;
        out.push('\n');
    }
    for line in bytes.chunks(48) {
        out += &base64::encode(line);
        out.push('\n');
    }
    out + &format!("-----END {label}-----\n")
}
