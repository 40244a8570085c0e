/* letter.h - assunto, texto e HTML de um e-mail, na língua em uso. */
#ifndef BALCAO_LETTER_H
#define BALCAO_LETTER_H

#include <json-c/json.h>

#include "base/arena.h"
#include "base/str.h"

struct letter {
    const char *subject;
    struct slice text, html;
};

/*
 * Escreve o modelo mail/NAME nas três formas. Exige page_init e i18n_set.
 *   model  ganha brand, site e a parte pedida; NULL é um objeto vazio
 * Devolve NULL se deu certo, senão o motivo, para o log.
 */
const char *letter_write(struct arena *a, const char *name,
                         struct json_object *model, struct letter *out);

#endif
