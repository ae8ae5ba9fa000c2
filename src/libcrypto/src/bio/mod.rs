//! BIO: pipes of kinds, in chains.

mod accept;
mod access;
pub mod address;
mod buffer;
mod chain;
mod connect;
mod dump;
mod file;
mod lookup;
mod memory;
mod method;
mod pair;
mod socket;

use std::ffi::{c_char, c_int, c_long, c_void};
use std::ptr;

pub use access::*;
pub use chain::*;
pub use dump::lines as dump_lines;
pub use file::{BIO_new_file, BIO_new_fp, BIO_s_file};
pub use memory::{BIO_new_mem_buf, BIO_s_mem, BUF_MEM};
pub use method::BIO_METHOD;

use crate::err::{self, library, reason};
use crate::ex_data::{CRYPTO_EX_DATA, Extended, class};
use crate::handle::{Counted, References, give};

/// A pipe.
pub struct BIO {
    /// Its kind.
    pub method: *const BIO_METHOD,
    /// Whether it can be used.
    pub init: c_int,
    /// Whether what is behind it goes with it (BIO_CLOSE).
    pub shutdown: c_int,
    /// BIO_FLAGS_*.
    pub flags: c_int,
    /// BIO_RR_*.
    pub retry_reason: c_int,
    /// A number of the kind's: a descriptor, an answer.
    pub num: c_int,
    /// What the kind keeps.
    pub data: *mut c_void,
    next: *mut BIO,
    previous: *mut BIO,
    references: References,
    callback: Callback,
    callback_argument: *mut c_void,
    read: u64,
    written: u64,
    extra: CRYPTO_EX_DATA,
}

impl Counted for BIO {
    fn references(&self) -> &References {
        &self.references
    }
}

/// Watches a pipe, with 32-bit lengths or with whole ones.
#[derive(Clone, Copy)]
enum Callback {
    None,
    Old(OldCallback),
    New(NewCallback),
}
pub type OldCallback = unsafe extern "C" fn(*mut BIO, c_int, *const c_char, c_int, c_long, c_long) -> c_long;
pub type NewCallback =
    unsafe extern "C" fn(*mut BIO, c_int, *const c_char, usize, c_int, c_long, c_int, *mut usize) -> c_long;
/// Tells of the steps of a connection.
pub type InfoCallback = unsafe extern "C" fn(*mut BIO, c_int, c_int) -> c_int;

/// BIO_FLAGS_*.
#[allow(missing_docs)] // the names are OpenSSL's
pub mod flags {
    use std::ffi::c_int;
    pub const READ: c_int = 0x01;
    pub const WRITE: c_int = 0x02;
    pub const IO_SPECIAL: c_int = 0x04;
    pub const RWS: c_int = READ | WRITE | IO_SPECIAL;
    pub const SHOULD_RETRY: c_int = 0x08;
    pub const MEM_RDONLY: c_int = 0x200;
    pub const NONCLEAR_RST: c_int = 0x400;
    pub const IN_EOF: c_int = 0x800;
}

/// Commands of BIO_ctrl.
#[allow(missing_docs)] // the names are OpenSSL's
pub mod command {
    use std::ffi::c_int;
    pub const RESET: c_int = 1;
    pub const EOF: c_int = 2;
    pub const INFO: c_int = 3;
    pub const PUSH: c_int = 6;
    pub const POP: c_int = 7;
    pub const GET_CLOSE: c_int = 8;
    pub const SET_CLOSE: c_int = 9;
    pub const PENDING: c_int = 10;
    pub const FLUSH: c_int = 11;
    pub const DUP: c_int = 12;
    pub const WPENDING: c_int = 13;
    pub const SET_CALLBACK: c_int = 14;
    pub const GET_CALLBACK: c_int = 15;
    pub const PEEK: c_int = 29;
    pub const SET_CONNECT: c_int = 100;
    pub const DO_STATE_MACHINE: c_int = 101;
    pub const SET_NBIO: c_int = 102;
    pub const SET_FD: c_int = 104;
    pub const GET_FD: c_int = 105;
    pub const SET_FILE_PTR: c_int = 106;
    pub const GET_FILE_PTR: c_int = 107;
    pub const SET_FILENAME: c_int = 108;
    pub const SET_BUF_MEM: c_int = 114;
    pub const GET_BUF_MEM_PTR: c_int = 115;
    pub const GET_BUFF_NUM_LINES: c_int = 116;
    pub const SET_BUFF_SIZE: c_int = 117;
    pub const SET_ACCEPT: c_int = 118;
    pub const SET_BUFF_READ_DATA: c_int = 122;
    pub const GET_CONNECT: c_int = 123;
    pub const GET_ACCEPT: c_int = 124;
    pub const FILE_SEEK: c_int = 128;
    pub const SET_BUF_MEM_EOF_RETURN: c_int = 130;
    pub const SET_BIND_MODE: c_int = 131;
    pub const GET_BIND_MODE: c_int = 132;
    pub const FILE_TELL: c_int = 133;
    pub const SET_WRITE_BUF_SIZE: c_int = 136;
    pub const GET_WRITE_BUF_SIZE: c_int = 137;
    pub const MAKE_BIO_PAIR: c_int = 138;
    pub const DESTROY_BIO_PAIR: c_int = 139;
    pub const GET_WRITE_GUARANTEE: c_int = 140;
    pub const GET_READ_REQUEST: c_int = 141;
    pub const SHUTDOWN_WR: c_int = 142;
    pub const NREAD0: c_int = 143;
    pub const NREAD: c_int = 144;
    pub const NWRITE0: c_int = 145;
    pub const NWRITE: c_int = 146;
    pub const RESET_READ_REQUEST: c_int = 147;
    pub const SET_CONNECT_MODE: c_int = 155;
}

