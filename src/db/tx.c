/* tx.c - a transação do contexto: abre sozinha, fecha no commit. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "db/db_internal.h"

#define COPY_BYTES 1048576

static const unsigned enter_types[] = { 20, 20, 23, 23, 2950, 16, 25 };
static const struct db_query enter_query = {
    "app_enter",
    "SELECT app_enter($1, $2, $3, $4, $5, $6, $7), pg_current_snapshot()",
    7,
    enter_types,
    2,
    NULL,
};

/* De onde veio o pedido, para a auditoria (audit_note o separa de novo). */
const char *
db_origin(struct ctx *c)
{
    return arena_printf(c->arena, "%s\n%s\n%s",
                        c->remote != NULL ? c->remote : "",
                        c->user_agent != NULL ? c->user_agent : "",
                        c->request_id != NULL ? c->request_id : "");
}

/* Identidade do contexto, na mesma ida da primeira consulta. */
static enum err
send_enter(struct ctx *c)
{
    const char *params[7];
    enum err e;

    if (c->company_id == 0)
        return OK;
    params[0] = db_param_int(c, c->company_id);
    params[1] = db_param_int(c, c->user_id);
    params[2] = db_param_int(c, c->token_version);
    params[3] = db_param_int(c, c->access_version);
    params[4] = c->family[0] != '\0' ? c->family : NULL;
    params[5] = db_param_bool(c->read_only);
    params[6] = c->read_only ? NULL : db_origin(c);
    e = db_send_query(c, &enter_query, params);
    if (e == OK)
        c->db->enter_at = c->db->pending - 1;
    return e;
}

static enum err
begin(struct ctx *c)
{
    enum err e;

    if (c->tx == TX_OPEN)
        return OK;
    if (c->tx == TX_FAILED)
        return c->error != OK ? c->error : fail(c, ERR_INTERNAL, NULL);
    if (c->tx == TX_DONE) {
        log_error("rota de uma consulta só fez duas");
        return fail(c, ERR_INTERNAL, NULL);
    }
    e = db_connect(c);
    if (e != OK)
        return e;
    if (!c->one_query)
        e = db_send_plain(c, "BEGIN");
    if (e == OK)
        e = send_enter(c);
    if (e == OK)
        c->tx = TX_OPEN;
    return e;
}

enum err
db_enter(struct ctx *c)
{
    enum err e = begin(c);

    return e == OK ? db_commit(c) : e;
}

static void
clear_result(void *r)
{
    PQclear(r);
}

enum err
db_run(struct ctx *c, const struct db_query *q, const char *const *params,
       struct pg_result **out)
{
    PGresult *r = NULL;
    enum err e = begin(c);

    if (e == OK)
        e = db_send_query(c, q, params);
    if (e == OK)
        e = db_flush(c, &r);
    if (e != OK) {
        if (c->tx == TX_OPEN)
            c->tx = TX_FAILED;
        return e;
    }
    if (c->one_query)
        c->tx = TX_DONE;
    arena_defer(c->arena, clear_result, r);
    *out = (struct pg_result *)r;
    return OK;
}

enum err
db_queue(struct ctx *c, const struct db_query *q, const char *const *params)
{
    enum err e = begin(c);

    return e != OK ? e : db_send_query(c, q, params);
}

static enum err
plain_now(struct ctx *c, const char *sql)
{
    enum err e = begin(c);

    if (e == OK)
        e = db_send_plain(c, sql);
    if (e == OK)
        e = db_flush(c, NULL);
    if (e != OK && c->tx == TX_OPEN)
        c->tx = TX_FAILED;
    return e;
}

enum err
db_commit(struct ctx *c)
{
    enum err e;

    if (c->tx != TX_OPEN) {
        enum tx_state was = c->tx;

        c->tx = TX_NONE;
        return was == TX_FAILED ? c->error : OK;
    }
    if (c->one_query) { /* só houve consultas na fila */
        e = db_flush(c, NULL);
        c->tx = TX_NONE;
        return e;
    }
    e = plain_now(c, "COMMIT");
    if (e == OK)
        c->tx = TX_NONE;
    else
        db_rollback(c);
    return e;
}

void
db_rollback(struct ctx *c)
{
    struct db *db = c->db;
    struct ctx quiet = *c; /* o problema já registrado fica */

    if (db != NULL && db->conn != NULL) {
        if (db->pending > 0)
            db_flush(&quiet, NULL);
        if (db->conn != NULL && PQtransactionStatus(db->conn) != PQTRANS_IDLE &&
            db_send_plain(&quiet, "ROLLBACK") == OK)
            db_flush(&quiet, NULL);
    }
    c->tx = TX_NONE;
}

enum err
db_savepoint(struct ctx *c)
{
    return plain_now(c, "SAVEPOINT here");
}

enum err
db_rollback_to(struct ctx *c)
{
    if (c->tx == TX_FAILED && c->db->conn != NULL)
        c->tx = TX_OPEN;
    return plain_now(c, "ROLLBACK TO SAVEPOINT here");
}

