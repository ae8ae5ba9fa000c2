//! PKCS #12 files.

use std::ffi::{c_char, c_int, c_uint, c_void};
use std::ptr;
use std::sync::Arc;

use standin_pki::der::{Reader, tag};
use standin_pki::key::Key;
use standin_pki::pkcs12::{Found, content_info, open};

use crate::certificate::{Content, list};
use crate::datum::{self, bytes, object, object_mut, put};
use crate::encoding::{self, PEM};
use crate::error::{self, code};
use crate::key::x509::X509PrivateKey;
use crate::revocation::{self, RevocationList};
use crate::types::{
    gnutls_datum_t, gnutls_pkcs12_t, gnutls_x509_crl_t, gnutls_x509_crt_fmt_t, gnutls_x509_crt_t, gnutls_x509_privkey_t,
};

const LABEL: &str = "PKCS12";

/// GNUTLS_PKCS12_SP_INCLUDE_SELF_SIGNED: the chain ends with its root.
const WITH_ROOT: c_uint = 1;

/// A file's content that a program holds.
#[derive(Default)]
pub struct Pkcs12 {
    der: Option<Vec<u8>>,
}

impl Pkcs12 {
    fn der(&self) -> Result<&[u8], c_int> {
        self.der.as_deref().ok_or(error::INVALID_REQUEST)
    }
}

/// Whether it begins as such a file does.
pub fn is_pkcs12(der: &[u8]) -> bool {
    let read = || {
        let mut inside = Reader(der).enter(tag::SEQUENCE)?;
        inside.expect(tag::INTEGER)?;
        content_info(&mut inside)
    };
    read().is_some()
}

/// The chain of a key: its certificate and those above, and what is left.
fn chain_of(key: &Key, all: Vec<Arc<Content>>, with_root: bool) -> (Vec<Arc<Content>>, Vec<Arc<Content>>) {
    let own = |content: &Arc<Content>| content.key().is_some_and(|public| public.matches(key));
    let Some(at) = all.iter().position(own) else { return (Vec::new(), all) };
    let mut ordered = all.clone();
    ordered.swap(0, at);
    let mut chain = list::sorted(&ordered);
    let is_root = |content: &Arc<Content>| content.subject.der == content.issuer.der;
    if !with_root && chain.len() > 1 && chain.last().is_some_and(is_root) {
        chain.pop();
    }
    let rest = all.into_iter().filter(|content| !chain.iter().any(|used| Arc::ptr_eq(used, content))).collect();
    (chain, rest)
}

/// Gives an array where it is wanted.
unsafe fn give_list(
    contents: Vec<Arc<Content>>,
    out: *mut *mut gnutls_x509_crt_t,
    size: *mut c_uint,
) -> Result<(), c_int> {
    // SAFETY: the caller's promise: NULL or the program's variables.
    unsafe {
        if out.is_null() {
            return Ok(());
        }
        put(size, c_uint::try_from(contents.len()).map_err(|_| error::MEMORY_ERROR)?);
        put(out, if contents.is_empty() { ptr::null_mut() } else { datum::array(&list::handles(contents))? });
        Ok(())
    }
}

