//! Where an issuer's services are (RFC 5280, section 4.2.2.1).

use std::ptr;

use super::general_name::{GENERAL_NAME, GENERAL_NAME_free, GeneralName, give_name, kind};
use super::{X509, inside};
use crate::der::{Reader, tag};
use crate::handle::{self, give};
use crate::object::{ASN1_OBJECT, nid};
use crate::stack::OPENSSL_STACK;

/// A service as programs see it: its kind, and where it is.
#[repr(C)]
pub struct ACCESS_DESCRIPTION {
    method: *mut ASN1_OBJECT,
    location: *mut GENERAL_NAME,
}

/// The services that an extension names: identifiers and places; `None` when it cannot be read.
pub fn parse(value: &[u8]) -> Option<Vec<(ASN1_OBJECT, GeneralName)>> {
    let mut outer = Reader(value);
    let mut list = outer.enter(tag::SEQUENCE)?;
    let mut found = Vec::new();
    while !list.is_empty() {
        let mut one = list.enter(tag::SEQUENCE)?;
        let method = ASN1_OBJECT::from_content(one.expect(tag::OID)?.content);
        let location = GeneralName::parse(one.next()?)?;
        one.is_empty().then_some(())?;
        found.push((method, location));
    }
    outer.is_empty().then_some(found)
}

/// The services of an extension for the program, which frees them; NULL when it cannot be read.
pub fn give_information(value: &[u8]) -> *mut OPENSSL_STACK {
    let Some(found) = parse(value) else { return ptr::null_mut() };
    OPENSSL_STACK::of(
        found.into_iter().map(|(method, location)| {
            give(ACCESS_DESCRIPTION { method: give(method), location: give_name(&location) })
        }),
    )
}

versioned! {
    /// Frees a list of services.
    pub unsafe extern "C" fn AUTHORITY_INFO_ACCESS_free(a: *mut OPENSSL_STACK) {
        // SAFETY: the program gives the list up; made by `give_information`.
        unsafe {
            crate::stack::elements::<ACCESS_DESCRIPTION>(a).iter().for_each(|one| ACCESS_DESCRIPTION_free(*one));
            handle::free(a);
        }
    }

    /// Frees one service.
    pub unsafe extern "C" fn ACCESS_DESCRIPTION_free(a: *mut ACCESS_DESCRIPTION) {
        // SAFETY: the program gives it up.
        unsafe {
            if let Some(one) = a.as_ref() {
                crate::object::ASN1_OBJECT_free(one.method);
                GENERAL_NAME_free(one.location);
            }
            handle::free(a);
        }
    }

    /// Where a certificate's OCSP responders are: texts, each once, which X509_email_free frees; NULL when it names none.
    pub unsafe extern "C" fn X509_get1_ocsp(x: *mut X509) -> *mut OPENSSL_STACK {
        // SAFETY: the program's certificate.
        let Some(certificate) = (unsafe { inside(x) }) else { return ptr::null_mut() };
        let mut of_kind = certificate.extensions.iter().filter(|extension| extension.nid() == nid::INFO_ACCESS);
        let Some(extension) = of_kind.next().filter(|_| of_kind.next().is_none()) else { return ptr::null_mut() };
        let mut places: Vec<Vec<u8>> = Vec::new();
        for (method, location) in parse(extension.value()).unwrap_or_default() {
            let place = location.content.bytes();
            // A zero would end the text before its end.
            let names = method.nid == nid::AD_OCSP && location.kind == kind::URI && !place.is_empty() && !place.contains(&0);
            if names && !places.iter().any(|known| known == place) {
                places.push(place.to_vec());
            }
        }
        if places.is_empty() {
            return ptr::null_mut();
        }
        OPENSSL_STACK::of(places.iter().map(|place| crate::mem::duplicate(place)))
    }

    /// Frees a list of texts.
    pub unsafe extern "C" fn X509_email_free(sk: *mut OPENSSL_STACK) {
        // SAFETY: the program gives the list up, and the texts in it.
        unsafe {
            crate::stack::elements::<u8>(sk).iter().for_each(|text| crate::mem::free(*text));
            handle::free(sk);
        }
    }
}
