/*
 * template.h - modelos de mensagem da Meta, sem rede e sem banco: o que um
 * modelo pede, o texto que o cliente vê e o pedido que se manda.
 * Fonte: WhatsApp Cloud API, Message Templates (components, parameters).
 */
#ifndef BALCAO_TEMPLATE_H
#define BALCAO_TEMPLATE_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/ctx.h"
#include "base/str.h"

enum {
    TEMPLATE_SLOTS_MAX = 40,
    TEMPLATE_BUTTONS_MAX = 10,
    TEMPLATE_HEADER_MAX = 60,
    TEMPLATE_BODY_MAX = 1024,
    TEMPLATE_VALUE_MAX = 1024,
    TEMPLATE_URL_MAX = 2000
};

/* Uma variável que a pessoa preenche. */
struct template_slot {
    const char *part;    /* header, body ou button */
    int button;          /* qual, a partir de 0; só em button */
    const char *key;     /* "1", ou o nome que o modelo lhe deu */
    const char *example; /* do cadastro na Meta, ou NULL */
};

struct template_button {
    const char *text, *url; /* url: NULL se não é um endereço */
};

/* Um modelo lido; textos com {{variáveis}}, NULL se não há. */
struct template_form {
    const char *header, *body, *footer;
    struct template_button buttons[TEMPLATE_BUTTONS_MAX];
    int button_count;
    struct template_slot slots[TEMPLATE_SLOTS_MAX]; /* na ordem da Meta */
    int slot_count;
    const char *blocked; /* o que não se manda daqui: media, location, buttons,
                          * carousel, offer, authentication, unknown; ou NULL */
};

/* Lê a lista `components` de um modelo da categoria; nunca falha. */
void template_read(struct arena *a, struct json_object *components,
                   const char *category, struct template_form *out);

/*
 * A próxima {{variável}} do texto.
 *   key, n  [saída] a chave, sem os espaços em volta
 *   after   [saída] onde o texto continua
 * Devolve onde ela abre, ou NULL se não há mais.
 */
const char *template_next_key(const char *p, const char **key, size_t *n,
                              const char **after);

/* A variável desta parte com esta chave, ou -1. */
int template_slot_find(const struct template_form *f, const char *part,
                       int button, const char *key, size_t n);

/* As variáveis como a API as mostra: [{part, key, button, example}]. */
const char *template_variables(struct arena *a, const struct template_form *f);

/*
 * Confere os valores: um por variável, na ordem delas.
 * Erros: ERR_INVALID, com cada campo ruim como "FIELD" (count) ou "FIELD.N"
 *        (required, format, max).
 */
enum err
template_check(struct ctx *c, const struct template_form *f, const char *field,
               const char *const *values, int count);

/*
 * O texto que o cliente vê: cabeçalho em negrito, corpo e rodapé.
 *   values  já conferidos
 */
const char *template_text(struct arena *a, const struct template_form *f,
                          const char *const *values);

/* O objeto `template` de POST …/messages. */
const char *template_request(struct arena *a, const struct template_form *f,
                             const char *name, const char *language,
                             const char *const *values);

#endif
