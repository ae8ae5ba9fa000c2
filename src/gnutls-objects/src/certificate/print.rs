//! A certificate in words.
