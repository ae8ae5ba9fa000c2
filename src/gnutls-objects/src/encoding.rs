//! PEM, base64 and hexadecimal digits.

use std::ffi::{c_char, c_int, c_uchar, c_void};

use standin_pki::base64;

use crate::datum::{self, bytes};
use crate::error::{self, code};
use crate::types::{gnutls_datum_t, gnutls_x509_crt_fmt_t};

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END";
const DASHES: &[u8] = b"-----";

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

/// A block of PEM.
pub struct Block<'a> {
    /// What stands behind BEGIN.
    pub label: &'a [u8],
    /// The lines between, before they are decoded.
    pub body: &'a [u8],
    /// What follows.
    pub rest: &'a [u8],
}

/// The next block whose label begins so; any for none. BASE64_UNEXPECTED_HEADER_ERROR when there is none.
pub fn next_block<'a>(text: &'a [u8], label: &str) -> Result<Block<'a>, c_int> {
    let header = format!("{BEGIN}{label}");
    let at = find(text, header.as_bytes()).ok_or(error::BASE64_UNEXPECTED_HEADER_ERROR)?;
    let behind = &text[at + BEGIN.len()..];
    let end = find(behind, DASHES).ok_or(error::BASE64_DECODING_ERROR)?;
    let inside = &behind[end + DASHES.len()..];
    let bottom = find(inside, END.as_bytes()).ok_or(error::BASE64_DECODING_ERROR)?;
    Ok(Block { label: &behind[..end], body: &inside[..bottom], rest: &inside[bottom + END.len()..] })
}

impl Block<'_> {
    /// The bytes.
    pub fn decode(&self) -> Result<Vec<u8>, c_int> {
        /// The fewest letters that are anything.
        const FEWEST: usize = 4;
        if self.body.len() < FEWEST {
            return Err(error::BASE64_DECODING_ERROR);
        }
        base64::decode(self.body).ok_or(error::BASE64_DECODING_ERROR)
    }
}

/// The bytes of the first block whose label begins so.
pub fn decode(text: &[u8], label: &str) -> Result<Vec<u8>, c_int> {
    next_block(text, label)?.decode()
}

/// The bytes of the first block with one of these labels; the first that is there at all counts.
pub fn decode_any(text: &[u8], labels: &[&str]) -> Result<Vec<u8>, c_int> {
    let mut last = Err(error::BASE64_UNEXPECTED_HEADER_ERROR);
    for label in labels {
        last = decode(text, label);
        if last != Err(error::BASE64_UNEXPECTED_HEADER_ERROR) {
            break;
        }
    }
    last
}

/// The bytes of every block with one of these labels.
pub fn blocks<'a>(text: &'a [u8], labels: &'a [&str]) -> impl Iterator<Item = Result<Vec<u8>, c_int>> + use<'a> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let start = |label: &&str| find(rest?, format!("{BEGIN}{label}").as_bytes());
        let at = labels.iter().filter_map(start).min()?;
        let found = next_block(&rest?[at..], "");
        rest = found.as_ref().ok().map(|block| block.rest);
        Some(found.and_then(|block| block.decode()))
    })
}

/// A block as text.
pub fn encode(label: &str, bytes: &[u8]) -> String {
    /// Bytes of one line.
    const LINE: usize = 48;
    let lines: String = bytes.chunks(LINE).map(|line| base64::encode(line) + "\n").collect();
    format!("{BEGIN}{label}-----\n{lines}{END} {label}-----\n")
}

/// GNUTLS_X509_FMT_PEM; the other is GNUTLS_X509_FMT_DER.
pub const PEM: gnutls_x509_crt_fmt_t = 1;

/// DER in the form that a program wants, in its room.
///
/// # Safety
/// `size` is NULL or a variable; `room` has as many bytes.
pub unsafe fn fill(
    der: &[u8],
    label: &str,
    format: gnutls_x509_crt_fmt_t,
    room: *mut c_void,
    size: *mut usize,
) -> Result<(), c_int> {
    // SAFETY: the caller's promise.
    unsafe {
        match format {
            PEM => datum::fill_text(room, size, encode(label, der).as_bytes()),
            _ => datum::fill(room, size, der),
        }
    }
}

/// The same, for the program to free by gnutls_free.
///
/// # Safety
/// `out` is NULL or can be written.
pub unsafe fn give(
    der: &[u8],
    label: &str,
    format: gnutls_x509_crt_fmt_t,
    out: *mut gnutls_datum_t,
) -> Result<(), c_int> {
    // SAFETY: the caller's promise.
    unsafe {
        match format {
            PEM => datum::give(out, encode(label, der).as_bytes()),
            _ => datum::give(out, der),
        }
    }
}

/// Digits of bytes.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes of digits.
pub fn unhex(digits: &[u8]) -> Result<Vec<u8>, c_int> {
    let value = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    if !digits.len().is_multiple_of(2) {
        return Err(error::PARSING_ERROR);
    }
    let pair = |pair: &[u8]| Some((value(pair[0])? << 4) | value(pair[1])?);
    digits.chunks(2).map(|two| pair(two).ok_or(error::PARSING_ERROR)).collect()
}

/// A program's label; any for NULL.
unsafe fn label(msg: *const c_char) -> String {
    // SAFETY: the caller's promise, the program's text.
    String::from_utf8_lossy(unsafe { datum::text(msg) }.unwrap_or_default()).into_owned()
}

