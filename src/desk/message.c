/* message.c - a forma da mensagem, os avisos dela e a resposta ao cliente. */
#include "desk/message.h"

#include <inttypes.h>
#include <string.h>

#include "base/i18n.h"
#include "desk/receipt.h"
#include "desk/file.h"
#include "desk/inbound.h"
#include "desk/quick_reply.h"
#include "desk/ticket.h"
#include "jobs/queue.h"

#define M struct q_message_row
#define CAPTION_MAX 1024

#define TEXT_OR_NULL "{\"type\":[\"string\",\"null\"]}"

static const char media_schema[] =
    "{\"type\":[\"object\",\"null\"],\"properties\":{"
    "\"id\":" TEXT_OR_NULL ",\"mime\":" TEXT_OR_NULL ","
    "\"caption\":" TEXT_OR_NULL ",\"filename\":" TEXT_OR_NULL ","
    "\"fileId\":{\"type\":\"integer\"},\"state\":{\"type\":\"string\"},"
    "\"reason\":" TEXT_OR_NULL ",\"bytes\":{\"type\":\"integer\"},"
    "\"width\":{\"type\":\"integer\"},\"height\":{\"type\":\"integer\"},"
    "\"durationMs\":{\"type\":\"integer\"},"
    "\"preview\":{\"type\":\"boolean\"},"
    "\"sha256\":" TEXT_OR_NULL ",\"voice\":{\"type\":\"boolean\"},"
    "\"animated\":{\"type\":\"boolean\"}}}";
static const char location_schema[] =
    "{\"type\":[\"object\",\"null\"],\"properties\":{"
    "\"latitude\":{\"type\":\"number\"},\"longitude\":{\"type\":\"number\"},"
    "\"name\":" TEXT_OR_NULL ",\"address\":" TEXT_OR_NULL ","
    "\"url\":" TEXT_OR_NULL "}}";
static const char contacts_schema[] =
    "{\"type\":[\"array\",\"null\"],\"items\":{\"type\":\"object\"}}";
static const char link_schema[] =
    "{\"type\":[\"object\",\"null\"],\"required\":[\"url\",\"title\","
    "\"description\",\"site\"],\"properties\":{"
    "\"url\":{\"type\":\"string\"},\"title\":{\"type\":\"string\"},"
    "\"description\":{\"type\":\"string\"},"
    "\"site\":{\"type\":\"string\"}}}";
static const char reactions_schema[] =
    "{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{"
    "\"emoji\":{\"type\":\"string\"},\"fromMe\":{\"type\":\"boolean\"}}}}";

const struct field message_out[] = {
    INT(M, id, .doc = "Mensagem"),
    INT(M, ticket_id, .doc = "Ticket"),
    INT_OR_NULL(M, user_id, .doc = "Quem escreveu, se foi da equipe"),
    BOOL(M, from_me, .doc = "Saiu do Balcão"),
    ENUM(M, sender_type, .doc = "Espécie de autor",
         .one_of = "contact user bot system"),
    ENUM(M, kind, .doc = "Espécie de conteúdo",
         .one_of = "text image video audio document sticker location contacts "
                   "interactive button reaction order system unsupported "
                   "note template"),
    TEXT(M, body, .doc = "Texto, ou a legenda"),
    ENUM(M, status, .doc = "Estado do envio",
         .one_of = "received queued sending sent delivered read played failed"),
    TEXT(M, error, .nullable = true, .doc = "Por que falhou"),
    INT_OR_NULL(M, reply_to, .doc = "Mensagem citada"),
    JSON(M, media, .nullable = true, .doc = "Arquivo", .schema = media_schema),
    JSON(M, location, .nullable = true, .doc = "Lugar",
         .schema = location_schema),
    JSON(M, contacts, .nullable = true, .doc = "Cartões de contato",
         .schema = contacts_schema),
    JSON(M, reactions, .doc = "Reações", .schema = reactions_schema),
    TIME(M, sent_at, .nullable = true, .doc = "Hora do provedor"),
    TIME(M, created_at, .doc = "Hora em que foi gravada"),
    TIME(M, edited_at, .nullable = true, .doc = "Quando foi editada"),
    TIME(M, deleted_at, .nullable = true, .doc = "Quando foi apagada"),
    INTS(M, mentions, .doc = "Pessoas citadas numa anotação"),
    BOOL(M, forwarded, .doc = "Foi encaminhada de outra"),
    JSON(M, link, .nullable = true, .schema = link_schema,
         .doc = "Prévia do primeiro endereço do texto; null: não há, ou ainda "
                "não se leu"),
    FIELDS_END
};

