//! The functions that handlers call by name: `$Web_Cert_Info('CN', 1)`.

use crate::certificate::Item;
use crate::client::Client;
use crate::definition::Kind;
use crate::link::Broken;

/// Why a call has no value.
#[derive(Debug)]
pub enum NoValue {
    /// The call is wrong.
    Wrong(String),
    /// The connection is broken.
    Broken(Broken),
}

impl From<Broken> for NoValue {
    fn from(broken: Broken) -> Self {
        NoValue::Broken(broken)
    }
}

/// Evaluates a call. Null is the empty string.
pub fn call(client: &mut Client, text: &str) -> Result<String, NoValue> {
    let (name, arguments) = parse(text).map_err(NoValue::Wrong)?;
    let web = client.setup().definition.kind == Kind::Web;
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match (name.to_ascii_uppercase().as_str(), &arguments[..]) {
        ("$WEB_CERT_LEVELS", []) if web => Ok(client.cert_levels()?.to_string()),
        ("$WEB_CERT_INFO", [item]) if web => info(client, item, "", 0),
        ("$WEB_CERT_INFO", [item, level]) if web => info(client, item, level, 0),
        // A handler has one connection: which socket is meant needs no saying, and is not looked at.
        ("$SOCK_CERT_LEVELS", [] | [_]) if !web => Ok(client.cert_levels()?.to_string()),
        ("$SOCK_CERT_INFO", [_, item]) if !web => info(client, item, "", 1),
        ("$SOCK_CERT_INFO", [_, item, level]) if !web => info(client, item, level, 1),
        ("$SIR_LOGIN", [user]) => {
            client.log_on(user).map_err(NoValue::Wrong)?;
            Ok("0".into())
        }
        ("$SIR_USER", []) => Ok(client.user().unwrap_or_default().into()),
        ("$WEB_CERT_LEVELS" | "$WEB_CERT_INFO", _) if !web => Err(wrong(text, "a WEBSERV port")),
        ("$SOCK_CERT_LEVELS" | "$SOCK_CERT_INFO", _) if web => Err(wrong(text, "another type of port than WEBSERV")),
        ("$WEB_CERT_LEVELS", _) => Err(wrong(text, "no arguments")),
        ("$WEB_CERT_INFO", _) => Err(wrong(text, "an item and perhaps a level")),
        ("$SOCK_CERT_LEVELS", _) => Err(wrong(text, "a socket")),
        ("$SOCK_CERT_INFO", _) => Err(wrong(text, "a socket, an item and perhaps a level")),
        ("$SIR_LOGIN", _) => Err(wrong(text, "a user")),
        _ => Err(wrong(
            text,
            "a function: $Web_Cert_Levels, $Web_Cert_Info, $Sock_Cert_Levels, $Sock_Cert_Info, \
                              $Sir_Login or $Sir_User",
        )),
    }
}

fn wrong(text: &str, expected: &str) -> NoValue {
    NoValue::Wrong(format!("'{}': expected {expected}", text.trim()))
}

/// An item that nobody knows is null, as is a level that is not there.
fn info(client: &mut Client, item: &str, level: &str, default: usize) -> Result<String, NoValue> {
    let level = match level {
        "" => default,
        level => level.parse().map_err(|_| wrong(level, "a level: 0 is the client's certificate"))?,
    };
    // The client is asked, even for what nobody knows.
    let levels = client.cert_levels()?;
    match Item::named(item) {
        Some(item) if level < levels => Ok(client.cert_info(item, level)?.unwrap_or_default()),
        _ => Ok(String::new()),
    }
}

/// Name and arguments. An argument is a word, or in quotes; one that is left out is empty.
fn parse(text: &str) -> Result<(String, Vec<String>), String> {
    let text = text.trim();
    let malformed = || format!("'{text}': expected a call like $Web_Cert_Info('COMMONNAME', 1)");
    let (name, rest) = match text.split_once('(') {
        Some((name, rest)) => (name.trim_end(), rest.strip_suffix(')').ok_or_else(malformed)?),
        None => (text, ""),
    };
    if !name.starts_with('$') || name.contains(char::is_whitespace) {
        return Err(malformed());
    }
    let mut arguments = Vec::new();
    let mut rest = rest.trim();
    if rest.is_empty() {
        return Ok((name.into(), arguments));
    }
    loop {
        let behind = match rest.strip_prefix('\'') {
            Some(quoted) => {
                let (argument, behind) = unquote(quoted).ok_or_else(malformed)?;
                arguments.push(argument);
                behind.trim_start()
            }
            None => {
                let end = rest.find(',').unwrap_or(rest.len());
                arguments.push(rest[..end].trim().to_owned());
                &rest[end..]
            }
        };
        match behind.strip_prefix(',') {
            Some(more) => rest = more.trim_start(),
            None if behind.is_empty() => return Ok((name.into(), arguments)),
            None => return Err(malformed()),
        }
    }
}

/// The text up to the closing quote, and what is behind it. A quote within is doubled.
fn unquote(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut rest = text;
    loop {
        let (part, behind) = rest.split_once('\'')?;
        value.push_str(part);
        match behind.strip_prefix('\'') {
            Some(more) => {
                value.push('\'');
                rest = more;
            }
            None => return Some((value, behind)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls() {
        let parsed = |text: &str| parse(text).map(|(name, arguments)| (name, arguments.join("|"))).ok();
        let is = |name: &str, arguments: &str| Some((name.to_owned(), arguments.to_owned()));
        assert_eq!(parsed("$Web_Cert_Levels\n"), is("$Web_Cert_Levels", ""));
        assert_eq!(parsed("$Web_Cert_Levels()"), is("$Web_Cert_Levels", ""));
        assert_eq!(parsed("$f('a, ''b', 1)"), is("$f", "a, 'b|1"));
        assert_eq!(parsed("$f(0,CN,)"), is("$f", "0|CN|"));
        for wrong in ["f(1)", "$f(1", "$f('a", "$f('a' b)", "", "$f g(1)"] {
            assert_eq!(parsed(wrong), None, "{wrong}");
        }
    }
}
