//! Every function that is said to be served is missed when its body is empty: replaced by one that does nothing and
//! answers zero, and by one that does nothing and answers one, a C program prints something else each time. What no
//! program can miss stands with its reason in `emptied.tsv`: function, answer, why.

use standin_capi_tests::{
    build,
    compare::{Launch, pair_within, single_within, two_sides},
    library::Library,
    process::On,
    scratch,
};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// How long a whole program may take, on a slow machine.
const WHOLE: Duration = Duration::from_secs(60);
/// A program that hangs has missed the function as well.
const EMPTIED: Duration = Duration::from_secs(5);

#[test]
fn libssl() {
    check(Library::Ssl, include_str!("../../src/libssl/abi/functions.tsv"));
}

/// The table of commands is the code's: each command that libssl knows, by its number.
#[test]
fn commands() {
    let known: BTreeSet<(&str, &str)> = include_str!("../../src/libssl/src/set/command.rs")
        .lines()
        .filter_map(|line| line.strip_prefix("pub const ")?.strip_suffix(';')?.split_once(": c_int = "))
        .collect();
    let listed: BTreeSet<(&str, &str)> = include_str!("../../src/libssl/abi/commands.tsv")
        .lines()
        .filter_map(|line| line.split_once('\t')?.1.split_once('\t').map(|(number, name)| (name, number)))
        .collect();
    assert!(known.len() > 80, "{known:?}");
    assert_eq!(listed, known);
}

#[test]
fn libgnutls() {
    check(Library::Gnutls, include_str!("../../src/libgnutls/abi/functions.tsv"));
}

/// What a body is taken from: a function, or one command of a function that has many (`SSL_ctrl 33`).
fn check(library: Library, table: &str) {
    let mut served: Vec<String> =
        table.lines().filter_map(|line| line.strip_suffix("\tserved").map(str::to_owned)).collect();
    assert!(served.len() > 200, "{}", served.len());
    if library == Library::Ssl {
        let rows = include_str!("../../src/libssl/abi/commands.tsv").lines().filter(|line| !line.starts_with('#'));
        served.extend(rows.map(|row| row.split('\t').take(2).collect::<Vec<_>>().join(" ")));
    }
    let programs = side_by_side(&names(library), |name| Program::new(library, name));
    let unmissed = side_by_side(&served, |function| unmissed(library, function, &programs));
    let unmissed: BTreeSet<String> = unmissed.into_iter().flatten().collect();
    let listed: BTreeSet<String> = include_str!("../emptied.tsv")
        .lines()
        .filter_map(|line| line.rsplit_once('\t').map(|(answer, _why)| answer.to_owned()))
        .filter(|answer| served.iter().any(|function| answer.split('\t').next() == Some(function.as_str())))
        .collect();
    let unlisted: Vec<&String> = unmissed.difference(&listed).collect();
    assert!(unlisted.is_empty(), "no program misses these when they are empty: {unlisted:#?}");
    let stale: Vec<&String> = listed.difference(&unmissed).collect();
    assert!(stale.is_empty(), "a program misses these, take them out of emptied.tsv: {stale:#?}");
}

/// The answers that an empty function may give without any program's missing it.
fn unmissed(library: Library, function: &str, programs: &[Program]) -> Vec<String> {
    let mut callers: Vec<&Program> = programs.iter().filter(|program| program.calls.contains(function)).collect();
    callers.sort_by_key(|program| program.took);
    let is_missed = |answer: &u8| {
        let empty = empty(library, function, *answer);
        callers.iter().any(|program| program.on(library, Some(&empty), EMPTIED) != program.printed)
    };
    [0, 1].into_iter().filter(|answer| !is_missed(answer)).map(|answer| format!("{function}\t{answer}")).collect()
}

