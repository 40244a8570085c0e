/*
 * json_fuzz.c - um corpo JSON como input.c o lê: o que passa por todas as
 * conferências é JSON de verdade, e escrito de novo dá o mesmo valor.
 */
#include <json-c/json.h>
#include <string.h>

#include "base/json_check.h"
#include "channel/json_read.h"
#include "kit.h"

static void
drop(void *object)
{
    json_object_put(object);
}

static struct json_object *
parse(struct arena *a, const char *text, size_t n)
{
    struct json_tokener *t = json_tokener_new_ex(24);
    struct json_object *o;
    bool whole;

    json_tokener_set_flags(t, JSON_TOKENER_STRICT);
    o = json_tokener_parse_ex(t, text, (int)n);
    whole = json_tokener_get_error(t) == json_tokener_success &&
            json_tokener_get_parse_end(t) == n;
    json_tokener_free(t);
    if (o != NULL)
        arena_defer(a, drop, o);
    return whole ? o : NULL;
}

/* Nosso escape de texto, lido por outro, é o mesmo texto. */
static void
check_escape(struct arena *a, const char *text, size_t n)
{
    struct json_object *o;
    struct str s;

    str_init(&s, a, n + 20);
    str_putc(&s, '[');
    str_json_n(&s, text, n);
    str_putc(&s, ']');
    need(utf8_valid(s.data, s.len) && json_pieces_valid(s.data, s.len));
    o = parse(a, s.data, s.len);
    need(o != NULL);
    o = json_object_array_get_idx(o, 0);
    need((size_t)json_object_get_string_len(o) == n &&
         memcmp(json_object_get_string(o), text, n) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(4096);
    const char *text = arena_memdup(a, data, size);
    struct json_object *o, *again;
    const char *out;

    if (!utf8_valid(text, size)) {
        need(json_read(a, (struct slice){ text, size }) == NULL);
        arena_free(a);
        return 0;
    }
    check_escape(a, text, size);
    o = parse(a, text, size);
    /* só objeto ou lista: é o que corpo e webhook aceitam */
    if ((json_object_is_type(o, json_type_object) ||
         json_object_is_type(o, json_type_array)) &&
        json_pieces_valid(text, size)) {
        out = arena_strdup(
            a, json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
        need(utf8_valid(out, strlen(out)));
        again = parse(a, out, strlen(out));
        need(again != NULL && json_object_equal(o, again));
    }
    arena_free(a);
    return 0;
}
