/* identify.c - quem chama: Bearer, cookie de sessão, ou ninguém. */
#include <string.h>
#include <strings.h>

#include "app/app.h"
#include "auth/api_token.h"
#include "auth/csrf.h"
#include "auth/login.h"
#include "auth/two_factor.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/i18n.h"

const char *
session_cookie_name(const struct req *r)
{
    return r->https ? "__Host-balcao" : "balcao";
}

bool
session_cookie_hash(struct req *r, unsigned char out[static 32])
{
    const char *cookie = req_cookie(r, session_cookie_name(r));

    if (cookie == NULL || !token_is_opaque(cookie))
        return false;
    token_hash(cookie, out);
    return true;
}

/* Em transação própria, como a sessão: só depois dela se sabe a empresa. */
static enum err
by_api_token(struct req *r, const char *text)
{
    struct api_token_owner owner;
    struct ctx c = r->ctx;
    bool found;
    enum err e = api_token_find(&c, text, &owner, &found);

    if (e != OK) {
        db_rollback(&c);
        return fail(&r->ctx, e, NULL);
    }
    if (!found)
        return fail(&r->ctx, ERR_UNAUTHORIZED, NULL);
    r->ctx.company_id = owner.company_id;
    r->ctx.user_id = owner.user_id;
    r->ctx.role = owner.role;
    r->ctx.permissions = owner.permissions;
    r->ctx.api_token_id = owner.token_id;
    return OK;
}

static enum err
by_bearer(struct req *r, const char *header)
{
    struct token t;

    if (strncasecmp(header, "Bearer ", 7) == 0 && api_token_is_one(header + 7))
        return by_api_token(r, header + 7);
    if (strncasecmp(header, "Bearer ", 7) != 0 ||
        !token_verify(header + 7, clock_now_s(), &t))
        return fail(&r->ctx, ERR_UNAUTHORIZED, NULL);
    r->ctx.company_id = t.company_id;
    r->ctx.user_id = t.user_id;
    r->ctx.token_version = t.token_version;
    r->ctx.access_version = t.access_version;
    r->ctx.role = t.role;
    r->ctx.permissions = t.has_scope ? t.permissions : permissions_of(t.role);
    memcpy(r->ctx.family, t.family, sizeof r->ctx.family);
    return OK;
}

/* Numa transação própria: só depois dela se sabe a empresa. */
static enum err
find_session(struct req *r, const unsigned char *hash,
             struct auth_session *session, bool *found)
{
    struct ctx c = r->ctx;
    enum err e = auth_session_find(&c, hash, session, found);

    if (e == OK)
        e = db_commit(&c);
    else
        db_rollback(&c);
    return e;
}

static void
adopt_session(struct req *r, const unsigned char *hash,
              const struct auth_session *s)
{
    char *csrf = arena_alloc(r->ctx.arena, CSRF_CHARS + 1);

    csrf_token(hash, csrf);
    r->ctx.company_id = s->company_id;
    r->ctx.user_id = s->user_id;
    r->ctx.token_version = s->token_version;
    r->ctx.access_version = s->access_version;
    r->ctx.role = s->role;
    r->ctx.permissions = permissions_of(s->role);
    if (s->permissions != NULL)
        permissions_parse(s->permissions, &r->ctx.permissions);
    memcpy(r->ctx.family, s->family, sizeof r->ctx.family);
    r->session = (struct session){
        .by_cookie = true,
        .id = s->id,
        .csrf = csrf,
        .name = s->name,
        .company_name = s->company_name,
        .time_zone = s->time_zone,
        .visibility = s->visibility,
        .queue_ids = s->queue_ids,
        .companies = s->companies,
        .renewed = s->renewed,
    };
    if (req_cookie(r, "lang") == NULL) {
        r->lang = i18n_pick(s->locale, NULL);
        i18n_set(r->lang);
    }
}

static enum err
by_cookie(struct req *r)
{
    unsigned char hash[32];
    struct auth_session session;
    bool found;
    enum err e;

    if (!session_cookie_hash(r, hash))
        return fail(&r->ctx, ERR_UNAUTHORIZED, NULL);
    e = find_session(r, hash, &session, &found);
    if (e != OK)
        return fail(&r->ctx, e, NULL);
    if (!found)
        return fail(&r->ctx, ERR_UNAUTHORIZED, NULL);
    adopt_session(r, hash, &session);
    return OK;
}

/*
 * EventSource não manda cabeçalhos: o token de um minuto vem no endereço. O
 * de acesso, que vive mais, não é aceito ali (endereços vão parar em logs).
 * Papel ele não traz; as salas são conferidas contra o vínculo.
 */
static enum err
by_stream_token(struct req *r, const char *text)
{
    struct token t;

    if (!token_stream_verify(text, clock_now_s(), &t))
        return fail(&r->ctx, ERR_UNAUTHORIZED, NULL);
    r->ctx.company_id = t.company_id;
    r->ctx.user_id = t.user_id;
    r->ctx.token_version = t.token_version;
    r->ctx.access_version = t.access_version;
    memcpy(r->ctx.family, t.family, sizeof r->ctx.family);
    return OK;
}

/*
 * Falta a permissão. A quem só pode cuidar da própria conta porque a empresa
 * exige a segunda etapa, diz-se isto, que tem remédio; a quem já a ligou e traz
 * o token de antes, a entrada no banco responde 401, e o cliente renova.
 */
static enum err
refuse(struct req *r)
{
    struct ctx *c = &r->ctx;
    bool missing;
    enum err e = two_factor_missing(c, c->user_id, c->company_id, &missing);

    if (e == OK)
        e = db_commit(c);
    if (e != OK) {
        db_rollback(c);
        return fail(c, e, NULL);
    }
    return fail(c, missing ? ERR_TWO_FACTOR_SETUP : ERR_FORBIDDEN, NULL);
}

enum err
identify(struct req *r)
{
    const char *header = req_header(r, "Authorization");
    enum err e;

    switch (r->route->auth) {
    case AUTH_PUBLIC:
    case AUTH_PUBLIC_FORM:
        return OK;
    case AUTH_TOKEN:
        e = header != NULL ? by_bearer(r, header)
                           : fail(&r->ctx, ERR_UNAUTHORIZED, NULL);
        break;
    case AUTH_COOKIE:
        e = by_cookie(r);
        break;
    case AUTH_STREAM:
        if (header == NULL && req_query(r, "access_token") != NULL)
            return by_stream_token(r, req_query(r, "access_token"));
        /* fallthrough */
    default:
        e = header != NULL ? by_bearer(r, header) : by_cookie(r);
        break;
    }
    if (e == OK && (r->ctx.permissions & PERM_BIT(r->route->permit)) == 0)
        return refuse(r);
    return e;
}
