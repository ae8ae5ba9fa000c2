//! The command interpreter: commands in, answers out.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use crate::authority::Authority;
use crate::client::Tighten;
use crate::command::{Command, CommandError, Ending, Splitter, Word, Words};
use crate::definition::{Definition, Kind, port_name};
use crate::files::Files;
use crate::handler::{Function, Functions};
use crate::journal::{About, Journal};
use crate::pattern;
use crate::port::{Common, Port, Status};
use crate::setup::Setup;
use crate::status;
use crate::web::Resources;

const COMMANDS: &str = "expected a command: DEFINE, DELETE, ADDCA, DELCA, STATCA, WEB, START, STOP, DRAIN, FORCE, \
                        STATUS, SSLSTATUS or LIMITS";

type Ports = BTreeMap<String, Arc<Port>>;

/// The ports, and the commands that define and drive them.
pub struct Janus {
    common: Arc<Common>,
    ports: Mutex<Ports>,
    /// Commands that would start or stop something only take note: see [`Janus::reload`].
    rehearsal: bool,
    /// Ports that a rehearsed START names.
    started: Mutex<Vec<String>>,
}

/// Where a [`Janus`] finds and leaves things.
pub struct Settings {
    /// The folder of files and procedures.
    pub files: PathBuf,
    /// The address that ports listen on.
    pub address: IpAddr,
    /// Where lines go.
    pub journal: Journal,
}

impl Janus {
    /// Without any ports.
    pub fn new(settings: Settings) -> Self {
        let common = Common {
            journal: Arc::new(settings.journal),
            resources: Resources { files: Files::new(&settings.files), functions: Functions::default() },
            address: settings.address,
            tighten: RwLock::new(None),
        };
        Janus { common: Arc::new(common), ports: Mutex::default(), rehearsal: false, started: Mutex::default() }
    }

    /// The journal.
    pub fn journal(&self) -> &Journal {
        &self.common.journal
    }

    /// `CALL name` means this function from now on.
    pub fn register(&self, name: &str, function: Function) {
        self.common.resources.functions.register(name, function);
    }

    /// Certificates that verify are shown to this function, which may refuse them nevertheless.
    pub fn tighten(&self, function: Option<Arc<Tighten>>) {
        *self.common.tighten.write().unwrap_or_else(PoisonError::into_inner) = function;
    }

    fn ports(&self) -> MutexGuard<'_, Ports> {
        self.ports.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs the commands of a text, as a file has them; those behind one that is wrong are run as well.
    pub fn run(&self, text: &str) -> Vec<Result<String, CommandError>> {
        let commands = Splitter::split(Ending::File, text);
        commands.into_iter().map(|command| command.and_then(|command| self.command(&command))).collect()
    }

    /// Starts every port if `text` starts none itself: a file of definitions is there to be served.
    pub fn start_unless_told(&self, text: &str) -> Vec<Result<SocketAddr, String>> {
        let starts = |command: &Command| command.words.get(1).is_some_and(|word| word.is("START"));
        if Splitter::split(Ending::File, text).iter().flatten().any(starts) {
            return Vec::new();
        }
        let ports: Vec<_> = self.ports().values().cloned().collect();
        ports.iter().filter(|port| port.status() != Status::Start).map(Port::start).collect()
    }

    /// The ports that are started: name, type, address, and whether they are encrypted.
    pub fn started(&self) -> Vec<(String, Kind, SocketAddr, bool)> {
        let ports = self.ports();
        let started = ports.values().filter(|port| port.status() == Status::Start);
        started
            .map(|port| {
                let setup = port.setup();
                let address = SocketAddr::new(self.common.address, port.number);
                (port.name.clone(), setup.definition.kind, address, setup.tls.is_some())
            })
            .collect()
    }

