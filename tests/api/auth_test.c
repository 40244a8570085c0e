/* auth_test.c - entrar, renovar e sair por /api/v1/auth, e /api/v1/me. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "auth/token.h"
#include "harness.h"

#define LOGIN "/api/v1/auth/login"
#define REFRESH "/api/v1/auth/refresh"
#define LOGOUT "/api/v1/auth/logout"
#define A73 \
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
    "b"

static struct answer *
post(const char *path, const char *body)
{
    return post_as(0, "auth", path, body);
}

static struct answer *
login(const char *email, const char *password)
{
    return post(
        LOGIN, text("{\"email\":\"%s\",\"password\":\"%s\"}", email, password));
}

static struct answer *
login_admin(void)
{
    struct answer *a = login("admin@a.test", FIXTURE_PASSWORD);

    assert_status(a, 200);
    return a;
}

static struct answer *
refresh(const char *token)
{
    return post(REFRESH, text("{\"refreshToken\":\"%s\"}", token));
}

static struct answer *
logout(const char *token)
{
    return post(LOGOUT, text("{\"refreshToken\":\"%s\"}", token));
}

static struct answer *
me(const char *token)
{
    return call(&(struct call){
        .program = "accounts", .path = "/api/v1/me", .token = token });
}

/* Tokens da família que ainda valem no banco. */
static int64_t
live_tokens(void)
{
    return sql_int("SELECT count(*) FROM refresh_tokens "
                   "WHERE revoked_at IS NULL");
}

TEST(login_with_the_right_pair_gives_tokens_and_cookie)
{
    struct answer *a = login_admin();
    const char *token = at_text(a, "refreshToken");

    UNUSED;
    assert_string_equal(at_text(a, "tokenType"), "Bearer");
    assert_int_equal(at_int(a, "expiresIn"), 900);
    assert_int_equal(at_int(a, "user.id"), fx.admin);
    assert_string_equal(at_text(a, "user.email"), "admin@a.test");
    assert_string_equal(at_text(a, "user.name"), "Ana Admin");
    assert_string_equal(at_text(a, "user.role"), "admin");
    assert_int_equal(at_int(a, "user.companyId"), fx.company);
    assert_true(token_is_opaque(token));
    assert_non_null(
        strstr(a->headers,
               text("Set-Cookie: balcao-refresh=%s; "
                    "Path=/api; Max-Age=1209600; HttpOnly; SameSite=Lax\r\n",
                    token)));
    assert_non_null(strstr(a->headers, "Cache-Control: no-store"));
    assert_null(strstr(a->body, "hash"));
    assert_null(strstr(a->body, "$2b$"));
    assert_status(me(at_text(a, "accessToken")), 200);
}

TEST(login_over_https_marks_the_cookie_secure)
{
    struct answer *a;

    UNUSED;
    setenv("HTTPS", "on", 1);
    a = login_admin();
    unsetenv("HTTPS");
    assert_non_null(strstr(a->headers, "__Secure-balcao-refresh="));
    assert_non_null(strstr(a->headers, "SameSite=Lax; Secure\r\n"));
}

TEST(login_ignores_letter_case_of_the_email)
{
    UNUSED;
    assert_status(login("ADMIN@A.Test", FIXTURE_PASSWORD), 200);
}

TEST(database_holds_only_the_hash_of_the_token)
{
    struct answer *a = login_admin();
    const char *token = at_text(a, "refreshToken");

    UNUSED;
    assert_int_equal(sql_int("SELECT count(*) FROM refresh_tokens r "
                             "WHERE r::text LIKE '%%%s%%'",
                             token),
                     0);
    assert_int_equal(sql_int("SELECT count(*) FROM refresh_tokens "
                             "WHERE token_hash = sha256('%s')",
                             token),
                     1);
}

