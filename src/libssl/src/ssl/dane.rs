//! DANE (RFC 6698): TLSA records, by which libcrypto judges a server's chain. libcrypto looks at what is kept here, so
//! it is laid out as its own `ssl_dane_st` is in all versions from 3.0 on.

use std::ffi::{CStr, c_char, c_int, c_uchar, c_ulong, c_void};
use std::ptr;

use standin_boundary::memory;

use super::{SSL, with};
use crate::ctx::dane::{DaneContext, FULL};
use crate::error::{self, Reason, reason};
use crate::libcrypto::evp::EVP_MD_get_size;
use crate::libcrypto::stack::{self, OPENSSL_sk_free, OPENSSL_sk_insert, OPENSSL_sk_new_null, OPENSSL_sk_num};
use crate::libcrypto::store::X509_VERIFY_PARAM_set1_host;
use crate::libcrypto::x509::X509_get0_pubkey;
use crate::libcrypto::{EVP_PKEY, OPENSSL_STACK, Owned, X509};

/// Certificate usages (RFC 6698 §2.1.1): those of certificate authorities, and the last.
const PKIX_TA: u8 = 0;
const DANE_TA: u8 = 2;
const LAST_USAGE: u8 = 3;
/// The selector for whole certificates (§2.1.2); the other is for public keys.
const CERTIFICATE: u8 = 0;
const LAST_SELECTOR: u8 = 1;

/// A TLSA record (`danetls_record`).
#[repr(C)]
struct Record {
    usage: u8,
    selector: u8,
    matching: u8,
    data: *mut c_uchar,
    len: usize,
    /// DANE-TA(2) SPKI(1) Full(0): the key.
    key: *mut EVP_PKEY,
}

impl Drop for Record {
    fn drop(&mut self) {
        // SAFETY: both are the record's own.
        unsafe {
            drop(Box::from_raw(ptr::slice_from_raw_parts_mut(self.data, self.len)));
            drop(Owned::from_raw(self.key));
        }
    }
}

/// DANE's state of a connection (`ssl_dane_st`).
#[repr(C)]
pub struct Dane {
    context: *const DaneContext,
    /// Of [`Record`]s.
    records: *mut OPENSSL_STACK,
    /// Certificates that stand whole in records for authorities.
    certificates: *mut OPENSSL_STACK,
    /// The record that has matched, and what it has.
    matched: *const Record,
    certificate: *mut X509,
    usages: u32,
    depth: c_int,
    trusted_depth: c_int,
    /// DANE_FLAG_*.
    flags: c_ulong,
}

// SAFETY: all that it points to is its own, but for the context's, which outlives it.
unsafe impl Send for Dane {}

impl Dane {
    /// Not enabled.
    pub fn new(flags: c_ulong) -> Box<Self> {
        Box::new(Dane {
            context: ptr::null(),
            records: ptr::null_mut(),
            certificates: ptr::null_mut(),
            matched: ptr::null(),
            certificate: ptr::null_mut(),
            usages: 0,
            depth: -1,
            trusted_depth: -1,
            flags,
        })
    }

    /// Are there records to judge by?
    pub fn is_enabled(&self) -> bool {
        // SAFETY: NULL or the list.
        !self.records.is_null() && unsafe { OPENSSL_sk_num(self.records) } > 0
    }

    fn change_flags(&mut self, change: impl FnOnce(c_ulong) -> c_ulong) -> c_ulong {
        let new = change(self.flags);
        std::mem::replace(&mut self.flags, new)
    }

    /// Forgets what has matched.
    pub fn reset(&mut self) {
        self.matched = ptr::null();
        (self.depth, self.trusted_depth) = (-1, -1);
        // SAFETY: libcrypto has taken a reference for it.
        drop(unsafe { Owned::from_raw(std::mem::replace(&mut self.certificate, ptr::null_mut())) });
    }

