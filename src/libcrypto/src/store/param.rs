//! X509_VERIFY_PARAM: what to verify for.

use std::ffi::{CString, c_char, c_int, c_uchar, c_uint, c_ulong};
use std::ptr;

use crate::handle::{self, bytes, give};
use crate::x509::host;

/// X509_V_FLAG_*.
#[allow(missing_docs)] // the names are OpenSSL's
pub mod flag {
    use std::ffi::c_ulong;
    pub const USE_CHECK_TIME: c_ulong = 0x2;
    pub const CRL_CHECK: c_ulong = 0x4;
    pub const CRL_CHECK_ALL: c_ulong = 0x8;
    pub const IGNORE_CRITICAL: c_ulong = 0x10;
    pub const X509_STRICT: c_ulong = 0x20;
    pub const POLICY_CHECK: c_ulong = 0x80;
    pub const POLICY_MASK: c_ulong = 0x80 | 0x100 | 0x200 | 0x400;
    pub const CHECK_SS_SIGNATURE: c_ulong = 0x4000;
    pub const TRUSTED_FIRST: c_ulong = 0x8000;
    pub const SUITEB_128_LOS_ONLY: c_ulong = 0x10000;
    pub const SUITEB_192_LOS: c_ulong = 0x20000;
    pub const SUITEB_128_LOS: c_ulong = 0x30000;
    pub const PARTIAL_CHAIN: c_ulong = 0x80000;
    pub const NO_ALT_CHAINS: c_ulong = 0x100000;
    pub const NO_CHECK_TIME: c_ulong = 0x200000;
}

/// X509_VP_FLAG_*.
mod inheritance {
    pub const DEFAULT: u32 = 0x1;
    pub const OVERWRITE: u32 = 0x2;
    pub const RESET_FLAGS: u32 = 0x4;
    pub const LOCKED: u32 = 0x8;
    pub const ONCE: u32 = 0x10;
}
pub use inheritance::{DEFAULT, ONCE};

/// What to verify for.
#[derive(Clone, Debug)]
pub struct Param {
    name: Option<CString>,
    pub check_time: i64,
    pub inheritance: u32,
    pub flags: c_ulong,
    pub purpose: c_int,
    pub trust: c_int,
    pub depth: c_int,
    pub auth_level: c_int,
    pub host_flags: c_uint,
    pub hosts: Vec<Vec<u8>>,
    pub peer_name: Option<CString>,
    pub email: Option<Vec<u8>>,
    pub address: Option<Vec<u8>>,
}

impl Default for Param {
    fn default() -> Self {
        Param {
            name: None,
            check_time: 0,
            inheritance: 0,
            flags: 0,
            purpose: 0,
            trust: 0,
            depth: -1,
            auth_level: -1,
            host_flags: 0,
            hosts: Vec::new(),
            peer_name: None,
            email: None,
            address: None,
        }
    }
}

impl Param {
    /// The set of this name.
    pub fn named(name: &str) -> Option<Self> {
        let empty = Param { name: CString::new(name).ok(), ..Param::default() };
        Some(match name {
            "default" => Param { flags: flag::TRUSTED_FIRST, depth: 100, ..empty },
            "pkcs7" | "smime_sign" => Param { purpose: 4, trust: 4, ..empty },
            "ssl_client" => Param { purpose: 1, trust: 2, ..empty },
            "ssl_server" => Param { purpose: 2, trust: 3, ..empty },
            _ => return None,
        })
    }

