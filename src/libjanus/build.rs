//! Writes the C header, by cbindgen. The one in `include/` is a copy; a test fails when it is stale.

use std::env;
use std::path::PathBuf;

fn main() {
    println!("cargo:rerun-if-changed=src");
    println!("cargo:rerun-if-changed=cbindgen.toml");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let config = cbindgen::Config::from_file("cbindgen.toml").expect("cbindgen.toml");
    // The modules are found from there.
    let builder = cbindgen::Builder::new().with_config(config).with_src("src/lib.rs");
    builder.generate().expect("declarations that cbindgen reads").write_to_file(out.join("janus.h"));
}
