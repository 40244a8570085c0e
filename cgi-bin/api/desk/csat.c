/* desk/csat.c - rotas de /api/v1/csat: as contas, as respostas e as regras. */
#include <inttypes.h>

#include "app/app.h"
#include "desk/csat.h"

#define SMALL_BODY 8192

struct figures_in {
    const char *from, *to;
    int64_t queue_id, user_id, limit, cursor;
};
#define F struct figures_in
/* clang-format off */
#define FILTER \
    TEXT(F, from, .from = QUERY, .max = 40, \
         .doc = "Perguntadas desde, ISO 8601; sem ele, os últimos 30 dias"), \
    TEXT(F, to, .from = QUERY, .max = 40, \
         .doc = "Perguntadas antes de, ISO 8601"), \
    INT(F, queue_id, .from = QUERY, .min = 1, .doc = "Só desta fila"), \
    INT(F, user_id, .from = QUERY, .min = 1, .doc = "Só de quem atendia")
static const struct field figures_in[] = { FILTER, FIELDS_END };
static const struct field answers_in[] = {
    FILTER,
    INT(F, limit, .from = QUERY, .min = 1, .max = 100, .fallback = 20,
        .doc = "Quantas por página"),
    INT(F, cursor, .from = QUERY, .min = 1,
        .doc = "O nextCursor da página anterior"),
    FIELDS_END
};
/* clang-format on */
#undef F

static struct csat_filter
filter_of(const struct figures_in *in)
{
    return (struct csat_filter){ .from = in->from,
                                 .to = in->to,
                                 .queue_id = in->queue_id,
                                 .user_id = in->user_id };
}

static enum err
figures(struct req *r, const void *input)
{
    const struct csat_filter f = filter_of(input);
    struct csat_figures sum;
    enum err e = csat_sum(&r->ctx, &f, &sum);

    return e != OK ? e : reply(r, &sum);
}

static enum err
answers(struct req *r, const void *input)
{
    const struct figures_in *in = input;
    const struct csat_filter f = filter_of(in);
    struct q_csat_answers_row *rows;
    const char *next = NULL;
    int count;
    enum err e = csat_filter_check(&r->ctx, &f);

    if (e == OK)
        e = q_csat_answers(
            &r->ctx,
            &(struct q_csat_answers_in){ .since = in->from,
                                         .ends = in->to,
                                         .queue_id = in->queue_id,
                                         .user_id = in->user_id,
                                         .before = in->cursor > 0 ? in->cursor
                                                                  : INT64_MAX,
                                         .max = in->limit },
            &rows, &count);
    if (e != OK)
        return e;
    if (count == in->limit)
        next = arena_printf(r->ctx.arena, "%" PRId64, rows[count - 1].id);
    return reply_list(r, rows, sizeof *rows, count, next);
}

static enum err
rules(struct req *r, const void *input)
{
    struct q_csat_rules_row row;
    enum err e = q_csat_rules(&r->ctx, &row);

    (void)input;
    return e != OK ? e : reply(r, &row);
}

struct rules_in {
    bool enabled;
    const char *question;
};
static const struct field rules_in[] = {
    BOOL(struct rules_in, enabled, .required = true,
         .doc = "Pergunta ao encerrar"),
    TEXT(struct rules_in, question, .max = CSAT_QUESTION_MAX, .lines = true,
         .doc = "A pergunta; vazia: a do sistema, na língua da empresa"),
    FIELDS_END
};

static enum err
set_rules(struct req *r, const void *input)
{
    const struct rules_in *in = input;
    enum err e = csat_rules_change(&r->ctx, in->enabled,
                                   in->question != NULL ? in->question : "");

    return e != OK ? e : rules(r, input);
}

/* clang-format off */
const struct route csat_routes[] = {
    { GET, "/api/v1/csat", figures, PERM_TICKETS_MANAGE, AUTH_EITHER,
      IN(struct figures_in, figures_in), .out = csat_figures_out,
      .doc = "Satisfação: pesquisas, respostas e médias do período" },
    { GET, "/api/v1/csat/answers", answers, PERM_TICKETS_MANAGE, AUTH_EITHER,
      IN(struct figures_in, answers_in), .out = csat_answer_out,
      .out_list = true, .doc = "As respostas, da mais nova à mais velha" },
    { GET, "/api/v1/csat/settings", rules, PERM_COMPANY_READ, AUTH_EITHER,
      .out = csat_rules_out, .doc = "Se e o que se pergunta ao encerrar" },
    { PUT, "/api/v1/csat/settings", set_rules, PERM_COMPANY_WRITE,
      .max_body = SMALL_BODY, IN(struct rules_in, rules_in),
      .out = csat_rules_out, .doc = "Liga ou desliga a pesquisa na empresa" },
    ROUTES_END
};
/* clang-format on */
