//! Options, modes and other switches of a context or connection.

use std::ffi::{c_int, c_uchar, c_uint, c_void};
use std::ptr;

use super::{Owner, twins};
use crate::ctx::{SSL_CTX, borrow};
use crate::error::{self, Reason, reason};
use crate::set::callback::{
    CertificateCallback, Hook, InfoCallback, MessageCallback, NotResumableCallback, PaddingCallback,
};
use crate::set::security::SecurityCallback;
use crate::set::settings::{MAX_PLAIN, SessionContext};
use crate::ssl::SSL;

unsafe fn set_options(owner: Owner, options: u64) -> u64 {
    // SAFETY: the program's pointer.
    unsafe {
        owner.switch(|switches| {
            switches.options |= options;
            switches.options
        })
    }
    .unwrap_or(0)
}

unsafe fn clear_options(owner: Owner, options: u64) -> u64 {
    // SAFETY: the program's pointer.
    unsafe {
        owner.switch(|switches| {
            switches.options &= !options;
            switches.options
        })
    }
    .unwrap_or(0)
}

unsafe fn options(owner: Owner) -> u64 {
    // SAFETY: the program's pointer.
    unsafe { owner.look(|switches, _| switches.options) }.unwrap_or(0)
}

unsafe fn set_quiet_shutdown(owner: Owner, mode: c_int) {
    // SAFETY: the program's pointer.
    unsafe { owner.switch(|switches| switches.quiet_shutdown = mode) };
}

unsafe fn quiet_shutdown(owner: Owner) -> c_int {
    // SAFETY: the program's pointer.
    unsafe { owner.look(|switches, _| switches.quiet_shutdown) }.unwrap_or(0)
}

unsafe fn set_info_callback(owner: Owner, callback: Option<InfoCallback>) {
    // SAFETY: the program's pointer.
    unsafe { owner.switch(|switches| switches.info_callback = callback) };
}

unsafe fn info_callback(owner: Owner) -> Option<InfoCallback> {
    // SAFETY: the program's pointer.
    unsafe { owner.look(|switches, _| switches.info_callback) }.flatten()
}

unsafe fn set_message_callback(owner: Owner, callback: Option<MessageCallback>) {
    // SAFETY: the program's pointer.
    unsafe {
        match owner {
            Owner::Context(_) => owner.switch(|switches| switches.message_callback = callback),
            Owner::Connection(ssl) => crate::ssl::with(ssl, |ssl| ssl.set_message_callback(callback)),
        }
    };
}

unsafe fn set_certificate_callback(owner: Owner, callback: Option<CertificateCallback>, argument: *mut c_void) {
    // SAFETY: the program's pointer.
    unsafe { owner.switch(|switches| switches.certificate_callback = callback.map(|call| Hook { call, argument })) };
}

unsafe fn set_session_context(owner: Owner, context: *const c_uchar, len: c_uint) -> c_int {
    let len = usize::try_from(len).unwrap_or(usize::MAX);
    let bytes = if context.is_null() || len == 0 || len > 32 {
        &[]
    } else {
        // SAFETY: as long as the program says, and short.
        unsafe { std::slice::from_raw_parts(context, len) }
    };
    match SessionContext::new(bytes).filter(|_| len <= 32) {
        // SAFETY: the program's pointer.
        Some(context) => unsafe { owner.switch(|switches| switches.session_context = context) }.map_or(0, |()| 1),
        None => {
            error::raise(reason::SSL_SESSION_ID_CONTEXT_TOO_LONG);
            0
        }
    }
}

/// TLS 1.3 tickets to send.
///
/// # Safety
/// As for [`Owner::look`].
pub unsafe fn set_tickets(owner: Owner, tickets: usize) -> c_int {
    // SAFETY: the program's pointer.
    unsafe {
        if let Owner::Connection(ssl) = owner {
            crate::ssl::with(ssl, |ssl| ssl.connection.as_mut().map(|connection| connection.set_tickets(tickets)));
        }
        owner.switch(|switches| switches.tickets = tickets)
    }
    .map_or(0, |()| 1)
}

unsafe fn tickets(owner: Owner) -> usize {
    // SAFETY: the program's pointer.
    unsafe { owner.look(|switches, _| switches.tickets) }.unwrap_or(0)
}

unsafe fn set_post_handshake_auth(owner: Owner, on: c_int) {
    // SAFETY: the program's pointer.
    unsafe { owner.switch(|switches| switches.post_handshake_auth = on != 0) };
}

unsafe fn set_level(owner: Owner, level: c_int) {
    // SAFETY: the program's pointer.
    unsafe { owner.switch(|switches| switches.security.level = level) };
}

