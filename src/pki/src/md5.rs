//! MD5 (RFC 1321), for what is old: AWS-LC's is not within reach.

use std::sync::LazyLock;

const SHIFTS: [[u32; 4]; 4] = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];
const BLOCK: usize = 64;

/// The constants of the 64 steps: the fractions of sines.
static SINES: LazyLock<[u32; 64]> =
    LazyLock::new(|| std::array::from_fn(|step| (((step + 1) as f64).sin().abs() * 4_294_967_296.0) as u32));

/// A digest that is being made.
#[derive(Clone)]
pub struct Md5 {
    state: [u32; 4],
    len: u64,
    rest: Vec<u8>,
}

impl Default for Md5 {
    fn default() -> Self {
        Md5::new()
    }
}

impl Md5 {
    pub fn new() -> Self {
        Md5 { state: [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476], len: 0, rest: Vec::new() }
    }

    /// Takes more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.len = self.len.wrapping_add(bytes.len() as u64);
        self.rest.extend_from_slice(bytes);
        let whole = self.rest.len() / BLOCK * BLOCK;
        let rest = self.rest.split_off(whole);
        let blocks = std::mem::replace(&mut self.rest, rest);
        blocks.chunks(BLOCK).for_each(|block| mix(&mut self.state, block));
    }

    /// The digest.
    pub fn finish(mut self) -> [u8; 16] {
        let bits = self.len.wrapping_mul(8);
        let mut padding = vec![0x80];
        padding.resize((BLOCK + 55 - self.rest.len()) % BLOCK + 1, 0);
        padding.extend_from_slice(&bits.to_le_bytes());
        self.update(&padding);
        let mut out = [0; 16];
        self.state.iter().zip(out.chunks_mut(4)).for_each(|(word, four)| four.copy_from_slice(&word.to_le_bytes()));
        out
    }
}

/// The digest of bytes.
pub fn digest(message: &[u8]) -> [u8; 16] {
    let mut md5 = Md5::new();
    md5.update(message);
    md5.finish()
}

fn mix(state: &mut [u32; 4], block: &[u8]) {
    let word = |at: usize| u32::from_le_bytes([block[4 * at], block[4 * at + 1], block[4 * at + 2], block[4 * at + 3]]);
    let [mut a, mut b, mut c, mut d] = *state;
    for step in 0..64 {
        let (mixed, at) = match step / 16 {
            0 => ((b & c) | (!b & d), step),
            1 => ((d & b) | (!d & c), (5 * step + 1) % 16),
            2 => (b ^ c ^ d, (3 * step + 5) % 16),
            _ => (c ^ (b | !d), (7 * step) % 16),
        };
        let sum = a.wrapping_add(mixed).wrapping_add(SINES[step]).wrapping_add(word(at));
        (a, d, c) = (d, c, b);
        b = b.wrapping_add(sum.rotate_left(SHIFTS[step / 16][step % 4]));
    }
    for (sum, part) in state.iter_mut().zip([a, b, c, d]) {
        *sum = sum.wrapping_add(part);
    }
}

#[cfg(test)]
mod tests {
    fn hex(digest: [u8; 16]) -> String {
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn rfc_1321_examples() {
        assert_eq!(hex(super::digest(b"")), "d41d8cd98f00b204e9800998ecf8427e");
        assert_eq!(hex(super::digest(b"message digest")), "f96b697d7cb7938d525a2f31aaf161d0");
        let digits = b"12345678901234567890123456789012345678901234567890123456789012345678901234567890";
        assert_eq!(hex(super::digest(digits)), "57edf4a22be3c955ac49da2e2107b67a");
    }

    #[test]
    fn in_pieces() {
        let message: Vec<u8> = (0..=255).collect();
        for size in [1, 3, 55, 56, 63, 64, 65, 127] {
            let mut md5 = super::Md5::new();
            message.chunks(size).for_each(|piece| md5.update(piece));
            assert_eq!(md5.finish(), super::digest(&message));
        }
    }
}