static const char *
message_payload(struct ctx *c, const char *type, const M *m)
{
    struct str s;

    str_init(&s, c->arena, 512);
    str_printf(&s, "{\"ticketId\":%" PRId64, m->ticket_id);
    if (strcmp(type, "message:ack") == 0) {
        str_printf(&s,
                   ",\"messageId\":%" PRId64 ",\"status\":\"%s\","
                   "\"error\":",
                   m->id, m->status);
        if (m->error != NULL)
            str_json(&s, m->error);
        else
            str_puts(&s, "null");
    } else {
        str_puts(&s, ",\"message\":");
        json_write(&s, message_out, m);
    }
    str_putc(&s, '}');
    return s.data;
}

enum err
message_emit_to(struct ctx *c, const char *type, const M *m, int64_t queue_id,
                int64_t user_id)
{
    struct rooms rooms = { .count = 0 };

    ticket_rooms(c, m->ticket_id, queue_id, user_id, &rooms);
    return outbox_emit(c, type, &rooms, message_payload(c, type, m));
}

enum err
message_emit(struct ctx *c, const char *type, const M *m)
{
    struct q_message_room_keys_row keys;
    enum err e;

    e = q_message_room_keys(
        c, &(struct q_message_room_keys_in){ .ticket_id = m->ticket_id },
        &keys);
    if (e != OK)
        return e;
    return message_emit_to(c, type, m, keys.queue_id, keys.user_id);
}

/* Por que a resposta não entrou: a pessoa merece o motivo certo. */
static enum err
why_refused(struct ctx *c, const struct ticket_reply_in *in)
{
    struct q_message_belongs_row quoted;
    struct q_ticket_row t;
    bool found = true;
    enum err e;

    e = q_ticket_get(c, &(struct q_ticket_get_in){ .id = in->ticket_id }, &t);
    if (e != OK)
        return e;
    if (strcmp(t.status, "closed") == 0)
        return fail(c, ERR_CONFLICT, "%s",
                    _("este atendimento está fechado; "
                      "reabra para responder"));
    if (in->reply_to != 0)
        e = q_message_belongs(
            c,
            &(struct q_message_belongs_in){ .id = in->reply_to,
                                            .ticket_id = in->ticket_id },
            &quoted, &found);
    if (e != OK)
        return e;
    if (!found)
        return fail_field(c, "replyTo", "exists", "%s",
                          _("não é uma mensagem deste atendimento"));
    return fail_field(c, "body", "window", "%s",
                      _("passaram 24 h da última mensagem do cliente; o "
                        "WhatsApp só aceita um modelo aprovado"));
}

enum err
message_enqueue_send(struct ctx *c, int64_t id, int64_t ticket_id,
                     const char *again)
{
    struct arena *a = c->arena;

    return job_enqueue(
        c, &(struct job_new){
               .lane = LANE_OUTBOUND,
               .kind = "message.send",
               .unique_key = arena_printf(a, "%" PRId64 "%s", id, again),
               .serial_key = arena_printf(a, "ticket:%" PRId64, ticket_id),
               .payload = arena_printf(a, "{\"messageId\":%" PRId64 "}", id) });
}

enum err
message_say(struct ctx *c, int64_t id)
{
    struct q_message_row m;
    enum err e = q_message_get(c, &(struct q_message_get_in){ .id = id }, &m);

    if (e == OK)
        e = message_emit(c, "message:created", &m);
    return e == OK ? message_enqueue_send(c, m.id, m.ticket_id, "") : e;
}

static void
copy_message(M *m, const struct q_reply_row *r)
{
    *m = (M){
        .id = r->id,
        .ticket_id = r->ticket_id,
        .user_id = r->user_id,
        .has_user_id = r->has_user_id,
        .from_me = r->from_me,
        .sender_type = r->sender_type,
        .kind = r->kind,
        .body = r->body,
        .status = r->status,
        .error = r->error,
        .reply_to = r->reply_to,
        .has_reply_to = r->has_reply_to,
        .media = r->media,
        .location = r->location,
        .contacts = r->contacts,
        .reactions = r->reactions,
        .sent_at = r->sent_at,
        .created_at = r->created_at,
        .mentions = "{}",
        .forwarded = r->forwarded,
    };
}

/* O arquivo que vai, e se a legenda pode ir com ele. */
static enum err
check_file(struct ctx *c, const struct ticket_reply_in *in, const char **kind,
           bool *waits)
{
    struct q_file_row f;
    enum err e = file_find(c, in->file_id, &f);

    if (e == ERR_NOT_FOUND || (e == OK && f.user_id != c->user_id)) {
        ctx_clear_error(c);
        return fail_field(c, "fileId", "exists", "%s",
                          _("não é um arquivo que você enviou"));
    }
    if (e != OK)
        return e;
    if (f.has_message_id || f.has_talk_message_id || f.has_reply_id)
        return fail(c, ERR_CONFLICT, "%s",
                    _("este arquivo já foi mandado; envie-o de novo"));
    if (strcmp(f.kind, "audio") == 0 && in->body[0] != '\0')
        return fail_field(c, "caption", "audio", "%s",
                          _("áudio não leva legenda"));
    if (utf8_length(in->body) > CAPTION_MAX)
        return fail_field(c, "caption", "max",
                          _("a legenda pode ter até %d caracteres"),
                          CAPTION_MAX);
    *kind = f.kind;
    *waits = strcmp(f.state, "pending") == 0;
    return OK;
}

