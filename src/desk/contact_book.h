/*
 * contact_book.h - a agenda: criar, mudar, apagar e bloquear um contato à mão.
 * O que as mensagens ensinam sobre ele é com contact.h.
 */
#ifndef BALCAO_CONTACT_BOOK_H
#define BALCAO_CONTACT_BOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/field.h"
#include "gen/q_contact_book.h"

enum { CONTACT_ADDRESSES_MAX = 10 };

/* Como um contato sai na API. */
extern const struct field contact_book_out[];

/* O que se diz de um contato; NULL: fica (na criação: vazio). */
struct contact_change {
    int64_t version; /* a que a tela mostrou; 0: não conferir */
    const char *name;
    const char *phone, *email, *document; /* "": tira */
    const char *phones, *emails; /* vetores JSON: todos; NULL: os que há */
    const char *custom;          /* objeto JSON, o que muda */
    const char *tag_ids;         /* vetor do PostgreSQL, todas; NULL: ficam */
};

/*
 * Cria, e avisa contact:created.
 * Erros: ERR_INVALID com os campos; ERR_CONFLICT com o campo phone, email ou
 *        document, dizendo o número de quem já o tem.
 */
enum err contact_book_create(struct ctx *c, const struct contact_change *new,
                             struct q_contact_row *out);

/* Muda, e avisa contact:updated. Erros: os mesmos; ERR_NOT_FOUND;
 * ERR_CONFLICT (versão). */
enum err
contact_book_change(struct ctx *c, int64_t id, const struct contact_change *to,
                    struct q_contact_row *out);

/*
 * Tira da lista; os atendimentos e as mensagens ficam, e um atendimento novo o
 * traz de volta. Erros: ERR_NOT_FOUND; ERR_CONFLICT (atendimento aberto).
 */
enum err contact_book_remove(struct ctx *c, int64_t id);

/* Bloqueia ou desbloqueia, na auditoria. Erros: ERR_NOT_FOUND. */
enum err contact_book_block(struct ctx *c, int64_t id, bool blocked,
                            struct q_contact_row *out);

/* Avisa contact:created ou contact:updated a quem vê a agenda. */
enum err contact_book_tell(struct ctx *c, const char *type,
                           const struct q_contact_row *k);

#endif
