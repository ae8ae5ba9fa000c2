//! The example of the manuals, as it is written there.

use crate::place::{PATIENCE, Place, ready};

const EXAMPLE: &str = "\
JANUS DEFINE CLCERTWEB 9733 WEBSERV 10 HTTPVERSION 1.1
SSL JANSSL TM2008.PKEY SSLCLCERTR
JANUS ADDCA CLCERTWEB MYPROC SECURESE.CERT
JANUS ADDCA CLCERTWEB MYPROC THAWTE.CERT
JANUS ADDCA CLCERTWEB MYPROC VERIJUNK.CERT
JANUS WEB CLCERTWEB ON SSLNOCERTERR OPEN FILE MYPROC
CMD 'INCLUDE MISSING CERTIFICATE ERROR'
";

#[test]
fn the_example_runs_as_written() {
    if !ready("the_example_runs_as_written") {
        return;
    }
    let place = Place::new();
    place.procedure("JANSSL", "TM2008.PKEY", &place.read("KEYS/SERVER"));
    for (procedure, authority) in [("SECURESE.CERT", "LATER"), ("THAWTE.CERT", "GOOD"), ("VERIJUNK.CERT", "INTER")] {
        place.procedure("MYPROC", procedure, &place.read(&format!("CA/{authority}")));
    }
    place.procedure("MYPROC", "MISSING CERTIFICATE ERROR", "<p>Show your certificate.</p>\n");
    let mut server = place.serve(EXAMPLE, &[]);
    server.running.wait_for("CLCERTWEB WEBSERV 127.0.0.1:9733 SSL\n", PATIENCE).unwrap();
    let journal = server.journal();
    assert!(journal.contains(" MSIR.0642: Added CA 'Good CA' from file MYPROC, proc THAWTE.CERT\n"), "{journal}");

    let get = |client: &str| {
        let mut curl = std::process::Command::new("curl");
        curl.current_dir(place.path("")).args(["--silent", "--noproxy", "*", "--cacert", "ca.pem"]);
        if !client.is_empty() {
            curl.args(["--cert", &format!("{client}.pem"), "--key", &format!("{client}.key")]);
        }
        curl.args(["--write-out", "%{http_code}", "https://localhost:9733/"]);
        standin_capi_tests::process::run(&mut curl, PATIENCE).stdout
    };
    assert_eq!(get(""), "<p>Show your certificate.</p>\n403");
    // The rule is for those without a certificate alone; the example has no rule for anybody else.
    assert!(get("alice").starts_with("404 Not Found"));
    assert!(get("dave").starts_with("404 Not Found"));
    assert_eq!(get("wrong"), "000");
    let journal = server.journal();
    assert!(journal.contains("no CA of the port has issued it (CN=wrong)"), "{journal}");
    assert!(!journal.contains("MSIR.0646"), "{journal}");
}
