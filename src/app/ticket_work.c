/* ticket_work.c - as entradas e os tratadores de ticket_work.h. */
#include "app/ticket_work.h"

#include <inttypes.h>

#include "desk/custom.h"
#include "desk/ticket_change.h"
#include "desk/ticket_open.h"

#define PRIORITIES "low normal high urgent"
#define PATH_ID(S) INT(S, id, .from = PATH, .min = 1, .doc = "Ticket")

const struct field ticket_id_in[] = { PATH_ID(struct ticket_id_in),
                                      FIELDS_END };

#define S struct ticket_open_in
const struct field ticket_open_in[] = {
    INT(S, contact_id, .min = 1, .doc = "Contato; ou diga o telefone"),
    TEXT(S, phone, .min = 5, .max = 40,
         .doc = "Telefone com o código do país; o contato novo é criado"),
    TEXT(S, name, .max = 200, .doc = "Nome do contato novo"),
    INT(S, channel_id, .min = 1,
        .doc = "Canal; pode faltar se a empresa só tem um"),
    INT(S, queue_id, .min = 1, .doc = "Fila; sem ela, a do canal"),
    INT(S, user_id, .min = 1,
        .doc = "Quem atende; sem isto, quem pede. Outra pessoa pede "
               "tickets.manage"),
    BOOL_IF_SENT(S, assign, .doc = "false: fica à espera, sem ninguém"),
    TEXT(S, subject, .max = 200, .doc = "Assunto"),
    ENUM(S, priority, .one_of = PRIORITIES, .doc = "Prioridade"),
    FIELDS_END
};
#undef S

#define S struct ticket_edit_in
const struct field ticket_edit_in[] = {
    PATH_ID(S),
    INT(S, version, .required = true, .min = 1,
        .doc = "A versão que a tela mostrou; 409 se já é outra"),
    TEXT(S, subject, .max = 200, .nullable = true,
         .doc = "Assunto; vazio tira"),
    ENUM(S, priority, .one_of = PRIORITIES, .doc = "Prioridade"),
    JSON(S, custom, .schema = CUSTOM_SCHEMA,
         .doc = "Campos próprios que mudam; null apaga"),
    INTS(S, tag_ids, .max = 100, .doc = "Todas as etiquetas dele"),
    FIELDS_END
};
#undef S

#define S struct ticket_transfer_in
const struct field ticket_transfer_in[] = {
    PATH_ID(S), INT(S, user_id, .min = 1, .doc = "A quem"),
    INT(S, queue_id, .min = 1, .doc = "Para que fila"),
    TEXT(S, note, .max = 1000, .lines = true,
         .doc = "Por quê, para quem recebe"),
    FIELDS_END
};
#undef S

#define S struct ticket_assign_in
const struct field ticket_assign_in[] = {
    PATH_ID(S),
    INT_IF_SENT(S, user_id, .min = 1,
                .doc = "A quem; null devolve à espera; ausente: a quem pede"),
    FIELDS_END
};
#undef S

const struct field ticket_snooze_in[] = {
    PATH_ID(struct ticket_snooze_in),
    TEXT(struct ticket_snooze_in, until, .required = true, .max = 40,
         .doc = "ISO 8601, futuro, até um ano"),
    FIELDS_END
};

const struct field ticket_close_in[] = { PATH_ID(struct ticket_close_in),
                                         TEXT(struct ticket_close_in, reason,
                                              .max = 200, .doc = "Por quê"),
                                         FIELDS_END };

const struct field ticket_history_in[] = {
    PATH_ID(struct ticket_history_in),
    INT(struct ticket_history_in, limit, .from = QUERY, .min = 1, .max = 200,
        .fallback = 50, .doc = "Quantas por página"),
    INT(struct ticket_history_in, before, .from = QUERY, .min = 1,
        .fallback = INT64_MAX, .doc = "O nextCursor da página anterior"),
    FIELDS_END
};

#define H struct q_ticket_history_row
const struct field ticket_history_out[] = {
    INT(H, id, .doc = "Mudança"),
    TEXT(H, field,
         .doc = "O que mudou: status, assignee, queue, subject, priority, "
                "tags, custom.CHAVE, snooze, reason, note, macro, participant, "
                "mergedInto, mergedFrom …"),
    TEXT(H, old_value, .json = "from", .nullable = true, .doc = "Como estava"),
    TEXT(H, new_value, .json = "to", .nullable = true, .doc = "Como ficou"),
    TEXT(H, old_name, .json = "fromName", .nullable = true,
         .doc = "Nome da pessoa ou fila de antes"),
    TEXT(H, new_name, .json = "toName", .nullable = true,
         .doc = "Nome da pessoa ou fila de depois"),
    INT_OR_NULL(H, user_id, .doc = "Quem mudou; null: o sistema"),
    TEXT(H, user_name, .nullable = true, .doc = "Nome de quem mudou"),
    TIME(H, created_at, .doc = "Quando"),
    FIELDS_END
};
#undef H

