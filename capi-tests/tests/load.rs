//! nginx and Apache with mutual TLS under load, several workers, with and without keep-alive, HTTP/2, and told to reload
//! meanwhile: no request fails, memory stays flat. Prints what a request costs beside the original.

use standin_capi_tests::{
    build, here,
    place::{PATIENCE, cert, command, free_port, open_directory, serve},
    process::{On, Outcome, Running, run},
    tools, web,
};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::Duration,
};
use tempfile::TempDir;

const SERVERS: [(&str, &str); 2] = [("nginx", "load/nginx.conf"), ("apache2", "load/httpd.conf")];
const BOTH: [On; 2] = [On::Original, On::Standin];
/// What /proc counts CPU time in (USER_HZ), per second.
const TICKS: f64 = 100.0;
/// Seconds of each turn of each load.
const TURN: u64 = 1;

/// What a client does.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Load {
    /// A connection for each request.
    Connections,
    /// The same, and the server reloads meanwhile.
    Reloads,
    /// Requests one after the other on a few connections.
    KeepAlive,
    /// Several at once on each.
    Http2,
}

/// Those that are measured; no worker ends meanwhile, so that what it keeps would show.
const LOADS: [Load; 3] = [Load::Connections, Load::KeepAlive, Load::Http2];

/// `STANDIN_LOAD=600 cargo test --release -p standin-capi-tests --test load -- --nocapture`, or `load/run`, for a long one.
#[test]
fn nginx_and_apache_under_load() {
    if !tools::have("load", &["nginx", "apache2", "wrk", "h2load"]) {
        return;
    }
    let seconds = std::env::var("STANDIN_LOAD").ok().map(|text| text.parse::<u64>().expect("STANDIN_LOAD is a number"));
    let all_turns = TURN * (LOADS.len() * BOTH.len() * SERVERS.len()) as u64;
    let rounds = seconds.map_or(0, |seconds| seconds / all_turns).max(2);
    let certificate = &build::compile(&here().join("load/certificate.c"), "certificate.so", &["-shared", "-fPIC"]);
    build::drop_in();
    // Side by side when it is short; when figures matter, one after the other.
    let measure = move |(program, config)| measure(program, config, certificate, rounds);
    if seconds.is_none() {
        thread::scope(|scope| {
            for server in SERVERS {
                scope.spawn(move || measure(server));
            }
        });
    } else {
        SERVERS.into_iter().for_each(measure);
    }
}

/// What was done so far, by one server under one kind of load.
#[derive(Clone, Copy, Default)]
struct Done {
    requests: u64,
    cpu: f64,
}

fn measure(program: &'static str, config: &str, certificate: &Path, rounds: u64) {
    let mut servers = BOTH.map(|on| Server::start(program, config, on));
    let mut done = [[Done::default(); LOADS.len()]; BOTH.len()];
    let mut memory = [(0, 0); BOTH.len()];
    for round in 0..rounds {
        for (load, kind) in LOADS.into_iter().enumerate() {
            for (server, who) in servers.iter_mut().zip(0..) {
                let before = server.cpu();
                let requests = server.put_under(kind, certificate);
                done[who][load].requests += requests;
                done[who][load].cpu += server.cpu() - before;
            }
        }
        for (server, memory) in servers.iter().zip(&mut memory) {
            // Everything has been used once; what comes later must not need more.
            *memory = (if round == 0 { server.memory() } else { memory.0 }, server.memory());
        }
    }
    for _ in 0..rounds.div_ceil(4) {
        for server in &mut servers {
            server.put_under(Load::Reloads, certificate);
        }
    }
    for (load, kind) in LOADS.into_iter().enumerate() {
        let [original, standin] = done.map(|of| of[load].requests as f64 / of[load].cpu);
        let requests = done[1][load].requests;
        println!(
            "{program}, {kind:?}: {original:.0} and {standin:.0} requests per CPU second, ratio {:.2} ({requests} requests)",
            standin / original
        );
    }
    for (on, (first, last)) in BOTH.into_iter().zip(memory) {
        println!("{program} on {on}: {first} KiB after the first round, {last} after the last");
    }
    // Apache's threads keep what they have needed once, on either library.
    let [(_, original), (first, last)] = memory;
    assert!(last < original.max(first) * 5 / 4, "{program} on Standin grows: {first} KiB, then {last}");
    for server in servers {
        let log = server.end();
        assert!(!log.contains("panicked") && !log.contains("signal"), "{program}: {log}");
    }
}

struct Server {
    on: On,
    program: &'static str,
    process: Running,
    config: PathBuf,
    port: u16,
    dir: TempDir,
}

impl Server {
    fn start(program: &'static str, config: &str, on: On) -> Self {
        let (dir, port) = (open_directory("load"), free_port());
        for name in ["body", "page"] {
            fs::create_dir(dir.path().join(name)).unwrap();
        }
        fs::write(dir.path().join("page/index.html"), "O=Standin tests,CN=Client\n").unwrap();
        let config = web::configure(config, dir.path(), &BTreeMap::from([("SERVER", port)]));
        let mut server = Self::program(program, on, dir.path(), &config);
        let process = serve(server.args((program == "apache2").then_some("-DFOREGROUND")), port);
        Self { on, program, process, config, port, dir }
    }

