//! PKCS12: a key and certificates under a password (RFC 7292).
//!
//! What is encrypted by PBES2 is opened; the older ways (RC2, triple DES) are not served.

use std::ffi::{c_char, c_int, c_long, c_uchar};
use std::ptr;
use std::sync::Arc;

use aws_lc_rs::digest;
use aws_lc_rs::hmac;
use zeroize::Zeroizing;

use crate::bio::BIO;
use crate::der::{self, Reader, tag};
use crate::err::{self, library, reason};
use crate::evp::{EVP_MD, digest_of};
use crate::handle::{self, give};
use crate::object::{self, nid};
use crate::pem;
use crate::pkey::{self, EVP_PKEY, Key};
use crate::stack::OPENSSL_STACK;
use crate::x509::{Certificate, X509};

/// A file's content.
pub struct PKCS12(Vec<u8>);

const DATA: &str = "1.2.840.113549.1.7.1";
const ENCRYPTED_DATA: &str = "1.2.840.113549.1.7.6";
const KEY_BAG: &str = "1.2.840.113549.1.12.10.1.1";
const SHROUDED_KEY_BAG: &str = "1.2.840.113549.1.12.10.1.2";
const CERTIFICATE_BAG: &str = "1.2.840.113549.1.12.10.1.3";
const SAFE_CONTENTS_BAG: &str = "1.2.840.113549.1.12.10.1.6";
const X509_CERTIFICATE: &str = "1.2.840.113549.1.9.22.1";
const LOCAL_KEY_ID: &str = "1.2.840.113549.1.9.21";

/// Iterations that nobody means seriously would take for hours.
const MOST_ITERATIONS: u64 = 50_000_000;

/// What a file has.
#[derive(Default)]
struct Found {
    key: Option<Key>,
    key_id: Option<Vec<u8>>,
    certificates: Vec<(Certificate, Option<Vec<u8>>)>,
}

/// A ContentInfo: what it is, and what is in it.
fn content_info<'a>(reader: &mut Reader<'a>) -> Option<(String, Reader<'a>)> {
    let mut inside = reader.enter(tag::SEQUENCE)?;
    let kind = object::dotted(inside.expect(tag::OID)?.content);
    Some((kind, inside.enter(tag::constructed(0))?))
}

/// A password as the format has it: UTF-16 with two zeros behind; nothing at all for none.
fn wide(password: Option<&str>) -> Zeroizing<Vec<u8>> {
    let Some(password) = password else { return Zeroizing::default() };
    Zeroizing::new(password.encode_utf16().chain([0]).flat_map(u16::to_be_bytes).collect())
}

/// The key for the MAC (RFC 7292, appendix B.2).
fn mac_key(md: &EVP_MD, password: &[u8], salt: &[u8], iterations: u64) -> Zeroizing<Vec<u8>> {
    /// Appendix B.3: the key is for a MAC.
    const FOR_MAC: u8 = 3;
    let block = md.algorithm.block_len();
    let fill =
        |bytes: &[u8]| -> Vec<u8> { bytes.iter().copied().cycle().take(bytes.len().div_ceil(block) * block).collect() };
    let input = Zeroizing::new([vec![FOR_MAC; block], fill(salt), fill(password)].concat());
    let mut value = digest::digest(md.algorithm, &input);
    for _ in 1..iterations {
        value = digest::digest(md.algorithm, value.as_ref());
    }
    // One digest is as long as the key is to be.
    Zeroizing::new(value.as_ref().to_vec())
}

/// The authenticated content, and whether the password is the one that it was authenticated with.
fn open<'a>(bytes: &'a [u8], password: Option<&str>) -> Option<(&'a [u8], bool)> {
    let mut pfx = Reader(bytes).enter(tag::SEQUENCE)?;
    pfx.expect(tag::INTEGER)?;
    let (kind, mut inside) = content_info(&mut pfx)?;
    if kind != DATA {
        return None;
    }
    let content = inside.expect(tag::OCTET_STRING)?.content;
    let mut mac = pfx.enter(tag::SEQUENCE)?;
    let mut info = mac.enter(tag::SEQUENCE)?;
    let (identifier, _) = pkey::algorithm(&mut info)?;
    let expected = info.expect(tag::OCTET_STRING)?.content;
    let salt = mac.expect(tag::OCTET_STRING)?.content;
    let iterations = match mac.optional(tag::INTEGER)? {
        Some(number) => der::number(number.content)?,
        None => 1,
    };
    let md = digest_of(object::nid_of(identifier)).filter(|_| iterations <= MOST_ITERATIONS)?;
    let algorithm = match md.nid {
        nid::SHA1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        nid::SHA224 => hmac::HMAC_SHA224,
        nid::SHA256 => hmac::HMAC_SHA256,
        nid::SHA384 => hmac::HMAC_SHA384,
        _ => hmac::HMAC_SHA512,
    };
    let key = mac_key(md, &wide(password), salt, iterations);
    let right = hmac::verify(&hmac::Key::new(algorithm, &key), content, expected).is_ok();
    Some((content, right))
}