versioned! {
    /// The bytes of the first block whose label begins with `header`, in the program's room.
    pub unsafe extern "C" fn gnutls_pem_base64_decode(header: *const c_char, b64_data: *const gnutls_datum_t, result: *mut c_uchar, result_size: *mut usize) -> c_int {
        // SAFETY: the program's text, datum and room.
        unsafe {
            let decoded = bytes(b64_data).and_then(|text| decode(text, &label(header)));
            code(decoded.and_then(|decoded| datum::fill(result.cast(), result_size, &decoded)))
        }
    }

    /// The same, for the program to free by gnutls_free.
    pub unsafe extern "C" fn gnutls_pem_base64_decode2(header: *const c_char, b64_data: *const gnutls_datum_t, result: *mut gnutls_datum_t) -> c_int {
        // SAFETY: the program's text and data.
        unsafe {
            let decoded = bytes(b64_data).and_then(|text| decode(text, &label(header)));
            code(decoded.and_then(|decoded| datum::give(result, &decoded)))
        }
    }

    /// Bytes as a block with this label, in the program's room.
    pub unsafe extern "C" fn gnutls_pem_base64_encode(msg: *const c_char, data: *const gnutls_datum_t, result: *mut c_char, result_size: *mut usize) -> c_int {
        // SAFETY: the program's text, datum and room.
        unsafe {
            let encoded = bytes(data).map(|data| encode(&label(msg), data));
            code(encoded.and_then(|encoded| datum::fill_text(result.cast(), result_size, encoded.as_bytes())))
        }
    }

    /// The same, for the program to free by gnutls_free.
    pub unsafe extern "C" fn gnutls_pem_base64_encode2(msg: *const c_char, data: *const gnutls_datum_t, result: *mut gnutls_datum_t) -> c_int {
        // SAFETY: the program's text and data.
        unsafe {
            let encoded = bytes(data).map(|data| encode(&label(msg), data));
            code(encoded.and_then(|encoded| datum::give(result, encoded.as_bytes())))
        }
    }

    /// Bytes as letters, for the program to free by gnutls_free.
    pub unsafe extern "C" fn gnutls_base64_encode2(data: *const gnutls_datum_t, result: *mut gnutls_datum_t) -> c_int {
        // SAFETY: the program's data.
        unsafe { code(bytes(data).and_then(|data| datum::give(result, base64::encode(data).as_bytes()))) }
    }

    /// Bytes of letters, for the program to free by gnutls_free.
    pub unsafe extern "C" fn gnutls_base64_decode2(b64_data: *const gnutls_datum_t, result: *mut gnutls_datum_t) -> c_int {
        // SAFETY: the program's data.
        unsafe {
            let decoded = bytes(b64_data).and_then(|data| base64::decode(data).ok_or(error::BASE64_DECODING_ERROR));
            code(decoded.and_then(|decoded| datum::give(result, &decoded)))
        }
    }

    /// Bytes as digits, in the program's room; the size counts the zero byte behind them.
    pub unsafe extern "C" fn gnutls_hex_encode(data: *const gnutls_datum_t, result: *mut c_char, result_size: *mut usize) -> c_int {
        // SAFETY: the program's datum and room.
        unsafe {
            let digits = match bytes(data) {
                Ok(data) => hex(data) + "\0",
                Err(error) => return error,
            };
            code(datum::fill(result.cast(), result_size, digits.as_bytes()))
        }
    }

    /// Bytes as digits, for the program to free by gnutls_free.
    pub unsafe extern "C" fn gnutls_hex_encode2(data: *const gnutls_datum_t, result: *mut gnutls_datum_t) -> c_int {
        // SAFETY: the program's data.
        unsafe { code(bytes(data).and_then(|data| datum::give(result, hex(data).as_bytes()))) }
    }

    /// Bytes of digits, in the program's room.
    pub unsafe extern "C" fn gnutls_hex_decode(hex_data: *const gnutls_datum_t, result: *mut c_void, result_size: *mut usize) -> c_int {
        // SAFETY: the program's datum and room.
        unsafe { code(bytes(hex_data).and_then(unhex).and_then(|decoded| datum::fill(result, result_size, &decoded))) }
    }

    /// Bytes of digits, for the program to free by gnutls_free.
    pub unsafe extern "C" fn gnutls_hex_decode2(data: *const gnutls_datum_t, result: *mut gnutls_datum_t) -> c_int {
        // SAFETY: the program's data.
        unsafe { code(bytes(data).and_then(unhex).and_then(|decoded| datum::give(result, &decoded))) }
    }

    /// Bytes of digits, in the program's room; what is no digit is passed over.
    pub unsafe extern "C" fn gnutls_hex2bin(hex_data: *const c_char, hex_size: usize, bin_data: *mut c_void, bin_size: *mut usize) -> c_int {
        // SAFETY: the program's text and room.
        unsafe {
            let text = datum::block(hex_data.cast(), hex_size);
            let digits: Vec<u8> = text.iter().copied().filter(u8::is_ascii_hexdigit).collect();
            code(unhex(&digits).and_then(|decoded| datum::fill(bin_data, bin_size, &decoded)))
        }
    }
}
