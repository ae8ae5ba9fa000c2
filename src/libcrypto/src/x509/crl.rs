//! X509_CRL: lists of what was revoked (RFC 5280, section 5).

use std::ffi::{c_int, c_long, c_uchar};
use std::ops::Range;
use std::ptr;
use std::sync::OnceLock;

use super::certificate::{Certificate, List};
use super::extension::{X509_EXTENSION, parse_extensions};
use super::facts::Authority;
use super::{Signed, X509_ALGOR, X509_NAME};
use crate::asn1::{ASN1_STRING, ASN1_TIME};
use crate::der::{self, Reader, tag};
use crate::handle::{self, Counted, References, give};
use crate::object::nid;
use crate::pkey::{self, EVP_PKEY};
use crate::stack::OPENSSL_STACK;

/// A list that a program holds.
pub struct X509_CRL {
    references: References,
    der: Vec<u8>,
    tbs: Range<usize>,
    inner_algorithm: Range<usize>,
    algorithm: Range<usize>,
    signature: ASN1_STRING,
    pub issuer: X509_NAME,
    pub last_update: ASN1_STRING,
    pub next_update: Option<ASN1_STRING>,
    pub version: u64,
    pub revoked: Vec<Box<X509_REVOKED>>,
    pub extensions: Vec<Box<X509_EXTENSION>>,
    identifier: OnceLock<X509_ALGOR>,
    /// What was revoked as a list for programs.
    list: OnceLock<List>,
}

/// What was revoked.
#[derive(Clone)]
pub struct X509_REVOKED {
    pub serial: ASN1_STRING,
    pub when: ASN1_STRING,
    pub extensions: Vec<Box<X509_EXTENSION>>,
    /// CRLReason, when it is told.
    pub reason: Option<u64>,
    /// Whether the entry has a critical extension that is not known.
    pub unhandled: bool,
}

impl Counted for X509_CRL {
    fn references(&self) -> &References {
        &self.references
    }
}

fn time(element: der::Element) -> Option<ASN1_STRING> {
    matches!(element.tag, tag::UTC_TIME | tag::GENERALIZED_TIME)
        .then(|| ASN1_STRING::new(element.tag.into(), element.content))
}

fn entry(mut reader: Reader) -> Option<X509_REVOKED> {
    let serial = ASN1_STRING::integer(reader.expect(tag::INTEGER)?.content)?;
    let when = time(reader.next()?)?;
    let mut revoked = X509_REVOKED { serial, when, extensions: Vec::new(), reason: None, unhandled: false };
    if !reader.is_empty() {
        let extensions = parse_extensions(reader.expect(tag::SEQUENCE)?.whole)?;
        for extension in &extensions {
            match extension.nid() {
                nid::CRL_REASON => {
                    revoked.reason = der::number(Reader(extension.value()).expect(tag::ENUMERATED)?.content);
                }
                // The date of invalidity says nothing of whether.
                142 => {}
                _ => revoked.unhandled |= extension.is_critical(),
            }
        }
        revoked.extensions = extensions;
    }
    reader.is_empty().then_some(revoked)
}

impl X509_CRL {
    /// Takes DER apart: the list and how many bytes it has.
    pub fn parse(bytes: &[u8]) -> Option<(Self, usize)> {
        let whole = Reader(bytes).expect(tag::SEQUENCE)?;
        let base = whole.whole.as_ptr() as usize;
        let range = |part: &[u8]| {
            let start = part.as_ptr() as usize - base;
            start..start + part.len()
        };
        let mut outer = Reader(whole.content);
        let tbs = outer.expect(tag::SEQUENCE)?;
        let algorithm = outer.expect(tag::SEQUENCE)?;
        super::algorithm::check(algorithm.content)?;
        let signature = ASN1_STRING::bit_string(outer.expect(tag::BIT_STRING)?.content)?;
        let mut reader = Reader(tbs.content);
        let version = match reader.optional(tag::INTEGER)? {
            Some(version) => der::number(version.content)?,
            None => 0,
        };
        let inner_algorithm = reader.expect(tag::SEQUENCE)?;
        super::algorithm::check(inner_algorithm.content)?;
        let issuer = X509_NAME::parse(reader.expect(tag::SEQUENCE)?.content)?;
        let last_update = time(reader.next()?)?;
        let next_update = match reader.tag() {
            Some(tag::UTC_TIME | tag::GENERALIZED_TIME) => Some(time(reader.next()?)?),
            _ => None,
        };
        let mut revoked = Vec::new();
        if let Some(list) = reader.optional(tag::SEQUENCE)? {
            let mut list = Reader(list.content);
            while !list.is_empty() {
                revoked.push(Box::new(entry(list.enter(tag::SEQUENCE)?)?));
            }
        }
        let extensions = match reader.optional(tag::constructed(0))? {
            Some(extensions) => parse_extensions(extensions.content)?,
            None => Vec::new(),
        };
        if !(outer.is_empty() && reader.is_empty()) {
            return None;
        }
        let list = X509_CRL {
            references: References::one(),
            tbs: range(tbs.whole),
            inner_algorithm: range(inner_algorithm.whole),
            algorithm: range(algorithm.whole),
            signature,
            issuer,
            last_update,
            next_update,
            revoked,
            extensions,
            version,
            identifier: OnceLock::new(),
            list: OnceLock::new(),
            der: whole.whole.to_vec(),
        };
        Some((list, whole.whole.len()))
    }

