/*
 * file_reply.h - os bytes de um arquivo na resposta: inteiro ou um trecho, aos
 * pedaços, com ETag. Quem chama já conferiu que a pessoa o pode ver.
 */
#ifndef BALCAO_FILE_REPLY_H
#define BALCAO_FILE_REPLY_H

#include "desk/file.h"
#include "http/route.h"

struct file_reply {
    const char *key, *mime, *name; /* name "": sem nome */
    const char *etag;              /* sem aspas, só letras e números */
    bool is_attachment;            /* baixa, em vez de mostrar */
};

/*
 * Responde 200, 206 (Range de um trecho só) ou 304 (If-None-Match).
 * Erros: ERR_NOT_FOUND (os bytes não estão lá); ERR_RANGE.
 * Fonte: RFC 9110 seções 13.1.2, 13.1.5 e 14; RFC 6266.
 */
enum err file_reply(struct req *r, const struct file_reply *f);

/*
 * Os bytes de um arquivo pronto; o que o navegador executaria se baixa.
 * Erros: os de file_reply; ERR_NOT_FOUND se não está pronto.
 */
enum err
file_reply_bytes(struct req *r, const struct q_file_row *f, bool download);

/* A miniatura dele. Erros: os de file_reply; ERR_NOT_FOUND se não tem. */
enum err file_reply_preview(struct req *r, const struct q_file_row *f);

#endif
