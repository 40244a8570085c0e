/* me.c - /api/v1/me: quem está chamando. */
#include "app/app.h"
#include "gen/q_auth.h"

#define APP_NAME "me"

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
    JSON(struct me_out, permissions, .doc = "O que pode fazer aqui",
         .nullable = true,
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
me(struct req *r, const void *input)
{
    struct slice json;
    enum err e = q_auth_me(&r->ctx, &json);

    (void)input;
    return e != OK ? e : reply_json(r, json);
}

/* clang-format off */
static const struct route routes[] = {
    { GET, "/api/v1/me", me, .permit = PERM_ME_READ, .auth = AUTH_EITHER,
      .one_query = true, .out = me_out,
      .doc = "A própria pessoa: papel, visibilidade, filas e empresas" },
    ROUTES_END
};
/* clang-format on */

APP_MAIN(routes)
