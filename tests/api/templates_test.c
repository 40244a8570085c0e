/*
 * templates_test.c - modelos do WhatsApp: ler a lista da Meta, mandar um fora
 * das 24 horas, e tudo o que se recusa antes de a Meta o recusar.
 */
#include <inttypes.h>
#include <string.h>

#include "channel/send.h"
#include "channel/template_sync.h"
#include "db/db.h"
#include "hook.h"
#include "inbox_kit.h"
#include "job_kit.h"
#include "jobs/worker.h"

#define TEMPLATES "/api/v1/channels/41/templates"
#define SYNC TEMPLATES "/sync"
#define NO_TEXT ",\"components\":[{\"type\":\"BODY\",\"text\":\"Oi\"}]}"

/* Os modelos que a Meta diria, um por linha. */
#define SHIPPED \
    "{\"id\":\"9007199254740993\",\"name\":\"pedido_enviado\",\"status\":" \
    "\"APPROVED\",\"category\":\"UTILITY\",\"language\":\"pt_BR\"," \
    "\"components\":[{\"type\":\"BODY\",\"text\":\"Oi, {{1}}! O pedido {{2}} " \
    "saiu. Até já, {{1}}.\",\"example\":{\"body_text\":[[\"Ana\",\"12\"]]}}," \
    "{\"type\":\"HEADER\",\"format\":\"TEXT\",\"text\":\"Pedido {{1}}\"," \
    "\"example\":{\"header_text\":[\"12\"]}}," \
    "{\"type\":\"FOOTER\",\"text\":\"Loja Demo\"},{\"type\":\"BUTTONS\"," \
    "\"buttons\":[{\"type\":\"QUICK_REPLY\",\"text\":\"Ok\"},{\"type\":" \
    "\"URL\",\"text\":\"Ver\",\"url\":\"https://x.example/{{1}}\"," \
    "\"example\":[\"https://x.example/12\"]}]}]}"
#define NAMED \
    "{\"id\":\"2\",\"name\":\"lembrete\",\"status\":\"APPROVED\"," \
    "\"category\":\"UTILITY\",\"language\":\"pt_BR\",\"parameter_format\":" \
    "\"NAMED\",\"components\":[{\"type\":\"BODY\",\"text\":\"{{nome}}, é " \
    "{{dia}}.\",\"example\":{\"body_text_named_params\":[{\"param_name\":" \
    "\"nome\",\"example\":\"Ana\"}]}}]}"
#define PLAIN \
    "{\"id\":\"3\",\"name\":\"ola\",\"status\":\"APPROVED\",\"category\":" \
    "\"MARKETING\",\"language\":\"pt_BR\"" NO_TEXT
#define PHOTO \
    "{\"id\":\"4\",\"name\":\"promo\",\"status\":\"APPROVED\",\"category\":" \
    "\"MARKETING\",\"language\":\"pt_BR\",\"components\":[{\"type\":" \
    "\"HEADER\",\"format\":\"IMAGE\"},{\"type\":\"BODY\",\"text\":\"Veja\"}]}"
#define PAUSED \
    "{\"id\":\"5\",\"name\":\"parado\",\"status\":\"PAUSED\",\"category\":" \
    "\"UTILITY\",\"language\":\"en_US\"" NO_TEXT

static struct job job;

static struct ctx
context(void)
{
    return (struct ctx){
        .arena = job_arena, .db = job_db, .token_version = -1, .company_id = 1
    };
}

/* Roda o que está na fila, até a chamada que ele pede. */
static enum job_next
prepare(const struct job_kind *kind, struct ctx *c)
{
    enum job_next next;

    *c = context();
    job = (struct job){ .company_id = 1, .attempts = 1 };
    job.payload = text("%s", sql("SELECT payload FROM jobs WHERE kind = '%s' "
                                 "ORDER BY id DESC LIMIT 1",
                                 kind->name));
    assert_int_equal(kind->prepare(c, &job, &next), OK);
    assert_int_equal(db_commit(c), OK);
    return next;
}

/* A resposta da Meta, e o que o job faz dela. */
static enum job_next
answers(const struct job_kind *kind, int status, const char *body)
{
    struct ctx c = context();
    struct job_reply reply = { .status = status,
                               .retry_after_s = -1,
                               .body = { body, strlen(body) } };
    enum job_next next;

    assert_int_equal(kind->finish(&c, &job, &reply, &next), OK);
    assert_int_equal(db_commit(&c), OK);
    job.calls++;
    return next;
}

