/* replies_test.c - respostas rápidas: cadastro, variáveis, páginas, inserir. */
#include <inttypes.h>
#include <string.h>

#include "harness.h"
#include "inbox_kit.h"

#define REPLIES "/api/v1/replies"
#define PAGES "/admin/replies"

static struct answer *
ask(int64_t person, const char *method, const char *path, const char *body)
{
    return call(&(struct call){ .program = "desk",
                                .method = method,
                                .path = path,
                                .body = body,
                                .token = token_of(person) });
}

/* 91 de todos; 92 do agente; 93 do administrador; 94 da outra empresa. */
static void
some_replies(void)
{
    sql("INSERT INTO quick_replies (company_id, id, user_id, shortcut, body) "
        "VALUES (1, 91, NULL, 'oi', '{{greeting}}, {{ contact.firstName }}!'), "
        "(1, 92, 13, 'horario', 'Abrimos às 8h, diz {{user.name}}.'), "
        "(1, 93, 11, 'segredo', 'Só do admin'), "
        "(2, 94, NULL, 'alheia', 'Da outra')");
    sql("TRUNCATE audit_log");
}

TEST(one_sees_the_shared_and_ones_own)
{
    struct answer *a;

    UNUSED;
    some_replies();
    a = ask(fx.agent, "GET", REPLIES, NULL);
    assert_status(a, 200);
    assert_int_equal(json_object_array_length(at(a, "data")), 2);
    assert_string_equal(at_text(a, "data.0.shortcut"), "horario");
    assert_false(json_object_get_boolean(at(a, "data.0.shared")));
    a = ask(fx.agent, "GET", REPLIES "?q=O", NULL);
    assert_string_equal(at_text(a, "data.0.shortcut"), "oi");
    a = ask(fx.agent, "GET", REPLIES "?q=ABRIMOS", NULL);
    assert_int_equal(json_object_array_length(at(a, "data")), 1);
    assert_status(ask(fx.agent, "GET", REPLIES "/91", NULL), 200);
    assert_problem(ask(fx.agent, "GET", REPLIES "/93", NULL), 404, "not-found");
    assert_problem(ask(fx.admin, "GET", REPLIES "/94", NULL), 404, "not-found");
    assert_problem(ask(fx.auditor, "GET", REPLIES, NULL), 403, "forbidden");
}

TEST(agent_keeps_own_replies_and_leaders_the_shared_ones)
{
    struct answer *a;

    UNUSED;
    some_replies();
    a = ask(fx.agent, "POST", REPLIES,
            "{\"shortcut\":\"/Pix\",\"body\":\"A chave é…\\r\\n\"}");
    assert_status(a, 201);
    assert_string_equal(at_text(a, "shortcut"), "pix");
    assert_string_equal(at_text(a, "body"), "A chave é…");
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log"), 0);
    assert_problem(ask(fx.agent, "POST", REPLIES,
                       "{\"shortcut\":\"x\",\"body\":\"y\",\"shared\":true}"),
                   403, "forbidden");
    assert_problem(ask(fx.agent, "PATCH", REPLIES "/91", "{\"body\":\"z\"}"),
                   403, "forbidden");
    assert_problem(ask(fx.agent, "DELETE", REPLIES "/91", NULL), 403,
                   "forbidden");
    a = ask(fx.supervisor, "POST", REPLIES,
            "{\"shortcut\":\"pix\",\"body\":\"y\",\"shared\":true}");
    assert_status(a, 201);
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE action = "
                             "'quick_reply.created'"),
                     1);
    assert_status(ask(fx.agent, "DELETE", REPLIES "/92", NULL), 204);
    assert_problem(ask(fx.agent, "DELETE", REPLIES "/92", NULL), 404,
                   "not-found");
    assert_problem(ask(fx.agent, "PATCH", REPLIES "/93", "{\"body\":\"z\"}"),
                   404, "not-found");
}

TEST(bad_reply_is_refused_by_field)
{
    UNUSED;
    some_replies();
    assert_field(
        ask(fx.agent, "POST", REPLIES, "{\"shortcut\":\"olá\",\"body\":\"y\"}"),
        "shortcut", "format");
    assert_field(
        ask(fx.agent, "POST", REPLIES, "{\"shortcut\":\"a\",\"body\":\"  \"}"),
        "body", "min");
    assert_field(ask(fx.agent, "POST", REPLIES,
                     "{\"shortcut\":\"a\",\"body\":\"{{contact.age}}\"}"),
                 "body", "unknown");
    assert_problem(ask(fx.agent, "POST", REPLIES,
                       "{\"shortcut\":\"horario\",\"body\":\"y\"}"),
                   409, "conflict");
    /* a de todos com o mesmo atalho é outra coisa */
    assert_status(ask(fx.agent, "POST", REPLIES,
                      "{\"shortcut\":\"oi\",\"body\":\"meu oi\"}"),
                  201);
    sql("INSERT INTO quick_replies (company_id, id, user_id, shortcut, body) "
        "SELECT 1, 2000 + g, 13, 't' || g, 'x' FROM generate_series(1, 498) g");
    assert_problem(ask(fx.agent, "POST", REPLIES,
                       "{\"shortcut\":\"demais\",\"body\":\"y\"}"),
                   409, "limit-reached");
}

