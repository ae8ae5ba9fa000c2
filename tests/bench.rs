//! The benchmark builds and measures both libraries (what it measures is not judged here).

use std::path::Path;
use std::process::{Command, Output};

use standin_capi_tests::{build, target, tools};

fn output(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    output
}

#[test]
fn both_libraries_are_measured() {
    tools::need(&["make", "cc"]);
    let bench = Path::new(env!("CARGO_MANIFEST_DIR")).join("capi-tests/bench");
    output(Command::new("make").arg("-C").arg(&bench).env_remove("MAKEFLAGS").env("CARGO_TARGET_DIR", target()));
    let table = output(
        Command::new(bench.join("run"))
            .args(["--rounds", "1", "mutual", "pha-round"])
            .env("STANDIN_DROP_IN", build::drop_in())
            .env("CARGO_TARGET_DIR", target())
            .env_remove("LD_PRELOAD"),
    );
    let table = String::from_utf8(table.stdout).unwrap();
    let rows: Vec<_> = table.lines().skip(2).collect();
    assert_eq!(rows.len(), 2, "{table}");
    for row in rows {
        let ratio: f64 = row.split('|').nth(5).unwrap().trim().parse().unwrap_or_else(|_| panic!("{table}"));
        assert!(ratio > 0.0, "{table}");
    }
}
