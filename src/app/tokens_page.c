/* tokens_page.c - listas, formulário e confirmação dos tokens de API. */
#include "app/tokens_page.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "app/form_page.h"
#include "app/page_model.h"
#include "app/settings_page.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/when.h"
#include "gen/q_api_token.h"

#define PAGE_ROWS 50
#define DEFAULT_DAYS "90"

/* Escopos da mesma área ficam juntos; a 1ª parte do código diz a área. */
static const struct {
    const char *areas, *title;
} scope_groups[] = {
    { " me live tickets ", N_("Atendimento") },
    { " company users roles tokens ", N_("Empresa e pessoas") },
    { " audit privacy companies ", N_("Controle") },
};

#define GROUPS (sizeof scope_groups / sizeof *scope_groups)

const char *
tokens_path(enum tokens_of of)
{
    return of == TOKENS_ALL ? "/admin/tokens" : "/account/tokens";
}

/* O grupo da permissão; o último, se a área é nova. */
static size_t
group_of(const char *slug)
{
    char area[40];
    size_t n = strcspn(slug, "."), g;

    if (n > sizeof area - 3)
        return GROUPS - 1;
    area[0] = ' ';
    memcpy(area + 1, slug, n);
    memcpy(area + 1 + n, " ", 2);
    for (g = 0; g < GROUPS - 1; g++)
        if (strstr(scope_groups[g].areas, area) != NULL)
            break;
    return g;
}

static struct json_object *
scope_options(struct req *r, size_t group)
{
    struct json_object *list = json_object_new_array();
    uint64_t mine = api_token_scopes(r->ctx.permissions);
    int p;

    for (p = 1; p < PERM_COUNT; p++) {
        const struct permission_info *info =
            permission_info((enum permission)p);
        struct json_object *m;

        if ((mine & PERM_BIT(p)) == 0 || group_of(info->slug) != group)
            continue;
        m = json_object_new_object();
        model_text(m, "value", info->slug);
        model_text(m, "label", _(info->doc));
        model_bool(m, "marked", form_marked(r, "scopes", info->slug, false));
        json_object_array_add(list, m);
    }
    return list;
}

static void
add_scopes(struct req *r, struct json_object *m)
{
    struct json_object *list = json_object_new_array();
    size_t g;

    for (g = 0; g < GROUPS; g++) {
        struct json_object *options = scope_options(r, g), *group;

        if (json_object_array_length(options) == 0) {
            json_object_put(options);
            continue;
        }
        group = json_object_new_object();
        model_text(group, "title", _(scope_groups[g].title));
        json_object_object_add(group, "scopes", options);
        json_object_array_add(list, group);
    }
    json_object_object_add(m, "scopeGroups", list);
}

static void
add_expiries(struct req *r, struct json_object *m)
{
    static const struct {
        const char *days, *label;
    } choices[] = {
        { "7", N_("7 dias") },   { "30", N_("30 dias") },
        { "90", N_("90 dias") }, { "180", N_("6 meses") },
        { "365", N_("1 ano") },  { "0", N_("Sem prazo") },
    };
    struct json_object *list = json_object_new_array();
    size_t i;

    for (i = 0; i < sizeof choices / sizeof *choices; i++)
        settings_option(r, list, "expiresInDays", choices[i].days,
                        _(choices[i].label),
                        strcmp(choices[i].days, DEFAULT_DAYS) == 0);
    json_object_object_add(m, "expiries", list);
}

static const char *
day_text(struct req *r, const char *at)
{
    return when_brief(r->ctx.arena, when_parse(at), clock_now_ms());
}

/* A data inteira: "14/05" não diz de que ano é um prazo. */
static const char *
date_text(struct req *r, const char *at)
{
    return when_day_text(r->ctx.arena, when_parse(at), clock_now_ms());
}

static void
add_status(struct req *r, struct json_object *m,
           const struct q_api_token_row *t)
{
    bool revoked = t->revoked_at != NULL;
    bool expired = !revoked && t->expires_at != NULL &&
                   when_parse(t->expires_at) <= clock_now_ms();

    model_bool(m, "isRevoked", revoked);
    model_bool(m, "isExpired", expired);
    model_bool(m, "isLive", !revoked && !expired);
    model_text(m, "expires",
               t->expires_at != NULL ? date_text(r, t->expires_at) : NULL);
}

