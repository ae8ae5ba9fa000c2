//! BIO_s_bio: two pipes, each of which reads what the other writes.

use std::ffi::{c_char, c_int, c_long, c_void};
use std::ptr;

use super::{BIO, BIO_METHOD, BIO_new, command, flags};
use crate::err::{self, library, reason};
use crate::handle::{free, give};

/// How much an end keeps for the other, unless told.
const SIZE: usize = 17 * 1024;

/// One end: what it has written and the other has not read, in a ring.
struct End {
    peer: *mut BIO,
    closed: bool,
    ring: Vec<u8>,
    start: usize,
    len: usize,
    size: usize,
    /// How many bytes the other wants.
    request: usize,
}

unsafe fn of<'a>(bio: *mut BIO) -> &'a mut End {
    // SAFETY: made by `create`, freed by `destroy`.
    unsafe { &mut *(*bio).data.cast() }
}

impl End {
    /// The bytes at the front that lie side by side.
    fn front(&self) -> &[u8] {
        &self.ring[self.start..self.ring.len().min(self.start + self.len)]
    }

    fn drop_front(&mut self, count: usize) {
        self.len -= count;
        self.start = if self.len == 0 || self.ring.is_empty() { 0 } else { (self.start + count) % self.ring.len() };
    }

    /// The free place behind the last byte, as far as it lies side by side.
    fn back(&mut self) -> &mut [u8] {
        let end = self.start + self.len;
        let size = self.ring.len();
        if end >= size { &mut self.ring[end - size..self.start] } else { &mut self.ring[end..] }
    }
}

unsafe extern "C" fn create(bio: *mut BIO) -> c_int {
    // SAFETY: a fresh pipe.
    unsafe {
        (*bio).data = give(End {
            peer: ptr::null_mut(),
            closed: false,
            ring: Vec::new(),
            start: 0,
            len: 0,
            size: SIZE,
            request: 0,
        })
        .cast();
    }
    1
}

unsafe extern "C" fn destroy(bio: *mut BIO) -> c_int {
    // SAFETY: made by `create`.
    unsafe {
        if bio.is_null() || (*bio).data.is_null() {
            return 0;
        }
        separate(bio);
        free::<End>((*bio).data.cast());
        (*bio).data = ptr::null_mut();
    }
    1
}

unsafe fn separate(bio: *mut BIO) {
    // SAFETY: live pipes of this kind.
    unsafe {
        let peer = of(bio).peer;
        if peer.is_null() {
            return;
        }
        for one in [bio, peer] {
            let end = of(one);
            end.peer = ptr::null_mut();
            (end.start, end.len) = (0, 0);
            (*one).init = 0;
        }
    }
}

unsafe fn join(a: *mut BIO, b: *mut BIO) -> bool {
    // SAFETY: live pipes of this kind.
    unsafe {
        if !of(a).peer.is_null() || !of(b).peer.is_null() {
            err::raise(library::BIO, reason::bio::IN_USE);
            return false;
        }
        for (one, other) in [(a, b), (b, a)] {
            let end = of(one);
            end.peer = other;
            end.ring = vec![0; end.size];
            (end.start, end.len, end.closed, end.request) = (0, 0, false, 0);
            (*one).init = 1;
        }
        true
    }
}

unsafe extern "C" fn read(bio: *mut BIO, out: *mut c_char, len: c_int) -> c_int {
    // SAFETY: the program's pipe and room.
    unsafe {
        (*bio).clear_retry();
        if (*bio).init == 0 {
            return 0;
        }
        let peer = of(of(bio).peer);
        peer.request = 0;
        let wanted = usize::try_from(len).unwrap_or(0);
        if out.is_null() || wanted == 0 {
            return 0;
        }
        if peer.len == 0 {
            if peer.closed {
                return 0;
            }
            (*bio).set_retry(flags::READ);
            peer.request = wanted.min(peer.size);
            return -1;
        }
        let mut done = 0;
        while done < wanted && peer.len > 0 {
            let front = peer.front();
            let count = front.len().min(wanted - done);
            ptr::copy_nonoverlapping(front.as_ptr(), out.add(done).cast(), count);
            peer.drop_front(count);
            done += count;
        }
        super::short(done)
    }
}

