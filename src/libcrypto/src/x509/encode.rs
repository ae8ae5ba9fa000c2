//! Extensions made of the objects that programs have for them, and the other way round.

use std::ffi::{c_int, c_long, c_uchar, c_ulong, c_void};
use std::ptr;

use super::extension::{BASIC_CONSTRAINTS, decode};
use super::general_name::{GENERAL_NAME, name_der};
use super::make::{add_extension, extensions_der};
use super::{X509_EXTENSION, parse_extensions};
use crate::asn1::{ASN1_OCTET_STRING, ASN1_STRING};
use crate::der::{self, Reader, tag};
use crate::err::{self, library, reason};
use crate::handle::{self, give};
use crate::object::{self, ASN1_OBJECT, nid};
use crate::stack::{self, OPENSSL_STACK};

/// A string's DER, whatever kind it has been given.
fn string_der(string: &ASN1_STRING, kind: u8) -> Vec<u8> {
    let mut copy = string.clone();
    copy.kind = kind.into();
    copy.der()
}

/// The bits of a list of names: without zeros at the end (X.690, section 11.2.2).
pub fn named_bits(bytes: &[u8]) -> Vec<u8> {
    let len = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |at| at + 1);
    let unused = bytes[..len].last().map_or(0, |last| last.trailing_zeros() as u8);
    der::element(tag::BIT_STRING, &[&[unused], &bytes[..len]].concat())
}

fn joined(parts: &[Vec<u8>]) -> Vec<u8> {
    let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    der::sequence(&parts)
}

/// An extension of a kind, of the object that programs have for it; `None` for kinds that are not served.
///
/// # Safety
/// `value` is NULL or that object.
pub unsafe fn extension(kind: c_int, critical: bool, value: *const c_void) -> Option<X509_EXTENSION> {
    if value.is_null() {
        return None;
    }
    // SAFETY: the caller's promise.
    let der = unsafe {
        let string = || &*value.cast::<ASN1_STRING>();
        match kind {
            71 | nid::KEY_USAGE if string().flags & 8 != 0 => string_der(string(), tag::BIT_STRING),
            71 | nid::KEY_USAGE => named_bits(string().bytes()),
            72..=78 => string_der(string(), tag::IA5),
            nid::SUBJECT_KEY_ID | nid::OCSP_NONCE => string_der(string(), tag::OCTET_STRING),
            nid::CRL_NUMBER | nid::DELTA_CRL => string().der(),
            nid::CRL_REASON => string_der(string(), tag::ENUMERATED),
            nid::BASIC_CONSTRAINTS => (*value.cast::<BASIC_CONSTRAINTS>()).der(),
            nid::EXT_KEY_USAGE => {
                let objects = stack::elements::<ASN1_OBJECT>(value.cast());
                let objects: Option<Vec<Vec<u8>>> =
                    objects.iter().map(|object| Some(der::element(tag::OID, &object.as_ref()?.der))).collect();
                joined(&objects?)
            }
            nid::SUBJECT_ALT_NAME | nid::ISSUER_ALT_NAME => {
                let names = stack::elements::<GENERAL_NAME>(value.cast());
                let names: Option<Vec<Vec<u8>>> = names.iter().map(|name| name_der(*name)).collect();
                joined(&names?)
            }
            _ => return None,
        }
    };
    Some(X509_EXTENSION::new(kind, critical, &der))
}

