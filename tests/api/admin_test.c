/*
 * admin_test.c - as páginas da empresa, dos papéis e da plataforma, sem
 * JavaScript: o que se vê, o que se salva, o que volta recusado.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "browser_kit.h"
#include "harness.h"

static struct answer *
page(int64_t person, const char *path)
{
    return browser_page(browser_of(person), "admin", path);
}

static struct answer *
submit(int64_t person, const char *path, const char *body)
{
    return browser_submit(browser_of(person), "admin", path, body);
}

TEST(home_counts_and_the_menu_shows_only_what_one_may_see)
{
    struct answer *a = page(fx.admin, "/admin");

    UNUSED;
    assert_status(a, 200);
    HAS(a, "href=\"/admin\" aria-current=\"page\"");
    HAS(a, "href=\"/admin/audit\"");
    HAS(a, "<span class=\"stat-count\">6</span>");
    HAS(a, "6 pessoas ainda entram só com a senha.");
    LACKS(a, "href=\"/admin/companies\"");
    a = page(fx.agent, "/admin");
    assert_status(a, 200);
    HAS(a, "href=\"/account\"");
    HAS(a, "href=\"/admin/company\"");
    LACKS(a, "href=\"/admin/users\"");
    LACKS(a, "só com a senha");
    a = page(fx.super, "/admin");
    HAS(a, "href=\"/admin/companies\"");
    assert_status(page(fx.auditor, "/admin"), 403);
    a = call(&(struct call){ .program = "admin", .path = "/admin" });
    assert_status(a, 303);
    assert_string_equal(header_of(a, "Location"), "/login?next=%2Fadmin");
}

/* ---- empresa ---- */

#define SETTINGS \
    "version=1&name=Padaria+Nova&locale=pt-BR&timeZone=America%2FManaus&" \
    "retentionDays=&requireTwoFactor=false&defaultVisibility=own&hoursTue=&" \
    "hoursWed=&hoursThu=&hoursFri=&hoursSat=&hoursSun="

TEST(company_form_saves_everything_and_shows_it_again)
{
    struct answer *a = submit(fx.admin, "/admin/company",
                              SETTINGS "&hoursMon=8:00-12:00,+13:00+-+18:30");

    UNUSED;
    assert_saved(a, "/admin/company");
    assert_string_equal(
        sql("SELECT business_hours ->> 'mon' FROM companies WHERE id = 1"),
        "[{\"to\": \"12:00\", \"from\": \"08:00\"}, {\"to\": \"18:30\", "
        "\"from\": \"13:00\"}]");
    a = page(fx.admin, "/admin/company");
    assert_status(a, 200);
    HAS(a, "value=\"Padaria Nova\"");
    HAS(a, "value=\"08:00-12:00, 13:00-18:30\"");
    HAS(a, "<option value=\"own\" selected>");
    HAS(a, "<option value=\"America/Manaus\">");
    HAS(a, "name=\"version\" value=\"2\"");
    a = page(fx.agent, "/admin/company");
    assert_status(a, 200);
    HAS(a, " disabled");
    LACKS(a, "type=\"file\"");
    LACKS(a, "Salvar ajustes");
    assert_status(submit(fx.agent, "/admin/company", SETTINGS), 403);
}

TEST(refused_company_form_comes_back_with_what_was_typed)
{
    struct answer *a =
        submit(fx.admin, "/admin/company",
               "version=1&name=%3Cb%3EX&locale=en&timeZone=Marte&retentionDays="
               "100&requireTwoFactor=false&defaultVisibility=all");

    UNUSED;
    assert_status(a, 422);
    HAS(a, "value=\"&lt;b&gt;X\"");
    HAS(a, "id=\"timeZone-error\"");
    HAS(a, "value=\"Marte\"");
    HAS(a, "role=\"alert\"");
    a = submit(fx.admin, "/admin/company",
               SETTINGS "&hoursMon=das+8+ao+meio-dia");
    assert_status(a, 422);
    HAS(a, "id=\"hoursMon-error\"");
    HAS(a, "value=\"das 8 ao meio-dia\"");
    a = submit(fx.admin, "/admin/company",
               SETTINGS "&hoursMon=08:00-12:00,11:00-13:00");
    assert_status(a, 422);
    HAS(a, "há faixas que se cruzam");
    a = submit(fx.admin, "/admin/company",
               "version=1&name=X&locale=en&timeZone=UTC&retentionDays=dez&"
               "requireTwoFactor=true&defaultVisibility=all");
    assert_status(a, 422);
    HAS(a, "id=\"retention-error\"");
    a = submit(fx.admin, "/admin/company",
               "version=1&name=X&locale=en&timeZone=UTC&retentionDays=&"
               "requireTwoFactor=true&requireTwoFactor=false&"
               "defaultVisibility=all");
    assert_status(a, 422);
    HAS(a, "id=\"two-factor-error\"");
    HAS(a, "value=\"true\" checked");
    sql("UPDATE companies SET name = 'Mudou' WHERE id = 1");
    assert_status(submit(fx.admin, "/admin/company", SETTINGS), 409);
    assert_string_equal(sql("SELECT name FROM companies WHERE id = 1"),
                        "Mudou");
}

