//! A certificate, taken apart.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::extension::{X509_EXTENSION, parse_extensions};
use super::facts::Facts;
use super::{Signed, X509_ALGOR, X509_NAME};
use crate::asn1::ASN1_STRING;
use crate::der::{self, Reader, tag};
use crate::ex_data::{CRYPTO_EX_DATA, Extended, class};
use crate::handle::{Counted, References, release};
use crate::pkey::{self, EVP_PKEY, Key};
use crate::stack::OPENSSL_STACK;

/// A certificate that a program holds.
pub struct X509 {
    references: References,
    certificate: Option<Box<Certificate>>,
    /// Made in a library context without algorithms: what is read into it has no key.
    keyless: bool,
    /// What a trusted certificate in PEM says beside the certificate.
    pub trust: Trust,
    pub extra: CRYPTO_EX_DATA,
}

/// What a certificate is trusted and not trusted for: identifiers.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    pub trusted: Vec<Vec<u8>>,
    pub rejected: Vec<Vec<u8>>,
    /// What the program calls the certificate, and its key.
    pub alias: Option<ASN1_STRING>,
    pub key_id: Option<ASN1_STRING>,
}

impl Trust {
    /// Whether nothing is said beside the certificate.
    pub fn is_empty(&self) -> bool {
        self.trusted.is_empty() && self.rejected.is_empty() && self.alias.is_none() && self.key_id.is_none()
    }

    /// CertAux: what stands behind a trusted certificate.
    pub fn der(&self) -> Vec<u8> {
        let list = |list: &[Vec<u8>]| list.iter().flat_map(|one| der::element(tag::OID, one)).collect::<Vec<u8>>();
        let some = |empty: bool, element: Vec<u8>| if empty { Vec::new() } else { element };
        let bytes = |text: &Option<ASN1_STRING>, kind| {
            text.as_ref().map_or(Vec::new(), |text| der::element(kind, text.bytes()))
        };
        der::sequence(&[
            &some(self.trusted.is_empty(), der::element(tag::SEQUENCE, &list(&self.trusted))),
            &some(self.rejected.is_empty(), der::element(tag::constructed(0), &list(&self.rejected))),
            &bytes(&self.alias, tag::UTF8),
            &bytes(&self.key_id, tag::OCTET_STRING),
        ])
    }
}

impl Counted for X509 {
    fn references(&self) -> &References {
        &self.references
    }
}

impl Extended for X509 {
    const CLASS: std::ffi::c_int = class::X509;

    fn extra(&mut self) -> &mut CRYPTO_EX_DATA {
        &mut self.extra
    }
}

impl X509 {
    /// One of a certificate.
    pub fn of(mut certificate: Certificate) -> Self {
        // SAFETY: the thread's library context.
        let keyless = !unsafe { crate::provider::has_algorithms(std::ptr::null()) };
        certificate.keyless = keyless;
        X509 {
            references: References::one(),
            keyless,
            certificate: Some(Box::new(certificate)),
            trust: Trust::default(),
            extra: CRYPTO_EX_DATA::empty(),
        }
    }

    /// What is in it, for who changes it.
    pub fn certificate_mut(&mut self) -> Option<&mut Certificate> {
        self.certificate.as_deref_mut()
    }

    /// What is in it.
    pub fn certificate(&self) -> Option<&Certificate> {
        self.certificate.as_deref()
    }

    /// Gets the content of another, and keeps its references and what hangs on it.
    pub fn take_content(&mut self, mut other: X509) {
        std::mem::swap(&mut self.certificate, &mut other.certificate);
        std::mem::swap(&mut self.trust, &mut other.trust);
        if let Some(certificate) = self.certificate.as_deref_mut() {
            certificate.keyless = self.keyless;
        }
    }

    /// With what it is trusted for.
    pub fn with_trust(mut self, trust: Trust) -> Self {
        self.trust = trust;
        self
    }
}

impl Drop for X509 {
    fn drop(&mut self) {
        let object = std::ptr::from_mut(self).cast();
        // SAFETY: the object is of this class and still whole.
        unsafe { self.extra.close(class::X509, object) };
    }
}

