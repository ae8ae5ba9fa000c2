//! `standin demo janus`: both policies of Janus ports, and the clients that come.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use standin_engine::{
    ClientConfig, ClientSettings, Connection, Error, Identity, Parameters, Protocol, Read, Stop, Verdict,
};
use standin_janus::{Exchange, Function, Item, Janus, Journal, NO_CERTIFICATE, Settings, Target};
use webpki::KeyUsage;

use super::authority::Authority;
use crate::command::output::say;

const COMMANDS: &str = "\
JANUS DEFINE ASKS @1 WEBSERV 10 SSL KEYS SERVER SSLCLCERT
JANUS ADDCA ASKS CAS DEMO
JANUS WEB ASKS ON * CMD 'CALL greet'

JANUS DEFINE REQUIRES @2 WEBSERV 10 SSL KEYS SERVER SSLCLCERTR
JANUS ADDCA REQUIRES CAS DEMO
JANUS WEB REQUIRES ON * CMD 'CALL greet'

JANUS DEFINE EXPLAINS @3 WEBSERV 10 SSL KEYS SERVER SSLCLCERTR
JANUS ADDCA EXPLAINS CAS DEMO
JANUS WEB EXPLAINS ON * CMD 'CALL greet'
JANUS WEB EXPLAINS ON SSLNOCERTERR OPEN FILE PAGES
CMD 'INCLUDE MISSING CERTIFICATE ERROR'
";

/// What each client comes to at each port; the journal's word for it, if any.
const EXPECTED: [(&str, &str, &str, &str); 9] = [
    ("ASKS", "nobody", "200 Hello, stranger: 0 levels", ""),
    ("ASKS", "alice.demo", "200 Hello, alice.demo: 2 levels", ""),
    ("ASKS", "mallory.demo", "refused", "no CA of the port has issued it"),
    ("REQUIRES", "nobody", "refused", NO_CERTIFICATE),
    ("REQUIRES", "alice.demo", "200 Hello, alice.demo: 2 levels", ""),
    ("REQUIRES", "mallory.demo", "refused", "no CA of the port has issued it"),
    ("EXPLAINS", "nobody", "403 Please come back with a certificate.", "only the SSLNOCERTERR rule is run"),
    ("EXPLAINS", "alice.demo", "200 Hello, alice.demo: 2 levels", ""),
    ("EXPLAINS", "mallory.demo", "refused", "no CA of the port has issued it"),
];

/// Plays the demo; fails if anything comes out otherwise than it should.
pub fn run() -> Result<()> {
    let authority = Authority::new("Standin demo CA").context("cannot make the demo's certificates")?;
    let [alice, mallory] = [(&authority, "alice.demo"), (&Authority::new("Another CA")?, "mallory.demo")]
        .map(|(authority, name)| authority.issue(name));
    let clients = [alice?, mallory?];
    let files = tempfile::tempdir().context("cannot make a folder for the procedures")?;
    for (file, procedure, text) in [
        ("KEYS", "SERVER", authority.issue_pem("server.demo")?),
        ("CAS", "DEMO", authority.pem()),
        ("PAGES", "MISSING CERTIFICATE ERROR", "Please come back with a certificate.\n".into()),
    ] {
        let folder = files.path().join(file);
        fs::create_dir_all(&folder).and_then(|()| fs::write(folder.join(procedure), text))?;
    }
    let journal: Arc<Mutex<Vec<String>>> = Arc::default();
    let lines = journal.clone();
    let target = Target::Callback(Box::new(move |line| {
        lines.lock().unwrap_or_else(PoisonError::into_inner).push(line.to_owned());
    }));
    let address = Ipv4Addr::LOCALHOST.into();
    let journaling = Journal::open(target, false)?;
    let janus = Janus::new(Settings { files: files.path().to_owned(), address, journal: journaling });
    janus.register("greet", Function::Web(Arc::new(greet)));
    define(&janus)?;

    say!("\n{:<9}  {:<13}  {:<42}  what the journal says", "port", "client", "what the client gets");
    let outcome = EXPECTED.iter().try_for_each(|&(port, name, expected, line)| {
        let client = clients.iter().find(|client| client.name == name);
        let number = janus.started().into_iter().find(|started| started.0 == port).context("a port is missing")?.2;
        let got = visit(number.port(), &authority, client.map(|client| &client.identity))?;
        let said = said(&journal, line);
        say!("{}", format!("{port:<9}  {name:<13}  {got:<42}  {said}").trim_end());
        ensure!(got == expected && said.contains(line), "expected of {name} at {port}: {expected} ({line})");
        Ok(())
    });
    janus.end();
    outcome
}

