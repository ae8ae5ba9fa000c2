//! Both roles against each other in memory: every split of the bytes, every byte flipped or cut,
//! and any order of what either side may do after the handshake.

mod hostile;
mod pair;
mod psk;
mod random;
mod resumption;
mod rounds;
mod splits;
#[allow(dead_code)]
#[path = "../../src/testing.rs"]
mod testing;
mod variety;

use standin_engine::{Identity, key_from_der};
