/* sign_in.c - a regra de entrar, do freio ao aviso. */
#include "account/sign_in.h"

#include <inttypes.h>
#include <string.h>

#include "account/notices.h"
#include "auth/audit.h"
#include "auth/device.h"
#include "auth/logins.h"
#include "auth/password.h"
#include "auth/throttle.h"
#include "auth/two_factor.h"
#include "base/i18n.h"
#include "base/str.h"
#include "db/db.h"

/* Uma tentativa: quem se diz ser, e os baldes que ela enche. */
struct attempt {
    const char *email;
    struct auth_account account;
    bool found;                       /* a conta existe */
    char device[DEVICE_ID_CHARS + 1]; /* "": aparelho desconhecido */
    const char *device_cookie;
    struct throttle throttle;
};

/* "ana@x.test" vira "a***@x.test": o registro não junta e-mails alheios. */
static const char *
mask_email(struct ctx *c, const char *email)
{
    const char *at = strrchr(email, '@');
    size_t n = 1;

    while ((email[n] & 0xc0) == 0x80 && email[0] != '\0')
        n++;
    if (at == NULL || at == email || email[0] == '\0')
        return "***";
    return arena_printf(c->arena, "%.*s***%s", (int)n, email, at);
}

/* Conta conhecida: no registro da empresa dela; senão, no da plataforma. */
static enum err
note(struct ctx *c, const struct attempt *t, const char *action,
     const char *why, const char *value)
{
    struct audit a = { .action = action };
    struct str s;

    str_init(&s, c->arena, 100);
    str_putc(&s, '{');
    if (!t->found) {
        str_puts(&s, "\"email\":");
        str_json(&s, mask_email(c, t->email));
        str_puts(&s, value != NULL ? "," : "");
    }
    if (value != NULL) {
        str_json(&s, why);
        str_putc(&s, ':');
        str_json(&s, value);
    }
    str_putc(&s, '}');
    a.after = s.data;
    if (t->found) {
        a.target_type = "user";
        a.target_id = arena_printf(c->arena, "%" PRId64, t->account.user.id);
        a.company_id = t->account.user.company_id;
    }
    return audit_note(c, &a);
}

/* Quem já entrou por este aparelho tem cota só sua; os outros dividem a da
 * conta e a do endereço. */
static void
choose_buckets(struct ctx *c, struct attempt *t, const char *device)
{
    const char *subject = t->email;

    t->device_cookie = device;
    if (t->found) {
        subject = arena_printf(c->arena, "%" PRId64, t->account.user.id);
        device_cookie_check(device, t->account.user.id, t->device);
    }
    if (t->device[0] != '\0') {
        throttle_add(c, &t->throttle, THROTTLE_DEVICE,
                     arena_printf(c->arena, "%s:%s", t->device, subject));
        return;
    }
    throttle_add(c, &t->throttle, THROTTLE_ACCOUNT, subject);
    throttle_add(c, &t->throttle, THROTTLE_ADDRESS,
                 c->remote != NULL ? c->remote : "");
}

/* Confirma antes do que demora: outros pedidos veem a tentativa já. */
static enum err
count_attempt(struct ctx *c, struct attempt *t, const char *device)
{
    bool first = false;
    enum err e, done;

    choose_buckets(c, t, device);
    e = throttle_take(c, &t->throttle, &first);
    if (e != OK && e != ERR_RATE_LIMITED)
        return e;
    if (e == ERR_RATE_LIMITED && first)
        note(c, t, "login.throttled", NULL, NULL);
    done = db_commit(c);
    return done != OK ? done : e;
}

/* A recusa fica registrada mesmo que a resposta seja um erro. */
static enum err
refuse(struct ctx *c, const struct attempt *t, const char *step, enum err why)
{
    enum err e = note(c, t, "login.failed", "step", step);

    if (e == OK)
        e = db_commit(c);
    if (e != OK)
        return e;
    if (why != ERR_TWO_FACTOR)
        return fail(c, why, NULL);
    return fail(c, why, "%s", _("O código não confere, ou já foi usado"));
}

/*
 * Sem cookie, mas com o mesmo programa e endereço de um login de antes, não é
 * novidade: programas não guardam cookies, e avisar sempre é não avisar.
 */
static enum err
tell_if_strange(struct ctx *c, const struct auth_user *user)
{
    bool seen;
    enum err e = auth_seen_here(c, user->id, &seen);

    return e != OK || seen ? e : notice_new_login(c, user);
}

