//! `standin serve`: Janus ports as a service.

use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use standin_janus::{About, Ending, Janus, Journal, Settings, Splitter, Target};

use super::Serve;

/// Serves until a signal ends it.
pub fn serve(serve: &Serve) -> Result<ExitCode> {
    let file = &serve.file;
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let beside = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let files = serve.files.as_deref().unwrap_or(beside);
    // Handlers run wherever they like; names of procedures stay what they are.
    let files = files.canonicalize().with_context(|| format!("cannot find the folder {}", files.display()))?;
    let target = serve.journal.clone().map_or(Target::Stderr, Target::File);
    let journal = Journal::open(target, serve.json).context("cannot open the journal")?;
    // Before anything is started: a signal that comes early is not lost.
    let signals = Signals::new([SIGHUP, SIGTERM, SIGINT]).context("cannot wait for signals")?;

    let janus = Arc::new(Janus::new(Settings { files, address: serve.address, journal }));
    if !define(&janus, file, &text) {
        return Ok(ExitCode::FAILURE);
    }
    let control = serve.control.as_deref().map(|path| listen(&janus, path)).transpose()?;
    take_commands(&janus);
    wait(&janus, file, signals, Duration::from_secs(serve.grace));
    if let Some(path) = control {
        let _gone_already = fs::remove_file(path);
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs the file's commands, starts its ports and prints them.
fn define(janus: &Janus, file: &Path, text: &str) -> bool {
    let wrong = |what: &dyn std::fmt::Display| eprintln!("standin: {}: {what}", file.display());
    let errors: Vec<_> = janus.run(text).into_iter().filter_map(Result::err).collect();
    if !errors.is_empty() {
        errors.iter().for_each(|error| wrong(error));
        return false;
    }
    for error in janus.start_unless_told(text).into_iter().filter_map(Result::err) {
        wrong(&error);
    }
    let started = janus.started();
    for (name, kind, address, encrypted) in &started {
        print(&format!("{name} {kind} {address}{}\n", if *encrypted { " SSL" } else { "" }));
    }
    if started.is_empty() {
        wrong(&"no port is started");
    }
    !started.is_empty()
}

/// Prints, if anybody is there to read it.
fn print(text: &str) {
    let mut stdout = io::stdout();
    let _nobody_reads = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
}

/// Waits for signals and does what they say, until the ports are shut down.
fn wait(janus: &Arc<Janus>, file: &Path, mut signals: Signals, grace: Duration) {
    let note = |message: &str| janus.journal().line(About::default(), message);
    for signal in signals.forever() {
        if signal == SIGHUP {
            reload(janus, file);
            continue;
        }
        note("ending: all ports are drained");
        // The second signal of this kind hurries.
        let hurry = Arc::new(AtomicBool::new(false));
        let (handle, seen) = (signals.handle(), hurry.clone());
        let listening = thread::spawn(move || {
            for signal in signals.forever() {
                seen.fetch_or(signal != SIGHUP, Ordering::Relaxed);
            }
        });
        janus.shut_down(grace, || hurry.load(Ordering::Relaxed));
        handle.close();
        let _ended = listening.join();
        note("ended");
        return;
    }
}

fn reload(janus: &Janus, file: &Path) {
    let note = |message: &str| janus.journal().line(About::default(), message);
    if let Err(error) = janus.journal().reopen() {
        note(&format!("the journal cannot be opened anew: {error}"));
    }
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => return note(&format!("not read again: {}: {error}", file.display())),
    };
    match janus.reload(&text) {
        Ok(()) => note(&format!("read again: {}", file.display())),
        Err(errors) => {
            let errors: Vec<_> = errors.iter().map(ToString::to_string).collect();
            note(&format!("not read again: {}: {}", file.display(), errors.join("; ")));
        }
    }
}

/// Takes commands from standard input. That it ends means nothing: a service has none.
fn take_commands(janus: &Arc<Janus>) {
    let janus = janus.clone();
    thread::spawn(move || converse(&janus, io::stdin().lock(), print));
}

/// Takes commands on a unix socket, which nobody else may use.
fn listen(janus: &Arc<Janus>, path: &Path) -> Result<PathBuf> {
    if fs::symlink_metadata(path).is_ok_and(|metadata| metadata.file_type().is_socket()) {
        if UnixStream::connect(path).is_ok() {
            bail!("somebody listens on {} already", path.display());
        }
        fs::remove_file(path).with_context(|| format!("cannot replace {}", path.display()))?;
    }
    // Made where nobody looks, and moved when it has its mode.
    let hidden = path.with_extension(format!("{}.new", std::process::id()));
    let listener = UnixListener::bind(&hidden).with_context(|| format!("cannot listen on {}", path.display()))?;
    fs::set_permissions(&hidden, fs::Permissions::from_mode(0o600))
        .and_then(|()| fs::rename(&hidden, path))
        .with_context(|| format!("cannot listen on {}", path.display()))?;
    let janus = janus.clone();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let janus = janus.clone();
            thread::spawn(move || {
                let mut answers = &stream;
                converse(&janus, BufReader::new(&stream), |text| drop(answers.write_all(text.as_bytes())));
            });
        }
    });
    Ok(path.to_owned())
}

/// Longest line of a command.
const MAX_LINE: u64 = 64 * 1024;

/// Runs commands as they come. An answer ends with a line that says OK or ERROR.
fn converse(janus: &Janus, mut input: impl BufRead, mut answer: impl FnMut(&str)) {
    let mut splitter = Splitter::new(Ending::Line);
    loop {
        let mut line = Vec::new();
        match io::Read::take(&mut input, MAX_LINE).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => break,
            Ok(_) => {}
        }
        for command in splitter.line(&String::from_utf8_lossy(&line)) {
            answer(&outcome(command.and_then(|command| janus.command(&command))));
        }
    }
    if let Some(cut) = splitter.end() {
        answer(&outcome(cut.and_then(|command| janus.command(&command))));
    }
}

fn outcome(outcome: Result<String, standin_janus::CommandError>) -> String {
    match outcome {
        Ok(text) if text.is_empty() => "OK\n".into(),
        Ok(text) => format!("{text}\nOK\n"),
        Err(error) => format!("ERROR {error}\n"),
    }
}
