/*
 * mustache.h - modelos Mustache (especificação completa, sem lambdas) sobre
 * json-c. Compila uma vez para um vetor de nós e renderiza num struct str.
 * Não lê arquivos nem conhece idioma ou HTTP: page.h faz isso.
 *
 * Modo página (MUSTACHE_PAGE), para HTML:
 *   {{x}}                escapa para texto e atributo entre aspas
 *   {{url:x}}            codifica para um valor de URL
 *   {{json:x}}           JSON para <script type="application/json"> ou para
 *                        um atributo entre aspas simples
 *   {{wa:x}}             texto de mensagem com as marcas do WhatsApp
 *                        (wa_format.h); o resto dele sai escapado
 *   {{#_}}Texto{{/_}}    frase traduzida; texto puro (sai escapado), espaços
 *                        seguidos contam como um, {{nome}} vale dentro dela
 *   {{{x}}} e {{&x}}     recusados: não há forma crua
 * São falsos: ausente, null, false, lista vazia, "" e 0.
 */
#ifndef BALCAO_MUSTACHE_H
#define BALCAO_MUSTACHE_H

#include <stdbool.h>
#include <stddef.h>

#include <json-c/json.h>

#include "base/arena.h"
#include "base/str.h"

struct mustache;

enum mustache_mode { MUSTACHE_SPEC, MUSTACHE_PAGE };

/* "arquivo:linha: mensagem", em pt-BR, para o log de quem escreve o modelo. */
struct mustache_error {
    char text[256];
};

/* O que a renderização pede a quem a chama; tudo pode ser NULL ou zero. */
struct mustache_env {
    /* Modelo parcial por nome; NULL: não existe (vale vazio no modo spec). */
    const struct mustache *(*partial)(void *user, const char *name,
                                      struct mustache_error *error);
    /* Tradução de uma frase; NULL deixa a frase como está. */
    const char *(*translate)(const char *msgid);
    /* Chamada para cada nome que o contexto não tem (null não conta). */
    void (*missing)(void *user, const char *file, unsigned line,
                    const char *name);
    void *user;
    size_t max_nodes; /* nós visitados; 0 = 1.000.000 */
    size_t max_bytes; /* saída; 0 = 16 MiB */
};

enum mustache_use_kind {
    MUSTACHE_USE_VALUE,    /* {{x}}, {{url:x}}, {{json:x}}, {{wa:x}} */
    MUSTACHE_USE_SECTION,  /* {{#x}}, {{^x}} */
    MUSTACHE_USE_PARTIAL,  /* {{>x}} */
    MUSTACHE_USE_SENTENCE, /* {{#_}}x{{/_}}: name é o msgid */
};

struct mustache_use {
    enum mustache_use_kind kind;
    const char *file;
    unsigned line;
    const char *name;
    const char *within; /* seção mais próxima em volta, ou "" */
};

/*
 * Compila um modelo.
 *   a      dona do modelo; o texto é copiado
 *   file   nome para as mensagens de erro
 *   text   até 1 MiB
 *   error  [saída] preenchido quando o resultado é NULL
 * Fonte:   github.com/mustache/spec (v1.4: módulos obrigatórios).
 */
const struct mustache *
mustache_compile(struct arena *a, const char *file, struct slice text,
                 enum mustache_mode mode, struct mustache_error *error);

/*
 * Renderiza em `out`. Falso se passar de um limite (profundidade, nós, bytes)
 * ou faltar um parcial no modo página; `out` volta ao tamanho que tinha.
 *   model  contexto raiz; continua de quem chamou
 * Memória: só a de out->arena.
 */
bool mustache_render(const struct mustache *t, struct json_object *model,
                     const struct mustache_env *env, struct str *out,
                     struct mustache_error *error);

/*
 * Lista, na ordem do arquivo, tudo que o modelo usa (sem abrir parciais).
 * O `use` e seus textos valem só durante a chamada.
 */
void
mustache_each_use(const struct mustache *t,
                  void (*visit)(void *user, const struct mustache_use *use),
                  void *user);

#endif
