//! Private keys that are here.

use std::ffi::{c_char, c_int, c_uchar, c_uint, c_void};
use std::sync::Arc;

use standin_pki::der::{Reader, tag};
use standin_pki::key::Key;
use standin_pki::{nid, password};
use zeroize::Zeroizing;

use super::public::{self, give_ecc, give_number, number};
use crate::algorithm::{curve, level, pk};
use crate::certificate::access;
use crate::datum::{self, bytes, object, object_mut, put};
use crate::encoding::{self, PEM};
use crate::error::{self, code};
use crate::types::{
    gnutls_datum_t, gnutls_ecc_curve_t, gnutls_pin_callback_t, gnutls_pk_algorithm_t, gnutls_sec_param_t,
    gnutls_x509_crt_fmt_t, gnutls_x509_privkey_t,
};

const PKCS8: &str = "PRIVATE KEY";
const ENCRYPTED: &str = "ENCRYPTED PRIVATE KEY";

/// GNUTLS_PKCS_*.
mod flag {
    use std::ffi::c_uint;
    pub const PLAIN: c_uint = 1;
    pub const NULL_PASSWORD: c_uint = 1 << 8;
}

/// Whom a program has named to know the password of a key that is encrypted.
#[derive(Clone, Copy)]
pub struct Pin {
    pub function: gnutls_pin_callback_t,
    pub userdata: *mut c_void,
}

impl Default for Pin {
    fn default() -> Self {
        Pin { function: None, userdata: std::ptr::null_mut() }
    }
}

impl Pin {
    /// What the program's function says.
    ///
    /// # Safety
    /// It is the program's; no object of ours is borrowed.
    unsafe fn ask(self) -> Option<Zeroizing<Vec<u8>>> {
        /// GNUTLS_PKCS11_MAX_PIN_LEN.
        const LONGEST: usize = 256;
        let function = self.function?;
        let mut pin = Zeroizing::new(vec![0_u8; LONGEST]);
        // SAFETY: the caller's promise; room as long as told.
        let told =
            unsafe { function(self.userdata, 0, c"key:".as_ptr(), c"".as_ptr(), 0, pin.as_mut_ptr().cast(), LONGEST) };
        let len = pin.iter().position(|byte| *byte == 0).unwrap_or(LONGEST);
        pin.truncate(len);
        (told == 0).then_some(pin)
    }
}

/// A private key that a program holds.
#[derive(Default)]
pub struct X509PrivateKey {
    pub key: Option<Arc<Key>>,
    pin: Pin,
}

impl X509PrivateKey {
    /// One of this key.
    pub fn of(key: Arc<Key>) -> Self {
        X509PrivateKey { key: Some(key), pin: Pin::default() }
    }

    pub fn key(&self) -> Result<&Arc<Key>, c_int> {
        self.key.as_ref().ok_or(error::INVALID_REQUEST)
    }
}

/// A key in DER that is not encrypted.
fn plain(der: &[u8]) -> Result<Key, c_int> {
    match Key::private(der) {
        Some(key) => Ok(key),
        None if Reader(der).expect(tag::SEQUENCE).is_none() => Err(error::ASN1_TAG_ERROR),
        None => Err(error::ASN1_TAG_ERROR),
    }
}

/// A key in PEM that is not encrypted.
fn plain_pem(text: &[u8]) -> Result<Key, c_int> {
    const LABELS: [&str; 4] = ["RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY", PKCS8];
    let label = LABELS.iter().find(|label| encoding::next_block(text, label).is_ok());
    let block = encoding::next_block(text, label.ok_or(error::REQUESTED_DATA_NOT_AVAILABLE)?)?;
    plain(&Zeroizing::new(block.decode()?))
}

/// What a password opens: an EncryptedPrivateKeyInfo.
fn opened(der: &[u8], password: Option<&[u8]>) -> Result<Key, c_int> {
    let Some(password) = password else { return Err(error::DECRYPTION_FAILED) };
    let opened = password::open_pkcs8(der, password).ok_or(error::DECRYPTION_FAILED)?;
    plain(&opened)
}

