/* password_policy.c - as regras, da mais barata ao dicionário. */
#include "auth/password_policy.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <crack.h>
#include <openssl/crypto.h>
#include <packer.h>

#include "auth/password.h"
#include "base/conf.h"
#include "base/i18n.h"
#include "base/log.h"

/* Menos bytes diferentes que isto é repetição (o MINDIFF da cracklib). */
#define LEAST_DIFFERENT 5
/* Quanto sobra, tirado o nome, para a senha ainda ser outra coisa. */
#define LEAST_BEYOND_NAME 4
/* A cracklib copia a senha para memórias deste tamanho. */
#define CRACK_BUFFER 1024

static bool
has_control(const char *text, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        unsigned char b = (unsigned char)text[i];

        if (b < 0x20 || b == 0x7f)
            return true;
        if (b == 0xc2 && i + 1 < n && (unsigned char)text[i + 1] < 0xa0)
            return true; /* U+0080 a U+009F */
    }
    return false;
}

static enum err
check_form(struct ctx *c, const char *field, struct slice plain)
{
    enum err e = password_check(c, field, plain);

    if (e != OK)
        return e;
    if (plain.len < PASSWORD_MIN_BYTES)
        return fail_field(c, field, "min",
                          _("A senha precisa ter ao menos %d caracteres"),
                          PASSWORD_MIN_BYTES);
    if (!utf8_valid(plain.data, plain.len) ||
        has_control(plain.data, plain.len))
        return fail_field(
            c, field, "type", "%s",
            _("A senha tem um caractere que não se pode digitar"));
    return OK;
}

/* Poucos bytes diferentes, ou quase todos vizinhos: 1111, abcd, 98765. */
static bool
is_pattern(struct slice plain)
{
    bool seen[256] = { false };
    size_t i, different = 0, steps = 0;

    for (i = 0; i < plain.len; i++) {
        unsigned char b = (unsigned char)plain.data[i];

        different += !seen[b];
        seen[b] = true;
        if (i > 0)
            steps += abs(b - (unsigned char)plain.data[i - 1]) <= 1;
    }
    return different < LEAST_DIFFERENT || steps * 5 >= (plain.len - 1) * 4;
}

/* Só letras e números, sem caixa: "Ana.Maria" e "anamaria" são o mesmo. */
static size_t
fold(const char *text, size_t n, char *out)
{
    size_t i, made = 0;

    for (i = 0; i < n; i++) {
        unsigned char b = (unsigned char)text[i];

        if (b >= 'A' && b <= 'Z')
            b += 'a' - 'A';
        else if (b >= 0x80 && b <= 0x9e && i > 0 &&
                 (unsigned char)text[i - 1] == 0xc3)
            b += 0x20; /* À a Þ */
        else if (b < 0x80 && (b < '0' || b > '9') && (b < 'a' || b > 'z'))
            continue;
        out[made++] = (char)b;
    }
    return made;
}

/* Diz se a senha é este nome, com quase nada a mais. */
static bool
is_name(struct ctx *c, struct slice folded, const char *text, size_t n)
{
    char *name = arena_alloc(c->arena, n + 1);
    size_t len = fold(text, n, name);

    return len >= 3 && len <= folded.len &&
           folded.len - len < LEAST_BEYOND_NAME &&
           memmem(folded.data, folded.len, name, len) != NULL;
}

static bool
is_about_person(struct ctx *c, struct slice plain, const char *email,
                const char *name)
{
    char text[PASSWORD_MAX_BYTES];
    struct slice folded = { text, fold(plain.data, plain.len, text) };
    bool found = false;

    if (email != NULL)
        found = is_name(c, folded, email, strlen(email)) ||
                is_name(c, folded, email, strcspn(email, "@"));
    if (name != NULL)
        found = found || is_name(c, folded, name, strlen(name));
    OPENSSL_cleanse(text, sizeof text);
    return found;
}

/* Sem os arquivos a libcrack escreve em stderr por conta própria. */
static bool
dictionary_exists(const char *prefix)
{
    char path[600];

    if (snprintf(path, sizeof path, "%s.pwi", prefix) >= (int)sizeof path ||
        access(path, R_OK) != 0)
        return false;
    snprintf(path, sizeof path, "%s.pwd", prefix);
    return access(path, R_OK) == 0;
}

/*
 * Não usa FascistCheckUser, que encerra o processo se o dicionário não abre.
 * As frases da libcrack não servem: são de outro catálogo e outra língua.
 */
static bool
is_in_dictionary(struct slice plain)
{
    static bool warned;
    const char *prefix = conf()->password_dictionary;
    char text[CRACK_BUFFER] = "", mode[] = "r";
    PWDICT *dictionary = NULL;
    bool found;

    if (dictionary_exists(prefix))
        dictionary = PWOpen(prefix, mode);
    if (dictionary == NULL) {
        if (!warned)
            log_warn("password_dictionary não abre: senhas comuns só são "
                     "recusadas se forem repetição ou sequência (instale "
                     "cracklib-runtime)");
        warned = true;
        return false;
    }
    memcpy(text, plain.data, plain.len);
    found = FascistLookUser(dictionary, text, "", "") != NULL;
    PWClose(dictionary);
    OPENSSL_cleanse(text, sizeof text);
    return found;
}

enum err
password_policy_check(struct ctx *c, const char *field, struct slice plain,
                      const char *email, const char *name)
{
    enum err e = check_form(c, field, plain);

    if (e != OK)
        return e;
    if (is_pattern(plain))
        return fail_field(c, field, "common", "%s",
                          _("A senha é uma repetição ou uma sequência"));
    if (is_about_person(c, plain, email, name))
        return fail_field(c, field, "common", "%s",
                          _("A senha não pode ser o seu e-mail ou nome"));
    if (is_in_dictionary(plain))
        return fail_field(
            c, field, "common", "%s",
            _("Esta senha é comum demais; junte outras palavras"));
    return OK;
}
