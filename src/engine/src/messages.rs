//! Handshake messages that we read or make ourselves.

use std::ops::Range;
use std::sync::Arc;

use crate::der::{Element, SEQUENCE};
use crate::reader::{Reader, Writer};
use crate::{CertificateRequest, Fault, SignatureScheme};

/// HandshakeType, RFC 8446 §4.
pub(crate) const HELLO_REQUEST: u8 = 0;
pub(crate) const CLIENT_HELLO: u8 = 1;
pub(crate) const SERVER_HELLO: u8 = 2;
pub(crate) const NEW_SESSION_TICKET: u8 = 4;
pub(crate) const ENCRYPTED_EXTENSIONS: u8 = 8;
pub(crate) const CERTIFICATE: u8 = 11;
pub(crate) const SERVER_KEY_EXCHANGE: u8 = 12;
pub(crate) const CERTIFICATE_REQUEST: u8 = 13;
pub(crate) const SERVER_HELLO_DONE: u8 = 14;
pub(crate) const CERTIFICATE_VERIFY: u8 = 15;
pub(crate) const FINISHED: u8 = 20;
pub(crate) const CERTIFICATE_STATUS: u8 = 22;
pub(crate) const KEY_UPDATE: u8 = 24;

/// ExtensionType, RFC 8446 §4.2.
pub(crate) const SERVER_NAME: u16 = 0;
pub(crate) const STATUS_REQUEST: u16 = 5;
pub(crate) const SUPPORTED_GROUPS: u16 = 10;
pub(crate) const SIGNATURE_ALGORITHMS: u16 = 13;
pub(crate) const ALPN: u16 = 16;
pub(crate) const EXTENDED_MASTER_SECRET: u16 = 23;
pub(crate) const SESSION_TICKET: u16 = 35;
pub(crate) const PRE_SHARED_KEY: u16 = 41;
pub(crate) const EARLY_DATA: u16 = 42;
pub(crate) const SUPPORTED_VERSIONS: u16 = 43;
pub(crate) const CERTIFICATE_AUTHORITIES: u16 = 47;
pub(crate) const POST_HANDSHAKE_AUTH: u16 = 49;
pub(crate) const KEY_SHARE: u16 = 51;

/// The header of a handshake message: type, length.
pub(crate) const MESSAGE_HEADER: usize = 4;
/// The longest message we take, as OpenSSL's default for a certificate list.
pub(crate) const MAX_MESSAGE: usize = 100 * 1024;
/// More certificates than any chain has.
const MAX_CHAIN: usize = 100;

/// Length, with header, of the message at the front of a handshake stream, if all of it is there.
pub(crate) fn front(stream: &[u8]) -> Result<Option<usize>, Fault> {
    let Some(&[_, high, middle, low]) = stream.first_chunk::<MESSAGE_HEADER>() else { return Ok(None) };
    let len = u32::from_be_bytes([0, high, middle, low]) as usize;
    if len > MAX_MESSAGE {
        return Err(Fault::ExcessiveMessage);
    }
    let len = MESSAGE_HEADER + len;
    Ok((len <= stream.len()).then_some(len))
}

/// The length, with header, that the message at the front says it has.
pub(crate) fn announced_len(bytes: &[u8]) -> usize {
    match bytes.first_chunk() {
        Some(&[_, high, middle, low]) => MESSAGE_HEADER + u32::from_be_bytes([0, high, middle, low]) as usize,
        None => bytes.len(),
    }
}

/// Type and body of one whole message.
pub(crate) fn split(message: &[u8]) -> Result<(u8, &[u8]), Fault> {
    let mut reader = Reader::new(message);
    let kind = reader.u8()?;
    let body = reader.vector(3)?;
    reader.end()?;
    Ok((kind, body))
}

/// Type and length of an extension.
const EXTENSION_HEADER: usize = 4;

