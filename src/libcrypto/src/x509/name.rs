//! X509_NAME: distinguished names (RFC 5280, section 4.1.2.4).

use std::ffi::{c_char, c_int, c_long, c_uchar, c_ulong};
use std::ptr;

use crate::asn1::{ASN1_STRING, print};
use crate::bio::{self, BIO};
use crate::der::{self, Reader, tag};
use crate::handle::{self, give};
use crate::object::{self, ASN1_OBJECT};

/// One attribute of a name.
pub struct X509_NAME_ENTRY {
    pub(super) object: ASN1_OBJECT,
    pub(super) value: ASN1_STRING,
    /// Which relative name it belongs to: those with one number are one set.
    pub(super) set: c_int,
}

/// A distinguished name.
pub struct X509_NAME {
    der: Vec<u8>,
    // Each in its place, which programs hold, when others are added.
    #[allow(clippy::vec_box)]
    pub(super) entries: Vec<Box<X509_NAME_ENTRY>>,
    /// For comparing: letters small, spaces one, text in UTF-8.
    canonical: Vec<u8>,
}

impl Clone for X509_NAME_ENTRY {
    fn clone(&self) -> Self {
        X509_NAME_ENTRY { object: self.object.clone(), value: self.value.clone(), set: self.set }
    }
}

impl Clone for X509_NAME {
    fn clone(&self) -> Self {
        X509_NAME { der: self.der.clone(), entries: self.entries.clone(), canonical: self.canonical.clone() }
    }
}

/// A text with small letters and without spaces that do not matter.
fn canonical_text(value: &ASN1_STRING) -> Option<Vec<u8>> {
    if !is_text(value) {
        return None;
    }
    let text = value.text()?;
    let space = |c: char| c.is_ascii_whitespace() || c == '\x0b';
    let words: Vec<&str> = text.split(space).filter(|word| !word.is_empty()).collect();
    Some(words.join(" ").to_ascii_lowercase().into_bytes())
}

/// One attribute: its kind, and a value of a type that the original takes, with text that is some.
fn attribute(mut reader: Reader) -> Option<(ASN1_OBJECT, ASN1_STRING)> {
    let object = ASN1_OBJECT::from_content(reader.expect(tag::OID)?.content);
    let value = reader.next().filter(|_| reader.is_empty())?;
    let string = match value.tag {
        tag::BIT_STRING => ASN1_STRING::bit_string(value.content)?,
        kind if may_be(kind) => ASN1_STRING::new(kind.into(), value.content),
        _ => return None,
    };
    (!is_text(&string) || string.text().is_some()).then_some((object, string))
}

/// May an attribute's value be of this type?
pub(super) fn may_be(kind: u8) -> bool {
    matches!(
        kind,
        tag::BIT_STRING | 7
            ..=15
                | 29
                | tag::SEQUENCE
                | tag::NUMERIC
                | tag::PRINTABLE
                | tag::T61
                | tag::IA5
                | tag::UNIVERSAL
                | tag::BMP
    )
}

/// Is it of a type that is compared as text?
fn is_text(value: &ASN1_STRING) -> bool {
    matches!(
        value.kind as u8,
        tag::UTF8 | tag::BMP | tag::UNIVERSAL | tag::PRINTABLE | tag::T61 | tag::IA5 | tag::VISIBLE
    )
}

impl X509_NAME {
    /// A name without entries.
    pub fn empty() -> Self {
        X509_NAME { der: der::sequence(&[]), entries: Vec::new(), canonical: Vec::new() }
    }