static const char *
page_of(const char *rows, const char *after)
{
    return after == NULL
               ? text("{\"data\":[%s],\"paging\":{\"cursors\":{\"before\":"
                      "\"A\",\"after\":\"Z\"}}}",
                      rows)
               : text("{\"data\":[%s],\"paging\":{\"cursors\":{\"after\":"
                      "\"%s\"},\"next\":\"https://g.example/x\"}}",
                      rows, after);
}

static struct answer *
ask_sync(int64_t person, const char *body)
{
    return post_as(person, "desk", SYNC, body);
}

/* A lista inteira, em uma página. */
static void
synced(const char *rows)
{
    struct ctx c;

    assert_status(ask_sync(fx.admin, "{}"), 202);
    assert_int_equal(prepare(&template_sync_kind, &c), JOB_CALL);
    assert_int_equal(answers(&template_sync_kind, 200, page_of(rows, NULL)),
                     JOB_DONE);
    sql("DELETE FROM jobs WHERE kind = 'template.sync'");
}

static void
close_window(void)
{
    sql("UPDATE tickets SET window_until = now() - interval '1 minute' WHERE "
        "id = %" PRId64,
        fx.active);
}

/* Começa com os modelos lidos e a janela fechada. */
static int
reset(void **state)
{
    if (hook_reset(state) != 0)
        return 1;
    synced(SHIPPED "," NAMED "," PLAIN "," PHOTO "," PAUSED);
    close_window();
    return 0;
}

static const char *
messages_path(int64_t ticket)
{
    return text("/api/v1/tickets/%" PRId64 "/messages", ticket);
}

static struct answer *
send_template(const char *name, const char *language, const char *parameters)
{
    return post_as(fx.agent, "tickets", messages_path(fx.active),
                   text("{\"template\":{\"name\":\"%s\",\"language\":\"%s\","
                        "\"parameters\":%s}}",
                        name, language, parameters));
}

#define GOOD "[\"77\",\"Davi\",\"12\",\"p/12\"]"

/* ---- a lista ---- */

TEST(list_is_read_page_by_page_and_what_is_gone_disappears)
{
    struct ctx c;

    UNUSED;
    assert_status(ask_sync(fx.admin, "{\"wabaId\":\"555\"}"), 202);
    assert_int_equal(prepare(&template_sync_kind, &c), JOB_CALL);
    assert_string_equal(job.call.method, "GET");
    assert_non_null(strstr(job.call.url, "/555/message_templates?fields="));
    assert_null(strstr(job.call.url, "after="));
    assert_string_equal(job.call.headers[0], "Authorization: Bearer EAAB");
    assert_int_equal(
        answers(&template_sync_kind, 200, page_of(PLAIN ",{\"x\":1}", "c/2")),
        JOB_CALL);
    assert_non_null(strstr(job.call.url, "&after=c%2F2"));
    assert_int_equal(sql_int("SELECT count(*) FROM message_templates"), 5);
    assert_int_equal(
        answers(&template_sync_kind, 200,
                page_of("{\"id\":\"9\",\"name\":\"novo\",\"status\":"
                        "\"PENDING\",\"language\":\"es\"" NO_TEXT,
                        NULL)),
        JOB_DONE);
    assert_string_equal(sql("SELECT string_agg(name, ',' ORDER BY name) FROM "
                            "message_templates"),
                        "novo,ola");
    assert_int_equal(sql_int("SELECT count(*) FROM channels WHERE id = 41 AND "
                             "waba_id = '555' AND templates_at IS NOT NULL"),
                     1);
}

TEST(refused_reading_says_why_and_a_passing_one_comes_back)
{
    struct ctx c;

    UNUSED;
    assert_status(ask_sync(fx.admin, "{}"), 202);
    assert_int_equal(prepare(&template_sync_kind, &c), JOB_CALL);
    assert_int_equal(answers(&template_sync_kind, 503, "<html>"), JOB_RETRY);
    assert_int_equal(answers(&template_sync_kind, 200, "{\"data\""), JOB_RETRY);
    assert_int_equal(
        answers(&template_sync_kind, 400,
                "{\"error\":{\"message\":\"(#100) Unsupported get request\","
                "\"code\":100}}"),
        JOB_DONE);
    assert_non_null(strstr(at_text(get_as(fx.agent, "desk", "/api/v1/channels"),
                                   "data.0.templatesProblem"),
                           "Unsupported get request"));
    /* o que já se tinha continua */
    assert_int_equal(sql_int("SELECT count(*) FROM message_templates"), 5);
    synced(PLAIN);
    assert_null(sql("SELECT templates_problem FROM channels WHERE id = 41"));
}

