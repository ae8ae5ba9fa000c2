//! X509_NAME_ENTRY: the attributes that names are made of.

use std::ffi::{c_char, c_int, c_uchar};
use std::ptr;

use super::X509_NAME;
use super::name::X509_NAME_ENTRY;
use crate::asn1::ASN1_STRING;
use crate::asn1::choice::{self, Form};
use crate::der::tag;
use crate::err::{self, library, reason};
use crate::handle::{self, give};
use crate::object::{self, ASN1_OBJECT};

/// V_ASN1_UNDEF: the string stays of the kind that it was.
const UNDEFINED: c_int = -1;
/// V_ASN1_APP_CHOOSE: the narrowest of three.
const CHOOSE: c_int = -2;

impl X509_NAME_ENTRY {
    /// An attribute without a value.
    fn of(object: ASN1_OBJECT) -> Self {
        X509_NAME_ENTRY { object, value: ASN1_STRING::new(UNDEFINED, &[]), set: 0 }
    }

    /// Gets a value of a kind (MBSTRING_*, V_ASN1_*); `None` with an error.
    fn set(&mut self, kind: c_int, bytes: &[u8]) -> Option<()> {
        let value = if kind > 0 && kind & Form::FLAG != 0 {
            choice::for_attribute(bytes, kind, self.object.nid)?
        } else {
            let kind = match kind {
                UNDEFINED => self.value.kind,
                CHOOSE => choice::fitting(bytes),
                kind => kind,
            };
            ASN1_STRING::new(kind, bytes)
        };
        self.value.copy_from(&value);
        Some(())
    }

    /// A copy, if it can be encoded and read again, as the original copies; otherwise `None` with an error.
    fn checked(&self) -> Option<Self> {
        let len = self.value.bytes().len();
        let wrong = match self.value.kind as u8 {
            _ if self.object.der.is_empty() => {
                err::raise(library::ASN1, reason::asn1::ILLEGAL_ZERO_CONTENT);
                err::raise(library::ASN1, reason::MALLOC_FAILURE);
                return None;
            }
            kind if !super::name::may_be(kind) => Some((reason::asn1::MSTRING_WRONG_TAG, Some("Type=ASN1_PRINTABLE"))),
            tag::BMP if !len.is_multiple_of(2) => Some((reason::asn1::BMPSTRING_IS_WRONG_LENGTH, None)),
            tag::UNIVERSAL if !len.is_multiple_of(4) => Some((reason::asn1::UNIVERSALSTRING_IS_WRONG_LENGTH, None)),
            _ => None,
        };
        let Some((why, about)) = wrong else { return Some(self.clone()) };
        err::raise_with(library::ASN1, why, about);
        err::raise_with(library::ASN1, reason::NESTED_ASN1_ERROR, Some("Field=value, Type=X509_NAME_ENTRY"));
        None
    }
}

impl X509_NAME {
    /// Puts an attribute before the one at `loc`, at the end below 0: as a relative name of its own (`set` 0), joined with
    /// the one before it (-1) or behind it.
    fn insert(&mut self, entry: &X509_NAME_ENTRY, loc: c_int, set: c_int) -> c_int {
        let end = self.entries.len();
        let at = usize::try_from(loc).map_or(end, |loc| loc.min(end));
        let before = at.checked_sub(1).map(|at| self.entries[at].set);
        let (set, apart) = match (set, before, self.entries.get(at)) {
            (-1, None, _) => (0, true),
            (-1, Some(before), _) => (before, false),
            (_, _, Some(behind)) => (behind.set, set == 0),
            (_, before, None) => (before.map_or(0, |set| set + 1), set == 0),
        };
        let Some(mut copy) = entry.checked() else { return 0 };
        copy.set = set;
        self.entries.insert(at, Box::new(copy));
        if apart {
            self.entries[at + 1..].iter_mut().for_each(|entry| entry.set += 1);
        }
        self.refresh();
        1
    }

    /// Takes an attribute out; a relative name that is gone leaves no gap.
    fn remove(&mut self, at: usize) -> Box<X509_NAME_ENTRY> {
        let taken = self.entries.remove(at);
        let before = at.checked_sub(1).map_or(taken.set - 1, |at| self.entries[at].set);
        if self.entries.get(at).is_some_and(|behind| before + 1 < behind.set) {
            self.entries[at..].iter_mut().for_each(|entry| entry.set -= 1);
        }
        self.refresh();
        taken
    }
}

