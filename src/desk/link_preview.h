/*
 * link_preview.h - a prévia do primeiro endereço de uma mensagem de texto. O
 * banco a pede quando a mensagem nasce (0065); aqui o job a busca, num processo
 * com tetos (balcao link-read), e avisa quem vê a conversa.
 */
#ifndef BALCAO_LINK_PREVIEW_H
#define BALCAO_LINK_PREVIEW_H

#include "jobs/worker.h"

/* Job "link.read" {linkId}. */
extern const struct job_kind link_read_kind;

#endif
