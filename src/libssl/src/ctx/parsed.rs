//! Certificates of peers, parsed once.

use std::sync::{Arc, Mutex, PoisonError};

use standin_engine::PeerChain;

use super::Library;
use crate::libcrypto::stack::Certificates;
use crate::libcrypto::{Owned, X509};

/// X509s of peers that have been seen, by their DER: parsing one is dearer than two signatures.
#[derive(Default)]
pub struct Parsed(Mutex<Vec<Seen>>);

/// A certificate and its DER.
type Seen = (Arc<[u8]>, Owned<X509>);

/// More different peers than come in turn on a busy server's short memory.
const KEPT: usize = 32;

impl Parsed {
    /// The chain as a list of X509s, shared with others that have seen them; `None` when one does
    /// not parse. For verification alone: nothing of it may reach the program.
    pub fn certificates(&self, library: &Library, chain: &PeerChain) -> Option<Certificates> {
        let mut list = Certificates::new()?;
        for der in chain.0.iter() {
            let certificate = match self.find(der) {
                Some(certificate) => certificate,
                None => self.keep(der, library.certificate(der)?),
            };
            if !list.push(certificate) {
                return None;
            }
        }
        Some(list)
    }

    fn find(&self, der: &Arc<[u8]>) -> Option<Owned<X509>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.iter().find(|(seen, _)| seen == der).map(|(_, certificate)| certificate.clone())
    }

    /// X509s are made and freed with nothing locked: the program's functions for its pointers on them are called then.
    fn keep(&self, der: &Arc<[u8]>, certificate: Owned<X509>) -> Owned<X509> {
        let _gone;
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        _gone = (known.len() == KEPT).then(|| known.remove(0));
        known.push((der.clone(), certificate.clone()));
        certificate
    }
}
