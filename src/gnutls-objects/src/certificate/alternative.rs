//! Alternative names of subjects and issuers (RFC 5280, section 4.2.1.6).

use std::ffi::{c_int, c_uint, c_void};

use standin_pki::der::{Reader, tag};
use standin_pki::oid::dotted;

use super::content::extension;
use super::inside;
use crate::datum::{self, put};
use crate::error;
use crate::name::Name;
use crate::types::gnutls_x509_crt_t;

/// GNUTLS_SAN_*.
pub mod kind {
    use std::ffi::c_uint;
    pub const DNS: c_uint = 1;
    pub const MAIL: c_uint = 2;
    pub const URI: c_uint = 3;
    pub const ADDRESS: c_uint = 4;
    pub const OTHER: c_uint = 5;
    pub const DIRECTORY: c_uint = 6;
    pub const REGISTERED: c_uint = 7;
    /// An OTHER one whose identifier says that it is XMPP's.
    pub const XMPP: c_uint = 1000;
}

/// A name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alternative {
    pub kind: c_uint,
    /// Text, bytes of an address, DER of a directory name, identifier in dots, or the value of another kind of name.
    pub value: Vec<u8>,
    /// The identifier of another kind of name.
    pub other: String,
}

/// The names of an extension.
pub fn parse(value: &[u8]) -> Result<Vec<Alternative>, c_int> {
    let mut outer = Reader(value);
    let list = outer.enter(tag::SEQUENCE).ok_or(error::ASN1_DER_ERROR)?;
    if !outer.is_empty() {
        return Err(error::ASN1_DER_ERROR);
    }
    parse_list(list.0)
}

/// Names one after the other.
pub fn parse_list(content: &[u8]) -> Result<Vec<Alternative>, c_int> {
    let mut list = Reader(content);
    let mut out = Vec::new();
    while !list.is_empty() {
        out.push(next(&mut list)?);
    }
    Ok(out)
}

/// The next name.
pub fn next(list: &mut Reader) -> Result<Alternative, c_int> {
    let element = list.next().ok_or(error::ASN1_DER_ERROR)?;
    let plain = |kind| Ok(Alternative { kind, value: element.content.to_vec(), other: String::new() });
    match element.tag {
        0x81 => plain(kind::MAIL),
        0x82 => plain(kind::DNS),
        0x86 => plain(kind::URI),
        0x87 => plain(kind::ADDRESS),
        0x88 => {
            let value = dotted(element.content).into_bytes();
            Ok(Alternative { kind: kind::REGISTERED, value, other: String::new() })
        }
        0xa4 => plain(kind::DIRECTORY),
        0xa0 => {
            let mut inside = Reader(element.content);
            let mut parse = || {
                let other = dotted(inside.expect(tag::OID)?.content);
                let value = inside.expect(tag::constructed(0))?.content.to_vec();
                Some(Alternative { kind: kind::OTHER, value, other })
            };
            parse().ok_or(error::ASN1_DER_ERROR)
        }
        // X.400 addresses and EDI party names.
        0xa3 | 0xa5 => Err(error::X509_UNKNOWN_SAN),
        _ => Err(error::ASN1_TAG_ERROR),
    }
}

impl Alternative {
    /// Whether it is text, which C is given with a zero byte behind it.
    fn is_text(&self) -> bool {
        matches!(self.kind, kind::DNS | kind::MAIL | kind::URI | kind::REGISTERED | kind::DIRECTORY)
    }

    /// What programs are given.
    fn shown(&self) -> Result<Vec<u8>, c_int> {
        match self.kind {
            kind::DIRECTORY => Name::parse(&self.value)?.text(crate::name::AS_ENCODED),
            _ => Ok(self.value.clone()),
        }
    }
}

/// Gives the name at `seq`: its kind.
unsafe fn give(names: &[Alternative], seq: c_uint, out: *mut c_void, size: *mut usize) -> Result<c_int, c_int> {
    // SAFETY: the caller's promise, that of the C functions below.
    unsafe {
        let name = names.get(seq as usize).ok_or(error::REQUESTED_DATA_NOT_AVAILABLE)?;
        let shown = name.shown()?;
        if name.is_text() { datum::fill_text(out, size, &shown) } else { datum::fill(out, size, &shown) }?;
        c_int::try_from(name.kind).map_err(|_| error::INTERNAL_ERROR)
    }
}

