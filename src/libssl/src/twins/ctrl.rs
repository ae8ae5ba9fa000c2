//! SSL_CTX_ctrl and SSL_ctrl.

use std::ffi::{c_int, c_long, c_void};

use super::{Owner, chain, groups, schemes, twins};
use crate::ctx::ctrl::of_context;
use crate::ctx::{SSL_CTX, borrow};
use crate::error::{self, Reason, reason};
use crate::libcrypto::ec::{EC_GROUP, EC_GROUP_get_curve_name, EC_KEY, EC_KEY_get0_group};
use crate::libcrypto::{EVP_PKEY, Owned, X509_STORE, ptr_or_null, stack};
use crate::set::command::{self, AnyCallback, give, to_long, typed};
use crate::set::credentials::Step;
use crate::set::settings::{MAX_PLAIN, Switches};
use crate::ssl::SSL;
use crate::ssl::ctrl::{of_connection, set_host_name, set_ocsp_response};
use crate::ssl::{peer, with};

/// SSL_MAX_PIPELINES.
const MAX_PIPELINES: c_long = 32;
/// SSL_CERT_SET_FIRST, SSL_CERT_SET_NEXT.
const SET_FIRST: c_long = 1;
const SET_NEXT: c_long = 2;

/// Commands on what is cheap to copy; `None` for others.
fn switch(
    switches: &mut Switches,
    only: Option<c_int>,
    command: c_int,
    larg: c_long,
    parg: *mut c_void,
) -> Option<c_long> {
    let bits = larg as u32; // flags come in the low half
    Some(match command {
        command::MODE => {
            switches.mode |= bits;
            c_long::from(switches.mode)
        }
        command::CLEAR_MODE => {
            switches.mode &= !bits;
            c_long::from(switches.mode)
        }
        command::GET_READ_AHEAD => c_long::from(switches.read_ahead),
        command::SET_READ_AHEAD => c_long::from(std::mem::replace(&mut switches.read_ahead, larg != 0)),
        command::SET_MSG_CALLBACK_ARG => {
            switches.message_argument = parg;
            1
        }
        command::GET_MAX_CERT_LIST => to_long(switches.max_cert_list),
        command::SET_MAX_CERT_LIST => match usize::try_from(larg) {
            Ok(max) => to_long(std::mem::replace(&mut switches.max_cert_list, max)),
            Err(_) => 0,
        },
        command::SET_MAX_SEND_FRAGMENT => match usize::try_from(larg) {
            Ok(max @ 512..=MAX_PLAIN) => {
                switches.max_send_fragment = max;
                switches.split_send_fragment = switches.split_send_fragment.min(max);
                1
            }
            _ => 0,
        },
        command::SET_SPLIT_SEND_FRAGMENT => match usize::try_from(larg) {
            Ok(split) if split > 0 && split <= switches.max_send_fragment => {
                switches.split_send_fragment = split;
                1
            }
            _ => 0,
        },
        // Suites that seal several records at once come with engines, which are not served.
        command::SET_MAX_PIPELINES if !(1..=MAX_PIPELINES).contains(&larg) => 0,
        command::SET_MAX_PIPELINES => {
            switches.pipelined = larg > 1;
            1
        }
        command::CERT_FLAGS => {
            switches.certificate_flags |= bits;
            c_long::from(switches.certificate_flags)
        }
        command::CLEAR_CERT_FLAGS => {
            switches.certificate_flags &= !bits;
            c_long::from(switches.certificate_flags)
        }
        command::GET_MIN_PROTO_VERSION => c_long::from(switches.min_version),
        command::GET_MAX_PROTO_VERSION => c_long::from(switches.max_version),
        command::SET_MIN_PROTO_VERSION => bound(only, larg, switches.max_version, &mut switches.min_version),
        command::SET_MAX_PROTO_VERSION => bound(only, larg, switches.min_version, &mut switches.max_version),
        command::GET_TLSEXT_STATUS_REQ_TYPE => c_long::from(switches.status_type),
        command::SET_TLSEXT_STATUS_REQ_TYPE => {
            switches.status_type = larg as c_int; // an enumeration
            1
        }
        _ => return None,
    })
}

/// Sets a bound on the version. A method that is for one version only takes no notice.
fn bound(only: Option<c_int>, version: c_long, other: c_int, bound: &mut c_int) -> c_long {
    match c_int::try_from(version) {
        Ok(version @ (0 | 0x0300..=0x0304)) => {
            if only.is_none() || version == 0 {
                *bound = version;
            }
            1
        }
        // DTLS: no matter here, unless the other bound is set, which is for TLS.
        Ok(0xfeff | 0xfefd | 0x0100) => c_long::from(other == 0),
        _ => 0,
    }
}

