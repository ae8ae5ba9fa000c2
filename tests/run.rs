//! `standin run`, with small C programs, and with a drop-in that only says that it is there.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

const HERE: &str = "drop-in here\n";
const DROP_IN: &str = r#"
    #include <unistd.h>
    __attribute__((constructor)) static void here(void) { if (write(2, "drop-in here\n", 13) < 0) _exit(99); }"#;

/// A directory with the stand-in for the stand-in and whatever a test builds.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let place = Place(tempfile::tempdir().unwrap());
        place.compile("libstandin_ssl.so", DROP_IN, &["-shared", "-fPIC"]);
        place.compile("libstandin_gnutls.so", &DROP_IN.replace("drop-in here", "drop-in of G"), &["-shared", "-fPIC"]);
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        fs::write(self.path(name), text).unwrap();
        fs::set_permissions(self.path(name), Permissions::from_mode(0o755)).unwrap();
        self.path(name)
    }

    fn compile(&self, name: &str, source: &str, flags: &[&str]) -> PathBuf {
        let source = self.write(&format!("{name}.c"), source);
        let status =
            Command::new("cc").args([Path::new("-o"), &self.path(name), &source]).args(flags).status().unwrap();
        assert!(status.success(), "cc {name}");
        self.path(name)
    }

    /// A library with nothing in it that goes by the name of `soname`, and a program linked to it.
    fn linked_to(&self, soname: &str) -> PathBuf {
        let name = soname.strip_prefix("lib").unwrap().split('.').next().unwrap();
        let soname_flag = format!("-Wl,-soname,{soname}");
        self.compile(soname, "int nothing;", &["-shared", "-fPIC", &soname_flag]);
        let (file, home) = (format!("-l:{soname}"), self.0.path().to_str().unwrap());
        let (search, rpath) = (format!("-L{home}"), format!("-Wl,-rpath,{home}"));
        let flags = ["-Wl,--no-as-needed", &search, &rpath, &file];
        self.compile(&format!("uses-{name}"), "int main(void) { return 0; }", &flags)
    }

    fn standin(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_standin"));
        // Most programs here use no TLS, which is not what is tested.
        command.env("STANDIN_LIB_DIR", self.0.path()).env_remove("LD_PRELOAD").env("STANDIN_LOG", "error").arg("run");
        command
    }

    fn run(&self, args: &[&Path]) -> Output {
        self.standin().args(args).output().unwrap()
    }
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// `standin` refused, with this exit status and something like this to say.
fn assert_refused(output: &Output, status: i32, words: &str) {
    assert_eq!(output.status.code(), Some(status), "{output:?}");
    assert!(stderr(output).starts_with("standin: ") && stderr(output).contains(words), "{output:?}");
}