/* Processador que os programas chamados gastaram: não muda com a máquina. */
static int64_t
children_cpu_us(void)
{
    struct rusage u;

    getrusage(RUSAGE_CHILDREN, &u);
    return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000LL +
           u.ru_utime.tv_usec + u.ru_stime.tv_usec;
}

static int64_t
fastest_us(const char *email)
{
    int64_t best = INT64_MAX;
    int i;

    for (i = 0; i < 3; i++) {
        int64_t from = children_cpu_us(), took;

        assert_problem(login(email, "errada"), 401, "bad-login");
        took = children_cpu_us() - from;
        best = took < best ? took : best;
    }
    return best;
}

/* Os cabeçalhos sem os que contam pedidos: esses andam a cada um. */
static const char *
steady_headers(const struct answer *a)
{
    const char *at = strstr(a->headers, "RateLimit-"), *rest = at;

    while (rest != NULL && strncmp(rest, "RateLimit-", 10) == 0)
        rest = strchr(rest, '\n') + 1;
    return at == NULL
               ? a->headers
               : text("%.*s%s", (int)(at - a->headers), a->headers, rest);
}

TEST(unknown_email_and_wrong_password_answer_alike)
{
    struct answer *wrong = login("admin@a.test", "errada");
    struct answer *unknown = login("nobody@a.test", "errada");
    int64_t wrong_us, unknown_us;

    UNUSED;
    assert_problem(wrong, 401, "bad-login");
    assert_string_equal(wrong->body, unknown->body);
    assert_string_equal(steady_headers(wrong), steady_headers(unknown));
    wrong_us = fastest_us("admin@a.test");
    unknown_us = fastest_us("nobody@a.test");
    assert_in_range(unknown_us * 100 / wrong_us, 40, 250);
}

TEST(disabled_user_answers_like_a_wrong_password)
{
    UNUSED;
    sql("UPDATE users SET disabled_at = now() WHERE id = %" PRId64, fx.admin);
    assert_problem(login("admin@a.test", FIXTURE_PASSWORD), 401, "bad-login");
}

TEST(user_without_company_is_refused_after_the_password_only)
{
    UNUSED;
    sql("UPDATE memberships SET disabled_at = now() WHERE user_id = %" PRId64,
        fx.admin);
    assert_problem(login("admin@a.test", "errada"), 401, "bad-login");
    assert_problem(login("admin@a.test", FIXTURE_PASSWORD), 403, "forbidden");
}

TEST(suspended_company_is_told_after_the_password_only)
{
    UNUSED;
    sql("UPDATE companies SET suspended_at = now() WHERE id = %" PRId64,
        fx.company);
    assert_problem(login("admin@a.test", "errada"), 401, "bad-login");
    assert_problem(login("admin@a.test", FIXTURE_PASSWORD), 403, "suspended");
}

TEST(password_over_72_bytes_is_refused_for_any_email)
{
    struct answer *known = login("admin@a.test", A73);
    struct answer *unknown = login("nobody@a.test", A73);

    UNUSED;
    assert_problem(known, 422, "invalid-fields");
    assert_field(known, "password", "max");
    assert_string_equal(known->body, unknown->body);
}

TEST(bad_login_bodies_are_problems_and_store_nothing)
{
    UNUSED;
    assert_problem(post(LOGIN, "{"), 400, "bad-json");
    assert_problem(post(LOGIN, "[]"), 400, "bad-json");
    assert_problem(post(LOGIN, "\"x\""), 400, "bad-json");
    assert_field(post(LOGIN, "{}"), "email", "required");
    assert_field(post(LOGIN, "{}"), "password", "required");
    assert_field(post(LOGIN, "{\"email\":1,\"password\":\"x\"}"), "email",
                 "type");
    assert_field(post(LOGIN, "{\"email\":\"a@b\",\"password\":\"a\\u0000b\"}"),
                 "password", "nul");
    assert_field(post(LOGIN, "{\"email\":\"a@b\",\"password\":\"x\","
                             "\"admin\":true}"),
                 "admin", "unknown");
    assert_problem(post(LOGIN, "{\"email\":\"\xff\",\"password\":\"x\"}"), 400,
                   "bad-json");
    assert_problem(login(text("%0300d@a.test", 1), "x"), 422, "invalid-fields");
    assert_problem(post(LOGIN, text("{\"email\":\"%020000d\"}", 1)), 413,
                   "too-large");
    assert_problem(
        call(&(struct call){ .program = "auth",
                             .path = LOGIN,
                             .body = "email=a",
                             .type = "application/x-www-form-urlencoded" }),
        415, "unsupported-media-type");
    assert_problem(get_as(0, "auth", LOGIN), 405, "method-not-allowed");
    assert_int_equal(live_tokens(), 0);
}

