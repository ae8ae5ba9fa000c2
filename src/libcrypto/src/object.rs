//! ASN1_OBJECT and NIDs: object identifiers, their numbers and names.

use std::collections::HashMap;
use std::ffi::{CStr, CString, c_char, c_int, c_uchar};
use std::ptr;
use std::sync::LazyLock;

pub use standin_pki::oid::dotted;

use crate::der;
use crate::err::{self, library, reason};
use crate::handle::{self, give};

/// An object identifier.
pub struct ASN1_OBJECT {
    /// Its number; [`UNDEFINED`] when it is not in the table.
    pub nid: c_int,
    /// The content of its DER.
    pub der: Vec<u8>,
    /// One of the table's, which is not freed.
    fixed: bool,
}

/// NID_undef.
pub const UNDEFINED: c_int = 0;

/// Numbers that the code asks for.
#[allow(missing_docs)] // the names are OpenSSL's
pub mod nid {
    pub use standin_pki::nid::*;
    use std::ffi::c_int;
    pub const MD5_SHA1: c_int = 114;
    pub const SUBJECT_KEY_ID: c_int = 82;
    pub const KEY_USAGE: c_int = 83;
    pub const SUBJECT_ALT_NAME: c_int = 85;
    pub const ISSUER_ALT_NAME: c_int = 86;
    pub const BASIC_CONSTRAINTS: c_int = 87;
    pub const CERTIFICATE_POLICIES: c_int = 89;
    pub const AUTHORITY_KEY_ID: c_int = 90;
    pub const CRL_NUMBER: c_int = 88;
    pub const CRL_REASON: c_int = 141;
    pub const CRL_DISTRIBUTION_POINTS: c_int = 103;
    pub const DELTA_CRL: c_int = 140;
    pub const EXT_KEY_USAGE: c_int = 126;
    pub const NETSCAPE_CERT_TYPE: c_int = 71;
    pub const NAME_CONSTRAINTS: c_int = 666;
    pub const POLICY_CONSTRAINTS: c_int = 401;
    pub const POLICY_MAPPINGS: c_int = 747;
    pub const INHIBIT_ANY_POLICY: c_int = 748;
    pub const PROXY_CERT_INFO: c_int = 663;
    pub const ISSUING_DISTRIBUTION_POINT: c_int = 770;
    pub const SBGP_IP_ADDR_BLOCK: c_int = 290;
    pub const SBGP_AUTONOMOUS_SYS_NUM: c_int = 291;
    pub const TLS_FEATURE: c_int = 1020;
    pub const ANY_EXTENDED_KEY_USAGE: c_int = 910;
    pub const COMMON_NAME: c_int = 13;
    pub const EMAIL_ADDRESS: c_int = 48;
    pub const HMAC: c_int = 855;
    pub const INFO_ACCESS: c_int = 177;
    pub const SINFO_ACCESS: c_int = 398;
    pub const AD_OCSP: c_int = 178;
    pub const OCSP_SIGNING: c_int = 180;
    pub const MGF1: c_int = 911;
    pub const OCSP_NONCE: c_int = 366;
    pub const OCSP_NO_CHECK: c_int = 369;
}

/// One line of `abi/objects.tsv`.
pub struct Known {
    nid: c_int,
    short: CString,
    long: CString,
    object: ASN1_OBJECT,
}

struct Table {
    by_nid: HashMap<c_int, Known>,
    by_der: HashMap<Vec<u8>, c_int>,
    by_short: HashMap<&'static str, c_int>,
    by_long: HashMap<&'static str, c_int>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table =
        Table { by_nid: HashMap::new(), by_der: HashMap::new(), by_short: HashMap::new(), by_long: HashMap::new() };
    for line in include_str!("../abi/objects.tsv").lines() {
        let mut fields = line.split('\t');
        let mut field = || fields.next().unwrap_or_default();
        let (number, short, long, dotted) = (field(), field(), field(), field());
        let Ok(nid) = number.parse() else { continue };
        let der = content_of(dotted).unwrap_or_default();
        if !der.is_empty() {
            table.by_der.entry(der.clone()).or_insert(nid);
        }
        table.by_short.entry(short).or_insert(nid);
        table.by_long.entry(long).or_insert(nid);
        let known = Known {
            nid,
            short: CString::new(short).unwrap_or_default(),
            long: CString::new(long).unwrap_or_default(),
            object: ASN1_OBJECT { nid, der, fixed: true },
        };
        table.by_nid.insert(nid, known);
    }
    table
});

