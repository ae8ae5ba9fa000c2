//! ClientHello and ServerHello: RFC 8446 §4.1, RFC 5246 §7.4.1.

use std::ops::Range;

use crate::messages::{
    ALPN, CERTIFICATE_AUTHORITIES, CLIENT_HELLO, KEY_SHARE, MESSAGE_HEADER, POST_HANDSHAKE_AUTH, PRE_SHARED_KEY,
    SERVER_HELLO, SERVER_NAME, SESSION_TICKET, SIGNATURE_ALGORITHMS, STATUS_REQUEST, SUPPORTED_GROUPS,
    SUPPORTED_VERSIONS, extensions,
};
use crate::psk::Beside;
use crate::reader::Reader;
use crate::{ClientHello, Fault};

/// The random of a HelloRetryRequest, RFC 8446 §4.1.3.
const RETRY: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11,
    0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

/// The body of a message of this type.
fn open(message: &[u8], kind: u8) -> Result<Reader<'_>, Fault> {
    let mut reader = Reader::new(message);
    if reader.u8()? != kind {
        return Err(Fault::UnexpectedMessage);
    }
    let body = reader.nested(3)?;
    reader.end()?;
    Ok(body)
}

fn session_id(reader: &mut Reader<'_>) -> Result<Vec<u8>, Fault> {
    match reader.vector(1)? {
        id if id.len() <= 32 => Ok(id.to_vec()),
        _ => Err(Fault::Decode),
    }
}

impl ClientHello {
    /// Reads a whole ClientHello message, strict on structure, lenient on what it does not know.
    pub(crate) fn parse(message: Vec<u8>) -> Result<ClientHello, Fault> {
        let mut reader = open(&message, CLIENT_HELLO)?;
        let mut hello = ClientHello {
            legacy_version: reader.u16()?,
            random: reader.array()?,
            session_id: session_id(&mut reader)?,
            suites: reader.list16(2)?,
            compressions: reader.filled(1)?.rest().to_vec(),
            ..Default::default()
        };
        // RFC 5246 §7.4.1.2: a client may have nothing to say here.
        if !reader.is_empty() {
            let list = reader.nested(2)?;
            reader.end()?;
            hello.extensions = list.range();
            let extensions = extensions(list)?;
            let last = extensions.len().saturating_sub(1);
            for (position, (kind, range)) in extensions.into_iter().enumerate() {
                // RFC 8446 §4.2.11
                if kind == PRE_SHARED_KEY && position != last {
                    return Err(Fault::IllegalParameter);
                }
                hello.extension(kind, Reader::new(&message[range]))?;
            }
        }
        hello.raw = message;
        Ok(hello)
    }

    /// The extensions in order: type and body.
    pub fn extensions(&self) -> impl Iterator<Item = (u16, &[u8])> {
        let mut list = Reader::new(self.raw.get(self.extensions.clone()).unwrap_or_default());
        std::iter::from_fn(move || Some((list.u16().ok()?, list.vector(2).ok()?)))
    }

    /// ALPN protocols offered, in the client's order (RFC 7301 §3.1).
    pub fn alpn(&self) -> impl Iterator<Item = &[u8]> {
        self.list(ALPN, 1)
    }

    /// certificate_authorities: names of CAs that the client would like, DER of X.501 Name (RFC 8446 §4.2.4).
    pub fn authorities(&self) -> impl Iterator<Item = &[u8]> {
        self.list(CERTIFICATE_AUTHORITIES, 2)
    }

    /// The vectors in an extension that is a list of them, each behind `width` bytes of length.
    fn list(&self, kind: u16, width: usize) -> impl Iterator<Item = &[u8]> {
        let body = self.extension_body(kind).unwrap_or_default();
        let mut list = Reader::new(body).nested(2).unwrap_or(Reader::new(&[]));
        std::iter::from_fn(move || list.vector(width).ok())
    }

    /// The body of an extension that the client sent.
    pub fn extension_body(&self, kind: u16) -> Option<&[u8]> {
        self.extensions().find(|(known, _)| *known == kind).map(|(_, body)| body)
    }

    /// The identities (tickets) of pre_shared_key, RFC 8446 §4.2.11.
    pub(crate) fn psk_identities(&self) -> impl Iterator<Item = &[u8]> {
        self.psks().map(|(identity, _)| identity)
    }

