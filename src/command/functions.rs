//! Every name of libssl.so.3 and of the session layer of libgnutls.so.30, and whether it is served or how it fails.
//! Functions for certificates and keys stay the original's of GnuTLS: they are not listed.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::Library;

/// What becomes of a function that is served.
pub const SERVED: &str = "served";

/// A function of a library that is stood in for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Function {
    pub name: &'static str,
    /// `SERVED`, or how it fails.
    pub fate: &'static str,
}

impl Library {
    fn table(self) -> &'static str {
        match self {
            Library::Ssl => include_str!("../libssl/abi/functions.tsv"),
            Library::Gnutls => include_str!("../libgnutls/abi/functions.tsv"),
        }
    }

    fn topics(self) -> &'static str {
        match self {
            Library::Ssl => include_str!("../libssl/abi/topics.tsv"),
            Library::Gnutls => include_str!("../libgnutls/abi/topics.tsv"),
        }
    }

    /// All of its functions.
    fn functions(self) -> impl Iterator<Item = Function> {
        let rows = self.table().lines().filter_map(|line| line.split_once('\t'));
        rows.map(|(name, fate)| Function { name, fate })
    }

    /// What a function that is not served is for.
    fn topic(self, name: &str) -> Option<&'static str> {
        let rows = self.topics().lines().filter(|line| !line.starts_with('#'));
        let mut rows = rows.filter_map(|line| line.split_once('\t'));
        rows.find_map(|(topic, words)| words.split(' ').any(|word| name.contains(word)).then_some(topic))
    }

    /// The functions that are not served, by what they are for and how they fail: for the README.
    pub fn markdown(self) -> String {
        let mut topics: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
        for function in self.functions().filter(|function| !function.is_served()) {
            let topic = function.topic().unwrap_or("other things");
            topics.entry((topic, function.fate)).or_default().push(format!("`{}`", function.name));
        }
        let (all, unserved) = (self.functions().count(), topics.values().map(Vec::len).sum::<usize>());
        let mut table = format!("{} of {all} are served. The others:\n\n", all - unserved);
        table += "| for | functions | what they do |\n|---|---|---|\n";
        for ((topic, fate), names) in topics {
            writeln!(table, "| {topic} | {} | {fate} |", names.join(" ")).unwrap();
        }
        table
    }
}

impl Function {
    /// The function of this name; `None` for a name of anybody else.
    pub fn named(name: &str) -> Option<Self> {
        Library::ALL.into_iter().flat_map(Library::functions).find(|function| function.name == name)
    }

    pub fn is_served(self) -> bool {
        self.fate == SERVED
    }

    /// What it is for, if it is not served.
    pub fn topic(self) -> Option<&'static str> {
        let library = if self.name.starts_with("gnutls_") { Library::Gnutls } else { Library::Ssl };
        if self.is_served() { None } else { library.topic(self.name) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_that_is_not_served_has_a_topic() {
        for function in Library::ALL.into_iter().flat_map(Library::functions) {
            assert_eq!(function.topic().is_none(), function.is_served(), "{function:?}: see abi/topics.tsv");
        }
    }

    #[test]
    fn found_by_name() {
        assert!(Function::named("SSL_read").unwrap().is_served());
        assert_eq!(Function::named("DTLSv1_listen").unwrap().topic(), Some("DTLS, SRTP"));
        assert_eq!(Function::named("gnutls_srp_set_prime_bits").unwrap().topic(), Some("SRP"));
        assert_eq!(Function::named("malloc"), None);
    }
}
