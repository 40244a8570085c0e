/*
 * graph_fuzz.c - a resposta da Graph API a um envio: "status espera\ncorpo".
 * O que ela diz decide entre repetir e desistir, e vai para a tela.
 */
#include <stdlib.h>
#include <string.h>

#include "channel/whatsapp_cloud.h"
#include "kit.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(4096);
    struct slice rest = { (const char *)data, size };
    struct slice line = fuzz_cut(&rest, '\n');
    struct channel_response r = { .was_sent = size % 2 == 0 };
    struct channel_result out;

    r.status = atoi(fuzz_cut_text(a, &line, ' ')) % 1000;
    r.retry_after_s = atoi(arena_memdup(a, line.data, line.len)) % 100000;
    r.body = rest;
    whatsapp_cloud_read_response(a, &r, &out);
    need((out.outcome == CHANNEL_SENT) == (out.provider_id != NULL));
    if (out.provider_id != NULL)
        need_text(out.provider_id);
    if (out.error != NULL)
        need_text(out.error);
    need(out.retry_after_s >= -1);
    need(r.status == 200 || r.status == 201 || out.outcome != CHANNEL_SENT);
    arena_free(a);
    return 0;
}