    /// Pre-shared keys and tickets, with their ages.
    fn psks(&self) -> impl Iterator<Item = (&[u8], u32)> {
        /// Each costs an attempt to open it; clients send one or two.
        const MOST: usize = 8;
        let body = self.extension_body(PRE_SHARED_KEY).unwrap_or_default();
        let mut list = Reader::new(body).nested(2).unwrap_or(Reader::new(&[]));
        std::iter::from_fn(move || Some((list.vector(2).ok()?, list.u32().ok()?))).take(MOST)
    }

    /// TLS 1.3: the pre-shared keys and tickets that the client offers (RFC 8446 §4.2.11), each identity with its
    /// obfuscated_ticket_age, which should be 0 for a key agreed on outside of TLS. At most eight. Empty also when the
    /// extension is malformed: it is refused once the ClientHello is answered.
    pub fn offered_psks(&self) -> Vec<(Vec<u8>, u32)> {
        self.psks().map(|(identity, age)| (identity.to_vec(), age)).collect()
    }

    /// TLS 1.3: what the client gives for the key exchange in `group` (RFC 8446 §4.2.8).
    pub(crate) fn share(&self, group: u16) -> Option<&[u8]> {
        let mut list = Reader::new(self.extension_body(KEY_SHARE)?).nested(2).ok()?;
        while let (Ok(found), Ok(share)) = (list.u16(), list.vector(2)) {
            if found == group {
                return Some(share);
            }
        }
        None
    }

    /// The one PSK identity that may be the id of a session in a cache: 32 bytes, as ids are.
    pub fn stateful_psk(&self) -> Option<Vec<u8>> {
        self.psk_identities().find(|identity| identity.len() == 32).map(<[u8]>::to_vec)
    }

    /// The tickets that the client offers: of TLS 1.3 (RFC 8446 §4.2.11; other pre-shared keys among them), at most
    /// eight, then that of TLS 1.2 (RFC 5077 §3.2).
    pub fn tickets(&self) -> Vec<Vec<u8>> {
        self.psk_identities().chain(self.session_ticket()).map(<[u8]>::to_vec).collect()
    }

    /// TLS 1.2: the client takes tickets.
    pub fn takes_tickets(&self) -> bool {
        self.extension_body(SESSION_TICKET).is_some()
    }

    /// The ticket of session_ticket, RFC 5077 §3.2; `None` when it is empty.
    pub fn session_ticket(&self) -> Option<&[u8]> {
        self.extension_body(SESSION_TICKET).filter(|ticket| !ticket.is_empty())
    }

    fn extension(&mut self, kind: u16, mut body: Reader<'_>) -> Result<(), Fault> {
        match kind {
            SERVER_NAME => self.server_name = server_name(&mut body)?,
            STATUS_REQUEST => self.status_request = status_request(&mut body)?,
            SUPPORTED_GROUPS => self.groups = body.list16(2)?,
            SIGNATURE_ALGORITHMS => self.schemes = body.list16(2)?,
            ALPN => check_list(&mut body, 1)?,
            SUPPORTED_VERSIONS => self.versions = body.list16(1)?,
            POST_HANDSHAKE_AUTH => self.post_handshake_auth = true,
            CERTIFICATE_AUTHORITIES => check_list(&mut body, 2)?,
            _ => return Ok(()),
        }
        body.end()
    }
}

/// RFC 6066 §3. A name of another type would have no length that we know.
fn server_name(body: &mut Reader<'_>) -> Result<Option<String>, Fault> {
    let mut list = body.filled(2)?;
    if list.u8()? != 0 {
        return Err(Fault::Decode);
    }
    let name = list.filled(2)?.rest();
    list.end()?;
    if name.len() > 255 || name.contains(&0) {
        return Err(Fault::IllegalParameter);
    }
    String::from_utf8(name.to_vec()).map(Some).map_err(|_| Fault::IllegalParameter)
}

/// RFC 6066 §8: is it OCSP that is asked for?
fn status_request(body: &mut Reader<'_>) -> Result<bool, Fault> {
    if body.u8()? != 1 {
        body.rest();
        return Ok(false);
    }
    let mut responders = body.nested(2)?;
    while !responders.is_empty() {
        responders.filled(2)?;
    }
    body.vector(2)?;
    Ok(true)
}

