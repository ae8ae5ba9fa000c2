//! Signature algorithms, and strengths of keys.

use std::ffi::{CStr, c_char, c_uint};
use std::ptr;
use std::sync::LazyLock;

use super::{PKS, SIGNS, Table, digest, pk};
use crate::types::{gnutls_digest_algorithm_t, gnutls_pk_algorithm_t, gnutls_sec_param_t, gnutls_sign_algorithm_t};

/// GNUTLS_SIGN_*.
#[allow(missing_docs)] // the names are GnuTLS's
pub mod number {
    use std::ffi::c_uint;
    pub const UNKNOWN: c_uint = 0;
    pub const RSA_PSS_SHA256: c_uint = 32;
    pub const RSA_PSS_SHA384: c_uint = 33;
    pub const RSA_PSS_SHA512: c_uint = 34;
    /// A DigestInfo, as RSA signs it.
    pub const RSA_RAW: c_uint = 36;
}

/// What is known of a signature algorithm.
#[derive(Clone, Copy, Debug)]
pub struct Sign {
    pub id: c_uint,
    pub pk: c_uint,
    pub digest: c_uint,
}

/// An algorithm by its number.
pub fn sign_named(id: c_uint) -> Option<Sign> {
    let row = SIGNS.get(id)?;
    let column = |at| c_uint::try_from(row.number(at)).unwrap_or(0);
    Some(Sign { id, pk: column(0), digest: column(1) })
}

/// Its digest; 0 for none.
pub fn digest_of_sign(id: c_uint) -> c_uint {
    sign_named(id).map_or(digest::UNKNOWN, |sign| sign.digest)
}

/// Whether nothing that is signed so can be trusted: anywhere, or in certificates.
pub fn is_broken(id: c_uint, in_certificates: bool) -> bool {
    SIGNS.get(id).is_none_or(|row| row.number(if in_certificates { 3 } else { 2 }) == 0)
}

/// The first algorithm of an identifier.
pub fn oid_to_sign(oid: &str) -> Option<Sign> {
    SIGNS.rows().iter().find(|row| row.text(4).to_bytes() == oid.as_bytes()).and_then(|row| sign_named(row.id))
}

/// Algorithms of kinds of keys and digests.
static OF_KEYS: LazyLock<Vec<[c_uint; 3]>> = LazyLock::new(|| numbers(include_str!("../../abi/pk_to_sign.tsv")));
/// Kinds of keys and what they can sign with.
static BY_KEYS: LazyLock<Vec<[c_uint; 3]>> = LazyLock::new(|| numbers(include_str!("../../abi/pk_signs.tsv")));

fn numbers(table: &str) -> Vec<[c_uint; 3]> {
    let line = |line: &str| {
        let mut fields = line.split('\t').map(|field| field.parse().unwrap_or(0));
        [fields.next().unwrap_or(0), fields.next().unwrap_or(0), fields.next().unwrap_or(0)]
    };
    table.lines().map(line).collect()
}

/// Levels of strength: bits of RSA, DSA and elliptic curves' keys, and of symmetric ones.
static LEVELS: LazyLock<Table> = LazyLock::new(|| {
    // The table has no rank; the number stands for one.
    let lines = include_str!("../../abi/sec_params.tsv").lines();
    let ranked = lines.filter_map(|line| {
        let (id, rest) = line.split_once('\t')?;
        let (name, rest) = rest.split_once('\t')?;
        Some(format!("{id}\t{name}\t{id}\t{rest}\n"))
    });
    Table::read(&ranked.collect::<String>())
});

/// The column of a kind of key in [`LEVELS`].
fn column(algorithm: c_uint) -> usize {
    match algorithm {
        pk::DSA | pk::DH => 1,
        pk::ECDSA | pk::ECDH_X25519 | pk::EDDSA_ED25519 | pk::ECDH_X448 | pk::EDDSA_ED448 | 8..=10 => 2,
        _ => 0,
    }
}

/// The strength of a key: GNUTLS_SEC_PARAM_*.
pub fn level(algorithm: c_uint, bits: usize) -> c_uint {
    // The groups of DSA and DH are measured as RSA's moduli.
    let column = if column(algorithm) == 2 { 2 } else { 0 };
    /// GNUTLS_SEC_PARAM_INSECURE.
    const INSECURE: c_uint = 5;
    LEVELS.rows().iter().take_while(|row| row.number(column) <= bits).last().map_or(INSECURE, |row| row.id)
}

/// The name of a level.
pub fn level_name(level: c_uint) -> &'static CStr {
    LEVELS.get(level).map_or(c"Unknown", |row| &row.name)
}

/// How many bits a key of this kind has that is as strong as this level.
pub fn bits_of_level(algorithm: c_uint, level: c_uint) -> usize {
    LEVELS.get(level).map_or(0, |row| row.number(column(algorithm)))
}

