/* store_job.c - as chamadas ao S3 que um job faz sem parar o worker. */
#include "media/store_job.h"

#include <openssl/sha.h>
#include <string.h>
#include <sys/stat.h>

#include "base/conf.h"
#include "base/log.h"
#include "media/store_internal.h"

/* Um arquivo de 100 MB num enlace lento ainda chega. */
#define WHOLE_TIMEOUT_MS 120000
#define EMPTY_HASH \
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void
sign(struct ctx *c, struct job_call *call, const char *key, const char *hash)
{
    *call = (struct job_call){
        .url = s3_url(c->arena, key, NULL),
        .headers = { arena_printf(c->arena, "x-amz-content-sha256: %s", hash) },
        .sign = s3_sign,
        .timeout_ms = WHOLE_TIMEOUT_MS,
        .stall_ms = conf()->s3_timeout_ms,
    };
}

enum err
store_bring(struct ctx *c, const char *key, size_t max_bytes,
            struct store_near *near, struct job_call *call)
{
    *near = (struct store_near){ .path = disk_path(c->arena, key),
                                 .fd = disk_open(c->arena, key) };
    if (near->fd >= 0)
        return OK;
    if (!store_is_far())
        return fail(c, ERR_NOT_FOUND, NULL);
    near->fd = store_draft(c->arena, &near->path);
    if (near->fd < 0)
        return fail(c, ERR_UNAVAILABLE, NULL);
    near->waits = true;
    sign(c, call, key, EMPTY_HASH);
    call->method = "GET";
    call->to_fd = near->fd;
    call->max_bytes = max_bytes;
    return OK;
}

/* O texto de <Code>; o resto do XML não é para o log. */
static struct slice
error_code(struct slice xml)
{
    static const char open[] = "<Code>";
    const char *at, *end;

    at = xml.len > 0 ? memmem(xml.data, xml.len, open, strlen(open)) : NULL;
    if (at == NULL)
        return (struct slice){ "", 0 };
    at += strlen(open);
    end = memchr(at, '<', xml.len - (size_t)(at - xml.data));
    return (struct slice){ at, end != NULL ? (size_t)(end - at) : 0 };
}

enum store_outcome
store_read_reply(const struct job_reply *reply)
{
    static const char no_bucket[] = "NoSuchBucket";
    struct slice code = error_code(reply->body);

    if (reply->status == 200 || reply->status == 204)
        return STORE_DONE;
    if (reply->error != NULL)
        log_error("S3: %s", reply->error);
    else
        log_error("S3: HTTP %d %.*s", reply->status, (int)code.len, code.data);
    return reply->status == 404 && (code.len != strlen(no_bucket) ||
                                    memcmp(code.data, no_bucket, code.len) != 0)
               ? STORE_GONE
               : STORE_AWAY;
}

enum err
store_keep(struct ctx *c, const char *key, const struct store_near *draft,
           struct job_call *call, bool *waits)
{
    unsigned char hash[SHA256_DIGEST_LENGTH];
    char hex[2 * SHA256_DIGEST_LENGTH + 1];
    struct slice data;
    enum err e;

    *waits = store_is_far();
    if (!*waits)
        return disk_adopt(c, key, draft->path);
    e = store_map_whole(c, draft->fd, &data);
    if (e != OK)
        return e;
    SHA256((const unsigned char *)data.data, data.len, hash);
    hex_encode(hash, sizeof hash, hex);
    sign(c, call, key, hex);
    call->method = "PUT";
    call->body = data;
    call->headers[1] = "Content-Type: application/octet-stream";
    call->max_bytes = 65536;
    return OK;
}
