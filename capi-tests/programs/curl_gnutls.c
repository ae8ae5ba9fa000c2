// Any program that uses libcurl3-gnutls: fetches URL with a client certificate.
// curl_gnutls URL CA [CERTIFICATE KEY]
#include <stdio.h>

// The few declarations that are needed, so that no development package is (libcurl's ABI is stable).
typedef void CURL;
CURL *curl_easy_init(void);
int curl_easy_setopt(CURL *, int, ...);
int curl_easy_perform(CURL *);
void curl_easy_cleanup(CURL *);
const char *curl_easy_strerror(int);
enum { URL = 10002, SSLCERT = 10025, CAINFO = 10065, SSLKEY = 10087, TIMEOUT = 13 };

int main(int argc, char **argv) {
    if (argc < 3)
        return 2;
    CURL *curl = curl_easy_init();
    curl_easy_setopt(curl, URL, argv[1]);
    curl_easy_setopt(curl, CAINFO, argv[2]);
    curl_easy_setopt(curl, TIMEOUT, 20L);
    if (argc > 4) {
        curl_easy_setopt(curl, SSLCERT, argv[3]);
        curl_easy_setopt(curl, SSLKEY, argv[4]);
    }
    int result = curl_easy_perform(curl);
    if (result)
        fprintf(stderr, "%s\n", curl_easy_strerror(result));
    curl_easy_cleanup(curl);
    return result != 0;
}
