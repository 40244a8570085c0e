/* contact_export.c - dois mil contatos por vez, por chave. */
#include "app/contact_export.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "auth/audit.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/when.h"

#define PART_ROWS 2000
#define FOUND_MAX 1000000
#define ROW struct q_contact_export_row

struct outgoing {
    const struct contact_format *format;
    void *state; /* dele */
    struct q_contact_export_page_in filter;
    char after_name[2048]; /* a arena do pedaço morre com ele */
    const char *ids;       /* os que a busca achou e faltam; NULL: sem busca */
    bool is_over;          /* os contatos acabaram; falta o resto do formato */
};

const char *
contact_export_title(int i)
{
    static const char *const names[] = {
        N_("Nome"),      N_("Telefone"),         N_("E-mail"),
        N_("Documento"), N_("Outros telefones"), N_("Outros e-mails"),
        N_("Etiquetas"), N_("Bloqueado"),        N_("Criado em"),
    };

    return i < (int)(sizeof names / sizeof *names) ? _(names[i]) : NULL;
}

const char *
contact_export_cell(struct arena *a, const ROW *k, int i)
{
    const char *const cells[] = { k->name,   k->phone,  k->email, k->document,
                                  k->phones, k->emails, k->tags };

    if (i < (int)(sizeof cells / sizeof *cells))
        return cells[i];
    return i == 7 ? (k->blocked ? _("Sim") : _("Não"))
                  : when_iso(a, when_parse(k->created_at));
}

/* Os próximos PART_ROWS números da busca, e o que sobra. */
static const char *
next_ids(struct req *r, struct outgoing *x)
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
    struct outgoing *x = state;
    ROW *rows;
    int count;
    enum err e;

    if (x->is_over)
        return x->format->rest(r, x->state, more);
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
    e = x->format->rows(r, x->state, rows, count);
    if (e == OK && !*more && x->format->rest != NULL)
        x->is_over = *more = true;
    else if (e == OK && *more && x->ids == NULL) {
        snprintf(x->after_name, sizeof x->after_name, "%s",
                 rows[count - 1].sort_name);
        x->filter.after_name = x->after_name;
        x->filter.after_id = rows[count - 1].id;
    }
    return e;
}

/* O que se exportou, para a auditoria: o filtro, não os dados. */
static enum err
note(struct req *r, const struct q_contact_list_in *f, const char *suffix)
{
    struct str s;

    str_init(&s, r->ctx.arena, 128);
    str_puts(&s, "{\"q\":");
    str_json(&s, f->q);
    str_puts(&s, ",\"tags\":");
    str_json(&s, f->tags);
    str_printf(&s, ",\"list_id\":%" PRId64 ",\"blocked\":", f->list_id);
    str_json(&s, f->blocked);
    str_printf(&s, ",\"format\":\"%s\"}", suffix);
    return audit_note(&r->ctx, &(struct audit){ .action = "contacts.exported",
                                                .target_type = "contact",
                                                .after = s.data });
}

static enum err
find(struct req *r, const struct q_contact_list_in *f, struct outgoing *x)
{
    struct q_contact_export_found_row found;
    enum err e;

    if (f->q[0] == '\0')
        return OK;
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
contact_export_reply(struct req *r, const struct q_contact_list_in *f,
                     const struct contact_format *format)
{
    struct outgoing *x = arena_alloc(r->ctx.arena, sizeof *x);
    struct q_custom_field_row *fields;
    bool more = false;
    int field_count;
    enum err e;

    *x = (struct outgoing){ .format = format,
                            .filter = { .tags = f->tags,
                                        .blocked = f->blocked,
                                        .list_id = f->list_id,
                                        .after_name = "",
                                        .max = PART_ROWS } };
    when_zone(r->session.time_zone);
    e = q_custom_field_list(
        &r->ctx, &(struct q_custom_field_list_in){ .target = "contact" },
        &fields, &field_count);
    if (e == OK)
        e = find(r, f, x);
    if (e == OK)
        e = format->open(r, fields, field_count, &x->state);
    if (e == OK)
        e = write_part(r, x, &more);
    if (e == OK && !r->head)
        e = note(r, f, format->suffix);
    if (e != OK)
        return e;
    reply_header(r, "Content-Disposition",
                 arena_printf(r->ctx.arena, "attachment; filename=\"%s-%s.%s\"",
                              _("contatos"),
                              when_day(r->ctx.arena, clock_now_ms()),
                              format->suffix));
    if (more)
        return reply_parts(r, format->type, write_part, x);
    r->status = 200;
    r->content_type = format->type;
    return OK;
}