#[test]
fn exit_status_arguments_and_name_are_the_programs_own() {
    let place = Place::new();
    let source = r#"
        #include <stdio.h>
        int main(int argc, char **argv) {
            for (int i = 1; i < argc; i++) puts(argv[i]);
            return argc == 4 ? 42 : 1;
        }"#;
    let program = place.compile("program", source, &[]);
    let output = place.run(&[&program, Path::new("--help"), Path::new("two words"), Path::new("--library=ssl")]);
    assert_eq!(output.status.code(), Some(42), "{output:?}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "--help\ntwo words\n--library=ssl\n");
    assert_eq!(stderr(&output), HERE);
}

#[test]
fn a_signal_that_ends_the_program_ends_the_command() {
    let place = Place::new();
    let program = place.compile("program", "#include <signal.h>\nint main(void) { return raise(SIGTERM); }", &[]);
    assert_eq!(place.run(&[&program]).status.signal(), Some(15));
}

#[test]
fn names_are_looked_up_in_path() {
    let place = Place::new();
    place.compile("some-program", "int main(void) { return 7; }", &[]);
    let output = place.standin().env("PATH", place.0.path()).arg("some-program").output().unwrap();
    assert_eq!(output.status.code(), Some(7), "{output:?}");
    assert_refused(&place.run(&[Path::new("no-such-program-anywhere")]), 127, "not found in PATH");
    assert_refused(&place.run(&[&place.path("missing")]), 127, "no such file");
}

#[test]
fn what_cannot_be_executed_is_said() {
    let place = Place::new();
    let text = place.write("text", "just text\n");
    assert_refused(&place.run(&[&text]), 126, "neither an ELF file nor a script");
    fs::set_permissions(&text, Permissions::from_mode(0o644)).unwrap();
    assert_refused(&place.run(&[&text]), 126, "cannot be executed");
    assert_refused(&place.run(&[place.0.path()]), 126, "not a regular file");
    let cut = place.write("cut", "\x7fELF");
    assert_refused(&place.run(&[&cut]), 125, "another architecture");
    let looped = place.path("loop");
    place.write("loop", &format!("#!{}\n", looped.display()));
    assert_refused(&place.run(&[&looped]), 126, "too many interpreters");
}

#[test]
fn a_static_program_is_refused() {
    let place = Place::new();
    let program = place.compile("program", "int main(void) { return 0; }", &["-static"]);
    assert_refused(&place.run(&[&program]), 125, "linked statically");
    let program = place.compile("pie", "int main(void) { return 0; }", &["-static-pie"]);
    assert_refused(&place.run(&[&program]), 125, "linked statically");
}

#[test]
fn a_set_user_id_program_is_refused() {
    let place = Place::new();
    let program = place.compile("program", "int main(void) { return 0; }", &[]);
    let mode = |mode| fs::set_permissions(&program, Permissions::from_mode(mode)).unwrap();
    mode(0o4755);
    // One's own set-user-ID program gains nothing, and LD_PRELOAD works.
    assert_eq!(stderr(&place.run(&[&program])), HERE);
    if chown(&program, Some(65534), Some(65534)).is_err() {
        eprintln!("not root: cannot make a program that belongs to somebody else");
        return;
    }
    mode(0o4755);
    assert_refused(&place.run(&[&program]), 125, "set-user-ID");
    mode(0o2755);
    assert_refused(&place.run(&[&program]), 125, "set-group-ID");
}

#[test]
fn libssl_is_found_behind_another_library() {
    let place = Place::new();
    place.linked_to("libssl.so.3");
    let home = place.0.path().to_str().unwrap();
    let (search, rpath) = (format!("-L{home}"), format!("-Wl,-rpath,{home}"));
    let middle = ["-shared", "-fPIC", "-Wl,--no-as-needed", &search, &rpath, "-l:libssl.so.3"];
    place.compile("libmiddle.so", "int middle;", &middle);
    let flags = ["-Wl,--no-as-needed", &search, &rpath, "-l:libmiddle.so"];
    let program = place.compile("program", "int main(void) { return 0; }", &flags);
    let output = place.standin().env("STANDIN_LOG", "info").arg(&program).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(stderr(&output).contains("stands in for libssl.so.3: the program is linked to it"), "{output:?}");
    assert!(stderr(&output).ends_with(HERE), "{output:?}");
}

#[test]
fn scripts_are_judged_by_their_interpreter() {
    let place = Place::new();
    let program = place.linked_to("libssl.so.3");
    let script = place.write("script", &format!("#!{} -x\n", program.display()));
    let output = place.standin().env("STANDIN_LOG", "info").arg(&script).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(stderr(&output).contains("the program is linked to it"), "{output:?}");
}

#[test]
fn a_program_without_tls_may_load_it_later() {
    let place = Place::new();
    let program = place.compile("program", "int main(void) { return 0; }", &[]);
    assert_eq!(stderr(&place.run(&[&program])), HERE);
    let unset = place.standin().env_remove("STANDIN_LOG").arg(&program).output().unwrap();
    let warned = place.standin().env("STANDIN_LOG", "warn").arg(&program).output().unwrap();
    for output in [unset, warned] {
        let said = stderr(&output);
        assert!(said.contains("warn: neither") && said.contains("it may do so later"), "{output:?}");
        assert!(said.ends_with(HERE) && output.status.success(), "{output:?}");
    }
    let sure = place.standin().env_remove("STANDIN_LOG").args(["--library", "ssl"]).arg(&program).output().unwrap();
    assert_eq!(stderr(&sure), HERE);
    let strict = place.standin().arg("--strict").arg(&program).output().unwrap();
    assert_refused(&strict, 125, "nor what it loads at start uses libssl.so.3 or libgnutls.so.30");
    let linked = place.linked_to("libssl.so.3");
    let strict = place.standin().arg("--strict").arg(&linked).output().unwrap();
    assert_eq!((strict.status.code(), stderr(&strict).as_str()), (Some(0), HERE));
}

#[test]
fn levels_and_names_that_are_none() {
    let place = Place::new();
    let program = place.linked_to("libssl.so.3");
    let output = place.standin().env("STANDIN_LOG", "loud").arg(&program).output().unwrap();
    assert_refused(&output, 125, "no level \"loud\"; the levels are error, warn, info, debug, trace");
    let output = place.standin().env("STANDIN_LOG", "").arg(&program).output().unwrap();
    assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), HERE));
    assert_refused(&place.run(&[Path::new("")]), 127, "the name of the program is empty");
}

