/*
 * file_reply.h - os bytes de um arquivo na resposta: inteiro ou um trecho, aos
 * pedaços, com ETag. Quem chama já conferiu que a pessoa o pode ver.
 */
#ifndef BALCAO_FILE_REPLY_H
#define BALCAO_FILE_REPLY_H

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

#endif
