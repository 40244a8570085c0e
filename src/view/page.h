/*
 * page.h - páginas: modelos Mustache em modo página, lidos de um diretório e
 * guardados compilados enquanto o processo vive. O parcial {{>layout/head}} é
 * o arquivo layout/head.mustache do mesmo diretório.
 */
#ifndef BALCAO_PAGE_H
#define BALCAO_PAGE_H

#include <stdbool.h>

#include <json-c/json.h>

#include "base/arena.h"
#include "base/str.h"
#include "view/mustache.h"

/*
 * Diz onde estão os modelos e esquece os já compilados.
 *   dir  diretório de NOME.mustache; copiado
 */
void page_init(const char *dir);

/*
 * Liga a releitura de arquivos que mudaram, para quem desenvolve: um stat por
 * modelo usado. Desligada, um modelo é lido uma vez por processo.
 */
void page_watch(bool on);

/*
 * Pede aviso de cada nome que um modelo usa e o contexto não tem; os testes
 * falham nele. NULL desliga.
 */
void page_on_missing(void (*report)(void *user, const char *file, unsigned line,
                                    const char *name),
                     void *user);

/*
 * Renderiza o modelo na língua em uso (i18n_set).
 *   a      onde `out` cresce, se ele chega zerado (struct str out = { 0 })
 *   name   ex. "inbox/list"; só letras, dígitos, _ - e /
 *   model  contexto raiz; continua de quem chamou
 *   out    [saída] acrescenta; não muda quando o resultado é falso
 * Devolve falso se o modelo faltar, tiver erro ou passar dos limites;
 * page_error() diz o quê.
 */
bool page_render(struct arena *a, const char *name, struct json_object *model,
                 struct str *out);

/* "arquivo:linha: mensagem" do último page_render ou page_each_use falso. */
const char *page_error(void);

/*
 * Lista tudo que a página usa, seguindo os parciais (cada um, uma vez).
 * Falso, com page_error(), se um deles faltar ou tiver erro.
 */
bool page_each_use(const char *name,
                   void (*visit)(void *user, const struct mustache_use *use),
                   void *user);

/* Devolve toda a memória; page_init pode ser chamada de novo. */
void page_close(void);

#endif
