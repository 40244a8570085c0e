/* invitation.c - do convite ao vínculo. */
#include "account/invitation.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "account/letters.h"
#include "account/notices.h"
#include "account/user.h"
#include "auth/audit.h"
#include "auth/one_time.h"
#include "auth/password.h"
#include "auth/password_policy.h"
#include "base/i18n.h"
#include "db/db.h"

#define I struct q_invitation_row

enum { RESEND_WAIT_S = 60 };

#define ID_LIST "{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}"

const struct field invitation_out[] = {
    INT(I, id, .doc = "Convite"),
    TEXT(I, email, .doc = "A quem foi mandado"),
    TEXT(I, name, .nullable = true, .doc = "Nome sugerido"),
    ENUM(I, role, .doc = "Papel que terá; operator se há roleId",
         .one_of = "admin supervisor operator"),
    INT_OR_NULL(I, role_id, .doc = "Papel próprio da empresa"),
    TEXT(I, role_name, .nullable = true, .doc = "Nome do papel próprio"),
    ENUM(I, visibility, .doc = "Atendimentos que verá",
         .one_of = "all queues own"),
    JSON(I, queue_ids, .schema = ID_LIST, .doc = "Filas em que atenderá"),
    ENUM(I, status, .doc = "Estado", .one_of = "pending accepted expired"),
    TEXT(I, inviter, .doc = "Nome de quem convidou"),
    INT(I, invited_by, .doc = "Quem convidou"),
    TIME(I, sent_at, .doc = "Último envio"),
    INT(I, sent_count, .doc = "Quantas vezes foi mandado"),
    TIME(I, expires_at, .doc = "Até quando o link vale"),
    TIME(I, accepted_at, .nullable = true, .doc = "Quando foi aceito"),
    INT_OR_NULL(I, accepted_by, .doc = "Quem o aceitou"),
    TIME(I, created_at, .doc = "Criação"),
    FIELDS_END
};

/* O segredo novo e o e-mail que o leva; só nele o segredo aparece. */
static enum err
send_link(struct ctx *c, int64_t id)
{
    struct one_time_new one = { .purpose = ONE_TIME_INVITE,
                                .company_id = c->company_id,
                                .life_s = ONE_TIME_INVITE_S };
    char token[TOKEN_OPAQUE_CHARS + 1];
    enum err e;
    I i;

    e = q_invitation_get(c, &(struct q_invitation_get_in){ .id = id }, &i);
    if (e != OK)
        return e;
    one.address = i.email;
    one.payload = arena_printf(c->arena, "{\"invitation\":%" PRId64 "}", id);
    e = one_time_create(c, &one, token);
    return e != OK ? e
                   : letter_invitation(c, i.email, token, i.role, i.role_name);
}

static enum err
already_invited(struct ctx *c, int64_t id)
{
    fail_field(c, "email", "taken", _("já convidado: convite %" PRId64), id);
    return fail(c, ERR_CONFLICT, _("já convidado: convite %" PRId64), id);
}

enum err
invitation_create(struct ctx *c, struct invitation_new *new, int64_t *id)
{
    struct q_invitation_create_row row;
    enum err e = grant_check(c, &new->grant);

    if (e == OK)
        e = q_invitation_create(c,
                                &(struct q_invitation_create_in){
                                    .email = new->email,
                                    .name = new->name,
                                    .role = new->grant.role,
                                    .role_id = new->grant.role_id,
                                    .has_role_id = new->grant.role_id != 0,
                                    .visibility = new->grant.visibility,
                                    .queue_ids = new->grant.queue_ids,
                                    .life_s = ONE_TIME_INVITE_S },
                                &row);
    if (e == OK)
        e = grant_refused(c, row.outcome);
    if (e != OK)
        return e;
    if (strcmp(row.outcome, "pending") == 0)
        return already_invited(c, row.id);
    if (strcmp(row.outcome, "ok") != 0)
        return user_email_conflict(c, row.outcome, row.id);
    *id = row.id;
    return send_link(c, row.id);
}

