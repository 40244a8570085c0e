/*
 * account_test.c - as páginas de /account sem JavaScript, e o que alguém mal
 * intencionado tentaria contra a conta própria ou a dos outros.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "account_kit.h"
#include "auth/csrf.h"
#include "auth/token.h"
#include "harness.h"
#include "login_kit.h"

#define FORM "application/x-www-form-urlencoded"
#define HERE "Origin: http://balcao.test"
#define THEIRS "abcdef0123456789ABCDEFabcdef0123456789ABCDE"
#define LINK "ZYXWVUTSRQPONMLKJIHGFEDCBAzyxwvutsrqponmlkj"

/* ---- perfil e retrato ---- */

TEST(profile_is_saved_and_a_refused_one_keeps_what_was_typed)
{
    struct answer *a = page("/account");

    UNUSED;
    assert_status(a, 200);
    HAS(a, "value=\"Bruno Agente\"");
    assert_done(submit("/account", "name=Bruno&displayName=B%22%3E%3Csvg+"
                                   "onload%3Dx%3E&locale=pt-BR"),
                "/account");
    a = page("/account");
    HAS(a, "value=\"B&quot;&gt;&lt;svg onload=x&gt;\"");
    LACKS(a, "<svg onload");
    a = submit("/account", "name=++&displayName=Digitado&locale=pt-BR");
    assert_status(a, 422);
    HAS(a, "id=\"name-error\"");
    HAS(a, "value=\"Digitado\"");
    assert_status(submit("/account", "name=B&displayName=B&locale=xx"), 422);
    submit("/account", "name=B&displayName=B&locale=en&role=admin&isSuper=1"
                       "&email=x%40a.test&companyId=2");
    assert_string_equal(
        sql("SELECT m.role || u.is_super || u.email FROM users u JOIN "
            "memberships m ON m.user_id = u.id WHERE u.id = 13"),
        "operatorfalseagent@a.test");
}

TEST(form_without_its_token_or_from_elsewhere_is_refused)
{
    struct call c = { .program = "account",
                      .method = "POST",
                      .path = "/account",
                      .type = FORM,
                      .cookie = "balcao=" MINE,
                      .body = "name=X&displayName=X&locale=en",
                      .headers = { HERE } };

    UNUSED;
    assert_status(call(&c), 403);
    c.body = text("_csrf=%s&name=X&displayName=X&locale=en", csrf());
    c.headers[0] = "Origin: https://mau.example";
    assert_status(call(&c), 403);
    assert_string_equal(sql("SELECT name FROM users WHERE id = 13"),
                        "Bruno Agente");
}

static struct answer *
send_picture(const char *bytes, size_t n, const char *type)
{
    size_t room = n + 1024;
    char *body = malloc(room);
    int head = snprintf(body, room,
                        "--b\r\nContent-Disposition: form-data; "
                        "name=\"_csrf\"\r\n\r\n%s\r\n"
                        "--b\r\nContent-Disposition: form-data; "
                        "name=\"picture\"; filename=\"../a.png\"\r\n"
                        "Content-Type: %s\r\n\r\n",
                        csrf(), type);
    struct answer *a;

    memcpy(body + head, bytes, n);
    memcpy(body + head + n, "\r\n--b--\r\n", 9);
    a = call(&(struct call){ .program = "account",
                             .method = "POST",
                             .path = "/account/picture",
                             .cookie = "balcao=" MINE,
                             .type = "multipart/form-data; boundary=b",
                             .body = body,
                             .body_len = (size_t)head + n + 9,
                             .headers = { HERE } });
    free(body);
    return a;
}

static const char gif[] = "GIF89a\1\0\1\0\200\0\0\377\0\0\0\0\0!\371\4\0\0\0\0"
                          "\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;";

TEST(picture_is_shown_replaced_and_removed)
{
    struct answer *a;

    UNUSED;
    assert_status(page("/account/picture"), 404);
    assert_done(send_picture(gif, sizeof gif - 1, "image/gif"), "/account");
    HAS(page("/account"), "src=\"/account/picture?v=");
    a = page("/account/picture");
    assert_status(a, 200);
    assert_memory_equal(a->body + 8, "WEBP", 4);
    assert_string_equal(header_of(a, "Content-Type"), "image/webp");
    assert_non_null(strstr(header_of(a, "Cache-Control"), "private"));
    assert_done(submit("/account/picture/delete", "x=1"), "/account");
    LACKS(page("/account"), "src=\"/account/picture?v=");
}

