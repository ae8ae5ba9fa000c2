//! Every exported function with NULLs: where the original survives, Standin does the same; where
//! the original crashes, Standin does not.

use standin_capi_tests::{
    build, compare, here, known,
    process::{On, Outcome},
    scratch,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    process::Command,
};

#[test]
fn null() {
    let dir = scratch().join("null");
    fs::create_dir_all(&dir).unwrap();
    fs::write(dir.join("table.inc"), table()).unwrap();
    let include = format!("-I{}", dir.display());
    let program = build::compile(&here().join("null/null.c"), "null-arguments", &[&include]);
    let launch: compare::Launch = &|on, program| on.command(program);
    let oracle = results(&compare::single(&program, On::Original, launch));
    let got = results(&compare::single(&program, On::Standin, launch));
    let functions = fs::read_to_string(here().join("../src/libssl/abi/functions.tsv")).unwrap();
    let served: BTreeSet<&str> = functions.lines().filter_map(|line| line.strip_suffix("\tserved")).collect();
    let mut differences = Vec::new();
    for (call, expected) in &oracle {
        let seen = got.get(call).map_or("(the program ended before)", String::as_str);
        let same = match expected.as_str() {
            "crash" => !["crash", "hangs"].contains(&seen),
            // What is not served answers by design; `functions.tsv` says how.
            _ if !served.contains(call.split(' ').next().unwrap_or("")) => !["crash", "hangs"].contains(&seen),
            // The same value; a reason of the queue where the original has one, perhaps another.
            _ => {
                let value = |text: &str| text.split(',').next().unwrap_or("").to_owned();
                value(expected) == value(seen) && (seen.contains("reason") || !expected.contains("reason"))
            }
        };
        if !known::accepted(&format!("null {call}"), same) {
            differences.push(format!("{call}: original {expected}; Standin {seen}"));
        }
    }
    assert!(oracle.len() > 518, "only {} calls were made", oracle.len());
    assert!(differences.is_empty(), "{} differences\n{}", differences.len(), differences.join("\n"));
}

fn results(outcome: &Outcome) -> BTreeMap<String, String> {
    assert!(outcome.succeeded(), "{}{}", outcome.seen(), outcome.stderr);
    let pairs = outcome.stdout.lines().filter_map(|line| line.split_once(": "));
    pairs.map(|(call, result)| (call.to_owned(), result.to_owned())).collect()
}

/// A line for each export: name, what it returns, what its first argument is.
fn table() -> String {
    let exports = fs::read_to_string(here().join("../src/libssl/abi/exports.txt")).unwrap();
    let headers = "#include <openssl/ssl.h>\n#include <openssl/srtp.h>\n";
    let source = scratch().join("null/headers.c");
    fs::write(&source, headers).unwrap();
    let text = Command::new("cc").args(["-E", "-P"]).arg(&source).output().expect("cc");
    let text = String::from_utf8(text.stdout).unwrap().replace('\n', " ");
    let declarations: Vec<&str> = text.split(';').filter(|text| !text.contains("typedef")).collect();
    exports.lines().map(|name| line(name, &declarations)).collect()
}

fn line(name: &str, declarations: &[&str]) -> String {
    let call = format!("{name}(");
    let found = declarations.iter().find_map(|text| {
        let (before, after) = text.split_once(&call)?;
        before.ends_with([' ', '*', '(']).then(|| (before.trim().rsplit('}').next().unwrap_or("").trim(), after))
    });
    let Some((before, after)) = found else {
        return format!("{{\"{name}\", 'v', NO_HANDLE}},\n");
    };
    let first = after.split([',', ')']).next().unwrap_or("").replace("const ", "");
    let first = match first.split('*').next().unwrap_or("").trim() {
        _ if !first.contains('*') || first.contains("**") => "NO_HANDLE",
        "SSL_CTX" => "CTX",
        "SSL" => "SSL_",
        "SSL_SESSION" => "SESSION",
        "SSL_CIPHER" => "CIPHER",
        "SSL_CONF_CTX" => "CONFIG",
        "SSL_METHOD" => "METHOD",
        "BIO" => "BIO_",
        _ => "NO_HANDLE",
    };
    let returns = match before.trim().rsplit(' ').next().unwrap_or("") {
        _ if before.contains('*') => 'p',
        text if text.ends_with("_cb") || text.ends_with("_CB") || text.contains("_cb_f") => 'p',
        _ if name.ends_with("_get_time") => 'v', // the time of day
        "void" => 'v',
        "long" | "size_t" | "uint64_t" => 'l',
        _ => 'i',
    };
    format!("{{\"{name}\", '{returns}', {first}}},\n")
}