/// A block with the older lines `DEK-Info`.
fn opened_lines(block: &encoding::Block, password: Option<&[u8]>) -> Option<Result<Key, c_int>> {
    let text = String::from_utf8_lossy(block.body);
    let info = text.lines().find_map(|line| line.strip_prefix("DEK-Info:"))?;
    let open = || {
        let password = password.ok_or(error::DECRYPTION_FAILED)?;
        let (cipher, iv) = info.trim().split_once(',').ok_or(error::INVALID_REQUEST)?;
        if !password::knows(cipher) {
            return Err(error::UNKNOWN_CIPHER_TYPE);
        }
        let iv = encoding::unhex(iv.trim().as_bytes())?;
        let letters: String = text.lines().filter(|line| !line.contains(':')).collect();
        let secret = standin_pki::base64::decode(letters.as_bytes()).ok_or(error::BASE64_DECODING_ERROR)?;
        let der = password::open_dek(cipher, &iv, &secret, password).ok_or(error::DECRYPTION_FAILED)?;
        Key::private(&der).ok_or(error::DECRYPTION_FAILED)
    };
    Some(open())
}

/// Reads a key as [`read`] does; where a password is wanted and none given, the program's function is asked.
///
/// # Safety
/// The program's text and function; no object of ours is borrowed.
pub unsafe fn read_asking(
    data: &[u8],
    format: gnutls_x509_crt_fmt_t,
    password: *const c_char,
    flags: c_uint,
    pin: Pin,
) -> Result<Key, c_int> {
    // SAFETY: the caller's promise.
    unsafe {
        match read(data, format, password_of(password, flags)) {
            Err(error::DECRYPTION_FAILED) if password.is_null() && flags & flag::PLAIN == 0 => match pin.ask() {
                Some(pin) => read(data, format, Some(&pin)),
                None => Err(error::DECRYPTION_FAILED),
            },
            read => read,
        }
    }
}

/// A key in any form, with the password that it may be under.
pub fn read(data: &[u8], format: gnutls_x509_crt_fmt_t, password: Option<&[u8]>) -> Result<Key, c_int> {
    if format != PEM {
        return plain(data).or_else(|error| match is_encrypted(data) {
            true => opened(data, password),
            false => Err(error),
        });
    }
    if let Ok(block) = encoding::next_block(data, ENCRYPTED) {
        return opened(&block.decode()?, password);
    }
    let lines = ["RSA ", "EC ", "DSA "].map(|kind| encoding::next_block(data, &format!("{kind}{PKCS8}")).ok());
    for block in lines.iter().flatten() {
        if let Some(result) = opened_lines(block, password) {
            return result;
        }
    }
    plain_pem(data)
}

/// Whether this looks like an EncryptedPrivateKeyInfo.
fn is_encrypted(der: &[u8]) -> bool {
    let read = || {
        let mut inside = Reader(der).enter(tag::SEQUENCE)?;
        inside.expect(tag::SEQUENCE)?;
        inside.expect(tag::OCTET_STRING)
    };
    read().is_some()
}

/// PKCS #1 or SEC 1 where there is such a form, else PKCS #8; and what stands behind BEGIN.
fn traditional(key: &Key) -> Result<(Zeroizing<Vec<u8>>, &'static str), c_int> {
    let label = match key.algorithm {
        nid::RSA => "RSA PRIVATE KEY",
        nid::EC => "EC PRIVATE KEY",
        _ => {
            let der = key.pkcs8().ok_or(error::INVALID_REQUEST)?;
            return Ok((Zeroizing::new(der.to_vec()), PKCS8));
        }
    };
    Ok((key.traditional().ok_or(error::INVALID_REQUEST)?, label))
}

/// The PrivateKeyInfo. Encrypting is not served.
fn pkcs8<'a>(key: &'a Key, password: Option<&[u8]>, flags: c_uint) -> Result<&'a [u8], c_int> {
    if password.is_some() && flags & flag::PLAIN == 0 {
        return Err(error::UNIMPLEMENTED_FEATURE);
    }
    key.pkcs8().ok_or(error::INVALID_REQUEST)
}

/// A new key of a kind; `bits` is a length, or a curve as GNUTLS_CURVE_TO_BITS says it.
pub fn generated(algorithm: gnutls_pk_algorithm_t, bits: c_uint) -> Result<Key, c_int> {
    /// GNUTLS_CURVE_TO_BITS sets this bit.
    const CURVE: c_uint = 1 << 31;
    let curve = match bits & !CURVE {
        curve if bits & CURVE == 0 => match curve {
            ..=256 => nid::P256,
            257..=384 => nid::P384,
            _ => nid::P521,
        },
        curve::SECP256R1 => nid::P256,
        curve::SECP384R1 => nid::P384,
        curve::SECP521R1 => nid::P521,
        _ => nid::UNDEFINED,
    };
    let kind = match algorithm {
        pk::RSA => nid::RSA,
        pk::ECDSA => nid::EC,
        pk::EDDSA_ED25519 => nid::ED25519,
        _ => return Err(error::UNIMPLEMENTED_FEATURE),
    };
    Key::generate(kind, curve, bits as usize).ok_or(error::ECC_UNSUPPORTED_CURVE)
}

