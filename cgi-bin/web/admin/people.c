/* admin/people.c - páginas de /admin: pessoas e convites da empresa. */
#include <json-c/json.h>
#include <string.h>

#include "account/email.h"
#include "account/invitation.h"
#include "app/app.h"
#include "app/form_page.h"
#include "app/page_model.h"
#include "app/people_list.h"
#include "app/people_model.h"
#include "app/settings_page.h"
#include "base/i18n.h"
#include "db/db.h"
#include "desk/person.h"

#define USERS "/admin/users"
#define INVITATIONS "/admin/invitations"

struct id_in {
    int64_t id;
};
static const struct field id_in[] = {
    INT(struct id_in, id, .from = PATH, .min = 1, .doc = "Número"), FIELDS_END
};

static const char *
or_empty(const char *text)
{
    return text != NULL ? text : "";
}

/* ---- a lista ---- */

/* Tudo texto: o filtro torto mostra tudo, não um erro. */
struct list_in {
    const char *search, *role, *status, *queue_id, *cursor;
};
static const struct field list_in[] = {
    TEXT(struct list_in, search, .from = QUERY, .max = 120,
         .doc = "Parte do nome ou do e-mail"),
    TEXT(struct list_in, role, .from = QUERY, .max = 20, .doc = "Papel"),
    TEXT(struct list_in, status, .from = QUERY, .max = 20,
         .doc = "active, disabled ou all"),
    TEXT(struct list_in, queue_id, .from = QUERY, .max = 20, .doc = "Fila"),
    TEXT(struct list_in, cursor, .from = QUERY, .max = 400,
         .doc = "Continua depois desta linha"),
    FIELDS_END
};

static enum err
users_page(struct req *r, const void *input)
{
    const struct list_in *in = input;

    return people_draw_list(r, &(struct people_query){ .search = in->search,
                                                       .role = in->role,
                                                       .status = in->status,
                                                       .queue_id = in->queue_id,
                                                       .cursor = in->cursor });
}

/* ---- nova pessoa, novo convite ---- */

struct new_in {
    const char *email, *name, *password, *role, *visibility, *queue_ids;
};
static const struct field new_in[] = {
    TEXT(struct new_in, email, .max = EMAIL_MAX_CHARS, .doc = "E-mail"),
    TEXT(struct new_in, name, .max = 120, .doc = "Nome"),
    TEXT(struct new_in, password, .doc = "Senha; vazia: convida"),
    TEXT(struct new_in, role, .max = 20,
         .doc = "Papel da casa, ou número de um próprio"),
    ENUM(struct new_in, visibility, .one_of = "all queues own",
         .doc = "Atendimentos que vê"),
    INTS(struct new_in, queue_ids, .doc = "Filas em que atende"),
    FIELDS_END
};

static enum err
draw_form(struct req *r, bool is_invitation)
{
    const char *parent = is_invitation ? INVITATIONS : USERS;
    struct json_object *m = settings_model(
        r, parent, is_invitation ? _("Convidar") : _("Nova pessoa"),
        is_invitation ? _("O link vale sete dias. Serve também a quem já tem "
                          "conta em outra empresa.")
                      : NULL);
    enum err e;

    form_model(r, m, NULL);
    settings_parent(m, parent, is_invitation ? _("Convites") : _("Pessoas"));
    model_text(m, "action", arena_printf(r->ctx.arena, "%s/new", parent));
    model_bool(m, "isInvitation", is_invitation);
    e = people_add_grant(r, m, NULL);
    return e != OK ? e : page_reply(r, 200, "people/new", m);
}

static enum err
draw_new(struct req *r)
{
    return draw_form(r, false);
}

static enum err
draw_invite(struct req *r)
{
    return draw_form(r, true);
}

static enum err
new_page(struct req *r, const void *input)
{
    (void)input;
    return draw_new(r);
}

static enum err
invite_page(struct req *r, const void *input)
{
    (void)input;
    return draw_invite(r);
}

/* O que as duas páginas têm em comum: e-mail e o que se dá. */
static enum err
read_new(struct req *r, const struct new_in *in, bool needs_name,
         const char **email, struct grant *grant)
{
    *grant = (struct grant){ .visibility = in->visibility,
                             .queue_ids = in->queue_ids };
    email_check(&r->ctx, "email", in->email, email);
    people_read_role(r, or_empty(in->role), grant);
    if (needs_name && (in->name == NULL || in->name[0] == '\0'))
        fail_field(&r->ctx, "name", "required", "%s", _("Diga o nome"));
    return r->ctx.fields != NULL ? ERR_INVALID : OK;
}

