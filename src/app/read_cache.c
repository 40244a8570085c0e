/* read_cache.c - lugares fixos, um por resumo da chave: quem chega fica. */
#include "app/read_cache.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "base/metrics.h"

#define SLOTS 64       /* potência de 2 */
#define BODY_MAX 32768 /* 2 MB por processo, no pior caso */

struct slot {
    char *key, *snapshot, *body;
    size_t len;
    unsigned misses; /* usos seguidos que acharam a foto outra */
};

static struct slot slots[SLOTS];

/* Pessoa, versão do token e endereço inteiro; a língua vai por garantia. */
static const char *
key_of(struct req *r)
{
    return arena_printf(r->ctx.arena,
                        "%" PRId64 " %" PRId64 " %" PRId32 " %" PRIx64
                        " %s %s?%s",
                        r->ctx.company_id, r->ctx.user_id, r->ctx.token_version,
                        r->ctx.permissions, r->lang, r->path, r->query);
}

/* FNV-1a. */
static struct slot *
slot_of(const char *key)
{
    uint32_t h = 2166136261u;

    for (; *key != '\0'; key++)
        h = (h ^ (unsigned char)*key) * 16777619u;
    return &slots[(h ^ h >> 16) & (SLOTS - 1)];
}

static void
empty(struct slot *s)
{
    free(s->key);
    free(s->snapshot);
    free(s->body);
    *s = (struct slot){ 0 };
}

void
read_cache_clear(void)
{
    int i;

    for (i = 0; i < SLOTS; i++)
        empty(&slots[i]);
}

/*
 * Perguntar antes custa uma ida a mais quando a foto é outra. Enquanto se
 * grava sem parar só se pergunta de vez em quando.
 */
static bool
worth_asking(const struct slot *s)
{
    return s->misses < 3 || s->misses % 8 == 0;
}

enum err
read_cache_find(struct req *r, bool *hit)
{
    const char *key = key_of(r);
    struct slot *s = slot_of(key);
    enum err e;

    *hit = false;
    r->cache_key = key;
    db_snapshot_watch(&r->ctx);
    if (s->key == NULL || strcmp(s->key, key) != 0)
        return OK;
    if (!worth_asking(s)) {
        s->misses++;
        return OK;
    }
    e = db_enter(&r->ctx);
    if (e != OK)
        return e;
    if (strcmp(s->snapshot, db_snapshot(&r->ctx)) != 0) {
        s->misses++;
        db_snapshot_watch(&r->ctx);
        return OK;
    }
    s->misses = 0;
    *hit = true;
    metrics_counter_add("read_cache_hits_total", 1);
    return reply_json(r, (struct slice){ s->body, s->len });
}

void
read_cache_keep(struct req *r)
{
    const char *snapshot = db_snapshot(&r->ctx);
    struct slot *s = slot_of(r->cache_key);
    unsigned misses = 0;

    if (snapshot[0] == '\0' || r->status != 200 || r->headers.len > 0 ||
        r->out.len > BODY_MAX)
        return;
    if (s->key != NULL && strcmp(s->key, r->cache_key) == 0)
        misses = s->misses;
    empty(s);
    s->key = strdup(r->cache_key);
    s->snapshot = strdup(snapshot);
    s->body = malloc(r->out.len + 1);
    if (s->key == NULL || s->snapshot == NULL || s->body == NULL)
        abort();
    memcpy(s->body, r->out.data, r->out.len);
    s->len = r->out.len;
    s->misses = misses;
}
