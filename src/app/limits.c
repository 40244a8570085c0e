/* limits.c - os limites de um pedido e o que se conta deles. */
#include "app/limits.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <string.h>

#include "app/app.h"
#include "base/conf.h"
#include "cache/rate_limit.h"

/* O balde de um endereço: IPv4 inteiro, IPv6 até o /64. */
static const char *
address_bucket(struct req *r)
{
    const char *text = req_remote(r);
    struct in6_addr a;
    char net[33];

    if (strchr(text, ':') == NULL || inet_pton(AF_INET6, text, &a) != 1)
        return text;
    if (IN6_IS_ADDR_V4MAPPED(&a))
        return arena_printf(r->ctx.arena, "%d.%d.%d.%d", a.s6_addr[12],
                            a.s6_addr[13], a.s6_addr[14], a.s6_addr[15]);
    hex_encode(a.s6_addr, 8, net);
    return arena_printf(r->ctx.arena, "%s/64", net);
}

static enum err
hit(struct req *r, const char *key, unsigned limit, unsigned window_s)
{
    struct rate_left left;

    if (rate_limit_hit(app.redis, key, limit, window_s, &left) != OK)
        return OK;
    if (r->rate.limit == 0 || left.remaining < r->rate.remaining ||
        left.wait_ms > 0)
        r->rate = (struct rate_seen){ .limit = limit,
                                      .window_s = window_s,
                                      .remaining = left.remaining,
                                      .reset_s = left.reset_s };
    if (left.wait_ms == 0)
        return OK;
    r->ctx.retry_after_s = (unsigned)((left.wait_ms + 999) / 1000);
    return fail(&r->ctx, ERR_RATE_LIMITED, NULL);
}

enum err
limit_address(struct req *r)
{
    if (conf()->rate_address == 0)
        return OK;
    return hit(r, arena_printf(r->ctx.arena, "wall:%s", address_bucket(r)),
               (unsigned)conf()->rate_address, 60);
}

static const char *
who(struct req *r)
{
    struct arena *a = r->ctx.arena;

    if (r->ctx.api_token_id != 0)
        return arena_printf(a, "t%" PRId64, r->ctx.api_token_id);
    if (r->ctx.user_id != 0)
        return arena_printf(a, "u%" PRId64, r->ctx.user_id);
    return arena_printf(a, "a%s", address_bucket(r));
}

enum err
limit_route(struct req *r)
{
    const struct rate *rate = &r->route->rate;
    unsigned hits = rate->hits * (unsigned)conf()->rate_factor;
    unsigned window = rate->per_s;

    if (hits == 0 && r->ctx.user_id != 0) {
        hits = (unsigned)conf()->rate_default;
        window = 60;
    }
    if (hits == 0)
        return OK;
    return hit(r,
               arena_printf(r->ctx.arena, "%s:%s:%s", who(r),
                            method_name(r->method), r->route->path),
               hits, window);
}

void
limit_headers(const struct req *r, struct str *head)
{
    const struct rate_seen *s = &r->rate;

    if (s->limit == 0)
        return;
    str_printf(head,
               "RateLimit-Limit: %u\r\nRateLimit-Remaining: %u\r\n"
               "RateLimit-Reset: %u\r\nRateLimit-Policy: %u;w=%u\r\n",
               s->limit, s->remaining, s->reset_s, s->limit, s->window_s);
}