/// Reads a list of extensions up to its end: each type with where its body is. No type twice
/// (RFC 8446 §4.2).
pub(crate) fn extensions(mut list: Reader<'_>) -> Result<Vec<(u16, Range<usize>)>, Fault> {
    /// A ClientHello has seldom more.
    const USUAL: usize = 16;
    let mut extensions = Vec::with_capacity(USUAL.min(list.range().len() / EXTENSION_HEADER));
    while !list.is_empty() {
        let kind = list.u16()?;
        extensions.push((kind, list.nested(2)?.range()));
    }
    match repeats(&extensions) {
        true => Err(Fault::IllegalParameter),
        false => Ok(extensions),
    }
}

/// Does a type come twice?
fn repeats(extensions: &[(u16, Range<usize>)]) -> bool {
    /// Above, it would be quadratic at the peer's pleasure.
    const FEW: usize = 24;
    if extensions.len() <= FEW {
        let before = |at: usize, kind: u16| extensions[..at].iter().any(|(known, _)| *known == kind);
        return extensions.iter().enumerate().any(|(at, (kind, _))| before(at, *kind));
    }
    let mut kinds: Vec<u16> = extensions.iter().map(|extension| extension.0).collect();
    kinds.sort_unstable();
    kinds.windows(2).any(|pair| pair[0] == pair[1])
}

/// Certificate of TLS 1.3, RFC 8446 §4.4.2.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Certificate {
    pub(crate) context: Vec<u8>,
    /// Leaf first; empty when there is none to present.
    pub(crate) chain: Vec<Arc<[u8]>>,
    /// The OCSP response stapled to the leaf.
    pub(crate) ocsp: Option<Vec<u8>>,
}

impl Certificate {
    /// `asked`: the extensions that the other side asked for.
    pub(crate) fn parse(body: &[u8], asked: &[u16]) -> Result<Certificate, Fault> {
        let mut reader = Reader::new(body);
        let context = reader.vector(1)?.to_vec();
        let mut list = reader.nested(3)?;
        reader.end()?;
        let mut certificate = Certificate { context, chain: Vec::new(), ocsp: None };
        while !list.is_empty() {
            if certificate.chain.len() == MAX_CHAIN {
                return Err(Fault::IllegalParameter);
            }
            let mut data = list.filled(3)?;
            for (kind, range) in extensions(list.nested(2)?)? {
                if !asked.contains(&kind) {
                    return Err(Fault::UnsupportedExtension);
                }
                if kind == STATUS_REQUEST && certificate.chain.is_empty() {
                    certificate.ocsp = Some(ocsp_response(&body[range])?);
                }
            }
            certificate.chain.push(data.rest().into());
        }
        Ok(certificate)
    }

    #[cfg(test)]
    pub(crate) fn encode(&self) -> Result<Vec<u8>, Fault> {
        let chain: Vec<&[u8]> = self.chain.iter().map(|der| &der[..]).collect();
        certificate(&self.context, &chain, self.ocsp.as_deref())
    }
}

/// CertificateStatus, RFC 6066 §8.
fn ocsp_response(body: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut reader = Reader::new(body);
    let kind = reader.u8()?;
    let response = reader.filled(3)?.rest().to_vec();
    reader.end()?;
    if kind == 1 { Ok(response) } else { Err(Fault::IllegalParameter) }
}

/// Makes a Certificate message of TLS 1.3.
pub(crate) fn certificate(context: &[u8], chain: &[&[u8]], ocsp: Option<&[u8]>) -> Result<Vec<u8>, Fault> {
    let mut ocsp = ocsp;
    Writer::message(CERTIFICATE, |message| {
        message.opaque(1, context);
        message.vector(3, |list| {
            for der in chain {
                list.opaque(3, der);
                list.vector(2, |extensions| {
                    if let Some(response) = ocsp.take() {
                        extensions.u16(STATUS_REQUEST);
                        extensions.vector(2, |status| {
                            status.u8(1);
                            status.opaque(3, response);
                        });
                    }
                });
            }
        });
    })
}

/// Extensions that RFC 8446 §4.2 knows and does not allow in CertificateRequest.
const NOT_IN_REQUEST: [u16; 16] = [0, 1, 10, 14, 15, 16, 21, 22, 23, 41, 42, 43, 44, 45, 49, 51];

