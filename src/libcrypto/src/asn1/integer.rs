//! ASN1_INTEGER: whole numbers; the bytes are those of the absolute value, the sign is in the kind.

use std::ffi::{c_char, c_int, c_long, c_uchar};
use std::ptr;

use super::{ASN1_STRING, NEGATIVE};
use crate::bio::BIO;
use crate::der::{self, tag};
use crate::handle::{self, give};

pub type ASN1_INTEGER = ASN1_STRING;

impl ASN1_STRING {
    /// An INTEGER by its content; `None` when that is empty or padded.
    pub fn integer(content: &[u8]) -> Option<Self> {
        let padded = |a: u8, b: u8| (a == 0 && b < 0x80) || (a == 0xff && b >= 0x80);
        match content {
            [] => None,
            [a, b, ..] if padded(*a, *b) => None,
            [first, ..] if first & 0x80 != 0 => {
                let mut bytes: Vec<u8> = content.iter().map(|byte| !byte).collect();
                for byte in bytes.iter_mut().rev() {
                    let (sum, carry) = byte.overflowing_add(1);
                    *byte = sum;
                    if !carry {
                        break;
                    }
                }
                let bytes = if bytes.len() > 1 && bytes[0] == 0 { &bytes[1..] } else { &bytes[..] };
                Some(ASN1_STRING::new(c_int::from(tag::INTEGER) | NEGATIVE, bytes))
            }
            [0, rest @ ..] if !rest.is_empty() => Some(ASN1_STRING::new(c_int::from(tag::INTEGER), rest)),
            _ => Some(ASN1_STRING::new(c_int::from(tag::INTEGER), content)),
        }
    }

    /// The number of an ENUMERATED, if it fits; 0 for an empty one.
    pub fn enumerated(&self) -> Option<i64> {
        if self.kind & !NEGATIVE != c_int::from(tag::ENUMERATED) {
            return None;
        }
        let mut number = self.clone();
        number.kind += c_int::from(tag::INTEGER) - c_int::from(tag::ENUMERATED);
        number.number()
    }

    /// The number, if it fits.
    pub fn number(&self) -> Option<i64> {
        if self.kind & !NEGATIVE != c_int::from(tag::INTEGER) || self.bytes().len() > 8 {
            return None;
        }
        let value = self.bytes().iter().fold(0u64, |value, byte| (value << 8) | u64::from(*byte));
        if self.kind & NEGATIVE != 0 {
            return 0i64.checked_sub_unsigned(value);
        }
        i64::try_from(value).ok()
    }

    fn set_number(&mut self, value: i64) {
        let bytes = value.unsigned_abs().to_be_bytes();
        let start = bytes.iter().take_while(|byte| **byte == 0).count().min(7);
        self.kind = c_int::from(tag::INTEGER) | if value < 0 { NEGATIVE } else { 0 };
        self.set(&bytes[start..]);
    }
}

/// The DER of a number.
pub fn der(number: &ASN1_STRING) -> Vec<u8> {
    let bytes = number.bytes();
    let mut content = if bytes.is_empty() { vec![0] } else { bytes.to_vec() };
    if number.kind & NEGATIVE != 0 {
        content.insert(0, 0);
        let mut carry = true;
        for byte in content.iter_mut().rev() {
            let (sum, more) = (!*byte).overflowing_add(u8::from(carry));
            *byte = sum;
            carry = more;
        }
        while content.len() > 1 && content[0] == 0xff && content[1] & 0x80 != 0 {
            content.remove(0);
        }
    } else if content[0] & 0x80 != 0 {
        content.insert(0, 0);
    }
    der::element((number.kind & 0xff) as u8, &content)
}

