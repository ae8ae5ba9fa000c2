//! Which of a server's certificates a client gets. The original chooses a suite first and then, with TLS 1.2, what goes
//! with it; with TLS 1.3 the signature algorithms alone decide.

use super::{SSL, check_chain, config};
use crate::cipher::Authentication;
use crate::set::credentials::Kind;

/// TLS1_3_VERSION.
const TLS1_3: i32 = 0x0304;
/// SSL_OP_CIPHER_SERVER_PREFERENCE.
const SERVER_PREFERENCE: u64 = 1 << 22;

impl Authentication {
    /// Can a certificate of this kind authenticate the suite?
    fn takes(self, kind: Kind) -> bool {
        match self {
            Authentication::Any => true,
            Authentication::Rsa => matches!(kind, Kind::Rsa | Kind::RsaPss),
            Authentication::Ecdsa => matches!(kind, Kind::Ec | Kind::Ed25519 | Kind::Ed448),
        }
    }
}

/// The kind of the certificate that the client which has greeted gets.
pub fn select(ssl: &SSL) -> Option<Kind> {
    let usable = check_chain::usable_kinds(ssl);
    if ssl.foreseen_version() == Some(TLS1_3) {
        return by_scheme(ssl, &usable);
    }
    let hello = ssl.hello.seen.as_ref()?;
    let fitting = |code: u16| -> Vec<Kind> {
        let suite = ssl.settings.ciphers.iter().find(|suite| suite.code == code && hello.suites.contains(&code));
        let takes = |kind: &Kind| suite.is_some_and(|suite| suite.authentication.takes(*kind));
        usable.iter().copied().filter(takes).collect()
    };
    let own: Vec<u16> = ssl.settings.ciphers.iter().map(|suite| suite.code).filter(|code| code >> 8 != 0x13).collect();
    let order = if prefers_own(ssl) { &own } else { &hello.suites };
    let kinds = order.iter().map(|&code| fitting(code)).find(|kinds| !kinds.is_empty())?;
    by_scheme(ssl, &kinds).or_else(|| kinds.first().copied())
}

fn prefers_own(ssl: &SSL) -> bool {
    ssl.switches.options & SERVER_PREFERENCE != 0
}

/// The first kind of these that can sign by a scheme that both sides take.
fn by_scheme(ssl: &SSL, kinds: &[Kind]) -> Option<Kind> {
    let theirs = &ssl.hello.seen.as_ref()?.schemes;
    let tls13 = ssl.foreseen_version() == Some(TLS1_3);
    let own = config::allowed_schemes(ssl);
    let (order, other) = if prefers_own(ssl) { (&own, theirs) } else { (theirs, &own) };
    let mut shared = order.iter().filter(|scheme| other.contains(scheme)).filter(|&&scheme| {
        // PKCS #1 is for TLS 1.2 only (RFC 8446 §4.2.3).
        !(tls13 && matches!(scheme, 0x0401 | 0x0501 | 0x0601))
    });
    let slots: Vec<_> = ssl.settings.credentials.complete().filter(|(kind, _)| kinds.contains(kind)).collect();
    shared.find_map(|scheme| {
        let signs = |signer: std::sync::Arc<dyn standin_engine::PrivateKey>| signer.schemes().contains(scheme);
        slots.iter().find(|(_, slot)| slot.signer().is_some_and(signs)).map(|(kind, _)| *kind)
    })
}
