//! Compiles the functions with variable arguments, which stable Rust can call but not define.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=src/variadic.c");
    cc::Build::new().file("src/variadic.c").warnings(true).extra_warnings(true).compile("standin_variadic");
}
