//! X509_LOOKUP: files and directories of certificates and lists.

use std::collections::HashSet;
use std::ffi::{CString, c_char, c_int, c_long};
use std::path::{Path, PathBuf};
use std::ptr;
use std::sync::{Mutex, PoisonError};

use super::X509_STORE;
use super::object::{Held, Object};
use crate::bio;
use crate::err::{self, library, reason};
use crate::evp::OSSL_LIB_CTX;
use crate::handle::{self, give};
use crate::pem;
use crate::provider::within;
use crate::x509::{X509, X509_CRL, X509_NAME};

/// X509_FILETYPE_PEM, X509_FILETYPE_ASN1, X509_FILETYPE_DEFAULT.
const PEM: c_int = 1;
const DER: c_int = 2;
const DEFAULT: c_int = 3;

/// X509_L_FILE_LOAD and its siblings.
const FILE_LOAD: c_int = 1;
const ADD_DIR: c_int = 2;
const ADD_STORE: c_int = 3;
const LOAD_STORE: c_int = 4;

/// A kind of lookup.
#[derive(Debug, PartialEq, Eq)]
pub enum X509_LOOKUP_METHOD {
    File,
    Directory,
    Uri,
}

/// Where a store looks.
pub struct X509_LOOKUP {
    method: &'static X509_LOOKUP_METHOD,
    store: *mut X509_STORE,
    /// Directories with how their files are encoded.
    directories: Mutex<Vec<(PathBuf, c_int)>>,
    /// Files of directories that were read.
    seen: Mutex<HashSet<PathBuf>>,
}

/// Where OpenSSL on Debian has its files.
pub const DEFAULT_FILE: &str = "/usr/lib/ssl/cert.pem";
pub const DEFAULT_DIRECTORY: &str = "/usr/lib/ssl/certs";

unsafe extern "C" {
    /// The C library's.
    fn secure_getenv(name: *const c_char) -> *const c_char;
}

/// A variable of the environment, unless the process has more rights than who started it.
pub fn environment(name: &std::ffi::CStr) -> Option<String> {
    // SAFETY: asks for a text of the C library's, copied at once.
    unsafe {
        let value = secure_getenv(name.as_ptr());
        handle::text(value).filter(|text| !text.is_empty()).map(str::to_owned)
    }
}

/// The text of a path as C has it.
fn c_path(path: &Path) -> Option<CString> {
    use std::os::unix::ffi::OsStrExt;
    CString::new(path.as_os_str().as_bytes()).ok()
}

/// A pipe over a file, freed when dropped.
struct Pipe(*mut bio::BIO);

impl Pipe {
    fn open(path: &Path) -> Option<Self> {
        let path = c_path(path)?;
        // SAFETY: a text of ours.
        let pipe = unsafe { bio::BIO_new(bio_file()) };
        // BIO_C_SET_FILENAME with BIO_CLOSE | BIO_FP_READ.
        // SAFETY: a fresh pipe and a text of ours.
        let opened = unsafe { bio::BIO_ctrl(pipe, 108, 0x03, path.as_ptr().cast_mut().cast()) } > 0;
        let pipe = Pipe(pipe);
        opened.then_some(pipe)
    }
}

fn bio_file() -> *const bio::BIO_METHOD {
    // SAFETY: gives a static.
    unsafe { bio::BIO_s_file() }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        // SAFETY: ours.
        unsafe { bio::BIO_free(self.0) };
    }
}

fn is_end_of_pem() -> bool {
    let last = err::last();
    err::library_of(last) == library::PEM && err::reason_of(last) == reason::pem::NO_START_LINE
}

/// The certificates of a file; `None` with an error when one cannot be read.
pub fn certificates(path: &Path, kind: c_int) -> Option<Vec<*mut X509>> {
    let Some(pipe) = Pipe::open(path) else {
        err::raise(library::X509, reason::BIO_LIB);
        return None;
    };
    let mut found = Vec::new();
    // SAFETY: a live pipe; what is read is ours.
    unsafe {
        match kind {
            PEM => loop {
                let x = pem::PEM_read_bio_X509_AUX(pipe.0, ptr::null_mut(), None, c"".as_ptr().cast_mut().cast());
                if !x.is_null() {
                    found.push(x);
                    continue;
                }
                if is_end_of_pem() && !found.is_empty() {
                    err::ERR_clear_error();
                    return Some(found);
                }
                if is_end_of_pem() {
                    err::raise(library::X509, reason::x509::NO_CERTIFICATE_FOUND);
                } else {
                    err::raise(library::X509, reason::PEM_LIB);
                }
                found.iter().for_each(|x| handle::release(*x));
                return None;
            },
            DER => {
                let x = crate::x509::d2i_X509_bio(pipe.0, ptr::null_mut());
                if x.is_null() {
                    err::raise(library::X509, reason::ASN1_LIB);
                    return None;
                }
                found.push(x);
            }
            _ => {
                err::raise(library::X509, reason::x509::BAD_X509_FILETYPE);
                return None;
            }
        }
    }
    Some(found)
}

