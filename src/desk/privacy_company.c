/* privacy_company.c - tudo o que é de uma empresa, num ZIP. */
#include <inttypes.h>

#include "account/company.h"
#include "auth/audit.h"
#include "base/i18n.h"
#include "base/zip_disk.h"
#include "desk/privacy.h"
#include "gen/q_privacy.h"

#define CHUNK_ROWS 5000

struct walk {
    struct zip_disk *zip;
    int64_t company_id, last_id, found;
    const char *table;
};

static enum err
write_chunk(struct walk *w, struct arena *home, int64_t part, const char *body)
{
    const char *name =
        part == 0 ? arena_printf(home, "%s.json", w->table)
                  : arena_printf(home, "%s-%" PRId64 ".json", w->table, part);
    enum err e = zip_disk_begin(w->zip, name);

    if (e != OK)
        return e;
    zip_disk_puts(w->zip, "[\n");
    zip_disk_puts(w->zip, body);
    zip_disk_puts(w->zip, "\n]\n");
    return zip_disk_end(w->zip);
}

static void
free_arena(void *object)
{
    arena_free(object);
}

/* Cada pedaço numa arena só dele; a de um erro vive até quem responde. */
static enum err
one_chunk(struct ctx *c, struct walk *w, int64_t part)
{
    struct arena *home = c->arena, *a = arena_new(65536);
    struct q_privacy_company_rows_in in = { .id = w->company_id,
                                            .source = w->table,
                                            .after_id = w->last_id,
                                            .max = CHUNK_ROWS };
    struct q_privacy_company_rows_row row;
    enum err e;

    c->arena = a;
    e = q_privacy_company_rows(c, &in, &row);
    c->arena = home;
    if (e != OK) {
        arena_defer(home, free_arena, a);
        return e;
    }
    w->last_id = row.last_id;
    w->found = row.found;
    if (row.found > 0 || part == 0)
        e = write_chunk(w, home, part, row.body);
    arena_free(a);
    return e;
}

static enum err
add_table(struct ctx *c, struct walk *w)
{
    int64_t part = 0;
    enum err e;

    w->last_id = 0;
    do
        e = one_chunk(c, w, part++);
    while (e == OK && w->last_id >= 0 && w->found == CHUNK_ROWS);
    return e;
}

static enum err
note(struct ctx *c, int64_t id)
{
    enum err e = company_export_done(c, id);

    return e != OK
               ? e
               : audit_note(c, &(struct audit){ .action = "company.exported",
                                                .target_type = "company",
                                                .target_id = arena_printf(
                                                    c->arena, "%" PRId64, id),
                                                .company_id = id });
}

enum err
privacy_export_company(struct ctx *c, int64_t id, int *fd)
{
    struct walk w = { .company_id = id };
    struct q_privacy_company_tables_row *tables = NULL;
    struct q_company_row company;
    int count = 0, i;
    enum err e =
        q_company_get(c, &(struct q_company_get_in){ .id = id }, &company);

    if (e == OK)
        e = q_privacy_company_tables(c, &tables, &count);
    if (e == OK)
        e = zip_disk_new(c, &w.zip);
    if (e == OK)
        e = zip_disk_add(
            w.zip, _("LEIA-ME.txt"),
            _("Tudo o que é da empresa, uma tabela por arquivo, em JSON; as "
              "grandes, em partes de 5000 linhas. Senhas, segredos e chaves "
              "não estão aqui.\n"));
    for (i = 0; e == OK && i < count; i++) {
        w.table = tables[i].name;
        e = add_table(c, &w);
    }
    if (e == OK)
        e = zip_disk_finish(w.zip, fd);
    return e == OK ? note(c, id) : e;
}
