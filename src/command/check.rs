//! `standin check`: which functions of libssl and libgnutls a program needs, and which of them are served.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use object::Endianness;
use object::elf::{FileHeader64, SHN_UNDEF, SHT_DYNSYM};
use object::read::elf::{FileHeader, Sym};
use serde_json::{Value, json};

use super::executable::Executable;
use super::{Check, Library, linker, program};

/// Every name of libssl.so.3 and of the session layer of libgnutls.so.30, and whether it is served or how it fails.
/// Functions for certificates and keys stay the original's of GnuTLS: they are not listed.
const FUNCTIONS: [&str; 2] =
    [include_str!("../libssl/abi/functions.tsv"), include_str!("../libgnutls/abi/functions.tsv")];
const SERVED: &str = "served";

/// What a program asks of the libraries: each function, with what becomes of it.
struct Report {
    program: String,
    uses: Vec<Library>,
    functions: BTreeMap<String, &'static str>,
}

/// Reports on each program; succeeds when each of them is served wholly.
pub fn check(check: &Check) -> Result<ExitCode> {
    let reports = check.programs.iter().map(Report::of).collect::<Result<Vec<_>>>()?;
    if check.json {
        let reports: Vec<_> = reports.iter().map(Report::json).collect();
        println!("{:#}", Value::from(reports));
    } else {
        for report in &reports {
            print!("{}", report.text(check.all));
        }
    }
    Ok(if reports.iter().all(Report::is_whole) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Report {
    fn of(name: &OsString) -> Result<Self> {
        let executable = Executable::of(&program::find(name)?)?;
        let mut files = linker::files(&executable)?;
        let uses: Vec<_> = Library::ALL.into_iter().filter(|library| files.contains_key(library.soname())).collect();
        files.retain(|file, _| Library::ALL.iter().all(|library| file != library.soname()));
        let mut functions = BTreeMap::new();
        for file in files.values().chain([&executable.path]) {
            for symbol in undefined(file).with_context(|| format!("cannot read {}", file.display()))? {
                functions.extend(fate(&symbol).map(|fate| (symbol, fate)));
            }
        }
        Ok(Report { program: name.to_string_lossy().into_owned(), uses, functions })
    }

    fn unserved(&self) -> impl Iterator<Item = (&str, &'static str)> {
        self.functions.iter().filter(|(_, fate)| **fate != SERVED).map(|(name, fate)| (name.as_str(), *fate))
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
        for (name, fate) in self.functions.iter().filter(|(_, fate)| all || **fate != SERVED) {
            text += &format!("  {name}: {fate}\n");
        }
        text + &format!("  {}\n", self.verdict())
    }

    fn served(&self) -> usize {
        self.functions.len() - self.unserved().count()
    }

    fn json(&self) -> Value {
        json!({
            "program": self.program,
            "libraries": self.uses.iter().map(|library| library.soname()).collect::<Vec<_>>(),
            "functions": self.functions,
            "needed": self.functions.len(),
            "served": self.served(),
            "whole": self.is_whole(),
            "verdict": self.verdict(),
        })
    }
}

/// What becomes of a function; `None` for a name of anybody else.
fn fate(symbol: &str) -> Option<&'static str> {
    let mut rows = FUNCTIONS.iter().flat_map(|table| table.lines()).filter_map(|line| line.split_once('\t'));
    rows.find_map(|(name, fate)| (name == symbol).then_some(fate))
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
        let functions = functions.iter().filter_map(|name| Some(((*name).to_owned(), fate(name)?))).collect();
        Report { program: "p".into(), uses: uses.to_vec(), functions }
    }

    #[test]
    fn one_function_that_fails_is_named() {
        let whole = report(&[Library::Ssl], &["SSL_read", "SSL_write", "malloc"]);
        assert!(whole.is_whole());
        assert_eq!((whole.functions.len(), whole.served()), (2, 2));
        let part = report(&[Library::Ssl], &["SSL_read", "DTLSv1_listen"]);
        assert!(!part.is_whole());
        assert!(part.text(false).contains("DTLSv1_listen: fails with -1\n"));
        assert!(!part.text(false).contains("SSL_read"));
        assert!(part.text(true).contains("SSL_read: served\n"));
        assert_eq!(part.json()["whole"], false);
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
