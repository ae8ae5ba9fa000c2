//! A server's rounds of post-handshake authentication (RFC 8446 §4.6.2): requests, and the answer to one of them.

use crate::authentication::{self, Check};
use crate::messages;
use crate::schedule::{Secret, Transcript};
use crate::signature::Offered;
use crate::{Error, Fault, PeerChain, Role, SignatureScheme, provider};

/// Requests that a server may have sent and got no answer to; one is usual.
const MAX_OUTSTANDING: usize = 16;

/// A request for a certificate that has not been answered.
struct Round {
    context: Vec<u8>,
    /// Handshake and CertificateRequest: earlier rounds do not count (RFC 8446 §4.4).
    transcript: Transcript,
    offered: Offered,
    require: bool,
}

/// A round being answered.
struct Answer {
    check: Check,
    require: bool,
}

/// What a message of an answer has said.
pub(crate) enum Said {
    /// The answer goes on.
    Part,
    /// A proven chain waits for the owner's verdict.
    Somebody,
    /// The client has no certificate.
    Nobody,
}

/// The rounds of a connection.
#[derive(Default)]
pub(crate) struct Rounds {
    outstanding: Vec<Round>,
    answer: Option<Answer>,
    /// What a proven answer waits with for the owner's verdict.
    candidate: Option<(PeerChain, SignatureScheme)>,
    /// Rounds that have come to an end.
    pub(crate) ended: usize,
}

impl Rounds {
    /// A further request, as it is to be sent. `transcript` is the handshake's.
    pub(crate) fn begin(
        &mut self,
        mut transcript: Transcript,
        offered: Offered,
        authorities: &[Vec<u8>],
        require: bool,
    ) -> Result<Vec<u8>, Error> {
        if self.outstanding.len() >= MAX_OUTSTANDING {
            return Err(Error::WrongState);
        }
        let mut context = vec![0; 32];
        provider::fill_random(&mut context)?;
        let message = messages::certificate_request(&context, &offered.schemes, authorities)?;
        transcript.update(&message);
        self.outstanding.push(Round { context, transcript, offered, require });
        Ok(message)
    }

    /// Requests sent and not yet answered.
    pub(crate) fn outstanding(&self) -> usize {
        self.outstanding.len() + usize::from(self.answer.is_some()) + usize::from(self.candidate.is_some())
    }

    /// Some messages of an answer have come, and not all.
    pub(crate) fn is_answering(&self) -> bool {
        self.answer.is_some()
    }

    /// Takes a message of an answer. An error is final.
    pub(crate) fn message(&mut self, message: &[u8], base_key: &Secret) -> Result<Said, Error> {
        let mut answer = match self.answer.take() {
            Some(answer) => answer,
            None => self.begin_answer(message)?,
        };
        let Some(outcome) = answer.check.message(message, base_key)? else {
            self.answer = Some(answer);
            return Ok(Said::Part);
        };
        self.candidate = outcome.chain.zip(outcome.scheme);
        match &self.candidate {
            Some(_) => Ok(Said::Somebody),
            None if answer.require => Err(Fault::NoPeerCertificate.into()),
            None => Ok(Said::Nobody),
        }
    }

    /// Finds the round that a Certificate message answers, by its context.
    fn begin_answer(&mut self, message: &[u8]) -> Result<Answer, Error> {
        let context = authentication::context(message)?;
        let index = self.outstanding.iter().position(|round| round.context == context);
        let round = self.outstanding.swap_remove(index.ok_or(match self.outstanding.is_empty() {
            true => Fault::UnexpectedMessage,
            false => Fault::IllegalParameter,
        })?);
        let check = Check::new(Role::Client, &round.context, round.offered, round.transcript);
        Ok(Answer { check, require: round.require })
    }

    /// The chain that waits for a verdict.
    pub(crate) fn candidate(&self) -> Option<&PeerChain> {
        self.candidate.as_ref().map(|candidate| &candidate.0)
    }

    /// It has been judged.
    pub(crate) fn take_candidate(&mut self) -> Option<(PeerChain, SignatureScheme)> {
        self.candidate.take()
    }
}
