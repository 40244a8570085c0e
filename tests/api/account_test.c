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

#include "auth/csrf.h"
#include "auth/token.h"
#include "harness.h"
#include "login_kit.h"

#define FORM "application/x-www-form-urlencoded"
#define HERE "Origin: http://balcao.test"
#define MINE "0123456789abcdefABCDEF0123456789abcdefABCDE"
#define THEIRS "abcdef0123456789ABCDEFabcdef0123456789ABCDE"
#define LINK "ZYXWVUTSRQPONMLKJIHGFEDCBAzyxwvutsrqponmlkj"
#define NEW_PASSWORD "caneca azul na janela 7"
#define PROOF "\"password\":\"" FIXTURE_PASSWORD "\""
#define HAS(a, what) assert_non_null(strstr((a)->body, what))
#define LACKS(a, what) assert_null(strstr((a)->body, what))

/* ---- o navegador ---- */

static void
open_session(int64_t person, const char *cookie)
{
    sql("INSERT INTO web_sessions (user_id, company_id, token_version, "
        "token_hash, expires_at, user_agent, address) SELECT id, 1, "
        "token_version, sha256('%s'), now() + interval '1 hour', "
        "'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0', '198.51.100.7' "
        "FROM users WHERE id = %" PRId64,
        cookie, person);
}

static struct answer *
page_with(const char *cookie, const char *program, const char *path)
{
    return call(&(struct call){ .program = program,
                                .path = path,
                                .cookie = text("balcao=%s", cookie) });
}

static struct answer *
page(const char *path)
{
    return page_with(MINE, "account", path);
}

static const char *
csrf(void)
{
    static char token[CSRF_CHARS + 1];
    unsigned char hash[TOKEN_HASH_BYTES];

    token_hash(MINE, hash);
    csrf_token(hash, token);
    return token;
}

static struct answer *
submit(const char *path, const char *body)
{
    return call(&(struct call){ .program = "account",
                                .method = "POST",
                                .path = path,
                                .type = FORM,
                                .cookie = "balcao=" MINE,
                                .body = text("_csrf=%s&%s", csrf(), body),
                                .headers = { HERE } });
}

static void
assert_done(const struct answer *a, const char *where)
{
    assert_status(a, 303);
    assert_string_equal(header_of(a, "Location"), where);
}

/* O que vem depois de `mark`, até aspas ou "<". */
static const char *
after(const struct answer *a, const char *mark)
{
    const char *at = strstr(a->body, mark);

    if (at == NULL)
        fail_msg("a página não tem %s", mark);
    at += strlen(mark);
    return text("%.*s", (int)strcspn(at, "\"<"), at);
}

static struct answer *
ask(const char *method, const char *path, const char *body)
{
    return call(&(struct call){ .program = "me",
                                .method = method,
                                .path = text("/api/v1/me%s", path),
                                .token = token_of(fx.agent),
                                .body = body });
}

/* Cada teste começa com o agente num navegador. */
static int
reset(void **state)
{
    int failed = harness_reset(state);

    if (failed == 0)
        open_session(fx.agent, MINE);
    return failed;
}

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

static struct answer *
follow(const char *method, const char *token)
{
    bool post = strcmp(method, "POST") == 0;

    return call(&(struct call){
        .program = "account",
        .method = method,
        .path = post ? "/account/email/confirm"
                     : text("/account/email/confirm?token=%s", token),
        .type = post ? FORM : NULL,
        .body = post ? text("token=%s", token) : NULL,
        .headers = { HERE } });
}

