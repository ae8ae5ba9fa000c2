//! A session in DER and PEM, as OpenSSL writes it.

use std::ffi::{c_char, c_int, c_long, c_uchar, c_void};
use std::ptr;

use standin_boundary::Answer;
use standin_engine::PeerChain;
use zeroize::Zeroizing;

use super::accessors::{CONTEXT_MAX, ID_MAX, SECRET_MAX, read};
use super::{Content, SSL_SESSION, now};
use crate::cipher::SSL_CIPHER;
use crate::error::{self, Reason, reason};
use crate::libcrypto::bio::BIO_new_fp;
use crate::libcrypto::pem::{PEM_bytes_read_bio, PEM_write_bio, PasswordCallback};
use crate::libcrypto::{BIO, Owned, X509, mem};

/// SSL_SESSION_ASN1_VERSION.
const VERSION: i64 = 1;
/// What PEM calls a session.
const PEM_NAME: &std::ffi::CStr = c"SSL SESSION PARAMETERS";
/// SSL_SESS_FLAG_EXTMS.
const EXTENDED: i64 = 1;

const INTEGER: u8 = 0x02;
const OCTETS: u8 = 0x04;
const SEQUENCE: u8 = 0x30;

/// Numbers of the optional fields.
mod field {
    pub const TIME: u8 = 1;
    pub const TIMEOUT: u8 = 2;
    pub const PEER: u8 = 3;
    pub const CONTEXT: u8 = 4;
    pub const VERIFY_RESULT: u8 = 5;
    pub const HOSTNAME: u8 = 6;
    pub const LIFETIME: u8 = 9;
    pub const TICKET: u8 = 10;
    pub const FLAGS: u8 = 13;
    pub const TICKET_AGE_ADD: u8 = 14;
    pub const MAX_EARLY_DATA: u8 = 15;
    pub const ALPN: u8 = 16;
    pub const TICKET_DATA: u8 = 18;
    pub const GROUP: u8 = 19;
}

fn put(out: &mut Vec<u8>, tag: u8, value: &[u8]) {
    out.push(tag);
    let len = value.len();
    if len < 0x80 {
        out.push(len as u8); // short form
    } else {
        let bytes = len.to_be_bytes();
        let skip = bytes.iter().take_while(|&&byte| byte == 0).count();
        out.push(0x80 | (bytes.len() - skip) as u8); // at most eight
        out.extend_from_slice(&bytes[skip..]);
    }
    out.extend_from_slice(value);
}

fn put_integer(out: &mut Vec<u8>, value: i64) {
    let bytes = value.to_be_bytes();
    let redundant = |at: usize| {
        let sign = if bytes[at + 1] & 0x80 == 0 { 0 } else { 0xff };
        bytes[at] == sign
    };
    let skip = (0..7).take_while(|&at| redundant(at)).count();
    put(out, INTEGER, &bytes[skip..]);
}

fn put_octets_in(out: &mut Vec<u8>, number: u8, value: &[u8]) {
    if !value.is_empty() {
        put_octets_always(out, number, value);
    }
}

fn put_octets_always(out: &mut Vec<u8>, number: u8, value: &[u8]) {
    let mut inner = Vec::new();
    put(&mut inner, OCTETS, value);
    put(out, 0xa0 | number, &inner);
}

fn put_integer_in(out: &mut Vec<u8>, number: u8, value: i64) {
    if value != 0 {
        let mut inner = Vec::new();
        put_integer(&mut inner, value);
        put(out, 0xa0 | number, &inner);
    }
}

/// A session and nothing behind it.
pub fn whole(der: &[u8]) -> Result<Content, Reason> {
    let mut rest = Der(der);
    let fields = rest.take().filter(|(tag, _)| *tag == SEQUENCE).map(|(_, fields)| fields);
    let fields = fields.filter(|_| rest.0.is_empty()).ok_or(Reason::ASN1_LIB)?;
    Content::from_der(fields)
}

impl Content {
    fn to_der(&self) -> Option<Vec<u8>> {
        self.encoded(&self.id, self.time.get())
    }

    /// What goes into a ticket. A session there has no id; and an identity counts from when it was proven.
    pub(super) fn ticket_der(&self) -> Option<Zeroizing<Vec<u8>>> {
        let authenticated = self.engine.known().filter(|engine| engine.peer().is_some());
        let proven = authenticated.and_then(|engine| c_long::try_from(engine.authenticated()).ok());
        self.encoded(&[], proven.map_or(self.time.get(), |proven| proven.min(self.time.get()))).map(Zeroizing::new)
    }