/// A certificate's parts. What C is given pointers to stays where it is.
pub struct Certificate {
    der: Vec<u8>,
    tbs: Range<usize>,
    pub version: u64,
    pub serial: ASN1_STRING,
    /// AlgorithmIdentifiers: inside what is signed, and beside it.
    pub inner_algorithm: Range<usize>,
    pub algorithm: Range<usize>,
    pub issuer: X509_NAME,
    pub subject: X509_NAME,
    pub not_before: ASN1_STRING,
    pub not_after: ASN1_STRING,
    spki: Vec<u8>,
    keyless: bool,
    /// Unique identifiers of issuer and subject, as they are encoded.
    pub unique: Vec<u8>,
    pub extensions: Vec<Box<X509_EXTENSION>>,
    pub signature: ASN1_STRING,
    key: OnceLock<Option<Handle>>,
    key_string: OnceLock<ASN1_STRING>,
    public: OnceLock<X509_PUBKEY>,
    facts: OnceLock<Facts>,
    fingerprint: OnceLock<[u8; 20]>,
    /// AlgorithmIdentifiers as programs see them: inside what is signed, and beside it.
    identifiers: OnceLock<[X509_ALGOR; 2]>,
    /// The extensions as a list for programs.
    list: OnceLock<List>,
}

/// A certificate's public key as it is encoded, which programs are lent.
pub struct X509_PUBKEY {
    pub spki: Vec<u8>,
    key: Option<Handle>,
    identifier: OnceLock<X509_ALGOR>,
}

/// A list for programs of what is kept elsewhere.
pub struct List(pub *mut OPENSSL_STACK);

// SAFETY: made once, lent to be read.
unsafe impl Send for List {}
// SAFETY: as above.
unsafe impl Sync for List {}

impl List {
    /// A list of these, which stay where they are.
    pub fn of<T>(elements: &[Box<T>]) -> Self {
        List(OPENSSL_STACK::of(elements.iter().map(|element| std::ptr::from_ref(&**element).cast_mut())))
    }
}

impl Drop for List {
    fn drop(&mut self) {
        // SAFETY: ours, without its elements.
        unsafe { crate::handle::free(self.0) };
    }
}

impl X509_PUBKEY {
    /// The key, which stays this one's; NULL when it is none that is known.
    pub fn key(&self) -> *mut EVP_PKEY {
        self.key.as_ref().map_or(std::ptr::null_mut(), |handle| handle.0)
    }

    /// Its AlgorithmIdentifier.
    pub fn identifier(&self) -> &X509_ALGOR {
        self.identifier.get_or_init(|| {
            let algorithm = Reader(&self.spki).enter(tag::SEQUENCE).and_then(|mut inside| inside.next());
            X509_ALGOR::of(algorithm.map_or(&[], |algorithm| algorithm.whole))
        })
    }

    /// The bits of the key, whatever they mean.
    pub fn bits(&self) -> &[u8] {
        key_bits(&self.spki)
    }
}

fn key_bits(spki: &[u8]) -> &[u8] {
    let bits = || {
        let mut reader = Reader(spki).enter(tag::SEQUENCE)?;
        reader.expect(tag::SEQUENCE)?;
        Some(reader.expect(tag::BIT_STRING)?.content.get(1..).unwrap_or_default())
    };
    bits().unwrap_or_default()
}

/// An EVP_PKEY of which this holds one reference.
struct Handle(*mut EVP_PKEY);

// SAFETY: keys count their references atomically and do not change.
unsafe impl Send for Handle {}
// SAFETY: as above.
unsafe impl Sync for Handle {}

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: one reference is ours.
        unsafe { release(self.0) };
    }
}

fn time(element: der::Element) -> Option<ASN1_STRING> {
    matches!(element.tag, tag::UTC_TIME | tag::GENERALIZED_TIME)
        .then(|| ASN1_STRING::new(element.tag.into(), element.content))
}

