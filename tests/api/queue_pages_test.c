/* queue_pages_test.c - /admin/queues sem JavaScript. */
#include <inttypes.h>
#include <string.h>

#include "browser_kit.h"
#include "harness.h"

#define HERE "/admin/queues"

static struct answer *
page(int64_t person, const char *path)
{
    return browser_page(browser_of(person), "desk_pages", path);
}

static struct answer *
submit(const char *path, const char *body)
{
    return browser_submit(browser_of(fx.admin), "desk_pages", path, body);
}

TEST(list_shows_the_queues_only_to_who_may_change_them)
{
    struct answer *a = page(fx.admin, HERE);

    UNUSED;
    assert_status(a, 200);
    HAS(a, "Vendas");
    HAS(a, HERE "/new");
    LACKS(a, "Geral");
    assert_status(page(fx.agent, HERE), 403);
    sql("DELETE FROM queue_members; UPDATE tickets SET queue_id = NULL; UPDATE "
        "channels SET default_queue_id = NULL; DELETE FROM queues");
    HAS(page(fx.admin, HERE), "Nenhuma fila ainda");
}

TEST(form_creates_a_queue_with_hours_holidays_and_people)
{
    struct answer *a = page(fx.admin, HERE "/new");

    UNUSED;
    assert_status(a, 200);
    HAS(a, "Bruno Agente");
    a = submit(HERE, "name=Entrega&color=%23112233&position=4&memberIds=13&"
                     "memberIds=&assignment=round_robin&capacity=3&"
                     "hoursMon=08:00-12:00,+13:00-18:00&holidaysText="
                     "2026-12-25+Natal%0D%0A2026-12-24+08:00-12:00+Antes");
    assert_status(a, 303);
    assert_string_equal(header_of(a, "Location"), HERE);
    assert_int_equal(sql_int("SELECT count(*) FROM queues q JOIN queue_members "
                             "m ON m.queue_id = q.id WHERE q.name = 'Entrega' "
                             "AND m.user_id = 13 AND q.capacity = 3 AND "
                             "q.holidays -> 0 ->> 'name' = 'Antes' AND "
                             "q.holidays -> 1 -> 'hours' IS NULL AND "
                             "jsonb_array_length(q.business_hours -> 'mon') = "
                             "2"),
                     1);
    a = page(fx.admin, text(HERE "/%" PRId64, sql_int("SELECT id FROM queues "
                                                      "WHERE name = "
                                                      "'Entrega'")));
    HAS(a, "08:00-12:00, 13:00-18:00");
    HAS(a, "2026-12-24 08:00-12:00 Antes");
}

TEST(refused_form_comes_back_with_what_was_typed)
{
    struct answer *a = submit(HERE "/31", "version=1&name=Vendas&hoursMon=8-12"
                                          "&holidaysText=Natal&capacity=99999");

    UNUSED;
    assert_status(a, 422);
    HAS(a, "value=\"8-12\"");
    HAS(a, "holidays-error");
    HAS(a, "capacity-error");
    a = submit(HERE, "name=vendas");
    assert_status(a, 409);
    HAS(a, "name-error");
    assert_status(submit(HERE "/31", "version=9&name=Loja"), 409);
    assert_status(submit(HERE "/31", "version=1&name=Loja&memberIds="), 303);
    assert_string_equal(sql("SELECT name FROM queues WHERE id = 31"), "Loja");
    assert_status(submit(HERE "/33", "version=1&name=Loja"), 404);
    assert_status(page(fx.admin, HERE "/33"), 404);
}

TEST(delete_asks_where_the_open_tickets_go)
{
    struct answer *a = page(fx.admin, HERE "/31/delete");

    UNUSED;
    assert_status(a, 200);
    HAS(a, "Há 3 atendimentos abertos nela.");
    HAS(a, "Suporte");
    assert_status(submit(HERE "/31/delete", "moveTo="), 409);
    assert_status(submit(HERE "/31/delete", "moveTo=33"), 422);
    a = submit(HERE "/31/delete", "moveTo=32");
    assert_status(a, 303);
    assert_int_equal(sql_int("SELECT count(*) FROM queues WHERE company_id = "
                             "1"),
                     1);
    assert_status(page(fx.admin, HERE "/31/delete"), 404);
}

#define T(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(list_shows_the_queues_only_to_who_may_change_them),
        T(form_creates_a_queue_with_hours_holidays_and_people),
        T(refused_form_comes_back_with_what_was_typed),
        T(delete_asks_where_the_open_tickets_go),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
