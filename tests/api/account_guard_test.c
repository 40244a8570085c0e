/* account_guard_test.c - a conta é da pessoa: o que uma empresa não pode fazer
 * com ela, nem um convite velho, nem um token de programa. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "account_kit.h"
#include "harness.h"
#include "login_kit.h"

#define OWN_PASSWORD "uma frase comprida e calma"
#define PLANTED "senha que o chefe sabe"
#define TOKEN "0123456789abcdefABCDEF0123456789abcdefABCDE"
#define ACCEPT "/api/v1/auth/invitations/accept"
#define ORPHAN "orfa@c.test"

static struct answer *
users_as(const char *token, const char *method, const char *path,
         const char *body)
{
    return call(&(struct call){ .program = "accounts",
                                .method = method,
                                .path = path,
                                .token = token,
                                .body = body });
}

static struct answer *
post(int64_t person, const char *path, const char *body)
{
    return users_as(token_of(person), "POST", path, body);
}

/* Convida pela API e põe no lugar do segredo um que o teste conhece. */
static int64_t
invite(int64_t by, const char *email, const char *role)
{
    struct answer *a =
        post(by, "/api/v1/invitations",
             text("{\"email\":\"%s\",\"role\":\"%s\"}", email, role));

    assert_status(a, 201);
    sql("UPDATE one_time_tokens SET token_hash = sha256('" TOKEN "') "
        "WHERE purpose = 'invite'");
    return at_int(a, "id");
}

static struct answer *
accept(const char *more)
{
    return call(
        &(struct call){ .program = "session",
                        .path = ACCEPT,
                        .body = text("{\"token\":\"" TOKEN "\"%s}", more) });
}

static struct answer *
login(const char *email, const char *password)
{
    return call(
        &(struct call){ .program = "auth",
                        .path = "/api/v1/auth/login",
                        .body = text("{\"email\":\"%s\",\"password\":\"%s\"}",
                                     email, password) });
}

/* A empresa B cria a conta de alguém, com uma senha que ela conhece. */
static int64_t
plant(void)
{
    struct answer *a =
        post(fx.stranger, "/api/v1/users",
             "{\"name\":\"Órfã\",\"email\":\"" ORPHAN
             "\",\"password\":\"" PLANTED "\",\"role\":\"operator\"}");

    assert_status(a, 201);
    return at_int(a, "id");
}

/* ---- e-mail que ninguém provou ---- */

TEST(planted_account_joins_only_with_a_password_of_its_own)
{
    int64_t id = plant();
    const char *planted = token_in(id, fx.other_company);
    struct answer *a;

    UNUSED;
    invite(fx.admin, ORPHAN, "supervisor");
    assert_field(accept(""), "password", "required");
    assert_field(accept(",\"password\":\"curta\""), "password", "min");
    a = accept(",\"password\":\"" OWN_PASSWORD "\"");
    assert_status(a, 201);
    assert_null(at(a, "accessToken"));
    assert_status(login(ORPHAN, PLANTED), 401);
    assert_status(login(ORPHAN, OWN_PASSWORD), 200);
    assert_status(
        users_as(planted, "GET", text("/api/v1/users/%" PRId64, id), NULL),
        401);
    assert_int_equal(mails("password_changed"), 1);
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE company_id "
                             "= 1 AND action = 'password.reset'"),
                     1);
}

TEST(planted_account_that_reset_its_password_is_proven)
{
    int64_t id = plant();

    UNUSED;
    sql("INSERT INTO one_time_tokens (purpose, token_hash, user_id, address, "
        "expires_at) VALUES ('reset', sha256('" TOKEN "'), %" PRId64
        ", '" ORPHAN "', now() + interval '1 hour')",
        id);
    assert_status(
        call(&(struct call){ .program = "auth",
                             .path = "/api/v1/auth/reset",
                             .body = "{\"token\":\"" TOKEN
                                     "\",\"password\":\"" OWN_PASSWORD "\"}" }),
        204);
    invite(fx.admin, ORPHAN, "operator");
    assert_status(accept(""), 201);
    assert_status(login(ORPHAN, OWN_PASSWORD), 200);
}

