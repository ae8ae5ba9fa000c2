//! Times in certificates, as strictly as the original reads them.

use std::ffi::c_int;

pub use standin_boundary::clock::now;
use standin_pki::der::{Element, tag};

use crate::error;

/// What a time says, without the zone, and how many digits the year has.
pub struct Said<'a> {
    text: &'a [u8],
    year: usize,
}

/// An element's text: digits and the letter Z. ASN1_TIME_ERROR for another.
pub fn strict(element: Element) -> Result<Said, c_int> {
    /// The shortest that the original's parser lets pass.
    const SHORTEST: usize = 8;
    let year = match element.tag {
        tag::UTC_TIME => 2,
        tag::GENERALIZED_TIME => 4,
        _ => return Err(error::ASN1_TAG_ERROR),
    };
    let fractional = year == 4;
    match element.content {
        [text @ .., b'Z'] if element.content.len() >= SHORTEST => {
            let fits = text.iter().all(|byte| byte.is_ascii_digit() || (fractional && *byte == b'.'));
            if fits { Ok(Said { text, year }) } else { Err(error::ASN1_TIME_ERROR) }
        }
        _ => Err(error::ASN1_TIME_ERROR),
    }
}

/// Seconds since 1970, 0 for what was before; CERTIFICATE_TIME_ERROR for what is no time.
pub fn moment(said: Said) -> Result<i64, c_int> {
    seconds(&said).ok_or(error::CERTIFICATE_TIME_ERROR)
}

fn seconds(said: &Said) -> Option<i64> {
    let mut at = 0;
    let mut number = |digits: usize| {
        let part = said.text.get(at..at + digits)?;
        at += digits;
        std::str::from_utf8(part).ok()?.parse::<i64>().ok()
    };
    let mut year = number(said.year)?;
    if said.year == 2 {
        // RFC 5280, section 4.1.2.5.1.
        year += if year > 49 { 1900 } else { 2000 };
    }
    let (month, day, hour, minute) = (number(2)?, number(2)?, number(2)?, number(2)?);
    let second = if said.text.len() > said.year + 8 { number(2)? } else { 0 };
    if at != said.text.len() || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    Some((((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second).max(0))
}

/// Days from 1970 to a date of the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    // Years begin in March, so that the day that comes and goes is their last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leaps = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leaps + (month * 153 + 2) / 5 + day - 719_469
}

/// Year, month, day, hour, minute, second and day of the week (Sunday is 0) of a moment.
pub fn calendar(moment: i64) -> [i64; 7] {
    let (day, second) = (moment.div_euclid(86_400), moment.rem_euclid(86_400));
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let date = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    [year, month, date, second / 3600, second / 60 % 60, second % 60, (day + 4).rem_euclid(7)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &[u8]) -> Result<i64, c_int> {
        strict(Element { tag: tag::UTC_TIME, content: text, whole: text }).and_then(moment)
    }

    #[test]
    fn times() {
        assert_eq!(utc(b"700101000000Z"), Ok(0));
        assert_eq!(utc(b"000229235959Z"), Ok(951_868_799));
        assert_eq!(utc(b"500101000000Z"), Ok(0));
        assert_eq!(utc(b"700101000000"), Err(error::ASN1_TIME_ERROR));
        assert_eq!(utc(b"701301000000Z"), Err(error::CERTIFICATE_TIME_ERROR));
    }

    #[test]
    fn there_and_back() {
        for moment in (-5_000_000_000..9_000_000_000).step_by(12_345_678) {
            let [year, month, day, hour, minute, second, _] = calendar(moment);
            assert_eq!(((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second, moment);
        }
        assert_eq!(calendar(0), [1970, 1, 1, 0, 0, 0, 4]);
    }
}
