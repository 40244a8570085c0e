/* json_row.c - json-c com menos cerimônia. */
#include "app/json_row.h"

#include <json-c/json.h>

static void
drop_json(void *object)
{
    json_object_put(object);
}

struct json_object *
json_row_read(struct req *r, const char *text)
{
    struct json_object *o = text != NULL ? json_tokener_parse(text) : NULL;

    if (o != NULL)
        arena_defer(r->ctx.arena, drop_json, o);
    return o;
}

const char *
json_row_text(struct json_object *o, const char *key)
{
    struct json_object *v = NULL;

    if (o == NULL || !json_object_object_get_ex(o, key, &v) || v == NULL ||
        !json_object_is_type(v, json_type_string) ||
        json_object_get_string_len(v) == 0)
        return NULL;
    return json_object_get_string(v);
}

int64_t
json_row_int(struct json_object *o, const char *key)
{
    struct json_object *v = NULL;

    if (o != NULL)
        json_object_object_get_ex(o, key, &v);
    return json_object_get_int64(v);
}
