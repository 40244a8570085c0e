/* contact_import_test.c - contatos de um CSV: ler, gravar, recusar, desfazer.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/csv_reader.h"
#include "browser_kit.h"
#include "db/db.h"
#include "desk/contact_import.h"
#include "harness.h"

#define IMPORTS "/api/v1/contacts/imports"
#define CPF "52998224725"

static struct answer *
send(struct call *c, const char *form, const char *name, const char *data,
     size_t len)
{
    char *body = malloc(len + 1000);
    struct answer *a;
    int n = snprintf(body, 1000,
                     "%s--b\r\nContent-Disposition: form-data; name=\"file\"; "
                     "filename=\"%s\"\r\nContent-Type: text/csv\r\n\r\n",
                     form, name);

    memcpy(body + n, data, len);
    memcpy(body + n + len, "\r\n--b--\r\n", 10);
    c->method = "POST";
    c->type = "multipart/form-data; boundary=b";
    c->body = body;
    c->body_len = (size_t)n + len + 9;
    a = call(c);
    free(body);
    return a;
}

static struct answer *
upload(int64_t person, const char *data)
{
    return send(&(struct call){ .program = "contacts",
                                .path = IMPORTS,
                                .token = token_of(person) },
                "", "clientes.csv", data, strlen(data));
}

static struct answer *
get(const char *path)
{
    return get_as(fx.admin, "contacts", path);
}

static const char *
path_of(int64_t id, const char *rest)
{
    return text(IMPORTS "/%" PRId64 "%s", id, rest);
}

/* Faz o que o worker faria, até não haver mais; quantos passos deu. */
static int
work(void)
{
    struct db *db = db_new(conf()->database_url);
    int steps = 0;

    while (sql_int("SELECT count(*) FROM jobs WHERE kind = 'contact.import'") >
           0) {
        struct arena *arena = arena_new(65536);
        struct ctx c = { .arena = arena,
                         .db = db,
                         .company_id = 1,
                         .token_version = -1,
                         .access_version = -1 };
        struct job job = {
            .id = sql_int("SELECT min(id) FROM jobs WHERE kind = "
                          "'contact.import'"),
            .company_id = 1,
        };
        enum job_next next = JOB_DEAD;

        job.payload = text(
            "%s", sql("SELECT payload FROM jobs WHERE id = %" PRId64, job.id));
        assert_int_equal(contact_import_kind.prepare(&c, &job, &next), OK);
        assert_int_equal(next, JOB_DONE);
        assert_int_equal(db_commit(&c), OK);
        sql("DELETE FROM jobs WHERE id = %" PRId64, job.id);
        arena_free(arena);
        steps++;
    }
    db_close(db);
    return steps;
}

static struct answer *
start(int64_t id, const char *body)
{
    return post_as(fx.admin, "contacts", path_of(id, "/start"), body);
}

#define ALL \
    "{\"hasHeader\":true,\"nameColumn\":1,\"phoneColumn\":2,\"emailColumn\":" \
    "3," \
    "\"documentColumn\":4}"

static int64_t
imported(const char *data, const char *plan)
{
    struct answer *a = upload(fx.admin, data);
    int64_t id;

    assert_status(a, 201);
    id = at_int(a, "id");
    assert_status(start(id, plan), 200);
    work();
    return id;
}

#define TWO "{\"hasHeader\":true,\"nameColumn\":1,\"phoneColumn\":2}"

/* ---- ler ---- */

