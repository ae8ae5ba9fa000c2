//! EVP_MD_CTX: digests, signatures and their verification, piece by piece.

use std::ffi::{c_int, c_uchar, c_uint, c_void};
use std::ptr;

use super::digest::{self, EVP_MD, Running, digest_of};
use super::key::Operation;
use super::{ENGINE, EVP_PKEY_CTX};
use crate::err::{self, library, reason};
use crate::handle::{self, bytes, give};
use crate::object::{self, nid};
use crate::pkey::{self, EVP_PKEY, Key};
use standin_pki::pss::Parameters;

/// A digest, a signature or its verification in the making.
#[derive(Default)]
pub struct EVP_MD_CTX {
    digest: Option<&'static EVP_MD>,
    context: Option<Running>,
    /// For signatures: the key, and the message, which is signed at once.
    key: Option<Box<EVP_PKEY_CTX>>,
    message: Vec<u8>,
    /// EVP_MD_CTX_FLAG_*, which the program keeps here.
    flags: c_int,
}

impl EVP_MD_CTX {
    /// How a key signs that was begun to.
    pub fn using(&self) -> Option<&EVP_PKEY_CTX> {
        self.key.as_deref().filter(|using| using.operation == Operation::Sign)
    }

    /// Does the key take a message whole, without a digest?
    fn is_at_once(&self) -> bool {
        self.key.is_some() && self.digest.is_none()
    }

    fn is_for(&self, operation: Operation) -> bool {
        self.key.as_ref().is_some_and(|using| using.operation == operation)
    }
}

unsafe fn start(
    ctx: *mut EVP_MD_CTX,
    pctx: *mut *mut EVP_PKEY_CTX,
    kind: *const EVP_MD,
    pkey: *mut EVP_PKEY,
    operation: Operation,
) -> c_int {
    // SAFETY: the program's objects.
    unsafe {
        let Some(context) = ctx.as_mut() else { return 0 };
        // A context that has signed keeps its key.
        let kept = context.key.as_ref().and_then(|using| using.key()).cloned();
        let Some(key) = pkey::inside(pkey).cloned().or(kept) else {
            err::raise(library::EVP, reason::evp::UNSUPPORTED_ALGORITHM);
            return 0;
        };
        let key = &key;
        let own = matches!(key.algorithm, nid::ED25519 | nid::ED448);
        let digest = match kind.as_ref() {
            Some(_) if own => return 0,
            Some(digest) => digest_of(digest.nid),
            None if own => None,
            None => digest_of(key.bound().map_or(nid::SHA256, |bound| bound.digest)),
        };
        let wrong = |bound: Parameters| digest.is_none_or(|digest| digest.nid != bound.digest);
        if key.bound().is_some_and(wrong) {
            err::raise(library::PROV, reason::prov::DIGEST_NOT_ALLOWED);
            return 0;
        }
        *context = EVP_MD_CTX {
            digest,
            context: None,
            key: Some(Box::new(
                EVP_PKEY_CTX::of(key, digest.map_or(object::UNDEFINED, |digest| digest.nid)).begun(operation),
            )),
            message: Vec::new(),
            flags: context.flags,
        };
        if let (Some(out), Some(inner)) = (pctx.as_mut(), context.key.as_deref_mut()) {
            *out = inner;
        }
        1
    }
}

unsafe fn sign(ctx: *mut EVP_MD_CTX, out: *mut c_uchar, len: *mut usize, more: Option<&[u8]>) -> c_int {
    // SAFETY: the program's objects and room.
    unsafe {
        let (Some(context), Some(len)) = (ctx.as_mut(), len.as_mut()) else { return 0 };
        if more.is_some() && context.is_at_once() && !context.is_for(Operation::Sign) {
            err::raise(library::EVP, reason::SHOULD_NOT_HAVE_BEEN_CALLED);
            return 0;
        }
        let Some(using) = context.key.as_ref().filter(|using| using.operation == Operation::Sign) else {
            err::raise(library::EVP, reason::evp::INITIALIZATION_ERROR);
            return 0;
        };
        if more.is_none() && context.digest.is_none() {
            return 0;
        }
        let more = more.unwrap_or_default();
        if out.is_null() {
            *len = using.key().map_or(0, |key| key.signature_len());
            return 1;
        }
        let message = [&context.message, more].concat();
        let signature = using.manner().zip(using.key()).and_then(|(manner, key)| manner.sign(key, &message));
        match signature {
            Some(signature) if signature.len() <= *len => {
                ptr::copy_nonoverlapping(signature.as_ptr(), out, signature.len());
                *len = signature.len();
                1
            }
            Some(_) => {
                // On a curve the original says nothing.
                if using.key().is_some_and(|key| key.algorithm != nid::EC) {
                    err::raise(library::PROV, reason::prov::INVALID_SIGNATURE_SIZE);
                }
                0
            }
            None => {
                raise_unsigned(using.key().map(AsRef::as_ref));
                0
            }
        }
    }
}

