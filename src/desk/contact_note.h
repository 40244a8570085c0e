/*
 * contact_note.h - o que a equipe anota sobre um contato, fora de qualquer
 * conversa. A anotação no meio de um atendimento é de note.h.
 */
#ifndef BALCAO_CONTACT_NOTE_H
#define BALCAO_CONTACT_NOTE_H

#include "base/ctx.h"
#include "base/field.h"
#include "gen/q_contact_note.h"

#define CONTACT_NOTE_MAX 4096

/* Como uma anotação sai na API. */
extern const struct field contact_note_out[];

/*
 * As anotações, as novas antes.
 *   before  só as de número menor; INT64_MAX: do começo
 * Erros: ERR_NOT_FOUND (contato).
 */
enum err
contact_note_list(struct ctx *c, const struct q_contact_note_list_in *in,
                  struct q_contact_note_row **rows, int *count);

/*
 * Anota, e avisa contact:updated.
 *   body  1..4096 caracteres, não só espaços
 * Erros: ERR_NOT_FOUND (contato); ERR_INVALID (body).
 */
enum err contact_note_add(struct ctx *c, int64_t contact_id, const char *body,
                          struct q_contact_note_row *out);

/*
 * Apaga a própria; a dos outros, só com contacts.manage.
 * Erros: ERR_NOT_FOUND; ERR_FORBIDDEN.
 */
enum err contact_note_drop(struct ctx *c, int64_t contact_id, int64_t id);

#endif