TEST(file_is_read_and_its_columns_are_guessed)
{
    struct answer *a;

    UNUSED;
    a = upload(fx.admin, "\xEF\xBB\xBFNome;Celular;E-mail;CPF/CNPJ;Cidade\r\n"
                         "Ana Maria;(11) 98765-1111;ana@x.test;;São Paulo\r\n"
                         "\"Zé \"\"Grande\"\"; Jr\";+55 11 91234-5678;;" CPF
                         ";\"Belo\r\nHorizonte\"\r\n\r\n");
    assert_status(a, 201);
    assert_string_equal(at_text(a, "state"), "draft");
    assert_string_equal(at_text(a, "delimiter"), "semicolon");
    assert_string_equal(at_text(a, "charset"), "utf-8");
    assert_string_equal(at_text(a, "filename"), "clientes.csv");
    assert_int_equal(at_int(a, "nameColumn"), 1);
    assert_int_equal(at_int(a, "phoneColumn"), 2);
    assert_int_equal(at_int(a, "emailColumn"), 3);
    assert_int_equal(at_int(a, "documentColumn"), 4);
    assert_int_equal(at_int(a, "width"), 5);
    assert_int_equal(at_int(a, "total"), 2);
    assert_string_equal(at_text(a, "sample.2.0"), "Zé \"Grande\"; Jr");
    assert_string_equal(at_text(a, "sample.2.4"), "Belo  Horizonte");
    /* o arquivo novo da mesma pessoa toma o lugar do rascunho */
    a = upload(fx.admin, "bia@x.test,Bia,11 98765-2222\n" CPF "@,x,y\n");
    assert_status(a, 201);
    assert_int_equal(at_int(a, "emailColumn"), 1);
    assert_int_equal(at_int(a, "nameColumn"), 2);
    assert_int_equal(at_int(a, "phoneColumn"), 3);
    assert_int_equal(at_int(a, "total"), 2);
    assert_int_equal(sql_int("SELECT count(*) FROM contact_imports"), 1);
    a = get(IMPORTS);
    assert_status(a, 200);
    assert_string_equal(at_text(a, "data.0.state"), "draft");
    a = upload(fx.admin, "Nome\tTelefone\nJo\xE3o \x96 Caf\xE9\t11987653333\n");
    assert_string_equal(at_text(a, "charset"), "latin-1");
    assert_string_equal(at_text(a, "delimiter"), "tab");
    assert_string_equal(at_text(a, "sample.1.0"), "João – Café");
    assert_status(get(path_of(at_int(a, "id"), "")), 200);
    assert_status(get(path_of(999999, "")), 404);
}

TEST(broken_quotes_wrong_kind_and_size_are_told_clearly)
{
    struct answer *a;
    char *big;

    UNUSED;
    a = upload(fx.admin, "Nome,Telefone\nAna,1\n\"Zé,2\nBia,3\n");
    assert_problem(a, 422, "invalid-fields");
    assert_field(a, "file", "quotes");
    HAS(a, "a linha 3 abre aspas");
    a = upload(fx.admin, "Nome,Telefone\nAna,\"1\"2\n");
    assert_field(a, "file", "quotes");
    HAS(a, "a linha 2 tem texto depois");
    a = upload(fx.admin, "PK\3\4planilha");
    assert_field(a, "file", "type");
    HAS(a, "salve como CSV");
    assert_field(upload(fx.admin, "\n\n"), "file", "required");
    a = upload(fx.admin,
               ",,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,"
               ",,,,,,,,,,,x\n");
    assert_field(a, "file", "max");
    assert_status(upload(fx.agent, "Nome\nAna\n"), 403);
    assert_int_equal(sql_int("SELECT count(*) FROM contact_imports"), 0);
    big = malloc(CONTACT_IMPORT_BYTES + 70001);
    memset(big, 'a', CONTACT_IMPORT_BYTES + 70000);
    big[CONTACT_IMPORT_BYTES + 70000] = '\0';
    assert_problem(upload(fx.admin, big), 413, "too-large");
    free(big);
}

/* ---- gravar ---- */

static const char people[] = "Nome,Telefone,E-mail,CPF\n"
                             "Nova Pessoa,(11) 98888-7777,Nova@X.test," CPF "\n"
                             "Repete,11 8888-7777,,\n"
                             "Torta,telefone,,\n"
                             "Torta 2,,nao-e-email,\n"
                             "Torta 3,,,12345678900\n"
                             "Carla Outra,+55 11 98765-0001,carla@x.test,\n"
                             ",,,12345\n"
                             ",1133334444,,\n"
                             "Só Mail,,so@x.test,\n";

