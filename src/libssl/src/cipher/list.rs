//! The ciphers of a context or connection, as the list of them that C programs see.

use standin_engine::Protocol;

use super::{Rules, SSL_CIPHER, TABLE, Unparsable};
use crate::libcrypto::OPENSSL_STACK;
use crate::libcrypto::stack::{OPENSSL_sk_free, OPENSSL_sk_new_null, OPENSSL_sk_push};

/// TLS 1.3 suites and TLS 1.2 suites, each in order of preference.
#[derive(Debug)]
pub struct CipherList {
    tls13: Vec<&'static SSL_CIPHER>,
    tls12: Vec<&'static SSL_CIPHER>,
    stack: *mut OPENSSL_STACK,
}

// SAFETY: the list never changes once it is made.
unsafe impl Send for CipherList {}
// SAFETY: as above.
unsafe impl Sync for CipherList {}

impl Default for CipherList {
    fn default() -> Self {
        CipherList { tls13: Vec::new(), tls12: Vec::new(), stack: std::ptr::null_mut() }
    }
}

impl PartialEq for CipherList {
    fn eq(&self, other: &Self) -> bool {
        let codes = |suites: &[&'static SSL_CIPHER], others: &[&'static SSL_CIPHER]| {
            suites.iter().map(|suite| suite.code).eq(others.iter().map(|suite| suite.code))
        };
        codes(&self.tls13, &other.tls13) && codes(&self.tls12, &other.tls12)
    }
}

impl Drop for CipherList {
    fn drop(&mut self) {
        // SAFETY: ours; the suites in it are static.
        unsafe { OPENSSL_sk_free(self.stack) };
    }
}

impl CipherList {
    /// Everything that is served; `None` when there is no memory.
    pub fn defaults() -> Option<Self> {
        let of = |protocol| TABLE.iter().filter(move |suite| suite.protocol == protocol).collect();
        Self::new(of(Protocol::Tls13), of(Protocol::Tls12))
    }

    fn new(tls13: Vec<&'static SSL_CIPHER>, tls12: Vec<&'static SSL_CIPHER>) -> Option<Self> {
        let stack = c_list(tls13.iter().chain(&tls12).copied())?;
        Some(CipherList { tls13, tls12, stack })
    }

    /// The same TLS 1.3 suites with other TLS 1.2 suites.
    pub fn with_rules(&self, rules: &Rules) -> Option<Self> {
        Self::new(self.tls13.clone(), rules.suites.clone())
    }

    /// The same TLS 1.2 suites with other TLS 1.3 suites: IANA names with colons between them.
    /// Names of suites not served select nothing; no suite at all is only allowed for no name.
    pub fn with_suites(&self, names: &[u8]) -> Result<Option<Self>, Unparsable> {
        let suites: Vec<_> = names
            .split(|&byte| byte == b':')
            .map(<[u8]>::trim_ascii)
            .filter_map(SSL_CIPHER::by_standard_name)
            .filter(|suite| suite.protocol == Protocol::Tls13)
            .collect();
        if suites.is_empty() && !names.is_empty() {
            return Err(Unparsable);
        }
        Ok(Self::new(suites, self.tls12.clone()))
    }

    /// All, TLS 1.3 first.
    pub fn iter(&self) -> impl Iterator<Item = &'static SSL_CIPHER> + '_ {
        self.tls13.iter().chain(&self.tls12).copied()
    }

    /// Code points of suites for these versions, as the engine takes them.
    pub fn codes_between(&self, min: Protocol, max: Protocol) -> Vec<u16> {
        self.iter().filter(|suite| (min..=max).contains(&suite.protocol)).map(|suite| suite.code).collect()
    }

    /// There are suites for TLS 1.2.
    pub fn has_tls12(&self) -> bool {
        !self.tls12.is_empty()
    }

    /// STACK_OF(SSL_CIPHER), which lives as long as `self`.
    pub fn as_ptr(&self) -> *mut OPENSSL_STACK {
        self.stack
    }
}

/// A STACK_OF(SSL_CIPHER) that the caller frees; `None` when there is no memory.
pub fn c_list(suites: impl Iterator<Item = &'static SSL_CIPHER>) -> Option<*mut OPENSSL_STACK> {
    // SAFETY: a fresh list of pointers to static suites.
    unsafe {
        let stack = OPENSSL_sk_new_null();
        if stack.is_null() {
            return None;
        }
        for suite in suites {
            if OPENSSL_sk_push(stack, std::ptr::from_ref(suite).cast()) <= 0 {
                OPENSSL_sk_free(stack);
                return None;
            }
        }
        Some(stack)
    }
}
