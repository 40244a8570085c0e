/* describe_test.c - a tabela de rotas como auditoria, mapa e OpenAPI. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail
#include <json-c/json.h>
#include <string.h>

#include "app/describe.h"

#define TEST(name) static void name(void **state)

struct msg_in {
    int64_t id, limit, reply_to;
    const char *body, *kind, *subject;
};
static const struct field msg_in[] = {
    INT(struct msg_in, id, .from = PATH, .min = 1, .doc = "Ticket"),
    INT(struct msg_in, limit, .from = QUERY, .min = 1, .max = 100,
        .fallback = 20, .doc = "Quantas"),
    TEXT(struct msg_in, body, .required = true, .max = 4000, .lines = true,
         .doc = "O \"texto\""),
    TEXT(struct msg_in, subject, .max = 80, .doc = "Assunto"),
    ENUM(struct msg_in, kind, .one_of = "text image", .doc = "Tipo"),
    INT(struct msg_in, reply_to, .min = 1, .doc = "A citada"),
    FIELDS_END
};

struct msg_out {
    int64_t id, user_id;
    bool has_user_id;
    const char *body, *media, *created_at, *status;
};
static const struct field msg_out[] = {
    INT(struct msg_out, id, .doc = "Id"),
    INT_OR_NULL(struct msg_out, user_id, .doc = "Quem escreveu"),
    TEXT(struct msg_out, body, .nullable = true, .doc = "Texto"),
    JSON(struct msg_out, media, .nullable = true, .doc = "Arquivo",
         .schema = "{\"type\":\"object\"}"),
    TIME(struct msg_out, created_at, .doc = "Quando"),
    ENUM(struct msg_out, status, .one_of = "sent read", .doc = "Estado"),
    FIELDS_END
};

static enum err
nothing(struct req *r, const void *input)
{
    (void)r;
    (void)input;
    return OK;
}

static const struct route desk[] = {
    { POST, "/api/v1/tickets/{id}/messages", nothing,
      .permit = PERM_COMPANIES_MANAGE, .auth = AUTH_EITHER,
      IN(struct msg_in, msg_in), .out = msg_out, .success = 201,
      .alias = "/api/v1/chats/{id}/messages", .doc = "Responde" },
    { GET, "/api/v1/tickets/{id}/messages", nothing, .permit = PERM_SELF,
      .out = msg_out, .out_list = true, .doc = "Lista" },
    { GET, "/api/v1/tickets", nothing, .permit = PERM_SELF, .doc = "Tickets" },
    { GET, "/api/v1/ticketsx", nothing, .auth = AUTH_PUBLIC, .doc = "Outro",
      .out_type = "text/plain" },
    { GET, "/inbox/{id}", nothing, .permit = PERM_SELF, .html = true,
      .auth = AUTH_COOKIE, .doc = "Página" },
    ROUTES_END
};

static struct arena *arena;
static struct json_object *doc;

static int
up(void **state)
{
    (void)state;
    arena = arena_new(4096);
    return 0;
}

static int
down(void **state)
{
    (void)state;
    json_object_put(doc);
    doc = NULL;
    arena_free(arena);
    return 0;
}

static struct json_object *
parse(void (*write)(struct str *, const char *, const struct route *),
      const struct route *routes)
{
    struct str s;

    str_init(&s, arena, 100);
    write(&s, "desk", routes);
    str_putc(&s, '\0');
    json_object_put(doc);
    doc = json_tokener_parse(s.data);
    if (doc == NULL)
        print_error("não é JSON:\n%s\n", s.data);
    assert_non_null(doc);
    return doc;
}

static const char *
audit(const struct route *routes)
{
    struct str s;

    str_init(&s, arena, 100);
    str_puts(&s, "");
    if (routes_audit(routes, &s))
        return "";
    return arena_strdup(arena, s.data);
}

/* O membro no caminho JSON Pointer, como texto JSON; "" se não há. */
static const char *
at(struct json_object *root, const char *pointer)
{
    struct json_object *found;

    if (json_pointer_get(root, pointer, &found) != 0)
        return "";
    return json_object_to_json_string_ext(
        found, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
}

TEST(sound_table_passes_the_audit)
{
    (void)state;
    assert_string_equal(audit(desk), "");
}

TEST(table_that_forgets_who_may_or_why_is_refused)
{
    static const struct route bad[] = {
        { GET, "/a", nothing, .permit = PERM_SELF },
        { GET, "/b", nothing, .doc = "Não diz quem pode" },
        { GET, "/b", nothing, .auth = AUTH_PUBLIC, .doc = "Repetida" },
        { GET, "/c/{open", nothing, .auth = AUTH_PUBLIC, .doc = "Chave" },
        { POST, "/d", nothing, .auth = AUTH_PUBLIC, .doc = "Campo sem lugar",
          IN(struct msg_in, msg_in) },
        ROUTES_END
    };

    (void)state;
    assert_string_equal(audit(bad), "GET /a: falta .doc\n"
                                    "GET /b: não é pública e falta .permit\n"
                                    "GET /b: rota repetida\n"
                                    "GET /c/{open: caminho malformado\n"
                                    "POST /d: o caminho não tem {id\n");
}

TEST(map_names_the_shortest_prefixes)
{
    struct json_object *map;

    (void)state;
    map = parse(routes_write, desk);
    assert_string_equal(at(map, "/handler"), "\"desk\"");
    assert_string_equal(
        at(map, "/prefixes"),
        "[\"/api/v1/tickets\",\"/api/v1/chats\",\"/api/v1/ticketsx\","
        "\"/inbox\"]");
    assert_string_equal(at(map, "/routes/0/alias"),
                        "\"/api/v1/chats/{id}/messages\"");
    assert_string_equal(at(map, "/routes/0/roles"), "[\"super\"]");
    assert_string_equal(at(map, "/routes/3/auth"), "\"public\"");
}

TEST(root_covers_every_other_prefix)
{
    static const struct route web[] = {
        { GET, "/inbox", nothing, .permit = PERM_SELF, .doc = "Caixa" },
        { GET, "/", nothing, .auth = AUTH_PUBLIC, .doc = "Início" },
        ROUTES_END
    };

    (void)state;
    assert_string_equal(at(parse(routes_write, web), "/prefixes"), "[\"/\"]");
}

#define POST_MESSAGES "/~1api~1v1~1tickets~1{id}~1messages/post"
#define GET_MESSAGES "/~1api~1v1~1tickets~1{id}~1messages/get"

TEST(operation_carries_parameters_and_body_with_bounds)
{
    struct json_object *d;

    (void)state;
    d = parse(openapi_write, desk);
    assert_string_equal(at(d, POST_MESSAGES "/operationId"),
                        "\"postTicketsByIdMessages\"");
    assert_string_equal(
        at(d, POST_MESSAGES "/parameters/0"),
        "{\"name\":\"id\",\"in\":\"path\",\"required\":true,"
        "\"description\":\"Ticket\",\"schema\":{\"type\":\"integer\","
        "\"format\":\"int64\",\"minimum\":1}}");
    assert_string_equal(
        at(d, POST_MESSAGES "/parameters/1/schema"),
        "{\"type\":\"integer\",\"format\":\"int64\",\"minimum\":1,"
        "\"maximum\":100,\"default\":20}");
    assert_string_equal(at(d, POST_MESSAGES "/parameters/2/$ref"),
                        "\"#/components/parameters/IdempotencyKey\"");
#define BODY_SCHEMA \
    POST_MESSAGES \
    "/requestBody/content/application~1json/schema"
    assert_string_equal(at(d, BODY_SCHEMA "/required"), "[\"body\"]");
    assert_string_equal(at(d, BODY_SCHEMA "/additionalProperties"), "false");
    assert_string_equal(
        at(d, BODY_SCHEMA "/properties/body"),
        "{\"type\":\"string\",\"minLength\":1,\"maxLength\":4000,"
        "\"description\":\"O \\\"texto\\\"\"}");
    assert_string_equal(at(d, BODY_SCHEMA "/properties/subject"),
                        "{\"type\":\"string\",\"maxLength\":80,"
                        "\"pattern\":\"^[^\\\\u0000-\\\\u001f\\\\u007f-"
                        "\\\\u009f\\\\u2028-\\\\u202e\\\\u2066-\\\\u2069]*$\","
                        "\"description\":\"Assunto\"}");
    assert_string_equal(at(d, BODY_SCHEMA "/properties/kind/enum"),
                        "[\"text\",\"image\"]");
    assert_string_equal(at(d, BODY_SCHEMA "/properties/id"), "");
    assert_string_equal(at(d, POST_MESSAGES "/security"),
                        "[{\"bearer\":[]},{\"cookie\":[]}]");
    assert_string_equal(at(d, POST_MESSAGES "/x-roles"), "[\"super\"]");
}

TEST(reply_schema_follows_the_out_table)
{
    struct json_object *d;

    (void)state;
    d = parse(openapi_write, desk);
#define OUT_SCHEMA \
    POST_MESSAGES \
    "/responses/201/content/application~1json/schema/properties"
    assert_string_equal(at(d, OUT_SCHEMA "/userId/type"),
                        "[\"integer\",\"null\"]");
    assert_string_equal(at(d, OUT_SCHEMA "/body/type"),
                        "[\"string\",\"null\"]");
    assert_string_equal(at(d, OUT_SCHEMA "/body/maxLength"), "");
    assert_string_equal(at(d, OUT_SCHEMA "/media/anyOf"),
                        "[{\"type\":\"object\"},{\"type\":\"null\"}]");
    assert_string_equal(at(d, OUT_SCHEMA "/createdAt/format"), "\"date-time\"");
#define LIST_SCHEMA \
    GET_MESSAGES \
    "/responses/200/content/application~1json/schema"
    assert_string_equal(at(d, LIST_SCHEMA "/required"),
                        "[\"data\",\"nextCursor\"]");
    assert_string_equal(
        at(d, LIST_SCHEMA "/properties/data/items/properties/id/type"),
        "\"integer\"");
}

TEST(only_problems_that_can_happen_are_listed)
{
    struct json_object *d;

    (void)state;
    d = parse(openapi_write, desk);
    assert_string_equal(at(d, POST_MESSAGES "/responses/422/$ref"),
                        "\"#/components/responses/Problem422\"");
    assert_string_not_equal(at(d, POST_MESSAGES "/responses/415"), "");
    assert_string_equal(at(d, GET_MESSAGES "/responses/413"), "");
    assert_string_not_equal(at(d, GET_MESSAGES "/responses/404"), "");
    assert_string_equal(at(d, "/~1api~1v1~1tickets/get/responses/404"), "");
    assert_string_equal(at(d, "/~1api~1v1~1ticketsx/get/responses/401"), "");
    assert_string_equal(at(d, "/~1api~1v1~1ticketsx/get/security"), "[]");
    assert_string_equal(at(d, "/~1api~1v1~1ticketsx/get/responses/200/content"),
                        "{\"text/plain\":{\"schema\":{\"type\":\"string\"}}}");
}

TEST(path_part_without_a_field_is_still_a_parameter)
{
    (void)state;
    assert_string_equal(
        at(parse(openapi_write, desk), GET_MESSAGES "/parameters/0"),
        "{\"name\":\"id\",\"in\":\"path\",\"required\":true,"
        "\"schema\":{\"type\":\"string\",\"minLength\":1}}");
}

TEST(pages_stay_out_of_the_api_document)
{
    (void)state;
    assert_string_equal(at(parse(openapi_write, desk), "/~1inbox~1{id}"), "");
    assert_int_equal(json_object_object_length(doc), 3);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, up, down)
    const struct CMUnitTest tests[] = {
        T(sound_table_passes_the_audit),
        T(table_that_forgets_who_may_or_why_is_refused),
        T(map_names_the_shortest_prefixes),
        T(root_covers_every_other_prefix),
        T(operation_carries_parameters_and_body_with_bounds),
        T(reply_schema_follows_the_out_table),
        T(only_problems_that_can_happen_are_listed),
        T(path_part_without_a_field_is_still_a_parameter),
        T(pages_stay_out_of_the_api_document),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
