/* login_test.c - freio, segunda etapa, logins abertos e empresa, pela API. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "account/sign_in.h"
#include "auth/one_time.h"
#include "auth/recovery_codes.h"
#include "auth/throttle.h"
#include "base/conf.h"
#include "db/db.h"
#include "harness.h"
#include "login_kit.h"

#define LOGIN "/api/v1/auth/login"
#define SESSIONS "/api/v1/auth/sessions"

/* Um login de um endereço (o proxy de confiança o diz), com um cookie. */
static struct answer *
login_from(const char *address, const char *cookie, const char *body)
{
    return call(
        &(struct call){ .program = "auth",
                        .path = LOGIN,
                        .body = body,
                        .cookie = cookie,
                        .headers = { text("X-Forwarded-For: %s", address),
                                     "User-Agent: teste/1.0" } });
}

static const char *
pair(const char *email, const char *password)
{
    return text("{\"email\":\"%s\",\"password\":\"%s\"}", email, password);
}

static const char *
with_code(const char *code)
{
    return text("{\"email\":\"admin@a.test\",\"password\":\"%s\","
                "\"code\":\"%s\"}",
                FIXTURE_PASSWORD, code);
}

static struct answer *
login(const char *email)
{
    struct answer *a =
        login_from("198.51.100.7", NULL, pair(email, FIXTURE_PASSWORD));

    assert_status(a, 200);
    return a;
}

static int64_t
audits(const char *action, int64_t company)
{
    return sql_int("SELECT count(*) FROM audit_log WHERE action = '%s' "
                   "AND company_id = %" PRId64,
                   action, company);
}

/* O token ainda abre alguma coisa? */
static struct answer *
use(const char *token)
{
    return call(
        &(struct call){ .program = "auth", .path = SESSIONS, .token = token });
}

/* ---- freio ---- */

/* Errado n vezes, cada vez de um endereço. */
static void
fail_logins(const char *email, int n)
{
    int i;

    for (i = 0; i < n; i++)
        assert_problem(
            login_from(text("203.0.113.%d", i), NULL, pair(email, "errada")),
            401, "bad-login");
}

TEST(eleventh_wrong_password_is_throttled_from_any_address)
{
    struct answer *a;

    UNUSED;
    fail_logins("admin@a.test", 10);
    a = login_from("192.0.2.99", NULL, pair("admin@a.test", "errada"));
    assert_problem(a, 429, "rate-limited");
    assert_in_range(atoi(header_of(a, "Retry-After")), 55, 60);
    /* nem a certa passa enquanto se espera, e outra conta não tem com isso */
    a = login_from("192.0.2.99", NULL, pair("admin@a.test", FIXTURE_PASSWORD));
    assert_problem(a, 429, "rate-limited");
    assert_status(
        login_from("192.0.2.99", NULL, pair("agent@a.test", FIXTURE_PASSWORD)),
        200);
    assert_int_equal(audits("login.failed", fx.company), 10);
    assert_int_equal(audits("login.throttled", fx.company), 1);
}

TEST(unknown_email_is_throttled_alike)
{
    struct answer *known, *unknown;

    UNUSED;
    fail_logins("admin@a.test", 10);
    fail_logins("nobody@a.test", 10);
    known = login_from("192.0.2.1", NULL, pair("admin@a.test", "x"));
    unknown = login_from("192.0.2.1", NULL, pair("nobody@a.test", "x"));
    assert_problem(known, 429, "rate-limited");
    assert_problem(unknown, 429, "rate-limited");
    assert_string_equal(known->body, unknown->body);
    assert_int_equal(audits("login.throttled", 0), 1);
    assert_non_null(sql("SELECT 1 FROM audit_log WHERE company_id = 0 AND "
                        "after->>'email' = 'n***@a.test'"));
    assert_null(sql("SELECT 1 FROM audit_log WHERE after::text LIKE "
                    "'%%nobody%%'"));
}

