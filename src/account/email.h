/*
 * email.h - o endereço que alguém digita: aparado, e com forma de endereço. Se
 * ele recebe mesmo, só a mensagem que chega lá prova.
 */
#ifndef BALCAO_EMAIL_H
#define BALCAO_EMAIL_H

#include "base/ctx.h"

enum { EMAIL_MAX_CHARS = 254 };

/*
 * Tira espaços das pontas e confere: um @, até 64 bytes antes dele, domínio de
 * letras, números, hífen e ponto (ou UTF-8), nada que um cabeçalho de e-mail
 * leia de outro jeito.
 *   field  nome JSON do campo, para o erro
 *   text   pode ser NULL
 *   out    [saída] o endereço, na arena
 * Erros:   ERR_INVALID, com o campo: required, max ou format.
 * Fonte:   RFC 5321 seções 4.1.2 e 4.5.3.1; WHATWG HTML "valid e-mail address".
 */
enum err email_check(struct ctx *c, const char *field, const char *text,
                     const char **out);

#endif
