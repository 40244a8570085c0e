/*
 * openapi.c - a tabela de rotas como o trecho `paths` do OpenAPI 3.1. Os
 * componentes a que ele se refere (Problem400 …, bearer, cookie) são postos
 * por src/tools/openapi_join.mjs, que junta os trechos de todos os programas.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "app/describe.h"
#include "app/openapi_schema.h"

static bool
has_body(const struct route *route)
{
    const struct field *f;

    if (route->accepts == ACCEPT_RAW)
        return route->method != GET && route->method != DELETE;
    for (f = route->in; f != NULL && f->kind != FIELD_END; f++)
        if (f->from == BODY)
            return true;
    return false;
}

static const char *
body_type(const struct route *route)
{
    return route->accepts == ACCEPT_FORM ? "application/x-www-form-urlencoded"
           : route->accepts == ACCEPT_MULTIPART ? "multipart/form-data"
                                                : "application/json";
}

/* Que tipos cada arquivo aceita: "image/png image/webp" vira uma lista. */
static void
file_types(struct str *s, const struct route *route)
{
    const struct field *f;
    const char *p;
    char name[64];
    size_t n;

    json_key(s, "encoding");
    str_putc(s, '{');
    for (f = route->in; f->kind != FIELD_END; f++) {
        if (f->kind != FIELD_FILE || f->one_of == NULL)
            continue;
        json_key(s, field_json_name(f, name));
        str_puts(s, "{\"contentType\":\"");
        for (p = f->one_of; (n = strcspn(p, " ")) > 0; p += n + (p[n] == ' ')) {
            str_puts(s, p == f->one_of ? "" : ", ");
            str_add(s, p, n);
        }
        str_puts(s, "\"}");
    }
    str_putc(s, '}');
}

static void
request_body(struct str *s, const struct route *route)
{
    const struct field *f;
    bool required = route->accepts == ACCEPT_RAW;

    for (f = route->in; f != NULL && f->kind != FIELD_END; f++)
        required = required || (f->from == BODY && f->required);
    json_key(s, "requestBody");
    str_printf(s, "{\"required\":%s,\"content\":{",
               required ? "true" : "false");
    if (route->accepts == ACCEPT_RAW) {
        str_puts(s, "\"application/json\":{\"schema\":{}}");
    } else {
        json_key(s, body_type(route));
        str_puts(s, "{\"schema\":");
        schema_object(s, route->in, SIDE_IN);
        if (route->accepts == ACCEPT_MULTIPART)
            file_types(s, route);
        str_putc(s, '}');
    }
    str_puts(s, "}}");
}

static void
parameter(struct str *s, const struct field *f)
{
    char name[64];

    json_comma(s);
    str_putc(s, '{');
    json_text(s, "name", field_json_name(f, name));
    json_text(s, "in", f->from == PATH ? "path" : "query");
    json_key(s, "required");
    str_puts(s, f->required || f->from == PATH ? "true" : "false");
    if (f->doc != NULL)
        json_text(s, "description", f->doc);
    json_key(s, "schema");
    schema_field(s, f, SIDE_IN, false);
    str_putc(s, '}');
}

/* Trecho do caminho que nenhum campo descreve: ainda assim é parâmetro. */
static void
loose_parameters(struct str *s, const struct route *route)
{
    const char *p = route->path;
    const struct field *f;
    char name[64];

    for (; (p = strchr(p, '{')) != NULL; p++) {
        size_t n = strcspn(p + 1, "}");
        bool known = false;

        for (f = route->in; f != NULL && f->kind != FIELD_END; f++) {
            const char *json = field_json_name(f, name);

            known = known || (f->from == PATH && strlen(json) == n &&
                              memcmp(json, p + 1, n) == 0);
        }
        if (known)
            continue;
        json_comma(s);
        str_puts(s, "{\"name\":");
        str_json_n(s, p + 1, n);
        str_puts(s, ",\"in\":\"path\",\"required\":true,"
                    "\"schema\":{\"type\":\"string\",\"minLength\":1}}");
    }
}

