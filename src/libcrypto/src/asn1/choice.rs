//! Which kind of string a text becomes: the narrowest that is allowed and can say it, within limits of length.

use std::ffi::{c_char, c_int, c_long, c_uchar, c_ulong};
use std::ptr;
use std::sync::atomic::{AtomicU64, Ordering};

use super::ASN1_STRING;
use crate::der::tag;
use crate::err::{self, library, reason};
use crate::handle::{self, give};
use crate::object::nid;

/// B_ASN1_*: kinds of strings, as bits.
pub mod mask {
    #![allow(missing_docs)] // the names are OpenSSL's
    use std::ffi::c_ulong;
    pub const NUMERIC: c_ulong = 0x1;
    pub const PRINTABLE: c_ulong = 0x2;
    pub const T61: c_ulong = 0x4;
    pub const IA5: c_ulong = 0x10;
    pub const UNIVERSAL: c_ulong = 0x100;
    pub const BMP: c_ulong = 0x800;
    pub const UTF8: c_ulong = 0x2000;
    pub const DIRECTORY: c_ulong = PRINTABLE | T61 | BMP | UNIVERSAL | UTF8;
    pub const PKCS9: c_ulong = DIRECTORY | IA5;
}

/// How the bytes of a text are to be read (MBSTRING_*).
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Each byte a character.
    Bytes,
    Utf8,
    Bmp,
    Universal,
}

impl Form {
    /// MBSTRING_FLAG, with which the kinds of texts begin.
    pub const FLAG: c_int = 0x1000;

    pub fn of(kind: c_int) -> Option<Self> {
        Some(match kind ^ Form::FLAG {
            0 => Form::Utf8,
            1 => Form::Bytes,
            2 => Form::Bmp,
            4 => Form::Universal,
            _ => return None,
        })
    }

    /// The characters, which need not be Unicode's; `None` with an error.
    fn characters(self, bytes: &[u8]) -> Option<Vec<u32>> {
        let wide = |size: usize, why| match bytes.len() % size {
            0 => Ok(bytes.chunks(size).map(|c| c.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte))).collect()),
            _ => Err(why),
        };
        let read = match self {
            Form::Bytes => wide(1, 0),
            Form::Bmp => wide(2, reason::asn1::INVALID_BMPSTRING_LENGTH),
            Form::Universal => wide(4, reason::asn1::INVALID_UNIVERSALSTRING_LENGTH),
            Form::Utf8 => std::str::from_utf8(bytes)
                .map(|text| text.chars().map(u32::from).collect())
                .map_err(|_| reason::asn1::INVALID_UTF8STRING),
        };
        read.map_err(|why| err::raise(library::ASN1, why)).ok()
    }

    fn encode(self, characters: &[u32]) -> Vec<u8> {
        match self {
            Form::Bytes => characters.iter().map(|c| *c as u8).collect(),
            Form::Bmp => characters.iter().flat_map(|c| (*c as u16).to_be_bytes()).collect(),
            Form::Universal => characters.iter().flat_map(|c| c.to_be_bytes()).collect(),
            Form::Utf8 => characters.iter().filter_map(|c| char::from_u32(*c)).collect::<String>().into_bytes(),
        }
    }
}

/// What may be in a PrintableString.
pub fn is_printable(c: u32) -> bool {
    u8::try_from(c).is_ok_and(|c| c.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(&c))
}

/// The kinds of `allowed` that can say a character.
fn kinds_for(c: u32, allowed: c_ulong) -> c_ulong {
    let unless = |kind, fits: bool| if fits { 0 } else { kind };
    allowed
        & !(unless(mask::NUMERIC, c == 0x20 || (0x30..=0x39).contains(&c))
            | unless(mask::PRINTABLE, is_printable(c))
            | unless(mask::IA5, c < 0x80)
            | unless(mask::T61, c <= 0xff)
            | unless(mask::BMP, c <= 0xffff)
            | unless(mask::UTF8, char::from_u32(c).is_some()))
}

