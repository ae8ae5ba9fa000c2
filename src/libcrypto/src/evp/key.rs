//! EVP_PKEY_CTX: what a key is used with, and how keys are made.

use std::ffi::{c_char, c_int, c_uchar, c_void};
use std::ptr;
use std::sync::Arc;

use super::padding;
use super::pss::Binding;
use super::{ENGINE, OSSL_LIB_CTX};
use crate::err::{self, library, reason};
use crate::handle::{self, bytes, give};
use crate::object::{self, nid};
use crate::pkey::bare::Oaep;
use crate::pkey::{self, EVP_PKEY, Key, Manner, Pss, SALT_AUTO, Scheme};

/// How many bits a new RSA key has unless told.
const RSA_BITS: usize = 2048;

/// What is to be done.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    None,
    Sign,
    Verify,
    Agree,
    Encrypt,
    Decrypt,
    Recover,
    MakeKey,
    MakeParameters,
}

/// What a key is used with, or how one is made.
#[derive(Clone)]
pub struct EVP_PKEY_CTX {
    key: Option<Arc<Key>>,
    /// With whom a secret is agreed on.
    peer: Option<Arc<Key>>,
    /// NID of the kind of key.
    pub(super) algorithm: c_int,
    pub(super) operation: Operation,
    pub(super) digest: c_int,
    pub(super) pss: bool,
    /// For RSASSA-PSS: the length of the salt, and the digest of the mask if it is another.
    pub(super) salt: c_int,
    pub(super) mask: Option<c_int>,
    /// For RSA that encrypts, or signs bare bytes: RSA_*_PADDING, and what OAEP wants to know.
    pub(super) padding: c_int,
    pub(super) oaep: Oaep,
    /// For new keys: the length of RSA's, the curve, what one for RSASSA-PSS is bound to.
    bits: usize,
    curve: c_int,
    pub(super) binding: Binding,
    /// The program's own pointer.
    data: *mut c_void,
}

impl EVP_PKEY_CTX {
    /// How a key is used.
    pub fn of(key: &Arc<Key>, digest: c_int) -> Self {
        let bound = key.bound().map(Pss::from);
        EVP_PKEY_CTX {
            key: Some(key.clone()),
            curve: key.curve,
            salt: bound.map_or(SALT_AUTO, |bound| bound.salt),
            mask: bound.map(|bound| bound.mask),
            ..EVP_PKEY_CTX::of_kind(key.algorithm, digest)
        }
    }

    fn of_kind(algorithm: c_int, digest: c_int) -> Self {
        EVP_PKEY_CTX {
            key: None,
            peer: None,
            algorithm,
            operation: Operation::None,
            digest,
            pss: algorithm == nid::RSA_PSS,
            salt: SALT_AUTO,
            mask: None,
            padding: padding::PKCS1,
            oaep: Oaep::default(),
            bits: RSA_BITS,
            curve: object::UNDEFINED,
            binding: Binding::default(),
            data: ptr::null_mut(),
        }
    }

    /// Whether it makes keys of a kind.
    pub(super) fn makes(&self, algorithm: c_int) -> bool {
        self.operation == Operation::MakeKey && self.algorithm == algorithm
    }

    /// Was it begun to sign or to verify?
    pub(super) fn is_signing(&self) -> bool {
        matches!(self.operation, Operation::Sign | Operation::Verify)
    }

    fn makes_rsa(&self) -> bool {
        self.makes(nid::RSA) || self.makes(nid::RSA_PSS)
    }

    fn new_key(&self) -> Option<Key> {
        match self.algorithm {
            nid::RSA_PSS => Key::generate_pss(self.bits, &self.binding.parameters()?),
            algorithm => Key::generate(algorithm, self.curve, self.bits),
        }
    }

    /// The key.
    pub fn key(&self) -> Option<&Arc<Key>> {
        self.key.as_ref()
    }

    /// The same, begun.
    pub(super) fn begun(self, operation: Operation) -> Self {
        EVP_PKEY_CTX { operation, ..self }
    }

    /// How a digest is signed: without one that was told, keys on a curve and RSA's sign whatever bytes there are.
    fn manner_for_digest(&self) -> Option<Manner> {
        match (self.digest, self.algorithm) {
            (object::UNDEFINED, nid::EC) => Some(Manner::Bytes),
            (object::UNDEFINED, nid::RSA) if !self.pss => Some(Manner::Bare { padded: self.padding == padding::PKCS1 }),
            _ => self.manner(),
        }
    }

