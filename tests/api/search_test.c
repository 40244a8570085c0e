/* search_test.c - procurar em tudo: o que se acha, e só o que se vê. */
#include "harness.h"

#include <inttypes.h>
#include <string.h>

#include "inbox_kit.h"

#define SEARCH "/api/v1/search"

static struct answer *
ask(int64_t person, const char *path)
{
    return get_as(person, "search", path);
}

static int
found(int64_t person, const char *path)
{
    struct answer *a = ask(person, path);

    assert_status(a, 200);
    return (int)json_object_array_length(at(a, "data"));
}

static void
say(int64_t id, int64_t ticket, const char *kind, const char *body)
{
    sql("INSERT INTO messages (company_id, id, ticket_id, channel_id, "
        "sender_type, kind, body, status) SELECT company_id, %" PRId64
        ", id, channel_id, 'user', '%s', '%s', 'received' FROM tickets WHERE "
        "id = %" PRId64,
        id, kind, body, ticket);
}

TEST(words_are_found_without_accents_and_marked)
{
    struct answer *a;

    UNUSED;
    say(500, 62, "text", "Vocês têm pão de ló, e à vista?");
    a = ask(fx.agent, SEARCH "/messages?q=PAO%20lo");
    assert_status(a, 200);
    assert_int_equal(at_int(a, "data.0.id"), 500);
    assert_string_equal(at_text(a, "data.0.contact"), "Davi Dias");
    assert_string_equal(at_text(a, "data.0.snippet.1.text"), "pão");
    assert_true(json_object_get_boolean(at(a, "data.0.snippet.1.match")));
    assert_int_equal(found(fx.agent, SEARCH "/messages?q=vist"), 1);
    assert_int_equal(found(fx.agent, SEARCH "/messages?q=%26%20%7C%21%28"), 0);
    assert_int_equal(found(fx.agent, SEARCH "/messages?q=nunca"), 0);
}

TEST(only_what_one_may_see_is_found)
{
    UNUSED;
    say(500, 62, "text", "segredo do bolo");
    say(501, 65, "text", "segredo do pudim");
    say(502, 66, "text", "segredo da outra");
    say(503, 65, "note", "segredo anotado");
    assert_int_equal(found(fx.admin, SEARCH "/messages?q=segredo"), 2);
    assert_int_equal(found(fx.agent, SEARCH "/messages?q=segredo"), 1);
    assert_int_equal(found(fx.loner, SEARCH "/messages?q=segredo"), 0);
    assert_int_equal(found(fx.stranger, SEARCH "/messages?q=segredo"), 1);
    assert_int_equal(found(fx.admin, SEARCH "/notes?q=segredo"), 1);
    assert_int_equal(found(fx.agent, SEARCH "/notes?q=segredo"), 0);
    assert_int_equal(found(fx.agent, SEARCH "/tickets?q=65"), 0);
    assert_int_equal(found(fx.admin, SEARCH "/tickets?q=65"), 1);
    assert_int_equal(found(fx.admin, SEARCH "/tickets?q=66"), 0);
    assert_int_equal(found(fx.admin, SEARCH "/contacts?q=hugo"), 0);
    assert_problem(ask(fx.auditor, SEARCH "?q=x"), 403, "forbidden");
}

TEST(tickets_are_found_by_protocol_and_subject)
{
    struct answer *a;

    UNUSED;
    sql("UPDATE tickets SET subject = 'Máquina de café' WHERE id = 62");
    a = ask(fx.agent, SEARCH "/tickets?q=maquina%20caf");
    assert_int_equal(at_int(a, "data.0.id"), 62);
    assert_string_equal(at_text(a, "data.0.subjectMarks.0.text"), "Máquina");
    assert_int_equal(
        found(fx.agent,
              text(SEARCH "/tickets?q=%s",
                   sql("SELECT ticket_protocol(created_at, id) FROM tickets "
                       "WHERE id = 62"))),
        1);
    assert_int_equal(found(fx.agent, SEARCH "/tickets?q=19990101000062"), 0);
}

TEST(contacts_are_found_by_name_phone_email_and_document)
{
    UNUSED;
    sql("UPDATE contacts SET email = 'fabio@x.test', document = "
        "'11144477735' WHERE id = 54");
    assert_int_equal(found(fx.agent, SEARCH "/contacts?q=fabio"), 1);
    assert_int_equal(found(fx.agent, SEARCH "/contacts?q=98765%200004"), 1);
    assert_int_equal(found(fx.agent, SEARCH "/contacts?q=fabio%40x.test"), 1);
    assert_int_equal(found(fx.agent, SEARCH "/contacts?q=111.444.777-35"), 1);
    assert_int_equal(found(fx.agent, SEARCH "/contacts?q=%25%25"), 0);
}

