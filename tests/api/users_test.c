/* users_test.c - pessoas e convites de uma empresa, pela API. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

#define NEW_PASSWORD "uma frase comprida e calma"
#define NOBODY "/api/v1/users/987654"

static struct answer *
send_as(int64_t person, const char *method, const char *path, const char *body)
{
    return call(&(struct call){ .program = "accounts",
                                .method = method,
                                .path = path,
                                .token = token_of(person),
                                .body = body });
}

static struct answer *
users_get(int64_t person, const char *path)
{
    return get_as(person, "accounts", path);
}

static struct answer *
users_post(int64_t person, const char *path, const char *body)
{
    return send_as(person, "POST", path, body);
}

static struct answer *
patch(int64_t person, int64_t target, const char *body)
{
    return send_as(person, "PATCH", text("/api/v1/users/%" PRId64, target),
                   body);
}

static struct answer *
drop(int64_t person, int64_t target)
{
    return send_as(person, "DELETE", text("/api/v1/users/%" PRId64, target),
                   NULL);
}

static const char *
action(int64_t target, const char *what)
{
    return text("/api/v1/users/%" PRId64 "/%s", target, what);
}

static int64_t
mails(void)
{
    return sql_int("SELECT count(*) FROM jobs WHERE kind = 'mail.send'");
}

static int64_t
audits(const char *what)
{
    return sql_int("SELECT count(*) FROM audit_log WHERE action = '%s'", what);
}

/* ---- ler ---- */

TEST(list_is_for_those_who_lead_and_stays_in_the_company)
{
    struct answer *a = users_get(fx.supervisor, "/api/v1/users");

    UNUSED;
    assert_status(a, 200);
    assert_int_equal(json_object_array_length(at(a, "data")), 6);
    assert_string_equal(at_text(a, "data.0.name"), "Ana Admin");
    assert_null(strstr(a->body, "Beto"));
    assert_null(strstr(a->body, "password"));
    assert_null(strstr(a->body, "$2b$"));
    assert_status(users_get(fx.admin, "/api/v1/users"), 200);
    assert_status(users_get(fx.auditor, "/api/v1/users"), 200);
    assert_problem(users_get(fx.agent, "/api/v1/users"), 403, "forbidden");
    assert_problem(users_get(0, "/api/v1/users"), 401, "unauthorized");
}

TEST(list_searches_without_accents_filters_and_pages_by_key)
{
    struct answer *a;
    const char *next;

    UNUSED;
    sql("UPDATE memberships SET display_name = 'Érica Conceição' "
        "WHERE user_id = %" PRId64,
        fx.loner);
    a = users_get(fx.admin, "/api/v1/users?search=CONCEICAO");
    assert_int_equal(json_object_array_length(at(a, "data")), 1);
    assert_int_equal(at_int(a, "data.0.id"), fx.loner);
    a = users_get(fx.admin, "/api/v1/users?search=agent%40a");
    assert_int_equal(at_int(a, "data.0.id"), fx.agent);
    a = users_get(fx.admin, "/api/v1/users?search=%25");
    assert_int_equal(json_object_array_length(at(a, "data")), 0);
    a = users_get(fx.admin, text("/api/v1/users?queueId=%" PRId64, fx.queue));
    assert_int_equal(json_object_array_length(at(a, "data")), 1);
    a = users_get(fx.admin, "/api/v1/users?role=admin");
    assert_int_equal(json_object_array_length(at(a, "data")), 1);
    a = users_get(fx.admin, text("/api/v1/users?roleId=%" PRId64, fx.role));
    assert_int_equal(at_int(a, "data.0.id"), fx.auditor);
    a = users_get(fx.admin, "/api/v1/users?limit=4");
    next = at_text(a, "nextCursor");
    assert_non_null(next);
    a = users_get(fx.admin, text("/api/v1/users?limit=4&cursor=%" PRId64 ",%s",
                                 at_int(a, "data.3.id"), "nina%20na%20a"));
    assert_int_equal(json_object_array_length(at(a, "data")), 2);
    assert_field(users_get(fx.admin, "/api/v1/users?cursor=lixo"), "cursor",
                 "format");
    assert_field(users_get(fx.admin, "/api/v1/users?status=x"), "status",
                 "one_of");
}

