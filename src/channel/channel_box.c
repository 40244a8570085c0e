/* channel_box.c - a cifra leva empresa e canal: copiada de lugar, não abre. */
#include "channel/channel_box.h"

#include <inttypes.h>
#include <string.h>

#include "auth/secret_box.h"

static const char *
box_context(struct arena *a, int64_t company_id, int64_t channel_id)
{
    return arena_printf(a, "channel:%" PRId64 ":%" PRId64, company_id,
                        channel_id);
}

bool
channel_secrets_open(struct arena *a, int64_t company_id, int64_t channel_id,
                     struct slice box, struct channel_secrets *out)
{
    struct slice json;

    return secret_box_open(a, box_context(a, company_id, channel_id), box,
                           &json) &&
           channel_secrets_read(a, json, out);
}

static void
wipe(void *text)
{
    explicit_bzero(text, strlen(text));
}

bool
channel_secrets_seal(struct arena *a, int64_t company_id, int64_t channel_id,
                     const struct channel_secrets *s, struct slice *box)
{
    struct str json;

    str_init(&json, a, 512);
    str_puts(&json, "{\"access_token\":");
    str_json(&json, s->access_token);
    str_puts(&json, ",\"app_secret\":");
    str_json(&json, s->app_secret);
    str_puts(&json, ",\"verify_token\":");
    str_json(&json, s->verify_token);
    str_putc(&json, '}');
    arena_defer(a, wipe, json.data);
    return secret_box_seal(a, box_context(a, company_id, channel_id),
                           (struct slice){ json.data, json.len }, box);
}
