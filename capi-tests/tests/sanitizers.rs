//! Programs on Standin under AddressSanitizer (with leaks) and under Valgrind.

use standin_capi_tests::{build, compare, known, library::Library, process::On, tools};
use std::process::Command;

mod asan {
    use super::*;

    include!(concat!(env!("OUT_DIR"), "/asan.rs"));

    fn asan(name: &str) {
        known::held_against_list(&format!("asan {name}"), || {
            let program = build::program_with_asan(Library::Ssl, name);
            check(Library::Ssl, name, &program, &|_, program| build::on_drop_in_directly(program));
        });
    }
}

mod asan_gnutls {
    use super::*;

    include!(concat!(env!("OUT_DIR"), "/asan_gnutls.rs"));

    fn asan_gnutls(name: &str) {
        known::held_against_list(&format!("asan gnutls {name}"), || {
            let program = build::program_with_asan(Library::Gnutls, name);
            check(Library::Gnutls, name, &program, &|_, program| build::on_drop_in_behind_asan(program));
        });
    }
}

mod valgrind {
    use super::*;

    include!(concat!(env!("OUT_DIR"), "/valgrind.rs"));

    fn valgrind(name: &str) {
        if !tools::have(&format!("valgrind {name}"), &["valgrind"]) {
            return;
        }
        known::held_against_list(&format!("valgrind {name}"), || {
            check(Library::Ssl, name, &build::program(name), &|_, program| {
                let mut command = Command::new("valgrind");
                command.args([
                    "--quiet",
                    "--error-exitcode=97",
                    "--leak-check=full",
                    "--errors-for-leak-kinds=definite",
                ]);
                command.arg(program);
                On::Standin.preload(&mut command);
                command
            });
        });
    }
}

/// Both sides on Standin under the tool. The output is another test's business.
fn check(library: Library, name: &str, program: &std::path::Path, launch: compare::Launch) {
    let outcomes = if compare::two_sides(library, name) {
        let pair = compare::pair(program, On::Standin, On::Standin, launch);
        vec![pair.client, pair.server]
    } else {
        vec![compare::single(program, On::Standin, launch)]
    };
    let seen: String = outcomes.iter().map(|outcome| format!("{}{}\n", outcome.seen(), outcome.stderr)).collect();
    assert!(outcomes.iter().all(|outcome| outcome.succeeded()), "{seen}");
}
