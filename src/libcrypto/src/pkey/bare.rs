//! RSA that encrypts, decrypts and signs bare bytes (RFC 8017, sections 5, 7 and 8.2), with what each is padded by.

use std::ffi::c_int;
use std::ptr::{self, NonNull};

use aws_lc_sys as aws_lc;
use zeroize::Zeroizing;

use super::Key;
use super::pss::{Rsa, algorithm, forget_errors};
use crate::der::{self, tag};
use crate::err::{self, library, reason};
use crate::evp::digest_of;
use crate::object::{self, nid};

/// What is put before the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Padding {
    Pkcs1,
    None,
    Oaep(Oaep),
}

/// RSAES-OAEP: the digest, that of the mask, and a label that both sides know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Oaep {
    pub digest: c_int,
    pub mask: c_int,
    pub label: Vec<u8>,
}

impl Default for Oaep {
    fn default() -> Self {
        Oaep { digest: nid::SHA1, mask: nid::SHA1, label: Vec::new() }
    }
}

/// What PKCS #1 adds at least.
const PKCS1_LEN: usize = 11;

impl Padding {
    /// By its number (RSA_*_PADDING); `None` with an error for those that are not served.
    pub fn of(number: c_int) -> Option<Self> {
        match number {
            1 => Some(Padding::Pkcs1),
            3 => Some(Padding::None),
            4 => Some(Padding::Oaep(Oaep::default())),
            _ => fail(reason::rsa::UNKNOWN_PADDING_TYPE),
        }
    }

    pub fn number(&self) -> c_int {
        match self {
            Padding::Pkcs1 => 1,
            Padding::None => 3,
            Padding::Oaep(_) => 4,
        }
    }

    /// Is its number all that there is to say of it?
    fn is_plain(&self) -> bool {
        match self {
            Padding::Pkcs1 | Padding::None => true,
            Padding::Oaep(oaep) => *oaep == Oaep::default(),
        }
    }

    /// How many bytes there is room for in `size`.
    fn room(&self, size: usize) -> Option<usize> {
        match self {
            Padding::Pkcs1 => size.checked_sub(PKCS1_LEN),
            Padding::None => Some(size),
            Padding::Oaep(oaep) => size.checked_sub(2 * digest_of(oaep.digest)?.algorithm.output_len() + 2),
        }
    }
}

#[track_caller]
pub(super) fn fail<T>(why: c_int) -> Option<T> {
    err::raise(library::RSA, why);
    None
}

fn is_rsa(key: &Key) -> bool {
    matches!(key.algorithm, nid::RSA | nid::RSA_PSS)
}

/// Is the number below the modulus?
fn is_below_modulus(key: &Key, number: &[u8]) -> bool {
    let Some((modulus, _)) = super::rsa_public(key.point()) else { return false };
    let modulus = &modulus[modulus.iter().take_while(|byte| **byte == 0).count()..];
    number.len() < modulus.len() || number < modulus
}

/// Whether bytes that are to be padded fit; an error when not.
fn fits(key: &Key, padding: &Padding, data: &[u8]) -> Option<()> {
    let size = key.signature_len();
    match padding.room(size) {
        Some(room) if data.len() <= room => {}
        _ => return fail(reason::rsa::DATA_TOO_LARGE_FOR_KEY_SIZE),
    }
    if *padding == Padding::None {
        if data.len() < size {
            return fail(reason::rsa::DATA_TOO_SMALL_FOR_KEY_SIZE);
        }
        if !is_below_modulus(key, data) {
            return fail(reason::rsa::DATA_TOO_LARGE_FOR_MODULUS);
        }
    }
    Some(())
}

/// Bytes that a key has made, with zeros in front up to its length; an error when they are none.
fn whole(key: &Key, data: &[u8]) -> Option<Vec<u8>> {
    let size = key.signature_len();
    if data.len() > size {
        return fail(reason::rsa::DATA_GREATER_THAN_MOD_LEN);
    }
    let whole = [&vec![0; size - data.len()], data].concat();
    if !is_below_modulus(key, &whole) {
        return fail(reason::rsa::DATA_TOO_LARGE_FOR_MODULUS);
    }
    Some(whole)
}

