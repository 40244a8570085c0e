/*
 * contact.h - uma pessoa e as identidades por que ela escreve. Muitas
 * identidades, um contato: telefone (com e sem o nono dígito), BSUID, LID.
 */
#ifndef BALCAO_CONTACT_H
#define BALCAO_CONTACT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/field.h"

#define CONTACT_IDS 4

/* Uma identidade como o provedor a mandou; kind: phone, bsuid, lid, email. */
struct contact_identity {
    const char *kind;
    const char *value;
};

/* O que uma mensagem diz de quem a escreveu. */
struct contact_seen {
    struct contact_identity ids[CONTACT_IDS];
    int id_count;
    const char *name; /* nome do perfil; NULL se não veio */
};

struct contact {
    int64_t id;
    const char *name;
    const char *phone; /* E.164, ou NULL */
};

/* Como um contato sai nos avisos ao vivo. */
extern const struct field contact_out[];

/* A chave por que duas formas de uma identidade são a mesma. */
const char *
contact_match_key(struct arena *a, const struct contact_identity *id);

/* Cria o contato com as identidades dadas e avisa contact:created. */
enum err contact_create(struct ctx *c, const struct contact_seen *seen,
                        struct contact *out);

/*
 * Aprende o que a mensagem traz de novo sobre um contato achado por alguma
 * das identidades: as que faltam, a forma em que cada uma veio por último, o
 * telefone mostrado. O nome do perfil só entra onde ainda não há nome (vazio,
 * ou só um número): o que alguém da equipe escreveu vale mais, e o próprio
 * perfil não muda de novo o que já entrou. Avisa contact:updated se mudou.
 *   known      quantas identidades já estão na forma em que vieram
 *   ticket_id  sala a avisar além da empresa; 0: nenhuma
 *   k          [entrada e saída]
 */
enum err contact_learn(struct ctx *c, const struct contact_seen *seen,
                       int known, int64_t ticket_id, struct contact *k);

/*
 * Soube-se que dois contatos são uma pessoa: identidades e tickets passam
 * para winner, e loser some se ficou vazio. Um ticket aberto que colidiria
 * com o de winner no mesmo canal continua em loser até ser encerrado.
 */
enum err contact_merge(struct ctx *c, int64_t winner, int64_t loser);

#endif
