//! Pre-shared keys agreed on outside of TLS: RFC 8446 §4.2.11.
//!
//! rustls resumes sessions and knows no other pre-shared key. It is therefore given a session under the identity,
//! with a stand-in for its secret, and the tapped provider puts the key in the place of the stand-in and "ext binder"
//! in that of "res binder". Were that to fail, the stand-in would open nothing: it is random.

mod beside;
mod binder;

use std::sync::Arc;

use zeroize::Zeroizing;

use crate::observe::{Notes, Observer};
use crate::schedule::Hash;
use crate::session::{KnownSession, SessionLookup, TicketSource};
use crate::ticket::Envelope;
use crate::{ClientHello, Error, Protocol, Role, SUITES, ServerConfig, provider, value};

pub(crate) use beside::{Beside, chosen};
pub(crate) use binder::check_first;

/// The greatest length of an identity: what a ClientHello holds beside the rest.
const MAX_IDENTITY: usize = 0xff00;
const STAND_IN: usize = 32;

/// A pre-shared key that was agreed on outside of TLS, with the identity it goes by. It is only used together with
/// a fresh key exchange (psk_dhe_ke). Cheap to clone.
#[derive(Clone)]
pub struct ExternalPsk(Arc<Parts>);

struct Parts {
    identity: Vec<u8>,
    key: Zeroizing<Vec<u8>>,
    suite: u16,
    stand_in: [u8; STAND_IN],
}

/// The same key under the same identity, for the same suite.
impl PartialEq for ExternalPsk {
    fn eq(&self, other: &Self) -> bool {
        let (own, other) = (&*self.0, &*other.0);
        (&own.identity, &own.key, own.suite) == (&other.identity, &other.key, other.suite)
    }
}

impl Eq for ExternalPsk {}

impl ExternalPsk {
    /// `suite`: a cipher suite of TLS 1.3 whose hash the key belongs to; 0x1301 if none was agreed on (RFC 8446
    /// §4.2.11). `None` for another suite, an empty key, or an identity that is empty or longer than 65,280 bytes.
    pub fn new(identity: &[u8], key: &[u8], suite: u16) -> Option<Self> {
        if !is_tls13(suite) || key.is_empty() || !(1..=MAX_IDENTITY).contains(&identity.len()) {
            return None;
        }
        let mut stand_in = [0; STAND_IN];
        provider::fill_random(&mut stand_in).ok()?;
        let key = Zeroizing::new(key.to_vec());
        Some(ExternalPsk(Arc::new(Parts { identity: identity.to_vec(), key, suite, stand_in })))
    }

    /// The identity.
    pub fn identity(&self) -> &[u8] {
        &self.0.identity
    }

    fn hash(&self) -> Option<Hash> {
        Hash::of_suite(self.0.suite)
    }

    /// Is it for the hash of this suite of TLS 1.3?
    pub fn fits(&self, suite: u16) -> bool {
        is_tls13(suite) && Hash::of_suite(suite) == self.hash()
    }

    /// Client: has rustls offer it, if one of `suites` goes with it.
    pub(crate) fn offer(&self, suites: &[u16], notes: &mut Notes) -> Result<(), Error> {
        if !suites.iter().any(|suite| self.fits(*suite)) {
            return Ok(());
        }
        let time = crate::session::now();
        TicketSource::of_psk(self.0.suite, &self.0.stand_in)?.read_as(&self.0.identity, time, notes)?;
        notes.offer13 = notes.received13.take();
        // obfuscated_ticket_age should be 0 (RFC 8446 §4.2.11), also in a second ClientHello.
        notes.now = Some(time);
        notes.external = Some(self.clone());
        Ok(())
    }

    /// Server: has rustls find it, if it can be used for `hello` and nothing that the client names first can. Answers
    /// the one suite to negotiate then.
    pub(crate) fn accept(&self, config: &ServerConfig, lookup: &SessionLookup<'_>, notes: &mut Notes) -> Option<u16> {
        let SessionLookup { settings, hello, .. } = *lookup;
        let place = hello.psk_identities().position(|identity| identity == self.0.identity)?;
        if settings.parameters.max != Protocol::Tls13 || !hello.versions.contains(&0x0304) {
            return None;
        }
        let known = lookup.known();
        let comes_first = |at: &usize| hello.psk_identities().take(place).any(|name| name == known[*at].name);
        if let Some(at) = resumable(config, hello, &known).filter(comes_first) {
            notes.known = vec![known[at].clone()];
            return Some(known[at].envelope.suite);
        }
        let suite = common(config, hello).find(|suite| self.fits(*suite))?;
        let mut envelope = Envelope {
            version: 0x0304,
            suite,
            secret: self.0.stand_in.to_vec().into(),
            created: crate::session::now(),
            ..Envelope::default()
        };
        let name = hello.server_name.as_deref().filter(|_| !lookup.nameless);
        envelope.value = value::server(&envelope, name).ok()?;
        notes.known = vec![KnownSession { name: self.0.identity.clone(), envelope, renewed: None }];
        notes.external = Some(self.clone());
        Some(suite)
    }
}