pub(super) fn public(key: &Key) -> Option<Rsa> {
    let public = key.point();
    // SAFETY: the encoded key's bytes are only read.
    is_rsa(key).then(|| Rsa::of(unsafe { aws_lc::RSA_public_key_from_bytes(public.as_ptr(), public.len()) }))?
}

fn private(key: &Key) -> Option<Rsa> {
    let Some(private) = key.traditional().filter(|_| is_rsa(key)) else {
        return fail(reason::rsa::MISSING_PRIVATE_KEY);
    };
    // SAFETY: the encoded key's bytes are only read.
    Rsa::of(unsafe { aws_lc::RSA_private_key_from_bytes(private.as_ptr(), private.len()) })
}

/// What AWS-LC's functions of this shape take and give.
type Bare =
    unsafe extern "C" fn(*mut aws_lc::RSA, *mut usize, *mut u8, usize, *const u8, usize, std::ffi::c_int) -> c_int;

fn run(rsa: &Rsa, function: Bare, padding: &Padding, data: &[u8], size: usize) -> Option<Zeroizing<Vec<u8>>> {
    let mut out = Zeroizing::new(vec![0; size]);
    let mut len = 0;
    // SAFETY: the key is live; the room and the bytes are as long as said.
    let done = unsafe {
        function(rsa.as_ptr(), &mut len, out.as_mut_ptr(), out.len(), data.as_ptr(), data.len(), padding.number())
    };
    forget_errors();
    out.truncate(len);
    (done == 1).then_some(out)
}

/// A key in use by AWS-LC's EVP, which alone has OAEP with any digest.
struct Using(NonNull<aws_lc::EVP_PKEY_CTX>);

impl Using {
    fn of(rsa: &Rsa, oaep: &Oaep, encrypts: bool) -> Option<Self> {
        // SAFETY: fresh objects; the key is counted by each that holds it; the digests are constants; the label is a copy in
        // AWS-LC's memory, which the context takes.
        unsafe {
            let pkey = aws_lc::EVP_PKEY_new();
            aws_lc::EVP_PKEY_set1_RSA(pkey, rsa.as_ptr());
            let context = aws_lc::EVP_PKEY_CTX_new(pkey, ptr::null_mut());
            aws_lc::EVP_PKEY_free(pkey);
            let using = Using(NonNull::new(context)?);
            let begun = match encrypts {
                true => aws_lc::EVP_PKEY_encrypt_init(context),
                false => aws_lc::EVP_PKEY_decrypt_init(context),
            };
            let set = begun == 1
                && aws_lc::EVP_PKEY_CTX_set_rsa_padding(context, aws_lc::RSA_PKCS1_OAEP_PADDING) == 1
                && aws_lc::EVP_PKEY_CTX_set_rsa_oaep_md(context, algorithm(oaep.digest)?) == 1
                && aws_lc::EVP_PKEY_CTX_set_rsa_mgf1_md(context, algorithm(oaep.mask)?) == 1;
            if !set {
                return None;
            }
            if !oaep.label.is_empty() {
                let label = aws_lc::OPENSSL_memdup(oaep.label.as_ptr().cast(), oaep.label.len());
                aws_lc::EVP_PKEY_CTX_set0_rsa_oaep_label(context, label.cast(), oaep.label.len());
            }
            Some(using)
        }
    }

    fn run(&self, encrypts: bool, data: &[u8], size: usize) -> Option<Zeroizing<Vec<u8>>> {
        let mut out = Zeroizing::new(vec![0; size]);
        let mut len = size;
        // SAFETY: the context is live and begun; the room and the bytes are as long as said.
        let done = unsafe {
            let function = if encrypts { aws_lc::EVP_PKEY_encrypt } else { aws_lc::EVP_PKEY_decrypt };
            function(self.0.as_ptr(), out.as_mut_ptr(), &mut len, data.as_ptr(), data.len())
        };
        forget_errors();
        out.truncate(len);
        (done == 1).then_some(out)
    }
}

impl Drop for Using {
    fn drop(&mut self) {
        // SAFETY: its own.
        unsafe { aws_lc::EVP_PKEY_CTX_free(self.0.as_ptr()) };
    }
}