/// Curve, point and secret of a key on a curve.
///
/// # Safety
/// The pointers are NULL or can be written.
pub unsafe fn give_ecc_secret(
    key: &Key,
    curve: *mut gnutls_ecc_curve_t,
    x: *mut gnutls_datum_t,
    y: *mut gnutls_datum_t,
    k: *mut gnutls_datum_t,
    flags: c_uint,
) -> Result<(), c_int> {
    let secret = || {
        let inner = key.traditional()?;
        let secret = match key.algorithm {
            nid::EC => {
                let mut reader = Reader(&inner).enter(tag::SEQUENCE)?;
                reader.expect(tag::INTEGER)?;
                number(reader.expect(tag::OCTET_STRING)?.content, flags)
            }
            _ => Reader(&inner).expect(tag::OCTET_STRING)?.content.to_vec(),
        };
        Some(Zeroizing::new(secret))
    };
    // SAFETY: the caller's promise.
    unsafe {
        give_ecc(Some(key), curve, x, y, flags)?;
        give_number(k, &secret().ok_or(error::INVALID_REQUEST)?)
    }
}

/// The numbers of an RSA key as PKCS #1 has them: m, e, d, p, q, e1, e2, u.
pub fn rsa_numbers(key: &Key, flags: c_uint) -> Option<[Zeroizing<Vec<u8>>; 8]> {
    if !matches!(key.algorithm, nid::RSA | nid::RSA_PSS) {
        return None;
    }
    let inner = key.traditional()?;
    let mut reader = Reader(&inner).enter(tag::SEQUENCE)?;
    reader.expect(tag::INTEGER)?;
    let mut numbers: [Zeroizing<Vec<u8>>; 8] = Default::default();
    for out in &mut numbers {
        *out = Zeroizing::new(number(reader.expect(tag::INTEGER)?.content, flags));
    }
    Some(numbers)
}

