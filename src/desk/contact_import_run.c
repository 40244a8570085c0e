/*
 * contact_import_run.c - o trabalho: cada passo limpa alguns milhares de
 * linhas, manda-as por COPY e o banco as grava em conjunto. Um passo, uma
 * transação: nada fica travado, e o progresso aparece.
 */
#include <inttypes.h>
#include <string.h>

#include "account/email.h"
#include "base/csv_reader.h"
#include "base/log.h"
#include "db/db.h"
#include "desk/contact_import.h"
#include "desk/document.h"
#include "desk/phone.h"
#include "jobs/queue.h"
#include "live/outbox.h"

#define I struct q_contact_import_row
#define CHUNK_ROWS 5000
#define NAME_MAX_CHARS 200
#define CLEAN_COPY \
    "COPY pg_temp.contact_import_stage (line, name, phone, phone_key, " \
    "email, document, reason, more) FROM STDIN"

/* ---- limpar uma linha ---- */

struct clean {
    const char *name, *phone, *phone_key, *email, *document, *reason;
    const char *more; /* JSON das identidades além das principais; ou NULL */
};

/* Sem código de país, com um DDD que há: é do Brasil. */
static bool
one_phone(struct ctx *c, const char *text, struct clean *k)
{
    char digits[PHONE_MAX + 1], key[PHONE_MAX + 1];
    const char *full = digits;
    size_t n;

    if (!phone_digits(text, digits))
        return false;
    n = strlen(digits);
    if (text[0] != '+' && (n == 10 || n == 11) && phone_is_ddd(digits))
        full = arena_printf(c->arena, "55%s", digits);
    phone_match_key(full, key);
    k->phone = arena_strdup(c->arena, full);
    k->phone_key = arena_strdup(c->arena, key);
    return true;
}

static bool
one_email(struct ctx *c, const char *text, struct clean *k)
{
    const char *out;
    char *lower, *p;

    if (email_check(c, "email", text, &out) != OK) {
        ctx_clear_error(c);
        return false;
    }
    lower = arena_strdup(c->arena, out);
    for (p = lower; *p != '\0'; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p - 'A' + 'a');
    k->email = lower;
    return true;
}

/* As células de vários (de um vCard, da nossa exportação): o primeiro que serve
 * é o principal, e os outros que servem também são dele. */
static bool
each(struct ctx *c, const char *cell, struct clean *k, struct str *more,
     bool (*one)(struct ctx *, const char *, struct clean *))
{
    bool is_phone = one == one_phone, any = false;
    const char *p = cell;

    while (*p != '\0') {
        size_t n = strcspn(p, ";");
        struct clean extra = { .name = NULL };
        const char *text = arena_printf(c->arena, "%.*s", (int)n, p);

        p += n + (p[n] == ';');
        text += strspn(text, " ");
        if (!one(c, text, any ? &extra : k))
            continue;
        if (any) {
            str_puts(more, more->len == 0 ? "[" : ",");
            str_printf(more, "{\"kind\":\"%s\",\"key\":",
                       is_phone ? "phone" : "email");
            str_json(more, is_phone ? extra.phone_key : extra.email);
            str_puts(more, ",\"value\":");
            str_json(more, is_phone ? extra.phone : extra.email);
            str_putc(more, '}');
        }
        any = true;
    }
    return any;
}

/* A planilha come os zeros da frente. */
static bool
clean_document(struct ctx *c, const char *text, struct clean *k)
{
    char out[DOCUMENT_MAX + 1];
    size_t n = strlen(text);

    if (strspn(text, "0123456789") == n && n >= 9 && n <= 13 && n != 11)
        text = arena_printf(c->arena, "%.*s%s", (int)((n < 11 ? 11 : 14) - n),
                            "00000", text);
    if (!document_normal(text, out))
        return false;
    k->document = arena_strdup(c->arena, out);
    return true;
}

static void
clean_row(struct ctx *c, const I *i, const char *cells, struct clean *k)
{
    struct arena *a = c->arena;
    const char *name = csv_pick(a, cells, (int)i->name_column - 1);
    const char *phone = csv_pick(a, cells, (int)i->phone_column - 1);
    const char *email = csv_pick(a, cells, (int)i->email_column - 1);
    const char *document = csv_pick(a, cells, (int)i->document_column - 1);

    struct str more;

    *k = (struct clean){ .name = NULL };
    str_init(&more, a, 16);
    if (phone[0] != '\0' && !each(c, phone, k, &more, one_phone))
        k->reason = "phone";
    else if (email[0] != '\0' && !each(c, email, k, &more, one_email))
        k->reason = "email";
    else if (document[0] != '\0' && !clean_document(c, document, k))
        k->reason = "document";
    else if (name[0] == '\0' && k->phone == NULL && k->email == NULL)
        k->reason = "empty";
    if (more.len > 0) {
        str_putc(&more, ']');
        k->more = more.data;
    }
    k->name =
        name[0] != '\0'
            ? arena_memdup(a, name, utf8_prefix(name, NAME_MAX_CHARS))
        : k->phone != NULL ? arena_printf(a, "+%s", k->phone)
        : k->email != NULL
            ? arena_memdup(a, k->email, utf8_prefix(k->email, NAME_MAX_CHARS))
            : "?";
}

