//! Numbers of reasons: those that all libraries share, and by library.
#![allow(missing_docs)] // the names are OpenSSL's

use std::ffi::c_int;

const FATAL: c_int = 1 << 18;
const COMMON: c_int = 2 << 18;
pub const BIO_LIB: c_int = 32 | COMMON;
pub const RSA_LIB: c_int = 4 | COMMON;
pub const ASN1_LIB: c_int = 13 | COMMON;
pub const PEM_LIB: c_int = 9 | COMMON;
pub const EVP_LIB: c_int = 6 | COMMON;
pub const SYS_LIB: c_int = 2 | COMMON;
pub const BUF_LIB: c_int = 7 | COMMON;
pub const INTERRUPTED_OR_CANCELLED: c_int = 265 | COMMON;
pub const NESTED_ASN1_ERROR: c_int = 266 | COMMON;
pub const UNSUPPORTED: c_int = 268 | COMMON;
pub const SHOULD_NOT_HAVE_BEEN_CALLED: c_int = 257 | FATAL | COMMON;
pub const PASSED_NULL_PARAMETER: c_int = 258 | FATAL | COMMON;
pub const INTERNAL_ERROR: c_int = 259 | FATAL | COMMON;
pub const DISABLED: c_int = 260 | FATAL | COMMON;
pub const INIT_FAIL: c_int = 261 | FATAL | COMMON;
pub const PASSED_INVALID_ARGUMENT: c_int = 262 | COMMON;

pub const MALLOC_FAILURE: c_int = 256 | FATAL | COMMON;

