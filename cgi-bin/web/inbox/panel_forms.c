/*
 * panel_forms.c - os formulários do painel: assunto, prioridade e etiquetas;
 * passar adiante; adiar; marcar como não lida.
 */
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/inbox_model.h"
#include "base/i18n.h"
#include "base/when.h"
#include "desk/contact_book.h"
#include "desk/ticket_change.h"

#define T struct q_ticket_row

static enum err
finish(struct req *r, int64_t id, enum err e)
{
    struct inbox_talk talk = { .id = id, .is_seen = true };

    return e == OK ? inbox_show_changed(r, &talk)
                   : inbox_show_again(r, e, &talk);
}

/* ---- dados ---- */

struct edit_in {
    int64_t id, version;
    const char *subject, *priority, *tag_ids;
};
static const struct field edit_in[] = {
    INT(struct edit_in, id, .from = PATH, .min = 1, .doc = "Ticket"),
    INT(struct edit_in, version, .required = true, .min = 1,
        .doc = "A versão que a tela mostrou"),
    TEXT(struct edit_in, subject, .max = 200, .doc = "Assunto"),
    ENUM(struct edit_in, priority, .one_of = "low normal high urgent",
         .doc = "Prioridade"),
    INTS(struct edit_in, tag_ids, .doc = "Etiquetas, todas"),
    FIELDS_END
};

static enum err
edit(struct req *r, const void *input)
{
    const struct edit_in *in = input;
    T t;

    return finish(r, in->id,
                  ticket_change(&r->ctx, in->id,
                                &(struct ticket_edit){ .version = in->version,
                                                       .subject = in->subject,
                                                       .priority = in->priority,
                                                       .tag_ids = in->tag_ids },
                                &t));
}

/* ---- etiquetas do contato ---- */

struct tags_in {
    int64_t id, version;
    const char *tag_ids;
};
static const struct field tags_in[] = {
    INT(struct tags_in, id, .from = PATH, .min = 1, .doc = "Ticket"),
    INT(struct tags_in, version, .required = true, .min = 1,
        .doc = "A versão do contato que a tela mostrou"),
    INTS(struct tags_in, tag_ids, .doc = "Etiquetas do contato, todas"),
    FIELDS_END
};

static enum err
contact_tags(struct req *r, const void *input)
{
    const struct tags_in *in = input;
    struct q_contact_row contact;
    T t;
    enum err e =
        q_ticket_get(&r->ctx, &(struct q_ticket_get_in){ .id = in->id }, &t);

    if (e != OK)
        return e;
    return finish(
        r, in->id,
        contact_book_change(&r->ctx, t.contact_id,
                            &(struct contact_change){ .version = in->version,
                                                      .tag_ids = in->tag_ids },
                            &contact));
}

/* ---- passar adiante ---- */

struct transfer_in {
    int64_t id;
    const char *to, *note;
};
static const struct field transfer_in[] = {
    INT(struct transfer_in, id, .from = PATH, .min = 1, .doc = "Ticket"),
    TEXT(struct transfer_in, to, .required = true, .max = 40,
         .doc = "queue:ID ou user:ID"),
    TEXT(struct transfer_in, note, .max = 1000, .lines = true,
         .doc = "Recado a quem recebe"),
    FIELDS_END
};

/* "queue:3" ou "user:7", como o painel os escreve. */
static bool
read_target(const char *to, struct ticket_transfer *out)
{
    if (strncmp(to, "queue:", 6) == 0)
        return parse_int64(to + 6, &out->queue_id) && out->queue_id > 0;
    if (strncmp(to, "user:", 5) == 0)
        return parse_int64(to + 5, &out->user_id) && out->user_id > 0;
    return false;
}

static enum err
transfer(struct req *r, const void *input)
{
    const struct transfer_in *in = input;
    struct ticket_transfer to = { .note = in->note != NULL ? in->note : "" };
    T t;
    enum err e;

    if (!read_target(in->to, &to))
        return finish(r, in->id,
                      fail_field(&r->ctx, "to", "format", "%s",
                                 _("escolha uma fila ou uma pessoa")));
    e = ticket_transfer(&r->ctx, in->id, &to, &t);
    return e == OK ? inbox_show_moved(r, in->id) : finish(r, in->id, e);
}

/* ---- adiar ---- */

struct snooze_in {
    int64_t id;
    const char *until, *preset;
};
static const struct field snooze_in[] = {
    INT(struct snooze_in, id, .from = PATH, .min = 1, .doc = "Ticket"),
    ENUM(struct snooze_in, preset, .one_of = TICKET_SNOOZES " other",
         .doc = "1 h, 3 h, amanhã ou daqui a uma semana, às 9 h"),
    TEXT(struct snooze_in, until, .max = 40,
         .doc = "AAAA-MM-DDThh:mm no fuso da pessoa, com preset other"),
    FIELDS_END
};

static enum err
snooze(struct req *r, const void *input)
{
    const struct snooze_in *in = input;
    const char *preset = in->preset != NULL ? in->preset : "other";
    int64_t at_ms;
    T t;

    if (strcmp(preset, "other") != 0)
        return finish(r, in->id,
                      ticket_snooze_preset(&r->ctx, in->id, preset, &t));
    when_zone(r->session.time_zone);
    at_ms = when_typed(in->until);
    if (at_ms == 0)
        return finish(r, in->id,
                      fail_field(&r->ctx, "until", "format", "%s",
                                 _("diga até quando: dia e hora")));
    return finish(
        r, in->id,
        ticket_snooze(&r->ctx, in->id, when_iso(r->ctx.arena, at_ms), &t));
}

struct id_in {
    int64_t id;
};
static const struct field id_in[] = {
    INT(struct id_in, id, .from = PATH, .min = 1, .doc = "Ticket"), FIELDS_END
};

static enum err
unsnooze(struct req *r, const void *input)
{
    const struct id_in *in = input;
    T t;

    return finish(r, in->id, ticket_unsnooze(&r->ctx, in->id, &t));
}

/* A conversa aberta zera as não lidas; por isto se volta à lista. */
static enum err
mark_unread(struct req *r, const void *input)
{
    const struct id_in *in = input;
    enum err e = ticket_mark_unread(&r->ctx, in->id);

    return e == OK ? reply_redirect(r, "/inbox") : finish(r, in->id, e);
}

#define FORM_ROUTE(rest, fn, S) \
    POST, "/inbox/{id}" rest, fn, PERM_TICKETS_WRITE, AUTH_COOKIE, \
        ACCEPT_FORM, .html = true, IN(struct S, S), .success = 303

/* clang-format off */
const struct route panel_form_routes[] = {
    { FORM_ROUTE("/edit", edit, edit_in),
      .doc = "Muda assunto, prioridade e etiquetas" },
    { POST, "/inbox/{id}/contact-tags", contact_tags, PERM_CONTACTS_WRITE,
      AUTH_COOKIE, ACCEPT_FORM, .html = true, IN(struct tags_in, tags_in),
      .success = 303, .doc = "Muda as etiquetas do contato" },
    { FORM_ROUTE("/transfer", transfer, transfer_in),
      .doc = "Passa o atendimento a uma fila ou a uma pessoa" },
    { FORM_ROUTE("/snooze", snooze, snooze_in), .doc = "Adia o atendimento" },
    { FORM_ROUTE("/unsnooze", unsnooze, id_in), .doc = "Deixa de adiar" },
    { FORM_ROUTE("/unread", mark_unread, id_in),
      .doc = "Marca como não lida e volta à lista" },
    ROUTES_END
};
/* clang-format on */
