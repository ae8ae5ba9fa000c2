//! Keys of session tickets that the program gives by callback, so that several processes share
//! them and old ones retire.
//!
//! The engine seals tickets in a format of its own. Of what the callback sets up it takes the name
//! and, as the secret, a MAC under the program's key: who has the same keys opens the tickets.

use std::ffi::{c_int, c_uchar};
use std::ptr;

use standin_engine::{ClientHello, OpeningKey, TicketKey, TicketKeys};
use zeroize::Zeroizing;

use crate::ctx::settings::{TicketKeyCallback, TicketKeyMacCallback};
use crate::error::{Reason, reason};
use crate::libcrypto::Owned;
use crate::libcrypto::evp::{
    EVP_CIPHER_CTX, EVP_CIPHER_CTX_new, EVP_MAC, EVP_MAC_CTX, EVP_MAC_CTX_new, EVP_MAC_fetch, EVP_MAC_final,
    EVP_MAC_update, HMAC_CTX, HMAC_CTX_new, HMAC_Final, HMAC_Update,
};
use crate::ssl::{SSL, with};

/// What the secret is the MAC of.
const LABEL: &[u8] = b"standin session ticket key";
/// Length of a key's name, at the start of a ticket; EVP_MAX_IV_LENGTH; EVP_MAX_MD_SIZE.
const NAME: usize = 16;
const IV: usize = 16;
const DIGEST: usize = 64;
/// session_ticket (RFC 5077).
const SESSION_TICKET: u16 = 35;
/// SSL_OP_NO_TICKET.
const NO_TICKET: u64 = 1 << 14;

/// The program's callback, in one of its two forms.
#[derive(Clone, Copy)]
enum Callback {
    Mac(TicketKeyMacCallback),
    Hmac(TicketKeyCallback),
}

/// What the program said of a key.
enum Answer {
    /// It has none.
    None,
    /// This one.
    Key(TicketKey),
    /// This one, but tickets should be sealed anew.
    Retiring(TicketKey),
    /// The handshake must not go on.
    Fail,
}

/// Asks the program for those keys that sealed the tickets which the client has sent, and for the one that seals now.
/// The answers are for this handshake: another one may be another tenant's. `Ok(None)`: the program gives no keys.
/// Call with nothing borrowed.
///
/// # Safety
/// `ssl` is live; a guard keeps it.
pub unsafe fn ask_ticket_keys(ssl: *mut SSL) -> Result<Option<TicketKeys>, Reason> {
    // SAFETY: callbacks run with nothing borrowed.
    unsafe {
        let asked = with(ssl, |ssl| {
            let hooks = ssl.first_ctx().read(|state| state.hooks);
            let callback = hooks.ticket_key_mac.map(Callback::Mac).or(hooks.ticket_key.map(Callback::Hmac));
            let callback = callback.filter(|_| ssl.switches.options & NO_TICKET == 0)?;
            Some((callback, ssl.hello.seen.as_deref().map(names).unwrap_or_default()))
        });
        let Some(Some((callback, offered))) = asked else { return Ok(None) };
        let mut opening: Vec<OpeningKey> = Vec::new();
        for name in offered {
            if opening.iter().any(|known| known.key.name == name) {
                continue;
            }
            match callback.ask(ssl, Some(name)) {
                Answer::None => {}
                Answer::Key(key) => opening.push(OpeningKey { key, renew: false }),
                Answer::Retiring(key) => opening.push(OpeningKey { key, renew: true }),
                Answer::Fail => return Err(Reason::INTERNAL_ERROR),
            }
        }
        let sealing = match callback.ask(ssl, None) {
            Answer::None => None,
            Answer::Key(key) | Answer::Retiring(key) => Some(key),
            Answer::Fail => return Err(reason::CALLBACK_FAILED),
        };
        Ok(Some(TicketKeys::new(sealing, opening)))
    }
}

/// Names of the keys that sealed the client's tickets.
fn names(hello: &ClientHello) -> Vec<[u8; NAME]> {
    let first = |ticket: &[u8]| ticket.first_chunk().copied();
    let mut names: Vec<_> = hello.extension_body(SESSION_TICKET).and_then(first).into_iter().collect();
    names.extend(hello.offered_psks().iter().filter_map(|(identity, _)| first(identity)));
    names
}

