//! CPU time, as `measure.h` has it.

use std::time::Duration;

use super::system::{allocations, now};

/// How long a row is measured.
const SLICE: Duration = Duration::from_millis(150);

/// What is measured: the time of both ends or of one alone, or allocations.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum What {
    Both,
    Server,
    Client,
    Allocations,
}

pub struct Meter {
    what: What,
    since: Option<Duration>,
    spent: Duration,
    allocations: usize,
    pub count: u32,
}

impl Meter {
    pub fn new(what: What) -> Self {
        let since = (what == What::Both).then(now);
        Meter { what, since, spent: Duration::ZERO, allocations: allocations(), count: 0 }
    }

    /// Measures nothing.
    pub fn idle() -> Self {
        Meter::new(What::Both)
    }

    /// From here on `side` works.
    pub fn turn(&mut self, side: What) {
        if !matches!(self.what, What::Server | What::Client) {
            return;
        }
        let now = now();
        self.spent += self.since.map_or(Duration::ZERO, |since| now - since);
        self.since = (side == self.what).then_some(now);
    }

    fn spent(&self) -> Duration {
        match (self.what, self.since) {
            (What::Both, Some(since)) => now() - since,
            _ => self.spent,
        }
    }

    pub fn goes_on(&self) -> bool {
        if self.what == What::Allocations { self.count < 512 } else { self.spent() < SLICE }
    }

    /// What each time cost: microseconds, or allocations.
    pub fn each(&self) -> f64 {
        let count = f64::from(self.count);
        match self.what {
            What::Allocations => (allocations() - self.allocations) as f64 / count,
            _ => self.spent().as_secs_f64() * 1e6 / count,
        }
    }
}