TEST(reading_needs_the_account_the_right_and_the_platform)
{
    struct ctx c;

    UNUSED;
    assert_problem(ask_sync(fx.agent, "{}"), 403, "forbidden");
    assert_problem(ask_sync(fx.stranger, "{}"), 404, "not-found");
    assert_problem(get_as(fx.stranger, "desk", TEMPLATES), 404, "not-found");
    assert_field(ask_sync(fx.admin, "{\"wabaId\":\"12a\"}"), "wabaId",
                 "format");
    sql("UPDATE channels SET waba_id = '' WHERE id = 41");
    assert_field(ask_sync(fx.admin, "{}"), "wabaId", "required");
    assert_int_equal(sql_int("SELECT count(*) FROM jobs"), 0);
    sql("INSERT INTO jobs (company_id, lane, kind, payload) VALUES (1, 5, "
        "'template.sync', '{\"channelId\":41}')");
    assert_int_equal(prepare(&template_sync_kind, &c), JOB_DONE);
    assert_non_null(strstr(
        sql("SELECT templates_problem FROM channels WHERE id = 41"), "conta"));
    sql("UPDATE channels SET platform = 'evolution' WHERE id = 41");
    assert_problem(ask_sync(fx.admin, "{}"), 409, "conflict");
}

TEST(list_shows_what_each_one_needs_and_searches)
{
    struct answer *a = get_as(fx.agent, "desk", TEMPLATES);

    UNUSED;
    assert_status(a, 200);
    assert_string_equal(at_text(a, "data.0.name"), "lembrete");
    assert_string_equal(at_text(a, "data.0.variables.0.key"), "nome");
    assert_string_equal(at_text(a, "data.0.variables.0.example"), "Ana");
    assert_null(at(a, "data.0.variables.1.example"));
    a = get_as(fx.agent, "desk", TEMPLATES "?q=pedido%20enviado");
    assert_int_equal(at_int(a, "data.0.variableCount"), 4);
    assert_string_equal(at_text(a, "data.0.variables.0.part"), "header");
    assert_string_equal(at_text(a, "data.0.variables.2.example"), "12");
    assert_int_equal(at_int(a, "data.0.variables.3.button"), 1);
    assert_string_equal(at_text(a, "data.0.variables.3.example"), "12");
    assert_null(at(a, "data.1.id"));
    a = get_as(fx.agent, "desk", TEMPLATES "?q=promo");
    assert_string_equal(at_text(a, "data.0.blocked"), "media");
    a = get_as(fx.agent, "desk", TEMPLATES "?sendable=true&limit=2");
    assert_string_equal(at_text(a, "data.1.name"), "ola");
    a = get_as(fx.agent, "desk",
               text(TEMPLATES "?sendable=true&limit=2&cursor=%s",
                    at_text(a, "nextCursor")));
    assert_string_equal(at_text(a, "data.0.name"), "pedido_enviado");
    assert_null(at(a, "data.1.id"));
    a = get_as(fx.agent, "desk", "/api/v1/channels");
    assert_int_equal(at_int(a, "data.0.templates"), 5);
    assert_string_equal(at_text(a, "data.0.wabaId"), "700100");
    assert_null(at(a, "data.1.id"));
}