TEST(waits_grow_to_fifteen_minutes_and_an_hour_forgets)
{
    static const int waits[] = { 60, 120, 240, 480, 900, 900 };
    size_t i;

    UNUSED;
    fail_logins("agent@a.test", 10);
    for (i = 0; i < sizeof waits / sizeof *waits; i++) {
        struct answer *a =
            login_from("192.0.2.1", NULL, pair("agent@a.test", "x"));

        assert_problem(a, 429, "rate-limited");
        assert_in_range(atoi(header_of(a, "Retry-After")), waits[i] - 3,
                        waits[i]);
        /* a espera acaba: uma tentativa, e o balde enche de novo */
        sql("UPDATE login_buckets SET since = clock_timestamp(), "
            "blocked_until = clock_timestamp() WHERE blocked_until > now()");
        assert_problem(login_from("192.0.2.1", NULL, pair("agent@a.test", "x")),
                       401, "bad-login");
    }
    sql("UPDATE login_buckets SET since = since - interval '61 minutes', "
        "blocked_until = blocked_until - interval '61 minutes'");
    fail_logins("agent@a.test", 10);
    assert_in_range(
        atoi(header_of(login_from("192.0.2.1", NULL, pair("agent@a.test", "x")),
                       "Retry-After")),
        55, 60);
}

TEST(known_device_gets_in_while_its_account_is_attacked)
{
    const char *device = set_cookie(login("admin@a.test"), "balcao-device");
    const char *cookie = text("balcao-device=%s", device), *agent;

    UNUSED;
    assert_true(device[0] != '\0');
    agent = set_cookie(login("agent@a.test"), "balcao-device");
    fail_logins("admin@a.test", 10);
    assert_status(
        login_from("192.0.2.1", NULL, pair("admin@a.test", FIXTURE_PASSWORD)),
        429);
    /* o cookie é de uma conta só, e adulterado não vale */
    assert_status(login_from("192.0.2.1", text("balcao-device=%s", agent),
                             pair("admin@a.test", FIXTURE_PASSWORD)),
                  429);
    assert_status(
        login_from("192.0.2.1",
                   text("%.*s%c", (int)strlen(cookie) - 1, cookie,
                        cookie[strlen(cookie) - 1] == '0' ? '1' : '0'),
                   pair("admin@a.test", FIXTURE_PASSWORD)),
        429);
    assert_status(
        login_from("192.0.2.1", cookie, pair("admin@a.test", FIXTURE_PASSWORD)),
        200);
    /* e a cota do aparelho também tem fim */
    sql("TRUNCATE login_buckets");
    {
        int i;

        for (i = 0; i < 10; i++)
            assert_status(
                login_from("192.0.2.1", cookie, pair("admin@a.test", "x")),
                401);
    }
    assert_status(
        login_from("192.0.2.1", cookie, pair("admin@a.test", FIXTURE_PASSWORD)),
        429);
    assert_status(
        login_from("192.0.2.1", NULL, pair("admin@a.test", FIXTURE_PASSWORD)),
        200);
}

TEST(right_password_empties_the_account_and_not_the_address)
{
    UNUSED;
    fail_logins("admin@a.test", 9);
    login("admin@a.test");
    fail_logins("admin@a.test", 10);
    assert_int_equal(
        sql_int("SELECT count(*) FROM login_buckets WHERE key LIKE 'address%%' "
                "AND level > 1.5"),
        9); /* os nove primeiros endereços erraram duas vezes */
}

/* Uma tentativa direta, sem processo: endereço e e-mail à escolha. */
static enum err
attempt(struct db *db, const char *address, const char *email)
{
    struct ctx c = { .arena = arena_new(8192),
                     .db = db,
                     .token_version = -1,
                     .remote = address,
                     .user_agent = "teste" };
    struct signed_in who;
    enum err e = sign_in_password(
        &c, &(struct sign_in){ .email = email, .password = "errada" }, &who);

    db_rollback(&c);
    arena_free(c.arena);
    return e;
}

