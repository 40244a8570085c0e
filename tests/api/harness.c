/* harness.c - processo CGI, banco por processo e atalhos. */
#include "harness.h"

#include <ctype.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libpq-fe.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "auth/token.h"
#include "base/arena.h"
#include "base/conf.h"
#include "kept.h"
#include "schema.h"

struct fixture fx;
static struct arena *memory;
static PGconn *super;
static char database[64];
static bool keeps_programs;

static const char *
need_env(const char *name)
{
    const char *v = getenv(name);

    if (v == NULL)
        fail_msg("%s: falta; rode por `make test`", name);
    return v;
}

static const char *
build_dir(void)
{
    const char *v = getenv("BUILD");

    return v != NULL ? v : "build";
}

const char *
text(const char *format, ...)
{
    va_list args;
    char *s;

    va_start(args, format);
    s = arena_vprintf(memory, format, args);
    va_end(args);
    return s;
}

static PGresult *
run_sql(PGconn *conn, const char *query)
{
    PGresult *r = PQexec(conn, query);
    ExecStatusType s = PQresultStatus(r);

    if (s != PGRES_COMMAND_OK && s != PGRES_TUPLES_OK)
        fail_msg("sql: %s\n%s", PQerrorMessage(conn), query);
    return r;
}

const char *
sql(const char *format, ...)
{
    va_list args;
    PGresult *r;
    char *out = NULL;

    va_start(args, format);
    r = run_sql(super, arena_vprintf(memory, format, args));
    va_end(args);
    if (PQntuples(r) > 0 && !PQgetisnull(r, 0, 0))
        out = arena_strdup(memory, PQgetvalue(r, 0, 0));
    PQclear(r);
    return out;
}

int64_t
sql_int(const char *format, ...)
{
    va_list args;
    PGresult *r;
    int64_t v = 0;

    va_start(args, format);
    r = run_sql(super, arena_vprintf(memory, format, args));
    va_end(args);
    if (PQntuples(r) > 0)
        v = strtoll(PQgetvalue(r, 0, 0), NULL, 10);
    PQclear(r);
    return v;
}

bool
sql_works(const char *query)
{
    bool works;
    PGresult *r;

    PQclear(run_sql(super, "BEGIN"));
    r = PQexec(super, query);
    works = PQresultStatus(r) == PGRES_COMMAND_OK ||
            PQresultStatus(r) == PGRES_TUPLES_OK;
    PQclear(r);
    PQclear(run_sql(super, "ROLLBACK"));
    PQclear(run_sql(super, "RESET ROLE"));
    return works;
}

static void
admin_sql(const char *query)
{
    PGconn *c =
        PQconnectdb(text("host=%s user=%s dbname=postgres", need_env("TEST_PG"),
                         need_env("TEST_PG_USER")));

    PQclear(run_sql(c, query));
    PQfinish(c);
}

static void
load_fixture(void)
{
    FILE *f = fopen("tests/api/fixture.sql", "r");
    char *script;
    size_t n;

    assert_non_null(f);
    script = arena_alloc(memory, 65536);
    n = fread(script, 1, 65535, f);
    fclose(f);
    assert_true(n > 0 && n < 65535);
    PQclear(run_sql(super, script));
}

static int64_t
fixture_id(const char *name)
{
    return sql_int("SELECT id FROM fixture WHERE name = '%s'", name);
}

static void
read_fixture(void)
{
    fx = (struct fixture){
        .company = fixture_id("company"),
        .other_company = fixture_id("other_company"),
        .admin = fixture_id("admin"),
        .supervisor = fixture_id("supervisor"),
        .agent = fixture_id("agent"),
        .loner = fixture_id("loner"),
        .stranger = fixture_id("stranger"),
        .super = fixture_id("super"),
        .auditor = fixture_id("auditor"),
        .both = fixture_id("both"),
        .role = fixture_id("role"),
        .other_role = fixture_id("other_role"),
        .queue = fixture_id("queue"),
        .other_queue = fixture_id("other_queue"),
        .channel = fixture_id("channel"),
        .pending = fixture_id("pending"),
        .active = fixture_id("active"),
        .closed = fixture_id("closed"),
        .bot = fixture_id("bot"),
        .hidden = fixture_id("hidden"),
        .foreign = fixture_id("foreign"),
    };
}

