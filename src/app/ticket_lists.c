/* ticket_lists.c - as entradas e os tratadores de ticket_lists.h. */
#include "app/ticket_lists.h"

#include <string.h>

#include "base/i18n.h"

#define L struct ticket_list_in
#define OF_TIME(member, text) \
    TEXT(L, member, .from = QUERY, .max = 40, .doc = text ", ISO 8601")
#define FILTERS \
    TEXT(L, queue_id, .from = QUERY, .max = 20, .doc = "Fila, ou none"), \
        TEXT(L, user_id, .from = QUERY, .max = 20, \
             .doc = "Quem atende: número, me ou none"), \
        TEXT(L, participant_id, .from = QUERY, .max = 20, \
             .doc = "Quem participa: número ou me"), \
        TEXT(L, tag_ids, .from = QUERY, .max = 200, \
             .doc = "Etiquetas, separadas por vírgula: todas elas"), \
        INT(L, channel_id, .from = QUERY, .min = 1, .doc = "Canal"), \
        INT(L, contact_id, .from = QUERY, .min = 1, .doc = "Contato"), \
        ENUM(L, priority, .from = QUERY, .doc = "Prioridade", \
             .one_of = "low normal high urgent"), \
        ENUM(L, sla, .from = QUERY, .one_of = TICKET_SLA_WORDS " none", \
             .doc = "Prazo que corre: no prazo, perto, vencido, ou nenhum"), \
        TEXT(L, q, .from = QUERY, .min = 2, .max = 100, \
             .doc = "Nome, telefone, documento ou e-mail do contato, assunto " \
                    "ou protocolo"), \
        BOOL_IF_SENT(L, unread, .from = QUERY, \
                     .doc = "Com não lidas, ou sem"), \
        BOOL_IF_SENT(L, snoozed, .from = QUERY, .doc = "Adiados, ou não"), \
        OF_TIME(created_from, "Nascidos desde"), \
        OF_TIME(created_to, "Nascidos antes de"), \
        OF_TIME(updated_from, "Mudados desde"), \
        OF_TIME(updated_to, "Mudados antes de"), \
        OF_TIME(closed_from, "Encerrados desde"), \
        OF_TIME(closed_to, "Encerrados antes de")

const struct field ticket_list_in[] = {
    ENUM(L, status, .from = QUERY, .doc = "Estado; open é active, o padrão",
         .one_of = "bot pending active closed open all"),
    INT(L, limit, .from = QUERY, .min = 1, .max = 100, .fallback = 20,
        .doc = "Quantos por página"),
    TEXT(L, cursor, .from = QUERY, .max = 80,
         .doc = "O nextCursor da página anterior"),
    ENUM(L, sort, .from = QUERY, .one_of = TICKET_SORTS,
         .doc = "Ordem; waiting só traz quem espera, closed os encerrados, "
                "sla os que têm prazo, o que vence antes primeiro"),
    FILTERS,
    FIELDS_END
};
const struct field ticket_counts_in[] = { FILTERS, FIELDS_END };
#undef L

#define C struct q_ticket_tally_row
const struct field ticket_counts_out[] = {
    INT(C, bot, .doc = "Com o robô"),
    INT(C, pending, .doc = "À espera"),
    INT(C, active, .doc = "Em atendimento"),
    INT(C, closed, .doc = "Encerrados; conta até 1000"),
    INT(C, unread, .doc = "Abertos com não lidas"),
    INT(C, mine, .doc = "Abertos da própria pessoa"),
    INT(C, waiting, .doc = "Abertos em que o contato espera resposta"),
    INT(C, snoozed, .doc = "Adiados"),
    FIELDS_END
};
#undef C

#define M struct ticket_mine_in
const struct field ticket_mine_in[] = {
    TEXT(M, from, .from = QUERY, .max = 40,
         .doc = "Encerrados desde, ISO 8601"),
    TEXT(M, to, .from = QUERY, .max = 40,
         .doc = "Encerrados antes de, ISO 8601"),
    TEXT(M, q, .from = QUERY, .min = 2, .max = 100,
         .doc = "Contato, assunto ou protocolo"),
    INT(M, limit, .from = QUERY, .min = 1, .max = 100, .fallback = 20,
        .doc = "Quantos por página"),
    TEXT(M, cursor, .from = QUERY, .max = 80,
         .doc = "O nextCursor da página anterior"),
    FIELDS_END
};
#undef M

