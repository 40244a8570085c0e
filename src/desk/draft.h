/*
 * draft.h - o que a pessoa escreveu e não enviou: um por atendimento, dela e
 * de mais ninguém, no servidor, para o texto não se perder com o navegador.
 */
#ifndef BALCAO_DRAFT_H
#define BALCAO_DRAFT_H

#include "base/ctx.h"
#include "gen/q_note.h"

struct draft_new {
    int64_t ticket_id;
    const char *body; /* até 4096 caracteres; vazio apaga */
    int64_t reply_to; /* 0: nenhuma */
    bool is_note;
};

/* O rascunho da pessoa; body "" se não há. Erros: ERR_NOT_FOUND. */
enum err
draft_get(struct ctx *c, int64_t ticket_id, struct q_draft_get_row *out);

/* Grava, ou apaga se o texto é vazio. Erros: ERR_NOT_FOUND. */
enum err draft_put(struct ctx *c, const struct draft_new *in,
                   struct q_draft_get_row *out);

/* Apaga; não reclama se não há. */
enum err draft_drop(struct ctx *c, int64_t ticket_id);

#endif
