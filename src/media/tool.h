/*
 * tool.h - o que se pede ao ffmpeg e ao ffprobe: gravação em voz do WhatsApp,
 * medidas, miniatura. Só monta o pedido e lê a resposta; quem roda, com os
 * tetos daqui, é o worker (jobs/call.h).
 *
 * Nada de rede: os protocolos são file e pipe, e os recipientes, os poucos
 * que as conversas usam (uma lista de reprodução abriria outros arquivos).
 */
#ifndef BALCAO_MEDIA_TOOL_H
#define BALCAO_MEDIA_TOOL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

enum {
    MEDIA_TOOL_TIMEOUT_MS = 60000,
    MEDIA_TOOL_CPU_S = 60,
    MEDIA_PREVIEW_SIDE = 640
};
#define MEDIA_TOOL_MEMORY_BYTES (INT64_C(1) << 30)
#define MEDIA_TOOL_FILE_BYTES (INT64_C(32) << 20)

/* O ffmpeg desta instalação está onde a configuração diz? */
bool media_tool_ready(void);

/*
 * Os argumentos, na arena, terminados em NULL; from e to são caminhos.
 *   voice    ogg/opus, um canal, sem metadados
 *   probe    duração, largura e altura, para media_facts_read
 *   preview  WebP de até MEDIA_PREVIEW_SIDE de lado; orientation é o do EXIF
 *            (1 a 8), 0 em vídeo: o ffmpeg o endireita
 */
const char *const *
media_voice_argv(struct arena *a, const char *from, const char *to);
const char *const *media_probe_argv(struct arena *a, const char *from);
const char *const *media_preview_argv(struct arena *a, const char *from,
                                      const char *to, int orientation);

/* A duração que o ffmpeg disse ter escrito; 0 se nada. */
int64_t media_voice_ms(struct arena *a, struct slice out);

/* O que o ffprobe disse; 0 é não se sabe. Já com o giro do vídeo. */
struct media_facts {
    int64_t width, height, duration_ms;
};
void media_facts_read(struct slice out, struct media_facts *facts);

#endif