versioned! {
    /// A file with nothing in it; gnutls_pkcs12_deinit frees it.
    pub unsafe extern "C" fn gnutls_pkcs12_init(pkcs12: *mut gnutls_pkcs12_t) -> c_int {
        // SAFETY: the program's variable.
        code(unsafe { datum::hand_out(pkcs12, Pkcs12::default()) })
    }

    /// Frees a file's content.
    pub unsafe extern "C" fn gnutls_pkcs12_deinit(pkcs12: gnutls_pkcs12_t) {
        // SAFETY: the program gives it up.
        unsafe { datum::take_back(pkcs12) }
    }

    /// Reads DER or PEM.
    pub unsafe extern "C" fn gnutls_pkcs12_import(pkcs12: gnutls_pkcs12_t, data: *const gnutls_datum_t, format: gnutls_x509_crt_fmt_t, _flags: c_uint) -> c_int {
        // SAFETY: the program's object and data.
        unsafe {
            code(object_mut(pkcs12).and_then(|file| {
                let data = bytes(data)?;
                let der = if format == PEM { encoding::decode(data, LABEL)? } else { data.to_vec() };
                if !is_pkcs12(&der) {
                    return Err(if Reader(&der).enter(tag::SEQUENCE).is_some() { error::ASN1_DER_ERROR } else { error::ASN1_TAG_ERROR });
                }
                file.der = Some(der);
                Ok(())
            }))
        }
    }

    /// The file, in the program's room.
    pub unsafe extern "C" fn gnutls_pkcs12_export(pkcs12: gnutls_pkcs12_t, format: gnutls_x509_crt_fmt_t, output_data: *mut c_void, output_data_size: *mut usize) -> c_int {
        // SAFETY: the program's object and room.
        unsafe { code(object(pkcs12).and_then(|file| encoding::fill(file.der()?, LABEL, format, output_data, output_data_size))) }
    }

    /// The file, for the program to free by gnutls_free.
    pub unsafe extern "C" fn gnutls_pkcs12_export2(pkcs12: gnutls_pkcs12_t, format: gnutls_x509_crt_fmt_t, out: *mut gnutls_datum_t) -> c_int {
        // SAFETY: the program's object and variable.
        unsafe { code(object(pkcs12).and_then(|file| encoding::give(file.der()?, LABEL, format, out))) }
    }

    /// Whether the password is the file's: 0 or MAC_VERIFY_FAILED.
    pub unsafe extern "C" fn gnutls_pkcs12_verify_mac(pkcs12: gnutls_pkcs12_t, pass: *const c_char) -> c_int {
        // SAFETY: the program's object and text.
        unsafe {
            code(object(pkcs12).and_then(|file| {
                let password = datum::text(pass).and_then(|text| std::str::from_utf8(text).ok());
                match open(file.der()?, password) {
                    Some((_, true)) => Ok(()),
                    Some((_, false)) => Err(error::MAC_VERIFY_FAILED),
                    None => Err(error::ASN1_ELEMENT_NOT_FOUND),
                }
            }))
        }
    }

    /// Key, its chain, other certificates and a revocation list, where variables are given; all are the program's, and the
    /// arrays to be freed by gnutls_free. DECRYPTION_FAILED for the wrong password.
    pub unsafe extern "C" fn gnutls_pkcs12_simple_parse(p12: gnutls_pkcs12_t, password: *const c_char, key: *mut gnutls_x509_privkey_t, chain: *mut *mut gnutls_x509_crt_t, chain_len: *mut c_uint, extra_certs: *mut *mut gnutls_x509_crt_t, extra_certs_len: *mut c_uint, crl: *mut gnutls_x509_crl_t, flags: c_uint) -> c_int {
        // SAFETY: the program's object, text and variables.
        unsafe {
            code(object(p12).and_then(|file| {
                let password = datum::text(password).and_then(|text| std::str::from_utf8(text).ok());
                let (content, _) = open(file.der()?, password).ok_or(error::ASN1_ELEMENT_NOT_FOUND)?;
                let mut found = Found::default();
                found.read(content, password.unwrap_or_default()).ok_or(error::DECRYPTION_FAILED)?;
                let private = found.key.take().ok_or(error::REQUESTED_DATA_NOT_AVAILABLE)?;
                let parsed: Result<Vec<Arc<Content>>, c_int> =
                    found.certificates.iter().map(|(der, _)| Content::parse(der).map(Arc::new)).collect();
                let (own, rest) = chain_of(&private, parsed?, flags & WITH_ROOT != 0);
                if !crl.is_null() {
                    let list = found.lists.first().map(|der| revocation::Content::parse(der)).transpose()?;
                    let object = |content| Box::into_raw(Box::new(RevocationList::of(Arc::new(content))));
                    put(crl, list.map_or(ptr::null_mut(), object));
                }
                give_list(own, chain, chain_len)?;
                give_list(rest, extra_certs, extra_certs_len)?;
                datum::hand_out(key, X509PrivateKey::of(Arc::new(private)))
            }))
        }
    }
}
