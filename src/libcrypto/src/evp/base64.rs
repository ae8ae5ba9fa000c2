//! Base64 (RFC 4648) in one block.

use std::ffi::{c_int, c_uchar};
use std::ptr;

use crate::handle::bytes;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn encode(data: &[u8]) -> Vec<u8> {
    let group = |three: &[u8]| {
        let bits = (0..3).fold(0u32, |bits, at| bits << 8 | u32::from(three.get(at).copied().unwrap_or(0)));
        let letter = move |at: usize| ALPHABET[(bits >> (18 - 6 * at) & 63) as usize];
        let filled = three.len() + 1;
        (0..4).map(move |at| if at < filled { letter(at) } else { b'=' })
    };
    data.chunks(3).flat_map(group).collect()
}

/// The bytes, three for each four letters: signs for padding count as zeros. `None` for letters of another kind.
fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let start = text.iter().take_while(|letter| matches!(letter, b' ' | b'\t')).count();
    let mut text = &text[start..];
    while let [inside @ .., b' ' | b'\t' | b'\r' | b'\n' | b'-'] = text {
        if text.len() <= 3 {
            break;
        }
        text = inside;
    }
    if !text.len().is_multiple_of(4) {
        return None;
    }
    let value = |letter: &u8| match letter {
        b'=' => Some(0),
        letter => ALPHABET.iter().position(|known| known == letter).map(|at| at as u32),
    };
    let mut out = Vec::new();
    for four in text.chunks(4) {
        let bits = four.iter().try_fold(0u32, |bits, letter| Some(bits << 6 | value(letter)?))?;
        out.extend(&bits.to_be_bytes()[1..]);
    }
    Some(out)
}

versioned! {
    /// Writes `n` bytes in base64 without line ends, and a zero, to `t`. Returns how many letters.
    pub unsafe extern "C" fn EVP_EncodeBlock(t: *mut c_uchar, f: *const c_uchar, n: c_int) -> c_int {
        // SAFETY: the program's bytes and room.
        unsafe {
            if t.is_null() {
                return 0;
            }
            let out = encode(bytes(f, usize::try_from(n).unwrap_or(0)));
            ptr::copy_nonoverlapping(out.as_ptr(), t, out.len());
            t.add(out.len()).write(0);
            c_int::try_from(out.len()).unwrap_or(-1)
        }
    }

    /// Reads `n` letters of base64, without line ends within, into `t`: three bytes for each four, also where they are padded.
    /// Returns how many bytes, -1 for other letters.
    pub unsafe extern "C" fn EVP_DecodeBlock(t: *mut c_uchar, f: *const c_uchar, n: c_int) -> c_int {
        // SAFETY: the program's letters and room.
        unsafe {
            let Some(out) = Some(t).filter(|t| !t.is_null()).and_then(|_| decode(bytes(f, usize::try_from(n).unwrap_or(0)))) else { return -1 };
            ptr::copy_nonoverlapping(out.as_ptr(), t, out.len());
            c_int::try_from(out.len()).unwrap_or(-1)
        }
    }
}
