//! The C face of Janus ports: `include/janus.h`. Who frees what stands at each function.
#![allow(non_camel_case_types)] // C names

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;

use standin_janus::{Exchange, Function, Janus, Journal, Settings, Target};

mod client;
mod exchange;
mod path;

pub use client::*;
pub use exchange::*;
pub use path::*;

/// A set of ports. From any thread.
pub struct janus {
    inner: Janus,
}

/// What a callback is given back. It may be used on any thread.
#[derive(Clone, Copy)]
struct Data(*mut c_void);

// SAFETY: the header says that callbacks, and so what they are given, are used on several threads at once.
unsafe impl Send for Data {}
// SAFETY: as above.
unsafe impl Sync for Data {}

impl Data {
    /// A method, so that closures capture all of it.
    fn pointer(self) -> *mut c_void {
        self.0
    }
}

/// Runs the body of a C function; a panic in it is a failure and goes no further.
fn guard<T>(failure: T, body: impl FnOnce() -> Option<T>) -> T {
    let outcome = catch_unwind(AssertUnwindSafe(body)).ok().flatten();
    outcome.unwrap_or(failure)
}

/// A string argument; `None` for NULL and for what is not UTF-8.
///
/// # Safety
/// NULL, or a string that ends with NUL and is not changed during `'a`.
unsafe fn text<'a>(pointer: *const c_char) -> Option<&'a str> {
    if pointer.is_null() {
        return None;
    }
    // SAFETY: as promised.
    unsafe { CStr::from_ptr(pointer) }.to_str().ok()
}

/// Copies a text out, as the header says.
///
/// # Safety
/// `buffer` has room for `size` bytes, or `size` is 0.
unsafe fn copy_text(value: &str, buffer: *mut c_char, size: usize) -> isize {
    if size > 0 && !buffer.is_null() {
        let length = value.len().min(size - 1);
        // SAFETY: `length` and the NUL fit, as promised.
        unsafe {
            std::ptr::copy_nonoverlapping(value.as_ptr(), buffer.cast::<u8>(), length);
            buffer.add(length).write(0);
        }
    }
    value.len() as isize
}

/// Copies bytes out, as the header says.
///
/// # Safety
/// `buffer` has room for `size` bytes, or `size` is 0.
unsafe fn copy_bytes(value: &[u8], buffer: *mut u8, size: usize) -> isize {
    let length = if buffer.is_null() { 0 } else { value.len().min(size) };
    // SAFETY: `length` fits, as promised.
    unsafe { std::ptr::copy_nonoverlapping(value.as_ptr(), buffer, length) };
    value.len() as isize
}

/// Takes a line of the journal, without its line end.
pub type janus_journal_fn = Option<unsafe extern "C" fn(line: *const c_char, data: *mut c_void)>;

/// Answers a request. 0: it is answered; otherwise the client is told that the handler failed.
pub type janus_web_fn = Option<unsafe extern "C" fn(exchange: *mut janus_exchange, data: *mut c_void) -> c_int>;

/// Serves a connection, or a new session. 0: all is well; otherwise the connection ends, or the log-on has failed.
pub type janus_client_fn = Option<unsafe extern "C" fn(client: *mut janus_client, data: *mut c_void) -> c_int>;

/// Looks at a client's certificate that has been verified. 0: it stays accepted; otherwise it is refused.
pub type janus_tighten_fn =
    Option<unsafe extern "C" fn(port: *const c_char, path: *const janus_path, data: *mut c_void) -> c_int>;

/// Makes a set of ports, without any yet.
///
/// `files`: the folder in which each file of procedures is a folder. `address`: what ports listen on, an IPv4 or IPv6
/// address; NULL: all IPv4 addresses. `journal` may be NULL: lines go to standard error. `json`: not 0 makes each line
/// a JSON object. Returns NULL if an argument is wrong. To be freed with `janus_free`.
///
/// # Safety
/// Strings end with NUL. `journal` may be called with `journal_data` on any thread until `janus_free` has returned.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn janus_new(
    files: *const c_char,
    address: *const c_char,
    journal: janus_journal_fn,
    journal_data: *mut c_void,
    json: c_int,
) -> *mut janus {
    guard(std::ptr::null_mut(), || {
        // SAFETY: the caller's promise.
        let (files, address) = unsafe { (text(files)?, if address.is_null() { "0.0.0.0" } else { text(address)? }) };
        let files = PathBuf::from(files).canonicalize().ok()?;
        let data = Data(journal_data);
        let target = match journal {
            None => Target::Stderr,
            Some(callback) => Target::Callback(Box::new(move |line| {
                let line = CString::new(line.replace('\0', "")).unwrap_or_default();
                // SAFETY: the caller's promise; the line lives until the call returns.
                unsafe { callback(line.as_ptr(), data.pointer()) }
            })),
        };
        let settings =
            Settings { files, address: address.parse().ok()?, journal: Journal::open(target, json != 0).ok()? };
        Some(Box::into_raw(Box::new(janus { inner: Janus::new(settings) })))
    })
}

