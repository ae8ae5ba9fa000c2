//! SSL and SSL_CTX as the floors below them see them: what the program's functions are called with, and nothing to look
//! into.

use std::marker::{PhantomData, PhantomPinned};

/// An SSL, which a callback is given.
#[repr(C)]
pub struct SSL(PhantomData<(*mut u8, PhantomPinned)>);

/// An SSL_CTX, which a callback is given.
#[repr(C)]
pub struct SSL_CTX(PhantomData<(*mut u8, PhantomPinned)>);