TEST(hostile_picture_is_refused_in_the_form)
{
    static const char svg[] = "<svg xmlns='http://www.w3.org/2000/svg'/>";
    /* um GIF que promete 60000 x 60000 */
    char bomb[sizeof gif];
    char *huge = calloc(1, (4 << 20) + 200000);
    struct answer *a = send_picture(svg, sizeof svg - 1, "image/svg+xml");

    UNUSED;
    assert_status(a, 422);
    HAS(a, "id=\"picture-error\"");
    HAS(a, "value=\"Bruno Agente\"");
    assert_status(send_picture(svg, sizeof svg - 1, "image/png"), 422);
    assert_status(send_picture(gif, 12, "image/gif"), 422);
    assert_status(send_picture(gif, 0, "image/gif"), 422);
    memcpy(bomb, gif, sizeof gif);
    memcpy(bomb + 6, "\x60\xea\x60\xea", 4);
    assert_status(send_picture(bomb, sizeof gif - 1, "image/gif"), 422);
    memcpy(huge, gif, sizeof gif);
    assert_status(send_picture(huge, (4 << 20) + 1, "image/gif"), 422);
    assert_status(send_picture(huge, (4 << 20) + 100000, "image/gif"), 413);
    free(huge);
    assert_int_equal(sql_int("SELECT count(*) FROM pictures"), 0);
}

/* ---- senha ---- */

TEST(password_page_changes_it_and_ends_the_other_browsers)
{
    struct answer *a = submit("/account/password",
                              "currentPassword=errada+de+todo&newPassword=x");

    UNUSED;
    mail_on();
    open_session(fx.agent, THEIRS);
    assert_status(a, 422);
    HAS(a, "id=\"current-error\"");
    LACKS(a, "errada de todo");
    a = submit("/account/password", "currentPassword=" FIXTURE_PASSWORD
                                    "&newPassword=agent%40a.test");
    assert_status(a, 422);
    HAS(a, "id=\"new-error\"");
    assert_done(submit("/account/password",
                       "currentPassword=" FIXTURE_PASSWORD
                       "&newPassword=caneca+azul+na+janela+7"),
                "/account/password");
    assert_status(page("/account/password"), 200);
    assert_status(page_with(THEIRS, "account", "/account"), 303);
    assert_int_equal(mails("password_changed"), 1);
}

TEST(password_of_any_size_is_only_wrong)
{
    char *long_one = calloc(1, 4001);

    UNUSED;
    memset(long_one, 'a', 4000);
    assert_field(ask("POST", "/password",
                     text("{\"currentPassword\":\"%s\",\"newPassword\":\"%s\"}",
                          long_one, long_one)),
                 "currentPassword", "wrong");
    free(long_one);
    assert_status(ask("POST", "/password",
                      "{\"currentPassword\":\"a\\u0000b\",\"newPassword\":"
                      "\"" NEW_PASSWORD "\"}"),
                  422);
}

/* Quem erra de fora, sem ter entrado, não tira do dono o que é dele. */
TEST(guesses_of_strangers_do_not_lock_the_owner_out_of_the_account)
{
    int i;

    UNUSED;
    for (i = 0; i < 11; i++)
        post_as(0, "auth", "/api/v1/auth/login",
                "{\"email\":\"agent@a.test\",\"password\":\"chute errado\"}");
    assert_problem(post_as(0, "auth", "/api/v1/auth/login",
                           "{\"email\":\"agent@a.test\"," PROOF "}"),
                   429, "rate-limited");
    assert_status(ask("POST", "/password",
                      "{\"currentPassword\":\"" FIXTURE_PASSWORD
                      "\",\"newPassword\":\"" NEW_PASSWORD "\"}"),
                  204);
}

/* ---- e-mail ---- */

static const char *
plant_link(int64_t person, const char *address, const char *purpose)
{
    static int count;
    const char *token = text(
        "%s%02d", "ZYXWVUTSRQPONMLKJIHGFEDCBAzyxwvutsrqponml", ++count % 100);

    sql("INSERT INTO one_time_tokens (purpose, token_hash, user_id, address, "
        "expires_at) VALUES ('%s', sha256('%s'), %" PRId64
        ", '%s', now() + interval '1 day')",
        purpose, token, person, address);
    return token;
}

