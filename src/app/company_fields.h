/*
 * company_fields.h - como empresas, papéis e permissões saem na API e nas
 * páginas: as formas de saída, e os cursores da lista de empresas.
 */
#ifndef BALCAO_COMPANY_FIELDS_H
#define BALCAO_COMPANY_FIELDS_H

#include "gen/q_company.h"
#include "gen/q_role.h"
#include "http/route.h"

#define COMPANY_RANGE_SCHEMA \
    "{\"type\":\"array\",\"maxItems\":6,\"items\":{\"type\":\"object\"," \
    "\"required\":[\"from\",\"to\"],\"additionalProperties\":false," \
    "\"properties\":{\"from\":{\"type\":\"string\"},\"to\":{\"type\":" \
    "\"string\"}}}}"
#define COMPANY_HOURS_SCHEMA \
    "{\"type\":[\"object\",\"null\"],\"additionalProperties\":false," \
    "\"properties\":{\"mon\":" COMPANY_RANGE_SCHEMA \
    ",\"tue\":" COMPANY_RANGE_SCHEMA ",\"wed\":" COMPANY_RANGE_SCHEMA \
    ",\"thu\":" COMPANY_RANGE_SCHEMA ",\"fri\":" COMPANY_RANGE_SCHEMA \
    ",\"sat\":" COMPANY_RANGE_SCHEMA ",\"sun\":" COMPANY_RANGE_SCHEMA "}}"

extern const struct field company_list_out[];

/* A linha vem primeiro: a tabela de campos a lê no mesmo lugar. */
struct company_detail {
    struct q_company_row row;
    const char *members; /* JSON; NULL: quem pede não pode vê-las */
};
extern const struct field company_out[];

/* Um papel, da casa (id 0) ou próprio. */
struct role_out {
    int64_t id, version, members;
    bool has_id, has_version, has_members, built_in;
    const char *key, *name, *description, *permissions;
    const char *created_at, *updated_at;
    uint64_t mask; /* para as páginas; não sai */
};
extern const struct field role_out[];

/* A linha de um papel próprio, na forma de saída. */
void role_out_fill(struct role_out *out, const struct q_role_row *row);

/*
 * Os quatro da casa e os da empresa, nesta ordem.
 * Erros: os do banco.
 */
enum err roles_all(struct req *r, struct role_out **rows, int *count);

struct permission_out {
    const char *slug, *description, *roles;
};
extern const struct field permission_out[];

/* A matriz inteira, PERM_COUNT - 1 linhas, na língua de quem pede. */
struct permission_out *permissions_all(struct req *r);

#endif