TEST(parts_that_cannot_be_filled_here_are_named)
{
    static const struct {
        const char *part, *why;
    } all[] = {
        { "{\"type\":\"HEADER\",\"format\":\"LOCATION\"}", "location" },
        { "{\"type\":\"HEADER\",\"format\":\"HOLOGRAM\"}", "unknown" },
        { "{\"type\":\"CAROUSEL\",\"cards\":[]}", "carousel" },
        { "{\"type\":\"LIMITED_TIME_OFFER\"}", "offer" },
        { "{\"type\":\"BUTTONS\",\"buttons\":[{\"type\":\"COPY_CODE\"}]}",
          "buttons" },
        { "{\"type\":\"NEW_THING\"}", "unknown" },
    };
    size_t i;

    UNUSED;
    for (i = 0; i < sizeof all / sizeof *all; i++) {
        synced(text("{\"name\":\"x\",\"status\":\"APPROVED\",\"category\":"
                    "\"UTILITY\",\"language\":\"pt_BR\",\"components\":[{"
                    "\"type\":\"BODY\",\"text\":\"a {{1}} b\"},%s]}",
                    all[i].part));
        assert_string_equal(sql("SELECT blocked FROM message_templates"),
                            all[i].why);
        assert_field(send_template("x", "pt_BR", "[\"a\"]"), "template.name",
                     "blocked");
    }
    synced("{\"name\":\"x\",\"status\":\"APPROVED\",\"category\":"
           "\"AUTHENTICATION\",\"language\":\"pt_BR\"" NO_TEXT);
    assert_string_equal(sql("SELECT blocked FROM message_templates"),
                        "authentication");
}

/* ---- mandar ---- */

TEST(template_goes_out_of_the_window_with_what_the_customer_sees)
{
    struct answer *a = send_template("pedido_enviado", "pt_BR", GOOD);
    struct ctx c;
    const char *body;

    UNUSED;
    assert_status(a, 201);
    assert_string_equal(at_text(a, "kind"), "template");
    assert_string_equal(at_text(a, "status"), "queued");
    assert_string_equal(at_text(a, "body"),
                        "*Pedido 77*\nOi, Davi! O pedido 12 saiu. Até já, "
                        "Davi.\nLoja Demo");
    assert_non_null(strstr(sql("SELECT last_message FROM tickets WHERE id = "
                               "%" PRId64,
                               fx.active),
                           "Oi, Davi!"));
    sql("UPDATE companies SET sign_messages = true");
    assert_int_equal(prepare(&message_send_kind, &c), JOB_CALL);
    body = text("%.*s", (int)job.call.body.len, job.call.body.data);
    assert_non_null(strstr(body, "\"type\":\"template\""));
    assert_null(strstr(body, "\"text\":{\"body\""));
    a = &(struct answer){ .json = json_tokener_parse(body) };
    assert_string_equal(at_text(a, "template.name"), "pedido_enviado");
    assert_string_equal(at_text(a, "template.language.code"), "pt_BR");
    assert_string_equal(at_text(a, "template.components.0.type"), "header");
    assert_string_equal(at_text(a, "template.components.0.parameters.0.text"),
                        "77");
    assert_string_equal(at_text(a, "template.components.1.parameters.0.text"),
                        "Davi");
    assert_string_equal(at_text(a, "template.components.1.parameters.1.text"),
                        "12");
    assert_string_equal(at_text(a, "template.components.2.sub_type"), "url");
    assert_string_equal(at_text(a, "template.components.2.index"), "1");
    assert_string_equal(at_text(a, "template.components.2.parameters.0.text"),
                        "p/12");
    json_object_put(a->json);
    assert_int_equal(
        answers(&message_send_kind, 200,
                "{\"messages\":[{\"id\":\"wamid.T\",\"message_status\":"
                "\"accepted\"}]}"),
        JOB_DONE);
    assert_string_equal(sql("SELECT status FROM messages WHERE provider_id = "
                            "'wamid.T'"),
                        "sent");
}

TEST(template_goes_inside_the_window_too_and_takes_the_ticket)
{
    struct answer *a;
    struct ctx c;

    UNUSED;
    a = post_as(fx.agent, "tickets", messages_path(fx.pending),
                "{\"template\":{\"name\":\"lembrete\",\"language\":\"pt_BR\","
                "\"parameters\":[\"Carla\",\"quinta\"]}}");
    assert_status(a, 201);
    assert_string_equal(at_text(a, "body"), "Carla, é quinta.");
    assert_string_equal(
        sql("SELECT status FROM tickets WHERE id = %" PRId64, fx.pending),
        "active");
    assert_int_equal(prepare(&message_send_kind, &c), JOB_CALL);
    assert_non_null(strstr(job.call.body.data,
                           "{\"text\": \"Carla\", \"type\": \"text\", "
                           "\"parameter_name\": \"nome\"}"));
}

