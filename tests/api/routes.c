/* routes.c - as tabelas de rotas, lidas dos próprios programas. */
#include "routes.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

#define MAX_ROUTES 600

#define MAX_PROGRAMS 64

/* Os textos das rotas são destes: guardados, não são vazamento. */
static struct json_object *maps[MAX_PROGRAMS], *documents[MAX_PROGRAMS];
static size_t program_count;

static struct known_route routes[MAX_ROUTES];
static size_t route_count;

static struct json_object *
member(struct json_object *o, const char *name)
{
    struct json_object *v = NULL;

    return o != NULL && json_object_object_get_ex(o, name, &v) ? v : NULL;
}

static const char *
text_of(struct json_object *o, const char *name)
{
    return json_object_get_string(member(o, name));
}

static struct json_object *
printed(const char *program, const char *option)
{
    struct json_object *o;
    char command[500], *out = NULL;
    size_t n = 0, cap = 0, got;
    FILE *f;

    snprintf(command, sizeof command, "env -i '%s' %s", program, option);
    f = popen(command, "r");
    assert_non_null(f);
    do {
        if (cap - n < 4096)
            out = realloc(out, cap = cap * 2 + 65536);
        got = fread(out + n, 1, cap - n - 1, f);
        n += got;
    } while (got > 0);
    assert_int_equal(pclose(f), 0);
    out[n] = '\0';
    o = json_tokener_parse(out);
    free(out);
    if (o == NULL)
        fail_msg("%s %s não imprimiu JSON", program, option);
    return o;
}

static struct json_object *
operation_of(struct json_object *paths, const char *path, const char *method)
{
    char lower[10];
    size_t i;

    for (i = 0; method[i] != '\0' && i < sizeof lower - 1; i++)
        lower[i] = (char)(method[i] | 32);
    lower[i] = '\0';
    return member(member(paths, path), lower);
}

static void
read_program(const char *file)
{
    struct json_object *map = printed(file, "--routes"),
                       *paths = printed(file, "--openapi"),
                       *list = member(map, "routes");
    size_t i;

    assert_true(program_count < MAX_PROGRAMS);
    maps[program_count] = map;
    documents[program_count++] = paths;
    for (i = 0; i < json_object_array_length(list); i++) {
        struct json_object *r = json_object_array_get_idx(list, i);
        struct known_route *route = &routes[route_count++];

        assert_true(route_count <= MAX_ROUTES);
        *route = (struct known_route){
            .program = text_of(map, "handler"),
            .method = text_of(r, "method"),
            .path = text_of(r, "path"),
            .auth = text_of(r, "auth"),
            .permit = permission_parse(text_of(r, "permission")),
        };
        route->operation = operation_of(paths, route->path, route->method);
        route->is_page = route->operation == NULL;
    }
}

const struct known_route *
known_routes(size_t *count)
{
    const char *build = getenv("BUILD");
    glob_t files;
    size_t i;

    if (route_count == 0) {
        assert_int_equal(
            glob(text("%s/cgi-bin/*.fcgi", build != NULL ? build : "build"), 0,
                 NULL, &files),
            0);
        for (i = 0; i < files.gl_pathc; i++)
            read_program(files.gl_pathv[i]);
        globfree(&files);
    }
    *count = route_count;
    return routes;
}

const char *
nobody_id(const char *path, const char *name)
{
    (void)name;
    if (strstr(path, "/sessions/{") != NULL)
        return "00000000-0000-4000-8000-000000000000";
    return "987654321";
}

const char *
filled_path(const struct known_route *route, id_for id)
{
    const char *p = route->path, *out = "";

    while (*p != '\0') {
        size_t n = strcspn(p, "{");

        out = text("%s%.*s", out, (int)n, p);
        p += n;
        if (*p == '{') {
            const char *name;

            n = strcspn(++p, "}");
            name = text("%.*s", (int)n, p);
            out = text("%s%s", out, id(route->path, name));
            p += n + 1;
        }
    }
    return out;
}

