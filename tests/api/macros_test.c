/* macros_test.c - macros: cadastro, o clique no atendimento, páginas. */
#include <inttypes.h>
#include <string.h>

#include "harness.h"
#include "inbox_kit.h"

#define MACROS "/api/v1/macros"
#define PAGES "/admin/macros"

static struct answer *
ask(int64_t person, const char *method, const char *path, const char *body)
{
    return call(&(struct call){ .program = "desk",
                                .method = method,
                                .path = path,
                                .body = body,
                                .token = token_of(person) });
}

/* Uma macro de todos com estes passos; devolve o número. */
static int64_t
macro(const char *steps)
{
    return sql_int("INSERT INTO macros (company_id, name, steps) VALUES (1, "
                   "'m' || (SELECT count(*) FROM macros), '%s') RETURNING id",
                   steps);
}

static struct answer *
run(int64_t person, int64_t ticket, int64_t id)
{
    return call(&(struct call){
        .program = "tickets",
        .method = "POST",
        .path = text("/api/v1/tickets/%" PRId64 "/macros/%" PRId64, ticket, id),
        .token = token_of(person) });
}

/* 91 é de todos; 92 do agente; 93 do administrador; 94 da outra empresa. */
static void
some_macros(void)
{
    sql("INSERT INTO tags (company_id, id, name) VALUES (1, 71, 'Paga'), "
        "(1, 72, 'Devendo'), (2, 73, 'Alheia')");
    sql("INSERT INTO quick_replies (company_id, id, user_id, shortcut, body) "
        "VALUES (1, 81, NULL, 'oi', 'Oi, {{contact.firstName}}'), "
        "(1, 82, 13, 'meu', 'Só meu'), (1, 83, 11, 'dele', 'Só dele')");
    sql("INSERT INTO macros (company_id, id, user_id, name, position, steps) "
        "VALUES (1, 91, NULL, 'Fechar venda', 0, "
        "'[{\"action\":\"close\",\"reason\":\"vendido\"}]'), "
        "(1, 92, 13, 'Minha', 0, '[{\"action\":\"note\",\"body\":\"x\"}]'), "
        "(1, 93, 11, 'Segredo', 0, '[{\"action\":\"assign\"}]'), "
        "(2, 94, NULL, 'Da outra', 0, '[{\"action\":\"assign\"}]')");
    sql("TRUNCATE audit_log");
}

TEST(one_sees_the_shared_then_ones_own)
{
    struct answer *a;

    UNUSED;
    some_macros();
    a = ask(fx.agent, "GET", MACROS, NULL);
    assert_status(a, 200);
    assert_int_equal(json_object_array_length(at(a, "data")), 2);
    assert_string_equal(at_text(a, "data.0.name"), "Fechar venda");
    assert_string_equal(at_text(a, "data.0.steps.0.reason"), "vendido");
    assert_string_equal(at_text(a, "data.1.name"), "Minha");
    assert_status(ask(fx.agent, "GET", MACROS "/91", NULL), 200);
    assert_problem(ask(fx.agent, "GET", MACROS "/93", NULL), 404, "not-found");
    assert_problem(ask(fx.admin, "GET", MACROS "/94", NULL), 404, "not-found");
    assert_problem(ask(fx.auditor, "GET", MACROS, NULL), 403, "forbidden");
}

