/* accounts/me.c - rotas de /api/v1/me: a pessoa que chama cuida da própria
 * conta. */
#include <string.h>

#include "account/email_change.h"
#include "account/own_password.h"
#include "account/profile.h"
#include "account/two_factor_setup.h"
#include "app/app.h"
#include "app/picture_reply.h"
#include "gen/q_auth.h"

#define SMALL_BODY 16384
#define PICTURE_BODY (4 << 20)

/* O JSON sai pronto de auth_me(); isto só o descreve. */
/* clang-format off */
struct me_out {
    int64_t id, company_id;
    const char *email, *name, *role, *visibility, *locale, *time_zone;
    const char *company_name, *queue_ids, *companies;
    const char *display_name, *role_name, *permissions;
    bool is_super, two_factor;
};
static const struct field me_out[] = {
    INT (struct me_out, id, .doc = "Pessoa"),
    TEXT(struct me_out, email, .doc = "E-mail"),
    TEXT(struct me_out, name, .doc = "Nome da conta"),
    TEXT(struct me_out, display_name, .doc = "Nome nesta empresa"),
    ENUM(struct me_out, role, .doc = "Papel na empresa atual",
         .one_of = "super admin supervisor operator"),
    TEXT(struct me_out, role_name, .nullable = true,
         .doc = "Papel próprio da empresa; null: o da casa"),
    JSON(struct me_out, permissions, .doc = "O que pode fazer aqui; null: "
         "tudo o que o papel da casa pode", .nullable = true,
         .schema = "{\"type\":\"array\",\"items\":{\"type\":\"string\"}}"),
    BOOL(struct me_out, is_super, .doc = "Administra a plataforma"),
    BOOL(struct me_out, two_factor, .doc = "Usa a segunda etapa"),
    ENUM(struct me_out, visibility, .doc = "Tickets que vê",
         .one_of = "all queues own"),
    ENUM(struct me_out, locale, .doc = "Língua", .one_of = "pt-BR en"),
    TEXT(struct me_out, time_zone, .doc = "Fuso da empresa (IANA)"),
    INT (struct me_out, company_id, .doc = "Empresa atual"),
    TEXT(struct me_out, company_name, .doc = "Nome da empresa atual"),
    JSON(struct me_out, queue_ids, .doc = "Filas de que é membro",
         .schema = "{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}"),
    JSON(struct me_out, companies, .doc = "Empresas a que pertence",
         .schema = "{\"type\":\"array\",\"items\":{\"type\":\"object\","
                   "\"required\":[\"id\",\"name\",\"role\"],\"properties\":{"
                   "\"id\":{\"type\":\"integer\"},"
                   "\"name\":{\"type\":\"string\"},"
                   "\"role\":{\"type\":\"string\"}}}}"),
    FIELDS_END
};
/* clang-format on */

static enum err
show(struct req *r, const void *input)
{
    struct slice json;
    enum err e = q_auth_me(&r->ctx, &json);

    (void)input;
    return e != OK ? e : reply_json(r, json);
}

/* clang-format off */
static const struct field profile_in[] = {
    TEXT(struct profile, name, .max = 120, .min = 1, .doc = "Nome da conta"),
    TEXT(struct profile, display_name, .max = 120, .min = 1,
         .doc = "Nome nesta empresa"),
    ENUM(struct profile, locale, .nullable = true, .one_of = "pt-BR en",
         .doc = "Língua; null volta à da empresa"),
    FIELDS_END
};
/* clang-format on */

static enum err
change(struct req *r, const void *input)
{
    enum err e = profile_change(&r->ctx, input);

    return e != OK ? e : show(r, NULL);
}

/* clang-format off */
struct picture_in { const struct upload *picture; };
static const struct field picture_in[] = {
    UPLOAD(struct picture_in, picture, .required = true, .max = PICTURE_BODY,
           .one_of = PROFILE_PICTURE_TYPES,
           .doc = "Vira um quadrado de 256 pixels em WebP"),
    FIELDS_END
};
/* clang-format on */

static enum err
put_picture(struct req *r, const void *input)
{
    const struct picture_in *in = input;
    enum err e = profile_picture_put(&r->ctx, "picture", in->picture->data);

    return e != OK ? e : reply_empty(r);
}

static enum err
drop_picture(struct req *r, const void *input)
{
    enum err e = picture_drop(&r->ctx, PICTURE_OF_USER, r->ctx.user_id);

    (void)input;
    return e != OK ? e : reply_empty(r);
}

