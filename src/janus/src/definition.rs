//! JANUS DEFINE: what a port is.

use std::fmt;
use std::time::Duration;

use standin_engine::{Identity, Protocol, SUITES};

use crate::action::Action;
use crate::command::{CommandError, Word, Words};
use crate::files::Files;

/// What a port speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// HTTP.
    Web,
    /// Whatever its handler speaks.
    Socket,
    /// An Open Server's protocol, which its handler speaks.
    OpenServer,
    /// Specialty Data Store, which its handler speaks.
    DataStore,
}

const KINDS: [(Kind, &str); 4] =
    [(Kind::Web, "WEBSERV"), (Kind::Socket, "SRVSOCK"), (Kind::OpenServer, "OPENSERV"), (Kind::DataStore, "SDS")];

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = KINDS.iter().find(|(kind, _)| kind == self).map_or("", |(_, name)| name);
        f.pad(name)
    }
}

/// What is expected of the client in the handshake.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClientCertificate {
    /// Nothing.
    #[default]
    NotAsked,
    /// SSLCLCERT: it is asked for a certificate.
    Asked,
    /// SSLCLCERTR: ... and has to have one.
    Required,
}

/// A port as it was defined.
#[derive(Clone, Debug)]
pub struct Definition {
    /// In upper case.
    pub name: String,
    /// TCP port.
    pub number: u16,
    /// What it speaks.
    pub kind: Kind,
    /// Most connections at once.
    pub max_connections: usize,
    /// HTTP/1.1, not 1.0.
    pub http11: bool,
    /// Key and certificate, if TLS is spoken.
    pub identity: Option<Identity>,
    /// What is expected of the client.
    pub client_certificate: ClientCertificate,
    /// Longest certificate that is accepted, in bytes.
    pub max_certificate: usize,
    /// Minutes that a session can be resumed.
    pub max_age: u32,
    /// Sessions kept.
    pub cache: usize,
    /// Bytes that are read at once.
    pub input_size: usize,
    /// Most bytes in a record that is sent.
    pub output_size: usize,
    /// Lowest and highest protocol.
    pub protocols: (Protocol, Protocol),
    /// Cipher suites by code point.
    pub suites: Vec<u16>,
    /// A log-on holds for later connections of the TLS session.
    pub session_logon: bool,
    /// What is run for a new session.
    pub new_session: Vec<Action>,
    /// Handler of the connections of other ports than those of the Web.
    pub handler: Vec<Action>,
    /// How long a client may keep us waiting.
    pub timeout: Duration,
    /// Longest body of a request, in bytes.
    pub max_body: usize,
}

/// Numbers that a parameter takes, with its default.
struct Range {
    name: &'static str,
    min: u64,
    max: u64,
}

const fn range(name: &'static str, min: u64, max: u64) -> Range {
    Range { name, min, max }
}

const MAX_CONNECTIONS: Range = range("the greatest number of connections", 1, 100_000);
const PORT_NUMBER: Range = range("a port number", 1, 65_535);
const SSLMAXCERTL: Range = range("SSLMAXCERTL", 256, 32_767);
const SSLMAXAGE: Range = range("SSLMAXAGE", 0, 10_080);
const SSLCACHE: Range = range("SSLCACHE", 1, 1_000_000);
const SSLIBSIZE: Range = range("SSLIBSIZE", 1_024, 16_384);
const SSLOBSIZE: Range = range("SSLOBSIZE", 1_024, 16_384);
const SSLBSIZE: Range = range("SSLBSIZE", 1_024, 32_767);
const SSLPROT: Range = range("SSLPROT", 1, 0xff);
const SSLCIPH: Range = range("SSLCIPH", 0, u32::MAX as u64);
const TIMEOUT: Range = range("TIMEOUT", 1, 86_400);
const MAXBODY: Range = range("MAXBODY", 0, 1 << 30);