#[test]
fn tracing_is_told_to_the_drop_in() {
    let place = Place::new();
    let program = place.linked_to("libssl.so.3");
    let speaks =
        DROP_IN.replace("write(2, \"drop-in here\\n\", 13)", "dprintf(2, \"level %s\\n\", getenv(\"STANDIN_LOG\"))");
    let speaks = format!("#include <stdio.h>\n#include <stdlib.h>\n{speaks}");
    place.compile("libstandin_ssl.so", &speaks, &["-shared", "-fPIC"]);
    for (asked, told) in [("", "level info\n"), ("error", "level info\n"), ("debug", "level debug\n")] {
        let output = place.standin().env("STANDIN_LOG", asked).arg("--trace").arg(&program).output().unwrap();
        let said = stderr(&output);
        assert!(said.contains("info: ") && said.contains("stands in for libssl.so.3"), "{output:?}");
        assert!(said.ends_with(told), "{output:?}");
    }
}

#[test]
fn the_drop_in_is_that_of_the_library() {
    const GNUTLS: &str = "drop-in of G\n";
    let place = Place::new();
    let program = place.linked_to("libgnutls.so.30");
    for (arguments, expected) in [(&[][..], GNUTLS), (&["--library=gnutls"], GNUTLS), (&["--library=ssl"], HERE)] {
        let arguments: Vec<_> = arguments.iter().map(Path::new).chain([&*program]).collect();
        let output = place.run(&arguments);
        assert_eq!((output.status.code(), stderr(&output)), (Some(0), expected.to_owned()));
    }
}

#[test]
fn both_drop_ins_for_a_program_that_is_linked_to_both() {
    let place = Place::new();
    for soname in ["libssl.so.3", "libgnutls.so.30"] {
        place.linked_to(soname);
    }
    let home = place.0.path().to_str().unwrap();
    let (search, rpath) = (format!("-L{home}"), format!("-Wl,-rpath,{home}"));
    let flags = ["-Wl,--no-as-needed", &search, &rpath, "-l:libssl.so.3", "-l:libgnutls.so.30"];
    let program = place.compile("both", "int main(void) { return 0; }", &flags);
    let output = place.run(&[&program]);
    assert_eq!(output.status.code(), Some(0));
    assert!(stderr(&output).contains(HERE) && stderr(&output).contains("drop-in of G\n"), "{output:?}");
}

