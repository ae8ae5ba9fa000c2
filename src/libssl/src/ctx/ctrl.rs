//! What only SSL_CTX_ctrl has.

use std::ffi::{c_int, c_long, c_void};

use super::SSL_CTX;
use crate::error::{self, Reason, reason};
use crate::libcrypto::Owned;
use crate::libcrypto::stack::{self, Certificates};
use crate::set::command::{self, give, to_long};

/// Commands that only an SSL_CTX has.
///
/// # Safety
/// `parg` is what the command takes.
pub unsafe fn of_context(context: &SSL_CTX, command: c_int, larg: c_long, parg: *mut c_void) -> c_long {
    // SAFETY: `parg` is what the command takes.
    unsafe {
        match command {
            command::SET_SESS_CACHE_SIZE => match usize::try_from(larg) {
                Ok(size) => to_long(context.write(|state| std::mem::replace(&mut state.hooks.cache_size, size))),
                Err(_) => 0,
            },
            command::GET_SESS_CACHE_SIZE => to_long(context.read(|state| state.hooks.cache_size)),
            command::SET_SESS_CACHE_MODE => {
                let mode = larg as c_int; // flags
                c_long::from(context.write(|state| std::mem::replace(&mut state.hooks.cache_mode, mode)))
            }
            command::GET_SESS_CACHE_MODE => c_long::from(context.read(|state| state.hooks.cache_mode)),
            command::SESS_NUMBER..=command::SESS_CACHE_FULL => context.sessions.statistic(command),
            command::SET_TLSEXT_SERVERNAME_ARG => {
                context.write(|state| state.hooks.server_name_argument = parg);
                1
            }
            command::SET_TLSEXT_STATUS_REQ_CB_ARG => {
                context.write(|state| state.hooks.status_argument = parg);
                1
            }
            command::GET_TLSEXT_STATUS_REQ_CB_ARG => give(parg, context.read(|state| state.hooks.status_argument)),
            command::GET_TLSEXT_STATUS_REQ_CB => give(parg, context.read(|state| state.hooks.status)),
            command::SET_TLSEXT_TICKET_KEYS => set_ticket_keys(context, parg.cast(), larg),
            command::GET_TLSEXT_TICKET_KEYS => ticket_keys(context, parg.cast(), larg),
            command::EXTRA_CHAIN_CERT => add_extra(context, parg.cast()),
            command::GET_EXTRA_CHAIN_CERTS => {
                let chain = context.read(|state| match &state.extra {
                    None if larg == 0 => stack::ptr_or_null(&state.settings.credentials.current().chain),
                    extra => stack::ptr_or_null(extra),
                });
                give(parg, chain)
            }
            command::CLEAR_EXTRA_CHAIN_CERTS => {
                drop(context.write(|state| state.extra.take()));
                1
            }
            _ => 0,
        }
    }
}

/// Takes the certificate over.
unsafe fn add_extra(context: &SSL_CTX, certificate: *mut crate::libcrypto::X509) -> c_long {
    // SAFETY: the program's reference becomes ours.
    unsafe {
        let Some(held) = Owned::retained(certificate) else {
            error::raise(Reason::PASSED_NULL_PARAMETER);
            return 0;
        };
        let added = context.write(|state| {
            if state.extra.is_none() {
                state.extra = Certificates::new();
            }
            state.extra.as_mut().is_some_and(|extra| extra.push(held))
        });
        if !added {
            error::raise(Reason::MALLOC_FAILURE);
            return 0;
        }
        drop(Owned::from_raw(certificate));
        1
    }
}

/// Name, HMAC key and AES key of the keys that seal tickets.
const TICKET_KEYS: c_long = 16 + 32 + 32;

unsafe fn set_ticket_keys(context: &SSL_CTX, keys: *const u8, len: c_long) -> c_long {
    if keys.is_null() {
        return TICKET_KEYS;
    }
    if len != TICKET_KEYS {
        error::raise(reason::INVALID_TICKET_KEYS_LENGTH);
        return 0;
    }
    // SAFETY: 80 bytes, by the program's promise.
    let keys = unsafe { &*keys.cast::<[u8; TICKET_KEYS as usize]>() };
    context.set_ticket_keys(keys);
    1
}

unsafe fn ticket_keys(context: &SSL_CTX, place: *mut u8, len: c_long) -> c_long {
    if place.is_null() {
        return TICKET_KEYS;
    }
    if len != TICKET_KEYS {
        error::raise(reason::INVALID_TICKET_KEYS_LENGTH);
        return 0;
    }
    let keys = context.share_ticket_keys();
    let Some(key) = keys.sealing() else { return 0 };
    // SAFETY: 80 bytes, by the program's promise.
    let place = unsafe { std::slice::from_raw_parts_mut(place, TICKET_KEYS as usize) };
    place[..16].copy_from_slice(&key.name);
    place[16..48].copy_from_slice(&key.hmac);
    place[48..].copy_from_slice(&key.aes);
    1
}
