/*
 * store_job.h - os bytes dos arquivos dentro de um job: trazidos para perto de
 * quem só sabe ler do disco (ffmpeg, o envio à plataforma), e levados ao lugar
 * deles. Na pasta é na hora; num S3 é uma chamada do job, que não segura os
 * outros. Cada função diz se há chamada por fazer (JOB_CALL).
 */
#ifndef BALCAO_MEDIA_STORE_JOB_H
#define BALCAO_MEDIA_STORE_JOB_H

#include "base/ctx.h"
#include "jobs/call.h"
#include "media/store.h"

/* Um arquivo da vez, no disco desta máquina. */
struct store_near {
    const char *path;
    int fd;     /* só para ler */
    bool waits; /* falta a chamada que o traz */
};

/*
 * Põe os bytes da chave num arquivo desta máquina, até o fim da arena.
 *   max_bytes  teto do que se traz
 *   near       [saída]
 *   call       [saída] a chamada, se near->waits
 * Erros: ERR_NOT_FOUND (não estão guardados); ERR_UNAVAILABLE (sem disco).
 */
enum err store_bring(struct ctx *c, const char *key, size_t max_bytes,
                     struct store_near *near, struct job_call *call);

/* O que a resposta de uma chamada daqui quer dizer. */
enum store_outcome {
    STORE_DONE,
    STORE_GONE, /* os bytes não estão lá */
    STORE_AWAY  /* tente de novo depois */
};

/* Lê a resposta da chamada de store_bring ou de store_keep. */
enum store_outcome store_read_reply(const struct job_reply *reply);

/*
 * O arquivo de store_draft passa a ser o da chave.
 *   fd     do rascunho, já escrito
 *   waits  [saída] falta a chamada que o leva
 * Erros: ERR_UNAVAILABLE (sem disco, ou o rascunho não se leu inteiro).
 */
enum err
store_keep(struct ctx *c, const char *key, const struct store_near *draft,
           struct job_call *call, bool *waits);

#endif
