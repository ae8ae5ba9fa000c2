//! Which handshake messages have gone by, for an owner that tells of its progress. Nothing is allocated for it.

/// A handshake message that has gone by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Passed {
    /// We sent it.
    pub sent: bool,
    /// Its type (RFC 8446 §4, RFC 5246 §7.4).
    pub typ: u8,
}

/// More than go by between two looks at them.
const CAPACITY: usize = 32;

/// The messages that have gone by and that the owner has not taken.
#[derive(Default)]
pub(crate) struct Course {
    passed: [Passed; CAPACITY],
    len: usize,
    /// So many of them have left or come; those behind wait for the owner's choice.
    free: usize,
}

impl Course {
    /// A message. `held`: one of a flight that may be replaced.
    pub(crate) fn add(&mut self, passed: Passed, held: bool) {
        if self.len == CAPACITY {
            self.drop_first(); // nobody looks
        }
        self.passed[self.len] = passed;
        self.len += 1;
        if !held {
            self.free = self.len;
        }
    }

    /// The flight that waited is sent.
    pub(crate) fn release(&mut self) {
        self.free = self.len;
    }

    /// It is not.
    pub(crate) fn replace_held(&mut self) {
        self.len = self.free;
    }

    /// The next one.
    pub(crate) fn front(&self) -> Option<Passed> {
        self.passed.first().filter(|_| self.free > 0).copied()
    }

    pub(crate) fn take(&mut self) -> Option<Passed> {
        let first = self.front()?;
        self.drop_first();
        Some(first)
    }

    fn drop_first(&mut self) {
        self.passed.copy_within(1..self.len, 0);
        self.len -= 1;
        self.free = self.free.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn passed(typ: u8) -> Passed {
        Passed { sent: true, typ }
    }

    #[test]
    fn a_flight_waits_and_is_sent_or_replaced() {
        let mut course = Course::default();
        course.add(passed(8), false);
        course.add(passed(11), true);
        assert_eq!((course.take(), course.take()), (Some(passed(8)), None));
        course.release();
        assert_eq!((course.take(), course.take()), (Some(passed(11)), None));
        course.add(passed(20), true);
        course.replace_held();
        course.add(passed(15), false);
        assert_eq!((course.take(), course.take()), (Some(passed(15)), None));
    }

    #[test]
    fn who_does_not_look_finds_the_last() {
        let mut course = Course::default();
        (0..100).for_each(|typ| course.add(passed(typ), false));
        assert_eq!(course.take(), Some(passed(100 - 32)));
        assert_eq!(std::iter::from_fn(|| course.take()).count(), 31);
    }
}
