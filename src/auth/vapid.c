/* vapid.c - a chave do arquivo, e o token de cada pedido. */
#include "auth/vapid.h"

#include <errno.h>
#include <fcntl.h>
#include <jwt.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "auth/base64url.h"
#include "auth/pem_key.h"
#include "auth/web_push.h"
#include "base/conf.h"
#include "base/i18n.h"
#include "base/log.h"

#define LIFE_S 43200 /* a norma aceita até 24 horas */
#define NUMBER_BYTES 32

static struct {
    struct arena *arena;
    struct pem_key key;
    bool is_loaded, is_good;
} vapid;

/* NULL: serve. */
static const char *
read_key(struct arena *a, struct pem_key *out)
{
    const char *path = conf()->push_key_file, *problem;

    if (!pem_key_load(a, path, out, &problem))
        return problem;
    if (out->alg != KEY_ES256 || out->private_pem.len == 0)
        return arena_printf(a,
                            _("%s: não é uma chave privada EC P-256; crie "
                              "outra com `balcao push keys ARQUIVO`"),
                            path);
    return NULL;
}

bool
vapid_is_on(void)
{
    const char *problem;

    if (vapid.is_loaded || conf()->push_key_file[0] == '\0')
        return vapid.is_good;
    vapid.arena = arena_new(4096);
    problem = read_key(vapid.arena, &vapid.key);
    if (problem != NULL)
        log_error("push_key_file: %s", problem);
    vapid.is_loaded = true;
    vapid.is_good = problem == NULL;
    return vapid.is_good;
}

void
vapid_forget(void)
{
    if (vapid.arena != NULL)
        arena_free(vapid.arena);
    memset(&vapid, 0, sizeof vapid);
}

const char *
vapid_public(struct arena *a)
{
    unsigned char point[PUSH_POINT_BYTES] = { 4 };
    char *out = arena_alloc(a, BASE64URL_CHARS(sizeof point) + 1);
    size_t n = 0, m = 0;

    if (!vapid_is_on() ||
        !base64url_decode(vapid.key.jwk.x, strlen(vapid.key.jwk.x), point + 1,
                          NUMBER_BYTES, &n) ||
        !base64url_decode(vapid.key.jwk.y, strlen(vapid.key.jwk.y),
                          point + 1 + NUMBER_BYTES, NUMBER_BYTES, &m) ||
        n != NUMBER_BYTES || m != NUMBER_BYTES)
        return NULL;
    base64url_encode(point, sizeof point, out);
    return out;
}

/* Quem responde por estes pedidos, para o serviço de push se queixar. */
static const char *
contact(void)
{
    const char *own = conf()->push_contact, *base = conf()->base_url;

    if (own[0] != '\0')
        return own;
    return strncmp(base, "https://", 8) == 0 ? base : "mailto:root@localhost";
}

/* "https://host:porta" do começo de um endereço. */
static size_t
origin_len(const char *url)
{
    const char *host = strstr(url, "://");

    return host == NULL ? 0
                        : (size_t)(host - url) + 3 + strcspn(host + 3, "/?#");
}

const char *
vapid_header(struct arena *a, const char *endpoint, int64_t now_s)
{
    const char *public_key = vapid_public(a), *aud, *out = NULL;
    char *text = NULL;
    jwt_t *jwt = NULL;

    if (public_key == NULL || jwt_new(&jwt) != 0)
        return NULL;
    aud = arena_printf(a, "%.*s", (int)origin_len(endpoint), endpoint);
    if (jwt_set_alg(jwt, JWT_ALG_ES256,
                    (const unsigned char *)vapid.key.private_pem.data,
                    (int)vapid.key.private_pem.len) == 0 &&
        jwt_add_grant(jwt, "aud", aud) == 0 &&
        jwt_add_grant_int(jwt, "exp", (long)(now_s + LIFE_S)) == 0 &&
        jwt_add_grant(jwt, "sub", contact()) == 0)
        text = jwt_encode_str(jwt);
    if (text != NULL)
        out = arena_printf(a, "vapid t=%s, k=%s", text, public_key);
    free(text);
    jwt_free(jwt);
    return out;
}

bool
push_endpoint_is_local(const char *endpoint)
{
    const char *own = conf()->push_service_url;
    size_t n = origin_len(own);

    return n > 0 && strncmp(endpoint, own, n) == 0 && endpoint[n] == '/';
}

/*
 * Só um nome de DNS, sem porta: os serviços que há são assim, e um número ou
 * outra porta só serviria a quem quer alcançar outra coisa.
 */
bool
push_endpoint_allowed(const char *endpoint)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const char *host = endpoint + 8, *last;
    size_t i, n;

    for (i = 0; endpoint[i] != '\0'; i++)
        if (endpoint[i] <= ' ' || endpoint[i] > '~')
            return false;
    if (push_endpoint_is_local(endpoint))
        return true;
    if (strncmp(endpoint, "https://", 8) != 0)
        return false;
    n = strspn(host, "0123456789-."
                     "abcdefghijklmnopqrstuvwxyz"
                     "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    for (last = host + n; last > host && last[-1] != '.'; last--)
        ;
    return host[n] == '/' && last > host && last < host + n &&
           strchr(letters, *last) != NULL;
}

/* ---- a chave ---- */

static bool
write_key(int fd, EVP_PKEY *key)
{
    FILE *f = fdopen(fd, "w");
    bool good;

    if (f == NULL) {
        close(fd);
        return false;
    }
    good = PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL) == 1;
    return fclose(f) == 0 && good;
}

bool
vapid_key_create(const char *path)
{
    EVP_PKEY *key = EVP_EC_gen("prime256v1");
    int fd = key != NULL
                 ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)
                 : -1;
    bool good = fd >= 0 && write_key(fd, key);

    if (fd >= 0 && !good)
        unlink(path);
    EVP_PKEY_free(key);
    return good;
}

bool
vapid_check_conf(const struct key_report *report)
{
    const struct conf *k = conf();
    struct arena *a = arena_new(4096);
    struct pem_key key;
    const char *problem;
    bool good = true;

    if (k->push_key_file[0] != '\0') {
        problem = read_key(a, &key);
        if (problem != NULL) {
            report->problem("push_key_file", problem);
            good = false;
        } else if (pem_file_exposed(k->push_key_file)) {
            report->warning("push_key_file",
                            arena_printf(a,
                                         _("%s: todos podem ler a chave "
                                           "privada; chmod 640"),
                                         k->push_key_file));
        }
    }
    if (k->push_contact[0] != '\0' &&
        strncmp(k->push_contact, "mailto:", 7) != 0 &&
        strncmp(k->push_contact, "https://", 8) != 0) {
        report->problem("push_contact",
                        _("deve começar por mailto: ou https://"));
        good = false;
    }
    if (k->push_service_url[0] != '\0')
        report->warning("push_service_url",
                        _("é para testes: por ela se alcança um endereço de "
                          "dentro"));
    arena_free(a);
    return good;
}