    /// What was signed, how, and the signature.
    pub fn signed(&self) -> Signed<'_> {
        Signed {
            message: &self.der[self.tbs.clone()],
            algorithm: &self.der[self.algorithm.clone()],
            inner: &self.der[self.inner_algorithm.clone()],
            signature: &self.signature,
        }
    }

    /// The entry for a certificate.
    pub fn find(&self, certificate: &Certificate) -> Option<&X509_REVOKED> {
        let same = |a: &ASN1_STRING, b: &ASN1_STRING| a.kind == b.kind && a.bytes() == b.bytes();
        self.revoked.iter().map(|revoked| &**revoked).find(|revoked| same(&revoked.serial, &certificate.serial))
    }

    fn extension(&self, kind: c_int) -> Option<&X509_EXTENSION> {
        self.extensions.iter().map(|extension| &**extension).find(|extension| extension.nid() == kind)
    }

    /// How it was signed.
    pub fn identifier(&self) -> &X509_ALGOR {
        self.identifier.get_or_init(|| X509_ALGOR::of(&self.der[self.algorithm.clone()]))
    }

    /// Whether a critical extension is not known, here or in an entry: then the list says nothing for sure.
    pub fn is_unhandled(&self) -> bool {
        let known = |kind| {
            matches!(kind, nid::AUTHORITY_KEY_ID | nid::CRL_NUMBER | nid::ISSUING_DISTRIBUTION_POINT | nid::DELTA_CRL)
        };
        self.extensions.iter().any(|extension| extension.is_critical() && !known(extension.nid()))
            || self.revoked.iter().any(|revoked| revoked.unhandled)
    }

    /// Whether it is only the difference to another list.
    pub fn is_delta(&self) -> bool {
        self.extension(nid::DELTA_CRL).is_some()
    }

    /// Whether it speaks of this certificate: a list may be limited to authorities' certificates or to others. What is
    /// limited otherwise (some reasons, indirect, attribute certificates, distribution points) does not count.
    pub fn covers(&self, is_authority: bool) -> bool {
        let Some(point) = self.extension(nid::ISSUING_DISTRIBUTION_POINT) else { return true };
        let Some(mut reader) = Reader(point.value()).enter(tag::SEQUENCE) else { return false };
        while let Some(field) = reader.next() {
            let set = field.content.first().is_some_and(|byte| *byte != 0);
            let rules_out = match field.tag {
                0x81 => set && is_authority,
                0x82 => set && !is_authority,
                0x84 | 0x85 => set,
                // A distribution point or some reasons: not followed.
                _ => true,
            };
            if rules_out {
                return false;
            }
        }
        true
    }

    /// Whether `issuer` is who the list says signed it.
    pub fn is_by(&self, issuer: &Certificate) -> bool {
        let Some(extension) = self.extension(nid::AUTHORITY_KEY_ID) else { return true };
        let authority: Option<Authority> = super::facts::authority(extension.value());
        authority.is_some_and(|authority| authority.matches(issuer, issuer.facts().subject_key.as_ref()) == 0)
    }

    /// The DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }
}

/// A list in DER from a pipe; NULL with an error when there is none.
///
/// # Safety
/// `bio` is live.
pub unsafe fn read_list(bio: *mut crate::bio::BIO) -> *mut X509_CRL {
    // SAFETY: the caller's promise.
    unsafe { d2i_X509_CRL_bio(bio, ptr::null_mut()) }
}