TEST(change_shares_it_and_stale_version_answers_409)
{
    struct answer *a;

    UNUSED;
    some_replies();
    a = ask(fx.admin, "PATCH", REPLIES "/93",
            "{\"version\":1,\"shared\":true}");
    assert_status(a, 200);
    assert_true(json_object_get_boolean(at(a, "shared")));
    assert_int_equal(at_int(a, "version"), 2);
    assert_problem(
        ask(fx.admin, "PATCH", REPLIES "/93", "{\"version\":1,\"body\":\"z\"}"),
        409, "conflict");
    assert_problem(
        ask(fx.admin, "PATCH", REPLIES "/93", "{\"shortcut\":\"oi\"}"), 409,
        "conflict");
    assert_problem(ask(fx.admin, "PATCH", REPLIES "/94", "{\"body\":\"z\"}"),
                   404, "not-found");
    assert_status(ask(fx.agent, "GET", REPLIES "/93", NULL), 200);
}

TEST(variables_are_filled_for_the_ticket)
{
    struct answer *a;

    UNUSED;
    some_replies();
    sql("UPDATE contacts SET name = 'Davi <b> Dias' WHERE id = 52");
    a = get_as(fx.agent, "tickets", "/api/v1/tickets/62/replies?q=o");
    assert_status(a, 200);
    assert_string_equal(at_text(a, "data.0.shortcut"), "oi");
    assert_non_null(strstr(at_text(a, "data.0.text"), ", Davi!"));
    assert_string_equal(at_text(a, "data.1.text"),
                        "Abrimos às 8h, diz Bruno Agente.");
    assert_problem(get_as(fx.agent, "tickets", "/api/v1/tickets/65/replies"),
                   404, "not-found");
    a = ask(fx.agent, "POST", REPLIES "/preview",
            "{\"ticketId\":62,\"body\":\"{{contact.name}} {{ticket.protocol}} "
            "{{company.name}} {{x}} {{\"}");
    assert_status(a, 200);
    assert_string_equal(
        at_text(a, "text"),
        text("Davi <b> Dias %s Padaria A {{x}} {{",
             sql("SELECT ticket_protocol(created_at, id) FROM tickets WHERE "
                 "id = 62")));
    a = ask(fx.agent, "POST", REPLIES "/preview",
            "{\"body\":\"{{contact.firstName}}\"}");
    assert_string_equal(at_text(a, "text"), "Maria");
    assert_problem(ask(fx.agent, "POST", REPLIES "/preview",
                       "{\"ticketId\":66,\"body\":\"x\"}"),
                   404, "not-found");
}

TEST(greeting_follows_the_clock_of_the_company)
{
    static const struct {
        int hour;
        const char *said;
    } day[] = { { 3, "Boa noite" },
                { 9, "Bom dia" },
                { 15, "Boa tarde" },
                { 20, "Boa noite" } };
    size_t i;

    UNUSED;
    for (i = 0; i < sizeof day / sizeof *day; i++) {
        /* o fuso em que agora é esta hora; os de Etc têm o sinal trocado */
        int64_t ahead = (day[i].hour -
                         sql_int("SELECT extract(hour FROM now() AT TIME ZONE "
                                 "'UTC')::int") +
                         36) %
                            24 -
                        12;

        sql("UPDATE companies SET time_zone = 'Etc/GMT%+" PRId64
            "' WHERE id = 1",
            -ahead);
        assert_string_equal(at_text(ask(fx.agent, "POST", REPLIES "/preview",
                                        "{\"body\":\"{{greeting}}\"}"),
                                    "text"),
                            day[i].said);
    }
}

/* ---- páginas ---- */

static struct answer *
page(int64_t person, const char *path)
{
    return browser_page(browser_of(person), "desk_pages", path);
}

static struct answer *
submit(int64_t person, const char *path, const char *body)
{
    return browser_submit(browser_of(person), "desk_pages", path, body);
}

