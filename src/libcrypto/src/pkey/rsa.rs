//! RSA: the older handle of such a key.

use std::ffi::{c_int, c_long, c_uchar, c_void};
use std::ptr;
use std::sync::{Arc, OnceLock};

use super::content::Content;
use super::rsa_method::{self, RSA_METHOD};
use super::{EVP_PKEY, Key};
use crate::bio::BIO;
use crate::bn::{BIGNUM, BN_GENCB};
use crate::der::{self, Reader, tag};
use crate::err::{self, library, reason};
use crate::ex_data::{CRYPTO_EX_DATA, Extended, class, give_extended, opened};
use crate::handle::{self, Counted, Held, References};
use crate::object::nid;
use crate::pem::{self, PasswordCallback};

/// An RSA key that a program holds.
pub struct RSA {
    references: References,
    extra: CRYPTO_EX_DATA,
    key: Option<Arc<Key>>,
    numbers: OnceLock<Numbers>,
    /// Who does its work. The program keeps a method of its own for as long as the key.
    pub(super) method: *const RSA_METHOD,
    /// RSA_FLAG_*.
    pub(super) flags: c_int,
}

/// Modulus, exponents; the private one is missing in a public key.
#[derive(Default)]
struct Numbers {
    modulus: Box<BIGNUM>,
    exponent: Box<BIGNUM>,
    private: Option<BIGNUM>,
}

impl RSA {
    fn of(key: Arc<Key>) -> Self {
        RSA::new(Some(key))
    }

    fn new(key: Option<Arc<Key>>) -> Self {
        let method = rsa_method::usual();
        RSA {
            references: References::one(),
            extra: CRYPTO_EX_DATA::empty(),
            key,
            numbers: OnceLock::new(),
            method,
            // SAFETY: the program keeps the method that keys have unless told.
            flags: unsafe { rsa_method::first_flags(method) },
        }
    }

    /// The key, for who shares it.
    pub fn shared(&self) -> Option<&Arc<Key>> {
        self.key.as_ref()
    }

    /// The key, if there is one in it.
    pub fn key(&self) -> Option<&Key> {
        self.key.as_deref()
    }

    fn numbers(&self) -> &Numbers {
        self.numbers.get_or_init(|| {
            let Some(key) = &self.key else { return Numbers::default() };
            let Some((modulus, exponent)) = super::rsa_public(key.point()) else { return Numbers::default() };
            let private = || {
                let inner = key.traditional()?;
                let mut reader = Reader(&inner).enter(tag::SEQUENCE)?;
                (0..3).try_for_each(|_| reader.expect(tag::INTEGER).map(|_| ()))?;
                Some(BIGNUM::unsigned(reader.expect(tag::INTEGER)?.content))
            };
            let boxed = |number| Box::new(BIGNUM::unsigned(number));
            Numbers { modulus: boxed(modulus), exponent: boxed(exponent), private: private() }
        })
    }
}

impl Extended for RSA {
    const CLASS: c_int = class::RSA;

    fn extra(&mut self) -> &mut CRYPTO_EX_DATA {
        &mut self.extra
    }
}

impl Drop for RSA {
    fn drop(&mut self) {
        let object = ptr::from_mut(self);
        // SAFETY: the object is of this class and still whole.
        unsafe {
            rsa_method::finish(object);
            (*object).extra.close(class::RSA, object.cast());
        }
    }
}

impl Counted for RSA {
    fn references(&self) -> &References {
        &self.references
    }
}

fn private(bytes: &[u8]) -> Option<(RSA, usize)> {
    let element = Reader(bytes).expect(tag::SEQUENCE)?;
    // PKCS #1 has a number where PKCS #8 has the algorithm.
    let mut inside = Reader(element.content);
    inside.expect(tag::INTEGER)?;
    (inside.tag()? == tag::INTEGER).then_some(())?;
    let key = Key::private(element.whole)?;
    Some((RSA::of(Arc::new(key)), element.whole.len()))
}

