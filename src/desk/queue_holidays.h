/* queue_holidays.h - os dias fora da regra, conferidos. */
#ifndef BALCAO_QUEUE_HOLIDAYS_H
#define BALCAO_QUEUE_HOLIDAYS_H

#include "base/ctx.h"

enum { QUEUE_HOLIDAYS_MAX = 100, QUEUE_HOLIDAY_NAME_MAX = 80 };

/*
 * Confere [{date, name, hours}] e escreve em ordem de data.
 *   out   [saída] na arena
 * Erros:  ERR_INVALID em `holidays`.
 */
enum err
queue_holidays_check(struct ctx *c, const char *json, const char **out);

#endif
