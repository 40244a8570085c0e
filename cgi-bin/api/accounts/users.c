/* accounts/users.c - rotas de /api/v1/users e /api/v1/invitations. */
#include <inttypes.h>
#include <string.h>

#include "account/email.h"
#include "account/invitation.h"
#include "account/recovery.h"
#include "app/app.h"
#include "app/cursor.h"
#include "app/picture_reply.h"
#include "base/i18n.h"
#include "db/db.h"
#include "desk/person.h"

#define SMALL_BODY 16384
#define ROLES "admin supervisor operator"
#define VISIBILITIES "all queues own"

struct id_in {
    int64_t id;
};
static const struct field id_in[] = {
    INT(struct id_in, id, .from = PATH, .min = 1, .doc = "Pessoa"), FIELDS_END
};

/* ---- pessoas ---- */

struct list_in {
    const char *search, *role, *status, *cursor;
    int64_t role_id, queue_id, limit;
};
static const struct field list_in[] = {
    TEXT(struct list_in, search, .from = QUERY, .max = 120,
         .doc = "Parte do nome ou do e-mail; acento e maiúscula não contam"),
    ENUM(struct list_in, role, .from = QUERY, .doc = "Só deste papel da casa",
         .one_of = ROLES),
    INT(struct list_in, role_id, .from = QUERY, .min = 1,
        .doc = "Só deste papel próprio"),
    INT(struct list_in, queue_id, .from = QUERY, .min = 1,
        .doc = "Só quem atende nesta fila"),
    ENUM(struct list_in, status, .from = QUERY,
         .doc = "active (padrão), disabled ou all",
         .one_of = "active disabled all"),
    INT(struct list_in, limit, .from = QUERY, .min = 1, .max = 100,
        .fallback = 20, .doc = "Quantas por página"),
    TEXT(struct list_in, cursor, .from = QUERY, .max = 400,
         .doc = "O nextCursor da página anterior"),
    FIELDS_END
};

static const char *
or_empty(const char *text)
{
    return text != NULL ? text : "";
}

static enum err
list(struct req *r, const void *input)
{
    const struct list_in *in = input;
    const char *after, *next = NULL;
    struct q_member_row *rows;
    int64_t after_id;
    int count;
    enum err e;

    if (!cursor_read(r, in->cursor, &after, &after_id))
        return cursor_refused(r);
    e = q_member_list(&r->ctx,
                      &(struct q_member_list_in){
                          .search = or_empty(in->search),
                          .role = or_empty(in->role),
                          .role_id = in->role_id,
                          .queue_id = in->queue_id,
                          .status = in->status != NULL ? in->status : "active",
                          .after_name = after,
                          .after_id = after_id,
                          .max = in->limit },
                      &rows, &count);
    if (e != OK)
        return e;
    if (count == in->limit)
        next = cursor_after(r, rows[count - 1].id, rows[count - 1].sort_name);
    return reply_list(r, rows, sizeof *rows, count, next);
}

/* A própria pessoa se lê; os colegas, só quem pode ver pessoas. */
static enum err
get(struct req *r, const void *input)
{
    const struct id_in *in = input;
    struct q_member_row row;
    enum err e =
        q_member_get(&r->ctx, &(struct q_member_get_in){ .id = in->id }, &row);

    if (e == OK && in->id != r->ctx.user_id &&
        (r->ctx.permissions & PERM_BIT(PERM_USERS_READ)) == 0)
        return fail(&r->ctx, ERR_FORBIDDEN, NULL);
    return e != OK ? e : reply(r, &row);
}

struct create_in {
    const char *name, *email, *password, *role, *visibility, *queue_ids;
    int64_t role_id;
};
static const struct field create_in[] = {
    TEXT(struct create_in, name, .required = true, .min = 1, .max = 120,
         .doc = "Nome"),
    TEXT(struct create_in, email, .required = true, .max = EMAIL_MAX_CHARS,
         .doc = "E-mail, que ainda não tem conta"),
    TEXT(struct create_in, password,
         .doc = "Senha, 10 a 72 bytes; sem ela a pessoa recebe um convite e "
                "escolhe a sua"),
    ENUM(struct create_in, role, .one_of = ROLES,
         .doc = "Papel da casa; obrigatório sem roleId"),
    INT(struct create_in, role_id, .min = 1, .doc = "Papel próprio, que vence"),
    ENUM(struct create_in, visibility, .one_of = VISIBILITIES,
         .doc = "Atendimentos que vê; na falta, o padrão da empresa"),
    INTS(struct create_in, queue_ids, .doc = "Filas em que atende"),
    FIELDS_END
};

