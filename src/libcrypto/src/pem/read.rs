//! PEM_read_*: objects from blocks.

use std::ffi::{c_char, c_int, c_long, c_uchar, c_void};
use std::ptr;
use std::sync::Arc;

use super::armor::{self, Block};
use super::cipher::{self, Ask};
use super::{PasswordCallback, over_stream};
use crate::asn1::ASN1_STRING;
use crate::bio::BIO;
use crate::der::{Reader, tag};
use crate::err::{self, library, reason};
use crate::evp::OSSL_LIB_CTX;
use crate::handle::{self, give};
use crate::pkey::{self, EVP_PKEY};
use crate::provider::within;
use crate::x509::{self, Certificate, X509, X509_CRL, raise_not_der};

/// The next block of one of these kinds, opened; others are passed over.
unsafe fn find(bio: *mut BIO, wanted: impl Fn(&str) -> bool, ask: Ask) -> Option<Block> {
    loop {
        // SAFETY: the program's pipe.
        let mut block = unsafe { armor::read(bio) }?;
        if wanted(&block.label) {
            return cipher::open(&mut block, ask).then_some(block);
        }
    }
}

fn is_certificate(label: &str) -> bool {
    matches!(label, "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE")
}

fn is_private_key(label: &str) -> bool {
    label == "ENCRYPTED PRIVATE KEY" || label == "PRIVATE KEY" || label.ends_with(" PRIVATE KEY")
}

/// What stands behind a trusted certificate: what it is trusted and not trusted for.
fn trust(bytes: &[u8]) -> Option<x509::Trust> {
    let mut trust = x509::Trust::default();
    if bytes.is_empty() {
        return Some(trust);
    }
    let mut reader = Reader(bytes).enter(tag::SEQUENCE)?;
    let list = |content: &[u8]| {
        let mut reader = Reader(content);
        let mut out = Vec::new();
        while !reader.is_empty() {
            out.push(reader.expect(tag::OID)?.content.to_vec());
        }
        Some(out)
    };
    if let Some(trusted) = reader.optional(tag::SEQUENCE)? {
        trust.trusted = list(trusted.content)?;
    }
    if let Some(rejected) = reader.optional(tag::constructed(0))? {
        trust.rejected = list(rejected.content)?;
    }
    for (kind, place) in [(tag::UTF8, &mut trust.alias), (tag::OCTET_STRING, &mut trust.key_id)] {
        *place = reader.optional(kind)?.map(|found| ASN1_STRING::new(kind.into(), found.content));
    }
    Some(trust)
}

unsafe fn certificate(bio: *mut BIO, x: *mut *mut X509, ask: Ask, with_trust: bool) -> *mut X509 {
    // SAFETY: the program's pipe and variable.
    unsafe {
        let Some(block) = find(bio, is_certificate, ask) else { return ptr::null_mut() };
        let parsed = Certificate::parse(&block.bytes).and_then(|(certificate, used)| {
            let rest = &block.bytes[used..];
            let trust = if with_trust { trust(rest)? } else { x509::Trust::default() };
            Some(X509::of(certificate).with_trust(trust))
        });
        let Some(parsed) = parsed else {
            raise_not_der(&block.bytes);
            err::raise(library::PEM, reason::ASN1_LIB);
            return ptr::null_mut();
        };
        let held = x.as_ref().copied().unwrap_or(ptr::null_mut());
        x509::settle(x, held, crate::ex_data::give_extended(parsed))
    }
}

/// The next block of a private key, opened if its lines say how. The original's decoders say no more than that there is none.
unsafe fn find_private_key(bio: *mut BIO, ask: Ask) -> Option<Block> {
    loop {
        // SAFETY: the program's pipe.
        let Some(mut block) = err::quietly(|| unsafe { armor::read(bio) }) else {
            err::raise(library::DECODER, reason::UNSUPPORTED);
            return None;
        };
        if is_private_key(&block.label) {
            return cipher::open(&mut block, ask).then_some(block);
        }
    }
}

