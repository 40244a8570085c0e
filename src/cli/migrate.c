/* migrate.c - leva o banco ao esquema desta versão, um arquivo por vez. */
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>

#include "base/conf.h"
#include "base/i18n.h"
#include "cli/cli.h"
#include "db/db.h"
#include "gen/q_migration.h"

static enum err
prepare(struct ctx *c)
{
    struct q_migration_begin_row row;
    enum err e;

    /* uma migração pode demorar mais que qualquer consulta do programa */
    e = db_script(c, "SET statement_timeout = 0;"
                     "SET client_min_messages = warning;");
    if (e == OK)
        e = q_migration_lock(c, NULL);
    if (e == OK)
        e = q_migration_begin(c, &row);
    if (e == OK && !row.has_role)
        return fail(c, ERR_INVALID, "%s",
                    _("falta o papel balcao_app; crie "
                      "com CREATE ROLE balcao_app LOGIN PASSWORD '…'"));
    if (e == OK && !row.has_schema)
        e = q_migration_schema(c, NULL);
    if (e == OK)
        e = q_migration_table(c, NULL);
    return e == OK ? db_commit(c) : e;
}

/* O arquivo e a anotação de que foi aplicado, na mesma transação. */
static enum err
apply(struct ctx *c, const char *name, struct slice body)
{
    enum err e = q_migration_add(
        c, &(struct q_migration_add_in){ .name = name, .body = body }, NULL);

    if (e == OK)
        e = db_script(c, body.data);
    if (e != OK) {
        db_rollback(c);
        return e;
    }
    return db_commit(c);
}

static int
migrate_file(struct ctx *c, const char *path, bool quiet)
{
    const char *name = strrchr(path, '/') + 1;
    struct q_migration_find_row row;
    struct slice body;
    bool found;

    body.data = cli_read_file(c->arena, path, &body.len);
    if (body.data == NULL)
        return cli_fail("%s: %s", path, strerror(errno));
    if (q_migration_find(
            c, &(struct q_migration_find_in){ .name = name, .body = body },
            &row, &found) != OK)
        return cli_fail(_("%s: não se leu o estado do banco"), name);
    if (db_commit(c) != OK)
        return CLI_FAILED;
    if (found && !row.same)
        return cli_fail(_("%s: o arquivo mudou depois de aplicado; "
                          "desfaça a mudança e crie outra migração"),
                        name);
    if (found)
        return CLI_OK;
    if (apply(c, name, body) != OK)
        return cli_fail(_("%s: falhou; nada dela ficou no banco "
                          "(o motivo está no log acima)"),
                        name);
    if (!quiet)
        printf(_("%s aplicada\n"), name);
    return CLI_OK;
}

static int
migrate_all(struct ctx *c, const char *dir, bool quiet)
{
    glob_t files;
    size_t i;
    int rc = CLI_OK;

    if (glob(arena_printf(c->arena, "%s/[0-9][0-9][0-9][0-9]_*.sql", dir), 0,
             NULL, &files) != 0)
        return cli_fail(_("%s: nenhuma migração aqui"), dir);
    if (prepare(c) != OK) {
        globfree(&files);
        return cli_fail(
            "%s", c->detail != NULL
                      ? c->detail
                      : _("não se abriu o banco; veja database_owner_url"));
    }
    for (i = 0; i < files.gl_pathc && rc == CLI_OK; i++)
        rc = migrate_file(c, files.gl_pathv[i], quiet);
    globfree(&files);
    return rc;
}

int
cmd_migrate(const struct command *self, int argc, char **argv)
{
    const char *dir = conf()->migration_dir;
    bool quiet = false;
    const struct cli_option options[] = {
        { CLI_TEXT, "dir", &dir, N_("PASTA"),
          N_("onde estão as migrações (padrão: migration_dir)"), 0, 0 },
        { CLI_FLAG, "quiet", &quiet, NULL, N_("só fala se houver erro"), 0, 0 },
        { CLI_END, NULL, NULL, NULL, NULL, 0, 0 },
    };
    struct ctx c;
    int rc;

    if (cli_parse(self, argc, argv, options) != argc)
        return cli_usage(self, "%s", _("argumento demais"));
    cli_open(&c, cli_owner_url());
    rc = migrate_all(&c, dir, quiet);
    cli_close(&c);
    return rc;
}