    /// A copy with the same records, for another connection of the same SSL_CTX.
    pub fn copy_from(&mut self, from: &Dane) -> bool {
        self.flags = from.flags;
        if from.records.is_null() {
            return true;
        }
        self.context = from.context;
        // SAFETY: the records live as long as `from`, which is borrowed.
        unsafe {
            self.records = OPENSSL_sk_new_null();
            (0..stack::len(from.records)).all(|index| {
                let record: *const Record = stack::at::<Record>(from.records, index);
                let data = std::slice::from_raw_parts((*record).data, (*record).len);
                self.add((*record).usage, (*record).selector, (*record).matching, data).is_ok()
            })
        }
    }

    /// The connection's depth of a match, with the chain accepted.
    fn matched(&self, verify_result: i64) -> Option<c_int> {
        (self.is_enabled() && verify_result == 0).then_some(self.depth)
    }

    /// Adds a record, in the order in which they are tried: usages, selectors and digests that say most come first.
    fn add(&mut self, usage: u8, selector: u8, matching: u8, data: &[u8]) -> Result<(), Reason> {
        // SAFETY: the context outlives the connection.
        let context = unsafe { self.context.as_ref() }.ok_or(reason::DANE_NOT_ENABLED)?;
        if usage > LAST_USAGE {
            return Err(reason::DANE_TLSA_BAD_CERTIFICATE_USAGE);
        }
        if selector > LAST_SELECTOR {
            return Err(reason::DANE_TLSA_BAD_SELECTOR);
        }
        if matching != FULL {
            let digest = context.digest(matching).ok_or(reason::DANE_TLSA_BAD_MATCHING_TYPE)?;
            // SAFETY: a digest of libcrypto's.
            if usize::try_from(unsafe { EVP_MD_get_size(digest) }) != Ok(data.len()) {
                return Err(reason::DANE_TLSA_BAD_DIGEST_LENGTH);
            }
        }
        if data.is_empty() {
            return Err(Reason::MALLOC_FAILURE); // as the original, which has nothing to keep
        }
        let mut key = None;
        if (matching, selector) == (FULL, CERTIFICATE) {
            self.add_certificate(usage, data)?;
        } else if matching == FULL {
            key = Some(Owned::<EVP_PKEY>::from_spki(data).ok_or(reason::DANE_TLSA_BAD_PUBLIC_KEY)?);
        }
        let rank = |record: &Record| (record.usage, record.selector, context.order(record.matching));
        let record = Box::new(Record {
            usage,
            selector,
            matching,
            data: Box::into_raw(Box::<[u8]>::from(data)).cast(),
            len: data.len(),
            key: key.filter(|_| usage == DANE_TA).map_or(ptr::null_mut(), Owned::into_raw),
        });
        // SAFETY: the list is of records; it takes this one over.
        unsafe {
            let before = |index: &usize| rank(&*stack::at::<Record>(self.records, *index)) > rank(&record);
            let place = (0..stack::len(self.records)).take_while(before).count();
            let place = c_int::try_from(place).unwrap_or(c_int::MAX);
            let record = Box::into_raw(record);
            if OPENSSL_sk_insert(self.records, record.cast::<c_void>(), place) == 0 {
                drop(Box::from_raw(record));
                return Err(Reason::MALLOC_FAILURE);
            }
        }
        self.usages |= 1 << usage;
        Ok(())
    }

    /// A whole certificate must be one; an authority's is wanted to build the chain.
    fn add_certificate(&mut self, usage: u8, data: &[u8]) -> Result<(), Reason> {
        let certificate = Owned::<X509>::from_der(data).ok_or(reason::DANE_TLSA_BAD_CERTIFICATE)?;
        // SAFETY: live; the list takes the reference over.
        unsafe {
            if X509_get0_pubkey(certificate.as_ptr()).is_null() {
                return Err(reason::DANE_TLSA_BAD_CERTIFICATE);
            }
            if usage != PKIX_TA && usage != DANE_TA {
                return Ok(());
            }
            if self.certificates.is_null() {
                self.certificates = OPENSSL_sk_new_null();
            }
            let certificate = certificate.into_raw();
            if OPENSSL_sk_insert(self.certificates, certificate.cast::<c_void>(), c_int::MAX) == 0 {
                drop(Owned::from_raw(certificate));
                return Err(Reason::MALLOC_FAILURE);
            }
        }
        Ok(())
    }
}

