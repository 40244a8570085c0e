/* json_out.c - escreve structs como JSON a partir da tabela de campos. */
#include "base/field.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *
field_json_name(const struct field *f, char out[static 64])
{
    const char *p = f->name;
    size_t n = 0;

    if (f->json != NULL)
        return f->json;
    for (; *p != '\0' && n < 63; p++) {
        if (*p == '_' && p[1] != '\0')
            out[n++] = (char)toupper((unsigned char)*++p);
        else
            out[n++] = *p;
    }
    out[n] = '\0';
    return out;
}

/* "2026-11-21 01:42:58.123456+00" -> "2026-11-21T01:42:58.123Z" */
static void
write_time(struct str *s, const char *at)
{
    char out[28];
    size_t n = strlen(at), digits;

    if (n < 22 || n > 32) { /* infinity ou formato alheio */
        str_json(s, at);
        return;
    }
    memcpy(out, at, 19);
    out[10] = 'T';
    memcpy(out + 19, ".000", 4);
    if (at[19] == '.') {
        digits = strspn(at + 20, "0123456789");
        memcpy(out + 20, at + 20, digits < 3 ? digits : 3);
    }
    out[23] = 'Z';
    str_putc(s, '"');
    str_add(s, out, 24);
    str_putc(s, '"');
}

static void
write_int(struct str *s, int64_t v)
{
    char out[24];
    size_t n = sizeof out;
    uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;

    do {
        out[--n] = (char)('0' + u % 10);
        u /= 10;
    } while (u > 0);
    if (v < 0)
        out[--n] = '-';
    str_add(s, out + n, sizeof out - n);
}

/* "{1,2}" do PostgreSQL é "[1,2]" em JSON: números não levam aspas. */
static void
write_ints(struct str *s, const char *text)
{
    size_t n = strlen(text);

    str_putc(s, '[');
    if (n > 2)
        str_add(s, text + 1, n - 2);
    str_putc(s, ']');
}

static void
write_value(struct str *s, const struct field *f, const char *row)
{
    const void *at = row + f->offset;
    const char *text;

    switch (f->kind) {
    case FIELD_INT:
        if (f->has_offset != 0 && !*(const bool *)(row + f->has_offset))
            str_add(s, "null", 4);
        else
            write_int(s, *(const int64_t *)at);
        return;
    case FIELD_BOOL:
        str_puts(s, *(const bool *)at ? "true" : "false");
        return;
    case FIELD_NUM:
        str_printf(s, "%.15g", *(const double *)at);
        return;
    case FIELD_OBJECT:
        json_write(s, f->of, at);
        return;
    default:
        break;
    }
    text = *(const char *const *)at;
    if (text == NULL)
        str_add(s, "null", 4);
    else if (f->kind == FIELD_TIME)
        write_time(s, text);
    else if (f->kind == FIELD_JSON)
        str_puts(s, text);
    else if (f->kind == FIELD_INTS)
        write_ints(s, text);
    else
        str_json(s, text);
}

/* O que vem antes de cada valor, feito uma vez por lista: `,"nome":`. */
static const struct slice *
make_keys(struct arena *a, const struct field *table)
{
    const struct field *f = table;
    struct slice *keys;
    char name[64];

    while (f->kind != FIELD_END)
        f++;
    keys = arena_alloc(a, (size_t)(f - table + 1) * sizeof *keys);
    for (f = table; f->kind != FIELD_END; f++) {
        char *text = arena_printf(a, "%c\"%s\":", f == table ? '{' : ',',
                                  field_json_name(f, name));

        keys[f - table] = (struct slice){ text, strlen(text) };
    }
    return keys;
}

static void
write_object(struct str *s, const struct field *table, const struct slice *keys,
             const void *row)
{
    const struct field *f;

    if (table->kind == FIELD_END)
        str_putc(s, '{');
    for (f = table; f->kind != FIELD_END; f++, keys++) {
        str_add(s, keys->data, keys->len);
        write_value(s, f, row);
    }
    str_putc(s, '}');
}

void
json_write(struct str *s, const struct field *table, const void *row)
{
    write_object(s, table, make_keys(s->arena, table), row);
}

void
json_write_list(struct str *s, const struct field *table, const void *rows,
                size_t size, int count)
{
    const struct slice *keys = make_keys(s->arena, table);
    int i;

    str_putc(s, '[');
    for (i = 0; i < count; i++) {
        if (i > 0)
            str_putc(s, ',');
        write_object(s, table, keys, (const char *)rows + (size_t)i * size);
    }
    str_putc(s, ']');
}
