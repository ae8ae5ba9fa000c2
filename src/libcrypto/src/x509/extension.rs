//! X509_EXTENSION: extensions as they are encoded, and what programs read of them.

use std::ffi::{c_int, c_void};
use std::ptr;

use super::general_name::{give_names, parse_names};
use super::{X509, inside};
use crate::asn1::ASN1_STRING;
use crate::der::{self, Reader, tag};
use crate::handle::{self, give};
use crate::object::{self, ASN1_OBJECT, nid};
use crate::stack::OPENSSL_STACK;

/// How an extension is printed: the program's own, which is not called.
pub struct X509V3_EXT_METHOD;

/// One extension.
pub struct X509_EXTENSION {
    object: ASN1_OBJECT,
    critical: bool,
    value: ASN1_STRING,
}

impl Clone for X509_EXTENSION {
    fn clone(&self) -> Self {
        let object = ASN1_OBJECT::from_content(&self.object.der);
        X509_EXTENSION { object, critical: self.critical, value: self.value.clone() }
    }
}

impl X509_EXTENSION {
    /// One of a kind by its number.
    pub fn new(nid: c_int, critical: bool, value: &[u8]) -> Self {
        X509_EXTENSION::of(ASN1_OBJECT::from_content(object::der_of(nid)), critical, value)
    }

    /// One of any kind.
    pub fn of(object: ASN1_OBJECT, critical: bool, value: &[u8]) -> Self {
        X509_EXTENSION { object, critical, value: ASN1_STRING::new(tag::OCTET_STRING.into(), value) }
    }

    /// Its DER.
    pub fn der(&self) -> Vec<u8> {
        let critical: &[u8] = if self.critical { &[tag::BOOLEAN, 1, 0xff] } else { &[] };
        let value = der::element(tag::OCTET_STRING, self.value());
        der::sequence(&[&der::element(tag::OID, &self.object.der), critical, &value])
    }

    /// Its kind.
    pub fn object(&self) -> &ASN1_OBJECT {
        &self.object
    }

    /// The number of its kind.
    pub fn nid(&self) -> c_int {
        self.object.nid
    }

    pub fn is_critical(&self) -> bool {
        self.critical
    }

    /// Its encoded value.
    pub fn value(&self) -> &[u8] {
        self.value.bytes()
    }
}

/// Extensions inside their explicit tag; `None` when they are none.
pub fn parse_extensions(content: &[u8]) -> Option<Vec<Box<X509_EXTENSION>>> {
    let mut outer = Reader(content);
    let mut list = outer.enter(tag::SEQUENCE)?;
    let mut out = Vec::new();
    while !list.is_empty() {
        let mut reader = list.enter(tag::SEQUENCE)?;
        let object = ASN1_OBJECT::from_content(reader.expect(tag::OID)?.content);
        let critical = match reader.optional(tag::BOOLEAN)? {
            Some(boolean) => {
                let [value] = boolean.content else { return None };
                *value != 0
            }
            None => false,
        };
        let value = ASN1_STRING::new(tag::OCTET_STRING.into(), reader.expect(tag::OCTET_STRING)?.content);
        if !reader.is_empty() {
            return None;
        }
        out.push(Box::new(X509_EXTENSION { object, critical, value }));
    }
    outer.is_empty().then_some(out)
}

/// Basic constraints as programs see them.
#[repr(C)]
pub struct BASIC_CONSTRAINTS {
    authority: c_int,
    path_len: *mut ASN1_STRING,
}

impl BASIC_CONSTRAINTS {
    /// What an extension says; `None` when it cannot be read.
    fn parse(value: &[u8]) -> Option<Self> {
        let mut reader = Reader(value).enter(tag::SEQUENCE)?;
        let authority = match reader.optional(tag::BOOLEAN)? {
            Some(boolean) => {
                let [value] = boolean.content else { return None };
                c_int::from(*value != 0) * 0xff
            }
            None => 0,
        };
        let path_len = match reader.optional(tag::INTEGER)? {
            Some(number) => give(ASN1_STRING::integer(number.content)?),
            None => ptr::null_mut(),
        };
        if !reader.is_empty() {
            // SAFETY: just made, and given to nobody.
            unsafe { handle::free(path_len) };
            return None;
        }
        Some(BASIC_CONSTRAINTS { authority, path_len })
    }

    /// Its DER.
    pub fn der(&self) -> Vec<u8> {
        let authority: &[u8] = if self.authority != 0 { &[tag::BOOLEAN, 1, 0xff] } else { &[] };
        // SAFETY: NULL or the program's number.
        let path_len = unsafe { self.path_len.as_ref() }.map_or(Vec::new(), ASN1_STRING::der);
        der::sequence(&[authority, &path_len])
    }
}