impl Drop for Dane {
    fn drop(&mut self) {
        self.reset();
        // SAFETY: the lists and what is in them are ours.
        unsafe {
            for index in 0..stack::len(self.records) {
                drop(Box::from_raw(stack::at::<Record>(self.records, index)));
            }
            for index in 0..stack::len(self.certificates) {
                drop(Owned::from_raw(stack::at::<X509>(self.certificates, index)));
            }
            OPENSSL_sk_free(self.records);
            OPENSSL_sk_free(self.certificates);
        }
    }
}

/// Makes `domain` the name to ask for and to verify.
unsafe fn enable(ssl: &mut SSL, domain: *const c_char) -> Result<(), (Reason, c_int)> {
    const LONGEST_NAME: usize = 255;
    let context = ssl.ctx().dane();
    // SAFETY: the context's, live.
    if unsafe { !(*context).is_enabled() } {
        return Err((reason::CONTEXT_NOT_DANE_ENABLED, 0));
    }
    if !ssl.dane.records.is_null() {
        return Err((reason::DANE_ALREADY_ENABLED, 0));
    }
    let wrong = (reason::ERROR_SETTING_TLSA_BASE_DOMAIN, -1);
    // SAFETY: NULL or a C string.
    let name = (!domain.is_null()).then(|| unsafe { CStr::from_ptr(domain) }.to_owned());
    if ssl.server_name.is_none() {
        if name.as_ref().is_some_and(|name| !(1..=LONGEST_NAME).contains(&name.count_bytes())) {
            error::raise(reason::SSL3_EXT_INVALID_SERVERNAME);
            return Err(wrong);
        }
        ssl.server_name = name;
    }
    // SAFETY: live; NULL or a C string.
    unsafe {
        if X509_VERIFY_PARAM_set1_host(ssl.param.as_ptr(), domain, 0) == 0 {
            return Err(wrong);
        }
        ssl.dane.records = OPENSSL_sk_new_null();
    }
    ssl.dane.context = context;
    ssl.dane.depth = -1;
    ssl.dane.trusted_depth = -1;
    Ok(())
}

