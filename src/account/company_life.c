/* company_life.c - como uma empresa nasce e como ela acaba. */
#include <inttypes.h>
#include <string.h>

#include "account/company.h"
#include "account/invitation.h"
#include "base/i18n.h"
#include "base/log.h"
#include "db/db.h"
#include "jobs/queue.h"

enum { CHUNK_ROWS = 5000, CHUNK_WAIT_MS = 20 };

/* Quem administra: conta que existe entra já; senão, um convite. */
static enum err
put_admin(struct ctx *c, const struct company_new *new, bool *invited)
{
    struct q_company_admin_put_row row;
    struct invitation_new invitation = { .email = new->admin_email,
                                         .name = new->admin_name,
                                         .grant = { .role = "admin" } };
    int64_t id;
    enum err e = q_company_admin_put(
        c, &(struct q_company_admin_put_in){ .email = new->admin_email }, &row);

    *invited = e == OK && !row.has_id;
    return *invited ? invitation_create(c, &invitation, &id) : e;
}

enum err
company_create(struct ctx *c, const struct company_new *new, int64_t *id,
               bool *invited)
{
    int64_t home = c->company_id;
    struct q_company_open_row row;
    enum err e = q_company_open(
        c,
        &(struct q_company_open_in){
            .name = new->name,
            .locale = new->locale != NULL ? new->locale : "pt-BR",
            .time_zone =
                new->time_zone != NULL ? new->time_zone : "America/Sao_Paulo",
            .max_users = new->max_users,
            .max_channels = new->max_channels,
            .max_storage_mb = new->max_storage_mb },
        &row);

    if (e != OK)
        return e;
    if (strcmp(row.outcome, "zone") == 0)
        return fail_field(c, "timeZone", "unknown", "%s",
                          _("não é um fuso horário conhecido; por exemplo, "
                            "America/Sao_Paulo"));
    *id = row.id;
    /* a transação já é da empresa nova (company_open, migração 0013) */
    c->company_id = row.id;
    e = put_admin(c, new, invited);
    c->company_id = home;
    c->nudges |= NUDGE_RELAY;
    return e;
}

enum err
company_export_done(struct ctx *c, int64_t id)
{
    struct q_company_exported_row row;

    return q_company_exported(c, &(struct q_company_exported_in){ .id = id },
                              &row);
}

static enum err
delete_refused(struct ctx *c, const char *outcome)
{
    static const struct {
        const char *outcome, *text;
    } reasons[] = {
        { "active", N_("suspenda a empresa antes de apagá-la") },
        { "unexported",
          N_("exporte os dados da empresa, já suspensa, antes de apagá-la") },
        { "last", N_("é a única empresa da instalação") },
        { "deleting", N_("a empresa já está sendo apagada") },
    };
    size_t i;

    if (strcmp(outcome, "unknown") == 0)
        return db_not_found(c);
    for (i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (strcmp(outcome, reasons[i].outcome) == 0)
            return fail(c, ERR_CONFLICT, "%s", _(reasons[i].text));
    return OK;
}

enum err
company_delete_enqueue(struct ctx *c, int64_t id, const char *confirm)
{
    struct q_company_delete_row row;
    struct q_company_row was;
    enum err e = q_company_get(c, &(struct q_company_get_in){ .id = id }, &was);

    if (e != OK)
        return e;
    if (strcmp(confirm, was.name) != 0)
        return fail_field(c, "confirm", "confirm", "%s",
                          _("escreva o nome da empresa, letra por letra"));
    e = q_company_delete(c, &(struct q_company_delete_in){ .id = id }, &row);
    if (e == OK)
        e = delete_refused(c, row.outcome);
    c->nudges |= NUDGE_JOBS;
    return e;
}

/* Um pedaço por passo, cada um na sua transação: nada fica travado. */
static enum err
delete_chunk(struct ctx *c, struct job *job, enum job_next *next)
{
    struct q_company_delete_chunk_row row;
    struct q_company_delete_chunk_in in = {
        .id = job_number(job->payload, "companyId"), .max = CHUNK_ROWS
    };
    enum err e = q_company_delete_chunk(c, &in, &row);

    if (e != OK)
        return e;
    if (row.gone >= 0) {
        *next = JOB_RETRY;
        job->delay_ms = CHUNK_WAIT_MS;
        return OK;
    }
    log_info("empresa %" PRId64 " apagada", in.id);
    *next = JOB_DONE;
    return OK;
}

const struct job_kind company_delete_kind = {
    .name = "company.delete",
    .concurrency = 1,
    .prepare = delete_chunk,
};
