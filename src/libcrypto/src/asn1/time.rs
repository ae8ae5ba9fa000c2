//! ASN1_TIME: UTCTime and GeneralizedTime (RFC 5280, section 4.1.2.5).

use std::ffi::{c_char, c_int, c_long};
use std::ptr;
use std::time::{SystemTime, UNIX_EPOCH};

use super::ASN1_STRING;
use crate::bio::BIO;
use crate::der::tag;
use crate::handle::{self, give};

pub type ASN1_TIME = ASN1_STRING;

const DAY: i64 = 24 * 60 * 60;

/// Seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub i64);

/// Days since 1970 of a date (years in which March comes first).
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year - era * 400;
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days - era * 146_097;
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

impl Moment {
    /// Now.
    pub fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        Moment(i64::try_from(since).unwrap_or(i64::MAX))
    }

    fn parts(self) -> (i64, i64, i64, i64, i64, i64) {
        let (year, month, day) = date(self.0.div_euclid(DAY));
        let second = self.0.rem_euclid(DAY);
        (year, month, day, second / 3600, second / 60 % 60, second % 60)
    }

    /// With four digits of the year, and milliseconds.
    pub fn long(self, milliseconds: u64) -> ASN1_STRING {
        let (year, month, day, hour, minute, second) = self.parts();
        let text = format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}.{milliseconds:03}Z");
        ASN1_STRING::new(c_int::from(tag::GENERALIZED_TIME), text.as_bytes())
    }

    /// As a certificate writes it: with two digits of the year until 2049.
    pub fn encode(self) -> ASN1_STRING {
        let (year, month, day, hour, minute, second) = self.parts();
        let rest = format!("{month:02}{day:02}{hour:02}{minute:02}{second:02}Z");
        if (1950..2050).contains(&year) {
            ASN1_STRING::new(c_int::from(tag::UTC_TIME), format!("{:02}{rest}", year % 100).as_bytes())
        } else {
            ASN1_STRING::new(c_int::from(tag::GENERALIZED_TIME), format!("{year:04}{rest}").as_bytes())
        }
    }
}

