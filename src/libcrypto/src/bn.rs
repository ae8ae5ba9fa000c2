//! BIGNUM: large numbers, to be read, compared and printed; nothing is computed with them.

use std::cmp::Ordering;
use std::ffi::{c_char, c_int, c_uchar, c_ulong};
use std::ptr;

use zeroize::Zeroize;

use crate::asn1::{ASN1_INTEGER, NEGATIVE};
use crate::bio::{self, BIO};
use crate::der::tag;
use crate::handle::{self, bytes, give};

/// Told how far the search for primes is: not called.
pub struct BN_GENCB;

/// A number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BIGNUM {
    negative: bool,
    /// Big-endian, without leading zeros: nothing for 0.
    magnitude: Vec<u8>,
}

impl Drop for BIGNUM {
    fn drop(&mut self) {
        self.magnitude.zeroize();
    }
}

impl BIGNUM {
    /// A number that is not negative.
    pub fn unsigned(bytes: &[u8]) -> Self {
        let start = bytes.iter().take_while(|byte| **byte == 0).count();
        BIGNUM { negative: false, magnitude: bytes[start..].to_vec() }
    }

    /// Its DER.
    pub fn der(&self) -> Vec<u8> {
        let kind = c_int::from(tag::INTEGER) | if self.negative { NEGATIVE } else { 0 };
        crate::asn1::integer_der(&ASN1_INTEGER::new(kind, &self.magnitude))
    }

    /// The number of an INTEGER.
    pub fn of_integer(integer: &ASN1_INTEGER) -> Self {
        let mut number = BIGNUM::unsigned(integer.bytes());
        number.negative = integer.kind & NEGATIVE != 0;
        number
    }

    /// In digits; from 128 bits on in hexadecimal.
    pub fn shown(&self) -> String {
        let bits = self.magnitude.len() * 8 - self.magnitude.first().map_or(0, |byte| byte.leading_zeros() as usize);
        match self.hex() {
            _ if bits < 128 => self.decimal(),
            hex => format!("{}0x{}", self.sign(), hex.trim_start_matches('-')),
        }
    }

    /// The digits at the start, perhaps behind a sign, and how many letters were read.
    fn from_decimal(text: &str) -> Option<(Self, usize)> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let len = digits.bytes().take_while(u8::is_ascii_digit).count();
        if len == 0 || len > 1 << 13 {
            return None;
        }
        // Digit by digit, the lowest byte first.
        let mut bytes: Vec<u8> = Vec::new();
        for digit in digits[..len].bytes() {
            let mut carry = u32::from(digit - b'0');
            for byte in &mut bytes {
                carry += u32::from(*byte) * 10;
                *byte = carry as u8;
                carry >>= 8;
            }
            if carry > 0 {
                bytes.push(carry as u8);
            }
        }
        bytes.reverse();
        Some((BIGNUM::unsigned(&bytes).signed(text), text.len() - digits.len() + len))
    }

    /// The same of hexadecimal digits.
    fn from_hex(text: &str) -> Option<(Self, usize)> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let len = digits.bytes().take_while(u8::is_ascii_hexdigit).count();
        if len == 0 {
            return None;
        }
        let even = format!("{}{}", if len % 2 == 1 { "0" } else { "" }, &digits[..len]);
        let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap_or("0"), 16).unwrap_or(0);
        let bytes: Vec<u8> = even.as_bytes().chunks(2).map(pair).collect();
        Some((BIGNUM::unsigned(&bytes).signed(text), text.len() - digits.len() + len))
    }

    /// A whole number and nothing else: decimal, or hexadecimal behind `0x`, perhaps behind a sign.
    pub fn read(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let hex = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X"));
        let (number, len) = match hex {
            Some(hex) => (Self::from_hex(hex)?, hex.len()),
            None => (Self::from_decimal(digits)?, digits.len()),
        };
        (number.1 == len).then(|| number.0.signed(text))
    }

    /// With the sign with which a text begins.
    fn signed(mut self, text: &str) -> Self {
        self.negative = text.starts_with('-') && !self.magnitude.is_empty();
        self
    }

    fn compare(&self, other: &BIGNUM) -> Ordering {
        let (a, b) = (&self.magnitude, &other.magnitude);
        a.len().cmp(&b.len()).then_with(|| a.cmp(b))
    }

    fn sign(&self) -> &'static str {
        if self.negative { "-" } else { "" }
    }

    fn hex(&self) -> String {
        if self.magnitude.is_empty() {
            return "0".into();
        }
        let digits: String = self.magnitude.iter().map(|byte| format!("{byte:02X}")).collect();
        format!("{}{digits}", self.sign())
    }

    fn decimal(&self) -> String {
        let mut rest = self.magnitude.clone();
        let mut digits = Vec::new();
        while !rest.is_empty() {
            let mut remainder = 0u32;
            for byte in rest.iter_mut() {
                let value = (remainder << 8) | u32::from(*byte);
                *byte = (value / 10) as u8;
                remainder = value % 10;
            }
            digits.push(b'0' + remainder as u8);
            let start = rest.iter().take_while(|byte| **byte == 0).count();
            rest.drain(..start);
        }
        if digits.is_empty() {
            return "0".into();
        }
        digits.reverse();
        format!("{}{}", self.sign(), String::from_utf8_lossy(&digits))
    }

    fn word(&self) -> c_ulong {
        if self.magnitude.len() > 8 {
            return c_ulong::MAX;
        }
        self.magnitude.iter().fold(0, |word, byte| (word << 8) | c_ulong::from(*byte))
    }
}

