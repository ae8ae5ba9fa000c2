//! Strings as text: ASN1_STRING_print and its siblings.

use std::ffi::{c_int, c_ulong};

use super::ASN1_STRING;
use crate::bio::{self, BIO};

/// ASN1_STRFLGS_*.
#[allow(missing_docs)] // the names are OpenSSL's
pub mod flags {
    use std::ffi::c_ulong;
    pub const ESC_2253: c_ulong = 1;
    pub const ESC_CTRL: c_ulong = 2;
    pub const ESC_MSB: c_ulong = 4;
    pub const ESC_QUOTE: c_ulong = 8;
    pub const UTF8_CONVERT: c_ulong = 0x10;
    pub const IGNORE_TYPE: c_ulong = 0x20;
    pub const SHOW_TYPE: c_ulong = 0x40;
    pub const DUMP_ALL: c_ulong = 0x80;
    pub const DUMP_UNKNOWN: c_ulong = 0x100;
    pub const DUMP_DER: c_ulong = 0x200;
    pub const ESC_2254: c_ulong = 0x400;
}

/// Characters of a string by its kind: how wide each is, or UTF-8 (0), or none.
fn width(kind: c_int) -> Option<usize> {
    match kind {
        12 => Some(0),
        18..=24 | 26 | 27 => Some(1),
        28 => Some(4),
        30 => Some(2),
        _ => None,
    }
}

fn characters(string: &ASN1_STRING, width: usize) -> Option<Vec<u32>> {
    let bytes = string.bytes();
    match width {
        0 => Some(std::str::from_utf8(bytes).ok()?.chars().map(u32::from).collect()),
        width if bytes.len().is_multiple_of(width) => {
            Some(bytes.chunks(width).map(|unit| unit.iter().fold(0, |c, byte| (c << 8) | u32::from(*byte))).collect())
        }
        _ => None,
    }
}

/// Printable bytes, a dot for each other one.
pub fn plain(bytes: &[u8]) -> Vec<u8> {
    let shown = |byte: &u8| match byte {
        b' '..=b'~' | b'\n' | b'\r' => *byte,
        _ => b'.',
    };
    bytes.iter().map(shown).collect()
}

/// A string as RFC 2253 has it, by flags; `None` when it is not what its kind says.
pub fn print(string: &ASN1_STRING, flags: c_ulong) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    if flags & flags::SHOW_TYPE != 0 {
        // SAFETY: a fixed text.
        let name = unsafe { std::ffi::CStr::from_ptr(super::ASN1_tag2str(string.kind)) };
        out.extend_from_slice(name.to_bytes());
        out.push(b':');
    }
    let known = width(string.kind);
    let dump = flags & flags::DUMP_ALL != 0
        || (known.is_none() && flags & flags::IGNORE_TYPE == 0 && flags & flags::DUMP_UNKNOWN != 0);
    if dump {
        let bytes = if flags & flags::DUMP_DER != 0 { string.der() } else { string.bytes().to_vec() };
        out.push(b'#');
        bytes.iter().for_each(|byte| out.extend_from_slice(format!("{byte:02X}").as_bytes()));
        return Some(out);
    }
    let width = if flags & flags::IGNORE_TYPE != 0 { 1 } else { known.unwrap_or(1) };
    // What is UTF-8 already is taken byte by byte.
    let convert = flags & flags::UTF8_CONVERT != 0 && width != 0;
    let width = if flags & flags::UTF8_CONVERT != 0 && width == 0 { 1 } else { width };
    let characters = characters(string, width)?;
    let last = characters.len().wrapping_sub(1);
    let mut quoted = false;
    let mut text = Vec::new();
    for (at, character) in characters.iter().copied().enumerate() {
        if convert {
            // Each byte of UTF-8 is escaped on its own.
            let mut buffer = [0; 4];
            for byte in char::from_u32(character)?.encode_utf8(&mut buffer).bytes() {
                escape(&mut text, u32::from(byte), at == 0, at == last, flags, &mut quoted);
            }
        } else {
            escape(&mut text, character, at == 0, at == last, flags, &mut quoted);
        }
    }
    if quoted {
        text.insert(0, b'"');
        text.push(b'"');
    }
    out.extend_from_slice(&text);
    Some(out)
}

fn escape(out: &mut Vec<u8>, character: u32, first: bool, last: bool, flags: c_ulong, quoted: &mut bool) {
    if character > 0xffff {
        out.extend_from_slice(format!("\\W{character:08X}").as_bytes());
        return;
    }
    if character > 0xff {
        out.extend_from_slice(format!("\\U{character:04X}").as_bytes());
        return;
    }
    let byte = character as u8;
    let special = match byte {
        b',' | b'+' | b'"' | b'\\' | b'<' | b'>' | b';' => true,
        b'#' => first,
        b' ' => first || last,
        _ => false,
    };
    let controls = byte < 0x20 || byte == 0x7f;
    if flags & flags::ESC_2253 != 0 && special {
        if flags & flags::ESC_QUOTE != 0 && byte != b'"' && byte != b'\\' {
            *quoted = true;
            out.push(byte);
        } else {
            out.extend_from_slice(&[b'\\', byte]);
        }
    } else if (flags & flags::ESC_CTRL != 0 && controls)
        || (flags & flags::ESC_MSB != 0 && byte > 0x7f)
        || (flags & flags::ESC_2254 != 0 && matches!(byte, 0 | b'(' | b')' | b'*' | b'\\'))
    {
        out.extend_from_slice(format!("\\{byte:02X}").as_bytes());
    } else if byte == b'\\'
        && flags & (flags::ESC_2253 | flags::ESC_CTRL | flags::ESC_MSB | flags::ESC_QUOTE | flags::ESC_2254) != 0
    {
        out.extend_from_slice(b"\\\\");
    } else {
        out.push(byte);
    }
}

versioned! {
    /// Writes a string's printable bytes, a dot for each other one.
    pub unsafe extern "C" fn ASN1_STRING_print(bp: *mut BIO, v: *const ASN1_STRING) -> c_int {
        // SAFETY: the program's pipe and string.
        unsafe {
            let Some(string) = v.as_ref() else { return 0 };
            c_int::from(bio::write_all(bp, &plain(string.bytes())))
        }
    }

    /// Writes a string by flags (ASN1_STRFLGS_*). Returns how many bytes, -1 for failure.
    pub unsafe extern "C" fn ASN1_STRING_print_ex(out: *mut BIO, str: *const ASN1_STRING, flags: c_ulong) -> c_int {
        // SAFETY: the program's pipe and string.
        unsafe {
            let Some(text) = str.as_ref().and_then(|string| print(string, flags)) else { return -1 };
            if !out.is_null() && !bio::write_all(out, &text) {
                return -1;
            }
            c_int::try_from(text.len()).unwrap_or(-1)
        }
    }

    /// Writes a string by flags (ASN1_STRFLGS_*) to a stream. Returns how many bytes, -1 for failure.
    pub unsafe extern "C" fn ASN1_STRING_print_ex_fp(fp: *mut libc::FILE, str: *const ASN1_STRING, flags: c_ulong) -> c_int {
        // SAFETY: the program's stream and string.
        unsafe {
            let Some(text) = str.as_ref().and_then(|string| print(string, flags)) else { return -1 };
            if !fp.is_null() && libc::fwrite(text.as_ptr().cast(), 1, text.len(), fp) != text.len() {
                return -1;
            }
            c_int::try_from(text.len()).unwrap_or(-1)
        }
    }
}
