/*
 * serve_fuzz.c - um pedido HTTP qualquer por todo o caminho dele: leitura,
 * rota, cookies, JSON, formulário, query, validação e resposta. Os
 * tratadores conferem o que a tabela prometeu; no fim se confere a resposta.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "base/conf.h"
#include "channel/json_read.h"
#include "kit.h"
#include "live/live.h"

/* ---- rotas: uma de cada espécie ---- */

/* clang-format off */
struct thing_in {
    int64_t id, count, free;
    const char *part, *name, *note, *kind, *extra, *tag;
    bool on, loud;
    double ratio;
};
#define THING_BODY \
    TEXT(struct thing_in, name, .required = true, .max = 20, .doc = "-"), \
        TEXT(struct thing_in, note, .min = 2, .doc = "-"), \
        ENUM(struct thing_in, kind, .one_of = "bot pending active", \
             .doc = "-"), \
        INT(struct thing_in, count, .min = 1, .max = 50, .fallback = 7, \
            .doc = "-"), \
        BOOL(struct thing_in, on, .doc = "-"), \
        NUM(struct thing_in, ratio, .doc = "-"), \
        JSON(struct thing_in, extra, .doc = "-")
#define THING_ADDRESS \
    INT(struct thing_in, id, .from = PATH, .min = 1, .doc = "-"), \
        TEXT(struct thing_in, part, .from = PATH, .max = 40, .doc = "-"), \
        TEXT(struct thing_in, tag, .from = QUERY, .max = 30, .doc = "-"), \
        INT(struct thing_in, free, .from = QUERY, .min = INT64_MIN, \
            .doc = "-"), \
        BOOL(struct thing_in, loud, .from = QUERY, .doc = "-")

static const struct field body_in[] = { THING_BODY, FIELDS_END };
static const struct field address_in[] = { THING_ADDRESS, FIELDS_END };
static const struct field both_in[] = { THING_ADDRESS, THING_BODY, FIELDS_END };

struct upload_in { const char *name; const struct upload *picture; };
static const struct field upload_in[] = {
    TEXT(struct upload_in, name, .max = 20, .doc = "-"),
    UPLOAD(struct upload_in, picture, .required = true, .max = 500,
           .one_of = "image/png image/webp", .doc = "-"), FIELDS_END
};

struct raw_in { const char *tag; };
static const struct field raw_in[] = {
    TEXT(struct raw_in, tag, .from = QUERY, .max = 30, .doc = "-"), FIELDS_END
};

struct live_in { const char *since, *rooms; };
static const struct field live_in[] = {
    TEXT(struct live_in, since, .from = QUERY, .doc = "-"),
    TEXT(struct live_in, rooms, .from = QUERY, .doc = "-"), FIELDS_END
};

struct thing_out { const char *name, *cookie; int64_t count; };
static const struct field thing_out[] = {
    TEXT(struct thing_out, name, .nullable = true, .doc = "-"),
    TEXT(struct thing_out, cookie, .nullable = true, .doc = "-"),
    INT(struct thing_out, count, .doc = "-"),
    FIELDS_END
};
/* clang-format on */

static void
need_bounded(const char *text, size_t min, size_t max)
{
    if (text == NULL)
        return;
    need_text(text);
    need(utf8_length(text) >= min && utf8_length(text) <= max);
}

/* O valor, dentro de uma lista, é um JSON que se lê de volta. */
static void
need_json(struct arena *a, const char *text)
{
    text = arena_printf(a, "[%s]", text);
    need(json_read(a, (struct slice){ text, strlen(text) }) != NULL);
}

static void
check_body(struct req *r, const struct thing_in *in)
{
    need(in->name != NULL && in->count >= 1 && in->count <= 50);
    need_bounded(in->name, 1, 20);
    need_bounded(in->note, 2, FIELD_TEXT_MAX);
    need(in->kind == NULL || strcmp(in->kind, "bot") == 0 ||
         strcmp(in->kind, "pending") == 0 || strcmp(in->kind, "active") == 0);
    need(isfinite(in->ratio));
    if (in->extra != NULL)
        need_text(in->extra);
    if (in->extra != NULL && r->route->accepts == ACCEPT_JSON)
        need_json(r->ctx.arena, in->extra);
}

static void
check_address(const struct thing_in *in)
{
    need(in->id >= 1 && in->part != NULL && in->part[0] != '\0');
    need_bounded(in->part, 1, 40);
    need_bounded(in->tag, 0, 30);
}

static enum err
answer(struct req *r, const struct thing_in *in)
{
    const char *cookie = req_cookie(r, "x");

    need(cookie == NULL || strchr(cookie, ';') == NULL);
    reply_header(r, "X-Tag", in->tag != NULL ? in->tag : "-");
    return reply(r,
                 &(struct thing_out){ .name = in->name, .count = in->count });
}

static enum err
take_body(struct req *r, const void *input)
{
    check_body(r, input);
    return answer(r, input);
}

static enum err
take_address(struct req *r, const void *input)
{
    check_address(input);
    return answer(r, input);
}

