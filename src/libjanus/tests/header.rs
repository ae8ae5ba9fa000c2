//! The committed header is the one that cbindgen writes.

#[test]
fn the_header_is_current() {
    let fresh = concat!(env!("OUT_DIR"), "/janus.h");
    let committed = concat!(env!("CARGO_MANIFEST_DIR"), "/../../include/janus.h");
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    assert!(read(fresh) == read(committed), "include/janus.h is stale; the one to commit is {fresh}");
}
