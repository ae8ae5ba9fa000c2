//! CONF: configuration files that a program loads, and of them what is for TLS. None is read unasked.

use std::collections::HashMap;
use std::ffi::{CString, c_char, c_int, c_ulong};
use std::ptr;
use std::sync::{PoisonError, RwLock};

use crate::err::{self, library, reason};
use crate::handle;

/// One command of a section: its name and its argument.
pub struct SSL_CONF_CMD {
    name: CString,
    argument: CString,
}

/// Commands under a name.
struct Section {
    name: CString,
    commands: Vec<SSL_CONF_CMD>,
}

/// The sections for TLS: those of the file that was loaded last, from `current` on. Who has looked one up may hold it still.
#[derive(Default)]
struct Loaded {
    #[allow(clippy::vec_box)]
    sections: Vec<Box<Section>>,
    current: usize,
}

static LOADED: RwLock<Loaded> = RwLock::new(Loaded { sections: Vec::new(), current: 0 });

/// Why a file cannot be read: CONF_R_*.
type Why = c_int;

/// A file: sections of names and values, in their order.
#[derive(Default)]
struct File {
    sections: HashMap<String, Vec<(String, String)>>,
}

const DEFAULT: &str = "default";

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// A line without its comment.
fn bare(line: &str) -> &str {
    let (mut quote, mut escaped) = (None, false);
    for (at, c) in line.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if quote == Some(c) => quote = None,
            '"' | '\'' | '`' if quote.is_none() => quote = Some(c),
            '#' if quote.is_none() => return &line[..at],
            _ => {}
        }
    }
    line
}

impl File {
    fn parse(text: &str) -> Result<Self, Why> {
        let mut file = File::default();
        let mut section = DEFAULT.to_owned();
        file.sections.entry(section.clone()).or_default();
        let mut lines = text.lines();
        while let Some(first) = lines.next() {
            let mut line = bare(first).trim_end().to_owned();
            while line.ends_with('\\') && !line.ends_with("\\\\") {
                line.pop();
                line += bare(lines.next().unwrap_or_default()).trim_end();
            }
            let line = line.trim();
            if line.is_empty() {
                continue;
            }
            if let Some(rest) = line.strip_prefix('[') {
                let Some((name, _)) = rest.split_once(']') else {
                    return Err(reason::conf::MISSING_CLOSE_SQUARE_BRACKET);
                };
                section = name.trim().to_owned();
                file.sections.entry(section.clone()).or_default();
                continue;
            }
            let Some((name, value)) = line.split_once('=') else { return Err(reason::conf::MISSING_EQUAL_SIGN) };
            // Other files are not read on.
            if name.trim_start().starts_with('.') {
                return Err(reason::conf::MISSING_EQUAL_SIGN);
            }
            let (place, name) = match name.trim().split_once("::") {
                Some((place, name)) => (place.to_owned(), name),
                None => (section.clone(), name.trim()),
            };
            let value = file.expand(&section, value.trim())?;
            file.sections.entry(place).or_default().push((name.to_owned(), value));
        }
        Ok(file)
    }

    /// A value with its variables in place, without quotes.
    fn expand(&self, section: &str, value: &str) -> Result<String, Why> {
        let mut out = String::new();
        let mut rest = value.chars().peekable();
        let mut quote = None;
        while let Some(c) = rest.next() {
            match c {
                '\\' => match rest.next() {
                    Some('n') => out.push('\n'),
                    Some('r') => out.push('\r'),
                    Some('b') => out.push('\u{8}'),
                    Some('t') => out.push('\t'),
                    Some(other) => out.push(other),
                    None => {}
                },
                _ if quote == Some(c) => quote = None,
                '"' | '\'' | '`' if quote.is_none() => quote = Some(c),
                '$' if quote.is_none() => {
                    let close = match rest.peek() {
                        Some('{') => Some('}'),
                        Some('(') => Some(')'),
                        _ => None,
                    };
                    if close.is_some() {
                        rest.next();
                    }
                    let mut name = String::new();
                    while let Some(next) = rest.next_if(|next| is_name(*next) || *next == ':') {
                        name.push(next);
                    }
                    if close.is_some() && rest.next() != close {
                        return Err(reason::conf::NO_CLOSE_BRACE);
                    }
                    out += &self.variable(section, &name).ok_or(reason::conf::VARIABLE_HAS_NO_VALUE)?;
                    if out.len() > 1 << 16 {
                        return Err(reason::conf::VARIABLE_EXPANSION_TOO_LONG);
                    }
                }
                _ => out.push(c),
            }
        }
        Ok(out)
    }

