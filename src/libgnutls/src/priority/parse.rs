//! Reading priority strings ("Priority strings" in the manual of GnuTLS).

use std::ffi::{CStr, CString, c_char, c_int};

use super::Priority;
use super::levels::{self, Level, profile};
use crate::error;

unsafe extern "C" {
    fn gnutls_mac_get_id(name: *const c_char) -> c_int;
    fn gnutls_cipher_get_id(name: *const c_char) -> c_int;
    fn gnutls_kx_get_id(name: *const c_char) -> c_int;
    fn gnutls_protocol_get_id(name: *const c_char) -> c_int;
    fn gnutls_ecc_curve_get_id(name: *const c_char) -> c_int;
    fn gnutls_group_get_id(name: *const c_char) -> c_int;
    fn gnutls_sign_get_id(name: *const c_char) -> c_int;
    fn gnutls_certificate_type_get_id(name: *const c_char) -> c_int;
}

/// Why a string is refused, and where: bytes from its start, if it can be told.
#[derive(Debug, PartialEq, Eq)]
pub struct Refused {
    pub error: c_int,
    pub position: Option<usize>,
}

/// More elements are not looked at.
const MAX_ELEMENTS: usize = 48;

pub fn parse(text: &str) -> Result<Priority, Refused> {
    let resolved = resolve(text).ok_or(Refused { error: error::INVALID_REQUEST, position: None })?;
    let mut priority = Priority::default();
    let mut elements = Elements { priority: &mut priority, add: false };
    let mut words = resolved.splitn(MAX_ELEMENTS + 1, ':').map(|word| word.trim_start_matches(' ')).take(MAX_ELEMENTS);
    let mut position = 0;
    let first = resolved.split(':').next().unwrap_or_default();
    if first.eq_ignore_ascii_case("NONE") {
        elements.add = true;
        position += first.len() + 1;
        words.next();
    } else {
        elements.defaults();
    }
    for word in words {
        if elements.read(word).is_none() {
            let position = (resolved == text).then_some(position);
            return Err(Refused { error: error::INVALID_REQUEST, position });
        }
        position += word.len() + 1;
    }
    priority.complete().map_err(|error| Refused { error, position: Some(0) })?;
    Ok(priority)
}

/// A string that begins with @ names, in the system's configuration, the string to use.
fn resolve(text: &str) -> Option<String> {
    let Some(named) = text.strip_prefix('@') else { return Some(text.to_owned()) };
    let (names, rest) = named.split_once(':').map_or((named, None), |(names, rest)| (names, Some(rest)));
    let found = names.split(',').find_map(configured)?;
    Some(match rest {
        Some(rest) => format!("{found}:{rest}"),
        None => found,
    })
}

/// What the system's configuration says for a name, in its section [priorities] or before any section.
fn configured(name: &str) -> Option<String> {
    // SAFETY: the original's own string, or NULL.
    let path = unsafe {
        let path = crate::gnutls::gnutls_get_system_config_file();
        (!path.is_null()).then(|| CStr::from_ptr(path))?.to_str().ok()?
    };
    let text = std::fs::read_to_string(path).ok()?;
    let mut here = true;
    for line in text.lines().map(str::trim) {
        if let Some(section) = line.strip_prefix('[') {
            here = section.trim_end_matches(']').eq_ignore_ascii_case("priorities");
        } else if let Some((key, value)) = line.split_once('=').filter(|(key, _)| here && key.trim() == name) {
            let _key = key;
            return Some(value.trim().to_owned());
        }
    }
    None
}

/// What is read so far.
struct Elements<'a> {
    priority: &'a mut Priority,
    /// A further level adds to the one before.
    add: bool,
}

/// The sign in front of an element.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    Add,
    Remove,
}

