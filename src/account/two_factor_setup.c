/* two_factor_setup.c - ligar, renovar e desligar a segunda etapa. */
#include "account/two_factor_setup.h"

#include <inttypes.h>
#include <string.h>

#include "account/letters.h"
#include "account/own_password.h"
#include "auth/audit.h"
#include "auth/secret_box.h"
#include "auth/throttle.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "db/db.h"
#include "gen/q_account.h"

/* Prazo e segredo, cifrados juntos para esta pessoa. */
struct setup {
    int64_t until_s;
    unsigned char secret[TOTP_SECRET_BYTES];
};

static const char *
box_context(struct ctx *c)
{
    return arena_printf(c->arena, "totp-setup:%" PRId64, c->user_id);
}

static enum err
seal(struct ctx *c, const struct setup *s, const char **out)
{
    struct slice plain = { (const char *)s, sizeof *s }, box;
    char *text;

    if (!secret_box_seal(c->arena, box_context(c), plain, &box))
        return fail(c, ERR_INTERNAL, NULL);
    text = arena_alloc(c->arena, 2 * box.len + 1);
    hex_encode((const unsigned char *)box.data, box.len, text);
    *out = text;
    return OK;
}

static enum err
unseal(struct ctx *c, const char *text, struct setup *out)
{
    size_t n = text != NULL ? strlen(text) / 2 : 0;
    unsigned char *bytes = arena_alloc(c->arena, n + 1);
    struct slice box = { (const char *)bytes, n }, plain;

    if (n == 0 || n > 4096 || !hex_decode(text, bytes, n) ||
        !secret_box_open(c->arena, box_context(c), box, &plain) ||
        plain.len != sizeof *out)
        return fail_field(c, "setup", "expired", "%s",
                          _("O código de leitura venceu; comece de novo"));
    memcpy(out, plain.data, sizeof *out);
    if (out->until_s < clock_now_s())
        return fail_field(c, "setup", "expired", "%s",
                          _("O código de leitura venceu; comece de novo"));
    return OK;
}

static enum err
describe(struct ctx *c, const struct setup *s, const char *email,
         struct two_factor_offer *out)
{
    char *text = arena_alloc(c->arena, TOTP_SECRET_CHARS + 1);

    totp_secret_text(s->secret, text);
    out->secret = text;
    out->uri = totp_uri(c->arena, s->secret, email);
    return qr_draw(c, out->uri, &out->qr);
}

/* Ligada ou não, como se precisa que esteja. */
static enum err
need_state(struct ctx *c, bool on)
{
    struct two_factor state;
    enum err e = two_factor_state(c, c->user_id, &state);

    if (e != OK || state.is_on == on)
        return e;
    return fail(c, ERR_CONFLICT, "%s",
                on ? _("A segunda etapa está desligada")
                   : _("A segunda etapa já está ligada"));
}

enum err
two_factor_offer(struct ctx *c, const char *password,
                 struct two_factor_offer *out)
{
    struct setup s = { .until_s = clock_now_s() + TWO_FACTOR_SETUP_S };
    struct auth_account account;
    enum err e = need_state(c, false);

    if (e == OK)
        e = own_password_prove(c, "password", password, &account);
    if (e != OK)
        return e;
    totp_secret(s.secret);
    e = describe(c, &s, account.user.email, out);
    return e != OK ? e : seal(c, &s, &out->setup);
}

enum err
two_factor_offer_again(struct ctx *c, const char *setup,
                       struct two_factor_offer *out)
{
    struct auth_account account;
    struct setup s;
    bool found = false;
    enum err e = unseal(c, setup, &s);

    if (e == OK)
        e = auth_find_account(c, "", c->user_id, &account, &found);
    if (e != OK || !found)
        return e != OK ? e : fail(c, ERR_NOT_FOUND, NULL);
    out->setup = setup;
    return describe(c, &s, account.user.email, out);
}

enum err
two_factor_confirm(struct ctx *c, const char *setup, const char *code,
                   two_factor_codes codes)
{
    struct setup s;
    int64_t step;
    enum err e = need_state(c, false);

    if (e == OK)
        e = unseal(c, setup, &s);
    if (e != OK)
        return e;
    if (!totp_check(s.secret, code, clock_now_s(), -1, &step))
        return fail_field(c, "code", "wrong", "%s",
                          _("O código não confere; veja a hora do celular"));
    return two_factor_enable(c, c->user_id, s.secret, step, codes);
}

enum err
two_factor_required(struct ctx *c, bool *required)
{
    struct q_account_two_factor_required_row row;
    enum err e = q_account_two_factor_required(c, &row);

    *required = e == OK && row.is_required;
    return e;
}

static enum err
note(struct ctx *c, const char *action)
{
    return audit_note(
        c, &(struct audit){
               .action = action,
               .target_type = "user",
               .target_id = arena_printf(c->arena, "%" PRId64, c->user_id) });
}

static enum err
refuse_code(struct ctx *c)
{
    enum err e = note(c, "two_factor.wrong");

    if (e == OK)
        e = db_commit(c); /* o registro fica, mesmo com a resposta de erro */
    if (e != OK)
        return e;
    return fail_field(c, "code", "wrong", "%s",
                      _("O código não confere, ou já foi usado"));
}

/*
 * Conta o palpite antes de conferi-lo, como no login. O balde não é o da
 * senha: acertá-la a cada pedido esvaziaria o dos palpites.
 */
static enum err
prove_code(struct ctx *c, const char *code)
{
    struct throttle t = { 0 };
    bool passes = false;
    enum err e, done;

    throttle_add(c, &t, THROTTLE_SELF,
                 arena_printf(c->arena, "code:%" PRId64, c->user_id));
    e = throttle_take(c, &t, NULL);
    if (e != OK && e != ERR_RATE_LIMITED)
        return e;
    done = db_commit(c);
    if (done != OK || e != OK)
        return done != OK ? done : e;
    e = two_factor_check(c, c->user_id, code, &passes, NULL);
    if (e == OK && !passes)
        return refuse_code(c);
    return e != OK ? e : throttle_pass(c, &t);
}

enum err
two_factor_renew_codes(struct ctx *c, const char *password, const char *code,
                       two_factor_codes codes)
{
    enum err e = need_state(c, true);

    if (e == OK)
        e = own_password_prove(c, "password", password, NULL);
    if (e == OK)
        e = prove_code(c, code);
    if (e == OK)
        e = two_factor_new_codes(c, c->user_id, codes);
    return e != OK ? e : note(c, "recovery_codes.renewed");
}

enum err
two_factor_remove(struct ctx *c, const char *password, const char *code)
{
    struct auth_account account;
    bool required = false;
    enum err e = need_state(c, true);

    if (e == OK)
        e = two_factor_required(c, &required);
    if (e == OK && required)
        e = fail(c, ERR_CONFLICT, "%s",
                 _("A sua empresa exige a segunda etapa"));
    if (e == OK)
        e = own_password_prove(c, "password", password, &account);
    if (e == OK)
        e = prove_code(c, code);
    if (e == OK)
        e = two_factor_disable(c, c->user_id);
    return e == OK ? letter_two_factor_removed(c, &account.user) : e;
}
