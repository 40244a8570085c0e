/* str.c - construção e verificação de texto. */
#include "base/str.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
str_init(struct str *s, struct arena *a, size_t cap)
{
    *s = (struct str){ .arena = a };
    if (cap > 0) {
        s->data = arena_alloc(a, cap + 1);
        s->cap = cap;
    }
}

static void
grow(struct str *s, size_t more)
{
    size_t cap = s->cap > 0 ? s->cap : 64;
    char *data;

    while (cap - s->len < more)
        cap *= 2;
    data = arena_alloc(s->arena, cap + 1);
    if (s->len > 0)
        memcpy(data, s->data, s->len);
    s->data = data;
    s->cap = cap;
}

static inline void
reserve(struct str *s, size_t more)
{
    if (s->data == NULL || s->cap - s->len < more)
        grow(s, more);
}

void
str_add(struct str *s, const void *data, size_t n)
{
    reserve(s, n);
    if (n > 0)
        memcpy(s->data + s->len, data, n);
    s->len += n;
    s->data[s->len] = '\0';
}

void
str_puts(struct str *s, const char *text)
{
    str_add(s, text, strlen(text));
}

void
str_putc(struct str *s, char c)
{
    str_add(s, &c, 1);
}

void
str_printf(struct str *s, const char *format, ...)
{
    va_list args;
    char *text;

    va_start(args, format);
    text = arena_vprintf(s->arena, format, args);
    va_end(args);
    str_puts(s, text);
}

static void
json_escape(struct str *s, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    char esc[6] = { '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] };

    if (c == '"' || c == '\\') {
        str_putc(s, '\\');
        str_putc(s, (char)c);
    } else if (c == '\n') {
        str_add(s, "\\n", 2);
    } else {
        str_add(s, esc, sizeof esc);
    }
}

void
str_json_n(struct str *s, const char *text, size_t n)
{
    size_t i, from = 0;

    reserve(s, n + 2);
    str_putc(s, '"');
    for (i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        str_add(s, text + from, i - from);
        from = i + 1;
        json_escape(s, c);
    }
    str_add(s, text + from, n - from);
    str_putc(s, '"');
}

void
str_json(struct str *s, const char *text)
{
    str_json_n(s, text, strlen(text));
}

void
str_html(struct str *s, const char *text, size_t n)
{
    size_t i, from = 0;

    for (i = 0; i < n; i++) {
        const char *esc;

        switch (text[i]) {
        case '&':
            esc = "&amp;";
            break;
        case '<':
            esc = "&lt;";
            break;
        case '>':
            esc = "&gt;";
            break;
        case '"':
            esc = "&quot;";
            break;
        case '\'':
            esc = "&#39;";
            break;
        default:
            continue;
        }
        str_add(s, text + from, i - from);
        str_puts(s, esc);
        from = i + 1;
    }
    str_add(s, text + from, n - from);
}

void
str_url(struct str *s, const char *text, size_t n)
{
    static const char hex[] = "0123456789ABCDEF";
    size_t i;

    for (i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];

        if (isalnum(c) || c == '-' || c == '.' || c == '_' || c == '~') {
            str_putc(s, (char)c);
        } else {
            str_putc(s, '%');
            str_putc(s, hex[c >> 4]);
            str_putc(s, hex[c & 15]);
        }
    }
}

/* Tamanho da sequência que começa em p, ou 0 se for malformada. */
static size_t
utf8_sequence(const unsigned char *p, size_t left)
{
    unsigned char c = p[0], low = 0x80, high = 0xbf;
    size_t n, i;

    if (c < 0x80)
        return 1;
    if (c >= 0xc2 && c <= 0xdf)
        n = 2;
    else if ((c & 0xf0) == 0xe0)
        n = 3;
    else if (c >= 0xf0 && c <= 0xf4)
        n = 4;
    else
        return 0;
    if (left < n)
        return 0;
    if (c == 0xe0)
        low = 0xa0; /* forma longa */
    if (c == 0xed)
        high = 0x9f; /* substitutos */
    if (c == 0xf0)
        low = 0x90;
    if (c == 0xf4)
        high = 0x8f; /* além de U+10FFFF */
    if (p[1] < low || p[1] > high)
        return 0;
    for (i = 2; i < n; i++)
        if (p[i] < 0x80 || p[i] > 0xbf)
            return 0;
    return n;
}

bool
utf8_valid(const char *data, size_t n)
{
    const unsigned char *p = (const unsigned char *)data;
    size_t i = 0;

    while (i < n) {
        size_t step = utf8_sequence(p + i, n - i);

        if (step == 0)
            return false;
        i += step;
    }
    return true;
}

/* O que o Windows põe entre 0x80 e 0x9f; o resto é igual ao Unicode. */
static const unsigned short windows[32] = {
    0x20ac, ' ',    0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
    0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, ' ',    0x017d, ' ',
    ' ',    0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
    0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, ' ',    0x017e, 0x0178
};

