/* company_fields.c - formas de saída de empresas, papéis e permissões. */
#include "app/company_fields.h"

#include <inttypes.h>
#include <string.h>

#include "base/i18n.h"

#define L struct q_company_list_row
#define C struct q_company_row
#define D struct company_detail
#define R struct role_out
#define P struct permission_out

#define WORD_LIST "{\"type\":\"array\",\"items\":{\"type\":\"string\"}}"
#define MEMBER_LIST \
    "{\"type\":[\"array\",\"null\"],\"items\":{\"type\":\"object\"," \
    "\"required\":[\"id\",\"name\",\"email\",\"role\",\"roleName\"," \
    "\"queueIds\",\"disabled\"],\"additionalProperties\":false," \
    "\"properties\":{\"id\":{\"type\":\"integer\"},\"name\":{\"type\":" \
    "\"string\"},\"email\":{\"type\":\"string\"},\"role\":{\"type\":" \
    "\"string\"},\"roleName\":{\"type\":[\"string\",\"null\"]}," \
    "\"queueIds\":{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}," \
    "\"disabled\":{\"type\":\"boolean\"}}}}"

/* clang-format off */
const struct field company_list_out[] = {
    INT (L, id, .doc = "Empresa"),
    TEXT(L, name, .doc = "Nome"),
    TEXT(L, role, .nullable = true,
         .doc = "Papel da casa que a pessoa tem nela; null: nenhum"),
    TEXT(L, role_name, .nullable = true, .doc = "Nome do papel próprio"),
    BOOL(L, current, .doc = "É a do token"),
    BOOL(L, suspended, .doc = "Suspensa"),
    INT_OR_NULL(L, users, .doc = "Pessoas ativas; só para a plataforma"),
    INT_OR_NULL(L, channels, .doc = "Canais; só para a plataforma"),
    TEXT(L, logo, .nullable = true, .doc = "ETag da marca; null: não tem"),
    TIME(L, deleting_at, .nullable = true, .doc = "Quando se pediu que sumisse"),
    TIME(L, created_at, .doc = "Criação"),
    FIELDS_END
};

const struct field company_out[] = {
    INT(C, id, .doc = "Empresa"),
    TEXT(C, name, .doc = "Nome"),
    ENUM(C, locale, .one_of = "pt-BR en",
        .doc = "Língua padrão"),
    TEXT(C, time_zone, .doc = "Fuso, nome IANA"),
    JSON(C, business_hours, .nullable = true,
        .schema = COMPANY_HOURS_SCHEMA,
        .doc = "Horário da semana; null: sempre aberta"),
    INT_OR_NULL(C, retention_days,
        .doc = "Dias que conversas encerradas ficam; null: para sempre"),
    BOOL(C, require_two_factor,
        .doc = "Só trabalha aqui quem tem a segunda etapa"),
    ENUM(C, default_visibility,
        .one_of = "all queues own", .doc = "Visibilidade de quem chega"),
    INT_OR_NULL(C, max_users, .doc = "Limite de pessoas; null: não há"),
    INT_OR_NULL(C, max_channels, .doc = "Limite de canais; null: não há"),
    INT_OR_NULL(C, max_storage_mb,
        .doc = "Limite de megabytes de arquivos; null: não há"),
    INT(C, users, .doc = "Pessoas ativas"),
    INT(C, channels, .doc = "Canais"),
    TEXT(C, logo, .nullable = true,
        .doc = "ETag da marca; null: não tem"),
    BOOL(C, suspended, .doc = "Suspensa"),
    TIME(C, suspended_at, .nullable = true,
        .doc = "Desde quando"),
    TIME(C, exported_at, .nullable = true,
        .doc = "Última exportação pronta"),
    TIME(C, deleting_at, .nullable = true,
        .doc = "Quando se pediu que sumisse"),
    INT(C, version, .doc = "Sobe a cada mudança; é também a ETag"),
    TIME(C, created_at, .doc = "Criação"),
    TIME(C, updated_at, .doc = "Última mudança"),
    JSON(D, members, .nullable = true, .schema = MEMBER_LIST,
         .doc = "Pessoas, em ordem de nome (até 500); null: sem users.read"),
    FIELDS_END
};

