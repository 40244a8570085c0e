/*
 * secrets.c - balcao secrets new|check|rotate: um app_secret novo, quais ainda
 * estão em uso no banco, e a troca do que está cifrado para o atual.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <openssl/crypto.h>

#include "auth/keys.h"
#include "auth/secret_box.h"
#include "auth/token.h"
#include "base/conf.h"
#include "base/i18n.h"
#include "cli/cli.h"
#include "db/db.h"
#include "gen/q_secrets.h"

#define CHUNK 200
#define SECRET_BYTES 32

/* Uma espécie de segredo do banco; as consultas são as de secrets.sql. */
struct source {
    const char *name;
    enum err (*list)(struct ctx *c, int64_t after, struct q_sealed_row **rows,
                     int *count);
    enum err (*put)(struct ctx *c, int64_t id, struct slice old,
                    struct slice box, int64_t *changed);
    enum err (*keys)(struct ctx *c, struct q_sealed_key_row **rows, int *count);
};

static struct slice
current_key(void)
{
    return (struct slice){ (const char *)keys_id(KEY_SECRET_BOX),
                           KEY_ID_BYTES };
}

/* As três consultas de uma espécie, com a mesma cara para todas. */
#define SOURCE(kind) \
    static enum err kind##_list(struct ctx *c, int64_t after, \
                                struct q_sealed_row **rows, int *count) \
    { \
        return q_secrets_##kind##_list( \
            c, \
            &(struct q_secrets_##kind##_list_in){ \
                .after = after, .key = current_key(), .max = CHUNK }, \
            rows, count); \
    } \
    static enum err kind##_put(struct ctx *c, int64_t id, struct slice old, \
                               struct slice box, int64_t *changed) \
    { \
        return q_secrets_##kind##_put(c, \
                                      &(struct q_secrets_##kind##_put_in){ \
                                          .id = id, .old = old, .box = box }, \
                                      changed); \
    } \
    static enum err kind##_keys(struct ctx *c, struct q_sealed_key_row **rows, \
                                int *count) \
    { \
        return q_secrets_##kind##_keys(c, rows, count); \
    }

SOURCE(channel)
SOURCE(totp)
SOURCE(mail)
SOURCE(push)

#define ROW(kind, title) \
    { \
        title, kind##_list, kind##_put, kind##_keys \
    }

/* Uma espécie nova: as consultas em secrets.sql, um SOURCE e uma linha aqui. */
static const struct source sources[] = {
    ROW(channel, N_("credenciais de canais")),
    ROW(totp, N_("segundas etapas")),
    ROW(mail, N_("e-mails na fila")),
    ROW(push, N_("inscrições de push")),
};

#define SOURCE_COUNT (sizeof sources / sizeof *sources)

struct tally {
    int64_t changed, /* cifrados de novo */
        moved,       /* outro processo mudou antes: já é dele */
        locked;      /* não abrem com segredo nenhum da configuração */
};

static enum err
rotate_one(struct ctx *c, const struct source *s,
           const struct q_sealed_row *row, struct tally *t)
{
    struct slice plain, box;
    int64_t hits;
    enum err e;

    if (!secret_box_open(c->arena, row->context, row->box, &plain)) {
        fprintf(stderr, _("%s: %s não abre com nenhum dos segredos\n"),
                _(s->name), row->context);
        t->locked++;
        return OK;
    }
    if (!secret_box_seal(c->arena, row->context, plain, &box))
        return fail(c, ERR_INTERNAL, NULL);
    e = s->put(c, row->id, row->box, box, &hits);
    if (e == OK && hits > 0)
        t->changed++;
    else if (e == OK)
        t->moved++;
    return e;
}

/* Um punhado numa transação e numa arena próprias; `after` anda. */
static enum err
rotate_chunk(const struct ctx *outer, const struct source *s, int64_t *after,
             struct tally *total)
{
    struct ctx c = { .arena = arena_new(65536),
                     .db = outer->db,
                     .token_version = -1 };
    struct q_sealed_row *rows;
    struct tally t = *total;
    int i, count = 0;
    enum err e = q_secrets_origin(&c, NULL);

    if (e == OK)
        e = s->list(&c, *after, &rows, &count);
    for (i = 0; i < count && e == OK; i++) {
        *after = rows[i].id;
        e = rotate_one(&c, s, &rows[i], &t);
    }
    if (e == OK)
        e = db_commit(&c);
    if (e == OK)
        *total = t;
    else
        db_rollback(&c);
    if (count < CHUNK)
        *after = INT64_MAX;
    arena_free(c.arena);
    return e;
}

