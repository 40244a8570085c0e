/*
 * zip_disk.h - um ZIP feito em disco, para o que não cabe na memória: cada
 * arquivo é escrito aos pedaços numa pasta só deste processo, que some no fim.
 * O que é pequeno usa zip_writer.h.
 */
#ifndef BALCAO_ZIP_DISK_H
#define BALCAO_ZIP_DISK_H

#include "base/ctx.h"

struct zip_disk;

/*
 * Cria a pasta (em TMPDIR ou /tmp, só do dono) e o ZIP.
 * Memória: vive na arena do contexto; o gancho dela apaga o que ficou.
 * Erros:   ERR_UNAVAILABLE sem disco.
 */
enum err zip_disk_new(struct ctx *c, struct zip_disk **out);

/* Começa um arquivo; `name` é nosso, nunca de fora. */
enum err zip_disk_begin(struct zip_disk *z, const char *name);

/* Acrescenta texto ao arquivo começado; o erro aparece em zip_disk_end. */
void zip_disk_puts(struct zip_disk *z, const char *text);

/* Termina o arquivo. Erros: ERR_UNAVAILABLE se o disco encheu. */
enum err zip_disk_end(struct zip_disk *z);

/* Um arquivo inteiro de uma vez. */
enum err zip_disk_add(struct zip_disk *z, const char *name, const char *text);

/*
 * Fecha o ZIP.
 *   fd  [saída] aberto no começo, já sem nome; a arena o fecha
 * Erros: ERR_UNAVAILABLE.
 */
enum err zip_disk_finish(struct zip_disk *z, int *fd);

#endif
