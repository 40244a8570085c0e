/* send.c - de um job lacrado a uma mensagem entregue. */
#include "mail/send.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <string.h>
#include <strings.h>

#include "auth/secret_box.h"
#include "base/conf.h"
#include "base/i18n.h"
#include "base/log.h"
#include "jobs/backoff.h"
#include "mail/header.h"
#include "mail/letter.h"
#include "mail/mail.h"
#include "mail/mail_internal.h"

#define CONCURRENCY 4 /* servidores de e-mail contam conexões por cliente */
#define LINE_MAX_BYTES 400
#define LONGEST_WAIT_MS 3600000

static void
drop_json(void *object)
{
    json_object_put(object);
}

static struct json_object *
parse(struct ctx *c, const char *text)
{
    struct json_object *o = json_tokener_parse(text);

    if (o != NULL)
        arena_defer(c->arena, drop_json, o);
    return json_object_is_type(o, json_type_object) ? o : NULL;
}

static const char *
text_of(struct json_object *o, const char *key)
{
    struct json_object *value = NULL;

    return json_object_object_get_ex(o, key, &value)
               ? json_object_get_string(value)
               : "";
}

/* O que mail_enqueue lacrou, ou NULL. */
static struct json_object *
open_sealed(struct ctx *c, const char *payload)
{
    struct json_object *outer = parse(c, payload);
    const char *text = outer != NULL ? text_of(outer, "sealed") : "";
    size_t n = strlen(text);
    unsigned char *bytes = arena_alloc(c->arena, n / 4 * 3 + 1);
    struct slice plain, box = { (const char *)bytes, 0 };
    int got = n > 4
                  ? EVP_DecodeBlock(bytes, (const unsigned char *)text, (int)n)
                  : -1;

    if (got < 0)
        return NULL;
    /* a OpenSSL conta como bytes o enchimento do fim */
    box.len = (size_t)got - (text[n - 1] == '=') - (text[n - 2] == '=');
    if (!secret_box_open(c->arena, MAIL_BOX, box, &plain))
        return NULL;
    return parse(c, plain.data);
}

static enum mail_tls
tls_level(const char *name)
{
    if (strcmp(name, "off") == 0)
        return MAIL_TLS_OFF;
    return strcmp(name, "auto") == 0 ? MAIL_TLS_AUTO : MAIL_TLS_REQUIRED;
}

static const char *
or_null(const char *text)
{
    return text[0] != '\0' ? text : NULL;
}

/*
 * O botão que os programas de e-mail mostram ao lado do remetente. De um
 * clique só quando o endereço é https, como a norma pede.
 * Fonte:  RFC 2369 seção 3.2; RFC 8058 seção 3.1.
 */
static void
add_unsubscribe(struct ctx *c, const char *url, const char **headers)
{
    if (url[0] == '\0')
        return;
    headers[0] = arena_printf(c->arena, "List-Unsubscribe: <%s>", url);
    if (strncmp(url, "https://", 8) == 0)
        headers[1] = "List-Unsubscribe-Post: List-Unsubscribe=One-Click";
}

static void
ask_delivery(struct ctx *c, struct job *job, struct json_object *sealed,
             const struct letter *letter, const struct mailbox *from)
{
    const struct conf *k = conf();
    struct mail_call *m = arena_alloc(c->arena, sizeof *m);
    struct json_object *at = NULL;
    struct mailbox to = { text_of(sealed, "name"), text_of(sealed, "to") };
    struct arena *a = c->arena;
    int n = 0;

    *m = (struct mail_call){ .from = from->address,
                             .to = to.address,
                             .text = letter->text,
                             .html = letter->html,
                             .user = or_null(k->smtp_user),
                             .password = k->smtp_password,
                             .ca_file = or_null(k->smtp_ca_file),
                             .tls = tls_level(k->smtp_tls) };
    json_object_object_get_ex(sealed, "at", &at);
    job->call = (struct job_call){ .mail = m,
                                   .url = k->smtp_url,
                                   .timeout_ms = k->mail_timeout_ms,
                                   .max_bytes = LINE_MAX_BYTES };
    job->call.headers[n++] = arena_printf(
        a, "Date: %s", mail_header_date(a, json_object_get_int64(at)));
    job->call.headers[n++] =
        arena_printf(a, "From: %s", mail_header_mailbox(a, from));
    job->call.headers[n++] =
        arena_printf(a, "To: %s", mail_header_mailbox(a, &to));
    job->call.headers[n++] =
        arena_printf(a, "Subject: %s", mail_header_text(a, letter->subject));
    job->call.headers[n++] =
        arena_printf(a, "Message-ID: <%s@%s>", text_of(sealed, "id"),
                     mail_domain(from->address));
    job->call.headers[n++] = "Auto-Submitted: auto-generated";
    job->call.headers[n++] =
        arena_printf(a, "Content-Language: %s", text_of(sealed, "lang"));
    add_unsubscribe(c, text_of(sealed, "unsubscribe"), job->call.headers + n);
    job->state = sealed;
}

