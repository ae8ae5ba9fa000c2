//! EVP_MD: digest algorithms, and digests at once.

use std::ffi::{CStr, c_char, c_int, c_uchar, c_uint, c_ulong, c_void};
use std::ptr;

use aws_lc_rs::digest;
use aws_lc_sys as aws_lc;

use super::hashing::Other;
pub use super::hashing::{Algorithm, Running};
use super::{ENGINE, OSSL_LIB_CTX};
use crate::err::{self, library, reason};
use crate::handle::{self, bytes};
use crate::object::nid;
use crate::provider;

/// A digest algorithm.
#[derive(Debug)]
pub struct EVP_MD {
    /// Its number.
    pub nid: c_int,
    /// What it is called, and what it is called when it was fetched.
    name: &'static CStr,
    fetched: &'static CStr,
    /// Other names that it is found by, and those that do not fetch it.
    aliases: &'static [&'static str],
    older: &'static [&'static str],
    /// The number of RSA's signatures with it; 0 for none.
    key: c_int,
    /// How it is computed.
    pub algorithm: Algorithm,
}

impl EVP_MD {
    /// Whether it is to be had: one that was fetched always is.
    pub fn is_there(&self) -> bool {
        // SAFETY: the thread's library context.
        FETCHED.as_ptr_range().contains(&ptr::from_ref(self)) || unsafe { provider::has_algorithms(ptr::null()) }
    }
}

const fn known(
    nid: c_int,
    name: &'static CStr,
    fetched: &'static CStr,
    aliases: &'static [&'static str],
    older: &'static [&'static str],
    key: c_int,
    algorithm: Algorithm,
) -> EVP_MD {
    EVP_MD { nid, name, fetched, aliases, older, key, algorithm }
}

const fn other(
    method: unsafe extern "C" fn() -> *const aws_lc::EVP_MD,
    output_len: usize,
    block_len: usize,
    extendable: bool,
) -> Algorithm {
    Algorithm::Other(Other { method, output_len, block_len, extendable })
}

const KNOWN: [EVP_MD; 16] = [
    known(
        nid::MD5,
        c"MD5",
        c"MD5",
        &["SSL3-MD5", "1.2.840.113549.2.5"],
        &["RSA-MD5", "md5WithRSAEncryption"],
        8,
        Algorithm::Md5,
    ),
    known(nid::MD5_SHA1, c"MD5-SHA1", c"MD5-SHA1", &[], &[], nid::MD5_SHA1, Algorithm::Md5Sha1),
    known(
        nid::SHA1,
        c"SHA1",
        c"SHA1",
        &["SHA-1", "SSL3-SHA1", "1.3.14.3.2.26"],
        &["RSA-SHA1", "sha1WithRSAEncryption", "RSA-SHA1-2", "sha1WithRSA"],
        65,
        Algorithm::AwsLc(&digest::SHA1_FOR_LEGACY_USE_ONLY),
    ),
    known(
        nid::SHA224,
        c"SHA224",
        c"SHA2-224",
        &["SHA2-224", "SHA-224", "2.16.840.1.101.3.4.2.4"],
        &["RSA-SHA224", "sha224WithRSAEncryption"],
        671,
        Algorithm::AwsLc(&digest::SHA224),
    ),
    known(
        nid::SHA256,
        c"SHA256",
        c"SHA2-256",
        &["SHA2-256", "SHA-256", "2.16.840.1.101.3.4.2.1"],
        &["RSA-SHA256", "sha256WithRSAEncryption"],
        668,
        Algorithm::AwsLc(&digest::SHA256),
    ),
    known(
        nid::SHA384,
        c"SHA384",
        c"SHA2-384",
        &["SHA2-384", "SHA-384", "2.16.840.1.101.3.4.2.2"],
        &["RSA-SHA384", "sha384WithRSAEncryption"],
        669,
        Algorithm::AwsLc(&digest::SHA384),
    ),
    known(
        nid::SHA512,
        c"SHA512",
        c"SHA2-512",
        &["SHA2-512", "SHA-512", "2.16.840.1.101.3.4.2.3"],
        &["RSA-SHA512", "sha512WithRSAEncryption"],
        670,
        Algorithm::AwsLc(&digest::SHA512),
    ),
    known(
        1094,
        c"SHA512-224",
        c"SHA2-512/224",
        &["SHA2-512/224", "SHA-512/224", "2.16.840.1.101.3.4.2.5"],
        &["RSA-SHA512/224", "sha512-224WithRSAEncryption"],
        1145,
        other(aws_lc::EVP_sha512_224, 28, 128, false),
    ),
    known(
        1095,
        c"SHA512-256",
        c"SHA2-512/256",
        &["SHA2-512/256", "SHA-512/256", "2.16.840.1.101.3.4.2.6"],
        &["RSA-SHA512/256", "sha512-256WithRSAEncryption"],
        1146,
        Algorithm::AwsLc(&digest::SHA512_256),
    ),
    known(
        1096,
        c"SHA3-224",
        c"SHA3-224",
        &["2.16.840.1.101.3.4.2.7"],
        &["RSA-SHA3-224", "id-rsassa-pkcs1-v1_5-with-sha3-224"],
        1116,
        other(aws_lc::EVP_sha3_224, 28, 144, false),
    ),
    known(
        1097,
        c"SHA3-256",
        c"SHA3-256",
        &["2.16.840.1.101.3.4.2.8"],
        &["RSA-SHA3-256", "id-rsassa-pkcs1-v1_5-with-sha3-256"],
        1117,
        Algorithm::AwsLc(&digest::SHA3_256),
    ),
    known(
        1098,
        c"SHA3-384",
        c"SHA3-384",
        &["2.16.840.1.101.3.4.2.9"],
        &["RSA-SHA3-384", "id-rsassa-pkcs1-v1_5-with-sha3-384"],
        1118,
        Algorithm::AwsLc(&digest::SHA3_384),
    ),
    known(
        1099,
        c"SHA3-512",
        c"SHA3-512",
        &["2.16.840.1.101.3.4.2.10"],
        &["RSA-SHA3-512", "id-rsassa-pkcs1-v1_5-with-sha3-512"],
        1119,
        Algorithm::AwsLc(&digest::SHA3_512),
    ),
    known(
        1100,
        c"SHAKE128",
        c"SHAKE-128",
        &["SHAKE-128", "2.16.840.1.101.3.4.2.11"],
        &[],
        0,
        other(aws_lc::EVP_shake128, 16, 168, true),
    ),
    known(
        1101,
        c"SHAKE256",
        c"SHAKE-256",
        &["SHAKE-256", "2.16.840.1.101.3.4.2.12"],
        &[],
        0,
        other(aws_lc::EVP_shake256, 32, 136, true),
    ),
    known(
        117,
        c"RIPEMD160",
        c"RIPEMD-160",
        &["RIPEMD-160", "RIPEMD", "RMD160", "1.3.36.3.2.1"],
        &["RSA-RIPEMD160", "ripemd160WithRSA"],
        119,
        other(aws_lc::EVP_ripemd160, 20, 64, false),
    ),
];