unsafe fn private_key(bio: *mut BIO, x: *mut *mut EVP_PKEY, ask: Ask) -> *mut EVP_PKEY {
    // SAFETY: the program's pipe and variable.
    unsafe {
        let Some(block) = find_private_key(bio, ask) else { return ptr::null_mut() };
        let key = if block.label == "ENCRYPTED PRIVATE KEY" {
            let Some(opened) = cipher::open_pkcs8(&block.bytes, ask) else { return ptr::null_mut() };
            pkey::private_key(&opened)
        } else {
            pkey::private_key(&block.bytes)
        };
        let Some(key) = key else {
            err::raise(library::EVP, reason::evp::DECODE_ERROR);
            return ptr::null_mut();
        };
        let key = crate::ex_data::give_extended(EVP_PKEY::of(Arc::new(key)));
        if let Some(place) = x.as_mut() {
            handle::release(*place);
            *place = key;
        }
        key
    }
}

unsafe fn public_key(bio: *mut BIO, x: *mut *mut EVP_PKEY, ask: Ask) -> *mut EVP_PKEY {
    // SAFETY: the program's pipe and variable.
    unsafe {
        let Some(block) = find(bio, |label| label == "PUBLIC KEY", ask) else { return ptr::null_mut() };
        let Some(key) = pkey::public_key(&block.bytes) else {
            err::raise(library::PEM, reason::ASN1_LIB);
            return ptr::null_mut();
        };
        let key = crate::ex_data::give_extended(EVP_PKEY::of(Arc::new(key)));
        if let Some(place) = x.as_mut() {
            handle::release(*place);
            *place = key;
        }
        key
    }
}

unsafe fn list(bio: *mut BIO, x: *mut *mut X509_CRL, ask: Ask) -> *mut X509_CRL {
    // SAFETY: the program's pipe and variable.
    unsafe {
        let Some(block) = find(bio, |label| label == "X509 CRL", ask) else { return ptr::null_mut() };
        let Some((list, _)) = X509_CRL::parse(&block.bytes) else {
            raise_not_der(&block.bytes);
            err::raise(library::PEM, reason::ASN1_LIB);
            return ptr::null_mut();
        };
        let list = give(list);
        if let Some(place) = x.as_mut() {
            handle::release(*place);
            *place = list;
        }
        list
    }
}

/// The next list of what was revoked; NULL with an error when there is none.
///
/// # Safety
/// `bio` is live.
pub unsafe fn read_list(bio: *mut BIO) -> *mut X509_CRL {
    // SAFETY: the caller's promise.
    unsafe { list(bio, ptr::null_mut(), Ask { callback: None, data: c"".as_ptr().cast_mut().cast() }) }
}

/// What a block of a file of trusted certificates is.
pub enum Found {
    Certificate(*mut X509),
    List(*mut X509_CRL),
    /// Something else, which is passed over.
    Other,
}

/// The next block of such a file; `None` with an error at the end, or when it cannot be read.
///
/// # Safety
/// `bio` is live.
pub unsafe fn read_certificate_or_list(bio: *mut BIO) -> Option<Found> {
    // SAFETY: the caller's promise.
    let block = unsafe { armor::read(bio) }?;
    fn broken<T>(bytes: &[u8]) -> Option<T> {
        raise_not_der(bytes);
        err::raise(library::PEM, reason::ASN1_LIB);
        None
    }
    if is_certificate(&block.label) {
        let (certificate, used) = Certificate::parse(&block.bytes).or_else(|| broken(&block.bytes))?;
        let trusted = block.label == "TRUSTED CERTIFICATE";
        let trust = if trusted {
            trust(&block.bytes[used..]).or_else(|| broken(&block.bytes))?
        } else {
            x509::Trust::default()
        };
        return Some(Found::Certificate(crate::ex_data::give_extended(X509::of(certificate).with_trust(trust))));
    }
    if block.label == "X509 CRL" {
        let (list, _) = X509_CRL::parse(&block.bytes).or_else(|| broken(&block.bytes))?;
        return Some(Found::List(give(list)));
    }
    Some(Found::Other)
}

