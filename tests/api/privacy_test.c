/*
 * privacy_test.c - exportar e apagar dados pessoais. Depois de apagar, o banco
 * inteiro é lido, toda coluna de toda tabela, à procura das marcas de quem
 * saiu.
 */
#include "harness.h"

#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "base/conf.h"
#include "db/db.h"
#include "desk/privacy.h"

#define CARLA "5511987650001"

/* Carla, por toda parte onde um contato pode estar. */
static void
spread_carla(void)
{
    sql("UPDATE contacts SET name = 'Carla Marcante' WHERE id = 51;"
        "INSERT INTO contact_identities (company_id, contact_id, kind, "
        "match_key, value) VALUES (1, 51, 'bsuid', 'BR.carlamarca', "
        "'BR.carlamarca');"
        "UPDATE tickets SET last_message = 'Carla disse segredo-da-carla' "
        "WHERE id = 61;"
        "UPDATE messages SET body = 'segredo-da-carla', provider_id = "
        "'wamid.segredo-da-carla', media = '{\"id\":\"segredo-da-carla\"}', "
        "location = '{\"n\":\"segredo-da-carla\"}', contacts = "
        "'[\"segredo-da-carla\"]', payload = '{\"x\":\"" CARLA "\"}', error = "
        "'" CARLA "' WHERE id = 71;"
        "INSERT INTO messages (company_id, ticket_id, channel_id, user_id, "
        "sender_type, kind, body, status, reply_to_id, reply_to_provider_id) "
        "VALUES (1, 61, 41, 13, 'user', 'text', 'Oi, segredo-da-carla', "
        "'queued', 71, 'wamid.segredo-da-carla');"
        "INSERT INTO parked_updates (company_id, channel_id, provider_id, "
        "what, value, sent_at) VALUES (1, 41, 'wamid.segredo-da-carla', "
        "'edit', 'segredo-da-carla', now());"
        "INSERT INTO webhook_failures (company_id, channel_id, body, error) "
        "VALUES (1, 41, convert_to('{\"from\":\"" CARLA
        "\",\"body\":\"segredo-da-carla\"}', 'UTF8'), 'segredo-da-carla'), "
        "(1, 41, 'de outro', 'outro');"
        "INSERT INTO live_outbox (company_id, rooms, type, payload, "
        "created_at) VALUES (1, '{company}', 'message:created', "
        "'{\"ticketId\":61,\"message\":{\"body\":\"segredo-da-carla\"}}', "
        "now() - interval '1 minute'), (1, '{company}', 'contact:created', "
        "'{\"contact\":{\"id\":51,\"name\":\"Carla Marcante\"}}', now() - "
        "interval '1 minute'), (1, '{company}', 'message:created', "
        "'{\"ticketId\":610,\"message\":{}}', now() - interval '1 minute');"
        "INSERT INTO idempotency_keys (company_id, user_id, route, key, "
        "fingerprint, status, body, created_at) VALUES (1, 13, 'r', 'k', "
        "'x', 201, '{\"ticketId\":61,\"body\":\"segredo-da-carla\"}', now() - "
        "interval '1 minute');"
        "INSERT INTO audit_log (company_id, user_id, action, target_type, "
        "target_id, after) VALUES (1, 11, 'contact.updated', 'contact', '51', "
        "'{\"name\":\"Carla Marcante\"}')");
}

/* Em quantas linhas de toda tabela a marca aparece, como texto ou em bytea. */
static int64_t
found_anywhere(const char *mark)
{
    return sql_int(
        "SELECT coalesce(sum((xpath('/row/n/text()', query_to_xml(format("
        "'SELECT count(*) AS n FROM balcao.%%I t WHERE lower(t::text) LIKE "
        "lower(''%%%%%s%%%%'') OR t::text LIKE ''%%%%'' || encode(convert_to("
        "''%s'', ''UTF8''), ''hex'') || ''%%%%''', c.relname), false, true, "
        "'')))[1]::text::bigint), 0) FROM pg_class c WHERE c.relnamespace = "
        "'balcao'::regnamespace AND c.relkind IN ('r', 'p') AND NOT "
        "c.relispartition AND c.relname <> 'fixture'",
        mark, mark);
}

