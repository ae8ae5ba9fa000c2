//! Certificates that programs make and sign.

use std::ffi::{c_char, c_int, c_long, c_uchar, c_void};
use std::ptr;
use std::sync::Arc;

use super::certificate::Certificate;
use super::{X509, X509_EXTENSION, X509_NAME};
use crate::asn1::{ASN1_INTEGER, ASN1_STRING, ASN1_TIME, NEGATIVE};
use crate::der::{self, tag};
use crate::err::{self, library, reason};
use crate::evp::{EVP_MD, EVP_MD_CTX, EVP_PKEY_CTX};
use crate::handle;
use crate::object::{self, ASN1_OBJECT, nid};
use crate::pkey::{self, EVP_PKEY, Key, Pss};

/// How a key signs with a digest (NULL: its own); `None` with an error.
fn using(key: &Arc<Key>, digest: Option<&EVP_MD>) -> Option<EVP_PKEY_CTX> {
    let own = matches!(key.algorithm, nid::ED25519 | nid::ED448);
    let digest = match digest {
        Some(_) if own => {
            err::raise(library::PROV, reason::prov::INVALID_DIGEST);
            return None;
        }
        None if own => object::UNDEFINED,
        Some(digest) => digest.nid,
        None => key.bound().map_or(nid::SHA256, |bound| bound.digest),
    };
    if key.bound().is_some_and(|bound| bound.digest != digest) {
        err::raise(library::PROV, reason::prov::DIGEST_NOT_ALLOWED);
        return None;
    }
    Some(EVP_PKEY_CTX::of(key, digest))
}

/// The AlgorithmIdentifier of signatures that a key makes so; `None` with an error.
fn identifier(using: &EVP_PKEY_CTX) -> Option<Vec<u8>> {
    let oid = |kind: c_int| der::element(tag::OID, object::der_of(kind));
    let key = using.key()?;
    if let Some(pss) = using.pss() {
        return Some(der::sequence(&[&oid(nid::RSA_PSS), &pss_parameters(pss)]));
    }
    let Some(kind) = object::signature_of(using.digest(), key.algorithm) else {
        err::raise(library::X509, reason::x509::UNKNOWN_SIGID_ALGS);
        return None;
    };
    let parameters: &[u8] = if key.algorithm == nid::RSA { &[tag::NULL, 0] } else { &[] };
    Some(der::sequence(&[&oid(kind), parameters]))
}

/// RSASSA-PSS-params (RFC 4055): what is as usual is left out.
fn pss_parameters(pss: Pss) -> Vec<u8> {
    /// How long a salt is that is not spoken of.
    const USUAL_SALT: c_int = 20;
    let oid = |kind: c_int| der::element(tag::OID, object::der_of(kind));
    let hash = |kind: c_int| der::sequence(&[&oid(kind), &[tag::NULL, 0]]);
    let unless = |usual: bool, number, part: &[u8]| match usual {
        true => Vec::new(),
        false => der::element(tag::constructed(number), part),
    };
    let mask = der::sequence(&[&oid(nid::MGF1), &hash(pss.mask)]);
    let salt = der::integer(pss.salt.unsigned_abs().into());
    der::sequence(&[
        &unless(pss.digest == nid::SHA1, 0, &hash(pss.digest)),
        &unless(pss.mask == nid::SHA1, 1, &mask),
        &unless(pss.salt == USUAL_SALT, 2, &salt),
    ])
}

/// Signs as it was told: the AlgorithmIdentifier and the signature go around what `message` makes of the former. `None` with an
/// error when the key does not sign so.
pub fn signed_by(using: &EVP_PKEY_CTX, message: impl FnOnce(&[u8]) -> Vec<u8>) -> Option<(Vec<u8>, usize)> {
    let algorithm = identifier(using)?;
    let message = message(&algorithm);
    let signature = using.manner().zip(using.key()).and_then(|(manner, key)| manner.sign(key, &message));
    let Some(signature) = signature else {
        match using.pss() {
            Some(_) => {
                err::raise(library::RSA, reason::rsa::DATA_TOO_LARGE_FOR_KEY_SIZE);
                err::raise(library::PROV, reason::RSA_LIB);
                err::raise(library::ASN1, reason::EVP_LIB);
            }
            None => err::raise(library::EVP, reason::UNSUPPORTED),
        }
        return None;
    };
    let bits = der::element(tag::BIT_STRING, &[&[0], &signature[..]].concat());
    Some((der::sequence(&[&message, &algorithm, &bits]), signature.len()))
}