    /// A name from the content of its sequence; `None` when it is none.
    pub fn parse(content: &[u8]) -> Option<Self> {
        let mut entries = Vec::new();
        let mut sets = Reader(content);
        let mut set = 0;
        while !sets.is_empty() {
            let mut attributes = sets.enter(tag::SET)?;
            while !attributes.is_empty() {
                let (object, value) = attribute(attributes.enter(tag::SEQUENCE)?)?;
                entries.push(Box::new(X509_NAME_ENTRY { object, value, set }));
            }
            set += 1;
        }
        let mut name = X509_NAME { der: der::element(tag::SEQUENCE, content), entries, canonical: Vec::new() };
        name.canonical = name.sets(|entry| match canonical_text(&entry.value) {
            Some(text) => der::element(tag::UTF8, &text),
            None => entry.value.der(),
        });
        Some(name)
    }

    /// Whether this is the content of a relative name.
    pub fn parse_set(content: &[u8]) -> Option<()> {
        let mut attributes = Reader(content);
        while !attributes.is_empty() {
            attribute(attributes.enter(tag::SEQUENCE)?)?;
        }
        Some(())
    }

    /// The relative names, encoded, with values as `encode` gives them.
    fn sets(&self, encode: impl Fn(&X509_NAME_ENTRY) -> Vec<u8>) -> Vec<u8> {
        let mut out = Vec::new();
        for set in self.entries.chunk_by(|a, b| a.set == b.set) {
            let mut attributes: Vec<Vec<u8>> = set
                .iter()
                .map(|entry| der::sequence(&[&der::element(tag::OID, &entry.object.der), &encode(entry)]))
                .collect();
            attributes.sort();
            out.extend(der::element(tag::SET, &attributes.concat()));
        }
        out
    }

    /// Encodes the name anew after a change.
    pub(super) fn refresh(&mut self) {
        let content = self.sets(|entry| entry.value.der());
        // A text that is none has no form to be compared by, and the name then no encoding.
        let fresh = X509_NAME::parse(&content);
        (self.der, self.canonical) = fresh.map_or((Vec::new(), Vec::new()), |fresh| (fresh.der, fresh.canonical));
    }

    /// Its DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// What names are compared by.
    pub fn canonical(&self) -> &[u8] {
        &self.canonical
    }

    /// Whether both mean the same.
    pub fn same(&self, other: &X509_NAME) -> bool {
        self.canonical == other.canonical
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The values of attributes of a kind.
    pub fn values(&self, kind: c_int) -> impl Iterator<Item = &ASN1_STRING> {
        self.entries.iter().filter(move |entry| entry.object.nid == kind).map(|entry| &entry.value)
    }

    /// The number by which directories of certificates are searched.
    pub fn hash(&self) -> u32 {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, &self.canonical);
        digest.as_ref()[..4].iter().rev().fold(0, |hash, byte| (hash << 8) | u32::from(*byte))
    }

    /// `/O=Name/CN=Name`, with a plus between what is one relative name.
    pub fn oneline(&self) -> String {
        self.oneline_within(usize::MAX)
    }

    /// The same up to the first attribute that would make it longer than so many bytes.
    fn oneline_within(&self, most: usize) -> String {
        let mut out = String::new();
        let mut previous = None;
        for entry in &self.entries {
            let end = out.len();
            let name = match object::short_name(entry.object.nid) {
                Some(short) if entry.object.nid != object::UNDEFINED => short.to_owned(),
                _ => object::dotted(&entry.object.der),
            };
            out.push(if previous == Some(entry.set) { '+' } else { '/' });
            previous = Some(entry.set);
            out += &format!("{name}=");
            let bytes = entry.value.bytes();
            // Of a string of four bytes a character, only those places are shown that are used anywhere.
            let wide = entry.value.kind as u8 == 0x1b && bytes.len() % 4 == 0;
            let used: Vec<bool> =
                (0..4).map(|place| !wide || bytes.iter().skip(place).step_by(4).any(|byte| *byte != 0)).collect();
            let narrow = wide && !(used[0] || used[1] || used[2]);
            for (at, byte) in bytes.iter().enumerate() {
                if narrow && at % 4 != 3 {
                    continue;
                }
                match byte {
                    b'/' | b'+' => out.extend(['\\', char::from(*byte)]),
                    b' '..=b'~' => out.push(char::from(*byte)),
                    byte => out += &format!("\\x{byte:02X}"),
                }
            }
            if out.len() > most {
                out.truncate(end);
                break;
            }
        }
        out
    }