impl ASN1_STRING {
    /// The moment that a time names, `None` when it names none. `strict`: only in the form of RFC 5280.
    pub fn moment(&self, strict: bool) -> Option<Moment> {
        let text = self.bytes();
        let year_digits = match self.kind as u8 {
            tag::UTC_TIME => 2,
            tag::GENERALIZED_TIME => 4,
            _ => return None,
        };
        let number = |from: usize, len: usize| -> Option<i64> {
            text.get(from..from + len)?
                .iter()
                .try_fold(0, |value, digit| digit.is_ascii_digit().then(|| value * 10 + i64::from(digit - b'0')))
        };
        let mut year = number(0, year_digits)?;
        if year_digits == 2 {
            year += if year < 50 { 2000 } else { 1900 };
        }
        let at = year_digits;
        let (month, day, hour, minute) = (number(at, 2)?, number(at + 2, 2)?, number(at + 4, 2)?, number(at + 6, 2)?);
        let mut rest = at + 8;
        let mut second = 0;
        if text.get(rest).is_some_and(u8::is_ascii_digit) {
            second = number(rest, 2)?;
            rest += 2;
        } else if strict {
            return None;
        }
        if year_digits == 4 && text.get(rest) == Some(&b'.') && !strict {
            let fraction = text[rest + 1..].iter().take_while(|digit| digit.is_ascii_digit()).count();
            if fraction == 0 {
                return None;
            }
            rest += 1 + fraction;
        }
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let last = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let valid = (1..=12).contains(&month) && (1..=last[(month - 1).clamp(0, 11) as usize]).contains(&day);
        if !valid || hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let offset = match &text[rest..] {
            b"Z" => 0,
            [sign @ (b'+' | b'-'), _, _, _, _] if !strict => {
                let (hours, minutes) = (number(rest + 1, 2)?, number(rest + 3, 2)?);
                if hours > 12 || minutes > 59 {
                    return None;
                }
                (hours * 3600 + minutes * 60) * if *sign == b'-' { 1 } else { -1 }
            }
            _ => return None,
        };
        Some(Moment(days(year, month, day) * DAY + hour * 3600 + minute * 60 + second + offset))
    }
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A time as it is printed; `None` when it names none.
pub fn printed(time: &ASN1_STRING) -> Option<String> {
    let (year, month, day, hour, minute, second) = time.moment(false)?.parts();
    let text = time.bytes();
    let fraction = match text.iter().position(|byte| *byte == b'.') {
        Some(dot) => {
            let digits = text[dot + 1..].iter().take_while(|digit| digit.is_ascii_digit()).count();
            String::from_utf8_lossy(&text[dot..dot + 1 + digits]).into_owned()
        }
        None => String::new(),
    };
    let zoned = text.ends_with(b"Z") || text.iter().any(|byte| matches!(byte, b'+' | b'-'));
    let zone = if zoned { " GMT" } else { "" };
    Some(format!("{} {day:2} {hour:02}:{minute:02}:{second:02}{fraction} {year}{zone}", MONTHS[(month - 1) as usize]))
}

unsafe fn store(into: *mut ASN1_TIME, moment: Moment) -> *mut ASN1_TIME {
    let encoded = moment.encode();
    // SAFETY: NULL or the program's time.
    match unsafe { into.as_mut() } {
        Some(time) => {
            *time = encoded;
            into
        }
        None => give(encoded),
    }
}

versioned! {
    /// A time that is not set.
    pub unsafe extern "C" fn ASN1_TIME_new() -> *mut ASN1_TIME {
        give(ASN1_STRING::new(-1, &[]))
    }

    /// Frees a time.
    pub unsafe extern "C" fn ASN1_TIME_free(a: *mut ASN1_TIME) {
        // SAFETY: the program gives it up.
        unsafe { handle::free(a) }
    }

    /// Sets a time, or makes one for NULL.
    pub unsafe extern "C" fn ASN1_TIME_set(s: *mut ASN1_TIME, t: libc::time_t) -> *mut ASN1_TIME {
        // SAFETY: the program's time.
        unsafe { store(s, Moment(t)) }
    }

    /// Sets a time from its digits, as a UTCTime or a GeneralizedTime has them; NULL only looks whether they are one.
    pub unsafe extern "C" fn ASN1_TIME_set_string(s: *mut ASN1_TIME, str: *const c_char) -> c_int {
        // SAFETY: the program's time and text.
        unsafe {
            let Some(text) = handle::text(str) else { return 0 };
            let kinds = [tag::UTC_TIME, tag::GENERALIZED_TIME];
            let mut times = kinds.map(|kind| ASN1_STRING::new(kind.into(), text.as_bytes())).into_iter();
            let Some(time) = times.find(|time| time.moment(false).is_some()) else { return 0 };
            if let Some(place) = s.as_mut() {
                *place = time;
            }
        }
        1
    }

    /// Sets a time that is days and seconds after `t`, or makes one for NULL.
    pub unsafe extern "C" fn ASN1_TIME_adj(s: *mut ASN1_TIME, t: libc::time_t, offset_day: c_int, offset_sec: c_long) -> *mut ASN1_TIME {
        let moment = i64::from(offset_day).checked_mul(DAY).and_then(|days| t.checked_add(days)?.checked_add(offset_sec));
        // SAFETY: the program's time.
        moment.map_or(ptr::null_mut(), |moment| unsafe { store(s, Moment(moment)) })
    }

    /// Seconds from now, or from `*in_tm`: sets a time or makes one for NULL.
    pub unsafe extern "C" fn X509_time_adj(s: *mut ASN1_TIME, adj: c_long, t: *mut libc::time_t) -> *mut ASN1_TIME {
        // SAFETY: the program's variables.
        unsafe { store(s, Moment(t.as_ref().copied().unwrap_or(Moment::now().0).saturating_add(adj))) }
    }

    /// Days and seconds from now, or from `*in_tm`: sets a time or makes one for NULL.
    pub unsafe extern "C" fn X509_time_adj_ex(s: *mut ASN1_TIME, offset_day: c_int, offset_sec: c_long, t: *mut libc::time_t) -> *mut ASN1_TIME {
        // SAFETY: the program's variables.
        unsafe { ASN1_TIME_adj(s, t.as_ref().copied().unwrap_or(Moment::now().0), offset_day, offset_sec) }
    }

    /// Seconds from now: sets a time or makes one for NULL.
    pub unsafe extern "C" fn X509_gmtime_adj(s: *mut ASN1_TIME, adj: c_long) -> *mut ASN1_TIME {
        // SAFETY: the program's time.
        unsafe { store(s, Moment(Moment::now().0.saturating_add(adj))) }
    }

    /// -1 when the certificate's time is at or before `*t` (or now), 1 when it is after, 0 when it is no time.
    pub unsafe extern "C" fn X509_cmp_time(s: *const ASN1_TIME, t: *mut libc::time_t) -> c_int {
        // SAFETY: the program's variables.
        let (time, at) = unsafe { (s.as_ref(), t.as_ref().copied().unwrap_or(Moment::now().0)) };
        time.and_then(|time| time.moment(true)).map_or(0, |moment| if moment.0 <= at { -1 } else { 1 })
    }

    /// -1 when the certificate's time is before now, 1 when it is after, 0 when it is no time.
    pub unsafe extern "C" fn X509_cmp_current_time(s: *const ASN1_TIME) -> c_int {
        // SAFETY: the program's time.
        unsafe { X509_cmp_time(s, ptr::null_mut()) }
    }

    /// Whether it names a time.
    pub unsafe extern "C" fn ASN1_TIME_check(t: *const ASN1_TIME) -> c_int {
        // SAFETY: the program's time.
        c_int::from(unsafe { t.as_ref() }.and_then(|time| time.moment(false)).is_some())
    }

    /// The time in the C library's parts; for NULL the present.
    pub unsafe extern "C" fn ASN1_TIME_to_tm(s: *const ASN1_TIME, tm: *mut libc::tm) -> c_int {
        // SAFETY: the program's time and variable.
        unsafe {
            let moment = s.as_ref().map_or(Some(Moment::now()), |time| time.moment(false));
            let (Some(moment), Some(out)) = (moment, tm.as_mut()) else { return 0 };
            c_int::from(!libc::gmtime_r(&moment.0, out).is_null())
        }
    }

    /// Days and seconds from one time to the other; NULL is the present.
    pub unsafe extern "C" fn ASN1_TIME_diff(pday: *mut c_int, psec: *mut c_int, from: *const ASN1_TIME, to: *const ASN1_TIME) -> c_int {
        // SAFETY: the program's times and variables.
        unsafe {
            let moment = |time: *const ASN1_TIME| time.as_ref().map_or(Some(Moment::now()), |time| time.moment(false));
            let (Some(from), Some(to)) = (moment(from), moment(to)) else { return 0 };
            let seconds = to.0 - from.0;
            if let Some(out) = pday.as_mut() {
                *out = c_int::try_from(seconds / DAY).unwrap_or(0);
            }
            if let Some(out) = psec.as_mut() {
                *out = c_int::try_from(seconds % DAY).unwrap_or(0);
            }
        }
        1
    }

    /// Below, equal or above 0; -2 when one is no time.
    pub unsafe extern "C" fn ASN1_TIME_compare(a: *const ASN1_TIME, b: *const ASN1_TIME) -> c_int {
        // SAFETY: the program's times.
        let moment = |time: *const ASN1_TIME| unsafe { time.as_ref() }.and_then(|time| time.moment(false));
        match (moment(a), moment(b)) {
            (Some(a), Some(b)) => a.cmp(&b) as c_int,
            _ => -2,
        }
    }

    /// The time with four digits of the year: sets `*out` or makes one; the caller frees it.
    pub unsafe extern "C" fn ASN1_TIME_to_generalizedtime(t: *const ASN1_TIME, out: *mut *mut ASN1_STRING) -> *mut ASN1_STRING {
        // SAFETY: the program's times.
        unsafe {
            let Some(moment) = t.as_ref().and_then(|time| time.moment(false)) else { return ptr::null_mut() };
            let (year, month, day, hour, minute, second) = moment.parts();
            let text = format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}Z");
            let made = give(ASN1_STRING::new(c_int::from(tag::GENERALIZED_TIME), text.as_bytes()));
            if let Some(out) = out.as_mut() {
                handle::free(*out);
                *out = made;
            }
            made
        }
    }