versioned! {
    /// An extension of a kind, of the object that programs have for it: ASN1_BIT_STRING, ASN1_OCTET_STRING, ASN1_IA5STRING,
    /// ASN1_INTEGER, BASIC_CONSTRAINTS, EXTENDED_KEY_USAGE, GENERAL_NAMES. The caller frees it; NULL with an error for others.
    pub unsafe extern "C" fn X509V3_EXT_i2d(ext_nid: c_int, crit: c_int, ext_struc: *mut c_void) -> *mut X509_EXTENSION {
        // SAFETY: the program's object.
        match unsafe { extension(ext_nid, crit != 0, ext_struc) } {
            Some(made) => give(made),
            None => {
                err::raise(library::X509V3, reason::x509v3::UNKNOWN_EXTENSION);
                ptr::null_mut()
            }
        }
    }

    /// What an extension says, as X509_get_ext_d2i has it; the caller frees it. NULL when it is not read.
    pub unsafe extern "C" fn X509V3_EXT_d2i(ext: *mut X509_EXTENSION) -> *mut c_void {
        // SAFETY: the program's extension.
        unsafe { ext.as_ref() }.map_or(ptr::null_mut(), |extension| decode(extension.nid(), extension.value()))
    }

    /// Adds an extension to a list of them (NULL at `*x`: a fresh one), as X509V3_ADD_* in `flags` say.
    pub unsafe extern "C" fn X509V3_add1_i2d(x: *mut *mut OPENSSL_STACK, nid: c_int, value: *mut c_void, crit: c_int, flags: c_ulong) -> c_int {
        // SAFETY: the program's list and object.
        unsafe {
            let Some(place) = x.as_mut() else { return -1 };
            let held = stack::elements::<X509_EXTENSION>(*place);
            let mut list: Vec<Box<X509_EXTENSION>> = held.iter().map(|extension| Box::from_raw(*extension)).collect();
            let answer = add_extension(&mut list, nid, || extension(nid, crit != 0, value), flags);
            if (*place).is_null() && !list.is_empty() {
                *place = OPENSSL_STACK::of::<X509_EXTENSION>([]);
            }
            let list: Vec<*mut c_void> = list.into_iter().map(|extension| Box::into_raw(extension).cast()).collect();
            if let Some(filled) = place.as_mut() {
                filled.elements = list;
            }
            answer
        }
    }

    /// An extension of a kind with an encoded value, in `*ex` or fresh; the caller frees it. NULL for an unknown kind.
    pub unsafe extern "C" fn X509_EXTENSION_create_by_NID(ex: *mut *mut X509_EXTENSION, nid: c_int, crit: c_int, data: *mut ASN1_OCTET_STRING) -> *mut X509_EXTENSION {
        if object::known(nid).is_none() {
            err::raise(library::X509, reason::x509::UNKNOWN_NID);
            return ptr::null_mut();
        }
        // SAFETY: the program's variable and bytes.
        unsafe {
            let Some(data) = data.as_ref() else { return ptr::null_mut() };
            let made = X509_EXTENSION::new(nid, crit != 0, data.bytes());
            match ex.as_mut() {
                Some(place) if !(*place).is_null() => {
                    **place = made;
                    *place
                }
                Some(place) => {
                    *place = give(made);
                    *place
                }
                None => give(made),
            }
        }
    }

    /// Frees an extension.
    pub unsafe extern "C" fn X509_EXTENSION_free(a: *mut X509_EXTENSION) {
        // SAFETY: the program gives it up.
        unsafe { handle::free(a) }
    }

    /// A copy; the caller frees it.
    pub unsafe extern "C" fn X509_EXTENSION_dup(a: *const X509_EXTENSION) -> *mut X509_EXTENSION {
        // SAFETY: the program's extension.
        unsafe { a.as_ref() }.map_or(ptr::null_mut(), |extension| give(extension.clone()))
    }

    /// Writes an extension's DER.
    pub unsafe extern "C" fn i2d_X509_EXTENSION(a: *const X509_EXTENSION, out: *mut *mut c_uchar) -> c_int {
        // SAFETY: the program's extension and room.
        unsafe { a.as_ref().map_or(0, |extension| handle::write_der(&extension.der(), out)) }
    }

    /// Writes the DER of a list of extensions.
    pub unsafe extern "C" fn i2d_X509_EXTENSIONS(a: *const OPENSSL_STACK, out: *mut *mut c_uchar) -> c_int {
        // SAFETY: the program's list and room.
        unsafe {
            if a.is_null() {
                return 0;
            }
            let each = stack::elements::<X509_EXTENSION>(a).iter().filter_map(|extension| extension.as_ref());
            let each: Vec<Box<X509_EXTENSION>> = each.map(|extension| Box::new(extension.clone())).collect();
            let der = if each.is_empty() { der::sequence(&[]) } else { extensions_der(&each) };
            handle::write_der(&der, out)
        }
    }

    /// Reads a list of extensions, whose elements X509_EXTENSION_free frees.
    pub unsafe extern "C" fn d2i_X509_EXTENSIONS(a: *mut *mut OPENSSL_STACK, input: *mut *const c_uchar, len: c_long) -> *mut OPENSSL_STACK {
        // SAFETY: the program's bytes and variable.
        unsafe {
            let (Some(at), Ok(len)) = (input.as_mut(), usize::try_from(len)) else { return ptr::null_mut() };
            let read = Reader(handle::bytes(*at, len)).expect(tag::SEQUENCE).and_then(|whole| Some((parse_extensions(whole.whole)?, whole.whole.len())));
            let Some((extensions, used)) = read else {
                super::raise_nested(input, c_long::try_from(len).unwrap_or(0));
                return ptr::null_mut();
            };
            *at = at.add(used);
            let list = OPENSSL_STACK::of(extensions.into_iter().map(Box::into_raw));
            if let Some(place) = a.as_mut() {
                stack::elements::<X509_EXTENSION>(*place).iter().for_each(|extension| handle::free(*extension));
                handle::free(*place);
                *place = list;
            }
            list
        }
    }
}
