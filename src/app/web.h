/*
 * web.h - a moldura das páginas HTML: o modelo que toda página recebe, a
 * resposta e a página de problema. Não conhece nenhuma página em particular.
 */
#ifndef BALCAO_WEB_H
#define BALCAO_WEB_H

#include <stdbool.h>

#include <json-c/json.h>

#include "http/route.h"

/*
 * Modelo com o que templates/layout usa: lang, theme, assets, csrf, user,
 * company, path e title. A página acrescenta o seu.
 *   title  já traduzido; aparece antes de "Balcão"
 * Memória: vale até o fim da requisição; não dar json_object_put.
 */
struct json_object *web_model(struct req *r, const char *title);

/*
 * Responde a página (ou pedaço dela) `name` com o modelo.
 *   status  código HTTP, ex. 200 ou 422
 * Erros:    ERR_INTERNAL se o modelo de página tiver erro (vai para o log).
 */
enum err web_page(struct req *r, int status, const char *name,
                  struct json_object *model);

/*
 * Responde o problema como página; sem sessão, leva a /login e de volta.
 * Para rotas com .html; usa r->ctx.detail e r->ctx.request_id.
 */
void web_problem(struct req *r, enum err e);

/* Verdadeiro se quem pede é o htmx e quer só um pedaço da página. */
bool web_is_fragment(struct req *r);

/*
 * Depois de um formulário: 303 para `path`; para o htmx, o cabeçalho que o
 * faz ir até lá.
 */
enum err web_go(struct req *r, const char *path);

/* Atalhos para montar o modelo; texto NULL vira null. */
void model_text(struct json_object *m, const char *key, const char *text);
void model_int(struct json_object *m, const char *key, int64_t value);
void model_bool(struct json_object *m, const char *key, bool value);

/* Iniciais de um nome para o avatar, até duas letras, maiúsculas. */
const char *web_initials(struct arena *a, const char *name);

#endif
