//! BIO_f_buffer: a filter that gathers what is written and reads ahead, so that lines can be read.

use std::ffi::{c_char, c_int, c_long, c_void};
use std::ptr;

use super::{BIO, BIO_METHOD, BIO_copy_next_retry, BIO_ctrl, BIO_new, BIO_read, BIO_write, behind, command};
use crate::handle::{bytes, free, give};

const SIZE: usize = 4096;

/// What the filter keeps.
struct Buffer {
    input: Vec<u8>,
    read: usize,
    output: Vec<u8>,
    input_size: usize,
    output_size: usize,
}

unsafe fn of<'a>(bio: *mut BIO) -> &'a mut Buffer {
    // SAFETY: made by `create`, freed by `destroy`.
    unsafe { &mut *(*bio).data.cast() }
}

unsafe extern "C" fn create(bio: *mut BIO) -> c_int {
    // SAFETY: a fresh pipe.
    unsafe {
        (*bio).init = 1;
        (*bio).data =
            give(Buffer { input: Vec::new(), read: 0, output: Vec::new(), input_size: SIZE, output_size: SIZE }).cast();
    }
    1
}

unsafe extern "C" fn destroy(bio: *mut BIO) -> c_int {
    // SAFETY: made by `create`.
    unsafe {
        if bio.is_null() || (*bio).data.is_null() {
            return 0;
        }
        free::<Buffer>((*bio).data.cast());
        (*bio).data = ptr::null_mut();
    }
    1
}

/// Fills the empty input: what the pipe behind answers.
unsafe fn fill(bio: *mut BIO) -> c_int {
    // SAFETY: a live filter and what is behind it.
    unsafe {
        let Some(next) = behind(bio) else { return 0 };
        let buffer = of(bio);
        buffer.input.resize(buffer.input_size, 0);
        buffer.read = 0;
        let count = BIO_read(next, buffer.input.as_mut_ptr().cast(), super::short(buffer.input.len()));
        buffer.input.truncate(usize::try_from(count).unwrap_or(0));
        if count <= 0 {
            BIO_copy_next_retry(bio);
        }
        count
    }
}

unsafe extern "C" fn read(bio: *mut BIO, out: *mut c_char, len: c_int) -> c_int {
    // SAFETY: the program's pipe and room.
    unsafe {
        let Some(next) = behind(bio).filter(|_| !out.is_null()) else { return 0 };
        (*bio).clear_retry();
        let wanted = usize::try_from(len).unwrap_or(0);
        let mut done = 0;
        loop {
            let buffer = of(bio);
            let waiting = &buffer.input[buffer.read..];
            let count = waiting.len().min(wanted - done);
            ptr::copy_nonoverlapping(waiting.as_ptr(), out.add(done).cast(), count);
            buffer.read += count;
            done += count;
            if done == wanted {
                return super::short(done);
            }
            // What is larger than the buffer goes around it.
            let rest = wanted - done;
            let answer = if rest > buffer.input_size {
                let count = BIO_read(next, out.add(done).cast(), super::short(rest));
                if count > 0 {
                    done += usize::try_from(count).unwrap_or(0);
                    if done == wanted {
                        return super::short(done);
                    }
                    continue;
                }
                BIO_copy_next_retry(bio);
                count
            } else {
                fill(bio)
            };
            if answer <= 0 {
                return if done > 0 { super::short(done) } else { answer };
            }
        }
    }
}

/// Writes what was gathered; what the pipe behind answers when it does not take it.
unsafe fn flush(bio: *mut BIO) -> c_int {
    // SAFETY: a live filter and what is behind it.
    unsafe {
        let Some(next) = behind(bio) else { return 0 };
        while !of(bio).output.is_empty() {
            let output = &mut of(bio).output;
            let count = BIO_write(next, output.as_ptr().cast(), super::short(output.len()));
            if count <= 0 {
                BIO_copy_next_retry(bio);
                return count;
            }
            of(bio).output.drain(..usize::try_from(count).unwrap_or(0));
        }
        1
    }
}

unsafe extern "C" fn write(bio: *mut BIO, data: *const c_char, len: c_int) -> c_int {
    // SAFETY: the program's pipe and bytes.
    unsafe {
        if data.is_null() || len <= 0 || behind(bio).is_none() {
            return 0;
        }
        (*bio).clear_retry();
        let all = bytes(data.cast(), usize::try_from(len).unwrap_or(0));
        let mut done = 0;
        while done < all.len() {
            let buffer = of(bio);
            let count = (buffer.output_size - buffer.output.len()).min(all.len() - done);
            buffer.output.extend_from_slice(&all[done..done + count]);
            done += count;
            if done < all.len() {
                let answer = flush(bio);
                if answer <= 0 {
                    return if done > 0 { super::short(done) } else { answer };
                }
            }
        }
        super::short(done)
    }
}

unsafe extern "C" fn puts(bio: *mut BIO, text: *const c_char) -> c_int {
    // SAFETY: the program's pipe and text.
    unsafe { write(bio, text, super::short(libc::strlen(text))) }
}

unsafe extern "C" fn gets(bio: *mut BIO, out: *mut c_char, size: c_int) -> c_int {
    // SAFETY: the program's pipe and room.
    unsafe {
        let Some(room) = usize::try_from(size).ok().and_then(|size| size.checked_sub(1)) else { return 0 };
        (*bio).clear_retry();
        let mut done = 0;
        loop {
            let buffer = of(bio);
            let waiting = &buffer.input[buffer.read..];
            let most = waiting.len().min(room - done);
            let (count, ended) = match waiting[..most].iter().position(|byte| *byte == b'\n') {
                Some(at) => (at + 1, true),
                None => (most, false),
            };
            ptr::copy_nonoverlapping(waiting.as_ptr(), out.add(done).cast(), count);
            buffer.read += count;
            done += count;
            out.add(done).write(0);
            if ended || done == room {
                return super::short(done);
            }
            let answer = fill(bio);
            if answer <= 0 {
                return if answer < 0 && done == 0 { answer } else { super::short(done) };
            }
        }
    }
}