/// Numbers of a signature algorithm, its digest and its kind of key.
static SIGNATURES: LazyLock<Vec<[c_int; 3]>> = LazyLock::new(|| {
    let number = |field: Option<&str>| field.and_then(|field| field.parse().ok()).unwrap_or(UNDEFINED);
    let line = |line: &str| {
        let mut fields = line.split('\t');
        [number(fields.next()), number(fields.next()), number(fields.next())]
    };
    include_str!("../abi/signatures.tsv").lines().map(line).collect()
});

/// What the table knows of a number.
pub fn known(nid: c_int) -> Option<&'static Known> {
    TABLE.by_nid.get(&nid)
}

/// The number of an identifier, by the content of its DER.
pub fn nid_of(der: &[u8]) -> c_int {
    TABLE.by_der.get(der).copied().unwrap_or(UNDEFINED)
}

/// The content of the DER of a number; none when it is unknown.
pub fn der_of(nid: c_int) -> &'static [u8] {
    known(nid).map_or(&[], |known| &known.object.der)
}

/// The short name of a number.
pub fn short_name(nid: c_int) -> Option<&'static str> {
    known(nid).and_then(|known| known.short.to_str().ok())
}

/// The long name of a number.
pub fn long_name(nid: c_int) -> String {
    ASN1_OBJECT::from_content(der_of(nid)).text(false)
}

/// Digest and kind of key of a signature algorithm.
pub fn parts_of_signature(nid: c_int) -> Option<(c_int, c_int)> {
    SIGNATURES.iter().find(|[signature, ..]| *signature == nid).map(|[_, digest, key]| (*digest, *key))
}

/// The content of the DER of an identifier, by a name or in dots; `None` with an error.
pub fn content_named(text: &str) -> Option<Vec<u8>> {
    find(text, false).map(|object| object.der).filter(|der| !der.is_empty())
}

/// The signature algorithm of a digest and a kind of key.
pub fn signature_of(digest: c_int, key: c_int) -> Option<c_int> {
    SIGNATURES.iter().find(|parts| (parts[1], parts[2]) == (digest, key)).map(|[signature, ..]| *signature)
}

/// The DER's content of an identifier in dots or spaces, as leniently as the original reads it; otherwise the reason, if it
/// gives one.
fn content_of(dotted: &str) -> Result<Vec<u8>, Option<c_int>> {
    use reason::asn1::*;
    let first = match dotted.bytes().next() {
        None => return Err(None),
        Some(digit @ b'0'..=b'2') => u128::from(digit - b'0'),
        Some(_) => return Err(Some(FIRST_NUM_TOO_LARGE)),
    };
    let separators = ['.', ' '];
    let rest = match dotted[1..].chars().next() {
        None => return Err(Some(MISSING_SECOND_NUMBER)),
        Some(_) if dotted.len() == 2 => return Err(None),
        Some(separator) if separators.contains(&separator) => &dotted[2..],
        Some(_) => return Err(Some(INVALID_SEPARATOR)),
    };
    let mut out = Vec::new();
    let rest = rest.strip_suffix(separators).unwrap_or(rest);
    for (at, number) in rest.split(separators).enumerate() {
        if number.bytes().any(|byte| !byte.is_ascii_digit()) {
            return Err(Some(INVALID_DIGIT));
        }
        let number = if number.is_empty() { Ok(0) } else { number.parse::<u128>() };
        let number = number.map_err(|_| Some(INVALID_NUMBER))?;
        match at {
            0 if first < 2 && number >= 40 => return Err(Some(SECOND_NUMBER_TOO_LARGE)),
            0 => push_base_128(&mut out, number.checked_add(first * 40).ok_or(Some(INVALID_NUMBER))?),
            _ => push_base_128(&mut out, number),
        }
    }
    Ok(out)
}

