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
        bail!(
            "{name} is not in {}: build it with `cargo build --release`, or say by STANDIN_LIB_DIR where it is",
            tried.join(" or ")
        );
    };
    // The program may change its directory before it starts another one.
    let path = path.canonicalize().with_context(|| format!("cannot resolve {}", path.display()))?;
    if path.as_os_str().as_bytes().iter().any(|byte| SEPARATORS.contains(byte)) {
        bail!("{}: LD_PRELOAD cannot name a path with a space or a colon in it", path.display());
    }
    Ok(path)
}

/// What stands between the paths in LD_PRELOAD.
const SEPARATORS: &[u8] = b" :";

/// What LD_PRELOAD is to be.
#[derive(Debug, PartialEq, Eq)]
pub struct Preload {
    /// Its new value: what was there already, with our drop-ins in front.
    pub value: OsString,
    /// Drop-ins of another installation, which would come in each other's way.
    pub others: Vec<PathBuf>,
}

/// `existing` with `drop_ins` in front, and without those of another installation.
pub fn preload(drop_ins: &[PathBuf], existing: Option<&OsStr>) -> Preload {
    let listed = existing.unwrap_or_default().as_bytes().split(|byte| SEPARATORS.contains(byte));
    let listed = listed.filter(|path| !path.is_empty()).map(|path| Path::new(OsStr::from_bytes(path)));
    let (others, kept): (Vec<_>, Vec<_>) =
        listed.filter(|path| drop_ins.iter().all(|own| own != path)).partition(|path| is_drop_in(path));
    let all: Vec<_> =
        drop_ins.iter().map(PathBuf::as_path).chain(kept).map(|path| path.as_os_str().as_bytes()).collect();
    Preload {
        value: OsStr::from_bytes(&all.join(&b':')).to_owned(),
        others: others.into_iter().map(Path::to_owned).collect(),
    }
}

fn is_drop_in(path: &Path) -> bool {
    Library::ALL.iter().any(|library| path.file_name() == Some(OsStr::new(library.file_name())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn preload(drop_ins: &[&str], existing: &str) -> (String, usize) {
        let drop_ins: Vec<_> = drop_ins.iter().map(PathBuf::from).collect();
        let preload = super::preload(&drop_ins, Some(OsStr::new(existing)));
        (preload.value.into_string().unwrap(), preload.others.len())
    }

    #[test]
    fn the_drop_in_goes_first_and_once() {
        assert_eq!(super::preload(&["/d/x.so".into()], None).value, "/d/x.so");
        assert_eq!(preload(&["/d/x.so"], ""), ("/d/x.so".into(), 0));
        assert_eq!(preload(&["/d/x.so"], "/a.so /b.so"), ("/d/x.so:/a.so:/b.so".into(), 0));
        assert_eq!(preload(&["/d/x.so"], "/a.so:/d/x.so"), ("/d/x.so:/a.so".into(), 0));
    }

    #[test]
    fn two_drop_ins() {
        assert_eq!(preload(&["/d/x.so", "/d/y.so"], "/d/y.so:/a.so"), ("/d/x.so:/d/y.so:/a.so".into(), 0));
    }

    #[test]
    fn those_of_another_installation_go() {
        let own = ["/d/libstandin_ssl.so"];
        let existing = "/e/libstandin_ssl.so:/a.so /e/libstandin_gnutls.so:/d/libstandin_ssl.so";
        assert_eq!(preload(&own, existing), ("/d/libstandin_ssl.so:/a.so".into(), 2));
    }
}
