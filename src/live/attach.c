/* attach.c - da requisição ao assinante: posição, começo da resposta. */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/conf.h"
#include "base/i18n.h"
#include "base/origin.h"
#include "live/client.h"
#include "live/nchan.h"

enum { CHECK_US = 60 * 1000000, BRIEF_STREAM_S = 20 };

enum err
live_since(struct req *r, const char *since, struct live_want *out)
{
    const char *last = req_header(r, "Last-Event-ID");

    out->has_since = out->is_lost = false;
    if (last != NULL && last[0] != '\0') {
        out->has_since = true;
        out->is_lost = !event_id_parse(last, strlen(last), &out->since);
        return OK;
    }
    if (since == NULL || since[0] == '\0')
        return OK;
    if (!event_id_parse(since, strlen(since), &out->since))
        return fail_field(&r->ctx, "since", "format", "%s",
                          _("não é uma posição que este servidor deu"));
    out->has_since = true;
    return OK;
}

/* Um processo por pedido (CGI, mod_fcgid): ninguém espera muito. */
static bool
is_brief(struct req *r)
{
    return live.is_cgi || r->io->param(r->io, "BALCAO_SHORT_POLL") != NULL;
}

static void
set_clock(struct req *r, struct client *c, const struct live_want *want)
{
    int64_t now_us = clock_mono_us(), wait_s = want->wait_s;
    int64_t beat_us = conf()->stream_heartbeat_s * 1000000;

    /* quem chegou junto não recebe o sinal de vida junto */
    c->beat_at_us = now_us + beat_us / 2 +
                    (int64_t)((uintptr_t)c / 64 * 2654435761u % 1000) *
                        (beat_us / 2) / 1000;
    c->check_at_us = now_us + CHECK_US;
    c->end_at_us = INT64_MAX;
    if (want->kind == LIVE_STREAM)
        wait_s = live.is_cgi   ? conf()->poll_cgi_wait_s
                 : is_brief(r) ? BRIEF_STREAM_S
                               : INT32_MAX;
    else if (is_brief(r) && wait_s > conf()->poll_cgi_wait_s)
        wait_s = conf()->poll_cgi_wait_s;
    if (wait_s < INT32_MAX)
        c->end_at_us = wait_s == 0 ? 0 : now_us + wait_s * 1000000;
}

static void
write_rooms(struct str *s, const struct room_list *rooms)
{
    int i;

    for (i = 0; i < rooms->count; i++) {
        str_putc(s, i == 0 ? '[' : ',');
        str_json(s, rooms->names[i]);
    }
    str_putc(s, ']');
}

/*
 * O primeiro evento leva o id da posição: quem cair antes do segundo já tem
 * de onde continuar.
 */
static void
write_start(struct req *r, const struct live_want *want, struct event_id at,
            bool is_lost)
{
    char id[EVENT_ID_CHARS];
    struct str data;

    event_id_format(at, id);
    str_init(&data, r->ctx.arena, 200);
    str_printf(&data,
               "{\"userId\":%" PRId64 ",\"companyId\":%" PRId64 ",\"rooms\":",
               r->ctx.user_id, r->ctx.company_id);
    write_rooms(&data, want->rooms);
    str_putc(&data, '}');
    str_puts(&r->out, "retry: 2000\n\n");
    sse_write(&r->out, id, "connected", data.data);
    if (is_lost)
        sse_write(&r->out, id, "resync", "{}");
}

static void
write_head(struct req *r, const struct live_want *want)
{
    r->status = 200;
    r->is_open = true;
    r->content_type = "application/json";
    if (want->kind == LIVE_STREAM) {
        r->content_type = "text/event-stream";
        reply_header(r, "Cache-Control", "no-store, no-transform");
        reply_header(r, "X-Accel-Buffering", "no");
    }
}

static void
fill(struct client *c, struct req *r, const struct live_want *want)
{
    c->kind = want->kind;
    c->who = (struct ctx){ .company_id = r->ctx.company_id,
                           .user_id = r->ctx.user_id,
                           .token_version = r->ctx.token_version,
                           .access_version = r->ctx.access_version };
    memcpy(c->who.family, r->ctx.family, sizeof c->who.family);
    c->session_id = r->session.id;
    sub_open(&live.hub, &c->sub, r->ctx.company_id, want->rooms->names,
             want->rooms->count);
    c->is_attached = true;
}

/*
 * O nchan devolve em Access-Control-Allow-Origin qualquer Origin que receba,
 * ou responde 403. Quem vem de uma origem que não está na lista fica aqui, e
 * a resposta sai sem cabeçalho nenhum de CORS.
 */
static bool
fits_nchan(struct req *r)
{
    const char *origin = req_header(r, "Origin");

    return r->io->param(r->io, "BALCAO_NCHAN") != NULL &&
           (origin == NULL || origin_listed(conf()->frontend_url, origin));
}

static enum err
attach(struct req *r, const struct live_want *want)
{
    struct client *c = CONTAINER(r->io, struct client, conn.io);
    bool is_lost;

    client_detach(c); /* o tratador pode rodar de novo */
    if (feed_start(live.feed) != OK)
        return fail(&r->ctx, ERR_UNAVAILABLE, NULL);
    is_lost = want->is_lost ||
              (want->has_since && !feed_has_since(live.feed, want->since));
    fill(c, r, want);
    c->sub.last = want->has_since && !is_lost ? want->since : live.hub.tail;
    c->is_resync = is_lost && want->kind == LIVE_POLL;
    set_clock(r, c, want);
    c->is_held = want->kind == LIVE_STREAM && nchan_is_up() && fits_nchan(r);
    write_head(r, want);
    if (want->kind == LIVE_STREAM)
        write_start(r, want, c->sub.last, is_lost);
    return OK;
}

enum err
live_subscribe(struct req *r, const char *rooms, const char *since,
               struct live_want *want)
{
    struct room_list *list = arena_alloc(r->ctx.arena, sizeof *list);
    enum err e;

    want->rooms = list;
    e = rooms_read(&r->ctx, rooms, list);
    if (e == OK)
        e = live_since(r, since, want);
    if (e == OK)
        e = rooms_allow(&r->ctx, r->session.id, list);
    if (e != OK)
        return e;
    if (r->head)
        return reply_text(r, 200,
                          want->kind == LIVE_STREAM ? "text/event-stream"
                                                    : "application/json",
                          "");
    return attach(r, want);
}
