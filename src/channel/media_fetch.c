/* media_fetch.c - dois pedidos: onde o arquivo está, e o arquivo. */
#include "channel/media_fetch.h"

#include <fcntl.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/i18n.h"
#include "base/log.h"
#include "channel/channel_box.h"
#include "channel/json_read.h"
#include "desk/file.h"
#include "jobs/backoff.h"
#include "media/kind.h"
#include "media/store.h"
#include "view/picture.h"

#define LOAD struct q_file_fetch_load_row
#define ANSWER_MAX_BYTES 65536
#define TRIES 6
#define CONCURRENCY 8
#define DOWNLOAD_TIMEOUT_MS 120000

/* Entre tentativas: 2, 6, 18, 54 s … o endereço vale cinco minutos. */
static const struct backoff wait = { 2000, 300000, 3 };

struct fetch {
    LOAD file;
    int64_t tries;
    const char *url;         /* NULL: falta perguntar */
    struct store_near draft; /* do que se está baixando */
    const char *key;
    struct q_file_fetched_in done; /* o que se gravará, guardados os bytes */
};

static void
wipe(void *text)
{
    explicit_bzero(text, strlen(text));
}

static bool
ends_with(const char *host, size_t n, const char *tail)
{
    size_t t = strlen(tail);

    return n > t && strncasecmp(host + n - t, tail, t) == 0;
}

bool
media_host_allowed(const char *url)
{
    const char *base = conf()->graph_base_url, *host;
    size_t origin = strcspn(base, ":");
    size_t n;

    if (strncmp(base + origin, "://", 3) == 0)
        origin += 3;
    origin += strcspn(base + origin, "/");
    if (strncmp(url, base, origin) == 0 && url[origin] == '/')
        return true;
    if (strncmp(url, "https://", 8) != 0)
        return false;
    host = url + 8;
    n = strcspn(host, "/?#:@\\");
    return host[n] == '/' && (ends_with(host, n, ".fbsbx.com") ||
                              ends_with(host, n, ".fbcdn.net") ||
                              ends_with(host, n, ".whatsapp.net") ||
                              ends_with(host, n, ".facebook.com"));
}

static void
read_payload(struct ctx *c, const struct job *job, int64_t *id,
             struct fetch *out)
{
    struct slice text = { job->payload, strlen(job->payload) };
    struct json_object *o = json_read(c->arena, text);

    *id = json_read_int(o, "fileId");
    out->tries = json_read_int(o, "tries");
    out->url = json_read_text(c->arena, o, "url");
}

static const char *
payload(struct ctx *c, const struct fetch *f, const char *url)
{
    struct str s;

    str_init(&s, c->arena, 300);
    str_printf(&s, "{\"fileId\":%" PRId64 ",\"tries\":%" PRId64, f->file.id,
               f->tries);
    if (url != NULL) {
        str_puts(&s, ",\"url\":");
        str_json(&s, url);
    }
    str_putc(&s, '}');
    return s.data;
}

static const char *
resolve_url(struct ctx *c, const LOAD *m)
{
    const char *base = conf()->graph_base_url;
    size_t n = strlen(base);
    struct str s;

    while (n > 0 && base[n - 1] == '/')
        n--;
    str_init(&s, c->arena, 200);
    str_add(&s, base, n);
    str_printf(&s, "/%s/", conf()->graph_version);
    str_url(&s, m->remote_id, strlen(m->remote_id));
    str_puts(&s, "?phone_number_id=");
    str_url(&s, m->external_id, strlen(m->external_id));
    return s.data;
}

static enum err
open_temp(struct ctx *c, struct job *job, struct fetch *f)
{
    f->draft.fd = store_draft(c->arena, &f->draft.path);
    if (f->draft.fd < 0)
        return fail(c, ERR_UNAVAILABLE, NULL);
    f->key = store_key(c);
    job->call.to_fd = f->draft.fd;
    job->call.max_bytes = (size_t)media_kind_max(f->file.kind);
    job->call.timeout_ms = DOWNLOAD_TIMEOUT_MS;
    return OK;
}