    /// A name by flags (XN_FLAG_*, ASN1_STRFLGS_*).
    pub fn print(&self, indent: usize, flags: c_ulong) -> Option<Vec<u8>> {
        const SEPARATORS: c_ulong = 0xf << 16;
        const REVERSED: c_ulong = 1 << 20;
        const FIELDS: c_ulong = 3 << 21;
        const SPACES: c_ulong = 1 << 23;
        const DUMP_UNKNOWN: c_ulong = 1 << 24;
        const ALIGN: c_ulong = 1 << 25;
        let (between, within) = match (flags & SEPARATORS) >> 16 {
            4 => ("\n".to_owned(), " + "),
            1 => (",".to_owned(), "+"),
            2 => (", ".to_owned(), " + "),
            3 => ("; ".to_owned(), " + "),
            _ => return None,
        };
        let lines = between == "\n";
        let mut out = " ".repeat(indent).into_bytes();
        let entries: Vec<_> =
            if flags & REVERSED != 0 { self.entries.iter().rev().collect() } else { self.entries.iter().collect() };
        let mut previous = None;
        for entry in entries {
            match previous {
                Some(set) if set == entry.set => out.extend_from_slice(within.as_bytes()),
                Some(_) => {
                    out.extend_from_slice(between.as_bytes());
                    if lines {
                        out.extend_from_slice(" ".repeat(indent).as_bytes());
                    }
                }
                None => {}
            }
            previous = Some(entry.set);
            let kind = entry.object.nid;
            if flags & FIELDS != FIELDS {
                let (name, width) = match (flags & FIELDS) >> 21 {
                    _ if kind == object::UNDEFINED => (object::dotted(&entry.object.der), 0),
                    0 => (object::short_name(kind).unwrap_or_default().to_owned(), 10),
                    1 => (entry.object.text(false), 25),
                    _ => (object::dotted(&entry.object.der), 0),
                };
                out.extend_from_slice(name.as_bytes());
                if flags & ALIGN != 0 && name.len() < width {
                    out.extend_from_slice(" ".repeat(width - name.len()).as_bytes());
                }
                out.extend_from_slice(if flags & SPACES != 0 { b" = " } else { b"=" });
            }
            let dumped = kind == object::UNDEFINED && flags & DUMP_UNKNOWN != 0;
            let dump = if dumped { print::flags::DUMP_ALL } else { 0 };
            out.extend_from_slice(&print::print(&entry.value, (flags & 0xffff) | dump)?);
        }
        Some(out)
    }
}

unsafe fn text_of(name: *const X509_NAME, kind: c_int) -> Option<Vec<u8>> {
    // SAFETY: the program's name.
    unsafe { name.as_ref() }?.values(kind).next().map(|value| value.bytes().to_vec())
}

/// XN_FLAG_COMPAT: the older form.
const COMPATIBLE: c_ulong = 0;

/// A name as X509_NAME_print_ex has it; `None` when it cannot be said.
pub fn shown(name: &X509_NAME, indent: usize, flags: c_ulong) -> Option<Vec<u8>> {
    if flags == COMPATIBLE {
        let line = name.oneline();
        return Some(compatible(&line).into_bytes());
    }
    name.print(indent, flags)
}

/// `/O=a/CN=b` as `O=a, CN=b`: a slash separates only before one or two capital letters and a sign.
fn compatible(line: &str) -> String {
    let line = line.strip_prefix('/').unwrap_or(line);
    let bytes = line.as_bytes();
    let starts = |at: usize| {
        let upper = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_uppercase);
        let sign = |at: usize| bytes.get(at) == Some(&b'=');
        upper(at) && (sign(at + 1) || (upper(at + 1) && sign(at + 2)))
    };
    let mut out = String::new();
    for (at, character) in line.char_indices() {
        if character == '/' && starts(at + 1) { out += ", " } else { out.push(character) }
    }
    out
}

