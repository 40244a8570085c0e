/* mustache_value.c - um valor JSON como texto. */
#include "view/mustache_node.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* O menor número de dígitos que volta ao mesmo double. */
static int
format_double(char *out, size_t size, double value)
{
    int digits, n = 0;

    for (digits = 15; digits <= 17; digits++) {
        n = snprintf(out, size, "%.*g", digits, value);
        if (strtod(out, NULL) == value)
            break;
    }
    return n;
}

void
mustache_put_value(struct str *out, struct json_object *value,
                   void (*put)(struct str *, const char *, size_t))
{
    char number[40];
    const char *text;
    size_t n;

    switch (json_object_get_type(value)) {
    case json_type_null:
        return;
    case json_type_string:
        put(out, json_object_get_string(value),
            (size_t)json_object_get_string_len(value));
        return;
    case json_type_boolean:
        text = json_object_get_boolean(value) ? "true" : "false";
        put(out, text, strlen(text));
        return;
    case json_type_int:
        if (json_object_get_int64(value) == INT64_MAX)
            n = (size_t)snprintf(number, sizeof number, "%" PRIu64,
                                 json_object_get_uint64(value));
        else
            n = (size_t)snprintf(number, sizeof number, "%" PRId64,
                                 json_object_get_int64(value));
        put(out, number, n);
        return;
    case json_type_double:
        n = (size_t)format_double(number, sizeof number,
                                  json_object_get_double(value));
        put(out, number, n);
        return;
    case json_type_array:
    case json_type_object:
        text = json_object_to_json_string_length(value, JSON_C_TO_STRING_PLAIN,
                                                 &n);
        put(out, text, n);
        return;
    }
}

/* Fora de uma cadeia, JSON não tem nenhum destes: dá para trocar no texto. */
void
mustache_put_json(struct str *out, struct json_object *value)
{
    size_t n, i, from = 0;
    const char *text = json_object_to_json_string_length(
        value, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &n);

    for (i = 0; i < n; i++) {
        const char *safe;
        size_t width = 1;

        switch (text[i]) {
        case '<':
            safe = "\\u003c";
            break;
        case '>':
            safe = "\\u003e";
            break;
        case '&':
            safe = "\\u0026";
            break;
        case '\'':
            safe = "\\u0027";
            break;
        case '\xe2':
            if (n - i < 3 || text[i + 1] != '\x80' ||
                (text[i + 2] != '\xa8' && text[i + 2] != '\xa9'))
                continue;
            safe = text[i + 2] == '\xa8' ? "\\u2028" : "\\u2029";
            width = 3;
            break;
        default:
            continue;
        }
        str_add(out, text + from, i - from);
        str_puts(out, safe);
        i += width - 1;
        from = i + 1;
    }
    str_add(out, text + from, n - from);
}

bool
mustache_truthy(struct json_object *value)
{
    switch (json_object_get_type(value)) {
    case json_type_null:
        return false;
    case json_type_boolean:
        return json_object_get_boolean(value);
    case json_type_array:
        return json_object_array_length(value) > 0;
    case json_type_string:
        return json_object_get_string_len(value) > 0;
    case json_type_int:
        return json_object_get_int64(value) != 0;
    case json_type_double:
        return json_object_get_double(value) != 0;
    case json_type_object:
        return true;
    }
    return false;
}
