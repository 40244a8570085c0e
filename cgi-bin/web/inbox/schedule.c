/* schedule.c - agendar uma mensagem no painel da conversa, e cancelar. */

#include "app/app.h"
#include "app/form_page.h"
#include "app/inbox_model.h"
#include "app/schedule_model.h"
#include "base/i18n.h"
#include "desk/schedule.h"

/* Limites largos: quem recusa é o domínio, para o texto não se perder. */
struct schedule_in {
    int64_t id;
    const char *body, *due_at, *repeat;
};
static const struct field schedule_in[] = {
    INT(struct schedule_in, id, .from = PATH, .min = 1, .doc = "Ticket"),
    TEXT(struct schedule_in, body, .max = 60000, .lines = true,
         .doc = "Texto ao cliente"),
    TEXT(struct schedule_in, due_at, .max = 40,
         .doc = "AAAA-MM-DDThh:mm no fuso da empresa"),
    ENUM(struct schedule_in, repeat, .one_of = SCHEDULE_REPEATS,
         .doc = "Repetição"),
    FIELDS_END
};

static enum err
add(struct req *r, const void *input)
{
    const struct schedule_in *in = input;
    const struct schedule_typed typed = { in->body, in->due_at, in->repeat };
    struct inbox_talk talk = { .id = in->id, .is_seen = true };
    const char *body = form_lines(r, in->body);
    struct q_schedule_row row;
    enum err e = OK;

    if (utf8_length(body) > SCHEDULE_BODY_MAX)
        e = fail_field(&r->ctx, "body", "max",
                       _("a mensagem tem %zu caracteres; o máximo é %d"),
                       utf8_length(body), SCHEDULE_BODY_MAX);
    if (e == OK)
        e = schedule_create(&r->ctx, in->id,
                            &(struct schedule_change){
                                .body = body,
                                .due = schedule_typed_time(r, in->due_at),
                                .repeats = in->repeat },
                            &row);
    if (e == OK)
        return inbox_show_changed(r, &talk);
    talk.schedule = &typed;
    return inbox_show_again(r, e, &talk);
}

struct cancel_in {
    int64_t id, scheduled_id;
};
static const struct field cancel_in[] = {
    INT(struct cancel_in, id, .from = PATH, .min = 1, .doc = "Ticket"),
    INT(struct cancel_in, scheduled_id, .from = PATH, .min = 1,
        .doc = "Agendamento"),
    FIELDS_END
};

static enum err
cancel(struct req *r, const void *input)
{
    const struct cancel_in *in = input;
    struct inbox_talk talk = { .id = in->id, .is_seen = true };
    struct q_schedule_row row;
    enum err e = schedule_cancel(&r->ctx, in->scheduled_id, &row);

    return e == OK ? inbox_show_changed(r, &talk)
                   : inbox_show_again(r, e, &talk);
}

/* clang-format off */
const struct route schedule_form_routes[] = {
    { POST, "/inbox/{id}/scheduled", add, PERM_TICKETS_WRITE, AUTH_COOKIE,
      ACCEPT_FORM, .html = true, IN(struct schedule_in, schedule_in),
      .success = 303, .doc = "Agenda uma mensagem" },
    { POST, "/inbox/{id}/scheduled/{scheduledId}/cancel", cancel,
      PERM_TICKETS_WRITE, AUTH_COOKIE, ACCEPT_FORM, .html = true,
      IN(struct cancel_in, cancel_in), .success = 303,
      .doc = "Cancela uma mensagem agendada" },
    ROUTES_END
};
/* clang-format on */
