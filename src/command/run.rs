//! `standin run`.

use std::env;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use standin_boundary::log::{self, Level};

use super::executable::Executable;
use super::program::NotRun;
use super::{Library, Run, drop_in, linker, program};

/// Becomes the program, with the drop-in in place; returns only if that fails.
pub fn run(run: &Run) -> Result<ExitCode> {
    let (name, args) = run.command.split_first().context("no program is named")?;
    let path = program::find(name)?;
    let executable = Executable::of(&path)?;
    let (library, why) = match run.library {
        Some(library) => (library, "as asked"),
        None => choose(&executable)?,
    };
    let drop_in = drop_in::locate(library)?;
    log::line(Level::Info, format_args!("{} stands in for {}: {why}", drop_in.display(), library.soname()));
    let preload = drop_in::preload(&drop_in, env::var_os("LD_PRELOAD").as_deref());
    let error = Command::new(&path).arg0(name).args(args).env("LD_PRELOAD", preload).exec();
    Err(NotRun::from_io(&path, &error).into())
}

/// The library to stand in for, and why that one.
fn choose(executable: &Executable) -> Result<(Library, &'static str)> {
    let libraries = linker::libraries(executable)?;
    let uses = |library: Library| libraries.contains(library.soname());
    match (uses(Library::Ssl), uses(Library::Gnutls)) {
        (true, _) => Ok((Library::Ssl, "the program is linked to it")),
        (false, false) => {
            let path = executable.path.display();
            log::line(Level::Warn, format_args!("{path} is linked to no TLS library that Standin knows"));
            Ok((Library::Ssl, "the program may load it later"))
        }
        (false, true) => bail!(
            "{} does its TLS with GnuTLS, and the stand-in for that does not exist yet \
             (--library ssl runs it all the same, with its use of GnuTLS as it was)",
            executable.path.display()
        ),
    }
}
