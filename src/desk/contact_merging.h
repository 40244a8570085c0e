/*
 * contact_merging.h - fundir dois contatos num só, à mão: ver antes o que fica
 * e o que se move, fundir, desfazer dentro do prazo. Não conhece HTTP.
 */
#ifndef BALCAO_CONTACT_MERGING_H
#define BALCAO_CONTACT_MERGING_H

#include "base/ctx.h"
#include "base/field.h"
#include "gen/q_contact_book.h"
#include "gen/q_contact_merge.h"

/* O que a fusão faria. */
struct contact_merge_preview {
    int64_t id, other_id, version, other_version;
    const char *fields; /* JSON [{field, label, value, other, differs}] */
    int64_t tickets, notes, addresses, tags, lists;
    bool has_open_id;
    int64_t open_id;
    struct q_contact_row mine, other; /* como são; não saem na API */
};

/* Como a prévia e uma fusão saem na API. */
extern const struct field contact_merge_preview_out[];
extern const struct field contact_merge_out[];

/*
 * O que fica e o que se move, se `other` se fundir em `id`; nada muda.
 * Erros: ERR_NOT_FOUND; ERR_INVALID em otherId (o mesmo, ou não há);
 *        ERR_CONFLICT (um dos dois já se fundiu).
 */
enum err contact_merge_preview(struct ctx *c, int64_t id, int64_t other_id,
                               struct contact_merge_preview *out);

/* O pedido. */
struct contact_merge_plan {
    int64_t id, other_id;
    int64_t version, other_version; /* as que a tela mostrou; 0: não conferir */
    const char *take; /* vetor do PostgreSQL: campos que vêm do outro */
};

/*
 * Funde `other` em `id`; na auditoria, e avisa contact:updated dos dois e
 * ticket:updated dos atendimentos abertos que mudaram.
 * Erros: os da prévia; ERR_CONFLICT (versão, ou os dois com atendimento aberto
 *        no mesmo canal).
 */
enum err
contact_merge_make(struct ctx *c, const struct contact_merge_plan *plan,
                   struct q_contact_merge_row *out);

/*
 * Desfaz.
 * Erros: ERR_NOT_FOUND; ERR_CONFLICT (já desfeita, fora do prazo, há fusão
 *        mais nova, ou o documento já é de outro).
 */
enum err contact_merge_unmake(struct ctx *c, int64_t id,
                              struct q_contact_merge_row *out);

/* As fusões de um contato, as novas antes. Erros: ERR_NOT_FOUND. */
enum err contact_merge_list(struct ctx *c, int64_t contact_id,
                            struct q_contact_merge_row **rows, int *count);

#endif
