//! Requests of HTTP/1.x (RFC 9112), read strictly: what two readers could understand differently is refused.

use std::time::{Duration, Instant};

use crate::client::Client;
use crate::link::Broken;

/// Longest head of a request, and the number of fields in it.
const MAX_HEAD: usize = 16 * 1024;
const MAX_FIELDS: usize = 100;
/// Longest line that begins a chunk, and trailer section.
const MAX_CHUNK_LINE: usize = 256;
const MAX_TRAILER: usize = 8 * 1024;

/// A request, whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// GET, POST ...
    pub method: String,
    /// As it was sent: path and query.
    pub target: String,
    /// Decoded, without the query.
    pub path: String,
    /// Behind the question mark, as it was sent.
    pub query: String,
    /// HTTP/1.1, not 1.0.
    pub http11: bool,
    /// Fields of the head, in order.
    pub fields: Vec<(String, Vec<u8>)>,
    /// The body.
    pub body: Vec<u8>,
    /// The client wants to use the connection again.
    pub keep_alive: bool,
}

impl Request {
    /// The first field of this name.
    pub fn field(&self, name: &str) -> Option<&[u8]> {
        self.fields.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_slice())
    }

    fn fields<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        let same = move |(known, _): &&(String, Vec<u8>)| known.eq_ignore_ascii_case(name);
        self.fields.iter().filter(same).map(|(_, value)| value.as_slice())
    }
}

/// Why there is no request.
#[derive(Debug)]
pub enum NoRequest {
    /// The client is done.
    Closed,
    /// It is answered with this status, and the connection is closed: nobody knows where the next request begins.
    Bad(u16, &'static str),
    /// The connection is broken.
    Broken(Broken),
}

impl From<Broken> for NoRequest {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::TimedOut => NoRequest::Bad(408, "the request has not come in time"),
            broken => NoRequest::Broken(broken),
        }
    }
}

/// How the body is delimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Framing {
    Length(usize),
    Chunked,
}

/// Reads the requests of a connection, one after the other.
#[derive(Default)]
pub struct Reader {
    /// Received and not yet understood.
    buffer: Vec<u8>,
}

impl Reader {
    /// Reads the next request. `patience`: how long all of it may take, and how long it may take to begin.
    pub fn next(&mut self, client: &mut Client, patience: Duration, max_body: usize) -> Result<Request, NoRequest> {
        client.link().deadline = Some(Instant::now() + patience);
        let request = self.request(client, max_body);
        client.link().deadline = None;
        request
    }