/// The lists of a file; `None` with an error when one cannot be read.
fn lists(path: &Path, kind: c_int) -> Option<Vec<*mut X509_CRL>> {
    let Some(pipe) = Pipe::open(path) else {
        err::raise(library::X509, reason::BIO_LIB);
        return None;
    };
    let mut found = Vec::new();
    // SAFETY: a live pipe; what is read is ours.
    unsafe {
        match kind {
            PEM => loop {
                let list = pem::read_list(pipe.0);
                if !list.is_null() {
                    found.push(list);
                    continue;
                }
                if is_end_of_pem() && !found.is_empty() {
                    err::ERR_clear_error();
                    return Some(found);
                }
                if is_end_of_pem() {
                    err::raise(library::X509, reason::x509::NO_CRL_FOUND);
                } else {
                    err::raise(library::X509, reason::PEM_LIB);
                }
                found.iter().for_each(|list| handle::release(*list));
                return None;
            },
            DER => {
                let list = crate::x509::read_list(pipe.0);
                if list.is_null() {
                    err::raise(library::X509, reason::ASN1_LIB);
                    return None;
                }
                found.push(list);
            }
            _ => {
                err::raise(library::X509, reason::x509::BAD_X509_FILETYPE);
                return None;
            }
        }
    }
    Some(found)
}

fn own<T: crate::handle::Counted>(object: *mut T) -> Option<Held<T>> {
    // SAFETY: one reference of ours becomes that of the result.
    unsafe {
        let held = Held::retained(object);
        handle::release(object);
        held
    }
}

impl X509_STORE {
    /// Adds the certificates of a file: how many, 0 with an error.
    pub fn load_certificates(&self, path: &Path, kind: c_int) -> c_int {
        let Some(found) = certificates(path, kind) else { return 0 };
        let count = c_int::try_from(found.len()).unwrap_or(c_int::MAX);
        found.into_iter().filter_map(own).for_each(|x| self.add(Object::Certificate(x)));
        count
    }

    /// Adds the lists of a file: how many, 0 with an error.
    pub fn load_lists(&self, path: &Path, kind: c_int) -> c_int {
        let Some(found) = lists(path, kind) else { return 0 };
        let count = c_int::try_from(found.len()).unwrap_or(c_int::MAX);
        found.into_iter().filter_map(own).for_each(|list| self.add(Object::List(list)));
        count
    }

    /// Adds all certificates and lists of a file in PEM: how many, 0 with an error.
    pub fn load_all(&self, path: &Path) -> c_int {
        // SAFETY: texts of ours.
        let pipe = c_path(path).map(|path| Pipe(unsafe { bio::BIO_new_file(path.as_ptr(), c"r".as_ptr()) }));
        let Some(pipe) = pipe.filter(|pipe| !pipe.0.is_null()) else {
            err::raise(library::X509, reason::SYS_LIB);
            return 0;
        };
        let mut count = 0;
        // SAFETY: a live pipe; what is read is ours.
        unsafe {
            loop {
                match pem::read_certificate_or_list(pipe.0) {
                    Some(pem::Found::Certificate(x)) => {
                        own(x).into_iter().for_each(|x| self.add(Object::Certificate(x)))
                    }
                    Some(pem::Found::List(list)) => own(list).into_iter().for_each(|list| self.add(Object::List(list))),
                    Some(pem::Found::Other) => continue,
                    None => break,
                }
                count += 1;
            }
            if !is_end_of_pem() {
                err::raise(library::X509, reason::PEM_LIB);
                return 0;
            }
            if count == 0 {
                err::ERR_clear_error();
                err::raise(library::X509, reason::x509::NO_CERTIFICATE_OR_CRL_FOUND);
            } else {
                err::ERR_clear_error();
            }
        }
        count
    }
}

