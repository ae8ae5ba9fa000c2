//! Files and their procedures: a folder of folders on disk.
//!
//! `FILE proc` is `ROOT/FILE/proc`: the one place where names become paths. A name is one component, so nothing
//! outside of the root can be reached by a name, not even by one that came from a URL.

use std::fs;
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use standin_engine::{Identity, key_from_der};

/// Larger procedures are not read into memory.
const MAX_PROCEDURE: u64 = 16 << 20;

/// The folder that holds the files.
#[derive(Clone, Debug)]
pub struct Files {
    root: PathBuf,
}

/// A procedure that is there.
#[derive(Clone, Debug)]
pub struct Procedure {
    /// Where it is.
    pub path: PathBuf,
    /// It is a program.
    pub executable: bool,
}

impl Files {
    /// The files in `root`.
    pub fn new(root: &Path) -> Self {
        Files { root: root.to_owned() }
    }

    /// Finds a procedure. The error says which one is missing and why.
    pub fn find(&self, file: &str, procedure: &str) -> Result<Procedure, String> {
        let path = self.path(file, procedure)?;
        let broken = |error: io::Error| format!("proc {procedure} of file {file} cannot be read: {error}");
        let metadata = fs::metadata(&path).map_err(broken)?;
        if !metadata.is_file() {
            return Err(format!("proc {procedure} of file {file} is not a regular file"));
        }
        Ok(Procedure { path, executable: metadata.permissions().mode() & 0o111 != 0 })
    }

    /// Where a procedure is, whether it is there or not.
    pub fn path(&self, file: &str, procedure: &str) -> Result<PathBuf, String> {
        for (what, name) in [("file", file), ("procedure", procedure)] {
            let plain = !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\0']);
            if !plain {
                return Err(format!("'{name}' is no name of a {what}: it is empty, begins with '.' or has a '/'"));
            }
        }
        Ok(self.root.join(file).join(procedure))
    }

    /// What a procedure says.
    pub fn read(&self, file: &str, procedure: &str) -> Result<Vec<u8>, String> {
        let found = self.find(file, procedure)?;
        let mut bytes = Vec::new();
        let reading = fs::File::open(&found.path).and_then(|open| open.take(MAX_PROCEDURE + 1).read_to_end(&mut bytes));
        match reading {
            Err(error) => Err(format!("proc {procedure} of file {file} cannot be read: {error}")),
            Ok(length) if length as u64 > MAX_PROCEDURE => {
                Err(format!("proc {procedure} of file {file} is larger than {MAX_PROCEDURE} bytes"))
            }
            Ok(_) => Ok(bytes),
        }
    }

    /// The certificates in a procedure: PEM, one or more.
    pub fn certificates(&self, file: &str, procedure: &str) -> Result<Vec<CertificateDer<'static>>, String> {
        let pem = self.read(file, procedure)?;
        let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
        match certificates {
            Err(error) => Err(format!("proc {procedure} of file {file} is no good PEM: {error}")),
            Ok(none) if none.is_empty() => Err(format!("proc {procedure} of file {file} has no PEM certificate in it")),
            Ok(certificates) => Ok(certificates),
        }
    }

    /// The private key in a procedure and the certificate that belongs to it, with its chain: PEM.
    pub fn identity(&self, file: &str, procedure: &str) -> Result<Identity, String> {
        let pem = self.read(file, procedure)?;
        let key = PrivateKeyDer::from_pem_slice(&pem)
            .map_err(|error| format!("proc {procedure} of file {file} has no usable PEM private key: {error}"))?;
        let key = key_from_der(key.secret_der()).map_err(|_| {
            format!("the private key in proc {procedure} of file {file} is not RSA, P-256, P-384, P-521 or Ed25519")
        })?;
        let chain = self.certificates(file, procedure)?;
        let identity = Identity { chain: chain.iter().map(|der| der.as_ref().into()).collect(), key, ocsp: None };
        match signs_for(&identity) {
            true => Ok(identity),
            false => Err(format!("the key in proc {procedure} of file {file} is not that of its first certificate")),
        }
    }
}

/// Is the key that of the first certificate?
fn signs_for(identity: &Identity) -> bool {
    const MESSAGE: &[u8] = b"whose key is this?";
    let der = CertificateDer::from(identity.chain[0].as_ref());
    let (Ok(leaf), Some(&scheme)) = (webpki::EndEntityCert::try_from(&der), identity.key.schemes().first()) else {
        return false;
    };
    let Ok(signature) = identity.key.sign(scheme, MESSAGE) else { return false };
    let mut algorithms = webpki::ALL_VERIFICATION_ALGS.iter();
    algorithms.any(|algorithm| leaf.verify_signature(*algorithm, MESSAGE, &signature).is_ok())
}
