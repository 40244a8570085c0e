/*
 * contact_import.h - contatos de um CSV: o arquivo que chega, as colunas que
 * se escolhem, o trabalho que os grava aos pedaços, e o desfazer. Não conhece
 * HTTP.
 */
#ifndef BALCAO_CONTACT_IMPORT_H
#define BALCAO_CONTACT_IMPORT_H

#include "base/ctx.h"
#include "base/field.h"
#include "gen/q_contact_import.h"
#include "jobs/worker.h"

enum {
    CONTACT_IMPORT_BYTES = 20971520, /* 20 MB */
    CONTACT_IMPORT_ROWS = 250000
};

/* Como uma importação sai na API. */
extern const struct field contact_import_out[];

/*
 * Lê o arquivo inteiro, confere as aspas e guarda as linhas, sem tocar em
 * contato nenhum; adivinha as colunas. Toma o lugar do rascunho da pessoa.
 *   out  [saída] a importação, com as primeiras linhas
 * Erros: ERR_INVALID em `file`: vazio, não é CSV, aspas abertas (com a linha),
 *        linhas ou colunas demais.
 */
enum err contact_import_read(struct ctx *c, const struct upload *file,
                             struct q_contact_import_row *out);

/* O que se escolheu; colunas de 1, 0 não há. */
struct contact_import_plan {
    int64_t id;
    bool has_header;
    int64_t name_column, phone_column, email_column, document_column;
    const char *existing;    /* "fill" ou "keep"; NULL: fill */
    int64_t tag_id, list_id; /* 0: nenhuma */
};

/*
 * Começa o trabalho, que avisa job:progress a quem importou.
 * Erros: ERR_NOT_FOUND; ERR_CONFLICT (já começou); ERR_INVALID (nenhuma
 *        coluna, coluna que o arquivo não tem, etiqueta ou lista que não há).
 */
enum err
contact_import_start(struct ctx *c, const struct contact_import_plan *plan,
                     struct q_contact_import_row *out);

/*
 * Começa a desfazer: some o que ela criou e ninguém tocou depois.
 * Erros: ERR_NOT_FOUND; ERR_CONFLICT (não acabou, ou já se desfez).
 */
enum err contact_import_undo(struct ctx *c, int64_t id,
                             struct q_contact_import_row *out);

/* Por que uma linha foi recusada, traduzido; o código se não o conhece. */
const char *contact_import_reason(const char *reason);

/* O trabalho, nos dois sentidos: "contact.import". */
extern const struct job_kind contact_import_kind;

#endif
