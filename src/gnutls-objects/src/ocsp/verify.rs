//! Whether an OCSP response can be relied on.

use std::ffi::{c_int, c_uint};
use std::ptr;
use std::sync::Arc;

use super::{Basic, Content, said};
use crate::certificate::Content as Certificate;
use crate::datum::{self, put};
use crate::error::{self, code};
use crate::trust::{Link, TrustList, Way, link, status, verify};
use crate::types::{gnutls_ocsp_resp_const_t, gnutls_x509_crt_t, gnutls_x509_trust_list_t};

/// GNUTLS_OCSP_VERIFY_*: what is wrong with a response.
mod reason {
    use std::ffi::c_uint;
    pub const SIGNER_NOT_FOUND: c_uint = 1;
    pub const SIGNER_KEYUSAGE_ERROR: c_uint = 2;
    pub const UNTRUSTED_SIGNER: c_uint = 4;
    pub const INSECURE_ALGORITHM: c_uint = 8;
    pub const SIGNATURE_FAILURE: c_uint = 16;
    pub const CERT_NOT_ACTIVATED: c_uint = 32;
    pub const CERT_EXPIRED: c_uint = 64;
}

/// id-kp-OCSPSigning.
const SIGNS_OCSP: &str = "1.3.6.1.5.5.7.3.9";

/// What is wrong with the signer, from what is wrong with its certificate.
fn of_certificate(found: c_uint) -> c_uint {
    match found {
        0 => 0,
        _ if found & status::INSECURE_ALGORITHM != 0 => reason::INSECURE_ALGORITHM,
        _ if found & status::NOT_ACTIVATED != 0 => reason::CERT_NOT_ACTIVATED,
        _ if found & status::EXPIRED != 0 => reason::CERT_EXPIRED,
        _ => reason::UNTRUSTED_SIGNER,
    }
}

/// Whether a responder's certificate says that it is one.
fn is_responder(cert: &Certificate) -> bool {
    matches!(cert.purposes(), Ok(Some(purposes)) if purposes.iter().any(|purpose| purpose == SIGNS_OCSP))
}

/// Verifies the signature.
fn by_signer(content: &Content, basic: &Basic, signer: &Certificate) -> Result<c_uint, c_int> {
    let key = signer.key().ok_or(error::UNKNOWN_PK_ALGORITHM)?;
    match content.signed(basic).verify(key) {
        Ok(()) => Ok(0),
        Err(error::PK_SIG_VERIFY_FAILED) => Ok(reason::SIGNATURE_FAILURE),
        Err(error) => Err(error),
    }
}

/// The responder's certificate among those that came with the response.
fn signer_in(basic: &Basic) -> Option<&Arc<Certificate>> {
    basic.certificates.iter().find(|cert| basic.responder.is(cert))
}

/// Verifies by the issuer of the certificate that it is about, or one whom that has entitled.
fn by_issuer(content: &Content, basic: &Basic, issuer: &Link, flags: c_uint) -> Result<c_uint, c_int> {
    let Some(signer) = signer_in(basic).filter(|signer| signer.der != issuer.content.der) else {
        return by_signer(content, basic, &issuer.content);
    };
    let mut list = TrustList::default();
    list.add(issuer.clone(), false);
    let chain = [Link { handle: ptr::null_mut(), content: signer.clone() }];
    match of_certificate(verify(&list, &chain, &Way { flags, ..Way::default() })?) {
        0 if !is_responder(signer) => Ok(reason::SIGNER_KEYUSAGE_ERROR),
        0 => by_signer(content, basic, signer),
        wrong => Ok(wrong),
    }
}

/// Verifies by one who is trusted, or whom one has entitled to this.
fn by_list(content: &Content, basic: &Basic, list: &TrustList, flags: c_uint) -> Result<c_uint, c_int> {
    let Some(signer) = signer_in(basic) else {
        return match list.authorities().find(|authority| basic.responder.is(&authority.content)) {
            Some(authority) => by_signer(content, basic, &authority.content),
            None => Ok(reason::SIGNER_NOT_FOUND),
        };
    };
    if !list.with_subject(&signer.subject.der).iter().any(|known| known.content.der == signer.der) {
        let chain = [Link { handle: ptr::null_mut(), content: signer.clone() }];
        let way = Way { flags, purpose: Some(SIGNS_OCSP), ..Way::default() };
        let wrong = of_certificate(verify(list, &chain, &way)?);
        if wrong != 0 {
            return Ok(wrong);
        }
        if !is_responder(signer) {
            return Ok(reason::SIGNER_KEYUSAGE_ERROR);
        }
    }
    by_signer(content, basic, signer)
}

versioned! {
    /// Verifies by the issuer of the certificate that a response is about: `*verify` is GNUTLS_OCSP_VERIFY_*, 0 when all is
    /// right.
    pub unsafe extern "C" fn gnutls_ocsp_resp_verify_direct(resp: gnutls_ocsp_resp_const_t, issuer: gnutls_x509_crt_t, verify: *mut c_uint, flags: c_uint) -> c_int {
        // SAFETY: the program's response, certificate and variable.
        unsafe {
            code(said(resp).and_then(|(content, basic)| {
                put(verify, by_issuer(content, basic, &link(issuer)?, flags)?);
                Ok(())
            }))
        }
    }

    /// Verifies by a trust list: `*verify` is GNUTLS_OCSP_VERIFY_*, 0 when all is right.
    pub unsafe extern "C" fn gnutls_ocsp_resp_verify(resp: gnutls_ocsp_resp_const_t, trustlist: gnutls_x509_trust_list_t, verify: *mut c_uint, flags: c_uint) -> c_int {
        // SAFETY: the program's response, list and variable.
        unsafe {
            code(datum::object(resp).and_then(|_| {
                let list = datum::object(trustlist)?;
                // A response that says nothing has been signed by nobody.
                let found = said(resp).map_or(Ok(reason::SIGNER_NOT_FOUND), |(content, basic)| by_list(content, basic, list, flags));
                put(verify, found?);
                Ok(())
            }))
        }
    }
}
