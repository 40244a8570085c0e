/*
 * role.h - os papéis que a empresa inventa. Ninguém põe num papel o que não
 * tem, nem muda um que pode mais. Os da casa estão em base/permission.h.
 */
#ifndef BALCAO_ROLE_H
#define BALCAO_ROLE_H

#include <stdint.h>

#include "base/ctx.h"
#include "gen/q_role.h"

enum { ROLE_NAME_MAX = 60, ROLE_DESCRIPTION_MAX = 300 };

struct role_change {
    int64_t version;                /* a que a tela mostrou; 0: não conferir */
    const char *name, *description; /* NULL: fica; na criação, vazia */
    const char *permissions;        /* vetor do PostgreSQL; NULL: ficam */
};

/*
 * Cria. `name` e `permissions` são obrigatórios.
 * Erros: ERR_INVALID; ERR_FORBIDDEN (permissão que quem cria não tem);
 *        ERR_CONFLICT (nome repetido, com o campo; papéis demais).
 */
enum err role_create(struct ctx *c, const struct role_change *new,
                     struct q_role_row *out);

/*
 * Muda, inteiro ou em parte; quem o tem passa a poder o novo, já.
 * Erros: os de role_create; ERR_NOT_FOUND; ERR_CONFLICT (versão).
 */
enum err role_change(struct ctx *c, int64_t id, const struct role_change *to,
                     struct q_role_row *out);

/* Apaga. Erros: ERR_NOT_FOUND, ERR_FORBIDDEN, ERR_CONFLICT (em uso). */
enum err role_delete(struct ctx *c, int64_t id);

#endif