/// Writes each command that a program gives to where `LIST` says.
const RECORDED: &str = r##"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#define RECORD(function) \
long function(void *object, int command, long larg, void *parg) { \
    static long (*whole)(void *, int, long, void *); \
    char line[64]; \
    int list = open(LIST, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600); \
    if (write(list, line, snprintf(line, sizeof line, #function " %d\n", command)) < 0) \
        _exit(99); \
    close(list); \
    if (!whole) \
        whole = (long (*)(void *, int, long, void *))dlsym(RTLD_NEXT, #function); \
    return whole(object, command, larg, parg); \
}
RECORD(SSL_ctrl) RECORD(SSL_CTX_ctrl) RECORD(SSL_callback_ctrl) RECORD(SSL_CTX_callback_ctrl)
"##;

const ONE_COMMAND: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
long FUNCTION(void *object, int command, long larg, void *parg) {
    static long (*whole)(void *, int, long, void *);
    if (command == COMMAND)
        return ANSWER;
    if (!whole)
        whole = (long (*)(void *, int, long, void *))dlsym(RTLD_NEXT, "FUNCTION");
    return whole(object, command, larg, parg);
}
"#;

/// A library with nothing but this function, which answers the same to everything.
fn empty(library: Library, function: &str, answer: u8) -> PathBuf {
    let dir = scratch().join("emptied").join(library.folder());
    fs::create_dir_all(&dir).unwrap();
    let file = dir.join(format!("{}-{answer}.so", function.replace(' ', "-")));
    let text = match function.split_once(' ') {
        None => format!("long {function}(void) {{ return {answer}; }}\n"),
        Some((function, command)) => {
            ONE_COMMAND.replace("FUNCTION", function).replace("COMMAND", command).replace("ANSWER", &answer.to_string())
        }
    };
    if !file.exists() || fs::read_to_string(file.with_extension("c")).ok().as_ref() != Some(&text) {
        shared(&file, &text);
    }
    file
}

/// Compiles a shared library.
fn shared(file: &Path, text: &str) -> PathBuf {
    let source = file.with_extension("c");
    fs::write(&source, text).unwrap();
    let mut cc = Command::new("cc");
    cc.args(["-shared", "-fPIC", "-w"]).arg(&source).arg("-o").arg(file);
    assert!(cc.status().expect("cc runs").success(), "{cc:?}");
    file.to_owned()
}

struct Program {
    path: PathBuf,
    sides: bool,
    calls: BTreeSet<String>,
    printed: String,
    took: Duration,
}

impl Program {
    fn new(library: Library, name: &str) -> Self {
        let path = build::program_for(library, name);
        let sides = two_sides(library, name);
        let mut program = Self { calls: calls(&path), path, sides, printed: String::new(), took: Duration::default() };
        let start = Instant::now();
        program.printed = program.on(library, None, WHOLE);
        program.took = start.elapsed();
        let (again, commands) = program.commands(library);
        program.calls.extend(commands);
        if program.printed != again {
            program.printed = program.on(library, None, WHOLE);
        }
        assert_eq!(program.printed, again, "{name} prints something else each time, which shows nothing");
        program
    }

    /// The commands that it gives to functions that have many, and what it prints meanwhile.
    fn commands(&self, library: Library) -> (String, Vec<String>) {
        if library != Library::Ssl {
            return (self.on(library, None, WHOLE), Vec::new());
        }
        let list = self.path.with_extension("commands");
        let _ = fs::remove_file(&list);
        let text = format!("#define LIST \"{}\"\n{RECORDED}", list.display());
        let recorder = shared(&self.path.with_extension("recorder.so"), &text);
        let printed = self.on(library, Some(&recorder), WHOLE);
        let list = fs::read_to_string(&list).unwrap_or_default();
        (printed, list.lines().map(str::to_owned).collect())
    }

    /// What it prints on Standin, with one function empty.
    fn on(&self, library: Library, empty: Option<&Path>, patience: Duration) -> String {
        let launch: Launch = &|on, program| {
            let mut command = on.command_for(library, program);
            if let Some(empty) = empty {
                let drop_in = build::drop_in_for(library).display();
                command.env("LD_PRELOAD", format!("{}:{drop_in}", empty.display()));
            }
            command
        };
        if self.sides {
            let pair = pair_within(patience, &self.path, [On::Standin, On::Standin], launch);
            pair.client.seen() + &pair.server.seen()
        } else {
            single_within(patience, &self.path, On::Standin, launch).seen()
        }
    }
}

/// The functions of other libraries that a program calls.
fn calls(program: &Path) -> BTreeSet<String> {
    let output = Command::new("nm").args(["--dynamic", "--undefined-only"]).arg(program).output().expect("nm runs");
    let listing = String::from_utf8(output.stdout).unwrap();
    listing.lines().filter_map(|line| line.trim().strip_prefix("U ")?.split('@').next().map(str::to_owned)).collect()
}

/// The C programs for a library.
fn names(library: Library) -> Vec<String> {
    let folder = build::source(library, "x");
    let files = fs::read_dir(folder.parent().unwrap()).unwrap().map(|entry| entry.unwrap().path());
    let programs = files.filter(|path| path.extension().is_some_and(|extension| extension == "c"));
    programs.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

/// `work` on each, a thread for each core.
fn side_by_side<T: Sync, R: Send>(all: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(one) = all.get(at) else { break };
                    let result = (at, work(one));
                    done.lock().unwrap().push(result);
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap();
    done.sort_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, result)| result).collect()
}
