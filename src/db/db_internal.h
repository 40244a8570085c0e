/* db_internal.h - o que conn.c e tx.c dividem; ninguém mais inclui. */
#ifndef BALCAO_DB_INTERNAL_H
#define BALCAO_DB_INTERNAL_H

#include <libpq-fe.h>

#include "db/db.h"

#define PENDING_MAX 256
#define PREPARED_SLOTS 512 /* potência de 2, o dobro das consultas */

struct db {
    PGconn *conn;
    const char *url;
    int64_t used_us; /* relógio monotônico do último uso */
    int pending;     /* respostas devidas antes do próximo sync */
    const struct db_query *preparing[PENDING_MAX]; /* quais são PREPARE */
    int enter_at;         /* resposta de app_enter na fila; -1: não há */
    unsigned connections; /* quantas já se abriram */
    char snapshot[256];   /* foto da primeira identidade conferida */
    const struct db_query *prepared[PREPARED_SLOTS];
};

/* Abre a conexão se preciso; ERR_UNAVAILABLE se não der. */
enum err db_connect(struct ctx *c);

/* Fecha a conexão e esquece o que estava preparado nela. */
void db_disconnect(struct db *db);

/* Põe um comando simples na fila. */
enum err db_send_plain(struct ctx *c, const char *sql);

/* Põe a consulta na fila, preparando-a na primeira vez. */
enum err db_send_query(struct ctx *c, const struct db_query *q,
                       const char *const *params);

/*
 * Manda a fila e lê todas as respostas.
 *   last  [saída, pode ser NULL] a resposta do último comando
 */
enum err db_flush(struct ctx *c, PGresult **last);

/* Registra o erro do banco no contexto e no log. */
enum err db_fail(struct ctx *c, const PGresult *r);

#endif