static enum err
answer(struct req *r, enum err e, const struct q_ticket_row *t)
{
    return e != OK ? e : reply(r, t);
}

static const char *
or_empty(const char *text)
{
    return text != NULL ? text : "";
}

enum err
ticket_work_open(struct req *r, const void *input)
{
    const struct ticket_open_in *in = input;
    bool alone = in->has_assign && !in->assign;
    struct q_ticket_row t;

    return answer(
        r,
        ticket_open(
            &r->ctx,
            &(struct ticket_new){
                .contact_id = in->contact_id,
                .phone = in->phone,
                .name = in->name,
                .channel_id = in->channel_id,
                .queue_id = in->queue_id,
                .user_id = in->user_id != 0 ? in->user_id
                           : alone          ? 0
                                            : r->ctx.user_id,
                .subject = or_empty(in->subject),
                .priority = in->priority != NULL ? in->priority : "normal" },
            &t),
        &t);
}

enum err
ticket_work_edit(struct req *r, const void *input)
{
    const struct ticket_edit_in *in = input;
    struct q_ticket_row t;

    return answer(r,
                  ticket_change(&r->ctx, in->id,
                                &(struct ticket_edit){ .version = in->version,
                                                       .subject = in->subject,
                                                       .priority = in->priority,
                                                       .custom = in->custom,
                                                       .tag_ids = in->tag_ids },
                                &t),
                  &t);
}

enum err
ticket_work_transfer(struct req *r, const void *input)
{
    const struct ticket_transfer_in *in = input;
    struct q_ticket_row t;

    return answer(
        r,
        ticket_transfer(&r->ctx, in->id,
                        &(struct ticket_transfer){ .user_id = in->user_id,
                                                   .queue_id = in->queue_id,
                                                   .note = or_empty(in->note) },
                        &t),
        &t);
}

enum err
ticket_work_assign(struct req *r, const void *input)
{
    const struct ticket_assign_in *in = input;
    struct q_ticket_row t;

    return answer(r,
                  ticket_assign(&r->ctx, in->id,
                                in->has_user_id ? in->user_id : r->ctx.user_id,
                                &t),
                  &t);
}

enum err
ticket_work_snooze(struct req *r, const void *input)
{
    const struct ticket_snooze_in *in = input;
    struct q_ticket_row t;

    return answer(r, ticket_snooze(&r->ctx, in->id, in->until, &t), &t);
}

enum err
ticket_work_unsnooze(struct req *r, const void *input)
{
    const struct ticket_id_in *in = input;
    struct q_ticket_row t;

    return answer(r, ticket_unsnooze(&r->ctx, in->id, &t), &t);
}

enum err
ticket_work_unread(struct req *r, const void *input)
{
    const struct ticket_id_in *in = input;
    enum err e = ticket_mark_unread(&r->ctx, in->id);

    return e != OK ? e : reply_empty(r);
}

enum err
ticket_work_close(struct req *r, const void *input)
{
    const struct ticket_close_in *in = input;
    struct q_ticket_row t;

    return answer(
        r, ticket_close_because(&r->ctx, in->id, or_empty(in->reason), &t), &t);
}

enum err
ticket_work_history(struct req *r, const void *input)
{
    const struct ticket_history_in *in = input;
    struct q_ticket_history_row *rows;
    const char *next = NULL;
    struct q_ticket_row t;
    int count;
    enum err e =
        q_ticket_get(&r->ctx, &(struct q_ticket_get_in){ .id = in->id }, &t);

    if (e == OK)
        e = q_ticket_history(
            &r->ctx,
            &(struct q_ticket_history_in){
                .ticket_id = in->id, .before = in->before, .max = in->limit },
            &rows, &count);
    if (e != OK)
        return e;
    if (count == in->limit)
        next = arena_printf(r->ctx.arena, "%" PRId64, rows[count - 1].id);
    return reply_list(r, rows, sizeof *rows, count, next);
}