/// Operations that a callback is told of.
mod operation {
    use std::ffi::c_int;
    pub const FREE: c_int = 1;
    pub const READ: c_int = 2;
    pub const WRITE: c_int = 3;
    pub const PUTS: c_int = 4;
    pub const GETS: c_int = 5;
    pub const CTRL: c_int = 6;
    pub const RETURN: c_int = 0x80;
}

impl BIO {
    fn kind(&self) -> &BIO_METHOD {
        // SAFETY: set when the pipe was made; methods outlive their pipes.
        unsafe { &*self.method }
    }

    fn clear_retry(&mut self) {
        self.flags &= !(flags::RWS | flags::SHOULD_RETRY);
    }

    fn set_retry(&mut self, what: c_int) {
        self.flags |= what | flags::SHOULD_RETRY;
    }
}

/// What is behind a pipe, and a way to copy its wish to be tried again.
unsafe fn behind(bio: *mut BIO) -> Option<*mut BIO> {
    // SAFETY: a live pipe.
    let next = unsafe { (*bio).next };
    (!next.is_null()).then_some(next)
}

/// One call of a kind's function, between the callback's two.
struct Call {
    operation: c_int,
    argument: *const c_char,
    len: usize,
    number: c_int,
    long: c_long,
}

impl Call {
    /// What the callback says before; below 1 ends the call.
    unsafe fn before(&self, bio: *mut BIO) -> Result<(), c_long> {
        // SAFETY: the program's callback for its live pipe.
        let answer = unsafe {
            match (*bio).callback {
                Callback::None => return Ok(()),
                Callback::Old(callback) => {
                    let number = if self.operation == operation::CTRL { self.number } else { short(self.len) };
                    callback(bio, self.operation, self.argument, number, self.long, 1)
                }
                Callback::New(callback) => {
                    callback(bio, self.operation, self.argument, self.len, self.number, self.long, 1, ptr::null_mut())
                }
            }
        };
        if answer > 0 { Ok(()) } else { Err(answer) }
    }

    /// What the callback makes of the result.
    unsafe fn after(&self, bio: *mut BIO, result: c_long, processed: Option<&mut usize>) -> c_long {
        // SAFETY: the program's callback for its live pipe.
        unsafe {
            match (*bio).callback {
                Callback::None => result,
                Callback::Old(callback) => {
                    let number = if self.operation == operation::CTRL { self.number } else { short(self.len) };
                    let told = match &processed {
                        Some(count) if result > 0 => short(**count).into(),
                        _ => result,
                    };
                    let answer =
                        callback(bio, self.operation | operation::RETURN, self.argument, number, self.long, told);
                    match processed {
                        Some(count) if answer > 0 => {
                            *count = usize::try_from(answer).unwrap_or(0);
                            1
                        }
                        _ => answer,
                    }
                }
                Callback::New(callback) => callback(
                    bio,
                    self.operation | operation::RETURN,
                    self.argument,
                    self.len,
                    self.number,
                    self.long,
                    short_result(result),
                    processed.map_or(ptr::null_mut(), ptr::from_mut),
                ),
            }
        }
    }
}

fn short(len: usize) -> c_int {
    c_int::try_from(len).unwrap_or(c_int::MAX)
}