bool
ticket_list_is_filtered(const struct ticket_list_in *in)
{
    return in->queue_id != NULL || in->user_id != NULL || in->tag_ids != NULL ||
           in->participant_id != NULL || in->channel_id != 0 ||
           in->contact_id != 0 || in->priority != NULL || in->sla != NULL ||
           in->q != NULL || in->created_from != NULL ||
           in->created_to != NULL || in->updated_from != NULL ||
           in->updated_to != NULL || in->closed_from != NULL ||
           in->closed_to != NULL || in->has_unread || in->has_snoozed ||
           (in->sort != NULL && strcmp(in->sort, "recent") != 0) ||
           (in->status != NULL && strcmp(in->status, "all") == 0);
}

static struct ticket_filter
filter_of(const struct ticket_list_in *in)
{
    return (struct ticket_filter){
        .status = in->status != NULL ? in->status : "active",
        .queue_id = in->queue_id,
        .user_id = in->user_id,
        .participant_id = in->participant_id,
        .tag_ids = in->tag_ids,
        .channel_id = in->channel_id,
        .contact_id = in->contact_id,
        .priority = in->priority,
        .text = in->q,
        .sla = in->sla,
        .created_from = in->created_from,
        .created_to = in->created_to,
        .updated_from = in->updated_from,
        .updated_to = in->updated_to,
        .closed_from = in->closed_from,
        .closed_to = in->closed_to,
        .unread = in->unread,
        .has_unread = in->has_unread,
        .snoozed = in->snoozed,
        .has_snoozed = in->has_snoozed,
    };
}

static enum err
list(struct req *r, const struct ticket_filter *f, struct ticket_page *page)
{
    const char *filter;
    enum err e = ticket_filter_json(&r->ctx, f, &filter);

    if (e == OK)
        e = ticket_filter_list(&r->ctx, filter, page);
    return e != OK ? e
                   : reply_list(r, page->rows, sizeof *page->rows, page->count,
                                page->next);
}

enum err
ticket_list_filtered(struct req *r, const struct ticket_list_in *in)
{
    struct ticket_filter f = filter_of(in);

    return list(r, &f,
                &(struct ticket_page){
                    .sort = in->sort, .cursor = in->cursor, .max = in->limit });
}

enum err
ticket_list_counts(struct req *r, const void *input)
{
    struct ticket_filter f = filter_of(input);
    struct q_ticket_tally_row row;
    const char *filter;
    enum err e;

    f.status = NULL;
    e = ticket_filter_json(&r->ctx, &f, &filter);
    if (e == OK)
        e = q_ticket_tally(
            &r->ctx, &(struct q_ticket_tally_in){ .filter = filter }, &row);
    return e != OK ? e : reply(r, &row);
}

/* Os nomes dos campos de período aqui são outros: quem pede sabe os seus. */
enum err
ticket_list_mine(struct req *r, const void *input)
{
    const struct ticket_mine_in *in = input;

    if (in->from != NULL && !ticket_instant_ok(in->from))
        fail_field(&r->ctx, "from", "format", "%s",
                   _("precisa ser um dia ou instante ISO 8601"));
    if (in->to != NULL && !ticket_instant_ok(in->to))
        fail_field(&r->ctx, "to", "format", "%s",
                   _("precisa ser um dia ou instante ISO 8601"));
    if (r->ctx.error != OK)
        return r->ctx.error;
    return list(r,
                &(struct ticket_filter){ .status = "closed",
                                         .user_id = "me",
                                         .text = in->q,
                                         .closed_from = in->from,
                                         .closed_to = in->to },
                &(struct ticket_page){
                    .sort = "closed", .cursor = in->cursor, .max = in->limit });
}
