/* note.c - anotações internas e quem elas citam. */
#include "desk/note.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "gen/q_note.h"

/* Números de '{1,2}' que não se repetem. */
static int
distinct(struct arena *a, const char *list)
{
    int64_t *seen = arena_alloc(a, sizeof *seen * (strlen(list) / 2 + 1));
    const char *p = list;
    int n = 0, i;

    while ((p = strpbrk(p, "0123456789")) != NULL) {
        char *end;
        int64_t id = strtoll(p, &end, 10);

        for (i = 0; i < n && seen[i] != id; i++)
            ;
        if (i == n)
            seen[n++] = id;
        p = end;
    }
    return n;
}

enum err
note_check(struct ctx *c, const char *body, const char *asked,
           const char **mentions)
{
    const char *wanted = asked != NULL ? asked : "{}";
    struct q_note_people_row *rows;
    int count, i, known = 0;
    struct str s;
    enum err e;

    if (body[strspn(body, " \t\r\n")] == '\0')
        return fail_field(c, "body", "min", "%s", _("escreva algo"));
    e = q_note_people(
        c, &(struct q_note_people_in){ .body = body, .mentions = wanted },
        &rows, &count);
    if (e != OK)
        return e;
    str_init(&s, c->arena, 32);
    str_putc(&s, '{');
    for (i = 0; i < count; i++) {
        known += rows[i].asked;
        str_printf(&s, "%s%" PRId64, i > 0 ? "," : "", rows[i].user_id);
    }
    str_putc(&s, '}');
    if (count > NOTE_MENTIONS_MAX)
        return fail_field(c, "mentions", "max", _("cite até %d pessoas"),
                          NOTE_MENTIONS_MAX);
    if (known < distinct(c->arena, wanted))
        return fail_field(c, "mentions", "exists", "%s",
                          _("alguém citado não é da equipe"));
    *mentions = s.data;
    return OK;
}

enum err
note_add(struct ctx *c, const struct note_new *in, struct q_message_row *out)
{
    struct q_note_add_row row;
    const char *mentions;
    bool found;
    enum err e;

    e = note_check(c, in->body, in->mentions, &mentions);
    if (e == OK)
        e = q_note_add(c,
                       &(struct q_note_add_in){ .ticket_id = in->ticket_id,
                                                .body = in->body,
                                                .mentions = mentions },
                       &row, &found);
    if (e != OK)
        return e;
    if (!found)
        return fail(c, ERR_NOT_FOUND, NULL);
    e = q_message_get(c, &(struct q_message_get_in){ .id = row.id }, out);
    /* a quem ela cita, o gatilho notify_mentioned conta */
    return e == OK ? message_emit(c, "message:created", out) : e;
}
