/* contact_merge_test.c - contatos repetidos: achar, fundir, desfazer. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "browser_kit.h"
#include "db/db.h"
#include "desk/contact_duplicates.h"
#include "harness.h"

#define BASE "/api/v1/contacts"

static struct answer *
get(const char *path)
{
    return get_as(fx.admin, "contacts", path);
}

static struct answer *
post(const char *path, const char *body)
{
    return post_as(fx.admin, "contacts", path, body);
}

static struct answer *
drop(const char *path)
{
    return call(&(struct call){ .program = "contacts",
                                .method = "DELETE",
                                .path = path,
                                .token = token_of(fx.admin) });
}

static int64_t
contact(const char *fields)
{
    struct answer *a = post(BASE, fields);

    assert_status(a, 201);
    return at_int(a, "id");
}

static const char *
of(int64_t id, const char *rest)
{
    return text(BASE "/%" PRId64 "%s", id, rest);
}

/* Faz o que o worker faria, até não haver mais. */
static void
work(void)
{
    struct db *db = db_new(conf()->database_url);

    while (sql_int("SELECT count(*) FROM jobs WHERE kind = "
                   "'contact.duplicates'") > 0) {
        struct arena *arena = arena_new(65536);
        struct ctx c = { .arena = arena,
                         .db = db,
                         .company_id = 1,
                         .token_version = -1,
                         .access_version = -1 };
        struct job job = { .company_id = 1, .payload = "{}" };
        enum job_next next = JOB_DEAD;

        job.id = sql_int("SELECT min(id) FROM jobs WHERE kind = "
                         "'contact.duplicates'");
        assert_int_equal(contact_scan_kind.prepare(&c, &job, &next), OK);
        assert_int_equal(next, JOB_DONE);
        assert_int_equal(db_commit(&c), OK);
        sql("DELETE FROM jobs WHERE id = %" PRId64, job.id);
        arena_free(arena);
    }
    db_close(db);
}

static const char *
reasons_of(int64_t id, int64_t other)
{
    struct json_object *list = at(get(of(id, "/duplicates")), "data");
    size_t i;

    for (i = 0; i < json_object_array_length(list); i++) {
        struct json_object *one = json_object_array_get_idx(list, i);

        if (json_object_get_int64(json_object_object_get(one, "otherId")) ==
            other)
            return text("%s", json_object_to_json_string_ext(
                                  json_object_object_get(one, "reasons"),
                                  JSON_C_TO_STRING_PLAIN));
    }
    return "";
}

/* ---- achar ---- */

TEST(one_contact_finds_who_looks_like_it)
{
    int64_t a, b;

    UNUSED;
    /* sem o 55, e com o nono dígito */
    a = contact("{\"name\":\"Ana\",\"phone\":\"11987651234\"}");
    b = contact("{\"name\":\"Outra\",\"phone\":\"+5511987651234\"}");
    assert_string_equal(reasons_of(a, b), "[\"phone\"]");
    assert_string_equal(reasons_of(b, a), "[\"phone\"]");
    sql("DELETE FROM contact_identities WHERE contact_id = %" PRId64, b);
    sql("INSERT INTO contact_identities (company_id, contact_id, kind, "
        "match_key, value) VALUES (1, %" PRId64
        ", 'phone', '01187651234', '01187651234')",
        b);
    assert_string_equal(reasons_of(a, b), "[\"phone\"]");
    /* o e-mail com +etiqueta e os pontos do Gmail */
    a = contact("{\"name\":\"Bia\",\"email\":\"bia.lima+loja@gmail.com\"}");
    b = contact("{\"name\":\"Outra B\",\"email\":\"bialima@gmail.com\"}");
    assert_string_equal(reasons_of(a, b), "[\"email\"]");
    /* o mesmo CNPJ, outra filial */
    a = contact("{\"name\":\"Loja\",\"document\":\"11222333000181\"}");
    b = contact("{\"name\":\"Filial\",\"document\":\"11222333000262\"}");
    assert_string_equal(reasons_of(a, b), "[\"document\"]");
    /* o nome que soa igual */
    a = contact("{\"name\":\"Thiago de Souza Prado\"}");
    b = contact("{\"name\":\"Tiago Sousa Prado\"}");
    assert_string_equal(reasons_of(a, b), "[\"name\"]");
    b = contact("{\"name\":\"Tatiana Prado\"}");
    assert_string_equal(reasons_of(a, b), "");
    assert_status(get(of(999999, "/duplicates")), 404);
}