unsafe fn level(owner: Owner) -> c_int {
    // SAFETY: the program's pointer.
    unsafe { owner.look(|switches, _| switches.security.level) }.unwrap_or(0)
}

unsafe fn set_security_callback(owner: Owner, callback: Option<SecurityCallback>) {
    // SAFETY: the program's pointer.
    unsafe { owner.switch(|switches| switches.security.callback = callback) };
}

unsafe fn security_callback(owner: Owner) -> Option<SecurityCallback> {
    // SAFETY: the program's pointer.
    let security = unsafe { owner.look(|switches, _| switches.security) }?;
    Some(security.callback.unwrap_or(super::security::by_level))
}

unsafe fn set_security_data(owner: Owner, data: *mut c_void) {
    // SAFETY: the program's pointer.
    unsafe { owner.switch(|switches| switches.security.data = data) };
}

unsafe fn security_data(owner: Owner) -> *mut c_void {
    // SAFETY: the program's pointer.
    unsafe { owner.look(|switches, _| switches.security.data) }.unwrap_or(ptr::null_mut())
}

/// Early data is not served: none is accepted.
unsafe fn set_max_early_data(owner: Owner, max: u32) -> c_int {
    // SAFETY: the program's pointer.
    unsafe { only(owner, max == 0) }
}

unsafe fn max_early_data(_owner: Owner) -> u32 {
    0
}

/// What is skipped of early data that a client sends all the same: rustls says how much.
const SKIPPED: u32 = 16_384;

unsafe fn set_recv_max_early_data(owner: Owner, max: u32) -> c_int {
    // SAFETY: the program's pointer.
    unsafe { only(owner, max == SKIPPED) }
}

unsafe fn recv_max_early_data(owner: Owner) -> u32 {
    // SAFETY: the program's pointer.
    unsafe { owner.look(|_, _| SKIPPED) }.unwrap_or(0)
}

/// Setting what is so anyway succeeds.
unsafe fn only(owner: Owner, is_so: bool) -> c_int {
    // SAFETY: the program's pointer.
    match unsafe { owner.look(|_, _| is_so) } {
        Some(false) => {
            error::raise(Reason::DISABLED);
            0
        }
        found => found.map_or(0, c_int::from),
    }
}

unsafe fn set_not_resumable(owner: Owner, callback: Option<NotResumableCallback>) {
    // SAFETY: the program's pointer.
    unsafe { owner.switch(|switches| switches.not_resumable = callback) };
}

/// Is this list of ALPN protocols well-formed?
fn is_protocol_list(mut list: &[u8]) -> bool {
    while let Some((&len, rest)) = list.split_first() {
        match rest.get(usize::from(len)..) {
            Some(rest) if len > 0 => list = rest,
            _ => return false,
        }
    }
    true
}

/// Zero is success here.
unsafe fn set_alpn(owner: Owner, list: *const c_uchar, len: c_uint) -> c_int {
    let len = usize::try_from(len).unwrap_or(0);
    let list = if list.is_null() || len == 0 {
        &[]
    } else {
        // SAFETY: as long as the program says.
        unsafe { std::slice::from_raw_parts(list, len) }
    };
    if !is_protocol_list(list) {
        return 1;
    }
    // SAFETY: the program's pointer.
    unsafe { owner.set(|settings| settings.alpn = list.to_vec()) }.map_or(1, |()| 0)
}

unsafe fn set_max_fragment(_owner: Owner, mode: u8) -> c_int {
    // Only "none" is served (RFC 6066 §4 is left to a smaller max_send_fragment).
    if mode == 0 {
        return 1;
    }
    error::raise(reason::SSL3_EXT_INVALID_MAX_FRAGMENT_LENGTH);
    0
}

/// Pads records to a multiple of `block` bytes; 0 and 1 for not at all.
///
/// # Safety
/// As for [`Owner::look`].
pub unsafe fn set_padding(owner: Owner, block: usize) -> c_int {
    if block > MAX_PLAIN {
        return 0;
    }
    let block = if block == 1 { 0 } else { block };
    // SAFETY: the caller's promise.
    unsafe { owner.switch(|switches| switches.block_padding = block) }.map_or(0, |()| 1)
}

unsafe fn set_padding_argument(owner: Owner, argument: *mut c_void) {
    // SAFETY: the program's pointer.
    unsafe { owner.switch(|switches| switches.padding_argument = argument) };
}

