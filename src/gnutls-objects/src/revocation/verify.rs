//! Whether a revocation list can be relied on, and whether a certificate is on one.

use std::ffi::{c_int, c_uint};

use super::{Content, inside};
use crate::algorithm::is_broken;
use crate::certificate;
use crate::datum::{self, put};
use crate::error::{self, code};
use crate::time;
use crate::trust::{flag, status};
use crate::types::{gnutls_x509_crl_t, gnutls_x509_crt_t};

/// GNUTLS_KEY_CRL_SIGN.
const SIGNS_LISTS: c_uint = 2;

/// Verifies a list by those who may have issued it: GNUTLS_CERT_*, 0 when all is right.
pub fn verify(list: &Content, authorities: &[&certificate::Content], flags: c_uint) -> c_uint {
    let mut out = 0;
    match authorities.iter().find(|authority| authority.subject.der == list.issuer.der) {
        None => out |= status::SIGNER_NOT_FOUND,
        Some(issuer) => {
            if flags & flag::DISABLE_CA_SIGN == 0 {
                if !matches!(issuer.basic_constraints(), Ok(Some((true, _)))) {
                    out |= status::SIGNER_NOT_CA;
                }
                if matches!(issuer.key_usage(), Ok(Some((usage, _))) if usage & SIGNS_LISTS == 0) {
                    out |= status::SIGNER_CONSTRAINTS_FAILURE;
                }
            }
            match issuer.key().map(|key| list.signed().verify(key)) {
                Some(Ok(())) => {}
                Some(Err(error::PK_SIG_VERIFY_FAILED)) => out |= status::SIGNATURE_FAILURE,
                _ => out |= status::INVALID,
            }
            let algorithm = c_uint::try_from(list.signature_algorithm).unwrap_or(0);
            if is_broken(algorithm, true) && !flag::allows(flags, algorithm) {
                out |= status::INSECURE_ALGORITHM;
            }
        }
    }
    if flags & flag::DISABLE_TIME_CHECKS == 0 {
        let now = time::now();
        if list.this_update > now {
            out |= status::REVOCATION_ISSUED_IN_FUTURE;
        }
        if list.next_update.is_some_and(|next| next < now) {
            out |= status::REVOCATION_SUPERSEDED;
        }
    }
    if out != 0 { out | status::INVALID } else { 0 }
}

versioned! {
    /// Verifies a list by certificates of authorities: `*verify` is GNUTLS_CERT_*.
    pub unsafe extern "C" fn gnutls_x509_crl_verify(crl: gnutls_x509_crl_t, ca_list: *const gnutls_x509_crt_t, ca_list_length: c_uint, flags: c_uint, verify: *mut c_uint) -> c_int {
        // SAFETY: the program's list, array and variable.
        unsafe {
            code(inside(crl).map(|list| {
                let authorities: Vec<&certificate::Content> = datum::items(ca_list, ca_list_length as usize)
                    .iter()
                    .filter_map(|cert| certificate::inside(*cert).ok().map(|content| &**content))
                    .collect();
                put(verify, self::verify(list, &authorities, flags));
            }))
        }
    }

    /// Whether a certificate is on one of these lists, which must be its issuer's: 1 or 0. They are not verified.
    pub unsafe extern "C" fn gnutls_x509_crt_check_revocation(cert: gnutls_x509_crt_t, crl_list: *const gnutls_x509_crl_t, crl_list_length: c_uint) -> c_int {
        // SAFETY: the program's certificate and array.
        unsafe {
            certificate::inside(cert).map_or_else(|error| error, |content| {
                let lists = datum::items(crl_list, crl_list_length as usize);
                let on = |list: &gnutls_x509_crl_t| {
                    inside(*list).is_ok_and(|list| list.issuer.der == content.issuer.der && list.revokes(&content.serial))
                };
                c_int::from(lists.iter().any(on))
            })
        }
    }
}
