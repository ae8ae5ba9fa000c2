//! PKCS #12: a key and certificates under a password (RFC 7292).
//!
//! What is encrypted by PBES2 is opened; the older ways (RC2, triple DES) are not served.

use aws_lc_rs::{digest, hmac};
use zeroize::Zeroizing;

use crate::der::{self, Reader, tag};
use crate::key::{self, Key};
use crate::oid::dotted;
use crate::{nid, password};

const DATA: &str = "1.2.840.113549.1.7.1";
const ENCRYPTED_DATA: &str = "1.2.840.113549.1.7.6";
const KEY_BAG: &str = "1.2.840.113549.1.12.10.1.1";
const SHROUDED_KEY_BAG: &str = "1.2.840.113549.1.12.10.1.2";
const CERTIFICATE_BAG: &str = "1.2.840.113549.1.12.10.1.3";
const SAFE_CONTENTS_BAG: &str = "1.2.840.113549.1.12.10.1.6";
const X509_CERTIFICATE: &str = "1.2.840.113549.1.9.22.1";
const CRL_BAG: &str = "1.2.840.113549.1.12.10.1.4";
const X509_CRL: &str = "1.2.840.113549.1.9.23.1";
const LOCAL_KEY_ID: &str = "1.2.840.113549.1.9.21";

/// Bags in bags go no deeper.
const DEEPEST: usize = 10;

/// What a file has.
#[derive(Default)]
pub struct Found {
    pub key: Option<Key>,
    pub key_id: Option<Vec<u8>>,
    /// DER, with the local key identifier.
    pub certificates: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    /// Lists of what was revoked, in DER.
    pub lists: Vec<Vec<u8>>,
}

/// A ContentInfo: what it is, and what is in it.
pub fn content_info<'a>(reader: &mut Reader<'a>) -> Option<(String, Reader<'a>)> {
    let mut inside = reader.enter(tag::SEQUENCE)?;
    let kind = dotted(inside.expect(tag::OID)?.content);
    Some((kind, inside.enter(tag::constructed(0))?))
}

/// A password as the format has it: UTF-16 with two zeros behind; nothing at all for none.
fn wide(password: Option<&str>) -> Zeroizing<Vec<u8>> {
    let Some(password) = password else { return Zeroizing::default() };
    Zeroizing::new(password.encode_utf16().chain([0]).flat_map(u16::to_be_bytes).collect())
}

/// The key for the MAC (RFC 7292, appendix B.2).
fn mac_key(md: &'static digest::Algorithm, password: &[u8], salt: &[u8], iterations: u64) -> Zeroizing<Vec<u8>> {
    /// Appendix B.3: the key is for a MAC.
    const FOR_MAC: u8 = 3;
    let block = md.block_len();
    let fill =
        |bytes: &[u8]| -> Vec<u8> { bytes.iter().copied().cycle().take(bytes.len().div_ceil(block) * block).collect() };
    let input = Zeroizing::new([vec![FOR_MAC; block], fill(salt), fill(password)].concat());
    let mut value = digest::digest(md, &input);
    for _ in 1..iterations {
        value = digest::digest(md, value.as_ref());
    }
    // One digest is as long as the key is to be.
    Zeroizing::new(value.as_ref().to_vec())
}

/// The authenticated content, and whether the password is the one that it was authenticated with.
pub fn open<'a>(bytes: &'a [u8], secret: Option<&str>) -> Option<(&'a [u8], bool)> {
    let mut pfx = Reader(bytes).enter(tag::SEQUENCE)?;
    pfx.expect(tag::INTEGER)?;
    let (kind, mut inside) = content_info(&mut pfx)?;
    if kind != DATA {
        return None;
    }
    let content = inside.expect(tag::OCTET_STRING)?.content;
    let mut mac = pfx.enter(tag::SEQUENCE)?;
    let mut info = mac.enter(tag::SEQUENCE)?;
    let (identifier, _) = key::algorithm(&mut info)?;
    let expected = info.expect(tag::OCTET_STRING)?.content;
    let salt = mac.expect(tag::OCTET_STRING)?.content;
    let iterations = match mac.optional(tag::INTEGER)? {
        Some(number) => der::number(number.content)?,
        None => 1,
    };
    if iterations > password::MOST_ITERATIONS {
        return None;
    }
    let (md, algorithm) = match nid::of(identifier) {
        nid::SHA1 => (&digest::SHA1_FOR_LEGACY_USE_ONLY, hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY),
        nid::SHA224 => (&digest::SHA224, hmac::HMAC_SHA224),
        nid::SHA256 => (&digest::SHA256, hmac::HMAC_SHA256),
        nid::SHA384 => (&digest::SHA384, hmac::HMAC_SHA384),
        nid::SHA512 => (&digest::SHA512, hmac::HMAC_SHA512),
        _ => return None,
    };
    let key = mac_key(md, &wide(secret), salt, iterations);
    let right = hmac::verify(&hmac::Key::new(algorithm, &key), content, expected).is_ok();
    Some((content, right))
}

