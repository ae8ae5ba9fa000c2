//! Asking the dynamic linker which libraries a program would load.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use anyhow::{Context, Result, bail};

use super::executable::Executable;

/// The names (DT_NEEDED, direct and indirect) of the libraries that `executable` would be started with.
///
/// The linker itself is asked: its search order (RPATH, RUNPATH, LD_LIBRARY_PATH, the cache, hardware variants) is its
/// own business. `--list` runs no code of the program.
pub fn libraries(executable: &Executable) -> Result<BTreeSet<String>> {
    Ok(names(&listing(executable)?))
}

/// The same with the files that were found; those that are missing are not among them.
pub fn files(executable: &Executable) -> Result<BTreeMap<String, PathBuf>> {
    Ok(found(&listing(executable)?))
}

/// Fails unless the linker would load each of `drop_ins` into `executable`. When it would not (another architecture,
/// something that they need is missing), it says so and starts the program without: on the original.
pub fn must_preload(executable: &Executable, drop_ins: &[PathBuf]) -> Result<()> {
    for drop_in in drop_ins {
        // What is preloaded is listed with the path that it was given by.
        let output = list(executable, |command| command.env("LD_PRELOAD", drop_in))?;
        let listed = String::from_utf8_lossy(&output.stdout);
        let path = drop_in.to_string_lossy();
        if !listed.lines().any(|line| line.trim_start().strip_prefix(&*path).is_some_and(|rest| rest.starts_with(" (")))
        {
            let why = String::from_utf8_lossy(&output.stderr);
            let why = why.lines().find(|line| line.contains(&*path)).unwrap_or("it does not say why").trim();
            bail!("the dynamic linker does not load the drop-in into {}: {why}", executable.path.display());
        }
    }
    Ok(())
}

fn listing(executable: &Executable) -> Result<String> {
    // What is preloaded already is not what the program itself is linked to.
    let output = list(executable, |command| command.env_remove("LD_PRELOAD"))?;
    // A library that is missing makes it fail; the program will then say so itself.
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn list(executable: &Executable, environment: impl Fn(&mut Command) -> &mut Command) -> Result<Output> {
    let mut command = Command::new(&executable.linker);
    command.arg("--list").arg(&executable.path).stdin(Stdio::null());
    environment(&mut command)
        .output()
        .with_context(|| format!("cannot ask the dynamic linker {}", executable.linker.display()))
}

/// The lines that say where a library is: `name => path (address)`.
fn found(listing: &str) -> BTreeMap<String, PathBuf> {
    let found = listing.lines().filter_map(|line| line.trim().split_once(" => "));
    let found = found.filter_map(|(name, rest)| Some((name, rest.rsplit_once(" (")?.0)));
    found.map(|(name, path)| (name.rsplit('/').next().unwrap_or(name).to_owned(), path.into())).collect()
}

/// The first word of each line, without its directory.
fn names(listing: &str) -> BTreeSet<String> {
    listing
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .map(|name| name.rsplit('/').next().unwrap_or(name).to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_off_the_listing() {
        let listing = "\tlinux-vdso.so.1 (0x00007ffd)\n\tlibssl.so.3 => /opt/lib/libssl.so.3 (0x00007f2a)\n\
                       \tlibmissing.so.1 => not found\n\t/lib64/ld-linux-x86-64.so.2 (0x00007f2b)\n";
        let expected = ["linux-vdso.so.1", "libssl.so.3", "libmissing.so.1", "ld-linux-x86-64.so.2"];
        assert_eq!(names(listing), expected.map(String::from).into());
        assert_eq!(found(listing), [("libssl.so.3".to_owned(), "/opt/lib/libssl.so.3".into())].into());
    }
}
