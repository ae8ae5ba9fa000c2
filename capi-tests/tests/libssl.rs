//! Every program of `capi-tests/libssl`, on the original and on Standin.

use standin_capi_tests::compare::compare;

include!(concat!(env!("OUT_DIR"), "/libssl.rs"));
