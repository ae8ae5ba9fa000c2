//! SSL_CONF: settings by name, from command lines and files.

mod context;
mod section;
mod table;

use std::ffi::{CStr, CString, c_char, c_int, c_uint};
use std::ptr;

use crate::ctx::SSL_CTX;
use crate::ctx::server_info::SSL_CTX_use_serverinfo_file;
use crate::error::{self, reason};
use crate::libcrypto::stack::Names;
use crate::libcrypto::store::{X509_STORE_load_file_ex, X509_STORE_load_path, X509_STORE_load_store_ex};
use crate::libcrypto::{Owned, X509_STORE};
use crate::ssl::SSL;
use crate::twins::Owner;
use crate::twins::certificate::{PEM, open, use_certificate_chain_file};
use crate::twins::cipher::{set_cipher_list, set_suites};
use crate::twins::names::{
    SSL_add_dir_cert_subjects_to_stack, SSL_add_file_cert_subjects_to_stack, SSL_add_store_cert_subjects_to_stack,
    set_ca_list,
};
use crate::twins::options::{set_padding, set_tickets};
use crate::twins::private_key::use_key_file;
use crate::twins::{groups, schemes};
use table::{Action, COMMANDS, Command, Flag, Kind, OPTIONS, PROTOCOLS, Place, VERIFY_MODES, VERSIONS, flag};

/// What is configured, and which commands are known.
#[derive(Default)]
pub struct SSL_CONF_CTX {
    flags: u32,
    prefix: Option<CString>,
    owner: Option<Owner>,
    /// The latest certificate's file: its key may be in it.
    certificate: Option<CString>,
    names: Option<Names>,
}

/// Why a command is not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refused {
    /// There is no such command.
    Unknown,
    /// The value will not do.
    Value,
    /// The command needs a value.
    Missing,
}

impl Refused {
    fn answer(self) -> c_int {
        match self {
            Refused::Unknown => -2,
            Refused::Value => 0,
            Refused::Missing => -3,
        }
    }
}

/// 1 and above is success in the functions that commands use.
fn done(answer: impl Into<i64>) -> Result<(), Refused> {
    if answer.into() > 0 { Ok(()) } else { Err(Refused::Value) }
}