static enum err
bury(struct job *job, const char *why, enum job_next *next)
{
    log_error("e-mail %" PRId64 ": desistiu: %s", job->id, why);
    job->error = why;
    *next = JOB_DEAD;
    return OK;
}

static enum err
try_later(struct job *job, const char *why, enum job_next *next)
{
    const struct backoff wait = { conf()->mail_retry_s * 1000, LONGEST_WAIT_MS,
                                  3 };

    if (job->attempts >= conf()->mail_attempts)
        return bury(job, why, next);
    job->delay_ms = backoff_ms(&wait, job->attempts);
    job->error = why;
    log_warn("e-mail %" PRId64 ": tentativa %d, de novo em %" PRId64 " ms: %s",
             job->id, job->attempts, job->delay_ms, why);
    *next = JOB_RETRY;
    return OK;
}

static enum err
prepare(struct ctx *c, struct job *job, enum job_next *next)
{
    struct json_object *sealed = open_sealed(c, job->payload);
    struct letter letter;
    struct mailbox from;
    const char *why;

    if (sealed == NULL)
        return bury(job, "o lacre não abre (app_secret mudou?)", next);
    if (!mail_is_on())
        return try_later(job, "smtp_url está vazio", next);
    if (!mail_parse_mailbox(c->arena, conf()->mail_from, &from))
        return try_later(job, "mail_from não serve", next);
    if (!mail_address_valid(text_of(sealed, "to")))
        return bury(job, "o endereço não serve", next);
    i18n_set(text_of(sealed, "lang"));
    why = letter_write(c->arena, text_of(sealed, "template"),
                       json_object_object_get(sealed, "model"), &letter);
    if (why != NULL)
        return bury(job, why, next);
    ask_delivery(c, job, sealed, &letter, &from);
    *next = JOB_CALL;
    return OK;
}

/* O servidor costuma repetir o endereço no motivo; a pessoa não vai ao log. */
static const char *
hide_address(struct ctx *c, const char *text, const char *address)
{
    size_t local = (size_t)(strchr(address, '@') - address);
    struct str out;

    str_init(&out, c->arena, 64);
    while (*text != '\0') {
        if (strncasecmp(text, address, local + 1) == 0) {
            str_puts(&out, "***@");
            text += local + 1;
        } else {
            str_putc(&out, (unsigned char)*text < ' ' ? ' ' : *text);
            text++;
        }
    }
    return out.len > 0 ? out.data : "";
}

static enum err
finish(struct ctx *c, struct job *job, const struct job_reply *reply,
       enum job_next *next)
{
    const char *to = text_of(job->state, "to");
    const char *why;

    *next = JOB_DONE;
    if (reply->status >= 200 && reply->status < 300) {
        log_info("e-mail %" PRId64 ": %s entregue a %s", job->id,
                 text_of(job->state, "template"), mail_domain(to));
        return OK;
    }
    why =
        reply->status != 0
            ? hide_address(
                  c, arena_memdup(c->arena, reply->body.data, reply->body.len),
                  to)
            : arena_printf(c->arena, "não se chegou ao servidor: %s",
                           reply->error != NULL ? reply->error : "?");
    if (!utf8_valid(why, strlen(why)))
        why = arena_printf(c->arena, "o servidor respondeu %d", reply->status);
    return reply->status >= 500 ? bury(job, why, next)
                                : try_later(job, why, next);
}

const struct job_kind mail_send_kind = {
    .name = MAIL_KIND,
    .concurrency = CONCURRENCY,
    .prepare = prepare,
    .finish = finish,
};
