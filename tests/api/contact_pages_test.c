/* contact_pages_test.c - /contacts e /admin/fields sem JavaScript; notas e CSV.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "base/vcard.h"
#include "browser_kit.h"
#include "harness.h"

#define CPF "52998224725"

static const char *
program_of(const char *path)
{
    return strncmp(path, "/admin", 6) == 0 ? "desk_pages" : "contact_pages";
}

static struct answer *
page(int64_t person, const char *path)
{
    return browser_page(browser_of(person), program_of(path), path);
}

static struct answer *
part(const char *path)
{
    return browser_part(browser_of(fx.agent), program_of(path), path);
}

static struct answer *
submit(int64_t person, const char *path, const char *body)
{
    return browser_submit(browser_of(person), program_of(path), path, body);
}

/* ---- a lista ---- */

static void
give_tags_and_list(void)
{
    sql("INSERT INTO tags (company_id, id, name, color) VALUES (1, 901, 'VIP', "
        "'#112233'), (2, 902, 'Alheia', '#112233'); INSERT INTO contact_tags "
        "(company_id, contact_id, tag_id) VALUES (1, 51, 901); INSERT INTO "
        "contact_lists (company_id, id, name) VALUES (1, 911, 'Natal'); INSERT "
        "INTO contact_list_members (company_id, list_id, contact_id) VALUES "
        "(1, 911, 52); UPDATE contacts SET blocked_at = now() WHERE id = 53");
}

TEST(list_finds_by_text_tag_list_and_block)
{
    struct answer *a;

    UNUSED;
    give_tags_and_list();
    a = page(fx.agent, "/contacts");
    assert_status(a, 200);
    HAS(a, "Carla Cliente");
    HAS(a, "+55 11 98765-0001");
    HAS(a, "VIP");
    LACKS(a, "Alheia");
    LACKS(a, "Hugo Horta");
    LACKS(a, "/contacts/export");
    HAS(page(fx.admin, "/contacts"), "/contacts/export?q=");
    a = page(fx.agent, "/contacts?q=fabio&tagId=&listId=&blocked=");
    HAS(a, "/contacts/54");
    LACKS(a, "/contacts/51");
    a = page(fx.agent, "/contacts?tagId=901");
    HAS(a, "/contacts/51");
    LACKS(a, "/contacts/52");
    a = page(fx.agent, "/contacts?listId=911");
    HAS(a, "/contacts/52");
    LACKS(a, "/contacts/51");
    a = page(fx.agent, "/contacts?blocked=true");
    HAS(a, "/contacts/53");
    LACKS(a, "/contacts/51");
    HAS(page(fx.agent, "/contacts?q=ninguem-assim"), "Ninguém com este filtro");
    a = part("/contacts?q=carla");
    HAS(a, "/contacts/51");
    LACKS(a, "<html");
    assert_status(page(fx.agent, "/contacts?cursor=x"), 422);
}

TEST(list_goes_on_page_by_page)
{
    struct answer *a;
    const char *next;
    char path[200];

    UNUSED;
    sql("INSERT INTO contacts (company_id, name) SELECT 1, 'Pessoa ' || "
        "lpad(n::text, 3, '0') FROM generate_series(1, 40) n");
    a = page(fx.agent, "/contacts");
    HAS(a, "Pessoa 025");
    LACKS(a, "Pessoa 026");
    next = strstr(a->body, "/contacts?q=&amp;cursor=");
    assert_non_null(next);
    snprintf(path, sizeof path, "/contacts?cursor=%.*s",
             (int)strcspn(next + 24, "\""), next + 24);
    a = page(fx.agent, path);
    HAS(a, "Pessoa 026");
    HAS(a, "Pessoa 040");
    LACKS(a, "Pessoa 025");
}

TEST(api_list_filters_by_contact_list)
{
    struct answer *a;

    UNUSED;
    give_tags_and_list();
    a = get_as(fx.agent, "contacts", "/api/v1/contacts?listId=911");
    assert_status(a, 200);
    assert_int_equal(at_int(a, "data.0.id"), 52);
    assert_null(at(a, "data.1"));
}

/* ---- criar e mudar ---- */