static bool
is_public(const struct route *route)
{
    return route->auth == AUTH_PUBLIC || route->auth == AUTH_PUBLIC_FORM;
}

static void
parameters(struct str *s, const struct route *route)
{
    const struct field *f;

    json_key(s, "parameters");
    str_putc(s, '[');
    loose_parameters(s, route);
    for (f = route->in; f != NULL && f->kind != FIELD_END; f++)
        if (f->from != BODY)
            parameter(s, f);
    if (route->method == POST && !is_public(route)) {
        json_comma(s);
        str_puts(s, "{\"$ref\":\"#/components/parameters/IdempotencyKey\"}");
    }
    str_putc(s, ']');
}

static void
success_schema(struct str *s, const struct route *route)
{
    if (route->out == NULL) {
        str_puts(s, "{}");
    } else if (route->out_list) {
        str_puts(s, "{\"type\":\"object\",\"properties\":{\"data\":{"
                    "\"type\":\"array\",\"items\":");
        schema_object(s, route->out, SIDE_OUT);
        str_puts(s, "},\"nextCursor\":{\"type\":[\"string\",\"null\"],"
                    "\"description\":\"cursor da próxima página; null no "
                    "fim\"}},\"required\":[\"data\",\"nextCursor\"]}");
    } else {
        schema_object(s, route->out, SIDE_OUT);
    }
}

static void
success(struct str *s, const struct route *route)
{
    int status = route->success != 0 ? route->success : 200;

    str_printf(s, "\"%d\":{\"description\":", status);
    str_json(s, status == 204 ? "Feito, sem corpo" : route->doc);
    if (status != 204 && (status < 300 || status > 399)) {
        json_key(s, "content");
        str_putc(s, '{');
        json_key(s, route->out_type != NULL ? route->out_type
                                            : "application/json");
        str_puts(s, "{\"schema\":");
        if (route->out_type != NULL)
            str_puts(s, "{\"type\":\"string\"}");
        else
            success_schema(s, route);
        str_puts(s, "}}");
    }
    str_putc(s, '}');
}

/* O status está na lista de recusas do próprio tratador? */
static bool
refuses(const struct route *route, int status)
{
    char text[8];

    snprintf(text, sizeof text, "%d", status);
    return route->refuses != NULL && strstr(route->refuses, text) != NULL;
}

/* O problema pode acontecer nesta rota? Na ordem das recusas (STYLE §3). */
static bool
can_fail(const struct route *route, int status)
{
    bool changes = route->method != GET;

    if (refuses(route, status))
        return true;
    switch (status) {
    case 400:
    case 422: /* até um parâmetro que ninguém conhece */
        return true;
    case 401:
    case 403:
        return !is_public(route);
    case 404:
        return strchr(route->path, '{') != NULL;
    case 409: /* só quem tem com o que conflitar o diz, em .refuses */
    case 416: /* e só quem dá trechos */
        return false;
    case 413:
        return changes;
    case 415:
        return changes && route->accepts != ACCEPT_RAW;
    default:
        return !route->no_db;
    }
}

static void
responses(struct str *s, const struct route *route)
{
    static const int statuses[] = { 400, 401, 403, 404, 409, 413, 415,
                                    416, 422, 429, 500, 503, 504 };
    size_t i;

    json_key(s, "responses");
    str_putc(s, '{');
    success(s, route);
    if (refuses(route, 206))
        str_puts(s, ",\"206\":{\"description\":\"O trecho pedido\",\"content\":"
                    "{\"application/octet-stream\":{\"schema\":{\"type\":"
                    "\"string\"}}}}");
    if (refuses(route, 304))
        str_puts(s, ",\"304\":{\"description\":\"Não mudou\"}");
    for (i = 0; i < sizeof statuses / sizeof *statuses; i++)
        if (can_fail(route, statuses[i]))
            str_printf(s,
                       ",\"%d\":{\"$ref\":\"#/components/responses/"
                       "Problem%d\"}",
                       statuses[i], statuses[i]);
    str_putc(s, '}');
}

