//! Text as it grows.

/// What is written, before it goes into a pipe; names may be in any encoding, so these are bytes.
#[derive(Default)]
pub struct Text(pub Vec<u8>);

impl Text {
    /// Appends bytes or a text.
    pub fn put(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.extend_from_slice(bytes.as_ref());
    }

    /// Appends spaces.
    pub fn space(&mut self, count: usize) {
        self.0.resize(self.0.len() + count, b' ');
    }

    /// Appends an indented text.
    pub fn at(&mut self, indent: usize, bytes: impl AsRef<[u8]>) {
        self.space(indent);
        self.put(bytes);
    }

    /// Appends bytes in hexadecimal on lines of so many, each line indented.
    pub fn lines(&mut self, bytes: &[u8], width: usize, indent: usize) {
        let digits: Vec<String> = bytes.chunks(width).map(colons).collect();
        let margin = " ".repeat(indent);
        self.put(margin.clone() + &digits.join(&format!(":\n{margin}")) + "\n");
    }
}

/// Bytes in hexadecimal, between colons.
pub fn colons(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":")
}