    /// The digest.
    pub fn digest(&self) -> c_int {
        self.digest
    }

    /// How the key signs by RSASSA-PSS, with a salt of a known length; `None` when it signs otherwise.
    pub fn pss(&self) -> Option<Pss> {
        let pss = Pss { digest: self.digest, mask: self.mask.unwrap_or(self.digest), salt: self.salt };
        pss.with_salt(self.key.as_ref()?).filter(|_| self.pss)
    }

    /// How the key signs and verifies.
    pub fn manner(&self) -> Option<Manner> {
        let (key, digest) = (self.key.as_ref()?, self.digest);
        Some(match self.pss {
            false => Manner::Usual(Scheme { digest, pss: false }),
            true => Pss { digest, mask: self.mask.unwrap_or(digest), salt: self.salt }.manner(key),
        })
    }
}

/// Kinds of keys that are used and made.
fn kind(number: c_int) -> Option<c_int> {
    matches!(number, nid::RSA | nid::RSA_PSS | nid::EC | nid::ED25519 | nid::X25519).then_some(number)
}

fn kind_named(name: &str) -> Option<c_int> {
    [nid::RSA, nid::RSA_PSS, nid::EC, nid::ED25519, nid::X25519].into_iter().find(|kind| pkey::is_named(*kind, name))
}

fn new_of(kind: Option<c_int>) -> *mut EVP_PKEY_CTX {
    match kind {
        Some(kind) => give(EVP_PKEY_CTX::of_kind(kind, object::UNDEFINED)),
        None => {
            err::raise(library::EVP, reason::evp::UNSUPPORTED_ALGORITHM);
            ptr::null_mut()
        }
    }
}

pub(super) unsafe fn begin(ctx: *mut EVP_PKEY_CTX, operation: Operation) -> c_int {
    // SAFETY: the program's object.
    let Some(context) = (unsafe { ctx.as_mut() }) else {
        err::raise(library::EVP, reason::evp::OPERATION_NOT_SUPPORTED);
        return -2;
    };
    let makes = matches!(operation, Operation::MakeKey | Operation::MakeParameters);
    if operation == Operation::MakeParameters && context.algorithm != nid::EC {
        err::raise(library::EVP, reason::evp::OPERATION_NOT_SUPPORTED);
        return -2;
    }
    if !makes && context.key.is_none() {
        err::raise(library::EVP, reason::evp::NO_KEY_SET);
        return -1;
    }
    // What was told for something else is forgotten.
    if let Some(key) = context.key.clone().filter(|_| !makes) {
        *context = EVP_PKEY_CTX { data: context.data, ..EVP_PKEY_CTX::of(&key, object::UNDEFINED) };
    }
    context.operation = operation;
    1
}

/// The object inside, when it was begun for this.
pub(super) unsafe fn begun<'a>(ctx: *mut EVP_PKEY_CTX, operation: Operation) -> Result<&'a mut EVP_PKEY_CTX, c_int> {
    // SAFETY: the program's object.
    match unsafe { ctx.as_mut() } {
        None => {
            err::raise(library::EVP, reason::evp::OPERATION_NOT_SUPPORTED);
            Err(-2)
        }
        Some(context) if context.operation != operation => {
            err::raise(library::EVP, reason::evp::OPERATION_NOT_INITIALIZED);
            Err(-1)
        }
        Some(context) => Ok(context),
    }
}

unsafe fn make(ctx: *mut EVP_PKEY_CTX, ppkey: *mut *mut EVP_PKEY, operation: Operation) -> c_int {
    // SAFETY: the program's object and variable.
    unsafe {
        let context = match begun(ctx, operation) {
            Ok(context) => context,
            Err(why) => return why,
        };
        let Some(out) = ppkey.as_mut() else { return -1 };
        let made = match operation {
            Operation::MakeParameters if context.curve != object::UNDEFINED => EVP_PKEY::parameters(context.curve),
            Operation::MakeKey => match context.new_key() {
                Some(key) => EVP_PKEY::of(Arc::new(key)),
                None => {
                    err::raise(library::EVP, reason::evp::GENERATE_ERROR);
                    return 0;
                }
            },
            _ => {
                err::raise(library::EVP, reason::evp::MISSING_PARAMETERS);
                return 0;
            }
        };
        match out.as_mut() {
            Some(place) => place.take(made),
            None => *out = give(made),
        }
        1
    }
}

