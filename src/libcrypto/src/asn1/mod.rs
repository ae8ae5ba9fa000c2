//! ASN.1 values that programs hold: strings, numbers, times.

pub mod choice;
pub mod generate;
pub mod integer;
pub mod item;
pub mod print;
pub mod time;

use std::ffi::{c_char, c_int, c_long, c_uchar, c_void};
use std::ptr;

pub use integer::{ASN1_INTEGER, der as integer_der};
pub use time::{ASN1_TIME, Moment};

use crate::der::tag;
use crate::handle::{self, give};

/// A string of a kind (V_ASN1_*), which programs can see into.
#[repr(C)]
#[derive(Debug)]
pub struct ASN1_STRING {
    len: c_int,
    /// Its kind.
    pub kind: c_int,
    data: *mut c_uchar,
    /// For BIT STRINGs: 8 and how many bits of the last byte are not used.
    pub flags: c_long,
}
pub type ASN1_OCTET_STRING = ASN1_STRING;
pub type ASN1_BIT_STRING = ASN1_STRING;
pub type ASN1_IA5STRING = ASN1_STRING;
pub type ASN1_UTF8STRING = ASN1_STRING;

// SAFETY: plain data of its own.
unsafe impl Send for ASN1_STRING {}
// SAFETY: as above.
unsafe impl Sync for ASN1_STRING {}

/// V_ASN1_NEG_INTEGER: what is marked as negative.
pub const NEGATIVE: c_int = 0x100;
/// ASN1_STRING_FLAG_BITS_LEFT.
const BITS_LEFT: c_long = 8;

impl ASN1_STRING {
    /// A string of these bytes.
    pub fn new(kind: c_int, bytes: &[u8]) -> Self {
        let len = c_int::try_from(bytes.len()).unwrap_or(0);
        ASN1_STRING { len, kind, data: crate::mem::duplicate(bytes), flags: 0 }
    }

    /// A BIT STRING by its content.
    pub fn bit_string(content: &[u8]) -> Option<Self> {
        let (unused, bits) = content.split_first()?;
        if *unused > 7 || (bits.is_empty() && *unused > 0) {
            return None;
        }
        // Bits that are not used are none.
        let mut bits = bits.to_vec();
        if let Some(last) = bits.last_mut() {
            *last &= 0xff << unused;
        }
        let mut string = ASN1_STRING::new(c_int::from(tag::BIT_STRING), &bits);
        string.flags = BITS_LEFT | c_long::from(*unused);
        Some(string)
    }

    /// How many bits of the last byte of a BIT STRING are not used.
    pub fn unused_bits(&self) -> c_long {
        if self.flags & BITS_LEFT != 0 { self.flags & 7 } else { 0 }
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: `data` has `len` bytes, as programs keep it too.
        unsafe { handle::bytes(self.data, usize::try_from(self.len).unwrap_or(0)) }
    }

    /// Becomes the same as another; programs hold it still.
    pub fn copy_from(&mut self, other: &ASN1_STRING) {
        self.set(other.bytes());
        (self.kind, self.flags) = (other.kind, other.flags);
    }

    fn set(&mut self, bytes: &[u8]) {
        // SAFETY: a block of the C library's, or NULL, that nothing points to any more.
        unsafe { crate::mem::free(self.data) };
        self.data = crate::mem::duplicate(bytes);
        self.len = c_int::try_from(bytes.len()).unwrap_or(0);
    }

    /// Its DER.
    pub fn der(&self) -> Vec<u8> {
        if self.kind == c_int::from(tag::BIT_STRING) {
            let unused = self.unused_bits() as u8;
            return crate::der::element(tag::BIT_STRING, &[&[unused], self.bytes()].concat());
        }
        if matches!(self.kind & !NEGATIVE, 2 | 10) {
            return integer::der(self);
        }
        crate::der::element(self.kind as u8, self.bytes())
    }

    /// Its text, by its kind; `None` when it is none.
    pub fn text(&self) -> Option<String> {
        let bytes = self.bytes();
        match self.kind as u8 {
            tag::UTF8 => std::str::from_utf8(bytes).ok().map(str::to_owned),
            tag::BMP => {
                if !bytes.len().is_multiple_of(2) {
                    return None;
                }
                let units: Vec<u16> = bytes.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
                String::from_utf16(&units).ok()
            }
            tag::UNIVERSAL => {
                if !bytes.len().is_multiple_of(4) {
                    return None;
                }
                let character = |four: &[u8]| char::from_u32(u32::from_be_bytes([four[0], four[1], four[2], four[3]]));
                bytes.chunks(4).map(character).collect()
            }
            // Numeric, Printable, T61, IA5, UTCTime, GeneralizedTime, Visible: each byte a character.
            0x12..=0x18 | 0x1a | 0x1b => Some(bytes.iter().map(|byte| char::from(*byte)).collect()),
            _ => None,
        }
    }
}

impl Clone for ASN1_STRING {
    fn clone(&self) -> Self {
        let mut copy = ASN1_STRING::new(self.kind, self.bytes());
        copy.flags = self.flags;
        copy
    }
}

