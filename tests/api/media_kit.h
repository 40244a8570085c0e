/* media_kit.h - arquivos de verdade, feitos aqui, e o worker que os prepara. */
#ifndef BALCAO_TEST_MEDIA_KIT_H
#define BALCAO_TEST_MEDIA_KIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct answer;

/* Um arquivo na memória, até o próximo media_make. */
struct sample {
    const char *name;
    const void *data;
    size_t len;
};

/*
 * O que o ffmpeg faz destes argumentos.
 *   name  "voz.webm": o fim diz o recipiente
 */
struct sample media_make(const char *name, const char *arguments);

/* Um formulário com um arquivo; token, ou cookie e csrf. */
struct media_form {
    const char *program, *path, *token, *cookie, *csrf;
    const char *fields; /* um campo a mais, "nome=valor"; ou NULL */
    const struct sample *sample;
};
struct answer *media_post(const struct media_form *f);

/* POST /api/v1/files, com o campo voice se é gravação. */
struct answer *media_upload(int64_t person, const struct sample *s, bool voice);

/* POST de uma mensagem só com o arquivo, no ticket. */
struct answer *media_send(int64_t person, int64_t ticket, int64_t file);

/*
 * Roda o worker até a consulta dar verdadeiro; reprova depois de 20 s. O canal
 * fica fora do alcance dele.
 */
void media_work_until(const char *query);

#endif