    /// Runs one command. The answer is without a line end at its end, and empty where all is said by success.
    pub fn command(&self, command: &Command) -> Result<String, CommandError> {
        let mut words = command.words();
        let word = words.expect("a command")?;
        let keyword = if word.quoted { String::new() } else { word.text.to_ascii_uppercase() };
        match keyword.as_str() {
            "DEFINE" | "DEF" => self.define(&mut words),
            "DELETE" | "DEL" => self.delete(&mut words),
            "ADDCA" => self.add_authority(&mut words),
            "DELCA" => self.remove_authority(&mut words),
            "STATCA" | "STATUSCA" => self.status_of_authorities(&mut words),
            "WEB" => self.web(&mut words),
            "START" => self.start(&mut words),
            "STOP" | "DRAIN" => self.each(&mut words, &keyword, Port::drain),
            "FORCE" => self.each(&mut words, &keyword, Port::force),
            "STATUS" | "STAT" => self.table(&mut words, status::ports),
            "SSLSTATUS" | "SSLSTAT" => self.table(&mut words, status::tls),
            "LIMITS" => {
                words.end()?;
                Ok(status::limits(&self.ports().values().cloned().collect::<Vec<_>>()))
            }
            _ => Err(word.error(COMMANDS)),
        }
    }

    fn define(&self, words: &mut Words<'_>) -> Result<String, CommandError> {
        let mut place = words.clone();
        let (name, number) = (place.expect("the name of the port")?, place.take());
        let definition = Definition::parse(words, &self.common.resources.files)?;
        let mut ports = self.ports();
        if ports.contains_key(&definition.name) {
            return Err(name.error("expected a new name: there is a port of this name; JANUS DELETE deletes it"));
        }
        if let (Some(other), Some(number)) = (ports.values().find(|port| port.number == definition.number), number) {
            return Err(number.error(format!("expected a free number: port {} has it", other.name)));
        }
        let setup = Setup::new(definition).map_err(|error| name.error(error))?;
        let port = Port::new(setup, &self.common);
        let answer = format!("Port {} defined: {} on {}", port.name, port.setup().definition.kind, port.number);
        ports.insert(port.name.clone(), Arc::new(port));
        Ok(answer)
    }

    fn delete(&self, words: &mut Words<'_>) -> Result<String, CommandError> {
        let word = words.expect("the name of a port")?;
        words.end()?;
        let mut ports = self.ports();
        let chosen = matching(&ports, word)?;
        if let Some(busy) = chosen.iter().find(|port| port.status() != Status::Stop) {
            return Err(word.error(format!("expected a stopped port: {} is not", busy.name)));
        }
        chosen.iter().for_each(|port| drop(ports.remove(&port.name)));
        Ok(list(&chosen, "deleted"))
    }

    fn start(&self, words: &mut Words<'_>) -> Result<String, CommandError> {
        let word = words.expect("the name of a port")?;
        words.end()?;
        let chosen = matching(&self.ports(), word)?;
        if self.rehearsal {
            let mut started = self.started.lock().unwrap_or_else(PoisonError::into_inner);
            started.extend(chosen.iter().map(|port| port.name.clone()));
            return Ok(String::new());
        }
        // With a wildcard those that are started already are passed over.
        let wild = pattern::is_wild(&word.text);
        for port in chosen.iter().filter(|port| !wild || port.status() != Status::Start) {
            port.start().map_err(|error| word.error(error))?;
        }
        Ok(list(&chosen, "started"))
    }

    fn each(&self, words: &mut Words<'_>, what: &str, act: fn(&Port)) -> Result<String, CommandError> {
        let word = words.expect("the name of a port")?;
        words.end()?;
        let chosen = matching(&self.ports(), word)?;
        if !self.rehearsal {
            chosen.iter().for_each(|port| act(port));
        }
        Ok(list(&chosen, &format!("{what}: accepted")))
    }

    fn table(&self, words: &mut Words<'_>, table: fn(&[Arc<Port>]) -> String) -> Result<String, CommandError> {
        let chosen = self.optional(words)?;
        words.end()?;
        Ok(table(&chosen))
    }