TEST(anyone_reads_self_and_only_leaders_read_colleagues)
{
    struct answer *a =
        users_get(fx.agent, text("/api/v1/users/%" PRId64, fx.agent));

    UNUSED;
    assert_status(a, 200);
    assert_string_equal(at_text(a, "email"), "agent@a.test");
    assert_int_equal(at_int(a, "queueIds.0"), fx.queue);
    assert_problem(
        users_get(fx.agent, text("/api/v1/users/%" PRId64, fx.admin)), 403,
        "forbidden");
    assert_status(
        users_get(fx.supervisor, text("/api/v1/users/%" PRId64, fx.agent)),
        200);
    assert_problem(
        users_get(fx.admin, text("/api/v1/users/%" PRId64, fx.stranger)), 404,
        "not-found");
    assert_problem(users_get(fx.admin, NOBODY), 404, "not-found");
}

/* ---- criar ---- */

TEST(create_with_password_makes_the_account_at_once)
{
    struct answer *a = users_post(
        fx.admin, "/api/v1/users",
        text(
            "{\"name\":\"Rita\",\"email\":\" rita@a.test \",\"password\":\"%s\""
            ",\"role\":\"operator\",\"visibility\":\"own\",\"queueIds\":["
            "%" PRId64 "]}",
            NEW_PASSWORD, fx.queue));
    int64_t id;

    UNUSED;
    assert_status(a, 201);
    assert_string_equal(at_text(a, "status"), "active");
    assert_string_equal(at_text(a, "email"), "rita@a.test");
    id = at_int(a, "id");
    assert_memory_equal(
        sql("SELECT password_hash FROM users WHERE id = %" PRId64, id), "$2b$",
        4);
    assert_string_equal(sql("SELECT role || visibility || display_name FROM "
                            "memberships WHERE user_id = %" PRId64,
                            id),
                        "operatorownRita");
    assert_int_equal(sql_int("SELECT queue_id FROM queue_members WHERE "
                             "user_id = %" PRId64,
                             id),
                     fx.queue);
    assert_int_equal(audits("user.created"), 1);
    assert_int_equal(audits("member.created"), 1);
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE "
                             "after::text LIKE '%%$2b$%%'"),
                     0);
}

TEST(create_without_password_sends_an_invitation)
{
    struct answer *a = users_post(fx.admin, "/api/v1/users",
                                  "{\"name\":\"Rui\",\"email\":\"rui@a.test\","
                                  "\"role\":\"supervisor\"}");

    UNUSED;
    assert_status(a, 201);
    assert_string_equal(at_text(a, "status"), "invited");
    assert_null(at(a, "id"));
    assert_int_equal(sql_int("SELECT count(*) FROM users WHERE email LIKE "
                             "'rui%%'"),
                     0);
    assert_string_equal(sql("SELECT name || role || visibility FROM "
                            "invitations WHERE id = %" PRId64,
                            at_int(a, "invitationId")),
                        "Ruisupervisorall");
    assert_int_equal(mails(), 1);
}

TEST(visibility_not_said_is_the_default_of_the_company)
{
    struct answer *a;

    UNUSED;
    sql("UPDATE companies SET default_visibility = 'own' WHERE id = 1");
    a = users_post(fx.admin, "/api/v1/invitations",
                   "{\"email\":\"n@a.test\",\"role\":\"operator\"}");
    assert_status(a, 201);
    assert_string_equal(at_text(a, "visibility"), "own");
}

