/*
 * whisper.h - o que só vale agora e não se guarda: quem digita, quem olha,
 * quem está aqui. Vai pelo Redis direto aos hubs, fora da outbox: sem id, sem
 * promessa de chegar (DESIGN §5 é para o resto); quem se reconecta pelo nchan
 * pode ouvir de novo os dos últimos 5 s. Diga estado, não mudança. Sem Redis
 * ninguém sussurra, e nada mais muda.
 */
#ifndef BALCAO_LIVE_WHISPER_H
#define BALCAO_LIVE_WHISPER_H

#include <stdint.h>

enum { WHISPER_CHANNEL_CHARS = 32 };

struct redis;
struct event;

/* O canal desta instalação: duas no mesmo Redis não se ouvem. */
const char *whisper_channel(char out[static WHISPER_CHANNEL_CHARS]);

/*
 * Manda já, sem esperar o fim da transação: só diga o que não depende dela.
 *   rooms    nomes separados por vírgula, ex. "ticket:12,user:7"
 *   type     como o de outbox_emit
 *   payload  JSON; as quebras de linha viram espaço na entrega
 */
void whisper(struct redis *r, int64_t company_id, const char *rooms,
             const char *type, const char *payload);

/*
 * O evento de uma mensagem do canal, sem id; NULL se ela não tem a forma.
 * Memória: event_release.
 */
struct event *whisper_parse(const char *text);

#endif
