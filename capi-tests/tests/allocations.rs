//! How often memory is allocated in a handshake and for a record: exact, where times are not. What is more than written in
//! `bench/allocations.tsv` is a fault; what is less is written there by `STANDIN_UPDATE=1`.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use standin_capi_tests::library::Library;
use standin_capi_tests::process::On;
use standin_capi_tests::{build, here};

const FILE: &str = "bench/allocations.tsv";

/// What `program` counts on Standin, by row.
fn counted(library: Library, file: &str) -> BTreeMap<String, f64> {
    let program = build::compile_for(library, &here().join("bench").join(file), &format!("bench-{file}.program"));
    let certificates = tempfile::tempdir().unwrap();
    let maker = build::compile_for(Library::Ssl, &here().join("bench/bench.c"), "bench-bench.c.program");
    assert!(Command::new(maker).arg("make").arg(certificates.path()).status().unwrap().success());
    let kinds: &[&str] = &["handshake", "mutual", "mutual-tls12", "resumption", "pha", "record"];
    let mut command = On::Standin.command_for(library, &program);
    command.arg(certificates.path()).args(kinds.iter().map(|kind| format!("{kind}-allocations")));
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let rows = String::from_utf8(output.stdout).unwrap();
    let rows = rows.lines().filter(|row| !row.starts_with('#')).map(|row| {
        let columns: Vec<_> = row.split('\t').collect();
        (format!("{file} {}", columns[0]), columns[2].parse().unwrap_or_else(|_| panic!("{row}")))
    });
    let rows: BTreeMap<_, _> = rows.collect();
    assert_eq!(rows.len(), kinds.len(), "{rows:?}");
    rows
}

fn all_counted() -> BTreeMap<String, f64> {
    let mut all = counted(Library::Ssl, "bench.c");
    all.append(&mut counted(Library::Gnutls, "gnutls.c"));
    all
}

/// What there is more of than was written down.
fn grown(written: &str, counted_now: &BTreeMap<String, f64>) -> String {
    assert_eq!(written.lines().count(), counted_now.len());
    let mut grown = String::new();
    for line in written.lines() {
        let [program, row, most] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{FILE}: {line:?}") };
        let count = counted_now[&format!("{program} {row}")];
        // An average: a signature has a byte more or less from time to time.
        if count >= most.parse::<f64>().unwrap() + 0.6 {
            grown += &format!("{program}: {row}: {count}, and were {most}\n");
        }
    }
    grown
}

#[test]
fn no_more_allocations_than_there_were() {
    let mut counted_now = all_counted();
    let path = here().join(FILE);
    if std::env::var_os("STANDIN_UPDATE").is_some() {
        let lines = counted_now.iter().map(|(row, count)| format!("{}\t{}\n", row.replace(' ', "\t"), count.round()));
        fs::write(&path, lines.collect::<String>()).unwrap();
        return;
    }
    let written = fs::read_to_string(&path).unwrap();
    for _ in 0..2 {
        if grown(&written, &counted_now).is_empty() {
            return;
        }
        // Certificates are made anew, a byte longer or shorter, which may cost a buffer that grows once more.
        for (row, count) in all_counted() {
            counted_now.entry(row).and_modify(|before| *before = before.min(count));
        }
    }
    let grown = grown(&written, &counted_now);
    assert!(grown.is_empty(), "{grown}");
}