/* O segredo que foi no e-mail. */
static const char *
mailed_token(void)
{
    return strstr(mail_text("confirm_email", "link"), "token=") + 6;
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
    assert_status(follow("POST", spent), 422);
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
    const char *mine = plant_link(fx.agent, "Novo@a.test", "email"),
               *yours = plant_link(fx.admin, "novo@A.test", "email");
    struct answer *a;

    UNUSED;
    assert_status(follow("POST", yours), 303);
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

/* ---- segunda etapa ---- */

/* Começa a ligar pela página; devolve o campo escondido. */
static const char *
start_setup(const char **secret)
{
    struct answer *a =
        submit("/account/two-factor", "password=" FIXTURE_PASSWORD);

    assert_status(a, 200);
    HAS(a, "class=\"qr-ink\"");
    assert_non_null(strstr(header_of(a, "Cache-Control"), "no-store"));
    *secret = after(a, "tabindex=\"0\">");
    return after(a, "name=\"setup\" value=\"");
}

/* "ABCD EFGH…" vira o segredo do aplicativo do login_kit. */
static const char *
ungrouped(const char *grouped)
{
    static char out[64];
    char *to = out;

    for (; *grouped != '\0'; grouped++)
        if (*grouped != ' ')
            *to++ = *grouped;
    *to = '\0';
    return out;
}

static struct answer *
enrol(void)
{
    const char *secret, *setup = start_setup(&secret);
    struct answer *a;

    totp_use(ungrouped(secret));
    a = submit("/account/two-factor/confirm",
               text("setup=%s&code=%s", setup, totp_code(0)));
    assert_status(a, 200);
    return a;
}

TEST(two_factor_is_set_up_without_javascript)
{
    const char *secret, *setup = start_setup(&secret), *code;
    struct answer *a =
        submit("/account/two-factor/confirm", text("setup=%s&code=abc", setup));

    UNUSED;
    assert_status(a, 422);
    HAS(a, "id=\"code-error\"");
    HAS(a, setup);
    HAS(a, secret);
    assert_int_equal(strlen(ungrouped(secret)), 32);
    totp_use(ungrouped(secret));
    a = submit("/account/two-factor/confirm",
               text("setup=%s&code=%s", setup, totp_code(0)));
    assert_status(a, 200);
    code = after(a, "<li><code>");
    assert_int_equal(strlen(code), 19);
    assert_non_null(strstr(header_of(a, "Cache-Control"), "no-store"));
    a = page("/account/two-factor");
    LACKS(a, code);
    LACKS(a, secret);
    assert_status(submit("/account/two-factor", "password=" FIXTURE_PASSWORD),
                  409);
    assert_status(submit("/account/two-factor/confirm",
                         text("setup=%s&code=%s", setup, totp_code(0))),
                  409);
}

TEST(code_that_turned_it_on_does_not_open_a_login)
{
    UNUSED;
    enrol();
    assert_problem(
        post_as(0, "auth", "/api/v1/auth/login",
                text("{\"email\":\"agent@a.test\"," PROOF ",\"code\":\"%s\"}",
                     totp_code(0))),
        401, "two-factor-required");
}

TEST(recovery_codes_are_renewed_and_two_factor_removed_in_the_pages)
{
    const char *old = after(enrol(), "<li><code>"), *fresh;
    struct answer *a =
        submit("/account/two-factor/codes", "password=nao+e&code=1");

    UNUSED;
    mail_on();
    assert_status(a, 422);
    HAS(a, "id=\"password-error\"");
    a = submit("/account/two-factor/codes",
               "password=" FIXTURE_PASSWORD "&code=000");
    assert_status(a, 422);
    HAS(a, "id=\"code-error\"");
    a = submit("/account/two-factor/codes",
               text("password=" FIXTURE_PASSWORD "&code=%s", totp_code(1)));
    assert_status(a, 200);
    fresh = after(a, "<li><code>");
    assert_status(page("/account/two-factor/remove"), 200);
    a = submit("/account/two-factor/remove",
               text("password=" FIXTURE_PASSWORD "&code=%s", old));
    assert_status(a, 422);
    HAS(a, "id=\"code-error\"");
    LACKS(a, old);
    assert_done(submit("/account/two-factor/remove",
                       text("password=" FIXTURE_PASSWORD "&code=%s", fresh)),
                "/account/two-factor");
    assert_int_equal(mails("two_factor_removed"), 1);
    HAS(page("/account/two-factor"), "Desligada");
}

/* Com a senha certa em cada pedido, o código ainda é um em um milhão. */
TEST(guessing_the_code_to_remove_two_factor_is_braked)
{
    struct answer *a = NULL;
    int i;

    UNUSED;
    totp_on(fx.agent);
    for (i = 0; i < 12; i++) {
        a = ask("POST", "/two-factor/remove",
                text("{" PROOF ",\"code\":\"%06d\"}", i));
        if (a->status == 429)
            break;
    }
    assert_problem(a, 429, "rate-limited");
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE action = "
                             "'two_factor.wrong' AND user_id = 13"),
                     i);
    /* nem por outra porta, nem acertando só a senha no meio */
    assert_problem(ask("POST", "/two-factor/recovery-codes",
                       "{" PROOF ",\"code\":\"000000\"}"),
                   429, "rate-limited");
    ask("POST", "/password",
        "{\"currentPassword\":\"" FIXTURE_PASSWORD
        "\",\"newPassword\":\"curta\"}");
    assert_problem(
        ask("POST", "/two-factor/remove", "{" PROOF ",\"code\":\"000000\"}"),
        429, "rate-limited");
    sql("TRUNCATE login_buckets");
    assert_status(ask("POST", "/two-factor/remove",
                      text("{" PROOF ",\"code\":\"%s\"}", totp_code(0))),
                  204);
}

/* Senão a senha bastaria: códigos novos, e com um deles a etapa cai. */
TEST(recovery_codes_are_not_given_for_the_password_alone)
{
    UNUSED;
    totp_on(fx.agent);
    assert_field(ask("POST", "/two-factor/recovery-codes", "{" PROOF "}"),
                 "code", "required");
    assert_status(
        submit("/account/two-factor/codes", "password=" FIXTURE_PASSWORD), 422);
    assert_int_equal(sql_int("SELECT count(*) FROM recovery_codes"), 0);
}

