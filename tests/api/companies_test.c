/*
 * companies_test.c - empresas: listar, ler, mudar, limitar, suspender, apagar;
 * papéis próprios e a matriz de permissões.
 */
#include "harness.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hook.h"

static struct answer *
ask(int64_t person, const char *method, const char *path, const char *body)
{
    return call(
        &(struct call){ .program = "accounts",
                        .method = method,
                        .path = path,
                        .body = body,
                        .token = person != 0 ? token_of(person) : NULL });
}

static struct answer *
patch(int64_t person, int64_t company, const char *body)
{
    return ask(person, "PATCH", text("/api/v1/companies/%" PRId64, company),
               body);
}

static struct answer *
look(int64_t person, int64_t company)
{
    return ask(person, "GET", text("/api/v1/companies/%" PRId64, company),
               NULL);
}

static int
count_of(const struct answer *a)
{
    return (int)json_object_array_length(at(a, "data"));
}

static int64_t
audits(const char *action)
{
    return sql_int("SELECT count(*) FROM audit_log WHERE action = '%s'",
                   action);
}

/* ---- ler ---- */

TEST(person_lists_only_the_companies_they_belong_to)
{
    struct answer *a = ask(fx.both, "GET", "/api/v1/companies", NULL);

    UNUSED;
    assert_status(a, 200);
    assert_int_equal(count_of(a), 2);
    assert_string_equal(at_text(a, "data.0.name"), "Oficina B");
    assert_string_equal(at_text(a, "data.0.role"), "supervisor");
    assert_true(json_object_get_boolean(at(a, "data.1.current")));
    assert_null(at(a, "data.0.users"));
    a = ask(fx.agent, "GET", "/api/v1/companies", NULL);
    assert_int_equal(count_of(a), 1);
    a = ask(fx.agent, "GET", "/api/v1/companies?search=oficina", NULL);
    assert_int_equal(count_of(a), 0);
}

TEST(platform_lists_every_company_page_by_page)
{
    struct answer *a = ask(fx.super, "GET", "/api/v1/companies?limit=1", NULL);

    UNUSED;
    assert_status(a, 200);
    assert_int_equal(count_of(a), 1);
    assert_string_equal(at_text(a, "data.0.name"), "Oficina B");
    assert_int_equal(at_int(a, "data.0.users"), 2);
    assert_null(at(a, "data.0.role"));
    assert_string_equal(at_text(a, "nextCursor"), "2,oficina b");
    a = ask(fx.super, "GET", "/api/v1/companies?limit=1&cursor=2,oficina%20b",
            NULL);
    assert_string_equal(at_text(a, "data.0.name"), "Padaria A");
    assert_null(at(a, "nextCursor"));
    a = ask(fx.super, "GET", "/api/v1/companies?search=PADARIA", NULL);
    assert_int_equal(count_of(a), 1);
    assert_field(ask(fx.super, "GET", "/api/v1/companies?cursor=x", NULL),
                 "cursor", "format");
}

TEST(company_shows_members_to_those_who_may_see_people)
{
    struct answer *a = look(fx.admin, fx.company);

    UNUSED;
    assert_status(a, 200);
    assert_string_equal(at_text(a, "name"), "Padaria A");
    assert_string_equal(at_text(a, "timeZone"), "America/Sao_Paulo");
    assert_null(at(a, "businessHours"));
    assert_null(at(a, "maxUsers"));
    assert_int_equal(at_int(a, "users"), 6);
    assert_int_equal(json_object_array_length(at(a, "members")), 6);
    assert_string_equal(at_text(a, "members.1.name"), "Bruno Agente");
    assert_int_equal(at_int(a, "members.1.queueIds.0"), fx.queue);
    assert_string_equal(header_of(a, "ETag"), "\"1\"");
    a = look(fx.agent, fx.company);
    assert_status(a, 200);
    assert_null(at(a, "members"));
    assert_problem(look(fx.auditor, fx.company), 403, "forbidden");
    assert_problem(look(0, fx.company), 401, "unauthorized");
}

TEST(other_company_does_not_exist_except_for_the_platform)
{
    UNUSED;
    assert_problem(look(fx.admin, fx.other_company), 404, "not-found");
    assert_problem(look(fx.stranger, fx.company), 404, "not-found");
    /* é da pessoa, mas não é a do token */
    assert_problem(look(fx.both, fx.other_company), 404, "not-found");
    assert_status(look(fx.super, fx.other_company), 200);
    assert_problem(look(fx.super, 999), 404, "not-found");
    assert_problem(patch(fx.admin, fx.other_company, "{\"name\":\"X\"}"), 404,
                   "not-found");
    assert_string_equal(sql("SELECT name FROM companies WHERE id = 2"),
                        "Oficina B");
}

