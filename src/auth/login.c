/* login.c - as regras de entrar, renovar e sair. */
#include "auth/login.h"

#include <stdio.h>
#include <string.h>

#include "auth/audit.h"
#include "auth/password.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/str.h"
#include "db/db.h"
#include "gen/q_auth.h"
#include "gen/q_logins.h"

static const char *
text_or_empty(const char *text)
{
    return text != NULL ? text : "";
}

static struct slice
hash_slice(const unsigned char *hash)
{
    return (struct slice){ (const char *)hash, TOKEN_HASH_BYTES };
}

static struct slice
hash_of(struct ctx *c, const char *token)
{
    unsigned char *hash = arena_alloc(c->arena, TOKEN_HASH_BYTES);

    token_hash(token, hash);
    return hash_slice(hash);
}

enum err
auth_find_account(struct ctx *c, const char *email, int64_t user_id,
                  struct auth_account *out, bool *found)
{
    struct q_login_row row;
    enum err e = q_auth_find_login(
        c, &(struct q_auth_find_login_in){ .email = email, .user_id = user_id },
        &row, found);

    if (e != OK || !*found)
        return e;
    *out = (struct auth_account){
        .user = { .id = row.user_id,
                  .company_id = row.has_company_id ? row.company_id : 0,
                  .token_version = row.token_version,
                  .access_version = row.access_version,
                  .role = role_parse(row.role != NULL ? row.role : ""),
                  .permissions = row.permissions,
                  .name = row.name,
                  .email = row.email,
                  .locale = row.locale,
                  .time_zone = row.time_zone },
        .password_hash = row.password_hash,
        .two_factor = row.two_factor,
        .suspended = row.suspended,
        .is_first = row.is_first,
    };
    return OK;
}

/* Falhar aqui não impede ninguém de entrar: fica para a próxima vez. */
void
auth_rehash(struct ctx *c, const struct auth_account *account,
            const char *password)
{
    struct slice plain = { password, strlen(password) };
    char fresh[PASSWORD_HASH_CHARS + 1];
    int64_t changed;

    if (!password_needs_rehash(account->password_hash))
        return;
    if (password_hash(c, plain, fresh) == OK &&
        q_auth_rehash(
            c,
            &(struct q_auth_rehash_in){ .user_id = account->user.id,
                                        .old_hash = account->password_hash,
                                        .new_hash = fresh },
            &changed) == OK &&
        db_commit(c) == OK)
        return;
    log_warn("a senha não foi refeita com o custo novo");
    db_rollback(c);
    ctx_clear_error(c);
}

enum err
auth_visit(struct ctx *c, const struct auth_user *user)
{
    int64_t changed;

    return q_auth_visit(
        c,
        &(struct q_auth_visit_in){ .user_id = user->id,
                                   .company_id = user->company_id },
        &changed);
}

enum err
auth_set_password(struct ctx *c, int64_t user_id, const char *password)
{
    struct slice plain = { password, strlen(password) };
    struct q_auth_password_set_row row;
    char hash[PASSWORD_HASH_CHARS + 1];
    enum err e = password_hash(c, plain, hash);

    if (e == OK)
        e = q_auth_password_set(
            c,
            &(struct q_auth_password_set_in){
                .user_id = user_id, .hash = hash, .all_out = false },
            &row);
    if (e != OK)
        return e;
    if (!row.has_token_version)
        return fail(c, ERR_NOT_FOUND, NULL);
    return OK;
}

static enum err
give_tokens(struct ctx *c, const struct auth_user *user, const char *refresh,
            const char *family, struct auth_tokens *out)
{
    struct token t = { .user_id = user->id,
                       .company_id = user->company_id,
                       .token_version = user->token_version,
                       .access_version = user->access_version,
                       .role = user->role };
    const char *access;

    t.has_scope = user->permissions != NULL;
    if (t.has_scope)
        permissions_parse(user->permissions, &t.permissions);
    snprintf(t.family, sizeof t.family, "%s", family);
    access = token_make(c->arena, &t, clock_now_s());
    if (access == NULL)
        return fail(c, ERR_INTERNAL, NULL);
    *out =
        (struct auth_tokens){ .access = access,
                              .refresh = refresh,
                              .family = family,
                              .user = *user,
                              .expires_in_s = conf()->access_token_s,
                              .refresh_expires_in_s = conf()->refresh_token_s };
    return OK;
}

enum err
auth_tokens_start(struct ctx *c, const struct auth_user *user,
                  struct auth_tokens *out)
{
    char *refresh = arena_alloc(c->arena, TOKEN_OPAQUE_CHARS + 1);
    struct q_auth_refresh_create_row row;
    enum err e;

    token_opaque(refresh);
    e = q_auth_refresh_create(c,
                              &(struct q_auth_refresh_create_in){
                                  .user_id = user->id,
                                  .company_id = user->company_id,
                                  .token_version = user->token_version,
                                  .hash = hash_of(c, refresh),
                                  .life_s = conf()->refresh_token_s,
                                  .agent = text_or_empty(c->user_agent),
                                  .address = text_or_empty(c->remote) },
                              &row);
    return e != OK ? e : give_tokens(c, user, refresh, row.family, out);
}

