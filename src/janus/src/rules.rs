//! JANUS WEB: the rules of a WEBSERV port. Of those of a kind the latest that matches counts.

use crate::action::Action;
use crate::command::{CommandError, Word, Words};
use crate::definition::{commands, opened};
use crate::pattern;

/// A condition outside of the normal course of things, which a rule can handle by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exception {
    /// The client had no certificate although the port requires one.
    NoCertificate,
    /// The URL is forbidden.
    Forbidden,
    /// The URL needs a log-on, and nobody is logged on who may see it.
    Unauthorized,
    /// The commands for a new session failed.
    LogonError,
}

const EXCEPTIONS: [(Exception, &str); 4] = [
    (Exception::NoCertificate, "SSLNOCERTERR"),
    (Exception::Forbidden, "FORBIDDEN"),
    (Exception::Unauthorized, "UNAUTHORIZED"),
    (Exception::LogonError, "LOGONERR"),
];

impl Exception {
    /// Its name in rules.
    pub fn name(self) -> &'static str {
        EXCEPTIONS.iter().find(|(exception, _)| *exception == self).map_or("", |(_, name)| name)
    }
}

const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "MOVE"];

/// What a rule is for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Target {
    Url { method: Option<String>, pattern: String },
    Exception(Exception),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Rule {
    On { actions: Vec<Action>, binary: bool },
    Type(String),
    Redirect(Option<String>),
    Access { allow: bool, user: Option<String> },
}

/// What a request is for, as rules see it.
#[derive(Clone, Copy, Debug)]
pub enum Request<'a> {
    /// A URL: the method, and the decoded path.
    Url(&'a str, &'a str),
    /// An exception. No wildcard matches it.
    Exception(Exception),
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handling {
    /// One after the other.
    pub actions: Vec<Action>,
    /// BINARY, not TEXT.
    pub binary: bool,
}

/// May a URL be seen?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Yes.
    Allowed,
    /// Somebody has to log on first.
    NeedsLogon,
    /// No.
    Forbidden,
}

/// All rules of a port, in the order in which they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules(Vec<(Target, Rule)>);

impl Rules {
    /// Understands the words behind JANUS WEB and the port, and adds the rule.
    pub fn add(&mut self, words: &mut Words<'_>) -> Result<(), CommandError> {
        const KINDS: &str = "expected a type of rule: ON, TYPE, REDIRECT, NOREDIRECT, ALLOW or DISALLOW";
        let kind = words.expect("a type of rule: ON, TYPE, REDIRECT, NOREDIRECT, ALLOW or DISALLOW")?;
        let keyword = if kind.quoted { String::new() } else { kind.text.to_ascii_uppercase() };
        let rule = match keyword.as_str() {
            "ON" => (target(words)?, on(words)?),
            "TYPE" => (target(words)?, Rule::Type(mime_type(words.expect("a MIME type")?)?)),
            "REDIRECT" => (target(words)?, Rule::Redirect(Some(location(words.expect("the URL to redirect to")?)?))),
            "NOREDIRECT" if words.peek().is_none() => (everything(), Rule::Redirect(None)),
            "NOREDIRECT" => (url_target(words)?, Rule::Redirect(None)),
            "ALLOW" | "DISALLOW" => {
                let target = match words.peek() {
                    Some(word) if word.is("USER") => everything(),
                    _ => url_target(words)?,
                };
                let user = match words.take_if("USER") {
                    true => Some(words.expect("a user, who may hold wildcards")?.text.clone()),
                    false => None,
                };
                (target, Rule::Access { allow: keyword == "ALLOW", user })
            }
            _ => return Err(kind.error(KINDS)),
        };
        words.end()?;
        self.0.push(rule);
        Ok(())
    }

    /// Is there a rule that handles this exception?
    pub fn handles(&self, exception: Exception) -> bool {
        self.0.iter().any(|(target, _)| *target == Target::Exception(exception))
    }

    /// Where a request is redirected to.
    pub fn redirect(&self, request: Request<'_>) -> Option<String> {
        self.latest(request, |rule, captures| match rule {
            Rule::Redirect(to) => Some(to.as_ref().map(|to| pattern::fill(to, captures))),
            _ => None,
        })?
    }

    /// What is done for a request.
    pub fn on(&self, request: Request<'_>) -> Option<Handling> {
        self.latest(request, |rule, captures| match rule {
            Rule::On { actions, binary } => {
                let actions = actions.iter().map(|action| action.filled(captures)).collect();
                Some(Handling { actions, binary: *binary })
            }
            _ => None,
        })
    }

    /// The MIME type of the answer.
    pub fn mime_type(&self, request: Request<'_>) -> Option<String> {
        self.latest(request, |rule, _| match rule {
            Rule::Type(mime) => Some(mime.clone()),
            _ => None,
        })
    }

