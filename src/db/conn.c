/* conn.c - conexão, modo pipeline e comandos preparados. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/conf.h"
#include "base/log.h"
#include "db/db_internal.h"

struct db *
db_new(const char *url)
{
    struct db *db = calloc(1, sizeof *db);

    if (db == NULL)
        abort();
    db->url = url;
    db->enter_at = -1;
    return db;
}

void
db_disconnect(struct db *db)
{
    PQfinish(db->conn);
    db->conn = NULL;
    db->pending = 0;
    db->enter_at = -1;
    db->snapshot[0] = '\0';
    memset(db->prepared, 0, sizeof db->prepared);
}

void
db_close(struct db *db)
{
    if (db == NULL)
        return;
    db_disconnect(db);
    free(db);
}

void
db_release_idle(struct db *db, int64_t idle_s)
{
    if (db != NULL && db->conn != NULL &&
        clock_mono_us() - db->used_us > idle_s * 1000000)
        db_disconnect(db);
}

int
db_socket(const struct db *db)
{
    return db->conn == NULL ? -1 : PQsocket(db->conn);
}

/* Parada, uma conexão boa não tem nada a ler: se tem, o servidor saiu. */
static bool
is_stale(PGconn *conn)
{
    struct pollfd p = { .fd = PQsocket(conn), .events = POLLIN };

    return PQstatus(conn) != CONNECTION_OK || poll(&p, 1, 0) != 0;
}

/*
 * Plano genérico sempre: as consultas são escritas para um plano só, e
 * planejar a lista de tickets custa mais que executá-la.
 */
static PGconn *
open_connection(const char *url)
{
    char options[300];
    /* um servidor que some sem avisar não prende ninguém por minutos */
    const char *const keys[] = { "dbname",
                                 "options",
                                 "application_name",
                                 "connect_timeout",
                                 "keepalives_idle",
                                 "tcp_user_timeout",
                                 NULL };
    const char *const values[] = { url,  options, "balcao", "3",
                                   "30", "15000", NULL };

    snprintf(options, sizeof options,
             "-c search_path=balcao -c TimeZone=UTC -c jit=off "
             "-c plan_cache_mode=force_generic_plan "
             "-c client_encoding=UTF8 -c statement_timeout=%lld",
             (long long)conf()->database_timeout_ms);
    return PQconnectdbParams(keys, values, 1);
}

enum err
db_connect(struct ctx *c)
{
    struct db *db = c->db;

    if (db->conn != NULL && c->tx == TX_NONE && is_stale(db->conn))
        db_disconnect(db);
    db->used_us = clock_mono_us();
    if (db->conn != NULL)
        return OK;
    db->conn = open_connection(db->url);
    db->connections++;
    if (PQstatus(db->conn) == CONNECTION_OK &&
        PQenterPipelineMode(db->conn) == 1)
        return OK;
    log_error("banco: %s", PQerrorMessage(db->conn));
    db_disconnect(db);
    return fail(c, ERR_UNAVAILABLE, NULL);
}

static enum err
lost(struct ctx *c)
{
    log_error("banco: %s", PQerrorMessage(c->db->conn));
    db_disconnect(c->db);
    c->tx = TX_FAILED;
    return fail(c, ERR_UNAVAILABLE, NULL);
}

enum err
db_send_plain(struct ctx *c, const char *sql)
{
    if (PQsendQueryParams(c->db->conn, sql, 0, NULL, NULL, NULL, NULL, 0) != 1)
        return lost(c);
    c->db->preparing[c->db->pending++] = NULL;
    return OK;
}

/* Lugar da consulta na tabela de preparadas (endereçamento aberto). */
static const struct db_query **
prepared_slot(struct db *db, const struct db_query *q)
{
    size_t at = ((uintptr_t)q >> 4) & (PREPARED_SLOTS - 1);

    while (db->prepared[at] != NULL && db->prepared[at] != q)
        at = (at + 1) & (PREPARED_SLOTS - 1);
    return &db->prepared[at];
}

