//! Certificates one after the other.

use std::ffi::{c_int, c_uint};
use std::sync::Arc;

use super::relation::is_issuer;
use super::{Certificate, Content, LABELS};
use crate::datum::{self, bytes, object_mut};
use crate::encoding::{self, PEM};
use crate::error;
use crate::trust::LONGEST;
use crate::types::{gnutls_datum_t, gnutls_x509_crt_fmt_t, gnutls_x509_crt_t};

/// GNUTLS_X509_CRT_LIST_*.
mod flag {
    use std::ffi::c_uint;
    pub const FAIL_IF_EXCEED: c_uint = 1;
    pub const FAIL_IF_UNSORTED: c_uint = 2;
    pub const SORT: c_uint = 4;
}

/// All certificates in PEM, or the one in DER.
pub fn read(data: &[u8], format: gnutls_x509_crt_fmt_t) -> Result<Vec<Arc<Content>>, c_int> {
    if format != PEM {
        return Ok(vec![Arc::new(Content::parse(data)?)]);
    }
    let mut out = Vec::new();
    for der in encoding::blocks(data, &LABELS) {
        out.push(Arc::new(Content::parse(&der?)?));
    }
    if out.is_empty() { Err(error::NO_CERTIFICATE_FOUND) } else { Ok(out) }
}

/// Puts each certificate before its issuer, beginning with the first; those that fit nowhere are left out.
pub fn sorted(list: &[Arc<Content>]) -> Vec<Arc<Content>> {
    let mut rest: Vec<&Arc<Content>> = list.iter().skip(1).collect();
    let mut out: Vec<Arc<Content>> = list.first().into_iter().cloned().collect();
    while let Some(at) = out.last().and_then(|last| rest.iter().position(|next| is_issuer(last, next))) {
        out.push(rest.remove(at).clone());
    }
    out
}

fn is_sorted(list: &[Arc<Content>]) -> bool {
    list.windows(2).all(|pair| is_issuer(&pair[0], &pair[1]))
}

/// In the order that a program asks for.
pub fn arranged(list: Vec<Arc<Content>>, flags: c_uint) -> Result<Vec<Arc<Content>>, c_int> {
    if flags & flag::SORT != 0 {
        if list.len() > LONGEST {
            return Err(error::UNIMPLEMENTED_FEATURE);
        }
        let in_order = sorted(&list);
        return if in_order.len() == list.len() { Ok(in_order) } else { Ok(list) };
    }
    if flags & flag::FAIL_IF_UNSORTED != 0 && !is_sorted(&list) {
        return Err(error::CERTIFICATE_LIST_UNSORTED);
    }
    Ok(list)
}

/// Certificates for a program.
pub fn handles(list: Vec<Arc<Content>>) -> Vec<gnutls_x509_crt_t> {
    list.into_iter().map(|content| Box::into_raw(Box::new(Certificate::of(content)))).collect()
}

versioned! {
    /// All certificates in PEM, or the one in DER, into the program's array of `*cert_max`; their number. Each is freed by
    /// gnutls_x509_crt_deinit. SHORT_MEMORY_BUFFER with the number that there are when they are more.
    pub unsafe extern "C" fn gnutls_x509_crt_list_import(certs: *mut gnutls_x509_crt_t, cert_max: *mut c_uint, data: *const gnutls_datum_t, format: gnutls_x509_crt_fmt_t, flags: c_uint) -> c_int {
        // SAFETY: the program's array, variable and data.
        unsafe {
            let imported = object_mut(cert_max).and_then(|max| {
                let list = read(bytes(data)?, format)?;
                let room = *max as usize;
                let count = c_uint::try_from(list.len()).map_err(|_| error::MEMORY_ERROR)?;
                if list.len() > room && flags & flag::FAIL_IF_EXCEED != 0 {
                    *max = count;
                    return Err(error::SHORT_MEMORY_BUFFER);
                }
                let mut list = arranged(list, flags)?;
                list.truncate(room);
                *max = c_uint::try_from(list.len()).map_err(|_| error::MEMORY_ERROR)?;
                for (at, handle) in handles(list).into_iter().enumerate() {
                    certs.add(at).write(handle);
                }
                c_int::try_from(*max).map_err(|_| error::MEMORY_ERROR)
            });
            imported.unwrap_or_else(|error| error)
        }
    }

    /// The same into an array for the program to free by gnutls_free: 0.
    pub unsafe extern "C" fn gnutls_x509_crt_list_import2(certs: *mut *mut gnutls_x509_crt_t, size: *mut c_uint, data: *const gnutls_datum_t, format: gnutls_x509_crt_fmt_t, flags: c_uint) -> c_int {
        // SAFETY: the program's variables and data.
        unsafe {
            error::code((|| {
                let (out, count) = (object_mut(certs)?, object_mut(size)?);
                let list = handles(arranged(read(bytes(data)?, format)?, flags)?);
                *out = datum::array(&list)?;
                *count = c_uint::try_from(list.len()).map_err(|_| error::MEMORY_ERROR)?;
                Ok(())
            })())
        }
    }
}