impl SSL_CONF_CTX {
    /// The command without its prefix (on a command line at least `-`).
    fn bare<'a>(&self, command: &'a str) -> Option<&'a str> {
        let Some(prefix) = &self.prefix else {
            let bare = if self.flags & flag::CMDLINE != 0 { command.strip_prefix('-')? } else { command };
            return Some(bare).filter(|bare| !bare.is_empty());
        };
        let prefix = prefix.to_str().ok()?;
        let (start, bare) = command.split_at_checked(prefix.len()).filter(|(_, bare)| !bare.is_empty())?;
        let line = self.flags & flag::CMDLINE == 0 || start == prefix;
        let file = self.flags & flag::FILE == 0 || start.eq_ignore_ascii_case(prefix);
        (line && file).then_some(bare)
    }

    fn find(&self, bare: &str) -> Option<&'static Command> {
        COMMANDS.iter().filter(|command| command.needs & !self.flags == 0).find(|command| {
            let line = self.flags & flag::CMDLINE != 0 && !command.line.is_empty() && command.line == bare;
            let file = self.flags & flag::FILE != 0 && !command.file.is_empty();
            line || (file && command.file.eq_ignore_ascii_case(bare))
        })
    }

    /// How many arguments a command took.
    unsafe fn run(&mut self, name: &str, value: *const c_char) -> Result<c_int, Refused> {
        let command = self.bare(name).and_then(|bare| self.find(bare)).ok_or(Refused::Unknown)?;
        // SAFETY: the program's pointers.
        unsafe {
            if let Action::Switch(flag) = command.action {
                self.switch(flag, true);
                return Ok(1);
            }
            if value.is_null() {
                return Err(Refused::Missing);
            }
            self.act(command, CStr::from_ptr(value))?;
        }
        Ok(2)
    }

    unsafe fn act(&mut self, command: &Command, value: &CStr) -> Result<(), Refused> {
        let (owner, at) = (self.owner, value.as_ptr());
        let text = value.to_str().map_err(|_| Refused::Value)?;
        // SAFETY: the program's pointers.
        unsafe {
            match (command.action, owner) {
                (Action::Switch(flag), _) => {
                    self.switch(flag, true);
                    Ok(())
                }
                (Action::Schemes { client }, owner) => done(schemes::set_list(owner, at, client)),
                (Action::Groups, owner) => done(groups::set_list(owner, at)),
                (Action::Curve, owner) => self.curve(owner, text, at),
                (Action::Options, _) => self.list(OPTIONS, text),
                (Action::Protocols, _) => self.list(PROTOCOLS, text),
                (Action::VerifyMode, _) => self.list(VERIFY_MODES, text),
                (Action::Names, _) => self.add_names(command.kind, at),
                (Action::Bound { .. } | Action::Padding | Action::Tickets, None) => Err(Refused::Value),
                // Without anything to configure the rest is fine.
                (_, None) => Ok(()),
                (Action::Rules, Some(owner)) => done(set_cipher_list(owner, at)),
                (Action::Suites, Some(owner)) => done(set_suites(owner, at)),
                (Action::Bound { max }, Some(owner)) => bound(owner, text, max),
                (Action::Certificate, Some(owner)) => {
                    done(use_certificate_chain_file(owner, at))?;
                    self.certificate = Some(value.to_owned());
                    Ok(())
                }
                (Action::Key, Some(owner)) => done(use_key_file(owner, at, PEM)),
                (Action::Trust { verify }, Some(owner)) => trust(owner, command.kind, at, verify),
                // Parameters for suites that are not served; the file must be there.
                (Action::FiniteField, Some(_)) => open(at).map(drop).ok_or(Refused::Value),
                (Action::ServerInfo, Some(Owner::Context(context))) => done(SSL_CTX_use_serverinfo_file(context, at)),
                // Nothing is done for a connection.
                (Action::ServerInfo, Some(Owner::Connection(_))) => Ok(()),
                (Action::Padding, Some(owner)) => done(set_padding(owner, number(text)?)),
                (Action::Tickets, Some(owner)) => done(set_tickets(owner, number(text)?)),
            }
        }
    }

    /// Sets a bit where it belongs.
    unsafe fn switch(&self, flag: Flag, on: bool) {
        let Some(owner) = self.owner else { return };
        let on = on != flag.inverted;
        let change = |bits: u64| if on { bits | flag.bits } else { bits & !flag.bits };
        // SAFETY: the program's pointer.
        unsafe {
            owner.switch(|switches| match flag.place {
                Place::Options => switches.options = change(switches.options),
                Place::CertificateFlags => {
                    switches.certificate_flags = change(u64::from(switches.certificate_flags)) as u32; // low bits
                }
                Place::VerifyMode => switches.verify_mode = change(switches.verify_mode as u64) as c_int, // low bits
            });
        }
    }

    /// Sets the flags of a list: names with commas between them, `-` before one turns it off.
    unsafe fn list(&self, flags: &[(&str, Flag)], list: &str) -> Result<(), Refused> {
        for entry in list.split(',').map(str::trim) {
            let (name, on) = match entry.strip_prefix('-') {
                Some(name) => (name, false),
                None => (entry.strip_prefix('+').unwrap_or(entry), true),
            };
            let known =
                flags.iter().find(|(known, flag)| flag.roles & self.flags != 0 && known.eq_ignore_ascii_case(name));
            let (_, flag) = known.ok_or(Refused::Value)?;
            // SAFETY: the program's pointer.
            unsafe { self.switch(*flag, on) };
        }
        Ok(())
    }

    unsafe fn curve(&self, owner: Option<Owner>, name: &str, at: *const c_char) -> Result<(), Refused> {
        let automatic = ["automatic", "+automatic"].iter().any(|known| known.eq_ignore_ascii_case(name));
        if (self.flags & flag::FILE != 0 && automatic) || (self.flags & flag::CMDLINE != 0 && name == "auto") {
            return Ok(());
        }
        if name.contains(':') {
            return Err(Refused::Value);
        }
        match owner {
            None => Ok(()),
            // SAFETY: the program's pointers.
            Some(owner) => unsafe { done(groups::set_list(Some(owner), at)) },
        }
    }

    unsafe fn add_names(&mut self, kind: Kind, at: *const c_char) -> Result<(), Refused> {
        if self.names.is_none() {
            self.names = Names::new();
        }
        let names = self.names.as_ref().ok_or(Refused::Value)?.as_ptr();
        // SAFETY: our list; the program's string.
        unsafe {
            done(match kind {
                Kind::Directory => SSL_add_dir_cert_subjects_to_stack(names, at),
                Kind::Store => SSL_add_store_cert_subjects_to_stack(names, at),
                _ => SSL_add_file_cert_subjects_to_stack(names, at),
            })
        }
    }

    /// Loads a key that was to be in the certificate's file, and hands the names over.
    unsafe fn finish(&mut self) -> bool {
        // SAFETY: the program's pointers.
        unsafe {
            if let (Some(owner), Some(file)) = (self.owner, &self.certificate)
                && self.flags & flag::REQUIRE_PRIVATE != 0
                && owner.look(|_, settings| settings.credentials.current().key.is_none()) == Some(true)
                && use_key_file(owner, file.as_ptr(), PEM) <= 0
            {
                return false;
            }
            if let (Some(owner), Some(names)) = (self.owner, self.names.take()) {
                set_ca_list(owner, names.into_raw());
            }
        }
        true
    }

    fn complain(&self, command: &str, value: *const c_char, refused: Refused) {
        if self.flags & flag::SHOW_ERRORS == 0 {
            return;
        }
        // SAFETY: NULL or the program's string.
        let value = if value.is_null() { c"<EMPTY>" } else { unsafe { CStr::from_ptr(value) } };
        let (reason, detail) = match refused {
            Refused::Unknown => (reason::UNKNOWN_CMD_NAME, format!("cmd={command}")),
            _ => {
                let bare = self.bare(command).unwrap_or(command);
                (reason::BAD_VALUE, format!("cmd={bare}, value={}", value.to_string_lossy()))
            }
        };
        error::raise_with(reason, CString::new(detail).ok().as_deref());
    }
}

