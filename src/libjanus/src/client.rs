//! A client on a connection.

use std::ffi::{c_char, c_int};

use standin_janus::{Client, Item};

use crate::{copy_bytes, copy_text, guard, text};

/// A client on a connection.
pub struct janus_client {
    _opaque: [u8; 0],
}

/// # Safety
/// NULL, or what a callback was given and has not returned yet; used on its thread alone.
unsafe fn client<'a>(client: *mut janus_client) -> Option<&'a mut Client> {
    // SAFETY: as promised, it was made of such a reference.
    unsafe { client.cast::<Client>().as_mut() }
}

/// `$Web_Cert_Levels`: how many levels the client's certificate has. 0 without one, or else at least 2, since the CA
/// counts whether it was sent or not. If the port has not asked for a certificate the client is asked now, once in a
/// session, if its connection allows that (TLS 1.3 with post-handshake authentication). -1: the connection is broken.
///
/// # Safety
/// `client` is what the callback was given.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn janus_web_cert_levels(client: *mut janus_client) -> c_int {
    guard(-1, || {
        // SAFETY: the caller's promise.
        let client = unsafe { self::client(client)? };
        c_int::try_from(client.cert_levels().ok()?).ok()
    })
}

/// `$Sock_Cert_Levels`: as `janus_web_cert_levels`.
///
/// # Safety
/// `client` is what the callback was given.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn janus_sock_cert_levels(client: *mut janus_client) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { janus_web_cert_levels(client) }
}

/// `$Web_Cert_Info`: what a certificate says for an item, e.g. `COMMONNAME`. `level`: 0 is the client's certificate, 1
/// its signer's; a negative one stands for the default, which is 0. Asks as `janus_web_cert_levels` does. -1: there is
/// no certificate of that level, it says nothing, or no such item is known.
///
/// # Safety
/// `client` is what the callback was given, `item` ends with NUL, `buffer` has room for `size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn janus_web_cert_info(
    client: *mut janus_client,
    item: *const c_char,
    level: c_int,
    buffer: *mut c_char,
    size: usize,
) -> isize {
    // SAFETY: the caller's promise.
    unsafe { info(client, item, if level < 0 { 0 } else { level }, buffer, size) }
}

/// `$Sock_Cert_Info`: as `janus_web_cert_info`, but the default level is 1.
///
/// # Safety
/// As for `janus_web_cert_info`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn janus_sock_cert_info(
    client: *mut janus_client,
    item: *const c_char,
    level: c_int,
    buffer: *mut c_char,
    size: usize,
) -> isize {
    // SAFETY: the caller's promise.
    unsafe { info(client, item, if level < 0 { 1 } else { level }, buffer, size) }
}

/// # Safety
/// As for `janus_web_cert_info`.
unsafe fn info(
    client: *mut janus_client,
    item: *const c_char,
    level: c_int,
    buffer: *mut c_char,
    size: usize,
) -> isize {
    guard(-1, || {
        // SAFETY: the caller's promise.
        let (client, item) = unsafe { (self::client(client)?, text(item)?) };
        let value = client.cert_info(Item::named(item)?, usize::try_from(level).ok()?).ok()??;
        // SAFETY: the caller's promise.
        Some(unsafe { copy_text(&value, buffer, size) })
    })
}

/// The certificate of a level, DER. Asks as `janus_web_cert_levels` does. -1: there is none.
///
/// # Safety
/// `client` is what the callback was given, `buffer` has room for `size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn janus_cert_der(
    client: *mut janus_client,
    level: c_int,
    buffer: *mut u8,
    size: usize,
) -> isize {
    guard(-1, || {
        // SAFETY: the caller's promise.
        let client = unsafe { self::client(client)? };
        let certificate = client.certificate(usize::try_from(level).ok()?).ok()??;
        // SAFETY: the caller's promise.
        Some(unsafe { copy_bytes(certificate.der(), buffer, size) })
    })
}

/// Name of the port.
///
/// # Safety
/// `client` is what the callback was given, `buffer` has room for `size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn janus_client_port(client: *mut janus_client, buffer: *mut c_char, size: usize) -> isize {
    guard(-1, || {
        // SAFETY: the caller's promise.
        unsafe { Some(copy_text(self::client(client)?.port(), buffer, size)) }
    })
}

/// The client's address and port, e.g. `192.0.2.1:4711`.
///
/// # Safety
/// `client` is what the callback was given, `buffer` has room for `size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn janus_client_address(client: *mut janus_client, buffer: *mut c_char, size: usize) -> isize {
    guard(-1, || {
        // SAFETY: the caller's promise.
        unsafe { Some(copy_text(&self::client(client)?.address().to_string(), buffer, size)) }
    })
}

/// Who is logged on. -1: nobody.
///
/// # Safety
/// `client` is what the callback was given, `buffer` has room for `size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn janus_client_user(client: *mut janus_client, buffer: *mut c_char, size: usize) -> isize {
    guard(-1, || {
        // SAFETY: the caller's promise.
        unsafe { Some(copy_text(self::client(client)?.user()?, buffer, size)) }
    })
}

/// `$Sir_Login`: logs a user on. The rest of the connection runs under that name, and with SSLSES the later connections
/// of its TLS session. Returns 0, or -1 if that cannot be a user's name.
///
/// # Safety
/// `client` is what the callback was given, `user` ends with NUL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn janus_log_on(client: *mut janus_client, user: *const c_char) -> c_int {
    guard(-1, || {
        // SAFETY: the caller's promise.
        let (client, user) = unsafe { (self::client(client)?, text(user)?) };
        client.log_on(user).ok().map(|()| 0)
    })
}

/// Writes a line into the journal. Returns 0, or -1 if an argument is wrong.
///
/// # Safety
/// `client` is what the callback was given, `message` ends with NUL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn janus_client_journal(client: *mut janus_client, message: *const c_char) -> c_int {
    guard(-1, || {
        // SAFETY: the caller's promise.
        let (client, message) = unsafe { (self::client(client)?, text(message)?) };
        client.journal(message);
        Some(0)
    })
}

/// Reads from the connection, on other ports than WEBSERV: how many bytes have come, 0 at the end, -1 if the connection
/// is broken or the client has kept us waiting for longer than TIMEOUT says.
///
/// # Safety
/// `client` is what the callback was given, `buffer` has room for `size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn janus_client_read(client: *mut janus_client, buffer: *mut u8, size: usize) -> isize {
    guard(-1, || {
        // SAFETY: the caller's promise.
        let client = unsafe { self::client(client)? };
        if buffer.is_null() || size == 0 {
            return None;
        }
        // Not straight into the caller's memory, which need not have been written to yet.
        let mut data = vec![0; size.min(64 * 1024)];
        let length = client.read(&mut data).ok()?;
        // SAFETY: the caller's promise.
        Some(unsafe { copy_bytes(&data[..length], buffer, size) })
    })
}

/// Sends all of `data` on the connection, on other ports than WEBSERV. Returns 0, or -1 if the connection is broken.
///
/// # Safety
/// `client` is what the callback was given, `data` has `size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn janus_client_write(client: *mut janus_client, data: *const u8, size: usize) -> c_int {
    guard(-1, || {
        // SAFETY: the caller's promise.
        let client = unsafe { self::client(client)? };
        // A length of -1 is none that memory can have.
        if data.is_null() && size > 0 || isize::try_from(size).is_err() {
            return None;
        }
        // SAFETY: the caller's promise; without bytes the pointer is not looked at.
        let data = if size == 0 { &[] } else { unsafe { std::slice::from_raw_parts(data, size) } };
        client.write(data).ok().map(|()| 0)
    })
}
