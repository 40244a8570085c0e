/*
 * whatsapp_fuzz.c - lê o corpo que vier como webhook da Cloud API e confere o
 * que o resto do programa supõe do que foi lido.
 */
#include <string.h>

#include "channel/json_read.h"
#include "channel/whatsapp_cloud.h"
#include "desk/phone.h"
#include "kit.h"

/* Nulo, ou um JSON que se lê de volta. */
static void
need_json(struct arena *a, const char *text)
{
    if (text == NULL)
        return;
    need_text(text);
    need(strstr(text, "\\u0000") == NULL || strstr(text, "\\\\u0000") != NULL);
    need(json_read(a, (struct slice){ text, strlen(text) }) != NULL);
}

static void
check_message(struct arena *a, const struct inbound *m)
{
    int i;

    need_text(m->provider_id);
    need_text(m->kind);
    need_text(m->body);
    need(m->from.id_count > 0 && m->from.id_count <= CONTACT_IDS);
    for (i = 0; i < m->from.id_count; i++) {
        need_text(m->from.ids[i].value);
        need(m->from.ids[i].value[0] != '\0');
        need(strlen(m->from.ids[i].value) <= 200);
    }
    need((m->action == INBOUND_MESSAGE) == (m->target == NULL));
    need(m->action != INBOUND_REACTION || m->emoji != NULL);
    need_json(a, m->media);
    need_json(a, m->location);
    need_json(a, m->contacts);
    need_json(a, m->payload);
}

static void
check_phone(const char *text)
{
    char digits[PHONE_MAX + 1], key[PHONE_MAX + 1], again[PHONE_MAX + 1];

    if (!phone_digits(text, digits))
        return;
    phone_match_key(digits, key);
    phone_match_key(key, again);
    need(strcmp(key, again) == 0 && strlen(key) >= strlen(digits) - 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct channel channel = {
        .company_id = 1,
        .id = 7,
        .platform = "whatsapp_cloud",
        .external_id = "100200300400500",
    };
    struct arena *a = arena_new(4096);
    struct channel_batch b;
    int i;

    whatsapp_cloud_parse(a, &channel,
                         (struct slice){ (const char *)data, size }, &b);
    for (i = 0; i < b.message_count; i++)
        check_message(a, &b.messages[i]);
    for (i = 0; i < b.status_count; i++) {
        need_text(b.statuses[i].provider_id);
        need_text(b.statuses[i].status);
    }
    for (i = 0; i < b.problem_count; i++)
        need_text(b.problems[i]);
    check_phone(arena_memdup(a, data, size));
    arena_free(a);
    return 0;
}
