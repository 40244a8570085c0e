/* login_kit.c - o aplicativo autenticador e a caixa de saída de mentira. */
#include "login_kit.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "auth/recovery_codes.h"
#include "auth/secret_box.h"
#include "auth/totp.h"
#include "base/str.h"
#include "harness.h"
#include "mail/mail_internal.h"

static unsigned char secret[TOTP_SECRET_BYTES];
static struct arena *kit;

static struct arena *
memory(void)
{
    if (kit == NULL)
        kit = arena_new(4096);
    return kit;
}

void
totp_on(int64_t person)
{
    const char *context = text("totp:%lld", (long long)person);
    struct slice sealed;
    char *hex;

    totp_secret(secret);
    assert_true(secret_box_seal(
        memory(), context,
        (struct slice){ (const char *)secret, sizeof secret }, &sealed));
    hex = arena_alloc(memory(), sealed.len * 2 + 1);
    hex_encode((const unsigned char *)sealed.data, sealed.len, hex);
    sql("UPDATE users SET totp_secret = '\\x%s', totp_enabled_at = now(), "
        "totp_last_step = 0 WHERE id = %lld",
        hex, (long long)person);
}

/* RFC 4648 seção 6, de volta a bytes. */
void
totp_use(const char *base32)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    unsigned bits = 0, have = 0;
    size_t n = 0;

    for (; *base32 != '\0'; base32++) {
        const char *at = strchr(alphabet, *base32);

        assert_non_null(at);
        bits = bits << 5 | (unsigned)(at - alphabet);
        have += 5;
        if (have >= 8 && n < sizeof secret) {
            secret[n++] = (unsigned char)(bits >> (have - 8));
            have -= 8;
        }
    }
    assert_int_equal(n, sizeof secret);
}

const char *
totp_code(int steps)
{
    uint64_t step = (uint64_t)(time(NULL) / TOTP_STEP_S + steps);
    unsigned char counter[8], mac[20];
    unsigned int len = sizeof mac, at, value;
    int i;

    for (i = 7; i >= 0; i--, step >>= 8)
        counter[i] = step & 0xff;
    HMAC(EVP_sha1(), secret, sizeof secret, counter, sizeof counter, mac, &len);
    at = mac[19] & 0xf;
    value = ((mac[at] & 0x7fu) << 24) | ((unsigned)mac[at + 1] << 16) |
            ((unsigned)mac[at + 2] << 8) | mac[at + 3];
    return text("%06u", value % 1000000);
}

const char *
recovery_code(int64_t person)
{
    static char codes[RECOVERY_CODES][RECOVERY_CODE_CHARS + 1];
    unsigned char hash[RECOVERY_HASH_BYTES];
    char hex[RECOVERY_HASH_BYTES * 2 + 1];

    recovery_codes_make(codes);
    recovery_code_hash(person, codes[0], hash);
    hex_encode(hash, sizeof hash, hex);
    sql("INSERT INTO recovery_codes (user_id, code_hash) "
        "VALUES (%lld, '\\x%s')",
        (long long)person, hex);
    return text("%s", codes[0]);
}

void
mail_on(void)
{
    setenv("BALCAO_SMTP_URL", "smtp://127.0.0.1:1", 1);
    setenv("BALCAO_MAIL_FROM", "Balcao <nao-responda@balcao.test>", 1);
}

/* Todos os e-mails por sair, do mais novo ao mais velho. */
static struct json_object *
mail_at(int index)
{
    const char *sealed =
        sql("SELECT payload->>'sealed' FROM jobs WHERE kind = 'mail.send' "
            "ORDER BY id DESC OFFSET %d LIMIT 1",
            index);
    unsigned char *raw;
    struct slice plain;
    size_t n, pad;

    if (sealed == NULL)
        return NULL;
    n = strlen(sealed);
    raw = arena_alloc(memory(), n + 1);
    pad = strlen(strchr(sealed, '=') != NULL ? strchr(sealed, '=') : "");
    n = (size_t)EVP_DecodeBlock(raw, (const unsigned char *)sealed, (int)n) -
        pad;
    assert_true(secret_box_open(
        memory(), MAIL_BOX, (struct slice){ (const char *)raw, n }, &plain));
    return json_tokener_parse(plain.data);
}

static bool
is_of(struct json_object *mail, const char *template_name)
{
    return strcmp(
               json_object_get_string(json_object_object_get(mail, "template")),
               template_name) == 0;
}

int64_t
mails(const char *template_name)
{
    struct json_object *mail;
    int64_t count = 0;
    int i;

    for (i = 0; (mail = mail_at(i)) != NULL; i++) {
        count += is_of(mail, template_name);
        json_object_put(mail);
    }
    return count;
}

struct json_object *
last_mail(const char *template_name)
{
    struct json_object *mail;
    int i;

    for (i = 0; (mail = mail_at(i)) != NULL; i++) {
        if (is_of(mail, template_name))
            return mail;
        json_object_put(mail);
    }
    return NULL;
}

const char *
mail_text(const char *template_name, const char *key)
{
    struct json_object *mail = last_mail(template_name), *model, *value;
    const char *out;

    assert_non_null(mail);
    model = json_object_object_get(mail, "model");
    value = json_object_object_get(model, key);
    out = text("%s", json_object_get_string(value));
    json_object_put(mail);
    return out;
}

const char *
set_cookie(const struct answer *a, const char *name)
{
    const char *at = strstr(a->headers, text("Set-Cookie: %s=", name));

    if (at == NULL)
        return "";
    at = strchr(at, '=') + 1;
    return text("%.*s", (int)strcspn(at, ";"), at);
}
