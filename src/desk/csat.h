/*
 * csat.h - a pesquisa de satisfação: ao encerrar, uma lista com cinco notas
 * vai ao contato; a nota que volta não reabre o atendimento. Não conhece HTTP.
 */
#ifndef BALCAO_CSAT_H
#define BALCAO_CSAT_H

#include "base/ctx.h"
#include "base/field.h"
#include "desk/inbound.h"
#include "gen/q_csat.h"
#include "jobs/worker.h"

#define CSAT_QUESTION_MAX 1000

/* Como as regras, o total e uma resposta saem na API. */
extern const struct field csat_rules_out[];
extern const struct field csat_figures_out[];
extern const struct field csat_answer_out[];

/* O total e as partes, prontos para csat_figures_out. */
struct csat_figures {
    int64_t asked, answered;
    double average;
    bool has_average;
    const char *average_json, *scores, *queues, *users;
};

/* De quando a quando (fim fora; NULL: 30 dias), de quem; 0: todos. */
struct csat_filter {
    const char *from, *to; /* instantes ISO 8601 */
    int64_t queue_id, user_id;
};

/* A que pesquisa uma mensagem responde; survey_id 0: a nenhuma. */
struct csat_reply {
    int64_t survey_id, ticket_id;
    int64_t queue_id, user_id; /* salas do atendimento */
    bool is_open;              /* fundiu-se num que está aberto */
    const char *part;          /* score, comment ou stale */
    int64_t score;             /* a dada; 0 se part não é score */
};

/* Acabou de encerrar: se é de perguntar, deixa o job que pergunta. */
enum err csat_closed(struct ctx *c, int64_t ticket_id);

/*
 * Diz se a mensagem responde a uma pesquisa: um toque na lista, "1" a "5"
 * escrito em até 24 horas, ou o texto que vem logo depois da nota.
 *   is_open  o contato tem um atendimento aberto: aí só o toque conta
 */
enum err csat_match(struct ctx *c, int64_t contact_id, const struct inbound *in,
                    bool is_open, struct csat_reply *out);

/* Grava a nota (uma por encerramento) ou o comentário, e o histórico. */
enum err
csat_store(struct ctx *c, const struct csat_reply *reply, const char *body);

/* As contas do período. Erros: ERR_INVALID (from, to). */
enum err
csat_sum(struct ctx *c, const struct csat_filter *f, struct csat_figures *out);

/* Confere os instantes do filtro. Erros: ERR_INVALID (from, to). */
enum err csat_filter_check(struct ctx *c, const struct csat_filter *f);

/* Liga ou desliga na empresa; pergunta vazia: a do sistema. */
enum err csat_rules_change(struct ctx *c, bool enabled, const char *question);

/*
 * Job "csat.ask" {ticketId, cycle}: pergunta, se ainda é de perguntar; com
 * {surveyId}, agradece a nota e convida a dizer mais.
 */
extern const struct job_kind csat_kind;

#endif
