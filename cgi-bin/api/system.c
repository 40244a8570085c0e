/*
 * system.c - o que não é de ninguém: saúde, métricas, a descrição da API e
 * todo /api/... que nenhum outro programa atende (404 em problem+json).
 */
#include <fcntl.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/app.h"
#include "app/health.h"
#include "app/nchan_count.h"
#include "app/page_model.h"
#include "auth/jwks.h"
#include "base/conf.h"
#include "base/i18n.h"
#include "base/metrics.h"
#include "base/version.h"
#include "jobs/queue.h"

#define APP_NAME "system"
#define FILE_MAX_BYTES (16 << 20)

/* clang-format off */
#define PART(S, m, table, text) \
    { .name = #m, .kind = FIELD_OBJECT, .offset = offsetof(S, m), \
      .of = table, .doc = text }

struct reach { const char *status; int64_t took_ms; };
static const struct field reach_out[] = {
    ENUM(struct reach, status, .one_of = "ok down off",
         .doc = "off: não configurado"),
    INT (struct reach, took_ms, .doc = "Quanto levou a resposta, ms"),
    FIELDS_END
};

struct relay { const char *status; int64_t lag_ms, processes; };
static const struct field relay_out[] = {
    ENUM(struct relay, status, .one_of = "ok absent stuck",
         .doc = "stuck: evento parado há mais de 30 s"),
    INT (struct relay, lag_ms, .doc = "Idade do evento não publicado, ms"),
    INT (struct relay, processes, .doc = "Relays no ar"),
    FIELDS_END
};

struct worker { const char *status; int64_t overdue_ms, processes; };
static const struct field worker_out[] = {
    ENUM(struct worker, status, .one_of = "ok absent stuck",
         .doc = "stuck: job vencido há mais de 15 s"),
    INT (struct worker, overdue_ms, .doc = "Há quanto há job vencido, ms"),
    INT (struct worker, processes, .doc = "Workers no ar"),
    FIELDS_END
};

struct jobs { const char *status; int64_t oldest_ready_ms; const char *lanes; };
static const struct field jobs_out[] = {
    ENUM(struct jobs, status, .one_of = "ok late",
         .doc = "late: job urgente pronto há mais de 60 s"),
    INT (struct jobs, oldest_ready_ms, .doc = "O pronto mais antigo, ms"),
    JSON(struct jobs, lanes, .doc = "Faixas, da mais urgente à menos",
         .schema = "{\"type\":\"array\",\"items\":{\"type\":\"object\","
                   "\"properties\":{\"lane\":{\"type\":\"string\"},"
                   "\"ready\":{\"type\":\"integer\"},"
                   "\"delayed\":{\"type\":\"integer\"},"
                   "\"waiting\":{\"type\":\"integer\"},"
                   "\"running\":{\"type\":\"integer\"},"
                   "\"dead\":{\"type\":\"integer\"},"
                   "\"oldestReadyMs\":{\"type\":\"integer\"}}}}"),
    FIELDS_END
};

struct checks {
    struct reach database, redis;
    struct relay relay;
    struct worker worker;
    struct jobs jobs;
};
static const struct field checks_out[] = {
    PART(struct checks, database, reach_out, "PostgreSQL"),
    PART(struct checks, redis, reach_out, "Redis"),
    PART(struct checks, relay, relay_out, "Eventos ao vivo"),
    PART(struct checks, worker, worker_out, "Quem executa os jobs"),
    PART(struct checks, jobs, jobs_out, "A fila"),
    FIELDS_END
};

struct health_out {
    const char *status, *version, *failing;
    struct checks checks;
};
static const struct field health_out[] = {
    ENUM(struct health_out, status, .one_of = "ok degraded",
         .doc = "degraded: atende, mas algo em failing vai mal"),
    TEXT(struct health_out, version, .doc = "Versão do programa"),
    JSON(struct health_out, failing, .doc = "As partes que vão mal",
         .schema = "{\"type\":\"array\",\"items\":{\"type\":\"string\"}}"),
    PART(struct health_out, checks, checks_out, "Cada parte"),
    FIELDS_END
};

