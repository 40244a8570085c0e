/* privacy_erase.c - o fim dos dados de um contato e de uma pessoa. */
#include <inttypes.h>
#include <string.h>

#include "account/own_password.h"
#include "account/user.h"
#include "auth/audit.h"
#include "base/i18n.h"
#include "base/log.h"
#include "db/db.h"
#include "desk/contact.h"
#include "desk/privacy.h"
#include "desk/ticket.h"
#include "gen/q_privacy.h"
#include "jobs/queue.h"

enum { FIRST_ROWS = 2000, CHUNK_ROWS = 5000, CHUNK_WAIT_MS = 20 };

static enum err
note(struct ctx *c, const char *action, const char *type, int64_t id)
{
    return audit_note(c, &(struct audit){ .action = action,
                                          .target_type = type,
                                          .target_id = arena_printf(
                                              c->arena, "%" PRId64, id) });
}

static const char *
step_payload(struct ctx *c, int64_t id,
             const struct q_privacy_contact_step_row *at)
{
    return arena_printf(c->arena,
                        "{\"erase\":%" PRId64 ",\"from\":%" PRId64
                        ",\"after\":%" PRId64 "}",
                        id, at->ticket_id, at->message_id);
}

static enum err
emit_contact(struct ctx *c, int64_t id)
{
    struct q_privacy_contact_name_row row;
    struct rooms rooms = { .count = 0 };
    struct contact k = { .id = id };
    struct str s;
    enum err e = q_privacy_contact_name(
        c, &(struct q_privacy_contact_name_in){ .id = id }, &row);

    if (e != OK)
        return e;
    k.name = row.name;
    rooms_add(c, &rooms, "company", -1);
    str_init(&s, c->arena, 128);
    str_puts(&s, "{\"contact\":");
    json_write(&s, contact_out, &k);
    str_putc(&s, '}');
    return outbox_emit(c, "contact:updated", &rooms, s.data);
}

static enum err
close_tickets(struct ctx *c, int64_t id)
{
    struct q_privacy_contact_open_row *rows;
    struct q_ticket_row closed;
    int count = 0, i;
    enum err e = q_privacy_contact_open(
        c, &(struct q_privacy_contact_open_in){ .id = id }, &rows, &count);

    for (i = 0; e == OK && i < count; i++)
        e = ticket_close_itself(c, rows[i].ticket_id, "", &closed);
    return e;
}

static enum err
contact_refused(struct ctx *c, const char *outcome)
{
    if (strcmp(outcome, "unknown") == 0)
        return db_not_found(c);
    if (strcmp(outcome, "erased") == 0)
        return fail(c, ERR_CONFLICT, "%s", _("este contato já foi apagado"));
    if (strcmp(outcome, "confirm") == 0)
        return fail_field(c, "confirm", "confirm", "%s",
                          _("escreva o nome do contato, letra por letra"));
    return OK;
}

/* O que cabe numa requisição sai já; o resto, e a varredura, no job. */
static enum err
erase_messages(struct ctx *c, int64_t id)
{
    struct q_privacy_contact_step_row at;
    enum err e = q_privacy_contact_step(
        c, &(struct q_privacy_contact_step_in){ .id = id, .max = FIRST_ROWS },
        &at);

    if (e != OK)
        return e;
    return job_enqueue(
        c, &(struct job_new){ .lane = LANE_REPORT,
                              .kind = "privacy.erase",
                              .unique_key =
                                  arena_printf(c->arena, "erase:%" PRId64, id),
                              .payload = step_payload(c, id, &at) });
}

enum err
privacy_erase_contact(struct ctx *c, int64_t id, const char *confirm)
{
    struct q_privacy_contact_erase_row row;
    enum err e = q_privacy_contact_erase(
        c, &(struct q_privacy_contact_erase_in){ .id = id, .confirm = confirm },
        &row);

    if (e == OK)
        e = contact_refused(c, row.outcome);
    if (e == OK)
        e = close_tickets(c, id);
    if (e == OK)
        e = erase_messages(c, id);
    if (e == OK)
        e = emit_contact(c, id);
    return e == OK ? note(c, "contact.erased", "contact", id) : e;
}

