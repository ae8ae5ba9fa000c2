//! BIO_s_mem: bytes in memory, written at the end and read from the front.

use std::ffi::{c_char, c_int, c_long, c_ulong, c_void};
use std::ptr;

use super::{BIO, BIO_METHOD, BIO_new, command, flags};
use crate::err::{self, library, reason};
use crate::handle::{bytes, free, give};

/// A growing block, which programs can see into.
#[repr(C)]
pub struct BUF_MEM {
    length: usize,
    data: *mut c_char,
    max: usize,
    flags: c_ulong,
}

impl BUF_MEM {
    const fn empty() -> Self {
        BUF_MEM { length: 0, data: ptr::null_mut(), max: 0, flags: 0 }
    }

    /// Room for `len` bytes in all; false when there is no memory.
    fn reserve(&mut self, len: usize) -> bool {
        if len <= self.max {
            return true;
        }
        let max = len.checked_next_power_of_two().unwrap_or(len).max(64);
        // SAFETY: a block of the C library's, or NULL.
        let grown = unsafe { libc::realloc(self.data.cast(), max) };
        if grown.is_null() {
            return false;
        }
        self.data = grown.cast();
        self.max = max;
        true
    }
}

impl Drop for BUF_MEM {
    fn drop(&mut self) {
        // SAFETY: a block of the C library's, or NULL.
        unsafe { libc::free(self.data.cast()) };
    }
}

/// What a pipe in memory keeps.
struct Memory {
    block: *mut BUF_MEM,
    /// How many bytes at the front were read, and how many of them there is no way back to.
    read: usize,
    base: usize,
    /// For a block that is only read, where it was at first.
    borrowed: Option<(*const u8, usize)>,
}

impl Memory {
    unsafe fn of<'a>(bio: *mut BIO) -> &'a mut Memory {
        // SAFETY: made by `create`, freed by `destroy`.
        unsafe { &mut *(*bio).data.cast() }
    }

    fn unread(&self) -> &[u8] {
        // SAFETY: the block is live; a borrowed one by the program's word.
        unsafe {
            match self.borrowed {
                Some((data, len)) => bytes(data, len).get(self.read..),
                None => bytes((*self.block).data.cast(), (*self.block).length).get(self.read..),
            }
            .unwrap_or_default()
        }
    }

    /// Moves what is unread to the front, where programs look for it.
    fn settle(&mut self) {
        self.base = self.read;
        if self.borrowed.is_some() || self.read == 0 {
            return;
        }
        // SAFETY: `read` is at most `length`.
        unsafe {
            let block = &mut *self.block;
            ptr::copy(block.data.add(self.read), block.data, block.length - self.read);
            block.length -= self.read;
        }
        (self.read, self.base) = (0, 0);
    }
}

unsafe extern "C" fn create(bio: *mut BIO) -> c_int {
    // SAFETY: a fresh pipe.
    unsafe {
        (*bio).data = give(Memory { block: give(BUF_MEM::empty()), read: 0, base: 0, borrowed: None }).cast();
        (*bio).shutdown = 1;
        (*bio).init = 1;
        (*bio).num = -1;
    }
    1
}

unsafe extern "C" fn destroy(bio: *mut BIO) -> c_int {
    // SAFETY: made by `create`.
    unsafe {
        if bio.is_null() || (*bio).data.is_null() {
            return 0;
        }
        let memory = Memory::of(bio);
        if (*bio).shutdown != 0 {
            free(memory.block);
        }
        free(ptr::from_mut(memory));
        (*bio).data = ptr::null_mut();
    }
    1
}

unsafe extern "C" fn read(bio: *mut BIO, out: *mut c_char, len: c_int) -> c_int {
    // SAFETY: the program's pipe and room.
    unsafe {
        let memory = Memory::of(bio);
        (*bio).clear_retry();
        let unread = memory.unread();
        let count = usize::try_from(len).unwrap_or(0).min(unread.len());
        if !out.is_null() && count > 0 {
            ptr::copy_nonoverlapping(unread.as_ptr(), out.cast(), count);
            memory.read += count;
            return super::short(count);
        }
        if unread.is_empty() {
            let answer = (*bio).num;
            if answer != 0 {
                (*bio).set_retry(flags::READ);
            }
            return answer;
        }
        0
    }
}

unsafe extern "C" fn write(bio: *mut BIO, data: *const c_char, len: c_int) -> c_int {
    // SAFETY: the program's pipe and bytes.
    unsafe {
        if data.is_null() {
            err::raise(library::BIO, reason::PASSED_NULL_PARAMETER);
            return -1;
        }
        if (*bio).flags & flags::MEM_RDONLY != 0 {
            err::raise(library::BIO, reason::bio::WRITE_TO_READ_ONLY_BIO);
            return -1;
        }
        (*bio).clear_retry();
        let memory = Memory::of(bio);
        let count = usize::try_from(len).unwrap_or(0);
        memory.base = memory.read;
        if memory.read > 0 && (memory.unread().is_empty() || memory.read > (*memory.block).max / 2) {
            memory.settle();
        }
        let block = &mut *memory.block;
        if !block.reserve(block.length + count) {
            return -1;
        }
        ptr::copy_nonoverlapping(data, block.data.add(block.length), count);
        block.length += count;
        len
    }
}

unsafe extern "C" fn puts(bio: *mut BIO, text: *const c_char) -> c_int {
    // SAFETY: the program's pipe and text.
    unsafe { write(bio, text, if text.is_null() { 0 } else { super::short(libc::strlen(text)) }) }
}