static struct json_object *
token_model(struct req *r, enum tokens_of of, const struct q_api_token_row *t)
{
    struct json_object *m = json_object_new_object(),
                       *scopes = json_tokener_parse(t->scopes);

    model_int(m, "id", t->id);
    model_text(m, "name", t->name);
    model_text(m, "prefix", t->prefix);
    model_text(m, "owner", t->user_name);
    json_object_object_add(m, "scopes", scopes);
    model_text(m, "created", date_text(r, t->created_at));
    model_text(m, "used",
               t->last_used_at != NULL ? day_text(r, t->last_used_at) : NULL);
    model_text(m, "usedIso",
               t->last_used_at != NULL
                   ? when_iso(r->ctx.arena, when_parse(t->last_used_at))
                   : NULL);
    model_text(m, "usedFrom", t->last_used_address);
    model_text(m, "revokePath",
               arena_printf(r->ctx.arena, "%s/%" PRId64 "/revoke",
                            tokens_path(of), t->id));
    add_status(r, m, t);
    return m;
}

static enum err
add_rows(struct req *r, struct json_object *m, enum tokens_of of,
         const char *cursor)
{
    struct json_object *list = json_object_new_array();
    struct q_api_token_list_in q = { .everyone = of == TOKENS_ALL,
                                     .before_id = INT64_MAX,
                                     .max = PAGE_ROWS + 1 };
    struct q_api_token_row *rows;
    const char *next = NULL;
    int count, i;
    enum err e;

    json_object_object_add(m, "rows", list);
    if (cursor != NULL && !parse_int64(cursor, &q.before_id))
        return fail(&r->ctx, ERR_NOT_FOUND, NULL);
    e = q_api_token_list(&r->ctx, &q, &rows, &count);
    if (e != OK)
        return e;
    if (count > PAGE_ROWS) {
        count = PAGE_ROWS;
        next = arena_printf(r->ctx.arena, "%" PRId64, rows[count - 1].id);
    }
    for (i = 0; i < count; i++)
        json_object_array_add(list, token_model(r, of, &rows[i]));
    model_bool(m, "hasRows", count > 0);
    settings_pager(r, m, tokens_path(of), cursor, next);
    return OK;
}

static struct json_object *
secret_model(const struct api_token_made *made)
{
    struct json_object *m;

    if (made == NULL)
        return NULL;
    m = json_object_new_object();
    model_text(m, "id", "new-token");
    model_text(m, "value", made->token);
    model_text(m, "label", _("O seu token novo"));
    model_text(m, "hint",
               _("Use no cabeçalho Authorization: Bearer, e em lugar nenhum "
                 "que outros leiam."));
    return m;
}

enum err
tokens_page(struct req *r, enum tokens_of of, const char *cursor,
            const struct api_token_made *made)
{
    bool all = of == TOKENS_ALL;
    struct json_object *m = settings_model(
        r, tokens_path(of), all ? _("Tokens de todos") : _("Tokens de API"),
        all ? _("Os tokens de API de todas as pessoas da empresa. Revogar vale "
                "na hora.")
            : _("Para programas agirem em seu nome, com só o que você "
                "escolher."));
    enum err e;

    form_model(r, m, NULL);
    e = add_rows(r, m, of, cursor);
    if (e != OK)
        return e;
    add_scopes(r, m);
    add_expiries(r, m);
    json_object_object_add(m, "secret", secret_model(made));
    model_bool(m, "isAll", all);
    return page_reply(r, made != NULL ? 201 : 200, "tokens/index", m);
}

enum err
token_revoke_page(struct req *r, enum tokens_of of, int64_t id)
{
    struct json_object *m =
        settings_model(r, tokens_path(of), _("Revogar token"), NULL);
    struct q_api_token_row row;
    bool found;
    enum err e = q_api_token_get(
        &r->ctx,
        &(struct q_api_token_get_in){ .id = id, .everyone = of == TOKENS_ALL },
        &row, &found);

    if (e == OK && !found)
        e = fail(&r->ctx, ERR_NOT_FOUND, NULL);
    if (e != OK)
        return e;
    settings_parent(m, tokens_path(of),
                    of == TOKENS_ALL ? _("Tokens de todos")
                                     : _("Tokens de API"));
    form_model(r, m, NULL);
    json_object_object_add(m, "token", token_model(r, of, &row));
    model_text(m, "back", tokens_path(of));
    model_bool(m, "isAll", of == TOKENS_ALL);
    return page_reply(r, 200, "tokens/revoke", m);
}
