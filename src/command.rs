//! The command line: what can be asked, and which room of `command/` answers.

use std::ffi::OsString;
use std::net::IpAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand, ValueEnum, ValueHint};
use standin_boundary::log;

mod check;
mod demo;
mod drop_in;
mod executable;
mod functions;
mod linker;
mod man;
mod output;
mod package;
mod program;
mod run;
mod serve;

/// Runs programs written for OpenSSL or GnuTLS on rustls.
///
/// Standin stands in for libssl.so.3 and libgnutls.so.30: a program that was built for one of these libraries runs
/// unchanged, and its TLS, client certificates included, is done by rustls. Nothing of the program or of the system is
/// modified.
#[derive(Debug, Parser)]
#[command(name = "standin", version, arg_required_else_help = true, max_term_width = 100)]
pub struct Standin {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a program with Standin in the place of its TLS library.
    #[command(
        long_about = RUN_ABOUT,
        after_long_help = RUN_NOTES,
        override_usage = "standin run [--library LIBRARY] [--strict] [--trace] PROGRAM [ARGS]..."
    )]
    Run(Run),
    /// Say which functions of libssl and libgnutls programs need, and which of them are served.
    #[command(long_about = CHECK_ABOUT, after_long_help = CHECK_NOTES)]
    Check(Check),
    /// Serve Janus ports, as a file of JANUS commands defines them.
    #[command(long_about = SERVE_ABOUT, after_long_help = SERVE_NOTES)]
    Serve(Serve),
    /// Show a client certificate being requested, chosen late, verified and asked for again.
    #[command(long_about = DEMO_ABOUT)]
    Demo {
        /// Show Janus ports instead: both policies, and clients with and without certificates.
        #[arg(value_enum)]
        subject: Option<Subject>,
        /// Print the time line as a picture (SVG).
        #[arg(long, conflicts_with = "subject")]
        svg: bool,
    },
    /// Print the completions for a shell, which make install puts in place.
    #[command(long_about = COMPLETIONS_ABOUT)]
    Completions {
        /// The shell.
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Print a table of the README.
    #[command(hide = true)]
    Functions {
        /// The functions of which library.
        #[arg(value_enum)]
        library: Library,
    },
    /// Write the manual pages into a directory.
    #[command(hide = true)]
    Man {
        /// Where to.
        directory: PathBuf,
    },
}

/// What `standin run` takes.
#[derive(Debug, clap::Args)]
pub struct Run {
    /// Put this library in place, whatever the program is linked to.
    #[arg(long, value_enum, value_name = "LIBRARY")]
    library: Option<Library>,
    /// Refuse a program that neither itself nor by what it loads at start uses a library that is stood in for.
    #[arg(long, conflicts_with = "library")]
    strict: bool,
    /// Print on standard error what happens on each connection, and a summary at the end (STANDIN_LOG=info).
    #[arg(long)]
    trace: bool,
    /// The program (a path, or a name to look for in PATH) and its arguments, passed on as they are.
    // One list: with two, clap would still take options of ours between the program and its arguments.
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true, value_name = "PROGRAM [ARGS]")]
    #[arg(value_hint = ValueHint::CommandWithArguments)]
    command: Vec<OsString>,
}

/// What `standin check` takes.
#[derive(Debug, clap::Args)]
pub struct Check {
    /// Print JSON: an array with an object for each program.
    #[arg(long)]
    json: bool,
    /// Name the functions that are served, too.
    #[arg(long, conflicts_with = "json")]
    all: bool,
    /// Print a line of tab-separated columns for each program: program, Debian package and its version, libraries,
    /// how many functions it needs, names of those that are not served, what these are for.
    #[arg(long, conflicts_with_all = ["json", "all"])]
    table: bool,
    /// Programs: paths, or names to look for in PATH. A library or module is named by its path.
    #[arg(required = true, value_name = "PROGRAM", value_hint = ValueHint::CommandName)]
    programs: Vec<OsString>,
}