TEST(import_creates_fills_keeps_and_refuses)
{
    struct answer *a;
    int64_t id;

    UNUSED;
    sql("INSERT INTO tags (company_id, id, name, color) VALUES (1, 901, 'VIP', "
        "'#112233'); INSERT INTO contact_lists (company_id, id, name) VALUES "
        "(1, 911, 'Natal'); UPDATE contacts SET email = NULL WHERE id = 51");
    id = imported(people,
                  "{\"hasHeader\":true,\"nameColumn\":1,\"phoneColumn\":2,"
                  "\"emailColumn\":3,\"documentColumn\":4,\"tagId\":901,"
                  "\"listId\":911,\"existing\":\"fill\"}");
    a = get(path_of(id, ""));
    assert_string_equal(at_text(a, "state"), "done");
    assert_int_equal(at_int(a, "total"), 9);
    assert_int_equal(at_int(a, "done"), 9);
    assert_int_equal(at_int(a, "created"), 3);
    assert_int_equal(at_int(a, "filled"), 1);
    assert_int_equal(at_int(a, "kept"), 0);
    assert_int_equal(at_int(a, "refused"), 5);
    assert_string_equal(
        sql("SELECT name || '/' || phone || '/' || email || '/' || document || "
            "'/' || tag_ids::text FROM contacts WHERE document = '" CPF "'"),
        "Nova Pessoa/5511988887777/nova@x.test/" CPF "/{901}");
    assert_string_equal(
        sql("SELECT string_agg(match_key, ' ' ORDER BY kind) "
            "FROM contact_identities WHERE contact_id = (SELECT "
            "id FROM contacts WHERE document = '" CPF "')"),
        "nova@x.test 551188887777");
    assert_string_equal(sql("SELECT email FROM contacts WHERE id = 51"),
                        "carla@x.test");
    assert_string_equal(sql("SELECT name FROM contacts WHERE phone = "
                            "'551133334444'"),
                        "+551133334444");
    assert_int_equal(
        sql_int("SELECT contact_count FROM contact_lists WHERE id = 911"), 4);
    a = get(path_of(id, "/refused"));
    assert_status(a, 200);
    HAS(a, "\"3\",\"Repete uma linha anterior do arquivo\",\"Repete\"");
    HAS(a, "\"4\",\"O telefone não é um número de telefone\",\"Torta\"");
    HAS(a, "\"5\",\"O e-mail não é um endereço\"");
    HAS(a, "\"6\",\"O CPF ou CNPJ não confere\"");
    HAS(a, "\"8\",");
    LACKS(a, "Nova Pessoa");
    assert_status(get(path_of(999999, "/refused")), 404);
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE action = "
                             "'contacts.imported'"),
                     1);
    assert_string_equal(
        sql("SELECT payload::jsonb->>'state' FROM live_outbox WHERE type = "
            "'job:progress' AND rooms = '{user:%" PRId64 "}' "
            "ORDER BY seq DESC LIMIT 1",
            fx.admin),
        "done");
    assert_problem(start(id, ALL), 409, "conflict");
    /* de novo, sem completar: tudo já há, e uma linha repete outra */
    id = imported(people, "{\"hasHeader\":true,\"phoneColumn\":2,"
                          "\"emailColumn\":3,\"existing\":\"keep\"}");
    a = get(path_of(id, ""));
    assert_int_equal(at_int(a, "created"), 0);
    assert_int_equal(at_int(a, "filled"), 0);
    assert_int_equal(at_int(a, "kept"), 4);
}

