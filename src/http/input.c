/*
 * input.c - preenche a struct de entrada a partir de caminho, query e corpo,
 * pela tabela de campos. Nada chega ao tratador sem ter sido conferido.
 */
#include <ctype.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json_check.h"
#include "http/input_internal.h"
#include "http/route.h"

#define JSON_DEPTH 24

/* Um valor de entrada, venha ele de onde vier. */
struct value {
    const char *text;          /* caminho, query ou formulário */
    struct json_object *json;  /* corpo JSON */
    const struct upload *file; /* multipart */
    bool is_null;              /* null do JSON num campo que o aceita */
};

static void
drop_json(void *object)
{
    json_object_put(object);
}

static void
bad_type(struct ctx *c, const char *name, const char *wanted)
{
    fail_field(c, name, "type", _("precisa ser %s"), wanted);
}

/* Só brancos, também os que não se veem: quem exige um texto não o recebeu. */
static bool
is_blank(const char *text)
{
    static const char *const blanks[] = { " ",      "\u00a0", "\u00ad",
                                          "\u200b", "\u200c", "\u200d",
                                          "\u2060", "\u3000", "\u3164",
                                          "\ufeff" };
    size_t i;

    while (*text != '\0') {
        for (i = 0; i < sizeof blanks / sizeof *blanks; i++)
            if (strncmp(text, blanks[i], strlen(blanks[i])) == 0)
                break;
        if (i == sizeof blanks / sizeof *blanks)
            return false;
        text += strlen(blanks[i]);
    }
    return true;
}

static const char *
read_text(struct ctx *c, const struct field *f, const char *name,
          const struct value *v)
{
    int64_t max = f->max > 0 ? f->max : FIELD_TEXT_MAX;
    const char *text = v->text;
    size_t n;

    if (v->json != NULL) {
        if (!json_object_is_type(v->json, json_type_string)) {
            bad_type(c, name, _("um texto"));
            return NULL;
        }
        text = json_object_get_string(v->json);
        if (strlen(text) != (size_t)json_object_get_string_len(v->json)) {
            fail_field(c, name, "nul", _("não pode ter o caractere U+0000"));
            return NULL;
        }
        text = arena_strdup(c->arena, text);
    }
    if (f->kind == FIELD_ENUM) {
        if (words_have(f->one_of, text))
            return text;
        fail_field(c, name, "one_of", _("precisa ser um destes: %s"),
                   f->one_of);
        return NULL;
    }
    if (!f->lines && text_has_controls(text)) {
        /* de uma linha: um CR no nome viraria cabeçalho, ou linha de CSV */
        fail_field(c, name, "control",
                   _("não pode ter quebras de linha nem outros controles"));
        return NULL;
    }
    n = !f->lines && is_blank(text) ? 0 : utf8_length(text);
    if ((int64_t)n < f->min || (f->required && n == 0))
        fail_field(c, name, "min", _("precisa ter ao menos %lld caracteres"),
                   (long long)(f->min > 0 ? f->min : 1));
    else if ((int64_t)n > max)
        fail_field(c, name, "max", _("pode ter no máximo %lld caracteres"),
                   (long long)max);
    else
        return text;
    return NULL;
}

static void
read_int(struct ctx *c, const struct field *f, const char *name,
         const struct value *v, int64_t *out)
{
    int64_t n;

    if (v->json != NULL) {
        if (!json_object_is_type(v->json, json_type_int)) {
            bad_type(c, name, _("um inteiro"));
            return;
        }
        n = json_object_get_int64(v->json);
    } else if (!parse_int64(v->text, &n)) {
        bad_type(c, name, _("um inteiro"));
        return;
    }
    if (n < f->min)
        fail_field(c, name, "min", _("o menor valor é %lld"),
                   (long long)f->min);
    else if (f->max > 0 && n > f->max)
        fail_field(c, name, "max", _("o maior valor é %lld"),
                   (long long)f->max);
    else
        *out = n;
}

