// Who owns which reference after SSL_set_bio, for every combination of old and new BIOs for reading and writing, as
// SSL_set_bio(3) lists them.
#include "common.h"

static int freed[4];

static int on_create(BIO *bio) {
    BIO_set_init(bio, 1);
    return 1;
}

static int on_destroy(BIO *bio) {
    int *count = BIO_get_data(bio);
    if (count)
        ++*count;
    return 1;
}

static BIO_METHOD *method;

static BIO *make(int which) {
    BIO *bio = BIO_new(method);
    MUST(bio != NULL);
    BIO_set_data(bio, &freed[which]);
    return bio;
}

// References that the call adopts, by the man page: one each; one for both if they are the same; none for what stays.
static void run(int old_r, int old_w, int new_r, int new_w) {
    BIO *bios[4];
    memset(freed, 0, sizeof freed);
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(ctx);
    for (int i = 0; i < 4; i++)
        bios[i] = i ? make(i) : NULL;
    // The program keeps two references to each, so that nothing is freed too early to be counted.
    for (int i = 1; i < 4; i++)
        BIO_up_ref(bios[i]), BIO_up_ref(bios[i]), BIO_up_ref(bios[i]), BIO_up_ref(bios[i]);
    SSL_set_bio(ssl, bios[old_r], bios[old_w]);
    SSL_set_bio(ssl, bios[new_r], bios[new_w]);
    int as_set = SSL_get_rbio(ssl) == bios[new_r] && SSL_get_wbio(ssl) == bios[new_w];
    SSL_free(ssl);
    // How many references each has lost.
    char lost[64] = "";
    for (int i = 1; i < 4; i++) {
        int left = 0;
        while (!freed[i] && left < 6)
            BIO_free(bios[i]), left++;
        snprintf(lost + strlen(lost), sizeof lost - strlen(lost), " %d", 5 - left);
    }
    say("%d %d -> %d %d: set %d, lost%s", old_r, old_w, new_r, new_w, as_set, lost);
    SSL_CTX_free(ctx);
}

static void body(void) {
    method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "counted");
    BIO_meth_set_create(method, on_create);
    BIO_meth_set_destroy(method, on_destroy);
    for (int old_r = 0; old_r < 3; old_r++)
        for (int old_w = 0; old_w < 3; old_w++)
            for (int new_r = 0; new_r < 4; new_r++)
                for (int new_w = 0; new_w < 4; new_w++)
                    run(old_r, old_w, new_r, new_w);
    BIO_meth_free(method);
}

SINGLE(body)
