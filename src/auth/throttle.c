/* throttle.c - os baldes de tentativas, sobre a função SQL throttle_take. */
#include "auth/throttle.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "auth/token.h"
#include "base/i18n.h"
#include "base/str.h"
#include "gen/q_throttle.h"

static const struct {
    const char *prefix;
    int cap, window_s;
    bool is_shared; /* outros também o enchem: acerto não o esvazia */
} kinds[] = {
    [THROTTLE_ACCOUNT] = { "account", 10, 3600, false },
    [THROTTLE_DEVICE] = { "device", 10, 3600, false },
    [THROTTLE_SELF] = { "self", 10, 3600, false },
    [THROTTLE_ADDRESS] = { "address", 50, 900, true },
    [THROTTLE_ASK] = { "ask", 3, 3600, true },
    [THROTTLE_ASK_ADDRESS] = { "ask-address", 20, 3600, true },
};

/* De uma rede /64 em diante os endereços são de um dono só. */
static const char *
network_of(struct ctx *c, const char *address)
{
    static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };
    char text[INET6_ADDRSTRLEN];
    unsigned char ip[16];

    if (inet_pton(AF_INET6, address, ip) != 1)
        return address;
    if (memcmp(ip, mapped, sizeof mapped) == 0)
        return arena_strdup(c->arena,
                            inet_ntop(AF_INET, ip + 12, text, sizeof text));
    memset(ip + 8, 0, 8);
    return arena_strdup(c->arena, inet_ntop(AF_INET6, ip, text, sizeof text));
}

/* Só ASCII muda de caixa aqui; o resto do e-mail raro fica como veio. */
static const char *
lower(struct ctx *c, const char *text)
{
    char *out = arena_strdup(c->arena, text), *p;

    for (p = out; *p != '\0'; p++)
        *p = (char)tolower((unsigned char)*p);
    return out;
}

void
throttle_add(struct ctx *c, struct throttle *t, enum throttle_kind kind,
             const char *subject)
{
    unsigned char hash[TOKEN_HASH_BYTES];
    struct str s;
    int i;

    if (kind == THROTTLE_ADDRESS || kind == THROTTLE_ASK_ADDRESS)
        subject = network_of(c, subject);
    token_hash(lower(c, subject), hash);
    str_init(&s, c->arena, 60);
    str_printf(&s, "%s:", kinds[kind].prefix);
    for (i = 0; i < 16; i++)
        str_printf(&s, "%02x", hash[i]);
    t->buckets[t->count].kind = kind;
    t->buckets[t->count].key = s.data;
    t->count++;
}

/* Vetor do PostgreSQL com as chaves de um tipo (as nossas não têm aspas). */
static const char *
keys_array(struct ctx *c, const struct throttle *t, bool shared)
{
    const char *separator = "";
    struct str s;
    int i;

    str_init(&s, c->arena, 200);
    str_putc(&s, '{');
    for (i = 0; i < t->count; i++) {
        if (kinds[t->buckets[i].kind].is_shared != shared)
            continue;
        str_printf(&s, "%s%s", separator, t->buckets[i].key);
        separator = ",";
    }
    str_putc(&s, '}');
    return s.data;
}

enum err
throttle_take(struct ctx *c, const struct throttle *t, bool *first)
{
    struct q_throttle_take_row row;
    struct str keys, caps, windows;
    enum err e;
    int i;

    str_init(&keys, c->arena, 200);
    str_init(&caps, c->arena, 40);
    str_init(&windows, c->arena, 40);
    for (i = 0; i < t->count; i++) {
        char before = i == 0 ? '{' : ',';

        str_printf(&keys, "%c%s", before, t->buckets[i].key);
        str_printf(&caps, "%c%d", before, kinds[t->buckets[i].kind].cap);
        str_printf(&windows, "%c%d", before,
                   kinds[t->buckets[i].kind].window_s);
    }
    str_putc(&keys, '}');
    str_putc(&caps, '}');
    str_putc(&windows, '}');
    e = q_throttle_take(
        c,
        &(struct q_throttle_take_in){
            .keys = keys.data, .caps = caps.data, .windows_s = windows.data },
        &row);
    if (e != OK)
        return e;
    if (first != NULL)
        *first = row.first;
    if (row.wait_s == 0)
        return OK;
    c->retry_after_s = (unsigned)row.wait_s;
    return fail(c, ERR_RATE_LIMITED, "%s",
                _("Tentativas demais; espere um pouco antes da próxima"));
}

enum err
throttle_pass(struct ctx *c, const struct throttle *t)
{
    int64_t changed;

    return q_throttle_pass(
        c,
        &(struct q_throttle_pass_in){ .cleared = keys_array(c, t, false),
                                      .refunded = keys_array(c, t, true) },
        &changed);
}
