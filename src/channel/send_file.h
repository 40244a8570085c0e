/*
 * send_file.h - o arquivo de uma mensagem sobe à plataforma antes dela: uma
 * chamada a mais do job message.send, que se pode repetir sem medo.
 */
#ifndef BALCAO_SEND_FILE_H
#define BALCAO_SEND_FILE_H

#include "channel/channel.h"
#include "gen/q_send.h"
#include "jobs/worker.h"

/* A mensagem leva um arquivo que a plataforma ainda não tem? */
bool send_file_waits(const struct q_send_load_row *m);

/*
 * Pede a chamada que o sobe; conta como tentativa da mensagem.
 *   why  [saída] por que não vai; NULL: pediu
 */
enum err
send_file_begin(struct ctx *c, struct job *job, const struct q_send_load_row *m,
                const struct channel *ch, const char **why);

/*
 * Lê a resposta. Verdadeiro se subiu: o id já está anotado, e a mensagem pode
 * ir. Falso: a resposta é a de uma recusa, como a de um envio.
 */
bool send_file_done(struct ctx *c, const struct q_send_load_row *m,
                    const struct job_reply *reply, enum err *e);

#endif
