/* fields_test.c - os campos próprios: definir, mudar, apagar. */
#include <inttypes.h>
#include <string.h>

#include "harness.h"

static struct answer *
send_as(int64_t person, const char *method, const char *path, const char *body)
{
    return call(&(struct call){ .program = "desk",
                                .method = method,
                                .path = path,
                                .token = token_of(person),
                                .body = body });
}

static struct answer *
create(const char *body)
{
    return send_as(fx.admin, "POST", "/api/v1/fields", body);
}

TEST(admin_creates_a_field_and_the_key_comes_from_the_label)
{
    struct answer *a = create("{\"target\":\"contact\",\"kind\":\"select\","
                              "\"label\":\"Plano de Saúde!\","
                              "\"options\":[\"Básico\",\"O \\\"bom\\\"\"]}");

    UNUSED;
    assert_status(a, 201);
    assert_string_equal(at_text(a, "key"), "plano_de_saude");
    assert_string_equal(at_text(a, "options.1"), "O \"bom\"");
    assert_int_equal(at_int(a, "position"), 1);
    a = create(
        "{\"target\":\"contact\",\"kind\":\"text\",\"label\":\"2º nome\","
        "\"options\":[\"ignorada\"]}");
    assert_string_equal(at_text(a, "key"), "x2o_nome");
    assert_int_equal(json_object_array_length(at(a, "options")), 0);
    assert_int_equal(at_int(a, "position"), 2);
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE action = "
                             "'custom_field.created'"),
                     2);
    a = send_as(fx.agent, "GET", "/api/v1/fields?target=contact", NULL);
    assert_status(a, 200);
    assert_int_equal(json_object_array_length(at(a, "data")), 2);
    a = send_as(fx.agent, "GET", "/api/v1/fields?target=ticket", NULL);
    assert_int_equal(json_object_array_length(at(a, "data")), 0);
    a = send_as(fx.stranger, "GET", "/api/v1/fields", NULL);
    assert_int_equal(json_object_array_length(at(a, "data")), 0);
}

TEST(bad_definitions_are_refused_with_their_field)
{
    struct answer *a;

    UNUSED;
    assert_field(create("{\"target\":\"contact\",\"kind\":\"select\","
                        "\"label\":\"Plano\"}"),
                 "options", "required");
    assert_field(create("{\"target\":\"contact\",\"kind\":\"select\","
                        "\"label\":\"Plano\",\"options\":[1]}"),
                 "options", "type");
    assert_field(create("{\"target\":\"contact\",\"kind\":\"text\","
                        "\"label\":\"!!!\"}"),
                 "key", "format");
    assert_field(create("{\"target\":\"user\",\"kind\":\"text\","
                        "\"label\":\"x\"}"),
                 "target", "one_of");
    assert_status(create("{\"target\":\"contact\",\"kind\":\"text\","
                         "\"label\":\"Cidade\"}"),
                  201);
    a = create("{\"target\":\"contact\",\"kind\":\"number\","
               "\"label\":\"CIDADE\"}");
    assert_problem(a, 409, "conflict");
    assert_field(a, "key", "taken");
    assert_status(create("{\"target\":\"ticket\",\"kind\":\"number\","
                         "\"label\":\"CIDADE\"}"),
                  201);
    assert_problem(send_as(fx.agent, "POST", "/api/v1/fields",
                           "{\"target\":\"contact\",\"kind\":\"text\","
                           "\"label\":\"x\"}"),
                   403, "forbidden");
    sql("INSERT INTO custom_fields (company_id, target, key, label, kind) "
        "SELECT 1, 'ticket', 'k' || i, 'k', 'text' FROM generate_series(1, 60) "
        "i");
    assert_problem(create("{\"target\":\"ticket\",\"kind\":\"text\","
                          "\"label\":\"mais um\"}"),
                   409, "limit-reached");
}

TEST(field_changes_by_version_and_goes_away)
{
    struct answer *a = create("{\"target\":\"contact\",\"kind\":\"select\","
                              "\"label\":\"Plano\",\"options\":[\"A\"]}");
    const char *path = text("/api/v1/fields/%" PRId64, at_int(a, "id"));

    UNUSED;
    a = send_as(fx.admin, "PATCH", path,
                "{\"label\":\"Planos\",\"required\":true,\"version\":1}");
    assert_status(a, 200);
    assert_string_equal(at_text(a, "label"), "Planos");
    assert_string_equal(at_text(a, "key"), "plano");
    assert_string_equal(at_text(a, "options.0"), "A");
    assert_int_equal(at_int(a, "version"), 2);
    assert_problem(send_as(fx.admin, "PATCH", path, "{\"version\":1}"), 409,
                   "conflict");
    a = send_as(fx.admin, "PUT", path,
                "{\"label\":\"P\",\"options\":[\"B\",\"C\"],\"version\":2}");
    assert_status(a, 200);
    assert_int_equal(json_object_array_length(at(a, "options")), 2);
    assert_problem(
        send_as(fx.admin, "PUT", path, "{\"label\":\"P\",\"version\":2}"), 409,
        "conflict");
    assert_status(send_as(fx.agent, "GET", path, NULL), 200);
    assert_problem(send_as(fx.stranger, "GET", path, NULL), 404, "not-found");
    assert_problem(send_as(fx.stranger, "PATCH", path, "{\"label\":\"x\"}"),
                   404, "not-found");
    assert_problem(
        send_as(fx.stranger, "PUT", path, "{\"label\":\"x\",\"version\":1}"),
        404, "not-found");
    assert_problem(send_as(fx.stranger, "DELETE", path, NULL), 404,
                   "not-found");
    assert_status(send_as(fx.admin, "DELETE", path, NULL), 204);
    assert_problem(send_as(fx.admin, "GET", path, NULL), 404, "not-found");
    assert_problem(send_as(fx.admin, "DELETE", path, NULL), 404, "not-found");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(
            admin_creates_a_field_and_the_key_comes_from_the_label,
            harness_reset),
        cmocka_unit_test_setup(bad_definitions_are_refused_with_their_field,
                               harness_reset),
        cmocka_unit_test_setup(field_changes_by_version_and_goes_away,
                               harness_reset),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