static void
give_fields(void)
{
    sql("INSERT INTO custom_fields (company_id, id, target, key, label, kind, "
        "options, required, position) VALUES (1, 921, 'contact', 'plano', "
        "'Plano', 'select', '{Ouro,Prata}', true, 1), (1, 922, 'contact', "
        "'nascimento', 'Nascimento', 'date', '{}', false, 2), (1, 923, "
        "'contact', 'socio', 'Sócio', 'boolean', '{}', false, 3), (1, 924, "
        "'ticket', 'pedido', 'Pedido', 'number', '{}', false, 1)");
}

TEST(form_creates_a_contact_with_everything)
{
    struct answer *a;
    int64_t id;

    UNUSED;
    give_fields();
    give_tags_and_list();
    a = page(fx.agent, "/contacts/new");
    assert_status(a, 200);
    HAS(a, "name=\"custom.plano\"");
    HAS(a, "type=\"date\"");
    LACKS(a, "Pedido");
    a = submit(fx.agent, "/contacts",
               "name=Zeca&phone=%2B55+11+91234-5678&email=ze@a.test&document="
               "529.982.247-25&phonesText=11+3333-4444%0D%0A%0D%0A&emailsText="
               "zeca@b.test&custom.plano=Ouro&custom.nascimento=1990-02-03&"
               "custom.socio=true&tagIds=901&tagIds=");
    assert_status(a, 303);
    id = sql_int("SELECT id FROM contacts WHERE document = '" CPF "' AND "
                 "custom ->> 'plano' = 'Ouro' AND tag_ids = '{901}'");
    assert_true(id > 0);
    assert_string_equal(header_of(a, "Location"),
                        text("/contacts/%" PRId64, id));
    assert_int_equal(sql_int("SELECT count(*) FROM contact_identities WHERE "
                             "contact_id = %" PRId64,
                             id),
                     4);
    a = page(fx.agent, text("/contacts/%" PRId64, id));
    assert_status(a, 200);
    HAS(a, "529.982.247-25");
    HAS(a, "zeca@b.test");
    HAS(a, "03/02/1990");
    HAS(a, "Nenhum atendimento");
    a = page(fx.agent, text("/contacts/%" PRId64 "/edit", id));
    assert_status(a, 200);
    HAS(a, "value=\"Ouro\" selected");
    HAS(a, "1133334444");
}

TEST(refused_form_marks_the_fields_and_keeps_what_was_typed)
{
    struct answer *a;

    UNUSED;
    give_fields();
    a = submit(fx.agent, "/contacts",
               "name=Meio+Digitado&phone=abc&document=111&phonesText=xyz&"
               "custom.plano=Bronze&custom.nascimento=ontem");
    assert_status(a, 422);
    HAS(a, "value=\"Meio Digitado\"");
    HAS(a, "value=\"abc\"");
    HAS(a, ">xyz</textarea>");
    HAS(a, "phone-error");
    HAS(a, "document-error");
    HAS(a, "phones-error");
    HAS(a, "custom-plano-error");
    HAS(a, "value=\"ontem\"");
    HAS(a, "custom-nascimento-error");
    a = submit(fx.agent, "/contacts",
               "name=Outra&phone=5511987650001&custom.plano=Ouro");
    assert_status(a, 409);
    HAS(a, "já é do contato 51");
    a = submit(fx.agent, "/contacts/51",
               "version=9&name=Carla&custom.plano=Ouro");
    assert_status(a, 409);
    a = submit(fx.agent, "/contacts/51",
               "version=1&name=Carla+Nova&phone=5511987650001&custom.plano="
               "Prata");
    assert_status(a, 303);
    assert_string_equal(sql("SELECT name FROM contacts WHERE id = 51"),
                        "Carla Nova");
    assert_status(submit(fx.agent, "/contacts/56", "version=1&name=X"), 404);
    assert_status(page(fx.agent, "/contacts/56"), 404);
    assert_status(page(fx.agent, "/contacts/56/edit"), 404);
}

/* ---- o que se faz com ele ---- */

TEST(page_shows_only_the_tickets_the_person_may_see)
{
    struct answer *a = page(fx.agent, "/contacts/52");

    UNUSED;
    assert_status(a, 200);
    HAS(a, "/inbox/62");
    LACKS(a, "/contacts/52/block");
    a = page(fx.agent, "/contacts/55");
    LACKS(a, "/inbox/65");
    a = page(fx.admin, "/contacts/55?before=65");
    LACKS(a, "href=\"/inbox/65\"");
    HAS(a, "Do começo");
    a = page(fx.admin, "/contacts/55");
    HAS(a, "/inbox/65");
    HAS(a, "/admin/privacy/contacts/55/erase");
}