struct slice
utf8_from_windows(struct arena *a, struct slice in)
{
    struct str s;
    size_t i;

    str_init(&s, a, in.len + in.len / 8 + 16);
    for (i = 0; i < in.len; i++) {
        unsigned ch = (unsigned char)in.data[i];

        if (ch >= 0x80 && ch < 0xa0)
            ch = windows[ch - 0x80];
        if (ch >= 0x800) {
            str_putc(&s, (char)(0xe0 | ch >> 12));
            str_putc(&s, (char)(0x80 | (ch >> 6 & 0x3f)));
            str_putc(&s, (char)(0x80 | (ch & 0x3f)));
        } else if (ch >= 0x80) {
            str_putc(&s, (char)(0xc0 | ch >> 6));
            str_putc(&s, (char)(0x80 | (ch & 0x3f)));
        } else {
            str_putc(&s, (char)ch);
        }
    }
    str_putc(&s, '\0');
    return (struct slice){ s.data, s.len - 1 };
}

char *
text_typed(struct arena *a, const char *typed)
{
    char *out = arena_strdup(a, typed != NULL ? typed : "");
    size_t i, n = 0;

    for (i = 0; out[i] != '\0'; i++)
        if (out[i] != '\r')
            out[n++] = out[i];
    while (n > 0 && strchr(" \t\n", out[n - 1]) != NULL)
        n--;
    out[n] = '\0';
    return out;
}

bool
words_have(const char *list, const char *text)
{
    size_t n = strlen(text);
    const char *p = list;

    if (strchr(text, ' ') != NULL)
        return false; /* "low normal" não é uma das palavras */
    while (n > 0 && (p = strstr(p, text)) != NULL) {
        if ((p == list || p[-1] == ' ') && (p[n] == ' ' || p[n] == '\0'))
            return true;
        p += n;
    }
    return false;
}

/* Quantos bytes tem o controle que começa aqui; 0: não é um. */
static size_t
control_bytes(const unsigned char *p)
{
    if (*p < 0x20 || *p == 0x7f)
        return 1;
    if (p[0] == 0xc2 && p[1] < 0xa0)
        return p[1] != '\0' ? 2 : 1;
    if (p[0] == 0xe2 && p[1] == 0x80 && p[2] >= 0xa8 && p[2] <= 0xae)
        return 3;
    if (p[0] == 0xe2 && p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9)
        return 3;
    return 0;
}

bool
text_has_controls(const char *text)
{
    const unsigned char *p = (const unsigned char *)text;

    for (; *p != '\0'; p++)
        if (control_bytes(p) > 0)
            return true;
    return false;
}

const char *
text_visible(struct arena *a, const char *text)
{
    const unsigned char *p = (const unsigned char *)text;
    struct str s;
    size_t n;

    if (!text_has_controls(text))
        return text;
    str_init(&s, a, 64);
    while (*p != '\0') {
        n = control_bytes(p);
        if (n == 0)
            str_putc(&s, (char)*p++);
        for (; n > 0; n--)
            str_printf(&s, "\\x%02x", *p++);
    }
    return s.data;
}

size_t
utf8_length(const char *text)
{
    size_t n = 0;

    for (; *text != '\0'; text++)
        if (((unsigned char)*text & 0xc0) != 0x80)
            n++;
    return n;
}

size_t
utf8_prefix(const char *text, size_t chars)
{
    size_t n = 0;

    for (;;) {
        if (text[n] == '\0')
            return n;
        if (((unsigned char)text[n] & 0xc0) != 0x80 && chars-- == 0)
            return n;
        n++;
    }
}

static int
hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

char *
url_decode(struct arena *a, const char *text, size_t n, bool plus)
{
    char *out = arena_alloc(a, n + 1);
    size_t i, len = 0;

    for (i = 0; i < n; i++) {
        char c = text[i];

        if (c == '%') {
            int high, low;

            if (n - i < 3)
                return NULL;
            high = hex_digit(text[i + 1]);
            low = hex_digit(text[i + 2]);
            if (high < 0 || low < 0)
                return NULL;
            c = (char)(high << 4 | low);
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        if (c == '\0')
            return NULL;
        out[len++] = c;
    }
    return utf8_valid(out, len) ? out : NULL;
}

bool
parse_int64(const char *text, int64_t *out)
{
    char *end;
    long long v;

    if (text[0] != '-' && !isdigit((unsigned char)text[0]))
        return false;
    errno = 0;
    v = strtoll(text, &end, 10);
    if (errno != 0 || *end != '\0' || end == text)
        return false;
    *out = v;
    return true;
}

bool
equal_constant_time(const char *a, const char *b)
{
    size_t n = strlen(a), i;
    volatile unsigned char diff = 0;

    if (strlen(b) != n)
        return false;
    for (i = 0; i < n; i++)
        diff |= (unsigned char)(a[i] ^ b[i]);
    return diff == 0;
}

void
hex_encode(const unsigned char *data, size_t n, char *out)
{
    static const char hex[] = "0123456789abcdef";
    size_t i;

    for (i = 0; i < n; i++) {
        out[2 * i] = hex[data[i] >> 4];
        out[2 * i + 1] = hex[data[i] & 15];
    }
    out[2 * n] = '\0';
}

bool
hex_decode(const char *text, unsigned char *out, size_t n)
{
    size_t i;

    if (strlen(text) != 2 * n)
        return false;
    for (i = 0; i < n; i++) {
        int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);

        if (high < 0 || low < 0)
            return false;
        out[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}
