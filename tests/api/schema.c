/* schema.c - um validador pequeno do subconjunto que o OpenAPI nosso usa. */
#include "schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "harness.h"

#define MAX_PROGRAMS 64

static struct {
    char name[32];
    struct json_object *paths;
} programs[MAX_PROGRAMS];
static int program_count;

static struct json_object *
load(const char *file)
{
    char command[400], *text = NULL;
    struct json_object *o;
    size_t n = 0, cap = 0;
    FILE *f;

    snprintf(command, sizeof command, "env -i '%s' --openapi", file);
    f = popen(command, "r");
    do {
        if (cap - n < 65536)
            text = realloc(text, cap = cap * 2 + 131072);
        n += fread(text + n, 1, cap - n - 1, f);
    } while (!feof(f));
    pclose(f);
    text[n] = '\0';
    o = json_tokener_parse(text);
    free(text);
    if (o == NULL)
        fail_msg("%s --openapi não imprimiu JSON", file);
    return o;
}

static struct json_object *
paths_of(const char *file, const char *program)
{
    struct json_object *doc, *paths;
    int i;

    for (i = 0; i < program_count; i++)
        if (strcmp(programs[i].name, program) == 0)
            return programs[i].paths;
    assert_true(program_count < MAX_PROGRAMS);
    doc = load(file);
    if (json_object_object_get_ex(doc, "paths", &paths)) {
        json_object_get(paths);
        json_object_put(doc);
    } else {
        paths = doc;
    }
    snprintf(programs[i].name, sizeof programs[i].name, "%s", program);
    programs[i].paths = paths;
    program_count++;
    return paths;
}

static bool
template_matches(const char *model, const char *path)
{
    while (*model != '\0' && *path != '\0' && *path != '?') {
        if (*model == '{') {
            size_t n = strcspn(path, "/?");

            if (n == 0)
                return false;
            path += n;
            model = strchr(model, '}') + 1;
        } else if (*model++ != *path++) {
            return false;
        }
    }
    return *model == '\0' && (*path == '\0' || *path == '?');
}

static bool
type_is(const char *type, struct json_object *v)
{
    enum json_type t = json_object_get_type(v);

    if (strcmp(type, "null") == 0)
        return t == json_type_null;
    if (strcmp(type, "integer") == 0)
        return t == json_type_int;
    if (strcmp(type, "number") == 0)
        return t == json_type_int || t == json_type_double;
    if (strcmp(type, "boolean") == 0)
        return t == json_type_boolean;
    if (strcmp(type, "string") == 0)
        return t == json_type_string;
    if (strcmp(type, "array") == 0)
        return t == json_type_array;
    return t == json_type_object;
}

static bool
type_allowed(struct json_object *type, struct json_object *v)
{
    size_t i;

    if (!json_object_is_type(type, json_type_array))
        return type_is(json_object_get_string(type), v);
    for (i = 0; i < json_object_array_length(type); i++)
        if (type_is(json_object_get_string(json_object_array_get_idx(type, i)),
                    v))
            return true;
    return false;
}

static bool
in_enum(struct json_object *list, struct json_object *v)
{
    size_t i;

    for (i = 0; i < json_object_array_length(list); i++)
        if (json_object_equal(json_object_array_get_idx(list, i), v))
            return true;
    return v == NULL;
}

static void validate(struct json_object *schema, struct json_object *v,
                     const char *where, int depth);

static void
validate_object(struct json_object *props, struct json_object *v,
                const char *where, int depth)
{
    char deeper[200];

    json_object_object_foreach (props, key, sub) {
        struct json_object *member;

        snprintf(deeper, sizeof deeper, "%.120s.%.60s", where, key);
        if (json_object_object_get_ex(v, key, &member))
            validate(sub, member, deeper, depth + 1);
        else if (depth < 3)
            fail_msg("%s: documentado e ausente", deeper);
    }
    json_object_object_foreach (v, name, value) {
        (void)value;
        if (!json_object_object_get_ex(props, name, NULL))
            fail_msg("%s.%s: presente e não documentado", where, name);
    }
}

static void
validate(struct json_object *schema, struct json_object *v, const char *where,
         int depth)
{
    struct json_object *type, *props, *items, *values;
    size_t i;

    if (json_object_object_get_ex(schema, "type", &type) &&
        !type_allowed(type, v))
        fail_msg("%s: tipo errado: %s", where, json_object_to_json_string(v));
    if (json_object_object_get_ex(schema, "enum", &values) &&
        !in_enum(values, v))
        fail_msg("%s: fora da lista: %s", where, json_object_to_json_string(v));
    if (json_object_is_type(v, json_type_object) &&
        json_object_object_get_ex(schema, "properties", &props))
        validate_object(
            props, v, where,
            json_object_object_get_ex(schema, "x-open", NULL) ? 9 : depth);
    if (json_object_is_type(v, json_type_array) &&
        json_object_object_get_ex(schema, "items", &items))
        for (i = 0; i < json_object_array_length(v); i++)
            validate(items, json_object_array_get_idx(v, i), where, depth + 1);
}

static struct json_object *
find_operation(struct json_object *paths, const char *method, const char *path,
               const char **model_found)
{
    char lower[10];
    size_t i;

    for (i = 0; method[i] != '\0' && i < 9; i++)
        lower[i] = (char)(method[i] | 32);
    lower[i] = '\0';
    json_object_object_foreach (paths, model, item) {
        struct json_object *op, *alias;

        if (!json_object_object_get_ex(item, lower, &op) ||
            (!template_matches(model, path) &&
             (!json_object_object_get_ex(op, "x-alias", &alias) ||
              !template_matches(json_object_get_string(alias), path))))
            continue;
        *model_found = model;
        return op;
    }
    return NULL;
}

/* Para tests/api/seen.mjs, que no fim cobra cada resposta documentada. */
static void
note_seen(const char *method, const char *model, const char *status)
{
    const char *file = getenv("TEST_SEEN");
    FILE *f = file != NULL ? fopen(file, "a") : NULL;

    if (f == NULL)
        return;
    fprintf(f, "%s %s %s\n", method, model, status);
    fclose(f);
}

void
schema_check(const char *file, const char *program, const char *method,
             const char *path, const struct answer *a)
{
    struct json_object *paths = paths_of(file, program), *op, *o;
    char status[16], canonical[600];
    const char *model;
    bool is_short;

    if (strcmp(method, "HEAD") == 0)
        method = "GET"; /* as mesmas respostas, sem o corpo (RFC 9110 9.3.2) */
    is_short =
        strncmp(path, "/api/", 5) == 0 && strncmp(path, "/api/v1/", 8) != 0;
    snprintf(canonical, sizeof canonical, "%s%s", is_short ? "/api/v1/" : "",
             is_short ? path + 5 : path);
    op = find_operation(paths, method, canonical, &model);
    if (op == NULL)
        return;
    snprintf(status, sizeof status, "%d", a->status);
    note_seen(method, model, status);
    if (!json_object_object_get_ex(op, "responses", &o) ||
        !json_object_object_get_ex(o, status, &o))
        fail_msg("%s %s: resposta %s não documentada", method, path, status);
    if (a->json != NULL && a->status < 400 &&
        json_object_object_get_ex(o, "content", &o) &&
        json_object_object_get_ex(o, "application/json", &o) &&
        json_object_object_get_ex(o, "schema", &o))
        validate(o, a->json, path, 0);
}

void
schema_free(void)
{
    int i;

    for (i = 0; i < program_count; i++)
        json_object_put(programs[i].paths);
    program_count = 0;
}