impl Elements<'_> {
    fn defaults(&mut self) {
        let priority = &mut *self.priority;
        priority.protocols = levels::PROTOCOLS.to_vec();
        priority.client_types = vec![crate::algorithm::X509];
        priority.server_types = vec![crate::algorithm::X509];
        priority.signs = levels::SIGNS.to_vec();
        priority.groups = levels::GROUPS.to_vec();
    }

    fn read(&mut self, word: &str) -> Option<()> {
        if let Some(level) = levels::level(word) {
            self.level(level, self.add);
            self.add = true;
            return Some(());
        }
        let mut rest = word.chars();
        match rest.next()? {
            '+' => match levels::level(rest.as_str()) {
                Some(level) => {
                    self.level(level, true);
                    Some(())
                }
                None => self.algorithm(Sign::Add, rest.as_str()),
            },
            '-' | '!' => self.algorithm(Sign::Remove, rest.as_str()),
            '%' => self.switch(rest.as_str()),
            _ => None,
        }
    }

    fn level(&mut self, level: &Level, add: bool) {
        let priority = &mut *self.priority;
        let lists = [
            (&mut priority.ciphers, level.ciphers),
            (&mut priority.macs, level.macs),
            (&mut priority.kx, level.kx),
            (&mut priority.signs, level.signs),
            (&mut priority.groups, level.groups),
        ];
        let protocols = level.protocols.map(|protocols| (&mut priority.protocols, protocols));
        for (list, ids) in lists.into_iter().chain(protocols) {
            if !add {
                list.clear();
            }
            append(list, ids);
        }
        priority.switches.no_tickets_tls12 |= level.no_tickets_tls12;
        let current = profile_of(priority.switches.verify_flags);
        if level.profile != 0 && (current == 0 || current > level.profile) {
            set_profile(&mut priority.switches.verify_flags, level.profile);
        }
    }

    /// One algorithm, or a list of them.
    fn algorithm(&mut self, sign: Sign, name: &str) -> Option<()> {
        let priority = &mut *self.priority;
        let (mac, cipher, kx) =
            (id(gnutls_mac_get_id, name), id(gnutls_cipher_get_id, name), id(gnutls_kx_get_id, name));
        if let Some(id) = mac {
            apply(sign, &mut priority.macs, &[id]);
        } else if let Some(id) = cipher {
            apply(sign, &mut priority.ciphers, &[id]);
        } else if let Some(id) = kx {
            apply(sign, &mut priority.kx, &[id]);
        } else if is_old_kx(name) {
            // Known by name, and nobody serves it.
        } else if let Some(name) = after(name, "VERS-") {
            let all = after(name, "TLS-ALL").or_else(|| after(name, "ALL"));
            match all {
                Some(_) => apply(sign, &mut priority.protocols, levels::PROTOCOLS),
                None if after(name, "DTLS-ALL").is_some() => {}
                None => apply(sign, &mut priority.protocols, &[known(gnutls_protocol_get_id, name, 0xff)?]),
            }
        } else if let Some(name) = after(name, "CURVE-").or_else(|| after(name, "GROUP-")) {
            self.group(sign, name)?;
        } else if let Some(name) = after(name, "CTYPE-") {
            self.certificate_type(sign, name)?;
        } else if let Some(name) = after(name, "SIGN-") {
            match name {
                name if after(name, "ALL").is_some() => bulk(sign, &mut priority.signs, levels::SIGNS),
                name if after(name, "GOST-ALL").is_some() => bulk(sign, &mut priority.signs, &[]),
                name => apply(sign, &mut priority.signs, &[id(gnutls_sign_get_id, name)?]),
            }
        } else if after(name, "MAC-ALL").is_some() {
            bulk(sign, &mut priority.macs, levels::MACS);
        } else if after(name, "CIPHER-ALL").is_some() {
            bulk(sign, &mut priority.ciphers, levels::CIPHERS);
        } else if after(name, "KX-ALL").is_some() {
            bulk(sign, &mut priority.kx, levels::KX);
        } else if !["COMP-", "MAC-", "CIPHER-", "KX-", "GOST"].iter().any(|prefix| after(name, prefix).is_some()) {
            return None;
        }
        Some(())
    }

    fn group(&mut self, sign: Sign, name: &str) -> Option<()> {
        let groups = &mut self.priority.groups;
        match name {
            name if after(name, "ALL").is_some() => bulk(sign, groups, levels::GROUPS),
            name if after(name, "DH-ALL").is_some() => apply(sign, groups, levels::DH_GROUPS),
            name if after(name, "EC-ALL").is_some() => apply(sign, groups, levels::EC_GROUPS),
            name if after(name, "GOST-ALL").is_some() => {}
            name => {
                let group = id(gnutls_group_get_id, name).or_else(|| id(gnutls_ecc_curve_get_id, name))?;
                apply(sign, groups, &[group]);
            }
        }
        Some(())
    }

    fn certificate_type(&mut self, sign: Sign, name: &str) -> Option<()> {
        const ALL: [u32; 2] = [1, 3];
        let priority = &mut *self.priority;
        let (name, client, server) = match (after(name, "CLI-"), after(name, "SRV-")) {
            (Some(name), _) => (name, true, false),
            (_, Some(name)) => (name, false, true),
            _ => (name, true, true),
        };
        let ids = match name {
            name if after(name, "ALL").is_some() => ALL.to_vec(),
            name if after(name, "OPENPGP").is_some() => return Some(()),
            name => vec![id(gnutls_certificate_type_get_id, name)?],
        };
        if client {
            apply(sign, &mut priority.client_types, &ids);
        }
        if server {
            apply(sign, &mut priority.server_types, &ids);
        }
        Some(())
    }

    /// What follows a %.
    fn switch(&mut self, name: &str) -> Option<()> {
        let switches = &mut self.priority.switches;
        if let Some(profile) = name.strip_prefix("PROFILE_") {
            set_profile(&mut switches.verify_flags, profile_named(profile)?);
            return Some(());
        }
        switches.verify_flags |= match name {
            "VERIFY_ALLOW_BROKEN" => (1 << 4) | (1 << 5),
            "VERIFY_ALLOW_SIGN_RSA_MD5" => 1 << 5,
            "VERIFY_ALLOW_SIGN_WITH_SHA1" => 1 << 15,
            "VERIFY_DISABLE_CRL_CHECKS" => 1 << 9,
            "DISABLE_WILDCARDS" => 1 << 12,
            _ => 0,
        };
        match name {
            "SERVER_PRECEDENCE" => switches.server_precedence = true,
            "NO_TICKETS" => switches.no_tickets = true,
            "NO_TICKETS_TLS12" => switches.no_tickets_tls12 = true,
            // These concern what the engine does not do (encrypt-then-MAC, renegotiation, SSL 3.0), or are hints.
            "COMPAT"
            | "DUMBFW"
            | "NO_EXTENSIONS"
            | "NO_ETM"
            | "FORCE_ETM"
            | "NO_SESSION_HASH"
            | "STATELESS_COMPRESSION"
            | "SSL3_RECORD_VERSION"
            | "LATEST_RECORD_VERSION"
            | "VERIFY_ALLOW_X509_V1_CA_CRT"
            | "UNSAFE_RENEGOTIATION"
            | "SAFE_RENEGOTIATION"
            | "PARTIAL_RENEGOTIATION"
            | "DISABLE_SAFE_RENEGOTIATION"
            | "FALLBACK_SCSV"
            | "NEW_PADDING"
            | "DEBUG_ALLOW_KEY_USAGE_VIOLATIONS"
            | "ALLOW_SMALL_RECORDS"
            | "DISABLE_TLS13_COMPAT_MODE"
            | "VERIFY_ALLOW_BROKEN"
            | "VERIFY_ALLOW_SIGN_RSA_MD5"
            | "VERIFY_ALLOW_SIGN_WITH_SHA1"
            | "VERIFY_DISABLE_CRL_CHECKS"
            | "DISABLE_WILDCARDS" => {}
            _ => return None,
        }
        Some(())
    }
}

