/*
 * audit_page.h - a página /admin/audit: filtros, registros por dia, o que
 * mudou em cada um. As horas são do fuso da empresa, o mesmo dos filtros.
 */
#ifndef BALCAO_AUDIT_PAGE_H
#define BALCAO_AUDIT_PAGE_H

#include "auth/audit.h"
#include "http/route.h"

/* O que o formulário de filtros manda; vazio não filtra. */
struct audit_query {
    const char *from, *to;
    const char *person; /* número, ou "" */
    const char *action; /* ações ou começos, separados por vírgula */
    const char *q;
    const char *cursor;
};

/* O filtro que os campos dizem. Erros: ERR_INVALID, com o campo anotado. */
enum err audit_query_filter(struct req *r, const struct audit_query *q,
                            struct audit_filter *f);

/* Desenha a página; um filtro ruim aparece nela mesma, com 422. */
enum err audit_page(struct req *r, const struct audit_query *q);

#endif