/// Commands that SSL_CTX_ctrl and SSL_ctrl share; `None` for others.
///
/// # Safety
/// As for [`Owner::look`]; `parg` is what the command takes.
pub unsafe fn common(
    owner: Owner,
    only: Option<c_int>,
    command: c_int,
    larg: c_long,
    parg: *mut c_void,
) -> Option<c_long> {
    // SAFETY: the caller's promise.
    unsafe {
        if let Some(answer) = owner.switch(|switches| switch(switches, only, command, larg, parg))? {
            return Some(answer);
        }
        Some(match command {
            command::SET_TMP_DH => finite_field(parg),
            command::SET_TMP_DH_CB => {
                error::raise(Reason::SHOULD_NOT_HAVE_BEEN_CALLED);
                0
            }
            command::SET_DH_AUTO => 1,
            command::SET_TMP_ECDH => elliptic_curve(owner, parg.cast()),
            command::SET_GROUPS => groups::set_nids(owner, parg.cast(), larg),
            command::SET_GROUPS_LIST => groups::set_list(Some(owner), parg.cast()),
            command::SET_SIGALGS => schemes::set_nids(owner, parg.cast(), larg, false),
            command::SET_SIGALGS_LIST => schemes::set_list(Some(owner), parg.cast(), false),
            command::SET_CLIENT_SIGALGS => schemes::set_nids(owner, parg.cast(), larg, true),
            command::SET_CLIENT_SIGALGS_LIST => schemes::set_list(Some(owner), parg.cast(), true),
            command::CHAIN => c_long::from(chain::set(owner, parg.cast(), larg != 0)),
            command::CHAIN_CERT => c_long::from(chain::add(owner, parg.cast(), larg != 0)),
            command::BUILD_CERT_CHAIN => c_long::from(chain::build(owner, larg)),
            command::GET_CHAIN_CERTS => {
                let chain = owner.look(|_, settings| stack::ptr_or_null(&settings.credentials.current().chain))?;
                give(parg, chain)
            }
            command::SELECT_CURRENT_CERT => {
                c_long::from(owner.set(|settings| settings.credentials.select(parg.cast()))?)
            }
            command::SET_CURRENT_CERT => match larg {
                SET_FIRST => c_long::from(owner.set(|settings| settings.credentials.step(Step::First))?),
                SET_NEXT => c_long::from(owner.set(|settings| settings.credentials.step(Step::Next))?),
                _ => 0,
            },
            command::SET_VERIFY_CERT_STORE => set_store(owner, parg.cast(), larg != 0, false)?,
            command::SET_CHAIN_CERT_STORE => set_store(owner, parg.cast(), larg != 0, true)?,
            command::GET_VERIFY_CERT_STORE => {
                give(parg, owner.look(|_, settings| ptr_or_null(&settings.verify_store))?)
            }
            command::GET_CHAIN_CERT_STORE => give(parg, owner.look(|_, settings| ptr_or_null(&settings.chain_store))?),
            command::SET_CLIENT_CERT_TYPES => set_certificate_types(owner, parg.cast(), larg)?,
            _ => return None,
        })
    }
}

/// Parameters for finite-field Diffie-Hellman: suites that would use them are not served.
fn finite_field(parameters: *const c_void) -> c_long {
    if parameters.is_null() {
        error::raise(Reason::PASSED_NULL_PARAMETER);
        return 0;
    }
    1
}

/// Parameters for suites that are not served: those that are strong enough are taken over and let go.
unsafe fn set_parameters(owner: Owner, key: *mut EVP_PKEY) -> c_int {
    // SAFETY: the program's pointers; its reference becomes ours.
    unsafe {
        if !owner.admits_parameters(key) {
            error::raise(reason::DH_KEY_TOO_SMALL);
            return 0;
        }
        drop(Owned::from_raw(key));
    }
    1
}

twins! {
    /// Parameters for suites that are not served: taken over and let go.
    SSL_CTX_set0_tmp_dh_pkey, SSL_set0_tmp_dh_pkey(key: *mut EVP_PKEY) -> c_int = set_parameters;
}

/// Only the curve of `key` from now on.
unsafe fn elliptic_curve(owner: Owner, key: *const EC_KEY) -> c_long {
    // SAFETY: the program's pointers.
    unsafe {
        if key.is_null() {
            error::raise(Reason::PASSED_NULL_PARAMETER);
            return 0;
        }
        let group: *const EC_GROUP = EC_KEY_get0_group(key);
        if group.is_null() {
            error::raise(reason::MISSING_PARAMETERS);
            return 0;
        }
        let nid = EC_GROUP_get_curve_name(group);
        groups::set_nids(owner, &nid, 1)
    }
}

unsafe fn set_store(owner: Owner, store: *mut X509_STORE, share: bool, chain: bool) -> Option<c_long> {
    // SAFETY: the program's pointers; without `share` its reference becomes ours.
    unsafe {
        owner.look(|_, _| ())?;
        let store = if share { Owned::retained(store) } else { Owned::from_raw(store) };
        let old = owner.set(|settings| {
            let place = if chain { &mut settings.chain_store } else { &mut settings.verify_store };
            std::mem::replace(place, store)
        })?;
        drop(old);
        Some(1)
    }
}

