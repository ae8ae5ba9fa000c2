//! Choosing our certificate.

use std::ffi::{c_int, c_uint, c_void};
use std::sync::Arc;

use standin_engine::{CertificateRequest, Connection, Identity, SignatureScheme};

use super::config::Candidates;
use super::{Handle, Session, attempt, flag, hello, with};
use crate::algorithm::{RSA_PSS_RSAE, X509, pk, pk_of_scheme};
use crate::credentials::{Certificate, Certificates, Entry, Retrieve, RetrieveInfo, Retrieved1, identity};
use crate::error;
use crate::gnutls::{
    self, Datum, Owned, Pcert, PrivateKey, gnutls_free, gnutls_pcert_import_x509, gnutls_privkey_import_x509,
    gnutls_privkey_init, gnutls_x509_crt_deinit, gnutls_x509_privkey_deinit,
};

/// What we present, or have presented.
#[derive(Default)]
pub struct Ours {
    /// The program's function is at it: what it calls on the session must not lead back to it.
    choosing: bool,
    /// The leaf, for gnutls_certificate_get_ours.
    leaf: Option<(Arc<[u8]>, Box<Datum>)>,
    /// The server has asked for one.
    pub requested: bool,
    /// A callback's key that signs where it is, and is ours to free.
    key: Option<Owned<PrivateKey>>,
    /// Chosen, and not presented yet.
    chosen: Option<Given>,
}

// SAFETY: the datum points to the bytes beside it.
unsafe impl Send for Ours {}

impl Ours {
    fn set(&mut self, identity: Option<&Identity>) {
        self.leaf = identity.and_then(|identity| identity.chain.first()).map(|leaf| {
            let leaf = leaf.clone();
            let datum = Box::new(Datum::lent(&leaf));
            (leaf, datum)
        });
    }
}

/// What a callback has given.
#[derive(Default)]
struct Given {
    identity: Option<Identity>,
    key: Option<Owned<PrivateKey>>,
}

/// Chooses for a request of the handshake that came along with the server's chain: in TLS 1.3 the program is asked
/// before it judges the chain.
///
/// # Safety
/// `session` is live and not borrowed.
pub unsafe fn ahead(session: *mut Handle) -> Result<(), c_int> {
    // SAFETY: the callers' promise.
    unsafe {
        let due = with(session, |session| {
            let requests = session.connection.as_ref().is_some_and(|it| it.certificate_request().is_some());
            requests && !session.is_server() && session.is_tls13() && session.ours.chosen.is_none()
        })?;
        if due {
            let given = choose(session)?;
            with(session, |session| {
                session.ours.set(given.identity.as_ref());
                session.ours.chosen = Some(given);
            })?;
        }
        Ok(())
    }
}

/// Presents the client's certificate, or none, for the request that waits.
///
/// # Safety
/// `session` is live and not borrowed.
pub unsafe fn present(session: *mut Handle) -> Result<(), c_int> {
    // SAFETY: the callers' promise.
    unsafe {
        let given = match with(session, |session| session.ours.chosen.take())? {
            Some(given) => given,
            None => choose(session)?,
        };
        let presented = with(session, |session| {
            session.tell_presented(given.identity.as_ref());
            session.ours.set(given.identity.as_ref());
            session.ours.key = given.key;
            match &mut session.connection {
                Some(connection) => connection.present(given.identity),
                None => Err(standin_engine::Error::WrongState),
            }
        })?;
        presented.or_else(|error| Err(with(session, |session| session.failed(&error))?))
    }
}

unsafe fn choose(session: *mut Handle) -> Result<Given, c_int> {
    // SAFETY: the callers' promise; callbacks run with nothing borrowed.
    unsafe {
        let (request, tls13) = attempt(session, |session| {
            session.ours.requested = true;
            let request = session.connection.as_ref().and_then(Connection::certificate_request).cloned();
            Ok((request.ok_or(error::INTERNAL_ERROR)?, session.is_tls13()))
        })?;
        let retrieve = with(session, |session| {
            session.held.certificate().map_or(Retrieve::None, |cred| cred.read(|state| state.retrieve))
        })?;
        Ok(match retrieve {
            Retrieve::None => Given { identity: with(session, |session| find(session, &request, tls13))?, key: None },
            retrieve => {
                attempt(session, |session| match std::mem::replace(&mut session.ours.choosing, true) {
                    true => Err(error::INVALID_SESSION),
                    false => Ok(()),
                })?;
                let given = ask(session, retrieve, &named(&request), &pk_algorithms(&request, tls13));
                with(session, |session| session.ours.choosing = false)?;
                given?
            }
        })
    }
}

