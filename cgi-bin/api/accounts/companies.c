/* accounts/companies.c - rotas de /api/v1/companies, /roles e /permissions. */
#include <inttypes.h>
#include <string.h>

#include "account/company.h"
#include "account/email.h"
#include "account/role.h"
#include "app/app.h"
#include "app/cursor.h"
#include "app/company_fields.h"
#include "app/picture_reply.h"
#include "base/i18n.h"
#include "db/db.h"
#include "view/picture.h"

#define SMALL_BODY 16384
#define LOGO_MAX 5242880
#define MEMBERS_MAX 500

struct id_in {
    int64_t id;
};
static const struct field id_in[] = {
    INT(struct id_in, id, .from = PATH, .min = 1, .doc = "Empresa"), FIELDS_END
};

static bool
may(const struct req *r, enum permission p)
{
    return (r->ctx.permissions & PERM_BIT(p)) != 0;
}

/* Não existe para quem pede; mas quem pede tem de ser quem diz que é. */
static enum err
unreachable(struct req *r)
{
    enum err e = db_enter(&r->ctx);

    return e != OK ? e : db_not_found(&r->ctx);
}

/* Sem a permissão da plataforma, a única empresa que existe é a do token. */
static enum err
reach(struct req *r, int64_t id)
{
    if (id == r->ctx.company_id || may(r, PERM_COMPANIES_MANAGE))
        return OK;
    return unreachable(r);
}

/* ---- listar e ler ---- */

struct list_in {
    const char *search, *cursor;
    int64_t limit;
};
static const struct field list_in[] = {
    TEXT(struct list_in, search, .from = QUERY, .max = 120,
         .doc = "Parte do nome; acento e maiúscula não contam"),
    INT(struct list_in, limit, .from = QUERY, .min = 1, .max = 100,
        .fallback = 20, .doc = "Quantas por página"),
    TEXT(struct list_in, cursor, .from = QUERY, .max = 400,
         .doc = "O nextCursor da página anterior"),
    FIELDS_END
};

static enum err
list(struct req *r, const void *input)
{
    const struct list_in *in = input;
    struct q_company_list_row *rows;
    struct q_company_list_in q = { .search =
                                       in->search != NULL ? in->search : "",
                                   .everyone = may(r, PERM_COMPANIES_MANAGE),
                                   .max = in->limit + 1 };
    const char *next = NULL;
    int count;
    enum err e;

    if (!cursor_read(r, in->cursor, &q.after_name, &q.after_id))
        return fail_field(&r->ctx, "cursor", "format", "%s",
                          _("não é um cursor desta lista"));
    e = q_company_list(&r->ctx, &q, &rows, &count);
    if (e != OK)
        return e;
    if (count > in->limit) {
        count = (int)in->limit;
        next = cursor_after(r, rows[count - 1].id, rows[count - 1].sort_name);
    }
    return reply_list(r, rows, sizeof *rows, count, next);
}

static enum err
reply_company(struct req *r, const struct q_company_row *row)
{
    struct company_detail out = { .row = *row };
    struct q_company_members_row members;
    enum err e = OK;

    if (may(r, PERM_USERS_READ)) {
        e = q_company_members(
            &r->ctx,
            &(struct q_company_members_in){ .id = row->id, .max = MEMBERS_MAX },
            &members);
        out.members = members.members;
    }
    reply_header(r, "ETag",
                 arena_printf(r->ctx.arena, "\"%" PRId64 "\"", row->version));
    return e != OK ? e : reply(r, &out);
}

static enum err
get(struct req *r, const void *input)
{
    const struct id_in *in = input;
    struct q_company_row row;
    enum err e = reach(r, in->id);

    if (e == OK)
        e = q_company_get(&r->ctx, &(struct q_company_get_in){ .id = in->id },
                          &row);
    return e != OK ? e : reply_company(r, &row);
}

/* ---- mudar ---- */

struct change_in {
    int64_t id, version, retention_days;
    const char *name, *locale, *time_zone, *business_hours, *default_visibility;
    bool has_retention_days, require_two_factor, has_require_two_factor;
};

