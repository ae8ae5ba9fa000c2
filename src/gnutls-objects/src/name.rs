//! Distinguished names: their parts, and as text (RFC 4514).

use std::collections::HashMap;
use std::ffi::{CString, c_char, c_int, c_uint, c_void};
use std::ptr;
use std::sync::LazyLock;

use standin_pki::der::{Reader, tag};
use standin_pki::oid::dotted;

use crate::datum::{self, bytes, object};
use crate::encoding::{self, hex};
use crate::error::{self, code};
use crate::types::{gnutls_datum_t, gnutls_x509_ava_st, gnutls_x509_crt_fmt_t, gnutls_x509_dn_t};

/// GNUTLS_X509_DN_FLAG_COMPAT: in the order of the certificate, as before RFC 4514 was followed.
pub const AS_ENCODED: c_uint = 1;

/// GNUTLS_X509_DN_OID_RETURN_OID.
const RETURN_OID: c_uint = 1;

/// Short names of attributes.
static NAMES: LazyLock<HashMap<&'static str, CString>> = LazyLock::new(|| {
    let lines = include_str!("../abi/names.tsv").lines().filter_map(|line| line.split_once('\t'));
    lines.filter_map(|(oid, name)| Some((oid, CString::new(name).ok()?))).collect()
});

/// One attribute and its value.
#[derive(Clone, Debug)]
pub struct Attribute {
    identifier: CString,
    pub tag: u8,
    /// What is inside the value's element, and the whole of it.
    pub content: Vec<u8>,
    pub whole: Vec<u8>,
}

/// A name: gnutls_x509_dn_t.
#[derive(Clone, Debug, Default)]
pub struct Name {
    /// The DER.
    pub der: Vec<u8>,
    /// Sets of attributes.
    pub sets: Vec<Vec<Attribute>>,
}

impl Name {
    /// Takes the DER of a name apart.
    pub fn parse(der: &[u8]) -> Result<Self, c_int> {
        let mut outer = Reader(der);
        let sequence = outer.enter(tag::SEQUENCE).ok_or(error::ASN1_TAG_ERROR)?;
        if !outer.is_empty() {
            return Err(error::ASN1_DER_ERROR);
        }
        Ok(Name { der: der.to_vec(), sets: sets(sequence).ok_or(error::ASN1_DER_ERROR)? })
    }

    /// All attributes in the order of the certificate.
    pub fn attributes(&self) -> impl Iterator<Item = &Attribute> {
        self.sets.iter().flatten()
    }

    /// The values of an attribute.
    pub fn values<'a>(&'a self, oid: &'a str) -> impl Iterator<Item = &'a Attribute> {
        self.attributes().filter(move |attribute| attribute.oid() == oid)
    }

    /// The name as text; REQUESTED_DATA_NOT_AVAILABLE when there is nothing in it.
    pub fn text(&self, flags: c_uint) -> Result<Vec<u8>, c_int> {
        if self.sets.is_empty() {
            return Err(error::REQUESTED_DATA_NOT_AVAILABLE);
        }
        let set = |set: &Vec<Attribute>| {
            let parts: Result<Vec<_>, c_int> = set.iter().map(Attribute::text).collect();
            parts.map(|parts| parts.join(&b'+'))
        };
        let mut sets: Vec<Vec<u8>> = self.sets.iter().map(set).collect::<Result<_, c_int>>()?;
        if flags & AS_ENCODED == 0 {
            sets.reverse();
        }
        Ok(sets.join(&b','))
    }
}

fn sets(mut sequence: Reader) -> Option<Vec<Vec<Attribute>>> {
    let mut out = Vec::new();
    while !sequence.is_empty() {
        let mut set = sequence.enter(tag::SET)?;
        let mut attributes = Vec::new();
        while !set.is_empty() {
            let mut pair = set.enter(tag::SEQUENCE)?;
            let identifier = CString::new(dotted(pair.expect(tag::OID)?.content)).ok()?;
            let value = pair.next()?;
            if !pair.is_empty() {
                return None;
            }
            let (content, whole) = (value.content.to_vec(), value.whole.to_vec());
            attributes.push(Attribute { identifier, tag: value.tag, content, whole });
        }
        out.push(attributes);
    }
    Some(out)
}