/// SSLPROT: TLS 1.2, as in the manuals, and the bit that was added for TLS 1.3.
pub const PROTOCOL_BITS: [(u64, Protocol); 2] = [(0x10, Protocol::Tls12), (0x20, Protocol::Tls13)];
/// SSLCIPH: the first suite's bit. The lower ones are those of the manuals' ciphers, none of which is served.
pub const FIRST_SUITE_BIT: u32 = 16;
/// NEWSESCMD: bytes of all commands together, each with one more.
const MAX_NEWSESCMD: usize = 255;

const PARAMETERS: &str = "expected a parameter of JANUS DEFINE: CMD, HTTPVERSION, MAXBODY, NEWSESCMD, NEWSESOPEN, OPEN, \
                          SSL, SSLBSIZE, SSLCACHE, SSLCIPH, SSLCLCERT, SSLCLCERTR, SSLIBSIZE, SSLMAXAGE, \
                          SSLMAXCERTL, SSLOBSIZE, SSLPROT, SSLSES or TIMEOUT";

impl Definition {
    /// Understands the words behind JANUS DEFINE.
    pub fn parse(words: &mut Words<'_>, files: &Files) -> Result<Self, CommandError> {
        let name = port_name(words.expect("the name of the port")?)?;
        let number = number(words.expect("the number of the port")?, &PORT_NUMBER)? as u16;
        let kind = kind(words.expect("the type of the port")?)?;
        let max_connections = number_of(words, &MAX_CONNECTIONS)? as usize;
        let mut definition = Definition {
            name,
            number,
            kind,
            max_connections,
            http11: true,
            identity: None,
            client_certificate: ClientCertificate::NotAsked,
            max_certificate: 1024,
            max_age: 1440,
            cache: 1024,
            input_size: 4096,
            output_size: 4096,
            protocols: (Protocol::Tls12, Protocol::Tls13),
            suites: SUITES.iter().map(|suite| suite.code).collect(),
            session_logon: false,
            new_session: Vec::new(),
            handler: Vec::new(),
            timeout: Duration::from_secs(60),
            max_body: 1 << 20,
        };
        definition.parameters(words, files)?;
        Ok(definition)
    }

    fn parameters(&mut self, words: &mut Words<'_>, files: &Files) -> Result<(), CommandError> {
        let mut rest = Rest::default();
        let mut seen: Vec<String> = Vec::new();
        while let Some(word) = words.take() {
            let keyword = if word.quoted { String::new() } else { word.text.to_ascii_uppercase() };
            if seen.contains(&keyword) {
                return Err(word.error("expected each parameter once"));
            }
            match keyword.strip_prefix("SSL") {
                Some("") => self.identity = Some(identity(words, files)?),
                Some(kind) => {
                    rest.ssl = rest.ssl.or(Some(word));
                    self.ssl_parameter(kind, word, words, &mut rest)?;
                }
                None => self.parameter(&keyword, word, words, &mut rest)?,
            }
            seen.push(keyword);
        }
        self.finish(&rest)
    }