/* ---- mudar ---- */

TEST(admin_changes_part_of_the_settings_and_it_is_audited)
{
    struct answer *a =
        patch(fx.admin, fx.company,
              "{\"name\":\"Padaria Áurea\",\"timeZone\":\"Europe/Lisbon\","
              "\"retentionDays\":90,\"defaultVisibility\":\"own\"}");

    UNUSED;
    assert_status(a, 200);
    assert_string_equal(at_text(a, "name"), "Padaria Áurea");
    assert_string_equal(at_text(a, "timeZone"), "Europe/Lisbon");
    assert_string_equal(at_text(a, "locale"), "pt-BR");
    assert_int_equal(at_int(a, "retentionDays"), 90);
    assert_int_equal(at_int(a, "version"), 2);
    assert_int_equal(audits("company.updated"), 1);
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE company_id "
                             "= 1 AND before ->> 'name' = 'Padaria A' AND "
                             "user_id = 11"),
                     1);
    a = patch(fx.admin, fx.company, "{\"retentionDays\":null}");
    assert_null(at(a, "retentionDays"));
}

TEST(bad_settings_are_refused_field_by_field)
{
    UNUSED;
    assert_field(patch(fx.admin, 1, "{\"timeZone\":\"Brasília\"}"), "timeZone",
                 "unknown");
    assert_field(patch(fx.admin, 1, "{\"timeZone\":\"posix/UTC\"}"), "timeZone",
                 "unknown");
    assert_field(patch(fx.admin, 1, "{\"retentionDays\":7}"), "retentionDays",
                 "min");
    assert_field(patch(fx.admin, 1, "{\"retentionDays\":40000}"),
                 "retentionDays", "max");
    assert_field(patch(fx.admin, 1, "{\"name\":\"\"}"), "name", "min");
    assert_field(patch(fx.admin, 1, "{\"locale\":\"fr\"}"), "locale", "one_of");
    assert_field(patch(fx.admin, 1, "{\"maxUsers\":9}"), "maxUsers", "unknown");
    assert_field(patch(fx.admin, 1, "{\"suspended\":true}"), "suspended",
                 "unknown");
    assert_problem(patch(fx.agent, 1, "{\"name\":\"X\"}"), 403, "forbidden");
    assert_problem(patch(fx.supervisor, 1, "{\"name\":\"X\"}"), 403,
                   "forbidden");
    assert_int_equal(sql_int("SELECT version FROM companies WHERE id = 1"), 1);
}

TEST(business_hours_are_kept_in_order_and_checked)
{
    struct answer *a = patch(
        fx.admin, 1,
        "{\"businessHours\":{\"tue\":[],\"mon\":[{\"from\":\"13:00\",\"to\":"
        "\"24:00\"},{\"from\":\"08:00\",\"to\":\"12:00\"}]}}");
    static const struct {
        const char *hours, *field, *rule;
    } bad[] = {
        { "[]", "businessHours", "type" },
        { "\"sempre\"", "businessHours", "type" },
        { "{\"seg\":[]}", "businessHours", "one_of" },
        { "{\"mon\":{}}", "businessHours.mon", "type" },
        { "{\"mon\":[\"08:00\"]}", "businessHours.mon", "type" },
        { "{\"mon\":[{\"from\":\"08:00\"}]}", "businessHours.mon", "type" },
        { "{\"mon\":[{\"from\":\"8:00\",\"to\":\"12:00\"}]}",
          "businessHours.mon", "format" },
        { "{\"mon\":[{\"from\":\"08:60\",\"to\":\"12:00\"}]}",
          "businessHours.mon", "format" },
        { "{\"mon\":[{\"from\":\"08:00\",\"to\":\"24:01\"}]}",
          "businessHours.mon", "format" },
        { "{\"mon\":[{\"from\":\"08:00\",\"to\":\"08:00\"}]}",
          "businessHours.mon", "order" },
        { "{\"mon\":[{\"from\":\"22:00\",\"to\":\"02:00\"}]}",
          "businessHours.mon", "order" },
        { "{\"sun\":[{\"from\":\"08:00\",\"to\":\"12:00\"},{\"from\":"
          "\"11:59\",\"to\":\"13:00\"}]}",
          "businessHours.sun", "overlap" },
    };
    size_t i;

    UNUSED;
    assert_status(a, 200);
    assert_string_equal(at_text(a, "businessHours.mon.0.from"), "08:00");
    assert_string_equal(at_text(a, "businessHours.mon.1.to"), "24:00");
    assert_null(at(a, "businessHours.tue"));
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_field(
            patch(fx.admin, 1, text("{\"businessHours\":%s}", bad[i].hours)),
            bad[i].field, bad[i].rule);
    a = patch(fx.admin, 1, "{\"businessHours\":null}");
    assert_status(a, 200);
    assert_null(at(a, "businessHours"));
}