/* Roda os jobs privacy.erase que esperam, um passo por vez. */
static void
run_jobs(void)
{
    struct db *db = db_new(conf()->database_url);
    int i;

    for (i = 0; i < 500; i++) {
        struct ctx c = { .arena = arena_new(65536),
                         .db = db,
                         .token_version = -1,
                         .company_id = 1 };
        const char *payload = sql("SELECT payload FROM jobs WHERE kind = "
                                  "'privacy.erase' ORDER BY id LIMIT 1");
        struct job job = { .company_id = 1, .payload = payload };
        enum job_next next;

        if (payload == NULL) {
            arena_free(c.arena);
            break;
        }
        assert_int_equal(privacy_erase_kind.prepare(&c, &job, &next), OK);
        assert_int_equal(db_commit(&c), OK);
        if (next == JOB_DONE)
            sql("DELETE FROM jobs WHERE kind = 'privacy.erase'");
        else
            sql("UPDATE jobs SET payload = '%s'", job.new_payload);
        arena_free(c.arena);
    }
    db_close(db);
    assert_true(i < 500);
}

static struct answer *
erase(int64_t person, const char *path, const char *confirm)
{
    return post_as(person, "accounts", path,
                   text("{\"confirm\":\"%s\"}", confirm));
}

/* ---- ZIP ---- */

static zip_t *
open_zip(const struct answer *a)
{
    zip_error_t error;
    zip_source_t *source;
    zip_t *z;

    assert_status(a, 200);
    assert_non_null(strstr(header_of(a, "Content-Type"), "application/zip"));
    assert_non_null(strstr(header_of(a, "Content-Disposition"), "attachment"));
    assert_non_null(strstr(header_of(a, "Cache-Control"), "no-store"));
    zip_error_init(&error);
    source = zip_source_buffer_create(a->body, a->len, 0, &error);
    z = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error);
    assert_non_null(z);
    return z;
}

/* O arquivo inteiro, como texto que se libera; NULL se não há. */
static char *
unzip(zip_t *z, const char *name)
{
    zip_stat_t st;
    zip_file_t *f;
    char *data;

    if (zip_stat(z, name, 0, &st) != 0)
        return NULL;
    data = calloc(1, st.size + 1);
    f = zip_fopen(z, name, 0);
    assert_int_equal(zip_fread(f, data, st.size), st.size);
    zip_fclose(f);
    return data;
}

static struct json_object *
unzip_json(zip_t *z, const char *name)
{
    char *data = unzip(z, name);
    struct json_object *o;

    if (data == NULL)
        fail_msg("falta %s", name);
    o = json_tokener_parse(data);
    if (o == NULL)
        fail_msg("%s não é JSON: %.200s", name, data);
    free(data);
    return o;
}

/* Mensagens em todos os arquivos de messages/; confere que cada um é JSON. */
static size_t
count_messages(zip_t *z)
{
    zip_int64_t i, files = zip_get_num_entries(z, 0);
    size_t count = 0;

    for (i = 0; i < files; i++) {
        const char *name = zip_get_name(z, (zip_uint64_t)i, 0);
        struct json_object *o;

        if (strncmp(name, "messages/", 9) != 0)
            continue;
        o = unzip_json(z, name);
        count += json_object_array_length(o);
        json_object_put(o);
    }
    return count;
}

static bool
zip_has(zip_t *z, const char *mark)
{
    zip_int64_t i, files = zip_get_num_entries(z, 0);
    bool found = false;

    for (i = 0; i < files && !found; i++) {
        char *data = unzip(z, zip_get_name(z, (zip_uint64_t)i, 0));

        found = strstr(data, mark) != NULL;
        free(data);
    }
    return found;
}

