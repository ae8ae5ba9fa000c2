//! `standin demo`: the life of a client certificate, on one connection in memory.

use anyhow::{Context, Result, ensure};

use crate::command::output::{self, say};
use authority::{Authority, Named};
use stage::{Answer, Stage};
use timeline::Form;

mod authority;
pub mod janus;
mod picture;
mod stage;
mod timeline;

const SERVER_NAME: &str = "server.demo";

/// Plays the demo and prints what happens; fails if anything comes out otherwise than it should.
pub fn run() -> Result<()> {
    say!("A certification authority, a server and two client certificates have been made in memory.\n");
    let stage = play(Form::Lines)?;
    say!("\nWho was authenticated, in the server's eyes (certificates verified against the authority):");
    for line in stage.timeline.identities() {
        say!("  {line}");
    }
    Ok(())
}

/// Plays the demo and draws what has happened, as SVG.
pub fn draw() -> Result<()> {
    output::write(format_args!("{}", picture::of(&play(Form::Picture)?.timeline.events)));
    Ok(())
}

fn play(form: Form) -> Result<Stage> {
    let authority = Authority::new("Standin demo CA").context("cannot make the demo's certificates")?;
    let [server, alice, admin] = [SERVER_NAME, "alice.demo", "admin.demo"].map(|name| authority.issue(name));
    let (server, alice, admin) = (server?, alice?, admin?);

    let mut stage = Stage::new(authority, &server, form)?;
    handshake(&mut stage, &alice)?;
    ask_again(&mut stage, &admin)?;
    Ok(stage)
}

/// The server requires a certificate; the client's callback needs time to choose.
fn handshake(stage: &mut Stage, alice: &Named) -> Result<()> {
    stage.answers([Answer::Later, Answer::Later, Answer::Present(alice.clone())]);
    stage.play()?;
    ensure!(stage.is_established(), "the handshake did not complete");
    expect_client(stage, Some("alice.demo"))?;
    stage.say("may I come in?")?;
    expect_client(stage, Some("alice.demo"))
}

/// The server asks again on the live connection, twice.
fn ask_again(stage: &mut Stage, admin: &Named) -> Result<()> {
    stage.answers([Answer::Later, Answer::Present(admin.clone())]);
    stage.request_certificate(true)?;
    stage.play()?;
    expect_client(stage, Some("admin.demo"))?;
    stage.say("now let me administer")?;

    stage.answers([Answer::Nothing]);
    stage.request_certificate(false)?;
    stage.play()?;
    expect_client(stage, None)
}

fn expect_client(stage: &Stage, expected: Option<&str>) -> Result<()> {
    let found = stage.timeline.client();
    ensure!(found == expected, "the server takes the client for {found:?}, not for {expected:?}");
    Ok(())
}
