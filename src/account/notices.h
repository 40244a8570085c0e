/*
 * notices.h - os e-mails que avisam a pessoa do que houve com a conta dela.
 * Cada um é um job na transação do fato; se ela se desfaz, ele não sai.
 */
#ifndef BALCAO_NOTICES_H
#define BALCAO_NOTICES_H

#include "auth/login.h"
#include "base/ctx.h"

/* Entraram na conta por um aparelho que não se conhecia. */
enum err notice_new_login(struct ctx *c, const struct auth_user *user);

/* A senha da conta mudou. */
enum err notice_password_changed(struct ctx *c, const struct auth_user *user);

/*
 * O caminho para escolher uma senha nova.
 *   token  o segredo de one_time_create, que só vai neste e-mail
 */
enum err
notice_reset(struct ctx *c, const struct auth_user *user, const char *token);

/* O link que prova que o endereço novo é da pessoa; vai para ele. */
enum err notice_confirm_email(struct ctx *c, const struct auth_user *user,
                              const char *address, const char *token);

/* O e-mail da conta mudou: avisa o antigo. */
enum err notice_email_changed(struct ctx *c, const struct auth_user *user,
                              const char *address);

#endif
