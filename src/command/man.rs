//! Manual pages, generated from the command line's own description.

use std::path::Path;

use anyhow::{Context, Result};
use clap::CommandFactory;

use super::Standin;

/// Writes `standin.1` and a page per subcommand into `directory`.
pub fn write(directory: &Path) -> Result<()> {
    let command = Standin::command().disable_help_subcommand(true);
    clap_mangen::generate_to(command, directory)
        .with_context(|| format!("cannot write manual pages into {}", directory.display()))
}
