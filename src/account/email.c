/* email.c - o bastante para não gravar o que não é endereço. */
#include "account/email.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/i18n.h"
#include "base/str.h"

enum { LOCAL_MAX_BYTES = 64, LABEL_MAX_BYTES = 63 };

static bool
is_local_byte(unsigned char b)
{
    return b >= 0x80 || isalnum(b) ||
           (b != '\0' && strchr(".!#$%&'*+/=?^_`{|}~-", b) != NULL);
}

/* Rótulos de 1 a 63, sem hífen nas pontas. */
static bool
is_domain(const char *p)
{
    size_t n;

    for (;; p += n + 1) {
        for (n = 0; p[n] != '\0' && p[n] != '.'; n++)
            if (!((unsigned char)p[n] >= 0x80 || isalnum((unsigned char)p[n]) ||
                  p[n] == '-'))
                return false;
        if (n == 0 || n > LABEL_MAX_BYTES || p[0] == '-' || p[n - 1] == '-')
            return false;
        if (p[n] == '\0')
            return true;
    }
}

static bool
is_address(const char *text)
{
    const char *at = strchr(text, '@'), *p;

    if (at == NULL || at == text || at - text > LOCAL_MAX_BYTES ||
        text[0] == '.' || at[-1] == '.' || !is_domain(at + 1))
        return false;
    for (p = text; p < at; p++)
        if (!is_local_byte((unsigned char)*p) || (*p == '.' && p[1] == '.'))
            return false;
    return true;
}

enum err
email_check(struct ctx *c, const char *field, const char *text,
            const char **out)
{
    size_t n;

    if (text == NULL)
        text = "";
    text += strspn(text, " \t\r\n");
    n = strlen(text);
    while (n > 0 && strchr(" \t\r\n", text[n - 1]) != NULL)
        n--;
    *out = arena_memdup(c->arena, text, n);
    if (n == 0)
        return fail_field(c, field, "required", "%s", _("Informe o e-mail"));
    if (utf8_length(*out) > EMAIL_MAX_CHARS)
        return fail_field(c, field, "max", "%s", _("e-mail longo demais"));
    if (!utf8_valid(*out, n) || !is_address(*out))
        return fail_field(c, field, "format", "%s",
                          _("não é um endereço de e-mail"));
    return OK;
}
