//! What is set, on an SSL_CTX or an SSL: data and the rules for it. Neither of the two is known here.

pub mod callback;
pub mod command;
pub mod credentials;
pub mod groups;
pub mod key;
pub mod method;
pub mod schemes;
pub mod security;
pub mod server_info;
pub mod settings;

pub use method::SSL_METHOD;
pub use settings::{Hooks, Settings, Switches};
