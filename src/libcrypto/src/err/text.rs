//! What libraries and reasons are called.

use std::collections::HashMap;
use std::ffi::{CStr, CString, c_char, c_int, c_ulong};
use std::ptr;
use std::sync::{OnceLock, PoisonError, RwLock};

use super::{library, library_of, packed, reason_of};

/// One line of a table of texts.
#[repr(C)]
pub struct ERR_STRING_DATA {
    /// Packed error.
    pub error: c_ulong,
    /// Its text.
    pub string: *const c_char,
}

/// ERR_RFLAG_COMMON: the reason is one that all libraries share.
const COMMON: c_int = 2 << 18;

/// Texts by packed error. They are never freed: programs keep the pointers.
type Texts = HashMap<c_ulong, usize>;

static REGISTERED: OnceLock<RwLock<Texts>> = OnceLock::new();

/// `abi/` has the texts as the original gives them: library, reason, text.
fn texts() -> &'static RwLock<Texts> {
    REGISTERED.get_or_init(|| {
        let mut texts = Texts::new();
        let mut add = |error, text: &str| {
            let text = CString::new(text).unwrap_or_default();
            texts.insert(error, text.into_raw() as usize);
        };
        for line in include_str!("../../abi/libraries.tsv").lines() {
            if let Some((number, text)) = line.split_once('\t') {
                add(name_of(number.parse().unwrap_or(0)), text);
            }
        }
        for line in include_str!("../../abi/reasons.tsv").lines() {
            let mut fields = line.splitn(3, '\t');
            let mut number = || fields.next().and_then(|field| field.parse::<c_int>().ok()).unwrap_or(0);
            let (library, reason) = (number(), number());
            let reason = if library == 0 { reason | COMMON } else { reason };
            add(packed(library, reason), fields.next().unwrap_or_default());
        }
        RwLock::new(texts)
    })
}

/// Where a library's name is kept, the system's too.
fn name_of(library: c_int) -> c_ulong {
    (library as c_ulong) << super::LIBRARY_SHIFT
}

fn find(error: c_ulong) -> *const c_char {
    let texts = texts().read().unwrap_or_else(PoisonError::into_inner);
    texts.get(&error).map_or(ptr::null(), |text| *text as *const c_char)
}

/// The text of a reason; NULL when there is none, as for errors of the system.
pub fn reason_text(error: c_ulong) -> *const c_char {
    let (library, reason) = (library_of(error), reason_of(error));
    if library == library::SYS {
        return ptr::null();
    }
    let own = find(packed(library, reason));
    if own.is_null() { find(packed(0, reason)) } else { own }
}

/// The name of a library; NULL when there is none.
pub fn library_text(error: c_ulong) -> *const c_char {
    find(name_of(library_of(error)))
}

/// `error:CODE:LIBRARY::REASON`.
pub fn line(error: c_ulong) -> String {
    let name = |text: *const c_char, otherwise: String| {
        // SAFETY: a text of the tables, which are never freed.
        if text.is_null() { otherwise } else { unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned() }
    };
    let (library, reason) = (library_of(error), reason_of(error));
    let library_name = name(library_text(error), format!("lib({library})"));
    let reason_name = if library == library::SYS {
        // SAFETY: the C library's own text.
        unsafe { CStr::from_ptr(libc::strerror(reason)) }.to_string_lossy().into_owned()
    } else {
        name(reason_text(error), format!("reason({reason})"))
    };
    format!("error:{error:08X}:{library_name}::{reason_name}")
}

unsafe fn load(entries: *const ERR_STRING_DATA, library: c_ulong) -> c_int {
    let mut texts = texts().write().unwrap_or_else(PoisonError::into_inner);
    let mut at = entries;
    // SAFETY: the program's table, which ends with a zero and stays.
    unsafe {
        while !at.is_null() && (*at).error != 0 {
            texts.insert((*at).error | library, (*at).string as usize);
            at = at.add(1);
        }
    }
    1
}

versioned! {
    /// The text of an error's reason; NULL when there is none. It stays the library's.
    pub unsafe extern "C" fn ERR_reason_error_string(e: c_ulong) -> *const c_char {
        reason_text(e)
    }

    /// The name of an error's library; NULL when there is none. It stays the library's.
    pub unsafe extern "C" fn ERR_lib_error_string(e: c_ulong) -> *const c_char {
        library_text(e)
    }

    /// Functions have no numbers: NULL.
    pub unsafe extern "C" fn ERR_func_error_string(_e: c_ulong) -> *const c_char {
        ptr::null()
    }

    /// Adds texts for errors. The table ends with a zero, and must stay.
    pub unsafe extern "C" fn ERR_load_strings(lib: c_int, text: *mut ERR_STRING_DATA) -> c_int {
        // SAFETY: the program's table.
        unsafe { load(text, packed(lib, 0)) }
    }

    /// Adds texts for errors that are packed already. The table ends with a zero, and must stay.
    pub unsafe extern "C" fn ERR_load_strings_const(text: *const ERR_STRING_DATA) -> c_int {
        // SAFETY: the program's table.
        unsafe { load(text, 0) }
    }

    /// Takes a table's texts out again.
    pub unsafe extern "C" fn ERR_unload_strings(lib: c_int, text: *mut ERR_STRING_DATA) -> c_int {
        let mut texts = texts().write().unwrap_or_else(PoisonError::into_inner);
        let mut at = text;
        // SAFETY: the program's table, which ends with a zero.
        unsafe {
            while !at.is_null() && (*at).error != 0 {
                texts.remove(&((*at).error | packed(lib, 0)));
                at = at.add(1);
            }
        }
        1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each reason that is raised has its words.
    #[test]
    fn reasons_have_words() {
        let number = |line: &str| -> Option<(String, c_int)> {
            let (name, value) = line.trim().strip_prefix("pub const ")?.split_once(": c_int = ")?;
            Some((name.to_owned(), value.strip_suffix(';')?.parse().ok()?))
        };
        let (libraries, reasons) = (include_str!("library.rs"), include_str!("reason.rs"));
        let (mut library, mut seen) = (None, 0);
        for line in reasons.lines() {
            if let Some(name) = line.trim().strip_prefix("pub mod ").and_then(|name| name.strip_suffix(" {")) {
                library = libraries.lines().filter_map(number).find(|(known, _)| known.eq_ignore_ascii_case(name));
            }
            if let (Some((_, library)), Some((name, reason))) = (&library, number(line)) {
                assert!(!find(packed(*library, reason)).is_null(), "{library}: {name}");
                seen += 1;
            }
        }
        assert!(seen > 60, "{seen}");
    }
}