TEST(two_documents_say_that_a_name_is_of_two_people)
{
    int64_t a, b;

    UNUSED;
    a = contact("{\"name\":\"Rita Moura\",\"document\":\"52998224725\"}");
    b = contact("{\"name\":\"Rita Moura\",\"document\":\"11144477735\"}");
    assert_string_equal(reasons_of(a, b), "");
    b = contact("{\"name\":\"Rita Moura\"}");
    assert_string_equal(reasons_of(a, b), "[\"name\"]");
}

TEST(scan_walks_the_whole_book_and_forgets_what_is_dismissed)
{
    int64_t pair, a, b, i;
    struct answer *p;

    UNUSED;
    p = get(BASE "/duplicates/scan");
    assert_status(p, 200);
    HAS(p, "\"startedAt\":null");
    a = contact("{\"name\":\"Ana Lima\",\"phone\":\"11987651234\"}");
    b = contact("{\"name\":\"Ana Lima\",\"phone\":\"5511987651234\"}");
    /* um nome que muita gente tem não diz nada */
    for (i = 0; i < 12; i++)
        contact("{\"name\":\"Maria Silva\"}");
    assert_status(post(BASE "/duplicates/scan", "{}"), 200);
    p = post(BASE "/duplicates/scan", "{}");
    assert_status(p, 409);
    HAS(p, "a procura já anda");
    work();
    p = get(BASE "/duplicates/scan");
    assert_false(json_object_get_boolean(at(p, "running")));
    assert_int_equal(at_int(p, "found"), 1);
    assert_int_equal(at_int(p, "done"), at_int(p, "total"));
    assert_int_equal(sql_int("SELECT count(*) FROM live_outbox WHERE type = "
                             "'job:progress'"),
                     1);
    p = get(BASE "/duplicates?limit=1");
    assert_status(p, 200);
    assert_int_equal(at_int(p, "data.0.contactId"), a);
    assert_int_equal(at_int(p, "data.0.otherId"), b);
    assert_int_equal(at_int(p, "data.0.score"), 99);
    pair = at_int(p, "data.0.id");
    assert_status(get(BASE "/duplicates?cursor=x"), 422);
    p = get(BASE "/duplicates?cursor=99.1");
    assert_int_equal(json_object_array_length(at(p, "data")), 0);
    assert_status(drop(text(BASE "/duplicates/%" PRId64, pair)), 204);
    assert_status(drop(BASE "/duplicates/999999"), 404);
    assert_string_equal(reasons_of(a, b), "");
    assert_status(post(BASE "/duplicates/scan", "{}"), 200);
    work();
    p = get(BASE "/duplicates");
    assert_int_equal(json_object_array_length(at(p, "data")), 0);
    assert_status(get_as(fx.agent, "contacts", BASE "/duplicates"), 403);
}

/* ---- fundir e desfazer ---- */