    /// A parameter whose name begins with SSL, of which `kind` is the rest.
    fn ssl_parameter<'a>(
        &mut self,
        kind: &str,
        word: &'a Word,
        words: &mut Words<'a>,
        rest: &mut Rest<'a>,
    ) -> Result<(), CommandError> {
        match kind {
            "CLCERT" | "CLCERTR" if self.client_certificate != ClientCertificate::NotAsked => {
                return Err(word.error("expected either SSLCLCERT or SSLCLCERTR"));
            }
            "CLCERT" => self.client_certificate = ClientCertificate::Asked,
            "CLCERTR" => self.client_certificate = ClientCertificate::Required,
            "MAXCERTL" => self.max_certificate = number_of(words, &SSLMAXCERTL)? as usize,
            "MAXAGE" => self.max_age = number_of(words, &SSLMAXAGE)? as u32,
            "CACHE" => self.cache = number_of(words, &SSLCACHE)? as usize,
            "IBSIZE" => self.input_size = number_of(words, &SSLIBSIZE)? as usize,
            "OBSIZE" => self.output_size = number_of(words, &SSLOBSIZE)? as usize,
            "BSIZE" => {
                self.input_size = (number_of(words, &SSLBSIZE)? as usize).min(16_384);
                self.output_size = self.input_size;
            }
            "PROT" => self.protocols = protocols(words.expect("a mask of protocols")?)?,
            "CIPH" => rest.ciphers = Some(words.expect("a mask of ciphers")?),
            "SES" if self.kind == Kind::Web => self.session_logon = true,
            "SES" => return Err(word.error("expected a WEBSERV port for this parameter")),
            _ => return Err(word.error(PARAMETERS)),
        }
        Ok(())
    }

    fn parameter<'a>(
        &mut self,
        keyword: &str,
        word: &'a Word,
        words: &mut Words<'a>,
        rest: &mut Rest<'a>,
    ) -> Result<(), CommandError> {
        match keyword {
            "HTTPVERSION" => self.http11 = http_version(words.expect("1.0 or 1.1")?)?,
            "TIMEOUT" => self.timeout = Duration::from_secs(number_of(words, &TIMEOUT)?),
            "MAXBODY" => self.max_body = number_of(words, &MAXBODY)? as usize,
            "OPEN" => rest.open = Some(opened(words)?),
            "NEWSESOPEN" => rest.new_session_open = Some(opened(words)?),
            "CMD" if self.kind == Kind::Web => {
                return Err(word.error("expected JANUS WEB ON instead: that is what acts on a WEBSERV port"));
            }
            "CMD" => rest.handler = commands(words)?,
            "NEWSESCMD" => rest.new_session = commands(words)?,
            _ => return Err(word.error(PARAMETERS)),
        }
        Ok(())
    }

    /// What depends on other parameters, in whatever order they came.
    fn finish(&mut self, rest: &Rest<'_>) -> Result<(), CommandError> {
        if let Some(mask) = rest.ciphers {
            self.suites = suites(mask, self.protocols)?;
        }
        if let (Some(word), None) = (rest.ssl, &self.identity) {
            return Err(word.error("expected SSL, file and procedure too: without it the port is not encrypted"));
        }
        let length: usize = rest.new_session.iter().map(|word| word.text.len() + 1).sum();
        if let (Some(word), true) = (rest.new_session.first(), length > MAX_NEWSESCMD) {
            return Err(word.error(format!("expected at most {MAX_NEWSESCMD} bytes of commands")));
        }
        self.handler = actions(&rest.handler, rest.open.as_deref())?;
        self.new_session = actions(&rest.new_session, rest.new_session_open.as_deref())?;
        Ok(())
    }
}

/// What is understood once all parameters are there.
#[derive(Default)]
struct Rest<'a> {
    /// The first parameter that makes sense only with SSL.
    ssl: Option<&'a Word>,
    ciphers: Option<&'a Word>,
    open: Option<String>,
    handler: Vec<&'a Word>,
    new_session_open: Option<String>,
    new_session: Vec<&'a Word>,
}

fn identity(words: &mut Words<'_>, files: &Files) -> Result<Identity, CommandError> {
    let (file, procedure) = (words.expect("the file with the key")?, words.expect("the procedure with the key")?);
    files.identity(&file.text, &procedure.text).map_err(|error| procedure.error(error))
}

fn actions(words: &[&Word], file: Option<&str>) -> Result<Vec<Action>, CommandError> {
    words.iter().map(|word| Action::parse(word, file)).collect()
}

/// The commands behind CMD: one, or several with AND between them.
pub fn commands<'a>(words: &mut Words<'a>) -> Result<Vec<&'a Word>, CommandError> {
    let mut commands = vec![words.expect("a command")?];
    while words.take_if("AND") {
        commands.push(words.expect("a command behind AND")?);
    }
    Ok(commands)
}