TEST(address_is_limited_over_all_accounts_and_ipv6_by_network)
{
    struct db *db = db_new(conf()->database_url);
    struct throttle t = { 0 };
    struct arena *a = arena_new(1024);
    struct ctx c = { .arena = a };
    int i;

    UNUSED;
    for (i = 0; i < 50; i++)
        assert_int_equal(
            attempt(db, text("2001:db8:1:2::%x", i), text("p%d@x.test", i)),
            ERR_BAD_LOGIN);
    assert_int_equal(attempt(db, "2001:db8:1:2:ffff::1", "outra@x.test"),
                     ERR_RATE_LIMITED);
    assert_int_equal(attempt(db, "2001:db8:1:3::1", "outra@x.test"),
                     ERR_BAD_LOGIN);
    throttle_add(&c, &t, THROTTLE_ADDRESS, "::ffff:192.0.2.1");
    throttle_add(&c, &t, THROTTLE_ADDRESS, "192.0.2.1");
    assert_string_equal(t.buckets[0].key, t.buckets[1].key);
    arena_free(a);
    db_close(db);
}

/*
 * Dez mil senhas erradas em uma conta, de dez mil endereços: dez custam um
 * bcrypt, o resto custa uma consulta. Mede-se processador, não relógio.
 */
TEST(ten_thousand_wrong_passwords_cost_ten_hashes)
{
    struct db *db = db_new(conf()->database_url);
    struct rusage before, after;
    int i, tried = 0, refused = 0;
    double cpu_s;

    UNUSED;
    getrusage(RUSAGE_SELF, &before);
    for (i = 0; i < 10000; i++) {
        char address[32];
        enum err e;

        snprintf(address, sizeof address, "10.%d.%d.1", i / 250, i % 250);
        e = attempt(db, address, "admin@a.test");
        tried += e == ERR_BAD_LOGIN;
        refused += e == ERR_RATE_LIMITED;
    }
    getrusage(RUSAGE_SELF, &after);
    cpu_s = (double)(after.ru_utime.tv_sec - before.ru_utime.tv_sec) +
            (double)(after.ru_utime.tv_usec - before.ru_utime.tv_usec) / 1e6;
    db_close(db);
    assert_int_equal(tried, 10);
    assert_int_equal(refused, 9990);
    assert_true(cpu_s < 12); /* dez mil bcrypt seriam mais de 500 s */
    assert_int_equal(audits("login.throttled", fx.company), 1);
    /* e o dono entra assim que a espera acaba */
    sql("UPDATE login_buckets SET blocked_until = now(), since = now()");
    login("admin@a.test");
}

/* Oito processos tentam juntos na última vaga: só um gasta hash. */
TEST(concurrent_attempts_never_pass_the_limit)
{
    pid_t child[8];
    int i, status, tried = 0;

    UNUSED;
    fail_logins("admin@a.test", 9);
    for (i = 0; i < 8; i++) {
        child[i] = fork();
        if (child[i] == 0) {
            struct db *db = db_new(conf()->database_url);

            _exit(attempt(db, "192.0.2.50", "admin@a.test") == ERR_BAD_LOGIN);
        }
    }
    for (i = 0; i < 8; i++) {
        waitpid(child[i], &status, 0);
        tried += WEXITSTATUS(status);
    }
    assert_int_equal(tried, 1);
}

/* ---- segunda etapa ---- */

TEST(second_step_is_asked_only_after_the_right_password)
{
    struct answer *a;

    UNUSED;
    totp_on(fx.admin);
    assert_problem(login_from("192.0.2.1", NULL, pair("admin@a.test", "x")),
                   401, "bad-login");
    a = login_from("192.0.2.1", NULL, pair("admin@a.test", FIXTURE_PASSWORD));
    assert_problem(a, 401, "two-factor-required");
    assert_string_equal(set_cookie(a, "balcao-device"), "");
    assert_int_equal(sql_int("SELECT count(*) FROM refresh_tokens"), 0);
    assert_problem(login_from("192.0.2.1", NULL, with_code("000000")), 401,
                   "two-factor-required");
    assert_problem(login_from("192.0.2.1", NULL, with_code("")), 401,
                   "two-factor-required");
    assert_int_equal(audits("login.succeeded", fx.company), 0);
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE action = "
                             "'login.failed' AND after->>'step' = 'code'"),
                     1);
}

