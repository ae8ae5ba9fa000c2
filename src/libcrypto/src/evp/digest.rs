//! EVP_MD: digest algorithms, and digests at once.

use std::ffi::{CStr, c_char, c_int, c_uchar, c_uint, c_ulong, c_void};
use std::ptr;

use aws_lc_rs::digest;
use standin_pki::md5::{self, Md5};

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
    /// Other names that it is found by.
    aliases: &'static [&'static str],
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

/// Who computes a digest.
#[derive(Debug)]
pub enum Algorithm {
    AwsLc(&'static digest::Algorithm),
    Md5,
}

impl Algorithm {
    /// How many bytes a digest has.
    pub fn output_len(&self) -> usize {
        match self {
            Algorithm::AwsLc(algorithm) => algorithm.output_len(),
            Algorithm::Md5 => md5::LEN,
        }
    }

    /// How many bytes are taken at once.
    pub fn block_len(&self) -> usize {
        match self {
            Algorithm::AwsLc(algorithm) => algorithm.block_len(),
            Algorithm::Md5 => md5::BLOCK,
        }
    }

    /// A digest in the making.
    pub fn start(&self) -> Running {
        match self {
            Algorithm::AwsLc(algorithm) => Running::AwsLc(digest::Context::new(algorithm)),
            Algorithm::Md5 => Running::Md5(Md5::new()),
        }
    }
}

/// A digest in the making.
#[derive(Clone)]
pub enum Running {
    AwsLc(digest::Context),
    Md5(Md5),
}

impl Running {
    /// Takes more bytes.
    pub fn update(&mut self, data: &[u8]) {
        match self {
            Running::AwsLc(context) => context.update(data),
            Running::Md5(md5) => md5.update(data),
        }
    }

    /// The digest.
    pub fn finish(self) -> Vec<u8> {
        match self {
            Running::AwsLc(context) => context.finish().as_ref().to_vec(),
            Running::Md5(md5) => md5.finish().to_vec(),
        }
    }
}

const KNOWN: [EVP_MD; 6] = [
    EVP_MD {
        nid: nid::MD5,
        name: c"MD5",
        fetched: c"MD5",
        aliases: &["SSL3-MD5", "1.2.840.113549.2.5", "RSA-MD5", "md5WithRSAEncryption"],
        algorithm: Algorithm::Md5,
    },
    EVP_MD {
        nid: nid::SHA1,
        name: c"SHA1",
        fetched: c"SHA1",
        aliases: &["sha1", "SHA-1", "SSL3-SHA1", "1.3.14.3.2.26", "RSA-SHA1", "sha1WithRSAEncryption"],
        algorithm: Algorithm::AwsLc(&digest::SHA1_FOR_LEGACY_USE_ONLY),
    },
    EVP_MD {
        nid: nid::SHA224,
        name: c"SHA224",
        fetched: c"SHA2-224",
        aliases: &["SHA2-224", "SHA-224", "RSA-SHA224"],
        algorithm: Algorithm::AwsLc(&digest::SHA224),
    },
    EVP_MD {
        nid: nid::SHA256,
        name: c"SHA256",
        fetched: c"SHA2-256",
        aliases: &["SHA2-256", "SHA-256", "RSA-SHA256"],
        algorithm: Algorithm::AwsLc(&digest::SHA256),
    },
    EVP_MD {
        nid: nid::SHA384,
        name: c"SHA384",
        fetched: c"SHA2-384",
        aliases: &["SHA2-384", "SHA-384", "RSA-SHA384"],
        algorithm: Algorithm::AwsLc(&digest::SHA384),
    },
    EVP_MD {
        nid: nid::SHA512,
        name: c"SHA512",
        fetched: c"SHA2-512",
        aliases: &["SHA2-512", "SHA-512", "RSA-SHA512"],
        algorithm: Algorithm::AwsLc(&digest::SHA512),
    },
];

static DIGESTS: [EVP_MD; 6] = KNOWN;
/// The same as programs fetch them, who tell them by their place.
static FETCHED: [EVP_MD; 6] = KNOWN;

/// The digest of a number.
pub fn digest_of(nid: c_int) -> Option<&'static EVP_MD> {
    DIGESTS.iter().find(|digest| digest.nid == nid)
}

/// The digest of a name.
pub fn by_name(name: &str) -> Option<&'static EVP_MD> {
    let named = |digest: &&EVP_MD| {
        digest.name.to_str().is_ok_and(|own| own.eq_ignore_ascii_case(name))
            || digest.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name))
    };
    DIGESTS.iter().find(named)
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

    /// A digest by name; NULL when it is unknown.
    pub unsafe extern "C" fn EVP_get_digestbyname(name: *const c_char) -> *const EVP_MD {
        // SAFETY: the program's text.
        unsafe { handle::text(name) }.and_then(by_name).map_or(ptr::null(), ptr::from_ref)
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

    /// How many bytes a digest has.
    pub unsafe extern "C" fn EVP_MD_get_size(md: *const EVP_MD) -> c_int {
        // SAFETY: the program's digest.
        unsafe { md.as_ref() }.map_or(-1, |md| c_int::try_from(md.algorithm.output_len()).unwrap_or(-1))
    }

    /// How many bytes a digest takes at once.
    pub unsafe extern "C" fn EVP_MD_get_block_size(md: *const EVP_MD) -> c_int {
        // SAFETY: the program's digest.
        unsafe { md.as_ref() }.map_or(-1, |md| c_int::try_from(md.algorithm.block_len()).unwrap_or(-1))
    }

    /// EVP_MD_FLAG_*: with which parameters an AlgorithmIdentifier names a digest.
    pub unsafe extern "C" fn EVP_MD_get_flags(md: *const EVP_MD) -> c_ulong {
        // EVP_MD_FLAG_DIGALGID_ABSENT
        const ABSENT: c_ulong = 8;
        // SAFETY: the program's digest.
        unsafe { md.as_ref() }.map_or(0, |md| if md.nid == nid::MD5 { 0 } else { ABSENT })
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
