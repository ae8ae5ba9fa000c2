//! WEBSERV: requests are answered by the port's rules.

use crate::action::Action;
use crate::client::Client;
use crate::files::Files;
use crate::handler::{Exchange, Functions, request_environment};
use crate::http::{NoRequest, Reader, Request};
use crate::link::Broken;
use crate::perform::{Purpose, perform};
use crate::program::{self, Failed, Streams};
use crate::response::Response;
use crate::rules::{Access, Exception, Handling, Request as For};

/// What all connections of all ports use.
pub struct Resources {
    /// Files and procedures.
    pub files: Files,
    /// The host program's functions.
    pub functions: Functions,
}

/// Serves the requests of a connection. `draining`: no more than the current one.
pub fn serve(client: &mut Client, resources: &Resources, draining: impl Fn() -> bool) -> Result<(), Broken> {
    let definition = client.setup().definition.clone();
    let mut reader = Reader::default();
    loop {
        let request = match reader.next(client, definition.timeout, definition.max_body) {
            Ok(request) => request,
            Err(NoRequest::Closed) => return Ok(()),
            Err(NoRequest::Broken(broken)) => return Err(broken),
            Err(NoRequest::Bad(status, why)) => {
                client.journal(&format!("Request refused: {why}"));
                let mut response = Response::new(status);
                response.become_text(status, why);
                return response.finish(client);
            }
        };
        let mut response = Response::to(&request, definition.http11);
        response.keep_alive &= !draining();
        answer(client, resources, &request, &mut response)?;
        let keep_alive = response.keep_alive;
        response.finish(client)?;
        if !keep_alive {
            return Ok(());
        }
    }
}

/// Serves a client without the certificate that the port requires: the rule for that case, and nothing else.
pub fn serve_without_certificate(client: &mut Client, resources: &Resources) -> Result<(), Broken> {
    let definition = client.setup().definition.clone();
    match Reader::default().next(client, definition.timeout, definition.max_body) {
        Ok(request) => {
            let mut response = Response::to(&request, definition.http11);
            response.keep_alive = false;
            except(client, resources, &request, &mut response, Exception::NoCertificate)?;
            response.finish(client)
        }
        Err(NoRequest::Bad(status, why)) => {
            let mut response = Response::new(status);
            response.become_text(status, why);
            response.finish(client)
        }
        Err(NoRequest::Closed) => Ok(()),
        Err(NoRequest::Broken(broken)) => Err(broken),
    }
}

fn answer(
    client: &mut Client,
    resources: &Resources,
    request: &Request,
    response: &mut Response,
) -> Result<(), Broken> {
    let setup = client.setup().clone();
    let url = For::Url(&request.method, &request.path);
    if let Some(location) = setup.rules.redirect(url) {
        redirect(response, &location);
        return Ok(());
    }
    client.continue_session();
    let mut access = setup.rules.access(&request.method, &request.path, client.user());
    if access == Access::NeedsLogon && !setup.definition.new_session.is_empty() {
        if let Err(why) = perform(client, resources, &setup.definition.new_session, Purpose::NewSession)? {
            client.journal(&format!("NEWSESCMD failed: {why}"));
            return except(client, resources, request, response, Exception::LogonError);
        }
        access = setup.rules.access(&request.method, &request.path, client.user());
    }
    match access {
        Access::Allowed => {}
        Access::NeedsLogon => return except(client, resources, request, response, Exception::Unauthorized),
        Access::Forbidden => return except(client, resources, request, response, Exception::Forbidden),
    }
    match setup.rules.on(url) {
        Some(handling) => handle(client, resources, request, response, url, &handling),
        None => {
            response.become_text(404, "No rule is for this URL.");
            Ok(())
        }
    }
}

/// Runs the rule for an exception, or says in short what is the matter.
fn except(
    client: &mut Client,
    resources: &Resources,
    request: &Request,
    response: &mut Response,
    exception: Exception,
) -> Result<(), Broken> {
    let setup = client.setup().clone();
    let exceptional = For::Exception(exception);
    if exception != Exception::NoCertificate {
        client.journal(&format!("{}: {} {}", exception.name(), request.method, request.path));
    }
    if let Some(location) = setup.rules.redirect(exceptional) {
        redirect(response, &location);
        return Ok(());
    }
    // What is wrong stays wrong, however nicely the page says so: the rule's program may set another status.
    let _just_begun = response.set_status(403);
    match setup.rules.on(exceptional) {
        Some(handling) => handle(client, resources, request, response, exceptional, &handling),
        None => {
            response.become_text(
                403,
                match exception {
                    Exception::NoCertificate => "A client certificate is required.",
                    Exception::Forbidden => "This URL is forbidden.",
                    Exception::Unauthorized => "This URL is not for everybody, and nobody is logged on who may see it.",
                    Exception::LogonError => "The log-on failed.",
                },
            );
            if let Some(mime) = setup.rules.mime_type(exceptional) {
                let _just_begun = response.set_field("Content-Type", &mime);
            }
            Ok(())
        }
    }
}

fn redirect(response: &mut Response, location: &str) {
    // What a wildcard stood for came from the client, decoded.
    let encoded: String = location
        .bytes()
        .map(|byte| match byte {
            b' ' | b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' | 0..0x20 | 0x7f.. => {
                format!("%{byte:02X}")
            }
            byte => char::from(byte).to_string(),
        })
        .collect();
    response.become_text(302, "This is elsewhere.");
    let _encoded_so_it_can_be_set = response.set_field("Location", &encoded);
}

