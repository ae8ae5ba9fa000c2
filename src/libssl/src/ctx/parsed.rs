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
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut list = Certificates::new()?;
        for der in chain.0.iter() {
            let found = known.iter().find(|(seen, _)| seen == der).map(|(_, certificate)| certificate.clone());
            let certificate = match found {
                Some(certificate) => certificate,
                None => {
                    let certificate = library.certificate(der)?;
                    if known.len() == KEPT {
                        known.remove(0);
                    }
                    known.push((der.clone(), certificate.clone()));
                    certificate
                }
            };
            if !list.push(certificate) {
                return None;
            }
        }
        Some(list)
    }
}