/* Quem não vê o atendimento não fica sabendo nem disto. */
static enum err
empty_refused(struct ctx *c, int64_t ticket_id)
{
    struct q_ticket_row t;
    enum err e =
        q_ticket_get(c, &(struct q_ticket_get_in){ .id = ticket_id }, &t);

    return e != OK ? e : fail_field(c, "body", "min", "%s", _("escreva algo"));
}

/* Um colega respondeu, e quem escreve ainda não viu? */
static enum err
check_seen(struct ctx *c, const struct ticket_reply_in *in)
{
    struct q_message_unseen_row row;
    bool found = false;
    enum err e = in->seen_id == 0
                     ? OK
                     : q_message_unseen(c,
                                        &(struct q_message_unseen_in){
                                            .ticket_id = in->ticket_id,
                                            .seen = in->seen_id },
                                        &row, &found);

    return e != OK || !found
               ? e
               : fail(c, ERR_CONFLICT,
                      _("%s respondeu enquanto você escrevia; veja e, se for o "
                        "caso, envie de novo"),
                      row.name);
}

static enum err
answer(struct ctx *c, const struct ticket_reply_in *in, M *out)
{
    struct q_reply_row r;
    const char *kind = in->template != NULL ? "template" : "text";
    bool found, waits = false;
    enum err e = OK;

    if (in->file_id != 0)
        e = check_file(c, in, &kind, &waits);
    else if (in->body[strspn(in->body, " \t\r\n")] == '\0')
        return empty_refused(c, in->ticket_id);
    if (e != OK)
        return e;
    e = q_message_reply(
        c,
        &(struct q_message_reply_in){
            .ticket_id = in->ticket_id,
            .body = in->body,
            .reply_to = in->reply_to,
            .forwarded_from = in->forwarded_from,
            .file_id = in->file_id,
            .template = in->template,
            .preview = message_preview(c->arena, kind, in->body) },
        &r, &found);
    if (e != OK)
        return e;
    if (!found)
        return why_refused(c, in);
    copy_message(out, &r);
    e = check_seen(c, in);
    if (e == OK)
        e = message_emit_to(c, "message:created", out, r.queue_id,
                            r.assignee_id);
    if (e == OK && waits)
        e = file_prepare(c, in->file_id, out->ticket_id);
    if (e == OK)
        e = message_enqueue_send(c, out->id, out->ticket_id, "");
    if (e == OK && r.old_unread > 0)
        e = receipt_enqueue(c, in->ticket_id);
    if (e == OK && strcmp(r.old_status, "active") != 0)
        e = ticket_note_state(c, in->ticket_id, r.old_status, "active");
    if (e == OK && (strcmp(r.old_status, "active") != 0 || !r.has_old_user_id))
        e = ticket_emit_taken(c, in->ticket_id);
    return e;
}

enum err
ticket_reply(struct ctx *c, const struct ticket_reply_in *in, M *out)
{
    struct ticket_reply_in with = *in;
    enum err e;

    if (in->quick_reply_id == 0)
        return answer(c, in, out);
    e = quick_reply_take_file(c, in->quick_reply_id, &with.file_id);
    return e == OK ? answer(c, &with, out) : e;
}

enum err
ticket_reply_with(struct ctx *c, const struct ticket_reply_in *in, M *out)
{
    struct ticket_reply_in file = *in, words = *in;
    struct q_file_row f;
    enum err e;

    if (in->quick_reply_id == 0 || in->body[0] == '\0')
        return ticket_reply(c, in, out);
    e = q_file_of_reply(
        c, &(struct q_file_of_reply_in){ .reply_id = in->quick_reply_id }, &f);
    if (e == ERR_NOT_FOUND) {
        ctx_clear_error(c);
        return ticket_reply(c, in, out); /* que diz por quê */
    }
    if (e != OK)
        return e;
    if (strcmp(f.kind, "audio") != 0 && utf8_length(in->body) <= CAPTION_MAX)
        return ticket_reply(c, in, out);
    file.body = "";
    words.quick_reply_id = 0;
    e = ticket_reply(c, &file, out);
    return e == OK ? ticket_reply(c, &words, out) : e;
}
