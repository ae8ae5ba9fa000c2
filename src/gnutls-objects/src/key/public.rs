//! Public keys.

use std::ffi::{c_int, c_uchar, c_uint, c_void};
use std::sync::Arc;

use standin_pki::der::Reader;
use standin_pki::key::{self, Key, rsa_public};
use standin_pki::nid;
use standin_pki::oid::dotted;

use super::signature::{fits, scheme};
use crate::algorithm::{curve, digest, oid_pk, pk, sign_named};
use crate::certificate::{self, access};
use crate::datum::{self, bytes, object, object_mut, put};
use crate::encoding::{self, PEM};
use crate::error::{self, code};
use crate::types::{
    gnutls_datum_t, gnutls_digest_algorithm_t, gnutls_ecc_curve_t, gnutls_privkey_t, gnutls_pubkey_t,
    gnutls_sign_algorithm_t, gnutls_x509_crt_fmt_t, gnutls_x509_crt_t,
};

const LABEL: &str = "PUBLIC KEY";

/// GNUTLS_EXPORT_FLAG_NO_LZ: numbers without a leading zero.
const NO_LEADING_ZERO: c_uint = 1;

/// A public key that a program holds.
#[derive(Default)]
pub struct PublicKey {
    pub key: Option<Arc<Key>>,
    /// What it may be used for: GNUTLS_KEY_*, 0 for anything.
    pub usage: c_uint,
}

impl PublicKey {
    pub fn key(&self) -> Result<&Arc<Key>, c_int> {
        self.key.as_ref().ok_or(error::INVALID_REQUEST)
    }
}

/// The kind of a key: GNUTLS_PK_*.
pub fn kind(key: &Key) -> c_uint {
    match key.algorithm {
        nid::RSA => pk::RSA,
        nid::RSA_PSS => pk::RSA_PSS,
        nid::DSA => pk::DSA,
        nid::DH => pk::DH,
        nid::EC => pk::ECDSA,
        nid::X25519 => pk::ECDH_X25519,
        nid::ED25519 => pk::EDDSA_ED25519,
        nid::X448 => pk::ECDH_X448,
        nid::ED448 => pk::EDDSA_ED448,
        _ => pk::UNKNOWN,
    }
}

/// The identifier of a SubjectPublicKeyInfo's algorithm.
pub fn oid_of(spki: &[u8]) -> Option<String> {
    let mut reader = Reader(spki).enter(standin_pki::der::tag::SEQUENCE)?;
    Some(dotted(key::algorithm(&mut reader)?.0))
}

/// The kind of key in a SubjectPublicKeyInfo, whether it can be read or not; UNKNOWN_PK_ALGORITHM.
pub fn kind_of(spki: &[u8]) -> c_int {
    let kind = oid_of(spki).map_or(pk::UNKNOWN, |oid| oid_pk(&oid));
    kind.cast_signed()
}

/// How many bits a key has.
pub fn bits(key: &Key) -> c_uint {
    match key.algorithm {
        // What its numbers take in bytes.
        nid::EC if key.curve == nid::P521 => 528,
        _ => c_uint::try_from(key.bits()).unwrap_or(0),
    }
}

/// The curve of a key.
pub fn curve_of(key: &Key) -> c_uint {
    match (key.algorithm, key.curve) {
        (nid::EC, nid::P256) => curve::SECP256R1,
        (nid::EC, nid::P384) => curve::SECP384R1,
        (nid::EC, nid::P521) => curve::SECP521R1,
        (nid::ED25519, _) => curve::ED25519,
        (nid::X25519, _) => curve::X25519,
        (nid::ED448, _) => curve::ED448,
        (nid::X448, _) => curve::X448,
        _ => curve::INVALID,
    }
}

/// A number as the original gives it: with a zero in front where the highest bit is set, unless that is not wanted.
pub fn number(bytes: &[u8], flags: c_uint) -> Vec<u8> {
    let bare = &bytes[bytes.iter().take_while(|byte| **byte == 0).count()..];
    let sign = flags & NO_LEADING_ZERO == 0 && bare.first().is_some_and(|byte| byte & 0x80 != 0);
    if sign { [&[0], bare].concat() } else { bare.to_vec() }
}

