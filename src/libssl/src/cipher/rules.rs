//! The cipher list: a string of rules that order, add and remove suites (openssl-ciphers(1)).

use standin_engine::Protocol;

use super::{Authentication, Encryption, SSL_CIPHER, TABLE};

/// The default rules (OSSL_default_cipher_list).
pub const DEFAULT: &str = "ALL:!COMPLEMENTOFDEFAULT:!eNULL";

/// The string holds something that is no rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unparsable;

/// What came of a string of rules.
#[derive(Debug, Default)]
pub struct Rules {
    /// TLS 1.2 suites, most wanted first.
    pub suites: Vec<&'static SSL_CIPHER>,
    /// `@SECLEVEL=`, when it was given.
    pub security_level: Option<i32>,
}

impl Rules {
    /// Applies `text`. Names that are not known (or belong to suites not served) select nothing.
    pub fn parse(text: &[u8]) -> Result<Rules, Unparsable> {
        let mut order = Order::new();
        let mut rest = text;
        if let Some(after) = text.strip_prefix(b"DEFAULT") {
            order.apply(DEFAULT.as_bytes())?;
            rest = after.strip_prefix(b":").unwrap_or(after);
        }
        order.apply(rest)?;
        Ok(Rules {
            suites: order.entries.iter().filter(|entry| entry.active).map(|entry| entry.suite).collect(),
            security_level: order.security_level,
        })
    }
}

/// Suites in their present order; those that are not active can still be added.
struct Order {
    entries: Vec<Entry>,
    security_level: Option<i32>,
}

#[derive(Clone, Copy)]
struct Entry {
    suite: &'static SSL_CIPHER,
    active: bool,
}

impl Order {
    fn new() -> Self {
        let entries = TABLE
            .iter()
            .filter(|suite| suite.protocol == Protocol::Tls12)
            .map(|suite| Entry { suite, active: false })
            .collect();
        Order { entries, security_level: None }
    }

    fn apply(&mut self, text: &[u8]) -> Result<(), Unparsable> {
        let mut rest = text;
        while let Some((&first, after)) = rest.split_first() {
            if is_separator(first) {
                rest = after;
                continue;
            }
            let end = rest.iter().position(|&byte| is_separator(byte)).unwrap_or(rest.len());
            // A command byte counts only in front; then comes a word, or the whole string is bad.
            let (command, words) = if b"-+!@".contains(&first) { (first, &rest[1..end]) } else { (b' ', &rest[..end]) };
            if !words.first().is_some_and(|&byte| is_word(byte)) {
                return Err(Unparsable);
            }
            match command {
                b'@' => self.special(words)?,
                _ => {
                    if let Some(pattern) = Pattern::parse(words)? {
                        self.select(command, &|suite| pattern.matches(suite));
                    }
                }
            }
            rest = &rest[end..];
        }
        Ok(())
    }

    /// `@STRENGTH` and `@SECLEVEL=n`.
    fn special(&mut self, words: &[u8]) -> Result<(), Unparsable> {
        let word = &words[..words.iter().position(|&byte| !is_word(byte)).unwrap_or(words.len())];
        match word {
            b"STRENGTH" => {
                for bits in [256, 128] {
                    self.select(b'+', &|suite| suite.bits() == bits);
                }
                Ok(())
            }
            [b'S', b'E', b'C', b'L', b'E', b'V', b'E', b'L', b'=', level @ b'0'..=b'5'] => {
                self.security_level = Some(i32::from(level - b'0'));
                Ok(())
            }
            _ => Err(Unparsable),
        }
    }

    /// Adds, orders last, removes or kills the suites that match.
    fn select(&mut self, command: u8, matches: &dyn Fn(&SSL_CIPHER) -> bool) {
        let (chosen, others): (Vec<Entry>, Vec<Entry>) = self.entries.iter().copied().partition(|entry| {
            matches(entry.suite)
                && match command {
                    b'+' | b'-' => entry.active,
                    b'!' => true,
                    _ => !entry.active,
                }
        });
        self.entries = match command {
            b'!' => others,
            // The latest removed get the best places for being added again.
            b'-' => chosen.into_iter().map(|entry| Entry { active: false, ..entry }).chain(others).collect(),
            _ => others.into_iter().chain(chosen.into_iter().map(|entry| Entry { active: true, ..entry })).collect(),
        };
    }
}