    fn encoded(&self, id: &[u8], time: c_long) -> Option<Vec<u8>> {
        let mut fields = Vec::new();
        put_integer(&mut fields, VERSION);
        put_integer(&mut fields, i64::from(self.version));
        put(&mut fields, OCTETS, &self.suite?.to_be_bytes());
        put(&mut fields, OCTETS, id);
        put(&mut fields, OCTETS, &self.secret);
        put_integer_in(&mut fields, field::TIME, time);
        put_integer_in(&mut fields, field::TIMEOUT, self.timeout.get());
        if let Some(peer) = self.peer_der() {
            put(&mut fields, 0xa0 | field::PEER, &peer);
        }
        put_octets_always(&mut fields, field::CONTEXT, &self.context);
        put_integer_in(&mut fields, field::VERIFY_RESULT, self.verify_result);
        put_octets_in(&mut fields, field::HOSTNAME, self.hostname.as_ref().map_or(&[], |name| name.to_bytes()));
        put_integer_in(&mut fields, field::LIFETIME, i64::from(self.ticket_lifetime));
        put_octets_in(&mut fields, field::TICKET, &self.ticket);
        put_integer_in(&mut fields, field::FLAGS, if self.extended_master_secret { EXTENDED } else { 0 });
        put_integer_in(&mut fields, field::TICKET_AGE_ADD, i64::from(self.ticket_age_add));
        put_integer_in(&mut fields, field::MAX_EARLY_DATA, i64::from(self.max_early_data));
        put_octets_in(&mut fields, field::ALPN, &self.alpn);
        put_octets_in(&mut fields, field::TICKET_DATA, &self.ticket_data);
        put_integer_in(&mut fields, field::GROUP, i64::from(self.group));
        let mut der = Vec::new();
        put(&mut der, SEQUENCE, &fields);
        Some(der)
    }

    fn peer_der(&self) -> Option<Vec<u8>> {
        Some(self.peer_chain.as_ref()?.0.first()?.to_vec())
    }

    fn from_der(fields: &[u8]) -> Result<Content, Reason> {
        let mut rest = Der(fields);
        let mut next = |tag| rest.take().filter(|(found, _)| *found == tag).map(|(_, value)| value);
        let version = next(INTEGER).and_then(integer).ok_or(Reason::ASN1_LIB)?;
        let protocol = next(INTEGER).and_then(integer).ok_or(Reason::ASN1_LIB)?;
        let suite = next(OCTETS).ok_or(Reason::ASN1_LIB)?;
        let id = next(OCTETS).filter(|id| id.len() <= ID_MAX).ok_or(Reason::ASN1_LIB)?;
        let secret = next(OCTETS).filter(|secret| secret.len() <= SECRET_MAX).ok_or(Reason::ASN1_LIB)?;
        if version != VERSION {
            return Err(reason::UNKNOWN_SSL_VERSION);
        }
        if protocol >> 8 != 3 {
            return Err(reason::UNSUPPORTED_SSL_VERSION);
        }
        let suite = <[u8; 2]>::try_from(suite).map_err(|_| reason::CIPHER_CODE_WRONG_LENGTH)?;
        let mut content = Content {
            version: protocol as c_int, // 0x03xx
            suite: Some(SSL_CIPHER::find(u16::from_be_bytes(suite)).ok_or(Reason::ASN1_LIB)?.code),
            id: id.to_vec(),
            secret: secret.to_vec().into(),
            time: now().into(),
            timeout: 3.into(),
            ..Content::default()
        };
        while let Some((tag, value)) = rest.take() {
            content.read_field(tag & 0x1f, value).ok_or(Reason::ASN1_LIB)?;
        }
        if !rest.0.is_empty() {
            return Err(Reason::ASN1_LIB);
        }
        Ok(content)
    }

