//! The `CryptoProvider` given to rustls: aws-lc-rs, with hashes, HKDF and PRF that show us the
//! transcript and the key schedule, and let a secret be put in the place of another.

use std::sync::{Arc, LazyLock};

use ::aws_lc_rs::hmac::{self, HMAC_SHA256, HMAC_SHA384};
use rustls::crypto::tls12::Prf;
use rustls::crypto::tls13::{Hkdf, HkdfExpander, OkmBlock, OutputLengthError};
use rustls::crypto::{self, ActiveKeyExchange, CryptoProvider, SupportedKxGroup, aws_lc_rs, hash};
use rustls::{CipherSuiteCommon, SignatureScheme, SupportedCipherSuite, Tls12CipherSuite, Tls13CipherSuite};

use crate::group::P521;
use crate::hkdf::{self, Derived, Expander};
use crate::messages;
use crate::observe;
use crate::schedule::{Hash, Secret, Transcript};
use crate::{Error, Parameters};

/// Builds the provider for `parameters`, or says that nothing is left.
pub(crate) fn provider(parameters: &Parameters) -> Result<Arc<CryptoProvider>, Error> {
    let cipher_suites: Vec<SupportedCipherSuite> = parameters.suites.iter().filter_map(|code| suite(*code)).collect();
    let kx_groups: Vec<&'static dyn SupportedKxGroup> =
        parameters.groups.iter().filter_map(|code| group(*code)).collect();
    if cipher_suites.is_empty() || kx_groups.is_empty() {
        return Err(Error::WrongState);
    }
    Ok(Arc::new(CryptoProvider { cipher_suites, kx_groups, ..aws_lc_rs::default_provider() }))
}

/// The tapped suite with this code point.
pub(crate) fn suite(code: u16) -> Option<SupportedCipherSuite> {
    TAPPED_SUITES.iter().copied().find(|suite| u16::from(suite.suite()) == code)
}

/// The key exchange group with this code point.
pub(crate) fn group(code: u16) -> Option<&'static dyn SupportedKxGroup> {
    let all = aws_lc_rs::ALL_KX_GROUPS.iter().copied();
    all.chain([&P521 as &dyn SupportedKxGroup]).find(|group| u16::from(group.name()) == code)
}

static TAPPED_SUITES: LazyLock<Vec<SupportedCipherSuite>> =
    LazyLock::new(|| aws_lc_rs::ALL_CIPHER_SUITES.iter().copied().filter_map(tap).collect());

static TAPPED_SHA256: TappedHash = TappedHash(Hash::Sha256);
static TAPPED_SHA384: TappedHash = TappedHash(Hash::Sha384);

/// The suite with its hash and HKDF wrapped. Leaked: rustls wants `&'static`, and there are nine.
fn tap(suite: SupportedCipherSuite) -> Option<SupportedCipherSuite> {
    Some(match suite {
        SupportedCipherSuite::Tls13(inner) => SupportedCipherSuite::Tls13(Box::leak(Box::new(Tls13CipherSuite {
            common: tap_common(&inner.common)?,
            hkdf_provider: tapped_hkdf(&inner.common)?,
            aead_alg: inner.aead_alg,
            quic: None,
        }))),
        SupportedCipherSuite::Tls12(inner) => SupportedCipherSuite::Tls12(Box::leak(Box::new(Tls12CipherSuite {
            common: tap_common(&inner.common)?,
            prf_provider: Box::leak(Box::new(TappedPrf(inner.prf_provider))),
            kx: inner.kx,
            sign: signing(inner.sign),
            aead_alg: inner.aead_alg,
        }))),
    })
}

/// The schemes of a suite of TLS 1.2, and those that owners' keys may bring in addition.
fn signing(known: &'static [SignatureScheme]) -> &'static [SignatureScheme] {
    static RSA_PSS: [u16; 3] = [0x0809, 0x080a, 0x080b];
    let more: Vec<SignatureScheme> = match known.contains(&SignatureScheme::RSA_PSS_SHA256) {
        true => RSA_PSS.map(SignatureScheme::from).to_vec(),
        false => vec![SignatureScheme::ED448],
    };
    Box::leak([known, &more].concat().into_boxed_slice())
}

fn tap_common(common: &CipherSuiteCommon) -> Option<CipherSuiteCommon> {
    let hash_provider: &'static dyn hash::Hash = match common.hash_provider.algorithm() {
        hash::HashAlgorithm::SHA256 => &TAPPED_SHA256,
        hash::HashAlgorithm::SHA384 => &TAPPED_SHA384,
        _ => return None,
    };
    Some(CipherSuiteCommon { suite: common.suite, hash_provider, confidentiality_limit: common.confidentiality_limit })
}