/// Encrypts for who has the private key; `None` with an error.
pub fn encrypt(key: &Key, padding: &Padding, data: &[u8]) -> Option<Vec<u8>> {
    // With OAEP the program's function would not know the digests.
    if let Some(delegate) = key.delegate().filter(|_| padding.is_plain()) {
        return delegate.encrypt(padding.number(), data).map(|out| out.to_vec());
    }
    fits(key, padding, data)?;
    let (rsa, size) = (public(key)?, key.signature_len());
    let done = match padding {
        Padding::Oaep(oaep) => Using::of(&rsa, oaep, true).and_then(|using| using.run(true, data, size)),
        _ => run(&rsa, aws_lc::RSA_encrypt, padding, data, size),
    };
    match done {
        Some(out) => Some(out.to_vec()),
        None => fail(reason::UNSUPPORTED),
    }
}

/// Decrypts what was encrypted for the key; `None` with an error.
pub fn decrypt(key: &Key, padding: &Padding, data: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    if let Some(delegate) = key.delegate() {
        return if padding.is_plain() { delegate.decrypt(padding.number(), data) } else { fail(reason::UNSUPPORTED) };
    }
    let (rsa, data, size) = (private(key)?, whole(key, data)?, key.signature_len());
    let done = match padding {
        Padding::Oaep(oaep) => Using::of(&rsa, oaep, false).and_then(|using| using.run(false, &data, size)),
        _ => run(&rsa, aws_lc::RSA_decrypt, padding, &data, size),
    };
    match padding {
        _ if done.is_some() => done,
        Padding::Oaep(_) => fail(reason::rsa::OAEP_DECODING_ERROR),
        _ => fail(reason::rsa::PKCS_DECODING_ERROR),
    }
}

/// Signs bytes as they are, which only those do who have put a digest into its form already; `None` with an error.
pub fn sign(key: &Key, padding: &Padding, data: &[u8]) -> Option<Vec<u8>> {
    if let Some(delegate) = key.delegate() {
        return delegate.sign(padding.number(), data).map(|out| out.to_vec());
    }
    fits(key, padding, data)?;
    match run(&private(key)?, aws_lc::RSA_sign_raw, padding, data, key.signature_len()) {
        Some(out) => Some(out.to_vec()),
        None => fail(reason::UNSUPPORTED),
    }
}

/// The bytes that were signed so; `None` with an error.
pub fn recover(key: &Key, padding: &Padding, signature: &[u8]) -> Option<Vec<u8>> {
    if let Some(delegate) = key.delegate() {
        return delegate.recover(padding.number(), signature).map(|out| out.to_vec());
    }
    let (Some(rsa), signature) = (public(key), whole(key, signature)?) else { return None };
    match run(&rsa, aws_lc::RSA_verify_raw, padding, &signature, key.signature_len()) {
        Some(out) => Some(out.to_vec()),
        None => fail(reason::rsa::INVALID_PADDING),
    }
}

/// What PKCS #1 signs in a digest's place: its kind and itself (DigestInfo); `None` with an error.
pub fn digest_info(kind: c_int, digest: &[u8]) -> Option<Vec<u8>> {
    /// MD5 and SHA-1 together have no identifier, and stand bare.
    const BARE_LEN: usize = 36;
    match kind {
        object::UNDEFINED => fail(reason::rsa::UNKNOWN_ALGORITHM_TYPE),
        nid::MD5_SHA1 if digest.len() == BARE_LEN => Some(digest.to_vec()),
        nid::MD5_SHA1 => fail(reason::rsa::INVALID_MESSAGE_LENGTH),
        kind => {
            let known = digest_of(kind).filter(|known| !known.algorithm.is_extendable());
            let Some(known) = known else {
                return fail(reason::rsa::THE_ASN1_OBJECT_IDENTIFIER_IS_NOT_KNOWN_FOR_THIS_MD);
            };
            let identifier = der::element(tag::OID, object::der_of(kind));
            let algorithm = der::sequence(&[&identifier, &[tag::NULL, 0]]);
            let len = known.algorithm.output_len();
            // As the original does, the length is said to be the kind's, whatever it is.
            let mut info = der::sequence(&[&algorithm, &der::element(tag::OCTET_STRING, &vec![0; len])]);
            info.truncate(info.len() - len);
            Some([info.as_slice(), digest].concat())
        }
    }
}
