//! Certificates with their keys, as sessions use them: gnutls_pcert_st, which is the program's memory.

use std::ffi::{c_char, c_int, c_uint, c_void};
use std::ptr;
use std::sync::Arc;

use standin_pki::key::Key;

use crate::certificate::{self, Certificate, Content, list};
use crate::datum::{self, bytes, object, object_mut};
use crate::encoding::{self, PEM};
use crate::error::{self, code};
use crate::file;
use crate::key::public::PublicKey;
use crate::types::{
    gnutls_datum_t, gnutls_pcert_st, gnutls_pin_callback_t, gnutls_pubkey_t, gnutls_x509_crt_fmt_t, gnutls_x509_crt_t,
};

/// GNUTLS_CRT_*.
mod kind {
    use std::ffi::c_uint;
    pub const X509: c_uint = 1;
    pub const RAW_KEY: c_uint = 3;
}

impl gnutls_pcert_st {
    const EMPTY: gnutls_pcert_st = gnutls_pcert_st { pubkey: ptr::null_mut(), cert: gnutls_datum_t::EMPTY, kind: 0 };

    /// One of a certificate.
    fn of(content: &Content) -> Result<Self, c_int> {
        let key = Key::public(content.spki()).ok_or(error::UNKNOWN_PK_ALGORITHM)?;
        let usage = content.key_usage()?.map_or(0, |(usage, _)| usage);
        let cert = datum::copied(&content.der)?;
        let pubkey = Box::into_raw(Box::new(PublicKey { key: Some(Arc::new(key)), usage }));
        Ok(gnutls_pcert_st { pubkey, cert, kind: kind::X509 })
    }
}

/// Fills the program's array.
unsafe fn fill(out: *mut gnutls_pcert_st, contents: &[Arc<Content>]) -> Result<(), c_int> {
    let mut made = Vec::with_capacity(contents.len());
    for content in contents {
        match gnutls_pcert_st::of(content) {
            Ok(pcert) => made.push(pcert),
            Err(error) => {
                // SAFETY: just made, and nobody else's.
                made.iter_mut().for_each(|pcert| unsafe { gnutls_pcert_deinit(pcert) });
                return Err(error);
            }
        }
    }
    for (at, pcert) in made.into_iter().enumerate() {
        // SAFETY: the caller's promise: the array is long enough.
        unsafe { out.add(at).write(pcert) };
    }
    Ok(())
}

/// Certificates into the program's array of `*size`.
unsafe fn fill_list(
    out: *mut gnutls_pcert_st,
    size: *mut c_uint,
    data: &[u8],
    format: gnutls_x509_crt_fmt_t,
    flags: c_uint,
) -> Result<(), c_int> {
    // SAFETY: the caller's promise, that of the C functions below.
    unsafe {
        let room = object_mut(size)?;
        let contents = list::arranged(list::read(data, format)?, flags)?;
        let count = c_uint::try_from(contents.len()).map_err(|_| error::MEMORY_ERROR)?;
        if count > *room {
            *room = count;
            return Err(error::SHORT_MEMORY_BUFFER);
        }
        fill(out, &contents)?;
        *room = count;
        Ok(())
    }
}

