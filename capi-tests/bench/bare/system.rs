//! What only libc tells: how often memory is asked for (by AWS-LC as well), how much is in use, and times.

use std::ffi::{c_int, c_void};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

static COUNT: AtomicUsize = AtomicUsize::new(0);

/// How often memory has been asked for.
pub fn allocations() -> usize {
    COUNT.load(Ordering::Relaxed)
}

unsafe extern "C" {
    fn __libc_malloc(size: usize) -> *mut c_void;
    fn __libc_calloc(count: usize, size: usize) -> *mut c_void;
    fn __libc_realloc(old: *mut c_void, size: usize) -> *mut c_void;
    fn __libc_memalign(alignment: usize, size: usize) -> *mut c_void;
}

#[unsafe(no_mangle)]
extern "C" fn malloc(size: usize) -> *mut c_void {
    COUNT.fetch_add(1, Ordering::Relaxed);
    // SAFETY: libc's own.
    unsafe { __libc_malloc(size) }
}

#[unsafe(no_mangle)]
extern "C" fn calloc(count: usize, size: usize) -> *mut c_void {
    COUNT.fetch_add(1, Ordering::Relaxed);
    // SAFETY: libc's own.
    unsafe { __libc_calloc(count, size) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn realloc(old: *mut c_void, size: usize) -> *mut c_void {
    COUNT.fetch_add(1, Ordering::Relaxed);
    // SAFETY: the caller's memory is libc's.
    unsafe { __libc_realloc(old, size) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn posix_memalign(out: *mut *mut c_void, alignment: usize, size: usize) -> c_int {
    COUNT.fetch_add(1, Ordering::Relaxed);
    // SAFETY: the caller's room for a pointer.
    unsafe {
        out.write(__libc_memalign(alignment, size));
        if (*out).is_null() { libc::ENOMEM } else { 0 }
    }
}

/// Bytes of the heap in use.
pub fn heap() -> f64 {
    // SAFETY: a question.
    let info = unsafe { libc::mallinfo2() };
    info.uordblks as f64 + info.hblkhd as f64
}

/// CPU of this process.
pub fn now() -> Duration {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: room for it.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut now) };
    Duration::new(now.tv_sec.cast_unsigned(), now.tv_nsec as u32)
}

/// CPU of processes that have ended, in microseconds.
pub fn of_children() -> f64 {
    // SAFETY: numbers only, and room for them.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_CHILDREN, &mut usage);
        usage
    };
    let time = |time: libc::timeval| time.tv_sec as f64 * 1e6 + time.tv_usec as f64;
    time(usage.ru_utime) + time(usage.ru_stime)
}
