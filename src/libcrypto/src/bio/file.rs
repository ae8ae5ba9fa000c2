//! BIO_s_file: a stream of the C library's.

use std::ffi::{CStr, c_char, c_int, c_long, c_void};
use std::ptr;

use super::{BIO, BIO_METHOD, BIO_new, command};
use crate::err::{self, library, reason};

/// BIO_FP_READ and its siblings, beside BIO_CLOSE.
const FOR_READ: c_long = 0x02;
const FOR_WRITE: c_long = 0x04;
const FOR_APPEND: c_long = 0x08;
const AS_TEXT: c_long = 0x10;

unsafe fn stream(bio: *mut BIO) -> *mut libc::FILE {
    // SAFETY: a live pipe of this kind.
    unsafe { (*bio).data.cast() }
}

unsafe fn close(bio: *mut BIO) {
    // SAFETY: a live pipe of this kind.
    unsafe {
        if (*bio).shutdown != 0 && (*bio).init != 0 && !(*bio).data.is_null() {
            libc::fclose(stream(bio));
        }
        (*bio).data = ptr::null_mut();
        (*bio).init = 0;
    }
}

unsafe extern "C" fn create(bio: *mut BIO) -> c_int {
    // SAFETY: a fresh pipe.
    unsafe { (*bio).init = 0 };
    1
}

unsafe extern "C" fn destroy(bio: *mut BIO) -> c_int {
    if bio.is_null() {
        return 0;
    }
    // SAFETY: a live pipe of this kind.
    unsafe { close(bio) };
    1
}

unsafe extern "C" fn read(bio: *mut BIO, out: *mut c_char, len: c_int) -> c_int {
    // SAFETY: the program's pipe and room.
    unsafe {
        if (*bio).init == 0 || out.is_null() {
            return 0;
        }
        let count = libc::fread(out.cast(), 1, usize::try_from(len).unwrap_or(0), stream(bio));
        if count == 0 && libc::ferror(stream(bio)) != 0 {
            err::raise_system("calling fread()");
            err::raise(library::BIO, reason::SYS_LIB);
            return -1;
        }
        super::short(count)
    }
}

unsafe extern "C" fn write(bio: *mut BIO, data: *const c_char, len: c_int) -> c_int {
    // SAFETY: the program's pipe and bytes.
    unsafe {
        if (*bio).init == 0 || data.is_null() {
            return 0;
        }
        let len = usize::try_from(len).unwrap_or(0);
        if libc::fwrite(data.cast(), 1, len, stream(bio)) == len { super::short(len) } else { 0 }
    }
}

unsafe extern "C" fn puts(bio: *mut BIO, text: *const c_char) -> c_int {
    // SAFETY: the program's pipe and text.
    unsafe { write(bio, text, super::short(libc::strlen(text))) }
}

unsafe extern "C" fn gets(bio: *mut BIO, out: *mut c_char, size: c_int) -> c_int {
    // SAFETY: the program's pipe and room.
    unsafe {
        if size < 1 {
            return 0;
        }
        out.write(0);
        if libc::fgets(out, size, stream(bio)).is_null() {
            return 0;
        }
        super::short(libc::strlen(out))
    }
}

fn open_mode(flags: c_long) -> Option<&'static CStr> {
    Some(match (flags & FOR_APPEND != 0, flags & FOR_READ != 0, flags & FOR_WRITE != 0) {
        (true, true, _) => c"a+",
        (true, false, _) => c"a",
        (false, true, true) => c"r+",
        (false, false, true) => c"w",
        (false, true, false) => c"r",
        _ => return None,
    })
}

/// A stream, or NULL and whether the file is missing.
unsafe fn open(name: *const c_char, mode: *const c_char) -> (*mut libc::FILE, bool) {
    // SAFETY: the program's texts.
    unsafe {
        let opened = libc::fopen(name, mode);
        let missing = opened.is_null() && std::io::Error::last_os_error().kind() == std::io::ErrorKind::NotFound;
        if opened.is_null() {
            let (name, mode) = (CStr::from_ptr(name), CStr::from_ptr(mode));
            err::raise_system(&format!("calling fopen({}, {})", name.to_string_lossy(), mode.to_string_lossy()));
        }
        (opened, missing)
    }
}

