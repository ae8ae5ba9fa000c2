//! Cipher strings, groups, signature algorithms and SSL_CONF commands: lines of "command value".
#![no_main]

use std::ffi::{CString, c_char, c_int, c_uint, c_void};

use standin_ssl as _;

#[link(name = "crypto")]
unsafe extern "C" {
    fn TLS_method() -> *const c_void;
    fn SSL_CTX_new(method: *const c_void) -> *mut c_void;
    fn SSL_CTX_free(ctx: *mut c_void);
    fn SSL_CTX_set_cipher_list(ctx: *mut c_void, text: *const c_char) -> c_int;
    fn SSL_CTX_set_ciphersuites(ctx: *mut c_void, text: *const c_char) -> c_int;
    fn SSL_CONF_CTX_new() -> *mut c_void;
    fn SSL_CONF_CTX_free(conf: *mut c_void);
    fn SSL_CONF_CTX_set_flags(conf: *mut c_void, flags: c_uint) -> c_uint;
    fn SSL_CONF_CTX_set_ssl_ctx(conf: *mut c_void, ctx: *mut c_void);
    fn SSL_CONF_cmd(conf: *mut c_void, command: *const c_char, value: *const c_char) -> c_int;
    fn SSL_CONF_CTX_finish(conf: *mut c_void) -> c_int;
    fn ERR_clear_error();
}

/// SSL_CONF_FLAG_FILE | CLIENT | SERVER; not CERTIFICATE: no file is to be read.
const FLAGS: c_uint = 0x2 | 0x4 | 0x8;

/// Commands that would open files or directories.
fn reads_files(command: &[u8]) -> bool {
    let lower = command.to_ascii_lowercase();
    ["file", "path", "dir", "store", "cert", "key"].iter().any(|word| {
        let word = word.as_bytes();
        lower.windows(word.len()).any(|window| window == word)
    })
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    // SAFETY: live objects, released at the end; texts end with a zero.
    unsafe {
        let ctx = SSL_CTX_new(TLS_method());
        let conf = SSL_CONF_CTX_new();
        SSL_CONF_CTX_set_flags(conf, FLAGS);
        SSL_CONF_CTX_set_ssl_ctx(conf, ctx);
        for line in data.split(|&byte| byte == b'\n').take(20) {
            let split = line.iter().position(|&byte| byte == b' ').unwrap_or(line.len());
            let (command, value) = (&line[..split], line.get(split + 1..).unwrap_or_default());
            let (Ok(name), Ok(value)) = (CString::new(command), CString::new(value)) else { continue };
            match command {
                b"C" => SSL_CTX_set_cipher_list(ctx, value.as_ptr()),
                b"S" => SSL_CTX_set_ciphersuites(ctx, value.as_ptr()),
                _ if reads_files(command) => 0,
                _ => SSL_CONF_cmd(conf, name.as_ptr(), value.as_ptr()),
            };
        }
        SSL_CONF_CTX_finish(conf);
        SSL_CONF_CTX_free(conf);
        SSL_CTX_free(ctx);
        ERR_clear_error();
    }
});
