//! Every program of `capi-tests/libgnutls`, on the original and on Standin.

use standin_capi_tests::compare::compare_for;
use standin_capi_tests::library::Library;

fn compare(name: &str) {
    compare_for(Library::Gnutls, name);
}

include!(concat!(env!("OUT_DIR"), "/libgnutls.rs"));