TEST(agent_keeps_own_macros_and_leaders_the_shared_ones)
{
    struct answer *a;

    UNUSED;
    some_macros();
    a = ask(fx.agent, "POST", MACROS,
            "{\"name\":\" Boas-vindas \",\"steps\":[{\"action\":\"reply\","
            "\"replyId\":82},{\"action\":\"assign\",\"userId\":null},"
            "{\"action\":\"tag\",\"tagIds\":[71,72]}]}");
    assert_status(a, 201);
    assert_string_equal(at_text(a, "name"), "Boas-vindas");
    assert_int_equal(at_int(a, "position"), 1);
    assert_string_equal(
        sql("SELECT steps FROM macros WHERE name = 'Boas-vindas'"),
        "[{\"action\": \"reply\", \"replyId\": 82}, {\"action\": \"assign\"}, "
        "{\"action\": \"tag\", \"tagIds\": [71, 72]}]");
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log"), 0);
    assert_problem(ask(fx.agent, "POST", MACROS,
                       "{\"name\":\"x\",\"shared\":true,\"steps\":"
                       "[{\"action\":\"assign\"}]}"),
                   403, "forbidden");
    assert_problem(ask(fx.agent, "PATCH", MACROS "/91", "{\"name\":\"z\"}"),
                   403, "forbidden");
    assert_problem(ask(fx.agent, "DELETE", MACROS "/91", NULL), 403,
                   "forbidden");
    assert_problem(ask(fx.agent, "PATCH", MACROS "/93", "{\"name\":\"z\"}"),
                   404, "not-found");
    assert_status(ask(fx.supervisor, "POST", MACROS,
                      "{\"name\":\"x\",\"shared\":true,\"steps\":"
                      "[{\"action\":\"reply\",\"replyId\":81}]}"),
                  201);
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE action = "
                             "'macro.created'"),
                     1);
    assert_status(ask(fx.agent, "DELETE", MACROS "/92", NULL), 204);
    assert_problem(ask(fx.agent, "DELETE", MACROS "/92", NULL), 404,
                   "not-found");
}

TEST(bad_steps_are_refused_by_field)
{
    static const struct {
        const char *steps, *field, *rule;
    } bad[] = {
        { "{}", "steps", "type" },
        { "[]", "steps", "min" },
        { "[1]", "steps.0", "type" },
        { "[{\"action\":\"dance\"}]", "steps.0.action", "one_of" },
        { "[{\"action\":\"send\"}]", "steps.0.body", "required" },
        { "[{\"action\":\"send\",\"body\":\" \"}]", "steps.0.body", "min" },
        { "[{\"action\":\"send\",\"body\":7}]", "steps.0.body", "type" },
        { "[{\"action\":\"send\",\"body\":\"a\\u0000b\"}]", "steps.0.body",
          "nul" },
        { "[{\"action\":\"note\",\"body\":\"{{x}}\"}]", "steps.0.body",
          "unknown" },
        { "[{\"action\":\"close\",\"reason\":\"a\\nb\"}]", "steps.0.reason",
          "control" },
        { "[{\"action\":\"close\",\"body\":\"b\"}]", "steps.0.body",
          "unknown" },
        { "[{\"action\":\"priority\",\"priority\":\"top\"}]",
          "steps.0.priority", "one_of" },
        { "[{\"action\":\"snooze\",\"until\":\"hour hours\"}]", "steps.0.until",
          "one_of" },
        { "[{\"action\":\"close\"},{\"action\":\"tag\",\"tagIds\":[]}]",
          "steps.1.tagIds", "required" },
        { "[{\"action\":\"tag\",\"tagIds\":[\"1\"]}]", "steps.0.tagIds",
          "type" },
        { "[{\"action\":\"tag\",\"tagIds\":[71,73]}]", "steps.0.tagIds",
          "exists" },
        { "[{\"action\":\"queue\",\"queueId\":33}]", "steps.0.queueId",
          "exists" },
        { "[{\"action\":\"queue\",\"queueId\":-1}]", "steps.0.queueId", "min" },
        { "[{\"action\":\"assign\",\"userId\":21}]", "steps.0.userId",
          "exists" },
        { "[{\"action\":\"reply\",\"replyId\":83}]", "steps.0.replyId",
          "exists" },
    };
    const char *one = "{\"action\":\"assign\"}", *many = one;
    struct answer *a;
    size_t i;

    UNUSED;
    some_macros();
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_field(ask(fx.supervisor, "POST", MACROS,
                         text("{\"name\":\"n\",\"steps\":%s}", bad[i].steps)),
                     bad[i].field, bad[i].rule);
    for (i = 0; i < 10; i++)
        many = text("%s,%s", many, one);
    assert_field(ask(fx.agent, "POST", MACROS,
                     text("{\"name\":\"n\",\"steps\":[%s]}", many)),
                 "steps", "max");
    assert_field(ask(fx.agent, "POST", MACROS,
                     text("{\"name\":\"n\",\"steps\":[{\"action\":\"close\","
                          "\"reason\":\"%0201d\"}]}",
                          0)),
                 "steps.0.reason", "max");
    /* a de todos não leva a resposta que só um tem */
    a = ask(
        fx.supervisor, "POST", MACROS,
        "{\"name\":\"n\",\"steps\":[{\"action\":\"reply\",\"replyId\":81}]}");
    assert_status(a, 201);
    sql("UPDATE quick_replies SET user_id = 12 WHERE id = 81");
    assert_field(ask(fx.supervisor, "PATCH",
                     text(MACROS "/%" PRId64, at_int(a, "id")),
                     "{\"shared\":true}"),
                 "steps.0.replyId", "shared");
    assert_problem(ask(fx.agent, "POST", MACROS,
                       "{\"name\":\"n\",\"steps\":[{\"action\":\"assign\","
                       "\"userId\":11}]}"),
                   403, "forbidden");
}