/// A number as atoi reads it: what is none is 0.
fn number(text: &str) -> Result<usize, Refused> {
    let text = text.trim_start();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let end = digits.find(|digit: char| !digit.is_ascii_digit()).unwrap_or(digits.len());
    let number = digits[..end].parse().unwrap_or(0);
    if negative && number > 0 { Err(Refused::Value) } else { Ok(number) }
}

unsafe fn bound(owner: Owner, name: &str, max: bool) -> Result<(), Refused> {
    let (_, version) = VERSIONS.iter().find(|(known, _)| *known == name).ok_or(Refused::Value)?;
    if *version >= 0xfe00 {
        // A bound for DTLS: no matter here.
        return Ok(());
    }
    // SAFETY: the program's pointer.
    let set = unsafe {
        owner.switch(|switches| {
            if max {
                switches.max_version = *version;
            } else {
                switches.min_version = *version;
            }
        })
    };
    set.ok_or(Refused::Value)
}

/// Adds to the store for verifying peers, or for completing our chains.
unsafe fn trust(owner: Owner, kind: Kind, at: *const c_char, verify: bool) -> Result<(), Refused> {
    // SAFETY: the program's pointers; the store is live.
    unsafe {
        let store = owner.set(|settings| {
            let place = if verify { &mut settings.verify_store } else { &mut settings.chain_store };
            if place.is_none() {
                *place = Owned::<X509_STORE>::new();
            }
            place.clone()
        });
        let store = store.flatten().ok_or(Refused::Value)?;
        let (libctx, properties) = owner.library();
        done(match kind {
            Kind::Directory => X509_STORE_load_path(store.as_ptr(), at),
            Kind::Store => X509_STORE_load_store_ex(store.as_ptr(), at, libctx, properties),
            _ => X509_STORE_load_file_ex(store.as_ptr(), at, libctx, properties),
        })
    }
}

