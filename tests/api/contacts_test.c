/* contacts_test.c - a agenda: procurar, criar, mudar, bloquear, apagar. */
#include <inttypes.h>
#include <string.h>

#include "../../src/desk/document.h"
#include "harness.h"
#include "hook.h"

#define BASE "/api/v1/contacts"

static struct answer *
send_as(int64_t person, const char *method, const char *path, const char *body)
{
    return call(&(struct call){ .program = "contacts",
                                .method = method,
                                .path = path,
                                .token = token_of(person),
                                .body = body });
}

static struct answer *
create(const char *body)
{
    return send_as(fx.agent, "POST", BASE, body);
}

static struct answer *
find(const char *query)
{
    struct answer *a = send_as(fx.agent, "GET", text(BASE "?%s", query), NULL);

    assert_status(a, 200);
    return a;
}

static size_t
count_of(const char *query)
{
    return json_object_array_length(at(find(query), "data"));
}

TEST(documents_are_checked_digit_by_digit)
{
    char out[DOCUMENT_MAX + 1];

    UNUSED;
    assert_true(document_normal("529.982.247-25", out));
    assert_string_equal(out, "52998224725");
    assert_true(document_normal("11.222.333/0001-81", out));
    assert_true(document_normal("12.abc.345/01de-35", out));
    assert_string_equal(out, "12ABC34501DE35");
    assert_false(document_normal("529.982.247-26", out));
    assert_false(document_normal("111.111.111-11", out));
    assert_false(document_normal("12.ABC.345/01DE-36", out));
    assert_false(document_normal("12ABC34501DEA5", out));
    assert_false(document_normal("", out));
    assert_false(document_normal("5299822472512345", out));
}

TEST(contact_is_created_whole_and_told)
{
    int64_t tag = sql_int("INSERT INTO tags (company_id, name) VALUES (1, "
                          "'VIP') RETURNING id");
    struct answer *a;

    UNUSED;
    sql("INSERT INTO custom_fields (company_id, target, key, label, kind, "
        "required) VALUES (1, 'contact', 'cidade', 'Cidade', 'text', true), "
        "(1, 'contact', 'desde', 'Desde', 'date', false), (1, 'contact', "
        "'gasto', 'Gasto', 'number', false)");
    a = create(text("{\"name\":\"Zoé D'Ávila\",\"phone\":\"+55 (21) "
                    "99876-5432\",\"phones\":[\"5521998765432\",\"5521"
                    "33334444\"],\"email\":\"Zoe@X.test\",\"document\":"
                    "\"529.982.247-25\",\"tagIds\":[%" PRId64 "],"
                    "\"custom\":{\"cidade\":\"Niterói\",\"desde\":"
                    "\"2024-02-29\",\"gasto\":\"10.5\"}}",
                    tag));
    assert_status(a, 201);
    assert_string_equal(at_text(a, "phone"), "5521998765432");
    assert_string_equal(at_text(a, "email"), "zoe@x.test");
    assert_string_equal(at_text(a, "document"), "52998224725");
    assert_int_equal(json_object_array_length(at(a, "phones")), 2);
    assert_int_equal(at_int(a, "tagIds.0"), tag);
    assert_string_equal(at_text(a, "custom.cidade"), "Niterói");
    assert_int_equal(sql_int("SELECT count(*) FROM live_outbox WHERE type = "
                             "'contact:created'"),
                     1);
    assert_status(
        send_as(fx.loner, "GET", text(BASE "/%" PRId64, at_int(a, "id")), NULL),
        200);
    a = create("{\"name\":\"X\",\"custom\":{\"desde\":\"2023-02-29\","
               "\"gasto\":\"muito\",\"outro\":1}}");
    assert_status(a, 422);
    assert_field(a, "custom.cidade", "required");
    assert_field(a, "custom.desde", "format");
    assert_field(a, "custom.gasto", "type");
    assert_field(a, "custom.outro", "unknown");
}

TEST(bad_and_repeated_data_are_refused_with_the_field)
{
    struct answer *a;

    UNUSED;
    a = create("{\"name\":\"X\",\"phone\":\"abc\",\"email\":\"x\","
               "\"document\":\"12345678900\",\"phones\":[7]}");
    assert_field(a, "phone", "format");
    assert_field(a, "email", "format");
    assert_field(a, "document", "format");
    assert_field(a, "phones", "format");
    assert_field(create("{\"name\":\"X\",\"phones\":\"x\"}"), "phones", "max");
    assert_field(create("{\"name\":\"X\",\"tagIds\":[987654]}"), "tagIds",
                 "unknown");
    assert_field(create("{\"name\":\"X\",\"custom\":[]}"), "custom", "type");
    /* o mesmo telefone sem o nono dígito */
    a = create("{\"name\":\"X\",\"phone\":\"551187650001\"}");
    assert_problem(a, 409, "conflict");
    assert_field(a, "phone", "taken");
    assert_non_null(strstr(at_text(a, "detail"), "51"));
    assert_status(create("{\"name\":\"X\",\"document\":\"52998224725\"}"), 201);
    a = create("{\"name\":\"Y\",\"document\":\"529.982.247-25\"}");
    assert_problem(a, 409, "conflict");
    assert_field(a, "document", "taken");
}