static void
security(struct str *s, const struct route *route)
{
    static const char *const schemes[] = {
        [AUTH_TOKEN] = "[{\"bearer\":[]}]",
        [AUTH_COOKIE] = "[{\"cookie\":[]}]",
        [AUTH_EITHER] = "[{\"bearer\":[]},{\"cookie\":[]}]",
        [AUTH_STREAM] = "[{\"bearer\":[]},{\"cookie\":[]},{\"stream\":[]}]",
        [AUTH_PUBLIC] = "[]",
        [AUTH_PUBLIC_FORM] = "[]",
    };

    json_key(s, "security");
    str_puts(s, schemes[route->auth]);
    if (is_public(route))
        return;
    json_text(s, "x-permission", permission_info(route->permit)->slug);
    json_key(s, "x-roles");
    roles_write(s, route->permit);
}

/* GET /api/v1/tickets/{id}/messages -> "getTicketsByIdMessages". */
static void
operation_id(struct str *s, const struct route *route)
{
    const char *p = route->path, *m = method_name(route->method);
    bool upper = true;

    if (strncmp(p, "/api/v1/", 8) == 0)
        p += 7;
    json_key(s, "operationId");
    str_putc(s, '"');
    for (; *m != '\0'; m++)
        str_putc(s, (char)tolower((unsigned char)*m));
    for (; *p != '\0'; p++) {
        if (*p == '{')
            str_puts(s, "By");
        if (isalnum((unsigned char)*p))
            str_putc(s, upper ? (char)toupper((unsigned char)*p) : *p);
        upper = !isalnum((unsigned char)*p);
    }
    str_putc(s, '"');
}

/* Quem pode chamar, em palavras. */
static void
describe_access(struct str *s, const struct route *route)
{
    const struct permission_info *p = permission_info(route->permit);
    struct str text;

    if (is_public(route)) {
        str_json(s, "Pública: não pede identificação.");
        return;
    }
    str_init(&text, s->arena, 160);
    str_printf(&text, "Exige a permissão `%s`: %s.", p->slug, p->doc);
    str_json(s, text.data);
}

static void
operation(struct str *s, const char *name, const struct route *route)
{
    const char *m = method_name(route->method);

    json_comma(s);
    str_puts(s, "\n  \"");
    for (; *m != '\0'; m++)
        str_putc(s, (char)tolower((unsigned char)*m));
    str_puts(s, "\":{");
    operation_id(s, route);
    json_text(s, "summary", route->doc);
    json_key(s, "tags");
    str_putc(s, '[');
    str_json(s, name);
    str_putc(s, ']');
    json_key(s, "description");
    describe_access(s, route);
    if (route->alias != NULL)
        json_text(s, "x-alias", route->alias);
    security(s, route);
    parameters(s, route);
    if (has_body(route))
        request_body(s, route);
    responses(s, route);
    str_putc(s, '}');
}

static bool
seen_before(const struct route *routes, const struct route *route)
{
    const struct route *other;

    for (other = routes; other != route; other++)
        if (!other->html && strcmp(other->path, route->path) == 0)
            return true;
    return false;
}

void
openapi_write(struct str *s, const char *name, const struct route *routes)
{
    const struct route *first, *route;

    str_putc(s, '{');
    for (first = routes; first->path != NULL; first++) {
        if (first->html || seen_before(routes, first))
            continue;
        json_comma(s);
        str_putc(s, '\n');
        str_json(s, first->path);
        str_puts(s, ":{");
        for (route = first; route->path != NULL; route++)
            if (!route->html && strcmp(route->path, first->path) == 0)
                operation(s, name, route);
        str_putc(s, '}');
    }
    str_puts(s, "\n}\n");
}
