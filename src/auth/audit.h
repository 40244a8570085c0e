/*
 * audit.h - o registro do que tabela nenhuma conta sozinha: entradas,
 * exportações, trocas de empresa. O que muda nas tabelas da administração se
 * registra sozinho, por gatilho (audit_row, migração 0007).
 */
#ifndef BALCAO_AUDIT_H
#define BALCAO_AUDIT_H

#include <stdint.h>

#include "base/ctx.h"

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

#endif
