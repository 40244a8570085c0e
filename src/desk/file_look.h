/*
 * file_look.h - o que se vê de um arquivo antes de abri-lo: os lados, a
 * duração, e uma miniatura (a imagem menor, ou o primeiro quadro do vídeo).
 */
#ifndef BALCAO_FILE_LOOK_H
#define BALCAO_FILE_LOOK_H

#include "jobs/worker.h"

/*
 * Job "media.look" {fileId, measured}. Sem ffmpeg, ou com um arquivo de que
 * ele nada tira, o arquivo fica sem miniatura, e ninguém reclama.
 */
extern const struct job_kind media_look_kind;

#endif