TEST(link_is_opened_without_being_spent_and_confirmed_once)
{
    const char *token;
    struct answer *a;

    UNUSED;
    mail_on();
    a = submit("/account/email",
               "newEmail=novo%40a.test&password=" FIXTURE_PASSWORD);
    assert_done(a, "/account/password");
    HAS(page("/account/password"), "novo@a.test");
    token = mailed_token();
    a = follow("GET", token);
    assert_status(a, 200);
    HAS(a, "novo@a.test");
    /* no-referrer faria o navegador mandar "Origin: null" no formulário */
    assert_string_equal(header_of(a, "Referrer-Policy"), "same-origin");
    assert_non_null(strstr(header_of(a, "Cache-Control"), "no-store"));
    assert_status(follow("GET", token), 200);
    assert_string_equal(sql("SELECT email FROM users WHERE id = 13"),
                        "agent@a.test");
    assert_done(follow("POST", token), "/account/password");
    assert_string_equal(sql("SELECT email FROM users WHERE id = 13"),
                        "novo@a.test");
    assert_int_equal(mails("email_changed"), 1);
    assert_status(follow("GET", token), 410);
    assert_status(follow("POST", token), 422);
}

TEST(bad_links_are_one_and_the_same_page)
{
    const char *spent = plant_link(fx.agent, "x@a.test", "reset");

    UNUSED;
    assert_status(follow("GET", spent), 410);
    assert_status(follow("POST", spent), 422);
    assert_status(follow("GET", ""), 410);
    assert_status(follow("POST", ""), 422);
    assert_status(follow("GET", "..%2F..%2Fetc%00"), 410);
    assert_status(follow("GET", LINK), 410);
    spent = plant_link(fx.agent, "x@a.test", "email");
    sql("UPDATE one_time_tokens SET expires_at = now() - interval '1 second'");
    assert_status(follow("GET", spent), 410);
    assert_status(follow("POST", spent), 422);
    spent = plant_link(fx.agent, "x@a.test", "email");
    sql("UPDATE users SET disabled_at = now() WHERE id = 13");
    assert_status(follow("POST", spent), 303); /* para o login */
    assert_int_equal(sql_int("SELECT count(*) FROM users WHERE email = "
                             "'x@a.test'"),
                     0);
}

TEST(asking_again_kills_the_first_link)
{
    const char *first;

    UNUSED;
    mail_on();
    submit("/account/email", "newEmail=um%40a.test&password=" FIXTURE_PASSWORD);
    first = mailed_token();
    submit("/account/email",
           "newEmail=dois%40a.test&password=" FIXTURE_PASSWORD);
    assert_status(follow("POST", first), 422);
    assert_done(submit("/account/email/cancel", "x=1"), "/account/password");
    assert_status(follow("POST", mailed_token()), 422);
    LACKS(page("/account/password"), "dois@a.test");
}

TEST(of_two_people_with_the_same_new_address_one_wins)
{
    const char *mine = plant_link(fx.agent, "Novo@a.test", "email");
    struct answer *a;

    UNUSED;
    sql("UPDATE users SET email = 'novo@A.test' WHERE id = 11");
    a = follow("POST", mine);
    assert_status(a, 422);
    HAS(a, "Este e-mail já é de outra conta");
    assert_string_equal(sql("SELECT email FROM users WHERE id = 13"),
                        "agent@a.test");
}

TEST(changed_password_kills_a_pending_email_change)
{
    const char *token = plant_link(fx.agent, "intruso@a.test", "email");

    UNUSED;
    assert_status(ask("POST", "/password",
                      "{\"currentPassword\":\"" FIXTURE_PASSWORD
                      "\",\"newPassword\":\"" NEW_PASSWORD "\"}"),
                  204);
    sql("DELETE FROM web_sessions"); /* a troca encerrou esta também */
    open_session(fx.agent, MINE);
    assert_status(follow("POST", token), 422);
}

/* Quem troca o e-mail porque perdeu o antigo não o deixa refazer a senha. */
TEST(changed_email_kills_the_reset_link_of_the_old_one)
{
    UNUSED;
    plant_link(fx.agent, "", "reset");
    plant_link(fx.admin, "", "reset");
    assert_status(follow("POST", plant_link(fx.agent, "n@a.test", "email")),
                  303);
    assert_string_equal(sql("SELECT string_agg(user_id::text, ',') FROM "
                            "one_time_tokens WHERE used_at IS NULL"),
                        "11");
}

