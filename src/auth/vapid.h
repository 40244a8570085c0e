/*
 * vapid.h - como o Balcão se apresenta aos serviços de push: um par de chaves
 * só dele (push_key_file), que o navegador amarra à inscrição, e um token
 * assinado por pedido. Não entrega nada.
 */
#ifndef BALCAO_VAPID_H
#define BALCAO_VAPID_H

#include <stdbool.h>
#include <stdint.h>

#include "auth/keys.h"
#include "base/arena.h"

/* Há chave (push_key_file), e ela serve; o motivo contrário vai ao log. */
bool vapid_is_on(void);

/* A pública, como o navegador a quer: base64url do ponto; NULL se não há. */
const char *vapid_public(struct arena *a);

/*
 * O valor de Authorization de um pedido a este endereço; NULL se não há chave.
 * Vale 12 horas a partir de now_s.
 * Fonte:  RFC 8292 seções 2 e 3.
 */
const char *vapid_header(struct arena *a, const char *endpoint, int64_t now_s);

/*
 * Para onde se aceita mandar: https, na porta dele, sem usuário no endereço
 * (os endereços de dentro se recusam ao conectar), ou a origem de
 * push_service_url, que é para testes.
 */
bool push_endpoint_allowed(const char *endpoint);

/* O endereço é da origem de push_service_url. */
bool push_endpoint_is_local(const char *endpoint);

/* Cria a chave num arquivo que não existe, só do dono. Falso: errno diz. */
bool vapid_key_create(const char *path);

/* Diz o que há de errado com push_key_file, push_contact e push_service_url. */
bool vapid_check_conf(const struct key_report *report);

/* Esquece a chave; a próxima chamada lê outra vez. */
void vapid_forget(void);

#endif
