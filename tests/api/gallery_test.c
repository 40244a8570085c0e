/* gallery_test.c - os arquivos trocados com um contato, e só os que se veem. */
#include <inttypes.h>
#include <string.h>

#include "harness.h"
#include "inbox_kit.h"

/* Um documento recebido no atendimento. */
static void
receives(int64_t ticket, const char *name)
{
    sql("INSERT INTO messages (company_id, ticket_id, channel_id, sender_type, "
        "kind, body, status, media) SELECT company_id, id, channel_id, "
        "'contact', 'document', '', 'received', jsonb_build_object('filename', "
        "'%s', 'mime_type', 'application/pdf') FROM tickets WHERE id = "
        "%" PRId64,
        name, ticket);
}

static const char *
gallery_of(int64_t ticket)
{
    return path_of(ticket, "/gallery");
}

TEST(files_of_the_contact_come_newest_first_without_the_deleted)
{
    struct browser b = browser_of(fx.agent);
    struct answer *a = inbox_page(b, gallery_of(fx.active));

    UNUSED;
    assert_status(a, 200);
    assert_has(a, "Nenhum arquivo ainda");
    receives(fx.active, "primeiro.pdf");
    receives(fx.active, "segundo.pdf");
    receives(fx.active, "apagado.pdf");
    sql("UPDATE messages SET deleted_at = now() WHERE media ->> 'filename' = "
        "'apagado.pdf'");
    a = inbox_page(b, gallery_of(fx.active));
    assert_has(a, "primeiro.pdf");
    assert_true(strstr(a->body, "segundo.pdf") <
                strstr(a->body, "primeiro.pdf"));
    assert_lacks(a, "apagado.pdf");
    assert_has(inbox_page(b, path_of(fx.active, "")), "/gallery\"");
}

TEST(files_of_a_conversation_one_may_not_see_stay_out)
{
    UNUSED;
    /* o mesmo contato, noutra fila, há tempo */
    sql("UPDATE tickets SET status = 'closed', contact_id = (SELECT contact_id "
        "FROM tickets WHERE "
        "id = %" PRId64 ") WHERE id = %" PRId64,
        fx.active, fx.hidden);
    receives(fx.active, "meu.pdf");
    receives(fx.hidden, "dos-outros.pdf");
    assert_lacks(inbox_page(browser_of(fx.agent), gallery_of(fx.active)),
                 "dos-outros.pdf");
    assert_has(inbox_page(browser_of(fx.admin), gallery_of(fx.active)),
               "dos-outros.pdf");
    assert_status(inbox_page(browser_of(fx.agent), gallery_of(fx.hidden)), 404);
    assert_status(inbox_page(browser_of(fx.agent), gallery_of(fx.foreign)),
                  404);
}

TEST(more_than_a_page_leads_to_the_older_ones)
{
    struct browser b = browser_of(fx.agent);
    struct answer *a;
    const char *more;
    int i;

    UNUSED;
    for (i = 0; i < 61; i++)
        receives(fx.active, text("arquivo-%d.pdf", i));
    a = inbox_page(b, gallery_of(fx.active));
    assert_has(a, "arquivo-60.pdf");
    assert_lacks(a, "arquivo-0.pdf");
    more = text("/gallery?before=%" PRId64,
                sql_int("SELECT id FROM messages WHERE media ->> 'filename' = "
                        "'arquivo-1.pdf'"));
    assert_has(a, more);
    a = inbox_page(b, path_of(fx.active, more));
    assert_has(a, "arquivo-0.pdf");
    assert_lacks(a, "arquivo-1.pdf");
}

#define T(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(files_of_the_contact_come_newest_first_without_the_deleted),
        T(files_of_a_conversation_one_may_not_see_stay_out),
        T(more_than_a_page_leads_to_the_older_ones),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