/// A text as a string of the narrowest kind that is allowed and can say it; `None` with an error. Limits count characters, and
/// are none from 0 down.
pub fn choose(bytes: &[u8], form: Form, allowed: c_ulong, least: c_long, most: c_long) -> Option<ASN1_STRING> {
    let characters = form.characters(bytes)?;
    let count = c_long::try_from(characters.len()).unwrap_or(c_long::MAX);
    if least > 0 && count < least {
        err::raise_with(library::ASN1, reason::asn1::STRING_TOO_SHORT, Some(&format!("minsize={least}")));
        return None;
    }
    if most > 0 && count > most {
        err::raise_with(library::ASN1, reason::asn1::STRING_TOO_LONG, Some(&format!("maxsize={most}")));
        return None;
    }
    // A single kind is not tested by its last character alone: each takes kinds away, and none may be left at no point.
    let mut kinds = allowed;
    for c in &characters {
        kinds = kinds_for(*c, kinds);
        if kinds == 0 {
            err::raise(library::ASN1, reason::asn1::ILLEGAL_CHARACTERS);
            return None;
        }
    }
    let narrowest = [
        (mask::NUMERIC, tag::NUMERIC, Form::Bytes),
        (mask::PRINTABLE, tag::PRINTABLE, Form::Bytes),
        (mask::IA5, tag::IA5, Form::Bytes),
        (mask::T61, tag::T61, Form::Bytes),
        (mask::BMP, tag::BMP, Form::Bmp),
        (mask::UNIVERSAL, tag::UNIVERSAL, Form::Universal),
    ];
    let found = narrowest.into_iter().find(|(kind, ..)| kinds & kind != 0);
    let (_, kind, out) = found.unwrap_or((mask::UTF8, tag::UTF8, Form::Utf8));
    let same = out == form;
    Some(match same {
        true => ASN1_STRING::new(kind.into(), bytes),
        false => ASN1_STRING::new(kind.into(), &out.encode(&characters)),
    })
}

/// Which kinds attributes get that may have any: at first UTF8String alone (RFC 5280, section 4.1.2.4).
static DEFAULT: AtomicU64 = AtomicU64::new(mask::UTF8);

/// Limits and kinds of attributes (RFC 5280, appendix A): least, most, kinds, and whether those are not to be chosen from.
fn limits(kind: c_int) -> (c_long, c_long, c_ulong, bool) {
    /// ub-name.
    const NAME: c_long = 32_768;
    match kind {
        nid::COMMON_NAME | 17 | 18 => (1, 64, mask::DIRECTORY, false),
        14 => (2, 2, mask::PRINTABLE, true),
        15 | 16 => (1, 128, mask::DIRECTORY, false),
        nid::EMAIL_ADDRESS => (1, 128, mask::IA5, true),
        49 | 54 => (1, -1, mask::PKCS9, false),
        55 => (1, -1, mask::DIRECTORY, false),
        99..=101 | 173 => (1, NAME, mask::DIRECTORY, false),
        105 => (1, 64, mask::PRINTABLE, true),
        156 | 417 => (-1, -1, mask::BMP, true),
        174 => (-1, -1, mask::PRINTABLE, true),
        391 => (1, -1, mask::IA5, true),
        957 => (2, 2, mask::PRINTABLE, true),
        1004 => (1, 12, mask::NUMERIC, true),
        1005 => (1, 13, mask::NUMERIC, true),
        1006 => (1, 11, mask::NUMERIC, true),
        1090 => (3, 3, mask::PRINTABLE, true),
        1091 => (3, 3, mask::NUMERIC, true),
        1092 => (0, -1, mask::UTF8, true),
        _ => (0, 0, mask::DIRECTORY, false),
    }
}

/// A text as the value of a kind of attribute; `None` with an error.
pub fn for_attribute(bytes: &[u8], form: c_int, kind: c_int) -> Option<ASN1_STRING> {
    let Some(form) = Form::of(form) else {
        err::raise(library::ASN1, reason::asn1::UNKNOWN_FORMAT);
        return None;
    };
    let (least, most, kinds, fixed) = limits(kind);
    let kinds = if fixed { kinds } else { kinds & DEFAULT.load(Ordering::Relaxed) };
    choose(bytes, form, kinds, least, most)
}

/// V_ASN1_PRINTABLESTRING, V_ASN1_IA5STRING or V_ASN1_T61STRING: which fits.
pub fn fitting(bytes: &[u8]) -> c_int {
    c_int::from(match bytes {
        bytes if bytes.iter().all(|byte| is_printable((*byte).into())) => tag::PRINTABLE,
        bytes if bytes.is_ascii() => tag::IA5,
        _ => tag::T61,
    })
}

/// Puts a string where the program wants it: into `*out`, or into a fresh one there.
unsafe fn put(string: ASN1_STRING, out: *mut *mut ASN1_STRING) -> *mut ASN1_STRING {
    // SAFETY: the program's variable, NULL or with NULL or its string.
    unsafe {
        let Some(place) = out.as_mut() else { return give(string) };
        match place.as_mut() {
            Some(place) => place.copy_from(&string),
            None => *place = give(string),
        }
        *place
    }
}

