//! Writes the macro `version!`, which tells the symbol version of a name.

use std::path::PathBuf;
use std::{env, fs};

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=abi/versions.tsv");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let table = fs::read_to_string("abi/versions.tsv").expect("abi/versions.tsv");
    let arms = table.lines().filter_map(|line| line.split_once('\t'));
    let arms: String = arms.map(|(name, version)| format!("    ({name}) => {{ \"{version}\" }};\n")).collect();
    fs::write(out.join("versions.rs"), format!("macro_rules! version {{\n{arms}}}\n")).expect("versions.rs");
}