TEST(create_refuses_a_taken_email_in_any_letter_case)
{
    struct answer *a =
        users_post(fx.admin, "/api/v1/users",
                   "{\"name\":\"X\",\"email\":\"AGENT@a.test\",\"password\":"
                   "\"" NEW_PASSWORD "\",\"role\":\"operator\"}");

    UNUSED;
    assert_problem(a, 409, "conflict");
    assert_field(a, "email", "taken");
    assert_non_null(strstr(at_text(a, "detail"), text("%" PRId64, fx.agent)));
    a = users_post(fx.admin, "/api/v1/users",
                   "{\"name\":\"X\",\"email\":\"Admin@B.test\",\"password\":"
                   "\"" NEW_PASSWORD "\",\"role\":\"operator\"}");
    assert_problem(a, 409, "conflict");
    assert_field(a, "email", "taken");
    assert_null(strstr(a->body, text("%" PRId64, fx.stranger)));
    a = users_post(fx.admin, "/api/v1/users",
                   "{\"name\":\"X\",\"email\":\"admin@b.test\",\"role\":"
                   "\"operator\"}");
    assert_field(a, "email", "taken");
}

TEST(create_refuses_bad_fields_weak_passwords_and_mass_assignment)
{
    struct answer *a = users_post(fx.admin, "/api/v1/users",
                                  "{\"name\":\"X\",\"email\":\"x@a.test\","
                                  "\"password\":\"1234567890\",\"role\":"
                                  "\"operator\"}");

    UNUSED;
    assert_status(a, 422);
    assert_non_null(strstr(a->body, "\"password\""));
    assert_field(users_post(fx.admin, "/api/v1/users",
                            "{\"name\":\"X\",\"email\":\"sem arroba\","
                            "\"role\":\"operator\"}"),
                 "email", "format");
    assert_field(users_post(fx.admin, "/api/v1/users",
                            "{\"name\":\"X\",\"email\":\"x@a.test\","
                            "\"role\":\"super\"}"),
                 "role", "one_of");
    assert_field(users_post(fx.admin, "/api/v1/users",
                            "{\"name\":\"X\",\"email\":\"x@a.test\"}"),
                 "role", "required");
    assert_field(users_post(fx.admin, "/api/v1/users",
                            "{\"name\":\"X\",\"email\":\"x@a.test\",\"role\":"
                            "\"operator\",\"isSuper\":true}"),
                 "isSuper", "unknown");
    assert_field(users_post(fx.admin, "/api/v1/users",
                            "{\"name\":\"X\",\"email\":\"x@a.test\",\"role\":"
                            "\"operator\",\"companyId\":2}"),
                 "companyId", "unknown");
    assert_int_equal(sql_int("SELECT count(*) FROM users WHERE email = "
                             "'x@a.test'"),
                     0);
}

TEST(queues_and_roles_of_another_company_are_bad_fields)
{
    struct answer *a =
        users_post(fx.admin, "/api/v1/users",
                   text("{\"name\":\"X\",\"email\":\"x@a.test\",\"password\":"
                        "\"" NEW_PASSWORD
                        "\",\"role\":\"operator\",\"queueIds\":[%" PRId64 "]}",
                        (int64_t)33));

    UNUSED;
    assert_field(a, "queueIds", "unknown");
    assert_field(patch(fx.admin, fx.agent,
                       text("{\"roleId\":%" PRId64 "}", fx.other_role)),
                 "roleId", "unknown");
    assert_field(patch(fx.admin, fx.agent, "{\"queueIds\":[33]}"), "queueIds",
                 "unknown");
    assert_field(users_post(fx.admin, "/api/v1/invitations",
                            "{\"email\":\"x@a.test\",\"roleId\":82}"),
                 "roleId", "unknown");
}

/* ---- mudar ---- */

TEST(patch_changes_what_came_and_old_tokens_stop)
{
    const char *before = token_of(fx.agent);
    struct answer *a =
        patch(fx.admin, fx.agent,
              "{\"name\":\"Bruno B.\",\"role\":\"supervisor\",\"version\":1}");

    UNUSED;
    assert_status(a, 200);
    assert_string_equal(at_text(a, "role"), "supervisor");
    assert_string_equal(at_text(a, "visibility"), "all");
    assert_int_equal(at_int(a, "version"), 2);
    assert_int_equal(at_int(a, "queueIds.0"), fx.queue);
    a = call(&(struct call){ .program = "accounts",
                             .path = text("/api/v1/users/%" PRId64, fx.agent),
                             .token = before });
    assert_problem(a, 401, "unauthorized");
    assert_int_equal(sql_int("SELECT count(*) FROM live_outbox WHERE type = "
                             "'access:changed'"),
                     1);
}