static void
read_bool(struct ctx *c, const char *name, const struct value *v, bool *out)
{
    if (v->json != NULL) {
        if (json_object_is_type(v->json, json_type_boolean))
            *out = json_object_get_boolean(v->json);
        else
            bad_type(c, name, _("true ou false"));
    } else if (words_have("true 1 on", v->text)) {
        *out = true;
    } else if (!words_have("false 0 off", v->text)) {
        bad_type(c, name, _("true ou false"));
    }
}

static void
read_number(struct ctx *c, const char *name, const struct value *v, double *out)
{
    char *end = NULL;
    double n;

    if (v->json != NULL)
        n = json_object_is_type(v->json, json_type_double) ||
                    json_object_is_type(v->json, json_type_int)
                ? json_object_get_double(v->json)
                : NAN;
    else
        n = strtod(v->text, &end);
    if (!isfinite(n) || (end != NULL && (*end != '\0' || end == v->text)))
        bad_type(c, name, _("um número"));
    else
        *out = n;
}

/* null esvazia: texto vazio, zero. */
static void
store_null(const struct field *f, void *at)
{
    if (f->kind == FIELD_INT)
        *(int64_t *)at = 0;
    else
        *(const char **)at = "";
}

static void
store(struct req *r, const struct field *f, const char *name,
      const struct value *v, char *in)
{
    struct ctx *c = &r->ctx;
    void *at = in + f->offset;

    if (f->has_offset != 0)
        *(bool *)(in + f->has_offset) = true;
    if (v->is_null) {
        store_null(f, at);
        return;
    }
    switch (f->kind) {
    case FIELD_INTS:
    case FIELD_WORDS:
        *(const char **)at = input_list(r, f, name, v->json);
        break;
    case FIELD_INT:
        read_int(c, f, name, v, at);
        break;
    case FIELD_BOOL:
        read_bool(c, name, v, at);
        break;
    case FIELD_NUM:
        read_number(c, name, v, at);
        break;
    case FIELD_JSON:
        *(const char **)at =
            v->json == NULL
                ? v->text
                : arena_strdup(c->arena, json_object_to_json_string_ext(
                                             v->json, JSON_C_TO_STRING_PLAIN));
        break;
    case FIELD_FILE:
        *(const struct upload **)at = v->file;
        break;
    default:
        *(const char **)at = read_text(c, f, name, v);
        break;
    }
}

/* Valor do {nome} do modelo da rota. */
static const char *
path_value(struct req *r, const char *name)
{
    const char *p = r->route->path;
    int i = 0;

    while ((p = strchr(p, '{')) != NULL) {
        size_t n = strcspn(++p, "}");

        if (strlen(name) == n && strncmp(p, name, n) == 0)
            return r->path_values[i];
        i++;
    }
    return NULL;
}

static struct value
find_value(struct req *r, const struct field *f, const char *name,
           struct json_object *body)
{
    struct value v = { NULL, NULL, NULL, false };

    if (f->from == PATH)
        v.text = path_value(r, name);
    else if (f->from == QUERY)
        v.text = req_query(r, name);
    else if (f->kind == FIELD_FILE)
        v.file = input_file(r, f, name);
    else if (r->route->accepts == ACCEPT_FORM ||
             r->route->accepts == ACCEPT_MULTIPART)
        v.text = req_form(r, name);
    else
        v.is_null = json_object_object_get_ex(body, name, &v.json) &&
                    v.json == NULL && f->nullable;
    return v;
}

static bool
is_known(const struct field *table, enum field_from from, const char *key)
{
    const struct field *f;
    char name[64];

    for (f = table; f != NULL && f->kind != FIELD_END; f++)
        if (f->from == from && strcmp(field_json_name(f, name), key) == 0)
            return true;
    return false;
}

static void
unknown(struct req *r, const char *key)
{
    fail_field(&r->ctx, key, "unknown", _("campo desconhecido"));
}

/*
 * Um par da query: nome que se conhece e valor que se lê. O que não se lê
 * não é o mesmo que ausente: ignorá-lo daria a lista errada, e não um erro.
 */