/// The identifier of a field; `None` with an error.
unsafe fn field(name: *const c_char) -> Option<ASN1_OBJECT> {
    // SAFETY: the program's text.
    let name = unsafe { handle::text(name) }.unwrap_or_default();
    let found = object::content_named(name);
    if found.is_none() {
        err::raise_with(library::X509, reason::x509::INVALID_FIELD_NAME, Some(&format!("name={name}")));
    }
    found.map(|content| ASN1_OBJECT::from_content(&content))
}

/// The identifier of a number; `None` with an error.
fn numbered(nid: c_int) -> Option<ASN1_OBJECT> {
    if object::known(nid).is_none() {
        err::raise(library::X509, reason::x509::UNKNOWN_NID);
        return None;
    }
    Some(ASN1_OBJECT::from_content(object::der_of(nid)))
}

/// Bytes with their length, or up to a zero below 0.
unsafe fn given<'a>(bytes: *const c_uchar, len: c_int) -> &'a [u8] {
    // SAFETY: the program's bytes.
    unsafe {
        let len = usize::try_from(len)
            .unwrap_or_else(|_| if bytes.is_null() { 0 } else { libc::strlen(bytes.cast::<c_char>()) });
        handle::bytes(bytes, len)
    }
}

unsafe fn make(object: Option<ASN1_OBJECT>, kind: c_int, bytes: *const c_uchar, len: c_int) -> Option<X509_NAME_ENTRY> {
    let mut entry = X509_NAME_ENTRY::of(object?);
    // SAFETY: the program's bytes.
    entry.set(kind, unsafe { given(bytes, len) })?;
    Some(entry)
}

/// Puts an attribute where the program wants it: into `*ne`, or into a fresh one there.
unsafe fn put(ne: *mut *mut X509_NAME_ENTRY, made: Option<X509_NAME_ENTRY>) -> *mut X509_NAME_ENTRY {
    let Some(made) = made else { return ptr::null_mut() };
    // SAFETY: the program's variable, NULL or with NULL or its attribute.
    unsafe {
        let Some(place) = ne.as_mut() else { return give(made) };
        match place.as_mut() {
            Some(entry) => {
                entry.object = made.object.clone();
                entry.value.copy_from(&made.value);
            }
            None => *place = give(made),
        }
        *place
    }
}

unsafe fn add(name: *mut X509_NAME, made: Option<X509_NAME_ENTRY>, loc: c_int, set: c_int) -> c_int {
    // SAFETY: the program's name.
    match (unsafe { name.as_mut() }, made) {
        (Some(name), Some(made)) => name.insert(&made, loc, set),
        _ => 0,
    }
}

