//! SSL: one connection.

use std::sync::Arc;

use crate::ctx::{SSL_CTX, SSL_METHOD, Settings, Switches};
use crate::libcrypto::stack::Names;
use crate::libcrypto::{Owned, X509_VERIFY_PARAM};

/// SSL.
pub struct SSL {
    _opaque: [u8; 0],
}
pub struct Ssl {
    pub switches: Switches,
    pub settings: Arc<Settings>,
    pub param: Owned<X509_VERIFY_PARAM>,
    pub ca_names: Option<Names>,
    pub client_ca_names: Option<Names>,
    pub context: *mut SSL_CTX,
    pub method: &'static SSL_METHOD,
}
pub unsafe fn with<T>(_ssl: *mut SSL, _look: impl FnOnce(&mut Ssl) -> T) -> Option<T> {
    None
}
