/* ticket_messages.c - mensagens, anotações e rascunhos de um ticket. */
#include "app/ticket_messages.h"

#include <inttypes.h>

#include "base/i18n.h"
#include "channel/template_reply.h"
#include "desk/note.h"
#include "desk/ticket.h"

#define LAST_ID INT64_MAX

const struct field messages_in[] = {
    INT(struct messages_in, id, .from = PATH, .min = 1, .doc = "Ticket"),
    INT(struct messages_in, limit, .from = QUERY, .min = 1, .max = 100,
        .fallback = 50, .doc = "Quantas por página"),
    INT(struct messages_in, before, .from = QUERY, .min = 1,
        .fallback = LAST_ID, .doc = "Só as anteriores a esta mensagem"),
    INT(struct messages_in, after, .from = QUERY, .min = 1,
        .doc = "As seguintes a esta mensagem, das mais próximas"),
    INT(struct messages_in, around, .from = QUERY, .min = 1,
        .doc = "Em volta desta mensagem, com ela"),
    FIELDS_END
};

/* Que pedaços da conversa se pedem: os dois lados de um ponto, ou um só. */
static enum err
read_place(struct req *r, const struct messages_in *in,
           struct q_message_list_in *out)
{
    int given = (in->before != LAST_ID) + (in->after != 0) + (in->around != 0);

    *out = (struct q_message_list_in){ .ticket_id = in->id,
                                       .before = in->before,
                                       .older = in->limit,
                                       .after = LAST_ID };
    if (given > 1)
        return fail_field(&r->ctx, in->around != 0 ? "around" : "after",
                          "alone", "%s",
                          _("use só um: before, after ou around"));
    if (in->after != 0) {
        out->older = 0;
        out->after = in->after;
        out->newer = in->limit;
    } else if (in->around != 0) {
        out->before = in->around == LAST_ID ? LAST_ID : in->around + 1;
        out->older = in->limit / 2 + 1;
        out->after = in->around;
        out->newer = in->limit - out->older;
        if (out->newer < 0)
            out->newer = 0;
    }
    return OK;
}

/* Por onde seguir: para cima, ou para baixo se foi para lá que se veio. */
static const char *
next_of(struct req *r, const struct messages_in *in,
        const struct q_message_row *rows, int count)
{
    if (count < in->limit || in->around != 0)
        return NULL;
    return arena_printf(r->ctx.arena, "%" PRId64,
                        rows[in->after != 0 ? 0 : count - 1].id);
}

enum err
ticket_messages_list(struct req *r, const void *input)
{
    const struct messages_in *in = input;
    struct q_message_list_in place;
    struct q_message_row *rows;
    struct q_ticket_row t;
    int count;
    enum err e = read_place(r, in, &place);

    if (e == OK)
        e = q_message_list(&r->ctx, &place, &rows, &count);
    if (e != OK)
        return e;
    /* vazio e inexistente não são a mesma resposta */
    if (count == 0) {
        r->ctx.tx = TX_NONE; /* a primeira consulta já fechou */
        e = q_ticket_get(&r->ctx, &(struct q_ticket_get_in){ .id = in->id },
                         &t);
        if (e != OK)
            return e;
    }
    return reply_list(r, rows, sizeof *rows, count,
                      next_of(r, in, rows, count));
}

static const char template_schema[] =
    "{\"type\":\"object\",\"required\":[\"name\",\"language\"],"
    "\"properties\":{\"name\":{\"type\":\"string\"},"
    "\"language\":{\"type\":\"string\"},\"parameters\":{\"type\":"
    "\"array\",\"maxItems\":40,\"items\":{\"type\":\"string\"},"
    "\"description\":\"Um texto por item de variables do modelo, na mesma "
    "ordem\"}}}";

const struct field post_message_in[] = {
    INT(struct post_message_in, id, .from = PATH, .min = 1, .doc = "Ticket"),
    TEXT(struct post_message_in, body, .max = 4096, .lines = true,
         .doc = "Texto ao cliente; sem arquivo, é obrigatório"),
    INT(struct post_message_in, file_id, .min = 1,
        .doc = "Arquivo enviado a /files por quem responde"),
    INT(struct post_message_in, quick_reply_id, .min = 1,
        .doc = "Resposta rápida cujo arquivo vai; o texto vai em caption"),
    TEXT(struct post_message_in, caption, .max = 1024, .lines = true,
         .doc = "Legenda do arquivo; áudio não leva"),
    JSON(struct post_message_in, template, .schema = template_schema,
         .doc = "Modelo aprovado do canal, no lugar do texto e do arquivo; vai "
                "também fora das 24 horas"),
    INT(struct post_message_in, reply_to, .doc = "Mensagem citada"),
    INT(struct post_message_in, seen_id, .min = 1,
        .doc = "Última mensagem que quem escreve viu: 409 se um colega "
               "respondeu depois dela"),
    FIELDS_END
};

