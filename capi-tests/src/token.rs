//! A PKCS #11 token (SoftHSM) with certificates and keys, which sign there and are never seen.

use crate::{
    place::{cert, command, finish},
    process::On,
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// SoftHSM's module.
pub const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";
/// What it takes to make one.
pub const TOOLS: [&str; 3] = ["softhsm2-util", "pkcs11-tool", MODULE];

/// A token; its files are in the folder that it was made in.
pub struct Token {
    config: PathBuf,
}

impl Token {
    /// Puts certificates of the tests with their keys on a new token in `dir`.
    pub fn new(dir: &Path, names: &[&str]) -> Self {
        let tokens = dir.join("tokens");
        fs::create_dir(&tokens).unwrap();
        let token = Token { config: dir.join("softhsm2.conf") };
        fs::write(&token.config, format!("directories.tokendir = {}\n", tokens.display())).unwrap();
        let pins = ["--so-pin", "1234", "--pin", "1234"];
        token.make("softhsm2-util", |tool| tool.args(["--init-token", "--free", "--label", "token"]).args(pins));
        for (place, name) in names.iter().enumerate() {
            let id = format!("{:02}", place + 1);
            token.make("softhsm2-util", |tool| {
                tool.args(["--import", &cert(&format!("{name}.key")), "--token", "token", "--pin", "1234"]);
                tool.args(["--label", name, "--id", &id])
            });
            token.make("pkcs11-tool", |tool| {
                tool.args(["--module", MODULE, "--login", "--pin", "1234", "--type", "cert", "--id", &id]);
                tool.args(["--label", name, "--write-object", &cert(&format!("{name}.der"))])
            });
        }
        token
    }

    fn make(&self, tool: &str, arguments: impl Fn(&mut Command) -> &mut Command) {
        let mut command = command(tool, On::Original);
        let outcome = finish(arguments(self.given_to(&mut command)));
        assert!(outcome.succeeded(), "{tool}: {}{}", outcome.stdout, outcome.stderr);
    }

    /// Lets a program find the token.
    pub fn given_to<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.env("SOFTHSM2_CONF", &self.config).env("PKCS11_MODULE_PATH", MODULE)
    }

    /// Where a certificate (`cert`) or a key (`private`) stands (RFC 7512).
    pub fn url(name: &str, kind: &str) -> String {
        format!("pkcs11:token=token;object={name};type={kind}?pin-value=1234")
    }
}
