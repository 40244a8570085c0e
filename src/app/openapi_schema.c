/* openapi_schema.c - a tabela de campos como JSON Schema 2020-12. */
#include "app/openapi_schema.h"

#include <inttypes.h>
#include <string.h>

void
json_comma(struct str *s)
{
    if (s->len > 0 && strchr("{[", s->data[s->len - 1]) == NULL)
        str_putc(s, ',');
}

void
json_key(struct str *s, const char *name)
{
    json_comma(s);
    str_json(s, name);
    str_putc(s, ':');
}

void
json_text(struct str *s, const char *name, const char *text)
{
    json_key(s, name);
    str_json(s, text);
}

static void
int_member(struct str *s, const char *name, int64_t v)
{
    json_key(s, name);
    str_printf(s, "%" PRId64, v);
}

static void
type_member(struct str *s, const char *type, bool nullable)
{
    if (nullable)
        str_printf(s, "\"type\":[\"%s\",\"null\"]", type);
    else
        str_printf(s, "\"type\":\"%s\"", type);
}

static void
enum_schema(struct str *s, const struct field *f, bool nullable)
{
    const char *p = f->one_of;
    size_t n;

    type_member(s, "string", nullable);
    json_key(s, "enum");
    str_putc(s, '[');
    for (; (n = strcspn(p, " ")) > 0; p += n + (p[n] == ' ')) {
        json_comma(s);
        str_json_n(s, p, n);
    }
    str_puts(s, nullable ? ",null]" : "]");
}

static void
list_schema(struct str *s, const struct field *f, bool nullable)
{
    type_member(s, "array", nullable);
    int_member(s, "maxItems", f->max > 0 ? f->max : FIELD_LIST_MAX);
    json_key(s, "items");
    str_putc(s, '{');
    if (f->kind == FIELD_WORDS)
        enum_schema(s, f, false);
    else
        str_puts(s, "\"type\":\"integer\",\"format\":\"int64\",\"minimum\":1");
    str_putc(s, '}');
}

static void
text_schema(struct str *s, const struct field *f, enum side side, bool nullable)
{
    int64_t min = f->min > 0 ? f->min : f->required ? 1 : 0;

    type_member(s, "string", nullable);
    if (side == SIDE_OUT)
        return;
    if (min > 0)
        int_member(s, "minLength", min);
    int_member(s, "maxLength", f->max > 0 ? f->max : FIELD_TEXT_MAX);
    if (!f->lines)
        str_puts(s, ",\"pattern\":\"^[^\\\\u0000-\\\\u001f\\\\u007f-"
                    "\\\\u009f\\\\u2028-\\\\u202e\\\\u2066-\\\\u2069]*$\"");
}

static void
int_schema(struct str *s, const struct field *f, enum side side, bool nullable)
{
    type_member(s, "integer", nullable);
    json_text(s, "format", "int64");
    if (side == SIDE_OUT)
        return;
    int_member(s, "minimum", f->min);
    if (f->max > 0)
        int_member(s, "maximum", f->max);
    if (f->fallback != 0)
        int_member(s, "default", f->fallback);
}

/* O schema cru do autor; nulável, vira uma de duas formas. */
static void
json_schema(struct str *s, const struct field *f, bool nullable)
{
    const char *schema = f->schema != NULL ? f->schema : "{}";
    size_t n = strlen(schema);

    if (nullable && f->schema != NULL)
        str_printf(s, "\"anyOf\":[%s,{\"type\":\"null\"}]", schema);
    else if (n > 2)
        str_add(s, schema + 1, n - 2); /* só o miolo do objeto */
}

void
schema_field(struct str *s, const struct field *f, enum side side,
             bool described)
{
    bool nullable = f->nullable;

    str_putc(s, '{');
    switch (f->kind) {
    case FIELD_ENUM:
        enum_schema(s, f, nullable);
        break;
    case FIELD_INT:
        int_schema(s, f, side, nullable);
        break;
    case FIELD_BOOL:
        type_member(s, "boolean", nullable);
        break;
    case FIELD_INTS:
    case FIELD_WORDS:
        list_schema(s, f, nullable);
        break;
    case FIELD_NUM:
        type_member(s, "number", nullable);
        break;
    case FIELD_TIME:
        type_member(s, "string", nullable);
        json_text(s, "format", "date-time");
        break;
    case FIELD_JSON:
        json_schema(s, f, nullable);
        break;
    case FIELD_FILE:
        type_member(s, "string", false);
        json_text(s, "format", "binary");
        if (f->max > 0)
            int_member(s, "maxLength", f->max);
        break;
    case FIELD_OBJECT:
        str_puts(s, "\"allOf\":[");
        schema_object(s, f->of, side);
        str_putc(s, ']');
        break;
    default:
        text_schema(s, f, side, nullable);
        break;
    }
    if (described && f->doc != NULL)
        json_text(s, "description", f->doc);
    str_putc(s, '}');
}

/* Do que entra, só os campos do corpo; do que sai, todos estão sempre lá. */
static bool
is_member(const struct field *f, enum side side)
{
    return side == SIDE_OUT || f->from == BODY;
}

void
schema_object(struct str *s, const struct field *table, enum side side)
{
    const struct field *f;
    char name[64];

    str_puts(s, "{\"type\":\"object\",\"properties\":{");
    for (f = table; f->kind != FIELD_END; f++)
        if (is_member(f, side)) {
            json_key(s, field_json_name(f, name));
            schema_field(s, f, side, true);
        }
    str_puts(s, "},\"required\":[");
    for (f = table; f->kind != FIELD_END; f++)
        if (is_member(f, side) && (side == SIDE_OUT || f->required)) {
            json_comma(s);
            str_json(s, field_json_name(f, name));
        }
    str_puts(s, side == SIDE_IN ? "],\"additionalProperties\":false}" : "]}");
}
