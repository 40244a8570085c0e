/*
 * tool_run.h - um programa desta máquina, num processo filho com tetos: tempo,
 * processador, memória e disco. Sem shell, sem rede nossa, sem os descritores
 * do worker, com a prioridade de quem pode esperar. Não sabe o que ele faz.
 */
#ifndef BALCAO_TOOL_RUN_H
#define BALCAO_TOOL_RUN_H

#include <sys/types.h>

#include "jobs/call.h"

struct tool_run {
    struct tool_run *next;
    struct arena *arena;
    void *tag;
    int64_t deadline_us; /* até aqui acaba, ou é morto */
    pid_t pid;           /* -1: não nasceu, ou já foi enterrado */
    int fd;              /* a saída dele; -1: acabou */
    bool is_late;        /* morto por nós */
    bool answered;
    size_t len;
    char out[TOOL_OUT_BYTES]; /* o fim do que escreveu */
};

/*
 * Começa o programa e devolve a lista com ele na frente. `call` só precisa
 * viver até esta função voltar; a arena, até tool_run_read dizer verdadeiro.
 * Não falha: o que não nasce responde com erro.
 */
struct tool_run *tool_run_start(struct tool_run *list, struct arena *a,
                                const struct job_call *call, void *tag);

/* Quanto se pode esperar sem olhar de novo para ele. */
int64_t tool_run_left_ms(const struct tool_run *t);

/* Verdadeiro uma vez só, quando ele acabou (call.h diz o que há na resposta).
 */
bool tool_run_read(struct tool_run *t, struct job_reply *reply);

/* Mata o que ainda houver, devolve tudo e o próximo da lista. */
struct tool_run *tool_run_end(struct tool_run *t);

#endif