/// Reads CertificateRequest of TLS 1.3, RFC 8446 §4.3.2.
pub(crate) fn parse_certificate_request(body: &[u8], post_handshake: bool) -> Result<CertificateRequest, Fault> {
    let mut reader = Reader::new(body);
    let mut request = CertificateRequest { context: reader.vector(1)?.to_vec(), post_handshake, ..Default::default() };
    let list = reader.nested(2)?;
    reader.end()?;
    for (kind, range) in extensions(list)? {
        let mut extension = Reader::new(&body[range]);
        match kind {
            SIGNATURE_ALGORITHMS => {
                request.schemes = extension.list16(2)?;
                extension.end()?;
            }
            CERTIFICATE_AUTHORITIES => {
                request.authorities = Names::parse(extension.filled(2)?)?;
                extension.end()?;
            }
            kind if NOT_IN_REQUEST.contains(&kind) => return Err(Fault::IllegalParameter),
            _ => {}
        }
    }
    if request.schemes.is_empty() { Err(Fault::MissingExtension) } else { Ok(request) }
}

/// Makes CertificateRequest of TLS 1.3.
pub(crate) fn certificate_request(
    context: &[u8],
    schemes: &[SignatureScheme],
    authorities: &[Vec<u8>],
) -> Result<Vec<u8>, Fault> {
    if schemes.is_empty() {
        return Err(Fault::Internal);
    }
    Writer::message(CERTIFICATE_REQUEST, |message| {
        message.opaque(1, context);
        message.vector(2, |extensions| {
            extensions.u16(SIGNATURE_ALGORITHMS);
            extensions.vector(2, |body| body.list16(2, schemes));
            if !authorities.is_empty() {
                extensions.u16(CERTIFICATE_AUTHORITIES);
                extensions
                    .vector(2, |body| body.vector(2, |list| authorities.iter().for_each(|name| list.opaque(2, name))));
            }
        });
    })
}

/// The body of server_name, RFC 6066 §3.
pub(crate) fn server_name_body(name: &str) -> Result<Vec<u8>, Fault> {
    const HOST_NAME: u8 = 0;
    let len = u16::try_from(name.len()).ok().filter(|len| *len <= 255).ok_or(Fault::Internal)?;
    let mut body = (len + 3).to_be_bytes().to_vec();
    body.push(HOST_NAME);
    body.extend_from_slice(&len.to_be_bytes());
    body.extend_from_slice(name.as_bytes());
    Ok(body)
}

/// The body of certificate_authorities, RFC 8446 §4.2.4.
pub(crate) fn authorities_body(authorities: &[Vec<u8>]) -> Result<Vec<u8>, Fault> {
    let mut body = Writer::default();
    body.vector(2, |list| authorities.iter().for_each(|name| list.opaque(2, name)));
    body.finish()
}

/// Reads CertificateRequest of TLS 1.2, RFC 5246 §7.4.4.
pub(crate) fn parse_certificate_request12(body: &[u8]) -> Result<CertificateRequest, Fault> {
    let mut reader = Reader::new(body);
    let certificate_types = reader.filled(1)?.rest().to_vec();
    let schemes = reader.list16(2)?;
    let authorities = Names::parse(reader.nested(2)?)?;
    reader.end()?;
    Ok(CertificateRequest { authorities, schemes, certificate_types, ..Default::default() })
}

/// Names in DER (X.501 Name) as a message carried them: one piece of memory, however many they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names(Vec<u8>);

impl Names {
    fn parse(list: Reader<'_>) -> Result<Names, Fault> {
        let mut names = list.clone();
        while !names.is_empty() {
            Element::only(names.vector(2)?, SEQUENCE)?;
        }
        Ok(Names({ list }.rest().to_vec()))
    }

    /// The names in order.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let mut list = Reader::new(&self.0);
        std::iter::from_fn(move || list.vector(2).ok())
    }

    /// There are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Reads CertificateVerify: scheme and signature.