TEST(each_group_goes_on_by_its_cursor)
{
    struct answer *a;
    int i;

    UNUSED;
    for (i = 0; i < 7; i++)
        say(500 + i, 62, "text", "bolo de fubá");
    a = ask(fx.agent, SEARCH "?q=bolo&limit=3");
    assert_status(a, 200);
    assert_int_equal(json_object_array_length(at(a, "messages.data")), 3);
    assert_int_equal(json_object_array_length(at(a, "tickets.data")), 0);
    a = ask(fx.agent, text(SEARCH "/messages?q=bolo&limit=5&cursor=%s",
                           at_text(a, "messages.nextCursor")));
    assert_int_equal(json_object_array_length(at(a, "data")), 4);
    assert_null(at(a, "nextCursor"));
    assert_int_equal(found(fx.agent, SEARCH "/messages?limit=3"), 0);
}

/* Mais mensagens do que as recentes que se leem sem índice. */
static void
crowd(void)
{
    say(300, 62, "text", "Quero um panetone de fubá");
    say(301, 65, "text", "Panetone só no suporte");
    say(302, 62, "note", "panetone é com a Ana");
    sql("INSERT INTO messages (company_id, id, ticket_id, channel_id, "
        "sender_type, kind, body, status) SELECT 1, 1000 + i, 62, 41, "
        "'contact', 'text', 'Bom dia, quero pão ' || i, 'received' FROM "
        "generate_series(1, 1200) i");
    sql("ANALYZE messages");
}

TEST(old_and_rare_messages_are_found_behind_many_new_ones)
{
    struct answer *a;

    UNUSED;
    crowd();
    assert_int_equal(found(fx.agent, SEARCH "/messages?q=panetone"), 1);
    assert_int_equal(found(fx.admin, SEARCH "/messages?q=panetone"), 2);
    assert_int_equal(found(fx.loner, SEARCH "/messages?q=panetone"), 0);
    assert_int_equal(found(fx.stranger, SEARCH "/messages?q=panetone"), 0);
    assert_int_equal(found(fx.agent, SEARCH "/notes?q=panetone"), 1);
    /* uma palavra que todas têm e outra que uma só tem */
    assert_int_equal(found(fx.agent, SEARCH "/messages?q=quero%20panet"), 1);
    assert_int_equal(found(fx.agent, SEARCH "/messages?q=dia%20panetone"), 0);
    assert_int_equal(found(fx.agent, SEARCH "/messages?q=bom%20nunca"), 0);
    assert_int_equal(found(fx.agent, SEARCH "/messages?q=bom%20quero%2017"),
                     11);
    a = ask(fx.agent, SEARCH "/messages?q=quero%20pao&limit=3");
    assert_int_equal(json_object_array_length(at(a, "data")), 3);
    assert_int_equal(json_object_get_int64(at(a, "data.0.id")), 2200);
    a = ask(fx.agent, SEARCH "/messages?q=quero&limit=3&cursor=1001");
    assert_int_equal(json_object_array_length(at(a, "data")), 1);
    sql("UPDATE messages SET deleted_at = now() WHERE id = 300");
    assert_int_equal(found(fx.agent, SEARCH "/messages?q=panetone"), 0);
}

TEST(page_groups_what_it_finds)
{
    struct browser b = browser_of(fx.agent);
    struct answer *a;

    UNUSED;
    say(500, 62, "text", "Amanhã levo o Davi");
    a = call(&(struct call){
        .program = "search", .path = "/search?q=davi", .cookie = b.cookie });
    assert_status(a, 200);
    assert_has(a, "Contatos");
    assert_has(a, "<strong><mark>Davi</mark> Dias");
    assert_has(a, "Amanhã levo o <mark>Davi</mark>");
    assert_has(a, "/inbox/62#m500");
    a = call(&(struct call){ .program = "search",
                             .path = "/search?q=davi&in=messages",
                             .cookie = b.cookie });
    assert_lacks(a, "<mark>Davi</mark> Dias");
    a = call(&(struct call){
        .program = "search", .path = "/search?q=zzz", .cookie = b.cookie });
    assert_has(a, "Nada encontrado");
    a = call(&(struct call){
        .program = "search", .path = "/search", .cookie = b.cookie });
    assert_lacks(a, "Nada encontrado");
}

#define T(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(words_are_found_without_accents_and_marked),
        T(only_what_one_may_see_is_found),
        T(tickets_are_found_by_protocol_and_subject),
        T(contacts_are_found_by_name_phone_email_and_document),
        T(each_group_goes_on_by_its_cursor),
        T(old_and_rare_messages_are_found_behind_many_new_ones),
        T(page_groups_what_it_finds),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