TEST(own_export_has_everything_and_no_secret)
{
    zip_t *z;
    struct json_object *o;

    UNUSED;
    sql("INSERT INTO messages (company_id, ticket_id, channel_id, user_id, "
        "sender_type, kind, body, status) SELECT 1, 62, 41, 13, 'user', "
        "'text', 'escrita ' || n, 'sent' FROM generate_series(1, 5001) n");
    sql("INSERT INTO api_tokens (company_id, user_id, name, scopes, prefix, "
        "token_hash) VALUES (1, 13, 'do-bruno', '{me.read}', 'blc_abc', "
        "'\\xdeadbeef')");
    sql("INSERT INTO web_sessions (user_id, company_id, token_version, "
        "token_hash, address, expires_at) VALUES (13, 1, 1, '\\xcafe', "
        "'10.9.8.7', now() + interval '1 day')");
    sql("INSERT INTO push_subscriptions (company_id, user_id, endpoint_hash, "
        "secrets, device) VALUES (1, 13, sha256('x'), '\\xdeadbeef', "
        "'Firefox do Bruno')");
    z = open_zip(get_as(fx.agent, "accounts", "/api/v1/me/export"));
    assert_int_equal(count_messages(z), 5001);
    assert_true(zip_has(z, "Firefox do Bruno"));
    assert_true(zip_has(z, "agent@a.test"));
    assert_true(zip_has(z, "10.9.8.7"));
    assert_true(zip_has(z, "do-bruno"));
    assert_true(zip_has(z, "Padaria A"));
    assert_false(zip_has(z, "deadbeef"));
    assert_false(zip_has(z, "cafe"));
    assert_false(zip_has(z, "$2b$"));
    assert_false(zip_has(z, "Carla Cliente"));
    o = unzip_json(z, "tickets.json");
    assert_int_equal(json_object_array_length(o), 2);
    json_object_put(o);
    o = unzip_json(z, "memberships.json");
    assert_int_equal(json_object_array_length(o), 1);
    json_object_put(o);
    zip_discard(z);
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE action = "
                             "'user.exported' AND target_id = '13'"),
                     1);
}

TEST(admin_exports_a_member_only_as_this_company_holds_it)
{
    zip_t *z;

    UNUSED;
    sql("INSERT INTO messages (company_id, ticket_id, channel_id, user_id, "
        "sender_type, kind, body, status) VALUES (1, 62, 41, 16, 'user', "
        "'text', 'dita na A', 'sent'), (2, 66, 42, 16, 'user', 'text', "
        "'dita na B', 'sent')");
    z = open_zip(
        get_as(fx.admin, "accounts", "/api/v1/privacy/users/16/export"));
    assert_true(zip_has(z, "dita na A"));
    assert_true(zip_has(z, "Nina na A"));
    assert_false(zip_has(z, "dita na B"));
    assert_false(zip_has(z, "Oficina B"));
    assert_false(zip_has(z, "Nina na B"));
    zip_discard(z);
    z = open_zip(get_as(fx.both, "accounts", "/api/v1/me/export"));
    assert_true(zip_has(z, "dita na A"));
    assert_true(zip_has(z, "dita na B"));
    zip_discard(z);
    assert_problem(
        get_as(fx.admin, "accounts", "/api/v1/privacy/users/21/export"), 404,
        "not-found");
    assert_problem(
        get_as(fx.admin, "accounts", "/api/v1/privacy/users/10/export"), 404,
        "not-found");
}

TEST(contact_export_has_every_message_in_files_of_5000)
{
    zip_t *z;

    UNUSED;
    sql("INSERT INTO messages (company_id, ticket_id, channel_id, "
        "sender_type, kind, body, status) SELECT 1, 61, 41, 'contact', "
        "'text', 'fala ' || n, 'received' FROM generate_series(1, 12000) n");
    z = open_zip(
        get_as(fx.admin, "accounts", "/api/v1/privacy/contacts/51/export"));
    assert_int_equal(count_messages(z), 12001);
    assert_true(zip_has(z, "Carla Cliente"));
    assert_true(zip_has(z, CARLA));
    assert_false(zip_has(z, "Davi Dias"));
    assert_false(zip_has(z, "Tem p\xc3\xa3o?"));
    zip_discard(z);
    assert_problem(
        get_as(fx.admin, "accounts", "/api/v1/privacy/contacts/56/export"), 404,
        "not-found");
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE action = "
                             "'contact.exported'"),
                     1);
}

