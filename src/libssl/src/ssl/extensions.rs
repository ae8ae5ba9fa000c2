//! The program's own extensions, sent and read. A server's program is asked for all of its flight before that is made.

use std::ffi::{c_int, c_uint};
use std::{ptr, slice};

use standin_engine::{Alert, Connection, Error, Extension as Addition, Place, Protocol, ReceivedExtensions, Role};

use super::handshake::{Go, give_up, refuse};
use super::{Progress, SSL, config, hello, own_chain, selection, start, with};
use crate::ctx::extension::{Extension, Functions, place};
use crate::error::{Reason, reason};
use crate::libcrypto::{Owned, X509};

const TLS1_3: c_int = 0x0304;

/// What is known of the program's extensions on one connection.
#[derive(Debug, Default)]
pub struct Own {
    /// What goes into the ClientHello that is about to be sent.
    pub hello: Vec<(u16, Vec<u8>)>,
    /// Types that have been sent in the ClientHello.
    sent: Vec<u16>,
    /// Types that have come in the ClientHello or a CertificateRequest: they may be answered.
    received: Vec<u16>,
}

/// A message, and what callbacks are told of it.
struct Spot {
    place: Place,
    context: c_uint,
    certificate: Option<Owned<X509>>,
}

impl Spot {
    fn new(place: Place, context: c_uint) -> Spot {
        Spot { place, context, certificate: None }
    }

    fn of_chain(chain: Vec<Owned<X509>>) -> impl Iterator<Item = Spot> {
        chain.into_iter().enumerate().map(|(at, certificate)| Spot {
            place: Place::Certificate(at),
            context: place::CERTIFICATE,
            certificate: Some(certificate),
        })
    }

    fn index(&self) -> usize {
        if let Place::Certificate(at) = self.place { at } else { 0 }
    }

    fn certificate(&self) -> *mut X509 {
        self.certificate.as_ref().map_or(ptr::null_mut(), Owned::as_ptr)
    }
}

fn alert(value: c_int) -> Alert {
    u8::try_from(value).map_or(Alert::INTERNAL_ERROR, Alert)
}

/// Is the extension one for what is agreed on?
fn is_relevant(extension: &Extension, message: c_uint, is_server: bool, tls13: bool, resumed: bool) -> bool {
    let has = |bit: c_uint| extension.context & bit != 0;
    let too_new = !tls13 && has(place::TLS1_3_ONLY) && (is_server || message != place::CLIENT_HELLO);
    let too_old = tls13 && has(place::TLS1_2_AND_BELOW_ONLY);
    let not_again = resumed && has(place::IGNORE_ON_RESUMPTION);
    !(too_old || too_new || not_again)
}

/// Asks a client's program for what goes into the ClientHello. `false`: the handshake has failed.
///
/// # Safety
/// `ssl` is live and not borrowed; a guard keeps it.
pub unsafe fn ask(ssl: *mut SSL) -> bool {
    // SAFETY: the callbacks run with nothing borrowed; what they give is copied before it is given back.
    unsafe {
        if with(ssl, |ssl| ssl.progress == Progress::Before && !ssl.is_server()) != Some(true) {
            return true;
        }
        match for_hello(ssl) {
            Ok(given) => {
                with(ssl, |ssl| ssl.own_extensions.hello = given);
                true
            }
            Err(value) => {
                start::fail(ssl, alert(value), reason::CALLBACK_FAILED);
                false
            }
        }
    }
}

/// What goes into a ClientHello, or the alert that the program wants.
unsafe fn for_hello(ssl: *mut SSL) -> Result<Vec<(u16, Vec<u8>)>, c_int> {
    // SAFETY: as for `ask`.
    unsafe {
        let asked = with(ssl, |ssl| {
            ssl.own_extensions = Own::default();
            (registered(ssl), config::versions(ssl).is_some_and(|(_, max)| max == Protocol::Tls13))
        });
        let Some((extensions, tls13)) = asked else { return Ok(Vec::new()) };
        let fits = |known: &&Extension| {
            let newer = known.context & place::TLS1_3_ONLY != 0;
            known.context & place::CLIENT_HELLO != 0 && (tls13 || !newer)
        };
        let spot = Spot::new(Place::ServerHello, place::CLIENT_HELLO);
        let mut given = Vec::new();
        for extension in extensions.iter().filter(fits) {
            if let Some(body) = body(ssl, extension, &spot)? {
                given.push((extension.kind, body));
            }
        }
        // The engine puts the last one first.
        given.reverse();
        with(ssl, |ssl| ssl.own_extensions.sent = given.iter().map(|(kind, _)| *kind).collect());
        Ok(given)
    }
}

