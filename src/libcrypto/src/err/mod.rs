//! ERR: the thread's queue of errors.

pub mod library;
mod print;
pub mod reason;
pub mod text;

pub use print::drain;

use std::cell::RefCell;
use std::ffi::{CStr, CString, c_char, c_int, c_ulong};
use std::panic::Location;
use std::ptr;

/// Where the library's number stands in a packed error, and what a system's error is marked by.
const LIBRARY_SHIFT: c_int = 23;
const SYSTEM: c_ulong = 1 << 31;
const REASON_MASK: c_ulong = 0x7f_ffff;

/// How many errors are kept: one place is always free.
const PLACES: usize = 16;

#[derive(Default)]
struct Entry {
    code: c_ulong,
    file: Option<CString>,
    function: Option<CString>,
    line: c_int,
    text: Option<CString>,
    marks: u32,
}

/// A ring: what was read stays readable in its place until the place is needed.
#[derive(Default)]
struct Queue {
    ring: [Entry; PLACES],
    top: usize,
    bottom: usize,
}

thread_local! {
    static QUEUE: RefCell<Queue> = RefCell::default();
}

fn with<T>(use_it: impl FnOnce(&mut Queue) -> T) -> Option<T> {
    QUEUE.try_with(|queue| use_it(&mut queue.borrow_mut())).ok()
}

/// ERR_TXT_STRING: the entry has a text.
const HAS_TEXT: c_int = 0x02;

#[derive(Clone, Copy)]
enum Which {
    /// The oldest, taken out.
    Taken,
    /// The oldest.
    First,
    /// The latest.
    Last,
}

impl Queue {
    fn fresh(&mut self) -> &mut Entry {
        self.top = (self.top + 1) % PLACES;
        if self.top == self.bottom {
            self.bottom = (self.bottom + 1) % PLACES;
        }
        let entry = &mut self.ring[self.top];
        *entry = Entry::default();
        entry
    }

    fn find(&mut self, which: Which) -> Option<&Entry> {
        if self.bottom == self.top {
            return None;
        }
        let at = match which {
            Which::Last => self.top,
            Which::First => (self.bottom + 1) % PLACES,
            Which::Taken => {
                self.bottom = (self.bottom + 1) % PLACES;
                self.bottom
            }
        };
        Some(&self.ring[at])
    }
}

/// Where C wants parts of an entry.
struct Wanted {
    file: *mut *const c_char,
    line: *mut c_int,
    function: *mut *const c_char,
    text: *mut *const c_char,
    flags: *mut c_int,
}

impl Wanted {
    const NOTHING: Wanted = Wanted {
        file: ptr::null_mut(),
        line: ptr::null_mut(),
        function: ptr::null_mut(),
        text: ptr::null_mut(),
        flags: ptr::null_mut(),
    };
}

unsafe fn put<T>(out: *mut T, value: T) {
    if !out.is_null() {
        // SAFETY: writable, by the program's word.
        unsafe { *out = value };
    }
}

fn or_empty(text: &Option<CString>) -> *const c_char {
    text.as_ref().map_or(c"".as_ptr(), |text| text.as_ptr())
}

/// The code of an entry, 0 for none, with the parts that are wanted.
unsafe fn entry(which: Which, wanted: &Wanted) -> c_ulong {
    with(|queue| {
        let Some(entry) = queue.find(which) else { return 0 };
        // SAFETY: the program's pointers.
        unsafe {
            put(wanted.file, or_empty(&entry.file));
            put(wanted.line, entry.line);
            put(wanted.function, or_empty(&entry.function));
            put(wanted.text, or_empty(&entry.text));
            put(wanted.flags, if entry.text.is_some() { HAS_TEXT } else { 0 });
        }
        entry.code
    })
    .unwrap_or(0)
}

/// A packed error.
pub const fn packed(library: c_int, reason: c_int) -> c_ulong {
    if library == library::SYS {
        return SYSTEM | reason as c_ulong;
    }
    ((library as c_ulong & 0xff) << LIBRARY_SHIFT) | (reason as c_ulong & REASON_MASK)
}

/// The library of a packed error.
pub fn library_of(error: c_ulong) -> c_int {
    if error & SYSTEM != 0 { library::SYS } else { ((error >> LIBRARY_SHIFT) & 0xff) as c_int }
}

/// The reason of a packed error.
pub fn reason_of(error: c_ulong) -> c_int {
    if error & SYSTEM != 0 { (error & !SYSTEM) as c_int } else { (error & REASON_MASK) as c_int }
}

/// Puts an error on the thread's queue.
#[track_caller]
pub fn raise(library: c_int, reason: c_int) {
    raise_with(library, reason, None);
}