/* clang-format off */
#define CHANGE_FIELDS(needed) \
    INT(struct change_in, id, .from = PATH, .min = 1, .doc = "Empresa"), \
    INT(struct change_in, version, .required = needed, .min = 1, \
        .doc = "Versão que a tela mostrou (ou If-Match); 409 se já mudou"), \
    TEXT(struct change_in, name, .required = needed, .min = 1, \
         .max = COMPANY_NAME_MAX, .doc = "Nome"), \
    ENUM(struct change_in, locale, .required = needed, .one_of = "pt-BR en", \
         .doc = "Língua padrão"), \
    TEXT(struct change_in, time_zone, .required = needed, .min = 1, .max = 60, \
         .doc = "Fuso, nome IANA"), \
    JSON(struct change_in, business_hours, .nullable = true, \
         .schema = COMPANY_HOURS_SCHEMA, \
         .doc = "Horário da semana; null: sempre aberta"), \
    INT_IF_SENT(struct change_in, retention_days, .required = needed, \
                .min = COMPANY_RETENTION_MIN, \
                .max = COMPANY_RETENTION_MAX, \
                .doc = "Dias que conversas encerradas ficam; 30 ou mais; null: para " \
                       "sempre"), \
    BOOL_IF_SENT(struct change_in, require_two_factor, .required = needed, \
                 .doc = "Só trabalha aqui quem tem a segunda etapa; para " \
                        "ligar é preciso tê-la"), \
    ENUM(struct change_in, default_visibility, .required = needed, \
         .one_of = "all queues own", .doc = "Visibilidade de quem chega"), \
    FIELDS_END
static const struct field patch_in[] = { CHANGE_FIELDS(false) };
static const struct field put_in[] = { CHANGE_FIELDS(true) };
/* clang-format on */

/* A versão do corpo ou a do If-Match; as duas têm de concordar. */
static enum err
seen_version(struct req *r, int64_t in_body, int64_t *out)
{
    const char *match = req_header(r, "If-Match");
    int64_t version = 0;
    size_t n = match != NULL ? strlen(match) : 0;

    *out = in_body;
    if (match == NULL || strcmp(match, "*") == 0)
        return OK;
    if (n < 3 || match[0] != '"' || match[n - 1] != '"' ||
        !parse_int64(arena_memdup(r->ctx.arena, match + 1, n - 2), &version) ||
        (in_body != 0 && in_body != version))
        return fail(&r->ctx, ERR_CONFLICT, "%s",
                    _("If-Match não é uma versão desta empresa"));
    *out = version;
    return OK;
}

static enum err
change(struct req *r, const void *input)
{
    const struct change_in *in = input;
    struct company_change to = {
        .name = in->name,
        .locale = in->locale,
        .time_zone = in->time_zone,
        .business_hours = in->business_hours,
        .default_visibility = in->default_visibility,
        .retention_days = in->retention_days,
        .has_retention_days = in->has_retention_days,
        .require_two_factor = in->require_two_factor,
        .has_require_two_factor = in->has_require_two_factor,
    };
    struct q_company_row row;
    enum err e = reach(r, in->id);

    if (e == OK)
        e = seen_version(r, in->version, &to.version);
    if (e == OK)
        e = company_change(&r->ctx, in->id, &to, &row);
    return e != OK ? e : reply_company(r, &row);
}

/* PUT é a empresa inteira: o horário que não veio é nenhum. */
static enum err
replace(struct req *r, const void *input)
{
    struct change_in in = *(const struct change_in *)input;

    if (in.business_hours == NULL)
        in.business_hours = "";
    return change(r, &in);
}

/* ---- marca ---- */

static enum err
logo(struct req *r, const void *input)
{
    const struct id_in *in = input;

    return picture_reply(r, PICTURE_OF_COMPANY, in->id);
}

struct logo_in {
    int64_t id;
    const struct upload *picture;
};
static const struct field logo_in[] = {
    INT(struct logo_in, id, .from = PATH, .min = 1, .doc = "Empresa"),
    UPLOAD(struct logo_in, picture, .required = true, .max = LOGO_MAX,
           .doc = "JPEG, PNG, WebP ou GIF; vira um quadrado de 256 pixels"),
    FIELDS_END
};

/* A marca só se troca de dentro: quem é da plataforma entra na empresa. */
static enum err
put_logo(struct req *r, const void *input)
{
    const struct logo_in *in = input;
    struct slice webp;
    enum err e = OK;

    if (in->id != r->ctx.company_id)
        return unreachable(r);
    e = picture_square(&r->ctx, "picture", in->picture->data, PICTURE_SIDE,
                       &webp);
    if (e == OK)
        e = picture_put(&r->ctx, PICTURE_OF_COMPANY, in->id, webp);
    return e != OK ? e : reply_empty(r);
}

static enum err
drop_logo(struct req *r, const void *input)
{
    const struct id_in *in = input;
    enum err e;

    if (in->id != r->ctx.company_id)
        return unreachable(r);
    e = picture_drop(&r->ctx, PICTURE_OF_COMPANY, in->id);
    return e != OK ? e : reply_empty(r);
}