/// The suites of a server and its client, most wanted first.
fn common<'a>(config: &'a ServerConfig, hello: &'a ClientHello) -> impl Iterator<Item = u16> + 'a {
    let (ours, theirs) = (&config.settings.parameters.suites, &hello.suites);
    let (order, other) = if config.settings.prefer_own_order { (ours, theirs) } else { (theirs, ours) };
    order.iter().copied().filter(|suite| other.contains(suite))
}

/// Which of the sessions that a ClientHello names could be resumed under TLS 1.3, if its suite were negotiated?
fn resumable(config: &ServerConfig, hello: &ClientHello, known: &[KnownSession]) -> Option<usize> {
    let resumes =
        |envelope: &Envelope| envelope.version == 0x0304 && common(config, hello).any(|suite| suite == envelope.suite);
    known.iter().position(|known| resumes(&known.envelope))
}

/// The suite of the session to resume, if that is preferred. A server without a certificate has nothing else to go by:
/// the session came of a key, and its suite of the key's.
pub(crate) fn suite_of_ticket(config: &ServerConfig, hello: &ClientHello, known: &[KnownSession]) -> Option<u16> {
    let settings = &config.settings;
    let tls13 = settings.parameters.max == Protocol::Tls13 && hello.versions.contains(&0x0304);
    let at = resumable(config, hello, known)
        .filter(|_| tls13 && (settings.prefer_resumption || settings.identities.is_empty()))?;
    let suite = known[at].envelope.suite;
    // It may well be the one that is negotiated anyway.
    let first = common(config, hello).find(|suite| is_tls13(*suite));
    (first != Some(suite)).then_some(suite)
}

fn is_tls13(suite: u16) -> bool {
    SUITES.iter().any(|known| known.code == suite && known.protocol == Protocol::Tls13)
}

impl std::fmt::Debug for ExternalPsk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ExternalPsk").field("identity", &self.0.identity).finish_non_exhaustive()
    }
}

impl Observer {
    /// The key for which `secret` stands in.
    pub(crate) fn external_key(&self, secret: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let psk = self.external.as_ref().filter(|psk| psk.0.stand_in == secret)?;
        Some(psk.0.key.clone())
    }

    /// The binder being computed is that of an external key: a client offers nothing behind it, and a server knows none
    /// beside it.
    pub(crate) fn binds_external(&self) -> bool {
        self.external.is_some() && (self.role == Role::Client || self.used.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::ClientHandshake;
    use crate::messages::SIGNATURE_ALGORITHMS;
    use crate::wire::Wire;
    use crate::{Acceptance, ClientConfig, ClientSettings, Connection, ServerSettings, Stop};

    /// A client that means to be known by the key alone need not send signature_algorithms (RFC 8446 §4.2.3).
    #[test]
    fn a_client_without_signature_algorithms() {
        let psk = ExternalPsk::new(b"me", b"key", 0x1301).unwrap();
        let client = ClientConfig::new(&ClientSettings::default()).unwrap();
        let server = ServerConfig::new(&ServerSettings::default()).unwrap();
        let mut wire = Wire::new(Role::Client);
        wire.notes.amendments.remove.push(SIGNATURE_ALGORITHMS);
        ClientHandshake::start(&client, Some("localhost"), None, Some(&psk), &mut wire).unwrap();
        let hello = wire.output.unsent().to_vec();
        for (known, expected) in [(Some(&psk), true), (None, false)] {
            let mut connection = Connection::server();
            connection.input(hello.len())[..hello.len()].copy_from_slice(&hello);
            connection.received(hello.len());
            assert_eq!(connection.advance(), Ok(Stop::Hello));
            assert!(connection.client_hello().unwrap().extension_body(SIGNATURE_ALGORITHMS).is_none());
            assert_eq!(
                connection.accept_with(&server, Acceptance { psk: known, ..Acceptance::default() }).is_ok(),
                expected
            );
            let named = connection.established().and_then(|agreed| agreed.psk_identity.clone());
            assert_eq!(named, expected.then(|| b"me".to_vec()));
        }
    }
}
