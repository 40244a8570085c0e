/* contact_csv.c - dois mil contatos por vez, cada vez uma consulta por chave.
 */
#include "app/contact_csv.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "auth/audit.h"
#include "base/clock.h"
#include "base/csv.h"
#include "base/i18n.h"
#include "base/when.h"
#include "gen/q_contact_page.h"
#include "gen/q_custom.h"

#define PART_ROWS 2000
#define FOUND_MAX 1000000
#define ROW struct q_contact_export_row

struct export
{
    struct q_contact_export_page_in filter;
    struct q_custom_field_row *fields;
    int field_count;
    char after_name[2048]; /* a arena do pedaço morre com ele */
    const char *ids;       /* os que a busca achou e faltam; NULL: sem busca */
};

static void
head(struct str *s, const struct export *x)
{
    static const char *const names[] = {
        N_("Nome"),      N_("Telefone"),         N_("E-mail"),
        N_("Documento"), N_("Outros telefones"), N_("Outros e-mails"),
        N_("Etiquetas"), N_("Bloqueado"),        N_("Criado em"),
    };
    size_t i;

    str_puts(s, CSV_BOM);
    for (i = 0; i < sizeof names / sizeof *names; i++)
        csv_cell(s, _(names[i]));
    for (i = 0; i < (size_t)x->field_count; i++)
        csv_cell(s, x->fields[i].label);
    csv_end(s);
}

static void
custom_cells(struct str *s, const struct export *x, const char *custom)
{
    struct json_object *values =
        strcmp(custom, "{}") != 0 ? json_tokener_parse(custom) : NULL;
    struct json_object *v;
    int i;

    for (i = 0; i < x->field_count; i++)
        csv_cell(s, json_object_object_get_ex(values, x->fields[i].key, &v)
                        ? json_object_get_string(v)
                        : NULL);
    json_object_put(values);
}

static void
write_rows(struct str *s, const struct export *x, const ROW *rows, int count)
{
    const ROW *k;

    for (k = rows; k < rows + count; k++) {
        csv_cell(s, k->name);
        csv_cell(s, k->phone);
        csv_cell(s, k->email);
        csv_cell(s, k->document);
        csv_cell(s, k->phones);
        csv_cell(s, k->emails);
        csv_cell(s, k->tags);
        csv_cell(s, k->blocked ? _("Sim") : _("Não"));
        csv_cell(s, when_iso(s->arena, when_parse(k->created_at)));
        custom_cells(s, x, k->custom);
        csv_end(s);
    }
}

/* Os próximos PART_ROWS números da busca, e o que sobra. */
static const char *
next_ids(struct req *r, struct export *x)
{
    const char *p = x->ids;
    int n;

    for (n = 0; n < PART_ROWS && *p != '\0'; n++) {
        p += strcspn(p, ",");
        if (*p == ',' && n < PART_ROWS - 1)
            p++;
    }
    n = (int)(p - x->ids);
    p = arena_printf(r->ctx.arena, "{%.*s}", n, x->ids);
    x->ids += n;
    x->ids += *x->ids == ',';
    return p;
}

static enum err
write_part(struct req *r, void *state, bool *more)
{
    struct export *x = state;
    ROW *rows;
    int count;
    enum err e;

    if (x->ids != NULL) {
        e = q_contact_export_of(
            &r->ctx, &(struct q_contact_export_of_in){ next_ids(r, x) }, &rows,
            &count);
        *more = *x->ids != '\0';
    } else {
        e = q_contact_export_page(&r->ctx, &x->filter, &rows, &count);
        *more = e == OK && count == PART_ROWS;
    }
    if (e != OK)
        return e;
    write_rows(&r->out, x, rows, count);
    if (*more && x->ids == NULL) {
        snprintf(x->after_name, sizeof x->after_name, "%s",
                 rows[count - 1].sort_name);
        x->filter.after_name = x->after_name;
        x->filter.after_id = rows[count - 1].id;
    }
    return OK;
}

/* O que se exportou, para a auditoria: o filtro, não os dados. */
static enum err
note(struct req *r, const struct q_contact_list_in *f)
{
    struct str s;

    str_init(&s, r->ctx.arena, 128);
    str_puts(&s, "{\"q\":");
    str_json(&s, f->q);
    str_puts(&s, ",\"tags\":");
    str_json(&s, f->tags);
    str_printf(&s, ",\"list_id\":%" PRId64 ",\"blocked\":", f->list_id);
    str_json(&s, f->blocked);
    str_putc(&s, '}');
    return audit_note(&r->ctx, &(struct audit){ .action = "contacts.exported",
                                                .target_type = "contact",
                                                .after = s.data });
}

static enum err
find(struct req *r, const struct q_contact_list_in *f, struct export *x)
{
    struct q_contact_export_found_row found;
    enum err e = q_custom_field_list(
        &r->ctx, &(struct q_custom_field_list_in){ .target = "contact" },
        &x->fields, &x->field_count);

    if (e != OK || f->q[0] == '\0')
        return e;
    e = q_contact_export_found(
        &r->ctx,
        &(struct q_contact_export_found_in){ .q = f->q,
                                             .tags = f->tags,
                                             .blocked = f->blocked,
                                             .list_id = f->list_id,
                                             .max = FOUND_MAX },
        &found);
    x->ids = e == OK ? found.ids : NULL;
    return e;
}

enum err
contact_csv_reply(struct req *r, const struct q_contact_list_in *f)
{
    struct export *x = arena_alloc(r->ctx.arena, sizeof *x);
    bool more = false;
    enum err e;

    *x = (struct export){ .filter = { .tags = f->tags,
                                      .blocked = f->blocked,
                                      .list_id = f->list_id,
                                      .after_name = "",
                                      .max = PART_ROWS } };
    when_zone(r->session.time_zone);
    e = find(r, f, x);
    if (e != OK)
        return e;
    head(&r->out, x);
    e = write_part(r, x, &more);
    if (e == OK && !r->head)
        e = note(r, f);
    if (e != OK)
        return e;
    reply_header(
        r, "Content-Disposition",
        arena_printf(r->ctx.arena, "attachment; filename=\"%s-%s.csv\"",
                     _("contatos"), when_day(r->ctx.arena, clock_now_ms())));
    if (more)
        return reply_parts(r, "text/csv", write_part, x);
    r->status = 200;
    r->content_type = "text/csv";
    return OK;
}