static void
set_environment(void)
{
    setenv("BALCAO_DATABASE_URL",
           text("postgresql:///%s?host=%s&user="
                "balcao_app",
                database, need_env("TEST_PG")),
           1);
    setenv("BALCAO_APP_SECRET",
           "00112233445566778899aabbccddeeff"
           "00112233445566778899aabbccddeeff",
           1);
    setenv("BALCAO_REDIS_URL",
           getenv("TEST_REDIS") != NULL ? getenv("TEST_REDIS") : "", 1);
    setenv("BALCAO_BCRYPT_COST", "10", 1);
    setenv("BALCAO_LOCALE_DIR", text("%s/locale", build_dir()), 1);
    setenv("BALCAO_STATIC_DIR",
           getenv("TEST_STATIC") != NULL ? getenv("TEST_STATIC")
                                         : text("%s/static", build_dir()),
           1);
    setenv("BALCAO_LOG_LEVEL", "warn", 1);
    setenv("BALCAO_POLL_CGI_WAIT_S", "1", 1);
    setenv("BALCAO_MEDIA_DIR", text("/tmp/balcao-media.%d", (int)getpid()), 1);
    assert_true(conf_load(NULL, stderr));
}

int
harness_setup(void **state)
{
    UNUSED;
    signal(SIGPIPE, SIG_IGN); /* o programa recusa sem ler o corpo todo */
    memory = arena_new(65536);
    snprintf(database, sizeof database, "t_%d_%ld", (int)getpid(),
             (long)time(NULL));
    admin_sql(text("CREATE DATABASE %s TEMPLATE balcao_template OWNER "
                   "balcao_owner",
                   database));
    super = PQconnectdb(text("host=%s user=%s dbname=%s "
                             "options='-c search_path=balcao "
                             "-c client_min_messages=warning'",
                             need_env("TEST_PG"), need_env("TEST_PG_USER"),
                             database));
    set_environment();
    load_fixture();
    read_fixture();
    return 0;
}

int
harness_reset(void **state)
{
    UNUSED;
    arena_reset(memory);
    PQclear(run_sql(super, "CALL fixture_reset()"));
    return 0;
}

/* Os arquivos que os programas guardaram. */
static void
remove_media(void)
{
    pid_t child = fork();

    if (child == 0)
        execlp("rm", "rm", "-rf", getenv("BALCAO_MEDIA_DIR"), (char *)NULL);
    waitpid(child, NULL, 0);
}

void
harness_keep_programs(void)
{
    keeps_programs = true;
    setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
}

int
harness_teardown(void **state)
{
    UNUSED;
    kept_stop();
    PQfinish(super);
    remove_media();
    admin_sql(text("DROP DATABASE %s WITH (FORCE)", database));
    schema_free();
    arena_free(memory);
    return 0;
}

const char *
token_of(int64_t person)
{
    return token_in(person, sql_int("SELECT coalesce(min(company_id), 1) FROM "
                                    "memberships WHERE user_id = %" PRId64,
                                    person));
}

const char *
token_in(int64_t person, int64_t company)
{
    struct token t = { .user_id = person, .company_id = company };
    const char *from =
                   text("access_of(%" PRId64 ", %" PRId64 ")", person, company),
               *permissions = sql("SELECT permissions FROM %s", from);

    t.token_version = (int32_t)sql_int("SELECT token_version FROM %s", from);
    t.access_version = (int32_t)sql_int("SELECT access_version FROM %s", from);
    t.role = role_parse(sql("SELECT role FROM %s", from));
    t.has_scope = permissions != NULL;
    if (t.has_scope)
        permissions_parse(permissions, &t.permissions);
    return token_make(memory, &t, time(NULL));
}

