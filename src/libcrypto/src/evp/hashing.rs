//! Who computes digests: aws-lc-rs, `pki`, and AWS-LC itself for those that neither has.

use std::ptr::{self, NonNull};

use aws_lc_rs::digest;
use aws_lc_sys as aws_lc;
use standin_pki::md5::{self, Md5};

/// Who computes a digest.
#[derive(Debug)]
pub enum Algorithm {
    AwsLc(&'static digest::Algorithm),
    Md5,
    /// MD5 and SHA-1, one behind the other, as TLS 1.1 signs.
    Md5Sha1,
    Other(Other),
}

/// A digest that AWS-LC has and aws-lc-rs has not.
#[derive(Debug)]
pub struct Other {
    pub method: unsafe extern "C" fn() -> *const aws_lc::EVP_MD,
    pub output_len: usize,
    pub block_len: usize,
    /// Can it be of any length? Then `output_len` is what it has unless told.
    pub extendable: bool,
}

impl Algorithm {
    /// How many bytes a digest has.
    pub fn output_len(&self) -> usize {
        match self {
            Algorithm::AwsLc(algorithm) => algorithm.output_len(),
            Algorithm::Md5 => md5::LEN,
            Algorithm::Md5Sha1 => md5::LEN + digest::SHA1_OUTPUT_LEN,
            Algorithm::Other(other) => other.output_len,
        }
    }

    /// How many bytes are taken at once.
    pub fn block_len(&self) -> usize {
        match self {
            Algorithm::AwsLc(algorithm) => algorithm.block_len(),
            Algorithm::Md5 | Algorithm::Md5Sha1 => md5::BLOCK,
            Algorithm::Other(other) => other.block_len,
        }
    }

    /// Can a digest be of any length?
    pub fn is_extendable(&self) -> bool {
        matches!(self, Algorithm::Other(other) if other.extendable)
    }

    /// A digest in the making.
    pub fn start(&self) -> Running {
        match self {
            Algorithm::AwsLc(algorithm) => Running::AwsLc(digest::Context::new(algorithm)),
            Algorithm::Md5 => Running::Md5(Md5::new()),
            Algorithm::Md5Sha1 => Running::Md5Sha1(Md5::new(), digest::Context::new(&digest::SHA1_FOR_LEGACY_USE_ONLY)),
            Algorithm::Other(other) => Running::Other(Context::new(other), other.output_len),
        }
    }
}

/// A digest in the making.
#[derive(Clone)]
pub enum Running {
    AwsLc(digest::Context),
    Md5(Md5),
    Md5Sha1(Md5, digest::Context),
    Other(Context, usize),
}

impl Running {
    /// Takes more bytes.
    pub fn update(&mut self, data: &[u8]) {
        match self {
            Running::AwsLc(context) => context.update(data),
            Running::Md5(md5) => md5.update(data),
            Running::Md5Sha1(md5, sha1) => {
                md5.update(data);
                sha1.update(data);
            }
            Running::Other(context, _) => context.update(data),
        }
    }

    /// The digest.
    pub fn finish(self) -> Vec<u8> {
        match self {
            Running::AwsLc(context) => context.finish().as_ref().to_vec(),
            Running::Md5(md5) => md5.finish().to_vec(),
            Running::Md5Sha1(md5, sha1) => [&md5.finish()[..], sha1.finish().as_ref()].concat(),
            Running::Other(context, len) => context.finish(len),
        }
    }

    /// As many bytes of the digest as are wanted; `None` when it has a length of its own.
    pub fn finish_with(self, len: usize) -> Option<Vec<u8>> {
        match self {
            Running::Other(context, _) if context.extendable => Some(context.finish(len)),
            _ => None,
        }
    }
}

/// A digest in the making by AWS-LC itself.
pub struct Context {
    state: NonNull<aws_lc::EVP_MD_CTX>,
    extendable: bool,
}

// SAFETY: the state is its own.
unsafe impl Send for Context {}
// SAFETY: nothing changes it behind a shared reference.
unsafe impl Sync for Context {}

impl Context {
    fn empty(extendable: bool) -> Self {
        // SAFETY: a fresh object, of which there is none only where no memory is left.
        let state = NonNull::new(unsafe { aws_lc::EVP_MD_CTX_new() }).expect("memory for a digest");
        Context { state, extendable }
    }

    fn new(other: &Other) -> Self {
        let context = Context::empty(other.extendable);
        // SAFETY: a fresh state, a constant method, and no engine.
        unsafe { aws_lc::EVP_DigestInit_ex(context.state.as_ptr(), (other.method)(), ptr::null_mut()) };
        context
    }

    fn update(&mut self, data: &[u8]) {
        // SAFETY: a state that was begun; the bytes are only read.
        unsafe { aws_lc::EVP_DigestUpdate(self.state.as_ptr(), data.as_ptr().cast(), data.len()) };
    }

    fn finish(self, len: usize) -> Vec<u8> {
        let mut out = vec![0; len];
        // SAFETY: a state that was begun; the room is as long as said, or as the digest is.
        unsafe {
            match self.extendable {
                true => aws_lc::EVP_DigestFinalXOF(self.state.as_ptr(), out.as_mut_ptr(), len),
                false => aws_lc::EVP_DigestFinal_ex(self.state.as_ptr(), out.as_mut_ptr(), ptr::null_mut()),
            }
        };
        out
    }
}

impl Clone for Context {
    fn clone(&self) -> Self {
        let copy = Context::empty(self.extendable);
        // SAFETY: both states are live.
        unsafe { aws_lc::EVP_MD_CTX_copy_ex(copy.state.as_ptr(), self.state.as_ptr()) };
        copy
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        // SAFETY: its own.
        unsafe { aws_lc::EVP_MD_CTX_free(self.state.as_ptr()) };
    }
}