/// What a block of a file with keys is.
pub enum Item {
    Certificate(*mut X509),
    List(*mut X509_CRL),
    Key(*mut EVP_PKEY),
    /// A key that is encrypted.
    Sealed(Vec<u8>),
    /// Something else, which is passed over.
    Other,
}

/// What is in one block; `None` with an error when it cannot be read.
unsafe fn item(mut block: Block, ask: Ask) -> Option<Item> {
    let broken = |bytes: &[u8]| {
        raise_not_der(bytes);
        err::raise(library::PEM, reason::ASN1_LIB);
        None
    };
    if is_certificate(&block.label) {
        cipher::open(&mut block, ask).then_some(())?;
        let Some((certificate, used)) = Certificate::parse(&block.bytes) else { return broken(&block.bytes) };
        let trusted = block.label == "TRUSTED CERTIFICATE";
        let trust = if trusted { trust(&block.bytes[used..]) } else { Some(x509::Trust::default()) };
        let Some(trust) = trust else { return broken(&block.bytes) };
        return Some(Item::Certificate(crate::ex_data::give_extended(X509::of(certificate).with_trust(trust))));
    }
    if block.label == "X509 CRL" {
        cipher::open(&mut block, ask).then_some(())?;
        return match X509_CRL::parse(&block.bytes) {
            Some((list, _)) => Some(Item::List(give(list))),
            None => broken(&block.bytes),
        };
    }
    if matches!(&block.label[..], "RSA PRIVATE KEY" | "EC PRIVATE KEY" | "PRIVATE KEY" | "ENCRYPTED PRIVATE KEY") {
        // What is encrypted stays so.
        if block.label == "ENCRYPTED PRIVATE KEY" || block.headers.contains("DEK-Info") {
            return Some(Item::Sealed(block.bytes.to_vec()));
        }
        return match pkey::private_key(&block.bytes) {
            Some(key) => Some(Item::Key(crate::ex_data::give_extended(EVP_PKEY::of(Arc::new(key))))),
            None => broken(&block.bytes),
        };
    }
    Some(Item::Other)
}

/// Gives everything in a file to `take`, up to its end; false with an error when something cannot be read.
///
/// # Safety
/// `bio` is NULL or live.
pub unsafe fn items(
    bio: *mut BIO,
    callback: Option<PasswordCallback>,
    data: *mut c_void,
    mut take: impl FnMut(Item),
) -> bool {
    let ask = Ask { callback, data };
    loop {
        // SAFETY: the caller's promise.
        let block = unsafe { armor::read(bio) };
        let Some(block) = block else {
            // That there is no more is the end of it.
            let last = err::last();
            let ended = err::library_of(last) == library::PEM && err::reason_of(last) == reason::pem::NO_START_LINE;
            if ended {
                // SAFETY: the queue of this thread.
                unsafe { err::ERR_clear_error() };
            }
            return ended;
        };
        // SAFETY: as above.
        match unsafe { item(block, ask) } {
            Some(item) => take(item),
            None => return false,
        }
    }
}

/// The bytes of the next block of a kind, opened; `None` with an error when there is none.
///
/// # Safety
/// `bio` is NULL or live.
pub unsafe fn bytes_of(
    bio: *mut BIO,
    name: &str,
    callback: Option<PasswordCallback>,
    data: *mut c_void,
) -> Option<zeroize::Zeroizing<Vec<u8>>> {
    // SAFETY: the caller's promise.
    unsafe { find(bio, |label| fits(label, name), Ask { callback, data }) }.map(|block| block.bytes)
}

/// Whether a block of a kind may be given where another was asked for.
fn fits(label: &str, name: &str) -> bool {
    match name {
        "CERTIFICATE" => matches!(label, "CERTIFICATE" | "X509 CERTIFICATE"),
        "TRUSTED CERTIFICATE" => is_certificate(label),
        "PKCS7" => matches!(label, "PKCS7" | "PKCS #7 SIGNED DATA"),
        "ANY PRIVATE KEY" => is_private_key(label),
        _ => label == name,
    }
}

