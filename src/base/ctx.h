/*
 * ctx.h - o contexto de um trabalho (requisição, job, comando): memória,
 * identidade e o problema registrado. Todo o domínio recebe um destes; quem
 * fala HTTP fica acima e o domínio não o vê.
 */
#ifndef BALCAO_CTX_H
#define BALCAO_CTX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/permission.h"

struct field_error {
    struct field_error *next;
    const char *field;  /* nome JSON */
    const char *rule;   /* required, min, max, one_of, type, unknown … */
    const char *detail; /* já traduzido */
};

/* O que acordar depois do COMMIT (bits). */
enum nudge { NUDGE_RELAY = 1, NUDGE_JOBS = 2 };

enum tx_state { TX_NONE, TX_OPEN, TX_FAILED, TX_DONE };

struct db;

struct ctx {
    struct arena *arena;
    struct db *db; /* conexão do processo, aberta no 1º uso */

    /* identidade, posta antes da primeira consulta */
    int64_t company_id;     /* 0: nenhuma empresa */
    int64_t user_id;        /* 0: sistema */
    int32_t token_version;  /* -1: não conferir, nem a de acesso */
    int32_t access_version; /* do vínculo; sobe quando o acesso muda */
    char family[37]; /* uuid do login de que veio o token; "": outro meio */
    enum role role;
    uint64_t permissions; /* o que pode fazer aqui: PERM_BIT */
    int64_t api_token_id; /* 0: não entrou por token de API */
    bool read_only;       /* transação só de leitura */
    bool one_query;       /* uma consulta, uma ida ao banco */

    /* transação */
    enum tx_state tx;
    unsigned nudges; /* enum nudge */

    /* problema registrado por fail() */
    enum err error;
    const char *detail;
    struct field_error *fields;
    unsigned retry_after_s;

    /* de onde vem o pedido, para a auditoria; NULL: do sistema */
    const char *remote, *user_agent;
    const char *request_id;
};

/*
 * Registra o problema e o devolve, para `return fail(c, ERR_X, ...)`.
 *   format  detalhe já traduzido para a pessoa, ou NULL; nunca leva SQL,
 *           caminho nem dado de outra empresa
 */
enum err fail(struct ctx *c, enum err e, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Acrescenta um campo com problema e devolve ERR_INVALID. */
enum err
fail_field(struct ctx *c, const char *field, const char *rule,
           const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Esquece o problema e as notas (antes de tentar de novo). */
void ctx_clear_error(struct ctx *c);

#endif