pub(crate) fn parse_certificate_verify(body: &[u8]) -> Result<(SignatureScheme, &[u8]), Fault> {
    let mut reader = Reader::new(body);
    let scheme = reader.u16()?;
    let signature = reader.vector(2)?;
    reader.end()?;
    Ok((scheme, signature))
}

/// Makes CertificateVerify.
pub(crate) fn certificate_verify(scheme: SignatureScheme, signature: &[u8]) -> Result<Vec<u8>, Fault> {
    Writer::message(CERTIFICATE_VERIFY, |message| {
        message.u16(scheme);
        message.opaque(2, signature);
    })
}

/// Makes Finished.
pub(crate) fn finished(verify_data: &[u8]) -> Vec<u8> {
    Writer::message(FINISHED, |message| message.bytes(verify_data)).expect("a digest fits")
}

/// NewSessionTicket of TLS 1.3, RFC 8446 §4.6.1; of TLS 1.2, RFC 5077 §3.3, with only `lifetime`
/// and `ticket`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct NewSessionTicket {
    pub(crate) lifetime: u32,
    pub(crate) age_add: u32,
    pub(crate) nonce: Vec<u8>,
    pub(crate) ticket: Arc<[u8]>,
    pub(crate) max_early_data: Option<u32>,
}

impl NewSessionTicket {
    pub(crate) fn parse(body: &[u8]) -> Result<NewSessionTicket, Fault> {
        let mut reader = Reader::new(body);
        let mut new = NewSessionTicket { lifetime: reader.u32()?, age_add: reader.u32()?, ..Default::default() };
        new.nonce = reader.vector(1)?.to_vec();
        new.ticket = reader.filled(2)?.rest().into();
        let list = reader.nested(2)?;
        reader.end()?;
        for (kind, range) in extensions(list)? {
            if kind == EARLY_DATA {
                let mut extension = Reader::new(&body[range]);
                new.max_early_data = Some(extension.u32()?);
                extension.end()?;
            }
        }
        Ok(new)
    }

    pub(crate) fn encode(&self) -> Result<Vec<u8>, Fault> {
        self.encode_with(&self.ticket)
    }

    /// ... with this ticket.
    pub(crate) fn encode_with(&self, ticket: &[u8]) -> Result<Vec<u8>, Fault> {
        Writer::message(NEW_SESSION_TICKET, |message| {
            message.u32(self.lifetime);
            message.u32(self.age_add);
            message.opaque(1, &self.nonce);
            message.opaque(2, ticket);
            message.vector(2, |extensions| {
                if let Some(max) = self.max_early_data {
                    extensions.u16(EARLY_DATA);
                    extensions.vector(2, |body| body.u32(max));
                }
            });
        })
    }

    pub(crate) fn parse12(body: &[u8]) -> Result<NewSessionTicket, Fault> {
        let mut reader = Reader::new(body);
        let lifetime = reader.u32()?;
        let ticket = reader.vector(2)?.into();
        reader.end()?;
        Ok(NewSessionTicket { lifetime, ticket, ..Default::default() })
    }
}

/// Reads KeyUpdate, RFC 8446 §4.6.3: is one requested in return?
pub(crate) fn parse_key_update(body: &[u8]) -> Result<bool, Fault> {
    match body {
        [0] => Ok(false),
        [1] => Ok(true),
        [_] => Err(Fault::IllegalParameter),
        _ => Err(Fault::Decode),
    }
}