const RIPEMD160: c_int = 117;

static DIGESTS: [EVP_MD; 16] = KNOWN;
/// The same as programs fetch them, who tell them by their place.
static FETCHED: [EVP_MD; 16] = KNOWN;

/// The digest of a number.
pub fn digest_of(nid: c_int) -> Option<&'static EVP_MD> {
    DIGESTS.iter().find(|digest| digest.nid == nid)
}

/// The digest of a name that fetches it.
pub fn by_name(name: &str) -> Option<&'static EVP_MD> {
    let named = |digest: &&EVP_MD| {
        digest.name.to_str().is_ok_and(|own| own.eq_ignore_ascii_case(name))
            || digest.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name))
    };
    DIGESTS.iter().find(named)
}

/// The same also of the names of signatures.
fn by_older_name(name: &str) -> Option<&'static EVP_MD> {
    let named = |digest: &&EVP_MD| digest.older.iter().any(|older| older.eq_ignore_ascii_case(name));
    by_name(name).or_else(|| DIGESTS.iter().find(named))
}

/// A digest at once.
pub fn hash(digest: &EVP_MD, data: &[u8]) -> Vec<u8> {
    let mut running = digest.algorithm.start();
    running.update(data);
    running.finish()
}

/// Writes a digest into the program's room, which is as long as the longest digest.
pub unsafe fn put(value: &[u8], md: *mut c_uchar, len: *mut c_uint) {
    // SAFETY: the program's room and variable.
    unsafe {
        if !md.is_null() {
            ptr::copy_nonoverlapping(value.as_ptr(), md, value.len());
        }
        if let Some(len) = len.as_mut() {
            *len = c_uint::try_from(value.len()).unwrap_or(0);
        }
    }
}

fn lend(nid: c_int) -> *const EVP_MD {
    digest_of(nid).map_or(ptr::null(), ptr::from_ref)
}

unsafe fn at_once(
    algorithm: &'static digest::Algorithm,
    d: *const c_uchar,
    n: usize,
    md: *mut c_uchar,
) -> *mut c_uchar {
    // SAFETY: the program's bytes and room.
    unsafe {
        if md.is_null() {
            return ptr::null_mut();
        }
        let value = digest::digest(algorithm, bytes(d, n));
        ptr::copy_nonoverlapping(value.as_ref().as_ptr(), md, value.as_ref().len());
        md
    }
}