TEST(contact_erased_leaves_no_trace_and_every_count)
{
    const char *counts, *others;
    static const char count_query[] =
        "SELECT concat((SELECT count(*) FROM contacts), ' ', (SELECT count(*) "
        "FROM tickets), ' ', (SELECT string_agg(kind || sender_type || "
        "created_at, ' ' ORDER BY id) FROM messages), (SELECT count(*) FROM "
        "webhook_failures))";
    static const char other_query[] =
        "SELECT concat((SELECT string_agg(c::text, '|' ORDER BY id) FROM "
        "contacts c WHERE id <> 51), (SELECT string_agg(t::text, '|' ORDER BY "
        "id) FROM tickets t WHERE id <> 61), (SELECT string_agg(m::text, '|' "
        "ORDER BY id) FROM messages m WHERE ticket_id <> 61))";

    UNUSED;
    spread_carla();
    assert_true(found_anywhere("segredo-da-carla") >= 7);
    assert_true(found_anywhere(CARLA) >= 3);
    counts = sql("%s", count_query);
    others = sql("%s", other_query);
    assert_status(
        erase(fx.admin, "/api/v1/privacy/contacts/51/erase", "Carla Marcante"),
        204);
    assert_string_equal(sql("SELECT name FROM contacts WHERE id = 51"),
                        "Contato apagado");
    assert_int_equal(sql_int("SELECT count(*) FROM contact_identities WHERE "
                             "contact_id = 51"),
                     0);
    assert_int_equal(sql_int("SELECT count(*) FROM tickets WHERE id = 61 AND "
                             "status = 'closed'"),
                     1);
    assert_int_equal(sql_int("SELECT count(*) FROM live_outbox WHERE type = "
                             "'contact:updated' AND payload LIKE "
                             "'%%\"id\":51%%'"),
                     1);
    run_jobs();
    assert_int_equal(found_anywhere("segredo-da-carla"), 0);
    assert_int_equal(found_anywhere("carlamarca"), 0);
    assert_int_equal(found_anywhere("Carla Marcante"), 0);
    assert_int_equal(found_anywhere(CARLA), 0);
    assert_int_equal(found_anywhere("551187650001"), 0);
    assert_string_equal(sql("%s", count_query), counts);
    assert_string_equal(sql("%s", other_query), others);
    assert_int_equal(sql_int("SELECT count(*) FROM live_outbox WHERE payload "
                             "LIKE '%%610%%'"),
                     1);
    assert_int_equal(sql_int("SELECT count(*) FROM live_outbox WHERE payload "
                             "LIKE '%%Contato apagado%%'"),
                     2);
    assert_int_equal(sql_int("SELECT count(*) FROM messages WHERE ticket_id = "
                             "61 AND status = 'failed'"),
                     1);
    assert_int_equal(sql_int("SELECT count(*) FROM webhook_failures WHERE "
                             "error = 'outro' AND replayed_at IS NULL"),
                     1);
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE action = "
                             "'contact.erased' AND target_id = '51' AND "
                             "user_id = 11"),
                     1);
}

TEST(big_contact_is_erased_by_the_job_in_chunks)
{
    UNUSED;
    sql("INSERT INTO messages (company_id, ticket_id, channel_id, "
        "sender_type, kind, body, status) SELECT 1, 61, 41, 'contact', "
        "'text', 'fala-da-carla', 'received' FROM generate_series(1, 12000) n");
    assert_status(
        erase(fx.admin, "/api/v1/privacy/contacts/51/erase", "Carla Cliente"),
        204);
    assert_int_equal(sql_int("SELECT count(*) FROM messages WHERE body = "
                             "'fala-da-carla'"),
                     10001);
    run_jobs();
    assert_int_equal(found_anywhere("fala-da-carla"), 0);
    assert_int_equal(sql_int("SELECT count(*) FROM messages WHERE ticket_id "
                             "= 61"),
                     12001);
}

TEST(contact_erasure_asks_for_the_name_and_happens_once)
{
    UNUSED;
    assert_field(
        erase(fx.admin, "/api/v1/privacy/contacts/51/erase", "carla cliente"),
        "confirm", "confirm");
    assert_field(post_as(fx.admin, "accounts",
                         "/api/v1/privacy/contacts/51/erase", "{}"),
                 "confirm", "required");
    assert_problem(
        erase(fx.admin, "/api/v1/privacy/contacts/56/erase", "Hugo Horta"), 404,
        "not-found");
    assert_problem(erase(fx.supervisor, "/api/v1/privacy/contacts/51/erase",
                         "Carla Cliente"),
                   403, "forbidden");
    assert_int_equal(sql_int("SELECT count(*) FROM contacts WHERE erased_at "
                             "IS NOT NULL"),
                     0);
    assert_status(
        erase(fx.admin, "/api/v1/privacy/contacts/51/erase", "Carla Cliente"),
        204);
    assert_problem(
        erase(fx.admin, "/api/v1/privacy/contacts/51/erase", "Contato apagado"),
        409, "conflict");
}