/// The CAs that the server names.
fn named(request: &CertificateRequest) -> Vec<Vec<u8>> {
    request.authorities.iter().map(<[u8]>::to_vec).collect()
}

/// Kinds of keys that the server takes, each once, as the program is told of them.
fn pk_algorithms(request: &CertificateRequest, tls13: bool) -> Vec<c_uint> {
    let mut algorithms = Vec::new();
    let schemes = request.schemes.iter().filter_map(|scheme| pk_of_scheme(*scheme));
    let types = request.certificate_types.iter().filter_map(|kind| match kind {
        1 => Some(pk::RSA),
        64 => Some(pk::ECDSA),
        _ => None,
    });
    let list: Vec<_> = if tls13 { schemes.collect() } else { types.collect() };
    for algorithm in list {
        if !algorithms.contains(&algorithm) {
            algorithms.push(algorithm);
        }
    }
    algorithms
}

/// The first certificate that the server takes: by who issued it, and by the kind of its key. A single one is presented
/// to whoever names no authorities.
fn find(session: &Session, request: &CertificateRequest, tls13: bool) -> Option<Identity> {
    let mut algorithms = pk_algorithms(request, tls13);
    // RSA-PSS is signed with keys for RSA as well.
    if request.schemes.iter().any(|scheme| RSA_PSS_RSAE.contains(scheme)) && tls13 {
        algorithms.push(pk::RSA);
    }
    session.held.certificate()?.read(|state| {
        let entries = &state.entries;
        let only = entries.len() == 1 && (request.authorities.is_empty() || session.has(flag::FORCE_CLIENT_CERT));
        // Who has more than one is to know from whom it should be.
        let found = request
            .authorities
            .iter()
            .find_map(|name| entries.iter().find(|entry| algorithms.contains(&entry.pk) && entry.is_issued_by(name)));
        // PKCS #1 is none of TLS 1.3's.
        let serves = |scheme: &SignatureScheme| request.schemes.contains(scheme) && !(tls13 && scheme & 0xff == 1);
        let signs = |entry: &&Arc<Entry>| entry.identity.key.schemes().iter().any(serves);
        entries.first().filter(|_| only).or(found).filter(signs).map(|entry| entry.identity.clone())
    })
}

/// The certificates that a server chooses from.
///
/// # Safety
/// `session` is live and not borrowed.
pub unsafe fn server(session: *mut Handle, has_psk: bool) -> Result<Candidates, c_int> {
    // SAFETY: the callers' promise; callbacks run with nothing borrowed.
    unsafe {
        let retrieve = with(session, |session| {
            session.held.certificate().map(|cred| cred.read(|state| (state.retrieve, state.entries.is_empty())))
        })?;
        match retrieve {
            Some((Retrieve::None, true)) | None if !has_psk => {
                // Only sessions and keys could help now, and those need no certificate.
                match (with(session, |session| session.may_resume())?, retrieve) {
                    (true, _) => Ok(Candidates::Held(Vec::new())),
                    (false, Some(_)) => Err(error::NO_CIPHER_SUITES),
                    (false, None) => Err(error::INSUFFICIENT_CREDENTIALS),
                }
            }
            Some((Retrieve::None, _)) => {
                let candidates = with(session, |session| hello::candidates(session))?;
                stapled(session, candidates)
            }
            None => Ok(Candidates::Held(Vec::new())),
            Some((retrieve, _)) => {
                let given = ask(session, retrieve, &[], &[])?;
                let identity = given.identity.ok_or(error::INSUFFICIENT_CREDENTIALS)?;
                with(session, |session| {
                    session.ours.set(Some(&identity));
                    session.ours.key = given.key;
                })?;
                Ok(Candidates::Given(vec![identity]))
            }
        }
    }
}

