//! Lists of CA names: what a server asks client certificates to be from, what a client prefers.

use std::collections::HashSet;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr;

use super::{Owner, twins};
use crate::ctx::{SSL_CTX, borrow};
use crate::error::{self, Reason, reason};
use crate::libcrypto::ossl_store::{
    INFO_CERTIFICATE, INFO_NAME, OSSL_STORE_INFO_get_type, OSSL_STORE_INFO_get0_CERT, OSSL_STORE_INFO_get0_NAME,
    OSSL_STORE_eof, OSSL_STORE_error, OSSL_STORE_load, OSSL_STORE_open,
};
use crate::libcrypto::pem::PEM_read_bio_X509;
use crate::libcrypto::stack::{self, Names, OPENSSL_sk_find, OPENSSL_sk_push, OPENSSL_sk_set_cmp_func};
use crate::libcrypto::x509::{X509_get_subject_name, X509_new_ex, name_der};
use crate::libcrypto::{BIO, OPENSSL_STACK, OSSL_LIB_CTX, Owned, X509, X509_NAME, err};
use crate::ssl::{self, SSL};

/// Which of the two lists.
#[derive(Clone, Copy)]
enum List {
    /// SSL_set0_CA_list.
    Any,
    /// SSL_set_client_CA_list.
    Client,
}

impl Owner {
    /// Changes a list. The old one is dropped with nothing borrowed.
    unsafe fn names<T>(self, list: List, change: impl FnOnce(&mut Option<Names>) -> T) -> Option<T> {
        // SAFETY: the program's pointers.
        unsafe {
            match self {
                Owner::Context(context) => Some(borrow(context)?.write(|state| {
                    change(match list {
                        List::Any => &mut state.ca_names,
                        List::Client => &mut state.client_ca_names,
                    })
                })),
                Owner::Connection(ssl) => ssl::with(ssl, |ssl| {
                    change(match list {
                        List::Any => &mut ssl.ca_names,
                        List::Client => &mut ssl.client_ca_names,
                    })
                }),
            }
        }
    }
}

unsafe fn replace(owner: Owner, list: List, names: *mut OPENSSL_STACK) {
    // SAFETY: the program's pointers; the list becomes ours.
    unsafe {
        let names = Names::from_raw(names);
        drop(owner.names(list, |held| std::mem::replace(held, names)));
    }
}

unsafe fn add(owner: Owner, list: List, certificate: *const X509) -> c_int {
    if certificate.is_null() {
        return 0;
    }
    // SAFETY: the program's pointers; the list takes a copy of the name.
    unsafe {
        let Some(name) = Owned::copy_of(X509_get_subject_name(certificate)) else { return 0 };
        let added = owner.names(list, |held| {
            if held.is_none() {
                *held = Names::new();
            }
            held.as_mut().is_some_and(|names| names.push(name))
        });
        c_int::from(added == Some(true))
    }
}

/// SSL_set0_CA_list: takes the list over.
///
/// # Safety
/// As for [`Owner::look`]; `names` is NULL or a STACK_OF(X509_NAME) of the caller's.
pub unsafe fn set_ca_list(owner: Owner, names: *mut OPENSSL_STACK) {
    // SAFETY: the program's pointers.
    unsafe { replace(owner, List::Any, names) }
}

unsafe fn set_client_ca_list(owner: Owner, names: *mut OPENSSL_STACK) {
    // SAFETY: the program's pointers.
    unsafe { replace(owner, List::Client, names) }
}

unsafe fn add_ca(owner: Owner, certificate: *const X509) -> c_int {
    // SAFETY: the program's pointers.
    unsafe { add(owner, List::Any, certificate) }
}

unsafe fn add_client_ca(owner: Owner, certificate: *mut X509) -> c_int {
    // SAFETY: the program's pointers.
    unsafe { add(owner, List::Client, certificate) }
}

twins! {
    /// Names to send to the peer of either role; the list is taken over.
    SSL_CTX_set0_CA_list, SSL_set0_CA_list(names: *mut OPENSSL_STACK) = set_ca_list;
    /// Names to ask clients for; the list is taken over.
    SSL_CTX_set_client_CA_list, SSL_set_client_CA_list(names: *mut OPENSSL_STACK) = set_client_ca_list;
    /// Adds the certificate's subject.
    SSL_CTX_add1_to_CA_list, SSL_add1_to_CA_list(certificate: *const X509) -> c_int = add_ca;
    /// Adds the certificate's subject.
    SSL_CTX_add_client_CA, SSL_add_client_CA(certificate: *mut X509) -> c_int = add_client_ca;
}

