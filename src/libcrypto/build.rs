//! Compiles the functions with variable arguments, which stable Rust can call but not define.

fn main() {
    for input in ["build.rs", "src/variadic.c", "src/format.c", "src/format.h"] {
        println!("cargo:rerun-if-changed={input}");
    }
    let mut build = cc::Build::new();
    build.files(["src/variadic.c", "src/format.c"]);
    build.warnings(true).extra_warnings(true).compile("standin_variadic");
}