/* GIF de 1 x 1. */
static const char gif[] = "GIF89a\1\0\1\0\200\0\0\377\0\0\0\0\0!\371\4\0\0\0\0"
                          "\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;";

static struct answer *
send_logo(int64_t person, const char *data, size_t n)
{
    static char body[4096];
    struct browser b = browser_of(person);
    int head = snprintf(body, sizeof body,
                        "--limite\r\nContent-Disposition: form-data; "
                        "name=\"_csrf\"\r\n\r\n%s\r\n"
                        "--limite\r\nContent-Disposition: form-data; "
                        "name=\"picture\"; filename=\"m.gif\"\r\n"
                        "Content-Type: image/gif\r\n\r\n",
                        b.csrf);

    memcpy(body + head, data, n);
    memcpy(body + head + n, "\r\n--limite--\r\n", 15);
    return call(&(struct call){ .program = "admin",
                                .method = "POST",
                                .path = "/admin/company/logo",
                                .type = "multipart/form-data; boundary=limite",
                                .body = body,
                                .body_len = (size_t)head + n + 14,
                                .cookie = b.cookie,
                                .headers = { "Origin: http://balcao.test" } });
}

TEST(logo_is_sent_shown_and_removed)
{
    struct answer *a = send_logo(fx.admin, gif, sizeof gif - 1);

    UNUSED;
    assert_saved(a, "/admin/company");
    HAS(page(fx.admin, "/admin/company"), "src=\"/api/v1/companies/1/logo\"");
    a = send_logo(fx.admin, "não é imagem", 13);
    assert_status(a, 422);
    HAS(a, "id=\"picture-error\"");
    HAS(a, "value=\"Padaria A\"");
    assert_status(send_logo(fx.agent, gif, sizeof gif - 1), 403);
    assert_saved(submit(fx.admin, "/admin/company/logo/delete", "x=1"),
                 "/admin/company");
    assert_int_equal(sql_int("SELECT count(*) FROM pictures"), 0);
}

/* ---- papéis ---- */

TEST(matrix_says_in_words_who_can)
{
    struct answer *a = page(fx.supervisor, "/admin/roles");

    UNUSED;
    assert_status(a, 200);
    HAS(a, "companies.manage");
    HAS(a, "Auditoria");
    HAS(a, "<span class=\"visually-hidden\">não pode</span>");
    HAS(a, "<th scope=\"row\">");
    LACKS(a, "/admin/roles/new");
    LACKS(a, "Recepção");
    HAS(page(fx.admin, "/admin/roles"), "/admin/roles/new");
    assert_status(page(fx.agent, "/admin/roles"), 403);
}

