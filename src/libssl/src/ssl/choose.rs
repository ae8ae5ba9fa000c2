//! A client's answer to a request for its certificate.

use std::ffi::c_int;
use std::ptr;

use standin_boundary::log::Level;
use standin_engine::{Alert, Connection, Error, Identity, Protocol};

use super::handshake::{Go, give_up, refuse};
use super::{SSL, Want, check_chain, config, extensions, journal, keys, own_chain, verify, with};
use crate::error::{self, Reason, reason};
use crate::libcrypto::{EVP_PKEY, Owned, X509};
use crate::set::settings;

/// Presents a certificate, asking the program for one if none is set that the server can use.
///
/// # Safety
/// `ssl` is live and not borrowed; a guard keeps it.
pub unsafe fn present(ssl: *mut SSL) -> Go {
    // SAFETY: callbacks run with nothing borrowed; the SSL is looked at again after each.
    unsafe {
        // In the original the state machine runs again while a later request is answered.
        with(ssl, |ssl| ssl.answering = ssl.progress == super::Progress::Established);
        match certificate_callback(ssl, reason::CALLBACK_FAILED) {
            Go::On => {}
            go => return go,
        }
        let mut identity = with(ssl, usable).flatten();
        if identity.is_none() {
            identity = match client_callback(ssl) {
                Ok(given) if given => with(ssl, usable).flatten(),
                Ok(_) => None,
                Err(go) => return go,
            };
        }
        if let Some((_, chain)) = &identity
            && let Err(why) = own_chain::check(ssl, chain)
        {
            return refuse(ssl, Alert::INTERNAL_ERROR, why);
        }
        if with(ssl, |ssl| ssl.progress == super::Progress::Handshaking) == Some(true)
            && let Go::Return(result) = verify::look_at_staple(ssl)
        {
            return Go::Return(result);
        }
        if let Some((identity, _)) = &identity
            && let Some(Some(chain)) = with(ssl, |ssl| chain_to_extend(ssl, identity))
            && let Go::Return(result) = extensions::go_with(ssl, chain)
        {
            return Go::Return(result);
        }
        let identity = identity.map(|(identity, _)| identity);
        let presented = with(ssl, |ssl| {
            journal::presents(ssl, identity.as_ref());
            ssl.want = Want::Nothing;
            ssl.answering = false;
            match &mut ssl.connection {
                Some(connection) => connection.present(identity),
                None => Err(Error::WrongState),
            }
        });
        match presented {
            Some(Ok(())) => Go::On,
            Some(Err(error)) => Go::Return(give_up(ssl, &error)),
            None => Go::Return(-1),
        }
    }
}

/// The certificates that are sent, where the program may have something to add.
fn chain_to_extend(ssl: &mut SSL, identity: &Identity) -> Option<Vec<Owned<X509>>> {
    let tls13 = ssl.agreed().is_some_and(|agreed| agreed.protocol == Protocol::Tls13);
    let later = ssl.progress == super::Progress::Established;
    if !tls13 || later || ssl.ctx().read(|state| state.extensions.is_empty()) {
        return None;
    }
    let mut chains = ssl.settings.credentials.complete().filter_map(|(_, slot)| {
        let same = keys::identity(ssl, slot)?.chain.first() == identity.chain.first();
        same.then(|| own_chain::whole(ssl, slot)).flatten()
    });
    chains.next()
}

/// A certificate that is set and that the server can verify, and its chain as far as its strength is asked for.
fn usable(ssl: &mut SSL) -> Option<(Identity, Vec<Owned<X509>>)> {
    let tls13 = ssl.agreed().is_some_and(|agreed| agreed.protocol == Protocol::Tls13);
    let allowed = config::client_schemes(ssl);
    let wanted = ssl.connection.as_ref().and_then(Connection::certificate_request)?.schemes.clone();
    let fits = |scheme: &u16| {
        // PKCS #1 is for TLS 1.2 only (RFC 8446 §4.2.3).
        let pkcs1 = matches!(scheme, 0x0401 | 0x0501 | 0x0601);
        wanted.contains(scheme) && allowed.contains(scheme) && !(tls13 && pkcs1)
    };
    let slots = ssl.settings.credentials.complete().filter(|(_, slot)| check_chain::may_send(ssl, slot));
    let mut identities = slots.filter_map(|(_, slot)| Some((keys::identity(ssl, slot)?, slot)));
    let (identity, slot) = identities.find(|(identity, _)| identity.key.schemes().iter().any(fits))?;
    let chain = own_chain::of(ssl, slot, &identity);
    let identity = match ssl.settings.client_schemes.as_deref().or(config::own_schemes(ssl)) {
        None => identity,
        Some(allowed) => keys::within(identity, allowed)?,
    };
    Some((identity, chain))
}

/// SSL_set_cert_cb's function may set certificates, put the choice off or refuse, which is told as
/// `refusal`.
///
/// # Safety
/// As for [`present`].
pub unsafe fn certificate_callback(ssl: *mut SSL, refusal: Reason) -> Go {
    // SAFETY: as for `present`.
    unsafe {
        let Some(Some(hook)) = with(ssl, |ssl| ssl.switches.certificate_callback) else { return Go::On };
        match (hook.call)(ssl.cast(), hook.argument) {
            ..0 => {
                with(ssl, |ssl| ssl.want = Want::X509Lookup);
                Go::Return(-1)
            }
            0 => refuse(ssl, Alert::INTERNAL_ERROR, refusal),
            _ => {
                with(ssl, |ssl| ssl.want = Want::Nothing);
                Go::On
            }
        }
    }
}

/// SSL_CTX_set_client_cert_cb's function: has it given a certificate that is now installed?
unsafe fn client_callback(ssl: *mut SSL) -> Result<bool, Go> {
    // SAFETY: as for `present`; what the callback gives is ours to release.
    unsafe {
        let callback = with(ssl, |ssl| ssl.ctx().read(|state| state.hooks.client_certificate));
        let Some(Some(callback)) = callback else { return Ok(false) };
        let (mut certificate, mut key): (*mut X509, *mut EVP_PKEY) = (ptr::null_mut(), ptr::null_mut());
        let answer: c_int = callback(ssl.cast(), &mut certificate, &mut key);
        if answer < 0 {
            with(ssl, |ssl| {
                journal::note(ssl, Level::Info, format_args!("is asked for a certificate: later"));
                ssl.want = Want::X509Lookup;
            });
            return Err(Go::Return(-1));
        }
        with(ssl, |ssl| ssl.want = Want::Nothing);
        // Whatever the answer, what was handed over is ours to release.
        let given = (Owned::from_raw(certificate), Owned::from_raw(key));
        if answer != 1 {
            return Ok(false);
        }
        match given {
            (Some(certificate), Some(key)) => Ok(install(ssl, certificate, key)),
            _ => {
                error::raise(reason::BAD_DATA_RETURNED_BY_CALLBACK);
                Ok(false)
            }
        }
    }
}

/// Puts certificate and key on this SSL for good, as SSL_use_certificate and SSL_use_PrivateKey.
unsafe fn install(ssl: *mut SSL, certificate: Owned<X509>, key: Owned<EVP_PKEY>) -> bool {
    // SAFETY: as for `present`.
    let result = unsafe {
        with(ssl, |ssl| {
            let credentials = &mut settings::change(&mut ssl.settings).credentials;
            credentials.set_certificate(certificate).map_err(Some)?;
            credentials.set_key(key)
        })
    };
    result.is_some_and(|result| crate::set::credentials::answer(result) == 1)
}