enum err
db_script(struct ctx *c, const char *sql)
{
    PGresult *r;
    enum err e = db_connect(c);

    if (e != OK)
        return e;
    PQexitPipelineMode(c->db->conn);
    r = PQexec(c->db->conn, sql);
    if (PQresultStatus(r) != PGRES_COMMAND_OK &&
        PQresultStatus(r) != PGRES_TUPLES_OK) {
        e = db_fail(c, r);
        log_error("script: %s", PQresultErrorMessage(r));
    }
    PQclear(r);
    PQenterPipelineMode(c->db->conn);
    return e;
}

/* O COPY não cabe num pipeline: ele para, e volta depois. */
static enum err
copy_now(struct ctx *c, const char *command, struct slice rows)
{
    PGconn *conn = c->db->conn;
    PGresult *r = PQexec(conn, command);
    enum err e = OK;
    size_t at, n;

    if (PQresultStatus(r) != PGRES_COPY_IN) {
        e = db_fail(c, r);
        PQclear(r);
        return e;
    }
    PQclear(r);
    for (at = 0; at < rows.len; at += n) {
        n = rows.len - at < COPY_BYTES ? rows.len - at : COPY_BYTES;
        if (PQputCopyData(conn, rows.data + at, (int)n) != 1)
            break;
    }
    PQputCopyEnd(conn, at < rows.len ? "faltou mandar" : NULL);
    while ((r = PQgetResult(conn)) != NULL) {
        if (PQresultStatus(r) != PGRES_COMMAND_OK && e == OK)
            e = db_fail(c, r);
        PQclear(r);
    }
    return e;
}

enum err
db_copy(struct ctx *c, const char *command, struct slice rows)
{
    enum err e = begin(c);

    if (e == OK)
        e = db_flush(c, NULL);
    if (e == OK) {
        PQexitPipelineMode(c->db->conn);
        e = copy_now(c, command, rows);
        PQenterPipelineMode(c->db->conn);
    }
    if (e != OK && c->tx == TX_OPEN)
        c->tx = TX_FAILED;
    return e;
}

void
db_copy_text(struct str *rows, const char *text)
{
    const char *p;

    if (text == NULL) {
        str_puts(rows, "\\N");
        return;
    }
    for (p = text; *p != '\0'; p++)
        switch (*p) {
        case '\\':
            str_puts(rows, "\\\\");
            break;
        case '\n':
            str_puts(rows, "\\n");
            break;
        case '\r':
            str_puts(rows, "\\r");
            break;
        case '\t':
            str_puts(rows, "\\t");
            break;
        default:
            str_putc(rows, *p);
        }
}

bool
db_should_retry(const struct ctx *c)
{
    return c->error == ERR_CONFLICT && c->detail != NULL &&
           strcmp(c->detail, "serialization") == 0;
}

int
db_rows(const struct pg_result *r)
{
    return PQntuples((const PGresult *)r);
}

int64_t
db_changed(const struct pg_result *r)
{
    return strtoll(PQcmdTuples((PGresult *)(uintptr_t)r), NULL, 10);
}

bool
db_null(const struct pg_result *r, int row, int column)
{
    return PQgetisnull((const PGresult *)r, row, column) != 0;
}

const char *
db_text(const struct pg_result *r, int row, int column)
{
    return db_null(r, row, column)
               ? NULL
               : PQgetvalue((const PGresult *)r, row, column);
}

int64_t
db_int(const struct pg_result *r, int row, int column)
{
    return strtoll(PQgetvalue((const PGresult *)r, row, column), NULL, 10);
}

bool
db_bool(const struct pg_result *r, int row, int column)
{
    return PQgetvalue((const PGresult *)r, row, column)[0] == 't';
}

double
db_float(const struct pg_result *r, int row, int column)
{
    return strtod(PQgetvalue((const PGresult *)r, row, column), NULL);
}

struct slice
db_bytes(struct ctx *c, const struct pg_result *r, int row, int column)
{
    const char *text = db_text(r, row, column);
    struct slice s = { NULL, 0 };
    unsigned char *out;

    if (text == NULL || strncmp(text, "\\x", 2) != 0)
        return s;
    s.len = strlen(text + 2) / 2;
    out = arena_alloc(c->arena, s.len + 1);
    hex_decode(text + 2, out, s.len);
    s.data = (const char *)out;
    return s;
}

const char *
db_param_int(struct ctx *c, int64_t v)
{
    char *text = arena_alloc(c->arena, 24);

    snprintf(text, 24, "%" PRId64, v);
    return text;
}

const char *
db_param_bool(bool v)
{
    return v ? "t" : "f";
}

const char *
db_param_float(struct ctx *c, double v)
{
    return arena_printf(c->arena, "%.17g", v);
}

const char *
db_param_bytes(struct ctx *c, struct slice v)
{
    char *text;

    if (v.data == NULL)
        return NULL;
    text = arena_alloc(c->arena, 2 * v.len + 3);
    memcpy(text, "\\x", 2);
    hex_encode((const unsigned char *)v.data, v.len, text + 2);
    return text;
}

enum err
db_not_found(struct ctx *c)
{
    return fail(c, ERR_NOT_FOUND, NULL);
}