unsafe extern "C" fn gets(bio: *mut BIO, out: *mut c_char, size: c_int) -> c_int {
    // SAFETY: the program's pipe and room.
    unsafe {
        (*bio).clear_retry();
        let Some(room) = usize::try_from(size).ok().and_then(|size| size.checked_sub(1)) else { return 0 };
        let unread = Memory::of(bio).unread();
        let most = room.min(unread.len());
        let line = unread[..most].iter().position(|byte| *byte == b'\n').map_or(most, |at| at + 1);
        if line == 0 {
            out.write(0);
            return 0;
        }
        let count = read(bio, out, super::short(line));
        if let Ok(at @ 1..) = usize::try_from(count) {
            out.add(at).write(0);
        }
        count
    }
}

unsafe extern "C" fn ctrl(bio: *mut BIO, cmd: c_int, larg: c_long, parg: *mut c_void) -> c_long {
    // SAFETY: the program's pipe and arguments.
    unsafe {
        let memory = Memory::of(bio);
        let len = memory.unread().len() as c_long;
        match cmd {
            command::RESET => {
                if memory.borrowed.is_none() && (*bio).flags & flags::NONCLEAR_RST == 0 {
                    (*memory.block).length = 0;
                }
                (memory.read, memory.base) = (0, 0);
                1
            }
            command::EOF => c_long::from(len == 0),
            command::SET_BUF_MEM_EOF_RETURN => {
                (*bio).num = c_int::try_from(larg).unwrap_or(-1);
                1
            }
            command::INFO => {
                if let Some(out) = parg.cast::<*mut c_char>().as_mut() {
                    *out = memory.unread().as_ptr().cast_mut().cast();
                }
                len
            }
            command::SET_BUF_MEM => {
                if (*bio).shutdown != 0 {
                    free(memory.block);
                }
                *memory = Memory { block: parg.cast(), read: 0, base: 0, borrowed: None };
                (*bio).shutdown = c_int::try_from(larg).unwrap_or(0);
                1
            }
            command::GET_BUF_MEM_PTR => {
                if let Some(out) = parg.cast::<*mut BUF_MEM>().as_mut() {
                    if memory.borrowed.is_some() {
                        // Shown as a copy: the block frees what it has.
                        let left = memory.unread();
                        let (data, count) = (left.as_ptr(), left.len());
                        let block = &mut *memory.block;
                        if !block.reserve(count) {
                            return 0;
                        }
                        if count > 0 {
                            ptr::copy_nonoverlapping(data, block.data.cast(), count);
                        }
                        block.length = count;
                    } else {
                        memory.settle();
                    }
                    *out = memory.block;
                }
                1
            }
            command::GET_CLOSE => (*bio).shutdown.into(),
            command::SET_CLOSE => {
                (*bio).shutdown = c_int::try_from(larg).unwrap_or(0);
                1
            }
            command::PENDING => len,
            command::FILE_SEEK | command::FILE_TELL => {
                if cmd == command::FILE_SEEK {
                    let Ok(to) = usize::try_from(larg) else { return -1 };
                    if to > memory.read - memory.base + memory.unread().len() {
                        return -1;
                    }
                    memory.read = memory.base + to;
                }
                (memory.read - memory.base) as c_long
            }
            command::DUP | command::FLUSH => 1,
            _ => 0,
        }
    }
}

versioned! {
    /// Bytes in memory. When there are none, reading answers -1 and wants to be tried again (BIO_set_mem_eof_return
    /// changes that).
    pub unsafe extern "C" fn BIO_s_mem() -> *const BIO_METHOD {
        static METHOD: BIO_METHOD = BIO_METHOD {
            write_old: Some(write),
            read_old: Some(read),
            puts: Some(puts),
            gets: Some(gets),
            ctrl: Some(ctrl),
            create: Some(create),
            destroy: Some(destroy),
            ..BIO_METHOD::named(1 | 0x0400, c"memory buffer")
        };
        ptr::from_ref(&METHOD)
    }

    /// Bytes in memory that are not freed for being wiped: the same here, where nothing is wiped.
    pub unsafe extern "C" fn BIO_s_secmem() -> *const BIO_METHOD {
        // SAFETY: gives a static.
        unsafe { BIO_s_mem() }
    }

    /// A pipe that reads these bytes (up to a zero for -1), which must stay.
    pub unsafe extern "C" fn BIO_new_mem_buf(buf: *const c_void, len: c_int) -> *mut BIO {
        // SAFETY: the program's bytes.
        unsafe {
            if buf.is_null() {
                err::raise(library::BIO, reason::PASSED_NULL_PARAMETER);
                return ptr::null_mut();
            }
            let len = usize::try_from(len).unwrap_or_else(|_| libc::strlen(buf.cast()));
            let bio = BIO_new(BIO_s_mem());
            Memory::of(bio).borrowed = Some((buf.cast(), len));
            (*bio).flags |= flags::MEM_RDONLY;
            (*bio).num = 0;
            bio
        }
    }

    /// An empty block.
    pub unsafe extern "C" fn BUF_MEM_new() -> *mut BUF_MEM {
        give(BUF_MEM::empty())
    }

    /// Frees a block.
    pub unsafe extern "C" fn BUF_MEM_free(a: *mut BUF_MEM) {
        // SAFETY: the program gives it up.
        unsafe { free(a) }
    }

    /// Makes a block `len` bytes long. Returns the length, 0 for failure.
    pub unsafe extern "C" fn BUF_MEM_grow(str: *mut BUF_MEM, len: usize) -> usize {
        // SAFETY: the program's block.
        unsafe {
            let Some(block) = str.as_mut() else { return 0 };
            if !block.reserve(len) {
                return 0;
            }
            if len > block.length {
                ptr::write_bytes(block.data.add(block.length), 0, len - block.length);
            }
            block.length = len;
            len
        }
    }
}
