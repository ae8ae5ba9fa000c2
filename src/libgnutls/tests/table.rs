//! The table of what is served, which the command and the README show.

/// `STANDIN_UPDATE=1 cargo test -p standin-libgnutls` writes it anew.
#[test]
fn the_table_of_functions_is_current() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/abi/served.tsv");
    let current = include_str!(concat!(env!("OUT_DIR"), "/served.tsv"));
    if std::env::var_os("STANDIN_UPDATE").is_some() {
        std::fs::write(file, current).unwrap();
    }
    assert_eq!(std::fs::read_to_string(file).unwrap_or_default(), current, "{file} is stale: STANDIN_UPDATE=1");
}