    fn variable(&self, section: &str, name: &str) -> Option<String> {
        match name.split_once("::") {
            Some(("ENV", name)) => std::env::var(name).ok(),
            Some((section, name)) => self.value(section, name),
            None => self.value(section, name).or_else(|| self.value(DEFAULT, name)),
        }
    }

    fn value(&self, section: &str, name: &str) -> Option<String> {
        let values = self.sections.get(section)?;
        values.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }

    fn section(&self, name: &str) -> Option<&[(String, String)]> {
        self.sections.get(name).map(Vec::as_slice)
    }

    /// The sections for TLS that a section names.
    fn for_tls(&self, name: &str) -> Result<Vec<Box<Section>>, Why> {
        let found = self.section(name).ok_or(reason::conf::SSL_SECTION_NOT_FOUND)?;
        if found.is_empty() {
            return Err(reason::conf::SSL_SECTION_EMPTY);
        }
        let text = |text: &str| CString::new(text).map_err(|_| reason::conf::SSL_SECTION_EMPTY);
        let mut out = Vec::new();
        for (name, section) in found {
            let commands = self.section(section).ok_or(reason::conf::SSL_COMMAND_SECTION_NOT_FOUND)?;
            if commands.is_empty() {
                return Err(reason::conf::SSL_COMMAND_SECTION_EMPTY);
            }
            let command = |(name, argument): &(String, String)| {
                // What is before a point only tells lines of one name apart.
                let name = name.split_once('.').map_or(&name[..], |(_, name)| name);
                Ok(SSL_CONF_CMD { name: text(name)?, argument: text(argument)? })
            };
            let commands: Result<Vec<_>, Why> = commands.iter().map(command).collect();
            out.push(Box::new(Section { name: text(name)?, commands: commands? }));
        }
        Ok(out)
    }
}

/// CONF_MFLAGS_*.
mod flag {
    use std::ffi::c_ulong;
    pub const IGNORE_ERRORS: c_ulong = 0x1;
    pub const IGNORE_RETURN_CODES: c_ulong = 0x2;
    pub const SILENT: c_ulong = 0x4;
    pub const IGNORE_MISSING_FILE: c_ulong = 0x10;
    pub const DEFAULT_SECTION: c_ulong = 0x20;
}

/// Loads what a file says: 1, or why not, and what is answered then.
fn load(name: &str, application: Option<&str>, flags: c_ulong) -> Result<c_int, (Why, c_int)> {
    let text = match std::fs::read(name) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(_) if flags & flag::IGNORE_MISSING_FILE != 0 => return Ok(1),
        Err(_) => return Err((reason::conf::NO_SUCH_FILE, 0)),
    };
    let file = File::parse(&text).map_err(|why| (why, 0))?;
    let own = application.and_then(|name| file.value(DEFAULT, name));
    let main = match (own, application) {
        (Some(own), _) => Some(own),
        (None, Some(_)) if flags & flag::DEFAULT_SECTION == 0 => None,
        (None, _) => file.value(DEFAULT, "openssl_conf"),
    };
    let Some(main) = main else { return Ok(1) };
    let modules = file.section(&main).ok_or((reason::conf::OPENSSL_CONF_REFERENCES_MISSING_SECTION, 0))?;
    for (module, section) in modules {
        // A module may be named several times, told apart by what is behind a point.
        let module = module.split_once('.').map_or(&module[..], |(module, _)| module);
        let done = match module {
            "ssl_conf" => file.for_tls(section).map(keep).map_err(|why| {
                // What was loaded before is gone, as in the original.
                keep(Vec::new());
                if flags & flag::SILENT == 0 {
                    err::raise(library::CONF, why);
                }
                reason::conf::MODULE_INITIALIZATION_ERROR
            }),
            _ => Err(reason::conf::UNKNOWN_MODULE_NAME),
        };
        match done {
            Err(why) if flags & flag::IGNORE_ERRORS == 0 => return Err((why, -1)),
            _ => {}
        }
    }
    Ok(1)
}

/// Reads a text as a file, whatever comes of it.
#[cfg(any(test, fuzzing))]
pub fn read(text: &str) {
    if let Ok(file) = File::parse(text) {
        file.sections.keys().for_each(|name| drop(file.for_tls(name)));
    }
}