TEST(names_limits_and_versions_answer_409)
{
    struct answer *a;

    UNUSED;
    some_macros();
    assert_problem(ask(fx.agent, "POST", MACROS,
                       "{\"name\":\"minha\",\"steps\":[{\"action\":"
                       "\"close\"}]}"),
                   409, "conflict");
    a = ask(fx.agent, "PATCH", MACROS "/92",
            "{\"version\":1,\"name\":\"Outra\",\"position\":7}");
    assert_status(a, 200);
    assert_int_equal(at_int(a, "version"), 2);
    assert_int_equal(at_int(a, "position"), 7);
    assert_string_equal(at_text(a, "steps.0.body"), "x");
    assert_problem(
        ask(fx.agent, "PATCH", MACROS "/92", "{\"version\":1,\"name\":\"w\"}"),
        409, "conflict");
    sql("INSERT INTO macros (company_id, id, user_id, name, steps) SELECT "
        "1, 2000 + g, 13, 't' || g, '[{}]' FROM generate_series(1, 199) g");
    assert_problem(ask(fx.agent, "POST", MACROS,
                       "{\"name\":\"demais\",\"steps\":[{\"action\":"
                       "\"close\"}]}"),
                   409, "limit-reached");
}

TEST(a_click_does_every_step_in_order)
{
    struct answer *a;
    int64_t id;

    UNUSED;
    some_macros();
    sql("INSERT INTO ticket_tags (company_id, ticket_id, tag_id) VALUES "
        "(1, 61, 72)");
    id = macro("[{\"action\":\"reply\",\"replyId\":81},"
               "{\"action\":\"send\",\"body\":\"Protocolo "
               "{{ticket.protocol}}\"},"
               "{\"action\":\"note\",\"body\":\"visto por {{user.name}}\"},"
               "{\"action\":\"tag\",\"tagIds\":[71]},"
               "{\"action\":\"untag\",\"tagIds\":[72]},"
               "{\"action\":\"assign\"},"
               "{\"action\":\"priority\",\"priority\":\"high\"},"
               "{\"action\":\"snooze\",\"until\":\"tomorrow\"},"
               "{\"action\":\"close\",\"reason\":\"pronto\"}]");
    a = run(fx.agent, fx.pending, id);
    assert_status(a, 200);
    assert_string_equal(at_text(a, "status"), "closed");
    assert_string_equal(at_text(a, "closeReason"), "pronto");
    assert_string_equal(at_text(a, "priority"), "high");
    assert_int_equal(at_int(a, "assigneeId"), fx.agent);
    assert_int_equal(at_int(a, "tagIds.0"), 71);
    assert_int_equal(json_object_array_length(at(a, "tagIds")), 1);
    assert_string_equal(
        sql("SELECT string_agg(kind || ':' || body, '|' ORDER BY id) FROM "
            "messages WHERE ticket_id = 61 AND user_id = 13"),
        text("text:Oi, Carla|text:Protocolo %s|note:visto por Bruno Agente",
             at_text(a, "protocol")));
    assert_int_equal(sql_int("SELECT count(*) FROM jobs WHERE kind = "
                             "'message.send'"),
                     2);
    /* o histórico diz a macro, e depois o que ela mudou */
    assert_string_equal(
        sql("SELECT string_agg(field, ',' ORDER BY id) FROM ticket_changes "
            "WHERE ticket_id = 61 AND field IN ('macro', 'status', 'priority', "
            "'snooze', 'reason')"),
        "macro,status,priority,snooze,status,reason");
    assert_string_equal(sql("SELECT new_value FROM ticket_changes WHERE "
                            "ticket_id = 61 AND field = 'macro'"),
                        sql("SELECT name FROM macros WHERE id = %" PRId64, id));
    assert_string_equal(
        sql("SELECT (new_value::timestamptz AT TIME ZONE 'America/Sao_Paulo')"
            "::time FROM ticket_changes WHERE ticket_id = 61 AND field = "
            "'snooze' AND new_value IS NOT NULL"),
        "09:00:00");
    assert_int_equal(sql_int("SELECT count(*) FROM live_outbox WHERE type = "
                             "'ticket:closed'"),
                     1);
}