versioned! {
    /// A key with nothing in it; gnutls_x509_privkey_deinit frees it.
    pub unsafe extern "C" fn gnutls_x509_privkey_init(key: *mut gnutls_x509_privkey_t) -> c_int {
        // SAFETY: the program's variable.
        code(unsafe { datum::hand_out(key, X509PrivateKey::default()) })
    }

    /// Frees a key.
    pub unsafe extern "C" fn gnutls_x509_privkey_deinit(key: gnutls_x509_privkey_t) {
        // SAFETY: the program gives it up.
        unsafe { datum::take_back(key) }
    }

    /// Makes `dst` the same key as `src`.
    pub unsafe extern "C" fn gnutls_x509_privkey_cpy(dst: gnutls_x509_privkey_t, src: gnutls_x509_privkey_t) -> c_int {
        // SAFETY: the program's keys.
        unsafe {
            let from = object(src).and_then(|from| Ok(from.key()?.clone()));
            code(from.and_then(|key| object_mut(dst).map(|to| to.key = Some(key))))
        }
    }

    /// Reads a key that is not encrypted: PKCS #1, SEC 1 or PKCS #8.
    pub unsafe extern "C" fn gnutls_x509_privkey_import(key: gnutls_x509_privkey_t, data: *const gnutls_datum_t, format: gnutls_x509_crt_fmt_t) -> c_int {
        // SAFETY: the program's key and data.
        unsafe {
            code(object_mut(key).and_then(|out| {
                let data = bytes(data)?;
                let read = if format == PEM { plain_pem(data)? } else { plain(data)? };
                out.key = Some(Arc::new(read));
                Ok(())
            }))
        }
    }

    /// Reads a key in any form, opened by a password where it needs one.
    pub unsafe extern "C" fn gnutls_x509_privkey_import2(key: gnutls_x509_privkey_t, data: *const gnutls_datum_t, format: gnutls_x509_crt_fmt_t, password: *const c_char, flags: c_uint) -> c_int {
        // SAFETY: the program's key, data and text.
        unsafe {
            code(object_mut(key).map(|out| out.pin).and_then(|pin| {
                let read = read_asking(bytes(data)?, format, password, flags, pin)?;
                object_mut(key)?.key = Some(Arc::new(read));
                Ok(())
            }))
        }
    }

    /// Reads PKCS #8, opened by a password where it needs one.
    pub unsafe extern "C" fn gnutls_x509_privkey_import_pkcs8(key: gnutls_x509_privkey_t, data: *const gnutls_datum_t, format: gnutls_x509_crt_fmt_t, password: *const c_char, flags: c_uint) -> c_int {
        // SAFETY: as above.
        unsafe { gnutls_x509_privkey_import2(key, data, format, password, flags) }
    }

    /// Reads a key as OpenSSL has encrypted it in PEM.
    pub unsafe extern "C" fn gnutls_x509_privkey_import_openssl(key: gnutls_x509_privkey_t, data: *const gnutls_datum_t, password: *const c_char) -> c_int {
        // SAFETY: as above.
        unsafe { gnutls_x509_privkey_import2(key, data, PEM, password, 0) }
    }

    /// The key in its own form (PKCS #1, SEC 1), in the program's room.
    pub unsafe extern "C" fn gnutls_x509_privkey_export(key: gnutls_x509_privkey_t, format: gnutls_x509_crt_fmt_t, output_data: *mut c_void, output_data_size: *mut usize) -> c_int {
        // SAFETY: the program's key and room.
        unsafe {
            code(object(key).and_then(|key| {
                let (der, label) = traditional(key.key()?)?;
                encoding::fill(&der, label, format, output_data, output_data_size)
            }))
        }
    }

    /// The same, for the program to free by gnutls_free.
    pub unsafe extern "C" fn gnutls_x509_privkey_export2(key: gnutls_x509_privkey_t, format: gnutls_x509_crt_fmt_t, out: *mut gnutls_datum_t) -> c_int {
        // SAFETY: the program's key and variable.
        unsafe {
            code(object(key).and_then(|key| {
                let (der, label) = traditional(key.key()?)?;
                encoding::give(&der, label, format, out)
            }))
        }
    }

    /// The key as PKCS #8, in the program's room. UNIMPLEMENTED_FEATURE with a password.
    pub unsafe extern "C" fn gnutls_x509_privkey_export_pkcs8(key: gnutls_x509_privkey_t, format: gnutls_x509_crt_fmt_t, password: *const c_char, flags: c_uint, output_data: *mut c_void, output_data_size: *mut usize) -> c_int {
        // SAFETY: the program's key, text and room.
        unsafe {
            code(object(key).and_then(|key| {
                let der = pkcs8(key.key()?, datum::text(password), flags)?;
                encoding::fill(der, PKCS8, format, output_data, output_data_size)
            }))
        }
    }

    /// The same, for the program to free by gnutls_free.
    pub unsafe extern "C" fn gnutls_x509_privkey_export2_pkcs8(key: gnutls_x509_privkey_t, format: gnutls_x509_crt_fmt_t, password: *const c_char, flags: c_uint, out: *mut gnutls_datum_t) -> c_int {
        // SAFETY: the program's key, text and variable.
        unsafe {
            code(object(key).and_then(|key| {
                encoding::give(pkcs8(key.key()?, datum::text(password), flags)?, PKCS8, format, out)
            }))
        }
    }

    /// The kind: GNUTLS_PK_*.
    pub unsafe extern "C" fn gnutls_x509_privkey_get_pk_algorithm(key: gnutls_x509_privkey_t) -> c_int {
        // SAFETY: the program's key.
        unsafe { gnutls_x509_privkey_get_pk_algorithm2(key, std::ptr::null_mut()) }
    }

    /// The kind, GNUTLS_PK_*, and how many bits.
    pub unsafe extern "C" fn gnutls_x509_privkey_get_pk_algorithm2(key: gnutls_x509_privkey_t, bits: *mut c_uint) -> c_int {
        // SAFETY: the program's key and variable.
        unsafe {
            let Ok(outer) = object(key) else { return error::INVALID_REQUEST };
            put(bits, outer.key.as_ref().map_or(0, |key| public::bits(key)));
            outer.key.as_ref().map_or(0, |key| public::kind(key).cast_signed())
        }
    }

    /// How strong it is: GNUTLS_SEC_PARAM_*.
    pub unsafe extern "C" fn gnutls_x509_privkey_sec_param(key: gnutls_x509_privkey_t) -> gnutls_sec_param_t {
        // SAFETY: the program's key.
        unsafe { object(key) }
            .and_then(|key| Ok(key.key()?.clone()))
            .map_or(0, |key| level(public::kind(&key), public::bits(&key) as usize))
    }

    /// A digest of the public key (GNUTLS_KEYID_USE_*), in the program's room.
    pub unsafe extern "C" fn gnutls_x509_privkey_get_key_id(key: gnutls_x509_privkey_t, flags: c_uint, output_data: *mut c_uchar, output_data_size: *mut usize) -> c_int {
        // SAFETY: the program's key and room.
        unsafe {
            code(object(key).and_then(|key| {
                datum::fill(output_data.cast(), output_data_size, &access::key_id(&key.key()?.spki, flags))
            }))
        }
    }

    /// Curve, point and secret, for the program to free by gnutls_free.
    pub unsafe extern "C" fn gnutls_x509_privkey_export_ecc_raw(key: gnutls_x509_privkey_t, curve: *mut gnutls_ecc_curve_t, x: *mut gnutls_datum_t, y: *mut gnutls_datum_t, k: *mut gnutls_datum_t) -> c_int {
        // SAFETY: the program's key and variables.
        unsafe { code(object(key).and_then(|key| give_ecc_secret(key.key()?, curve, x, y, k, 0))) }
    }

    /// The numbers of an RSA key, for the program to free by gnutls_free.
    pub unsafe extern "C" fn gnutls_x509_privkey_export_rsa_raw(key: gnutls_x509_privkey_t, m: *mut gnutls_datum_t, e: *mut gnutls_datum_t, d: *mut gnutls_datum_t, p: *mut gnutls_datum_t, q: *mut gnutls_datum_t, u: *mut gnutls_datum_t) -> c_int {
        let none = std::ptr::null_mut();
        // SAFETY: the program's key and variables.
        unsafe { gnutls_x509_privkey_export_rsa_raw2(key, m, e, d, p, q, u, none, none) }
    }

    /// The same, with the exponents of the primes.
    pub unsafe extern "C" fn gnutls_x509_privkey_export_rsa_raw2(key: gnutls_x509_privkey_t, m: *mut gnutls_datum_t, e: *mut gnutls_datum_t, d: *mut gnutls_datum_t, p: *mut gnutls_datum_t, q: *mut gnutls_datum_t, u: *mut gnutls_datum_t, e1: *mut gnutls_datum_t, e2: *mut gnutls_datum_t) -> c_int {
        // SAFETY: the program's key and variables.
        unsafe {
            code(object(key).and_then(|key| {
                let numbers = rsa_numbers(key.key()?, 0).ok_or(error::INVALID_REQUEST)?;
                for (out, number) in [m, e, d, p, q, e1, e2, u].into_iter().zip(&numbers) {
                    give_number(out, number)?;
                }
                Ok(())
            }))
        }
    }

    /// Makes a new key of a kind: RSA of so many bits, one on a curve (GNUTLS_CURVE_TO_BITS), Ed25519.
    pub unsafe extern "C" fn gnutls_x509_privkey_generate(key: gnutls_x509_privkey_t, algo: gnutls_pk_algorithm_t, bits: c_uint, _flags: c_uint) -> c_int {
        // SAFETY: the program's key.
        unsafe {
            code(object_mut(key).and_then(|out| {
                out.key = Some(Arc::new(generated(algo, bits)?));
                Ok(())
            }))
        }
    }

    /// Whether the parts of the key go together, which they do: one that does not is not read.
    pub unsafe extern "C" fn gnutls_x509_privkey_verify_params(key: gnutls_x509_privkey_t) -> c_int {
        // SAFETY: the program's key.
        unsafe { code(object(key).and_then(|key| key.key().map(|_| ()))) }
    }

    /// Has the program asked for the password of a key that is encrypted, where none is given.
    pub unsafe extern "C" fn gnutls_x509_privkey_set_pin_function(key: gnutls_x509_privkey_t, fun: gnutls_pin_callback_t, userdata: *mut c_void) {
        // SAFETY: the program's key.
        if let Ok(key) = unsafe { object_mut(key) } {
            key.pin = Pin { function: fun, userdata };
        }
    }
}

/// A program's password; none for NULL, unless GNUTLS_PKCS_NULL_PASSWORD says that this is one.
///
/// # Safety
/// `password` is NULL or text.
pub unsafe fn password_of<'a>(password: *const c_char, flags: c_uint) -> Option<&'a [u8]> {
    // SAFETY: the caller's promise.
    unsafe { datum::text(password) }.or((flags & flag::NULL_PASSWORD != 0).then_some(b""))
}
