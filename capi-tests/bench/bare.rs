//! The benchmarks' rows on rustls itself, with no C face: what an engine on rustls can come to at best.
//!
//! It is run as the C programs are (`bench.c`), on the same certificates and over the same sockets; see `run`.
//!
//! `--libcrypto` adds what the ABI of libssl obliges any engine to, and no more: chains are judged by the program's
//! libcrypto, and records read so that a program may poll. What is dearer than that is the drop-in's own doing.

#[path = "bare/libcrypto.rs"]
mod libcrypto;
#[path = "bare/meter.rs"]
mod meter;
#[path = "bare/pair.rs"]
mod pair;
#[path = "bare/records.rs"]
mod records;
#[path = "bare/system.rs"]
mod system;
#[path = "bare/verifier.rs"]
mod verifier;

use std::path::PathBuf;
use std::process::{Command, exit};

use meter::{Meter, What};
use pair::{Setup, Side};
use rustls::CipherSuite;

const RECORD: usize = 16384;

type Measure = fn(&Setup) -> f64;

fn handshakes(setup: &Setup, what: What) -> f64 {
    let side = Side::new(setup);
    side.start(&mut Meter::idle()).finish(&mut Meter::idle());
    let mut meter = Meter::new(what);
    while meter.goes_on() {
        let pair = side.start(&mut meter);
        pair.finish(&mut meter);
        meter.count += 1;
    }
    meter.each()
}

fn resumptions(setup: &Setup, what: What) -> f64 {
    let side = Side::new(&Setup { resumes: true, ..setup.clone() });
    let mut first = side.start(&mut Meter::idle());
    first.client.take_messages();
    first.finish(&mut Meter::idle());
    let mut meter = Meter::new(what);
    while meter.goes_on() {
        let mut pair = side.start(&mut meter);
        assert!(pair.is_resumed());
        meter.turn(What::Client);
        pair.client.take_messages();
        meter.turn(What::Both);
        pair.finish(&mut meter);
        meter.count += 1;
    }
    meter.each()
}

/// MiB per second of CPU.
fn bulk(setup: &Setup, suite: CipherSuite) -> f64 {
    let side = Side::new(&Setup { suite: Some(suite), ..setup.clone() });
    let mut pair = side.start(&mut Meter::idle());
    let mut data = vec![0; RECORD];
    pair.server.send(&mut pair.client, &mut data);
    let mut meter = Meter::new(What::Both);
    while meter.goes_on() {
        pair.client.send(&mut pair.server, &mut data);
        meter.count += 1;
    }
    RECORD as f64 * 1e6 / f64::from(1 << 20) / meter.each()
}

fn ping_pong(setup: &Setup, size: usize, what: What) -> f64 {
    let mut pair = Side::new(setup).start(&mut Meter::idle());
    let mut data = vec![0; size];
    pair.server.send(&mut pair.client, &mut data);
    let mut meter = Meter::new(what);
    while meter.goes_on() {
        pair.client.send(&mut pair.server, &mut data);
        pair.server.send(&mut pair.client, &mut data);
        meter.count += 1;
    }
    meter.each()
}

/// Heap that an idle mutual connection keeps, both ends, in KiB.
fn memory(setup: &Setup) -> f64 {
    const PAIRS: usize = 100;
    let side = Side::new(&mutual(setup));
    let mut data = [0; 64];
    let mut make = || {
        let mut pair = side.start(&mut Meter::idle());
        pair.client.send(&mut pair.server, &mut data);
        pair.server.send(&mut pair.client, &mut data);
        pair
    };
    let first: Vec<_> = (0..PAIRS).map(|_| make()).collect();
    let before = system::heap();
    let second: Vec<_> = (0..PAIRS).map(|_| make()).collect();
    let after = system::heap();
    drop((first, second));
    (after - before) / 1024.0 / PAIRS as f64
}

/// CPU of a whole process with one mutual handshake, in microseconds.
fn process(setup: &Setup) -> f64 {
    const PROCESSES: u32 = 20;
    let before = system::of_children();
    for _ in 0..PROCESSES {
        let own = std::env::current_exe().expect("a path");
        let mut command = Command::new(own);
        command.args(setup.libcrypto.then_some("--libcrypto")).arg("process").arg(&setup.directory);
        let done = command.status().expect("it starts");
        assert!(done.success());
    }
    (system::of_children() - before) / f64::from(PROCESSES)
}