/* O que se diz a quem apresentou um token que não serve. */
static enum err
refuse_rotation(struct ctx *c, const struct q_auth_refresh_rotate_row *row)
{
    if (strcmp(row->outcome, "suspended") == 0)
        return fail(c, ERR_SUSPENDED, NULL);
    if (strcmp(row->outcome, "reused") == 0)
        log_warn("token de renovação reusado: família da pessoa %lld caiu",
                 (long long)row->user_id);
    return fail(c, ERR_UNAUTHORIZED, "%s",
                _("O token de renovação não vale mais; entre de novo"));
}

enum err
auth_tokens_rotate(struct ctx *c, const char *refresh, struct auth_tokens *out)
{
    char *fresh = arena_alloc(c->arena, TOKEN_OPAQUE_CHARS + 1);
    struct q_auth_refresh_rotate_row row = { .outcome = "unknown" };
    struct auth_user user;
    enum err e = OK;

    token_opaque(fresh);
    if (token_is_opaque(refresh))
        e = q_auth_refresh_rotate(c,
                                  &(struct q_auth_refresh_rotate_in){
                                      .old_hash = hash_of(c, refresh),
                                      .new_hash = hash_of(c, fresh),
                                      .life_s = conf()->refresh_token_s,
                                      .agent = text_or_empty(c->user_agent),
                                      .address = text_or_empty(c->remote) },
                                  &row);
    if (e == OK)
        e = db_commit(c);
    if (e != OK)
        return e;
    if (strcmp(row.outcome, "ok") != 0)
        return refuse_rotation(c, &row);
    user = (struct auth_user){ .id = row.user_id,
                               .company_id = row.company_id,
                               .token_version = (int32_t)row.token_version,
                               .access_version = (int32_t)row.access_version,
                               .role = role_parse(row.role),
                               .permissions = row.permissions,
                               .name = row.name,
                               .email = row.email };
    return give_tokens(c, &user, fresh, row.family, out);
}

enum err
auth_family_end(struct ctx *c, const char *family)
{
    struct q_auth_family_revoke_row row;

    if (family[0] == '\0')
        return OK;
    c->nudges |= NUDGE_RELAY | NUDGE_JOBS;
    return q_auth_family_revoke(
        c, &(struct q_auth_family_revoke_in){ .family = family }, &row);
}

enum err
auth_sign_out(struct ctx *c, const char *refresh, const char *family)
{
    struct q_auth_login_owner_in in = { 0 };
    struct q_auth_login_owner_row row;
    bool found;
    enum err e;

    if (refresh != NULL && token_is_opaque(refresh))
        in.hash = hash_of(c, refresh);
    if (family[0] != '\0')
        in.family = family;
    e = q_auth_login_owner(c, &in, &row, &found);
    if (e != OK || !found)
        return e;
    e = auth_family_end(c, row.family);
    if (e != OK)
        return e;
    return audit_note(c, &(struct audit){ .action = "logout",
                                          .company_id = row.company_id,
                                          .user_id = row.user_id });
}

enum err
auth_session_start(struct ctx *c, const struct auth_user *user,
                   char cookie[static TOKEN_OPAQUE_CHARS + 1])
{
    int64_t made;

    token_opaque(cookie);
    return q_auth_session_create(c,
                                 &(struct q_auth_session_create_in){
                                     .user_id = user->id,
                                     .company_id = user->company_id,
                                     .token_version = user->token_version,
                                     .hash = hash_of(c, cookie),
                                     .life_s = conf()->session_s,
                                     .agent = text_or_empty(c->user_agent),
                                     .address = text_or_empty(c->remote) },
                                 &made);
}

enum err
auth_session_find(struct ctx *c,
                  const unsigned char hash[static TOKEN_HASH_BYTES],
                  struct auth_session *out, bool *found)
{
    struct q_auth_session_find_row row;
    enum err e = q_auth_session_find(
        c,
        &(struct q_auth_session_find_in){ .hash = hash_slice(hash),
                                          .life_s = conf()->session_s },
        &row, found);

    if (e != OK || !*found)
        return e;
    *out = (struct auth_session){ .id = row.session_id,
                                  .user_id = row.user_id,
                                  .company_id = row.company_id,
                                  .token_version = (int32_t)row.token_version,
                                  .access_version = (int32_t)row.access_version,
                                  .role = role_parse(row.role),
                                  .permissions = row.permissions,
                                  .renewed = row.renewed,
                                  .name = row.name,
                                  .locale = row.locale,
                                  .company_name = row.company_name,
                                  .time_zone = row.time_zone,
                                  .visibility = row.visibility,
                                  .queue_ids = row.queue_ids,
                                  .companies = row.companies };
    snprintf(out->family, sizeof out->family, "%s", row.family);
    return OK;
}

enum err
auth_session_end(struct ctx *c,
                 const unsigned char hash[static TOKEN_HASH_BYTES])
{
    struct q_auth_session_revoke_row row;

    c->nudges |= NUDGE_RELAY | NUDGE_JOBS;
    return q_auth_session_revoke(
        c, &(struct q_auth_session_revoke_in){ .hash = hash_slice(hash) },
        &row);
}
