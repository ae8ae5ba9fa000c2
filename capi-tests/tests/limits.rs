//! What `limits.tsv` says of the wire is so: what a ClientHello offers and how long it is, how long tickets are.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use standin_capi_tests::library::Library;
use standin_capi_tests::process::{On, Running, run};
use standin_capi_tests::{build, scratch, tools};

const PATIENCE: Duration = Duration::from_secs(30);

/// A ClientHello as it came: length of its record, and extensions by their type.
struct Hello {
    len: usize,
    extensions: BTreeMap<u16, Vec<u8>>,
}

/// Big-endian numbers and vectors of a message.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, len: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(len);
        self.0 = rest;
        taken
    }

    fn number(&mut self, len: usize) -> usize {
        self.take(len).iter().fold(0, |number, byte| number << 8 | usize::from(*byte))
    }

    fn vector(&mut self, len: usize) -> &'a [u8] {
        let len = self.number(len);
        self.take(len)
    }
}

/// The ClientHello of a program that connects to a port of the loopback.
fn hello(command: impl FnOnce(&str) -> Command) -> Hello {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let client = Running::start(&mut command(&port));
    let (mut stream, _) = listener.accept().unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut header = [0; 5];
    stream.read_exact(&mut header).unwrap();
    let mut record = vec![0; usize::from(u16::from_be_bytes([header[3], header[4]]))];
    stream.read_exact(&mut record).unwrap();
    drop(client);

    let mut message = Reader(&record);
    assert_eq!(message.number(1), 1, "a ClientHello");
    let mut body = Reader(message.vector(3));
    body.take(2 + 32);
    body.vector(1);
    body.vector(2);
    body.vector(1);
    let mut list = Reader(body.vector(2));
    let mut extensions = BTreeMap::new();
    while !list.0.is_empty() {
        let kind = u16::try_from(list.number(2)).unwrap();
        extensions.insert(kind, list.vector(2).to_vec());
    }
    Hello { len: 5 + record.len(), extensions }
}

impl Hello {
    /// An extension that is a list of numbers.
    fn list(&self, kind: u16) -> Vec<usize> {
        let mut list = Reader(self.extensions[&kind].as_slice());
        let mut list = Reader(list.vector(2));
        std::iter::from_fn(|| (!list.0.is_empty()).then(|| list.number(2))).collect()
    }
}

const GROUPS: u16 = 10;
const SCHEMES: u16 = 13;

fn s_client(on: On, arguments: &[&str], port: &str) -> Command {
    let mut command = on.command(&tools::find("openssl").unwrap());
    command.args(["s_client", "-connect", &format!("127.0.0.1:{port}"), "-servername", "localhost"]).args(arguments);
    command
}

#[test]
fn groups_and_schemes_that_are_offered() {
    tools::need(&["openssl"]);
    let hello = hello(|port| s_client(On::Standin, &[], port));
    assert_eq!(hello.list(GROUPS), [0x11ec, 0x001d, 0x0017, 0x0018, 0x0019]);
    let mut schemes = hello.list(SCHEMES);
    schemes.sort_unstable();
    let served = [
        0x0401, 0x0403, 0x0501, 0x0503, 0x0601, 0x0603, 0x0804, 0x0805, 0x0806, 0x0807, 0x0808, 0x0809, 0x080a, 0x080b,
    ];
    assert_eq!(schemes, served);
}

#[test]
fn size_of_a_client_hello() {
    tools::need(&["openssl"]);
    let settings = scratch().join("limits.cnf");
    let text = "openssl_conf = init\n[init]\nssl_conf = ssl\n[ssl]\nsystem_default = all\n[all]\n\
        Groups = X25519:P-256:P-384\n";
    fs::write(&settings, text).unwrap();
    let original = hello(|port| s_client(On::Original, &[], port)).len;
    let whole = hello(|port| s_client(On::Standin, &[], port)).len;
    let listed = hello(|port| s_client(On::Standin, &["-groups", "X25519:P-256:P-384"], port)).len;
    let configured = hello(|port| {
        let mut command = s_client(On::Standin, &[], port);
        command.env("OPENSSL_CONF", &settings);
        command
    });
    assert!((1400..1500).contains(&whole), "{whole}");
    assert!((300..330).contains(&original), "{original}");
    assert!((200..260).contains(&listed), "{listed}");
    assert_eq!(configured.len, listed);
    assert_eq!(configured.list(GROUPS), [0x001d, 0x0017, 0x0018]);
}

#[test]
fn a_client_hello_of_gnutls() {
    tools::need(&["gnutls-cli"]);
    let [original, ours] = [On::Original, On::Standin].map(|on| {
        hello(|port| {
            let mut command = on.command_for(Library::Gnutls, &tools::find("gnutls-cli").unwrap());
            command.args(["--port", port, "--insecure", "localhost"]);
            command
        })
    });
    let mut groups = ours.list(GROUPS);
    groups.sort_unstable();
    assert_eq!(groups, [0x0017, 0x0018, 0x001d]);
    assert!(ours.len < original.len, "{} {}", ours.len, original.len);
}

/// The length of the ticket that a server on one library gives an authenticated client of the original.
fn ticket(server: On, version: &str) -> usize {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let mut serve = server.command(&tools::find("openssl").unwrap());
    serve.args(["s_server", "-accept", &port, "-cert", "server.pem", "-key", "server.key", "-CAfile", "root.pem"]);
    let mut serving = Running::start(serve.args(["-Verify", "1", "-www"]).current_dir(build::certs()));
    let file = scratch().join(format!("limits-{server}{version}.pem"));
    let _none = fs::remove_file(&file);
    let whole = || fs::read_to_string(&file).is_ok_and(|text| text.contains("-----END"));
    let deadline = Instant::now() + PATIENCE;
    while !whole() {
        let mut client = On::Original.command(&tools::find("openssl").unwrap());
        client.args(["s_client", "-connect", &format!("localhost:{port}"), version, "-CAfile", "root.pem"]);
        client.args(["-cert", "client.pem", "-key", "client.key", "-sess_out"]).arg(&file);
        // It stays connected while nothing is typed, and ends at once if nobody listens yet.
        let mut client = Running::start(client.current_dir(build::certs()).stdin(Stdio::piped()));
        while !whole() && !client.ended() {
            assert!(!serving.ended() && Instant::now() < deadline, "{}{}", serving.so_far(), client.so_far());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    let mut show = Command::new(tools::find("openssl").unwrap());
    show.args(["sess_id", "-noout", "-text", "-in"]).arg(&file);
    let text = run(&mut show, PATIENCE).stdout;
    let dump = text.split("TLS session ticket:\n").nth(1).unwrap_or_else(|| panic!("no ticket:\n{text}"));
    16 * dump.lines().take_while(|line| line.contains(" - ")).count()
}

#[test]
fn size_of_a_ticket() {
    tools::need(&["openssl"]);
    for version in ["-tls1_2", "-tls1_3"] {
        let (original, ours) = (ticket(On::Original, version), ticket(On::Standin, version));
        assert!((580..=700).contains(&original), "{version}: {original}");
        assert!((950..=1120).contains(&ours), "{version}: {ours}");
    }
}
