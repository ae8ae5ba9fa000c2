//! How a ticket is sealed under keys that the program has a hand in: as OpenSSL does it, so that a process on either
//! library opens what the other has sealed.
//!
//! A ticket is the name of the key, a start value, the encrypted session (DER), and a MAC over all of that (RFC 5077 §4).
//! Each key comes from a callback or is one that was set; a callback may choose the algorithms as well.

use std::ffi::{c_int, c_void};
use std::ptr;

use standin_engine::TicketKey;
use zeroize::Zeroizing;

use super::SSL;
use crate::error::{Reason, reason};
use crate::libcrypto::Owned;
use crate::libcrypto::evp::{
    EVP_CIPHER_CTX, EVP_CIPHER_CTX_get_iv_length, EVP_CIPHER_CTX_new, EVP_CipherFinal_ex, EVP_CipherInit_ex,
    EVP_CipherUpdate, EVP_MAC, EVP_MAC_CTX, EVP_MAC_CTX_new, EVP_MAC_fetch, EVP_MAC_final, EVP_MAC_update,
    EVP_aes_256_cbc, EVP_sha256, HMAC_CTX, HMAC_CTX_new, HMAC_Final, HMAC_Init_ex, HMAC_Update, HMAC_size,
};
use crate::libcrypto::mem::{CRYPTO_memcmp, RAND_bytes};
use crate::set::callback::{TicketKeyCallback, TicketKeyMacCallback};

/// Length of a key's name; EVP_MAX_IV_LENGTH; EVP_MAX_BLOCK_LENGTH; EVP_MAX_MD_SIZE.
const NAME: usize = 16;
const IV: usize = 16;
const BLOCK: usize = 32;
const DIGEST: usize = 64;

/// Where the keys come from.
#[derive(Clone)]
pub enum KeySource {
    /// SSL_CTX_set_tlsext_ticket_key_evp_cb.
    Mac(TicketKeyMacCallback),
    /// SSL_CTX_set_tlsext_ticket_key_cb.
    Hmac(TicketKeyCallback),
    /// One key that seals and opens.
    Key(TicketKey),
}

/// A session that was in a ticket.
pub struct Opened {
    /// The session.
    pub der: Zeroizing<Vec<u8>>,
    /// The client should get a new ticket.
    pub renew: bool,
}

/// Cipher and MAC of one ticket, and what the callback said of them.
struct Prepared {
    answer: c_int,
    cipher: Owned<EVP_CIPHER_CTX>,
    mac: Mac,
    name: [u8; NAME],
    iv: [u8; IV],
}

enum Mac {
    Evp(Owned<EVP_MAC_CTX>),
    Hmac(Owned<HMAC_CTX>),
}

impl KeySource {
    /// Seals a session. `Ok(None)`: there is no key to seal with. Call with nothing borrowed.
    ///
    /// # Safety
    /// `ssl` is live; a guard keeps it.
    pub unsafe fn seal(&self, ssl: *mut SSL, session: &[u8]) -> Result<Option<Vec<u8>>, Reason> {
        // SAFETY: the caller's promise.
        let prepared = unsafe { self.prepare(ssl, [0; NAME], [0; IV], true) }?;
        match prepared.answer {
            0 => return Ok(None),
            ..0 => return Err(reason::CALLBACK_FAILED),
            _ => {}
        }
        let mut ticket = prepared.name.to_vec();
        ticket.extend_from_slice(&prepared.iv[..prepared.iv_len().ok_or(Reason::INTERNAL_ERROR)?]);
        ticket.extend_from_slice(&prepared.run(session).ok_or(Reason::INTERNAL_ERROR)?);
        let tag = prepared.mac.tag(&ticket).ok_or(Reason::INTERNAL_ERROR)?;
        ticket.extend_from_slice(&tag);
        Ok(Some(ticket))
    }

    /// Opens a ticket. `Ok(None)`: it cannot be, which is no error: there is just no session. Call with nothing
    /// borrowed.
    ///
    /// # Safety
    /// As for [`KeySource::seal`].
    pub unsafe fn open(&self, ssl: *mut SSL, ticket: &[u8]) -> Result<Option<Opened>, Reason> {
        let Some((name, rest)) = ticket.split_first_chunk() else { return Ok(None) };
        let Some((iv, _)) = rest.split_first_chunk() else { return Ok(None) };
        if let KeySource::Key(key) = self
            && key.name != *name
        {
            return Ok(None);
        }
        // SAFETY: the caller's promise.
        let prepared = unsafe { self.prepare(ssl, *name, *iv, false) }?;
        match prepared.answer {
            0 => return Ok(None),
            ..0 => return Err(Reason::INTERNAL_ERROR),
            _ => {}
        }
        let (head, size) = prepared.iv_len().zip(prepared.mac.size()).ok_or(Reason::INTERNAL_ERROR)?;
        let head = NAME + head;
        let Some(end) = ticket.len().checked_sub(size).filter(|end| *end > head) else { return Ok(None) };
        let (sealed, tag) = ticket.split_at(end);
        let expected = prepared.mac.tag(sealed).ok_or(Reason::INTERNAL_ERROR)?;
        if expected.len() != tag.len() {
            return Err(Reason::INTERNAL_ERROR);
        }
        // SAFETY: both are as long as told.
        if unsafe { CRYPTO_memcmp(expected.as_ptr().cast(), tag.as_ptr().cast(), tag.len()) } != 0 {
            return Ok(None);
        }
        let renew = prepared.answer > 1;
        Ok(prepared.run(&sealed[head..]).map(|der| Opened { der, renew }))
    }