static enum err
get_picture(struct req *r, const void *input)
{
    (void)input;
    return picture_reply(r, PICTURE_OF_USER, r->ctx.user_id);
}

/* clang-format off */
struct password_in { const char *current_password, *new_password; };
static const struct field password_in[] = {
    TEXT(struct password_in, current_password, .required = true,
         .doc = "A senha de agora"),
    TEXT(struct password_in, new_password, .required = true,
         .doc = "A nova: 10 a 72 bytes, fora das listas de senhas comuns"),
    FIELDS_END
};
/* clang-format on */

static enum err
change_password(struct req *r, const void *input)
{
    const struct password_in *in = input;
    enum err e =
        own_password_change(&r->ctx, in->current_password, in->new_password);

    return e != OK ? e : reply_empty(r);
}

/* clang-format off */
struct email_in { const char *new_email, *password; };
static const struct field email_in[] = {
    TEXT(struct email_in, new_email, .required = true, .max = 254,
         .doc = "O endereço novo"),
    TEXT(struct email_in, password, .required = true, .doc = "A senha"),
    FIELDS_END
};
/* clang-format on */

static enum err
change_email(struct req *r, const void *input)
{
    const struct email_in *in = input;
    enum err e = email_change_ask(&r->ctx, in->new_email, in->password);

    return e != OK ? e : reply_empty(r);
}

static enum err
cancel_email(struct req *r, const void *input)
{
    enum err e = email_change_cancel(&r->ctx);

    (void)input;
    return e != OK ? e : reply_empty(r);
}

/* clang-format off */
struct two_factor_out {
    bool enabled, required;
    const char *enabled_at;
    int64_t codes_left;
};
static const struct field two_factor_out[] = {
    BOOL(struct two_factor_out, enabled, .doc = "Está ligada"),
    BOOL(struct two_factor_out, required, .doc = "Uma empresa a exige"),
    TIME(struct two_factor_out, enabled_at, .nullable = true,
         .doc = "Desde quando"),
    INT (struct two_factor_out, codes_left,
         .doc = "Códigos de recuperação por usar"),
    FIELDS_END
};
/* clang-format on */

static enum err
show_two_factor(struct req *r, const void *input)
{
    struct two_factor state;
    bool required;
    enum err e = two_factor_state(&r->ctx, r->ctx.user_id, &state);

    (void)input;
    if (e == OK)
        e = two_factor_required(&r->ctx, &required);
    return e != OK ? e
                   : reply(r, &(struct two_factor_out){
                                  .enabled = state.is_on,
                                  .required = required,
                                  .enabled_at = state.enabled_at,
                                  .codes_left = state.codes_left });
}

/* clang-format off */
struct proof_in { const char *password, *code; };
static const struct field proof_in[] = {
    TEXT(struct proof_in, password, .required = true, .doc = "A senha"),
    FIELDS_END
};
static const struct field both_in[] = {
    TEXT(struct proof_in, password, .required = true, .doc = "A senha"),
    TEXT(struct proof_in, code, .required = true, .max = 40,
         .doc = "Código do aplicativo ou de recuperação"),
    FIELDS_END
};
struct offer_out { const char *secret, *uri, *setup, *qr; };
static const struct field offer_out[] = {
    TEXT(struct offer_out, secret, .doc = "Segredo em base32, para digitar"),
    TEXT(struct offer_out, uri, .doc = "Endereço otpauth:// do aplicativo"),
    TEXT(struct offer_out, qr, .doc = "O mesmo, em código QR (SVG)"),
    TEXT(struct offer_out, setup, .doc = "Para mandar de volta ao confirmar"),
    FIELDS_END
};
/* clang-format on */

static enum err
offer_two_factor(struct req *r, const void *input)
{
    const struct proof_in *in = input;
    struct two_factor_offer offer;
    const char *svg = NULL;
    enum err e = two_factor_offer(&r->ctx, in->password, &offer);

    if (e == OK)
        e = qr_svg(&r->ctx, offer.uri, "otpauth", &svg);
    return e != OK ? e
                   : reply(r, &(struct offer_out){ offer.secret, offer.uri,
                                                   offer.setup, svg });
}

/* clang-format off */
struct confirm_in { const char *setup, *code; };
static const struct field confirm_in[] = {
    TEXT(struct confirm_in, setup, .required = true,
         .doc = "O que veio com a oferta"),
    TEXT(struct confirm_in, code, .required = true, .max = 20,
         .doc = "Código que o aplicativo mostra"),
    FIELDS_END
};
struct codes_out { const char *recovery_codes; };
static const struct field codes_out[] = {
    JSON(struct codes_out, recovery_codes,
         .doc = "Códigos de recuperação, cada um serve uma vez; só aparecem "
                "aqui",
         .schema = "{\"type\":\"array\",\"items\":{\"type\":\"string\"}}"),
    FIELDS_END
};
/* clang-format on */

