/* wa_format.c - blocos (cercas, citações, listas) e marcas numa linha. */
#include "view/wa_format.h"

#include <string.h>

#define DEPTH_MAX 4 /* negrito, itálico e riscado, um no outro */

static const struct {
    char sign;
    const char *tag;
} marks[] = { { '*', "strong" }, { '_', "em" }, { '~', "s" } };

/* Um trecho sem quebra de linha, e o que já se sabe que falta nele. */
struct run {
    const char *data;
    size_t len;
    bool lacks[128]; /* não há mais quem feche esta marca daqui em diante */
};

static bool
is_ascii_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z');
}

/* Letra ou algarismo que termina em p[-1]; emoji não é letra. */
static bool
word_before(const char *start, const char *p)
{
    if (p == start)
        return false;
    if (((unsigned char)p[-1] & 0xc0) != 0x80)
        return is_ascii_word(p[-1]);
    return p - start >= 2 && (unsigned char)p[-2] >= 0xc3 &&
           (unsigned char)p[-2] <= 0xdf;
}

static bool
word_after(const char *p, const char *end)
{
    return p < end && (is_ascii_word(*p) || ((unsigned char)*p >= 0xc3 &&
                                             (unsigned char)*p <= 0xdf));
}

static bool
is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool
starts(const char *p, const char *end, const char *with)
{
    size_t n = strlen(with);

    return (size_t)(end - p) >= n && memcmp(p, with, n) == 0;
}

/* ---- links ---- */

/* Até onde vai o endereço que começa em p: sem a pontuação da frase. */
static const char *
link_end(const char *p, const char *end)
{
    const char *q = p;
    bool open = false;

    while (q < end && (unsigned char)*q > ' ' && *q != 0x7f &&
           strchr("<>\"'`{}|\\^", *q) == NULL) {
        open = open || *q == '(';
        q++;
    }
    while (q > p &&
           (strchr(".,;:!?*_~]", q[-1]) != NULL || (q[-1] == ')' && !open)))
        q--;
    return q;
}

/* Bytes do link que começa em p, e o que falta pôr na frente dele. */
static size_t
link_at(const char *start, const char *p, const char *end, const char **lead)
{
    size_t scheme = starts(p, end, "https://")  ? 8
                    : starts(p, end, "http://") ? 7
                    : starts(p, end, "www.")    ? 4
                                                : 0;
    const char *last;

    if (scheme == 0 || word_before(start, p))
        return 0;
    last = link_end(p, end);
    if (last <= p + scheme ||
        !(is_ascii_word(p[scheme]) || (unsigned char)p[scheme] >= 0x80))
        return 0;
    *lead = scheme == 4 ? "https://" : "";
    return (size_t)(last - p);
}