impl Found {
    fn read(&mut self, content: &[u8], password: &str) -> Option<()> {
        let mut safes = Reader(content).enter(tag::SEQUENCE)?;
        while !safes.is_empty() {
            let (kind, mut inside) = content_info(&mut safes)?;
            match kind.as_str() {
                DATA => self.read_bags(inside.expect(tag::OCTET_STRING)?.content, password)?,
                ENCRYPTED_DATA => {
                    let mut data = inside.enter(tag::SEQUENCE)?;
                    data.expect(tag::INTEGER)?;
                    let mut info = data.enter(tag::SEQUENCE)?;
                    info.expect(tag::OID)?;
                    let algorithm = info.expect(tag::SEQUENCE)?.whole;
                    let secret = info.expect(tag::context(0))?.content;
                    let opened = pem::open_pbes2(algorithm, secret, password.as_bytes())?;
                    self.read_bags(&opened, password)?;
                }
                _ => {}
            }
        }
        Some(())
    }

    fn read_bags(&mut self, content: &[u8], password: &str) -> Option<()> {
        let mut bags = Reader(content).enter(tag::SEQUENCE)?;
        while !bags.is_empty() {
            let mut bag = bags.enter(tag::SEQUENCE)?;
            let kind = object::dotted(bag.expect(tag::OID)?.content);
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
                    let opened = pem::open_pbes2(algorithm, secret, password.as_bytes())?;
                    self.take_key(Key::private(&opened)?, id);
                }
                CERTIFICATE_BAG => {
                    let mut inside = Reader(value.0).enter(tag::SEQUENCE)?;
                    let kind = object::dotted(inside.expect(tag::OID)?.content);
                    if kind == X509_CERTIFICATE {
                        let der = inside.enter(tag::constructed(0))?.expect(tag::OCTET_STRING)?.content;
                        self.certificates.push((Certificate::parse(der)?.0, id));
                    }
                }
                // Bags in bags go no deeper than one would write them.
                SAFE_CONTENTS_BAG if content.len() < 1 << 20 => self.read_bags(value.0, password)?,
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

    /// Takes the key's certificate out.
    fn own_certificate(&mut self) -> Option<Certificate> {
        let key = self.key.as_ref()?;
        let own = |(certificate, _): &(Certificate, _)| certificate.key().is_some_and(|public| public.matches(key));
        let at = self.certificates.iter().position(own)?;
        Some(self.certificates.remove(at).0)
    }
}

fn local_key_id(attributes: &[u8]) -> Option<Vec<u8>> {
    let mut attributes = Reader(attributes);
    while !attributes.is_empty() {
        let mut attribute = attributes.enter(tag::SEQUENCE)?;
        if object::dotted(attribute.expect(tag::OID)?.content) == LOCAL_KEY_ID {
            return Some(attribute.enter(tag::SET)?.expect(tag::OCTET_STRING)?.content.to_vec());
        }
    }
    None
}

/// The content of a file: an empty password may have been meant as none, and the other way round.
fn authenticated<'a>(bytes: &'a [u8], password: &str) -> Option<&'a [u8]> {
    let tries: &[Option<&str>] = if password.is_empty() { &[None, Some("")] } else { &[Some(password)] };
    tries.iter().find_map(|password| open(bytes, *password).filter(|(_, right)| *right)).map(|(content, _)| content)
}

