/*
 * csrf.h - o campo escondido dos formulários: prova que a página veio desta
 * sessão. Não guarda nada; sai do hash da sessão e some com ela.
 */
#ifndef BALCAO_CSRF_H
#define BALCAO_CSRF_H

#include <stdbool.h>

enum { CSRF_CHARS = 64 };

/*
 * O token desta sessão: HMAC-SHA256 em hexadecimal.
 *   session_hash  os 32 bytes de token_hash do cookie
 */
void csrf_token(const unsigned char session_hash[static 32],
                char out[static CSRF_CHARS + 1]);

/*
 * Confere em tempo constante; given pode ser NULL ou qualquer texto. Passa o
 * que saiu de um segredo anterior: a página aberta na troca ainda se manda.
 */
bool csrf_check(const unsigned char session_hash[static 32], const char *given);

/*
 * Diz se um POST veio das nossas páginas, para os formulários sem sessão (o
 * login) e como segunda tranca dos demais. Cada texto pode ser NULL.
 *   fetch_site  Sec-Fetch-Site: se veio, decide; same-origin e none passam
 *   origin      Origin: precisa ser esta origem; "null" não é (por isso a
 *               Referrer-Policy das páginas não pode ser no-referrer)
 *   base_url    a origem pública, de conf(); o caminho dela não conta
 *   self        a origem que o cliente usou ("http://host:porta"), ou NULL
 * Sem os dois cabeçalhos (navegador antigo, curl) passa: o cookie Lax não
 * vem num POST de outro site.
 * Fonte: W3C Fetch Metadata; RFC 6454 seção 7.
 */
bool csrf_same_origin(const char *fetch_site, const char *origin,
                      const char *base_url, const char *self);

#endif
