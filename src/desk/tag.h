/*
 * tag.h - etiquetas da empresa: criar, mudar, apagar. Pô-las num atendimento é
 * com ticket_change.h e ticket_bulk.h; num contato, com contact_book.h.
 */
#ifndef BALCAO_TAG_H
#define BALCAO_TAG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/field.h"
#include "gen/q_tag.h"

enum { TAG_NAME_MAX = 40, TAG_POSITION_MAX = 10000 };

/* Como uma etiqueta sai: API e páginas. */
extern const struct field tag_out[];

/* O que muda; NULL ou has_ falso: fica como está (na criação, o padrão). */
struct tag_change {
    int64_t version; /* a que a tela mostrou; 0: não conferir */
    const char *name, *color;
    int64_t position;
    bool board, has_position, has_board;
};

/*
 * Cria; `name` é obrigatório.
 * Erros: ERR_INVALID (nome em branco, cor); ERR_CONFLICT (nome repetido, com
 *        o campo); ERR_LIMIT_REACHED.
 */
enum err
tag_create(struct ctx *c, const struct tag_change *new, struct q_tag_row *out);

/* Muda. Erros: os de tag_create; ERR_NOT_FOUND; ERR_CONFLICT (versão). */
enum err tag_change(struct ctx *c, int64_t id, const struct tag_change *to,
                    struct q_tag_row *out);

/* Apaga, e some de onde estiver. Erros: ERR_NOT_FOUND. */
enum err tag_delete(struct ctx *c, int64_t id);

#endif
