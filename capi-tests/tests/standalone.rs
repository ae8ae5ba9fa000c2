//! Every program of `capi-tests/libssl`, compiled against `include/` and linked with `libstandin` alone, against what the
//! original does.

use standin_capi_tests::compare::compare_alone;

include!(concat!(env!("OUT_DIR"), "/alone.rs"));