fn handle(
    client: &mut Client,
    resources: &Resources,
    request: &Request,
    response: &mut Response,
    what: For<'_>,
    handling: &Handling,
) -> Result<(), Broken> {
    let mime = client.setup().rules.mime_type(what);
    let default = if handling.binary { "application/octet-stream" } else { "text/html; charset=utf-8" };
    let mime = mime.unwrap_or_else(|| default.into());
    for action in &handling.actions {
        match act(client, resources, request, response, action) {
            Ok(()) => {}
            Err(Failed::Broken(broken)) => return Err(broken),
            Err(Failed::Program(why)) => {
                client.journal(&format!("Handler failed: {why}"));
                response.become_text(500, "The handler failed.");
                return Ok(());
            }
        }
    }
    if response.is_open() {
        response.default_field("Content-Type", &mime);
    }
    Ok(())
}

fn act(
    client: &mut Client,
    resources: &Resources,
    request: &Request,
    response: &mut Response,
    action: &Action,
) -> Result<(), Failed> {
    let program = |client: &mut Client, response: &mut Response, words: &[String]| {
        let environment = request_environment(client, request);
        let mut output = Output { response, head: Some(Vec::new()) };
        let mut push = |client: &mut Client, data: &[u8]| output.push(client, data);
        program::run(client, words, &environment, Streams::Given(&request.body, &mut push))?;
        Ok::<_, Failed>(output.end(client)?)
    };
    match action {
        Action::Call { name } => {
            let function = resources.functions.web(name).map_err(Failed::Program)?;
            function(&mut Exchange { client, request, response }).map_err(Failed::Program)
        }
        Action::Program { words } => program(client, response, words),
        Action::Include { file, procedure } => {
            let found = resources.files.find(file, procedure).map_err(Failed::Program)?;
            match found.executable {
                true => program(client, response, &[found.path.to_string_lossy().into_owned()]),
                false => send(client, resources, response, file, procedure),
            }
        }
        Action::Send { file, procedure } => send(client, resources, response, file, procedure),
    }
}

fn send(
    client: &mut Client,
    resources: &Resources,
    response: &mut Response,
    file: &str,
    procedure: &str,
) -> Result<(), Failed> {
    let text = resources.files.read(file, procedure).map_err(Failed::Program)?;
    Ok(response.write(client, &text)?)
}

/// What a program writes: fields of the head and an empty line, or just the body.
struct Output<'a> {
    response: &'a mut Response,
    /// Kept until it is clear whether it is a head.
    head: Option<Vec<u8>>,
}

/// A head is not longer.
const MAX_HEAD: usize = 16 * 1024;

impl Output<'_> {
    fn push(&mut self, client: &mut Client, data: &[u8]) -> Result<(), Broken> {
        let Some(head) = &mut self.head else { return self.response.write(client, data) };
        head.extend_from_slice(data);
        match split_head(head) {
            Head::Unclear if head.len() <= MAX_HEAD => Ok(()),
            Head::Whole(fields, length) => {
                let body = head.split_off(length);
                self.head = None;
                for (name, value) in fields {
                    let set = match name.eq_ignore_ascii_case("Status") {
                        true => {
                            let status = value.split(' ').next().and_then(|status| status.parse().ok());
                            self.response.set_status(status.unwrap_or_default())
                        }
                        false => self.response.set_field(&name, &value),
                    };
                    if let Err(why) = set {
                        client.journal(&format!("Header field of a handler not sent: {why}"));
                    }
                }
                self.response.write(client, &body)
            }
            Head::Unclear | Head::None => self.end(client),
        }
    }

    /// There is no more: then it was no head.
    fn end(&mut self, client: &mut Client) -> Result<(), Broken> {
        match self.head.take() {
            Some(body) => self.response.write(client, &body),
            None => Ok(()),
        }
    }
}

enum Head {
    /// Fields, and how long the head is.
    Whole(Vec<(String, String)>, usize),
    Unclear,
    None,
}

/// Lines of the form `Name: value`, up to an empty one.
fn split_head(text: &[u8]) -> Head {
    let mut fields = Vec::new();
    let mut at = 0;
    loop {
        let Some(length) = text[at..].iter().position(|&byte| byte == b'\n') else {
            // Does the line begin like a field at least?
            let name = text[at..].split(|&byte| byte == b':').next().unwrap_or_default();
            let token = name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
            return if token || name == b"\r" { Head::Unclear } else { Head::None };
        };
        let line = String::from_utf8_lossy(&text[at..at + length]);
        let line = line.trim_end_matches('\r');
        at += length + 1;
        if line.is_empty() {
            return if fields.is_empty() { Head::None } else { Head::Whole(fields, at) };
        }
        match line.split_once(':') {
            Some((name, value)) if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') => {
                fields.push((name.to_owned(), value.trim().to_owned()));
            }
            _ => return Head::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads() {
        let kind = |text: &str| match split_head(text.as_bytes()) {
            Head::Whole(fields, length) => format!("{} {length}", fields.len()),
            Head::Unclear => "unclear".into(),
            Head::None => "none".into(),
        };
        assert_eq!(kind("Status: 200 OK\r\nX-A: b\r\n\r\nbody"), "2 26");
        assert_eq!(kind("Content-Type: a/b\n\nbody"), "1 19");
        assert_eq!(kind("Content-Ty"), "unclear");
        assert_eq!(kind("Content-Type: a/b\n"), "unclear");
        assert_eq!(kind("<html>"), "none");
        assert_eq!(kind("Hello, world: this\n"), "none");
        assert_eq!(kind("\nbody"), "none");
    }
}
