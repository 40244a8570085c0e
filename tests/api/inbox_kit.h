/* inbox_kit.h - o navegador de quem atende, para os testes das páginas. */
#ifndef BALCAO_TEST_INBOX_KIT_H
#define BALCAO_TEST_INBOX_KIT_H

#include <stdint.h>

#include "browser_kit.h"

/* A página inteira, e o pedaço que o htmx pediria. */
struct answer *inbox_page(struct browser b, const char *path);
struct answer *inbox_part(struct browser b, const char *path);

/*
 * Manda o formulário.
 *   header  um cabeçalho a mais, ex. PART; ou NULL
 */
struct answer *inbox_submit(struct browser b, const char *path,
                            const char *fields, const char *header);

/* "/inbox/ID" e o resto. */
const char *path_of(int64_t ticket, const char *rest);

#endif
