/* contact_import_csv.h - o relatório das linhas recusadas, em pedaços. */
#ifndef BALCAO_CONTACT_IMPORT_CSV_H
#define BALCAO_CONTACT_IMPORT_CSV_H

#include "http/route.h"

/*
 * Responde um CSV: linha, motivo e as células como vieram no arquivo.
 * Erros: ERR_NOT_FOUND.
 */
enum err contact_import_csv_reply(struct req *r, int64_t id);

#endif