TEST(stale_version_answers_409_and_changes_nothing)
{
    UNUSED;
    assert_status(patch(fx.admin, fx.agent, "{\"name\":\"Um\"}"), 200);
    assert_problem(
        patch(fx.admin, fx.agent, "{\"name\":\"Dois\",\"version\":1}"), 409,
        "conflict");
    assert_string_equal(sql("SELECT display_name FROM memberships WHERE "
                            "company_id = 1 AND user_id = %" PRId64,
                            fx.agent),
                        "Um");
}

TEST(put_replaces_the_whole_membership)
{
    const char *path = text("/api/v1/users/%" PRId64, fx.auditor);
    struct answer *a = send_as(
        fx.admin, "PUT", path,
        "{\"name\":\"Otto\",\"role\":\"operator\",\"visibility\":\"queues\","
        "\"queueIds\":[31,32],\"disabled\":false,\"version\":1}");

    UNUSED;
    assert_status(a, 200);
    assert_null(at(a, "roleId"));
    assert_int_equal(json_object_array_length(at(a, "queueIds")), 2);
    a = send_as(fx.admin, "PUT", path, "{\"name\":\"Otto\"}");
    assert_status(a, 422);
    assert_field(a, "role", "required");
    assert_field(a, "version", "required");
}

TEST(own_role_of_the_company_wins_and_null_takes_it_away)
{
    struct answer *a = patch(fx.admin, fx.supervisor,
                             text("{\"roleId\":%" PRId64 "}", fx.role));

    UNUSED;
    assert_status(a, 200);
    assert_string_equal(at_text(a, "role"), "operator");
    assert_string_equal(at_text(a, "roleName"), "Auditoria");
    a = patch(fx.admin, fx.supervisor, "{\"roleId\":null}");
    assert_status(a, 200);
    assert_null(at(a, "roleId"));
}

/* Um papel que muda pessoas, e mais nada: não promove, nem toca em quem pode
 * mais. */
static void
give_clerk(void)
{
    sql("UPDATE roles SET permissions = "
        "'{self,live.listen,users.read,users.write}' WHERE id = 81");
}

TEST(nobody_gives_or_touches_more_than_they_have)
{
    struct answer *a;

    UNUSED;
    give_clerk();
    a = patch(fx.auditor, fx.agent, "{\"name\":\"X\"}");
    assert_problem(a, 403, "forbidden"); /* o agente atende, ele não */
    sql("UPDATE memberships SET role_id = 81 WHERE user_id = %" PRId64,
        fx.agent);
    assert_status(patch(fx.auditor, fx.agent, "{\"name\":\"X\"}"), 200);
    a = patch(fx.auditor, fx.agent, "{\"role\":\"admin\"}");
    assert_problem(a, 403, "forbidden");
    assert_field(a, "role", "beyond");
    a = patch(fx.auditor, fx.agent, "{\"visibility\":\"all\"}");
    assert_field(a, "visibility", "beyond");
    a = patch(fx.auditor, fx.agent, "{\"queueIds\":[31,32]}");
    assert_field(a, "queueIds", "beyond");
    a = users_post(fx.auditor, "/api/v1/invitations",
                   "{\"email\":\"n@a.test\",\"role\":\"operator\"}");
    assert_problem(a, 403, "forbidden");
    assert_problem(patch(fx.auditor, fx.auditor, "{\"role\":\"admin\"}"), 403,
                   "forbidden");
    assert_problem(drop(fx.auditor, fx.admin), 403, "forbidden");
    assert_problem(users_post(fx.auditor, action(fx.admin, "logout-all"), NULL),
                   403, "forbidden");
    assert_problem(
        users_post(fx.auditor, action(fx.admin, "reset-password"), NULL), 403,
        "forbidden");
}