    /// The ports that the next word names; all, if there is none.
    fn optional(&self, words: &mut Words<'_>) -> Result<Vec<Arc<Port>>, CommandError> {
        match words.take() {
            Some(word) => matching(&self.ports(), word),
            None => Ok(self.ports().values().cloned().collect()),
        }
    }

    fn add_authority(&self, words: &mut Words<'_>) -> Result<String, CommandError> {
        let port = words.expect("the name of a port")?;
        let file = words.expect("the file with the CA's certificate")?;
        let procedure = words.expect("the procedure with the CA's certificate")?;
        words.end()?;
        let mut chosen = matching(&self.ports(), port)?;
        if !pattern::is_wild(&port.text) && chosen.iter().any(|port| port.setup().tls.is_none()) {
            return Err(port.error("expected a port with SSL in its definition"));
        }
        chosen.retain(|port| port.setup().tls.is_some());
        let (file, name) = (&file.text, &procedure.text);
        let certificates = self.common.resources.files.certificates(file, name);
        let certificates = certificates.map_err(|error| procedure.error(error))?;
        let mut answers = Vec::new();
        for port in &chosen {
            let setup = port.setup();
            let mut authorities = setup.authorities.clone();
            for certificate in &certificates {
                let authority = Authority::new(file, name, certificate).map_err(|error| procedure.error(error))?;
                let same = |known: &Arc<Authority>| known.certificate.der() == authority.certificate.der();
                answers.push(format!("MSIR.0642: Added CA '{}' from file {file}, proc {name}", authority.name()));
                if !authorities.iter().any(same) {
                    authorities.push(Arc::new(authority));
                }
            }
            port.set_setup(setup.with_authorities(authorities).map_err(|error| procedure.error(error))?);
        }
        answers.dedup();
        if !self.rehearsal {
            answers.iter().for_each(|answer| self.common.journal.line(About::default(), answer));
        }
        Ok(answers.join("\n"))
    }

    fn remove_authority(&self, words: &mut Words<'_>) -> Result<String, CommandError> {
        let port = words.expect("the name of a port")?;
        let file = words.expect("the file of the CA's certificate")?;
        let procedure = words.expect("the procedure of the CA's certificate")?;
        words.end()?;
        let mut answers = Vec::new();
        for port in matching(&self.ports(), port)? {
            let setup = port.setup();
            let (gone, kept): (Vec<_>, Vec<_>) = setup.authorities.iter().cloned().partition(|authority| {
                let (from, name) = &authority.source;
                pattern::matches(&file.text, from) && pattern::matches(&procedure.text, name)
            });
            if gone.is_empty() {
                continue;
            }
            answers.extend(gone.iter().map(|ca| format!("Removed CA '{}' from port {}", ca.name(), port.name)));
            port.set_setup(setup.with_authorities(kept).map_err(|error| file.error(error))?);
        }
        match answers.is_empty() {
            true => Err(procedure.error("expected a CA that was added from this file and procedure")),
            false => Ok(answers.join("\n")),
        }
    }

    fn status_of_authorities(&self, words: &mut Words<'_>) -> Result<String, CommandError> {
        let chosen = self.optional(words)?;
        let file = words.take().map_or("*", |word| word.text.as_str());
        let procedure = words.take().map_or("*", |word| word.text.as_str());
        words.end()?;
        Ok(status::authorities(&chosen, file, procedure))
    }

    fn web(&self, words: &mut Words<'_>) -> Result<String, CommandError> {
        let word = words.expect("the name of a port")?;
        let name = port_name(word)?;
        let port = self.ports().get(&name).cloned().ok_or_else(|| word.error("expected a port that is defined"))?;
        let setup = port.setup();
        if setup.definition.kind != Kind::Web {
            return Err(word.error("expected a WEBSERV port"));
        }
        let mut rules = setup.rules.clone();
        rules.add(words)?;
        port.set_setup(setup.with_rules(rules).map_err(|error| word.error(error))?);
        Ok(String::new())
    }

