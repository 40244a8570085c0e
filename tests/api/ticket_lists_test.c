/* ticket_lists_test.c - filtros, ordens, contagens e os do atendente. */
#include <inttypes.h>
#include <string.h>

#include "harness.h"

#define P "tickets"

static struct answer *
get(int64_t person, const char *path)
{
    return get_as(person, P, path);
}

/* Os números da lista, em ordem: "61 62". */
static const char *
ids(int64_t person, const char *query)
{
    struct answer *a = get(person, text("/api/v1/tickets?%s", query));
    const char *out = "";
    size_t i;

    assert_status(a, 200);
    for (i = 0; i < json_object_array_length(at(a, "data")); i++)
        out = text("%s%s%" PRId64, out, i > 0 ? " " : "",
                   at_int(a, text("data.%zu.id", i)));
    return out;
}

/* Em ordem de número, que é a de nascimento e a de mudança. */
static void
spread_in_time(void)
{
    sql("UPDATE tickets SET created_at = timestamptz '2026-01-01 00:00Z' + id "
        "* interval '1 hour', updated_at = timestamptz '2026-02-01 00:00Z' + "
        "id * interval '1 hour'");
}

TEST(each_filter_keeps_only_what_it_says)
{
    UNUSED;
    spread_in_time();
    sql("INSERT INTO tags (company_id, id, name) VALUES (1, 7, 'A'), (1, 8, "
        "'B')");
    sql("INSERT INTO ticket_tags (company_id, ticket_id, tag_id) VALUES "
        "(1, 61, 7), (1, 62, 7), (1, 62, 8)");
    sql("UPDATE tickets SET priority = 'urgent', snoozed_until = now() + "
        "interval '1 day' WHERE id = 65");
    assert_string_equal(ids(fx.admin, "status=all"), "65 64 63 62 61");
    assert_string_equal(ids(fx.admin, "status=all&queueId=32"), "65");
    assert_string_equal(ids(fx.admin, "status=all&queueId=none"), "");
    assert_string_equal(ids(fx.admin, "status=all&userId=me"), "65");
    assert_string_equal(ids(fx.admin, "status=all&userId=13"), "63 62");
    assert_string_equal(ids(fx.admin, "status=all&userId=none"), "64 61");
    assert_string_equal(ids(fx.admin, "status=all&tagIds=7"), "62 61");
    assert_string_equal(ids(fx.admin, "status=all&tagIds=7,8"), "62");
    assert_string_equal(ids(fx.admin, "status=all&channelId=42"), "");
    assert_string_equal(ids(fx.admin, "status=all&contactId=54"), "64");
    assert_string_equal(ids(fx.admin, "status=all&priority=urgent"), "65");
    assert_string_equal(ids(fx.admin, "status=all&unread=true"), "62 61");
    assert_string_equal(ids(fx.admin, "status=all&unread=false"), "65 64 63");
    assert_string_equal(ids(fx.admin, "status=all&snoozed=true"), "65");
    assert_string_equal(ids(fx.admin, "status=open&snoozed=false"), "62");
    assert_string_equal(
        ids(fx.admin, "status=all&createdFrom=2026-01-03T15:00:00Z"),
        "65 64 63");
    assert_string_equal(ids(fx.admin, "status=all&createdTo=2026-01-03T15:00Z"),
                        "62 61");
    assert_string_equal(ids(fx.admin, "status=all&updatedFrom=2026-02-03"
                                      "&updatedTo=2026-02-03T14:30:00Z"),
                        "62 61");
    assert_string_equal(ids(fx.admin, "status=all&closedFrom=2026-01-01"),
                        "63");
    assert_string_equal(ids(fx.admin, "status=all&closedTo=2026-01-01"), "");
}

TEST(filters_never_show_what_the_person_does_not_see)
{
    UNUSED;
    spread_in_time();
    assert_string_equal(ids(fx.agent, "status=all"), "64 63 62 61");
    assert_string_equal(ids(fx.agent, "status=all&queueId=32"), "");
    assert_string_equal(ids(fx.agent, "status=all&q=suporte"), "");
    assert_string_equal(ids(fx.loner, "status=all"), "");
    assert_string_equal(ids(fx.stranger, "status=all"), "66");
    assert_string_equal(ids(fx.stranger, "status=all&contactId=52"), "");
}

TEST(text_finds_name_phone_subject_and_protocol)
{
    UNUSED;
    spread_in_time();
    sql("UPDATE tickets SET subject = 'Encomenda de Pão' WHERE id = 65");
    assert_string_equal(ids(fx.admin, "status=all&q=fabio"), "64");
    assert_string_equal(ids(fx.admin, "status=all&q=pao"), "65");
    assert_string_equal(ids(fx.admin, "status=all&q=98765-0002"), "62");
    assert_string_equal(ids(fx.admin, "status=all&q=%2B55+(11)+98765-0003"),
                        "63");
    assert_string_equal(ids(fx.admin, "status=all&q=20260103000061"), "61");
    assert_string_equal(ids(fx.admin, "status=all&q=20250103000061"), "");
    assert_string_equal(ids(fx.admin, "status=all&q=Hugo"), "");
    assert_string_equal(ids(fx.admin, "status=all&q=%25%25"), "");
    assert_string_equal(ids(fx.admin, "status=all&q='%20OR%201=1"), "");
}

TEST(text_of_many_contacts_still_finds)
{
    UNUSED;
    spread_in_time();
    sql("INSERT INTO contacts (company_id, name) SELECT 1, 'Maria ' || n FROM "
        "generate_series(1, 2100) n");
    sql("UPDATE contacts SET name = 'Maria Davi' WHERE id = 52");
    assert_string_equal(ids(fx.admin, "status=all&q=maria"), "62");
}

