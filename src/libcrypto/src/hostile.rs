//! Bytes that are not what they should be: nothing that reads them panics. For tests and the fuzzing target.

use std::ffi::{CString, c_int, c_long, c_void};
use std::ptr;

use crate::asn1::ASN1_STRING;
use crate::bio::{self, BIO};
use crate::der::tag;
use crate::handle::{self, give};
use crate::pkey::{self, Key};
use crate::store::{context, store_access};
use crate::x509::general_name::kind;
use crate::x509::host::{Wanted, address, find};
use crate::x509::{self, Certificate, X509, X509_CRL, X509_NAME};
use crate::{asn1, bn, conf, err, object, ocsp, pem, pkcs7, pkcs12, stack, store};

/// Runs `use_it` with a pipe that gives these bytes.
fn piped(bytes: &[u8], use_it: impl FnOnce(*mut BIO)) {
    // SAFETY: the pipe reads bytes that stay, and is freed at the end.
    unsafe {
        let pipe = bio::BIO_new_mem_buf(bytes.as_ptr().cast(), bytes.len() as c_int);
        use_it(pipe);
        bio::BIO_free(pipe);
    }
}

/// Blocks of PEM, as a program reads them; what is encrypted is under "password".
fn blocks(bytes: &[u8]) {
    let password = || c"password".as_ptr().cast_mut().cast::<c_void>();
    // SAFETY: a live pipe, and objects that are freed once.
    unsafe {
        piped(bytes, |pipe| {
            while let Some(found) = pem::read_certificate_or_list(pipe) {
                match found {
                    pem::Found::Certificate(x) => handle::release(x),
                    pem::Found::List(list) => handle::release(list),
                    pem::Found::Other => {}
                }
            }
        });
        piped(bytes, |pipe| {
            let found = x509::info::PEM_X509_INFO_read_bio(pipe, ptr::null_mut(), None, password());
            stack::OPENSSL_sk_pop_free(found, Some(x509::info::free));
        });
        piped(bytes, |pipe| handle::free(pkcs7::PEM_read_bio_PKCS7(pipe, ptr::null_mut(), None, password())));
        piped(bytes, |pipe| handle::release(pem::PEM_read_bio_PrivateKey(pipe, ptr::null_mut(), None, password())));
        piped(bytes, |pipe| handle::release(pem::read::PEM_read_bio_PUBKEY(pipe, ptr::null_mut(), None, password())));
        piped(bytes, |pipe| handle::release(pem::PEM_read_bio_X509_AUX(pipe, ptr::null_mut(), None, password())));
    }
}