struct health_in { bool strict; };
static const struct field health_in[] = {
    BOOL(struct health_in, strict, .from = QUERY,
         .doc = "503 também quando só degradado (para alarmes)"),
    FIELDS_END
};

struct jwks_out { const char *keys; };
static const struct field jwks_out[] = {
    JSON(struct jwks_out, keys, .doc = "As chaves públicas (RFC 7517)",
         .schema = "{\"type\":\"array\",\"items\":{\"type\":\"object\","
                   "\"x-open\":true,\"required\":[\"kty\",\"alg\",\"use\",\"kid\"],"
                   "\"properties\":{\"kty\":{\"enum\":[\"EC\",\"RSA\"]},"
                   "\"crv\":{\"type\":\"string\"},\"x\":{\"type\":\"string\"},"
                   "\"y\":{\"type\":\"string\"},\"n\":{\"type\":\"string\"},"
                   "\"e\":{\"type\":\"string\"},"
                   "\"alg\":{\"enum\":[\"ES256\",\"RS256\"]},"
                   "\"use\":{\"enum\":[\"sig\"]},"
                   "\"kid\":{\"type\":\"string\"}}}}"),
    FIELDS_END
};

struct index_out { const char *name, *version, *openapi, *docs, *health; };
static const struct field index_out[] = {
    TEXT(struct index_out, name, .doc = "Nome do sistema"),
    TEXT(struct index_out, version, .doc = "Versão"),
    TEXT(struct index_out, openapi, .doc = "A descrição da API"),
    TEXT(struct index_out, docs, .doc = "A mesma, para ler e experimentar"),
    TEXT(struct index_out, health, .doc = "Como o sistema está"),
    FIELDS_END
};
/* clang-format on */

static enum err
index_page(struct req *r, const void *input)
{
    (void)input;
    return reply(r, &(struct index_out){ .name = "Balcão",
                                         .version = BALCAO_VERSION,
                                         .openapi = "/api/v1/openapi.json",
                                         .docs = "/docs",
                                         .health = "/api/v1/health" });
}

static enum err
jwks(struct req *r, const void *input)
{
    (void)input;
    reply_header(
        r, "Cache-Control",
        arena_printf(r->ctx.arena, "public, max-age=%d", JWKS_MAX_AGE_S));
    return reply(r, &(struct jwks_out){ jwks_list(r->ctx.arena) });
}

/* As partes que vão mal, uma a uma pelo formato, separadas por vírgula. */
static const char *
failing_parts(struct req *r, const struct health *h, const char *format)
{
    struct str s;
    int part;

    str_init(&s, r->ctx.arena, 80);
    for (part = 0; part < HEALTH_PARTS; part++) {
        if (!health_is_failing(h, (enum health_part)part))
            continue;
        str_puts(&s, s.len > 0 ? ", " : "");
        str_printf(&s, format, health_part_name((enum health_part)part));
    }
    return s.len > 0 ? s.data : "";
}

/* As linhas vêm por faixa e, nela, pelos cinco estados em ordem. */
static const char *
lanes_json(struct req *r, const struct health *h)
{
    struct str s;
    int i;

    str_init(&s, r->ctx.arena, 800);
    str_putc(&s, '[');
    for (i = 0; i < h->job_count; i++) {
        const struct q_system_jobs_row *row = &h->jobs[i];
        bool first = i == 0 || row->lane != row[-1].lane;
        bool last = i + 1 == h->job_count || row->lane != row[1].lane;

        if (first)
            str_printf(&s, "%s{\"lane\":\"%s\",\"oldestReadyMs\":%" PRId64,
                       i > 0 ? "," : "", health_lane_name(row->lane),
                       row->oldest_ms);
        str_printf(&s, ",\"%s\":%" PRId64 "%s", row->state, row->jobs,
                   last ? "}" : "");
    }
    str_putc(&s, ']');
    return s.data;
}

