//! The chain that a peer has sent, in order and without what is trusted anyway.

use std::ffi::c_uint;
use std::sync::Arc;

use super::flag;
use super::list::TrustList;
use crate::certificate::Content;
use crate::certificate::relation::{is_issuer, same_key};
use crate::types::gnutls_x509_crt_t;

/// A certificate of a chain, and where the program has it.
#[derive(Clone)]
pub struct Link {
    pub handle: gnutls_x509_crt_t,
    pub content: Arc<Content>,
}

/// The longest chain that is put in order.
pub const LONGEST: usize = 16;

/// Puts each certificate before its issuer, beginning with the first, as far as they can be had, and the others behind;
/// how many belong together.
fn sort(chain: &mut [Link]) -> usize {
    let mut sorted = 1;
    while sorted < chain.len() {
        let last = chain[sorted - 1].content.clone();
        let next = chain.iter().skip(sorted).position(|next| is_issuer(&last, &next.content));
        let Some(at) = next else { break };
        chain[sorted..=sorted + at].rotate_right(1);
        sorted += 1;
    }
    sorted
}

/// The chain that is verified: in order unless `flags` forbid it, without what is there twice, up to the first whose
/// issuer is trusted, and without a root, which says nothing about itself.
pub fn arranged(list: &TrustList, given: &[Link], flags: c_uint) -> Vec<Link> {
    let mut chain = given.to_vec();
    let mut start = 0;
    while start < chain.len() && chain.len() <= LONGEST {
        let together = if flags & flag::DO_NOT_ALLOW_UNSORTED == 0 { sort(&mut chain[start..]) } else { 1 };
        let (before, run) = chain.split_at(start);
        let twice = run.iter().take(together).position(|link| before.iter().any(|known| same(known, link)));
        if let Some(at) = twice {
            chain.remove(start + at);
            continue;
        }
        start += together;
        if list.issuer_of(&chain[start - 1].content).is_some() {
            chain.truncate(start);
        }
    }
    shortened(list, chain)
}

fn same(one: &Link, other: &Link) -> bool {
    one.content.der == other.content.der
}

/// The chain without its root, and up to the first behind the certificate that is trusted itself.
fn shortened(list: &TrustList, mut chain: Vec<Link>) -> Vec<Link> {
    chain.truncate(without_root(&chain).len());
    let trusted = |link: &Link| list.with_subject(&link.content.subject.der).iter().any(|known| same(known, link));
    if let Some(at) = chain.iter().skip(1).position(|link| is_root(link) && trusted(link)) {
        chain.truncate(at + 2);
    }
    chain
}

fn is_root(link: &Link) -> bool {
    is_issuer(&link.content, &link.content)
}

/// How much of a chain has to be verified: up to the first that is trusted itself.
pub fn until_trusted(chain: &[Link], trusted: &[&Link], flags: c_uint) -> Option<(usize, Link)> {
    let from = usize::from(flags & flag::DO_NOT_ALLOW_SAME != 0);
    (from..chain.len()).find_map(|at| {
        // An authority may have been certified by another as well; what is to be verified is itself that is trusted, or else
        // whoever has a trusted key could certify to it what he likes.
        let is_same = |known: &&&Link| match at {
            0 => same(known, &chain[0]),
            _ => same_key(&known.content, &chain[at].content),
        };
        let same = trusted.iter().find(is_same)?;
        Some((at, (*same).clone()))
    })
}

/// The chain without a root at the end.
pub fn without_root(chain: &[Link]) -> &[Link] {
    match chain {
        [rest @ .., last] if !rest.is_empty() && is_root(last) => rest,
        _ => chain,
    }
}