/* Trava um convite em aberto. Quem reenvia ou desfaz alcança o que ele dá. */
static enum err
lock_open(struct ctx *c, int64_t id, struct q_invitation_lock_row *i)
{
    struct grant g = { 0 };
    enum err e =
        q_invitation_lock(c, &(struct q_invitation_lock_in){ .id = id }, i);

    if (e != OK)
        return e;
    if (i->accepted)
        return fail(c, ERR_CONFLICT, "%s", _("este convite já foi aceito"));
    g.role = i->role;
    g.role_id = i->has_role_id ? i->role_id : 0;
    return grant_check(c, &g);
}

enum err
invitation_resend(struct ctx *c, int64_t id)
{
    struct q_invitation_lock_row row;
    int64_t changed;
    enum err e = lock_open(c, id, &row);

    if (e == OK && row.recent) {
        c->retry_after_s = RESEND_WAIT_S;
        return fail(c, ERR_RATE_LIMITED, "%s",
                    _("o convite acabou de ser mandado; espere um minuto"));
    }
    if (e == OK)
        e = q_invitation_resent(c,
                                &(struct q_invitation_resent_in){
                                    .id = id, .life_s = ONE_TIME_INVITE_S },
                                &changed);
    return e != OK ? e : send_link(c, id);
}

enum err
invitation_cancel(struct ctx *c, int64_t id)
{
    struct q_invitation_lock_row row;
    int64_t changed;
    enum err e = lock_open(c, id, &row);

    if (e == OK)
        e = q_invitation_delete(c, &(struct q_invitation_delete_in){ .id = id },
                                &changed);
    return e != OK
               ? e
               : one_time_drop(c, ONE_TIME_INVITE, 0, c->company_id, row.email);
}

/* {"invitation":12} -> 12; o payload é nosso. */
static int64_t
invitation_id(const struct one_time *secret)
{
    const char *colon = strrchr(secret->payload, ':');
    int64_t id = 0;

    if (colon != NULL)
        sscanf(colon + 1, "%" SCNd64, &id);
    return id;
}

/* Quem convidou ainda poderia convidar: o convite não vale mais que ele. */
static bool
inviter_still_may(const struct q_invitation_read_row *i)
{
    bool is_super = strcmp(i->inviter_role, "super") == 0;
    uint64_t held =
        grant_mask(i->inviter_role, i->inviter_permissions, is_super);

    return (held & PERM_BIT(PERM_USERS_WRITE)) != 0 &&
           permissions_beyond(grant_mask(i->role, i->role_permissions, false),
                              held) == 0;
}

static enum err
read_invitation(struct ctx *c, const struct one_time *secret,
                struct q_invitation_read_row *out, bool *found)
{
    enum err e = q_invitation_read(
        c,
        &(struct q_invitation_read_in){ .company_id = secret->company_id,
                                        .id = invitation_id(secret) },
        out, found);

    if (e == OK && *found)
        *found = inviter_still_may(out);
    return e;
}

enum err
invitation_peek(struct ctx *c, const char *token,
                struct q_invitation_read_row *out, bool *found)
{
    struct one_time secret;
    enum err e = one_time_peek(c, ONE_TIME_INVITE, token, &secret, found);

    return e == OK && *found ? read_invitation(c, &secret, out, found) : e;
}

static enum err
dead_link(struct ctx *c)
{
    fail_field(c, "token", "expired", "%s",
               _("este convite não vale mais; peça outro"));
    return fail(c, ERR_NOT_FOUND, "%s",
                _("este convite não vale mais; peça outro"));
}

static enum err
refused(struct ctx *c, const char *outcome)
{
    if (strcmp(outcome, "unknown") == 0)
        return dead_link(c);
    if (strcmp(outcome, "disabled") == 0)
        return fail(c, ERR_CONFLICT, "%s", _("esta conta está desligada"));
    return grant_refused(c, outcome);
}

