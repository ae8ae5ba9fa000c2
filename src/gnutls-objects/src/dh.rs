//! Parameters of finite-field Diffie-Hellman, which servers set as a matter of course. The engine never uses them.

use std::ffi::{c_int, c_uchar, c_uint};

use standin_pki::der::{self, Reader, tag};

use crate::datum::{self, bytes, object, object_mut, put};
use crate::encoding::{self, PEM, unhex};
use crate::error::{self, code};
use crate::key::public::{give_number, number};
use crate::types::{gnutls_datum_t, gnutls_x509_crt_fmt_t};

const LABEL: &str = "DH PARAMETERS";

/// Prime and generator: gnutls_dh_params_t. A number has no leading zeros.
#[derive(Clone, Default)]
pub struct DhParams {
    prime: Vec<u8>,
    generator: Vec<u8>,
    /// How long a private key is; 0 when that is not said.
    key_bits: c_uint,
}

pub type gnutls_dh_params_t = *mut DhParams;

impl DhParams {
    fn of(prime: &[u8], generator: &[u8], key_bits: c_uint) -> Result<Self, c_int> {
        /// GNUTLS_EXPORT_FLAG_NO_LZ.
        const BARE: c_uint = 1;
        let (prime, generator) = (number(prime, BARE), number(generator, BARE));
        if prime.is_empty() || generator.is_empty() {
            return Err(error::MPI_SCAN_FAILED);
        }
        Ok(DhParams { prime, generator, key_bits })
    }

    /// PKCS #3: prime, generator, and the length of private keys.
    fn parse(der: &[u8]) -> Result<Self, c_int> {
        let mut inside = Reader(der).enter(tag::SEQUENCE).ok_or(error::ASN1_TAG_ERROR)?;
        let mut next = || inside.expect(tag::INTEGER).map(|number| number.content).ok_or(error::ASN1_DER_ERROR);
        let (prime, generator) = (next()?, next()?);
        let key_bits = inside.optional(tag::INTEGER).flatten().and_then(|bits| der::number(bits.content));
        Self::of(prime, generator, key_bits.and_then(|bits| c_uint::try_from(bits).ok()).unwrap_or(0))
    }

    /// The group of RFC 7919 that has at least so many bits.
    fn known(bits: c_uint) -> Result<Self, c_int> {
        let lines = include_str!("../abi/groups_ffdhe.tsv").lines();
        let mut fields = lines.map(|line| line.split('\t').collect::<Vec<_>>());
        let parsed = |fields: Vec<&str>| match fields[..] {
            [size, key, prime] => {
                Some((size.parse::<c_uint>().ok()?, key.parse().ok()?, unhex(prime.as_bytes()).ok()?))
            }
            _ => None,
        };
        let (_, key_bits, prime) = fields
            .find_map(|fields| parsed(fields).filter(|(size, ..)| *size >= bits))
            .ok_or(error::INVALID_REQUEST)?;
        Self::of(&prime, &[2], key_bits)
    }

    fn to_der(&self) -> Vec<u8> {
        let integer = |bytes: &[u8]| der::element(tag::INTEGER, &number(bytes, 0));
        let key_bits = if self.key_bits == 0 { Vec::new() } else { der::integer(self.key_bits.into()) };
        der::sequence(&[&integer(&self.prime), &integer(&self.generator), &key_bits])
    }
}