unsafe fn counted<'a>(text: *const c_uchar, len: c_int) -> &'a [u8] {
    // SAFETY: the program's text, with its length or up to a zero.
    unsafe {
        let len = usize::try_from(len)
            .unwrap_or_else(|_| if text.is_null() { 0 } else { libc::strlen(text.cast::<c_char>()) });
        handle::bytes(text, len)
    }
}

versioned! {
    /// A text (MBSTRING_*; `len` bytes, or up to a zero for -1) as a string of the narrowest kind of `mask` (B_ASN1_*) that
    /// can say it, of `minsize` to `maxsize` characters (no limit from 0 down), in `*out`, or a fresh one, which the caller
    /// frees. Returns the kind, -1 with an error; with NULL for `out` only that.
    pub unsafe extern "C" fn ASN1_mbstring_ncopy(out: *mut *mut ASN1_STRING, input: *const c_uchar, len: c_int, inform: c_int, mask: c_ulong, minsize: c_long, maxsize: c_long) -> c_int {
        let Some(form) = Form::of(inform) else {
            err::raise(library::ASN1, reason::asn1::UNKNOWN_FORMAT);
            return -1;
        };
        // SAFETY: the program's text and variable.
        unsafe {
            let mask = if mask == 0 { mask::DIRECTORY } else { mask };
            let Some(string) = choose(counted(input, len), form, mask, minsize, maxsize) else { return -1 };
            let kind = string.kind;
            if !out.is_null() {
                put(string, out);
            }
            kind
        }
    }

    /// The same without limits.
    pub unsafe extern "C" fn ASN1_mbstring_copy(out: *mut *mut ASN1_STRING, input: *const c_uchar, len: c_int, inform: c_int, mask: c_ulong) -> c_int {
        // SAFETY: the program's text and variable.
        unsafe { ASN1_mbstring_ncopy(out, input, len, inform, mask, 0, 0) }
    }

    /// A text (MBSTRING_*) as the value of an attribute, by the attribute's limits, in `*out`, or for NULL a fresh one, which
    /// the caller frees. NULL with an error.
    pub unsafe extern "C" fn ASN1_STRING_set_by_NID(out: *mut *mut ASN1_STRING, input: *const c_uchar, inlen: c_int, inform: c_int, nid: c_int) -> *mut ASN1_STRING {
        // SAFETY: the program's text and variable.
        unsafe { for_attribute(counted(input, inlen), inform, nid).map_or(ptr::null_mut(), |string| put(string, out)) }
    }

    /// Which kinds of strings (B_ASN1_*) attributes get that may have any, for the whole process.
    pub unsafe extern "C" fn ASN1_STRING_set_default_mask(mask: c_ulong) {
        DEFAULT.store(mask, Ordering::Relaxed);
    }

    /// Which kinds of strings attributes get that may have any.
    pub unsafe extern "C" fn ASN1_STRING_get_default_mask() -> c_ulong {
        DEFAULT.load(Ordering::Relaxed)
    }

    /// The same in words: `utf8only`, `pkix`, `nombstr`, `default` or `MASK:` and a number. 0 for others.
    pub unsafe extern "C" fn ASN1_STRING_set_default_mask_asc(p: *const c_char) -> c_int {
        // SAFETY: the program's text.
        let kinds = match unsafe { handle::text(p) }.unwrap_or_default() {
            "nombstr" => !(mask::BMP | mask::UTF8),
            "pkix" => !mask::T61,
            "utf8only" => mask::UTF8,
            "default" => 0xffff_ffff,
            words => {
                let Some(number) = words.strip_prefix("MASK:") else { return 0 };
                let read = match (number.strip_prefix("0x").or(number.strip_prefix("0X")), number.strip_prefix('0')) {
                    (Some(hex), _) => c_ulong::from_str_radix(hex, 16),
                    (None, Some(octal)) if !octal.is_empty() => c_ulong::from_str_radix(octal, 8),
                    _ => number.parse(),
                };
                let Ok(kinds) = read else { return 0 };
                kinds
            }
        };
        DEFAULT.store(kinds, Ordering::Relaxed);
        1
    }

    /// V_ASN1_PRINTABLESTRING, V_ASN1_IA5STRING or V_ASN1_T61STRING: which fits the bytes (`len`, or up to a zero below 0).
    pub unsafe extern "C" fn ASN1_PRINTABLE_type(s: *const c_uchar, len: c_int) -> c_int {
        // SAFETY: the program's text.
        fitting(unsafe { counted(s, len) })
    }
}