    fn read_field(&mut self, number: u8, value: &[u8]) -> Option<()> {
        let mut inner = Der(value);
        let (tag, value) = inner.take()?;
        let octets = || (tag == OCTETS).then(|| value.to_vec());
        let number_in = || if tag == INTEGER { integer(value) } else { None };
        match number {
            // Zero is what is not written: the defaults stay.
            field::TIME => self.time = Some(number_in()?).filter(|&time| time != 0).unwrap_or(self.time.get()).into(),
            field::TIMEOUT => {
                self.timeout = Some(number_in()?).filter(|&time| time != 0).unwrap_or(self.timeout.get()).into()
            }
            field::PEER => {
                let mut der = Vec::new();
                put(&mut der, tag, value);
                self.peer = Some(Owned::<X509>::from_der(&der)?).into();
                self.peer_chain = Some(PeerChain([der.into()].into()));
            }
            field::CONTEXT => self.context = octets().filter(|context| context.len() <= CONTEXT_MAX)?,
            field::VERIFY_RESULT => self.verify_result = number_in()?,
            field::HOSTNAME => self.hostname = std::ffi::CString::new(octets()?).ok(),
            field::LIFETIME => self.ticket_lifetime = u32::try_from(number_in()?).ok()?,
            field::TICKET => self.ticket = octets()?.into(),
            field::FLAGS => self.extended_master_secret = number_in()? & EXTENDED != 0,
            field::MAX_EARLY_DATA => self.max_early_data = u32::try_from(number_in()?).ok()?,
            field::ALPN => self.alpn = octets()?,
            field::TICKET_DATA => self.ticket_data = octets()?,
            field::TICKET_AGE_ADD => self.ticket_age_add = u32::try_from(number_in()?).ok()?,
            field::GROUP => self.group = u16::try_from(number_in()?).ok()?,
            // Fields of features that are not served.
            _ => {}
        }
        Some(())
    }
}

/// Reads DER.
struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    /// Takes the next element off.
    fn take(&mut self) -> Option<(u8, &'a [u8])> {
        let (&tag, rest) = self.0.split_first()?;
        let (&first, mut rest) = rest.split_first()?;
        let len = match first {
            0..=0x7f => usize::from(first),
            0x81..=0x84 => {
                let (bytes, after) = rest.split_at_checked(usize::from(first & 0x7f))?;
                rest = after;
                bytes.iter().fold(0, |len, &byte| len << 8 | usize::from(byte))
            }
            _ => return None,
        };
        let (value, rest) = rest.split_at_checked(len)?;
        self.0 = rest;
        Some((tag, value))
    }
}

fn integer(bytes: &[u8]) -> Option<i64> {
    if !(1..=8).contains(&bytes.len()) {
        return None;
    }
    let sign = if bytes[0] & 0x80 == 0 { 0 } else { -1 };
    Some(bytes.iter().fold(sign, |value, &byte| value << 8 | i64::from(byte)))
}