versioned! {
    /// Parameters with nothing in them; gnutls_dh_params_deinit frees them.
    pub unsafe extern "C" fn gnutls_dh_params_init(dh_params: *mut gnutls_dh_params_t) -> c_int {
        // SAFETY: the program's variable.
        code(unsafe { datum::hand_out(dh_params, DhParams::default()) })
    }

    /// Frees parameters.
    pub unsafe extern "C" fn gnutls_dh_params_deinit(dh_params: gnutls_dh_params_t) {
        // SAFETY: the program gives them up.
        unsafe { datum::take_back(dh_params) }
    }

    /// Makes `dst` the same as `src`.
    pub unsafe extern "C" fn gnutls_dh_params_cpy(dst: gnutls_dh_params_t, src: gnutls_dh_params_t) -> c_int {
        // SAFETY: the program's parameters.
        unsafe {
            let from = object(src).cloned();
            code(from.and_then(|from| object_mut(dst).map(|to| *to = from)))
        }
    }

    /// Takes a prime and a generator.
    pub unsafe extern "C" fn gnutls_dh_params_import_raw(dh_params: gnutls_dh_params_t, prime: *const gnutls_datum_t, generator: *const gnutls_datum_t) -> c_int {
        // SAFETY: the program's parameters and data.
        unsafe { gnutls_dh_params_import_raw2(dh_params, prime, generator, 0) }
    }

    /// The same, with how long private keys are to be.
    pub unsafe extern "C" fn gnutls_dh_params_import_raw2(dh_params: gnutls_dh_params_t, prime: *const gnutls_datum_t, generator: *const gnutls_datum_t, key_bits: c_uint) -> c_int {
        // SAFETY: the program's parameters and data.
        unsafe {
            code(object_mut(dh_params).and_then(|out| {
                *out = DhParams::of(bytes(prime)?, bytes(generator)?, key_bits)?;
                Ok(())
            }))
        }
    }

    /// Reads PKCS #3.
    pub unsafe extern "C" fn gnutls_dh_params_import_pkcs3(params: gnutls_dh_params_t, pkcs3_params: *const gnutls_datum_t, format: gnutls_x509_crt_fmt_t) -> c_int {
        // SAFETY: the program's parameters and data.
        unsafe {
            code(object_mut(params).and_then(|out| {
                let data = bytes(pkcs3_params)?;
                let der = if format == PEM { encoding::decode(data, LABEL)? } else { data.to_vec() };
                *out = DhParams::parse(&der)?;
                Ok(())
            }))
        }
    }

    /// Takes the group of RFC 7919 that has at least so many bits: a new prime would be no better, and would take minutes.
    pub unsafe extern "C" fn gnutls_dh_params_generate2(params: gnutls_dh_params_t, bits: c_uint) -> c_int {
        // SAFETY: the program's parameters.
        unsafe {
            code(object_mut(params).and_then(|out| {
                *out = DhParams::known(bits)?;
                Ok(())
            }))
        }
    }

    /// PKCS #3, in the program's room.
    pub unsafe extern "C" fn gnutls_dh_params_export_pkcs3(params: gnutls_dh_params_t, format: gnutls_x509_crt_fmt_t, params_data: *mut c_uchar, params_data_size: *mut usize) -> c_int {
        // SAFETY: the program's parameters and room.
        unsafe {
            // A zero byte has to fit behind DER, too.
            code(object(params).and_then(|params| match format {
                PEM => encoding::fill(&params.to_der(), LABEL, format, params_data.cast(), params_data_size),
                _ => datum::fill_text(params_data.cast(), params_data_size, &params.to_der()),
            }))
        }
    }

    /// The same, for the program to free by gnutls_free.
    pub unsafe extern "C" fn gnutls_dh_params_export2_pkcs3(params: gnutls_dh_params_t, format: gnutls_x509_crt_fmt_t, out: *mut gnutls_datum_t) -> c_int {
        // SAFETY: the program's parameters and variable.
        unsafe { code(object(params).and_then(|params| encoding::give(&params.to_der(), LABEL, format, out))) }
    }

    /// Prime and generator, for the program to free by gnutls_free, and how long private keys are.
    pub unsafe extern "C" fn gnutls_dh_params_export_raw(params: gnutls_dh_params_t, prime: *mut gnutls_datum_t, generator: *mut gnutls_datum_t, bits: *mut c_uint) -> c_int {
        // SAFETY: the program's parameters and variables.
        unsafe {
            code(object(params).and_then(|params| {
                if params.prime.is_empty() {
                    return Err(error::INVALID_REQUEST);
                }
                give_number(prime, &params.prime)?;
                give_number(generator, &params.generator)?;
                put(bits, params.key_bits);
                Ok(())
            }))
        }
    }
}