unsafe extern "C" fn ctrl(bio: *mut BIO, cmd: c_int, larg: c_long, parg: *mut c_void) -> c_long {
    // SAFETY: the program's pipe and arguments.
    unsafe {
        let has_stream = !(*bio).data.is_null();
        match cmd {
            command::RESET | command::FILE_SEEK if has_stream => libc::fseek(stream(bio), larg, libc::SEEK_SET).into(),
            command::EOF if has_stream => c_long::from(libc::feof(stream(bio)) != 0),
            command::INFO | command::FILE_TELL if has_stream => libc::ftell(stream(bio)),
            command::SET_FILE_PTR => {
                close(bio);
                (*bio).shutdown = c_int::from(larg & 1 != 0);
                (*bio).data = parg;
                (*bio).init = 1;
                1
            }
            command::SET_FILENAME => {
                close(bio);
                (*bio).shutdown = c_int::from(larg & 1 != 0);
                let Some(mode) = open_mode(larg & !AS_TEXT) else {
                    err::raise(library::BIO, reason::bio::BAD_FOPEN_MODE);
                    return 0;
                };
                let (opened, _) = open(parg.cast(), mode.as_ptr());
                if opened.is_null() {
                    err::raise(library::BIO, reason::SYS_LIB);
                    return 0;
                }
                (*bio).data = opened.cast();
                (*bio).init = 1;
                1
            }
            command::GET_FILE_PTR => {
                if let Some(out) = parg.cast::<*mut libc::FILE>().as_mut() {
                    *out = stream(bio);
                }
                1
            }
            command::GET_CLOSE => (*bio).shutdown.into(),
            command::SET_CLOSE => {
                (*bio).shutdown = c_int::try_from(larg).unwrap_or(0);
                1
            }
            command::FLUSH if has_stream => {
                if libc::fflush(stream(bio)) != 0 {
                    err::raise_system("calling fflush()");
                    err::raise(library::BIO, reason::SYS_LIB);
                    return 0;
                }
                1
            }
            command::DUP => 1,
            _ => 0,
        }
    }
}

versioned! {
    /// A stream or file; BIO_set_fp or BIO_read_filename and its siblings say which.
    pub unsafe extern "C" fn BIO_s_file() -> *const BIO_METHOD {
        static METHOD: BIO_METHOD = BIO_METHOD {
            write_old: Some(write),
            read_old: Some(read),
            puts: Some(puts),
            gets: Some(gets),
            ctrl: Some(ctrl),
            create: Some(create),
            destroy: Some(destroy),
            ..BIO_METHOD::named(2 | 0x0400, c"FILE pointer")
        };
        ptr::from_ref(&METHOD)
    }

    /// A pipe over a stream, which it closes with BIO_CLOSE.
    pub unsafe extern "C" fn BIO_new_fp(stream: *mut libc::FILE, close_flag: c_int) -> *mut BIO {
        // SAFETY: the program's stream.
        unsafe {
            let bio = BIO_new(BIO_s_file());
            ctrl(bio, command::SET_FILE_PTR, close_flag.into(), stream.cast());
            bio
        }
    }

    /// A pipe over a file, opened as fopen does; NULL with an error when it cannot be.
    pub unsafe extern "C" fn BIO_new_file(filename: *const c_char, mode: *const c_char) -> *mut BIO {
        // SAFETY: the program's texts.
        unsafe {
            if filename.is_null() || mode.is_null() {
            err::raise(library::BIO, reason::PASSED_NULL_PARAMETER);
            return ptr::null_mut();
        }
        let (opened, missing) = open(filename, mode);
            if opened.is_null() {
                err::raise(library::BIO, if missing { reason::bio::NO_SUCH_FILE } else { reason::SYS_LIB });
                return ptr::null_mut();
            }
            BIO_new_fp(opened, 1)
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_file_that_is_missing_is_said_to_be() {
        // SAFETY: fixed texts.
        let bio = unsafe { super::BIO_new_file(c"/nonexistent".as_ptr(), c"r".as_ptr()) };
        assert!(bio.is_null());
        assert_eq!(crate::err::reason_of(crate::err::last()), crate::err::reason::bio::NO_SUCH_FILE);
    }
}
