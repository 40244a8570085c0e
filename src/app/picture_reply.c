/* picture_reply.c - a imagem, ou só a notícia de que ela não mudou. */
#include "app/picture_reply.h"

#include <string.h>

enum { ETAG_CHARS = 32 };

/*
 * A ETag que quem pede tem, sem aspas e sem W/; NULL se não é nossa. Dos
 * navegadores vem uma só, a que demos.
 */
static const char *
known_etag(struct req *r)
{
    const char *seen = req_header(r, "If-None-Match");

    if (seen == NULL)
        return NULL;
    if (strncmp(seen, "W/", 2) == 0)
        seen += 2;
    if (seen[0] != '"' || strlen(seen) != ETAG_CHARS + 2 ||
        strspn(seen + 1, "0123456789abcdef") != ETAG_CHARS)
        return NULL;
    return arena_memdup(r->ctx.arena, seen + 1, ETAG_CHARS);
}

enum err
picture_reply(struct req *r, enum picture_of of, int64_t owner)
{
    struct picture p;
    enum err e = picture_get(&r->ctx, of, owner, known_etag(r), &p);

    if (e != OK)
        return e;
    reply_header(r, "ETag", arena_printf(r->ctx.arena, "\"%s\"", p.etag));
    reply_header(r, "Cache-Control", "private, no-cache");
    if (p.image.data == NULL) {
        r->status = 304;
        r->content_type = NULL;
        return OK;
    }
    r->status = 200;
    r->content_type = PICTURE_TYPE;
    str_init(&r->out, r->ctx.arena, p.image.len);
    str_add(&r->out, p.image.data, p.image.len);
    return OK;
}
