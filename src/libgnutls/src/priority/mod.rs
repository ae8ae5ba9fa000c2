//! gnutls_priority_t: what may be negotiated, and in which order of preference.

pub mod faces;
mod levels;
mod parse;

use std::ffi::c_int;

use standin_engine::{Parameters, Protocol};

use crate::algorithm::{GROUPS, SIGNS, SUITES, kx, mac, protocol};
use crate::error;

pub use parse::Refused;

/// What a priority string came to, without what the engine does not serve. Programs hold counted references to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Priority {
    pub protocols: Vec<u32>,
    pub ciphers: Vec<u32>,
    pub macs: Vec<u32>,
    pub kx: Vec<u32>,
    pub signs: Vec<u32>,
    pub groups: Vec<u32>,
    pub client_types: Vec<u32>,
    pub server_types: Vec<u32>,
    pub switches: Switches,
    /// What follows for the engine; set once the string is read.
    pub parameters: Parameters,
}

/// The words with a % in front, as far as they mean something here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Switches {
    /// GNUTLS_VERIFY_* for the peer's chain, with the profile.
    pub verify_flags: u32,
    pub server_precedence: bool,
    pub no_tickets: bool,
    pub no_tickets_tls12: bool,
}

impl Priority {
    /// Reads a priority string; `None` means the default.
    pub fn parse(text: Option<&str>) -> Result<Self, Refused> {
        parse::parse(text.unwrap_or(levels::DEFAULT))
    }

    /// Drops what the engine does not serve, and works out what is left.
    fn complete(&mut self) -> Result<(), c_int> {
        const SERVED_KX: [u32; 4] = [kx::ECDHE_ECDSA, kx::ECDHE_RSA, kx::DHE_PSK, kx::ECDHE_PSK];
        // As the original: TLS 1.3 has no key exchanges of these names, but for those of pre-shared keys.
        let psk = self.kx.iter().any(|id| [kx::PSK, kx::DHE_PSK, kx::ECDHE_PSK].contains(id));
        if !psk && self.protocols.iter().all(|id| *id == protocol::TLS1_3) {
            self.kx.clear();
        }
        self.protocols.retain(|id| [protocol::TLS1_2, protocol::TLS1_3].contains(id));
        self.ciphers.retain(|id| SUITES.iter().any(|suite| suite.cipher == *id));
        self.macs.retain(|id| *id == mac::AEAD);
        self.kx.retain(|id| SERVED_KX.contains(id));
        self.signs.retain(|id| SIGNS.iter().any(|sign| sign.id == *id));
        self.groups.retain(|id| GROUPS.iter().any(|group| group.0 == *id));
        let suites = self.suites();
        let can = |id: u32| suites.iter().any(|code| SUITES.iter().any(|s| s.code == *code && s.protocol == id));
        let ready = !self.groups.is_empty() && !self.signs.is_empty();
        let has = |id: u32| {
            let enough = ready || (id == protocol::TLS1_3 && !self.groups.is_empty());
            self.protocols.contains(&id) && can(id) && enough
        };
        let (min, max) = match (has(protocol::TLS1_2), has(protocol::TLS1_3)) {
            (true, true) => (Protocol::Tls12, Protocol::Tls13),
            (true, false) => (Protocol::Tls12, Protocol::Tls12),
            (false, true) => (Protocol::Tls13, Protocol::Tls13),
            (false, false) => return Err(error::NO_PRIORITIES_WERE_SET),
        };
        let (groups, schemes) = (self.group_codes(), self.schemes());
        self.parameters = Parameters { min, max, suites, groups, schemes, foreign_verifier: None };
        Ok(())
    }

    /// Code points of cipher suites, in order: TLS 1.3 by cipher, TLS 1.2 by key exchange and cipher.
    fn suites(&self) -> Vec<u16> {
        let find = |id: u32, kx: u32, cipher: u32| {
            let fits = |suite: &&crate::algorithm::Suite| (suite.protocol, suite.kx, suite.cipher) == (id, kx, cipher);
            SUITES.iter().find(fits).map(|suite| suite.code).filter(|_| self.protocols.contains(&id))
        };
        if self.macs.is_empty() {
            return Vec::new();
        }
        let tls13 = self.ciphers.iter().filter_map(|cipher| find(protocol::TLS1_3, 0, *cipher));
        let tls12 = self
            .kx
            .iter()
            .flat_map(|kx| self.ciphers.iter().filter_map(move |cipher| find(protocol::TLS1_2, *kx, *cipher)));
        tls13.chain(tls12).collect()
    }

    fn group_codes(&self) -> Vec<u16> {
        let code = |id: &u32| GROUPS.iter().find(|group| group.0 == *id).map(|group| group.1);
        self.groups.iter().filter_map(code).collect()
    }

    /// Signature schemes in order, each once.
    fn schemes(&self) -> Vec<u16> {
        let mut schemes = Vec::new();
        for sign in self.signs.iter().filter_map(|id| SIGNS.iter().find(|sign| sign.id == *id)) {
            if !schemes.contains(&sign.code) {
                schemes.push(sign.code);
            }
        }
        schemes
    }

    /// Pre-shared keys may be used (only together with a fresh key exchange).
    pub fn allows_psk(&self) -> bool {
        self.kx.iter().any(|id| [kx::DHE_PSK, kx::ECDHE_PSK].contains(id)) && self.protocols.contains(&protocol::TLS1_3)
    }
}