fn is_separator(byte: u8) -> bool {
    matches!(byte, b':' | b' ' | b';' | b',')
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'=')
}

/// What suites a rule selects: in each part 0 for any, else the bits that will do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Pattern {
    exchange: u8,
    authentication: u8,
    encryption: u8,
    mac: u8,
    /// SSL 3, TLS 1.0 or TLS 1.2, for an alias of one.
    protocol: u16,
    strength: u8,
    not_default: bool,
    /// An explicit suite.
    suite: u16,
}

/// In each part of a [`Pattern`]: what only suites have that are not served.
const OTHER: u8 = 0x80;
const ECDHE: u8 = 1;
const RSA: u8 = 1;
const ECDSA: u8 = 2;
const AES128: u8 = 1;
const AES256: u8 = 2;
const CHACHA: u8 = 4;
const AEAD: u8 = 1;
const HIGH: u8 = 1;
const FIPS: u8 = 2;

const ANY: Pattern = Pattern {
    exchange: 0,
    authentication: 0,
    encryption: 0,
    mac: 0,
    protocol: 0,
    strength: 0,
    not_default: false,
    suite: 0,
};

const fn exchange(exchange: u8) -> Pattern {
    Pattern { exchange, ..ANY }
}
const fn authentication(authentication: u8) -> Pattern {
    Pattern { authentication, ..ANY }
}
const fn both(exchange: u8, authentication: u8) -> Pattern {
    Pattern { exchange, authentication, ..ANY }
}
const fn encryption(encryption: u8) -> Pattern {
    Pattern { encryption, ..ANY }
}
const fn protocol(protocol: u16) -> Pattern {
    Pattern { protocol, ..ANY }
}
const fn strength(strength: u8) -> Pattern {
    Pattern { strength, ..ANY }
}

/// Not anonymous.
const NAMED: u8 = RSA | ECDSA | OTHER;
/// Not the null cipher.
const SECRET: u8 = AES128 | AES256 | CHACHA | OTHER;

/// The aliases of openssl-ciphers(1) that can select a suite that is served, alone or together
/// with others (`ECDHE+AESGCM`). What is not here selects nothing.
#[rustfmt::skip] // a table
const ALIASES: &[(&[u8], Pattern)] = &[
    (b"ALL", encryption(SECRET)),
    (b"COMPLEMENTOFDEFAULT", Pattern { not_default: true, ..ANY }),
    (b"kEECDH", exchange(ECDHE)), (b"kECDHE", exchange(ECDHE)), (b"ECDH", exchange(ECDHE)),
    (b"EECDH", both(ECDHE, NAMED)), (b"ECDHE", both(ECDHE, NAMED)),
    (b"aRSA", authentication(RSA)),
    (b"aECDSA", authentication(ECDSA)), (b"ECDSA", authentication(ECDSA)),
    (b"AES128", encryption(AES128 | OTHER)), (b"AES256", encryption(AES256 | OTHER)),
    (b"AES", encryption(AES128 | AES256 | OTHER)), (b"AESGCM", encryption(AES128 | AES256)),
    (b"CHACHA20", encryption(CHACHA)),
    (b"TLSv1.2", protocol(0x0303)),
    (b"HIGH", strength(HIGH)),
    (b"FIPS", Pattern { encryption: SECRET, strength: FIPS, ..ANY }),
];

impl Pattern {
    /// One or more names joined by `+`. `None` when they name nothing that is served.
    fn parse(words: &[u8]) -> Result<Option<Pattern>, Unparsable> {
        let mut pattern = ANY;
        let mut rest = words;
        loop {
            let end = rest.iter().position(|&byte| !is_word(byte)).unwrap_or(rest.len());
            if end == 0 {
                return Err(Unparsable);
            }
            let Some(narrower) = Pattern::named(&rest[..end]).and_then(|named| pattern.and(named)) else {
                return Ok(None);
            };
            pattern = narrower;
            match rest.get(end) {
                None => return Ok(Some(pattern)),
                Some(b'+') => rest = &rest[end + 1..],
                Some(_) => return Err(Unparsable),
            }
        }
    }