TEST(odd_user_agent_does_not_stop_a_login)
{
    struct answer *a = call(&(struct call){
        .program = "auth",
        .path = LOGIN,
        .body = "{\"email\":\"admin@a.test\",\"password\":\"" FIXTURE_PASSWORD
                "\"}",
        .headers = { "User-Agent: caf\xe9 \xff" } });

    UNUSED;
    assert_status(a, 200);
}

TEST(old_hash_is_renewed_by_a_login)
{
    UNUSED;
    sql("UPDATE users SET password_hash = '$2a$05$CCCCCCCCCCCCCCCCCCCCC."
        "E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW' WHERE id = %" PRId64,
        fx.admin);
    assert_problem(login("admin@a.test", "U*V"), 401, "bad-login");
    assert_string_equal(sql("SELECT left(password_hash, 7) FROM users "
                            "WHERE id = %" PRId64,
                            fx.admin),
                        "$2a$05$");
    assert_status(login("admin@a.test", "U*U"), 200);
    assert_string_equal(sql("SELECT left(password_hash, 4) FROM users "
                            "WHERE id = %" PRId64,
                            fx.admin),
                        "$2b$");
    assert_status(login("admin@a.test", "U*U"), 200);
}

TEST(refresh_takes_the_token_from_body_header_or_cookie)
{
    struct answer *a = login_admin();

    UNUSED;
    a = refresh(at_text(a, "refreshToken"));
    assert_status(a, 200);
    assert_int_equal(at_int(a, "user.id"), fx.admin);
    assert_string_equal(at_text(a, "user.email"), "admin@a.test");
    a = call(&(struct call){ .program = "auth",
                             .path = REFRESH,
                             .method = "POST",
                             .headers = { text("X-Refresh-Token: %s",
                                               at_text(a, "refreshToken")) } });
    assert_status(a, 200);
    a = call(&(struct call){ .program = "auth",
                             .path = REFRESH,
                             .method = "POST",
                             .cookie = text("a=b; balcao-refresh=%s; c=d",
                                            at_text(a, "refreshToken")) });
    assert_status(a, 200);
    assert_non_null(strstr(a->headers, "Set-Cookie: balcao-refresh="));
    assert_status(me(at_text(a, "accessToken")), 200);
    assert_int_equal(live_tokens(), 1);
    assert_int_equal(sql_int("SELECT count(*) FROM refresh_tokens "
                             "WHERE replaced_by IS NOT NULL"),
                     3);
}

TEST(other_spellings_of_the_paths_answer_too)
{
    struct answer *a =
        post("/api/auth/login", "{\"email\":\"admin@a.test\","
                                "\"password\":\"" FIXTURE_PASSWORD "\"}");

    UNUSED;
    assert_status(a, 200);
    a = post("/api/v1/auth/refresh_token",
             text("{\"refreshToken\":\"%s\"}", at_text(a, "refreshToken")));
    assert_status(a, 200);
    a = post("/api/auth/refresh_token",
             text("{\"refreshToken\":\"%s\"}", at_text(a, "refreshToken")));
    assert_status(a, 200);
}

