/* contact_duplicates.c - quem parece ser a mesma pessoa. */
#include "desk/contact_duplicates.h"

#include <inttypes.h>
#include <string.h>

#include "base/i18n.h"
#include "base/log.h"
#include "base/str.h"
#include "db/db.h"
#include "gen/q_contact_book.h"
#include "jobs/queue.h"
#include "live/outbox.h"

#define P struct q_contact_pair_row
#define S struct q_contact_scan_row
#define CHUNK_ROWS 2000
#define REASONS \
    "{\"type\":\"array\",\"items\":{\"type\":\"string\",\"enum\":[\"phone\"," \
    "\"email\",\"document\",\"name\"]}}"

const struct field contact_pair_out[] = {
    INT(P, id, .doc = "Par; 0: achado agora, ainda não guardado"),
    INT(P, contact_id, .doc = "Um dos contatos; o mais antigo, na procura"),
    TEXT(P, name, .doc = "Nome dele"),
    TEXT(P, phone, .nullable = true, .doc = "Telefone"),
    TEXT(P, email, .nullable = true, .doc = "E-mail"),
    TEXT(P, document, .nullable = true, .doc = "CPF ou CNPJ"),
    TIME(P, created_at, .doc = "Criação"),
    INT(P, other_id, .doc = "O outro contato"),
    TEXT(P, other_name, .doc = "Nome do outro"),
    TEXT(P, other_phone, .nullable = true, .doc = "Telefone do outro"),
    TEXT(P, other_email, .nullable = true, .doc = "E-mail do outro"),
    TEXT(P, other_document, .nullable = true, .doc = "CPF ou CNPJ do outro"),
    TIME(P, other_created_at, .doc = "Criação do outro"),
    JSON(P, reasons, .schema = REASONS,
         .doc = "Em que parecem: phone, email, document (mesmo CNPJ, outro "
                "estabelecimento), name"),
    INT(P, score, .doc = "Quanto parecem, de 1 a 99"),
    FIELDS_END
};

const struct field contact_scan_out[] = {
    BOOL(S, running, .doc = "A procura anda"),
    INT(S, done, .doc = "Contatos já vistos"),
    INT(S, total, .doc = "Contatos que havia ao começar"),
    INT(S, found, .doc = "Pares por resolver, até 10 mil"),
    INT_OR_NULL(S, user_id, .doc = "Quem a pediu"),
    TIME(S, started_at, .nullable = true, .doc = "null: nunca se procurou"),
    TIME(S, finished_at, .nullable = true, .doc = "null: anda, ou nunca houve"),
    FIELDS_END
};

enum err
contact_duplicates_of(struct ctx *c, int64_t id, P **rows, int *count)
{
    struct q_contact_row k;
    enum err e = q_contact_get(c, &(struct q_contact_get_in){ .id = id }, &k);

    return e != OK ? e
                   : q_contact_duplicate_of(
                         c, &(struct q_contact_duplicate_of_in){ .id = id },
                         rows, count);
}

enum err
contact_duplicates_dismiss(struct ctx *c, int64_t id)
{
    int64_t changed;
    enum err e = q_contact_duplicate_dismiss(
        c, &(struct q_contact_duplicate_dismiss_in){ .id = id }, &changed);

    return e == OK && changed == 0 ? db_not_found(c) : e;
}

const char *
contact_duplicates_reasons(struct arena *a, const char *reasons)
{
    static const struct {
        const char *reason, *text;
    } texts[] = {
        { "phone", N_("telefone") },
        { "email", N_("e-mail") },
        { "document", N_("CNPJ") },
        { "name", N_("nome") },
    };
    struct str s;
    size_t i;

    str_init(&s, a, 40);
    for (i = 0; i < sizeof texts / sizeof *texts; i++)
        if (strstr(reasons, texts[i].reason) != NULL) {
            if (s.len > 0)
                str_puts(&s, ", ");
            str_puts(&s, _(texts[i].text));
        }
    return s.data;
}

/* ---- a procura ---- */

static enum err
go_on(struct ctx *c)
{
    return job_enqueue(c, &(struct job_new){ .lane = LANE_REPORT,
                                             .kind = "contact.duplicates",
                                             .serial_key = "duplicates",
                                             .payload = "{}" });
}

enum err
contact_scan_start(struct ctx *c, S *out)
{
    int64_t changed;
    enum err e = q_contact_scan_start(c, &changed);

    if (e == OK && changed == 0)
        return fail(c, ERR_CONFLICT, "%s", _("a procura já anda"));
    if (e == OK)
        e = go_on(c);
    return e != OK ? e : q_contact_scan_get(c, out);
}

static enum err
tell(struct ctx *c)
{
    struct rooms rooms = { .count = 0 };
    S s;
    enum err e = q_contact_scan_get(c, &s);

    if (e != OK || !s.has_user_id)
        return e;
    rooms_add(c, &rooms, "user", s.user_id);
    c->nudges |= NUDGE_RELAY;
    return outbox_emit(c, "job:progress", &rooms,
                       arena_printf(c->arena,
                                    "{\"job\":\"contact.duplicates\",\"id\":0,"
                                    "\"state\":\"%s\",\"done\":%" PRId64
                                    ",\"total\":%" PRId64 ",\"undone\":0}",
                                    s.running ? "running" : "done", s.done,
                                    s.total));
}

static enum err
step(struct ctx *c, struct job *job, enum job_next *next)
{
    struct q_contact_scan_step_row row;
    enum err e = q_contact_scan_step(
        c, &(struct q_contact_scan_step_in){ .max = CHUNK_ROWS }, &row);

    (void)job;
    *next = JOB_DONE;
    if (e == OK && row.more)
        e = go_on(c);
    else if (e == OK)
        log_info("procura de contatos repetidos acabou");
    return e != OK ? e : tell(c);
}

/* Sem isto a procura andaria para sempre, e ninguém a poderia repetir. */
static enum err
give_up(struct ctx *c, struct job *job)
{
    int64_t changed;
    enum err e = q_contact_scan_stop(c, &changed);

    (void)job;
    return e != OK || changed == 0 ? e : tell(c);
}

const struct job_kind contact_scan_kind = {
    .name = "contact.duplicates",
    .concurrency = 1,
    .prepare = step,
    .give_up = give_up,
};
