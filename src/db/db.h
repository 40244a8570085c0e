/*
 * db.h - a conexão do processo com o PostgreSQL e a transação do contexto.
 * Só este módulo chama libpq; o resto usa as funções que src/tools/sqlgen
 * escreve a partir de sql/queries. A transação abre sozinha na primeira
 * consulta, já com a identidade do contexto, na mesma ida ao banco.
 */
#ifndef BALCAO_DB_H
#define BALCAO_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/str.h"

struct pg_result; /* PGresult, sem expor libpq */

/* Uma consulta de sql/queries, como o gerador a escreve. */
struct db_query {
    const char *name; /* nome do comando preparado */
    const char *sql;
    int param_count;
    const unsigned *param_types; /* OIDs */
    int column_count;
    const unsigned *column_types; /* declarados; um teste os confere */
};

/*
 * Cria a conexão do processo, sem abri-la: abre na primeira consulta.
 *   url  URL da libpq; precisa viver tanto quanto a conexão
 * Memória: db_close devolve.
 */
struct db *db_new(const char *url);

/* Fecha e devolve tudo. NULL é aceito. */
void db_close(struct db *db);

/* Fecha a conexão se ela está parada há idle_s segundos; reabre sozinha. */
void db_release_idle(struct db *db, int64_t idle_s);

/* Descritor da conexão aberta, ou -1. */
int db_socket(const struct db *db);

/*
 * Manda a consulta e espera a resposta; abre a transação se preciso.
 *   params  param_count textos; NULL é nulo
 *   out     [saída] vale até o fim da arena do contexto
 * Erros:    o do SQLSTATE (db_error.c), ERR_UNAVAILABLE sem banco. Depois de
 *           um erro a transação só aceita db_rollback.
 */
enum err db_run(struct ctx *c, const struct db_query *q,
                const char *const *params, struct pg_result **out);

/*
 * Põe a consulta na fila da conexão sem esperar: o erro aparece no próximo
 * db_run ou no db_commit. Para efeitos que ninguém lê (outbox, histórico).
 */
enum err
db_queue(struct ctx *c, const struct db_query *q, const char *const *params);

/*
 * Endereço, programa e id do pedido do contexto, um por linha: a origem que
 * audit_note grava. Linhas vazias se o trabalho é do sistema.
 */
const char *db_origin(struct ctx *c);

/*
 * Só confere a identidade do contexto, numa ida, e fecha a transação.
 * Com c->one_query a consulta ainda pode vir depois, na sua própria ida.
 */
enum err db_enter(struct ctx *c);

/*
 * Daqui em diante, a primeira identidade conferida dirá a foto do banco em
 * que o foi: as consultas que vêm depois dela veem isso ou mais.
 */
void db_snapshot_watch(struct ctx *c);

/*
 * A foto vista, ou "" se nenhuma (ou grande demais). Duas iguais, e não
 * vazias, veem as mesmas linhas; o nome muda também com a conexão, porque o
 * PostgreSQL reusa números de transação depois de uma queda.
 */
const char *db_snapshot(const struct ctx *c);

/*
 * Confirma a transação do contexto, se há uma, e as consultas da fila.
 * Com c->one_query ela já foi confirmada na única ida.
 */
enum err db_commit(struct ctx *c);

/* Desfaz a transação do contexto, se há uma. */
void db_rollback(struct ctx *c);

/* Marca um ponto de volta dentro da transação. */
enum err db_savepoint(struct ctx *c);

/* Desfaz até o último db_savepoint; a transação volta a servir. */
enum err db_rollback_to(struct ctx *c);

/*
 * Manda linhas por COPY, na transação do contexto.
 *   command  "COPY tabela (colunas) FROM STDIN", do próprio programa
 *   rows     no formato texto do COPY: colunas por tabulação, \\N é nulo
 * Erros:     os de db_run; depois de um erro, só db_rollback.
 * Fonte:     PostgreSQL, "COPY", formato texto.
 */
enum err db_copy(struct ctx *c, const char *command, struct slice rows);

/* Acrescenta um texto a uma linha de COPY, com o que ele exige escapado. */
void db_copy_text(struct str *rows, const char *text);

/*
 * Manda um texto com vários comandos, fora de transação nossa: migração e
 * seeds. O erro do banco vai para o log.
 */
enum err db_script(struct ctx *c, const char *sql);

/* Verdadeiro se o último erro pede repetir a transação (40001, 40P01). */
bool db_should_retry(const struct ctx *c);

/* Linhas da resposta. */
int db_rows(const struct pg_result *r);

/* Linhas que o comando mudou. */
int64_t db_changed(const struct pg_result *r);

/* Valor como texto, ou NULL se nulo; vale enquanto a arena do contexto. */
const char *db_text(const struct pg_result *r, int row, int column);

/* Valor como inteiro; 0 se nulo. */
int64_t db_int(const struct pg_result *r, int row, int column);

/* Valor booleano; falso se nulo. */
bool db_bool(const struct pg_result *r, int row, int column);

/* Valor real; 0 se nulo. */
double db_float(const struct pg_result *r, int row, int column);

/* Verdadeiro se o valor é nulo. */
bool db_null(const struct pg_result *r, int row, int column);

/* Valor bytea decodificado; data NULL se nulo. */
struct slice
db_bytes(struct ctx *c, const struct pg_result *r, int row, int column);

/* Parâmetro a partir de um inteiro, booleano, real ou bytes. */
const char *db_param_int(struct ctx *c, int64_t v);
const char *db_param_bool(bool v);
const char *db_param_float(struct ctx *c, double v);
const char *db_param_bytes(struct ctx *c, struct slice v);

/* Erro de "nenhuma linha" das consultas `one`. */
enum err db_not_found(struct ctx *c);

/* Traduz um SQLSTATE para o erro da API (STYLE §5). */
enum err db_map_sqlstate(const char *sqlstate);

#endif