versioned! {
    /// Adds an attribute by name: bytes of a kind of string (V_ASN1_*), or a text that becomes the narrowest kind that the
    /// attribute may have (MBSTRING_*), `len` bytes or up to a zero for -1. It goes before the one at `loc`, at the end for
    /// -1; `set` -1 joins it with the one before, 1 with the one behind. 0 with an error, also when the text is too short or
    /// too long for the attribute.
    pub unsafe extern "C" fn X509_NAME_add_entry_by_txt(name: *mut X509_NAME, field: *const c_char, kind: c_int, bytes: *const c_uchar, len: c_int, loc: c_int, set: c_int) -> c_int {
        // SAFETY: the program's name, text and bytes.
        unsafe { add(name, make(self::field(field), kind, bytes, len), loc, set) }
    }

    /// Adds an attribute by number, as X509_NAME_add_entry_by_txt does.
    pub unsafe extern "C" fn X509_NAME_add_entry_by_NID(name: *mut X509_NAME, nid: c_int, kind: c_int, bytes: *const c_uchar, len: c_int, loc: c_int, set: c_int) -> c_int {
        // SAFETY: the program's name and bytes.
        unsafe { add(name, make(numbered(nid), kind, bytes, len), loc, set) }
    }

    /// Adds an attribute by identifier, as X509_NAME_add_entry_by_txt does.
    pub unsafe extern "C" fn X509_NAME_add_entry_by_OBJ(name: *mut X509_NAME, obj: *const ASN1_OBJECT, kind: c_int, bytes: *const c_uchar, len: c_int, loc: c_int, set: c_int) -> c_int {
        // SAFETY: the program's name, identifier and bytes.
        unsafe { add(name, make(obj.as_ref().cloned(), kind, bytes, len), loc, set) }
    }

    /// Adds a copy of an attribute, where X509_NAME_add_entry_by_txt says.
    pub unsafe extern "C" fn X509_NAME_add_entry(name: *mut X509_NAME, ne: *const X509_NAME_ENTRY, loc: c_int, set: c_int) -> c_int {
        // SAFETY: the program's name and attribute.
        match unsafe { (name.as_mut(), ne.as_ref()) } {
            (Some(name), Some(entry)) => name.insert(entry, loc, set),
            _ => 0,
        }
    }

    /// Takes the attribute at `loc` out; X509_NAME_ENTRY_free frees it. NULL when there is none.
    pub unsafe extern "C" fn X509_NAME_delete_entry(name: *mut X509_NAME, loc: c_int) -> *mut X509_NAME_ENTRY {
        // SAFETY: the program's name.
        let Some(name) = (unsafe { name.as_mut() }) else { return ptr::null_mut() };
        let Some(at) = usize::try_from(loc).ok().filter(|at| *at < name.entries.len()) else { return ptr::null_mut() };
        Box::into_raw(name.remove(at))
    }

    /// An attribute by name, with a value as X509_NAME_add_entry_by_txt takes it, in `*ne`, or a fresh one, which the caller
    /// frees. NULL with an error.
    pub unsafe extern "C" fn X509_NAME_ENTRY_create_by_txt(ne: *mut *mut X509_NAME_ENTRY, field: *const c_char, kind: c_int, bytes: *const c_uchar, len: c_int) -> *mut X509_NAME_ENTRY {
        // SAFETY: the program's variable, text and bytes.
        unsafe { put(ne, make(self::field(field), kind, bytes, len)) }
    }

    /// The same by number.
    pub unsafe extern "C" fn X509_NAME_ENTRY_create_by_NID(ne: *mut *mut X509_NAME_ENTRY, nid: c_int, kind: c_int, bytes: *const c_uchar, len: c_int) -> *mut X509_NAME_ENTRY {
        // SAFETY: the program's variable and bytes.
        unsafe { put(ne, make(numbered(nid), kind, bytes, len)) }
    }

    /// The same by identifier.
    pub unsafe extern "C" fn X509_NAME_ENTRY_create_by_OBJ(ne: *mut *mut X509_NAME_ENTRY, obj: *const ASN1_OBJECT, kind: c_int, bytes: *const c_uchar, len: c_int) -> *mut X509_NAME_ENTRY {
        // SAFETY: the program's variable, identifier and bytes.
        unsafe { put(ne, make(obj.as_ref().cloned(), kind, bytes, len)) }
    }

    /// Makes an attribute that is in no name one of another kind; the identifier is copied.
    pub unsafe extern "C" fn X509_NAME_ENTRY_set_object(ne: *mut X509_NAME_ENTRY, obj: *const ASN1_OBJECT) -> c_int {
        // SAFETY: the program's attribute and identifier.
        let (Some(entry), Some(object)) = (unsafe { ne.as_mut() }, unsafe { obj.as_ref() }) else {
            err::raise(library::X509, reason::PASSED_NULL_PARAMETER);
            return 0;
        };
        entry.object = object.clone();
        1
    }

    /// Gives an attribute that is in no name another value, as X509_NAME_add_entry_by_txt takes it.
    pub unsafe extern "C" fn X509_NAME_ENTRY_set_data(ne: *mut X509_NAME_ENTRY, kind: c_int, bytes: *const c_uchar, len: c_int) -> c_int {
        // SAFETY: the program's attribute and bytes.
        let Some(entry) = (unsafe { ne.as_mut() }).filter(|_| !bytes.is_null() || len == 0) else { return 0 };
        // SAFETY: as above.
        c_int::from(entry.set(kind, unsafe { given(bytes, len) }).is_some())
    }

    /// A copy of an attribute, which the caller frees.
    pub unsafe extern "C" fn X509_NAME_ENTRY_dup(ne: *const X509_NAME_ENTRY) -> *mut X509_NAME_ENTRY {
        // SAFETY: the program's attribute.
        unsafe { ne.as_ref() }.and_then(X509_NAME_ENTRY::checked).map_or(ptr::null_mut(), give)
    }

    /// Frees an attribute that is in no name.
    pub unsafe extern "C" fn X509_NAME_ENTRY_free(a: *mut X509_NAME_ENTRY) {
        // SAFETY: the program gives it up.
        unsafe { handle::free(a) }
    }
}