/* Bruno, por toda parte onde uma pessoa pode estar. */
static void
spread_bruno(void)
{
    sql("INSERT INTO web_sessions (user_id, company_id, token_version, "
        "token_hash, user_agent, address, expires_at) VALUES (13, 1, 1, "
        "'\\xcafe', 'Navegador Bruno Agente', '10.9.8.7', now() + interval "
        "'1 day');"
        "INSERT INTO refresh_tokens (user_id, company_id, token_version, "
        "family, token_hash, user_agent, expires_at) VALUES (13, 1, 1, "
        "gen_random_uuid(), '\\xfade', 'Bruno Agente', now() + interval '1 "
        "day');"
        "INSERT INTO api_tokens (company_id, user_id, name, scopes, prefix, "
        "token_hash) VALUES (1, 13, 'de Bruno Agente', '{me.read}', 'blc_a', "
        "'\\xdead');"
        "INSERT INTO invitations (company_id, email, name, role, invited_by, "
        "expires_at, accepted_at, accepted_by) VALUES (1, 'agent@a.test', "
        "'Bruno Agente', 'operator', 11, now(), now(), 13);"
        "INSERT INTO one_time_tokens (purpose, token_hash, user_id, address, "
        "expires_at) VALUES ('email', '\\xbeef', 13, 'novo-agent@a.test', "
        "now() + interval '1 hour');"
        "INSERT INTO pictures (user_id, image) VALUES (13, "
        "'\\x000102030405060708090a0b0c');"
        "INSERT INTO live_outbox (company_id, rooms, type, payload, "
        "created_at) VALUES (1, '{company}', 'ticket:updated', "
        "'{\"ticket\":{\"assignee\":\"Bruno Agente\",\"assigneeId\":13}}', "
        "now() - interval '1 minute');"
        "INSERT INTO audit_log (company_id, user_id, user_name, action, "
        "address, target_type, target_id, after) VALUES (1, 13, 'Bruno "
        "Agente', 'login.succeeded', '10.9.8.7', 'user', '13', NULL), (0, 0, "
        "'', 'login.failed', '', '', '', '{\"email\":\"agent@a.test\"}'), "
        "(1, 11, 'Ana Admin', 'member.updated', '', 'member', '13', "
        "'{\"display_name\":\"Bruno Agente\",\"role\":\"operator\"}');"
        "INSERT INTO messages (company_id, ticket_id, channel_id, user_id, "
        "sender_type, kind, body, status) VALUES (1, 62, 41, 13, 'user', "
        "'text', 'assinada', 'sent')");
}

static void
assert_bruno_is_gone(void)
{
    assert_int_equal(found_anywhere("Bruno Agente"), 0);
    assert_int_equal(found_anywhere("agent@a.test"), 0);
    assert_int_equal(found_anywhere("10.9.8.7"), 0);
    assert_string_equal(sql("SELECT name || email || password_hash FROM users "
                            "WHERE id = 13"),
                        "Pessoa apagadaapagado-13@apagado.invalid*");
    assert_int_equal(sql_int("SELECT (SELECT count(*) FROM web_sessions) + "
                             "(SELECT count(*) FROM refresh_tokens) + (SELECT "
                             "count(*) FROM api_tokens) + (SELECT count(*) "
                             "FROM pictures) + (SELECT count(*) FROM "
                             "one_time_tokens)"),
                     0);
    assert_int_equal(sql_int("SELECT count(*) FROM messages WHERE user_id = "
                             "13 AND body = 'assinada'"),
                     1);
    assert_int_equal(sql_int("SELECT count(*) FROM tickets WHERE user_id = 13 "
                             "AND status <> 'closed'"),
                     0);
    assert_int_equal(sql_int("SELECT count(*) FROM audit_log WHERE action = "
                             "'user.erased' AND target_id = '13'"),
                     1);
}

TEST(person_erased_by_an_admin_leaves_only_authorship)
{
    const char *token = token_of(fx.agent);

    UNUSED;
    spread_bruno();
    assert_true(found_anywhere("Bruno Agente") >= 8);
    assert_field(erase(fx.admin, "/api/v1/privacy/users/13/erase", "outro"),
                 "confirm", "confirm");
    assert_status(
        erase(fx.admin, "/api/v1/privacy/users/13/erase", "agent@a.test"), 204);
    assert_bruno_is_gone();
    assert_problem(call(&(struct call){ .program = "accounts",
                                        .path = "/api/v1/me/export",
                                        .token = token }),
                   401, "unauthorized");
}

