/*
 * seed_bench.c - dados de medição, em pedaços: uma transação longa seguraria
 * o horizonte do relay (DESIGN §5).
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "auth/password.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/i18n.h"
#include "cli/cli.h"
#include "cli/demo.h"
#include "db/db.h"
#include "gen/q_seed.h"

#define PASSWORD "bench-password-1"
#define CHUNK 100000

static enum err
set_text(struct ctx *c, const char *name, const char *value)
{
    /* na sessão, não na transação: os pedaços são várias transações */
    return q_seed_set_session(
        c, &(struct q_seed_set_session_in){ .name = name, .value = value },
        NULL);
}

static enum err
set_number(struct ctx *c, const char *name, int64_t value)
{
    return set_text(c, name, arena_printf(c->arena, "%" PRId64, value));
}

static enum err
run_file(struct ctx *c, const char *name)
{
    const char *path = arena_printf(c->arena, "%s/%s", conf()->seed_dir, name);
    const char *sql = cli_read_file(c->arena, path, NULL);
    enum err e;

    if (sql == NULL)
        return fail(c, ERR_NOT_FOUND, "%s: %m", path);
    e = db_commit(c);
    if (e == OK)
        e = db_script(c, arena_printf(c->arena, "BEGIN;\n%s\nCOMMIT;", sql));
    if (e != OK)
        db_script(c, "ROLLBACK");
    return e;
}

static enum err
start(struct ctx *c, const struct seed_size *size)
{
    char hash[PASSWORD_HASH_CHARS + 1];
    enum err e;

    e = db_script(c, "SET statement_timeout = 0; SET synchronous_commit = off;"
                     "SET maintenance_work_mem = '256MB'");
    if (e == OK)
        e = password_hash(c, (struct slice){ PASSWORD, strlen(PASSWORD) },
                          hash);
    if (e == OK)
        e = set_text(c, "seed.password_hash", hash);
    if (e == OK)
        e = set_number(c, "seed.contacts", size->contacts);
    if (e == OK)
        e = set_number(c, "seed.tickets", size->tickets);
    if (e == OK)
        e = set_number(c, "seed.messages", size->messages);
    if (e == OK)
        e = run_file(c, "bench_start.sql");
    return e == OK ? run_file(c, "bench_keys.sql") : e;
}

/* Um arquivo aos pedaços; `progress` recebe quantos já foram e o total. */
static enum err
fill(struct ctx *c, const char *file, int64_t total, const char *progress)
{
    int64_t from, to;
    enum err e = OK;

    for (from = 1; from <= total && e == OK; from = to + 1) {
        to = from + CHUNK - 1 < total ? from + CHUNK - 1 : total;
        e = set_number(c, "seed.from", from);
        if (e == OK)
            e = set_number(c, "seed.to", to);
        if (e == OK)
            e = run_file(c, file);
        fprintf(stderr, progress, (long long)to, (long long)total);
    }
    return e;
}

static enum err
grow(struct ctx *c, const struct seed_size *size)
{
    enum err e = start(c, size);

    if (e == OK)
        e = fill(c, "bench_contacts.sql", size->contacts,
                 _("%lld de %lld contatos\n"));
    if (e == OK)
        e = fill(c, "bench_tickets.sql", size->tickets,
                 _("%lld de %lld atendimentos\n"));
    if (e == OK)
        e = run_file(c, "bench_ids.sql");
    if (e == OK)
        e = fill(c, "bench_messages.sql", size->messages,
                 _("%lld de %lld mensagens\n"));
    if (e == OK)
        e = db_script(c, "VACUUM (ANALYZE) contacts, contact_identities, "
                         "tickets, messages");
    return e;
}

int
seed_bench(const struct seed_size *size)
{
    int64_t began = clock_mono_us();
    struct q_bench_find_row row;
    struct ctx c;
    bool found = false;
    int rc = CLI_OK;

    cli_open(&c, cli_owner_url());
    if (q_bench_find(&c, &row, &found) != OK || db_commit(&c) != OK)
        rc = cli_fail("%s", _("o banco não respondeu; veja o log acima"));
    else if (found)
        puts(_("a empresa Bench Ltd já existe; nada mudou"));
    else if (grow(&c, size) != OK)
        rc = cli_fail("%s",
                      c.detail != NULL
                          ? c.detail
                          : _("não se gravaram os dados; veja o log acima"));
    else
        printf(_("empresa Bench Ltd criada em %.1f s: user1@bench.test, "
                 "senha %s\n"),
               (double)(clock_mono_us() - began) / 1e6, PASSWORD);
    cli_close(&c);
    return rc;
}