fn tapped_hkdf(common: &CipherSuiteCommon) -> Option<&'static TappedHkdf> {
    static SHA256: TappedHkdf = TappedHkdf(HMAC_SHA256);
    static SHA384: TappedHkdf = TappedHkdf(HMAC_SHA384);
    match common.hash_provider.algorithm() {
        hash::HashAlgorithm::SHA256 => Some(&SHA256),
        hash::HashAlgorithm::SHA384 => Some(&SHA384),
        _ => None,
    }
}

struct TappedHash(Hash);

impl hash::Hash for TappedHash {
    fn start(&self) -> Box<dyn hash::Context> {
        Box::new(Context { transcript: Transcript::new(self.0), is_fork: false })
    }

    fn hash(&self, data: &[u8]) -> hash::Output {
        hash::Output::new(self.0.digest(data).as_ref())
    }

    fn output_len(&self) -> usize {
        self.0.len()
    }

    fn algorithm(&self) -> hash::HashAlgorithm {
        match self.0 {
            Hash::Sha256 => hash::HashAlgorithm::SHA256,
            Hash::Sha384 => hash::HashAlgorithm::SHA384,
        }
    }
}

/// A context that rustls feeds a transcript to.
struct Context {
    transcript: Transcript,
    /// A fork only computes side results: nothing is learned from it.
    is_fork: bool,
}

impl hash::Context for Context {
    fn fork_finish(&self) -> hash::Output {
        hash::Output::new(self.transcript.current().as_ref())
    }

    fn fork(&self) -> Box<dyn hash::Context> {
        Box::new(Context { transcript: self.transcript.clone(), is_fork: true })
    }

    fn finish(self: Box<Self>) -> hash::Output {
        hash::Output::new(self.transcript.finish().as_ref())
    }

    fn update(&mut self, data: &[u8]) {
        let transcript = &mut self.transcript;
        if self.is_fork {
            return match observe::current(|observer| observer.amendments.apply_to_hello(data)).flatten() {
                Some(hello) => transcript.update(&hello),
                None => transcript.update(data),
            };
        }
        let observed = observe::current(|observer| {
            let mut rest = data;
            while !rest.is_empty() {
                // A hello cut off at its binders announces more than it has: it is the last.
                let (message, after) = rest.split_at(messages::announced_len(rest).min(rest.len()));
                match message[0] {
                    messages::CLIENT_HELLO => {
                        let amended = observer.amendments.apply(message);
                        let hello = amended.as_deref().unwrap_or(message);
                        transcript.update(hello);
                        observer.amendments.beside.iter_mut().for_each(|beside| beside.bind(hello, transcript));
                    }
                    _ => {
                        let rewritten = observer.on_the_wire(message);
                        let message = rewritten.as_deref().unwrap_or(message);
                        transcript.update(message);
                        observer.message(message, transcript);
                    }
                }
                rest = after;
            }
        });
        if observed.is_none() {
            transcript.update(data);
        }
    }
}