/// What an extension says, as the object that programs expect for its kind; NULL for kinds that are not read.
pub fn decode(kind: c_int, value: &[u8]) -> *mut c_void {
    match kind {
        nid::SUBJECT_ALT_NAME | nid::ISSUER_ALT_NAME => {
            let names = Reader(value).enter(tag::SEQUENCE).and_then(|inside| parse_names(inside.0));
            names.map_or(ptr::null_mut(), |names| give_names(&names).cast())
        }
        nid::KEY_USAGE | nid::NETSCAPE_CERT_TYPE => {
            let bits = Reader(value).expect(tag::BIT_STRING).and_then(|bits| ASN1_STRING::bit_string(bits.content));
            bits.map_or(ptr::null_mut(), |bits| give(bits).cast())
        }
        nid::SUBJECT_KEY_ID => {
            let key = Reader(value).expect(tag::OCTET_STRING);
            key.map_or(ptr::null_mut(), |key| give(ASN1_STRING::new(tag::OCTET_STRING.into(), key.content)).cast())
        }
        nid::EXT_KEY_USAGE => {
            let Some(mut list) = Reader(value).enter(tag::SEQUENCE) else { return ptr::null_mut() };
            let mut objects = Vec::new();
            while let Some(identifier) = list.expect(tag::OID) {
                objects.push(give(ASN1_OBJECT::from_content(identifier.content)));
            }
            OPENSSL_STACK::of(objects).cast()
        }
        nid::AUTHORITY_KEY_ID => authority_key(value).cast(),
        nid::INFO_ACCESS | nid::SINFO_ACCESS => super::information::give_information(value).cast(),
        nid::BASIC_CONSTRAINTS => {
            BASIC_CONSTRAINTS::parse(value).map_or(ptr::null_mut(), |constraints| give(constraints).cast())
        }
        72..=78 => {
            let text = Reader(value).expect(tag::IA5);
            text.map_or(ptr::null_mut(), |text| give(ASN1_STRING::new(tag::IA5.into(), text.content)).cast())
        }
        nid::CRL_NUMBER | nid::DELTA_CRL => {
            let number = Reader(value).expect(tag::INTEGER).and_then(|number| ASN1_STRING::integer(number.content));
            number.map_or(ptr::null_mut(), |number| give(number).cast())
        }
        _ => ptr::null_mut(),
    }
}

/// Looks for an extension and decodes it: `*crit` and `*idx` as X509_get_ext_d2i sets them.
///
/// # Safety
/// Both variables are NULL or the program's.
#[allow(clippy::vec_box)] // as they are kept
pub unsafe fn search(
    list: Option<&[Box<X509_EXTENSION>]>,
    nid: c_int,
    crit: *mut c_int,
    idx: *mut c_int,
) -> *mut c_void {
    // SAFETY: the caller's promise.
    unsafe {
        let answer = |code: c_int| {
            if let Some(out) = crit.as_mut() {
                *out = code;
            }
        };
        let Some(list) = list else {
            answer(-1);
            return ptr::null_mut();
        };
        let from = idx.as_ref().map_or(0, |at| usize::try_from(at + 1).unwrap_or(0));
        let mut found = list.iter().enumerate().skip(from).filter(|(_, extension)| extension.nid() == nid);
        let Some((at, extension)) = found.next() else {
            if let Some(out) = idx.as_mut() {
                *out = -1;
            }
            answer(-1);
            return ptr::null_mut();
        };
        match idx.as_mut() {
            Some(out) => *out = c_int::try_from(at).unwrap_or(-1),
            None if found.next().is_some() => {
                answer(-2);
                return ptr::null_mut();
            }
            None => {}
        }
        answer(c_int::from(extension.critical));
        decode(nid, extension.value())
    }
}

/// Who issued a certificate, by its key and by name and number, as programs see it.
#[repr(C)]
pub struct AUTHORITY_KEYID {
    key: *mut ASN1_STRING,
    issuer: *mut OPENSSL_STACK,
    serial: *mut ASN1_STRING,
}

fn authority_key(value: &[u8]) -> *mut AUTHORITY_KEYID {
    let Some(authority) = super::facts::authority(value) else { return ptr::null_mut() };
    let string = |string: Option<ASN1_STRING>| string.map_or(ptr::null_mut(), give);
    let issuer = if authority.issuer.is_empty() { ptr::null_mut() } else { give_names(&authority.issuer) };
    give(AUTHORITY_KEYID { key: string(authority.key), issuer, serial: string(authority.serial) })
}

