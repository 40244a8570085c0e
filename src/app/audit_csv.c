/* audit_csv.c - 500 registros por vez, cada vez uma consulta por chave. */
#include "app/audit_csv.h"

#include <inttypes.h>
#include <stdio.h>

#include "auth/audit_words.h"
#include "base/clock.h"
#include "base/csv.h"
#include "base/str.h"
#include "base/when.h"

#define PART_ROWS 500

struct export
{
    struct audit_filter filter;
    int64_t before_id;
};

void
audit_csv_head(struct str *s)
{
    static const char *const names[] = {
        "id",    "at",          "user_id",    "user_name",   "action",
        "what",  "target_type", "target_id",  "target_name", "before",
        "after", "address",     "user_agent", "request_id"
    };
    size_t i;

    str_puts(s, CSV_BOM);
    for (i = 0; i < sizeof names / sizeof *names; i++)
        csv_cell(s, names[i]);
    csv_end(s);
}

static void
int_cell(struct str *s, int64_t n)
{
    char text[24];

    snprintf(text, sizeof text, "%" PRId64, n);
    csv_cell(s, text);
}

void
audit_csv_rows(struct str *s, const struct q_audit_row *rows, int count)
{
    const struct q_audit_row *row;

    for (row = rows; row < rows + count; row++) {
        int_cell(s, row->id);
        csv_cell(s, when_iso(s->arena, when_parse(row->at)));
        int_cell(s, row->user_id);
        csv_cell(s, row->user_name);
        csv_cell(s, row->action);
        csv_cell(s, audit_sentence(s->arena, row));
        csv_cell(s, row->target_type);
        csv_cell(s, row->target_id);
        csv_cell(s, row->target_name);
        csv_cell(s, row->before);
        csv_cell(s, row->after);
        csv_cell(s, row->address);
        csv_cell(s, row->user_agent);
        csv_cell(s, row->request_id);
        csv_end(s);
    }
}

static enum err
write_part(struct req *r, void *state, bool *more)
{
    struct export *x = state;
    struct q_audit_row *rows;
    int count;
    enum err e = audit_list(&r->ctx, &x->filter,
                            (struct audit_span){ x->before_id, PART_ROWS },
                            &rows, &count);

    if (e != OK)
        return e;
    audit_csv_rows(&r->out, rows, count);
    *more = count == PART_ROWS;
    if (count > 0)
        x->before_id = rows[count - 1].id;
    return OK;
}

enum err
audit_csv_reply(struct req *r, const struct audit_filter *f)
{
    struct export *x = arena_alloc(r->ctx.arena, sizeof *x);
    bool more = false;
    enum err e = audit_filter_check(&r->ctx, f);

    if (e != OK)
        return e;
    *x = (struct export){ .filter = *f, .before_id = INT64_MAX };
    when_zone(r->session.time_zone);
    audit_csv_head(&r->out);
    e = write_part(r, x, &more);
    if (e == OK && !r->head)
        e = audit_note_export(&r->ctx, f);
    if (e != OK)
        return e;
    reply_header(r, "Content-Disposition",
                 arena_printf(r->ctx.arena,
                              "attachment; filename=\"auditoria-%s.csv\"",
                              when_day(r->ctx.arena, clock_now_ms())));
    if (more)
        return reply_parts(r, "text/csv", write_part, x);
    r->status = 200;
    r->content_type = "text/csv";
    return OK;
}