static enum err
invite(struct req *r, const struct new_in *in, const char *email,
       const struct grant *grant)
{
    struct invitation_new new = { .email = email, .grant = *grant };
    int64_t id;
    enum err e;

    if (in->name != NULL && in->name[0] != '\0')
        new.name = in->name;
    e = invitation_create(&r->ctx, &new, &id);
    return e != OK ? e : form_done(r, INVITATIONS, _("Convite mandado."));
}

static enum err
create_form(struct req *r, const void *input)
{
    const struct new_in *in = input;
    struct user_new new = { .name = in->name, .password = in->password };
    struct q_member_row row;
    enum err e = read_new(r, in, true, &new.email, &new.grant);

    if (e != OK)
        return e;
    if (in->password == NULL || in->password[0] == '\0')
        return invite(r, in, new.email, &new.grant);
    e = user_create(&r->ctx, &new, &row);
    return e != OK ? e : form_done(r, USERS, _("Pessoa criada."));
}

static enum err
invite_form(struct req *r, const void *input)
{
    const struct new_in *in = input;
    const char *email;
    struct grant grant;
    enum err e = read_new(r, in, false, &email, &grant);

    return e != OK ? e : invite(r, in, email, &grant);
}

/* ---- uma pessoa ---- */

static enum err
get_user(struct req *r, int64_t id, struct q_member_row *u)
{
    return q_member_get(&r->ctx, &(struct q_member_get_in){ .id = id }, u);
}

static enum err
draw_user(struct req *r)
{
    struct json_object *saved, *m;
    struct q_member_row u;
    enum err e = get_user(r, form_path_id(r), &u);

    if (e != OK)
        return e;
    m = settings_model(r, USERS, u.name, NULL);
    settings_parent(m, USERS, _("Pessoas"));
    saved = json_object_new_object();
    model_text(saved, "name", u.name);
    model_int(saved, "version", u.version);
    form_model(r, m, saved);
    people_put(r, m, &u);
    e = people_add_grant(r, m, &u);
    return e != OK ? e : page_reply(r, 200, "people/edit", m);
}

static enum err
user_page(struct req *r, const void *input)
{
    (void)input;
    return draw_user(r);
}

struct change_in {
    int64_t id, version;
    const char *name, *role, *visibility, *queue_ids;
};
static const struct field change_in[] = {
    INT(struct change_in, id, .from = PATH, .min = 1, .doc = "Pessoa"),
    INT(struct change_in, version, .required = true, .min = 1,
        .doc = "Versão que a página mostrou"),
    TEXT(struct change_in, name, .required = true, .min = 1, .max = 120,
         .doc = "Nome mostrado"),
    TEXT(struct change_in, role, .required = true, .max = 20,
         .doc = "Papel da casa, ou número de um próprio"),
    ENUM(struct change_in, visibility, .required = true,
         .one_of = "all queues own", .doc = "Atendimentos que vê"),
    INTS(struct change_in, queue_ids, .doc = "Filas em que atende"),
    FIELDS_END
};

static enum err
change_form(struct req *r, const void *input)
{
    const struct change_in *in = input;
    struct q_member_row row;
    struct grant grant = { 0 };
    enum err e = people_read_role(r, in->role, &grant);

    if (e == OK)
        e = person_change(&r->ctx, in->id,
                          &(struct user_change){ .version = in->version,
                                                 .name = in->name,
                                                 .role = grant.role,
                                                 .role_id = grant.role_id,
                                                 .has_role_id = true,
                                                 .visibility = in->visibility,
                                                 .queue_ids = in->queue_ids },
                          &row);
    return e != OK ? e
                   : form_done(r, page_path(r, USERS, in->id, ""), _("Salvo."));
}

static enum err
act(struct req *r, const void *input, enum err (*what)(struct ctx *, int64_t),
    const char *done)
{
    const struct id_in *in = input;
    enum err e = what(&r->ctx, in->id);

    return e != OK ? e : form_done(r, page_path(r, USERS, in->id, ""), done);
}

static enum err
reset_form(struct req *r, const void *input)
{
    return act(r, input, user_send_reset, _("Link mandado por e-mail."));
}