unsafe extern "C" fn write(bio: *mut BIO, data: *const c_char, len: c_int) -> c_int {
    // SAFETY: the program's pipe and bytes.
    unsafe {
        (*bio).clear_retry();
        let wanted = usize::try_from(len).unwrap_or(0);
        if (*bio).init == 0 || data.is_null() || wanted == 0 {
            return 0;
        }
        let end = of(bio);
        end.request = 0;
        if end.closed {
            err::raise(library::BIO, reason::bio::BROKEN_PIPE);
            return -1;
        }
        if end.len == end.size {
            (*bio).set_retry(flags::WRITE);
            return -1;
        }
        let mut done = 0;
        while done < wanted && end.len < end.size {
            let back = end.back();
            let count = back.len().min(wanted - done);
            ptr::copy_nonoverlapping(data.add(done).cast(), back.as_mut_ptr(), count);
            end.len += count;
            done += count;
        }
        super::short(done)
    }
}

unsafe extern "C" fn puts(bio: *mut BIO, text: *const c_char) -> c_int {
    // SAFETY: the program's pipe and text.
    unsafe { write(bio, text, super::short(libc::strlen(text))) }
}

unsafe extern "C" fn ctrl(bio: *mut BIO, cmd: c_int, larg: c_long, parg: *mut c_void) -> c_long {
    // SAFETY: the program's pipe and arguments.
    unsafe {
        let end = of(bio);
        let peer = end.peer;
        let long = |len: usize| c_long::try_from(len).unwrap_or(c_long::MAX);
        match cmd {
            command::SET_WRITE_BUF_SIZE => {
                if !peer.is_null() {
                    err::raise(library::BIO, reason::bio::IN_USE);
                    return 0;
                }
                let Ok(size @ 1..) = usize::try_from(larg) else {
                    err::raise(library::BIO, reason::bio::INVALID_ARGUMENT);
                    return 0;
                };
                end.size = size;
                1
            }
            command::GET_WRITE_BUF_SIZE => long(end.size),
            command::MAKE_BIO_PAIR => c_long::from(join(bio, parg.cast())),
            command::DESTROY_BIO_PAIR => {
                separate(bio);
                1
            }
            command::GET_WRITE_GUARANTEE => {
                if peer.is_null() || end.closed {
                    0
                } else {
                    long(end.size - end.len)
                }
            }
            command::GET_READ_REQUEST => long(end.request),
            command::RESET_READ_REQUEST => {
                end.request = 0;
                1
            }
            command::SHUTDOWN_WR => {
                end.closed = true;
                1
            }
            command::NREAD0 | command::NREAD => {
                (*bio).clear_retry();
                if peer.is_null() {
                    return 0;
                }
                let peer = of(peer);
                peer.request = 0;
                let front = peer.front();
                if front.is_empty() {
                    if peer.closed {
                        return 0;
                    }
                    (*bio).set_retry(flags::READ);
                    return -1;
                }
                let count = if cmd == command::NREAD {
                    front.len().min(usize::try_from(larg).unwrap_or(0))
                } else {
                    front.len()
                };
                if let Some(out) = parg.cast::<*const u8>().as_mut() {
                    *out = front.as_ptr();
                }
                if cmd == command::NREAD {
                    peer.drop_front(count);
                }
                long(count)
            }
            command::NWRITE0 | command::NWRITE => {
                (*bio).clear_retry();
                if peer.is_null() {
                    return 0;
                }
                end.request = 0;
                if end.closed {
                    err::raise(library::BIO, reason::bio::BROKEN_PIPE);
                    return -1;
                }
                if end.len == end.size {
                    (*bio).set_retry(flags::WRITE);
                    return -1;
                }
                let back = end.back();
                let count = if cmd == command::NWRITE {
                    back.len().min(usize::try_from(larg).unwrap_or(0))
                } else {
                    back.len()
                };
                if let Some(out) = parg.cast::<*mut u8>().as_mut() {
                    *out = back.as_mut_ptr();
                }
                if cmd == command::NWRITE {
                    end.len += count;
                }
                long(count)
            }
            command::RESET => {
                (end.start, end.len) = (0, 0);
                0
            }
            command::GET_CLOSE => (*bio).shutdown.into(),
            command::SET_CLOSE => {
                (*bio).shutdown = c_int::try_from(larg).unwrap_or(0);
                1
            }
            command::PENDING => {
                if peer.is_null() {
                    0
                } else {
                    long(of(peer).len)
                }
            }
            command::WPENDING => long(end.len),
            command::DUP => {
                of(parg.cast()).size = end.size;
                1
            }
            command::FLUSH => 1,
            command::EOF => c_long::from(peer.is_null() || (of(peer).len == 0 && of(peer).closed)),
            _ => 0,
        }
    }
}