versioned! {
    /// A name without entries.
    pub unsafe extern "C" fn X509_NAME_new() -> *mut X509_NAME {
        give(X509_NAME::empty())
    }

    /// Frees a name.
    pub unsafe extern "C" fn X509_NAME_free(a: *mut X509_NAME) {
        // SAFETY: the program gives it up.
        unsafe { handle::free(a) }
    }

    /// A copy; the caller frees it.
    pub unsafe extern "C" fn X509_NAME_dup(a: *const X509_NAME) -> *mut X509_NAME {
        // SAFETY: the program's name.
        unsafe { a.as_ref() }.map_or(ptr::null_mut(), |name| give(name.clone()))
    }

    /// Replaces `*xn` with a copy of `name`.
    pub unsafe extern "C" fn X509_NAME_set(xn: *mut *mut X509_NAME, name: *const X509_NAME) -> c_int {
        // SAFETY: the program's names.
        unsafe {
            let (Some(place), Some(name)) = (xn.as_mut(), name.as_ref()) else { return 0 };
            let copy = give(name.clone());
            handle::free(*place);
            *place = copy;
        }
        1
    }

    /// Below, equal or above 0; letters' size and spaces do not matter. -2 when one cannot be compared.
    pub unsafe extern "C" fn X509_NAME_cmp(a: *const X509_NAME, b: *const X509_NAME) -> c_int {
        // SAFETY: the program's names.
        let (Some(a), Some(b)) = (unsafe { a.as_ref() }, unsafe { b.as_ref() }) else { return if a == b { 0 } else if b.is_null() { 1 } else { -1 } };
        a.canonical.len().cmp(&b.canonical.len()).then_with(|| a.canonical.cmp(&b.canonical)) as c_int
    }

    /// Reads DER.
    pub unsafe extern "C" fn d2i_X509_NAME(a: *mut *mut X509_NAME, input: *mut *const c_uchar, len: c_long) -> *mut X509_NAME {
        // SAFETY: the program's bytes and variable.
        unsafe {
            let read = handle::read_der(a, input, len, |bytes| {
                let element = Reader(bytes).expect(tag::SEQUENCE)?;
                Some((X509_NAME::parse(element.content)?, element.whole.len()))
            }, handle::free);
            if read.is_null() {
                super::raise_nested(input, len);
            }
            read
        }
    }

    /// Writes DER.
    pub unsafe extern "C" fn i2d_X509_NAME(a: *const X509_NAME, out: *mut *mut c_uchar) -> c_int {
        // SAFETY: the program's name and room.
        unsafe {
            let Some(name) = a.as_ref() else { return 0 };
            if name.der.is_empty() {
                crate::err::raise(crate::err::library::ASN1, crate::err::reason::asn1::INVALID_UTF8STRING);
                return -1;
            }
            handle::write_der(&name.der, out)
        }
    }

    /// `/O=Name/CN=Name` into `buf`, as many attributes as `size` has room for, or for NULL into a fresh text, which the caller frees.
    pub unsafe extern "C" fn X509_NAME_oneline(a: *const X509_NAME, buf: *mut c_char, size: c_int) -> *mut c_char {
        // SAFETY: the program's name and room.
        unsafe {
            let most = if buf.is_null() { usize::MAX } else { usize::try_from(size.max(1) - 1).unwrap_or(0) };
            let line = match a.as_ref() {
                None => "NO X509_NAME".to_owned(),
                Some(name) => name.oneline_within(most),
            };
            if buf.is_null() {
                return crate::mem::duplicate(line.as_bytes()).cast();
            }
            if size <= 0 {
                return ptr::null_mut();
            }
            object::copy_text(line.as_bytes(), buf, size);
            buf
        }
    }

    /// Writes a name by flags (XN_FLAG_*), for NULL nowhere. Returns how many bytes, -1 for failure.
    pub unsafe extern "C" fn X509_NAME_print_ex(out: *mut BIO, nm: *const X509_NAME, indent: c_int, flags: c_ulong) -> c_int {
        // SAFETY: the program's pipe and name.
        unsafe {
            let Some(text) = nm.as_ref().and_then(|name| shown(name, usize::try_from(indent).unwrap_or(0), flags)) else { return -1 };
            if out.is_null() {
                return if flags == COMPATIBLE { 0 } else { c_int::try_from(text.len()).unwrap_or(-1) };
            }
            if !bio::write_all(out, &text) {
                return -1;
            }
            if flags == COMPATIBLE { 1 } else { c_int::try_from(text.len()).unwrap_or(-1) }
        }
    }

    /// Writes a name by flags (XN_FLAG_*) to a stream. Returns how many bytes, -1 for failure.
    pub unsafe extern "C" fn X509_NAME_print_ex_fp(fp: *mut libc::FILE, nm: *const X509_NAME, indent: c_int, flags: c_ulong) -> c_int {
        // SAFETY: the program's stream and name.
        unsafe {
            let Some(text) = nm.as_ref().and_then(|name| shown(name, usize::try_from(indent).unwrap_or(0), flags)) else { return -1 };
            if libc::fwrite(text.as_ptr().cast(), 1, text.len(), fp) != text.len() {
                return -1;
            }
            c_int::try_from(text.len()).unwrap_or(-1)
        }
    }

    /// Writes a name as `O=a, CN=b`.
    pub unsafe extern "C" fn X509_NAME_print(bp: *mut BIO, name: *const X509_NAME, _obase: c_int) -> c_int {
        // SAFETY: the program's pipe and name.
        unsafe {
            let Some(text) = name.as_ref().map(|name| compatible(&name.oneline())) else { return 0 };
            c_int::from(bio::write_all(bp, text.as_bytes()))
        }
    }

    /// How many attributes.
    pub unsafe extern "C" fn X509_NAME_entry_count(name: *const X509_NAME) -> c_int {
        // SAFETY: the program's name.
        unsafe { name.as_ref() }.map_or(0, |name| c_int::try_from(name.entries.len()).unwrap_or(0))
    }

    /// The attribute at `loc`, which stays the name's; NULL when there is none.
    pub unsafe extern "C" fn X509_NAME_get_entry(name: *const X509_NAME, loc: c_int) -> *mut X509_NAME_ENTRY {
        // SAFETY: the program's name.
        let entry = unsafe { name.as_ref() }.and_then(|name| name.entries.get(usize::try_from(loc).ok()?));
        entry.map_or(ptr::null_mut(), |entry| ptr::from_ref(&**entry).cast_mut())
    }

    /// Where the next attribute of a kind is, behind `lastpos` (-1: from the start); -1 when there is none.
    pub unsafe extern "C" fn X509_NAME_get_index_by_NID(name: *const X509_NAME, nid: c_int, lastpos: c_int) -> c_int {
        if object::known(nid).is_none() {
            return -2;
        }
        // SAFETY: the program's name.
        let Some(name) = (unsafe { name.as_ref() }) else { return -1 };
        let from = usize::try_from(lastpos + 1).unwrap_or(0);
        let found = name.entries.iter().enumerate().skip(from).find(|(_, entry)| entry.object.nid == nid);
        found.map_or(-1, |(at, _)| c_int::try_from(at).unwrap_or(-1))
    }

    /// Where the next attribute of a kind is, behind `lastpos` (-1: from the start); -1 when there is none.
    pub unsafe extern "C" fn X509_NAME_get_index_by_OBJ(name: *const X509_NAME, obj: *const ASN1_OBJECT, lastpos: c_int) -> c_int {
        // SAFETY: the program's name and object.
        let (Some(name), Some(wanted)) = (unsafe { name.as_ref() }, unsafe { obj.as_ref() }) else { return -1 };
        let from = usize::try_from(lastpos + 1).unwrap_or(0);
        let found = name.entries.iter().enumerate().skip(from).find(|(_, entry)| entry.object.der == wanted.der);
        found.map_or(-1, |(at, _)| c_int::try_from(at).unwrap_or(-1))
    }

    /// The first attribute of a kind as bytes into `buf`, cut off at `len`. Returns how many, -1 when there is none.
    pub unsafe extern "C" fn X509_NAME_get_text_by_NID(name: *const X509_NAME, nid: c_int, buf: *mut c_char, len: c_int) -> c_int {
        // SAFETY: the program's name and room.
        unsafe {
            let Some(value) = text_of(name, nid) else { return -1 };
            if buf.is_null() {
                return c_int::try_from(value.len()).unwrap_or(-1);
            }
            if len <= 0 {
                return 0;
            }
            object::copy_text(&value, buf, len).min(len - 1)
        }
    }

    /// The kind of an attribute, which stays the attribute's.
    pub unsafe extern "C" fn X509_NAME_ENTRY_get_object(ne: *const X509_NAME_ENTRY) -> *mut ASN1_OBJECT {
        // SAFETY: the program's attribute.
        unsafe { ne.as_ref() }.map_or(ptr::null_mut(), |entry| ptr::from_ref(&entry.object).cast_mut())
    }

    /// The value of an attribute, which stays the attribute's.
    pub unsafe extern "C" fn X509_NAME_ENTRY_get_data(ne: *const X509_NAME_ENTRY) -> *mut ASN1_STRING {
        // SAFETY: the program's attribute.
        unsafe { ne.as_ref() }.map_or(ptr::null_mut(), |entry| crate::asn1::lend(&entry.value))
    }

    /// Which set of attributes it belongs to.
    pub unsafe extern "C" fn X509_NAME_ENTRY_set(ne: *const X509_NAME_ENTRY) -> c_int {
        // SAFETY: the program's attribute.
        unsafe { ne.as_ref() }.map_or(0, |entry| entry.set)
    }

    /// The number by which directories of certificates are searched.
    pub unsafe extern "C" fn X509_NAME_hash_ex(x: *const X509_NAME, _libctx: *mut crate::evp::OSSL_LIB_CTX, _propq: *const c_char, ok: *mut c_int) -> c_ulong {
        // SAFETY: the program's name and variable.
        unsafe {
            if let Some(ok) = ok.as_mut() {
                *ok = c_int::from(!x.is_null());
            }
            x.as_ref().map_or(0, |name| name.hash().into())
        }
    }

    /// The number by which directories of certificates were searched once.
    pub unsafe extern "C" fn X509_NAME_hash_old(x: *const X509_NAME) -> c_ulong {
        // SAFETY: the program's name.
        let (Some(name), Some(digest)) = (unsafe { x.as_ref() }, crate::evp::digest_of(crate::object::nid::MD5)) else { return 0 };
        crate::evp::hash(digest, &name.der).iter().take(4).rev().fold(0, |sum, byte| sum << 8 | c_ulong::from(*byte))
    }

    /// A digest of a name's DER.
    pub unsafe extern "C" fn X509_NAME_digest(data: *const X509_NAME, kind: *const crate::evp::EVP_MD, md: *mut c_uchar, len: *mut std::ffi::c_uint) -> c_int {
        // SAFETY: the program's name, digest and room.
        unsafe {
            let (Some(name), Some(digest)) = (data.as_ref(), kind.as_ref()) else { return 0 };
            super::put_digest(digest, &name.der, md, len);
        }
        1
    }
}
