//! A session as text.

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::fmt::Write;

use super::accessors::read;
use super::{Content, SSL_SESSION};
use crate::cipher::SSL_CIPHER;
use crate::libcrypto::bio::{self, BIO_dump_indent, BIO_new_fp};
use crate::libcrypto::x509::X509_verify_cert_error_string;
use crate::libcrypto::{BIO, Owned};

const TLS1_3: c_int = 0x0304;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02X}");
        text
    })
}

fn protocol(version: c_int) -> &'static str {
    match version {
        TLS1_3 => "TLSv1.3",
        0x0303 => "TLSv1.2",
        0x0302 => "TLSv1.1",
        0x0301 => "TLSv1",
        0x0300 => "SSLv3",
        _ => "unknown",
    }
}

/// What comes before the ticket's dump.
fn head(content: &Content) -> String {
    let suite = content.suite.unwrap_or(0);
    let cipher = SSL_CIPHER::find(suite)
        .map_or_else(|| format!("{suite:04X}"), |cipher| cipher.name.to_string_lossy().into_owned());
    let secret = if content.version == TLS1_3 { "Resumption PSK" } else { "Master-Key" };
    let mut text = format!(
        "SSL-Session:\n    Protocol  : {}\n    Cipher    : {cipher}\n    Session-ID: {}\n    Session-ID-ctx: {}\n    \
         {secret}: {}\n    PSK identity: None\n    PSK identity hint: None\n    SRP username: None",
        protocol(content.version),
        hex(&content.id),
        hex(&content.context),
        hex(&content.secret),
    );
    if content.ticket_lifetime != 0 {
        let _ = write!(text, "\n    TLS session ticket lifetime hint: {} (seconds)", content.ticket_lifetime);
    }
    if !content.ticket.is_empty() {
        text.push_str("\n    TLS session ticket:\n");
    }
    text
}

/// What comes after it.
fn tail(content: &Content) -> String {
    let mut text = String::new();
    if content.time.get() != 0 {
        let _ = write!(text, "\n    Start Time: {}", content.time.get());
    }
    if content.timeout.get() != 0 {
        let _ = write!(text, "\n    Timeout   : {} (sec)", content.timeout.get());
    }
    // SAFETY: a static string of libcrypto's.
    let verdict = unsafe { CStr::from_ptr(X509_verify_cert_error_string(content.verify_result)) };
    let extended = if content.extended_master_secret { "yes" } else { "no" };
    let _ = write!(
        text,
        "\n    Verify return code: {} ({})\n    Extended master secret: {extended}\n",
        content.verify_result,
        verdict.to_string_lossy(),
    );
    if content.version == TLS1_3 {
        let _ = writeln!(text, "    Max Early Data: {}", content.max_early_data);
    }
    text
}

/// # Safety
/// `bio` is live.
unsafe fn put(bio: *mut BIO, text: String) -> bool {
    // SAFETY: the caller's promise.
    CString::new(text).is_ok_and(|text| unsafe { bio::put(bio, &text) })
}

versioned! {
    /// Prints all there is to know.
    pub unsafe extern "C" fn SSL_SESSION_print(bio: *mut BIO, session: *const SSL_SESSION) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            let Some(content) = read(session) else { return 0 };
            if bio.is_null() || !put(bio, head(content)) {
                return 0;
            }
            let ticket = &content.ticket;
            let dump = ticket.is_empty()
                || BIO_dump_indent(bio, ticket.as_ptr().cast::<c_char>(), c_int::try_from(ticket.len()).unwrap_or(0), 4) > 0;
            c_int::from(dump && put(bio, tail(content)))
        }
    }

    /// Prints to a C stream.
    pub unsafe extern "C" fn SSL_SESSION_print_fp(stream: *mut c_void, session: *const SSL_SESSION) -> c_int {
        if stream.is_null() {
            return 0;
        }
        // SAFETY: the program's stream; the pipe does not close it.
        unsafe {
            match Owned::from_raw(BIO_new_fp(stream, 0)) {
                Some(bio) => SSL_SESSION_print(bio.as_ptr(), session),
                None => 0,
            }
        }
    }

    /// Prints id and secret as a line of a key log.
    pub unsafe extern "C" fn SSL_SESSION_print_keylog(bio: *mut BIO, session: *const SSL_SESSION) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            let Some(content) = read(session) else { return 0 };
            if bio.is_null() || content.id.is_empty() || content.secret.is_empty() {
                return 0;
            }
            let line = format!("RSA Session-ID:{} Master-Key:{}\n", hex(&content.id), hex(&content.secret));
            c_int::from(put(bio, line))
        }
    }
}
