//! What was agreed on.

use std::ffi::{CStr, c_char, c_int, c_uint};
use std::ptr;

use standin_engine::{Connection, Established, Protocol};

use crate::error::code;
use crate::priority::{GROUPS, SCHEMES};
use crate::session::{Progress, Session, flag, with};
use crate::types::*;

/// gnutls_protocol_t, gnutls_cipher_algorithm_t, gnutls_kx_algorithm_t, gnutls_mac_algorithm_t.
const TLS1_2: c_int = 4;
const TLS1_3: c_int = 5;
const VERSION_UNKNOWN: c_int = 0xff;
const AES_128_GCM: c_int = 10;
const AES_256_GCM: c_int = 11;
const CHACHA20_POLY1305: c_int = 23;
const ECDHE_RSA: c_int = 12;
const ECDHE_ECDSA: c_int = 13;
const ECDHE_PSK: c_int = 14;
const AEAD: c_int = 200;

fn cipher(agreed: &Established) -> c_int {
    match agreed.suite {
        0x1301 | 0xc02b | 0xc02f => AES_128_GCM,
        0x1302 | 0xc02c | 0xc030 => AES_256_GCM,
        _ => CHACHA20_POLY1305,
    }
}

fn key_exchange(session: &Session, agreed: &Established) -> c_int {
    let rsa = match agreed.suite {
        0xc02f | 0xc030 | 0xcca8 => return ECDHE_RSA,
        0xc02b | 0xc02c | 0xcca9 => return ECDHE_ECDSA,
        _ if agreed.resumed => return ECDHE_PSK,
        _ if session.is_server() => agreed.own_scheme,
        _ => agreed.peer_scheme,
    };
    if matches!(rsa, Some(0x0804..=0x0806 | 0x0401)) { ECDHE_RSA } else { ECDHE_ECDSA }
}

fn group(agreed: &Established) -> c_int {
    GROUPS.iter().find(|(_, code)| Some(*code) == agreed.group).map_or(0, |(group, _)| *group as c_int)
}

/// gnutls_sign_algorithm_t; under TLS 1.3 schemes name a curve.
fn sign(scheme: Option<u16>, tls13: bool) -> c_int {
    let fits = |(algorithm, code): &&(c_uint, u16)| Some(*code) == scheme && (!tls13 || !(14..=16).contains(algorithm));
    SCHEMES.iter().find(fits).map_or(0, |(algorithm, _)| *algorithm as c_int)
}

/// Answers by what was agreed, or with `otherwise`.
unsafe fn agreed(
    session: gnutls_session_t,
    otherwise: c_int,
    look: impl FnOnce(&Session, &Established) -> c_int,
) -> c_int {
    // SAFETY: the program's pointer.
    unsafe { with(session, |session| session.agreed().map(|agreed| look(session, agreed))) }
        .flatten()
        .unwrap_or(otherwise)
}

fn text(name: *const c_char) -> String {
    if name.is_null() {
        return "?".into();
    }
    // SAFETY: the original's names are constants.
    unsafe { CStr::from_ptr(name) }.to_string_lossy().into_owned()
}

fn describe(session: &Session, agreed: &Established) -> String {
    let tls13 = agreed.protocol == Protocol::Tls13;
    // SAFETY: the original's names are constants.
    let (version, group, signature, cipher) = unsafe {
        let scheme = if session.is_server() { agreed.own_scheme } else { agreed.peer_scheme };
        (
            text(gnutls_protocol_get_name(if tls13 { TLS1_3 } else { TLS1_2 })),
            text(gnutls_group_get_name(group(agreed))),
            text(gnutls_sign_get_name(sign(scheme, tls13))),
            text(gnutls_cipher_get_name(cipher(agreed))),
        )
    };
    match agreed.resumed {
        true if tls13 => format!("({version})-(ECDHE-PSK-{group})-({cipher})"),
        _ => format!("({version}-X.509)-(ECDHE-{group})-({signature})-({cipher})"),
    }
}