impl Certificate {
    /// Takes DER apart: the certificate and how many bytes it has.
    pub fn parse(bytes: &[u8]) -> Option<(Self, usize)> {
        let whole = Reader(bytes).expect(tag::SEQUENCE)?;
        let base = whole.whole.as_ptr() as usize;
        let range = |part: &[u8]| {
            let start = part.as_ptr() as usize - base;
            start..start + part.len()
        };
        let mut outer = Reader(whole.content);
        let tbs = outer.expect(tag::SEQUENCE)?;
        let algorithm = outer.expect(tag::SEQUENCE)?;
        let signature = ASN1_STRING::bit_string(outer.expect(tag::BIT_STRING)?.content)?;
        let mut reader = Reader(tbs.content);
        let version = match reader.optional(tag::constructed(0))? {
            Some(version) => {
                let mut inside = Reader(version.content);
                let version = der::number(inside.expect(tag::INTEGER)?.content)?;
                if !inside.is_empty() {
                    return None;
                }
                version
            }
            None => 0,
        };
        let serial = ASN1_STRING::integer(reader.expect(tag::INTEGER)?.content)?;
        let inner_algorithm = reader.expect(tag::SEQUENCE)?;
        let issuer = X509_NAME::parse(reader.expect(tag::SEQUENCE)?.content)?;
        let mut validity = reader.enter(tag::SEQUENCE)?;
        let (not_before, not_after) = (time(validity.next()?)?, time(validity.next()?)?);
        let subject = X509_NAME::parse(reader.expect(tag::SEQUENCE)?.content)?;
        let spki = reader.expect(tag::SEQUENCE)?;
        let rest = reader.0;
        for number in [1, 2] {
            if let Some(unique) = reader.optional(tag::context(number))? {
                ASN1_STRING::bit_string(unique.content)?;
            }
        }
        let unique = rest[..rest.len() - reader.0.len()].to_vec();
        let extensions = match reader.optional(tag::constructed(3))? {
            Some(extensions) => parse_extensions(extensions.content)?,
            None => Vec::new(),
        };
        let mut key = Reader(spki.content);
        for element in [algorithm, inner_algorithm, key.expect(tag::SEQUENCE)?] {
            super::algorithm::check(element.content)?;
        }
        ASN1_STRING::bit_string(key.expect(tag::BIT_STRING)?.content)?;
        if !(outer.is_empty() && reader.is_empty() && validity.is_empty() && key.is_empty()) {
            return None;
        }
        let certificate = Certificate {
            tbs: range(tbs.whole),
            version,
            serial,
            inner_algorithm: range(inner_algorithm.whole),
            algorithm: range(algorithm.whole),
            issuer,
            subject,
            not_before,
            not_after,
            spki: spki.whole.to_vec(),
            keyless: false,
            unique,
            extensions,
            signature,
            key: OnceLock::new(),
            key_string: OnceLock::new(),
            public: OnceLock::new(),
            facts: OnceLock::new(),
            fingerprint: OnceLock::new(),
            identifiers: OnceLock::new(),
            list: OnceLock::new(),
            der: whole.whole.to_vec(),
        };
        Some((certificate, whole.whole.len()))
    }

    /// The DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The SubjectPublicKeyInfo.
    pub fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// One that is to be made: nothing in it, and not encoded before it is signed.
    pub fn draft() -> Self {
        Certificate {
            tbs: 0..0,
            version: 0,
            serial: ASN1_STRING::new(tag::INTEGER.into(), &[]),
            inner_algorithm: 0..0,
            algorithm: 0..0,
            issuer: X509_NAME::empty(),
            subject: X509_NAME::empty(),
            not_before: ASN1_STRING::new(tag::UTC_TIME.into(), &[]),
            not_after: ASN1_STRING::new(tag::UTC_TIME.into(), &[]),
            spki: Vec::new(),
            keyless: false,
            unique: Vec::new(),
            extensions: Vec::new(),
            signature: ASN1_STRING::new(tag::BIT_STRING.into(), &[]),
            key: OnceLock::new(),
            key_string: OnceLock::new(),
            public: OnceLock::new(),
            facts: OnceLock::new(),
            fingerprint: OnceLock::new(),
            identifiers: OnceLock::new(),
            list: OnceLock::new(),
            der: Vec::new(),
        }
    }

