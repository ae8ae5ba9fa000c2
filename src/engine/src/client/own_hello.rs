//! A client's ClientHello: how ours differs from the one that rustls makes.

use rustls::pki_types::{DnsName, ServerName};

use crate::messages::{self, CERTIFICATE_AUTHORITIES, POST_HANDSHAKE_AUTH, STATUS_REQUEST};
use crate::observe::Notes;
use crate::output::Output;
use crate::signature::Offered;
use crate::{ClientConfig, Error, Protocol, record};

/// Notes what is to be put in and left out; the name that rustls is to ask for.
pub(super) fn amend(
    config: &ClientConfig,
    server_name: Option<&str>,
    notes: &mut Notes,
) -> Result<ServerName<'static>, Error> {
    let asked = server_name.filter(|name| !name.is_empty());
    // rustls asks for names of the DNS alone, without the dot at their end.
    let dns = asked.filter(|name| !name.ends_with('.')).and_then(|name| DnsName::try_from(name.to_owned()).ok());
    let name = match (asked, dns) {
        (_, Some(dns)) => ServerName::DnsName(dns),
        (asked, None) => {
            if let Some(name) = asked {
                notes.amendments.remove.push(messages::SERVER_NAME);
                notes.amendments.insert.push((messages::SERVER_NAME, messages::server_name_body(name)?));
            }
            // Only a key for rustls' session store, which ignores it.
            ServerName::try_from("nameless").map_err(|_| Error::WrongState)?
        }
    };
    notes.offered = Offered::of(&config.settings.parameters);
    if config.settings.post_handshake_auth && config.settings.parameters.max == Protocol::Tls13 {
        notes.amendments.insert.push((POST_HANDSHAKE_AUTH, Vec::new()));
    }
    if !config.settings.authorities.is_empty() && config.settings.parameters.max == Protocol::Tls13 {
        let names = messages::authorities_body(&config.settings.authorities)?;
        notes.amendments.insert.push((CERTIFICATE_AUTHORITIES, names));
    }
    if !config.settings.ask_for_ocsp {
        notes.amendments.remove.push(STATUS_REQUEST); // rustls always asks
    }
    if config.settings.old_master_secret {
        notes.amendments.remove.push(messages::EXTENDED_MASTER_SECRET);
    }
    if let (true, Some(request)) = (config.settings.ask_for_ocsp, &config.settings.ocsp_request) {
        notes.amendments.remove.push(STATUS_REQUEST);
        notes.amendments.insert.push((STATUS_REQUEST, request.clone()));
    }
    Ok(name)
}

/// Queues what rustls produced; a ClientHello gets our extra extensions.
pub(super) fn put_hello(produced: &[u8], notes: &Notes, output: &mut Output) -> Result<(), Error> {
    let mut rest = produced;
    while rest.len() >= record::HEADER {
        let len = record::HEADER + usize::from(u16::from_be_bytes([rest[3], rest[4]]));
        let (record, after) = rest.split_at(len.min(rest.len()));
        let body = &record[record::HEADER..];
        let is_hello = record[0] == record::HANDSHAKE && body.first() == Some(&messages::CLIENT_HELLO);
        if is_hello && !notes.amendments.is_empty() {
            let hello = notes.amendments.apply(body)?;
            let version = u16::from_be_bytes([record[1], record[2]]);
            let fragments = hello.chunks(record::MAX_PAYLOAD);
            fragments.for_each(|fragment| record::plain(record::HANDSHAKE, version, fragment, output.buffer()));
        } else {
            output.buffer().extend_from_slice(record);
        }
        rest = after;
    }
    Ok(())
}