TEST(stale_version_answers_409_and_changes_nothing)
{
    struct call c = { .program = "accounts",
                      .method = "PATCH",
                      .path = "/api/v1/companies/1",
                      .body = "{\"name\":\"Nova\"}",
                      .token = token_of(fx.admin),
                      .headers = { "If-Match: \"1\"" } };
    static const char put[] =
        "{\"name\":\"Inteira\",\"locale\":\"en\",\"timeZone\":\"UTC\","
        "\"businessHours\":null,\"retentionDays\":null,\"requireTwoFactor\":"
        "false,\"defaultVisibility\":\"queues\"%s}";

    UNUSED;
    assert_status(call(&c), 200);
    assert_problem(call(&c), 409, "conflict");
    c.headers[0] = "If-Match: W/x";
    assert_problem(call(&c), 409, "conflict");
    assert_problem(patch(fx.admin, 1, "{\"name\":\"V\",\"version\":1}"), 409,
                   "conflict");
    assert_field(ask(fx.admin, "PUT", "/api/v1/companies/1", text(put, "")),
                 "version", "required");
    assert_problem(ask(fx.admin, "PUT", "/api/v1/companies/1",
                       text(put, ",\"version\":1")),
                   409, "conflict");
    assert_status(ask(fx.admin, "PUT", "/api/v1/companies/1",
                      text(put, ",\"version\":2")),
                  200);
    assert_string_equal(
        sql("SELECT name || locale FROM companies WHERE id = 1"), "Inteiraen");
    assert_field(ask(fx.admin, "PUT", "/api/v1/companies/1", "{\"version\":3}"),
                 "requireTwoFactor", "required");
}

TEST(two_factor_is_demanded_only_by_someone_who_has_it)
{
    const char *old = token_of(fx.agent);

    UNUSED;
    assert_field(patch(fx.admin, 1, "{\"requireTwoFactor\":true}"),
                 "requireTwoFactor", "not_yours");
    sql("UPDATE users SET totp_enabled_at = now(), totp_secret = '\\x00' "
        "WHERE id = 11");
    assert_status(patch(fx.admin, 1, "{\"requireTwoFactor\":true}"), 200);
    /* quem não a tem perde já o que podia, e a lista de empresas é dele */
    assert_problem(call(&(struct call){ .program = "accounts",
                                        .path = "/api/v1/companies/1",
                                        .token = old }),
                   401, "unauthorized");
    assert_problem(look(fx.agent, 1), 403, "two-factor-setup");
    assert_status(ask(fx.agent, "GET", "/api/v1/companies", NULL), 200);
}

/* ---- marca ---- */

/* GIF de 1 x 1. */
static const char gif[] = "GIF89a\1\0\1\0\200\0\0\377\0\0\0\0\0!\371\4\0\0\0\0"
                          "\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;";

static struct answer *
send_logo(int64_t person, int64_t company, const char *data, size_t n)
{
    static char body[4096];
    int head = snprintf(body, sizeof body,
                        "--limite\r\nContent-Disposition: form-data; "
                        "name=\"picture\"; filename=\"m.gif\"\r\n"
                        "Content-Type: image/gif\r\n\r\n");

    memcpy(body + head, data, n);
    memcpy(body + head + n, "\r\n--limite--\r\n", 15);
    return call(&(struct call){
        .program = "accounts",
        .method = "PUT",
        .path = text("/api/v1/companies/%" PRId64 "/logo", company),
        .type = "multipart/form-data; boundary=limite",
        .body = body,
        .body_len = (size_t)head + n + 14,
        .token = token_of(person) });
}

