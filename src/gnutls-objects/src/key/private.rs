//! Private keys that are here, or sign elsewhere by a program's functions.

use std::ffi::{c_char, c_int, c_uint, c_void};
use std::sync::Arc;

use standin_pki::der;
use standin_pki::key::Key;
use standin_pki::nid;

use super::public::{self, give_number};
use super::signature::{digest_number, fits, scheme};
use super::x509::{self, Pin, X509PrivateKey};
use crate::algorithm::{Sign, digest, digest_of_sign, pk, pk_to_sign, sign_named, sign_number};
use crate::datum::{self, bytes, object, object_mut, put};
use crate::error::{self, code};
use crate::hash;
use crate::types::{
    gnutls_datum_t, gnutls_digest_algorithm_t, gnutls_ecc_curve_t, gnutls_pin_callback_t, gnutls_pk_algorithm_t,
    gnutls_privkey_t, gnutls_privkey_type_t, gnutls_sign_algorithm_t, gnutls_x509_crt_fmt_t, gnutls_x509_privkey_t,
};

pub type gnutls_privkey_sign_func =
    Option<unsafe extern "C" fn(gnutls_privkey_t, *mut c_void, *const gnutls_datum_t, *mut gnutls_datum_t) -> c_int>;
pub type gnutls_privkey_decrypt_func = gnutls_privkey_sign_func;
pub type gnutls_privkey_sign_hash_func = Option<
    unsafe extern "C" fn(
        gnutls_privkey_t,
        gnutls_sign_algorithm_t,
        *mut c_void,
        c_uint,
        *const gnutls_datum_t,
        *mut gnutls_datum_t,
    ) -> c_int,
>;
pub type gnutls_privkey_sign_data_func = gnutls_privkey_sign_hash_func;
pub type gnutls_privkey_deinit_func = Option<unsafe extern "C" fn(gnutls_privkey_t, *mut c_void)>;
pub type gnutls_privkey_info_func = Option<unsafe extern "C" fn(gnutls_privkey_t, c_uint, *mut c_void) -> c_int>;

/// GNUTLS_PRIVKEY_*: what is inside.
mod kind {
    use std::ffi::c_uint;
    pub const X509: c_uint = 0;
    pub const EXTERNAL: c_uint = 3;
}

/// GNUTLS_PRIVKEY_IMPORT_AUTO_RELEASE: the key that is taken is given up with this one.
const RELEASE: c_uint = 1;

/// GNUTLS_PRIVKEY_INFO_*: what a program's function is asked.
mod info {
    use std::ffi::c_uint;
    pub const KIND: c_uint = 1;
    pub const BITS: c_uint = 1 << 3;
}

/// A program's functions for a key that is elsewhere.
#[derive(Clone, Copy)]
struct External {
    kind: c_uint,
    bits: c_uint,
    userdata: *mut c_void,
    sign: gnutls_privkey_sign_func,
    sign_data: gnutls_privkey_sign_data_func,
    sign_hash: gnutls_privkey_sign_hash_func,
    decrypt: gnutls_privkey_decrypt_func,
    deinit: gnutls_privkey_deinit_func,
    info: gnutls_privkey_info_func,
}

#[derive(Default)]
enum Inside {
    #[default]
    Nothing,
    Here(Arc<Key>),
    Elsewhere(External),
}

/// A private key that a program holds.
#[derive(Default)]
pub struct PrivateKey {
    inside: Inside,
    /// One that goes away with this.
    owned: Option<Box<X509PrivateKey>>,
    pin: Pin,
}

impl PrivateKey {
    /// The key, if it is here.
    pub fn key(&self) -> Option<&Arc<Key>> {
        match &self.inside {
            Inside::Here(key) => Some(key),
            _ => None,
        }
    }

    fn is_empty(&self) -> bool {
        matches!(self.inside, Inside::Nothing)
    }
}

