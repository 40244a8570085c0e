/* qr.c - módulos da libqrencode viram traços de um path. */
#include "auth/qr.h"

#include <errno.h>
#include <string.h>

#include <qrencode.h>

#include "base/log.h"
#include "base/str.h"

#define MARGIN 4
#define TEXT_MAX 1000

/* Cada sequência preta de uma linha é um retângulo. */
static void
draw_row(struct str *path, const unsigned char *row, unsigned width, unsigned y)
{
    unsigned x, run;

    for (x = 0; x < width; x += run) {
        for (run = 1; x + run < width && (row[x + run] & 1) == (row[x] & 1);)
            run++;
        if (row[x] & 1)
            str_printf(path, "M%u %uh%uv1h-%uz", x + MARGIN, y + MARGIN, run,
                       run);
    }
}

enum err
qr_draw(struct ctx *c, const char *text, struct qr *out)
{
    QRcode *code = NULL;
    struct str path;
    unsigned y, width;

    if (text[0] != '\0' && strlen(text) <= TEXT_MAX)
        code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
    if (code == NULL) {
        log_error("a libqrencode recusou um texto de %zu bytes", strlen(text));
        return fail(c, ERR_INTERNAL, NULL);
    }
    width = (unsigned)code->width;
    str_init(&path, c->arena, 4096);
    for (y = 0; y < width; y++)
        draw_row(&path, code->data + (size_t)y * width, width, y);
    QRcode_free(code);
    *out = (struct qr){ .side = width + 2 * MARGIN, .path = path.data };
    return OK;
}

enum err
qr_svg(struct ctx *c, const char *text, const char *title, const char **svg)
{
    struct qr qr;
    struct str s;
    enum err e = qr_draw(c, text, &qr);

    if (e != OK)
        return e;
    str_init(&s, c->arena, strlen(qr.path) + 512);
    str_printf(&s,
               "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" "
               "viewBox=\"0 0 %u %u\" shape-rendering=\"crispEdges\"><title>",
               qr.side, qr.side);
    str_html(&s, title, strlen(title));
    str_printf(&s,
               "</title><rect width=\"%u\" height=\"%u\" fill=\"#fff\"/>"
               "<path fill=\"#000\" d=\"",
               qr.side, qr.side);
    str_puts(&s, qr.path);
    str_puts(&s, "\"/></svg>");
    *svg = s.data;
    return OK;
}