TEST(company_that_demands_it_opens_up_after_the_setup)
{
    struct answer *a;

    UNUSED;
    sql("UPDATE companies SET require_two_factor = true WHERE id = 1");
    assert_problem(get_as(fx.agent, "tickets", "/api/v1/tickets"), 403,
                   "two-factor-setup");
    a = page_with(MINE, "inbox", "/inbox");
    assert_true(a->status == 303 || a->status == 403);
    a = page("/account/two-factor");
    assert_status(a, 200);
    HAS(a, "is-alert");
    enrol();
    assert_status(page_with(MINE, "inbox", "/inbox"), 200);
    assert_status(get_as(fx.agent, "tickets", "/api/v1/tickets"), 200);
    a = page("/account/two-factor");
    LACKS(a, "/account/two-factor/remove");
    assert_status(submit("/account/two-factor/remove",
                         "password=" FIXTURE_PASSWORD "&code=123456"),
                  409);
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

/* ---- o que é segredo ---- */

/* Tudo o que o programa disse em stderr, com o registro no nível mais falante.
 */
static char said[200000];

static void
listen_to_log(int *saved, const char *file)
{
    int fd = open(file, O_CREAT | O_TRUNC | O_WRONLY, 0600);

    fflush(stderr);
    *saved = dup(2);
    dup2(fd, 2);
    close(fd);
    setenv("BALCAO_LOG_LEVEL", "debug", 1);
}

static void
read_log(int saved, const char *file)
{
    int fd;
    ssize_t n;

    fflush(stderr);
    dup2(saved, 2);
    close(saved);
    unsetenv("BALCAO_LOG_LEVEL");
    fd = open(file, O_RDONLY);
    n = read(fd, said, sizeof said - 1);
    said[n > 0 ? n : 0] = '\0';
    close(fd);
    unlink(file);
}

static void
assert_unsaid(const char *secret)
{
    assert_true(strlen(secret) >= 4);
    if (strstr(said, secret) != NULL)
        fail_msg("o registro disse um segredo: %s", secret);
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log a WHERE "
                             "strpos(a::text, '%s') > 0",
                             secret),
                     0);
    assert_int_equal(sql_int("SELECT count(*) FROM jobs j WHERE "
                             "strpos(j::text, '%s') > 0",
                             secret),
                     0);
    assert_int_equal(sql_int("SELECT count(*) FROM live_outbox o WHERE "
                             "strpos(o::text, '%s') > 0",
                             secret),
                     0);
}

TEST(no_secret_is_said_in_the_log_the_audit_or_a_job)
{
    const char *file = text("/tmp/balcao-account-%d.log", (int)getpid());
    const char *secret, *setup, *code, *recovery, *token;
    int saved;

    UNUSED;
    mail_on();
    listen_to_log(&saved, file);
    setup = start_setup(&secret);
    totp_use(ungrouped(secret));
    code = totp_code(0);
    recovery = after(submit("/account/two-factor/confirm",
                            text("setup=%s&code=%s", setup, code)),
                     "<li><code>");
    submit("/account/two-factor/remove", "password=errada+mesmo&code=zzzzzz");
    submit("/account/two-factor/remove",
           text("password=" FIXTURE_PASSWORD "&code=%s", recovery));
    submit("/account/email",
           "newEmail=novo%40a.test&password=" FIXTURE_PASSWORD);
    token = mailed_token();
    follow("GET", token);
    follow("POST", token);
    submit("/account/password", "currentPassword=" FIXTURE_PASSWORD
                                "&newPassword=caneca+azul+na+janela+7");
    read_log(saved, file);
    assert_unsaid(FIXTURE_PASSWORD);
    assert_unsaid("caneca azul");
    assert_unsaid("errada mesmo");
    assert_unsaid(ungrouped(secret));
    assert_unsaid(setup);
    assert_unsaid(recovery);
    assert_unsaid(token);
    assert_unsaid(MINE);
    assert_unsaid("$2b$");
    assert_null(strstr(said, code));
}

#define RUN(name) cmocka_unit_test_setup(name, reset)

static int
set_up(void **state)
{
    int failed = harness_setup(state);

    harness_cover("account");
    return failed;
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
        RUN(two_factor_is_set_up_without_javascript),
        RUN(code_that_turned_it_on_does_not_open_a_login),
        RUN(recovery_codes_are_renewed_and_two_factor_removed_in_the_pages),
        RUN(guessing_the_code_to_remove_two_factor_is_braked),
        RUN(recovery_codes_are_not_given_for_the_password_alone),
        RUN(company_that_demands_it_opens_up_after_the_setup),
        RUN(devices_are_listed_and_ended_one_by_one),
        RUN(device_of_another_person_is_not_found),
        RUN(all_other_devices_end_and_this_one_stays),
        RUN(without_a_session_every_page_leads_to_the_login),
        RUN(no_secret_is_said_in_the_log_the_audit_or_a_job),
    };

    return cmocka_run_group_tests(tests, set_up, harness_teardown);
}
