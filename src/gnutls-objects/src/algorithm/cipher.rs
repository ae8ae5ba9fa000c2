//! Ciphers, digests and MACs: names and sizes.

use std::ffi::{c_char, c_uint};
use std::ptr;

use super::{CIPHERS, DIGESTS, MACS, Table};
use crate::types::{gnutls_cipher_algorithm_t, gnutls_digest_algorithm_t, gnutls_mac_algorithm_t};

fn size(table: &Table, id: c_uint, column: usize) -> usize {
    table.get(id).map_or(0, |row| row.number(column))
}

versioned! {
    /// The name of a cipher, which stays the library's; NULL for none.
    pub unsafe extern "C" fn gnutls_cipher_get_name(algorithm: gnutls_cipher_algorithm_t) -> *const c_char {
        CIPHERS.name(algorithm)
    }

    /// The cipher of a name; 0 for none.
    pub unsafe extern "C" fn gnutls_cipher_get_id(name: *const c_char) -> gnutls_cipher_algorithm_t {
        // SAFETY: the program's text.
        unsafe { CIPHERS.listed_id(name) }
    }

    /// The length of the key in bytes.
    pub unsafe extern "C" fn gnutls_cipher_get_key_size(algorithm: gnutls_cipher_algorithm_t) -> usize {
        size(&CIPHERS, algorithm, 0)
    }

    /// The length of the IV in bytes.
    pub unsafe extern "C" fn gnutls_cipher_get_iv_size(algorithm: gnutls_cipher_algorithm_t) -> c_uint {
        c_uint::try_from(size(&CIPHERS, algorithm, 1)).unwrap_or(0)
    }

    /// The length of a block in bytes.
    pub unsafe extern "C" fn gnutls_cipher_get_block_size(algorithm: gnutls_cipher_algorithm_t) -> c_uint {
        c_uint::try_from(size(&CIPHERS, algorithm, 2)).unwrap_or(0)
    }

    /// The length of the tag in bytes.
    pub unsafe extern "C" fn gnutls_cipher_get_tag_size(algorithm: gnutls_cipher_algorithm_t) -> c_uint {
        c_uint::try_from(size(&CIPHERS, algorithm, 3)).unwrap_or(0)
    }

    /// The numbers of all, ended by 0, which stay the library's.
    pub unsafe extern "C" fn gnutls_cipher_list() -> *const gnutls_cipher_algorithm_t {
        CIPHERS.list()
    }

    /// The name of a digest, which stays the library's; NULL for none.
    pub unsafe extern "C" fn gnutls_digest_get_name(algorithm: gnutls_digest_algorithm_t) -> *const c_char {
        DIGESTS.name(algorithm)
    }

    /// The digest of a name; 0 for none.
    pub unsafe extern "C" fn gnutls_digest_get_id(name: *const c_char) -> gnutls_digest_algorithm_t {
        // SAFETY: the program's text.
        unsafe { DIGESTS.id(name, 0) }
    }

    /// The identifier of a digest, which stays the library's; NULL for none.
    pub unsafe extern "C" fn gnutls_digest_get_oid(algorithm: gnutls_digest_algorithm_t) -> *const c_char {
        DIGESTS.get(algorithm).map_or(ptr::null(), |row| row.c_text(1))
    }

    /// The digest of an identifier; 0 for none.
    pub unsafe extern "C" fn gnutls_oid_to_digest(oid: *const c_char) -> gnutls_digest_algorithm_t {
        // SAFETY: the program's text.
        unsafe { DIGESTS.with_oid(1, oid) }
    }

    /// The length of a digest in bytes; 0 for none.
    pub unsafe extern "C" fn gnutls_hash_get_len(algorithm: gnutls_digest_algorithm_t) -> c_uint {
        c_uint::try_from(size(&DIGESTS, algorithm, 0)).unwrap_or(0)
    }

    /// The numbers of all, ended by 0, which stay the library's.
    pub unsafe extern "C" fn gnutls_digest_list() -> *const gnutls_digest_algorithm_t {
        DIGESTS.list()
    }

    /// The name of a MAC, which stays the library's; NULL for none.
    pub unsafe extern "C" fn gnutls_mac_get_name(algorithm: gnutls_mac_algorithm_t) -> *const c_char {
        MACS.name(algorithm)
    }

    /// The MAC of a name; 0 for none.
    pub unsafe extern "C" fn gnutls_mac_get_id(name: *const c_char) -> gnutls_mac_algorithm_t {
        // SAFETY: the program's text.
        unsafe { MACS.listed_id(name) }
    }

    /// The length of the key in bytes.
    pub unsafe extern "C" fn gnutls_mac_get_key_size(algorithm: gnutls_mac_algorithm_t) -> usize {
        size(&MACS, algorithm, 0)
    }

    /// The length of a MAC in bytes; 0 for none.
    pub unsafe extern "C" fn gnutls_hmac_get_len(algorithm: gnutls_mac_algorithm_t) -> c_uint {
        c_uint::try_from(size(&MACS, algorithm, 1)).unwrap_or(0)
    }

    /// The length of the nonce in bytes.
    pub unsafe extern "C" fn gnutls_mac_get_nonce_size(algorithm: gnutls_mac_algorithm_t) -> usize {
        size(&MACS, algorithm, 2)
    }

    /// The numbers of all, ended by 0, which stay the library's.
    pub unsafe extern "C" fn gnutls_mac_list() -> *const gnutls_mac_algorithm_t {
        MACS.list()
    }
}
