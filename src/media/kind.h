/*
 * kind.h - o que um arquivo é, pelos bytes (libmagic) e não pela palavra de
 * quem o mandou, e como o WhatsApp o aceita.
 * Fonte: WhatsApp Cloud API, media, "Supported media types".
 */
#ifndef BALCAO_MEDIA_KIND_H
#define BALCAO_MEDIA_KIND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct media_kind {
    const char *kind;  /* image video audio document sticker */
    const char *mime;  /* como se serve e se manda */
    int64_t max_bytes; /* o do WhatsApp */
};

/* O tipo dos bytes, "image/png"; NULL se a libmagic não abre. Não copiado. */
const char *media_mime(struct slice data);

/*
 * O que o WhatsApp faz de um arquivo deste tipo.
 *   voice  foi gravado: vídeo só com som (MP4) vale como áudio
 * Devolve NULL se ele não aceita.
 */
const struct media_kind *media_kind_of(const char *mime, bool voice);

/* O tipo é de uma gravação que o ffmpeg sabe ler? */
bool media_is_recording(const char *mime);

/* Esta espécie tem medida (lados, duração) ou miniatura? */
bool media_has_look(const char *kind);

/* O tipo como o WhatsApp o quer ouvir: em ogg ele só aceita opus, e dito. */
const char *media_sent_mime(const char *mime);

/* O limite de uma espécie; 0 se não é espécie de arquivo. */
int64_t media_kind_max(const char *kind);

#endif