twins! {
    /// Adds SSL_OP_*.
    SSL_CTX_set_options, SSL_set_options(options: u64) -> u64 = set_options;
    /// Takes SSL_OP_* away.
    SSL_CTX_clear_options, SSL_clear_options(options: u64) -> u64 = clear_options;
    /// SSL_OP_*.
    SSL_CTX_get_options, SSL_get_options() -> u64 = options;
    /// Shut down without close_notify.
    SSL_CTX_set_quiet_shutdown, SSL_set_quiet_shutdown(mode: c_int) = set_quiet_shutdown;
    /// Shut down without close_notify.
    SSL_CTX_get_quiet_shutdown, SSL_get_quiet_shutdown() -> c_int = quiet_shutdown;
    /// Tells of the handshake's progress.
    SSL_CTX_set_info_callback, SSL_set_info_callback(callback: Option<InfoCallback>) = set_info_callback;
    /// Tells of the handshake's progress.
    SSL_CTX_get_info_callback, SSL_get_info_callback() -> Option<InfoCallback> = info_callback;
    /// Tells of protocol messages.
    SSL_CTX_set_msg_callback, SSL_set_msg_callback(callback: Option<MessageCallback>) = set_message_callback;
    /// Chooses the own certificate, in either role.
    SSL_CTX_set_cert_cb, SSL_set_cert_cb(callback: Option<CertificateCallback>, argument: *mut c_void) = set_certificate_callback;
    /// Sessions are only resumed under the same context.
    SSL_CTX_set_session_id_context, SSL_set_session_id_context(context: *const c_uchar, len: c_uint) -> c_int = set_session_context;
    /// TLS 1.3 tickets to send.
    SSL_CTX_set_num_tickets, SSL_set_num_tickets(tickets: usize) -> c_int = set_tickets;
    /// TLS 1.3 tickets to send.
    SSL_CTX_get_num_tickets, SSL_get_num_tickets() -> usize = tickets;
    /// Offers post-handshake authentication.
    SSL_CTX_set_post_handshake_auth, SSL_set_post_handshake_auth(on: c_int) = set_post_handshake_auth;
    /// Sets the security level.
    SSL_CTX_set_security_level, SSL_set_security_level(level: c_int) = set_level;
    /// The security level.
    SSL_CTX_get_security_level, SSL_get_security_level() -> c_int = level;
    /// Decides instead of the level.
    SSL_CTX_set_security_callback, SSL_set_security_callback(callback: Option<SecurityCallback>) = set_security_callback;
    /// What decides.
    SSL_CTX_get_security_callback, SSL_get_security_callback() -> Option<SecurityCallback> = security_callback;
    /// Goes with the security callback.
    SSL_CTX_set0_security_ex_data, SSL_set0_security_ex_data(data: *mut c_void) = set_security_data;
    /// Goes with the security callback.
    SSL_CTX_get0_security_ex_data, SSL_get0_security_ex_data() -> *mut c_void = security_data;
    /// Most early data to accept: none.
    SSL_CTX_set_max_early_data, SSL_set_max_early_data(max: u32) -> c_int = set_max_early_data;
    /// What was set.
    SSL_CTX_get_max_early_data, SSL_get_max_early_data() -> u32 = max_early_data;
    /// Most early data to skip: 16,384 bytes.
    SSL_CTX_set_recv_max_early_data, SSL_set_recv_max_early_data(max: u32) -> c_int = set_recv_max_early_data;
    /// What was set.
    SSL_CTX_get_recv_max_early_data, SSL_get_recv_max_early_data() -> u32 = recv_max_early_data;
    /// Says which sessions must not be resumed.
    SSL_CTX_set_not_resumable_session_callback, SSL_set_not_resumable_session_callback(callback: Option<NotResumableCallback>) = set_not_resumable;
    /// Protocols to offer, each behind its length. Zero is success.
    SSL_CTX_set_alpn_protos, SSL_set_alpn_protos(list: *const c_uchar, len: c_uint) -> c_int = set_alpn;
    /// Only "none" is served.
    SSL_CTX_set_tlsext_max_fragment_length, SSL_set_tlsext_max_fragment_length(mode: u8) -> c_int = set_max_fragment;
    /// Only "none" is served.
    SSL_CTX_set_block_padding, SSL_set_block_padding(block: usize) -> c_int = set_padding;
    /// What the padding callback is given.
    SSL_CTX_set_record_padding_callback_arg, SSL_set_record_padding_callback_arg(argument: *mut c_void) = set_padding_argument;
}

