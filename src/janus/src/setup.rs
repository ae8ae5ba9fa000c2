//! All that connections of a port go by: replaced as a whole when a command changes any of it.

use std::sync::Arc;

use standin_engine::{Parameters, ServerConfig, ServerSessions, ServerSettings, SessionCache};

use crate::authority::Authority;
use crate::definition::{ClientCertificate, Definition};
use crate::rules::{Exception, Rules};
use crate::sessions::Sessions;

/// A definition with its authorities and rules. A connection keeps the one that it began with.
pub struct Setup {
    /// JANUS DEFINE.
    pub definition: Definition,
    /// JANUS ADDCA.
    pub authorities: Vec<Arc<Authority>>,
    /// JANUS WEB.
    pub rules: Rules,
    /// The engine's configuration; `None`: no TLS.
    pub tls: Option<Arc<ServerConfig>>,
    sessions: Arc<Sessions>,
}

impl Setup {
    /// Of a definition alone.
    pub fn new(definition: Definition) -> Result<Self, String> {
        let sessions = sessions(&definition);
        Setup { definition, authorities: Vec::new(), rules: Rules::default(), tls: None, sessions }.configured()
    }

    /// With other authorities. The sessions of before are not resumed any more: their certificates were accepted by
    /// the old ones.
    pub fn with_authorities(&self, authorities: Vec<Arc<Authority>>) -> Result<Self, String> {
        let sessions = sessions(&self.definition);
        Setup { authorities, sessions, ..self.copy() }.configured()
    }

    /// With other rules.
    pub fn with_rules(&self, rules: Rules) -> Result<Self, String> {
        let setup = Setup { rules, ..self.copy() };
        match setup.requires_certificate() == self.requires_certificate() {
            true => Ok(setup),
            false => setup.configured(),
        }
    }

    /// With the sessions of `other`, if nothing that they depend on is different.
    pub fn with_sessions_of(self, other: &Setup) -> Result<Self, String> {
        let (new, old) = (&self.definition, &other.definition);
        let key = |setup: &Setup| setup.definition.identity.as_ref().map(|identity| identity.chain.clone());
        let authorities = |setup: &Setup| -> Vec<Vec<u8>> {
            setup.authorities.iter().map(|authority| authority.certificate.der().to_vec()).collect()
        };
        let same = key(&self) == key(other)
            && authorities(&self) == authorities(other)
            && (new.client_certificate, new.max_certificate, new.max_age, new.cache)
                == (old.client_certificate, old.max_certificate, old.max_age, old.cache);
        if !same {
            return Ok(self);
        }
        // The counts go on, too.
        Setup { sessions: other.sessions.clone(), authorities: other.authorities.clone(), ..self }.configured()
    }

    /// The same once more.
    pub fn copy(&self) -> Self {
        Setup {
            definition: self.definition.clone(),
            authorities: self.authorities.clone(),
            rules: self.rules.clone(),
            tls: self.tls.clone(),
            sessions: self.sessions.clone(),
        }
    }

    /// The handshake is to fail without a certificate: SSLCLCERTR, and no rule for that case.
    pub fn requires_certificate(&self) -> bool {
        self.definition.client_certificate == ClientCertificate::Required
            && !self.rules.handles(Exception::NoCertificate)
    }

    /// The authorities' names, as a CertificateRequest gives them.
    pub fn authority_names(&self) -> Vec<Vec<u8>> {
        self.authorities.iter().map(|authority| authority.distinguished_name()).collect()
    }

    fn configured(mut self) -> Result<Self, String> {
        let definition = &self.definition;
        let Some(identity) = &definition.identity else { return Ok(self) };
        let (min, max) = definition.protocols;
        let resumes = definition.max_age > 0;
        let settings = ServerSettings {
            parameters: Parameters { min, max, suites: definition.suites.clone(), ..Parameters::default() },
            prefer_own_order: true,
            prefer_resumption: true,
            identities: vec![identity.clone()],
            request_certificate: definition.client_certificate != ClientCertificate::NotAsked,
            require_certificate: self.requires_certificate(),
            authorities: self.authority_names(),
            session_context: definition.name.clone().into_bytes(),
            verifies: true,
            judge_absence: false,
            sessions: ServerSessions {
                lifetime: definition.max_age * 60,
                ticket_keys: None,
                cache: resumes.then(|| self.sessions.clone() as Arc<dyn SessionCache>),
            },
            tickets: if resumes { 2 } else { 0 },
        };
        self.tls = Some(ServerConfig::new(&settings).map_err(|error| format!("TLS cannot be set up: {error}"))?);
        Ok(self)
    }
}

fn sessions(definition: &Definition) -> Arc<Sessions> {
    let needs_peer = definition.client_certificate == ClientCertificate::Required;
    Arc::new(Sessions::new(definition.cache, needs_peer))
}
