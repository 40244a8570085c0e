/* vcard.c - linhas que se desdobram, parâmetros, escapes; um cartão por vez. */
#include "base/vcard.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define FOLD_BYTES 75

/* Uma linha de conteúdo: [grupo.]NOME[;parâmetros]:valor */
struct content {
    const char *name, *params, *value; /* params em maiúsculas, com ';' antes */
};

static const char *
line_end(const char *at, const char *end)
{
    const char *p = memchr(at, '\n', (size_t)(end - at));

    return p != NULL ? p : end;
}

/* Uma linha crua entra em s, sem o fim; devolve o começo da próxima. */
static const char *
take(struct vcard_reader *r, struct str *s, const char *from)
{
    const char *stop = line_end(r->at, r->end), *last = stop;

    if (last > from && last[-1] == '\r')
        last--;
    str_add(s, from, (size_t)(last - from));
    r->line++;
    return stop < r->end ? stop + 1 : r->end;
}

static bool
is_quoted(const struct str *s)
{
    const char *colon = memchr(s->data, ':', s->len), *p = s->data;

    for (; colon != NULL && p + 16 <= colon; p++)
        if (strncasecmp(p, "QUOTED-PRINTABLE", 16) == 0)
            return true;
    return false;
}

/* A próxima linha, desdobrada; falso no fim. */
static bool
unfold(struct vcard_reader *r, struct str *s)
{
    s->len = 0;
    if (r->at >= r->end)
        return false;
    r->at = take(r, s, r->at);
    for (;;) {
        if (r->at < r->end && (*r->at == ' ' || *r->at == '\t'))
            r->at = take(r, s, r->at + 1);
        else if (r->at < r->end && s->len > 0 && s->data[s->len - 1] == '=' &&
                 is_quoted(s)) {
            s->len--;
            r->at = take(r, s, r->at);
        } else
            break;
        if (s->len > VCARD_LINE_MAX)
            break;
    }
    str_putc(s, '\0');
    s->len--;
    return true;
}

/* ---- uma linha ---- */

/* Corta a linha em nome, parâmetros e valor; falso se não é uma. */
static bool
split(char *line, struct content *out)
{
    char *p = line, *params = NULL, *dot;
    bool quoted = false;

    for (; *p != '\0' && (quoted || *p != ':'); p++) {
        if (*p == '"')
            quoted = !quoted;
        if (*p == ';' && !quoted && params == NULL)
            params = p;
        if (params != NULL)
            *p = (char)toupper((unsigned char)*p);
    }
    if (*p == '\0')
        return false;
    *p = '\0';
    out->value = p + 1;
    out->params = params != NULL ? params : p;
    out->name = line;
    dot = strchr(line, '.');
    if (dot != NULL && (params == NULL || dot < params))
        out->name = dot + 1;
    return true;
}

static bool
is(const struct content *c, const char *name)
{
    size_t n = strlen(name);

    return strncasecmp(c->name, name, n) == 0 &&
           (c->name[n] == '\0' || c->name[n] == ';');
}

static int
hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
}

static const char *
unquote(struct arena *a, const char *in)
{
    char *out = arena_strdup(a, in), *to = out;

    for (; *in != '\0'; in++)
        if (*in == '=' && hex(in[1]) >= 0 && hex(in[2]) >= 0) {
            int byte = hex(in[1]) << 4 | hex(in[2]);

            *to++ = byte == 0 ? ' ' : (char)byte;
            in += 2;
        } else
            *to++ = *in;
    *to = '\0';
    /* celular antigo escreve em ISO 8859-1: o nome não se joga fora */
    if (!utf8_valid(out, (size_t)(to - out)))
        return utf8_from_windows(a, (struct slice){ out, (size_t)(to - out) })
            .data;
    return out;
}

/* O componente `which` (-1: o valor inteiro), sem escapes nem controles. */
static const char *
component(struct arena *a, const char *value, int which)
{
    char *out = arena_strdup(a, value), *to = out;
    const char *p = value;

    for (; which > 0 && *p != '\0'; p++)
        if (*p == '\\' && p[1] != '\0')
            p++;
        else if (*p == ';')
            which--;
    if (which > 0)
        return "";
    for (; *p != '\0' && !(which == 0 && *p == ';'); p++) {
        char ch = *p;

        if (ch == '\\' && p[1] != '\0') {
            ch = *++p;
            if (ch == 'n' || ch == 'N')
                ch = ' ';
        }
        if ((unsigned char)ch < ' ' || ch == 0x7f)
            ch = ' ';
        if (to > out || ch != ' ')
            *to++ = ch;
    }
    while (to > out && to[-1] == ' ')
        to--;
    *to = '\0';
    return out;
}

/* ---- um cartão ---- */