TEST(role_is_made_changed_and_deleted_by_forms)
{
    struct answer *a = page(fx.admin, "/admin/roles/new");
    int64_t id;

    UNUSED;
    assert_status(a, 200);
    HAS(a, "value=\"companies.manage\" disabled");
    a = submit(fx.admin, "/admin/roles",
               "name=Caixa&description=&permissions=self&permissions="
               "tickets.read&permissions=");
    assert_saved(a, "/admin/roles");
    id = sql_int("SELECT id FROM roles WHERE name = 'Caixa'");
    a = page(fx.admin, text("/admin/roles/%" PRId64, id));
    assert_status(a, 200);
    HAS(a, "value=\"tickets.read\" checked");
    LACKS(a, "value=\"tickets.write\" checked");
    assert_saved(submit(fx.admin, text("/admin/roles/%" PRId64, id),
                        "version=1&name=Caixa+2&description=D&permissions="),
                 text("/admin/roles/%" PRId64, id));
    assert_status(submit(fx.admin, text("/admin/roles/%" PRId64, id),
                         "version=1&name=Caixa+3&permissions="),
                  409);
    a = page(fx.admin, text("/admin/roles/%" PRId64 "/delete", id));
    assert_status(a, 200);
    HAS(a, "Ninguém tem este papel");
    assert_saved(
        submit(fx.admin, text("/admin/roles/%" PRId64 "/delete", id), "x=1"),
        "/admin/roles");
    assert_int_equal(sql_int("SELECT count(*) FROM roles WHERE company_id = 1"),
                     1);
}

TEST(refused_role_forms_say_why)
{
    struct answer *a = submit(fx.admin, "/admin/roles",
                              "name=auditoria&description=Igual&permissions="
                              "tickets.read");

    UNUSED;
    assert_status(a, 409);
    HAS(a, "id=\"name-error\"");
    HAS(a, "value=\"auditoria\"");
    HAS(a, ">Igual</textarea>");
    HAS(a, "value=\"tickets.read\" checked");
    a = submit(fx.admin, "/admin/roles",
               "name=Dona&permissions=companies.manage");
    assert_status(a, 403);
    HAS(a, "id=\"permissions-error\"");
    a = page(fx.admin, "/admin/roles/81/delete");
    HAS(a, "ainda está em uso");
    LACKS(a, "btn-danger");
    assert_status(submit(fx.admin, "/admin/roles/81/delete", "x=1"), 409);
    sql("UPDATE roles SET permissions = '{companies.manage}' WHERE id = 81");
    a = page(fx.admin, "/admin/roles/81");
    assert_status(a, 200);
    HAS(a, "pode mais do que você");
    LACKS(a, "/admin/roles/81/delete");
    assert_status(
        submit(fx.admin, "/admin/roles/81", "version=2&name=X&permissions="),
        403);
    assert_status(page(fx.admin, "/admin/roles/82"), 404);
    assert_status(page(fx.admin, "/admin/roles/82/delete"), 404);
    assert_status(submit(fx.admin, "/admin/roles/82/delete", "x=1"), 404);
    assert_status(
        submit(fx.admin, "/admin/roles/82", "version=1&name=X&permissions="),
        404);
    assert_status(page(fx.supervisor, "/admin/roles/new"), 403);
}

/* ---- plataforma ---- */

TEST(platform_finds_and_creates_companies)
{
    struct answer *a = page(fx.super, "/admin/companies");

    UNUSED;
    assert_status(a, 200);
    HAS(a, "Padaria A");
    HAS(a, "Oficina B");
    a = page(fx.super, "/admin/companies?search=oficina");
    LACKS(a, "<a href=\"/admin/companies/1\">");
    HAS(page(fx.super, "/admin/companies?search=nada"), "empty-title");
    assert_status(page(fx.super, "/admin/companies?cursor=lixo"), 200);
    sql("INSERT INTO companies (name) SELECT 'Loja ' || g FROM "
        "generate_series(1, 30) g");
    HAS(page(fx.super, "/admin/companies"), "cursor=");
    assert_status(page(fx.super, "/admin/companies/new"), 200);
    a = submit(fx.super, "/admin/companies",
               "name=Loja+C&locale=en&timeZone=UTC&adminEmail=agent%40a.test&"
               "adminName=&maxUsers=3&maxChannels=&maxStorageMb=");
    assert_status(a, 303);
    assert_int_equal(sql_int("SELECT count(*) FROM memberships m JOIN "
                             "companies c ON c.id = m.company_id WHERE "
                             "c.name = 'Loja C' AND c.max_users = 3 AND "
                             "m.user_id = 13"),
                     1);
    a = submit(fx.super, "/admin/companies",
               "name=Loja+D&locale=en&timeZone=UTC&adminEmail=x&maxUsers=um");
    assert_status(a, 422);
    HAS(a, "id=\"adminEmail-error\"");
    HAS(a, "id=\"maxUsers-error\"");
    HAS(a, "value=\"Loja D\"");
}