versioned! {
    /// Reads a certificate. `cb` (or the text at `u`) gives the password of an encrypted block.
    pub unsafe extern "C" fn PEM_read_bio_X509(out: *mut BIO, x: *mut *mut X509, cb: Option<PasswordCallback>, u: *mut c_void) -> *mut X509 {
        // SAFETY: the program's pipe, variable and callback.
        unsafe { certificate(out, x, Ask { callback: cb, data: u }, false) }
    }

    /// Reads a certificate with what it is trusted for.
    pub unsafe extern "C" fn PEM_read_bio_X509_AUX(out: *mut BIO, x: *mut *mut X509, cb: Option<PasswordCallback>, u: *mut c_void) -> *mut X509 {
        // SAFETY: the program's pipe, variable and callback.
        unsafe { certificate(out, x, Ask { callback: cb, data: u }, true) }
    }

    /// Reads a certificate from a stream.
    pub unsafe extern "C" fn PEM_read_X509(out: *mut libc::FILE, x: *mut *mut X509, cb: Option<PasswordCallback>, u: *mut c_void) -> *mut X509 {
        // SAFETY: the program's stream, variable and callback.
        unsafe { over_stream(out, |bio| certificate(bio, x, Ask { callback: cb, data: u }, false)) }
    }

    /// Reads a certificate from a stream, with what it is trusted for.
    pub unsafe extern "C" fn PEM_read_X509_AUX(out: *mut libc::FILE, x: *mut *mut X509, cb: Option<PasswordCallback>, u: *mut c_void) -> *mut X509 {
        // SAFETY: the program's stream, variable and callback.
        unsafe { over_stream(out, |bio| certificate(bio, x, Ask { callback: cb, data: u }, true)) }
    }

    /// Reads a private key of any kind, encrypted or not.
    pub unsafe extern "C" fn PEM_read_bio_PrivateKey(out: *mut BIO, x: *mut *mut EVP_PKEY, cb: Option<PasswordCallback>, u: *mut c_void) -> *mut EVP_PKEY {
        // SAFETY: the program's pipe, variable and callback.
        unsafe { private_key(out, x, Ask { callback: cb, data: u }) }
    }

    /// Reads a private key in a library context; properties are not used.
    pub unsafe extern "C" fn PEM_read_bio_PrivateKey_ex(out: *mut BIO, x: *mut *mut EVP_PKEY, cb: Option<PasswordCallback>, u: *mut c_void, libctx: *mut OSSL_LIB_CTX, _propq: *const c_char) -> *mut EVP_PKEY {
        // SAFETY: the program's pipe, variable, callback and library context.
        unsafe { within(libctx, || private_key(out, x, Ask { callback: cb, data: u })) }
    }

    /// Reads a private key from a stream.
    pub unsafe extern "C" fn PEM_read_PrivateKey(out: *mut libc::FILE, x: *mut *mut EVP_PKEY, cb: Option<PasswordCallback>, u: *mut c_void) -> *mut EVP_PKEY {
        // SAFETY: the program's stream, variable and callback.
        unsafe { over_stream(out, |bio| private_key(bio, x, Ask { callback: cb, data: u })) }
    }

    /// Reads an encrypted private key in DER (PKCS #8) from a pipe.
    pub unsafe extern "C" fn d2i_PKCS8PrivateKey_bio(bp: *mut BIO, x: *mut *mut EVP_PKEY, cb: Option<PasswordCallback>, u: *mut c_void) -> *mut EVP_PKEY {
        // SAFETY: the program's pipe, variable and callback.
        unsafe {
            let Some(sealed) = super::der_from(bp) else { return ptr::null_mut() };
            let Some(opened) = cipher::open_pkcs8(&sealed, Ask { callback: cb, data: u }) else { return ptr::null_mut() };
            let Some(key) = pkey::private_key(&opened) else {
                err::raise(library::EVP, reason::evp::DECODE_ERROR);
                return ptr::null_mut();
            };
            let key = crate::ex_data::give_extended(EVP_PKEY::of(Arc::new(key)));
            if let Some(place) = x.as_mut() {
                handle::release(*place);
                *place = key;
            }
            key
        }
    }

    /// Reads a public key.
    pub unsafe extern "C" fn PEM_read_bio_PUBKEY(out: *mut BIO, x: *mut *mut EVP_PKEY, cb: Option<PasswordCallback>, u: *mut c_void) -> *mut EVP_PKEY {
        // SAFETY: the program's pipe, variable and callback.
        unsafe { public_key(out, x, Ask { callback: cb, data: u }) }
    }

    /// Reads a public key from a stream.
    pub unsafe extern "C" fn PEM_read_PUBKEY(out: *mut libc::FILE, x: *mut *mut EVP_PKEY, cb: Option<PasswordCallback>, u: *mut c_void) -> *mut EVP_PKEY {
        // SAFETY: the program's stream, variable and callback.
        unsafe { over_stream(out, |bio| public_key(bio, x, Ask { callback: cb, data: u })) }
    }

    /// Reads a list of what was revoked.
    pub unsafe extern "C" fn PEM_read_bio_X509_CRL(out: *mut BIO, x: *mut *mut X509_CRL, cb: Option<PasswordCallback>, u: *mut c_void) -> *mut X509_CRL {
        // SAFETY: the program's pipe, variable and callback.
        unsafe { list(out, x, Ask { callback: cb, data: u }) }
    }

    /// Reads a list of what was revoked from a stream.
    pub unsafe extern "C" fn PEM_read_X509_CRL(out: *mut libc::FILE, x: *mut *mut X509_CRL, cb: Option<PasswordCallback>, u: *mut c_void) -> *mut X509_CRL {
        // SAFETY: the program's stream, variable and callback.
        unsafe { over_stream(out, |bio| list(bio, x, Ask { callback: cb, data: u })) }
    }

    /// Reads any block: its name, its lines and its bytes, which the caller frees each.
    pub unsafe extern "C" fn PEM_read_bio(bp: *mut BIO, name: *mut *mut c_char, header: *mut *mut c_char, data: *mut *mut c_uchar, len: *mut c_long) -> c_int {
        // SAFETY: the program's pipe and variables.
        unsafe {
            let Some(block) = armor::read(bp) else { return 0 };
            let (Some(name), Some(header), Some(data), Some(len)) = (name.as_mut(), header.as_mut(), data.as_mut(), len.as_mut()) else { return 0 };
            *name = crate::mem::duplicate(block.label.as_bytes()).cast();
            *header = crate::mem::duplicate(block.headers.as_bytes()).cast();
            *data = crate::mem::duplicate(&block.bytes);
            *len = c_long::try_from(block.bytes.len()).unwrap_or(0);
        }
        1
    }

    /// Reads any block from a stream.
    pub unsafe extern "C" fn PEM_read(fp: *mut libc::FILE, name: *mut *mut c_char, header: *mut *mut c_char, data: *mut *mut c_uchar, len: *mut c_long) -> c_int {
        // SAFETY: the program's stream and variables.
        unsafe { over_stream(fp, |bio| PEM_read_bio(bio, name, header, data, len)) }
    }

    /// Reads the bytes of the next block of a kind, opened; the caller frees them.
    pub unsafe extern "C" fn PEM_bytes_read_bio(pdata: *mut *mut c_uchar, plen: *mut c_long, pnm: *mut *mut c_char, name: *const c_char, bp: *mut BIO, cb: Option<PasswordCallback>, u: *mut c_void) -> c_int {
        // SAFETY: the program's pipe, text and variables.
        unsafe {
            let name = handle::text(name).unwrap_or_default();
            let Some(block) = find(bp, |label| fits(label, name), Ask { callback: cb, data: u }) else { return 0 };
            let (Some(data), Some(len)) = (pdata.as_mut(), plen.as_mut()) else { return 0 };
            *data = crate::mem::duplicate(&block.bytes);
            *len = c_long::try_from(block.bytes.len()).unwrap_or(0);
            if let Some(out) = pnm.as_mut() {
                *out = crate::mem::duplicate(block.label.as_bytes()).cast();
            }
        }
        1
    }
}