/* O que um contato tem, todo ele, para comparar antes e depois. */
static const char *
picture(int64_t id)
{
    return text(
        "%s",
        sql("SELECT jsonb_build_object('c', to_jsonb(c) - 'version' - "
            "'updated_at', 'i', (SELECT jsonb_agg(to_jsonb(i) ORDER BY i.id) "
            "FROM contact_identities i WHERE i.contact_id = c.id), 'n', "
            "(SELECT jsonb_agg(n.id ORDER BY n.id) FROM contact_notes n WHERE "
            "n.contact_id = c.id), 't', (SELECT jsonb_agg(t.id ORDER BY t.id) "
            "FROM tickets t WHERE t.contact_id = c.id), 'g', (SELECT "
            "jsonb_agg(to_jsonb(g) ORDER BY g.tag_id) FROM contact_tags g "
            "WHERE "
            "g.contact_id = c.id), 'l', (SELECT jsonb_agg(to_jsonb(l) ORDER BY "
            "l.list_id) FROM contact_list_members l WHERE l.contact_id = c.id))"
            "::text FROM contacts c WHERE c.id = %" PRId64,
            id));
}

/* Dois contatos cheios: 51 (da fixture, com atendimento) e um novo. */
static int64_t
two_full(void)
{
    int64_t b;

    sql("INSERT INTO custom_fields (company_id, target, key, label, kind) "
        "VALUES (1, 'contact', 'city', 'Cidade', 'text'), (1, 'contact', "
        "'vip', 'VIP', 'boolean')");
    sql("INSERT INTO tags (company_id, id, name) VALUES (1, 801, 'Um'), (1, "
        "802, 'Dois')");
    sql("INSERT INTO contact_lists (company_id, id, name) VALUES (1, 811, "
        "'Natal'), (1, 812, 'Verão')");
    sql("UPDATE contacts SET custom = '{\"city\":\"Olinda\"}' WHERE id = 51");
    sql("INSERT INTO contact_tags (company_id, contact_id, tag_id) VALUES (1, "
        "51, 801)");
    sql("INSERT INTO contact_list_members (company_id, list_id, contact_id) "
        "VALUES (1, 811, 51)");
    b = contact("{\"name\":\"Carla C. Cliente\",\"phone\":\"21987650009\","
                "\"email\":\"carla@x.test\",\"document\":\"52998224725\","
                "\"custom\":{\"city\":\"Recife\",\"vip\":true},\"tagIds\":[801,"
                "802]}");
    sql("INSERT INTO contact_list_members (company_id, list_id, contact_id, "
        "created_at) VALUES (1, 811, %" PRId64 ", '2026-01-02'), (1, 812, "
        "%" PRId64 ", '2026-01-03')",
        b, b);
    sql("INSERT INTO contact_notes (company_id, contact_id, body) VALUES (1, "
        "%" PRId64 ", 'Gosta de café')",
        b);
    sql("INSERT INTO tickets (company_id, contact_id, channel_id, status, "
        "closed_at) SELECT 1, %" PRId64 ", min(id), 'closed', now() FROM "
        "channels WHERE company_id = 1",
        b);
    return b;
}