TEST(app_code_works_once)
{
    const char *code, *next;

    UNUSED;
    totp_on(fx.admin);
    code = totp_code(0);
    next = totp_code(1);
    assert_status(login_from("192.0.2.1", NULL, with_code(code)), 200);
    assert_problem(login_from("192.0.2.1", NULL, with_code(code)), 401,
                   "two-factor-required");
    assert_status(login_from("192.0.2.1", NULL, with_code(next)), 200);
    assert_problem(login_from("192.0.2.1", NULL, with_code(code)), 401,
                   "two-factor-required");
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE action = "
                             "'login.succeeded' AND after->>'factor' = "
                             "'totp'"),
                     2);
}

TEST(recovery_code_works_once_however_it_is_typed)
{
    char loose[RECOVERY_CODE_CHARS + 1];
    const char *code;
    size_t i, n = 0;

    UNUSED;
    totp_on(fx.admin);
    code = recovery_code(fx.admin);
    for (i = 0; code[i] != '\0'; i++)
        if (code[i] != '-')
            loose[n++] = code[i] >= 'A' ? (char)(code[i] + 32) : code[i];
    loose[n] = '\0';
    assert_status(login_from("192.0.2.1", NULL, with_code(loose)), 200);
    assert_problem(login_from("192.0.2.1", NULL, with_code(code)), 401,
                   "two-factor-required");
    totp_on(fx.agent);
    assert_problem(
        login_from("192.0.2.1", NULL, with_code(recovery_code(fx.agent))), 401,
        "two-factor-required");
}

TEST(wrong_codes_are_throttled_even_between_right_passwords)
{
    int i;

    UNUSED;
    totp_on(fx.admin);
    for (i = 0; i < 5; i++) {
        assert_status(login_from("192.0.2.1", NULL, with_code("000000")), 401);
        assert_status(login_from("192.0.2.1", NULL,
                                 pair("admin@a.test", FIXTURE_PASSWORD)),
                      401);
    }
    assert_problem(login_from("192.0.2.1", NULL, with_code(totp_code(0))), 429,
                   "rate-limited");
}

/* Quatro processos com o mesmo código: um entra. */
TEST(concurrent_use_of_one_code_lets_one_in)
{
    pid_t child[4];
    int i, status, in = 0;
    const char *code;

    UNUSED;
    totp_on(fx.admin);
    code = totp_code(0);
    for (i = 0; i < 4; i++) {
        child[i] = fork();
        if (child[i] == 0) {
            struct ctx c = { .arena = arena_new(8192),
                             .db = db_new(conf()->database_url),
                             .token_version = -1,
                             .remote = "192.0.2.1" };
            struct signed_in who;
            enum err e = sign_in_password(
                &c,
                &(struct sign_in){ .email = "admin@a.test",
                                   .password = FIXTURE_PASSWORD,
                                   .code = code },
                &who);

            _exit(e == OK && db_commit(&c) == OK);
        }
    }
    for (i = 0; i < 4; i++) {
        waitpid(child[i], &status, 0);
        in += WEXITSTATUS(status);
    }
    assert_int_equal(in, 1);
}

TEST(company_that_requires_a_second_step_only_lets_the_person_enrol)
{
    struct answer *a;

    UNUSED;
    sql("UPDATE companies SET require_two_factor = true WHERE id = %" PRId64,
        fx.company);
    a = login("admin@a.test");
    assert_status(use(at_text(a, "accessToken")), 200);
    assert_problem(call(&(struct call){ .program = "tickets",
                                        .path = "/api/v1/tickets",
                                        .token = at_text(a, "accessToken") }),
                   403, "two-factor-setup");
    /* papel próprio que só tem `self` não é caso de segunda etapa */
    sql("UPDATE companies SET require_two_factor = false");
    sql("UPDATE roles SET permissions = '{self}' WHERE id = %" PRId64, fx.role);
    assert_problem(get_as(fx.auditor, "tickets", "/api/v1/tickets"), 403,
                   "forbidden");
}

/* ---- aviso ---- */