    /// Makes the ports what `text` says, all or nothing: a text with an error in it changes nothing.
    ///
    /// Ports whose name and number stay go on listening, and new connections go by the new definition; others are
    /// drained. Sessions live on unless what they depend on is different.
    pub fn reload(&self, text: &str) -> Result<(), Vec<CommandError>> {
        let rehearsal =
            Janus { common: self.common.clone(), ports: Mutex::default(), rehearsal: true, started: Mutex::default() };
        let errors: Vec<_> = rehearsal.run(text).into_iter().filter_map(Result::err).collect();
        if !errors.is_empty() {
            return Err(errors);
        }
        let new = std::mem::take(&mut *rehearsal.ports());
        let told = rehearsal.started.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut starting = Vec::new();
        let mut ports = self.ports();
        let old = std::mem::take(&mut *ports);
        for (name, port) in new {
            let starts = told.is_empty() || told.contains(&name);
            let kept = old.get(&name).filter(|old| old.number == port.number);
            let current = match kept {
                Some(kept) => {
                    if let Ok(setup) = port.into_setup().with_sessions_of(&kept.setup()) {
                        kept.set_setup(setup);
                    }
                    kept.clone()
                }
                None => port,
            };
            match (starts, current.status()) {
                (true, Status::Start) | (false, Status::Stop) => {}
                (true, _) => starting.push(current.clone()),
                (false, _) => current.drain(),
            }
            ports.insert(name, current);
        }
        for (name, port) in &old {
            if !ports.get(name).is_some_and(|current| Arc::ptr_eq(current, port)) {
                port.drain();
            }
        }
        drop(ports);
        for port in starting {
            if let Err(error) = port.start() {
                self.common.journal.line(About { port: Some(&port.name), ..About::default() }, &error);
            }
        }
        Ok(())
    }

    /// Drains all ports, ends the connections that are idle, and waits at most `patience` for their connections to end; then they are broken.
    /// `hurry`: break them now.
    pub fn shut_down(&self, patience: Duration, hurry: impl Fn() -> bool) {
        let ports: Vec<_> = self.ports().values().cloned().collect();
        ports.iter().for_each(|port| port.drain());
        let until = Instant::now() + patience;
        while ports.iter().any(|port| port.status() != Status::Stop) && Instant::now() < until && !hurry() {
            // Again and again: a connection may have been about to become idle.
            ports.iter().for_each(|port| port.end_idle());
            std::thread::sleep(Duration::from_millis(20));
        }
        ports.iter().for_each(|port| port.force());
        // What they have started ends with them.
        let until = Instant::now() + Duration::from_secs(5);
        while ports.iter().any(|port| port.status() != Status::Stop) && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Janus {
    /// Breaks all connections and waits until nobody serves one any more: no function of the host program is called
    /// after that.
    pub fn end(&self) {
        let ports: Vec<_> = self.ports().values().cloned().collect();
        ports.iter().for_each(|port| port.force());
        while ports.iter().any(|port| port.status() != Status::Stop) {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Janus {
    fn drop(&mut self) {
        if !self.rehearsal {
            self.ports().values().for_each(|port| port.force());
        }
    }
}

/// The ports that a word names; at least one.
fn matching(ports: &Ports, word: &Word) -> Result<Vec<Arc<Port>>, CommandError> {
    let chosen: Vec<_> = ports.values().filter(|port| pattern::matches(&word.text, &port.name)).cloned().collect();
    match chosen.is_empty() && !pattern::is_wild(&word.text) {
        true => Err(word.error("expected a port that is defined")),
        false => Ok(chosen),
    }
}

fn list(ports: &[Arc<Port>], what: &str) -> String {
    let lines = ports.iter().map(|port| format!("Port {} {what}", port.name));
    lines.collect::<Vec<_>>().join("\n")
}