/// The file behind OPEN.
pub fn opened(words: &mut Words<'_>) -> Result<String, CommandError> {
    if let Some(word) = words.peek().filter(|word| word.is("GROUP")) {
        return Err(word.error("expected FILE and a name: there are no groups here"));
    }
    words.take_if("FILE");
    Ok(words.expect("the name of a file")?.text.clone())
}

/// The name of one port: 1 to 30 characters, no wildcards; in upper case.
pub fn port_name(word: &Word) -> Result<String, CommandError> {
    let length = word.text.chars().count();
    let plain = |c: char| c.is_ascii_graphic() && !"*?'".contains(c);
    match (1..=30).contains(&length) && word.text.chars().all(plain) {
        true => Ok(word.text.to_ascii_uppercase()),
        false => Err(word.error("expected the name of a port: 1 to 30 characters, without wildcards or blanks")),
    }
}

fn kind(word: &Word) -> Result<Kind, CommandError> {
    let known = KINDS.iter().find(|(_, name)| word.is(name));
    known.map(|(kind, _)| *kind).ok_or_else(|| word.error("expected a type of port: WEBSERV, SRVSOCK, OPENSERV or SDS"))
}

fn number_of(words: &mut Words<'_>, range: &Range) -> Result<u64, CommandError> {
    let word = words.expect(&format!("{}, {} to {}", range.name, range.min, range.max))?;
    number(word, range)
}

/// A number: decimal, or hexadecimal as X'10'.
fn number(word: &Word, range: &Range) -> Result<u64, CommandError> {
    let hexadecimal = word.text.strip_prefix(['X', 'x']).and_then(|rest| rest.strip_prefix('\'')?.strip_suffix('\''));
    let digits = |text: &str, radix| match text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        true => u64::from_str_radix(text, radix).ok(),
        false => None,
    };
    let number = match hexadecimal {
        Some(text) => digits(text, 16),
        None => digits(&word.text, 10),
    };
    number.filter(|number| (range.min..=range.max).contains(number)).ok_or_else(|| {
        let hint = if matches!(range.name, "SSLPROT" | "SSLCIPH") { ", or hexadecimal as X'10'" } else { "" };
        word.error(format!("expected {}, a number from {} to {}{hint}", range.name, range.min, range.max))
    })
}

fn protocols(word: &Word) -> Result<(Protocol, Protocol), CommandError> {
    let mask = number(word, &SSLPROT)?;
    let served = || PROTOCOL_BITS.iter().filter(|(bit, _)| mask & bit != 0).map(|(_, protocol)| *protocol);
    served().min().zip(served().max()).ok_or_else(|| {
        word.error("expected a protocol that is served: X'10' is TLS 1.2, X'20' TLS 1.3; older ones are not")
    })
}

fn suites(word: &Word, protocols: (Protocol, Protocol)) -> Result<Vec<u16>, CommandError> {
    let mask = number(word, &SSLCIPH)?;
    let chosen = |(index, suite): (usize, &'static standin_engine::Suite)| {
        (mask == 0 || mask >> (FIRST_SUITE_BIT as usize + index) & 1 == 1).then_some(suite)
    };
    let suites: Vec<_> = SUITES.iter().enumerate().filter_map(chosen).collect();
    match suites.iter().any(|suite| (protocols.0..=protocols.1).contains(&suite.protocol)) {
        true => Ok(suites.iter().map(|suite| suite.code).collect()),
        false => Err(word.error(
            "expected a cipher that is served: their bits begin with X'10000'; RC4, DES and CBC ciphers are not served",
        )),
    }
}

fn http_version(word: &Word) -> Result<bool, CommandError> {
    match word.text.as_str() {
        "1.1" => Ok(true),
        "1.0" => Ok(false),
        _ => Err(word.error("expected an HTTP version: 1.0 or 1.1")),
    }
}
