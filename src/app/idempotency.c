/* idempotency.c - o mesmo pedido com a mesma chave tem a mesma resposta. */
#include <openssl/evp.h>
#include <string.h>

#include "app/app.h"
#include "base/i18n.h"
#include "gen/q_idempotency.h"

#define KEY_MAX 255

/* A chave vem entre aspas (draft) ou nua, como muitos clientes mandam. */
static const char *
read_key(struct req *r)
{
    const char *given = req_header(r, "Idempotency-Key");
    size_t n = strlen(given), i;

    if (n >= 2 && given[0] == '"' && given[n - 1] == '"') {
        given++;
        n -= 2;
    }
    if (n == 0 || n > KEY_MAX)
        return NULL;
    for (i = 0; i < n; i++)
        if (given[i] < 0x21 || given[i] > 0x7e)
            return NULL;
    return arena_memdup(r->ctx.arena, given, n);
}

/* A chave é do caminho pedido: o mesmo texto noutro ticket é outro pedido. */
static struct slice
fingerprint(struct req *r)
{
    unsigned char *hash = arena_alloc(r->ctx.arena, 32);
    EVP_MD_CTX *md = EVP_MD_CTX_new();

    EVP_DigestInit_ex(md, EVP_sha256(), NULL);
    EVP_DigestUpdate(md, r->path, strlen(r->path) + 1);
    EVP_DigestUpdate(md, r->body.data, r->body.len);
    EVP_DigestFinal_ex(md, hash, NULL);
    EVP_MD_CTX_free(md);
    return (struct slice){ (char *)hash, 32 };
}

static enum err
replay(struct req *r, struct slice print)
{
    struct q_idempotency_get_row old;
    enum err e;

    e = q_idempotency_get(
        &r->ctx,
        &(struct q_idempotency_get_in){ .route = r->route->path,
                                        .key = r->idempotency_key },
        &old);
    r->idempotency_key = NULL;
    if (e != OK)
        return e;
    if (old.fingerprint.len != print.len ||
        memcmp(old.fingerprint.data, print.data, print.len) != 0)
        return fail(&r->ctx, ERR_KEY_REUSED, NULL);
    reply_header(r, "Idempotency-Replayed", "true");
    if (old.status == 303)
        return reply_redirect(r, old.body);
    r->status = (int)old.status;
    r->content_type = r->route->html ? "text/html" : "application/json";
    str_puts(&r->out, old.body);
    return OK;
}

enum err
idempotency_claim(struct req *r, bool *replayed)
{
    struct q_idempotency_claim_row row;
    struct slice print = fingerprint(r);
    bool fresh;
    enum err e;

    *replayed = false;
    r->idempotency_key = read_key(r);
    if (r->idempotency_key == NULL)
        return fail(&r->ctx, ERR_BAD_REQUEST, "%s",
                    _("Idempotency-Key: de 1 a 255 caracteres ASCII visíveis"));
    e = q_idempotency_claim(
        &r->ctx,
        &(struct q_idempotency_claim_in){ .route = r->route->path,
                                          .key = r->idempotency_key,
                                          .fingerprint = print },
        &row, &fresh);
    if (e != OK || fresh)
        return e;
    *replayed = true;
    return replay(r, print);
}

enum err
idempotency_store(struct req *r)
{
    return q_idempotency_store_queue(
        &r->ctx, &(struct q_idempotency_store_in){
                     .route = r->route->path,
                     .key = r->idempotency_key,
                     .status = r->status,
                     .body = r->location != NULL ? r->location
                             : r->out.len > 0    ? r->out.data
                                                 : "" });
}
