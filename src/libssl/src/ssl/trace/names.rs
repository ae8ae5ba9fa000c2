//! What the trace calls numbers.

const TABLE: &str = include_str!("../../../abi/trace.tsv");

/// The name of `number` among those of a kind, which is a word of the table's first column.
pub fn name(kind: &str, number: u16) -> &'static str {
    let rows = TABLE.lines().filter_map(|row| row.strip_prefix(kind)?.strip_prefix('\t')?.split_once('\t'));
    let found = rows.into_iter().find(|(code, _)| u16::from_str_radix(code, 16) == Ok(number));
    found.map_or("UNKNOWN", |(_, name)| name)
}
