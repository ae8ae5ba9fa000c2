//! The C functions of trust lists.

use std::ffi::{CStr, c_char, c_int, c_uint, c_void};
use std::path::Path;
use std::ptr;

use super::chain::Link;
use super::list::{List, Named, TrustList, link, links};
use super::verify::{Way, verify, verify_by};
use super::{flag, status};
use crate::certificate::{self, Certificate, list};
use crate::datum::{self, bytes, object, object_mut, put};
use crate::error::{self, code};
use crate::file;
use crate::revocation;
use crate::types::{
    VerifyOutput, gnutls_datum_t, gnutls_typed_vdata_st, gnutls_x509_crl_t, gnutls_x509_crt_fmt_t, gnutls_x509_crt_t,
    gnutls_x509_trust_list_t,
};

/// GNUTLS_TL_*.
mod option {
    use std::ffi::c_uint;
    pub const VERIFY_CRL: c_uint = 1;
    pub const NO_DUPLICATES: c_uint = 1 << 2;
    pub const NO_DUPLICATE_KEY: c_uint = 1 << 3;
    pub const GET_COPY: c_uint = 1 << 4;
    pub const FAIL_ON_INVALID_CRL: c_uint = 1 << 5;
}

/// GNUTLS_DT_*: what a chain is verified for.
mod data {
    use std::ffi::c_uint;
    pub const HOST: c_uint = 1;
    pub const PURPOSE: c_uint = 2;
    pub const MAILBOX: c_uint = 3;
    pub const ADDRESS: c_uint = 4;
}

/// Where systems have the authorities that they trust.
const SYSTEM: [&str; 3] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];

fn count(number: usize) -> c_int {
    c_int::try_from(number).unwrap_or(c_int::MAX)
}

fn either(result: Result<c_int, c_int>) -> c_int {
    result.unwrap_or_else(|error| error)
}

/// Adds revocation lists; the number of those that were taken.
fn add_lists(list: &mut TrustList, new: Vec<List>, options: c_uint, flags: c_uint) -> Result<c_int, c_int> {
    let unique = options & option::NO_DUPLICATES != 0;
    let mut taken = 0;
    for found in new {
        if options & option::VERIFY_CRL != 0 {
            let authorities: Vec<&certificate::Content> =
                list.with_subject(&found.content.issuer.der).into_iter().map(|link| &*link.content).collect();
            if revocation::verify(&found.content, &authorities, flags) != 0 {
                if options & option::FAIL_ON_INVALID_CRL != 0 {
                    return Err(error::CRL_VERIFICATION_ERROR);
                }
                if unique {
                    // SAFETY: the program has given it to the list.
                    unsafe { datum::take_back(found.handle) };
                }
                continue;
            }
        }
        taken += c_int::from(list.add_list(found, unique));
    }
    Ok(taken)
}

fn add_authorities(list: &mut TrustList, new: Vec<Link>, options: c_uint) -> c_int {
    let added = count(new.len());
    new.into_iter().for_each(|link| list.add(link, options & (option::NO_DUPLICATES | option::NO_DUPLICATE_KEY) != 0));
    added
}

/// Adds what is in the program's memory or in files.
fn add_bytes(
    list: &mut TrustList,
    cas: Option<&[u8]>,
    crls: Option<&[u8]>,
    format: c_uint,
    options: c_uint,
    flags: c_uint,
) -> Result<c_int, c_int> {
    let mut added = 0;
    if let Some(cas) = cas {
        let contents = list::read(cas, format)?;
        let links = contents.into_iter().map(|content| {
            let handle = Box::into_raw(Box::new(Certificate::of(content.clone())));
            Link { handle, content }
        });
        added += add_authorities(list, links.collect(), options | option::NO_DUPLICATES);
    }
    if let Some(crls) = crls {
        let contents = revocation::read(crls, format)?;
        let lists = contents.into_iter().map(|content| {
            let handle = Box::into_raw(Box::new(revocation::RevocationList::of(content.clone())));
            List { handle, content }
        });
        added += add_lists(list, lists.collect(), options | option::NO_DUPLICATES, flags)?;
    }
    Ok(added)
}