TEST(logo_is_rewritten_served_with_etag_and_removed)
{
    const char *path = "/api/v1/companies/1/logo";
    struct answer *a;
    const char *etag;

    UNUSED;
    assert_problem(ask(fx.agent, "GET", path, NULL), 404, "not-found");
    assert_status(send_logo(fx.admin, 1, gif, sizeof gif - 1), 204);
    a = ask(fx.agent, "GET", path, NULL);
    assert_status(a, 200);
    assert_memory_equal(a->body, "RIFF", 4);
    etag = header_of(a, "ETag");
    a = call(&(struct call){ .program = "accounts",
                             .path = path,
                             .token = token_of(fx.agent),
                             .headers = { text("If-None-Match: %s", etag) } });
    assert_status(a, 304);
    assert_problem(ask(fx.stranger, "GET", path, NULL), 404, "not-found");
    assert_problem(send_logo(fx.stranger, 1, gif, sizeof gif - 1), 404,
                   "not-found");
    assert_problem(send_logo(fx.super, 2, gif, sizeof gif - 1), 404,
                   "not-found");
    assert_field(send_logo(fx.admin, 1, "<svg/>", 6), "picture", "type");
    assert_problem(send_logo(fx.agent, 1, gif, sizeof gif - 1), 403,
                   "forbidden");
    assert_problem(ask(fx.agent, "DELETE", path, NULL), 403, "forbidden");
    assert_problem(ask(fx.stranger, "DELETE", path, NULL), 404, "not-found");
    assert_status(ask(fx.admin, "DELETE", path, NULL), 204);
    assert_problem(ask(fx.admin, "GET", path, NULL), 404, "not-found");
}

/* ---- plataforma ---- */

static struct answer *
create(int64_t person, const char *body)
{
    return ask(person, "POST", "/api/v1/companies", body);
}

TEST(platform_creates_a_company_with_an_invited_admin)
{
    struct answer *a =
        create(fx.super, "{\"name\":\"Loja C\",\"adminEmail\":\"dona@c.test\","
                         "\"adminName\":\"Dona C\",\"maxUsers\":3}");
    int64_t id;

    UNUSED;
    assert_status(a, 201);
    assert_string_equal(at_text(a, "admin"), "invited");
    id = at_int(a, "id");
    assert_int_equal(sql_int("SELECT count(*) FROM invitations WHERE "
                             "company_id = %" PRId64
                             " AND email = 'dona@c.test' AND role = 'admin'",
                             id),
                     1);
    assert_int_equal(sql_int("SELECT count(*) FROM one_time_tokens WHERE "
                             "purpose = 'invite'"),
                     1);
    assert_int_equal(sql_int("SELECT count(*) FROM jobs WHERE kind = "
                             "'mail.send'"),
                     1);
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE company_id "
                             "= %" PRId64 " AND action = 'company.created' AND "
                             "user_id = 10",
                             id),
                     1);
}

TEST(platform_creates_a_company_for_an_existing_person)
{
    struct answer *a = create(
        fx.super, "{\"name\":\"Loja C\",\"adminEmail\":\"AGENT@a.test\"}");

    UNUSED;
    assert_status(a, 201);
    assert_string_equal(at_text(a, "admin"), "active");
    assert_int_equal(sql_int("SELECT count(*) FROM memberships WHERE "
                             "company_id = %" PRId64
                             " AND user_id = 13 AND role = 'admin'",
                             at_int(a, "id")),
                     1);
    assert_int_equal(sql_int("SELECT count(*) FROM jobs"), 0);
}

TEST(only_the_platform_creates_limits_suspends_and_deletes)
{
    const char *limits =
        "{\"maxUsers\":1,\"maxChannels\":1,\"maxStorageMb\":1}";

    UNUSED;
    assert_problem(create(fx.admin, "{\"name\":\"X\",\"adminEmail\":"
                                    "\"x@x.test\"}"),
                   403, "forbidden");
    assert_field(create(fx.super, "{\"name\":\"X\",\"adminEmail\":\"x\"}"),
                 "adminEmail", "format");
    assert_field(create(fx.super, "{\"name\":\"X\",\"adminEmail\":\"x@x.test\","
                                  "\"timeZone\":\"Lua\"}"),
                 "timeZone", "unknown");
    assert_problem(ask(fx.admin, "PUT", "/api/v1/companies/1/limits", limits),
                   403, "forbidden");
    assert_problem(ask(fx.admin, "POST", "/api/v1/companies/1/suspend", NULL),
                   403, "forbidden");
    assert_problem(ask(fx.admin, "POST", "/api/v1/companies/1/resume", NULL),
                   403, "forbidden");
    assert_problem(ask(fx.admin, "DELETE",
                       "/api/v1/companies/1?confirm=Padaria%20A", NULL),
                   403, "forbidden");
    assert_int_equal(sql_int("SELECT count(*) FROM companies"), 2);
    /* e o banco não confia em quem chama */
    assert_false(sql_works("SET ROLE balcao_app; SELECT "
                           "balcao.company_open('x', 'en', 'UTC', 0, 0, 0)"));
}