TEST(notes_are_kept_and_dropped_by_who_may)
{
    struct answer *a = submit(fx.agent, "/contacts/51/notes",
                              "body=Prefere%0D%0A%3Cb%3Etarde%3C/b%3E");
    int64_t id;

    UNUSED;
    assert_status(a, 303);
    id = sql_int("SELECT id FROM contact_notes WHERE contact_id = 51 AND "
                 "user_id = 13");
    assert_int_equal(sql_int("SELECT count(*) FROM live_outbox WHERE "
                             "type = 'contact:updated'"),
                     1);
    a = page(fx.admin, "/contacts/51");
    HAS(a, "Bruno Agente");
    HAS(a, "&lt;b&gt;tarde");
    a = submit(fx.agent, "/contacts/51/notes", "body=+++");
    assert_status(a, 422);
    HAS(a, "body-error");
    assert_status(submit(fx.agent, "/contacts/56/notes", "body=x"), 404);
    assert_status(
        submit(fx.loner, text("/contacts/51/notes/%" PRId64 "/delete", id), ""),
        403);
    assert_status(
        submit(fx.agent, text("/contacts/52/notes/%" PRId64 "/delete", id), ""),
        404);
    assert_status(
        submit(fx.admin, text("/contacts/51/notes/%" PRId64 "/delete", id), ""),
        303);
    assert_int_equal(sql_int("SELECT count(*) FROM contact_notes"), 0);
}

TEST(api_notes_are_added_listed_and_dropped)
{
    const char *path = "/api/v1/contacts/51/notes";
    struct answer *a =
        post_as(fx.agent, "contacts", path, "{\"body\":\"Primeira\"}");
    int64_t id = at_int(a, "id");

    UNUSED;
    assert_status(a, 201);
    assert_string_equal(at_text(a, "userName"), "Bruno Agente");
    assert_status(post_as(fx.admin, "contacts", path, "{\"body\":\"Outra\"}"),
                  201);
    a = get_as(fx.agent, "contacts", "/api/v1/contacts/51/notes?limit=1");
    assert_string_equal(at_text(a, "data.0.body"), "Outra");
    a = get_as(
        fx.agent, "contacts",
        text("/api/v1/contacts/51/notes?cursor=%s", at_text(a, "nextCursor")));
    assert_int_equal(at_int(a, "data.0.id"), id);
    assert_field(
        get_as(fx.agent, "contacts", "/api/v1/contacts/51/notes?cursor=x"),
        "cursor", "format");
    assert_status(get_as(fx.agent, "contacts", "/api/v1/contacts/56/notes"),
                  404);
    assert_status(post_as(fx.agent, "contacts", "/api/v1/contacts/56/notes",
                          "{\"body\":\"x\"}"),
                  404);
    assert_status(call(&(struct call){ .program = "contacts",
                                       .method = "DELETE",
                                       .path = text("%s/%" PRId64, path, id),
                                       .token = token_of(fx.loner) }),
                  403);
    assert_status(call(&(struct call){ .program = "contacts",
                                       .method = "DELETE",
                                       .path = text("%s/%" PRId64, path, id),
                                       .token = token_of(fx.agent) }),
                  204);
    assert_status(call(&(struct call){ .program = "contacts",
                                       .method = "DELETE",
                                       .path = text("%s/%" PRId64, path, id),
                                       .token = token_of(fx.agent) }),
                  404);
}

TEST(erasing_a_contact_erases_the_notes_about_it)
{
    UNUSED;
    sql("INSERT INTO contact_notes (company_id, contact_id, body) VALUES (1, "
        "51, 'segredo'), (1, 52, 'fica')");
    sql("UPDATE contacts SET erased_at = now() WHERE id = 51");
    assert_int_equal(sql_int("SELECT count(*) FROM contact_notes"), 1);
}

TEST(block_and_unblock_from_the_page)
{
    UNUSED;
    assert_status(submit(fx.agent, "/contacts/53/block", ""), 403);
    assert_status(submit(fx.supervisor, "/contacts/53/block", ""), 303);
    HAS(page(fx.supervisor, "/contacts/53"), "/contacts/53/unblock");
    assert_status(submit(fx.supervisor, "/contacts/53/unblock", ""), 303);
    assert_status(submit(fx.supervisor, "/contacts/56/block", ""), 404);
    assert_status(submit(fx.supervisor, "/contacts/56/unblock", ""), 404);
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE action IN "
                             "('contact.blocked', 'contact.unblocked')"),
                     2);
}