/// Makes KeyUpdate.
pub(crate) fn key_update(request: bool) -> [u8; 5] {
    [KEY_UPDATE, 0, 0, 1, request.into()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &[u8] = b"\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01x";

    fn body(message: &[u8]) -> &[u8] {
        split(message).unwrap().1
    }

    /// No prefix of `body` parses, nor does `body` with a byte behind it.
    fn exact<T>(body: &[u8], parse: impl Fn(&[u8]) -> Result<T, Fault>) {
        assert!(parse(body).is_ok());
        for len in 0..body.len() {
            assert!(parse(&body[..len]).is_err(), "{len} of {}", body.len());
        }
        assert!(matches!(parse(&[body, b"\0"].concat()), Err(Fault::Decode)));
    }

    #[test]
    fn the_front_of_a_stream() {
        let stream = [&key_update(true)[..], &[FINISHED, 0, 0]].concat();
        assert_eq!(front(&stream), Ok(Some(5)));
        assert_eq!(front(&stream[..4]), Ok(None));
        assert_eq!(front(&stream[5..]), Ok(None));
        assert_eq!(front(&[CERTIFICATE, 1, 0x90, 1]), Err(Fault::ExcessiveMessage));
        assert!(split(&stream).is_err());
    }

    #[test]
    fn certificates() {
        let whole = Certificate {
            context: b"context".to_vec(),
            chain: vec![b"leaf"[..].into(), b"ca"[..].into()],
            ocsp: Some(b"staple".to_vec()),
        };
        let message = whole.encode().unwrap();
        let body = body(&message);
        assert_eq!(Certificate::parse(body, &[STATUS_REQUEST]), Ok(whole));
        exact(body, |body| Certificate::parse(body, &[STATUS_REQUEST]));
        assert_eq!(Certificate::parse(body, &[]), Err(Fault::UnsupportedExtension));
        let none = certificate(b"", &[], None).unwrap();
        assert_eq!(none, [CERTIFICATE, 0, 0, 4, 0, 0, 0, 0]);
        assert!(Certificate::parse(&none[4..], &[]).unwrap().chain.is_empty());
    }

    #[test]
    fn certificates_that_may_not_be() {
        let parse = |chain: &[&[u8]]| Certificate::parse(body(&certificate(b"", chain, None).unwrap()), &[]);
        assert_eq!(parse(&[b""]), Err(Fault::Decode));
        assert_eq!(parse(&[b"leaf", b""]), Err(Fault::Decode));
        assert_eq!(parse(&[&b"x"[..]; MAX_CHAIN]).unwrap().chain.len(), MAX_CHAIN);
        assert_eq!(parse(&[&b"x"[..]; MAX_CHAIN + 1]), Err(Fault::IllegalParameter));
        assert_eq!(certificate(&[0; 256], &[], None), Err(Fault::Internal));
    }

    #[test]
    fn certificate_requests() {
        let message = certificate_request(b"round 1", &[0x0403, 0x0804], &[NAME.to_vec()]).unwrap();
        let request = parse_certificate_request(body(&message), true).unwrap();
        assert_eq!((&request.context[..], &request.schemes[..]), (&b"round 1"[..], &[0x0403, 0x0804][..]));
        assert!(request.authorities.iter().eq([NAME]) && request.post_handshake);
        exact(body(&message), |body| parse_certificate_request(body, true));
        let message = certificate_request(b"", &[0x0403], &[]).unwrap();
        exact(body(&message), |body| parse_certificate_request(body, false));
        assert_eq!(certificate_request(b"", &[], &[]), Err(Fault::Internal));
        assert_eq!(certificate_request(b"", &[1], &[vec![0; 40_000], vec![0; 40_000]]), Err(Fault::Internal));
    }

    #[test]
    fn certificate_requests_that_may_not_be() {
        let parse = |extensions: &[(u16, &[u8])]| {
            let mut writer = Writer::default();
            writer.opaque(1, b"");
            writer.vector(2, |list| {
                for (kind, body) in extensions {
                    list.u16(*kind);
                    list.opaque(2, body);
                }
            });
            parse_certificate_request(&writer.finish().unwrap(), false).map(|_| ()).err()
        };
        let schemes: (u16, &[u8]) = (SIGNATURE_ALGORITHMS, b"\0\x02\x04\x03");
        assert_eq!(parse(&[schemes]), None);
        assert_eq!(parse(&[(999, b"what?"), schemes]), None);
        assert_eq!(parse(&[]), Some(Fault::MissingExtension));
        assert_eq!(parse(&[schemes, schemes]), Some(Fault::IllegalParameter));
        assert_eq!(parse(&[schemes, (KEY_SHARE, b"")]), Some(Fault::IllegalParameter));
        assert_eq!(parse(&[(SIGNATURE_ALGORITHMS, b"\0\0")]), Some(Fault::Decode));
        assert_eq!(parse(&[(SIGNATURE_ALGORITHMS, b"\0\x03\x04\x03\x04")]), Some(Fault::Decode));
        assert_eq!(parse(&[(SIGNATURE_ALGORITHMS, b"\0\x02\x04\x03\0")]), Some(Fault::Decode));
        assert_eq!(parse(&[schemes, (CERTIFICATE_AUTHORITIES, b"\0\0")]), Some(Fault::Decode));
        assert_eq!(parse(&[schemes, (CERTIFICATE_AUTHORITIES, b"\0\x02\0\0")]), Some(Fault::Decode));
        assert_eq!(parse(&[schemes, (CERTIFICATE_AUTHORITIES, b"\0\x05\0\x03\x30\0\0")]), Some(Fault::Decode));
        assert_eq!(parse(&[schemes, (CERTIFICATE_AUTHORITIES, b"\0\x04\0\x02\x30\0")]), None);
    }

    #[test]
    fn certificate_requests_of_tls12() {
        let mut writer = Writer::default();
        writer.opaque(1, &[1, 64]);
        writer.list16(2, &[0x0403]);
        writer.vector(2, |list| list.opaque(2, NAME));
        let body = writer.finish().unwrap();
        let request = parse_certificate_request12(&body).unwrap();
        assert_eq!((&request.certificate_types[..], &request.schemes[..]), (&[1, 64][..], &[0x0403][..]));
        assert!(request.authorities.iter().eq([NAME]));
        exact(&body, parse_certificate_request12);
        assert!(parse_certificate_request12(b"\x01\x40\0\x02\x04\x03\0\0").is_ok());
        assert!(parse_certificate_request12(b"\0\0\x02\x04\x03\0\0").is_err());
        assert!(parse_certificate_request12(b"\x01\x40\0\0\0\0").is_err());
    }

    #[test]
    fn signatures() {
        let message = certificate_verify(0x0804, b"signature").unwrap();
        assert_eq!(parse_certificate_verify(body(&message)), Ok((0x0804, &b"signature"[..])));
        exact(body(&message), |body| parse_certificate_verify(body).map(|_| ()));
        assert_eq!(finished(b"mac"), b"\x14\0\0\x03mac");
    }

    #[test]
    fn tickets() {
        let mut new = NewSessionTicket {
            lifetime: 7200,
            age_add: 0xdeadbeef,
            nonce: vec![0, 1],
            ticket: b"ticket"[..].into(),
            max_early_data: None,
        };
        for max in [None, Some(16384)] {
            new.max_early_data = max;
            let message = new.encode().unwrap();
            assert_eq!(NewSessionTicket::parse(body(&message)), Ok(new.clone()));
            exact(body(&message), NewSessionTicket::parse);
        }
        // Extensions that nobody knows are passed over, one that comes twice is not.
        new.max_early_data = None;
        let message = new.encode().unwrap();
        let (plain, unknown) = (body(&message).strip_suffix(b"\0\0").unwrap(), b"\xfa\xfa\0\x01x");
        assert_eq!(NewSessionTicket::parse(&[plain, b"\0\x05", unknown].concat()), Ok(new.clone()));
        let twice = [plain, b"\0\x0a", unknown, unknown].concat();
        assert_eq!(NewSessionTicket::parse(&twice), Err(Fault::IllegalParameter));
        new.ticket = [].into();
        assert_eq!(NewSessionTicket::parse(body(&new.encode().unwrap())), Err(Fault::Decode));
        exact(b"\0\0\x0e\x10\0\x02tk", NewSessionTicket::parse12);
    }

    #[test]
    fn key_updates() {
        assert_eq!(parse_key_update(body(&key_update(true))), Ok(true));
        assert_eq!(parse_key_update(body(&key_update(false))), Ok(false));
        assert_eq!(parse_key_update(&[2]), Err(Fault::IllegalParameter));
        assert_eq!(parse_key_update(&[]), Err(Fault::Decode));
        assert_eq!(parse_key_update(&[0, 0]), Err(Fault::Decode));
    }
}