/* ---- plataforma ---- */

struct create_in {
    const char *name, *locale, *time_zone, *admin_email, *admin_name;
    int64_t max_users, max_channels, max_storage_mb;
};
static const struct field create_in[] = {
    TEXT(struct create_in, name, .required = true, .min = 1,
         .max = COMPANY_NAME_MAX, .doc = "Nome"),
    ENUM(struct create_in, locale, .one_of = "pt-BR en",
         .doc = "Língua padrão; pt-BR se não vier"),
    TEXT(struct create_in, time_zone, .min = 1, .max = 60,
         .doc = "Fuso, nome IANA; America/Sao_Paulo se não vier"),
    TEXT(struct create_in, admin_email, .required = true,
         .max = EMAIL_MAX_CHARS,
         .doc = "Quem a administra; sem conta, recebe um convite"),
    TEXT(struct create_in, admin_name, .max = 120,
         .doc = "Nome sugerido no convite"),
    INT(struct create_in, max_users, .max = 1000000,
        .doc = "Pessoas ativas; 0: sem limite"),
    INT(struct create_in, max_channels, .max = 1000000,
        .doc = "Canais; 0: sem limite"),
    INT(struct create_in, max_storage_mb, .max = 100000000,
        .doc = "Megabytes de arquivos; 0: sem limite"),
    FIELDS_END
};

struct created_out {
    int64_t id;
    const char *name, *admin_email, *admin;
};
static const struct field created_out[] = {
    INT(struct created_out, id, .doc = "Empresa"),
    TEXT(struct created_out, name, .doc = "Nome"),
    TEXT(struct created_out, admin_email, .doc = "Quem a administra"),
    ENUM(struct created_out, admin, .one_of = "active invited",
         .doc = "Já entra, ou falta aceitar o convite"),
    FIELDS_END
};

static enum err
create(struct req *r, const void *input)
{
    const struct create_in *in = input;
    struct company_new new = { .name = in->name,
                               .locale = in->locale,
                               .time_zone = in->time_zone,
                               .admin_name = in->admin_name,
                               .max_users = in->max_users,
                               .max_channels = in->max_channels,
                               .max_storage_mb = in->max_storage_mb };
    struct created_out out = { .name = in->name };
    bool invited;
    enum err e =
        email_check(&r->ctx, "adminEmail", in->admin_email, &new.admin_email);

    if (e == OK)
        e = company_create(&r->ctx, &new, &out.id, &invited);
    if (e != OK)
        return e;
    out.admin_email = new.admin_email;
    out.admin = invited ? "invited" : "active";
    return reply(r, &out);
}

struct limits_in {
    int64_t id, version, max_users, max_channels, max_storage_mb;
};
static const struct field limits_in[] = {
    INT(struct limits_in, id, .from = PATH, .min = 1, .doc = "Empresa"),
    INT(struct limits_in, version, .min = 1,
        .doc = "Versão que a tela mostrou; 409 se já mudou"),
    INT(struct limits_in, max_users, .required = true, .nullable = true,
        .max = 1000000, .doc = "Pessoas ativas; null (ou 0): sem limite"),
    INT(struct limits_in, max_channels, .required = true, .nullable = true,
        .max = 1000000, .doc = "Canais; null (ou 0): sem limite"),
    INT(struct limits_in, max_storage_mb, .required = true, .nullable = true,
        .max = 100000000,
        .doc = "Megabytes de arquivos; null (ou 0): sem limite"),
    FIELDS_END
};

static enum err
set_limits(struct req *r, const void *input)
{
    const struct limits_in *in = input;
    const int64_t limits[3] = { in->max_users, in->max_channels,
                                in->max_storage_mb };
    struct q_company_row row;
    enum err e = company_set_limits(&r->ctx, in->id, in->version, limits, &row);

    return e != OK ? e : reply_company(r, &row);
}

static enum err
turn(struct req *r, const void *input, bool stop)
{
    const struct id_in *in = input;
    struct q_company_row row;
    enum err e = company_suspend(&r->ctx, in->id, stop, &row);

    return e != OK ? e : reply_company(r, &row);
}

static enum err
suspend(struct req *r, const void *input)
{
    return turn(r, input, true);
}

static enum err
resume(struct req *r, const void *input)
{
    return turn(r, input, false);
}

