/*
 * queue.h - filas (departamentos): criar, mudar, apagar. Quem espera nelas e a
 * quem se dá está em assign.h; quem está presente, em live/presence.h.
 */
#ifndef BALCAO_QUEUE_H
#define BALCAO_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/field.h"
#include "gen/q_queue.h"

enum {
    QUEUE_NAME_MAX = 80,
    QUEUE_TEXT_MAX = 1000,
    QUEUE_CAPACITY_MAX = 1000,
    QUEUE_POSITION_MAX = 10000,
    QUEUE_SILENCE_MIN = 5,
    QUEUE_TARGET_MAX = 525600 /* minutos: um ano */
};

/* Como uma fila sai: API e páginas. */
extern const struct field queue_out[];

/* O que muda; NULL ou has_ falso: fica como está (na criação, o padrão). */
struct queue_change {
    int64_t version; /* a que a tela mostrou; 0: não conferir */
    const char *name, *color, *greeting, *away_message;
    const char *business_hours; /* JSON; "": o da empresa */
    const char *time_zone;      /* "": o da empresa */
    const char *holidays;       /* JSON; "": nenhum */
    const char *assignment;
    const char *csat;            /* company, on ou off */
    const char *csat_question;   /* "": a da empresa */
    const char *silence_message; /* "": encerra sem avisar */
    const char *member_ids;      /* vetor do PostgreSQL */
    int64_t position, capacity;  /* capacity 0: sem limite */
    /* minutos até a primeira resposta e até encerrar; 0: sem prazo */
    int64_t answer_minutes, resolution_minutes;
    /* do silêncio do contato ao aviso (0: não se encerra), e dele ao fim */
    int64_t silence_minutes, silence_close_minutes;
    bool has_position, has_capacity, has_answer_minutes, has_resolution_minutes,
        has_silence_minutes, has_silence_close_minutes;
};

/*
 * Cria; `name` é obrigatório.
 * Erros: ERR_INVALID (cor, horário, feriado, fuso, membro que não é da
 *        empresa); ERR_CONFLICT (nome repetido, com o campo; filas demais).
 */
enum err queue_create(struct ctx *c, const struct queue_change *new,
                      struct q_queue_row *out);

/*
 * Muda, inteira ou em parte, e dá quem espera a quem passou a poder receber.
 * Erros: os de queue_create; ERR_NOT_FOUND; ERR_CONFLICT (versão).
 */
enum err queue_change(struct ctx *c, int64_t id, const struct queue_change *to,
                      struct q_queue_row *out);

/*
 * Apaga. Os atendimentos vão para `target` (0: nenhuma fila, e então não pode
 * haver abertos).
 * Erros: ERR_NOT_FOUND; ERR_CONFLICT (há abertos, dizendo quantos);
 *        ERR_INVALID em `moveTo` (não é outra fila da empresa).
 */
enum err queue_delete(struct ctx *c, int64_t id, int64_t target);

/*
 * Feriados como se digitam, um por linha: "2026-12-25 Natal" (fechado) ou
 * "2026-12-24 08:00-12:00 Véspera". Sai o JSON que queue_change confere.
 * Erros: ERR_INVALID em `holidaysText`.
 */
enum err
queue_holidays_read(struct ctx *c, const char *typed, const char **out);

/* De volta ao que se digita. */
const char *queue_holidays_text(struct ctx *c, const char *json);

#endif
