/* panel_test.c - o painel ao lado da conversa e os formulários dele. */
#include <inttypes.h>
#include <string.h>

#include "harness.h"
#include "inbox_kit.h"

TEST(panel_tells_who_it_is_and_only_what_one_may_see)
{
    struct browser agent = browser_of(fx.agent);
    struct answer *a;

    UNUSED;
    sql("UPDATE contacts SET document = '52998224725', email = 'davi@c.test', "
        "custom = '{\"plano\": \"Ouro <b>\"}' WHERE id = 52");
    sql("INSERT INTO custom_fields (company_id, target, key, label, kind) "
        "VALUES (1, 'contact', 'plano', 'Plano', 'text')");
    sql("INSERT INTO tags (company_id, id, name, color) VALUES "
        "(1, 91, 'Urgente', '#ff0000'), (1, 92, 'Atacado', '#00ff00')");
    sql("INSERT INTO ticket_tags (company_id, ticket_id, tag_id) "
        "VALUES (1, 62, 91)");
    sql("INSERT INTO contact_tags (company_id, contact_id, tag_id) "
        "VALUES (1, 52, 92)");
    sql("INSERT INTO tickets (company_id, id, contact_id, channel_id, "
        "queue_id, user_id, status, subject) VALUES "
        "(1, 71, 52, 41, 31, 13, 'closed', 'Encomenda de ontem'), "
        "(1, 72, 52, 41, 32, 11, 'closed', 'Do suporte')");
    a = inbox_page(agent, path_of(fx.active, "?panel=1"));
    assert_status(a, 200);
    assert_has(a, "has-panel");
    assert_has(a, "529.982.247-25");
    assert_has(a, "davi@c.test");
    assert_has(a, "Ouro &lt;b&gt;");
    assert_has(a, "fill=\"#ff0000\"");
    assert_has(a, "Atacado");
    assert_has(a, "Encomenda de ontem");
    assert_lacks(a, "Do suporte");
    assert_has(a, sql("SELECT ticket_protocol(created_at, id) FROM tickets "
                      "WHERE id = 62"));
    assert_has(inbox_page(browser_of(fx.admin), path_of(fx.active, "")),
               "Do suporte");
}

TEST(edit_changes_subject_priority_and_tags_and_tells_the_history)
{
    struct browser agent = browser_of(fx.agent);
    struct answer *a;

    UNUSED;
    sql("INSERT INTO tags (company_id, id, name) VALUES (1, 91, 'Troca')");
    a = inbox_submit(
        agent, path_of(fx.active, "/edit"),
        "version=1&subject=Troca+de+p%C3%A3o&priority=high&tagIds=91", NULL);
    assert_status(a, 303);
    assert_string_equal(sql("SELECT subject || ' ' || priority || ' ' || "
                            "tag_ids::text FROM tickets WHERE id = 62"),
                        "Troca de pão high {91}");
    a = inbox_page(agent, path_of(fx.active, ""));
    assert_has(a, "Troca de pão");
    assert_has(a, "mudou a prioridade: Alta");
    a = inbox_submit(agent, path_of(fx.active, "/edit"),
                     "version=1&subject=velho&priority=low&tagIds=", PART);
    assert_status(a, 409);
    assert_has(a, "id=\"talk\"");
    assert_string_equal(sql("SELECT subject FROM tickets WHERE id = 62"),
                        "Troca de pão");
}

TEST(tags_of_the_contact_change_in_the_panel)
{
    struct browser agent = browser_of(fx.agent);
    struct answer *a;

    UNUSED;
    sql("INSERT INTO tags (company_id, id, name, position) VALUES "
        "(1, 91, 'Atacado', 2), (1, 92, 'Zelador', 1)");
    a = inbox_page(agent, path_of(fx.active, "?panel=1"));
    assert_has(a, "/inbox/62/contact-tags");
    assert_true(strstr(a->body, "Zelador") < strstr(a->body, "Atacado"));
    a = inbox_submit(agent, path_of(fx.active, "/contact-tags"),
                     "version=1&tagIds=91&tagIds=92&tagIds=", NULL);
    assert_status(a, 303);
    assert_string_equal(sql("SELECT tag_ids FROM contacts WHERE id = 52"),
                        "{91,92}");
    a = inbox_submit(agent, path_of(fx.active, "/contact-tags"),
                     "version=1&tagIds=", PART);
    assert_status(a, 409);
    assert_has(a, "versão atual: 2");
    a = inbox_submit(agent, path_of(fx.hidden, "/contact-tags"),
                     "version=1&tagIds=", NULL);
    assert_status(a, 404);
}