    fn named(name: &[u8]) -> Option<Pattern> {
        if let Some((_, pattern)) = ALIASES.iter().find(|(alias, _)| *alias == name) {
            return Some(*pattern);
        }
        let suite = TABLE.iter().find(|suite| suite.protocol == Protocol::Tls12 && suite.name.to_bytes() == name)?;
        Some(Pattern { suite: suite.code, ..Pattern::of(suite) })
    }

    /// All that is known of a suite.
    fn of(suite: &SSL_CIPHER) -> Pattern {
        Pattern {
            exchange: ECDHE,
            authentication: match suite.authentication {
                Authentication::Any => RSA | ECDSA,
                Authentication::Rsa => RSA,
                Authentication::Ecdsa => ECDSA,
            },
            encryption: match suite.encryption {
                Encryption::Aes128Gcm => AES128,
                Encryption::Aes256Gcm => AES256,
                Encryption::ChaCha20Poly1305 => CHACHA,
            },
            mac: AEAD,
            strength: match suite.encryption {
                Encryption::ChaCha20Poly1305 => HIGH,
                _ => HIGH | FIPS,
            },
            ..ANY
        }
    }

    /// What is selected by both; `None` when nothing can be.
    fn and(self, other: Pattern) -> Option<Pattern> {
        let part = |ours: u8, theirs: u8| match (ours, theirs) {
            (0, any) | (any, 0) => Some(any),
            (ours, theirs) => Some(ours & theirs).filter(|&common| common != 0),
        };
        if self.protocol != 0 && other.protocol != 0 && self.protocol != other.protocol {
            return None;
        }
        Some(Pattern {
            exchange: part(self.exchange, other.exchange)?,
            authentication: part(self.authentication, other.authentication)?,
            encryption: part(self.encryption, other.encryption)?,
            mac: part(self.mac, other.mac)?,
            protocol: self.protocol | other.protocol,
            strength: part(self.strength, other.strength)?,
            not_default: self.not_default || other.not_default,
            suite: if other.suite == 0 { self.suite } else { other.suite },
        })
    }

    fn matches(self, suite: &SSL_CIPHER) -> bool {
        let known = Pattern::of(suite);
        let part = |wanted: u8, has: u8| wanted == 0 || wanted & has != 0;
        (self.suite == 0 || self.suite == suite.code)
            && part(self.exchange, known.exchange)
            && part(self.authentication, known.authentication)
            && part(self.encryption, known.encryption)
            && part(self.mac, known.mac)
            && (self.protocol == 0 || self.protocol == 0x0303)
            && part(self.strength, known.strength)
            && !self.not_default
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> String {
        let rules = Rules::parse(text.as_bytes()).expect(text);
        rules.suites.iter().map(|suite| suite.name.to_str().unwrap()).collect::<Vec<_>>().join(":")
    }

    #[test]
    fn default_is_the_whole_table() {
        assert_eq!(Rules::parse(b"DEFAULT").unwrap().suites.len(), 6);
        assert_eq!(names("DEFAULT"), names(DEFAULT));
    }

    #[test]
    fn rules_add_order_remove_and_kill() {
        assert_eq!(names("CHACHA20+aRSA:AES128+ECDSA"), "ECDHE-RSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256");
        assert_eq!(names("AES128:!aRSA:ECDHE-RSA-AES128-GCM-SHA256"), "ECDHE-ECDSA-AES128-GCM-SHA256");
        assert_eq!(
            names("AES128:-aECDSA:ECDHE-ECDSA-AES128-GCM-SHA256").split(':').next_back(),
            Some("ECDHE-ECDSA-AES128-GCM-SHA256")
        );
        assert_eq!(names("kRSA+AES:NONSENSE"), "");
    }

    #[test]
    fn commands() {
        assert_eq!(Rules::parse(b"ALL:@SECLEVEL=2").unwrap().security_level, Some(2));
        assert_eq!(Rules::parse(b"ALL:@SECLEVEL=6").unwrap_err(), Unparsable);
        assert_eq!(Rules::parse(b"ALL:@WEAKNESS").unwrap_err(), Unparsable);
        assert_eq!(Rules::parse(b"ALL:!").unwrap_err(), Unparsable);
        assert_eq!(Rules::parse(b"ALL:*").unwrap_err(), Unparsable);
    }
}