TEST(new_device_is_told_by_mail_and_a_known_one_is_not)
{
    const char *device;

    UNUSED;
    device = set_cookie(login("agent@a.test"), "balcao-device");
    assert_int_equal(mails("new_login"), 0); /* o primeiro de todos */
    login_from("198.51.100.8", text("balcao-device=%s", device),
               pair("agent@a.test", FIXTURE_PASSWORD));
    assert_int_equal(mails("new_login"), 0);
    login("agent@a.test"); /* mesmo programa, mesmo endereço de antes */
    assert_int_equal(mails("new_login"), 0);
    login_from("198.51.100.9", NULL, pair("agent@a.test", FIXTURE_PASSWORD));
    assert_int_equal(mails("new_login"), 1);
    assert_string_equal(mail_text("new_login", "address"), "198.51.100.9");
    assert_string_equal(mail_text("new_login", "device"), "teste");
    assert_non_null(
        strstr(mail_text("new_login", "when"), "(America/Sao_Paulo)"));
}

/* ---- logins abertos ---- */

TEST(sessions_list_shows_programs_and_browsers_of_the_person_only)
{
    struct answer *a = login("agent@a.test"), *list;
    int i, current = 0;

    UNUSED;
    login("admin@a.test");
    sql("INSERT INTO web_sessions (user_id, company_id, token_version, "
        "token_hash, expires_at, user_agent, address) VALUES (%" PRId64
        ", %" PRId64 ", 1, sha256('x'), now() + interval '1 day', "
        "'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 "
        "Firefox/128.0', '192.0.2.77')",
        fx.agent, fx.company);
    list = call(&(struct call){ .program = "auth",
                                .path = SESSIONS,
                                .token = at_text(a, "accessToken") });
    assert_status(list, 200);
    assert_int_equal(json_object_array_length(at(list, "data")), 2);
    for (i = 0; i < 2; i++) {
        const char *kind = at_text(list, text("data.%d.kind", i));

        current +=
            json_object_get_boolean(at(list, text("data.%d.current", i)));
        if (strcmp(kind, "browser") == 0) {
            assert_string_equal(at_text(list, text("data.%d.device", i)),
                                "Firefox no Linux");
            assert_string_equal(at_text(list, text("data.%d.address", i)),
                                "192.0.2.77");
        } else {
            assert_string_equal(at_text(list, text("data.%d.device", i)),
                                "teste");
            assert_true(
                json_object_get_boolean(at(list, text("data.%d.current", i))));
        }
    }
    assert_int_equal(current, 1);
    assert_null(strstr(list->body, "hash"));
}

TEST(refresh_keeps_when_the_login_began_and_moves_its_last_use)
{
    struct answer *a = login("agent@a.test"), *list;

    UNUSED;
    sql("UPDATE refresh_tokens SET started_at = '2026-01-02 03:04:05+00', "
        "created_at = '2026-01-02 03:04:05+00'");
    a = post_as(0, "auth", "/api/v1/auth/refresh",
                text("{\"refreshToken\":\"%s\"}", at_text(a, "refreshToken")));
    assert_status(a, 200);
    list = call(&(struct call){ .program = "auth",
                                .path = SESSIONS,
                                .token = at_text(a, "accessToken") });
    assert_int_equal(json_object_array_length(at(list, "data")), 1);
    assert_string_equal(at_text(list, "data.0.createdAt"),
                        "2026-01-02T03:04:05.000Z");
    assert_true(strcmp(at_text(list, "data.0.lastUsedAt"), "2026-06") > 0);
}

static struct answer *
end_session(const char *token, const char *id)
{
    return call(&(struct call){ .program = "auth",
                                .method = "DELETE",
                                .path = text(SESSIONS "/%s", id),
                                .token = token });
}