/// Says why a key has not signed.
fn raise_unsigned(key: Option<&Key>) {
    if key.is_some_and(|key| key.delegate().is_some()) {
        // The program's method has said why.
        return;
    }
    if key.is_some_and(|key| key.is_private() && matches!(key.algorithm, nid::RSA | nid::RSA_PSS)) {
        err::raise(library::PROV, reason::RSA_LIB);
        return;
    }
    match key.filter(|key| !key.is_private()).map(|key| key.algorithm) {
        Some(nid::EC) => err::raise(library::EC, reason::ec::MISSING_PRIVATE_KEY),
        Some(nid::ED25519) => err::raise(library::PROV, reason::prov::NOT_A_PRIVATE_KEY),
        Some(nid::RSA | nid::RSA_PSS) => {
            err::raise(library::RSA, reason::rsa::MISSING_PRIVATE_KEY);
            err::raise(library::PROV, reason::RSA_LIB);
        }
        _ => err::raise(library::EVP, reason::UNSUPPORTED),
    }
}

unsafe fn verify(ctx: *mut EVP_MD_CTX, signature: *const c_uchar, len: usize, more: Option<&[u8]>) -> c_int {
    // SAFETY: the program's objects and bytes.
    unsafe {
        let Some(context) = ctx.as_mut() else { return -1 };
        if more.is_some() && context.is_at_once() && !context.is_for(Operation::Verify) {
            err::raise(library::EVP, reason::SHOULD_NOT_HAVE_BEEN_CALLED);
            return -1;
        }
        let Some(using) = context.key.as_ref().filter(|using| using.operation == Operation::Verify) else {
            err::raise(library::EVP, reason::evp::INITIALIZATION_ERROR);
            return 0;
        };
        if more.is_none() && context.digest.is_none() {
            return -1;
        }
        let more = more.unwrap_or_default();
        let message = [&context.message, more].concat();
        let Some((manner, key)) = using.manner().zip(using.key()) else { return 0 };
        let signature = bytes(signature, len);
        let right = manner.verify(key, &message, signature);
        if !right && matches!(key.algorithm, nid::RSA | nid::RSA_PSS) {
            let fits = signature.len() == key.signature_len();
            let why = if fits { reason::rsa::BAD_SIGNATURE } else { reason::rsa::WRONG_SIGNATURE_LENGTH };
            err::raise(library::RSA, why);
            err::raise(library::PROV, reason::RSA_LIB);
        }
        pkey::answer(key, right, signature)
    }
}

unsafe fn update(ctx: *mut EVP_MD_CTX, data: *const c_void, len: usize) -> c_int {
    // SAFETY: the program's objects and bytes.
    unsafe {
        let Some(context) = ctx.as_mut() else { return 0 };
        let data = bytes(data.cast(), len);
        match &mut context.context {
            Some(hash) => hash.update(data),
            // Without a digest a message is signed at once.
            None if context.key.is_some() && context.digest.is_some() => context.message.extend_from_slice(data),
            None if context.key.is_some() => {
                err::raise(library::EVP, reason::SHOULD_NOT_HAVE_BEEN_CALLED);
                return 0;
            }
            None => return 0,
        }
        1
    }
}

