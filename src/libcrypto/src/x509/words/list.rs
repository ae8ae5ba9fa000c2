//! Lists of names and values: `name:value, name`.

use std::ffi::c_int;

use crate::err::{self, library, reason};
use crate::object::ASN1_OBJECT;

/// The error is on the queue.
#[derive(Debug)]
pub struct Raised;
pub type Result<T> = std::result::Result<T, Raised>;

/// Raises an error of extensions.
#[track_caller]
pub fn fail<T>(why: c_int) -> Result<T> {
    err::raise(library::X509V3, why);
    Err(Raised)
}

/// The same with what it is about.
#[track_caller]
pub fn fail_with<T>(why: c_int, text: &str) -> Result<T> {
    err::raise_with(library::X509V3, why, Some(text));
    Err(Raised)
}

/// What C takes for space.
pub fn is_space(c: char) -> bool {
    c.is_ascii_whitespace() || c == '\x0b'
}

/// A name, and what is behind its colon.
#[derive(Clone, Copy)]
pub struct Word<'a> {
    pub name: &'a str,
    pub value: Option<&'a str>,
}

impl<'a> Word<'a> {
    /// What errors say of it.
    fn shown(self) -> String {
        format!("name={}, value={}", self.name, self.value.unwrap_or("<NULL>"))
    }

    /// Raises an error about it.
    #[track_caller]
    pub fn fail<T>(self, why: c_int) -> Result<T> {
        fail_with(why, &self.shown())
    }

    /// Is it of this name, perhaps with a dot and more behind it (`DNS.1`)?
    pub fn is(self, name: &str) -> bool {
        self.name.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }

    /// The value, or the name where there is none.
    pub fn text(self) -> &'a str {
        self.value.unwrap_or(self.name)
    }

    pub fn truth(self) -> Result<bool> {
        match truth(self.value) {
            Some(truth) => Ok(truth),
            None => self.fail(reason::x509v3::INVALID_BOOLEAN_STRING),
        }
    }

    pub fn number(self) -> Result<Vec<u8>> {
        match self.value.map(number) {
            Some(Some(number)) => Ok(number),
            Some(None) => self.fail(reason::x509v3::BN_DEC2BN_ERROR),
            None => self.fail(reason::x509v3::INVALID_NULL_VALUE),
        }
    }
}

pub fn truth(value: Option<&str>) -> Option<bool> {
    match value? {
        "TRUE" | "true" | "Y" | "y" | "YES" | "yes" => Some(true),
        "FALSE" | "false" | "N" | "n" | "NO" | "no" => Some(false),
        _ => None,
    }
}

/// A whole number, decimal or with `0x`, as DER.
pub fn number(text: &str) -> Option<Vec<u8>> {
    crate::bn::BIGNUM::read(text).map(|number| number.der())
}

/// The words between commas, up to the end of the line; an error when one is empty.
pub fn words(text: &str) -> Result<Vec<Word<'_>>> {
    let mut found = Vec::new();
    let (mut name, mut start) = (None, 0);
    let filled = |part: &'_ str, why| match part.trim_matches(is_space) {
        "" => Err(why),
        _ => Ok(()),
    };
    // What ends a line ends the list, and is still part of its last word.
    let line = text.find(['\r', '\n']).unwrap_or(text.len());
    for (at, c) in text[..line].char_indices() {
        let why = match (c, name) {
            (':', None) | (',', None) => reason::x509v3::INVALID_EMPTY_NAME,
            (',', Some(_)) => reason::x509v3::INVALID_NULL_VALUE,
            _ => continue,
        };
        let part = &text[start..at];
        filled(part, why).or_else(fail)?;
        let part = part.trim_matches(is_space);
        match (c, name.take()) {
            (':', _) => name = Some(part),
            (_, Some(name)) => found.push(Word { name, value: Some(part) }),
            (_, None) => found.push(Word { name: part, value: None }),
        }
        start = at + 1;
    }
    let why = if name.is_some() { reason::x509v3::INVALID_NULL_VALUE } else { reason::x509v3::INVALID_EMPTY_NAME };
    filled(&text[start..], why).or_else(fail)?;
    let part = text[start..].trim_matches(is_space);
    found.push(match name {
        Some(name) => Word { name, value: Some(part) },
        None => Word { name: part, value: None },
    });
    Ok(found)
}

/// An identifier by a name or in dots, or an error of extensions behind the one that says why.
pub fn identifier(text: &str, otherwise: impl FnOnce() -> Raised) -> Result<ASN1_OBJECT> {
    match crate::object::content_named(text) {
        Some(content) => Ok(ASN1_OBJECT::from_content(&content)),
        None => Err(otherwise()),
    }
}