/* Quantas linhas há do que uma macro pela metade deixaria. */
static int64_t
traces(void)
{
    return sql_int("SELECT (SELECT count(*) FROM messages WHERE user_id IS NOT "
                   "NULL) + (SELECT count(*) FROM ticket_changes) + (SELECT "
                   "count(*) FROM jobs) + (SELECT count(*) FROM live_outbox) + "
                   "(SELECT count(*) FROM ticket_tags)");
}

TEST(a_refused_step_is_named_and_nothing_is_half_done)
{
    struct answer *a;

    UNUSED;
    some_macros();
    a = run(fx.agent, fx.active,
            macro("[{\"action\":\"send\",\"body\":\"até\"},"
                  "{\"action\":\"tag\",\"tagIds\":[71]},"
                  "{\"action\":\"assign\",\"userId\":11}]"));
    assert_problem(a, 403, "forbidden");
    assert_non_null(strstr(at_text(a, "detail"), "passo 3, Dar a uma pessoa"));
    assert_int_equal(traces(), 0);
    a = run(fx.agent, fx.active,
            macro("[{\"action\":\"close\"},{\"action\":\"close\"}]"));
    assert_problem(a, 409, "conflict");
    assert_non_null(strstr(at_text(a, "detail"), "passo 2, Encerrar"));
    /* o que se apagou depois de a macro existir */
    a = run(fx.agent, fx.active,
            macro("[{\"action\":\"send\",\"body\":\"até\"},"
                  "{\"action\":\"tag\",\"tagIds\":[987]}]"));
    assert_field(a, "steps.1", "step");
    a = run(fx.agent, fx.active,
            macro("[{\"action\":\"reply\",\"replyId\":987}]"));
    assert_problem(a, 409, "conflict");
    /* a fila que o agente não vê, e depois mais um passo nela */
    a = run(fx.agent, fx.active,
            macro("[{\"action\":\"queue\",\"queueId\":32},"
                  "{\"action\":\"note\",\"body\":\"olhem\"}]"));
    assert_problem(a, 409, "conflict");
    assert_non_null(strstr(at_text(a, "detail"), "passo 2, Anotar"));
    sql("UPDATE tickets SET window_until = now() - interval '1 hour' WHERE "
        "id = 62");
    a = run(fx.agent, fx.active,
            macro("[{\"action\":\"tag\",\"tagIds\":[71]},"
                  "{\"action\":\"send\",\"body\":\"até\"}]"));
    assert_field(a, "steps.1", "step");
    assert_int_equal(traces(), 0);
    assert_string_equal(sql("SELECT status FROM tickets WHERE id = 62"),
                        "active");
}