TEST(merge_moves_everything_and_undo_restores_it_exactly)
{
    int64_t b = two_full(), merge;
    const char *was_a = picture(51), *was_b = picture(b);
    struct answer *p;

    UNUSED;
    p = get(of(51, text("/merge?otherId=%" PRId64, b)));
    assert_status(p, 200);
    assert_string_equal(at_text(p, "fields.0.value"), "Carla Cliente");
    assert_string_equal(at_text(p, "fields.0.other"), "Carla C. Cliente");
    assert_true(json_object_get_boolean(at(p, "fields.0.differs")));
    HAS(p, "\"field\":\"custom.city\"");
    assert_int_equal(at_int(p, "tickets"), 1);
    assert_int_equal(at_int(p, "notes"), 1);
    assert_int_equal(at_int(p, "addresses"), 2);
    assert_int_equal(at_int(p, "tags"), 1);
    assert_int_equal(at_int(p, "lists"), 1);
    sql("DELETE FROM live_outbox");
    p = post(of(51, "/merge"),
             text("{\"otherId\":%" PRId64 ",\"version\":%" PRId64
                  ",\"otherVersion\":%" PRId64
                  ",\"take\":[\"phone\",\"custom.city\"]}",
                  b, at_int(p, "version"), at_int(p, "otherVersion")));
    assert_status(p, 201);
    merge = at_int(p, "id");
    assert_true(json_object_get_boolean(at(p, "undoable")));
    assert_int_equal(sql_int("SELECT count(*) FROM live_outbox WHERE type = "
                             "'contact:updated'"),
                     2);
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE action = "
                             "'contact.merged' AND target_id = '51'"),
                     1);
    p = get(of(51, ""));
    assert_string_equal(at_text(p, "name"), "Carla Cliente");
    assert_string_equal(at_text(p, "phone"), "21987650009");
    assert_string_equal(at_text(p, "email"), "carla@x.test");
    assert_string_equal(at_text(p, "document"), "52998224725");
    assert_string_equal(at_text(p, "custom.city"), "Recife");
    assert_true(json_object_get_boolean(at(p, "custom.vip")));
    assert_int_equal(json_object_array_length(at(p, "phones")), 2);
    assert_int_equal(json_object_array_length(at(p, "tagIds")), 2);
    assert_int_equal(sql_int("SELECT count(*) FROM contact_list_members WHERE "
                             "contact_id = 51"),
                     2);
    assert_status(get(of(b, "")), 404);
    p = get(of(51, "/merges"));
    assert_int_equal(at_int(p, "data.0.otherId"), b);
    assert_status(get(of(999999, "/merges")), 404);
    p = post(text(BASE "/merges/%" PRId64 "/undo", merge), "{}");
    assert_status(p, 200);
    assert_false(json_object_get_boolean(at(p, "undoable")));
    assert_string_equal(picture(51), was_a);
    assert_string_equal(picture(b), was_b);
    assert_status(post(text(BASE "/merges/%" PRId64 "/undo", merge), "{}"),
                  409);
    assert_status(post(BASE "/merges/999999/undo", "{}"), 404);
}

TEST(undo_keeps_what_changed_after_the_merge)
{
    int64_t b = two_full(), merge;
    struct answer *p;

    UNUSED;
    p = post(of(51, "/merge"), text("{\"otherId\":%" PRId64 "}", b));
    assert_status(p, 201);
    merge = at_int(p, "id");
    sql("UPDATE contacts SET name = 'Carla Nova', custom = custom || "
        "'{\"city\":\"Natal\"}' WHERE id = 51");
    assert_status(post(text(BASE "/merges/%" PRId64 "/undo", merge), "{}"),
                  200);
    p = get(of(51, ""));
    assert_string_equal(at_text(p, "name"), "Carla Nova");
    assert_string_equal(at_text(p, "custom.city"), "Natal");
    LACKS(p, "vip");
    HAS(p, "\"email\":null");
}

/* Um dos atendimentos que a fusão trouxe e um de quem ficou, num fio só: as
 * mensagens já não se separam, e desfazer daria a um o que é do outro. */
static void
undo_is_refused_after_joining(int64_t merge, int64_t gone, int64_t kept)
{
    struct answer *p = post_as(fx.admin, "tickets",
                               text("/api/v1/tickets/%" PRId64 "/merge", gone),
                               text("{\"intoId\":%" PRId64 "}", kept));
    const char *was;

    assert_status(p, 200);
    was = picture(51);
    p = post(text(BASE "/merges/%" PRId64 "/undo", merge), "{}");
    assert_problem(p, 409, "conflict");
    HAS(p, sql("SELECT string_agg(ticket_protocol(created_at, id), ' → ' ORDER "
               "BY merged_into_id) FROM tickets WHERE id IN (%" PRId64
               ", %" PRId64 ")",
               gone, kept));
    assert_string_equal(picture(51), was);
    assert_int_equal(sql_int("SELECT count(*) FROM contact_merges WHERE "
                             "undone_at IS NULL"),
                     1);
    assert_false(
        json_object_get_boolean(at(get(of(51, "/merges")), "data.0.undoable")));
    LACKS(browser_page(browser_of(fx.admin), "contact_pages", "/contacts/51"),
          text("/merges/%" PRId64 "/undo", merge));
}