versioned! {
    /// One end of a pair; BIO_make_bio_pair joins two.
    pub unsafe extern "C" fn BIO_s_bio() -> *const BIO_METHOD {
        static METHOD: BIO_METHOD = BIO_METHOD {
            write_old: Some(write),
            read_old: Some(read),
            puts: Some(puts),
            ctrl: Some(ctrl),
            create: Some(create),
            destroy: Some(destroy),
            ..BIO_METHOD::named(19 | 0x0400, c"BIO pair")
        };
        ptr::from_ref(&METHOD)
    }

    /// Two pipes that are joined; each keeps so many bytes for the other (0: 17 KiB).
    pub unsafe extern "C" fn BIO_new_bio_pair(bio1: *mut *mut BIO, writebuf1: usize, bio2: *mut *mut BIO, writebuf2: usize) -> c_int {
        // SAFETY: fresh pipes, the program's variables.
        unsafe {
            let (a, b) = (BIO_new(BIO_s_bio()), BIO_new(BIO_s_bio()));
            for (one, size) in [(a, writebuf1), (b, writebuf2)] {
                if size > 0 {
                    of(one).size = size;
                }
            }
            join(a, b);
            if let (Some(first), Some(second)) = (bio1.as_mut(), bio2.as_mut()) {
                (*first, *second) = (a, b);
            }
        }
        1
    }

    /// Where bytes to be read lie side by side, which stay; how many.
    pub unsafe extern "C" fn BIO_nread0(bio: *mut BIO, buf: *mut *mut c_char) -> c_int {
        // SAFETY: the program's pipe and variable.
        unsafe { nio(bio, command::NREAD0, 0, buf) }
    }

    /// Where up to `num` bytes to be read lie side by side, which count as read; how many.
    pub unsafe extern "C" fn BIO_nread(bio: *mut BIO, buf: *mut *mut c_char, num: c_int) -> c_int {
        // SAFETY: the program's pipe and variable.
        unsafe { nio(bio, command::NREAD, num, buf) }
    }

    /// Where there is room side by side; how much.
    pub unsafe extern "C" fn BIO_nwrite0(bio: *mut BIO, buf: *mut *mut c_char) -> c_int {
        // SAFETY: the program's pipe and variable.
        unsafe { nio(bio, command::NWRITE0, 0, buf) }
    }

    /// Where there is room for up to `num` bytes, which count as written; how much.
    pub unsafe extern "C" fn BIO_nwrite(bio: *mut BIO, buf: *mut *mut c_char, num: c_int) -> c_int {
        // SAFETY: the program's pipe and variable.
        unsafe { nio(bio, command::NWRITE, num, buf) }
    }
}

unsafe fn nio(bio: *mut BIO, cmd: c_int, num: c_int, buf: *mut *mut c_char) -> c_int {
    // SAFETY: the program's pipe and variable.
    unsafe {
        if bio.as_ref().is_none_or(|bio| bio.init == 0) {
            err::raise(library::BIO, reason::bio::UNINITIALIZED);
            return -2;
        }
        super::short_result(super::BIO_ctrl(bio, cmd, num.into(), buf.cast()))
    }
}
