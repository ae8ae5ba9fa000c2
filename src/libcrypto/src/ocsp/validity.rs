//! For how long an answer holds.

use std::ffi::{c_int, c_long};

use crate::asn1::{ASN1_STRING, Moment};
use crate::der::tag;
use crate::err::{self, library, reason};

/// A time of an answer; `None` when it is none.
fn moment(time: &ASN1_STRING) -> Option<i64> {
    if time.kind != c_int::from(tag::GENERALIZED_TIME) {
        return None;
    }
    time.moment(true).map(|Moment(seconds)| seconds)
}

versioned! {
    /// 1 when an answer holds now, by clocks that differ by `sec` at most; `maxsec` is how old it may be, -1 for any age.
    /// `nextupd` may be NULL. Else 0, and an error for everything that is wrong.
    pub unsafe extern "C" fn OCSP_check_validity(thisupd: *mut ASN1_STRING, nextupd: *mut ASN1_STRING, sec: c_long, maxsec: c_long) -> c_int {
        // SAFETY: the program's times.
        let (this, next) = unsafe { (thisupd.as_ref(), nextupd.as_ref()) };
        let Moment(now) = Moment::now();
        let mut wrong = Vec::new();
        match this.and_then(moment) {
            None => wrong.push(reason::ocsp::ERROR_IN_THISUPDATE_FIELD),
            Some(this) => {
                if this > now.saturating_add(sec) {
                    wrong.push(reason::ocsp::STATUS_NOT_YET_VALID);
                }
                if maxsec >= 0 && this <= now.saturating_sub(maxsec) {
                    wrong.push(reason::ocsp::STATUS_TOO_OLD);
                }
            }
        }
        if let Some(time) = next {
            match moment(time) {
                None => wrong.push(reason::ocsp::ERROR_IN_NEXTUPDATE_FIELD),
                // A time that is now has passed, as X509_cmp_time has it.
                Some(next) if next <= now.saturating_sub(sec) => wrong.push(reason::ocsp::STATUS_EXPIRED),
                Some(_) => {}
            }
            // As strings, as in the original.
            let before = this.is_some_and(|this| {
                time.bytes().len().cmp(&this.bytes().len()).then_with(|| time.bytes().cmp(this.bytes())).is_lt()
            });
            if before {
                wrong.push(reason::ocsp::NEXTUPDATE_BEFORE_THISUPDATE);
            }
        }
        wrong.iter().for_each(|why| err::raise(library::OCSP, *why));
        c_int::from(wrong.is_empty())
    }
}
