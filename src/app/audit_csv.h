/*
 * audit_csv.h - a exportação da auditoria, em pedaços, para a API e para a
 * página: memória de um pedaço só, seja qual for o tamanho.
 */
#ifndef BALCAO_AUDIT_CSV_H
#define BALCAO_AUDIT_CSV_H

#include "auth/audit.h"
#include "http/route.h"

/*
 * Registra a exportação e responde o CSV do que o filtro alcança, da mais nova
 * à mais velha. Um filtro ruim ou largo demais é recusado antes do 1º byte.
 */
enum err audit_csv_reply(struct req *r, const struct audit_filter *f);

/* A linha de títulos e uma linha por registro; também para o comando. */
void audit_csv_head(struct str *s);
void audit_csv_rows(struct str *s, const struct q_audit_row *rows, int count);

#endif