TEST(plan_is_checked)
{
    struct answer *a = upload(fx.admin, "Nome,Telefone\nAna,1133334444\n");
    int64_t id = at_int(a, "id");

    UNUSED;
    assert_field(start(id, "{}"), "nameColumn", "required");
    assert_field(start(id, "{\"nameColumn\":3}"), "nameColumn", "max");
    assert_field(start(id, "{\"nameColumn\":1,\"tagId\":999}"), "tagId",
                 "unknown");
    assert_field(start(id, "{\"nameColumn\":1,\"listId\":999}"), "listId",
                 "unknown");
    assert_status(start(999999, ALL), 404);
    assert_problem(post_as(fx.admin, "contacts", path_of(id, "/undo"), NULL),
                   409, "conflict");
    assert_status(post_as(fx.stranger, "contacts", path_of(id, "/start"), ALL),
                  404);
}

TEST(undo_takes_only_what_nobody_touched)
{
    struct answer *a;
    int64_t id, before;

    UNUSED;
    before = sql_int("SELECT count(*) FROM contacts WHERE company_id = 1");
    id = imported("Nome,Telefone\nUm,11900000001\nDois,11900000002\n"
                  "Tres,11900000003\nQuatro,11900000004\nCinco,11900000005\n"
                  "Carla,+5511987650001\n",
                  TWO);
    assert_problem(start(id, ALL), 409, "conflict");
    sql("UPDATE contacts SET name = 'Mudado', version = version + 1 WHERE name "
        "= 'Um'; INSERT INTO contact_notes (company_id, contact_id, body) "
        "SELECT 1, id, 'x' FROM contacts WHERE name = 'Dois'; INSERT INTO "
        "tickets (company_id, contact_id, channel_id, status, closed_at) "
        "SELECT 1, id, (SELECT min(id) FROM channels WHERE company_id = 1), "
        "'closed', now() FROM contacts WHERE name = 'Tres'");
    a = post_as(fx.admin, "contacts", path_of(id, "/undo"), NULL);
    assert_status(a, 200);
    assert_string_equal(at_text(a, "state"), "undoing");
    work();
    a = get(path_of(id, ""));
    assert_string_equal(at_text(a, "state"), "undone");
    assert_int_equal(at_int(a, "created"), 5);
    assert_int_equal(at_int(a, "undone"), 2);
    assert_int_equal(sql_int("SELECT count(*) FROM contacts WHERE company_id = "
                             "1"),
                     before + 3);
    assert_int_equal(sql_int("SELECT count(*) FROM contacts WHERE name IN "
                             "('Quatro', 'Cinco')"),
                     0);
    assert_problem(post_as(fx.admin, "contacts", path_of(id, "/undo"), NULL),
                   409, "conflict");
    assert_status(post_as(fx.admin, "contacts", path_of(999999, "/undo"), NULL),
                  404);
}

TEST(many_rows_go_in_steps_and_repeats_are_seen_across_them)
{
    char *file = malloc(1200000), *p = file;
    struct answer *a;
    int64_t id;
    int i;

    UNUSED;
    p += sprintf(p, "Nome,Telefone\n");
    for (i = 0; i < 12000; i++)
        p += sprintf(p, "Pessoa %d,11 9%08d\n", i, 60000000 + i);
    sprintf(p, "De novo,11 960000000\n");
    a = upload(fx.admin, file);
    free(file);
    assert_status(a, 201);
    id = at_int(a, "id");
    assert_status(start(id, TWO), 200);
    assert_int_equal(work(), 3);
    a = get(path_of(id, ""));
    assert_int_equal(at_int(a, "created"), 12000);
    assert_int_equal(at_int(a, "refused"), 1);
    assert_status(post_as(fx.admin, "contacts", path_of(id, "/undo"), NULL),
                  200);
    assert_int_equal(work(), 3);
    assert_int_equal(at_int(get(path_of(id, "")), "undone"), 12000);
}

