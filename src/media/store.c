/* store.c - a pasta ou o S3, conforme a configuração. */
#include "media/store.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/i18n.h"
#include "base/log.h"
#include "media/store_internal.h"

enum { RANDOM_BYTES = 16 };

/* As frentes desistem do programa aos 75 s: antes disso se diz que não deu. */
#define PUT_MOST_MS 50000

const char *
store_key(struct ctx *c)
{
    unsigned char random[RANDOM_BYTES];
    char hex[2 * RANDOM_BYTES + 1];

    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        log_error("getrandom: %s", strerror(errno));
    hex_encode(random, sizeof random, hex);
    return arena_printf(c->arena, "%" PRId64 "/%.2s/%s", c->company_id, hex,
                        hex + 2);
}

bool
store_is_key(const char *name)
{
    static const char hex[] = "0123456789abcdef";
    size_t company = strspn(name, "0123456789");
    const char *rest = name + company + 1;

    if (company == 0 || name[company] != '/' || strspn(rest, hex) != 2 ||
        rest[2] != '/' || strspn(rest + 3, hex) != 2 * RANDOM_BYTES - 2)
        return false;
    rest += 3 + 2 * RANDOM_BYTES - 2;
    return *rest == '\0' || strcmp(rest, ".webp") == 0;
}

bool
store_is_far(void)
{
    return strcmp(conf()->store, "s3") == 0;
}

enum err
store_put(struct ctx *c, const char *key, struct slice data, const char *sha256)
{
    struct s3_request in = { .method = "PUT",
                             .key = key,
                             .body = data,
                             .sha256 = sha256,
                             .most_ms = PUT_MOST_MS };
    struct s3_reply reply;

    if (!store_is_far())
        return disk_put(c, key, data);
    return s3_do(c->arena, &in, NULL, &reply) ? OK : s3_away(c, "PUT", &reply);
}

/* O trecho pedido, dentro dos `size` bytes que há; falso se está fora. */
static bool
fit_range(const struct store_range *range, struct store_reader *out)
{
    int64_t first = range->first, last = range->last;

    if (first < 0) {
        if (last == 0 || out->size == 0)
            return false;
        first = last < out->size ? out->size - last : 0;
        last = -1;
    }
    if (first >= out->size)
        return false;
    out->is_part = true;
    out->at = first;
    out->end = last < 0 || last >= out->size ? out->size : last + 1;
    return true;
}

static enum err
open_near(struct ctx *c, const struct store_range *range,
          struct store_reader *out)
{
    struct stat st;

    if (fstat(out->fd, &st) != 0)
        return fail(c, ERR_UNAVAILABLE, NULL);
    out->size = out->end = st.st_size;
    if (range != NULL && !fit_range(range, out))
        return fail(c, ERR_RANGE, NULL);
    return OK;
}

/* O S3 diz que o trecho está fora, mas nem sempre de quanto. */
static enum err
out_of_range(struct ctx *c, const char *key, struct store_reader *out)
{
    struct s3_request in = { .method = "HEAD", .key = key };
    struct s3_reply reply;

    if (!s3_do(c->arena, &in, NULL, &reply))
        return s3_away(c, "HEAD", &reply);
    out->size = reply.bytes;
    return fail(c, ERR_RANGE, NULL);
}

static enum err
open_far(struct ctx *c, const char *key, const struct store_range *range,
         bool only_size, struct store_reader *out)
{
    struct s3_request in = { .method = only_size ? "HEAD" : "GET",
                             .key = key,
                             .range = only_size ? NULL : range };
    struct s3_reply reply;

    out->far = s3_open(c->arena, &in, &reply);
    if (out->far == NULL && reply.status == 404 &&
        strcmp(reply.code, "NoSuchBucket") != 0) {
        log_error("arquivos: %s não está no S3", key);
        return fail(c, ERR_NOT_FOUND, NULL);
    }
    if (out->far == NULL && reply.status == 416)
        return out_of_range(c, key, out);
    if (out->far == NULL || (reply.bytes < 0 && reply.size < 0))
        return s3_away(c, in.method, &reply);
    out->size = out->end = reply.status == 206 ? reply.size : reply.bytes;
    if (reply.status == 206) {
        out->is_part = true;
        out->at = reply.first;
        out->end = reply.last + 1;
    } else if (only_size && range != NULL && !fit_range(range, out)) {
        return fail(c, ERR_RANGE, NULL);
    }
    return OK;
}

enum err
store_open(struct ctx *c, const char *key, const struct store_range *range,
           bool only_size, struct store_reader *out)
{
    *out = (struct store_reader){ .fd = disk_open(c->arena, key) };
    if (out->fd >= 0)
        return open_near(c, range, out);
    if (store_is_far())
        return open_far(c, key, range, only_size, out);
    log_error("arquivos: %s não está na pasta", key);
    return fail(c, ERR_NOT_FOUND, NULL);
}

long
store_read(struct store_reader *r, void *to, size_t n)
{
    int64_t left = r->end - r->at;
    long got;

    if ((int64_t)n > left)
        n = (size_t)left;
    if (n == 0)
        return 0;
    got = r->far != NULL ? s3_read(r->far, to, n)
                         : (long)pread(r->fd, to, n, r->at);
    if (got <= 0) {
        log_error("arquivo cortado %s", r->far != NULL ? "no S3" : "no disco");
        return -1;
    }
    r->at += got;
    return got;
}

static bool
far_drop(struct arena *a, const char *key)
{
    struct s3_request in = { .method = "DELETE", .key = key };
    struct s3_reply reply;

    if (s3_do(a, &in, NULL, &reply) || reply.status == 404)
        return true;
    log_error("S3: DELETE: %s", reply.words);
    return false;
}

bool
store_drop(struct arena *a, const char *key)
{
    bool gone = disk_drop(a, key);

    if (!store_is_far())
        return gone;
    return far_drop(a, key) && far_drop(a, arena_printf(a, "%s.webp", key)) &&
           gone;
}

enum err
store_each(struct ctx *c, bool far, store_seen *seen, void *state)
{
    return far ? s3_each(c, seen, state) : disk_each(c, seen, state);
}

static enum err
moved(struct ctx *c, const char *key)
{
    if (unlink(disk_path(c->arena, key)) == 0)
        return OK;
    if (errno != ENOENT) {
        log_error("arquivos: %s: %s", key, strerror(errno));
        return fail(c, ERR_UNAVAILABLE, NULL);
    }
    far_drop(c->arena, key); /* apagado enquanto ia: lá também não fica */
    return fail(c, ERR_NOT_FOUND, NULL);
}

enum err
store_move(struct ctx *c, const char *key)
{
    struct s3_request in = { .method = "PUT", .key = key };
    struct s3_reply reply;
    int fd = disk_open(c->arena, key);
    enum err e;

    if (fd < 0)
        return fail(c, ERR_NOT_FOUND, NULL);
    /* o que não se leu inteiro não pode ir, e menos ainda sair daqui */
    e = store_map_whole(c, fd, &in.body);
    if (e != OK)
        return e;
    return s3_do(c->arena, &in, NULL, &reply) ? moved(c, key)
                                              : s3_away(c, "PUT", &reply);
}