/* Quem provou o e-mail não fica de fora pelo que puseram na conta antes. */
TEST(second_step_and_tokens_of_a_planted_account_fall)
{
    int64_t id = plant();

    UNUSED;
    totp_on(id);
    sql("INSERT INTO api_tokens (company_id, user_id, name, scopes, prefix, "
        "token_hash) VALUES (2, %" PRId64 ", 'x', '{me.read}', 'blc_a', "
        "'\\xdead')",
        id);
    invite(fx.admin, ORPHAN, "operator");
    assert_status(accept(",\"password\":\"" OWN_PASSWORD "\""), 201);
    assert_status(login(ORPHAN, OWN_PASSWORD), 200);
    assert_int_equal(sql_int("SELECT count(*) FROM api_tokens WHERE "
                             "revoked_at IS NULL"),
                     0);
}

TEST(account_nobody_proved_is_not_promoted_with_its_password)
{
    int64_t id = plant();

    UNUSED;
    assert_int_equal(
        sql_int("SELECT count(*) FROM admin_create('" ORPHAN "', 'V', "
                "'$2b$outro', 1, true) WHERE password_set AND NOT is_new"),
        1);
    assert_int_equal(sql_int("SELECT count(*) FROM users WHERE id = %" PRId64
                             " AND password_hash = '$2b$outro' AND is_super "
                             "AND email_verified_at IS NOT NULL",
                             id),
                     1);
    assert_false(sql_works("SELECT admin_create('sem@c.test', 'V', '', 1, "
                           "false)"));
}

TEST(invite_page_asks_the_planted_account_for_a_password)
{
    struct answer *a;

    UNUSED;
    plant();
    invite(fx.admin, ORPHAN, "operator");
    a = call(
        &(struct call){ .program = "session", .path = "/invite?token=" TOKEN });
    assert_status(a, 200);
    assert_non_null(strstr(a->body, "name=\"password\""));
    assert_null(strstr(a->body, "name=\"name\""));
}

TEST(new_company_invites_an_admin_nobody_proved)
{
    struct answer *a;

    UNUSED;
    plant();
    a = call(&(struct call){
        .program = "accounts",
        .path = "/api/v1/companies",
        .token = token_of(fx.super),
        .body = "{\"name\":\"Nova\",\"adminEmail\":\"" ORPHAN "\"}" });
    assert_status(a, 201);
    assert_int_equal(sql_int("SELECT count(*) FROM memberships m JOIN users u "
                             "ON u.id = m.user_id WHERE u.email = '" ORPHAN
                             "'"),
                     1);
    assert_int_equal(sql_int("SELECT count(*) FROM invitations WHERE email = "
                             "'" ORPHAN "' AND role = 'admin'"),
                     1);
}

/* Clicar no link que outro pediu não dá o endereço à conta do outro. */
TEST(link_of_an_address_counts_only_for_its_account)
{
    struct answer *a;

    UNUSED;
    sql("INSERT INTO one_time_tokens (purpose, token_hash, user_id, address, "
        "expires_at) VALUES ('email', sha256('" TOKEN "'), %" PRId64
        ", 'vitima@c.test', now() + interval '1 hour')",
        fx.stranger);
    a = call(&(struct call){ .program = "account",
                             .path = "/account/email/confirm?token=" TOKEN });
    assert_status(a, 303);
    assert_non_null(strstr(header_of(a, "Location"), "/login"));
    open_session(fx.agent, MINE);
    assert_status(follow("GET", TOKEN), 410);
    assert_status(follow("POST", TOKEN), 422);
    assert_int_equal(sql_int("SELECT count(*) FROM users WHERE email = "
                             "'vitima@c.test'"),
                     0);
    assert_int_equal(sql_int("SELECT count(*) FROM one_time_tokens WHERE "
                             "used_at IS NULL AND purpose = 'email'"),
                     1);
}

