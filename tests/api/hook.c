/* hook.c - assinatura e payloads das entregas de teste. */
#include "hook.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "auth/signature.h"
#include "channel/channel_box.h"

static struct slice
slice_of(const char *s)
{
    return (struct slice){ s, strlen(s) };
}

int
hook_reset(void **state)
{
    struct arena *a = arena_new(1024);
    struct slice box;
    char *hex;

    if (harness_reset(state) != 0)
        return 1;
    assert_true(channel_secrets_seal(
        a, fx.company, fx.channel,
        &(struct channel_secrets){ .access_token = "EAAB",
                                   .app_secret = HOOK_SECRET,
                                   .verify_token = HOOK_TOKEN },
        &box));
    hex = arena_alloc(a, box.len * 2 + 1);
    hex_encode((const unsigned char *)box.data, box.len, hex);
    sql("UPDATE channels SET secrets = '\\x%s' WHERE id = %" PRId64, hex,
        fx.channel);
    arena_free(a);
    return 0;
}

struct answer *
hook_post_signed(const char *body, size_t len, const char *signature)
{
    struct call c = { .program = "whatsapp",
                      .method = "POST",
                      .path = HOOK_PATH,
                      .body = body,
                      .body_len = len };

    if (signature != NULL)
        c.headers[0] = text("X-Hub-Signature-256: %s", signature);
    return call(&c);
}

struct answer *
hook_post(const char *body)
{
    char hex[SIGNATURE_CHARS + 1];

    signature_make(slice_of(HOOK_SECRET), slice_of(body), hex);
    return hook_post_signed(body, 0, text("sha256=%s", hex));
}

const char *
hook_fixture(const char *name)
{
    static char data[1 << 16];
    FILE *f = fopen(text("tests/fixtures/whatsapp/%s.json", name), "r");

    assert_non_null(f);
    data[fread(data, 1, sizeof data - 1, f)] = '\0';
    fclose(f);
    return text("%s", data);
}

const char *
hook_value(const char *format, ...)
{
    char members[1 << 15];
    va_list args;

    va_start(args, format);
    vsnprintf(members, sizeof members, format, args);
    va_end(args);
    return text("{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":"
                "\"9\",\"changes\":[{\"field\":\"messages\",\"value\":{"
                "\"metadata\":{\"phone_number_id\":\"%s\"},%s}}]}]}",
                HOOK_NUMBER, members);
}

const char *
hook_text(const char *from, const char *wamid, const char *body)
{
    return hook_value(
        "\"contacts\":[{\"profile\":{\"name\":\"Nome de Teste\"}"
        ",\"wa_id\":\"%s\"}],\"messages\":[{\"from\":\"%s\",\"id\":\"%s\","
        "\"timestamp\":\"1760000000\",\"type\":\"text\",\"text\":{\"body\":"
        "\"%s\"}}]",
        from, from, wamid, body);
}

const char *
hook_status(const char *wamid, const char *status, const char *more)
{
    return hook_value("\"statuses\":[{\"id\":\"%s\",\"status\":\"%s\","
                      "\"timestamp\":\"1760000000\"%s%s}]",
                      wamid, status, more[0] != '\0' ? "," : "", more);
}

void
hook_deliver(const char *body)
{
    assert_status(hook_post(body), 200);
}

int64_t
hook_events(const char *type)
{
    return sql_int("SELECT count(*) FROM live_outbox WHERE type = '%s'", type);
}

int64_t
hook_arrives(const char *from, const char *wamid)
{
    hook_deliver(hook_text(from, wamid, "Bom dia"));
    /* a entrega é de um dia fixo: a janela se abre de novo */
    sql("UPDATE tickets SET window_until = now() + interval '20 hours' WHERE "
        "status <> 'closed'");
    return sql_int("SELECT max(id) FROM tickets");
}
