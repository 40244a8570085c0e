/*
 * records_test.c - as páginas da auditoria e dos tokens, sem navegador: quem
 * as vê, o que mostram, o que recusam, e que nada escrito por alguém executa.
 */
#include "harness.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "browser_kit.h"

static struct answer *
page(int64_t person, const char *path)
{
    return browser_page(browser_in(person, fx.company), "admin", path);
}

static struct answer *
submit(int64_t person, int64_t company, const char *path, const char *fields)
{
    return browser_submit(browser_in(person, company), "admin", path, fields);
}

static int
times(const struct answer *a, const char *words)
{
    const char *p = a->body;
    int n = 0;

    while ((p = strstr(p, words)) != NULL) {
        n++;
        p += strlen(words);
    }
    return n;
}

/* A admin muda o papel do agente, pela porta de sempre. */
static void
change_role(void)
{
    sql("SELECT set_config('app.company_id', '1', false), "
        "set_config('app.user_id', '11', false), set_config('app.origin', "
        "E'189.40.12.7\\nMozilla/5.0 (X11; Linux x86_64; rv:128.0) "
        "Gecko/20100101 Firefox/128.0\\npedido-9', false)");
    sql("UPDATE memberships SET role = 'supervisor' WHERE user_id = 13");
    sql("SELECT set_config('app.company_id', '', false), "
        "set_config('app.user_id', '', false), set_config('app.origin', '', "
        "false)");
}

TEST(audit_page_says_it_in_words_with_before_and_after)
{
    struct answer *a;

    UNUSED;
    change_role();
    a = page(fx.admin, "/admin/audit");
    assert_status(a, 200);
    assert_has(a, "<strong>Ana Admin</strong> mudou o papel de Bruno Agente: "
                  "Atendimento → Supervisão");
    assert_has(a, "Firefox no Linux");
    assert_has(a, "189.40.12.7");
    assert_has(a, "<span class=\"log-old\">Atendimento</span>");
    assert_has(a, "<span class=\"log-new\">Supervisão</span>");
    assert_has(a, ">Hoje</time>");
    assert_has(a, "href=\"/admin/audit/export\"");
}

TEST(audit_page_filters_and_keeps_them_in_links)
{
    struct answer *a;

    UNUSED;
    change_role();
    sql("INSERT INTO audit_log (company_id, user_id, user_name, action) SELECT "
        "1, 12, 'Sara', 'logout' FROM generate_series(1, 60)");
    a = page(fx.admin, "/admin/audit?q=&from=&to=&person=12&action=logout");
    assert_status(a, 200);
    assert_int_equal(times(a, "class=\"log-row\""), 50);
    assert_has(a, "href=\"/admin/audit/export?person=12&amp;action=logout\"");
    assert_has(a,
               "href=\"/admin/audit?person=12&amp;action=logout&amp;cursor=");
    assert_has(a, "<option value=\"12\" selected>");
    assert_has(a, "<option value=\"logout\" selected>");
    a = page(fx.admin, text("/admin/audit?person=12&cursor=%" PRId64,
                            sql_int("SELECT max(id) - 49 FROM audit_log")));
    assert_int_equal(times(a, "class=\"log-row\""), 10);
    a = page(fx.admin, "/admin/audit?q=nada-disto");
    assert_int_equal(times(a, "class=\"log-row\""), 0);
    assert_has(a, "Nada com esses filtros");
    a = page(fx.admin, "/admin/audit?action=member%2Cuser");
    assert_int_equal(times(a, "class=\"log-row\""), 1);
}

TEST(audit_page_shows_a_bad_filter_and_the_empty_log)
{
    struct answer *a;

    UNUSED;
    a = page(fx.admin, "/admin/audit?from=ontem");
    assert_status(a, 422);
    assert_has(a, "precisa ser um dia");
    a = page(fx.admin, "/admin/audit?person=x");
    assert_status(a, 422);
    a = page(fx.admin, "/admin/audit?cursor=x");
    assert_status(a, 422);
    a = page(fx.admin, "/admin/audit/export?from=ontem");
    assert_status(a, 422);
    sql("TRUNCATE audit_log");
    a = page(fx.admin, "/admin/audit");
    assert_status(a, 200);
    assert_has(a, "Nada registrado ainda");
}

