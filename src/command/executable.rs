//! What a file is to the dynamic linker: whether it would heed LD_PRELOAD.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::Read;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use object::Endianness;
use object::elf::{DF_1_PIE, DT_FLAGS_1, ELFDATA2LSB, ELFDATA2MSB, ET_DYN, FileHeader64, PT_INTERP};
use object::read::elf::{FileHeader, ProgramHeader};

use super::program::{self, NotRun};

/// How many interpreters may stand one behind another; the kernel allows as many (`BINPRM_MAX_RECURSION`).
const DEEPEST: usize = 5;

/// An executable that the dynamic linker starts.
#[derive(Debug, PartialEq, Eq)]
pub struct Executable {
    /// The ELF file: the program itself, or the interpreter that runs the script.
    pub path: PathBuf,
    /// Its dynamic linker (PT_INTERP).
    pub linker: PathBuf,
}

impl Executable {
    /// Looks at `path`, following the #! lines of scripts, and refuses what LD_PRELOAD does not reach.
    pub fn of(path: &Path) -> Result<Self> {
        let mut path = path.to_owned();
        for _ in 0..DEEPEST {
            let head = head(&path)?;
            if let Some(line) = head.strip_prefix(b"#!") {
                path = interpreter(line)
                    .ok_or_else(|| NotRun::NotExecutable(path.clone(), "its #! line names no interpreter".into()))??;
                continue;
            }
            refuse_privileged(&path)?;
            let linker = linker(&path)?;
            return Ok(Executable { path, linker });
        }
        Err(NotRun::NotExecutable(path, "too many interpreters, one behind another".into()).into())
    }
}

impl Executable {
    /// A library or module, which the dynamic linker loads into a program; `None` if `path` is none, or for another
    /// machine.
    pub fn module(path: &Path) -> Option<Self> {
        let data = fs::read(path).ok()?;
        let header = FileHeader64::<Endianness>::parse(&*data).ok()?;
        let endian = header.endian().ok()?;
        if header.e_type(endian) != ET_DYN || header.e_machine(endian) != own_machine() {
            return None;
        }
        let headers = header.program_headers(endian, &*data).ok()?;
        // Programs have an interpreter, or are static and say that they are programs.
        if headers.iter().any(|header| header.p_type(endian) == PT_INTERP) {
            return None;
        }
        let mut entries = headers.iter().filter_map(|header| header.dynamic(endian, &*data).ok().flatten()).flatten();
        let is_program =
            entries.any(|entry| entry.d_tag.get(endian) == DT_FLAGS_1 && entry.d_val.get(endian) & DF_1_PIE.0 != 0);
        // The linker that has loaded this very program.
        let own = std::env::current_exe().ok()?;
        if is_program { None } else { Some(Executable { path: path.to_owned(), linker: linker(&own).ok()? }) }
    }
}

/// The start of a file: as much of a #! line as the kernel heeds.
fn head(path: &Path) -> Result<Vec<u8>, NotRun> {
    let mut head = Vec::new();
    File::open(path)
        .and_then(|file| file.take(256).read_to_end(&mut head))
        .map_err(|error| NotRun::from_io(path, &error))?;
    Ok(head)
}

/// The interpreter that a #! line names; for `env` the program that it will start.
fn interpreter(line: &[u8]) -> Option<Result<PathBuf, NotRun>> {
    let line = line.split(|&byte| byte == b'\n').next()?;
    let mut words = line.split(|byte| b" \t\r".contains(byte)).filter(|word| !word.is_empty());
    let interpreter = PathBuf::from(OsStr::from_bytes(words.next()?));
    if interpreter.file_name() == Some(OsStr::new("env")) {
        let named = words.find(|word| !word.starts_with(b"-") && !word.contains(&b'='));
        if let Some(name) = named {
            return Some(program::find(OsStr::from_bytes(name)));
        }
    }
    Some(Ok(interpreter))
}

