/*
 * privacy_pages_test.c - /admin/privacy e /account/privacy, sem navegador:
 * quem as vê, o que mostram, o que recusam.
 */
#include "harness.h"

#include <inttypes.h>
#include <string.h>

#include "browser_kit.h"

static struct answer *
page_by(const char *program, int64_t person, const char *path)
{
    return browser_page(browser_of(person), program, path);
}

static struct answer *
page(int64_t person, const char *path)
{
    return page_by("admin", person, path);
}

static struct answer *
submit(int64_t person, const char *path, const char *body)
{
    return browser_submit(browser_of(person), "admin", path, body);
}

TEST(search_finds_contacts_and_people_of_this_company_only)
{
    struct answer *a = page(fx.admin, "/admin/privacy");

    UNUSED;
    assert_status(a, 200);
    assert_lacks(a, "Carla Cliente");
    a = page(fx.admin, "/admin/privacy?q=carla");
    assert_has(a, "Carla Cliente");
    assert_has(a, "/api/v1/privacy/contacts/51/export");
    assert_lacks(a, "Davi Dias");
    a = page(fx.admin, "/admin/privacy?q=%2B55+11+98765-0002");
    assert_has(a, "Davi Dias");
    assert_lacks(a, "Carla Cliente");
    a = page(fx.admin, "/admin/privacy?q=bruno");
    assert_has(a, "/admin/privacy/users/13/erase");
    a = page(fx.admin, "/admin/privacy?q=hugo");
    assert_lacks(a, "Hugo Horta");
    a = page(fx.admin, "/admin/privacy?q=%3Cscript%3E");
    assert_lacks(a, "<script>\"");
    assert_has(a, "&lt;script&gt;");
    /* a si mesma se apaga na própria conta */
    a = page(fx.admin, "/admin/privacy?q=ana+admin");
    assert_has(a, "/api/v1/privacy/users/11/export");
    assert_lacks(a, "/admin/privacy/users/11/erase");
}

TEST(export_link_of_the_page_downloads_with_the_cookie)
{
    struct answer *a =
        page_by("accounts", fx.admin, "/api/v1/privacy/contacts/51/export");

    UNUSED;
    assert_status(a, 200);
    assert_memory_equal(a->body, "PK", 2);
    assert_status(page_by("accounts", fx.agent, "/api/v1/me/export"), 200);
    a = page(fx.admin, "/admin/privacy");
    assert_has(a, "exportou os dados de Carla Cliente");
    assert_has(a, "Bruno Agente");
}

TEST(only_who_has_the_permission_sees_the_pages)
{
    UNUSED;
    assert_status(page(fx.supervisor, "/admin/privacy"), 403);
    assert_status(page(fx.agent, "/admin/privacy/contacts/51/erase"), 403);
    assert_status(
        submit(fx.agent, "/admin/privacy/users/14/erase", "confirm=x"), 403);
    assert_status(page(fx.agent, "/account/privacy"), 200);
    assert_status(page(fx.admin, "/admin/privacy/contacts/56/erase"), 404);
    assert_status(page(fx.admin, "/admin/privacy/users/21/erase"), 404);
}

TEST(contact_is_erased_only_with_its_name_typed)
{
    struct answer *a = page(fx.admin, "/admin/privacy/contacts/51/erase");

    UNUSED;
    assert_has(a, "Carla Cliente");
    a = submit(fx.admin, "/admin/privacy/contacts/51/erase", "confirm=Carla");
    assert_status(a, 422);
    assert_has(a, "id=\"confirm-error\"");
    assert_int_equal(sql_int("SELECT count(*) FROM contacts WHERE erased_at "
                             "IS NOT NULL"),
                     0);
    a = submit(fx.admin, "/admin/privacy/contacts/51/erase",
               "confirm=Carla+Cliente");
    assert_status(a, 303);
    assert_int_equal(sql_int("SELECT count(*) FROM contacts WHERE erased_at "
                             "IS NOT NULL AND id = 51"),
                     1);
    a = page(fx.admin, "/admin/privacy?q=5511987650001");
    assert_lacks(a, "Carla Cliente");
    assert_has(a, "apagou os dados de um contato");
}

TEST(person_is_erased_only_with_the_email_typed)
{
    struct answer *a = page(fx.admin, "/admin/privacy/users/13/erase");

    UNUSED;
    assert_has(a, "agent@a.test");
    a = submit(fx.admin, "/admin/privacy/users/13/erase", "confirm=Bruno");
    assert_status(a, 422);
    assert_status(submit(fx.admin, "/admin/privacy/users/13/erase",
                         "confirm=agent%40a.test"),
                  303);
    assert_string_equal(sql("SELECT name FROM users WHERE id = 13"),
                        "Pessoa apagada");
}

TEST(own_account_is_erased_with_the_password_and_the_cookie_goes)
{
    struct answer *a;

    UNUSED;
    assert_status(
        submit(fx.agent, "/account/privacy/erase", "password=nada-disso"), 422);
    a = submit(fx.agent, "/account/privacy/erase",
               "password=" FIXTURE_PASSWORD);
    assert_status(a, 303);
    assert_string_equal(header_of(a, "Location"), "/login");
    assert_non_null(strstr(a->headers, "balcao=;"));
    assert_int_equal(sql_int("SELECT count(*) FROM web_sessions WHERE user_id "
                             "= 13"),
                     0);
}

#define RUN(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        RUN(search_finds_contacts_and_people_of_this_company_only),
        RUN(export_link_of_the_page_downloads_with_the_cookie),
        RUN(only_who_has_the_permission_sees_the_pages),
        RUN(contact_is_erased_only_with_its_name_typed),
        RUN(person_is_erased_only_with_the_email_typed),
        RUN(own_account_is_erased_with_the_password_and_the_cookie_goes),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