struct delete_in {
    int64_t id;
    const char *confirm;
};
static const struct field delete_in[] = {
    INT(struct delete_in, id, .from = PATH, .min = 1, .doc = "Empresa"),
    TEXT(struct delete_in, confirm, .from = QUERY, .max = COMPANY_NAME_MAX,
         .doc = "O nome dela, letra por letra; sem ele nada se apaga"),
    FIELDS_END
};

static enum err
remove_company(struct req *r, const void *input)
{
    const struct delete_in *in = input;
    enum err e = company_delete_enqueue(&r->ctx, in->id,
                                        in->confirm != NULL ? in->confirm : "");

    if (e == OK)
        e = reply_empty(r);
    return e;
}

/* ---- papéis ---- */

static enum err
roles(struct req *r, const void *input)
{
    struct role_out *rows;
    int count;
    enum err e = roles_all(r, &rows, &count);

    (void)input;
    return e != OK ? e : reply_list(r, rows, sizeof *rows, count, NULL);
}

struct role_in {
    int64_t id, version;
    const char *name, *description, *permissions;
};

/* clang-format off */
#define ROLE_FIELDS(needed) \
    TEXT(struct role_in, name, .required = needed, .min = 1, \
         .max = ROLE_NAME_MAX, .doc = "Nome, único na empresa"), \
    TEXT(struct role_in, description, .max = ROLE_DESCRIPTION_MAX, \
         .lines = true, .doc = "Para que serve"), \
    WORDS(struct role_in, permissions, .required = needed, \
          .one_of = permission_words, .doc = "O que pode; ninguém dá o que " \
          "não tem"), \
    FIELDS_END
#define ROLE_ID \
    INT(struct role_in, id, .from = PATH, .min = 1, .doc = "Papel"), \
    INT(struct role_in, version, .min = 1, \
        .doc = "Versão que a tela mostrou; 409 se já mudou")
static const struct field role_new_in[] = { ROLE_FIELDS(true) };
static const struct field role_patch_in[] = { ROLE_ID, ROLE_FIELDS(false) };
static const struct field role_put_in[] = {
    INT(struct role_in, id, .from = PATH, .min = 1, .doc = "Papel"),
    INT(struct role_in, version, .required = true, .min = 1,
        .doc = "Versão que a tela mostrou; 409 se já mudou"),
    ROLE_FIELDS(true)
};
static const struct field role_id_in[] = {
    INT(struct id_in, id, .from = PATH, .min = 1, .doc = "Papel"), FIELDS_END
};
/* clang-format on */

static enum err
reply_role(struct req *r, const struct q_role_row *row)
{
    struct role_out out;

    role_out_fill(&out, row);
    return reply(r, &out);
}

static enum err
make_role(struct req *r, const void *input)
{
    const struct role_in *in = input;
    struct q_role_row row;
    enum err e =
        role_create(&r->ctx,
                    &(struct role_change){ .name = in->name,
                                           .description = in->description,
                                           .permissions = in->permissions },
                    &row);

    return e != OK ? e : reply_role(r, &row);
}

static enum err
change_role(struct req *r, const void *input)
{
    const struct role_in *in = input;
    struct q_role_row row;
    enum err e =
        role_change(&r->ctx, in->id,
                    &(struct role_change){ .version = in->version,
                                           .name = in->name,
                                           .description = in->description,
                                           .permissions = in->permissions },
                    &row);

    return e != OK ? e : reply_role(r, &row);
}

/* PUT é o papel inteiro: o que não veio fica vazio. */
static enum err
replace_role(struct req *r, const void *input)
{
    struct role_in in = *(const struct role_in *)input;

    if (in.description == NULL)
        in.description = "";
    return change_role(r, &in);
}

static enum err
remove_role(struct req *r, const void *input)
{
    const struct id_in *in = input;
    enum err e = role_delete(&r->ctx, in->id);

    return e != OK ? e : reply_empty(r);
}

static enum err
permissions(struct req *r, const void *input)
{
    struct permission_out *rows = permissions_all(r);
    enum err e = db_enter(&r->ctx); /* a tabela é fixa; o token, não */

    (void)input;
    return e != OK ? e
                   : reply_list(r, rows, sizeof *rows, PERM_COUNT - 1, NULL);
}