versioned! {
    /// Names to send, which stay the context's.
    pub unsafe extern "C" fn SSL_CTX_get0_CA_list(context: *const SSL_CTX) -> *const OPENSSL_STACK {
        // SAFETY: the program's pointer.
        unsafe { borrow(context) }
            .map_or(ptr::null(), |context| context.read(|state| stack::ptr_or_null(&state.ca_names).cast_const()))
    }

    /// Names to ask clients for, which stay the context's.
    pub unsafe extern "C" fn SSL_CTX_get_client_CA_list(context: *const SSL_CTX) -> *mut OPENSSL_STACK {
        // SAFETY: the program's pointer.
        unsafe { borrow(context) }
            .map_or(ptr::null_mut(), |context| context.read(|state| stack::ptr_or_null(&state.client_ca_names)))
    }

    /// Names to send: the connection's own or the context's.
    pub unsafe extern "C" fn SSL_get0_CA_list(ssl: *const SSL) -> *const OPENSSL_STACK {
        // SAFETY: the program's pointer.
        unsafe {
            let own = ssl::with(ssl.cast_mut(), |ssl| stack::ptr_or_null(&ssl.ca_names));
            match own {
                Some(names) if names.is_null() => Owner::Connection(ssl.cast_mut())
                    .context()
                    .map_or(ptr::null(), |context| SSL_CTX_get0_CA_list(context)),
                Some(names) => names,
                None => ptr::null(),
            }
        }
    }

    /// A copy of a list.
    pub unsafe extern "C" fn SSL_dup_CA_list(names: *const OPENSSL_STACK) -> *mut OPENSSL_STACK {
        // SAFETY: the program's pointer; the copies are the new list's.
        unsafe {
            let Some(mut copy) = Names::new() else {
                error::raise(Reason::MALLOC_FAILURE);
                return ptr::null_mut();
            };
            for index in 0..stack::len(names) {
                let name = Owned::copy_of(stack::at::<X509_NAME>(names, index));
                if !name.is_some_and(|name| copy.push(name)) {
                    error::raise(Reason::MALLOC_FAILURE);
                    return ptr::null_mut();
                }
            }
            copy.into_raw()
        }
    }

    /// The subjects of the certificates in a file; the list is the program's.
    pub unsafe extern "C" fn SSL_load_client_CA_file(file: *const c_char) -> *mut OPENSSL_STACK {
        // SAFETY: the program's pointer.
        unsafe { SSL_load_client_CA_file_ex(file, ptr::null_mut(), ptr::null()) }
    }

    /// The same in a library context.
    pub unsafe extern "C" fn SSL_load_client_CA_file_ex(
        file: *const c_char,
        libctx: *mut OSSL_LIB_CTX,
        propq: *const c_char,
    ) -> *mut OPENSSL_STACK {
        // SAFETY: the program's pointers.
        unsafe {
            let Ok(bio) = Owned::open(file) else { return ptr::null_mut() };
            let mut seen = HashSet::new();
            let mut names: Option<Names> = None;
            for certificate in (Certificates { bio: &bio, libctx, propq }) {
                let subject = X509_get_subject_name(certificate.as_ptr());
                if names.is_none() {
                    names = Names::new();
                }
                let (Some(list), Some(der)) = (&mut names, name_der(subject)) else { return ptr::null_mut() };
                if seen.insert(der) && !Owned::copy_of(subject).is_some_and(|name| list.push(name)) {
                    return ptr::null_mut();
                }
            }
            if names.is_some() {
                err::clear();
            }
            names.map_or(ptr::null_mut(), Names::into_raw)
        }
    }

    /// Adds the subjects of the certificates in a file that are not yet in the list.
    pub unsafe extern "C" fn SSL_add_file_cert_subjects_to_stack(names: *mut OPENSSL_STACK, file: *const c_char) -> c_int {
        // SAFETY: the program's pointers.
        unsafe { with_order(names, || add_file(names, file)) }
    }

    /// Adds the subjects of the certificates in a store that libcrypto opens.
    pub unsafe extern "C" fn SSL_add_store_cert_subjects_to_stack(names: *mut OPENSSL_STACK, uri: *const c_char) -> c_int {
        // SAFETY: the program's pointers.
        unsafe { with_order(names, || add_store(names, uri, true)) }
    }

    /// Adds the subjects of the certificates in a directory's files.
    pub unsafe extern "C" fn SSL_add_dir_cert_subjects_to_stack(names: *mut OPENSSL_STACK, directory: *const c_char) -> c_int {
        if directory.is_null() {
            error::raise(Reason::SYS_LIB);
            return 0;
        }
        // SAFETY: the program's pointers.
        unsafe { with_order(names, || add_directory(names, CStr::from_ptr(directory))) }
    }
}

/// The certificates of an open file, in PEM; ends at the first thing that is none.
struct Certificates<'a> {
    bio: &'a Owned<BIO>,
    libctx: *mut OSSL_LIB_CTX,
    propq: *const c_char,
}