versioned! {
    /// Makes a pcert of a certificate; gnutls_pcert_deinit frees what is in it.
    pub unsafe extern "C" fn gnutls_pcert_import_x509(pcert: *mut gnutls_pcert_st, crt: gnutls_x509_crt_t, _flags: c_uint) -> c_int {
        // SAFETY: the program's memory and certificate.
        unsafe {
            code(object_mut(pcert).and_then(|out| {
                *out = gnutls_pcert_st::EMPTY;
                *out = gnutls_pcert_st::of(certificate::inside(crt)?)?;
                Ok(())
            }))
        }
    }

    /// The same of `*ncrt` certificates; with GNUTLS_X509_CRT_LIST_SORT they are put in order, and `*ncrt` is how many belong
    /// together.
    pub unsafe extern "C" fn gnutls_pcert_import_x509_list(pcert: *mut gnutls_pcert_st, crt: *mut gnutls_x509_crt_t, ncrt: *mut c_uint, flags: c_uint) -> c_int {
        const SORT: c_uint = 4;
        // SAFETY: the program's arrays and variable.
        unsafe {
            code(object_mut(ncrt).and_then(|count| {
                let handles = datum::items(crt, *count as usize);
                let contents: Result<Vec<Arc<Content>>, c_int> =
                    handles.iter().map(|cert| certificate::inside(*cert).cloned()).collect();
                let contents = if flags & SORT != 0 { list::sorted(&contents?) } else { contents? };
                fill(pcert, &contents)?;
                *count = c_uint::try_from(contents.len()).map_err(|_| error::MEMORY_ERROR)?;
                Ok(())
            }))
        }
    }

    /// The same of DER or PEM.
    pub unsafe extern "C" fn gnutls_pcert_import_x509_raw(pcert: *mut gnutls_pcert_st, cert: *const gnutls_datum_t, format: gnutls_x509_crt_fmt_t, _flags: c_uint) -> c_int {
        // SAFETY: the program's memory and data.
        unsafe {
            code(object_mut(pcert).and_then(|out| {
                *out = gnutls_pcert_st::EMPTY;
                let mut read = Certificate::default();
                read.import(bytes(cert)?, format)?;
                *out = gnutls_pcert_st::of(read.content()?)?;
                Ok(())
            }))
        }
    }

    /// The same of all certificates in PEM, into the program's array of `*pcert_max`, which tells their number.
    pub unsafe extern "C" fn gnutls_pcert_list_import_x509_raw(pcerts: *mut gnutls_pcert_st, pcert_max: *mut c_uint, data: *const gnutls_datum_t, format: gnutls_x509_crt_fmt_t, flags: c_uint) -> c_int {
        // SAFETY: the program's array, variable and data.
        unsafe { code(bytes(data).and_then(|data| fill_list(pcerts, pcert_max, data, format, flags))) }
    }

    /// The same of a file. Tokens, for which the PIN would be asked, are not served.
    pub unsafe extern "C" fn gnutls_pcert_list_import_x509_file(pcert_list: *mut gnutls_pcert_st, pcert_list_size: *mut c_uint, file: *const c_char, format: gnutls_x509_crt_fmt_t, _pin_fn: gnutls_pin_callback_t, _pin_fn_userdata: *mut c_void, flags: c_uint) -> c_int {
        // SAFETY: the program's array, variable and name.
        unsafe {
            code(file::path(file).and_then(file::read).and_then(|data| {
                fill_list(pcert_list, pcert_list_size, &data, format, flags)
            }))
        }
    }

    /// A certificate of its own, which the program frees.
    pub unsafe extern "C" fn gnutls_pcert_export_x509(pcert: *mut gnutls_pcert_st, crt: *mut gnutls_x509_crt_t) -> c_int {
        // SAFETY: the program's memory and variable.
        unsafe {
            code(object(pcert).and_then(|pcert| {
                if pcert.kind != kind::X509 {
                    return Err(error::INVALID_REQUEST);
                }
                datum::hand_out(crt, Certificate::of(Arc::new(Content::parse(pcert.cert.bytes())?)))
            }))
        }
    }

    /// Makes a pcert of a public key, which it takes over.
    pub unsafe extern "C" fn gnutls_pcert_import_rawpk(pcert: *mut gnutls_pcert_st, key: gnutls_pubkey_t, _flags: c_uint) -> c_int {
        // SAFETY: the program's memory and key.
        unsafe {
            code(object_mut(pcert).and_then(|out| {
                *out = gnutls_pcert_st::EMPTY;
                let cert = datum::copied(&object(key)?.key()?.spki)?;
                *out = gnutls_pcert_st { pubkey: key, cert, kind: kind::RAW_KEY };
                Ok(())
            }))
        }
    }

    /// The same of a SubjectPublicKeyInfo, and what the key may be used for.
    pub unsafe extern "C" fn gnutls_pcert_import_rawpk_raw(pcert: *mut gnutls_pcert_st, rawpubkey: *const gnutls_datum_t, format: gnutls_x509_crt_fmt_t, key_usage: c_uint, _flags: c_uint) -> c_int {
        // SAFETY: the program's memory and data.
        unsafe {
            code(object_mut(pcert).and_then(|out| {
                *out = gnutls_pcert_st::EMPTY;
                let data = bytes(rawpubkey)?;
                let der = if format == PEM { encoding::decode(data, "PUBLIC KEY")? } else { data.to_vec() };
                let key = Key::public(&der).ok_or(error::ASN1_TAG_ERROR)?;
                let cert = datum::copied(&der)?;
                let pubkey = Box::into_raw(Box::new(PublicKey { key: Some(Arc::new(key)), usage: key_usage }));
                *out = gnutls_pcert_st { pubkey, cert, kind: kind::RAW_KEY };
                Ok(())
            }))
        }
    }

    /// Frees what is in a pcert.
    pub unsafe extern "C" fn gnutls_pcert_deinit(pcert: *mut gnutls_pcert_st) {
        // SAFETY: the program's memory; what is in it is given up.
        unsafe {
            if let Some(pcert) = pcert.as_mut() {
                datum::take_back(pcert.pubkey);
                libc::free(pcert.cert.data.cast());
                pcert.pubkey = ptr::null_mut();
                pcert.cert = gnutls_datum_t::EMPTY;
            }
        }
    }
}