static enum err
prepare(struct ctx *c, struct job *job, enum job_next *next)
{
    struct fetch *f = arena_alloc(c->arena, sizeof *f);
    struct channel_secrets secrets;
    bool found;
    int64_t id;
    char *token;
    enum err e;

    *next = JOB_DONE;
    read_payload(c, job, &id, f);
    e = q_file_fetch_load(c, &(struct q_file_fetch_load_in){ .id = id },
                          &f->file, &found);
    if (e != OK || !found || f->file.remote_id == NULL)
        return e;
    i18n_set(f->file.locale);
    job->state = f;
    if (!channel_secrets_open(c->arena, job->company_id, f->file.channel_id,
                              f->file.secrets, &secrets))
        return file_fail(
            c, id, "failed",
            _("as credenciais do canal não abrem; grave-as de novo"));
    token = arena_printf(c->arena, "Authorization: Bearer %s",
                         secrets.access_token);
    arena_defer(c->arena, wipe, token);
    job->call =
        (struct job_call){ .method = "GET",
                           .url = f->url != NULL ? f->url
                                                 : resolve_url(c, &f->file),
                           .headers = { token },
                           .timeout_ms = conf()->send_timeout_ms,
                           .max_bytes = ANSWER_MAX_BYTES };
    *next = JOB_CALL;
    return f->url != NULL ? open_temp(c, job, f) : OK;
}

/* ---- depois ---- */

static enum err
try_later(struct ctx *c, struct job *job, struct fetch *f, const char *why,
          enum job_next *next)
{
    f->tries++;
    log_warn("arquivo %" PRId64 ": %s (tentativa %" PRId64 ")", f->file.id, why,
             f->tries);
    *next = JOB_DONE;
    if (f->tries >= TRIES)
        return file_fail(c, f->file.id, "failed", why);
    job->new_payload = payload(c, f, NULL);
    job->delay_ms = backoff_ms(&wait, f->tries);
    job->error = why;
    *next = JOB_RETRY;
    return OK;
}

static const char *
status_words(struct ctx *c, const struct job_reply *reply)
{
    return reply->status != 0
               ? arena_printf(c->arena, _("o canal respondeu HTTP %d"),
                              reply->status)
               : arena_printf(c->arena, _("não se chegou ao canal: %s"),
                              reply->error != NULL ? reply->error : "?");
}

static enum err
too_large(struct ctx *c, const struct fetch *f)
{
    return file_fail(c, f->file.id, "refused",
                     arena_printf(c->arena,
                                  _("o arquivo passa do máximo de %lld bytes"),
                                  (long long)media_kind_max(f->file.kind)));
}

/* Cheia, a empresa não guarda mais: quem administra abre espaço e repete. */
static enum err
no_room(struct ctx *c, const struct fetch *f)
{
    const char *why = c->detail;

    ctx_clear_error(c);
    return file_fail(c, f->file.id, "failed", why);
}

static enum err
resolved(struct ctx *c, struct job *job, struct fetch *f,
         const struct job_reply *reply, enum job_next *next)
{
    struct json_object *o = json_read(c->arena, reply->body);
    struct json_object *error = json_read_object(o, "error");
    const char *url = json_read_text(c->arena, o, "url");
    int64_t bytes = json_read_int(o, "file_size");
    int64_t code = json_read_int(error, "code");
    enum err e;

    if (reply->status != 200 &&
        (code == 100 || code == 33 || reply->status == 404))
        return file_fail(c, f->file.id, "failed",
                         _("o WhatsApp já não tem este arquivo: ele o guarda "
                           "por sete dias"));
    if (reply->status == 401 || code == 190)
        return file_fail(c, f->file.id, "failed",
                         _("o WhatsApp recusou as credenciais do canal"));
    if (reply->status != 200 || url == NULL)
        return try_later(c, job, f, status_words(c, reply), next);
    if (!media_host_allowed(url))
        return file_fail(c, f->file.id, "refused",
                         _("o endereço do arquivo não é do WhatsApp"));
    if (bytes > media_kind_max(f->file.kind))
        return too_large(c, f);
    e = file_check_room(c, bytes);
    if (e == ERR_LIMIT_REACHED)
        return no_room(c, f);
    job->new_payload = payload(c, f, url);
    job->delay_ms = 1;
    *next = JOB_RETRY;
    return e;
}