/// Puts a number where the program wants it: into `ret`, or into a fresh one.
unsafe fn put(number: BIGNUM, ret: *mut BIGNUM) -> *mut BIGNUM {
    // SAFETY: NULL or the program's number.
    match unsafe { ret.as_mut() } {
        Some(place) => {
            *place = number;
            ret
        }
        None => give(number),
    }
}

versioned! {
    /// Says how a number is to be computed with (BN_FLG_*): none here is.
    pub unsafe extern "C" fn BN_set_flags(_b: *mut BIGNUM, _n: c_int) {}

    /// Clears a bit; 0 when the number has none there.
    pub unsafe extern "C" fn BN_clear_bit(a: *mut BIGNUM, n: c_int) -> c_int {
        // SAFETY: the program's number.
        let (Some(number), Ok(bit)) = (unsafe { a.as_mut() }, usize::try_from(n)) else { return 0 };
        if let Some(at) = number.magnitude.len().checked_sub(bit / 8 + 1) {
            number.magnitude[at] &= !(1 << (bit % 8));
            let zeros = number.magnitude.iter().take_while(|byte| **byte == 0).count();
            number.magnitude.drain(..zeros);
            return 1;
        }
        // The original counts by words.
        c_int::from(bit / 64 < number.magnitude.len().div_ceil(8))
    }

    /// Zero.
    pub unsafe extern "C" fn BN_new() -> *mut BIGNUM {
        give(BIGNUM::default())
    }

    /// Frees a number.
    pub unsafe extern "C" fn BN_free(a: *mut BIGNUM) {
        // SAFETY: the program gives it up.
        unsafe { handle::free(a) }
    }

    /// Wipes and frees a number.
    pub unsafe extern "C" fn BN_clear_free(a: *mut BIGNUM) {
        // SAFETY: the program gives it up.
        unsafe { handle::free(a) }
    }

    /// A copy; the caller frees it.
    pub unsafe extern "C" fn BN_dup(a: *const BIGNUM) -> *mut BIGNUM {
        // SAFETY: the program's number.
        unsafe { a.as_ref() }.map_or(ptr::null_mut(), |number| give(number.clone()))
    }

    /// Reads `len` bytes, the highest first, into `ret` or a fresh number, which the caller frees.
    pub unsafe extern "C" fn BN_bin2bn(s: *const c_uchar, len: c_int, ret: *mut BIGNUM) -> *mut BIGNUM {
        // SAFETY: the program's bytes and number.
        unsafe { put(BIGNUM::unsigned(bytes(s, usize::try_from(len).unwrap_or(0))), ret) }
    }

    /// Writes the bytes, the highest first. Returns how many.
    pub unsafe extern "C" fn BN_bn2bin(a: *const BIGNUM, to: *mut c_uchar) -> c_int {
        // SAFETY: the program's number and room.
        unsafe {
            let Some(number) = a.as_ref() else { return 0 };
            ptr::copy_nonoverlapping(number.magnitude.as_ptr(), to, number.magnitude.len());
            c_int::try_from(number.magnitude.len()).unwrap_or(0)
        }
    }

    /// Writes the bytes, the highest first, as `tolen` bytes with zeros before them. Returns how many, -1 when it has more.
    pub unsafe extern "C" fn BN_bn2binpad(a: *const BIGNUM, to: *mut c_uchar, tolen: c_int) -> c_int {
        // SAFETY: the program's number and room.
        unsafe {
            let (Some(number), Ok(len)) = (a.as_ref(), usize::try_from(tolen)) else { return -1 };
            let Some(zeros) = len.checked_sub(number.magnitude.len()) else { return -1 };
            ptr::write_bytes(to, 0, zeros);
            ptr::copy_nonoverlapping(number.magnitude.as_ptr(), to.add(zeros), number.magnitude.len());
            tolen
        }
    }

    /// One, which is not freed.
    pub unsafe extern "C" fn BN_value_one() -> *const BIGNUM {
        static ONE: std::sync::LazyLock<BIGNUM> = std::sync::LazyLock::new(|| BIGNUM::unsigned(&[1]));
        ptr::from_ref(&*ONE)
    }

    /// Becomes the same as another number.
    pub unsafe extern "C" fn BN_copy(a: *mut BIGNUM, b: *const BIGNUM) -> *mut BIGNUM {
        // SAFETY: the program's numbers.
        unsafe {
            let Some(number) = b.as_ref().cloned() else { return ptr::null_mut() };
            let Some(place) = a.as_mut() else { return ptr::null_mut() };
            *place = number;
            a
        }
    }

    /// Whether it is 1.
    pub unsafe extern "C" fn BN_is_one(a: *const BIGNUM) -> c_int {
        // SAFETY: the program's number.
        c_int::from(unsafe { a.as_ref() }.is_some_and(|number| !number.negative && number.magnitude == [1]))
    }

    /// Whether it is this small number.
    pub unsafe extern "C" fn BN_is_word(a: *const BIGNUM, w: c_ulong) -> c_int {
        // SAFETY: the program's number.
        c_int::from(unsafe { a.as_ref() }.is_some_and(|number| *number == BIGNUM::unsigned(&w.to_be_bytes())))
    }

    /// Whether it is odd.
    pub unsafe extern "C" fn BN_is_odd(a: *const BIGNUM) -> c_int {
        // SAFETY: the program's number.
        c_int::from(unsafe { a.as_ref() }.is_some_and(|number| number.magnitude.last().is_some_and(|last| last & 1 == 1)))
    }

    /// Whether bit `n`, counted from the last, is set.
    pub unsafe extern "C" fn BN_is_bit_set(a: *const BIGNUM, n: c_int) -> c_int {
        // SAFETY: the program's number.
        let (Some(number), Ok(bit)) = (unsafe { a.as_ref() }, usize::try_from(n)) else { return 0 };
        c_int::from(number.magnitude.iter().rev().nth(bit / 8).is_some_and(|byte| byte >> (bit % 8) & 1 == 1))
    }

    /// Reads decimal digits, perhaps behind a sign, into `*a` or a fresh number. Returns how many letters were read.
    pub unsafe extern "C" fn BN_dec2bn(a: *mut *mut BIGNUM, str: *const c_char) -> c_int {
        // SAFETY: the program's text and variable.
        unsafe {
            let Some((number, len)) = handle::text(str).and_then(BIGNUM::from_decimal) else { return 0 };
            if let Some(place) = a.as_mut() {
                *place = put(number, *place);
            }
            c_int::try_from(len).unwrap_or(0)
        }
    }

    /// How many bits, without leading zeros.
    pub unsafe extern "C" fn BN_num_bits(a: *const BIGNUM) -> c_int {
        // SAFETY: the program's number.
        let Some(number) = (unsafe { a.as_ref() }) else { return 0 };
        let leading = number.magnitude.first().map_or(0, |byte| byte.leading_zeros() as usize);
        c_int::try_from(number.magnitude.len() * 8 - leading).unwrap_or(0)
    }

    /// Whether it is 0.
    pub unsafe extern "C" fn BN_is_zero(a: *const BIGNUM) -> c_int {
        // SAFETY: the program's number.
        c_int::from(unsafe { a.as_ref() }.is_some_and(|number| number.magnitude.is_empty()))
    }

    /// Whether it is below 0.
    pub unsafe extern "C" fn BN_is_negative(b: *const BIGNUM) -> c_int {
        // SAFETY: the program's number.
        c_int::from(unsafe { b.as_ref() }.is_some_and(|number| number.negative))
    }

    /// Below, equal or above 0.
    pub unsafe extern "C" fn BN_cmp(a: *const BIGNUM, b: *const BIGNUM) -> c_int {
        // SAFETY: the program's numbers.
        match unsafe { (a.as_ref(), b.as_ref()) } {
            (Some(a), Some(b)) if a.negative != b.negative => if a.negative { -1 } else { 1 },
            (Some(a), Some(b)) => if a.negative { b.compare(a) as c_int } else { a.compare(b) as c_int },
            (Some(_), None) => -1,
            (None, Some(_)) => 1,
            (None, None) => 0,
        }
    }

    /// Below, equal or above 0, whatever the signs.
    pub unsafe extern "C" fn BN_ucmp(a: *const BIGNUM, b: *const BIGNUM) -> c_int {
        // SAFETY: the program's numbers.
        match unsafe { (a.as_ref(), b.as_ref()) } {
            (Some(a), Some(b)) => a.compare(b) as c_int,
            _ => 0,
        }
    }

    /// Sets a small number.
    pub unsafe extern "C" fn BN_set_word(a: *mut BIGNUM, w: c_ulong) -> c_int {
        // SAFETY: the program's number.
        unsafe { a.as_mut() }.map_or(0, |number| {
            *number = BIGNUM::unsigned(&w.to_be_bytes());
            1
        })
    }

    /// The number, all bits when it does not fit.
    pub unsafe extern "C" fn BN_get_word(a: *const BIGNUM) -> c_ulong {
        // SAFETY: the program's number.
        unsafe { a.as_ref() }.map_or(0, |number| number.word())
    }

    /// Hexadecimal digits in a fresh text, which the caller frees.
    pub unsafe extern "C" fn BN_bn2hex(a: *const BIGNUM) -> *mut c_char {
        // SAFETY: the program's number.
        unsafe { a.as_ref() }.map_or(ptr::null_mut(), |number| crate::mem::duplicate(number.hex().as_bytes()).cast())
    }

    /// Decimal digits in a fresh text, which the caller frees.
    pub unsafe extern "C" fn BN_bn2dec(a: *const BIGNUM) -> *mut c_char {
        // SAFETY: the program's number.
        unsafe { a.as_ref() }.map_or(ptr::null_mut(), |number| crate::mem::duplicate(number.decimal().as_bytes()).cast())
    }

    /// Reads hexadecimal digits, perhaps behind a sign, into `*a` or a fresh number. Returns how many letters were read.
    pub unsafe extern "C" fn BN_hex2bn(a: *mut *mut BIGNUM, str: *const c_char) -> c_int {
        // SAFETY: the program's text and variable.
        unsafe {
            let Some((number, len)) = handle::text(str).and_then(BIGNUM::from_hex) else { return 0 };
            if let Some(place) = a.as_mut() {
                *place = put(number, *place);
            }
            c_int::try_from(len).unwrap_or(0)
        }
    }

    /// Writes hexadecimal digits.
    pub unsafe extern "C" fn BN_print(bio: *mut BIO, a: *const BIGNUM) -> c_int {
        // SAFETY: the program's pipe and number.
        unsafe {
            let Some(number) = a.as_ref() else { return 0 };
            let hex = number.hex();
            let sign = number.sign();
            let digits = hex.trim_start_matches('-').trim_start_matches('0');
            let digits = if digits.is_empty() { "0" } else { digits };
            c_int::from(bio::write_all(bio, format!("{sign}{digits}").as_bytes()))
        }
    }

    /// A number of ASN.1 as one, in `bn` or fresh.
    pub unsafe extern "C" fn ASN1_INTEGER_to_BN(ai: *const ASN1_INTEGER, bn: *mut BIGNUM) -> *mut BIGNUM {
        // SAFETY: the program's numbers.
        unsafe {
            let Some(number) = ai.as_ref() else { return ptr::null_mut() };
            let mut found = BIGNUM::unsigned(number.bytes());
            found.negative = number.kind & NEGATIVE != 0;
            put(found, bn)
        }
    }

    /// A number as one of ASN.1, in `ai` or fresh.
    pub unsafe extern "C" fn BN_to_ASN1_INTEGER(bn: *const BIGNUM, ai: *mut ASN1_INTEGER) -> *mut ASN1_INTEGER {
        // SAFETY: the program's numbers.
        unsafe {
            let Some(number) = bn.as_ref() else { return ptr::null_mut() };
            let zero = number.magnitude.is_empty();
            let content = if zero { &[0][..] } else { &number.magnitude };
            let kind = c_int::from(tag::INTEGER) | if number.negative { NEGATIVE } else { 0 };
            let made = ASN1_INTEGER::new(kind, content);
            match ai.as_mut() {
                Some(place) => {
                    *place = made;
                    ai
                }
                None => give(made),
            }
        }
    }
}