/// UTF-16 or UTF-32 as UTF-8.
fn widened(content: &[u8], width: usize) -> Option<Vec<u8>> {
    if !content.len().is_multiple_of(width) {
        return None;
    }
    let units = content.chunks(width).map(|unit| unit.iter().fold(0u32, |value, byte| (value << 8) | u32::from(*byte)));
    let text: Option<String> = match width {
        2 => char::decode_utf16(units.map(|unit| unit as u16)).map(Result::ok).collect(),
        _ => units.map(char::from_u32).collect(),
    };
    text.map(String::into_bytes)
}

/// A string's text in UTF-8, if it is what it should be; `None` when it is of no kind of string, or empty, or has a zero
/// byte in it.
pub fn string(kind: u8, content: &[u8]) -> Option<Vec<u8>> {
    let text = match kind {
        tag::UTF8 | tag::PRINTABLE | tag::IA5 | tag::VISIBLE | tag::NUMERIC => content.to_vec(),
        // The original takes it for ASCII, and shows bytes of another.
        tag::T61 if content.is_ascii() => content.to_vec(),
        tag::T61 => format!("#{}", hex(content)).into_bytes(),
        tag::BMP => widened(content, 2)?,
        tag::UNIVERSAL => widened(content, 4)?,
        _ => return None,
    };
    (!text.is_empty() && !text.contains(&0)).then_some(text)
}

/// A value with what has a meaning in names escaped (RFC 4514, section 2.4).
fn escape(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for (at, byte) in text.iter().enumerate() {
        let special = match byte {
            b',' | b'+' | b'"' | b'\\' | b'<' | b'>' | b';' => true,
            b' ' => at == 0 || at == text.len() - 1,
            b'#' => at == 0,
            _ => false,
        };
        if special {
            out.push(b'\\');
        }
        out.push(*byte);
    }
    out
}

impl Attribute {
    /// Which attribute it is, in dots.
    pub fn oid(&self) -> &str {
        self.identifier.to_str().unwrap_or_default()
    }

    /// The value as text: escaped, or digits where it is no text.
    pub fn value(&self) -> Vec<u8> {
        let known = NAMES.contains_key(self.oid());
        let text = known.then(|| string(self.tag, &self.content)).flatten();
        text.map_or_else(|| format!("#{}", hex(&self.whole)).into_bytes(), |text| escape(&text))
    }

    /// Name and value; ASN1_VALUE_NOT_VALID when there is nothing in it.
    fn text(&self) -> Result<Vec<u8>, c_int> {
        if self.content.is_empty() {
            return Err(error::ASN1_VALUE_NOT_VALID);
        }
        let name = NAMES.get(self.oid()).map_or(self.identifier.as_bytes(), |name| name.as_bytes());
        Ok([name, b"=", &self.value()[..]].concat())
    }
}

/// What is at `index` of an attribute: text, or the DER.
pub fn by_oid(name: &Name, oid: &str, index: c_uint, raw: bool) -> Result<Vec<u8>, c_int> {
    let attribute = name.values(oid).nth(index as usize).ok_or(error::REQUESTED_DATA_NOT_AVAILABLE)?;
    Ok(if raw { attribute.whole.clone() } else { attribute.value() })
}

/// The identifier of the attribute at `index`.
pub fn oid_at(name: &Name, index: c_uint) -> Result<&str, c_int> {
    let attribute = name.attributes().nth(index as usize);
    attribute.map(Attribute::oid).ok_or(error::REQUESTED_DATA_NOT_AVAILABLE)
}

