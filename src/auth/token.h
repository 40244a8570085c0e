/*
 * token.h - o que prova quem é: o JWT de acesso, o de um minuto para abrir
 * fluxos, e os segredos opacos (sessão, renovação). Não consulta o banco: se
 * a versão do token ainda vale, quem diz é app_enter.
 */
#ifndef BALCAO_TOKEN_H
#define BALCAO_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/ctx.h"

enum { TOKEN_OPAQUE_CHARS = 43, TOKEN_ID_CHARS = 22, TOKEN_HASH_BYTES = 32 };

enum { TOKEN_FAMILY_CHARS = 36 };

/* Nenhum token nosso chega perto disto; maior que isto nem se olha. */
enum { TOKEN_MAX_CHARS = 2048 };

struct token {
    int64_t user_id, company_id;
    int32_t token_version, access_version;
    enum role role;
    bool has_scope;       /* identidade restrita: só as permissões abaixo */
    uint64_t permissions; /* PERM_BIT; vale se has_scope */
    int64_t issued_at_s, expires_at_s;
    char id[TOKEN_ID_CHARS + 1];
    char family[TOKEN_FAMILY_CHARS + 1]; /* "": não nasceu de um login */
};

/*
 * Assina um JWT de acesso (jwt_algorithm) com sub, company, role, tv, av, jti,
 * iat, exp e, se há, sid (família de renovação) e scope (permissões, RFC 8693
 * §4.2). t chega com pessoa, empresa, versões, papel e família; sai com id e
 * instantes. Devolve NULL se faltar memória à libjwt ou ele passar de
 * TOKEN_MAX_CHARS. Memória: o texto é da arena. Fonte:   RFC 7519; RFC 8725
 * seções 3.1 e 3.2.
 */
const char *token_make(struct arena *a, struct token *t, int64_t now_s);

/*
 * Confere um JWT de acesso: a chave que o kid cita, o algoritmo dela e nenhum
 * outro, assinatura, prazo e forma. Um cabeçalho com mais que alg, kid e typ
 * não é nosso.
 *   text  o que veio depois de "Bearer "; qualquer lixo é aceito como entrada
 *   out   [saída] só vale se o resultado for verdadeiro
 */
bool token_verify(const char *text, int64_t now_s, struct token *out);

/*
 * O mesmo para o token de fluxo (?access_token=), que vive stream_token_s e
 * não leva papel. A chave é outra: um nunca passa pelo outro.
 */
const char *token_stream_make(struct arena *a, struct token *t, int64_t now_s);

/* Confere um token de fluxo; out->role fica ROLE_NONE. */
bool token_stream_verify(const char *text, int64_t now_s, struct token *out);

/* n bytes aleatórios do sistema; encerra o processo se ele não os der. */
void token_random(void *out, size_t n);

/* Segredo opaco novo: 256 bits em base64url, sem preenchimento. */
void token_opaque(char out[static TOKEN_OPAQUE_CHARS + 1]);

/* Diz se o texto tem a forma de um segredo opaco; poupa a ida ao banco. */
bool token_is_opaque(const char *text);

/* SHA-256 do segredo: é isto que o banco guarda. */
void token_hash(const char *text, unsigned char out[static TOKEN_HASH_BYTES]);

#endif
