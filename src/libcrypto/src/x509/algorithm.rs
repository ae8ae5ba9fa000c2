//! X509_ALGOR: AlgorithmIdentifiers, as programs see into them.

use std::ffi::{c_int, c_uchar, c_void};
use std::ptr;

use super::{X509, X509_CRL, X509_PUBKEY, inside};
use crate::asn1::{ASN1_BIT_STRING, ASN1_STRING};
use crate::der::{self, Reader, tag};
use crate::handle::{self, give};
use crate::object::{self, ASN1_OBJECT};

/// A value of any kind as programs see it.
#[repr(C)]
pub struct ASN1_TYPE {
    kind: c_int,
    value: *mut c_void,
}

/// An identifier and its parameters (NULL: none).
#[repr(C)]
pub struct X509_ALGOR {
    algorithm: *mut ASN1_OBJECT,
    parameter: *mut ASN1_TYPE,
}

// SAFETY: plain data of its own, which does not change.
unsafe impl Send for X509_ALGOR {}
// SAFETY: as above.
unsafe impl Sync for X509_ALGOR {}

impl Drop for X509_ALGOR {
    fn drop(&mut self) {
        // SAFETY: made by `of`, and lent only.
        unsafe {
            handle::free(self.algorithm);
            if let Some(parameter) = self.parameter.as_ref() {
                match parameter.kind as u8 {
                    tag::NULL => {}
                    tag::OID => handle::free(parameter.value.cast::<ASN1_OBJECT>()),
                    _ => handle::free(parameter.value.cast::<ASN1_STRING>()),
                }
            }
            handle::free(self.parameter);
        }
    }
}

/// Whether this is the content of an AlgorithmIdentifier: an identifier, and one element or none.
pub fn check(content: &[u8]) -> Option<()> {
    let mut inside = Reader(content);
    standin_pki::oid::is_valid(inside.expect(tag::OID)?.content).then_some(())?;
    if !inside.is_empty() {
        let parameters = inside.next()?;
        let valid = match parameters.tag {
            tag::NULL => parameters.content.is_empty(),
            tag::BOOLEAN => parameters.content.len() == 1,
            tag::INTEGER | tag::ENUMERATED => ASN1_STRING::integer(parameters.content).is_some(),
            tag::BIT_STRING => ASN1_STRING::bit_string(parameters.content).is_some(),
            _ => true,
        };
        valid.then_some(())?;
    }
    inside.is_empty().then_some(())
}

impl X509_ALGOR {
    /// Its DER; nothing for one without an identifier.
    pub fn der(&self) -> Vec<u8> {
        // SAFETY: what `of` made, or a program's of the same shape.
        unsafe {
            let Some(algorithm) = self.algorithm.as_ref() else { return Vec::new() };
            let parameter = match self.parameter.as_ref() {
                None => Vec::new(),
                Some(found) => match (found.kind, found.value.is_null()) {
                    (5, _) | (_, true) => vec![tag::NULL, 0],
                    (6, _) => der::element(tag::OID, &(*found.value.cast::<ASN1_OBJECT>()).der),
                    // A sequence stays encoded.
                    (16, _) => (*found.value.cast::<ASN1_STRING>()).bytes().to_vec(),
                    _ => (*found.value.cast::<ASN1_STRING>()).der(),
                },
            };
            der::sequence(&[&der::element(tag::OID, &algorithm.der), &parameter])
        }
    }

    /// From its DER; one without an identifier when that is none.
    pub fn of(bytes: &[u8]) -> Self {
        let read = || {
            let mut inside = Reader(bytes).enter(tag::SEQUENCE)?;
            Some((inside.expect(tag::OID)?.content, inside.next()))
        };
        let (identifier, parameter) = read().unwrap_or_default();
        let parameter = parameter.map_or(ptr::null_mut(), |found| {
            let (kind, value) = match found.tag {
                tag::NULL => (tag::NULL, ptr::null_mut()),
                tag::OID => (tag::OID, give(ASN1_OBJECT::from_content(found.content)).cast()),
                // A sequence stays encoded.
                tag::SEQUENCE => (16, give(ASN1_STRING::new(16, found.whole)).cast()),
                other => (other, give(ASN1_STRING::new(other.into(), found.content)).cast()),
            };
            give(ASN1_TYPE { kind: kind.into(), value })
        });
        X509_ALGOR { algorithm: give(ASN1_OBJECT::from_content(identifier)), parameter }
    }
}