static int64_t
merge_into_carla(int64_t other)
{
    struct answer *p =
        post(of(51, "/merge"), text("{\"otherId\":%" PRId64 "}", other));

    assert_status(p, 201);
    return at_int(p, "id");
}

TEST(undo_is_refused_when_a_ticket_it_brought_joined_another)
{
    int64_t b = two_full(), merge, brought;

    UNUSED;
    brought = sql_int("SELECT id FROM tickets WHERE contact_id = %" PRId64, b);
    merge = merge_into_carla(b);
    undo_is_refused_after_joining(merge, brought, fx.pending);
}

TEST(undo_is_refused_when_another_joined_a_ticket_it_brought)
{
    int64_t b = two_full(), merge, brought;

    UNUSED;
    sql("UPDATE tickets SET status = 'closed', closed_at = now() WHERE id = "
        "%" PRId64,
        fx.pending);
    brought = sql_int("SELECT id FROM tickets WHERE contact_id = %" PRId64, b);
    merge = merge_into_carla(b);
    undo_is_refused_after_joining(merge, fx.pending, brought);
}

/* Dois do mesmo lado não misturam ninguém. */
TEST(undo_takes_back_two_joined_tickets_that_it_brought)
{
    int64_t b = two_full(), merge, brought;

    UNUSED;
    sql("INSERT INTO tickets (company_id, id, contact_id, channel_id, status, "
        "closed_at) SELECT 1, 97, %" PRId64 ", min(id), 'closed', now() FROM "
        "channels WHERE company_id = 1",
        b);
    brought = sql_int("SELECT min(id) FROM tickets WHERE id <> 97 AND "
                      "contact_id = %" PRId64,
                      b);
    merge = merge_into_carla(b);
    assert_status(post_as(fx.admin, "tickets", "/api/v1/tickets/97/merge",
                          text("{\"intoId\":%" PRId64 "}", brought)),
                  200);
    assert_status(post(text(BASE "/merges/%" PRId64 "/undo", merge), "{}"),
                  200);
    assert_int_equal(sql_int("SELECT count(*) FROM tickets WHERE contact_id = "
                             "%" PRId64,
                             b),
                     2);
}

TEST(merge_refuses_itself_cycles_stale_and_two_open)
{
    int64_t b = two_full(), a, merge, later;
    struct answer *p;

    UNUSED;
    p = post(of(51, "/merge"), "{\"otherId\":51}");
    assert_status(p, 422);
    HAS(p, "otherId");
    assert_status(post(of(51, "/merge"), "{\"otherId\":999999}"), 422);
    assert_status(post(of(999999, "/merge"), "{\"otherId\":51}"), 404);
    assert_status(get(of(999999, "/merge?otherId=51")), 404);
    p = post(of(51, "/merge"),
             text("{\"otherId\":%" PRId64 ",\"take\":[\"nada\"]}", b));
    assert_status(p, 422);
    p = post(of(51, "/merge"),
             text("{\"otherId\":%" PRId64 ",\"otherVersion\":99}", b));
    assert_status(p, 409);
    HAS(p, "mudou");
    p = post(of(51, "/merge"), text("{\"otherId\":%" PRId64 "}", b));
    assert_status(p, 201);
    merge = at_int(p, "id");
    /* a volta: b já está em 51 */
    p = post(of(b, "/merge"), "{\"otherId\":51}");
    assert_status(p, 409);
    HAS(p, "já se fundiu no contato 51");
    assert_status(get(of(b, "/merge?otherId=51")), 409);
    assert_false(sql_works(text("UPDATE contacts SET deleted_at = now(), "
                                "merged_into_id = %" PRId64 " WHERE id = 51",
                                b)));
    /* desfaz-se de trás para a frente */
    a = contact("{\"name\":\"Carlinha\",\"email\":\"cc@x.test\"}");
    p = post(of(51, "/merge"), text("{\"otherId\":%" PRId64 "}", a));
    assert_status(p, 201);
    later = at_int(p, "id");
    p = post(text(BASE "/merges/%" PRId64 "/undo", merge), "{}");
    assert_status(p, 409);
    HAS(p, "mais nova");
    assert_status(post(text(BASE "/merges/%" PRId64 "/undo", later), "{}"),
                  200);
    sql("UPDATE contact_merges SET created_at = now() - interval '31 days' "
        "WHERE id = %" PRId64,
        merge);
    p = post(text(BASE "/merges/%" PRId64 "/undo", merge), "{}");
    assert_status(p, 409);
    HAS(p, "prazo");
    /* os dois abertos no mesmo canal */
    sql("INSERT INTO tickets (company_id, contact_id, channel_id, status) "
        "SELECT 1, %" PRId64 ", channel_id, 'pending' FROM tickets WHERE "
        "contact_id = 52 AND status <> 'closed' LIMIT 1",
        a);
    p = post(of(52, "/merge"), text("{\"otherId\":%" PRId64 "}", a));
    assert_status(p, 409);
    HAS(p, "aberto");
    assert_status(post_as(fx.agent, "contacts", of(52, "/merge"),
                          text("{\"otherId\":%" PRId64 "}", a)),
                  403);
}