    fn latest<T>(&self, request: Request<'_>, wanted: impl Fn(&Rule, &[&str]) -> Option<T>) -> Option<T> {
        self.0.iter().rev().find_map(|(target, rule)| wanted(rule, &matching(target, request)?))
    }

    /// May `user` (or nobody yet) see this URL? What no rule is about is open to all.
    pub fn access(&self, method: &str, path: &str, user: Option<&str>) -> Access {
        let mut passed_over = false;
        for (target, rule) in self.0.iter().rev() {
            let Rule::Access { allow, user: wanted } = rule else { continue };
            if matching(target, Request::Url(method, path)).is_none() {
                continue;
            }
            let outcome = if *allow { Access::Allowed } else { Access::Forbidden };
            match (wanted, user) {
                (None, _) => return outcome,
                (Some(_), None) => return Access::NeedsLogon,
                (Some(wanted), Some(user)) if pattern::matches(wanted, user) => return outcome,
                (Some(_), Some(_)) => passed_over |= allow,
            }
        }
        if passed_over { Access::Forbidden } else { Access::Allowed }
    }
}

fn matching<'r>(target: &Target, request: Request<'r>) -> Option<Vec<&'r str>> {
    match (target, request) {
        (Target::Exception(wanted), Request::Exception(exception)) => (*wanted == exception).then(Vec::new),
        (Target::Url { method: wanted, pattern }, Request::Url(method, path)) => {
            // An answer to HEAD is that to GET without its body.
            let asked = wanted.as_deref().is_none_or(|wanted| wanted == method || (wanted, method) == ("GET", "HEAD"));
            asked.then(|| pattern::captures(pattern, path)).flatten()
        }
        _ => None,
    }
}

fn everything() -> Target {
    Target::Url { method: None, pattern: "*".into() }
}

fn target(words: &mut Words<'_>) -> Result<Target, CommandError> {
    let word = words.peek().ok_or_else(|| words.missing("a URL or the name of an exception"))?;
    if let Some((exception, _)) = EXCEPTIONS.iter().find(|(_, name)| word.is(name)) {
        words.take();
        return Ok(Target::Exception(*exception));
    }
    url_target(words)
}

fn url_target(words: &mut Words<'_>) -> Result<Target, CommandError> {
    let mut word = words.expect("a URL")?;
    let mut method = None;
    if METHODS.iter().any(|known| word.is(known)) {
        method = Some(word.text.to_ascii_uppercase());
        word = words.expect("a URL behind the method")?;
        if EXCEPTIONS.iter().any(|(_, name)| word.is(name)) {
            return Err(word.error("expected no method in front of an exception"));
        }
    }
    if !word.text.starts_with('/') && !pattern::is_wild(&word.text) {
        let names: Vec<_> = EXCEPTIONS.iter().map(|(_, name)| *name).collect();
        return Err(word.error(format!("expected a URL that begins with '/', or an exception: {}", names.join(", "))));
    }
    Ok(Target::Url { method, pattern: word.text.clone() })
}

/// The rest of an ON rule: exactly one action, and what goes with it, in any order.
fn on(words: &mut Words<'_>) -> Result<Rule, CommandError> {
    const EXPECTED: &str = "expected CMD and a command, SEND and a procedure, OPEN and a file, BINARY or TEXT";
    let (mut file, mut cmd, mut send, mut binary) = (None, None, None, false);
    while let Some(word) = words.take() {
        match () {
            () if word.is("OPEN") => file = Some(opened(words)?),
            () if (word.is("CMD") || word.is("SEND")) && (cmd.is_some() || send.is_some()) => {
                return Err(word.error("expected one CMD or SEND in a rule"));
            }
            () if word.is("CMD") => cmd = Some(commands(words)?),
            () if word.is("SEND") => send = Some(words.expect("a procedure to send")?),
            () if word.is("BINARY") => binary = true,
            () if word.is("TEXT") => binary = false,
            () => return Err(word.error(EXPECTED)),
        }
    }
    let actions = match (cmd, send) {
        (Some(commands), _) => {
            commands.iter().map(|word| Action::parse(word, file.as_deref())).collect::<Result<_, _>>()?
        }
        (_, Some(procedure)) => {
            let file = file.ok_or_else(|| procedure.error("expected OPEN and the file that has this procedure"))?;
            vec![Action::Send { file, procedure: procedure.text.clone() }]
        }
        (None, None) => return Err(words.missing("CMD and a command, or SEND and a procedure")),
    };
    Ok(Rule::On { actions, binary })
}

/// Only what cannot break out of a header.
fn header_value(word: &Word) -> bool {
    !word.text.is_empty() && word.text.bytes().all(|byte| (0x20..0x7f).contains(&byte))
}

fn mime_type(word: &Word) -> Result<String, CommandError> {
    match header_value(word) && word.text.contains('/') {
        true => Ok(word.text.clone()),
        false => Err(word.error("expected a MIME type like text/html")),
    }
}

