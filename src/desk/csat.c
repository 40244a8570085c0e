/* csat.c - perguntar, reconhecer a resposta e guardá-la. */
#include "desk/csat.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "desk/message.h"
#include "desk/ticket.h"
#include "jobs/queue.h"

#define COMMENT_MAX 4096

/* A lista da Cloud API: botão até 20 caracteres, título de linha até 24. */
static const char *const titles[] = {
    N_("5 – Ótimo"), N_("4 – Bom"),     N_("3 – Regular"),
    N_("2 – Ruim"),  N_("1 – Péssimo"),
};

static enum err
later(struct ctx *c, int64_t ticket_id, const char *payload)
{
    return job_enqueue(
        c, &(struct job_new){ .lane = LANE_OUTBOUND,
                              .kind = csat_kind.name,
                              .serial_key = arena_printf(
                                  c->arena, "ticket:%" PRId64, ticket_id),
                              .payload = payload });
}

enum err
csat_closed(struct ctx *c, int64_t ticket_id)
{
    struct q_csat_due_row due;
    bool found;
    enum err e = q_csat_due(
        c, &(struct q_csat_due_in){ .ticket_id = ticket_id }, &due, &found);

    if (e != OK || !found)
        return e;
    return later(c, ticket_id,
                 arena_printf(c->arena,
                              "{\"ticketId\":%" PRId64 ",\"cycle\":%" PRId64
                              "}",
                              ticket_id, due.cycle));
}

/* ---- perguntar ---- */

static const char *
all_titles(struct ctx *c)
{
    struct str s;
    size_t i;

    str_init(&s, c->arena, 120);
    for (i = 0; i < sizeof titles / sizeof *titles; i++) {
        str_putc(&s, i == 0 ? '{' : ',');
        str_json(&s, _(titles[i]));
    }
    str_putc(&s, '}');
    return s.data;
}

static enum err
ask(struct ctx *c, int64_t ticket_id, int64_t cycle)
{
    struct q_csat_due_row due;
    struct q_csat_ask_row row;
    bool found;
    enum err e = q_csat_due(c,
                            &(struct q_csat_due_in){ .ticket_id = ticket_id,
                                                     .cycle = cycle,
                                                     .has_cycle = true },
                            &due, &found);

    if (e != OK || !found)
        return e;
    i18n_set(due.locale);
    e = q_csat_ask(c,
                   &(struct q_csat_ask_in){
                       .ticket_id = ticket_id,
                       .body = due.question[0] != '\0'
                                   ? due.question
                                   : _("Como foi o seu atendimento? Toque em "
                                       "Avaliar, ou responda com um número de "
                                       "1 (péssimo) a 5 (ótimo)."),
                       .button = _("Avaliar"),
                       .titles = all_titles(c) },
                   &row);
    return e == OK ? message_say(c, row.message_id) : e;
}

static enum err
thank(struct ctx *c, int64_t survey_id)
{
    struct q_csat_thanks_due_row due;
    struct q_csat_say_row row;
    bool found;
    enum err e = q_csat_thanks_due(
        c, &(struct q_csat_thanks_due_in){ .id = survey_id }, &due, &found);

    if (e != OK || !found)
        return e;
    i18n_set(due.locale);
    e = q_csat_say(
        c,
        &(struct q_csat_say_in){
            .ticket_id = due.ticket_id,
            .body = _("Obrigado pela nota! Se quiser dizer mais alguma coisa "
                      "sobre este atendimento, escreva agora.") },
        &row);
    return e == OK ? message_say(c, row.message_id) : e;
}

static enum err
step(struct ctx *c, struct job *job, enum job_next *next)
{
    int64_t survey_id = job_number(job->payload, "surveyId");

    *next = JOB_DONE;
    return survey_id != 0 ? thank(c, survey_id)
                          : ask(c, job_number(job->payload, "ticketId"),
                                job_number(job->payload, "cycle"));
}

const struct job_kind csat_kind = {
    .name = "csat.ask",
    .concurrency = 4,
    .prepare = step,
};

/* ---- a resposta ---- */

/* "csat:12:5", o id de uma linha da lista que mandamos. */
static bool
read_choice(const char *choice, int64_t *survey_id, int64_t *score)
{
    int n = 0;

    return choice != NULL &&
           sscanf(choice, "csat:%" SCNd64 ":%" SCNd64 "%n", survey_id, score,
                  &n) == 2 &&
           choice[n] == '\0' && *survey_id > 0 && *score >= 1 && *score <= 5;
}

/* Só o algarismo, com espaços em volta. */
static int64_t
bare_score(const char *body)
{
    const char *p = body + strspn(body, " \t\r\n");

    return *p >= '1' && *p <= '5' && p[1 + strspn(p + 1, " \t\r\n")] == '\0'
               ? *p - '0'
               : 0;
}

enum err
csat_match(struct ctx *c, int64_t contact_id, const struct inbound *in,
           bool is_open, struct csat_reply *out)
{
    struct q_csat_match_in ask = { .contact_id = contact_id,
                                   .channel_id = in->channel_id };
    bool touched = read_choice(in->choice, &ask.choice, &ask.given), found;
    struct q_csat_match_row row;
    enum err e;

    *out = (struct csat_reply){ 0 };
    if (!touched &&
        (is_open || strcmp(in->kind, "text") != 0 || in->body[0] == '\0'))
        return OK;
    if (!touched) {
        ask.choice = 0;
        ask.given = bare_score(in->body);
    }
    e = q_csat_match(c, &ask, &row, &found);
    if (e != OK || !found || row.part == NULL)
        return e;
    *out = (struct csat_reply){ .survey_id = row.survey_id,
                                .ticket_id = row.ticket_id,
                                .queue_id = row.queue_id,
                                .user_id = row.user_id,
                                .is_open = row.is_open,
                                .part = row.part,
                                .score = ask.given };
    return OK;
}

enum err
csat_store(struct ctx *c, const struct csat_reply *reply, const char *body)
{
    int64_t changed = 0;
    enum err e;

    if (strcmp(reply->part, "stale") == 0)
        return OK;
    if (strcmp(reply->part, "comment") == 0)
        return q_csat_comment(
            c,
            &(struct q_csat_comment_in){
                .id = reply->survey_id,
                .comment = arena_memdup(c->arena, body,
                                        utf8_prefix(body, COMMENT_MAX)) },
            &changed);
    e = q_csat_score(c,
                     &(struct q_csat_score_in){ .id = reply->survey_id,
                                                .score = reply->score },
                     &changed);
    if (e != OK || changed == 0)
        return e;
    e = ticket_note(c, reply->ticket_id, "csat", NULL,
                    arena_printf(c->arena, "%" PRId64, reply->score));
    return e != OK ? e
                   : later(c, reply->ticket_id,
                           arena_printf(c->arena, "{\"surveyId\":%" PRId64 "}",
                                        reply->survey_id));
}
