/* contact_import_csv.c - duas mil linhas por vez, por chave. */
#include "app/contact_import_csv.h"

#include <inttypes.h>

#include "base/csv.h"
#include "base/csv_reader.h"
#include "base/i18n.h"
#include "desk/contact_import.h"

#define PART_ROWS 2000

struct report {
    int64_t id;
    int width, after;
};

static enum err
write_part(struct req *r, void *state, bool *more)
{
    struct report *x = state;
    struct q_contact_import_refused_row *rows;
    int count, i, column;
    enum err e = q_contact_import_refused(
        &r->ctx,
        &(struct q_contact_import_refused_in){
            .id = x->id, .after = x->after, .max = PART_ROWS },
        &rows, &count);

    if (e != OK)
        return e;
    for (i = 0; i < count; i++) {
        csv_cell(&r->out, arena_printf(r->ctx.arena, "%d", rows[i].line));
        csv_cell(&r->out, contact_import_reason(rows[i].reason));
        for (column = 0; column < x->width; column++)
            csv_cell(&r->out, csv_pick(r->ctx.arena, rows[i].cells, column));
        csv_end(&r->out);
        x->after = rows[i].line;
    }
    *more = count == PART_ROWS;
    return OK;
}

/* Os nomes dos dados que se escolheram; as outras colunas, pelo número. */
static void
head(struct req *r, const struct q_contact_import_row *i)
{
    int64_t column;

    str_puts(&r->out, CSV_BOM);
    csv_cell(&r->out, _("Linha"));
    csv_cell(&r->out, _("Motivo"));
    for (column = 1; column <= i->width; column++)
        csv_cell(&r->out, column == i->name_column    ? _("Nome")
                          : column == i->phone_column ? _("Telefone")
                          : column == i->email_column ? _("E-mail")
                          : column == i->document_column
                              ? _("Documento")
                              : arena_printf(r->ctx.arena, _("Coluna %lld"),
                                             (long long)column));
    csv_end(&r->out);
}

enum err
contact_import_csv_reply(struct req *r, int64_t id)
{
    struct report *x = arena_alloc(r->ctx.arena, sizeof *x);
    struct q_contact_import_row i;
    bool more = false;
    enum err e = q_contact_import_get(
        &r->ctx, &(struct q_contact_import_get_in){ id }, &i);

    if (e != OK)
        return e;
    *x = (struct report){ .id = id, .width = (int)i.width };
    head(r, &i);
    e = write_part(r, x, &more);
    if (e != OK)
        return e;
    reply_header(r, "Content-Disposition",
                 arena_printf(r->ctx.arena,
                              "attachment; filename=\"%s-%" PRId64 ".csv\"",
                              _("recusadas"), id));
    if (more)
        return reply_parts(r, "text/csv", write_part, x);
    r->status = 200;
    r->content_type = "text/csv";
    return OK;
}