static struct health_out
report(struct req *r, const struct health *h)
{
    return (struct health_out){
        .status = h->status,
        .version = BALCAO_VERSION,
        .failing = arena_printf(r->ctx.arena, "[%s]",
                                failing_parts(r, h, "\"%s\"")),
        .checks = {
            .database = { h->parts[HEALTH_DATABASE], h->database_ms },
            .redis = { h->parts[HEALTH_REDIS], h->redis_ms },
            .relay = { h->parts[HEALTH_RELAY], h->state.relay_lag_ms,
                       h->state.relays },
            .worker = { h->parts[HEALTH_WORKER], h->state.overdue_ms,
                        h->state.workers },
            .jobs = { h->parts[HEALTH_JOBS],
                      health_oldest_ready_ms(h, LANE_REPORT),
                      lanes_json(r, h) },
        },
    };
}

/* O problema comum, com o que falhou como membros a mais (RFC 9457 §3.2). */
static enum err
reply_down(struct req *r, const struct health *h, const struct health_out *out)
{
    r->ctx.detail = arena_printf(r->ctx.arena, _("com problema: %s"),
                                 failing_parts(r, h, "%s"));
    reply_header(r, "Retry-After", "5");
    reply_problem(r, ERR_UNAVAILABLE);
    r->ctx.detail = NULL;
    r->out.len--; /* o '}' do fim */
    str_printf(&r->out, ",\"failing\":%s,\"checks\":", out->failing);
    json_write(&r->out, checks_out, &out->checks);
    str_putc(&r->out, '}');
    return OK;
}

static enum err
health(struct req *r, const void *input)
{
    const struct health_in *in = input;
    struct health h;
    struct health_out out;

    health_probe(&r->ctx, &h);
    out = report(r, &h);
    if (!h.has_database || (in->strict && strcmp(h.status, "ok") != 0))
        return reply_down(r, &h, &out);
    return reply(r, &out);
}

/*
 * Com metrics_token, só quem o traz; sem ele, só esta máquina, e nem ela
 * quando a requisição veio por um proxy em que não se confia.
 */
static enum err
may_read_metrics(struct req *r)
{
    const char *token = conf()->metrics_token;
    const char *given = req_header(r, "Authorization");
    const char *remote = req_remote(r);

    if (token[0] != '\0') {
        if (given != NULL && strncasecmp(given, "Bearer ", 7) == 0 &&
            equal_constant_time(given + 7, token))
            return OK;
        return fail(&r->ctx, ERR_UNAUTHORIZED, NULL);
    }
    if (req_header(r, "X-Forwarded-For") != NULL &&
        remote == r->io->param(r->io, "REMOTE_ADDR"))
        return fail(&r->ctx, ERR_FORBIDDEN, NULL);
    if (strncmp(remote, "127.", 4) == 0 || strcmp(remote, "::1") == 0 ||
        strncmp(remote, "::ffff:127.", 11) == 0)
        return OK;
    return fail(&r->ctx, ERR_FORBIDDEN, NULL);
}

static enum err
metrics(struct req *r, const void *input)
{
    struct health h;
    int64_t screens;
    enum err e = may_read_metrics(r);

    (void)input;
    if (e != OK)
        return e;
    if (nchan_subscribers(conf()->nchan_publish_socket, &screens))
        metrics_gauge_set("live_subscribers{hub=\"nchan\"}", screens);
    health_probe(&r->ctx, &h);
    metrics_render(&r->out);
    health_gauges(&r->out, &h);
    return reply_text(r, 200, METRICS_TYPE, "");
}

/* O documento junto, lido uma vez e relido quando o arquivo muda. */
static struct document {
    struct arena *arena;
    struct slice text;
    struct timespec changed_at;
    char etag[40];
} document;

