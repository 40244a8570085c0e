/*
 * page_model.h - a moldura das páginas HTML: o modelo que toda página recebe
 * (templates/layout), a resposta e a página de problema. Não conhece nenhuma
 * página em particular.
 */
#ifndef BALCAO_PAGE_MODEL_H
#define BALCAO_PAGE_MODEL_H

#include "http/route.h"

struct json_object;

/*
 * Modelo com as chaves comuns: title, unread, lang, theme, assets, csrf,
 * user {id, name, initials, role, company, settings, isManager}, switcher
 * {list} (as empresas da pessoa, se mais de uma), path, rooms, demo, requestId;
 * a página acrescenta as suas.
 *   title  já traduzido; aparece antes de "Balcão"
 * Memória: devolvido no fim da arena da requisição.
 */
struct json_object *page_model(struct req *r, const char *title);

/*
 * Desenha o modelo (uma página, ou um pedaço dela) e responde com ele.
 * Erros: ERR_INTERNAL se o modelo não se desenha (vai para o log).
 */
enum err page_reply(struct req *r, int status, const char *template_name,
                    struct json_object *model);

/* Responde um problema como página (layout/problem), ou como um pedaço. */
void page_problem(struct req *r, enum err e);

/* Verdadeiro se quem pede é o htmx e quer só um pedaço da página. */
bool page_is_fragment(struct req *r);

/* Iniciais para o avatar: até duas letras maiúsculas, ou "#". */
const char *page_initials(struct arena *a, const char *name);

/* "BASE/ID" e o resto, na arena da requisição. */
const char *
page_path(struct req *r, const char *base, int64_t id, const char *rest);

/*
 * O endereço de um arquivo de /static pelo nome que build.mjs lhe deu ("css",
 * "icon192"); "" se não há. Da arena.
 */
const char *page_asset(struct arena *a, const char *name);

/* Atalhos para montar o modelo; texto NULL vira null. */
void model_text(struct json_object *m, const char *key, const char *text);
void model_int(struct json_object *m, const char *key, int64_t value);
void model_bool(struct json_object *m, const char *key, bool value);

#endif
