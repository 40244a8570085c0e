/* company.c - os ajustes de uma empresa. */
#include "account/company.h"

#include <inttypes.h>
#include <string.h>

#include "base/i18n.h"
#include "db/db.h"

static enum err
read_company(struct ctx *c, int64_t id, struct q_company_row *out)
{
    return q_company_get(c, &(struct q_company_get_in){ .id = id }, out);
}

static enum err
stale(struct ctx *c, int64_t version)
{
    return fail(c, ERR_CONFLICT, _("versão atual: %" PRId64), version);
}

static enum err
refused(struct ctx *c, const char *outcome, int64_t version)
{
    if (strcmp(outcome, "unknown") == 0)
        return db_not_found(c);
    if (strcmp(outcome, "stale") == 0)
        return stale(c, version);
    if (strcmp(outcome, "zone") == 0)
        return fail_field(c, "timeZone", "unknown", "%s",
                          _("não é um fuso horário conhecido; por exemplo, "
                            "America/Sao_Paulo"));
    if (strcmp(outcome, "two_factor") == 0)
        return fail_field(c, "requireTwoFactor", "not_yours", "%s",
                          _("ligue antes a segunda etapa na sua conta: sem ela "
                            "você mesmo ficaria de fora"));
    return OK;
}

/* Confere o que foi mandado; o horário sai na forma que se guarda. */
static enum err
check(struct ctx *c, const struct company_change *to, const char **hours)
{
    if (to->has_retention_days && to->retention_days != 0 &&
        (to->retention_days < COMPANY_RETENTION_MIN ||
         to->retention_days > COMPANY_RETENTION_MAX))
        fail_field(c, "retentionDays", "min",
                   _("de %d a %d dias; zero guarda para sempre"),
                   COMPANY_RETENTION_MIN, COMPANY_RETENTION_MAX);
    if (to->business_hours != NULL && to->business_hours[0] != '\0')
        company_hours_check(c, to->business_hours, hours);
    return c->error;
}

/* O que se grava: o que veio por cima do que estava. */
static struct q_company_save_in
merge(const struct q_company_row *was, const struct company_change *to,
      const char *hours)
{
    int64_t days =
        to->has_retention_days ? to->retention_days : was->retention_days;

    return (struct q_company_save_in){
        .id = was->id,
        .version = to->version != 0 ? to->version : was->version,
        .name = to->name != NULL ? to->name : was->name,
        .locale = to->locale != NULL ? to->locale : was->locale,
        .time_zone = to->time_zone != NULL ? to->time_zone : was->time_zone,
        .business_hours =
            to->business_hours != NULL ? hours : was->business_hours,
        .retention_days = days,
        .has_retention_days = days != 0,
        .require_two_factor = to->has_require_two_factor
                                  ? to->require_two_factor
                                  : was->require_two_factor,
        .default_visibility = to->default_visibility != NULL
                                  ? to->default_visibility
                                  : was->default_visibility,
    };
}

enum err
company_change(struct ctx *c, int64_t id, const struct company_change *to,
               struct q_company_row *out)
{
    struct q_company_save_row row;
    struct q_company_save_in in;
    struct q_company_row was;
    const char *hours = NULL;
    enum err e = check(c, to, &hours);

    if (e == OK)
        e = read_company(c, id, &was);
    if (e != OK)
        return e;
    in = merge(&was, to, hours);
    e = q_company_save(c, &in, &row);
    if (e == OK)
        e = refused(c, row.outcome, was.version);
    c->nudges |= NUDGE_RELAY;
    return e != OK ? e : read_company(c, id, out);
}

enum err
company_set_limits(struct ctx *c, int64_t id, int64_t version,
                   const int64_t limits[3], struct q_company_row *out)
{
    struct q_company_limits_row row;
    struct q_company_row was;
    enum err e = read_company(c, id, &was);

    if (e == OK)
        e = q_company_limits(
            c,
            &(struct q_company_limits_in){
                .id = id,
                .version = version != 0 ? version : was.version,
                .max_users = limits[0],
                .max_channels = limits[1],
                .max_storage_mb = limits[2] },
            &row);
    if (e == OK)
        e = refused(c, row.outcome, was.version);
    return e != OK ? e : read_company(c, id, out);
}

enum err
company_suspend(struct ctx *c, int64_t id, bool stop, struct q_company_row *out)
{
    struct q_company_suspend_row row;
    enum err e = q_company_suspend(
        c, &(struct q_company_suspend_in){ .id = id, .stop = stop }, &row);

    if (e == OK)
        e = refused(c, row.outcome, 0);
    if (e != OK)
        return e;
    if (strcmp(row.outcome, "deleting") == 0)
        return fail(c, ERR_CONFLICT, "%s", _("a empresa está sendo apagada"));
    if (strcmp(row.outcome, "same") == 0)
        return fail(c, ERR_CONFLICT, "%s",
                    stop ? _("a empresa já está suspensa")
                         : _("a empresa não está suspensa"));
    c->nudges |= NUDGE_RELAY;
    return read_company(c, id, out);
}