impl X509_LOOKUP {
    fn new(method: &'static X509_LOOKUP_METHOD, store: *mut X509_STORE) -> Self {
        X509_LOOKUP { method, store, directories: Mutex::default(), seen: Mutex::default() }
    }

    /// Reads the files of directories that are named after a name: `HASH.0` and on, lists `HASH.r0`.
    pub(super) fn find(&self, store: &X509_STORE, name: &X509_NAME, lists: bool) {
        let directories = self.directories.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for (directory, kind) in directories {
            for number in 0.. {
                let file = format!("{:08x}.{}{number}", name.hash(), if lists { "r" } else { "" });
                let path = directory.join(file);
                if !path.exists() {
                    break;
                }
                if !self.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(path.clone()) {
                    continue;
                }
                err::quietly(
                    || if lists { store.load_lists(&path, kind) } else { store.load_certificates(&path, kind) },
                );
            }
        }
    }

    fn add_directories(&self, list: &str, kind: c_int) -> c_int {
        if list.is_empty() {
            err::raise(library::X509, reason::x509::INVALID_DIRECTORY);
            return 0;
        }
        let mut directories = self.directories.lock().unwrap_or_else(PoisonError::into_inner);
        for directory in list.split(':').filter(|directory| !directory.is_empty()) {
            let path = PathBuf::from(directory);
            if !directories.iter().any(|(known, _)| *known == path) {
                directories.push((path, kind));
            }
        }
        1
    }
}

unsafe fn control(lookup: *mut X509_LOOKUP, cmd: c_int, argc: *const c_char, argl: c_long) -> c_int {
    // SAFETY: the program's lookup and text; the store lives as long as its lookups.
    unsafe {
        let (Some(lookup), text) = (lookup.as_ref(), handle::text(argc)) else { return -1 };
        let Some(store) = lookup.store.as_ref() else { return 0 };
        let kind = c_int::try_from(argl).unwrap_or(0);
        match (lookup.method, cmd) {
            (X509_LOOKUP_METHOD::File, FILE_LOAD) if kind == DEFAULT => {
                let file = environment(c"SSL_CERT_FILE").unwrap_or_else(|| DEFAULT_FILE.into());
                let loaded = store.load_all(Path::new(&file)) != 0;
                if !loaded {
                    err::raise(library::X509, 104);
                }
                c_int::from(loaded)
            }
            (X509_LOOKUP_METHOD::File, FILE_LOAD) => {
                let Some(path) = text.map(Path::new) else { return 0 };
                let count = if kind == PEM { store.load_all(path) } else { store.load_certificates(path, kind) };
                c_int::from(count != 0)
            }
            (X509_LOOKUP_METHOD::Directory, ADD_DIR) if kind == DEFAULT => {
                let list = environment(c"SSL_CERT_DIR").unwrap_or_else(|| DEFAULT_DIRECTORY.into());
                lookup.add_directories(&list, PEM)
            }
            (X509_LOOKUP_METHOD::Directory, ADD_DIR) => lookup.add_directories(text.unwrap_or_default(), kind),
            (X509_LOOKUP_METHOD::Uri, ADD_STORE | LOAD_STORE) => {
                match text {
                    Some(text) => super::uri::load(store, text),
                    // The original looks there when it is asked for a certificate: what is not there is no error.
                    None => {
                        let place = environment(c"SSL_CERT_DIR").unwrap_or_else(|| DEFAULT_DIRECTORY.into());
                        err::quietly(|| super::uri::load(store, &place));
                        1
                    }
                }
            }
            _ => 0,
        }
    }
}

