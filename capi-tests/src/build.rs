//! What must be built before a program can run: the drop-in, the certificates, the program.

use crate::{here, library::Library, scratch, target, tools};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
    time::SystemTime,
};

/// The drop-in for libssl, built by cargo now, so that a stale one is never tested.
pub fn drop_in() -> &'static Path {
    drop_in_for(Library::Ssl)
}

/// The drop-in for `library`.
pub fn drop_in_for(library: Library) -> &'static Path {
    static BUILT: [OnceLock<PathBuf>; 2] = [OnceLock::new(), OnceLock::new()];
    BUILT[library as usize].get_or_init(|| cargo_build(library.file()))
}

/// What is installed, always built together: with another choice of packages cargo has other features, and would build
/// them again each time.
const PACKAGES: [&str; 3] = ["standin", "standin-libssl", "standin-libgnutls"];

fn cargo_build(library: &str) -> PathBuf {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet"]).args(PACKAGES.map(|package| format!("--package={package}")));
    cargo.current_dir(here()).env("CARGO_TARGET_DIR", target());
    let profile = if cfg!(debug_assertions) { "debug" } else { "release" };
    if profile == "release" {
        cargo.arg("--release");
    }
    // What cargo tells a test about its own package must not reach the build of another.
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("CARGO_PKG_")) {
        cargo.env_remove(name);
    }
    expect_success(&mut cargo, "cargo build");
    let library = target().join(profile).join(library);
    library.canonicalize().unwrap_or_else(|_| panic!("cargo built no {}", library.display()))
}

/// The directory of `libstandin.so` and `libstandin.a`, built by cargo now, for programs that are linked with it alone.
pub fn standalone() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let built = cargo_build("libstandin.so");
        let dir = scratch().join("standalone");
        let _one = Lock::take("standalone");
        fs::create_dir_all(&dir).unwrap();
        let static_library = built.with_extension("a");
        for (link, to) in [
            ("libstandin.so.0", built.as_path()),
            ("libstandin.so", built.as_path()),
            ("libstandin.a", static_library.as_path()),
        ] {
            let link = dir.join(link);
            if fs::read_link(&link).ok().as_deref() != Some(to) {
                let _ = fs::remove_file(&link);
                std::os::unix::fs::symlink(to, &link).unwrap();
            }
        }
        dir
    })
}

/// The headers that stand in for OpenSSL's and GnuTLS's.
pub fn include() -> PathBuf {
    here().join("../include").canonicalize().expect("include/ is committed")
}

/// A program that was compiled against our headers and is linked with our library alone.
pub fn compile_alone(source: &Path, name: &str) -> Result<PathBuf, String> {
    let file = format!("{name}.alone");
    let _one = Lock::take(&file);
    let program = scratch().join(file);
    let library = standalone();
    tools::need(&["cc"]);
    let mut cc = Command::new("cc");
    cc.args(["-g", "-Wall", "-Wextra", "-Werror", "-Wno-unused-function", "-Wno-deprecated-declarations"]);
    cc.arg("-I").arg(include()).arg(source).arg("-o").arg(&program);
    cc.arg("-L").arg(library).args(["-lstandin", "-lpthread"]);
    let output = cc.output().expect("cc runs");
    if output.status.success() { Ok(program) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

/// The C program of that name for `library` with the static library inside.
pub fn program_static(library: Library, name: &str) -> PathBuf {
    let file = format!("{}-{name}.static", library.folder());
    let _one = Lock::take(&file);
    let program = scratch().join(file);
    let mut cc = Command::new("cc");
    cc.arg("-Wno-deprecated-declarations").arg("-I").arg(include()).arg(source(library, name)).arg("-o").arg(&program);
    cc.arg(standalone().join("libstandin.a")).args(["-lpthread", "-ldl", "-lm"]);
    expect_success(&mut cc, &format!("cc {name} with libstandin.a"));
    program
}

/// A command that runs such a program.
pub fn on_library_alone(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_remove("LD_PRELOAD").env("LD_LIBRARY_PATH", standalone()).env("EXPECT_STANDIN", "1");
    command
}

/// The directory of test certificates, made once by `certs.c` on the original.
pub fn certs() -> &'static Path {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    MADE.get_or_init(|| made_by("certs"))
}

/// The directory of certificates that are right and wrong in many ways, made once by `corpus.c` on the original.
pub fn corpus() -> &'static Path {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    MADE.get_or_init(|| made_by("corpus"))
}

/// The directory of OCSP responses, made once by `responses.c` on the original.
pub fn responses() -> &'static Path {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    MADE.get_or_init(|| made_by("responses"))
}

fn made_by(name: &str) -> PathBuf {
    let source = here().join(format!("{name}.c"));
    let dir = scratch().join(name);
    let _one = Lock::take(name);
    let program = compile_to(&source, &scratch().join(format!("make-{name}")), &["-Wno-override-init"], Library::Ssl);
    let done = dir.join("done");
    if newest(&[&program]) > modified(&done) {
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(&dir).unwrap();
        expect_success(Command::new(&program).arg(&dir), &format!("making the {name}"));
        fs::write(&done, "").unwrap();
    }
    dir
}

