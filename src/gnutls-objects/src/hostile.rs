//! Bytes that are not what they should be: nothing that reads them panics. For tests and the fuzzing target.

use crate::certificate::relation::is_issuer;
use crate::certificate::{self, alternative, extensions, host};
use crate::name::{AS_ENCODED, Name};
use crate::trust::{Link, TrustList, Way, verify};
use crate::types::gnutls_datum_t;
use crate::{datum, dh, encoding, key, ocsp, pkcs12, revocation, trust};
use std::ptr;
use std::sync::Arc;

/// Asks a certificate for everything, and verifies it by itself.
fn certificate(bytes: &[u8]) -> bool {
    let Ok(content) = certificate::Content::parse(bytes) else { return false };
    let content = Arc::new(content);
    let _ = (content.key_usage(), content.basic_constraints(), content.purposes(), content.subject_key_id());
    let _ = (content.authority_key().is_ok(), extensions::features(&content), content.signed().oid());
    let _ = (content.subject.text(0), content.issuer.text(AS_ENCODED), content.unique_ids.len());
    for wanted in [&b"host.example.org"[..], b"192.0.2.1", b"::1", b"*"] {
        let _ = (host::has_host(&content, wanted, 0), host::has_mailbox(&content, wanted));
    }
    let link = Link { handle: std::ptr::null_mut(), content: content.clone() };
    let mut list = TrustList::default();
    list.add(link.clone(), true);
    // Itself as authority of itself.
    let way = Way { flags: 1 << 2, host: Some(b"host.example.org"), ..Way::default() };
    let _ = (verify(&list, std::slice::from_ref(&link), &way), verify(&list, &[link.clone(), link], &Way::default()));
    is_issuer(&content, &content) && content.key().is_some_and(|key| content.signed().verify(key).is_ok())
}

/// What a program reads through the C functions, in DER and in PEM; what is encrypted is under "password".
fn structures(bytes: &[u8]) {
    let Ok(data) = datum::copied(bytes) else { return };
    // SAFETY: live objects, each freed once.
    unsafe {
        for format in 0..2 {
            let (mut response, mut list, mut direct) = (ptr::null_mut(), ptr::null_mut(), 0);
            ocsp::gnutls_ocsp_resp_init(&mut response);
            trust::faces::gnutls_x509_trust_list_init(&mut list, 0);
            ocsp::gnutls_ocsp_resp_import2(response, &data, format);
            trust::faces::gnutls_x509_trust_list_add_trust_mem(list, &data, &data, format, 0, 0);
            ocsp::verify::gnutls_ocsp_resp_verify(response, list, &mut direct, 0);
            trust::faces::gnutls_x509_trust_list_deinit(list, 1);
            ocsp::gnutls_ocsp_resp_deinit(response);
            let (mut file, mut key) = (ptr::null_mut(), ptr::null_mut());
            pkcs12::gnutls_pkcs12_init(&mut file);
            pkcs12::gnutls_pkcs12_import(file, &data, format, 0);
            let (chain, rest, size, password) = (ptr::null_mut(), ptr::null_mut(), ptr::null_mut(), c"password");
            let lists = ptr::null_mut();
            pkcs12::gnutls_pkcs12_simple_parse(file, password.as_ptr(), &mut key, chain, size, rest, size, lists, 0);
            key::x509::gnutls_x509_privkey_deinit(key);
            pkcs12::gnutls_pkcs12_deinit(file);
            let (mut key, mut dh) = (ptr::null_mut(), ptr::null_mut());
            key::public::gnutls_pubkey_init(&mut key);
            key::public::gnutls_pubkey_import(key, &data, format);
            key::public::gnutls_pubkey_deinit(key);
            dh::gnutls_dh_params_init(&mut dh);
            dh::gnutls_dh_params_import_pkcs3(dh, &data, format);
            dh::gnutls_dh_params_deinit(dh);
            let mut certificate = ptr::null_mut();
            let mut text = gnutls_datum_t::EMPTY;
            certificate::gnutls_x509_crt_init(&mut certificate);
            certificate::gnutls_x509_crt_import(certificate, &data, format);
            certificate::print::gnutls_x509_crt_print(certificate, 0, &mut text);
            certificate::gnutls_x509_crt_deinit(certificate);
            libc::free(text.data.cast());
        }
        libc::free(data.data.cast());
    }
}

/// Reads bytes as everything that they could be: whether they are a certificate that has signed itself.
pub fn read(bytes: &[u8]) -> bool {
    let _ = (Name::parse(bytes).map(|name| name.text(0)), alternative::parse(bytes).is_ok());
    for format in 0..2 {
        let _ = (key::x509::read(bytes, format, Some(b"password")).is_ok(), revocation::read(bytes, format).is_ok());
        let _ = certificate::list::read(bytes, format).map(|list| certificate::list::sorted(&list).len());
    }
    if let Ok(list) = revocation::Content::parse(bytes) {
        let _ = (list.revokes(&[1]), list.signed().oid(), list.extensions.len());
    }
    if let Ok(response) = ocsp::Content::parse(bytes) {
        let _ = response.basic.as_ref().map(|basic| response.signed(basic).oid());
    }
    let _ = (pkcs12::is_pkcs12(bytes), encoding::decode(bytes, ""), encoding::unhex(bytes));
    let _ = encoding::blocks(bytes, &["CERTIFICATE", "X509 CRL"]).count();
    structures(bytes);
    certificate(bytes)
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
