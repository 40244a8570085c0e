/*
 * matrix_test.c - anda por todas as rotas de todos os programas, com todas as
 * identidades, e com os números de outra empresa. Nada aqui cita uma rota: a
 * tabela de cada programa diz o que espera, e uma rota nova entra sozinha.
 */
#include "harness.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "auth/csrf.h"
#include "auth/token.h"
#include "routes.h"

#define COOKIE "0123456789abcdefABCDEF0123456789abcdefABCDE"

/* Quem chama. Pessoa 0 é ninguém; com token de API vale o escopo dele. */
struct identity {
    const char *name;
    int64_t person, company;
    const char *scope; /* token de API com esta permissão só */
};

static struct identity identities[] = {
    { "ninguém", 0, 0, NULL },
    { "super", 0, 1, NULL },
    { "admin", 0, 1, NULL },
    { "supervisor", 0, 1, NULL },
    { "operator", 0, 1, NULL },
    { "papel próprio", 0, 1, NULL },
    { "sem segunda etapa", 0, 2, NULL },
    { "token de API", 0, 1, "me.read" },
};

enum { ANYBODY, SUPER, ADMIN, SUPERVISOR, OPERATOR, CUSTOM, LIMITED, PROGRAM };
#define IDENTITY_COUNT (sizeof identities / sizeof *identities)

static void
name_identities(void)
{
    identities[SUPER].person = fx.super;
    identities[ADMIN].person = fx.admin;
    identities[SUPERVISOR].person = fx.supervisor;
    identities[OPERATOR].person = fx.agent;
    identities[CUSTOM].person = fx.auditor;
    identities[LIMITED].person = fx.both;
    identities[PROGRAM].person = fx.agent;
}

/* O que a identidade pode, dito pelo banco, não por quem vai ser testado. */
static uint64_t
may(const struct identity *who)
{
    const char *from, *role, *slugs;
    uint64_t mask = 0;

    if (who->person == 0)
        return 0;
    if (who->scope != NULL)
        return PERM_BIT(permission_parse(who->scope));
    from =
        text("access_of(%" PRId64 ", %" PRId64 ")", who->person, who->company);
    role = sql("SELECT role FROM %s", from);
    slugs = sql("SELECT permissions FROM %s", from);
    if (slugs == NULL)
        return permissions_of(role_parse(role));
    assert_true(permissions_parse(slugs, &mask));
    return mask;
}