TEST(ended_session_dies_at_once_and_only_its_owner_ends_it)
{
    struct answer *mine = login("agent@a.test"), *other = login("agent@a.test");
    const char *family = sql("SELECT family FROM refresh_tokens WHERE "
                             "token_hash = sha256('%s')",
                             at_text(other, "refreshToken"));
    const char *token = at_text(mine, "accessToken");

    UNUSED;
    assert_problem(
        end_session(at_text(login("admin@a.test"), "accessToken"), family), 404,
        "not-found");
    assert_problem(end_session(token, "x"), 404, "not-found");
    assert_problem(end_session(token, "00000000-0000-0000-0000-000000000000"),
                   404, "not-found");
    assert_status(use(at_text(other, "accessToken")), 200);
    assert_status(end_session(token, family), 204);
    assert_problem(use(at_text(other, "accessToken")), 401, "unauthorized");
    assert_problem(post_as(0, "auth", "/api/v1/auth/refresh",
                           text("{\"refreshToken\":\"%s\"}",
                                at_text(other, "refreshToken"))),
                   401, "unauthorized");
    assert_status(use(token), 200);
    assert_problem(end_session(token, family), 404, "not-found");
    assert_int_equal(audits("login.ended", fx.company), 1);
    assert_true(sql_int("SELECT count(*) FROM live_outbox WHERE type = "
                        "'access:changed' AND rooms = ARRAY['user:%" PRId64
                        "']",
                        fx.agent) > 0);
}

TEST(logout_kills_the_access_token_at_once_and_is_audited)
{
    struct answer *a = login("agent@a.test");

    UNUSED;
    assert_status(
        post_as(0, "auth", "/api/v1/auth/logout",
                text("{\"refreshToken\":\"%s\"}", at_text(a, "refreshToken"))),
        204);
    assert_problem(use(at_text(a, "accessToken")), 401, "unauthorized");
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE action = "
                             "'logout' AND user_id = %" PRId64,
                             fx.agent),
                     1);
}

TEST(logout_all_ends_every_login_of_the_person_and_nobody_elses)
{
    struct answer *one = login("agent@a.test"), *two = login("agent@a.test");
    struct answer *other = login("admin@a.test");

    UNUSED;
    assert_status(call(&(struct call){ .program = "auth",
                                       .method = "POST",
                                       .path = "/api/v1/auth/logout-all",
                                       .token = at_text(one, "accessToken") }),
                  204);
    assert_problem(use(at_text(one, "accessToken")), 401, "unauthorized");
    assert_problem(use(at_text(two, "accessToken")), 401, "unauthorized");
    assert_problem(post_as(0, "auth", "/api/v1/auth/refresh",
                           text("{\"refreshToken\":\"%s\"}",
                                at_text(two, "refreshToken"))),
                   401, "unauthorized");
    assert_status(use(at_text(other, "accessToken")), 200);
    assert_int_equal(audits("logout.all", fx.company), 1);
}

/* ---- empresa ---- */

static struct answer *
enter(const char *token, int64_t company)
{
    return call(
        &(struct call){ .program = "auth",
                        .path = "/api/v1/auth/company",
                        .body = text("{\"companyId\":%" PRId64 "}", company),
                        .token = token });
}

TEST(company_switch_gives_tokens_of_the_other_and_ends_the_first)
{
    struct answer *a = login("both@ab.test"), *b;

    UNUSED;
    assert_int_equal(at_int(a, "user.companyId"), fx.company);
    b = enter(at_text(a, "accessToken"), fx.other_company);
    assert_status(b, 200);
    assert_int_equal(at_int(b, "user.companyId"), fx.other_company);
    assert_string_equal(at_text(b, "user.role"), "supervisor");
    assert_status(use(at_text(b, "accessToken")), 200);
    assert_problem(use(at_text(a, "accessToken")), 401, "unauthorized");
    assert_int_equal(audits("company.entered", fx.other_company), 1);
    /* o próximo login cai na última empresa */
    a = login("both@ab.test");
    assert_int_equal(at_int(a, "user.companyId"), fx.other_company);
}

TEST(company_of_others_is_not_found_like_one_that_does_not_exist)
{
    struct answer *a = login("admin@a.test"), *foreign, *none;
    const char *token = at_text(a, "accessToken");

    UNUSED;
    foreign = enter(token, fx.other_company);
    none = enter(token, 999);
    assert_problem(foreign, 404, "not-found");
    assert_problem(none, 404, "not-found");
    assert_status(use(token), 200);
    sql("UPDATE companies SET suspended_at = now() WHERE id = %" PRId64,
        fx.other_company);
    assert_problem(
        enter(at_text(login("both@ab.test"), "accessToken"), fx.other_company),
        403, "suspended");
    assert_problem(enter(token, 0), 422, "invalid-fields");
}