versioned! {
    /// Gives one reference back.
    pub unsafe extern "C" fn X509_CRL_free(a: *mut X509_CRL) {
        // SAFETY: the program gives its reference up.
        unsafe { handle::release(a) }
    }

    /// Takes one more reference.
    pub unsafe extern "C" fn X509_CRL_up_ref(crl: *mut X509_CRL) -> c_int {
        // SAFETY: the program's list.
        unsafe { handle::up_ref(crl) }
    }

    /// 1 when the list was signed by this key, 0 when not, below 0 when that cannot be said.
    pub unsafe extern "C" fn X509_CRL_verify(a: *mut X509_CRL, r: *mut EVP_PKEY) -> c_int {
        // SAFETY: the program's list and key.
        unsafe {
            match (a.as_ref(), pkey::inside(r)) {
                (Some(list), Some(key)) => c_int::from(list.signed().verify(key)),
                _ => -1,
            }
        }
    }

    /// A copy; the caller frees it.
    pub unsafe extern "C" fn X509_CRL_dup(a: *const X509_CRL) -> *mut X509_CRL {
        // SAFETY: the program's list.
        unsafe { a.as_ref() }.and_then(|list| X509_CRL::parse(&list.der)).map_or(ptr::null_mut(), |(list, _)| give(list))
    }

    /// Reads DER.
    pub unsafe extern "C" fn d2i_X509_CRL(a: *mut *mut X509_CRL, input: *mut *const c_uchar, len: c_long) -> *mut X509_CRL {
        // SAFETY: the program's bytes and variable.
        unsafe {
            let read = handle::read_der(a, input, len, X509_CRL::parse, handle::release);
            if read.is_null() {
                super::raise_nested(input, len);
            }
            read
        }
    }

    /// Writes DER.
    pub unsafe extern "C" fn i2d_X509_CRL(a: *const X509_CRL, out: *mut *mut c_uchar) -> c_int {
        // SAFETY: the program's list and room.
        unsafe { a.as_ref().map_or(0, |list| handle::write_der(&list.der, out)) }
    }

    /// Reads a list in DER from a pipe.
    pub unsafe extern "C" fn d2i_X509_CRL_bio(bp: *mut crate::bio::BIO, crl: *mut *mut X509_CRL) -> *mut X509_CRL {
        // SAFETY: the program's pipe and variable.
        unsafe {
            let Some(bytes) = crate::pem::der_from(bp) else { return ptr::null_mut() };
            let mut at = bytes.as_ptr();
            d2i_X509_CRL(crl, &mut at, c_long::try_from(bytes.len()).unwrap_or(0))
        }
    }

    /// Writes a list's DER to a pipe.
    pub unsafe extern "C" fn i2d_X509_CRL_bio(bp: *mut crate::bio::BIO, crl: *const X509_CRL) -> c_int {
        // SAFETY: the program's pipe and list.
        unsafe { c_int::from(crl.as_ref().is_some_and(|list| crate::bio::write_all(bp, &list.der))) }
    }

    /// The version: 0 is the first, 1 the second.
    pub unsafe extern "C" fn X509_CRL_get_version(crl: *const X509_CRL) -> c_long {
        // SAFETY: the program's list.
        unsafe { crl.as_ref() }.map_or(0, |list| c_long::try_from(list.version).unwrap_or(-1))
    }

    /// A digest of the DER.
    pub unsafe extern "C" fn X509_CRL_digest(data: *const X509_CRL, kind: *const crate::evp::EVP_MD, md: *mut c_uchar, len: *mut std::ffi::c_uint) -> c_int {
        // SAFETY: the program's list, digest and room.
        unsafe {
            let (Some(list), Some(digest)) = (data.as_ref(), kind.as_ref()) else { return 0 };
            super::put_digest(digest, &list.der, md, len);
        }
        1
    }

    /// What was revoked, which stays the list's; NULL when nothing was.
    pub unsafe extern "C" fn X509_CRL_get_REVOKED(crl: *mut X509_CRL) -> *mut OPENSSL_STACK {
        // SAFETY: the program's list.
        let list = unsafe { crl.as_ref() }.filter(|list| !list.revoked.is_empty());
        list.map_or(ptr::null_mut(), |list| list.list.get_or_init(|| List::of(&list.revoked)).0)
    }

    /// The entry of a number, which stays the list's: 1, 2 when it was taken off again, 0 when it is not there.
    pub unsafe extern "C" fn X509_CRL_get0_by_serial(crl: *mut X509_CRL, ret: *mut *mut X509_REVOKED, serial: *const ASN1_STRING) -> c_int {
        // SAFETY: the program's list, number and variable.
        unsafe {
            let (Some(list), Some(serial)) = (crl.as_ref(), serial.as_ref()) else { return 0 };
            let is = |revoked: &&X509_REVOKED| revoked.serial.kind == serial.kind && revoked.serial.bytes() == serial.bytes();
            let Some(found) = list.revoked.iter().map(|revoked| &**revoked).find(is) else { return 0 };
            if let Some(out) = ret.as_mut() {
                *out = ptr::from_ref(found).cast_mut();
            }
            // CRL_REASON_REMOVE_FROM_CRL
            if found.reason == Some(8) { 2 } else { 1 }
        }
    }

    /// The number of what was revoked; stays the entry's.
    pub unsafe extern "C" fn X509_REVOKED_get0_serialNumber(x: *const X509_REVOKED) -> *const ASN1_STRING {
        // SAFETY: the program's entry.
        unsafe { x.as_ref() }.map_or(ptr::null(), |revoked| ptr::from_ref(&revoked.serial))
    }

    /// How many extensions an entry has.
    pub unsafe extern "C" fn X509_REVOKED_get_ext_count(x: *const X509_REVOKED) -> c_int {
        // SAFETY: the program's entry.
        unsafe { x.as_ref() }.map_or(0, |revoked| c_int::try_from(revoked.extensions.len()).unwrap_or(0))
    }

    /// An entry's extension at `loc`, which stays the entry's; NULL when there is none.
    pub unsafe extern "C" fn X509_REVOKED_get_ext(x: *const X509_REVOKED, loc: c_int) -> *mut X509_EXTENSION {
        // SAFETY: the program's entry.
        let found = unsafe { x.as_ref() }.and_then(|revoked| revoked.extensions.get(usize::try_from(loc).ok()?));
        found.map_or(ptr::null_mut(), |extension| ptr::from_ref(&**extension).cast_mut())
    }

    /// A copy of an entry; the caller frees it.
    pub unsafe extern "C" fn X509_REVOKED_dup(a: *const X509_REVOKED) -> *mut X509_REVOKED {
        // SAFETY: the program's entry.
        unsafe { a.as_ref() }.map_or(ptr::null_mut(), |revoked| give(revoked.clone()))
    }

    /// Frees an entry that is the program's own.
    pub unsafe extern "C" fn X509_REVOKED_free(a: *mut X509_REVOKED) {
        // SAFETY: the program gives it up.
        unsafe { handle::free(a) }
    }

    /// What a list's extension says, as X509_get_ext_d2i has it for a certificate's.
    pub unsafe extern "C" fn X509_CRL_get_ext_d2i(x: *const X509_CRL, nid: c_int, crit: *mut c_int, idx: *mut c_int) -> *mut std::ffi::c_void {
        // SAFETY: the program's list and variables.
        unsafe { super::extension::search(x.as_ref().map(|list| &list.extensions[..]), nid, crit, idx) }
    }

    /// When it was revoked; stays the entry's.
    pub unsafe extern "C" fn X509_REVOKED_get0_revocationDate(x: *const X509_REVOKED) -> *const ASN1_TIME {
        // SAFETY: the program's entry.
        unsafe { x.as_ref() }.map_or(ptr::null(), |revoked| ptr::from_ref(&revoked.when))
    }

    /// How many extensions.
    pub unsafe extern "C" fn X509_CRL_get_ext_count(x: *const X509_CRL) -> c_int {
        // SAFETY: the program's list.
        unsafe { x.as_ref() }.map_or(0, |list| c_int::try_from(list.extensions.len()).unwrap_or(0))
    }

    /// The extension at `loc`, which stays the list's; NULL when there is none.
    pub unsafe extern "C" fn X509_CRL_get_ext(x: *const X509_CRL, loc: c_int) -> *mut X509_EXTENSION {
        // SAFETY: the program's list.
        let found = unsafe { x.as_ref() }.and_then(|list| list.extensions.get(usize::try_from(loc).ok()?));
        found.map_or(ptr::null_mut(), |extension| ptr::from_ref(&**extension).cast_mut())
    }

    /// The issuer's name, which stays the list's.
    pub unsafe extern "C" fn X509_CRL_get_issuer(crl: *const X509_CRL) -> *mut X509_NAME {
        // SAFETY: the program's list.
        unsafe { crl.as_ref() }.map_or(ptr::null_mut(), |list| ptr::from_ref(&list.issuer).cast_mut())
    }

    /// When it was made; stays the list's.
    pub unsafe extern "C" fn X509_CRL_get0_lastUpdate(crl: *const X509_CRL) -> *const ASN1_TIME {
        // SAFETY: the program's list.
        unsafe { crl.as_ref() }.map_or(ptr::null(), |list| ptr::from_ref(&list.last_update))
    }

    /// When the next one comes; stays the list's. NULL when that is not told.
    pub unsafe extern "C" fn X509_CRL_get0_nextUpdate(crl: *const X509_CRL) -> *const ASN1_TIME {
        // SAFETY: the program's list.
        unsafe { crl.as_ref() }.and_then(|list| list.next_update.as_ref()).map_or(ptr::null(), ptr::from_ref)
    }
}
