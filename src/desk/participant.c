/* participant.c - pôr e tirar participantes: as recusas. */
#include "desk/participant.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "db/db.h"

#define P struct q_participant_row

const struct field participant_out[] = {
    INT(P, user_id, .doc = "Quem acompanha"),
    TEXT(P, name, .doc = "Nome dela"),
    ENUM(P, via, .one_of = "hand mention",
         .doc = "Alguém a pôs (ou entrou), ou foi citada numa anotação"),
    INT_OR_NULL(P, by_id, .doc = "Quem a pôs; ela mesma: entrou; null: saiu"),
    TEXT(P, by_name, .nullable = true, .doc = "Nome de quem a pôs"),
    TIME(P, created_at, .doc = "Desde quando"),
    FIELDS_END
};

static bool
is(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

bool
participant_is_me(const struct ctx *c, const struct q_ticket_row *t)
{
    const char *p = t->participant_ids;

    while (*p != '\0' && *p != '}' && p[1] != '}') {
        char *end;

        if (strtoll(p + 1, &end, 10) == c->user_id)
            return true;
        p = end;
    }
    return false;
}

enum err
participant_list(struct ctx *c, int64_t ticket_id, P **rows, int *count)
{
    struct q_ticket_row t;
    enum err e =
        q_ticket_get(c, &(struct q_ticket_get_in){ .id = ticket_id }, &t);

    return e != OK ? e
                   : q_participant_list(c,
                                        &(struct q_participant_list_in){
                                            .ticket_id = ticket_id },
                                        rows, count);
}

static enum err
refused(struct ctx *c, const char *why)
{
    if (is(why, "unknown"))
        return db_not_found(c);
    if (is(why, "merged"))
        return fail(c, ERR_CONFLICT, "%s",
                    _("este atendimento já se fundiu em outro"));
    if (is(why, "person"))
        return fail_field(c, "userId", "exists", "%s",
                          _("não é uma pessoa ativa desta empresa"));
    if (is(why, "access"))
        return fail_field(c, "userId", "access", "%s",
                          _("esta pessoa não pode ver atendimentos"));
    if (is(why, "owner"))
        return fail_field(c, "userId", "owner", "%s",
                          _("já é quem atende esta conversa"));
    if (is(why, "twice"))
        return fail(c, ERR_CONFLICT, "%s", _("esta pessoa já participa"));
    return fail(c, ERR_LIMIT_REACHED, _("são %d participantes, no máximo"),
                PARTICIPANTS_MAX);
}

enum err
participant_add(struct ctx *c, int64_t ticket_id, int64_t user_id, P *out)
{
    struct q_participant_add_row row;
    enum err e;

    if (user_id == 0)
        user_id = c->user_id;
    e = q_participant_add(c,
                          &(struct q_participant_add_in){
                              .ticket_id = ticket_id, .user_id = user_id },
                          &row);
    if (e == OK && !is(row.outcome, "ok"))
        return refused(c, row.outcome);
    if (e == OK)
        e = q_participant_get(c,
                              &(struct q_participant_get_in){
                                  .ticket_id = ticket_id, .user_id = user_id },
                              out);
    if (e == OK)
        c->nudges |= NUDGE_RELAY; /* os avisos são dos gatilhos */
    return e;
}

enum err
participant_drop(struct ctx *c, int64_t ticket_id, int64_t user_id)
{
    struct q_participant_drop_row row;
    enum err e;

    if (user_id != c->user_id &&
        (c->permissions & PERM_BIT(PERM_TICKETS_WRITE)) == 0)
        return fail(c, ERR_FORBIDDEN, "%s",
                    _("quem só lê atendimentos tira apenas a si mesmo"));
    e = q_participant_drop(c,
                           &(struct q_participant_drop_in){
                               .ticket_id = ticket_id, .user_id = user_id },
                           &row);
    if (e == OK && !is(row.outcome, "ok"))
        return db_not_found(c);
    if (e == OK)
        c->nudges |= NUDGE_RELAY;
    return e;
}
