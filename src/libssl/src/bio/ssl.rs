//! The C functions that the filter is made of.

pub use crate::ssl::handshake::{SSL_do_handshake, SSL_set_accept_state, SSL_set_connect_state};
pub use crate::ssl::io::{SSL_pending, SSL_read, SSL_write};
pub use crate::ssl::pipes::{SSL_get_rbio, SSL_get_wbio, SSL_set_bio};
pub use crate::ssl::renegotiation::SSL_renegotiate;
pub use crate::ssl::sharing::SSL_copy_session_id;
pub use crate::ssl::shutdown::SSL_shutdown;
pub use crate::ssl::state::{SSL_get_error, SSL_in_init, outcome};
pub use crate::ssl::{SSL_clear, SSL_dup, SSL_free, SSL_new};
