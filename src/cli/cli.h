/*
 * cli.h - o comando `balcao`: um arquivo por subcomando, opções declaradas
 * em tabela (dela saem a leitura e a ajuda). Está acima de todos os módulos.
 */
#ifndef BALCAO_CLI_H
#define BALCAO_CLI_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/ctx.h"

enum cli_kind { CLI_FLAG, CLI_TEXT, CLI_INT, CLI_SECONDS, CLI_END };

/* Uma opção longa; `out` é bool, const char * ou int64_t conforme o tipo. */
struct cli_option {
    enum cli_kind kind;
    const char *name;
    void *out;
    const char *meta; /* nome do valor na ajuda; NULL nos flags */
    const char *doc;  /* msgid */
    int64_t min, max;
};

/* O que o comando quer da configuração. */
enum cli_conf {
    CONF_GOOD, /* que esteja certa */
    CONF_ANY,  /* serve mesmo errada */
    CONF_NONE  /* nem a lê: nenhum segredo neste processo */
};

struct command {
    const char *name;
    int (*run)(const struct command *self, int argc, char **argv);
    const char *arguments; /* ex. "demo|bench", msgid; "" se não há */
    const char *doc;       /* uma linha, msgid */
    const char *more;      /* o resto da ajuda, msgid; NULL se não há */
    enum cli_conf conf;
};

#define CLI_OK 0
#define CLI_FAILED 1
#define CLI_USAGE 2

/*
 * Lê as opções do subcomando; --help imprime a ajuda e encerra com 0, opção
 * desconhecida encerra com CLI_USAGE.
 *   options  tabela terminada em CLI_END
 * Devolve o índice do primeiro argumento que não é opção.
 */
int cli_parse(const struct command *self, int argc, char **argv,
              const struct cli_option *options);

/* Escreve o erro em stderr e devolve CLI_USAGE. */
int cli_usage(const struct command *self, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Escreve o erro em stderr e devolve CLI_FAILED. */
int cli_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Prepara um contexto de sistema sem empresa.
 *   url  banco a usar; vive tanto quanto o contexto
 * Memória: cli_close devolve a conexão e a arena.
 */
void cli_open(struct ctx *c, const char *url);

/* Desfaz o que estiver aberto e devolve tudo. */
void cli_close(struct ctx *c);

/* URL de quem possui as tabelas (a da aplicação se não houver outra). */
const char *cli_owner_url(void);

/* Lê o arquivo inteiro na arena; NULL (e errno) se não abrir. */
char *cli_read_file(struct arena *a, const char *path, size_t *len);

/* Escreve os problemas da configuração; verdadeiro se não há nenhum. */
bool cli_conf_check(FILE *out);

/* Sai pelo comando: um por subcomando. */
int cmd_migrate(const struct command *self, int argc, char **argv);
int cmd_seed(const struct command *self, int argc, char **argv);
int cmd_demo_info(const struct command *self, int argc, char **argv);
int cmd_link_read(const struct command *self, int argc, char **argv);
int cmd_work(const struct command *self, int argc, char **argv);
int cmd_relay(const struct command *self, int argc, char **argv);
int cmd_routes(const struct command *self, int argc, char **argv);
int cmd_config(const struct command *self, int argc, char **argv);
int cmd_webhook(const struct command *self, int argc, char **argv);
int cmd_mail(const struct command *self, int argc, char **argv);
int cmd_user(const struct command *self, int argc, char **argv);
int cmd_token(const struct command *self, int argc, char **argv);
int cmd_audit(const struct command *self, int argc, char **argv);
int cmd_secrets(const struct command *self, int argc, char **argv);
int cmd_store(const struct command *self, int argc, char **argv);
int cmd_push(const struct command *self, int argc, char **argv);
int cmd_cleanup(const struct command *self, int argc, char **argv);

#endif
