//! OSSL_STORE: what is at a URI. Files and directories are served.

use std::ffi::{CString, c_char, c_int, c_void};
use std::path::{Path, PathBuf};
use std::ptr;

use super::X509_STORE;
use crate::err::{self, library, reason};
use crate::handle::{self, give};
use crate::pem;
use crate::x509::X509;

/// OSSL_STORE_INFO_NAME, OSSL_STORE_INFO_CERT, OSSL_STORE_INFO_CRL.
const NAME: c_int = 1;
const CERTIFICATE: c_int = 5;

/// One thing that was found.
pub enum OSSL_STORE_INFO {
    Name(CString),
    Certificate(*mut X509),
}

/// A URI that is being read.
pub struct OSSL_STORE_CTX {
    found: std::collections::VecDeque<OSSL_STORE_INFO>,
    failed: bool,
}

impl Drop for OSSL_STORE_INFO {
    fn drop(&mut self) {
        if let OSSL_STORE_INFO::Certificate(x) = self {
            // SAFETY: one reference is its own.
            unsafe { handle::release(*x) };
        }
    }
}

/// The path of a `file:` URI, or of a text that is no URI.
fn path(uri: &str) -> PathBuf {
    let rest = uri.strip_prefix("file:").unwrap_or(uri);
    let rest = rest
        .strip_prefix("//localhost/")
        .map(|rest| format!("/{rest}"))
        .unwrap_or_else(|| rest.strip_prefix("///").map_or(rest.to_owned(), |rest| format!("/{rest}")));
    PathBuf::from(rest)
}

/// Adds what is at a URI to a store.
pub fn load(store: &X509_STORE, uri: &str) -> c_int {
    let path = path(uri);
    let files: Vec<PathBuf> = match std::fs::read_dir(&path) {
        Ok(entries) => entries.flatten().map(|entry| entry.path()).collect(),
        Err(_) => vec![path],
    };
    let loaded = files.iter().map(|file| store.load_all(file)).filter(|count| *count > 0).count();
    c_int::from(loaded > 0)
}

fn read(path: &Path) -> Option<std::collections::VecDeque<OSSL_STORE_INFO>> {
    if let Ok(entries) = std::fs::read_dir(path) {
        use std::os::unix::ffi::OsStrExt;
        let mut names: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        names.sort();
        let name = |path: &PathBuf| CString::new(path.as_os_str().as_bytes()).ok().map(OSSL_STORE_INFO::Name);
        return Some(names.iter().filter_map(name).collect());
    }
    let bytes = std::fs::read(path).ok()?;
    let mut found = std::collections::VecDeque::new();
    // SAFETY: a pipe over bytes of ours, freed at the end.
    unsafe {
        let len = c_int::try_from(bytes.len()).ok()?;
        let pipe = crate::bio::BIO_new_mem_buf(bytes.as_ptr().cast(), len);
        err::quietly(|| {
            loop {
                match pem::read_certificate_or_list(pipe) {
                    Some(pem::Found::Certificate(x)) => found.push_back(OSSL_STORE_INFO::Certificate(x)),
                    Some(pem::Found::List(list)) => handle::release(list),
                    Some(pem::Found::Other) => {}
                    None => break,
                }
            }
        });
        crate::bio::BIO_free(pipe);
    }
    if found.is_empty()
        && let Some((certificate, _)) = crate::x509::Certificate::parse(&bytes)
    {
        found.push_back(OSSL_STORE_INFO::Certificate(crate::ex_data::give_extended(X509::of(certificate))));
    }
    Some(found)
}