/// The program of this name as an executable that is linked to the original.
pub fn program(name: &str) -> PathBuf {
    program_for(Library::Ssl, name)
}

/// The C program of that name for `library`, linked to the original.
pub fn program_for(library: Library, name: &str) -> PathBuf {
    let file = match library {
        Library::Ssl => name.to_owned(),
        Library::Gnutls => format!("{}-{name}", library.folder()),
    };
    let _one = Lock::take(&file);
    compile_to(&source(library, name), &scratch().join(file), &[], library)
}

/// The same with AddressSanitizer.
pub fn program_with_asan(library: Library, name: &str) -> PathBuf {
    let file = format!("{}-{name}.asan", library.folder());
    let _one = Lock::take(&file);
    compile_to(&source(library, name), &scratch().join(file), ASAN_FLAGS, library)
}

pub const ASAN_FLAGS: &[&str] =
    &["-fsanitize=address,undefined", "-fno-sanitize-recover=undefined", "-fno-omit-frame-pointer"];

/// A command that runs `program` on the drop-in found as `libssl.so.3`, without preloading, which
/// AddressSanitizer does not like.
pub fn on_drop_in_directly(program: &Path) -> Command {
    let dir = scratch().join("lib");
    let link = dir.join("libssl.so.3");
    {
        let _one = Lock::take("lib");
        fs::create_dir_all(&dir).unwrap();
        // Another program may be starting by it just now.
        if fs::read_link(&link).ok().as_deref() != Some(drop_in()) {
            let _ = fs::remove_file(&link);
            std::os::unix::fs::symlink(drop_in(), &link).unwrap();
        }
    }
    let mut command = Command::new(program);
    command.env_remove("LD_PRELOAD").env("LD_LIBRARY_PATH", &dir).env("EXPECT_STANDIN", "1");
    command
}

/// A command that runs `program`, made with AddressSanitizer, on the drop-in for libgnutls, which has to be preloaded: it
/// calls the library that it stands in for. What AddressSanitizer does not like about that is told to it.
pub fn on_drop_in_behind_asan(program: &Path) -> Command {
    let output = Command::new("cc").arg("-print-file-name=libasan.so").output().expect("cc runs");
    let asan = String::from_utf8(output.stdout).expect("a path");
    let mut command = Command::new(program);
    command.env("LD_PRELOAD", format!("{}:{}", asan.trim(), drop_in_for(Library::Gnutls).display()));
    command.env("EXPECT_STANDIN", "1");
    command
}

/// Any other C program, as `name`.
pub fn compile(source: &Path, name: &str, flags: &[&str]) -> PathBuf {
    let _one = Lock::take(name);
    compile_to(source, &scratch().join(name), flags, Library::Ssl)
}

/// Any other C program for `library`, as `name`.
pub fn compile_for(library: Library, source: &Path, name: &str) -> PathBuf {
    let _one = Lock::take(name);
    compile_to(source, &scratch().join(name), &[], library)
}

pub fn source(library: Library, name: &str) -> PathBuf {
    here().join(library.folder()).join(format!("{name}.c"))
}

fn compile_to(source: &Path, program: &Path, flags: &[&str], library: Library) -> PathBuf {
    let headers: Vec<PathBuf> = fs::read_dir(source.parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "h"))
        .collect();
    let mut inputs: Vec<&Path> = headers.iter().map(PathBuf::as_path).collect();
    inputs.push(source);
    if newest(&inputs) > modified(program) {
        tools::need(&["cc"]);
        let mut cc = Command::new("cc");
        cc.args(["-g", "-Wall", "-Wextra", "-Werror", "-Wno-unused-function", "-Wno-deprecated-declarations"]);
        cc.args(flags).arg(source).arg("-o").arg(program).args(library.links());
        expect_success(&mut cc, &format!("cc {}", source.display()));
    }
    program.to_owned()
}

fn modified(path: &Path) -> SystemTime {
    fs::metadata(path).and_then(|data| data.modified()).unwrap_or(SystemTime::UNIX_EPOCH)
}

fn newest(paths: &[&Path]) -> SystemTime {
    paths.iter().map(|path| modified(path)).max().unwrap_or(SystemTime::UNIX_EPOCH)
}

fn expect_success(command: &mut Command, what: &str) {
    let output = command.output().unwrap_or_else(|error| panic!("{what}: {error}"));
    if !output.status.success() {
        panic!("{what}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr));
    }
}

/// Two test binaries may run at once: whoever holds the file makes the thing.
struct Lock(#[allow(dead_code)] fs::File);

impl Lock {
    fn take(name: &str) -> Self {
        let file = fs::File::create(scratch().join(format!("{name}.lock"))).expect("scratch is writable");
        file.lock().expect("locks work here");
        Self(file)
    }
}