/// Signs with a key and a digest, as `signed_by` does.
///
/// # Safety
/// `key` and `digest` are NULL or live.
pub unsafe fn signed(
    key: *const EVP_PKEY,
    digest: *const EVP_MD,
    message: impl FnOnce(&[u8]) -> Vec<u8>,
) -> Option<(Vec<u8>, usize)> {
    // SAFETY: the caller's promise.
    let (key, digest) = unsafe { (pkey::inside(key), digest.as_ref()) };
    let Some(key) = key else {
        err::raise(library::EVP, reason::evp::NO_KEY_SET);
        return None;
    };
    signed_by(&using(key, digest)?, message)
}

/// A sequence of extensions, encoded; nothing for none.
pub fn extensions_der(extensions: &[Box<X509_EXTENSION>]) -> Vec<u8> {
    let each: Vec<Vec<u8>> = extensions.iter().map(|extension| extension.der()).collect();
    let each: Vec<&[u8]> = each.iter().map(Vec::as_slice).collect();
    if each.is_empty() { Vec::new() } else { der::sequence(&each) }
}

impl Certificate {
    /// What is signed, with the AlgorithmIdentifier of the signature.
    fn tbs(&self, algorithm: &[u8]) -> Vec<u8> {
        let version = match self.version {
            0 => Vec::new(),
            version => der::element(tag::constructed(0), &der::integer(version)),
        };
        let extensions = match extensions_der(&self.extensions) {
            none if none.is_empty() => none,
            extensions => der::element(tag::constructed(3), &extensions),
        };
        let validity = der::sequence(&[&self.not_before.der(), &self.not_after.der()]);
        der::sequence(&[
            &version,
            &self.serial.der(),
            algorithm,
            self.issuer.der(),
            &validity,
            self.subject.der(),
            self.spki(),
            &self.unique,
            &extensions,
        ])
    }

    /// Encodes it anew after a change, with the signature that it had, which is then wrong. One that was never signed is not
    /// encoded.
    fn changed(&mut self) {
        if self.der().is_empty() {
            self.forget();
            return;
        }
        let algorithm = self.signed().algorithm.to_vec();
        let whole = der::sequence(&[&self.tbs(&algorithm), &algorithm, &self.signature.der()]);
        self.encode(&whole);
    }
}

unsafe fn change(x: *mut X509, set: impl FnOnce(&mut Certificate) -> bool) -> c_int {
    // SAFETY: the program's certificate, which nobody else uses while it is changed.
    let Some(certificate) = (unsafe { x.as_mut() }).and_then(X509::certificate_mut) else { return 0 };
    if !set(certificate) {
        return 0;
    }
    certificate.changed();
    1
}

/// What is already there under an X509V3_ADD_*: whether to go on, and which extension goes.
mod add {
    use std::ffi::c_ulong;
    pub const OPERATION: c_ulong = 0xf;
    pub const DEFAULT: c_ulong = 0;
    pub const APPEND: c_ulong = 1;
    pub const REPLACE: c_ulong = 2;
    pub const REPLACE_EXISTING: c_ulong = 3;
    pub const KEEP_EXISTING: c_ulong = 4;
    pub const DELETE: c_ulong = 5;
    pub const SILENT: c_ulong = 0x10;
}