fn keep(sections: Vec<Box<Section>>) {
    let mut loaded = LOADED.write().unwrap_or_else(PoisonError::into_inner);
    loaded.current = loaded.sections.len();
    loaded.sections.extend(sections);
}

/// The section at an index.
fn with<T>(index: usize, use_it: impl FnOnce(&Section) -> T) -> Option<T> {
    let loaded = LOADED.read().unwrap_or_else(PoisonError::into_inner);
    loaded.sections.get(index).map(|section| use_it(section))
}

// Names that are not for programs do not leave the library.
std::arch::global_asm!(".hidden conf_ssl_name_find", ".hidden conf_ssl_get", ".hidden conf_ssl_get_cmd");

/// Whether the configuration has a section for TLS with this name, and its index. For libssl, not for programs.
///
/// # Safety
/// `name` is NULL or ends with a zero; `index` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn conf_ssl_name_find(name: *const c_char, index: *mut usize) -> c_int {
    // SAFETY: the caller's promise.
    unsafe {
        let Some(name) = handle::text(name) else { return 0 };
        let loaded = LOADED.read().unwrap_or_else(PoisonError::into_inner);
        let mut sections = loaded.sections.iter().enumerate().skip(loaded.current);
        let Some((at, _)) = sections.find(|(_, section)| section.name.to_bytes() == name.as_bytes()) else { return 0 };
        if let Some(out) = index.as_mut() {
            *out = at;
        }
        1
    }
}

/// The commands of a section, which stay, with its name and their number. For libssl, not for programs.
///
/// # Safety
/// `name` and `count` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn conf_ssl_get(
    index: usize,
    name: *mut *const c_char,
    count: *mut usize,
) -> *const SSL_CONF_CMD {
    let found = with(index, |section| (section.name.as_ptr(), section.commands.as_ptr(), section.commands.len()));
    let (text, commands, len) = found.unwrap_or((ptr::null(), ptr::null(), 0));
    // SAFETY: the caller's promise.
    unsafe {
        if let Some(out) = name.as_mut() {
            *out = text;
        }
        if let Some(out) = count.as_mut() {
            *out = len;
        }
    }
    commands
}

/// One command of a section, which stays. For libssl, not for programs.
///
/// # Safety
/// `command` is what `conf_ssl_get` gave, `index` below its number; the pointers are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn conf_ssl_get_cmd(
    command: *const SSL_CONF_CMD,
    index: usize,
    name: *mut *mut c_char,
    argument: *mut *mut c_char,
) {
    // SAFETY: the caller's promise.
    unsafe {
        let found = if command.is_null() { None } else { command.add(index).as_ref() };
        let parts = found.map(|command| (command.name.as_ptr().cast_mut(), command.argument.as_ptr().cast_mut()));
        let (text, value) = parts.unwrap_or((ptr::null_mut(), ptr::null_mut()));
        for (out, part) in [(name, text), (argument, value)] {
            if let Some(out) = out.as_mut() {
                *out = part;
            }
        }
    }
}

versioned! {
    /// The name of the configuration file's default section is not used: no file is read unasked.
    pub unsafe extern "C" fn OPENSSL_config(_config_name: *const c_char) {}

    /// Loads a configuration file: its sections for TLS (`ssl_conf`); other modules are errors, as are further files. No file is
    /// read for NULL. 1, or 0 or below with an error, as CONF_MFLAGS_* say.
    pub unsafe extern "C" fn CONF_modules_load_file(filename: *const c_char, appname: *const c_char, flags: c_ulong) -> c_int {
        // SAFETY: the program's texts.
        let (name, application) = unsafe { (handle::text(filename), handle::text(appname)) };
        let Some(name) = name else {
            err::raise(library::CONF, reason::DISABLED);
            return 0;
        };
        // SAFETY: mark and its end touch only the calling thread's queue and are balanced.
        unsafe { err::ERR_set_mark() };
        let answer = match load(name, application, flags) {
            Ok(answer) => answer,
            Err((why, answer)) => {
                if flags & flag::SILENT == 0 {
                    err::raise(library::CONF, why);
                }
                if flags & flag::IGNORE_RETURN_CODES != 0 { 1 } else { answer }
            }
        };
        // What was ignored leaves no errors.
        // SAFETY: as above.
        unsafe {
            if answer > 0 {
                err::ERR_pop_to_mark();
            } else {
                err::ERR_clear_last_mark();
            }
        }
        answer
    }

    /// Forgets what was loaded.
    pub unsafe extern "C" fn CONF_modules_unload(_all: c_int) {
        keep(Vec::new());
    }
}