/// Puts an error on the thread's queue, with a text for whoever prints it.
#[track_caller]
pub fn raise_with(library: c_int, reason: c_int, text: Option<&str>) {
    let location = Location::caller();
    with(|queue| {
        let entry = queue.fresh();
        entry.file = CString::new(location.file()).ok();
        entry.line = c_int::try_from(location.line()).unwrap_or(0);
        entry.code = packed(library, reason);
        entry.text = text.and_then(|text| CString::new(text).ok());
    });
}

/// Puts the system's last error on the queue, for a call of this name.
#[track_caller]
pub fn raise_system(call: &str) {
    let number = std::io::Error::last_os_error().raw_os_error().unwrap_or(0);
    raise_with(library::SYS, number, Some(call));
}

/// Runs `attempt` and forgets the errors that it raised.
pub fn quietly<T>(attempt: impl FnOnce() -> T) -> T {
    // SAFETY: mark and pop touch only the calling thread's queue and are balanced.
    unsafe { ERR_set_mark() };
    let result = attempt();
    // SAFETY: as above.
    unsafe { ERR_pop_to_mark() };
    result
}

/// The latest error, 0 for none.
pub fn last() -> c_ulong {
    // SAFETY: nothing is wanted but the code.
    unsafe { entry(Which::Last, &Wanted::NOTHING) }
}

// Names that are not for programs do not leave the library.
std::arch::global_asm!(".hidden standin_err_raise", ".hidden standin_err_add_text");

/// Sets library, reason and text of the entry that ERR_new opened: called by `variadic.c`.
///
/// # Safety
/// `text` is NULL or a C string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn standin_err_raise(library: c_int, reason: c_int, text: *const c_char) {
    // SAFETY: the caller's promise.
    let text = (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_owned());
    with(|queue| {
        let entry = &mut queue.ring[queue.top];
        entry.code = packed(library, reason);
        entry.text = text;
    });
}

/// Adds to the text of the latest entry: called by `variadic.c`.
///
/// # Safety
/// `text` is a C string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn standin_err_add_text(text: *const c_char) {
    // SAFETY: the caller's promise.
    let more = unsafe { CStr::from_ptr(text) };
    with(|queue| {
        let entry = &mut queue.ring[queue.top];
        let mut text = entry.text.take().map(CString::into_bytes).unwrap_or_default();
        text.extend_from_slice(more.to_bytes());
        entry.text = CString::new(text).ok();
    });
}

