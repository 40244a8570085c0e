/*
 * schedule_list.h - uma página da lista de agendamentos, para a API e para
 * /scheduled: o que espera, do mais próximo; o resto, do mais novo.
 */
#ifndef BALCAO_SCHEDULE_LIST_H
#define BALCAO_SCHEDULE_LIST_H

#include "desk/schedule.h"
#include "http/route.h"

/*
 * Lê a página que começa depois do cursor ("instante,id"; NULL: a primeira).
 *   status  pending, sent, failed ou cancelled
 *   next    [saída] cursor da seguinte, ou NULL
 * Erros: ERR_INVALID (cursor), os do banco.
 */
enum err schedule_list(struct req *r, const char *status, const char *cursor,
                       int64_t limit, struct q_schedule_row **rows, int *count,
                       const char **next);

#endif