fn short_result(result: c_long) -> c_int {
    c_int::try_from(result).unwrap_or(if result < 0 { -1 } else { c_int::MAX })
}

/// Reads or writes: the result of the kind's function, and how many bytes.
unsafe fn transfer(bio: *mut BIO, operation: c_int, data: *mut c_char, len: usize) -> (c_int, usize) {
    // SAFETY: the program's pipe and bytes.
    unsafe {
        if bio.is_null() {
            err::raise(library::BIO, reason::PASSED_NULL_PARAMETER);
            return (-1, 0);
        }
        let method = (*bio).kind();
        let reading = operation == operation::READ;
        if if reading { !method.reads() } else { !method.writes() } {
            err::raise(library::BIO, reason::bio::UNSUPPORTED_METHOD);
            return (-2, 0);
        }
        let call = Call { operation, argument: data, len, number: 0, long: 0 };
        if let Err(answer) = call.before(bio) {
            return (short_result(answer), 0);
        }
        if (*bio).init == 0 {
            err::raise(library::BIO, reason::bio::UNINITIALIZED);
            return (-1, 0);
        }
        let (result, mut count) = if reading { method.read(bio, data, len) } else { method.write(bio, data, len) };
        if reading {
            (*bio).read += count as u64;
        } else {
            (*bio).written += count as u64;
        }
        let result = call.after(bio, result.into(), Some(&mut count));
        (short_result(result), if result > 0 { count } else { 0 })
    }
}

/// The older form: how many bytes, or what failed.
fn counted((result, count): (c_int, usize)) -> c_int {
    if result > 0 { short(count) } else { result }
}

/// Writes everything; false when the pipe does not take it.
///
/// # Safety
/// `bio` is NULL or live.
pub unsafe fn write_all(bio: *mut BIO, mut bytes: &[u8]) -> bool {
    while !bytes.is_empty() {
        // SAFETY: the caller's promise.
        match unsafe { BIO_write(bio, bytes.as_ptr().cast(), short(bytes.len())) } {
            count @ 1.. => bytes = &bytes[usize::try_from(count).unwrap_or(0).min(bytes.len())..],
            _ => return false,
        }
    }
    true
}

/// Reads until nothing comes, at most `limit` bytes; `None` when there is more or the pipe fails.
///
/// # Safety
/// `bio` is NULL or live.
pub unsafe fn read_all(bio: *mut BIO, limit: usize) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut chunk = [0u8; 4096];
    loop {
        // SAFETY: the caller's promise; the buffer is ours.
        match unsafe { BIO_read(bio, chunk.as_mut_ptr().cast(), short(chunk.len())) } {
            count @ 1.. => out.extend_from_slice(&chunk[..usize::try_from(count).unwrap_or(0)]),
            _ => return Some(out),
        }
        if out.len() > limit {
            return None;
        }
    }
}

unsafe fn control(bio: *mut BIO, command: c_int, larg: c_long, parg: *mut c_void) -> c_long {
    // SAFETY: the program's pipe.
    unsafe {
        if bio.is_null() {
            return -1;
        }
        let method = (*bio).kind();
        let Some(ctrl) = method.ctrl else {
            err::raise(library::BIO, reason::bio::UNSUPPORTED_METHOD);
            return -2;
        };
        let call = Call { operation: operation::CTRL, argument: parg.cast(), len: 0, number: command, long: larg };
        if let Err(answer) = call.before(bio) {
            return answer;
        }
        let result = ctrl(bio, command, larg, parg);
        call.after(bio, result, None)
    }
}

unsafe fn text(bio: *mut BIO, operation: c_int, data: *mut c_char, size: c_int) -> c_int {
    // SAFETY: the program's pipe and text.
    unsafe {
        if bio.is_null() {
            err::raise(library::BIO, reason::PASSED_NULL_PARAMETER);
            return -1;
        }
        let method = (*bio).kind();
        let reading = operation == operation::GETS;
        if if reading { method.gets.is_none() } else { method.puts.is_none() } {
            err::raise(library::BIO, reason::bio::UNSUPPORTED_METHOD);
            return -2;
        }
        if reading && size < 0 {
            err::raise(library::BIO, reason::bio::INVALID_ARGUMENT);
            return -1;
        }
        let len = usize::try_from(size).unwrap_or(0);
        let call = Call { operation, argument: data, len, number: 0, long: 0 };
        if let Err(answer) = call.before(bio) {
            return short_result(answer);
        }
        if (*bio).init == 0 {
            err::raise(library::BIO, reason::bio::UNINITIALIZED);
            return -1;
        }
        let result = match (method.gets, method.puts) {
            (Some(gets), _) if reading => gets(bio, data, size),
            (_, Some(puts)) => puts(bio, data),
            _ => -2,
        };
        let mut count = usize::try_from(result).unwrap_or(0);
        if !reading {
            (*bio).written += count as u64;
        }
        let result = call.after(bio, c_long::from(result.min(1)), Some(&mut count));
        counted((short_result(result), count))
    }
}

