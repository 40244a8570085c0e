/*
 * audit_words.h - um registro da auditoria em palavras de gente: o que se fez,
 * e o que mudou, antes e depois. Só lê; os textos estão em audit_words.def.
 */
#ifndef BALCAO_AUDIT_WORDS_H
#define BALCAO_AUDIT_WORDS_H

#include "auth/audit.h"

/* Rótulo da ação na língua em uso; de uma desconhecida, o próprio código. */
const char *audit_action_label(const char *action);

/* Verdadeiro se a ação tem rótulo e frase. */
bool audit_action_known(const char *action);

/* As ações com rótulo, em ordem; NULL depois da última. */
const char *audit_action_at(size_t i);

/* Quem fez: o nome; "Alguém" se não se provou; "Sistema" se não foi gente. */
const char *audit_who(const struct q_audit_row *row);

/*
 * O que fez, para vir depois do nome: "mudou o papel de Bruno: Operador →
 * Supervisor". Na língua em uso.
 */
const char *audit_sentence(struct arena *a, const struct q_audit_row *row);

/* Uma coluna que mudou; NULL no lado que não existia. */
struct audit_change {
    const char *field, *label, *before, *after;
};

/* As colunas de before e after, na ordem do registro; devolve quantas. */
size_t audit_changes(struct arena *a, const struct q_audit_row *row,
                     struct audit_change **out);

#endif