versioned! {
    /// A digest in the making.
    pub unsafe extern "C" fn EVP_MD_CTX_new() -> *mut EVP_MD_CTX {
        give(EVP_MD_CTX::default())
    }

    /// Frees it.
    pub unsafe extern "C" fn EVP_MD_CTX_free(ctx: *mut EVP_MD_CTX) {
        // SAFETY: the program gives it up.
        unsafe { handle::free(ctx) }
    }

    /// Sets flags (EVP_MD_CTX_FLAG_*): they are hints, none of which changes a result.
    pub unsafe extern "C" fn EVP_MD_CTX_set_flags(ctx: *mut EVP_MD_CTX, flags: c_int) {
        // SAFETY: the program's object.
        if let Some(context) = unsafe { ctx.as_mut() } {
            context.flags |= flags;
        }
    }

    /// Clears flags.
    pub unsafe extern "C" fn EVP_MD_CTX_clear_flags(ctx: *mut EVP_MD_CTX, flags: c_int) {
        // SAFETY: the program's object.
        if let Some(context) = unsafe { ctx.as_mut() } {
            context.flags &= !flags;
        }
    }

    /// Those of the flags that are set.
    pub unsafe extern "C" fn EVP_MD_CTX_test_flags(ctx: *const EVP_MD_CTX, flags: c_int) -> c_int {
        // SAFETY: the program's object.
        unsafe { ctx.as_ref() }.map_or(0, |context| context.flags & flags)
    }

    /// Forgets what is in the making.
    pub unsafe extern "C" fn EVP_MD_CTX_reset(ctx: *mut EVP_MD_CTX) -> c_int {
        // SAFETY: the program's object.
        if let Some(context) = unsafe { ctx.as_mut() } {
            *context = EVP_MD_CTX::default();
        }
        1
    }

    /// Copies what is in the making.
    pub unsafe extern "C" fn EVP_MD_CTX_copy_ex(out: *mut EVP_MD_CTX, input: *const EVP_MD_CTX) -> c_int {
        // SAFETY: the program's objects.
        let (Some(out), Some(from)) = (unsafe { out.as_mut() }, unsafe { input.as_ref() }) else {
            err::raise(library::EVP, reason::PASSED_NULL_PARAMETER);
            return 0;
        };
        let key = from.key.clone();
        *out = EVP_MD_CTX { digest: from.digest, context: from.context.clone(), key, message: from.message.clone(), flags: from.flags };
        1
    }

    /// Copies what is in the making, which is forgotten in `out` first.
    pub unsafe extern "C" fn EVP_MD_CTX_copy(out: *mut EVP_MD_CTX, input: *const EVP_MD_CTX) -> c_int {
        // SAFETY: the program's objects.
        unsafe { EVP_MD_CTX_copy_ex(out, input) }
    }

    /// The digest that is in use, by its older name; NULL when there is none.
    pub unsafe extern "C" fn EVP_MD_CTX_md(ctx: *const EVP_MD_CTX) -> *const EVP_MD {
        // SAFETY: the program's object.
        unsafe { EVP_MD_CTX_get0_md(ctx) }
    }

    /// How the key is used that signs or verifies, which stays the context's; NULL when there is none.
    pub unsafe extern "C" fn EVP_MD_CTX_get_pkey_ctx(ctx: *const EVP_MD_CTX) -> *mut EVP_PKEY_CTX {
        // SAFETY: the program's object.
        let using = unsafe { ctx.as_ref() }.and_then(|context| context.key.as_deref());
        using.map_or(ptr::null_mut(), |using| ptr::from_ref(using).cast_mut())
    }

    /// The digest that is in use; NULL when there is none.
    pub unsafe extern "C" fn EVP_MD_CTX_get0_md(ctx: *const EVP_MD_CTX) -> *const EVP_MD {
        // SAFETY: the program's object.
        unsafe { ctx.as_ref() }.and_then(|context| context.digest).map_or(ptr::null(), ptr::from_ref)
    }

    /// Starts a digest; NULL for `kind`: the one that was made before. In a context that signs or verifies it starts that anew,
    /// with the same key.
    pub unsafe extern "C" fn EVP_DigestInit_ex(ctx: *mut EVP_MD_CTX, kind: *const EVP_MD, _implementation: *mut ENGINE) -> c_int {
        // SAFETY: the program's objects.
        let (Some(context), digest) = (unsafe { ctx.as_mut() }, unsafe { kind.as_ref() }) else { return 0 };
        if digest.is_some_and(|digest| !digest.is_there()) {
            err::raise(library::EVP, reason::evp::INITIALIZATION_ERROR);
            return 0;
        }
        let kept = context.key.as_ref().map(|using| using.operation);
        let digest = digest.and_then(|digest| digest_of(digest.nid)).or(context.digest);
        if let Some(operation) = kept {
            if digest.map(|digest| digest.nid) != context.digest.map(|digest| digest.nid) {
                err::raise(library::PROV, reason::prov::DIGEST_NOT_ALLOWED);
                return 0;
            }
            // SAFETY: as above.
            return unsafe { start(ctx, ptr::null_mut(), digest.map_or(ptr::null(), ptr::from_ref), ptr::null_mut(), operation) };
        }
        let Some(digest) = digest else {
            err::raise(library::EVP, reason::evp::NO_DIGEST_SET);
            return 0;
        };
        *context = EVP_MD_CTX { digest: Some(digest), context: Some(digest.algorithm.start()), flags: context.flags, ..EVP_MD_CTX::default() };
        1
    }

    /// Starts a digest as EVP_DigestInit_ex does; digests have no parameters.
    pub unsafe extern "C" fn EVP_DigestInit_ex2(ctx: *mut EVP_MD_CTX, kind: *const EVP_MD, _params: *const super::OSSL_PARAM) -> c_int {
        // SAFETY: the program's objects.
        unsafe { EVP_DigestInit_ex(ctx, kind, ptr::null_mut()) }
    }

    /// Starts a digest in a context that forgets what it was used for.
    pub unsafe extern "C" fn EVP_DigestInit(ctx: *mut EVP_MD_CTX, kind: *const EVP_MD) -> c_int {
        // SAFETY: the program's objects.
        unsafe {
            EVP_MD_CTX_reset(ctx);
            EVP_DigestInit_ex(ctx, kind, ptr::null_mut())
        }
    }

    /// Adds bytes to a digest.
    pub unsafe extern "C" fn EVP_DigestUpdate(ctx: *mut EVP_MD_CTX, data: *const c_void, cnt: usize) -> c_int {
        // SAFETY: the program's objects and bytes.
        unsafe { update(ctx, data, cnt) }
    }

    /// Ends a digest: its bytes into `md`.
    pub unsafe extern "C" fn EVP_DigestFinal_ex(ctx: *mut EVP_MD_CTX, md: *mut c_uchar, s: *mut c_uint) -> c_int {
        // SAFETY: the program's objects and room.
        unsafe {
            let Some(hash) = ctx.as_mut().and_then(|context| context.context.take()) else { return 0 };
            digest::put(&hash.finish(), md, s);
        }
        1
    }

    /// Ends a digest and forgets it.
    pub unsafe extern "C" fn EVP_DigestFinal(ctx: *mut EVP_MD_CTX, md: *mut c_uchar, s: *mut c_uint) -> c_int {
        // SAFETY: the program's objects and room.
        unsafe {
            let done = EVP_DigestFinal_ex(ctx, md, s);
            EVP_MD_CTX_reset(ctx);
            done
        }
    }

    /// Ends a digest that can be of any length: `len` bytes into `out`. 0 with an error for others.
    pub unsafe extern "C" fn EVP_DigestFinalXOF(ctx: *mut EVP_MD_CTX, out: *mut c_uchar, len: usize) -> c_int {
        // SAFETY: the program's object and room.
        unsafe {
            let Some(context) = ctx.as_mut() else { return 0 };
            if !context.digest.is_some_and(|digest| digest.algorithm.is_extendable()) {
                err::raise(library::EVP, reason::evp::NOT_XOF_OR_INVALID_LENGTH);
                return 0;
            }
            let Some(value) = context.context.take().and_then(|running| running.finish_with(len)) else { return 0 };
            ptr::copy_nonoverlapping(value.as_ptr(), out, value.len());
        }
        1
    }

    /// Starts a signature; `*pctx`, which stays the context's, says how. NULL for the digest: the key's own.
    pub unsafe extern "C" fn EVP_DigestSignInit(ctx: *mut EVP_MD_CTX, pctx: *mut *mut EVP_PKEY_CTX, kind: *const EVP_MD, _e: *mut ENGINE, pkey: *mut EVP_PKEY) -> c_int {
        // SAFETY: the program's objects.
        unsafe { start(ctx, pctx, kind, pkey, Operation::Sign) }
    }

    /// Adds bytes to what is signed.
    pub unsafe extern "C" fn EVP_DigestSignUpdate(ctx: *mut EVP_MD_CTX, data: *const c_void, dsize: usize) -> c_int {
        // SAFETY: the program's objects and bytes.
        unsafe { update(ctx, data, dsize) }
    }

    /// The signature; for NULL only its greatest length.
    pub unsafe extern "C" fn EVP_DigestSignFinal(ctx: *mut EVP_MD_CTX, sigret: *mut c_uchar, siglen: *mut usize) -> c_int {
        // SAFETY: the program's objects and room.
        unsafe { sign(ctx, sigret, siglen, None) }
    }

    /// The signature of a message; for NULL only its greatest length.
    pub unsafe extern "C" fn EVP_DigestSign(ctx: *mut EVP_MD_CTX, sigret: *mut c_uchar, siglen: *mut usize, tbs: *const c_uchar, tbslen: usize) -> c_int {
        // SAFETY: the program's objects, room and bytes.
        unsafe { sign(ctx, sigret, siglen, Some(bytes(tbs, tbslen))) }
    }

    /// The signature by a key of what a digest was made of; at most EVP_PKEY_get_size bytes.
    pub unsafe extern "C" fn EVP_SignFinal(ctx: *mut EVP_MD_CTX, md: *mut c_uchar, s: *mut c_uint, pkey: *mut EVP_PKEY) -> c_int {
        // SAFETY: the program's objects, room and variable.
        unsafe {
            let (Some(context), Some(key)) = (ctx.as_ref(), pkey::inside(pkey)) else { return 0 };
            let (Some(digest), Some(running)) = (context.digest, &context.context) else { return 0 };
            let using = EVP_PKEY_CTX::of(key, digest.nid);
            let signature = using.manner().and_then(|manner| manner.sign_digest(key, &running.clone().finish()));
            match signature {
                Some(signature) => {
                    digest::put(&signature, md, s);
                    1
                }
                None => {
                    err::raise(library::EVP, reason::UNSUPPORTED);
                    0
                }
            }
        }
    }

    /// 1 when a signature of what a digest was made of is a key's.
    pub unsafe extern "C" fn EVP_VerifyFinal(ctx: *mut EVP_MD_CTX, sigbuf: *const c_uchar, siglen: c_uint, pkey: *mut EVP_PKEY) -> c_int {
        // SAFETY: the program's objects and bytes.
        unsafe {
            let (Some(context), Some(key)) = (ctx.as_ref(), pkey::inside(pkey)) else { return -1 };
            let (Some(digest), Some(running)) = (context.digest, &context.context) else { return -1 };
            let Some(manner) = EVP_PKEY_CTX::of(key, digest.nid).manner() else { return -1 };
            let signature = bytes(sigbuf, siglen as usize);
            pkey::answer(key, manner.verify_digest(key, &running.clone().finish(), signature), signature)
        }
    }

    /// Starts a verification.
    pub unsafe extern "C" fn EVP_DigestVerifyInit(ctx: *mut EVP_MD_CTX, pctx: *mut *mut EVP_PKEY_CTX, kind: *const EVP_MD, _e: *mut ENGINE, pkey: *mut EVP_PKEY) -> c_int {
        // SAFETY: the program's objects.
        unsafe { start(ctx, pctx, kind, pkey, Operation::Verify) }
    }

    /// Adds bytes to what is verified.
    pub unsafe extern "C" fn EVP_DigestVerifyUpdate(ctx: *mut EVP_MD_CTX, data: *const c_void, dsize: usize) -> c_int {
        // SAFETY: the program's objects and bytes.
        unsafe { update(ctx, data, dsize) }
    }

    /// 1 when the signature is right.
    pub unsafe extern "C" fn EVP_DigestVerifyFinal(ctx: *mut EVP_MD_CTX, sig: *const c_uchar, siglen: usize) -> c_int {
        // SAFETY: the program's objects and bytes.
        unsafe { verify(ctx, sig, siglen, None) }
    }

    /// 1 when the signature of a message is right.
    pub unsafe extern "C" fn EVP_DigestVerify(ctx: *mut EVP_MD_CTX, sigret: *const c_uchar, siglen: usize, tbs: *const c_uchar, tbslen: usize) -> c_int {
        // SAFETY: the program's objects and bytes.
        unsafe { verify(ctx, sigret, siglen, Some(bytes(tbs, tbslen))) }
    }
}