fn push_base_128(out: &mut Vec<u8>, mut number: u128) {
    let mut digits = vec![(number & 0x7f) as u8];
    while number > 0x7f {
        number >>= 7;
        digits.push((number & 0x7f) as u8 | 0x80);
    }
    out.extend(digits.iter().rev());
}

impl Clone for ASN1_OBJECT {
    fn clone(&self) -> Self {
        ASN1_OBJECT { nid: self.nid, der: self.der.clone(), fixed: false }
    }
}

impl ASN1_OBJECT {
    /// An identifier by the content of its DER.
    pub fn from_content(der: &[u8]) -> Self {
        ASN1_OBJECT { nid: nid_of(der), der: der.to_vec(), fixed: false }
    }

    /// The long name, or the identifier in dots.
    pub fn text(&self, numeric: bool) -> String {
        match known(self.nid) {
            Some(known) if !numeric && self.nid != UNDEFINED => {
                let name = if known.long.is_empty() { &known.short } else { &known.long };
                name.to_string_lossy().into_owned()
            }
            _ => dotted(&self.der),
        }
    }
}

/// An identifier by short name, long name or in dots; `None` with an error.
fn find(text: &str, no_name: bool) -> Option<ASN1_OBJECT> {
    let named = if no_name { None } else { TABLE.by_short.get(text).or_else(|| TABLE.by_long.get(text)) };
    if let Some(nid) = named {
        return known(*nid).map(|known| ASN1_OBJECT { nid: *nid, der: known.object.der.clone(), fixed: false });
    }
    if !no_name && !text.starts_with(|first: char| first.is_ascii_digit()) {
        err::raise(library::OBJ, reason::obj::UNKNOWN_OBJECT_NAME);
        return None;
    }
    match content_of(text) {
        Ok(der) => Some(ASN1_OBJECT::from_content(&der)),
        Err(why) => {
            if let Some(why) = why {
                err::raise(library::ASN1, why);
            }
            None
        }
    }
}

/// Writes a text into the program's buffer, cut off to fit. Returns its whole length.
///
/// # Safety
/// `to` is NULL or has room for `size` bytes.
pub unsafe fn copy_text(text: &[u8], to: *mut c_char, size: c_int) -> c_int {
    if let (false, Ok(size @ 1..)) = (to.is_null(), usize::try_from(size)) {
        let len = text.len().min(size - 1);
        // SAFETY: the caller's promise.
        unsafe {
            ptr::copy_nonoverlapping(text.as_ptr(), to.cast(), len);
            to.add(len).write(0);
        }
    }
    c_int::try_from(text.len()).unwrap_or(-1)
}

/// The number of a short name; NID_undef when it is unknown.
pub fn short_named(name: &str) -> c_int {
    TABLE.by_short.get(name).copied().unwrap_or(UNDEFINED)
}

unsafe fn by_name(map: &HashMap<&'static str, c_int>, name: *const c_char) -> c_int {
    // SAFETY: the program's text.
    unsafe { handle::text(name) }.and_then(|name| map.get(name).copied()).unwrap_or(UNDEFINED)
}

