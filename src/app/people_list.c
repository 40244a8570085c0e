/* people_list.c - as listas de pessoas e de convites, com filtro e páginas. */
#include "app/people_list.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "app/form_page.h"
#include "app/page_model.h"
#include "app/people_model.h"
#include "app/settings_page.h"
#include "base/i18n.h"

#define ROWS 25
#define USERS "/admin/users"
#define INVITATIONS "/admin/invitations"

static const char *
or_empty(const char *text)
{
    return text != NULL ? text : "";
}

static const struct people_option role_filter[] = {
    { "admin", N_("Administração") },
    { "supervisor", N_("Supervisão") },
    { "operator", N_("Atendimento") },
    { NULL, NULL },
};
static const struct people_option status_filter[] = {
    { "active", N_("Ativas") },
    { "disabled", N_("Desligadas") },
    { "all", N_("Todas") },
    { NULL, NULL },
};

/* O valor, se é uma das opções; senão o padrão. */
static const char *
one_of(const struct people_option *options, const char *value,
       const char *fallback)
{
    for (; value != NULL && options->value != NULL; options++)
        if (strcmp(options->value, value) == 0)
            return options->value;
    return fallback;
}

struct filter {
    const char *search, *role, *status, *after_name;
    int64_t queue_id, after_id;
};

static struct filter
read_filter(struct req *r, const struct people_query *in)
{
    struct filter f = { .search = or_empty(in->search),
                        .role = one_of(role_filter, in->role, ""),
                        .status = one_of(status_filter, in->status, "active"),
                        .after_name = "" };
    const char *comma = in->cursor != NULL ? strchr(in->cursor, ',') : NULL;

    if (in->queue_id != NULL && !parse_int64(in->queue_id, &f.queue_id))
        f.queue_id = 0;
    if (comma != NULL && parse_int64(arena_memdup(r->ctx.arena, in->cursor,
                                                  (size_t)(comma - in->cursor)),
                                     &f.after_id))
        f.after_name = comma + 1;
    return f;
}

/* A lista com o mesmo filtro, sem cursor. */
static const char *
list_path(struct req *r, const struct filter *f)
{
    struct str s;

    str_init(&s, r->ctx.arena, 100);
    str_printf(&s, USERS "?status=%s&role=%s&queueId=", f->status, f->role);
    if (f->queue_id > 0)
        str_printf(&s, "%" PRId64, f->queue_id);
    str_puts(&s, "&search=");
    str_url(&s, f->search, strlen(f->search));
    return s.data;
}

static enum err
add_rows(struct req *r, struct json_object *m, const struct filter *f,
         const char *here)
{
    struct json_object *list = json_object_new_array();
    struct q_member_row *rows;
    const char *next = NULL;
    int count, i;
    enum err e;

    json_object_object_add(m, "rows", list);
    e = q_member_list(&r->ctx,
                      &(struct q_member_list_in){ .search = f->search,
                                                  .role = f->role,
                                                  .queue_id = f->queue_id,
                                                  .status = f->status,
                                                  .after_name = f->after_name,
                                                  .after_id = f->after_id,
                                                  .max = ROWS + 1 },
                      &rows, &count);
    if (e != OK)
        return e;
    for (i = 0; i < count && i < ROWS; i++) {
        struct json_object *row = json_object_new_object();

        people_put(r, row, &rows[i]);
        json_object_array_add(list, row);
    }
    model_bool(m, "hasRows", count > 0);
    if (count > ROWS)
        next = arena_printf(r->ctx.arena, "%" PRId64 ",%s", rows[ROWS - 1].id,
                            rows[ROWS - 1].sort_name);
    settings_pager(r, m, list_path(r, f), here, next);
    return OK;
}

enum err
people_draw_list(struct req *r, const struct people_query *in)
{
    struct filter f = read_filter(r, in);
    struct json_object *m =
        settings_model(r, USERS, _("Pessoas"),
                       _("Quem trabalha nesta empresa, e o que cada um pode."));
    enum err e;

    form_model(r, m, NULL);
    if (settings_may(r, PERM_USERS_WRITE))
        settings_action(m, USERS "/new", "plus", _("Nova pessoa"));
    model_text(m, "search", f.search);
    json_object_object_add(m, "roles", people_options(role_filter, f.role));
    json_object_object_add(m, "statuses",
                           people_options(status_filter, f.status));
    e = people_add_queue_filter(r, m, f.queue_id);
    if (e == OK)
        e = add_rows(r, m, &f, in->cursor);
    return e != OK ? e : page_reply(r, 200, "people/list", m);
}

/* ---- convites ---- */

static const struct people_option invitation_filter[] = {
    { "all", N_("Todos") },
    { "pending", N_("À espera") },
    { "accepted", N_("Aceitos") },
    { "expired", N_("Vencidos") },
    { NULL, NULL },
};

static enum err
add_invitations(struct req *r, struct json_object *m, const char *status,
                const char *cursor)
{
    struct json_object *list = json_object_new_array();
    struct q_invitation_list_in in = { .status = status,
                                       .before = INT64_MAX,
                                       .max = ROWS + 1 };
    struct q_invitation_row *rows;
    const char *next = NULL;
    int count, i;
    enum err e;

    if (cursor != NULL && !parse_int64(cursor, &in.before))
        in.before = INT64_MAX;
    json_object_object_add(m, "rows", list);
    e = q_invitation_list(&r->ctx, &in, &rows, &count);
    if (e != OK)
        return e;
    for (i = 0; i < count && i < ROWS; i++) {
        struct json_object *row = json_object_new_object();

        people_put_invitation(r, row, &rows[i]);
        json_object_array_add(list, row);
    }
    model_bool(m, "hasRows", count > 0);
    if (count > ROWS)
        next = arena_printf(r->ctx.arena, "%" PRId64, rows[ROWS - 1].id);
    settings_pager(r, m,
                   arena_printf(r->ctx.arena, INVITATIONS "?status=%s", status),
                   cursor, next);
    return OK;
}

enum err
people_draw_invitations(struct req *r, const char *status, const char *cursor)
{
    struct json_object *m = settings_model(
        r, INVITATIONS, _("Convites"),
        _("Quem foi chamado por e-mail. O link vale sete dias."));
    enum err e;

    status = one_of(invitation_filter, status, "all");
    form_model(r, m, NULL);
    if (settings_may(r, PERM_USERS_WRITE))
        settings_action(m, INVITATIONS "/new", "plus", _("Convidar"));
    json_object_object_add(m, "statuses",
                           people_options(invitation_filter, status));
    e = add_invitations(r, m, status, cursor);
    return e != OK ? e : page_reply(r, 200, "people/invitations", m);
}