TEST(email_change_is_in_the_history_of_the_company)
{
    UNUSED;
    assert_status(follow("POST", plant_link(fx.agent, "n@a.test", "email")),
                  303);
    assert_int_equal(
        sql_int("SELECT count(*) FROM audit_log WHERE company_id "
                "= 1 AND action = 'email.changed' AND user_id = 13 "
                "AND target_id = '13'"),
        1);
}

/* O link vai a quem quer que seja: sem freio seria correio de graça. */
TEST(confirmation_mails_are_braked)
{
    int i;

    UNUSED;
    mail_on();
    for (i = 0; i < 6; i++)
        ask("POST", "/email",
            text("{\"newEmail\":\"v%d@vitima.test\"," PROOF "}", i));
    assert_problem(
        ask("POST", "/email", "{\"newEmail\":\"w@vitima.test\"," PROOF "}"),
        429, "rate-limited");
    assert_int_equal(mails("confirm_email"), 3);
}

/* ---- aparelhos ---- */

static const char *
family_of(const char *cookie)
{
    return sql("SELECT family FROM web_sessions WHERE token_hash = "
               "sha256('%s')",
               cookie);
}

TEST(devices_are_listed_and_ended_one_by_one)
{
    struct answer *a;

    UNUSED;
    open_session(fx.agent, THEIRS);
    a = page("/account/sessions");
    assert_status(a, 200);
    HAS(a, "Firefox");
    HAS(a, "198.51.100.7");
    HAS(a, text("/account/sessions/%s/end", family_of(THEIRS)));
    LACKS(a, text("/account/sessions/%s/end", family_of(MINE)));
    LACKS(a, MINE);
    assert_done(
        submit(text("/account/sessions/%s/end", family_of(THEIRS)), "x=1"),
        "/account/sessions");
    assert_status(page_with(THEIRS, "account", "/account"), 303);
    LACKS(page("/account/sessions"), "end-others");
}

TEST(device_of_another_person_is_not_found)
{
    UNUSED;
    open_session(fx.admin, THEIRS);
    assert_status(
        submit(text("/account/sessions/%s/end", family_of(THEIRS)), "x=1"),
        404);
    assert_status(submit("/account/sessions/1/end", "x=1"), 404);
    assert_status(submit("/account/sessions/end-others", "x=1"), 303);
    assert_status(page_with(THEIRS, "account", "/account"), 200);
}

TEST(all_other_devices_end_and_this_one_stays)
{
    UNUSED;
    open_session(fx.agent, THEIRS);
    HAS(page("/account/sessions"), "end-others");
    assert_done(submit("/account/sessions/end-others", "x=1"),
                "/account/sessions");
    assert_status(page_with(THEIRS, "account", "/account"), 303);
    assert_status(page("/account/sessions"), 200);
}

TEST(without_a_session_every_page_leads_to_the_login)
{
    static const char *const pages[] = { "/account", "/account/password",
                                         "/account/two-factor",
                                         "/account/two-factor/remove",
                                         "/account/sessions" };
    struct answer *a;
    size_t i;

    UNUSED;
    for (i = 0; i < sizeof pages / sizeof *pages; i++) {
        a = call(&(struct call){ .program = "account", .path = pages[i] });
        assert_status(a, 303);
        assert_non_null(strstr(header_of(a, "Location"), "/login"));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        RUN(profile_is_saved_and_a_refused_one_keeps_what_was_typed),
        RUN(form_without_its_token_or_from_elsewhere_is_refused),
        RUN(picture_is_shown_replaced_and_removed),
        RUN(hostile_picture_is_refused_in_the_form),
        RUN(password_page_changes_it_and_ends_the_other_browsers),
        RUN(password_of_any_size_is_only_wrong),
        RUN(guesses_of_strangers_do_not_lock_the_owner_out_of_the_account),
        RUN(link_is_opened_without_being_spent_and_confirmed_once),
        RUN(bad_links_are_one_and_the_same_page),
        RUN(asking_again_kills_the_first_link),
        RUN(of_two_people_with_the_same_new_address_one_wins),
        RUN(changed_password_kills_a_pending_email_change),
        RUN(changed_email_kills_the_reset_link_of_the_old_one),
        RUN(email_change_is_in_the_history_of_the_company),
        RUN(confirmation_mails_are_braked),
        RUN(devices_are_listed_and_ended_one_by_one),
        RUN(device_of_another_person_is_not_found),
        RUN(all_other_devices_end_and_this_one_stays),
        RUN(without_a_session_every_page_leads_to_the_login),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
