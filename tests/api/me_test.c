/* me_test.c - a pessoa cuida da própria conta, pela API e pelas páginas. */
#include "account_kit.h"
#include "harness.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "auth/totp.h"

#define COOKIE "0123456789abcdefABCDEF0123456789abcdefABCDE"
#define OTHER_PASSWORD "caneca azul na janela 7"

/* Um pixel em PNG. */
#define PNG \
    "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\b\2\0\0\0\x90wS\xde" \
    "\0\0\0\x0cIDATx\x9c" \
    "c\xf8\xcf\xc0\0\0\3\1\1\0\xc9\xfe\x92\xef" \
    "\0\0\0\0IEND\xae" \
    "B`\x82"

static struct answer *
ask_with(const char *method, const char *path, const char *token,
         const char *body)
{
    return call(&(struct call){ .program = "accounts",
                                .method = method,
                                .path = text("/api/v1/me%s", path),
                                .token = token,
                                .body = body });
}

static struct answer *
post(const char *path, const char *body)
{
    return ask_with("POST", path, token_of(fx.agent), body);
}

/* Login de verdade: é o que dá família, para ver o que se encerra. */
static const char *
login_as(const char *email, const char *password)
{
    struct answer *a = post_as(
        0, "auth", "/api/v1/auth/login",
        text("{\"email\":\"%s\",\"password\":\"%s\"}", email, password));

    assert_status(a, 200);
    return at_text(a, "accessToken");
}

static const char *
mails(void)
{
    return sql("SELECT count(*) FROM jobs WHERE kind = 'mail.send'");
}

TEST(profile_changes_only_what_came)
{
    struct answer *a = ask_with("PATCH", "", token_of(fx.agent),
                                "{\"displayName\":\"Bru\",\"locale\":\"en\"}");

    UNUSED;
    assert_status(a, 200);
    assert_string_equal(at_text(a, "name"), "Bruno Agente");
    assert_string_equal(at_text(a, "displayName"), "Bru");
    assert_string_equal(at_text(a, "locale"), "en");
    a = ask_with("PATCH", "", token_of(fx.agent), "{\"locale\":null}");
    assert_string_equal(at_text(a, "locale"), "pt-BR");
    assert_field(ask_with("PATCH", "", token_of(fx.agent), "{\"name\":\"  \"}"),
                 "name", "min");
    assert_field(
        ask_with("PATCH", "", token_of(fx.agent), "{\"role\":\"admin\"}"),
        "role", "unknown");
}

TEST(password_change_ends_the_other_logins_and_keeps_this_one)
{
    const char *other = login_as("agent@a.test", FIXTURE_PASSWORD),
               *mine = login_as("agent@a.test", FIXTURE_PASSWORD);

    UNUSED;
    assert_status(ask_with("POST", "/password", mine,
                           "{\"currentPassword\":\"" FIXTURE_PASSWORD
                           "\",\"newPassword\":\"" OTHER_PASSWORD "\"}"),
                  204);
    assert_problem(ask_with("GET", "", other, NULL), 401, "unauthorized");
    assert_status(ask_with("GET", "", mine, NULL), 200);
    login_as("agent@a.test", OTHER_PASSWORD);
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE action = "
                             "'password.changed' AND user_id = 13"),
                     1);
}

TEST(password_change_refuses_wrong_weak_and_repeated)
{
    UNUSED;
    assert_field(post("/password", "{\"currentPassword\":\"não é esta\","
                                   "\"newPassword\":\"" OTHER_PASSWORD "\"}"),
                 "currentPassword", "wrong");
    assert_field(post("/password", "{\"currentPassword\":\"" FIXTURE_PASSWORD
                                   "\",\"newPassword\":\"curta\"}"),
                 "newPassword", "min");
    assert_field(post("/password",
                      "{\"currentPassword\":\"" FIXTURE_PASSWORD
                      "\",\"newPassword\":\"" FIXTURE_PASSWORD "\"}"),
                 "newPassword", "same");
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE action = "
                             "'password.wrong'"),
                     1);
}

TEST(guessing_the_own_password_is_braked)
{
    int i;

    UNUSED;
    for (i = 0; i < 10; i++)
        post("/password", "{\"currentPassword\":\"não é esta\","
                          "\"newPassword\":\"" OTHER_PASSWORD "\"}");
    assert_problem(post("/password",
                        "{\"currentPassword\":\"" FIXTURE_PASSWORD
                        "\",\"newPassword\":\"" OTHER_PASSWORD "\"}"),
                   429, "rate-limited");
}

