// Parameters of finite-field Diffie-Hellman: taken, written and read.
#include "common.h"

static void say_raw(gnutls_dh_params_t params) {
    gnutls_datum_t prime = {NULL, 0}, generator = {NULL, 0};
    unsigned bits = 77;
    if (say_result("raw", gnutls_dh_params_export_raw(params, &prime, &generator, &bits)) < 0)
        return;
    say_hex("prime", prime.data, prime.size);
    say_hex("generator", generator.data, generator.size);
    printf("key bits %u\n", bits);
    gnutls_free(prime.data);
    gnutls_free(generator.data);
}

int main(void) {
    gnutls_datum_t prime = {(void *)"\0\xff\x01\x02\x03\x05\x07\x0b\x0d", 9}, generator = {(void *)"\x02", 1}, out = {NULL, 0};
    gnutls_datum_t garbage = {(void *)"garbage", 7};
    gnutls_dh_params_t params, copy;
    unsigned char room[512];
    for (unsigned bits = 0; bits < 300; bits += 225) {
        CASE("%u bits", bits);
        MUST(gnutls_dh_params_init(&params));
        MUST(gnutls_dh_params_init(&copy));
        say_result("import", gnutls_dh_params_import_raw2(params, &prime, &generator, bits));
        say_raw(params);
        if (say_result("export", gnutls_dh_params_export2_pkcs3(params, GNUTLS_X509_FMT_PEM, &out)) == 0) {
            printf("%.*s", (int)out.size, out.data);
            say_result("again", gnutls_dh_params_import_pkcs3(copy, &out, GNUTLS_X509_FMT_PEM));
            gnutls_free(out.data);
            say_raw(copy);
        }
        size_t size = 3;
        say_result("small", gnutls_dh_params_export_pkcs3(params, GNUTLS_X509_FMT_DER, room, &size));
        printf("needs %zu\n", size);
        size = sizeof room;
        say_result("room", gnutls_dh_params_export_pkcs3(params, GNUTLS_X509_FMT_DER, room, &size));
        say_hex("der", room, size);
        gnutls_dh_params_deinit(copy);
        MUST(gnutls_dh_params_init(&copy));
        say_result("copy", gnutls_dh_params_cpy(copy, params));
        say_raw(copy);
        say_result("garbage", gnutls_dh_params_import_pkcs3(copy, &garbage, GNUTLS_X509_FMT_DER));
        say_result("garbage", gnutls_dh_params_import_pkcs3(copy, &garbage, GNUTLS_X509_FMT_PEM));
        gnutls_dh_params_deinit(copy);
        gnutls_dh_params_deinit(params);
    }
    return 0;
}