static enum err
erase_chunk(struct ctx *c, struct job *job, enum job_next *next)
{
    struct q_privacy_contact_step_in in = {
        .id = job_number(job->payload, "erase"),
        .from_ticket = job_number(job->payload, "from"),
        .after_id = job_number(job->payload, "after"),
        .max = CHUNK_ROWS,
    };
    struct q_privacy_contact_sweep_row swept;
    struct q_privacy_contact_step_row at;
    enum err e;

    e = q_privacy_contact_step(c, &in, &at);
    if (e != OK)
        return e;
    if (!at.done) {
        job->new_payload = step_payload(c, in.id, &at);
        job->delay_ms = CHUNK_WAIT_MS;
        *next = JOB_RETRY;
        return OK;
    }
    e = q_privacy_contact_sweep(
        c, &(struct q_privacy_contact_sweep_in){ .id = in.id }, &swept);
    *next = JOB_DONE;
    return e;
}

const struct job_kind privacy_erase_kind = {
    .name = "privacy.erase",
    .concurrency = 1,
    .prepare = erase_chunk,
};

/* ---- pessoas ---- */

static enum err
person_refused(struct ctx *c, const char *outcome)
{
    if (strcmp(outcome, "unknown") == 0)
        return db_not_found(c);
    if (strcmp(outcome, "super") == 0)
        return fail(c, ERR_CONFLICT, "%s",
                    _("quem administra a plataforma não se apaga por aqui"));
    if (strcmp(outcome, "erased") == 0)
        return fail(c, ERR_CONFLICT, "%s",
                    _("os dados desta pessoa já foram apagados"));
    if (strcmp(outcome, "last_admin") == 0)
        return fail(c, ERR_CONFLICT, "%s",
                    _("é a última pessoa que administra a empresa"));
    if (strcmp(outcome, "confirm") == 0)
        return fail_field(c, "confirm", "confirm", "%s",
                          _("escreva o e-mail da pessoa, letra por letra"));
    return OK;
}

/* Os atendimentos abertos voltam à fila, e quem olha vê. */
static enum err
release_tickets(struct ctx *c, int64_t id)
{
    struct q_member_tickets_release_row *rows;
    int count = 0, i;
    enum err e = q_member_tickets_release(
        c, &(struct q_member_tickets_release_in){ .id = id }, &rows, &count);

    for (i = 0; e == OK && i < count; i++)
        e = ticket_emit(c, "ticket:updated", rows[i].ticket_id);
    return e;
}

static enum err
erase_person(struct ctx *c, int64_t id, const char *confirm)
{
    struct q_privacy_person_erase_row row;
    enum err e = q_privacy_person_erase(
        c, &(struct q_privacy_person_erase_in){ .id = id, .confirm = confirm },
        &row);

    if (e == OK)
        e = person_refused(c, row.outcome);
    if (e == OK)
        e = release_tickets(c, id);
    c->nudges |= NUDGE_RELAY;
    return e;
}

enum err
privacy_erase_person(struct ctx *c, int64_t id, const char *confirm)
{
    struct q_member_row who;
    enum err e;

    if (id == c->user_id)
        return fail(c, ERR_CONFLICT, "%s",
                    _("a própria conta se apaga em Seus dados, com a senha"));
    e = user_lock(c, id, &who);
    if (e == OK)
        e = erase_person(c, id, confirm);
    return e == OK ? note(c, "user.erased", "user", id) : e;
}

enum err
privacy_erase_self(struct ctx *c, const char *password)
{
    enum err e = own_password_prove(c, "password", password, NULL);

    if (e == OK)
        e = erase_person(c, c->user_id, "");
    if (e != OK)
        return e;
    /* o registro de que se apagou não guarda de onde */
    c->remote = c->user_agent = NULL;
    return note(c, "user.erased", "user", c->user_id);
}