TEST(audit_pages_are_for_who_may_read_it)
{
    UNUSED;
    assert_status(page(fx.agent, "/admin/audit"), 403);
    assert_status(page(fx.supervisor, "/admin/audit"), 403);
    assert_status(page(fx.supervisor, "/admin/audit/export"), 403);
    assert_status(page(fx.supervisor, "/admin/tokens"), 403);
    assert_status(page(fx.auditor, "/admin/audit"), 200);
    assert_status(page(fx.super, "/admin/audit"), 200);
    assert_status(
        call(&(struct call){ .program = "admin", .path = "/admin/audit" }),
        303);
}

TEST(what_people_write_never_runs_in_the_audit_page)
{
    struct answer *a;

    UNUSED;
    sql("SELECT audit_note(1, 11, 'role.created', 'role', "
        "'<img src=x onerror=a()>', NULL, "
        "'{\"name\": \"<script>alert(1)</script>\"}', "
        "E'<b>\\n<script>agente</script>\\n\"><i>')");
    a = page(fx.admin, "/admin/audit?q=%22%3E%3Cscript%3E");
    assert_lacks(a, "\"><script>");
    a = page(fx.admin, "/admin/audit");
    assert_has(a, "&lt;script&gt;alert(1)");
    assert_lacks(a, "<script>alert");
    assert_lacks(a, "<script>agente");
    assert_lacks(a, "<img src=x");
    assert_lacks(a, "\"><i>");
}

TEST(export_by_cookie_is_the_csv_and_is_recorded)
{
    struct answer *a;

    UNUSED;
    change_role();
    a = page(fx.admin, "/admin/audit/export?action=member");
    assert_status(a, 200);
    assert_non_null(strstr(a->headers, "text/csv"));
    assert_has(a,
               "\"mudou o papel de Bruno Agente: Atendimento → Supervisão\"");
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE action = "
                             "'audit.exported' AND user_id = 11"),
                     1);
}

#define GOOD "name=ERP&scopes=tickets.read&scopes=me.read&expiresInDays=30"

TEST(created_token_is_shown_once_and_works)
{
    struct answer *a = submit(fx.agent, fx.company, "/account/tokens", GOOD);
    const char *at, *token;

    UNUSED;
    assert_status(a, 201);
    at = strstr(a->body, ">blc_");
    assert_non_null(at);
    token = text("%.*s", 47, at + 1);
    assert_status(call(&(struct call){ .program = "tickets",
                                       .path = "/api/v1/tickets",
                                       .token = token }),
                  200);
    a = page(fx.agent, "/account/tokens");
    assert_status(a, 200);
    assert_has(a, "ERP");
    assert_has(a, "tickets.read");
    assert_lacks(a, token + 12);
    assert_lacks(a, "users.write\"");
    assert_int_equal(sql_int("SELECT expires_at::date - now()::date FROM "
                             "api_tokens"),
                     30);
}

TEST(refused_token_form_comes_back_with_what_was_typed)
{
    struct answer *a = submit(fx.agent, fx.company, "/account/tokens",
                              "name=Meu+ERP&scopes=&expiresInDays=7");

    UNUSED;
    assert_status(a, 422);
    assert_has(a, "value=\"Meu ERP\"");
    assert_has(a, "id=\"scopes-error\"");
    assert_has(a, "<option value=\"7\" selected>");
    a = submit(fx.agent, fx.company, "/account/tokens",
               "name=&scopes=me.read&expiresInDays=7");
    assert_status(a, 422);
    assert_has(a, "id=\"name-error\"");
    assert_has(a, "value=\"me.read\" checked");
    a = submit(fx.agent, fx.company, "/account/tokens",
               "name=x&scopes=users.write");
    assert_status(a, 422);
    assert_has(a, "id=\"scopes-error\"");
    assert_int_equal(sql_int("SELECT count(*) FROM api_tokens"), 0);
}

