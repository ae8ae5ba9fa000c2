//! GENERAL_NAME: names of other kinds (RFC 5280, section 4.2.1.6).

use std::ffi::{c_int, c_void};
use std::ptr;

use super::X509_NAME;
use crate::asn1::ASN1_STRING;
use crate::der::{self, Element, Reader, tag};
use crate::handle::{self, give};
use crate::object::ASN1_OBJECT;
use crate::stack::OPENSSL_STACK;
use standin_pki::oid;

/// GEN_*.
#[allow(missing_docs)] // the names are OpenSSL's
pub mod kind {
    use std::ffi::c_int;
    pub const OTHER: c_int = 0;
    pub const EMAIL: c_int = 1;
    pub const DNS: c_int = 2;
    pub const X400: c_int = 3;
    pub const DIRECTORY: c_int = 4;
    pub const EDI_PARTY: c_int = 5;
    pub const URI: c_int = 6;
    pub const IP: c_int = 7;
    pub const REGISTERED_ID: c_int = 8;
}

/// A name.
pub struct GeneralName {
    pub kind: c_int,
    /// The content; for texts and addresses this is the name.
    pub content: ASN1_STRING,
    directory: Option<X509_NAME>,
}

/// Names one after the other.
pub fn parse_names(content: &[u8]) -> Option<Vec<GeneralName>> {
    let mut reader = Reader(content);
    let mut names = Vec::new();
    while !reader.is_empty() {
        names.push(GeneralName::parse(reader.next()?)?);
    }
    Some(names)
}

/// A DirectoryString and nothing else.
fn directory_string(content: &[u8]) -> Option<()> {
    let mut reader = Reader(content);
    let string = reader.next().filter(|_| reader.is_empty())?;
    matches!(string.tag, tag::PRINTABLE | tag::T61 | tag::BMP | tag::UNIVERSAL | tag::UTF8).then_some(())
}

impl GeneralName {
    /// A name from its element; `None` when it is none.
    pub fn parse(element: Element) -> Option<Self> {
        if element.tag & 0xc0 != 0x80 {
            return None;
        }
        let kind = c_int::from(element.tag & 0x1f);
        let constructed = element.tag & 0x20 != 0;
        if constructed != matches!(kind, kind::OTHER | kind::X400 | kind::DIRECTORY | kind::EDI_PARTY) || kind > 8 {
            return None;
        }
        let directory = match kind {
            kind::DIRECTORY => {
                let mut inside = Reader(element.content);
                let name = X509_NAME::parse(inside.expect(tag::SEQUENCE)?.content)?;
                inside.is_empty().then_some(())?;
                Some(name)
            }
            kind::OTHER => {
                let mut inside = Reader(element.content);
                inside.expect(tag::OID)?;
                let mut value = Reader(inside.expect(tag::constructed(0))?.content);
                value.next()?;
                (inside.is_empty() && value.is_empty()).then_some(())?;
                None
            }
            kind::EDI_PARTY => {
                let mut inside = Reader(element.content);
                if let Some(assigner) = inside.optional(tag::constructed(0))? {
                    directory_string(assigner.content)?;
                }
                directory_string(inside.expect(tag::constructed(1))?.content)?;
                inside.is_empty().then_some(())?;
                None
            }
            kind::REGISTERED_ID => {
                oid::is_valid(element.content).then_some(())?;
                None
            }
            _ => None,
        };
        let string = if kind == kind::IP { tag::OCTET_STRING } else { tag::IA5 };
        Some(GeneralName { kind, content: ASN1_STRING::new(string.into(), element.content), directory })
    }

    /// The directory name, if it is one.
    pub fn directory(&self) -> Option<&X509_NAME> {
        self.directory.as_ref()
    }
}

/// A name as programs see it: the kind and a pointer to what the kind has.
#[repr(C)]
pub struct GENERAL_NAME {
    kind: c_int,
    value: *mut c_void,
}

/// otherName as programs see it: the identifier and the value.
#[repr(C)]
struct OtherName {
    identifier: *mut ASN1_OBJECT,
    value: *mut AnyValue,
}

/// A value of any kind as programs see it.
#[repr(C)]
struct AnyValue {
    kind: c_int,
    value: *mut ASN1_STRING,
}

/// A name for the program, which frees it.
pub fn give_name(name: &GeneralName) -> *mut GENERAL_NAME {
    let value: *mut c_void = match name.kind {
        kind::DIRECTORY => name.directory().map_or(ptr::null_mut(), |name| give(name.clone()).cast()),
        kind::REGISTERED_ID => give(ASN1_OBJECT::from_content(name.content.bytes())).cast(),
        kind::OTHER => give_other(name.content.bytes()).cast(),
        _ => give(name.content.clone()).cast(),
    };
    give(GENERAL_NAME { kind: name.kind, value })
}