static enum err
reply_codes(struct req *r, two_factor_codes codes)
{
    struct str s;
    int i;

    str_init(&s, r->ctx.arena, 300);
    for (i = 0; i < RECOVERY_CODES; i++) {
        str_putc(&s, i == 0 ? '[' : ',');
        str_json(&s, codes[i]);
    }
    str_putc(&s, ']');
    return reply(r, &(struct codes_out){ s.data });
}

static enum err
confirm_two_factor(struct req *r, const void *input)
{
    const struct confirm_in *in = input;
    two_factor_codes codes;
    enum err e = two_factor_confirm(&r->ctx, in->setup, in->code, codes);

    return e != OK ? e : reply_codes(r, codes);
}

static enum err
renew_codes(struct req *r, const void *input)
{
    const struct proof_in *in = input;
    two_factor_codes codes;
    enum err e = two_factor_renew_codes(&r->ctx, in->password, in->code, codes);

    return e != OK ? e : reply_codes(r, codes);
}

static enum err
remove_two_factor(struct req *r, const void *input)
{
    const struct proof_in *in = input;
    enum err e = two_factor_remove(&r->ctx, in->password, in->code);

    return e != OK ? e : reply_empty(r);
}

#define OWN .permit = PERM_SELF, .max_body = SMALL_BODY
#define TWO_FACTOR "/api/v1/me/two-factor"

/* clang-format off */
const struct route me_routes[] = {
    { GET, "/api/v1/me", show, .permit = PERM_ME_READ, .auth = AUTH_EITHER,
      .one_query = true, .out = me_out,
      .doc = "A própria pessoa: papel, visibilidade, filas e empresas" },
    { PATCH, "/api/v1/me", change, OWN, IN(struct profile, profile_in),
      .out = me_out, .doc = "Muda nome e língua; o que não vem fica" },
    { GET, "/api/v1/me/picture", get_picture, .permit = PERM_ME_READ,
      .auth = AUTH_EITHER, .one_query = true, .out_type = PICTURE_TYPE,
      .refuses = "304 404", .doc = "O próprio retrato" },
    { PUT, "/api/v1/me/picture", put_picture, .permit = PERM_SELF,
      .accepts = ACCEPT_MULTIPART, .max_body = PICTURE_BODY + 65536,
      IN(struct picture_in, picture_in), .success = 204,
      .rate = { .hits = 20, .per_s = 600 },
      .doc = "Põe ou troca o próprio retrato" },
    { DELETE, "/api/v1/me/picture", drop_picture, OWN, .success = 204,
      .doc = "Tira o próprio retrato" },
    { POST, "/api/v1/me/password", change_password, OWN,
      IN(struct password_in, password_in), .success = 204,
      .doc = "Troca a senha e encerra todos os outros logins" },
    { POST, "/api/v1/me/email", change_email, OWN,
      IN(struct email_in, email_in), .success = 204,
      .doc = "Manda a confirmação ao e-mail novo; até lá vale o antigo" },
    { DELETE, "/api/v1/me/email", cancel_email, OWN, .success = 204,
      .doc = "Desiste da troca de e-mail" },
    { GET, TWO_FACTOR, show_two_factor, OWN, .out = two_factor_out,
      .doc = "Como está a segunda etapa do login" },
    { POST, TWO_FACTOR, offer_two_factor, OWN, .secret = true,
      IN(struct proof_in, proof_in), .out = offer_out, .refuses = "409",
      .doc = "Oferece um segredo para o aplicativo de códigos" },
    { POST, TWO_FACTOR "/confirm", confirm_two_factor, OWN, .secret = true,
      IN(struct confirm_in, confirm_in), .out = codes_out, .refuses = "409",
      .doc = "Liga a segunda etapa, com um código do aplicativo" },
    { POST, TWO_FACTOR "/recovery-codes", renew_codes, OWN, .secret = true,
      IN(struct proof_in, both_in), .out = codes_out, .refuses = "409",
      .doc = "Códigos de recuperação novos; os de antes não servem mais" },
    { POST, TWO_FACTOR "/remove", remove_two_factor, OWN,
      IN(struct proof_in, both_in), .success = 204, .refuses = "409",
      .doc = "Desliga a segunda etapa" },
    ROUTES_END
};
/* clang-format on */
