/* password.c - bcrypt por crypt_r, com a memória de trabalho apagada. */
#include "auth/password.h"

#include <crypt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "auth/token.h"
#include "base/conf.h"
#include "base/i18n.h"
#include "base/log.h"

/* Sal e resumo de ninguém: só o custo importa para o tempo gasto. */
#define DUMMY_TAIL \
    "abcdefghijklmnopqrstuu" \
    "0123456789012345678901234567890"
#define SALT_BYTES 16

enum err
password_check(struct ctx *c, const char *field, struct slice plain)
{
    if (plain.len == 0)
        return fail_field(c, field, "required", "%s", _("Informe a senha"));
    if (plain.len > PASSWORD_MAX_BYTES)
        return fail_field(
            c, field, "max",
            _("A senha passa de %d bytes (letras acentuadas contam dois)"),
            PASSWORD_MAX_BYTES);
    if (memchr(plain.data, '\0', plain.len) != NULL)
        return fail_field(c, field, "type", "%s",
                          _("A senha tem um caractere nulo"));
    return OK;
}

/* O custo de um hash bcrypt bem formado, ou 0. */
static int
bcrypt_cost(const char *hash)
{
    int tens, ones;

    if (hash == NULL || strlen(hash) != PASSWORD_HASH_CHARS || hash[0] != '$' ||
        hash[1] != '2' || strchr("aby", hash[2]) == NULL || hash[3] != '$' ||
        hash[6] != '$')
        return 0;
    tens = hash[4] - '0';
    ones = hash[5] - '0';
    if (tens < 0 || tens > 9 || ones < 0 || ones > 9)
        return 0;
    return tens * 10 + ones;
}

/* bcrypt de `plain` com o sal de `setting`; falso se a libcrypt recusar. */
static bool
run_bcrypt(struct slice plain, const char *setting,
           char out[static PASSWORD_HASH_CHARS + 1])
{
    struct crypt_data *work;
    char text[PASSWORD_MAX_BYTES + 1];
    const char *made;
    bool done = false;

    if (plain.len > PASSWORD_MAX_BYTES)
        return false;
    work = calloc(1, sizeof *work);
    if (work == NULL)
        return false;
    if (plain.len > 0)
        memcpy(text, plain.data, plain.len);
    text[plain.len] = '\0';
    made = crypt_r(text, setting, work);
    if (made != NULL && strlen(made) == PASSWORD_HASH_CHARS) {
        memcpy(out, made, PASSWORD_HASH_CHARS + 1);
        done = true;
    }
    OPENSSL_cleanse(text, sizeof text);
    OPENSSL_cleanse(work, sizeof *work);
    free(work);
    return done;
}

enum err
password_hash(struct ctx *c, struct slice plain,
              char out[static PASSWORD_HASH_CHARS + 1])
{
    char salt[SALT_BYTES], setting[CRYPT_GENSALT_OUTPUT_SIZE];
    bool done;

    token_random(salt, sizeof salt);
    done = crypt_gensalt_rn("$2b$", (unsigned long)conf()->bcrypt_cost, salt,
                            sizeof salt, setting, sizeof setting) != NULL &&
           run_bcrypt(plain, setting, out);
    if (done)
        return OK;
    log_error("a libcrypt recusou gerar um hash");
    return fail(c, ERR_INTERNAL, NULL);
}

bool
password_verify(struct slice plain, const char *hash)
{
    char dummy[PASSWORD_HASH_CHARS + 1], made[PASSWORD_HASH_CHARS + 1];
    bool known = bcrypt_cost(hash) > 0;
    bool same;

    if (!known) {
        snprintf(dummy, sizeof dummy, "$2b$%02d$" DUMMY_TAIL,
                 (int)conf()->bcrypt_cost);
        hash = dummy;
    }
    if (plain.len > 0 && memchr(plain.data, '\0', plain.len) != NULL)
        return false; /* o bcrypt leria só o começo */
    if (!run_bcrypt(plain, hash, made))
        return false;
    same = CRYPTO_memcmp(made, hash, PASSWORD_HASH_CHARS) == 0;
    OPENSSL_cleanse(made, sizeof made);
    return same && known;
}

bool
password_needs_rehash(const char *hash)
{
    return strncmp(hash, "$2b$", 4) != 0 ||
           bcrypt_cost(hash) < conf()->bcrypt_cost;
}
