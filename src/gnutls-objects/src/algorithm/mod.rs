//! Algorithms by number, name and identifier: the tables in `abi/`.
//!
//! They are the original's, whole: a program prints the name of what it is told, served or not.

mod cipher;
mod names;
mod sign;
mod suite;

use std::ffi::{CStr, CString, c_char, c_uint};
use std::ptr;

pub use sign::{
    Sign, bits_of_level, digest_of_sign, is_broken, level, level_name, number as sign_number, oid_to_sign, pk_to_sign,
    sign_named, symmetric_bits,
};

/// A line of a table: number, name, rank in the list of all, and what else is known.
pub struct Row {
    pub id: c_uint,
    pub name: CString,
    pub rank: usize,
    rest: Vec<CString>,
}

impl Row {
    /// A further column as a number; 0 when there is none.
    pub fn number(&self, column: usize) -> usize {
        self.text(column).to_str().ok().and_then(|text| text.parse().ok()).unwrap_or(0)
    }

    /// A further column.
    pub fn text(&self, column: usize) -> &CStr {
        self.rest.get(column).map_or(c"-", |text| text)
    }

    /// A further column for C: NULL for nothing.
    fn c_text(&self, column: usize) -> *const c_char {
        let text = self.text(column);
        if text == c"-" { ptr::null() } else { text.as_ptr() }
    }
}

/// A table.
pub struct Table {
    rows: Vec<Row>,
    /// The numbers in the order of their ranks, and a zero.
    list: Vec<c_uint>,
}

impl Table {
    pub fn read(text: &str) -> Self {
        let row = |line: &str| {
            let mut fields = line.split('\t');
            let id = fields.next()?.parse().ok()?;
            let name = CString::new(fields.next()?).ok()?;
            let rank = fields.next()?.parse().ok()?;
            Some(Row { id, name, rank, rest: fields.filter_map(|field| CString::new(field).ok()).collect() })
        };
        let rows: Vec<Row> = text.lines().filter_map(row).collect();
        let mut listed: Vec<&Row> = rows.iter().filter(|row| row.rank != 0).collect();
        listed.sort_by_key(|row| row.rank);
        let list = listed.iter().map(|row| row.id).chain([0]).collect();
        Table { rows, list }
    }

    pub fn get(&self, id: c_uint) -> Option<&Row> {
        self.rows.iter().find(|row| row.id == id)
    }

    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// A name for C: NULL for an unknown number.
    fn name(&self, id: c_uint) -> *const c_char {
        self.get(id).map_or(ptr::null(), |row| row.name.as_ptr())
    }

    /// The line of this name, in whatever case.
    pub fn named(&self, name: &[u8]) -> Option<&Row> {
        self.rows.iter().find(|row| row.name.to_bytes().eq_ignore_ascii_case(name))
    }

    /// The number of a program's name.
    ///
    /// # Safety
    /// `name` is NULL or ends with a zero byte.
    unsafe fn id(&self, name: *const c_char, unknown: c_uint) -> c_uint {
        // SAFETY: the caller's promise.
        let name = unsafe { crate::datum::text(name) };
        name.and_then(|name| self.named(name)).map_or(unknown, |row| row.id)
    }

    /// The number of a program's name among those that are listed; 0 for none.
    ///
    /// # Safety
    /// `name` is NULL or ends with a zero byte.
    unsafe fn listed_id(&self, name: *const c_char) -> c_uint {
        // SAFETY: the caller's promise.
        let name = unsafe { crate::datum::text(name) };
        name.and_then(|name| self.named(name)).filter(|row| row.rank != 0).map_or(0, |row| row.id)
    }

    /// The numbers, ended by zero, which stay the library's.
    fn list(&self) -> *const c_uint {
        self.list.as_ptr()
    }

    /// The number of an identifier in this column.
    ///
    /// # Safety
    /// `oid` is NULL or ends with a zero byte.
    unsafe fn with_oid(&self, column: usize, oid: *const c_char) -> c_uint {
        // SAFETY: the caller's promise.
        let oid = unsafe { crate::datum::text(oid) };
        let same = |row: &&Row| oid.is_some_and(|oid| row.text(column).to_bytes() == oid);
        self.rows.iter().find(same).map_or(0, |row| row.id)
    }
}

/// Tables that are read when they are first needed.
macro_rules! tables {
    ($($(#[$meta:meta])* $name:ident: $file:literal;)*) => {
        $(
            $(#[$meta])*
            pub static $name: std::sync::LazyLock<Table> =
                std::sync::LazyLock::new(|| Table::read(include_str!(concat!("../../abi/", $file, ".tsv"))));
        )*
    };
}
tables! {
    /// Sizes of key, IV, block, tag.
    CIPHERS: "ciphers";
    /// Length, identifier.
    DIGESTS: "digests";
    /// Sizes of key, output, nonce.
    MACS: "macs";
    /// Identifier.
    PKS: "pks";
    /// Kind of key, digest, secure, secure in certificates, identifier.
    SIGNS: "signs";
    KXS: "kxs";
    GROUPS: "groups";
    /// Size in bytes, identifier, kind of key.
    CURVES: "curves";
    PROTOCOLS: "protocols";
    CERTIFICATE_TYPES: "certificate_types";
    COMPRESSIONS: "compressions";
    /// What each says.
    ALERTS: "alerts";
}

/// The kind of key of an identifier in dots; 0 for none.
pub fn oid_pk(oid: &str) -> c_uint {
    PKS.rows().iter().find(|row| row.text(0).to_bytes() == oid.as_bytes()).map_or(pk::UNKNOWN, |row| row.id)
}

/// GNUTLS_PK_*.
pub mod pk {
    use std::ffi::c_uint;
    pub const UNKNOWN: c_uint = 0;
    pub const RSA: c_uint = 1;
    pub const DSA: c_uint = 2;
    pub const DH: c_uint = 3;
    pub const ECDSA: c_uint = 4;
    pub const ECDH_X25519: c_uint = 5;
    pub const RSA_PSS: c_uint = 6;
    pub const EDDSA_ED25519: c_uint = 7;
    pub const ECDH_X448: c_uint = 11;
    pub const EDDSA_ED448: c_uint = 12;
}

/// GNUTLS_DIG_*.
pub mod digest {
    use std::ffi::c_uint;
    pub const UNKNOWN: c_uint = 0;
    pub const MD5: c_uint = 2;
    pub const SHA1: c_uint = 3;
    pub const SHA256: c_uint = 6;
    pub const SHA384: c_uint = 7;
    pub const SHA512: c_uint = 8;
    pub const SHA224: c_uint = 9;
}

/// GNUTLS_ECC_CURVE_*.
pub mod curve {
    use std::ffi::c_uint;
    pub const INVALID: c_uint = 0;
    pub const SECP256R1: c_uint = 2;
    pub const SECP384R1: c_uint = 3;
    pub const SECP521R1: c_uint = 4;
    pub const X25519: c_uint = 6;
    pub const ED25519: c_uint = 7;
    pub const X448: c_uint = 20;
    pub const ED448: c_uint = 21;
}