/// The PRF of TLS 1.2, in which a master secret can be put in the place of one agreed on.
struct TappedPrf(&'static dyn Prf);

impl Prf for TappedPrf {
    fn for_key_exchange(
        &self,
        output: &mut [u8; 48],
        kx: Box<dyn ActiveKeyExchange>,
        peer_pub_key: &[u8],
        label: &[u8],
        seed: &[u8],
    ) -> Result<(), rustls::Error> {
        observe::current(|observer| observer.note_share(peer_pub_key));
        match observe::current(|observer| observer.master_override.take()).flatten() {
            Some(master) => {
                *output = *master;
                Ok(())
            }
            None => self.0.for_key_exchange(output, kx, peer_pub_key, label, seed),
        }
    }

    fn for_secret(&self, output: &mut [u8], secret: &[u8], label: &[u8], seed: &[u8]) {
        self.0.for_secret(output, secret, label, seed);
    }
}

/// HKDF with one hash. Some secrets are the owner's in place of those that rustls has.
struct TappedHkdf(hmac::Algorithm);

impl Hkdf for TappedHkdf {
    fn extract_from_zero_ikm(&self, salt: Option<&[u8]>) -> Box<dyn HkdfExpander> {
        Box::new(TappedExpander(hkdf::extract(self.0, salt, None)))
    }

    fn extract_from_secret(&self, salt: Option<&[u8]>, secret: &[u8]) -> Box<dyn HkdfExpander> {
        let external = match salt {
            None => observe::current(|observer| observer.external_key(secret)).flatten(),
            Some(_) => None,
        };
        let secret = external.as_ref().map_or(secret, |key| &key[..]);
        Box::new(TappedExpander(hkdf::extract(self.0, salt, Some(secret))))
    }

    fn expander_for_okm(&self, okm: &OkmBlock) -> Box<dyn HkdfExpander> {
        Box::new(TappedDerived(Derived::new(self.0, okm)))
    }

    fn hmac_sign(&self, key: &OkmBlock, message: &[u8]) -> crypto::hmac::Tag {
        hkdf::sign(self.0, key.as_ref(), message)
    }
}

/// Expands what was extracted: the early, the handshake or the master secret.
struct TappedExpander(Expander);

impl HkdfExpander for TappedExpander {
    fn expand_slice(&self, info: &[&[u8]], output: &mut [u8]) -> Result<(), OutputLengthError> {
        self.0.expand_slice(info, output)
    }

    fn expand_block(&self, info: &[&[u8]]) -> OkmBlock {
        // RFC 8446 §7.1: the label stands in the info as it is.
        if info.contains(&b"res master".as_slice()) {
            let block = self.0.expand_block(info);
            observe::current(|observer| {
                observer.secrets.resumption_master = observe::as_secret(block.as_ref());
                if observer.request.is_some() {
                    observer.master = Some(Box::new(self.0.clone()));
                }
            });
            return block;
        }
        if info.contains(&b"derived".as_slice())
            && let Some(early) = observe::current(|observer| observer.early_override.take()).flatten()
        {
            return OkmBlock::new(early.derived().bytes());
        }
        if info.contains(&b"res binder".as_slice()) && observe::current(|o| o.binds_external()) == Some(true) {
            let mut info = info.to_vec();
            info.iter_mut().filter(|part| **part == b"res binder").for_each(|part| *part = b"ext binder");
            return self.0.expand_block(&info);
        }
        self.0.expand_block(info)
    }

    fn hash_len(&self) -> usize {
        self.0.hash_len()
    }
}

/// Expands a secret that was derived, the resumption master secret among them.
struct TappedDerived(Derived);

impl HkdfExpander for TappedDerived {
    fn expand_slice(&self, info: &[&[u8]], output: &mut [u8]) -> Result<(), OutputLengthError> {
        if !matches!(info, [_, _, _, b"key", ..]) {
            return self.0.expand_slice(info, output);
        }
        // The record layer that takes over wants the same keys again.
        if observe::current(|observer| self.0.recall(&observer.expanded, output)) == Some(true) {
            return Ok(());
        }
        self.0.expand_slice(info, output)?;
        observe::current(|observer| observer.note_expanded(self.0.expanded(output)));
        Ok(())
    }

    fn expand_block(&self, info: &[&[u8]]) -> OkmBlock {
        if !info.contains(&b"resumption".as_slice()) {
            return self.0.expand_block(info);
        }
        if let Some(psk) = observe::current(|observer| observer.psk_override.take()).flatten() {
            return OkmBlock::new(&psk);
        }
        let stand_in = observe::current(|observer| {
            observer.resumption_override.as_ref().map(|secret| OkmBlock::new(secret.bytes()))
        });
        let block = match stand_in.flatten() {
            Some(secret) => self.0.with(&secret).expand_block(info),
            None => self.0.expand_block(info),
        };
        observe::current(|observer| observer.ticket_psk = observe::as_secret(block.as_ref()));
        block
    }

    fn hash_len(&self) -> usize {
        self.0.hash_len()
    }
}

/// "res master" over another transcript than the one rustls saw.
pub(crate) fn resumption_master(master: &Expander, transcript: &Transcript) -> Option<Secret> {
    let hash = transcript.current();
    let hash = hash.as_ref();
    let length = (master.hash_len() as u16).to_be_bytes();
    let block = master.expand_block(&[
        &length,
        &[b"tls13 res master".len() as u8],
        b"tls13 res master",
        &[hash.len() as u8],
        hash,
    ]);
    observe::as_secret(block.as_ref())
}

/// Fresh random bytes from the provider's source.
pub(crate) fn fill_random(out: &mut [u8]) -> Result<(), Error> {
    ::aws_lc_rs::rand::fill(out).map_err(|_| Error::WrongState)
}