TEST(platform_limits_suspends_resumes_and_deletes_by_forms)
{
    struct answer *a = page(fx.super, "/admin/companies/2");

    UNUSED;
    assert_status(a, 200);
    HAS(a, "/admin/companies/2/suspend");
    LACKS(a, "/admin/companies/2/delete");
    assert_saved(submit(fx.super, "/admin/companies/2/limits",
                        "version=1&maxUsers=9&maxChannels=&maxStorageMb=100"),
                 "/admin/companies/2");
    assert_status(
        submit(fx.super, "/admin/companies/2/limits", "version=1&maxUsers=1"),
        409);
    a = submit(fx.super, "/admin/companies/2/limits", "version=2&maxUsers=-3");
    assert_status(a, 422);
    HAS(a, "value=\"-3\"");
    assert_saved(submit(fx.super, "/admin/companies/2/suspend", "x=1"),
                 "/admin/companies/2");
    assert_status(submit(fx.super, "/admin/companies/2/suspend", "x=1"), 409);
    HAS(page(fx.super, "/admin/companies/2"), "/admin/companies/2/delete");
    assert_status(page(fx.super, "/admin/companies/2/delete"), 200);
    a = submit(fx.super, "/admin/companies/2/delete", "confirm=Oficina");
    assert_status(a, 422);
    HAS(a, "id=\"confirm-error\"");
    a = submit(fx.super, "/admin/companies/2/delete", "confirm=Oficina+B");
    assert_status(a, 409);
    HAS(a, "exporte os dados");
    assert_saved(submit(fx.super, "/admin/companies/2/resume", "x=1"),
                 "/admin/companies/2");
    assert_status(submit(fx.super, "/admin/companies/2/resume", "x=1"), 409);
    sql("UPDATE companies SET suspended_at = now(), exported_at = now() WHERE "
        "id = 2");
    assert_saved(
        submit(fx.super, "/admin/companies/2/delete", "confirm=Oficina+B"),
        "/admin/companies/2");
    HAS(page(fx.super, "/admin/companies/2"), "Sendo apagada");
}

TEST(platform_pages_are_only_for_the_platform)
{
    UNUSED;
    assert_status(page(fx.admin, "/admin/companies"), 403);
    assert_status(page(fx.admin, "/admin/companies/new"), 403);
    assert_status(page(fx.admin, "/admin/companies/1"), 403);
    assert_status(page(fx.admin, "/admin/companies/1/delete"), 403);
    assert_status(submit(fx.admin, "/admin/companies", "name=X"), 403);
    assert_status(submit(fx.admin, "/admin/companies/1/suspend", "x=1"), 403);
    assert_status(page(fx.super, "/admin/companies/999"), 404);
    assert_status(submit(fx.super, "/admin/companies/999/suspend", "x=1"), 404);
    assert_status(submit(fx.super, "/admin/companies/999/delete", "confirm=X"),
                  404);
    assert_int_equal(sql_int("SELECT count(*) FROM companies"), 2);
}

TEST(form_without_its_token_changes_nothing)
{
    struct answer *a =
        call(&(struct call){ .program = "admin",
                             .method = "POST",
                             .path = "/admin/companies/2/suspend",
                             .type = FORM_TYPE,
                             .body = "x=1",
                             .cookie = browser_of(fx.super).cookie,
                             .headers = { "Origin: http://balcao.test" } });

    UNUSED;
    assert_status(a, 403);
    assert_int_equal(sql_int("SELECT count(*) FROM companies WHERE "
                             "suspended_at IS NOT NULL"),
                     0);
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
        T(home_counts_and_the_menu_shows_only_what_one_may_see),
        T(company_form_saves_everything_and_shows_it_again),
        T(refused_company_form_comes_back_with_what_was_typed),
        T(logo_is_sent_shown_and_removed),
        T(matrix_says_in_words_who_can),
        T(role_is_made_changed_and_deleted_by_forms),
        T(refused_role_forms_say_why),
        T(platform_finds_and_creates_companies),
        T(platform_limits_suspends_resumes_and_deletes_by_forms),
        T(platform_pages_are_only_for_the_platform),
        T(form_without_its_token_changes_nothing),
    };

    return cmocka_run_group_tests(tests, set_up, harness_teardown);
}
