//! The configuration commands and their values, by name (SSL_CONF_cmd(3)).

use std::ffi::c_int;

/// What a command takes (SSL_CONF_TYPE_*).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Kind {
    Text = 1,
    File = 2,
    Directory = 3,
    Nothing = 4,
    Store = 5,
}

impl Kind {
    /// SSL_CONF_TYPE_UNKNOWN.
    pub const UNKNOWN: c_int = 0;
}

/// What a command does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Switch(Flag),
    Schemes { client: bool },
    Groups,
    Curve,
    Rules,
    Suites,
    Protocols,
    Bound { max: bool },
    Options,
    VerifyMode,
    Certificate,
    Key,
    ServerInfo,
    Trust { verify: bool },
    Names,
    FiniteField,
    Padding,
    Tickets,
}

/// A bit, and where it is set or cleared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flag {
    pub place: Place,
    pub bits: u64,
    /// On means that the bits are cleared.
    pub inverted: bool,
    /// SSL_CONF_FLAG_CLIENT, SSL_CONF_FLAG_SERVER.
    pub roles: u32,
}

/// Where a bit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Options,
    CertificateFlags,
    VerifyMode,
}

/// A command.
pub struct Command {
    /// Name in files.
    pub file: &'static str,
    /// Name on command lines.
    pub line: &'static str,
    /// SSL_CONF_FLAG_* that must be set.
    pub needs: u32,
    pub kind: Kind,
    pub action: Action,
}

/// SSL_CONF_FLAG_*.
pub mod flag {
    pub const CMDLINE: u32 = 0x1;
    pub const FILE: u32 = 0x2;
    pub const CLIENT: u32 = 0x4;
    pub const SERVER: u32 = 0x8;
    pub const SHOW_ERRORS: u32 = 0x10;
    pub const CERTIFICATE: u32 = 0x20;
    pub const REQUIRE_PRIVATE: u32 = 0x40;
}
use flag::{CERTIFICATE, CLIENT, SERVER};

const BOTH: u32 = CLIENT | SERVER;

const fn bit(number: u32) -> u64 {
    1 << number
}

const fn on(bits: u64) -> Flag {
    Flag { place: Place::Options, bits, inverted: false, roles: BOTH }
}

const fn off(bits: u64) -> Flag {
    Flag { place: Place::Options, bits, inverted: true, roles: BOTH }
}

const fn server(bits: u64) -> Flag {
    Flag { place: Place::Options, bits, inverted: false, roles: SERVER }
}

const fn verify(bits: u64, roles: u32) -> Flag {
    Flag { place: Place::VerifyMode, bits, inverted: false, roles }
}

/// SSL_OP_ALL, SSL_OP_NO_SSL_MASK.
const ALL_BUGS: u64 = bit(31) | bit(11) | bit(4) | bit(6);
const ALL_VERSIONS: u64 = bit(25) | bit(26) | bit(27) | bit(28) | bit(29);
/// SSL_CERT_FLAG_TLS_STRICT.
const STRICT: Flag = Flag { place: Place::CertificateFlags, bits: 1, inverted: false, roles: BOTH };

const fn switch(line: &'static str, needs: u32, flag: Flag) -> Command {
    Command { file: "", line, needs, kind: Kind::Nothing, action: Action::Switch(flag) }
}

const fn text(file: &'static str, line: &'static str, needs: u32, action: Action) -> Command {
    Command { file, line, needs, kind: Kind::Text, action }
}

const fn place(file: &'static str, line: &'static str, needs: u32, kind: Kind, action: Action) -> Command {
    Command { file, line, needs: needs | CERTIFICATE, kind, action }
}

/// Options that can be switched on and off in a list.
#[rustfmt::skip] // a table
pub const OPTIONS: &[(&str, Flag)] = &[
    ("SessionTicket", off(bit(14))),
    ("EmptyFragments", off(bit(11))),
    ("Bugs", on(ALL_BUGS)),
    ("Compression", off(bit(17))),
    ("ServerPreference", server(bit(22))),
    ("NoResumptionOnRenegotiation", server(bit(16))),
    ("DHSingle", server(0)),
    ("ECDHSingle", server(0)),
    ("UnsafeLegacyRenegotiation", on(bit(18))),
    ("UnsafeLegacyServerConnect", on(bit(2))),
    ("ClientRenegotiation", on(bit(8))),
    ("EncryptThenMac", off(bit(19))),
    ("NoRenegotiation", on(bit(30))),
    ("AllowNoDHEKEX", on(bit(10))),
    ("PrioritizeChaCha", on(bit(21))),
    ("MiddleboxCompat", on(bit(20))),
    ("AntiReplay", off(bit(24))),
    ("ExtendedMasterSecret", off(bit(0))),
    ("CANames", off(bit(9))),
    ("KTLS", on(bit(3))),
];

/// Protocols that can be switched on and off in a list.
#[rustfmt::skip] // a table
pub const PROTOCOLS: &[(&str, Flag)] = &[
    ("ALL", off(ALL_VERSIONS)),
    ("SSLv2", off(0)),
    ("SSLv3", off(bit(25))),
    ("TLSv1", off(bit(26))),
    ("TLSv1.1", off(bit(28))),
    ("TLSv1.2", off(bit(27))),
    ("TLSv1.3", off(bit(29))),
    ("DTLSv1", off(bit(26))),
    ("DTLSv1.2", off(bit(27))),
];

