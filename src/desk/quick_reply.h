/*
 * quick_reply.h - respostas rápidas: textos prontos, da empresa ou de uma
 * pessoa, com variáveis que se preenchem no atendimento. Não conhece HTTP.
 */
#ifndef BALCAO_QUICK_REPLY_H
#define BALCAO_QUICK_REPLY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/field.h"
#include "gen/q_quick_reply.h"

enum {
    QUICK_REPLY_SHORTCUT_MAX = 32,
    QUICK_REPLY_BODY_MAX = 4000,
    QUICK_REPLIES_MAX = 500 /* de todos; e as de cada pessoa */
};

/* Como uma resposta rápida sai: API e páginas. */
extern const struct field quick_reply_out[];

/* Os nomes das variáveis, até o NULL. */
extern const char *const quick_reply_variables[];

/* O que muda; NULL ou has_ falso: fica como está. */
struct quick_reply_change {
    int64_t version; /* a que a tela mostrou; 0: não conferir */
    const char *shortcut, *body;
    bool shared, has_shared;
};

/*
 * Cria; só de quem pede, ou de todos (pede replies.shared).
 * Erros: ERR_INVALID (atalho, texto em branco, variável que não há);
 *        ERR_FORBIDDEN; ERR_CONFLICT (atalho repetido, com o campo);
 *        ERR_LIMIT_REACHED.
 */
enum err quick_reply_create(struct ctx *c, const struct quick_reply_change *new,
                            struct q_quick_reply_row *out);

/*
 * Muda. A de outra pessoa não existe para quem pede.
 * Erros: os de quick_reply_create; ERR_NOT_FOUND; ERR_CONFLICT (versão).
 */
enum err quick_reply_change(struct ctx *c, int64_t id,
                            const struct quick_reply_change *to,
                            struct q_quick_reply_row *out);

/* Apaga. Erros: ERR_NOT_FOUND; ERR_FORBIDDEN. */
enum err quick_reply_delete(struct ctx *c, int64_t id);

/*
 * Põe um arquivo na resposta, no lugar do que houver; conferido como o que vai
 * ao cliente.
 * Erros: ERR_NOT_FOUND; ERR_FORBIDDEN; os de file_upload.
 */
enum err quick_reply_attach(struct ctx *c, int64_t id, struct slice data,
                            const char *name, struct q_quick_reply_row *out);

/* Tira o arquivo da resposta. Erros: ERR_NOT_FOUND; ERR_FORBIDDEN. */
enum err quick_reply_detach(struct ctx *c, int64_t id);

/*
 * Uma cópia do arquivo da resposta, de quem pede, para uma mensagem.
 * Erros: ERR_INVALID em quickReplyId (não há, ou não leva arquivo);
 *        ERR_LIMIT_REACHED.
 */
enum err quick_reply_take_file(struct ctx *c, int64_t id, int64_t *file_id);

/*
 * O que as variáveis valem neste atendimento (0: um exemplo).
 * Erros: ERR_NOT_FOUND se a pessoa não o vê.
 */
enum err quick_reply_values(struct ctx *c, int64_t ticket_id,
                            struct q_quick_reply_values_row *out);

/* A primeira variável do texto que não se conhece, ou NULL. */
const char *quick_reply_unknown(struct ctx *c, const char *body);

/* O texto com as variáveis preenchidas; a que não se conhece fica escrita. */
const char *quick_reply_fill(struct ctx *c, const char *body,
                             const struct q_quick_reply_values_row *values);

#endif
