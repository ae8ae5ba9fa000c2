//! DANE (RFC 6698, RFC 7671): TLSA records by which a certificate is right, beside or in the place of who is trusted. The
//! records are libssl's, laid out as in all versions of OpenSSL from 3.0 on.

use std::ffi::{c_int, c_uchar, c_ulong};
use std::ptr;

use super::context::X509_STORE_CTX;
use super::object::Held;
use crate::evp::{EVP_MD, hash};
use crate::handle::{self, Counted, bytes};
use crate::pkey::EVP_PKEY;
use crate::stack::{OPENSSL_STACK, elements};
use crate::x509::X509;

/// Usages (RFC 6698, section 2.1.1), as bits.
const PKIX: u32 = 1 << 0 | 1 << 1;
const DANE_TA: u8 = 2;
const DANE: u32 = 1 << DANE_TA | 1 << 3;
const AUTHORITIES: u32 = 1 << 0 | 1 << DANE_TA;
const LEAVES: u32 = 1 << 1 | 1 << 3;
/// The selector for public keys, and the matching type for the thing itself.
const KEY: u8 = 1;
const FULL: u8 = 0;
/// DANE_FLAG_NO_DANE_EE_NAMECHECKS.
const NO_NAMES: c_ulong = 1;

/// A TLSA record.
#[repr(C)]
pub struct Record {
    usage: u8,
    selector: u8,
    matching: u8,
    data: *const c_uchar,
    len: usize,
    key: *mut EVP_PKEY,
}

/// Digests by matching type, and how much each says.
#[repr(C)]
struct Types {
    digests: *const *const EVP_MD,
    orders: *const u8,
    last: u8,
    flags: c_ulong,
}

/// TLSA records, and what has matched.
#[repr(C)]
pub struct SSL_DANE {
    types: *const Types,
    records: *mut OPENSSL_STACK,
    /// Certificates that stand whole in records for authorities.
    certificates: *mut OPENSSL_STACK,
    matched: *const Record,
    certificate: *mut X509,
    usages: u32,
    depth: c_int,
    trusted_depth: c_int,
    flags: c_ulong,
}

impl SSL_DANE {
    fn records(&self) -> &[*mut Record] {
        // SAFETY: the owner's list.
        unsafe { elements(self.records) }
    }

    /// Certificates that records for authorities bring.
    pub fn certificates(&self) -> &[*mut X509] {
        // SAFETY: the owner's list.
        unsafe { elements(self.certificates) }
    }

    /// Whether someone trusted has to be found as well.
    pub fn wants_trust(&self) -> bool {
        self.usages & PKIX != 0
    }

    /// Whether records alone may do.
    pub fn may_do_alone(&self) -> bool {
        self.usages & DANE != 0
    }

    fn names_authorities(&self) -> bool {
        self.usages & AUTHORITIES != 0
    }

    /// Whether there is a record for an authority that nobody else trusts.
    pub fn names_own_authorities(&self) -> bool {
        self.usages & 1 << DANE_TA != 0
    }

    /// Whether a chain that ends without trust fails for the records' sake.
    pub fn decides(&self) -> bool {
        !self.wants_trust() || self.trusted_depth >= 0
    }

    fn forget_certificate(&mut self) {
        // SAFETY: the reference that `matches` has taken.
        unsafe { handle::release(std::mem::replace(&mut self.certificate, ptr::null_mut())) };
    }

    /// Forgets what has matched in the verification before.
    fn reset(&mut self) {
        self.forget_certificate();
        self.matched = ptr::null();
        (self.depth, self.trusted_depth) = (-1, -1);
    }

    /// Someone trusted stands at a depth: true when a record has matched too.
    pub fn trusted_at(&mut self, depth: usize) -> bool {
        if self.trusted_depth < 0 {
            self.trusted_depth = number(depth);
        }
        self.depth >= 0
    }

    /// What is above was taken off the chain.
    pub fn shorten(&mut self, count: usize) {
        if self.depth >= number(count) {
            self.depth = -1;
            self.forget_certificate();
        }
        if self.trusted_depth >= number(count) {
            self.trusted_depth = -1;
        }
    }

