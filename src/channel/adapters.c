/* adapters.c - as plataformas que existem e os segredos de um canal. */
#include <string.h>

#include "channel/channel.h"
#include "channel/json_read.h"
#include "channel/whatsapp_cloud.h"

static const struct channel_adapter adapters[] = {
    { "whatsapp_cloud", whatsapp_cloud_parse, whatsapp_cloud_build_send,
      whatsapp_cloud_build_upload, whatsapp_cloud_read_response,
      whatsapp_cloud_build_signal, whatsapp_cloud_build_templates },
};

const struct channel_adapter *
channel_adapter(const char *platform)
{
    size_t i;

    for (i = 0; i < sizeof adapters / sizeof *adapters; i++)
        if (strcmp(adapters[i].platform, platform) == 0)
            return &adapters[i];
    return NULL;
}

static const char *
secret(struct arena *a, struct json_object *o, const char *key)
{
    const char *text = json_read_text(a, o, key);

    return text != NULL ? text : "";
}

bool
channel_secrets_read(struct arena *a, struct slice json,
                     struct channel_secrets *out)
{
    struct json_object *o = json_read(a, json);

    if (!json_object_is_type(o, json_type_object))
        return false;
    out->access_token = secret(a, o, "access_token");
    out->app_secret = secret(a, o, "app_secret");
    out->verify_token = secret(a, o, "verify_token");
    return true;
}