static enum err
logout_form(struct req *r, const void *input)
{
    return act(r, input, user_logout, _("Logins encerrados."));
}

static enum err
two_factor_form(struct req *r, const void *input)
{
    return act(r, input, user_remove_two_factor, _("Segunda etapa tirada."));
}

static enum err
disable_form(struct req *r, const void *input)
{
    return act(r, input, person_remove, _("Pessoa desligada."));
}

static enum err
restore(struct ctx *c, int64_t id)
{
    struct q_member_row row;

    return person_restore(c, id, &row);
}

static enum err
restore_form(struct req *r, const void *input)
{
    return act(r, input, restore, _("Pessoa de volta."));
}

/* ---- confirmações ---- */

struct confirmation {
    const char *item, *parent, *parent_title, *title, *question, *button;
};

/* O POST vai para o mesmo endereço da página que confirma. */
static enum err
draw_confirmation(struct req *r, const struct confirmation *c)
{
    struct json_object *m = settings_model(r, c->item, c->title, NULL);

    form_model(r, m, NULL);
    settings_parent(m, c->parent, c->parent_title);
    model_text(m, "action", r->path);
    model_text(m, "question", c->question);
    model_text(m, "button", c->button);
    return page_reply(r, 200, "people/confirm", m);
}

static enum err
confirm_user(struct req *r, const char *title, const char *question,
             const char *button)
{
    struct q_member_row u;
    enum err e = get_user(r, form_path_id(r), &u);

    if (e != OK)
        return e;
    return draw_confirmation(
        r, &(struct confirmation){ .item = USERS,
                                   .parent = page_path(r, USERS, u.id, ""),
                                   .parent_title = u.name,
                                   .title = title,
                                   .question = question,
                                   .button = button });
}

static enum err
draw_disable(struct req *r)
{
    return confirm_user(
        r, _("Desligar esta pessoa?"),
        _("Os logins dela nesta empresa acabam agora e os atendimentos abertos "
          "voltam à fila. O que ela escreveu continua com o nome dela, e ela "
          "pode voltar depois."),
        _("Desligar"));
}

static enum err
disable_page(struct req *r, const void *input)
{
    (void)input;
    return draw_disable(r);
}

static enum err
draw_two_factor(struct req *r)
{
    return confirm_user(
        r, _("Tirar a segunda etapa?"),
        _("Até ligá-la de novo, a pessoa entra só com a senha. Ela é avisada "
          "por e-mail."),
        _("Tirar a segunda etapa"));
}

static enum err
two_factor_page(struct req *r, const void *input)
{
    (void)input;
    return draw_two_factor(r);
}

/* ---- convites ---- */

struct invitations_in {
    const char *status, *cursor;
};
static const struct field invitations_in[] = {
    TEXT(struct invitations_in, status, .from = QUERY, .max = 20,
         .doc = "pending, accepted, expired ou all"),
    TEXT(struct invitations_in, cursor, .from = QUERY, .max = 20,
         .doc = "Continua depois deste"),
    FIELDS_END
};

static enum err
draw_invitations(struct req *r)
{
    return people_draw_invitations(r, NULL, NULL);
}

static enum err
invitations_page(struct req *r, const void *input)
{
    const struct invitations_in *in = input;

    return people_draw_invitations(r, in->status, in->cursor);
}

static enum err
resend_form(struct req *r, const void *input)
{
    const struct id_in *in = input;
    enum err e = invitation_resend(&r->ctx, in->id);

    return e != OK ? e
                   : form_done(r, INVITATIONS, _("Convite mandado de novo."));
}

static enum err
draw_cancel(struct req *r)
{
    struct q_invitation_row i;
    enum err e = q_invitation_get(
        &r->ctx, &(struct q_invitation_get_in){ .id = form_path_id(r) }, &i);

    if (e != OK)
        return e;
    return draw_confirmation(
        r, &(struct confirmation){ .item = INVITATIONS,
                                   .parent = INVITATIONS,
                                   .parent_title = _("Convites"),
                                   .title = _("Desfazer este convite?"),
                                   .question = arena_printf(
                                       r->ctx.arena,
                                       _("O link mandado a %s deixa de valer."),
                                       i.email),
                                   .button = _("Desfazer") });
}

static enum err
cancel_page(struct req *r, const void *input)
{
    (void)input;
    return draw_cancel(r);
}