TEST(template_without_variables_sends_no_components)
{
    struct ctx c;

    UNUSED;
    assert_status(post_as(fx.agent, "tickets", messages_path(fx.active),
                          "{\"template\":{\"name\":\"ola\",\"language\":"
                          "\"pt_BR\"}}"),
                  201);
    assert_int_equal(prepare(&message_send_kind, &c), JOB_CALL);
    assert_null(strstr(job.call.body.data, "components"));
}

TEST(same_key_sends_once)
{
    const char *key = "Idempotency-Key: modelo-1";
    struct call c = { .program = "tickets",
                      .path = messages_path(fx.active),
                      .token = token_of(fx.agent),
                      .body = "{\"template\":{\"name\":\"ola\",\"language\":"
                              "\"pt_BR\"}}",
                      .headers = { key } };
    int64_t first;

    UNUSED;
    first = at_int(call(&c), "id");
    assert_int_equal(at_int(call(&c), "id"), first);
    assert_int_equal(sql_int("SELECT count(*) FROM messages WHERE kind = "
                             "'template'"),
                     1);
}

TEST(what_meta_would_refuse_is_refused_here)
{
    static const struct {
        const char *name, *language, *parameters, *field, *rule;
    } all[] = {
        { "nenhum", "pt_BR", "[]", "template.name", "unknown" },
        { "ola", "en_US", "[]", "template.language", "unknown" },
        { "parado", "en_US", "[]", "template.name", "status" },
        { "promo", "pt_BR", "[]", "template.name", "blocked" },
        { "ola", "pt_BR", "[\"a\"]", "template.parameters", "count" },
        { "lembrete", "pt_BR", "[\"a\"]", "template.parameters", "count" },
        { "lembrete", "pt_BR", "[\"a\",\" \"]", "template.parameters.1",
          "required" },
        { "lembrete", "pt_BR", "[\"a\\nb\",\"c\"]", "template.parameters.0",
          "format" },
        { "lembrete", "pt_BR", "[\"a     b\",\"c\"]", "template.parameters.0",
          "format" },
        { "lembrete", "pt_BR", "[1,\"c\"]", "template.parameters.0", "type" },
        { "lembrete", "pt_BR", "{}", "template.parameters", "type" },
        { "", "pt_BR", "[]", "template.name", "required" },
        { "ola", "", "[]", "template.language", "required" },
        { "pedido_enviado", "pt_BR", "[\"1\",\"2\",\"3\",\"a b\"]",
          "template.parameters.3", "format" },
        { "pedido_enviado", "pt_BR",
          "[\"012345678901234567890123456789012345678901234567890123456789\","
          "\"2\",\"3\",\"4\"]",
          "template.parameters", "max" },
    };
    char longest[1100];
    size_t i;

    UNUSED;
    for (i = 0; i < sizeof all / sizeof *all; i++)
        assert_field(
            send_template(all[i].name, all[i].language, all[i].parameters),
            all[i].field, all[i].rule);
    memset(longest, 'a', sizeof longest);
    longest[1020] = '\0'; /* cabe sozinho, mas não no corpo */
    assert_field(
        send_template("lembrete", "pt_BR", text("[\"%s\",\"b\"]", longest)),
        "template.parameters", "max");
    longest[1020] = 'a';
    longest[1025] = '\0';
    assert_field(
        send_template("lembrete", "pt_BR", text("[\"%s\",\"b\"]", longest)),
        "template.parameters.0", "max");
    assert_field(post_as(fx.agent, "tickets", messages_path(fx.active),
                         "{\"template\":[]}"),
                 "template", "type");
    assert_field(post_as(fx.agent, "tickets", messages_path(fx.active),
                         "{\"body\":\"Oi\",\"template\":{\"name\":\"ola\","
                         "\"language\":\"pt_BR\"}}"),
                 "template", "alone");
    assert_int_equal(sql_int("SELECT count(*) FROM jobs"), 0);
}

TEST(template_respects_the_ticket_like_any_message)
{
    const char *body = "{\"template\":{\"name\":\"ola\",\"language\":"
                       "\"pt_BR\"}}";

    UNUSED;
    assert_problem(post_as(fx.agent, "tickets", messages_path(fx.hidden), body),
                   404, "not-found");
    assert_problem(
        post_as(fx.agent, "tickets", messages_path(fx.foreign), body), 404,
        "not-found");
    assert_problem(post_as(fx.agent, "tickets", messages_path(fx.closed), body),
                   409, "conflict");
    /* da outra empresa, nem com o nome certo */
    assert_field(
        post_as(fx.stranger, "tickets", messages_path(fx.foreign), body),
        "template.name", "unknown");
}