unsafe fn put<T>(out: *mut T, value: T) {
    // SAFETY: NULL or the program's variable.
    if let Some(out) = unsafe { out.as_mut() } {
        *out = value;
    }
}

versioned! {
    /// The parts, which stay the object's, each where it is wanted: the identifier, the kind of the parameters (V_ASN1_*, -1 for
    /// none), and the parameters.
    pub unsafe extern "C" fn X509_ALGOR_get0(paobj: *mut *const ASN1_OBJECT, pptype: *mut c_int, ppval: *mut *const c_void, algor: *const X509_ALGOR) {
        // SAFETY: the program's object and variables.
        unsafe {
            let Some(algorithm) = algor.as_ref() else { return };
            put(paobj, algorithm.algorithm.cast_const());
            let parameter = algorithm.parameter.as_ref();
            put(pptype, parameter.map_or(-1, |parameter| parameter.kind));
            if let Some(parameter) = parameter {
                put(ppval, parameter.value.cast_const());
            }
        }
    }

    /// 0 when both say the same.
    pub unsafe extern "C" fn X509_ALGOR_cmp(a: *const X509_ALGOR, b: *const X509_ALGOR) -> c_int {
        // SAFETY: the program's objects.
        let (Some(a), Some(b)) = (unsafe { a.as_ref() }, unsafe { b.as_ref() }) else { return c_int::from(a != b) };
        c_int::from(a.der() != b.der())
    }

    /// Writes DER.
    pub unsafe extern "C" fn i2d_X509_ALGOR(a: *const X509_ALGOR, out: *mut *mut c_uchar) -> c_int {
        // SAFETY: the program's object and room.
        unsafe { a.as_ref().map_or(0, |algorithm| crate::handle::write_der(&algorithm.der(), out)) }
    }

    /// How a certificate says, where it is signed, that it is signed; stays the certificate's.
    pub unsafe extern "C" fn X509_get0_tbs_sigalg(x: *const X509) -> *const X509_ALGOR {
        // SAFETY: the program's certificate.
        unsafe { inside(x) }.map_or(ptr::null(), |certificate| ptr::from_ref(certificate.inner_identifier()))
    }

    /// A certificate's signature and how it was made, each where it is wanted; both stay the certificate's.
    pub unsafe extern "C" fn X509_get0_signature(psig: *mut *const ASN1_BIT_STRING, palg: *mut *const X509_ALGOR, x: *const X509) {
        // SAFETY: the program's certificate and variables.
        unsafe {
            let Some(certificate) = inside(x) else { return };
            put(psig, ptr::from_ref(&certificate.signature));
            put(palg, ptr::from_ref(certificate.identifier()));
        }
    }

    /// The parts of a public key as it is encoded, which stay the object's, each where it is wanted: the identifier of the kind,
    /// the bits and their number, the whole AlgorithmIdentifier.
    pub unsafe extern "C" fn X509_PUBKEY_get0_param(ppkalg: *mut *mut ASN1_OBJECT, pk: *mut *const c_uchar, ppklen: *mut c_int, pa: *mut *mut X509_ALGOR, public: *const X509_PUBKEY) -> c_int {
        // SAFETY: the program's object and variables.
        unsafe {
            let Some(public) = public.as_ref() else { return 0 };
            let algorithm = public.identifier();
            put(ppkalg, algorithm.algorithm);
            put(pa, ptr::from_ref(algorithm).cast_mut());
            let bits = public.bits();
            put(pk, bits.as_ptr());
            put(ppklen, c_int::try_from(bits.len()).unwrap_or(0));
        }
        1
    }

    /// A list's signature and how it was made, each where it is wanted; both stay the list's.
    pub unsafe extern "C" fn X509_CRL_get0_signature(crl: *const X509_CRL, psig: *mut *const ASN1_BIT_STRING, palg: *mut *const X509_ALGOR) {
        // SAFETY: the program's list and variables.
        unsafe {
            let Some(list) = crl.as_ref() else { return };
            put(psig, ptr::from_ref(list.signed().signature));
            put(palg, ptr::from_ref(list.identifier()));
        }
    }

    /// The number of the algorithm that a list was signed by.
    pub unsafe extern "C" fn X509_CRL_get_signature_nid(crl: *const X509_CRL) -> c_int {
        // SAFETY: the program's list.
        unsafe { crl.as_ref() }.map_or(object::UNDEFINED, |list| list.signed().nid())
    }
}