fn add_file(
    list: &mut TrustList,
    cas: Option<&Path>,
    crls: Option<&Path>,
    format: c_uint,
    options: c_uint,
    flags: c_uint,
) -> Result<c_int, c_int> {
    let read = |path: Option<&Path>| path.map(file::read).transpose();
    let (cas, crls) = (read(cas)?, read(crls)?);
    let bytes = |file: &Option<zeroize::Zeroizing<Vec<u8>>>| file.as_ref().map(|bytes| bytes.to_vec());
    add_bytes(list, bytes(&cas).as_deref(), bytes(&crls).as_deref(), format, options, flags)
}

/// Adds what every file of a directory has; those that have nothing are passed over.
fn add_directory(
    list: &mut TrustList,
    path: &Path,
    revoked: bool,
    format: c_uint,
    options: c_uint,
    flags: c_uint,
) -> c_int {
    let Ok(entries) = std::fs::read_dir(path) else { return 0 };
    let files = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file());
    files
        .filter_map(|file| {
            let (cas, crls) = if revoked { (None, Some(&*file)) } else { (Some(&*file), None) };
            add_file(list, cas, crls, format, options, flags).ok()
        })
        .sum()
}

/// A program's path; none for NULL.
unsafe fn path<'a>(name: *const c_char) -> Option<&'a Path> {
    // SAFETY: the caller's promise.
    unsafe { file::path(name).ok() }
}

/// What a program's element says: text that ends with a zero byte, whatever its length, or the bytes of an address.
unsafe fn typed<'a>(element: &gnutls_typed_vdata_st) -> &'a [u8] {
    // SAFETY: the caller's promise.
    unsafe {
        match element.kind {
            _ if element.data.is_null() => &[],
            data::ADDRESS => datum::block(element.data.cast(), element.size as usize),
            _ => CStr::from_ptr(element.data.cast()).to_bytes(),
        }
    }
}

/// What a program's elements say.
unsafe fn way<'a>(elements: &[gnutls_typed_vdata_st], flags: c_uint, output: Option<VerifyOutput>) -> Way<'a> {
    let mut way = Way { flags, output, ..Way::default() };
    for element in elements {
        // SAFETY: the caller's promise.
        let value = unsafe { typed(element) };
        match element.kind {
            data::HOST => way.host = Some(value),
            data::PURPOSE => way.purpose = std::str::from_utf8(value).ok(),
            data::MAILBOX => way.mailbox = Some(value),
            data::ADDRESS => way.address = Some(value),
            _ => {}
        }
    }
    way
}

/// Verifies a certificate that is trusted for a name: GNUTLS_CERT_*.
fn named_status(list: &TrustList, cert: &Link, name: &[u8], flags: c_uint) -> c_uint {
    let known = list.named.iter().find(|named| named.name == name && named.link.content.der == cert.content.der);
    if known.is_none() {
        return status::INVALID | status::SIGNER_NOT_FOUND;
    }
    if flags & flag::DISABLE_TIME_CHECKS != 0 {
        return 0;
    }
    let now = crate::time::now();
    if cert.content.not_before > now {
        status::NOT_ACTIVATED | status::INVALID
    } else if cert.content.not_after < now {
        status::EXPIRED | status::INVALID
    } else {
        0
    }
}

/// Gives a certificate of a list: the list's own, or a copy that the program frees.
unsafe fn give_issuer(found: Option<&Link>, issuer: *mut gnutls_x509_crt_t, flags: c_uint) -> c_int {
    let Some(found) = found else { return error::REQUESTED_DATA_NOT_AVAILABLE };
    // SAFETY: the caller's promise, the program's variable.
    unsafe {
        if flags & option::GET_COPY != 0 {
            code(datum::hand_out(issuer, Certificate::of(found.content.clone())))
        } else {
            put(issuer, found.handle);
            0
        }
    }
}

