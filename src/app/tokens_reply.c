/* tokens_reply.c - a forma do par de tokens, e o cookie. */
#include "app/tokens_reply.h"

#define T struct tokens_out

/* clang-format off */
static const struct field user_fields[] = {
    INT (struct tokens_user, id, .doc = "Pessoa"),
    TEXT(struct tokens_user, name, .doc = "Nome"),
    TEXT(struct tokens_user, email, .doc = "E-mail"),
    ENUM(struct tokens_user, role, .doc = "Papel na empresa",
         .one_of = "super admin supervisor operator"),
    INT (struct tokens_user, company_id, .doc = "Empresa em que entrou"),
    FIELDS_END
};

#define USER_FIELD \
    { .name = "user", .kind = FIELD_OBJECT, .of = user_fields, \
      .offset = offsetof(T, user), .doc = "Quem entrou" }

const struct field tokens_out[] = {
    TEXT(T, access_token, .doc = "JWT para Authorization"),
    TEXT(T, refresh_token,
         .doc = "Serve uma vez, para renovar; vai também em cookie HttpOnly"),
    TEXT(T, token_type, .doc = "Sempre Bearer"),
    INT (T, expires_in, .doc = "Segundos que o JWT vale"),
    USER_FIELD,
    FIELDS_END
};

const struct field maybe_tokens_out[] = {
    TEXT(T, access_token, .nullable = true,
         .doc = "JWT para Authorization; null: entre com a sua senha"),
    TEXT(T, refresh_token, .nullable = true,
         .doc = "Serve uma vez, para renovar; vai também em cookie HttpOnly"),
    TEXT(T, token_type, .nullable = true, .doc = "Sempre Bearer"),
    INT_OR_NULL(T, expires_in, .doc = "Segundos que o JWT vale"),
    USER_FIELD,
    FIELDS_END
};
/* clang-format on */

/* Caminho próprio não aceita o prefixo __Host-; __Secure- aceita. */
const char *
refresh_cookie_name(const struct req *r)
{
    return r->https ? "__Secure-balcao-refresh" : "balcao-refresh";
}

static struct tokens_user
user_of(const struct auth_user *u)
{
    return (struct tokens_user){ .id = u->id,
                                 .company_id = u->company_id,
                                 .name = u->name,
                                 .email = u->email,
                                 .role = role_name(u->role) };
}

enum err
tokens_reply(struct req *r, const struct auth_tokens *t)
{
    reply_cookie(r, refresh_cookie_name(r), t->refresh, "/api",
                 t->refresh_expires_in_s);
    return reply(r, &(T){ .access_token = t->access,
                          .refresh_token = t->refresh,
                          .token_type = "Bearer",
                          .expires_in = t->expires_in_s,
                          .has_expires_in = true,
                          .user = user_of(&t->user) });
}

enum err
tokens_reply_none(struct req *r, const struct auth_user *user)
{
    return reply(r, &(T){ .user = user_of(user) });
}
