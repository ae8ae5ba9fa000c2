//! X509_OBJECT: a certificate or a list in a store.

use std::ffi::c_int;
use std::ptr;

use crate::handle;
pub use crate::handle::Held;
use crate::stack::OPENSSL_STACK;
use crate::x509::{X509, X509_CRL, X509_NAME};

/// What a store holds.
pub enum Object {
    Certificate(Held<X509>),
    List(Held<X509_CRL>),
}

/// A name for certificates without content, of which a store holds none.
fn nameless() -> &'static X509_NAME {
    static EMPTY: std::sync::LazyLock<X509_NAME> = std::sync::LazyLock::new(X509_NAME::empty);
    &EMPTY
}

impl Object {
    /// The name it is found by.
    pub fn name(&self) -> &X509_NAME {
        match self {
            Object::Certificate(x) => x.certificate().map_or(nameless(), |certificate| &certificate.subject),
            Object::List(list) => &list.issuer,
        }
    }

    pub fn same(&self, other: &Object) -> bool {
        match (self, other) {
            (Object::Certificate(a), Object::Certificate(b)) => {
                let der = |x: &X509| x.certificate().map(|certificate| certificate.der().to_vec());
                der(a) == der(b)
            }
            (Object::List(a), Object::List(b)) => a.der() == b.der(),
            _ => false,
        }
    }

    pub fn certificate(&self) -> Option<Held<X509>> {
        match self {
            Object::Certificate(x) => Some(x.clone()),
            Object::List(_) => None,
        }
    }

    pub fn list(&self) -> Option<Held<X509_CRL>> {
        match self {
            Object::List(list) => Some(list.clone()),
            Object::Certificate(_) => None,
        }
    }
}

/// An object as programs hold it.
pub struct X509_OBJECT(Object);

impl X509_OBJECT {
    pub fn of(object: Object) -> Self {
        X509_OBJECT(object)
    }

    pub fn object(&self) -> &Object {
        &self.0
    }
}

versioned! {
    /// Frees an object that is the program's own.
    pub unsafe extern "C" fn X509_OBJECT_free(a: *mut X509_OBJECT) {
        // SAFETY: the program gives it up.
        unsafe { handle::free(a) }
    }

    /// X509_LU_X509 or X509_LU_CRL.
    pub unsafe extern "C" fn X509_OBJECT_get_type(a: *const X509_OBJECT) -> c_int {
        // SAFETY: the program's object.
        match unsafe { a.as_ref() }.map(X509_OBJECT::object) {
            Some(Object::Certificate(_)) => 1,
            Some(Object::List(_)) => 2,
            None => 0,
        }
    }

    /// The certificate, which stays the object's; NULL when it is none.
    pub unsafe extern "C" fn X509_OBJECT_get0_X509(a: *const X509_OBJECT) -> *mut X509 {
        // SAFETY: the program's object.
        match unsafe { a.as_ref() }.map(X509_OBJECT::object) {
            Some(Object::Certificate(x)) => x.as_ptr(),
            _ => ptr::null_mut(),
        }
    }

    /// The list, which stays the object's; NULL when it is none.
    pub unsafe extern "C" fn X509_OBJECT_get0_X509_CRL(a: *const X509_OBJECT) -> *mut X509_CRL {
        // SAFETY: the program's object.
        match unsafe { a.as_ref() }.map(X509_OBJECT::object) {
            Some(Object::List(list)) => list.as_ptr(),
            _ => ptr::null_mut(),
        }
    }

    /// What a store holds, in a list that stays the store's.
    pub unsafe extern "C" fn X509_STORE_get0_objects(xs: *const super::X509_STORE) -> *mut OPENSSL_STACK {
        // SAFETY: the program's store.
        let Some(store) = (unsafe { xs.as_ref() }) else { return ptr::null_mut() };
        let mut contents = store.contents.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        let list = *contents.list.get_or_insert_with(|| OPENSSL_STACK::of::<X509_OBJECT>([]));
        for at in contents.listed..contents.objects.len() {
            let object = ptr::from_ref(&*contents.objects[at]).cast_mut();
            // SAFETY: the list is the store's own.
            unsafe { crate::stack::OPENSSL_sk_push(list, object.cast()) };
        }
        contents.listed = contents.objects.len();
        list
    }
}