    /// Takes what `from` has set, as far as the ways of inheriting let it.
    pub fn inherit(&mut self, from: &Param) {
        let way = self.inheritance | from.inheritance;
        if way & inheritance::ONCE != 0 {
            self.inheritance = 0;
        }
        if way & inheritance::LOCKED != 0 {
            return;
        }
        let (by_default, overwrite) = (way & inheritance::DEFAULT != 0, way & inheritance::OVERWRITE != 0);
        let takes = |theirs_set: bool, ours_set: bool| overwrite || (theirs_set && (by_default || !ours_set));
        macro_rules! number {
            ($field:ident, $unset:expr) => {
                if takes(from.$field != $unset, self.$field != $unset) {
                    self.$field = from.$field;
                }
            };
        }
        number!(purpose, 0);
        number!(trust, 0);
        number!(depth, -1);
        number!(auth_level, -1);
        if overwrite || self.flags & flag::USE_CHECK_TIME == 0 {
            self.check_time = from.check_time;
            self.flags &= !flag::USE_CHECK_TIME;
        }
        if way & inheritance::RESET_FLAGS != 0 {
            self.flags = 0;
        }
        self.flags |= from.flags;
        number!(host_flags, 0);
        if takes(!from.hosts.is_empty(), !self.hosts.is_empty()) {
            self.hosts.clone_from(&from.hosts);
        }
        if takes(from.email.is_some(), self.email.is_some()) {
            self.email.clone_from(&from.email);
        }
        if takes(from.address.is_some(), self.address.is_some()) {
            self.address.clone_from(&from.address);
        }
    }

    /// The kind of trust that a purpose wants.
    pub fn trust_of(purpose: c_int) -> c_int {
        match purpose {
            1 => 2,
            2 | 3 => 3,
            4 | 5 => 4,
            6 | 8 => 1,
            9 => 8,
            _ => 0,
        }
    }
}

/// A program's set.
pub struct X509_VERIFY_PARAM(pub Param);

unsafe fn with<T>(param: *mut X509_VERIFY_PARAM, failure: T, use_it: impl FnOnce(&mut Param) -> T) -> T {
    // SAFETY: the program's set.
    match unsafe { param.as_mut() } {
        Some(param) => use_it(&mut param.0),
        None => failure,
    }
}

/// A name without zeros inside: `None` when there is one.
unsafe fn given(name: *const c_char, len: usize) -> Option<Vec<u8>> {
    // SAFETY: the program's text.
    unsafe {
        if name.is_null() {
            return Some(Vec::new());
        }
        let len = if len == 0 { libc::strlen(name) } else { len };
        let name = bytes(name.cast(), len);
        let name = if name.len() > 1 { name.strip_suffix(&[0]).unwrap_or(name) } else { name };
        (!name.contains(&0)).then(|| name.to_vec())
    }
}