/* O hash esperado vem em base64 no webhook; também se aceita hexadecimal. */
static bool
same_digest(const char *expected, const char *hex)
{
    unsigned char hash[32];
    unsigned char text[48];

    if (expected == NULL || strcasecmp(expected, hex) == 0)
        return true;
    hex_decode(hex, hash, sizeof hash);
    EVP_EncodeBlock(text, hash, sizeof hash);
    return strcmp(expected, (const char *)text) == 0;
}

/* Foto é imagem, vídeo é vídeo; documento pode ser qualquer coisa. */
static bool
fits_kind(const char *kind, const char *mime)
{
    if (strcmp(kind, "image") == 0 || strcmp(kind, "sticker") == 0)
        return strncmp(mime, "image/", 6) == 0;
    if (strcmp(kind, "video") == 0)
        return strncmp(mime, "video/", 6) == 0;
    return strcmp(kind, "audio") != 0 || strncmp(mime, "audio/", 6) == 0 ||
           strncmp(mime, "video/", 6) == 0 ||
           strcmp(mime, "application/ogg") == 0;
}

static enum err
keep(struct ctx *c, struct job *job, struct fetch *f, enum job_next *next)
{
    struct picture_info size = { 0 };
    struct q_file_fetched_in in = { .id = f->file.id, .key = f->key };
    struct slice data;
    char sha256[65];
    bool waits;
    enum err e;

    data = store_map(c->arena, f->draft.fd);
    file_digest(data, sha256);
    if (data.len == 0 || !same_digest(f->file.expected, sha256))
        return try_later(c, job, f, _("o arquivo chegou cortado ou trocado"),
                         next);
    in.mime = media_mime(data);
    if (in.mime == NULL)
        in.mime = "application/octet-stream";
    if (!fits_kind(f->file.kind, in.mime))
        return file_fail(c, f->file.id, "refused",
                         arena_printf(c->arena,
                                      _("o arquivo não é o que diz ser (%s)"),
                                      in.mime));
    if (strcmp(f->file.kind, "image") == 0 ||
        strcmp(f->file.kind, "sticker") == 0)
        file_picture_size(data, &size);
    in.bytes = (int64_t)data.len;
    in.sha256 = arena_strdup(c->arena, sha256);
    in.width = size.width;
    in.height = size.height;
    in.has_width = in.has_height = size.width > 0 && size.height > 0;
    f->done = in;
    e = store_keep(c, f->key, &f->draft, &job->call, &waits);
    if (e == OK && waits)
        *next = JOB_CALL;
    return e == OK && !waits ? file_fetched(c, &in) : e;
}

static enum err
finish(struct ctx *c, struct job *job, const struct job_reply *reply,
       enum job_next *next)
{
    struct fetch *f = job->state;

    i18n_set(f->file.locale);
    *next = JOB_DONE;
    if (f->url == NULL)
        return resolved(c, job, f, reply, next);
    if (job->calls > 0) /* a resposta é a de quem guarda */
        return store_read_reply(reply) == STORE_DONE
                   ? file_fetched(c, &f->done)
                   : try_later(c, job, f,
                               _("não se conseguiu guardar o arquivo"), next);
    if (reply->too_long)
        return too_large(c, f);
    if (reply->status != 200)
        return try_later(c, job, f, status_words(c, reply), next);
    return keep(c, job, f, next);
}

static enum err
give_up(struct ctx *c, struct job *job)
{
    struct fetch f = { 0 };
    int64_t id;

    read_payload(c, job, &id, &f);
    return file_fail(c, id, "failed", _("não se conseguiu guardar o arquivo"));
}

const struct job_kind media_fetch_kind = {
    .name = "media.fetch",
    .concurrency = CONCURRENCY,
    .prepare = prepare,
    .finish = finish,
    .give_up = give_up,
};