/* O que a pessoa fez fica escrito, mesmo que ela se chame como um campo. */
TEST(erasing_somebody_does_not_wipe_what_was_done)
{
    UNUSED;
    sql("UPDATE memberships SET display_name = 'name' WHERE user_id = 13;"
        "INSERT INTO audit_log (company_id, user_id, action, target_type, "
        "target_id, before, after) VALUES (1, 13, 'queue.updated', 'queue', "
        "'31', '{\"name\":\"Vendas\"}', '{\"name\":\"name\"}'), (1, 11, "
        "'member.updated', 'member', '13', '{\"role\":\"operator\"}', "
        "'{\"role\":\"admin\",\"display_name\":\"name\"}'), (1, 11, "
        "'member.updated', 'member', '12', '{}', "
        "'{\"display_name\":\"rename it\"}')");
    assert_status(
        erase(fx.admin, "/api/v1/privacy/users/13/erase", "agent@a.test"), 204);
    assert_string_equal(sql("SELECT concat(before, after) FROM audit_log WHERE "
                            "action = 'queue.updated'"),
                        "{\"name\": \"Vendas\"}{\"name\": \"name\"}");
    assert_string_equal(
        sql("SELECT concat(before, after) FROM audit_log WHERE action = "
            "'member.updated' AND target_id = '13' AND after ? 'role' AND "
            "before ->> 'role' = 'operator' AND user_id = 11 AND after ->> "
            "'role' = 'admin'"),
        "{\"role\": \"operator\"}{\"role\": \"admin\", \"display_name\": "
        "\"***\"}");
    assert_string_equal(sql("SELECT after::text FROM audit_log WHERE action = "
                            "'member.updated' AND target_id = '12'"),
                        "{\"display_name\": \"rename it\"}");
}

TEST(erased_person_is_not_brought_back_nor_erased_again)
{
    UNUSED;
    assert_status(
        erase(fx.admin, "/api/v1/privacy/users/16/erase", "both@ab.test"), 204);
    assert_problem(
        post_as(fx.admin, "accounts", "/api/v1/users/16/restore", NULL), 409,
        "conflict");
    assert_problem(call(&(struct call){ .program = "accounts",
                                        .method = "PATCH",
                                        .path = "/api/v1/users/16",
                                        .token = token_of(fx.admin),
                                        .body = "{\"name\":\"Nina\"}" }),
                   409, "conflict");
    assert_problem(
        erase(fx.admin, "/api/v1/privacy/users/16/erase", "both@ab.test"), 409,
        "conflict");
}

/* A conta vive noutra empresa: aqui não se vê mais nada dela, e ela pode ser
 * convidada de novo. */
TEST(erased_person_is_a_stranger_here)
{
    struct answer *a;

    UNUSED;
    sql("INSERT INTO pictures (user_id, image) VALUES (16, "
        "'\\x000102030405060708090a0b0c')");
    assert_status(
        erase(fx.admin, "/api/v1/privacy/users/16/erase", "both@ab.test"), 204);
    a = get_as(fx.admin, "accounts", "/api/v1/users/16");
    assert_null(strstr(a->body, "both@ab.test"));
    assert_null(at(a, "picture"));
    a = get_as(fx.admin, "accounts", "/api/v1/users?status=all&search=both");
    assert_int_equal(json_object_array_length(at(a, "data")), 0);
    assert_status(get_as(fx.admin, "accounts", "/api/v1/users/16/picture"),
                  404);
    assert_status(
        get_as(fx.admin, "accounts", "/api/v1/privacy/users/16/export"), 404);
    assert_status(post_as(fx.admin, "accounts", "/api/v1/invitations",
                          "{\"email\":\"both@ab.test\",\"role\":"
                          "\"operator\"}"),
                  201);
}

/* Dar-se o nome de um papel, ou pedir o e-mail de outro, não apaga nada. */
TEST(erasing_oneself_hides_only_oneself)
{
    UNUSED;
    sql("UPDATE memberships SET display_name = 'operator' WHERE user_id = 13;"
        "INSERT INTO audit_log (company_id, user_id, action, target_type, "
        "target_id, after) VALUES (1, 11, 'member.created', 'member', '13', "
        "'{\"role\":\"operator\",\"display_name\":\"operator\"}'), (1, 13, "
        "'user.created', 'user', '12', '{\"email\":\"supervisor@a.test\"}');"
        "INSERT INTO one_time_tokens (purpose, token_hash, user_id, address, "
        "expires_at) VALUES ('email', '\\xbeef', 13, 'supervisor@a.test', "
        "now() + interval '1 hour')");
    assert_status(post_as(fx.agent, "accounts", "/api/v1/me/erase",
                          "{\"password\":\"" FIXTURE_PASSWORD "\"}"),
                  204);
    assert_string_equal(sql("SELECT after::text FROM audit_log WHERE action = "
                            "'member.created' AND target_id = '13'"),
                        "{\"role\": \"operator\", \"display_name\": \"***\"}");
    assert_string_equal(sql("SELECT after::text FROM audit_log WHERE action = "
                            "'user.created' AND target_id = '12'"),
                        "{\"email\": \"supervisor@a.test\"}");
}

