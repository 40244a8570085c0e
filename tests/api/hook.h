/*
 * hook.h - entregas da Meta para os testes: canal com segredo de verdade,
 * corpo assinado e payloads montados em uma linha.
 */
#ifndef BALCAO_TEST_HOOK_H
#define BALCAO_TEST_HOOK_H

#include "harness.h"

#define HOOK_PATH "/api/v1/webhook/whatsapp/chave-do-canal-a-0001"
#define HOOK_SECRET "segredo-do-app-da-meta"
#define HOOK_TOKEN "token de verificação & cia"
#define HOOK_NUMBER "100200300400500"

/* harness_reset, e os segredos do canal da empresa A cifrados. */
int hook_reset(void **state);

/* Entrega o corpo assinado no canal da empresa A. */
struct answer *hook_post(const char *body);

/* Entrega o corpo com este cabeçalho de assinatura (NULL: sem ele). */
struct answer *
hook_post_signed(const char *body, size_t len, const char *signature);

/* Conteúdo de tests/fixtures/whatsapp/NOME.json. */
const char *hook_fixture(const char *name);

/* Uma entrega com este valor além de metadata, ex. "\"messages\":[…]". */
const char *
hook_value(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Uma mensagem de texto de `from`, com o cartão "Nome de Teste". */
const char *hook_text(const char *from, const char *wamid, const char *body);

/* Um estado; more são membros a mais, ou "". */
const char *
hook_status(const char *wamid, const char *status, const char *more);

/* hook_post que exige 200. */
void hook_deliver(const char *body);

/*
 * Alguém escreve "Bom dia", e nasce um atendimento em Vendas, com a janela
 * aberta. Devolve o ticket mais novo.
 */
int64_t hook_arrives(const char *from, const char *wamid);

/* Quantos avisos deste tipo há na outbox. */
int64_t hook_events(const char *type);

#endif
