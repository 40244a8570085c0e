/*
 * channel.h - o que todo canal sabe fazer, sem rede e sem banco: ler o que a
 * plataforma manda e montar o que ela espera receber. Quem fala HTTP são os
 * handlers (entrada) e o worker (saída).
 */
#ifndef BALCAO_CHANNEL_H
#define BALCAO_CHANNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "desk/inbound.h"

/* Segredos de um canal; no banco, um JSON cifrado (auth/secret_box.h). */
struct channel_secrets {
    const char *access_token; /* vazio se a plataforma não usa */
    const char *app_secret;
    const char *verify_token;
};

struct channel {
    int64_t company_id, id;
    int64_t default_queue_id; /* 0: sem fila */
    const char *platform;     /* "whatsapp_cloud" */
    const char *external_id;  /* phone_number_id */
    const char *account_id; /* conta a que o número pertence; "": não se sabe
                             */
    struct channel_secrets secrets;
};

/* ---- entrada ---- */

struct channel_batch {
    struct inbound *messages;
    int message_count;
    struct inbound_status *statuses;
    int status_count;
    const char **problems; /* o que não se entendeu, para quem opera */
    int problem_count;
    const char *account_id; /* conta que a entrega diz; NULL: não diz */
    bool templates_changed; /* um modelo dela mudou de estado */
};

/* ---- saída ---- */

/* Uma mensagem nossa, pronta para a plataforma. */
struct channel_outgoing {
    const char *kind;        /* text image video audio document interactive */
    const char *body;        /* ou a legenda */
    const char *to;          /* identidade que se responde, como veio */
    const char *to_kind;     /* phone, bsuid … */
    const char *reply_to;    /* provider_id citado, ou NULL */
    const char *opaque;      /* volta nos estados: "m:EMPRESA:ID" */
    const char *media_id;    /* do arquivo que já subiu; NULL em texto */
    const char *filename;    /* document; "" se não se sabe */
    bool voice;              /* audio gravado na hora */
    const char *interactive; /* botões ou lista, JSON da Cloud API; ou NULL */
    const char *template;    /* modelo preenchido, JSON da Cloud API; ou NULL */
};

/* O que se diz sobre uma mensagem que a plataforma já conhece. */
enum signal_kind { SIGNAL_READ, SIGNAL_REACTION };

struct channel_signal {
    enum signal_kind kind;
    const char *target;       /* provider_id da mensagem */
    const char *emoji;        /* reação; "" tira */
    const char *to, *to_kind; /* reação: a quem, como em channel_outgoing */
};

struct channel_request {
    const char *method, *url;
    const char *headers[8]; /* "Nome: valor"; NULL termina */
    struct slice body;
};

enum channel_outcome {
    CHANNEL_SENT,    /* aceita; provider_id veio */
    CHANNEL_RETRY,   /* passa: tente de novo */
    CHANNEL_REFUSED, /* não adianta repetir esta mensagem */
    CHANNEL_DOWN,    /* não adianta repetir nenhuma: credencial */
    CHANNEL_UNKNOWN, /* pode ter sido aceita: confira antes */
};

struct channel_response {
    int status;            /* HTTP; 0: a rede falhou */
    bool was_sent;         /* a rede falhou depois de mandar o corpo */
    int64_t retry_after_s; /* -1: não veio */
    struct slice body;
};

struct channel_result {
    enum channel_outcome outcome;
    const char *provider_id; /* CHANNEL_SENT */
    const char *error;       /* palavras da plataforma, ou NULL */
    int64_t retry_after_s;   /* -1: o padrão de quem chama */
};

/* Um por plataforma; membros NULL são o que ela não faz. */
struct channel_adapter {
    const char *platform;

    /*
     * Lê uma entrega já autenticada. O que se entende vai para messages e
     * statuses, na ordem do provedor; para o que não, problems diz por quê, e
     * quem chama guarda o corpo cru. Nunca falha.
     */
    void (*parse_webhook)(struct arena *a, const struct channel *ch,
                          struct slice body, struct channel_batch *out);

    /* Monta o pedido de envio. ERR_INVALID se a plataforma não tem a forma. */
    enum err (*build_send)(struct arena *a, const struct channel *ch,
                           const struct channel_outgoing *m,
                           struct channel_request *out);

    /* O endereço e os cabeçalhos para subir um arquivo; NULL: não leva. */
    void (*build_upload)(struct arena *a, const struct channel *ch,
                         struct channel_request *out);

    /* Diz o que a resposta do envio significa. */
    void (*read_response)(struct arena *a, const struct channel_response *r,
                          struct channel_result *out);

    /* Monta o aviso de leitura ou a reação. ERR_INVALID se não dá. */
    enum err (*build_signal)(struct arena *a, const struct channel *ch,
                             const struct channel_signal *s,
                             struct channel_request *out);

    /*
     * O pedido de uma página dos modelos da conta (ch->account_id).
     *   after  cursor da anterior; NULL: a primeira
     */
    void (*build_templates)(struct arena *a, const struct channel *ch,
                            const char *after, struct channel_request *out);
};

/* Adaptador pelo nome da plataforma, ou NULL. */
const struct channel_adapter *channel_adapter(const char *platform);

/* Lê o JSON dos segredos; falso se não for um objeto de textos. */
bool channel_secrets_read(struct arena *a, struct slice json,
                          struct channel_secrets *out);

#endif