TEST(super_of_the_platform_is_not_touched_by_an_admin)
{
    UNUSED;
    sql("INSERT INTO memberships (company_id, user_id, role, display_name) "
        "VALUES (1, %" PRId64 ", 'operator', 'Paula')",
        fx.super);
    assert_problem(patch(fx.admin, fx.super, "{\"name\":\"X\"}"), 403,
                   "forbidden");
    assert_status(patch(fx.super, fx.agent, "{\"name\":\"X\"}"), 200);
}

TEST(last_admin_cannot_be_demoted_disabled_or_removed)
{
    UNUSED;
    assert_problem(patch(fx.admin, fx.admin, "{\"role\":\"operator\"}"), 409,
                   "conflict");
    assert_problem(patch(fx.super, fx.admin, "{\"roleId\":81}"), 409,
                   "conflict");
    assert_problem(drop(fx.super, fx.admin), 409, "conflict");
    assert_problem(patch(fx.super, fx.admin, "{\"disabled\":true}"), 409,
                   "conflict");
    assert_status(patch(fx.admin, fx.supervisor, "{\"role\":\"admin\"}"), 200);
    assert_problem(drop(fx.admin, fx.admin), 409, "conflict"); /* a si não */
    assert_status(patch(fx.admin, fx.admin, "{\"role\":\"operator\"}"), 200);
}

/* Cada filho faz a sua chamada; devolve quantas deram este status. */
static int
at_once(const struct call *calls, int count, int status)
{
    int i, got, hits = 0;

    for (i = 0; i < count; i++)
        if (fork() == 0)
            _exit(call(&calls[i])->status == status ? 0 : 1);
    while (wait(&got) > 0)
        hits += WIFEXITED(got) && WEXITSTATUS(got) == 0;
    return hits;
}

TEST(two_demotions_of_the_last_two_admins_leave_one)
{
    struct call calls[2];
    int i, round;

    UNUSED;
    for (round = 0; round < 3; round++) {
        sql("UPDATE memberships SET role = 'admin' WHERE company_id = 1 AND "
            "user_id IN (%" PRId64 ", %" PRId64 ")",
            fx.admin, fx.supervisor);
        for (i = 0; i < 2; i++)
            calls[i] = (struct call){
                .program = "accounts",
                .method = "PATCH",
                .path = text("/api/v1/users/%" PRId64,
                             i == 0 ? fx.supervisor : fx.admin),
                .token = token_of(i == 0 ? fx.admin : fx.supervisor),
                .body = "{\"role\":\"operator\"}",
            };
        at_once(calls, 2, 200);
        assert_int_equal(sql_int("SELECT count(*) FROM memberships WHERE "
                                 "company_id = 1 AND role = 'admin'"),
                         1);
    }
}

/* ---- desligar ---- */

TEST(removal_returns_tickets_ends_logins_and_keeps_authorship)
{
    const char *before = token_of(fx.agent);
    struct answer *a;

    UNUSED;
    sql("INSERT INTO refresh_tokens (user_id, company_id, family, "
        "token_version, token_hash, expires_at) VALUES (%" PRId64
        ", 1, gen_random_uuid(), 1, '\\x01', now() + interval '1 day')",
        fx.agent);
    sql("UPDATE messages SET user_id = %" PRId64 " WHERE id = 72", fx.agent);
    assert_status(drop(fx.admin, fx.agent), 204);
    assert_string_equal(sql("SELECT status || coalesce(user_id::text, '-') || "
                            "queue_id FROM tickets WHERE id = %" PRId64,
                            fx.active),
                        "pending-31");
    assert_string_equal(sql("SELECT status || user_id FROM tickets WHERE id = "
                            "%" PRId64,
                            fx.closed),
                        text("closed%" PRId64, fx.agent));
    assert_int_equal(sql_int("SELECT count(*) FROM ticket_changes WHERE "
                             "ticket_id = %" PRId64 " AND user_id = %" PRId64,
                             fx.active, fx.admin),
                     2);
    assert_int_equal(sql_int("SELECT count(*) FROM live_outbox WHERE type = "
                             "'ticket:updated' AND 'queue:31' = ANY (rooms)"),
                     1);
    assert_int_equal(sql_int("SELECT count(*) FROM refresh_tokens WHERE "
                             "revoked_at IS NULL"),
                     0);
    assert_int_equal(sql_int("SELECT count(*) FROM messages WHERE user_id = "
                             "%" PRId64,
                             fx.agent),
                     1);
    a = call(&(struct call){
        .program = "tickets", .path = "/api/v1/tickets", .token = before });
    assert_problem(a, 401, "unauthorized");
    assert_status(drop(fx.admin, fx.agent), 204); /* de novo, o mesmo */
    a = users_get(fx.admin, "/api/v1/users");
    assert_null(strstr(a->body, "agent@a.test"));
    a = users_get(fx.admin, "/api/v1/users?status=disabled");
    assert_int_equal(at_int(a, "data.0.id"), fx.agent);
    assert_problem(drop(fx.admin, fx.stranger), 404, "not-found");
}

