//! A port: its state, who is connected, and how connections are served.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::thread;
use std::time::Duration;

use standin_engine::Protocol;

use crate::client::{Client, NO_CERTIFICATE, Shaken, Surroundings, Tighten};
use crate::definition::{ClientCertificate, Kind, PROTOCOL_BITS};
use crate::journal::{About, Journal};
use crate::link::Broken;
use crate::sessions::Lookup;
use crate::setup::Setup;
use crate::socket;
use crate::web::{self, Resources};

/// A thread's stack: handshakes need some 100 KiB in a debug build; what is not touched costs nothing.
const STACK: usize = 512 * 1024;

/// What a port does now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Status {
    /// Nothing.
    #[default]
    Stop,
    /// It takes connections.
    Start,
    /// It takes no new connections; those that are there go on.
    Drain,
    /// Connections are being broken.
    Force,
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Status::Stop => "Stop",
            Status::Start => "Start",
            Status::Drain => "Drain",
            Status::Force => "Force",
        })
    }
}

/// Counts for one protocol.
#[derive(Debug, Default)]
pub struct Counts {
    /// Handshakes completed.
    pub connects: AtomicU64,
    /// New sessions.
    pub new: AtomicU64,
    /// Sessions that were not found.
    pub not_found: AtomicU64,
    /// Sessions that were too old.
    pub timed_out: AtomicU64,
    /// Handshakes that failed.
    pub errors: AtomicU64,
}

/// A connection that is open.
struct Active {
    stream: Arc<TcpStream>,
    /// Its client is between two requests.
    idle: Arc<AtomicBool>,
}

#[derive(Default)]
struct State {
    status: Status,
    listener: Option<Arc<TcpListener>>,
    active: HashMap<u64, Active>,
    /// Names connections.
    serial: u64,
}

/// What all ports have in common.
pub struct Common {
    /// Where lines go.
    pub journal: Arc<Journal>,
    /// Files and functions.
    pub resources: Resources,
    /// The address that ports listen on.
    pub address: IpAddr,
    /// The host program's word on certificates.
    pub tighten: RwLock<Option<Arc<Tighten>>>,
}

/// A port.
pub struct Port {
    /// In upper case.
    pub name: String,
    /// TCP port.
    pub number: u16,
    setup: RwLock<Arc<Setup>>,
    state: Mutex<State>,
    /// Connections accepted and turned away.
    pub connects: AtomicU64,
    /// Connections beyond the greatest number.
    pub turned_away: AtomicU64,
    counts: [Counts; PROTOCOL_BITS.len()],
    common: Arc<Common>,
}

impl Port {
    /// A port that is not started.
    pub fn new(setup: Setup, common: &Arc<Common>) -> Self {
        Port {
            name: setup.definition.name.clone(),
            number: setup.definition.number,
            setup: RwLock::new(Arc::new(setup)),
            state: Mutex::default(),
            connects: AtomicU64::new(0),
            turned_away: AtomicU64::new(0),
            counts: Default::default(),
            common: common.clone(),
        }
    }

