/*
 * receipt.h - a confirmação de leitura que se manda ao cliente. Aqui só se
 * põe na fila; quem fala com a plataforma é channel/signal.
 */
#ifndef BALCAO_RECEIPT_H
#define BALCAO_RECEIPT_H

#include "base/ctx.h"

/*
 * Enfileira a confirmação da mensagem recebida mais nova do ticket, se a
 * empresa as manda e esta ainda não foi. Muitas leituras da mesma mensagem dão
 * uma chamada só.
 * Erros: só aparecem no próximo db_run ou db_commit (vai na fila).
 */
enum err receipt_enqueue(struct ctx *c, int64_t ticket_id);

#endif