static enum err
cancel_form(struct req *r, const void *input)
{
    const struct id_in *in = input;
    enum err e = invitation_cancel(&r->ctx, in->id);

    return e != OK ? e : form_done(r, INVITATIONS, _("Convite desfeito."));
}

#define MAIL_RATE .rate = { .hits = 30, .per_s = 60 }

/* clang-format off */
const struct route people_pages[] = {
    { GET, USERS, users_page, PERM_USERS_READ, WEB_PAGE,
      IN(struct list_in, list_in), .doc = "Pessoas da empresa" },
    { GET, USERS "/new", new_page, PERM_USERS_WRITE, WEB_PAGE,
      .doc = "Formulário de pessoa nova" },
    { POST, USERS "/new", create_form, PERM_USERS_WRITE, WEB_FORM, MAIL_RATE,
      .redraw = draw_new, IN(struct new_in, new_in), .refuses = "409",
      .doc = "Cria uma pessoa, ou a convida" },
    { GET, USERS "/{id}", user_page, PERM_USERS_READ, WEB_PAGE,
      IN(struct id_in, id_in), .doc = "Uma pessoa" },
    { POST, USERS "/{id}", change_form, PERM_USERS_WRITE, WEB_FORM,
      .redraw = draw_user, IN(struct change_in, change_in), .refuses = "409",
      .doc = "Muda papel, visibilidade e filas" },
    { POST, USERS "/{id}/reset-password", reset_form, PERM_USERS_WRITE,
      WEB_FORM, MAIL_RATE, .redraw = draw_user, IN(struct id_in, id_in),
      .refuses = "409", .doc = "Manda o link de senha nova" },
    { POST, USERS "/{id}/logout-all", logout_form, PERM_USERS_WRITE, WEB_FORM,
      .redraw = draw_user, IN(struct id_in, id_in),
      .doc = "Encerra os logins desta empresa" },
    { GET, USERS "/{id}/two-factor/remove", two_factor_page, PERM_USERS_WRITE,
      WEB_PAGE, IN(struct id_in, id_in), .doc = "Confirma tirar a segunda etapa" },
    { POST, USERS "/{id}/two-factor/remove", two_factor_form,
      PERM_USERS_WRITE, WEB_FORM, .redraw = draw_two_factor,
      IN(struct id_in, id_in), .refuses = "409",
      .doc = "Tira a segunda etapa" },
    { GET, USERS "/{id}/disable", disable_page, PERM_USERS_WRITE, WEB_PAGE,
      IN(struct id_in, id_in), .doc = "Confirma desligar" },
    { POST, USERS "/{id}/disable", disable_form, PERM_USERS_WRITE, WEB_FORM,
      .redraw = draw_disable, IN(struct id_in, id_in), .refuses = "409",
      .doc = "Desliga a pessoa" },
    { POST, USERS "/{id}/restore", restore_form, PERM_USERS_WRITE, WEB_FORM,
      .redraw = draw_user, IN(struct id_in, id_in), .refuses = "409",
      .doc = "Traz a pessoa de volta" },
    { GET, INVITATIONS, invitations_page, PERM_USERS_READ, WEB_PAGE,
      IN(struct invitations_in, invitations_in), .doc = "Convites" },
    { GET, INVITATIONS "/new", invite_page, PERM_USERS_WRITE, WEB_PAGE,
      .doc = "Formulário de convite" },
    { POST, INVITATIONS "/new", invite_form, PERM_USERS_WRITE, WEB_FORM,
      MAIL_RATE, .redraw = draw_invite, IN(struct new_in, new_in),
      .refuses = "409", .doc = "Convida por e-mail" },
    { POST, INVITATIONS "/{id}/resend", resend_form, PERM_USERS_WRITE, WEB_FORM,
      MAIL_RATE, .redraw = draw_invitations, IN(struct id_in, id_in),
      .refuses = "409", .doc = "Manda outro link" },
    { GET, INVITATIONS "/{id}/cancel", cancel_page, PERM_USERS_WRITE, WEB_PAGE,
      IN(struct id_in, id_in), .doc = "Confirma desfazer" },
    { POST, INVITATIONS "/{id}/cancel", cancel_form, PERM_USERS_WRITE, WEB_FORM,
      .redraw = draw_cancel, IN(struct id_in, id_in), .refuses = "409",
      .doc = "Desfaz o convite" },
    ROUTES_END
};
/* clang-format on */