    /// Frees a GeneralizedTime.
    pub unsafe extern "C" fn ASN1_GENERALIZEDTIME_free(a: *mut ASN1_STRING) {
        // SAFETY: the program gives it up.
        unsafe { handle::free(a) }
    }

    /// Writes a GeneralizedTime, like `Jan  2 03:04:05 2026 GMT`.
    pub unsafe extern "C" fn ASN1_GENERALIZEDTIME_print(fp: *mut BIO, a: *const ASN1_STRING) -> c_int {
        // SAFETY: the program's pipe and time.
        unsafe {
            if a.as_ref().is_some_and(|time| time.kind != c_int::from(tag::GENERALIZED_TIME)) { 0 } else { ASN1_TIME_print(fp, a) }
        }
    }

    /// Writes a UTCTime, like `Jan  2 03:04:05 2026 GMT`.
    pub unsafe extern "C" fn ASN1_UTCTIME_print(fp: *mut BIO, a: *const ASN1_STRING) -> c_int {
        // SAFETY: the program's pipe and time.
        unsafe {
            if a.as_ref().is_some_and(|time| time.kind != c_int::from(tag::UTC_TIME)) { 0 } else { ASN1_TIME_print(fp, a) }
        }
    }

    /// Writes a time, like `Jan  2 03:04:05 2026 GMT`.
    pub unsafe extern "C" fn ASN1_TIME_print(bp: *mut BIO, tm: *const ASN1_TIME) -> c_int {
        // SAFETY: the program's pipe and time.
        unsafe {
            match tm.as_ref().and_then(printed) {
                Some(text) => c_int::from(crate::bio::write_all(bp, text.as_bytes())),
                None => {
                    crate::bio::write_all(bp, b"Bad time value");
                    0
                }
            }
        }
    }
}