    /// Takes the encoding of what is in it, with a signature; what programs hold stays where it is. False when that is no
    /// certificate.
    pub fn encode(&mut self, whole: &[u8]) -> bool {
        let Some((fresh, _)) = Certificate::parse(whole) else { return false };
        self.signature.copy_from(&fresh.signature);
        (self.der, self.tbs) = (fresh.der, fresh.tbs);
        (self.inner_algorithm, self.algorithm) = (fresh.inner_algorithm, fresh.algorithm);
        self.forget();
        true
    }

    /// Forgets what was found out about it.
    pub fn forget(&mut self) {
        self.facts = OnceLock::new();
        self.fingerprint = OnceLock::new();
        self.identifiers = OnceLock::new();
        self.list = OnceLock::new();
    }

    fn identifiers(&self) -> &[X509_ALGOR; 2] {
        self.identifiers
            .get_or_init(|| [&self.inner_algorithm, &self.algorithm].map(|range| X509_ALGOR::of(self.part(range))))
    }

    /// How it says inside what is signed that it is signed.
    pub fn inner_identifier(&self) -> &X509_ALGOR {
        &self.identifiers()[0]
    }

    /// How it was signed.
    pub fn identifier(&self) -> &X509_ALGOR {
        &self.identifiers()[1]
    }

    /// A STACK_OF(X509_EXTENSION) that stays its own.
    pub fn extension_list(&self) -> *const OPENSSL_STACK {
        self.list.get_or_init(|| List::of(&self.extensions)).0
    }

    /// Gets another public key.
    pub fn replace_key(&mut self, spki: Vec<u8>) {
        self.spki = spki;
        self.key = OnceLock::new();
        self.key_string = OnceLock::new();
        self.public = OnceLock::new();
    }

    /// Part of the DER.
    pub fn part(&self, range: &Range<usize>) -> &[u8] {
        &self.der[range.clone()]
    }

    /// The bits of the public key, whatever they mean.
    pub fn key_bits(&self) -> &[u8] {
        key_bits(self.spki())
    }

    /// The same as a string that programs can be given.
    pub fn key_string(&self) -> &ASN1_STRING {
        self.key_string.get_or_init(|| ASN1_STRING::new(tag::BIT_STRING.into(), self.key_bits()))
    }

    /// The public key as it is encoded.
    pub fn public(&self) -> &X509_PUBKEY {
        self.public.get_or_init(|| {
            let key = self.key_handle();
            // SAFETY: the certificate's own handle lives as long as it.
            let key = (unsafe { crate::handle::up_ref(key) } == 1).then_some(Handle(key));
            X509_PUBKEY { spki: self.spki().to_vec(), key, identifier: OnceLock::new() }
        })
    }

    /// The public key, which stays the certificate's; NULL when it is none that is known.
    pub fn key_handle(&self) -> *mut EVP_PKEY {
        let key = self.key.get_or_init(|| {
            let key = pkey::named_public(self.spki()).filter(|_| !self.keyless)?;
            Some(Handle(crate::ex_data::give_extended(EVP_PKEY::of(Arc::new(key)))))
        });
        key.as_ref().map_or(std::ptr::null_mut(), |handle| handle.0)
    }

    /// The public key, if it is one that is known.
    pub fn key(&self) -> Option<&Arc<Key>> {
        // SAFETY: the certificate's own handle lives as long as it.
        unsafe { crate::pkey::inside(self.key_handle()) }
    }

    /// What was signed, how, and the signature.
    pub fn signed(&self) -> Signed<'_> {
        Signed {
            message: self.part(&self.tbs),
            algorithm: self.part(&self.algorithm),
            inner: self.part(&self.inner_algorithm),
            signature: &self.signature,
        }
    }

    /// What its extensions mean.
    pub fn facts(&self) -> &Facts {
        self.facts.get_or_init(|| Facts::of(self))
    }

    /// SHA-1 of the DER, by which certificates are told apart.
    pub fn fingerprint(&self) -> &[u8; 20] {
        self.fingerprint.get_or_init(|| {
            let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, &self.der);
            digest.as_ref().try_into().unwrap_or([0; 20])
        })
    }

    /// Whether issuer and subject are the same.
    pub fn is_self_issued(&self) -> bool {
        self.subject.same(&self.issuer)
    }
}