static bool
read_document(int fd, const struct stat *st)
{
    char *text;
    ssize_t n;

    if (st->st_size <= 0 || st->st_size > FILE_MAX_BYTES)
        return false;
    arena_free(document.arena);
    document.arena = arena_new(256);
    text = arena_alloc(document.arena, (size_t)st->st_size + 1);
    n = read(fd, text, (size_t)st->st_size);
    document.text = (struct slice){ text, n > 0 ? (size_t)n : 0 };
    document.changed_at = st->st_mtim;
    snprintf(document.etag, sizeof document.etag, "\"%llx-%llx-%lx\"",
             (long long)st->st_size, (long long)st->st_mtim.tv_sec,
             (long)st->st_mtim.tv_nsec);
    return n == st->st_size;
}

static bool
load_document(struct req *r)
{
    char *path = arena_printf(r->ctx.arena, "%s/openapi.json", conf()->cgi_dir);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    bool good = fd >= 0 && fstat(fd, &st) == 0;

    if (good &&
        (document.text.len != (size_t)st.st_size ||
         memcmp(&document.changed_at, &st.st_mtim, sizeof st.st_mtim) != 0))
        good = read_document(fd, &st);
    if (fd >= 0)
        close(fd);
    return good;
}

static enum err
openapi(struct req *r, const void *input)
{
    const char *seen = req_header(r, "If-None-Match");

    (void)input;
    if (!load_document(r))
        return fail(&r->ctx, ERR_NOT_FOUND, "%s",
                    _("a descrição da API ainda não foi feita"));
    reply_header(r, "ETag", document.etag);
    reply_header(r, "Cache-Control", "no-cache");
    if (seen != NULL && strstr(seen, document.etag) != NULL) {
        r->status = 304;
        return OK;
    }
    return reply_json(r, document.text);
}

static enum err
docs(struct req *r, const void *input)
{
    (void)input;
    return page_reply(r, 200, "docs", page_model(r, _("API")));
}

/* Cada problema da lista única; o `type` de todo problem+json leva aqui. */
static enum err
problems(struct req *r, const void *input)
{
    struct json_object *m = page_model(r, _("Problemas"));
    struct json_object *list = json_object_new_array();
    int e;

    (void)input;
    for (e = OK + 1; e < ERR_COUNT; e++) {
        const struct err_info *info = err_info((enum err)e);
        struct json_object *row = json_object_new_object();

        model_text(row, "code", info->slug);
        model_int(row, "status", info->status);
        model_text(row, "text", _(info->title));
        json_object_array_add(list, row);
    }
    json_object_object_add(m, "problems", list);
    return page_reply(r, 200, "problems", m);
}

/* clang-format off */
static const struct route routes[] = {
    { GET, "/api", index_page, .auth = AUTH_PUBLIC, .no_db = true,
      .out = index_out, .doc = "Onde cada coisa está" },
    { GET, "/api/v1/health", health, .auth = AUTH_PUBLIC,
      .no_db = true, .refuses = "503", IN(struct health_in, health_in),
      .out = health_out,
      .doc = "Banco, Redis, relay, worker e fila; 503 se o banco não responde" },
    { GET, "/api/v1/openapi.json", openapi, .auth = AUTH_PUBLIC,
      .no_db = true, .refuses = "304 404", .doc = "Esta descrição da API" },
    { GET, "/.well-known/jwks.json", jwks, .auth = AUTH_PUBLIC,
      .no_db = true, .alias = "/api/v1/auth/jwks", .out = jwks_out,
      .doc = "Chaves públicas dos tokens de acesso; vazia com HS256" },
    { GET, "/metrics", metrics, .auth = AUTH_PUBLIC, .no_db = true,
      .refuses = "401 403",
      .out_type = "text/plain", .doc = "Métricas para o Prometheus" },
    { GET, "/docs", docs, .auth = AUTH_PUBLIC, .html = true,
      .out_type = "text/html", .doc = "A API, para ler e experimentar" },
    { GET, "/docs/problems", problems, .auth = AUTH_PUBLIC, .html = true,
      .out_type = "text/html", .doc = "Os códigos de problema" },
    ROUTES_END
};
/* clang-format on */
APP_MAIN(routes)
