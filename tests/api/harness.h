/*
 * harness.h - roda o programa de verdade como CGI, num banco só deste
 * processo de teste, e confere cada resposta com o OpenAPI que ele imprime.
 */
#ifndef BALCAO_TEST_HARNESS_H
#define BALCAO_TEST_HARNESS_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* o fail() de cmocka esconderia o nosso, de base/ctx.h */
#undef fail
#undef fail_msg
#define fail_msg(...) \
    do { \
        print_error(__VA_ARGS__); \
        print_error("\n"); \
        _fail(__FILE__, __LINE__); \
    } while (0)
#include <json-c/json.h>
#include <stdbool.h>

/* Um teste com nome que é frase: TEST(sujeito_condicao_resultado). */
#define TEST(name) static void name(void **state)
#define UNUSED (void)state

struct call {
    const char *program;     /* "tickets" */
    const char *method;      /* NULL: GET, ou POST se há corpo */
    const char *path;        /* com a query */
    const char *token;       /* Bearer; NULL: nenhum */
    const char *cookie;      /* Cookie inteiro; NULL: nenhum */
    const char *body;        /* NULL: sem corpo */
    size_t body_len;         /* 0: strlen(body) */
    const char *type;        /* NULL: application/json se há corpo */
    const char *remote;      /* de que endereço; NULL: 127.0.0.1 */
    const char *length;      /* CONTENT_LENGTH mentido; NULL: o verdadeiro */
    const char *headers[12]; /* "Nome: valor", até o NULL */
};

struct answer {
    int status;
    char *headers, *body;
    size_t len;
    struct json_object *json; /* NULL se não é JSON */
};

/* Empresas, pessoas e atendimentos com que todo teste começa. */
struct fixture {
    int64_t company, other_company;
    int64_t admin, supervisor, agent, loner; /* pessoas da empresa */
    int64_t stranger;                        /* admin da outra */
    int64_t super;                           /* da plataforma, sem vínculo */
    int64_t auditor;            /* papel próprio: users.read e audit.read */
    int64_t both;               /* operator na empresa, supervisor na outra */
    int64_t role, other_role;   /* papéis próprios de cada uma */
    int64_t queue, other_queue; /* o agente é só da 1ª */
    int64_t channel;
    int64_t pending, active, closed, bot; /* tickets na fila do agente */
    int64_t hidden;  /* ativo, na fila em que o agente não está */
    int64_t foreign; /* ticket da outra empresa */
};
extern struct fixture fx;

/* E-mails "admin@a.test", "agent@a.test" …; senha de todos: */
#define FIXTURE_PASSWORD "senha-de-teste-1"

/* Cria o banco do processo; use em cmocka_run_group_tests. */
int harness_setup(void **state);

/* Apaga o banco. */
int harness_teardown(void **state);

/*
 * Daqui em diante os programas ficam de pé entre as chamadas (kept.h) e não
 * procuram vazamentos ao sair: para quem os chama milhares de vezes. Os testes
 * de cada rota rodam um processo por chamada, e procuram.
 */
void harness_keep_programs(void);

/* Volta o banco ao estado da fixture; use como setup de cada teste. */
int harness_reset(void **state);

/* Chama o programa; a resposta vale até o próximo harness_reset. */
struct answer *call(const struct call *c);

/* Atalhos: com o token da pessoa (0: sem token). */
struct answer *get_as(int64_t person, const char *program, const char *path);
struct answer *post_as(int64_t person, const char *program, const char *path,
                       const char *body);

/* JWT de acesso da pessoa na primeira empresa dela (super: na da fixture). */
const char *token_of(int64_t person);

/* JWT de acesso da pessoa numa empresa em que ela entra. */
const char *token_in(int64_t person, int64_t company);

/* Roda SQL como superusuário; devolve a primeira célula, ou NULL. */
const char *sql(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* O mesmo, como inteiro. */
int64_t sql_int(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Diz se o banco aceita o SQL; o que ele fez é desfeito. */
bool sql_works(const char *query);

/* Texto que vale até o próximo harness_reset. */
const char *text(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Confere status e, nos problemas, código e forma. */
void assert_status(const struct answer *a, int status);
void assert_problem(const struct answer *a, int status, const char *code);

/* O valor de um cabeçalho da resposta, ou NULL se não veio. */
const char *header_of(const struct answer *a, const char *name);

/* Confere que errors[] tem o campo com a regra. */
void assert_field(const struct answer *a, const char *field, const char *rule);

/* Membro do JSON pelo caminho "data.0.id". */
struct json_object *at(const struct answer *a, const char *path);
const char *at_text(const struct answer *a, const char *path);
int64_t at_int(const struct answer *a, const char *path);

#endif