/// What `standin serve` takes.
#[derive(Debug, clap::Args)]
pub struct Serve {
    /// A file of JANUS commands.
    file: PathBuf,
    /// The folder in which each file of procedures is a folder [default: that of FILE].
    #[arg(long, value_name = "DIRECTORY")]
    files: Option<PathBuf>,
    /// The address that ports listen on.
    #[arg(long, default_value = "0.0.0.0")]
    address: IpAddr,
    /// Append the journal to this file instead of printing it on standard error.
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
    /// Write the journal as JSON, an object to a line.
    #[arg(long)]
    json: bool,
    /// Take commands on this unix socket, too.
    #[arg(long, value_name = "SOCKET")]
    control: Option<PathBuf>,
    /// Seconds that connections are given to end when the server is told to.
    #[arg(long, default_value_t = 30, value_name = "SECONDS")]
    grace: u64,
}

/// What there is a demo of, beside the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Subject {
    /// Janus ports.
    Janus,
}

/// A TLS library that can be stood in for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Library {
    /// OpenSSL's libssl.so.3.
    Ssl,
    /// GnuTLS's libgnutls.so.30.
    Gnutls,
}

impl Library {
    /// All of them.
    const ALL: [Library; 2] = [Library::Ssl, Library::Gnutls];
}

const RUN_ABOUT: &str = "\
Run a program with Standin in the place of its TLS library.

The program is found as a shell finds it, and the dynamic linker is asked which libraries it would load. If libssl.so.3 \
or libgnutls.so.30 is among them, directly or through another library, Standin's drop-in for it is put in front of \
LD_PRELOAD and the program is executed in the place of this process: its process id, terminal, signals and exit status \
are its own. For a script the interpreter that its #! line names is looked at.

A program that is linked to neither library gets the drop-in for libssl.so.3 all the same, since it may load its TLS \
library later, as Python does, or start programs that do. You are told so; --library says that you know, --strict has \
such a program refused.

LD_PRELOAD is inherited, so programs that this one starts run on Standin too, unless it gives them an environment of its \
own choice: see below.";

const RUN_NOTES: &str = "\
Examples:
  standin run curl --cert me.pem --key me.key https://localhost/
  standin run python3 client.py
  standin run wget --certificate=me.pem --private-key=me.key https://localhost/
  standin run --trace --library ssl ./server
  standin run --library gnutls git fetch

Programs that choose the environment of their parts:
  Postfix    main.cf: import_environment = ... LD_PRELOAD=FILE, after the
             names that `postconf -d import_environment` prints.
  Dovecot    dovecot.conf: import_environment = ... LD_PRELOAD=FILE, after
             those of `doveconf -d import_environment`.
  nginx      nginx.conf: env LD_PRELOAD; keeps it when the running
             program is replaced by a new one (USR2).
  sudo       sudo standin run ..., not standin run sudo ...
  systemd    a unit sees nothing of your shell: see
             share/doc/standin/examples/service.conf.

What is told (--trace, STANDIN_LOG=info):
  standin[PID] info: server 3, 1.24 ms: established: TLS 1.3, ...
  The third connection of this process as server, and the time since its
  handshake began. When the process exits, a line sums up; SIGUSR1 has it
  printed at once, in a process that has made a connection and has no
  plans of its own for that signal. Without --trace and STANDIN_LOG the
  drop-in is silent and SIGUSR1 is left alone.

Environment:
  STANDIN_LIB_DIR  The one directory to take the drop-in from. Without
                   it, the directory of the standin command and
                   ../lib/standin beside that are tried.
  STANDIN_LOG      error, warn, info, debug or trace: how much the
                   command and the drop-in say on standard error.
                   info tells what is put in place and why, who was
                   authenticated when, and sums up at the end. Unset,
                   the command warns and the drop-in is silent.
  SSLKEYLOGFILE    The drop-in appends the secrets of connections to
                   this file, for those who read captures.
  LD_PRELOAD       Kept; the drop-in goes in front.

Exit status: that of the program, or
  2    The command line of standin is wrong.
  125  Standin cannot do it: the program is static, set-user-ID or
       set-group-ID, has file capabilities, is for another
       architecture or C library; the drop-in is missing or is where
       LD_PRELOAD cannot name it; --strict; a STANDIN_LOG that is none.
  126  The program is found but cannot be executed.
  127  The program is not found.";

const CHECK_ABOUT: &str = "\
Say which functions of OpenSSL's libssl and of GnuTLS' session layer programs need, and which of them are served.