struct created_out {
    int64_t id, invitation_id;
    bool has_id, has_invitation_id;
    const char *email, *name, *status;
};
static const struct field created_out[] = {
    INT_OR_NULL(struct created_out, id, .doc = "A pessoa, se já existe"),
    INT_OR_NULL(struct created_out, invitation_id,
                .doc = "O convite mandado, se veio sem senha"),
    TEXT(struct created_out, email, .doc = "E-mail"),
    TEXT(struct created_out, name, .doc = "Nome"),
    ENUM(struct created_out, status, .one_of = "active invited",
         .doc = "Já entra, ou falta aceitar o convite"),
    FIELDS_END
};

static struct grant
grant_of(const struct create_in *in)
{
    return (struct grant){ .role = in->role,
                           .role_id = in->role_id,
                           .visibility = in->visibility,
                           .queue_ids = in->queue_ids };
}

/* Conta que já existe não é convidada sem que se peça: /invitations. */
static enum err
invite_new(struct req *r, const struct create_in *in, const char *email,
           struct created_out *out)
{
    struct invitation_new new = { .email = email,
                                  .name = in->name,
                                  .grant = grant_of(in) };
    struct q_email_standing_row row;
    enum err e;

    e = q_email_standing(&r->ctx,
                         &(struct q_email_standing_in){ .email = email }, &row);
    if (e == OK && strcmp(row.standing, "free") != 0)
        return user_email_conflict(&r->ctx, row.standing, row.id);
    if (e == OK)
        e = invitation_create(&r->ctx, &new, &out->invitation_id);
    out->has_invitation_id = true;
    out->status = "invited";
    return e;
}

static enum err
create_now(struct req *r, const struct create_in *in, const char *email,
           struct created_out *out)
{
    struct user_new new = { .email = email,
                            .name = in->name,
                            .password = in->password,
                            .grant = grant_of(in) };
    struct q_member_row row;
    enum err e = user_create(&r->ctx, &new, &row);

    if (e != OK)
        return e;
    out->id = row.id;
    out->has_id = true;
    out->status = "active";
    return OK;
}

static enum err
create(struct req *r, const void *input)
{
    const struct create_in *in = input;
    struct created_out out = { .name = in->name };
    const char *email;
    enum err e = email_check(&r->ctx, "email", in->email, &email);

    out.email = email;
    if (e == OK)
        e = in->password != NULL ? create_now(r, in, email, &out)
                                 : invite_new(r, in, email, &out);
    return e != OK ? e : reply(r, &out);
}

struct change_in {
    int64_t id, version, role_id;
    bool has_role_id, disabled, has_disabled;
    const char *name, *role, *visibility, *queue_ids;
};
static const struct field patch_in[] = {
    INT(struct change_in, id, .from = PATH, .min = 1, .doc = "Pessoa"),
    INT(struct change_in, version, .min = 1,
        .doc = "Versão que a tela mostrou; 409 se já mudou"),
    TEXT(struct change_in, name, .min = 1, .max = 120,
         .doc = "Nome mostrado nesta empresa"),
    ENUM(struct change_in, role, .one_of = ROLES,
         .doc = "Papel da casa; tira o próprio"),
    INT_IF_SENT(struct change_in, role_id, .min = 1,
                .doc = "Papel próprio; null tira"),
    ENUM(struct change_in, visibility, .one_of = VISIBILITIES,
         .doc = "Atendimentos que vê"),
    INTS(struct change_in, queue_ids, .doc = "Filas em que atende, todas"),
    BOOL_IF_SENT(struct change_in, disabled,
                 .doc = "true desliga: o mesmo que DELETE"),
    FIELDS_END
};
static const struct field put_in[] = {
    INT(struct change_in, id, .from = PATH, .min = 1, .doc = "Pessoa"),
    INT(struct change_in, version, .required = true, .min = 1,
        .doc = "Versão que a tela mostrou; 409 se já mudou"),
    TEXT(struct change_in, name, .required = true, .min = 1, .max = 120,
         .doc = "Nome mostrado nesta empresa"),
    ENUM(struct change_in, role, .required = true, .one_of = ROLES,
         .doc = "Papel da casa"),
    INT_IF_SENT(struct change_in, role_id, .min = 1,
                .doc = "Papel próprio, que vence; ausente ou null: nenhum"),
    ENUM(struct change_in, visibility, .required = true, .one_of = VISIBILITIES,
         .doc = "Atendimentos que vê"),
    INTS(struct change_in, queue_ids, .required = true,
         .doc = "Filas em que atende, todas"),
    BOOL_IF_SENT(struct change_in, disabled, .required = true,
                 .doc = "true desliga: o mesmo que DELETE"),
    FIELDS_END
};

