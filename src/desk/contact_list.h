/*
 * contact_list.h - listas de contatos: nomes dados a grupos, o público de uma
 * campanha. A lista guarda contatos, não o filtro: quem entra fica até sair.
 */
#ifndef BALCAO_CONTACT_LIST_H
#define BALCAO_CONTACT_LIST_H

#include "base/ctx.h"
#include "base/field.h"
#include "gen/q_contact_list.h"

/* Como uma lista sai na API. */
extern const struct field contact_list_out[];

/* Que contatos entram ou saem: os que satisfazem tudo o que se disse. */
struct contact_pick {
    const char *contact_ids, *tag_ids; /* '{1,2}'; NULL: não importa */
    const char *search; /* parte de nome, telefone …; ou NULL */
    bool everyone;      /* todos; só, sem o resto */
};

/*
 * Cria. Erros: ERR_INVALID (nome em branco), ERR_CONFLICT (nome que já há).
 *   out  [saída] a lista
 */
enum err
contact_list_create(struct ctx *c, const char *name, const char *description,
                    struct q_contact_list_row *out);

/*
 * Muda nome e descrição; NULL fica como está.
 *   version  a que a tela mostrou
 * Erros: ERR_NOT_FOUND, ERR_INVALID, ERR_CONFLICT (versão, ou nome que já há).
 */
enum err
contact_list_change(struct ctx *c, const struct q_contact_list_set_in *in,
                    int64_t version, struct q_contact_list_row *out);

/* Apaga a lista; os contatos ficam. Erros: ERR_NOT_FOUND. */
enum err contact_list_remove(struct ctx *c, int64_t id);

/*
 * Põe na lista, ou tira dela, os contatos escolhidos.
 *   changed  [saída] quantos entraram ou saíram de fato
 * Erros: ERR_NOT_FOUND; ERR_INVALID (nada escolhido, `everyone` com mais algo,
 *        contato ou etiqueta que não é da empresa).
 */
enum err contact_list_put(struct ctx *c, int64_t id,
                          const struct contact_pick *pick, int64_t *changed);
enum err contact_list_take(struct ctx *c, int64_t id,
                           const struct contact_pick *pick, int64_t *changed);

/* Tira um contato. Erros: ERR_NOT_FOUND (lista que não há, ou não está nela).
 */
enum err contact_list_drop(struct ctx *c, int64_t id, int64_t contact_id);

#endif
