/* page_model.h - o que toda página recebe: título, língua, pessoa, csrf. */
#ifndef BALCAO_PAGE_MODEL_H
#define BALCAO_PAGE_MODEL_H

#include "http/route.h"

struct json_object;

/*
 * Modelo com as chaves comuns (title, lang, csrf, user, path, assets, demo);
 * a página acrescenta as suas.
 * Memória: devolvido no fim da arena da requisição.
 */
struct json_object *page_model(struct req *r, const char *title);

/*
 * Desenha o modelo e responde com ele.
 * Erros: ERR_INTERNAL se o modelo não se desenha (vai para o log).
 */
enum err page_reply(struct req *r, int status, const char *template_name,
                    struct json_object *model);

/* Responde um problema como página (layout/problem). */
void page_problem(struct req *r, enum err e);

#endif
