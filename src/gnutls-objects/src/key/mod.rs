//! Keys: those of X.509 (`x509`), those that may sign elsewhere (`private`), public ones (`public`).

pub mod private;
pub mod public;
pub mod signature;
pub mod x509;