TEST(removal_by_who_sees_little_returns_every_ticket)
{
    UNUSED;
    give_clerk();
    sql("UPDATE memberships SET role_id = 81 WHERE user_id = %" PRId64,
        fx.agent);
    assert_status(drop(fx.auditor, fx.agent), 204);
    assert_int_equal(sql_int("SELECT count(*) FROM tickets WHERE status <> "
                             "'closed' AND user_id = %" PRId64,
                             fx.agent),
                     0);
    assert_int_equal(sql_int("SELECT count(*) FROM live_outbox WHERE type = "
                             "'ticket:updated'"),
                     1);
}

TEST(restore_brings_back_within_the_limit_of_the_company)
{
    struct answer *a;

    UNUSED;
    assert_status(drop(fx.admin, fx.agent), 204);
    a = users_post(fx.admin, action(fx.agent, "restore"), NULL);
    assert_status(a, 200);
    assert_false(json_object_get_boolean(at(a, "disabled")));
    assert_problem(users_post(fx.admin, action(fx.stranger, "restore"), NULL),
                   404, "not-found");
}

TEST(full_company_takes_nobody_else)
{
    UNUSED;
    assert_status(drop(fx.admin, fx.agent), 204);
    sql("UPDATE companies SET max_users = 5 WHERE id = 1");
    assert_problem(users_post(fx.admin, action(fx.agent, "restore"), NULL), 409,
                   "limit-reached");
    assert_problem(users_post(fx.admin, "/api/v1/invitations",
                              "{\"email\":\"n@a.test\",\"role\":\"operator\"}"),
                   409, "limit-reached");
    assert_problem(users_post(fx.admin, "/api/v1/users",
                              "{\"name\":\"N\",\"email\":\"n@a.test\","
                              "\"password\":\"" NEW_PASSWORD
                              "\",\"role\":\"operator\"}"),
                   409, "limit-reached");
}

/* ---- socorrer ---- */

TEST(reset_password_sends_a_link_that_only_the_person_gets)
{
    struct answer *a =
        users_post(fx.admin, action(fx.agent, "reset-password"), NULL);

    UNUSED;
    assert_status(a, 204);
    assert_int_equal(sql_int("SELECT count(*) FROM one_time_tokens WHERE "
                             "purpose = 'reset' AND user_id = %" PRId64,
                             fx.agent),
                     1);
    assert_int_equal(mails(), 1);
    assert_int_equal(audits("password.reset_sent"), 1);
    assert_problem(
        users_post(fx.admin, action(fx.stranger, "reset-password"), NULL), 404,
        "not-found");
}

