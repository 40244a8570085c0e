/*
 * macro.h - macros: várias ações num clique, da empresa ou de uma pessoa. Um
 * passo é uma ação e o valor dela; o JSON deles é o mesmo na API e no banco.
 * Não conhece HTTP.
 */
#ifndef BALCAO_MACRO_H
#define BALCAO_MACRO_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/field.h"
#include "gen/q_macro.h"
#include "gen/q_ticket.h"

enum {
    MACRO_NAME_MAX = 60,
    MACRO_STEPS_MAX = 10,
    MACRO_POSITION_MAX = 10000,
    MACROS_MAX = 200 /* de todos; e as de cada pessoa */
};

/* De que espécie é o valor de um passo. */
enum macro_value { MACRO_TEXT, MACRO_ID, MACRO_IDS, MACRO_WORD };

/* Uma ação que um passo pode ser. */
struct macro_action {
    const char *name;   /* "send" */
    const char *member; /* onde o valor vai no JSON: "body" */
    enum macro_value value;
    bool required;     /* falso: o valor pode faltar */
    int64_t max;       /* de MACRO_TEXT, em caracteres */
    const char *words; /* de MACRO_WORD: "a b c" */
    const char *label; /* msgid do nome que a pessoa lê */
};

/* Todas, até a de name NULL, na ordem da tela. */
extern const struct macro_action macro_actions[];

/* A ação pelo nome, ou NULL. */
const struct macro_action *macro_action(const char *name);

struct macro_step {
    const struct macro_action *action;
    const char *text; /* MACRO_TEXT, MACRO_WORD, ou "{1,2}" de MACRO_IDS */
    int64_t id;       /* MACRO_ID; 0: não se disse */
};

/* O esquema dos passos que se mandam pela API. */
#define MACRO_STEPS_SCHEMA \
    "{\"type\":\"array\",\"minItems\":1,\"maxItems\":10,\"items\":{" \
    "\"type\":\"object\",\"required\":[\"action\"],\"properties\":{" \
    "\"action\":{\"type\":\"string\",\"enum\":[\"send\",\"reply\"," \
    "\"note\",\"tag\",\"untag\",\"assign\",\"queue\",\"priority\"," \
    "\"snooze\",\"close\"]}," \
    "\"body\":{\"type\":\"string\"},\"replyId\":{\"type\":\"integer\"}," \
    "\"tagIds\":{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}," \
    "\"userId\":{\"type\":[\"integer\",\"null\"]}," \
    "\"queueId\":{\"type\":\"integer\"}," \
    "\"priority\":{\"type\":\"string\",\"enum\":[\"low\",\"normal\"," \
    "\"high\",\"urgent\"]}," \
    "\"until\":{\"type\":\"string\",\"enum\":[\"hour\",\"hours\"," \
    "\"tomorrow\",\"week\"]},\"reason\":{\"type\":\"string\"}}}}"

/* Como uma macro sai: API e páginas. */
extern const struct field macro_out[];

/* O que muda; NULL ou has_ falso: fica como está. */
struct macro_change {
    int64_t version; /* a que a tela mostrou; 0: não conferir */
    const char *name;
    const char *steps; /* JSON */
    int64_t position;
    bool shared, has_shared, has_position;
};

/*
 * Lê os passos de um JSON e confere a forma de cada um; o que eles citam é com
 * macro_check.
 *   steps  [saída] até MACRO_STEPS_MAX
 * Erros: ERR_INVALID, com steps ou steps.0.body …
 */
enum err
macro_read(struct ctx *c, const char *json,
           struct macro_step steps[static MACRO_STEPS_MAX], int *count);

/*
 * Confere o que os passos citam: etiquetas, filas, pessoas, respostas. Uma
 * macro de todos só usa respostas de todos.
 * Erros: ERR_INVALID com o campo; ERR_FORBIDDEN (dar a outra pessoa pede
 *        tickets.manage).
 */
enum err macro_check(struct ctx *c, const struct macro_step *steps, int count,
                     bool shared);

/* Os passos como o banco os guarda. */
const char *
macro_write(struct ctx *c, const struct macro_step *steps, int count);

/*
 * Cria; só de quem pede, ou de todos (pede replies.shared). Sem position, a
 * última.
 * Erros: os de macro_read e macro_check; ERR_FORBIDDEN; ERR_CONFLICT (nome
 *        repetido, com o campo); ERR_LIMIT_REACHED.
 */
enum err macro_create(struct ctx *c, const struct macro_change *new,
                      struct q_macro_row *out);

/*
 * Muda. A de outra pessoa não existe para quem pede.
 * Erros: os de macro_create; ERR_NOT_FOUND; ERR_CONFLICT (versão).
 */
enum err macro_change(struct ctx *c, int64_t id, const struct macro_change *to,
                      struct q_macro_row *out);

/* Troca de lugar com a vizinha. Erros: ERR_NOT_FOUND; ERR_FORBIDDEN. */
enum err macro_move(struct ctx *c, int64_t id, bool up);

/* Apaga. Erros: ERR_NOT_FOUND; ERR_FORBIDDEN. */
enum err macro_delete(struct ctx *c, int64_t id);

/*
 * Faz todos os passos no atendimento, em ordem, com o que a pessoa do contexto
 * pode; o que já está como o passo pede fica como está. Se um se recusa, o
 * erro diz qual, e quem chama desfaz a transação: nada fica pela metade.
 *   out  [saída] o atendimento, mesmo que a pessoa já não o veja
 * Erros: ERR_NOT_FOUND (atendimento ou macro que não se vê); os dos passos, com
 *        o passo no detalhe; o passo que já não vê o atendimento é
 *        ERR_CONFLICT.
 */
enum err macro_run(struct ctx *c, int64_t ticket_id, int64_t macro_id,
                   struct q_ticket_row *out);

#endif
