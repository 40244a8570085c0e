/* json_read.c - json-c com tolerância e sem byte zero. */
#include "channel/json_read.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/json_check.h"

#define MAX_DEPTH 64

static void
drop_json(void *object)
{
    json_object_put(object);
}

struct json_object *
json_read(struct arena *a, struct slice text)
{
    struct json_tokener *tok;
    struct json_object *root;

    if (text.len == 0 || text.len > INT_MAX / 2 ||
        !utf8_valid(text.data, text.len) ||
        !json_pieces_valid(text.data, text.len))
        return NULL;
    tok = json_tokener_new_ex(MAX_DEPTH);
    if (tok == NULL)
        return NULL;
    json_tokener_set_flags(tok, JSON_TOKENER_STRICT);
    root = json_tokener_parse_ex(tok, text.data, (int)text.len);
    if (json_tokener_get_error(tok) != json_tokener_success ||
        json_tokener_get_parse_end(tok) != text.len) {
        json_object_put(root);
        root = NULL;
    }
    json_tokener_free(tok);
    if (root != NULL)
        arena_defer(a, drop_json, root);
    return root;
}

static struct json_object *
member(struct json_object *obj, const char *key, enum json_type type)
{
    struct json_object *value = NULL;

    if (!json_object_is_type(obj, json_type_object) ||
        !json_object_object_get_ex(obj, key, &value) ||
        !json_object_is_type(value, type))
        return NULL;
    return value;
}

struct json_object *
json_read_object(struct json_object *obj, const char *key)
{
    return member(obj, key, json_type_object);
}

struct json_object *
json_read_array(struct json_object *obj, const char *key)
{
    return member(obj, key, json_type_array);
}

/* O byte zero vira U+FFFD, o sinal de caractere perdido. */
static const char *
without_nul(struct arena *a, const char *text, size_t n)
{
    struct str s;
    size_t i;

    if (memchr(text, '\0', n) == NULL)
        return text;
    str_init(&s, a, n + 16);
    for (i = 0; i < n; i++)
        if (text[i] == '\0')
            str_puts(&s, "\xef\xbf\xbd");
        else
            str_putc(&s, text[i]);
    return s.data;
}

const char *
json_read_text(struct arena *a, struct json_object *obj, const char *key)
{
    struct json_object *value = member(obj, key, json_type_string);

    if (value != NULL) {
        size_t n = (size_t)json_object_get_string_len(value);

        return n == 0 ? NULL : without_nul(a, json_object_get_string(value), n);
    }
    value = member(obj, key, json_type_int);
    return value == NULL ? NULL : json_object_get_string(value);
}

int64_t
json_read_int(struct json_object *obj, const char *key)
{
    struct json_object *value = member(obj, key, json_type_string);
    int64_t n = 0;

    if (value != NULL)
        return parse_int64(json_object_get_string(value), &n) ? n : 0;
    value = member(obj, key, json_type_int);
    return value == NULL ? 0 : json_object_get_int64(value);
}

/* O jsonb recusa \u0000; uma barra escapada antes (\\u0000) é só texto. */
static const char *
without_nul_escape(struct arena *a, const char *text)
{
    char *copy, *p;

    if (strstr(text, "\\u0000") == NULL)
        return text;
    copy = arena_strdup(a, text);
    for (p = copy; *p != '\0'; p++) {
        if (*p != '\\')
            continue;
        if (strncmp(p, "\\u0000", 6) == 0)
            memcpy(p, "\\ufffd", 6);
        p++;
    }
    return copy;
}

const char *
json_read_raw(struct arena *a, struct json_object *value)
{
    return value == NULL
               ? NULL
               : without_nul_escape(
                     a, json_object_to_json_string_ext(
                            value, JSON_C_TO_STRING_PLAIN |
                                       JSON_C_TO_STRING_NOSLASHESCAPE));
}
