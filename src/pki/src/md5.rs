//! MD5 (RFC 1321) and HMAC of it (RFC 2104), for what is old: AWS-LC's are not within reach.

use ::md5::Digest;
use hmac::{Hmac, KeyInit, Mac};

/// How many bytes a digest has, and how many are taken at once.
pub const LEN: usize = 16;
pub const BLOCK: usize = 64;

/// A digest that is being made.
#[derive(Clone, Default)]
pub struct Md5(::md5::Md5);

impl Md5 {
    pub fn new() -> Self {
        Md5::default()
    }

    /// Takes more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest.
    pub fn finish(self) -> [u8; LEN] {
        self.0.finalize().into()
    }
}

/// The digest of bytes.
pub fn digest(message: &[u8]) -> [u8; LEN] {
    ::md5::Md5::digest(message).into()
}

/// A MAC that is being made.
#[derive(Clone)]
pub struct HmacMd5(Hmac<::md5::Md5>);

impl HmacMd5 {
    /// With a key of any length; `None` never comes.
    pub fn new(key: &[u8]) -> Option<Self> {
        Hmac::new_from_slice(key).ok().map(HmacMd5)
    }

    /// Takes more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The MAC.
    pub fn finish(self) -> [u8; LEN] {
        self.0.finalize().into_bytes().into()
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

    #[test]
    fn rfc_2202_examples() {
        let mac = |key: &[u8], message: &[u8]| {
            let mut mac = super::HmacMd5::new(key).unwrap();
            mac.update(message);
            hex(mac.finish())
        };
        assert_eq!(mac(&[0x0b; 16], b"Hi There"), "9294727a3638bb1c13f48ef8158bfc9d");
        let long = b"Test Using Larger Than Block-Size Key - Hash Key First";
        assert_eq!(mac(&[0xaa; 80], long), "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd");
    }
}