/// The AlgorithmIdentifier of a digest and its value, as RSASSA-PKCS1-v1_5 signs them (RFC 8017, section 9.2).
fn digest_info(digest: c_uint, value: &[u8]) -> Result<Vec<u8>, c_int> {
    let oid = nid::der(digest_number(digest));
    if oid.is_empty() {
        return Err(error::UNKNOWN_HASH_ALGORITHM);
    }
    let identifier = der::sequence(&[&der::element(der::tag::OID, oid), &[der::tag::NULL, 0]]);
    Ok(der::sequence(&[&identifier, &der::element(der::tag::OCTET_STRING, value)]))
}

/// The algorithm that signs what stands in a DigestInfo, and the digest: what a key that is elsewhere was asked to sign.
fn of_digest_info(info: &[u8]) -> Option<(c_uint, &[u8])> {
    [digest::SHA1, digest::SHA256, digest::SHA384, digest::SHA512].into_iter().find_map(|digest| {
        let (_, value) = info.split_at_checked(info.len().checked_sub(digest_len(digest))?)?;
        let is_it = digest_info(digest, value).is_ok_and(|whole| whole == info);
        is_it.then(|| (pk_to_sign(pk::RSA, digest), value))
    })
}

/// What is to be signed.
enum Input<'a> {
    Data(&'a [u8]),
    Digest(&'a [u8]),
}

/// Signs by a program's functions.
unsafe fn sign_elsewhere(
    key: gnutls_privkey_t,
    external: External,
    sign: Sign,
    input: Input,
    out: *mut gnutls_datum_t,
) -> Result<(), c_int> {
    let lent = |bytes: &[u8]| gnutls_datum_t {
        data: bytes.as_ptr().cast_mut(),
        size: c_uint::try_from(bytes.len()).unwrap_or(c_uint::MAX),
    };
    let answer = |code: c_int| if code < 0 { Err(code) } else { Ok(()) };
    let hashed = sign.digest != digest::UNKNOWN && !matches!(sign.pk, pk::EDDSA_ED25519 | pk::EDDSA_ED448);
    if let (Some(function), Input::Data(data)) = (external.sign_data, &input)
        && (external.sign_hash.is_none() || !hashed)
    {
        // SAFETY: the program's function; what it is lent stays until it returns.
        return answer(unsafe { function(key, sign.id, external.userdata, 0, &lent(data), out) });
    }
    let digest = match input {
        Input::Data(data) => hash::digest_of(sign.digest, data).ok_or(error::UNKNOWN_HASH_ALGORITHM)?,
        Input::Digest(value) => value.to_vec(),
    };
    // What RSA signs by PKCS #1 says which digest it is.
    let (id, raw) = match sign.pk {
        pk::RSA => (sign_number::RSA_RAW, digest_info(sign.digest, &digest)?),
        _ => (sign.id, digest),
    };
    // SAFETY: as above.
    unsafe {
        if let Some(function) = external.sign_hash {
            answer(function(key, id, external.userdata, 0, &lent(&raw), out))
        } else if let Some(function) = external.sign {
            answer(function(key, external.userdata, &lent(&raw), out))
        } else {
            Err(error::UNIMPLEMENTED_FEATURE)
        }
    }
}

/// Signs in whatever way the key does.
unsafe fn sign(key: gnutls_privkey_t, algorithm: c_uint, input: Input, out: *mut gnutls_datum_t) -> Result<(), c_int> {
    let sign = sign_named(algorithm).ok_or(error::UNSUPPORTED_SIGNATURE_ALGORITHM)?;
    // SAFETY: the caller's promise; a program's function gets its key when nothing here is borrowed from it.
    unsafe {
        let here = match &object(key)?.inside {
            Inside::Nothing => return Err(error::INVALID_REQUEST),
            Inside::Elsewhere(external) => {
                let external = *external;
                return sign_elsewhere(key, external, sign, input, out);
            }
            Inside::Here(key) => key.clone(),
        };
        if !fits(sign, &here) {
            return Err(error::INVALID_REQUEST);
        }
        let signature = match input {
            Input::Data(data) => here.sign(scheme(sign), data),
            Input::Digest(value) => here.sign_digest(scheme(sign), value),
        };
        datum::give(out, &signature.ok_or(error::PK_SIGN_FAILED)?)
    }
}

/// The kind of a key, wherever it is.
unsafe fn kind_of(key: gnutls_privkey_t) -> Result<c_uint, c_int> {
    // SAFETY: the caller's promise, the program's key.
    Ok(match &unsafe { object(key) }?.inside {
        Inside::Nothing => pk::UNKNOWN,
        Inside::Here(key) => public::kind(key),
        Inside::Elsewhere(external) => external.kind,
    })
}

/// Makes a key one that signs elsewhere.
unsafe fn take_external(key: gnutls_privkey_t, external: External) -> Result<(), c_int> {
    if external.sign.is_none()
        && external.sign_data.is_none()
        && external.sign_hash.is_none()
        && external.decrypt.is_none()
    {
        return Err(error::INVALID_REQUEST);
    }
    // SAFETY: the caller's promise, the program's key.
    unsafe {
        let out = object_mut(key)?;
        if !out.is_empty() {
            return Err(error::INVALID_REQUEST);
        }
        out.inside = Inside::Elsewhere(external);
        let Some(function) = external.info else { return Ok(()) };
        // Nothing is borrowed while the program's function runs.
        let kind = function(key, info::KIND, external.userdata);
        match u32::try_from(kind) {
            Ok(kind) => {
                // The newest way of import tells how long the key is, too.
                let bits = if external.sign.is_none() { function(key, info::BITS, external.userdata) } else { 0 };
                let bits = c_uint::try_from(bits).unwrap_or(0);
                object_mut(key)?.inside = Inside::Elsewhere(External { kind, bits, ..external });
                Ok(())
            }
            Err(_) => {
                object_mut(key)?.inside = Inside::Nothing;
                Err(kind)
            }
        }
    }
}

versioned! {
    /// A key with nothing in it; gnutls_privkey_deinit frees it.
    pub unsafe extern "C" fn gnutls_privkey_init(key: *mut gnutls_privkey_t) -> c_int {
        // SAFETY: the program's variable.
        code(unsafe { datum::hand_out(key, PrivateKey::default()) })
    }

    /// Frees a key; of one that signs elsewhere the program's function is told.
    pub unsafe extern "C" fn gnutls_privkey_deinit(key: gnutls_privkey_t) {
        // SAFETY: the program gives it up; its function gets a key from which nothing is borrowed.
        unsafe {
            let external = match key.as_ref().map(|key| &key.inside) {
                Some(Inside::Elsewhere(external)) => Some(*external),
                _ => None,
            };
            if let Some(External { deinit: Some(function), userdata, .. }) = external {
                function(key, userdata);
            }
            datum::take_back(key);
        }
    }

    /// What is inside: GNUTLS_PRIVKEY_X509 or _EXT.
    pub unsafe extern "C" fn gnutls_privkey_get_type(key: gnutls_privkey_t) -> gnutls_privkey_type_t {
        // SAFETY: the program's key.
        match unsafe { object(key) }.map(|key| &key.inside) {
            Ok(Inside::Elsewhere(_)) => kind::EXTERNAL,
            _ => kind::X509,
        }
    }

    /// The kind, GNUTLS_PK_*, and how many bits: 0 where that is not known.
    pub unsafe extern "C" fn gnutls_privkey_get_pk_algorithm(key: gnutls_privkey_t, bits: *mut c_uint) -> c_int {
        // SAFETY: the program's key and variable.
        unsafe {
            let known = match object(key).map(|key| &key.inside) {
                Ok(Inside::Elsewhere(external)) => external.bits,
                Ok(Inside::Here(key)) => public::bits(key),
                _ => 0,
            };
            put(bits, known);
            kind_of(key).map_or_else(|error| error, c_uint::cast_signed)
        }
    }

    /// Takes a private key. It is shared, so that GNUTLS_PRIVKEY_IMPORT_COPY changes nothing; with _AUTO_RELEASE it is freed
    /// together with this one.
    pub unsafe extern "C" fn gnutls_privkey_import_x509(pkey: gnutls_privkey_t, key: gnutls_x509_privkey_t, flags: c_uint) -> c_int {
        // SAFETY: the program's keys.
        unsafe {
            code(object_mut(pkey).and_then(|out| {
                if !out.is_empty() {
                    return Err(error::INVALID_REQUEST);
                }
                out.inside = Inside::Here(object(key)?.key()?.clone());
                if flags & RELEASE != 0 {
                    out.owned = Some(Box::from_raw(key));
                }
                Ok(())
            }))
        }
    }

    /// Reads a key in any form, opened by a password where it needs one.
    pub unsafe extern "C" fn gnutls_privkey_import_x509_raw(pkey: gnutls_privkey_t, data: *const gnutls_datum_t, format: gnutls_x509_crt_fmt_t, password: *const c_char, flags: c_uint) -> c_int {
        // SAFETY: the program's key, data and text.
        unsafe {
            code(object_mut(pkey).map(|out| (out.is_empty(), out.pin)).and_then(|(is_empty, pin)| {
                if !is_empty {
                    return Err(error::INVALID_REQUEST);
                }
                let read = x509::read_asking(bytes(data)?, format, password, flags, pin)?;
                object_mut(pkey)?.inside = Inside::Here(Arc::new(read));
                Ok(())
            }))
        }
    }

    /// Takes the key at an address: UNIMPLEMENTED_FEATURE, since tokens are not served.
    pub unsafe extern "C" fn gnutls_privkey_import_url(_key: gnutls_privkey_t, _url: *const c_char, _flags: c_uint) -> c_int {
        error::UNIMPLEMENTED_FEATURE
    }

    /// Makes a key one that signs elsewhere: what `sign_func` is given is a DigestInfo for RSA, a digest for others.
    pub unsafe extern "C" fn gnutls_privkey_import_ext(pkey: gnutls_privkey_t, pk: gnutls_pk_algorithm_t, userdata: *mut c_void, sign_func: gnutls_privkey_sign_func, decrypt_func: gnutls_privkey_decrypt_func, flags: c_uint) -> c_int {
        // SAFETY: the program's key and functions.
        unsafe { gnutls_privkey_import_ext2(pkey, pk, userdata, sign_func, decrypt_func, None, flags) }
    }

    /// The same; `deinit_func` is called when the key is freed.
    pub unsafe extern "C" fn gnutls_privkey_import_ext2(pkey: gnutls_privkey_t, pk: gnutls_pk_algorithm_t, userdata: *mut c_void, sign_func: gnutls_privkey_sign_func, decrypt_func: gnutls_privkey_decrypt_func, deinit_func: gnutls_privkey_deinit_func, _flags: c_uint) -> c_int {
        let external = External {
            kind: pk, bits: 0, userdata, sign: sign_func, sign_data: None, sign_hash: None, decrypt: decrypt_func, deinit: deinit_func, info: None,
        };
        // SAFETY: the program's key and functions.
        code(unsafe { take_external(pkey, external) })
    }

    /// The same; `info_func` is asked what the key is.
    pub unsafe extern "C" fn gnutls_privkey_import_ext3(pkey: gnutls_privkey_t, userdata: *mut c_void, sign_func: gnutls_privkey_sign_func, decrypt_func: gnutls_privkey_decrypt_func, deinit_func: gnutls_privkey_deinit_func, info_func: gnutls_privkey_info_func, _flags: c_uint) -> c_int {
        if info_func.is_none() {
            return error::INVALID_REQUEST;
        }
        let external = External {
            kind: pk::UNKNOWN, bits: 0, userdata, sign: sign_func, sign_data: None, sign_hash: None, decrypt: decrypt_func, deinit: deinit_func, info: info_func,
        };
        // SAFETY: the program's key and functions.
        code(unsafe { take_external(pkey, external) })
    }

    /// The same with functions that are told the algorithm: one signs data, one digests.
    pub unsafe extern "C" fn gnutls_privkey_import_ext4(pkey: gnutls_privkey_t, userdata: *mut c_void, sign_data_func: gnutls_privkey_sign_data_func, sign_hash_func: gnutls_privkey_sign_hash_func, decrypt_func: gnutls_privkey_decrypt_func, deinit_func: gnutls_privkey_deinit_func, info_func: gnutls_privkey_info_func, _flags: c_uint) -> c_int {
        if info_func.is_none() {
            return error::INVALID_REQUEST;
        }
        let external = External {
            kind: pk::UNKNOWN, bits: 0, userdata, sign: None, sign_data: sign_data_func, sign_hash: sign_hash_func, decrypt: decrypt_func, deinit: deinit_func, info: info_func,
        };
        // SAFETY: the program's key and functions.
        code(unsafe { take_external(pkey, external) })
    }

    /// A private key of its own with the same key, which the program frees; INVALID_REQUEST for one that is elsewhere.
    pub unsafe extern "C" fn gnutls_privkey_export_x509(pkey: gnutls_privkey_t, key: *mut gnutls_x509_privkey_t) -> c_int {
        // SAFETY: the program's key and variable.
        unsafe {
            let here = object(pkey).and_then(|pkey| pkey.key().cloned().ok_or(error::INVALID_REQUEST));
            code(here.and_then(|here| datum::hand_out(key, X509PrivateKey::of(here))))
        }
    }

    /// Signs data, for the program to free by gnutls_free.
    pub unsafe extern "C" fn gnutls_privkey_sign_data2(signer: gnutls_privkey_t, algo: gnutls_sign_algorithm_t, _flags: c_uint, data: *const gnutls_datum_t, signature: *mut gnutls_datum_t) -> c_int {
        // SAFETY: the program's key and data.
        unsafe { code(bytes(data).and_then(|data| sign(signer, algo, Input::Data(data), signature))) }
    }

    /// Signs a digest, for the program to free by gnutls_free.
    pub unsafe extern "C" fn gnutls_privkey_sign_hash2(signer: gnutls_privkey_t, algo: gnutls_sign_algorithm_t, _flags: c_uint, hash_data: *const gnutls_datum_t, signature: *mut gnutls_datum_t) -> c_int {
        // SAFETY: the program's key and data.
        unsafe {
            code(bytes(hash_data).and_then(|value| {
                let (algo, value) = match algo {
                    sign_number::RSA_RAW => of_digest_info(value).ok_or(error::INVALID_REQUEST)?,
                    _ => (algo, value),
                };
                if sign_named(algo).is_none() || value.len() != digest_len(digest_of_sign(algo)) {
                    return Err(error::INVALID_REQUEST);
                }
                sign(signer, algo, Input::Digest(value), signature)
            }))
        }
    }

    /// Signs data with the algorithm of the key and a digest, for the program to free by gnutls_free.
    pub unsafe extern "C" fn gnutls_privkey_sign_data(signer: gnutls_privkey_t, hash: gnutls_digest_algorithm_t, flags: c_uint, data: *const gnutls_datum_t, signature: *mut gnutls_datum_t) -> c_int {
        // SAFETY: the program's key and data.
        unsafe { kind_of(signer).map_or_else(|error| error, |kind| gnutls_privkey_sign_data2(signer, pk_to_sign(kind, hash), flags, data, signature)) }
    }

    /// Signs a digest with the algorithm of the key and that digest, for the program to free by gnutls_free.
    pub unsafe extern "C" fn gnutls_privkey_sign_hash(signer: gnutls_privkey_t, hash_algo: gnutls_digest_algorithm_t, flags: c_uint, hash_data: *const gnutls_datum_t, signature: *mut gnutls_datum_t) -> c_int {
        // SAFETY: the program's key and data.
        unsafe { kind_of(signer).map_or_else(|error| error, |kind| gnutls_privkey_sign_hash2(signer, pk_to_sign(kind, hash_algo), flags, hash_data, signature)) }
    }

    /// Curve, point and secret, for the program to free by gnutls_free; INVALID_REQUEST for a key that is elsewhere.
    pub unsafe extern "C" fn gnutls_privkey_export_ecc_raw2(key: gnutls_privkey_t, curve: *mut gnutls_ecc_curve_t, x: *mut gnutls_datum_t, y: *mut gnutls_datum_t, k: *mut gnutls_datum_t, flags: c_uint) -> c_int {
        // SAFETY: the program's key and variables.
        unsafe {
            code(object(key).and_then(|key| {
                x509::give_ecc_secret(key.key().ok_or(error::INVALID_REQUEST)?, curve, x, y, k, flags)
            }))
        }
    }

    /// The same, with leading zeros.
    pub unsafe extern "C" fn gnutls_privkey_export_ecc_raw(key: gnutls_privkey_t, curve: *mut gnutls_ecc_curve_t, x: *mut gnutls_datum_t, y: *mut gnutls_datum_t, k: *mut gnutls_datum_t) -> c_int {
        // SAFETY: the program's key and variables.
        unsafe { gnutls_privkey_export_ecc_raw2(key, curve, x, y, k, 0) }
    }

    /// The numbers of an RSA key, for the program to free by gnutls_free.
    pub unsafe extern "C" fn gnutls_privkey_export_rsa_raw2(key: gnutls_privkey_t, m: *mut gnutls_datum_t, e: *mut gnutls_datum_t, d: *mut gnutls_datum_t, p: *mut gnutls_datum_t, q: *mut gnutls_datum_t, u: *mut gnutls_datum_t, e1: *mut gnutls_datum_t, e2: *mut gnutls_datum_t, flags: c_uint) -> c_int {
        // SAFETY: the program's key and variables.
        unsafe {
            code(object(key).and_then(|key| {
                let numbers = key.key().and_then(|key| x509::rsa_numbers(key, flags)).ok_or(error::INVALID_REQUEST)?;
                for (out, number) in [m, e, d, p, q, e1, e2, u].into_iter().zip(&numbers) {
                    give_number(out, number)?;
                }
                Ok(())
            }))
        }
    }

    /// The same, with leading zeros.
    pub unsafe extern "C" fn gnutls_privkey_export_rsa_raw(key: gnutls_privkey_t, m: *mut gnutls_datum_t, e: *mut gnutls_datum_t, d: *mut gnutls_datum_t, p: *mut gnutls_datum_t, q: *mut gnutls_datum_t, u: *mut gnutls_datum_t, e1: *mut gnutls_datum_t, e2: *mut gnutls_datum_t) -> c_int {
        // SAFETY: the program's key and variables.
        unsafe { gnutls_privkey_export_rsa_raw2(key, m, e, d, p, q, u, e1, e2, 0) }
    }

    /// Makes a new key of a kind: RSA of so many bits, one on a curve (GNUTLS_CURVE_TO_BITS), Ed25519.
    pub unsafe extern "C" fn gnutls_privkey_generate(pkey: gnutls_privkey_t, algo: gnutls_pk_algorithm_t, bits: c_uint, _flags: c_uint) -> c_int {
        // SAFETY: the program's key.
        unsafe {
            code(object_mut(pkey).and_then(|out| {
                out.inside = Inside::Here(Arc::new(x509::generated(algo, bits)?));
                Ok(())
            }))
        }
    }

    /// Whether the parts of the key go together, which they do: one that does not is not read.
    pub unsafe extern "C" fn gnutls_privkey_verify_params(key: gnutls_privkey_t) -> c_int {
        // SAFETY: the program's key.
        unsafe { code(object(key).and_then(|key| key.key().map(|_| ()).ok_or(error::INVALID_REQUEST))) }
    }

    /// Whether a key on a token is still there: 1, since there are none.
    pub unsafe extern "C" fn gnutls_privkey_status(_key: gnutls_privkey_t) -> c_int {
        1
    }

    /// Has the program asked for the password of a key that is encrypted, where none is given.
    pub unsafe extern "C" fn gnutls_privkey_set_pin_function(key: gnutls_privkey_t, fun: gnutls_pin_callback_t, userdata: *mut c_void) {
        // SAFETY: the program's key.
        if let Ok(key) = unsafe { object_mut(key) } {
            key.pin = Pin { function: fun, userdata };
        }
    }
}

fn digest_len(digest: c_uint) -> usize {
    hash::algorithm(digest).map_or(0, aws_lc_rs::digest::Algorithm::output_len)
}
