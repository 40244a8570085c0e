/*
 * meta_codes.h - o que fazer de cada erro da Graph API, pelo código dela: o
 * status HTTP sozinho não diz (limite de vazão também vem como 400).
 */
#ifndef BALCAO_META_CODES_H
#define BALCAO_META_CODES_H

#include <stdbool.h>
#include <stdint.h>

#include "channel/channel.h"

struct meta_error {
    int64_t code;      /* error.code; -1: não veio */
    bool is_transient; /* error.is_transient */
    int status;        /* HTTP */
};

struct meta_action {
    enum channel_outcome outcome;
    int64_t wait_s;   /* espera mínima antes de repetir; -1: padrão */
    const char *hint; /* o que a pessoa pode fazer; msgid ou NULL */
};

/*
 * Decide. Código desconhecido: vale is_transient, depois o status HTTP.
 * Fonte:  WhatsApp Cloud API, "Error codes".
 */
struct meta_action meta_classify(const struct meta_error *e);

#endif
