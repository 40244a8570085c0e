/*
 * media_voice.h - a gravação de quem atende vira a mensagem de voz que o
 * WhatsApp aceita (ogg/opus, um canal), antes do envio e na fila do ticket.
 */
#ifndef BALCAO_MEDIA_VOICE_H
#define BALCAO_MEDIA_VOICE_H

#include "jobs/worker.h"

/*
 * Job "media.voice" {fileId}. Se não dá, o arquivo e a mensagem falham com o
 * motivo, e a pessoa pode mandar de novo. Sem ffmpeg, a que o WhatsApp aceita
 * vai como está.
 */
extern const struct job_kind media_voice_kind;

#endif
