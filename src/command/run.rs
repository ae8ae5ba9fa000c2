//! `standin run`.

use std::env;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use anyhow::{Context, Error, Result, bail};

use standin_boundary::log::{self, Level};

use super::executable::Executable;
use super::program::NotRun;
use super::{Library, Run, drop_in, linker, program};

/// Becomes the program, with the drop-in in place; returns only if that fails.
pub fn run(run: &Run) -> Result<ExitCode> {
    // Unless told otherwise, the command warns; the drop-in is silent.
    let least = if run.trace { Level::Info } else { Level::Error };
    let level = Level::asked_for().map_err(Error::msg)?.unwrap_or(Level::Warn).max(least);
    log::print_up_to(level);
    let (name, args) = run.command.split_first().context("no program is named")?;
    let path = program::find(name)?;
    let executable = Executable::of(&path)?;
    let (libraries, why) = match run.library {
        Some(library) => (vec![library], "as asked"),
        None => choose(&executable, run.strict)?,
    };
    let mut drop_ins = Vec::new();
    for library in libraries {
        let drop_in = drop_in::locate(library)?;
        log::line(Level::Info, format_args!("{} stands in for {}: {why}", drop_in.display(), library.soname()));
        drop_ins.push(drop_in);
    }
    let preload = drop_in::preload(&drop_ins, env::var_os("LD_PRELOAD").as_deref());
    for other in &preload.others {
        let other = other.display();
        log::line(Level::Warn, format_args!("{other}, of another installation, is taken out of LD_PRELOAD"));
    }
    linker::must_preload(&executable, &drop_ins)?;
    let mut command = Command::new(&path);
    command.arg0(name).args(args).env("LD_PRELOAD", preload.value);
    if run.trace {
        command.env("STANDIN_LOG", level.name());
    }
    Err(NotRun::from_io(&path, &command.exec()).into())
}

/// The libraries to stand in for, and why those.
fn choose(executable: &Executable, strict: bool) -> Result<(Vec<Library>, &'static str)> {
    let linked = linker::libraries(executable)?;
    let used: Vec<_> = Library::ALL.into_iter().filter(|library| linked.contains(library.soname())).collect();
    if !used.is_empty() {
        return Ok((used, "the program is linked to it"));
    }
    let path = executable.path.display();
    let none = format!("neither {path} nor what it loads at start uses {}", Library::Ssl.soname());
    let none = format!("{none} or {}", Library::Gnutls.soname());
    if strict {
        bail!("{none}");
    }
    let ssl = Library::Ssl.soname();
    log::line(Level::Warn, format_args!("{none}; it may do so later, so the drop-in for {ssl} is put in place"));
    log::line(Level::Warn, format_args!("that for {} is put there by --library gnutls", Library::Gnutls.soname()));
    // It brings the original with it, which need not be there.
    Ok((vec![Library::Ssl], "the program may load it later"))
}