static bool
is(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

static const char *
session_cookie(const struct identity *who)
{
    sql("DELETE FROM web_sessions WHERE token_hash = sha256('%s')", COOKIE);
    sql("INSERT INTO web_sessions (user_id, company_id, token_version, "
        "token_hash, expires_at) SELECT %" PRId64 ", %" PRId64
        ", token_version, sha256('%s'), now() + interval '1 hour' FROM users "
        "WHERE id = %" PRId64,
        who->person, who->company, COOKIE, who->person);
    return "balcao=" COOKIE;
}

static const char *
csrf_header(void)
{
    char token[CSRF_CHARS + 1];
    unsigned char hash[TOKEN_HASH_BYTES];

    token_hash(COOKIE, hash);
    csrf_token(hash, token);
    return text("X-CSRF-Token: %s", token);
}

static const char *
bearer(const struct identity *who)
{
    if (who->scope == NULL)
        return token_in(who->person, who->company);
    sql("DELETE FROM api_tokens WHERE prefix = 'blc_matriz'");
    sql("INSERT INTO api_tokens (company_id, user_id, name, scopes, prefix, "
        "token_hash) VALUES (%" PRId64 ", %" PRId64
        ", 'matriz', '{%s}', 'blc_matriz', sha256('blc_" COOKIE "'))",
        who->company, who->person, who->scope);
    return "blc_" COOKIE;
}

static bool
is_public(const struct known_route *r)
{
    return is(r->auth, "public") || is(r->auth, "public-form");
}

/* O hub segura a conexão: de fora ele se prova por HEAD, ou sem espera. */
static void
do_not_wait(const struct known_route *r, struct call *c)
{
    if (is(r->path, "/api/v1/stream"))
        c->method = "HEAD";
    if (is(r->path, "/api/v1/poll"))
        c->path = text("%s?timeout=0", c->path);
}

static struct answer *
ask(const struct known_route *r, const struct identity *who, const char *path,
    const char *body)
{
    struct call c = { .program = r->program,
                      .method = r->method,
                      .path = path,
                      .body = is(r->method, "GET") ? NULL : body };
    bool by_cookie = is(r->auth, "cookie");

    if (r->is_page && c.body != NULL) {
        c.type = "application/x-www-form-urlencoded";
        c.body = "x=1";
    }
    if (who->person != 0 && by_cookie && who->scope == NULL) {
        c.cookie = session_cookie(who);
        c.headers[0] = csrf_header();
    } else if (who->person != 0) {
        c.token = bearer(who);
    }
    do_not_wait(r, &c);
    return call(&c);
}

/* A página manda quem não entrou para /login, e quem precisa da 2ª etapa
 * para onde ela se liga. */
static bool
is_refusal(const struct known_route *r, const struct answer *a, bool known)
{
    const char *to = header_of(a, "Location");

    if (r->is_page && a->status == 303 && to != NULL)
        return strncmp(to, known ? "/account/two-factor" : "/login",
                       known ? 19 : 6) == 0;
    return a->status == (known ? 403 : 401);
}

/* Falso se nada pode ter mudado: a fixture serve à próxima célula. */
static bool
check_cell(const struct known_route *r, const struct identity *who)
{
    struct answer *a = ask(r, who, filled_path(r, nobody_id), "{}");
    bool known =
        who->person != 0 && !(who->scope != NULL && is(r->auth, "cookie"));
    bool allowed = known && (may(who) & PERM_BIT(r->permit)) != 0;

    if (a->status >= 500)
        fail_msg("%s %s por %s: %d", r->method, r->path, who->name, a->status);
    if (is_public(r))
        return true;
    if (!allowed && !is_refusal(r, a, known))
        fail_msg("%s %s por %s devia ser recusado, deu %d", r->method, r->path,
                 who->name, a->status);
    if (allowed && (a->status == 401 || a->status == 403))
        fail_msg("%s %s por %s devia passar, deu %d: %s", r->method, r->path,
                 who->name, a->status, a->body);
    return allowed && !is(r->method, "GET");
}

TEST(every_route_obeys_its_permission_for_every_identity)
{
    const struct known_route *routes;
    size_t count, i, j;
    bool changed = true;

    routes = known_routes(&count);
    for (i = 0; i < count; i++)
        for (j = 0; j < IDENTITY_COUNT; j++) {
            if (changed) {
                harness_reset(state);
                sql("UPDATE companies SET require_two_factor = true WHERE id "
                    "= 2");
            }
            changed = check_cell(&routes[i], &identities[j]);
        }
    print_message("matriz: %zu rotas x %zu identidades = %zu chamadas\n", count,
                  IDENTITY_COUNT, count * IDENTITY_COUNT);
}

#define FOREIGN_DEVICE \
    "INSERT INTO push_subscriptions (company_id, user_id, endpoint_hash, " \
    "secrets) VALUES (2, 21, sha256('alheio'), 'x') ON CONFLICT (company_id, " \
    "user_id, endpoint_hash) DO UPDATE SET device = '' RETURNING id"

/*
 * De que é o número, pelo nome do campo ou pelo trecho do caminho que vem
 * antes dele: a linha da outra empresa. Um nome que falte aqui falha o teste.
 */
static const struct {
    const char *what, *query;
} foreign_rows[] = {
    { "tickets", "SELECT 66" },
    { "inbox", "SELECT 66" },
    { "board", "SELECT 66" },
    { "conversations",
      "INSERT INTO talks (company_id, kind, name) VALUES (2, 'group', 'Da "
      "outra empresa') RETURNING id" },
    { "chat",
      "INSERT INTO talks (company_id, kind, name) VALUES (2, 'group', 'Da "
      "outra empresa') RETURNING id" },
    { "userIds", "SELECT 21" },
    { "notifications",
      "INSERT INTO notifications (company_id, user_id, kind, ticket_id) "
      "VALUES (2, 21, 'assigned', 66) RETURNING id" },
    { "push", FOREIGN_DEVICE },
    { "devices", FOREIGN_DEVICE },
    { "ticketId", "SELECT 66" },
    { "intoId", "SELECT 66" },
    { "ticketIds", "SELECT 66" },
    { "ticketIds", "SELECT 66" },
    { "users", "SELECT 21" },
    { "userId", "SELECT 21" },
    { "companies", "SELECT 2" },
    { "companyId", "SELECT 2" },
    { "roles", "SELECT 82" },
    { "roleId", "SELECT 82" },
    { "queues", "SELECT 33" },
    { "departments", "SELECT 33" },
    { "moveTo", "SELECT 33" },
    { "memberIds", "SELECT 21" },
    { "queueId", "SELECT 33" },
    { "shareQueueId", "SELECT 33" },
    { "queueIds", "SELECT 33" },
    { "contacts", "SELECT 56" },
    { "contactId", "SELECT 56" },
    { "channelId", "SELECT 42" },
    { "channels", "SELECT 42" },
    { "tokens",
      "INSERT INTO api_tokens (company_id, user_id, name, scopes, prefix, "
      "token_hash) VALUES (2, 21, 'alheio', '{me.read}', 'x', sha256('x')) "
      "ON CONFLICT (token_hash) DO UPDATE SET name = 'alheio' RETURNING id" },
    { "sessions",
      "INSERT INTO refresh_tokens (user_id, company_id, token_version, "
      "family, token_hash, expires_at) VALUES (21, 2, 1, gen_random_uuid(), "
      "sha256('y'), now() + interval '1 hour') ON CONFLICT (token_hash) DO "
      "UPDATE SET user_agent = '' RETURNING family" },
    { "invitations",
      "INSERT INTO invitations (company_id, email, role, invited_by, "
      "expires_at) VALUES (2, 'convidado@b.test', 'operator', 21, now() + "
      "interval '1 day') ON CONFLICT DO NOTHING; SELECT id FROM invitations "
      "WHERE email = 'convidado@b.test'" },
    { "scheduled",
      "INSERT INTO scheduled_messages (company_id, ticket_id, user_id, body, "
      "due_at, first_at) VALUES (2, 66, 21, 'alheio', now() + interval '1 "
      "day', "
      "now() + interval '1 day') RETURNING id" },
    { "views",
      "INSERT INTO ticket_views (company_id, user_id, name, filter) VALUES "
      "(2, 21, 'alheio', '{}') ON CONFLICT DO NOTHING; SELECT id FROM "
      "ticket_views WHERE company_id = 2" },
    { "audit",
      "INSERT INTO audit_log (company_id, user_id, action) VALUES (2, 21, "
      "'logout') RETURNING id" },
    { "files",
      "INSERT INTO files (company_id, user_id, source, kind, state, reason) "
      "VALUES (2, 21, 'upload', 'image', 'failed', 'Da outra empresa') "
      "RETURNING "
      "id" },
    { "fileId",
      "INSERT INTO files (company_id, user_id, source, kind, state, reason) "
      "VALUES (2, 21, 'upload', 'image', 'failed', 'Da outra empresa') "
      "RETURNING "
      "id" },
    { "tagIds",
      "INSERT INTO tags (company_id, id, name) VALUES (2, 900, 'Alheia') ON "
      "CONFLICT DO NOTHING; SELECT 900" },
    { "tags",
      "INSERT INTO tags (company_id, id, name) VALUES (2, 900, 'Alheia') ON "
      "CONFLICT DO NOTHING; SELECT 900" },
    { "tagId",
      "INSERT INTO tags (company_id, id, name) VALUES (2, 900, 'Alheia') ON "
      "CONFLICT DO NOTHING; SELECT 900" },
    { "macros",
      "INSERT INTO macros (company_id, name, steps) VALUES (2, 'Da outra "
      "empresa', '[{\"action\":\"assign\"}]') ON CONFLICT DO NOTHING; "
      "SELECT id FROM macros WHERE company_id = 2" },
    { "macroId",
      "INSERT INTO macros (company_id, name, steps) VALUES (2, 'Da outra "
      "empresa', '[{\"action\":\"assign\"}]') ON CONFLICT DO NOTHING; "
      "SELECT id FROM macros WHERE company_id = 2" },
    { "replies",
      "INSERT INTO quick_replies (company_id, id, shortcut, body) VALUES "
      "(2, 900, 'alheia', 'x') ON CONFLICT DO NOTHING; SELECT 900" },
    { "replyTo", "SELECT 76" },
    { "seenId", "SELECT 76" },
    { "messages", "SELECT 76" },
    { "contact-lists",
      "INSERT INTO contact_lists (company_id, name) VALUES (2, 'Da outra "
      "empresa') ON CONFLICT DO NOTHING; SELECT id FROM contact_lists WHERE "
      "company_id = 2" },
    { "listId",
      "INSERT INTO contact_lists (company_id, name) VALUES (2, 'Da outra "
      "empresa') ON CONFLICT DO NOTHING; SELECT id FROM contact_lists WHERE "
      "company_id = 2" },
    { "contactIds", "SELECT 56" },
    { "notes",
      "INSERT INTO contact_notes (company_id, contact_id, body) VALUES (2, "
      "56, 'Da outra empresa') RETURNING id" },
    { "tagIds",
      "INSERT INTO tags (company_id, id, name) VALUES (2, 902, 'Da outra "
      "empresa') ON CONFLICT DO NOTHING; SELECT 902" },
    { "imports",
      "INSERT INTO contact_imports (company_id, filename, delimiter, charset, "
      "has_header, width, row_count) VALUES (2, 'Da outra empresa', 'comma', "
      "'utf-8', true, 1, 0) RETURNING id" },
    { "import",
      "INSERT INTO contact_imports (company_id, filename, delimiter, charset, "
      "has_header, width, row_count) VALUES (2, 'Da outra empresa', 'comma', "
      "'utf-8', true, 1, 0) RETURNING id" },
    { "listId",
      "INSERT INTO contact_lists (company_id, name) VALUES (2, 'Da outra "
      "empresa') ON CONFLICT DO NOTHING; SELECT id FROM contact_lists WHERE "
      "company_id = 2" },
    { "otherId", "SELECT 56" },
    { "duplicates",
      "INSERT INTO contacts (company_id, id, name) VALUES (2, 956, 'Da outra "
      "empresa') ON CONFLICT DO NOTHING; INSERT INTO contact_duplicates "
      "(company_id, low_id, high_id, reasons, score, found_at) VALUES (2, 56, "
      "956, '{name}', 50, now()) ON CONFLICT DO NOTHING; SELECT id FROM "
      "contact_duplicates WHERE company_id = 2" },
    { "merges",
      "INSERT INTO contacts (company_id, id, name) VALUES (2, 956, 'Da outra "
      "empresa') ON CONFLICT DO NOTHING; INSERT INTO contact_merges "
      "(company_id, winner_id, loser_id, was, became, tickets, notes, "
      "identities, tags, lists, left_lists) VALUES (2, 56, 956, '{}', '{}', "
      "'{}', '{}', '{}', '{}', '{}', '[]') RETURNING id" },
    { "fields",
      "INSERT INTO custom_fields (company_id, target, key, label, kind) VALUES "
      "(2, 'contact', 'alheio', 'alheio', 'text') ON CONFLICT (company_id, "
      "target, key) DO UPDATE SET label = 'alheio' RETURNING id" },
};

static const char *
foreign_id(const char *path, const char *name)
{
    const char *brace = strstr(path, text("{%s}", name)), *what = name;
    size_t i;

    if (brace != NULL && brace - path > 1) {
        const char *start = brace - 1;

        while (start > path && start[-1] != '/')
            start--;
        what = text("%.*s", (int)(brace - 1 - start), start);
    }
    for (i = 0; i < sizeof foreign_rows / sizeof *foreign_rows; i++)
        if (is(foreign_rows[i].what, what) || is(foreign_rows[i].what, name))
            return sql("%s", foreign_rows[i].query);
    fail_msg("%s: diga em foreign_rows de que é {%s}", path, name);
    return NULL;
}

/* Resumo de tudo o que é da outra empresa. */
static const char *
other_company_digest(void)
{
    return sql("SELECT md5(string_agg(x.line, '|' ORDER BY x.line)) FROM "
               "(SELECT c.relname || ':' || (xpath('/row/d/text()', "
               "query_to_xml(format('SELECT md5(coalesce(string_agg(t::text, "
               "chr(10) ORDER BY t::text), '''')) AS d FROM balcao.%%I t "
               "WHERE company_id = 2', c.relname), false, true, '')))[1]::text "
               "AS line FROM pg_class c JOIN pg_attribute a ON a.attrelid = "
               "c.oid AND a.attname = 'company_id' WHERE c.relnamespace = "
               "'balcao'::regnamespace AND c.relkind IN ('r', 'p') AND NOT "
               "c.relispartition) x");
}

static bool
leaks(const struct answer *a)
{
    static const char *const marks[] = { "Oficina B",        "convidado@b.test",
                                         "Beto da B",        "Hugo Horta",
                                         "Da outra empresa", "WhatsApp B",
                                         "admin@b.test",     "Recepção" };
    size_t i;

    for (i = 0; i < sizeof marks / sizeof *marks; i++)
        if (a->body != NULL && strstr(a->body, marks[i]) != NULL)
            return true;
    return false;
}

/* Devolve se algo pode ter mudado na empresa de quem pediu. */
static bool
check_foreign(const struct known_route *r)
{
    const char *path = filled_path(r, foreign_id),
               *body = valid_body(r, foreign_id),
               *before = other_company_digest();
    struct answer *a =
        ask(r, &identities[ADMIN], path, body != NULL ? body : "{}");

    if (a->status < 400 && !(r->is_page && a->status == 303))
        fail_msg("%s %s aceitou número de outra empresa (%d): %s", r->method,
                 path, a->status, a->body);
    if (a->status >= 500)
        fail_msg("%s %s com número de outra empresa: %d", r->method, path,
                 a->status);
    if (leaks(a))
        fail_msg("%s %s mostra dado de outra empresa: %s", r->method, path,
                 a->body);
    if (!is(before, other_company_digest()))
        fail_msg("%s %s mudou a outra empresa", r->method, path);
    return a->status < 400;
}

TEST(no_route_reaches_another_company_by_its_ids)
{
    const struct known_route *routes;
    size_t count, i, tried = 0;
    bool changed = true;

    routes = known_routes(&count);
    for (i = 0; i < count; i++) {
        if (is_public(&routes[i]) || !route_takes_ids(&routes[i]))
            continue;
        if (changed)
            harness_reset(state);
        changed = check_foreign(&routes[i]);
        tried++;
    }
    assert_true(tried > 0);
    print_message("outra empresa: %zu rotas que levam números\n", tried);
}

/* Campos que ninguém deve conseguir empurrar pelo corpo. */
TEST(no_route_takes_fields_its_table_does_not_have)
{
    static const char *const pushed[] = { "isSuper", "is_super", "passwordHash",
                                          "tokenVersion", "createdAt" };
    const struct known_route *routes;
    size_t count, i, j, tried = 0;

    routes = known_routes(&count);
    harness_reset(state); /* uma vez: o que se recusa não muda nada */
    for (i = 0; i < count; i++) {
        const char *body = valid_body(&routes[i], nobody_id);

        if (body == NULL || is(routes[i].method, "GET"))
            continue;
        for (j = 0; j < sizeof pushed / sizeof *pushed; j++) {
            struct answer *a = ask(
                &routes[i], &identities[SUPER],
                filled_path(&routes[i], nobody_id),
                text("{\"%s\":true,%s", pushed[j],
                     body[1] == ' ' && body[2] == '}' ? "\"_\":1}" : body + 1));

            if (a->status != 422 && a->status != 429)
                fail_msg("%s %s engoliu %s (%d): %s", routes[i].method,
                         routes[i].path, pushed[j], a->status, a->body);
        }
        tried++;
    }
    print_message("campos empurrados: %zu rotas x %zu campos\n", tried,
                  sizeof pushed / sizeof *pushed);
}

static int
set_up(void **state)
{
    int failed;

    setenv("BALCAO_REDIS_URL", "", 1); /* o limite não é o que se mede */
    unsetenv("TEST_REDIS");
    harness_keep_programs();
    failed = harness_setup(state);
    name_identities();
    return failed;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_route_obeys_its_permission_for_every_identity),
        cmocka_unit_test(no_route_reaches_another_company_by_its_ids),
        cmocka_unit_test(no_route_takes_fields_its_table_does_not_have),
    };

    return cmocka_run_group_tests(tests, set_up, harness_teardown);
}