    fn request(&mut self, client: &mut Client, max_body: usize) -> Result<Request, NoRequest> {
        let (mut request, framing, expects) = loop {
            // RFC 9112 section 2.2: an empty line in front of a request is passed over.
            while self.buffer.starts_with(b"\r\n") {
                self.buffer.drain(..2);
            }
            if let Some((length, request)) = head(&self.buffer)? {
                let framing = framing(&request)?;
                self.buffer.drain(..length);
                let expects = request.field("Expect").is_some_and(|value| value.eq_ignore_ascii_case(b"100-continue"));
                break (request, framing, expects);
            }
            if self.buffer.len() > MAX_HEAD {
                return Err(NoRequest::Bad(431, "the head of the request is too long"));
            }
            let begun = !self.buffer.is_empty();
            client.set_idle(!begun);
            let more = self.more(client);
            client.set_idle(false);
            match more {
                Ok(()) => {}
                Err(_) if !begun => return Err(NoRequest::Closed),
                Err(error) => return Err(error),
            }
        };
        if matches!(framing, Framing::Length(length) if length > max_body) {
            return Err(NoRequest::Bad(413, "the body is too long"));
        }
        if expects && request.http11 && framing != Framing::Length(0) && self.buffer.is_empty() {
            client.write(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        request.body = match framing {
            Framing::Length(length) => self.take(client, length)?,
            Framing::Chunked => self.chunks(client, max_body)?,
        };
        Ok(request)
    }

    fn more(&mut self, client: &mut Client) -> Result<(), NoRequest> {
        let mut data = [0; 8192];
        match client.read(&mut data)? {
            0 => Err(NoRequest::Broken(Broken::Gone)),
            length => {
                self.buffer.extend_from_slice(&data[..length]);
                Ok(())
            }
        }
    }

    fn take(&mut self, client: &mut Client, length: usize) -> Result<Vec<u8>, NoRequest> {
        while self.buffer.len() < length {
            self.more(client)?;
        }
        let rest = self.buffer.split_off(length);
        Ok(std::mem::replace(&mut self.buffer, rest))
    }

    /// RFC 9112 section 7.1.
    fn chunks(&mut self, client: &mut Client, max_body: usize) -> Result<Vec<u8>, NoRequest> {
        const WRONG: NoRequest = NoRequest::Bad(400, "the chunks of the body are not well-formed");
        let mut body = Vec::new();
        loop {
            let line = self.line(client, MAX_CHUNK_LINE)?;
            let digits = line.split(|&byte| byte == b';').next().unwrap_or_default();
            let text = std::str::from_utf8(digits).ok().map(|text| text.trim_end_matches([' ', '\t']));
            let size = text.filter(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit()));
            let size = size.and_then(|text| usize::from_str_radix(text, 16).ok()).ok_or(WRONG)?;
            if size > max_body - body.len() {
                return Err(NoRequest::Bad(413, "the body is too long"));
            }
            if size == 0 {
                break;
            }
            body.extend(self.take(client, size)?);
            if self.take(client, 2)? != b"\r\n" {
                return Err(WRONG);
            }
        }
        // The trailer is of no use to anybody here.
        let mut trailer = 0;
        loop {
            let line = self.line(client, MAX_TRAILER)?;
            trailer += line.len();
            match line.is_empty() {
                true => return Ok(body),
                false if trailer > MAX_TRAILER => return Err(WRONG),
                false => {}
            }
        }
    }

    /// A line that ends with CR LF, without them.
    fn line(&mut self, client: &mut Client, max: usize) -> Result<Vec<u8>, NoRequest> {
        loop {
            match self.buffer.iter().position(|&byte| byte == b'\n') {
                Some(at) if at > 0 && at <= max && self.buffer[at - 1] == b'\r' => {
                    let line = self.buffer[..at - 1].to_vec();
                    self.buffer.drain(..=at);
                    return match line.contains(&b'\r') {
                        true => Err(NoRequest::Bad(400, "a bare CR in a line")),
                        false => Ok(line),
                    };
                }
                None if self.buffer.len() <= max => self.more(client)?,
                _ => return Err(NoRequest::Bad(400, "a line of the body is not well-formed")),
            }
        }
    }
}

/// Understands a head, if all of it is here; also says how long it is.
fn head(buffer: &[u8]) -> Result<Option<(usize, Request)>, NoRequest> {
    let mut fields = [httparse::EMPTY_HEADER; MAX_FIELDS];
    let mut parsed = httparse::Request::new(&mut fields);
    let length = match parsed.parse(buffer) {
        Ok(httparse::Status::Partial) => return Ok(None),
        Ok(httparse::Status::Complete(length)) => length,
        Err(httparse::Error::TooManyHeaders) => return Err(NoRequest::Bad(431, "too many header fields")),
        Err(httparse::Error::Version) => return Err(NoRequest::Bad(505, "the version of HTTP is not served")),
        Err(_) => return Err(NoRequest::Bad(400, "the head of the request is not well-formed")),
    };
    if length > MAX_HEAD {
        return Err(NoRequest::Bad(431, "the head of the request is too long"));
    }
    // The parser takes a bare LF for the end of a line; other readers may not.
    let bare = |at: usize| buffer[at] == b'\n' && (at == 0 || buffer[at - 1] != b'\r');
    if (0..length).any(bare) {
        return Err(NoRequest::Bad(400, "a line of the head does not end with CR LF"));
    }
    let (target, http11) = (parsed.path.unwrap_or_default(), parsed.version == Some(1));
    let (path, query) = resource(target)?;
    let mut request = Request {
        method: parsed.method.unwrap_or_default().into(),
        target: target.into(),
        path,
        query,
        http11,
        fields: parsed.headers.iter().map(|field| (field.name.into(), field.value.into())).collect(),
        ..Request::default()
    };
    match (request.fields("Host").count(), http11) {
        (1, _) | (0, false) => {}
        _ => return Err(NoRequest::Bad(400, "there must be one Host field")),
    }
    let says = |wanted: &str| {
        let tokens = request.fields("Connection").flat_map(|value| value.split(|&byte| byte == b','));
        tokens.map(<[u8]>::trim_ascii).any(|token| token.eq_ignore_ascii_case(wanted.as_bytes()))
    };
    request.keep_alive = if http11 { !says("close") } else { says("keep-alive") };
    Ok(Some((length, request)))
}

/// The decoded path and the query of a request's target.
fn resource(target: &str) -> Result<(String, String), NoRequest> {
    const WRONG: NoRequest = NoRequest::Bad(400, "the URL is not well-formed");
    // RFC 9112 section 3.2.2: the absolute form is to be accepted.
    let origin = match target.split_once("://") {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https") => {
            rest.find('/').map_or("/", |at| &rest[at..])
        }
        _ => target,
    };
    if !origin.starts_with('/') {
        return Err(WRONG);
    }
    let (path, query) = origin.split_once('?').unwrap_or((origin, ""));
    let mut decoded = Vec::new();
    let mut bytes = path.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'%' => {
                let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
                let (high, low) = (digit(bytes.next()).ok_or(WRONG)?, digit(bytes.next()).ok_or(WRONG)?);
                decoded.push((high * 16 + low) as u8);
            }
            byte => decoded.push(byte),
        }
    }
    let path = String::from_utf8(decoded).map_err(|_| WRONG)?;
    let climbs = path.split('/').any(|part| part == ".." || part == ".");
    match climbs || path.chars().any(char::is_control) || path.contains('\\') {
        true => Err(NoRequest::Bad(400, "the URL has '.' or '..' or a control character in it")),
        false => Ok((path, query.into())),
    }
}