impl Found {
    /// Reads the authenticated content.
    pub fn read(&mut self, content: &[u8], password: &str) -> Option<()> {
        let mut safes = Reader(content).enter(tag::SEQUENCE)?;
        while !safes.is_empty() {
            let (kind, mut inside) = content_info(&mut safes)?;
            match kind.as_str() {
                DATA => self.read_bags(inside.expect(tag::OCTET_STRING)?.content, password, 0)?,
                ENCRYPTED_DATA => {
                    let mut data = inside.enter(tag::SEQUENCE)?;
                    data.expect(tag::INTEGER)?;
                    let mut info = data.enter(tag::SEQUENCE)?;
                    info.expect(tag::OID)?;
                    let algorithm = info.expect(tag::SEQUENCE)?.whole;
                    let secret = info.expect(tag::context(0))?.content;
                    let opened = password::open_pbes2(algorithm, secret, password.as_bytes())?;
                    self.read_bags(&opened, password, 0)?;
                }
                _ => {}
            }
        }
        Some(())
    }

    fn read_bags(&mut self, content: &[u8], password: &str, depth: usize) -> Option<()> {
        let mut bags = Reader(content).enter(tag::SEQUENCE)?;
        while !bags.is_empty() {
            let mut bag = bags.enter(tag::SEQUENCE)?;
            let kind = dotted(bag.expect(tag::OID)?.content);
            let value = bag.enter(tag::constructed(0))?;
            let id = match bag.optional(tag::SET)? {
                Some(attributes) => local_key_id(attributes.content),
                None => None,
            };
            match kind.as_str() {
                KEY_BAG => self.take_key(Key::private(value.0)?, id),
                SHROUDED_KEY_BAG => {
                    let mut inside = Reader(value.0).enter(tag::SEQUENCE)?;
                    let algorithm = inside.expect(tag::SEQUENCE)?.whole;
                    let secret = inside.expect(tag::OCTET_STRING)?.content;
                    let opened = password::open_pbes2(algorithm, secret, password.as_bytes())?;
                    self.take_key(Key::private(&opened)?, id);
                }
                CERTIFICATE_BAG => {
                    let mut inside = Reader(value.0).enter(tag::SEQUENCE)?;
                    let kind = dotted(inside.expect(tag::OID)?.content);
                    if kind == X509_CERTIFICATE {
                        let der = inside.enter(tag::constructed(0))?.expect(tag::OCTET_STRING)?.content;
                        self.certificates.push((der.to_vec(), id));
                    }
                }
                CRL_BAG => {
                    let mut inside = Reader(value.0).enter(tag::SEQUENCE)?;
                    if dotted(inside.expect(tag::OID)?.content) == X509_CRL {
                        let der = inside.enter(tag::constructed(0))?.expect(tag::OCTET_STRING)?.content;
                        self.lists.push(der.to_vec());
                    }
                }
                SAFE_CONTENTS_BAG if depth < DEEPEST => self.read_bags(value.0, password, depth + 1)?,
                SAFE_CONTENTS_BAG => return None,
                _ => {}
            }
        }
        Some(())
    }

    /// The first key is the one.
    fn take_key(&mut self, key: Key, id: Option<Vec<u8>>) {
        if self.key.is_none() {
            self.key = Some(key);
            self.key_id = id;
        }
    }
}

fn local_key_id(attributes: &[u8]) -> Option<Vec<u8>> {
    let mut attributes = Reader(attributes);
    while !attributes.is_empty() {
        let mut attribute = attributes.enter(tag::SEQUENCE)?;
        if dotted(attribute.expect(tag::OID)?.content) == LOCAL_KEY_ID {
            return Some(attribute.enter(tag::SET)?.expect(tag::OCTET_STRING)?.content.to_vec());
        }
    }
    None
}

/// The content of a file: an empty password may have been meant as none, and the other way round.
pub fn authenticated<'a>(bytes: &'a [u8], password: &str) -> Option<&'a [u8]> {
    let tries: &[Option<&str>] = if password.is_empty() { &[None, Some("")] } else { &[Some(password)] };
    tries.iter().find_map(|password| open(bytes, *password).filter(|(_, right)| *right)).map(|(content, _)| content)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A thousand bags in bags, which OpenSSL refuses as well.
    #[test]
    fn bags_in_bags() {
        const SAFE_CONTENTS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 10, 1, 6];
        assert_eq!(dotted(SAFE_CONTENTS), SAFE_CONTENTS_BAG);
        let nested = |depth: usize| {
            (0..depth).fold(der::sequence(&[]), |inside, _| {
                let identifier = der::element(tag::OID, SAFE_CONTENTS);
                der::sequence(&[&der::sequence(&[&identifier, &der::element(tag::constructed(0), &inside)])])
            })
        };
        let reads = |depth| Found::default().read_bags(&nested(depth), "", 0).is_some();
        assert!(reads(DEEPEST) && !reads(DEEPEST + 1) && !reads(1000));
    }
}