static int64_t
a_token_of(int64_t person)
{
    submit(person, fx.company, "/account/tokens", GOOD);
    return sql_int("SELECT max(id) FROM api_tokens");
}

TEST(owner_revokes_after_being_asked)
{
    int64_t id = a_token_of(fx.agent);
    const char *path = text("/account/tokens/%" PRId64 "/revoke", id);
    struct answer *a;

    UNUSED;
    a = page(fx.agent, path);
    assert_status(a, 200);
    assert_has(a, "ERP");
    assert_has(a, "btn-danger");
    assert_int_equal(sql_int("SELECT count(revoked_at) FROM api_tokens"), 0);
    assert_status(page(fx.supervisor, path), 404);
    assert_status(submit(fx.supervisor, fx.company, path, "x="), 404);
    assert_status(submit(fx.stranger, fx.other_company, path, "x="), 404);
    assert_status(submit(fx.agent, fx.company, path, "x="), 303);
    assert_int_equal(sql_int("SELECT count(revoked_at) FROM api_tokens"), 1);
    a = page(fx.agent, "/account/tokens");
    assert_has(a, "revogado");
    assert_lacks(a, path);
}

TEST(manager_sees_and_revokes_the_tokens_of_all)
{
    int64_t id = a_token_of(fx.agent);
    const char *path = text("/admin/tokens/%" PRId64 "/revoke", id);
    struct answer *a = page(fx.admin, "/admin/tokens");

    UNUSED;
    assert_status(a, 200);
    assert_has(a, "Bruno Agente");
    assert_has(a, path);
    assert_lacks(a, "action=\"/account/tokens\"");
    assert_status(page(fx.agent, path), 403);
    assert_status(submit(fx.stranger, fx.other_company, path, "x="), 404);
    a = page(fx.admin, path);
    assert_has(a, "Bruno Agente");
    assert_status(submit(fx.admin, fx.company, path, "x="), 303);
    assert_int_equal(sql_int("SELECT count(revoked_at) FROM api_tokens"), 1);
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE action = "
                             "'api_token.updated' AND user_id = 11"),
                     1);
    assert_status(page(fx.admin, "/admin/tokens/999999/revoke"), 404);
    assert_status(page(fx.admin, "/admin/tokens?cursor=x"), 404);
}

TEST(form_without_its_token_changes_nothing)
{
    struct browser b = browser_in(fx.agent, fx.company);

    UNUSED;
    assert_status(
        call(&(struct call){ .program = "admin",
                             .method = "POST",
                             .path = "/account/tokens",
                             .cookie = b.cookie,
                             .type = FORM_TYPE,
                             .body = GOOD,
                             .headers = { "Origin: http://balcao.test" } }),
        403);
    assert_int_equal(sql_int("SELECT count(*) FROM api_tokens"), 0);
}

#define RUN(name) cmocka_unit_test_setup(name, harness_reset)

static int
set_up(void **state)
{
    int failed;

    setenv("BALCAO_REDIS_URL", "", 1);
    unsetenv("TEST_REDIS");
    failed = harness_setup(state);
    return failed;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        RUN(audit_page_says_it_in_words_with_before_and_after),
        RUN(audit_page_filters_and_keeps_them_in_links),
        RUN(audit_page_shows_a_bad_filter_and_the_empty_log),
        RUN(audit_pages_are_for_who_may_read_it),
        RUN(what_people_write_never_runs_in_the_audit_page),
        RUN(export_by_cookie_is_the_csv_and_is_recorded),
        RUN(created_token_is_shown_once_and_works),
        RUN(refused_token_form_comes_back_with_what_was_typed),
        RUN(owner_revokes_after_being_asked),
        RUN(manager_sees_and_revokes_the_tokens_of_all),
        RUN(form_without_its_token_changes_nothing),
    };

    return cmocka_run_group_tests(tests, set_up, harness_teardown);
}
