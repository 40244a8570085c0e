/* csat_figures.c - as regras da empresa e as contas da pesquisa. */
#include <inttypes.h>
#include <string.h>

#include "base/i18n.h"
#include "desk/csat.h"
#include "desk/ticket_filter.h"

#define AVERAGE "\"average\":{\"type\":[\"number\",\"null\"]}"
#define PARTS \
    "{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{" \
    "\"id\":{\"type\":[\"integer\",\"null\"]},\"name\":{\"type\":[" \
    "\"string\",\"null\"]},\"asked\":{\"type\":\"integer\"},\"answered\":{" \
    "\"type\":\"integer\"}," AVERAGE "}}}"

const struct field csat_rules_out[] = {
    BOOL(struct q_csat_rules_row, enabled, .doc = "Pergunta ao encerrar"),
    TEXT(struct q_csat_rules_row, question,
         .doc = "A pergunta; vazia: a do sistema, na língua da empresa"),
    FIELDS_END
};

#define C struct csat_figures
const struct field csat_figures_out[] = {
    INT(C, asked, .doc = "Pesquisas enviadas"),
    INT(C, answered, .doc = "Respondidas"),
    JSON(C, average_json, .json = "average",
         .schema = "{\"type\":[\"number\",\"null\"]}",
         .doc = "Média de 1 a 5; null: nenhuma resposta"),
    INTS(C, scores, .doc = "Quantas de cada nota, de 1 a 5"),
    JSON(C, queues, .schema = PARTS, .doc = "Por fila"),
    JSON(C, users, .schema = PARTS, .doc = "Por quem atendia"),
    FIELDS_END
};
#undef C

#define A struct q_csat_answers_row
const struct field csat_answer_out[] = {
    INT(A, id, .doc = "Pesquisa"),
    INT(A, ticket_id, .doc = "Atendimento"),
    TEXT(A, protocol, .doc = "Protocolo dele"),
    TEXT(A, contact, .doc = "De quem ele é"),
    TEXT(A, queue, .nullable = true, .doc = "Fila ao encerrar"),
    TEXT(A, user_name, .nullable = true, .doc = "Quem atendia"),
    INT(A, score, .doc = "A nota, 1 a 5"),
    TEXT(A, comment, .nullable = true, .doc = "O que disse depois dela"),
    TIME(A, scored_at, .doc = "Quando respondeu"),
    FIELDS_END
};
#undef A

enum err
csat_filter_check(struct ctx *c, const struct csat_filter *f)
{
    if (f->from != NULL && !ticket_instant_ok(f->from))
        fail_field(c, "from", "format", "%s",
                   _("precisa ser um dia ou instante ISO 8601"));
    if (f->to != NULL && !ticket_instant_ok(f->to))
        fail_field(c, "to", "format", "%s",
                   _("precisa ser um dia ou instante ISO 8601"));
    return c->error;
}

static void
add_average(struct str *s, bool has, double average)
{
    if (has)
        str_printf(s, "%.2f", average);
    else
        str_puts(s, "null");
}

static enum err
parts(struct ctx *c, const struct csat_filter *f, const char *by_what,
      const char **out)
{
    struct q_csat_by_row *rows;
    struct str s;
    int count, i;
    enum err e = q_csat_by(c,
                           &(struct q_csat_by_in){ .since = f->from,
                                                   .ends = f->to,
                                                   .queue_id = f->queue_id,
                                                   .user_id = f->user_id,
                                                   .by_what = by_what },
                           &rows, &count);

    str_init(&s, c->arena, 200);
    str_putc(&s, '[');
    for (i = 0; e == OK && i < count; i++) {
        str_puts(&s, i > 0 ? ",{\"id\":" : "{\"id\":");
        if (rows[i].has_id)
            str_printf(&s, "%" PRId64, rows[i].id);
        else
            str_puts(&s, "null");
        str_puts(&s, ",\"name\":");
        if (rows[i].name != NULL)
            str_json(&s, rows[i].name);
        else
            str_puts(&s, "null");
        str_printf(
            &s, ",\"asked\":%" PRId64 ",\"answered\":%" PRId64 ",\"average\":",
            rows[i].asked, rows[i].answered);
        add_average(&s, rows[i].has_average, rows[i].average);
        str_putc(&s, '}');
    }
    str_putc(&s, ']');
    *out = s.data;
    return e;
}

enum err
csat_sum(struct ctx *c, const struct csat_filter *f, struct csat_figures *out)
{
    struct q_csat_total_row row;
    struct str s;
    enum err e = csat_filter_check(c, f);

    if (e == OK)
        e = q_csat_total(c,
                         &(struct q_csat_total_in){ .since = f->from,
                                                    .ends = f->to,
                                                    .queue_id = f->queue_id,
                                                    .user_id = f->user_id },
                         &row);
    if (e != OK)
        return e;
    str_init(&s, c->arena, 16);
    add_average(&s, row.has_average, row.average);
    *out = (struct csat_figures){ .asked = row.asked,
                                  .answered = row.answered,
                                  .average = row.average,
                                  .has_average = row.has_average,
                                  .average_json = s.data,
                                  .scores = row.scores };
    e = parts(c, f, "queue", &out->queues);
    return e == OK ? parts(c, f, "user", &out->users) : e;
}

enum err
csat_rules_change(struct ctx *c, bool enabled, const char *question)
{
    int64_t changed;

    return q_csat_rules_set(c,
                            &(struct q_csat_rules_set_in){
                                .enabled = enabled, .question = question },
                            &changed);
}