impl Callback {
    /// The key to seal with, or the key of a name.
    unsafe fn ask(self, ssl: *mut SSL, name: Option<[u8; NAME]>) -> Answer {
        // SAFETY: the caller's promise.
        match unsafe { self.call(ssl, name) } {
            None | Some((..0, _)) => Answer::Fail,
            Some((0, _)) => Answer::None,
            Some((1, Some(key))) => Answer::Key(key),
            Some((2.., Some(key))) => Answer::Retiring(key),
            Some((_, None)) => Answer::Fail,
        }
    }

    /// What the callback answers, and the key that it has set up; `None` when there is no memory.
    unsafe fn call(self, ssl: *mut SSL, name: Option<[u8; NAME]>) -> Option<(c_int, Option<TicketKey>)> {
        let seal = c_int::from(name.is_none());
        let mut name = name.unwrap_or([0; NAME]);
        let mut iv = [0_u8; IV];
        // SAFETY: the callback gets room as it is documented; what it sets up is ours.
        let (answer, secret) = unsafe {
            let cipher = Owned::<EVP_CIPHER_CTX>::from_raw(EVP_CIPHER_CTX_new())?;
            match self {
                Callback::Mac(callback) => {
                    let algorithm =
                        Owned::<EVP_MAC>::from_raw(EVP_MAC_fetch(ptr::null_mut(), c"HMAC".as_ptr(), ptr::null()))?;
                    let mac = Owned::<EVP_MAC_CTX>::from_raw(EVP_MAC_CTX_new(algorithm.as_ptr()))?;
                    let answer = callback(ssl, name.as_mut_ptr(), iv.as_mut_ptr(), cipher.as_ptr(), mac.as_ptr(), seal);
                    (answer, if answer > 0 { mac_of_label(&mac) } else { None })
                }
                Callback::Hmac(callback) => {
                    let mac = Owned::<HMAC_CTX>::from_raw(HMAC_CTX_new())?;
                    let answer = callback(ssl, name.as_mut_ptr(), iv.as_mut_ptr(), cipher.as_ptr(), mac.as_ptr(), seal);
                    (answer, if answer > 0 { hmac_of_label(&mac) } else { None })
                }
            }
        };
        let key = secret.map(|secret| {
            let mut key = TicketKey { name, aes: [0; 32], hmac: [0; 32] };
            // Up to 64 bytes of secret.
            for (to, from) in key.hmac.iter_mut().chain(&mut key.aes).zip(&*secret) {
                *to = *from;
            }
            key
        });
        Some((answer, key))
    }
}

unsafe fn mac_of_label(mac: &Owned<EVP_MAC_CTX>) -> Option<Zeroizing<Vec<u8>>> {
    let (mut out, mut len) = (Zeroizing::new([0_u8; DIGEST]), 0);
    // SAFETY: the buffer is as long as told.
    unsafe {
        if EVP_MAC_update(mac.as_ptr(), LABEL.as_ptr(), LABEL.len()) <= 0
            || EVP_MAC_final(mac.as_ptr(), out.as_mut_ptr(), &mut len, out.len()) <= 0
        {
            return None;
        }
    }
    out.get(..len).filter(|secret| !secret.is_empty()).map(|secret| Zeroizing::new(secret.to_vec()))
}

unsafe fn hmac_of_label(mac: &Owned<HMAC_CTX>) -> Option<Zeroizing<Vec<u8>>> {
    let (mut out, mut len) = (Zeroizing::new([0 as c_uchar; DIGEST]), 0);
    // SAFETY: the buffer takes any digest.
    unsafe {
        if HMAC_Update(mac.as_ptr(), LABEL.as_ptr(), LABEL.len()) <= 0
            || HMAC_Final(mac.as_ptr(), out.as_mut_ptr(), &mut len) <= 0
        {
            return None;
        }
    }
    let secret = out.get(..usize::try_from(len).ok()?).filter(|secret| !secret.is_empty())?;
    Some(Zeroizing::new(secret.to_vec()))
}