versioned! {
    /// The short name of a number; NULL when it is unknown.
    pub unsafe extern "C" fn OBJ_nid2sn(n: c_int) -> *const c_char {
        known(n).map_or(ptr::null(), |known| known.short.as_ptr())
    }

    /// The long name of a number; NULL when it is unknown.
    pub unsafe extern "C" fn OBJ_nid2ln(n: c_int) -> *const c_char {
        known(n).map_or(ptr::null(), |known| known.long.as_ptr())
    }

    /// The identifier of a number, which is not freed; NULL when it is unknown.
    pub unsafe extern "C" fn OBJ_nid2obj(n: c_int) -> *mut ASN1_OBJECT {
        known(n).map_or(ptr::null_mut(), |known| ptr::from_ref(&known.object).cast_mut())
    }

    /// The number of a short name; NID_undef when it is unknown.
    pub unsafe extern "C" fn OBJ_sn2nid(s: *const c_char) -> c_int {
        // SAFETY: the program's text.
        unsafe { by_name(&TABLE.by_short, s) }
    }

    /// The number of a long name; NID_undef when it is unknown.
    pub unsafe extern "C" fn OBJ_ln2nid(s: *const c_char) -> c_int {
        // SAFETY: the program's text.
        unsafe { by_name(&TABLE.by_long, s) }
    }

    /// The number of a name or of an identifier in dots; NID_undef when it is unknown.
    pub unsafe extern "C" fn OBJ_txt2nid(s: *const c_char) -> c_int {
        // SAFETY: the program's text.
        unsafe { handle::text(s) }.and_then(|text| find(text, false)).map_or(UNDEFINED, |object| object.nid)
    }

    /// The identifier of a name or in dots (only in dots with `no_name`); the caller frees it.
    pub unsafe extern "C" fn OBJ_txt2obj(s: *const c_char, no_name: c_int) -> *mut ASN1_OBJECT {
        // SAFETY: the program's text.
        let found = unsafe { handle::text(s) }.and_then(|text| find(text, no_name != 0));
        found.map_or(ptr::null_mut(), give)
    }

    /// The number of an identifier; NID_undef when it is unknown.
    pub unsafe extern "C" fn OBJ_obj2nid(o: *const ASN1_OBJECT) -> c_int {
        // SAFETY: the program's object.
        unsafe { o.as_ref() }.map_or(UNDEFINED, |object| object.nid)
    }

    /// Writes an identifier's name, or itself in dots (`no_name`, or when it has none), into `buf`. Returns the length
    /// that the whole text has.
    pub unsafe extern "C" fn OBJ_obj2txt(buf: *mut c_char, buf_len: c_int, a: *const ASN1_OBJECT, no_name: c_int) -> c_int {
        // SAFETY: the program's buffer and object.
        unsafe {
            match a.as_ref() {
                None => copy_text(b"", buf, buf_len),
                Some(object) => copy_text(object.text(no_name != 0).as_bytes(), buf, buf_len),
            }
        }
    }

    /// Writes an identifier's name, or itself in dots when it has none, into `buf`.
    pub unsafe extern "C" fn i2t_ASN1_OBJECT(buf: *mut c_char, buf_len: c_int, a: *const ASN1_OBJECT) -> c_int {
        // SAFETY: the program's buffer and object.
        unsafe { OBJ_obj2txt(buf, buf_len, a, 0) }
    }

    /// A copy; the caller frees it.
    pub unsafe extern "C" fn OBJ_dup(o: *const ASN1_OBJECT) -> *mut ASN1_OBJECT {
        // SAFETY: the program's object.
        unsafe { o.as_ref() }.map_or(ptr::null_mut(), |object| give(ASN1_OBJECT { nid: object.nid, der: object.der.clone(), fixed: false }))
    }

    /// 0 when both are the same identifier.
    pub unsafe extern "C" fn OBJ_cmp(a: *const ASN1_OBJECT, b: *const ASN1_OBJECT) -> c_int {
        // SAFETY: the program's objects.
        let (Some(a), Some(b)) = (unsafe { a.as_ref() }, unsafe { b.as_ref() }) else { return 0 };
        a.der.len().cmp(&b.der.len()).then_with(|| a.der.cmp(&b.der)) as c_int
    }

    /// How many bytes the content of the DER has.
    pub unsafe extern "C" fn OBJ_length(obj: *const ASN1_OBJECT) -> usize {
        // SAFETY: the program's object.
        unsafe { obj.as_ref() }.map_or(0, |object| object.der.len())
    }

    /// The content of the DER; it stays the object's.
    pub unsafe extern "C" fn OBJ_get0_data(obj: *const ASN1_OBJECT) -> *const c_uchar {
        // SAFETY: the program's object.
        unsafe { obj.as_ref() }.map_or(ptr::null(), |object| object.der.as_ptr())
    }

    /// Frees an identifier, unless it is one of the table's.
    pub unsafe extern "C" fn ASN1_OBJECT_free(a: *mut ASN1_OBJECT) {
        // SAFETY: the program gives it up.
        unsafe {
            if a.as_ref().is_some_and(|object| !object.fixed) {
                handle::free(a);
            }
        }
    }

    /// Writes an identifier's DER.
    pub unsafe extern "C" fn i2d_ASN1_OBJECT(a: *const ASN1_OBJECT, pp: *mut *mut c_uchar) -> c_int {
        // SAFETY: the program's object and room.
        unsafe { a.as_ref().map_or(0, |object| handle::write_der(&der::element(der::tag::OID, &object.der), pp)) }
    }

    /// Writes an identifier's name, or itself in dots.
    pub unsafe extern "C" fn i2a_ASN1_OBJECT(bp: *mut crate::bio::BIO, a: *const ASN1_OBJECT) -> c_int {
        // SAFETY: the program's pipe and object.
        unsafe {
            let text = a.as_ref().map_or("NULL".into(), |object| object.text(false));
            if crate::bio::write_all(bp, text.as_bytes()) { c_int::try_from(text.len()).unwrap_or(0) } else { -1 }
        }
    }

    /// The digest and the kind of key of a signature algorithm; 0 when it is unknown.
    pub unsafe extern "C" fn OBJ_find_sigid_algs(signid: c_int, pdig_nid: *mut c_int, ppkey_nid: *mut c_int) -> c_int {
        let Some((digest, key)) = parts_of_signature(signid) else { return 0 };
        // SAFETY: NULL or the program's variables.
        unsafe {
            if let Some(out) = pdig_nid.as_mut() {
                *out = digest;
            }
            if let Some(out) = ppkey_nid.as_mut() {
                *out = key;
            }
        }
        1
    }

    /// The signature algorithm of a digest and a kind of key; 0 when there is none.
    pub unsafe extern "C" fn OBJ_find_sigid_by_algs(psignid: *mut c_int, dig_nid: c_int, pkey_nid: c_int) -> c_int {
        let found = SIGNATURES.iter().find(|[_, digest, key]| (*digest, *key) == (dig_nid, pkey_nid));
        // SAFETY: NULL or the program's variable.
        found.map_or(0, |[signature, ..]| unsafe {
            if let Some(out) = psignid.as_mut() {
                *out = *signature;
            }
            1
        })
    }

    /// The number of a curve by NIST's name; NID_undef when it is unknown.
    pub unsafe extern "C" fn EC_curve_nist2nid(name: *const c_char) -> c_int {
        // SAFETY: the program's text.
        match unsafe { handle::text(name) } {
            Some("B-163") => 723,
            Some("B-233") => 727,
            Some("B-283") => 730,
            Some("B-409") => 732,
            Some("B-571") => 734,
            Some("K-163") => 721,
            Some("K-233") => 726,
            Some("K-283") => 729,
            Some("K-409") => 731,
            Some("K-571") => 733,
            Some("P-192") => 409,
            Some("P-224") => 713,
            Some("P-256") => nid::P256,
            Some("P-384") => nid::P384,
            Some("P-521") => nid::P521,
            _ => UNDEFINED,
        }
    }

    /// NIST's name of a curve; NULL when it has none.
    pub unsafe extern "C" fn EC_curve_nid2nist(nid: c_int) -> *const c_char {
        match nid {
            nid::P256 => c"P-256".as_ptr(),
            nid::P384 => c"P-384".as_ptr(),
            nid::P521 => c"P-521".as_ptr(),
            713 => c"P-224".as_ptr(),
            _ => ptr::null(),
        }
    }
}

/// The short name of a number as C has it.
pub fn short_c_name(nid: c_int) -> Option<&'static CStr> {
    known(nid).map(|known| known.short.as_c_str())
}

impl Known {
    /// Its number.
    pub fn nid(&self) -> c_int {
        self.nid
    }
}
