/*
 * user.h - as pessoas da empresa: criar, mudar, desligar e trazer de volta. O
 * vínculo é o que se muda; conta, senha e e-mail são da própria pessoa. O que
 * acontece com os atendimentos de quem sai está em desk/person.h.
 */
#ifndef BALCAO_USER_H
#define BALCAO_USER_H

#include <stdbool.h>
#include <stdint.h>

#include "account/grant.h"
#include "base/ctx.h"
#include "base/field.h"
#include "gen/q_user.h"

/* Como uma pessoa sai: API e páginas. */
extern const struct field user_out[];

struct user_new {
    const char *email, *name, *password;
    struct grant grant;
};

/*
 * Cria conta e vínculo, com senha.
 * Não deixa transação aberta durante o hash.
 * Erros: ERR_INVALID (senha, fila, papel); ERR_FORBIDDEN (dar o que não tem);
 *        ERR_CONFLICT, com o campo email, se já há conta com ele, ou com o
 *        número da pessoa se ela já é da empresa.
 */
enum err
user_create(struct ctx *c, struct user_new *new, struct q_member_row *out);

/* O que muda; NULL ou has_ falso: fica como está. */
struct user_change {
    int64_t version; /* a que a tela mostrou; 0: não conferir */
    const char *name, *role;
    int64_t role_id; /* 0 com has_role_id: volta ao papel da casa */
    bool has_role_id;
    const char *visibility, *queue_ids;
    bool disabled, has_disabled;
};

/*
 * Muda o vínculo, inteiro ou em parte.
 *   left  [saída] estava ativa e deixou de estar
 * Erros: ERR_NOT_FOUND; ERR_FORBIDDEN (pode mais que quem muda, ou ganharia
 *        o que quem muda não tem); ERR_INVALID; ERR_CONFLICT (versão antiga,
 *        última administradora, limite de pessoas, desligar a si).
 */
enum err user_change(struct ctx *c, int64_t id, const struct user_change *to,
                     struct q_member_row *out, bool *left);

/*
 * Lê para agir sobre alguém: existe aqui, e não pode mais que quem age.
 * Erros: ERR_NOT_FOUND, ERR_FORBIDDEN.
 */
enum err user_lock(struct ctx *c, int64_t id, struct q_member_row *out);

/* Encerra já os logins da pessoa nesta empresa. Erros: os de user_lock. */
enum err user_logout(struct ctx *c, int64_t id);

/*
 * Manda à pessoa o link para escolher outra senha. Erros: os de user_lock;
 * ERR_CONFLICT se ela está desligada.
 */
enum err user_send_reset(struct ctx *c, int64_t id);

/*
 * Desliga a segunda etapa de quem perdeu o aparelho, e a avisa por e-mail.
 * Erros: os de user_lock; ERR_CONFLICT se não estava ligada; ERR_FORBIDDEN se
 * a pessoa trabalha também noutra empresa e quem pede não é da plataforma.
 */
enum err user_remove_two_factor(struct ctx *c, int64_t id);

/*
 * O conflito de um e-mail que já é de alguém.
 *   standing, id  o que email_standing ou member_create disse
 */
enum err user_email_conflict(struct ctx *c, const char *standing, int64_t id);

#endif