/// A second ClientHello is due.
unsafe fn ask_again(ssl: *mut SSL) -> Go {
    // SAFETY: as for `ask`.
    unsafe {
        match for_hello(ssl) {
            Ok(given) => {
                let extended =
                    with(ssl, |ssl| ssl.connection.as_mut().map(|connection| connection.extend_hello(given)));
                match extended {
                    Some(Some(Err(error))) => Go::Return(give_up(ssl, &error)),
                    _ => Go::On,
                }
            }
            Err(value) => refuse(ssl, alert(value), reason::CALLBACK_FAILED),
        }
    }
}

/// The extensions of the context in use. A server's of the older kind are not a client's, and the other way round.
fn registered(ssl: &SSL) -> Vec<Extension> {
    ssl.ctx().read(|state| state.extensions.clone())
}

/// The types that the engine is to show.
pub fn kinds(ssl: &SSL) -> Vec<u16> {
    ssl.ctx().read(|state| state.extensions.iter().map(|known| known.kind).collect())
}

/// What the program has to say; in a ClientHello one without a function says nothing, and is sent.
unsafe fn body(ssl: *mut SSL, extension: &Extension, spot: &Spot) -> Result<Option<Vec<u8>>, c_int> {
    let (mut out, mut len, mut value) = (ptr::null(), 0, c_int::from(Alert::INTERNAL_ERROR.0));
    let (kind, context, argument) = (c_uint::from(extension.kind), spot.context, extension.add_argument);
    // SAFETY: as for `ask`.
    unsafe {
        let answer = match extension.functions {
            Functions::Full { add: Some(add), .. } => {
                let certificate = spot.certificate();
                add(ssl.cast(), kind, context, &mut out, &mut len, certificate, spot.index(), &mut value, argument)
            }
            Functions::Full { add: None, .. } => c_int::from(context == place::CLIENT_HELLO),
            Functions::Old { add: Some(add), .. } => add(ssl.cast(), kind, &mut out, &mut len, &mut value, argument),
            Functions::Old { add: None, .. } => 1,
            Functions::ServerInfo if spot.index() > 0 => 0,
            Functions::ServerInfo => return Ok(with(ssl, |ssl| server_info(ssl, extension.kind)).flatten()),
        };
        match answer {
            ..0 => return Err(value),
            0 => return Ok(None),
            _ => {}
        }
        let body = if out.is_null() { Vec::new() } else { slice::from_raw_parts(out, len).to_vec() };
        match extension.functions {
            Functions::Full { free: Some(free), .. } => free(ssl.cast(), kind, context, out, argument),
            Functions::Old { free: Some(free), .. } => free(ssl.cast(), kind, out, argument),
            _ => {}
        }
        Ok(Some(body))
    }
}

/// Shows the program an extension that has come: what it answers, or the alert that it wants.
unsafe fn show(ssl: *mut SSL, extension: &Extension, spot: &Spot, body: &[u8]) -> Result<(), c_int> {
    const DECODE_ERROR: c_int = Alert::DECODE_ERROR.0 as c_int;
    let (mut value, argument) = (DECODE_ERROR, extension.parse_argument);
    let (kind, start, len) = (c_uint::from(extension.kind), body.as_ptr(), body.len());
    // SAFETY: as for `ask`.
    let answer = unsafe {
        match extension.functions {
            Functions::Full { parse: Some(parse), .. } => {
                let (certificate, at) = (spot.certificate(), spot.index());
                parse(ssl.cast(), kind, spot.context, start, len, certificate, at, &mut value, argument)
            }
            Functions::Old { parse: Some(parse), .. } => parse(ssl.cast(), kind, start, len, &mut value, argument),
            // A client has nothing to say but that it would like to know.
            Functions::ServerInfo => c_int::from(body.is_empty()),
            _ => 1,
        }
    };
    if answer > 0 { Ok(()) } else { Err(value) }
}

/// Refuses a ClientHello with an extension that the program has for other messages or for DTLS, as the original does
/// before all else.
///
/// # Safety
/// As for [`ask`].
pub unsafe fn check(ssl: *mut SSL) -> Go {
    // SAFETY: the caller's promise.
    unsafe {
        let misplaced = with(ssl, |ssl| {
            ssl.own_extensions = Own::default();
            let Some(hello) = &ssl.hello.seen else { return false };
            registered(ssl).iter().filter(|known| known.role != Some(Role::Client)).any(|known| {
                let elsewhere = known.context & place::CLIENT_HELLO == 0 || known.context & place::DTLS_ONLY != 0;
                elsewhere && hello.extension_body(known.kind).is_some()
            })
        });
        match misplaced {
            Some(true) => refuse(ssl, Alert::ILLEGAL_PARAMETER, reason::BAD_EXTENSION),
            _ => Go::On,
        }
    }
}

