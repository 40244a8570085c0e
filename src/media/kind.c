/* kind.c - tabela dos tipos que vão e vêm. */
#include "media/kind.h"

#include <magic.h>
#include <string.h>

#include "base/log.h"

#define MB (INT64_C(1) << 20)
#define OFFICE "application/vnd.openxmlformats-officedocument."

/* seen é o que a libmagic diz; o mesmo tipo tem mais de um nome. */
/* clang-format off */
static const struct {
    const char *seen;
    bool voice; /* esta linha só vale para gravação */
    struct media_kind is;
} kinds[] = {
    { "image/jpeg", false, { "image", "image/jpeg", 5 * MB } },
    { "image/png", false, { "image", "image/png", 5 * MB } },
    { "video/mp4", true, { "audio", "audio/mp4", 16 * MB } },
    { "video/mp4", false, { "video", "video/mp4", 16 * MB } },
    { "video/3gpp", false, { "video", "video/3gpp", 16 * MB } },
    { "audio/ogg", false, { "audio", "audio/ogg", 16 * MB } },
    { "application/ogg", false, { "audio", "audio/ogg", 16 * MB } },
    { "audio/mpeg", false, { "audio", "audio/mpeg", 16 * MB } },
    { "audio/mp4", false, { "audio", "audio/mp4", 16 * MB } },
    { "audio/x-m4a", false, { "audio", "audio/mp4", 16 * MB } },
    { "audio/amr", false, { "audio", "audio/amr", 16 * MB } },
    { "audio/AMR", false, { "audio", "audio/amr", 16 * MB } },
    { "audio/aac", false, { "audio", "audio/aac", 16 * MB } },
    { "audio/x-hx-aac-adts", false, { "audio", "audio/aac", 16 * MB } },
    { "application/pdf", false,
      { "document", "application/pdf", 100 * MB } },
    { "application/msword", false,
      { "document", "application/msword", 100 * MB } },
    { "application/vnd.ms-excel", false,
      { "document", "application/vnd.ms-excel", 100 * MB } },
    { "application/vnd.ms-powerpoint", false,
      { "document", "application/vnd.ms-powerpoint", 100 * MB } },
    { OFFICE "wordprocessingml.document", false,
      { "document", OFFICE "wordprocessingml.document", 100 * MB } },
    { OFFICE "spreadsheetml.sheet", false,
      { "document", OFFICE "spreadsheetml.sheet", 100 * MB } },
    { OFFICE "presentationml.presentation", false,
      { "document", OFFICE "presentationml.presentation", 100 * MB } },
    { "text/plain", false, { "document", "text/plain", 100 * MB } },
    { "text/csv", false, { "document", "text/csv", 100 * MB } },
};
/* clang-format on */

/* Abre uma vez por processo: carregar a base de assinaturas custa caro. */
static magic_t
magic(void)
{
    static magic_t open_one;

    if (open_one != NULL)
        return open_one;
    open_one = magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS |
                          MAGIC_NO_CHECK_TAR | MAGIC_NO_CHECK_ELF);
    if (open_one != NULL && magic_load(open_one, NULL) != 0) {
        log_error("libmagic: %s", magic_error(open_one));
        magic_close(open_one);
        open_one = NULL;
    }
    return open_one;
}

const char *
media_mime(struct slice data)
{
    magic_t m = magic();
    const char *mime = m != NULL ? magic_buffer(m, data.data, data.len) : NULL;

    /* código, marcação e afins são texto para quem os recebe */
    if (mime != NULL && strncmp(mime, "text/", 5) == 0 &&
        strcmp(mime, "text/csv") != 0)
        return "text/plain";
    return mime;
}

const struct media_kind *
media_kind_of(const char *mime, bool voice)
{
    size_t i;

    for (i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].seen, mime) == 0 && (voice || !kinds[i].voice))
            return &kinds[i].is;
    return NULL;
}

bool
media_is_recording(const char *mime)
{
    static const char *const films[] = {
        "video/webm",      "video/mp4",        "video/3gpp",
        "video/quicktime", "video/x-matroska", "application/ogg"
    };
    size_t i;

    for (i = 0; i < sizeof films / sizeof *films; i++)
        if (strcmp(mime, films[i]) == 0)
            return true;
    return strncmp(mime, "audio/", 6) == 0;
}

bool
media_has_look(const char *kind)
{
    return strcmp(kind, "image") == 0 || strcmp(kind, "video") == 0 ||
           strcmp(kind, "audio") == 0;
}

const char *
media_sent_mime(const char *mime)
{
    return strcmp(mime, "audio/ogg") == 0 ? "audio/ogg; codecs=opus" : mime;
}

int64_t
media_kind_max(const char *kind)
{
    size_t i;

    if (strcmp(kind, "sticker") == 0)
        return MB;
    for (i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].is.kind, kind) == 0)
            return kinds[i].is.max_bytes;
    return 0;
}
