/* csrf.c - token derivado da sessão e a conferência de origem. */
#include "auth/csrf.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "auth/keys.h"
#include "base/str.h"

/* O token que a chave de número `at` dá. */
static void
token_by(int at, const unsigned char session_hash[static 32],
         char out[static CSRF_CHARS + 1])
{
    unsigned char mac[32];

    HMAC(EVP_sha256(), keys_get_at(KEY_CSRF, at), KEY_BYTES, session_hash, 32,
         mac, NULL);
    hex_encode(mac, sizeof mac, out);
}

void
csrf_token(const unsigned char session_hash[static 32],
           char out[static CSRF_CHARS + 1])
{
    token_by(0, session_hash, out);
}

bool
csrf_check(const unsigned char session_hash[static 32], const char *given)
{
    char ours[CSRF_CHARS + 1];
    bool same = false;
    int i;

    for (i = 0; given != NULL && i < keys_count(); i++) {
        token_by(i, session_hash, ours);
        same |= equal_constant_time(ours, given);
    }
    return same;
}

/* Compara só esquema, host e porta; url pode continuar com um caminho. */
static bool
is_origin_of(const char *origin, const char *url)
{
    const char *host = strstr(url, "://");
    size_t n;

    if (host == NULL)
        return false;
    n = (size_t)(host - url) + 3;
    n += strcspn(url + n, "/?#");
    return strlen(origin) == n && strncasecmp(origin, url, n) == 0;
}

bool
csrf_same_origin(const char *fetch_site, const char *origin,
                 const char *base_url, const char *self)
{
    if (fetch_site != NULL) /* a página não consegue forjá-lo */
        return strcmp(fetch_site, "same-origin") == 0 ||
               strcmp(fetch_site, "none") == 0;
    if (origin == NULL)
        return true;
    return is_origin_of(origin, base_url) ||
           (self != NULL && is_origin_of(origin, self));
}