TEST(conversation_starts_from_the_page)
{
    struct answer *a = submit(fx.agent, "/contacts/53/start", "channelId=");

    UNUSED;
    assert_status(a, 303);
    assert_string_equal(
        header_of(a, "Location"),
        text("/inbox/%" PRId64,
             sql_int("SELECT id FROM tickets WHERE contact_id = 53 AND status "
                     "= 'active' AND user_id = 13")));
    a = submit(fx.agent, "/contacts/53/start", "channelId=41");
    assert_status(a, 409);
    HAS(a, "já tem o atendimento");
    assert_status(submit(fx.agent, "/contacts/51/start", "channelId=x"), 422);
    assert_status(submit(fx.agent, "/contacts/56/start", ""), 404);
}

TEST(contact_leaves_the_list_only_without_an_open_ticket)
{
    struct answer *a = page(fx.admin, "/contacts/53/delete");

    UNUSED;
    assert_status(a, 200);
    HAS(a, "Eva Evaristo");
    assert_status(submit(fx.admin, "/contacts/52/delete", ""), 409);
    a = submit(fx.admin, "/contacts/53/delete", "");
    assert_status(a, 303);
    assert_string_equal(header_of(a, "Location"), "/contacts");
    assert_status(page(fx.admin, "/contacts/53/delete"), 404);
    assert_status(submit(fx.admin, "/contacts/53/delete", ""), 404);
}

/* ---- exportar ---- */

TEST(export_streams_what_is_filtered_and_defuses_formulas)
{
    struct answer *a;

    UNUSED;
    give_fields();
    give_tags_and_list();
    sql("UPDATE contacts SET name = '=1+1', email = '@x.test', custom = "
        "'{\"plano\":\"-Ouro\"}' WHERE id = 54");
    a = page(fx.admin, "/contacts/export");
    assert_status(a, 200);
    HAS(a, "\"'=1+1\"");
    HAS(a, "\"'@x.test\"");
    HAS(a, "\"'-Ouro\"");
    HAS(a, "\"Plano\"");
    HAS(a, "5511987650001");
    LACKS(a, "Hugo");
    a = page(fx.admin, "/contacts/export?q=carla");
    HAS(a, "Carla Cliente");
    LACKS(a, "Davi");
    a = page(fx.admin, "/contacts/export?q=ninguem-assim");
    assert_status(a, 200);
    LACKS(a, "Carla");
    assert_status(page(fx.agent, "/contacts/export"), 403);
    a = get_as(fx.admin, "contacts", "/api/v1/contacts/export?tagId=901");
    assert_status(a, 200);
    HAS(a, "Carla Cliente");
    HAS(a, "\"VIP\"");
    LACKS(a, "Davi");
    HAS(get_as(fx.admin, "contacts",
               "/api/v1/contacts/export?blocked=true&"
               "q=eva"),
        "Eva Evaristo");
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE action = "
                             "'contacts.exported'"),
                     5);
}

TEST(vcards_leave_with_the_fields_of_the_company)
{
    struct answer *a;

    UNUSED;
    sql("INSERT INTO custom_fields (company_id, target, key, label, kind) "
        "VALUES (1, 'contact', 'pao_preferido', 'Pão preferido', 'text'), (1, "
        "'contact', 'pedidos', 'Pedidos', 'number')");
    sql("UPDATE contacts SET custom = '{\"pao_preferido\": \"francês; "
        "quente\", "
        "\"pedidos\": 12}' WHERE id = 51");
    a = page(fx.admin, "/contacts/export/vcard");
    assert_status(a, 200);
    HAS(a, "\r\nX-BALCAO-FIELD;X-KEY=pao_preferido:francês\\; quente\r\n");
    HAS(a, "\r\nX-BALCAO-FIELD;X-KEY=pedidos:12\r\n");
    HAS(a, "\r\nNOTE:Pão preferido: francês\\; quente\\nPedidos: 12\r\n");
}

