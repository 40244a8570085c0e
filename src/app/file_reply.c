/* file_reply.c - trechos, condições e nomes de arquivo. */
#include "app/file_reply.h"

#include <inttypes.h>
#include <string.h>

#include "db/db.h"
#include "media/store.h"

enum { PART_BYTES = 131072 };

static enum err
read_part(struct req *r, void *state, bool *more)
{
    struct store_reader *f = state;
    char *part = arena_alloc(r->ctx.arena, PART_BYTES);
    long got = store_read(f, part, PART_BYTES);

    if (got <= 0)
        return fail(&r->ctx, ERR_UNAVAILABLE, NULL);
    str_add(&r->out, part, (size_t)got);
    *more = f->at < f->end;
    return OK;
}

static bool
same_tag(const char *seen, const char *tag)
{
    return seen != NULL && strstr(seen, tag) != NULL;
}

/* Um número do Range; falso se não há um. */
static bool
take_number(const char **p, int64_t *out)
{
    size_t n = strspn(*p, "0123456789");

    *out = 0;
    if (n == 0 || n > 18)
        return false;
    for (; n > 0; n--)
        *out = *out * 10 + (*(*p)++ - '0');
    return true;
}

/*
 * "bytes=a-b", "bytes=a-" e "bytes=-n". Vários trechos e o malformado são
 * como se não viessem (a RFC deixa): a resposta é o arquivo inteiro.
 * Falso se não há trecho.
 */
static bool
read_range(struct req *r, const struct file_reply *f, struct store_range *out)
{
    const char *p = req_header(r, "Range"), *cond = req_header(r, "If-Range");
    int64_t first, last;
    bool has_first, has_last;

    if (p == NULL || strncmp(p, "bytes=", 6) != 0 ||
        (cond != NULL && !same_tag(cond, f->etag)))
        return false;
    p += 6;
    has_first = take_number(&p, &first);
    if (*p++ != '-')
        return false;
    has_last = take_number(&p, &last);
    if (*p != '\0' || (!has_first && !has_last) ||
        (has_first && has_last && last < first))
        return false;
    out->first = has_first ? first : -1;
    out->last = has_last ? last : -1;
    return true;
}

static void
put_name(struct req *r, const struct file_reply *f)
{
    struct str s;
    const char *p;

    str_init(&s, r->ctx.arena, 120);
    str_puts(&s, f->is_attachment ? "attachment" : "inline");
    if (f->name[0] != '\0') {
        str_puts(&s, "; filename=\"");
        for (p = f->name; *p != '\0'; p++)
            str_putc(&s, *p >= ' ' && *p < 0x7f && strchr("\"\\%;", *p) == NULL
                             ? *p
                             : '_');
        str_puts(&s, "\"; filename*=UTF-8''");
        str_url(&s, f->name, strlen(f->name));
    }
    reply_header(r, "Content-Disposition", s.data);
}

static enum err
send_bytes(struct req *r, const struct file_reply *f, struct store_reader *from)
{
    struct arena *a = r->ctx.arena;

    put_name(r, f);
    reply_header(r, "Content-Length",
                 arena_printf(a, "%" PRId64, from->end - from->at));
    if (from->is_part)
        reply_header(r, "Content-Range",
                     arena_printf(a, "bytes %" PRId64 "-%" PRId64 "/%" PRId64,
                                  from->at, from->end - 1, from->size));
    reply_parts(r, f->mime, read_part, from);
    r->status = from->is_part ? 206 : 200;
    return OK;
}

static enum err
out_of_range(struct req *r, const struct store_reader *from)
{
    reply_header(r, "Content-Range",
                 arena_printf(r->ctx.arena, "bytes */%" PRId64, from->size));
    return fail(&r->ctx, ERR_RANGE, NULL);
}

static void
put_tag(struct req *r, const struct file_reply *f)
{
    reply_header(r, "ETag", arena_printf(r->ctx.arena, "\"%s\"", f->etag));
    reply_header(r, "Cache-Control", "private, no-cache");
}

enum err
file_reply(struct req *r, const struct file_reply *f)
{
    struct store_reader *from = arena_alloc(r->ctx.arena, sizeof *from);
    struct store_range range;
    enum err e;

    if (same_tag(req_header(r, "If-None-Match"), f->etag)) {
        put_tag(r, f);
        r->status = 304;
        r->content_type = NULL;
        return OK;
    }
    e = store_open(&r->ctx, f->key, read_range(r, f, &range) ? &range : NULL,
                   r->head, from);
    if (e == ERR_RANGE)
        return out_of_range(r, from);
    if (e == ERR_NOT_FOUND || (e == OK && from->size == 0))
        return db_not_found(&r->ctx);
    if (e != OK)
        return e;
    put_tag(r, f);
    reply_header(r, "Accept-Ranges", "bytes");
    return send_bytes(r, f, from);
}

/* Só o que o navegador mostra sem executar nada; o resto se baixa. */
static bool
is_shown(const char *mime)
{
    static const char *const shown[] = { "image/jpeg", "image/png",
                                         "image/webp", "image/gif" };
    size_t i;

    for (i = 0; i < sizeof shown / sizeof *shown; i++)
        if (strcmp(mime, shown[i]) == 0)
            return true;
    return strncmp(mime, "audio/", 6) == 0 || strncmp(mime, "video/", 6) == 0;
}

enum err
file_reply_bytes(struct req *r, const struct q_file_row *f, bool download)
{
    if (f->key == NULL || strcmp(f->state, "ready") != 0)
        return db_not_found(&r->ctx);
    return file_reply(r, &(struct file_reply){
                             .key = f->key,
                             .mime = f->mime,
                             .name = f->name,
                             .etag = arena_memdup(r->ctx.arena, f->sha256, 32),
                             .is_attachment = download || !is_shown(f->mime) });
}

enum err
file_reply_preview(struct req *r, const struct q_file_row *f)
{
    if (!f->preview || f->key == NULL)
        return db_not_found(&r->ctx);
    return file_reply(
        r, &(struct file_reply){
               .key = arena_printf(r->ctx.arena, "%s.webp", f->key),
               .mime = "image/webp",
               .name = "",
               .etag = arena_printf(r->ctx.arena, "p%.31s", f->sha256) });
}