TEST(each_order_pages_by_its_key_without_repeating)
{
    static const struct {
        const char *sort, *want;
    } orders[] = {
        { "recent", "65 64 63 62 61" },
        { "oldest", "61 62 63 64 65" },
        { "waiting", "62 61" },
        { "priority", "61 63 65 64 62" },
        { "closed", "63" },
    };
    size_t i;

    UNUSED;
    spread_in_time();
    sql("UPDATE tickets SET priority = CASE id WHEN 61 THEN 'urgent' WHEN 62 "
        "THEN 'low' WHEN 63 THEN 'high' ELSE 'normal' END, waiting_since = "
        "CASE id WHEN 61 THEN timestamptz '2026-03-02' WHEN 62 THEN "
        "timestamptz '2026-03-01' END");
    for (i = 0; i < sizeof orders / sizeof *orders; i++) {
        const char *seen = "", *cursor = "";
        int pages;

        for (pages = 0; pages < 7; pages++) {
            struct answer *a = get(
                fx.admin, text("/api/v1/tickets?status=all&limit=1&sort=%s%s",
                               orders[i].sort, cursor));
            const char *p;

            assert_status(a, 200);
            if (json_object_array_length(at(a, "data")) == 0)
                break;
            seen = text("%s%s%" PRId64, seen, seen[0] != '\0' ? " " : "",
                        at_int(a, "data.0.id"));
            p = at_text(a, "nextCursor");
            cursor = "&cursor=";
            for (; *p != '\0'; p++)
                cursor = text(strchr(" +:", *p) != NULL ? "%s%%%02X" : "%s%c",
                              cursor, *p);
        }
        assert_string_equal(seen, orders[i].want);
    }
}

TEST(bad_filters_are_refused_with_their_field)
{
    static const struct {
        const char *query, *field;
    } bad[] = {
        { "queueId=x", "queueId" },
        { "queueId=me", "queueId" },
        { "userId=-1", "userId" },
        { "tagIds=1,,2", "tagIds" },
        { "tagIds=1;drop", "tagIds" },
        { "createdFrom=ontem", "createdFrom" },
        { "createdTo=2026-02-31", "createdTo" },
        { "updatedFrom=2026-01-01T25:00", "updatedFrom" },
        { "updatedTo=2026-01-01T10:00:00.1234567", "updatedTo" },
        { "closedFrom=2026-01-01T10:00:00%2B9", "closedFrom" },
        { "closedTo=infinity", "closedTo" },
        { "sort=worst", "sort" },
        { "q=x", "q" },
        { "sort=oldest&cursor=nada", "cursor" },
        { "sort=oldest&cursor=1,now,5", "cursor" },
    };
    size_t i;

    UNUSED;
    for (i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct answer *a =
            get(fx.admin, text("/api/v1/tickets?%s", bad[i].query));

        assert_problem(a, 422, "invalid-fields");
        assert_string_equal(at_text(a, "errors.0.field"), bad[i].field);
    }
}

TEST(counts_follow_the_filters_and_the_visibility)
{
    struct answer *a;

    UNUSED;
    a = get(fx.admin, "/api/v1/tickets/counts");
    assert_status(a, 200);
    assert_int_equal(at_int(a, "bot"), 1);
    assert_int_equal(at_int(a, "pending"), 1);
    assert_int_equal(at_int(a, "active"), 2);
    assert_int_equal(at_int(a, "closed"), 1);
    assert_int_equal(at_int(a, "unread"), 2);
    assert_int_equal(at_int(a, "mine"), 1);
    a = get(fx.agent, "/api/v1/tickets/counts");
    assert_int_equal(at_int(a, "active"), 1);
    a = get(fx.admin, "/api/v1/chats/counts?q=davi");
    assert_int_equal(at_int(a, "active"), 1);
    assert_int_equal(at_int(a, "pending"), 0);
    a = get(fx.admin, "/api/v1/tickets/counts?userId=none");
    assert_int_equal(at_int(a, "pending"), 1);
    assert_int_equal(at_int(a, "active"), 0);
    assert_problem(get(fx.admin, "/api/v1/tickets/counts?tagIds=x"), 422,
                   "invalid-fields");
}

TEST(mine_lists_what_the_person_closed_by_period_and_text)
{
    struct answer *a;

    UNUSED;
    sql("UPDATE tickets SET closed_at = '2026-05-10 12:00Z' WHERE id = 63");
    a = get(fx.agent, "/api/v1/tickets/mine");
    assert_status(a, 200);
    assert_int_equal(json_object_array_length(at(a, "data")), 1);
    assert_int_equal(at_int(a, "data.0.id"), fx.closed);
    a = get(fx.agent, "/api/v1/me/tickets?from=2026-05-11");
    assert_int_equal(json_object_array_length(at(a, "data")), 0);
    a = get(fx.agent, "/api/v1/tickets/mine?to=2026-05-11&q=eva");
    assert_int_equal(json_object_array_length(at(a, "data")), 1);
    a = get(fx.admin, "/api/v1/tickets/mine");
    assert_int_equal(json_object_array_length(at(a, "data")), 0);
    a = get(fx.agent, "/api/v1/tickets/mine?from=x&to=y");
    assert_field(a, "from", "format");
    assert_field(a, "to", "format");
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup(name, harness_reset)
    const struct CMUnitTest tests[] = {
        T(each_filter_keeps_only_what_it_says),
        T(filters_never_show_what_the_person_does_not_see),
        T(text_finds_name_phone_subject_and_protocol),
        T(text_of_many_contacts_still_finds),
        T(each_order_pages_by_its_key_without_repeating),
        T(bad_filters_are_refused_with_their_field),
        T(counts_follow_the_filters_and_the_visibility),
        T(mine_lists_what_the_person_closed_by_period_and_text),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
