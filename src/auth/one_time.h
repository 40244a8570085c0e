/*
 * one_time.h - segredos que servem uma vez: redefinir a senha, confirmar um
 * e-mail, aceitar um convite, a segunda etapa do login. O segredo tem 256 bits
 * e o banco só guarda o SHA-256 dele. Não manda e-mail nem conhece páginas.
 */
#ifndef BALCAO_ONE_TIME_H
#define BALCAO_ONE_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include "auth/token.h"
#include "base/ctx.h"

/* Finalidades; um segredo de uma nunca serve a outra. */
#define ONE_TIME_LOGIN "login"   /* falta a segunda etapa */
#define ONE_TIME_RESET "reset"   /* esqueceu a senha */
#define ONE_TIME_EMAIL "email"   /* confirmar o e-mail novo */
#define ONE_TIME_INVITE "invite" /* convite de uma empresa */

/* Quanto cada um vale, em segundos. */
enum {
    ONE_TIME_LOGIN_S = 300,
    ONE_TIME_RESET_S = 1800,
    ONE_TIME_EMAIL_S = 86400,
    ONE_TIME_INVITE_S = 604800
};

struct one_time_new {
    const char *purpose;
    int64_t user_id;     /* 0: de quem ainda não tem conta */
    int64_t company_id;  /* 0: de nenhuma empresa */
    const char *address; /* e-mail a que vai; NULL: nenhum */
    const char *payload; /* objeto JSON; NULL: {} */
    int64_t life_s;
    bool keep_older; /* os anteriores continuam valendo */
};

struct one_time {
    int64_t id, user_id, company_id; /* 0: nenhum */
    const char *address, *payload;   /* payload: objeto JSON */
    const char *created_at, *expires_at;
};

/*
 * Cria um segredo. Os anteriores da mesma finalidade e pessoa morrem (ou, sem
 * pessoa, os do mesmo e-mail na mesma empresa), salvo keep_older.
 *   token  [saída] o segredo; só aqui ele aparece
 * Efeito: grava na transação do contexto; serve com qualquer company_id nele.
 */
enum err one_time_create(struct ctx *c, const struct one_time_new *one,
                         char token[static TOKEN_OPAQUE_CHARS + 1]);

/*
 * Lê sem gastar: para mostrar a página de quem chegou pelo link.
 *   token  qualquer texto, ou NULL
 *   found  [saída] falso se não existe, venceu, já foi usado ou é de outra
 *          finalidade: quem pergunta não fica sabendo qual
 */
enum err one_time_peek(struct ctx *c, const char *purpose, const char *token,
                       struct one_time *out, bool *found);

/*
 * O mesmo, gastando: de dois pedidos juntos só um acha. Se a transação se
 * desfaz (senha recusada, por exemplo), o segredo continua valendo.
 */
enum err one_time_consume(struct ctx *c, const char *purpose, const char *token,
                          struct one_time *out, bool *found);

/* Esquece os segredos por usar de uma pessoa (ou, sem ela, de um e-mail). */
enum err one_time_drop(struct ctx *c, const char *purpose, int64_t user_id,
                       int64_t company_id, const char *address);

#endif