/* O modelo é a mensagem inteira: nada de texto nem de arquivo ao lado. */
static enum err
post_template(struct req *r, const struct post_message_in *in)
{
    struct q_message_row m;
    enum err e;

    if (in->file_id != 0 || in->quick_reply_id != 0 ||
        (in->body != NULL && in->body[0] != '\0') ||
        (in->caption != NULL && in->caption[0] != '\0'))
        return fail_field(&r->ctx, "template", "alone", "%s",
                          _("o modelo vai sozinho, sem texto nem arquivo"));
    e = template_reply_json(&r->ctx, in->template,
                            &(struct template_reply){ .ticket_id = in->id,
                                                      .reply_to = in->reply_to,
                                                      .seen_id = in->seen_id },
                            &m);
    return e != OK ? e : reply(r, &m);
}

enum err
ticket_messages_post(struct req *r, const void *input)
{
    const struct post_message_in *in = input;
    bool has_file = in->file_id != 0 || in->quick_reply_id != 0;
    const char *text = has_file ? in->caption : in->body;
    struct q_message_row m;
    enum err e;

    if (r->body.len == 0) /* nenhum campo é obrigatório sempre */
        return fail(&r->ctx, ERR_BAD_JSON, NULL);
    if (in->template != NULL)
        return post_template(r, in);
    if (in->file_id != 0 && in->quick_reply_id != 0)
        return fail_field(&r->ctx, "quickReplyId", "one", "%s",
                          _("vai um arquivo só: fileId ou quickReplyId"));
    if (has_file && in->body != NULL && in->body[0] != '\0')
        return fail_field(&r->ctx, "body", "file", "%s",
                          _("com arquivo, o texto vai em caption"));
    e = ticket_reply(
        &r->ctx,
        &(struct ticket_reply_in){ .ticket_id = in->id,
                                   .body = text != NULL ? text : "",
                                   .reply_to = in->reply_to,
                                   .file_id = in->file_id,
                                   .quick_reply_id = in->quick_reply_id,
                                   .seen_id = in->seen_id },
        &m);
    return e != OK ? e : reply(r, &m);
}

const struct field post_note_in[] = {
    INT(struct post_note_in, id, .from = PATH, .min = 1, .doc = "Ticket"),
    TEXT(struct post_note_in, body, .required = true, .min = 1, .max = 4096,
         .lines = true, .doc = "Texto; @Nome cita uma pessoa da equipe"),
    INTS(struct post_note_in, mentions, .max = NOTE_MENTIONS_MAX,
         .doc = "Pessoas citadas, além das do texto"),
    FIELDS_END
};

enum err
ticket_notes_post(struct req *r, const void *input)
{
    const struct post_note_in *in = input;
    struct q_message_row m;
    enum err e;

    e = note_add(&r->ctx,
                 &(struct note_new){ .ticket_id = in->id,
                                     .body = in->body,
                                     .mentions = in->mentions },
                 &m);
    return e != OK ? e : reply(r, &m);
}

/* ---- rascunhos ---- */

#define D struct q_draft_get_row

const struct field draft_id_in[] = { INT(struct draft_id_in, id, .from = PATH,
                                         .min = 1, .doc = "Ticket"),
                                     FIELDS_END };
const struct field draft_in[] = {
    INT(struct draft_in, id, .from = PATH, .min = 1, .doc = "Ticket"),
    TEXT(struct draft_in, body, .max = 4096, .lines = true,
         .doc = "Texto; vazio apaga o rascunho"),
    INT(struct draft_in, reply_to, .min = 0, .doc = "Mensagem que se cita"),
    BOOL(struct draft_in, is_note, .doc = "Vai ser uma anotação interna"),
    FIELDS_END
};
const struct field draft_out[] = {
    TEXT(D, body, .doc = "Texto"),
    INT_OR_NULL(D, reply_to, .doc = "Mensagem que se cita"),
    BOOL(D, is_note, .doc = "Vai ser uma anotação interna"),
    TIME(D, updated_at, .nullable = true, .doc = "Última mudança"), FIELDS_END
};

enum err
ticket_draft_get(struct req *r, const void *input)
{
    const struct draft_id_in *in = input;
    D row;
    enum err e = draft_get(&r->ctx, in->id, &row);

    return e != OK ? e : reply(r, &row);
}

enum err
ticket_draft_put(struct req *r, const void *input)
{
    const struct draft_in *in = input;
    D row;
    enum err e;

    e = draft_put(&r->ctx,
                  &(struct draft_new){ .ticket_id = in->id,
                                       .body = in->body,
                                       .reply_to = in->reply_to,
                                       .is_note = in->is_note },
                  &row);
    return e != OK ? e : reply(r, &row);
}

enum err
ticket_draft_delete(struct req *r, const void *input)
{
    const struct draft_id_in *in = input;
    D row;
    enum err e = draft_get(&r->ctx, in->id, &row);

    if (e == OK)
        e = draft_drop(&r->ctx, in->id);
    return e != OK ? e : reply_empty(r);
}