/// The key of an RSAPublicKey (PKCS #1).
fn public_key(bytes: &[u8]) -> Option<Key> {
    let algorithm = der::sequence(&[&der::element(tag::OID, crate::object::der_of(nid::RSA)), &[tag::NULL, 0]]);
    let bits = der::element(tag::BIT_STRING, &[&[0], bytes].concat());
    Key::public(&der::sequence(&[&algorithm, &bits]))
}

fn public(bytes: &[u8]) -> Option<(RSA, usize)> {
    let element = Reader(bytes).expect(tag::SEQUENCE)?;
    Some((RSA::of(Arc::new(public_key(element.whole)?)), element.whole.len()))
}

/// Begins a fresh key as its method does; NULL when that fails.
unsafe fn begun(rsa: *mut RSA) -> *mut RSA {
    // SAFETY: NULL or fresh, and given up on failure.
    unsafe {
        if rsa.is_null() || rsa_method::begin(rsa) {
            return rsa;
        }
        handle::release(rsa);
        ptr::null_mut()
    }
}

/// Reads a key as d2i functions do.
unsafe fn read(
    a: *mut *mut RSA,
    input: *mut *const c_uchar,
    len: c_long,
    parse: fn(&[u8]) -> Option<(RSA, usize)>,
) -> *mut RSA {
    // SAFETY: the program's bytes and variable.
    unsafe {
        let read = opened(handle::read_der(a, input, len, parse, handle::release));
        if read.is_null() {
            crate::x509::raise_nested(input, len);
        }
        let begun = begun(read);
        if let (true, Some(place)) = (begun != read, a.as_mut()) {
            *place = begun;
        }
        begun
    }
}

