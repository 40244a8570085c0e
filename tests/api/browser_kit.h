/* browser_kit.h - o navegador de quem entrou, para os testes das páginas. */
#ifndef BALCAO_TEST_BROWSER_KIT_H
#define BALCAO_TEST_BROWSER_KIT_H

#include <stdint.h>
#include <string.h>

#define PART "HX-Request-Type: partial"
#define FORM_TYPE "application/x-www-form-urlencoded"

#define HAS(a, what) assert_has(a, what)
#define LACKS(a, what) assert_lacks(a, what)

struct answer;

/* Uma sessão de navegador, direto no banco: entrar é de outro teste. */
struct browser {
    const char *cookie, *csrf;
};

/* A sessão da pessoa na primeira empresa dela (super: na da fixture). */
struct browser browser_of(int64_t person);

/* A sessão da pessoa numa empresa em que ela entra. */
struct browser browser_in(int64_t person, int64_t company);

/* De qualquer programa: abre a página, ou o pedaço que o htmx pediria. */
struct answer *
browser_page(struct browser b, const char *program, const char *path);
struct answer *
browser_part(struct browser b, const char *program, const char *path);

/* Manda o formulário, com o token dele. */
struct answer *browser_submit(struct browser b, const char *program,
                              const char *path, const char *fields);

/* O mesmo, com um cabeçalho a mais, ex. PART; ou NULL. */
struct answer *
browser_submit_with(struct browser b, const char *program, const char *path,
                    const char *fields, const char *header);

/* A página tem, ou não tem, estas palavras. */
void assert_has(const struct answer *a, const char *words);
void assert_lacks(const struct answer *a, const char *words);

/* Exige 303 para `where` com o aviso do que se fez. */
void assert_saved(const struct answer *a, const char *where);

#endif