/* O job morreu: nada anda para sempre, e ainda se desfaz. */
static void
die(void)
{
    struct db *db = db_new(conf()->database_url);
    struct arena *arena = arena_new(65536);
    struct ctx c = { .arena = arena,
                     .db = db,
                     .company_id = 1,
                     .token_version = -1,
                     .access_version = -1 };
    struct job job = { .company_id = 1 };

    job.payload = text("%s", sql("SELECT payload FROM jobs WHERE kind = "
                                 "'contact.import'"));
    assert_non_null(contact_import_kind.give_up);
    assert_int_equal(contact_import_kind.give_up(&c, &job), OK);
    assert_int_equal(db_commit(&c), OK);
    sql("DELETE FROM jobs WHERE kind = 'contact.import'");
    arena_free(arena);
    db_close(db);
}

TEST(dead_job_leaves_an_import_that_can_be_undone)
{
    int64_t id = at_int(
        upload(fx.admin, "Nome,Telefone\nUm,11900000001\nDois,11900000002\n"),
        "id");
    struct answer *a;

    UNUSED;
    assert_status(start(id, TWO), 200);
    die();
    a = get(path_of(id, ""));
    assert_string_equal(at_text(a, "state"), "done");
    assert_false(json_object_is_type(at(a, "finishedAt"), json_type_null));
    assert_string_equal(
        sql("SELECT payload::jsonb->>'state' FROM live_outbox WHERE type = "
            "'job:progress' ORDER BY seq DESC LIMIT 1"),
        "done");
    assert_status(post_as(fx.admin, "contacts", path_of(id, "/undo"), NULL),
                  200);
    die();
    assert_string_equal(at_text(get(path_of(id, "")), "state"), "done");
    assert_status(post_as(fx.admin, "contacts", path_of(id, "/undo"), NULL),
                  200);
    work();
    assert_string_equal(at_text(get(path_of(id, "")), "state"), "undone");
}

/* ---- esquecer ---- */

TEST(erasing_a_person_finds_the_line_that_repeats_it)
{
    int64_t id, ana;

    UNUSED;
    id = imported("Nome,Telefone,E-mail\nAna,11900000001,ana@x.test\n"
                  "Ana de novo,11900000001,\nAna Mail,,ana@x.test\n"
                  "Torta,xx,\n",
                  "{\"hasHeader\":true,\"nameColumn\":1,\"phoneColumn\":2,"
                  "\"emailColumn\":3}");
    ana = sql_int("SELECT id FROM contacts WHERE name = 'Ana'");
    assert_int_equal(at_int(get(path_of(id, "")), "refused"), 3);
    assert_int_equal(sql_int("SELECT count(*) FROM contact_import_rows WHERE "
                             "reason = 'repeated' AND contact_id = %" PRId64,
                             ana),
                     2);
    sql("UPDATE contacts SET erased_at = now() WHERE id = %" PRId64, ana);
    assert_int_equal(
        sql_int("SELECT count(*) FROM contact_import_rows WHERE cells ~ 'Ana'"),
        0);
    assert_int_equal(sql_int("SELECT count(*) FROM contact_import_rows WHERE "
                             "cells <> ''"),
                     1);
}

TEST(cleanup_forgets_what_is_left_of_the_file)
{
    const char *cleanup =
        text("%s/bin/balcao cleanup >/dev/null", getenv("BUILD"));
    int64_t id;

    UNUSED;
    id = imported("Nome,Telefone\nUm,11900000001\nTorta,xx\n", TWO);
    assert_status(upload(fx.admin, "Nome,Telefone\nDois,11900000002\n"), 201);
    sql("UPDATE contact_imports SET created_at = now() - interval '23 hours', "
        "finished_at = finished_at - interval '29 days'");
    assert_int_equal(system(cleanup), 0);
    assert_int_equal(sql_int("SELECT count(*) FROM contact_imports"), 2);
    HAS(get(path_of(id, "/refused")), "Torta");
    sql("UPDATE contact_imports SET created_at = now() - interval '25 hours', "
        "finished_at = finished_at - interval '2 days'");
    assert_int_equal(system(cleanup), 0);
    assert_int_equal(sql_int("SELECT count(*) FROM contact_imports WHERE state "
                             "= 'draft'"),
                     0);
    assert_int_equal(sql_int("SELECT count(*) FROM contact_import_rows WHERE "
                             "cells <> ''"),
                     0);
    LACKS(get(path_of(id, "/refused")), "Torta");
    HAS(get(path_of(id, "/refused")), "não é um número de telefone");
}

