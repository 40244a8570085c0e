/*
 * contact_duplicates.h - contatos que parecem a mesma pessoa: os parecidos com
 * um, na hora, e os pares de toda a agenda, que um trabalho procura aos
 * pedaços. Juntar dois é com contact_merging.h. Não conhece HTTP.
 */
#ifndef BALCAO_CONTACT_DUPLICATES_H
#define BALCAO_CONTACT_DUPLICATES_H

#include "base/ctx.h"
#include "base/field.h"
#include "gen/q_contact_merge.h"
#include "jobs/worker.h"

/* Como um par e a procura saem na API. */
extern const struct field contact_pair_out[];
extern const struct field contact_scan_out[];

/* Os parecidos com um contato. Erros: ERR_NOT_FOUND. */
enum err contact_duplicates_of(struct ctx *c, int64_t id,
                               struct q_contact_pair_row **rows, int *count);

/* Diz que um par não é a mesma pessoa: não volta. Erros: ERR_NOT_FOUND. */
enum err contact_duplicates_dismiss(struct ctx *c, int64_t id);

/*
 * Começa a procura na agenda inteira, que avisa job:progress a quem a pediu.
 * Erros: ERR_CONFLICT (já anda uma).
 */
enum err contact_scan_start(struct ctx *c, struct q_contact_scan_row *out);

/* Por que dois parecem um, traduzido: "phone,name" vira "telefone, nome". */
const char *contact_duplicates_reasons(struct arena *a, const char *reasons);

/* O trabalho da procura: "contact.duplicates". */
extern const struct job_kind contact_scan_kind;

#endif