enum err
db_send_query(struct ctx *c, const struct db_query *q,
              const char *const *params)
{
    PGconn *conn = c->db->conn;
    const struct db_query **slot;
    enum err e;

    if (c->db->pending > PENDING_MAX - 4) {
        e = db_flush(c, NULL);
        if (e != OK)
            return e;
    }
    slot = prepared_slot(c->db, q);
    if (*slot == NULL) {
        if (PQsendPrepare(conn, q->name, q->sql, q->param_count,
                          q->param_types) != 1)
            return lost(c);
        *slot = q;
        c->db->preparing[c->db->pending++] = q;
    }
    if (PQsendQueryPrepared(conn, q->name, q->param_count, params, NULL, NULL,
                            0) != 1)
        return lost(c);
    c->db->preparing[c->db->pending++] = NULL;
    return OK;
}

static bool
is_error(const PGresult *r)
{
    ExecStatusType s = PQresultStatus(r);

    return s != PGRES_TUPLES_OK && s != PGRES_COMMAND_OK;
}

/*
 * Depois de um erro o servidor pula o resto da fila, e um PREPARE pulado não
 * existe lá: o lugar é liberado. (Os que já existiam sobrevivem ao ROLLBACK.)
 */
static void
forget_prepared(struct db *db, const struct db_query *q)
{
    const struct db_query *all[PREPARED_SLOTS];
    size_t i;

    memcpy(all, db->prepared, sizeof all);
    memset(db->prepared, 0, sizeof db->prepared);
    for (i = 0; i < PREPARED_SLOTS; i++)
        if (all[i] != NULL && all[i] != q)
            *prepared_slot(db, all[i]) = all[i];
}

static void
note_snapshot(struct db *db, const PGresult *r)
{
    int n;

    if (db->snapshot[0] != '\0' || PQresultStatus(r) != PGRES_TUPLES_OK)
        return;
    n = snprintf(db->snapshot, sizeof db->snapshot, "%u/%s", db->connections,
                 PQgetvalue(r, 0, 1));
    if (n >= (int)sizeof db->snapshot) /* cortada não prova nada */
        strcpy(db->snapshot, "-");
}

void
db_snapshot_watch(struct ctx *c)
{
    c->db->snapshot[0] = '\0';
}

const char *
db_snapshot(const struct ctx *c)
{
    return strcmp(c->db->snapshot, "-") == 0 ? "" : c->db->snapshot;
}

enum err
db_flush(struct ctx *c, PGresult **last)
{
    struct db *db = c->db;
    PGresult *kept = NULL, *bad = NULL;
    enum err e = OK;
    int i, n = db->pending, enter_at = db->enter_at;

    db->enter_at = -1;
    if (PQpipelineSync(db->conn) != 1)
        return lost(c);
    db->pending = 0;
    for (i = 0; i < n; i++) {
        PGresult *r = PQgetResult(db->conn);

        if (r == NULL || PQstatus(db->conn) == CONNECTION_BAD) {
            PQclear(r);
            PQclear(kept);
            PQclear(bad);
            return lost(c);
        }
        PQclear(PQgetResult(db->conn)); /* o NULL que fecha a resposta */
        if (i == enter_at)
            note_snapshot(db, r);
        if (is_error(r) && db->preparing[i] != NULL)
            forget_prepared(db, db->preparing[i]);
        if (is_error(r) && bad == NULL) {
            bad = r;
            continue;
        }
        PQclear(kept);
        kept = r;
    }
    PQclear(PQgetResult(db->conn)); /* o sync */
    if (bad != NULL) {
        e = db_fail(c, bad);
        PQclear(bad);
        PQclear(kept);
        kept = NULL;
    }
    if (last != NULL)
        *last = kept;
    else
        PQclear(kept);
    return e;
}
