/* logins.c - listar e encerrar logins; passar de uma empresa a outra. */
#include "auth/logins.h"

#include <inttypes.h>
#include <string.h>

#include "auth/audit.h"
#include "auth/user_agent.h"
#include "base/i18n.h"
#include "base/str.h"
#include "gen/q_auth.h"
#include "gen/q_logins.h"

#define NO_FAMILY "00000000-0000-0000-0000-000000000000"

enum err
auth_logins(struct ctx *c, struct auth_login **out, int *count)
{
    struct q_auth_logins_row *rows;
    struct auth_login *list;
    enum err e = q_auth_logins(
        c, &(struct q_auth_logins_in){ .user_id = c->user_id }, &rows, count);
    int i;

    if (e != OK)
        return e;
    list = arena_alloc(c->arena, (size_t)(*count + 1) * sizeof *list);
    for (i = 0; i < *count; i++)
        list[i] = (struct auth_login){
            .id = rows[i].family,
            .kind = rows[i].kind,
            .device = user_agent_text(c->arena, rows[i].user_agent),
            .user_agent = rows[i].user_agent,
            .address = rows[i].address,
            .company_id = rows[i].company_id,
            .company_name = rows[i].company_name,
            .created_at = rows[i].created_at,
            .last_used_at = rows[i].last_used_at,
            .current = strcmp(rows[i].family, c->family) == 0,
        };
    *out = list;
    return OK;
}

enum err
auth_seen_here(struct ctx *c, int64_t user_id, bool *seen)
{
    struct q_auth_seen_from_row row;
    enum err e = q_auth_seen_from(
        c,
        &(struct q_auth_seen_from_in){
            .user_id = user_id,
            .agent = c->user_agent != NULL ? c->user_agent : "",
            .address = c->remote != NULL ? c->remote : "" },
        &row);

    *seen = e == OK && row.seen;
    return e;
}

/* Só a forma que o banco escreve: outra ele leria ou recusaria com erro. */
static bool
is_uuid(const char *text)
{
    size_t i;

    if (strlen(text) != TOKEN_FAMILY_CHARS)
        return false;
    for (i = 0; i < TOKEN_FAMILY_CHARS; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;

        if (dash ? text[i] != '-' : strchr("0123456789abcdef", text[i]) == NULL)
            return false;
    }
    return true;
}

enum err
auth_login_end(struct ctx *c, const char *id)
{
    struct q_auth_login_end_row row;
    /* malformado não é de ninguém: o caminho até o 404 é um só */
    const char *family = is_uuid(id) ? id : NO_FAMILY;
    enum err e = q_auth_login_end(c,
                                  &(struct q_auth_login_end_in){
                                      .user_id = c->user_id, .family = family },
                                  &row);

    if (e != OK)
        return e;
    if (row.ended == 0)
        return fail(c, ERR_NOT_FOUND, NULL);
    c->nudges |= NUDGE_RELAY | NUDGE_JOBS;
    return audit_note(c, &(struct audit){ .action = "login.ended",
                                          .target_type = "login",
                                          .target_id = id });
}

enum err
auth_revoke_others(struct ctx *c, int64_t *ended)
{
    struct q_auth_revoke_others_row row;
    enum err e = q_auth_revoke_others(
        c,
        &(struct q_auth_revoke_others_in){
            .user_id = c->user_id,
            .keep = c->family[0] != '\0' ? c->family : NULL },
        &row);

    if (e != OK)
        return e;
    c->nudges |= NUDGE_RELAY | NUDGE_JOBS;
    if (ended != NULL)
        *ended = row.ended;
    return OK;
}

enum err
auth_logout_all(struct ctx *c)
{
    struct q_auth_logout_all_row row;
    enum err e = q_auth_logout_all(
        c, &(struct q_auth_logout_all_in){ .user_id = c->user_id }, &row);

    if (e != OK)
        return e;
    c->nudges |= NUDGE_RELAY | NUDGE_JOBS;
    return audit_note(c, &(struct audit){ .action = "logout.all" });
}

enum err
auth_enter_company(struct ctx *c, int64_t company_id, struct auth_user *out)
{
    struct q_auth_access_of_row row;
    int64_t changed;
    bool found;
    enum err e;

    if (c->api_token_id != 0)
        return fail(c, ERR_FORBIDDEN, "%s",
                    _("Um token de API é de uma empresa só"));
    e = q_auth_access_of(c,
                         &(struct q_auth_access_of_in){
                             .user_id = c->user_id, .company_id = company_id },
                         &row, &found);
    if (e != OK)
        return e;
    if (!found)
        return fail(c, ERR_NOT_FOUND, NULL);
    if (row.suspended)
        return fail(c, ERR_SUSPENDED, NULL);
    *out = (struct auth_user){ .id = c->user_id,
                               .company_id = company_id,
                               .token_version = row.token_version,
                               .access_version = row.access_version,
                               .role = role_parse(row.role),
                               .permissions = row.permissions,
                               .name = row.name,
                               .email = row.email };
    e = q_auth_visit(c,
                     &(struct q_auth_visit_in){ .user_id = c->user_id,
                                                .company_id = company_id },
                     &changed);
    if (e != OK)
        return e;
    return audit_note(c, &(struct audit){ .action = "company.entered",
                                          .target_type = "company",
                                          .target_id = arena_printf(
                                              c->arena, "%" PRId64, company_id),
                                          .company_id = company_id });
}