/// Breaks all connections, waits until all callbacks have returned, and frees the set. NULL is ignored. Not to be called
/// from a callback.
///
/// # Safety
/// `ports` comes from `janus_new` and is not used any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn janus_free(ports: *mut janus) {
    if ports.is_null() {
        return;
    }
    guard((), || {
        // SAFETY: the caller's promise.
        let ports = unsafe { Box::from_raw(ports) };
        ports.inner.end();
        Some(())
    });
}

/// Runs JANUS commands, in the form of a file: each begins with JANUS.
///
/// Returns how many of them failed, or -1 if an argument is wrong. `answer`, unless it is NULL, is set to the answers,
/// a line each: those of commands that failed begin with `ERROR`. To be freed with `janus_text_free`.
///
/// # Safety
/// `ports` comes from `janus_new`; `commands` ends with NUL; `answer` is NULL or can be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn janus_run(ports: *const janus, commands: *const c_char, answer: *mut *mut c_char) -> c_int {
    guard(-1, || {
        // SAFETY: the caller's promise.
        let (ports, commands) = unsafe { (ports.as_ref()?, text(commands)?) };
        let outcomes = ports.inner.run(commands);
        let failed = outcomes.iter().filter(|outcome| outcome.is_err()).count();
        if !answer.is_null() {
            let lines = outcomes.into_iter().map(|outcome| match outcome {
                Ok(text) if text.is_empty() => text,
                Ok(text) => text + "\n",
                Err(error) => format!("ERROR {error}\n"),
            });
            let text = CString::new(lines.collect::<String>().replace('\0', "")).ok()?;
            // SAFETY: the caller's promise.
            unsafe { answer.write(text.into_raw()) };
        }
        c_int::try_from(failed).ok()
    })
}

/// Frees an answer of `janus_run`. NULL is ignored.
///
/// # Safety
/// `answer` comes from `janus_run` and is not used any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn janus_text_free(answer: *mut c_char) {
    if !answer.is_null() {
        // SAFETY: the caller's promise.
        drop(unsafe { CString::from_raw(answer) });
    }
}

/// `CMD 'CALL name'` of a rule of a WEBSERV port means this function from now on. Returns 0, or -1 if an argument is
/// wrong.
///
/// # Safety
/// `ports` comes from `janus_new`; `name` ends with NUL; `function` may be called with `data` on several threads at once
/// until `janus_free` has returned.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn janus_on_web(
    ports: *const janus,
    name: *const c_char,
    function: janus_web_fn,
    data: *mut c_void,
) -> c_int {
    guard(-1, || {
        // SAFETY: the caller's promise.
        let (ports, name) = unsafe { (ports.as_ref()?, text(name)?) };
        let (function, data) = (function?, Data(data));
        let handler = move |exchange: &mut Exchange<'_>| {
            // SAFETY: the caller's promise; the exchange lives until the call returns.
            match unsafe { function(std::ptr::from_mut(exchange).cast(), data.pointer()) } {
                0 => Ok(()),
                code => Err(format!("the function returned {code}")),
            }
        };
        ports.inner.register(name, Function::Web(Arc::new(handler)));
        Some(0)
    })
}

/// `CMD 'CALL name'` of another port than WEBSERV, and `NEWSESCMD 'CALL name'` of any, means this function from now on.
/// Returns 0, or -1 if an argument is wrong.
///
/// # Safety
/// As for `janus_on_web`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn janus_on_client(
    ports: *const janus,
    name: *const c_char,
    function: janus_client_fn,
    data: *mut c_void,
) -> c_int {
    guard(-1, || {
        // SAFETY: the caller's promise.
        let (ports, name) = unsafe { (ports.as_ref()?, text(name)?) };
        let (function, data) = (function?, Data(data));
        let handler = move |client: &mut standin_janus::Client| {
            // SAFETY: the caller's promise; the client lives until the call returns.
            match unsafe { function(std::ptr::from_mut(client).cast(), data.pointer()) } {
                0 => Ok(()),
                code => Err(format!("the function returned {code}")),
            }
        };
        ports.inner.register(name, Function::Client(Arc::new(handler)));
        Some(0)
    })
}

/// Shows the certificates that are verified to a function, which may refuse them nevertheless; there is no way to have
/// one accepted that does not verify. NULL: to none any more. Returns 0, or -1 if an argument is wrong.
///
/// # Safety
/// As for `janus_on_web`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn janus_tighten(ports: *const janus, function: janus_tighten_fn, data: *mut c_void) -> c_int {
    guard(-1, || {
        // SAFETY: the caller's promise.
        let ports = unsafe { ports.as_ref()? };
        let data = Data(data);
        let Some(function) = function else {
            ports.inner.tighten(None);
            return Some(0);
        };
        ports.inner.tighten(Some(Arc::new(move |port, levels| {
            let port = CString::new(port).unwrap_or_default();
            let path: *const &[standin_janus::Certificate] = &levels;
            // SAFETY: the caller's promise; port and path live until the call returns.
            match unsafe { function(port.as_ptr(), path.cast(), data.pointer()) } {
                0 => Ok(()),
                code => Err(format!("the program refuses it ({code})")),
            }
        })));
        Some(0)
    })
}
