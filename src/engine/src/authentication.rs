//! The authentication block: Certificate, CertificateVerify, Finished over a context and a base
//! key (RFC 8446 §4.4). Post-handshake authentication is one of its uses.

use std::sync::Arc;

use aws_lc_rs::digest::Digest;

use crate::extension;
use crate::messages::{self, CERTIFICATE, CERTIFICATE_VERIFY, Certificate, FINISHED};
use crate::reader::Reader;
use crate::schedule::{Secret, Transcript};
use crate::signature;
use crate::signature::Offered;
use crate::{Extension, Fault, Identity, PeerChain, PrivateKey, Protocol, Role, SignatureScheme};

/// What CertificateVerify signs, §4.4.3.
fn signed_content(signer: Role, transcript_hash: &Digest) -> Vec<u8> {
    let context: &[u8] = match signer {
        Role::Client => b"TLS 1.3, client CertificateVerify\0",
        Role::Server => b"TLS 1.3, server CertificateVerify\0",
    };
    [&[0x20; 64], context, transcript_hash.as_ref()].concat()
}

/// The scheme that `key` signs with when these are `offered`.
pub(crate) fn choose_scheme(
    protocol: Protocol,
    key: &dyn PrivateKey,
    offered: &[SignatureScheme],
) -> Option<SignatureScheme> {
    let fits = |scheme: &&SignatureScheme| signature::allowed(protocol, **scheme) && offered.contains(scheme);
    key.schemes().iter().find(fits).copied()
}

/// The certificate_request_context of a Certificate message.
pub(crate) fn context(certificate: &[u8]) -> Result<&[u8], Fault> {
    match messages::split(certificate)? {
        (CERTIFICATE, body) => Reader::new(body).vector(1),
        _ => Err(Fault::UnexpectedMessage),
    }
}

/// Makes the block of `signer`: the messages one after the other, which `transcript` then ends
/// with. Without an identity it says so with an empty Certificate. `added`: extensions of its certificates.
pub(crate) fn make(
    signer: Role,
    context: &[u8],
    identity: Option<(&Identity, SignatureScheme)>,
    transcript: &mut Transcript,
    base_key: &Secret,
    added: &[Extension],
) -> Result<Vec<u8>, Fault> {
    let chain: Vec<&[u8]> =
        identity.map_or(Vec::new(), |(identity, _)| identity.chain.iter().map(|der| &der[..]).collect());
    let mut block = messages::certificate(context, &chain, None)?;
    if let Some(more) = extension::with_added(&block, added)? {
        block = more;
    }
    transcript.update(&block);
    if let Some((identity, scheme)) = identity {
        // A block without CertificateVerify would say that there is no identity.
        if chain.is_empty() || !signature::allowed(Protocol::Tls13, scheme) {
            return Err(Fault::Internal);
        }
        let content = signed_content(signer, &transcript.current());
        let signature = identity.key.sign(scheme, &content).map_err(|_| Fault::NotSigned)?;
        let message = messages::certificate_verify(scheme, &signature)?;
        transcript.update(&message);
        block.extend_from_slice(&message);
    }
    let verify_data = base_key.finished_mac(transcript.current().as_ref());
    let message = messages::finished(verify_data.as_ref());
    transcript.update(&message);
    block.extend_from_slice(&message);
    Ok(block)
}

/// What a block that was checked to its end has proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// The chain whose leaf's key signed; `None`: the peer has none to present.
    pub(crate) chain: Option<PeerChain>,
    /// The scheme it signed with.
    pub(crate) scheme: Option<SignatureScheme>,
}

/// Checks a block, message by message. Nothing comes out of it before Finished has been verified.
pub(crate) struct Check {
    signer: Role,
    context: Vec<u8>,
    offered: Offered,
    transcript: Transcript,
    expected: Expected,
}

