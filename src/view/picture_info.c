/* picture_info.c - o cabeçalho de uma imagem de fora, byte a byte. */
#include <string.h>

#include <webp/decode.h>

#include "view/picture.h"

/* Varreduras de um JPEG progressivo; mais que isto é para gastar tempo. */
#define JPEG_SCANS 100

static unsigned
be16(const unsigned char *p)
{
    return (unsigned)p[0] << 8 | p[1];
}

static unsigned
le16(const unsigned char *p)
{
    return (unsigned)p[1] << 8 | p[0];
}

static unsigned
be32(const unsigned char *p)
{
    return be16(p) << 16 | be16(p + 2);
}

static unsigned
tiff16(const unsigned char *p, bool little)
{
    return little ? le16(p) : be16(p);
}

static unsigned
tiff32(const unsigned char *p, bool little)
{
    return little ? le16(p + 2) << 16 | le16(p) : be32(p);
}

/* Orientação no primeiro diretório de um segmento APP1; 1 se não há. */
static int
exif_orientation(const unsigned char *p, size_t n)
{
    bool little;
    size_t at, i, count;

    if (n < 14 || memcmp(p, "Exif\0\0", 6) != 0)
        return 1;
    p += 6;
    n -= 6;
    little = p[0] == 'I';
    at = tiff32(p + 4, little);
    if (at > n - 2)
        return 1;
    count = tiff16(p + at, little);
    at += 2;
    for (i = 0; i < count && n - at >= 12; i++, at += 12) {
        unsigned value = tiff16(p + at + 8, little);

        if (tiff16(p + at, little) == 0x0112)
            return value >= 1 && value <= 8 ? (int)value : 1;
    }
    return 1;
}

/* O fim existe e as varreduras são poucas: o resto é com a libjpeg. */
static bool
jpeg_scans_are_sane(const unsigned char *p, size_t n)
{
    size_t i, scans = 0;
    bool ended = false;

    for (i = 0; i + 1 < n; i++) {
        scans += p[i] == 0xff && p[i + 1] == 0xda;
        ended = ended || (scans > 0 && p[i] == 0xff && p[i + 1] == 0xd9);
    }
    return scans > 0 && scans <= JPEG_SCANS && ended;
}

static bool
is_frame_header(unsigned marker)
{
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 &&
           marker != 0xc8 && marker != 0xcc;
}

/*
 * Segmento a segmento até o SOF. Lixo entre segmentos, que a libjpeg pula, é
 * recusado: assim os dois leem os mesmos lados.
 */
static bool
inspect_jpeg(const unsigned char *p, size_t n, struct picture_info *out)
{
    size_t at = 2;

    while (n - at >= 4) {
        unsigned marker = p[at + 1], len;

        if (p[at] != 0xff)
            return false;
        if (marker == 0xff) { /* enchimento */
            at++;
            continue;
        }
        if (marker < 0xc0 || (marker >= 0xd0 && marker <= 0xda))
            return false; /* sem tamanho, ou varredura antes do SOF */
        len = be16(p + at + 2);
        if (len < 2 || len > n - at - 2)
            return false;
        if (marker == 0xe1 && out->orientation == 1)
            out->orientation = exif_orientation(p + at + 4, len - 2);
        if (is_frame_header(marker)) {
            if (len < 8)
                return false;
            out->height = be16(p + at + 5);
            out->width = be16(p + at + 7);
            return jpeg_scans_are_sane(p + at, n - at);
        }
        at += 2 + len;
    }
    return false;
}

static bool
inspect_png(const unsigned char *p, size_t n, struct picture_info *out)
{
    if (n < 33 || be32(p + 8) != 13 || memcmp(p + 12, "IHDR", 4) != 0)
        return false;
    out->width = be32(p + 16);
    out->height = be32(p + 20);
    return true;
}

static unsigned
larger(unsigned a, unsigned b)
{
    return a > b ? a : b;
}

/* Pula blocos de extensão até o descritor do primeiro quadro. */
static bool
inspect_gif(const unsigned char *p, size_t n, struct picture_info *out)
{
    size_t at = 13;

    if (n < at)
        return false;
    if (p[10] & 0x80)
        at += 3u << ((p[10] & 7) + 1);
    while (at < n && p[at] == 0x21) {
        at += 2;
        while (at < n && p[at] != 0)
            at += 1u + p[at];
        at++;
    }
    if (at >= n || n - at < 10 || p[at] != 0x2c)
        return false;
    out->width = larger(le16(p + 6), le16(p + at + 5));
    out->height = larger(le16(p + 8), le16(p + at + 7));
    return true;
}

static bool
inspect_webp(const unsigned char *p, size_t n, struct picture_info *out)
{
    WebPBitstreamFeatures f;

    if (WebPGetFeatures(p, n, &f) != VP8_STATUS_OK || f.has_animation)
        return false;
    out->width = (unsigned)f.width;
    out->height = (unsigned)f.height;
    return true;
}

bool
picture_inspect(struct slice in, struct picture_info *out)
{
    const unsigned char *p = (const unsigned char *)in.data;
    size_t n = in.len;

    *out = (struct picture_info){ .orientation = 1 };
    if (n < 12)
        return false;
    if (memcmp(p, "\xff\xd8\xff", 3) == 0) {
        out->kind = PICTURE_JPEG;
        return inspect_jpeg(p, n, out);
    }
    if (memcmp(p, "\x89PNG\r\n\x1a\n", 8) == 0) {
        out->kind = PICTURE_PNG;
        return inspect_png(p, n, out);
    }
    if (memcmp(p, "RIFF", 4) == 0 && memcmp(p + 8, "WEBP", 4) == 0) {
        out->kind = PICTURE_WEBP;
        return inspect_webp(p, n, out);
    }
    if (memcmp(p, "GIF87a", 6) == 0 || memcmp(p, "GIF89a", 6) == 0) {
        out->kind = PICTURE_GIF;
        return inspect_gif(p, n, out);
    }
    return false;
}