/// The attribute of a program's identifier, in its room: the DER, or text.
///
/// # Safety
/// `oid` is NULL or text, `size` NULL or a variable, `buf` has as many bytes.
pub unsafe fn fill_by_oid(
    name: &Name,
    oid: *const c_char,
    index: c_uint,
    raw: c_uint,
    buf: *mut c_void,
    size: *mut usize,
) -> Result<(), c_int> {
    // SAFETY: the caller's promise.
    unsafe {
        let oid = datum::text(oid).and_then(|oid| std::str::from_utf8(oid).ok()).ok_or(error::INVALID_REQUEST)?;
        let value = by_oid(name, oid, index, raw != 0)?;
        if raw != 0 { datum::fill(buf, size, &value) } else { datum::fill_text(buf, size, &value) }
    }
}

/// The name of a program's DER.
unsafe fn given(idn: *const gnutls_datum_t) -> Result<Name, c_int> {
    // SAFETY: the caller's promise.
    unsafe { bytes(idn) }.and_then(|der| Name::parse(der).map_err(|_| error::ASN1_DER_ERROR))
}

versioned! {
    /// A name's DER as text in the order of the certificate, in the program's room.
    pub unsafe extern "C" fn gnutls_x509_rdn_get(idn: *const gnutls_datum_t, buf: *mut c_char, sizeof_buf: *mut usize) -> c_int {
        // SAFETY: the program's data and room.
        unsafe {
            if sizeof_buf.is_null() {
                return error::INVALID_REQUEST;
            }
            if !buf.is_null() && *sizeof_buf > 0 {
                *buf = 0;
            }
            let text = given(idn).and_then(|name| name.text(AS_ENCODED));
            code(text.and_then(|text| datum::fill_text(buf.cast(), sizeof_buf, &text)))
        }
    }

    /// A name's DER as text, for the program to free by gnutls_free.
    pub unsafe extern "C" fn gnutls_x509_rdn_get2(idn: *const gnutls_datum_t, str: *mut gnutls_datum_t, flags: c_uint) -> c_int {
        // SAFETY: the program's data.
        unsafe { code(given(idn).and_then(|name| name.text(flags)).and_then(|text| datum::give(str, &text))) }
    }

    /// A value in a name's DER, in the program's room.
    pub unsafe extern "C" fn gnutls_x509_rdn_get_by_oid(idn: *const gnutls_datum_t, oid: *const c_char, indx: c_uint, raw_flag: c_uint, buf: *mut c_void, sizeof_buf: *mut usize) -> c_int {
        // SAFETY: the program's data, text and room.
        unsafe { code(given(idn).and_then(|name| fill_by_oid(&name, oid, indx, raw_flag, buf, sizeof_buf))) }
    }

    /// The identifier of an attribute in a name's DER, in the program's room.
    pub unsafe extern "C" fn gnutls_x509_rdn_get_oid(idn: *const gnutls_datum_t, indx: c_uint, buf: *mut c_void, sizeof_buf: *mut usize) -> c_int {
        // SAFETY: the program's data and room.
        unsafe {
            code(given(idn).and_then(|name| datum::fill_text(buf, sizeof_buf, oid_at(&name, indx)?.as_bytes())))
        }
    }

    /// Whether an attribute of this identifier has a short name: 1 or 0.
    pub unsafe extern "C" fn gnutls_x509_dn_oid_known(oid: *const c_char) -> c_int {
        // SAFETY: the program's text.
        let oid = unsafe { datum::text(oid) }.and_then(|oid| std::str::from_utf8(oid).ok());
        c_int::from(oid.is_some_and(|oid| NAMES.contains_key(oid)))
    }

    /// The short name of an identifier, which stays the library's; for an unknown one NULL, or itself with
    /// GNUTLS_X509_DN_OID_RETURN_OID.
    pub unsafe extern "C" fn gnutls_x509_dn_oid_name(oid: *const c_char, flags: c_uint) -> *const c_char {
        // SAFETY: the program's text.
        let text = unsafe { datum::text(oid) }.and_then(|oid| std::str::from_utf8(oid).ok());
        match text.and_then(|oid| NAMES.get(oid)) {
            Some(name) => name.as_ptr(),
            None if flags & RETURN_OID != 0 => oid,
            None => ptr::null(),
        }
    }

    /// A name with nothing in it; gnutls_x509_dn_deinit frees it.
    pub unsafe extern "C" fn gnutls_x509_dn_init(dn: *mut gnutls_x509_dn_t) -> c_int {
        // SAFETY: the program's variable.
        code(unsafe { datum::hand_out(dn, Name::default()) })
    }

    /// Frees a name of gnutls_x509_dn_init's.
    pub unsafe extern "C" fn gnutls_x509_dn_deinit(dn: gnutls_x509_dn_t) {
        // SAFETY: the program gives it up.
        unsafe { datum::take_back(dn) }
    }

    /// Reads a name's DER.
    pub unsafe extern "C" fn gnutls_x509_dn_import(dn: gnutls_x509_dn_t, data: *const gnutls_datum_t) -> c_int {
        // SAFETY: the program's name and data.
        unsafe {
            code(datum::object_mut(dn).and_then(|name| {
                *name = given(data)?;
                Ok(())
            }))
        }
    }

    /// The DER, in the program's room.
    pub unsafe extern "C" fn gnutls_x509_dn_export(dn: gnutls_x509_dn_t, format: gnutls_x509_crt_fmt_t, output_data: *mut c_void, output_data_size: *mut usize) -> c_int {
        // SAFETY: the program's name and room.
        unsafe { code(object(dn).and_then(|name| encoding::fill(&name.der, "NAME", format, output_data, output_data_size))) }
    }

    /// The DER, for the program to free by gnutls_free.
    pub unsafe extern "C" fn gnutls_x509_dn_export2(dn: gnutls_x509_dn_t, format: gnutls_x509_crt_fmt_t, out: *mut gnutls_datum_t) -> c_int {
        // SAFETY: the program's name and variable.
        unsafe { code(object(dn).and_then(|name| encoding::give(&name.der, "NAME", format, out))) }
    }

    /// The name as text in the order of the certificate, for the program to free by gnutls_free.
    pub unsafe extern "C" fn gnutls_x509_dn_get_str(dn: gnutls_x509_dn_t, str: *mut gnutls_datum_t) -> c_int {
        // SAFETY: the program's name and variable.
        unsafe { code(object(dn).and_then(|name| datum::give(str, &name.text(AS_ENCODED)?))) }
    }

    /// The name as text, for the program to free by gnutls_free.
    pub unsafe extern "C" fn gnutls_x509_dn_get_str2(dn: gnutls_x509_dn_t, str: *mut gnutls_datum_t, flags: c_uint) -> c_int {
        // SAFETY: the program's name and variable.
        unsafe { code(object(dn).and_then(|name| datum::give(str, &name.text(flags)?))) }
    }

    /// An attribute by the numbers of its set and its place there. What is given stays the name's; the identifier ends with a
    /// zero byte.
    pub unsafe extern "C" fn gnutls_x509_dn_get_rdn_ava(dn: gnutls_x509_dn_t, irdn: c_int, iava: c_int, ava: *mut gnutls_x509_ava_st) -> c_int {
        // SAFETY: the program's name and variable.
        unsafe {
            let found = object(dn).and_then(|name| {
                let at = |number: c_int| usize::try_from(number).map_err(|_| error::INVALID_REQUEST);
                let set = name.sets.get(at(irdn)?).ok_or(error::ASN1_ELEMENT_NOT_FOUND)?;
                set.get(at(iava)?).ok_or(error::ASN1_ELEMENT_NOT_FOUND)
            });
            code(found.and_then(|attribute| {
                let out = ava.as_mut().ok_or(error::INVALID_REQUEST)?;
                let lent = |bytes: &[u8]| gnutls_datum_t {
                    data: bytes.as_ptr().cast_mut(),
                    size: c_uint::try_from(bytes.len()).unwrap_or(0),
                };
                *out = gnutls_x509_ava_st {
                    oid: lent(attribute.identifier.as_bytes()),
                    value: lent(&attribute.content),
                    value_tag: (attribute.tag & 0x1f).into(),
                };
                Ok(())
            }))
        }
    }
}