versioned! {
    /// Nothing to configure yet.
    pub unsafe extern "C" fn SSL_CONF_CTX_new() -> *mut SSL_CONF_CTX {
        Box::into_raw(Box::default())
    }

    /// Frees it; what was configured stays.
    pub unsafe extern "C" fn SSL_CONF_CTX_free(conf: *mut SSL_CONF_CTX) {
        if !conf.is_null() {
            // SAFETY: the program's, from SSL_CONF_CTX_new.
            drop(unsafe { Box::from_raw(conf) });
        }
    }

    /// Loads what was only named so far.
    pub unsafe extern "C" fn SSL_CONF_CTX_finish(conf: *mut SSL_CONF_CTX) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { conf.as_mut().map_or(0, |conf| c_int::from(conf.finish())) }
    }

    /// Adds SSL_CONF_FLAG_*.
    pub unsafe extern "C" fn SSL_CONF_CTX_set_flags(conf: *mut SSL_CONF_CTX, flags: c_uint) -> c_uint {
        // SAFETY: the program's pointer.
        unsafe { conf.as_mut() }.map_or(0, |conf| {
            conf.flags |= flags;
            conf.flags
        })
    }

    /// Takes SSL_CONF_FLAG_* away.
    pub unsafe extern "C" fn SSL_CONF_CTX_clear_flags(conf: *mut SSL_CONF_CTX, flags: c_uint) -> c_uint {
        // SAFETY: the program's pointer.
        unsafe { conf.as_mut() }.map_or(0, |conf| {
            conf.flags &= !flags;
            conf.flags
        })
    }

    /// What commands begin with.
    pub unsafe extern "C" fn SSL_CONF_CTX_set1_prefix(conf: *mut SSL_CONF_CTX, prefix: *const c_char) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            conf.as_mut().map_or(0, |conf| {
                conf.prefix = (!prefix.is_null()).then(|| CStr::from_ptr(prefix).to_owned());
                1
            })
        }
    }

    /// Configures a connection.
    pub unsafe extern "C" fn SSL_CONF_CTX_set_ssl(conf: *mut SSL_CONF_CTX, ssl: *mut SSL) {
        // SAFETY: the program's pointer.
        if let Some(conf) = unsafe { conf.as_mut() } {
            conf.owner = (!ssl.is_null()).then_some(Owner::Connection(ssl));
        }
    }

    /// Configures a context.
    pub unsafe extern "C" fn SSL_CONF_CTX_set_ssl_ctx(conf: *mut SSL_CONF_CTX, context: *mut SSL_CTX) {
        // SAFETY: the program's pointer.
        if let Some(conf) = unsafe { conf.as_mut() } {
            conf.owner = (!context.is_null()).then_some(Owner::Context(context));
        }
    }

    /// Does one command: how many arguments it took, 0 for a bad value, -2 for an unknown command,
    /// -3 for a missing value.
    pub unsafe extern "C" fn SSL_CONF_cmd(conf: *mut SSL_CONF_CTX, command: *const c_char, value: *const c_char) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            if command.is_null() {
                error::raise(reason::INVALID_NULL_CMD_NAME);
                return 0;
            }
            let Some(conf) = conf.as_mut() else { return 0 };
            let command = CStr::from_ptr(command).to_string_lossy();
            conf.run(&command, value).unwrap_or_else(|refused| {
                conf.complain(&command, value, refused);
                refused.answer()
            })
        }
    }

    /// Does the command at the start of a command line, and takes it off.
    pub unsafe extern "C" fn SSL_CONF_cmd_argv(conf: *mut SSL_CONF_CTX, count: *mut c_int, arguments: *mut *mut *mut c_char) -> c_int {
        // SAFETY: the program's pointers; without a count the list ends with NULL.
        unsafe {
            let left = if count.is_null() { c_int::MAX } else { *count };
            let Some(flags) = conf.as_mut().map(|conf| &mut conf.flags) else { return 0 };
            if left <= 0 || arguments.is_null() || (**arguments).is_null() {
                return 0;
            }
            *flags = *flags & !flag::FILE | flag::CMDLINE;
            let value = if left > 1 { *(*arguments).add(1) } else { ptr::null_mut() };
            match SSL_CONF_cmd(conf, **arguments, value) {
                // Nothing of ours: nothing taken.
                -2 => 0,
                0 => -1,
                taken @ 1.. => {
                    *arguments = (*arguments).add(if taken == 2 { 2 } else { 1 });
                    if !count.is_null() {
                        *count -= taken;
                    }
                    taken
                }
                failed => failed,
            }
        }
    }

    /// What a command takes.
    pub unsafe extern "C" fn SSL_CONF_cmd_value_type(conf: *mut SSL_CONF_CTX, command: *const c_char) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            let Some(conf) = conf.as_ref().filter(|_| !command.is_null()) else { return Kind::UNKNOWN };
            let command = CStr::from_ptr(command).to_string_lossy();
            conf.bare(&command).and_then(|bare| conf.find(bare)).map_or(Kind::UNKNOWN, |command| command.kind as c_int)
        }
    }
}
