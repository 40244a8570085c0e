/*
 * inbound.h - o que chega de um canal, já sem a forma do provedor: mensagens,
 * reações, edições e estados de entrega. Tudo corre na transação de quem
 * chama; não conhece HTTP nem o JSON de canal nenhum.
 */
#ifndef BALCAO_INBOUND_H
#define BALCAO_INBOUND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "desk/contact.h"

enum inbound_action {
    INBOUND_MESSAGE,  /* uma mensagem nova */
    INBOUND_REACTION, /* põe ou tira a reação de target */
    INBOUND_EDIT,     /* troca o texto de target */
    INBOUND_REVOKE,   /* o cliente apagou target */
};

struct inbound {
    enum inbound_action action;
    int64_t channel_id;
    int64_t default_queue_id; /* 0: sem fila */
    const char *provider_id;
    const char *target; /* provider_id que a ação altera */
    int64_t sent_at_s;  /* hora do provedor; 0: agora */

    struct contact_seen from; /* a 1ª identidade é a que se responde */

    const char *kind;     /* text, image … (messages.kind) */
    const char *body;     /* texto ou legenda; vazio se não há */
    const char *reply_to; /* provider_id citado, ou NULL */
    bool opens_window;    /* conta para a janela de 24 h */
    const char *media;    /* JSON, ou NULL */
    struct {
        const char *remote_id, *name, *mime; /* remote_id NULL: não há */
        bool voice;
    } file;               /* o arquivo de que media fala */
    const char *location; /* JSON, ou NULL */
    const char *contacts; /* JSON, ou NULL */
    const char *payload;  /* JSON do que as colunas não guardam */
    const char *emoji;    /* INBOUND_REACTION; vazio tira */
    const char *choice;   /* id da linha ou do botão tocado, ou NULL */
    int order;            /* lugar na entrega, para desempate */
};

struct received {
    int64_t message_id, ticket_id, contact_id;
    bool repeated; /* já se conhecia: nada mudou */
    bool parked;   /* o alvo ainda não chegou; espera por ele */
    bool new_ticket, new_contact;
};

struct inbound_status {
    int64_t channel_id;
    const char *provider_id;
    const char *status; /* sent, delivered, read, played, failed */
    const char *error;  /* palavras do provedor, ou NULL */
    const char *opaque; /* biz_opaque_callback_data, ou NULL */
    int64_t sent_at_s;
    int order;
};

/*
 * Trava, em ordem fixa e até o fim da transação, os donos do que chegou: duas
 * entregas com os mesmos clientes não se cruzam. Chame antes do primeiro
 * message_receive ou message_status_update da transação.
 * Erros: só aparecem no próximo db_run (vai na fila).
 */
enum err
inbound_lock(struct ctx *c, const struct inbound *messages, int message_count,
             const struct inbound_status *statuses, int status_count);

/*
 * Recebe uma mensagem, reação, edição ou apagamento: acha ou cria contato e
 * ticket, grava, conta a não lida e avisa as salas. O que já se conhecia
 * (mesmo canal e provider_id) não muda nada.
 *   out  [saída] pode ser NULL
 * Erros:    ERR_INVALID (sem remetente ou sem provider_id), os do banco.
 */
enum err
message_receive(struct ctx *c, const struct inbound *in, struct received *out);

/*
 * Move uma mensagem nossa sent -> delivered -> read -> played, nunca para
 * trás; failed só vale até delivered, que o desmente. Avisa message:ack.
 * Um provider_id desconhecido é casado pelo opaque ("m:EMPRESA:ID") ou espera
 * em parked_updates.
 */
enum err message_status_update(struct ctx *c, const struct inbound_status *s);

/*
 * Aplica o que chegou antes de se conhecer o provider_id (estados, reação,
 * edição, apagamento) e avisa. Quem acabou de gravar o provider_id chama, na
 * mesma transação; antes de gravá-lo, inbound_lock_provider.
 */
enum err message_apply_parked(struct ctx *c, int64_t channel_id,
                              const char *provider_id, int64_t message_id);

/*
 * Trava um provider_id até o fim da transação. Sem isto, um estado que chega
 * entre a gravação e message_apply_parked ficaria esperando para sempre.
 * Erros: só aparecem no próximo db_run (vai na fila).
 */
enum err inbound_lock_provider(struct ctx *c, int64_t channel_id,
                               const char *provider_id);

/*
 * A linha que a lista de tickets mostra, até 200 caracteres: o texto, ou
 * "[imagem] legenda" quando é mídia.
 */
const char *
message_preview(struct arena *a, const char *kind, const char *body);

#endif
