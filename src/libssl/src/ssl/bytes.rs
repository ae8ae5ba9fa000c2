//! The bytes of a message, read one field after the other.

/// A message ends where it should not.
pub struct Cut;

/// Bytes that are read from the front.
#[derive(Clone, Copy)]
pub struct Bytes<'a>(pub &'a [u8]);

impl<'a> Bytes<'a> {
    /// That many of them.
    pub fn take(&mut self, len: usize) -> Result<&'a [u8], Cut> {
        let (front, rest) = self.0.split_at_checked(len).ok_or(Cut)?;
        self.0 = rest;
        Ok(front)
    }

    /// A number of `len` bytes.
    pub fn number(&mut self, len: usize) -> Result<usize, Cut> {
        Ok(self.take(len)?.iter().fold(0, |number, byte| number << 8 | usize::from(*byte)))
    }

    /// A number of two bytes.
    pub fn code(&mut self) -> Result<u16, Cut> {
        Ok(self.number(2)? as u16)
    }

    /// What a length of `len` bytes goes before; all stays where it is if that is not there.
    pub fn vector(&mut self, len: usize) -> Result<Bytes<'a>, Cut> {
        let mut rest = *self;
        let count = rest.number(len)?;
        let vector = rest.take(count)?;
        *self = rest;
        Ok(Bytes(vector))
    }

    /// How many are left.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// ... none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