/* clang-format off */
const struct route companies_routes[] = {
    { GET, "/api/v1/companies", list, PERM_SELF, .one_query = true,
      IN(struct list_in, list_in), .out = company_list_out, .out_list = true,
      .doc = "As empresas da pessoa, em ordem de nome; com companies.manage, "
             "todas" },
    { POST, "/api/v1/companies", create, PERM_COMPANIES_MANAGE,
      .max_body = SMALL_BODY, .rate = { .hits = 30, .per_s = 60 },
      IN(struct create_in, create_in), .out = created_out, .success = 201,
      .doc = "Cria uma empresa e quem a administra" },
    { GET, "/api/v1/companies/{id}", get, PERM_COMPANY_READ,
      IN(struct id_in, id_in), .out = company_out,
      .doc = "Uma empresa, com as pessoas para quem pode vê-las; só a do token, "
             "ou qualquer uma com companies.manage" },
    { PUT, "/api/v1/companies/{id}", replace, PERM_COMPANY_WRITE,
      .max_body = SMALL_BODY, IN(struct change_in, put_in), .out = company_out,
      .refuses = "409", .doc = "Muda os ajustes, inteiros" },
    { PATCH, "/api/v1/companies/{id}", change, PERM_COMPANY_WRITE,
      .max_body = SMALL_BODY, IN(struct change_in, patch_in),
      .out = company_out, .refuses = "409",
      .doc = "Muda os ajustes, em parte" },
    { DELETE, "/api/v1/companies/{id}", remove_company, PERM_COMPANIES_MANAGE,
      IN(struct delete_in, delete_in), .success = 204, .refuses = "409",
      .doc = "Apaga uma empresa suspensa e já exportada, em segundo plano" },
    { GET, "/api/v1/companies/{id}/logo", logo, PERM_COMPANY_READ,
      .auth = AUTH_EITHER, .one_query = true, IN(struct id_in, id_in),
      .out_type = PICTURE_TYPE, .refuses = "304",
      .doc = "Marca da empresa, com ETag" },
    { PUT, "/api/v1/companies/{id}/logo", put_logo, PERM_COMPANY_WRITE,
      .accepts = ACCEPT_MULTIPART, .max_body = LOGO_MAX + SMALL_BODY,
      IN(struct logo_in, logo_in), .success = 204,
      .rate = { .hits = 20, .per_s = 600 }, .doc = "Troca a marca" },
    { DELETE, "/api/v1/companies/{id}/logo", drop_logo, PERM_COMPANY_WRITE,
      IN(struct id_in, id_in), .success = 204, .doc = "Tira a marca" },
    { PUT, "/api/v1/companies/{id}/limits", set_limits, PERM_COMPANIES_MANAGE,
      .max_body = SMALL_BODY, IN(struct limits_in, limits_in),
      .out = company_out, .refuses = "409",
      .doc = "Troca os limites; vale para quem chega, ninguém sai" },
    { POST, "/api/v1/companies/{id}/suspend", suspend, PERM_COMPANIES_MANAGE,
      IN(struct id_in, id_in), .out = company_out, .refuses = "409",
      .doc = "Suspende: as pessoas dela recebem 403 `suspended`; o que os "
             "clientes mandam continua guardado" },
    { POST, "/api/v1/companies/{id}/resume", resume, PERM_COMPANIES_MANAGE,
      IN(struct id_in, id_in), .out = company_out, .refuses = "409",
      .doc = "Traz de volta uma empresa suspensa" },
    { GET, "/api/v1/roles", roles, PERM_ROLES_READ, .out = role_out,
      .out_list = true, .doc = "Os papéis da casa e os da empresa" },
    { POST, "/api/v1/roles", make_role, PERM_ROLES_WRITE,
      .max_body = SMALL_BODY, IN(struct role_in, role_new_in), .out = role_out,
      .success = 201, .refuses = "403 409", .doc = "Cria um papel próprio" },
    { PUT, "/api/v1/roles/{id}", replace_role, PERM_ROLES_WRITE,
      .max_body = SMALL_BODY, IN(struct role_in, role_put_in), .out = role_out,
      .refuses = "403 409", .doc = "Muda um papel próprio, inteiro" },
    { PATCH, "/api/v1/roles/{id}", change_role, PERM_ROLES_WRITE,
      .max_body = SMALL_BODY, IN(struct role_in, role_patch_in),
      .out = role_out, .refuses = "403 409",
      .doc = "Muda um papel próprio, em parte" },
    { DELETE, "/api/v1/roles/{id}", remove_role, PERM_ROLES_WRITE,
      IN(struct id_in, role_id_in), .success = 204, .refuses = "403 409",
      .doc = "Apaga um papel próprio que ninguém tem" },
    { GET, "/api/v1/permissions", permissions, PERM_ROLES_READ,
      .out = permission_out, .out_list = true,
      .doc = "A matriz: cada permissão e os papéis da casa que a têm" },
    ROUTES_END
};
/* clang-format on */