TEST(change_needs_the_version_and_keeps_what_did_not_come)
{
    struct answer *a = create("{\"name\":\"Xis\",\"phone\":\"5521998765432\","
                              "\"email\":\"x@x.test\"}");
    const char *path = text(BASE "/%" PRId64, at_int(a, "id"));

    UNUSED;
    a = send_as(fx.agent, "PATCH", path,
                "{\"phone\":\"5521998765433\",\"version\":1}");
    assert_status(a, 200);
    assert_string_equal(at_text(a, "email"), "x@x.test");
    assert_int_equal(json_object_array_length(at(a, "phones")), 2);
    assert_int_equal(at_int(a, "version"), 2);
    assert_problem(
        send_as(fx.agent, "PATCH", path, "{\"name\":\"Z\",\"version\":1}"), 409,
        "conflict");
    a = send_as(fx.agent, "PUT", path,
                "{\"name\":\"Z\",\"phone\":\"\",\"phones\":[],\"version\":2}");
    assert_status(a, 200);
    assert_int_equal(json_object_array_length(at(a, "phones")), 0);
    assert_null(at_text(a, "phone"));
    assert_problem(
        send_as(fx.agent, "PUT", path, "{\"name\":\"Z\",\"version\":2}"), 409,
        "conflict");
    assert_problem(send_as(fx.stranger, "PATCH", path, "{\"name\":\"Z\"}"), 404,
                   "not-found");
    assert_problem(
        send_as(fx.stranger, "PUT", path, "{\"name\":\"Z\",\"version\":3}"),
        404, "not-found");
    assert_problem(send_as(fx.stranger, "GET", path, NULL), 404, "not-found");
}

TEST(search_forgives_accents_punctuation_order_and_typos)
{
    struct answer *a;

    UNUSED;
    assert_status(create("{\"name\":\"Zoé D'Ávila\",\"email\":\"zoe@x.test\","
                         "\"document\":\"52998224725\",\"phone\":"
                         "\"5521998765432\",\"phones\":[\"552133334444\"]}"),
                  201);
    assert_int_equal(count_of("q=zoe"), 1);
    assert_int_equal(count_of("q=z"), 1);
    assert_int_equal(count_of("q=davila%20zo"), 1);
    assert_int_equal(count_of("q=529.982"), 1);
    assert_int_equal(count_of("q=(21)%2099876"), 1);
    assert_int_equal(count_of("q=21%209876-5432"), 1);
    assert_int_equal(count_of("q=2133334444"), 1);
    assert_int_equal(count_of("q=ZOE%40x"), 1);
    assert_int_equal(count_of("q=evarisot"), 1);
    assert_int_equal(count_of("q=%25"), 6);
    assert_int_equal(count_of("q=hugo"), 0);
    assert_int_equal(count_of("channelId=41"), 5);
    assert_int_equal(count_of("blocked=true"), 0);
    assert_int_equal(count_of("blocked=false&tagId=9"), 0);
    a = find("limit=4");
    assert_int_equal(json_object_array_length(at(a, "data")), 4);
    assert_string_equal(at_text(a, "data.0.name"), "Carla Cliente");
    assert_int_equal(count_of("limit=4&cursor=54,fabio%20farias"), 2);
    assert_string_equal(at_text(a, "nextCursor"), "54,fabio farias");
    assert_field(send_as(fx.agent, "GET", BASE "?cursor=x", NULL), "cursor",
                 "format");
}

TEST(contact_leaves_the_list_without_open_ticket_and_comes_back)
{
    UNUSED;
    assert_problem(send_as(fx.admin, "DELETE", BASE "/51", NULL), 409,
                   "conflict");
    assert_problem(send_as(fx.agent, "DELETE", BASE "/53", NULL), 403,
                   "forbidden");
    assert_problem(send_as(fx.stranger, "DELETE", BASE "/53", NULL), 404,
                   "not-found");
    assert_status(send_as(fx.admin, "DELETE", BASE "/53", NULL), 204);
    assert_problem(send_as(fx.admin, "GET", BASE "/53", NULL), 404,
                   "not-found");
    assert_int_equal(count_of("q=eva"), 0);
    sql("INSERT INTO tickets (company_id, contact_id, channel_id, status) "
        "VALUES (1, 53, 41, 'pending')");
    assert_int_equal(count_of("q=eva"), 1);
    sql("DELETE FROM tickets WHERE contact_id = 53");
    assert_status(send_as(fx.admin, "DELETE", BASE "/53", NULL), 204);
    /* quem é criado com o telefone de um apagado fica com ele */
    assert_status(create("{\"name\":\"Nova\",\"phone\":\"5511987650003\"}"),
                  201);
}

