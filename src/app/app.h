/*
 * app.h - o que faz de uma tabela de rotas um programa: processo, conexões,
 * identidade, limite, transação e resposta. Só os programas de cgi-bin o
 * usam; o domínio fica abaixo e não o conhece.
 */
#ifndef BALCAO_APP_H
#define BALCAO_APP_H

#include "cache/redis.h"
#include "db/db.h"
#include "http/route.h"

/* O único estado mutável do processo. */
struct app {
    const char *name; /* nome do programa, ex. "tickets" */
    const struct route *routes;
    struct db *db;
    struct redis *redis;
};

extern struct app app;

/*
 * Lê a configuração e prepara log, língua, páginas, banco e Redis (que só
 * abrem no primeiro uso). Encerra o processo se a configuração é ruim.
 */
void app_start(const char *name, const struct route *routes);

/* Solta o que ficou parado; o laço chama quando não há requisição. */
void app_idle(void);

/*
 * O programa inteiro: --routes e --openapi descrevem a tabela; sem argumento
 * atende requisições até o fim.
 */
int
app_main(int argc, char **argv, const char *name, const struct route *routes);

/* O mesmo, com o laço de quem chama (o hub ao vivo) no lugar do comum. */
int app_main_loop(int argc, char **argv, const char *name,
                  const struct route *routes, void (*loop)(void));

/*
 * Atende uma requisição, da leitura à resposta e ao registro.
 *   a  arena dela; quem chama a esvazia depois
 * Devolve OK, ou o problema que foi respondido.
 */
enum err app_serve(struct io *io, struct arena *a);

/*
 * Identifica quem chama, conforme route->auth, e confere o papel.
 * Deixa em r->ctx a identidade e em r->session o que as páginas mostram.
 * Erros: ERR_UNAUTHORIZED, ERR_FORBIDDEN, ERR_UNAVAILABLE.
 */
enum err identify(struct req *r);

/* Acha o hash da sessão do navegador; falso sem cookie de sessão. */
bool session_cookie_hash(struct req *r, unsigned char out[static 32]);

/* Nome do cookie da sessão: "__Host-" só existe em https. */
const char *session_cookie_name(const struct req *r);

/* Põe caminho, método, língua e id de r->io em r; falso se é ilegível. */
bool request_open(struct req *r, struct io *io, struct arena *a);

/* Manda r->out com os cabeçalhos. */
void response_send(struct req *r);

/* Manda o resto de uma resposta de reply_parts, depois de response_send. */
void parts_send(struct req *r);

/* Recusa a tabela que falta dizer quem pode ou para que serve. */
bool routes_check(const struct route *routes);

/*
 * As tabelas (a última é NULL) numa só.
 * Memória: vale até o fim do processo.
 */
const struct route *routes_join(const struct route *const *tables);

/* Escreve {handler, prefixes, routes} em JSON: o mapa dos servidores web. */
void routes_print(const char *name, const struct route *routes);

/* Escreve o trecho `paths` do OpenAPI 3.1 desta tabela. */
void openapi_print(const char *name, const struct route *routes);

/*
 * Idempotency-Key: ocupa a chave, ou repete a resposta que ela já teve.
 *   replayed  [saída] verdadeiro se r já tem a resposta guardada
 * Erros:   ERR_BAD_REQUEST (chave malformada), ERR_KEY_REUSED.
 * Fonte:   draft-ietf-httpapi-idempotency-key-header.
 */
enum err idempotency_claim(struct req *r, bool *replayed);

/* Guarda a resposta de r na chave ocupada, na mesma transação. */
enum err idempotency_store(struct req *r);

#define APP_MAIN(routes) \
    int main(int argc, char **argv) \
    { \
        return app_main(argc, argv, APP_NAME, routes); \
    }

/*
 * O mesmo, de uma família em vários arquivos: a tabela deste e as que os de
 * cgi-bin/…/NOME/ exportam, na ordem em que se procura.
 */
#define APP_MAIN_OF(...) \
    int main(int argc, char **argv) \
    { \
        const struct route *const tables[] = { __VA_ARGS__, NULL }; \
\
        return app_main(argc, argv, APP_NAME, routes_join(tables)); \
    }

#endif
