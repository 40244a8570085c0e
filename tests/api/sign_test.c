/* sign_test.c - o nome de quem escreve, na mensagem que vai ao contato. */
#include <inttypes.h>
#include <string.h>

#include "db/db.h"
#include "gen/q_send.h"
#include "harness.h"
#include "inbox_kit.h"
#include "job_kit.h"

/* O texto como o worker o manda. */
static const char *
outgoing(int64_t message)
{
    struct ctx c = {
        .arena = job_arena, .db = job_db, .token_version = -1, .company_id = 1
    };
    struct q_send_load_row row;
    bool found;

    assert_int_equal(q_send_load(&c, &(struct q_send_load_in){ .id = message },
                                 &row, &found),
                     OK);
    assert_true(found);
    assert_int_equal(db_commit(&c), OK);
    return row.body;
}

static int64_t
said(const char *body)
{
    struct answer *a;

    sql("UPDATE tickets SET window_until = now() + interval '1 hour'");
    a = post_as(fx.agent, "tickets",
                text("/api/v1/tickets/%" PRId64 "/messages", fx.active),
                text("{\"body\":\"%s\"}", body));
    assert_status(a, 201);
    assert_string_equal(at_text(a, "body"), body);
    return at_int(a, "id");
}

static void
sign(const char *on)
{
    struct answer *a =
        call(&(struct call){ .program = "messages",
                             .method = "PUT",
                             .path = "/api/v1/messages/settings",
                             .body = text("{\"signMessages\":%s}", on),
                             .token = token_of(fx.admin) });

    assert_status(a, 200);
}

TEST(text_goes_with_the_name_only_if_the_company_wants)
{
    UNUSED;
    assert_string_equal(outgoing(said("Oi")), "Oi");
    sign("true");
    assert_string_equal(outgoing(said("Oi")), "*Bruno Agente*\nOi");
    sql("UPDATE memberships SET display_name = 'Bruno *A*' WHERE user_id = "
        "%" PRId64,
        fx.agent);
    assert_string_equal(outgoing(said("Oi")), "*Bruno A*\nOi");
    sign("false");
    assert_string_equal(outgoing(said("Oi")), "Oi");
}

TEST(what_would_not_fit_and_what_a_robot_says_go_unsigned)
{
    char body[4097];
    int64_t bot;

    UNUSED;
    sign("true");
    memset(body, 'x', 4096);
    body[4096] = '\0';
    assert_string_equal(outgoing(said(body)), body);
    bot = sql_int("INSERT INTO messages (company_id, ticket_id, channel_id, "
                  "sender_type, kind, body, status) SELECT company_id, id, "
                  "channel_id, 'bot', 'text', 'Bem-vindo', 'queued' FROM "
                  "tickets WHERE id = %" PRId64 " RETURNING id",
                  fx.active);
    assert_string_equal(outgoing(bot), "Bem-vindo");
}

TEST(switch_is_on_the_company_page)
{
    struct browser b = browser_of(fx.admin);

    UNUSED;
    assert_status(browser_submit(b, "admin", "/admin/company/messages",
                                 "signMessages=true&readReceipts=true"),
                  303);
    assert_has(browser_page(b, "admin", "/admin/company"),
               "name=\"signMessages\" value=\"true\" checked");
}

#define T(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(text_goes_with_the_name_only_if_the_company_wants),
        T(what_would_not_fit_and_what_a_robot_says_go_unsigned),
        T(switch_is_on_the_company_page),
    };

    return cmocka_run_group_tests(tests, job_setup, job_teardown);
}
