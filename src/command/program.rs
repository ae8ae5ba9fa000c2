//! Finding the program that is to run.

use std::env;
use std::ffi::OsStr;
use std::fmt;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use rustix::fs::{Access, access};

/// The program could not be started, for a reason that has an exit status of its own (POSIX, `env` and `nice`).
#[derive(Debug, PartialEq, Eq)]
pub enum NotRun {
    /// No such program.
    NotFound(PathBuf),
    /// It exists but cannot be executed.
    NotExecutable(PathBuf, String),
}

impl NotRun {
    /// What a shell would exit with.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            NotRun::NotFound(_) => ExitCode::from(127),
            NotRun::NotExecutable(..) => ExitCode::from(126),
        }
    }

    /// From what the system said about `path`.
    pub fn from_io(path: &Path, error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => NotRun::NotFound(path.to_owned()),
            _ => NotRun::NotExecutable(path.to_owned(), error.to_string()),
        }
    }
}

impl fmt::Display for NotRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotRun::NotFound(path) if path.as_os_str().is_empty() => f.write_str("the name of the program is empty"),
            NotRun::NotFound(path) if path.as_os_str().as_bytes().contains(&b'/') => {
                write!(f, "{}: no such file", path.display())
            }
            NotRun::NotFound(name) => write!(f, "{}: not found in PATH", name.display()),
            NotRun::NotExecutable(path, why) => write!(f, "{}: cannot be executed: {why}", path.display()),
        }
    }
}

impl std::error::Error for NotRun {}

/// The file that `name` means: itself if there is a slash in it, else the first executable of that name in PATH.
pub fn find(name: &OsStr) -> Result<PathBuf, NotRun> {
    find_in(name, &env::var_os("PATH").unwrap_or_else(|| "/bin:/usr/bin".into()))
}

fn find_in(name: &OsStr, path: &OsStr) -> Result<PathBuf, NotRun> {
    if name.as_bytes().contains(&b'/') {
        return check(Path::new(name)).map(|()| name.into());
    }
    let mut failure = NotRun::NotFound(name.into());
    if name.is_empty() {
        return Err(failure);
    }
    for directory in env::split_paths(path) {
        // An empty element means the current directory; "./" keeps the name from being looked up again.
        let directory = if directory.as_os_str().is_empty() { Path::new(".").into() } else { directory };
        let candidate = directory.join(name);
        match check(&candidate) {
            Ok(()) => return Ok(candidate),
            Err(NotRun::NotFound(_)) => {}
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

fn check(path: &Path) -> Result<(), NotRun> {
    let metadata = path.metadata().map_err(|error| NotRun::from_io(path, &error))?;
    if !metadata.is_file() {
        return Err(NotRun::NotExecutable(path.into(), "not a regular file".into()));
    }
    access(path, Access::EXEC_OK).map_err(|error| NotRun::from_io(path, &error.into()))
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn file(path: &Path, mode: u32) {
        fs::write(path, "").unwrap();
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn the_first_executable_in_path_wins() {
        let home = tempfile::tempdir().unwrap();
        let [first, second] = ["first", "second"].map(|name| home.path().join(name));
        for directory in [&first, &second] {
            fs::create_dir(directory).unwrap();
        }
        file(&first.join("tool"), 0o644);
        file(&second.join("tool"), 0o755);
        let path = env::join_paths([&first, &second]).unwrap();
        assert_eq!(find_in(OsStr::new("tool"), &path), Ok(second.join("tool")));
        let only_first = env::join_paths([&first]).unwrap();
        assert!(matches!(find_in(OsStr::new("tool"), &only_first), Err(NotRun::NotExecutable(..))));
        assert_eq!(find_in(OsStr::new("other"), &path), Err(NotRun::NotFound("other".into())));
        assert_eq!(find_in(OsStr::new(""), &path), Err(NotRun::NotFound("".into())));
    }

    #[test]
    fn a_directory_is_no_program() {
        let home = tempfile::tempdir().unwrap();
        assert!(matches!(find_in(home.path().as_os_str(), OsStr::new("")), Err(NotRun::NotExecutable(..))));
    }
}