TEST(refused_template_can_be_sent_again_and_never_edited)
{
    int64_t id = at_int(send_template("ola", "pt_BR", "[]"), "id");
    const char *path = text("/api/v1/messages/%" PRId64, id);
    struct ctx c;

    UNUSED;
    assert_int_equal(prepare(&message_send_kind, &c), JOB_CALL);
    assert_int_equal(
        answers(&message_send_kind, 400,
                "{\"error\":{\"message\":\"(#132001) Template name does not "
                "exist in the translation\",\"code\":132001}}"),
        JOB_DONE);
    assert_non_null(strstr(sql("SELECT error FROM messages WHERE id = "
                               "%" PRId64,
                               id),
                           "atualize a lista"));
    assert_problem(call(&(struct call){ .program = "messages",
                                        .method = "PATCH",
                                        .path = path,
                                        .token = token_of(fx.agent),
                                        .body = "{\"body\":\"outra\"}" }),
                   409, "conflict");
    sql("DELETE FROM jobs");
    assert_status(post_as(fx.agent, "messages", text("%s/retry", path), "{}"),
                  200);
    assert_int_equal(prepare(&message_send_kind, &c), JOB_CALL);
    assert_non_null(strstr(job.call.body.data, "\"type\":\"template\""));
}

/* ---- o que a Meta conta ---- */

TEST(delivery_teaches_the_account_once_and_asks_for_the_list)
{
    UNUSED;
    sql("UPDATE channels SET waba_id = '' WHERE id = 41");
    hook_deliver(hook_text("5511987650002", "wamid.w1", "Oi"));
    assert_string_equal(sql("SELECT waba_id FROM channels WHERE id = 41"), "9");
    assert_int_equal(sql_int("SELECT count(*) FROM jobs WHERE kind = "
                             "'template.sync'"),
                     1);
    sql("DELETE FROM jobs; UPDATE channels SET waba_id = '8' WHERE id = 41");
    hook_deliver(hook_text("5511987650002", "wamid.w2", "Oi"));
    assert_string_equal(sql("SELECT waba_id FROM channels WHERE id = 41"), "8");
    assert_int_equal(sql_int("SELECT count(*) FROM jobs WHERE kind = "
                             "'template.sync'"),
                     0);
}

TEST(changed_template_is_read_again)
{
    UNUSED;
    hook_deliver("{\"object\":\"whatsapp_business_account\",\"entry\":[{"
                 "\"id\":\"700100\",\"changes\":[{\"field\":"
                 "\"message_template_status_update\",\"value\":{\"event\":"
                 "\"PAUSED\",\"message_template_id\":5}}]}]}");
    assert_int_equal(sql_int("SELECT count(*) FROM jobs WHERE kind = "
                             "'template.sync'"),
                     1);
}

TEST(list_of_yesterday_is_read_again_by_the_cleanup)
{
    const char *count = "SELECT count(*) FROM jobs WHERE kind = "
                        "'template.sync' AND payload ->> 'channelId' = '41'";

    UNUSED;
    sql("UPDATE channels SET templates_at = now() - interval '25 hours'");
    assert_int_equal(sql_int("SELECT templates_refresh()"), 2);
    assert_int_equal(sql_int("SELECT templates_refresh()"), 0);
    assert_int_equal(sql_int("%s", count), 1);
    sql("DELETE FROM jobs; UPDATE channels SET templates_at = now()");
    assert_int_equal(sql_int("SELECT templates_refresh()"), 0);
    sql("UPDATE channels SET templates_at = NULL, waba_id = ''");
    assert_int_equal(sql_int("SELECT templates_refresh()"), 0);
}

/* ---- páginas ---- */

static int64_t
id_of(const char *name)
{
    return sql_int("SELECT id FROM message_templates WHERE name = '%s'", name);
}

