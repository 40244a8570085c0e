/*
 * settings_page.h - a moldura das páginas de /account e /admin: menu do que a
 * pessoa pode ver (settings_pages.def), título, caminho de volta, avisos. O
 * padrão dos formulários está em templates/layout/settings_head.mustache.
 */
#ifndef BALCAO_SETTINGS_PAGE_H
#define BALCAO_SETTINGS_PAGE_H

#include "http/route.h"

struct json_object;

/*
 * Modelo de página (page_model) com o que a moldura espera em `settings`.
 *   path   item do menu em que se está, ex. "/admin/users"
 *   title  título da página, já traduzido
 *   lead   uma frase embaixo dele, já traduzida; NULL: nenhuma
 * Também acerta o fuso das datas (base/when.h) para o da empresa.
 * Memória: devolvido no fim da arena da requisição.
 */
struct json_object *settings_model(struct req *r, const char *path,
                                   const char *title, const char *lead);

/* A página está dentro de outra: ela aparece como volta, acima do título. */
void
settings_parent(struct json_object *m, const char *path, const char *title);

/*
 * Completa a página que confirma um apagar, dentro da de `base`/`id`: o nome
 * da coisa, `back` (voltar a ela) e `target` (o POST em …/delete).
 */
void settings_confirm(struct req *r, struct json_object *m, const char *base,
                      int64_t id, const char *name);

/* O botão ao lado do título; `icon` ("plus") tem de estar em algum modelo. */
void settings_action(struct json_object *m, const char *path, const char *icon,
                     const char *label);

/*
 * Põe `pager` {first, next}: links por chave, cada um ou null.
 *   path   endereço da lista, com os filtros, sem cursor
 *   here   cursor desta página, ou NULL na primeira
 *   next   cursor da próxima, ou NULL no fim
 */
void settings_pager(struct req *r, struct json_object *m, const char *path,
                    const char *here, const char *next);

/* Uma opção de seleção ou de caixas. */
struct settings_option {
    const char *name; /* do campo: o digitado vence o gravado (form_marked) */
    const char *value, *label;
    bool saved; /* é a gravada */
};

/* Acrescenta {value, label, marked} a `list`. */
void settings_option_add(struct req *r, struct json_object *list,
                         const struct settings_option *option);

/* O mesmo: settings_option(r, list, nome, valor, texto, gravada). */
#define settings_option(r, list, ...) \
    settings_option_add((r), (list), &(struct settings_option){ __VA_ARGS__ })

struct settings_choice {
    const char *value, *label; /* label: msgid */
};

/*
 * As opções de um campo com um valor só, na língua em uso.
 *   saved  o gravado
 *   all    a última tem value NULL
 * Memória: a lista é de quem chama.
 */
struct json_object *
settings_choices(struct req *r, const char *name, const char *saved,
                 const struct settings_choice *all);

/* Verdadeiro se quem pede pode. */
bool settings_may(const struct req *r, enum permission p);

/* Onde a engrenagem leva: "/admin" se a pessoa vê algo lá, ou "/account". */
const char *settings_start(const struct req *r);

#endif