/// Has the program's functions staple what they have, if the client asks for it.
unsafe fn stapled(session: *mut Handle, candidates: Candidates) -> Result<Candidates, c_int> {
    let Candidates::Held(places) = &candidates else { return Ok(candidates) };
    // SAFETY: the callers' promise; the program's functions run with nothing borrowed.
    unsafe {
        let found = with(session, |session| {
            let hello = session.client_hello().filter(|hello| hello.status_request)?;
            session.held.certificate().map(|cred| {
                cred.read(|state| {
                    let mut kinds: Vec<&[SignatureScheme]> = Vec::new();
                    let mut entry = |place: &usize| {
                        let entry = state.entries.get(*place)?;
                        // Nobody is asked about a chain that another one comes before, or that has a staple.
                        let schemes = entry.identity.key.schemes();
                        let chosen = !kinds.contains(&schemes) && schemes.iter().any(|it| hello.schemes.contains(it));
                        kinds.push(schemes);
                        let own = entry.ocsp_function.read().ok().and_then(|function| *function);
                        let presented = entry.presented();
                        let asked = chosen && !entry.has_staple();
                        Some((presented, own.or(state.ocsp).filter(|_| asked)))
                    };
                    places.iter().filter_map(&mut entry).collect::<Vec<_>>()
                })
            })
        })?;
        let Some(found) = found.filter(|found| found.iter().any(|(_, function)| function.is_some())) else {
            return Ok(candidates);
        };
        let mut identities = Vec::new();
        for (mut identity, function) in found {
            if let Some((function, data)) = function {
                let mut response = Datum::EMPTY;
                match function(session, data.0, &mut response) {
                    0.. => {
                        let response = response.taken();
                        identity.ocsp = (!response.is_empty()).then(|| response.into());
                    }
                    error::NO_CERTIFICATE_STATUS => {}
                    error => return Err(error),
                }
            }
            identities.push(identity);
        }
        Ok(Candidates::Given(identities))
    }
}

/// Asks the program's callback.
unsafe fn ask(
    session: *mut Handle,
    retrieve: Retrieve,
    authorities: &[Vec<u8>],
    algorithms: &[c_uint],
) -> Result<Given, c_int> {
    let names: Vec<Datum> = authorities.iter().map(|name| Datum::lent(name)).collect();
    let or_null = |empty: bool, pointer: *const Datum| if empty { std::ptr::null() } else { pointer };
    let names_at = or_null(names.is_empty(), names.as_ptr());
    let (names_len, algorithms_len) = (names.len() as c_int, algorithms.len() as c_int);
    let algorithms_at = if algorithms.is_empty() { std::ptr::null() } else { algorithms.as_ptr() };
    // SAFETY: the program's functions, with nothing borrowed; what they give is used as they say.
    unsafe {
        match retrieve {
            Retrieve::None => Ok(Given::default()),
            Retrieve::One(function) => {
                let mut out: Retrieved1 = std::mem::zeroed();
                match function(session, names_at, names_len, algorithms_at, algorithms_len, &mut out) {
                    0.. => taken_objects(out),
                    _ => Err(error::USER_ERROR),
                }
            }
            Retrieve::Two(function) => {
                let (mut certs, mut size, mut key) = (std::ptr::null_mut(), 0, std::ptr::null_mut());
                match function(
                    session,
                    names_at,
                    names_len,
                    algorithms_at,
                    algorithms_len,
                    &mut certs,
                    &mut size,
                    &mut key,
                ) {
                    0.. => taken(certs, size, key, false),
                    _ => Err(error::USER_ERROR),
                }
            }
            Retrieve::Three(function) => {
                let cred: *const Certificate = with(session, |session| session.held.certificate.cast_const())?;
                let info = RetrieveInfo {
                    version: 0,
                    cred,
                    authorities: names_at,
                    authorities_size: names.len() as c_uint,
                    pk_algorithms: algorithms_at,
                    pk_algorithms_size: algorithms.len() as c_uint,
                    padding: [0; 64],
                };
                let (mut certs, mut size, mut key, mut flags) = (std::ptr::null_mut(), 0, std::ptr::null_mut(), 0);
                let (mut staples, mut staples_size): (*mut c_void, c_uint) = (std::ptr::null_mut(), 0);
                let answer = function(
                    session,
                    &info,
                    &mut certs,
                    &mut size,
                    &mut staples,
                    &mut staples_size,
                    &mut key,
                    &mut flags,
                );
                if answer < 0 {
                    return Err(error::USER_ERROR);
                }
                let mut given = taken(certs, size, key, flags & DEINIT_ALL != 0)?;
                if let Some(identity) = &mut given.identity {
                    identity.ocsp = staple(staples, staples_size, flags & DEINIT_ALL != 0);
                }
                Ok(given)
            }
        }
    }
}

/// GNUTLS_CERT_RETR_DEINIT_ALL.
const DEINIT_ALL: c_uint = 1;

/// gnutls_ocsp_data_st.
#[repr(C)]
struct OcspData {
    version: c_uint,
    response: Datum,
    expiry: libc::time_t,
    padding: [u8; 32],
}

/// The first of a callback's staples.
unsafe fn staple(list: *mut c_void, size: c_uint, free: bool) -> Option<Arc<[u8]>> {
    if list.is_null() || size == 0 {
        return None;
    }
    // SAFETY: the program's list of that size; freed only if it says so.
    unsafe {
        let staples = std::slice::from_raw_parts(list.cast::<OcspData>(), size as usize);
        let first = Arc::from(staples[0].response.bytes());
        if free {
            staples.iter().for_each(|staple| gnutls_free(staple.response.data.cast()));
            gnutls_free(list);
        }
        Some(first)
    }
}