TEST(limits_stop_newcomers_not_those_who_are_in)
{
    struct answer *a =
        ask(fx.super, "PUT", "/api/v1/companies/1/limits",
            "{\"maxUsers\":2,\"maxChannels\":1,\"maxStorageMb\":null}");

    UNUSED;
    assert_status(a, 200);
    assert_int_equal(at_int(a, "maxUsers"), 2);
    assert_null(at(a, "maxStorageMb"));
    assert_int_equal(at_int(a, "users"), 6);
    assert_status(look(fx.agent, 1), 200);
    assert_problem(post_as(fx.admin, "accounts", "/api/v1/invitations",
                           "{\"email\":\"n@a.test\",\"role\":\"operator\"}"),
                   409, "limit-reached");
    assert_false(
        sql_works("INSERT INTO memberships (company_id, user_id, role, "
                  "display_name) VALUES (1, 21, 'operator', 'X')"));
    assert_false(sql_works(
        "INSERT INTO channels (company_id, platform, name, key, external_id, "
        "secrets) VALUES (1, 'evolution', 'N', 'chave-do-canal-nova-1', 'n', "
        "'\\x00')"));
    assert_true(sql_works(
        "INSERT INTO channels (company_id, platform, name, key, external_id, "
        "secrets) VALUES (2, 'evolution', 'N', 'chave-do-canal-nova-1', 'n', "
        "'\\x00')"));
    assert_field(ask(fx.super, "PUT", "/api/v1/companies/1/limits",
                     "{\"maxUsers\":-1,\"maxChannels\":1,\"maxStorageMb\":1}"),
                 "maxUsers", "min");
    assert_problem(ask(fx.super, "PUT", "/api/v1/companies/999/limits",
                       "{\"maxUsers\":1,\"maxChannels\":1,\"maxStorageMb\":1}"),
                   404, "not-found");
    assert_problem(ask(fx.super, "PUT", "/api/v1/companies/1/limits",
                       "{\"maxUsers\":1,\"maxChannels\":1,\"maxStorageMb\":1,"
                       "\"version\":1}"),
                   409, "conflict");
}

TEST(suspended_company_refuses_its_people_until_resumed)
{
    const char *old = token_of(fx.agent);
    struct answer *a =
        ask(fx.super, "POST", "/api/v1/companies/1/suspend", NULL);

    UNUSED;
    assert_status(a, 200);
    assert_true(json_object_get_boolean(at(a, "suspended")));
    assert_problem(look(fx.agent, 1), 403, "suspended");
    assert_problem(call(&(struct call){ .program = "tickets",
                                        .path = "/api/v1/tickets",
                                        .token = old }),
                   403, "suspended");
    assert_status(look(fx.super, 1), 200);
    assert_problem(ask(fx.super, "POST", "/api/v1/companies/1/suspend", NULL),
                   409, "conflict");
    assert_int_equal(sql_int("SELECT count(*) FROM live_outbox WHERE type = "
                             "'access:changed' AND company_id = 1") > 0,
                     1);
    a = ask(fx.super, "POST", "/api/v1/companies/1/resume", NULL);
    assert_status(a, 200);
    assert_status(look(fx.agent, 1), 200);
    assert_problem(ask(fx.super, "POST", "/api/v1/companies/1/resume", NULL),
                   409, "conflict");
    assert_problem(ask(fx.super, "POST", "/api/v1/companies/999/suspend", NULL),
                   404, "not-found");
}