TEST(pages_keep_the_replies)
{
    struct answer *a = page(fx.agent, PAGES);

    UNUSED;
    assert_has(a, "Nenhuma resposta rápida ainda");
    some_replies();
    a = page(fx.agent, PAGES);
    assert_has(a, "/horario");
    assert_lacks(a, "segredo");
    assert_has(page(fx.agent, PAGES "?q=zzz"), "Nada com estas palavras");
    assert_status(page(fx.auditor, PAGES), 403);
    a = page(fx.agent, PAGES "/new");
    assert_status(a, 200);
    assert_has(a, "{{contact.firstName}}");
    assert_lacks(a, "name=\"shared\"");
    assert_has(page(fx.admin, PAGES "/new"), "name=\"shared\"");
    assert_status(submit(fx.agent, PAGES, "shortcut=tchau&body=At%C3%A9"), 303);
    a = submit(fx.agent, PAGES, "shortcut=tchau&body=De+novo");
    assert_status(a, 409);
    assert_has(a, "De novo");
    assert_status(
        submit(fx.admin, PAGES, "shortcut=a&body=b&shared=true&shared=false"),
        303);
    assert_int_equal(sql_int("SELECT count(*) FROM quick_replies WHERE "
                             "shortcut = 'a' AND user_id IS NULL"),
                     1);
}

TEST(page_of_one_changes_it_or_only_shows_it)
{
    struct answer *a;

    UNUSED;
    some_replies();
    a = page(fx.agent, PAGES "/91");
    assert_status(a, 200);
    assert_has(a, "disabled");
    assert_lacks(a, "/91/delete");
    assert_status(submit(fx.agent, PAGES "/91", "version=1&shortcut=oi&body=x"),
                  403);
    assert_status(page(fx.agent, PAGES "/93"), 404);
    assert_status(submit(fx.agent, PAGES "/93", "version=1&shortcut=oi&body=x"),
                  404);
    assert_status(submit(fx.agent, PAGES "/92",
                         "version=1&shortcut=horario&body=%7B%7Bx%7D%7D"),
                  422);
    assert_status(
        submit(fx.agent, PAGES "/92", "version=1&shortcut=horas&body=Nove"),
        303);
    assert_status(
        submit(fx.agent, PAGES "/92", "version=1&shortcut=horas&body=Dez"),
        409);
    a = submit(
        fx.agent, PAGES "/preview",
        "id=92&version=2&shortcut=horas&body=Oi+%7B%7Bcontact.name%7D%7D");
    assert_status(a, 200);
    assert_has(a, "Oi Maria da Silva");
    assert_has(a, PAGES "/92");
    assert_status(submit(fx.agent, PAGES "/preview", "body=novo"), 200);
    assert_status(submit(fx.agent, PAGES "/preview", "id=93&body=x"), 404);
}

TEST(delete_page_asks_first)
{
    UNUSED;
    some_replies();
    assert_has(page(fx.agent, PAGES "/92/delete"), "Abrimos às 8h");
    assert_status(page(fx.agent, PAGES "/91/delete"), 403);
    assert_status(page(fx.agent, PAGES "/93/delete"), 404);
    assert_status(submit(fx.agent, PAGES "/91/delete", ""), 403);
    assert_status(submit(fx.agent, PAGES "/92/delete", ""), 303);
    assert_int_equal(sql_int("SELECT count(*) FROM quick_replies WHERE id = "
                             "92"),
                     0);
}

TEST(without_javascript_a_link_puts_the_text_in_the_box)
{
    struct browser agent = browser_of(fx.agent);
    struct answer *a;

    UNUSED;
    some_replies();
    assert_has(inbox_page(agent, path_of(fx.active, "")), "/inbox/62/replies");
    a = inbox_page(agent, path_of(fx.active, "/replies"));
    assert_status(a, 200);
    assert_has(a, "/inbox/62?insert=91#answer");
    assert_has(a, ", Davi!");
    assert_has(inbox_page(agent, path_of(fx.active, "/replies?q=nada")),
               "Nenhuma resposta rápida aqui");
    assert_status(inbox_page(agent, path_of(fx.hidden, "/replies")), 404);
    sql("INSERT INTO drafts (company_id, ticket_id, user_id, body) VALUES "
        "(1, 62, 13, 'Antes')");
    a = inbox_page(agent, path_of(fx.active, "?insert=92"));
    assert_has(a, ">Antes\nAbrimos às 8h, diz Bruno Agente.</textarea>");
    assert_has(inbox_page(agent, path_of(fx.active, "?insert=93")),
               ">Antes</textarea>");
}

#define T(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(one_sees_the_shared_and_ones_own),
        T(agent_keeps_own_replies_and_leaders_the_shared_ones),
        T(bad_reply_is_refused_by_field),
        T(change_shares_it_and_stale_version_answers_409),
        T(variables_are_filled_for_the_ticket),
        T(greeting_follows_the_clock_of_the_company),
        T(pages_keep_the_replies),
        T(page_of_one_changes_it_or_only_shows_it),
        T(delete_page_asks_first),
        T(without_javascript_a_link_puts_the_text_in_the_box),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