/* Provou tudo: entra, se tem onde. */
static enum err
admit(struct ctx *c, const struct attempt *t, const char *factor,
      struct signed_in *out)
{
    const struct auth_account *a = &t->account;
    bool known = t->device[0] != '\0';
    enum err e;

    if (a->user.company_id == 0)
        return fail(c, ERR_FORBIDDEN, "%s",
                    _("Sua conta não está em nenhuma empresa"));
    if (a->suspended)
        return fail(c, ERR_SUSPENDED, NULL);
    out->user = a->user;
    out->device =
        known ? t->device_cookie : device_cookie_make(c->arena, a->user.id);
    e = throttle_pass(c, &t->throttle);
    if (e == OK)
        e = auth_visit(c, &a->user);
    if (e == OK && !known && !a->is_first)
        e = tell_if_strange(c, &a->user);
    if (e != OK)
        return e;
    return audit_note(
        c, &(struct audit){
               .action = "login.succeeded",
               .target_type = "user",
               .target_id = arena_printf(c->arena, "%" PRId64, a->user.id),
               .after = arena_printf(c->arena, "{\"factor\":\"%s\"}", factor),
               .company_id = a->user.company_id,
               .user_id = a->user.id });
}

/* A segunda etapa; a tentativa já foi contada. */
static enum err
check_code(struct ctx *c, const struct attempt *t, const char *code,
           const char **factor)
{
    bool passes, recovery;
    enum err e =
        two_factor_check(c, t->account.user.id, code, &passes, &recovery);

    if (e != OK)
        return e;
    if (!passes)
        return refuse(c, t, "code", ERR_TWO_FACTOR);
    *factor = recovery ? "recovery" : "totp";
    return OK;
}

enum err
sign_in_password(struct ctx *c, const struct sign_in *in, struct signed_in *out)
{
    struct slice plain = { in->password, strlen(in->password) };
    struct attempt t = { .email = in->email };
    const char *factor = "password";
    enum err e = password_check(c, "password", plain);

    if (e == OK)
        e = auth_find_account(c, in->email, 0, &t.account, &t.found);
    if (e == OK)
        e = count_attempt(c, &t, in->device);
    if (e != OK)
        return e;
    if (!password_verify(plain, t.found ? t.account.password_hash : NULL))
        return refuse(c, &t, "password", ERR_BAD_LOGIN);
    auth_rehash(c, &t.account, in->password);
    if (t.account.two_factor) {
        out->user = t.account.user;
        if (in->code == NULL || in->code[0] == '\0')
            return fail(c, ERR_TWO_FACTOR, NULL);
        e = check_code(c, &t, in->code, &factor);
    }
    return e != OK ? e : admit(c, &t, factor, out);
}

enum err
sign_in_half(struct ctx *c, const struct signed_in *half,
             char token[static TOKEN_OPAQUE_CHARS + 1])
{
    enum err e;

    ctx_clear_error(c);
    /* outro navegador pode estar no meio do login dele */
    e = one_time_create(c,
                        &(struct one_time_new){ .purpose = ONE_TIME_LOGIN,
                                                .user_id = half->user.id,
                                                .life_s = ONE_TIME_LOGIN_S,
                                                .keep_older = true },
                        token);
    return e != OK ? e : db_commit(c);
}

enum err
sign_in_code(struct ctx *c, const char *token, const char *code,
             const char *device, struct signed_in *out)
{
    struct attempt t = { .email = "" };
    struct one_time half;
    const char *factor;
    bool valid;
    enum err e = one_time_peek(c, ONE_TIME_LOGIN, token, &half, &valid);

    if (e == OK && valid)
        e = auth_find_account(c, "", half.user_id, &t.account, &t.found);
    if (e != OK)
        return e;
    if (!valid || !t.found)
        return fail(c, ERR_UNAUTHORIZED, "%s",
                    _("O tempo para o código acabou; entre de novo"));
    e = count_attempt(c, &t, device);
    if (e == OK)
        e = check_code(c, &t, code, &factor);
    if (e == OK)
        e = one_time_consume(c, ONE_TIME_LOGIN, token, &half, &valid);
    if (e != OK)
        return e;
    if (!valid) /* outro pedido gastou o segredo no meio deste */
        return fail(c, ERR_UNAUTHORIZED, NULL);
    return admit(c, &t, factor, out);
}

enum err
sign_out_note(struct ctx *c)
{
    return audit_note(c, &(struct audit){ .action = "logout" });
}