TEST(closed_window_offers_the_templates_and_the_page_lists_them)
{
    struct browser b = browser_of(fx.agent), boss = browser_of(fx.admin);
    struct answer *a = inbox_page(b, path_of(fx.active, ""));

    UNUSED;
    assert_has(a, "A janela de 24 horas fechou.");
    assert_has(a, path_of(fx.active, "/templates"));
    assert_has(a, "data-templates");
    a = inbox_page(b, path_of(fx.active, "/templates"));
    assert_status(a, 200);
    assert_has(a, "pedido_enviado");
    assert_has(a, "imagem, vídeo ou documento");
    assert_has(a, "PAUSED");
    assert_lacks(a, text("pick=%" PRId64 "&amp;", id_of("promo")));
    assert_lacks(a, "/templates/sync");
    assert_has(inbox_page(boss, path_of(fx.active, "/templates")),
               "/templates/sync");
    a = inbox_page(b, path_of(fx.active, "/templates?q=quinta"));
    assert_has(a, "Nenhum modelo com isto.");
    a = inbox_part(b, path_of(fx.active, "/templates?q=lembrete"));
    assert_has(a, "lembrete");
    assert_lacks(a, "<html");
    assert_status(inbox_page(b, path_of(fx.foreign, "/templates")), 404);
    a = inbox_page(b, path_of(fx.closed, "/templates"));
    assert_has(a, "está encerrado");
}

TEST(open_window_has_the_templates_in_the_composer)
{
    UNUSED;
    sql("UPDATE tickets SET window_until = now() + interval '1 hour' WHERE "
        "id = %" PRId64,
        fx.active);
    assert_has(inbox_page(browser_of(fx.agent), path_of(fx.active, "")),
               path_of(fx.active, "/templates"));
}

TEST(form_offers_the_first_name_and_shows_the_parts)
{
    struct browser b = browser_of(fx.agent);
    struct answer *a;

    UNUSED;
    a = inbox_page(b, path_of(fx.active, text("/templates?pick=%" PRId64,
                                              id_of("pedido_enviado"))));
    assert_has(a, "name=\"p4\"");
    assert_has(a, "<option value=\"Davi\">");
    assert_has(a, "<option value=\"Davi Dias\">");
    assert_has(a, "data-slot=\"p2\" data-hole=\"{{1}}\" class=\"is-hole\"");
    assert_has(a, "placeholder=\"Ana\"");
    assert_has(a, "https://x.example/<mark data-slot=\"p4\"");
    /* a que se chama nome já vem com ele */
    a = inbox_page(b, path_of(fx.active, text("/templates?pick=%" PRId64,
                                              id_of("lembrete"))));
    assert_has(a, "value=\"Davi\" maxlength");
    /* o que não se manda não se preenche */
    a = inbox_page(b, path_of(fx.active, text("/templates?pick=%" PRId64,
                                              id_of("promo"))));
    assert_lacks(a, "name=\"templateId\"");
}

TEST(form_sends_and_gives_back_what_was_refused)
{
    struct browser b = browser_of(fx.agent);
    const char *path = path_of(fx.active, "/templates");
    struct answer *a;
    int64_t id;

    UNUSED;
    id = id_of("lembrete");
    a = inbox_submit(b, path,
                     text("templateId=%" PRId64 "&p1=Z%%C3%%A9&p2=", id), NULL);
    assert_status(a, 422);
    assert_has(a, "value=\"Zé\"");
    assert_has(a, "id=\"p2-error\"");
    assert_has(a, "preencha");
    a = inbox_submit(b, path,
                     text("templateId=%" PRId64 "&p1=Z%%C3%%A9&p2=", id), PART);
    assert_status(a, 422);
    assert_lacks(a, "<html");
    a = inbox_submit(b, path, "templateId=999999", NULL);
    assert_status(a, 422);
    assert_has(a, "já não existe");
    assert_int_equal(sql_int("SELECT count(*) FROM messages WHERE kind = "
                             "'template'"),
                     0);
    a = inbox_submit(b, path,
                     text("templateId=%" PRId64 "&p1=Z%%C3%%A9&p2=quinta", id),
                     NULL);
    assert_status(a, 303);
    assert_has(inbox_page(b, path_of(fx.active, "")), "Zé, é quinta.");
    assert_has(inbox_page(b, path_of(fx.active, "")), "#template");
    sql("UPDATE tickets SET status = 'closed', closed_at = now() WHERE id = "
        "%" PRId64,
        fx.active);
    a = inbox_submit(b, path, text("templateId=%" PRId64 "&p1=a&p2=b", id),
                     NULL);
    assert_status(a, 409);
    assert_has(a, "reabra");
}

