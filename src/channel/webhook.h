/*
 * webhook.h - uma entrega de canal, já autenticada, do corpo cru ao COMMIT.
 * Não conhece HTTP: o handler e `balcao webhook replay` chamam daqui.
 */
#ifndef BALCAO_WEBHOOK_H
#define BALCAO_WEBHOOK_H

#include "base/ctx.h"
#include "channel/channel.h"

struct webhook_done {
    int messages, statuses; /* itens entendidos */
    int problems;           /* o que ficou cru em webhook_failures */
};

/*
 * Processa a entrega inteira numa transação e a confirma. O item que o banco
 * recusa é desfeito sozinho, e então o corpo fica cru em webhook_failures com
 * o motivo; os outros itens valem.
 *   c    com company_id do canal, user_id 0, sem transação aberta
 *   out  [saída] pode ser NULL
 * Erros: ERR_UNAVAILABLE, ERR_TIMEOUT: nada foi gravado; peça de novo.
 */
enum err webhook_receive(struct ctx *c, const struct channel *ch,
                         struct slice body, struct webhook_done *out);

/*
 * Repete uma entrega guardada; o que já tinha entrado não entra outra vez.
 *   id     de webhook_failures, da empresa do contexto
 *   clean  [saída] verdadeiro: agora entrou inteira e não volta a ser pedida;
 *          falso: continua guardada, com o motivo de agora
 * Erros: ERR_NOT_FOUND (não há, ou já entrou), os de webhook_receive.
 */
enum err webhook_replay(struct ctx *c, int64_t id, bool *clean);

#endif