TEST(super_enters_any_company_and_leaves_a_trace)
{
    struct answer *a = login("super@platform.test"), *b;

    UNUSED;
    b = enter(at_text(a, "accessToken"), fx.other_company);
    assert_status(b, 200);
    assert_string_equal(at_text(b, "user.role"), "super");
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE action = "
                             "'company.entered' AND company_id = %" PRId64
                             " AND user_id = %" PRId64,
                             fx.other_company, fx.super),
                     1);
}

TEST(removed_member_falls_in_another_company)
{
    struct answer *a = login("both@ab.test");

    UNUSED;
    enter(at_text(a, "accessToken"), fx.other_company);
    sql("UPDATE memberships SET disabled_at = now() WHERE user_id = %" PRId64
        " AND company_id = %" PRId64,
        fx.both, fx.other_company);
    a = login("both@ab.test");
    assert_int_equal(at_int(a, "user.companyId"), fx.company);
    assert_problem(enter(at_text(a, "accessToken"), fx.other_company), 404,
                   "not-found");
}

/* ---- senha esquecida (o resto está em recovery_test.c) ---- */

TEST(forgotten_password_has_its_routes)
{
    const char *link;

    UNUSED;
    assert_status(post_as(0, "auth", "/api/v1/auth/forgot",
                          "{\"email\":\"agent@a.test\"}"),
                  204);
    assert_field(post_as(0, "auth", "/api/v1/auth/reset",
                         "{\"token\":\"x\",\"password\":\"y\"}"),
                 "token", "expired");
    link = mail_text("reset_password", "link");
    assert_status(post_as(0, "auth", "/api/v1/auth/reset",
                          text("{\"token\":\"%s\","
                               "\"password\":\"cavalo-bateria-grampo\"}",
                               strchr(link, '=') + 1)),
                  204);
}

static int
set_up(void **state)
{
    int failed = harness_setup(state);

    setenv("BALCAO_REDIS_URL", "", 1); /* o limite por rota fica de fora */
    setenv("BALCAO_TRUSTED_PROXIES", "127.0.0.1", 1);
    mail_on();
    assert_true(conf_load(NULL, stderr));
    return failed;
}

#define CASE(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(eleventh_wrong_password_is_throttled_from_any_address),
        CASE(unknown_email_is_throttled_alike),
        CASE(waits_grow_to_fifteen_minutes_and_an_hour_forgets),
        CASE(known_device_gets_in_while_its_account_is_attacked),
        CASE(right_password_empties_the_account_and_not_the_address),
        CASE(address_is_limited_over_all_accounts_and_ipv6_by_network),
        CASE(ten_thousand_wrong_passwords_cost_ten_hashes),
        CASE(concurrent_attempts_never_pass_the_limit),
        CASE(second_step_is_asked_only_after_the_right_password),
        CASE(app_code_works_once),
        CASE(recovery_code_works_once_however_it_is_typed),
        CASE(wrong_codes_are_throttled_even_between_right_passwords),
        CASE(concurrent_use_of_one_code_lets_one_in),
        CASE(company_that_requires_a_second_step_only_lets_the_person_enrol),
        CASE(new_device_is_told_by_mail_and_a_known_one_is_not),
        CASE(sessions_list_shows_programs_and_browsers_of_the_person_only),
        CASE(refresh_keeps_when_the_login_began_and_moves_its_last_use),
        CASE(ended_session_dies_at_once_and_only_its_owner_ends_it),
        CASE(logout_kills_the_access_token_at_once_and_is_audited),
        CASE(logout_all_ends_every_login_of_the_person_and_nobody_elses),
        CASE(company_switch_gives_tokens_of_the_other_and_ends_the_first),
        CASE(company_of_others_is_not_found_like_one_that_does_not_exist),
        CASE(super_enters_any_company_and_leaves_a_trace),
        CASE(removed_member_falls_in_another_company),
        CASE(forgotten_password_has_its_routes),
    };

    return cmocka_run_group_tests(tests, set_up, harness_teardown);
}
