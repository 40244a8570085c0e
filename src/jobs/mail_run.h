/*
 * mail_run.h - a entrega de um e-mail num processo filho. A libcurl espera
 * parada pela última palavra do servidor SMTP e pelo adeus; no próprio worker,
 * um servidor lento seguraria todos os outros envios.
 */
#ifndef BALCAO_MAIL_RUN_H
#define BALCAO_MAIL_RUN_H

#include <sys/types.h>

#include "jobs/call.h"

struct mail_run {
    struct mail_run *next;
    struct arena *arena;
    void *tag;
    int64_t deadline_us; /* até aqui responde, ou é morto */
    pid_t pid;           /* -1: não nasceu */
    int fd;              /* por onde vem a resposta; -1: já veio */
    bool answered;
};

/*
 * Começa a entrega e devolve a lista com ela na frente. A arena precisa viver
 * até mail_run_read dizer verdadeiro; `call`, só até esta função voltar.
 * Não falha: filho que não nasce responde com erro.
 */
struct mail_run *mail_run_start(struct mail_run *list, struct arena *a,
                                const struct job_call *call, void *tag);

/* Quanto se pode esperar sem olhar de novo para ela. */
int64_t mail_run_left_ms(const struct mail_run *m);

/* Verdadeiro uma vez só, quando há resposta (ou já não haverá). */
bool mail_run_read(struct mail_run *m, struct job_reply *reply);

/* Respondeu e o filho já saiu. */
bool mail_run_is_over(struct mail_run *m);

/* Mata o filho que ainda houver, devolve tudo e a próxima da lista. */
struct mail_run *mail_run_end(struct mail_run *m);

#endif
