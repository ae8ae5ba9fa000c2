//! Who is trusted.

use std::collections::HashMap;
use std::ffi::c_uint;
use std::sync::Arc;

use super::chain::Link;
use crate::certificate::relation::is_issuer;
use crate::certificate::{self, Content};
use crate::datum;
use crate::revocation;
use crate::types::{gnutls_x509_crl_t, gnutls_x509_crt_t};

/// A revocation list, and where the program has it.
pub struct List {
    pub handle: gnutls_x509_crl_t,
    pub content: Arc<revocation::Content>,
}

/// A certificate that is trusted for one name.
pub struct Named {
    pub link: Link,
    pub name: Vec<u8>,
}

/// A trust list that a program holds. What is put into it is its own.
#[derive(Default)]
pub struct TrustList {
    authorities: Vec<Option<Link>>,
    /// Places in `authorities` by subject.
    by_subject: HashMap<Vec<u8>, Vec<usize>>,
    pub lists: Vec<List>,
    pub named: Vec<Named>,
    /// Those that are not trusted whoever says so.
    distrusted: Vec<Arc<Content>>,
}

impl TrustList {
    /// The authorities with this subject.
    pub fn with_subject(&self, subject: &[u8]) -> Vec<&Link> {
        let places = self.by_subject.get(subject);
        places.into_iter().flatten().filter_map(|at| self.authorities[*at].as_ref()).collect()
    }

    /// All authorities.
    pub fn authorities(&self) -> impl Iterator<Item = &Link> {
        self.authorities.iter().flatten()
    }

    /// The authority at a place, counted from 0, and the place of the next.
    pub fn authority_at(&self, place: usize) -> Option<(&Link, usize)> {
        let at = (place..self.authorities.len()).find(|at| self.authorities[*at].is_some())?;
        Some((self.authorities[at].as_ref()?, at + 1))
    }

    /// An authority that may have issued a certificate.
    pub fn issuer_of(&self, cert: &Content) -> Option<&Link> {
        self.with_subject(&cert.issuer.der).into_iter().find(|authority| is_issuer(cert, &authority.content))
    }

    /// Adds an authority; one that is there already is freed, and replaced unless it is the very same.
    pub fn add(&mut self, link: Link, unique: bool) {
        if unique {
            let places = self.by_subject.get(&link.content.subject.der).into_iter().flatten();
            let same = |at: &&usize| {
                self.authorities[**at].as_ref().is_some_and(|known| known.content.der == link.content.der)
            };
            if let Some(at) = places.copied().collect::<Vec<_>>().iter().find(same) {
                if let Some(old) = self.authorities[*at].replace(link) {
                    self.free(&old);
                }
                return;
            }
        }
        let subject = link.content.subject.der.clone();
        self.by_subject.entry(subject).or_default().push(self.authorities.len());
        self.authorities.push(Some(link));
    }

    /// Takes an authority out, and never trusts it again.
    pub fn remove(&mut self, content: &Arc<Content>) -> bool {
        let at = self
            .authorities
            .iter()
            .position(|known| known.as_ref().is_some_and(|link| link.content.der == content.der));
        if let Some(old) = at.and_then(|at| self.authorities[at].take()) {
            self.free(&old);
        }
        self.distrusted.push(content.clone());
        at.is_some()
    }

    fn free(&self, link: &Link) {
        if !link.handle.is_null() {
            // SAFETY: the list owns what it has been given, and nobody uses it any more.
            unsafe { datum::take_back(link.handle) }
        }
    }

    /// Whether one of these is not trusted whoever says so.
    pub fn distrusts(&self, chain: &[Link]) -> bool {
        chain.iter().any(|link| self.distrusted.iter().any(|known| known.der == link.content.der))
    }

    /// The revocation lists of a certificate's issuer.
    pub fn lists_of<'a>(&'a self, cert: &'a Content) -> impl Iterator<Item = &'a List> {
        self.lists.iter().filter(|list| list.content.issuer.der == cert.issuer.der)
    }

    /// Adds a revocation list; with `unique` it replaces an older one of the same issuer, or is freed when it is the older.
    pub fn add_list(&mut self, list: List, unique: bool) -> bool {
        if unique {
            let same = self.lists.iter_mut().find(|known| known.content.issuer.der == list.content.issuer.der);
            if let Some(known) = same {
                let newer = list.content.this_update >= known.content.this_update;
                let old = if newer { std::mem::replace(known, list) } else { list };
                // SAFETY: the list owns what it has been given, and nobody uses it any more.
                unsafe { datum::take_back(old.handle) };
                return newer;
            }
        }
        self.lists.push(list);
        true
    }

    /// Frees what was put into it.
    pub fn empty(&mut self) {
        // SAFETY: what is in it is its own, and nobody uses it any more.
        unsafe {
            for link in self.authorities.drain(..).flatten() {
                datum::take_back(link.handle);
            }
            for list in self.lists.drain(..) {
                datum::take_back(list.handle);
            }
            for named in self.named.drain(..) {
                datum::take_back(named.link.handle);
            }
        }
    }
}

/// The link of a program's certificate.
///
/// # Safety
/// `cert` is NULL or live.
pub unsafe fn link(cert: gnutls_x509_crt_t) -> Result<Link, std::ffi::c_int> {
    // SAFETY: the caller's promise.
    unsafe { certificate::inside(cert) }.map(|content| Link { handle: cert, content: content.clone() })
}

/// The links of a program's array.
///
/// # Safety
/// `certs` has `count` certificates.
pub unsafe fn links(certs: *const gnutls_x509_crt_t, count: c_uint) -> Result<Vec<Link>, std::ffi::c_int> {
    // SAFETY: the caller's promise.
    unsafe { datum::items(certs, count as usize).iter().map(|cert| link(*cert)).collect() }
}