versioned! {
    /// Opens a new entry; ERR_set_debug and ERR_set_error fill it.
    pub unsafe extern "C" fn ERR_new() {
        with(|queue| {
            queue.fresh();
        });
    }

    /// Says where the error of the entry was raised.
    pub unsafe extern "C" fn ERR_set_debug(file: *const c_char, line: c_int, func: *const c_char) {
        // SAFETY: the program's texts.
        let copy = |text: *const c_char| (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_owned());
        let (file, function) = (copy(file), copy(func));
        with(|queue| {
            let entry = &mut queue.ring[queue.top];
            (entry.file, entry.line, entry.function) = (file, line, function);
        });
    }

    /// Forgets the thread's errors.
    pub unsafe extern "C" fn ERR_clear_error() {
        with(|queue| *queue = Queue::default());
    }

    /// Takes the oldest error out; 0 for none.
    pub unsafe extern "C" fn ERR_get_error() -> c_ulong {
        // SAFETY: nothing is wanted but the code.
        unsafe { entry(Which::Taken, &Wanted::NOTHING) }
    }

    /// Takes the oldest error out, with where it was raised and its text. The pointers are good until the next error.
    pub unsafe extern "C" fn ERR_get_error_all(file: *mut *const c_char, line: *mut c_int, func: *mut *const c_char, data: *mut *const c_char, flags: *mut c_int) -> c_ulong {
        // SAFETY: the program's pointers.
        unsafe { entry(Which::Taken, &Wanted { file, line, function: func, text: data, flags }) }
    }

    /// Takes the oldest error out, with where it was raised.
    pub unsafe extern "C" fn ERR_get_error_line(file: *mut *const c_char, line: *mut c_int) -> c_ulong {
        // SAFETY: the program's pointers.
        unsafe { entry(Which::Taken, &Wanted { file, line, ..Wanted::NOTHING }) }
    }

    /// Takes the oldest error out, with where it was raised and its text.
    pub unsafe extern "C" fn ERR_get_error_line_data(file: *mut *const c_char, line: *mut c_int, data: *mut *const c_char, flags: *mut c_int) -> c_ulong {
        // SAFETY: the program's pointers.
        unsafe { entry(Which::Taken, &Wanted { file, line, text: data, flags, ..Wanted::NOTHING }) }
    }

    /// The oldest error; 0 for none.
    pub unsafe extern "C" fn ERR_peek_error() -> c_ulong {
        // SAFETY: nothing is wanted but the code.
        unsafe { entry(Which::First, &Wanted::NOTHING) }
    }

    /// The oldest error, with where it was raised.
    pub unsafe extern "C" fn ERR_peek_error_line(file: *mut *const c_char, line: *mut c_int) -> c_ulong {
        // SAFETY: the program's pointers.
        unsafe { entry(Which::First, &Wanted { file, line, ..Wanted::NOTHING }) }
    }

    /// The oldest error, with its text.
    pub unsafe extern "C" fn ERR_peek_error_data(data: *mut *const c_char, flags: *mut c_int) -> c_ulong {
        // SAFETY: the program's pointers.
        unsafe { entry(Which::First, &Wanted { text: data, flags, ..Wanted::NOTHING }) }
    }

    /// The oldest error, with where it was raised and its text.
    pub unsafe extern "C" fn ERR_peek_error_line_data(file: *mut *const c_char, line: *mut c_int, data: *mut *const c_char, flags: *mut c_int) -> c_ulong {
        // SAFETY: the program's pointers.
        unsafe { entry(Which::First, &Wanted { file, line, text: data, flags, ..Wanted::NOTHING }) }
    }

    /// The latest error; 0 for none.
    pub unsafe extern "C" fn ERR_peek_last_error() -> c_ulong {
        last()
    }

    /// The latest error, with where it was raised.
    pub unsafe extern "C" fn ERR_peek_last_error_line(file: *mut *const c_char, line: *mut c_int) -> c_ulong {
        // SAFETY: the program's pointers.
        unsafe { entry(Which::Last, &Wanted { file, line, ..Wanted::NOTHING }) }
    }

    /// The latest error, with its text.
    pub unsafe extern "C" fn ERR_peek_last_error_data(data: *mut *const c_char, flags: *mut c_int) -> c_ulong {
        // SAFETY: the program's pointers.
        unsafe { entry(Which::Last, &Wanted { text: data, flags, ..Wanted::NOTHING }) }
    }

    /// The latest error, with where it was raised and its text.
    pub unsafe extern "C" fn ERR_peek_last_error_line_data(file: *mut *const c_char, line: *mut c_int, data: *mut *const c_char, flags: *mut c_int) -> c_ulong {
        // SAFETY: the program's pointers.
        unsafe { entry(Which::Last, &Wanted { file, line, text: data, flags, ..Wanted::NOTHING }) }
    }

    /// The latest error, with all that is known of it.
    pub unsafe extern "C" fn ERR_peek_last_error_all(file: *mut *const c_char, line: *mut c_int, func: *mut *const c_char, data: *mut *const c_char, flags: *mut c_int) -> c_ulong {
        // SAFETY: the program's pointers.
        unsafe { entry(Which::Last, &Wanted { file, line, function: func, text: data, flags }) }
    }

    /// Marks the latest error; 0 when there is none.
    pub unsafe extern "C" fn ERR_set_mark() -> c_int {
        with(|queue| {
            if queue.bottom == queue.top {
                return 0;
            }
            queue.ring[queue.top].marks += 1;
            1
        })
        .unwrap_or(0)
    }

    /// Forgets errors up to the latest mark, and the mark; 0 when there is none.
    pub unsafe extern "C" fn ERR_pop_to_mark() -> c_int {
        with(|queue| {
            while queue.bottom != queue.top && queue.ring[queue.top].marks == 0 {
                queue.ring[queue.top] = Entry::default();
                queue.top = (queue.top + PLACES - 1) % PLACES;
            }
            if queue.bottom == queue.top {
                return 0;
            }
            queue.ring[queue.top].marks -= 1;
            1
        })
        .unwrap_or(0)
    }

    /// Forgets the latest mark and no error; 0 when there is none.
    pub unsafe extern "C" fn ERR_clear_last_mark() -> c_int {
        with(|queue| {
            let mut at = queue.top;
            while queue.bottom != at && queue.ring[at].marks == 0 {
                at = (at + PLACES - 1) % PLACES;
            }
            if queue.bottom == at {
                return 0;
            }
            queue.ring[at].marks -= 1;
            1
        })
        .unwrap_or(0)
    }

    /// A number of a program's own library.
    pub unsafe extern "C" fn ERR_get_next_error_library() -> c_int {
        use std::sync::atomic::{AtomicI32, Ordering};
        static NEXT: AtomicI32 = AtomicI32::new(128);
        NEXT.fetch_add(1, Ordering::Relaxed)
    }

    /// Forgets another thread's errors, which it does by itself.
    pub unsafe extern "C" fn ERR_remove_thread_state(_arg: *mut std::ffi::c_void) {}

    /// Forgets another thread's errors, which it does by itself.
    pub unsafe extern "C" fn ERR_remove_state(_pid: c_ulong) {}
}