versioned! {
    /// Says how much padding a record of data gets under TLS 1.3, in the place of SSL_CTX_set_block_padding.
    pub unsafe extern "C" fn SSL_CTX_set_record_padding_callback(
        context: *mut SSL_CTX,
        callback: Option<PaddingCallback>,
    ) {
        // SAFETY: the program's pointer.
        unsafe { Owner::Context(context).switch(|switches| switches.padding_callback = callback) };
    }

    /// Says how much padding a record of data gets under TLS 1.3: 1.
    pub unsafe extern "C" fn SSL_set_record_padding_callback(
        ssl: *mut SSL,
        callback: Option<PaddingCallback>,
    ) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { Owner::Connection(ssl).switch(|switches| switches.padding_callback = callback) }.map_or(0, |()| 1)
    }

    /// What the padding callback is given.
    pub unsafe extern "C" fn SSL_CTX_get_record_padding_callback_arg(context: *const SSL_CTX) -> *mut c_void {
        // SAFETY: the program's pointer.
        unsafe { Owner::Context(context.cast_mut()).look(|switches, _| switches.padding_argument) }
            .unwrap_or(ptr::null_mut())
    }

    /// What the padding callback is given.
    pub unsafe extern "C" fn SSL_get_record_padding_callback_arg(ssl: *const SSL) -> *mut c_void {
        // SAFETY: the program's pointer.
        unsafe { Owner::Connection(ssl.cast_mut()).look(|switches, _| switches.padding_argument) }
            .unwrap_or(ptr::null_mut())
    }

    /// Reads as much as comes.
    pub unsafe extern "C" fn SSL_set_read_ahead(ssl: *mut SSL, on: c_int) {
        // SAFETY: the program's pointer.
        unsafe { Owner::Connection(ssl).switch(|switches| switches.read_ahead = on != 0) };
    }

    /// Reads as much as comes.
    pub unsafe extern "C" fn SSL_get_read_ahead(ssl: *const SSL) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { Owner::Connection(ssl.cast_mut()).look(|switches, _| c_int::from(switches.read_ahead)) }.unwrap_or(0)
    }

    /// Seconds that a session is good for: what was set before.
    pub unsafe extern "C" fn SSL_CTX_set_timeout(context: *mut SSL_CTX, seconds: std::ffi::c_long) -> std::ffi::c_long {
        // SAFETY: the program's pointer.
        unsafe { borrow(context) }.map_or(0, |context| {
            context.write(|state| std::mem::replace(&mut state.hooks.session_timeout, seconds))
        })
    }

    /// Seconds that a session is good for.
    pub unsafe extern "C" fn SSL_CTX_get_timeout(context: *const SSL_CTX) -> std::ffi::c_long {
        // SAFETY: the program's pointer.
        unsafe { borrow(context) }.map_or(0, |context| context.read(|state| state.hooks.session_timeout))
    }

    /// The first protocol of `server` that `client` has too, else `client`'s first.
    pub unsafe extern "C" fn SSL_select_next_proto(
        out: *mut *mut c_uchar,
        out_len: *mut c_uchar,
        server: *const c_uchar,
        server_len: c_uint,
        client: *const c_uchar,
        client_len: c_uint,
    ) -> c_int {
        const NEGOTIATED: c_int = 1;
        const NO_OVERLAP: c_int = 2;
        if out.is_null() || out_len.is_null() {
            return NO_OVERLAP;
        }
        // SAFETY: the lists are as long as the program says.
        let (server, client) = unsafe { (list(server, server_len), list(client, client_len)) };
        let common = entries(server).find(|ours| !ours.is_empty() && entries(client).any(|theirs| theirs == *ours));
        let first = entries(client).next().filter(|first| !first.is_empty());
        let (chosen, answer) = match (first, common) {
            (None, _) => (None, NO_OVERLAP),
            (Some(_), Some(common)) => (Some(common), NEGOTIATED),
            (first, None) => (first, NO_OVERLAP),
        };
        // SAFETY: the program's places; what is pointed to is in its own lists.
        unsafe {
            *out = chosen.map_or(ptr::null_mut(), |chosen| chosen.as_ptr().cast_mut());
            *out_len = chosen.map_or(0, |chosen| u8::try_from(chosen.len()).unwrap_or(0));
        }
        answer
    }
}

/// # Safety
/// `bytes` is NULL or as long as told.
unsafe fn list<'a>(bytes: *const c_uchar, len: c_uint) -> &'a [u8] {
    if bytes.is_null() {
        return &[];
    }
    // SAFETY: the caller's promise.
    unsafe { std::slice::from_raw_parts(bytes, usize::try_from(len).unwrap_or(0)) }
}

/// The entries of a list, each behind its length; junk at the end is passed over.
fn entries(mut list: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (&len, rest) = list.split_first()?;
        let (entry, rest) = rest.split_at_checked(usize::from(len))?;
        list = rest;
        Some(entry)
    })
}