static void
set_header(const char *header)
{
    const char *colon = strchr(header, ':');
    char name[100] = "HTTP_";
    size_t i;

    for (i = 0; header + i < colon; i++)
        name[5 + i] =
            header[i] == '-' ? '_' : (char)toupper((unsigned char)header[i]);
    name[5 + i] = '\0';
    setenv(name, colon + 1 + strspn(colon + 1, " "), 1);
}

/* O ambiente que um servidor web daria (RFC 3875), já no processo filho. */
static void
become_program(const struct call *c, const char *method, size_t body_len,
               const char *trace)
{
    int i;

    setenv("REQUEST_METHOD", method, 1);
    setenv("REQUEST_URI", c->path, 1);
    setenv("REMOTE_ADDR", c->remote != NULL ? c->remote : "127.0.0.1", 1);
    setenv("HTTP_HOST", "balcao.test", 1);
    setenv("GATEWAY_INTERFACE", "CGI/1.1", 1);
    setenv("REQUEST_ID", trace, 1);
    if (c->body != NULL) {
        setenv("CONTENT_LENGTH",
               c->length != NULL ? c->length : text("%zu", body_len), 1);
        setenv("CONTENT_TYPE", c->type != NULL ? c->type : "application/json",
               1);
    }
    if (c->token != NULL)
        setenv("HTTP_AUTHORIZATION", text("Bearer %s", c->token), 1);
    if (c->cookie != NULL)
        setenv("HTTP_COOKIE", c->cookie, 1);
    for (i = 0; i < 12 && c->headers[i] != NULL; i++)
        set_header(c->headers[i]);
}

struct pipes {
    int in[2], out[2];
};

static char *
exchange(struct pipes *p, const char *body, size_t len, size_t *got)
{
    char *out = NULL;
    size_t cap = 0, sent = 0;
    bool open = true;

    *got = 0;
    fcntl(p->in[1], F_SETFL, O_NONBLOCK);
    while (open) {
        struct pollfd fds[2] = {
            { .fd = p->out[0], .events = POLLIN },
            { .fd = sent < len ? p->in[1] : -1, .events = POLLOUT },
        };

        poll(fds, 2, 30000);
        if (fds[1].revents != 0) {
            ssize_t n = write(p->in[1], body + sent, len - sent);

            sent = n < 0 ? len : sent + (size_t)n;
        }
        if (sent == len && p->in[1] >= 0) {
            close(p->in[1]);
            p->in[1] = -1;
        }
        if (fds[0].revents != 0) {
            ssize_t n;

            if (cap - *got < 65536)
                out = realloc(out, cap = cap * 2 + 131072);
            n = read(p->out[0], out + *got, cap - *got - 1);
            open = n > 0;
            *got += n > 0 ? (size_t)n : 0;
        }
    }
    return out;
}

static void
drop_json(void *object)
{
    json_object_put(object);
}

static struct answer *
parse_answer(char *raw, size_t n)
{
    struct answer *a = arena_alloc(memory, sizeof *a);
    char *end = memmem(raw, n, "\r\n\r\n", 4), *status;

    if (end == NULL)
        fail_msg("resposta sem cabeçalho: %.*s", (int)n, raw);
    a->headers = arena_memdup(memory, raw, (size_t)(end - raw) + 2);
    a->len = n - (size_t)(end - raw) - 4;
    a->body = arena_memdup(memory, end + 4, a->len);
    status = strstr(a->headers, "Status: ");
    assert_non_null(status);
    a->status = atoi(status + 8);
    if (strstr(a->headers, "json") != NULL)
        a->json = json_tokener_parse(a->body);
    if (a->json != NULL)
        arena_defer(memory, drop_json, a->json);
    return a;
}

