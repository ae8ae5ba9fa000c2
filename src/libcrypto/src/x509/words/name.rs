//! General names in words: `DNS:example.org`, `IP:192.0.2.1`.

use super::list::{Raised, Result, Word, fail, fail_with, identifier};
use crate::asn1::generate::generate;
use crate::der::{self, tag};
use crate::err::reason::x509v3 as reason;
use crate::x509::host::address;

/// An address with its mask, where names are held to subtrees.
fn subnet(text: &str) -> Option<Vec<u8>> {
    let (start, mask) = text.split_once('/')?;
    let (start, mask) = (address(start)?, address(mask)?);
    (start.len() == mask.len()).then(|| [start, mask].concat())
}

/// A name of a kind of the program's own: its identifier, a semicolon, and a value in the words of `asn1::generate`.
fn other_name(text: &str, configured: bool) -> Result<Vec<u8>> {
    let made = || {
        let (kind, value) = text.split_once(';')?;
        let value = generate(value, configured)?;
        let kind = crate::object::content_named(kind)?;
        Some([der::element(tag::OID, &kind), der::element(tag::constructed(0), &value)].concat())
    };
    match made() {
        Some(content) => Ok(der::element(tag::constructed(0), &content)),
        None => fail(reason::OTHERNAME_ERROR),
    }
}

/// A general name, encoded (RFC 5280, section 4.2.1.6); in a subtree an address has a mask. `configured`: is there a context,
/// which might have sections?
pub fn general_name(word: Word, subtree: bool, configured: bool) -> Result<Vec<u8>> {
    let Some(value) = word.value else { return fail(reason::MISSING_VALUE) };
    let text = |number| Ok(der::element(tag::context(number), value.as_bytes()));
    let (text_kinds, others) = ([("email", 1), ("URI", 6), ("DNS", 2)], ["RID", "IP", "dirName", "otherName"]);
    if let Some((_, number)) = text_kinds.into_iter().find(|(name, _)| word.is(name)) {
        return text(number);
    }
    match others.into_iter().find(|name| word.is(name)) {
        Some("RID") => {
            let kind = identifier(value, || bad_object(value))?;
            Ok(der::element(tag::context(8), &kind.der))
        }
        Some("IP") => {
            let found = if subtree { subnet(value) } else { address(value) };
            match found {
                Some(address) => Ok(der::element(tag::context(7), &address)),
                None => fail_with(reason::BAD_IP_ADDRESS, &format!("value={value}")),
            }
        }
        Some("dirName") => {
            // Its attributes are in a section of a configuration.
            let _: Result<()> = fail(reason::OPERATION_NOT_DEFINED);
            let _: Result<()> = fail_with(reason::SECTION_NOT_FOUND, &format!("section={value}"));
            fail(reason::DIRNAME_ERROR)
        }
        Some(_) => other_name(value, configured),
        None => fail_with(reason::UNSUPPORTED_OPTION, &format!("name={}", word.name)),
    }
}

pub fn bad_object(value: &str) -> Raised {
    let _: Result<()> = fail_with(reason::BAD_OBJECT, &format!("value={value}"));
    Raised
}