static void
check_pair(struct req *r, const char *p, size_t len)
{
    size_t n = strcspn(p, "=&");
    char *key = url_decode(r->ctx.arena, p, n, true);

    if (key == NULL || !is_known(r->route->in, QUERY, key))
        unknown(r, key != NULL ? key : "?");
    else if (n < len &&
             url_decode(r->ctx.arena, p + n + 1, len - n - 1, true) == NULL)
        fail_field(&r->ctx, key, "encoding", "%s",
                   _("não é um texto UTF-8 bem codificado"));
}

static void
refuse_unknown(struct req *r, struct json_object *body)
{
    const char *p = r->query;

    if (body != NULL) {
        json_object_object_foreach (body, key, value) {
            (void)value;
            if (!is_known(r->route->in, BODY, key))
                unknown(r, arena_strdup(r->ctx.arena, key));
        }
    }
    if (r->route->html) /* endereço de página aceita enfeites */
        return;
    while (*p != '\0') {
        size_t len = strcspn(p, "&");

        if (len > 0)
            check_pair(r, p, len);
        p += len + (p[len] == '&');
    }
}

/* O corpo inteiro como objeto JSON; a falha já fica anotada. */
static struct json_object *
parse_body(struct req *r)
{
    struct json_tokener *t;
    struct json_object *body;
    enum json_tokener_error problem;

    if (!utf8_valid(r->body.data, r->body.len)) {
        fail(&r->ctx, ERR_BAD_JSON, "%s", _("o corpo não é UTF-8 válido"));
        return NULL;
    }
    t = json_tokener_new_ex(JSON_DEPTH);
    json_tokener_set_flags(t, JSON_TOKENER_STRICT);
    body = json_tokener_parse_ex(t, r->body.data, (int)r->body.len);
    problem = json_tokener_get_error(t);
    if (body != NULL && (json_tokener_get_parse_end(t) != r->body.len ||
                         !json_pieces_valid(r->body.data, r->body.len)))
        problem = json_tokener_error_parse_unexpected;
    json_tokener_free(t);
    if (body != NULL)
        arena_defer(r->ctx.arena, drop_json, body);
    if (problem == json_tokener_success &&
        json_object_is_type(body, json_type_object))
        return body;
    fail(&r->ctx, ERR_BAD_JSON, "%s",
         problem == json_tokener_error_depth
             ? _("o JSON é fundo demais")
             : _("o corpo precisa ser um objeto JSON"));
    return NULL;
}

static bool
wants_body(const struct route *route)
{
    const struct field *f;

    if (route->accepts != ACCEPT_JSON)
        return false;
    for (f = route->in; f != NULL && f->kind != FIELD_END; f++)
        if (f->from == BODY)
            return true;
    return false;
}

static bool
is_optional_body(const struct route *route)
{
    const struct field *f;

    for (f = route->in; f->kind != FIELD_END; f++)
        if (f->from == BODY && f->required)
            return false;
    return true;
}

enum err
input_read(struct req *r, void **input)
{
    struct json_object *body = NULL;
    const struct field *f;
    char *in = NULL;

    if (r->route->in != NULL)
        in = arena_alloc(r->ctx.arena, r->route->in_size);
    *input = in;
    if (wants_body(r->route) &&
        (r->body.len > 0 || !is_optional_body(r->route))) {
        body = parse_body(r);
        if (body == NULL)
            return r->ctx.error;
    }
    for (f = r->route->in; f != NULL && f->kind != FIELD_END; f++) {
        const char *name = field_json_name(f, arena_alloc(r->ctx.arena, 64));
        struct value v = find_value(r, f, name, body);

        if (v.text != NULL || v.json != NULL || v.file != NULL || v.is_null)
            store(r, f, name, &v, in);
        else if (f->required)
            fail_field(&r->ctx, name, "required", "%s", _("é obrigatório"));
        else if (f->kind == FIELD_INT)
            *(int64_t *)(void *)(in + f->offset) = f->fallback;
    }
    input_check_parts(r);
    refuse_unknown(r, body);
    return r->ctx.error;
}