struct answer *
call(const struct call *c)
{
    const char *method = c->method != NULL ? c->method
                         : c->body != NULL ? "POST"
                                           : "GET";
    const char *file = text("%s/cgi-bin/%s.fcgi", build_dir(), c->program),
               *at = keeps_programs ? kept_socket(c->program, file) : NULL;
    size_t len = c->body == NULL   ? 0
                 : c->body_len > 0 ? c->body_len
                                   : strlen(c->body),
           n;
    struct pipes p;
    struct answer *a;
    char *raw;
    int status;
    pid_t pid;

    assert_int_equal(pipe(p.in), 0);
    assert_int_equal(pipe(p.out), 0);
    pid = fork();
    if (pid == 0) {
        dup2(p.in[0], 0);
        dup2(p.out[1], 1);
        close(p.in[0]);
        close(p.in[1]);
        close(p.out[0]);
        close(p.out[1]);
        become_program(c, method, len, "teste-0001");
        if (at != NULL)
            execlp("cgi-fcgi", "cgi-fcgi", "-bind", "-connect", at,
                   (char *)NULL);
        else
            execl(file, file, (char *)NULL);
        _exit(127);
    }
    close(p.in[0]);
    close(p.out[1]);
    raw = exchange(&p, c->body, len, &n);
    close(p.out[0]);
    waitpid(pid, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail_msg("%s terminou mal (%x) em %s %s", file, status, method,
                 c->path);
    a = parse_answer(raw, n);
    free(raw);
    schema_check(file, c->program, method, c->path, a);
    return a;
}

const char *
header_of(const struct answer *a, const char *name)
{
    const char *p = a->headers;
    size_t n = strlen(name);

    while (strncasecmp(p, name, n) != 0 || p[n] != ':') {
        p = strstr(p, "\r\n");
        if (p == NULL)
            return NULL;
        p += 2;
    }
    return text("%.*s", (int)strcspn(p + n + 2, "\r\n"), p + n + 2);
}

struct answer *
get_as(int64_t person, const char *program, const char *path)
{
    return call(
        &(struct call){ .program = program,
                        .path = path,
                        .token = person != 0 ? token_of(person) : NULL });
}

struct answer *
post_as(int64_t person, const char *program, const char *path, const char *body)
{
    return call(
        &(struct call){ .program = program,
                        .path = path,
                        .method = "POST",
                        .body = body,
                        .token = person != 0 ? token_of(person) : NULL });
}

void
assert_status(const struct answer *a, int status)
{
    if (a->status != status)
        fail_msg("status %d, esperado %d: %s", a->status, status, a->body);
}

void
assert_problem(const struct answer *a, int status, const char *code)
{
    assert_status(a, status);
    assert_non_null(
        strstr(a->headers, "Content-Type: application/problem+json"));
    assert_string_equal(at_text(a, "code"), code);
    assert_int_equal(at_int(a, "status"), status);
    assert_non_null(at_text(a, "title"));
    assert_string_equal(at_text(a, "request_id"), "teste-0001");
}

void
assert_field(const struct answer *a, const char *field, const char *rule)
{
    struct json_object *list = at(a, "errors");
    size_t i;

    for (i = 0; list != NULL && i < json_object_array_length(list); i++) {
        struct json_object *e = json_object_array_get_idx(list, i);
        const char *f =
            json_object_get_string(json_object_object_get(e, "field"));
        const char *r =
            json_object_get_string(json_object_object_get(e, "rule"));

        if (strcmp(f, field) == 0 && strcmp(r, rule) == 0)
            return;
    }
    fail_msg("sem erro %s em %s: %s", rule, field, a->body);
}

struct json_object *
at(const struct answer *a, const char *path)
{
    struct json_object *o = a->json;

    while (o != NULL && *path != '\0') {
        char key[80];
        size_t n = strcspn(path, ".");

        snprintf(key, sizeof key, "%.*s", (int)n, path);
        if (json_object_is_type(o, json_type_array))
            o = json_object_array_get_idx(o, strtoul(key, NULL, 10));
        else if (!json_object_object_get_ex(o, key, &o))
            o = NULL;
        path += n + (path[n] == '.');
    }
    return o;
}

const char *
at_text(const struct answer *a, const char *path)
{
    return json_object_get_string(at(a, path));
}

int64_t
at_int(const struct answer *a, const char *path)
{
    return json_object_get_int64(at(a, path));
}
