//! The engine's configurations, which many sessions share: making one costs more than a handshake.

use std::sync::{Arc, Mutex, PoisonError};

/// Configurations by what they were made from; the latest ones.
pub struct Configurations<K, T>(Mutex<Vec<(K, Arc<T>)>>);

/// More different settings than a process uses at a time.
const KEPT: usize = 8;

impl<K: PartialEq, T> Configurations<K, T> {
    pub const fn new() -> Self {
        Configurations(Mutex::new(Vec::new()))
    }

    /// The one that was made from `key`, or that `make` makes.
    pub fn find<E>(&self, key: K, make: impl FnOnce(&K) -> Result<Arc<T>, E>) -> Result<Arc<T>, E> {
        let mut made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, config)) = made.iter().find(|(known, _)| *known == key) {
            return Ok(config.clone());
        }
        let config = make(&key)?;
        if made.len() == KEPT {
            made.remove(0);
        }
        made.push((key, config.clone()));
        Ok(config)
    }
}