versioned! {
    /// A set with nothing in it.
    pub unsafe extern "C" fn X509_VERIFY_PARAM_new() -> *mut X509_VERIFY_PARAM {
        give(X509_VERIFY_PARAM(Param::default()))
    }

    /// Frees a set.
    pub unsafe extern "C" fn X509_VERIFY_PARAM_free(param: *mut X509_VERIFY_PARAM) {
        // SAFETY: the program gives it up.
        unsafe { handle::free(param) }
    }

    /// Takes what is set in `from` and not in `to`.
    pub unsafe extern "C" fn X509_VERIFY_PARAM_inherit(to: *mut X509_VERIFY_PARAM, from: *const X509_VERIFY_PARAM) -> c_int {
        // SAFETY: the program's sets.
        unsafe {
            if let (Some(to), Some(from)) = (to.as_mut(), from.as_ref()) {
                to.0.inherit(&from.0);
            }
        }
        1
    }

    /// Takes what is set in `from`.
    pub unsafe extern "C" fn X509_VERIFY_PARAM_set1(to: *mut X509_VERIFY_PARAM, from: *const X509_VERIFY_PARAM) -> c_int {
        // SAFETY: the program's sets.
        unsafe {
            let (Some(to), Some(from)) = (to.as_mut(), from.as_ref()) else { return 0 };
            let way = to.0.inheritance;
            to.0.inheritance |= DEFAULT;
            to.0.inherit(&from.0);
            to.0.inheritance = way;
        }
        1
    }

    /// The set of this name (default, ssl_client, ssl_server, smime_sign, pkcs7), which stays; NULL when there is none.
    pub unsafe extern "C" fn X509_VERIFY_PARAM_lookup(name: *const c_char) -> *const X509_VERIFY_PARAM {
        static SETS: std::sync::LazyLock<Vec<(&str, X509_VERIFY_PARAM)>> = std::sync::LazyLock::new(|| {
            let names = ["default", "pkcs7", "smime_sign", "ssl_client", "ssl_server"];
            names.into_iter().filter_map(|name| Some((name, X509_VERIFY_PARAM(Param::named(name)?)))).collect()
        });
        // SAFETY: the program's text.
        let wanted = unsafe { handle::text(name) };
        SETS.iter().find(|(name, _)| Some(*name) == wanted).map_or(ptr::null(), |(_, set)| ptr::from_ref(set))
    }

    /// The set's name; NULL when it has none.
    pub unsafe extern "C" fn X509_VERIFY_PARAM_get0_name(param: *const X509_VERIFY_PARAM) -> *const c_char {
        // SAFETY: the program's set.
        unsafe { param.as_ref() }.and_then(|param| param.0.name.as_ref()).map_or(ptr::null(), |name| name.as_ptr())
    }

    /// Names the set.
    pub unsafe extern "C" fn X509_VERIFY_PARAM_set1_name(param: *mut X509_VERIFY_PARAM, name: *const c_char) -> c_int {
        // SAFETY: the program's set and text.
        unsafe { with(param, 0, |param| {
            param.name = handle::text(name).and_then(|name| CString::new(name).ok());
            1
        }) }
    }

    /// Adds flags (X509_V_FLAG_*).
    pub unsafe extern "C" fn X509_VERIFY_PARAM_set_flags(param: *mut X509_VERIFY_PARAM, flags: c_ulong) -> c_int {
        // SAFETY: the program's set.
        unsafe { with(param, 0, |param| {
            param.flags |= flags;
            if flags & flag::POLICY_MASK != 0 {
                param.flags |= flag::POLICY_CHECK;
            }
            1
        }) }
    }

    /// Takes flags away.
    pub unsafe extern "C" fn X509_VERIFY_PARAM_clear_flags(param: *mut X509_VERIFY_PARAM, flags: c_ulong) -> c_int {
        // SAFETY: the program's set.
        unsafe { with(param, 0, |param| {
            param.flags &= !flags;
            1
        }) }
    }

    /// The flags.
    pub unsafe extern "C" fn X509_VERIFY_PARAM_get_flags(param: *const X509_VERIFY_PARAM) -> c_ulong {
        // SAFETY: the program's set.
        unsafe { param.as_ref() }.map_or(0, |param| param.0.flags)
    }

    /// Sets the purpose (X509_PURPOSE_*).
    pub unsafe extern "C" fn X509_VERIFY_PARAM_set_purpose(param: *mut X509_VERIFY_PARAM, purpose: c_int) -> c_int {
        if !(1..=9).contains(&purpose) {
            crate::err::raise(crate::err::library::X509V3, 146);
            return 0;
        }
        // SAFETY: the program's set.
        unsafe { with(param, 0, |param| {
            param.purpose = purpose;
            1
        }) }
    }

    /// Sets the kind of trust (X509_TRUST_*).
    pub unsafe extern "C" fn X509_VERIFY_PARAM_set_trust(param: *mut X509_VERIFY_PARAM, trust: c_int) -> c_int {
        if !(1..=8).contains(&trust) {
            crate::err::raise(crate::err::library::X509, crate::err::reason::x509::INVALID_TRUST);
            return 0;
        }
        // SAFETY: the program's set.
        unsafe { with(param, 0, |param| {
            param.trust = trust;
            1
        }) }
    }

    /// How many authorities may stand between the certificate and who is trusted.
    pub unsafe extern "C" fn X509_VERIFY_PARAM_set_depth(param: *mut X509_VERIFY_PARAM, depth: c_int) {
        // SAFETY: the program's set.
        unsafe { with(param, (), |param| param.depth = depth) }
    }

    /// The same, -1 when it is not set.
    pub unsafe extern "C" fn X509_VERIFY_PARAM_get_depth(param: *const X509_VERIFY_PARAM) -> c_int {
        // SAFETY: the program's set.
        unsafe { param.as_ref() }.map_or(-1, |param| param.0.depth)
    }

    /// How strong keys and digests must be, 0 to 5.
    pub unsafe extern "C" fn X509_VERIFY_PARAM_set_auth_level(param: *mut X509_VERIFY_PARAM, auth_level: c_int) {
        // SAFETY: the program's set.
        unsafe { with(param, (), |param| param.auth_level = auth_level) }
    }

    /// The same, -1 when it is not set.
    pub unsafe extern "C" fn X509_VERIFY_PARAM_get_auth_level(param: *const X509_VERIFY_PARAM) -> c_int {
        // SAFETY: the program's set.
        unsafe { param.as_ref() }.map_or(-1, |param| param.0.auth_level)
    }

    /// Sets the time that is verified for.
    pub unsafe extern "C" fn X509_VERIFY_PARAM_set_time(param: *mut X509_VERIFY_PARAM, t: libc::time_t) {
        // SAFETY: the program's set.
        unsafe { with(param, (), |param| {
            param.check_time = t;
            param.flags |= flag::USE_CHECK_TIME;
        }) }
    }

    /// The time that is verified for.
    pub unsafe extern "C" fn X509_VERIFY_PARAM_get_time(param: *const X509_VERIFY_PARAM) -> libc::time_t {
        // SAFETY: the program's set.
        unsafe { param.as_ref() }.map_or(0, |param| param.0.check_time)
    }

    /// How sets inherit (X509_VP_FLAG_*).
    pub unsafe extern "C" fn X509_VERIFY_PARAM_set_inh_flags(param: *mut X509_VERIFY_PARAM, flags: u32) -> c_int {
        // SAFETY: the program's set.
        unsafe { with(param, 0, |param| {
            param.inheritance = flags;
            1
        }) }
    }

    /// How sets inherit.
    pub unsafe extern "C" fn X509_VERIFY_PARAM_get_inh_flags(param: *const X509_VERIFY_PARAM) -> u32 {
        // SAFETY: the program's set.
        unsafe { param.as_ref() }.map_or(0, |param| param.0.inheritance)
    }

    /// Sets the one host that the certificate must be for; NULL for any.
    pub unsafe extern "C" fn X509_VERIFY_PARAM_set1_host(param: *mut X509_VERIFY_PARAM, name: *const c_char, namelen: usize) -> c_int {
        // SAFETY: the program's set and text.
        unsafe {
            let Some(name) = given(name, namelen) else { return 0 };
            with(param, 0, |param| {
                param.hosts.clear();
                if !name.is_empty() {
                    param.hosts.push(name);
                }
                1
            })
        }
    }

    /// Adds a host that the certificate may be for.
    pub unsafe extern "C" fn X509_VERIFY_PARAM_add1_host(param: *mut X509_VERIFY_PARAM, name: *const c_char, namelen: usize) -> c_int {
        // SAFETY: the program's set and text.
        unsafe {
            let Some(name) = given(name, namelen) else { return 0 };
            with(param, 0, |param| {
                if !name.is_empty() {
                    param.hosts.push(name);
                }
                1
            })
        }
    }

    /// The host at `idx`, which stays the set's; NULL when there is none.
    pub unsafe extern "C" fn X509_VERIFY_PARAM_get0_host(param: *mut X509_VERIFY_PARAM, idx: c_int) -> *mut c_char {
        // SAFETY: the program's set; names are kept with a zero behind.
        unsafe { with(param, ptr::null_mut(), |param| {
            let Some(host) = usize::try_from(idx).ok().and_then(|at| param.hosts.get_mut(at)) else { return ptr::null_mut() };
            host.push(0);
            host.pop();
            host.as_mut_ptr().cast()
        }) }
    }

    /// How hosts are compared (X509_CHECK_FLAG_*).
    pub unsafe extern "C" fn X509_VERIFY_PARAM_set_hostflags(param: *mut X509_VERIFY_PARAM, flags: c_uint) {
        // SAFETY: the program's set.
        unsafe { with(param, (), |param| param.host_flags = flags) }
    }

    /// How hosts are compared.
    pub unsafe extern "C" fn X509_VERIFY_PARAM_get_hostflags(param: *const X509_VERIFY_PARAM) -> c_uint {
        // SAFETY: the program's set.
        unsafe { param.as_ref() }.map_or(0, |param| param.0.host_flags)
    }

    /// The name of the certificate that was found to mean the host; it stays the set's.
    pub unsafe extern "C" fn X509_VERIFY_PARAM_get0_peername(param: *const X509_VERIFY_PARAM) -> *mut c_char {
        // SAFETY: the program's set.
        unsafe { param.as_ref() }.and_then(|param| param.0.peer_name.as_ref()).map_or(ptr::null_mut(), |name| name.as_ptr().cast_mut())
    }

    /// Moves that name from one set to another.
    pub unsafe extern "C" fn X509_VERIFY_PARAM_move_peername(to: *mut X509_VERIFY_PARAM, from: *mut X509_VERIFY_PARAM) {
        // SAFETY: the program's sets.
        unsafe {
            let name = from.as_mut().and_then(|from| from.0.peer_name.take());
            if let Some(to) = to.as_mut() {
                to.0.peer_name = name;
            }
        }
    }

    /// Sets the address of mail that the certificate must be for; NULL for any.
    pub unsafe extern "C" fn X509_VERIFY_PARAM_set1_email(param: *mut X509_VERIFY_PARAM, email: *const c_char, emaillen: usize) -> c_int {
        // SAFETY: the program's set and text.
        unsafe {
            let Some(email) = given(email, emaillen) else { return 0 };
            with(param, 0, |param| {
                param.email = (!email.is_empty()).then_some(email);
                1
            })
        }
    }

    /// Sets the address of 4 or 16 bytes that the certificate must be for; 0 bytes for any.
    pub unsafe extern "C" fn X509_VERIFY_PARAM_set1_ip(param: *mut X509_VERIFY_PARAM, ip: *const c_uchar, iplen: usize) -> c_int {
        if !matches!(iplen, 0 | 4 | 16) {
            return 0;
        }
        // SAFETY: the program's set and bytes.
        unsafe { with(param, 0, |param| {
            param.address = (iplen > 0 && !ip.is_null()).then(|| bytes(ip, iplen).to_vec());
            1
        }) }
    }

    /// Sets the address in text that the certificate must be for.
    pub unsafe extern "C" fn X509_VERIFY_PARAM_set1_ip_asc(param: *mut X509_VERIFY_PARAM, ipasc: *const c_char) -> c_int {
        // SAFETY: the program's set and text.
        unsafe {
            let Some(address) = handle::text(ipasc).and_then(host::address) else { return 0 };
            X509_VERIFY_PARAM_set1_ip(param, address.as_ptr(), address.len())
        }
    }

    /// The address in text, which the caller frees; NULL when there is none.
    pub unsafe extern "C" fn X509_VERIFY_PARAM_get1_ip_asc(param: *mut X509_VERIFY_PARAM) -> *mut c_char {
        // SAFETY: the program's set.
        unsafe { with(param, ptr::null_mut(), |param| {
            let text = match param.address.as_deref() {
                Some(&[a, b, c, d]) => format!("{a}.{b}.{c}.{d}"),
                Some(address) if address.len() == 16 => {
                    let groups: Vec<String> = address.chunks(2).map(|pair| format!("{:X}", u16::from_be_bytes([pair[0], pair[1]]))).collect();
                    groups.join(":")
                }
                _ => return ptr::null_mut(),
            };
            crate::mem::duplicate(text.as_bytes()).cast()
        }) }
    }
}
