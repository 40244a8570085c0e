/*
 * letters.h - os e-mails que levam um link a quem vai entrar: convite e boas-
 * vindas. Os avisos de segurança estão em notices.h.
 */
#ifndef BALCAO_LETTERS_H
#define BALCAO_LETTERS_H

#include "auth/login.h"
#include "base/ctx.h"

/*
 * O convite, na língua da empresa, em nome da pessoa do contexto.
 *   role_name  nome do papel próprio; NULL: o da casa, `role`
 */
enum err letter_invitation(struct ctx *c, const char *email, const char *token,
                           const char *role, const char *role_name);

/* A conta nova está pronta. */
enum err letter_welcome(struct ctx *c, const struct auth_user *user,
                        const char *company_name);

/* A segunda etapa foi tirada por quem administra. */
enum err letter_two_factor_removed(struct ctx *c, const struct auth_user *user);

#endif