/// The message that must be next.
enum Expected {
    Certificate,
    CertificateVerify(Arc<[Arc<[u8]>]>),
    Finished(Outcome),
    /// All is said, or something was wrong.
    Nothing,
}

impl Check {
    /// `transcript` is at the CertificateRequest that carried `context` and the schemes `offered`.
    pub(crate) fn new(signer: Role, context: &[u8], offered: Offered, transcript: Transcript) -> Self {
        let expected = Expected::Certificate;
        Check { signer, context: context.to_vec(), offered, transcript, expected }
    }

    /// Takes the next whole message. `base_key` is the signer's traffic secret of this moment
    /// (a KeyUpdate may have come since the request). An error is final.
    pub(crate) fn message(&mut self, message: &[u8], base_key: &Secret) -> Result<Option<Outcome>, Fault> {
        let (kind, body) = messages::split(message)?;
        let outcome = match (std::mem::replace(&mut self.expected, Expected::Nothing), kind) {
            (Expected::Certificate, CERTIFICATE) => {
                self.expected = self.certificate(body)?;
                None
            }
            (Expected::CertificateVerify(chain), CERTIFICATE_VERIFY) => {
                self.expected = Expected::Finished(self.certificate_verify(chain, body)?);
                None
            }
            (Expected::Finished(outcome), FINISHED) => {
                base_key.verify_finished(self.transcript.current().as_ref(), body)?;
                Some(outcome)
            }
            _ => return Err(Fault::UnexpectedMessage),
        };
        self.transcript.update(message);
        Ok(outcome)
    }

    fn certificate(&self, body: &[u8]) -> Result<Expected, Fault> {
        let certificate = Certificate::parse(body, &[])?;
        if certificate.context != self.context {
            return Err(Fault::IllegalParameter);
        }
        Ok(match certificate.chain.is_empty() {
            true => Expected::Finished(Outcome { chain: None, scheme: None }),
            false => Expected::CertificateVerify(certificate.chain.into()),
        })
    }

