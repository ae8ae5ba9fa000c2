//! The libraries that are stood in for.

/// One of them, with its C programs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Library {
    Ssl,
    Gnutls,
}

impl Library {
    /// The folder of its C programs.
    pub fn folder(self) -> &'static str {
        match self {
            Library::Ssl => "libssl",
            Library::Gnutls => "libgnutls",
        }
    }

    /// The file of its drop-in.
    pub fn file(self) -> &'static str {
        match self {
            Library::Ssl => "libstandin_ssl.so",
            Library::Gnutls => "libstandin_gnutls.so",
        }
    }

    /// What its C programs are linked to.
    pub fn links(self) -> &'static [&'static str] {
        match self {
            Library::Ssl => &["-lssl", "-lcrypto", "-lpthread"],
            Library::Gnutls => &["-lgnutls", "-lpthread"],
        }
    }
}
