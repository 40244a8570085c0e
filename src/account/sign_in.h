/*
 * sign_in.h - entrar: senha, segunda etapa, freio, auditoria e aviso, como uma
 * regra só para programas e navegadores. Não conhece HTTP: quem chama abre a
 * sessão ou os tokens e manda os cookies.
 */
#ifndef BALCAO_SIGN_IN_H
#define BALCAO_SIGN_IN_H

#include <stdbool.h>

#include "auth/login.h"
#include "auth/one_time.h"

struct sign_in {
    const char *email, *password;
    const char *code;   /* do aplicativo ou de recuperação; NULL: não veio */
    const char *device; /* cookie do aparelho, ou NULL */
};

struct signed_in {
    struct auth_user user;
    const char *device; /* cookie do aparelho, para mandar de volta */
};

/*
 * Confere e-mail e senha e, se a segunda etapa está ligada, o código.
 * Gasta o mesmo tempo exista ou não a conta; recusado pelo freio, não chega a
 * gastar hash nenhum. Confirma transações por conta própria: o freio e a
 * auditoria valem também quando recusa, e o hash não segura nada aberto.
 *   out  [saída] com ERR_TWO_FACTOR traz a pessoa que provou a senha
 * Erros: ERR_INVALID (senha com mais de 72 bytes), ERR_RATE_LIMITED,
 *        ERR_BAD_LOGIN; e só com a senha certa ERR_TWO_FACTOR (falta o código,
 *        ou não confere), ERR_SUSPENDED, ERR_FORBIDDEN (sem empresa).
 * Efeito: com OK, a tentativa certa fica na transação aberta (auditoria,
 *         visita, e-mail de aparelho novo), para ser confirmada com a sessão.
 */
enum err sign_in_password(struct ctx *c, const struct sign_in *in,
                          struct signed_in *out);

/*
 * Depois de ERR_TWO_FACTOR no navegador: um segredo de cinco minutos que
 * prova que a senha já foi dada. Confirma a transação.
 */
enum err sign_in_half(struct ctx *c, const struct signed_in *half,
                      char token[static TOKEN_OPAQUE_CHARS + 1]);

/*
 * A segunda metade: o segredo e o código. O segredo só se gasta quando o
 * código confere.
 *   device  cookie do aparelho, ou NULL
 * Erros: ERR_UNAUTHORIZED (o segredo não vale: comece de novo),
 *        ERR_TWO_FACTOR (código errado ou repetido), ERR_RATE_LIMITED,
 *        ERR_SUSPENDED, ERR_FORBIDDEN.
 */
enum err sign_in_code(struct ctx *c, const char *token, const char *code,
                      const char *device, struct signed_in *out);

/* Põe a saída na auditoria; quem chama encerra a sessão ou a família. */
enum err sign_out_note(struct ctx *c);

#endif
