/* audit.c - balcao audit export: a auditoria de uma empresa, em CSV. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "app/audit_csv.h"
#include "base/conf.h"
#include "base/i18n.h"
#include "base/str.h"
#include "cli/cli.h"
#include "db/db.h"

#define PART_ROWS 500

static enum err
write_all(struct ctx *c, const struct audit_filter *f)
{
    int64_t before_id = INT64_MAX;
    struct q_audit_row *rows;
    bool first = true;
    int count = 0;
    enum err e;

    do {
        struct str s;

        str_init(&s, c->arena, 65536);
        e = audit_list(c, f, (struct audit_span){ before_id, PART_ROWS }, &rows,
                       &count);
        if (e == OK)
            e = db_commit(c);
        if (e != OK)
            return e;
        if (first)
            audit_csv_head(&s);
        first = false;
        audit_csv_rows(&s, rows, count);
        if (fwrite(s.data, 1, s.len, stdout) != s.len)
            return fail(c, ERR_INTERNAL, "%s", _("a saída não aceita mais"));
        if (count > 0)
            before_id = rows[count - 1].id;
        arena_reset(c->arena);
    } while (count == PART_ROWS);
    return OK;
}

int
cmd_audit(const struct command *self, int argc, char **argv)
{
    struct audit_filter f = { 0 };
    int64_t company_id = 0;
    const struct cli_option options[] = {
        { CLI_INT, "company", &company_id, N_("NÚMERO"), N_("a empresa"), 1,
          INT64_MAX },
        { CLI_TEXT, "from", &f.since, N_("DIA"),
          N_("desde este dia ou instante"), 0, 0 },
        { CLI_TEXT, "to", &f.until, N_("DIA"),
          N_("até este dia, inteiro, ou instante"), 0, 0 },
        { CLI_TEXT, "action", &f.actions, N_("A,B"),
          N_("só estas ações ou começos: login,role"), 0, 0 },
        { CLI_END, NULL, NULL, NULL, NULL, 0, 0 },
    };
    int at = cli_parse(self, argc, argv, options), rc = CLI_OK;
    struct ctx c;
    enum err e;

    if (at != argc - 1 || strcmp(argv[at], "export") != 0 || company_id == 0)
        return cli_usage(self, "%s",
                         _("diga: audit export --company NÚMERO > ARQUIVO"));
    cli_open(&c, conf()->database_url);
    c.company_id = company_id;
    c.user_agent = "balcao audit export";
    e = audit_filter_check(&c, &f);
    if (e == OK)
        e = audit_note_export(&c, &f);
    if (e == OK)
        e = db_commit(&c);
    if (e == OK)
        e = write_all(&c, &f);
    if (e != OK)
        rc = cli_fail("%s", c.fields != NULL   ? c.fields->detail
                            : c.detail != NULL ? c.detail
                                               : _(err_info(e)->title));
    cli_close(&c);
    return rc;
}