/// How many bits a symmetric key has that is as strong as this level.
pub fn symmetric_bits(level: c_uint) -> usize {
    LEVELS.get(level).map_or(0, |row| row.number(3))
}

/// How a key of this kind signs a digest; 0 when it does not.
pub fn pk_to_sign(pk: c_uint, hash: c_uint) -> c_uint {
    let found = OF_KEYS.iter().find(|[known, digest, _]| *known == pk && *digest == hash);
    found.map_or(number::UNKNOWN, |[_, _, sign]| *sign)
}

versioned! {
    /// The name of a signature algorithm, which stays the library's; NULL for none.
    pub unsafe extern "C" fn gnutls_sign_get_name(algorithm: gnutls_sign_algorithm_t) -> *const c_char {
        SIGNS.name(algorithm)
    }

    /// The signature algorithm of a name; 0 for none.
    pub unsafe extern "C" fn gnutls_sign_get_id(name: *const c_char) -> gnutls_sign_algorithm_t {
        // SAFETY: the program's text.
        unsafe { SIGNS.id(name, 0) }
    }

    /// The identifier, which stays the library's; NULL for none.
    pub unsafe extern "C" fn gnutls_sign_get_oid(sign: gnutls_sign_algorithm_t) -> *const c_char {
        SIGNS.get(sign).map_or(ptr::null(), |row| row.c_text(4))
    }

    /// The signature algorithm of an identifier; 0 for none.
    pub unsafe extern "C" fn gnutls_oid_to_sign(oid: *const c_char) -> gnutls_sign_algorithm_t {
        // SAFETY: the program's text.
        unsafe { SIGNS.with_oid(4, oid) }
    }

    /// The kind of key that signs so; 0 for none.
    pub unsafe extern "C" fn gnutls_sign_get_pk_algorithm(sign: gnutls_sign_algorithm_t) -> gnutls_pk_algorithm_t {
        sign_named(sign).map_or(pk::UNKNOWN, |sign| sign.pk)
    }

    /// The digest that is signed; 0 for none.
    pub unsafe extern "C" fn gnutls_sign_get_hash_algorithm(sign: gnutls_sign_algorithm_t) -> gnutls_digest_algorithm_t {
        digest_of_sign(sign)
    }

    /// Whether a kind of key can sign so: 1 or 0.
    pub unsafe extern "C" fn gnutls_sign_supports_pk_algorithm(sign: gnutls_sign_algorithm_t, pk: gnutls_pk_algorithm_t) -> c_uint {
        c_uint::from(BY_KEYS.iter().any(|[known, signs, _]| *known == pk && *signs == sign))
    }

    /// Whether what is signed so can be trusted: 1 or 0.
    pub unsafe extern "C" fn gnutls_sign_is_secure(algorithm: gnutls_sign_algorithm_t) -> c_uint {
        c_uint::from(!is_broken(algorithm, false))
    }

    /// The same, in certificates for GNUTLS_SIGN_FLAG_SECURE_FOR_CERTS.
    pub unsafe extern "C" fn gnutls_sign_is_secure2(algorithm: gnutls_sign_algorithm_t, flags: c_uint) -> c_uint {
        c_uint::from(!is_broken(algorithm, flags & 1 != 0))
    }

    /// The numbers of all, ended by 0, which stay the library's.
    pub unsafe extern "C" fn gnutls_sign_list() -> *const gnutls_sign_algorithm_t {
        SIGNS.list()
    }

    /// How a key of this kind signs a digest; 0 when it does not.
    pub unsafe extern "C" fn gnutls_pk_to_sign(pk: gnutls_pk_algorithm_t, hash: gnutls_digest_algorithm_t) -> gnutls_sign_algorithm_t {
        pk_to_sign(pk, hash)
    }

    /// The name of a level of strength, which stays the library's; "Unknown" for none.
    pub unsafe extern "C" fn gnutls_sec_param_get_name(param: gnutls_sec_param_t) -> *const c_char {
        level_name(param).as_ptr()
    }

    /// How many bits a key of this kind has that is as strong as this level.
    pub unsafe extern "C" fn gnutls_sec_param_to_pk_bits(algo: gnutls_pk_algorithm_t, param: gnutls_sec_param_t) -> c_uint {
        c_uint::try_from(bits_of_level(algo, param)).unwrap_or(0)
    }

    /// How many bits a symmetric key has that is as strong as this level.
    pub unsafe extern "C" fn gnutls_sec_param_to_symmetric_bits(param: gnutls_sec_param_t) -> c_uint {
        c_uint::try_from(symmetric_bits(param)).unwrap_or(0)
    }

    /// The strength of a key of this kind and length.
    pub unsafe extern "C" fn gnutls_pk_bits_to_sec_param(algo: gnutls_pk_algorithm_t, bits: c_uint) -> gnutls_sec_param_t {
        if PKS.get(algo).is_none() || bits == 0 { 0 } else { level(algo, bits as usize) }
    }
}
