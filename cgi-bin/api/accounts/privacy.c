/* accounts/privacy.c - rotas de dados pessoais (LGPD): exportar e apagar. */
#include <inttypes.h>

#include "app/app.h"
#include "app/privacy_reply.h"
#include "desk/privacy.h"

#define SMALL_BODY 16384

/* clang-format off */
struct id_in { int64_t id; };
static const struct field person_id[] = {
    INT(struct id_in, id, .from = PATH, .min = 1, .doc = "Pessoa"),
    FIELDS_END
};
static const struct field company_id[] = {
    INT(struct id_in, id, .from = PATH, .min = 1, .doc = "Empresa"),
    FIELDS_END
};
static const struct field contact_id[] = {
    INT(struct id_in, id, .from = PATH, .min = 1, .doc = "Contato"),
    FIELDS_END
};
/* clang-format on */

static enum err
export_person(struct req *r, int64_t id)
{
    int fd;
    enum err e = privacy_export_person(&r->ctx, id, &fd);

    return e != OK ? e
                   : privacy_zip_reply(
                         r, fd,
                         arena_printf(r->ctx.arena,
                                      "balcao-pessoa-%" PRId64 ".zip", id));
}

static enum err
export_me(struct req *r, const void *input)
{
    (void)input;
    return export_person(r, r->ctx.user_id);
}

static enum err
export_user(struct req *r, const void *input)
{
    return export_person(r, ((const struct id_in *)input)->id);
}

static enum err
export_contact(struct req *r, const void *input)
{
    int64_t id = ((const struct id_in *)input)->id;
    int fd;
    enum err e = privacy_export_contact(&r->ctx, id, &fd);

    return e != OK ? e
                   : privacy_zip_reply(
                         r, fd,
                         arena_printf(r->ctx.arena,
                                      "balcao-contato-%" PRId64 ".zip", id));
}

static enum err
export_company(struct req *r, int64_t id)
{
    int fd;
    enum err e = privacy_export_company(&r->ctx, id, &fd);

    return e != OK ? e
                   : privacy_zip_reply(
                         r, fd,
                         arena_printf(r->ctx.arena,
                                      "balcao-empresa-%" PRId64 ".zip", id));
}

static enum err
export_own_company(struct req *r, const void *input)
{
    (void)input;
    return export_company(r, r->ctx.company_id);
}

static enum err
export_any_company(struct req *r, const void *input)
{
    return export_company(r, ((const struct id_in *)input)->id);
}

/* clang-format off */
struct erase_in { int64_t id; const char *confirm; };
static const struct field erase_user_in[] = {
    INT (struct erase_in, id, .from = PATH, .min = 1, .doc = "Pessoa"),
    TEXT(struct erase_in, confirm, .required = true, .max = 254,
         .doc = "O e-mail dela, letra por letra"),
    FIELDS_END
};
static const struct field erase_contact_in[] = {
    INT (struct erase_in, id, .from = PATH, .min = 1, .doc = "Contato"),
    TEXT(struct erase_in, confirm, .required = true, .max = 200,
         .doc = "O nome dele, letra por letra"),
    FIELDS_END
};
struct password_in { const char *password; };
static const struct field password_in[] = {
    TEXT(struct password_in, password, .required = true, .doc = "A senha"),
    FIELDS_END
};
/* clang-format on */

static enum err
erase_user(struct req *r, const void *input)
{
    const struct erase_in *in = input;
    enum err e = privacy_erase_person(&r->ctx, in->id, in->confirm);

    return e != OK ? e : reply_empty(r);
}

static enum err
erase_contact(struct req *r, const void *input)
{
    const struct erase_in *in = input;
    enum err e = privacy_erase_contact(&r->ctx, in->id, in->confirm);

    return e != OK ? e : reply_empty(r);
}

static enum err
erase_me(struct req *r, const void *input)
{
    const struct password_in *in = input;
    enum err e = privacy_erase_self(&r->ctx, in->password);

    return e != OK ? e : reply_empty(r);
}

/* clang-format off */
#define ZIP .auth = AUTH_EITHER, .writes = true, \
            .out_type = "application/zip", .rate = { .hits = 20, .per_s = 600 }
const struct route privacy_routes[] = {
    { GET, "/api/v1/me/export", export_me, PERM_SELF, ZIP,
      .doc = "Tudo o que se guarda de quem pede, num ZIP de JSON" },
    { POST, "/api/v1/me/erase", erase_me, PERM_SELF, .secret = true,
      .max_body = SMALL_BODY, .success = 204, .refuses = "409",
      IN(struct password_in, password_in),
      .doc = "Apaga a própria conta, sem volta" },
    { GET, "/api/v1/privacy/users/{id}/export", export_user, PERM_PRIVACY, ZIP,
      IN(struct id_in, person_id),
      .doc = "O que a empresa guarda de uma pessoa dela, num ZIP de JSON" },
    { POST, "/api/v1/privacy/users/{id}/erase", erase_user, PERM_PRIVACY,
      .max_body = SMALL_BODY, .success = 204, .refuses = "409",
      IN(struct erase_in, erase_user_in),
      .doc = "Apaga os dados de uma pessoa, sem volta; o que escreveu fica, "
             "sem nome" },
    { GET, "/api/v1/privacy/contacts/{id}/export", export_contact, PERM_PRIVACY, ZIP,
      IN(struct id_in, contact_id),
      .doc = "O que a empresa guarda de um contato, num ZIP de JSON" },
    { POST, "/api/v1/privacy/contacts/{id}/erase", erase_contact, PERM_PRIVACY,
      .max_body = SMALL_BODY, .success = 204, .refuses = "409",
      IN(struct erase_in, erase_contact_in),
      .doc = "Apaga um contato e o que foi dito, sem volta; as contagens "
             "ficam" },
    { GET, "/api/v1/privacy/company/export", export_own_company, PERM_PRIVACY,
      ZIP, .doc = "Tudo o que é da empresa atual, num ZIP de JSON" },
    { GET, "/api/v1/privacy/companies/{id}/export", export_any_company,
      PERM_COMPANIES_MANAGE, ZIP, IN(struct id_in, company_id),
      .doc = "Tudo o que é de uma empresa; pedido antes de apagá-la" },
    ROUTES_END
};
/* clang-format on */
