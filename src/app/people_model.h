/*
 * people_model.h - os modelos das páginas de pessoas e convites: linhas,
 * opções de papel, visibilidade e fila. Não decide nada: só mostra.
 */
#ifndef BALCAO_PEOPLE_MODEL_H
#define BALCAO_PEOPLE_MODEL_H

#include "account/invitation.h"
#include "account/user.h"
#include "http/route.h"

struct json_object;

/*
 * Uma pessoa, como as páginas a mostram.
 *   into  objeto que recebe as chaves
 */
void people_put(struct req *r, struct json_object *into,
                const struct q_member_row *u);

/* Um convite, idem. */
void people_put_invitation(struct req *r, struct json_object *into,
                           const struct q_invitation_row *i);

/*
 * As opções do formulário em people/grant: `roles` (os que quem edita pode
 * dar), `visibilities`, `queues`, e o erro do papel em `roleError`.
 *   saved  quem se edita, ou NULL
 */
enum err people_add_grant(struct req *r, struct json_object *m,
                          const struct q_member_row *saved);

/*
 * Lê o papel escolhido na página: um da casa, ou o número de um próprio.
 * Erros: ERR_INVALID, no campo role.
 */
enum err people_read_role(struct req *r, const char *text, struct grant *out);

/*
 * Opções de um filtro: "valor texto" de uma lista fixa.
 *   now  o escolhido
 */
struct people_option {
    const char *value, *label; /* label: msgid */
};
struct json_object *
people_options(const struct people_option *options, const char *now);

/* `queues` do filtro da lista. */
enum err
people_add_queue_filter(struct req *r, struct json_object *m, int64_t now);

#endif
