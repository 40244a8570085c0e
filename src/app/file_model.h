/*
 * file_model.h - um arquivo como as páginas o mostram (inbox/file): a foto, o
 * vídeo, o áudio ou o documento; o que está por vir, ou por que não veio.
 */
#ifndef BALCAO_FILE_MODEL_H
#define BALCAO_FILE_MODEL_H

#include <stdbool.h>

#include "http/route.h"

struct json_object;

struct file_shown {
    const char *kind; /* da mensagem; o que não é de arquivo não mostra nada */
    const char *media; /* o JSON da mensagem (file_media); ou NULL */
    const char *base;  /* a pasta dos bytes; NULL: /api/v1/files */
    const char *href;  /* o endereço deles, se não é BASE/número; ou NULL */
    bool from_me;      /* foi a equipe quem mandou */
    bool deleted;      /* a mensagem foi apagada: nada se mostra */
};

/* Põe no modelo `file` e as chaves dele. */
void
file_model(struct req *r, struct json_object *m, const struct file_shown *in);

/* O nome do arquivo, ou a espécie dele; NULL se não há arquivo. */
const char *file_name(struct req *r, const char *kind, const char *media);

/* "Foto", "Vídeo" …; NULL se a espécie não é de arquivo. */
const char *file_kind_label(const char *kind);

#endif
