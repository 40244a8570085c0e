/*
 * invitation.h - convidar por e-mail e aceitar. O link é um segredo de sete
 * dias e um uso (auth/one_time.h); quem o tem leu o e-mail convidado, e só ele
 * entra por ali.
 */
#ifndef BALCAO_INVITATION_H
#define BALCAO_INVITATION_H

#include <stdbool.h>
#include <stdint.h>

#include "account/grant.h"
#include "auth/login.h"
#include "base/ctx.h"
#include "base/field.h"
#include "gen/q_invitation.h"

/* Como um convite sai: API e páginas. */
extern const struct field invitation_out[];

struct invitation_new {
    const char *email, *name; /* name NULL: a pessoa diz */
    struct grant grant;
};

/*
 * Convida e manda o e-mail.
 *   id  [saída] número do convite
 * Erros: ERR_INVALID; ERR_FORBIDDEN (dar o que não tem); ERR_CONFLICT (já é da
 *        empresa, já há convite em aberto, limite de pessoas).
 */
enum err
invitation_create(struct ctx *c, struct invitation_new *new, int64_t *id);

/*
 * Manda de novo, com outro link: o anterior deixa de valer.
 * Erros: ERR_NOT_FOUND; ERR_FORBIDDEN (dá mais do que quem reenvia tem);
 *        ERR_CONFLICT (já aceito); ERR_RATE_LIMITED (há menos de um minuto).
 */
enum err invitation_resend(struct ctx *c, int64_t id);

/*
 * Desfaz um convite não aceito; o link dele morre.
 * Erros: ERR_NOT_FOUND; ERR_CONFLICT (já aceito); ERR_FORBIDDEN (dá mais do
 *        que quem desfaz tem).
 */
enum err invitation_cancel(struct ctx *c, int64_t id);

/*
 * O convite de um link, sem gastá-lo. Serve fora de empresa. Um convite vale
 * enquanto quem convidou pudesse convidar de novo.
 *   found  [saída] falso se o link não vale (qualquer que seja a razão)
 */
enum err invitation_peek(struct ctx *c, const char *token,
                         struct q_invitation_read_row *out, bool *found);

struct invitation_answer {
    const char *token, *name, *password; /* name: conta nova; password: idem,
                                            ou conta de e-mail não provado */
    const char *lang;                    /* da conta nova; NULL: a da empresa */
};

/*
 * Aceita. Quem já tem conta passa a ser também desta empresa e fica com a
 * senha que tinha: o link prova o e-mail, e entrar continua pedindo a senha. Se
 * ninguém ainda provara o e-mail da conta, a senha pode ser de quem a criou: é
 * preciso outra, e o que entrou com a de antes cai.
 * Não deixa transação aberta durante o hash.
 *   is_new  [saída] a conta nasceu agora, e a pessoa pode entrar com ela
 * Erros: ERR_NOT_FOUND (link que não vale), ERR_INVALID (nome, senha),
 *        ERR_CONFLICT (limite de pessoas, conta desligada).
 */
enum err invitation_accept(struct ctx *c, const struct invitation_answer *in,
                           struct auth_user *out, bool *is_new);

#endif
