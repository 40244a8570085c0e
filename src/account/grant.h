/*
 * grant.h - o que se dá a alguém numa empresa: papel, visibilidade, filas. A
 * regra é uma: ninguém dá o que não tem, nem mexe em quem pode mais.
 */
#ifndef BALCAO_GRANT_H
#define BALCAO_GRANT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"

struct grant {
    const char *role;       /* da casa: admin supervisor operator; ou NULL */
    int64_t role_id;        /* papel próprio da empresa, que vence; 0: não */
    const char *visibility; /* all queues own; NULL: o padrão da empresa */
    const char *queue_ids;  /* vetor do PostgreSQL, "{1,2}"; NULL: nenhuma */
};

/*
 * Completa e confere o papel: o próprio vira operator com as permissões dele;
 * administração e supervisão veem tudo. Visibilidade e filas se conferem ao
 * gravar (grant_refused).
 * Erros: ERR_INVALID (falta o papel, ou o próprio não é desta empresa);
 *        ERR_FORBIDDEN com o campo, se ele pode mais que quem dá.
 */
enum err grant_check(struct ctx *c, struct grant *g);

/*
 * O problema que o banco achou ao gravar, como erro: role, queue, visibility,
 * queue_beyond, full, erased, last_admin. OK se o texto não é nenhum deles.
 */
enum err grant_refused(struct ctx *c, const char *outcome);

/*
 * O que alguém pode: as permissões do papel próprio, se tem, ou do da casa.
 *   permissions  códigos do papel próprio, ou NULL
 */
uint64_t grant_mask(const char *role, const char *permissions, bool is_super);

/* Erros: ERR_FORBIDDEN se a máscara tem o que a pessoa do contexto não tem. */
enum err grant_covers(struct ctx *c, uint64_t mask);

#endif
