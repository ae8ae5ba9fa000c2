//! Name constraints (RFC 5280, section 4.2.1.10): what authorities may say about names.

use std::ffi::{c_int, c_uint};

use standin_pki::der::{Reader, tag};

use crate::certificate::Content;
use crate::certificate::alternative::{self, Alternative, kind};
use crate::certificate::content::extension;
use crate::error;

const COMMON_NAME: &str = "2.5.4.3";
const EMAIL: &str = "1.2.840.113549.1.9.1";
const SERVER: &str = "1.3.6.1.5.5.7.3.1";

/// What one authority says.
pub struct Constraints {
    permitted: Vec<Alternative>,
    excluded: Vec<Alternative>,
}

fn subtrees(content: &[u8]) -> Result<Vec<Alternative>, c_int> {
    let mut list = Reader(content);
    let mut out = Vec::new();
    while !list.is_empty() {
        let mut subtree = list.enter(tag::SEQUENCE).ok_or(error::ASN1_DER_ERROR)?;
        let name = alternative::next(&mut subtree)?;
        if !matches!(name.kind, kind::DNS | kind::MAIL | kind::DIRECTORY | kind::URI | kind::ADDRESS) {
            return Err(error::ILLEGAL_PARAMETER);
        }
        if name.kind == kind::ADDRESS && !is_network(&name.value) {
            return Err(error::ILLEGAL_PARAMETER);
        }
        // Distances are not looked at: RFC 5280 has a minimum of 0 and no maximum.
        out.push(name);
    }
    Ok(out)
}

impl Constraints {
    /// What a certificate says; `None` for nothing.
    pub fn of(content: &Content) -> Result<Option<Self>, c_int> {
        let Some(found) = content.extension(extension::NAME_CONSTRAINTS) else { return Ok(None) };
        let mut inside = Reader(&found.value).enter(tag::SEQUENCE).ok_or(error::ASN1_DER_ERROR)?;
        let mut list = |number| {
            let found = inside.optional(tag::constructed(number)).ok_or(error::ASN1_DER_ERROR)?;
            found.map_or(Ok(Vec::new()), |found| subtrees(found.content))
        };
        Ok(Some(Constraints { permitted: list(0)?, excluded: list(1)? }))
    }

    /// What is permitted, and what is excluded.
    pub fn into_parts(self) -> (Vec<Alternative>, Vec<Alternative>) {
        (self.permitted, self.excluded)
    }

    fn speaks_of(&self, kind: c_uint) -> bool {
        self.permitted.iter().chain(&self.excluded).any(|name| name.kind == kind)
    }

    /// Whether a name is permitted, and not excluded.
    fn allow(&self, kind: c_uint, name: &[u8]) -> bool {
        let within = |tree: &&Alternative| tree.kind == kind && is_within(kind, name, &tree.value);
        // Networks of one kind of addresses say nothing about the other.
        let speaks =
            |tree: &&Alternative| tree.kind == kind && (kind != kind::ADDRESS || tree.value.len() == 2 * name.len());
        let mut permitted = self.permitted.iter().filter(speaks).peekable();
        !self.excluded.iter().any(|tree| within(&tree))
            && (permitted.peek().is_none() || permitted.any(|tree| within(&tree)))
    }

    /// Whether a certificate's names are permitted.
    pub fn permit(&self, content: &Content) -> bool {
        [kind::DNS, kind::MAIL, kind::DIRECTORY, kind::URI, kind::ADDRESS]
            .iter()
            .all(|kind| self.permit_kind(*kind, content))
    }

    fn permit_kind(&self, kind: c_uint, content: &Content) -> bool {
        if !self.speaks_of(kind) {
            return true;
        }
        let mut names = content.alternatives.iter().filter(|name| name.kind == kind).peekable();
        let named = names.peek().is_some();
        match kind {
            // Constraints on these are not followed, so what they are about is not taken. On addresses of the web they bind
            // with the original when they exclude.
            kind::DIRECTORY => false,
            kind::URI => !named || !self.excluded.iter().any(|tree| tree.kind == kind),
            _ if named => names.all(|name| self.allow(kind, &name.value)),
            kind::MAIL => self.allow_in_subject(kind, content, EMAIL),
            kind::DNS if content.serves(SERVER, true) => self.allow_in_subject(kind, content, COMMON_NAME),
            _ => true,
        }
    }

    /// The subject's name stands for one that is not among the others; there must be no second one.
    fn allow_in_subject(&self, kind: c_uint, content: &Content, oid: &str) -> bool {
        let mut values = content.subject.values(oid);
        match (values.next(), values.next()) {
            (None, _) => true,
            (Some(name), None) => self.allow(kind, &name.value()),
            _ => false,
        }
    }
}

fn is_within(kind: c_uint, name: &[u8], tree: &[u8]) -> bool {
    match kind {
        kind::DNS => name == tree || is_below(name, tree, b'.'),
        kind::MAIL => name == tree || is_mail_within(name, tree),
        kind::ADDRESS => is_in_network(name, tree),
        _ => false,
    }
}

/// Whether `name` ends in `suffix`, behind this letter.
fn is_below(name: &[u8], suffix: &[u8], behind: u8) -> bool {
    if suffix.is_empty() {
        return true;
    }
    if suffix.first() == Some(&b'.') {
        return name.len() > suffix.len() && name.ends_with(suffix);
    }
    name.strip_suffix(suffix).is_some_and(|rest| rest.last() == Some(&behind))
}

/// A mailbox in a host, or with a dot in front in any host below it.
fn is_mail_within(name: &[u8], tree: &[u8]) -> bool {
    is_below(name, tree, b'@')
}

/// Whether this is an address with a mask of ones before zeros.
fn is_network(network: &[u8]) -> bool {
    let mask = &network[network.len() / 2..];
    let ones = mask.iter().take_while(|byte| **byte == 0xff).count();
    let behind = mask.get(ones + 1..).unwrap_or_default();
    let partial = mask.get(ones).is_none_or(|byte| byte.leading_ones() + byte.trailing_zeros() == 8);
    matches!(network.len(), 8 | 32) && partial && behind.iter().all(|byte| *byte == 0)
}

/// Whether an address is in a network, which is address and mask.
fn is_in_network(address: &[u8], network: &[u8]) -> bool {
    if network.len() != 2 * address.len() {
        return false;
    }
    let (base, mask) = network.split_at(address.len());
    address.iter().zip(base).zip(mask).all(|((byte, base), mask)| byte & mask == base & mask)
}