/* O segredo de um link só existe no e-mail; aqui se põe um conhecido. */
static void
plant_link(int64_t person, const char *address)
{
    sql("INSERT INTO one_time_tokens (purpose, token_hash, user_id, address, "
        "payload, expires_at) VALUES ('email', sha256('" COOKIE "'), %" PRId64
        ", '%s', '{}', now() + interval '1 day')",
        person, address);
}

static struct answer *
confirm_link(void)
{
    if (sql_int("SELECT count(*) FROM web_sessions WHERE token_hash = "
                "sha256('" MINE "')") == 0)
        open_session(fx.agent, MINE);
    return follow("POST", COOKIE);
}

TEST(new_email_counts_only_after_its_link)
{
    UNUSED;
    setenv("BALCAO_SMTP_URL", "smtp://127.0.0.1:9", 1);
    assert_status(post("/email", "{\"newEmail\":\"novo@a.test\",\"password\":"
                                 "\"" FIXTURE_PASSWORD "\"}"),
                  204);
    assert_string_equal(sql("SELECT email FROM users WHERE id = 13"),
                        "agent@a.test");
    assert_string_equal(mails(), "1");
    assert_int_equal(sql_int("SELECT count(*) FROM jobs WHERE payload::text "
                             "LIKE '%%novo@a%%'"),
                     0);
    sql("DELETE FROM one_time_tokens");
    plant_link(fx.agent, "novo@a.test");
    assert_status(confirm_link(), 303);
    assert_string_equal(sql("SELECT email FROM users WHERE id = 13"),
                        "novo@a.test");
    assert_string_equal(mails(), "2"); /* o antigo fica sabendo */
    assert_status(confirm_link(), 422);
    unsetenv("BALCAO_SMTP_URL");
}

TEST(taken_email_answers_alike_and_sends_nothing)
{
    UNUSED;
    setenv("BALCAO_SMTP_URL", "smtp://127.0.0.1:9", 1);
    assert_status(post("/email", "{\"newEmail\":\"ADMIN@b.test\",\"password\":"
                                 "\"" FIXTURE_PASSWORD "\"}"),
                  204);
    assert_string_equal(mails(), "0");
    sql("DELETE FROM one_time_tokens");
    plant_link(fx.agent, "admin@B.test");
    assert_status(confirm_link(), 422);
    assert_string_equal(sql("SELECT email FROM users WHERE id = 13"),
                        "agent@a.test");
    unsetenv("BALCAO_SMTP_URL");
}

TEST(email_change_needs_the_password_and_can_be_dropped)
{
    UNUSED;
    assert_field(post("/email", "{\"newEmail\":\"novo@a.test\",\"password\":"
                                "\"errada de todo\"}"),
                 "password", "wrong");
    assert_field(post("/email", "{\"newEmail\":\"nem é\",\"password\":\"x\"}"),
                 "newEmail", "format");
    plant_link(fx.agent, "novo@a.test");
    assert_status(ask_with("DELETE", "/email", token_of(fx.agent), NULL), 204);
    assert_status(confirm_link(), 422);
}

/* RFC 4648 seção 6, de volta a bytes. */
static void
read_base32(const char *text, unsigned char *out)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    unsigned bits = 0, have = 0;

    for (; *text != '\0'; text++) {
        bits = bits << 5 | (unsigned)(strchr(alphabet, *text) - alphabet);
        have += 5;
        if (have >= 8) {
            *out++ = (unsigned char)(bits >> (have - 8));
            have -= 8;
        }
    }
}

/* O código que o aplicativo mostraria daqui a `steps` passos, achado por
 * tentativa: a conta de verdade já é da liboath. */
static const char *
app_code(const char *secret, int steps)
{
    unsigned char raw[TOTP_SECRET_BYTES];
    int64_t now = time(NULL) + steps * TOTP_STEP_S, step;
    char digits[12];
    int guess;

    read_base32(secret, raw);
    for (guess = 0; guess < 1000000; guess++) {
        snprintf(digits, sizeof digits, "%06d", guess);
        if (totp_check(raw, digits, now, now / TOTP_STEP_S - 1, &step) &&
            step == now / TOTP_STEP_S)
            return text("%s", digits);
    }
    return "000000";
}

static struct answer *
offer(void)
{
    struct answer *a =
        post("/two-factor", "{\"password\":\"" FIXTURE_PASSWORD "\"}");

    assert_status(a, 200);
    return a;
}