versioned! {
    /// Opens a URI; NULL with an error when it cannot be read. Nobody is asked for passwords.
    pub unsafe extern "C" fn OSSL_STORE_open(uri: *const c_char, _ui_method: *const crate::evp::UI_METHOD, _ui_data: *mut c_void, _post_process: Option<unsafe extern "C" fn(*mut OSSL_STORE_INFO, *mut c_void) -> *mut OSSL_STORE_INFO>, _post_process_data: *mut c_void) -> *mut OSSL_STORE_CTX {
        // SAFETY: the program's text.
        let Some(uri) = (unsafe { handle::text(uri) }) else { return ptr::null_mut() };
        match read(&path(uri)) {
            Some(found) => give(OSSL_STORE_CTX { found, failed: false }),
            None => {
                err::raise_system(&format!("calling stat({uri})"));
                err::raise(library::OSSL_STORE, reason::SYS_LIB);
                ptr::null_mut()
            }
        }
    }

    /// The next thing, which the caller frees; NULL at the end.
    pub unsafe extern "C" fn OSSL_STORE_load(ctx: *mut OSSL_STORE_CTX) -> *mut OSSL_STORE_INFO {
        // SAFETY: the program's context.
        unsafe { ctx.as_mut() }.and_then(|context| context.found.pop_front()).map_or(ptr::null_mut(), give)
    }

    /// Whether there is nothing more.
    pub unsafe extern "C" fn OSSL_STORE_eof(ctx: *mut OSSL_STORE_CTX) -> c_int {
        // SAFETY: the program's context.
        c_int::from(unsafe { ctx.as_ref() }.is_none_or(|context| context.found.is_empty()))
    }

    /// Whether the last thing could not be read.
    pub unsafe extern "C" fn OSSL_STORE_error(ctx: *mut OSSL_STORE_CTX) -> c_int {
        // SAFETY: the program's context.
        c_int::from(unsafe { ctx.as_ref() }.is_none_or(|context| context.failed))
    }

    /// Frees it: 1.
    pub unsafe extern "C" fn OSSL_STORE_close(ctx: *mut OSSL_STORE_CTX) -> c_int {
        // SAFETY: the program gives it up.
        unsafe { handle::free(ctx) };
        1
    }

    /// OSSL_STORE_INFO_NAME or OSSL_STORE_INFO_CERT.
    pub unsafe extern "C" fn OSSL_STORE_INFO_get_type(info: *const OSSL_STORE_INFO) -> c_int {
        // SAFETY: the program's object.
        match unsafe { info.as_ref() } {
            Some(OSSL_STORE_INFO::Name(_)) => NAME,
            Some(OSSL_STORE_INFO::Certificate(_)) => CERTIFICATE,
            None => 0,
        }
    }

    /// The name, which stays the object's; NULL when it is none.
    pub unsafe extern "C" fn OSSL_STORE_INFO_get0_NAME(info: *const OSSL_STORE_INFO) -> *const c_char {
        // SAFETY: the program's object.
        match unsafe { info.as_ref() } {
            Some(OSSL_STORE_INFO::Name(name)) => name.as_ptr(),
            _ => ptr::null(),
        }
    }

    /// The certificate, which stays the object's; NULL when it is none.
    pub unsafe extern "C" fn OSSL_STORE_INFO_get0_CERT(info: *const OSSL_STORE_INFO) -> *mut X509 {
        // SAFETY: the program's object.
        match unsafe { info.as_ref() } {
            Some(OSSL_STORE_INFO::Certificate(x)) => *x,
            _ => ptr::null_mut(),
        }
    }

    /// The certificate, of which the caller frees one reference; NULL when it is none.
    pub unsafe extern "C" fn OSSL_STORE_INFO_get1_CERT(info: *const OSSL_STORE_INFO) -> *mut X509 {
        // SAFETY: the program's object.
        unsafe {
            let x = OSSL_STORE_INFO_get0_CERT(info);
            handle::up_ref(x);
            x
        }
    }

    /// Frees an object.
    pub unsafe extern "C" fn OSSL_STORE_INFO_free(info: *mut OSSL_STORE_INFO) {
        // SAFETY: the program gives it up.
        unsafe { handle::free(info) }
    }
}