/// Shows a server's program what the client has sent.
///
/// # Safety
/// As for [`ask`].
pub unsafe fn read(ssl: *mut SSL) -> Go {
    // SAFETY: the callbacks run with nothing borrowed; the bytes are those of the ClientHello, which `hello` keeps.
    unsafe {
        let known = with(ssl, |ssl| {
            (registered(ssl), ssl.hello.seen.clone(), ssl.foreseen_version() == Some(TLS1_3), ssl.foresees_resumption())
        });
        let Some((extensions, Some(hello), tls13, resumed)) = known else { return Go::On };
        let spot = Spot::new(Place::ServerHello, place::CLIENT_HELLO);
        for extension in extensions.iter().filter(|known| known.role != Some(Role::Client)) {
            let Some(body) = hello.extension_body(extension.kind) else { continue };
            if !is_relevant(extension, place::CLIENT_HELLO, true, tls13, resumed) {
                continue;
            }
            with(ssl, |ssl| ssl.own_extensions.received.push(extension.kind));
            if let Err(value) = show(ssl, extension, &spot, body) {
                return refuse(ssl, alert(value), reason::BAD_EXTENSION);
            }
        }
        Go::On
    }
}

/// Asks a server's program for what goes into its flight.
///
/// # Safety
/// As for [`ask`].
pub unsafe fn answer(ssl: *mut SSL) -> Go {
    // SAFETY: as for `ask`.
    unsafe {
        let Some(Some((tls13, resumed, spots))) = with(ssl, spots) else { return Go::On };
        let mut added = Vec::new();
        for spot in &spots {
            match ask_for(ssl, spot, tls13, resumed) {
                Ok(more) => added.extend(more),
                Err(value) => return refuse(ssl, alert(value), reason::CALLBACK_FAILED),
            }
        }
        with(ssl, |ssl| {
            let asks = spots.iter().any(|spot| spot.place == Place::CertificateRequest);
            let kinds = if asks { kinds(ssl) } else { Vec::new() };
            let Some(connection) = &mut ssl.connection else { return };
            connection.add_extensions(added);
            connection.read_extensions(kinds);
        });
        Go::On
    }
}

/// The messages of a server that extensions go into; `None` where there are no extensions, or another hello is due.
fn spots(ssl: &mut SSL) -> Option<(bool, bool, Vec<Spot>)> {
    if ssl.ctx().read(|state| state.extensions.is_empty()) {
        return None;
    }
    let (tls13, resumed) = (ssl.foreseen_version() == Some(TLS1_3), ssl.foresees_resumption());
    if !tls13 {
        return Some((false, resumed, vec![Spot::new(Place::ServerHello, place::SERVER_HELLO12)]));
    }
    if ssl.hello.seen.as_ref()?.is_asked_again(&config::groups(ssl)) {
        return None;
    }
    let mut spots = vec![
        Spot::new(Place::ServerHello, place::SERVER_HELLO13),
        Spot::new(Place::EncryptedExtensions, place::ENCRYPTED_EXTENSIONS),
    ];
    if !resumed {
        if hello::config_requests(ssl, true) {
            spots.push(Spot::new(Place::CertificateRequest, place::CERTIFICATE_REQUEST));
        }
        let slot = ssl.selected.or_else(|| selection::select(ssl)).map(|kind| ssl.settings.credentials.slot(kind));
        spots.extend(Spot::of_chain(slot.and_then(|slot| own_chain::whole(ssl, slot)).unwrap_or_default()));
    }
    Some((true, resumed, spots))
}

/// What the program adds in one place.
unsafe fn ask_for(ssl: *mut SSL, spot: &Spot, tls13: bool, resumed: bool) -> Result<Vec<Addition>, c_int> {
    // SAFETY: as for `ask`.
    unsafe {
        let known = with(ssl, |ssl| (registered(ssl), ssl.own_extensions.received.clone(), ssl.is_server()));
        let Some((extensions, received, is_server)) = known else { return Ok(Vec::new()) };
        let may = |known: &&Extension| {
            known.context & spot.context != 0
                && is_relevant(known, spot.context, is_server, tls13, resumed)
                // Only what was asked for is answered.
                && (spot.context == place::CERTIFICATE_REQUEST || received.contains(&known.kind))
        };
        let mut added = Vec::new();
        for extension in extensions.iter().filter(may) {
            if let Some(body) = body(ssl, extension, spot)? {
                added.push(Addition { place: spot.place, kind: extension.kind, body });
            }
        }
        Ok(added)
    }
}

/// Asks a client's program for what goes with its certificates (TLS 1.3), leaf first.
///
/// # Safety
/// As for [`ask`].
pub unsafe fn go_with(ssl: *mut SSL, chain: Vec<Owned<X509>>) -> Go {
    // SAFETY: as for `ask`.
    unsafe {
        let mut added = Vec::new();
        for spot in Spot::of_chain(chain) {
            match ask_for(ssl, &spot, true, false) {
                Ok(more) => added.extend(more),
                Err(value) => return refuse(ssl, alert(value), reason::CALLBACK_FAILED),
            }
        }
        with(ssl, |ssl| ssl.connection.as_mut().map(|connection| connection.add_extensions(added)));
        Go::On
    }
}