TEST(block_is_for_leaders_audited_and_undone)
{
    struct answer *a;

    UNUSED;
    assert_problem(send_as(fx.agent, "POST", BASE "/53/block", NULL), 403,
                   "forbidden");
    a = send_as(fx.admin, "POST", BASE "/53/block", NULL);
    assert_status(a, 200);
    assert_non_null(at_text(a, "blockedAt"));
    assert_int_equal(count_of("blocked=true"), 1);
    a = send_as(fx.admin, "POST", BASE "/53/unblock", NULL);
    assert_status(a, 200);
    assert_null(at_text(a, "blockedAt"));
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE action IN "
                             "('contact.blocked', 'contact.unblocked')"),
                     2);
    assert_problem(send_as(fx.stranger, "POST", BASE "/53/block", NULL), 404,
                   "not-found");
    assert_problem(send_as(fx.stranger, "POST", BASE "/53/unblock", NULL), 404,
                   "not-found");
}

TEST(what_a_blocked_contact_writes_is_kept_and_calls_nobody)
{
    int64_t events;

    UNUSED;
    assert_status(send_as(fx.admin, "POST", BASE "/53/block", NULL), 200);
    events = sql_int("SELECT count(*) FROM live_outbox");
    hook_deliver(hook_text("5511987650003", "wamid.B1", "me atende"));
    hook_deliver(hook_text("5511987650003", "wamid.B2", "por favor"));
    assert_int_equal(sql_int("SELECT count(*) FROM tickets WHERE contact_id = "
                             "53 AND status <> 'closed'"),
                     0);
    assert_int_equal(sql_int("SELECT count(*) FROM messages m JOIN tickets t "
                             "ON t.id = m.ticket_id WHERE t.contact_id = 53 "
                             "AND t.queue_id IS NULL AND t.unread_count = 0 "
                             "AND m.provider_id LIKE 'wamid.B_'"),
                     2);
    assert_int_equal(sql_int("SELECT count(*) FROM live_outbox"), events);
    assert_status(send_as(fx.admin, "POST", BASE "/53/unblock", NULL), 200);
    hook_deliver(hook_text("5511987650003", "wamid.B3", "e agora?"));
    assert_int_equal(sql_int("SELECT count(*) FROM tickets WHERE contact_id = "
                             "53 AND status <> 'closed'"),
                     1);
    /* o que se escreveu bloqueado não volta com ele */
    assert_int_equal(sql_int("SELECT count(DISTINCT ticket_id) FROM messages "
                             "WHERE provider_id IN ('wamid.B1', 'wamid.B3')"),
                     2);
}

static bool
lists(const char *query, int64_t ticket)
{
    struct answer *a =
        get_as(fx.admin, "tickets", text("/api/v1/tickets?%s", query));
    struct json_object *data = at(a, "data"), *id;
    size_t i;

    assert_status(a, 200);
    for (i = 0; i < json_object_array_length(data); i++)
        if (json_object_object_get_ex(json_object_array_get_idx(data, i), "id",
                                      &id) &&
            json_object_get_int64(id) == ticket)
            return true;
    return false;
}

/* 51 tem o 61 aberto: bloqueado, nem ele recebe o que o contato escreve. */
TEST(blocked_contact_does_not_reach_the_talk_that_was_open)
{
    int64_t before = sql_int("SELECT unread_count FROM tickets WHERE id = 61");
    int64_t kept, events;
    struct answer *a;

    UNUSED;
    assert_status(send_as(fx.admin, "POST", BASE "/51/block", NULL), 200);
    events = sql_int("SELECT count(*) FROM live_outbox");
    hook_deliver(hook_text("5511987650001", "wamid.B1", "me atende"));
    kept = sql_int("SELECT ticket_id FROM messages WHERE provider_id = "
                   "'wamid.B1'");
    assert_true(kept > 0 && kept != 61);
    assert_int_equal(sql_int("SELECT unread_count FROM tickets WHERE id = 61"),
                     before);
    assert_int_equal(sql_int("SELECT count(*) FROM live_outbox"), events);
    /* guardada e fora da lista; quem olha o contato a acha */
    assert_false(lists("status=closed", kept));
    assert_false(lists("status=closed&unread=false", kept));
    assert_false(lists("status=all", kept));
    assert_true(lists("status=closed", fx.closed));
    assert_true(lists("status=closed&contactId=51", kept));
    a = get_as(fx.admin, "tickets",
               text("/api/v1/tickets/%" PRId64 "/messages", kept));
    assert_non_null(strstr(a->body, "me atende"));
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup(name, hook_reset)
    const struct CMUnitTest tests[] = {
        T(documents_are_checked_digit_by_digit),
        T(contact_is_created_whole_and_told),
        T(bad_and_repeated_data_are_refused_with_the_field),
        T(change_needs_the_version_and_keeps_what_did_not_come),
        T(search_forgives_accents_punctuation_order_and_typos),
        T(contact_leaves_the_list_without_open_ticket_and_comes_back),
        T(block_is_for_leaders_audited_and_undone),
        T(what_a_blocked_contact_writes_is_kept_and_calls_nobody),
        T(blocked_contact_does_not_reach_the_talk_that_was_open),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