TEST(export_as_vcards_is_read_back)
{
    struct vcard card;
    struct vcard_reader reader;
    struct arena *arena = arena_new(4096);
    struct answer *a;

    UNUSED;
    give_tags_and_list();
    sql("UPDATE contacts SET name = 'Carla; \\n Cliente', email = 'c@x.test' "
        "WHERE id = 51");
    sql("INSERT INTO contact_identities (company_id, contact_id, kind, "
        "match_key, value) VALUES (1, 51, 'phone', '551133334444', "
        "'551133334444')");
    a = page(fx.admin, "/contacts/export/vcard?q=carla");
    assert_status(a, 200);
    assert_non_null(strstr(header_of(a, "Content-Disposition"), ".vcf"));
    assert_true(vcard_is((struct slice){ a->body, strlen(a->body) }));
    vcard_open(&reader, (struct slice){ a->body, strlen(a->body) });
    assert_int_equal(vcard_next(&reader, arena, &card), VCARD_CARD);
    assert_string_equal(card.name, "Carla; \\n Cliente");
    assert_int_equal(card.phone_count, 2);
    assert_string_equal(card.phones[0], "+5511987650001");
    assert_string_equal(card.emails[0], "c@x.test");
    assert_int_equal(vcard_next(&reader, arena, &card), VCARD_END);
    HAS(a, "CATEGORIES:");
    a = get_as(fx.admin, "contacts", "/api/v1/contacts/export/vcard");
    assert_status(a, 200);
    HAS(a, "FN:Davi Dias");
    LACKS(a, "Hugo");
    assert_status(page(fx.agent, "/contacts/export/vcard"), 403);
    arena_free(arena);
}

/* A folha de uma planilha, que é um ZIP; texto que se libera. */
static char *
sheet_of(const struct answer *a)
{
    zip_error_t error;
    zip_source_t *source;
    zip_stat_t st;
    zip_file_t *f;
    zip_t *z;
    char *data;

    assert_status(a, 200);
    assert_non_null(strstr(header_of(a, "Content-Disposition"), ".xlsx"));
    zip_error_init(&error);
    source = zip_source_buffer_create(a->body, a->len, 0, &error);
    z = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error);
    assert_non_null(z);
    assert_int_equal(zip_stat(z, "xl/worksheets/sheet1.xml", 0, &st), 0);
    data = calloc(1, st.size + 1);
    f = zip_fopen(z, "xl/worksheets/sheet1.xml", 0);
    assert_int_equal(zip_fread(f, data, st.size), st.size);
    zip_fclose(f);
    zip_discard(z);
    return data;
}

TEST(export_as_a_sheet_has_every_cell_as_text)
{
    struct answer *a;
    char *sheet;

    UNUSED;
    give_fields();
    sql("UPDATE contacts SET name = '=1+1', custom = '{\"plano\":\"Ouro "
        "<b>\"}' "
        "WHERE id = 54");
    sql("INSERT INTO contacts (company_id, name) SELECT 1, 'Igual' FROM "
        "generate_series(1, 2500)");
    a = page(fx.admin, "/contacts/export/xlsx");
    sheet = sheet_of(a);
    assert_non_null(strstr(sheet, "<t>=1+1</t>"));
    assert_non_null(strstr(sheet, "Ouro &lt;b&gt;"));
    assert_non_null(strstr(sheet, "<t>5511987650001</t>"));
    assert_non_null(strstr(sheet, "<row r=\"2506\""));
    assert_null(strstr(sheet, "Hugo"));
    free(sheet);
    a = get_as(fx.admin, "contacts", "/api/v1/contacts/export/xlsx?q=carla");
    sheet = sheet_of(a);
    assert_non_null(strstr(sheet, "Carla Cliente"));
    assert_null(strstr(sheet, "Davi"));
    free(sheet);
    assert_status(page(fx.agent, "/contacts/export/xlsx"), 403);
}

TEST(export_of_many_has_each_contact_once)
{
    struct answer *a;
    const char *p;
    int lines = 0;

    UNUSED;
    sql("INSERT INTO contacts (company_id, name) SELECT 1, 'Igual' FROM "
        "generate_series(1, 4500)");
    a = page(fx.admin, "/contacts/export");
    assert_status(a, 200);
    for (p = a->body; (p = strstr(p, "\r\n")) != NULL; p += 2)
        lines++;
    assert_int_equal(lines, 4500 + 5 + 1);
    a = page(fx.admin, "/contacts/export?q=igual");
    lines = 0;
    for (p = a->body; (p = strstr(p, "\r\n")) != NULL; p += 2)
        lines++;
    assert_int_equal(lines, 4500 + 1);
}

/* ---- campos próprios ---- */