static enum err
take_both(struct req *r, const void *input)
{
    check_address(input);
    return take_body(r, input);
}

static enum err
take_form(struct req *r, const void *input)
{
    const struct thing_in *in = input;

    check_body(r, in);
    reply_cookie(r, "x", "y", "/", 1);
    return reply_redirect(r, in->name);
}

static enum err
take_upload(struct req *r, const void *input)
{
    const struct upload_in *in = input;

    need_bounded(in->name, 0, 20);
    need(in->picture != NULL && in->picture == req_file(r, "picture"));
    need(in->picture->data.len >= 1 && in->picture->data.len <= 500);
    need(strcmp(in->picture->type, "image/png") == 0 ||
         strcmp(in->picture->type, "image/webp") == 0);
    return reply_empty(r);
}

static enum err
take_raw(struct req *r, const void *input)
{
    const struct raw_in *in = input;

    need_bounded(in->tag, 0, 30);
    return fail(&r->ctx, ERR_CONFLICT, "%zu", r->body.len);
}

static enum err
take_live(struct req *r, const void *input)
{
    const struct live_in *in = input;
    struct live_want want = { 0 };
    struct room_list list;
    int64_t id;
    enum err e = live_since(r, in->since, &want);
    int i;

    need(e == OK || !want.has_since);
    if (e == OK)
        e = rooms_read(&r->ctx, in->rooms, &list);
    if (e != OK)
        return e;
    need(list.count <= ROOMS_WANTED_MAX);
    for (i = 0; i < list.count; i++) {
        need(strlen(list.names[i]) <= ROOM_NAME_MAX);
        need(room_parse(list.names[i], strlen(list.names[i]), &id) !=
             ROOM_NONE);
    }
    return reply_empty(r);
}

static enum err
never(struct req *r, const void *input)
{
    (void)input;
    need(r == NULL); /* ninguém prova quem é */
    return OK;
}

/* clang-format off */
static const struct route routes[] = {
    { POST, "/api/v1/things", take_body, .auth = AUTH_PUBLIC, .max_body = 3000,
      IN(struct thing_in, body_in), .out = thing_out },
    { GET, "/api/v1/things/{id}/parts/{part}", take_address,
      .auth = AUTH_PUBLIC, IN(struct thing_in, address_in), .out = thing_out },
    { PUT, "/api/v1/things/{id}/parts/{part}", take_both, .auth = AUTH_PUBLIC,
      IN(struct thing_in, both_in), .out = thing_out },
    { POST, "/form", take_form, .auth = AUTH_PUBLIC_FORM,
      .accepts = ACCEPT_FORM, IN(struct thing_in, body_in) },
    { POST, "/upload", take_upload, .auth = AUTH_PUBLIC,
      .accepts = ACCEPT_MULTIPART, IN(struct upload_in, upload_in) },
    { POST, "/raw", take_raw, .auth = AUTH_PUBLIC, .accepts = ACCEPT_RAW,
      IN(struct raw_in, raw_in) },
    { GET, "/live", take_live, .auth = AUTH_PUBLIC,
      IN(struct live_in, live_in) },
    { GET, "/api/v1/me", never, .permit = PERM_SELF },
    { DELETE, "/api/v1/me", never, .permit = PERM_SELF, .auth = AUTH_STREAM },
    ROUTES_END
};
/* clang-format on */

/* ---- a resposta ---- */

/* Linhas "Nome: valor\r\n" até a vazia, sem controles soltos. */
static size_t
check_head(const char *head, size_t *length)
{
    const char *p = head;

    *length = 0;
    while (strncmp(p, "\r\n", 2) != 0) {
        size_t name = strcspn(p, ":\r\n"), line = strcspn(p, "\r\n");

        need(name > 0 && name < line && p[name + 1] == ' ');
        need(p[line] == '\r' && p[line + 1] == '\n');
        if (strncmp(p, "Content-Length: ", 16) == 0)
            *length = strtoul(p + 16, NULL, 10);
        if (strncmp(p, "Location: ", 10) == 0)
            need(p[10] == '/' && p[11] != '/' && p[11] != '\\');
        p += line + 2;
    }
    return (size_t)(p + 2 - head);
}

static void
check_reply(struct arena *a, const struct str *out)
{
    size_t length, head;

    need(strlen(out->data) == out->len);
    need(strncmp(out->data, "Status: ", 8) == 0);
    need(utf8_valid(out->data, out->len));
    head = check_head(out->data, &length);
    if (out->len > head) {
        need(length == out->len - head);
        need(json_read(a, (struct slice){ out->data + head, length }) != NULL);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(4096);
    struct fuzz_io f;

    if (app.db == NULL) { /* que nunca atendem */
        app.db = db_new(conf()->database_url);
        app.redis = redis_new("");
    }
    app.routes = routes;
    fuzz_io_init(&f, a, (struct slice){ (const char *)data, size });
    app_serve(&f.io, a);
    check_reply(a, &f.out);
    arena_free(a);
    return 0;
}
