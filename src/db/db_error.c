/* db_error.c - um SQLSTATE, um erro da API; uma restrição, um campo. */
#include <string.h>

#include "base/log.h"
#include "db/db_internal.h"

static const struct {
    const char *prefix;
    enum err err;
} states[] = {
    { "BL401", ERR_UNAUTHORIZED },  { "BL403", ERR_SUSPENDED },
    { "BL404", ERR_NOT_FOUND },     { "BL409", ERR_CONFLICT },
    { "BLLIM", ERR_LIMIT_REACHED }, { "23505", ERR_CONFLICT },
    { "23503", ERR_CONFLICT },      { "23P01", ERR_CONFLICT },
    { "23514", ERR_INVALID },       { "22P02", ERR_INVALID },
    { "22003", ERR_INVALID },       { "22021", ERR_INVALID },
    { "42501", ERR_FORBIDDEN },     { "57014", ERR_TIMEOUT },
    { "40001", ERR_CONFLICT },      { "40P01", ERR_CONFLICT },
    { "08", ERR_UNAVAILABLE },      { "53", ERR_UNAVAILABLE },
    { "57P", ERR_UNAVAILABLE },     { "25006", ERR_UNAVAILABLE },
};

enum err
db_map_sqlstate(const char *s)
{
    size_t i;

    for (i = 0; i < sizeof states / sizeof *states; i++)
        if (strncmp(s, states[i].prefix, strlen(states[i].prefix)) == 0)
            return states[i].err;
    return ERR_INTERNAL;
}

enum err
db_fail(struct ctx *c, const PGresult *r)
{
    const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
    const char *text = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
    enum err e;

    if (state == NULL)
        return fail(c, ERR_UNAVAILABLE, NULL);
    e = db_map_sqlstate(state);
    if (strncmp(state, "BL", 2) != 0)
        log_line(e == ERR_INTERNAL ? LOG_ERROR : LOG_WARN, "banco: %s %s",
                 state, text != NULL ? text : "");
    if (strncmp(state, "40", 2) == 0)
        return fail(c, e, "serialization");
    return fail(c, e, NULL);
}
