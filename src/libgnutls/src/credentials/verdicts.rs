//! Verdicts of the trust list that hold until something changes.
//!
//! To verify a chain costs more than all the rest of a handshake. A good verdict is a function of the chain, of what is
//! asked about it, of the credentials and of the time, and of the time only as far as it is before or behind a moment
//! that one of the certificates names. So it is remembered for just these, and where one of them cannot be known
//! (revocation lists, tokens, a trust list in the program's hands) nothing is. A bad verdict never is.

use std::collections::VecDeque;
use std::ffi::{CStr, c_int, c_uint};
use std::ops::Range;
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant};

use standin_engine::PeerChain;

use super::State;
use crate::gnutls::{
    Certificate, Owned, TypedData, data, gnutls_fips140_mode_enabled, gnutls_sign_is_secure2,
    gnutls_x509_crt_get_activation_time, gnutls_x509_crt_get_expiration_time, gnutls_x509_crt_get_signature_algorithm,
};

/// As many as are kept, and for how long: more than the peers that come again and again, and not for ever.
const KEPT: usize = 64;
const AGE: Duration = Duration::from_secs(600);

/// What was asked about a chain.
#[derive(PartialEq)]
pub struct Question {
    chain: PeerChain,
    data: Vec<(c_uint, Vec<u8>)>,
    flags: c_uint,
    /// Of the credentials.
    generation: u64,
}

impl Question {
    /// `None`: the answer is not to be remembered.
    ///
    /// # Safety
    /// The data is as the original wants it.
    pub unsafe fn new(state: &State, chain: &PeerChain, data: &[TypedData], flags: c_uint) -> Option<Self> {
        // SAFETY: the original's. Its rules for certificates may be others from one call to the next with FIPS 140.
        if state.trusted.varies || unsafe { gnutls_fips140_mode_enabled() } != 0 {
            return None;
        }
        // SAFETY: the caller's promise.
        let data = data.iter().map(|item| unsafe { copied(item) }).collect::<Option<_>>()?;
        Some(Question { chain: chain.clone(), data, flags, generation: state.generation })
    }
}

/// # Safety
/// As for [`Question::new`].
unsafe fn copied(item: &TypedData) -> Option<(c_uint, Vec<u8>)> {
    let known = matches!(item.kind, data::HOSTNAME | data::PURPOSE | data::EMAIL | data::ADDRESS);
    if !known || item.data.is_null() {
        return None;
    }
    // SAFETY: bytes as many as told, or a text with its end.
    let bytes = unsafe {
        match (item.size, item.kind) {
            (0, data::ADDRESS) => &[],
            (0, _) => CStr::from_ptr(item.data.cast()).to_bytes(),
            (size, _) => std::slice::from_raw_parts(item.data, size as usize),
        }
    };
    Some((item.kind, bytes.to_vec()))
}

/// A good verdict.
struct Good {
    question: Question,
    /// No certificate that was looked at comes into force or expires within it.
    within: Range<i64>,
    since: Instant,
    /// What the chain is signed with: programs can call an algorithm insecure at any time.
    algorithms: Vec<c_int>,
    must_staple: bool,
}

impl Good {
    fn holds(&self, now: i64) -> bool {
        self.within.contains(&now) && self.since.elapsed() < AGE && self.algorithms.iter().all(|it| is_secure(*it))
    }
}

fn is_secure(algorithm: c_int) -> bool {
    /// GNUTLS_SIGN_FLAG_SECURE_FOR_CERTS.
    const FOR_CERTIFICATES: c_uint = 1;
    // SAFETY: a look into the original's table.
    unsafe { gnutls_sign_is_secure2(algorithm, FOR_CERTIFICATES) != 0 }
}

/// Those that are remembered with credentials.
#[derive(Default)]
pub struct Verdicts(RwLock<VecDeque<Good>>);

impl Verdicts {
    /// Was the chain found good, and does that hold? Then whether its leaf must come with a staple.
    pub fn recall(&self, question: &Question, now: i64) -> Option<bool> {
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|good| good.question == *question).filter(|good| good.holds(now)).map(|good| good.must_staple)
    }

    /// Remembers that the chain was found good at a moment between these two.
    pub fn remember(
        &self,
        question: Question,
        state: &State,
        certs: &[Owned<Certificate>],
        between: (i64, i64),
        must_staple: bool,
    ) {
        // SAFETY: the certificates are live.
        let own = certs.iter().flat_map(|cert| unsafe { moments(cert.as_ptr()) });
        let within = quiet(state.trusted.moments.iter().copied().chain(own), between.0);
        // SAFETY: the certificates are live.
        let algorithm = |cert: &Owned<Certificate>| unsafe { gnutls_x509_crt_get_signature_algorithm(cert.as_ptr()) };
        let algorithms: Vec<_> = certs.iter().map(algorithm).collect();
        let good = Good { question, within, since: Instant::now(), algorithms, must_staple };
        if state.generation != good.question.generation || !good.holds(between.1) {
            return;
        }
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|known| known.question != good.question);
        kept.truncate(KEPT - 1);
        kept.push_front(good);
    }
}

/// The moments at which a certificate's own word on the time changes: it comes into force, and the second after its last.
///
/// # Safety
/// The certificate is live.
pub unsafe fn moments(cert: *mut Certificate) -> [i64; 2] {
    // SAFETY: the caller's promise.
    unsafe {
        let (first, last) = (gnutls_x509_crt_get_activation_time(cert), gnutls_x509_crt_get_expiration_time(cert));
        [first, last.saturating_add(1)]
    }
}

/// The time around `now` in which none of these moments lies.
fn quiet(moments: impl Iterator<Item = i64>, now: i64) -> Range<i64> {
    moments.fold(i64::MIN..i64::MAX, |range, moment| match moment <= now {
        true => range.start.max(moment)..range.end,
        false => range.start..range.end.min(moment),
    })
}

#[cfg(test)]
mod tests {
    use super::quiet;

    #[test]
    fn between_the_moments_before_and_after() {
        assert_eq!(quiet([10, 20, 15, 30].into_iter(), 17), 15..20);
        assert_eq!(quiet([10, 20].into_iter(), 20), 20..i64::MAX);
        assert_eq!(quiet([10, 20].into_iter(), 9), i64::MIN..10);
        assert_eq!(quiet([].into_iter(), 9), i64::MIN..i64::MAX);
    }
}