versioned! {
    /// How many extensions.
    pub unsafe extern "C" fn X509_get_ext_count(x: *const X509) -> c_int {
        // SAFETY: the program's certificate.
        unsafe { inside(x) }.map_or(0, |certificate| c_int::try_from(certificate.extensions.len()).unwrap_or(0))
    }

    /// The extension at `loc`, which stays the certificate's; NULL when there is none.
    pub unsafe extern "C" fn X509_get_ext(x: *const X509, loc: c_int) -> *mut X509_EXTENSION {
        // SAFETY: the program's certificate.
        let found = unsafe { inside(x) }.and_then(|certificate| certificate.extensions.get(usize::try_from(loc).ok()?));
        found.map_or(ptr::null_mut(), |extension| ptr::from_ref(&**extension).cast_mut())
    }

    /// Where the next extension of a kind is, behind `lastpos` (-1: from the start); -1 when there is none.
    pub unsafe extern "C" fn X509_get_ext_by_NID(x: *const X509, nid: c_int, lastpos: c_int) -> c_int {
        if object::known(nid).is_none() {
            return -2;
        }
        // SAFETY: the program's certificate.
        let Some(certificate) = (unsafe { inside(x) }) else { return -1 };
        let from = usize::try_from(lastpos + 1).unwrap_or(0);
        let found = certificate.extensions.iter().enumerate().skip(from).find(|(_, extension)| extension.nid() == nid);
        found.map_or(-1, |(at, _)| c_int::try_from(at).unwrap_or(-1))
    }

    /// Where the next extension of a kind is, behind `lastpos` (-1: from the start); -1 when there is none.
    pub unsafe extern "C" fn X509_get_ext_by_OBJ(x: *const X509, obj: *const ASN1_OBJECT, lastpos: c_int) -> c_int {
        // SAFETY: the program's certificate and object.
        let (Some(certificate), Some(wanted)) = (unsafe { inside(x) }, unsafe { obj.as_ref() }) else { return -1 };
        let from = usize::try_from(lastpos + 1).unwrap_or(0);
        let found = certificate.extensions.iter().enumerate().skip(from).find(|(_, extension)| extension.object.der == wanted.der);
        found.map_or(-1, |(at, _)| c_int::try_from(at).unwrap_or(-1))
    }

    /// All extensions, which stay the certificate's; NULL when there are none.
    pub unsafe extern "C" fn X509_get0_extensions(x: *const X509) -> *const OPENSSL_STACK {
        // SAFETY: the program's certificate.
        let certificate = unsafe { inside(x) }.filter(|certificate| !certificate.extensions.is_empty());
        certificate.map_or(ptr::null(), |certificate| certificate.extension_list())
    }

    /// What an extension says: GENERAL_NAMES for names, ASN1_BIT_STRING for key usage, EXTENDED_KEY_USAGE,
    /// ASN1_OCTET_STRING for the subject's key identifier, BASIC_CONSTRAINTS, AUTHORITY_KEYID, AUTHORITY_INFO_ACCESS. The caller frees it. NULL when there is
    /// none (`*crit` -1), more than one (-2), or it cannot be read.
    pub unsafe extern "C" fn X509_get_ext_d2i(x: *const X509, nid: c_int, crit: *mut c_int, idx: *mut c_int) -> *mut c_void {
        // SAFETY: the program's certificate and variables.
        unsafe { search(inside(x).map(|certificate| &certificate.extensions[..]), nid, crit, idx) }
    }

    /// The kind of an extension, which stays the extension's.
    pub unsafe extern "C" fn X509_EXTENSION_get_object(ex: *mut X509_EXTENSION) -> *mut ASN1_OBJECT {
        // SAFETY: the program's extension.
        unsafe { ex.as_ref() }.map_or(ptr::null_mut(), |extension| ptr::from_ref(&extension.object).cast_mut())
    }

    /// The encoded value of an extension, which stays the extension's.
    pub unsafe extern "C" fn X509_EXTENSION_get_data(ne: *mut X509_EXTENSION) -> *mut ASN1_STRING {
        // SAFETY: the program's extension.
        unsafe { ne.as_ref() }.map_or(ptr::null_mut(), |extension| crate::asn1::lend(&extension.value))
    }

    /// Whether an extension is critical.
    pub unsafe extern "C" fn X509_EXTENSION_get_critical(ex: *const X509_EXTENSION) -> c_int {
        // SAFETY: the program's extension.
        unsafe { ex.as_ref() }.map_or(0, |extension| c_int::from(extension.critical))
    }

    /// Frees who issued a certificate.
    pub unsafe extern "C" fn AUTHORITY_KEYID_free(a: *mut AUTHORITY_KEYID) {
        // SAFETY: the program gives it up.
        unsafe {
            if let Some(authority) = a.as_ref() {
                handle::free(authority.key);
                super::general_name::GENERAL_NAMES_free(authority.issuer);
                handle::free(authority.serial);
            }
            handle::free(a);
        }
    }

    /// Frees basic constraints.
    pub unsafe extern "C" fn BASIC_CONSTRAINTS_free(a: *mut BASIC_CONSTRAINTS) {
        // SAFETY: the program gives it up.
        unsafe {
            if let Some(constraints) = a.as_ref() {
                handle::free(constraints.path_len);
            }
            handle::free(a);
        }
    }

    /// Frees a list of extended key usages.
    pub unsafe extern "C" fn EXTENDED_KEY_USAGE_free(a: *mut OPENSSL_STACK) {
        // SAFETY: the program gives the list up.
        unsafe {
            crate::stack::elements::<ASN1_OBJECT>(a).iter().for_each(|object| crate::object::ASN1_OBJECT_free(*object));
            handle::free(a);
        }
    }
}