/// RFC 5246 §7.4.4: rustls asks for these, and for no others.
unsafe fn set_certificate_types(owner: Owner, types: *const u8, len: c_long) -> Option<c_long> {
    const ASKED_FOR: &[u8] = &[1, 64]; // rsa_sign, ecdsa_sign
    // SAFETY: the program's pointer.
    unsafe { owner.look(|_, _| ()) }?;
    let len = usize::try_from(len).unwrap_or(usize::MAX);
    // SAFETY: as long as the program says.
    let given = || unsafe { std::slice::from_raw_parts(types, len) };
    if types.is_null() || len == 0 || (len == ASKED_FOR.len() && given() == ASKED_FOR) {
        return Some(1);
    }
    error::raise(Reason::DISABLED);
    Some(0)
}

versioned! {
    /// Commands that have no function of their own.
    pub unsafe extern "C" fn SSL_CTX_ctrl(context: *mut SSL_CTX, command: c_int, larg: c_long, parg: *mut c_void) -> c_long {
        // SAFETY: the program's pointers, as the command takes them.
        unsafe {
            if context.is_null() {
                return match command {
                    command::SET_GROUPS_LIST => groups::set_list(None, parg.cast()),
                    command::SET_SIGALGS_LIST | command::SET_CLIENT_SIGALGS_LIST => schemes::set_list(None, parg.cast(), false),
                    _ => 0,
                };
            }
            let Some(held) = borrow(context) else { return 0 };
            let only = held.read(|state| state.method.only());
            match common(Owner::Context(context), only, command, larg, parg) {
                Some(answer) => answer,
                None => of_context(held, command, larg, parg),
            }
        }
    }

    /// Callbacks that have no function of their own.
    pub unsafe extern "C" fn SSL_CTX_callback_ctrl(context: *mut SSL_CTX, command: c_int, callback: Option<AnyCallback>) -> c_long {
        // SAFETY: the program's pointers; the command says what the callback is.
        unsafe {
            let Some(context) = borrow(context) else { return 0 };
            context.write(|state| {
                match command {
                    command::SET_MSG_CALLBACK => state.switches.message_callback = typed(callback),
                    command::SET_TLSEXT_SERVERNAME_CB => state.hooks.server_name = typed(callback),
                    command::SET_TLSEXT_STATUS_REQ_CB => state.hooks.status = typed(callback),
                    command::SET_TLSEXT_TICKET_KEY_CB => state.hooks.ticket_key = typed(callback),
                    command::SET_NOT_RESUMABLE_SESS_CB => state.switches.not_resumable = typed(callback),
                    // Finite-field Diffie-Hellman is not served: never called.
                    command::SET_TMP_DH_CB => {}
                    _ => return 0,
                }
                1
            })
        }
    }

    /// Commands that have no function of their own.
    pub unsafe extern "C" fn SSL_ctrl(ssl: *mut SSL, command: c_int, larg: c_long, parg: *mut c_void) -> c_long {
        // SAFETY: the program's pointers, as the command takes them.
        unsafe {
            match command {
                command::SET_TLSEXT_HOSTNAME => return set_host_name(ssl, larg, parg.cast()),
                command::SET_TLSEXT_STATUS_REQ_OCSP_RESP => return set_ocsp_response(ssl, parg.cast(), larg),
                command::GET_PEER_SIGNATURE_NID => return c_long::from(peer::peer_signature_nid(ssl, parg.cast())),
                command::GET_SIGNATURE_NID => return c_long::from(peer::signature_nid(ssl, parg.cast())),
                _ => {}
            }
            let Some(only) = with(ssl, |ssl| ssl.method.only()) else { return 0 };
            match common(Owner::Connection(ssl), only, command, larg, parg) {
                // Of all that the original does then, what can be told is that it reads ahead.
                Some(1) if command == command::SET_MAX_PIPELINES && larg > 1 => {
                    with(ssl, |ssl| ssl.switches.read_ahead = true);
                    1
                }
                Some(answer) => answer,
                None => with(ssl, |ssl| of_connection(ssl, command, larg, parg)).unwrap_or(0),
            }
        }
    }

    /// Callbacks that have no function of their own.
    pub unsafe extern "C" fn SSL_callback_ctrl(ssl: *mut SSL, command: c_int, callback: Option<AnyCallback>) -> c_long {
        // SAFETY: the program's pointers; the command says what the callback is.
        let set = unsafe {
            with(ssl, |ssl| {
                match command {
                    command::SET_MSG_CALLBACK => ssl.set_message_callback(typed(callback)),
                    command::SET_TLSEXT_DEBUG_CB => ssl.set_extension_callback(typed(callback)),
                    command::SET_NOT_RESUMABLE_SESS_CB => ssl.switches.not_resumable = typed(callback),
                    // Finite-field Diffie-Hellman is not served: never called.
                    command::SET_TMP_DH_CB => {}
                    _ => return 0,
                }
                1
            })
        };
        set.unwrap_or(0)
    }
}