static enum err
change(struct req *r, const void *input)
{
    const struct change_in *in = input;
    struct q_member_row row;
    enum err e =
        person_change(&r->ctx, in->id,
                      &(struct user_change){ .version = in->version,
                                             .name = in->name,
                                             .role = in->role,
                                             .role_id = in->role_id,
                                             .has_role_id = in->has_role_id,
                                             .visibility = in->visibility,
                                             .queue_ids = in->queue_ids,
                                             .disabled = in->disabled,
                                             .has_disabled = in->has_disabled },
                      &row);

    return e != OK ? e : reply(r, &row);
}

static enum err
disable(struct req *r, const void *input)
{
    const struct id_in *in = input;
    enum err e = person_remove(&r->ctx, in->id);

    return e != OK ? e : reply_empty(r);
}

static enum err
restore(struct req *r, const void *input)
{
    const struct id_in *in = input;
    struct q_member_row row;
    enum err e = person_restore(&r->ctx, in->id, &row);

    return e != OK ? e : reply(r, &row);
}

static enum err
act(struct req *r, const void *input, enum err (*what)(struct ctx *, int64_t))
{
    const struct id_in *in = input;
    enum err e = what(&r->ctx, in->id);

    return e != OK ? e : reply_empty(r);
}

static enum err
logout_all(struct req *r, const void *input)
{
    return act(r, input, user_logout);
}

static enum err
reset_password(struct req *r, const void *input)
{
    return act(r, input, user_send_reset);
}

static enum err
remove_two_factor(struct req *r, const void *input)
{
    return act(r, input, user_remove_two_factor);
}

static enum err
picture(struct req *r, const void *input)
{
    const struct id_in *in = input;

    return picture_reply(r, PICTURE_OF_USER, in->id);
}

/* ---- convites ---- */

struct invitations_in {
    const char *status;
    int64_t limit, before;
};
static const struct field invitations_in[] = {
    ENUM(struct invitations_in, status, .from = QUERY,
         .one_of = "pending accepted expired all",
         .doc = "Só os deste estado; all (padrão)"),
    INT(struct invitations_in, limit, .from = QUERY, .min = 1, .max = 100,
        .fallback = 20, .doc = "Quantos por página"),
    INT(struct invitations_in, before, .from = QUERY, .min = 1,
        .fallback = INT64_MAX, .doc = "O nextCursor da página anterior"),
    FIELDS_END
};

static enum err
list_invitations(struct req *r, const void *input)
{
    const struct invitations_in *in = input;
    struct q_invitation_row *rows;
    const char *next = NULL;
    int count;
    enum err e;

    e = q_invitation_list(&r->ctx,
                          &(struct q_invitation_list_in){
                              .status = in->status != NULL ? in->status : "all",
                              .before = in->before,
                              .max = in->limit },
                          &rows, &count);
    if (e != OK)
        return e;
    if (count == in->limit)
        next = arena_printf(r->ctx.arena, "%" PRId64, rows[count - 1].id);
    return reply_list(r, rows, sizeof *rows, count, next);
}

static const struct field invite_in[] = {
    TEXT(struct create_in, email, .required = true, .max = EMAIL_MAX_CHARS,
         .doc = "A quem vai o convite; pode já ter conta"),
    TEXT(struct create_in, name, .max = 120,
         .doc = "Nome sugerido a quem ainda não tem conta"),
    ENUM(struct create_in, role, .one_of = ROLES,
         .doc = "Papel da casa; obrigatório sem roleId"),
    INT(struct create_in, role_id, .min = 1, .doc = "Papel próprio, que vence"),
    ENUM(struct create_in, visibility, .one_of = VISIBILITIES,
         .doc = "Atendimentos que verá; na falta, o padrão da empresa"),
    INTS(struct create_in, queue_ids, .doc = "Filas em que atenderá"),
    FIELDS_END
};

static enum err
reply_invitation(struct req *r, int64_t id)
{
    struct q_invitation_row row;
    enum err e = q_invitation_get(
        &r->ctx, &(struct q_invitation_get_in){ .id = id }, &row);

    return e != OK ? e : reply(r, &row);
}

static enum err
invite(struct req *r, const void *input)
{
    const struct create_in *in = input;
    struct invitation_new new = { .grant = grant_of(in) };
    int64_t id;
    enum err e = email_check(&r->ctx, "email", in->email, &new.email);

    if (in->name != NULL && in->name[0] != '\0')
        new.name = in->name;
    if (e == OK)
        e = invitation_create(&r->ctx, &new, &id);
    return e != OK ? e : reply_invitation(r, id);
}