static struct json_object *
body_schema(const struct known_route *route)
{
    struct json_object *content =
        member(member(route->operation, "requestBody"), "content");

    return member(member(content, "application/json"), "schema");
}

/* Campo que é número de outra coisa: "queueId", "queueIds". */
static bool
is_id_name(const char *name)
{
    size_t n = strlen(name);

    return (n > 2 && strcmp(name + n - 2, "Id") == 0) ||
           (n > 3 && strcmp(name + n - 3, "Ids") == 0);
}

static struct json_object *
sample_text(const char *name, struct json_object *schema)
{
    static const struct {
        const char *part, *value;
    } known[] = {
        { "mail", "alguem.novo@exemplo.test" },
        { "assword", "uma senha bem comprida 7" },
        { "imeZone", "America/Sao_Paulo" },
        { "token", "0123456789abcdefABCDEF0123456789abcdefABCDE" },
        { "oken", "0123456789abcdefABCDEF0123456789abcdefABCDE" },
        { "code", "123456" },
        { "phone", "5511999990000" },
        { "document", "52998224725" },
        { "scopes", "tickets.read" },
        { "permissions", "tickets.read" },
    };
    size_t i;

    (void)schema;
    for (i = 0; i < sizeof known / sizeof *known; i++)
        if (strstr(name, known[i].part) != NULL)
            return json_object_new_string(known[i].value);
    return json_object_new_string("Um texto qualquer");
}

/* O menor inteiro que a tabela aceita, a partir de 1. */
static int64_t
least(struct json_object *schema)
{
    int64_t least = json_object_get_int64(member(schema, "minimum"));

    return least > 1 ? least : 1;
}

static struct json_object *
sample(const char *path, const char *name, struct json_object *schema,
       id_for id)
{
    struct json_object *type = member(schema, "type"),
                       *values = member(schema, "enum"), *list;
    const char *kind;

    if (json_object_is_type(type, json_type_array))
        type = json_object_array_get_idx(type, 0);
    kind = json_object_get_string(type);
    /* numa mensagem, o arquivo não vai junto com body */
    if (kind == NULL ||
        ((strcmp(name, "fileId") == 0 || strcmp(name, "quickReplyId") == 0) &&
         strstr(path, "/tickets/{id}/messages") != NULL))
        return NULL;
    if (strcmp(name, "scopes") == 0 || strcmp(name, "permissions") == 0)
        values = strcmp(kind, "string") == 0 ? NULL : values;
    if (values != NULL)
        return json_object_get(json_object_array_get_idx(values, 0));
    if (strcmp(kind, "array") == 0) {
        list = json_object_new_array();
        json_object_array_add(list,
                              sample(path, name, member(schema, "items"), id));
        return list;
    }
    if (strcmp(kind, "boolean") == 0)
        return json_object_new_boolean(true);
    if (strcmp(kind, "integer") == 0)
        return json_object_new_int64(is_id_name(name)
                                         ? strtoll(id(path, name), NULL, 10)
                                         : least(schema));
    if (strcmp(kind, "number") == 0)
        return json_object_new_double(1);
    return strcmp(kind, "string") == 0 ? sample_text(name, schema) : NULL;
}

const char *
valid_body(const struct known_route *route, id_for id)
{
    struct json_object *schema = body_schema(route), *body;
    const char *out;

    if (member(schema, "properties") == NULL)
        return NULL;
    body = json_object_new_object();
    json_object_object_foreach (member(schema, "properties"), name, s) {
        struct json_object *v = sample(route->path, name, s, id);

        if (v != NULL)
            json_object_object_add(body, name, v);
    }
    out = text("%s", json_object_to_json_string(body));
    json_object_put(body);
    return out;
}

bool
route_takes_ids(const struct known_route *route)
{
    struct json_object *properties = member(body_schema(route), "properties");

    if (strchr(route->path, '{') != NULL)
        return true;
    if (properties == NULL)
        return false;
    json_object_object_foreach (properties, name, schema) {
        (void)schema;
        if (is_id_name(name))
            return true;
    }
    return false;
}