TEST(erasing_a_person_erases_who_was_merged_into_it)
{
    int64_t b = two_full();

    UNUSED;
    assert_status(post(of(51, "/merge"), text("{\"otherId\":%" PRId64 "}", b)),
                  201);
    sql("UPDATE contacts SET name = 'Apagado', erased_at = now() WHERE id = "
        "51");
    assert_int_equal(sql_int("SELECT count(*) FROM contact_merges"), 0);
    assert_int_equal(sql_int("SELECT count(*) FROM contacts WHERE id = %" PRId64
                             " AND name = 'Apagado' AND email IS NULL AND "
                             "document IS NULL AND erased_at IS NOT NULL",
                             b),
                     1);
}

TEST(dead_job_leaves_a_scan_that_can_begin_again)
{
    struct db *db = db_new(conf()->database_url);
    struct arena *arena = arena_new(65536);
    struct ctx c = { .arena = arena,
                     .db = db,
                     .company_id = 1,
                     .token_version = -1,
                     .access_version = -1 };
    struct job job = { .company_id = 1, .payload = "{}" };

    UNUSED;
    assert_int_equal(post(BASE "/duplicates/scan", "{}")->status, 200);
    assert_non_null(contact_scan_kind.give_up);
    assert_int_equal(contact_scan_kind.give_up(&c, &job), OK);
    assert_int_equal(db_commit(&c), OK);
    sql("DELETE FROM jobs WHERE kind = 'contact.duplicates'");
    assert_int_equal(sql_int("SELECT count(*) FROM contact_scans WHERE NOT "
                             "running AND finished_at IS NOT NULL"),
                     1);
    assert_int_equal(post(BASE "/duplicates/scan", "{}")->status, 200);
    arena_free(arena);
    db_close(db);
}

/* ---- páginas ---- */

static struct answer *
page(int64_t person, const char *path)
{
    return browser_page(browser_of(person), "contact_pages", path);
}

static struct answer *
submit(const char *path, const char *body)
{
    return browser_submit(browser_of(fx.admin), "contact_pages", path, body);
}