static enum err
resend(struct req *r, const void *input)
{
    const struct id_in *in = input;
    enum err e = invitation_resend(&r->ctx, in->id);

    return e != OK ? e : reply_invitation(r, in->id);
}

static enum err
cancel(struct req *r, const void *input)
{
    return act(r, input, invitation_cancel);
}

/* Quem manda e-mail a quem quiser não manda muitos. */
#define MAIL_RATE .rate = { .hits = 30, .per_s = 60 }

/* clang-format off */
const struct route users_routes[] = {
    { GET, "/api/v1/users", list, PERM_USERS_READ, .one_query = true,
      IN(struct list_in, list_in), .out = user_out, .out_list = true,
      .doc = "Pessoas da empresa, em ordem de nome" },
    { POST, "/api/v1/users", create, PERM_USERS_WRITE, MAIL_RATE,
      .max_body = SMALL_BODY, IN(struct create_in, create_in),
      .out = created_out, .success = 201, .refuses = "409",
      .doc = "Cria uma pessoa com senha ou, sem senha, a convida" },
    { GET, "/api/v1/users/{id}", get, PERM_SELF, .one_query = true,
      IN(struct id_in, id_in), .out = user_out, .refuses = "403",
      .doc = "Uma pessoa da empresa; a própria, qualquer um" },
    { PUT, "/api/v1/users/{id}", change, PERM_USERS_WRITE,
      .max_body = SMALL_BODY, IN(struct change_in, put_in), .out = user_out,
      .refuses = "409", .doc = "Muda o vínculo inteiro de uma pessoa" },
    { PATCH, "/api/v1/users/{id}", change, PERM_USERS_WRITE,
      .max_body = SMALL_BODY, IN(struct change_in, patch_in), .out = user_out,
      .refuses = "409", .doc = "Muda em parte o vínculo de uma pessoa" },
    { DELETE, "/api/v1/users/{id}", disable, PERM_USERS_WRITE,
      IN(struct id_in, id_in), .success = 204, .refuses = "409",
      .doc = "Desliga uma pessoa: os logins dela acabam e os atendimentos "
             "abertos voltam à fila; o que ela escreveu continua com o nome" },
    { POST, "/api/v1/users/{id}/restore", restore, PERM_USERS_WRITE,
      IN(struct id_in, id_in), .out = user_out, .refuses = "409",
      .doc = "Traz de volta uma pessoa desligada" },
    { POST, "/api/v1/users/{id}/reset-password", reset_password,
      PERM_USERS_WRITE, MAIL_RATE, IN(struct id_in, id_in), .success = 204,
      .refuses = "409",
      .doc = "Manda à pessoa o link para escolher outra senha" },
    { POST, "/api/v1/users/{id}/two-factor/remove", remove_two_factor,
      PERM_USERS_WRITE, IN(struct id_in, id_in), .success = 204,
      .refuses = "409",
      .doc = "Desliga a segunda etapa de quem perdeu o aparelho, e a avisa" },
    { POST, "/api/v1/users/{id}/logout-all", logout_all, PERM_USERS_WRITE,
      IN(struct id_in, id_in), .success = 204,
      .doc = "Encerra já os logins da pessoa nesta empresa" },
    { GET, "/api/v1/users/{id}/picture", picture, PERM_SELF,
      .auth = AUTH_EITHER, .one_query = true, IN(struct id_in, id_in),
      .out_type = PICTURE_TYPE, .refuses = "304",
      .doc = "Retrato de um colega, com ETag" },
    { GET, "/api/v1/invitations", list_invitations, PERM_USERS_READ,
      .one_query = true, IN(struct invitations_in, invitations_in),
      .out = invitation_out, .out_list = true,
      .doc = "Convites, do mais novo ao mais velho" },
    { POST, "/api/v1/invitations", invite, PERM_USERS_WRITE, MAIL_RATE,
      .max_body = SMALL_BODY, IN(struct create_in, invite_in),
      .out = invitation_out, .success = 201, .refuses = "409",
      .doc = "Convida por e-mail; o link vale sete dias e um uso" },
    { POST, "/api/v1/invitations/{id}/resend", resend, PERM_USERS_WRITE,
      MAIL_RATE, IN(struct id_in, id_in), .out = invitation_out,
      .refuses = "409", .doc = "Manda outro link; o anterior deixa de valer" },
    { DELETE, "/api/v1/invitations/{id}", cancel, PERM_USERS_WRITE,
      IN(struct id_in, id_in), .success = 204, .refuses = "409",
      .doc = "Desfaz um convite não aceito" },
    ROUTES_END
};
/* clang-format on */
