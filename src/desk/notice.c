/* notice.c - ler, marcar e escolher notificações. */
#include "desk/notice.h"

#include <inttypes.h>
#include <string.h>

#include "base/i18n.h"
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
    JSON(struct q_notice_choice, muted,
         .schema = "{\"type\":\"array\",\"items\":{\"type\":\"string\","
                   "\"enum\":[\"mention\",\"assigned\",\"transferred\","
                   "\"chat\",\"sla\",\"participant\",\"followed\"]}}",
         .doc = "Espécies que a pessoa não quer"),
    BOOL(struct q_notice_choice, sound, .doc = "Toca um som"),
    BOOL(struct q_notice_choice, browser, .doc = "Mostra também no navegador"),
    ENUM(struct q_notice_choice, digest, .one_of = NOTICE_DIGESTS,
         .doc = "Resumo por e-mail do que não se viu: nunca, 15 minutos "
                "depois, uma hora depois, uma vez por dia"),
    INT(struct q_notice_choice, digest_hour,
        .doc = "Hora do resumo de cada dia, no fuso da empresa"),
    JSON(struct q_notice_choice, digest_kinds,
         .schema = "{\"type\":\"array\",\"items\":{\"type\":\"string\","
                   "\"enum\":[\"mention\",\"assigned\",\"transferred\","
                   "\"chat\",\"sla\",\"participant\",\"followed\"]}}",
         .doc = "Espécies que entram no resumo"),
    FIELDS_END
};

/* O que vale é quem a causou e onde. */
const char *
notice_text(struct arena *a, const struct q_notice_row *n)
{
    const char *by = n->by_name != NULL ? n->by_name : _("Balcão");

    if (strcmp(n->kind, "mention") == 0)
        return arena_printf(a,
                            n->has_ticket_id ? _("%s citou você numa anotação")
                                             : _("%s citou você numa conversa"),
                            by);
    if (strcmp(n->kind, "assigned") == 0)
        return n->by_name == NULL
                   ? _("Você recebeu um atendimento")
                   : arena_printf(a, _("%s deu um atendimento a você"), by);
    if (strcmp(n->kind, "transferred") == 0)
        return arena_printf(a, _("%s passou um atendimento a você"), by);
    if (strcmp(n->kind, "sla") == 0)
        return _("Venceu o prazo de um atendimento");
    if (strcmp(n->kind, "participant") == 0)
        return arena_printf(a, _("%s pôs você a acompanhar um atendimento"),
                            by);
    if (strcmp(n->kind, "followed") == 0)
        return arena_printf(
            a,
            i18n_plural("%d mensagem nova num atendimento que você acompanha",
                        "%d mensagens novas num atendimento que você acompanha",
                        (unsigned long)n->amount),
            (int)n->amount);
    if (n->amount == 1)
        return arena_printf(a, _("%s escreveu a você"), by);
    return arena_printf(a,
                        i18n_plural("%d mensagem nova; a última, de %s",
                                    "%d mensagens novas; a última, de %s",
                                    (unsigned long)n->amount),
                        (int)n->amount, by);
}

const char *
notice_path(struct arena *a, const struct q_notice_row *n)
{
    if (n->has_conversation_id)
        return arena_printf(a, "/chat/%" PRId64, n->conversation_id);
    if (n->has_message_id)
        return arena_printf(a, "/inbox/%" PRId64 "#m%" PRId64, n->ticket_id,
                            n->message_id);
    return arena_printf(a, "/inbox/%" PRId64, n->ticket_id);
}

const char *
notice_where(struct arena *a, const struct q_notice_row *n)
{
    return n->contact != NULL
               ? arena_printf(a, "%s · %s", n->contact, n->protocol)
               : n->conversation;
}

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