/* Desligada na outra empresa, o que há lá continua a ser da outra. */
TEST(person_disabled_elsewhere_is_left_alone_there)
{
    UNUSED;
    sql("UPDATE memberships SET disabled_at = now() WHERE company_id = 2 AND "
        "user_id = 16");
    assert_status(
        erase(fx.admin, "/api/v1/privacy/users/16/erase", "both@ab.test"), 204);
    assert_string_equal(
        sql("SELECT m.display_name || u.email FROM memberships m JOIN users u "
            "ON u.id = m.user_id WHERE m.company_id = 2 AND u.id = 16"),
        "Nina na Bboth@ab.test");
    /* a segunda empresa a apagar é a última: a conta vai junto */
    assert_status(
        erase(fx.stranger, "/api/v1/privacy/users/16/erase", "both@ab.test"),
        204);
    assert_int_equal(found_anywhere("both@ab.test"), 0);
}

TEST(person_of_two_companies_leaves_only_this_one)
{
    UNUSED;
    assert_status(
        erase(fx.admin, "/api/v1/privacy/users/16/erase", "both@ab.test"), 204);
    assert_int_equal(found_anywhere("Nina na A"), 0);
    assert_int_equal(sql_int("SELECT count(*) FROM memberships WHERE "
                             "company_id = 2 AND user_id = 16 AND disabled_at "
                             "IS NULL AND display_name = 'Nina na B'"),
                     1);
    assert_string_equal(sql("SELECT email FROM users WHERE id = 16"),
                        "both@ab.test");
}

TEST(who_cannot_be_erased_is_refused_and_nothing_changes)
{
    UNUSED;
    assert_problem(
        erase(fx.admin, "/api/v1/privacy/users/11/erase", "admin@a.test"), 409,
        "conflict");
    assert_problem(
        erase(fx.admin, "/api/v1/privacy/users/21/erase", "admin@b.test"), 404,
        "not-found");
    assert_problem(
        erase(fx.super, "/api/v1/privacy/users/11/erase", "admin@a.test"), 409,
        "conflict");
    sql("UPDATE users SET is_super = true WHERE id = 13");
    assert_problem(
        erase(fx.admin, "/api/v1/privacy/users/13/erase", "agent@a.test"), 403,
        "forbidden");
    /* papel próprio que só cuida da privacidade não apaga quem pode mais */
    sql("UPDATE roles SET permissions = '{self,privacy.manage}' WHERE id = 81");
    assert_problem(erase(fx.auditor, "/api/v1/privacy/users/12/erase",
                         "supervisor@a.test"),
                   403, "forbidden");
    assert_int_equal(sql_int("SELECT count(*) FROM users WHERE disabled_at IS "
                             "NOT NULL"),
                     0);
}

TEST(self_erasure_asks_for_the_password)
{
    UNUSED;
    spread_bruno();
    assert_field(post_as(fx.agent, "accounts", "/api/v1/me/erase",
                         "{\"password\":\"errada-mesmo\"}"),
                 "password", "wrong");
    assert_status(post_as(fx.agent, "accounts", "/api/v1/me/erase",
                          "{\"password\":\"" FIXTURE_PASSWORD "\"}"),
                  204);
    assert_bruno_is_gone();
    assert_problem(post_as(fx.admin, "accounts", "/api/v1/me/erase",
                           "{\"password\":\"" FIXTURE_PASSWORD "\"}"),
                   409, "conflict");
}

TEST(retention_blanks_old_closed_tickets_and_nothing_else)
{
    UNUSED;
    sql("UPDATE companies SET retention_days = 30 WHERE id = 1;"
        "UPDATE tickets SET status = 'closed', closed_at = now() - interval "
        "'31 days' WHERE id IN (63, 66);"
        "UPDATE tickets SET status = 'closed', closed_at = now() - interval "
        "'29 days' WHERE id = 65");
    assert_int_equal(sql_int("SELECT tickets FROM privacy_retain(1000)"), 1);
    assert_string_equal(sql("SELECT body || last_message FROM messages m JOIN "
                            "tickets t ON t.id = m.ticket_id WHERE t.id = 63"),
                        "");
    assert_int_equal(sql_int("SELECT count(*) FROM messages WHERE body <> ''"),
                     5);
    assert_int_equal(sql_int("SELECT count(*) FROM messages"), 6);
    assert_int_equal(sql_int("SELECT tickets FROM privacy_retain(1000)"), 0);
    sql("UPDATE tickets SET closed_at = now() - interval '40 days', erased_at "
        "= now() - interval '50 days' WHERE id = 63");
    assert_int_equal(sql_int("SELECT tickets FROM privacy_retain(1000)"), 1);
}

