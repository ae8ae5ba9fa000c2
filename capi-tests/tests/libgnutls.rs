//! Every program of `capi-tests/libgnutls`, on the original and on Standin.

use standin_capi_tests::compare::compare;

include!(concat!(env!("OUT_DIR"), "/libgnutls.rs"));