/// RFC 9112 section 6.3, where anything that is not plain is an error.
fn framing(request: &Request) -> Result<Framing, NoRequest> {
    let lengths: Vec<_> = request.fields("Content-Length").collect();
    let codings: Vec<_> = request.fields("Transfer-Encoding").collect();
    match (&lengths[..], &codings[..]) {
        ([], []) => Ok(Framing::Length(0)),
        ([length], []) => {
            let text = std::str::from_utf8(length).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
            let length = text.and_then(|text| text.parse().ok());
            length.map(Framing::Length).ok_or(NoRequest::Bad(400, "Content-Length is no number"))
        }
        ([], [coding]) if request.http11 => match coding.eq_ignore_ascii_case(b"chunked") {
            true => Ok(Framing::Chunked),
            false => Err(NoRequest::Bad(501, "only the transfer coding chunked is served")),
        },
        ([], [_]) => Err(NoRequest::Bad(400, "Transfer-Encoding in a request of HTTP/1.0")),
        _ => Err(NoRequest::Bad(400, "Content-Length and Transfer-Encoding contradict each other")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(text: &str) -> Result<(Request, Framing), u16> {
        let parsed = head(text.as_bytes()).and_then(|parsed| {
            let (_, request) = parsed.ok_or(NoRequest::Closed)?;
            let framing = framing(&request)?;
            Ok((request, framing))
        });
        parsed.map_err(|error| match error {
            NoRequest::Bad(status, _) => status,
            _ => 0,
        })
    }

    fn status(text: &str) -> u16 {
        outcome(text).unwrap_err()
    }

    #[test]
    fn requests() {
        let (request, framing) =
            outcome("POST /a%20b/c?x=%41 HTTP/1.1\r\nHost: h\r\nContent-Length: 12\r\nConnection: x, Close\r\n\r\n")
                .unwrap();
        assert_eq!((request.path.as_str(), request.query.as_str()), ("/a b/c", "x=%41"));
        assert_eq!((framing, request.keep_alive), (Framing::Length(12), false));
        let (request, framing) =
            outcome("GET http://h/x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n").unwrap();
        assert_eq!((request.path.as_str(), framing, request.keep_alive), ("/x", Framing::Chunked, true));
        assert!(!outcome("GET / HTTP/1.0\r\n\r\n").unwrap().0.keep_alive);
        assert_eq!(status("GET / HTTP/1.1\r\nHost: h\r\n"), 0);
    }

    #[test]
    fn what_could_be_smuggled() {
        let with = |fields: &str| status(&format!("POST / HTTP/1.1\r\nHost: h\r\n{fields}\r\n\r\n"));
        assert_eq!(with("Content-Length: 5\r\nTransfer-Encoding: chunked"), 400);
        assert_eq!(with("Content-Length: 5\r\nContent-Length: 6"), 400);
        assert_eq!(with("Content-Length: 5\r\nContent-Length: 5"), 400);
        assert_eq!(with("Content-Length: 5, 5"), 400);
        assert_eq!(with("Content-Length: +5"), 400);
        assert_eq!(with("Content-Length: 99999999999999999999999"), 400);
        assert_eq!(with("Content-Length : 5"), 400);
        assert_eq!(with("Transfer-Encoding: gzip, chunked"), 501);
        assert_eq!(with("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity"), 400);
        assert_eq!(with("Transfer-Encoding: \x0bchunked"), 400);
        assert_eq!(with("X: a\r\n folded"), 400);
        assert_eq!(with("X: a\rContent-Length: 3"), 400);
        assert_eq!(with("X: a\nContent-Length: 3"), 400);
        assert_eq!(with("X: a\0b"), 400);
        assert_eq!(with("Host: other"), 400);
        assert_eq!(status("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400);
        assert_eq!(status("GET / HTTP/1.1\r\n\r\n"), 400);
        assert_eq!(status("GET / HTTP/2.0\r\nHost: h\r\n\r\n"), 505);
        assert_eq!(status("GET /a/../b HTTP/1.1\r\nHost: h\r\n\r\n"), 400);
        assert_eq!(status("GET /a/%2e%2e/b HTTP/1.1\r\nHost: h\r\n\r\n"), 400);
        assert_eq!(status("GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n"), 400);
        assert_eq!(status("GET /%00 HTTP/1.1\r\nHost: h\r\n\r\n"), 400);
        assert_eq!(status("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n"), 400);
        assert_eq!(status(&format!("GET / HTTP/1.1\r\nHost: h\r\n{}\r\n", "A: b\r\n".repeat(100))), 431);
    }
}
