/*
 * call.h - chamadas HTTP, e-mails por SMTP e programas desta máquina que um
 * job põe para andar, vários ao mesmo tempo num processo só (libcurl multi).
 * Não segue redirecionamento, só fala o protocolo pedido, não repete nada
 * sozinha e não escreve cabeçalho no log.
 */
#ifndef BALCAO_CALL_H
#define BALCAO_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

#define JOB_CALL_HEADERS 10
#define TOOL_OUT_BYTES 8192

enum mail_tls {
    MAIL_TLS_REQUIRED, /* cifrado, com certificado conferido */
    MAIL_TLS_AUTO,     /* cifrado se o servidor oferece, sem conferir */
    MAIL_TLS_OFF
};

/* Uma mensagem de texto e HTML; a libcurl escreve o MIME. */
struct mail_call {
    const char *from, *to;       /* envelope: só o endereço */
    struct slice text, html;     /* UTF-8 */
    const char *user, *password; /* user NULL: sem autenticação */
    const char *ca_file;         /* NULL: as autoridades do sistema */
    enum mail_tls tls;
};

/* Um arquivo do disco, num formulário multipart, com campos de texto. */
struct upload_call {
    const char *path, *mime, *name;
    const char *fields[5]; /* nome, valor, nome, valor …, NULL */
};

/* Um programa com tetos; o que ele escreve volta em body (o fim). */
struct tool_call {
    const char *const *argv; /* [0]: o caminho inteiro; NULL termina */
    int64_t cpu_s, memory_bytes, file_bytes;
};

/* Com mail, url é smtp:// ou smtps://; method e body não contam. */
struct job_call {
    const struct mail_call *mail;     /* NULL: HTTP */
    const struct tool_call *tool;     /* no lugar de tudo; NULL: não há */
    const struct upload_call *upload; /* no lugar de body; NULL: não há */
    const char *method;               /* "GET", "POST" ou "PUT" */
    const char *url;
    const char *headers[JOB_CALL_HEADERS]; /* "Nome: valor"; NULL termina */
    struct slice body;
    void (*sign)(struct arena *a, void *easy); /* assina o pedido da libcurl;
                                                * NULL: sem assinatura */
    int64_t timeout_ms;
    int64_t stall_ms; /* tempo sem andar que já é demais; 0: só timeout_ms */
    size_t max_bytes; /* teto da resposta */
    bool public_only; /* não se conecta a endereço de dentro: o lugar quem
                         disse foi alguém de fora */
    int to_fd; /* onde o corpo de uma resposta 200 se escreve; 0: na memória */
};

struct job_reply {
    int status;            /* HTTP ou SMTP; 0: não houve resposta inteira.
                            * tool: 200 saiu bem, 422 não (ou bateu num teto,
                            * error diz qual), 0 não nasceu */
    bool too_long;         /* a resposta passou de max_bytes */
    bool was_sent;         /* sem resposta, mas o pedido pode ter chegado */
    int64_t retry_after_s; /* do cabeçalho Retry-After; -1: não veio */
    struct slice body;     /* em SMTP, a última linha do servidor */
    const char *error;     /* palavras da libcurl quando status é 0 */
};

struct caller;

/*
 * Prepara as chamadas; a libcurl só acorda na primeira.
 * Memória: caller_close devolve, e abandona o que estiver no ar.
 */
struct caller *caller_new(void);

/* Abandona as chamadas em curso e devolve tudo. NULL é aceito. */
void caller_close(struct caller *k);

/* Sem chamada há idle_s segundos, larga conexões e memória da libcurl. */
void caller_release_idle(struct caller *k, int64_t idle_s);

/*
 * Começa a chamada. O corpo não é copiado; a arena e `call` precisam viver
 * até caller_next devolver o tag.
 */
void caller_start(struct caller *k, struct arena *a,
                  const struct job_call *call, void *tag);

/*
 * Anda com as chamadas e espera por elas ou pelos descritores.
 *   fds  vigiados para leitura; -1 é pulado
 */
void
caller_wait(struct caller *k, const int *fds, int count, int64_t timeout_ms);

/* A próxima chamada que acabou; falso se não há. */
bool caller_next(struct caller *k, void **tag, struct job_reply *reply);

#endif