static void
add_row(struct str *s, int line, const struct clean *k)
{
    const char *const cells[] = { k->name,  k->phone,    k->phone_key,
                                  k->email, k->document, k->reason,
                                  k->more };
    size_t i;

    str_printf(s, "%d", line);
    for (i = 0; i < sizeof cells / sizeof *cells; i++) {
        str_putc(s, '\t');
        db_copy_text(s, cells[i]);
    }
    str_putc(s, '\n');
}

/* ---- um passo ---- */

static enum err
tell(struct ctx *c, const I *i)
{
    struct rooms rooms = { .count = 0 };

    if (!i->has_user_id)
        return OK;
    rooms_add(c, &rooms, "user", i->user_id);
    c->nudges |= NUDGE_RELAY;
    return outbox_emit(
        c, "job:progress", &rooms,
        arena_printf(c->arena,
                     "{\"job\":\"contact.import\",\"id\":%" PRId64
                     ",\"state\":\"%s\",\"done\":%" PRId64 ",\"total\":%" PRId64
                     ",\"undone\":%" PRId64 "}",
                     i->id, i->state, i->done, i->total, i->undone));
}

static enum err
apply(struct ctx *c, const I *i, int after, int *last)
{
    struct q_contact_import_next_row *rows;
    struct q_contact_import_stage_row stage;
    struct q_contact_import_apply_row done;
    struct q_contact_import_more_row more;
    struct clean k;
    struct str s;
    int count = 0, n;
    enum err e = q_contact_import_next(
        c,
        &(struct q_contact_import_next_in){
            .id = i->id, .after = after, .max = CHUNK_ROWS },
        &rows, &count);

    *last = -1;
    if (e != OK || count == 0)
        return e;
    str_init(&s, c->arena, (size_t)count * 120);
    for (n = 0; n < count; n++) {
        clean_row(c, i, rows[n].cells, &k);
        add_row(&s, rows[n].line, &k);
    }
    e = q_contact_import_stage(c, &stage);
    if (e == OK)
        e = db_copy(c, CLEAN_COPY, (struct slice){ s.data, s.len });
    if (e == OK)
        e = q_contact_import_apply(
            c, &(struct q_contact_import_apply_in){ i->id }, &done);
    if (e == OK)
        e = q_contact_import_more(c, &more);
    if (count == CHUNK_ROWS)
        *last = rows[count - 1].line;
    return e;
}

/* O próximo passo é outro job: cada um com as suas tentativas. */
static enum err
go_on(struct ctx *c, int64_t id, const char *what, int at)
{
    return job_enqueue(
        c, &(struct job_new){
               .lane = LANE_REPORT,
               .kind = "contact.import",
               .serial_key = arena_printf(c->arena, "import:%" PRId64, id),
               .payload = arena_printf(
                   c->arena, "{\"importId\":%" PRId64 ",\"%s\":1,\"after\":%d}",
                   id, what, at) });
}

static enum err
apply_step(struct ctx *c, const I *i, int after)
{
    int64_t changed;
    int last;
    enum err e = apply(c, i, after, &last);

    if (e != OK)
        return e;
    if (last >= 0)
        return go_on(c, i->id, "apply", last);
    log_info("importação %" PRId64 " de contatos acabou", i->id);
    return q_contact_import_finish(
        c, &(struct q_contact_import_finish_in){ i->id }, &changed);
}

static enum err
undo_step(struct ctx *c, const I *i)
{
    struct q_contact_import_undo_row row;
    enum err e = q_contact_import_undo(
        c, &(struct q_contact_import_undo_in){ .id = i->id, .max = CHUNK_ROWS },
        &row);

    return e != OK || row.seen == 0 ? e : go_on(c, i->id, "undo", 0);
}

static enum err
step(struct ctx *c, struct job *job, enum job_next *next)
{
    struct q_contact_import_get_in in = { .id = job_number(job->payload,
                                                           "importId") };
    I i;
    enum err e = q_contact_import_get(c, &in, &i);

    *next = JOB_DONE;
    if (e == ERR_NOT_FOUND) { /* a empresa a apagou */
        ctx_clear_error(c);
        return OK;
    }
    if (e == OK && job_number(job->payload, "undo") != 0)
        e = undo_step(c, &i);
    else if (e == OK)
        e = apply_step(c, &i, (int)job_number(job->payload, "after"));
    if (e == OK)
        e = q_contact_import_get(c, &in, &i);
    return e != OK ? e : tell(c, &i);
}

/* Sem isto a importação andaria para sempre; assim ainda se desfaz. */
static enum err
give_up(struct ctx *c, struct job *job)
{
    int64_t id = job_number(job->payload, "importId"), changed;
    I i = { 0 };
    enum err e = q_contact_import_stop(
        c, &(struct q_contact_import_stop_in){ id }, &changed);

    if (e == OK && changed > 0)
        e = q_contact_import_get(
            c, &(struct q_contact_import_get_in){ .id = id }, &i);
    return e != OK || changed == 0 ? e : tell(c, &i);
}

const struct job_kind contact_import_kind = {
    .name = "contact.import",
    .concurrency = 1,
    .prepare = step,
    .give_up = give_up,
};