/// Shows the program the extensions of a message that has come.
///
/// # Safety
/// As for [`ask`].
pub unsafe fn received(ssl: *mut SSL) -> Go {
    // SAFETY: as for `ask`.
    unsafe {
        let known = with(ssl, |ssl| {
            let received = ssl.connection.as_ref().and_then(Connection::received_extensions).cloned()?;
            let certificates = received.chain.iter().map(|der| ssl.ctx().library.certificate(der));
            let certificates: Vec<Option<Owned<X509>>> = certificates.collect();
            Some((received, certificates))
        });
        let Some(Some((received, certificates))) = known else { return Go::Return(-1) };
        if received.is_retry
            && let Go::Return(result) = ask_again(ssl)
        {
            return Go::Return(result);
        }
        if let Err((alert, why)) = look_at(ssl, &received, certificates) {
            return refuse(ssl, alert, why);
        }
        let taken = with(ssl, |ssl| match &mut ssl.connection {
            Some(connection) => connection.take_extensions(),
            None => Err(Error::WrongState),
        });
        match taken {
            Some(Ok(())) => Go::On,
            Some(Err(error)) => Go::Return(give_up(ssl, &error)),
            None => Go::Return(-1),
        }
    }
}

/// The list of extensions in each place, one after the other, in the order in which they were registered.
unsafe fn look_at(
    ssl: *mut SSL,
    message: &ReceivedExtensions,
    certificates: Vec<Option<Owned<X509>>>,
) -> Result<(), (Alert, Reason)> {
    let ReceivedExtensions { extensions, resumed, is_tls13, .. } = message;
    let spots: Vec<Spot> = match extensions.first().map(|one| one.place) {
        None => return Ok(()),
        Some(Place::ServerHello) if *is_tls13 => vec![Spot::new(Place::ServerHello, place::SERVER_HELLO13)],
        Some(Place::ServerHello) => vec![Spot::new(Place::ServerHello, place::SERVER_HELLO12)],
        Some(Place::EncryptedExtensions) => {
            vec![Spot::new(Place::EncryptedExtensions, place::ENCRYPTED_EXTENSIONS)]
        }
        Some(Place::CertificateRequest) => {
            vec![Spot::new(Place::CertificateRequest, place::CERTIFICATE_REQUEST)]
        }
        // What is no certificate is refused when the chain is judged.
        Some(Place::Certificate(_)) => {
            Spot::of_chain(certificates.into_iter().map_while(|one| one).collect()).collect()
        }
    };
    // SAFETY: as for `ask`.
    unsafe {
        let known = with(ssl, |ssl| (registered(ssl), ssl.own_extensions.sent.clone(), ssl.is_server()));
        let Some((registered, sent, is_server)) = known else { return Ok(()) };
        for spot in &spots {
            let role = (spot.context == place::SERVER_HELLO12).then_some(Role::Client);
            let here = |known: &Extension| {
                extensions.iter().find(|one| one.place == spot.place && known.is(one.kind.into(), role))
            };
            let found: Vec<_> = registered.iter().filter_map(|known| Some((known, here(known)?))).collect();
            let misplaced =
                |known: &Extension| known.context & spot.context == 0 || known.context & place::DTLS_ONLY != 0;
            if found.iter().any(|(known, _)| misplaced(known)) {
                return Err((Alert::ILLEGAL_PARAMETER, reason::BAD_EXTENSION));
            }
            for (known, extension) in found {
                if !is_relevant(known, spot.context, is_server, *is_tls13, *resumed) {
                    continue;
                }
                let answers = !matches!(spot.place, Place::Certificate(_) | Place::CertificateRequest);
                if answers && !sent.contains(&known.kind) {
                    return Err((Alert::UNSUPPORTED_EXTENSION, reason::BAD_EXTENSION));
                }
                if spot.context == place::CERTIFICATE_REQUEST {
                    with(ssl, |ssl| ssl.own_extensions.received.push(known.kind));
                }
                show(ssl, known, spot, &extension.body).map_err(|value| (alert(value), reason::BAD_EXTENSION))?;
            }
        }
    }
    Ok(())
}

/// What was set for this type beside the certificate that is sent.
fn server_info(ssl: &mut SSL, kind: u16) -> Option<Vec<u8>> {
    let kind_of_key = ssl.selected.or_else(|| selection::select(ssl)).filter(|_| !ssl.foresees_resumption())?;
    ssl.settings.credentials.slot(kind_of_key).server_info.as_ref()?.find(kind).map(<[u8]>::to_vec)
}
