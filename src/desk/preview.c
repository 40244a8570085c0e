/* preview.c - a linha que a lista mostra de uma mensagem. */
#include <string.h>

#include "base/i18n.h"
#include "base/str.h"
#include "desk/inbound.h"

#define PREVIEW_CHARS 200

static const struct {
    const char *kind, *label;
} labels[] = {
    { "image", N_("imagem") },
    { "video", N_("vídeo") },
    { "audio", N_("áudio") },
    { "document", N_("documento") },
    { "sticker", N_("figurinha") },
    { "location", N_("localização") },
    { "contacts", N_("contato") },
    { "order", N_("pedido") },
    { "system", N_("sistema") },
    { "unsupported", N_("mensagem não suportada") },
};

const char *
message_preview(struct arena *a, const char *kind, const char *body)
{
    const char *text = body;
    size_t i;

    for (i = 0; i < sizeof labels / sizeof *labels; i++)
        if (strcmp(labels[i].kind, kind) == 0)
            text = arena_printf(a, "[%s]%s%s", _(labels[i].label),
                                body[0] != '\0' ? " " : "", body);
    return arena_memdup(a, text, utf8_prefix(text, PREVIEW_CHARS));
}