/// Gives the identifier of another kind of name at `seq`: the kind.
unsafe fn give_other(names: &[Alternative], seq: c_uint, out: *mut c_void, size: *mut usize) -> Result<c_int, c_int> {
    const XMPP: &str = "1.3.6.1.5.5.7.8.5";
    // SAFETY: as above.
    unsafe {
        let name = names.get(seq as usize).ok_or(error::REQUESTED_DATA_NOT_AVAILABLE)?;
        if name.kind != kind::OTHER {
            return Err(error::INVALID_REQUEST);
        }
        datum::fill_text(out, size, name.other.as_bytes())?;
        let known = if name.other == XMPP { kind::XMPP } else { kind::OTHER };
        c_int::try_from(known).map_err(|_| error::INTERNAL_ERROR)
    }
}

fn either(result: Result<c_int, c_int>) -> c_int {
    result.unwrap_or_else(|error| error)
}

versioned! {
    /// The alternative name at `seq`, in the program's room: GNUTLS_SAN_*. Whether it is critical is not told, as in the
    /// original.
    pub unsafe extern "C" fn gnutls_x509_crt_get_subject_alt_name(cert: gnutls_x509_crt_t, seq: c_uint, san: *mut c_void, san_size: *mut usize, _critical: *mut c_uint) -> c_int {
        // SAFETY: the program's certificate and room.
        unsafe { either(inside(cert).and_then(|content| give(&content.alternatives, seq, san, san_size))) }
    }

    /// The same, with the kind beside it.
    pub unsafe extern "C" fn gnutls_x509_crt_get_subject_alt_name2(cert: gnutls_x509_crt_t, seq: c_uint, san: *mut c_void, san_size: *mut usize, san_type: *mut c_uint, _critical: *mut c_uint) -> c_int {
        // SAFETY: the program's certificate, room and variable.
        unsafe {
            let given = inside(cert).and_then(|content| give(&content.alternatives, seq, san, san_size));
            if let Ok(kind) = given {
                put(san_type, kind.unsigned_abs());
            }
            either(given)
        }
    }

    /// The identifier of another kind of name, in the program's room: GNUTLS_SAN_OTHERNAME_*.
    pub unsafe extern "C" fn gnutls_x509_crt_get_subject_alt_othername_oid(cert: gnutls_x509_crt_t, seq: c_uint, oid: *mut c_void, oid_size: *mut usize) -> c_int {
        // SAFETY: the program's certificate and room.
        unsafe { either(inside(cert).and_then(|content| give_other(&content.alternatives, seq, oid, oid_size))) }
    }

    /// The issuer's alternative name at `seq`, in the program's room: GNUTLS_SAN_*.
    pub unsafe extern "C" fn gnutls_x509_crt_get_issuer_alt_name(cert: gnutls_x509_crt_t, seq: c_uint, ian: *mut c_void, ian_size: *mut usize, _critical: *mut c_uint) -> c_int {
        // SAFETY: the program's certificate and room.
        unsafe {
            let names = inside(cert).and_then(|content| content.read_alternatives(extension::ISSUER_NAMES));
            either(names.and_then(|names| give(&names, seq, ian, ian_size)))
        }
    }

    /// The same, with the kind beside it.
    pub unsafe extern "C" fn gnutls_x509_crt_get_issuer_alt_name2(cert: gnutls_x509_crt_t, seq: c_uint, ian: *mut c_void, ian_size: *mut usize, ian_type: *mut c_uint, critical: *mut c_uint) -> c_int {
        // SAFETY: the program's certificate, room and variables.
        unsafe {
            let given = gnutls_x509_crt_get_issuer_alt_name(cert, seq, ian, ian_size, critical);
            if given >= 0 {
                put(ian_type, given.unsigned_abs());
            }
            given
        }
    }

    /// The identifier of another kind of issuer's name, in the program's room: GNUTLS_SAN_OTHERNAME_*.
    pub unsafe extern "C" fn gnutls_x509_crt_get_issuer_alt_othername_oid(cert: gnutls_x509_crt_t, seq: c_uint, ret: *mut c_void, ret_size: *mut usize) -> c_int {
        // SAFETY: the program's certificate and room.
        unsafe {
            let names = inside(cert).and_then(|content| content.read_alternatives(extension::ISSUER_NAMES));
            either(names.and_then(|names| give_other(&names, seq, ret, ret_size)))
        }
    }
}