/* Antes do hash: o link vale, e o que se pediu serve para uma conta nova. */
static enum err
check_answer(struct ctx *c, const struct invitation_answer *in,
             bool *sets_password)
{
    struct q_invitation_read_row row;
    struct slice plain;
    bool found;
    enum err e = invitation_peek(c, in->token, &row, &found);

    if (e == OK && !found)
        e = dead_link(c);
    if (e == OK)
        e = db_commit(c);
    if (e != OK)
        return e;
    *sets_password = !row.has_account || row.unverified;
    if (!*sets_password)
        return OK;
    if (!row.has_account && (in->name == NULL || in->name[0] == '\0'))
        fail_field(c, "name", "required", "%s", _("Diga o seu nome"));
    plain.data = in->password != NULL ? in->password : "";
    plain.len = strlen(plain.data);
    e = password_policy_check(c, "password", plain, row.email, in->name);
    return c->fields != NULL ? ERR_INVALID : e;
}

/* A conta ficou com outra senha: quem a usava precisa saber. */
static enum err
tell_password(struct ctx *c, const struct auth_user *user)
{
    enum err e = notice_password_changed(c, user);

    return e != OK ? e
                   : audit_note(c, &(struct audit){
                                       .action = "password.reset",
                                       .target_type = "user",
                                       .target_id = arena_printf(
                                           c->arena, "%" PRId64, user->id),
                                       .company_id = user->company_id,
                                       .user_id = user->id });
}

/* Gasta o segredo e confere de novo, sem que as pessoas mudem até o fim: quem
 * convidou pode ter saído enquanto a senha virava hash. */
static enum err
hold(struct ctx *c, const char *token, struct one_time *secret, bool *found)
{
    struct q_invitation_read_row row;
    int64_t changed;
    enum err e = one_time_consume(c, ONE_TIME_INVITE, token, secret, found);

    if (e == OK && *found)
        e = q_invitation_hold(
            c,
            &(struct q_invitation_hold_in){ .company_id = secret->company_id },
            &changed);
    return e == OK && *found ? read_invitation(c, secret, &row, found) : e;
}

static enum err
spend(struct ctx *c, const struct invitation_answer *in, const char *hash,
      struct auth_user *out, bool *is_new)
{
    struct q_invitation_accept_row row;
    struct one_time secret;
    bool found;
    enum err e = hold(c, in->token, &secret, &found);

    if (e == OK && !found)
        return dead_link(c);
    if (e == OK)
        e = q_invitation_accept(c,
                                &(struct q_invitation_accept_in){
                                    .company_id = secret.company_id,
                                    .id = invitation_id(&secret),
                                    .name = in->name != NULL ? in->name : "",
                                    .password_hash = hash,
                                    .locale = in->lang,
                                    .origin = db_origin(c) },
                                &row);
    if (e == OK && strcmp(row.outcome, "ok") != 0)
        e = refused(c, row.outcome);
    if (e != OK)
        return e;
    c->nudges |= NUDGE_RELAY;
    *is_new = row.is_new;
    *out = (struct auth_user){ .id = row.user_id,
                               .company_id = secret.company_id,
                               .token_version = (int32_t)row.token_version,
                               .access_version = (int32_t)row.access_version,
                               .role = role_parse(row.role),
                               .permissions = row.permissions,
                               .name = row.name,
                               .email = row.email,
                               .locale = in->lang };
    return row.password_set ? tell_password(c, out) : OK;
}

enum err
invitation_accept(struct ctx *c, const struct invitation_answer *in,
                  struct auth_user *out, bool *is_new)
{
    char hash[PASSWORD_HASH_CHARS + 1] = "";
    bool sets_password = false;
    enum err e = check_answer(c, in, &sets_password);

    if (e == OK && sets_password)
        e = password_hash(
            c, (struct slice){ in->password, strlen(in->password) }, hash);
    return e != OK ? e : spend(c, in, hash, out, is_new);
}