/// A list of vectors, each behind `width` bytes of length: at least one, and none is empty.
fn check_list(body: &mut Reader<'_>, width: usize) -> Result<(), Fault> {
    let mut list = body.filled(2)?;
    while !list.is_empty() {
        list.filled(width)?;
    }
    Ok(())
}

/// A ServerHello (with its header) that asks for a second ClientHello.
pub(crate) fn is_retry(message: &[u8]) -> bool {
    const RANDOM: usize = MESSAGE_HEADER + 2; // behind legacy_version
    message.get(RANDOM..RANDOM + RETRY.len()) == Some(&RETRY[..])
}

/// A ServerHello, or the HelloRetryRequest that looks like one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ServerHello {
    /// The version selected.
    pub(crate) version: u16,
    pub(crate) random: [u8; 32],
    pub(crate) is_retry: bool,
    pub(crate) session_id: Vec<u8>,
    pub(crate) suite: u16,
    /// The group of key_share.
    pub(crate) group: Option<u16>,
    /// Extensions in order: type, and where its body stands in the message.
    pub(crate) extensions: Vec<(u16, Range<usize>)>,
}

impl ServerHello {
    /// Reads a whole ServerHello message.
    pub(crate) fn parse(message: &[u8]) -> Result<ServerHello, Fault> {
        let mut reader = open(message, SERVER_HELLO)?;
        let version = reader.u16()?;
        let random = reader.array()?;
        let session_id = session_id(&mut reader)?;
        let suite = reader.u16()?;
        if reader.u8()? != 0 {
            return Err(Fault::IllegalParameter);
        }
        let is_retry = random == RETRY;
        let mut hello =
            ServerHello { version, random, is_retry, session_id, suite, group: None, extensions: Vec::new() };
        if !reader.is_empty() {
            hello.extensions = extensions(reader.nested(2)?)?;
            reader.end()?;
        }
        if let Some(body) = hello.extension(message, SUPPORTED_VERSIONS) {
            let mut body = Reader::new(body);
            hello.version = body.u16()?;
            body.end()?;
        }
        if let Some(body) = hello.extension(message, KEY_SHARE) {
            hello.group = Some(Reader::new(body).u16()?);
        }
        Ok(hello)
    }

    /// The body of an extension in the message that was parsed.
    pub(crate) fn extension<'a>(&self, message: &'a [u8], kind: u16) -> Option<&'a [u8]> {
        let (_, range) = self.extensions.iter().find(|extension| extension.0 == kind)?;
        message.get(range.clone())
    }

    pub(crate) fn has(&self, kind: u16) -> bool {
        self.extensions.iter().any(|extension| extension.0 == kind)
    }
}

/// How the ClientHello that is on the wire differs from the one that rustls makes, or is shown.
#[derive(Default)]
pub(crate) struct Amendments {
    /// Server: what rustls is shown, and what it stands for.
    pub(crate) shown: Vec<(Vec<u8>, Vec<u8>)>,
    /// Extensions to put in front, the last of them first: type and body.
    pub(crate) insert: Vec<(u16, Vec<u8>)>,
    /// How many of them, from the first on, are the owner's.
    pub(crate) own: usize,
    /// Extensions to leave out.
    pub(crate) remove: Vec<u16>,
    /// A pre-shared key to offer behind the session.
    pub(crate) beside: Option<Box<Beside>>,
}

impl Amendments {
    pub(crate) fn is_empty(&self) -> bool {
        self.insert.is_empty() && self.remove.is_empty() && self.shown.is_empty() && self.beside.is_none()
    }

    /// Amends what is a ClientHello; `None` when it stays as it is.
    pub(crate) fn apply_to_hello(&self, data: &[u8]) -> Option<Vec<u8>> {
        if self.is_empty() || data.first() != Some(&CLIENT_HELLO) {
            return None;
        }
        self.apply(data).ok()
    }

