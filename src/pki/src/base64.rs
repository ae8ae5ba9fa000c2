//! Bytes as letters (RFC 4648, section 4).

use zeroize::Zeroizing;

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Bytes of letters (RFC 4648, section 4); `None` when they are none.
pub fn decode(text: &[u8]) -> Option<Vec<u8>> {
    // They may be a key's.
    let mut letters = Zeroizing::new(Vec::with_capacity(text.len()));
    letters.extend(text.iter().copied().filter(|letter| *letter > b' '));
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

/// Letters of bytes.
pub fn encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let value = three.iter().fold(0u32, |value, byte| (value << 8) | u32::from(*byte)) << (8 * (3 - three.len()));
        for at in 0..4 {
            let letter = LETTERS[(value >> (18 - 6 * at)) as usize & 0x3f];
            out.push(if at <= three.len() { char::from(letter) } else { '=' });
        }
    }
    out
}