    /// Whether a record is for a certificate and enough by itself. One for which someone trusted is needed as well is kept.
    ///
    /// # Safety
    /// The records and types are live.
    unsafe fn matches(&mut self, x: &Held<X509>, depth: usize, from_peer: bool) -> bool {
        let Some(certificate) = x.certificate() else { return false };
        let mut mask = if depth == 0 { LEAVES } else { AUTHORITIES };
        // Who is trusted by the store is so by that, and one record is enough.
        mask &= if from_peer { PKIX | DANE } else { PKIX };
        mask &= if self.depth >= 0 { DANE } else { PKIX | DANE };
        // SAFETY: the caller's promise.
        let order = |matching: u8| unsafe { self.types.as_ref().map_or(0, |types| *types.orders.add(matching.into())) };
        let (mut usage, mut selector, mut least) = (None, None, 0);
        let mut found = None;
        for record in self.records() {
            // SAFETY: the caller's promise.
            let one = unsafe { &**record };
            if 1 << one.usage & mask == 0 {
                continue;
            }
            // Of digests only those that say most are looked at (RFC 7671, section 9).
            if (usage, selector) != (Some(one.usage), Some(one.selector)) {
                (usage, selector, least) = (Some(one.usage), Some(one.selector), order(one.matching));
            } else if one.matching != FULL && order(one.matching) < least {
                continue;
            }
            let whole = if one.selector == KEY { certificate.spki() } else { certificate.der() };
            // SAFETY: the caller's promise.
            let same = unsafe {
                let digest = self.types.as_ref().and_then(|types| (*types.digests.add(one.matching.into())).as_ref());
                let wanted = bytes(one.data, one.len);
                digest.map_or(whole == wanted, |digest| hash(digest, whole) == wanted)
            };
            if same {
                found = Some((record.cast_const(), 1 << one.usage & DANE != 0));
                break;
            }
        }
        let Some((record, enough)) = found else { return false };
        if enough || self.depth < 0 {
            self.forget_certificate();
            x.references().take();
            self.certificate = x.as_ptr();
            (self.depth, self.matched) = (number(depth), record);
        }
        enough
    }
}

fn number(depth: usize) -> c_int {
    c_int::try_from(depth).unwrap_or(c_int::MAX)
}

/// The records of a verification, if there are any.
///
/// # Safety
/// `ctx` is live; what is returned is not kept over a call that may reach the program.
pub unsafe fn records<'a>(ctx: *mut X509_STORE_CTX) -> Option<&'a mut SSL_DANE> {
    // SAFETY: the program's object, which outlives the verification.
    unsafe { (*ctx).dane.as_mut() }.filter(|dane| !dane.records().is_empty())
}

/// What records say of the certificate itself.
pub enum Leaf {
    /// It is the one.
    Right { names: bool },
    /// Neither it nor anything above can be.
    Wrong,
    /// The chain has to be built.
    Open,
}

/// Looks for the certificate itself in the records.
///
/// # Safety
/// `ctx` is live.
pub unsafe fn judge(ctx: *mut X509_STORE_CTX, leaf: &Held<X509>) -> Leaf {
    // SAFETY: the caller's promise.
    unsafe {
        let Some(dane) = records(ctx) else { return Leaf::Open };
        dane.reset();
        match dane.matches(leaf, 0, true) {
            true => Leaf::Right { names: dane.flags & NO_NAMES == 0 },
            false if !dane.names_authorities() && dane.depth < 0 => Leaf::Wrong,
            false => Leaf::Open,
        }
    }
}

/// Whether an authority of the chain is one by a record; what is above it does not matter then.
///
/// # Safety
/// `ctx` is live.
pub unsafe fn is_authority(ctx: *mut X509_STORE_CTX, depth: usize) -> bool {
    // SAFETY: the caller's promise.
    unsafe {
        let Some(dane) = records(ctx).filter(|dane| dane.names_authorities() && depth > 0) else { return false };
        let chain = &(*ctx).chain;
        let Some(x) = chain.get(depth).cloned() else { return false };
        let found = dane.matches(&x, depth, depth < (*ctx).untrusted_count);
        if found {
            (*ctx).untrusted_count = depth - 1;
        }
        found
    }
}

/// Whether the peer's last certificate was signed by a key that stands in a record without a certificate.
///
/// # Safety
/// `ctx` is live.
pub unsafe fn is_signed_by_key(ctx: *mut X509_STORE_CTX) -> bool {
    // SAFETY: the caller's promise.
    unsafe {
        let Some(dane) = records(ctx) else { return false };
        let Some(last) = (*ctx).untrusted_count.checked_sub(1) else { return false };
        let chain = &(*ctx).chain;
        let Some(x) = chain.get(last).cloned() else { return false };
        let signed = |record: &*mut Record| {
            let one = &**record;
            let bare = (one.usage, one.selector, one.matching) == (DANE_TA, KEY, FULL);
            bare && crate::x509::X509_verify(x.as_ptr(), one.key) > 0
        };
        let Some(record) = dane.records().iter().find(|record| signed(record)).copied() else { return false };
        dane.forget_certificate();
        (dane.depth, dane.matched) = (number(last), record);
        (*ctx).bare_authority = true;
        (*ctx).chain.truncate(last + 1);
        true
    }
}

versioned! {
    /// Has a verification go by TLSA records, which stay the program's and get what has matched: SSL_get0_dane's.
    pub unsafe extern "C" fn X509_STORE_CTX_set0_dane(ctx: *mut X509_STORE_CTX, dane: *mut SSL_DANE) {
        // SAFETY: the program's context.
        if let Some(context) = unsafe { ctx.as_mut() } {
            context.dane = dane;
        }
    }
}