TEST(company_export_has_every_table_and_no_secret_or_neighbour)
{
    zip_t *z;
    struct json_object *o;

    UNUSED;
    sql("INSERT INTO messages (company_id, ticket_id, channel_id, "
        "sender_type, kind, body, status) SELECT 1, 61, 41, 'contact', "
        "'text', 'fala ' || n, 'received' FROM generate_series(1, 5001) n");
    z = open_zip(
        get_as(fx.admin, "accounts", "/api/v1/privacy/company/export"));
    o = unzip_json(z, "messages.json");
    assert_int_equal(json_object_array_length(o), 5000);
    json_object_put(o);
    o = unzip_json(z, "messages-1.json");
    assert_int_equal(json_object_array_length(o), 6);
    json_object_put(o);
    o = unzip_json(z, "queue_members.json");
    assert_int_equal(json_object_array_length(o), 1);
    json_object_put(o);
    assert_true(zip_has(z, "Carla Cliente"));
    assert_true(zip_has(z, "agent@a.test"));
    assert_false(zip_has(z, "$2b$"));
    assert_false(zip_has(z, "chave-do-canal"));
    assert_false(zip_has(z, "secrets"));
    assert_false(zip_has(z, "Hugo Horta"));
    assert_false(zip_has(z, "admin@b.test"));
    assert_false(zip_has(z, "Nina na B"));
    zip_discard(z);
}

/* De um só fôlego: suspender, exportar, pedir que se apague. */
TEST(suspended_company_is_deleted_only_after_its_export)
{
    static const char path[] = "/api/v1/privacy/companies/2/export";
    static const char drop[] = "/api/v1/companies/2?confirm=Oficina%20B";

    UNUSED;
    assert_problem(get_as(fx.admin, "accounts", path), 403, "forbidden");
    zip_discard(open_zip(get_as(fx.super, "accounts", path)));
    assert_status(
        post_as(fx.super, "accounts", "/api/v1/companies/2/suspend", "{}"),
        200);
    assert_problem(call(&(struct call){ .program = "accounts",
                                        .method = "DELETE",
                                        .path = drop,
                                        .token = token_of(fx.super) }),
                   409, "conflict");
    zip_discard(open_zip(get_as(fx.super, "accounts", path)));
    assert_status(call(&(struct call){ .program = "accounts",
                                       .method = "DELETE",
                                       .path = drop,
                                       .token = token_of(fx.super) }),
                  204);
    assert_problem(
        get_as(fx.super, "accounts", "/api/v1/privacy/companies/999/export"),
        404, "not-found");
}

#define RUN(name) cmocka_unit_test_setup(name, harness_reset)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        RUN(own_export_has_everything_and_no_secret),
        RUN(admin_exports_a_member_only_as_this_company_holds_it),
        RUN(contact_export_has_every_message_in_files_of_5000),
        RUN(contact_erased_leaves_no_trace_and_every_count),
        RUN(big_contact_is_erased_by_the_job_in_chunks),
        RUN(contact_erasure_asks_for_the_name_and_happens_once),
        RUN(person_erased_by_an_admin_leaves_only_authorship),
        RUN(erasing_somebody_does_not_wipe_what_was_done),
        RUN(erased_person_is_not_brought_back_nor_erased_again),
        RUN(erased_person_is_a_stranger_here),
        RUN(erasing_oneself_hides_only_oneself),
        RUN(person_disabled_elsewhere_is_left_alone_there),
        RUN(person_of_two_companies_leaves_only_this_one),
        RUN(who_cannot_be_erased_is_refused_and_nothing_changes),
        RUN(self_erasure_asks_for_the_password),
        RUN(company_export_has_every_table_and_no_secret_or_neighbour),
        RUN(suspended_company_is_deleted_only_after_its_export),
        RUN(retention_blanks_old_closed_tickets_and_nothing_else),
    };

    return cmocka_run_group_tests(tests, harness_setup, harness_teardown);
}
