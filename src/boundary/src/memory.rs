//! Memory of a program's, named by pointer and length.

/// How many of so many items can be there: no object is larger than `isize::MAX` bytes, or reaches past the end of memory.
/// A length of -1 is what programs get wrong, and where only a part of a buffer is used, the original does not mind.
pub fn reach<T>(at: *const T, count: usize) -> usize {
    let bytes = isize::MAX.unsigned_abs().min(usize::MAX - at as usize);
    count.min(bytes / size_of::<T>())
}

fn fits<T>(at: *const T, count: usize) -> bool {
    reach(at, count) == count
}

/// The items at `at`, none for NULL; `None` when so many cannot be there.
///
/// # Safety
/// `at` is NULL, or has `count` items that stay and are not changed for as long as the result is used.
pub unsafe fn items<'a, T>(at: *const T, count: usize) -> Option<&'a [T]> {
    if at.is_null() || count == 0 {
        return Some(&[]);
    }
    // SAFETY: the caller's promise.
    fits(at, count).then(|| unsafe { std::slice::from_raw_parts(at, count) })
}

/// The room at `at`, none for NULL; `None` when so much cannot be there.
///
/// # Safety
/// `at` is NULL, or has room for `count` items that nobody else uses for as long as the result is used.
pub unsafe fn room<'a, T>(at: *mut T, count: usize) -> Option<&'a mut [T]> {
    if at.is_null() || count == 0 {
        return Some(&mut []);
    }
    // SAFETY: the caller's promise.
    fits(at, count).then(|| unsafe { std::slice::from_raw_parts_mut(at, count) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_there() {
        let mut numbers = [1u32, 2, 3];
        let (at, end) = (numbers.as_mut_ptr(), usize::MAX as *const u8);
        // SAFETY: what is there is looked at, and nothing else.
        unsafe {
            assert_eq!((items(at, 3), items(at, 0)), (Some(&[1, 2, 3][..]), Some(&[][..])));
            assert_eq!(items::<u32>(std::ptr::null(), 7), Some(&[][..]));
            for none in [usize::MAX, isize::MAX as usize + 1, isize::MAX as usize / 4 + 1] {
                assert!(items(at, none).is_none() && room(at, none).is_none());
            }
            assert!(items(end, 2).is_none());
        }
    }
}