static int
rotate(struct ctx *c)
{
    int64_t locked = 0;
    size_t i;

    for (i = 0; i < SOURCE_COUNT; i++) {
        struct tally t = { 0, 0, 0 };
        int64_t after = 0;

        while (after < INT64_MAX)
            if (rotate_chunk(c, &sources[i], &after, &t) != OK)
                return cli_fail("%s", _("a troca parou no meio; o que já foi "
                                        "trocado ficou, e rodar de novo "
                                        "continua dali"));
        printf(_("%s: %lld cifrados de novo\n"), _(sources[i].name),
               (long long)t.changed);
        if (t.moved > 0)
            printf(_("%s: %lld mudaram durante a troca; rode de novo\n"),
                   _(sources[i].name), (long long)t.moved);
        locked += t.locked;
    }
    if (locked > 0)
        return cli_fail(_("%lld não abrem: falta em app_secret_previous o "
                          "segredo deles"),
                        (long long)locked);
    return CLI_OK;
}

enum use { USE_CURRENT, USE_PREVIOUS, USE_UNKNOWN, USES };

static enum use
use_of(const char *hex)
{
    unsigned char id[KEY_ID_BYTES];

    if (!hex_decode(hex, id, sizeof id) ||
        keys_find(KEY_SECRET_BOX, id) == NULL)
        return USE_UNKNOWN;
    return memcmp(id, keys_id(KEY_SECRET_BOX), sizeof id) == 0 ? USE_CURRENT
                                                               : USE_PREVIOUS;
}

static enum err
count_source(struct ctx *c, const struct source *s, int64_t uses[static USES])
{
    static const char *const names[USES] = { N_("atual"), N_("anterior"),
                                             N_("desconhecida") };
    struct q_sealed_key_row *rows;
    int i, count;
    enum err e = s->keys(c, &rows, &count);

    for (i = 0; e == OK && i < count; i++) {
        enum use use = use_of(rows[i].key);

        uses[use] += rows[i].boxes;
        printf(_("%s: %lld com a chave %s (%s)\n"), _(s->name),
               (long long)rows[i].boxes,
               rows[i].key[0] != '\0' ? rows[i].key : "-", _(names[use]));
    }
    return e;
}

/* O que quem troca precisa saber: dá para tirar os segredos antigos? */
static int
conclude(const int64_t uses[static USES])
{
    if (uses[USE_UNKNOWN] > 0)
        return cli_fail(_("%lld não abrem: falta em app_secret_previous o "
                          "segredo deles"),
                        (long long)uses[USE_UNKNOWN]);
    if (uses[USE_PREVIOUS] > 0)
        return cli_fail(_("%lld ainda dependem de um segredo anterior: rode "
                          "`balcao secrets rotate`"),
                        (long long)uses[USE_PREVIOUS]);
    if (keys_count() > 1)
        printf(_("nada depende mais de app_secret_previous: %lld segundos "
                 "depois da troca, pode esvaziá-lo\n"),
               (long long)conf()->access_token_s);
    else
        puts(_("tudo está cifrado com o segredo atual"));
    return CLI_OK;
}

static int
check(struct ctx *c)
{
    int64_t uses[USES] = { 0, 0, 0 };
    size_t i;

    for (i = 0; i < SOURCE_COUNT; i++)
        if (count_source(c, &sources[i], uses) != OK)
            return cli_fail("%s", _("não se leu o banco; veja "
                                    "database_owner_url"));
    return conclude(uses);
}

static int
print_new(void)
{
    unsigned char secret[SECRET_BYTES];
    char hex[2 * SECRET_BYTES + 1];

    token_random(secret, sizeof secret);
    hex_encode(secret, sizeof secret, hex);
    puts(hex);
    OPENSSL_cleanse(secret, sizeof secret);
    OPENSSL_cleanse(hex, sizeof hex);
    return CLI_OK;
}

int
cmd_secrets(const struct command *self, int argc, char **argv)
{
    const struct cli_option options[] = {
        { CLI_END, NULL, NULL, NULL, NULL, 0, 0 },
    };
    int at = cli_parse(self, argc, argv, options), result;
    const char *what = at == argc - 1 ? argv[at] : "";
    struct ctx c;

    if (strcmp(what, "new") == 0) /* serve antes de haver configuração */
        return print_new();
    if (strcmp(what, "check") != 0 && strcmp(what, "rotate") != 0)
        return cli_usage(self, "%s",
                         _("diga o que fazer: new, check ou rotate"));
    if (!cli_conf_check(stderr))
        return cli_fail("%s", _("a configuração tem problemas; "
                                "veja `balcao config check`"));
    cli_open(&c, cli_owner_url());
    result = strcmp(what, "check") == 0 ? check(&c) : rotate(&c);
    cli_close(&c);
    return result;
}
