/* people_model.c - pessoas e convites em JSON para os modelos. */
#include "app/people_model.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "app/page_model.h"
#include "app/settings_page.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/when.h"

#define HUES 8

static const struct people_option visibilities[] = {
    { "queues", N_("Os das suas filas e os seus") },
    { "own", N_("Só os seus") },
    { "all", N_("Todos") },
    { NULL, NULL },
};

static const char *
role_text(const char *role, const char *role_name)
{
    return role_name != NULL ? role_name : _(role_title(role_parse(role)));
}

/* Dia e hora por extenso bastam: quem quer o instante tem o <time>. */
static void
put_time(struct req *r, struct json_object *m, const char *key,
         const char *key_at, const char *at)
{
    int64_t ms = at != NULL ? when_parse(at) : 0;
    struct arena *a = r->ctx.arena;

    model_text(m, key,
               ms != 0 ? when_brief(a, ms, clock_now_s() * 1000) : NULL);
    model_text(m, key_at, ms != 0 ? when_iso(a, ms) : NULL);
}

void
people_put(struct req *r, struct json_object *into,
           const struct q_member_row *u)
{
    uint64_t mask = grant_mask(u->role, u->permissions, u->is_super);

    model_int(into, "id", u->id);
    model_text(into, "name", u->name);
    model_text(into, "email", u->email);
    model_text(into, "role", role_text(u->role, u->role_name));
    model_bool(into, "isSuper", u->is_super);
    model_text(into, "queueNames", u->queues);
    model_bool(into, "disabled", u->disabled);
    model_bool(into, "twoFactor", u->two_factor);
    model_text(into, "picture", u->picture);
    model_text(into, "initials", page_initials(r->ctx.arena, u->name));
    model_int(into, "hue", u->id % HUES);
    put_time(r, into, "seen", "seenAt", u->last_seen_at);
    model_bool(into, "isSelf", u->id == r->ctx.user_id);
    model_bool(into, "hasDanger", u->id != r->ctx.user_id || u->two_factor);
    model_bool(into, "mayChange",
               settings_may(r, PERM_USERS_WRITE) &&
                   permissions_beyond(mask, r->ctx.permissions) == 0);
}

void
people_put_invitation(struct req *r, struct json_object *into,
                      const struct q_invitation_row *i)
{
    bool pending = strcmp(i->status, "pending") == 0;
    bool expired = strcmp(i->status, "expired") == 0;

    model_int(into, "id", i->id);
    model_text(into, "email", i->email);
    model_text(into, "name", i->name);
    model_text(into, "role", role_text(i->role, i->role_name));
    model_text(into, "inviter", i->inviter);
    put_time(r, into, "sent", "sentAt", i->sent_at);
    model_text(into, "status",
               pending   ? _("à espera")
               : expired ? _("vencido")
                         : _("aceito"));
    model_text(into, "badge",
               pending   ? "is-warn"
               : expired ? "is-alert"
                         : "is-good");
    model_bool(into, "isOpen", pending || expired);
    model_bool(into, "mayChange", settings_may(r, PERM_USERS_WRITE));
}

/* Os da casa que quem edita pode dar. */
static void
add_house_roles(struct req *r, struct json_object *list,
                const struct q_member_row *saved)
{
    static const enum role house[] = { ROLE_OPERATOR, ROLE_SUPERVISOR,
                                       ROLE_ADMIN };
    size_t i;

    for (i = 0; i < sizeof house / sizeof *house; i++) {
        const char *name = role_name(house[i]);
        bool is_saved = saved != NULL && !saved->has_role_id &&
                        strcmp(saved->role, name) == 0;

        if (permissions_beyond(permissions_of(house[i]), r->ctx.permissions) ==
            0)
            settings_option(r, list, "role", name, _(role_title(house[i])),
                            is_saved);
    }
}

