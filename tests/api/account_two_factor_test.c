/*
 * account_two_factor_test.c - a segunda etapa em /account sem JavaScript, e o
 * segredo que não pode aparecer em lugar nenhum.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "account_kit.h"
#include "harness.h"
#include "login_kit.h"

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

static struct answer *
with_token(const char *program, const char *method, const char *path,
           const char *token, const char *body)
{
    return call(&(struct call){ .program = program,
                                .method = method,
                                .path = path,
                                .token = token,
                                .body = body });
}

/* O token de acesso de antes cai; o de renovar traz o acesso inteiro. */
TEST(program_of_a_limited_person_opens_up_by_refreshing)
{
    const char *access, *refresh, *code;
    struct answer *a;

    UNUSED;
    sql("UPDATE companies SET require_two_factor = true WHERE id = 1");
    a = post_as(0, "auth", "/api/v1/auth/login",
                "{\"email\":\"agent@a.test\"," PROOF "}");
    assert_status(a, 200);
    access = at_text(a, "accessToken");
    refresh = at_text(a, "refreshToken");
    assert_problem(
        with_token("tickets", "GET", "/api/v1/tickets", access, NULL), 403,
        "two-factor-setup");
    a = with_token("accounts", "POST", "/api/v1/me/two-factor", access,
                   "{" PROOF "}");
    assert_status(a, 200);
    totp_use(at_text(a, "secret"));
    code = totp_code(0);
    a = with_token(
        "accounts", "POST", "/api/v1/me/two-factor/confirm", access,
        text("{\"setup\":\"%s\",\"code\":\"%s\"}", at_text(a, "setup"), code));
    assert_status(a, 200);
    assert_non_null(strstr(header_of(a, "Cache-Control"), "no-store"));
    assert_problem(
        with_token("tickets", "GET", "/api/v1/tickets", access, NULL), 401,
        "unauthorized");
    a = post_as(0, "auth", "/api/v1/auth/refresh",
                text("{\"refreshToken\":\"%s\"}", refresh));
    assert_status(a, 200);
    access = at_text(a, "accessToken");
    assert_status(with_token("tickets", "GET", "/api/v1/tickets", access, NULL),
                  200);
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
int
main(void)
{
    const struct CMUnitTest tests[] = {
        RUN(two_factor_is_set_up_without_javascript),
        RUN(code_that_turned_it_on_does_not_open_a_login),
        RUN(recovery_codes_are_renewed_and_two_factor_removed_in_the_pages),
        RUN(guessing_the_code_to_remove_two_factor_is_braked),
        RUN(recovery_codes_are_not_given_for_the_password_alone),
        RUN(company_that_demands_it_opens_up_after_the_setup),
        RUN(program_of_a_limited_person_opens_up_by_refreshing),
        RUN(no_secret_is_said_in_the_log_the_audit_or_a_job),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
