//! SSL_METHOD: role and version that a context is made for.

use std::ffi::c_int;

use standin_engine::Role;

/// SSL_METHOD.
#[derive(Debug)]
pub struct SSL_METHOD {
    /// TLS1_2_VERSION and such, or [`ANY`].
    pub version: c_int,
    /// The one role it is for.
    pub role: Option<Role>,
}

/// TLS_ANY_VERSION.
pub const ANY: c_int = 0x10000;
/// DTLS_ANY_VERSION.
const ANY_DATAGRAM: c_int = 0x1ffff;
/// TLS 1.0, 1.1, 1.2.
const TLS1: c_int = 0x0301;
const TLS1_1: c_int = 0x0302;
const TLS1_2: c_int = 0x0303;
/// DTLS 1.0, 1.2.
const DTLS1: c_int = 0xfeff;
const DTLS1_2: c_int = 0xfefd;

impl SSL_METHOD {
    /// DTLS, which is not served.
    pub fn is_datagram(&self) -> bool {
        matches!(self.version, ANY_DATAGRAM | DTLS1 | DTLS1_2)
    }

    /// The one version that it is for.
    pub fn only(&self) -> Option<c_int> {
        (self.version != ANY).then_some(self.version)
    }
}

/// Defines the three functions that give the methods of a version.
macro_rules! methods {
    ($($version:ident: $either:ident, $client:ident, $server:ident;)*) => {
        $(
            methods!(@ $either, $version, None);
            methods!(@ $client, $version, Some(Role::Client));
            methods!(@ $server, $version, Some(Role::Server));
        )*
    };
    (@ $name:ident, $version:ident, $role:expr) => {
        versioned! {
            /// The method of this name.
            pub unsafe extern "C" fn $name() -> *const SSL_METHOD {
                static METHOD: SSL_METHOD = SSL_METHOD { version: $version, role: $role };
                std::ptr::from_ref(&METHOD)
            }
        }
    };
}

methods! {
    ANY: TLS_method, TLS_client_method, TLS_server_method;
    TLS1: TLSv1_method, TLSv1_client_method, TLSv1_server_method;
    TLS1_1: TLSv1_1_method, TLSv1_1_client_method, TLSv1_1_server_method;
    TLS1_2: TLSv1_2_method, TLSv1_2_client_method, TLSv1_2_server_method;
    ANY_DATAGRAM: DTLS_method, DTLS_client_method, DTLS_server_method;
    DTLS1: DTLSv1_method, DTLSv1_client_method, DTLSv1_server_method;
    DTLS1_2: DTLSv1_2_method, DTLSv1_2_client_method, DTLSv1_2_server_method;
}
