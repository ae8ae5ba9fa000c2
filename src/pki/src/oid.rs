//! Object identifiers in dots.

/// Whether this is the content of an identifier: numbers without leading zeros, none of them cut (X.690, section 8.19.2).
pub fn is_valid(content: &[u8]) -> bool {
    let starts = std::iter::once(true).chain(content.iter().map(|byte| byte & 0x80 == 0));
    content.last().is_some_and(|last| last & 0x80 == 0)
        && content.iter().zip(starts).all(|(byte, starts)| !starts || *byte != 0x80)
}

/// The dotted form of an identifier's content; nothing for what is none, or too large to be told from another.
pub fn dotted(der: &[u8]) -> String {
    numbers(der).unwrap_or_default()
}

fn numbers(der: &[u8]) -> Option<String> {
    let mut numbers = Vec::new();
    let mut next: Option<u128> = None;
    for byte in der {
        // A number has no leading zeros (X.690, section 8.19.2).
        if next.is_none() && *byte == 0x80 {
            return None;
        }
        let number = next.unwrap_or(0).checked_mul(128)? | u128::from(byte & 0x7f);
        next = (byte & 0x80 != 0).then_some(number);
        if next.is_none() {
            numbers.push(number);
        }
    }
    let (first, rest) = numbers.split_first().filter(|_| next.is_none())?;
    let root = (*first / 40).min(2);
    let mut text = format!("{root}.{}", first - root * 40);
    rest.iter().for_each(|number| text += &format!(".{number}"));
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::dotted;

    #[test]
    fn identifiers() {
        assert_eq!(dotted(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1]), "1.2.840.113549.1.7.1");
        assert_eq!((dotted(&[0x88, 0x37]), dotted(&[0])), ("2.999".to_owned(), "0.0".to_owned()));
    }

    #[test]
    fn what_is_none_is_like_no_other() {
        // With a leading zero, cut, and 2^133 + 1, which must not be taken for 1.
        let large = [&[0x2a, 0xc0][..], &[0x80; 18], &[1]].concat();
        for none in [&b""[..], &[0x2a, 0x80, 0x01], &[0x2a, 0x86], &large] {
            assert_eq!(dotted(none), "");
        }
    }
}
