/*
 * refusals_test.c - as recusas que toda rota da API tem em comum, em cada uma
 * delas: quem não entrou, quem não pode, corpo grande, tipo errado, JSON
 * torto, campo desconhecido, limite, e o banco fora, lento ou quebrado. Anda
 * pelas tabelas: rota nova entra sozinha.
 */
#include "harness.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "routes.h"

#define API_SECRET "blc_0123456789abcdefABCDEF0123456789abcdefABCDE"

static bool
is(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

/* 401 e 403 de rota pública são dela mesma: prova-os o teste dela. */
static bool
documents(const struct known_route *r, const char *status)
{
    struct json_object *o = NULL;

    if (strncmp(r->auth, "public", 6) == 0 &&
        (is(status, "401") || is(status, "403")))
        return false;
    return r->operation != NULL &&
           json_object_object_get_ex(r->operation, "responses", &o) &&
           json_object_object_get_ex(o, status, &o);
}

/* Pedido de super que passaria da guarda; quem chama estraga um pedaço. */
/* Rota que recebe arquivos: uma imagem de 1 x 1 no campo que a tabela diz. */
static void
send_file(const struct known_route *r, struct call *c)
{
    static const char gif[] =
        "GIF89a\1\0\1\0\200\0\0\377\0\0\0\0\0!\371\4\0\0\0\0"
        "\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;";
    static const char tail[] = "\r\n--b--\r\n";
    static char body[512];
    struct json_object *at = r->operation;
    static const char *const steps[] = { "requestBody", "content",
                                         "multipart/form-data", "schema",
                                         "properties" };
    size_t i;
    int n;

    for (i = 0; i < sizeof steps / sizeof *steps; i++)
        if (!json_object_object_get_ex(at, steps[i], &at))
            return;
    json_object_object_foreach (at, name, schema) {
        (void)schema;
        n = snprintf(body, sizeof body,
                     "--b\r\nContent-Disposition: form-data; name=\"%s\"; "
                     "filename=\"a.gif\"\r\nContent-Type: image/gif\r\n\r\n",
                     name);
        memcpy(body + n, gif, sizeof gif - 1);
        memcpy(body + n + sizeof gif - 1, tail, sizeof tail);
        c->type = "multipart/form-data; boundary=b";
        c->body = body;
        c->body_len = (size_t)n + sizeof gif - 1 + sizeof tail - 1;
        return;
    }
}

static struct call
good_call(const struct known_route *r)
{
    struct call c = { .program = r->program,
                      .method = r->method,
                      .path = filled_path(r, nobody_id),
                      .token = token_of(fx.super),
                      .body = valid_body(r, nobody_id) };

    if (is(r->path, "/api/v1/poll"))
        c.path = text("%s?timeout=0", c.path);
    if (is(r->path, "/api/v1/stream"))
        c.method = "HEAD";
    if (c.body == NULL)
        send_file(r, &c);
    return c;
}

typedef void (*spoil)(const struct known_route *r, struct call *c);

/* Estraga o pedido de cada rota que documenta `status` e confere. */
static void
each_refuses(void **state, const char *status, spoil how)
{
    const struct known_route *routes;
    size_t count, i, tried = 0;

    routes = known_routes(&count);
    harness_reset(state); /* uma vez: o que se recusa não muda nada */
    for (i = 0; i < count; i++) {
        struct answer *a;
        struct call c;

        if (!documents(&routes[i], status))
            continue;
        c = good_call(&routes[i]);
        how(&routes[i], &c);
        a = call(&c);
        if (is(status, "504"))
            sql("ROLLBACK");
        if (a->status != atoi(status))
            fail_msg("%s %s: %d, esperado %s: %s", routes[i].method,
                     routes[i].path, a->status, status, a->body);
        tried++;
    }
    print_message("%s: %zu rotas\n", status, tried);
}

static void
drop_token(const struct known_route *r, struct call *c)
{
    (void)r;
    c->token = NULL;
}

TEST(stranger_is_refused_with_401)
{
    each_refuses(state, "401", drop_token);
}

/* Token de API que só pode outra coisa. */
static void
use_poor_token(const struct known_route *r, struct call *c)
{
    sql("INSERT INTO api_tokens (company_id, user_id, name, scopes, prefix, "
        "token_hash) VALUES (1, 11, 'pobre', '{%s}', 'x', sha256('%s')) "
        "ON CONFLICT (token_hash) DO UPDATE SET scopes = excluded.scopes",
        r->permit == PERM_TICKETS_READ ? "users.read" : "tickets.read",
        API_SECRET);
    c->token = API_SECRET;
}

TEST(who_lacks_the_permission_is_refused_with_403)
{
    each_refuses(state, "403", use_poor_token);
}

static void
declare_too_much(const struct known_route *r, struct call *c)
{
    (void)r;
    c->body_len = 0;
    c->body = "{}";
    c->length = "99999999999";
}

TEST(large_body_is_refused_with_413_before_it_is_read)
{
    each_refuses(state, "413", declare_too_much);
}

static void
send_wrong_type(const struct known_route *r, struct call *c)
{
    (void)r;
    c->body_len = 0;
    c->body = "oi";
    c->type = "text/plain";
}

TEST(unknown_body_type_is_refused_with_415)
{
    each_refuses(state, "415", send_wrong_type);
}

static void
declare_nonsense(const struct known_route *r, struct call *c)
{
    (void)r;
    c->body = c->body != NULL ? c->body : "{}";
    c->length = "1x";
}

TEST(malformed_request_is_refused_with_400)
{
    each_refuses(state, "400", declare_nonsense);
}

static void
ask_unknown(const struct known_route *r, struct call *c)
{
    (void)r;
    c->path = text("%s%cdesconhecido=1", c->path,
                   strchr(c->path, '?') != NULL ? '&' : '?');
}

TEST(unknown_parameter_is_refused_with_422)
{
    each_refuses(state, "422", ask_unknown);
}

static void
break_schema(const struct known_route *r, struct call *c)
{
    (void)r;
    (void)c;
    sql("REVOKE USAGE ON SCHEMA balcao FROM balcao_app");
}

TEST(broken_database_answers_500_and_tells_nothing)
{
    each_refuses(state, "500", break_schema);
}

static int
mend_schema(void **state)
{
    (void)state;
    sql("GRANT USAGE ON SCHEMA balcao TO balcao_app");
    return 0;
}

static void
point_nowhere(const struct known_route *r, struct call *c)
{
    (void)r;
    (void)c;
    setenv("BALCAO_DATABASE_URL", "postgresql:///x?host=/nao/existe", 1);
}

static char *good_url;

TEST(absent_database_answers_503)
{
    each_refuses(state, "503", point_nowhere);
}

static int
point_back(void **state)
{
    (void)state;
    setenv("BALCAO_DATABASE_URL", good_url, 1);
    return 0;
}

/* Ninguém passa de uma tabela trancada: o prazo da consulta é que responde. */
static void
lock_everything(const struct known_route *r, struct call *c)
{
    (void)r;
    (void)c;
    sql("BEGIN");
    sql("DO $$ DECLARE t text; BEGIN FOR t IN SELECT relname FROM pg_class "
        "WHERE relnamespace = 'balcao'::regnamespace AND relkind IN ('r', "
        "'p') AND NOT relispartition LOOP EXECUTE format('LOCK TABLE %%I', "
        "t); END LOOP; END $$");
}

static int
unlock(void **state)
{
    (void)state;
    unsetenv("BALCAO_DATABASE_TIMEOUT_MS");
    sql("ROLLBACK");
    return 0;
}

TEST(slow_database_answers_504)
{
    setenv("BALCAO_DATABASE_TIMEOUT_MS", "100", 1);
    each_refuses(state, "504", lock_everything);
}

/* Uma chamada a mais do que o limite da rota; o próprio dela pode ser alto. */
TEST(limit_of_every_route_answers_429)
{
    const struct known_route *routes;
    size_t count, i, tried = 0;

    setenv("BALCAO_RATE_DEFAULT", "1", 1);
    routes = known_routes(&count);
    for (i = 0; i < count; i++) {
        int calls = 0, status = 0;

        if (!documents(&routes[i], "429"))
            continue;
        harness_reset(state);
        for (; calls < 70 && status != 429; calls++) {
            struct call c = good_call(&routes[i]);

            if (calls == 67) /* limite próprio alto: fica o muro */
                setenv("BALCAO_RATE_ADDRESS", "1", 1);
            c.body_len = 0;
            c.body = c.body != NULL ? "{}" : NULL;
            status = call(&c)->status;
        }
        unsetenv("BALCAO_RATE_ADDRESS");
        if (status != 429)
            fail_msg("%s %s: nenhum 429 em %d chamadas", routes[i].method,
                     routes[i].path, calls);
        tried++;
    }
    unsetenv("BALCAO_RATE_DEFAULT");
    print_message("429: %zu rotas\n", tried);
}

static int
set_up(void **state)
{
    int failed = harness_setup(state);

    harness_keep_programs();
    good_url = strdup(getenv("BALCAO_DATABASE_URL"));
    return failed;
}

static int
tear_down(void **state)
{
    free(good_url);
    return harness_teardown(state);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stranger_is_refused_with_401),
        cmocka_unit_test(who_lacks_the_permission_is_refused_with_403),
        cmocka_unit_test(large_body_is_refused_with_413_before_it_is_read),
        cmocka_unit_test(unknown_body_type_is_refused_with_415),
        cmocka_unit_test(malformed_request_is_refused_with_400),
        cmocka_unit_test(unknown_parameter_is_refused_with_422),
        cmocka_unit_test_teardown(broken_database_answers_500_and_tells_nothing,
                                  mend_schema),
        cmocka_unit_test_teardown(absent_database_answers_503, point_back),
        cmocka_unit_test_teardown(slow_database_answers_504, unlock),
        cmocka_unit_test(limit_of_every_route_answers_429),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