versioned! {
    /// Judges the server by TLSA records of `domain`: 1, or 0 or -1.
    pub unsafe extern "C" fn SSL_dane_enable(ssl: *mut SSL, domain: *const c_char) -> c_int {
        // SAFETY: the program's pointers.
        match unsafe { with(ssl, |ssl| enable(ssl, domain)) } {
            Some(Ok(())) => 1,
            Some(Err((why, answer))) => {
                error::raise(why);
                answer
            }
            None => 0,
        }
    }

    /// Adds a TLSA record: 1; 0 for one that cannot be used; -1.
    pub unsafe extern "C" fn SSL_dane_tlsa_add(
        ssl: *mut SSL,
        usage: u8,
        selector: u8,
        matching: u8,
        data: *const c_uchar,
        len: usize,
    ) -> c_int {
        // SAFETY: the program's pointers; the record is as long as it says.
        let added = unsafe {
            with(ssl, |ssl| {
                if ssl.dane.records.is_null() {
                    return Err(reason::DANE_NOT_ENABLED);
                }
                if c_int::try_from(len).is_err() {
                    return Err(reason::DANE_TLSA_BAD_DATA_LENGTH);
                }
                if data.is_null() {
                    // What is wrong with the rest is said first.
                    let empty = ssl.dane.context.as_ref().and_then(|context| context.digest(matching));
                    let fits = empty.is_none_or(|digest| usize::try_from(EVP_MD_get_size(digest)) == Ok(len));
                    return Err(match () {
                        () if usage > LAST_USAGE => reason::DANE_TLSA_BAD_CERTIFICATE_USAGE,
                        () if selector > LAST_SELECTOR => reason::DANE_TLSA_BAD_SELECTOR,
                        () if matching != FULL && empty.is_none() => reason::DANE_TLSA_BAD_MATCHING_TYPE,
                        () if !fits => reason::DANE_TLSA_BAD_DIGEST_LENGTH,
                        () => reason::DANE_TLSA_NULL_DATA,
                    });
                }
                let data = memory::items(data, len).ok_or(reason::DANE_TLSA_BAD_DATA_LENGTH)?;
                ssl.dane.add(usage, selector, matching, data)
            })
        };
        match added {
            Some(Ok(())) => 1,
            Some(Err(why)) => {
                error::raise(why);
                if why == reason::DANE_NOT_ENABLED || why == Reason::MALLOC_FAILURE { -1 } else { 0 }
            }
            None => -1,
        }
    }

    /// The depth at which a record has matched, and the certificate or bare key that has; -1 when none has.
    pub unsafe extern "C" fn SSL_get0_dane_authority(
        ssl: *mut SSL,
        certificate: *mut *mut X509,
        key: *mut *mut EVP_PKEY,
    ) -> c_int {
        // SAFETY: the program's pointers; a record that has matched is in the list.
        unsafe {
            with(ssl, |ssl| {
                let dane = &ssl.dane;
                let depth = dane.matched(ssl.verify_result)?;
                if let Some(record) = dane.matched.as_ref() {
                    if !certificate.is_null() {
                        certificate.write(dane.certificate);
                    }
                    if !key.is_null() {
                        key.write(if dane.certificate.is_null() { record.key } else { ptr::null_mut() });
                    }
                }
                Some(depth)
            })
        }
        .flatten()
        .unwrap_or(-1)
    }

    /// The depth at which a record has matched, and the record; -1 when none has.
    pub unsafe extern "C" fn SSL_get0_dane_tlsa(
        ssl: *mut SSL,
        usage: *mut u8,
        selector: *mut u8,
        matching: *mut u8,
        data: *mut *const c_uchar,
        len: *mut usize,
    ) -> c_int {
        // SAFETY: as for the above.
        unsafe {
            with(ssl, |ssl| {
                let depth = ssl.dane.matched(ssl.verify_result)?;
                if let Some(record) = ssl.dane.matched.as_ref() {
                    for (place, value) in
                        [(usage, record.usage), (selector, record.selector), (matching, record.matching)]
                    {
                        if !place.is_null() {
                            place.write(value);
                        }
                    }
                    if !data.is_null() {
                        data.write(record.data);
                    }
                    if !len.is_null() {
                        len.write(record.len);
                    }
                }
                Some(depth)
            })
        }
        .flatten()
        .unwrap_or(-1)
    }

    /// What X509_STORE_CTX_set0_dane takes.
    pub unsafe extern "C" fn SSL_get0_dane(ssl: *mut SSL) -> *mut Dane {
        // SAFETY: the program's pointer.
        unsafe { with(ssl, |ssl| ptr::from_mut(&mut *ssl.dane)) }.unwrap_or(ptr::null_mut())
    }

    /// Sets DANE_FLAG_*: what was set before.
    pub unsafe extern "C" fn SSL_dane_set_flags(ssl: *mut SSL, flags: c_ulong) -> c_ulong {
        // SAFETY: the program's pointer.
        unsafe { with(ssl, |ssl| ssl.dane.change_flags(|old| old | flags)) }.unwrap_or(0)
    }

    /// Clears DANE_FLAG_*: what was set before.
    pub unsafe extern "C" fn SSL_dane_clear_flags(ssl: *mut SSL, flags: c_ulong) -> c_ulong {
        // SAFETY: the program's pointer.
        unsafe { with(ssl, |ssl| ssl.dane.change_flags(|old| old & !flags)) }.unwrap_or(0)
    }
}