/// Answers a request with who the client is.
fn greet(exchange: &mut Exchange<'_>) -> Result<(), String> {
    let broken = |broken: standin_janus::Broken| broken.to_string();
    let levels = exchange.client.cert_levels().map_err(broken)?;
    let name = exchange.client.cert_info(Item::CommonName, 0).map_err(broken)?;
    let name = name.unwrap_or_else(|| "stranger".into());
    exchange.write(format!("Hello, {name}: {levels} levels\n").as_bytes()).map_err(broken)
}

/// Defines the ports on free numbers and starts them.
fn define(janus: &Janus) -> Result<()> {
    let held: Vec<_> = (0..3).map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).collect::<Result<_, _>>()?;
    let mut commands = COMMANDS.to_owned();
    for (index, listener) in held.iter().enumerate() {
        commands = commands.replace(&format!("@{}", index + 1), &listener.local_addr()?.port().to_string());
    }
    drop(held);
    say!("{commands}");
    for outcome in janus.run(&commands) {
        let answer = outcome?;
        if !answer.is_empty() {
            say!("{answer}");
        }
    }
    for outcome in janus.start_unless_told(&commands) {
        outcome.map_err(anyhow::Error::msg)?;
    }
    Ok(())
}

/// The message of the journal that has this in it, without time, port and client; waits for it a little.
fn said(journal: &Mutex<Vec<String>>, part: &str) -> String {
    for _ in 0..200 {
        let lines = std::mem::take(&mut *journal.lock().unwrap_or_else(PoisonError::into_inner));
        if let Some(line) = lines.iter().find(|line| !part.is_empty() && line.contains(part)) {
            return line.splitn(5, ' ').last().unwrap_or_default().to_owned();
        }
        if part.is_empty() {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    String::new()
}

/// Asks for a page: status and first line of the body, or that the client was refused.
fn visit(port: u16, authority: &Authority, identity: Option<&Identity>) -> Result<String> {
    let parameters = Parameters { min: Protocol::Tls13, ..Parameters::default() };
    let config = ClientConfig::new(&ClientSettings { parameters, ..ClientSettings::default() })?;
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut tls = Connection::client(&config, Some("server.demo"), None)?;
    let mut answer = Vec::new();
    let asked = converse(&mut stream, &mut tls, authority, identity, &mut answer);
    match asked {
        Ok(()) => {}
        Err(error) if matches!(error.downcast_ref(), Some(Error::AlertReceived(_))) => return Ok("refused".into()),
        Err(error) => return Err(error),
    }
    let text = String::from_utf8_lossy(&answer);
    let (head, body) = text.split_once("\r\n\r\n").context("no answer")?;
    let status = head.split(' ').nth(1).unwrap_or_default();
    Ok(format!("{status} {}", body.lines().next().unwrap_or_default()))
}

fn converse(
    stream: &mut TcpStream,
    tls: &mut Connection,
    authority: &Authority,
    identity: Option<&Identity>,
    answer: &mut Vec<u8>,
) -> Result<()> {
    loop {
        match tls.advance()? {
            Stop::Input => exchange(stream, tls)?,
            Stop::Verdict => {
                let chain = tls.candidate().context("no chain to judge")?;
                authority.judge(chain, KeyUsage::server_auth())?;
                tls.judge(Verdict::Accept { code: 0 })?;
            }
            Stop::Certificate => tls.present(identity.cloned())?,
            Stop::Done => break,
            Stop::Hello | Stop::Ticket | Stop::Extensions => bail!("a client was asked what a server is"),
        }
    }
    tls.write(b"GET / HTTP/1.1\r\nHost: server.demo\r\nConnection: close\r\n\r\n", 16_384)?;
    let mut data = [0; 4096];
    loop {
        match tls.read(&mut data, false)? {
            Read::Data(length) => answer.extend_from_slice(&data[..length]),
            Read::Closed => return Ok(()),
            Read::Stop(_) => exchange(stream, tls)?,
        }
    }
}

/// Sends what is to be sent and waits for more.
fn exchange(stream: &mut TcpStream, tls: &mut Connection) -> Result<()> {
    // One that has refused us may have hung up already; its alert is still to be read.
    let _hung_up = stream.write_all(tls.outgoing());
    tls.sent(tls.outgoing().len());
    let wanted = tls.wanted();
    let length = stream.read(tls.input(wanted))?;
    ensure!(length > 0, "the server has hung up");
    tls.received(length);
    Ok(())
}