TEST(two_factor_is_removed_audited_and_told)
{
    UNUSED;
    assert_problem(
        users_post(fx.admin, action(fx.agent, "two-factor/remove"), NULL), 409,
        "conflict");
    sql("UPDATE users SET totp_secret = '\\x01', totp_enabled_at = now() "
        "WHERE id = %" PRId64,
        fx.agent);
    assert_status(
        users_post(fx.admin, action(fx.agent, "two-factor/remove"), NULL), 204);
    assert_int_equal(sql_int("SELECT count(*) FROM users WHERE id = %" PRId64
                             " AND totp_enabled_at IS NULL AND totp_secret IS "
                             "NULL",
                             fx.agent),
                     1);
    assert_int_equal(audits("two_factor.removed"), 1);
    assert_int_equal(mails(), 1);
}

TEST(logout_all_ends_the_logins_of_this_company_only)
{
    const char *here = token_in(fx.both, fx.company);
    const char *there = token_in(fx.both, fx.other_company);
    const char *path = text("/api/v1/users/%" PRId64, fx.both);

    UNUSED;
    assert_status(users_post(fx.admin, action(fx.both, "logout-all"), NULL),
                  204);
    assert_status(call(&(struct call){
                      .program = "accounts", .path = path, .token = here }),
                  401);
    assert_status(call(&(struct call){
                      .program = "accounts", .path = path, .token = there }),
                  200);
}

/* ---- retrato ---- */

TEST(picture_goes_to_colleagues_once_and_then_304)
{
    const char *path = action(fx.agent, "picture");
    struct answer *a;

    UNUSED;
    assert_problem(users_get(fx.admin, path), 404, "not-found");
    sql("INSERT INTO pictures (user_id, image) VALUES (%" PRId64
        ", '\\x524946460000000057454250')",
        fx.agent);
    a = users_get(fx.loner, path);
    assert_status(a, 200);
    assert_int_equal(a->len, 12);
    assert_memory_equal(a->body, "RIFF\0\0\0\0WEBP", 12);
    assert_string_equal(header_of(a, "Content-Type"), "image/webp");
    a = call(&(struct call){
        .program = "accounts",
        .path = path,
        .token = token_of(fx.admin),
        .headers = { text("If-None-Match: %s", header_of(a, "ETag")) } });
    assert_status(a, 304);
    assert_int_equal(a->len, 0);
    assert_problem(users_get(fx.stranger, path), 404, "not-found");
    assert_problem(users_get(0, path), 401, "unauthorized");
}

/* ---- convites ---- */

#define INVITE \
    "{\"email\":\"novo@a.test\",\"role\":\"operator\",\"queueIds\":[31]}"

TEST(invitations_are_listed_resent_and_cancelled)
{
    struct answer *a = users_post(fx.admin, "/api/v1/invitations", INVITE);
    const char *path;
    int64_t id;

    UNUSED;
    assert_status(a, 201);
    id = at_int(a, "id");
    path = text("/api/v1/invitations/%" PRId64, id);
    assert_string_equal(at_text(a, "status"), "pending");
    assert_null(strstr(a->body, "token"));
    assert_int_equal(mails(), 1);
    a = users_post(fx.admin, "/api/v1/invitations", INVITE);
    assert_problem(a, 409, "conflict");
    assert_field(a, "email", "taken");
    a = users_get(fx.supervisor, "/api/v1/invitations?status=pending");
    assert_int_equal(at_int(a, "data.0.queueIds.0"), fx.queue);
    assert_string_equal(at_text(a, "data.0.inviter"), "Ana Admin");
    a = users_post(fx.admin, text("%s/resend", path), NULL);
    assert_status(a, 200);
    assert_int_equal(at_int(a, "sentCount"), 2);
    assert_int_equal(sql_int("SELECT count(*) FROM one_time_tokens WHERE "
                             "purpose = 'invite'"),
                     1);
    a = users_post(fx.admin, text("%s/resend", path), NULL);
    assert_problem(a, 429, "rate-limited");
    assert_status(send_as(fx.admin, "DELETE", path, NULL), 204);
    assert_int_equal(sql_int("SELECT count(*) FROM one_time_tokens WHERE "
                             "purpose = 'invite'"),
                     0);
    assert_problem(send_as(fx.admin, "DELETE", path, NULL), 404, "not-found");
    assert_int_equal(audits("invitation.deleted"), 1);
}