impl Drop for ASN1_STRING {
    fn drop(&mut self) {
        // SAFETY: a block of the C library's, or NULL.
        unsafe { crate::mem::free(self.data) };
    }
}

/// A pointer that C may write through, to what is kept here.
pub fn lend(string: &ASN1_STRING) -> *mut ASN1_STRING {
    ptr::from_ref(string).cast_mut()
}

versioned! {
    /// An empty OCTET STRING.
    pub unsafe extern "C" fn ASN1_STRING_new() -> *mut ASN1_STRING {
        give(ASN1_STRING::new(c_int::from(tag::OCTET_STRING), &[]))
    }

    /// An empty string of a kind (V_ASN1_*).
    pub unsafe extern "C" fn ASN1_STRING_type_new(kind: c_int) -> *mut ASN1_STRING {
        give(ASN1_STRING::new(kind, &[]))
    }

    /// Frees a string.
    pub unsafe extern "C" fn ASN1_STRING_free(a: *mut ASN1_STRING) {
        // SAFETY: the program gives it up.
        unsafe { handle::free(a) }
    }

    /// Wipes and frees a string.
    pub unsafe extern "C" fn ASN1_STRING_clear_free(a: *mut ASN1_STRING) {
        // SAFETY: the program gives it up.
        unsafe {
            if let Some(string) = a.as_mut() {
                crate::mem::OPENSSL_cleanse(string.data.cast(), string.bytes().len());
            }
            handle::free(a)
        }
    }

    /// An empty OCTET STRING.
    pub unsafe extern "C" fn ASN1_OCTET_STRING_new() -> *mut ASN1_OCTET_STRING {
        give(ASN1_STRING::new(c_int::from(tag::OCTET_STRING), &[]))
    }

    /// Frees an OCTET STRING.
    pub unsafe extern "C" fn ASN1_OCTET_STRING_free(a: *mut ASN1_OCTET_STRING) {
        // SAFETY: the program gives it up.
        unsafe { handle::free(a) }
    }

    /// Frees a BIT STRING.
    pub unsafe extern "C" fn ASN1_BIT_STRING_free(a: *mut ASN1_BIT_STRING) {
        // SAFETY: the program gives it up.
        unsafe { handle::free(a) }
    }

    /// An empty IA5String.
    pub unsafe extern "C" fn ASN1_IA5STRING_new() -> *mut ASN1_IA5STRING {
        give(ASN1_STRING::new(c_int::from(tag::IA5), &[]))
    }

    /// An empty BIT STRING.
    pub unsafe extern "C" fn ASN1_BIT_STRING_new() -> *mut ASN1_BIT_STRING {
        give(ASN1_STRING::new(c_int::from(tag::BIT_STRING), &[]))
    }

    /// Sets or clears bit `n`, counted from the first.
    pub unsafe extern "C" fn ASN1_BIT_STRING_set_bit(a: *mut ASN1_BIT_STRING, n: c_int, value: c_int) -> c_int {
        // SAFETY: the program's string.
        let (Some(string), Ok(bit @ 0..=65_535)) = (unsafe { a.as_mut() }, usize::try_from(n)) else { return 0 };
        let mut bytes = string.bytes().to_vec();
        if bytes.len() <= bit / 8 {
            if value == 0 {
                return 1;
            }
            bytes.resize(bit / 8 + 1, 0);
        }
        let mask = 0x80 >> (bit % 8);
        if value != 0 { bytes[bit / 8] |= mask } else { bytes[bit / 8] &= !mask }
        let len = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |at| at + 1);
        string.set(&bytes[..len]);
        // How many bits there are is told by those that are set.
        string.flags = BITS_LEFT | bytes[..len].last().map_or(0, |last| c_long::from(last.trailing_zeros()));
        1
    }

    /// Frees an IA5String.
    pub unsafe extern "C" fn ASN1_IA5STRING_free(a: *mut ASN1_IA5STRING) {
        // SAFETY: the program gives it up.
        unsafe { handle::free(a) }
    }

    /// A copy; the caller frees it.
    pub unsafe extern "C" fn ASN1_STRING_dup(a: *const ASN1_STRING) -> *mut ASN1_STRING {
        // SAFETY: the program's string.
        unsafe { a.as_ref() }.map_or(ptr::null_mut(), |string| give(string.clone()))
    }

    /// A copy; the caller frees it.
    pub unsafe extern "C" fn ASN1_OCTET_STRING_dup(a: *const ASN1_OCTET_STRING) -> *mut ASN1_OCTET_STRING {
        // SAFETY: the program's string.
        unsafe { a.as_ref() }.map_or(ptr::null_mut(), |string| give(string.clone()))
    }

    /// Below, equal or above 0: by length, bytes, kind.
    pub unsafe extern "C" fn ASN1_STRING_cmp(a: *const ASN1_STRING, b: *const ASN1_STRING) -> c_int {
        // SAFETY: the program's strings.
        let (Some(a), Some(b)) = (unsafe { a.as_ref() }, unsafe { b.as_ref() }) else { return -1 };
        let order = a.len.cmp(&b.len).then_with(|| a.bytes().cmp(b.bytes())).then_with(|| a.kind.cmp(&b.kind));
        order as c_int
    }

    /// Below, equal or above 0: by length, bytes, kind.
    pub unsafe extern "C" fn ASN1_OCTET_STRING_cmp(a: *const ASN1_OCTET_STRING, b: *const ASN1_OCTET_STRING) -> c_int {
        // SAFETY: the program's strings.
        unsafe { ASN1_STRING_cmp(a, b) }
    }

    /// Sets the bytes: `len` of them, or up to a zero for -1. NULL makes room.
    pub unsafe extern "C" fn ASN1_STRING_set(str: *mut ASN1_STRING, data: *const c_void, len: c_int) -> c_int {
        // SAFETY: the program's string and bytes.
        unsafe {
            let Some(string) = str.as_mut() else { return 0 };
            let len = match usize::try_from(len) {
                Ok(len) => len,
                Err(_) if data.is_null() => return 0,
                Err(_) => libc::strlen(data.cast()),
            };
            if data.is_null() {
                string.set(&vec![0; len]);
            } else {
                string.set(handle::bytes(data.cast(), len));
            }
        }
        1
    }

    /// Sets the bytes.
    pub unsafe extern "C" fn ASN1_OCTET_STRING_set(str: *mut ASN1_OCTET_STRING, data: *const c_uchar, len: c_int) -> c_int {
        // SAFETY: the program's string and bytes.
        unsafe { ASN1_STRING_set(str, data.cast(), len) }
    }

    /// How many bytes.
    pub unsafe extern "C" fn ASN1_STRING_length(x: *const ASN1_STRING) -> c_int {
        // SAFETY: the program's string.
        unsafe { x.as_ref() }.map_or(0, |string| string.len)
    }

    /// The kind (V_ASN1_*).
    pub unsafe extern "C" fn ASN1_STRING_type(x: *const ASN1_STRING) -> c_int {
        // SAFETY: the program's string.
        unsafe { x.as_ref() }.map_or(0, |string| string.kind)
    }

    /// The bytes, which stay the string's.
    pub unsafe extern "C" fn ASN1_STRING_get0_data(x: *const ASN1_STRING) -> *const c_uchar {
        // SAFETY: the program's string.
        unsafe { x.as_ref() }.map_or(ptr::null(), |string| string.data.cast_const())
    }

    /// The bytes, which stay the string's.
    pub unsafe extern "C" fn ASN1_STRING_data(x: *mut ASN1_STRING) -> *mut c_uchar {
        // SAFETY: the program's string.
        unsafe { x.as_ref() }.map_or(ptr::null_mut(), |string| string.data)
    }

    /// The text in UTF-8 into a fresh block, which the caller frees. Returns its length, below 0 for failure.
    pub unsafe extern "C" fn ASN1_STRING_to_UTF8(out: *mut *mut c_uchar, input: *const ASN1_STRING) -> c_int {
        // SAFETY: the program's string and variable.
        unsafe {
            let Some(text) = input.as_ref().and_then(ASN1_STRING::text) else { return -1 };
            if let Some(out) = out.as_mut() {
                *out = crate::mem::duplicate(text.as_bytes());
            }
            c_int::try_from(text.len()).unwrap_or(-1)
        }
    }

    /// Whether bit `n`, counted from the first, is set.
    pub unsafe extern "C" fn ASN1_BIT_STRING_get_bit(a: *const ASN1_BIT_STRING, n: c_int) -> c_int {
        // SAFETY: the program's string.
        let (Some(string), Ok(bit)) = (unsafe { a.as_ref() }, usize::try_from(n)) else { return 0 };
        string.bytes().get(bit / 8).map_or(0, |byte| c_int::from(byte & (0x80 >> (bit % 8)) != 0))
    }

    /// Writes the DER of an OCTET STRING.
    pub unsafe extern "C" fn i2d_ASN1_OCTET_STRING(a: *const ASN1_OCTET_STRING, out: *mut *mut c_uchar) -> c_int {
        // SAFETY: the program's string and room.
        unsafe { a.as_ref().map_or(0, |string| handle::write_der(&string.der(), out)) }
    }

    /// The long name of a kind of string.
    pub unsafe extern "C" fn ASN1_tag2str(kind: c_int) -> *const c_char {
        let name = match kind & !NEGATIVE {
            0 => c"EOC",
            1 => c"BOOLEAN",
            2 => c"INTEGER",
            3 => c"BIT STRING",
            4 => c"OCTET STRING",
            5 => c"NULL",
            6 => c"OBJECT",
            10 => c"ENUMERATED",
            12 => c"UTF8STRING",
            16 => c"SEQUENCE",
            17 => c"SET",
            18 => c"NUMERICSTRING",
            19 => c"PRINTABLESTRING",
            20 => c"T61STRING",
            22 => c"IA5STRING",
            23 => c"UTCTIME",
            24 => c"GENERALIZEDTIME",
            26 => c"VISIBLESTRING",
            27 => c"GENERALSTRING",
            28 => c"UNIVERSALSTRING",
            30 => c"BMPSTRING",
            _ => c"(unknown)",
        };
        name.as_ptr()
    }
}