/// What d2i functions read, also when it comes from a pipe.
fn structures(bytes: &[u8]) {
    let len = bytes.len() as c_long;
    // SAFETY: the bytes are as long as told, and each object is freed once.
    unsafe {
        handle::release(pkey::private::d2i_AutoPrivateKey(ptr::null_mut(), &mut bytes.as_ptr(), len));
        handle::release(pkey::d2i_PUBKEY(ptr::null_mut(), &mut bytes.as_ptr(), len));
        handle::free(x509::name::d2i_X509_NAME(ptr::null_mut(), &mut bytes.as_ptr(), len));
        handle::free(asn1::integer::d2i_ASN1_INTEGER(ptr::null_mut(), &mut bytes.as_ptr(), len));
        handle::free(pkcs7::d2i_PKCS7(ptr::null_mut(), &mut bytes.as_ptr(), len));
        handle::free(ocsp::d2i_OCSP_CERTID(ptr::null_mut(), &mut bytes.as_ptr(), len));
        handle::free(ocsp::d2i_OCSP_REQUEST(ptr::null_mut(), &mut bytes.as_ptr(), len));
        handle::free(ocsp::d2i_OCSP_RESPID(ptr::null_mut(), &mut bytes.as_ptr(), len));
        let list = x509::encode::d2i_X509_EXTENSIONS(ptr::null_mut(), &mut bytes.as_ptr(), len);
        let each = stack::elements::<x509::X509_EXTENSION>(list).iter().filter_map(|extension| extension.as_ref());
        each.for_each(|extension| drop(extension.der()));
        stack::OPENSSL_sk_pop_free(list, Some(free_extension));
        response(bytes);
        let file = pkcs12::d2i_PKCS12(ptr::null_mut(), &mut bytes.as_ptr(), len);
        let (mut key, mut own, mut others) = (ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
        pkcs12::PKCS12_parse(file, c"password".as_ptr(), &mut key, &mut own, &mut others);
        handle::release(key);
        handle::release(own);
        stack::OPENSSL_sk_pop_free(others, Some(free_certificate));
        handle::free(file);
        piped(bytes, |pipe| drop(pem::der_from(pipe)));
    }
}

/// An OCSP response, and what it says, verified by one who trusts nobody.
unsafe fn response(bytes: &[u8]) {
    let len = bytes.len() as c_long;
    // SAFETY: the bytes are as long as told, and each object is freed once.
    unsafe {
        let response = ocsp::d2i_OCSP_RESPONSE(ptr::null_mut(), &mut bytes.as_ptr(), len);
        let mut said = ocsp::OCSP_response_get1_basic(response);
        if said.is_null() {
            said = ocsp::d2i_OCSP_BASICRESP(ptr::null_mut(), &mut bytes.as_ptr(), len);
        }
        let nobody = store_access::X509_STORE_new();
        for flags in [0, 0x4] {
            let verdict = ocsp::OCSP_basic_verify(said, ptr::null_mut(), nobody, flags);
            assert!(verdict != 1, "a response was believed");
        }
        for at in 0..ocsp::OCSP_resp_count(said) {
            let single = ocsp::OCSP_resp_get0(said, at);
            let (mut this, mut next) = (ptr::null_mut(), ptr::null_mut());
            ocsp::OCSP_single_get0_status(single, ptr::null_mut(), ptr::null_mut(), &mut this, &mut next);
            ocsp::OCSP_check_validity(this, next, 300, -1);
        }
        store_access::X509_STORE_free(nobody);
        handle::free(said);
        handle::free(response);
    }
}

unsafe extern "C" fn free_extension(extension: *mut c_void) {
    // SAFETY: the list's own.
    unsafe { handle::free(extension.cast::<x509::X509_EXTENSION>()) }
}

unsafe extern "C" fn free_certificate(x: *mut c_void) {
    // SAFETY: the list's own references.
    unsafe { handle::release(x.cast::<X509>()) }
}

/// What programs give as text.
fn texts(bytes: &[u8]) {
    for kind in [tag::UTC_TIME, tag::GENERALIZED_TIME] {
        let time = ASN1_STRING::new(kind.into(), bytes);
        let _ = (time.moment(false), time.moment(true), asn1::time::printed(&time));
    }
    for kind in [tag::UTF8, tag::T61, tag::BMP, tag::UNIVERSAL, tag::BIT_STRING] {
        let string = ASN1_STRING::new(kind.into(), bytes);
        let _ = (string.text(), asn1::print::print(&string, 0x0082_031f), string.der());
    }
    let Ok(text) = CString::new(bytes) else { return };
    let _ = text.to_str().map(|text| (bio::address::split(text, true), address(text), conf::read(text)));
    // SAFETY: texts end with a zero, and each object is freed once.
    unsafe {
        let mut number = ptr::null_mut();
        bn::BN_hex2bn(&mut number, text.as_ptr());
        bn::BN_dec2bn(&mut number, text.as_ptr());
        bn::BN_free(number);
        for kind in [71, 72, 82, 83, 85, 87, 88, 90, 103, 126, 177, 666, 1020] {
            handle::free(x509::words::X509V3_EXT_conf_nid(ptr::null_mut(), ptr::null_mut(), kind, text.as_ptr()));
        }
        object::ASN1_OBJECT_free(object::OBJ_txt2obj(text.as_ptr(), 0));
        let name = give(X509_NAME::empty());
        x509::attribute::X509_NAME_add_entry_by_txt(
            name,
            c"CN".as_ptr(),
            0x1001,
            bytes.as_ptr(),
            bytes.len() as c_int,
            -1,
            0,
        );
        let _ = ((*name).oneline(), (*name).print(0, 0x0082_031f));
        handle::free(name);
    }
}

/// A certificate, asked for everything and verified by itself: whether it has signed itself.
fn certificate(bytes: &[u8]) -> bool {
    let Some((certificate, _)) = Certificate::parse(bytes) else { return false };
    let facts = certificate.facts();
    let _ = (facts.authority(), (1..=9).filter(|purpose| facts.purpose(*purpose, true) == Some(1)).count());
    let _ = facts.names.iter().filter(|name| name.kind == kind::DNS).count();
    for wanted in [Wanted::Host(b"host.example.org"), Wanted::Email(b"a@example.org"), Wanted::Address(&[192, 0, 2, 1])]
    {
        find(&certificate, wanted, 0);
    }
    for flags in [0, 0x0082_031f, 0x02a4_0317 | 4 << 16] {
        let _ = certificate.subject.print(0, flags);
    }
    let _ = (certificate.subject.oneline(), certificate.subject.hash(), certificate.fingerprint());
    let _ = (certificate.not_before.moment(false), certificate.not_after.moment(true));
    let _ = store::issued(&certificate, &certificate);
    let signed = certificate.key().is_some_and(|key| certificate.signed().verify(key));
    verified(crate::ex_data::give_extended(X509::of(certificate)));
    signed
}

/// Verifies a certificate by itself, and frees it.
fn verified(x: *mut X509) {
    // SAFETY: live objects, each freed once.
    unsafe {
        let out = bio::BIO_new(bio::BIO_s_mem());
        x509::print::X509_print_ex(out, x, 0, 3 << 16);
        bio::BIO_free(out);
        let trusted = store_access::X509_STORE_new();
        store_access::X509_STORE_add_cert(trusted, x);
        let verification = context::X509_STORE_CTX_new();
        context::X509_STORE_CTX_init(verification, trusted, x, ptr::null_mut());
        context::X509_verify_cert(verification);
        context::X509_STORE_CTX_free(verification);
        store_access::X509_STORE_free(trusted);
        handle::release(x);
    }
}

/// Reads bytes as everything that they could be: whether they are a certificate that has signed itself.
pub fn read(bytes: &[u8]) -> bool {
    standin_pki::hostile::read(bytes);
    if let Some(key) = Key::private(bytes).or_else(|| Key::public(bytes)) {
        let _ = (key.bits(), key.security_bits(), key.traditional(), key.parameters().len());
    }
    if let Some((list, _)) = X509_CRL::parse(bytes) {
        let _ = (list.is_unhandled(), list.is_delta(), list.covers(true), list.signed().security_bits());
    }
    x509::print::every_kind(bytes);
    blocks(bytes);
    structures(bytes);
    texts(bytes);
    let signed = certificate(bytes);
    // SAFETY: the queue of this thread.
    unsafe { err::ERR_clear_error() };
    signed
}

#[cfg(test)]
mod tests {
    use super::read;
    use standin_pki::hostile;

    #[test]
    fn cut_bytes_do_no_harm() {
        hostile::cut(read);
    }

    #[test]
    fn changed_bytes_do_no_harm() {
        hostile::changed(read);
    }
}