TEST(field_pages_create_change_and_order)
{
    struct answer *a;

    UNUSED;
    give_fields();
    a = page(fx.admin, "/admin/fields");
    assert_status(a, 200);
    HAS(a, "Ouro, Prata");
    HAS(a, "De atendimentos");
    assert_status(page(fx.supervisor, "/admin/fields"), 403);
    a = page(fx.admin, "/admin/fields/new?target=ticket");
    HAS(a, "value=\"ticket\" selected");
    a = submit(fx.admin, "/admin/fields",
               "target=contact&kind=select&label=Cor&optionsText=+Azul+%0D%0A"
               "Verde%0D%0A&required=true&required=false");
    assert_status(a, 303);
    assert_string_equal(sql("SELECT options::text || required FROM "
                            "custom_fields WHERE key = 'cor'"),
                        "{Azul,Verde}true");
    a = submit(fx.admin, "/admin/fields",
               "target=contact&kind=select&label=Vazia&optionsText=");
    assert_status(a, 422);
    HAS(a, "value=\"Vazia\"");
    HAS(a, "options-error");
    a = submit(fx.admin, "/admin/fields",
               "target=contact&kind=text&label=Plano");
    assert_status(a, 409);
    HAS(a, "key-error");
    assert_status(submit(fx.admin, "/admin/fields/922/move", "way=up"), 303);
    assert_string_equal(sql("SELECT string_agg(key, ' ' ORDER BY position) "
                            "FROM custom_fields WHERE target = 'contact'"),
                        "nascimento plano socio cor");
    assert_status(submit(fx.admin, "/admin/fields/922/move", "way=up"), 303);
    assert_status(submit(fx.admin, "/admin/fields/922/move", "way=down"), 303);
    assert_string_equal(sql("SELECT string_agg(key, ' ' ORDER BY position) "
                            "FROM custom_fields WHERE target = 'contact'"),
                        "plano nascimento socio cor");
    assert_status(submit(fx.admin, "/admin/fields/999/move", "way=up"), 404);
}

TEST(field_pages_edit_and_delete)
{
    struct answer *a;

    UNUSED;
    give_fields();
    a = page(fx.admin, "/admin/fields/921");
    assert_status(a, 200);
    HAS(a, "Ouro\nPrata</textarea>");
    a = submit(fx.admin, "/admin/fields/921",
               "version=1&label=Plano+novo&optionsText=Ouro%0D%0ABronze&"
               "required=false");
    assert_status(a, 303);
    assert_string_equal(sql("SELECT label || options::text FROM custom_fields "
                            "WHERE id = 921"),
                        "Plano novo{Ouro,Bronze}");
    assert_status(submit(fx.admin, "/admin/fields/921",
                         "version=1&label=Velho&optionsText=A"),
                  409);
    assert_status(submit(fx.admin, "/admin/fields/921",
                         "version=2&label=Velho&optionsText="),
                  422);
    assert_status(page(fx.admin, "/admin/fields/999"), 404);
    assert_status(submit(fx.admin, "/admin/fields/999", "version=1&label=X"),
                  404);
    assert_status(page(fx.admin, "/admin/fields/921/delete"), 200);
    assert_status(submit(fx.admin, "/admin/fields/921/delete", ""), 303);
    assert_status(page(fx.admin, "/admin/fields/921/delete"), 404);
    assert_status(submit(fx.admin, "/admin/fields/921/delete", ""), 404);
}

#define T(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(list_finds_by_text_tag_list_and_block),
        T(list_goes_on_page_by_page),
        T(api_list_filters_by_contact_list),
        T(form_creates_a_contact_with_everything),
        T(refused_form_marks_the_fields_and_keeps_what_was_typed),
        T(page_shows_only_the_tickets_the_person_may_see),
        T(notes_are_kept_and_dropped_by_who_may),
        T(api_notes_are_added_listed_and_dropped),
        T(erasing_a_contact_erases_the_notes_about_it),
        T(block_and_unblock_from_the_page),
        T(conversation_starts_from_the_page),
        T(contact_leaves_the_list_only_without_an_open_ticket),
        T(export_streams_what_is_filtered_and_defuses_formulas),
        T(vcards_leave_with_the_fields_of_the_company),
        T(export_as_vcards_is_read_back),
        T(export_as_a_sheet_has_every_cell_as_text),
        T(export_of_many_has_each_contact_once),
        T(field_pages_create_change_and_order),
        T(field_pages_edit_and_delete),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