impl Iterator for Certificates<'_> {
    type Item = Owned<X509>;

    fn next(&mut self) -> Option<Owned<X509>> {
        // SAFETY: the file is open; the certificate is ours, whether it was filled or not.
        unsafe {
            let mut certificate = X509_new_ex(self.libctx, self.propq);
            let read = PEM_read_bio_X509(self.bio.as_ptr(), &mut certificate, None, ptr::null_mut());
            let certificate = Owned::from_raw(certificate);
            if read.is_null() { None } else { certificate }
        }
    }
}

/// Compares two names by what they encode to.
unsafe extern "C" fn compare(a: *const c_void, b: *const c_void) -> c_int {
    // SAFETY: libcrypto hands over pointers to two elements.
    unsafe {
        let der = |at: *const c_void| name_der(*at.cast::<*const X509_NAME>()).unwrap_or_default();
        let (a, b) = (der(a), der(b));
        match a.len().cmp(&b.len()).then_with(|| a.cmp(&b)) {
            std::cmp::Ordering::Less => -1,
            std::cmp::Ordering::Equal => 0,
            std::cmp::Ordering::Greater => 1,
        }
    }
}

/// Runs `add` with the list ordered by [`compare`], so that names in it can be found.
unsafe fn with_order(names: *mut OPENSSL_STACK, add: impl FnOnce() -> bool) -> c_int {
    if names.is_null() {
        error::raise(Reason::PASSED_NULL_PARAMETER);
        return 0;
    }
    // SAFETY: live, by the program's promise; the old order is put back.
    unsafe {
        let old = OPENSSL_sk_set_cmp_func(names, Some(compare));
        let added = add();
        OPENSSL_sk_set_cmp_func(names, old);
        c_int::from(added)
    }
}

/// Adds a name that is not there yet.
unsafe fn add_subject(names: *mut OPENSSL_STACK, certificate: *const X509) -> bool {
    // SAFETY: the program's list takes the name over.
    unsafe {
        let Some(name) = Owned::copy_of(X509_get_subject_name(certificate)) else { return false };
        if OPENSSL_sk_find(names, name.as_ptr().cast()) >= 0 {
            return true;
        }
        if OPENSSL_sk_push(names, name.as_ptr().cast()) <= 0 {
            return false;
        }
        name.into_raw();
        true
    }
}

/// Entries that are names of other places are looked into once.
unsafe fn add_store(names: *mut OPENSSL_STACK, uri: *const c_char, deeper: bool) -> bool {
    // SAFETY: the program's pointers; what the store gives is looked at before it goes.
    unsafe {
        let no_ui = ptr::null();
        let opened = OSSL_STORE_open(uri, no_ui, ptr::null_mut(), ptr::null(), ptr::null_mut());
        let Some(store) = Owned::from_raw(opened) else { return false };
        let mut good = true;
        while OSSL_STORE_eof(store.as_ptr()) == 0 && OSSL_STORE_error(store.as_ptr()) == 0 {
            let Some(entry) = Owned::from_raw(OSSL_STORE_load(store.as_ptr())) else { continue };
            match OSSL_STORE_INFO_get_type(entry.as_ptr()) {
                INFO_NAME if deeper => good = add_store(names, OSSL_STORE_INFO_get0_NAME(entry.as_ptr()), false),
                INFO_CERTIFICATE if !add_subject(names, OSSL_STORE_INFO_get0_CERT(entry.as_ptr())) => return false,
                _ => {}
            }
        }
        err::clear();
        good
    }
}

unsafe fn add_file(names: *mut OPENSSL_STACK, file: *const c_char) -> bool {
    // SAFETY: the program's pointers; the list takes the names over.
    unsafe {
        let Ok(bio) = Owned::open(file) else { return false };
        for certificate in (Certificates { bio: &bio, libctx: ptr::null_mut(), propq: ptr::null() }) {
            if !add_subject(names, certificate.as_ptr()) {
                return false;
            }
        }
        err::clear();
        true
    }
}

/// Longest path, with its NUL.
const PATH: usize = 1024;

unsafe fn add_directory(names: *mut OPENSSL_STACK, directory: &CStr) -> bool {
    let path = Path::new(std::ffi::OsStr::from_bytes(directory.to_bytes()));
    let Ok(entries) = path.read_dir() else {
        error::raise(Reason::SYS_LIB);
        return false;
    };
    for entry in entries.flatten() {
        let file = entry.path();
        if file.as_os_str().len() + 1 > PATH {
            error::raise(reason::PATH_TOO_LONG);
            return false;
        }
        if file.is_dir() {
            continue;
        }
        let Ok(file) = CString::new(file.into_os_string().as_bytes()) else { return false };
        // SAFETY: the program's list; the name is a C string.
        if !unsafe { add_file(names, file.as_ptr()) } {
            return false;
        }
    }
    true
}