const struct field role_out[] = {
    INT_OR_NULL(R, id, .doc = "Papel; null: é da casa"),
    TEXT(R, key, .nullable = true,
         .doc = "Nome fixo do papel da casa; null: é próprio"),
    TEXT(R, name, .doc = "Nome"),
    TEXT(R, description, .doc = "Para que serve"),
    JSON(R, permissions, .schema = WORD_LIST, .doc = "O que pode"),
    BOOL(R, built_in, .doc = "É da casa: não se muda"),
    INT_OR_NULL(R, members,
        .doc = "Pessoas ativas que o têm; null: da plataforma"),
    INT_OR_NULL(R, version, .doc = "Sobe a cada mudança; null: é da casa"),
    TIME(R, created_at, .nullable = true, .doc = "Criação"),
    TIME(R, updated_at, .nullable = true, .doc = "Última mudança"),
    FIELDS_END
};

const struct field permission_out[] = {
    TEXT(P, slug, .doc = "Código"),
    TEXT(P, description, .doc = "O que deixa fazer"),
    JSON(P, roles, .schema = WORD_LIST, .doc = "Papéis da casa que a têm"),
    FIELDS_END
};
/* clang-format on */

void
role_out_fill(struct role_out *out, const struct q_role_row *row)
{
    *out = (struct role_out){ .id = row->id,
                              .has_id = true,
                              .name = row->name,
                              .description = row->description,
                              .permissions = row->permissions,
                              .members = row->members,
                              .has_members = true,
                              .version = row->version,
                              .has_version = true,
                              .created_at = row->created_at,
                              .updated_at = row->updated_at };
    permissions_parse(row->slugs, &out->mask);
}

/* Lista JSON das permissões da máscara. */
static const char *
slug_list(struct req *r, uint64_t mask)
{
    struct str s;
    int i;

    str_init(&s, r->ctx.arena, 300);
    str_puts(&s, "[");
    for (i = 1; i < PERM_COUNT; i++)
        if ((mask & PERM_BIT(i)) != 0)
            str_printf(&s, "%s\"%s\"", s.len > 1 ? "," : "",
                       permission_info((enum permission)i)->slug);
    str_puts(&s, "]");
    return s.data;
}

static const enum role house[] = { ROLE_SUPER, ROLE_ADMIN, ROLE_SUPERVISOR,
                                   ROLE_OPERATOR };
enum { HOUSE = sizeof house / sizeof *house };

static void
fill_house(struct req *r, struct role_out *out, enum role role)
{
    *out = (struct role_out){ .key = role_name(role),
                              .name = _(role_title(role)),
                              .description = "",
                              .built_in = true,
                              .mask = permissions_of(role) };
    out->permissions = slug_list(r, out->mask);
}

static void
count_house(struct role_out *rows, const struct q_role_counts_row *counts,
            int count)
{
    int i, k;

    for (i = 0; i < count; i++)
        for (k = 0; k < HOUSE; k++)
            if (strcmp(rows[k].key, counts[i].role) == 0) {
                rows[k].members = counts[i].members;
                rows[k].has_members = true;
            }
}

enum err
roles_all(struct req *r, struct role_out **rows, int *count)
{
    struct q_role_counts_row *counts;
    struct q_role_row *own;
    int i, own_count, counted;
    enum err e = q_role_counts(&r->ctx, &counts, &counted);

    if (e == OK)
        e = q_role_list(&r->ctx, &own, &own_count);
    if (e != OK)
        return e;
    *count = HOUSE + own_count;
    *rows = arena_alloc(r->ctx.arena, (size_t)*count * sizeof **rows);
    for (i = 0; i < HOUSE; i++)
        fill_house(r, &(*rows)[i], house[i]);
    count_house(*rows, counts, counted);
    for (i = 0; i < own_count; i++)
        role_out_fill(&(*rows)[HOUSE + i], &own[i]);
    return OK;
}

static const char *
role_list(struct req *r, unsigned roles)
{
    struct str s;
    int i;

    str_init(&s, r->ctx.arena, 80);
    str_puts(&s, "[");
    for (i = 0; i < HOUSE; i++)
        if ((roles & house[i]) != 0)
            str_printf(&s, "%s\"%s\"", s.len > 1 ? "," : "",
                       role_name(house[i]));
    str_puts(&s, "]");
    return s.data;
}

struct permission_out *
permissions_all(struct req *r)
{
    struct permission_out *rows =
        arena_alloc(r->ctx.arena, (PERM_COUNT - 1) * sizeof *rows);
    int i;

    for (i = 1; i < PERM_COUNT; i++) {
        const struct permission_info *p = permission_info((enum permission)i);

        rows[i - 1] =
            (struct permission_out){ .slug = p->slug,
                                     .description = _(p->doc),
                                     .roles = role_list(r, p->roles) };
    }
    return rows;
}