versioned! {
    /// Frees a file's content.
    pub unsafe extern "C" fn PKCS12_free(a: *mut PKCS12) {
        // SAFETY: the program gives it up.
        unsafe { handle::free(a) }
    }

    /// Reads DER.
    pub unsafe extern "C" fn d2i_PKCS12(a: *mut *mut PKCS12, input: *mut *const c_uchar, len: c_long) -> *mut PKCS12 {
        // SAFETY: the program's bytes and variable.
        unsafe {
            let read = handle::read_der(a, input, len, |bytes| {
                let element = Reader(bytes).expect(tag::SEQUENCE)?;
                let mut inside = Reader(element.content);
                inside.expect(tag::INTEGER)?;
                content_info(&mut inside)?;
                Some((PKCS12(element.whole.to_vec()), element.whole.len()))
            }, handle::free);
            if read.is_null() {
                crate::x509::raise_nested(input, len);
            }
            read
        }
    }

    /// Reads DER from a pipe.
    pub unsafe extern "C" fn d2i_PKCS12_bio(bp: *mut BIO, p12: *mut *mut PKCS12) -> *mut PKCS12 {
        // SAFETY: the program's pipe and variable.
        unsafe {
            let Some(bytes) = pem::der_from(bp) else { return ptr::null_mut() };
            let mut at = bytes.as_ptr();
            d2i_PKCS12(p12, &mut at, c_long::try_from(bytes.len()).unwrap_or(0))
        }
    }

    /// Reads DER from a stream.
    pub unsafe extern "C" fn d2i_PKCS12_fp(fp: *mut libc::FILE, p12: *mut *mut PKCS12) -> *mut PKCS12 {
        // SAFETY: the program's stream and variable.
        unsafe { pem::over_stream(fp, |bio| d2i_PKCS12_bio(bio, p12)) }
    }

    /// Writes DER.
    pub unsafe extern "C" fn i2d_PKCS12(a: *const PKCS12, out: *mut *mut c_uchar) -> c_int {
        // SAFETY: the program's object and room.
        unsafe { a.as_ref().map_or(0, |file| handle::write_der(&file.0, out)) }
    }

    /// Whether the password is the file's.
    pub unsafe extern "C" fn PKCS12_verify_mac(p12: *mut PKCS12, pass: *const c_char, passlen: c_int) -> c_int {
        // SAFETY: the program's object and text.
        unsafe {
            let Some(file) = p12.as_ref() else { return 0 };
            let len = usize::try_from(passlen).unwrap_or_else(|_| if pass.is_null() { 0 } else { libc::strlen(pass) });
            let password = (!pass.is_null()).then(|| handle::bytes(pass.cast(), len));
            let password = password.and_then(|bytes| std::str::from_utf8(bytes).ok());
            c_int::from(open(&file.0, password).is_some_and(|(_, right)| right))
        }
    }

    /// The key, its certificate, and the others, all of which the caller frees; a list at `*ca` gets them added. 0 with an
    /// error when the password is wrong or the content cannot be read.
    pub unsafe extern "C" fn PKCS12_parse(p12: *mut PKCS12, pass: *const c_char, pkey: *mut *mut EVP_PKEY, cert: *mut *mut X509, ca: *mut *mut OPENSSL_STACK) -> c_int {
        // SAFETY: the program's object, text and variables.
        unsafe {
            if let Some(out) = pkey.as_mut() {
                *out = ptr::null_mut();
            }
            if let Some(out) = cert.as_mut() {
                *out = ptr::null_mut();
            }
            let Some(file) = p12.as_ref() else {
                err::raise(library::PKCS12, reason::pkcs12::INVALID_NULL_PKCS12_POINTER);
                return 0;
            };
            let password = handle::text(pass).unwrap_or_default();
            let Some(content) = authenticated(&file.0, password) else {
                err::raise(library::PKCS12, reason::pkcs12::MAC_VERIFY_FAILURE);
                return 0;
            };
            let mut found = Found::default();
            if found.read(content, password).is_none() {
                err::raise(library::PKCS12, reason::pkcs12::PARSE_ERROR);
                return 0;
            }
            let own = found.own_certificate();
            if let (Some(out), Some(key)) = (pkey.as_mut(), found.key) {
                *out = give(EVP_PKEY::of(Arc::new(key)));
            }
            if let (Some(out), Some(own)) = (cert.as_mut(), own) {
                *out = give(X509::of(own));
            }
            if let Some(list) = ca.as_mut().filter(|_| !found.certificates.is_empty()) {
                if list.is_null() {
                    *list = OPENSSL_STACK::of::<X509>([]);
                }
                for (certificate, _) in found.certificates {
                    crate::stack::OPENSSL_sk_push(*list, give(X509::of(certificate)).cast());
                }
            }
        }
        1
    }
}