    /// The program with its configuration.
    fn program(program: &str, on: On, dir: &Path, config: &Path) -> Command {
        let mut command = command(program, on);
        match program {
            "nginx" => command.arg("-p").arg(dir).arg("-c").arg(config),
            _ => command.arg("-f").arg(config),
        };
        command
    }

    /// Requests that were answered; panics when one was not.
    fn put_under(&mut self, load: Load, certificate: &Path) -> u64 {
        let url = format!("https://localhost:{}/", self.port);
        let seconds = format!("{TURN}s");
        let mut client = command(if load == Load::Http2 { "h2load" } else { "wrk" }, On::Original);
        client.env("LD_PRELOAD", certificate);
        client.env("CLIENT_CERT", cert("client.pem")).env("CLIENT_KEY", cert("client.key"));
        match load {
            Load::Connections | Load::Reloads => {
                client.args(["-t1", "-c8", "-d", &seconds, "--timeout", "20s", "-H", "Connection: close"])
            }
            Load::KeepAlive => client.args(["-t1", "-c8", "-d", &seconds, "--timeout", "20s"]),
            Load::Http2 => client.args(["-t1", "-c4", "-m8", "-D", &TURN.to_string()]),
        };
        client.arg(url);
        let mut outcome = self.run_under(load, &mut client);
        // h2load now and then does not end after its last client has, whoever serves.
        if load == Load::Http2 && outcome.status.is_none() && outcome.stdout.contains("Stopped all clients") {
            outcome = self.run_under(load, &mut client);
        }
        let said = format!("{} on {}, {load:?}:\n{}{}", self.program, self.on, outcome.seen(), outcome.stderr);
        assert!(outcome.succeeded() && !said.contains("Socket errors") && !said.contains("Non-2xx"), "{said}");
        let requests = match load {
            Load::Http2 => {
                assert!(said.contains(" 0 failed, 0 errored, 0 timeout"), "{said}");
                said.split(" succeeded").next().and_then(|text| text.rsplit(' ').next())
            }
            _ => said.split(" requests in ").next().and_then(|text| text.rsplit(' ').next()),
        };
        let requests = requests.and_then(|number| number.parse().ok()).unwrap_or(0);
        assert!(requests > 0, "{said}");
        requests
    }

    fn run_under(&self, load: Load, client: &mut Command) -> Outcome {
        thread::scope(|scope| {
            let outcome = scope.spawn(|| run(client, PATIENCE));
            if load == Load::Reloads {
                for _ in 0..2 {
                    thread::sleep(Duration::from_millis(TURN * 300));
                    self.reload();
                }
            }
            outcome.join().unwrap()
        })
    }

    fn reload(&self) {
        let mut command = Self::program(self.program, self.on, self.dir.path(), &self.config);
        let how: &[&str] = if self.program == "nginx" { &["-s", "reload"] } else { &["-k", "graceful"] };
        let outcome = run(command.args(how), PATIENCE);
        assert!(outcome.succeeded(), "{}{}", outcome.stdout, outcome.stderr);
    }

    /// Its processes.
    fn processes(&self) -> Vec<PathBuf> {
        let own = self.process.id().to_string();
        let all = fs::read_dir("/proc").unwrap().filter_map(|entry| Some(entry.ok()?.path()));
        all.filter(|process| stat(process).is_some_and(|fields| fields[2] == own)).collect()
    }

    /// CPU time, user and system, that they have used, and those that have ended, in seconds.
    fn cpu(&self) -> f64 {
        let ticks = |process: &PathBuf| {
            let fields = stat(process).unwrap_or_default();
            fields.iter().skip(11).take(4).map(|field| field.parse::<f64>().unwrap_or(0.0)).sum::<f64>()
        };
        self.processes().iter().map(ticks).sum::<f64>() / TICKS
    }

    /// What the largest of them has in memory, in KiB.
    fn memory(&self) -> u64 {
        let size = |process: &PathBuf| {
            let status = fs::read_to_string(process.join("status")).unwrap_or_default();
            let line =
                status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap_or_default().trim().to_owned();
            line.trim_end_matches(" kB").parse::<u64>().unwrap_or(0)
        };
        self.processes().iter().map(size).max().unwrap_or(0)
    }

    /// Ends it; what it had to say.
    fn end(self) -> String {
        let log = fs::read_to_string(self.dir.path().join("error.log")).unwrap_or_default();
        let outcome = self.process.terminate(PATIENCE);
        outcome.stdout + &outcome.stderr + &log
    }
}

/// The fields of a process' stat after its name.
fn stat(process: &Path) -> Option<Vec<String>> {
    let stat = fs::read_to_string(process.join("stat")).ok()?;
    Some(stat.rsplit_once(") ")?.1.split(' ').map(str::to_owned).collect())
}