static enum err
add_own_roles(struct req *r, struct json_object *list,
              const struct q_member_row *saved)
{
    struct q_role_options_row *rows;
    int count, i;
    enum err e = q_role_options(&r->ctx, &rows, &count);

    for (i = 0; e == OK && i < count; i++) {
        bool is_saved =
            saved != NULL && saved->has_role_id && saved->role_id == rows[i].id;

        if ((grant_mask("", rows[i].permissions, false) &
             ~r->ctx.permissions) != 0)
            continue;
        settings_option(r, list, "role",
                        arena_printf(r->ctx.arena, "%" PRId64, rows[i].id),
                        rows[i].name, is_saved);
    }
    return e;
}

/* "[1, 2]" tem o 2? */
static bool
has_id(const char *json, int64_t id)
{
    const char *p = json;
    char *end;

    while (*p != '\0') {
        if (strchr("0123456789", *p) == NULL) {
            p++;
            continue;
        }
        if (strtoll(p, &end, 10) == id)
            return true;
        p = end;
    }
    return false;
}

static enum err
add_queues(struct req *r, struct json_object *m,
           const struct q_member_row *saved)
{
    struct json_object *list = json_object_new_array();
    struct q_queue_options_row *rows;
    int count, i;
    enum err e;

    json_object_object_add(m, "queues", list);
    e = q_queue_options(&r->ctx, &rows, &count);
    for (i = 0; e == OK && i < count; i++)
        settings_option(r, list, "queueIds",
                        arena_printf(r->ctx.arena, "%" PRId64, rows[i].id),
                        rows[i].name,
                        saved != NULL && has_id(saved->queue_ids, rows[i].id));
    model_bool(m, "hasQueues", e == OK && count > 0);
    return e;
}

static void
add_role_error(struct req *r, struct json_object *m)
{
    const struct field_error *f;
    const char *text = NULL;

    for (f = r->refusal.fields; f != NULL; f = f->next)
        if (strcmp(f->field, "role") == 0 || strcmp(f->field, "roleId") == 0)
            text = f->detail;
    model_text(m, "roleError", text);
}

enum err
people_add_grant(struct req *r, struct json_object *m,
                 const struct q_member_row *saved)
{
    struct json_object *roles = json_object_new_array();
    struct json_object *seen = json_object_new_array();
    const struct people_option *v;
    enum err e;

    json_object_object_add(m, "roles", roles);
    json_object_object_add(m, "visibilities", seen);
    add_house_roles(r, roles, saved);
    for (v = visibilities; v->value != NULL; v++)
        settings_option(r, seen, "visibility", v->value, _(v->label),
                        saved != NULL &&
                            strcmp(saved->visibility, v->value) == 0);
    add_role_error(r, m);
    e = add_own_roles(r, roles, saved);
    return e != OK ? e : add_queues(r, m, saved);
}

enum err
people_read_role(struct req *r, const char *text, struct grant *out)
{
    enum role role;

    if (text == NULL)
        return OK;
    if (parse_int64(text, &out->role_id) && out->role_id > 0)
        return OK;
    out->role_id = 0;
    role = role_parse(text);
    if (role == ROLE_NONE || role == ROLE_SUPER)
        return fail_field(&r->ctx, "role", "one_of", "%s",
                          _("escolha um papel"));
    out->role = role_name(role);
    return OK;
}

static void
add_option(struct json_object *list, const char *value, const char *label,
           bool marked)
{
    struct json_object *option = json_object_new_object();

    model_text(option, "value", value);
    model_text(option, "label", label);
    model_bool(option, "marked", marked);
    json_object_array_add(list, option);
}

struct json_object *
people_options(const struct people_option *options, const char *now)
{
    struct json_object *list = json_object_new_array();

    for (; options->value != NULL; options++)
        add_option(list, options->value, _(options->label),
                   strcmp(options->value, now) == 0);
    return list;
}

enum err
people_add_queue_filter(struct req *r, struct json_object *m, int64_t now)
{
    struct json_object *list = json_object_new_array();
    struct q_queue_options_row *rows;
    int count, i;
    enum err e;

    json_object_object_add(m, "queues", list);
    e = q_queue_options(&r->ctx, &rows, &count);
    for (i = 0; e == OK && i < count; i++)
        add_option(list, arena_printf(r->ctx.arena, "%" PRId64, rows[i].id),
                   rows[i].name, rows[i].id == now);
    return e;
}
