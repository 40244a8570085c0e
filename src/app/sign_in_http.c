/* sign_in_http.c - cookies do aparelho e da sessão. */
#include "app/sign_in_http.h"

#include "app/app.h"
#include "auth/device.h"
#include "base/conf.h"

static const char *
device_cookie_name(const struct req *r)
{
    return r->https ? "__Host-balcao-device" : "balcao-device";
}

const char *
device_cookie(struct req *r)
{
    return req_cookie(r, device_cookie_name(r));
}

void
device_cookie_send(struct req *r, const char *value)
{
    reply_cookie(r, device_cookie_name(r), value, "/", DEVICE_COOKIE_S);
}

enum err
browser_session_open(struct req *r, const struct auth_user *user)
{
    char *cookie = arena_alloc(r->ctx.arena, TOKEN_OPAQUE_CHARS + 1);
    unsigned char hash[TOKEN_HASH_BYTES];
    enum err e = OK;

    if (session_cookie_hash(r, hash))
        e = auth_session_end(&r->ctx, hash);
    if (e == OK)
        e = auth_session_start(&r->ctx, user, cookie);
    if (e != OK)
        return e;
    r->session.renewed = false; /* o cookie antigo não volta por cima */
    reply_cookie(r, session_cookie_name(r), cookie, "/", conf()->session_s);
    return OK;
}
