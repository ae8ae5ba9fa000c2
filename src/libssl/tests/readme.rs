//! The tables in README.md are those that the sources give.
//!
//! `STANDIN_UPDATE=1 cargo test -p standin-libssl --test readme` writes them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// The benchmark's results, as `capi-tests/bench/run --keep` left them.
fn benchmark() -> String {
    let Ok(results) = fs::read_to_string(here("capi-tests/bench/results.tsv")) else { return String::new() };
    let mut lines = results.lines();
    let machine = lines.next().and_then(|line| line.strip_prefix("# ")).unwrap();
    let mut table = format!("{machine}\n\n| | unit | OpenSSL | Standin | ratio |\n|---|---|---:|---:|---:|\n");
    for line in lines {
        let [_, what, unit, original, standin, ratio] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{line:?}")
        };
        writeln!(table, "| {what} | {unit} | {original} | {standin} | {ratio} |").unwrap();
    }
    table
}

/// What a function that is not served is for: the first topic one of whose words stands in its name.
const TOPICS: &[(&str, &[&str])] = &[
    ("DTLS, SRTP", &["DTLS", "dtls", "srtp"]),
    ("SSL 3, TLS 1.0 and 1.1", &["SSLv3_", "TLSv1_method", "TLSv1_client", "TLSv1_server", "TLSv1_1_"]),
    ("SRP", &["srp", "SRP"]),
    ("early data", &["early_data", "allow_early"]),
    ("pre-shared keys", &["psk"]),
    ("renegotiation", &["renegotiat"]),
    ("finite-field Diffie-Hellman", &["tmp_dh", "dh_auto"]),
    ("compression", &["comp"]),
    ("certificate transparency", &["ctlog", "_ct_", "enable_ct", "scts"]),
    ("DANE", &["dane"]),
    ("padding of records", &["padding"]),
    ("next protocol negotiation (ALPN is served)", &["next_proto"]),
    ("cookies of DTLS and stateless servers", &["cookie", "stateless"]),
    ("server information files", &["serverinfo"]),
    ("tickets as EAP-FAST uses them", &["session_ticket_ext", "session_secret"]),
    ("asynchronous jobs", &["async"]),
    ("custom extensions", &["custom_ext", "ext_types", "extension_supported"]),
    ("SSL_CONF", &["SSL_CONF", "SSL_config", "CTX_config"]),
    ("BIO chains", &["BIO_"]),
];

/// Where functions are defined that only say no.
const ABSENT: &[&str] = &["ctx/absent.rs", "ssl/early_data.rs", "ssl/renegotiation.rs"];

/// The functions that `build.rs` found no definition of or that are defined in `ABSENT`, by topic.
fn names() -> String {
    let mut refusing = include_str!(concat!(env!("OUT_DIR"), "/unserved.rs")).to_owned();
    for file in ABSENT {
        let text = fs::read_to_string(here("src/libssl/src").join(file)).unwrap();
        let definitions =
            text.lines().map(str::trim_start).filter_map(|line| match line.split_once("extern \"C\" fn ") {
                Some((_, definition)) => definition.split('(').next(),
                None => line.starts_with("SSL_").then(|| line.split('(').next()).flatten(),
            });
        refusing.extend(definitions.flat_map(|names| [" ", names]));
    }
    let words: BTreeSet<&str> = refusing.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
    let exports = fs::read_to_string(here("src/libssl/abi/exports.txt")).unwrap();
    let unserved: Vec<&str> = exports.lines().filter(|name| words.contains(name)).collect();
    let all = exports.lines().count();
    let mut topics: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for name in &unserved {
        let topic = TOPICS.iter().position(|(_, words)| words.iter().any(|word| name.contains(word)));
        topics.entry(topic.unwrap_or(TOPICS.len())).or_default().push(name);
    }
    let served = all - unserved.len();
    let mut table = format!("{served} of {all} are served. The others:\n\n| for | functions |\n|---|---|\n");
    for (topic, names) in topics {
        let topic = TOPICS.get(topic).map_or("other things", |(topic, _)| topic);
        writeln!(table, "| {topic} | `{}` |", names.join("` `")).unwrap();
    }
    table
}

/// `readme` with what stands between the comments `<!-- name -->` and `<!-- end -->` replaced by `text`.
fn with(readme: &str, name: &str, text: &str) -> String {
    let (before, rest) = readme.split_once(&format!("<!-- {name} -->\n")).unwrap();
    let (_, after) = rest.split_once("<!-- end -->").unwrap();
    format!("{before}<!-- {name} -->\n{text}<!-- end -->{after}")
}

#[test]
fn tables_are_current() {
    let path = here("README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let expected = with(&with(&readme, "benchmark", &benchmark()), "names", &names());
    if std::env::var_os("STANDIN_UPDATE").is_some() {
        fs::write(&path, expected).unwrap();
    } else {
        assert_eq!(readme, expected, "run: STANDIN_UPDATE=1 cargo test -p standin-libssl --test readme");
    }
}