versioned! {
    /// A number, 0 at first.
    pub unsafe extern "C" fn ASN1_INTEGER_new() -> *mut ASN1_INTEGER {
        give(ASN1_STRING::new(c_int::from(tag::INTEGER), &[]))
    }

    /// Frees a number.
    pub unsafe extern "C" fn ASN1_INTEGER_free(a: *mut ASN1_INTEGER) {
        // SAFETY: the program gives it up.
        unsafe { handle::free(a) }
    }

    /// A copy; the caller frees it.
    pub unsafe extern "C" fn ASN1_INTEGER_dup(a: *const ASN1_INTEGER) -> *mut ASN1_INTEGER {
        // SAFETY: the program's number.
        unsafe { a.as_ref() }.map_or(ptr::null_mut(), |number| give(number.clone()))
    }

    /// Below, equal or above 0.
    pub unsafe extern "C" fn ASN1_INTEGER_cmp(x: *const ASN1_INTEGER, y: *const ASN1_INTEGER) -> c_int {
        // SAFETY: the program's numbers.
        let (Some(x), Some(y)) = (unsafe { x.as_ref() }, unsafe { y.as_ref() }) else { return -1 };
        let (x_negative, y_negative) = (x.kind & NEGATIVE != 0, y.kind & NEGATIVE != 0);
        if x_negative != y_negative {
            return if x_negative { -1 } else { 1 };
        }
        let order = x.bytes().len().cmp(&y.bytes().len()).then_with(|| x.bytes().cmp(y.bytes())) as c_int;
        if x_negative { -order } else { order }
    }

    /// The number; -1 when it does not fit, 0 for NULL.
    pub unsafe extern "C" fn ASN1_INTEGER_get(a: *const ASN1_INTEGER) -> c_long {
        // SAFETY: the program's number.
        unsafe { a.as_ref() }.map_or(0, |number| number.number().unwrap_or(-1))
    }

    /// The number into `*pr`; 0 when it does not fit.
    pub unsafe extern "C" fn ASN1_INTEGER_get_int64(pr: *mut i64, a: *const ASN1_INTEGER) -> c_int {
        // SAFETY: the program's number and variable.
        let (Some(out), Some(value)) = (unsafe { pr.as_mut() }, unsafe { a.as_ref() }.and_then(|number| number.number())) else { return 0 };
        *out = value;
        1
    }

    /// Sets the number.
    pub unsafe extern "C" fn ASN1_INTEGER_set(a: *mut ASN1_INTEGER, v: c_long) -> c_int {
        // SAFETY: the program's number.
        unsafe { a.as_mut() }.map_or(0, |number| {
            number.set_number(v);
            1
        })
    }

    /// Sets the number.
    pub unsafe extern "C" fn ASN1_INTEGER_set_int64(a: *mut ASN1_INTEGER, r: i64) -> c_int {
        // SAFETY: the program's number.
        unsafe { ASN1_INTEGER_set(a, r) }
    }

    /// An ENUMERATED, 0 at first.
    pub unsafe extern "C" fn ASN1_ENUMERATED_new() -> *mut ASN1_INTEGER {
        give(ASN1_STRING::new(c_int::from(tag::ENUMERATED), &[]))
    }

    /// Frees an ENUMERATED.
    pub unsafe extern "C" fn ASN1_ENUMERATED_free(a: *mut ASN1_INTEGER) {
        // SAFETY: the program gives it up.
        unsafe { handle::free(a) }
    }

    /// Sets the number of an ENUMERATED.
    pub unsafe extern "C" fn ASN1_ENUMERATED_set(a: *mut ASN1_INTEGER, v: c_long) -> c_int {
        // SAFETY: the program's number.
        unsafe { a.as_mut() }.map_or(0, |number| {
            number.set_number(v);
            number.kind += c_int::from(tag::ENUMERATED) - c_int::from(tag::INTEGER);
            1
        })
    }

    /// The number of an ENUMERATED; -1 when it does not fit, 0 for NULL.
    pub unsafe extern "C" fn ASN1_ENUMERATED_get(a: *const ASN1_INTEGER) -> c_long {
        // SAFETY: the program's number.
        unsafe { a.as_ref() }.map_or(0, |number| number.enumerated().unwrap_or(-1))
    }

    /// Writes the DER.
    pub unsafe extern "C" fn i2d_ASN1_INTEGER(a: *const ASN1_INTEGER, out: *mut *mut c_uchar) -> c_int {
        // SAFETY: the program's number and room.
        unsafe { a.as_ref().map_or(0, |number| handle::write_der(&number.der(), out)) }
    }

    /// Reads DER.
    pub unsafe extern "C" fn d2i_ASN1_INTEGER(a: *mut *mut ASN1_INTEGER, input: *mut *const c_uchar, len: c_long) -> *mut ASN1_INTEGER {
        // SAFETY: the program's bytes and variable.
        unsafe {
            handle::read_der(a, input, len, |bytes| {
                let element = der::Reader(bytes).expect(tag::INTEGER)?;
                Some((ASN1_STRING::integer(element.content)?, element.whole.len()))
            }, free_number)
        }
    }

    /// Writes a number in hexadecimal digits. Returns how many bytes.
    pub unsafe extern "C" fn i2a_ASN1_INTEGER(bp: *mut BIO, a: *const ASN1_INTEGER) -> c_int {
        // SAFETY: the program's pipe and number.
        unsafe {
            let Some(number) = a.as_ref() else { return 0 };
            let mut text = if number.kind & NEGATIVE != 0 { "-".to_owned() } else { String::new() };
            if number.bytes().is_empty() {
                text += "00";
            }
            for (at, byte) in number.bytes().iter().enumerate() {
                if at > 0 && at % 35 == 0 {
                    text += "\\\n";
                }
                text += &format!("{byte:02X}");
            }
            if crate::bio::write_all(bp, text.as_bytes()) { c_int::try_from(text.len()).unwrap_or(-1) } else { -1 }
        }
    }

    /// A number in decimal or, with 0x, hexadecimal digits; the caller frees it.
    pub unsafe extern "C" fn i2s_ASN1_INTEGER(_method: *mut crate::x509::X509V3_EXT_METHOD, a: *const ASN1_INTEGER) -> *mut c_char {
        // SAFETY: the program's number.
        let Some(number) = (unsafe { a.as_ref() }) else { return ptr::null_mut() };
        let text = match number.number() {
            Some(value) => value.to_string(),
            None => {
                let digits: String = number.bytes().iter().map(|byte| format!("{byte:02X}")).collect();
                format!("{}0x{digits}", if number.kind & NEGATIVE != 0 { "-" } else { "" })
            }
        };
        crate::mem::duplicate(text.as_bytes()).cast()
    }
}

unsafe fn free_number(a: *mut ASN1_INTEGER) {
    // SAFETY: the caller's promise.
    unsafe { handle::free(a) }
}