/* Família; nome; outros; antes; depois: como se fala. */
static const char *
spoken(struct arena *a, const char *value)
{
    static const int order[] = { 3, 1, 2, 0, 4 };
    struct str s;
    size_t i;

    str_init(&s, a, 64);
    str_puts(&s, "");
    for (i = 0; i < sizeof order / sizeof *order; i++) {
        const char *part = component(a, value, order[i]);

        if (part[0] != '\0' && s.len > 0)
            str_putc(&s, ' ');
        str_puts(&s, part);
    }
    return s.data;
}

static void
add(const char **list, int *count, const char *text, bool preferred)
{
    if (text[0] == '\0' || *count == VCARD_VALUES_MAX)
        return;
    if (preferred) {
        memmove(list + 1, list, (size_t)*count * sizeof *list);
        list[0] = text;
    } else {
        list[*count] = text;
    }
    (*count)++;
}

/* "tel:+55-11-…;ext=5" */
static const char *
phone_of(struct arena *a, const char *value)
{
    const char *text = component(a, value, -1);

    if (strncasecmp(text, "tel:", 4) != 0)
        return text;
    return arena_printf(a, "%.*s", (int)strcspn(text + 4, ";"), text + 4);
}

static void
learn(struct arena *a, const struct content *c, struct vcard *out)
{
    bool preferred = strstr(c->params, "PREF") != NULL;
    const char *value = strstr(c->params, "QUOTED-PRINTABLE") != NULL
                            ? unquote(a, c->value)
                            : c->value;

    if (is(c, "FN"))
        out->name = component(a, value, -1);
    else if (is(c, "N") && out->name[0] == '\0')
        out->name = spoken(a, value);
    else if (is(c, "ORG") && out->organization[0] == '\0')
        out->organization = component(a, value, 0);
    else if (is(c, "TEL"))
        add(out->phones, &out->phone_count, phone_of(a, value), preferred);
    else if (is(c, "EMAIL"))
        add(out->emails, &out->email_count, component(a, value, -1), preferred);
}

bool
vcard_is(struct slice text)
{
    struct vcard_reader r;

    vcard_open(&r, text);
    while (r.at < r.end && isspace((unsigned char)*r.at))
        r.at++;
    return r.end - r.at >= 11 && strncasecmp(r.at, "BEGIN:VCARD", 11) == 0;
}

void
vcard_open(struct vcard_reader *r, struct slice text)
{
    *r = (struct vcard_reader){ .at = text.data,
                                .end = text.data + text.len,
                                .line = 1 };
    if (text.len >= 3 && memcmp(text.data, "\xEF\xBB\xBF", 3) == 0)
        r->at += 3;
}

enum vcard_status
vcard_next(struct vcard_reader *r, struct arena *a, struct vcard *out)
{
    bool inside = false;
    struct content c;
    struct str line;

    *out = (struct vcard){ .name = "", .organization = "", .line = r->line };
    str_init(&line, a, 256);
    for (;;) {
        int here = r->line;

        if (!unfold(r, &line)) {
            r->line = out->line;
            return inside ? VCARD_OPEN : VCARD_END;
        }
        if (line.len > VCARD_LINE_MAX) {
            r->line = here;
            return VCARD_TOO_LONG;
        }
        if (line.data[strspn(line.data, " \t")] == '\0')
            continue;
        if (!split(line.data, &c)) {
            if (inside)
                continue; /* uma linha torta não perde o cartão */
            r->line = here;
            return VCARD_OUTSIDE;
        }
        if (is(&c, "BEGIN") && strncasecmp(c.value, "VCARD", 5) == 0) {
            if (inside) { /* o de antes não acabou */
                r->line = out->line;
                return VCARD_OPEN;
            }
            inside = true;
            out->line = here;
        } else if (!inside) {
            r->line = here;
            return VCARD_OUTSIDE;
        } else if (is(&c, "END")) {
            return VCARD_CARD;
        } else {
            learn(a, &c, out);
        }
    }
}

/* ---- escrever ---- */

void
vcard_put(struct str *s, const char *name, const char *value)
{
    size_t used = strlen(name) + 1;
    const char *p;

    if (value == NULL || value[0] == '\0')
        return;
    str_printf(s, "%s:", name);
    for (p = value; *p != '\0'; p++) {
        bool escape = *p == '\\' || *p == ',' || *p == ';' || *p == '\n';
        bool starts = ((unsigned char)*p & 0xc0) != 0x80;

        if (*p == '\r')
            continue;
        /* quatro bytes: o maior caractere, ou o par do escape */
        if (starts && used + 4 > FOLD_BYTES) {
            str_puts(s, "\r\n ");
            used = 1;
        }
        if (escape) {
            str_putc(s, '\\');
            used++;
        }
        str_putc(s, *p == '\n' ? 'n' : *p);
        used++;
    }
    str_puts(s, "\r\n");
}
