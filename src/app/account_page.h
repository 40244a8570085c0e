/*
 * account_page.h - as páginas de /account, em que a pessoa cuida de si. As
 * rotas ficam na tabela de cgi-bin/web/account.c; as regras, em src/account.
 */
#ifndef BALCAO_ACCOUNT_PAGE_H
#define BALCAO_ACCOUNT_PAGE_H

#include "account/two_factor_setup.h"
#include "http/route.h"

/* Nome, língua e retrato. */
enum err account_profile_page(struct req *r);

/* Trocar a senha e o e-mail. */
enum err account_password_page(struct req *r);

/*
 * A segunda etapa, como está.
 *   offer  o segredo a ler com o aplicativo, ou NULL
 *   codes  códigos de recuperação que só aparecem agora, ou NULL
 */
enum err
account_two_factor_page(struct req *r, const struct two_factor_offer *offer,
                        char (*codes)[RECOVERY_CODE_CHARS + 1]);

/* Desligar a segunda etapa, com senha e código. */
enum err account_two_factor_remove_page(struct req *r);

/* Os aparelhos em que a pessoa entrou. */
enum err account_sessions_page(struct req *r);

/*
 * Quem chegou pelo link do e-mail novo; serve a quem não entrou.
 *   address  o endereço; NULL: o link não vale mais
 */
enum err
account_confirm_page(struct req *r, const char *token, const char *address);

#endif