TEST(pages_go_from_search_to_merge_and_back)
{
    int64_t b = two_full();
    struct answer *a;

    UNUSED;
    sql("UPDATE contacts SET name = 'Carla <b> Cliente' WHERE id = %" PRId64,
        b);
    assert_status(page(fx.agent, "/contacts/duplicates"), 403);
    HAS(page(fx.admin, "/contacts"), "href=\"/contacts/duplicates\"");
    a = page(fx.admin, "/contacts/duplicates");
    assert_status(a, 200);
    HAS(a, "Procurar repetidos");
    assert_status(submit("/contacts/duplicates", "x=1"), 303);
    assert_status(submit("/contacts/duplicates", "x=1"), 409);
    HAS(page(fx.admin, "/contacts/duplicates"), "<progress");
    work();
    a = page(fx.admin, "/contacts/duplicates");
    HAS(a, "Carla &lt;b&gt; Cliente");
    HAS(a, text("/contacts/51/merge?with=%" PRId64, b));
    assert_status(
        submit(text("/contacts/duplicates/%" PRId64 "/dismiss",
                    sql_int("SELECT id FROM contact_duplicates LIMIT 1")),
               "x=1"),
        303);
    LACKS(page(fx.admin, "/contacts/duplicates"), "Carla");
    assert_status(submit("/contacts/duplicates/999999/dismiss", "x=1"), 404);
    sql("DELETE FROM contact_duplicates");
    a = page(fx.admin, "/contacts/51/merge");
    HAS(a, text("/contacts/51/merge?with=%" PRId64, b));
    a = page(fx.admin, "/contacts/51/merge?q=Davi");
    HAS(a, "/contacts/51/merge?with=52");
    assert_status(page(fx.admin, "/contacts/999999/merge"), 404);
    a = page(fx.admin, text("/contacts/51/merge?with=%" PRId64, b));
    assert_status(a, 200);
    HAS(a, "name=\"take.custom.city\"");
    HAS(a, "Olinda");
    a = submit(
        "/contacts/51/merge",
        text("otherId=%" PRId64 "&version=99&take.custom.city=other", b));
    assert_status(a, 409);
    HAS(a, "mudou");
    HAS(a, "name=\"take.custom.city\" value=\"other\" checked");
    a = submit(
        "/contacts/51/merge",
        text("otherId=%" PRId64 "&take.name=mine&take.custom.city=other", b));
    assert_status(a, 303);
    a = page(fx.admin, "/contacts/51");
    HAS(a, "Recife");
    HAS(a, "Fundidos neste contato");
    LACKS(page(fx.agent, "/contacts/51"), "Fundidos neste contato");
    assert_status(
        page(fx.admin, text("/contacts/%" PRId64 "/merge?with=51", b)), 409);
    a = submit(text("/contacts/51/merges/%" PRId64 "/undo",
                    sql_int("SELECT id FROM contact_merges")),
               "x=1");
    assert_status(a, 303);
    a = submit(text("/contacts/51/merges/%" PRId64 "/undo",
                    sql_int("SELECT id FROM contact_merges")),
               "x=1");
    assert_status(a, 409);
    HAS(a, "Olinda");
    assert_status(submit("/contacts/51/merges/999999/undo", "x=1"), 404);
    assert_status(submit("/contacts/999999/merge", "otherId=51"), 404);
}

int
main(void)
{
#define RUN(t) cmocka_unit_test_setup(t, harness_reset)
    const struct CMUnitTest tests[] = {
        RUN(one_contact_finds_who_looks_like_it),
        RUN(two_documents_say_that_a_name_is_of_two_people),
        RUN(scan_walks_the_whole_book_and_forgets_what_is_dismissed),
        RUN(merge_moves_everything_and_undo_restores_it_exactly),
        RUN(undo_keeps_what_changed_after_the_merge),
        RUN(undo_is_refused_when_a_ticket_it_brought_joined_another),
        RUN(undo_is_refused_when_another_joined_a_ticket_it_brought),
        RUN(undo_takes_back_two_joined_tickets_that_it_brought),
        RUN(merge_refuses_itself_cycles_stale_and_two_open),
        RUN(erasing_a_person_erases_who_was_merged_into_it),
        RUN(dead_job_leaves_a_scan_that_can_begin_again),
        RUN(pages_go_from_search_to_merge_and_back),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
