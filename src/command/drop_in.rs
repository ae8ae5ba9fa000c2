//! The drop-in libraries, and how they get into a program.

use std::env;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::Library;

impl Library {
    /// The shared library that programs are linked to.
    pub fn soname(self) -> &'static str {
        match self {
            Library::Ssl => "libssl.so.3",
            Library::Gnutls => "libgnutls.so.30",
        }
    }

    /// The file that stands in for it.
    fn file_name(self) -> &'static str {
        match self {
            Library::Ssl => "libstandin_ssl.so",
            Library::Gnutls => "libstandin_gnutls.so",
        }
    }
}

/// Where the drop-in for `library` is.
pub fn locate(library: Library) -> Result<PathBuf> {
    let name = library.file_name();
    let directories = match env::var_os("STANDIN_LIB_DIR") {
        Some(directory) if !directory.is_empty() => vec![PathBuf::from(directory)],
        _ => {
            let own = env::current_exe().context("cannot tell where the standin command is")?;
            let beside = own.parent().unwrap_or(Path::new("/")).to_owned();
            vec![beside.clone(), beside.join("../lib/standin")]
        }
    };
    let found = directories.iter().map(|directory| directory.join(name)).find(|path| path.is_file());
    let Some(path) = found else {
        let tried: Vec<_> = directories.iter().map(|directory| directory.display().to_string()).collect();
        bail!("{name} is not in {}; build it with `cargo build --release`, or set STANDIN_LIB_DIR", tried.join(" or "));
    };
    // The program may change its directory before it starts another one.
    let path = path.canonicalize().with_context(|| format!("cannot resolve {}", path.display()))?;
    if path.as_os_str().as_bytes().iter().any(|byte| b" :".contains(byte)) {
        bail!("{}: LD_PRELOAD cannot name a path with a space or a colon in it", path.display());
    }
    Ok(path)
}

/// `existing` with `drop_ins` in front.
pub fn preload(drop_ins: &[PathBuf], existing: Option<&OsStr>) -> OsString {
    let ours = drop_ins.iter().map(|path| path.as_os_str().as_bytes());
    let others = existing.unwrap_or_default().as_bytes().split(|byte| b" :".contains(byte));
    let others = others.filter(|other| !other.is_empty() && !ours.clone().any(|own| own == *other));
    OsStr::from_bytes(&ours.clone().chain(others).collect::<Vec<_>>().join(&b':')).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_drop_in_goes_first_and_once() {
        let preload = |existing: &str| preload(&["/d/x.so".into()], Some(OsStr::new(existing)));
        assert_eq!(super::preload(&["/d/x.so".into()], None), "/d/x.so");
        assert_eq!(preload(""), "/d/x.so");
        assert_eq!(preload("/a.so /b.so"), "/d/x.so:/a.so:/b.so");
        assert_eq!(preload("/a.so:/d/x.so"), "/d/x.so:/a.so");
    }

    #[test]
    fn two_drop_ins() {
        let both = ["/d/x.so".into(), "/d/y.so".into()];
        assert_eq!(preload(&both, Some(OsStr::new("/d/y.so:/a.so"))), "/d/x.so:/d/y.so:/a.so");
    }
}
