/* store_check.c - o S3 da configuração: as chaves, e uma prova de verdade. */
#include <string.h>

#include "base/conf.h"
#include "base/i18n.h"
#include "media/store_internal.h"

/* Nada que precise de código no endereço: a assinatura é sobre o que se vê. */
#define KEY_CHARS \
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"

static bool
only(const char *text, const char *accept)
{
    return text[strspn(text, accept)] == '\0';
}

static bool
is_loopback(const char *url)
{
    return strncmp(url, "http://127.", 11) == 0 ||
           strncmp(url, "http://localhost", 16) == 0 ||
           strncmp(url, "http://[::1]", 12) == 0;
}

bool
store_check_conf(void (*report)(const char *key, const char *problem),
                 void (*warn)(const char *key, const char *warning))
{
    const struct conf *k = conf();
    const char *url = k->s3_endpoint;
    size_t n = strlen(k->s3_prefix);
    bool good = true, plain = strncmp(url, "http://", 7) == 0;

#define REFUSE(key, text) (good = false, report(key, text))
    if (url[0] != '\0' && !plain && strncmp(url, "https://", 8) != 0)
        REFUSE("s3_endpoint", _("deve começar por http:// ou https://"));
    if (strpbrk(url, "?#@ ") != NULL)
        REFUSE("s3_endpoint", _("só o endereço, sem usuário nem parâmetros"));
    if (plain && !is_loopback(url))
        warn("s3_endpoint", _("sem https o que as pessoas mandam passa aberto "
                              "pela rede"));
    if (!only(k->s3_bucket, KEY_CHARS))
        REFUSE("s3_bucket", _("só letras, números, ponto, _ e -"));
    if (!only(k->s3_region, KEY_CHARS))
        REFUSE("s3_region", _("só letras, números, ponto, _ e -"));
    if (!only(k->s3_prefix, KEY_CHARS "/") || strstr(k->s3_prefix, "//") ||
        strstr(k->s3_prefix, "..") != NULL ||
        (n > 0 && (k->s3_prefix[0] == '/' || k->s3_prefix[n - 1] == '/')))
        REFUSE("s3_prefix", _("só letras, números, ponto, _, - e / no meio"));
#undef REFUSE
    return good;
}

/* ---- a prova ---- */

/* O que o código de erro do S3 quer dizer a quem administra. */
static const char *
advice(const struct s3_reply *reply)
{
    static const struct {
        const char *code, *words;
    } known[] = {
        { "SignatureDoesNotMatch",
          N_("a assinatura não confere: veja s3_secret_key, s3_region, e se "
             "um proxy não muda o pedido") },
        { "InvalidAccessKeyId", N_("o serviço não conhece s3_access_key") },
        { "NoSuchBucket", N_("o bucket não existe neste endereço: veja "
                             "s3_bucket, s3_endpoint e s3_path_style") },
        { "AccessDenied", N_("esta chave não pode fazer isto neste bucket") },
        { "AuthorizationHeaderMalformed", N_("s3_region não é a do bucket") },
        { "TemporaryRedirect",
          N_("s3_region ou s3_endpoint não é o do bucket") },
        { "PermanentRedirect", N_("s3_region ou s3_endpoint não é o do "
                                  "bucket") },
        { "RequestTimeTooSkewed", N_("o relógio desta máquina está errado") },
    };
    size_t i;

    for (i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(reply->code, known[i].code) == 0)
            return _(known[i].words);
    return NULL;
}

struct probe {
    struct ctx *c;
    const char *key;
    void (*step)(const char *what, const char *problem);
    bool seen, good;
};

static void
tell(struct probe *p, const char *what, bool good, const struct s3_reply *reply)
{
    const char *more = good ? NULL : advice(reply);

    p->good = p->good && good;
    p->step(what, good           ? NULL
                  : more == NULL ? reply->words
                                 : arena_printf(p->c->arena, "%s: %s",
                                                reply->words, more));
}

static bool
find_key(void *state, const struct store_item *item)
{
    struct probe *p = state;

    p->seen = p->seen || strcmp(item->key, p->key) == 0;
    return !p->seen;
}

/* Lê (o trecho, ou tudo) e compara. */
static void
check_read(struct probe *p, const char *what, const struct store_range *range,
           struct slice wanted)
{
    struct s3_request in = { .method = "GET", .key = p->key, .range = range };
    struct s3_reply reply;
    struct str got;
    bool good;

    str_init(&got, p->c->arena, 100);
    good = s3_do(p->c->arena, &in, &got, &reply);
    if (good && (got.len != wanted.len ||
                 memcmp(got.data, wanted.data, got.len) != 0)) {
        good = false;
        reply.words = _("os bytes que voltaram não são os que foram");
    }
    tell(p, what, good, &reply);
}

static bool
simple(struct probe *p, const char *what, const char *method, struct slice body)
{
    struct s3_request in = { .method = method, .key = p->key, .body = body };
    struct s3_reply reply;
    bool good = s3_do(p->c->arena, &in, NULL, &reply);

    tell(p, what, good, &reply);
    return good;
}

bool
store_check(struct ctx *c, void (*step)(const char *what, const char *problem))
{
    static const char text[] = "balcao: prova do armazenamento";
    struct slice all = { text, sizeof text - 1 };
    struct probe p = {
        .c = c, .key = store_key(c), .step = step, .good = true
    };
    struct s3_reply reply = { .code = "", .words = "" };

    if (!simple(&p, _("gravar"), "PUT", all))
        return false; /* sem isto o resto só repetiria o motivo */
    simple(&p, _("saber o tamanho"), "HEAD", (struct slice){ "", 0 });
    check_read(&p, _("ler"), NULL, all);
    check_read(&p, _("ler um trecho"), &(struct store_range){ 8, 12 },
               (struct slice){ text + 8, 5 });
    if (s3_each(c, find_key, &p) != OK)
        reply.words = c->detail;
    else if (!p.seen)
        reply.words = _("o objeto gravado não está na lista");
    ctx_clear_error(c);
    tell(&p, _("listar"), p.seen, &reply);
    simple(&p, _("apagar"), "DELETE", (struct slice){ "", 0 });
    return p.good;
}
