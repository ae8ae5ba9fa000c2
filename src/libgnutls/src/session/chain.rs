//! A peer's chain as the original's certificates.

use std::cell::OnceCell;
use std::ffi::c_int;

use standin_engine::PeerChain;

use crate::credentials::identity;
use crate::error;
use crate::gnutls::{Certificate, Owned};

/// Parsed when it is first looked at.
pub struct Chain {
    encoded: PeerChain,
    parsed: OnceCell<Vec<Owned<Certificate>>>,
}

impl Chain {
    pub fn new(encoded: PeerChain) -> Self {
        Chain { encoded, parsed: OnceCell::new() }
    }

    pub fn certificates(&self) -> Result<&[Owned<Certificate>], c_int> {
        if let Some(parsed) = self.parsed.get() {
            return Ok(parsed);
        }
        let parsed = self.encoded.0.iter().map(|der| identity::certificate(der)).collect::<Result<Vec<_>, _>>()?;
        Ok(self.parsed.get_or_init(|| parsed))
    }

    pub fn leaf(&self) -> Result<&Owned<Certificate>, c_int> {
        self.certificates()?.first().ok_or(error::NO_CERTIFICATE_FOUND)
    }
}
