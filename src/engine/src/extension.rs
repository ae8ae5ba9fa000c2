//! Extensions of the owner's in messages behind the ClientHello (RFC 8446 §4.2): added to those that rustls makes, and
//! taken out of those that it is to read. The transcript has what is on the wire.

use std::sync::Arc;

use crate::hello::{self, ServerHello};
use crate::messages::{self, CERTIFICATE, CERTIFICATE_REQUEST, ENCRYPTED_EXTENSIONS, SERVER_HELLO};
use crate::observe::Observer;
use crate::output;
use crate::reader::{Reader, Writer};
use crate::record::{self, APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE, HEADER, Opener};
use crate::{Fault, Role};

/// A list of extensions in a message of the handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Of TLS 1.2, or that of TLS 1.3 (where it is not protected).
    ServerHello,
    /// TLS 1.3.
    EncryptedExtensions,
    /// TLS 1.3.
    CertificateRequest,
    /// TLS 1.3: beside the certificate at this place of the chain, 0 for the leaf.
    Certificate(usize),
}

/// An extension of the owner's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// Where it stands.
    pub place: Place,
    /// Its type.
    pub kind: u16,
    /// Its body.
    pub body: Vec<u8>,
}

/// What the owner is shown of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReceivedExtensions {
    /// Extensions of the types that it reads, in the order in which they stand.
    pub extensions: Vec<Extension>,
    /// The certificates of a Certificate, in DER: nothing is known of them yet.
    pub chain: Vec<Arc<[u8]>>,
    /// A session is resumed.
    pub resumed: bool,
    /// Client: it is a HelloRetryRequest, of which none are read. Another ClientHello is due, for which the owner may
    /// have other extensions ([`Connection::extend_hello`]).
    ///
    /// [`Connection::extend_hello`]: crate::Connection::extend_hello
    pub is_retry: bool,
    /// The message is one of TLS 1.3.
    pub is_tls13: bool,
}

type List<'a> = Vec<(u16, &'a [u8])>;

/// The places of this message, TLS 1.3 but for the ServerHello.
fn place(typ: u8) -> Option<Place> {
    match typ {
        SERVER_HELLO => Some(Place::ServerHello),
        ENCRYPTED_EXTENSIONS => Some(Place::EncryptedExtensions),
        CERTIFICATE_REQUEST => Some(Place::CertificateRequest),
        CERTIFICATE => Some(Place::Certificate(0)),
        _ => None,
    }
}

fn list<'a>(reader: &mut Reader<'a>) -> Result<List<'a>, Fault> {
    let whole = reader.clone();
    let list = reader.nested(2)?;
    let found = messages::extensions(list)?;
    // The ranges are those of the outermost reader.
    let (start, mut bytes) = (whole.position(), whole);
    let bytes = bytes.rest();
    Ok(found.into_iter().map(|(kind, range)| (kind, &bytes[range.start - start..range.end - start])).collect())
}

fn write(out: &mut Writer, list: &List<'_>) {
    out.vector(2, |out| {
        for (kind, body) in list {
            out.u16(*kind);
            out.opaque(2, body);
        }
    });
}

/// The message with each of its lists of extensions as `change` leaves it.
fn edit<'a>(message: &'a [u8], mut change: impl FnMut(Place, &[u8], &mut List<'a>)) -> Result<Vec<u8>, Fault> {
    let (typ, body) = messages::split(message)?;
    let place = place(typ).ok_or(Fault::UnexpectedMessage)?;
    let mut reader = Reader::new(body);
    match place {
        Place::ServerHello => {
            reader.take(2 + 32)?;
            reader.vector(1)?;
            reader.take(2 + 1)?;
        }
        Place::EncryptedExtensions => {}
        Place::CertificateRequest | Place::Certificate(_) => drop(reader.vector(1)?),
    }
    let head = &body[..reader.position()];
    let Place::Certificate(_) = place else {
        // A ServerHello of TLS 1.2 may have no list.
        let mut extensions = if reader.is_empty() { Vec::new() } else { list(&mut reader)? };
        reader.end()?;
        change(place, &[], &mut extensions);
        return Writer::message(typ, |out| {
            out.bytes(head);
            write(out, &extensions);
        });
    };
    let mut entries = reader.nested(3)?;
    reader.end()?;
    let mut chain = Vec::new();
    while !entries.is_empty() {
        let certificate = entries.vector(3)?;
        let mut extensions = list(&mut entries)?;
        change(Place::Certificate(chain.len()), certificate, &mut extensions);
        chain.push((certificate, extensions));
    }
    Writer::message(typ, |out| {
        out.bytes(head);
        out.vector(3, |out| {
            for (certificate, extensions) in &chain {
                out.opaque(3, certificate);
                write(out, extensions);
            }
        });
    })
}