TEST(invitations_of_another_company_do_not_exist)
{
    struct answer *a = users_post(fx.admin, "/api/v1/invitations", INVITE);
    const char *path = text("/api/v1/invitations/%" PRId64, at_int(a, "id"));

    UNUSED;
    assert_problem(users_post(fx.stranger, text("%s/resend", path), NULL), 404,
                   "not-found");
    assert_problem(send_as(fx.stranger, "DELETE", path, NULL), 404,
                   "not-found");
    a = users_get(fx.stranger, "/api/v1/invitations");
    assert_int_equal(json_object_array_length(at(a, "data")), 0);
    assert_problem(users_get(fx.agent, "/api/v1/invitations"), 403,
                   "forbidden");
    assert_problem(users_post(fx.supervisor, "/api/v1/invitations", INVITE),
                   403, "forbidden");
}

TEST(expired_invitation_gives_way_to_a_new_one)
{
    struct answer *a = users_post(fx.admin, "/api/v1/invitations", INVITE);

    UNUSED;
    sql("UPDATE invitations SET expires_at = now() - interval '1 hour'");
    a = users_get(fx.admin, "/api/v1/invitations?status=expired");
    assert_int_equal(json_object_array_length(at(a, "data")), 1);
    assert_status(users_post(fx.admin, "/api/v1/invitations", INVITE), 201);
    a = users_get(fx.admin, "/api/v1/invitations");
    assert_int_equal(json_object_array_length(at(a, "data")), 1);
}

TEST(member_is_not_invited_again)
{
    struct answer *a =
        users_post(fx.admin, "/api/v1/invitations",
                   "{\"email\":\"Agent@A.test\",\"role\":\"operator\"}");

    UNUSED;
    assert_problem(a, 409, "conflict");
    assert_non_null(strstr(at_text(a, "detail"), text("%" PRId64, fx.agent)));
}

static int
setup(void **state)
{
    int failed = harness_setup(state);

    setenv("BALCAO_SMTP_URL", "smtp://127.0.0.1:1", 1);
    setenv("BALCAO_MAIL_FROM", "Balcao <nao-responda@balcao.test>", 1);
    return failed;
}

#define T(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(list_is_for_those_who_lead_and_stays_in_the_company),
        T(list_searches_without_accents_filters_and_pages_by_key),
        T(anyone_reads_self_and_only_leaders_read_colleagues),
        T(create_with_password_makes_the_account_at_once),
        T(create_without_password_sends_an_invitation),
        T(visibility_not_said_is_the_default_of_the_company),
        T(create_refuses_a_taken_email_in_any_letter_case),
        T(create_refuses_bad_fields_weak_passwords_and_mass_assignment),
        T(queues_and_roles_of_another_company_are_bad_fields),
        T(patch_changes_what_came_and_old_tokens_stop),
        T(stale_version_answers_409_and_changes_nothing),
        T(put_replaces_the_whole_membership),
        T(own_role_of_the_company_wins_and_null_takes_it_away),
        T(nobody_gives_or_touches_more_than_they_have),
        T(super_of_the_platform_is_not_touched_by_an_admin),
        T(last_admin_cannot_be_demoted_disabled_or_removed),
        T(two_demotions_of_the_last_two_admins_leave_one),
        T(removal_returns_tickets_ends_logins_and_keeps_authorship),
        T(removal_by_who_sees_little_returns_every_ticket),
        T(restore_brings_back_within_the_limit_of_the_company),
        T(full_company_takes_nobody_else),
        T(reset_password_sends_a_link_that_only_the_person_gets),
        T(two_factor_is_removed_audited_and_told),
        T(logout_all_ends_the_logins_of_this_company_only),
        T(picture_goes_to_colleagues_once_and_then_304),
        T(invitations_are_listed_resent_and_cancelled),
        T(invitations_of_another_company_do_not_exist),
        T(expired_invitation_gives_way_to_a_new_one),
        T(member_is_not_invited_again),
    };

    return cmocka_run_group_tests(tests, setup, harness_teardown);
}
