/* privacy_reply.h - o ZIP de uma exportação como resposta, sem a memória dele.
 */
#ifndef BALCAO_PRIVACY_REPLY_H
#define BALCAO_PRIVACY_REPLY_H

#include "http/route.h"

/*
 * Manda o arquivo aos pedaços.
 *   fd    no começo; fechado pela arena da requisição
 *   name  nome que o navegador sugere, em ASCII
 */
enum err privacy_zip_reply(struct req *r, int fd, const char *name);

#endif