versioned! {
    /// A list of nobody; gnutls_x509_trust_list_deinit frees it. Its size need not be told.
    pub unsafe extern "C" fn gnutls_x509_trust_list_init(list: *mut gnutls_x509_trust_list_t, _size: c_uint) -> c_int {
        // SAFETY: the program's variable.
        code(unsafe { datum::hand_out(list, TrustList::default()) })
    }

    /// Frees a list, and with `all` what was put into it.
    pub unsafe extern "C" fn gnutls_x509_trust_list_deinit(list: gnutls_x509_trust_list_t, all: c_uint) {
        // SAFETY: the program gives it up.
        unsafe {
            if let Some(inside) = list.as_mut().filter(|_| all != 0) {
                inside.empty();
            }
            datum::take_back(list);
        }
    }

    /// Trusts authorities, which become the list's: their number.
    pub unsafe extern "C" fn gnutls_x509_trust_list_add_cas(list: gnutls_x509_trust_list_t, clist: *const gnutls_x509_crt_t, clist_size: c_uint, flags: c_uint) -> c_int {
        // SAFETY: the program's list and array.
        unsafe { either(object_mut(list).and_then(|list| Ok(add_authorities(list, links(clist, clist_size)?, flags)))) }
    }

    /// Takes authorities out, and never trusts them again: the number of those that were in.
    pub unsafe extern "C" fn gnutls_x509_trust_list_remove_cas(list: gnutls_x509_trust_list_t, clist: *const gnutls_x509_crt_t, clist_size: c_uint) -> c_int {
        // SAFETY: the program's list and array.
        unsafe {
            either(object_mut(list).and_then(|list| {
                let given = links(clist, clist_size)?;
                Ok(count(given.iter().filter(|link| list.remove(&link.content)).count()))
            }))
        }
    }

    /// Trusts a certificate, which becomes the list's, for one name.
    pub unsafe extern "C" fn gnutls_x509_trust_list_add_named_crt(list: gnutls_x509_trust_list_t, cert: gnutls_x509_crt_t, name: *const c_void, name_size: usize, _flags: c_uint) -> c_int {
        /// MAX_SERVER_NAME_SIZE.
        const LONGEST: usize = 256;
        if name_size >= LONGEST {
            return error::INVALID_REQUEST;
        }
        // SAFETY: the program's list, certificate and name.
        unsafe {
            code(object_mut(list).and_then(|list| {
                let link = link(cert)?;
                list.named.push(Named { link, name: datum::block(name, name_size).to_vec() });
                Ok(())
            }))
        }
    }

    /// Adds revocation lists, which become the list's: the number of those that were taken. With GNUTLS_TL_VERIFY_CRL those
    /// are not taken that none of the authorities has signed.
    pub unsafe extern "C" fn gnutls_x509_trust_list_add_crls(list: gnutls_x509_trust_list_t, crl_list: *const gnutls_x509_crl_t, crl_size: c_uint, flags: c_uint, verification_flags: c_uint) -> c_int {
        // SAFETY: the program's list and array.
        unsafe {
            either(object_mut(list).and_then(|list| {
                let lists: Result<Vec<List>, c_int> = datum::items(crl_list, crl_size as usize)
                    .iter()
                    .map(|handle| Ok(List { handle: *handle, content: revocation::inside(*handle)?.clone() }))
                    .collect();
                add_lists(list, lists?, flags, verification_flags)
            }))
        }
    }

    /// Adds authorities and revocation lists in PEM or DER: their number.
    pub unsafe extern "C" fn gnutls_x509_trust_list_add_trust_mem(list: gnutls_x509_trust_list_t, cas: *const gnutls_datum_t, crls: *const gnutls_datum_t, format: gnutls_x509_crt_fmt_t, tl_flags: c_uint, tl_vflags: c_uint) -> c_int {
        // SAFETY: the program's list and data.
        unsafe {
            either(object_mut(list).and_then(|list| {
                add_bytes(list, bytes(cas).ok(), bytes(crls).ok(), format, tl_flags, tl_vflags)
            }))
        }
    }

    /// Adds what is in files: the number of authorities and lists.
    pub unsafe extern "C" fn gnutls_x509_trust_list_add_trust_file(list: gnutls_x509_trust_list_t, ca_file: *const c_char, crl_file: *const c_char, format: gnutls_x509_crt_fmt_t, tl_flags: c_uint, tl_vflags: c_uint) -> c_int {
        // SAFETY: the program's list and names.
        unsafe {
            either(object_mut(list).and_then(|list| {
                add_file(list, path(ca_file), path(crl_file), format, tl_flags, tl_vflags)
            }))
        }
    }

    /// Adds what is in the files of directories: the number of authorities and lists.
    pub unsafe extern "C" fn gnutls_x509_trust_list_add_trust_dir(list: gnutls_x509_trust_list_t, ca_dir: *const c_char, crl_dir: *const c_char, format: gnutls_x509_crt_fmt_t, tl_flags: c_uint, tl_vflags: c_uint) -> c_int {
        // SAFETY: the program's list and names.
        unsafe {
            either(object_mut(list).map(|list| {
                let add = |list: &mut TrustList, directory: Option<&Path>, revoked| {
                    directory.map_or(0, |directory| add_directory(list, directory, revoked, format, tl_flags, tl_vflags))
                };
                add(list, path(ca_dir), false) + add(list, path(crl_dir), true)
            }))
        }
    }

    /// Trusts whom the system trusts: the number of authorities.
    pub unsafe extern "C" fn gnutls_x509_trust_list_add_system_trust(list: gnutls_x509_trust_list_t, tl_flags: c_uint, tl_vflags: c_uint) -> c_int {
        const PEM: c_uint = crate::encoding::PEM;
        // SAFETY: the program's list.
        unsafe {
            either(object_mut(list).and_then(|list| {
                let found = SYSTEM.iter().map(Path::new).find(|path| path.exists());
                add_file(list, Some(found.ok_or(error::FILE_ERROR)?), None, PEM, tl_flags, tl_vflags)
            }))
        }
    }

    /// An authority that has issued a certificate; it stays the list's, or is the program's with GNUTLS_TL_GET_COPY.
    pub unsafe extern "C" fn gnutls_x509_trust_list_get_issuer(list: gnutls_x509_trust_list_t, cert: gnutls_x509_crt_t, issuer: *mut gnutls_x509_crt_t, flags: c_uint) -> c_int {
        // SAFETY: the program's list, certificate and variable.
        unsafe {
            match (object(list), certificate::inside(cert)) {
                (Ok(list), Ok(content)) => give_issuer(list.issuer_of(content), issuer, flags),
                _ => error::INVALID_REQUEST,
            }
        }
    }

    /// An authority of this name, in DER, as above.
    pub unsafe extern "C" fn gnutls_x509_trust_list_get_issuer_by_dn(list: gnutls_x509_trust_list_t, dn: *const gnutls_datum_t, issuer: *mut gnutls_x509_crt_t, flags: c_uint) -> c_int {
        // SAFETY: the program's list, data and variable.
        unsafe {
            match (object(list), bytes(dn)) {
                (Ok(list), Ok(dn)) => give_issuer(list.with_subject(dn).first().copied(), issuer, flags),
                _ => error::INVALID_REQUEST,
            }
        }
    }

    /// An authority with this key identifier, and this name where one is given, as above.
    pub unsafe extern "C" fn gnutls_x509_trust_list_get_issuer_by_subject_key_id(list: gnutls_x509_trust_list_t, dn: *const gnutls_datum_t, spki: *const gnutls_datum_t, issuer: *mut gnutls_x509_crt_t, flags: c_uint) -> c_int {
        // SAFETY: the program's list, data and variable.
        unsafe {
            let (Ok(list), Ok(wanted)) = (object(list), bytes(spki)) else { return error::INVALID_REQUEST };
            let name = bytes(dn).ok();
            let found = list.authorities().find(|link| {
                name.is_none_or(|name| link.content.subject.der == name)
                    && link.content.subject_key_id().ok().flatten().is_some_and(|id| id == wanted)
            });
            give_issuer(found, issuer, flags)
        }
    }

    /// The authorities one after the other: a copy of each, which the program frees. `*iter` is NULL at first;
    /// REQUESTED_DATA_NOT_AVAILABLE behind the last, when it is so again.
    pub unsafe extern "C" fn gnutls_x509_trust_list_iter_get_ca(list: gnutls_x509_trust_list_t, iter: *mut *mut usize, crt: *mut gnutls_x509_crt_t) -> c_int {
        // SAFETY: the program's list and variables; what is in the first is ours.
        unsafe {
            let (Ok(list), Ok(iter)) = (object(list), object_mut(iter)) else { return error::INVALID_REQUEST };
            let place = iter.as_ref().copied().unwrap_or(0);
            match list.authority_at(place) {
                Some((link, next)) => {
                    if iter.is_null() {
                        *iter = Box::into_raw(Box::new(next));
                    } else {
                        **iter = next;
                    }
                    code(datum::hand_out(crt, Certificate::of(link.content.clone())))
                }
                None => {
                    datum::take_back(*iter);
                    *iter = ptr::null_mut();
                    put(crt, ptr::null_mut());
                    error::REQUESTED_DATA_NOT_AVAILABLE
                }
            }
        }
    }

    /// Frees where a program has been among the authorities.
    pub unsafe extern "C" fn gnutls_x509_trust_list_iter_deinit(iter: *mut usize) {
        // SAFETY: the program gives it up.
        unsafe { datum::take_back(iter) }
    }

    /// Verifies a chain: `*verify` is GNUTLS_CERT_*, 0 when all is right.
    pub unsafe extern "C" fn gnutls_x509_trust_list_verify_crt(list: gnutls_x509_trust_list_t, cert_list: *mut gnutls_x509_crt_t, cert_list_size: c_uint, flags: c_uint, verify: *mut c_uint, func: Option<VerifyOutput>) -> c_int {
        // SAFETY: the program's list, array, variable and function.
        unsafe { gnutls_x509_trust_list_verify_crt2(list, cert_list, cert_list_size, ptr::null_mut(), 0, flags, verify, func) }
    }

    /// The same, and whether it is for a host, a mailbox, an address, a purpose: GNUTLS_DT_*.
    pub unsafe extern "C" fn gnutls_x509_trust_list_verify_crt2(list: gnutls_x509_trust_list_t, cert_list: *mut gnutls_x509_crt_t, cert_list_size: c_uint, data: *mut gnutls_typed_vdata_st, elements: c_uint, flags: c_uint, voutput: *mut c_uint, func: Option<VerifyOutput>) -> c_int {
        // SAFETY: the program's list, arrays, variable and function.
        unsafe {
            code(object(list).and_then(|list| {
                if cert_list_size == 0 || cert_list.is_null() {
                    return Err(error::INVALID_REQUEST);
                }
                let chain = links(cert_list, cert_list_size)?;
                let way = way(datum::items(data, elements as usize), flags, func);
                let named = way.host.is_some_and(|host| named_status(list, &chain[0], host, flags) == 0);
                put(voutput, if named { 0 } else { verify(list, &chain, &way)? });
                Ok(())
            }))
        }
    }

    /// Whether a certificate is trusted for a name: `*verify` is GNUTLS_CERT_*.
    pub unsafe extern "C" fn gnutls_x509_trust_list_verify_named_crt(list: gnutls_x509_trust_list_t, cert: gnutls_x509_crt_t, name: *const c_void, name_size: usize, flags: c_uint, verify: *mut c_uint, func: Option<VerifyOutput>) -> c_int {
        // SAFETY: the program's list, certificate, name, variable and function.
        unsafe {
            code(object(list).and_then(|list| {
                let link = link(cert)?;
                let found = named_status(list, &link, datum::block(name, name_size), flags);
                put(verify, found);
                if let Some(function) = func {
                    function(cert, ptr::null_mut(), ptr::null_mut(), found);
                }
                Ok(())
            }))
        }
    }

    /// Verifies a chain by authorities and revocation lists: `*verify` is GNUTLS_CERT_*.
    pub unsafe extern "C" fn gnutls_x509_crt_list_verify(cert_list: *const gnutls_x509_crt_t, cert_list_length: c_uint, ca_list: *const gnutls_x509_crt_t, ca_list_length: c_uint, crl_list: *const gnutls_x509_crl_t, crl_list_length: c_uint, flags: c_uint, verify: *mut c_uint) -> c_int {
        // SAFETY: the program's arrays and variable; the list is ours, and owns nothing of what is in it.
        unsafe {
            if cert_list.is_null() || cert_list_length == 0 {
                return error::NO_CERTIFICATE_FOUND;
            }
            let mut list = TrustList::default();
            code((|| {
                add_authorities(&mut list, links(ca_list, ca_list_length)?, 0);
                for handle in datum::items(crl_list, crl_list_length as usize) {
                    list.add_list(List { handle: *handle, content: revocation::inside(*handle)?.clone() }, false);
                }
                let chain = links(cert_list, cert_list_length)?;
                put(verify, verify_by(&list, &chain, &Way { flags, ..Way::default() }));
                Ok(())
            })())
        }
    }

    /// Verifies one certificate by authorities: `*verify` is GNUTLS_CERT_*.
    pub unsafe extern "C" fn gnutls_x509_crt_verify(cert: gnutls_x509_crt_t, ca_list: *const gnutls_x509_crt_t, ca_list_length: c_uint, flags: c_uint, verify: *mut c_uint) -> c_int {
        // SAFETY: the program's certificate, array and variable.
        unsafe { gnutls_x509_crt_list_verify(&cert, 1, ca_list, ca_list_length, ptr::null(), 0, flags, verify) }
    }
}
