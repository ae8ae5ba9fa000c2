//! Object identifiers in dots.

/// The dotted form of an identifier's content.
pub fn dotted(der: &[u8]) -> String {
    let mut numbers = Vec::new();
    let mut number = 0u128;
    for byte in der {
        number = (number << 7) | u128::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            numbers.push(number);
            number = 0;
        }
    }
    let Some((first, rest)) = numbers.split_first() else { return String::new() };
    let root = (*first / 40).min(2);
    let mut text = format!("{root}.{}", first - root * 40);
    rest.iter().for_each(|number| text += &format!(".{number}"));
    text
}
