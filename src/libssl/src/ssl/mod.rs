//! SSL: one connection.

/// SSL.
pub struct SSL {
    _opaque: [u8; 0],
}
