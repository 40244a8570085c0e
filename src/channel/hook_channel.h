/*
 * hook_channel.h - o canal pela chave do endereço do webhook, lembrado por
 * alguns segundos no processo: uma rajada não relê nem redecifra.
 */
#ifndef BALCAO_HOOK_CHANNEL_H
#define BALCAO_HOOK_CHANNEL_H

#include "base/ctx.h"
#include "channel/channel.h"

#define HOOK_CHANNEL_LIFE_S 10

/*
 * Acha o canal; uma mudança nele vale em até HOOK_CHANNEL_LIFE_S segundos.
 *   c    ainda sem empresa; sai sem transação aberta
 *   out  [saída] vale até a próxima chamada
 * Erros:   ERR_NOT_FOUND, ERR_INTERNAL (segredo que não abre), os do banco.
 * Memória: os segredos são apagados quando o lugar é reusado.
 */
enum err
hook_channel_find(struct ctx *c, const char *key, const struct channel **out);

/* Esquece tudo (testes, fim do processo). */
void hook_channel_forget(void);

#endif