/// `message` with those of `added` that belong there; `None` when there are none.
pub(crate) fn with_added(message: &[u8], added: &[Extension]) -> Result<Option<Vec<u8>>, Fault> {
    let Some(&typ) = message.first() else { return Ok(None) };
    let same = |known: Place| match (place(typ), known) {
        (Some(Place::Certificate(_)), Place::Certificate(_)) => true,
        (Some(place), known) => place == known,
        _ => false,
    };
    if !added.iter().any(|extension| same(extension.place)) {
        return Ok(None);
    }
    edit(message, |place, _, list| {
        list.extend(added.iter().filter(|one| one.place == place).map(|one| (one.kind, &one.body[..])));
    })
    .map(Some)
}

/// `message` without extensions of these `kinds`, and those; `None` when there are none.
pub(crate) fn taken_out(message: &[u8], kinds: &[u16]) -> Result<Option<(Vec<u8>, ReceivedExtensions)>, Fault> {
    if message.first().and_then(|typ| place(*typ)).is_none() || hello::is_retry(message) {
        return Ok(None);
    }
    let mut received = ReceivedExtensions::default();
    let rest = edit(message, |place, certificate, list| {
        if let Place::Certificate(_) = place {
            received.chain.push(certificate.into());
        }
        let own = list.extract_if(.., |(kind, _)| kinds.contains(kind));
        received.extensions.extend(own.map(|(kind, body)| Extension { place, kind, body: body.to_vec() }));
    })?;
    if received.extensions.is_empty() {
        return Ok(None);
    }
    received.is_tls13 = message[0] != SERVER_HELLO || ServerHello::parse(message)?.version == 0x0304;
    Ok(Some((rest, received)))
}

impl Observer {
    /// A message of rustls', as it is on the wire; `None` when that is the same. What the owner adds to ours is noted.
    pub(crate) fn on_the_wire(&mut self, message: &[u8]) -> Option<Vec<u8>> {
        if !self.added.is_empty() && self.is_ours(message) {
            match with_added(message, &self.added) {
                Ok(None) => {}
                Ok(Some(whole)) => self.rewritten.push((message.to_vec(), whole)),
                Err(_) => self.unfit = true,
            }
        }
        self.rewritten_as(message).map(<[u8]>::to_vec)
    }

    pub(crate) fn rewritten_as(&self, message: &[u8]) -> Option<&[u8]> {
        self.rewritten.iter().find(|(shown, _)| shown == message).map(|(_, whole)| &whole[..])
    }

    /// A message that a server's rustls has made, with extensions.
    fn is_ours(&self, message: &[u8]) -> bool {
        let first = self.role == Role::Server && self.finished.is_empty();
        match message.first() {
            Some(&SERVER_HELLO) => first && !hello::is_retry(message),
            _ => first && self.is_tls13,
        }
    }

    fn rewrite(&self, mut flight: &[u8]) -> Result<Vec<u8>, Fault> {
        let mut out = Vec::with_capacity(flight.len());
        while let Some(len) = messages::front(flight)? {
            let (message, rest) = flight.split_at(len);
            out.extend_from_slice(self.rewritten_as(message).unwrap_or(message));
            flight = rest;
        }
        if flight.is_empty() { Ok(out) } else { Err(Fault::Internal) }
    }
}

/// A server's first flight as rustls has made it, with what the owner adds: records in the clear or as they were, and
/// messages of TLS 1.3 that are still to be sealed. rustls' own records must not leave then.
pub(crate) fn rewrite_flight(
    notes: &Observer,
    mut opener: Option<Opener>,
    mut records: Vec<u8>,
) -> Result<(Vec<u8>, Vec<u8>), Fault> {
    let (mut out, mut plain, mut sealed, mut protected) = (Vec::new(), Vec::new(), Vec::new(), false);
    let mut rest = &mut records[..];
    while let Some(&[typ, _, _, high, low]) = rest.first_chunk::<HEADER>() {
        let len = HEADER + usize::from(u16::from_be_bytes([high, low]));
        let (record, after) = rest.split_at_mut_checked(len).ok_or(Fault::Internal)?;
        match typ {
            HANDSHAKE if !protected => plain.extend_from_slice(&record[HEADER..]),
            APPLICATION_DATA => {
                let (typ, range) = opener.as_mut().ok_or(Fault::Internal)?.open(record)?;
                if typ != HANDSHAKE {
                    return Err(Fault::Internal);
                }
                sealed.extend_from_slice(&record[range]);
            }
            _ => {
                output::plain_handshake(&notes.rewrite(&plain)?, &mut out);
                plain.clear();
                out.extend_from_slice(record);
                protected |= typ == CHANGE_CIPHER_SPEC && !notes.is_tls13;
            }
        }
        rest = after;
    }
    output::plain_handshake(&notes.rewrite(&plain)?, &mut out);
    Ok((out, notes.rewrite(&sealed)?))
}

/// Opens the peer's records of a TLS 1.3 handshake, and seals again for rustls what it is to see: under the same keys,
/// but that never leaves.
pub(crate) struct Filter {
    pub(crate) opener: Opener,
    pub(crate) sealer: record::Sealer,
    /// Messages that rustls has not been given.
    pub(crate) waiting: Vec<u8>,
}

