/* hours_form.c - o horário da semana num formulário. */
#include "app/hours_form.h"

#include "account/company.h"
#include "app/form_page.h"
#include "app/page_model.h"
#include "base/i18n.h"

static const char *const fields[COMPANY_DAYS] = { "hoursMon", "hoursTue",
                                                  "hoursWed", "hoursThu",
                                                  "hoursFri", "hoursSat",
                                                  "hoursSun" };
static const char *const titles[COMPANY_DAYS] = { N_("Segunda"), N_("Terça"),
                                                  N_("Quarta"),  N_("Quinta"),
                                                  N_("Sexta"),   N_("Sábado"),
                                                  N_("Domingo") };

static struct json_object *
day_model(struct req *r, const char *hours, int day)
{
    struct json_object *m = json_object_new_object();
    const char *typed =
        r->refusal.error != OK ? req_form(r, fields[day]) : NULL;
    const char *stored =
        arena_printf(r->ctx.arena, "businessHours.%s", company_days[day]);

    model_text(m, "name", fields[day]);
    model_text(m, "label", _(titles[day]));
    model_text(m, "value",
               typed != NULL ? typed : company_hours_text(&r->ctx, hours, day));
    model_text(m, "error", form_error(r, fields[day], stored));
    return m;
}

void
hours_form_model(struct req *r, struct json_object *m, const char *hours)
{
    struct json_object *days = json_object_new_array();
    int i;

    for (i = 0; i < COMPANY_DAYS; i++)
        json_object_array_add(days, day_model(r, hours, i));
    json_object_object_add(m, "days", days);
}
