//! What programs read of a certificate.

use std::ffi::{c_char, c_int, c_long, c_ulong};
use std::ptr;

use super::facts::flag;
use super::{X509, X509_NAME, X509_PUBKEY, inside};
use crate::asn1::{ASN1_BIT_STRING, ASN1_INTEGER, ASN1_OCTET_STRING, ASN1_TIME, lend};
use crate::err::{self, library, reason};
use crate::handle;
use crate::object;
use crate::pkey::EVP_PKEY;

fn lend_name(name: &X509_NAME) -> *mut X509_NAME {
    ptr::from_ref(name).cast_mut()
}

versioned! {
    /// The issuer's name, which stays the certificate's.
    pub unsafe extern "C" fn X509_get_issuer_name(a: *const X509) -> *mut X509_NAME {
        // SAFETY: the program's certificate.
        unsafe { inside(a) }.map_or(ptr::null_mut(), |certificate| lend_name(&certificate.issuer))
    }

    /// The subject's name, which stays the certificate's.
    pub unsafe extern "C" fn X509_get_subject_name(a: *const X509) -> *mut X509_NAME {
        // SAFETY: the program's certificate.
        unsafe { inside(a) }.map_or(ptr::null_mut(), |certificate| lend_name(&certificate.subject))
    }

    /// The serial number, which stays the certificate's.
    pub unsafe extern "C" fn X509_get_serialNumber(x: *mut X509) -> *mut ASN1_INTEGER {
        // SAFETY: the program's certificate.
        unsafe { inside(x) }.map_or(ptr::null_mut(), |certificate| lend(&certificate.serial))
    }

    /// The serial number, which stays the certificate's.
    pub unsafe extern "C" fn X509_get0_serialNumber(x: *const X509) -> *const ASN1_INTEGER {
        // SAFETY: the program's certificate.
        unsafe { inside(x) }.map_or(ptr::null(), |certificate| ptr::from_ref(&certificate.serial))
    }

    /// When it starts to be valid; stays the certificate's.
    pub unsafe extern "C" fn X509_get0_notBefore(x: *const X509) -> *const ASN1_TIME {
        // SAFETY: the program's certificate.
        unsafe { inside(x) }.map_or(ptr::null(), |certificate| ptr::from_ref(&certificate.not_before))
    }

    /// When it ends to be valid; stays the certificate's.
    pub unsafe extern "C" fn X509_get0_notAfter(x: *const X509) -> *const ASN1_TIME {
        // SAFETY: the program's certificate.
        unsafe { inside(x) }.map_or(ptr::null(), |certificate| ptr::from_ref(&certificate.not_after))
    }

    /// When it starts to be valid; stays the certificate's.
    pub unsafe extern "C" fn X509_getm_notBefore(x: *const X509) -> *mut ASN1_TIME {
        // SAFETY: the program's certificate.
        unsafe { inside(x) }.map_or(ptr::null_mut(), |certificate| lend(&certificate.not_before))
    }

    /// When it ends to be valid; stays the certificate's.
    pub unsafe extern "C" fn X509_getm_notAfter(x: *const X509) -> *mut ASN1_TIME {
        // SAFETY: the program's certificate.
        unsafe { inside(x) }.map_or(ptr::null_mut(), |certificate| lend(&certificate.not_after))
    }

    /// The version: 0 is the first, 2 the third.
    pub unsafe extern "C" fn X509_get_version(x: *const X509) -> c_long {
        // SAFETY: the program's certificate.
        unsafe { inside(x) }.map_or(0, |certificate| c_long::try_from(certificate.version).unwrap_or(-1))
    }

    /// The public key, which stays the certificate's; NULL with an error when it is none that is known.
    pub unsafe extern "C" fn X509_get0_pubkey(x: *const X509) -> *mut EVP_PKEY {
        // SAFETY: the program's certificate.
        let key = unsafe { inside(x) }.map_or(ptr::null_mut(), |certificate| certificate.key_handle());
        if key.is_null() && !x.is_null() {
            err::raise(library::X509, reason::x509::PUBLIC_KEY_DECODE_ERROR);
        }
        key
    }

    /// The public key, of which the caller frees one reference.
    pub unsafe extern "C" fn X509_get_pubkey(x: *mut X509) -> *mut EVP_PKEY {
        // SAFETY: the program's certificate.
        unsafe {
            let key = X509_get0_pubkey(x);
            handle::up_ref(key);
            key
        }
    }

    /// The public key as it is encoded, which stays the certificate's.
    pub unsafe extern "C" fn X509_get_X509_PUBKEY(x: *const X509) -> *mut X509_PUBKEY {
        // SAFETY: the program's certificate.
        unsafe { inside(x) }.map_or(ptr::null_mut(), |certificate| ptr::from_ref(certificate.public()).cast_mut())
    }

    /// Writes a SubjectPublicKeyInfo.
    pub unsafe extern "C" fn i2d_X509_PUBKEY(a: *const X509_PUBKEY, out: *mut *mut std::ffi::c_uchar) -> c_int {
        // SAFETY: the program's object and room.
        unsafe { a.as_ref().map_or(0, |public| handle::write_der(&public.spki, out)) }
    }

    /// The key, which stays the object's; NULL when it is none that is known.
    pub unsafe extern "C" fn X509_PUBKEY_get0(key: *const X509_PUBKEY) -> *mut EVP_PKEY {
        // SAFETY: the program's object.
        unsafe { key.as_ref() }.map_or(ptr::null_mut(), X509_PUBKEY::key)
    }

    /// The key, of which the caller frees one reference; NULL when it is none that is known.
    pub unsafe extern "C" fn X509_PUBKEY_get(key: *const X509_PUBKEY) -> *mut EVP_PKEY {
        // SAFETY: the program's object.
        unsafe {
            let key = X509_PUBKEY_get0(key);
            handle::up_ref(key);
            key
        }
    }

    /// The bits of the public key, which stay the certificate's.
    pub unsafe extern "C" fn X509_get0_pubkey_bitstr(x: *const X509) -> *mut ASN1_BIT_STRING {
        // SAFETY: the program's certificate.
        let Some(certificate) = (unsafe { inside(x) }) else { return ptr::null_mut() };
        lend(certificate.key_string())
    }

    /// EXFLAG_*.
    pub unsafe extern "C" fn X509_get_extension_flags(x: *mut X509) -> u32 {
        // SAFETY: the program's certificate.
        unsafe { inside(x) }.map_or(0, |certificate| certificate.facts().flags)
    }

    /// KU_*; all bits when the certificate does not say.
    pub unsafe extern "C" fn X509_get_key_usage(x: *mut X509) -> u32 {
        // SAFETY: the program's certificate.
        let Some(certificate) = (unsafe { inside(x) }) else { return 0 };
        let facts = certificate.facts();
        if facts.has(flag::INVALID) { 0 } else if facts.has(flag::KUSAGE) { facts.key_usage } else { u32::MAX }
    }

    /// XKU_*; all bits when the certificate does not say.
    pub unsafe extern "C" fn X509_get_extended_key_usage(x: *mut X509) -> u32 {
        // SAFETY: the program's certificate.
        let Some(certificate) = (unsafe { inside(x) }) else { return 0 };
        let facts = certificate.facts();
        if facts.has(flag::INVALID) { 0 } else if facts.has(flag::XKUSAGE) { facts.extended_usage } else { u32::MAX }
    }

    /// How many authorities may follow; -1 when the certificate does not say.
    pub unsafe extern "C" fn X509_get_pathlen(x: *mut X509) -> c_long {
        // SAFETY: the program's certificate.
        let Some(certificate) = (unsafe { inside(x) }) else { return -1 };
        let facts = certificate.facts();
        if facts.has(flag::INVALID) || !facts.has(flag::BCONS) { -1 } else { facts.path_len.unwrap_or(-1) }
    }

    /// The subject's key identifier, which stays the certificate's; NULL when there is none.
    pub unsafe extern "C" fn X509_get0_subject_key_id(x: *mut X509) -> *const ASN1_OCTET_STRING {
        // SAFETY: the program's certificate.
        unsafe { inside(x) }.and_then(|certificate| certificate.facts().subject_key.as_ref()).map_or(ptr::null(), ptr::from_ref)
    }

    /// The issuer's key identifier, which stays the certificate's; NULL when there is none.
    pub unsafe extern "C" fn X509_get0_authority_key_id(x: *mut X509) -> *const ASN1_OCTET_STRING {
        // SAFETY: the program's certificate.
        let authority = unsafe { inside(x) }.and_then(|certificate| certificate.facts().authority_key.as_ref());
        authority.and_then(|authority| authority.key.as_ref()).map_or(ptr::null(), ptr::from_ref)
    }

    /// Whether it is a certificate authority's, and how that is known: 0 no, 1 yes, 3 an old root, 4 by key usage alone,
    /// 5 by Netscape's extension.
    pub unsafe extern "C" fn X509_check_ca(x: *mut X509) -> c_int {
        // SAFETY: the program's certificate.
        let Some(certificate) = (unsafe { inside(x) }) else { return 0 };
        let facts = certificate.facts();
        if facts.has(flag::INVALID) { 0 } else { facts.authority() }
    }

    /// Whether it may be used for a purpose (X509_PURPOSE_*): 1, 0, or -1 when it cannot be read.
    pub unsafe extern "C" fn X509_check_purpose(x: *mut X509, id: c_int, ca: c_int) -> c_int {
        // SAFETY: the program's certificate.
        let Some(certificate) = (unsafe { inside(x) }) else { return -1 };
        let facts = certificate.facts();
        if facts.has(flag::INVALID) {
            return -1;
        }
        if id == -1 { 1 } else { facts.purpose(id, ca != 0).unwrap_or(-1) }
    }

    /// 0 when `issuer` may have issued `subject`, else X509_V_ERR_*.
    pub unsafe extern "C" fn X509_check_issued(issuer: *mut X509, subject: *mut X509) -> c_int {
        // SAFETY: the program's certificates.
        match unsafe { (inside(issuer), inside(subject)) } {
            (Some(issuer), Some(subject)) => crate::store::issued(issuer, subject),
            _ => crate::store::verdict::UNSPECIFIED,
        }
    }

    /// The number of the signature algorithm.
    pub unsafe extern "C" fn X509_get_signature_nid(x: *const X509) -> c_int {
        // SAFETY: the program's certificate.
        unsafe { inside(x) }.map_or(object::UNDEFINED, |certificate| certificate.signed().nid())
    }

    /// How it was signed: digest, kind of key, bits of strength, flags (1 valid, 2 fit for TLS). 0 when that is unknown.
    pub unsafe extern "C" fn X509_get_signature_info(x: *mut X509, mdnid: *mut c_int, pknid: *mut c_int, secbits: *mut c_int, flags: *mut u32) -> c_int {
        // SAFETY: the program's certificate and variables.
        unsafe {
            let signed = inside(x).map(|certificate| certificate.signed());
            let how = signed.as_ref().and_then(|signed| signed.how());
            let bits = signed.as_ref().and_then(|signed| signed.security_bits());
            let (digest, key) = how.map_or((object::UNDEFINED, object::UNDEFINED), |how| (how.digest, how.key));
            let valid = bits.is_some();
            let fit = valid && how.is_some_and(|how| how.is_for_tls());
            for (out, value) in [(mdnid, digest), (pknid, key), (secbits, bits.unwrap_or(-1))] {
                if let Some(out) = out.as_mut() {
                    *out = value;
                }
            }
            if let Some(out) = flags.as_mut() {
                *out = u32::from(valid) | u32::from(fit) << 1;
            }
            c_int::from(valid)
        }
    }

    /// Below, equal or above 0: by the issuers' names.
    pub unsafe extern "C" fn X509_issuer_name_cmp(a: *const X509, b: *const X509) -> c_int {
        // SAFETY: the program's certificates.
        unsafe { super::name::X509_NAME_cmp(X509_get_issuer_name(a), X509_get_issuer_name(b)) }
    }

    /// Below, equal or above 0: by the subjects' names.
    pub unsafe extern "C" fn X509_subject_name_cmp(a: *const X509, b: *const X509) -> c_int {
        // SAFETY: the program's certificates.
        unsafe { super::name::X509_NAME_cmp(X509_get_subject_name(a), X509_get_subject_name(b)) }
    }

    /// The number by which directories of certificates are searched.
    pub unsafe extern "C" fn X509_subject_name_hash(x: *mut X509) -> c_ulong {
        // SAFETY: the program's certificate.
        unsafe { inside(x) }.map_or(0, |certificate| certificate.subject.hash().into())
    }

    /// The number by which directories of certificates are searched, for the issuer.
    pub unsafe extern "C" fn X509_issuer_name_hash(a: *mut X509) -> c_ulong {
        // SAFETY: the program's certificate.
        unsafe { inside(a) }.map_or(0, |certificate| certificate.issuer.hash().into())
    }

    /// Whether it is its own issuer: 1, 0, -1 when it cannot be read. `verify_signature` asks for the signature too.
    pub unsafe extern "C" fn X509_self_signed(cert: *mut X509, verify_signature: c_int) -> c_int {
        // SAFETY: the program's certificate.
        let Some(certificate) = (unsafe { inside(cert) }) else { return -1 };
        let facts = certificate.facts();
        if facts.has(flag::INVALID) {
            return -1;
        }
        if !facts.has(flag::SELF_SIGNED) {
            return 0;
        }
        if verify_signature == 0 {
            return 1;
        }
        certificate.key().map_or(-1, |key| c_int::from(certificate.signed().verify(key)))
    }

    /// One more reference of every certificate, in a list of its own; the caller frees both.
    pub unsafe extern "C" fn X509_chain_up_ref(chain: *mut crate::stack::OPENSSL_STACK) -> *mut crate::stack::OPENSSL_STACK {
        // SAFETY: the program's list.
        unsafe {
            let certificates = crate::stack::elements::<X509>(chain);
            certificates.iter().for_each(|x| { handle::up_ref(*x); });
            crate::stack::OPENSSL_STACK::of(certificates.iter().copied())
        }
    }

    /// What X509_V_ERR_* means; the text stays the library's.
    pub unsafe extern "C" fn X509_verify_cert_error_string(n: c_long) -> *const c_char {
        crate::store::verdict_text(n)
    }
}