versioned! {
    /// The protocol version.
    pub unsafe extern "C" fn gnutls_protocol_get_version(session: gnutls_session_t) -> c_int {
        // SAFETY: the program's pointer.
        unsafe {
            agreed(session, VERSION_UNKNOWN, |_, agreed| if agreed.protocol == Protocol::Tls13 { TLS1_3 } else { TLS1_2 })
        }
    }

    /// The cipher.
    pub unsafe extern "C" fn gnutls_cipher_get(session: gnutls_session_t) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { agreed(session, 1, |_, agreed| cipher(agreed)) }
    }

    /// The key exchange.
    pub unsafe extern "C" fn gnutls_kx_get(session: gnutls_session_t) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { agreed(session, 0, key_exchange) }
    }

    /// The MAC: part of the cipher.
    pub unsafe extern "C" fn gnutls_mac_get(session: gnutls_session_t) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { agreed(session, 1, |_, _| AEAD) }
    }

    /// No compression.
    pub unsafe extern "C" fn gnutls_compression_get(_session: gnutls_session_t) -> c_int {
        1
    }

    /// The group of the key exchange.
    pub unsafe extern "C" fn gnutls_group_get(session: gnutls_session_t) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { agreed(session, 0, |_, agreed| group(agreed)) }
    }

    /// The curve of the key exchange: groups have the same numbers.
    pub unsafe extern "C" fn gnutls_ecc_curve_get(session: gnutls_session_t) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { agreed(session, 0, |_, agreed| group(agreed)) }
    }

    /// What the server has signed with.
    pub unsafe extern "C" fn gnutls_sign_algorithm_get(session: gnutls_session_t) -> c_int {
        // SAFETY: the program's pointer.
        unsafe {
            agreed(session, 0, |session, agreed| {
                let scheme = if session.is_server() { agreed.own_scheme } else { agreed.peer_scheme };
                sign(scheme, agreed.protocol == Protocol::Tls13)
            })
        }
    }

    /// What the client has signed with.
    pub unsafe extern "C" fn gnutls_sign_algorithm_get_client(session: gnutls_session_t) -> c_int {
        // SAFETY: the program's pointer.
        unsafe {
            agreed(session, 0, |session, agreed| {
                let scheme = if session.is_server() { agreed.peer_scheme } else { agreed.own_scheme };
                sign(scheme, agreed.protocol == Protocol::Tls13)
            })
        }
    }

    /// The digest of the key schedule.
    pub unsafe extern "C" fn gnutls_prf_hash_get(session: gnutls_session_t) -> c_int {
        const SHA256: c_int = 6;
        const SHA384: c_int = 7;
        // SAFETY: the program's pointer.
        unsafe { agreed(session, 0, |_, agreed| if matches!(agreed.suite, 0x1302 | 0xc02c | 0xc030) { SHA384 } else { SHA256 }) }
    }

    /// IANA's name of the cipher suite.
    pub unsafe extern "C" fn gnutls_ciphersuite_get(session: gnutls_session_t) -> *const c_char {
        // SAFETY: the program's pointer.
        let suite = unsafe { with(session, |session| session.agreed().map(|agreed| agreed.suite)) }.flatten();
        let name = match suite {
            Some(0x1301) => c"TLS_AES_128_GCM_SHA256",
            Some(0x1302) => c"TLS_AES_256_GCM_SHA384",
            Some(0x1303) => c"TLS_CHACHA20_POLY1305_SHA256",
            Some(0xc02b) => c"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            Some(0xc02c) => c"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            Some(0xc02f) => c"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            Some(0xc030) => c"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            Some(0xcca8) => c"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
            Some(0xcca9) => c"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            _ => return ptr::null(),
        };
        name.as_ptr()
    }

    /// One line on what was agreed, for the program to free.
    pub unsafe extern "C" fn gnutls_session_get_desc(session: gnutls_session_t) -> *mut c_char {
        // SAFETY: the program's pointer.
        unsafe {
            let line = with(session, |session| {
                let established = session.progress == Progress::Established;
                session.agreed().filter(|_| established).map(|agreed| describe(session, agreed))
            });
            let copy = line.flatten().and_then(|line| gnutls_datum_t::copied(line.as_bytes()));
            copy.map_or(ptr::null_mut(), |copy| copy.data.cast())
        }
    }

    /// GNUTLS_SFLAGS_*.
    pub unsafe extern "C" fn gnutls_session_get_flags(session: gnutls_session_t) -> c_uint {
        const SAFE_RENEGOTIATION: c_uint = 1;
        const EXT_MASTER_SECRET: c_uint = 1 << 1;
        const SESSION_TICKET: c_uint = 1 << 7;
        const POST_HANDSHAKE_AUTH: c_uint = 1 << 8;
        // SAFETY: the program's pointer.
        unsafe {
            with(session, |session| {
                let mut flags = 0;
                let mut add = |holds: bool, flag: c_uint| flags |= if holds { flag } else { 0 };
                let tls13 = session.is_tls13();
                if let Some(agreed) = session.agreed() {
                    // Of TLS 1.3, which has neither, a server tells what the client offers.
                    add(!tls13 || session.is_server(), SAFE_RENEGOTIATION);
                    add(agreed.extended_master_secret || (tls13 && session.is_server()), EXT_MASTER_SECRET);
                }
                let connection = session.connection.as_ref();
                let offered = connection.is_some_and(Connection::peer_offers_post_handshake_auth) && tls13;
                add(offered && session.flags & flag::POST_HANDSHAKE_AUTH != 0, POST_HANDSHAKE_AUTH);
                add(!session.is_server() && session.has_ticket(), SESSION_TICKET);
                flags
            })
        }
        .unwrap_or(0)
    }

    /// Renegotiation would be safe: there is none.
    pub unsafe extern "C" fn gnutls_safe_renegotiation_status(session: gnutls_session_t) -> c_uint {
        // SAFETY: the program's pointer.
        unsafe { agreed(session, 0, |_, _| 1) as c_uint }
    }

    /// RFC 7627, or TLS 1.3, which has it built in.
    pub unsafe extern "C" fn gnutls_session_ext_master_secret_status(session: gnutls_session_t) -> c_uint {
        // SAFETY: the program's pointer.
        unsafe { agreed(session, 0, |_, agreed| (agreed.protocol == Protocol::Tls13 || agreed.extended_master_secret).into()) as c_uint }
    }

    /// Encrypt-then-MAC is for ciphers that are not served.
    pub unsafe extern "C" fn gnutls_session_etm_status(_session: gnutls_session_t) -> c_uint {
        0
    }

    /// A KeyUpdate; with GNUTLS_KU_PEER the peer is asked for one as well.
    pub unsafe extern "C" fn gnutls_session_key_update(session: gnutls_session_t, flags: c_uint) -> c_int {
        const PEER: c_uint = 1;
        // SAFETY: the program's pointer.
        unsafe {
            if with(session, |session| session.is_tls13()) != Some(true) {
                return code::INVALID_REQUEST;
            }
            match crate::handshake::step(session, |connection| connection.update_keys(flags & PEER != 0)) {
                Ok(()) => crate::transport::flush(session).err().unwrap_or(code::SUCCESS),
                Err(error) => error,
            }
        }
    }
}
