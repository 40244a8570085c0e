/* header.c - endereços, palavras codificadas e datas de e-mail. */
#include "mail/header.h"

#include <openssl/evp.h>
#include <string.h>
#include <time.h>

#include "base/str.h"

#define LOCAL_MAX 64
#define DOMAIN_MAX 253
#define WORD_BYTES 45 /* em base64 são 60: "=?UTF-8?B?…?=" cabe em 75 */

static bool
is_alnum(unsigned char ch)
{
    return (ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'z') ||
           (ch >= 'A' && ch <= 'Z');
}

static bool
is_atext(unsigned char ch)
{
    return is_alnum(ch) || (ch != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", ch));
}

static bool
local_valid(const char *s, size_t n)
{
    size_t i;

    if (n == 0 || n > LOCAL_MAX || s[0] == '.' || s[n - 1] == '.')
        return false;
    for (i = 0; i < n; i++)
        if (!is_atext((unsigned char)s[i]) && (s[i] != '.' || s[i + 1] == '.'))
            return false;
    return true;
}

static bool
domain_valid(const char *s)
{
    size_t i, label = 0, n = strlen(s);

    if (n == 0 || n > DOMAIN_MAX)
        return false;
    for (i = 0; i <= n; i++) {
        if (s[i] == '.' || s[i] == '\0') {
            if (label == 0 || label > 63 || s[i - 1] == '-')
                return false;
            label = 0;
        } else if (!is_alnum((unsigned char)s[i]) &&
                   (s[i] != '-' || label == 0)) {
            return false;
        } else {
            label++;
        }
    }
    return true;
}

bool
mail_address_valid(const char *address)
{
    const char *at = address != NULL ? strchr(address, '@') : NULL;

    return at != NULL && local_valid(address, (size_t)(at - address)) &&
           domain_valid(at + 1);
}

static bool
has_control(const char *s)
{
    for (; *s != '\0'; s++)
        if ((unsigned char)*s < ' ' || *s == 0x7f)
            return true;
    return false;
}

/* O nome sem espaços em volta e sem as aspas, se as tem. */
static const char *
clean_name(struct arena *a, const char *s, size_t n)
{
    struct str out;
    size_t i;

    while (n > 0 && s[0] == ' ')
        s++, n--;
    while (n > 0 && s[n - 1] == ' ')
        n--;
    str_init(&out, a, n + 1);
    if (n < 2 || s[0] != '"' || s[n - 1] != '"') {
        str_add(&out, s, n);
        return out.data;
    }
    for (i = 1; i + 1 < n; i++) {
        if (s[i] == '\\' && i + 2 < n)
            i++;
        str_putc(&out, s[i]);
    }
    return out.data;
}

bool
mail_parse_mailbox(struct arena *a, const char *text, struct mailbox *out)
{
    const char *open = strrchr(text, '<');
    size_t n = strlen(text);

    *out = (struct mailbox){ .name = "", .address = text };
    if (has_control(text) || !utf8_valid(text, n))
        return false;
    if (open != NULL) {
        if (text[n - 1] != '>')
            return false;
        out->name = clean_name(a, text, (size_t)(open - text));
        out->address = arena_memdup(a, open + 1, (size_t)(text + n - 2 - open));
    }
    return mail_address_valid(out->address);
}

const char *
mail_domain(const char *address)
{
    const char *at = address != NULL ? strrchr(address, '@') : NULL;

    return at != NULL ? at + 1 : "?";
}

/* UTF-8 torto ou caractere de controle não chega ao cabeçalho. */
static char *
tame(struct arena *a, const char *text)
{
    char *copy = arena_strdup(a, text), *s;
    bool good = utf8_valid(text, strlen(text));

    for (s = copy; *s != '\0'; s++)
        if ((unsigned char)*s < ' ' || *s == 0x7f ||
            (!good && (unsigned char)*s >= 0x80))
            *s = ' ';
    return copy;
}

static bool
is_plain(const char *s)
{
    size_t n = strlen(s);

    if (n > 60 || strstr(s, "=?") != NULL)
        return false;
    for (; *s != '\0'; s++)
        if ((unsigned char)*s >= 0x80)
            return false;
    return true;
}

/* Quanto cabe numa palavra sem partir um caractere. */
static size_t
word_length(const char *s)
{
    size_t n = strnlen(s, WORD_BYTES + 1);

    if (n <= WORD_BYTES)
        return n;
    for (n = WORD_BYTES; ((unsigned char)s[n] & 0xc0) == 0x80; n--)
        ;
    return n;
}

static const char *
encoded_words(struct arena *a, const char *s)
{
    unsigned char out[WORD_BYTES / 3 * 4 + 5];
    struct str words;

    str_init(&words, a, strlen(s) * 2 + 32);
    while (*s != '\0') {
        size_t n = word_length(s);

        EVP_EncodeBlock(out, (const unsigned char *)s, (int)n);
        str_printf(&words, "%s=?UTF-8?B?%s?=", words.len > 0 ? "\r\n " : "",
                   (const char *)out);
        s += n;
    }
    return words.len > 0 ? words.data : "";
}

const char *
mail_header_text(struct arena *a, const char *text)
{
    const char *s = tame(a, text);

    return is_plain(s) ? s : encoded_words(a, s);
}

const char *
mail_header_mailbox(struct arena *a, const struct mailbox *box)
{
    const char *s = tame(a, box->name != NULL ? box->name : "");
    struct str quoted;

    if (*s == '\0')
        return arena_printf(a, "<%s>", box->address);
    if (!is_plain(s))
        return arena_printf(a, "%s\r\n <%s>", encoded_words(a, s),
                            box->address);
    str_init(&quoted, a, strlen(s) + 8);
    for (; *s != '\0'; s++) {
        if (*s == '"' || *s == '\\')
            str_putc(&quoted, '\\');
        str_putc(&quoted, *s);
    }
    return arena_printf(a, "\"%s\" <%s>", quoted.data, box->address);
}

const char *
mail_header_date(struct arena *a, int64_t at_s)
{
    static const char *const days[] = { "Sun", "Mon", "Tue", "Wed",
                                        "Thu", "Fri", "Sat" };
    static const char *const months[] = { "Jan", "Feb", "Mar", "Apr",
                                          "May", "Jun", "Jul", "Aug",
                                          "Sep", "Oct", "Nov", "Dec" };
    time_t t = (time_t)at_s;
    struct tm tm;

    gmtime_r(&t, &tm);
    return arena_printf(a, "%s, %02d %s %04d %02d:%02d:%02d +0000",
                        days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon],
                        tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}