static struct answer *
enrol(const char **secret)
{
    struct answer *a = offer();

    *secret = at_text(a, "secret");
    a = post("/two-factor/confirm",
             text("{\"setup\":\"%s\",\"code\":\"%s\"}", at_text(a, "setup"),
                  app_code(*secret, 0)));
    assert_status(a, 200);
    return a;
}

TEST(two_factor_is_on_only_after_a_code_of_the_app)
{
    struct answer *a = offer();
    const char *setup = at_text(a, "setup");

    UNUSED;
    assert_non_null(strstr(at_text(a, "uri"), "otpauth://totp/"));
    assert_non_null(strstr(at_text(a, "qr"), "<svg"));
    assert_int_equal(sql_int("SELECT count(*) FROM users WHERE totp_secret IS "
                             "NOT NULL"),
                     0);
    assert_field(post("/two-factor/confirm",
                      text("{\"setup\":\"%s\",\"code\":\"abc\"}", setup)),
                 "code", "wrong");
    assert_field(post("/two-factor/confirm",
                      text("{\"setup\":\"00%s\",\"code\":\"123456\"}", setup)),
                 "setup", "expired");
    assert_field(
        ask_with("POST", "/two-factor/confirm", token_of(fx.admin),
                 text("{\"setup\":\"%s\",\"code\":\"123456\"}", setup)),
        "setup", "expired");
    a = enrol(&setup);
    assert_int_equal(json_object_array_length(at(a, "recoveryCodes")), 10);
    a = ask_with("GET", "/two-factor", token_of(fx.agent), NULL);
    assert_int_equal(at_int(a, "codesLeft"), 10);
    assert_problem(
        post("/two-factor", "{\"password\":\"" FIXTURE_PASSWORD "\"}"), 409,
        "conflict");
}

TEST(enrolled_person_needs_the_code_to_sign_in)
{
    const char *secret, *code, *who;
    struct answer *a = enrol(&secret);
    const char *recovery = json_object_get_string(
        json_object_array_get_idx(at(a, "recoveryCodes"), 0));

    UNUSED;
    who = "\"email\":\"agent@a.test\",\"password\":\"" FIXTURE_PASSWORD "\"";
    assert_problem(post_as(0, "auth", "/api/v1/auth/login", text("{%s}", who)),
                   401, "two-factor-required");
    code = app_code(secret, 1);
    assert_status(post_as(0, "auth", "/api/v1/auth/login",
                          text("{%s,\"code\":\"%s\"}", who, code)),
                  200);
    assert_status(post_as(0, "auth", "/api/v1/auth/login",
                          text("{%s,\"code\":\"%s\"}", who, code)),
                  401);
    assert_status(post_as(0, "auth", "/api/v1/auth/login",
                          text("{%s,\"code\":\"%s\"}", who, recovery)),
                  200);
    assert_status(post_as(0, "auth", "/api/v1/auth/login",
                          text("{%s,\"code\":\"%s\"}", who, recovery)),
                  401);
}

TEST(two_factor_is_renewed_and_removed_with_proof)
{
    const char *secret;
    struct answer *a;

    UNUSED;
    assert_problem(post("/two-factor/recovery-codes",
                        "{\"password\":\"" FIXTURE_PASSWORD
                        "\",\"code\":\"123456\"}"),
                   409, "conflict");
    enrol(&secret);
    a = post("/two-factor/recovery-codes",
             text("{\"password\":\"" FIXTURE_PASSWORD "\",\"code\":\"%s\"}",
                  app_code(secret, 1)));
    assert_status(a, 200);
    assert_field(post("/two-factor/remove", "{\"password\":\"" FIXTURE_PASSWORD
                                            "\",\"code\":\"000\"}"),
                 "code", "wrong");
    sql("UPDATE companies SET require_two_factor = true WHERE id = 1");
    assert_problem(post("/two-factor/remove",
                        "{\"password\":\"" FIXTURE_PASSWORD
                        "\",\"code\":\"000\"}"),
                   409, "conflict");
    sql("UPDATE companies SET require_two_factor = false WHERE id = 1");
    assert_status(
        post("/two-factor/remove",
             text("{\"password\":\"" FIXTURE_PASSWORD "\",\"code\":\"%s\"}",
                  json_object_get_string(
                      json_object_array_get_idx(at(a, "recoveryCodes"), 3)))),
        204);
    assert_int_equal(sql_int("SELECT count(*) FROM users WHERE "
                             "totp_enabled_at IS NOT NULL"),
                     0);
    assert_int_equal(sql_int("SELECT count(*) FROM recovery_codes"), 0);
}