TEST(transfer_hands_it_over_and_who_no_longer_sees_it_goes_to_the_list)
{
    struct browser agent = browser_of(fx.agent);
    struct answer *a;

    UNUSED;
    a = inbox_submit(agent, path_of(fx.active, "/transfer"),
                     "to=queue%3A32&note=quer+desconto", NULL);
    assert_status(a, 303);
    assert_string_equal(header_of(a, "Location"), "/inbox");
    assert_int_equal(sql_int("SELECT queue_id FROM tickets WHERE id = 62"), 32);
    assert_has(inbox_page(browser_of(fx.admin), path_of(fx.active, "")),
               "deixou um recado: quer desconto");
    assert_status(inbox_page(agent, path_of(fx.active, "")), 404);
    a = inbox_submit(agent, path_of(fx.pending, "/transfer"), "to=nada", NULL);
    assert_status(a, 422);
    assert_has(a, "escolha uma fila ou uma pessoa");
    a = inbox_submit(agent, path_of(fx.pending, "/transfer"), "to=user%3A14",
                     NULL);
    assert_true(a->status == 403 || a->status == 303);
}

TEST(snooze_waits_until_the_hour_of_who_reads)
{
    struct browser agent = browser_of(fx.agent);

    UNUSED;
    assert_status(inbox_submit(agent, path_of(fx.active, "/snooze"),
                               "preset=tomorrow&until=", NULL),
                  303);
    assert_string_equal(
        sql("SELECT to_char(snoozed_until AT TIME ZONE 'America/Sao_Paulo', "
            "'HH24:MI') FROM tickets WHERE id = 62"),
        "09:00");
    assert_has(inbox_page(agent, path_of(fx.active, "")), "Deixar de adiar");
    assert_status(
        inbox_submit(agent, path_of(fx.active, "/unsnooze"), "", NULL), 303);
    assert_null(sql("SELECT snoozed_until FROM tickets WHERE id = 62"));
    assert_status(inbox_submit(agent, path_of(fx.active, "/snooze"),
                               "preset=other&until=ontem", NULL),
                  422);
    assert_status(inbox_submit(agent, path_of(fx.active, "/snooze"),
                               "preset=other&until=2020-01-01T10:00", NULL),
                  422);
}

TEST(unread_goes_back_to_the_list)
{
    struct browser agent = browser_of(fx.agent);
    struct answer *a;

    UNUSED;
    inbox_page(agent, path_of(fx.active, ""));
    assert_int_equal(sql_int("SELECT unread_count FROM tickets WHERE id = 62"),
                     0);
    a = inbox_submit(agent, path_of(fx.active, "/unread"), "", NULL);
    assert_status(a, 303);
    assert_string_equal(header_of(a, "Location"), "/inbox");
    assert_int_equal(sql_int("SELECT unread_count FROM tickets WHERE id = 62"),
                     1);
}

TEST(forms_of_talks_of_others_do_not_exist)
{
    static const char *const forms[][2] = {
        { "/edit", "version=1&subject=x" },
        { "/transfer", "to=queue%3A31" },
        { "/snooze", "preset=hour" },
        { "/unsnooze", "" },
        { "/unread", "" },
    };
    struct browser agent = browser_of(fx.agent);
    size_t i;

    UNUSED;
    for (i = 0; i < sizeof forms / sizeof *forms; i++) {
        assert_status(inbox_submit(agent, path_of(fx.foreign, forms[i][0]),
                                   forms[i][1], NULL),
                      404);
        assert_status(inbox_submit(agent, path_of(fx.hidden, forms[i][0]),
                                   forms[i][1], NULL),
                      404);
    }
}

#define RUN(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        RUN(panel_tells_who_it_is_and_only_what_one_may_see),
        RUN(edit_changes_subject_priority_and_tags_and_tells_the_history),
        RUN(tags_of_the_contact_change_in_the_panel),
        RUN(transfer_hands_it_over_and_who_no_longer_sees_it_goes_to_the_list),
        RUN(snooze_waits_until_the_hour_of_who_reads),
        RUN(unread_goes_back_to_the_list),
        RUN(forms_of_talks_of_others_do_not_exist),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