impl Extended for BIO {
    const CLASS: c_int = class::BIO;

    fn extra(&mut self) -> &mut CRYPTO_EX_DATA {
        &mut self.extra
    }
}

versioned! {
    /// A pipe of a kind.
    pub unsafe extern "C" fn BIO_new(kind: *const BIO_METHOD) -> *mut BIO {
        // SAFETY: the program's method.
        unsafe {
            let Some(method) = kind.as_ref() else { return ptr::null_mut() };
            let bio = give(BIO {
                method: kind,
                init: 0,
                shutdown: 1,
                flags: 0,
                retry_reason: 0,
                num: 0,
                data: ptr::null_mut(),
                next: ptr::null_mut(),
                previous: ptr::null_mut(),
                references: References::one(),
                callback: Callback::None,
                callback_argument: ptr::null_mut(),
                read: 0,
                written: 0,
                extra: CRYPTO_EX_DATA::empty(),
            });
            crate::ex_data::opened(bio);
            match method.create {
                Some(create) => {
                    if create(bio) == 0 {
                        drop(Box::from_raw(bio));
                        return ptr::null_mut();
                    }
                }
                None => (*bio).init = 1,
            }
            bio
        }
    }

    /// A pipe of a kind; the library context is not used.
    pub unsafe extern "C" fn BIO_new_ex(_libctx: *mut crate::evp::OSSL_LIB_CTX, method: *const BIO_METHOD) -> *mut BIO {
        // SAFETY: the program's method.
        unsafe { BIO_new(method) }
    }

    /// Gives one reference back: 1, 0 for NULL. What is behind the pipe stays.
    pub unsafe extern "C" fn BIO_free(a: *mut BIO) -> c_int {
        // SAFETY: the program gives its reference up.
        unsafe {
            let Some(bio) = a.as_ref() else { return 0 };
            if !bio.references.give_back() {
                return 1;
            }
            let call = Call { operation: operation::FREE, argument: ptr::null(), len: 0, number: 0, long: 0 };
            if let Err(answer) = call.before(a) {
                return short_result(answer);
            }
            if let Some(destroy) = (*a).kind().destroy {
                destroy(a);
            }
            (*a).extra.close(class::BIO, a.cast());
            drop(Box::from_raw(a));
            1
        }
    }

    /// Gives one reference back, and as long as that was the last, those of the pipes behind.
    pub unsafe extern "C" fn BIO_free_all(a: *mut BIO) {
        // SAFETY: the program gives its references up.
        unsafe {
            let mut at = a;
            while let Some(bio) = at.as_ref() {
                let next = bio.next;
                let shared = bio.references.count() > 1;
                BIO_free(at);
                if shared {
                    break;
                }
                at = next;
            }
        }
    }

    /// Gives one reference back.
    pub unsafe extern "C" fn BIO_vfree(a: *mut BIO) {
        // SAFETY: the program gives its reference up.
        unsafe {
            BIO_free(a);
        }
    }

    /// Takes one more reference.
    pub unsafe extern "C" fn BIO_up_ref(a: *mut BIO) -> c_int {
        // SAFETY: the program's pipe.
        unsafe { crate::handle::up_ref(a) }
    }

    /// Reads up to `dlen` bytes. Returns how many; 0 or below when none came, see BIO_should_retry.
    pub unsafe extern "C" fn BIO_read(b: *mut BIO, data: *mut c_void, dlen: c_int) -> c_int {
        // SAFETY: the program's pipe and room.
        usize::try_from(dlen).map_or(0, |len| counted(unsafe { transfer(b, operation::READ, data.cast(), len) }))
    }

    /// Reads up to `dlen` bytes: 1, and how many in `*readbytes`.
    pub unsafe extern "C" fn BIO_read_ex(b: *mut BIO, data: *mut c_void, dlen: usize, readbytes: *mut usize) -> c_int {
        // SAFETY: the program's pipe, room and variable.
        unsafe {
            let (result, count) = transfer(b, operation::READ, data.cast(), dlen);
            if let Some(out) = readbytes.as_mut() {
                *out = count;
            }
            c_int::from(result > 0)
        }
    }

    /// Writes up to `dlen` bytes. Returns how many; 0 or below when none went, see BIO_should_retry.
    pub unsafe extern "C" fn BIO_write(b: *mut BIO, data: *const c_void, dlen: c_int) -> c_int {
        match usize::try_from(dlen) {
            Err(_) | Ok(0) => 0,
            Ok(_) if b.is_null() => 0,
            // SAFETY: the program's pipe and bytes.
            Ok(len) => counted(unsafe { transfer(b, operation::WRITE, data.cast::<c_char>().cast_mut(), len) }),
        }
    }

    /// Writes up to `dlen` bytes: 1, and how many in `*written`.
    pub unsafe extern "C" fn BIO_write_ex(b: *mut BIO, data: *const c_void, dlen: usize, written: *mut usize) -> c_int {
        // SAFETY: the program's pipe, bytes and variable.
        unsafe {
            let (result, count) = if b.is_null() { (0, 0) } else { transfer(b, operation::WRITE, data.cast::<c_char>().cast_mut(), dlen) };
            if let Some(out) = written.as_mut() {
                *out = count;
            }
            c_int::from(result > 0 || (!b.is_null() && dlen == 0))
        }
    }

    /// Writes a text. Returns how many bytes.
    pub unsafe extern "C" fn BIO_puts(bp: *mut BIO, buf: *const c_char) -> c_int {
        // SAFETY: the program's pipe and text.
        unsafe { text(bp, operation::PUTS, buf.cast_mut(), 0) }
    }

    /// Reads a line of at most `size` - 1 bytes.
    pub unsafe extern "C" fn BIO_gets(bp: *mut BIO, buf: *mut c_char, size: c_int) -> c_int {
        // SAFETY: the program's pipe and room.
        unsafe { text(bp, operation::GETS, buf, size) }
    }

    /// Asks something of a pipe; what, the macros of bio.h know.
    pub unsafe extern "C" fn BIO_ctrl(bp: *mut BIO, cmd: c_int, larg: c_long, parg: *mut c_void) -> c_long {
        // SAFETY: the program's pipe and arguments.
        unsafe { control(bp, cmd, larg, parg) }
    }

    /// Asks something with a number that is passed by its address.
    pub unsafe extern "C" fn BIO_int_ctrl(bp: *mut BIO, cmd: c_int, larg: c_long, iarg: c_int) -> c_long {
        let mut number = iarg;
        // SAFETY: the program's pipe.
        unsafe { control(bp, cmd, larg, ptr::from_mut(&mut number).cast()) }
    }

    /// Asks for a pointer; NULL for failure.
    pub unsafe extern "C" fn BIO_ptr_ctrl(bp: *mut BIO, cmd: c_int, larg: c_long) -> *mut c_void {
        let mut pointer: *mut c_void = ptr::null_mut();
        // SAFETY: the program's pipe.
        if unsafe { control(bp, cmd, larg, ptr::from_mut(&mut pointer).cast()) } <= 0 { ptr::null_mut() } else { pointer }
    }

    /// Sets a callback of a kind.
    pub unsafe extern "C" fn BIO_callback_ctrl(b: *mut BIO, cmd: c_int, fp: Option<InfoCallback>) -> c_long {
        // SAFETY: the program's pipe.
        unsafe {
            if b.is_null() {
                return -2;
            }
            match (*b).kind().callback_ctrl {
                Some(ctrl) if cmd == command::SET_CALLBACK => ctrl(b, cmd, fp),
                _ => {
                    err::raise(library::BIO, reason::bio::UNSUPPORTED_METHOD);
                    -2
                }
            }
        }
    }

    /// How many bytes can be read at once.
    pub unsafe extern "C" fn BIO_ctrl_pending(b: *mut BIO) -> usize {
        // SAFETY: the program's pipe.
        usize::try_from(unsafe { control(b, command::PENDING, 0, ptr::null_mut()) }).unwrap_or(0)
    }

    /// How many bytes wait to be written.
    pub unsafe extern "C" fn BIO_ctrl_wpending(b: *mut BIO) -> usize {
        // SAFETY: the program's pipe.
        usize::try_from(unsafe { control(b, command::WPENDING, 0, ptr::null_mut()) }).unwrap_or(0)
    }
}
