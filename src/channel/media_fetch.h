/*
 * media_fetch.h - busca na plataforma o arquivo de uma mensagem que chegou:
 * pergunta o endereço, baixa para o disco, confere e guarda. Só fala com a
 * própria plataforma: o endereço que ela dá passa por uma lista.
 */
#ifndef BALCAO_MEDIA_FETCH_H
#define BALCAO_MEDIA_FETCH_H

#include <stdbool.h>

#include "jobs/worker.h"

/* Job "media.fetch" {fileId}. */
extern const struct job_kind media_fetch_kind;

/*
 * O endereço pode receber o token do canal? Só https das máquinas da Meta, ou
 * a própria origem de graph_base_url.
 */
bool media_host_allowed(const char *url);

#endif