TEST(suspended_company_still_keeps_what_customers_send)
{
    UNUSED;
    sql("UPDATE companies SET suspended_at = now() WHERE id = 1");
    hook_deliver(hook_text("5511911112222", "wamid.SUSP", "Ainda estão aí?"));
    assert_int_equal(sql_int("SELECT count(*) FROM messages WHERE provider_id "
                             "= 'wamid.SUSP' AND company_id = 1"),
                     1);
    /* pedida a exclusão, nem isso */
    sql("UPDATE companies SET exported_at = now() WHERE id = 1");
    assert_status(ask(fx.super, "DELETE",
                      "/api/v1/companies/1?confirm=Padaria%20A", NULL),
                  204);
    assert_status(hook_post(hook_text("5511911112222", "wamid.GONE", "Oi?")),
                  404);
}

static struct answer *
drop(int64_t company, const char *confirm)
{
    return ask(
        fx.super, "DELETE",
        text("/api/v1/companies/%" PRId64 "?confirm=%s", company, confirm),
        NULL);
}

TEST(company_is_deleted_only_suspended_exported_and_by_name)
{
    UNUSED;
    assert_field(drop(2, "Oficina"), "confirm", "confirm");
    assert_field(ask(fx.super, "DELETE", "/api/v1/companies/2", NULL),
                 "confirm", "confirm");
    assert_problem(drop(2, "Oficina%20B"), 409, "conflict");
    sql("UPDATE companies SET exported_at = now() - interval '1 minute', "
        "suspended_at = now() WHERE id = 2");
    assert_problem(drop(2, "Oficina%20B"), 409, "conflict");
    sql("UPDATE companies SET exported_at = now() WHERE id = 2");
    assert_status(drop(2, "Oficina%20B"), 204);
    assert_int_equal(sql_int("SELECT count(*) FROM jobs WHERE company_id = 1 "
                             "AND kind = 'company.delete'"),
                     1);
    assert_string_equal(sql("SELECT left(key, 8) FROM channels WHERE "
                            "company_id = 2"),
                        "apagado-");
    assert_problem(drop(2, "Oficina%20B"), 409, "conflict");
    assert_problem(ask(fx.super, "POST", "/api/v1/companies/2/resume", NULL),
                   409, "conflict");
    sql("UPDATE companies SET suspended_at = now(), exported_at = now() WHERE "
        "id = 1");
    assert_problem(drop(1, "Padaria%20A"), 409, "conflict");
}

TEST(deletion_takes_everything_of_one_company_and_nothing_of_the_other)
{
    const char *left =
        "SELECT (SELECT count(*) FROM messages WHERE company_id = 2) + "
        "(SELECT count(*) FROM tickets WHERE company_id = 2) + "
        "(SELECT count(*) FROM companies WHERE id = 2) + "
        "(SELECT count(*) FROM audit_log WHERE company_id = 2) + "
        "(SELECT count(*) FROM live_outbox WHERE company_id = 2) + "
        "(SELECT count(*) FROM users WHERE id = 21)";
    int64_t kept =
        sql_int("SELECT count(*) FROM messages WHERE company_id = 1");
    int i;

    UNUSED;
    sql("INSERT INTO invitations (company_id, email, role, role_id, "
        "invited_by, expires_at) VALUES (2, 'z@b.test', 'operator', 82, 21, "
        "now());"
        "INSERT INTO contacts (company_id, id, name, merged_into_id, "
        "deleted_at) VALUES "
        "(2, 991, 'Fundido', 56, now());"
        "UPDATE memberships SET erased_at = now(), disabled_at = now() WHERE "
        "company_id = 1 AND user_id = 16;"
        "DELETE FROM audit_log WHERE company_id = 1;"
        "INSERT INTO audit_log (company_id, user_id, action, target_type, "
        "target_id, after) VALUES (0, 0, 'user.created', 'user', '16', "
        "'{\"email\":\"both@ab.test\"}')");
    assert_int_equal(sql_int("SELECT company_delete_chunk(2, 1000)"), -1);
    assert_int_equal(sql_int("SELECT count(*) FROM companies"), 2);
    sql("UPDATE companies SET suspended_at = now(), exported_at = now(), "
        "deleting_at = now() WHERE id = 2");
    for (i = 0; i < 40; i++)
        if (sql_int("SELECT company_delete_chunk(2, 1)") < 0)
            break;
    assert_in_range(i, 3, 39);
    assert_int_equal(sql_int("%s", left), 0);
    assert_int_equal(sql_int("SELECT count(*) FROM messages WHERE company_id "
                             "= 1"),
                     kept);
    /* a plataforma fica; quem se apagara da outra deixa só o lugar */
    assert_int_equal(sql_int("SELECT count(*) FROM users WHERE id = 10"), 1);
    assert_string_equal(sql("SELECT name || email FROM users WHERE id = 16"),
                        "Pessoa apagadaapagado-16@apagado.invalid");
    assert_string_equal(
        sql("SELECT after::text FROM audit_log WHERE company_id "
            "= 0 AND target_id = '16' AND action = "
            "'user.created'"),
        "{\"email\": \"***\"}");
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE company_id "
                             "= 1"),
                     0);
    assert_int_equal(audits("company.erased"), 1);
}