The program is found as `standin run` finds it, and the dynamic linker is asked which libraries it would load. The \
functions that it or one of these libraries imports from libssl.so.3 or libgnutls.so.30 are looked up among those that \
Standin serves; one that is not served is named with the way in which it fails. Nothing of the program is run.

What a program loads later (a module of a server, a library of an interpreter) is not seen: it may \
need more than is said here. Such a module can be named in its place.";

const CHECK_NOTES: &str = "\
Examples:
  standin check curl nginx
  standin check --json /usr/sbin/haproxy
  standin check /usr/lib/apache2/modules/mod_ssl.so

Exit status:
  0    Every function that the programs need is served.
  1    One is not.
  2    The command line of standin is wrong.
  125  A program cannot be stood in for (see `standin run`).
  126  A program is found but is none.
  127  A program is not found.";

const SERVE_ABOUT: &str = "\
Serve Janus ports, as a file of JANUS commands defines them.

The commands (JANUS DEFINE, ADDCA, WEB, START ...) define TCP ports: web servers and servers of other protocols, \
encrypted or not, which ask their clients for a certificate (SSLCLCERT) or insist on one (SSLCLCERTR). What the commands \
call a file is a folder, and a procedure is a file in it. The command language is described in src/janus/COMMANDS.md.

If FILE has no JANUS START, all ports that it defines are started. The ports and their addresses are printed, then what \
happens is journaled, a line each: time, port, client, user and message.

Commands are also taken from standard input and, with --control, from a unix socket, a line each. The answer ends with a \
line that says OK, or ERROR and what was expected.";

const SERVE_NOTES: &str = "\
Signals:
  HUP        Read FILE again. Ports that are not in it any more are drained,
             new ones started, changed ones changed for new connections. A
             file with an error in it changes nothing. The journal's file is
             opened anew.
  TERM, INT  Drain all ports and end when their connections have ended, or
             after the seconds of grace; at once when told again.

Exit status:
  0    The server was told to end.
  1    FILE is wrong, or none of its ports could be started.
  2    The command line of standin is wrong.
  125  FILE, journal or socket cannot be opened.";

const DEMO_ABOUT: &str = "\
Show the life of a client certificate on Standin's engine.

Nothing is needed and nothing is left behind: a certification authority and its certificates are made in memory, and a \
server and a client exchange the bytes of one real TLS 1.3 connection there. The server requires a certificate. The \
client's callback says \"later\" twice before it chooses one. Then the server asks again on the live connection \
(post-handshake authentication, RFC 8446 section 4.6.2), and is answered with another certificate and with none. The \
timeline tells who was authenticated when; every certificate is judged by rustls-webpki against the authority.

`standin demo janus` defines three ports of the loopback, one that asks its clients for a certificate and two that \
require one, and visits them as clients with and without certificates.";

const COMPLETIONS_ABOUT: &str = "\
Print the completions for a shell.

make install and the package put those for bash, zsh and fish in place. Without them, for bash:

  standin completions bash > ~/.local/share/bash-completion/completions/standin";

impl Standin {
    /// Does what was asked. For `run` that only returns if it could not.
    pub fn execute(self) -> ExitCode {
        let outcome = log::Level::asked_for().map_err(anyhow::Error::msg).and_then(|_| self.answer());
        outcome.unwrap_or_else(|error| {
            eprintln!("standin: {error:#}");
            error.downcast_ref::<program::NotRun>().map_or(ExitCode::from(125), program::NotRun::exit_code)
        })
    }

    fn answer(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Run(run) => run::run(&run),
            Command::Check(check) => check::check(&check),
            Command::Serve(serve) => serve::serve(&serve),
            Command::Demo { svg: true, .. } => demo::draw().map(|()| ExitCode::SUCCESS),
            Command::Demo { subject: None, .. } => demo::run().map(|()| ExitCode::SUCCESS),
            Command::Demo { subject: Some(Subject::Janus), .. } => demo::janus::run().map(|()| ExitCode::SUCCESS),
            Command::Completions { shell } => {
                clap_complete::generate(shell, &mut Standin::command(), "standin", &mut std::io::stdout());
                Ok(ExitCode::SUCCESS)
            }
            Command::Functions { library } => {
                output::write(format_args!("{}", library.markdown()));
                Ok(ExitCode::SUCCESS)
            }
            Command::Man { directory } => man::write(&directory).map(|()| ExitCode::SUCCESS),
        }
    }
}