static void
put_link(struct str *out, const char *lead, const char *p, size_t n)
{
    str_printf(out, "<a href=\"%s", lead);
    str_html(out, p, n);
    str_puts(out, "\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">");
    str_html(out, p, n);
    str_puts(out, "</a>");
}

/* ---- marcas ---- */

/* Onde fecha a marca aberta em p, ou NULL. */
static const char *
closing(struct run *r, const char *p)
{
    const char *end = r->data + r->len, *q;
    char sign = *p;

    if (r->lacks[(int)sign] || p + 2 >= end || is_space(p[1]) || p[1] == sign)
        return NULL;
    if (sign != '`' && word_before(r->data, p))
        return NULL;
    for (q = p + 2; q < end; q++)
        if (*q == sign && !is_space(q[-1]) &&
            (sign == '`' || !word_after(q + 1, end)))
            return q;
    r->lacks[(int)sign] = true;
    return NULL;
}

static const char *
tag_of(char sign)
{
    size_t i;

    for (i = 0; i < sizeof marks / sizeof *marks; i++)
        if (marks[i].sign == sign)
            return marks[i].tag;
    return NULL;
}

/* Um trecho sem quebras; `depth` marcas já estão abertas em volta. */
static void
put_inline(struct str *out, const char *text, size_t n, int depth)
{
    struct run r = { .data = text, .len = n };
    const char *p = text, *end = text + n, *plain = text, *close, *lead;

    while (p < end) {
        const char *tag = depth < DEPTH_MAX ? tag_of(*p) : NULL;
        size_t link = *p == 'h' || *p == 'w' ? link_at(text, p, end, &lead) : 0;

        close = tag != NULL || *p == '`' ? closing(&r, p) : NULL;
        if (link == 0 && close == NULL) {
            p++;
            continue;
        }
        str_html(out, plain, (size_t)(p - plain));
        if (link > 0) {
            put_link(out, lead, p, link);
            p += link;
        } else if (tag == NULL) {
            str_puts(out, "<code>");
            str_html(out, p + 1, (size_t)(close - p - 1));
            str_puts(out, "</code>");
            p = close + 1;
        } else {
            str_printf(out, "<%s>", tag);
            put_inline(out, p + 1, (size_t)(close - p - 1), depth + 1);
            str_printf(out, "</%s>", tag);
            p = close + 1;
        }
        plain = p;
    }
    str_html(out, plain, (size_t)(p - plain));
}

/* ---- linhas ---- */

enum line_kind { LINE_PLAIN, LINE_QUOTE, LINE_BULLET, LINE_NUMBER };

struct line {
    enum line_kind kind;
    const char *body; /* depois do sinal */
    size_t len;
    int number;
};

static struct line
read_line(const char *p, size_t n)
{
    struct line l = { LINE_PLAIN, p, n, 0 };
    size_t digits = 0;

    if (n > 2 && *p == '>' && p[1] == ' ')
        l = (struct line){ LINE_QUOTE, p + 2, n - 2, 0 };
    else if (n > 2 && (*p == '-' || *p == '*') && p[1] == ' ')
        l = (struct line){ LINE_BULLET, p + 2, n - 2, 0 };
    while (digits < n && digits < 3 && p[digits] >= '0' && p[digits] <= '9')
        l.number = l.number * 10 + (p[digits++] - '0');
    if (digits > 0 && n > digits + 2 && p[digits] == '.' &&
        p[digits + 1] == ' ') {
        l.kind = LINE_NUMBER;
        l.body = p + digits + 2;
        l.len = n - digits - 2;
    }
    return l;
}

static void
open_block(struct str *out, const struct line *l)
{
    if (l->kind == LINE_QUOTE)
        str_puts(out, "<blockquote>");
    else if (l->kind == LINE_BULLET)
        str_puts(out, "<ul>");
    else if (l->kind == LINE_NUMBER)
        str_printf(out, "<ol start=\"%d\">", l->number);
}

static void
close_block(struct str *out, enum line_kind kind)
{
    static const char *const ends[] = { "", "</blockquote>", "</ul>", "</ol>" };

    str_puts(out, ends[kind]);
}

/* Quebra só entre linhas comuns: bloco já começa e acaba em linha própria. */
static void
put_lines(struct str *out, const char *text, size_t n)
{
    const char *p = text, *end = text + n;
    enum line_kind last = LINE_PLAIN;
    bool first = true;

    for (; p <= end && (p < end || !first); first = false) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        struct line l;

        stop = stop != NULL ? stop : end;
        l = read_line(p, (size_t)(stop - p));
        if (l.kind != last) {
            close_block(out, last);
            open_block(out, &l);
        } else if (!first && (l.kind == LINE_PLAIN || l.kind == LINE_QUOTE)) {
            str_putc(out, '\n');
        }
        if (l.kind == LINE_BULLET || l.kind == LINE_NUMBER)
            str_puts(out, "<li>");
        put_inline(out, l.body, l.len, 0);
        if (l.kind == LINE_BULLET || l.kind == LINE_NUMBER)
            str_puts(out, "</li>");
        last = l.kind;
        if (stop == end)
            break;
        p = stop + 1;
    }
    close_block(out, last);
}

/* ---- cercas ---- */

static const char *
fence(const char *p, const char *end)
{
    return memmem(p, (size_t)(end - p), "```", 3);
}

static void
put_code(struct str *out, const char *p, size_t n)
{
    bool tall = memchr(p, '\n', n) != NULL;

    if (n > 0 && *p == '\n')
        p++, n--;
    if (n > 0 && p[n - 1] == '\n')
        n--;
    str_puts(out, tall ? "<pre><code>" : "<code>");
    str_html(out, p, n);
    str_puts(out, tall ? "</code></pre>" : "</code>");
}

void
wa_format(struct str *out, const char *text, size_t n)
{
    const char *p = text, *end = text + n, *open, *close;

    while ((open = fence(p, end)) != NULL &&
           (close = fence(open + 3, end)) != NULL) {
        put_lines(out, p, (size_t)(open - p));
        put_code(out, open + 3, (size_t)(close - open - 3));
        p = close + 3;
    }
    put_lines(out, p, (size_t)(end - p));
}
