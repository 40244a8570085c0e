/* audit.c - um registro na transação do fato, e a procura neles. */
#include "auth/audit.h"

#include <inttypes.h>
#include <string.h>

#include "base/i18n.h"
#include "base/str.h"
#include "db/db.h"

static const char *
text_or_empty(const char *text)
{
    return text != NULL ? text : "";
}

static const char *
text_or_null(const char *text)
{
    return text != NULL && text[0] != '\0' ? text : NULL;
}

enum err
audit_note(struct ctx *c, const struct audit *note)
{
    return q_audit_note_queue(
        c, &(struct q_audit_note_in){
               .company_id =
                   note->company_id != 0 ? note->company_id : c->company_id,
               .user_id = note->user_id != 0 ? note->user_id : c->user_id,
               .action = note->action,
               .target_type = text_or_empty(note->target_type),
               .target_id = text_or_empty(note->target_id),
               .before = note->before,
               .after = note->after,
               .origin = db_origin(c) });
}

/* Lê `width` dígitos em *p; -1 se não são. */
static int
digits(const char **p, int width)
{
    int n = 0;

    for (; width > 0; width--, (*p)++) {
        if (**p < '0' || **p > '9')
            return -1;
        n = n * 10 + (**p - '0');
    }
    return n;
}

static bool
skip(const char **p, char c)
{
    if (**p != c)
        return false;
    (*p)++;
    return true;
}

static bool
read_day(const char **p)
{
    static const int lengths[] = { 31, 28, 31, 30, 31, 30,
                                   31, 31, 30, 31, 30, 31 };
    int year = digits(p, 4), month, day;
    bool leap;

    if (year < 1900 || !skip(p, '-'))
        return false;
    month = digits(p, 2);
    if (month < 1 || month > 12 || !skip(p, '-'))
        return false;
    day = digits(p, 2);
    leap = month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return day >= 1 && day <= lengths[month - 1] + leap;
}

static bool
read_clock(const char **p)
{
    int hour = digits(p, 2), minute, second = 0;

    if (hour < 0 || hour > 23 || !skip(p, ':'))
        return false;
    minute = digits(p, 2);
    if (skip(p, ':')) {
        second = digits(p, 2);
        if (second >= 0 && skip(p, '.')) {
            size_t n = strspn(*p, "0123456789");

            if (n == 0 || n > 9)
                return false;
            *p += n;
        }
    }
    return minute >= 0 && minute <= 59 && second >= 0 && second <= 59;
}

static bool
read_zone(const char **p)
{
    int hour, minute;

    if (skip(p, 'Z'))
        return true;
    if (!skip(p, '+') && !skip(p, '-'))
        return false;
    hour = digits(p, 2);
    if (hour < 0 || hour > 14 || !skip(p, ':'))
        return false;
    minute = digits(p, 2);
    return minute >= 0 && minute <= 59;
}

/* "2026-11-20" ou "2026-11-20T10:00:00Z" (RFC 3339). */
static bool
is_when(const char *text)
{
    const char *p = text;

    if (!read_day(&p))
        return false;
    if (*p == '\0')
        return true;
    return skip(&p, 'T') && read_clock(&p) && read_zone(&p) && *p == '\0';
}

enum err
audit_filter_check(struct ctx *c, const struct audit_filter *f)
{
    static const char hint[] =
        N_("precisa ser um dia (2026-11-20) ou um instante ISO 8601 com fuso");
    const char *since = text_or_null(f->since), *until = text_or_null(f->until),
               *actions = text_or_null(f->actions);

    if (since != NULL && !is_when(since))
        fail_field(c, "from", "time", "%s", _(hint));
    if (until != NULL && !is_when(until))
        fail_field(c, "to", "time", "%s", _(hint));
    if (actions != NULL &&
        actions[strspn(actions, "abcdefghijklmnopqrstuvwxyz_.,")] != '\0')
        fail_field(c, "action", "action", "%s",
                   _("só letras minúsculas, ponto e sublinhado"));
    if (c->fields != NULL)
        return ERR_INVALID;
    if (f->has_company_id && f->company_id != c->company_id &&
        (c->api_token_id != 0 || c->role != ROLE_SUPER))
        return fail(c, ERR_FORBIDDEN, NULL);
    return OK;
}

/* "login,role" -> "{login,role}"; os vazios não incomodam o banco. */
static const char *
actions_array(struct ctx *c, const char *actions)
{
    struct str s;
    const char *p = actions;

    if (text_or_null(actions) == NULL)
        return NULL;
    str_init(&s, c->arena, 60);
    str_putc(&s, '{');
    while (*p != '\0') {
        size_t n = strcspn(p, ",");

        if (n > 0 && s.len > 1)
            str_putc(&s, ',');
        str_add(&s, p, n);
        p += n + (p[n] == ',');
    }
    str_putc(&s, '}');
    return s.data;
}

enum err
audit_list(struct ctx *c, const struct audit_filter *f, struct audit_span span,
           struct q_audit_row **rows, int *count)
{
    return q_audit_list(
        c,
        &(struct q_audit_list_in){ .has_company_id = f->has_company_id,
                                   .company_id = f->company_id,
                                   .since = text_or_null(f->since),
                                   .until = text_or_null(f->until),
                                   .has_user_id = f->has_user_id,
                                   .user_id = f->user_id,
                                   .actions = actions_array(c, f->actions),
                                   .target_type = text_or_null(f->target_type),
                                   .target_id = text_or_null(f->target_id),
                                   .address = text_or_null(f->address),
                                   .words = text_or_null(f->words),
                                   .before_id = span.before_id,
                                   .max = span.max },
        rows, count);
}

enum err
audit_get(struct ctx *c, const struct audit_filter *f, int64_t id,
          struct q_audit_row *out)
{
    bool found;
    enum err e;

    if (id == INT64_MAX)
        return fail(c, ERR_NOT_FOUND, NULL);
    e = q_audit_one(
        c,
        &(struct q_audit_one_in){ .has_company_id = f->has_company_id,
                                  .company_id = f->company_id,
                                  .before_id = id + 1 },
        out, &found);
    if (e == OK && (!found || out->id != id))
        e = fail(c, ERR_NOT_FOUND, NULL);
    return e;
}

static void
add_member(struct str *s, const char *name, const char *value)
{
    if (text_or_null(value) == NULL)
        return;
    str_printf(s, "%s\"%s\":", s->len > 1 ? "," : "", name);
    str_json(s, value);
}

enum err
audit_note_export(struct ctx *c, const struct audit_filter *f)
{
    struct str s;

    str_init(&s, c->arena, 200);
    str_putc(&s, '{');
    add_member(&s, "from", f->since);
    add_member(&s, "to", f->until);
    add_member(&s, "action", f->actions);
    add_member(&s, "target_type", f->target_type);
    add_member(&s, "target_id", f->target_id);
    add_member(&s, "address", f->address);
    add_member(&s, "q", f->words);
    if (f->has_user_id)
        add_member(&s, "user_id",
                   arena_printf(c->arena, "%" PRId64, f->user_id));
    if (f->has_company_id)
        add_member(&s, "company_id",
                   arena_printf(c->arena, "%" PRId64, f->company_id));
    str_putc(&s, '}');
    return audit_note(c, &(struct audit){ .action = "audit.exported",
                                          .target_type = "audit",
                                          .after = s.data });
}
