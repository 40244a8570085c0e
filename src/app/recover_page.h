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

/* O formulário que pede o e-mail. */
enum err forgot_page(struct req *r, const void *input);

/* Pede o link; a resposta é a mesma se a conta não existe. */
enum err forgot_send(struct req *r, const void *input);

/* "Veja o seu e-mail", para qualquer endereço. */
enum err forgot_sent(struct req *r, const void *input);

/*
 * Chegando pelo link, o token passa do endereço (que fica no histórico e vai
 * para registros) para um cookie, e a página se abre sem ele.
 */
enum err reset_page(struct req *r, const void *input);

/* Grava a senha nova e leva à entrada, com o aviso de que deu certo. */
enum err reset_save(struct req *r, const void *input);

#endif
