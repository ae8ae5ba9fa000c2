//! Janus ports: servers whose definition says whether they ask their clients for certificates, whose certificates they
//! take, and what happens without one.
//!
//! [`Janus`] runs the commands that `COMMANDS.md` describes. A port that is started serves its connections, each on a
//! thread of its own, until it is drained or forced; requests and connections are handled by programs, by procedures
//! on disk, or by functions of the host program ([`Function`]), which are given a [`Client`].
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod action;
mod authority;
mod certificate;
mod client;
mod command;
mod definition;
mod files;
mod function;
mod handler;
mod http;
mod janus;
mod journal;
mod link;
mod pattern;
mod perform;
mod port;
mod program;
mod response;
mod rules;
mod sessions;
mod setup;
mod socket;
mod status;
mod web;

pub use certificate::{Certificate, Item};
pub use client::{Client, NO_CERTIFICATE, Tighten};
pub use command::{Command, CommandError, Ending, Splitter, Word};
pub use definition::Kind;
pub use handler::{ClientFunction, Exchange, Function, WebFunction};
pub use http::Request;
pub use janus::{Janus, Settings};
pub use journal::{About, Journal, Target};
pub use link::Broken;