versioned! {
    /// Files of certificates and lists.
    pub unsafe extern "C" fn X509_LOOKUP_file() -> *mut X509_LOOKUP_METHOD {
        static METHOD: X509_LOOKUP_METHOD = X509_LOOKUP_METHOD::File;
        ptr::from_ref(&METHOD).cast_mut()
    }

    /// Directories whose files are named after the hash of a name.
    pub unsafe extern "C" fn X509_LOOKUP_hash_dir() -> *mut X509_LOOKUP_METHOD {
        static METHOD: X509_LOOKUP_METHOD = X509_LOOKUP_METHOD::Directory;
        ptr::from_ref(&METHOD).cast_mut()
    }

    /// URIs, of files.
    pub unsafe extern "C" fn X509_LOOKUP_store() -> *mut X509_LOOKUP_METHOD {
        static METHOD: X509_LOOKUP_METHOD = X509_LOOKUP_METHOD::Uri;
        ptr::from_ref(&METHOD).cast_mut()
    }

    /// The store's lookup of a kind, which stays the store's.
    pub unsafe extern "C" fn X509_STORE_add_lookup(xs: *mut X509_STORE, m: *mut X509_LOOKUP_METHOD) -> *mut X509_LOOKUP {
        // SAFETY: the program's store; methods are statics.
        unsafe {
            let (Some(store), Some(wanted)) = (xs.as_ref(), m.as_ref()) else { return ptr::null_mut() };
            let method: &'static X509_LOOKUP_METHOD = match wanted {
                X509_LOOKUP_METHOD::File => &X509_LOOKUP_METHOD::File,
                X509_LOOKUP_METHOD::Directory => &X509_LOOKUP_METHOD::Directory,
                X509_LOOKUP_METHOD::Uri => &X509_LOOKUP_METHOD::Uri,
            };
            let mut lookups = store.lookups.write().unwrap_or_else(PoisonError::into_inner);
            if let Some(known) = lookups.iter().find(|lookup| (***lookup).method == method) {
                return *known;
            }
            let lookup = give(X509_LOOKUP::new(method, xs));
            lookups.push(lookup);
            lookup
        }
    }

    /// Frees a lookup: it is its store's, which frees it.
    pub unsafe extern "C" fn X509_LOOKUP_free(_ctx: *mut X509_LOOKUP) {}

    /// Tells a lookup where to look; the macros of x509_vfy.h know how.
    pub unsafe extern "C" fn X509_LOOKUP_ctrl(ctx: *mut X509_LOOKUP, cmd: c_int, argc: *const c_char, argl: c_long, _ret: *mut *mut c_char) -> c_int {
        // SAFETY: the program's lookup and text.
        unsafe { control(ctx, cmd, argc, argl) }
    }

    /// Tells a lookup where to look, in a library context; properties are not used.
    pub unsafe extern "C" fn X509_LOOKUP_ctrl_ex(ctx: *mut X509_LOOKUP, cmd: c_int, argc: *const c_char, argl: c_long, _ret: *mut *mut c_char, libctx: *mut OSSL_LIB_CTX, _propq: *const c_char) -> c_int {
        // SAFETY: the program's lookup, text and library context.
        unsafe { within(libctx, || control(ctx, cmd, argc, argl)) }
    }

    /// Adds the certificates of a file. Returns how many, 0 for failure.
    pub unsafe extern "C" fn X509_load_cert_file(ctx: *mut X509_LOOKUP, file: *const c_char, kind: c_int) -> c_int {
        // SAFETY: the program's lookup and text; the store lives as long as its lookups.
        unsafe {
            let (Some(lookup), Some(file)) = (ctx.as_ref(), handle::text(file)) else { return 0 };
            lookup.store.as_ref().map_or(0, |store| store.load_certificates(Path::new(file), kind))
        }
    }

    /// Adds the lists of a file. Returns how many, 0 for failure.
    pub unsafe extern "C" fn X509_load_crl_file(ctx: *mut X509_LOOKUP, file: *const c_char, kind: c_int) -> c_int {
        // SAFETY: the program's lookup and text; the store lives as long as its lookups.
        unsafe {
            let (Some(lookup), Some(file)) = (ctx.as_ref(), handle::text(file)) else { return 0 };
            lookup.store.as_ref().map_or(0, |store| store.load_lists(Path::new(file), kind))
        }
    }

    /// Adds certificates and lists of a file. Returns how many, 0 for failure.
    pub unsafe extern "C" fn X509_load_cert_crl_file(ctx: *mut X509_LOOKUP, file: *const c_char, kind: c_int) -> c_int {
        // SAFETY: the program's lookup and text; the store lives as long as its lookups.
        unsafe {
            let (Some(lookup), Some(file)) = (ctx.as_ref(), handle::text(file)) else { return 0 };
            let Some(store) = lookup.store.as_ref() else { return 0 };
            let path = Path::new(file);
            if kind == PEM { store.load_all(path) } else { store.load_certificates(path, kind) }
        }
    }
}