    /// Amends a ClientHello; see [`insert_extension`] for one that ends early.
    pub(crate) fn apply(&self, message: &[u8]) -> Result<Vec<u8>, Fault> {
        if let Some((shown, whole)) = self.shown.iter().find(|(shown, _)| shown.starts_with(message)) {
            // For a PSK binder it is cut off, and nothing behind the cut is amended.
            let cut = shown.len() - message.len();
            return Ok(whole.get(..whole.len() - cut).ok_or(Fault::Internal)?.to_vec());
        }
        let less = without(message, &self.remove)?;
        let more =
            self.insert.iter().try_fold(less, |message, (kind, body)| insert_extension(&message, *kind, body))?;
        match &self.beside {
            Some(beside) => beside.add_to(more),
            None => Ok(more),
        }
    }
}

/// A ClientHello without these extensions.
pub(crate) fn without(message: &[u8], kinds: &[u16]) -> Result<Vec<u8>, Fault> {
    kinds.iter().try_fold(message.to_vec(), |message, kind| remove_extension(message, *kind))
}

/// Where the list of extensions stands in a ClientHello: that of its length, and of its first element.
pub(crate) fn extensions_at(message: &[u8]) -> Result<usize, Fault> {
    let mut reader = Reader::new(message);
    if reader.u8()? != CLIENT_HELLO {
        return Err(Fault::UnexpectedMessage);
    }
    reader.take(3 + 2 + 32)?;
    reader.vector(1)?;
    reader.vector(2)?;
    reader.vector(1)?;
    Ok(reader.position())
}

/// Leaves an extension out, if it is there.
fn remove_extension(mut message: Vec<u8>, kind: u16) -> Result<Vec<u8>, Fault> {
    let list = extensions_at(&message)?;
    let mut reader = Reader::new(message.get(list + 2..).ok_or(Fault::Decode)?);
    loop {
        let start = list + 2 + reader.position();
        // pre_shared_key, the last, may be cut off.
        let (Ok(found), Ok(_)) = (reader.u16(), reader.vector(2)) else { return Ok(message) };
        if found != kind {
            continue;
        }
        let removed = list + 2 + reader.position() - start;
        let shorten = |bytes: &mut [u8]| {
            let len = bytes.iter().fold(0, |len, &byte| len << 8 | usize::from(byte)) - removed;
            let width = bytes.len();
            bytes.copy_from_slice(&len.to_be_bytes()[size_of::<usize>() - width..]);
        };
        shorten(&mut message[1..4]);
        shorten(&mut message[list..list + 2]);
        message.drain(start..start + removed);
        return Ok(message);
    }
}