/// Sets how long a new RSA key is; AWS-LC makes keys of 2048, 3072, 4096 and 8192 bits.
unsafe fn set_bits(ctx: *mut EVP_PKEY_CTX, bits: c_int) -> c_int {
    // SAFETY: the program's object.
    let context = unsafe { ctx.as_mut() };
    match context.filter(|context| {
        context.operation == Operation::MakeKey && matches!(context.algorithm, nid::RSA | nid::RSA_PSS)
    }) {
        None => {
            err::raise(library::EVP, reason::evp::COMMAND_NOT_SUPPORTED);
            -2
        }
        Some(context) => match usize::try_from(bits) {
            Ok(bits @ (2048 | 3072 | 4096 | 8192)) => {
                context.bits = bits;
                1
            }
            _ => {
                err::raise(library::RSA, reason::rsa::KEY_SIZE_TOO_SMALL);
                0
            }
        },
    }
}

unsafe fn set_curve(ctx: *mut EVP_PKEY_CTX, curve: c_int) -> c_int {
    // SAFETY: the program's object.
    let context = unsafe { ctx.as_mut() };
    let makes = |context: &EVP_PKEY_CTX| matches!(context.operation, Operation::MakeKey | Operation::MakeParameters);
    match context.filter(|context| makes(context) && context.algorithm == nid::EC) {
        None => {
            err::raise(library::EVP, reason::evp::COMMAND_NOT_SUPPORTED);
            -2
        }
        Some(context) if matches!(curve, nid::P256 | nid::P384 | nid::P521 | nid::SECP256K1) => {
            context.curve = curve;
            1
        }
        Some(_) => {
            err::raise(library::EC, reason::ec::INVALID_CURVE);
            0
        }
    }
}

/// The number of a curve by any of its names.
fn curve_named(name: &str) -> c_int {
    match name {
        "P-256" | "prime256v1" | "secp256r1" => nid::P256,
        "P-384" | "secp384r1" => nid::P384,
        "P-521" | "secp521r1" => nid::P521,
        "secp256k1" => nid::SECP256K1,
        _ => object::UNDEFINED,
    }
}

/// A new key of a kind, by its name and what is told of it: bits for RSA, a curve's name for EC. For `variadic.c`.
///
/// # Safety
/// The texts are NULL or end with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn standin_quick_key(kind: *const c_char, bits: usize, curve: *const c_char) -> *mut EVP_PKEY {
    standin_boundary::fence(|| {
        // SAFETY: the program's texts.
        let (name, curve) = unsafe { (handle::text(kind), handle::text(curve)) };
        let Some(kind) = name.and_then(kind_named) else {
            err::raise(library::EVP, reason::evp::UNSUPPORTED_ALGORITHM);
            return ptr::null_mut();
        };
        let known = kind != nid::RSA || matches!(bits, 2048 | 3072 | 4096 | 8192);
        let key = known.then(|| Key::generate(kind, curve_named(curve.unwrap_or_default()), bits)).flatten();
        match key {
            Some(key) => crate::ex_data::give_extended(EVP_PKEY::of(Arc::new(key))),
            None => {
                err::raise(library::EVP, reason::evp::GENERATE_ERROR);
                ptr::null_mut()
            }
        }
    })
}

// The name is not for programs.
std::arch::global_asm!(".hidden standin_quick_key");