TEST(what_is_already_so_is_not_a_refusal)
{
    struct answer *a;

    UNUSED;
    some_macros();
    a = run(fx.agent, fx.active,
            macro("[{\"action\":\"assign\"},"
                  "{\"action\":\"priority\",\"priority\":\"normal\"}]"));
    assert_status(a, 200);
    a = run(fx.agent, fx.pending,
            macro("[{\"action\":\"queue\",\"queueId\":31}]"));
    assert_status(a, 200);
    /* passou a quem o agente não vê: a resposta ainda o mostra */
    a = run(fx.agent, fx.active,
            macro("[{\"action\":\"queue\",\"queueId\":32}]"));
    assert_status(a, 200);
    assert_int_equal(at_int(a, "queueId"), 32);
    assert_problem(run(fx.agent, fx.active, 91), 404, "not-found");
    assert_problem(run(fx.agent, fx.pending, 93), 404, "not-found");
    assert_problem(run(fx.agent, fx.pending, 94), 404, "not-found");
    assert_problem(run(fx.agent, fx.hidden, 91), 404, "not-found");
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

TEST(pages_keep_the_macros_step_by_step)
{
    struct answer *a;

    UNUSED;
    assert_has(page(fx.agent, PAGES), "Nenhuma macro ainda");
    some_macros();
    a = page(fx.agent, PAGES);
    assert_has(a, "Fechar venda");
    assert_lacks(a, "Segredo");
    assert_status(page(fx.auditor, PAGES), 403);
    assert_lacks(page(fx.agent, PAGES "/new"), "name=\"shared\"");
    a = submit(fx.agent, PAGES "/draw", "name=Nova&op=add&add=tag");
    assert_status(a, 200);
    assert_has(a, "value=\"Nova\"");
    assert_has(a, "name=\"s0Action\" value=\"tag\"");
    assert_has(a, "Devendo");
    a = submit(fx.agent, PAGES "/draw",
               "name=Nova&s0Action=tag&s0Tags=71&s1Action=send&s1Text=Oi%0D%0A"
               "voc%C3%AA&op=up:1");
    assert_has(a, "name=\"s0Action\" value=\"send\"");
    assert_has(a, "Oi\nvocê</textarea>");
    assert_has(a, "name=\"s1Tags\" value=\"71\" checked");
    assert_lacks(submit(fx.agent, PAGES "/draw",
                        "s0Action=tag&s1Action=close&op=drop:0"),
                 "value=\"tag\">\n");
    a = submit(fx.agent, PAGES,
               "name=Nova&s0Action=send&s0Text=&s1Action=assign&s1Choice=");
    assert_status(a, 422);
    assert_has(a, "escreva o texto");
    assert_has(a, "name=\"s1Action\" value=\"assign\"");
    assert_status(submit(fx.agent, PAGES, "name=Nova"), 422);
    assert_status(submit(fx.agent, PAGES,
                         "name=Nova&s0Action=send&s0Text=Oi&s1Action=queue&"
                         "s1Choice=31&s2Action=snooze&s2Choice=week"),
                  303);
    assert_string_equal(
        sql("SELECT steps FROM macros WHERE name = 'Nova' AND user_id = 13"),
        "[{\"body\": \"Oi\", \"action\": \"send\"}, {\"action\": \"queue\", "
        "\"queueId\": 31}, {\"until\": \"week\", \"action\": \"snooze\"}]");
    assert_status(submit(fx.agent, PAGES, "name=nova&s0Action=close"), 409);
}

TEST(page_of_one_changes_it_or_only_shows_it)
{
    struct answer *a;

    UNUSED;
    some_macros();
    a = page(fx.agent, PAGES "/91");
    assert_status(a, 200);
    assert_has(a, "disabled");
    assert_has(a, "value=\"vendido\"");
    assert_lacks(a, "/91/delete");
    assert_status(
        submit(fx.agent, PAGES "/91", "version=1&name=x&s0Action=close"), 403);
    assert_status(page(fx.agent, PAGES "/93"), 404);
    assert_status(submit(fx.agent, PAGES "/93/draw", "name=x&op=add&add=tag"),
                  404);
    a = submit(fx.agent, PAGES "/92/draw",
               "version=1&name=Mudada&s0Action=close&op=add&add=priority");
    assert_status(a, 200);
    assert_has(a, "action=\"" PAGES "/92\"");
    assert_has(a, "Urgente");
    assert_status(
        submit(fx.agent, PAGES "/92", "version=1&name=Mudada&s0Action=close"),
        303);
    assert_status(
        submit(fx.agent, PAGES "/92", "version=1&name=De+novo&s0Action=close"),
        409);
    /* quem já não existe não vira outro em silêncio */
    sql("UPDATE macros SET steps = '[{\"action\":\"assign\",\"userId\":987}]' "
        "WHERE id = 93");
    a = page(fx.admin, PAGES "/93");
    assert_has(a, "value=\"987\" selected");
    assert_status(submit(fx.admin, PAGES "/93",
                         "version=1&name=S&s0Action=assign&s0Choice=987&"
                         "shared=true&shared=false"),
                  422);
}

TEST(order_and_delete_ask_the_right_person)
{
    UNUSED;
    some_macros();
    sql("INSERT INTO macros (company_id, id, name, steps) VALUES (1, 95, "
        "'Abrir', '[{\"action\":\"assign\"}]')");
    assert_status(submit(fx.agent, PAGES "/91/move", "to=up"), 403);
    assert_status(submit(fx.agent, PAGES "/93/move", "to=up"), 404);
    assert_status(submit(fx.supervisor, PAGES "/91/move", "to=side"), 422);
    assert_status(submit(fx.supervisor, PAGES "/91/move", "to=up"), 303);
    assert_string_equal(sql("SELECT string_agg(name, ',' ORDER BY position) "
                            "FROM macros WHERE company_id = 1 AND user_id IS "
                            "NULL"),
                        "Fechar venda,Abrir");
    assert_status(submit(fx.supervisor, PAGES "/91/move", "to=up"), 303);
    assert_status(submit(fx.supervisor, PAGES "/91/move", "to=down"), 303);
    assert_int_equal(sql_int("SELECT position FROM macros WHERE id = 95"), 0);
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log"), 1);
    assert_has(page(fx.agent, PAGES "/92/delete"), "Apagar a macro");
    assert_status(page(fx.agent, PAGES "/91/delete"), 403);
    assert_status(submit(fx.agent, PAGES "/91/delete", ""), 403);
    assert_status(submit(fx.agent, PAGES "/92/delete", ""), 303);
    assert_status(page(fx.agent, PAGES "/92/delete"), 404);
}

TEST(the_panel_has_a_button_for_each)
{
    struct browser agent = browser_of(fx.agent);
    struct answer *a;

    UNUSED;
    some_macros();
    a = inbox_page(agent, path_of(fx.active, ""));
    assert_has(a, "/inbox/62/macros/91");
    assert_has(a, "title=\"Encerrar\"");
    assert_lacks(a, "/macros/93");
    assert_status(
        inbox_submit(agent, path_of(fx.active, "/macros/93"), "", NULL), 404);
    assert_status(
        inbox_submit(agent, path_of(fx.active, "/macros/91"), "", NULL), 303);
    a = inbox_page(agent, path_of(fx.active, ""));
    assert_has(a, "usou a macro Fechar venda");
    a = inbox_submit(agent, path_of(fx.active, "/macros/91"), "", PART);
    assert_status(a, 409);
    assert_has(a, "passo 1, Encerrar");
    a = inbox_submit(
        agent,
        path_of(fx.pending,
                text("/macros/%" PRId64,
                     macro("[{\"action\":\"assign\",\"userId\":11}]"))),
        "", NULL);
    assert_status(a, 403);
    assert_has(a, "passo 1, Dar a uma pessoa");
    /* a conversa que se passou adiante leva de volta à lista */
    a = inbox_submit(
        agent,
        path_of(fx.pending,
                text("/macros/%" PRId64,
                     macro("[{\"action\":\"queue\",\"queueId\":32}]"))),
        "", NULL);
    assert_status(a, 303);
    assert_string_equal(header_of(a, "Location"), "/inbox");
}

#define T(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(one_sees_the_shared_then_ones_own),
        T(agent_keeps_own_macros_and_leaders_the_shared_ones),
        T(bad_steps_are_refused_by_field),
        T(names_limits_and_versions_answer_409),
        T(a_click_does_every_step_in_order),
        T(a_refused_step_is_named_and_nothing_is_half_done),
        T(what_is_already_so_is_not_a_refusal),
        T(pages_keep_the_macros_step_by_step),
        T(page_of_one_changes_it_or_only_shows_it),
        T(order_and_delete_ask_the_right_person),
        T(the_panel_has_a_button_for_each),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
