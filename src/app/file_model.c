/* file_model.c - do JSON da mensagem ao que a bolha desenha. */
#include "app/file_model.h"

#include <ctype.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "app/json_row.h"
#include "app/page_model.h"
#include "base/i18n.h"

/* Onde cabe uma foto na bolha, em pontos: o mesmo de 22-files.css. */
enum { BOX_WIDTH = 320, BOX_HEIGHT = 352, STICKER_SIDE = 144 };

static bool
is(const char *text, const char *other)
{
    return text != NULL && strcmp(text, other) == 0;
}

const char *
file_kind_label(const char *kind)
{
    if (is(kind, "image"))
        return _("Foto");
    if (is(kind, "video"))
        return _("Vídeo");
    if (is(kind, "audio"))
        return _("Áudio");
    if (is(kind, "sticker"))
        return _("Figurinha");
    return is(kind, "document") ? _("Documento") : NULL;
}

/* "JPEG", "PDF": o fim do tipo, quando é curto o bastante para se ler. */
static const char *
format_name(struct arena *a, const char *mime)
{
    const char *slash = mime != NULL ? strchr(mime, '/') : NULL;
    size_t n = slash != NULL ? strcspn(slash + 1, ";+. ") : 0, i;
    char *out;

    if (n < 2 || n > 5)
        return NULL;
    out = arena_memdup(a, slash + 1, n);
    for (i = 0; i < n; i++)
        out[i] = (char)toupper((unsigned char)out[i]);
    return out;
}

/* O tamanho em que se mostra: a página o reserva, e nada pula ao chegar. */
static void
add_size(struct json_object *m, const char *kind, struct json_object *media)
{
    int64_t width = json_row_int(media, "width");
    int64_t height = json_row_int(media, "height");
    int64_t most_wide = is(kind, "sticker") ? STICKER_SIDE : BOX_WIDTH;
    int64_t most_high = is(kind, "sticker") ? STICKER_SIDE : BOX_HEIGHT;
    bool sized = width > 0 && height > 0;

    if (sized && width > most_wide) {
        height = height * most_wide / width;
        width = most_wide;
    }
    if (sized && height > most_high) {
        width = width * most_high / height;
        height = most_high;
    }
    model_bool(m, "sized", sized);
    model_int(m, "fileWidth", width > 0 ? width : 1);
    model_int(m, "fileHeight", height > 0 ? height : 1);
}

/* "0:07", "1:02:03". */
static const char *
clock_text(struct arena *a, int64_t ms)
{
    int64_t s = (ms + 500) / 1000;

    if (ms <= 0)
        return NULL;
    if (s >= 3600)
        return arena_printf(a, "%" PRId64 ":%02d:%02d", s / 3600,
                            (int)(s / 60 % 60), (int)(s % 60));
    return arena_printf(a, "%d:%02d", (int)(s / 60), (int)(s % 60));
}

/* Na mensagem da equipe o motivo é o da própria mensagem, que já o diz. */
static const char *
problem_of(const struct file_shown *in, struct json_object *media)
{
    const char *reason = json_row_text(media, "reason");

    if (in->from_me)
        return NULL;
    return reason != NULL ? reason : _("O arquivo não chegou");
}

static void
add_stored(struct req *r, struct json_object *m, const struct file_shown *in,
           struct json_object *media)
{
    struct arena *a = r->ctx.arena;
    int64_t id = in->deleted ? 0 : json_row_int(media, "fileId");
    const char *state = json_row_text(media, "state"), *href, *preview;
    bool ready = id != 0 && is(state, "ready");
    bool waits = id != 0 && is(state, "pending");

    href = ready && in->href != NULL ? in->href
           : ready
               ? arena_printf(a, "%s/%" PRId64,
                              in->base != NULL ? in->base : "/api/v1/files", id)
               : NULL;
    preview = ready && json_row_int(media, "preview") != 0
                  ? arena_printf(a, "%s/preview", href)
                  : NULL;
    model_int(m, "fileId", id);
    model_text(m, "fileHref", href);
    model_text(m, "fileThumb", preview != NULL ? preview : href);
    model_text(m, "filePoster", preview);
    model_bool(m, "photo",
               ready && (is(in->kind, "image") || is(in->kind, "sticker")));
    model_bool(m, "player", ready && is(in->kind, "video"));
    model_bool(m, "sound", ready && is(in->kind, "audio"));
    model_text(m, "fileTime",
               ready ? clock_text(a, json_row_int(media, "durationMs")) : NULL);
    model_text(m, "fileComing",
               !waits        ? NULL
               : in->from_me ? _("Preparando a gravação…")
                             : _("Baixando do WhatsApp…"));
    model_text(m, "fileProblem",
               id == 0 || ready || waits ? NULL : problem_of(in, media));
    model_bool(m, "fileRetry", id != 0 && is(state, "failed") && !in->from_me);
    add_size(m, in->kind, media);
}

void
file_model(struct req *r, struct json_object *m, const struct file_shown *in)
{
    struct json_object *media = json_row_read(r, in->media);
    const char *name = json_row_text(media, "filename");
    const char *label = in->deleted ? NULL : file_kind_label(in->kind);
    bool voice = is(in->kind, "audio") && json_row_int(media, "voice") != 0;

    if (voice && label != NULL)
        label = _("Mensagem de voz");
    model_bool(m, "file", label != NULL);
    model_bool(m, "isImage", is(in->kind, "image"));
    model_bool(m, "isVideo", is(in->kind, "video"));
    model_bool(m, "isAudio", is(in->kind, "audio"));
    model_bool(m, "isDocument", is(in->kind, "document"));
    model_bool(m, "isSticker", is(in->kind, "sticker"));
    model_bool(m, "isVoice", voice);
    model_text(m, "fileLabel", name != NULL ? name : label);
    model_text(m, "fileNote",
               name != NULL ? label
               : voice
                   ? NULL
                   : format_name(r->ctx.arena, json_row_text(media, "mime")));
    add_stored(r, m, in, media);
}

const char *
file_name(struct req *r, const char *kind, const char *media)
{
    const char *name = json_row_text(json_row_read(r, media), "filename");

    return name != NULL ? name : file_kind_label(kind);
}