TEST(refresh_without_a_known_token_answers_401)
{
    UNUSED;
    assert_problem(post(REFRESH, NULL), 401, "unauthorized");
    assert_problem(post(REFRESH, "{}"), 401, "unauthorized");
    assert_problem(refresh(""), 401, "unauthorized");
    assert_problem(refresh("garbage"), 401, "unauthorized");
    assert_problem(refresh("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), 401,
                   "unauthorized");
    assert_problem(post(REFRESH, "{\"token\":\"x\"}"), 422, "invalid-fields");
}

TEST(reuse_of_a_spent_token_kills_the_family)
{
    struct answer *first = login_admin(), *second, *other = login_admin();

    UNUSED;
    second = refresh(at_text(first, "refreshToken"));
    assert_status(second, 200);
    assert_problem(refresh(at_text(first, "refreshToken")), 401,
                   "unauthorized");
    assert_problem(refresh(at_text(second, "refreshToken")), 401,
                   "unauthorized");
    assert_int_equal(live_tokens(), 1); /* a outra família fica */
    assert_status(refresh(at_text(other, "refreshToken")), 200);
}

/* Começa uma renovação sem esperar a resposta, que vai para lugar nenhum. */
static pid_t
start_refresh(const char *token)
{
    const char *body = text("{\"refreshToken\":\"%s\"}", token);
    const char *file = text("%s/cgi-bin/auth.fcgi", getenv("BUILD"));
    int in = memfd_create("body", 0);
    pid_t pid;

    assert_int_equal(write(in, body, strlen(body)), (ssize_t)strlen(body));
    lseek(in, 0, SEEK_SET);
    pid = fork();
    if (pid != 0) {
        close(in);
        return pid;
    }
    dup2(in, 0);
    dup2(open("/dev/null", O_WRONLY), 1);
    setenv("REQUEST_METHOD", "POST", 1);
    setenv("REQUEST_URI", REFRESH, 1);
    setenv("REMOTE_ADDR", "127.0.0.1", 1);
    setenv("CONTENT_TYPE", "application/json", 1);
    setenv("CONTENT_LENGTH", text("%zu", strlen(body)), 1);
    execl(file, file, (char *)NULL);
    _exit(127);
}

/* Seis processos apresentam o mesmo token: um ganha, e a família cai. */
TEST(concurrent_reuse_leaves_no_token_alive)
{
    const char *token = at_text(login_admin(), "refreshToken");
    pid_t child[6];
    int i, status;

    UNUSED;
    for (i = 0; i < 6; i++)
        child[i] = start_refresh(token);
    for (i = 0; i < 6; i++) {
        waitpid(child[i], &status, 0);
        assert_int_equal(status, 0);
    }
    assert_int_equal(sql_int("SELECT count(*) FROM refresh_tokens"), 2);
    assert_int_equal(live_tokens(), 0);
}

/* O ladrão usa o avô enquanto o dono troca o neto: nada pode sobreviver. */
TEST(reuse_during_a_rotation_leaves_no_token_alive)
{
    int round;

    UNUSED;
    for (round = 0; round < 8; round++) {
        struct answer *old = login_admin(), *now;
        pid_t owner, thief;

        now = refresh(at_text(old, "refreshToken"));
        owner = start_refresh(at_text(now, "refreshToken"));
        thief = start_refresh(at_text(old, "refreshToken"));
        waitpid(owner, NULL, 0);
        waitpid(thief, NULL, 0);
        assert_int_equal(live_tokens(), 0);
    }
}

TEST(expired_token_answers_401)
{
    struct answer *a = login_admin();

    UNUSED;
    sql("UPDATE refresh_tokens SET expires_at = now()");
    assert_problem(refresh(at_text(a, "refreshToken")), 401, "unauthorized");
}

TEST(raised_token_version_ends_refresh_and_access_tokens)
{
    struct answer *a = login_admin();

    UNUSED;
    sql("UPDATE users SET token_version = token_version + 1 WHERE id = "
        "%" PRId64,
        fx.admin);
    assert_problem(refresh(at_text(a, "refreshToken")), 401, "unauthorized");
    assert_problem(me(at_text(a, "accessToken")), 401, "unauthorized");
}

TEST(suspended_company_does_not_spend_the_refresh_token)
{
    struct answer *a = login_admin();

    UNUSED;
    sql("UPDATE companies SET suspended_at = now()");
    assert_problem(refresh(at_text(a, "refreshToken")), 403, "suspended");
    assert_problem(me(at_text(a, "accessToken")), 403, "suspended");
    sql("UPDATE companies SET suspended_at = NULL");
    assert_status(refresh(at_text(a, "refreshToken")), 200);
}

TEST(removed_member_cannot_refresh)
{
    struct answer *a = login_admin();

    UNUSED;
    sql("UPDATE memberships SET disabled_at = now() WHERE user_id = %" PRId64,
        fx.admin);
    assert_problem(refresh(at_text(a, "refreshToken")), 401, "unauthorized");
    assert_problem(me(at_text(a, "accessToken")), 401, "unauthorized");
}

TEST(logout_kills_the_family_at_once)
{
    struct answer *first = login_admin(), *second, *out;

    UNUSED;
    second = refresh(at_text(first, "refreshToken"));
    out = logout(at_text(second, "refreshToken"));
    assert_status(out, 204);
    assert_int_equal(out->len, 0);
    assert_problem(refresh(at_text(second, "refreshToken")), 401,
                   "unauthorized");
    assert_int_equal(live_tokens(), 0);
    assert_status(logout(at_text(second, "refreshToken")), 204);
}

TEST(logout_with_the_access_token_alone_kills_its_family)
{
    struct answer *a = login_admin();

    UNUSED;
    assert_status(call(&(struct call){ .program = "auth",
                                       .path = LOGOUT,
                                       .method = "POST",
                                       .token = at_text(a, "accessToken") }),
                  204);
    assert_problem(refresh(at_text(a, "refreshToken")), 401, "unauthorized");
}

TEST(logout_by_cookie_drops_the_cookie)
{
    struct answer *a = login_admin();

    UNUSED;
    a = call(&(struct call){
        .program = "auth",
        .path = LOGOUT,
        .method = "POST",
        .cookie = text("balcao-refresh=%s", at_text(a, "refreshToken")) });
    assert_status(a, 204);
    assert_non_null(strstr(
        a->headers, "Set-Cookie: balcao-refresh=; Path=/api; Max-Age=0"));
    assert_int_equal(live_tokens(), 0);
}

TEST(logout_with_nothing_answers_401)
{
    UNUSED;
    login_admin();
    assert_problem(post(LOGOUT, NULL), 401, "unauthorized");
    assert_int_equal(live_tokens(), 1);
}

TEST(me_shows_the_person_and_the_memberships)
{
    struct answer *a = me(token_of(fx.agent));

    UNUSED;
    assert_status(a, 200);
    assert_int_equal(at_int(a, "id"), fx.agent);
    assert_string_equal(at_text(a, "email"), "agent@a.test");
    assert_string_equal(at_text(a, "role"), "operator");
    assert_string_equal(at_text(a, "visibility"), "queues");
    assert_int_equal(at_int(a, "companyId"), fx.company);
    assert_int_equal(at_int(a, "queueIds.0"), fx.queue);
    assert_int_equal(json_object_array_length(at(a, "companies")), 1);
    assert_null(strstr(a->body, "password"));
}

TEST(me_of_another_company_shows_only_that_one)
{
    struct answer *a = me(token_of(fx.stranger));

    UNUSED;
    assert_int_equal(at_int(a, "companyId"), fx.other_company);
    assert_int_equal(json_object_array_length(at(a, "companies")), 1);
    assert_int_equal(at_int(a, "companies.0.id"), fx.other_company);
}

/* Um JWT que diz empresa alheia não passa por app_enter. */
TEST(token_naming_a_foreign_company_answers_401)
{
    struct token t = { .user_id = fx.admin,
                       .company_id = fx.other_company,
                       .token_version = 1,
                       .access_version = 1,
                       .role = ROLE_ADMIN };
    struct arena *a = arena_new(1024);

    UNUSED;
    assert_problem(me(token_make(a, &t, time(NULL))), 401, "unauthorized");
    arena_free(a);
}

TEST(me_refuses_every_bad_token)
{
    struct token t = { .user_id = fx.admin,
                       .company_id = fx.company,
                       .token_version = 1,
                       .access_version = 1,
                       .role = ROLE_ADMIN };
    struct arena *a = arena_new(1024);
    const char *good = token_of(fx.admin);
    char *bad = arena_strdup(a, good);

    UNUSED;
    bad[strlen(bad) - 3] ^= 1;
    assert_problem(me(NULL), 401, "unauthorized");
    assert_problem(me(""), 401, "unauthorized");
    assert_problem(me("a.b.c"), 401, "unauthorized");
    assert_problem(me(bad), 401, "unauthorized");
    assert_problem(me(text("eyJhbGciOiJub25lIn0%s", strchr(good, '.'))), 401,
                   "unauthorized");
    assert_problem(me(text("eyJhbGciOiJub25lIn0%.*s.",
                           (int)(strrchr(good, '.') - strchr(good, '.')),
                           strchr(good, '.'))),
                   401, "unauthorized");
    assert_problem(me(token_make(a, &t, time(NULL) - 901)), 401,
                   "unauthorized");
    assert_problem(me(token_stream_make(a, &t, time(NULL))), 401,
                   "unauthorized");
    assert_problem(call(&(struct call){
                       .program = "accounts",
                       .path = "/api/v1/me",
                       .headers = { text("Authorization: Basic %s", good) } }),
                   401, "unauthorized");
    assert_status(me(good), 200);
    arena_free(a);
}

#define CASE(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(login_with_the_right_pair_gives_tokens_and_cookie),
        CASE(login_over_https_marks_the_cookie_secure),
        CASE(login_ignores_letter_case_of_the_email),
        CASE(database_holds_only_the_hash_of_the_token),
        CASE(unknown_email_and_wrong_password_answer_alike),
        CASE(disabled_user_answers_like_a_wrong_password),
        CASE(user_without_company_is_refused_after_the_password_only),
        CASE(suspended_company_is_told_after_the_password_only),
        CASE(password_over_72_bytes_is_refused_for_any_email),
        CASE(bad_login_bodies_are_problems_and_store_nothing),
        CASE(odd_user_agent_does_not_stop_a_login),
        CASE(old_hash_is_renewed_by_a_login),
        CASE(refresh_takes_the_token_from_body_header_or_cookie),
        CASE(other_spellings_of_the_paths_answer_too),
        CASE(refresh_without_a_known_token_answers_401),
        CASE(reuse_of_a_spent_token_kills_the_family),
        CASE(concurrent_reuse_leaves_no_token_alive),
        CASE(reuse_during_a_rotation_leaves_no_token_alive),
        CASE(expired_token_answers_401),
        CASE(raised_token_version_ends_refresh_and_access_tokens),
        CASE(suspended_company_does_not_spend_the_refresh_token),
        CASE(removed_member_cannot_refresh),
        CASE(logout_kills_the_family_at_once),
        CASE(logout_with_the_access_token_alone_kills_its_family),
        CASE(logout_by_cookie_drops_the_cookie),
        CASE(logout_with_nothing_answers_401),
        CASE(me_shows_the_person_and_the_memberships),
        CASE(me_of_another_company_shows_only_that_one),
        CASE(token_naming_a_foreign_company_answers_401),
        CASE(me_refuses_every_bad_token),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