    /// What new connections go by.
    pub fn setup(&self) -> Arc<Setup> {
        self.setup.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Its setup, to be that of another port.
    pub fn into_setup(self: Arc<Self>) -> Setup {
        self.setup().copy()
    }

    /// New connections go by this from now on.
    pub fn set_setup(&self, setup: Setup) {
        *self.setup.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(setup);
    }

    /// The counts of a protocol.
    pub fn counts(&self, protocol: Protocol) -> &Counts {
        let at = PROTOCOL_BITS.iter().position(|(_, known)| *known == protocol);
        &self.counts[at.unwrap_or_default()]
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What it does now.
    pub fn status(&self) -> Status {
        self.state().status
    }

    /// Connections that are open.
    pub fn active(&self) -> usize {
        self.state().active.len()
    }

    fn journal(&self, client: Option<SocketAddr>, message: &str) {
        self.common.journal.line(About { port: Some(&self.name), client, user: None }, message);
    }

    /// Takes connections.
    pub fn start(self: &Arc<Self>) -> Result<SocketAddr, String> {
        let definition = &self.setup().definition;
        if definition.kind != Kind::Web && definition.handler.is_empty() {
            return Err(format!("port {} has no handler: CMD is missing in its definition", self.name));
        }
        let mut state = self.state();
        if state.status == Status::Start {
            return Err(format!("port {} is started already", self.name));
        }
        let address = SocketAddr::new(self.common.address, self.number);
        let listening = || -> io::Result<Arc<TcpListener>> {
            let listener = TcpListener::bind(address)?;
            // More than the standard library's 128 may come at once.
            rustix::net::listen(&listener, 4096)?;
            Ok(Arc::new(listener))
        };
        let listener =
            listening().map_err(|error| format!("port {} cannot listen on {address}: {error}", self.name))?;
        let (port, accepting) = (self.clone(), listener.clone());
        thread::Builder::new()
            .name(format!("janus {}", self.name))
            .spawn(move || port.accept(&accepting))
            .map_err(|error| format!("port {} cannot be started: {error}", self.name))?;
        state.listener = Some(listener);
        state.status = Status::Start;
        drop(state);
        self.journal(None, &format!("started on {address}"));
        Ok(address)
    }

    /// Takes no more connections; those that are there go on.
    pub fn drain(&self) {
        self.leave(Status::Drain, "draining");
    }

    /// Breaks all connections and takes no more.
    pub fn force(&self) {
        self.leave(Status::Force, "forced");
    }

    /// Ends connections whose clients ask for nothing. A request that has come in this moment is still answered: what
    /// was received before can be read after the shutdown.
    pub fn end_idle(&self) {
        for active in self.state().active.values().filter(|active| active.idle.load(Ordering::Relaxed)) {
            let _gone_already = active.stream.shutdown(Shutdown::Read);
        }
    }

    fn leave(&self, status: Status, message: &str) {
        let mut state = self.state();
        if state.status == Status::Stop {
            return;
        }
        if let Some(listener) = state.listener.take() {
            // Wakes the thread that accepts.
            let _closing_anyway = rustix::net::shutdown(&listener, rustix::net::Shutdown::Read);
        }
        if status == Status::Force {
            for active in state.active.values() {
                let _gone_already = active.stream.shutdown(Shutdown::Both);
            }
        }
        state.status = if state.active.is_empty() { Status::Stop } else { status };
        drop(state);
        self.journal(None, message);
    }

    fn accept(self: &Arc<Self>, listener: &TcpListener) {
        loop {
            match listener.accept() {
                Ok((stream, address)) => self.admit(stream, address),
                Err(_) if !self.listens_on(listener) => return,
                // The process has no more descriptors, or the client is gone again.
                Err(error) => {
                    self.journal(None, &format!("no connection accepted: {error}"));
                    thread::sleep(Duration::from_millis(50));
                }
            }
        }
    }

    fn listens_on(&self, listener: &TcpListener) -> bool {
        self.state().listener.as_ref().is_some_and(|current| std::ptr::eq(&**current, listener))
    }

    /// Lets a connection in, if there are not too many.
    fn admit(self: &Arc<Self>, stream: TcpStream, address: SocketAddr) {
        self.connects.fetch_add(1, Ordering::Relaxed);
        let setup = self.setup();
        let (stream, idle) = (Arc::new(stream), Arc::default());
        let serial = {
            let mut state = self.state();
            if state.status != Status::Start {
                return;
            }
            if state.active.len() >= setup.definition.max_connections {
                drop(state);
                self.turned_away.fetch_add(1, Ordering::Relaxed);
                let max = setup.definition.max_connections;
                self.journal(Some(address), &format!("Connection refused: {max} connections are open already"));
                return;
            }
            state.serial += 1;
            let serial = state.serial;
            state.active.insert(serial, Active { stream: stream.clone(), idle: Arc::clone(&idle) });
            serial
        };
        let port = self.clone();
        let guard = Leaving { port: self.clone(), serial };
        let spawned = thread::Builder::new().name(self.name.clone()).stack_size(STACK).spawn(move || {
            let _guard = guard;
            port.serve(stream, setup, address, idle);
        });
        if let Err(error) = spawned {
            self.journal(Some(address), &format!("Connection refused: {error}"));
        }
    }

    fn serve(&self, stream: Arc<TcpStream>, setup: Arc<Setup>, address: SocketAddr, idle: Arc<AtomicBool>) {
        let tighten = self.common.tighten.read().unwrap_or_else(PoisonError::into_inner).clone();
        let surroundings = Surroundings { setup, journal: self.common.journal.clone(), tighten, idle };
        let mut client = match Client::new(stream, surroundings) {
            Ok(client) => client,
            Err(error) => return self.journal(Some(address), &format!("Connection lost: {error}")),
        };
        let served = client.shake_hands();
        self.count(&served, &client);
        let served = served.and_then(|_| self.converse(&mut client));
        // What ends a handshake is in the journal already.
        if let Err(broken) = &served
            && client.is_past_handshake()
            && !matches!(broken, Broken::Gone | Broken::Refused)
        {
            client.journal(&format!("Connection ended: {broken}"));
        }
        client.close();
    }

    fn count(&self, shaken: &Result<Option<Shaken>, Broken>, client: &Client) {
        let one = |count: &AtomicU64| count.fetch_add(1, Ordering::Relaxed);
        match shaken {
            Ok(None) => {}
            Ok(Some(shaken)) => {
                let counts = self.counts(shaken.protocol);
                one(&counts.connects);
                match (shaken.resumed, shaken.lookup) {
                    (true, _) => 0,
                    (false, Lookup::NotFound) => one(&counts.new) + one(&counts.not_found),
                    (false, Lookup::TimedOut) => one(&counts.new) + one(&counts.timed_out),
                    (false, _) => one(&counts.new),
                };
            }
            Err(_) => {
                let protocol = client.protocol().unwrap_or(client.setup().definition.protocols.1);
                one(&self.counts(protocol).errors);
            }
        }
    }

    /// The policy of the port, then its protocol.
    fn converse(&self, client: &mut Client) -> Result<(), Broken> {
        let resources = &self.common.resources;
        let definition = &client.setup().definition;
        let required = definition.client_certificate == ClientCertificate::Required;
        let kind = definition.kind;
        if required && client.known_certificates().is_empty() {
            if client.setup().requires_certificate() {
                // The handshake has failed then; but this is the place where it counts.
                client.journal(NO_CERTIFICATE);
                return Err(Broken::Refused);
            }
            client.journal("No client certificate: only the SSLNOCERTERR rule is run");
            return web::serve_without_certificate(client, resources);
        }
        match kind {
            Kind::Web => web::serve(client, resources, || self.status() != Status::Start),
            Kind::Socket | Kind::OpenServer | Kind::DataStore => socket::serve(client, resources),
        }
    }
}

/// Takes a connection off the list, whatever ends it.
struct Leaving {
    port: Arc<Port>,
    serial: u64,
}

impl Drop for Leaving {
    fn drop(&mut self) {
        let mut state = self.port.state();
        state.active.remove(&self.serial);
        if state.active.is_empty() && matches!(state.status, Status::Drain | Status::Force) {
            state.status = Status::Stop;
        }
    }
}