/// Ways to verify peers.
#[rustfmt::skip] // a table
pub const VERIFY_MODES: &[(&str, Flag)] = &[
    ("Peer", verify(1, CLIENT)),
    ("Request", verify(1, SERVER)),
    ("Require", verify(1 | 2, SERVER)),
    ("Once", verify(1 | 4, SERVER)),
    ("RequestPostHandshake", verify(1 | 8, SERVER)),
    ("RequirePostHandshake", verify(1 | 2 | 8, SERVER)),
];

/// Versions by name.
pub const VERSIONS: &[(&str, c_int)] = &[
    ("None", 0),
    ("SSLv3", 0x0300),
    ("TLSv1", 0x0301),
    ("TLSv1.1", 0x0302),
    ("TLSv1.2", 0x0303),
    ("TLSv1.3", 0x0304),
    ("DTLSv1", 0xfeff),
    ("DTLSv1.2", 0xfefd),
];

/// All commands.
#[rustfmt::skip] // a table
pub const COMMANDS: &[Command] = &[
    switch("no_ssl3", 0, on(bit(25))),
    switch("no_tls1", 0, on(bit(26))),
    switch("no_tls1_1", 0, on(bit(28))),
    switch("no_tls1_2", 0, on(bit(27))),
    switch("no_tls1_3", 0, on(bit(29))),
    switch("bugs", 0, on(ALL_BUGS)),
    switch("no_comp", 0, on(bit(17))),
    switch("comp", 0, off(bit(17))),
    switch("ecdh_single", SERVER, on(0)),
    switch("no_ticket", 0, on(bit(14))),
    switch("serverpref", SERVER, on(bit(22))),
    switch("legacy_renegotiation", 0, on(bit(18))),
    switch("client_renegotiation", SERVER, on(bit(8))),
    switch("legacy_server_connect", CLIENT, on(bit(2))),
    switch("no_renegotiation", 0, on(bit(30))),
    switch("no_resumption_on_reneg", SERVER, on(bit(16))),
    switch("no_legacy_server_connect", CLIENT, off(bit(2))),
    switch("allow_no_dhe_kex", 0, on(bit(10))),
    switch("prioritize_chacha", SERVER, on(bit(21))),
    switch("strict", 0, STRICT),
    switch("no_middlebox", 0, off(bit(20))),
    switch("anti_replay", SERVER, off(bit(24))),
    switch("no_anti_replay", SERVER, on(bit(24))),
    switch("no_etm", 0, on(bit(19))),
    text("SignatureAlgorithms", "sigalgs", 0, Action::Schemes { client: false }),
    text("ClientSignatureAlgorithms", "client_sigalgs", 0, Action::Schemes { client: true }),
    text("Curves", "curves", 0, Action::Groups),
    text("Groups", "groups", 0, Action::Groups),
    text("ECDHParameters", "named_curve", SERVER, Action::Curve),
    text("CipherString", "cipher", 0, Action::Rules),
    text("Ciphersuites", "ciphersuites", 0, Action::Suites),
    text("Protocol", "", 0, Action::Protocols),
    text("MinProtocol", "min_protocol", 0, Action::Bound { max: false }),
    text("MaxProtocol", "max_protocol", 0, Action::Bound { max: true }),
    text("Options", "", 0, Action::Options),
    text("VerifyMode", "", 0, Action::VerifyMode),
    place("Certificate", "cert", 0, Kind::File, Action::Certificate),
    place("PrivateKey", "key", 0, Kind::File, Action::Key),
    place("ServerInfoFile", "", SERVER, Kind::File, Action::ServerInfo),
    place("ChainCAPath", "chainCApath", 0, Kind::Directory, Action::Trust { verify: false }),
    place("ChainCAFile", "chainCAfile", 0, Kind::File, Action::Trust { verify: false }),
    place("ChainCAStore", "chainCAstore", 0, Kind::Store, Action::Trust { verify: false }),
    place("VerifyCAPath", "verifyCApath", 0, Kind::Directory, Action::Trust { verify: true }),
    place("VerifyCAFile", "verifyCAfile", 0, Kind::File, Action::Trust { verify: true }),
    place("VerifyCAStore", "verifyCAstore", 0, Kind::Store, Action::Trust { verify: true }),
    place("RequestCAFile", "requestCAFile", 0, Kind::File, Action::Names),
    place("ClientCAFile", "", SERVER, Kind::File, Action::Names),
    place("RequestCAPath", "", 0, Kind::Directory, Action::Names),
    place("ClientCAPath", "", SERVER, Kind::Directory, Action::Names),
    place("RequestCAStore", "requestCAStore", 0, Kind::Store, Action::Names),
    place("ClientCAStore", "", SERVER, Kind::Store, Action::Names),
    place("DHParameters", "dhparam", SERVER, Kind::File, Action::FiniteField),
    text("RecordPadding", "record_padding", 0, Action::Padding),
    text("NumTickets", "num_tickets", SERVER, Action::Tickets),
];
