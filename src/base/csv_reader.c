/* csv_reader.c - um registro por vez, sem copiar o arquivo. */
#include "base/csv_reader.h"

#include <string.h>

#include "base/csv.h"

void
csv_open(struct csv_reader *c, struct slice text, char delimiter)
{
    *c = (struct csv_reader){ .at = text.data,
                              .end = text.data + text.len,
                              .delimiter = delimiter,
                              .next_line = 1 };
    if (text.len >= 3 && memcmp(text.data, CSV_BOM, 3) == 0)
        c->at += 3;
}

static void
put(struct str *out, char ch)
{
    str_putc(out, (unsigned char)ch < 0x20 || ch == 0x7f ? ' ' : ch);
}

/* Passa por \r\n, \n ou \r. */
static void
skip_break(struct csv_reader *c)
{
    if (*c->at == '\r' && c->at + 1 < c->end && c->at[1] == '\n')
        c->at++;
    c->at++;
    c->next_line++;
}

static bool
is_break(char ch)
{
    return ch == '\n' || ch == '\r';
}

/* O que está entre aspas, sem elas; dobradas valem uma. */
static enum csv_status
quoted(struct csv_reader *c, struct str *out)
{
    size_t start = out->len;

    for (c->at++; c->at < c->end; c->at++) {
        if (*c->at == '"' && c->at + 1 < c->end && c->at[1] == '"')
            c->at++;
        else if (*c->at == '"')
            break;
        else if (*c->at == '\n')
            c->next_line++;
        if (out->len - start >= CSV_RECORD_MAX)
            return CSV_OPEN_QUOTE;
        put(out, *c->at);
    }
    if (c->at == c->end)
        return CSV_OPEN_QUOTE;
    for (c->at++; c->at < c->end && *c->at == ' '; c->at++)
        ;
    if (c->at == c->end || *c->at == c->delimiter || is_break(*c->at))
        return CSV_RECORD;
    c->line = c->next_line;
    return CSV_AFTER_QUOTE;
}

static void
trim_end(struct str *out, size_t start)
{
    while (out->len > start && out->data[out->len - 1] == ' ')
        out->data[--out->len] = '\0';
}

static enum csv_status
cell(struct csv_reader *c, struct str *out)
{
    size_t start = out->len;
    enum csv_status s = CSV_RECORD;

    while (c->at < c->end && *c->at == ' ')
        c->at++;
    if (c->at < c->end && *c->at == '"')
        s = quoted(c, out);
    else
        for (; c->at < c->end && *c->at != c->delimiter && !is_break(*c->at);
             c->at++) {
            if (out->len - start >= CSV_RECORD_MAX)
                return CSV_TOO_LONG;
            put(out, *c->at);
        }
    trim_end(out, start);
    return s;
}

static enum csv_status
record(struct csv_reader *c, struct str *out)
{
    enum csv_status s;

    c->line = c->next_line;
    c->columns = 0;
    for (;;) {
        if (c->columns++ == CSV_COLUMNS_MAX)
            return CSV_TOO_MANY;
        s = cell(c, out);
        if (s == CSV_RECORD && out->len > CSV_RECORD_MAX)
            s = CSV_TOO_LONG;
        if (s != CSV_RECORD)
            return s;
        if (c->at == c->end || is_break(*c->at))
            break;
        c->at++;
        str_putc(out, CSV_UNIT);
    }
    if (c->at < c->end)
        skip_break(c);
    return CSV_RECORD;
}

static bool
is_blank(const struct str *out, size_t start)
{
    size_t i;

    for (i = start; i < out->len; i++)
        if (out->data[i] != CSV_UNIT)
            return false;
    return true;
}

enum csv_status
csv_next(struct csv_reader *c, struct str *out)
{
    enum csv_status s;

    while (c->at < c->end) {
        out->len = 0;
        s = record(c, out);
        if (s != CSV_RECORD || !is_blank(out, 0))
            return s;
    }
    return CSV_END;
}

char
csv_delimiter(struct slice text)
{
    static const char choices[] = ",;\t";
    size_t found[3] = { 0 }, i, best = 0;
    bool in_quotes = false;

    for (i = 0; i < text.len && i < CSV_RECORD_MAX; i++) {
        const char *at;

        if (text.data[i] == '"')
            in_quotes = !in_quotes;
        if (in_quotes)
            continue;
        if (is_break(text.data[i]) && found[0] + found[1] + found[2] > 0)
            break;
        at = text.data[i] != '\0' ? strchr(choices, text.data[i]) : NULL;
        if (at != NULL)
            found[at - choices]++;
    }
    for (i = 1; i < 3; i++)
        if (found[i] > found[best])
            best = i;
    return choices[best];
}

const char *
csv_pick(struct arena *a, const char *record, int column)
{
    const char *p = record, *end;

    if (column < 0)
        return "";
    while (column-- > 0) {
        p = strchr(p, CSV_UNIT);
        if (p == NULL)
            return "";
        p++;
    }
    end = strchr(p, CSV_UNIT);
    return end == NULL ? p : arena_memdup(a, p, (size_t)(end - p));
}