versioned! {
    /// MD5.
    pub unsafe extern "C" fn EVP_md5() -> *const EVP_MD {
        lend(nid::MD5)
    }

    /// SHA-1.
    pub unsafe extern "C" fn EVP_sha1() -> *const EVP_MD {
        lend(nid::SHA1)
    }

    /// SHA-224.
    pub unsafe extern "C" fn EVP_sha224() -> *const EVP_MD {
        lend(nid::SHA224)
    }

    /// SHA-256.
    pub unsafe extern "C" fn EVP_sha256() -> *const EVP_MD {
        lend(nid::SHA256)
    }

    /// SHA-384.
    pub unsafe extern "C" fn EVP_sha384() -> *const EVP_MD {
        lend(nid::SHA384)
    }

    /// SHA-512.
    pub unsafe extern "C" fn EVP_sha512() -> *const EVP_MD {
        lend(nid::SHA512)
    }

    /// MD5 and SHA-1, one behind the other.
    pub unsafe extern "C" fn EVP_md5_sha1() -> *const EVP_MD {
        lend(nid::MD5_SHA1)
    }

    /// SHA-512/224.
    pub unsafe extern "C" fn EVP_sha512_224() -> *const EVP_MD {
        lend(1094)
    }

    /// SHA-512/256.
    pub unsafe extern "C" fn EVP_sha512_256() -> *const EVP_MD {
        lend(1095)
    }

    /// SHA3-224.
    pub unsafe extern "C" fn EVP_sha3_224() -> *const EVP_MD {
        lend(1096)
    }

    /// SHA3-256.
    pub unsafe extern "C" fn EVP_sha3_256() -> *const EVP_MD {
        lend(1097)
    }

    /// SHA3-384.
    pub unsafe extern "C" fn EVP_sha3_384() -> *const EVP_MD {
        lend(1098)
    }

    /// SHA3-512.
    pub unsafe extern "C" fn EVP_sha3_512() -> *const EVP_MD {
        lend(1099)
    }

    /// SHAKE128.
    pub unsafe extern "C" fn EVP_shake128() -> *const EVP_MD {
        lend(1100)
    }

    /// SHAKE256.
    pub unsafe extern "C" fn EVP_shake256() -> *const EVP_MD {
        lend(1101)
    }

    /// RIPEMD-160.
    pub unsafe extern "C" fn EVP_ripemd160() -> *const EVP_MD {
        lend(RIPEMD160)
    }

    /// A digest by name; NULL when it is unknown.
    pub unsafe extern "C" fn EVP_get_digestbyname(name: *const c_char) -> *const EVP_MD {
        // SAFETY: the program's text.
        unsafe { handle::text(name) }.and_then(by_older_name).map_or(ptr::null(), ptr::from_ref)
    }

    /// A digest by name, which EVP_MD_free gives back; NULL with an error when it is unknown.
    pub unsafe extern "C" fn EVP_MD_fetch(ctx: *mut OSSL_LIB_CTX, algorithm: *const c_char, properties: *const c_char) -> *mut EVP_MD {
        // SAFETY: the program's text.
        let found = unsafe { handle::text(algorithm).filter(|_| provider::are_served(ctx, properties)) }.and_then(by_name);
        let fetched = found.and_then(|found| FETCHED.iter().find(|digest| digest.nid == found.nid));
        if fetched.is_none() {
            err::raise(library::EVP, reason::UNSUPPORTED);
        }
        fetched.map_or(ptr::null_mut(), |digest| ptr::from_ref(digest).cast_mut())
    }

    /// Gives a digest back: they stay.
    pub unsafe extern "C" fn EVP_MD_free(_md: *mut EVP_MD) {}

    /// A digest's number.
    pub unsafe extern "C" fn EVP_MD_get_type(md: *const EVP_MD) -> c_int {
        // SAFETY: the program's digest.
        unsafe { md.as_ref() }.map_or(0, |md| md.nid)
    }

    /// A digest's name.
    pub unsafe extern "C" fn EVP_MD_get0_name(md: *const EVP_MD) -> *const c_char {
        let fetched = FETCHED.as_ptr_range().contains(&md);
        // SAFETY: the program's digest.
        unsafe { md.as_ref() }.map_or(ptr::null(), |md| if fetched { md.fetched.as_ptr() } else { md.name.as_ptr() })
    }

    /// Whether a digest has this name.
    pub unsafe extern "C" fn EVP_MD_is_a(md: *const EVP_MD, name: *const c_char) -> c_int {
        // SAFETY: the program's digest and text.
        let (md, name) = unsafe { (md.as_ref(), handle::text(name)) };
        c_int::from(md.zip(name.and_then(by_name)).is_some_and(|(md, named)| md.nid == named.nid))
    }

    /// How many bytes a digest has; -1 with an error for NULL.
    pub unsafe extern "C" fn EVP_MD_get_size(md: *const EVP_MD) -> c_int {
        if md.is_null() {
            err::raise(library::EVP, reason::evp::MESSAGE_DIGEST_IS_NULL);
        }
        // SAFETY: the program's digest.
        unsafe { md.as_ref() }.map_or(-1, |md| c_int::try_from(md.algorithm.output_len()).unwrap_or(-1))
    }

    /// How many bytes a digest takes at once; -1 with an error for NULL.
    pub unsafe extern "C" fn EVP_MD_get_block_size(md: *const EVP_MD) -> c_int {
        if md.is_null() {
            err::raise(library::EVP, reason::evp::MESSAGE_DIGEST_IS_NULL);
        }
        // SAFETY: the program's digest.
        unsafe { md.as_ref() }.map_or(-1, |md| c_int::try_from(md.algorithm.block_len()).unwrap_or(-1))
    }

    /// EVP_MD_FLAG_*: with which parameters an AlgorithmIdentifier names a digest.
    pub unsafe extern "C" fn EVP_MD_get_flags(md: *const EVP_MD) -> c_ulong {
        // EVP_MD_FLAG_DIGALGID_ABSENT, EVP_MD_FLAG_XOF
        const ABSENT: c_ulong = 8;
        const EXTENDABLE: c_ulong = 2;
        // SAFETY: the program's digest.
        unsafe { md.as_ref() }.map_or(0, |md| match md.nid {
            nid::MD5 | nid::MD5_SHA1 | RIPEMD160 => 0,
            _ if md.algorithm.is_extendable() => ABSENT | EXTENDABLE,
            _ => ABSENT,
        })
    }

    /// The number of RSA's signatures with a digest; 0 for none.
    pub unsafe extern "C" fn EVP_MD_get_pkey_type(md: *const EVP_MD) -> c_int {
        // SAFETY: the program's digest.
        unsafe { md.as_ref() }.map_or(0, |md| md.key)
    }

    /// The digest of `datalen` bytes by the name of the algorithm, into `md`, and its length into `mdlen`. 0 with an error when
    /// it is unknown.
    pub unsafe extern "C" fn EVP_Q_digest(libctx: *mut OSSL_LIB_CTX, name: *const c_char, propq: *const c_char, data: *const c_void, datalen: usize, md: *mut c_uchar, mdlen: *mut usize) -> c_int {
        // SAFETY: the program's texts, bytes, room and variable.
        unsafe {
            let Some(digest) = EVP_MD_fetch(libctx, name, propq).as_ref() else { return 0 };
            let mut len = 0;
            put(&hash(digest, bytes(data.cast(), datalen)), md, &mut len);
            if let Some(out) = mdlen.as_mut() {
                *out = len as usize;
            }
        }
        1
    }

    /// The digest of `count` bytes into `md`, at most EVP_MAX_MD_SIZE bytes.
    pub unsafe extern "C" fn EVP_Digest(data: *const c_void, count: usize, md: *mut c_uchar, size: *mut c_uint, kind: *const EVP_MD, _implementation: *mut ENGINE) -> c_int {
        // SAFETY: the program's bytes, room, variable and digest.
        unsafe {
            let Some(digest) = kind.as_ref() else { return 0 };
            if !digest.is_there() {
                err::raise(library::EVP, reason::evp::INITIALIZATION_ERROR);
                return 0;
            }
            put(&hash(digest, bytes(data.cast(), count)), md, size);
        }
        1
    }

    /// SHA-1 of `n` bytes into `md`.
    pub unsafe extern "C" fn SHA1(d: *const c_uchar, n: usize, md: *mut c_uchar) -> *mut c_uchar {
        // SAFETY: the program's bytes and room.
        unsafe { at_once(&digest::SHA1_FOR_LEGACY_USE_ONLY, d, n, md) }
    }

    /// SHA-256 of `n` bytes into `md`.
    pub unsafe extern "C" fn SHA256(d: *const c_uchar, n: usize, md: *mut c_uchar) -> *mut c_uchar {
        // SAFETY: the program's bytes and room.
        unsafe { at_once(&digest::SHA256, d, n, md) }
    }

    /// SHA-384 of `n` bytes into `md`.
    pub unsafe extern "C" fn SHA384(d: *const c_uchar, n: usize, md: *mut c_uchar) -> *mut c_uchar {
        // SAFETY: the program's bytes and room.
        unsafe { at_once(&digest::SHA384, d, n, md) }
    }

    /// SHA-512 of `n` bytes into `md`.
    pub unsafe extern "C" fn SHA512(d: *const c_uchar, n: usize, md: *mut c_uchar) -> *mut c_uchar {
        // SAFETY: the program's bytes and room.
        unsafe { at_once(&digest::SHA512, d, n, md) }
    }
}