/// A program's name, encoded; `None` for kinds that are not written.
///
/// # Safety
/// `name` is NULL or live.
pub unsafe fn name_der(name: *const GENERAL_NAME) -> Option<Vec<u8>> {
    // SAFETY: the caller's promise: the value is what the kind says.
    unsafe {
        let name = name.as_ref()?;
        let number = u8::try_from(name.kind).ok()?;
        Some(match name.kind {
            kind::EMAIL | kind::DNS | kind::URI | kind::IP => {
                der::element(tag::context(number), name.value.cast::<ASN1_STRING>().as_ref()?.bytes())
            }
            kind::DIRECTORY => der::element(tag::constructed(number), name.value.cast::<X509_NAME>().as_ref()?.der()),
            kind::REGISTERED_ID => der::element(tag::context(number), &name.value.cast::<ASN1_OBJECT>().as_ref()?.der),
            kind::OTHER => {
                let other = name.value.cast::<OtherName>().as_ref()?;
                let (identifier, value) = (other.identifier.as_ref()?, other.value.as_ref()?);
                let inside = der::element(u8::try_from(value.kind).ok()?, value.value.as_ref()?.bytes());
                let identifier = der::element(tag::OID, &identifier.der);
                der::element(
                    tag::constructed(number),
                    &[identifier, der::element(tag::constructed(0), &inside)].concat(),
                )
            }
            kind::X400 | kind::EDI_PARTY => {
                der::element(tag::constructed(number), name.value.cast::<ASN1_STRING>().as_ref()?.bytes())
            }
            _ => return None,
        })
    }
}

fn give_other(content: &[u8]) -> *mut OtherName {
    let parse = || {
        let mut reader = Reader(content);
        let identifier = ASN1_OBJECT::from_content(reader.expect(tag::OID)?.content);
        let value = Reader(reader.expect(tag::constructed(0))?.content).next()?;
        let string = ASN1_STRING::new(value.tag.into(), value.content);
        let value = give(AnyValue { kind: value.tag.into(), value: give(string) });
        Some(give(OtherName { identifier: give(identifier), value }))
    };
    parse().unwrap_or(ptr::null_mut())
}

/// A list for the program, which frees it.
pub fn give_names(names: &[GeneralName]) -> *mut OPENSSL_STACK {
    OPENSSL_STACK::of(names.iter().map(give_name))
}

versioned! {
    /// A name of no kind yet.
    pub unsafe extern "C" fn GENERAL_NAME_new() -> *mut GENERAL_NAME {
        give(GENERAL_NAME { kind: -1, value: ptr::null_mut() })
    }

    /// Puts `value`, which is taken over, into a name as what its kind (GEN_*) says.
    pub unsafe extern "C" fn GENERAL_NAME_set0_value(a: *mut GENERAL_NAME, kind: c_int, value: *mut c_void) {
        // SAFETY: the program's name.
        if let Some(name) = unsafe { a.as_mut() } {
            (name.kind, name.value) = (kind, value);
        }
    }

    /// Frees a name with what is in it.
    pub unsafe extern "C" fn GENERAL_NAME_free(a: *mut GENERAL_NAME) {
        // SAFETY: the program gives it up; made by `give_name`.
        unsafe {
            let Some(name) = a.as_ref() else { return };
            match name.kind {
                kind::DIRECTORY => handle::free::<X509_NAME>(name.value.cast()),
                kind::REGISTERED_ID => handle::free::<ASN1_OBJECT>(name.value.cast()),
                kind::OTHER => {
                    if let Some(other) = name.value.cast::<OtherName>().as_ref() {
                        handle::free(other.identifier);
                        if let Some(value) = other.value.as_ref() {
                            handle::free(value.value);
                        }
                        handle::free(other.value);
                    }
                    handle::free::<OtherName>(name.value.cast());
                }
                _ => handle::free::<ASN1_STRING>(name.value.cast()),
            }
            handle::free(a);
        }
    }

    /// Frees a list of names.
    pub unsafe extern "C" fn GENERAL_NAMES_free(a: *mut OPENSSL_STACK) {
        // SAFETY: the program gives the list up.
        unsafe {
            crate::stack::elements::<GENERAL_NAME>(a).iter().for_each(|name| GENERAL_NAME_free(*name));
            handle::free(a);
        }
    }

    /// What is in a name, which stays the name's, and its kind (GEN_*).
    pub unsafe extern "C" fn GENERAL_NAME_get0_value(a: *const GENERAL_NAME, ptype: *mut c_int) -> *mut c_void {
        // SAFETY: the program's name and variable.
        unsafe {
            let Some(name) = a.as_ref() else { return ptr::null_mut() };
            if let Some(out) = ptype.as_mut() {
                *out = name.kind;
            }
            name.value
        }
    }
}