TEST(no_secret_reaches_the_audit_or_a_stored_answer)
{
    const char *secret;

    UNUSED;
    call(&(struct call){ .program = "accounts",
                         .method = "POST",
                         .path = "/api/v1/me/two-factor",
                         .token = token_of(fx.agent),
                         .headers = { "Idempotency-Key: chave-de-repetir-1" },
                         .body = "{\"password\":\"" FIXTURE_PASSWORD "\"}" });
    enrol(&secret);
    assert_int_equal(sql_int("SELECT count(*) FROM idempotency_keys"), 0);
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE "
                             "(coalesce(before::text, '') || "
                             "coalesce(after::text, '')) ~ '%s|\\$2b'",
                             secret),
                     0);
    assert_string_equal(sql("SELECT after ->> 'totp_secret' FROM audit_log "
                            "WHERE after ? 'totp_secret'"),
                        "***");
}

static struct answer *
send_picture(const char *bytes, size_t n, const char *type)
{
    static char body[1024];
    int head = snprintf(body, sizeof body,
                        "--b\r\nContent-Disposition: form-data; "
                        "name=\"picture\"; filename=\"a.png\"\r\n"
                        "Content-Type: %s\r\n\r\n",
                        type);

    memcpy(body + head, bytes, n);
    memcpy(body + head + n, "\r\n--b--\r\n", 9);
    return call(&(struct call){ .program = "accounts",
                                .method = "PUT",
                                .path = "/api/v1/me/picture",
                                .token = token_of(fx.agent),
                                .type = "multipart/form-data; boundary=b",
                                .body = body,
                                .body_len = (size_t)head + n + 9 });
}

TEST(picture_is_kept_served_and_removed)
{
    struct answer *a;

    UNUSED;
    assert_problem(ask_with("GET", "/picture", token_of(fx.agent), NULL), 404,
                   "not-found");
    assert_status(send_picture(PNG, sizeof PNG - 1, "image/png"), 204);
    a = ask_with("GET", "/picture", token_of(fx.agent), NULL);
    assert_status(a, 200);
    assert_memory_equal(a->body + 8, "WEBP", 4);
    a = call(&(struct call){
        .program = "accounts",
        .path = "/api/v1/me/picture",
        .token = token_of(fx.agent),
        .headers = { text("If-None-Match: %s", header_of(a, "ETag")) } });
    assert_status(a, 304);
    assert_status(ask_with("DELETE", "/picture", token_of(fx.agent), NULL),
                  204);
    assert_problem(ask_with("GET", "/picture", token_of(fx.agent), NULL), 404,
                   "not-found");
}

TEST(picture_that_is_not_one_is_refused)
{
    UNUSED;
    assert_status(send_picture("<svg onload=x>", 14, "image/svg+xml"), 422);
    assert_status(send_picture("<svg onload=x>", 14, "image/png"), 422);
    assert_status(send_picture(PNG, 20, "image/png"), 422);
    assert_int_equal(sql_int("SELECT count(*) FROM pictures"), 0);
}

TEST(api_token_cannot_touch_the_account)
{
    UNUSED;
    sql("INSERT INTO api_tokens (company_id, user_id, name, scopes, prefix, "
        "token_hash) VALUES (1, 13, 'x', '{me.read,self}', 'x', "
        "sha256('blc_" COOKIE "'))");
    assert_status(ask_with("GET", "", "blc_" COOKIE, NULL), 200);
    assert_problem(ask_with("PATCH", "", "blc_" COOKIE, "{\"name\":\"X\"}"),
                   403, "forbidden");
    assert_problem(ask_with("POST", "/password", "blc_" COOKIE, "{}"), 403,
                   "forbidden");
}

#define CASE(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(profile_changes_only_what_came),
        CASE(password_change_ends_the_other_logins_and_keeps_this_one),
        CASE(password_change_refuses_wrong_weak_and_repeated),
        CASE(guessing_the_own_password_is_braked),
        CASE(new_email_counts_only_after_its_link),
        CASE(taken_email_answers_alike_and_sends_nothing),
        CASE(email_change_needs_the_password_and_can_be_dropped),
        CASE(two_factor_is_on_only_after_a_code_of_the_app),
        CASE(enrolled_person_needs_the_code_to_sign_in),
        CASE(two_factor_is_renewed_and_removed_with_proof),
        CASE(no_secret_reaches_the_audit_or_a_stored_answer),
        CASE(picture_is_kept_served_and_removed),
        CASE(picture_that_is_not_one_is_refused),
        CASE(api_token_cannot_touch_the_account),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
