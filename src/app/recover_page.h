/*
 * recover_page.h - as páginas de quem esqueceu a senha: pedir o link, e
 * escolher outra. As rotas ficam na tabela de cgi-bin/web/session.c.
 */
#ifndef BALCAO_RECOVER_PAGE_H
#define BALCAO_RECOVER_PAGE_H

#include "http/route.h"

struct forgot_in {
    const char *email;
};
extern const struct field forgot_in[];

struct reset_page_in {
    const char *token;
};
extern const struct field reset_page_in[];

struct reset_in {
    const char *password;
};
extern const struct field reset_in[];

enum err forgot_page(struct req *r, const void *input);
enum err forgot_send(struct req *r, const void *input);
enum err forgot_sent(struct req *r, const void *input);

/*
 * Chegando pelo link, o token passa do endereço (que fica no histórico e vai
 * para registros) para um cookie, e a página se abre sem ele.
 */
enum err reset_page(struct req *r, const void *input);
enum err reset_save(struct req *r, const void *input);

#endif