versioned! {
    /// What a key is used with; the caller frees it.
    pub unsafe extern "C" fn EVP_PKEY_CTX_new(pkey: *mut EVP_PKEY, _e: *mut ENGINE) -> *mut EVP_PKEY_CTX {
        // SAFETY: the program's key.
        unsafe {
            if let Some(curve) = pkey.as_ref().and_then(EVP_PKEY::curve_alone) {
                return give(EVP_PKEY_CTX { curve, ..EVP_PKEY_CTX::of_kind(nid::EC, object::UNDEFINED) });
            }
            pkey::inside(pkey).map_or(ptr::null_mut(), |key| give(EVP_PKEY_CTX::of(key, object::UNDEFINED)))
        }
    }

    /// What a key is used with; the library context is not used.
    pub unsafe extern "C" fn EVP_PKEY_CTX_new_from_pkey(libctx: *mut OSSL_LIB_CTX, pkey: *mut EVP_PKEY, propquery: *const c_char) -> *mut EVP_PKEY_CTX {
        // SAFETY: the program's key.
        unsafe { if crate::provider::offer(libctx, propquery) { EVP_PKEY_CTX_new(pkey, ptr::null_mut()) } else { ptr::null_mut() } }
    }

    /// How keys of a kind (EVP_PKEY_RSA, _RSA_PSS, _EC, _ED25519, _X25519) are made; the caller frees it. NULL with an error for others.
    pub unsafe extern "C" fn EVP_PKEY_CTX_new_id(id: c_int, _e: *mut ENGINE) -> *mut EVP_PKEY_CTX {
        new_of(kind(id))
    }

    /// How keys of a kind are made, by its name; the library context is not used.
    pub unsafe extern "C" fn EVP_PKEY_CTX_new_from_name(libctx: *mut OSSL_LIB_CTX, name: *const c_char, propquery: *const c_char) -> *mut EVP_PKEY_CTX {
        // SAFETY: the program's text.
        new_of(unsafe { handle::text(name).filter(|_| crate::provider::are_served(libctx, propquery)) }.and_then(kind_named))
    }

    /// Sets a pointer of the program's.
    pub unsafe extern "C" fn EVP_PKEY_CTX_set_app_data(ctx: *mut EVP_PKEY_CTX, data: *mut c_void) {
        // SAFETY: the program's object.
        if let Some(context) = unsafe { ctx.as_mut() } {
            context.data = data;
        }
    }

    /// The program's pointer.
    pub unsafe extern "C" fn EVP_PKEY_CTX_get_app_data(ctx: *mut EVP_PKEY_CTX) -> *mut c_void {
        // SAFETY: the program's object.
        unsafe { ctx.as_ref() }.map_or(ptr::null_mut(), |context| context.data)
    }

    /// A copy; the caller frees it.
    pub unsafe extern "C" fn EVP_PKEY_CTX_dup(ctx: *const EVP_PKEY_CTX) -> *mut EVP_PKEY_CTX {
        // SAFETY: the program's object.
        unsafe { ctx.as_ref() }.map_or(ptr::null_mut(), |context| give(context.clone()))
    }

    /// Frees it.
    pub unsafe extern "C" fn EVP_PKEY_CTX_free(ctx: *mut EVP_PKEY_CTX) {
        // SAFETY: the program gives it up.
        unsafe { handle::free(ctx) }
    }

    /// Begins to make a key.
    pub unsafe extern "C" fn EVP_PKEY_keygen_init(ctx: *mut EVP_PKEY_CTX) -> c_int {
        // SAFETY: the program's object.
        unsafe { begin(ctx, Operation::MakeKey) }
    }

    /// Begins to make parameters: a curve.
    pub unsafe extern "C" fn EVP_PKEY_paramgen_init(ctx: *mut EVP_PKEY_CTX) -> c_int {
        // SAFETY: the program's object.
        unsafe { begin(ctx, Operation::MakeParameters) }
    }

    /// Makes a key, in `*ppkey` or fresh; the caller frees it.
    pub unsafe extern "C" fn EVP_PKEY_keygen(ctx: *mut EVP_PKEY_CTX, ppkey: *mut *mut EVP_PKEY) -> c_int {
        // SAFETY: the program's object and variable.
        unsafe { make(ctx, ppkey, Operation::MakeKey) }
    }

    /// Makes parameters, in `*ppkey` or fresh; the caller frees them.
    pub unsafe extern "C" fn EVP_PKEY_paramgen(ctx: *mut EVP_PKEY_CTX, ppkey: *mut *mut EVP_PKEY) -> c_int {
        // SAFETY: the program's object and variable.
        unsafe { make(ctx, ppkey, Operation::MakeParameters) }
    }

    /// Makes what the context was begun for: a key or parameters.
    pub unsafe extern "C" fn EVP_PKEY_generate(ctx: *mut EVP_PKEY_CTX, ppkey: *mut *mut EVP_PKEY) -> c_int {
        // SAFETY: the program's object and variable.
        unsafe {
            match ctx.as_ref().map(|context| context.operation) {
                Some(Operation::MakeParameters) => make(ctx, ppkey, Operation::MakeParameters),
                _ => make(ctx, ppkey, Operation::MakeKey),
            }
        }
    }

    /// Sets how many bits a new RSA key has: 2048, 3072, 4096 or 8192.
    pub unsafe extern "C" fn EVP_PKEY_CTX_set_rsa_keygen_bits(ctx: *mut EVP_PKEY_CTX, bits: c_int) -> c_int {
        // SAFETY: the program's object.
        unsafe { set_bits(ctx, bits) }
    }

    /// Sets the curve of a new key: P-256, P-384, P-521, secp256k1.
    pub unsafe extern "C" fn EVP_PKEY_CTX_set_ec_paramgen_curve_nid(ctx: *mut EVP_PKEY_CTX, nid: c_int) -> c_int {
        // SAFETY: the program's object.
        unsafe { set_curve(ctx, nid) }
    }

    /// Sets how a new curve is encoded: by its name (OPENSSL_EC_NAMED_CURVE), the only way here.
    pub unsafe extern "C" fn EVP_PKEY_CTX_set_ec_param_enc(ctx: *mut EVP_PKEY_CTX, param_enc: c_int) -> c_int {
        // SAFETY: the program's object.
        match unsafe { ctx.as_ref() } {
            Some(context) if context.operation == Operation::None => {
                err::raise(library::EVP, reason::evp::NO_OPERATION_SET);
                -1
            }
            Some(context) if !(context.makes(nid::EC) || context.operation == Operation::MakeParameters) => {
                err::raise(library::EVP, reason::evp::INVALID_OPERATION);
                -1
            }
            Some(_) if param_enc == 1 => 1,
            _ => -2,
        }
    }

    /// Sets what a text names: rsa_keygen_bits, ec_paramgen_curve, digest, rsa_padding_mode, rsa_pss_saltlen and their family. -2
    /// for what is not served.
    pub unsafe extern "C" fn EVP_PKEY_CTX_ctrl_str(ctx: *mut EVP_PKEY_CTX, kind: *const c_char, value: *const c_char) -> c_int {
        // SAFETY: the program's object and texts.
        unsafe {
            let (Some(kind), Some(value)) = (handle::text(kind), handle::text(value)) else { return 0 };
            let Some(context) = ctx.as_mut() else {
                err::raise(library::EVP, reason::evp::COMMAND_NOT_SUPPORTED);
                return -2;
            };
            let makes_curve = context.makes(nid::EC) || context.operation == Operation::MakeParameters;
            match kind {
                "rsa_keygen_bits" | "bits" => set_bits(ctx, value.parse().unwrap_or(0)),
                "ec_paramgen_curve" | "group" => set_curve(ctx, curve_named(value)),
                // The only ones here.
                "rsa_keygen_pubexp" if context.makes_rsa() && matches!(value, "65537" | "0x10001") => 1,
                "ec_param_enc" if makes_curve && value == "named_curve" => 1,
                _ if context.makes(nid::RSA_PSS) => super::pss::set(context, kind, value),
                _ if context.is_signing() => padding::set(context, kind, value),
                _ => {
                    err::raise(library::EVP, reason::evp::COMMAND_NOT_SUPPORTED);
                    -2
                }
            }
        }
    }

    /// Begins to sign digests.
    pub unsafe extern "C" fn EVP_PKEY_sign_init(ctx: *mut EVP_PKEY_CTX) -> c_int {
        // SAFETY: the program's object.
        unsafe { begin(ctx, Operation::Sign) }
    }

    /// Signs a digest of `tbslen` bytes, which is as long as the digest that was set. For NULL only the
    /// greatest length. What has no digest's length, and Ed25519, is not served.
    pub unsafe extern "C" fn EVP_PKEY_sign(ctx: *mut EVP_PKEY_CTX, sig: *mut c_uchar, siglen: *mut usize, tbs: *const c_uchar, tbslen: usize) -> c_int {
        // SAFETY: the program's object, room, variable and bytes.
        unsafe {
            let (context, len) = match (begun(ctx, Operation::Sign), siglen.as_mut()) {
                (Ok(context), Some(len)) => (context, len),
                (Err(why), _) => return why,
                (Ok(_), None) => return 0,
            };
            let Some(key) = &context.key else { return -1 };
            if sig.is_null() {
                *len = key.signature_len();
                return 1;
            }
            match context.manner_for_digest().and_then(|manner| manner.sign_digest(key, bytes(tbs, tbslen))) {
                Some(signature) if signature.len() <= *len => {
                    ptr::copy_nonoverlapping(signature.as_ptr(), sig, signature.len());
                    *len = signature.len();
                    1
                }
                _ => {
                    if err::last() == 0 {
                        err::raise(library::EVP, reason::UNSUPPORTED);
                    }
                    0
                }
            }
        }
    }

    /// Begins to verify signatures of digests.
    pub unsafe extern "C" fn EVP_PKEY_verify_init(ctx: *mut EVP_PKEY_CTX) -> c_int {
        // SAFETY: the program's object.
        unsafe { begin(ctx, Operation::Verify) }
    }

    /// 1 when the signature of a digest is right.
    pub unsafe extern "C" fn EVP_PKEY_verify(ctx: *mut EVP_PKEY_CTX, sig: *const c_uchar, siglen: usize, tbs: *const c_uchar, tbslen: usize) -> c_int {
        // SAFETY: the program's object and bytes.
        unsafe {
            let context = match begun(ctx, Operation::Verify) {
                Ok(context) => context,
                Err(why) => return why,
            };
            let Some((manner, key)) = context.manner_for_digest().zip(context.key.as_ref()) else { return 0 };
            let signature = bytes(sig, siglen);
            pkey::answer(key, manner.verify_digest(key, bytes(tbs, tbslen), signature), signature)
        }
    }

    /// Begins to agree on a secret: by ECDH on the NIST curves, X25519.
    pub unsafe extern "C" fn EVP_PKEY_derive_init(ctx: *mut EVP_PKEY_CTX) -> c_int {
        // SAFETY: the program's object.
        unsafe {
            if ctx.as_ref().is_some_and(|context| !matches!(context.algorithm, nid::EC | nid::X25519)) {
                err::raise(library::EVP, reason::evp::OPERATION_NOT_SUPPORTED);
                return -2;
            }
            begin(ctx, Operation::Agree)
        }
    }

    /// Sets with whom a secret is agreed on: a key of the same kind and curve.
    pub unsafe extern "C" fn EVP_PKEY_derive_set_peer(ctx: *mut EVP_PKEY_CTX, peer: *mut EVP_PKEY) -> c_int {
        // SAFETY: the program's object and key.
        unsafe {
            let context = match begun(ctx, Operation::Agree) {
                Ok(context) => context,
                Err(why) => return why,
            };
            let (Some(own), Some(peer)) = (&context.key, pkey::inside(peer)) else { return -1 };
            if own.algorithm != peer.algorithm {
                err::raise(library::EVP, reason::evp::OPERATION_NOT_SUPPORTED);
                return -2;
            }
            if own.curve != peer.curve {
                err::raise(library::PROV, reason::prov::MISMATCHING_DOMAIN_PARAMETERS);
                return 0;
            }
            context.peer = Some(peer.clone());
            1
        }
    }

    /// The secret that both agree on, into room for `*keylen` bytes; for NULL only its length.
    pub unsafe extern "C" fn EVP_PKEY_derive(ctx: *mut EVP_PKEY_CTX, key: *mut c_uchar, keylen: *mut usize) -> c_int {
        // SAFETY: the program's object, room and variable.
        unsafe {
            let (context, len) = match (begun(ctx, Operation::Agree), keylen.as_mut()) {
                (Ok(context), Some(len)) => (context, len),
                (Err(why), _) => return why,
                (Ok(_), None) => return 0,
            };
            let (Some(own), Some(peer)) = (&context.key, &context.peer) else {
                err::raise(library::PROV, reason::prov::MISSING_KEY);
                return 0;
            };
            let size = usize::try_from(own.bits()).unwrap_or(0).div_ceil(8);
            if key.is_null() {
                *len = size;
                return 1;
            }
            // Of a point's coordinate as much as there is room for, as in the original.
            if *len < size && own.algorithm != nid::EC {
                err::raise(library::PROV, reason::prov::OUTPUT_BUFFER_TOO_SMALL);
                return 0;
            }
            match own.agree(peer) {
                Some(secret) if secret.len() == size => {
                    *len = size.min(*len);
                    ptr::copy_nonoverlapping(secret.as_ptr(), key, *len);
                    1
                }
                _ => {
                    err::raise(library::EVP, reason::UNSUPPORTED);
                    0
                }
            }
        }
    }
}
