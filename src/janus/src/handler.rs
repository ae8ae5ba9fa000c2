//! Who handles what: functions of the host program, and the environment that programs are given.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use crate::certificate::ITEMS;
use crate::client::Client;
use crate::http::Request;
use crate::link::Broken;
use crate::response::Response;

/// A request and the answer to it, for a function of the host program.
pub struct Exchange<'a> {
    /// Who asks.
    pub client: &'a mut Client,
    /// What is asked.
    pub request: &'a Request,
    pub(crate) response: &'a mut Response,
}

impl Exchange<'_> {
    /// Sets the status code, 200 at first. Fails once more than 64 KiB of the body have been written.
    pub fn set_status(&mut self, status: u16) -> Result<(), String> {
        self.response.set_status(status)
    }

    /// Sets a field of the head. Fails for what no field can hold, for those that delimit the body, and once more than
    /// 64 KiB of the body have been written.
    pub fn set_field(&mut self, name: &str, value: &str) -> Result<(), String> {
        self.response.set_field(name, value)
    }

    /// Writes more of the body.
    pub fn write(&mut self, data: &[u8]) -> Result<(), Broken> {
        self.response.write(self.client, data)
    }
}

/// Answers a request; what it returns in error goes to the journal, and the client gets status 500.
pub type WebFunction = dyn Fn(&mut Exchange<'_>) -> Result<(), String> + Send + Sync;
/// Serves a connection, or a new session that somebody may be logged on for.
pub type ClientFunction = dyn Fn(&mut Client) -> Result<(), String> + Send + Sync;

/// A function that `CALL name` means.
#[derive(Clone)]
pub enum Function {
    /// For rules of WEBSERV ports.
    Web(Arc<WebFunction>),
    /// For the connections of other ports, and for NEWSESCMD.
    Client(Arc<ClientFunction>),
}

/// The host program's functions, by name.
#[derive(Default)]
pub struct Functions(RwLock<HashMap<String, Function>>);

impl Functions {
    /// `CALL name` means this function from now on. Names differ by case.
    pub fn register(&self, name: &str, function: Function) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(name.into(), function);
    }

    pub(crate) fn web(&self, name: &str) -> Result<Arc<WebFunction>, String> {
        match self.0.read().unwrap_or_else(PoisonError::into_inner).get(name) {
            Some(Function::Web(function)) => Ok(function.clone()),
            Some(Function::Client(_)) => Err(format!("the function {name} does not handle requests")),
            None => Err(format!("there is no function {name}")),
        }
    }

    pub(crate) fn client(&self, name: &str) -> Result<Arc<ClientFunction>, String> {
        match self.0.read().unwrap_or_else(PoisonError::into_inner).get(name) {
            Some(Function::Client(function)) => Ok(function.clone()),
            Some(Function::Web(_)) => Err(format!("the function {name} handles only requests")),
            None => Err(format!("there is no function {name}")),
        }
    }
}

/// The environment of a program: what is known of the client, without asking it for anything.
pub fn environment(client: &Client) -> Vec<(String, String)> {
    let mut variables = Variables::default();
    let definition = &client.setup().definition;
    variables.set("JANUS_PORT", &definition.name);
    variables.set("JANUS_TYPE", &definition.kind.to_string());
    variables.set("JANUS_USER", client.user().unwrap_or_default());
    variables.set("REMOTE_ADDR", &client.address().ip().to_string());
    variables.set("REMOTE_PORT", &client.address().port().to_string());
    variables.set("SERVER_ADDR", &client.local_address().ip().to_string());
    variables.set("SERVER_PORT", &client.local_address().port().to_string());
    if let Some((protocol, suite)) = client.tls_facts() {
        variables.set("SSL_PROTOCOL", protocol);
        variables.set("SSL_CIPHER", suite);
    }
    let certificates = client.known_certificates();
    variables.set("JANUS_CERT_LEVELS", &certificates.len().to_string());
    for (level, certificate) in certificates.iter().enumerate() {
        for (item, names) in ITEMS {
            if let Some(value) = certificate.info(item) {
                variables.set(&format!("JANUS_CERT_{level}_{}", names[0]), &value);
            }
        }
    }
    variables.0
}

/// ... and what the request says, as CGI has it (RFC 3875).
pub fn request_environment(client: &Client, request: &Request) -> Vec<(String, String)> {
    let mut variables = Variables(environment(client));
    variables.set("GATEWAY_INTERFACE", "CGI/1.1");
    variables.set("SERVER_PROTOCOL", if request.http11 { "HTTP/1.1" } else { "HTTP/1.0" });
    variables.set("SERVER_SOFTWARE", concat!("standin/", env!("CARGO_PKG_VERSION")));
    variables.set("REQUEST_METHOD", &request.method);
    variables.set("REQUEST_URI", &request.target);
    variables.set("PATH_INFO", &request.path);
    variables.set("QUERY_STRING", &request.query);
    variables.set("CONTENT_LENGTH", &request.body.len().to_string());
    if client.tls_facts().is_some() {
        variables.set("HTTPS", "on");
    }
    for (name, value) in &request.fields {
        let value = String::from_utf8_lossy(value);
        let name = name.to_ascii_uppercase().replace('-', "_");
        match name.as_str() {
            "CONTENT_TYPE" => variables.set("CONTENT_TYPE", &value),
            // Programs would take HTTP_PROXY for a setting of theirs. A name with '_' could pass for another.
            "PROXY" | "CONTENT_LENGTH" => {}
            _ if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') => {
                variables.set(&format!("HTTP_{name}"), &value);
            }
            _ => {}
        }
    }
    variables.0
}

#[derive(Default)]
struct Variables(Vec<(String, String)>);

impl Variables {
    /// No variable can hold a NUL.
    fn set(&mut self, name: &str, value: &str) {
        self.0.push((name.into(), value.replace('\0', "")));
    }
}