    /// Sets up cipher and MAC, by the callback or the key.
    unsafe fn prepare(&self, ssl: *mut SSL, name: [u8; NAME], iv: [u8; IV], seal: bool) -> Result<Prepared, Reason> {
        let way = c_int::from(seal);
        // SAFETY: the callback gets room as it is documented; what it sets up is ours.
        unsafe {
            let cipher = Owned::<EVP_CIPHER_CTX>::from_raw(EVP_CIPHER_CTX_new()).ok_or(Reason::MALLOC_FAILURE)?;
            let mac = match self {
                KeySource::Mac(_) => Mac::evp(),
                _ => Owned::<HMAC_CTX>::from_raw(HMAC_CTX_new()).map(Mac::Hmac),
            };
            let mac = mac.ok_or(Reason::MALLOC_FAILURE)?;
            let mut prepared = Prepared { answer: 1, cipher, mac, name, iv };
            let (name, iv) = (prepared.name.as_mut_ptr(), prepared.iv.as_mut_ptr());
            let cipher = prepared.cipher.as_ptr();
            prepared.answer = match (self, &prepared.mac) {
                (KeySource::Mac(callback), Mac::Evp(mac)) => callback(ssl.cast(), name, iv, cipher, mac.as_ptr(), way),
                (KeySource::Hmac(callback), Mac::Hmac(mac)) => {
                    callback(ssl.cast(), name, iv, cipher, mac.as_ptr(), way)
                }
                (KeySource::Key(key), Mac::Hmac(mac)) => {
                    if seal {
                        prepared.name = key.name;
                        if RAND_bytes(prepared.iv.as_mut_ptr(), IV as c_int) <= 0 {
                            return Err(Reason::INTERNAL_ERROR);
                        }
                    }
                    let len = key.hmac.len() as c_int; // 32
                    let key_of_mac = key.hmac.as_ptr().cast::<c_void>();
                    let iv = prepared.iv.as_ptr();
                    let set = EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), ptr::null_mut(), key.aes.as_ptr(), iv, way)
                        > 0
                        && HMAC_Init_ex(mac.as_ptr(), key_of_mac, len, EVP_sha256(), ptr::null_mut()) > 0;
                    if set { 1 } else { return Err(Reason::INTERNAL_ERROR) }
                }
                _ => return Err(Reason::INTERNAL_ERROR),
            };
            Ok(prepared)
        }
    }
}

impl Prepared {
    fn iv_len(&self) -> Option<usize> {
        // SAFETY: the context is ours.
        let len = unsafe { EVP_CIPHER_CTX_get_iv_length(self.cipher.as_ptr()) };
        usize::try_from(len).ok().filter(|len| *len <= IV)
    }

    /// Encrypts, or decrypts.
    fn run(&self, input: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let mut out = Zeroizing::new(vec![0; input.len() + BLOCK]);
        let (mut len, mut rest) = (0, 0);
        // SAFETY: there is room for one block more than comes in, as EVP_CipherUpdate and _final may want together.
        unsafe {
            let cipher = self.cipher.as_ptr();
            if EVP_CipherUpdate(cipher, out.as_mut_ptr(), &mut len, input.as_ptr(), c_int::try_from(input.len()).ok()?)
                <= 0
            {
                return None;
            }
            let at = out.as_mut_ptr().add(usize::try_from(len).ok()?);
            if EVP_CipherFinal_ex(cipher, at, &mut rest) <= 0 {
                return None;
            }
        }
        out.truncate(usize::try_from(len + rest).ok()?);
        Some(out)
    }
}

impl Mac {
    fn evp() -> Option<Mac> {
        // SAFETY: new objects.
        unsafe {
            let algorithm = Owned::<EVP_MAC>::from_raw(EVP_MAC_fetch(ptr::null_mut(), c"HMAC".as_ptr(), ptr::null()))?;
            Owned::<EVP_MAC_CTX>::from_raw(EVP_MAC_CTX_new(algorithm.as_ptr())).map(Mac::Evp)
        }
    }

    /// How long the tag is.
    fn size(&self) -> Option<usize> {
        // SAFETY: the context is ours.
        unsafe {
            match self {
                Mac::Evp(mac) => {
                    let mut len = 0;
                    (EVP_MAC_final(mac.as_ptr(), ptr::null_mut(), &mut len, 0) > 0).then_some(len)
                }
                Mac::Hmac(mac) => Some(HMAC_size(mac.as_ptr())),
            }
        }
        .filter(|size| (1..=DIGEST).contains(size))
    }

    fn tag(&self, data: &[u8]) -> Option<Vec<u8>> {
        let mut tag = vec![0; DIGEST];
        // SAFETY: there is room for any digest.
        let len = unsafe {
            match self {
                Mac::Evp(mac) => {
                    let mut len = 0;
                    let done = EVP_MAC_update(mac.as_ptr(), data.as_ptr(), data.len()) > 0
                        && EVP_MAC_final(mac.as_ptr(), tag.as_mut_ptr(), &mut len, DIGEST) > 0;
                    done.then_some(len)
                }
                Mac::Hmac(mac) => {
                    let mut len = 0;
                    let done = HMAC_Update(mac.as_ptr(), data.as_ptr(), data.len()) > 0
                        && HMAC_Final(mac.as_ptr(), tag.as_mut_ptr(), &mut len) > 0;
                    done.then_some(len as usize)
                }
            }
        };
        tag.truncate(len.filter(|len| *len > 0)?);
        Some(tag)
    }
}
