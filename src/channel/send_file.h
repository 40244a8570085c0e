/*
 * send_file.h - o arquivo de uma mensagem sobe à plataforma antes dela: uma
 * chamada a mais do job message.send, que se pode repetir sem medo.
 */
#ifndef BALCAO_SEND_FILE_H
#define BALCAO_SEND_FILE_H

#include "channel/channel.h"
#include "gen/q_send.h"
#include "jobs/worker.h"
#include "media/store_job.h"

/* A mensagem leva um arquivo que a plataforma ainda não tem? */
bool send_file_waits(const struct q_send_load_row *m);

/* A subida de um arquivo. */
struct send_file {
    struct store_near near;
    struct job_call upload;
    const char *why; /* por que não vai; NULL: vai */
};

/*
 * Pede a chamada que o sobe, ou antes a que o traz para perto (near.waits; na
 * resposta dela é a vez de upload); conta como tentativa da mensagem.
 *   f  [saída] vive até a resposta
 */
enum err
send_file_begin(struct ctx *c, struct job *job, const struct q_send_load_row *m,
                const struct channel *ch, struct send_file *f);

/*
 * Lê a resposta. Verdadeiro se subiu: o id já está anotado, e a mensagem pode
 * ir. Falso: a resposta é a de uma recusa, como a de um envio.
 */
bool send_file_done(struct ctx *c, const struct q_send_load_row *m,
                    const struct job_reply *reply, enum err *e);

#endif
