/*
 * audit.h - o registro do que tabela nenhuma conta sozinha (entradas,
 * exportações, trocas de empresa) e a leitura de tudo o que se registrou. O
 * que muda nas tabelas da administração se registra sozinho, por gatilho
 * (audit_row, migração 0007). Ninguém muda nem apaga um registro; o prazo
 * (audit_days) é do banco.
 */
#ifndef BALCAO_AUDIT_H
#define BALCAO_AUDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "gen/q_audit.h"

struct audit {
    const char *action; /* alvo.verbo: "login.failed", "contact.exported" */
    const char *target_type, *target_id; /* NULL: nenhum */
    const char *before, *after;          /* objetos JSON sem segredo; ou NULL */
    int64_t company_id, user_id; /* 0: os do contexto; 0 lá: plataforma */
};

/*
 * Grava na transação do contexto, com a origem dele (endereço, programa,
 * pedido); vai na fila, e o erro aparece no próximo db_run ou db_commit.
 */
enum err audit_note(struct ctx *c, const struct audit *note);

/* O que se procura. Texto vazio ou NULL não filtra. */
struct audit_filter {
    const char *since, *until; /* dia da empresa, ou instante ISO 8601; o dia
                                  `until` entra inteiro */
    const char *actions; /* começos separados por vírgula: "login,role" */
    const char *target_type, *target_id;
    const char *address; /* começo do endereço */
    const char *words;   /* em qualquer lugar, sem acento nem maiúscula */
    int64_t company_id;  /* vale com has_company_id; 0: a plataforma */
    int64_t user_id;     /* vale com has_user_id; 0: o sistema */
    bool has_company_id, has_user_id;
};

/*
 * Confere os textos do filtro e anota os campos ruins (from, to, action).
 * Erros: ERR_INVALID; ERR_FORBIDDEN (um token de API só lê a sua empresa).
 */
enum err audit_filter_check(struct ctx *c, const struct audit_filter *f);

/* Que pedaço da lista: até `max` registros anteriores a before_id. */
struct audit_span {
    int64_t before_id; /* INT64_MAX: do começo */
    int64_t max;
};

/*
 * Um pedaço, da mais nova à mais velha.
 * Erros: ERR_FORBIDDEN (outra empresa, sem administrar a plataforma),
 *        ERR_TIMEOUT (procura larga demais).
 */
enum err
audit_list(struct ctx *c, const struct audit_filter *f, struct audit_span span,
           struct q_audit_row **rows, int *count);

/* Um registro. Erros: ERR_NOT_FOUND, ERR_FORBIDDEN. */
enum err audit_get(struct ctx *c, const struct audit_filter *f, int64_t id,
                   struct q_audit_row *out);

/* Registra que o que o filtro alcança foi exportado. */
enum err audit_note_export(struct ctx *c, const struct audit_filter *f);

#endif