/// Puts an extension in front of those of a ClientHello (pre_shared_key has to stay the last).
///
/// The message may end early, as it does for a PSK binder (RFC 8446 §4.2.11.2): its lengths tell
/// of the whole message then, and still do in what comes out.
pub(crate) fn insert_extension(message: &[u8], kind: u16, body: &[u8]) -> Result<Vec<u8>, Fault> {
    let added = 4 + body.len();
    let mut reader = Reader::new(message);
    if reader.u8()? != CLIENT_HELLO {
        return Err(Fault::UnexpectedMessage);
    }
    let [high, middle, low] = reader.array()?;
    let whole = u32::from_be_bytes([0, high, middle, low]) as usize;
    reader.take(2 + 32)?;
    reader.vector(1)?;
    reader.vector(2)?;
    reader.vector(1)?;
    let position = reader.position();
    // Without extensions the list's own length is added too.
    let (list, width) = if whole + MESSAGE_HEADER == position { (0, 2) } else { (reader.u16()?.into(), 0) };
    let list = u16::try_from(list + added).map_err(|_| Fault::Internal)?;
    let whole = u32::try_from(whole + added + width).map_err(|_| Fault::Internal)?.to_be_bytes();
    let mut out = Vec::with_capacity(message.len() + added + width);
    out.push(CLIENT_HELLO);
    out.extend_from_slice(&whole[1..]);
    out.extend_from_slice(&message[MESSAGE_HEADER..position]);
    out.extend_from_slice(&list.to_be_bytes());
    out.extend_from_slice(&kind.to_be_bytes());
    out.extend_from_slice(&(body.len() as u16).to_be_bytes());
    out.extend_from_slice(body);
    out.extend_from_slice(reader.rest());
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::Writer;

    fn client_hello(extensions: Option<&[(u16, &[u8])]>) -> Vec<u8> {
        Writer::message(CLIENT_HELLO, |hello| {
            hello.u16(0x0303);
            hello.bytes(&[7; 32]);
            hello.opaque(1, &[8; 32]);
            hello.list16(2, &[0x1301, 0xc02b, 0x00ff]);
            hello.opaque(1, &[0]);
            if let Some(extensions) = extensions {
                hello.vector(2, |list| {
                    for (kind, body) in extensions {
                        list.u16(*kind);
                        list.opaque(2, body);
                    }
                });
            }
        })
        .unwrap()
    }

    const FULL: &[(u16, &[u8])] = &[
        (SERVER_NAME, b"\0\x0e\0\0\x0bexample.org"),
        (STATUS_REQUEST, b"\x01\0\0\0\0"),
        (SUPPORTED_GROUPS, b"\0\x04\0\x1d\0\x17"),
        (SIGNATURE_ALGORITHMS, b"\0\x04\x04\x03\x08\x04"),
        (ALPN, b"\0\x0c\x02h2\x08http/1.1"),
        (0x2a2a, b""),
        (SUPPORTED_VERSIONS, b"\x04\x03\x04\x03\x03"),
        (POST_HANDSHAKE_AUTH, b""),
        (PRE_SHARED_KEY, b"psk"),
    ];

    #[test]
    fn a_client_hello() {
        let message = client_hello(Some(FULL));
        let hello = ClientHello::parse(message.clone()).unwrap();
        assert_eq!((hello.legacy_version, hello.random, &hello.session_id[..]), (0x0303, [7; 32], &[8; 32][..]));
        assert_eq!((&hello.suites[..], &hello.compressions[..]), (&[0x1301, 0xc02b, 0x00ff][..], &[0][..]));
        assert_eq!(hello.server_name.as_deref(), Some("example.org"));
        assert!(hello.alpn().eq([&b"h2"[..], b"http/1.1"]));
        assert_eq!((&hello.versions[..], &hello.groups[..]), (&[0x0304, 0x0303][..], &[0x1d, 0x17][..]));
        assert_eq!(hello.schemes, [0x0403, 0x0804]);
        assert!(hello.status_request && hello.post_handshake_auth);
        for ((kind, found), (expected, body)) in hello.extensions().zip(FULL) {
            assert_eq!((kind, found), (*expected, *body));
        }
        assert!(ClientHello::parse(client_hello(None)).unwrap().extensions().next().is_none());
        assert!(ClientHello::parse(client_hello(Some(&[]))).unwrap().extensions().next().is_none());
    }

    #[test]
    fn sessions_that_a_client_names() {
        let parse = |extensions: &[(u16, &[u8])]| ClientHello::parse(client_hello(Some(extensions))).unwrap();
        let psk: &[u8] = b"\0\x0f\0\x03one\0\0\0\x01\0\0\0\0\0\x02\0\x03\x02mac";
        let hello = parse(&[(SESSION_TICKET, b"ticket"), (PRE_SHARED_KEY, psk)]);
        assert!(hello.psk_identities().eq([&b"one"[..], b""]));
        assert_eq!(hello.session_ticket(), Some(&b"ticket"[..]));
        let hello = parse(&[(SESSION_TICKET, b""), (PRE_SHARED_KEY, b"\0\xff")]);
        assert!(hello.psk_identities().next().is_none() && hello.session_ticket().is_none());
    }

    #[test]
    fn every_cut_of_a_client_hello() {
        let message = client_hello(Some(FULL));
        let bare = client_hello(None).len();
        for len in 0..message.len() {
            assert!(ClientHello::parse(message[..len].to_vec()).is_err());
            if len < MESSAGE_HEADER {
                continue;
            }
            // The same with a length to match.
            let mut cut = message[..len].to_vec();
            cut[1..4].copy_from_slice(&(len as u32 - 4).to_be_bytes()[1..]);
            assert_eq!(ClientHello::parse(cut.clone()).is_ok(), len == bare);
        }
        assert!(ClientHello::parse([&message[..], b"\0"].concat()).is_err());
    }

    #[test]
    fn client_hellos_that_may_not_be() {
        let fault = |extensions: &[(u16, &[u8])]| ClientHello::parse(client_hello(Some(extensions))).err();
        for (kind, body) in [
            (SERVER_NAME, &b"\0\0"[..]),
            (SERVER_NAME, b"\0\x03\0\0\0"),
            (SERVER_NAME, b"\0\x04\x01\0\x01x"),
            (SERVER_NAME, b"\0\x08\0\0\x01x\0\0\x01y"),
            (STATUS_REQUEST, b""),
            (STATUS_REQUEST, b"\x01\0\0\0"),
            (SUPPORTED_GROUPS, b"\0\0"),
            (SIGNATURE_ALGORITHMS, b"\0\x01\x04"),
            (ALPN, b"\0\0"),
            (ALPN, b"\0\x01\0"),
            (ALPN, b"\0\x03\x02h2x"),
            (SUPPORTED_VERSIONS, b"\0"),
            (POST_HANDSHAKE_AUTH, b"x"),
        ] {
            assert_eq!(fault(&[(kind, body)]), Some(Fault::Decode), "{kind} {body:?}");
        }
        assert_eq!(fault(&[(STATUS_REQUEST, b"\x09what")]), None);
        assert_eq!(fault(&[(SERVER_NAME, b"\0\x04\0\0\x01\0")]), Some(Fault::IllegalParameter));
        assert_eq!(fault(&[(SERVER_NAME, b"\0\x04\0\0\x01\xff")]), Some(Fault::IllegalParameter));
        assert_eq!(fault(&[(999, b""), (1, b""), (999, b"")]), Some(Fault::IllegalParameter));
        assert_eq!(fault(&[(PRE_SHARED_KEY, b""), (1, b"")]), Some(Fault::IllegalParameter));
        assert_eq!(ServerHello::parse(&client_hello(None)), Err(Fault::UnexpectedMessage));
    }

    fn server_hello(random: [u8; 32], extensions: &[(u16, &[u8])]) -> Vec<u8> {
        Writer::message(SERVER_HELLO, |hello| {
            hello.u16(0x0303);
            hello.bytes(&random);
            hello.opaque(1, &[8; 32]);
            hello.u16(0x1302);
            hello.u8(0);
            hello.vector(2, |list| {
                for (kind, body) in extensions {
                    list.u16(*kind);
                    list.opaque(2, body);
                }
            });
        })
        .unwrap()
    }

    #[test]
    fn server_hellos() {
        let message = server_hello([9; 32], &[(SUPPORTED_VERSIONS, b"\x03\x04"), (KEY_SHARE, b"\0\x1d\0\x01k")]);
        let hello = ServerHello::parse(&message).unwrap();
        assert_eq!((hello.version, hello.suite, hello.group), (0x0304, 0x1302, Some(0x001d)));
        assert!(!hello.is_retry && hello.has(KEY_SHARE) && !hello.has(PRE_SHARED_KEY));
        for len in 0..message.len() {
            assert!(ServerHello::parse(&message[..len]).is_err());
        }
        let message = server_hello(RETRY, &[(SUPPORTED_VERSIONS, b"\x03\x04"), (KEY_SHARE, b"\0\x17")]);
        let hello = ServerHello::parse(&message).unwrap();
        assert!(hello.is_retry && hello.group == Some(0x0017));
        let hello = ServerHello::parse(&server_hello([9; 32], &[])).unwrap();
        assert_eq!((hello.version, hello.group), (0x0303, None));
    }

    #[test]
    fn an_extension_is_inserted_in_front() {
        let expected: Vec<_> = [&[(POST_HANDSHAKE_AUTH, &b""[..])], &FULL[..7], &FULL[8..]].concat();
        let before = client_hello(Some(&expected[1..]));
        let after = client_hello(Some(&expected));
        assert_eq!(insert_extension(&before, POST_HANDSHAKE_AUTH, b"").unwrap(), after);
        // Cut at the binders, and anywhere else behind the list's length.
        for cut in 0..20 {
            let inserted = insert_extension(&before[..before.len() - cut], POST_HANDSHAKE_AUTH, b"").unwrap();
            assert_eq!(inserted, after[..after.len() - cut]);
        }
        let before = client_hello(None);
        assert_eq!(insert_extension(&before, 999, b"body").unwrap(), client_hello(Some(&[(999, b"body")])));
        for len in 0..before.len() {
            assert!(insert_extension(&before[..len], 999, b"").is_err());
        }
        let large = client_hello(Some(&[(999, &[0; 65_000])]));
        assert_eq!(insert_extension(&large, 998, &[0; 1000]), Err(Fault::Internal));
    }
}