/// The dynamic linker ignores LD_PRELOAD when a program gains privileges by being executed.
fn refuse_privileged(path: &Path) -> Result<()> {
    let metadata = fs::metadata(path).map_err(|error| NotRun::from_io(path, &error))?;
    let (user, group) = (rustix::process::getuid().as_raw(), rustix::process::getgid().as_raw());
    let mut probe = [0; 64];
    let has_capabilities = rustix::fs::getxattr(path, "security.capability", &mut probe).is_ok();
    let why = match gained(metadata.mode(), metadata.uid() == user, metadata.gid() == group) {
        Some(why) => why,
        None if has_capabilities && user != 0 => "has file capabilities",
        None => return Ok(()),
    };
    bail!("{} {why}: the dynamic linker ignores LD_PRELOAD for it, so nothing can stand in", path.display())
}

/// Which privilege the mode bits give to a user who is (or is not) the owner and in the group.
fn gained(mode: u32, owner: bool, in_group: bool) -> Option<&'static str> {
    if mode & 0o4000 != 0 && !owner {
        return Some("is a set-user-ID program");
    }
    // Without group execution the bit means mandatory locking, not a change of group.
    if mode & 0o2010 == 0o2010 && !in_group {
        return Some("is a set-group-ID program");
    }
    None
}

/// The dynamic linker that an ELF file asks for.
fn linker(path: &Path) -> Result<PathBuf> {
    let data = fs::read(path).map_err(|error| NotRun::from_io(path, &error))?;
    if !data.starts_with(b"\x7fELF") {
        let why = "neither an ELF file nor a script with a #! line";
        return Err(NotRun::NotExecutable(path.into(), why.into()).into());
    }
    let own_endian = if cfg!(target_endian = "little") { ELFDATA2LSB } else { ELFDATA2MSB };
    let foreign = || anyhow::anyhow!("{} is a program for another architecture", path.display());
    let header = FileHeader64::<Endianness>::parse(&*data).map_err(|_| foreign())?;
    let endian = header.endian().map_err(|_| foreign())?;
    if header.e_ident().data != own_endian || header.e_machine(endian) != own_machine() {
        return Err(foreign());
    }
    let headers = header
        .program_headers(endian, &*data)
        .map_err(|error| NotRun::NotExecutable(path.into(), error.to_string()))?;
    let linker = headers
        .iter()
        .find(|header| header.p_type(endian) == PT_INTERP)
        .and_then(|header| header.data(endian, &*data).ok())
        .map(|bytes| OsString::from_vec(bytes.split(|&byte| byte == 0).next().unwrap_or_default().to_vec()));
    match linker {
        None => bail!("{} is linked statically: it carries its TLS library, nothing can stand in", path.display()),
        Some(linker) if Path::new(&linker).file_name().is_some_and(|name| name.as_bytes().starts_with(b"ld-musl")) => {
            bail!("{} is a program for the musl C library; the drop-in is for glibc", path.display())
        }
        Some(linker) => Ok(linker.into()),
    }
}

fn own_machine() -> object::elf::Machine {
    if cfg!(target_arch = "aarch64") { object::elf::EM_AARCH64 } else { object::elf::EM_X86_64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn privileges_are_gained_only_from_others() {
        assert_eq!(gained(0o755, false, false), None);
        assert_eq!(gained(0o4755, true, false), None);
        assert!(gained(0o4755, false, true).is_some());
        assert!(gained(0o2755, true, false).is_some());
        assert_eq!(gained(0o2755, true, true), None);
        assert_eq!(gained(0o2745, true, false), None);
    }

    #[test]
    fn interpreters_of_scripts() {
        let named = |line: &str| interpreter(line.as_bytes()).map(|found| found.unwrap());
        assert_eq!(named("/bin/sh\necho"), Some("/bin/sh".into()));
        assert_eq!(named(" /bin/sh -e\n"), Some("/bin/sh".into()));
        assert_eq!(named("\necho"), None);
        let shell = program::find(OsStr::new("sh")).unwrap();
        assert_eq!(named("/usr/bin/env sh\n"), Some(shell.clone()));
        assert_eq!(named("/usr/bin/env -S A=b sh -e\n"), Some(shell));
        assert_eq!(named("/usr/bin/env\n"), Some("/usr/bin/env".into()));
    }

    #[test]
    fn this_very_test_is_dynamic() {
        let own = std::env::current_exe().unwrap();
        let executable = Executable::of(&own).unwrap();
        assert_eq!(executable.path, own);
        assert!(executable.linker.exists());
    }
}