/// Gives a number where it is wanted.
pub unsafe fn give_number(out: *mut gnutls_datum_t, value: &[u8]) -> Result<(), c_int> {
    // SAFETY: the caller's promise: NULL or the program's variable.
    if out.is_null() { Ok(()) } else { unsafe { datum::give(out, value) } }
}

/// Gives modulus and exponent of an RSA key.
///
/// # Safety
/// `m` and `e` are NULL or can be written.
pub unsafe fn give_rsa(
    key: Option<&Key>,
    m: *mut gnutls_datum_t,
    e: *mut gnutls_datum_t,
    flags: c_uint,
) -> Result<(), c_int> {
    let key = key.filter(|key| matches!(key.algorithm, nid::RSA | nid::RSA_PSS)).ok_or(error::INVALID_REQUEST)?;
    let (modulus, exponent) = rsa_public(key.point()).ok_or(error::INVALID_REQUEST)?;
    // SAFETY: the caller's promise.
    unsafe {
        give_number(m, &number(modulus, flags))?;
        give_number(e, &number(exponent, flags))
    }
}

/// Gives curve and point of a key on a curve. That of Ed25519 is `x` alone.
///
/// # Safety
/// The pointers are NULL or can be written.
pub unsafe fn give_ecc(
    key: Option<&Key>,
    curve: *mut gnutls_ecc_curve_t,
    x: *mut gnutls_datum_t,
    y: *mut gnutls_datum_t,
    flags: c_uint,
) -> Result<(), c_int> {
    let key = key.ok_or(error::INVALID_REQUEST)?;
    let found = curve_of(key);
    if found == self::curve::INVALID {
        return Err(error::INVALID_REQUEST);
    }
    // SAFETY: the caller's promise.
    unsafe {
        put(curve, found);
        match (key.algorithm, key.point()) {
            (nid::EC, [4, point @ ..]) => {
                let (first, second) = point.split_at(point.len() / 2);
                give_number(x, &number(first, flags))?;
                give_number(y, &number(second, flags))
            }
            (nid::EC, _) => Err(error::INVALID_REQUEST),
            (_, point) => {
                put(y, gnutls_datum_t::EMPTY);
                give_number(x, point)
            }
        }
    }
}

/// Verifies a signature: 0, or an error that is a code.
fn verify(key: &Key, algorithm: c_uint, check: impl FnOnce(key::Scheme) -> bool) -> Result<(), c_int> {
    let sign = sign_named(algorithm).ok_or(error::INVALID_REQUEST)?;
    if !fits(sign, key) {
        return Err(error::INVALID_REQUEST);
    }
    if check(scheme(sign)) { Ok(()) } else { Err(error::PK_SIG_VERIFY_FAILED) }
}