/* ---- papéis ---- */

TEST(roles_list_the_house_and_the_companys_own)
{
    struct answer *a = ask(fx.supervisor, "GET", "/api/v1/roles", NULL);

    UNUSED;
    assert_status(a, 200);
    assert_int_equal(count_of(a), 5);
    assert_string_equal(at_text(a, "data.1.key"), "admin");
    assert_int_equal(at_int(a, "data.1.members"), 1);
    assert_null(at(a, "data.0.members"));
    assert_string_equal(at_text(a, "data.4.name"), "Auditoria");
    assert_int_equal(at_int(a, "data.4.id"), fx.role);
    assert_int_equal(at_int(a, "data.4.members"), 1);
    assert_problem(ask(fx.agent, "GET", "/api/v1/roles", NULL), 403,
                   "forbidden");
    a = ask(fx.admin, "GET", "/api/v1/permissions", NULL);
    assert_status(a, 200);
    assert_string_equal(at_text(a, "data.0.slug"), "self");
    assert_int_equal(json_object_array_length(at(a, "data.0.roles")), 4);
    assert_problem(ask(fx.agent, "GET", "/api/v1/permissions", NULL), 403,
                   "forbidden");
}

static struct answer *
role_post(int64_t person, const char *name, const char *permissions)
{
    return ask(person, "POST", "/api/v1/roles",
               text("{\"name\":\"%s\",\"permissions\":%s}", name, permissions));
}

TEST(admin_creates_and_changes_a_role_and_its_people_get_it_at_once)
{
    struct answer *a =
        role_post(fx.admin, "Caixa", "[\"tickets.read\",\"live.listen\"]");
    const char *path, *old = token_of(fx.auditor);

    UNUSED;
    assert_status(a, 201);
    assert_string_equal(at_text(a, "permissions.0"), "tickets.read");
    assert_false(json_object_get_boolean(at(a, "builtIn")));
    assert_int_equal(audits("role.created"), 1);
    path = text("/api/v1/roles/%" PRId64, at_int(a, "id"));
    assert_status(ask(fx.admin, "PATCH", path, "{\"description\":\"Balcão\"}"),
                  200);
    a = ask(fx.admin, "PUT", path,
            "{\"version\":2,\"name\":\"Caixa 2\",\"permissions\":[]}");
    assert_status(a, 200);
    assert_string_equal(at_text(a, "description"), "");
    assert_problem(ask(fx.admin, "PUT", path,
                       "{\"version\":2,\"name\":\"X\",\"permissions\":[]}"),
                   409, "conflict");
    assert_status(ask(fx.admin, "DELETE", path, NULL), 204);
    assert_problem(ask(fx.admin, "DELETE", path, NULL), 404, "not-found");
    assert_status(ask(fx.admin, "PATCH", "/api/v1/roles/81",
                      "{\"permissions\":[\"audit.read\"]}"),
                  200);
    assert_problem(call(&(struct call){ .program = "accounts",
                                        .path = "/api/v1/users",
                                        .token = old }),
                   401, "unauthorized");
    assert_problem(get_as(fx.auditor, "accounts", "/api/v1/users"), 403,
                   "forbidden");
}

TEST(nobody_puts_in_a_role_what_they_lack)
{
    UNUSED;
    assert_problem(role_post(fx.admin, "Dona", "[\"companies.manage\"]"), 403,
                   "forbidden");
    assert_problem(ask(fx.admin, "PATCH", "/api/v1/roles/81",
                       "{\"permissions\":[\"companies.manage\"]}"),
                   403, "forbidden");
    sql("UPDATE roles SET permissions = '{roles.read,roles.write}' WHERE id = "
        "81");
    sql("INSERT INTO roles (company_id, id, name, permissions) VALUES (1, 83, "
        "'Chefia', '{company.write}')");
    assert_status(role_post(fx.auditor, "Igual", "[\"roles.read\"]"), 201);
    assert_problem(role_post(fx.auditor, "Mais", "[\"company.write\"]"), 403,
                   "forbidden");
    assert_problem(
        ask(fx.auditor, "PATCH", "/api/v1/roles/83", "{\"permissions\":[]}"),
        403, "forbidden");
    assert_problem(ask(fx.auditor, "DELETE", "/api/v1/roles/83", NULL), 403,
                   "forbidden");
    assert_status(role_post(fx.super, "Dona", "[\"companies.manage\"]"), 201);
}