/// Adds what is encoded to extensions, as X509V3_ADD_* say: 1, 0 with an error, -1.
pub fn add_extension(
    list: &mut Vec<Box<X509_EXTENSION>>,
    kind: c_int,
    encode: impl FnOnce() -> Option<X509_EXTENSION>,
    flags: std::ffi::c_ulong,
) -> c_int {
    let fail = |why| {
        if flags & add::SILENT == 0 {
            err::raise(library::X509V3, why);
        }
        0
    };
    let at = list.iter().position(|extension| extension.nid() == kind);
    match (flags & add::OPERATION, at) {
        (add::KEEP_EXISTING, Some(_)) => return 1,
        (add::DEFAULT, Some(_)) => return fail(reason::x509v3::EXTENSION_EXISTS),
        (add::REPLACE_EXISTING | add::DELETE, None) => return fail(reason::x509v3::EXTENSION_NOT_FOUND),
        (add::DELETE, Some(at)) => {
            list.remove(at);
            return 1;
        }
        (add::DEFAULT | add::APPEND | add::REPLACE | add::REPLACE_EXISTING | add::KEEP_EXISTING, _) => {}
        _ => return -1,
    }
    let Some(made) = encode() else { return fail(reason::x509v3::ERROR_CREATING_EXTENSION) };
    match at.filter(|_| matches!(flags & add::OPERATION, add::REPLACE | add::REPLACE_EXISTING)) {
        Some(at) => *list[at] = made,
        None => list.push(Box::new(made)),
    }
    1
}

