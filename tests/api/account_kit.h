/* account_kit.h - o navegador de quem mexe na própria conta, para os testes. */
#ifndef BALCAO_TEST_ACCOUNT_KIT_H
#define BALCAO_TEST_ACCOUNT_KIT_H

#include <stdint.h>

#include "browser_kit.h"

#define MINE "0123456789abcdefABCDEF0123456789abcdefABCDE"
#define NEW_PASSWORD "caneca azul na janela 7"
#define PROOF "\"password\":\"" FIXTURE_PASSWORD "\""

struct answer;

/* Abre uma sessão de navegador da pessoa com este cookie. */
void open_session(int64_t person, const char *cookie);

/* Pede a página com este cookie. */
struct answer *
page_with(const char *cookie, const char *program, const char *path);

/* Pede uma página da conta com o cookie MINE. */
struct answer *page(const char *path);

/* O campo escondido que vale para o cookie MINE. */
const char *csrf(void);

/* Manda o formulário como o navegador de MINE o faria. */
struct answer *submit(const char *path, const char *body);

/* Exige 303 para `where`. */
void assert_done(const struct answer *a, const char *where);

/* O que vem depois de `mark` na página, até aspas ou "<". */
const char *after(const struct answer *a, const char *mark);

/* O agente pela API: /api/v1/me e o que se segue. */
struct answer *ask(const char *method, const char *path, const char *body);

/* Abre (GET) ou confirma (POST) o link de troca de e-mail. */
struct answer *follow(const char *method, const char *token);

/* O segredo do link que foi no último e-mail de confirmação. */
const char *mailed_token(void);

/* Cada teste começa com o agente num navegador. */
int reset_account(void **state);

#define RUN(name) cmocka_unit_test_setup(name, reset_account)

#endif