versioned! {
    /// Writes DER where `out` points, or only says how long it is.
    pub unsafe extern "C" fn i2d_SSL_SESSION(session: *const SSL_SESSION, out: *mut *mut c_uchar) -> c_int {
        // SAFETY: the program's pointers; NULL at `out` asks for memory of libcrypto's.
        unsafe {
            let Some(der) = read(session).and_then(Content::to_der) else { return 0 };
            let Ok(len) = c_int::try_from(der.len()) else { return 0 };
            if out.is_null() {
                return len;
            }
            if (*out).is_null() {
                *out = mem::duplicate(&der);
                return if (*out).is_null() { -1 } else { len };
            }
            ptr::copy_nonoverlapping(der.as_ptr(), *out, der.len());
            *out = (*out).add(der.len());
            len
        }
    }

    /// Reads DER.
    pub unsafe extern "C" fn d2i_SSL_SESSION(place: *mut *mut SSL_SESSION, data: *mut *const c_uchar, len: c_long) -> *mut SSL_SESSION {
        // SAFETY: the program's pointers; a session at `place` is filled anew.
        unsafe {
            let Ok(len) = usize::try_from(len) else { return ptr::null_mut() };
            if data.is_null() || (*data).is_null() {
                error::raise(Reason::PASSED_NULL_PARAMETER);
                return ptr::null_mut();
            }
            let bytes = std::slice::from_raw_parts(*data, len);
            let mut der = Der(bytes);
            let fields = der.take().filter(|(tag, _)| *tag == SEQUENCE).map(|(_, fields)| fields);
            let content = match fields.ok_or(Reason::ASN1_LIB).and_then(Content::from_der) {
                Ok(content) => content,
                Err(reason) => {
                    error::raise(reason);
                    return ptr::null_mut();
                }
            };
            *data = bytes.as_ptr().add(bytes.len() - der.0.len());
            if !place.is_null() && let Some(session) = (*place).as_ref() {
                *session.content_mut() = content;
                return *place;
            }
            let session = SSL_SESSION::create(content);
            if !place.is_null() {
                *place = session;
            }
            session
        }
    }

    /// Writes PEM.
    pub unsafe extern "C" fn PEM_write_bio_SSL_SESSION(bio: *mut BIO, session: *const SSL_SESSION) -> c_int {
        // SAFETY: the program's pointers.
        unsafe {
            let Some(der) = read(session).and_then(Content::to_der) else {
                error::raise(Reason::ASN1_LIB);
                return 0;
            };
            let Ok(len) = c_long::try_from(der.len()) else { return 0 };
            let written = !bio.is_null()
                && PEM_write_bio(bio, PEM_NAME.as_ptr(), c"".as_ptr(), der.as_ptr(), len) > 0;
            c_int::from(written)
        }
    }

    /// Writes PEM to a C stream.
    pub unsafe extern "C" fn PEM_write_SSL_SESSION(stream: *mut c_void, session: *const SSL_SESSION) -> c_int {
        if stream.is_null() {
            error::raise(Reason::PASSED_NULL_PARAMETER);
            return Answer::FAILURE;
        }
        // SAFETY: the program's stream; the pipe does not close it.
        unsafe {
            match Owned::from_raw(BIO_new_fp(stream, 0)) {
                Some(bio) => PEM_write_bio_SSL_SESSION(bio.as_ptr(), session),
                None => 0,
            }
        }
    }

    /// Reads PEM.
    pub unsafe extern "C" fn PEM_read_bio_SSL_SESSION(
        bio: *mut BIO,
        place: *mut *mut SSL_SESSION,
        callback: Option<PasswordCallback>,
        argument: *mut c_void,
    ) -> *mut SSL_SESSION {
        if bio.is_null() {
            error::raise(Reason::PASSED_NULL_PARAMETER);
            return ptr::null_mut();
        }
        // SAFETY: the program's pointers; libcrypto's copy of the data is freed.
        unsafe {
            let (mut data, mut len): (*mut c_uchar, c_long) = (ptr::null_mut(), 0);
            let kind: *mut *mut c_char = ptr::null_mut();
            if PEM_bytes_read_bio(&mut data, &mut len, kind, PEM_NAME.as_ptr(), bio, callback, argument) == 0 {
                return ptr::null_mut();
            }
            let mut at = data.cast_const();
            let session = d2i_SSL_SESSION(place, &mut at, len);
            mem::free(data);
            session
        }
    }

    /// Reads PEM from a C stream.
    pub unsafe extern "C" fn PEM_read_SSL_SESSION(
        stream: *mut c_void,
        place: *mut *mut SSL_SESSION,
        callback: Option<PasswordCallback>,
        argument: *mut c_void,
    ) -> *mut SSL_SESSION {
        if stream.is_null() {
            error::raise(Reason::PASSED_NULL_PARAMETER);
            return Answer::FAILURE;
        }
        // SAFETY: the program's stream; the pipe does not close it.
        unsafe {
            match Owned::from_raw(BIO_new_fp(stream, 0)) {
                Some(bio) => PEM_read_bio_SSL_SESSION(bio.as_ptr(), place, callback, argument),
                None => ptr::null_mut(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_minimal_and_come_back() {
        for value in [0, 1, 127, 128, 255, 256, 7200, i64::MAX, -1, -128, -129, i64::MIN] {
            let mut out = Vec::new();
            put_integer(&mut out, value);
            assert_eq!(integer(&out[2..]), Some(value));
        }
        let mut out = Vec::new();
        put_integer(&mut out, 128);
        assert_eq!(out, [INTEGER, 2, 0, 128]);
    }

    /// Found by fuzzing: a time of zero was read as such and never written, so it came back as another.
    #[test]
    fn a_time_of_zero_is_none() {
        let session =
            Content { suite: Some(0x1301), version: 0x0304, time: 1.into(), timeout: 5.into(), ..Content::default() };
        let mut der = session.to_der().unwrap();
        for (field, default) in [(field::TIME, None), (field::TIMEOUT, Some(3))] {
            let at = der.windows(4).position(|bytes| bytes[..3] == [0xa0 | field, 3, INTEGER]).unwrap();
            der[at + 4] = 0;
            let fields = Der(&der).take().unwrap().1;
            let read = Content::from_der(fields).ok().unwrap();
            let value = if field == field::TIME { read.time.get() } else { read.timeout.get() };
            assert!(value != 0 && default.is_none_or(|default| value == default));
        }
    }
}
