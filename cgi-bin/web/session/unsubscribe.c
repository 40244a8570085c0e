/*
 * unsubscribe.c - /unsubscribe: deixar de receber o resumo por e-mail, sem
 * entrar. O GET só pergunta: os programas de e-mail abrem os links sozinhos.
 * O POST é o do botão da página e o de um clique do próprio programa de
 * e-mail (RFC 8058), que não traz sessão nem origem: quem autoriza é o link.
 */
#include "app/app.h"
#include "app/page_model.h"
#include "base/i18n.h"
#include "desk/digest.h"

#define TOKEN_MAX 200

struct stop_in {
    const char *token, *click;
};
static const struct field page_in[] = {
    TEXT(struct stop_in, token, .lines = true, .from = QUERY, .max = TOKEN_MAX,
         .doc = "O que veio no link"),
    FIELDS_END
};
static const struct field stop_in[] = {
    TEXT(struct stop_in, token, .lines = true, .from = QUERY, .max = TOKEN_MAX,
         .doc = "O que veio no link"),
    TEXT(struct stop_in, click, .json = "List-Unsubscribe", .max = 40,
         .doc = "O que o programa de e-mail manda: One-Click"),
    FIELDS_END
};

static enum err
show(struct req *r, const char *token, bool is_valid, bool is_done)
{
    struct json_object *m = page_model(r, _("Resumo por e-mail"));

    model_text(m, "token", token != NULL ? token : "");
    model_bool(m, "isValid", is_valid);
    model_bool(m, "isDone", is_done);
    model_bool(m, "asks", is_valid && !is_done);
    return page_reply(r, is_valid ? 200 : 422, "session/unsubscribe", m);
}

static enum err
ask(struct req *r, const void *input)
{
    const struct stop_in *in = input;

    return show(r, in->token, digest_stop_valid(&r->ctx, in->token), false);
}

static enum err
stop(struct req *r, const void *input)
{
    const struct stop_in *in = input;
    bool known;
    enum err e = digest_stop(&r->ctx, in->token, &known);

    return e != OK ? e : show(r, in->token, known, known);
}

/* clang-format off */
const struct route unsubscribe_routes[] = {
    { GET, "/unsubscribe", ask, .auth = AUTH_PUBLIC, .html = true,
      .out_type = "text/html", .no_db = true, .refuses = "422",
      IN(struct stop_in, page_in),
      .doc = "Pergunta se se quer deixar de receber o resumo por e-mail" },
    { POST, "/unsubscribe", stop, .auth = AUTH_PUBLIC, .html = true,
      .out_type = "text/html", .accepts = ACCEPT_FORM, .max_body = 4096,
      IN(struct stop_in, stop_in),
      .doc = "Deixa de receber o resumo por e-mail" },
    ROUTES_END
};
/* clang-format on */