/// An identity from a callback's parsed certificates; `free`: they are ours.
unsafe fn taken(certs: *mut Pcert, size: c_uint, key: *mut PrivateKey, free: bool) -> Result<Given, c_int> {
    if certs.is_null() || size == 0 || key.is_null() {
        return Ok(Given::default());
    }
    // SAFETY: the program's list of that size.
    unsafe {
        let list = std::slice::from_raw_parts(certs, size as usize);
        if list[0].kind != X509 {
            return Err(error::INVALID_REQUEST);
        }
        let identity = identity::identity(list, key);
        let mut key = None.or_else(|| if free { Owned::from_raw(key) } else { None });
        if free {
            let mut owned = Certificates::default();
            list.iter().for_each(|cert| owned.push(*cert));
            gnutls_free(certs.cast());
        }
        if identity.is_err() {
            key = None;
        }
        Ok(Given { identity: Some(identity?), key })
    }
}

/// An identity from a callback's certificates and key of the older kind.
unsafe fn taken_objects(out: Retrieved1) -> Result<Given, c_int> {
    /// GNUTLS_PRIVKEY_X509.
    const X509_KEY: c_uint = 0;
    if out.size == 0 || out.certs.is_null() || out.key.is_null() {
        return Ok(Given::default());
    }
    if out.kind != X509 || out.key_type != X509_KEY {
        return Err(error::UNSUPPORTED_CERTIFICATE_TYPE);
    }
    // SAFETY: the program's objects; freed only if it says so.
    unsafe {
        let objects = std::slice::from_raw_parts(out.certs, out.size as usize);
        let made = (|| {
            let mut certs = Certificates::default();
            for cert in objects {
                let mut pcert = Pcert { pubkey: std::ptr::null_mut(), cert: Datum::EMPTY, kind: 0 };
                match gnutls_pcert_import_x509(&mut pcert, *cert, 0) {
                    0.. => certs.push(pcert),
                    error => return Err(error),
                }
            }
            let key = Owned::made(gnutls_privkey_init)?;
            match gnutls_privkey_import_x509(key.as_ptr(), out.key, gnutls::PRIVKEY_IMPORT_COPY) {
                0.. => {}
                error => return Err(error),
            }
            Ok(Given { identity: Some(identity::identity(certs.as_slice(), key.as_ptr())?), key: Some(key) })
        })();
        if out.deinit_all != 0 {
            objects.iter().for_each(|cert| gnutls_x509_crt_deinit(*cert));
            gnutls_free(out.certs.cast());
            gnutls_x509_privkey_deinit(out.key);
        }
        made
    }
}

versioned! {
    /// The certificate that we present; it stays the session's.
    pub unsafe extern "C" fn gnutls_certificate_get_ours(session: *mut Handle) -> *const Datum {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| {
            let known = session.own_leaf().is_some();
            session.ours.leaf.as_ref().filter(|_| known).map_or(std::ptr::null(), |(_, datum)| &raw const **datum)
        }) }.unwrap_or(std::ptr::null())
    }

    /// Has the server asked for our certificate?
    pub unsafe extern "C" fn gnutls_certificate_client_get_request_status(session: *mut Handle) -> c_uint {
        // SAFETY: the program's pointer.
        unsafe { with(session, |session| c_uint::from(session.ours.requested)) }.unwrap_or(0)
    }
}

impl Session {
    /// The certificate that we present; none of credentials that are gone.
    pub fn own_leaf(&mut self) -> Option<&[u8]> {
        self.held.certificate()?;
        if self.ours.leaf.is_none() && self.is_server() {
            self.note_own_certificate();
        }
        self.ours.leaf.as_ref().map(|(leaf, _)| &leaf[..])
    }

    /// Which of its certificates a server presented: told by the scheme that it signed with.
    fn note_own_certificate(&mut self) {
        let Some(agreed) = self.agreed() else { return };
        let Some(scheme) = agreed.own_scheme else { return };
        let wanted = self.server_name.as_ref().and_then(|name| name.to_str().ok()).map(str::to_owned);
        let found = self.held.certificate().and_then(|cred| {
            cred.read(|state| {
                let signs = |entry: &&Arc<Entry>| entry.identity.key.schemes().contains(&scheme);
                let named =
                    wanted.and_then(|name| state.entries.iter().filter(signs).find(|entry| entry.serves(&name)));
                named.or_else(|| state.entries.iter().find(signs)).map(|entry| entry.identity.clone())
            })
        });
        self.ours.set(found.as_ref());
    }
}
