/* s3_reply.c - cabeçalhos e erros do S3. */
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "media/s3_internal.h"

#define ERROR_BYTES 4096

/* O texto do elemento no XML; "" se não há. */
static const char *
element(struct arena *a, struct slice xml, const char *name)
{
    const char *open = arena_printf(a, "<%s>", name);
    const char *from = memmem(xml.data, xml.len, open, strlen(open));
    const char *to;

    if (from == NULL)
        return "";
    from += strlen(open);
    to = memchr(from, '<', (size_t)(xml.data + xml.len - from));
    return to != NULL ? arena_memdup(a, from, (size_t)(to - from)) : "";
}

static void
read_range(struct s3_call *k, struct s3_reply *reply)
{
    struct curl_header *h;
    long long first, last, size;

    if (k->lib->easy_header(k->easy, "Content-Range", 0, CURLH_HEADER, -1,
                            &h) != CURLHE_OK ||
        sscanf(h->value, "bytes %lld-%lld/%lld", &first, &last, &size) != 3 ||
        first < 0 || last < first || size <= last)
        return;
    reply->first = first;
    reply->last = last;
    reply->size = size;
}

static void
read_problem(struct arena *a, struct s3_call *k, struct s3_reply *reply)
{
    char *text = arena_alloc(a, ERROR_BYTES);
    struct slice xml = { text, 0 };
    long n;

    while (xml.len < ERROR_BYTES &&
           (n = s3_read(k, text + xml.len, ERROR_BYTES - xml.len)) > 0)
        xml.len += (size_t)n;
    reply->code = element(a, xml, "Code");
    reply->words = arena_printf(a, "HTTP %d%s%s", reply->status,
                                reply->code[0] != '\0' ? " " : "", reply->code);
}

bool
s3_read_reply(struct arena *a, struct s3_call *k, struct s3_reply *reply)
{
    curl_off_t bytes = -1;
    long status = 0;

    *reply = (struct s3_reply){ .code = "",
                                .words = "",
                                .bytes = -1,
                                .first = -1,
                                .last = -1,
                                .size = -1 };
    k->lib->easy_getinfo(k->easy, CURLINFO_RESPONSE_CODE, &status);
    k->lib->easy_getinfo(k->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &bytes);
    if (k->late_ms > 0)
        reply->words = arena_printf(a, _("não respondeu em %lld ms"),
                                    (long long)k->late_ms);
    else if (k->is_done && k->code != CURLE_OK)
        reply->words = k->lib->easy_strerror(k->code);
    else
        reply->status = (int)status;
    reply->bytes = bytes;
    read_range(k, reply);
    if (reply->status >= 300)
        read_problem(a, k, reply);
    if (reply->status == 206 && reply->size < 0) {
        reply->words = _("respondeu um trecho sem dizer qual");
        return false;
    }
    return reply->status >= 200 && reply->status < 300;
}