pub mod obj {
    use std::ffi::c_int;
    pub const UNKNOWN_OBJECT_NAME: c_int = 103;
}
pub mod asn1 {
    use std::ffi::c_int;
    pub const BAD_OBJECT_HEADER: c_int = 102;
    pub const DECODE_ERROR: c_int = 110;
    pub const ILLEGAL_OBJECT: c_int = 183;
    pub const TOO_LONG: c_int = 155;
    pub const TOO_SMALL: c_int = 224;
    pub const WRONG_TAG: c_int = 168;
    pub const UNKNOWN_SIGNATURE_ALGORITHM: c_int = 199;
    pub const WRONG_PUBLIC_KEY_TYPE: c_int = 200;
    pub const NOT_ENOUGH_DATA: c_int = 142;
    pub const BMPSTRING_IS_WRONG_LENGTH: c_int = 214;
    pub const CONTEXT_NOT_INITIALISED: c_int = 217;
    pub const DEPTH_EXCEEDED: c_int = 174;
    pub const FIRST_NUM_TOO_LARGE: c_int = 122;
    pub const ILLEGAL_BITSTRING_FORMAT: c_int = 175;
    pub const ILLEGAL_BOOLEAN: c_int = 176;
    pub const ILLEGAL_CHARACTERS: c_int = 124;
    pub const ILLEGAL_FORMAT: c_int = 177;
    pub const ILLEGAL_HEX: c_int = 178;
    pub const ILLEGAL_IMPLICIT_TAG: c_int = 179;
    pub const ILLEGAL_INTEGER: c_int = 180;
    pub const ILLEGAL_NESTED_TAGGING: c_int = 181;
    pub const ILLEGAL_NULL_VALUE: c_int = 182;
    pub const ILLEGAL_TIME_VALUE: c_int = 184;
    pub const ILLEGAL_ZERO_CONTENT: c_int = 222;
    pub const INTEGER_NOT_ASCII_FORMAT: c_int = 185;
    pub const INVALID_BMPSTRING_LENGTH: c_int = 129;
    pub const INVALID_DIGIT: c_int = 130;
    pub const INVALID_MODIFIER: c_int = 186;
    pub const INVALID_NUMBER: c_int = 187;
    pub const INVALID_SEPARATOR: c_int = 131;
    pub const INVALID_UNIVERSALSTRING_LENGTH: c_int = 133;
    pub const INVALID_UTF8STRING: c_int = 134;
    pub const LIST_ERROR: c_int = 188;
    pub const MISSING_SECOND_NUMBER: c_int = 138;
    pub const MISSING_VALUE: c_int = 189;
    pub const MSTRING_WRONG_TAG: c_int = 140;
    pub const NOT_ASCII_FORMAT: c_int = 190;
    pub const OBJECT_NOT_ASCII_FORMAT: c_int = 191;
    pub const SECOND_NUMBER_TOO_LARGE: c_int = 147;
    pub const SEQUENCE_OR_SET_NEEDS_CONFIG: c_int = 192;
    pub const STRING_TOO_LONG: c_int = 151;
    pub const STRING_TOO_SHORT: c_int = 152;
    pub const TIME_NOT_ASCII_FORMAT: c_int = 193;
    pub const UNIVERSALSTRING_IS_WRONG_LENGTH: c_int = 215;
    pub const UNKNOWN_FORMAT: c_int = 160;
    pub const UNKNOWN_TAG: c_int = 194;
}
pub mod bio {
    use std::ffi::c_int;
    pub const BROKEN_PIPE: c_int = 124;
    pub const CONNECT_ERROR: c_int = 103;
    pub const IN_USE: c_int = 123;
    pub const INVALID_ARGUMENT: c_int = 125;
    pub const NO_ACCEPT_ADDR_SPECIFIED: c_int = 143;
    pub const NO_HOSTNAME_OR_SERVICE_SPECIFIED: c_int = 144;
    pub const NO_PORT_DEFINED: c_int = 113;
    pub const NO_SUCH_FILE: c_int = 128;
    pub const UNABLE_TO_BIND_SOCKET: c_int = 117;
    pub const UNABLE_TO_CREATE_SOCKET: c_int = 118;
    pub const UNABLE_TO_LISTEN_SOCKET: c_int = 119;
    pub const UNINITIALIZED: c_int = 120;
    pub const UNSUPPORTED_METHOD: c_int = 121;
    pub const WRITE_TO_READ_ONLY_BIO: c_int = 126;
    pub const BAD_FOPEN_MODE: c_int = 101;
    pub const LOOKUP_RETURNED_NOTHING: c_int = 142;
    pub const ACCEPT_ERROR: c_int = 100;
    pub const AMBIGUOUS_HOST_OR_SERVICE: c_int = 129;
    pub const GETSOCKNAME_ERROR: c_int = 132;
    pub const GETTING_SOCKTYPE: c_int = 134;
    pub const INVALID_SOCKET: c_int = 135;
    pub const LISTEN_V6_ONLY: c_int = 136;
    pub const MALFORMED_HOST_OR_SERVICE: c_int = 130;
    pub const UNABLE_TO_KEEPALIVE: c_int = 137;
    pub const UNABLE_TO_NODELAY: c_int = 138;
    pub const UNABLE_TO_REUSEADDR: c_int = 139;
    pub const UNKNOWN_INFO_TYPE: c_int = 140;
    pub const UNSUPPORTED_PROTOCOL_FAMILY: c_int = 131;
}
pub mod evp {
    use std::ffi::c_int;
    pub const BAD_DECRYPT: c_int = 100;
    pub const DIGEST_NOT_ALLOWED: c_int = 174;
    pub const DIFFERENT_KEY_TYPES: c_int = 101;
    pub const DIFFERENT_PARAMETERS: c_int = 153;
    pub const MISSING_PARAMETERS: c_int = 103;
    pub const DECODE_ERROR: c_int = 114;
    pub const NO_KEY_SET: c_int = 154;
    pub const INITIALIZATION_ERROR: c_int = 134;
    pub const UNSUPPORTED_ALGORITHM: c_int = 156;
    pub const EXPECTING_AN_RSA_KEY: c_int = 127;
    pub const EXPECTING_AN_EC_KEY: c_int = 142;
    pub const INVALID_DIGEST: c_int = 152;
    pub const KEY_SETUP_FAILED: c_int = 180;
    pub const NO_CIPHER_SET: c_int = 131;
    pub const INVALID_KEY_LENGTH: c_int = 130;
    pub const GENERATE_ERROR: c_int = 214;
    pub const COMMAND_NOT_SUPPORTED: c_int = 147;
    pub const OPERATION_NOT_SUPPORTED: c_int = 150;
    pub const OPERATION_NOT_INITIALIZED: c_int = 151;
    pub const NO_OPERATION_SET: c_int = 149;
    pub const INVALID_OPERATION: c_int = 148;
    pub const MESSAGE_DIGEST_IS_NULL: c_int = 159;
    pub const NO_DIGEST_SET: c_int = 139;
    pub const NOT_XOF_OR_INVALID_LENGTH: c_int = 178;
}
pub mod conf {
    use std::ffi::c_int;
    pub const MISSING_CLOSE_SQUARE_BRACKET: c_int = 100;
    pub const MISSING_EQUAL_SIGN: c_int = 101;
    pub const MODULE_INITIALIZATION_ERROR: c_int = 109;
    pub const NO_CLOSE_BRACE: c_int = 102;
    pub const NO_SUCH_FILE: c_int = 114;
    pub const OPENSSL_CONF_REFERENCES_MISSING_SECTION: c_int = 124;
    pub const SSL_COMMAND_SECTION_EMPTY: c_int = 117;
    pub const SSL_COMMAND_SECTION_NOT_FOUND: c_int = 118;
    pub const SSL_SECTION_EMPTY: c_int = 119;
    pub const SSL_SECTION_NOT_FOUND: c_int = 120;
    pub const UNKNOWN_MODULE_NAME: c_int = 113;
    pub const VARIABLE_EXPANSION_TOO_LONG: c_int = 116;
    pub const VARIABLE_HAS_NO_VALUE: c_int = 104;
    pub const NO_CONF: c_int = 105;
}
pub mod ocsp {
    use std::ffi::c_int;
    pub const CERTIFICATE_VERIFY_ERROR: c_int = 101;
    pub const MISSING_OCSPSIGNING_USAGE: c_int = 103;
    pub const NOT_BASIC_RESPONSE: c_int = 104;
    pub const NO_CERTIFICATES_IN_CHAIN: c_int = 105;
    pub const NO_RESPONSE_DATA: c_int = 108;
    pub const RESPONSE_CONTAINS_NO_REVOCATION_DATA: c_int = 111;
    pub const ROOT_CA_NOT_TRUSTED: c_int = 112;
    pub const SIGNATURE_FAILURE: c_int = 117;
    pub const SIGNER_CERTIFICATE_NOT_FOUND: c_int = 118;
    pub const UNKNOWN_MESSAGE_DIGEST: c_int = 119;
    pub const ERROR_IN_NEXTUPDATE_FIELD: c_int = 122;
    pub const ERROR_IN_THISUPDATE_FIELD: c_int = 123;
    pub const NEXTUPDATE_BEFORE_THISUPDATE: c_int = 124;
    pub const STATUS_EXPIRED: c_int = 125;
    pub const STATUS_NOT_YET_VALID: c_int = 126;
    pub const STATUS_TOO_OLD: c_int = 127;
    pub const NO_SIGNER_KEY: c_int = 130;
}
pub mod x509v3 {
    use std::ffi::c_int;
    pub const EXTENSION_NOT_FOUND: c_int = 102;
    pub const NO_PUBLIC_KEY: c_int = 114;
    pub const UNKNOWN_OPTION: c_int = 120;
    pub const NO_ISSUER_CERTIFICATE: c_int = 121;
    pub const UNABLE_TO_GET_ISSUER_KEYID: c_int = 123;
    pub const ERROR_IN_EXTENSION: c_int = 128;
    pub const UNKNOWN_EXTENSION: c_int = 129;
    pub const UNKNOWN_EXTENSION_NAME: c_int = 130;
    pub const ERROR_CREATING_EXTENSION: c_int = 144;
    pub const EXTENSION_EXISTS: c_int = 145;
    pub const BAD_IP_ADDRESS: c_int = 118;
    pub const BAD_OBJECT: c_int = 119;
    pub const BN_DEC2BN_ERROR: c_int = 100;
    pub const DIRNAME_ERROR: c_int = 149;
    pub const EXTENSION_NAME_ERROR: c_int = 115;
    pub const EXTENSION_SETTING_NOT_SUPPORTED: c_int = 103;
    pub const EXTENSION_VALUE_ERROR: c_int = 116;
    pub const ILLEGAL_EMPTY_EXTENSION: c_int = 151;
    pub const INVALID_BOOLEAN_STRING: c_int = 104;
    pub const INVALID_EMPTY_NAME: c_int = 108;
    pub const INVALID_EXTENSION_STRING: c_int = 105;
    pub const INVALID_NAME: c_int = 106;
    pub const INVALID_NULL_VALUE: c_int = 109;
    pub const INVALID_OBJECT_IDENTIFIER: c_int = 110;
    pub const INVALID_SYNTAX: c_int = 143;
    pub const ISSUER_DECODE_ERROR: c_int = 126;
    pub const MISSING_VALUE: c_int = 124;
    pub const NO_CONFIG_DATABASE: c_int = 136;
    pub const NO_ISSUER_DETAILS: c_int = 127;
    pub const NO_SUBJECT_DETAILS: c_int = 125;
    pub const OPERATION_NOT_DEFINED: c_int = 148;
    pub const OTHERNAME_ERROR: c_int = 147;
    pub const SECTION_NOT_FOUND: c_int = 150;
    pub const UNKNOWN_BIT_STRING_ARGUMENT: c_int = 111;
    pub const UNSUPPORTED_OPTION: c_int = 117;
}
pub mod rsa {
    use std::ffi::c_int;
    pub const KEY_SIZE_TOO_SMALL: c_int = 120;
    pub const MISSING_PRIVATE_KEY: c_int = 179;
    pub const VALUE_MISSING: c_int = 147;
    pub const BAD_SIGNATURE: c_int = 104;
    pub const WRONG_SIGNATURE_LENGTH: c_int = 119;
    pub const DATA_GREATER_THAN_MOD_LEN: c_int = 108;
    pub const DATA_TOO_LARGE_FOR_KEY_SIZE: c_int = 110;
    pub const DATA_TOO_LARGE_FOR_MODULUS: c_int = 132;
    pub const DATA_TOO_SMALL_FOR_KEY_SIZE: c_int = 122;
    pub const INVALID_DIGEST_LENGTH: c_int = 143;
    pub const INVALID_MESSAGE_LENGTH: c_int = 131;
    pub const INVALID_PADDING: c_int = 138;
    pub const OAEP_DECODING_ERROR: c_int = 121;
    pub const PADDING_CHECK_FAILED: c_int = 114;
    pub const PKCS_DECODING_ERROR: c_int = 159;
    pub const THE_ASN1_OBJECT_IDENTIFIER_IS_NOT_KNOWN_FOR_THIS_MD: c_int = 116;
    pub const UNKNOWN_ALGORITHM_TYPE: c_int = 117;
    pub const UNKNOWN_PADDING_TYPE: c_int = 118;
}
pub mod ec {
    use std::ffi::c_int;
    pub const MISSING_PARAMETERS: c_int = 124;
    pub const MISSING_PRIVATE_KEY: c_int = 125;
    pub const OPERATION_NOT_SUPPORTED: c_int = 152;
    pub const INVALID_CURVE: c_int = 141;
}
pub mod crypto {
    use std::ffi::c_int;
    pub const ILLEGAL_HEX_DIGIT: c_int = 102;
    pub const ODD_NUMBER_OF_DIGITS: c_int = 103;
    pub const HEX_STRING_TOO_SHORT: c_int = 121;
}
pub mod prov {
    use std::ffi::c_int;
    pub const BAD_DECRYPT: c_int = 100;
    pub const DIGEST_NOT_ALLOWED: c_int = 174;
    pub const CIPHER_OPERATION_FAILED: c_int = 102;
    pub const UNABLE_TO_GET_PASSPHRASE: c_int = 159;
    pub const MISMATCHING_DOMAIN_PARAMETERS: c_int = 203;
    pub const MISSING_KEY: c_int = 128;
    pub const NOT_A_PRIVATE_KEY: c_int = 221;
    pub const OUTPUT_BUFFER_TOO_SMALL: c_int = 106;
    pub const WRONG_FINAL_BLOCK_LENGTH: c_int = 107;
    pub const INVALID_DIGEST: c_int = 122;
    pub const NOT_SUPPORTED: c_int = 136;
    pub const INVALID_SALT_LENGTH: c_int = 112;
    pub const PSS_SALTLEN_TOO_SMALL: c_int = 172;
    pub const INVALID_MGF1_MD: c_int = 167;
    pub const INVALID_PADDING_MODE: c_int = 168;
    pub const ILLEGAL_OR_UNSUPPORTED_PADDING_MODE: c_int = 165;
    pub const INVALID_SIGNATURE_SIZE: c_int = 179;
}
pub mod pem {
    use std::ffi::c_int;
    pub const BAD_BASE64_DECODE: c_int = 100;
    pub const BAD_DECRYPT: c_int = 101;
    pub const BAD_END_LINE: c_int = 102;
    pub const BAD_PASSWORD_READ: c_int = 104;
    pub const NO_START_LINE: c_int = 108;
    pub const UNSUPPORTED_CIPHER: c_int = 113;
    pub const BAD_IV_CHARS: c_int = 103;
    pub const UNSUPPORTED_ENCRYPTION: c_int = 114;
    pub const UNSUPPORTED_PUBLIC_KEY_TYPE: c_int = 110;
    pub const PROBLEMS_GETTING_PASSWORD: c_int = 109;
}
pub mod x509 {
    use std::ffi::c_int;
    pub const BAD_X509_FILETYPE: c_int = 100;
    pub const INVALID_DIRECTORY: c_int = 113;
    pub const INVALID_TRUST: c_int = 123;
    pub const KEY_TYPE_MISMATCH: c_int = 115;
    pub const KEY_VALUES_MISMATCH: c_int = 116;
    pub const LOADING_CERT_DIR: c_int = 103;
    pub const NO_CERTIFICATE_FOUND: c_int = 135;
    pub const NO_CERTIFICATE_OR_CRL_FOUND: c_int = 136;
    pub const NO_CERT_SET_FOR_US_TO_VERIFY: c_int = 105;
    pub const NO_CRL_FOUND: c_int = 137;
    pub const UNABLE_TO_GET_CERTS_PUBLIC_KEY: c_int = 108;
    pub const UNKNOWN_KEY_TYPE: c_int = 117;
    pub const UNKNOWN_PURPOSE_ID: c_int = 121;
    pub const UNKNOWN_TRUST_ID: c_int = 120;
    pub const UNSUPPORTED_ALGORITHM: c_int = 111;
    pub const PUBLIC_KEY_DECODE_ERROR: c_int = 125;
    pub const INVALID_FIELD_NAME: c_int = 119;
    pub const UNKNOWN_NID: c_int = 109;
    pub const UNKNOWN_SIGID_ALGS: c_int = 144;
}
pub mod pkcs12 {
    use std::ffi::c_int;
    pub const CIPHERFINAL_ERROR: c_int = 116;
    pub const MAC_VERIFY_FAILURE: c_int = 113;
    pub const PARSE_ERROR: c_int = 114;
    pub const INVALID_NULL_PKCS12_POINTER: c_int = 108;
}
