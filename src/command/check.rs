//! `standin check`: which functions of libssl and libgnutls a program needs, and which of them are served.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use object::Endianness;
use object::elf::{FileHeader64, SHN_UNDEF, SHT_DYNSYM};
use object::read::elf::{FileHeader, Sym};
use serde_json::{Value, json};

use super::executable::Executable;
use super::functions::Function;
use super::{Check, Library, linker, package, program};
use crate::command::output::{self, say};

/// What a program asks of the libraries: each function, with what becomes of it.
struct Report {
    program: String,
    path: PathBuf,
    uses: Vec<Library>,
    functions: BTreeMap<&'static str, Function>,
}

/// Reports on each program; succeeds when each of them is served wholly.
pub fn check(check: &Check) -> Result<ExitCode> {
    let reports = check.programs.iter().map(Report::of).collect::<Result<Vec<_>>>()?;
    if check.table {
        for report in &reports {
            say!("{}", report.row());
        }
    } else if check.json {
        let reports: Vec<_> = reports.iter().map(Report::json).collect();
        say!("{:#}", Value::from(reports));
    } else {
        for report in &reports {
            output::write(format_args!("{}", report.text(check.all)));
        }
    }
    Ok(if reports.iter().all(Report::is_whole) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Report {
    fn of(name: &OsString) -> Result<Self> {
        let path = program::find(name).or_else(|error| match PathBuf::from(name) {
            // A module or library need not be executable.
            path if path.is_file() && name.as_bytes().contains(&b'/') => Ok(path),
            _ => Err(error),
        })?;
        let executable = Executable::module(&path).map_or_else(|| Executable::of(&path), Ok)?;
        let mut files = linker::files(&executable)?;
        let uses: Vec<_> = Library::ALL.into_iter().filter(|library| files.contains_key(library.soname())).collect();
        files.retain(|file, _| Library::ALL.iter().all(|library| file != library.soname()));
        let mut functions = BTreeMap::new();
        for file in files.values().chain([&executable.path]) {
            for symbol in undefined(file).with_context(|| format!("cannot read {}", file.display()))? {
                functions.extend(Function::named(&symbol).map(|function| (function.name, function)));
            }
        }
        Ok(Report { program: name.to_string_lossy().into_owned(), path, uses, functions })
    }

    fn unserved(&self) -> impl Iterator<Item = Function> {
        self.functions.values().copied().filter(|function| !function.is_served())
    }

    /// Everything that it needs of the TLS libraries is there.
    fn is_whole(&self) -> bool {
        self.unserved().next().is_none()
    }

    fn verdict(&self) -> &'static str {
        match (self.uses.as_slice(), self.is_whole()) {
            ([], _) => "linked to no TLS library that Standin knows; what it loads later is not seen here",
            ([Library::Ssl], true) => "served: every function of libssl that it needs works",
            ([Library::Gnutls], true) => "served: every function of libgnutls' session layer that it needs works",
            (_, true) => "served: every function of libssl and libgnutls' session layer that it needs works",
            (_, false) => "served in part: what is named above fails",
        }
    }

    fn text(&self, all: bool) -> String {
        let needed = self.functions.len();
        let of = match self.uses.as_slice() {
            [Library::Gnutls] => "libgnutls",
            [Library::Ssl, Library::Gnutls] => "libssl and libgnutls",
            _ => "libssl",
        };
        let mut text = format!("{}: {needed} functions of {of}, {} served\n", self.program, self.served());
        for function in self.functions.values().filter(|function| all || !function.is_served()) {
            let topic = function.topic().map(|topic| format!(" ({topic})")).unwrap_or_default();
            text += &format!("  {}: {}{topic}\n", function.name, function.fate);
        }
        text + &format!("  {}\n", self.verdict())
    }

    fn served(&self) -> usize {
        self.functions.len() - self.unserved().count()
    }

    /// A line of tab-separated columns: program, package, version, libraries, functions needed, names of those that
    /// are not served, what they are for.
    fn row(&self) -> String {
        let (package, version) = package::of(&self.path).unwrap_or_else(|| ("-".into(), "-".into()));
        let uses: Vec<_> = self.uses.iter().map(|library| library.soname()).collect();
        let unserved: Vec<_> = self.unserved().map(|function| function.name).collect();
        let topics: BTreeSet<_> = self.unserved().filter_map(Function::topic).collect();
        let topics = topics.into_iter().collect::<Vec<_>>().join("; ");
        let needed = self.functions.len();
        [&self.program, &package, &version, &uses.join(" "), &needed.to_string(), &unserved.join(" "), &topics]
            .map(String::as_str)
            .join("\t")
    }

    fn json(&self) -> Value {
        let functions: BTreeMap<_, _> = self
            .functions
            .values()
            .map(|function| (function.name, json!({"fate": function.fate, "for": function.topic()})))
            .collect();
        json!({
            "program": self.program,
            "libraries": self.uses.iter().map(|library| library.soname()).collect::<Vec<_>>(),
            "functions": functions,
            "needed": self.functions.len(),
            "served": self.served(),
            "whole": self.is_whole(),
            "verdict": self.verdict(),
        })
    }
}

/// The names that an ELF file leaves for others to define.
fn undefined(path: &Path) -> Result<Vec<String>> {
    let data = fs::read(path)?;
    let header = FileHeader64::<Endianness>::parse(&*data)?;
    let endian = header.endian()?;
    let sections = header.sections(endian, &*data)?;
    let symbols = sections.symbols(endian, &*data, SHT_DYNSYM)?;
    let names = symbols.iter().filter(|symbol| symbol.st_shndx(endian) == SHN_UNDEF);
    let names = names.filter_map(|symbol| symbol.name(endian, symbols.strings()).ok());
    Ok(names.map(|name| String::from_utf8_lossy(name).into_owned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(uses: &[Library], functions: &[&str]) -> Report {
        let functions = functions.iter().filter_map(|name| Function::named(name));
        let functions = functions.map(|function| (function.name, function)).collect();
        Report { program: "p".into(), path: "p".into(), uses: uses.to_vec(), functions }
    }

    #[test]
    fn one_function_that_fails_is_named() {
        let whole = report(&[Library::Ssl], &["SSL_read", "SSL_write", "malloc"]);
        assert!(whole.is_whole());
        assert_eq!((whole.functions.len(), whole.served()), (2, 2));
        let part = report(&[Library::Ssl], &["SSL_read", "DTLSv1_listen"]);
        assert!(!part.is_whole());
        assert!(part.text(false).contains("DTLSv1_listen: fails with -1 (DTLS, SRTP)\n"));
        assert!(!part.text(false).contains("SSL_read"));
        assert!(part.text(true).contains("SSL_read: served\n"));
        assert_eq!(part.json()["whole"], false);
        assert_eq!(part.json()["functions"]["DTLSv1_listen"]["for"], "DTLS, SRTP");
        assert!(part.row().ends_with("\tlibssl.so.3\t2\tDTLSv1_listen\tDTLS, SRTP"), "{}", part.row());
    }

    #[test]
    fn functions_of_gnutls() {
        let both = [Library::Ssl, Library::Gnutls];
        assert!(report(&both, &["SSL_read", "gnutls_reauth", "gnutls_x509_crt_init"]).is_whole());
        assert!(!report(&both, &["SSL_read", "gnutls_srtp_set_profile"]).is_whole());
        assert!(
            report(&[Library::Gnutls], &["gnutls_reauth"]).text(false).starts_with("p: 1 functions of libgnutls, 1")
        );
    }

    #[test]
    fn this_very_test_needs_functions_of_others() {
        let names = undefined(&std::env::current_exe().unwrap()).unwrap();
        assert!(names.iter().any(|name| name == "malloc"), "{names:?}");
    }
}