versioned! {
    /// A key with nothing in it; gnutls_pubkey_deinit frees it.
    pub unsafe extern "C" fn gnutls_pubkey_init(key: *mut gnutls_pubkey_t) -> c_int {
        // SAFETY: the program's variable.
        code(unsafe { datum::hand_out(key, PublicKey::default()) })
    }

    /// Frees a key.
    pub unsafe extern "C" fn gnutls_pubkey_deinit(key: gnutls_pubkey_t) {
        // SAFETY: the program gives it up.
        unsafe { datum::take_back(key) }
    }

    /// Takes the key of a certificate, and what it may be used for.
    pub unsafe extern "C" fn gnutls_pubkey_import_x509(key: gnutls_pubkey_t, crt: gnutls_x509_crt_t, _flags: c_uint) -> c_int {
        // SAFETY: the program's key and certificate.
        unsafe {
            code(object_mut(key).and_then(|out| {
                let content = certificate::inside(crt)?;
                out.key = Some(Arc::new(Key::public(content.spki()).ok_or(error::UNKNOWN_PK_ALGORITHM)?));
                out.usage = content.key_usage()?.map_or(0, |(usage, _)| usage);
                Ok(())
            }))
        }
    }

    /// Reads a SubjectPublicKeyInfo.
    pub unsafe extern "C" fn gnutls_pubkey_import(key: gnutls_pubkey_t, data: *const gnutls_datum_t, format: gnutls_x509_crt_fmt_t) -> c_int {
        // SAFETY: the program's key and data.
        unsafe {
            code(object_mut(key).and_then(|out| {
                let data = bytes(data)?;
                let der = if format == PEM { encoding::decode(data, LABEL)? } else { data.to_vec() };
                out.key = Some(Arc::new(Key::public(&der).ok_or(error::ASN1_TAG_ERROR)?));
                Ok(())
            }))
        }
    }

    /// Reads the key of a certificate's DER or PEM.
    pub unsafe extern "C" fn gnutls_pubkey_import_x509_raw(pkey: gnutls_pubkey_t, data: *const gnutls_datum_t, format: gnutls_x509_crt_fmt_t, flags: c_uint) -> c_int {
        // SAFETY: the program's key and data; the certificate is ours.
        unsafe {
            let mut cert = certificate::Certificate::default();
            match bytes(data).and_then(|data| cert.import(data, format)) {
                Ok(()) => gnutls_pubkey_import_x509(pkey, &mut cert, flags),
                Err(error) => error,
            }
        }
    }

    /// Takes the public part of a private key; INVALID_REQUEST for one that signs elsewhere.
    pub unsafe extern "C" fn gnutls_pubkey_import_privkey(key: gnutls_pubkey_t, pkey: gnutls_privkey_t, usage: c_uint, _flags: c_uint) -> c_int {
        // SAFETY: the program's keys.
        unsafe {
            code(object_mut(key).and_then(|out| {
                let private = object(pkey)?.key().ok_or(error::INVALID_REQUEST)?;
                out.key = Some(Arc::new(Key::public(&private.spki).ok_or(error::UNKNOWN_PK_ALGORITHM)?));
                out.usage = usage;
                Ok(())
            }))
        }
    }

    /// Reads the public key at an address: UNIMPLEMENTED_FEATURE, since tokens are not served.
    pub unsafe extern "C" fn gnutls_pubkey_import_url(_key: gnutls_pubkey_t, _url: *const std::ffi::c_char, _flags: c_uint) -> c_int {
        error::UNIMPLEMENTED_FEATURE
    }

    /// The SubjectPublicKeyInfo, in the program's room.
    pub unsafe extern "C" fn gnutls_pubkey_export(key: gnutls_pubkey_t, format: gnutls_x509_crt_fmt_t, output_data: *mut c_void, output_data_size: *mut usize) -> c_int {
        // SAFETY: the program's key and room.
        unsafe {
            code(object(key).and_then(|key| {
                encoding::fill(&key.key()?.spki, LABEL, format, output_data, output_data_size)
            }))
        }
    }

    /// The same, for the program to free by gnutls_free.
    pub unsafe extern "C" fn gnutls_pubkey_export2(key: gnutls_pubkey_t, format: gnutls_x509_crt_fmt_t, out: *mut gnutls_datum_t) -> c_int {
        // SAFETY: the program's key and variable.
        unsafe { code(object(key).and_then(|key| encoding::give(&key.key()?.spki, LABEL, format, out))) }
    }

    /// A digest of the key (GNUTLS_KEYID_USE_*), in the program's room.
    pub unsafe extern "C" fn gnutls_pubkey_get_key_id(key: gnutls_pubkey_t, flags: c_uint, output_data: *mut c_uchar, output_data_size: *mut usize) -> c_int {
        // SAFETY: the program's key and room.
        unsafe {
            code(object(key).and_then(|key| {
                datum::fill(output_data.cast(), output_data_size, &access::key_id(&key.key()?.spki, flags))
            }))
        }
    }

    /// The kind, GNUTLS_PK_*, and how many bits.
    pub unsafe extern "C" fn gnutls_pubkey_get_pk_algorithm(key: gnutls_pubkey_t, bits: *mut c_uint) -> c_int {
        // SAFETY: the program's key and variable.
        unsafe {
            let Ok(outer) = object(key) else { return error::INVALID_REQUEST };
            put(bits, outer.key.as_ref().map_or(0, |key| self::bits(key)));
            outer.key.as_ref().map_or(0, |key| kind(key).cast_signed())
        }
    }

    /// What it may be used for: GNUTLS_KEY_*.
    pub unsafe extern "C" fn gnutls_pubkey_get_key_usage(key: gnutls_pubkey_t, usage: *mut c_uint) -> c_int {
        // SAFETY: the program's key and variable.
        unsafe { code(object(key).map(|key| put(usage, key.usage))) }
    }

    /// Says what it may be used for: GNUTLS_KEY_*.
    pub unsafe extern "C" fn gnutls_pubkey_set_key_usage(key: gnutls_pubkey_t, usage: c_uint) -> c_int {
        // SAFETY: the program's key.
        unsafe { code(object_mut(key).map(|key| key.usage = usage)) }
    }

    /// The digest that goes with the key, and whether it has to be that one.
    pub unsafe extern "C" fn gnutls_pubkey_get_preferred_hash_algorithm(key: gnutls_pubkey_t, hash: *mut gnutls_digest_algorithm_t, mand: *mut c_uint) -> c_int {
        // SAFETY: the program's key and variables.
        unsafe {
            code(object(key).and_then(|outer| {
                let key = outer.key()?;
                let found = match (key.algorithm, key.curve) {
                    (nid::EC, nid::P384) => digest::SHA384,
                    (nid::EC, nid::P521) | (nid::ED25519, _) => digest::SHA512,
                    _ => digest::SHA256,
                };
                put(hash, found);
                put(mand, c_uint::from(matches!(key.algorithm, nid::ED25519 | nid::ED448)));
                Ok(())
            }))
        }
    }

    /// Modulus and exponent, for the program to free by gnutls_free.
    pub unsafe extern "C" fn gnutls_pubkey_export_rsa_raw(key: gnutls_pubkey_t, m: *mut gnutls_datum_t, e: *mut gnutls_datum_t) -> c_int {
        // SAFETY: the program's key and variables.
        unsafe { gnutls_pubkey_export_rsa_raw2(key, m, e, 0) }
    }

    /// The same; GNUTLS_EXPORT_FLAG_NO_LZ leaves out leading zeros.
    pub unsafe extern "C" fn gnutls_pubkey_export_rsa_raw2(key: gnutls_pubkey_t, m: *mut gnutls_datum_t, e: *mut gnutls_datum_t, flags: c_uint) -> c_int {
        // SAFETY: the program's key and variables.
        unsafe { code(object(key).and_then(|key| give_rsa(key.key.as_deref(), m, e, flags))) }
    }

    /// Curve and point, for the program to free by gnutls_free.
    pub unsafe extern "C" fn gnutls_pubkey_export_ecc_raw(key: gnutls_pubkey_t, curve: *mut gnutls_ecc_curve_t, x: *mut gnutls_datum_t, y: *mut gnutls_datum_t) -> c_int {
        // SAFETY: the program's key and variables.
        unsafe { gnutls_pubkey_export_ecc_raw2(key, curve, x, y, 0) }
    }

    /// The same; GNUTLS_EXPORT_FLAG_NO_LZ leaves out leading zeros.
    pub unsafe extern "C" fn gnutls_pubkey_export_ecc_raw2(key: gnutls_pubkey_t, curve: *mut gnutls_ecc_curve_t, x: *mut gnutls_datum_t, y: *mut gnutls_datum_t, flags: c_uint) -> c_int {
        // SAFETY: the program's key and variables.
        unsafe { code(object(key).and_then(|key| give_ecc(key.key.as_deref(), curve, x, y, flags))) }
    }

    /// Verifies a signature over data: 0, PK_SIG_VERIFY_FAILED, or what is wrong with the question.
    pub unsafe extern "C" fn gnutls_pubkey_verify_data2(pubkey: gnutls_pubkey_t, algo: gnutls_sign_algorithm_t, _flags: c_uint, data: *const gnutls_datum_t, signature: *const gnutls_datum_t) -> c_int {
        // SAFETY: the program's key and data.
        unsafe {
            code(object(pubkey).and_then(|outer| {
                let (key, data, signature) = (outer.key()?, bytes(data)?, bytes(signature)?);
                verify(key, algo, |scheme| key.verify(scheme, data, signature))
            }))
        }
    }

    /// Verifies a signature over a digest.
    pub unsafe extern "C" fn gnutls_pubkey_verify_hash2(key: gnutls_pubkey_t, algo: gnutls_sign_algorithm_t, _flags: c_uint, hash: *const gnutls_datum_t, signature: *const gnutls_datum_t) -> c_int {
        // SAFETY: the program's key and data.
        unsafe {
            code(object(key).and_then(|outer| {
                let (key, hash, signature) = (outer.key()?, bytes(hash)?, bytes(signature)?);
                verify(key, algo, |scheme| key.verify_digest(scheme, hash, signature))
            }))
        }
    }
}