/* ---- quem convidou ---- */

TEST(invitation_dies_with_the_power_of_who_made_it)
{
    UNUSED;
    sql("UPDATE memberships SET role = 'admin' WHERE user_id = %" PRId64,
        fx.supervisor);
    invite(fx.supervisor, "novo@c.test", "admin");
    sql("UPDATE memberships SET role = 'supervisor' WHERE user_id = %" PRId64,
        fx.supervisor);
    assert_problem(accept(",\"name\":\"N\",\"password\":\"" OWN_PASSWORD "\""),
                   404, "not-found");
    sql("UPDATE memberships SET role = 'admin', disabled_at = now() WHERE "
        "user_id = %" PRId64,
        fx.supervisor);
    assert_problem(accept(",\"name\":\"N\",\"password\":\"" OWN_PASSWORD "\""),
                   404, "not-found");
    sql("UPDATE memberships SET disabled_at = NULL WHERE user_id = %" PRId64,
        fx.supervisor);
    assert_status(accept(",\"name\":\"N\",\"password\":\"" OWN_PASSWORD "\""),
                  201);
}

TEST(invitation_sent_again_is_of_who_sent_it)
{
    int64_t id;

    UNUSED;
    sql("UPDATE memberships SET role = 'admin' WHERE user_id = %" PRId64,
        fx.supervisor);
    id = invite(fx.supervisor, "novo@c.test", "admin");
    sql("UPDATE memberships SET disabled_at = now() WHERE user_id = %" PRId64,
        fx.supervisor);
    assert_status(post(fx.admin,
                       text("/api/v1/invitations/%" PRId64 "/resend", id),
                       NULL),
                  200);
    sql("UPDATE one_time_tokens SET token_hash = sha256('" TOKEN "') "
        "WHERE purpose = 'invite'");
    assert_status(accept(",\"name\":\"N\",\"password\":\"" OWN_PASSWORD "\""),
                  201);
}

TEST(invitation_beyond_reach_is_not_cancelled)
{
    int64_t id = invite(fx.admin, "novo@c.test", "admin");

    UNUSED;
    sql("UPDATE roles SET permissions = '{self,users.read,users.write}' WHERE "
        "id = %" PRId64,
        fx.role);
    assert_problem(users_as(token_of(fx.auditor), "DELETE",
                            text("/api/v1/invitations/%" PRId64, id), NULL),
                   403, "forbidden");
    assert_int_equal(sql_int("SELECT count(*) FROM invitations"), 1);
}

/* ---- segunda etapa ---- */

static struct answer *
take_second_step(int64_t by, int64_t of)
{
    return post(by, text("/api/v1/users/%" PRId64 "/two-factor/remove", of),
                NULL);
}

TEST(second_step_of_a_person_of_two_companies_is_theirs)
{
    UNUSED;
    totp_on(fx.both);
    assert_problem(take_second_step(fx.admin, fx.both), 403, "forbidden");
    assert_int_equal(sql_int("SELECT count(*) FROM users WHERE id = %" PRId64
                             " AND totp_enabled_at IS NOT NULL",
                             fx.both),
                     1);
    assert_status(take_second_step(fx.super, fx.both), 204);
    assert_int_equal(
        sql_int("SELECT count(DISTINCT company_id) FROM audit_log WHERE action "
                "= 'user.updated' AND target_id = '%" PRId64
                "' AND before ->> 'totp_enabled_at' IS NOT NULL AND after ->> "
                "'totp_enabled_at' IS NULL AND company_id > 0",
                fx.both),
        2);
    /* só esteve na outra: volta a ser assunto desta */
    totp_on(fx.both);
    sql("UPDATE memberships SET disabled_at = now() WHERE company_id = 2 AND "
        "user_id = %" PRId64,
        fx.both);
    assert_status(take_second_step(fx.admin, fx.both), 204);
}

