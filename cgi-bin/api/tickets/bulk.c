/* tickets/bulk.c - a mesma mudança em muitos atendimentos, e as regras deles.
 */
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "desk/ticket_bulk.h"

extern const struct route bulk_routes[];

struct bulk_in {
    const char *ticket_ids, *action, *tag_ids, *priority, *note, *reason;
    int64_t user_id, queue_id;
};

#define B struct bulk_in
static const struct field bulk_in[] = {
    INTS(B, ticket_ids, .required = true, .max = TICKET_BULK_MAX,
         .doc = "Atendimentos, até 500"),
    ENUM(B, action, .required = true, .one_of = TICKET_BULK_ACTIONS,
         .doc = "O que fazer com eles"),
    INT(B, user_id, .min = 1,
        .doc = "assign e transfer: a quem; sem isto, assign devolve à espera"),
    INT(B, queue_id, .min = 1, .doc = "transfer: para que fila"),
    INTS(B, tag_ids, .max = 100, .doc = "tag e untag: que etiquetas"),
    ENUM(B, priority, .one_of = "low normal high urgent",
         .doc = "priority: qual"),
    TEXT(B, note, .max = 1000, .lines = true, .doc = "transfer: por quê"),
    TEXT(B, reason, .max = 200, .doc = "close: por quê"),
    FIELDS_END
};
#undef B

#define R struct ticket_bulk_result
static const struct field bulk_out[] = {
    INT(R, id, .doc = "Atendimento"),
    BOOL(R, done, .doc = "Mudou, ou já estava assim"),
    TEXT(R, code, .nullable = true, .doc = "Por que não: o código do erro"),
    TEXT(R, detail, .nullable = true, .doc = "Por que não, para a pessoa"),
    FIELDS_END
};
#undef R

/* "{1,2}" em números. */
static int
read_ids(struct arena *a, const char *list, int64_t **out)
{
    int count = 0;

    *out = arena_alloc(a, (TICKET_BULK_MAX + 1) * sizeof **out);
    for (list++; *list != '}' && *list != '\0' && count < TICKET_BULK_MAX;) {
        char *end;

        (*out)[count++] = strtoll(list, &end, 10);
        list = *end == ',' ? end + 1 : end;
    }
    return count;
}

static enum err
bulk(struct req *r, const void *input)
{
    const struct bulk_in *in = input;
    struct ticket_bulk_result *results;
    int64_t *ids;
    int count = read_ids(r->ctx.arena, in->ticket_ids, &ids);
    enum err e = ticket_bulk(&r->ctx,
                             &(struct ticket_bulk){ .action = in->action,
                                                    .user_id = in->user_id,
                                                    .queue_id = in->queue_id,
                                                    .tag_ids = in->tag_ids,
                                                    .priority = in->priority,
                                                    .note = in->note,
                                                    .reason = in->reason },
                             ids, &count, &results);

    return e != OK ? e : reply_list(r, results, sizeof *results, count, NULL);
}

struct rules_in {
    int64_t reopen_hours;
};
static const struct field rules_in[] = {
    INT(struct rules_in, reopen_hours, .required = true, .min = 0, .max = 720,
        .doc = "Horas; 0: quem escreve depois abre sempre outro"),
    FIELDS_END
};

static const struct field rules_out[] = {
    INT(struct q_ticket_rules_row, reopen_hours,
        .doc = "Horas depois de encerrado em que o contato, ao escrever, "
               "continua o mesmo atendimento"),
    FIELDS_END
};

static enum err
rules(struct req *r, const void *input)
{
    struct q_ticket_rules_row row;
    enum err e = q_ticket_rules(&r->ctx, &row);

    (void)input;
    return e != OK ? e : reply(r, &row);
}

static enum err
set_rules(struct req *r, const void *input)
{
    const struct rules_in *in = input;
    struct q_ticket_rules_set_row row;
    enum err e = q_ticket_rules_set(
        &r->ctx,
        &(struct q_ticket_rules_set_in){ .reopen_hours = in->reopen_hours },
        &row);

    return e != OK ? e
                   : reply(r, &(struct q_ticket_rules_row){
                                  .reopen_hours = row.reopen_hours });
}

/* clang-format off */
const struct route bulk_routes[] = {
    { POST, "/api/v1/tickets/bulk", bulk, PERM_TICKETS_MANAGE,
      IN(struct bulk_in, bulk_in), .out = bulk_out, .out_list = true,
      .alias = "/api/v1/chats/bulk",
      .doc = "Muda muitos atendimentos; cada um diz se mudou" },
    { GET, "/api/v1/settings/tickets", rules, PERM_COMPANY_READ,
      .one_query = true, .out = rules_out,
      .doc = "As regras dos atendimentos da empresa" },
    { PUT, "/api/v1/settings/tickets", set_rules, PERM_COMPANY_WRITE,
      IN(struct rules_in, rules_in), .out = rules_out,
      .doc = "Muda as regras dos atendimentos da empresa" },
    ROUTES_END
};
/* clang-format on */
