//! An answer of HTTP/1.x on its way to the client.

use crate::client::Client;
use crate::http::Request;
use crate::link::Broken;

/// What is kept before the head has to be sent: an answer that is no longer has a Content-Length.
const KEPT: usize = 64 * 1024;

/// An answer. Bytes that are written to it are its body.
#[derive(Debug)]
pub struct Response {
    status: u16,
    fields: Vec<(String, String)>,
    body: Vec<u8>,
    /// The head has been sent, with the body in chunks or up to the end of the connection.
    sent: bool,
    chunked: bool,
    /// HTTP/1.1.
    http11: bool,
    /// To HEAD: only the head is sent.
    bodiless: bool,
    /// The connection can be used again.
    pub(crate) keep_alive: bool,
}

impl Response {
    /// To `request`, on a port that speaks HTTP/1.1 or not.
    pub fn to(request: &Request, http11: bool) -> Self {
        let http11 = http11 && request.http11;
        let bodiless = request.method == "HEAD";
        let keep_alive = request.keep_alive && http11;
        Response { bodiless, keep_alive, http11, ..Response::new(200) }
    }

    /// To something that was no request.
    pub fn new(status: u16) -> Self {
        Response {
            status,
            fields: Vec::new(),
            body: Vec::new(),
            sent: false,
            chunked: false,
            http11: true,
            bodiless: false,
            keep_alive: false,
        }
    }

    /// Status code, 200 to 599. Fails once the head has been sent.
    pub fn set_status(&mut self, status: u16) -> Result<(), String> {
        match (200..600).contains(&status) && !self.sent {
            true => self.status = status,
            false => return Err(format!("{status} is no status code that can be sent now")),
        }
        Ok(())
    }

    /// Sets a field of the head. Fails for what would break it, for fields that delimit the body, and once the head
    /// has been sent.
    pub fn set_field(&mut self, name: &str, value: &str) -> Result<(), String> {
        let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        let ours = ["Content-Length", "Transfer-Encoding", "Connection"];
        if self.sent
            || name.is_empty()
            || !name.bytes().all(token)
            || value.bytes().any(|byte| byte < 0x20 && byte != b'\t' || byte == 0x7f)
            || ours.iter().any(|known| known.eq_ignore_ascii_case(name))
        {
            return Err(format!("the header field '{name}' cannot be set to that, or not now"));
        }
        // A cookie does not replace another.
        if !name.eq_ignore_ascii_case("Set-Cookie") {
            self.fields.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        }
        self.fields.push((name.into(), value.trim().into()));
        Ok(())
    }

    /// Sets a field unless it is set.
    pub(crate) fn default_field(&mut self, name: &str, value: &str) {
        if !self.fields.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
            let _once_sent_it_is_too_late = self.set_field(name, value);
        }
    }

    /// Nothing has been sent of it: it can still become another answer.
    pub(crate) fn is_open(&self) -> bool {
        !self.sent
    }

    /// More of the body.
    pub fn write(&mut self, client: &mut Client, data: &[u8]) -> Result<(), Broken> {
        if self.sent {
            return self.send_part(client, data);
        }
        self.body.extend_from_slice(data);
        if self.body.len() <= KEPT {
            return Ok(());
        }
        self.chunked = self.http11;
        self.keep_alive &= self.chunked;
        self.sent = true;
        let head = self.head(None);
        client.write(&head)?;
        let body = std::mem::take(&mut self.body);
        self.send_part(client, &body)
    }

    fn send_part(&mut self, client: &mut Client, data: &[u8]) -> Result<(), Broken> {
        if self.bodiless || self.is_empty() || data.is_empty() {
            return Ok(());
        }
        match self.chunked {
            true => client.write(&[format!("{:x}\r\n", data.len()).as_bytes(), data, b"\r\n"].concat()),
            false => client.write(data),
        }
    }

    /// That was all of it.
    pub(crate) fn finish(mut self, client: &mut Client) -> Result<(), Broken> {
        if self.sent {
            return match self.chunked && !self.bodiless && !self.is_empty() {
                true => client.write(b"0\r\n\r\n"),
                false => Ok(()),
            };
        }
        let mut bytes = self.head(Some(self.body.len()));
        if !self.bodiless && !self.is_empty() {
            bytes.append(&mut self.body);
        }
        client.write(&bytes)
    }

    fn head(&self, length: Option<usize>) -> Vec<u8> {
        let version = if self.http11 { "1.1" } else { "1.0" };
        let mut head = format!("HTTP/{version} {} {}\r\n", self.status, reason(self.status));
        for (name, value) in &self.fields {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        match length {
            Some(length) if !self.is_empty() => head.push_str(&format!("Content-Length: {length}\r\n")),
            None if self.chunked && !self.is_empty() => head.push_str("Transfer-Encoding: chunked\r\n"),
            _ => {}
        }
        if !self.keep_alive {
            head.push_str("Connection: close\r\n");
        }
        head.push_str("\r\n");
        head.into_bytes()
    }

    /// Of a kind that has no body: RFC 9110 section 8.6.
    fn is_empty(&self) -> bool {
        matches!(self.status, 204 | 304)
    }

    /// Becomes another answer, if nothing has been sent: a short text.
    pub(crate) fn become_text(&mut self, status: u16, text: &str) {
        if self.sent {
            // The client must not take what it got for all.
            self.chunked = false;
            self.keep_alive = false;
            return;
        }
        self.status = status;
        self.fields.clear();
        self.default_field("Content-Type", "text/plain; charset=utf-8");
        self.body = format!("{status} {}\n{text}\n", reason(status)).into_bytes();
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        413 => "Content Too Large",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        503 => "Service Unavailable",
        505 => "HTTP Version Not Supported",
        _ => "",
    }
}
