/* user.c - as regras sobre as pessoas da empresa. */
#include "account/user.h"

#include <inttypes.h>
#include <string.h>

#include "auth/password.h"
#include "auth/password_policy.h"
#include "base/i18n.h"
#include "db/db.h"

#define U struct q_member_row

#define ID_LIST "{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}"

const struct field user_out[] = {
    INT(U, id, .doc = "Pessoa"),
    TEXT(U, email, .doc = "E-mail da conta"),
    TEXT(U, name, .doc = "Nome mostrado nesta empresa"),
    ENUM(U, role, .doc = "Papel da casa; operator se há roleId",
         .one_of = "admin supervisor operator"),
    INT_OR_NULL(U, role_id, .doc = "Papel próprio da empresa"),
    TEXT(U, role_name, .nullable = true, .doc = "Nome do papel próprio"),
    BOOL(U, is_super, .doc = "Administra a plataforma"),
    ENUM(U, visibility, .doc = "Atendimentos que vê",
         .one_of = "all queues own"),
    JSON(U, queue_ids, .schema = ID_LIST, .doc = "Filas em que atende"),
    BOOL(U, disabled, .doc = "Desligada da empresa"),
    TIME(U, disabled_at, .nullable = true, .doc = "Desde quando"),
    BOOL(U, two_factor, .doc = "Usa a segunda etapa"),
    TEXT(U, picture, .nullable = true,
         .doc = "Resumo do retrato, a ETag dele; null: não tem"),
    TIME(U, last_seen_at, .nullable = true, .doc = "Último uso conhecido"),
    INT(U, version, .doc = "Sobe a cada mudança"),
    TIME(U, created_at, .doc = "Desde quando é da empresa"),
    FIELDS_END
};

enum err
user_email_conflict(struct ctx *c, const char *standing, int64_t id)
{
    if (strcmp(standing, "member") == 0) {
        fail_field(c, "email", "taken", _("já é da empresa: pessoa %" PRId64),
                   id);
        return fail(c, ERR_CONFLICT, _("já é da empresa: pessoa %" PRId64), id);
    }
    fail_field(c, "email", "taken", "%s",
               _("já há uma conta com este e-mail; convide a pessoa"));
    return fail(c, ERR_CONFLICT, "%s",
                _("já há uma conta com este e-mail; convide a pessoa"));
}

/* Antes do hash, que demora: o que já se sabe que não vai dar. */
static enum err
check_new(struct ctx *c, struct user_new *new)
{
    struct q_email_standing_row row = { 0 };
    enum err e = grant_check(c, &new->grant);

    if (e == OK)
        e = q_email_standing(
            c, &(struct q_email_standing_in){ .email = new->email }, &row);
    if (e == OK && strcmp(row.standing, "free") != 0)
        e = user_email_conflict(c, row.standing, row.id);
    return e == OK ? db_commit(c) : e;
}

enum err
user_create(struct ctx *c, struct user_new *new, U *out)
{
    struct slice plain = { new->password, strlen(new->password) };
    char hash[PASSWORD_HASH_CHARS + 1];
    struct q_member_create_row row = { 0 };
    enum err e;

    e = password_policy_check(c, "password", plain, new->email, new->name);
    if (e == OK)
        e = check_new(c, new);
    if (e == OK)
        e = password_hash(c, plain, hash);
    if (e == OK)
        e = q_member_create(c,
                            &(struct q_member_create_in){
                                .email = new->email,
                                .name = new->name,
                                .password_hash = hash,
                                .role = new->grant.role,
                                .role_id = new->grant.role_id,
                                .has_role_id = new->grant.role_id != 0,
                                .visibility = new->grant.visibility,
                                .queue_ids = new->grant.queue_ids },
                            &row);
    if (e == OK)
        e = grant_refused(c, row.outcome);
    if (e == OK && strcmp(row.outcome, "ok") != 0)
        e = user_email_conflict(c, row.outcome, row.id);
    return e != OK ? e
                   : q_member_get(c, &(struct q_member_get_in){ .id = row.id },
                                  out);
}

enum err
user_lock(struct ctx *c, int64_t id, U *out)
{
    enum err e = q_member_lock(c, &(struct q_member_lock_in){ .id = id }, out);

    return e != OK ? e
                   : grant_covers(c, grant_mask(out->role, out->permissions,
                                                out->is_super));
}

/* "[1, 2]" do JSON como vetor do PostgreSQL. */
static const char *
id_array(struct ctx *c, const char *json)
{
    char *out = arena_strdup(c->arena, json);
    size_t n = strlen(out);

    out[0] = '{';
    out[n - 1] = '}';
    return out;
}

/* O papel só se confere de novo quando muda: quem ficou com um papel maior
 * que o de quem edita já foi recusado por user_lock. */
static enum err
merge_grant(struct ctx *c, const U *was, const struct user_change *to,
            struct grant *g)
{
    bool moves = to->role != NULL || to->has_role_id;

    *g = (struct grant){
        .role = to->role != NULL ? to->role : was->role,
        .role_id = moves ? to->role_id : was->role_id,
        .visibility = to->visibility != NULL ? to->visibility : was->visibility,
        .queue_ids =
            to->queue_ids != NULL ? to->queue_ids : id_array(c, was->queue_ids),
    };
    return grant_check(c, g);
}

static enum err
save(struct ctx *c, const U *was, const struct user_change *to,
     const struct grant *g, bool disabled)
{
    struct q_member_save_row row;
    enum err e =
        q_member_save(c,
                      &(struct q_member_save_in){
                          .id = was->id,
                          .version = to->version,
                          .name = to->name != NULL ? to->name : was->name,
                          .role = g->role,
                          .role_id = g->role_id,
                          .has_role_id = g->role_id != 0,
                          .visibility = g->visibility,
                          .queue_ids = g->queue_ids,
                          .disabled = disabled },
                      &row);

    if (e == OK)
        e = grant_refused(c, row.outcome);
    if (e == OK && strcmp(row.outcome, "stale") == 0)
        return fail(c, ERR_CONFLICT, _("versão atual: %" PRId64), was->version);
    if (e == OK && strcmp(row.outcome, "unknown") == 0)
        return db_not_found(c);
    c->nudges |= NUDGE_RELAY;
    return e;
}

enum err
user_change(struct ctx *c, int64_t id, const struct user_change *to, U *out,
            bool *left)
{
    bool disabled;
    struct grant g;
    U was;
    enum err e = user_lock(c, id, &was);

    if (e != OK)
        return e;
    if (was.erased)
        return grant_refused(c, "erased");
    disabled = to->has_disabled ? to->disabled : was.disabled;
    *left = disabled && !was.disabled;
    if (*left && id == c->user_id)
        return fail(c, ERR_CONFLICT, "%s",
                    _("ninguém desliga a si mesmo; peça a outra pessoa"));
    e = merge_grant(c, &was, to, &g);
    if (e == OK)
        e = save(c, &was, to, &g, disabled);
    return e != OK
               ? e
               : q_member_get(c, &(struct q_member_get_in){ .id = id }, out);
}

enum err
user_logout(struct ctx *c, int64_t id)
{
    struct q_member_logout_row row;
    U was;
    enum err e = user_lock(c, id, &was);

    if (e == OK)
        e = q_member_logout(c, &(struct q_member_logout_in){ .id = id }, &row);
    c->nudges |= NUDGE_RELAY;
    return e;
}
