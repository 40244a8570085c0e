/* whatsapp_cloud_signal.c - a leitura e a reação, como a Meta as espera. */
#include <string.h>

#include "channel/whatsapp_cloud.h"

static void
put_reaction(struct str *s, const struct channel_signal *g)
{
    str_puts(s, "{\"messaging_product\":\"whatsapp\","
                "\"recipient_type\":\"individual\",");
    str_puts(s,
             strcmp(g->to_kind, "bsuid") == 0 ? "\"recipient\":" : "\"to\":");
    str_json(s, g->to);
    str_puts(s, ",\"type\":\"reaction\",\"reaction\":{\"message_id\":");
    str_json(s, g->target);
    str_puts(s, ",\"emoji\":");
    str_json(s, g->emoji);
    str_puts(s, "}}");
}

enum err
whatsapp_cloud_build_signal(struct arena *a, const struct channel *ch,
                            const struct channel_signal *g,
                            struct channel_request *out)
{
    struct str s;

    str_init(&s, a, 300);
    if (g->kind == SIGNAL_READ) {
        str_puts(&s, "{\"messaging_product\":\"whatsapp\",\"status\":\"read\","
                     "\"message_id\":");
        str_json(&s, g->target);
        str_putc(&s, '}');
    } else {
        if (g->to[0] == '\0' || (strcmp(g->to_kind, "phone") != 0 &&
                                 strcmp(g->to_kind, "bsuid") != 0))
            return ERR_INVALID;
        put_reaction(&s, g);
    }
    whatsapp_cloud_post(a, ch, (struct slice){ s.data, s.len }, out);
    return OK;
}