/* ---- tokens de programa ---- */

TEST(api_token_of_an_admin_manages_people)
{
    struct answer *a =
        call(&(struct call){ .program = "accounts",
                             .path = "/api/v1/tokens",
                             .token = token_of(fx.admin),
                             .body = "{\"name\":\"RH\",\"scopes\":["
                                     "\"users.read\",\"users.write\","
                                     "\"live.listen\",\"tickets.read\","
                                     "\"tickets.write\",\"contacts.read\","
                                     "\"contacts.write\",\"queues.read\","
                                     "\"chat.use\",\"company.read\"]}" });
    const char *token = at_text(a, "token"), *path;

    UNUSED;
    a = users_as(token, "POST", "/api/v1/users",
                 "{\"name\":\"Novo\",\"email\":\"novo@c.test\",\"password\":"
                 "\"" OWN_PASSWORD "\",\"role\":\"operator\"}");
    assert_status(a, 201);
    path = text("/api/v1/users/%" PRId64, at_int(a, "id"));
    assert_status(users_as(token, "PATCH", path, "{\"name\":\"Nova\"}"), 200);
    assert_field(users_as(token, "PATCH", path, "{\"role\":\"supervisor\"}"),
                 "role", "beyond");
    assert_problem(users_as(token, "DELETE",
                            text("/api/v1/users/%" PRId64, fx.supervisor),
                            NULL),
                   403, "forbidden");
    assert_status(users_as(token, "DELETE", path, NULL), 204);
}

/* ---- o que sobra ---- */

TEST(one_line_fields_refuse_control_characters)
{
    UNUSED;
    assert_field(post(fx.admin, "/api/v1/users",
                      "{\"name\":\"Ana\\r\\nBcc: x@y\",\"email\":\"n@c.test\","
                      "\"role\":\"operator\"}"),
                 "name", "control");
    assert_field(post(fx.admin, "/api/v1/users",
                      "{\"name\":\"Ana\\u007f\",\"email\":\"n@c.test\","
                      "\"role\":\"operator\"}"),
                 "name", "control");
    assert_status(
        post_as(fx.agent, "tickets",
                text("/api/v1/tickets/%" PRId64 "/messages", fx.active),
                "{\"body\":\"duas\\nlinhas\"}"),
        201);
}

TEST(own_permissions_are_told_once_each)
{
    struct answer *a;
    const char *body;

    UNUSED;
    sql("UPDATE roles SET permissions = '{self,me.read,users.read}' WHERE id = "
        "%" PRId64,
        fx.role);
    a = get_as(fx.auditor, "accounts", "/api/v1/me");
    assert_status(a, 200);
    body = json_object_to_json_string_ext(at(a, "permissions"),
                                          JSON_C_TO_STRING_PLAIN);
    assert_string_equal(body, "[\"self\",\"me.read\",\"users.read\"]");
}

static int
setup(void **state)
{
    int failed = harness_setup(state);

    mail_on();
    return failed;
}

#define T(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(planted_account_joins_only_with_a_password_of_its_own),
        T(planted_account_that_reset_its_password_is_proven),
        T(second_step_and_tokens_of_a_planted_account_fall),
        T(account_nobody_proved_is_not_promoted_with_its_password),
        T(link_of_an_address_counts_only_for_its_account),
        T(invite_page_asks_the_planted_account_for_a_password),
        T(new_company_invites_an_admin_nobody_proved),
        T(invitation_dies_with_the_power_of_who_made_it),
        T(invitation_sent_again_is_of_who_sent_it),
        T(invitation_beyond_reach_is_not_cancelled),
        T(second_step_of_a_person_of_two_companies_is_theirs),
        T(api_token_of_an_admin_manages_people),
        T(one_line_fields_refuse_control_characters),
        T(own_permissions_are_told_once_each),
    };

    return cmocka_run_group_tests(tests, setup, harness_teardown);
}
