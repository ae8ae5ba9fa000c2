//! SSL_trace: a message callback that writes what it is shown in words, as the original does.

mod extensions;
mod messages;
mod names;

use std::ffi::{c_int, c_void};
use std::fmt::Write;

use standin_boundary::memory;

use super::alert::{SSL_alert_desc_string_long, SSL_alert_type_string_long};
use super::bytes::{Bytes, Cut};
use super::{SSL, with};
use crate::libcrypto::BIO;
use crate::libcrypto::bio::{BIO_puts, BIO_write};
use names::name;

/// SSL3_RT_HEADER, SSL3_RT_INNER_CONTENT_TYPE.
const HEADER: c_int = 256;
const INNER: c_int = 257;

/// Where the words go.
struct Page {
    text: String,
    out: *mut BIO,
}

impl Page {
    /// A line, indented.
    fn line(&mut self, indent: usize, line: impl AsRef<str>) {
        let _never = writeln!(self.text, "{:indent$}{}", "", line.as_ref());
    }

    /// `what (len=N): HEX`.
    fn hex(&mut self, indent: usize, what: &str, bytes: &[u8]) {
        let _never = write!(self.text, "{:indent$}{what} (len={}): ", "", bytes.len());
        for byte in bytes {
            let _never = write!(self.text, "{byte:02X}");
        }
        self.text.push('\n');
    }

    /// ... of a vector.
    fn vector(&mut self, indent: usize, what: &str, bytes: &mut Bytes<'_>, len: usize) -> Result<(), Cut> {
        let vector = bytes.vector(len)?;
        self.hex(indent, what, vector.0);
        Ok(())
    }

    /// Rows of bytes and characters, as BIO_dump_indent has them.
    fn dump(&mut self, indent: usize, bytes: &[u8]) {
        const WIDTH: usize = 16;
        let indent = indent.min(64);
        let width = WIDTH - (indent - indent.min(6)).div_ceil(4);
        for (row, chunk) in bytes.chunks(width).enumerate() {
            let _never = write!(self.text, "{:indent$}{:04x} - ", "", row * width);
            for at in 0..width {
                let _never = match chunk.get(at) {
                    Some(byte) => write!(self.text, "{byte:02x}{}", if at == 7 { '-' } else { ' ' }),
                    None => write!(self.text, "   "),
                };
            }
            self.text.push_str("  ");
            self.text
                .extend(chunk.iter().map(|byte| if (b' '..=b'~').contains(byte) { char::from(*byte) } else { '.' }));
            self.text.push('\n');
        }
    }

    /// Hands over what has been written so far.
    fn flush(&mut self) {
        let text = std::mem::take(&mut self.text);
        if !text.is_empty() {
            // SAFETY: the program's BIO, and the text's bytes.
            unsafe { BIO_write(self.out, text.as_ptr().cast(), c_int::try_from(text.len()).unwrap_or(c_int::MAX)) };
        }
    }
}

/// What is known of the connection.
#[derive(Clone, Copy)]
struct Known {
    is_tls13: bool,
}

fn write_message(page: &mut Page, sent: bool, kind: c_int, bytes: &[u8], known: Known) {
    match (kind, bytes) {
        (HEADER, &[kind, major, minor, high, low, ..]) => {
            let version = u16::from_be_bytes([major, minor]);
            page.line(0, if sent { "Sent Record\nHeader:" } else { "Received Record\nHeader:" });
            page.line(2, format!("Version = {} (0x{version:x})", name("version", version)));
            page.line(2, format!("Content Type = {} ({kind})", name("content", kind.into())));
            let _never = write!(page.text, "  Length = {}", u16::from_be_bytes([high, low]));
        }
        (HEADER, _) => page.hex(0, if sent { "Sent too short message" } else { "Received too short message" }, bytes),
        (INNER, &[kind, ..]) => {
            let _never = write!(page.text, "  Inner Content Type = {} ({kind})", name("content", kind.into()));
        }
        (20, [1]) => page.line(4, "change_cipher_spec (1)"),
        (20, _) => page.hex(4, "unknown value", bytes),
        (21, &[level, alert]) => {
            let value = c_int::from(level) << 8 | c_int::from(alert);
            // SAFETY: both are static texts.
            let (kind, text) = unsafe {
                let text = |text| std::ffi::CStr::from_ptr(text).to_string_lossy();
                (text(SSL_alert_type_string_long(value)), text(SSL_alert_desc_string_long(value)))
            };
            page.line(4, format!("Level={kind}({level}), description={text}({alert})"));
        }
        (21, _) => page.line(4, "Illegal Alert Length"),
        (22, _) if messages::write(page, bytes, known).is_err() => page.line(0, "Message length parse error!"),
        _ => {}
    }
    page.text.push('\n');
}

versioned! {
    /// A message callback whose argument is a BIO to write to.
    pub unsafe extern "C" fn SSL_trace(
        write_p: c_int, _version: c_int, content_type: c_int, buf: *const c_void, len: usize, ssl: *mut SSL, arg: *mut c_void,
    ) {
        if arg.is_null() {
            // SAFETY: nothing is written to no BIO, which is what the error says that this leaves.
            unsafe { BIO_puts(std::ptr::null_mut(), c"".as_ptr()) };
            return;
        }
        if buf.is_null() && len != 0 {
            return;
        }
        // SAFETY: the program's pointers; the SSL is borrowed no longer than it is looked at.
        unsafe {
            let bytes = match len {
                0 => &[][..],
                _ => std::slice::from_raw_parts(buf.cast::<u8>(), memory::reach(buf.cast::<u8>(), len)),
            };
            let known = with(ssl, |ssl| Known { is_tls13: ssl.is_tls13() });
            let Some(known) = known else { return };
            let mut page = Page { text: String::new(), out: arg.cast() };
            write_message(&mut page, write_p != 0, content_type, bytes, known);
            page.flush();
        }
    }
}