unsafe extern "C" fn ctrl(bio: *mut BIO, cmd: c_int, larg: c_long, parg: *mut c_void) -> c_long {
    // SAFETY: the program's pipe and arguments.
    unsafe {
        let buffer = of(bio);
        let next = behind(bio);
        let pass = |next: Option<*mut BIO>| next.map_or(0, |next| BIO_ctrl(next, cmd, larg, parg));
        let waiting = buffer.input.len() - buffer.read;
        match cmd {
            command::RESET => {
                buffer.input.clear();
                buffer.output.clear();
                buffer.read = 0;
                pass(next)
            }
            command::EOF => {
                if waiting > 0 {
                    0
                } else {
                    pass(next)
                }
            }
            command::INFO => c_long::try_from(buffer.output.len()).unwrap_or(0),
            command::GET_BUFF_NUM_LINES => {
                let lines = buffer.input[buffer.read..].iter().filter(|byte| **byte == b'\n').count();
                c_long::try_from(lines).unwrap_or(0)
            }
            command::WPENDING => match buffer.output.len() {
                0 => pass(next),
                len => c_long::try_from(len).unwrap_or(0),
            },
            command::PENDING => match waiting {
                0 => pass(next),
                len => c_long::try_from(len).unwrap_or(0),
            },
            command::SET_BUFF_READ_DATA => {
                buffer.input = bytes(parg.cast(), usize::try_from(larg).unwrap_or(0)).to_vec();
                buffer.read = 0;
                1
            }
            command::SET_BUFF_SIZE => {
                let size = usize::try_from(larg).unwrap_or(0).max(1);
                match parg.cast::<c_int>().as_ref() {
                    Some(0) => buffer.input_size = size,
                    Some(_) => buffer.output_size = size.max(buffer.output.len()),
                    None => (buffer.input_size, buffer.output_size) = (size, size.max(buffer.output.len())),
                }
                1
            }
            command::DO_STATE_MACHINE => {
                let Some(next) = next else { return 0 };
                (*bio).clear_retry();
                let answer = BIO_ctrl(next, cmd, larg, parg);
                BIO_copy_next_retry(bio);
                answer
            }
            command::FLUSH => {
                if next.is_none() {
                    return 0;
                }
                (*bio).clear_retry();
                let answer = flush(bio);
                if answer <= 0 {
                    return answer.into();
                }
                let answer = pass(next);
                BIO_copy_next_retry(bio);
                answer
            }
            command::DUP => {
                let copy = of(parg.cast());
                (copy.input_size, copy.output_size) = (buffer.input_size, buffer.output_size);
                1
            }
            command::PEEK => {
                if waiting == 0 {
                    let answer = fill(bio);
                    if answer <= 0 {
                        return answer.into();
                    }
                }
                let buffer = of(bio);
                let waiting = &buffer.input[buffer.read..];
                let count = waiting.len().min(usize::try_from(larg).unwrap_or(0));
                ptr::copy_nonoverlapping(waiting.as_ptr(), parg.cast(), count);
                c_long::try_from(count).unwrap_or(0)
            }
            _ => pass(next),
        }
    }
}

unsafe extern "C" fn callback_ctrl(bio: *mut BIO, cmd: c_int, callback: Option<super::InfoCallback>) -> c_long {
    // SAFETY: the program's pipe and what is behind it.
    unsafe { behind(bio).map_or(0, |next| super::BIO_callback_ctrl(next, cmd, callback)) }
}

versioned! {
    /// A filter that gathers what is written until BIO_flush, and of which lines can be read.
    pub unsafe extern "C" fn BIO_f_buffer() -> *const BIO_METHOD {
        static METHOD: BIO_METHOD = BIO_METHOD {
            write_old: Some(write),
            read_old: Some(read),
            puts: Some(puts),
            gets: Some(gets),
            ctrl: Some(ctrl),
            create: Some(create),
            destroy: Some(destroy),
            callback_ctrl: Some(callback_ctrl),
            ..BIO_METHOD::named(9 | 0x0200, c"buffer")
        };
        ptr::from_ref(&METHOD)
    }

    /// A chain of the same kinds with the same settings; the caller frees it.
    pub unsafe extern "C" fn BIO_dup_chain(input: *mut BIO) -> *mut BIO {
        // SAFETY: the program's chain, fresh copies.
        unsafe {
            let (mut first, mut last, mut at): (*mut BIO, *mut BIO, _) = (ptr::null_mut(), ptr::null_mut(), input);
            while let Some(bio) = at.as_ref() {
                let copy = BIO_new(bio.method);
                if copy.is_null() || BIO_ctrl(at, command::DUP, 0, copy.cast()) == 0 {
                    super::BIO_free(copy);
                    super::BIO_free_all(first);
                    return ptr::null_mut();
                }
                (*copy).shutdown = bio.shutdown;
                (*copy).flags = bio.flags;
                (*copy).num = bio.num;
                if first.is_null() {
                    first = copy;
                } else {
                    super::BIO_push(last, copy);
                }
                last = copy;
                at = super::BIO_next(at);
            }
            first
        }
    }
}
