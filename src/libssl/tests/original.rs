//! The drop-in beside the original: exported names, texts of errors, cipher lists.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::{Command, Output};

/// The drop-in as cargo has just built it, beside this test.
fn drop_in() -> PathBuf {
    std::env::current_exe().expect("a path").with_file_name("libstandin_ssl.so")
}

/// Runs `openssl` on the original or on the drop-in.
fn openssl(standin: bool, arguments: &[&str]) -> Output {
    let mut command = Command::new("openssl");
    command.args(arguments).env_remove("LD_PRELOAD");
    if standin {
        command.env("LD_PRELOAD", drop_in());
    }
    command.output().expect("openssl is installed")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn exports_are_the_originals_and_nothing_else() {
    let listing = Command::new("nm").args(["-D", "--defined-only"]).arg(drop_in()).output().expect("nm is installed");
    let ours: BTreeSet<String> =
        text(&listing.stdout).lines().filter_map(|line| line.split(' ').nth(2).map(str::to_owned)).collect();
    let names = include_str!("../abi/exports.txt").lines();
    let theirs: BTreeSet<String> = names.map(|name| format!("{name}@@OPENSSL_3.0.0")).collect();
    assert_eq!(ours, theirs);
}

#[test]
fn texts_of_errors() {
    // ERR_LIB_SSL is 20; reasons go up to 1120.
    let codes: Vec<String> = (0..1200_u32).map(|reason| format!("{:X}", 20 << 23 | reason)).collect();
    let codes: Vec<&str> = [&["errstr"][..], &codes.iter().map(String::as_str).collect::<Vec<_>>()].concat();
    assert_eq!(text(&openssl(true, &codes).stdout), text(&openssl(false, &codes).stdout));
}

/// Numbers that look random and are the same each time (a linear congruential generator).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.roll(of.len())]
    }
}

const WORDS: &[&str] = &[
    "ALL",
    "DEFAULT",
    "COMPLEMENTOFDEFAULT",
    "COMPLEMENTOFALL",
    "HIGH",
    "MEDIUM",
    "LOW",
    "FIPS",
    "ECDHE",
    "EECDH",
    "ECDH",
    "kECDHE",
    "kEECDH",
    "kRSA",
    "RSA",
    "DHE",
    "EDH",
    "aRSA",
    "aECDSA",
    "ECDSA",
    "aNULL",
    "eNULL",
    "NULL",
    "AES",
    "AES128",
    "AES256",
    "AESGCM",
    "AESCCM",
    "CHACHA20",
    "CAMELLIA",
    "3DES",
    "RC4",
    "MD5",
    "SHA1",
    "SHA",
    "SHA256",
    "SHA384",
    "TLSv1.2",
    "TLSv1.0",
    "SSLv3",
    "PSK",
    "SRP",
    "NONSENSE",
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-CHACHA20-POLY1305",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "AES128-SHA",
    "DHE-RSA-AES256-GCM-SHA384",
];

fn rules(dice: &mut Dice) -> String {
    let mut list = Vec::new();
    for _ in 0..1 + dice.roll(5) {
        if dice.roll(12) == 0 {
            list.push("@STRENGTH".to_owned());
            continue;
        }
        let command = dice.pick(&["", "", "", "+", "-", "!"]);
        let words: Vec<&str> = (0..1 + dice.roll(3) / 2).map(|_| dice.pick(WORDS)).collect();
        list.push(format!("{command}{}", words.join("+")));
    }
    list.join(dice.pick(&[":", ",", " "]))
}

/// The list that the original makes, without what is not served.
fn served(list: &str) -> Vec<String> {
    let names = [
        "TLS_AES_256_GCM_SHA384",
        "TLS_CHACHA20_POLY1305_SHA256",
        "TLS_AES_128_GCM_SHA256",
        "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES256-GCM-SHA384",
        "ECDHE-ECDSA-CHACHA20-POLY1305",
        "ECDHE-RSA-CHACHA20-POLY1305",
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-RSA-AES128-GCM-SHA256",
    ];
    list.trim().split(':').filter(|name| names.contains(name)).map(str::to_owned).collect()
}

#[test]
fn cipher_lists_are_the_originals_without_what_is_not_served() {
    let mut dice = Dice(1);
    for _ in 0..150 {
        let rules = rules(&mut dice);
        let original = served(&text(&openssl(false, &["ciphers", &rules]).stdout));
        let ours = openssl(true, &["ciphers", &rules]);
        if original.iter().any(|name| !name.starts_with("TLS_")) {
            assert_eq!(text(&ours.stdout).trim(), original.join(":"), "{rules}");
        } else {
            assert!(!ours.status.success(), "{rules} leaves nothing: {}", text(&ours.stdout));
        }
    }
}

#[test]
fn suites_are_described_as_by_the_original() {
    let original = text(&openssl(false, &["ciphers", "-v", "ALL"]).stdout);
    let ours = text(&openssl(true, &["ciphers", "-v", "ALL"]).stdout);
    assert_eq!(ours.lines().count(), 9);
    for line in ours.lines() {
        assert!(original.lines().any(|known| known == line), "{line}");
    }
}

/// Where functions are defined that only say no.
const ABSENT: &[&str] = &["cipher/compression.rs", "twins/absent.rs", "ssl/early_data.rs", "ssl/renegotiation.rs"];