versioned! {
    /// Sets the version: 0 is the first, 2 the third.
    pub unsafe extern "C" fn X509_set_version(x: *mut X509, version: c_long) -> c_int {
        // SAFETY: the program's certificate.
        unsafe {
            change(x, |certificate| u64::try_from(version).map(|version| certificate.version = version).is_ok())
        }
    }

    /// Sets the serial number, which is copied.
    pub unsafe extern "C" fn X509_set_serialNumber(x: *mut X509, serial: *mut ASN1_INTEGER) -> c_int {
        // SAFETY: the program's certificate and number.
        unsafe {
            let Some(number) = serial.as_ref().filter(|number| number.kind & !NEGATIVE == c_int::from(tag::INTEGER)) else { return 0 };
            let number = number.clone();
            change(x, |certificate| {
                certificate.serial.copy_from(&number);
                true
            })
        }
    }

    /// Sets the issuer's name, which is copied.
    pub unsafe extern "C" fn X509_set_issuer_name(x: *mut X509, name: *const X509_NAME) -> c_int {
        // SAFETY: the program's certificate and name.
        unsafe {
            let Some(name) = name.as_ref().cloned() else { return 0 };
            change(x, |certificate| {
                certificate.issuer = name;
                true
            })
        }
    }

    /// Sets the subject's name, which is copied.
    pub unsafe extern "C" fn X509_set_subject_name(x: *mut X509, name: *const X509_NAME) -> c_int {
        // SAFETY: the program's certificate and name.
        unsafe {
            let Some(name) = name.as_ref().cloned() else { return 0 };
            change(x, |certificate| {
                certificate.subject = name;
                true
            })
        }
    }

    /// Sets when it starts to be valid; the time is copied.
    pub unsafe extern "C" fn X509_set1_notBefore(x: *mut X509, tm: *const ASN1_TIME) -> c_int {
        // SAFETY: the program's certificate and time.
        unsafe {
            let Some(time) = tm.as_ref().cloned() else { return 0 };
            change(x, |certificate| {
                certificate.not_before.copy_from(&time);
                true
            })
        }
    }

    /// Sets when it ends to be valid; the time is copied.
    pub unsafe extern "C" fn X509_set1_notAfter(x: *mut X509, tm: *const ASN1_TIME) -> c_int {
        // SAFETY: the program's certificate and time.
        unsafe {
            let Some(time) = tm.as_ref().cloned() else { return 0 };
            change(x, |certificate| {
                certificate.not_after.copy_from(&time);
                true
            })
        }
    }

    /// Sets the public key.
    pub unsafe extern "C" fn X509_set_pubkey(x: *mut X509, pkey: *mut EVP_PKEY) -> c_int {
        // SAFETY: the program's certificate and key.
        unsafe {
            let Some(key) = pkey::inside(pkey).cloned() else {
                err::raise(library::X509, reason::x509::UNSUPPORTED_ALGORITHM);
                return 0;
            };
            change(x, |certificate| {
                certificate.set_key(&key);
                true
            })
        }
    }

    /// Adds a copy of an extension before `loc`, at the end for -1.
    pub unsafe extern "C" fn X509_add_ext(x: *mut X509, ex: *mut X509_EXTENSION, loc: c_int) -> c_int {
        // SAFETY: the program's certificate and extension.
        unsafe {
            let Some(extension) = ex.as_ref().cloned() else { return 0 };
            change(x, |certificate| {
                let end = certificate.extensions.len();
                let at = usize::try_from(loc).unwrap_or(end).min(end);
                certificate.extensions.insert(at, Box::new(extension));
                true
            })
        }
    }

    /// Takes the extension at `loc` out; the caller frees it. NULL when there is none.
    pub unsafe extern "C" fn X509_delete_ext(x: *mut X509, loc: c_int) -> *mut X509_EXTENSION {
        // SAFETY: the program's certificate.
        unsafe {
            let mut taken = ptr::null_mut();
            change(x, |certificate| {
                let at = usize::try_from(loc).ok().filter(|at| *at < certificate.extensions.len());
                if let Some(at) = at {
                    taken = Box::into_raw(certificate.extensions.remove(at));
                }
                at.is_some()
            });
            taken
        }
    }

    /// Adds an extension of a kind made of the object that programs have for it (see X509V3_EXT_i2d), as X509V3_ADD_* in
    /// `flags` say of one that is there already.
    pub unsafe extern "C" fn X509_add1_ext_i2d(x: *mut X509, nid: c_int, value: *mut c_void, crit: c_int, flags: std::ffi::c_ulong) -> c_int {
        // SAFETY: the program's certificate and object.
        unsafe {
            let mut answer = 0;
            change(x, |certificate| {
                answer = add_extension(&mut certificate.extensions, nid, || super::encode::extension(nid, crit != 0, value), flags);
                answer == 1
            });
            answer
        }
    }

    /// Signs the certificate with a key and a digest (NULL for keys that have their own). Returns the length of the
    /// signature, 0 with an error.
    pub unsafe extern "C" fn X509_sign(x: *mut X509, pkey: *mut EVP_PKEY, md: *const EVP_MD) -> c_int {
        // SAFETY: the program's certificate, which nobody else uses while it is signed, key and digest.
        unsafe {
            let Some(certificate) = x.as_mut().and_then(X509::certificate_mut) else {
                err::raise(library::X509, reason::PASSED_NULL_PARAMETER);
                return 0;
            };
            let Some((whole, len)) = signed(pkey, md, |algorithm| certificate.tbs(algorithm)) else { return 0 };
            if !certificate.encode(&whole) {
                err::raise(library::ASN1, reason::asn1::ILLEGAL_OBJECT);
                return 0;
            }
            c_int::try_from(len).unwrap_or(0)
        }
    }

    /// Signs the certificate as EVP_DigestSignInit has begun and EVP_PKEY_CTX_set_* have told, and resets `ctx`. Returns the
    /// length of the signature, 0 with an error.
    pub unsafe extern "C" fn X509_sign_ctx(x: *mut X509, ctx: *mut EVP_MD_CTX) -> c_int {
        // SAFETY: the program's certificate, which nobody else uses while it is signed, and object.
        unsafe {
            let Some(certificate) = x.as_mut().and_then(X509::certificate_mut) else {
                err::raise(library::X509, reason::PASSED_NULL_PARAMETER);
                return 0;
            };
            let Some(using) = ctx.as_ref().and_then(EVP_MD_CTX::using) else {
                err::raise(library::ASN1, reason::asn1::CONTEXT_NOT_INITIALISED);
                return 0;
            };
            let signed = signed_by(using, |algorithm| certificate.tbs(algorithm));
            crate::evp::EVP_MD_CTX_reset(ctx);
            let Some((whole, len)) = signed else { return 0 };
            if !certificate.encode(&whole) {
                err::raise(library::ASN1, reason::asn1::ILLEGAL_OBJECT);
                return 0;
            }
            c_int::try_from(len).unwrap_or(0)
        }
    }

    /// Adds a use for which the certificate is trusted; the identifier is copied.
    pub unsafe extern "C" fn X509_add1_trust_object(x: *mut X509, obj: *const ASN1_OBJECT) -> c_int {
        // SAFETY: the program's certificate and identifier.
        let (Some(x), Some(object)) = (unsafe { x.as_mut() }, unsafe { obj.as_ref() }) else { return 0 };
        x.trust.trusted.push(object.der.clone());
        1
    }

    /// Adds a use for which the certificate is not trusted; the identifier is copied.
    pub unsafe extern "C" fn X509_add1_reject_object(x: *mut X509, obj: *const ASN1_OBJECT) -> c_int {
        // SAFETY: the program's certificate and identifier.
        let (Some(x), Some(object)) = (unsafe { x.as_mut() }, unsafe { obj.as_ref() }) else { return 0 };
        x.trust.rejected.push(object.der.clone());
        1
    }

    /// Sets the name by which the program knows the certificate: `len` bytes, or up to a zero for -1; NULL takes it away.
    pub unsafe extern "C" fn X509_alias_set1(x: *mut X509, name: *const c_uchar, len: c_int) -> c_int {
        // SAFETY: the program's certificate and text.
        unsafe { set_text(x, name, len, |x| &mut x.trust.alias) }
    }

    /// The name by which the program knows the certificate, which stays the certificate's, and its length; NULL for none.
    pub unsafe extern "C" fn X509_alias_get0(x: *mut X509, len: *mut c_int) -> *mut c_uchar {
        // SAFETY: the program's certificate and variable.
        unsafe { lend_text(x.as_ref().and_then(|x| x.trust.alias.as_ref()), len) }
    }

    /// Sets the program's number of the certificate's key: `len` bytes; NULL takes it away.
    pub unsafe extern "C" fn X509_keyid_set1(x: *mut X509, id: *const c_uchar, len: c_int) -> c_int {
        // SAFETY: the program's certificate and bytes.
        unsafe { set_text(x, id, len, |x| &mut x.trust.key_id) }
    }

    /// The program's number of the certificate's key, which stays the certificate's, and its length; NULL for none.
    pub unsafe extern "C" fn X509_keyid_get0(x: *mut X509, len: *mut c_int) -> *mut c_uchar {
        // SAFETY: the program's certificate and variable.
        unsafe { lend_text(x.as_ref().and_then(|x| x.trust.key_id.as_ref()), len) }
    }
}

unsafe fn set_text(
    x: *mut X509,
    text: *const c_uchar,
    len: c_int,
    place: impl FnOnce(&mut X509) -> &mut Option<ASN1_STRING>,
) -> c_int {
    // SAFETY: the program's certificate and text.
    unsafe {
        let Some(x) = x.as_mut() else { return c_int::from(text.is_null()) };
        let len = usize::try_from(len)
            .unwrap_or_else(|_| if text.is_null() { 0 } else { libc::strlen(text.cast::<c_char>()) });
        *place(x) = (!text.is_null()).then(|| ASN1_STRING::new(tag::UTF8.into(), handle::bytes(text, len)));
    }
    1
}

unsafe fn lend_text(text: Option<&ASN1_STRING>, len: *mut c_int) -> *mut c_uchar {
    let Some(text) = text else { return ptr::null_mut() };
    // SAFETY: the program's variable.
    if let Some(len) = unsafe { len.as_mut() } {
        *len = c_int::try_from(text.bytes().len()).unwrap_or(0);
    }
    text.bytes().as_ptr().cast_mut()
}

impl Certificate {
    /// Gets another public key.
    fn set_key(&mut self, key: &Arc<Key>) {
        let spki = key.spki.clone();
        self.replace_key(spki);
    }
}
