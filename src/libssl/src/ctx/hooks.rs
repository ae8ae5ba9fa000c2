//! Callbacks that only an SSL_CTX has.

use std::ffi::{c_int, c_void};

use super::{SSL_CTX, borrow};
use crate::set::Hooks;
use crate::set::callback::{
    AlpnSelectCallback, ClientCertificateCallback, ClientHelloCallback, GetSessionCallback, Hook, KeyLogCallback,
    NewSessionCallback, RemoveSessionCallback, TicketDataCallback, TicketKeyMacCallback, TicketUseCallback,
};

/// # Safety
/// `context` is NULL or live.
unsafe fn set(context: *mut SSL_CTX, change: impl FnOnce(&mut Hooks)) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { borrow(context) }.map_or(0, |context| {
        context.write(|state| change(&mut state.hooks));
        1
    })
}

/// # Safety
/// `context` is NULL or live.
unsafe fn get<T>(context: *const SSL_CTX, look: impl FnOnce(&Hooks) -> Option<T>) -> Option<T> {
    // SAFETY: the caller's promise.
    unsafe { borrow(context) }?.read(|state| look(&state.hooks))
}

versioned! {
    /// Chooses the client's certificate.
    pub unsafe extern "C" fn SSL_CTX_set_client_cert_cb(context: *mut SSL_CTX, callback: Option<ClientCertificateCallback>) {
        // SAFETY: the program's pointer.
        unsafe { set(context, |hooks| hooks.client_certificate = callback) };
    }

    /// What chooses the client's certificate.
    pub unsafe extern "C" fn SSL_CTX_get_client_cert_cb(context: *mut SSL_CTX) -> Option<ClientCertificateCallback> {
        // SAFETY: the program's pointer.
        unsafe { get(context, |hooks| hooks.client_certificate) }
    }

    /// Is told secrets, to log them.
    pub unsafe extern "C" fn SSL_CTX_set_keylog_callback(context: *mut SSL_CTX, callback: Option<KeyLogCallback>) {
        // SAFETY: the program's pointer.
        unsafe { set(context, |hooks| hooks.key_log = callback) };
    }

    /// What is told secrets.
    pub unsafe extern "C" fn SSL_CTX_get_keylog_callback(context: *const SSL_CTX) -> Option<KeyLogCallback> {
        // SAFETY: the program's pointer.
        unsafe { get(context, |hooks| hooks.key_log) }
    }

    /// Chooses the application protocol.
    pub unsafe extern "C" fn SSL_CTX_set_alpn_select_cb(
        context: *mut SSL_CTX,
        callback: Option<AlpnSelectCallback>,
        argument: *mut c_void,
    ) {
        // SAFETY: the program's pointer.
        unsafe { set(context, |hooks| hooks.alpn_select = callback.map(|call| Hook { call, argument })) };
    }

    /// Sees the ClientHello first.
    pub unsafe extern "C" fn SSL_CTX_set_client_hello_cb(
        context: *mut SSL_CTX,
        callback: Option<ClientHelloCallback>,
        argument: *mut c_void,
    ) {
        // SAFETY: the program's pointer.
        unsafe { set(context, |hooks| hooks.client_hello = callback.map(|call| Hook { call, argument })) };
    }

    /// Gives the keys of tickets.
    pub unsafe extern "C" fn SSL_CTX_set_tlsext_ticket_key_evp_cb(
        context: *mut SSL_CTX,
        callback: Option<TicketKeyMacCallback>,
    ) -> c_int {
        // SAFETY: the program's pointer.
        unsafe { set(context, |hooks| hooks.ticket_key_mac = callback) }
    }

    /// Is given each new session.
    pub unsafe extern "C" fn SSL_CTX_sess_set_new_cb(context: *mut SSL_CTX, callback: Option<NewSessionCallback>) {
        // SAFETY: the program's pointer.
        unsafe { set(context, |hooks| hooks.new_session = callback) };
    }

    /// What is given each new session.
    pub unsafe extern "C" fn SSL_CTX_sess_get_new_cb(context: *mut SSL_CTX) -> Option<NewSessionCallback> {
        // SAFETY: the program's pointer.
        unsafe { get(context, |hooks| hooks.new_session) }
    }

    /// Finds sessions that are not in the context's cache.
    pub unsafe extern "C" fn SSL_CTX_sess_set_get_cb(context: *mut SSL_CTX, callback: Option<GetSessionCallback>) {
        // SAFETY: the program's pointer.
        unsafe { set(context, |hooks| hooks.get_session = callback) };
    }

    /// What finds sessions.
    pub unsafe extern "C" fn SSL_CTX_sess_get_get_cb(context: *mut SSL_CTX) -> Option<GetSessionCallback> {
        // SAFETY: the program's pointer.
        unsafe { get(context, |hooks| hooks.get_session) }
    }

    /// Is told when a session goes.
    pub unsafe extern "C" fn SSL_CTX_sess_set_remove_cb(context: *mut SSL_CTX, callback: Option<RemoveSessionCallback>) {
        // SAFETY: the program's pointer.
        unsafe { set(context, |hooks| hooks.remove_session = callback) };
    }

    /// What is told when a session goes.
    pub unsafe extern "C" fn SSL_CTX_sess_get_remove_cb(context: *mut SSL_CTX) -> Option<RemoveSessionCallback> {
        // SAFETY: the program's pointer.
        unsafe { get(context, |hooks| hooks.remove_session) }
    }

    /// Puts data of the program's into tickets, and sees it again.
    pub unsafe extern "C" fn SSL_CTX_set_session_ticket_cb(
        context: *mut SSL_CTX,
        generate: Option<TicketDataCallback>,
        receive: Option<TicketUseCallback>,
        argument: *mut c_void,
    ) -> c_int {
        // SAFETY: the program's pointer.
        unsafe {
            set(context, |hooks| {
                hooks.ticket_data = generate;
                hooks.ticket_use = receive;
                hooks.ticket_argument = argument;
            })
        }
    }
}