/// The names of functions that are defined there.
fn absent() -> BTreeSet<String> {
    let file = |file: &&str| {
        let path = format!("{}/src/{file}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
    };
    let text: String = ABSENT.iter().map(file).collect();
    let definitions = text.lines().map(str::trim_start).filter_map(|line| match line.split_once("extern \"C\" fn ") {
        Some((_, definition)) => definition.split('(').next(),
        // Two functions by one definition: their names come before it.
        None => line.starts_with("SSL_").then(|| line.split('(').next()).flatten(),
    });
    definitions.flat_map(|names| names.split(", ")).map(str::to_owned).collect()
}

/// What becomes of each name, by the sources.
fn fates() -> String {
    let unserved = include_str!(concat!(env!("OUT_DIR"), "/unserved.rs"));
    let absent = absent();
    let fate = |name: &str| {
        let line = unserved.lines().find_map(|line| line.trim().strip_prefix(name)?.strip_prefix(" = "));
        match line.map(|failure| failure.trim_end_matches(',')) {
            None if absent.contains(name) => "answers as where it is off".to_owned(),
            None => "served".to_owned(),
            Some("void") => "does nothing: it cannot say that it fails".to_owned(),
            Some("quiet") => "says that there is nothing".to_owned(),
            Some("minus_one") => "fails with -1".to_owned(),
            Some(failure) => format!("fails with {failure}"),
        }
    };
    let names = include_str!("../abi/exports.txt").lines();
    names.map(|name| format!("{name}\t{}\n", fate(name))).collect()
}

#[test]
fn the_table_of_functions_is_current() {
    let table = concat!(env!("CARGO_MANIFEST_DIR"), "/abi/functions.tsv");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(table, fates()).expect("abi/functions.tsv");
    }
    let written = std::fs::read_to_string(table).unwrap_or_default();
    assert!(written == fates(), "run: UPDATE=1 cargo test -p standin-libssl --test original");
}

/// What the first argument of a call is; the others are NULL.
fn first(name: &str, handle: *mut libc::c_void) -> usize {
    // SAFETY: functions of the drop-in, as their manual pages have them.
    unsafe {
        let made = |maker: &std::ffi::CStr, of: usize| {
            let address = libc::dlsym(handle, maker.as_ptr());
            assert!(!address.is_null());
            std::mem::transmute::<*mut libc::c_void, unsafe extern "C" fn(usize) -> usize>(address)(of)
        };
        let context = made(c"SSL_CTX_new", made(c"TLS_method", 0));
        assert_ne!(context, 0);
        match name {
            name if name.starts_with("SSL_CTX_") || name == "SSL_new" => context,
            name if name.starts_with("SSL_SESSION_") => made(c"SSL_SESSION_new", 0),
            name if name.starts_with("SSL_CONF_") => made(c"SSL_CONF_CTX_new", 0),
            // These take no SSL first.
            name if name.starts_with("SSL_CIPHER_") || name.starts_with("SSL_COMP_") => 0,
            "SSL_select_next_proto" | "SSL_use_PrivateKey_ASN1" | "SSL_trace" | "SSL_dup_CA_list" => 0,
            name if name.starts_with("SSL_add_") || name.starts_with("SSL_load_") || name.starts_with("SSL_alert_") => {
                0
            }
            name if name.starts_with("SSL_") => made(c"SSL_new", context),
            _ => 0,
        }
    }
}

/// Calls one function of the drop-in with nothing but NULL, or NULL in all places but the first,
/// in a process of its own.
#[test]
fn one_null_call() {
    let Ok(name) = std::env::var("NULL_CALL") else { return };
    let symbol = std::ffi::CString::new(name.as_str()).expect("a name");
    let library = std::ffi::CString::new(drop_in().into_os_string().into_encoded_bytes()).expect("a path");
    // SAFETY: the caller of a C function cleans up, so that more arguments than it takes are no
    // harm; each is NULL or zero.
    unsafe {
        let handle = libc::dlopen(library.as_ptr(), libc::RTLD_NOW | libc::RTLD_GLOBAL);
        assert!(!handle.is_null());
        let address = libc::dlsym(handle, symbol.as_ptr());
        assert!(!address.is_null());
        let function: unsafe extern "C" fn(usize, usize, usize, usize, usize, usize, usize, usize) -> usize =
            std::mem::transmute(address);
        let first = if std::env::var_os("NULL_FIRST").is_some() { 0 } else { first(&name, handle) };
        function(first, 0, 0, 0, 0, 0, 0, 0);
    }
}

#[test]
fn no_function_crashes_on_null() {
    let this = std::env::current_exe().expect("a path");
    let crashed = include_str!("../abi/exports.txt").lines().filter(|name| {
        let crashes = |first: &[(&str, &str)]| {
            let mut call = Command::new(&this);
            call.args(["--exact", "one_null_call"]).env("NULL_CALL", name).envs(first.iter().copied());
            !call.output().expect("this test runs itself").status.success()
        };
        crashes(&[]) || crashes(&[("NULL_FIRST", "1")])
    });
    assert_eq!(crashed.collect::<Vec<_>>(), Vec::<&str>::new());
}
