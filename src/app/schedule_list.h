/*
 * schedule_list.h - uma página da lista de agendamentos, para a API e para
 * /scheduled: o que espera, do mais próximo; o resto, do mais novo.
 */
#ifndef BALCAO_SCHEDULE_LIST_H
#define BALCAO_SCHEDULE_LIST_H

#include "desk/schedule.h"
#include "http/route.h"

/* Uma página: o que se pede, e o que se achou. */
struct schedule_page {
    const char *status; /* pending, sent, failed ou cancelled */
    const char *cursor; /* "instante,id" da anterior; NULL: a primeira */
    int64_t limit;
    struct q_schedule_row *rows;
    int count;
    const char *next; /* cursor da seguinte, ou NULL */
};

/*
 * Lê a página pedida; na arena da requisição.
 * Erros: ERR_INVALID (cursor), os do banco.
 */
enum err schedule_list(struct req *r, struct schedule_page *page);

#endif