#[test]
fn what_is_preloaded_already_stays() {
    let place = Place::new();
    let other = place.compile("other.so", &DROP_IN.replace("drop-in here", "another here"), &["-shared", "-fPIC"]);
    let source = r#"
        #include <stdio.h>
        #include <stdlib.h>
        int main(void) { puts(getenv("LD_PRELOAD")); return 0; }"#;
    let program = place.compile("program", source, &[]);
    let output = place.standin().env("LD_PRELOAD", &other).arg(&program).output().unwrap();
    let preload = format!("{}:{}\n", place.path("libstandin_ssl.so").display(), other.display());
    assert_eq!(String::from_utf8_lossy(&output.stdout), preload);
}

#[test]
fn a_second_installation_does_not_come_in_the_way() {
    let (place, other) = (Place::new(), Place::new());
    let program = place.linked_to("libssl.so.3");
    let others = other.path("libstandin_ssl.so");
    let output = place.standin().env("STANDIN_LOG", "warn").env("LD_PRELOAD", &others).arg(&program).output().unwrap();
    let said = stderr(&output);
    assert!(said.contains(&format!("warn: {}, of another installation, is taken out", others.display())), "{said}");
    // The command itself was started with the other's.
    assert!(said.ends_with(HERE) && said.matches(HERE).count() <= 2, "{said}");
}

#[test]
fn paths_with_spaces_and_colons() {
    let place = Place::new();
    place.linked_to("libssl.so.3");
    for name in ["with space", "with:colon"] {
        let directory = place.path(name);
        fs::create_dir(&directory).unwrap();
        // The program may be anywhere.
        let program = directory.join("the program: itself");
        fs::copy(place.path("uses-ssl"), &program).unwrap();
        assert_eq!(stderr(&place.run(&[&program])), HERE);
        // The drop-in may not: LD_PRELOAD could not name it.
        fs::copy(place.path("libstandin_ssl.so"), directory.join("libstandin_ssl.so")).unwrap();
        let output = place.standin().env("STANDIN_LIB_DIR", &directory).arg(&program).output().unwrap();
        assert_refused(&output, 125, "LD_PRELOAD cannot name a path with a space or a colon in it");
    }
}

/// `file` with the machine of its ELF header changed to `machine`.
fn for_machine(file: &Path, machine: u16) {
    let mut bytes = fs::read(file).unwrap();
    bytes[18..20].copy_from_slice(&machine.to_ne_bytes());
    fs::write(file, bytes).unwrap();
}

#[test]
fn another_architecture() {
    const RISCV: u16 = 243;
    let place = Place::new();
    let program = place.linked_to("libssl.so.3");
    let foreign = place.path("foreign");
    fs::copy(&program, &foreign).unwrap();
    for_machine(&foreign, RISCV);
    assert_refused(&place.run(&[&foreign]), 125, "is a program for another architecture");
    // The drop-in, too, may be for another one: the program does not run on the original instead.
    for_machine(&place.path("libstandin_ssl.so"), RISCV);
    assert_refused(&place.run(&[&program]), 125, "the dynamic linker does not load the drop-in");
}

#[test]
fn a_drop_in_that_lacks_what_it_needs() {
    let place = Place::new();
    let program = place.linked_to("libssl.so.3");
    let home = place.0.path().to_str().unwrap();
    place.compile("libneeded.so", "int needed;", &["-shared", "-fPIC"]);
    let search = format!("-L{home}");
    let flags = ["-shared", "-fPIC", "-Wl,--no-as-needed", search.as_str(), "-l:libneeded.so"];
    place.compile("libstandin_ssl.so", "int drop_in;", &flags);
    assert_refused(&place.run(&[&program]), 125, "the dynamic linker does not load the drop-in");
}

#[test]
fn a_missing_drop_in_is_said() {
    let place = Place::new();
    fs::remove_file(place.path("libstandin_ssl.so")).unwrap();
    let program = place.compile("program", "int main(void) { return 0; }", &[]);
    assert_refused(&place.run(&[&program]), 125, "libstandin_ssl.so is not in");
}
