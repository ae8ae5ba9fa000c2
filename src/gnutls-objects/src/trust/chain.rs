//! The chain that a peer has sent, in order and without what is trusted anyway.

use std::ffi::c_uint;
use std::sync::Arc;

use super::flag;
use crate::certificate::Content;
use crate::certificate::relation::{is_issuer, same_key};
use crate::types::gnutls_x509_crt_t;

/// A certificate of a chain, and where the program has it.
#[derive(Clone)]
pub struct Link {
    pub handle: gnutls_x509_crt_t,
    pub content: Arc<Content>,
}

/// The longest chain that is verified.
pub const LONGEST: usize = 16;

/// The chain with each certificate before its issuer, as far as they can be had.
pub fn sorted(chain: &[Link], flags: c_uint) -> Vec<Link> {
    if flags & flag::DO_NOT_ALLOW_UNSORTED != 0 {
        return chain.to_vec();
    }
    let mut rest: Vec<&Link> = chain.iter().skip(1).collect();
    let mut out: Vec<Link> = chain.iter().take(1).cloned().collect();
    while let Some(last) = out.last() {
        if is_issuer(&last.content, &last.content) {
            break;
        }
        let next = rest.iter().position(|next| is_issuer(&last.content, &next.content));
        match next {
            Some(at) => out.push(rest.remove(at).clone()),
            None => break,
        }
    }
    out
}

/// How much of a chain has to be verified: up to the first that is trusted itself.
pub fn until_trusted(chain: &[Link], trusted: &[&Link], flags: c_uint) -> Option<(usize, Link)> {
    let from = usize::from(flags & flag::DO_NOT_ALLOW_SAME != 0);
    (from..chain.len()).find_map(|at| {
        let same = trusted.iter().find(|known| same_key(&known.content, &chain[at].content))?;
        Some((at, (*same).clone()))
    })
}

/// The chain without a root at the end, which says nothing about itself.
pub fn without_root(chain: &[Link]) -> &[Link] {
    match chain {
        [rest @ .., last] if !rest.is_empty() && is_issuer(&last.content, &last.content) => rest,
        _ => chain,
    }
}