TEST(role_name_is_unique_and_role_in_use_stays)
{
    UNUSED;
    assert_field(role_post(fx.admin, "AUDITORIA", "[\"self\"]"), "name",
                 "taken");
    assert_problem(role_post(fx.admin, "AUDITORIA", "[\"self\"]"), 409,
                   "conflict");
    assert_status(role_post(fx.admin, "Recepção", "[\"self\"]"), 201);
    assert_field(role_post(fx.admin, "N", "[\"nada\"]"), "permissions",
                 "one_of");
    assert_field(role_post(fx.admin, "", "[]"), "name", "min");
    assert_problem(ask(fx.admin, "DELETE", "/api/v1/roles/81", NULL), 409,
                   "conflict");
    sql("UPDATE memberships SET role_id = NULL WHERE role_id = 81");
    sql("INSERT INTO invitations (company_id, email, role, role_id, "
        "invited_by, expires_at) VALUES (1, 'z@a.test', 'operator', 81, 11, "
        "now() + interval '1 day')");
    assert_problem(ask(fx.admin, "DELETE", "/api/v1/roles/81", NULL), 409,
                   "conflict");
    sql("DELETE FROM invitations");
    assert_status(ask(fx.admin, "DELETE", "/api/v1/roles/81", NULL), 204);
}

TEST(role_of_another_company_does_not_exist)
{
    UNUSED;
    assert_problem(
        ask(fx.admin, "PATCH", "/api/v1/roles/82", "{\"name\":\"X\"}"), 404,
        "not-found");
    assert_problem(ask(fx.admin, "PUT", "/api/v1/roles/82",
                       "{\"version\":1,\"name\":\"X\",\"permissions\":[]}"),
                   404, "not-found");
    assert_problem(ask(fx.admin, "DELETE", "/api/v1/roles/82", NULL), 404,
                   "not-found");
    assert_problem(ask(fx.supervisor, "DELETE", "/api/v1/roles/81", NULL), 403,
                   "forbidden");
    assert_problem(ask(fx.supervisor, "PATCH", "/api/v1/roles/81", "{}"), 403,
                   "forbidden");
}

static int
set_up(void **state)
{
    int rc;

    setenv("BALCAO_SMTP_URL", "smtp://127.0.0.1:1", 1);
    rc = harness_setup(state);
    return rc;
}

#define T(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(person_lists_only_the_companies_they_belong_to),
        T(platform_lists_every_company_page_by_page),
        T(company_shows_members_to_those_who_may_see_people),
        T(other_company_does_not_exist_except_for_the_platform),
        T(admin_changes_part_of_the_settings_and_it_is_audited),
        T(bad_settings_are_refused_field_by_field),
        T(business_hours_are_kept_in_order_and_checked),
        T(stale_version_answers_409_and_changes_nothing),
        T(two_factor_is_demanded_only_by_someone_who_has_it),
        T(logo_is_rewritten_served_with_etag_and_removed),
        T(platform_creates_a_company_with_an_invited_admin),
        T(platform_creates_a_company_for_an_existing_person),
        T(only_the_platform_creates_limits_suspends_and_deletes),
        T(limits_stop_newcomers_not_those_who_are_in),
        T(suspended_company_refuses_its_people_until_resumed),
        cmocka_unit_test_setup(
            suspended_company_still_keeps_what_customers_send, hook_reset),
        T(company_is_deleted_only_suspended_exported_and_by_name),
        T(deletion_takes_everything_of_one_company_and_nothing_of_the_other),
        T(roles_list_the_house_and_the_companys_own),
        T(admin_creates_and_changes_a_role_and_its_people_get_it_at_once),
        T(nobody_puts_in_a_role_what_they_lack),
        T(role_name_is_unique_and_role_in_use_stays),
        T(role_of_another_company_does_not_exist),
    };

    return cmocka_run_group_tests(tests, set_up, harness_teardown);
}
