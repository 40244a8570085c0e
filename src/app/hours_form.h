/*
 * hours_form.h - o horário da semana num formulário: um campo de texto por
 * dia, com o que está gravado ou o que acabou de ser digitado.
 */
#ifndef BALCAO_HOURS_FORM_H
#define BALCAO_HOURS_FORM_H

#include <json-c/json.h>

#include "http/route.h"

#define HOURS_FORM_MAX 100

/* Os sete campos na tabela do formulário S, que tem hours_mon … hours_sun. */
#define HOURS_FORM_FIELDS(S) \
    TEXT(S, hours_mon, .max = HOURS_FORM_MAX, .doc = "Segunda"), \
        TEXT(S, hours_tue, .max = HOURS_FORM_MAX, .doc = "Terça"), \
        TEXT(S, hours_wed, .max = HOURS_FORM_MAX, .doc = "Quarta"), \
        TEXT(S, hours_thu, .max = HOURS_FORM_MAX, .doc = "Quinta"), \
        TEXT(S, hours_fri, .max = HOURS_FORM_MAX, .doc = "Sexta"), \
        TEXT(S, hours_sat, .max = HOURS_FORM_MAX, .doc = "Sábado"), \
        TEXT(S, hours_sun, .max = HOURS_FORM_MAX, .doc = "Domingo")

/*
 * Põe `days` em `m`: {name, label, value, error} de cada dia.
 *   hours  o horário gravado, JSON; NULL: sempre aberto
 */
void hours_form_model(struct req *r, struct json_object *m, const char *hours);

#endif
