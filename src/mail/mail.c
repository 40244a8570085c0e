/* mail.c - um e-mail pedido vira um job lacrado. */
#include "mail/mail.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>

#include "auth/secret_box.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/str.h"
#include "gen/q_mail.h"
#include "mail/header.h"
#include "mail/mail_internal.h"

#define ID_BYTES 16

bool
mail_is_on(void)
{
    return conf()->smtp_url[0] != '\0';
}

/* O Message-ID nasce aqui: quantas vezes o job rode, é o mesmo. */
static bool
write_letter(struct ctx *c, const struct mail_new *m, struct str *s)
{
    unsigned char id[ID_BYTES];
    char hex[ID_BYTES * 2 + 1];

    if (RAND_bytes(id, sizeof id) != 1)
        return false;
    hex_encode(id, sizeof id, hex);
    str_init(s, c->arena, 1024);
    str_printf(s, "{\"id\":\"%.*s\",\"at\":%" PRId64 ",\"to\":", ID_BYTES * 2,
               hex, clock_now_s());
    str_json(s, m->to);
    str_puts(s, ",\"name\":");
    str_json(s, m->to_name != NULL ? m->to_name : "");
    str_puts(s, ",\"template\":");
    str_json(s, m->template);
    str_puts(s, ",\"lang\":");
    str_json(s, m->lang != NULL ? m->lang : i18n_lang());
    if (m->unsubscribe != NULL) {
        str_puts(s, ",\"unsubscribe\":");
        str_json(s, m->unsubscribe);
    }
    str_puts(s, ",\"model\":");
    str_puts(s, m->model != NULL ? json_object_to_json_string_ext(
                                       m->model, JSON_C_TO_STRING_PLAIN)
                                 : "{}");
    str_putc(s, '}');
    return true;
}

static const char *
seal(struct ctx *c, const struct str *letter)
{
    struct slice box;
    char *text;

    if (!secret_box_seal(c->arena, MAIL_BOX,
                         (struct slice){ letter->data, letter->len }, &box))
        return NULL;
    text = arena_alloc(c->arena, (box.len + 2) / 3 * 4 + 1);
    EVP_EncodeBlock((unsigned char *)text, (const unsigned char *)box.data,
                    (int)box.len);
    return arena_printf(c->arena, "{\"sealed\":\"%s\"}", text);
}

enum err
mail_enqueue(struct ctx *c, const struct mail_new *m)
{
    struct str letter;
    const char *payload;

    if (!mail_is_on()) {
        log_warn("e-mail %s não saiu: smtp_url está vazio", m->template);
        return OK;
    }
    if (!mail_address_valid(m->to)) {
        log_warn("e-mail %s não saiu: o endereço não serve", m->template);
        return OK;
    }
    payload = write_letter(c, m, &letter) ? seal(c, &letter) : NULL;
    if (payload == NULL)
        return fail(c, ERR_INTERNAL, NULL);
    c->nudges |= NUDGE_JOBS;
    return q_mail_post_queue(
        c, &(struct q_mail_post_in){ .company_id = m->company_id,
                                     .payload = payload });
}

/* ---- configuração ---- */

static bool
is_loopback(const char *url)
{
    static const char *const hosts[] = { "127.", "localhost", "[::1]" };
    const char *host = strstr(url, "://");
    size_t i;

    for (i = 0; host != NULL && i < 3; i++)
        if (strncmp(host + 3, hosts[i], strlen(hosts[i])) == 0)
            return true;
    return false;
}

static bool
tls_known(const char *tls)
{
    return strcmp(tls, "required") == 0 || strcmp(tls, "auto") == 0 ||
           strcmp(tls, "off") == 0;
}

bool
mail_check_conf(void (*report)(const char *key, const char *problem))
{
    const struct conf *k = conf();
    struct arena *a = arena_new(1024);
    struct mailbox from;
    bool good = true;
    bool implicit = strncmp(k->smtp_url, "smtps://", 8) == 0;

#define REFUSE(key, text) (good = false, report(key, text))
    if (mail_is_on() && !implicit && strncmp(k->smtp_url, "smtp://", 7) != 0)
        REFUSE("smtp_url", _("deve começar por smtp:// ou smtps://"));
    if (strchr(k->smtp_url, '@') != NULL)
        REFUSE("smtp_url", _("usuário e senha vão em smtp_user e "
                             "smtp_password"));
    if (!tls_known(k->smtp_tls))
        REFUSE("smtp_tls", _("deve ser required, auto ou off"));
    if (k->smtp_user[0] != '\0' && !implicit && !is_loopback(k->smtp_url) &&
        strcmp(k->smtp_tls, "required") != 0)
        REFUSE("smtp_tls", _("com smtp_user deve ser required: a senha "
                             "iria aberta pela rede"));
    if ((k->smtp_user[0] == '\0') != (k->smtp_password[0] == '\0'))
        REFUSE("smtp_user", _("smtp_user e smtp_password andam juntos"));
    if (!mail_parse_mailbox(a, k->mail_from, &from))
        REFUSE("mail_from", _("deve ser um endereço ou Nome <endereço>"));
    else if (mail_is_on() &&
             strcmp(mail_domain(from.address), "localhost") == 0)
        REFUSE("mail_from", _("com smtp_url deve ter um domínio que receba "
                              "respostas, e não localhost"));
#undef REFUSE
    arena_free(a);
    return good;
}