/// What becomes of a record, or of a message in it.
pub(crate) enum Filtered {
    /// rustls is given these records.
    Pass(Vec<u8>),
    /// The owner is shown extensions first; this is what rustls gets then.
    Show(Vec<u8>, ReceivedExtensions),
    /// More records are needed.
    More,
}

impl Filter {
    /// Takes a record; what is not of the handshake goes on to rustls at once, as does what does not open.
    pub(crate) fn take(&mut self, record: &[u8]) -> Result<Filtered, Fault> {
        let mut opened = record.to_vec();
        match self.opener.open(&mut opened) {
            Ok((HANDSHAKE, range)) => {
                self.waiting.extend_from_slice(&opened[range]);
                Ok(Filtered::More)
            }
            Ok((typ, range)) => self.seal(typ, &opened[range]).map(Filtered::Pass),
            Err(_) => Ok(Filtered::Pass(record.to_vec())),
        }
    }

    /// The next whole message.
    pub(crate) fn next(&mut self, notes: &mut Observer) -> Result<Filtered, Fault> {
        let Some(len) = messages::front(&self.waiting)? else { return Ok(Filtered::More) };
        let message: Vec<u8> = self.waiting.drain(..len).collect();
        match taken_out(&message, &notes.read)? {
            None => self.seal(HANDSHAKE, &message).map(Filtered::Pass),
            Some((rest, received)) => {
                notes.rewritten.push((rest.clone(), message));
                Ok(Filtered::Show(rest, received))
            }
        }
    }

    pub(crate) fn seal(&mut self, typ: u8, payload: &[u8]) -> Result<Vec<u8>, Fault> {
        let mut records = Vec::new();
        for chunk in payload.chunks(record::MAX_PAYLOAD) {
            self.sealer.seal(typ, chunk, &mut records)?;
        }
        Ok(records)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::{certificate, certificate_request};

    const KINDS: [u16; 2] = [0xff10, 0xff11];

    fn messages() -> Vec<(Vec<u8>, Vec<Place>)> {
        let hello = |extensions: &[u8]| {
            let body = [&[3, 3], &[7; 32][..], &[0, 0x13, 1, 0], extensions].concat();
            [&[SERVER_HELLO, 0, 0, body.len() as u8], &body[..]].concat()
        };
        let encrypted = vec![ENCRYPTED_EXTENSIONS, 0, 0, 6, 0, 4, 0, 0, 0, 0];
        vec![
            (hello(&[0, 6, 0, 43, 0, 2, 3, 4]), vec![Place::ServerHello]),
            (encrypted, vec![Place::EncryptedExtensions]),
            (certificate_request(b"", &[0x0403], &[]).unwrap(), vec![Place::CertificateRequest]),
            (
                certificate(b"", &[b"leaf", b"ca"], Some(b"staple")).unwrap(),
                vec![Place::Certificate(0), Place::Certificate(1)],
            ),
        ]
    }

    #[test]
    fn what_is_added_is_taken_out() {
        for (message, places) in messages() {
            let extension = |place, kind, body: &[u8]| Extension { place, kind, body: body.to_vec() };
            let of_place = |place| [extension(place, KINDS[0], b"one"), extension(place, KINDS[1], b"")];
            let added: Vec<Extension> = places.iter().copied().flat_map(of_place).collect();
            assert_eq!(taken_out(&message, &KINDS), Ok(None));
            assert_eq!(with_added(&message, &[]), Ok(None));
            let whole = with_added(&message, &added).unwrap().unwrap();
            let (rest, received) = taken_out(&whole, &KINDS).unwrap().unwrap();
            assert_eq!((&rest, &received.extensions), (&message, &added));
            assert!(received.is_tls13);
            assert_eq!(received.chain.len(), if places.len() == 2 { 2 } else { 0 });
            for len in 0..whole.len() {
                assert!(!matches!(taken_out(&whole[..len], &KINDS), Ok(Some(_))), "{len}");
            }
            let twice = [extension(places[0], KINDS[0], b""), extension(places[0], KINDS[0], b"")];
            let twice = with_added(&message, &twice).unwrap().unwrap();
            assert_eq!(taken_out(&twice, &KINDS), Err(Fault::IllegalParameter));
            assert!(with_added(&message, &[extension(places[0], 1, &[0; 65_530])]).is_err());
        }
    }

    #[test]
    fn a_server_hello_without_a_list() {
        let hello = [&[SERVER_HELLO, 0, 0, 38, 3, 3], &[7; 32][..], &[0, 0xc0, 0x2f, 0]].concat();
        let added = [Extension { place: Place::ServerHello, kind: KINDS[0], body: Vec::new() }];
        let whole = with_added(&hello, &added).unwrap().unwrap();
        let (rest, received) = taken_out(&whole, &KINDS).unwrap().unwrap();
        assert_eq!((&received.extensions[..], received.is_tls13), (&added[..], false));
        assert_eq!(rest[42..], [0, 0]);
    }
}