const PROFILE_SHIFT: u32 = 24;

fn profile_of(flags: u32) -> u32 {
    flags >> PROFILE_SHIFT
}

fn set_profile(flags: &mut u32, profile: u32) {
    *flags = *flags & ((1 << PROFILE_SHIFT) - 1) | profile << PROFILE_SHIFT;
}

fn profile_named(name: &str) -> Option<u32> {
    Some(match name {
        "VERY_WEAK" => profile::VERY_WEAK,
        "LOW" => profile::LOW,
        "LEGACY" => profile::LEGACY,
        "MEDIUM" => profile::MEDIUM,
        "HIGH" => profile::HIGH,
        "ULTRA" => profile::ULTRA,
        "FUTURE" => profile::FUTURE,
        // The original takes the two for one.
        "SUITEB128" | "SUITEB192" => profile::SUITEB128,
        _ => return None,
    })
}

/// Asks the original for the number of an algorithm; 0 is no number.
fn id(of: unsafe extern "C" fn(*const c_char) -> c_int, name: &str) -> Option<u32> {
    known(of, name, 0)
}

fn known(of: unsafe extern "C" fn(*const c_char) -> c_int, name: &str, unknown: u32) -> Option<u32> {
    let name = CString::new(name).ok()?;
    // SAFETY: the original's functions read the string.
    let id = u32::try_from(unsafe { of(name.as_ptr()) }).ok()?;
    (id != unknown && id != 0).then_some(id)
}

/// Key exchanges that the original knows by name even where it is built without them.
fn is_old_kx(name: &str) -> bool {
    ["SRP", "SRP-RSA", "SRP-DSS", "ANON-DH", "ANON-ECDH", "DHE-DSS", "RSA-EXPORT", "RSA-PSK", "VKO-GOST-12"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(name))
}

/// `text` without `prefix`, whatever its case.
fn after<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then(|| &text[prefix.len()..])
}

fn append(list: &mut Vec<u32>, ids: &[u32]) {
    for id in ids {
        if !list.contains(id) {
            list.push(*id);
        }
    }
}

/// Adds, or removes, these.
fn apply(sign: Sign, list: &mut Vec<u32>, ids: &[u32]) {
    match sign {
        Sign::Add => append(list, ids),
        Sign::Remove => list.retain(|id| !ids.contains(id)),
    }
}

/// Adds these, or removes all.
fn bulk(sign: Sign, list: &mut Vec<u32>, ids: &[u32]) {
    match sign {
        Sign::Add => append(list, ids),
        Sign::Remove => list.clear(),
    }
}
