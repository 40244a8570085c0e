/* demo.c - a empresa Demo: achar, semear e sortear os segredos dela. */
#include "cli/demo.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "auth/password.h"
#include "auth/secret_box.h"
#include "base/conf.h"
#include "base/i18n.h"
#include "base/log.h"
#include "cli/cli.h"
#include "db/db.h"
#include "gen/q_seed.h"

static const char *
random_hex(struct arena *a, size_t bytes)
{
    unsigned char raw[64];
    char *text = arena_alloc(a, 2 * sizeof raw + 1);

    if (getrandom(raw, bytes, 0) != (ssize_t)bytes) {
        log_error("sem números aleatórios");
        return NULL;
    }
    hex_encode(raw, bytes, text);
    return text;
}

enum err
demo_find(struct ctx *c, struct demo *d)
{
    struct q_demo_find_row row;
    enum err e;

    memset(d, 0, sizeof *d);
    e = q_demo_find(c, &row, &d->found);
    if (e != OK || !d->found)
        return e;
    d->company_id = row.company_id;
    d->channel_id = row.channel_id;
    d->channel_key = row.key;
    d->phone_number_id = row.external_id;
    d->display_phone = row.display_phone;
    d->opened = channel_secrets_open(c->arena, d->company_id, d->channel_id,
                                     row.secrets, &d->secrets);
    return OK;
}

enum err
demo_new_secrets(struct ctx *c, struct demo *d)
{
    struct slice box;

    d->secrets.access_token =
        arena_printf(c->arena, "EAA%s", random_hex(c->arena, 48));
    d->secrets.app_secret = random_hex(c->arena, 16);
    d->secrets.verify_token = random_hex(c->arena, 16);
    if (!channel_secrets_seal(c->arena, d->company_id, d->channel_id,
                              &d->secrets, &box))
        return fail(c, ERR_INTERNAL, NULL);
    d->opened = true;
    return q_demo_set_secrets(
        c,
        &(struct q_demo_set_secrets_in){ .company_id = d->company_id,
                                         .channel_id = d->channel_id,
                                         .secrets = box },
        NULL);
}

static enum err
set_parameters(struct ctx *c)
{
    struct slice plain = { DEMO_PASSWORD, strlen(DEMO_PASSWORD) };
    char hash[PASSWORD_HASH_CHARS + 1];
    enum err e = password_hash(c, plain, hash);

    if (e == OK)
        e = q_seed_set(c,
                       &(struct q_seed_set_in){ .name = "seed.password_hash",
                                                .value = hash },
                       NULL);
    if (e == OK)
        e = q_seed_set(
            c,
            &(struct q_seed_set_in){ .name = "seed.channel_key",
                                     .value = random_hex(c->arena, 16) },
            NULL);
    if (e == OK)
        e = q_seed_set(c,
                       &(struct q_seed_set_in){ .name = "seed.phone_number_id",
                                                .value = DEMO_PHONE_NUMBER_ID },
                       NULL);
    return e;
}

static enum err
run_script(struct ctx *c, const char *name)
{
    const char *path = arena_printf(c->arena, "%s/%s", conf()->seed_dir, name);
    const char *sql = cli_read_file(c->arena, path, NULL);

    if (sql == NULL)
        return fail(c, ERR_NOT_FOUND, "%s: %m", path);
    return db_script(c, sql);
}

static enum err
create(struct ctx *c, struct demo *d)
{
    enum err e = set_parameters(c);

    if (e == OK)
        e = run_script(c, "demo.sql");
    if (e == OK)
        e = run_script(c, "demo_desk.sql");
    if (e == OK)
        e = demo_find(c, d);
    return e;
}

static enum err
ensure(struct ctx *c, struct demo *d, bool *created)
{
    enum err e = q_seed_lock(c, NULL);

    if (e == OK)
        e = demo_find(c, d);
    *created = e == OK && !d->found;
    if (*created)
        e = create(c, d);
    if (e == OK && !d->opened)
        e = demo_new_secrets(c, d);
    return e == OK ? db_commit(c) : e;
}

int
seed_demo(void)
{
    struct demo d;
    struct ctx c;
    bool created;
    int rc = CLI_OK;

    cli_open(&c, cli_owner_url());
    if (ensure(&c, &d, &created) != OK)
        rc = cli_fail(
            "%s", c.detail != NULL
                      ? c.detail
                      : _("não se gravou a demonstração; veja o log acima"));
    else if (created)
        printf(_("empresa Demo criada: %s e %s, senha %s\n"), DEMO_ADMIN,
               DEMO_AGENT, DEMO_PASSWORD);
    else
        printf("%s\n", _("a empresa Demo já existe; nada mudou"));
    cli_close(&c);
    return rc;
}
