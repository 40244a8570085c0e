/*
 * log.h - uma linha JSON por fato, em stderr (o gerente de processos guarda).
 * Nunca recebe corpo, token, senha nem texto de mensagem.
 */
#ifndef BALCAO_LOG_H
#define BALCAO_LOG_H

#include <stdint.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

/*
 * Diz quem fala e o menor nível que sai.
 *   program  vive enquanto o processo viver
 */
void log_init(const char *program, enum log_level least);

/* Nível pelo nome (debug, info, warn, error); LOG_INFO se desconhecido. */
enum log_level log_level_parse(const char *name);

/* Id da requisição atual, posto nas linhas seguintes; NULL tira. */
void log_request(const char *request_id);

/* Escreve uma linha {ts, level, program, pid, msg, request_id}. */
void log_line(enum log_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Um acesso: a linha que cada requisição deixa. */
struct log_access {
    const char *method, *route, *path, *remote;
    int status;
    int64_t duration_us, company_id, user_id;
    long long bytes;
};

/* Escreve a linha de acesso (nível info). */
void log_access(const struct log_access *a);

#define log_debug(...) log_line(LOG_DEBUG, __VA_ARGS__)
#define log_info(...) log_line(LOG_INFO, __VA_ARGS__)
#define log_warn(...) log_line(LOG_WARN, __VA_ARGS__)
#define log_error(...) log_line(LOG_ERROR, __VA_ARGS__)

#endif
