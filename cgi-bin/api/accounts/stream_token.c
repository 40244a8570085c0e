/* accounts/stream_token.c - POST /api/v1/stream/token: abre fluxos sem
 * cabeçalhos. */
#include <string.h>

#include "app/app.h"
#include "auth/token.h"
#include "base/clock.h"
#include "base/conf.h"
#include "live/rooms.h"

struct token_out {
    const char *token;
    int64_t expires_in;
};
static const struct field token_out[] = {
    TEXT(struct token_out, token,
         .doc = "Vai em ?access_token= de /api/v1/stream e /api/v1/poll"),
    INT(struct token_out, expires_in, .doc = "Quanto vale, em segundos"),
    FIELDS_END
};

/* A consulta das salas de costume prova que a pessoa ainda vale. */
static enum err
make_token(struct req *r, const void *input)
{
    struct token t = { .user_id = r->ctx.user_id,
                       .company_id = r->ctx.company_id,
                       .token_version = r->ctx.token_version,
                       .access_version = r->ctx.access_version };
    struct room_list usual = { 0 };
    struct token_out out = { NULL, conf()->stream_token_s };
    enum err e = rooms_allow(&r->ctx, r->session.id, &usual);

    (void)input;
    if (e != OK)
        return e;
    memcpy(t.family, r->ctx.family, sizeof t.family);
    out.token = token_stream_make(r->ctx.arena, &t, clock_now_s());
    if (out.token == NULL)
        return fail(&r->ctx, ERR_INTERNAL, NULL);
    return reply(r, &out);
}

const struct route stream_token_routes[] = {
    { POST, "/api/v1/stream/token", make_token, .auth = AUTH_EITHER,
      .permit = PERM_LIVE, .out = token_out,
      .doc = "Token de um minuto para abrir um fluxo pelo endereço" },
    ROUTES_END
};