fn mutual(setup: &Setup) -> Setup {
    Setup { client: Some("client"), ..setup.clone() }
}

fn chain(setup: &Setup) -> Setup {
    Setup { client: Some("deep"), deep: true, ..setup.clone() }
}

fn rsa(setup: &Setup) -> Setup {
    Setup { root: "rsa-root", server: "rsa-server", client: Some("rsa-client"), ..setup.clone() }
}

const ROWS: [(&str, &str, Measure); 24] = [
    ("handshake", "us", |setup| handshakes(setup, What::Both)),
    ("handshake-server", "us", |setup| handshakes(setup, What::Server)),
    ("handshake-client", "us", |setup| handshakes(setup, What::Client)),
    ("mutual", "us", |setup| handshakes(&mutual(setup), What::Both)),
    ("mutual-server", "us", |setup| handshakes(&mutual(setup), What::Server)),
    ("mutual-client", "us", |setup| handshakes(&mutual(setup), What::Client)),
    ("mutual-chain3", "us", |setup| handshakes(&chain(setup), What::Both)),
    ("mutual-rsa2048", "us", |setup| handshakes(&rsa(setup), What::Both)),
    ("mutual-tls12", "us", |setup| handshakes(&Setup { tls12: true, ..mutual(setup) }, What::Both)),
    ("resumption", "us", |setup| resumptions(setup, What::Both)),
    ("resumption-server", "us", |setup| resumptions(setup, What::Server)),
    ("resumption-client", "us", |setup| resumptions(setup, What::Client)),
    ("bulk-aes128gcm", "MiB/s", |setup| bulk(setup, CipherSuite::TLS13_AES_128_GCM_SHA256)),
    ("bulk-aes256gcm", "MiB/s", |setup| bulk(setup, CipherSuite::TLS13_AES_256_GCM_SHA384)),
    ("bulk-chacha20", "MiB/s", |setup| bulk(setup, CipherSuite::TLS13_CHACHA20_POLY1305_SHA256)),
    ("pingpong-1", "us", |setup| ping_pong(setup, 1, What::Both)),
    ("pingpong-64", "us", |setup| ping_pong(setup, 64, What::Both)),
    ("handshake-allocations", "", |setup| handshakes(setup, What::Allocations)),
    ("mutual-allocations", "", |setup| handshakes(&mutual(setup), What::Allocations)),
    ("mutual-tls12-allocations", "", |setup| handshakes(&Setup { tls12: true, ..mutual(setup) }, What::Allocations)),
    ("resumption-allocations", "", |setup| resumptions(setup, What::Allocations)),
    ("record-allocations", "", |setup| ping_pong(setup, 64, What::Allocations)),
    ("memory", "KiB", memory),
    ("process", "us", process),
];

fn main() {
    let mut arguments = std::env::args().skip(1).peekable();
    let libcrypto = arguments.next_if(|argument| argument == "--libcrypto").is_some();
    let single = arguments.next_if(|argument| argument == "process").is_some();
    let Some(directory) = arguments.next().map(PathBuf::from) else {
        eprintln!("usage: bare [--libcrypto] DIR [ROW...]");
        exit(2)
    };
    let setup = Setup { libcrypto, ..Setup::usual(directory) };
    if single {
        let side = Side::new(&mutual(&setup));
        side.start(&mut Meter::idle()).finish(&mut Meter::idle());
        return;
    }
    let wanted: Vec<_> = arguments.collect();
    println!("# rustls\t{}", rustls_version());
    for (name, unit, measure) in ROWS {
        if wanted.is_empty() || wanted.iter().any(|wanted| wanted == name) {
            println!("{name}\t\t{:.3}\t{unit}", measure(&setup));
        }
    }
}

/// As the lock file has it.
fn rustls_version() -> &'static str {
    let lock = include_str!("../../Cargo.lock");
    let after = lock.split("name = \"rustls\"\nversion = \"").nth(1);
    after.and_then(|rest| rest.split('"').next()).unwrap_or("unknown")
}