/* Outra pessoa já mandou alguma coisa: um modelo custa, e não vai por cima. */
TEST(form_is_held_by_an_answer_one_has_not_seen)
{
    struct browser b = browser_of(fx.agent);
    const char *path = path_of(fx.active, "/templates");
    int64_t id = id_of("lembrete");
    struct answer *a;

    UNUSED;
    sql("INSERT INTO messages (company_id, ticket_id, channel_id, user_id, "
        "sender_type, kind, body, status) VALUES (1, %" PRId64 ", 41, 11, "
        "'user', 'text', 'já respondi', 'sent')",
        fx.active);
    a = inbox_submit(
        b, path, text("templateId=%" PRId64 "&p1=a&p2=b&after=1", id), NULL);
    assert_status(a, 409);
    assert_has(a, "name=\"after\" value=\"1\"");
    a = inbox_submit(b, path,
                     text("templateId=%" PRId64 "&p1=a&p2=b&after=%" PRId64, id,
                          sql_int("SELECT max(id) FROM messages")),
                     NULL);
    assert_status(a, 303);
}

/* A resposta que se perdeu vem outra vez, e leva ao mesmo lugar. */
TEST(form_repeated_with_its_key_sends_once_and_leads_to_the_talk)
{
    struct browser b = browser_of(fx.agent);
    const char *path = path_of(fx.active, "/templates");
    struct answer *first, *again;
    const char *fields;

    UNUSED;
    fields = text("templateId=%" PRId64 "&p1=a&p2=b", id_of("lembrete"));
    first = inbox_submit(b, path, fields, "Idempotency-Key: modelo-2");
    again = inbox_submit(b, path, fields, "Idempotency-Key: modelo-2");
    assert_status(first, 303);
    assert_status(again, 303);
    assert_string_equal(header_of(again, "Location"),
                        header_of(first, "Location"));
    assert_int_equal(sql_int("SELECT count(*) FROM messages WHERE kind = "
                             "'template'"),
                     1);
}

TEST(page_asks_for_the_list_and_for_the_account_if_unknown)
{
    struct browser b = browser_of(fx.admin);
    const char *page = path_of(fx.active, "/templates");
    const char *path = path_of(fx.active, "/templates/sync");

    UNUSED;
    assert_status(inbox_submit(browser_of(fx.agent), path, "", NULL), 403);
    assert_saved(inbox_submit(b, path, "", NULL), page);
    assert_int_equal(sql_int("SELECT count(*) FROM jobs WHERE kind = "
                             "'template.sync'"),
                     1);
    sql("UPDATE channels SET waba_id = '' WHERE id = 41");
    assert_has(inbox_page(b, page), "name=\"wabaId\"");
    assert_status(inbox_submit(b, path, "wabaId=a1", NULL), 422);
    assert_saved(inbox_submit(b, path, "wabaId=77", NULL), page);
    assert_string_equal(sql("SELECT waba_id FROM channels WHERE id = 41"),
                        "77");
}

#define T(name) cmocka_unit_test_setup(name, reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(list_is_read_page_by_page_and_what_is_gone_disappears),
        T(refused_reading_says_why_and_a_passing_one_comes_back),
        T(reading_needs_the_account_the_right_and_the_platform),
        T(list_shows_what_each_one_needs_and_searches),
        T(parts_that_cannot_be_filled_here_are_named),
        T(template_goes_out_of_the_window_with_what_the_customer_sees),
        T(template_goes_inside_the_window_too_and_takes_the_ticket),
        T(template_without_variables_sends_no_components),
        T(same_key_sends_once),
        T(what_meta_would_refuse_is_refused_here),
        T(template_respects_the_ticket_like_any_message),
        T(refused_template_can_be_sent_again_and_never_edited),
        T(delivery_teaches_the_account_once_and_asks_for_the_list),
        T(changed_template_is_read_again),
        T(list_of_yesterday_is_read_again_by_the_cleanup),
        T(closed_window_offers_the_templates_and_the_page_lists_them),
        T(open_window_has_the_templates_in_the_composer),
        T(form_offers_the_first_name_and_shows_the_parts),
        T(form_sends_and_gives_back_what_was_refused),
        T(form_is_held_by_an_answer_one_has_not_seen),
        T(form_repeated_with_its_key_sends_once_and_leads_to_the_talk),
        T(page_asks_for_the_list_and_for_the_account_if_unknown),
    };

    return cmocka_run_group_tests(tests, job_setup, job_teardown);
}
