/*
 * note.h - a anotação interna: uma mensagem da equipe no meio da conversa, que
 * o cliente nunca recebe. Não mexe no atendimento: nem última mensagem, nem
 * prazos, nem não lidas.
 */
#ifndef BALCAO_NOTE_H
#define BALCAO_NOTE_H

#include "desk/message.h"

#define NOTE_MENTIONS_MAX 20

struct note_new {
    int64_t ticket_id;
    const char *body;     /* 1..4096 caracteres */
    const char *mentions; /* '{7,9}' ou NULL; o texto também cita: "@Nome" */
};

/*
 * Anota no atendimento, mesmo fechado, avisa a conversa e cada pessoa citada.
 * Erros: ERR_NOT_FOUND (ticket que não se vê), ERR_INVALID (texto vazio;
 *        pessoa que não é da empresa; citações demais).
 */
enum err
note_add(struct ctx *c, const struct note_new *in, struct q_message_row *out);

/*
 * Confere o texto e diz quem ele cita.
 *   asked     '{7,9}' pedidas pelo número, ou NULL
 *   mentions  [saída] vetor do PostgreSQL, em ordem e sem repetição
 * Erros:      ERR_INVALID, com o campo.
 */
enum err note_check(struct ctx *c, const char *body, const char *asked,
                    const char **mentions);

#endif