versioned! {
    /// One without a key; NULL when its method does not begin it.
    pub unsafe extern "C" fn RSA_new() -> *mut RSA {
        // SAFETY: fresh.
        unsafe { begun(give_extended(RSA::new(None))) }
    }

    /// Sets modulus and public exponent, which the key takes over; NULL leaves what it has, and what is new has no private half.
    /// 0 with an error, and nothing is taken over, when one is missing, and when there is a private exponent: without the primes
    /// AWS-LC does not sign.
    pub unsafe extern "C" fn RSA_set0_key(r: *mut RSA, n: *mut BIGNUM, e: *mut BIGNUM, d: *mut BIGNUM) -> c_int {
        // SAFETY: the program's key and numbers.
        unsafe {
            let Some(rsa) = r.as_mut() else { return 0 };
            if !d.is_null() {
                err::raise(library::RSA, reason::UNSUPPORTED);
                return 0;
            }
            let had = rsa.key.as_ref().map(|_| rsa.numbers());
            let modulus = n.as_ref().or(had.map(|had| &*had.modulus));
            let exponent = e.as_ref().or(had.map(|had| &*had.exponent));
            let (Some(modulus), Some(exponent)) = (modulus, exponent) else { return 0 };
            if n.is_null() && e.is_null() {
                return 1;
            }
            let Some(key) = public_key(&der::sequence(&[&modulus.der(), &exponent.der()])) else {
                err::raise(library::RSA, reason::rsa::VALUE_MISSING);
                return 0;
            };
            let taken = |number: *mut BIGNUM, or: Option<Box<BIGNUM>>| {
                if number.is_null() { or.unwrap_or_default() } else { Box::from_raw(number) }
            };
            let (modulus, exponent) = rsa.numbers.take().map_or((None, None), |had| (Some(had.modulus), Some(had.exponent)));
            let numbers = Numbers { modulus: taken(n, modulus), exponent: taken(e, exponent), private: None };
            (rsa.key, rsa.numbers) = (Some(Arc::new(key)), OnceLock::from(numbers));
        }
        1
    }

    /// Makes a key of 2048, 3072, 4096 or 8192 bits; its public exponent is 65537 and no other. The callback is not called.
    pub unsafe extern "C" fn RSA_generate_key_ex(rsa: *mut RSA, bits: c_int, e: *mut BIGNUM, _cb: *mut BN_GENCB) -> c_int {
        // SAFETY: the program's key and number.
        let (Some(rsa), Some(exponent)) = (unsafe { rsa.as_mut() }, unsafe { e.as_ref() }) else { return 0 };
        let bits = usize::try_from(bits).unwrap_or(0);
        if *exponent != BIGNUM::unsigned(&[1, 0, 1]) || !matches!(bits, 2048 | 3072 | 4096 | 8192) {
            err::raise(library::RSA, reason::UNSUPPORTED);
            return 0;
        }
        rsa.key = Key::generate(nid::RSA, 0, bits).map(Arc::new);
        rsa.numbers = OnceLock::new();
        c_int::from(rsa.key.is_some())
    }

    /// Gives one reference back.
    pub unsafe extern "C" fn RSA_free(r: *mut RSA) {
        // SAFETY: the program gives its reference up.
        unsafe { handle::release(r) }
    }

    /// Takes one more reference.
    pub unsafe extern "C" fn RSA_up_ref(r: *mut RSA) -> c_int {
        // SAFETY: the program's key.
        unsafe { handle::up_ref(r) }
    }

    /// How many bits the modulus has.
    pub unsafe extern "C" fn RSA_bits(rsa: *const RSA) -> c_int {
        // SAFETY: the program's key.
        unsafe { rsa.as_ref() }.and_then(|rsa| rsa.key.as_ref()).map_or(0, |key| key.bits())
    }

    /// How many bytes the modulus has.
    pub unsafe extern "C" fn RSA_size(rsa: *const RSA) -> c_int {
        // SAFETY: the program's key.
        unsafe { rsa.as_ref() }.and_then(|rsa| rsa.key.as_ref()).map_or(0, |key| c_int::try_from(key.signature_len()).unwrap_or(0))
    }

    /// The modulus, which stays the key's.
    pub unsafe extern "C" fn RSA_get0_n(d: *const RSA) -> *const BIGNUM {
        // SAFETY: the program's key.
        let numbers = unsafe { d.as_ref() }.filter(|rsa| rsa.key.is_some()).map(RSA::numbers);
        numbers.map_or(ptr::null(), |numbers| ptr::from_ref(&*numbers.modulus))
    }

    /// The public exponent, which stays the key's.
    pub unsafe extern "C" fn RSA_get0_e(d: *const RSA) -> *const BIGNUM {
        // SAFETY: the program's key.
        let numbers = unsafe { d.as_ref() }.filter(|rsa| rsa.key.is_some()).map(RSA::numbers);
        numbers.map_or(ptr::null(), |numbers| ptr::from_ref(&*numbers.exponent))
    }

    /// The private exponent, which stays the key's; NULL for a public key.
    pub unsafe extern "C" fn RSA_get0_d(d: *const RSA) -> *const BIGNUM {
        // SAFETY: the program's key.
        unsafe { d.as_ref() }.and_then(|rsa| rsa.numbers().private.as_ref()).map_or(ptr::null(), ptr::from_ref)
    }

    /// Modulus and exponents, which stay the key's, each where it is wanted.
    pub unsafe extern "C" fn RSA_get0_key(r: *const RSA, n: *mut *const BIGNUM, e: *mut *const BIGNUM, d: *mut *const BIGNUM) {
        // SAFETY: the program's key and variables.
        unsafe {
            for (out, number) in [(n, RSA_get0_n(r)), (e, RSA_get0_e(r)), (d, RSA_get0_d(r))] {
                if let Some(out) = out.as_mut() {
                    *out = number;
                }
            }
        }
    }

    /// Puts an RSA key into `pkey`, with one more reference: what it gets later `pkey` has, too.
    pub unsafe extern "C" fn EVP_PKEY_set1_RSA(pkey: *mut EVP_PKEY, key: *mut RSA) -> c_int {
        // SAFETY: the program's keys.
        let (Some(pkey), Some(held)) = (unsafe { pkey.as_mut() }, unsafe { Held::retained(key) }) else { return 0 };
        pkey.hold(Content::rsa(held));
        1
    }

    /// Sets the program's pointer at `idx`.
    pub unsafe extern "C" fn RSA_set_ex_data(r: *mut RSA, idx: c_int, arg: *mut c_void) -> c_int {
        // SAFETY: the program's key.
        unsafe { r.as_mut() }.map_or(0, |rsa| rsa.extra.set(idx, arg))
    }

    /// The program's pointer at `idx`.
    pub unsafe extern "C" fn RSA_get_ex_data(r: *const RSA, idx: c_int) -> *mut c_void {
        // SAFETY: the program's key.
        unsafe { r.as_ref() }.map_or(ptr::null_mut(), |rsa| rsa.extra.get(idx))
    }

    /// The RSA key inside, which stays the key's; NULL when it is another kind.
    pub unsafe extern "C" fn EVP_PKEY_get0_RSA(pkey: *const EVP_PKEY) -> *const RSA {
        // SAFETY: the program's key.
        let Some(outer) = (unsafe { pkey.as_ref() }) else { return ptr::null() };
        match &outer.held {
            Content::Rsa(rsa, _) => rsa.as_ptr(),
            Content::Key(key) if matches!(key.algorithm, nid::RSA | nid::RSA_PSS) => {
                outer.rsa.get_or_init(|| Held::fresh(RSA::of(key.clone()))).as_ptr()
            }
            _ => {
                err::raise(library::EVP, reason::evp::EXPECTING_AN_RSA_KEY);
                ptr::null()
            }
        }
    }

    /// The same with one more reference, which the caller frees; NULL when it is another kind.
    pub unsafe extern "C" fn EVP_PKEY_get1_RSA(pkey: *mut EVP_PKEY) -> *mut RSA {
        // SAFETY: the program's key.
        unsafe {
            let inner = EVP_PKEY_get0_RSA(pkey).cast_mut();
            handle::up_ref(inner);
            inner
        }
    }

    /// Reads an RSAPrivateKey (PKCS #1).
    pub unsafe extern "C" fn d2i_RSAPrivateKey(a: *mut *mut RSA, input: *mut *const c_uchar, len: c_long) -> *mut RSA {
        // SAFETY: the program's bytes and variable.
        unsafe { read(a, input, len, private) }
    }

    /// Reads an RSAPrivateKey (PKCS #1) in DER from a pipe.
    pub unsafe extern "C" fn d2i_RSAPrivateKey_bio(bp: *mut BIO, rsa: *mut *mut RSA) -> *mut RSA {
        // SAFETY: the program's pipe and variable.
        unsafe {
            let Some(bytes) = pem::der_from(bp) else { return ptr::null_mut() };
            let mut at = bytes.as_ptr();
            d2i_RSAPrivateKey(rsa, &mut at, c_long::try_from(bytes.len()).unwrap_or(0))
        }
    }

    /// Writes an RSAPrivateKey (PKCS #1); -1 with an error for a public key.
    pub unsafe extern "C" fn i2d_RSAPrivateKey(a: *const RSA, out: *mut *mut c_uchar) -> c_int {
        // SAFETY: the program's key and room.
        unsafe {
            let Some(rsa) = a.as_ref() else { return 0 };
            match rsa.key().and_then(Key::traditional) {
                Some(der) => handle::write_der(&der, out),
                None => {
                    err::raise(library::RSA, reason::rsa::VALUE_MISSING);
                    -1
                }
            }
        }
    }

    /// Writes an RSAPrivateKey (PKCS #1) to a pipe.
    pub unsafe extern "C" fn i2d_RSAPrivateKey_bio(bp: *mut BIO, rsa: *const RSA) -> c_int {
        // SAFETY: the program's pipe and key.
        unsafe {
            let der = rsa.as_ref().and_then(RSA::key).and_then(Key::traditional);
            c_int::from(der.is_some_and(|der| crate::bio::write_all(bp, &der)))
        }
    }

    /// Writes an RSAPrivateKey (PKCS #1) to a stream.
    pub unsafe extern "C" fn i2d_RSAPrivateKey_fp(fp: *mut libc::FILE, rsa: *const RSA) -> c_int {
        // SAFETY: the program's stream and key.
        unsafe { pem::over_stream(fp, |bio| i2d_RSAPrivateKey_bio(bio, rsa)) }
    }

    /// Reads an RSAPublicKey (PKCS #1).
    pub unsafe extern "C" fn d2i_RSAPublicKey(a: *mut *mut RSA, input: *mut *const c_uchar, len: c_long) -> *mut RSA {
        // SAFETY: the program's bytes and variable.
        unsafe { read(a, input, len, public) }
    }

    /// Reads an RSAPublicKey (PKCS #1) in DER from a pipe.
    pub unsafe extern "C" fn d2i_RSAPublicKey_bio(bp: *mut BIO, rsa: *mut *mut RSA) -> *mut RSA {
        // SAFETY: the program's pipe and variable.
        unsafe {
            let Some(bytes) = pem::der_from(bp) else { return ptr::null_mut() };
            let mut at = bytes.as_ptr();
            d2i_RSAPublicKey(rsa, &mut at, c_long::try_from(bytes.len()).unwrap_or(0))
        }
    }

    /// Reads an RSAPublicKey (PKCS #1) in PEM from a pipe.
    pub unsafe extern "C" fn PEM_read_bio_RSAPublicKey(out: *mut BIO, x: *mut *mut RSA, cb: Option<PasswordCallback>, u: *mut c_void) -> *mut RSA {
        // SAFETY: the program's pipe, variable and callback.
        unsafe {
            let Some(bytes) = pem::read::bytes_of(out, "RSA PUBLIC KEY", cb, u) else { return ptr::null_mut() };
            let mut at = bytes.as_ptr();
            let read = d2i_RSAPublicKey(x, &mut at, c_long::try_from(bytes.len()).unwrap_or(0));
            if read.is_null() {
                err::raise(library::PEM, reason::ASN1_LIB);
            }
            read
        }
    }

    /// The public half of a key; the caller frees it.
    pub unsafe extern "C" fn RSAPublicKey_dup(a: *const RSA) -> *mut RSA {
        // SAFETY: the program's key.
        let half = unsafe { a.as_ref() }.and_then(RSA::key).and_then(|key| Key::public(&key.spki));
        // SAFETY: fresh.
        half.map_or(ptr::null_mut(), |key| unsafe { begun(give_extended(RSA::of(Arc::new(key)))) })
    }

    /// Writes an RSAPublicKey (PKCS #1).
    pub unsafe extern "C" fn i2d_RSAPublicKey(a: *const RSA, out: *mut *mut c_uchar) -> c_int {
        // SAFETY: the program's key and room.
        unsafe { a.as_ref().and_then(RSA::key).map_or(0, |key| handle::write_der(key.point(), out)) }
    }

    /// Writes an RSAPublicKey (PKCS #1) to a pipe.
    pub unsafe extern "C" fn i2d_RSAPublicKey_bio(bp: *mut BIO, rsa: *const RSA) -> c_int {
        // SAFETY: the program's pipe and key.
        unsafe { c_int::from(rsa.as_ref().and_then(RSA::key).is_some_and(|key| crate::bio::write_all(bp, key.point()))) }
    }

    /// Reads an RSA key in PEM from a pipe.
    pub unsafe extern "C" fn PEM_read_bio_RSAPrivateKey(out: *mut BIO, x: *mut *mut RSA, cb: Option<PasswordCallback>, u: *mut c_void) -> *mut RSA {
        // SAFETY: the program's pipe, variable and callback.
        unsafe {
            let read = pem::PEM_read_bio_PrivateKey(out, ptr::null_mut(), cb, u);
            if read.is_null() {
                return ptr::null_mut();
            }
            let rsa = EVP_PKEY_get1_RSA(read);
            super::EVP_PKEY_free(read);
            if let (false, Some(place)) = (rsa.is_null(), x.as_mut()) {
                handle::release(*place);
                *place = rsa;
            }
            rsa
        }
    }
}
