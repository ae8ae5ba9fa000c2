//! Which of Debian's packages a file came with.

use std::path::Path;
use std::process::{Command, Stdio};

/// The package and its version; `None` if dpkg does not know the file, or there is no dpkg.
pub fn of(path: &Path) -> Option<(String, String)> {
    let real = path.canonicalize().ok()?;
    // Where /bin is a link to /usr/bin, a package may have registered either.
    let merged = real.strip_prefix("/usr").ok().map(|rest| Path::new("/").join(rest));
    let owner = [Some(real), merged].into_iter().flatten().find_map(|path| {
        let found = ask("dpkg-query", &["--search".as_ref(), path.as_os_str()])?;
        Some(found.split_once(": ")?.0.split(',').next()?.trim().to_owned())
    })?;
    let format = "--showformat=${Version}";
    let version = ask("dpkg-query", &["--show".as_ref(), format.as_ref(), owner.as_ref()])?;
    let name = owner.split(':').next().unwrap_or(&owner).to_owned();
    Some((name, version))
}

fn ask(program: &str, arguments: &[&std::ffi::OsStr]) -> Option<String> {
    let output = Command::new(program).args(arguments).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}