/* ---- vCards ---- */

TEST(vcards_bring_every_phone_and_leave_again)
{
    struct answer *a;
    int64_t id, ana;

    UNUSED;
    a = upload(fx.admin,
               "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ana\\, Maria\r\nTEL:+55 11 "
               "98765-1111\r\nTEL:(11) 3333-4444\r\nTEL:*111#\r\nEMAIL:"
               "ANA@x.test\r\nEMAIL:ana@y.test\r\nORG:Padaria\r\nEND:VCARD"
               "\r\nBEGIN:VCARD\r\nVERSION:4.0\r\nFN:Torta\r\nTEL:nada\r\n"
               "END:VCARD\r\nBEGIN:VCARD\r\nVERSION:4.0\r\nN:Souza;Rui;;;\r\n"
               "TEL;VALUE=uri:tel:+5511987652222\r\nEND:VCARD\r\n");
    assert_status(a, 201);
    assert_string_equal(at_text(a, "delimiter"), "vcard");
    assert_int_equal(at_int(a, "total"), 3);
    assert_int_equal(at_int(a, "phoneColumn"), 2);
    assert_string_equal(at_text(a, "sample.1.0"), "Ana, Maria");
    id = at_int(a, "id");
    assert_status(start(id, "{\"hasHeader\":true,\"nameColumn\":1,"
                            "\"phoneColumn\":2,\"emailColumn\":3}"),
                  200);
    work();
    a = get(path_of(id, ""));
    assert_int_equal(at_int(a, "created"), 2);
    assert_int_equal(at_int(a, "refused"), 1);
    a = get(path_of(id, "/refused"));
    HAS(a, "\"Torta\"");
    HAS(a, "\"11\"");
    ana = sql_int("SELECT id FROM contacts WHERE name = 'Ana, Maria'");
    a = get(text("/api/v1/contacts/%" PRId64, ana));
    assert_string_equal(at_text(a, "phone"), "5511987651111");
    assert_string_equal(at_text(a, "email"), "ana@x.test");
    HAS(a, "\"phones\":[\"5511987651111\", \"551133334444\"]");
    HAS(a, "\"emails\":[\"ana@x.test\", \"ana@y.test\"]");
    assert_int_equal(
        sql_int("SELECT count(*) FROM contacts WHERE name = 'Rui Souza'"), 1);
    assert_status(post_as(fx.admin, "contacts", path_of(id, "/undo"), NULL),
                  200);
    work();
    assert_int_equal(at_int(get(path_of(id, "")), "undone"), 2);
    assert_int_equal(
        sql_int("SELECT count(*) FROM contacts WHERE id = %" PRId64, ana), 0);
}

TEST(broken_vcards_tell_the_line)
{
    struct answer *a;

    UNUSED;
    a = upload(fx.admin, "BEGIN:VCARD\nFN:A\nEND:VCARD\nBEGIN:VCARD\nFN:B\n");
    assert_field(a, "file", "format");
    HAS(a, "o cartão da linha 4 não acaba");
    a = upload(fx.admin, "BEGIN:VCARD\nFN:A\nEND:VCARD\nNome;Telefone\n");
    assert_field(a, "file", "format");
    HAS(a, "a linha 4 está fora de um cartão");
    assert_int_equal(sql_int("SELECT count(*) FROM contact_imports"), 0);
}

/* ---- as páginas ---- */

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