fn location(word: &Word) -> Result<String, CommandError> {
    match header_value(word) && !word.text.contains(' ') {
        true => Ok(word.text.clone()),
        false => Err(word.error("expected a URL without blanks")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{Ending, Splitter};

    fn rules(lines: &[&str]) -> Result<Rules, CommandError> {
        let mut rules = Rules::default();
        for line in lines {
            let command = Splitter::split(Ending::File, &format!("JANUS {line}")).remove(0)?;
            rules.add(&mut command.words())?;
        }
        Ok(rules)
    }

    fn error(line: &str) -> String {
        rules(&[line]).unwrap_err().to_string()
    }

    #[test]
    fn the_latest_rule_counts() {
        let rules = rules(&[
            "ON * CMD /bin/all",
            "ON GET /a/* OPEN FILE F CMD 'INCLUDE X.*' AND 'CALL f'",
            "REDIRECT /old/* /new/*",
            "NOREDIRECT /old/keep",
            "TYPE *.txt text/plain",
        ])
        .unwrap();
        let on = |method, path| rules.on(Request::Url(method, path)).unwrap().actions;
        let include = Action::Include { file: "F".into(), procedure: "X.b".into() };
        assert_eq!(on("HEAD", "/A/b"), [include, Action::Call { name: "f".into() }]);
        assert_eq!(on("POST", "/a/b"), [Action::Program { words: vec!["/bin/all".into()] }]);
        assert_eq!(rules.redirect(Request::Url("GET", "/old/x")).as_deref(), Some("/new/x"));
        assert_eq!(rules.redirect(Request::Url("GET", "/old/keep")), None);
        assert_eq!(rules.mime_type(Request::Url("GET", "/x.txt")).as_deref(), Some("text/plain"));
    }

    #[test]
    fn no_wildcard_matches_an_exception() {
        let exception = Request::Exception(Exception::NoCertificate);
        let mut list = vec!["ON * CMD /bin/all", "REDIRECT * /elsewhere", "TYPE * text/css"];
        let all = rules(&list).unwrap();
        assert!(!all.handles(Exception::NoCertificate));
        assert_eq!((all.on(exception), all.redirect(exception), all.mime_type(exception)), (None, None, None));
        for rule in ["ON SSLNOCERTERR CMD /bin/no", "TYPE sslnocerterr text/plain", "REDIRECT SSLNOCERTERR /help"] {
            list.push(rule);
            assert!(rules(&list).unwrap().handles(Exception::NoCertificate));
        }
        let all = rules(&list).unwrap();
        assert_eq!(all.redirect(exception).as_deref(), Some("/help"));
        assert_eq!(all.mime_type(exception).as_deref(), Some("text/plain"));
    }

    #[test]
    fn access() {
        let open = rules(&[]).unwrap();
        assert_eq!(open.access("GET", "/", None), Access::Allowed);
        let some =
            rules(&["DISALLOW *", "ALLOW /pub/*", "ALLOW /own/* USER a*", "DISALLOW /own/x USER alice"]).unwrap();
        assert_eq!(some.access("GET", "/other", Some("alice")), Access::Forbidden);
        assert_eq!(some.access("GET", "/pub/1", None), Access::Allowed);
        assert_eq!(some.access("GET", "/own/1", None), Access::NeedsLogon);
        assert_eq!(some.access("GET", "/own/1", Some("ALICE")), Access::Allowed);
        assert_eq!(some.access("GET", "/own/1", Some("bob")), Access::Forbidden);
        assert_eq!(some.access("GET", "/own/x", Some("alice")), Access::Forbidden);
        let only = rules(&["ALLOW USER alice"]).unwrap();
        assert_eq!(only.access("GET", "/", Some("bob")), Access::Forbidden);
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert!(error("ONN / CMD /bin/x").starts_with("line 1: 'ONN': expected a type of rule"));
        assert!(error("ON SSLNOCERT CMD /bin/x").contains("'SSLNOCERT': expected a URL that begins with '/'"));
        assert!(error("ON GET SSLNOCERTERR CMD /bin/x").contains("expected no method"));
        assert!(error("ON / OPEN FILE F").contains("the command is cut off: expected CMD"));
        assert!(error("ON / CMD 'INCLUDE X'").contains("expected OPEN"));
        assert!(error("ON / CMD rm").contains("expected INCLUDE"));
        assert!(error("ON / CMD '/bin/* x'").contains("expected INCLUDE"));
        assert!(error("ON / OPEN FILE F SEND P SEND Q").contains("'SEND': expected one CMD or SEND"));
        assert!(error("TYPE / text").contains("MIME"));
        assert!(error("REDIRECT / '/a\u{1}b'").contains("expected a URL"));
        assert!(error("ALLOW / IPADDR 1.2.3.4").contains("'IPADDR': expected the end of the command"));
    }
}
