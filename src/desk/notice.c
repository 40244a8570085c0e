/* notice.c - ler, marcar e escolher notificações. */
#include "desk/notice.h"

#include <inttypes.h>

#include "live/outbox.h"

#define N struct q_notice_row
const struct field notice_out[] = {
    INT(N, id, .doc = "Notificação"),
    ENUM(N, kind, .one_of = NOTICE_KINDS,
         .doc = "Citação, atendimento recebido ou passado, conversa, prazo "
                "vencido, passou a acompanhar, novidade no que acompanha"),
    INT_OR_NULL(N, ticket_id, .doc = "Atendimento"),
    TEXT(N, protocol, .nullable = true,
         .doc = "Protocolo dele; null se a pessoa não o vê"),
    TEXT(N, contact, .nullable = true, .doc = "De quem ele é; idem"),
    INT_OR_NULL(N, message_id, .doc = "A anotação que cita a pessoa"),
    INT_OR_NULL(N, conversation_id, .doc = "Conversa entre colegas"),
    TEXT(N, conversation, .nullable = true, .doc = "Nome do grupo"),
    INT_OR_NULL(N, by_id, .doc = "Quem a causou; null: o sistema"),
    TEXT(N, by_name, .nullable = true, .doc = "Nome de quem a causou"),
    INT(N, amount, .doc = "Quantas mensagens ela junta"),
    TIME(N, created_at, .doc = "Quando nasceu"),
    TIME(N, read_at, .nullable = true, .doc = "Quando foi lida"),
    FIELDS_END
};

const struct field notice_counts_out[] = {
    INT(struct q_notice_counts_row, unread,
        .doc = "Notificações por ler; 100 é cem ou mais"),
    INT(struct q_notice_counts_row, chat,
        .doc = "Mensagens de colegas por ler"),
    BOOL(struct q_notice_counts_row, sound, .doc = "Toca um som"),
    BOOL(struct q_notice_counts_row, browser,
         .doc = "Mostra também no navegador"),
    FIELDS_END
};

const struct field notice_settings_out[] = {
    JSON(struct q_notice_settings_row, muted,
         .schema = "{\"type\":\"array\",\"items\":{\"type\":\"string\","
                   "\"enum\":[\"mention\",\"assigned\",\"transferred\","
                   "\"chat\",\"sla\",\"participant\",\"followed\"]}}",
         .doc = "Espécies que a pessoa não quer"),
    BOOL(struct q_notice_settings_row, sound, .doc = "Toca um som"),
    BOOL(struct q_notice_settings_row, browser,
         .doc = "Mostra também no navegador"),
    FIELDS_END
};

static enum err
emit_read(struct ctx *c, int64_t unread)
{
    struct rooms rooms = { .count = 0 };

    rooms_add(c, &rooms, "user", c->user_id);
    return outbox_emit(
        c, "notification:read", &rooms,
        arena_printf(c->arena, "{\"unread\":%" PRId64 "}", unread));
}

enum err
notice_read(struct ctx *c, int64_t id, struct q_notice_counts_row *out)
{
    struct q_notice_row row;
    int64_t changed = 0;
    enum err e = OK;

    if (id != 0)
        e = q_notice_get(c, &(struct q_notice_get_in){ .id = id }, &row);
    if (e == OK)
        e = q_notice_read(c, &(struct q_notice_read_in){ .id = id }, &changed);
    if (e == OK)
        e = q_notice_counts(c, out);
    if (e != OK || changed == 0)
        return e;
    return emit_read(c, out->unread);
}

enum err
notice_ticket_seen(struct ctx *c, int64_t ticket_id)
{
    struct q_notice_counts_row counts;
    int64_t changed = 0;
    enum err e = q_notice_ticket_seen(
        c, &(struct q_notice_ticket_seen_in){ .ticket_id = ticket_id },
        &changed);

    if (e != OK || changed == 0)
        return e;
    e = q_notice_counts(c, &counts);
    return e != OK ? e : emit_read(c, counts.unread);
}