static struct answer *
submit_file(const char *data)
{
    struct browser b = browser_of(fx.admin);

    return send(
        &(struct call){ .program = "contact_pages",
                        .path = "/contacts/import",
                        .cookie = b.cookie,
                        .headers = { "Origin: http://balcao.test" } },
        text("--b\r\nContent-Disposition: form-data; name=\"_csrf\"\r\n\r\n%s"
             "\r\n",
             b.csrf),
        "clientes.csv", data, strlen(data));
}

TEST(pages_go_from_file_to_undone)
{
    struct answer *a;
    const char *here;

    UNUSED;
    assert_status(page(fx.agent, "/contacts/import"), 403);
    LACKS(page(fx.agent, "/contacts"), "/contacts/import");
    HAS(page(fx.admin, "/contacts"), "href=\"/contacts/import\"");
    a = page(fx.admin, "/contacts/import");
    assert_status(a, 200);
    HAS(a, "type=\"file\"");
    a = submit_file("Nome,Telefone\n\"Ana,1\n");
    assert_status(a, 422);
    HAS(a, "a linha 2 abre aspas que não se fecham");
    a = submit_file("Nome,Telefone\nAna <b>,(11) 98888-7777\nTorta,xx\n");
    assert_status(a, 303);
    here = text("%s", header_of(a, "Location"));
    a = page(fx.admin, here);
    HAS(a, "Ana &lt;b&gt;");
    HAS(a, "name=\"phoneColumn\"");
    HAS(a, "<option value=\"2\" selected>");
    a = submit(here, "hasHeader=true&nameColumn=0&phoneColumn=0&emailColumn=0&"
                     "documentColumn=0&existing=fill");
    assert_status(a, 422);
    HAS(a, "diga onde está o nome");
    a = submit(here, "hasHeader=true&nameColumn=1&phoneColumn=2&emailColumn=0&"
                     "documentColumn=0&existing=fill&tagId=0&listId=0");
    assert_status(a, 303);
    a = page(fx.admin, here);
    HAS(a, "<progress");
    HAS(a, "Atualizar");
    a = submit(here, "nameColumn=1");
    assert_status(a, 409);
    work();
    a = page(fx.admin, here);
    HAS(a, "/refused");
    HAS(a, "/undo");
    a = page(fx.admin, text("%s/refused", here));
    assert_status(a, 200);
    HAS(a, "Torta");
    assert_status(page(fx.admin, text("%s/undo", here)), 200);
    a = submit(text("%s/undo", here), "x=1");
    assert_status(a, 303);
    work();
    HAS(page(fx.admin, here), "Desfeita");
    assert_status(submit(text("%s/undo", here), "x=1"), 409);
    HAS(page(fx.admin, "/contacts/import"), "clientes.csv");
    assert_status(page(fx.admin, "/contacts/import/999999"), 404);
    assert_status(page(fx.admin, "/contacts/import/999999/undo"), 404);
    assert_status(page(fx.admin, "/contacts/import/999999/refused"), 404);
    assert_status(submit("/contacts/import/999999", "nameColumn=1"), 404);
    assert_status(submit("/contacts/import/999999/undo", "x=1"), 404);
}

int
main(void)
{
#define RUN(t) cmocka_unit_test_setup(t, harness_reset)
    const struct CMUnitTest tests[] = {
        RUN(file_is_read_and_its_columns_are_guessed),
        RUN(broken_quotes_wrong_kind_and_size_are_told_clearly),
        RUN(import_creates_fills_keeps_and_refuses),
        RUN(plan_is_checked),
        RUN(undo_takes_only_what_nobody_touched),
        RUN(many_rows_go_in_steps_and_repeats_are_seen_across_them),
        RUN(dead_job_leaves_an_import_that_can_be_undone),
        RUN(erasing_a_person_finds_the_line_that_repeats_it),
        RUN(cleanup_forgets_what_is_left_of_the_file),
        RUN(vcards_bring_every_phone_and_leave_again),
        RUN(broken_vcards_tell_the_line),
        RUN(pages_go_from_file_to_undone),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