    fn certificate_verify(&self, chain: Arc<[Arc<[u8]>]>, body: &[u8]) -> Result<Outcome, Fault> {
        let (scheme, signature) = messages::parse_certificate_verify(body)?;
        let content = signed_content(self.signer, &self.transcript.current());
        signature::verify(Protocol::Tls13, scheme, &self.offered, &chain[0], &content, signature)?;
        Ok(Outcome { chain: Some(PeerChain(chain)), scheme: Some(scheme) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::Hash;
    use crate::testing::{KINDS, Kind, identity};

    const CONTEXT: &[u8] = b"round 1";

    fn offer(schemes: &[SignatureScheme]) -> Offered {
        Offered { schemes: schemes.to_vec(), foreign: None }
    }

    const SCHEMES: &[SignatureScheme] = &[0x0403, 0x0503, 0x0603, 0x0807, 0x0804, 0x0401];

    fn transcript(hash: Hash) -> Transcript {
        let mut transcript = Transcript::new(hash);
        transcript.update(b"all that was said before");
        transcript
    }

    fn base_key(hash: Hash) -> Secret {
        Secret::new(hash, &vec![5; hash.len()]).unwrap()
    }

    /// The messages of a block.
    fn block(identity: Option<&Identity>) -> Vec<Vec<u8>> {
        block_of(identity, Hash::Sha256, &mut transcript(Hash::Sha256))
    }

    fn block_of(identity: Option<&Identity>, hash: Hash, transcript: &mut Transcript) -> Vec<Vec<u8>> {
        let identity =
            identity.map(|identity| (identity, choose_scheme(Protocol::Tls13, &*identity.key, SCHEMES).unwrap()));
        let block = make(Role::Client, CONTEXT, identity, transcript, &base_key(hash), &[]).unwrap();
        messages_of(&block)
    }

    fn messages_of(mut block: &[u8]) -> Vec<Vec<u8>> {
        let mut messages = Vec::new();
        while let Some(len) = messages::front(block).unwrap() {
            messages.push(block[..len].to_vec());
            block = &block[len..];
        }
        assert!(block.is_empty());
        messages
    }

    fn check() -> Check {
        Check::new(Role::Client, CONTEXT, offer(SCHEMES), transcript(Hash::Sha256))
    }

    /// What comes of messages: an outcome, an error, or neither.
    fn feed<'a>(mut check: Check, messages: impl IntoIterator<Item = &'a Vec<u8>>) -> Result<Option<Outcome>, Fault> {
        let mut outcome = None;
        for message in messages {
            assert_eq!(outcome, None);
            outcome = check.message(message, &base_key(check.transcript.hash()))?;
        }
        Ok(outcome)
    }

    #[test]
    fn every_kind_of_key_under_both_hashes() {
        for kind in KINDS {
            let identity = identity(kind);
            for hash in [Hash::Sha256, Hash::Sha384] {
                let mut ours = transcript(hash);
                let messages = block_of(Some(&identity), hash, &mut ours);
                let kinds: Vec<u8> = messages.iter().map(|message| message[0]).collect();
                assert_eq!(kinds, [CERTIFICATE, CERTIFICATE_VERIFY, FINISHED]);
                assert_eq!(context(&messages[0]), Ok(CONTEXT));
                let mut check = Check::new(Role::Client, CONTEXT, offer(SCHEMES), transcript(hash));
                assert_eq!(check.message(&messages[0], &base_key(hash)), Ok(None));
                assert_eq!(check.message(&messages[1], &base_key(hash)), Ok(None));
                let outcome = check.message(&messages[2], &base_key(hash)).unwrap().unwrap();
                assert_eq!(&outcome.chain.unwrap().0[..], &identity.chain[..]);
                assert_eq!(outcome.scheme, Some(identity.key.schemes()[0]));
                assert_eq!(check.transcript.current().as_ref(), ours.current().as_ref());
                assert_eq!(check.message(&messages[0], &base_key(hash)), Err(Fault::UnexpectedMessage));
            }
        }
    }

    #[test]
    fn no_certificate() {
        let messages = block(None);
        assert_eq!(messages.len(), 2);
        assert_eq!(feed(check(), &messages), Ok(Some(Outcome { chain: None, scheme: None })));
    }

    #[test]
    fn every_order_but_the_right_one() {
        let mut messages = block(Some(&identity(Kind::P256)));
        messages.push(messages::key_update(false).to_vec());
        let good = [0, 1, 2];
        for a in 0..4 {
            for b in 0..4 {
                for c in 0..4 {
                    let order = [a, b, c];
                    let fed = feed(check(), order.iter().map(|&i| &messages[i]));
                    assert_eq!(fed.is_ok(), order == good, "{order:?}");
                }
            }
        }
        let empty = block(None);
        for order in [&[&empty[0], &messages[1], &empty[1]][..], &[&messages[0], &empty[1]], &[&empty[1]]] {
            assert_eq!(feed(check(), order.iter().copied()), Err(Fault::UnexpectedMessage));
        }
        // An empty Certificate whose Finished has the certificate's transcript, and the reverse.
        assert_eq!(feed(check(), [&empty[0], &messages[2]]), Err(Fault::BadFinished));
        assert_eq!(feed(check(), [&messages[0], &messages[1], &empty[1]]), Err(Fault::BadFinished));
    }

    #[test]
    fn every_flipped_bit_and_every_cut() {
        let messages = block(Some(&identity(Kind::P256)));
        for (position, message) in messages.iter().enumerate() {
            for bit in 0..message.len() * 8 {
                let mut flipped = messages.clone();
                flipped[position][bit / 8] ^= 1 << (bit % 8);
                assert!(feed(check(), &flipped).is_err(), "message {position} bit {bit}");
            }
            for len in 0..message.len() {
                let mut cut = messages.clone();
                cut[position].truncate(len);
                assert!(feed(check(), &cut).is_err());
            }
            let mut longer = messages.clone();
            longer[position].push(0);
            assert_eq!(feed(check(), &longer), Err(Fault::Decode));
        }
    }

    #[test]
    fn an_error_is_final() {
        let messages = block(Some(&identity(Kind::P256)));
        let mut check = check();
        assert_eq!(check.message(&messages[1], &base_key(Hash::Sha256)), Err(Fault::UnexpectedMessage));
        for message in &messages {
            assert_eq!(check.message(message, &base_key(Hash::Sha256)), Err(Fault::UnexpectedMessage));
        }
    }

    #[test]
    fn another_context_role_transcript_key_or_scheme() {
        let messages = block(Some(&identity(Kind::P256)));
        let before = || transcript(Hash::Sha256);
        let other = Check::new(Role::Client, b"round 2", offer(SCHEMES), before());
        assert_eq!(feed(other, &messages), Err(Fault::IllegalParameter));
        let other = Check::new(Role::Server, CONTEXT, offer(SCHEMES), before());
        assert_eq!(feed(other, &messages), Err(Fault::BadSignature));
        let other = Check::new(Role::Client, CONTEXT, offer(&SCHEMES[1..]), before());
        assert_eq!(feed(other, &messages), Err(Fault::WrongSignatureScheme));
        let other = Check::new(Role::Client, CONTEXT, offer(SCHEMES), Transcript::new(Hash::Sha256));
        assert_eq!(feed(other, &messages), Err(Fault::BadSignature));
        let mut check = check();
        let updated = base_key(Hash::Sha256).next_traffic_secret();
        assert_eq!(check.message(&messages[0], &updated), Ok(None));
        assert_eq!(check.message(&messages[1], &updated), Ok(None));
        assert_eq!(check.message(&messages[2], &updated), Err(Fault::BadFinished));
    }

    #[test]
    fn a_stolen_certificate() {
        let (victim, thief) = (identity(Kind::P256), identity(Kind::P256));
        let forged = Identity { chain: victim.chain.clone(), ..thief };
        assert_eq!(feed(check(), &block(Some(&forged))), Err(Fault::BadSignature));
        // A key of another kind, whatever scheme it claims.
        let forged = Identity { chain: victim.chain.clone(), ..identity(Kind::Ed25519) };
        assert_eq!(feed(check(), &block(Some(&forged))), Err(Fault::IllegalParameter));
    }

    #[test]
    fn pkcs1_is_not_for_tls13() {
        let rsa = identity(Kind::Rsa);
        assert_eq!(choose_scheme(Protocol::Tls13, &*rsa.key, &[0x0401]), None);
        let made = make(
            Role::Client,
            CONTEXT,
            Some((&rsa, 0x0401)),
            &mut transcript(Hash::Sha256),
            &base_key(Hash::Sha256),
            &[],
        );
        assert_eq!(made, Err(Fault::Internal));
        // From a peer that does it all the same.
        let mut before = transcript(Hash::Sha256);
        let certificate = messages::certificate(CONTEXT, &[&rsa.chain[0]], None).unwrap();
        before.update(&certificate);
        let signature = rsa.key.sign(0x0401, &signed_content(Role::Client, &before.current())).unwrap();
        let verify = messages::certificate_verify(0x0401, &signature).unwrap();
        assert_eq!(feed(check(), [&certificate, &verify]), Err(Fault::IllegalParameter));
    }

    #[test]
    fn an_identity_without_a_certificate_is_not_presented() {
        let bare = Identity { chain: Vec::new(), ..identity(Kind::P256) };
        let made = make(
            Role::Client,
            CONTEXT,
            Some((&bare, 0x0403)),
            &mut transcript(Hash::Sha256),
            &base_key(Hash::Sha256),
            &[],
        );
        assert_eq!(made, Err(Fault::Internal));
    }
}
